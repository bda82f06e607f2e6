"""The copy of a file that is kept where the file itself holds personal data: a roster without numbers and names.

No identity number may lie in the store, not even inside an original. So a file with a roster is kept as a fresh
workbook of the same cells, where whatever stands in the columns for identity numbers and names, and every cell that
is a valid identity number wherever it stands, is `***`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from stdnum.cn import ric

from unionplan.intake.cells import Cell, Sheet, Unreadable
from unionplan.intake.fields import folded
from unionplan.intake.layout import Layout
from unionplan.intake.recognising import meaning

NAME = "masked.xlsx"
MASK = "***"
_PERSONAL = ("identity", "name")
_NUMBER = re.compile(r"\d{17}[\dX]", re.ASCII)


def masked(sheets: Sequence[tuple[Sheet, Layout]], place: Path) -> bool:
    """Write the copy to `place` if any sheet holds personal data, and return whether it was written."""
    if not any(_personal(sheet, layout) for sheet, layout in sheets):
        return False
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(place, options) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, (sheet, layout) in enumerate(sheets, start=1):
            target = book.add_worksheet(_title(sheet.name, number))
            for row, column, cell in _cells(sheet, layout):
                _write(target, row, column, cell, day)
    return True


def _personal(sheet: Sheet, layout: Layout) -> bool:
    """A roster, whatever it was said to be, or a sheet that is left out and has identity numbers in it."""
    if layout.kind is None or (layout.kind != "W3a" and "identity" in _rostered(layout).values()):
        return any(_is_number(cell) for row in sheet.rows for cell in row)
    return layout.kind == "W3a"


def _rostered(layout: Layout) -> dict[int, str | None]:
    """Column → what its words would mean in a roster."""
    return {
        column.index: meaning(tuple(column.label.split("/")), "W3a", guess=False).field for column in layout.columns
    }


def _cells(sheet: Sheet, layout: Layout) -> Iterator[tuple[int, int, Cell]]:
    named = {column.index: column.field for column in layout.columns} if layout.kind == "W3a" else _rostered(layout)
    is_roster = layout.kind == "W3a" or "identity" in named.values()
    hidden = {index for index, field in named.items() if is_roster and field in _PERSONAL}
    below = (layout.header or 0) + layout.depth
    for place, row in enumerate(sheet.rows):
        for index, cell in enumerate(row):
            if cell is not None:
                mask = (index in hidden and place >= below) or _is_number(cell)
                yield place, index, MASK if mask else cell


def _is_number(cell: Cell) -> bool:
    """Whether a text holds an 18-digit identity number whose check digit is right."""
    if not isinstance(cell, str) or len(cell) < 18:
        return False
    return any(ric.is_valid(found) for found in _NUMBER.findall(str(folded(cell)).upper().replace(" ", "")))


def _title(name: str, number: int) -> str:
    """A sheet name that Excel takes; what two sheets would share is told apart by their number."""
    plain = re.sub(r"[\[\]:*?/\\]", "", name).strip("'") or "Sheet"
    return f"{number} {plain}"[:31]


def _write(target: Any, row: int, column: int, cell: Cell, day: Any) -> None:
    if isinstance(cell, Unreadable):
        target.write_string(row, column, cell.text)
    elif isinstance(cell, date) and cell.year >= 1900:
        target.write_datetime(row, column, cell, day)
    elif isinstance(cell, bool):
        target.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        target.write_number(row, column, cell)
    else:
        target.write_string(row, column, str(cell))
