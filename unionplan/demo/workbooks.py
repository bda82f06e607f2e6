"""Rows → an .xlsx as clerks make them: a title, a line with the unit of measure, the header in row 3, real dates."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import xlsxwriter

from unionplan.demo.ledger import Record
from unionplan.observations import Field

_SIGNED = "填表人：示例经办人"
_WIDTHS = {"text": 22, "date": 12, "uscc": 21, "code": 13}


@dataclass(frozen=True)
class Table:
    """One sheet: its name, its title, what is counted, its columns and rows."""

    sheet: str
    title: str
    counted: str
    fields: tuple[Field, ...]
    rows: Sequence[Record]


def workbook_bytes(tables: Iterable[Table], made: datetime, dates: str = "yyyy-mm-dd") -> bytes:
    """Return the workbook; the same tables, `made` and number format of `dates` give the same bytes."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"author": "示例经办人", "created": made})
        for table in tables:
            _Sheet(book, table, dates).fill()
    return out.getvalue()


class _Sheet:
    """One sheet being filled, with the formats of its workbook."""

    def __init__(self, book: Any, table: Table, dates: str) -> None:
        self.table = table
        self.sheet = book.add_worksheet(table.sheet)
        self.title = book.add_format({"bold": True, "font_size": 14, "align": "center"})
        self.head = book.add_format({"bold": True, "border": 1, "text_wrap": True, "align": "center"})
        self.day = book.add_format({"num_format": dates})

    def fill(self) -> None:
        """Write title, header, rows and the signature under them."""
        fields, rows = self.table.fields, self.table.rows
        self.sheet.merge_range(0, 0, 0, len(fields) - 1, self.table.title, self.title)
        self.sheet.write(1, 0, self.table.counted)
        self.sheet.freeze_panes(3, 0)
        for column, field in enumerate(fields):
            self.sheet.write_string(2, column, field.label, self.head)
            self.sheet.set_column(column, column, _WIDTHS.get(field.kind, 10))
        for place, record in enumerate(rows, start=3):
            self._row(place, record)
        self.sheet.write_string(len(rows) + 4, 0, _SIGNED)

    def _row(self, place: int, record: Record) -> None:
        for column, field in enumerate(self.table.fields):
            value = record.get(field.id)
            if isinstance(value, date):
                self.sheet.write_datetime(place, column, datetime.combine(value, time()), self.day)
            elif isinstance(value, int | Decimal):
                self.sheet.write_number(place, column, value)
            elif value is not None:
                self.sheet.write_string(place, column, value)
