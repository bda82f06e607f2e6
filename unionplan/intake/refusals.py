"""What a file that is not taken is told: what it is instead, what can be taken, what to do."""

from __future__ import annotations

from unionplan.errors import IntakeError

SAVE_AS = "请用 WPS 或 Excel 打开，另存为 .xlsx 后重新上传"
ALLOWED = "目前可收 .xlsx、.xls、.et 和 .csv（UTF-8 或 GB18030）"
PASTE = "请把表格粘贴到 WPS 表格或 Excel 里，另存为 .xlsx 后上传"


def damaged(name: str) -> IntakeError:
    """Return what a file that breaks off or contradicts itself is told."""
    return IntakeError(name, "文件已损坏，打不开", ALLOWED, "请用 WPS 或 Excel 打开确认，另存为 .xlsx 后重新上传")


def locked(name: str) -> IntakeError:
    """Return what a file with a password is told."""
    return IntakeError(name, "文件设了打开密码", "须是没有密码的文件", "请在 WPS 或 Excel 中取消密码，保存后重新上传")


_KNOWN: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "PDF 文件", "请上传原来的表格文件"),
    (b"\x89PNG", "PNG 图片", "请上传原来的表格文件"),
    (b"\xff\xd8\xff", "JPEG 图片", "请上传原来的表格文件"),
    (b"GIF8", "GIF 图片", "请上传原来的表格文件"),
    (b"Rar!", "RAR 压缩包", "请解压后上传里面的表格"),
    (b"7z\xbc\xaf", "7z 压缩包", "请解压后上传里面的表格"),
    (b"\x1f\x8b", "gzip 压缩包", "请解压后上传里面的表格"),
    (b"SQLite format 3", "数据库文件", "请上传表格文件"),
    (b"{\\rtf", "RTF 文档", PASTE),
    (b"MZ", "程序文件", "请上传表格文件"),
)


def refuse_known(data: bytes, name: str) -> None:
    """Raise IntakeError when `data` is plainly another kind of file."""
    for magic, kind, remedy in _KNOWN:
        if data.startswith(magic):
            raise IntakeError(name, f"这是{kind}", ALLOWED, remedy)
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<?xml", b"<html", b"<!doctype", b"<table", b"<meta")):
        raise IntakeError(name, "这是网页或 XML 表格", ALLOWED, SAVE_AS)
