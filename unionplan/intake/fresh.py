"""A fresh workbook in place of the clerk's own: the table as it was read, marked at the same addresses, and the list.

Written by type: text is never a formula or a link, however it begins.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from unionplan.intake.cells import Cell, Sheet, Unreadable
from unionplan.intake.listing import FONT, GRID, OPTIONS, breadth, write_list
from unionplan.intake.marks import AUTHOR, FILLS, LIST_SHEET, Mark, anchored, is_list, lines, marked, plain
from unionplan.intake.notes import box_lines
from unionplan.intake.problems import Problem

FULL_CELLS = 300_000
"""Up to this many cells a fresh workbook holds the whole table; beyond it the heads and the marked rows only."""
_MOST_MERGED, _LONGEST_CELL = 2_000, 32_767
_HEADING = {"bold": True, "text_wrap": True, "bg_color": "#E6EBF0", "border": 1, "border_color": GRID}


@dataclass(frozen=True)
class Head:
    """Where a sheet's header stands: its first row from 1 and how many rows it has."""

    row: int
    depth: int


def write_fresh(
    target: Path, sheets: Sequence[Sheet], problems: Sequence[Problem], name: str, heads: Mapping[str, Head]
) -> None:
    """Write a workbook with the sheets as they were read, the problems marked at their addresses, and the list."""
    sheets = [sheet for sheet in sheets if not is_list(sheet.rows)]
    titles = _titles(sheets)
    marks, left = marked(problems)
    whole = (
        sum(len(sheet.rows) * max((len(row) for row in sheet.rows[:200]), default=0) for sheet in sheets) <= FULL_CELLS
    )
    with xlsxwriter.Workbook(target, {**OPTIONS, "constant_memory": not whole}) as book:
        for sheet, title in zip(sheets, titles, strict=True):
            table = _Table(book, sheet, anchored(marks.get(sheet.name, {}), _from_one(sheet)), heads.get(sheet.name))
            own = book.add_worksheet(title)
            table.write(own, whole)
            if sheet.hidden and sheet.name not in marks:
                own.hide()
        remark = () if whole else ("表格很大，这里只列表头和有问题的行，请在原表上改正后上传。",)
        named: dict[str, str] = {}
        for sheet, title in zip(sheets, titles, strict=True):
            named.setdefault(sheet.name, title)
        write_list(book, _free(LIST_SHEET, titles), lines(problems, named), name, left, *remark)


def _from_one(sheet: Sheet) -> Iterator[tuple[int, int, int, int]]:
    for first, left, last, right in sheet.merged:
        yield first + 1, left + 1, last + 1, right + 1


def _titles(sheets: Sequence[Sheet]) -> list[str]:
    """The sheets' names as a workbook allows them: no forbidden signs, at most 31 characters, no two alike."""
    taken: list[str] = []
    for sheet in sheets:
        name = re.sub(r"[\[\]:*?/\\]", "_", plain(sheet.name))[:31].strip("'") or "表格"
        taken.append(_free(name, taken))
    return taken


def _free(name: str, taken: Collection[str]) -> str:
    known = {title.casefold() for title in taken}
    names = [name, *(f"{name[:26]}{number}" for number in range(2, 10_000))]
    return next(one for one in names if one.casefold() not in known and one.casefold() != "history")


class _Table:
    """One sheet of a fresh workbook: its cells by type, its header lifted out, its marks."""

    def __init__(self, book: Workbook, sheet: Sheet, marks: Mapping[tuple[int, int], Mark], head: Head | None) -> None:
        self.book, self.source, self.marks = book, sheet, marks
        self.head = range(head.row - 1, head.row - 1 + head.depth) if head else range(0)
        self.widest: dict[int, int] = {}
        for row, column in sorted(marks):
            self.widest[row - 1] = column
        self.formats: dict[tuple[str, str, bool, bool], Format] = {}

    def write(self, sheet: Worksheet, whole: bool) -> None:
        """Write the sheet, whole or only its head and the rows with marks; the others are then not shown."""
        marked_rows = set(self.widest)
        until = self.head.stop
        height = len(self.source.rows)
        rows = range(height) if whole else sorted(row for row in {*range(until), *marked_rows} if row < height)
        self._set_page(sheet, [self.source.rows[row] for row in rows if row >= self.head.start][:200])
        if not whole:
            sheet.set_default_row(hide_unused_rows=True)
        for row in sorted({*rows, *marked_rows}):
            self._write_row(sheet, row)
        if whole:
            self._merge(sheet)
        if self.head:
            sheet.freeze_panes(until, 0)

    def _set_page(self, sheet: Worksheet, rows: Sequence[Sequence[Cell]]) -> None:
        """Columns as wide as their first texts, within reason; printed across, as wide as the paper."""
        for column in range(min(max(map(len, rows), default=0), 200)):
            texts = [str(row[column]) for row in rows if column < len(row) and row[column] is not None]
            sheet.set_column(column, column, min(40, max((breadth(text) + 2 for text in texts), default=8)))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        if self.head:
            sheet.repeat_rows(self.head.start, self.head.stop - 1)

    def _write_row(self, sheet: Worksheet, row: int) -> None:
        cells = self.source.rows[row] if row < len(self.source.rows) else []
        for column in range(max(len(cells), self.widest.get(row, 0))):
            cell = cells[column] if column < len(cells) else None
            mark = self.marks.get((row + 1, column + 1))
            if mark or cell is not None:
                look = self._format(_kind(cell), mark.severity if mark else "", row in self.head)
                self._put(sheet, (row, column), cell, look)
            if mark:
                self._comment(sheet, (row, column), mark)

    def _comment(self, sheet: Worksheet, at: tuple[int, int], mark: Mark) -> None:
        size = {"width": 300, "height": 10 + 18 * box_lines(mark)}
        sheet.write_comment(*at, mark.text, {"author": AUTHOR, "font_name": "微软雅黑", "font_size": 9, **size})

    def _put(self, sheet: Worksheet, at: tuple[int, int], cell: Cell, look: Format) -> None:
        kind = _kind(cell)
        if cell is None:
            sheet.write_blank(*at, None, look)
        elif kind == "number":
            sheet.write_number(*at, cell, look)
        elif kind == "truth":
            sheet.write_boolean(*at, cell, look)
        elif kind:
            sheet.write_datetime(*at, cell, look)
        else:
            sheet.write_string(*at, _text(cell), look)

    def _format(self, kind: str, severity: str, heading: bool, centred: bool = False) -> Format:
        key = (kind, severity, heading, centred)
        if key not in self.formats:
            look = {**FONT, **({"num_format": _FORMATS[kind]} if kind in _FORMATS else {})}
            look |= (_HEADING if heading else {}) | ({"align": "center"} if centred else {})
            self.formats[key] = self.book.add_format(look | ({"bg_color": f"#{FILLS[severity]}"} if severity else {}))
        return self.formats[key]

    def _merge(self, sheet: Worksheet) -> None:
        for first, left, last, right in self.source.merged[:_MOST_MERGED]:
            if (last, right) > (first, left) and last < 1_048_576 and right < 16_384:
                row = self.source.rows[first] if first < len(self.source.rows) else []
                cell = row[left] if left < len(row) else None
                mark = self.marks.get((first + 1, left + 1))
                look = self._format(_kind(cell), mark.severity if mark else "", first in self.head, right > left)
                with suppress(XlsxWriterException):  # ranges that overlap
                    sheet.merge_range(first, left, last, right, "", look)
                    self._put(sheet, (first, left), cell, look)


_FORMATS = {"date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss", "time": "hh:mm:ss", "duration": "[h]:mm:ss"}


def _kind(cell: Cell) -> str:
    """How a cell is written: as number, truth, or one of _FORMATS; empty for text and for what no cell can hold."""
    if isinstance(cell, bool):
        return "truth"
    if isinstance(cell, int | float):
        return "number" if abs(cell) <= 2**53 else ""
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        return ("date" if midnight else "moment") if cell.year >= 1900 else ""
    if isinstance(cell, date):
        return "date" if cell.year >= 1900 else ""
    if isinstance(cell, time):
        return "time"
    return "duration" if isinstance(cell, timedelta) and cell >= timedelta(0) else ""


def _text(cell: Cell) -> str:
    text = cell.text if isinstance(cell, Unreadable) else str(cell)
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 10] + "…（原文过长）"
