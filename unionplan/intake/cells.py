"""What a file becomes: books of sheets of cells.

A cell that cannot be read faithfully (an error value, a formula without a stored result) is an
`Unreadable`, never an empty cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta


@dataclass(frozen=True)
class Unreadable:
    """A cell that holds an error value or a formula whose result was never stored."""

    text: str


Cell = None | str | int | float | bool | date | datetime | time | timedelta | Unreadable


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name and its rows from row 1 on, every row as long as it is filled.

    `merged`: merged ranges as (first row, first column, last row, last column) from 0; in `rows` only the
    top left cell of a range has its value.
    """

    name: str
    rows: list[list[Cell]]
    merged: tuple[tuple[int, int, int, int], ...] = ()


@dataclass(frozen=True)
class Book:
    """A file as cells; `format` is xlsx, xls or csv."""

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
