"""A workbook for a unit: written cell by cell with its type, so that no text of it ever becomes a formula, link or number."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import xlsxwriter

from unionplan.theme import plain

Value = str | int | date | None
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
WIDEST, NARROWEST = 46, 8  # letters
CELL = {"font_name": "宋体", "border": 1, "border_color": "#E3E7EB", "valign": "vcenter"}
DAY = 'yyyy"年"m"月"d"日"'
ROWS = 1_048_570  # what a sheet holds under its head


@dataclass(frozen=True)
class Sheet:
    """One sheet: a title, lines under it, a head and rows, a line below; `empty` stands where there are no rows.

    `rows` hold text, whole numbers, dates or None (blank).
    """

    name: str
    title: str
    lines: Sequence[str]
    headers: Sequence[str]
    rows: Sequence[Sequence[Value]]
    empty: str = "没有"
    widths: Sequence[int] = field(default=())


def workbook(sheets: Sequence[Sheet], day: date) -> bytes:
    """Return the sheets as the bytes of an .xlsx file: filter and frozen head, A4 across, the head on every page."""
    out = io.BytesIO()
    book = opened(out, day)
    formats = looks(book)
    for sheet in sheets:
        _write(book.add_worksheet(sheet.name), sheet, formats)
    book.close()
    return out.getvalue()


def opened(out: io.BytesIO, day: date) -> xlsxwriter.Workbook:
    """Return a new workbook that guesses nothing and names nobody."""
    book = xlsxwriter.Workbook(out, PLAIN)
    book.set_properties({"author": "", "comments": "", "created": datetime.combine(day, datetime.min.time())})
    return book


def looks(book: xlsxwriter.Workbook) -> dict[str, xlsxwriter.format.Format]:
    """Return the formats of titles, lines, heads and cells by type."""
    return {
        "title": book.add_format({"bold": True, "font_size": 14, "font_name": "宋体"}),
        "line": book.add_format({"font_name": "宋体", "font_color": "#4A5560"}),
        "head": book.add_format({"bold": True, "font_name": "宋体", "bg_color": "#EDF0F3", "border": 1, "border_color": "#8592A0", "text_wrap": True, "valign": "vcenter", "align": "center"}),
        "text": book.add_format({**CELL, "text_wrap": True}),
        "count": book.add_format({**CELL, "num_format": "#,##0"}),
        "day": book.add_format({**CELL, "num_format": DAY, "align": "left"}),
    }  # fmt: skip


def _write(page: xlsxwriter.worksheet.Worksheet, sheet: Sheet, looks: dict[str, xlsxwriter.format.Format]) -> None:
    page.write_string(0, 0, plain(sheet.title), looks["title"])
    for place, line in enumerate(sheet.lines, start=1):
        page.write_string(place, 0, plain(line), looks["line"])
    head = len(sheet.lines) + 2
    set_page(page, head, len(sheet.headers))
    for column, width in enumerate(sheet.widths or _widths(sheet)):
        page.set_column(column, column, width)
    if not sheet.rows:
        page.write_string(head - 1, 0, plain(sheet.empty), looks["line"])
        return
    for column, text in enumerate(sheet.headers):
        page.write_string(head - 1, column, text, looks["head"])
    for number, row in enumerate(sheet.rows[:ROWS]):
        for column, value in enumerate(row):
            write_cell(page, head + number, column, value, looks)
    page.autofilter(head - 1, 0, head - 1 + len(sheet.rows), len(sheet.headers) - 1)
    page.freeze_panes(head, 1)


def set_page(page: xlsxwriter.worksheet.Worksheet, head: int, columns: int) -> None:
    """Set a page for print: A4, as wide as its columns, the head repeated, pages counted."""
    page.set_landscape() if columns > 6 else page.set_portrait()
    page.set_paper(9)
    page.set_margins(0.5, 0.5, 0.6, 0.6)
    page.fit_to_pages(1, 0)
    page.repeat_rows(head - 1)
    page.set_footer("&C第 &P 页，共 &N 页")


def write_cell(page: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: Value, looks: dict[str, xlsxwriter.format.Format]) -> None:  # fmt: skip
    """Write a value by its type, whatever a text looks like."""
    if value is None or value == "":
        page.write_blank(row, column, None, looks["text"])
    elif isinstance(value, str):
        page.write_string(row, column, plain(value), looks["text"])
    elif isinstance(value, date):
        page.write_datetime(row, column, value, looks["day"])
    else:
        page.write_number(row, column, value, looks["count"])


def _widths(sheet: Sheet) -> list[int]:
    """As wide as the longest of the first rows, a Chinese letter counted twice, within limits."""
    columns = zip(*[sheet.headers, *([*row] for row in sheet.rows[:200])], strict=True)
    return [min(WIDEST, max(NARROWEST, *(_letters(value) for value in column)) + 2) for column in columns]


def _letters(value: Value) -> int:
    if isinstance(value, date):
        return 15
    return sum(2 if ord(letter) > 255 else 1 for letter in str("" if value is None else value))
