"""One rate over time against its target: a line with its figures on it, a target line, the pace that leads to it.

Every point given is drawn once: with a rate as a point of the trace `rate`, without one as a mark of the trace
`missing` on the axis, where the line is interrupted and never bridged. The pace is drawn only where
it can be judged: a baseline below the target and a window with both ends (docs/rules.md, section 4).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Any

import plotly.graph_objects as go

from unionplan import theme
from unionplan.charts import trend_forecast
from unionplan.charts.parts import dotted, empty, hover, shown
from unionplan.charts.placing import AWAY, Label, Place, Rect, clearest, strewn, write
from unionplan.charts.profile import Profile, Sheet, foot_height, foot_lines, leading, text_width, widest
from unionplan.forecast import Forecast
from unionplan.pace import Node, due, way_of
from unionplan.plan import Indicator, Target

STEPS = (5, 10, 20, 25)  # percent between horizontal lines
MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)  # months between dates on the axis
LINES = 5
LEAST = 8.0  # height of the plot, in u, below which a picture of fixed height grows instead
CLEAR = Fraction(1, 4)  # of a step: so far above an axis that does not begin at 0 lies all that is drawn
PLOT = {"screen": 19.5, "phone": 15.0, "document": 15.0}  # height of the plot, in u, where the picture may grow


@dataclass(frozen=True)
class TrendPoint:
    """One snapshot of a rate. `numerator` None: 未报; `missing` counts the units in neither count."""

    as_of: date
    numerator: int | None
    denominator: int | None
    missing: int
    status: str

    @property
    def rate(self) -> Fraction | None:
        """Return the rate, None when it is 未报 or has no base."""
        return Fraction(self.numerator, self.denominator) if self.numerator is not None and self.denominator else None


@dataclass(frozen=True)
class Pace:
    """The line from the rate at the window's start to the target at its end, over the milestones that rule.

    `begin` is the day before the window.
    """

    begin: date
    end: date
    baseline: Fraction
    goal: Fraction
    nodes: tuple[Node, ...] = ()

    @property
    def way(self) -> list[Node]:
        """The corners of the line."""
        return way_of(self.baseline, self.goal, self.begin + timedelta(days=1), self.end, self.nodes)


@dataclass(frozen=True)
class Plot:
    """Where dates and rates stand on the sheet; rates run from `low` to `high`, whole percents."""

    left: float
    top: float
    right: float
    bottom: float
    first: date
    last: date
    low: int
    high: int
    step: int

    def x(self, day: date) -> float:
        """Return the x of a date."""
        return self.left + (self.right - self.left) * (day - self.first).days / (self.last - self.first).days

    def y(self, rate: Fraction | float) -> float:
        """Return the y of a rate between 0 and 1."""
        return self.bottom - (float(rate) * 100 - self.low) / (self.high - self.low) * (self.bottom - self.top)


def trend(
    points: Sequence[TrendPoint],
    indicator: Indicator,
    target: Target | None,
    *,
    title: str,
    subtitle: str,
    source: str,
    note: str,
    profile: Profile,
    baseline: Fraction | None = None,
    ahead: Forecast | None = None,
) -> go.Figure:
    """Return the line chart of `points`, which stand in the order of their dates, each date once.

    `baseline` is the rate that the pace starts from where it is not simply the last point before the window (the
    same units must be counted then and now). `ahead` is drawn as a band and a dashed line. No point with a rate gives a figure that says what to do.
    """
    assert all(a.as_of < b.as_of for a, b in pairwise(points)), "points out of order"
    sheet = Sheet(profile)
    top = sheet.head(title, subtitle)
    foot = foot_lines(profile, source, note, _remarks(points, pace_of(points, target), baseline, ahead))
    room = None if profile.height is None else profile.height - foot_height(profile, foot) - top
    traces: list[go.Scatter] = []
    if any(point.rate is not None for point in points):
        bottom, traces = _drawn(sheet, points, indicator, target, baseline, ahead, top, room)
    else:
        bottom, traces = empty(sheet, top, room), [go.Scatter(x=[], y=[])]
    height = max(profile.height or 0, bottom + foot_height(profile, foot))
    sheet.foot(foot, height)
    for shape in sheet.shapes:
        shape["layer"] = "below"  # the line runs over the grid, not under it
    return sheet.figure(height, *traces)


def pace_of(points: Sequence[TrendPoint], target: Target | None, baseline: Fraction | None = None) -> Pace | None:
    """Return the pace of a target, None without a window, without a baseline, or where that is not below the target.

    Without `baseline` it starts from the last rate on or before the day before the window (rules 4).
    """
    if target is None or target.start is None or target.end is None:
        return None
    begin, goal = target.start - timedelta(days=1), Fraction(target.bp, 10_000)
    if baseline is None:
        known = [point.rate for point in points if point.rate is not None and point.as_of <= begin]
        baseline = known[-1] if known else None
    if baseline is None or baseline >= goal:
        return None
    return Pace(begin, target.end, baseline, goal, target.nodes)


def due_on(pace: Pace | None, target: Target | None, day: date) -> Fraction | None:
    """Return the rate that the pace asks for on a day of the window before its last, None on others or without a pace."""
    if pace is None or target is None or target.start is None or not target.start <= day < pace.end:
        return None
    return due(pace.baseline, pace.goal, target.start, pace.end, pace.nodes, day)


def current(points: Sequence[TrendPoint]) -> TrendPoint | None:
    """Return the last point that has a rate."""
    return next((point for point in reversed(points) if point.rate is not None), None)


# Scales


def _drawn(
    sheet: Sheet,
    points: Sequence[TrendPoint],
    indicator: Indicator,
    target: Target | None,
    baseline: Fraction | None,
    ahead: Forecast | None,
    top: float,
    room: float | None,
) -> tuple[float, list[go.Scatter]]:
    p = sheet.profile
    pace = pace_of(points, target, baseline)
    plot = _plot(p, points, target, pace, ahead, top, room)
    trend_forecast.band(sheet, plot, ahead)
    _rates_axis(sheet, plot)
    _dates_axis(sheet, plot)
    _target(sheet, plot, target)
    now = current(points)
    assert now is not None
    _as_of(sheet, plot, now.as_of)
    _labels(sheet, plot, points, now, target, pace, indicator, ahead)
    bottom = plot.bottom + 0.7 * p.u + 2 * leading(p.head)
    return bottom, _traces(p, plot, points, indicator, target, pace, ahead)


def _plot(
    p: Profile,
    points: Sequence[TrendPoint],
    target: Target | None,
    pace: Pace | None,
    ahead: Forecast | None,
    top: float,
    room: float | None,
) -> Plot:
    rates = [point.rate for point in points if point.rate is not None]
    rates += [Fraction(target.bp, 10_000)] if target else []
    rates += [pace.baseline] if pace else []
    rates += trend_forecast.rates(ahead)
    low, high, step = _scale(min(rates), max(rates))
    first, last = _span(points, target, pace)
    upper = top + 1.1 * p.u + leading(p.head)
    below = 0.7 * p.u + 2 * leading(p.head)
    lower = upper + PLOT[p.kind] * p.u if room is None else max(top + room - below, upper + LEAST * p.u)
    left = p.margin + text_width(f"{high}%", p.head) + 0.7 * p.u
    return Plot(left, upper, p.right - _gutter(p, target, ahead), lower, first, last, low, high, step)


def _scale(least: Fraction, most: Fraction) -> tuple[int, int, int]:
    """Return low, high and step in whole percents: at most five lines, from 0 where that costs little room."""
    for step in STEPS:
        low, high = floor((least * 100 - step * CLEAR) / step) * step, ceil(most * 100 / step) * step
        low, high = (0 if low * 3 <= high else low), max(high, low + 2 * step)
        if high > 100:
            low, high = 100 - (high - low), 100
        if (high - low) // step < LINES and (high - low) % step == 0:
            return low, high, step
    return 0, 100, 25


def _span(points: Sequence[TrendPoint], target: Target | None, pace: Pace | None) -> tuple[date, date]:
    """Return the first and the last day on the axis; a lone day gets a month on either side."""
    days = [point.as_of for point in points]
    days += [target.end] if target and target.end else []
    days += [pace.begin] if pace else []
    first, last = min(days), max(days)
    return (first, last) if first < last else (first - timedelta(days=31), last + timedelta(days=31))


def _gutter(p: Profile, target: Target | None, ahead: Forecast | None) -> float:
    lines = [*_goal_words(p, target), *(trend_forecast.words(p, ahead, target) if ahead else ())]
    return max(widest([text for text, *_ in lines], p.label, True) + 0.8 * p.u, 3.4 * p.u)


def _goal_words(p: Profile, target: Target | None) -> list[tuple[str, float, str, bool]]:
    if target is None:
        return []
    goal = f"{theme.target_percent(target.bp)}%"
    said = ["目标", goal] if p.kind == "phone" else [f"目标 {goal}"]
    return [(text, p.label, theme.INK, True) for text in said]


# Axes and fixed lines


def _rates_axis(sheet: Sheet, plot: Plot) -> None:
    p = sheet.profile
    for percent in range(plot.low, plot.high + 1, plot.step):
        y = plot.y(percent / 100)
        colour = theme.RULE if percent == plot.low else theme.GRID
        sheet.line("grid", plot.left, y, plot.right, y, colour, 0.07 * p.u)
        words = f"{percent}%" if percent == plot.high else str(percent)
        sheet.text("scale", plot.left - 0.55 * p.u, y, words, p.head, theme.INK_FAINT, at="right")


def _dates_axis(sheet: Sheet, plot: Plot) -> None:
    p = sheet.profile
    year = None
    for day, words in _ticks(p, plot):
        x, y = plot.x(day), plot.bottom + 0.45 * p.u + leading(p.head) / 2
        sheet.line("tick", x, plot.bottom, x, plot.bottom + 0.35 * p.u, theme.RULE, 0.07 * p.u)
        sheet.text("month", _inside(p, x, words), y, words, p.head, theme.INK_FAINT, at="center")
        if day.year != year:
            year, under = day.year, f"{day.year}年"
            sheet.text("year", _inside(p, x, under), y + leading(p.head), under, p.head, theme.INK_FAINT, at="center")


def _inside(p: Profile, x: float, words: str, right: float = 0) -> float:
    half = text_width(words, p.head) / 2
    return min(max(x, p.margin + half), (right or p.right) - half)


def _ticks(p: Profile, plot: Plot) -> list[tuple[date, str]]:
    """Return the dates on the axis: month ends as close as their words allow, or the two ends of a short span."""
    ends = _month_ends(plot.first, plot.last)
    room = plot.right - plot.left
    for step in MONTHS:
        days = [day for day in ends if (day.year * 12 + day.month) % step == 0]
        words = [(day, f"{day.month}月末") for day in days]
        need = sum(text_width(text, p.head) + 0.9 * p.u for _, text in words)
        if len(words) > 1 and need <= room:
            return words
    return [(day, theme.month_day(day)) for day in (plot.first, plot.last)]


def _month_ends(first: date, last: date) -> list[date]:
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    ends = [date(m // 12, m % 12 + 1, monthrange(m // 12, m % 12 + 1)[1]) for m in months]
    return [day for day in ends if first <= day <= last]


def _target(sheet: Sheet, plot: Plot, target: Target | None) -> None:
    p = sheet.profile
    if target is None:
        return
    y = plot.y(Fraction(target.bp, 10_000))
    sheet.line("target", plot.left, y, plot.right, y, theme.INK, 0.12 * p.u)
    lines = _goal_words(p, target)
    for number, (text, size, colour, bold) in enumerate(lines):
        offset = (number - (len(lines) - 1) / 2) * leading(size)
        sheet.text("goal", plot.right + 0.5 * p.u, y + offset, text, size, colour, bold)


def _as_of(sheet: Sheet, plot: Plot, day: date) -> None:
    p = sheet.profile
    x, y, words = plot.x(day), plot.top - 0.35 * p.u - leading(p.head) / 2, f"数据截至 {theme.month_day(day)}"
    sheet.line("as_of", x, plot.top - 0.3 * p.u, x, plot.bottom, theme.RULE, 0.07 * p.u)
    dotted(sheet)
    sheet.text("as_of", _inside(p, x, words, plot.right), y, words, p.head, theme.INK_FAINT, at="center")


# Labels that must find their place


def _labels(
    sheet: Sheet,
    plot: Plot,
    points: Sequence[TrendPoint],
    now: TrendPoint,
    target: Target | None,
    pace: Pace | None,
    indicator: Indicator,
    ahead: Forecast | None,
) -> None:
    """Write the current value, the due rate, the start and the axis's warning, each where nothing else is."""
    p = sheet.profile
    rate, due = now.rate, due_on(pace, target, now.as_of)
    assert rate is not None
    taken = _taken(sheet, plot, points, target, pace, ahead)
    on_pace = due is not None and rate >= due
    here = (plot.x(now.as_of), plot.y(rate))
    _put(sheet, plot, _now_words(p, now, target, indicator), here, taken, upward=on_pace)
    if due is not None and rate * 10_000 < (target.bp if target else 0):
        words = Label("due", ((f"序时应达 {shown(due)}%", p.head, theme.INK_SOFT, False),))
        _put(sheet, plot, words, (plot.x(now.as_of), plot.y(due)), taken, upward=not on_pace, left=not on_pace)
    if pace is not None:
        words = Label("start", ((f"期初 {shown(pace.baseline)}%", p.head, theme.INK_SOFT, False),))
        _put(sheet, plot, words, (plot.x(pace.begin), plot.y(pace.baseline)), taken, upward=False)
    if ahead is not None:
        taken += trend_forecast.label(sheet, plot, ahead, target, taken)
    if plot.low:
        _warn(sheet, plot, taken)


def _now_words(p: Profile, now: TrendPoint, target: Target | None, indicator: Indicator) -> Label:
    value = f"{shown(now.rate, target.bp if target else None)}%"
    counts = f"{now.numerator:,}/{now.denominator:,}"
    status, colour = theme.light(now.status).partition("·")[0], theme.role(now.status).text
    last = (status, p.head, colour, True)
    if p.kind == "phone":  # as narrow as it can be: there is little room beside the last point
        head = ("完成值", p.head, theme.FOCUS, True)
        return Label("now", (head, (value, p.value, theme.FOCUS, True), (counts, p.head, theme.INK_SOFT, False), last))
    head = (f"完成值 {value}", p.value, theme.FOCUS, True)
    return Label("now", (head, (f"{counts} {indicator.unit}", p.head, theme.INK_SOFT, False), last))


def _warn(sheet: Sheet, plot: Plot, taken: Sequence[Rect]) -> None:
    """Say on the axis where it begins, at the first place along it that is free."""
    p = sheet.profile
    words = f"纵轴从 {plot.low}% 起"
    width, y = text_width(words, p.source), plot.bottom - 0.85 * p.u
    places = [plot.left + (0.5 + step) * p.u for step in range(int((plot.right - plot.left - width) / p.u))]
    half = p.source / 2
    rects = [(x, y - half, x + width, y + half) for x in places] or [(plot.left, y - half, plot.left + width, y + half)]
    best = clearest(rects, taken)
    sheet.text("warning", best[0], y, words, p.source, theme.INK_FAINT)


def _taken(
    sheet: Sheet,
    plot: Plot,
    points: Sequence[TrendPoint],
    target: Target | None,
    pace: Pace | None,
    ahead: Forecast | None,
) -> list[Rect]:
    """Return what labels must keep clear of: the lines, in small pieces, and the words that stand already."""
    taken: list[Rect] = []
    runs = [
        [(plot.x(point.as_of), plot.y(point.rate)) for point in run if point.rate is not None] for run in _runs(points)
    ]
    if pace is not None:
        runs.append([(plot.x(day), plot.y(rate)) for day, rate in pace.way])
    runs += trend_forecast.runs(plot, ahead)
    if target is not None:
        y = plot.y(Fraction(target.bp, 10_000))
        runs.append([(plot.left, y), (plot.right, y)])
    for run in runs:
        taken += strewn(run)
    for point in points:
        if point.rate is None:
            x, y = plot.x(point.as_of), plot.bottom
            taken.append((x - 6, y - 6, x + 6, y + 6))
    return taken + [_rect(note) for note in sheet.texts if note["name"] in ("goal", "as_of")]


def _rect(note: dict[str, Any]) -> Rect:
    size = note["font"]["size"]
    width = text_width(str(note["text"]), size, True)
    left = note["x"] - {"left": 0, "center": 0.5, "right": 1}[str(note["xanchor"])] * width
    return (left, note["y"] - size / 2, left + width, note["y"] + size / 2)


def _put(
    sheet: Sheet, plot: Plot, words: Label, at: Place, taken: list[Rect], upward: bool, left: bool = False
) -> None:
    """Write `words` near a point, at the first place that is free or else at the one where least is covered."""
    write(sheet, words, at, _candidates(sheet.profile, plot, words, at, upward, left), taken)


def _candidates(p: Profile, plot: Plot, words: Label, at: Place, upward: bool, left: bool) -> list[Rect]:
    """Return the places to try, nearest and best side first, all of them inside the picture."""
    (x, y), (w, h), gap = at, (words.width, words.height), 0.6 * p.u
    rects = []
    for away in AWAY:
        above, below = y - away * p.u - h, y + away * p.u
        tops = (above, below, y - h / 2) if upward else (below, above, y - h / 2)
        sides = (x - gap - w, x + gap) if left else (x + gap, x - gap - w)
        rects += [(side, top, side + w, top + h) for top in tops[:2] for side in sides]
        rects += [(side, tops[2], side + w, tops[2] + h) for side in sides]
    fitting = [
        r for r in rects if r[0] >= plot.left + 2 and r[2] <= p.right and plot.top <= r[1] and r[3] <= plot.bottom
    ]
    return fitting or [(max(p.margin, min(x + gap, p.right - w)), plot.top, x + gap + w, plot.top + h)]


# The line and its points


def _runs(points: Sequence[TrendPoint]) -> list[list[TrendPoint]]:
    """Return the pieces of the line: points that follow each other with a rate."""
    runs: list[list[TrendPoint]] = [[]]
    for point in points:
        if point.rate is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _traces(
    p: Profile,
    plot: Plot,
    points: Sequence[TrendPoint],
    indicator: Indicator,
    target: Target | None,
    pace: Pace | None,
    ahead: Forecast | None,
) -> list[go.Scatter]:
    traces = [_pace_trace(p, plot, pace)] if pace else []
    traces += [trend_forecast.trace(p, plot, ahead, indicator, target)] if ahead else []
    traces += [_rate_trace(p, plot, points, indicator, target)]
    traces += [_missing_trace(p, plot, points)] if any(point.rate is None for point in points) else []
    return traces


def _pace_trace(p: Profile, plot: Plot, pace: Pace) -> go.Scatter:
    return go.Scatter(
        name="pace",
        mode="lines",
        x=[plot.x(day) for day, _ in pace.way],
        y=[plot.y(rate) for _, rate in pace.way],
        line={"color": theme.INK_SOFT, "width": 0.12 * p.u, "dash": "dot"},
        hoverinfo="skip",
    )


def _rate_trace(
    p: Profile, plot: Plot, points: Sequence[TrendPoint], indicator: Indicator, target: Target | None
) -> go.Scatter:
    now = current(points)
    rates = [point.rate for point in points]
    return go.Scatter(
        name="rate",
        mode="lines+markers",
        x=[plot.x(point.as_of) for point in points],
        y=[None if rate is None else plot.y(rate) for rate in rates],
        connectgaps=False,
        cliponaxis=False,
        line={"color": theme.FOCUS, "width": 0.2 * p.u},
        marker={
            "size": [0.8 * p.u if point is now else 0.42 * p.u for point in points],
            "color": [theme.PAPER if point.missing else theme.FOCUS for point in points],
            "line": {"color": theme.FOCUS, "width": 0.12 * p.u},
            "opacity": 1,
        },
        hovertext=[_hover(point, indicator, target) for point in points],
        hoverinfo="text",
    )


def _missing_trace(p: Profile, plot: Plot, points: Sequence[TrendPoint]) -> go.Scatter:
    blank = [point for point in points if point.rate is None]
    return go.Scatter(
        name="missing",
        mode="markers",
        x=[plot.x(point.as_of) for point in blank],
        y=[plot.bottom] * len(blank),
        cliponaxis=False,
        marker={
            "symbol": "circle",
            "size": 0.6 * p.u,
            "color": theme.PAPER,
            "line": {"color": theme.MARK, "width": 0.1 * p.u},
        },
        hovertext=[hover(theme.chinese_date(point.as_of), [_blank(point)]) for point in blank],
        hoverinfo="text",
    )


def _blank(point: TrendPoint) -> str:
    return theme.light("unreported" if point.numerator is None else "no_base")


def _hover(point: TrendPoint, indicator: Indicator, target: Target | None) -> str:
    if point.rate is None:
        return hover(theme.chinese_date(point.as_of), [_blank(point)])
    counts = (
        f"{indicator.covered_word} {point.numerator:,} / {indicator.base_word} {point.denominator:,} {indicator.unit}"
    )
    said = [
        f"{indicator.name} {shown(point.rate, target.bp if target else None)}%（{counts}）",
        f"状态 {theme.light(point.status)}",
        f"{point.missing}个单位未报送，未计入" if point.missing else "",
    ]
    return hover(theme.chinese_date(point.as_of), said)


def _remarks(
    points: Sequence[TrendPoint], plain: Pace | None, baseline: Fraction | None, ahead: Forecast | None
) -> list[str]:
    said = trend_forecast.remark(ahead)
    if any(point.numerator is None for point in points):
        said.append("○ 未报，折线在此中断")
    if any(point.numerator is not None and not point.denominator for point in points):
        said.append("○ 无应建单位，折线在此中断")
    if any(point.missing and point.rate is not None for point in points):
        said.append("空心点：有单位未报送，按其余单位汇总")
    if baseline is not None and plain is not None and plain.baseline != baseline:
        said.append("期初按现已报送的同一批单位计算")
    return said
