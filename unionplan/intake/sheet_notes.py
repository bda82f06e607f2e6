"""What the clerk is told of a sheet as a whole: that it, or rows or columns of it, are hidden, and what was mended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from unionplan.intake.cells import Sheet, address
from unionplan.intake.problems import Problem, problem

_LISTED = 20


def sheet_notes(sheet: Sheet) -> Iterator[Problem]:
    """Yield what is hidden in a sheet, which is read all the same, and the cells that reading put right, by kind."""
    if sheet.hidden:
        yield problem("hidden_sheet", sheet.name)
    if sheet.hidden_rows:
        said = _ranges(sheet.hidden_rows, lambda row: str(row + 1))
        yield problem("hidden_rows", sheet.name, f"A{sheet.hidden_rows[0] + 1}", detail=f"第 {said} 行")
    if sheet.hidden_columns:
        said = _ranges(sheet.hidden_columns, _letters)
        where = address(0, sheet.hidden_columns[0])
        yield problem("hidden_columns", sheet.name, where, detail=f"{said} 列")
    kinds: dict[str, list[str]] = {}
    for row, column, done in sheet.repaired:
        kinds.setdefault(done, []).append(address(row, column))
    for done, cells in kinds.items():
        more = f" 等 {len(cells)} 处" if len(cells) > _LISTED else ""
        yield problem("repaired", sheet.name, cells[0], detail=f"{done}：{'、'.join(cells[:_LISTED])}{more}")


def _letters(column: int) -> str:
    return address(0, column)[:-1]


def _ranges(places: Sequence[int], named: Callable[[int], str]) -> str:
    """Positions in words: 3–5、8; many of them end with their number."""
    runs = list(_runs(places))
    said = "、".join(
        named(first) if first == last else f"{named(first)}–{named(last)}" for first, last in runs[:_LISTED]
    )
    return f"{said} 等 {len(places)}" if len(runs) > _LISTED else said


def _runs(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = last = -1
    for place in places:
        if first >= 0 and place == last + 1:
            last = place
            continue
        if first >= 0:
            yield first, last
        first = last = place
    if first >= 0:
        yield first, last
