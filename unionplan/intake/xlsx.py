""".xlsx and .xlsm → sheets: hidden ones too, every cell as it was stored, under caps that keep a package small.

Plain sheets are read over whole arrays, unusual ones cell by cell; which one it was cannot be told from the
result. Nothing is looked up outside the package.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from unionplan.errors import IntakeError
from unionplan.intake.bounds import require_few_sheets
from unionplan.intake.cells import Sheet
from unionplan.intake.columns import SMALL, Columns, FarCellsError
from unionplan.intake.package import Package, opened
from unionplan.intake.refusals import ALLOWED, SAVE_AS, damaged
from unionplan.intake.stages import announce_sheet
from unionplan.intake.xlsx_cells import UnusualError, read_cells
from unionplan.intake.xlsx_exact import Frame, read_exactly
from unionplan.intake.xlsx_styles import Meanings, parse, strings_of, styles_of

_BROKEN = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, LookupError, EOFError, ValueError, NotImplementedError,
    RuntimeError, OverflowError,
)  # fmt: skip
"""What a package that contradicts itself may raise; NotImplementedError and RuntimeError are zipfile's own."""

_ROOM = 1_000_000
"""Merged cells beyond the filled ones that an honest sheet may have."""


@dataclass(frozen=True)
class _Listed:
    """One worksheet of the workbook's list."""

    title: str
    part: str
    hidden: bool


def xlsx_sheets(path: Path, name: str, small: int = SMALL) -> Iterator[Sheet]:
    """Yield the worksheets of the .xlsx file at `path`; raises IntakeError for what it is instead.

    `small`: rows × columns up to which a sheet is held row by row.
    """
    try:
        with opened(path, name) as package:
            book = _workbook_part(package)
            if book not in package:
                raise IntakeError(name, f"这是{_package_kind(package)}，不是 .xlsx 表格", ALLOWED, SAVE_AS)
            listed, meanings = _workbook(package, book)
            require_few_sheets(len(listed), name)
            for number, sheet in enumerate(listed, start=1):
                announce_sheet(number, len(listed))
                yield _sheet(package, sheet, meanings, small)
    except FarCellsError:
        raise IntakeError(
            name, "有内容的单元格相距太远，表格范围异常地大", "行数乘以有内容的列数不超过 1.2 亿",
            "请删去远处的空行空列后另存为新的 .xlsx",
        ) from None  # fmt: skip
    except _BROKEN as error:
        raise damaged(name) from error


def _workbook_part(package: Package) -> str:
    kinds = package.related("").values()
    return next((part for kind, part in kinds if kind == "officeDocument"), "xl/workbook.xml")


def _workbook(package: Package, book: str) -> tuple[list[_Listed], Meanings]:
    """The worksheets in the order of their tabs, and what cells of this workbook mean."""
    links, sheets, from_1904 = package.related(book), list[_Listed](), [False]

    def start(tag: str, attributes: dict[str, str]) -> None:
        element = tag.rpartition(":")[2]
        if element == "workbookPr":
            from_1904[0] = attributes.get("date1904") in ("1", "true")
        elif element == "sheet":
            link = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            kind, part = links.get(link, ("", ""))
            if kind == "worksheet" and part in package:
                hidden = attributes.get("state", "visible") != "visible"
                sheets.append(_Listed(attributes.get("name", ""), part, hidden))

    parse(package.read(book), start)
    parts = {kind: part for kind, part in links.values() if part in package}
    shared = strings_of(package.read(parts["sharedStrings"])) if "sharedStrings" in parts else []
    shown = styles_of(package.read(parts["styles"])) if "styles" in parts else [0]
    return sheets, Meanings(shared, shown, from_1904[0])


def _sheet(package: Package, listed: _Listed, meanings: Meanings, small: int) -> Sheet:
    columns, frame = _read(package, listed.part, meanings)
    rows = columns.rows(small)
    width = columns.width
    hidden = sorted({index for first, last in frame.hidden for index in range(first, min(last + 1, width))})
    return Sheet(
        listed.title, rows, _merged(frame, columns.height, width), listed.hidden,
        tuple(row for row in sorted(set(columns.hidden)) if row < columns.height), tuple(hidden),
    )  # fmt: skip


def _read(package: Package, part: str, meanings: Meanings) -> tuple[Columns, Frame]:
    try:
        with package.open(part) as piece:
            columns, around = read_cells(piece, meanings)
        frame = Frame()
        parse(around, lambda tag, attributes: frame.start(tag.rpartition(":")[2], attributes))
        return columns, frame
    except (UnusualError, ValueError, IndexError):  # whatever is wrong or unusual, the exact reader decides
        with package.open(part) as piece:
            return read_exactly(piece, meanings)


def _merged(frame: Frame, height: int, width: int) -> tuple[tuple[int, int, int, int], ...]:
    """The merged ranges that begin inside the sheet; where they cover it many times over, none is meant."""
    kept = [merged for merged in frame.merged if merged[0] < height and merged[1] < width]
    area = sum((bottom - top + 1) * (right - left + 1) for top, left, bottom, right in kept)
    return tuple(kept) if area <= 4 * height * width + _ROOM else ()


_KINDS = (
    (r"word/", " Word 文档"), (r"ppt/", "演示文稿"), (r"xl/workbook\.bin$", " .xlsb 表格"),
    (r"content\.xml$", " .ods 或其他开放文档"),
)  # fmt: skip


def _package_kind(package: Package) -> str:
    names = package.names()
    return next((words for mark, words in _KINDS if any(re.match(mark, name) for name in names)), "压缩包")
