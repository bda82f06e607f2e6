"""How large a workbook may be beyond its bytes: sheets, columns and the length of their names."""

from __future__ import annotations

from dataclasses import replace

from unionplan.errors import IntakeError
from unionplan.intake.cells import Book, Sheet, Table
from unionplan.intake.problems import shown

MAX_SHEETS = 1_000
MAX_COLUMNS = 16_384
_ALLOWED_SHEETS = f"一个文件不超过 {MAX_SHEETS:,} 张工作表"


def require_few_sheets(count: int, name: str) -> None:
    """Raise IntakeError when a workbook lists more sheets than any office keeps; readers ask before they read them."""
    if count > MAX_SHEETS:
        raise IntakeError(
            name, f"有 {count:,} 张工作表", _ALLOWED_SHEETS, "请删去无关的工作表，或拆成几个文件后重新上传"
        )


def bounded(book: Book, name: str) -> Book:
    """Return the book with the names of its sheets made fit to be shown; raises IntakeError when it is too wide."""
    require_few_sheets(len(book.sheets), name)
    for sheet in book.sheets:
        if _width(sheet) > MAX_COLUMNS:
            where = f"工作表“{shown(sheet.name)}”" if sheet.name else ""
            raise IntakeError(
                name, f"{where}有 {_width(sheet):,} 列", f"一张表不超过 {MAX_COLUMNS:,} 列",
                "请检查是否选错了文件，或另存为 .xlsx 后重新上传",
            )  # fmt: skip
    return replace(book, sheets=[replace(sheet, name=shown(sheet.name)) for sheet in book.sheets])


def _width(sheet: Sheet) -> int:
    if isinstance(sheet.rows, Table):
        return len(sheet.rows.columns)
    return max(map(len, sheet.rows), default=0)
