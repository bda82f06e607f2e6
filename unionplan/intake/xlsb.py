"""Binary workbooks (.xlsb) → sheets, read record by record: error cells, hidden parts and merged ranges included."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

from unionplan.intake.cells import Cell, Sheet, Unreadable, plain_cell
from unionplan.intake.formula_roots import gives_no_text
from unionplan.intake.grid import MAX_COLUMNS, Grid
from unionplan.intake.package import Package, opened
from unionplan.intake.package_kinds import BROKEN
from unionplan.intake.refusals import damaged
from unionplan.intake.stages import announce_sheet
from unionplan.intake.xlsx_styles import BUILT_IN, PLAIN, Meanings, shown_as

_ERRORS = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
    43: "#GETTING_DATA",
}
_ROW, _SHEET, _PROPERTIES, _TEXT, _FORMAT, _STYLE, _COLUMN, _MERGED = 0, 156, 153, 19, 44, 47, 60, 176
_BEGIN_STYLES, _END_STYLES = 617, 618
_BLANK, _SHORT_BLANK = 1, 12
_SHORT = {13: 2, 14: 3, 15: 4, 16: 5, 17: 6, 18: 7}
"""Cells without a column of their own → the same kind with one."""


def xlsb_sheets(path: Path, name: str) -> list[Sheet]:
    """Return the worksheets, hidden ones too, of the .xlsb package at `path`; raises IntakeError for a damaged one."""
    try:
        with opened(path, name) as package:
            return list(_Workbook(package, name).sheets())
    except (*BROKEN, struct.error) as error:
        raise damaged(name) from error


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of a part: number and body; raises ValueError where one breaks off."""
    place, end = 0, len(data)
    while place < end:
        number = data[place]
        place += 1
        if number & 0x80:
            number = number & 0x7F | (data[place] & 0x7F) << 7
            place += 1
        length = shift = 0
        while True:
            byte = data[place]
            place += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 21:
                break
        if place + length > end:
            raise ValueError("a record breaks off")
        yield number, data[place : place + length]
        place += length


def _text_at(body: bytes, place: int) -> tuple[str, int]:
    """A text with its length before it, and where it ends; a missing one has the length 2³²−1."""
    (length,) = struct.unpack_from("<I", body, place)
    if length == 0xFFFFFFFF:
        return "", place + 4
    end = place + 4 + 2 * length
    if end > len(body):
        raise ValueError("a text breaks off")
    return body[place + 4 : end].decode("utf-16-le", "surrogatepass"), end


class _Workbook:
    """The parts that all sheets share."""

    def __init__(self, package: Package, name: str) -> None:
        self._package, self._name = package, name
        related = package.related("").values()
        self._book = next((part for kind, part in related if kind == "officeDocument"), "xl/workbook.bin")
        self._links = package.related(self._book)
        self._parts = {kind: part for kind, part in self._links.values() if part in package}
        self.since_1904 = False
        self.texts: list[Cell] = []
        self.meanings = Meanings()

    def sheets(self) -> Iterator[Sheet]:
        """Yield the worksheets in their order."""
        listed = [(title, *self._links.get(link, ("", "")), hidden) for title, link, hidden in self._listed()]
        listed = [(title, kind, part, hidden) for title, kind, part, hidden in listed if kind == "worksheet"]
        self.texts = list(self._shared_texts())
        self.meanings = Meanings(shown=self._styles() or [PLAIN], from_1904=self.since_1904)
        for number, (title, _, part, hidden) in enumerate(listed, start=1):
            announce_sheet(number, len(listed))
            yield _SheetWalk(self, self._name, title, hidden).read(self._package.read(part))

    def _listed(self) -> Iterator[tuple[str, str, bool]]:
        for number, body in _records(self._package.read(self._book)):
            if number == _PROPERTIES:
                self.since_1904 = bool(body[0] & 1)
            elif number == _SHEET:
                link, place = _text_at(body, 8)
                yield _text_at(body, place)[0], link, bool(struct.unpack_from("<I", body)[0])

    def _shared_texts(self) -> Iterator[Cell]:
        for number, body in self._records_of("sharedStrings"):
            if number == _TEXT:
                yield plain_cell(_text_at(body, 1)[0])

    def _records_of(self, kind: str) -> Iterator[tuple[int, bytes]]:
        return _records(self._package.read(self._parts[kind])) if kind in self._parts else iter(())

    def _styles(self) -> list[int]:
        """What each cell style shows a number as."""
        codes: dict[int, int] = {}
        kinds, listing = [], False
        for number, body in self._records_of("styles"):
            if number == _FORMAT:
                codes[struct.unpack_from("<H", body)[0]] = shown_as(_text_at(body, 2)[0])
            elif number in (_BEGIN_STYLES, _END_STYLES):
                listing = number == _BEGIN_STYLES
            elif number == _STYLE and listing:
                (shown_by,) = struct.unpack_from("<H", body, 2)
                kinds.append(codes.get(shown_by, BUILT_IN.get(shown_by, PLAIN)))
        return kinds


class _SheetWalk:
    """One worksheet, record by record."""

    def __init__(self, book: _Workbook, file: str, title: str, hidden: bool) -> None:
        self._book, self._title, self._hidden = book, title, hidden
        self._grid = Grid(file, title)
        self._row = self._column = -1
        self._hidden_rows: set[int] = set()
        self._hidden_columns: set[int] = set()
        self._merged: list[tuple[int, int, int, int]] = []

    def read(self, data: bytes) -> Sheet:
        """Return the sheet."""
        others = {_ROW: self._begin_row, _COLUMN: self._columns, _MERGED: self._merge}
        put = self._grid.put
        for number, body in _records(data):
            if number in _CELLS:
                self._column = int.from_bytes(body[:4], "little")
                put(self._row, self._column, self._value(number, body, 8))
            elif number in others:
                others[number](body)
            elif number == _BLANK:
                self._column = int.from_bytes(body[:4], "little")
            elif number == _SHORT_BLANK:
                self._column += 1
            elif number in _SHORT:
                self._column += 1
                put(self._row, self._column, self._value(_SHORT[number], body, 4))
        return self._grid.sheet(self._hidden, self._hidden_rows, self._hidden_columns, self._merged)

    def _begin_row(self, body: bytes) -> None:
        (self._row,) = struct.unpack_from("<I", body)
        self._column = -1
        if body[11] & 0x10:
            self._hidden_rows.add(self._row)

    def _columns(self, body: bytes) -> None:
        first, last = struct.unpack_from("<II", body)
        if body[16] & 1:
            self._hidden_columns.update(range(first, min(last, MAX_COLUMNS) + 1))

    def _merge(self, body: bytes) -> None:
        top, bottom, left, right = struct.unpack_from("<IIII", body)
        self._merged.append((top, left, bottom, right))

    def _value(self, number: int, body: bytes, place: int) -> Cell:
        if self._row < 0:
            raise ValueError("a cell before the first row")
        return _CELLS[number](self, body, place)

    def _serial(self, value: float, body: bytes, place: int) -> Cell:
        return self._book.meanings.number(value, int.from_bytes(body[place - 4 : place - 1], "little"))

    def _packed(self, body: bytes, place: int) -> Cell:
        """A number in 30 bits: a whole one or the upper half of a double, perhaps in hundredths."""
        (packed,) = struct.unpack_from("<i", body, place)
        value = (
            float(packed >> 2) if packed & 2 else struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
        )
        return self._serial(value / 100 if packed & 1 else value, body, place)

    def _double(self, body: bytes, place: int) -> Cell:
        return self._serial(struct.unpack_from("<d", body, place)[0], body, place)

    def _error(self, body: bytes, place: int) -> Cell:
        return Unreadable(_ERRORS.get(body[place], "错误值"))

    def _truth(self, body: bytes, place: int) -> Cell:
        return bool(body[place])

    def _text(self, body: bytes, place: int) -> Cell:
        return plain_cell(_text_at(body, place)[0])

    def _rich_text(self, body: bytes, place: int) -> Cell:
        return plain_cell(_text_at(body, place + 1)[0])

    def _shared(self, body: bytes, place: int) -> Cell:
        return self._book.texts[int.from_bytes(body[place : place + 4], "little")]

    def _formula_text(self, body: bytes, place: int) -> Cell:
        """A formula's text; an empty one that no text can be was never calculated."""
        text, end = _text_at(body, place)
        if not text and len(body) >= end + 6:
            (length,) = struct.unpack_from("<I", body, end + 2)
            if gives_no_text(body[end + 6 : end + 6 + length], wide=True):
                return Unreadable("公式没有结果")
        return plain_cell(text)


_CELLS: dict[int, Callable[[_SheetWalk, bytes, int], Cell]] = {
    2: _SheetWalk._packed,
    3: _SheetWalk._error,
    4: _SheetWalk._truth,
    5: _SheetWalk._double,
    6: _SheetWalk._text,
    7: _SheetWalk._shared,
    8: _SheetWalk._formula_text,
    9: _SheetWalk._double,
    10: _SheetWalk._truth,
    11: _SheetWalk._error,
    62: _SheetWalk._rich_text,
}
