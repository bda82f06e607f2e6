"""How large a workbook may be beyond its bytes: sheets, columns and the length of their names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from unionplan.errors import IntakeError
from unionplan.intake.cells import Book, Cell, Sheet, Table
from unionplan.intake.problems import shown
from unionplan.intake.texts import Texts

MAX_SHEETS = 1_000
MAX_COLUMNS = 16_384
MAX_TEXT = 32_767
"""Columns of a sheet and letters of a cell that Excel itself can hold."""
_ALLOWED_SHEETS = f"一个文件不超过 {MAX_SHEETS:,} 张工作表"


def require_few_sheets(count: int, name: str) -> None:
    """Raise IntakeError when a workbook lists more sheets than any office keeps; readers ask before they read them."""
    if count > MAX_SHEETS:
        raise IntakeError(
            name, f"有 {count:,} 张工作表", _ALLOWED_SHEETS, "请删去无关的工作表，或拆成几个文件后重新上传"
        )


def bounded(book: Book, name: str) -> Book:
    """Return the book, its sheets named as they can be shown; raises IntakeError for too many columns or letters."""
    require_few_sheets(len(book.sheets), name)
    for sheet in book.sheets:
        where = f"工作表“{shown(sheet.name)}”的" if sheet.name else ""
        if _width(sheet) > MAX_COLUMNS:
            raise IntakeError(
                name, f"{where}列数异常地多", f"一张表不超过 {MAX_COLUMNS:,} 列",
                "请检查是否选错了文件，或另存为 .xlsx 后重新上传",
            )  # fmt: skip
        if _longest(sheet) > MAX_TEXT:
            raise IntakeError(
                name, f"{where}一个单元格里的文字异常地长", f"一个单元格不超过 {MAX_TEXT:,} 个字",
                "请检查是否选错了文件，或删去过长的文字后重新上传",
            )  # fmt: skip
    return replace(book, sheets=[replace(sheet, name=shown(sheet.name)) for sheet in book.sheets])


def _longest(sheet: Sheet) -> int:
    """How long the longest text is; of a sheet held by column only distinct ones are looked at."""
    if isinstance(sheet.rows, Table):
        return max((_longest_among(column.values) for column in sheet.rows.columns), default=0)
    return max((len(cell) for row in sheet.rows for cell in row if isinstance(cell, str)), default=0)


def _longest_among(values: Sequence[Cell]) -> int:
    if isinstance(values, Texts):
        return int(values.lengths.max(initial=0))
    return max(map(len, _texts_among(values)), default=0)


def _texts_among(values: Sequence[Cell]) -> Iterable[str]:
    return values if set(map(type, values)) == {str} else [cell for cell in values if isinstance(cell, str)]  # type: ignore[return-value]


def _width(sheet: Sheet) -> int:
    if isinstance(sheet.rows, Table):
        return len(sheet.rows.columns)
    return max(map(len, sheet.rows), default=0)
