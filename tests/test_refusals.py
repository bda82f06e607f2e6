"""What a file is told that is no table, or one that cannot be opened: what it is and what to do."""

import struct

import format_writers as write
import pytest

from unionplan.errors import IntakeError
from unionplan.intake import package
from unionplan.intake.reading import read_book

ALLOWED = "可收 .xlsx、.xlsm、.xlsb、.xls、.et、.ods、.csv、.tsv，以及导出为网页或 XML 的表格"
SAVE_AS = "请用 WPS 或 Excel 打开，另存为 .xlsx 后重新上传"
PASTE = "请把表格粘贴到 WPS 表格或 Excel 里，另存为 .xlsx 后上传"
ORIGINAL = "请上传原来的表格文件"
UNPACK = "请解压后上传里面的表格"
LOCKED = "文件设了打开密码。须是没有密码的文件。请在 WPS 或 Excel 中取消密码，保存后重新上传"
DAMAGED = f"文件已损坏，打不开。{ALLOWED}。请用 WPS 或 Excel 打开确认，另存为 .xlsx 后重新上传"
ODS = "application/vnd.oasis.opendocument."
MAIL = b"From: a@example.com\r\nTo: b@example.com\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<table><tr><td>x</table>"
DBF = (
    bytes([3, 126, 10, 31])
    + struct.pack("<IHH", 1, 65, 11)
    + bytes(20)
    + b"NAME".ljust(32, b"\0")
    + b"\r 0123456789\x1a"
)


def ole(stream):
    """The beginning of a compound document with one stream of that name, far from complete."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le").ljust(128, b"\0")


def with_password(data):
    """A zip package whose entries are marked as encrypted."""
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data = data[: at + place] + bytes([data[at + place] | 1]) + data[at + place + 1 :]
    return data


def locked_ods(manifest):
    return write.packed(
        {"mimetype": ODS + "spreadsheet", "content.xml": b"\x01\x02", "META-INF/manifest.xml": manifest}
    )


FILES = {
    "pdf": (b"%PDF-1.7\n", f"这是 PDF 文件。{ALLOWED}。{ORIGINAL}"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(64), f"这是 PNG 图片。{ALLOWED}。{ORIGINAL}"),
    "jpeg": (b"\xff\xd8\xff\xe0" + bytes(64), f"这是 JPEG 图片。{ALLOWED}。{ORIGINAL}"),
    "bmp": (b"BM" + struct.pack("<IIII", 100, 0, 54, 40) + bytes(82), f"这是 BMP 图片。{ALLOWED}。{ORIGINAL}"),
    "tiff": (b"II*\x00" + bytes(64), f"这是 TIFF 图片。{ALLOWED}。{ORIGINAL}"),
    "webp": (b"RIFF\x20\x00\x00\x00WEBPVP8 " + bytes(64), f"这是 WebP 图片。{ALLOWED}。{ORIGINAL}"),
    "heic": (b"\x00\x00\x00\x18ftypheic" + bytes(64), f"这是 HEIC 图片。{ALLOWED}。{ORIGINAL}"),
    "video": (b"\x00\x00\x00\x18ftypmp42" + bytes(64), f"这是视频或音频。{ALLOWED}。{ORIGINAL}"),
    "rar": (b"Rar!\x1a\x07\x00", f"这是 RAR 压缩包。{ALLOWED}。{UNPACK}"),
    "7z": (b"7z\xbc\xaf\x27\x1c", f"这是 7z 压缩包。{ALLOWED}。{UNPACK}"),
    "tar": (b"a.xlsx".ljust(257, b"\0") + b"ustar\x0000" + bytes(300), f"这是 tar 压缩包。{ALLOWED}。{UNPACK}"),
    "docx": (write.packed({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}),
             f"这是 Word 文档（.docx）。{ALLOWED}。{PASTE}"),
    "pptx": (write.packed({"ppt/presentation.xml": "<x/>"}), f"这是演示文稿（.pptx）。{ALLOWED}。{PASTE}"),
    "ofd": (write.packed({"OFD.xml": "<x/>"}), f"这是版式文件（.ofd）。{ALLOWED}。{ORIGINAL}"),
    "numbers": (write.packed({"Index/Document.iwa": b"x"}), f"这是苹果 Numbers 表格。{ALLOWED}。请在 Numbers 中导出为 Excel（.xlsx）后上传"),
    "odt": (write.packed({"mimetype": ODS + "text", "content.xml": "<x/>"}), f"这是开放文档文字（.odt）。{ALLOWED}。{PASTE}"),
    "zip of tables": (write.packed({"表/台账.XLSX": b"x", "说明.txt": "x"}), f"这是压缩包，里面有表格。{ALLOWED}。{UNPACK}"),
    "zip of nothing useful": (write.packed({"说明.txt": "x"}), f"这是压缩包，里面没有表格。{ALLOWED}。{SAVE_AS}"),
    "empty zip": (write.packed({}), f"这是空的压缩包。{ALLOWED}。请检查是否选错了文件"),
    "zip with a password": (with_password(write.packed({"台账.xlsx": b"x"})),
                            f"这是加了密码的压缩包。{ALLOWED}。请输入密码解压后，上传里面的表格"),
    "doc": (ole("WordDocument"), DAMAGED),
    "xlsx with a password": (ole("EncryptedPackage"), LOCKED),
    "ods with a password": (locked_ods("<m><manifest:encryption-data/></m>".replace("manifest:", "")), LOCKED),
    "ods wholly encrypted": (write.packed({"mimetype": ODS + "spreadsheet", "encrypted-package": b"x"}), LOCKED),
    "access": (b"\x00\x01\x00\x00Standard ACE DB\x00" + bytes(64),
               f"这是 Access 数据库（.accdb）。{ALLOWED}。请在 Access 中把表导出为 Excel 文件后上传"),
    "dbf": (DBF, f"这是 dBase 数据表（.dbf）。{ALLOWED}。{SAVE_AS}"),
    "sylk": (b"ID;PWXL;N;E\r\nC;Y1;X1;K1\r\nE\r\n", f"这是 SYLK 表格（.slk）。{ALLOWED}。{SAVE_AS}"),
    "lotus": (b"\x00\x00\x1a\x00\x00\x10\x04\x00" + bytes(64), f"这是 Lotus 1-2-3 表格。{ALLOWED}。{SAVE_AS}"),
    "lnk": (b"\x4c\x00\x00\x00\x01\x14\x02\x00" + bytes(68),
            f"这是快捷方式（.lnk），不是文件本身。{ALLOWED}。请找到快捷方式指向的表格，上传那个文件"),
    "mail": (MAIL, f"这是邮件（.eml）。{ALLOWED}。请上传邮件所附的表格文件本身"),
    "page archive": (MAIL.split(b"\r\n", 2)[2].replace(b"table", b"div"), f"这是网页存档，里面没有表格。{ALLOWED}。{SAVE_AS}"),
    "rtf": (b"{\\rtf1 x}", f"这是 RTF 文档。{ALLOWED}。{PASTE}"),
    "program": (b"MZ\x90\x00\x03" + bytes(64), f"这是程序文件。{ALLOWED}。请上传表格文件"),
    "other xml": (b'<?xml version="1.0"?><rss><channel/></rss>', f"这是 XML 文件，不是导出的表格。{ALLOWED}。{SAVE_AS}"),
    "login page": ("<html><body><form>用户名<input name=u>密码<input type=password></form>".encode(),
                   f"这是网站的登录或出错页面，不是导出的表格。{ALLOWED}。请重新登录原来的系统，再导出一次"),
    "login page in a table": ("<table><tr><td>密码<td><input type='Password'></table>".encode(),
                              f"这是网站的登录或出错页面，不是导出的表格。{ALLOWED}。请重新登录原来的系统，再导出一次"),
    "error page": (b"<html><h1>502 Bad Gateway</h1>nginx</html>",
                   f"这是网站的登录或出错页面，不是导出的表格。{ALLOWED}。请重新登录原来的系统，再导出一次"),
    "plain page": ("<html><p>通知公告</p></html>".encode(), f"这是网页，里面没有表格。{ALLOWED}。{SAVE_AS}"),
    "frames": (b"<html><frameset><frame src='a.files/sheet001.htm'></frameset></html>",
               f"这是多个工作表另存的网页，表格在旁边的文件夹里。{ALLOWED}。请打开原来的表格，另存为 .xlsx 后上传"),
    "empty": (b"", "文件是空的。须是有表头和数据的表格。请检查是否选错了文件"),
    "blank": (b"\r\n \x00\t", "文件是空的。须是有表头和数据的表格。请检查是否选错了文件"),
}  # fmt: skip


def refusal(tmp_path, data, name="台账.xls", **more):
    (tmp_path / "upload").write_bytes(data)
    with pytest.raises(IntakeError) as refused:
        read_book(tmp_path / "upload", name, **more)
    return str(refused.value)


@pytest.mark.parametrize("kind", FILES)
def test_every_other_file_is_called_by_its_name(tmp_path, kind):
    data, said = FILES[kind]
    assert refusal(tmp_path, data) == f"台账.xls：{said}。"


def test_the_file_that_marks_an_open_table_is_no_table(tmp_path):
    said = f"~$台账.xlsx：这是打开表格时产生的临时文件。{ALLOWED}。请上传文件名不带“~$”的那个表格。"
    assert refusal(tmp_path, b"\x05admin".ljust(165), "~$台账.xlsx") == said


def test_the_cap_on_a_file_can_be_set(tmp_path):
    said = "台账.csv：文件有 2 MB。单个文件不超过 1 MB。请删去无关的工作表或图片后重新上传。"
    assert refusal(tmp_path, b"a,b\n" * 2**19, "台账.csv", most=2**20) == said


def test_a_parser_that_fails_in_any_way_is_a_sentence(tmp_path, monkeypatch):
    def fails(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("unionplan.intake.delimited.delimited_sheet", fails)
    assert refusal(tmp_path, b"a,b\n") == f"台账.xls：{DAMAGED}。"


@pytest.mark.parametrize("kind", ["xlsb", "ods"])
def test_the_caps_hold_for_every_package(tmp_path, monkeypatch, kind):
    data = getattr(write, kind)([["甲"]])
    said = "台账.xls：压缩包展开后异常地大。展开后不超过 1 GB。请另存为新的 .xlsx，只留需要的工作表。"
    with monkeypatch.context() as patch:
        patch.setattr(package, "MAX_ENTRIES", 2)
        assert refusal(tmp_path, data) == said
    with monkeypatch.context() as patch:
        patch.setattr(package, "MAX_UNZIPPED", 100)
        assert refusal(tmp_path, data) == said


@pytest.mark.parametrize("kind", ["xlsb", "ods", "xml", "html", "xls"])
def test_a_file_that_breaks_off_or_is_bent_is_a_sentence_or_a_table(tmp_path, kind):
    whole = getattr(write, kind)([["单位名称", "00123", 50], ["文澜区", 12.5, True]] * 5)
    for length in range(8, len(whole), max(1, len(whole) // 60)):
        (tmp_path / "upload").write_bytes(whole[:length])
        bent = bytearray(whole)
        bent[length] ^= 0xFF
        (tmp_path / "bent").write_bytes(bent)
        for name in ("upload", "bent"):
            try:
                read_book(tmp_path / name, "台账.xls")
            except IntakeError as error:
                assert str(error).startswith("台账.xls：")  # noqa: PT017 - both ends are fine, nothing else is
