""".xlsx → sheets, after the caps that keep a hostile package small.

The fast reader passes over error values and formulas without a stored result; a walk through the sheet's
XML puts them back in their places.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from unionplan.errors import IntakeError
from unionplan.intake.cells import Cell, Sheet, Unreadable, plain_cell
from unionplan.intake.refusals import ALLOWED, SAVE_AS, damaged
from unionplan.intake.stages import announce_sheet

MAX_ENTRIES = 5_000
MAX_UNZIPPED = 2**30
MAX_RATIO, RATIO_FROM = 150, 64 * 2**20


def xlsx_sheets(path: Path, name: str) -> Iterator[Sheet]:
    """Yield the worksheets, hidden ones too, of the .xlsx file at `path`; raises IntakeError for what it is instead."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with zipfile.ZipFile(path) as archive:
            parts = _worksheet_parts(archive, name)
            with CalamineWorkbook.from_path(str(path)) as workbook:
                for number, title in enumerate(workbook.sheet_names, start=1):
                    if title in parts:
                        announce_sheet(number, len(workbook.sheet_names))
                        sheet = workbook.get_sheet_by_name(title)
                        rows = _restored(sheet.to_python(skip_empty_area=False), archive.read(parts[title]))
                        yield Sheet(title, rows, tuple((*a, *b) for a, b in sheet.merged_cell_ranges or ()))
    except (
        zipfile.BadZipFile,
        CalamineError,
        ElementTree.ParseError,
        expat.ExpatError,
        KeyError,
        EOFError,
        ValueError,
    ) as error:
        raise damaged(name) from error


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
        raise IntakeError(name, f"这是{kind}，不是 .xlsx 表格", ALLOWED, SAVE_AS)
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
    cells: list[list[Cell]] = [[plain_cell(value) for value in row] for row in rows]
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
