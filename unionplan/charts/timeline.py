"""Activities and milestones along the plan's period: planned days, days of completion, and what is late.

A row is drawn for what has records or a window of its own; the rest is counted in the foot. Every event with a date
is one mark in its item's row: a disc (a shape named `done`), a diamond (`outside`) where it does not count, and a tick
(`planned`) on its planned day. What lies outside the period stands at its edge, with its date in the hover text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from math import cos, pi, sin

import plotly.graph_objects as go

from unionplan import theme
from unionplan.charts.calendar import nothing, row_height
from unionplan.charts.calendar_titles import LATE, body, dated, drawn_by_name, late_words, shown_forms
from unionplan.charts.fitting import Picture, fitted, left_out, left_out_plain, must_fit, urgency
from unionplan.charts.parts import TIGHT, Area, cut, hover, hover_trace, name
from unionplan.charts.profile import Profile, Sheet, foot_height, foot_lines, leading, text_width, widest
from unionplan.events import Event, Standing
from unionplan.plan import Settings

WIDE, NARROW, GROUP_WIDE = 11.0, 8.2, 6.4  # the most that a name (in a document: NARROW) and a department take, in u
HEADS, GROUP, APART = 3.6, 1.7, 0.5  # in u: the months' names, a group's head on a phone, the space between labels
HEADING = 1.3  # in u: a group's head in a document
ROW = (2.35, 2.9, 3.6)  # heights of a row, in u: on a full slide, on a screen, on an empty slide
NOTES = "定性工作"  # the head over works without figures
MARK = 0.42  # radius of a disc, in u
NAMED = 4
NOTE = "● 完成日　竖线：计划日　红色：逾期　细线：未另定时限"


@dataclass(frozen=True)
class Axis:
    """The days of the plan's period and where they stand."""

    first: date
    last: date
    left: float
    right: float

    def x(self, day: date, end: bool = False) -> float:
        """Return where a day begins (or ends); days outside the period stand at its edges."""
        days = (self.last - self.first).days + 1
        place = min(max((day - self.first).days + (1 if end else 0), 0), days)
        return self.left + (self.right - self.left) * place / days

    def middle(self, day: date) -> float:
        """Return the middle of a day."""
        return (self.x(day) + self.x(day, end=True)) / 2


@dataclass(frozen=True)
class Label:
    """A text that wants to stand under a mark: with its step, then without."""

    x: float
    variants: tuple[str, ...]


def timeline(
    rows: Sequence[Standing],
    settings: Settings,
    *,
    title: str,
    subtitle: str,
    source: str,
    note: str = NOTE,
    profile: Profile,
) -> go.Figure:
    """Return the timeline of the activities and milestones among `rows`, by body and department.

    None that can be drawn gives a figure that says what to do. Where the height is limited, what is late comes first and
    works without figures last; what is not drawn is counted in the foot.
    """

    def draw(kept: Sequence[Standing], omitted: Sequence[Standing], into: Profile) -> Picture:
        sheet = Sheet(into)
        top = sheet.head(title, subtitle)
        foot = foot_lines(into, source, note, [*_left_out(omitted), *_remarks(rows, settings)])
        room = None if into.height is None else into.height - foot_height(into, foot) - top
        trace = go.Scatter(x=[], y=[])
        if kept:
            bottom, trace = _drawn(sheet, kept, settings, top, room)
        else:
            bottom = nothing(sheet, top, room=room)
        must_fit(bottom - top, room)
        height = into.height or bottom + foot_height(into, foot)
        sheet.foot(foot, height)
        return height, partial(sheet.figure, height, trace)

    return fitted(drawn_by_name(rows, settings), _weight, profile, draw)


def _weight(row: Standing) -> tuple[bool, int, int]:
    return row.form == "notes", urgency(row.status), -row.late_days


def _left_out(rows: Sequence[Standing]) -> list[str]:
    lit = [row.status for row in rows if row.form != "notes"]
    notes = [row for row in rows if row.form == "notes"]
    return [*left_out(lit, "项", "逐项清单"), *left_out_plain(notes, "项定性工作", "逐项清单")]


# What is said of the rows that are not drawn, and beside those that are


def _remarks(rows: Sequence[Standing], settings: Settings) -> list[str]:
    named = {row.item.id for row in drawn_by_name(rows, settings)}
    rest = [row for row in shown_forms(rows) if row.item.id not in named and row.form in ("count", "steps")]
    parts = (
        ("◇ 计划期外", [row for row in rest if row.status == "out_of_plan"]),
        ("● 已完成（计划已载明）", [row for row in rest if row.status == "done"]),
        ("○ 尚无登记、未另定时限", [row for row in rest if row.status not in ("out_of_plan", "done")]),
    )
    return [f"{words}{len(own)}项{_names(own)}" for words, own in parts if own]


def _names(rows: Sequence[Standing]) -> str:
    return f"：{'、'.join(row.item.short for row in rows)}" if len(rows) <= NAMED else ""


def _state(row: Standing) -> tuple[str, str, bool]:
    """Return the light with its colour and weight; a work without figures has none, only how often it was entered."""
    if row.form != "notes":
        return theme.light(row.status), theme.role(row.status).text, True
    words = f"已登记{len(row.counted)}次" if row.counted else "计划已载明完成" if row.item.settled else "尚无登记"
    return words, theme.INK_SOFT, False


def _detail(p: Profile, row: Standing) -> str:
    """Return what stands under a row's light; beside a table only by how much it is late."""
    if p.captioned:
        return late_words(row)
    if row.form == "notes":
        last = f"最近登记{theme.month_day(row.last_done)}" if row.last_done else "不计进度"
        return f"连续未更新{row.silent_days}天" if row.silent else last
    count = f"{row.done}/{row.total}{'步' if row.form == 'steps' else row.item.unit}"
    return "　".join(filter(None, (count, late_words(row) or ("补" if row.made_up else ""))))


# The picture


def _drawn(
    sheet: Sheet, rows: Sequence[Standing], settings: Settings, top: float, room: float | None
) -> tuple[float, go.Bar]:
    p, today = sheet.profile, rows[0].today
    groups = _groups(rows)
    heads = len(groups) * HEADING if p.captioned else 0.0
    height = row_height(p, len(rows), (HEADS + heads) * p.u, room, ROW)
    axis = _axis(p, rows, settings, height)
    first = _heads(sheet, axis, today, top + 0.6 * p.u)
    place, y = len(sheet.shapes), first
    areas: list[Area] = []
    texts: list[str] = []
    for number, (who, own) in enumerate(groups):
        if number:
            sheet.line("rule", p.margin, y, p.right, y, theme.GRID, 0.07 * p.u)
        y = _group(sheet, who, own, axis, y, height, areas, texts)
    if p.kind != "phone":
        _judged(sheet, axis, today, first, y, place)
    return y, hover_trace(areas, texts)


def _groups(rows: Sequence[Standing]) -> list[tuple[str, list[Standing]]]:
    """Return the rows by department in the plan's order, works without figures of a body after its others."""
    bodies = list(dict.fromkeys(body(row.item) for row in rows))
    keys = list(dict.fromkeys(map(_block, rows)))
    keys.sort(key=lambda key: (bodies.index(key[0]), key[1] == NOTES))
    return [(_head(*key, many=len(bodies) > 1), [row for row in rows if _block(row) == key]) for key in keys]


def _block(row: Standing) -> tuple[str, str]:
    return body(row.item), NOTES if row.form == "notes" else row.item.department


def _head(who: str, department: str, many: bool) -> str:
    own = theme.plain(department)
    return f"{who}｜{own}" if many and own and own != who else own or who


def _group(
    sheet: Sheet,
    who: str,
    rows: Sequence[Standing],
    axis: Axis,
    top: float,
    height: float,
    areas: list[Area],
    texts: list[str],
) -> float:
    p, y = sheet.profile, top
    if p.kind == "phone":
        line = cut(who.replace("｜", "　"), p.head, p.inner, 1, True)[0]
        sheet.text("group", p.margin, y + 0.6 * GROUP * p.u, line, p.head, theme.INK_FAINT, True)
        y = _scale(sheet, axis, rows[0].today, y + (GROUP + 0.6) * p.u) + 0.2 * p.u
    elif p.captioned:
        line = cut(who.replace("｜", "　"), p.head, p.inner, 1)[0]
        sheet.text("group", p.margin, y + 0.5 * HEADING * p.u, line, p.head, theme.INK_FAINT)
        y += HEADING * p.u
    else:
        lines = [cut(part, p.head, GROUP_WIDE * p.u, 1)[0] for part in who.split("｜")]
        for number, line in enumerate(lines):
            at = y + height / 2 + (number - (len(lines) - 1) / 2) * leading(p.head)
            sheet.text("group", p.margin, at, line, p.head, theme.INK_FAINT)
    for row in rows:
        below = _narrow_row(sheet, row, axis, y) if p.kind == "phone" else _wide_row(sheet, row, axis, y, height)
        areas.append((p.margin, y, p.right, below))
        texts.append(_hover(row))
        y = below
    return y


def _axis(p: Profile, rows: Sequence[Standing], settings: Settings, height: float) -> Axis:
    if p.kind == "phone":
        return Axis(settings.period_start, settings.period_end, p.margin, p.right)
    groups = 0.0 if p.captioned else max(widest(who.split("｜"), p.head) for who, _ in _groups(rows))
    names = max(widest(_name(p, row, height), p.label, True) for row in rows)
    left = p.margin + min(groups, GROUP_WIDE * p.u) + names + (0.8 if p.captioned else 2.0) * p.u
    states = max(
        widest([_state(row)[0] for row in rows], p.label, True),
        widest([_detail(p, row) for row in rows], p.source),
    )
    return Axis(settings.period_start, settings.period_end, left, p.right - states - 1.2 * p.u)


def _name(p: Profile, row: Standing, height: float) -> list[str]:
    count = 2 if height > 2 * TIGHT * p.label + 0.4 * p.u else 1
    return cut(theme.plain(row.item.short), p.label, (NARROW if p.captioned else WIDE) * p.u, count, True)


def _month_starts(axis: Axis) -> list[date]:
    months = range(axis.first.year * 12 + axis.first.month - 1, axis.last.year * 12 + axis.last.month)
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def _heads(sheet: Sheet, axis: Axis, today: date, top: float) -> float:
    """Draw the day judged and, but on a phone, the months' names below it; a phone has them at every group."""
    p = sheet.profile
    y = top + 1.9 * p.u
    if p.kind == "phone":
        y = top + 1.5 * p.u
    if axis.first <= today <= axis.last:
        tag = f"截至{theme.month_day(today)}"
        half, x = text_width(tag, p.source) / 2, axis.x(today, end=True)
        at = min(max(x, axis.left + half), p.right - half)
        sheet.text("today", at, y - (0.9 if p.kind == "phone" else 1.25) * p.u, tag, p.source, theme.FOCUS, at="center")
    return y if p.kind == "phone" else _scale(sheet, axis, today, y)


def _scale(sheet: Sheet, axis: Axis, today: date, y: float) -> float:
    """Draw the months' names around `y` and a tick at the day judged; return the y below them."""
    p, starts = sheet.profile, _month_starts(axis)
    for start, end in zip(starts, [*starts[1:], axis.last], strict=True):
        middle = (axis.x(start) + axis.x(end)) / 2
        sheet.text("month", middle, y, f"{start.month}月", p.head, theme.INK_FAINT, at="center")
        if start != axis.first:
            sheet.line("tick", axis.x(start), y - 0.3 * p.u, axis.x(start), y + 0.3 * p.u, theme.GRID, 0.07 * p.u)
    if axis.first <= today <= axis.last:
        x = axis.x(today, end=True)
        sheet.line("today", x, y + 0.65 * p.u, x, y + 1.1 * p.u, theme.FOCUS, 0.12 * p.u)
    return y + 1.1 * p.u


def _judged(sheet: Sheet, axis: Axis, today: date, top: float, bottom: float, place: int) -> None:
    """Put the line of the day judged under the rows that were drawn from `place` on."""
    rows, sheet.shapes[place:] = sheet.shapes[place:], []
    if axis.first <= today <= axis.last:
        x = axis.x(today, end=True)
        sheet.line("today", x, top, x, bottom, theme.FOCUS, 0.1 * sheet.profile.u)
    sheet.shapes.extend(rows)


def _wide_row(sheet: Sheet, row: Standing, axis: Axis, top: float, height: float) -> float:
    p = sheet.profile
    middle, (state, colour, bold) = top + height / 2, _state(row)
    lines = _name(p, row, height)
    at = middle if len(lines) > 1 else middle - 0.42 * p.u
    name(sheet, "task", axis.left - 0.8 * p.u, at, lines, p.label, row.status in LATE, "right")
    sheet.text("state", p.right, middle - 0.42 * p.u, state, p.label, colour, bold, "right")
    sheet.text("detail", p.right, middle + 0.75 * p.u, _detail(p, row), p.source, theme.INK_FAINT, at="right")
    _marks(sheet, row, axis, middle - 0.42 * p.u, middle + 0.75 * p.u)
    return top + height


def _narrow_row(sheet: Sheet, row: Standing, axis: Axis, top: float) -> float:
    p = sheet.profile
    (state, colour, bold), detail = _state(row), _detail(p, row)
    room = p.inner - text_width(state, p.label, True) - 0.8 * p.u
    y = top + leading(p.label) / 2
    lines = cut(theme.plain(row.item.short), p.label, room, 1, True)
    name(sheet, "task", p.margin, y, lines, p.label, row.status in LATE, "left")
    sheet.text("state", p.right, y, state, p.label, colour, bold, "right")
    y += leading(p.label)
    sheet.text("detail", p.right, y, detail, p.source, theme.INK_FAINT, at="right")
    _marks(sheet, row, axis, y + 1.3 * p.u, y + 2.45 * p.u)
    return y + 3.6 * p.u


def _marks(sheet: Sheet, row: Standing, axis: Axis, y: float, below: float) -> None:
    """Draw a row's window, lateness and events around the middle y, their labels around `below`."""
    p = sheet.profile
    _window(sheet, row, axis, y)
    if row.late_since:
        left, right = axis.x(row.late_since, end=True), axis.x(row.today, end=True)
        sheet.box("late", left, y - 0.22 * p.u, right, y + 0.22 * p.u, theme.role(row.status).mark)
    labels = [_event(sheet, row, event, axis, y) for event in dated(row.events)]
    labels += [] if labels and row.status != "overdue" else _planned(row, axis)
    _labels(sheet, [label for label in labels if label.variants], axis, row.today, below)


def _window(sheet: Sheet, row: Standing, axis: Axis, y: float) -> None:
    p, item = sheet.profile, row.item
    start, end = item.start or axis.first, item.end or axis.last
    own = start > axis.first or end < axis.last
    if start > axis.last or end < axis.first:
        return
    half = 0.36 * p.u if own and row.form != "notes" else 0.05 * p.u
    colour = theme.ROLES["on_pace"].cell if own and row.form != "notes" else theme.RULE
    sheet.box("window", axis.x(start), y - half, axis.x(end, end=True), y + half, colour)


def _planned(row: Standing, axis: Axis) -> list[Label]:
    """Return the label of a window whose days no event tells, or that has passed: 计划10月1—7日."""
    start, end = row.item.start or axis.first, row.item.end or axis.last
    if row.form == "notes" or start > axis.last or end < axis.first or not (start > axis.first or end < axis.last):
        return []
    return [Label((axis.x(start) + axis.x(end, end=True)) / 2, (f"计划{_span(start, end, axis)}",))]


def _span(start: date, end: date, axis: Axis) -> str:
    if start <= axis.first:
        return f"{theme.month_day(end)}前"
    if end >= axis.last:
        return f"{theme.month_day(start)}起"
    if start == end:
        return theme.month_day(start)
    same = (start.year, start.month) == (end.year, end.month)
    return f"{theme.month_day(start).removesuffix('日') if same else theme.month_day(start)}—" + (
        f"{end.day}日" if same else theme.month_day(end)
    )


def _event(sheet: Sheet, row: Standing, event: Event, axis: Axis, y: float) -> Label:
    """Draw one event: a tick where it was planned, a disc or diamond where it took place; return its label."""
    u = sheet.profile.u
    if event.planned_on:
        x = axis.middle(event.planned_on)
        colour = theme.role(row.status).mark if event.missed(row.today) and row.late_since else theme.INK_SOFT
        sheet.box("planned", x - 0.09 * u, y - 0.62 * u, x + 0.09 * u, y + 0.62 * u, colour)
    if not event.happened(row.today):
        words = f"计划{theme.month_day(event.planned_on)}" if event.planned_on else ""
        return Label(axis.middle(event.planned_on or row.today), _variants(event.step, words) if words else ())
    assert event.done_on is not None
    x, counts = axis.middle(event.done_on), event in row.counted
    if event.planned_on and event.planned_on < event.done_on:
        left = axis.middle(event.planned_on)
        sheet.line("delay", left, y, x, y, theme.INK_SOFT, 0.12 * u)
    corners, mark = (24, theme.ROLES["attained"].mark) if counts else (4, theme.MARK)
    sheet.polygon("done" if counts else "outside", _round(x, y, MARK * u * (1 if counts else 1.2), corners), mark)
    late = "补" if event in row.made_up else "" if counts else "未计入"
    return Label(x, _variants(event.step, f"{late}{theme.month_day(event.done_on)}"))


def _variants(step: str, day: str) -> tuple[str, ...]:
    return (f"{theme.plain(step)} {day}", day) if step else (day,)


def _round(x: float, y: float, radius: float, corners: int) -> list[tuple[float, float]]:
    return [(x + radius * sin(2 * pi * n / corners), y - radius * cos(2 * pi * n / corners)) for n in range(corners)]


def _labels(sheet: Sheet, labels: Sequence[Label], axis: Axis, today: date, y: float) -> None:
    """Write under each mark its step and day, or all the days alone where the steps find no room beside each other.

    What still finds none is left to the hover text. The line of the day judged is kept free.
    """
    p = sheet.profile
    line = axis.x(today, end=True)
    free = [(line, line)] if p.kind != "phone" and axis.left < line < axis.right else []
    long, short = (_placed(p, [(one.x, one.variants[at]) for one in labels], axis, free) for at in (0, -1))
    for left, words in long if len(long) == len(labels) else short:
        sheet.text("label", left, y, words, p.source, theme.INK_SOFT)


def _placed(
    p: Profile, labels: Sequence[tuple[float, str]], axis: Axis, free: Sequence[tuple[float, float]]
) -> list[tuple[float, str]]:
    """Return the texts that find room, each with its left edge, the latest first."""
    taken, found = list(free), []
    for x, words in sorted(labels, reverse=True):
        width = text_width(words, p.source)
        for left in (x - width / 2, x - width + MARK * p.u, x - MARK * p.u, x - width - MARK * p.u):
            at = min(max(left, axis.left), axis.right - width)
            if width < axis.right - axis.left and all(_apart(p, at, at + width, other) for other in taken):
                taken.append((at, at + width))
                found.append((at, words))
                break
    return found


def _apart(p: Profile, left: float, right: float, other: tuple[float, float]) -> bool:
    space = (APART if other[0] < other[1] else 0.2) * p.u
    return right + space <= other[0] or other[1] + space <= left


def _hover(row: Standing) -> str:
    past = [(event, event.done_on) for event in row.events if event.happened(row.today)]
    lines = [f"{theme.chinese_date(day)}　{_called(event)}" for event, day in past if day]
    light = theme.light(row.status) if row.form != "notes" else ""
    waits = [f"计划{theme.chinese_date(one.planned_on)}　{_called(one)}" for one in row.waiting if one.planned_on]
    start, end = row.item.start, row.item.end
    span = f"起止日期 {theme.chinese_date(start)}至{theme.chinese_date(end)}" if start and end else ""
    return hover(row.item.name, [light, row.progress, late_words(row), span, *lines, *waits])


def _called(event: Event) -> str:
    return f"{event.step}：{event.name}" if event.step and event.name else event.name or event.step
