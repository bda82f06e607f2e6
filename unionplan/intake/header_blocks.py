"""Where a header may stand: rows of words, and how many levels it has, told by its merged cells or by its gaps.

Nothing here knows what the words mean. Rows and columns count from 0.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache

from unionplan.intake.cells import Cell, Sheet
from unionplan.intake.headers import plain

DEEPEST = 4
MOST_COLUMNS = 1_000
"""More than any form has; a row of ten thousand words is no header."""
_LONGEST = 40
WIDEST = 200
"""A header has at most so many columns; what stands to the right of them has no header."""
_NUMBER = re.compile(r"[-+]?[\d,.]+[%‰]?(家|户|个|人|人次|份|次|元|万元|万人)?")
_DATE = re.compile(r"(19|20)\d\d[-./年]\d{1,2}([-./月]\d{1,2}日?|月)?")
_LETTER = re.compile(r"(?<!单位)[:].+")
_UNITS = re.compile(r"[(\[]?(单位:)?(万|百|千|亿)?(家|户|个|人|名|人次|元|%|份|期|次|场|项|件)[)\]]?")
Span = tuple[int, int]
"""First and last column of a table."""
ALL: Span = (0, 1 << 20)


def within(row: Sequence[Cell], span: Span = ALL) -> list[tuple[int, Cell]]:
    """Return the filled cells of a row inside `span` with their columns."""
    return [(i, cell) for i, cell in enumerate(row[span[0] : span[1] + 1], span[0]) if cell is not None]


@cache
def is_word(text: str) -> bool:
    """Whether a text can head a column: short, no number, no date, no “填报单位：某某”."""
    flat = plain(text)
    return bool(flat) and len(flat) <= _LONGEST and not (
        _NUMBER.fullmatch(flat) or _DATE.fullmatch(flat) or _LETTER.search(re.sub(r"^其中:", "", flat))
    )  # fmt: skip


def is_heading(row: Sequence[Cell], span: Span = ALL, least: int = 2) -> bool:
    """Whether a row can be a level of a header: at least `least` words, and nothing else but perhaps a unit note."""
    cells = [cell for _, cell in within(row, span)]
    cells = _with_months(cells) if len(cells) >= _FEWEST_MONTHS else cells
    words = [cell for cell in cells[: MOST_COLUMNS + 1] if isinstance(cell, str) and is_word(cell)]
    return (
        least <= len(words) <= MOST_COLUMNS
        and len(cells) - len(words) <= (1 if len(words) >= 4 else 0)
        and not _is_aside(words)
    )


_FEWEST_MONTHS = 2
_YEAR_MONTH = re.compile(r"(20\d\d)[-./年](\d{1,2})月?份?")


def _with_months(cells: list[Cell]) -> list[Cell]:
    """The cells of a row, months that follow one upon another as words: 2026年7月 alone is a date, in a row it heads."""
    months = [_month_number(cell) for cell in cells]
    steps = [a is not None and b == a + 1 for a, b in itertools.pairwise(months)]
    if sum(steps) < _FEWEST_MONTHS - 1:
        return cells
    return ["月" if month else cell for month, cell in zip(months, cells, strict=True)]


def _month_number(cell: Cell) -> int | None:
    """A whole month, counted from year 0; dates stand for theirs where a month begins or ends."""
    if isinstance(cell, date):
        return cell.year * 12 + cell.month - 1 if is_month(cell) else None
    found = _YEAR_MONTH.fullmatch(plain(cell)) if isinstance(cell, str) else None
    return int(found[1]) * 12 + int(found[2]) - 1 if found else None


def is_month(day: date) -> bool:
    """Whether a day may stand for its month: the first or the last of it."""
    return day.day == 1 or (day + timedelta(days=1)).day == 1


def _is_aside(words: Sequence[str]) -> bool:
    """Below a header: a row of units, of column letters, or its translation."""
    flat = [plain(word) for word in words]
    return all(_UNITS.fullmatch(text) for text in flat) or all(text.isascii() for text in flat) or flat[0] == "栏次"


def depths(sheet: Sheet, top: int, span: Span = ALL) -> list[int]:
    """Return how many rows a header starting at `top` may have, the likeliest first.

    A cell merged downwards says it outright; else every further row of words is a possibility.
    """
    deepest = 1
    while deepest < DEEPEST and top + deepest < len(sheet.rows) and is_heading(sheet.rows[top + deepest], span):
        deepest += 1
    low = max((last for first, left, last, right in sheet.merged
               if first == top and last > first and span[0] <= left <= span[1]), default=top) - top + 1  # fmt: skip
    if low > 1:
        low = min(low, len(sheet.rows) - top)  # a merged cell may reach below the last filled row
        while deepest < low and is_heading(sheet.rows[top + deepest], span, 1):  # one word under a merged cell
            deepest += 1
        return [min(low, deepest)]
    return list(range(1, deepest + 1))


def levels(sheet: Sheet, top: int, depth: int, span: Span = ALL) -> Iterator[tuple[int, int, list[str]]]:
    """Yield each headed column's position, lowest header row and texts from the top.

    A merged cell spans its range. In a file without merged cells an upper text spans the blanks to its right, as
    far as a text stands below, so that a cell drawn downwards spans nothing.
    """
    rows = sheet.rows[top : top + depth]
    first = span[0]
    last = min(span[1], first + WIDEST, max(len(row) for row in rows) - 1)
    grid = [[_text(row, i) for i in range(first, last + 1)] for row in rows]
    if not _merge(sheet, grid, top, first):
        _span(grid)
    for i in range(last + 1 - first):
        texts = [grid[level][i] for level in range(depth)]
        filled = [level for level in range(depth) if texts[level]]
        if filled:
            yield first + i, top + filled[-1], [texts[level] for level in filled]


def _text(row: Sequence[Cell], index: int) -> str:
    cell = row[index] if index < len(row) else None
    if isinstance(cell, date) and is_month(cell):
        return f"{cell.year}年{cell.month}月"
    return "" if cell is None else str(cell).strip()


def _merge(sheet: Sheet, grid: list[list[str]], top: int, left: int) -> bool:
    """Write merged texts over their columns, in the upper levels only; says whether there were any."""
    found = False
    for first, start, last, end in sheet.merged:
        if not (top <= first and last < top + len(grid)) or end == start:
            continue
        cells = range(max(start - left, 0), min(end - left + 1, len(grid[0])))
        if len(cells) < 2 or not (first > top or last < top + len(grid) - 1):
            continue
        found = True
        for i in cells:
            grid[first - top][i] = grid[first - top][cells[0]]
    return found


def _span(grid: list[list[str]]) -> None:
    depth = len(grid)
    for level in range(depth - 1):
        span = ""
        for i in range(len(grid[0])):
            below = any(grid[deeper][i] for deeper in range(level + 1, depth))
            over = i > 0 and any(grid[up][i] and grid[up][i] != grid[up][i - 1] for up in range(level))
            span = grid[level][i] if grid[level][i] else ("" if over or not below else span)
            grid[level][i] = grid[level][i] or span
            span = span if below else ""
