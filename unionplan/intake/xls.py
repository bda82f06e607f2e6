"""BIFF (.xls, WPS .et) → sheets: Excel 97–2003 in Unicode, older ones in the encoding they turn out to have.

Error values stay visible, dates come out as dates under either epoch, blank cells that only carry a format
are empty. A formula that gives an empty text cannot be told from one that was never calculated: both are blank.
"""

from __future__ import annotations

import io
from datetime import datetime, time, timedelta
from typing import Any

import xlrd

from unionplan.errors import IntakeError
from unionplan.intake.bounds import require_few_sheets
from unionplan.intake.cells import Cell, Sheet, Unreadable, plain_cell
from unionplan.intake.refusals import ALLOWED, PASTE, SAVE_AS, damaged, locked

_BIFF8 = 80
_PERHAPS_CHINESE = (None, 367, 437, 850, 936, 1252, 10000, 32768, 32769)
"""Code pages under which Chinese programs write GBK: none at all, the Western ones, and its own."""
_LAST_DAY = {0: 2_958_466, 1: 2_957_004}
"""Date mode → the first serial after the year 9999."""
_OTHERS = (("WordDocument", "旧版 Word 文档（.doc）", PASTE), ("PowerPoint Document", "旧版演示文稿（.ppt）", PASTE))


def xls_sheets(data: bytes, name: str) -> list[Sheet]:
    """Return the worksheets, hidden ones too, of a BIFF file; raises IntakeError for what it is instead."""
    try:
        return _sheets(data, name)
    except (IntakeError, MemoryError):
        raise
    except Exception as error:  # in a damaged file the parser may fail anywhere, with anything
        raise _refusal(name, data, error) from error


def _sheets(data: bytes, name: str) -> list[Sheet]:
    book = _opened(data, False)
    require_few_sheets(book.nsheets, name)
    if book.biff_version >= _BIFF8 or book.codepage not in _PERHAPS_CHINESE:
        return _styled_sheets(data, None)
    try:
        return _styled_sheets(data, "gb18030")
    except UnicodeDecodeError:
        if book.codepage in (None, 936):
            raise
        return _styled_sheets(data, None)


def _styled_sheets(data: bytes, encoding: str | None) -> list[Sheet]:
    """The sheets with their merged ranges; without, where another program's styles break the parser."""
    try:
        return _all_sheets(_opened(data, True, encoding))
    except (UnicodeDecodeError, MemoryError):
        raise
    except Exception:
        return _all_sheets(_opened(data, False, encoding))


def _opened(data: bytes, styled: bool, encoding: str | None = None) -> Any:
    return xlrd.open_workbook(
        file_contents=data, logfile=io.StringIO(), formatting_info=styled, encoding_override=encoding,
        on_demand=True, ragged_rows=True,
    )  # fmt: skip


def _all_sheets(book: Any) -> list[Sheet]:
    sheets = []
    for number, title in enumerate(book.sheet_names()):
        sheet = book.sheet_by_index(number)
        merged = tuple(sorted((top, left, below - 1, after - 1) for top, below, left, after in sheet.merged_cells))
        sheets.append(Sheet(title, _rows(book, sheet), merged))
        book.unload_sheet(number)
    return sheets


def _rows(book: Any, sheet: Any) -> list[list[Cell]]:
    rows = [_row(book, sheet, number) for number in range(sheet.nrows)]
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _row(book: Any, sheet: Any, number: int) -> list[Cell]:
    cells = [
        _moment(value, book.datemode, _lasts(book, sheet, number, column))
        if kind == xlrd.XL_CELL_DATE
        else _cell(kind, value)
        for column, (kind, value) in enumerate(zip(sheet.row_types(number), sheet.row_values(number), strict=True))
    ]
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _cell(kind: int, value: Any) -> Cell:
    if kind == xlrd.XL_CELL_ERROR:
        return Unreadable(xlrd.error_text_from_code.get(value, "错误值"))
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    return plain_cell(value)


def _moment(serial: float, mode: int, lasts: bool) -> Cell:
    """A number that is shown as a date; one outside the calendar stays the number that it is."""
    if lasts:
        return timedelta(days=serial)
    if not 0 <= serial < _LAST_DAY[mode]:
        return plain_cell(serial)
    moment: datetime = xlrd.xldate.xldate_as_datetime(serial, mode)
    if serial < 1:
        return moment.time()
    return moment.date() if moment.time() == time() else moment


def _lasts(book: Any, sheet: Any, row: int, column: int) -> bool:
    """Whether a cell shows hours, minutes or seconds that run on, as [h]:mm does."""
    if not book.formatting_info:
        return False
    style = book.xf_list[sheet.cell_xf_index(row, column)]
    shown = (book.format_map[style.format_key].format_str or "").lower()
    return any(mark in shown for mark in ("[h", "[m", "[s"))


def _refusal(name: str, data: bytes, error: Exception) -> IntakeError:
    if _holds(data, "EncryptedPackage") or "encrypted" in str(error):
        return locked(name)
    if isinstance(error, UnicodeDecodeError) and error.encoding == "gb18030":
        return IntakeError(name, "文字的编码无法识别", ALLOWED, SAVE_AS)
    if "Can't find workbook" not in str(error):
        return damaged(name)
    kind, remedy = next(
        ((kind, remedy) for stream, kind, remedy in _OTHERS if _holds(data, stream)), ("没有表格的复合文档", SAVE_AS)
    )
    return IntakeError(name, f"这是{kind}", ALLOWED, remedy)


def _holds(data: bytes, stream: str) -> bool:
    """Whether a compound document lists a stream of this name; its directory has an entry every 128 bytes."""
    wanted, place = stream.encode("utf-16-le"), -1
    while (place := data.find(wanted, place + 1)) >= 0:
        if place % 128 == 0:
            return True
    return False
