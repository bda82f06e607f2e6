"""Old spreadsheets (.xls, .et) cell by cell: what is read, in which encoding, and what a file that is none is told."""

import io
import struct
from datetime import date, datetime, time, timedelta
from pathlib import Path

import format_writers
import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from unionplan.errors import IntakeError
from unionplan.intake.cells import Unreadable
from unionplan.intake.handover import plain_table, read_table
from unionplan.intake.reading import read_book
from unionplan.intake.xls import xls_sheets

FILES = Path(__file__).resolve().parent / "files"
ALLOWED = "可收 .xlsx、.xlsm、.xlsb、.xls、.et、.ods、.csv、.tsv，以及导出为网页或 XML 的表格"
SAVE_AS = "请用 WPS 或 Excel 打开，另存为 .xlsx 后重新上传"
DAMAGED = f"旧表.xls：文件已损坏，打不开。{ALLOWED}。请用 WPS 或 Excel 打开确认，另存为 .xlsx 后重新上传。"
LOCKED = "旧表.xls：文件设了打开密码。须是没有密码的文件。请在 WPS 或 Excel 中取消密码，保存后重新上传。"
DAY = date(2026, 10, 31)
UNKNOWN = f"旧表.xls：文字的编码无法识别。{ALLOWED}。{SAVE_AS}。"
LEDGER = [["001", "文澜第一针织厂", "文澜区", 50, "是"], ["002", "文澜第二针织厂", "文澜区", 30, "否"]]


def bytes_of(name):
    return (FILES / name).read_bytes()


def refusal(data):
    """The sentence that a file called 旧表.xls is refused with."""
    with pytest.raises(IntakeError) as refused:
        xls_sheets(data, "旧表.xls")
    return str(refused.value)


def swapped(data, old, new):
    """The bytes with one stretch replaced by another of the same length, where it stands once."""
    assert (data.count(old), len(old)) == (1, len(new))
    return data.replace(old, new)


def renamed_stream(name):
    """ledger.xls with its Workbook stream called otherwise."""
    old, new = "Workbook".encode("utf-16-le"), name.encode("utf-16-le")
    data = bytearray(bytes_of("ledger.xls"))
    place = data.index(old)
    data[place : place + 64] = new.ljust(64, b"\x00")
    struct.pack_into("<H", data, place + 64, len(new) + 2)
    return bytes(data)


# ------------------------------------------------------------------ bare records of Excel 5.0, as old programs export


def record(number, data=b""):
    return struct.pack("<HH", number, len(data)) + data


def cell(row, column, value, encoding):
    if isinstance(value, str):
        text = value.encode(encoding)
        return record(0x204, struct.pack("<HHHH", row, column, 0, len(text)) + text)
    return record(0x203, struct.pack("<HHHd", row, column, 0, value))


def biff5(rows, codepage=None, encoding="gbk", extra=b""):
    """A workbook of one sheet called 台账; `extra` are further records of the workbook."""
    name = "台账".encode(encoding, "replace")
    start = record(0x809, struct.pack("<HHHH", 0x500, 5, 0, 1996)) + extra
    start += record(0x42, struct.pack("<H", codepage)) if codepage else b""
    place = len(start) + 4 + 7 + len(name) + 4
    cells = [cell(r, c, v, encoding) for r, row in enumerate(rows) for c, v in enumerate(row) if v is not None]
    sheet = record(0x809, struct.pack("<HHHH", 0x500, 0x10, 0, 1996)) + b"".join(cells) + record(0x0A)
    return start + record(0x85, struct.pack("<IBBB", place, 0, 0, len(name)) + name) + record(0x0A) + sheet


# ------------------------------------------------------------------ cells

CELLS = {
    "文字": "文澜区第一针织厂", "代码": "000123", "整数": 50, "小数": 12.5, "是": True, "否": False,
    "短横": DAY, "中文日期": DAY, "带区域": DAY, "含时刻": datetime(2026, 10, 31, 12, 30),
    "内置14": DAY, "内置31": DAY, "内置57": DAY, "内置58": DAY, "时刻": time(12), "时长": timedelta(hours=36),
    "过大": 9_000_000_000, "负数": -3, "百分比": 0.5, "序列值": 45_000,
    **{word: Unreadable(word) for word in ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")},
    "公式": Unreadable("公式没有结果"), "空格": None, "格式空白": None,
}  # fmt: skip


@pytest.fixture(scope="module", params=["cells.xls", "cells_1904.xls"])
def cells(request):
    (sheet,) = read_book(FILES / request.param, request.param).sheets
    return {row[0]: row[1] if len(row) > 1 else None for row in sheet.rows}


@pytest.mark.parametrize("kind", CELLS)
def test_every_kind_of_cell_is_read_as_what_it_shows(cells, kind):
    assert cells[kind] == CELLS[kind]
    assert type(cells[kind]) is type(CELLS[kind])


def test_the_table_of_cells_leaves_none_out(cells):
    assert list(cells) == list(CELLS)


def test_cells_that_only_carry_a_format_lengthen_neither_rows_nor_sheet():
    (sheet,) = xls_sheets(bytes_of("cells.xls"), "旧表.xls")
    assert len(sheet.rows) == len(CELLS)
    assert {len(row) for row in sheet.rows} == {1, 2}


def test_sheets_keep_their_order_and_hidden_ones_are_read_as_in_xlsx():
    book = read_book(FILES / "ledger.xls", "旧表.xls")
    assert book.format == "xls"
    assert [(sheet.name, sheet.rows[:1]) for sheet in book.sheets][1:] == [
        ("隐藏", [["甲"]]), ("深度隐藏", [["乙"]]), ("空表", []),
    ]  # fmt: skip


def test_a_merged_range_is_told_and_only_its_top_left_cell_has_the_value():
    sheet = xls_sheets(bytes_of("ledger.xls"), "旧表.xls")[0]
    assert sheet.merged == ((0, 0, 0, 6), (2, 2, 3, 2))
    assert [row[2] for row in sheet.rows[1:]] == ["填报单位", "文澜区", None]
    assert sheet.rows[0] == ["文澜区企业台账（2026年10月）"]


def test_merged_ranges_of_an_xlsx_are_told_the_same_way(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active["A3"], book.active["C3"] = "文澜区", "朝晖区"
    book.active.merge_cells("A3:B5")
    book.active.merge_cells("C3:C4")
    book.save(tmp_path / "a.xlsx")
    (sheet,) = read_book(tmp_path / "a.xlsx", "a.xlsx").sheets
    assert sheet.merged == ((2, 0, 4, 1), (2, 2, 3, 2))
    assert [cell for row in sheet.rows for cell in row if cell is not None] == ["文澜区", "朝晖区"]


def test_a_chart_sheet_is_passed_over():
    data = swapped(bytes_of("ledger.xls"), b"\x01\x00\x02\x01" + "隐藏".encode("utf-16-le"),
                   b"\x01\x02\x02\x01" + "隐藏".encode("utf-16-le"))  # fmt: skip
    assert [sheet.name for sheet in xls_sheets(data, "旧表.xls")] == ["企业台账", "深度隐藏", "空表"]


def test_a_cell_in_the_last_corner_leaves_the_rows_before_it_as_long_as_they_are():
    (sheet,) = xls_sheets(biff5([["甲"]])[:-4] + cell(16_383, 255, "乙", "gbk") + record(0x0A), "旧表.xls")
    assert (len(sheet.rows), sheet.rows[0], sheet.rows[-1][-1]) == (16_384, ["甲"], "乙")
    assert sum(len(row) for row in sheet.rows) == 1 + 256


def test_styles_that_break_the_parser_do_not_keep_the_cells_away():
    rows = [["甲", 1], ["乙", 2]]
    (sheet,) = xls_sheets(biff5(rows, 936, extra=record(0x92, b"\x38\x00\x00")), "旧表.xls")
    assert (sheet.rows, sheet.merged) == (rows, ())


def xlwt_book(fill):
    """A workbook of one sheet 台账 that `fill` has filled."""
    book, out = xlwt.Workbook(), io.BytesIO()
    fill(book.add_sheet("台账"), book)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("formula", "cell"),
    [
        ("SUM(B1:B9)", Unreadable("公式没有结果")), ("B1+B2", Unreadable("公式没有结果")), ("(B1)*2", Unreadable("公式没有结果")),
        ("IF(B1,1,2)-1", Unreadable("公式没有结果")), ('LEN("甲")%', Unreadable("公式没有结果")),
        ("ROUND(B1,2)", Unreadable("公式没有结果")), ("COUNTIF(B1:B3,1)", Unreadable("公式没有结果")),
        ('IF(B1>0,"","x")', None), ("B1", None), ('B1&"x"', None), ("VLOOKUP(1,B1:C3,2)", None), ('"x"', None),
    ],
)  # fmt: skip
def test_a_formula_that_was_never_calculated_is_told_where_it_can_give_no_text(formula, cell):
    def fill(sheet, _):
        sheet.write(0, 0, xlwt.Formula(formula))
        sheet.write(0, 1, "后")

    assert xls_sheets(xlwt_book(fill), "旧表.xls")[0].rows == [[cell, "后"]]


def test_hidden_sheets_rows_and_columns_are_told():
    def fill(sheet, book):
        for row in range(4):
            for column in range(3):
                sheet.write(row, column, row + column)
        sheet.row(2).hidden = sheet.row(60).hidden = sheet.col(1).hidden = sheet.col(200).hidden = True
        other = book.add_sheet("隐藏")
        other.write(0, 0, "甲")
        other.visibility = 1

    first, second = xls_sheets(xlwt_book(fill), "旧表.xls")
    assert (first.hidden, first.hidden_rows, first.hidden_columns) == (False, (2,), (1,))
    assert (second.hidden, second.rows) == (True, [["甲"]])


# ------------------------------------------------------------------ encodings


@pytest.mark.parametrize("codepage", [None, 936, 1252, 437, 10000, 32769])
def test_old_chinese_text_is_read_whatever_code_page_its_program_claims(codepage):
    rows = [["单位名称", "填报单位"], ["文澜第一针织厂", "文澜区"]]
    (sheet,) = xls_sheets(biff5(rows, codepage), "旧表.xls")
    assert (sheet.name, sheet.rows) == ("台账", rows)


def test_a_character_beyond_gbk_is_read_as_gb18030():
    rows = [["㙍厂", "䶮"]]
    assert xls_sheets(biff5(rows, 936, "gb18030"), "旧表.xls")[0].rows == rows


def test_another_countrys_code_page_is_believed():
    assert xls_sheets(biff5([["職工人數"]], 950, "big5"), "旧表.xls")[0].rows == [["職工人數"]]


def test_western_text_that_cannot_be_chinese_is_read_as_it_claims():
    assert xls_sheets(biff5([["Café 1"]], 1252, "cp1252"), "旧表.xls")[0].rows == [["Café 1"]]


@pytest.mark.parametrize("codepage", [None, 936])
def test_text_in_no_known_encoding_is_refused_not_garbled(codepage):
    assert refusal(biff5([["Café 1"]], codepage, "cp1252")) == UNKNOWN


@pytest.mark.parametrize("codepage", [936, 1252, 0])
def test_unicode_cells_stay_right_under_a_wrong_code_page(codepage):
    record_ = struct.pack("<HHH", 0x42, 2, codepage) if codepage else struct.pack("<HHH", 0x1FF, 2, 0)
    data = swapped(bytes_of("ledger.xls"), struct.pack("<HHH", 0x42, 2, 1200), record_)
    assert xls_sheets(data, "旧表.xls") == xls_sheets(bytes_of("ledger.xls"), "旧表.xls")


TEXTS = st.text(st.characters(codec="gbk", exclude_categories=["C", "Z"]), min_size=1, max_size=12)
VALUES = st.none() | TEXTS | st.integers(-(2**52), 2**52) | st.floats(-1e6, 1e6).filter(lambda x: x != int(x))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(VALUES, max_size=6), max_size=8))
def test_no_cell_is_lost_or_changed(rows):
    (sheet,) = xls_sheets(biff5(rows), "旧表.xls")
    wanted = {(r, c): value for r, row in enumerate(rows) for c, value in enumerate(row) if value is not None}
    found = {(r, c): value for r, row in enumerate(sheet.rows) for c, value in enumerate(row) if value is not None}
    assert found == wanted


# ------------------------------------------------------------------ files that are something else


@pytest.mark.parametrize("name", ["cells.xls", "ledger.xls", "gbk.xls"])
def test_a_file_that_breaks_off_is_refused_never_read_in_part(name):
    data = bytes_of(name)
    for length in range(8, len(data) - 512, 101):
        assert refusal(data[:length]) == DAMAGED, length


def test_bare_records_that_break_off_are_refused_too():
    data = biff5([["甲", 1], ["乙", 2]], 936)
    for length in range(4, len(data)):
        assert refusal(data[:length]) in (DAMAGED, UNKNOWN), length  # a cut may halve a character


def test_a_password_is_named():
    old, new = struct.pack("<HHH", 0x42, 2, 1200), struct.pack("<HHH", 0x2F, 2, 0)
    assert refusal(swapped(bytes_of("ledger.xls"), old, new)) == LOCKED
    assert refusal(renamed_stream("EncryptedPackage")) == LOCKED


def test_the_word_for_an_encrypted_package_in_a_cell_is_no_password():
    # one byte off the places, every 128 bytes, where a directory names its streams
    data = bytes_of("ledger.xls")[:-512] + b"\x00" + "EncryptedPackage".encode("utf-16-le")
    assert refusal(data) == DAMAGED


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        (
            "WordDocument",
            f"这是旧版 Word 或 WPS 文字文档（.doc、.wps）。{ALLOWED}。请把表格粘贴到 WPS 表格或 Excel 里，另存为 .xlsx 后上传。",
        ),
        (
            "PowerPoint Document",
            f"这是旧版演示文稿（.ppt、.dps）。{ALLOWED}。请把表格粘贴到 WPS 表格或 Excel 里，另存为 .xlsx 后上传。",
        ),
        ("HwpSummary", f"这是没有表格的复合文档。{ALLOWED}。{SAVE_AS}。"),
    ],
)
def test_another_document_of_the_old_kind_is_called_by_its_name(stream, said):
    assert refusal(renamed_stream(stream)) == f"旧表.xls：{said}"


# ------------------------------------------------------------------ through the reading process


def test_an_old_ledger_is_taken_like_any_other(read):
    file = read(bytes_of("gbk.xls"), "台账2026年10月.et")
    (sheet,) = file.sheets
    assert (file.format, file.problems, sheet.problems) == ("xls", (), ())
    rows = plain_table(read_table(sheet.table)).select(
        ["union_code", "org_name", "reporting_unit", "workers", "unionised"]
    )
    assert [list(row.values()) for row in rows.to_pylist()] == LEDGER


LEDGER_HEAD = ["统计编码", "单位名称", "填报单位", "企业状态", "控股情况", "职工人数", "是否建会", "变动日期"]


@pytest.mark.parametrize("kind", ["xlsx", "xlsb", "ods", "xml", "html"])
def test_a_ledger_in_any_format_is_taken_like_any_other(read, kind):
    rows = [LEDGER_HEAD, ["001", "文澜一厂", "文澜区", "存续", "国有控股", 50, "是", DAY],
            ["002", "文澜二厂", "文澜区", "存续", "私人控股", 30, "否", None]]  # fmt: skip
    file = read(getattr(format_writers, kind)(rows), "台账2026年10月.xls")
    (sheet,) = file.sheets
    assert (file.format, sheet.kind, sheet.rows) == (kind, "W1", 2)
    assert [one for one in sheet.problems if one.severity != "fixed"] == []
    table = plain_table(read_table(sheet.table)).select(["union_code", "workers", "changed_on"])
    assert [list(row.values()) for row in table.to_pylist()] == [["001", 50, DAY], ["002", 30, None]]


def test_bare_records_are_known_by_their_beginning(tmp_path):
    (tmp_path / "a.csv").write_bytes(biff5([["甲", 1]], 936))
    assert read_book(tmp_path / "a.csv", "a.csv").format == "xls"


def test_the_readers_of_each_format_are_loaded_only_for_it():
    import subprocess
    import sys

    code = "import sys, unionplan.intake.worker; print([n for n in ('xlrd', 'pandas') if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=FILES.parent.parent, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[]\n"
