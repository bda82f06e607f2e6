"""Every unit's report for every month: one cell each (a shape named `cell`), lit by when it came, its days late written out.

As many of the newest months are drawn as fit beside each other; the title's totals are over all months and the
subtitle says how many are drawn. A month that nothing was due for is a pale cell with a dash.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import plotly.graph_objects as go

from unionplan import theme
from unionplan.charts.fitting import Picture, fitted, left_out_plain, must_fit, spread
from unionplan.charts.parts import (
    TIGHT,
    Area,
    cut,
    dotted,
    empty,
    hover,
    hover_trace,
    name,
    name_lines,
    with_numbers_kept,
)
from unionplan.charts.profile import Profile, Sheet, foot_height, foot_lines, leading, text_width, widest
from unionplan.reporting import Report, tally
from unionplan.reporting_words import LIGHTS, SUBJECT_WORDS, light, month, status

WIDE, NARROW = 11.4, 6.2  # the most a name may take: u on a wide picture, letters on a phone
HEAD = "按时/应报"
MOST, WIDEST, SEAM = 12, 6.0, 0.14  # months at most; a column's width and the seam in u
SIZES = (1.35, 2.1, 2.8)  # heights of a row, in u: on a full slide, on a screen, on an empty slide


@dataclass(frozen=True)
class Grid:
    """What stands where, in pixels: `left` is the first column's edge, `width` a column's, `count` that of the counts."""

    units: tuple[str, ...]
    groups: tuple[str, ...]
    periods: tuple[str, ...]
    cells: dict[tuple[str, str], Report]
    names: dict[str, list[str]]
    size: float
    left: float
    width: float
    count: float


def reporting(
    rows: Sequence[Report], *, title: str, subtitle: str, source: str, note: str, profile: Profile
) -> go.Figure:  # fmt: skip
    """Return the matrix of one subject's reports, the units as they first come in `rows`, the newest month at the right.

    No row gives a figure that says so. Where the height is limited, the units with most missing and late reports are
    drawn and the others counted in the foot.
    """

    def draw(kept: Sequence[str], omitted: Sequence[str], into: Profile) -> Picture:
        sheet, shown = Sheet(into), [row for row in rows if row.unit in kept]
        grid = _grid(into, shown) if shown else None
        top = sheet.head(with_numbers_kept(title, into.title, into.inner), _under(subtitle, rows, grid))
        foot = foot_lines(into, source, note, left_out_plain(omitted, "个单位", "各单位明细"))
        room = None if into.height is None else into.height - foot_height(into, foot) - top
        if grid is None:
            bottom, trace = empty(sheet, top, room), hover_trace((), ())
        else:
            bottom, trace = _drawn(
                sheet, grid, _chips(sheet, rows, grid, top) + 0.6 * into.u, None if room is None else top + room
            )
        must_fit(bottom - top, room)
        height = into.height or bottom + foot_height(into, foot)
        sheet.foot(foot, height)
        return height, partial(sheet.figure, height, trace)

    counts = Counter((row.unit, row.status) for row in rows)
    units = list(dict.fromkeys(row.unit for row in rows))
    return fitted(units, lambda unit: (-counts[unit, "overdue"], -counts[unit, "late"]), profile, draw)


def _under(subtitle: str, rows: Sequence[Report], grid: Grid | None) -> str:
    months = len({row.period for row in rows})
    if grid is None or len(grid.periods) == months:
        return subtitle
    return f"{subtitle}　｜　图中为最近{len(grid.periods)}期"


def _grid(p: Profile, rows: Sequence[Report]) -> Grid:
    size = p.head if p.kind == "phone" else p.label
    groups = {row.unit: row.group for row in rows}
    most = WIDE * p.u if p.kind in ("screen", "slide") else NARROW * size
    names = {unit: name_lines(unit, size, most, 2, True) for unit in groups}
    left = p.margin + max(widest(lines, size, True) for lines in names.values()) + 0.7 * p.u
    count = max(widest([_count_words(rows, unit) for unit in groups], size), text_width(HEAD, p.source)) + 0.5 * p.u
    least = max(widest([_words(row) for row in rows], p.head, True) + 0.35 * p.u, 4.2 * p.head)
    room = p.right - left - count
    fits = max(1, min(MOST, int((room + SEAM * p.u) // (least + SEAM * p.u))))
    periods = sorted({row.period for row in rows})[-fits:]
    width = min(WIDEST * p.u, (room - (len(periods) - 1) * SEAM * p.u) / len(periods))
    cells = {(row.unit, row.period): row for row in rows}
    return Grid(tuple(groups), tuple(groups.values()), tuple(periods), cells, names, size, left, width, count)


def _count_words(rows: Sequence[Report], unit: str) -> str:
    counts = tally(row for row in rows if row.unit == unit)
    return f"{counts.on_time}/{counts.due}"


def _words(row: Report) -> str:
    one = light(row)
    return f"{one.glyph} {row.late}天" if row.late else f"{one.glyph} {one.word}"


def _x(p: Profile, grid: Grid, place: int) -> float:
    return grid.left + place * (grid.width + SEAM * p.u)


def _count_x(p: Profile, grid: Grid) -> float:
    return min(p.right, _x(p, grid, len(grid.periods)) + grid.count)


def _drawn(sheet: Sheet, grid: Grid, y: float, lowest: float | None) -> tuple[float, go.Bar]:
    """Draw heads and rows from `y` on, spread down to `lowest` where that is fixed."""
    p, before = sheet.profile, ""
    y = _heads(sheet, grid, y)
    labels = sum(bool(group) and group != last for group, last in zip(grid.groups, ["", *grid.groups], strict=False))
    least = [len(grid.names[unit]) * TIGHT * grid.size + 0.5 * p.u for unit in grid.units]
    heights = spread(least, SIZES, None if lowest is None else lowest - y - labels * _label(p), p.u)
    areas: list[Area] = []
    texts: list[str] = []
    rows = list(grid.cells.values())
    for unit, group, height in zip(grid.units, grid.groups, heights, strict=True):
        if group and group != before:
            y, before = _group(sheet, grid, group, y), group
        middle = y + (height - SEAM * p.u) / 2
        late = any(row.status == "overdue" for row in rows if row.unit == unit)
        name(sheet, "unit", p.margin, middle, grid.names[unit], grid.size, late, "left")
        for place, period in enumerate(grid.periods):
            area = (_x(p, grid, place), y, _x(p, grid, place) + grid.width, y + height - SEAM * p.u)
            row = grid.cells.get((unit, period))
            _cell(sheet, row, area)
            areas.append(area)
            texts.append(_hover(unit, period, row))
        sheet.text("count", _count_x(p, grid), middle, _count_words(rows, unit), grid.size, theme.INK, at="right")
        y += height
    return y, hover_trace(areas, texts)


def _heads(sheet: Sheet, grid: Grid, y: float) -> float:
    """The months, with the year over the first of each."""
    p, year = sheet.profile, ""
    lower = y + leading(p.source) + leading(p.head) / 2
    for place, period in enumerate(grid.periods):
        middle = _x(p, grid, place) + grid.width / 2
        if period[:4] != year:
            year = period[:4]
            sheet.text("year", middle, y + leading(p.source) / 2, f"{year}年", p.source, theme.INK_FAINT, at="center")
        sheet.text("month", middle, lower, f"{int(period[5:])}月", p.head, theme.INK_SOFT, at="center")
    sheet.text("head", _count_x(p, grid), lower, HEAD, p.source, theme.INK_FAINT, at="right")
    bottom = lower + leading(p.head) / 2 + 0.2 * p.u
    sheet.line("rule", grid.left, bottom, _count_x(p, grid), bottom, theme.RULE, 0.07 * p.u)
    return bottom + 0.35 * p.u


def _label(p: Profile) -> float:
    return leading(p.source) + 0.35 * p.u


def _group(sheet: Sheet, grid: Grid, group: str, y: float) -> float:
    p, height = sheet.profile, _label(sheet.profile)
    group = cut(theme.plain(group), p.source, p.inner, 1)[0]
    sheet.text("group", p.margin, y + height / 2, group, p.source, theme.INK_FAINT)
    left = max(p.margin + text_width(group, p.source) + 0.5 * p.u, grid.left)
    sheet.line("divider", left, y + height / 2, _count_x(p, grid), y + height / 2, theme.GRID, 0.07 * p.u)
    return y + height


def _cell(sheet: Sheet, row: Report | None, area: Area) -> None:
    left, top, right, bottom = area
    middle = (left + right) / 2, (top + bottom) / 2
    if row is None:
        sheet.box("cell", *area, theme.PAPER, edge=theme.GRID)
        sheet.text("figure", *middle, theme.NONE, sheet.profile.head, theme.INK_FAINT, at="center")
        return
    role = theme.ROLES[light(row).role]
    plain = row.status == "waiting"
    sheet.box("cell", left, top, right, bottom, role.cell, edge=theme.MARK if plain else "")
    if plain:
        dotted(sheet)
    sheet.text("figure", *middle, _words(row), sheet.profile.head, role.ink, row.status == "overdue", at="center")


def _chips(sheet: Sheet, rows: Sequence[Report], grid: Grid, top: float) -> float:
    """Draw what the lights in the picture mean."""
    p = sheet.profile
    used = {id(light(row)) for row in rows if row.period in grid.periods}
    chips = [one for one in LIGHTS.values() if id(one) in used]
    pad, height, x, y = 0.45 * p.u, 1.6 * p.u, p.margin, top + 0.5 * p.u
    for one in chips:
        words = f"{one.glyph} {one.word}"
        width = text_width(words, p.head) + 2 * pad
        if x > p.margin and x + width > p.right:
            x, y = p.margin, y + height + 0.3 * p.u
        role = theme.ROLES[one.role]
        sheet.box("chip", x, y, x + width, y + height, role.cell, edge=theme.MARK if one.role == "unreported" else "")
        sheet.text("chip", x + width / 2, y + height / 2, words, p.head, role.ink, at="center")
        x += width + 0.4 * p.u
    return y + height + 0.3 * p.u


def _hover(unit: str, period: str, row: Report | None) -> str:
    if row is None:
        return hover(f"{unit}　{month(period)}", ["不需报送"])
    came = row.arrival
    return hover(f"{unit}　{month(period)}{SUBJECT_WORDS[row.subject]}", [
        status(row), f"报送截止 {theme.chinese_date(row.due)}",
        f"{'零报告' if came.nil else '报送'}于 {theme.chinese_date(came.day)}，{came.who}，第{came.commit}次更新" if came else "",
        f"此后更正 {came.corrected} 次" if came and came.corrected else "",
    ])  # fmt: skip
