"""A worksheet's XML → cells, one by one: the reader for every way in which a sheet may be written."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import IO, Any
from xml.parsers import expat

import numpy as np

from unionplan.intake.columns import MAX_COLUMN, MAX_ROW, Columns
from unionplan.intake.xlsx_styles import Meanings, refuse_doctype

_PIECE = 2**20
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_TRUE = ("1", "true")


class Frame:
    """What stands around the cells: merged ranges, hidden columns (from 0, as first and last)."""

    def __init__(self) -> None:
        self.merged: list[tuple[int, int, int, int]] = []
        self.hidden: list[tuple[int, int]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take in one element of the frame."""
        if name == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            (top, left), (bottom, right) = place_of(first), place_of(last or first)
            self.merged.append((min(top, bottom), min(left, right), max(top, bottom), max(left, right)))
        elif name == "col" and attributes.get("hidden") in _TRUE:
            self.hidden.append((int(attributes["min"]) - 1, int(attributes["max"]) - 1))


def place_of(reference: str) -> tuple[int, int]:
    """Return row and column from 0 of a cell's name; raises ValueError beyond the grid."""
    found = _REFERENCE.fullmatch(reference)
    if not found:
        raise ValueError(reference)
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    row = int(found[2])
    if not (1 <= row <= MAX_ROW and column <= MAX_COLUMN):
        raise ValueError(reference)
    return row - 1, column - 1


class _Walker(Frame):
    """The state of the walk: where it is, and the cell that is being read."""

    def __init__(self, meanings: Meanings) -> None:
        super().__init__()
        self.meanings, self.columns = meanings, Columns()
        self.rows: dict[int, tuple[list[int], list[int]]] = {}
        self._row = self._column = -1
        self._cell: dict[str, str] = {}
        self._formula = False
        self._texts: list[str] | None = None
        self._value: list[str] = []
        self._silent = 0
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            "row": self._start_row, "c": self._start_cell, "f": self._start_formula, "v": self._start_text,
            "t": self._start_text, "rPh": self._silence,
        }  # fmt: skip

    def start_element(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        (self._starts.get(name) or (lambda found: self.start(name, found)))(attributes)

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row, self._column = int(attributes.get("r", self._row + 2)) - 1, -1
        if attributes.get("hidden") in _TRUE:
            self.columns.hidden.append(self._row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._cell, self._formula, self._value = attributes, False, []
        if "r" in attributes:
            self._row, self._column = place_of(attributes["r"])
        else:
            self._column += 1
            if not (0 <= self._row < MAX_ROW and self._column < MAX_COLUMN):
                raise ValueError(self._column)

    def _start_formula(self, _: dict[str, str]) -> None:
        self._formula = True

    def _start_text(self, _: dict[str, str]) -> None:
        self._texts = []

    def _silence(self, _: dict[str, str]) -> None:
        self._silent += 1

    def data(self, text: str) -> None:
        if self._texts is not None and not self._silent:
            self._texts.append(text)

    def end_element(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in ("v", "t") and self._texts is not None:
            self._value += self._texts
            self._texts = None
        elif name == "rPh":
            self._silent -= 1
        elif name == "c":
            self._put()

    def _put(self) -> None:
        kind, style = self._cell.get("t", "n"), int(self._cell.get("s", 0))
        cell = self.meanings.cell(kind, "".join(self._value), style, self._formula)
        if cell is not None:
            rows, codes = self.rows.setdefault(self._column, ([], []))
            rows.append(self._row)
            codes.append(self.columns.code(self._column, cell))


def read_exactly(part: IO[bytes], meanings: Meanings) -> tuple[Columns, Frame]:
    """Return the cells of an opened worksheet part and what stands around them.

    Raises expat.ExpatError, ValueError or IndexError where it contradicts itself.
    """
    walker = _Walker(meanings)
    parser: Any = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = walker.start_element, walker.end_element
    parser.CharacterDataHandler = walker.data
    parser.StartDoctypeDeclHandler = refuse_doctype
    while piece := part.read(_PIECE):
        parser.Parse(piece, False)
    parser.Parse(b"", True)
    for column, (rows, codes) in walker.rows.items():
        walker.columns.put(column, np.array(rows, np.int64), np.array(codes, np.int32))
    return walker.columns, walker
