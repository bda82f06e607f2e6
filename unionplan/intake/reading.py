"""Bytes → cells. Runs only inside the reading process: a hostile file may kill it, never the board.

The format is told by content, never by the file's name; a text's encoding is proved, never guessed.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from unionplan.errors import IntakeError
from unionplan.intake.bounds import bounded
from unionplan.intake.cells import Book, Cell, Sheet, Table, Unreadable, address
from unionplan.intake.cleaning import cleaned
from unionplan.intake.grid import MAX_ROWS, too_large
from unionplan.intake.limits import upload_bytes
from unionplan.intake.refusals import ALLOWED, SAVE_AS, damaged, refuse_known

__all__ = ["Book", "Cell", "Sheet", "Unreadable", "address", "read_book"]

LARGE, LARGEST = 200_000, 100_000_000
"""Rows × columns from which on, and up to which, a sheet is held by column."""
_PACKAGE = (b"PK\x03\x04", b"PK\x05\x06")
_BIFF = (
    b"\xd0\xcf\x11\xe0",
    b"\x09\x08\x08\x00",
    b"\x09\x08\x10\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x00\x04\x00",
)
"""How .xls and .et begin: a compound document, or bare records as some old programs export them."""
_NOTHING = b"\x00 \t\r\n"
_SPACES = b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"
_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|table|style|div|form|tr|frameset|script)\b", re.IGNORECASE
)
_ROOT = re.compile(rb"<(?![?!])\s*([\w.-]+:)?([\w.-]+)")
_MAIL = re.compile(
    rb"(?:from|mime-version|received|date|subject|return-path|content-type|message-id|to|x-[\w-]+): ", re.IGNORECASE
)
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)""")


def read_book(path: Path, name: str, most: int | None = None) -> Book:
    """Return the cells of the file at `path`, called `name`; raises IntakeError naming what it is instead.

    A file of more than `most` bytes (limits.upload_bytes) is refused before it is opened.
    """
    size, most = path.stat().st_size, most or upload_bytes()
    if size > most:
        raise IntakeError(
            name, f"文件有 {size / 2**20:.0f} MB", f"单个文件不超过 {most / 2**20:g} MB",
            "请删去无关的工作表或图片后重新上传",
        )  # fmt: skip
    data = path.read_bytes()
    if not data[:4096].strip(_NOTHING) and not data.strip(_NOTHING):
        raise IntakeError(name, "文件是空的", "须是有表头和数据的表格", "请检查是否选错了文件")
    try:
        book = bounded(Book(*_format_and_sheets(path, data, name)), name)
        return cleaned(replace(book, sheets=[_held(sheet, name) for sheet in book.sheets]))
    except (IntakeError, MemoryError):
        raise
    except Exception as error:  # in a damaged file a parser may fail anywhere, with anything
        raise damaged(name) from error


def _held(sheet: Sheet, name: str) -> Sheet:
    """A large sheet by column, as the checks go through it; raises IntakeError for one that is too long."""
    if len(sheet.rows) > MAX_ROWS:
        raise too_large(name, sheet.name)
    width = 0 if isinstance(sheet.rows, Table) else max(map(len, sheet.rows), default=0)
    if not LARGE < len(sheet.rows) * width <= LARGEST:
        return sheet
    return replace(sheet, rows=Table([sheet.column(index) for index in range(width)], len(sheet.rows)))


def _format_and_sheets(path: Path, data: bytes, name: str) -> tuple[str, list[Sheet]]:
    if data.startswith(_PACKAGE):
        return _package(path, name)
    if data.startswith(_BIFF):
        from unionplan.intake.xls import xls_sheets

        return "xls", xls_sheets(data, name)
    refuse_known(data, name)
    head = data[:4096].lstrip(_SPACES).replace(b"\x00", b"")
    if head.startswith(b"<") and (found := _marked_up(data, head, name)):
        return found
    if _MAIL.match(head) and re.search(rb"^content-type:", head, re.IGNORECASE | re.MULTILINE):
        from unionplan.intake.mhtml import mhtml_sheets

        return "html", mhtml_sheets(data, name)
    from unionplan.intake.delimited import delimited_sheet

    return "csv", [delimited_sheet(data, name)]


def _package(path: Path, name: str) -> tuple[str, list[Sheet]]:
    from unionplan.intake.package_kinds import package_kind

    kind = package_kind(path, name)
    if kind == "xlsb":
        from unionplan.intake.xlsb import xlsb_sheets

        return kind, xlsb_sheets(path, name)
    if kind == "ods":
        from unionplan.intake.ods import ods_sheets

        return kind, ods_sheets(path, name)
    from unionplan.intake.xlsx import xlsx_sheets

    return "xlsx", list(xlsx_sheets(path, name))


def _marked_up(data: bytes, head: bytes, name: str) -> tuple[str, list[Sheet]] | None:
    """A spreadsheet or a web page in markup; None for a text that only begins with a bracket."""
    root = _ROOT.search(head)
    element = root[2].lower() if root else b""
    if head.startswith(b"<?xml") or element in (b"workbook", b"document", b"uof"):
        if element == b"workbook":
            from unionplan.intake.xml_spreadsheet import xml_sheets

            return "xml", xml_sheets(_without_declaration(data, head, name), name)
        if element == b"document" and b"opendocument" in data[:4096].replace(b"\x00", b""):
            from unionplan.intake.ods import flat_ods_sheets

            return "ods", flat_ods_sheets(data, name)
        if element != b"html":
            raise IntakeError(name, "这是 XML 文件，不是导出的表格", ALLOWED, SAVE_AS)
    if not _MARKUP.search(data[:65_536].replace(b"\x00", b"")):
        return None
    from unionplan.intake.html_tables import html_sheets

    return "html", html_sheets(data, name)


def _without_declaration(data: bytes, head: bytes, name: str) -> str:
    """The text of an XML file; its declaration, which names an encoding that is no longer, taken off."""
    from unionplan.intake.decoding import decoded

    declared = _DECLARED.match(head)
    text = decoded(data, name, declared[1].decode() if declared else "")
    return re.sub(r"^\s*<\?xml.*?\?>", "", text, count=1, flags=re.DOTALL)
