"""Persons accumulated against a task, and below on the same months what each month brought.

Every month is drawn once in each half: a point of the trace `total` above, below a bar (a shape named `bar`: somebody
told persons, be it 0) or a ring of the trace `blank` on the axis. Both scales begin at 0. The due line is drawn only
where the window has both ends; the level that is needed each month only where months are left.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

import plotly.graph_objects as go

from unionplan import theme
from unionplan.charts.parts import Area, dotted, hover, hover_trace
from unionplan.charts.placing import Label, Line, Rect, fits, put, strewn
from unionplan.charts.profile import Profile, Sheet, foot_height, foot_lines, leading, text_width, widest, wrap
from unionplan.charts.progress_titles import average, progress_remarks
from unionplan.flows import RECENT, Flow, Month

LINES = 5  # most intervals between horizontal lines
MONTHS = (1, 3, 6, 12)  # months between words on the axis
PLOT = {
    "screen": (15.5, 6.5),
    "phone": (13.0, 5.5),
    "document": (12.0, 5.0),
}  # heights of both halves, in u, where the picture may grow
LEAST = 10.0  # height of both halves, in u, below which a picture of fixed height grows instead
UPPER = 0.7  # share of the upper half where it may not


@dataclass(frozen=True)
class Plot:
    """Where days and persons stand on the sheet: `top`…`bottom` for 0…`high`, `floor` for 0…`most` below."""

    left: float
    right: float
    top: float
    bottom: float
    head: float
    ceiling: float
    floor: float
    first: date
    last: date
    high: int
    step: int
    most: float

    def x(self, day: date) -> float:
        """Return the x of the end of a day; `first` is the day before the axis begins."""
        return self.left + (self.right - self.left) * (day - self.first).days / (self.last - self.first).days

    def y(self, persons: float) -> float:
        """Return the y of an accumulated number of persons."""
        return self.bottom - persons / self.high * (self.bottom - self.top)

    def low(self, persons: float) -> float:
        """Return the y of a month's persons in the lower half."""
        return self.floor - persons / self.most * (self.floor - self.ceiling)


def progress(flow: Flow, *, title: str, subtitle: str, source: str, note: str, profile: Profile) -> go.Figure:
    """Return the picture of `flow`; without a figure of persons it says what to do."""
    sheet = Sheet(profile)
    top = sheet.head(title, subtitle)
    foot = foot_lines(profile, source, note, progress_remarks(flow))
    room = None if profile.height is None else profile.height - foot_height(profile, foot) - top
    if flow.persons is None:
        bottom, traces = nothing(sheet, top, room), [go.Scatter(x=[], y=[])]
    else:
        bottom, traces = _drawn(sheet, flow, top, room)
    height = max(profile.height or 0, bottom + foot_height(profile, foot))
    sheet.foot(foot, height)
    for shape in sheet.shapes:
        shape["layer"] = "below"  # the line runs over the grid, not under it
    return sheet.figure(height, *traces)


def nothing(sheet: Sheet, top: float, room: float | None) -> float:
    """Draw what stands where no training has been told; return the y below it."""
    p = sheet.profile
    bottom = top + (room or 13 * p.u)
    sheet.box("empty", p.margin, top + 1.2 * p.u, p.right, bottom - 1.2 * p.u, theme.TRACK)
    middle = (top + bottom) / 2
    sheet.text("empty", p.width / 2, middle - 0.9 * p.u, "还没有人数", p.title, theme.INK, True, "center")
    words = "在“数据更新”上传培训统计表"
    sheet.text("empty", p.width / 2, middle + 1.1 * p.u, words, p.subtitle, theme.INK_SOFT, at="center")
    return bottom


# Scales


def _drawn(sheet: Sheet, flow: Flow, top: float, room: float | None) -> tuple[float, list[go.Scatter | go.Bar]]:
    p = sheet.profile
    plot = _plot(p, flow, top, room)
    _area(sheet, plot, flow)
    _persons_axis(sheet, plot)
    _months_axis(sheet, plot)
    _as_of(sheet, plot, flow)
    _goal(sheet, plot, flow)
    _months(sheet, plot, flow)
    _labels(sheet, plot, flow)
    areas = [_slot(plot, month) for month in flow.months]
    bars = hover_trace(areas, [_hover(flow, month) for month in flow.months])
    return plot.floor + 0.7 * p.u + 2 * leading(p.head), [*_traces(p, plot, flow), bars]


def _plot(p: Profile, flow: Flow, top: float, room: float | None) -> Plot:
    upper = top + 1.3 * p.u + leading(p.head)
    between, below = 1.0 * p.u + 2.2 * leading(p.head), 0.7 * p.u + 2 * leading(p.head)
    free = sum(PLOT[p.kind]) * p.u if room is None else max(top + room - upper - between - below, LEAST * p.u)
    share = PLOT[p.kind][0] * p.u if room is None else UPPER * free
    ceiling = upper + share + between
    high, step = _scale(max(flow.persons or 0, flow.target or 0, 1))
    left = p.margin + widest([_scale_words(n, high) for n in range(0, high + 1, step)], p.head) + 0.7 * p.u
    first, last = _span(flow)
    return Plot(
        left, p.right - _gutter(p, flow), upper, upper + share, upper + share + 1.0 * p.u + leading(p.head) / 2,
        ceiling, ceiling + free - share, first, last, high, step, float(max(flow.best or 0, flow.required or 0, 1)),
    )  # fmt: skip


def _scale(most: int) -> tuple[int, int]:
    """Return the top of the scale and the step: 1, 2 or 5 times a power of ten, at most five intervals."""
    power = 10 ** max(0, len(str(most)) - 2)
    step = next(power * n for n in (1, 2, 5, 10, 20, 50) if power * n * LINES >= most)
    return ceil(most / step) * step, step


def _scale_words(persons: int, high: int) -> str:
    """A number on the axis, in 万 where the axis reaches that far; always exact."""
    words = f"{persons / 10_000:g}万" if high >= 10_000 and persons else theme.count(persons)
    return f"{words}人" if persons == high else words


def _span(flow: Flow) -> tuple[date, date]:
    """Return the day before the first on the axis, and the last one."""
    first = flow.start or flow.months[0].day.replace(day=1)
    last = flow.end or _month_end(flow.months[-1].day, 1)  # no end: one month more than is known
    return first - timedelta(days=1), max(last, flow.months[-1].day)


def _month_end(day: date, later: int) -> date:
    number = day.year * 12 + day.month - 1 + later
    year, month = number // 12, number % 12 + 1
    return date(year, month, monthrange(year, month)[1])


def _gutter(p: Profile, flow: Flow) -> float:
    lines = [*_goal_words(p, flow), *_required_words(flow)]
    return max(widest(lines, p.label, True) + 0.9 * p.u if lines else 0, 1.2 * p.u)


def _goal_words(p: Profile, flow: Flow) -> list[str]:
    if flow.target is None:
        return []
    goal = f"{theme.count(flow.target)}人"
    return ["任务", goal] if p.kind == "phone" else [f"任务 {goal}"]


def _required_words(flow: Flow) -> list[str]:
    return [] if flow.required is None else ["需月均", f"{average(flow.required)}人"]


# Axes and fixed lines


def _area(sheet: Sheet, plot: Plot, flow: Flow) -> None:
    line = _line(plot, flow)
    sheet.polygon("area", [*line, (line[-1][0], plot.bottom)], theme.TRACK)


def _line(plot: Plot, flow: Flow) -> list[tuple[float, float]]:
    """The corners of the accumulated line, from nought on the day before the axis begins."""
    return [(plot.left, plot.bottom), *((plot.x(month.day), plot.y(month.total)) for month in flow.months)]


def _persons_axis(sheet: Sheet, plot: Plot) -> None:
    p = sheet.profile
    for persons in range(0, plot.high + 1, plot.step):
        y, colour = plot.y(persons), theme.GRID if persons else theme.RULE
        sheet.line("grid" if persons else "axis", plot.left, y, plot.right, y, colour, 0.07 * p.u)
        words = _scale_words(persons, plot.high)
        sheet.text("scale", plot.left - 0.55 * p.u, y, words, p.head, theme.INK_FAINT, at="right")
    sheet.line("zero", plot.left, plot.floor, plot.right, plot.floor, theme.RULE, 0.07 * p.u)


def _months_axis(sheet: Sheet, plot: Plot) -> None:
    p = sheet.profile
    y, days = plot.floor + 0.35 * p.u + leading(p.head) / 2, _ends(plot)
    for day in _worded(p, plot, days):
        sheet.text("month", _middle(plot, day), y, f"{day.month}月", p.head, theme.INK_FAINT, at="center")
    taken = 0.0
    for year in sorted({day.year for day in days}):
        inside = [_middle(plot, day) for day in days if day.year == year]
        x, half = (inside[0] + inside[-1]) / 2, text_width(f"{year}年", p.head) / 2
        if x - half >= taken:  # a year that would run into the one before it stays unnamed
            sheet.text("year", x, y + leading(p.head), f"{year}年", p.head, theme.INK_FAINT, at="center")
            taken = x + half + 0.4 * p.u
        if year > days[0].year:
            edge = plot.x(date(year - 1, 12, 31))
            sheet.line("tick", edge, plot.floor, edge, plot.floor + 0.5 * p.u, theme.RULE, 0.07 * p.u)


def _ends(plot: Plot) -> list[date]:
    """Return the last day of every month on the axis."""
    begin = plot.first + timedelta(days=1)
    count = (plot.last.year - begin.year) * 12 + plot.last.month - begin.month + 1
    return [_month_end(begin, later) for later in range(count)]


def _worded(p: Profile, plot: Plot, days: Sequence[date]) -> list[date]:
    """Return the months that are named: as many as their words leave room for, beginning with January."""
    slot = (plot.right - plot.left) / len(days)
    need = text_width("12月", p.head) + 0.5 * p.u
    step = next((step for step in MONTHS if step * slot >= need), 0)
    return [day for day in days if step and (day.month - 1) % step == 0]


def _middle(plot: Plot, day: date) -> float:
    begin = max(plot.first, day.replace(day=1) - timedelta(days=1))
    return (plot.x(begin) + plot.x(min(day, plot.last))) / 2


def _as_of(sheet: Sheet, plot: Plot, flow: Flow) -> None:
    p = sheet.profile
    assert flow.as_of is not None
    x, words = plot.x(flow.as_of), f"数据截至 {theme.month_day(flow.as_of)}"
    half = text_width(words, p.head) / 2
    sheet.line("as_of", x, plot.top - 0.3 * p.u, x, plot.bottom, theme.RULE, 0.07 * p.u)
    dotted(sheet)
    at = min(max(x, plot.left + half), plot.right - half)
    sheet.text("as_of", at, plot.top - 0.35 * p.u - leading(p.head) / 2, words, p.head, theme.INK_FAINT, at="center")


def _goal(sheet: Sheet, plot: Plot, flow: Flow) -> None:
    """The task: a diamond at the window's end, a level line where there is no end."""
    if flow.target is None:
        return
    p, y, half = sheet.profile, plot.y(flow.target), 0.45 * sheet.profile.u
    if flow.end is None:
        sheet.line("target", plot.left, y, plot.right, y, theme.INK, 0.12 * p.u)
    else:
        x = plot.x(flow.end)
        sheet.polygon("target", [(x - half, y), (x, y - half), (x + half, y), (x, y + half)], theme.INK)
    _beside(sheet, "goal", plot, y, _goal_words(p, flow), theme.INK)


def _beside(sheet: Sheet, name: str, plot: Plot, y: float, lines: Sequence[str], colour: str) -> None:
    """Write lines in the right margin around the height y."""
    p = sheet.profile
    for number, words in enumerate(lines):
        offset = (number - (len(lines) - 1) / 2) * leading(p.label)
        sheet.text(name, plot.right + 0.7 * p.u, y + offset, words, p.label, colour, True)


# The lower half


def _months(sheet: Sheet, plot: Plot, flow: Flow) -> None:
    told = [month for month in flow.months if month.persons is not None]
    for month in told:
        left, _, right, _ = _slot(plot, month)
        colour = theme.FOCUS if month in told[-RECENT:] and flow.recent is not None else theme.MARK
        thin = 0.14 * (right - left)
        fill = theme.TRACK if month.missing else colour
        edge = colour if month.missing else ""
        sheet.box("bar", left + thin, plot.low(month.persons or 0), right - thin, plot.floor, fill, edge)
    _best(sheet, plot, flow)
    fits = _recent(sheet, plot, flow, told)
    _required(sheet, plot, flow)
    _lower_head(sheet, plot, flow, fits)


def _slot(plot: Plot, month: Month) -> Area:
    """The part of the lower half that belongs to a month."""
    begin = max(plot.first, month.day.replace(day=1) - timedelta(days=1))
    end = min(_month_end(month.day, 0), plot.last)
    return plot.x(begin), plot.ceiling, plot.x(end), plot.floor


def _best(sheet: Sheet, plot: Plot, flow: Flow) -> None:
    """Write the largest month above its bar, in one word more where the months so far leave room for it."""
    if not flow.best:
        return
    p, end = sheet.profile, plot.x(flow.months[-1].day) + 0.4 * sheet.profile.u
    words = f"最好月 {theme.count(flow.best)}人"
    words = words if text_width(words, p.head) <= end - p.margin else theme.count(flow.best)
    left, _, right, _ = _slot(plot, flow.best_months[0])
    half = text_width(words, p.head) / 2
    x = max(min((left + right) / 2, end - half), p.margin + half)
    sheet.text("best", x, plot.low(flow.best) - leading(p.head) / 2, words, p.head, theme.INK_SOFT, at="center")


def _recent(sheet: Sheet, plot: Plot, flow: Flow, told: Sequence[Month]) -> bool:
    """Draw the average of late over its months; return whether its words found room beside the last one."""
    if flow.recent is None:
        return False
    p, y = sheet.profile, plot.low(float(flow.recent))
    sheet.line("recent", _slot(plot, told[-RECENT])[0], y, _slot(plot, told[-1])[2], y, theme.INK, 0.14 * p.u)
    words, x = f"近三月月均 {average(flow.recent)}人", plot.x(flow.months[-1].day) + 0.7 * p.u
    away = 0.85 * leading(p.head)
    if flow.required is not None and abs(plot.low(float(flow.required)) - y) < away:
        level = plot.low(float(flow.required))
        y = level + away if flow.recent < flow.required and level + away < plot.floor - away / 2 else level - away
    fits = x + text_width(words, p.head, True) <= plot.right
    if fits:
        sheet.text("recent", x, min(y, plot.floor - away / 2), words, p.head, theme.FOCUS, True)
    return fits


def _required(sheet: Sheet, plot: Plot, flow: Flow) -> None:
    """Draw the level that the months left must keep on average."""
    if flow.required is None or flow.as_of is None:
        return
    p, y = sheet.profile, plot.low(float(flow.required))
    sheet.line("required", plot.x(_month_end(flow.as_of, 0)), y, plot.right, y, theme.INK_SOFT, 0.14 * p.u)
    sheet.shapes[-1]["line"]["dash"] = "dash"
    lines, half = _required_words(flow), leading(p.label)
    _beside(sheet, "required", plot, min(y, plot.floor - half / 2), lines, theme.INK_SOFT)


def _lower_head(sheet: Sheet, plot: Plot, flow: Flow, beside: bool) -> None:
    p = sheet.profile
    facts = ["每月人数，人"]
    if flow.recent is not None and not beside:
        facts.append(f"近三月月均{average(flow.recent)}人")
    lines = wrap("　".join(facts), p.head, p.inner)
    sheet.lines("lower", p.margin, plot.head - leading(p.head) / 2, lines, p.head, theme.INK_SOFT, True)


# Labels and traces of the upper half


def _labels(sheet: Sheet, plot: Plot, flow: Flow) -> None:
    """Write what has accumulated and what was due, the larger above.

    Where there is no room for one above and one below, they become one label; where not even that, what was due is
    left to the title.
    """
    p = sheet.profile
    assert flow.persons is not None
    assert flow.as_of is not None
    x, y = plot.x(flow.as_of), plot.y(flow.persons)
    level = y if flow.due is None else plot.y(float(flow.due))
    ahead = flow.due is None or flow.persons >= flow.due
    room, taken = (plot.left + 2, plot.top, p.right, plot.bottom), _taken(plot, flow)
    left = ahead and x >= (plot.left + plot.right) / 2
    now, lines = Label("now", _now_lines(p, flow)), _due_lines(p, flow)
    due, both = Label("due", lines), Label("now", (*now.lines, *lines) if ahead else (*lines, *now.lines))
    apart = fits(now, (x, y), room, taken, ahead, p.u) and fits(due, (x, level), room, taken, not ahead, p.u)
    if lines and not apart and fits(both, (x, min(y, level)), room, taken, True, p.u):
        put(sheet, both, (x, min(y, level)), room, taken, upward=True, left=left)
        return
    put(sheet, now, (x, y), room, taken, upward=ahead, left=left)
    if lines and apart:
        put(sheet, due, (x, level), room, taken, upward=not ahead, left=not ahead)


def _now_lines(p: Profile, flow: Flow) -> tuple[Line, ...]:
    persons = f"{theme.count(flow.persons or 0)}人"
    share = "" if flow.target is None else f"任务的{theme.percent(flow.persons or 0, flow.target)}%"
    status = theme.light(flow.status).partition("·")[0]
    head = persons if p.kind == "phone" else f"累计 {persons}"
    lines = [(head, p.value, theme.FOCUS, True), (share, p.head, theme.INK_SOFT, False)]
    lines.append((status, p.head, theme.role(flow.status).text, True))
    return tuple(line for line in lines if line[0])


def _due_lines(p: Profile, flow: Flow) -> tuple[Line, ...]:
    """What was due, in short lines on a phone; nothing where it is not known or no longer matters."""
    if flow.due is None or flow.due == flow.target or not flow.gap:
        return ()
    persons = f"{theme.count(flow.due_count or 0)}人"
    lines = ["序时应达", persons] if p.kind == "phone" else [f"序时应达 {persons}"]
    return tuple((words, p.head, theme.INK_SOFT, False) for words in lines)


def _taken(plot: Plot, flow: Flow) -> list[Rect]:
    """Return what labels keep clear of: both lines and the words at the task."""
    taken = strewn(_line(plot, flow))
    taken += strewn([(plot.x(day), plot.y(float(persons))) for day, persons in flow.way])
    if flow.target is not None:
        y = plot.y(flow.target)
        taken.append((plot.right - 8, y - 24, plot.right + 400, y + 24))
        taken += [] if flow.end else strewn([(plot.left, y), (plot.right, y)])
    return taken


def _traces(p: Profile, plot: Plot, flow: Flow) -> list[go.Scatter]:
    traces = []
    if flow.way:
        traces.append(_due_trace(p, plot, flow))
    traces.append(_total_trace(p, plot, flow))
    blank = [month for month in flow.months if month.persons is None]
    return [*traces, _blank_trace(p, plot, flow, blank)] if blank else traces


def _due_trace(p: Profile, plot: Plot, flow: Flow) -> go.Scatter:
    """The way to the task over its milestones, with a ring where it stands on the day of the data."""
    assert flow.due is not None
    assert flow.as_of is not None
    way, now = flow.way, (flow.as_of, flow.due)
    points = [
        *(one for one in way[:-1] if one[0] < now[0]),
        now,
        *(one for one in way[1:-1] if one[0] > now[0]),
        way[-1],
    ]
    ring = 0.5 * p.u if flow.due != flow.target else 0
    return go.Scatter(
        name="due",
        mode="lines+markers",
        x=[plot.x(day) for day, _ in points],
        y=[plot.y(float(persons)) for _, persons in points],
        line={"color": theme.INK_SOFT, "width": 0.12 * p.u, "dash": "dot"},
        marker={
            "size": [ring if one is now else 0 for one in points],
            "color": theme.PAPER,
            "line": {"color": theme.INK_SOFT, "width": 0.1 * p.u},
        },
        hoverinfo="skip",
    )


def _total_trace(p: Profile, plot: Plot, flow: Flow) -> go.Scatter:
    now = flow.months[-1]
    return go.Scatter(
        name="total",
        mode="lines+markers",
        x=[plot.left, *(plot.x(month.day) for month in flow.months)],
        y=[plot.bottom, *(plot.y(month.total) for month in flow.months)],
        cliponaxis=False,
        line={"color": theme.FOCUS, "width": 0.2 * p.u},
        marker={
            "size": [0, *(0.75 * p.u if month is now else 0.34 * p.u for month in flow.months)],
            "color": theme.FOCUS,
            "line": {"width": 0},
            "opacity": 1,
        },
        hovertext=["", *(_hover(flow, month) for month in flow.months)],
        hoverinfo="text",
    )


def _blank_trace(p: Profile, plot: Plot, flow: Flow, blank: Sequence[Month]) -> go.Scatter:
    slots = [_slot(plot, month) for month in blank]
    size = min(0.5 * p.u, 0.8 * (slots[0][2] - slots[0][0]))  # rings of neighbouring months do not touch
    return go.Scatter(
        name="blank",
        mode="markers",
        x=[(left + right) / 2 for left, _, right, _ in slots],
        y=[plot.floor] * len(blank),
        cliponaxis=False,
        marker={"size": size, "color": theme.PAPER, "line": {"color": theme.MARK, "width": 0.1 * p.u}},
        hovertext=[_hover(flow, month) for month in blank],
        hoverinfo="text",
    )


def _hover(flow: Flow, month: Month) -> str:
    total = f"累计{theme.count(month.total)}人"
    share = f"，完成任务的{theme.percent(month.total, flow.target)}%" if flow.target else ""
    told = "当月人数 ○ 未报" if month.persons is None else f"当月{theme.count(month.persons)}人"
    times = "" if month.person_times is None else f"当月{theme.count(month.person_times)}人次（不与人数相加）"
    lines = [told, times, total + share, f"{len(month.missing)}个单位未报送" if month.missing else ""]
    return hover(f"{month.day.year}年{month.day.month}月", lines)
