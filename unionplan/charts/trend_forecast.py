"""The forecast in the trend: a band, a dashed line to the window's end, and its words. Method: unionplan.forecast."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from unionplan import theme
from unionplan.charts.parts import hover, shown
from unionplan.charts.placing import Rect, covered
from unionplan.charts.profile import Profile, Sheet, leading, widest
from unionplan.forecast import Forecast, Step
from unionplan.plan import Indicator, Target

if TYPE_CHECKING:
    from unionplan.charts.trend import Plot

Line = tuple[str, float, str, bool]
Place = tuple[float, float]
METHOD = "预测：泰尔—森斜率（近{periods}期），80%区间按带漂移随机游走，应建家数按现有数不变，仅供参考"


def rates(ahead: Forecast | None) -> list[Fraction]:
    """Return the rates that the axis must hold."""
    if ahead is None or not ahead.base:
        return []
    return [value / ahead.base for step in ahead.steps for value in (step.low, step.high)]


def band(sheet: Sheet, plot: Plot, ahead: Forecast | None) -> None:
    """Draw where the rate may lie."""
    if ahead is None:
        return
    upper = [_place(plot, ahead, step, step.high) for step in ahead.steps]
    lower = [_place(plot, ahead, step, step.low) for step in reversed(ahead.steps)]
    sheet.polygon("band", [*upper, *lower], theme.BAND)


def runs(plot: Plot, ahead: Forecast | None) -> list[list[Place]]:
    """Return the lines that labels keep clear of."""
    if ahead is None:
        return []
    return [[_place(plot, ahead, one, getattr(one, name)) for one in ahead.steps] for name in ("line", "low", "high")]


def words(p: Profile, ahead: Forecast, target: Target | None) -> tuple[Line, ...]:
    """Return what stands at the line's end: the rate, and the band under it."""
    low, line, high = figures(ahead, target)
    if p.kind == "phone":
        return ("预计", p.head, theme.INK_SOFT, False), (f"{line}%", p.label, theme.INK_SOFT, True)
    return (f"预计 {line}%", p.label, theme.INK_SOFT, True), (f"{low}–{high}", p.head, theme.INK_SOFT, False)


def figures(ahead: Forecast, target: Target | None) -> tuple[str, str, str]:
    """Return low, line and high at the end as they are printed, from whole enterprises."""
    low, line, high = ahead.counts
    bp = target.bp if target else None
    return tuple(shown(Fraction(value, ahead.base), bp) for value in (low, line, high))  # type: ignore[return-value]


def label(sheet: Sheet, plot: Plot, ahead: Forecast, target: Target | None, taken: Sequence[Rect]) -> list[Rect]:
    """Write what the line ends at to its right, beside the end or as near to it as the target's words let; return
    where that is."""
    lines = words(sheet.profile, ahead, target)
    x, middle = plot.right + 0.5 * sheet.profile.u, _place(plot, ahead, ahead.end, ahead.end.line)[1]
    height, width = (
        sum(leading(size) for _, size, *_ in lines),
        widest([text for text, *_ in lines], sheet.profile.label, True),
    )
    tops = [middle - height / 2 + sign * step * 4 for step in range(60) for sign in (1, -1)]
    places = [
        (x, top, x + width, top + height) for top in tops if plot.top - height / 2 <= top <= plot.bottom - height / 2
    ]
    best = min(places, key=lambda place: covered(place, taken))
    y = best[1]
    for text, size, colour, bold in lines:
        sheet.text("forecast", x, y + leading(size) / 2, text, size, colour, bold)
        y += leading(size)
    return [best]


def trace(p: Profile, plot: Plot, ahead: Forecast, indicator: Indicator, target: Target | None) -> go.Scatter:
    """Return the dashed line from the last figure to the window's end, a ring on its end."""
    places = [_place(plot, ahead, step, step.line) for step in ahead.steps]
    last = len(places) - 1
    return go.Scatter(
        name="forecast",
        mode="lines+markers",
        x=[x for x, _ in places],
        y=[y for _, y in places],
        cliponaxis=False,
        line={"color": theme.FOCUS, "width": 0.14 * p.u, "dash": "dash"},
        marker={
            "size": [0.5 * p.u if place == last else 0.0 for place in range(len(places))],
            "color": theme.PAPER,
            "line": {"color": theme.FOCUS, "width": 0.1 * p.u},
            "opacity": 1,
        },
        hovertext=[_hover(ahead, step, indicator, target) if place else "" for place, step in enumerate(ahead.steps)],
        hoverinfo="text",
    )


def remark(ahead: Forecast | None) -> list[str]:
    """Return the method, for the foot of the picture."""
    return [METHOD.format(periods=ahead.periods)] if ahead else []


def _place(plot: Plot, ahead: Forecast, step: Step, value: Fraction) -> Place:
    return plot.x(step.day), plot.y(value / ahead.base)


def _hover(ahead: Forecast, step: Step, indicator: Indicator, target: Target | None) -> str:
    low, line, high = figures(Forecast(ahead.periods, ahead.base, ahead.slope, (step,)), target)
    return hover(
        f"{theme.chinese_date(step.day)}（预计，仅供参考）", [f"{indicator.name} {line}%，80%区间 {low}%–{high}%"]
    )
