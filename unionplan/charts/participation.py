"""Units taking part, activity by activity and by enterprise type: one column of bars for each type, one scale.

Every figure told is printed; a bar (a shape named `bar`) stands where it is above nought. What was not told is a dash
and never nought. The first line of each group is its sum in 家次; a row whose parts exceed its whole is shown as told,
named in the foot, and stays out of the sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import plotly.graph_objects as go

from unionplan import theme
from unionplan.charts.calendar import nothing
from unionplan.charts.calendar_titles import NON_PUBLIC, TYPES, Groups, told, typed
from unionplan.charts.fitting import Picture, fitted, left_out_plain, must_fit, spread
from unionplan.charts.parts import TIGHT, Area, cut, hover, hover_trace, name, name_lines
from unionplan.charts.profile import Profile, Sheet, foot_height, foot_lines, leading, text_width, widest
from unionplan.events import Joined, joined_sums

WIDE, NARROW = 15.0, 9.6  # the most a name may take, in u: on a screen or slide, in a document
GROUP, HEADS, APART = 1.9, 2.3, 1.2  # in u: heads, space between columns
SIZES = (1.35, 2.1, 2.8)  # heights of a row, in u: on a full slide, on a screen, on an empty slide
NAMED = 3
NOTE = "未分类型＝参与单位数－已报各类型；合计为家次"


@dataclass(frozen=True)
class Line:
    """One row: name, day, whole and parts as told; `total` for the sum of a group, `shares` for its types with a share."""

    name: str
    day: str
    whole: int | None
    parts: tuple[int | None, ...]
    total: bool = False
    shares: tuple[bool, ...] = ()

    def words(self, kind: int) -> str:
        """Return the figure of a type as printed, with its share in a sum."""
        count = self.parts[kind]
        if count is None:
            return theme.NONE
        share = f"（{theme.percent(count, self.whole)}%）" if self.total and self.whole and self.shares[kind] else ""
        return theme.count(count) + share

    @property
    def all(self) -> str:
        """Return the whole as printed."""
        return theme.NONE if self.whole is None else theme.count(self.whole)


Own = tuple[str, Line]
"""A line and whose it is."""


@dataclass(frozen=True)
class Columns:
    """Where the wide layout puts things: names end at `name`, wholes at `whole`, the bars of a type begin in `lefts`."""

    name: float
    whole: float
    lefts: tuple[float, ...]
    bar: float


def participation(
    groups: Groups,
    *,
    title: str,
    subtitle: str,
    source: str,
    note: str = NOTE,
    profile: Profile,
) -> go.Figure:
    """Return the units taking part in each event, by body (市总, 机关工会): two bodies have two sums.

    Events that told nothing of units are left out; none that did gives a figure that says what to do. Where the height is
    limited, sums and the largest events are drawn and the others counted in the foot; the sums are of all.
    """
    rows = {who: found for who, events in groups.items() if (found := told(events))}
    lines = [(who, line) for who, found in rows.items() for line in _lines(found)]

    def draw(kept: Sequence[Own], omitted: Sequence[Own], into: Profile) -> Picture:
        sheet = Sheet(into)
        top = sheet.head(title, subtitle)
        said = _remarks([row for found in rows.values() for row in found])
        foot = foot_lines(into, source, note, [*left_out_plain(omitted, "项活动", "活动清单"), *said])
        room = None if into.height is None else into.height - foot_height(into, foot) - top
        trace = go.Scatter(x=[], y=[])
        if kept:
            own = {who: [line for other, line in kept if other == who] for who, _ in kept}
            bottom, trace = _drawn(sheet, own, top, room)
        else:
            bottom = nothing(sheet, top, "还没有参与单位数", "在“数据更新”上传活动台账，填写参与单位数", room)
        must_fit(bottom - top, room)
        height = into.height or bottom + foot_height(into, foot)
        sheet.foot(foot, height)
        return height, partial(sheet.figure, height, trace)

    return fitted(lines, lambda one: (not one[1].total, -(one[1].whole or 0)), profile, draw)


def _lines(rows: Sequence[Joined]) -> list[Line]:
    """Return the sum, where there is something to sum, then the rows, most units first."""
    ordered = sorted(rows, key=lambda row: (row.total is None, -(row.total or 0)))
    return [*([_sum(rows)] if sum(row.sound for row in rows) > 1 else []), *map(_line, ordered)]


def _line(row: Joined) -> Line:
    day = theme.month_day(row.event.done_on) if row.event.done_on else ""
    called = theme.plain(row.event.name) or "未写名称"
    return Line(called, day, row.total, row.parts)


def _sum(rows: Sequence[Joined]) -> Line:
    sound = [row for row in rows if row.sound]
    whole, parts = joined_sums(sound)
    kinds = range(len(TYPES))
    known = tuple(parts[kind] if any(row.parts[kind] is not None for row in sound) else None for kind in kinds)
    return Line("合计（家次）", "", whole, known, True, tuple(typed(sound, kind) for kind in kinds))


def _remarks(rows: Sequence[Joined]) -> list[str]:
    over = [row for row in rows if row.over]
    open_whole = sum(row.total is None for row in rows)
    names = "、".join(f"“{theme.plain(row.event.name)}”多{row.over}家" for row in over)
    parts = (
        [f"{len(over)}项各类型之和多于参与单位数，请核对" + (f"：{names}" if len(over) <= NAMED else "")]
        if over
        else []
    )
    parts += [f"{open_whole}项只报了类型，未报参与单位数"] if open_whole else []
    return [f"{'；'.join(parts)}；按所报列出，不计入合计"] if parts else []


def _kinds(lines: Mapping[str, Sequence[Line]]) -> list[int]:
    """Return the types that any row told: the columns."""
    return [
        kind
        for kind in range(len(TYPES))
        if any(line.parts[kind] is not None for own in lines.values() for line in own)
    ]


def _drawn(sheet: Sheet, lines: Mapping[str, Sequence[Line]], top: float, room: float | None) -> tuple[float, go.Bar]:
    p, kinds = sheet.profile, _kinds(lines)
    most = max(
        (part or 0 for own in lines.values() for line in own if not line.total for part in line.parts), default=0
    )
    areas: list[Area] = []
    texts: list[str] = []
    columns = _columns(p, lines, kinds)
    other = (HEADS + (len(lines) * GROUP if len(lines) > 1 else 0)) * p.u
    least = [_least(p, line) for own in lines.values() for line in own]
    other += 0.8 * p.u
    heights = iter([] if p.kind == "phone" else spread(least, SIZES, None if room is None else room - other, p.u))
    y = top + 0.8 * p.u
    if p.kind != "phone":
        y = _heads(sheet, columns, kinds, y)
    for who, own in lines.items():
        if len(lines) > 1:
            sheet.text("group", p.margin, y + 0.6 * GROUP * p.u, who, p.head, theme.INK_FAINT, True)
            y += GROUP * p.u
        for line in own:
            at = line, columns, kinds, max(most, 1), y
            below = _narrow_row(sheet, *at) if p.kind == "phone" else _wide_row(sheet, *at, next(heights))
            areas.append((p.margin, y, p.right, below))
            texts.append(_hover(line))
            y = below
    return y, hover_trace(areas, texts)


def _hover(line: Line) -> str:
    parts = [f"{word} {line.words(kind)}" for kind, word in enumerate(TYPES) if line.parts[kind] is not None]
    return hover(line.name, [line.day, f"参与单位 {line.all}", *parts])


def _columns(p: Profile, lines: Mapping[str, Sequence[Line]], kinds: Sequence[int]) -> Columns:
    every = [line for own in lines.values() for line in own]
    if p.kind == "phone":
        words = widest([TYPES[kind] for kind in kinds], p.head)
        counts = widest([line.words(kind) for line in every for kind in kinds], p.head, True)
        left = p.margin + words + 0.6 * p.u
        return Columns(p.right, p.right, (left,), p.right - left - counts - 0.5 * p.u)
    names = max(widest(_name(p, line), p.label, True) for line in every)
    if p.captioned:  # a table has days and wholes
        return _type_columns(p, every, kinds, p.margin + names, p.margin + names, 0.7)
    dates = widest([line.day for line in every], p.source)
    right = p.margin + names + dates + 0.8 * p.u
    whole = (
        right + APART * p.u + max(widest([line.all for line in every], p.value, True), text_width("参与单位", p.head))
    )
    return _type_columns(p, every, kinds, right, whole, APART)


def _type_columns(
    p: Profile, lines: Sequence[Line], kinds: Sequence[int], right: float, whole: float, apart: float
) -> Columns:  # fmt: skip
    """Return the columns with those of the types beside each other from `whole` on, as wide as the sheet lets them."""
    each = (p.right - whole - apart * p.u) / max(len(kinds), 1)
    counts = widest([line.words(kind) for line in lines if not line.total for kind in kinds], p.label)
    lefts = tuple(whole + apart * p.u + each * place for place in range(len(kinds)))
    return Columns(right, whole, lefts, max(each - counts - (0.7 + apart) * p.u, 1.0))


def _least(p: Profile, line: Line) -> float:
    count = len(_name(p, line))
    return count * TIGHT * p.label + (0.3 if count > 1 else 0.1) * p.u


def _name(p: Profile, line: Line) -> list[str]:
    return name_lines(line.name, p.label, (NARROW if p.captioned else WIDE) * p.u, 2, True)


def _heads(sheet: Sheet, columns: Columns, kinds: Sequence[int], top: float) -> float:
    p = sheet.profile
    y = top + 0.6 * p.u
    if not p.captioned:
        sheet.text("head", columns.whole, y, "参与单位", p.head, theme.INK_FAINT, at="right")
    for kind, left in zip(kinds, columns.lefts, strict=True):
        sheet.text("head", left, y, TYPES[kind], p.head, _ink(kind), kind == NON_PUBLIC)
    return y + 0.9 * p.u


def _ink(kind: int) -> str:
    return theme.FOCUS if kind == NON_PUBLIC else theme.INK_SOFT


def _wide_row(
    sheet: Sheet, line: Line, columns: Columns, kinds: Sequence[int], most: int, top: float, height: float
) -> float:  # fmt: skip
    p, words = sheet.profile, _name(sheet.profile, line)
    y = top + height / 2
    dates = 0.0 if p.captioned else text_width(line.day, p.source)
    if not p.captioned:
        sheet.text("date", columns.name, y, line.day, p.source, theme.INK_FAINT, at="right")
        sheet.text("whole", columns.whole, y, line.all, p.label, theme.INK, True, "right")
    name(sheet, "activity", columns.name - dates - (0.6 * p.u if dates else 0), y, words, p.label, line.total, "right")
    for kind, left in zip(kinds, columns.lefts, strict=True):
        size = p.source if p.captioned and line.total else p.label
        _bar(sheet, line, kind, left, y, columns.bar / most, size, 0.95 * p.u)
    if line.total:
        sheet.line("rule", p.margin, top + height, p.right, top + height, theme.GRID, 0.07 * p.u)
    return top + height


def _bar(
    sheet: Sheet, line: Line, kind: int, left: float, y: float, scale: float, size: float, height: float
) -> None:  # fmt: skip
    """Draw a figure's bar and beside it the figure; a sum has no bar, it would dwarf all others."""
    u, count = sheet.profile.u, line.parts[kind]
    length = scale * (count or 0) if not line.total else 0.0
    if length:
        colour = theme.FOCUS if kind == NON_PUBLIC else theme.MARK
        sheet.box("bar", left, y - height / 2, left + length, y + height / 2, colour)
    colour = theme.INK_FAINT if count is None else _ink(kind)
    sheet.text("count", left + length + (0.4 * u if length else 0), y, line.words(kind), size, colour, line.total)


def _narrow_row(
    sheet: Sheet, line: Line, columns: Columns, kinds: Sequence[int], most: int, top: float
) -> float:  # fmt: skip
    """Draw an activity as its name and whole in a first line, then one line for each type it told."""
    p = sheet.profile
    said = (
        line.all
        if line.total
        else "　".join(filter(None, (line.day, f"{line.all} 家" if line.whole is not None else line.all)))
    )
    room = p.inner - text_width(said, p.label, True) - 0.8 * p.u
    y = sheet.lines("activity", p.margin, top, cut(line.name, p.label, room, 2, True), p.label, theme.INK, line.total)
    sheet.text("whole", p.right, top + leading(p.label) / 2, said, p.label, theme.INK, True, "right")
    for kind in kinds:
        if line.parts[kind] is not None:
            middle = y + leading(p.head) / 2
            sheet.text("type", p.margin, middle, TYPES[kind], p.head, _ink(kind))
            _bar(sheet, line, kind, columns.lefts[0], middle, columns.bar / most, p.head, 0.6 * p.u)
            y += leading(p.head)
    return y + 0.8 * p.u
