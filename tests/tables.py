"""Text tables: rows, workbooks and CSV files written as a few lines; and where the shipped plan lies.

A text table has one row a line, cells parted by `|`. Plain whole numbers become numbers and ISO days dates;
a leading zero or apostrophe keeps a cell text (`001`, `'123`), `=…` is a formula.
"""

import contextlib
import csv
import io
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

from unionplan.access import Person

CLERK = Person("王经办")
PLAN_FOLDER = Path(__file__).resolve().parent.parent / "data" / "plan"


def table_rows(table: str) -> list[list[Any]]:
    """Return a text table as rows of typed cells; an empty line stays an empty row."""
    lines = table.strip("\n").split("\n")
    return [[_typed(cell.strip()) for cell in line.split("|")] if line.strip() else [] for line in lines]


def _typed(text: str) -> Any:
    if not text:
        return None
    if text.startswith("'"):
        return text[1:]
    if re.fullmatch(r"-?(0|[1-9]\d*)", text):
        return int(text)
    if re.fullmatch(r"-?\d+\.\d+", text):
        return float(text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        with contextlib.suppress(ValueError):
            return datetime.fromisoformat(text)
    return text.replace("\\n", "\n")


def xlsx_bytes(sheets: str | dict[str, str]) -> bytes:
    """Return a workbook with one sheet per text table; the same tables give the same bytes."""
    return _xlsx_bytes(tuple(({"企业台账": sheets} if isinstance(sheets, str) else sheets).items()))


@cache
def _xlsx_bytes(sheets: tuple[tuple[str, str], ...]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, table in sheets:
        sheet = book.create_sheet(title)
        for place, row in enumerate(table_rows(table), start=1):
            for column, value in enumerate(row, start=1):
                if value is not None:
                    sheet.cell(place, column, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_bytes(table: str, encoding: str = "utf-8", separator: str = ",") -> bytes:
    """Return a text table as the bytes of a CSV file; its cells are the very words of the table."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    for line in table.strip("\n").split("\n"):
        writer.writerow([cell.strip().replace("\\n", "\n") for cell in line.split("|")])
    return out.getvalue().encode(encoding)
