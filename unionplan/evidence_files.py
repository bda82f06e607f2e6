"""Files that come with a note as evidence: what they are is told by their content, never by their name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import PurePath

from unionplan.errors import IntakeError

MEGABYTES = 20
MOST = 10
KINDS = ("pdf", "jpg", "png", "docx", "xlsx", "ofd")
ALLOWED = "佐证文件须是 " + "、".join(f".{kind}" for kind in KINDS)
_SAME = {"jpeg": "jpg"}
_SIGNATURES = ((b"%PDF-", "pdf"), (b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"))
_PARTS = (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("OFD.xml", "ofd"))
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def require_evidence(files: Iterable[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Return the files under names that fit on one line; raises IntakeError for one that may not be taken in."""
    found = [(file_name(name), data) for name, data in files]
    if len(found) > MOST:
        raise IntakeError("佐证文件", f"选了 {len(found)} 个", f"一条记录最多 {MOST} 个", "请分几条登记")
    for name, data in found:
        _require_one(name, data)
    return found


def file_name(name: str) -> str:
    """Return a file's bare name on one line."""
    line = " ".join(PurePath(name.replace("\\", "/")).name.split())
    return "".join(char for char in line if char.isprintable()) or "未命名"


def _require_one(name: str, data: bytes) -> None:
    where = f"佐证文件“{name}”"
    if not data:
        raise IntakeError(where, "是空的，没有内容", "", "请检查是否选错了文件")
    if len(data) > MEGABYTES * 2**20:
        size = f"{len(data) / 2**20:.1f} MB"
        raise IntakeError(where, f"有 {size}", f"单个佐证文件不超过 {MEGABYTES} MB", "请压缩图片或拆分后再传")
    kind = kind_of(data)
    if not kind:
        raise IntakeError(where, _what(data), ALLOWED, "请换成这几种格式后再传")
    suffix = PurePath(name).suffix.lower().removeprefix(".")
    if _SAME.get(suffix, suffix) != kind:
        raise IntakeError(
            where, f"内容是 .{kind}，文件名不是", "文件名的后缀须与内容一致", f"请把后缀改成 .{kind} 后再传"
        )


def kind_of(data: bytes) -> str:
    """Return which of KINDS the bytes are, "" for anything else."""
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    if not data.startswith(b"PK\x03\x04"):
        return ""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return ""
    return next((kind for part, kind in _PARTS if part in names), "")


def _what(data: bytes) -> str:
    if data.startswith(_OLD):
        return "是老格式的文档（.doc、.xls），或设了打开密码"
    return "是压缩包" if data.startswith(b"PK") else "不是能收的文件"
