"""Bytes → cells. Runs only inside the reading process: a hostile file may kill it, never the board.

The format is told by content, never by the file's name; a text's encoding is tried strictly, never guessed.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from unionplan.errors import IntakeError
from unionplan.intake.cells import Book, Cell, Sheet, Unreadable, address
from unionplan.intake.refusals import ALLOWED, SAVE_AS, refuse_known

__all__ = ["Book", "Cell", "Sheet", "Unreadable", "address", "read_book"]

MAX_BYTES = 50 * 2**20
_PACKAGE = b"PK\x03\x04"
_BIFF = (
    b"\xd0\xcf\x11\xe0",
    b"\x09\x08\x08\x00",
    b"\x09\x08\x10\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x00\x04\x00",
)
"""How .xls and .et begin: a compound document, or bare records as some old programs export them."""


def read_book(path: Path, name: str) -> Book:
    """Return the cells of the file at `path`, called `name`; raises IntakeError naming what it is instead."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise IntakeError(
            name, f"文件有 {size / 2**20:.0f} MB", "单个文件不超过 50 MB", "请删去无关的工作表或图片后重新上传"
        )
    data = path.read_bytes()
    if not data.strip(b"\x00 \t\r\n"):
        raise IntakeError(name, "文件是空的", "须是有表头和数据的表格", "请检查是否选错了文件")
    return Book(*_format_and_sheets(path, data, name))


def _format_and_sheets(path: Path, data: bytes, name: str) -> tuple[str, list[Sheet]]:
    if data.startswith(_PACKAGE):
        from unionplan.intake.xlsx import xlsx_sheets

        return "xlsx", list(xlsx_sheets(path, name))
    if data.startswith(_BIFF):
        from unionplan.intake.xls import xls_sheets

        return "xls", xls_sheets(data, name)
    refuse_known(data, name)
    return "csv", [Sheet("", _csv_rows(_decoded(data, name), name))]


def _decoded(data: bytes, name: str) -> str:
    """BOM, then strict UTF-8, then strict GB18030; a guess from statistics is never made."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise IntakeError(name, "文本编码是 UTF-16", ALLOWED, SAVE_AS)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text or sum(ord(char) < 32 and char not in "\t\r\n" for char in text[:4096]) > 8:
            break
        return text
    raise IntakeError(name, "不是表格，也不是文本，无法识别", ALLOWED, SAVE_AS)


def _csv_rows(text: str, name: str) -> list[list[Cell]]:
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
        return [[cell if cell.strip() else None for cell in row] for row in rows]
    except csv.Error as error:
        found = "引号不成对，分不出单元格" if "quote" in str(error) or "end of data" in str(error) else "分不出单元格"
        raise IntakeError(name, found, "每个引号须成对", SAVE_AS) from error


def _separator(text: str) -> str:
    """The separator that most of the first lines hold; a title line or a comma in a sentence decides nothing."""
    lines = [line for line in text.splitlines()[:60] if line.strip()]
    return max(",\t;，", key=lambda mark: sum(mark in line for line in lines) + (mark != "，") / 2)
