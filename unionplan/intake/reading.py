"""Bytes → cells. Runs only inside the reading process: a hostile file may kill it, never the board.

The format is told by content, never by the file's name. A cell that cannot be read faithfully (an error
value, a formula without a stored result) becomes an `Unreadable`, never an empty cell.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from unionplan.errors import IntakeError

MAX_BYTES = 50 * 2**20
MAX_ENTRIES = 5_000
MAX_UNZIPPED = 2**30
MAX_RATIO, RATIO_FROM = 150, 64 * 2**20
SAVE_AS = "请用 WPS 或 Excel 打开，另存为 .xlsx 后重新上传"


@dataclass(frozen=True)
class Unreadable:
    """A cell that holds an error value or a formula whose result was never stored."""

    text: str


Cell = None | str | int | float | bool | date | datetime | time | timedelta | Unreadable


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name and its rows from row 1 on, every row as long as it is filled."""

    name: str
    rows: list[list[Cell]]


@dataclass(frozen=True)
class Book:
    """A file as cells; `format` is xlsx or csv."""

    format: str
    sheets: list[Sheet]


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
    if data.startswith(b"PK\x03\x04"):
        return Book("xlsx", list(_xlsx_sheets(path, name)))
    _refuse_known(data, name)
    return Book("csv", [Sheet("", _csv_rows(_decoded(data, name), name))])


_KNOWN: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "PDF 文件", "请上传原来的表格文件"),
    (b"\x89PNG", "PNG 图片", "请上传原来的表格文件"),
    (b"\xff\xd8\xff", "JPEG 图片", "请上传原来的表格文件"),
    (b"GIF8", "GIF 图片", "请上传原来的表格文件"),
    (b"Rar!", "RAR 压缩包", "请解压后上传里面的表格"),
    (b"7z\xbc\xaf", "7z 压缩包", "请解压后上传里面的表格"),
    (b"\x1f\x8b", "gzip 压缩包", "请解压后上传里面的表格"),
    (b"SQLite format 3", "数据库文件", "请上传表格文件"),
    (b"{\\rtf", "RTF 文档", "请把表格粘贴到 WPS 表格或 Excel 里，另存为 .xlsx 后上传"),
    (b"MZ", "程序文件", "请上传表格文件"),
)
_ALLOWED = "目前可收 .xlsx 和 .csv（UTF-8 或 GB18030）"


def _refuse_known(data: bytes, name: str) -> None:
    for magic, kind, remedy in _KNOWN:
        if data.startswith(magic):
            raise IntakeError(name, f"这是{kind}", _ALLOWED, remedy)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise IntakeError(
                name, "文件设了打开密码", "须是没有密码的文件", "请在 WPS 或 Excel 中取消密码，保存后重新上传"
            )
        raise IntakeError(name, "这是旧版表格（.xls 或 .et）", _ALLOWED, SAVE_AS)
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<?xml", b"<html", b"<!doctype", b"<table", b"<meta")):
        raise IntakeError(name, "这是网页或 XML 表格", _ALLOWED, SAVE_AS)


def _decoded(data: bytes, name: str) -> str:
    """BOM, then strict UTF-8, then strict GB18030; a guess from statistics is never made."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise IntakeError(name, "文本编码是 UTF-16", _ALLOWED, SAVE_AS)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text or sum(ord(char) < 32 and char not in "\t\r\n" for char in text[:4096]) > 8:
            break
        return text
    raise IntakeError(name, "不是表格，也不是文本，无法识别", _ALLOWED, SAVE_AS)


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


def _xlsx_sheets(path: Path, name: str) -> Iterator[Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook

    damaged = IntakeError(name, "文件已损坏，打不开", _ALLOWED, "请用 WPS 或 Excel 打开确认，另存为 .xlsx 后重新上传")
    try:
        with zipfile.ZipFile(path) as archive:
            parts = _worksheet_parts(archive, name)
            with CalamineWorkbook.from_path(str(path)) as workbook:
                for title in workbook.sheet_names:
                    if title in parts:
                        rows = workbook.get_sheet_by_name(title).to_python(skip_empty_area=False)
                        yield Sheet(title, _restored(rows, archive.read(parts[title])))
    except (
        zipfile.BadZipFile,
        CalamineError,
        ElementTree.ParseError,
        expat.ExpatError,
        KeyError,
        EOFError,
        ValueError,
    ) as error:
        raise damaged from error


def _worksheet_parts(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    """Sheet title → its part in the archive, after the caps and the refusal of any document type."""
    entries = archive.infolist()
    unzipped, packed = sum(e.file_size for e in entries), max(1, sum(e.compress_size for e in entries))
    if (
        len(entries) > MAX_ENTRIES
        or unzipped > MAX_UNZIPPED
        or (unzipped > RATIO_FROM and unzipped / packed > MAX_RATIO)
    ):
        raise IntakeError(name, "压缩包展开后异常地大", "展开后不超过 1 GB", "请另存为新的 .xlsx，只留需要的工作表")
    files = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in files:
        kind = _package_kind(files)
        raise IntakeError(name, f"这是{kind}，不是 .xlsx 表格", _ALLOWED, SAVE_AS)
    for part in files:
        if part.endswith((".xml", ".rels")) and b"<!DOCTYPE" in _beginning(archive, part):
            raise IntakeError(name, "文件里带有外部定义（DOCTYPE）", "表格文件不应含有", SAVE_AS)
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - DOCTYPE refused above
    links = {link.get("Id"): link.get("Target", "") for link in relations}
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - DOCTYPE refused above
    targets = {}
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet"):
            link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
            target = links.get(link, "").lstrip("/")
            part = target if target.startswith("xl/") else f"xl/{target}"
            if part in files and "worksheets" in part:
                targets[sheet.get("name", "")] = part
    return targets


def _beginning(archive: zipfile.ZipFile, part: str) -> bytes:
    """The first kilobytes of a part, where a document type must stand, whatever their encoding."""
    with archive.open(part) as opened:
        return opened.read(4096).replace(b"\x00", b"").upper()


def _package_kind(files: set[str]) -> str:
    if any(file.startswith("word/") for file in files):
        return " Word 文档"
    if any(file.startswith("ppt/") for file in files):
        return "演示文稿"
    if "xl/workbook.bin" in files:
        return " .xlsb 表格"
    if "content.xml" in files:
        return " .ods 或其他开放文档"
    return "压缩包"


def _restored(rows: Sequence[Sequence[object]], xml: bytes) -> list[list[Cell]]:
    """The rows as read, with error cells and formulas that have no stored result put back in their places."""
    cells: list[list[Cell]] = [[_plain(value) for value in row] for row in rows]
    if re.search(rb"""t\s*=\s*["']e["']""", xml) or re.search(rb"<(\w+:)?f[\s>/]", xml):
        for (row, column), text in _BrokenCells().found_in(xml).items():
            _put(cells, row, column, Unreadable(text))
    return cells


class _BrokenCells:
    """Walks a sheet's XML for what the fast reader passes over: error values, formulas without a result."""

    def __init__(self) -> None:
        self.found: dict[tuple[int, int], str] = {}
        self._row = self._column = -1
        self._cell: dict[str, str] = {}
        self._formula = False
        self._text: list[str] | None = None
        self._value: str | None = None

    def found_in(self, xml: bytes) -> dict[tuple[int, int], str]:
        """Return (row, column) from 0 → what the cell shows."""
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._data
        parser.Parse(xml, True)
        return self.found

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "row":
            self._row, self._column = int(attributes.get("r", self._row + 2)) - 1, -1
        elif name == "c":
            self._cell, self._formula, self._value = attributes, False, None
            place = _REFERENCE.fullmatch(attributes.get("r", ""))
            self._column = _column_number(place[1]) - 1 if place else self._column + 1
        elif name == "f":
            self._formula = True
        elif name == "v":
            self._text = []

    def _data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "v" and self._text is not None:
            self._value, self._text = "".join(self._text).strip(), None
        elif name == "c":
            kind = self._cell.get("t")
            if kind == "e":
                self.found[self._row, self._column] = self._value or "错误值"
            elif self._formula and not self._value and kind != "str":
                self.found[self._row, self._column] = "公式没有结果"


_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def _plain(value: object) -> Cell:
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    assert isinstance(value, int | float | bool | date | time | timedelta | None)
    return value


def _put(cells: list[list[Cell]], row: int, column: int, value: Cell) -> None:
    while len(cells) <= row:
        cells.append([])
    cells[row].extend([None] * (column + 1 - len(cells[row])))
    cells[row][column] = value


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def address(row: int, column: int) -> str:
    """Return the cell's name for a row and column counted from 0: (4, 2) → C5."""
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
