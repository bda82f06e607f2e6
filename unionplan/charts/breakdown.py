"""What the persons trained are, part by part: bars from 0, share and person-times beside them as a table.

Every part has either a bar (a shape named `bar`: persons were told, be it 0) or a remark (a text named `remark`) and
never both. Levels keep their order, other parts stand by size; what was not told comes last. Colour is for the parts
that the title names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import plotly.graph_objects as go

from unionplan import theme
from unionplan.charts.fitting import Picture, fitted, left_out_plain, spread
from unionplan.charts.parts import TIGHT, Area, Order, cut, hover, hover_trace, name
from unionplan.charts.profile import Profile, Sheet, foot_height, foot_lines, leading, text_width, widest
from unionplan.charts.progress import nothing
from unionplan.charts.progress_titles import leaders, part_name
from unionplan.flows import Part

WIDE = 12.0  # the most that a name may take, in u
SIZES = (1.3, 2.2, 3.8)  # heights of a row, in u
SHARE, TIMES = "占比 %", "人次"


@dataclass(frozen=True)
class Row:
    """One part in words; `persons` is empty unless it has a bar."""

    part: Part
    name: str
    persons: str
    share: str
    times: str
    focus: bool

    @property
    def remark(self) -> str:
        """Return what stands in the place of a bar."""
        return "" if self.persons else theme.light("unreported")


@dataclass(frozen=True)
class Columns:
    """Where the wide layout puts things; the bar of the largest part runs from `zero` to `full`."""

    zero: float
    full: float
    share: float
    times: float


def breakdown(
    parts: Sequence[Part], by: str, *, title: str, subtitle: str, source: str, note: str, profile: Profile,
    order: Order = "value",
) -> go.Figure:  # fmt: skip
    """Return the bars of `parts`, which are those of one breakdown, by size (levels by level) or in the order `given`.

    No part gives a figure that says what to do. Where the height is limited, the largest parts are drawn, equal ones all
    or none, and the others counted in the foot.
    """

    def draw(kept: Sequence[Row], omitted: Sequence[Row], into: Profile) -> Picture:
        sheet = Sheet(into)
        top = sheet.head(title, subtitle)
        foot = foot_lines(into, source, note, left_out_plain(omitted, "项", "分项明细"))
        room = None if into.height is None else into.height - foot_height(into, foot) - top
        bottom, trace = _drawn(sheet, kept, top, room)
        height = into.height or bottom + foot_height(into, foot)
        sheet.foot(foot, height)
        return height, partial(sheet.figure, height, trace)

    return fitted(_rows(parts, by, order), lambda row: -(row.part.persons or 0), profile, draw, tied=True)


def _drawn(sheet: Sheet, rows: Sequence[Row], top: float, room: float | None) -> tuple[float, go.Bar | go.Scatter]:
    if not rows:
        return nothing(sheet, top, room), go.Scatter(x=[], y=[])
    return _narrow(sheet, rows, top) if sheet.profile.kind == "phone" else _wide(sheet, rows, top, room)


# What the rows say


def _rows(parts: Sequence[Part], by: str, order: Order) -> list[Row]:
    total, first = sum(part.persons or 0 for part in parts), leaders(parts, by)
    by_size = order == "value" and by != "level"
    ordered = sorted(parts, key=lambda part: (not part.key, by_size and -(part.persons or 0)))
    return [_row(part, by, total, part.key in first) for part in ordered]


def _row(part: Part, by: str, total: int, focus: bool) -> Row:
    told = part.persons is not None
    return Row(
        part=part,
        name=theme.plain(part_name(part.key, by)),
        persons=f"{theme.count(part.persons or 0)}人" if told else "",
        share=theme.percent(part.persons or 0, total) if told and total else theme.NONE,
        times=theme.NONE if part.person_times is None else theme.count(part.person_times),
        focus=focus,
    )


def _length(row: Row, rows: Sequence[Row], room: float) -> float:
    return room * (row.part.persons or 0) / max(max(one.part.persons or 0 for one in rows), 1)


def _bar(sheet: Sheet, row: Row, x: float, y: float, length: float, height: float) -> None:
    colour = theme.FOCUS if row.focus else theme.MARK if row.part.key else theme.GRID
    edge = "" if row.part.key else theme.MARK
    sheet.box("bar", x, y - height / 2, x + length, y + height / 2, colour, edge)


def _hover(row: Row) -> str:
    share = f"（占{row.share}%）" if row.share != theme.NONE else ""
    persons = f"人数 {row.persons}{share}" if row.persons else f"人数 {row.remark}"
    return hover(row.name, [persons, f"人次 {theme.light('unreported') if row.times == theme.NONE else row.times}"])


# The wide layout: screen and slide


def _wide(sheet: Sheet, rows: Sequence[Row], top: float, room: float | None) -> tuple[float, go.Bar]:
    p = sheet.profile
    first, names = top + 2.2 * p.u, [cut(row.name, p.label, WIDE * p.u, 2, True) for row in rows]
    heights = _heights(p, names, None if room is None else room - (first - top))
    columns = _columns(p, rows, names)
    for head, x, at in (
        ("人数", columns.zero, "left"),
        ("" if p.captioned else SHARE, columns.share, "right"),
        ("" if p.captioned else TIMES, columns.times, "right"),
    ):
        sheet.text("head", x, first - 0.75 * p.u, head, p.head, theme.INK_FAINT, at=at)
    areas: list[Area] = []
    y = first
    for row, words, height in zip(rows, names, heights, strict=True):
        _wide_row(sheet, row, words, columns, y + height / 2, min(0.62 * height, 1.4 * p.u), rows)
        areas.append((p.margin, y, p.right, y + height))
        y += height
    sheet.line("zero", columns.zero, first - 0.1 * p.u, columns.zero, y, theme.RULE, 0.07 * p.u)
    return y, hover_trace(areas, [_hover(row) for row in rows])


def _heights(p: Profile, names: Sequence[Sequence[str]], room: float | None) -> list[float]:
    """Return the rows' heights: no less than their names need, spread over the room where it is fixed."""
    return spread([len(words) * TIGHT * p.label + 0.1 * p.u for words in names], SIZES, room, p.u)


def _columns(p: Profile, rows: Sequence[Row], names: Sequence[Sequence[str]]) -> Columns:
    """Return the columns: each as wide as its widest text, the bars take what is left."""
    apart = 1.6 * p.u
    share = p.right - max(widest([row.times for row in rows], p.label), text_width(TIMES, p.head)) - apart
    end = share - max(widest([row.share for row in rows], p.label), text_width(SHARE, p.head)) - apart
    end = p.right if p.captioned else end  # a table has the columns
    zero = p.margin + max(widest(words, p.label, True) for words in names) + 0.7 * p.u
    full = end - 0.5 * p.u - widest([row.persons for row in rows], p.value, True)
    return Columns(zero, full, share, p.right)


def _wide_row(
    sheet: Sheet, row: Row, words: Sequence[str], columns: Columns, y: float, height: float, rows: Sequence[Row]
) -> None:
    p = sheet.profile
    name(sheet, "part", columns.zero - 0.7 * p.u, y, words, p.label, row.focus, "right")
    if row.persons:
        length = _length(row, rows, columns.full - columns.zero)
        _bar(sheet, row, columns.zero, y, length, height)
        colour = theme.FOCUS if row.focus else theme.INK_SOFT
        sheet.text("persons", columns.zero + length + 0.5 * p.u, y, row.persons, p.value, colour, True)
    sheet.text("remark", columns.zero + 0.5 * p.u, y, row.remark, p.label, theme.role("unreported").text)
    if not p.captioned:
        sheet.text("share", columns.share, y, row.share, p.label, theme.INK_SOFT, at="right")
        sheet.text("times", columns.times, y, row.times, p.label, theme.INK_SOFT, at="right")


# The narrow layout: phone


def _narrow(sheet: Sheet, rows: Sequence[Row], top: float) -> tuple[float, go.Bar]:
    p = sheet.profile
    areas: list[Area] = []
    y = top + 0.8 * p.u
    for row in rows:
        below = _narrow_row(sheet, row, rows, y)
        areas.append((p.margin, y, p.right, below))
        y = below + 0.6 * p.u
    return y, hover_trace(areas, [_hover(row) for row in rows])


def _narrow_row(sheet: Sheet, row: Row, rows: Sequence[Row], top: float) -> float:
    """Draw a part in two lines: name and figures, then its bar or remark."""
    p = sheet.profile
    share = "" if row.share == theme.NONE else f"{row.share}%"
    said = "　".join(filter(None, (share, "" if row.times == theme.NONE else f"{row.times}人次")))
    lines = cut(row.name, p.label, p.inner - text_width(said, p.head) - 0.8 * p.u, 2, True)
    y = sheet.lines("part", p.margin, top, lines, p.label, theme.INK, row.focus)
    sheet.text("share", p.right, top + leading(p.label) / 2, said, p.head, theme.INK_SOFT, at="right")
    middle = y + 0.15 * p.u + leading(p.label) / 2
    if row.persons:
        longest = p.inner - widest([one.persons for one in rows], p.label, True) - 0.5 * p.u
        length = _length(row, rows, longest)
        _bar(sheet, row, p.margin, middle, length, 0.75 * p.u)
        colour = theme.FOCUS if row.focus else theme.INK_SOFT
        sheet.text("persons", p.margin + length + 0.5 * p.u, middle, row.persons, p.label, colour, True)
    sheet.text("remark", p.margin, middle, row.remark, p.head, theme.role("unreported").text)
    return middle + leading(p.label) / 2
