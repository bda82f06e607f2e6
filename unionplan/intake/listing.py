"""The 问题清单 as a sheet, and a fresh workbook around it: the table as it was read, marked at the same addresses.

Written by type: text is never a formula or a link, however it begins.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
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
from unionplan.intake.marks import (
    AUTHOR,
    FILLS,
    GLYPHS,
    INK,
    LIST_HEADER,
    LIST_SHEET,
    WORDS,
    Line,
    Mark,
    anchored,
    lines,
    marked,
    plain,
)
from unionplan.intake.notes import box_lines
from unionplan.intake.problems import Problem

_FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter", "font_color": f"#{INK}"}
_BAND, _GRID, _PAPER = "#274C6B", "#BFC7CF", "#FFFFFF"
_WIDTHS = (11, 16, 12, 18, 24, 46, 42)
_MOST_LINKS, _LONGEST_CELL = 60_000, 32_767
_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_ADVICE = (
    "“须改正”的改好后重新上传；“请核对”的核实无误、写明理由后可以入库；“已处理”的无需再动。"
    "点“单元格”一列，可跳到表中的位置；表中有底色的单元格带有批注。"
)
FULL_CELLS = 300_000
"""Up to this many cells a fresh workbook holds the whole table; beyond it the heads and the marked rows only."""


def list_bytes(title: str, found: Sequence[Line], name: str, left: Mapping[str, int]) -> tuple[bytes, int]:
    """Return a workbook that holds nothing but the list, and the list's last row from 1."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {**_OPTIONS, "constant_memory": True}) as book:
        last = _write_list(book, title, found, name, left)
    return out.getvalue(), last


def _write_list(book: Workbook, title: str, found: Sequence[Line], name: str, left: Mapping[str, int], more: str = "") -> int:  # fmt: skip
    sheet = book.add_worksheet(title)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    _write_head(book, sheet, found, name, left, more)
    _write_lines(book, sheet, found)
    last = 4 + max(1, len(found))
    sheet.autofilter(3, 0, last - 1, len(LIST_HEADER) - 1)
    sheet.freeze_panes(4, 0)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(3)
    sheet.set_margins(0.4, 0.4, 0.5, 0.6)
    sheet.set_footer("&C&9第 &P 页，共 &N 页")
    sheet.activate()
    return last


def _write_head(book: Workbook, sheet: Worksheet, found: Sequence[Line], name: str, left: Mapping[str, int], more: str) -> None:  # fmt: skip
    title = book.add_format({**_FONT, "bold": True, "font_size": 16, "font_color": _BAND})
    soft = book.add_format({**_FONT, "valign": "vcenter"})
    head = book.add_format(
        {**_FONT, "bold": True, "bg_color": _BAND, "font_color": _PAPER, "border": 1, "border_color": _BAND}
    )
    sheet.set_row(0, 34)
    sheet.write_string(0, 0, LIST_SHEET, title)
    sheet.set_row(1, 20)
    sheet.write_string(1, 0, f"{plain(name)}：{_counts(found)}", soft)
    rest = "".join(
        f"工作表“{plain(title)}”要标的单元格较多，只标出前面的，另有 {count:,} 处只列在下表。"
        for title, count in left.items()
    )
    sheet.set_row(2, 20)
    sheet.write_string(2, 0, more + rest + _ADVICE, soft)
    sheet.set_row(3, 24)
    for column, words in enumerate(LIST_HEADER):
        sheet.write_string(3, column, words, head)


def _counts(found: Sequence[Line]) -> str:
    counts = {severity: sum(line.severity == severity for line in found) for severity in WORDS}
    words = "　".join(
        f"{GLYPHS[severity]} {WORDS[severity]} {count:,} 处" for severity, count in counts.items() if count
    )
    return words or "没有发现问题"


def _write_lines(book: Workbook, sheet: Worksheet, found: Sequence[Line]) -> None:
    look = {**_FONT, "border": 1, "border_color": _GRID, "text_wrap": True}
    text = book.add_format(look)
    link = book.add_format({**look, "font_color": _BAND, "underline": 1})
    levels = {
        severity: book.add_format({**look, "bold": True, "bg_color": f"#{fill}"}) for severity, fill in FILLS.items()
    }
    if not found:
        sheet.write_string(4, 0, "—", text)
    for row, line in enumerate(found, start=4):
        sheet.set_row(row, _height(line.texts))
        for column, words in enumerate(line.texts):
            if column == 2 and line.link and row < _MOST_LINKS:
                sheet.write_url(row, column, f"internal:{line.link}", link, string=words)
            else:
                sheet.write_string(row, column, words, levels[line.severity] if column == 0 else text)


def _height(texts: Sequence[str]) -> float:
    """A row's height in points that shows every text, wrapped to its column."""
    deepest = max(-(-_breadth(words) // (width - 1)) for words, width in zip(texts, _WIDTHS, strict=True))
    return min(8 + 15 * max(1, deepest), 400)


def _breadth(text: str) -> int:
    """How many digits' width a text takes; a Chinese character is as wide as two."""
    return sum(1 if char.isascii() else 2 for char in text)


@dataclass(frozen=True)
class Head:
    """Where a sheet's header stands: its first row from 1 and how many rows it has."""

    row: int
    depth: int


def fresh(
    target: Path, sheets: Sequence[Sheet], problems: Sequence[Problem], name: str, heads: Mapping[str, Head]
) -> None:
    """Write a workbook with the sheets as they were read, the problems marked at their addresses, and the list."""
    titles = dict(zip((sheet.name for sheet in sheets), _titles(sheets), strict=True))
    marks, left = marked(problems)
    whole = (
        sum(len(sheet.rows) * max((len(row) for row in sheet.rows[:200]), default=0) for sheet in sheets) <= FULL_CELLS
    )
    with xlsxwriter.Workbook(target, {**_OPTIONS, "constant_memory": not whole}) as book:
        for sheet in sheets:
            table = _Table(book, sheet, anchored(marks.get(sheet.name, {}), _from_one(sheet)), heads.get(sheet.name))
            table.write(book.add_worksheet(titles[sheet.name]), whole)
        more = "" if whole else "表格很大，这里只列表头和有问题的行，不能代替原表上报。"
        hidden = [titles[sheet.name] for sheet in sheets if sheet.hidden]
        _write_list(book, _free(LIST_SHEET, titles.values()), lines(problems, titles, hidden), name, left, more)


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


def _free(name: str, taken: object) -> str:
    known = {title.casefold() for title in taken}  # type: ignore[attr-defined]
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
        self.formats: dict[tuple[str, str, bool], Format] = {}

    def write(self, sheet: Worksheet, whole: bool) -> None:
        """Write the sheet, whole or only its head and the rows with marks; the others are then not shown."""
        marked_rows = set(self.widest)
        until = self.head.stop
        rows = (
            range(len(self.source.rows))
            if whole
            else sorted({*range(until), *marked_rows} & set(range(len(self.source.rows))))
        )
        shown = [self.source.rows[row] for row in rows[:200]]
        for column in range(min(max(map(len, shown), default=0), 200)):
            texts = [str(row[column]) for row in shown if column < len(row) and row[column] is not None]
            sheet.set_column(column, column, min(40, max((_breadth(text) + 2 for text in texts), default=8)))
        if not whole:
            sheet.set_default_row(hide_unused_rows=True)
        for row in sorted({*rows, *marked_rows}):
            self._write_row(sheet, row)
        if whole:
            self._merge(sheet)
        if self.head:
            sheet.freeze_panes(until, 0)
        for (row, column), mark in self.marks.items():
            box = {
                "author": AUTHOR,
                "width": 300,
                "height": 10 + 18 * box_lines(mark),
                "font_name": "微软雅黑",
                "font_size": 9,
            }
            sheet.write_comment(row - 1, column - 1, mark.text, box)

    def _write_row(self, sheet: Worksheet, row: int) -> None:
        cells = self.source.rows[row] if row < len(self.source.rows) else []
        for column in range(max(len(cells), self.widest.get(row, 0))):
            cell = cells[column] if column < len(cells) else None
            mark = self.marks.get((row + 1, column + 1))
            self._write_cell(sheet, (row, column), cell, mark.severity if mark else "")

    def _write_cell(self, sheet: Worksheet, at: tuple[int, int], cell: Cell, severity: str) -> None:
        kind = _kind(cell)
        look = self._format(kind, severity, at[0] in self.head)
        if cell is None:
            if severity:
                sheet.write_blank(*at, None, look)
        elif kind == "number":
            sheet.write_number(*at, cell, look)
        elif kind == "truth":
            sheet.write_boolean(*at, cell, look)
        elif kind:
            sheet.write_datetime(*at, cell, look)
        else:
            sheet.write_string(*at, _text(cell), look)

    def _format(self, kind: str, severity: str, heading: bool) -> Format:
        key = (kind, severity, heading)
        if key not in self.formats:
            look = {**_FONT, **({"num_format": _FORMATS[kind]} if kind in _FORMATS else {})}
            look |= (
                {"bold": True, "text_wrap": True, "bg_color": "#E6EBF0", "border": 1, "border_color": _GRID}
                if heading
                else {}
            )
            self.formats[key] = self.book.add_format(look | ({"bg_color": f"#{FILLS[severity]}"} if severity else {}))
        return self.formats[key]

    def _merge(self, sheet: Worksheet) -> None:
        for first, left, last, right in self.source.merged[:2_000]:
            if (last, right) > (first, left) and last < 1_048_576 and right < 16_384:
                with suppress(XlsxWriterException):
                    mark = self.marks.get((first + 1, left + 1))
                    severity = mark.severity if mark else ""
                    cell = (
                        self.source.rows[first][left]
                        if first < len(self.source.rows) and left < len(self.source.rows[first])
                        else None
                    )
                    sheet.merge_range(
                        first, left, last, right, "", self._format(_kind(cell), severity, first in self.head)
                    )
                    self._write_cell(sheet, (first, left), cell, severity)


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
