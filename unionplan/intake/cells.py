"""What a file becomes: books of sheets of cells, row by row or column by column.

A cell that cannot be read faithfully (an error value, a formula without a stored result) is an
`Unreadable`, never an empty cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Unreadable:
    """A cell that holds an error value or a formula whose result was never stored."""

    text: str


Cell = None | str | int | float | bool | date | datetime | time | timedelta | Unreadable


@dataclass(frozen=True)
class Coded:
    """One column: `codes[row]` is the position of the row's cell in `values`, -1 where the cell is empty."""

    codes: NDArray[np.int32]
    values: Sequence[Cell]

    def at(self, row: int) -> Cell:
        """Return the cell of a row counted from 0, None beyond the end."""
        code = int(self.codes[row]) if row < len(self.codes) else -1
        return None if code < 0 else self.values[code]


class Table(Sequence[list[Cell]]):
    """The cells of a large sheet by column; answers row by row too, each row as long as it is filled."""

    def __init__(self, columns: Sequence[Coded], height: int) -> None:
        self.columns, self.height = columns, height
        self._filled = [(index, column) for index, column in enumerate(columns) if len(column.values)]
        self._blank = self._blank_rows()

    def _blank_rows(self) -> bytes:
        """One byte a row, 1 where no column holds anything: a stray cell far below leaves a million such rows."""
        import numpy as np

        blank = np.ones(self.height, np.bool_)
        for _, column in self._filled:
            blank[: len(column.codes)] &= column.codes[: self.height] < 0
        return blank.tobytes()

    def __len__(self) -> int:
        return self.height

    @overload
    def __getitem__(self, row: int) -> list[Cell]: ...
    @overload
    def __getitem__(self, row: slice) -> list[list[Cell]]: ...
    def __getitem__(self, row: int | slice) -> list[Cell] | list[list[Cell]]:
        if isinstance(row, slice):
            return [self[place] for place in range(*row.indices(self.height))]
        if not -self.height <= row < self.height:
            raise IndexError(row)
        if self._blank[row]:
            return []
        found = [(index, column.at(row % self.height)) for index, column in self._filled]
        while found and found[-1][1] is None:
            found.pop()
        cells: list[Cell] = [None] * (found[-1][0] + 1 if found else 0)
        for index, cell in found:
            cells[index] = cell
        return cells


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name and its rows from row 1 on, every row as long as it is filled.

    `merged`: merged ranges as (first row, first column, last row, last column) from 0; in `rows` only the
    top left cell of a range has its value. `hidden`: the whole sheet; `hidden_rows`, `hidden_columns`: from 0.
    `repaired`: (row, column, what was mended) for cells that reading itself had to put right.
    """

    name: str
    rows: Sequence[list[Cell]]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    repaired: tuple[tuple[int, int, str], ...] = ()

    def column(self, index: int) -> Coded:
        """Return one column by position from 0; equal cells of one type share a code."""
        if isinstance(self.rows, Table):
            return self.rows.columns[index] if index < len(self.rows.columns) else coded([None] * len(self.rows))
        return coded(row[index] if index < len(row) else None for row in self.rows)


def coded(cells: Iterable[Cell]) -> Coded:
    """Return cells as codes into their distinct values; 1, 1.0, True and '1' stay apart."""
    import numpy as np

    known: dict[tuple[type, Cell], int] = {}
    codes = np.fromiter(_codes(cells, known), np.int32)
    return Coded(codes, [cell for _, cell in known])


def _codes(cells: Iterable[Cell], known: dict[tuple[type, Cell], int]) -> Iterator[int]:
    for cell in cells:
        yield -1 if cell is None else known.setdefault((type(cell), cell), len(known))


@dataclass(frozen=True)
class Book:
    """A file as cells; `format` says what its content is: xlsx, xlsb, xls, ods, xml, html, csv."""

    format: str
    sheets: list[Sheet]


def plain_cell(value: object) -> Cell:
    """Return a parser's value as a cell: blank text is None, a whole number an int."""
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    assert isinstance(value, int | float | bool | date | time | timedelta | None)
    return value


def address(row: int, column: int) -> str:
    """Return the cell's name for a row and column counted from 0: (4, 2) → C5."""
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
