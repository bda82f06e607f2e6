"""What a file that is not taken is told: what it is instead, what can be taken, what to do."""

from __future__ import annotations

import json
import re

from unionplan.errors import IntakeError

SAVE_AS = "请用 WPS 或 Excel 打开，另存为 .xlsx 后重新上传"
ALLOWED = "可收 .xlsx、.xlsm、.xlsb、.xls、.et、.ods、.csv、.tsv，以及导出为网页或 XML 的表格"
PASTE = "请把表格粘贴到 WPS 表格或 Excel 里，另存为 .xlsx 后上传"
ORIGINAL = "请上传原来的表格文件"
UNPACK = "请解压后上传里面的表格"
CLOUD = "请在 WPS 云文档里打开，另存到本机为 .xlsx 后上传"


def damaged(name: str) -> IntakeError:
    """Return what a file that breaks off or contradicts itself is told."""
    return IntakeError(name, "文件已损坏，打不开", ALLOWED, "请用 WPS 或 Excel 打开确认，另存为 .xlsx 后重新上传")


def locked(name: str) -> IntakeError:
    """Return what a file with a password is told."""
    return IntakeError(name, "文件设了打开密码", "须是没有密码的文件", "请在 WPS 或 Excel 中取消密码，保存后重新上传")


def defined_outside(name: str) -> IntakeError:
    """Return what a file with a document type, and so perhaps with entities, is told."""
    return IntakeError(name, "文件里带有外部定义（DOCTYPE）", "表格文件不应含有", SAVE_AS)


_KNOWN: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"%PDF", "PDF 文件", ORIGINAL),
    (0, b"\x89PNG", "PNG 图片", ORIGINAL),
    (0, b"\xff\xd8\xff", "JPEG 图片", ORIGINAL),
    (0, b"GIF8", "GIF 图片", ORIGINAL),
    (0, b"II*\x00", "TIFF 图片", ORIGINAL),
    (0, b"MM\x00*", "TIFF 图片", ORIGINAL),
    (8, b"WEBP", "WebP 图片", ORIGINAL),
    (6, b"\x00\x00\x00\x00", "BMP 图片", ORIGINAL),
    (4, b"ftyphe", "HEIC 图片", ORIGINAL),
    (4, b"ftypmif", "HEIC 图片", ORIGINAL),
    (4, b"ftyp", "视频或音频", ORIGINAL),
    (0, b"Rar!", "RAR 压缩包", UNPACK),
    (0, b"7z\xbc\xaf", "7z 压缩包", UNPACK),
    (0, b"\x1f\x8b", "gzip 压缩包", UNPACK),
    (0, b"BZh", "bzip2 压缩包", UNPACK),
    (0, b"\xfd7zXZ", "xz 压缩包", UNPACK),
    (257, b"ustar", "tar 压缩包", UNPACK),
    (0, b"SQLite format 3", "数据库文件", "请上传表格文件"),
    (4, b"Standard Jet DB", "Access 数据库（.mdb）", "请在 Access 中把表导出为 Excel 文件后上传"),
    (4, b"Standard ACE DB", "Access 数据库（.accdb）", "请在 Access 中把表导出为 Excel 文件后上传"),
    (0, b"PAR1", "Parquet 数据文件", "请上传表格文件"),
    (0, b"\x00\x00\x02\x00", "Lotus 1-2-3 表格", SAVE_AS),
    (0, b"\x00\x00\x1a\x00", "Lotus 1-2-3 表格", SAVE_AS),
    (0, b"ID;P", "SYLK 表格（.slk）", SAVE_AS),
    (0, b"TABLE\r\n0,1", "DIF 表格（.dif）", SAVE_AS),
    (
        0,
        b"\x4c\x00\x00\x00\x01\x14\x02\x00",
        "快捷方式（.lnk），不是文件本身",
        "请找到快捷方式指向的表格，上传那个文件",
    ),
    (0, b"[InternetShortcut]", "网址快捷方式，表格在网上，不在这个文件里", CLOUD),
    (0, b"{\\rtf", "RTF 文档", PASTE),
    (0, b"\x7fELF", "程序文件", "请上传表格文件"),
    (0, b"MZ", "程序文件", "请上传表格文件"),
)
"""Place, bytes that stand there, kind, what to do."""
_ONLY_WITH: dict[bytes, tuple[int, bytes]] = {
    b"\x00\x00\x00\x00": (0, b"BM"),
    b"WEBP": (0, b"RIFF"),
}
"""Bytes that say nothing alone → what else must stand where."""
_DBF = re.compile(rb"[\x02\x03\x30\x31\x32\x43\x83\x8b\xf5][\x00-\xff](?:[\x01-\x0c])[\x01-\x1f]", re.DOTALL)
_ADDRESS = re.compile(rb"\s*https?://\S+\s*")
_LOG_LINE = re.compile(r"\W?\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d:\d\d.*\b(INFO|WARN|WARNING|ERROR|DEBUG|FATAL)\b")


def this_is(kind: str) -> str:
    """Return the sentence that names what a file is instead; a Latin word is set off by a space."""
    return f"这是 {kind}" if kind[0].isascii() else f"这是{kind}"


def refuse_known(data: bytes, name: str) -> None:
    """Raise IntakeError when `data` is plainly another kind of file."""
    if name.startswith("~$") and len(data) < 1024:
        raise IntakeError(name, "这是打开表格时产生的临时文件", ALLOWED, "请上传文件名不带“~$”的那个表格")
    for place, magic, kind, remedy in _KNOWN:
        if data.startswith(magic, place) and _fits(data, magic):
            raise IntakeError(name, this_is(kind), ALLOWED, remedy)
    if _ADDRESS.fullmatch(data[:4096]) and len(data) < 4096:
        raise IntakeError(name, "这是一个网址，表格在网上，不在这个文件里", ALLOWED, CLOUD)
    if _is_dbf(data):
        raise IntakeError(name, "这是 dBase 数据表（.dbf）", ALLOWED, SAVE_AS)


def _fits(data: bytes, magic: bytes) -> bool:
    if magic == b"MZ":
        return b"\x00" in data[:64]
    place, other = _ONLY_WITH.get(magic, (0, b""))
    return data.startswith(other, place)


def _is_dbf(data: bytes) -> bool:
    """Whether a dBase header fits: version, a date, and a header length that ends in the mark of its end."""
    if not _DBF.match(data) or len(data) < 66:
        return False
    length = int.from_bytes(data[8:10], "little")
    return 65 <= length <= len(data) and b"\r" in data[length - 264 : length]


def refuse_text(text: str, name: str) -> None:
    """Raise IntakeError when a text is plainly no table: JSON, a log, XML of another kind."""
    head = text[:4096].lstrip()
    if head.startswith(("{", "[")) and _is_json(text):
        raise IntakeError(name, "这是 JSON 数据", ALLOWED, "请在原来的系统里导出为 Excel 文件后上传")
    lines = [line for line in head.splitlines()[:20] if line.strip()]
    if len(lines) >= 2 and sum(bool(_LOG_LINE.match(line)) for line in lines) * 2 > len(lines):
        raise IntakeError(name, "这是程序日志", ALLOWED, "请上传表格文件")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
