"""What several charts draw or say alike: a row's rate, names that are cut, hover texts, the empty picture.

A name is never cut in silence: where it ends in …, the hover text of its mark has it whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Literal

import plotly.graph_objects as go

from unionplan import theme
from unionplan.attainment import Attainment
from unionplan.charts.profile import Sheet, text_width, widest, wrap

# where the name of an organisation may be broken without tearing a word
JOINTS = re.compile(r"(?<=[区县园”》])|(?<=[^城]市)|(?<=工会|集团|公司)|(?<=系统[)）])|(?=[与暨])")
NUMBER = re.compile(r"[各（]?\d")
TIGHT = 1.2  # the distance of a name's lines, in sizes: closer than running text
Area = tuple[float, float, float, float]
Order = Literal["value", "given"]
"""Rows by what they show, or in the order in which they come (行政区划顺序)."""


def rate(row: Attainment) -> Fraction | None:
    """Return the row's rate, None when it is 未报 or has no base."""
    return Fraction(row.numerator, row.denominator) if row.numerator is not None and row.denominator else None


def shown(value: Fraction | None, target_bp: int | None = None) -> str:
    """Return a rate as it is printed, without the sign, or a dash."""
    return theme.NONE if value is None else theme.percent(value.numerator, value.denominator, target_bp)


def cut(text: str, size: float, width: float, count: int, bold: bool = False) -> list[str]:
    """Return the text in at most `count` lines of this width, the last one ending in … where words were left out."""
    lines = wrap(text, size, width, bold)
    if len(lines) <= count:
        return lines
    kept, last = lines[: count - 1], "".join(lines[count - 1 :])
    while last and text_width(last + "…", size, bold) > width:
        last = last[:-1]
    return [*kept, last + "…"]


def name_lines(text: str, size: float, width: float, count: int, bold: bool = False) -> list[str]:
    """Return a unit's name like `cut`, broken after 区, 县, 工会 and the like where that costs no line more."""
    lines, text = cut(text, size, width, count, bold), theme.plain(text)
    if len(lines) < 2 or lines[-1].endswith("…"):
        return lines
    joints = [found.start() for found in JOINTS.finditer(text) if 0 < found.start() < len(text)]
    ways = [
        [text[start:stop].strip() for start, stop in pairwise((0, *places, len(text)))]
        for places in combinations(joints, len(lines) - 1)
    ]
    best = min(ways, key=lambda way: widest(way, size, bold), default=lines)
    return best if widest(best, size, bold) <= width else lines


def with_numbers_kept(title: str, size: float, width: float) -> str:
    """Return a title with ｜ at its line breaks, none of them between a name and the number that belongs to it."""
    lines = wrap(title, size, width, True)
    if "｜" in title:
        return title
    for place, (line, after) in enumerate(pairwise(lines)):
        clause = max(line.rfind(mark) for mark in "，、：；") + 1
        if NUMBER.match(after) and clause:
            lines[place : place + 2] = [line[:clause], line[clause:] + after]
            return "｜".join([*lines[: place + 1], with_numbers_kept("".join(lines[place + 1 :]), size, width)])
    return "｜".join(lines)


def name(sheet: Sheet, mark: str, x: float, y: float, lines: Sequence[str], size: float, bold: bool, at: str) -> None:
    """Write a name's lines around the middle y."""
    for number, line in enumerate(lines):
        offset = (number - (len(lines) - 1) / 2) * TIGHT * size
        sheet.text(mark, x, y + offset, line, size, theme.INK, bold, at)


def hover(head: str, lines: Sequence[str]) -> str:
    """Return a hover text: a bold first line, then the lines that say something, all escaped."""
    return "<br>".join([f"<b>{theme.escape(head)}</b>", *(theme.escape(line) for line in lines if line)])


def figures(row: Attainment, covered: str, base: str, unit: str) -> list[str]:
    """Return what a unit's hover text says: value with counts, target, gap or surplus, status, date."""
    counts = f"（{covered} {row.numerator:,} / {base} {row.denominator:,} {unit}）" if rate(row) is not None else ""
    open_gap = bool(row.gap) and rate(row) is not None
    return [
        f"完成值 {shown(rate(row), row.target_bp)}%{counts}" if counts else "",
        f"目标 {theme.target_percent(row.target_bp)}%" if row.target_bp is not None else "",
        f"还差 {row.gap:,} {unit}" if open_gap else "",
        f"超额 {row.surplus:,} {unit}" if row.attained and row.surplus else "",
        f"状态 {theme.light(row.status)}",
        f"数据截至 {theme.chinese_date(row.as_of)}" if row.as_of else "",
    ]


def hover_trace(areas: Sequence[Area], texts: Sequence[str]) -> go.Bar:
    """Return an invisible trace that shows one text over each area (left, top, right, bottom)."""
    return go.Bar(
        orientation="h",
        base=[left for left, _, _, _ in areas],
        x=[right - left for left, _, right, _ in areas],
        y=[(top + bottom) / 2 for _, top, _, bottom in areas],
        width=[bottom - top for _, top, _, bottom in areas],
        marker={"color": "rgba(0,0,0,0)", "line": {"width": 0}},
        hovertext=list(texts),
        hoverinfo="text",
    )


def dotted(sheet: Sheet) -> None:
    """Make the line of the shape drawn last a dotted one."""
    sheet.shapes[-1]["line"]["dash"] = "dot"


def empty(sheet: Sheet, top: float, room: float | None) -> float:
    """Draw what stands where a picture has nothing to show; return the y below it."""
    p = sheet.profile
    u, bottom = p.u, top + (room or 13 * p.u)
    sheet.box("empty", p.margin, top + 1.2 * u, p.right, bottom - 1.2 * u, theme.TRACK)
    middle, words = (top + bottom) / 2, "在“数据更新”上传企业台账"
    sheet.text("empty", p.width / 2, middle - 0.9 * u, "还没有数据", p.title, theme.INK, True, "center")
    sheet.text("empty", p.width / 2, middle + 1.1 * u, words, p.subtitle, theme.INK_SOFT, at="center")
    return bottom
