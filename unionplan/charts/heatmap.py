"""Every reporting unit against every target: one cell per unit and target, lit by its status.

Each unit has exactly one cell (a shape named `cell`) in every column; a unit without a row there is 未报. Columns
stand in the order in which `cells` first names their targets, those of one indicator together; where they do not
fit beside each other the picture is made of blocks one under the other, each with the units' names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

import plotly.graph_objects as go

from unionplan import theme
from unionplan.attainment import Attainment
from unionplan.charts.fitting import Picture, fitted, left_out_plain, must_fit
from unionplan.charts.parts import (
    TIGHT,
    Area,
    cut,
    dotted,
    empty,
    figures,
    hover,
    hover_trace,
    name,
    name_lines,
    rate,
    shown,
    with_numbers_kept,
)
from unionplan.charts.profile import Profile, Sheet, foot_height, foot_lines, leading, text_width, widest
from unionplan.charts.titles import heatmap_focus, judged, late_word, paced, states
from unionplan.plan import Indicator

WIDE, NARROW = 11.4, 6.2  # the most a name may take: u on a wide picture, letters on a phone
WIDEST, GROUP_GAP, SEAM, BLOCK_GAP = 13.0, 0.8, 0.14, 1.5  # in u
LEAST, COMFORT, MOST = 1.2, 2.1, 2.8  # heights of a row, in u: on a full slide, on a screen, on an empty slide
NAMED = 4  # so many units are named in the foot, of more only the number

Place = tuple[str, str]
"""A unit and the group it belongs to, "" without one."""


@dataclass(frozen=True)
class Column:
    """One target: an indicator over one scope."""

    indicator: Indicator
    scope: str
    bp: int

    @property
    def key(self) -> tuple[str, str]:
        """Return what a row must name to stand in this column."""
        return self.indicator.id, self.scope


@dataclass(frozen=True)
class Line:
    """One unit: its name as it fits, the group that begins with it, its rows, whether the title speaks of it."""

    unit: str
    lines: tuple[str, ...]
    group: str
    bold: bool


@dataclass(frozen=True)
class Block:
    """Some columns side by side, with where they stand: `lefts` are their left edges, all of one `width`."""

    columns: tuple[Column, ...]
    lefts: tuple[float, ...]
    width: float
    last: bool


@dataclass(frozen=True)
class Grid:
    """All that is drawn below the head, sizes in pixels; `count` is 0 where nothing could be late."""

    lines: tuple[Line, ...]
    blocks: tuple[Block, ...]
    rows: dict[tuple[str, str, str], Attainment]
    size: float
    names: float
    count: float
    group: float


def heatmap(
    cells: Sequence[Attainment],
    indicators: Mapping[str, Indicator],
    units: Sequence[str],
    *,
    title: str,
    subtitle: str,
    source: str,
    note: str,
    profile: Profile,
    groups: Sequence[str] = (),
) -> go.Figure:
    """Return the heat map of `cells` (rows of units; those without a target are left out), `units` from top to bottom.

    `groups` names the group of each unit; units that follow each other in one group stand together under its name.
    No target or no unit gives a figure that says what to do. Where the height is limited, the units with most behind are
    drawn and the others counted in the foot.
    """
    if groups and len(groups) != len(units):
        raise ValueError(f"{len(units)} units and {len(groups)} groups: one group for each unit")
    asked = set(units)
    rows = [row for row in judged(cells) if row.reporting_unit in asked]

    def draw(kept: Sequence[Place], omitted: Sequence[Place], into: Profile) -> Picture:
        sheet = Sheet(into)
        top = sheet.head(with_numbers_kept(title, into.title, into.inner), subtitle)
        top = _chips(sheet, rows, top, subtitle) if units else top
        foot = foot_lines(into, source, note, [*left_out_plain(omitted, "个单位", "各单位明细"), *_remarks(rows)])
        room = None if into.height is None else into.height - foot_height(into, foot) - top
        trace = go.Scatter(x=[], y=[])
        if rows and kept:
            bottom, trace = _drawn(sheet, rows, indicators, kept, top, room)
        else:
            bottom = empty(sheet, top, room)
        height = into.height or bottom + foot_height(into, foot)
        sheet.foot(foot, height)
        return height, partial(sheet.figure, height, trace)

    late = Counter((row.reporting_unit, theme.STATUS[row.status].role) for row in rows)
    places = list(zip(units, groups or [""] * len(units), strict=True))
    return fitted(places, lambda one: (-late[one[0], "behind"], -late[one[0], "slow"]), profile, draw)


def _drawn(
    sheet: Sheet,
    rows: Sequence[Attainment],
    indicators: Mapping[str, Indicator],
    places: Sequence[Place],
    top: float,
    room: float | None,
) -> tuple[float, go.Bar]:
    p = sheet.profile
    for lines in (3, 2, 1):
        grid = _grid(p, rows, indicators, places, lines)
        if room is None or _least(p, grid) <= room:
            break
    heights = _heights(p, grid, room)
    areas: list[Area] = []
    texts: list[str] = []
    y = top + 0.6 * p.u
    for block in grid.blocks:
        y = _block(sheet, grid, block, heights, y, areas, texts) + BLOCK_GAP * p.u
    return y - BLOCK_GAP * p.u, hover_trace(areas, texts)


# What stands where


def _grid(
    p: Profile,
    rows: Sequence[Attainment],
    indicators: Mapping[str, Indicator],
    places: Sequence[Place],
    lines: int,
) -> Grid:
    size = _size(p)
    most = WIDE * p.u if _roomy(p) else NARROW * size
    focus = heatmap_focus(rows)
    units, groups = [unit for unit, _ in places], [group for _, group in places]
    names = [name_lines(unit, size, most, lines, True) for unit in units]
    width = max(widest(one, size, True) for one in names) + 0.7 * p.u
    found = tuple(
        Line(unit, tuple(words), group if group != before else "", unit in focus)
        for unit, words, group, before in zip(units, names, groups, ["", *groups[:-1]], strict=True)
    )
    count = max(widest([late_word(rows), "60 项"], p.head, True), 2.2 * p.u) if paced(rows) and not p.captioned else 0.0
    columns = _columns(rows, indicators)
    blocks = _blocks(p, columns, width, count, _least_width(p, rows, size))
    by_key = {(row.indicator, row.scope, row.reporting_unit or ""): row for row in rows}
    label = leading(p.source) + 0.35 * p.u if any(groups) else 0.0
    return Grid(found, blocks, by_key, size, width, count, label)


def _roomy(p: Profile) -> bool:
    return p.kind in ("screen", "slide")


def _size(p: Profile) -> float:
    return p.label if _roomy(p) else p.head


def _columns(rows: Sequence[Attainment], indicators: Mapping[str, Indicator]) -> list[Column]:
    """Return one column per target, those of one indicator together, in the order of their first rows."""
    found = {(row.indicator, row.scope): row.target_bp or 0 for row in rows}
    order = list(dict.fromkeys(indicator for indicator, _ in found))
    keys = sorted(found, key=lambda key: order.index(key[0]))
    return [Column(indicators[indicator], scope, found[indicator, scope]) for indicator, scope in keys]


def _least_width(p: Profile, rows: Sequence[Attainment], size: float) -> float:
    scope = 5 if _roomy(p) else 4  # letters of 国有及控股 on one line, 非公有制 where it is narrow
    return max(widest([_words(row) for row in rows], size, True) + 0.35 * p.u, scope * p.head + 2)


def _blocks(p: Profile, columns: Sequence[Column], names: float, count: float, least: float) -> tuple[Block, ...]:
    """Return the columns in as few blocks as their least width allows, an indicator's columns kept together.

    The counts stand beside the last block; only where they do not fit there, every block leaves them room.
    """
    room = p.inner - names
    counted = room - (count + 0.5 * p.u if count else 0)
    parts = _packed(p, columns, least, room)
    if not _fits(p, parts[-1], least, counted):
        parts = _packed(p, columns, least, counted)
    widths = [_width(p, part, counted if part is parts[-1] else room) for part in parts]
    width = min(WIDEST * p.u, *widths)
    return tuple(_placed(p, part, names, width, part is parts[-1]) for part in parts)


def _packed(p: Profile, columns: Sequence[Column], least: float, room: float) -> list[list[Column]]:
    parts: list[list[Column]] = [[]]
    for column in columns:
        if parts[-1] and not _fits(p, [*parts[-1], column], least, room):
            parts = _broken(parts, column)
        parts[-1].append(column)
    return parts


def _broken(parts: list[list[Column]], column: Column) -> list[list[Column]]:
    """Begin a new block, taking along what the last one holds of the same indicator unless that is all it holds."""
    last = parts[-1]
    moved = [one for one in last if one.indicator.id == column.indicator.id]
    if len(moved) == len(last):
        return [*parts, []]
    return [*parts[:-1], last[: len(last) - len(moved)], moved]


def _seams(p: Profile, part: Sequence[Column]) -> float:
    runs = len(list(groupby(part, key=lambda column: column.indicator.id)))
    return (len(part) - runs) * SEAM * p.u + (runs - 1) * _apart(p)


def _apart(p: Profile) -> float:
    return GROUP_GAP * p.u * (0.6 if p.kind == "phone" else 1)


def _width(p: Profile, part: Sequence[Column], room: float) -> float:
    return (room - _seams(p, part)) / len(part)


def _fits(p: Profile, part: Sequence[Column], least: float, room: float) -> bool:
    return _width(p, part, room) >= least


def _placed(p: Profile, part: Sequence[Column], names: float, width: float, last: bool) -> Block:
    lefts, x, before = [], p.margin + names, ""
    for column in part:
        if before:
            x += SEAM * p.u if column.indicator.id == before else _apart(p)
        lefts.append(x)
        x, before = x + width, column.indicator.id
    return Block(tuple(part), tuple(lefts), width, last)


def _heights(p: Profile, grid: Grid, room: float | None) -> list[float]:
    """Return the lines' heights: no less than their names need, spread over the room where it is fixed."""
    if room is None:
        return [max(COMFORT * p.u, _name_height(p, grid, line)) for line in grid.lines]
    least, count = _least(p, grid), len(grid.blocks) * len(grid.lines)
    must_fit(least, room)
    more = min((MOST - LEAST) * p.u, (room - least) / count)
    return [max(LEAST * p.u, _name_height(p, grid, line)) + more for line in grid.lines]


def _least(p: Profile, grid: Grid) -> float:
    lines = sum(max(LEAST * p.u, _name_height(p, grid, line)) for line in grid.lines)
    labels = sum(bool(line.group) for line in grid.lines) * grid.group
    heads = sum(_head_height(p, block) for block in grid.blocks)
    return 0.6 * p.u + len(grid.blocks) * (lines + labels) + (len(grid.blocks) - 1) * BLOCK_GAP * p.u + heads


def _name_height(p: Profile, grid: Grid, line: Line) -> float:
    return len(line.lines) * TIGHT * grid.size + (0.5 if len(line.lines) > 1 else 0.15) * p.u


def _indicator_lines(p: Profile, block: Block, run: Sequence[int]) -> list[str]:
    width = block.lefts[run[-1]] + block.width - block.lefts[run[0]]
    return cut(block.columns[run[0]].indicator.short, _size(p), width, 3, True)


def _scope_lines(p: Profile, block: Block, column: Column) -> list[str]:
    return cut(theme.SCOPE_SHORT[column.scope], p.head, block.width, 3)


def _runs(block: Block) -> list[list[int]]:
    places = range(len(block.columns))
    return [list(run) for _, run in groupby(places, key=lambda place: block.columns[place].indicator.id)]


def _head_parts(p: Profile, block: Block) -> tuple[float, float, float]:
    """Return the heights of a block's three head lines: indicators, scopes, targets."""
    size = _size(p)
    names = max(len(_indicator_lines(p, block, run)) for run in _runs(block)) * TIGHT * size + 0.5 * p.u
    scopes = max(len(_scope_lines(p, block, column)) for column in block.columns) * TIGHT * p.head
    return names, scopes + 0.3 * p.u, leading(p.source) + 0.3 * p.u


def _head_height(p: Profile, block: Block) -> float:
    return sum(_head_parts(p, block))


# Drawing


def _block(
    sheet: Sheet,
    grid: Grid,
    block: Block,
    heights: Sequence[float],
    top: float,
    areas: list[Area],
    texts: list[str],
) -> float:
    """Draw one block of columns, adding to the hover areas and their texts; return the y below it."""
    p = sheet.profile
    _heads(sheet, grid, block, top)
    y = top + _head_height(p, block)
    for line, height in zip(grid.lines, heights, strict=True):
        if line.group:
            y = _group(sheet, grid, block, line.group, y)
        half = (height - SEAM * p.u) / 2
        middle = y + half
        name(sheet, "unit", p.margin, middle, line.lines, grid.size, line.bold, "left")
        for column, left in zip(block.columns, block.lefts, strict=True):
            row = grid.rows.get((*column.key, line.unit))
            area = (left, y, left + block.width, y + 2 * half)
            _cell(sheet, grid, row, area)
            areas.append(area)
            texts.append(_hover(line.unit, column, row))
        if block.last and grid.count:
            _count(sheet, grid, block, line, middle)
        y += height
    return y


def _heads(sheet: Sheet, grid: Grid, block: Block, top: float) -> None:
    p = sheet.profile
    size = _size(p)
    names, scopes, targets = _head_parts(p, block)
    for run in _runs(block):
        left, right = block.lefts[run[0]], block.lefts[run[-1]] + block.width
        rule, words = top + names - 0.2 * p.u, _indicator_lines(p, block, run)
        low = rule - 0.25 * p.u - len(words) * TIGHT * size / 2
        name(sheet, "indicator", (left + right) / 2, low, words, size, True, "center")
        sheet.line("rule", left, rule, right, rule, theme.RULE, 0.07 * p.u)
    for column, left in zip(block.columns, block.lefts, strict=True):
        middle, goal = left + block.width / 2, theme.target_percent(column.bp)
        words = _scope_lines(p, block, column)
        for number, word in enumerate(words):
            y = top + names + scopes - 0.1 * p.u - (len(words) - number - 0.5) * TIGHT * p.head
            sheet.text("scope", middle, y, word, p.head, theme.INK_SOFT, at="center")
        y = top + names + scopes + targets / 2 - 0.1 * p.u
        sheet.text("goal", middle, y, f"目标 {goal}", p.source, theme.INK_FAINT, at="center")
    if block.last and grid.count:
        y = top + names + scopes + targets / 2 - 0.1 * p.u
        word = late_word(list(grid.rows.values()))
        sheet.text("head", _count_x(sheet, grid, block), y, word, p.head, theme.INK_FAINT, at="right")


def _group(sheet: Sheet, grid: Grid, block: Block, group: str, y: float) -> float:
    p = sheet.profile
    middle, words = y + grid.group / 2, cut(theme.plain(group), p.source, p.inner, 1)[0]
    sheet.text("group", p.margin, middle, words, p.source, theme.INK_FAINT)
    left = max(p.margin + text_width(words, p.source) + 0.5 * p.u, block.lefts[0])
    right = block.lefts[-1] + block.width
    if left < right:
        sheet.line("divider", left, middle, right, middle, theme.GRID, 0.07 * p.u)
    return y + grid.group


def _cell(sheet: Sheet, grid: Grid, row: Attainment | None, area: Area) -> None:
    left, top, right, bottom = area
    role = theme.role(row.status if row else "unreported")
    plain = role is theme.ROLES["unreported"]
    sheet.box("cell", left, top, right, bottom, role.cell, edge=theme.MARK if plain else "")
    if plain:
        dotted(sheet)
    urgent = role is theme.ROLES["behind"]
    middle = (left + right) / 2, (top + bottom) / 2
    sheet.text("figure", *middle, _words(row), grid.size, role.ink, urgent, at="center")


def _count_x(sheet: Sheet, grid: Grid, block: Block) -> float:
    return min(sheet.profile.right, block.lefts[-1] + block.width + 0.5 * sheet.profile.u + grid.count)


def _count(sheet: Sheet, grid: Grid, block: Block, line: Line, y: float) -> None:
    role = theme.ROLES["behind"]
    found = [row for key, row in grid.rows.items() if key[2] == line.unit]
    late = sum(theme.role(row.status) is role for row in found)
    fresh = any(row.status not in ("unreported", "stale") for row in found)
    words = f"{late} 项" if fresh else theme.NONE  # nothing fresh to judge is not the same as none behind
    colour = role.text if late else theme.INK_FAINT
    sheet.text("late", _count_x(sheet, grid, block), y, words, grid.size, colour, bool(late), "right")


def _chips(sheet: Sheet, rows: Sequence[Attainment], top: float, subtitle: str) -> float:
    """Draw what the colours in use mean, beside the subtitle where there is room."""
    p = sheet.profile
    chips = [(status, theme.light(status)) for status, _ in states(rows)]
    pad, apart, height = 0.45 * p.u, 0.4 * p.u, 1.6 * p.u
    widths = [text_width(words, p.head) + 2 * pad for _, words in chips]
    whole = sum(widths) + apart * (len(chips) - 1)
    beside = not p.captioned and text_width(subtitle, p.subtitle) + 2 * p.u + whole <= p.inner
    x = p.right - whole if beside else p.margin
    y = top - leading(p.subtitle) / 2 - height / 2 if beside else top + 0.5 * p.u
    for (status, words), width in zip(chips, widths, strict=True):
        if x > p.margin and x + width > p.right + 0.01:
            x, y = p.margin, y + height + 0.3 * p.u
        _chip(sheet, status, words, (x, y, x + width, y + height))
        x += width + apart
    return max(top, y + height + 0.3 * p.u) if chips else top


def _chip(sheet: Sheet, status: str, words: str, area: Area) -> None:
    p, role = sheet.profile, theme.role(status)
    left, top, right, bottom = area
    plain = role is theme.ROLES["unreported"]
    sheet.box("chip", left, top, right, bottom, role.cell, edge=theme.MARK if plain else "")
    if plain:
        dotted(sheet)
    sheet.text("chip", (left + right) / 2, (top + bottom) / 2, words, p.head, role.ink, at="center")


# Words


def _words(row: Attainment | None) -> str:
    """Return what a cell says: glyph and figure, 未报 in full, a dash where there is no base."""
    if row is None or theme.role(row.status) is theme.ROLES["unreported"]:
        return theme.light("unreported")
    return f"{theme.STATUS[row.status].glyph} {shown(rate(row), row.target_bp)}"


def _hover(unit: str, column: Column, row: Attainment | None) -> str:
    one = column.indicator
    what = f"{theme.SCOPE_WORDS[column.scope]}{one.name}"
    known = figures(row, one.covered_word, one.base_word, one.unit) if row else [f"状态 {theme.light('unreported')}"]
    return hover(unit, [what, *known])


def _remarks(rows: Sequence[Attainment]) -> list[str]:
    stale = {row.reporting_unit or "": row.as_of for row in rows if row.status == "stale" and row.as_of}
    if not stale:
        return []
    if len(stale) > NAMED:
        return [f"◇ 数据过期：{len(stale)}个单位，格内为上次所报"]
    names = "、".join(f"{unit}（{theme.month_day(day)}）" for unit, day in stale.items())
    return [f"◇ 数据过期，格内为上次所报：{names}"]
