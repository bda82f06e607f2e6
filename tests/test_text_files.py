"""Text with separators: encodings, separators, quotes, what Excel writes into it; what is mended and told in any format."""

import random
from datetime import date

import format_writers as write
import pytest

from unionplan.errors import IntakeError
from unionplan.intake.cells import Book, Sheet, Table, Unreadable, coded
from unionplan.intake.cleaning import cleaned
from unionplan.intake.delimited import LARGE
from unionplan.intake.problems import rules
from unionplan.intake.reading import read_book
from unionplan.intake.sheet_notes import sheet_notes

ALLOWED = "可收 .xlsx、.xlsm、.xlsb、.xls、.et、.ods、.csv、.tsv，以及导出为网页或 XML 的表格"
SAVE_AS = "请用 WPS 或 Excel 打开，另存为 .xlsx 后重新上传"
HEAD = "单位名称,填报单位\n"


@pytest.fixture
def sheet(tmp_path):
    """Bytes or text → the one sheet they are read as."""

    def reading(data):
        (tmp_path / "upload").write_bytes(data.encode() if isinstance(data, str) else data)
        book = read_book(tmp_path / "upload", "台账.csv")
        assert book.format == "csv"
        return book.sheets[0]

    return reading


@pytest.fixture
def refusal(sheet):
    """Bytes or text → the sentence that they are refused with."""

    def sentence(data):
        with pytest.raises(IntakeError) as refused:
            sheet(data)
        return str(refused.value)

    return sentence


# ------------------------------------------------------------------ encodings


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
@pytest.mark.parametrize("rows", [[["联通", "模拟"]], [["Café", "β"], ["文澜", "朝晖"]], [["1", "2"], ["ａ", "①"]]])
def test_short_texts_are_decoded_rightly(sheet, encoding, rows):
    if encoding == "gbk":
        rows = [[cell.replace("é", "e") for cell in row] for row in rows]
    assert sheet(write.delimited(rows, encoding=encoding)).rows == rows


def test_chinese_that_happens_to_be_valid_utf_8_is_taken_for_chinese(sheet):
    data = "模,目\n".encode("gbk")
    data.decode("utf-8")  # it is
    assert sheet(data).rows == [["模", "目"]]


def test_a_character_beyond_gbk_is_read_as_gb18030(sheet):
    assert sheet("㙍厂,䶮\U00020000\n".encode("gb18030")).rows == [["㙍厂", "䶮\U00020000"]]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_damaged_character_is_told_with_its_line(refusal, encoding):
    data = (HEAD + "文澜第一针织厂,文澜区\n" * 40).encode(encoding)
    broken = data[:-5] + b"\xff" + data[-5:]
    assert refusal(broken) == f"台账.csv：第 41 行有损坏的字符，读不出来。{ALLOWED}。{SAVE_AS}。"


def test_utf_8_cut_in_a_character_is_never_read_as_something_else(refusal):
    data = (HEAD + "文澜第一针织厂,文澜区\n" * 40).encode()[:-2]
    assert refusal(data) == f"台账.csv：第 41 行有损坏的字符，读不出来。{ALLOWED}。{SAVE_AS}。"


def test_utf_16_that_breaks_off_is_told(refusal):
    assert refusal("单位,人数\n文澜,5\n".encode("utf-16")[:-1]).startswith("台账.csv：第 2 行有损坏的字符")


@pytest.mark.parametrize("seed", range(5))
def test_random_bytes_are_no_text(refusal, seed):
    assert (
        refusal(b"\x01" + random.Random(seed).randbytes(3000))
        == f"台账.csv：不是表格，也不是文本，无法识别。{ALLOWED}。{SAVE_AS}。"
    )


# ------------------------------------------------------------------ separators and quotes


@pytest.mark.parametrize("mark", [",", "\t", ";", "|", "，", "；"])
def test_the_separator_is_the_one_that_the_lines_share(sheet, mark):
    text = f"2026年10月台账\n单位{mark}金额{mark}备注\n文澜{mark}5{mark}\n朝晖{mark}6{mark}无\n"
    assert sheet(text).rows == [["2026年10月台账"], ["单位", "金额", "备注"], ["文澜", "5"], ["朝晖", "6", "无"]]


def test_a_comma_in_every_amount_does_not_part_a_tab_table(sheet):
    assert sheet("单位\t金额\n文澜\t1,234\n朝晖\t2,345\n").rows[1] == ["文澜", "1,234"]


def test_what_stands_between_quotes_parts_nothing(sheet):
    assert sheet('a;b\n"x,y,z";"p,q,r"\n"1,2,3";4\n').rows == [["a", "b"], ["x,y,z", "p,q,r"], ["1,2,3", "4"]]


def test_a_sep_line_is_obeyed_and_is_no_row(sheet):
    assert sheet("sep=;\r\na;b,c\r\n1;2\r\n").rows == [["a", "b,c"], ["1", "2"]]
    assert sheet("\ufeffSEP=\t\na,b\tc\n").rows == [["a,b", "c"]]


def test_quotes_and_line_breaks_inside_cells_are_kept(sheet):
    assert sheet('单位,备注\n"文澜\n第一厂","说""好"""\n5"管,x\n').rows == [
        ["单位", "备注"], ["文澜\n第一厂", '说"好"'], ['5"管', "x"],
    ]  # fmt: skip


@pytest.mark.parametrize("written", ['="00123"', '"=""00123"""'])
def test_digits_wrapped_as_excel_wants_them_are_text(sheet, written):
    assert sheet(f"代码,人数\n{written},5\n").rows == [["代码", "人数"], ["00123", "5"]]


def test_errors_and_cells_that_were_too_narrow_stay_visible(sheet):
    assert sheet("a,b,c\n#N/A,#########,#1\n").rows[1] == [Unreadable("#N/A"), Unreadable("#########"), "#1"]


def test_long_codes_keep_every_digit(sheet):
    assert sheet("a,b\n913100000000000004,000\n").rows[1] == ["913100000000000004", "000"]


def test_a_quote_that_never_closes_is_told_with_its_line(refusal):
    said = f"台账.csv：从第 3 行起引号不成对，分不出单元格。每个引号须成对。{SAVE_AS}。"
    assert refusal('a,b\n1,2\n"3,4\n5,6\n') == said
    assert refusal('a,b\n1,2\n"3"x,4\n5,6\n') == said


@pytest.mark.parametrize(
    "odd", ["", ',"p""q",\n', "\n\n", "a,b,c,d,e,f\n", 'x,="007"\n', '"甲\n乙",丙\n', "\u3000,\u00a0\n", "#N/A,1\n", "a\n"]
)  # fmt: skip
def test_a_large_file_gives_the_same_cells_as_a_small_one(sheet, odd):
    line = "文澜第{0}针织厂,{0:06},文澜区\n".format
    few = HEAD + line(1) + odd + line(2) + odd
    many = few + "".join(line(n) for n in range(LARGE // 12))
    small, large = sheet(few), sheet(many)
    assert isinstance(large.rows, Table)
    assert [large.rows[place] for place in range(len(small.rows))] == small.rows
    assert large.rows[len(large.rows) - 1] == line(LARGE // 12 - 1).strip().split(",")


def test_blank_lines_at_the_end_are_no_rows(sheet):
    line = "文澜第{0}针织厂,{0:06}\n".format
    assert len(sheet(HEAD + line(1) + "\n,\n\n").rows) == 2
    assert len(sheet(HEAD + "".join(map(line, range(LARGE // 10))) + ",\n\n,\n").rows) == LARGE // 10 + 1


def test_a_text_longer_than_a_sheet_is_refused(refusal):
    assert refusal("a,b\n" * 1_048_577).startswith("台账.csv：表格铺开后异常地大。每张表不超过 1,048,576 行、16,384 列")


# ------------------------------------------------------------------ what is no table


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("这是一封信\n没有分列\n", "这是纯文本，没有分成列。{}。请用逗号或制表符分列，或在 Excel 里整理成表格后上传。"),
        ('{"单位": "文澜", "人数": 5}', "这是 JSON 数据。{}。请在原来的系统里导出为 Excel 文件后上传。"),
        ('[{"a": 1}, {"a": 2}]', "这是 JSON 数据。{}。请在原来的系统里导出为 Excel 文件后上传。"),
        ("2026-10-31 12:00:00,123 INFO started\n2026-10-31 12:00:01,456 ERROR failed\n", "这是程序日志。{}。请上传表格文件。"),
        ("[InternetShortcut]\r\nURL=https://example.com/l/x\r\n",
         "这是网址快捷方式，表格在网上，不在这个文件里。{}。请在 WPS 云文档里打开，另存到本机为 .xlsx 后上传。"),
        ("https://example.com/l/abc\n", "这是一个网址，表格在网上，不在这个文件里。{}。请在 WPS 云文档里打开，另存到本机为 .xlsx 后上传。"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_table_is_called_by_its_name(refusal, text, said):
    assert refusal(text) == "台账.csv：" + said.format(ALLOWED)


def test_a_table_that_begins_with_a_bracket_is_one(sheet):
    assert sheet("[单位],{人数}\n<文澜>,5\n").rows == [["[单位]", "{人数}"], ["<文澜>", "5"]]
    assert sheet("<单位>,人数\n文澜,5\n").rows == [["<单位>", "人数"], ["文澜", "5"]]


# ------------------------------------------------------------------ what is mended and told


@pytest.mark.parametrize(
    ("cell", "wanted", "told"),
    [
        ("文\u200b澜", "文澜", "去掉了看不见的字符"),
        ("\ufeff文澜", "文澜", "去掉了看不见的字符"),
        ("a\u202eb\u202c", "ab", "去掉了看不见的字符"),
        ("文\x00澜\x07", "文澜", "去掉了看不见的字符"),
        ("文\u00ad澜", "文澜", "去掉了看不见的字符"),
        ("甲_x000D_\n乙", "甲\n乙", "去掉了 _x000D_ 之类的转义符、统一了换行符"),
        ("甲\r\n乙", "甲\n乙", "统一了换行符"),
        ("文\u00a0澜", "文 澜", "不间断空格改成了普通空格"),
        ("文\ud800澜", "文\ufffd澜", "残缺的字符改成了“\ufffd”"),
        ("\u200b", None, "去掉了看不见的字符"),
    ],
)
@pytest.mark.parametrize("by_column", [False, True])
def test_unseen_characters_are_taken_out_and_told(cell, wanted, told, by_column):
    rows = [["甲", "乙"], ["丙", cell], ["丁", cell], ["戊", "己"]]
    held = Table([coded(row[0] for row in rows), coded(row[1] for row in rows)], 4) if by_column else [*map(list, rows)]
    (sheet,) = cleaned(Book("csv", [Sheet("台账", held)])).sheets
    ends = [] if wanted is None else [wanted]
    assert list(sheet.rows) == [["甲", "乙"], ["丙", *ends], ["丁", *ends], ["戊", "己"]]
    assert sheet.repaired == ((1, 1, told), (2, 1, told))


@pytest.mark.parametrize(
    "cell",
    ["合\u3000计", "\u3000其中：甲", " 甲 ", "甲\u00a0", "a_x1_", "甲\n乙", "😀", "e\u0301", date(2026, 10, 31), 5],
)
def test_what_is_seen_stays_as_it_is(cell):
    (sheet,) = cleaned(Book("csv", [Sheet("台账", [[cell, "乙"]])])).sheets
    assert sheet.repaired == ()
    assert str(sheet.rows[0][0]).strip() == str(cell).strip()


def test_a_title_of_a_sheet_is_made_plain_too():
    (sheet,) = cleaned(Book("csv", [Sheet("台\u202e账\x00", [])])).sheets
    assert sheet.name == "台账"


def test_texts_that_become_equal_share_a_code():
    table = Table([coded(["甲", "甲\u200b", "乙", "\u200b"])], 4)
    (sheet,) = cleaned(Book("csv", [Sheet("台账", table)])).sheets
    assert (list(sheet.column(0).codes), list(sheet.column(0).values)) == ([0, 0, 1, -1], ["甲", "乙"])


def test_what_is_hidden_or_mended_is_told_once_per_kind():
    rows = [["甲", "乙", "丙"]] * 9
    sheet = Sheet(
        "台账", rows, (), True, (2, 3, 4, 7), (1,), ((0, 0, "去掉了看不见的字符"), (3, 2, "去掉了看不见的字符"))
    )
    assert [(found.severity, found.rule, found.cell, found.message) for found in sheet_notes(sheet)] == [
        ("fixed", "hidden_sheet", "", "工作表是隐藏的，照常读入"),
        ("fixed", "hidden_rows", "A3", "有隐藏的行，照常读入（第 3–5、8 行）"),
        ("fixed", "hidden_columns", "B1", "有隐藏的列，照常读入（B 列）"),
        ("fixed", "repaired", "A1", f"{rules()['repaired'][1]}（去掉了看不见的字符：A1、C4）"),
    ]


def test_many_mended_cells_end_with_their_number():
    sheet = Sheet(
        "台账", [["甲"]] * 60, (), False, tuple(range(0, 60, 2)), (), tuple((n, 0, "统一了换行符") for n in range(30))
    )
    rows, repaired = (found.message for found in sheet_notes(sheet))
    assert rows.endswith("37、39 等 30 行）")
    assert repaired.endswith("A19、A20 等 30 处）")


def test_hidden_parts_reach_the_clerk(read):
    import io

    import openpyxl

    book = openpyxl.Workbook()
    for row in (["统计编码", "单位名称", "填报单位", "企业状态", "控股情况", "职工人数", "是否建会"],
                ["001", "文澜一厂", "文澜区", "存续", "国有控股", 10, "是"], ["002", "文澜二厂", "文澜区", "存续", "国有控股", 5, "否"]):  # fmt: skip
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    out = io.BytesIO()
    book.save(out)
    (found,) = read(out.getvalue()).sheets
    assert found.rows == 2
    assert [(one.severity, one.message) for one in found.problems if one.rule == "hidden_rows"] == [
        ("fixed", "有隐藏的行，照常读入（第 3 行）")
    ]
