"""覆盖指标: one indicator by type, over time, unit by unit, and by name the enterprises behind every figure."""

from __future__ import annotations

from unionplan.ui import page
from unionplan.ui_coverage import (
    chosen,
    draw_change,
    draw_expiry,
    draw_scopes,
    draw_trend,
    say,
    slice_up,
    sum_up,
    weigh,
)
from unionplan.ui_coverage_firms import define, list_firms, look_up
from unionplan.ui_coverage_units import draw_gaps, draw_map, reconcile

with page("pages/coverage.py") as board:
    view = chosen(board)
    say(view)
    if view.known:
        draw_scopes(view)
        list_firms(view)
        draw_trend(view)
        weigh(view)
        draw_change(view)
        draw_expiry(view)
        draw_gaps(view)
        draw_map(view)
        slice_up(view)
        sum_up(view)
        reconcile(view)
        look_up(view)
    define(view)
