"""Zip packages: the caps that keep a hostile one small, and which kind of document one holds."""

from __future__ import annotations

import zipfile
from pathlib import Path

from unionplan.errors import IntakeError
from unionplan.intake.refusals import ALLOWED, PASTE, SAVE_AS, UNPACK, damaged, locked

MAX_ENTRIES = 5_000
MAX_UNZIPPED = 2**30
MAX_RATIO, RATIO_FROM = 150, 64 * 2**20
_TABLES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods", ".csv", ".tsv")
_OPEN_DOCUMENTS = {
    "text": ("开放文档文字（.odt）", PASTE),
    "presentation": ("开放文档演示文稿（.odp）", PASTE),
    "graphics": ("开放文档绘图（.odg）", PASTE),
}


def package_kind(path: Path, name: str) -> str:
    """Return xlsx, xlsb or ods for the package at `path`; raises IntakeError naming what it is instead."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _capped(entries, name)
            _without_document_types(archive, name)
            if any(entry.flag_bits & 1 for entry in entries):
                raise IntakeError(name, "这是加了密码的压缩包", ALLOWED, "请输入密码解压后，上传里面的表格")
            kind = _table_kind(archive, {entry.filename for entry in entries}, name)
            return kind or _refuse({entry.filename for entry in entries}, name)
    except (zipfile.BadZipFile, EOFError, ValueError, OSError, NotImplementedError, RuntimeError) as error:
        raise damaged(name) from error


def _capped(entries: list[zipfile.ZipInfo], name: str) -> None:
    unzipped, packed = sum(e.file_size for e in entries), max(1, sum(e.compress_size for e in entries))
    if (
        len(entries) > MAX_ENTRIES
        or unzipped > MAX_UNZIPPED
        or (unzipped > RATIO_FROM and unzipped / packed > MAX_RATIO)
    ):
        raise IntakeError(name, "压缩包展开后异常地大", "展开后不超过 1 GB", "请另存为新的 .xlsx，只留需要的工作表")


def _without_document_types(archive: zipfile.ZipFile, name: str) -> None:
    for entry in archive.infolist():
        if entry.filename.endswith((".xml", ".rels")) and not entry.flag_bits & 1:
            with archive.open(entry) as opened:
                beginning = opened.read(4096).replace(b"\x00", b"").upper()
            if b"<!DOCTYPE" in beginning:
                raise IntakeError(name, "文件里带有外部定义（DOCTYPE）", "表格文件不应含有", SAVE_AS)


def _table_kind(archive: zipfile.ZipFile, files: set[str], name: str) -> str:
    """Return the kind of spreadsheet, "" for anything else; an encrypted .ods is known by its manifest."""
    if "xl/workbook.xml" in files:
        return "xlsx"
    if "xl/workbook.bin" in files:
        return "xlsb"
    if "encrypted-package" in files:
        raise locked(name)
    if "mimetype" not in files or "content.xml" not in files:
        return ""
    mime = archive.read("mimetype")[:200].decode("ascii", "replace").strip()
    family = mime.removeprefix("application/vnd.oasis.opendocument.").split("-")[0]
    if family in _OPEN_DOCUMENTS:
        kind, remedy = _OPEN_DOCUMENTS[family]
        raise IntakeError(name, f"这是{kind}", ALLOWED, remedy)
    if family != "spreadsheet":
        return ""
    if "META-INF/manifest.xml" in files and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise locked(name)
    return "ods"


def _refuse(files: set[str], name: str) -> str:
    kind, remedy = _other_kind(files)
    raise IntakeError(name, f"这是{kind}", ALLOWED, remedy)


def _other_kind(files: set[str]) -> tuple[str, str]:
    begins = {file.split("/")[0] for file in files}
    if "word" in begins:
        return "Word 文档（.docx）", PASTE
    if "ppt" in begins:
        return "演示文稿（.pptx）", PASTE
    if "OFD.xml" in files:
        return "版式文件（.ofd）", "请上传原来的表格文件"
    if any(file.endswith(".iwa") or file == "Index.zip" for file in files):
        return "苹果 Numbers 表格", "请在 Numbers 中导出为 Excel（.xlsx）后上传"
    if any(file.lower().endswith(_TABLES) for file in files):
        return "压缩包，里面有表格", UNPACK
    return ("压缩包，里面没有表格", SAVE_AS) if files else ("空的压缩包", "请检查是否选错了文件")
