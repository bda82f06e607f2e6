"""Rows that grow as cells are put into them, never beyond what a sheet can hold."""

from __future__ import annotations

from collections.abc import Iterable

from unionplan.errors import IntakeError
from unionplan.intake.cells import Cell, Sheet

MAX_ROWS, MAX_COLUMNS = 2**20, 2**14
MAX_CELLS = 40_000_000
Span = tuple[int, int, int, int]
"""Merged cells: first row and column, last row and column, from 0."""


class Grid:
    """The rows of one sheet of a file; raises IntakeError where a few bytes would unfold into far too many cells."""

    def __init__(self, file: str, title: str) -> None:
        self.rows: list[list[Cell]] = []
        self._file, self._title, self._room = file, title, MAX_CELLS

    def put(self, row: int, column: int, cell: Cell) -> None:
        """Set one cell by row and column from 0; an empty one changes nothing."""
        if cell is None:
            return
        if row >= len(self.rows):
            self._lengthen(row + 1)
        cells = self.rows[row]
        missing = column + 1 - len(cells)
        if missing > 0:
            self._take(missing, column < MAX_COLUMNS)
            cells.extend([None] * missing)
        cells[column] = cell

    def fill(self, row: int, count: int, cells: list[Cell]) -> None:
        """Set `count` equal rows from `row` on, all beyond those that are there."""
        if cells:
            self._lengthen(row)
            self._take(len(cells) * count, row + count <= MAX_ROWS and len(cells) <= MAX_COLUMNS)
            self.rows.extend(list(cells) for _ in range(count))

    def trimmed(self) -> list[list[Cell]]:
        """Return the rows without empty cells and rows at their ends."""
        for cells in self.rows:
            while cells and cells[-1] is None:
                cells.pop()
        while self.rows and not self.rows[-1]:
            self.rows.pop()
        return self.rows

    def sheet(self, hidden: bool, rows: set[int], columns: set[int], merged: Iterable[Span]) -> Sheet:
        """Return the trimmed rows as a sheet; `hidden`: whether it is itself; `rows`, `columns`: which of them are."""
        cells = self.trimmed()
        width = max((len(row) for row in cells), default=0)
        return Sheet(
            self._title, cells, tuple(sorted(merged)), hidden, shown(rows, len(cells)), shown(columns, width)
        )  # fmt: skip

    def _lengthen(self, height: int) -> None:
        self._take(0, height <= MAX_ROWS)
        self.rows.extend([] for _ in range(height - len(self.rows)))

    def _take(self, count: int, fits: bool) -> None:
        self._room -= count
        if self._room < 0 or not fits:
            raise too_large(self._file, self._title)


def too_large(file: str, title: str) -> IntakeError:
    """Return what a file is told one of whose sheets is beyond what a sheet can hold."""
    sheet = f"工作表“{title}”" if title else "表格"
    return IntakeError(
        file, f"{sheet}铺开后异常地大", "每张表不超过 1,048,576 行、16,384 列、4,000 万个单元格",
        "请删去表格以外填满的行和列，另存为 .xlsx 后重新上传",
    )  # fmt: skip


def shown(hidden: set[int], length: int) -> tuple[int, ...]:
    """Return the hidden positions, in order, that lie inside what is filled."""
    return tuple(sorted(place for place in hidden if place < length))
