"""The columns of a sheet while it is read: cells come in any order and leave as coded columns or as rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from unionplan.intake.cells import Cell, Coded, Table

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
MAX_AREA = 120_000_000
"""Rows × filled columns that are held at once; a stray cell in a far corner stays below it."""
SMALL = 200_000
"""Rows × columns up to which a sheet is held row by row."""


class FarCellsError(Exception):
    """The filled cells lie so far apart that the sheet cannot be held."""


class Columns:
    """The columns as they grow: rows and codes of every piece, and each column's distinct cells."""

    def __init__(self) -> None:
        self.height = 0
        self.hidden: list[int] = []
        self._rows: dict[int, list[NDArray[np.int32]]] = {}
        self._codes: dict[int, list[NDArray[np.int32]]] = {}
        self._shared: dict[int, NDArray[np.int32]] = {}
        self._known: dict[int, tuple[dict[str, int], dict[tuple[type, Cell], int], list[Cell]]] = {}

    def code(self, column: int, cell: Cell) -> int:
        """Return the code of a cell in its column, -1 for an empty one."""
        return self.coded_as(column, (cell,))[0]

    def coded_as(self, column: int, cells: Iterable[Cell]) -> list[int]:
        """Return the codes of cells in their column; 1, 1.0, True and "1" stay apart."""
        texts, others, values = self._known.setdefault(column, ({}, {}, []))
        codes = []
        for cell in cells:
            if type(cell) is str:
                code = texts.setdefault(cell, len(values))
            elif cell is None:
                code = -1
            else:
                code = others.setdefault((type(cell), cell), len(values))
            if code == len(values):
                values.append(cell)
            codes.append(code)
        return codes

    def shared_as(self, column: int, numbers: NDArray[np.int64], shared: Sequence[str]) -> NDArray[np.int32]:
        """Return the codes of shared strings in a column by their numbers; raises IndexError for one that is none.

        A text that stands twice among the shared strings has two codes.
        """
        if len(numbers) and int(numbers.max()) >= len(shared):
            raise IndexError(int(numbers.max()))
        if column not in self._shared:
            self._shared[column] = np.full(len(shared), -2, np.int32)
        codes = self._shared[column]
        _, _, values = self._known.setdefault(column, ({}, {}, []))
        new = np.unique(numbers[codes[numbers] == -2])
        texts = [shared[number] for number in new.tolist()]
        filled = np.fromiter((not text.isspace() and text != "" for text in texts), bool, len(texts))
        codes[new] = -1
        codes[new[filled]] = np.arange(len(values), len(values) + int(filled.sum()))
        values.extend(texts if filled.all() else [text for text in texts if text.strip()])
        return codes[numbers]

    def put(self, column: int, rows: NDArray[np.int64], codes: NDArray[np.int32]) -> None:
        """Place codes at rows of a column."""
        filled = codes >= 0
        if filled.any():
            self._rows.setdefault(column, []).append(rows[filled].astype(np.int32))
            self._codes.setdefault(column, []).append(codes[filled])
            self.height = max(self.height, int(rows[filled].max()) + 1)

    @property
    def width(self) -> int:
        """How many columns there are up to the last one that holds anything."""
        return max(self._rows, default=-1) + 1

    def coded(self) -> list[Coded]:
        """Return the columns from the first to the last one that holds anything."""
        empty = np.full(self.height, -1, np.int32)
        return [self._column(index, empty) for index in range(self.width)]

    def _column(self, index: int, empty: NDArray[np.int32]) -> Coded:
        if index not in self._rows:
            return Coded(empty, [])
        codes = empty.copy()
        codes[np.concatenate(self._rows[index])] = np.concatenate(self._codes[index])
        return Coded(codes, self._known[index][2])

    def rows(self, small: int = SMALL) -> Sequence[list[Cell]]:
        """Return the sheet's rows: a list where it is small, a Table of columns where it is not.

        Raises FarCellsError.
        """
        if self.height * len(self._rows) > MAX_AREA:
            raise FarCellsError
        table = Table(self.coded(), self.height)
        return list(table) if self.height * len(table.columns) <= small else table
