"""Union dues by unit: how much of the year's task has come in, amounts and audit beside it as a table.

Every unit has either a bar (a shape named `bar`) or a remark (a text named `remark`) and never both. No bar has a
status colour: the plan sets no target on dues. A thin line stands at 100 %, the year's task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import plotly.graph_objects as go

from unionplan import dues_words, theme
from unionplan.charts.calendar import nothing
from unionplan.charts.fitting import Picture, fitted, left_out_plain, must_fit, spread
from unionplan.charts.parts import TIGHT, Area, Order, hover, hover_trace, name, name_lines
from unionplan.charts.profile import Profile, Sheet, foot_height, foot_lines, leading, text_width, widest
from unionplan.dues import Dues

WIDE = 11.0  # the most that a unit's name may take, in u
SIZES = (1.4, 2.1, 2.8)  # heights of a row, in u: on a full slide, on a screen, on an empty slide
AMOUNTS, AUDIT = "累计收缴/年度任务（万元）", "审计与公布"


@dataclass(frozen=True)
class Row:
    """One unit in words; `rate` is empty unless it has a bar."""

    dues: Dues
    unit: str
    rate: str
    amounts: str
    audit: str

    @property
    def remark(self) -> str:
        """Return what stands in the place of a bar."""
        return "" if self.rate else "未填年度任务" if self.dues.total is not None else theme.light("unreported")


def dues_chart(
    rows: Sequence[Dues], names: Mapping[str, str], *, title: str, subtitle: str, source: str, note: str, profile: Profile,
    order: Order = "value",
) -> go.Figure:  # fmt: skip
    """Return the bars of every unit's dues, the furthest first or in the order `given`; `names`: unit → what it is
    called instead.

    No row gives a figure that says so. Where the height is limited, the units with the lowest rates are drawn and the
    others counted in the foot.
    """

    def draw(kept: Sequence[Row], omitted: Sequence[Row], into: Profile) -> Picture:
        sheet = Sheet(into)
        top = sheet.head(title, subtitle)
        foot = foot_lines(into, source, note, left_out_plain(omitted, "个单位", "各单位明细"))
        room = None if into.height is None else into.height - foot_height(into, foot) - top
        bottom, areas = _drawn(sheet, kept, top, room)
        must_fit(bottom - top, room)
        height = into.height or bottom + foot_height(into, foot)
        sheet.foot(foot, height)
        return height, partial(sheet.figure, height, hover_trace(areas, [_hover(row) for row in kept]))

    drawn = rows if order == "given" else dues_words.order(rows)
    return fitted([_row(row, names) for row in drawn], _weight, profile, draw)


def _weight(row: Row) -> tuple[bool, float]:
    return row.dues.rate is None, float(row.dues.rate or 0)


def _drawn(sheet: Sheet, rows: Sequence[Row], top: float, room: float | None) -> tuple[float, list[Area]]:
    if not rows:
        return nothing(sheet, top, "还没有经费数据", "在“数据更新”上传经费收缴表", room), []
    return _narrow(sheet, rows, top) if sheet.profile.kind == "phone" else _wide(sheet, rows, top, room)


def _row(row: Dues, names: Mapping[str, str]) -> Row:
    told = [theme.NONE if value is None else dues_words.amount(value) for value in (row.total, row.task)]
    amounts = "/".join(told) if row.as_of else theme.NONE
    rate = f"{dues_words.rate(row.rate)}%" if row.rate is not None else ""
    return Row(row, theme.plain(names.get(row.unit, row.unit)), rate, amounts, dues_words.audit(row))


def _hover(row: Row) -> str:
    lines = [f"完成率 {row.rate or row.remark}", f"累计收缴/年度任务 {row.amounts} 万元",
             f"比上年同期 {dues_words.growth(row.dues.growth)}", f"审计与公布 {row.audit}"]  # fmt: skip
    return hover(row.unit, lines)


def _scale(rows: Sequence[Row]) -> float:
    """The rate at the right end of the widest bar: 100 %, or more where somebody has more."""
    return max([1.0, *(float(row.dues.rate) for row in rows if row.dues.rate is not None)])


def _wide(sheet: Sheet, rows: Sequence[Row], top: float, room: float | None) -> tuple[float, list[Area]]:
    p = sheet.profile
    first, names = top + (1.8 if p.captioned else 2.2) * p.u, [_name(p, row) for row in rows]
    zero = p.margin + max(widest(words, p.label, True) for words in names) + 0.7 * p.u
    audit = p.right - max(widest([row.audit for row in rows], p.label), text_width(AUDIT, p.head))
    amounts = audit - 1.6 * p.u
    end = amounts - max(widest([row.amounts for row in rows], p.label), text_width(AMOUNTS, p.head)) - 1.6 * p.u
    end = p.right if p.captioned else end  # a table has the columns
    full = end - 0.6 * p.u - max(widest([row.rate for row in rows], p.value, True), text_width("100.0%", p.value, True))
    heads = (("完成率", zero, "left"), (AMOUNTS, amounts, "right"), (AUDIT, audit, "left"))
    for head, x, at in heads[:1] if p.captioned else heads:
        sheet.text("head", x, first - 0.75 * p.u, head, p.head, theme.INK_FAINT, at=at)
    needs = [len(words) * TIGHT * p.label + 0.2 * p.u for words in names]
    heights = spread(needs, SIZES, None if room is None else room - (first - top), p.u)
    areas: list[Area] = []
    y, length = first, (full - zero) / _scale(rows)
    for row, words, height in zip(rows, names, heights, strict=True):
        middle = y + height / 2
        name(sheet, "unit", zero - 0.7 * p.u, middle, words, p.label, False, "right")
        _bar(sheet, row, zero, middle, length, min(0.62 * height, 1.5 * p.u), p.value, _scale(rows))
        if not p.captioned:
            sheet.text("amounts", amounts, middle, row.amounts, p.label, theme.INK_SOFT, at="right")
            sheet.text("audit", audit, middle, row.audit, p.label, theme.INK_SOFT)
        areas.append((p.margin, y, p.right, y + height))
        y += height
    _goal(sheet, zero, zero + length, first, y)
    return y, areas


def _name(p: Profile, row: Row) -> list[str]:
    return name_lines(row.unit, p.label, WIDE * p.u, 2)


def _narrow(sheet: Sheet, rows: Sequence[Row], top: float) -> tuple[float, list[Area]]:
    p = sheet.profile
    room = (p.inner - text_width("100.0%", p.label, True) - 0.5 * p.u) / _scale(rows)
    areas: list[Area] = []
    y = top + 0.8 * p.u
    for row in rows:
        start = y
        said = f"{row.amounts}万元" if row.dues.as_of else ""
        lines = name_lines(row.unit, p.label, p.inner - text_width(said, p.head) - 0.8 * p.u, 2)
        y = sheet.lines("unit", p.margin, y, lines, p.label, theme.INK, False)
        sheet.text("amounts", p.right, start + leading(p.label) / 2, said, p.head, theme.INK_SOFT, at="right")
        _bar(sheet, row, p.margin, y + 0.6 * p.u, room, 0.9 * p.u, p.label, _scale(rows))
        y += 1.2 * p.u
        if row.audit != theme.NONE:
            sheet.text("audit", p.margin, y + leading(p.head) / 2, row.audit, p.head, theme.INK_SOFT)
            y += leading(p.head)
        areas.append((p.margin, start, p.right, y))
        y += 0.6 * p.u
    return y, areas


def _bar(sheet: Sheet, row: Row, x: float, y: float, room: float, height: float, size: float, scale: float) -> None:
    """Draw a track as long as the year's task, what has come in on it, and the rate behind both."""
    p = sheet.profile
    if row.dues.rate is None:
        sheet.text("remark", x + 0.4 * p.u, y, row.remark, p.head, theme.role("unreported").text)
        return
    sheet.box("track", x, y - height / 2, x + room, y + height / 2, theme.TRACK)
    sheet.box("bar", x, y - height / 4, x + room * float(row.dues.rate), y + height / 4, theme.MARK)
    sheet.text("rate", x + room * scale + 0.6 * p.u, y, row.rate, size, theme.INK, True)


def _goal(sheet: Sheet, zero: float, full: float, top: float, bottom: float) -> None:
    """The base line of the bars, and the line of the year's task."""
    p = sheet.profile
    sheet.line("zero", zero, top - 0.1 * p.u, zero, bottom, theme.RULE, 0.07 * p.u)
    sheet.line("goal", full, top - 0.1 * p.u, full, bottom, theme.INK_SOFT, 0.07 * p.u)
    sheet.text("head", full, top - 0.75 * p.u, "年度任务", p.head, theme.INK_FAINT, at="center")
