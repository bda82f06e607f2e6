"""BIFF (.xls, WPS .et) → sheets: Excel 97–2003 in Unicode, older ones in the encoding they turn out to have.

Error values stay visible, dates come out as dates under either epoch, blank cells that only carry a format
are empty. A formula that was never calculated is told from one that gives an empty text where its last operation
can give no text; else both are blank.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any

import xlrd

from unionplan.errors import IntakeError
from unionplan.intake.bounds import require_few_sheets
from unionplan.intake.cells import Cell, Sheet, Unreadable, plain_cell
from unionplan.intake.formula_roots import gives_no_text
from unionplan.intake.moments import meanings
from unionplan.intake.refusals import ALLOWED, PASTE, SAVE_AS, damaged, locked, this_is
from unionplan.intake.xlsx_styles import BUILT_IN, LASTING, MOMENT, Meanings, shown_as

_BIFF8 = 80
_PERHAPS_CHINESE = (None, 367, 437, 850, 936, 1252, 10000, 32768, 32769)
"""Code pages under which Chinese programs write GBK: none at all, the Western ones, and its own."""
_FORMULA, _BEGIN, _END = 0x06, 0x809, 0x0A
_OTHERS = (
    ("WordDocument", "旧版 Word 或 WPS 文字文档（.doc、.wps）", PASTE),
    ("PowerPoint Document", "旧版演示文稿（.ppt、.dps）", PASTE),
    ("__properties_version1.0", "Outlook 邮件（.msg）", "请上传邮件所附的表格文件本身"),
    ("VisioDocument", "Visio 绘图", PASTE),
)


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
    sheets, known = [], meanings(bool(book.datemode))
    for number, title in enumerate(book.sheet_names()):
        sheet = book.sheet_by_index(number)
        merged = tuple(sorted((top, left, below - 1, after - 1) for top, below, left, after in sheet.merged_cells))
        rows = _rows(book, sheet, known)
        for row, column in _never_calculated(book, number):
            if row < sheet.nrows and column < sheet.row_len(row):
                _put(rows, row, column, Unreadable("公式没有结果"))
        sheets.append(
            Sheet(
                title, rows, merged, bool(sheet.visibility),
                _hidden(sheet.rowinfo_map, len(rows)), _hidden(sheet.colinfo_map, max(map(len, rows), default=0)),
            )
        )  # fmt: skip
        book.unload_sheet(number)
    return sheets


def _hidden(looks: Any, length: int) -> tuple[int, ...]:
    return tuple(sorted(place for place, look in looks.items() if look.hidden and place < length))


def _rows(book: Any, sheet: Any, known: Meanings) -> list[list[Cell]]:
    rows = [_row(book, sheet, number, known) for number in range(sheet.nrows)]
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _row(book: Any, sheet: Any, number: int, known: Meanings) -> list[Cell]:
    cells = [
        known.number(value, _kind(book, sheet, number, column)) if kind == xlrd.XL_CELL_DATE else _cell(kind, value)
        for column, (kind, value) in enumerate(zip(sheet.row_types(number), sheet.row_values(number), strict=True))
    ]
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _put(rows: list[list[Cell]], row: int, column: int, cell: Cell) -> None:
    rows.extend([] for _ in range(row + 1 - len(rows)))
    rows[row].extend([None] * (column + 1 - len(rows[row])))
    rows[row][column] = cell


def _cell(kind: int, value: Any) -> Cell:
    if kind == xlrd.XL_CELL_ERROR:
        return Unreadable(xlrd.error_text_from_code.get(value, "错误值"))
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    return plain_cell(value)


def _kind(book: Any, sheet: Any, row: int, column: int) -> int:
    """Whether a date cell shows a moment, or hours, minutes or seconds that run on, as [h]:mm does."""
    if not book.formatting_info:
        return MOMENT
    number = book.xf_list[sheet.cell_xf_index(row, column)].format_key
    code = book.format_map[number].format_str
    shown = shown_as(code) if code else BUILT_IN.get(number, MOMENT)
    return LASTING if shown == LASTING else MOMENT


def _never_calculated(book: Any, number: int) -> Iterator[tuple[int, int]]:
    """Formulas stored with an empty text that their last operation cannot give."""
    if book.biff_version < _BIFF8:
        return
    for kind, body in _records(book.mem, book._sh_abs_posn[number]):
        if kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 3:
            row, column, size = struct.unpack_from("<HH16xH", body)
            if gives_no_text(body[22 : 22 + size], wide=False):
                yield row, column


def _records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """The records of one sheet, those of charts in it too, from its beginning to its end."""
    depth = 0
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        depth += (kind == _BEGIN) - (kind == _END)
        if depth <= 0:
            return
        if kind == _FORMULA:
            yield kind, bytes(stream[place + 4 : place + 4 + size])
        place += 4 + size


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
    return IntakeError(name, this_is(kind), ALLOWED, remedy)


def _holds(data: bytes, stream: str) -> bool:
    """Whether a compound document lists a stream of this name; its directory has an entry every 128 bytes."""
    wanted, place = stream.encode("utf-16-le"), -1
    while (place := data.find(wanted, place + 1)) >= 0:
        if place % 128 == 0:
            return True
    return False
