"""Which kind of document a zip package holds: a spreadsheet of three kinds, or what it is instead."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from xml.parsers import expat

from unionplan.errors import IntakeError
from unionplan.intake.package import Package, opened
from unionplan.intake.refusals import ALLOWED, PASTE, SAVE_AS, UNPACK, damaged, locked, this_is

_TABLES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods", ".csv", ".tsv")
_OPEN_DOCUMENTS = {
    "text": ("开放文档文字（.odt）", PASTE),
    "presentation": ("开放文档演示文稿（.odp）", PASTE),
    "graphics": ("开放文档绘图（.odg）", PASTE),
}


def package_kind(path: Path, name: str) -> str:
    """Return xlsx, xlsb or ods for the package at `path`; raises IntakeError naming what it is instead."""
    try:
        if _is_locked(path):
            raise IntakeError(name, "这是加了密码的压缩包", ALLOWED, "请输入密码解压后，上传里面的表格")
        with opened(path, name) as package:
            return _table_kind(package, name) or _refuse(set(package.names()), name)
    except BROKEN as error:
        raise damaged(name) from error


BROKEN = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, KeyError, IndexError, EOFError, ValueError, OSError,
    NotImplementedError, RuntimeError, OverflowError,
)  # fmt: skip
"""What reading a package that contradicts itself may raise."""


def _is_locked(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return any(entry.flag_bits & 1 for entry in archive.infolist())


def _table_kind(package: Package, name: str) -> str:
    """Return the kind of spreadsheet, "" for anything else; an encrypted .ods is known by its manifest."""
    book = next((part for kind, part in package.related("").values() if kind == "officeDocument"), "")
    if "xl/workbook.bin" in package or (book.lower().endswith(".bin") and book in package):
        return "xlsb"
    if "xl/workbook.xml" in package or (book in package and not book.startswith(("word/", "ppt/", "visio/"))):
        return "xlsx"
    if "encrypted-package" in package:
        raise locked(name)
    return _open_kind(package, name)


def _open_kind(package: Package, name: str) -> str:
    if "mimetype" not in package or "content.xml" not in package:
        return ""
    mime = package.read("mimetype")[:200].decode("ascii", "replace").strip()
    family = mime.removeprefix("application/vnd.oasis.opendocument.").split("-")[0]
    if family in _OPEN_DOCUMENTS:
        kind, remedy = _OPEN_DOCUMENTS[family]
        raise IntakeError(name, this_is(kind), ALLOWED, remedy)
    if family != "spreadsheet":
        return ""
    if "META-INF/manifest.xml" in package and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise locked(name)
    return "ods"


def _refuse(files: set[str], name: str) -> str:
    kind, remedy = _other_kind(files)
    raise IntakeError(name, this_is(kind), ALLOWED, remedy)


def _other_kind(files: set[str]) -> tuple[str, str]:
    begins = {file.split("/")[0] for file in files}
    if "word" in begins:
        return "Word 文档（.docx）", PASTE
    if "ppt" in begins:
        return "演示文稿（.pptx）", PASTE
    if "ofd.xml" in files:
        return "版式文件（.ofd）", "请上传原来的表格文件"
    if any(file.endswith(".iwa") or file == "index.zip" for file in files):
        return "苹果 Numbers 表格", "请在 Numbers 中导出为 Excel（.xlsx）后上传"
    if any(file.endswith(_TABLES) for file in files):
        return "压缩包，里面有表格", UNPACK
    return ("压缩包，里面没有表格", SAVE_AS) if files else ("空的压缩包", "请检查是否选错了文件")
