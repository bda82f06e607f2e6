"""Results in, Plotly figures out: small pure functions that read no store and know no page."""

from unionplan.charts.bullet import bullet
from unionplan.charts.gap import gap
from unionplan.charts.heatmap import heatmap
from unionplan.charts.profile import DOCUMENT, PHONE, SCREEN, SLIDE, Profile
from unionplan.charts.titles import (
    gap_subtitle,
    gap_title,
    heatmap_subtitle,
    heatmap_title,
    trend_subtitle,
    trend_title,
)
from unionplan.charts.trend import TrendPoint, trend

__all__ = [
    "DOCUMENT",
    "PHONE",
    "SCREEN",
    "SLIDE",
    "Profile",
    "TrendPoint",
    "bullet",
    "gap",
    "gap_subtitle",
    "gap_title",
    "heatmap",
    "heatmap_subtitle",
    "heatmap_title",
    "trend",
    "trend_subtitle",
    "trend_title",
]
