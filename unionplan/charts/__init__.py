"""Results in, Plotly figures out: small pure functions that read no store and know no page."""

from unionplan.charts.bullet import bullet
from unionplan.charts.profile import PHONE, SCREEN, SLIDE, Profile

__all__ = ["PHONE", "SCREEN", "SLIDE", "Profile", "bullet"]
