""".ods, also as one flat XML file → sheets: repeats unfolded within bounds, values by their stored type.

An error value and a formula that was never calculated stay visible; what a cell only displays is never read
for its value.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from xml.parsers import expat

from unionplan.intake.cells import Cell, Sheet, Unreadable, plain_cell
from unionplan.intake.grid import MAX_COLUMNS, MAX_ROWS, Grid
from unionplan.intake.markup import walker
from unionplan.intake.moments import day_or_moment, written_moment
from unionplan.intake.package import opened
from unionplan.intake.package_kinds import BROKEN
from unionplan.intake.refusals import damaged

_ERROR = re.compile(r"#(NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|[A-Z]+[!?])|Err:\d+|错误:\d+")
_PERIOD = re.compile(r"(-?)P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")
_ASIDE = {"annotation", "shapes", "tracked-changes", "forms", "ruby-text", "dde-links", "database-ranges"}
"""Elements whose text is no cell's."""


def ods_sheets(path: Path, name: str) -> list[Sheet]:
    """Return the sheets, hidden ones too, of the .ods package at `path`; raises IntakeError for a damaged one."""
    reader = _Reader(name)
    try:
        with opened(path, name) as package:
            for part in ("styles.xml", "content.xml"):
                if part in package or part == "content.xml":
                    with package.open(part) as piece:
                        reader.read(piece)
    except BROKEN as error:
        raise damaged(name) from error
    return reader.sheets


def flat_ods_sheets(xml: bytes, name: str) -> list[Sheet]:
    """Return the sheets of an open document that is one XML file (.fods)."""
    import io

    reader = _Reader(name)
    try:
        reader.read(io.BytesIO(xml))
    except (expat.ExpatError, ValueError) as error:
        raise damaged(name) from error
    return reader.sheets


class _Reader:
    """Walks content.xml and gathers its tables."""

    def __init__(self, name: str) -> None:
        self.sheets: list[Sheet] = []
        self._name = name
        self._lasting: set[str] = set()
        self._hidden_tables: set[str] = set()
        self._data_styles: dict[str, str] = {}
        self._style = ""
        self._aside = 0
        self._table: _TableWalk | None = None
        self._pieces: list[str] | None = None
        self._paragraphs: list[str] = []
        self._cell: dict[str, str] = {}

    def read(self, part: IO[bytes]) -> None:
        """Walk one part; styles come before the tables that use them."""
        parser = walker(self._name, self._start, self._end, self._data)
        while chunk := part.read(2**18):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        prefix, _, name = tag.rpartition(":")
        if self._aside or name in _ASIDE or (prefix == "draw" and self._pieces is None):
            self._aside += 1
        elif prefix == "style":
            self._start_style(name, attributes)
        elif prefix == "number" and name == "time-style":
            if attributes.get("number:truncate-on-overflow") == "false":
                self._lasting.add(attributes.get("style:name", ""))
        elif prefix == "table":
            self._start_table(name, attributes)
        elif prefix == "text" and self._table is not None:
            self._start_text(name, attributes)

    def _start_style(self, name: str, attributes: dict[str, str]) -> None:
        if name == "style":
            self._style = attributes.get("style:name", "")
            if data := attributes.get("style:data-style-name"):
                self._data_styles[self._style] = data
        elif name == "table-properties" and attributes.get("table:display") == "false":
            self._hidden_tables.add(self._style)

    def _start_table(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table":
            if self._table is None:
                hidden = attributes.get("table:style-name", "") in self._hidden_tables
                self._table = _TableWalk(self._name, attributes.get("table:name", ""), hidden)
        elif self._table is None:
            return
        elif name == "table-column":
            self._table.column(attributes)
        elif name == "table-row":
            self._table.row(attributes)
        elif name in ("table-cell", "covered-table-cell"):
            self._cell, self._paragraphs = attributes, []

    def _start_text(self, name: str, attributes: dict[str, str]) -> None:
        if name in ("p", "h"):
            self._pieces = []
        elif self._pieces is not None:
            if name == "s":
                self._pieces.append("\x00" * min(int(attributes.get("text:c", "1")), 1000))
            elif name in _MARKS:
                self._pieces.append(_MARKS[name])

    def _data(self, text: str) -> None:
        if self._pieces is not None and not self._aside:
            self._pieces.append(text)

    def _end(self, tag: str) -> None:
        if self._aside:
            self._aside -= 1
            return
        if tag in ("text:p", "text:h"):
            if self._pieces is not None:
                self._paragraphs.append(_paragraph("".join(self._pieces)))
            self._pieces = None
        elif self._table is not None:
            self._end_table(tag, self._table)

    def _end_table(self, tag: str, table: _TableWalk) -> None:
        if tag in ("table:table-cell", "table:covered-table-cell"):
            table.cell(self._cell, _value(self._cell, self._paragraphs, self._lasts(table)))
        elif tag == "table:table-row":
            table.end_row()
        elif tag == "table:table":
            self.sheets.append(table.sheet())
            self._table = None

    def _lasts(self, table: _TableWalk) -> bool:
        style = self._cell.get("table:style-name") or table.usual_style()
        return self._data_styles.get(style, "") in self._lasting


_MARKS = {"tab": "\x01", "line-break": "\x02"}


def _paragraph(text: str) -> str:
    """Blanks in the XML are one space; those that are meant have elements of their own."""
    text = re.sub("[ \t\r\n]+", " ", re.sub(r"\s*\n\s*$", "", text)).lstrip(" ")
    return text.translate({0: " ", 1: "\t", 2: "\n"})


class _TableWalk:
    """One table as its columns, rows and cells come."""

    def __init__(self, file: str, title: str, hidden: bool) -> None:
        self._title, self._hidden = title, hidden
        self._grid = Grid(file, title)
        self._height = self._repeats = self._width = 0
        self._cells: list[Cell] = []
        self._columns = 0
        self._hidden_rows: set[int] = set()
        self._hidden_columns: set[int] = set()
        self._styles: list[tuple[int, str]] = []
        self._merged: list[tuple[int, int, int, int]] = []

    def column(self, attributes: dict[str, str]) -> None:
        """Note a run of columns: whether it is hidden, and the style of cells that have none."""
        first, self._columns = self._columns, self._columns + _count(attributes, "columns")
        if attributes.get("table:visibility", "visible") != "visible":
            self._hidden_columns.update(range(first, min(self._columns, MAX_COLUMNS)))
        self._styles.append((self._columns, attributes.get("table:default-cell-style-name", "")))

    def row(self, attributes: dict[str, str]) -> None:
        """Begin a row, or a run of equal ones."""
        self._repeats, self._cells, self._width = _count(attributes, "rows"), [], 0
        if attributes.get("table:visibility", "visible") != "visible":
            self._hidden_rows.update(range(self._height, min(self._height + self._repeats, MAX_ROWS)))

    def usual_style(self) -> str:
        """Return the style of the column where the next cell stands."""
        return next((style for end, style in self._styles if self._width < end), "")

    def cell(self, attributes: dict[str, str], value: Cell) -> None:
        """Append a cell, or a run of equal ones, to the row."""
        count = _count(attributes, "columns")
        down = int(attributes.get("table:number-rows-spanned", "1"))
        right = int(attributes.get("table:number-columns-spanned", "1"))
        if (down > 1 or right > 1) and self._repeats == count == 1:
            self._merged.append((self._height, self._width, self._height + down - 1, self._width + right - 1))
        if value is not None:
            self._cells.extend([None] * min(self._width - len(self._cells), MAX_COLUMNS + 1))
            self._cells.extend([value] * min(count, MAX_COLUMNS + 1))
        self._width += count

    def end_row(self) -> None:
        """Put the row where it belongs, as often as it repeats."""
        self._grid.fill(self._height, self._repeats, self._cells)
        self._height += self._repeats

    def sheet(self) -> Sheet:
        """Return what was gathered."""
        return self._grid.sheet(self._hidden, self._hidden_rows, self._hidden_columns, self._merged)


def _count(attributes: dict[str, str], of: str) -> int:
    return max(1, int(attributes.get(f"table:number-{of}-repeated", "1")))


def _value(cell: dict[str, str], paragraphs: list[str], lasts: bool) -> Cell:
    text = "\n".join(paragraphs)
    kind = cell.get("office:value-type") or cell.get("calcext:value-type", "")
    formula = "table:formula" in cell
    if cell.get("calcext:value-type") == "error" or (formula and _ERROR.fullmatch(text)):
        return Unreadable(text or "错误值")
    if formula and not kind and not paragraphs:  # an empty text as result is stored as an empty paragraph
        return Unreadable("公式没有结果")
    stored = cell.get(_STORED.get(kind, ""), "")
    if kind == "boolean" or (kind == "float" and text in ("TRUE", "FALSE")):
        return stored in ("true", "1")
    if kind in ("float", "percentage", "currency"):
        return plain_cell(float(stored))
    if kind == "date":
        return _day(stored)
    if kind == "time":
        return _time(stored, lasts)
    return plain_cell(cell.get("office:string-value", text))


_STORED = {
    "float": "office:value", "percentage": "office:value", "currency": "office:value",
    "boolean": "office:boolean-value", "date": "office:date-value", "time": "office:time-value",
}  # fmt: skip


def _day(stored: str) -> Cell:
    """A stored day or moment; one that no calendar has stays visible as it is written."""
    moment = written_moment(stored)
    return Unreadable(stored or "错误值") if moment is None else day_or_moment(moment)


def _time(stored: str, lasts: bool) -> Cell:
    found = _PERIOD.fullmatch(stored)
    if not found:
        return Unreadable(stored or "错误值")
    sign, days, hours, minutes, seconds = found.groups("0")
    total = timedelta(days=int(days), hours=int(hours), minutes=int(minutes), microseconds=round(float(seconds) * 1e6))
    if lasts or sign == "-" or total >= timedelta(days=1):
        return -total if sign == "-" else total
    return (datetime.min + total).time()
