"""Recurring duties, period by period: rows are duties, columns the months of the plan's period.

A period is one cell (a shape named `cell`) over the months it spans, whatever number of meetings it held; a duty
without periods is one strip. A cell says its state by glyph, word and colour; where it is too narrow for words the
glyph stays and the hover text has it whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import plotly.graph_objects as go

from unionplan import theme
from unionplan.charts.calendar_titles import UPLOAD, by_body, duties
from unionplan.charts.fitting import Picture, fitted, left_out, must_fit, urgency
from unionplan.charts.parts import Area, cut, dotted, hover, hover_trace, name
from unionplan.charts.profile import Profile, Sheet, foot_height, foot_lines, leading, text_width, widest
from unionplan.events import Event, Period, Standing
from unionplan.plan import Settings

WIDE, NARROW = 13.0, 8.4  # the most that a name may take, in u: on a screen or slide, in a document
SEAM, HEADS, GROUP = 0.14, 3.5, 1.6  # in u: space between cells, height of the months' names and of a group's head
FRAMED = 0.7  # in u: the space that words leave free in a framed cell
ROW = (2.5, 3.1, 4.2)  # heights of a row, in u: on a full slide, on a screen, on an empty slide
LEGEND = "补：期满之后补完成，计入已完成，全年保留标记；一期内多次只计一期"


@dataclass(frozen=True)
class Words:
    """What a cell says: two lines, each as variants from the longest to the shortest."""

    status: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    made_up: bool = False


@dataclass(frozen=True)
class Months:
    """The months of the plan's period and where they stand: month number `n` (year * 12 + month - 1) begins at `left`."""

    first: int
    count: int
    left: float
    right: float

    def x(self, month: int) -> float:
        """Return where a month begins, within the picture."""
        place = min(max(month - self.first, 0), self.count)
        return self.left + (self.right - self.left) * place / self.count


def calendar(
    rows: Sequence[Standing],
    settings: Settings,
    *,
    title: str,
    subtitle: str,
    source: str,
    note: str = LEGEND,
    profile: Profile,
) -> go.Figure:
    """Return the calendar of the recurring duties among `rows`; none gives a figure that says what to do.

    Where the height is limited, what is late or due soon is drawn and the others counted in the foot.
    """

    def draw(kept: Sequence[Standing], omitted: Sequence[Standing], into: Profile) -> Picture:
        sheet = Sheet(into)
        top = sheet.head(title, subtitle)
        foot = foot_lines(into, source, note, left_out([row.status for row in omitted], "项", "逐项清单"))
        room = None if into.height is None else into.height - foot_height(into, foot) - top
        trace = go.Scatter(x=[], y=[])
        if kept:
            bottom, trace = _drawn(sheet, kept, settings, top, room)
        else:
            bottom = nothing(sheet, top, "没有周期性工作", "", room)
        must_fit(bottom - top, room)
        height = into.height or bottom + foot_height(into, foot)
        sheet.foot(foot, height)
        return height, partial(sheet.figure, height, trace)

    return fitted(duties(rows), lambda row: urgency(row.status), profile, draw)


def row_height(p: Profile, count: int, other: float, room: float | None, sizes: tuple[float, float, float]) -> float:
    """Return the height of each of `count` rows: comfortable, or sharing a fixed room with `other` pixels beside them.

    `sizes` are the least, the comfortable and the largest height, in u.
    """
    least, comfort, most = (size * p.u for size in sizes)
    return comfort if room is None else min(max((room - other) / count, least), most)


def nothing(
    sheet: Sheet, top: float, what: str = "还没有活动记录", do: str = UPLOAD, room: float | None = None
) -> float:
    """Draw what stands where there is nothing to show, and what to do about it; return the y below it."""
    p = sheet.profile
    bottom = top + (room or 13 * p.u)
    sheet.box("empty", p.margin, top + 1.2 * p.u, p.right, bottom - 1.2 * p.u, theme.TRACK)
    middle = (top + bottom) / 2
    sheet.text("empty", p.width / 2, middle - 0.9 * p.u, what, p.title, theme.INK, True, "center")
    sheet.text("empty", p.width / 2, middle + 1.1 * p.u, do, p.subtitle, theme.INK_SOFT, at="center")
    return bottom


# What stands in a cell


def _words(period: Period, today: date, soon: int) -> Words:
    if period.state in ("done", "made_up"):
        return _done(period)
    if period.state == "missed":
        return _missed(period, today)
    if period.state == "future":
        return Words("not_started", ("○ 未到期", "○未到期", "未到期", "○"), ("",))
    by = (f"{theme.month_day(period.last)}前", f"{period.last.day}日前", "")
    if (period.last - today).days <= soon:
        return Words("due_soon", (theme.light("due_soon"), theme.STATUS["due_soon"].glyph), by)
    return Words("not_started", ("○ 待完成", "○待完成", "待完成", "○"), by)


def _done(period: Period) -> Words:
    late = period.state == "made_up"
    day = theme.month_day(period.events[0].done_on) if period.events[0].done_on else ""
    more = (f"{day}等{len(period.events)}次",) if len(period.events) > 1 else ()
    return Words(
        "done", ("● 补完成", "●补完成", "● 补", "补") if late else ("● 已完成", "●已完成", "●"), (*more, day, ""), late
    )


def _missed(period: Period, today: date) -> Words:
    days = (today - period.last).days
    if not days:
        return Words("due_soon", ("▲ 今日到期", "▲ 到期", "▲"), ("",))
    return Words("overdue", (theme.light("overdue"), theme.STATUS["overdue"].glyph), (f"已过{days}天", f"{days}天", ""))


def _fitting(variants: Sequence[str], size: float, width: float) -> str:
    return next((words for words in variants if text_width(words, size) <= width), "")


def _hover(row: Standing, period: Period, words: Words) -> str:
    span = f"{theme.chinese_date(period.first)}至{theme.chinese_date(period.last)}"
    head = f"{row.item.name}　{period.label}"
    return hover(head, [span, " ".join(filter(None, (words.first[0], words.second[0]))), *_told(period.events)])


def _told(events: Sequence[Event]) -> list[str]:
    return [f"{theme.chinese_date(event.done_on)}　{event.name}" for event in events if event.done_on]


# The picture


def _drawn(
    sheet: Sheet, rows: Sequence[Standing], settings: Settings, top: float, room: float | None
) -> tuple[float, go.Bar]:
    p, groups = sheet.profile, by_body(rows)
    other = (HEADS + (len(groups) * GROUP if len(groups) > 1 else 0)) * p.u
    height = row_height(p, len(rows), other, room, ROW)
    months = _months(p, rows, settings)
    y = _heads(sheet, months, rows[0].today, top + 0.6 * p.u)
    areas: list[Area] = []
    texts: list[str] = []
    for who, own in groups.items():
        if len(groups) > 1:
            sheet.text("group", p.margin, y + 0.6 * GROUP * p.u, who, p.head, theme.INK_FAINT, True)
            y += GROUP * p.u
        for row in own:
            y = _row(sheet, row, months, settings, y, height, areas, texts)
    return y, hover_trace(areas, texts)


def _months(p: Profile, rows: Sequence[Standing], settings: Settings) -> Months:
    first = settings.period_start.year * 12 + settings.period_start.month - 1
    count = settings.period_end.year * 12 + settings.period_end.month - first
    if p.kind == "phone":
        return Months(first, count, p.margin, p.right)
    names = max(widest(_name(p, row), p.label, True) for row in rows)
    left = p.margin + max(names, widest([_under(row) for row in rows], p.source)) + 1.0 * p.u
    return Months(first, count, left, p.right - _state_width(p, rows))


def _state_width(p: Profile, rows: Sequence[Standing]) -> float:
    lights = [theme.light(row.status) for row in rows]
    counts = [] if p.captioned else [_done_of(row) for row in rows]  # a table has them
    return max(widest(lights, p.label, True), widest(counts, p.source)) + (0.6 if p.captioned else 1.0) * p.u


def _name(p: Profile, row: Standing) -> list[str]:
    return cut(theme.plain(row.item.short), p.label, (NARROW if p.captioned else WIDE) * p.u, 1, True)


def _under(row: Standing) -> str:
    return theme.plain(row.item.frequency) or "未定频次"


def _done_of(row: Standing) -> str:
    """Return what is done of what is due: 已完成4/应完成4期."""
    if row.form == "periods":
        early = sum(period.state == "done" for period in row.periods)
        return f"应{row.due}期　已{row.done}期" if row.due else f"共{row.total}期　已{early}期"
    return f"应{row.due}户　已{row.done}户" if row.form == "cases" else f"已登记{row.done}次"


def _heads(sheet: Sheet, months: Months, today: date, top: float) -> float:
    """Draw the months' names, the one of the day judged in bold with the day above it; return the y below."""
    p = sheet.profile
    y, now = top + 1.9 * p.u, today.year * 12 + today.month - 1
    for month in range(months.first, months.first + months.count):
        middle = (months.x(month) + months.x(month + 1)) / 2
        words = f"{month % 12 + 1}月"
        current = month == now
        sheet.text("month", middle, y, words, p.head, theme.INK if current else theme.INK_FAINT, current, "center")
        if current:
            tag = f"截至{theme.month_day(today)}"
            half = text_width(tag, p.source) / 2
            at = min(max(middle, months.left + half), p.right - half)
            sheet.text("today", at, y - 1.2 * p.u, tag, p.source, theme.FOCUS, at="center")
            sheet.box("today", months.x(month), y + 0.65 * p.u, months.x(month + 1), y + 0.8 * p.u, theme.FOCUS)
    return y + 1.0 * p.u


def _row(
    sheet: Sheet,
    row: Standing,
    months: Months,
    settings: Settings,
    top: float,
    height: float,
    areas: list[Area],
    texts: list[str],
) -> float:
    p = sheet.profile
    y = top
    if p.kind == "phone":
        y = _narrow_name(sheet, row, top)
    else:
        _wide_name(sheet, row, months, top + height / 2)
    bottom = y + height
    periods = [
        one
        for one in row.periods
        if _month(one.last) >= months.first and _month(one.first) < months.first + months.count
    ]
    if row.form == "periods":
        for period in periods:
            words = _words(period, row.today, settings.due_soon_days)
            areas.append(
                _cell(sheet, words, months.x(_month(period.first)), months.x(_month(period.last) + 1), y, bottom)
            )
            texts.append(_hover(row, period, words))
    else:
        areas.append(_strip(sheet, row, months, y, bottom))
        texts.append(hover(row.item.name, [row.progress, *_told(row.counted)]))
    return bottom + (0.9 if p.kind == "phone" else 0) * p.u


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _wide_name(sheet: Sheet, row: Standing, months: Months, middle: float) -> None:
    p, x = sheet.profile, months.left - 0.7 * sheet.profile.u
    late = row.status in ("behind", "overdue")
    name(sheet, "duty", x, middle - 0.55 * p.u, _name(p, row), p.label, late, "right")
    sheet.text("frequency", x, middle + 0.7 * p.u, _under(row), p.source, theme.INK_FAINT, at="right")
    colour = theme.role(row.status).text
    y = middle if p.captioned else middle - 0.55 * p.u
    sheet.text("state", p.right, y, theme.light(row.status), p.label, colour, True, "right")
    if not p.captioned:
        sheet.text("count", p.right, middle + 0.7 * p.u, _done_of(row), p.source, theme.INK_FAINT, at="right")


def _narrow_name(sheet: Sheet, row: Standing, top: float) -> float:
    """Draw a duty's name with its light in a first line, frequency and counts in a second; return the y below."""
    p = sheet.profile
    light = theme.light(row.status)
    room = p.inner - text_width(light, p.label, True) - 0.8 * p.u
    late = row.status in ("behind", "overdue")
    y = top + leading(p.label) / 2
    name(sheet, "duty", p.margin, y, cut(theme.plain(row.item.short), p.label, room, 1, True), p.label, late, "left")
    sheet.text("state", p.right, y, light, p.label, theme.role(row.status).text, True, "right")
    y += leading(p.label)
    sheet.text("frequency", p.margin, y, _under(row), p.source, theme.INK_FAINT)
    sheet.text("count", p.right, y, _done_of(row), p.source, theme.INK_FAINT, at="right")
    return y + 0.85 * p.u


def _cell(sheet: Sheet, words: Words, left: float, right: float, top: float, bottom: float) -> Area:
    p = sheet.profile
    role, seam = theme.role(words.status), SEAM * p.u
    box = (left + seam, top + seam, right - seam, bottom - seam)
    waits = words.status == "not_started"
    sheet.box("cell", *box, role.cell, theme.RULE if waits else role.mark if words.made_up else "")
    if waits:
        dotted(sheet)
    inset = FRAMED if waits else 0.1  # words keep clear of a frame
    width, middle, centre = box[2] - box[0] - inset * p.u, (top + bottom) / 2, (left + right) / 2
    first, second = (_fitting(variants, p.source, width) for variants in (words.first, words.second))
    shift = 0.55 * p.u if second else 0
    sheet.text("word", centre, middle - shift, first, p.source, role.ink, not waits, "center")
    sheet.text("day", centre, middle + shift, second, p.source, role.ink, at="center")
    return box


def _strip(sheet: Sheet, row: Standing, months: Months, top: float, bottom: float) -> Area:
    """Draw a duty without periods as words over all months."""
    p, seam = sheet.profile, SEAM * sheet.profile.u
    box = (months.left + seam, top + seam, months.right - seam, bottom - seam)
    cases = row.form == "cases"
    sheet.box("strip", *box, theme.ROLES["unreported"].cell)
    light = f"{theme.STATUS[row.status].glyph} "
    words = light + row.progress if cases else f"未定频次，不设期数；{row.progress}"
    colour = theme.role(row.status).text if cases else theme.INK_SOFT
    lines = cut(words, p.source, box[2] - box[0] - 0.8 * p.u, 2)
    start = (top + bottom) / 2 - (len(lines) - 1) / 2 * leading(p.source)
    for number, line in enumerate(lines):
        at = (box[0] + box[2]) / 2, start + number * leading(p.source)
        sheet.text("word", *at, line, p.source, colour, cases, "center")
    return box
