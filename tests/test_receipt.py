"""The receipt: the clerk's own workbook back, marked where something is wrong, with a list that leads there."""

import csv
import io
import re
import zipfile
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from tables import xlsx_bytes

from unionplan import theme
from unionplan.intake import annotated, fresh, receipt_files
from unionplan.intake.cells import Sheet, Unreadable
from unionplan.intake.findings import ranges
from unionplan.intake.marks import FILLS, LIST_HEADER, MOST, WORDS, lines, marked, place_of, places_of, plain
from unionplan.intake.patched import ExoticError, edited, outline, quoted, with_attribute
from unionplan.intake.problems import Problem, problem
from unionplan.intake.receipt import receipt, write_receipt

FILES = Path(__file__).resolve().parent / "files"
MESSY = """
文澜区企业台账（截至2026年10月31日）
统计编码 | 单位名称 | 填报单位 | 控股情况 | 职工人数 | 会员人数 | 是否建会 | 集体合同截止日 | 企业状态 | 自有列
'001 | 文澜甲厂 | 文澜区 | 国有控股 | '１２ | 5 | 是 | 2026-12-31 | 存续 | x
'002 | 文澜乙厂 | 文蓝区 | 私人控股 | '1,200 | 1300 | 是 | 2026.13.1 | 存续 |
3 | 文澜丙厂 | 文澜区 | 私人控股 | -4 | 2 | 在建 | 2026年9月 | 存续 |
'004 | '=文澜丁厂 | 文澜区 | 外星控股 | 30.5 | | 是 | | 存续 |
'001 | 文澜戊厂 | 文澜区 | 国有控股 | '１５ | 3 | 否 | 2027-01-01 | 存续 |
合计 | | | | 26 | | | | |
"""
SUMMARY = """
集体合同汇总表 2026年10月
填报单位 | 企业类型 | 已建会企业数 | 集体合同覆盖企业数 | 集体合同覆盖职工数
文澜区 | 国有及控股 | 10 | 12 | 300
朝晖区 | 非公有制 | 20 | 8 | 5
"""


def opened(data, **words):
    return openpyxl.load_workbook(io.BytesIO(data), **words)


def colour(cell):
    return cell.fill.fgColor.rgb[2:] if cell.fill.fill_type == "solid" else None


def assert_marked(book, found, title=None):
    """Each cell of a problem shows the level's word and the problem in its comment, and a fill of ours."""
    sheet = book[title or found.sheet]
    for row, column in places_of(found):
        cell = sheet.cell(row, column)
        assert WORDS[found.severity] in cell.comment.text
        assert found.message in cell.comment.text
        assert colour(cell) in FILLS.values()


def listed(book, name="问题清单"):
    """The lines of the list, below its header."""
    rows = [[cell.value for cell in row] for row in book[name].iter_rows(max_col=len(LIST_HEADER))]
    return rows[rows.index(list(LIST_HEADER)) + 1 :]


def links(book, name="问题清单"):
    """(sheet, address) of every link of the list."""
    return [
        re.fullmatch(r"'((?:[^']|'')+)'!([A-Z]+\d+)", link.location).groups()
        for row in book[name].iter_rows(min_col=3, max_col=3)
        for cell in row
        if (link := cell.hyperlink)
    ]


def parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rebuilt(data, **changes):
    """The package with parts changed or, where the new text is None, left out; the keys are endings of names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in parts(data).items():
            change = next((new for end, new in changes.items() if name.endswith(end)), lambda text: text)
            if change is not None:
                archive.writestr(name, change(part.decode("utf-8")) if name.endswith((".xml", ".rels")) else part)
    return out.getvalue()


# ------------------------------------------------------------------ the clerk's own workbook


@pytest.mark.parametrize(
    "sheets", [MESSY, {"台账'一": MESSY, "空": "", "汇总 & <表>": SUMMARY}], ids=["one", "several"]
)
def test_every_problem_of_a_cell_is_marked_there_and_has_a_line_that_leads_there(read, workbook, sheets):
    file = read(workbook(sheets))
    found = file.all_problems()
    assert {one.severity for one in found} == {"reject", "ask", "fixed"}
    book = opened(receipt(file)[1])
    at_cells = [one for one in found if one.cell]
    assert len(at_cells) > 8
    for one in at_cells:
        assert_marked(book, one)
    rows = listed(book)
    assert len(rows) == len(found)
    assert sorted(row[5].rstrip("。") for row in rows) == sorted(one.message for one in found)
    assert [(title.replace("''", "'"), cell) for title, cell in links(book)] == [
        (row[1], row[2].split("、")[0]) for row in rows if row[2] not in ("整张表", "整个文件")
    ]
    for title, cell in links(book):
        assert book[title.replace("''", "'")][cell].comment


def test_the_list_shows_level_place_and_what_to_do_the_gravest_first(read, workbook):
    rows = listed(opened(receipt(read(workbook(MESSY)))[1]))
    assert [row[0] for row in rows] == sorted((row[0] for row in rows), key=["■ 须改正", "▲ 请核对", "◇ 已处理"].index)
    assert [
        "■ 须改正",
        "企业台账",
        "F4",
        "会员人数",
        "1300",
        "会员人数多于职工人数（1300 > 1200）。",
        "请核对两个人数。",
    ] in rows
    assert ["◇ 已处理", "企业台账", "E3、E4、E7", "职工人数", "—", "已按规范写法读入（“１２” → 12，“1,200” → 1200，“１５” → 15）。", "无需处理。"] in rows  # fmt: skip


def test_a_level_is_called_as_on_the_page():
    assert dict(theme.SEVERITY_WORDS) == WORDS


def test_the_list_prints_on_a4_across_and_can_be_filtered(read, workbook):
    sheet = opened(receipt(read(workbook(MESSY)))[1])["问题清单"]
    setup = sheet.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToHeight) == ("landscape", 9, 0)
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.freeze_panes == "A5"
    assert sheet.auto_filter.ref == f"A4:G{sheet.max_row}"


def test_a_repaired_column_is_marked_at_every_cell_though_the_list_names_three(read, workbook):
    table = "统计编码 | 单位名称 | 填报单位 | 职工人数 | 企业状态\n" + "\n".join(
        f"'{n:03} | 甲{n}厂 | 文澜区 | {'９' if n != 5 else 9} | 存续" for n in range(1, 21)
    )
    file = read(workbook(table))
    (repaired,) = [one for one in file.all_problems() if one.rule == "repaired"]
    assert repaired.cell == "D2、D3、D4"
    assert repaired.cells == ("D2:D5", "D7:D21")
    sheet = opened(receipt(file)[1])["企业台账"]
    assert [row for row in range(1, 22) if sheet.cell(row, 4).comment] == [2, 3, 4, 5, *range(7, 22)]
    assert "cells" not in repaired.as_json()


def rich_workbook():
    """A workbook with much of what offices put into one, and a faulty ledger."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("台账")
        date_format, head = book.add_format({"num_format": "yyyy年m月d日"}), book.add_format({"bg_color": "#1F3864", "font_color": "#FFFFFF", "bold": True})  # fmt: skip
        sheet.merge_range(
            "A1:H1", "文澜区企业台账（截至2026年10月31日）", book.add_format({"align": "center", "font_size": 16})
        )
        for column, words in enumerate(
            ("统计编码", "单位名称", "填报单位", "职工人数", "会员人数", "企业状态", "集体合同截止日", "自有")
        ):
            sheet.write_string(1, column, words, head)
        for row in range(2, 12):
            sheet.write_row(row, 0, (f"{row:03}", f"甲{row}厂", "文澜区", "１２", 20, "存续"))
            sheet.write_datetime(row, 6, date(2026, 12, row), date_format)
            sheet.write_formula(row, 7, f"=D{row + 1}*2", None, 24)
        sheet.write_rich_string("B3", "甲", book.add_format({"bold": True}), "厂")
        sheet.set_column("B:B", 33)
        sheet.set_row(1, 40)
        sheet.set_column("J:K", None, None, {"hidden": True})
        sheet.insert_chart("M3", chart := book.add_chart({"type": "column"}))
        chart.add_series({"values": "=台账!$E$3:$E$12"})
        sheet.insert_button("M20", {"caption": "按钮"})
        sheet.data_validation("F3:F50", {"validate": "list", "source": ["存续", "停业"]})
        sheet.conditional_format("E3:E12", {"type": "data_bar", "data_bar_2010": True})
        sheet.add_sparkline("L3", {"range": "台账!D3:E3"})
        sheet.write_comment("E3", "王经办：已核", {"author": "王经办"})
        sheet.write_url("N1", "https://example.invalid/x", string="说明")
        sheet.freeze_panes(2, 0)
        other = book.add_worksheet("别的")
        other.write_formula("A1", "=SUM(台账!E3:E12)", None, 200)
        other.add_table("C1:D4", {"data": [["甲", 1], ["乙", 2], ["丙", 3]]})
        book.add_worksheet("藏着").very_hidden()
        book.define_name("税率", "=别的!$A$1")
    return out.getvalue()


def look(cell):
    """How a cell looks, its fill and font aside."""
    return cell.number_format, repr(cell.alignment), repr(cell.border), repr(cell.protection)


def unmarked(sheet):
    """A sheet's XML without formats of cells, without empty cells and without the hint how wide a row is."""
    return re.sub(rb'<c r="[A-Z]+\d+"/>', b"", re.sub(rb' (?:s|spans)="[\d:]+"', b"", sheet))


def test_nothing_else_of_the_workbook_changes(read):
    data = rich_workbook()
    file = read(data, "文澜区台账.xlsx")
    name, back = receipt(file)
    assert name == "回执_文澜区台账.xlsx"
    before, after = parts(data), parts(back)
    touched = {part for part in before if before[part] != after[part]}
    assert touched == {
        "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml", "xl/worksheets/sheet1.xml",
    }  # fmt: skip
    assert set(after) - set(before) == {"xl/worksheets/sheet4.xml"}
    old_sheet, new_sheet = (unmarked(package["xl/worksheets/sheet1.xml"]) for package in (before, after))
    assert new_sheet == old_sheet.replace(b'tabSelected="1"', b'tabSelected="0"')
    assert b"sparkline" in new_sheet
    old, new = opened(data), opened(back)
    for title in old.sheetnames:
        assert new[title].sheet_state == old[title].sheet_state
        for row in old[title].iter_rows():
            for cell in row:
                same = new[title][cell.coordinate]
                assert (same.value, look(same)) == (cell.value, look(cell))
                assert repr(same.font) == repr(cell.font) or same.coordinate == "H2"


def test_the_clerks_own_comment_stays_before_ours(read):
    file = read(rich_workbook(), "文澜区台账.xlsx")
    assert any(one.cell == "E3" and one.rule == "members_over" for one in file.all_problems())
    book = opened(receipt(file)[1])
    assert (
        book["台账"]["E3"].comment.text == "王经办：已核\n■ 须改正\n会员人数多于职工人数（20 > 12）。请核对两个人数。"
    )


def test_white_words_of_a_dark_header_become_dark_on_the_mark(read):
    file = read(rich_workbook(), "文澜区台账.xlsx")
    sheet = opened(receipt(file)[1])["台账"]
    assert sheet["H2"].comment
    assert sheet["H2"].font.color.rgb == "FF1F2933"
    assert sheet["H2"].font.bold
    assert sheet["G2"].font.color.rgb == "FFFFFFFF"


def test_the_receipt_reads_as_the_file_did(read, workbook):
    for data, name in ((workbook(MESSY), "台账.xlsx"), (rich_workbook(), "台账.xlsx"), (workbook({"甲": MESSY, "乙": SUMMARY}), "x.xlsx")):  # fmt: skip
        file = read(data, name)
        again = read(receipt(file)[1], name)
        assert [replace(sheet, table=None) for sheet in again.sheets] == [
            replace(sheet, table=None) for sheet in file.sheets
        ]
        assert again.problems == file.problems


def test_the_list_is_opened_first_and_is_the_only_selected_sheet(read, workbook):
    book = opened(receipt(read(workbook({"甲": MESSY, "乙": SUMMARY})))[1])
    assert book.active.title == "问题清单"
    assert [sheet.title for sheet in book if sheet.sheet_view.tabSelected] == ["问题清单"]


def test_a_mark_inside_a_merged_cell_is_put_where_it_can_be_seen(read):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("表")
        for column, words in enumerate(
            ("填报单位", "企业类型", "已建会企业数", "集体合同覆盖企业数", "集体合同覆盖职工数")
        ):
            sheet.write_string(0, column, words)
        sheet.merge_range("A2:A3", "不知道区")
        sheet.write_row("B2", ("国有及控股", 10, 9, 100))
        sheet.write_row("B3", ("非公有制", 10, 9, 100))
    file = read(out.getvalue())
    extra = problem("unit_missing", "表", "A3", "填报单位")
    book = opened(receipt(file, [*file.all_problems(), extra])[1])
    assert "A3：没有填报单位" in book["表"]["A2"].comment.text
    assert ("表", "A3") in links(book)


def test_an_empty_cell_and_an_empty_row_can_be_marked(read, workbook):
    found = [problem("repaired", "企业台账", cell) for cell in ("B3", "C1", "A4", "XFD3", "A2", "D1048576")]
    data = workbook("甲 | | 乙\n\n'a | | b")
    book = opened(receipt(read(data), found)[1])
    for one in found:
        assert_marked(book, one)


def test_an_empty_cell_is_marked_in_the_look_of_its_row_or_column(read):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("表")
        sheet.set_column("B:B", None, book.add_format({"num_format": "0.00"}))
        sheet.write_row("A1", ("甲", "乙"))
        sheet.set_row(2, None, book.add_format({"num_format": "@"}))
        sheet.write_string("A4", "x")
    found = [problem("repaired", "表", cell) for cell in ("B2", "B3", "C4")]
    book = opened(receipt(read(out.getvalue()), found)[1])
    assert [book["表"][cell].number_format for cell in ("B2", "B3", "C4")] == ["0.00", "@", "General"]


# ------------------------------------------------------------------ rows that were not taken, problems of the preview


def test_rows_that_were_not_taken_are_said_to_be(read, workbook):
    file = read(workbook(MESSY))
    book = opened(receipt(file, only_valid=True)[1])
    left = [row for row in listed(book) if row[5].startswith("本行没有收入")]
    assert [row[2] for row in left] == ["A4", "A5", "A6", "A7"]
    assert left[0] == [
        "■ 须改正",
        "企业台账",
        "A4",
        "—",
        "—",
        "本行没有收入（只收合格行）（第 4 行）。",
        "请改正本行标出的单元格后补报。",
    ]
    assert "本行没有收入" in book["企业台账"]["A4"].comment.text
    assert not any(row[5].startswith("本行没有收入") for row in listed(opened(receipt(file)[1])))


def test_what_only_the_preview_finds_is_in_the_receipt(store, look, workbook):
    seen = look(store, workbook(MESSY), unit="文澜区", as_of=date(2027, 1, 31))
    assert any(one.rule == "as_of_late" for one in seen.problems)
    rows = listed(opened(receipt(seen.file, seen.problems)[1]))
    assert [
        "▲ 请核对",
        "企业台账",
        "整张表",
        "—",
        "2027-01-31",
        "统计时点晚于今天（2027-01-31）。",
        "请核对统计时点。",
    ] in rows


# ------------------------------------------------------------------ a workbook of its own


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_text_file_comes_back_as_a_workbook_marked_at_the_same_addresses(read, csv_file, encoding):
    file = read(csv_file(MESSY.replace("'", ""), encoding), "台账.csv")
    name, data = receipt(file)
    book = opened(data)
    assert (name, book.sheetnames) == ("回执_台账.xlsx", ["表格", "问题清单"])
    assert len([one for one in file.all_problems() if one.cell]) > 8
    for one in file.all_problems():
        if one.cell:
            assert_marked(book, one, "表格")
    assert {title for title, _ in links(book)} == {"表格"}
    text = csv_file(MESSY.replace("'", "")).decode()
    shown = [[cell.value or "" for cell in row] for row in book["表格"].iter_rows()]
    assert [row for row in shown if any(row)] == [
        row + [""] * (10 - len(row)) for row in csv.reader(io.StringIO(text)) if any(row)
    ]
    again = read(data, "台账.xlsx")
    assert [(sheet.kind, sheet.header_row, sheet.columns, sheet.rows, sheet.totals) for sheet in again.sheets] == [
        (sheet.kind, sheet.header_row, sheet.columns, sheet.rows, sheet.totals) for sheet in file.sheets
    ]


@pytest.mark.parametrize("name", ["ledger.xls", "cells.xls", "cells_1904.xls", "gbk.xls"])
def test_an_xls_comes_back_as_a_workbook_with_the_same_cells(read, name):
    file = read((FILES / name).read_bytes(), name)
    extra = problem("repaired", file.sheets[0].sheet, "B3", "某列")
    new, data = receipt(file, [*file.all_problems(), extra])
    assert new == f"回执_{name.removesuffix('.xls')}.xlsx"
    assert_marked(opened(data), extra)
    again = read(data, name)
    assert [(sheet.sheet, sheet.kind, sheet.columns, sheet.rows) for sheet in again.sheets] == [
        (sheet.sheet, sheet.kind, sheet.columns, sheet.rows) for sheet in file.sheets
    ]


def fresh_book(tmp_path, sheets, problems=(), heads=None):
    fresh.write_fresh(tmp_path / "x.xlsx", sheets, problems, "表.xls", heads or {})
    return (tmp_path / "x.xlsx").read_bytes()


HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "{=1}", "http://example.invalid/", "mailto:x@y", "internal:a!A1", "\t=1", "_x0041_", "a\x00b\x1fc", "\u202e反", "\ud800半", "长" * 40_000, "0012", "TRUE"]  # fmt: skip


def test_text_of_a_fresh_workbook_is_never_a_formula_a_link_or_a_number(tmp_path):
    found = [Problem("表", f"A{row + 1}", text, text, "reject", "x", text, text) for row, text in enumerate(HOSTILE)]
    data = fresh_book(tmp_path, [Sheet("表", [[text] for text in HOSTILE])], found)
    xml = b"".join(part for name, part in parts(data).items() if "worksheets/" in name)
    assert re.search(rb"<f[ >]", xml) is None
    book = opened(data)
    values = [row[0].value for row in book["表"].iter_rows(max_col=1)]
    assert [cell.data_type for row in book["表"].iter_rows(max_col=1) for cell in row] == ["s"] * len(HOSTILE)
    assert values[:10] == HOSTILE[:10]
    assert len(values[13]) <= 32_767
    assert values[14:] == ["0012", "TRUE"]
    assert not any(cell.hyperlink for row in book["表"].iter_rows() for cell in row)
    assert len(listed(book)) == len(HOSTILE)
    for part in parts(data).values():
        assert b"[Content_Types]" not in part


def test_cells_of_a_fresh_workbook_keep_their_kind(tmp_path):
    cells = [
        5,
        2.5,
        True,
        date(2026, 10, 31),
        time(8, 30),
        date(1899, 1, 1),
        Unreadable("#DIV/0!"),
        2**60,
        None,
        "x",
        float("nan"),
    ]
    book = opened(fresh_book(tmp_path, [Sheet("表", [cells])]))
    values = [cell.value for cell in book["表"][1]]
    assert values[:3] == [5, 2.5, True]
    assert values[3].date() == date(2026, 10, 31)
    assert values[4:] == [time(8, 30), "1899-01-01", "#DIV/0!", str(2**60), None, "x", "nan"]


def test_sheet_names_that_no_workbook_allows_still_get_their_links(tmp_path):
    names = ["甲[1]", "甲[1]'", "a/b\\c:d*e?f", "名" * 40, "名" * 40 + "二", "History", "'引'", "", "问题清单"]
    found = [problem("repaired", name, "A1") for name in names]
    book = opened(fresh_book(tmp_path, [Sheet(name, [["x"]]) for name in names], found))
    assert len(book.sheetnames) == len(names) + 1
    assert len(set(links(book, book.sheetnames[-1]))) == len(names)
    for title, cell in links(book, book.sheetnames[-1]):
        assert book[title.replace("''", "'")][cell].comment


def test_two_sheets_of_one_name_and_hidden_ones_come_back_all(tmp_path):
    sheets = [
        Sheet("甲", [["a"]]),
        Sheet("甲", [["b"]]),
        Sheet("藏", [["c"]], hidden=True),
        Sheet("藏二", [["d"]], hidden=True),
    ]
    book = opened(fresh_book(tmp_path, sheets, [problem("repaired", "甲", "A1"), problem("repaired", "藏二", "A1")]))
    assert book.sheetnames == ["甲", "甲2", "藏", "藏二", "问题清单"]
    assert [sheet.sheet_state for sheet in book] == ["visible", "visible", "hidden", "visible", "visible"]
    assert links(book) == [("甲", "A1"), ("藏二", "A1")]


def test_the_list_of_an_earlier_receipt_is_no_table_of_a_fresh_workbook(tmp_path):
    earlier = Sheet("问题清单", [["问题清单"], ["x"], ["y"], list(LIST_HEADER), ["■ 须改正"]])
    assert opened(fresh_book(tmp_path, [Sheet("甲", [["a"]]), earlier])).sheetnames == ["甲", "问题清单"]


def test_merged_cells_stay_merged_in_a_fresh_workbook(tmp_path):
    sheet = Sheet("表", [["标题", None, None], ["甲", "乙", "丙"]], ((0, 0, 0, 2), (0, 1, 3, 1)))
    book = opened(fresh_book(tmp_path, [sheet], [problem("repaired", "表", "B1")]))
    assert [str(merged) for merged in book["表"].merged_cells.ranges] == ["A1:C1"]
    assert book["表"]["A1"].value == "标题"
    assert "B1：已按规范写法读入" in book["表"]["A1"].comment.text


def test_of_a_very_large_table_only_the_rows_with_marks_come_back(tmp_path, monkeypatch):
    monkeypatch.setattr(fresh, "FULL_CELLS", 50)
    sheet = Sheet("表", [["统计编码", "单位名称"], *([f"{n}", f"甲{n}厂"] for n in range(60))])
    found = [problem("duplicate", "表", "A40"), problem("duplicate", "表", "A70")]
    book = opened(fresh_book(tmp_path, [sheet], found, {"表": fresh.Head(1, 1)}))
    filled = [row[0].row for row in book["表"].iter_rows() if any(cell.value for cell in row)]
    assert filled == [1, 40]
    assert book["表"].sheet_format.zeroHeight
    for one in found:
        assert_marked(book, one)
    assert book["问题清单"]["A3"].value.startswith("表格很大，这里只列表头和有问题的行，请在原表上改正后上传。")


# ------------------------------------------------------------------ packages as other programs write them


def prefixed(text):
    """The same XML with every element under a prefix, as some libraries write it."""
    return re.sub(r"<(/?)(?=[A-Za-z])", r"<\1q:", text).replace(' xmlns="', ' xmlns:q="', 1)


WRITTEN = {
    "prefixes": dict.fromkeys(("xl/workbook.xml", "styles.xml", "sheet1.xml", ".rels", "[Content_Types].xml"), prefixed),
    "no addresses": {"sheet1.xml": lambda text: re.sub(r'(<(?:row|c)) r="\w+"', r"\1", re.sub(r"<row r=\"9\".*?</row>", "", text))},
    "single quotes": {"sheet1.xml": lambda text: text.replace('"', "'")},
    "no view": {"xl/workbook.xml": lambda text: re.sub(r"<bookViews>.*?</bookViews>", "", text)},
    "filled row tags": {"sheet1.xml": lambda text: re.sub(r'<row r="(\d+)"', r'<row r="\1" spans="1:2" x=">"', text)},
}  # fmt: skip


@pytest.mark.parametrize("changes", WRITTEN.values(), ids=WRITTEN)
def test_the_clerks_workbook_comes_back_whoever_wrote_it(read, workbook, tmp_path, changes):
    data = rebuilt(workbook(MESSY.replace("截止日", "截止日'")), **changes)
    (tmp_path / "odd.xlsx").write_bytes(data)
    found = [problem("duplicate", "企业台账", cell, "x") for cell in ("A3", "J4", "L4", "B5", "C20")]
    assert annotated.annotate(tmp_path / "odd.xlsx", tmp_path / "out", found, "odd.xlsx") == ".xlsx"
    back = (tmp_path / "out").read_bytes()
    book = opened(back)
    assert book.sheetnames == ["企业台账", "问题清单"]
    assert book.active.title == "问题清单"
    for one in found:
        assert_marked(book, one)
    values = [[cell.value for cell in row] for row in opened(data)["企业台账"].iter_rows(max_col=10)]
    assert [
        [cell.value for cell in row] for row in book["企业台账"].iter_rows(max_row=len(values), max_col=10)
    ] == values
    for name, part in parts(back).items():
        assert not name.endswith((".xml", ".rels", ".vml")) or outline(part, 0)


# ------------------------------------------------------------------ what is not touched gets a workbook of its own


EXOTIC = {
    "strict": {"workbook.xml": lambda text: text.replace("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")},
    "no styles": {"workbook.xml.rels": lambda text: re.sub(r"<Relationship [^>]*styles[^>]*/>", "", text)},
    "template": {"[Content_Types].xml": lambda text: text.replace("sheet.main+xml", "template.main+xml")},
    "comment in the rows": {"sheet1.xml": lambda text: text.replace("<sheetData>", "<sheetData><!-- x -->")},
    "rows out of order": {"sheet1.xml": lambda text: text.replace('<row r="2"', '<row r="9"', 1)},
    "a format that is not there": {"sheet1.xml": lambda text: text.replace('<c r="A5"', '<c s="999" r="A5"')},
}  # fmt: skip


@pytest.mark.parametrize("changes", EXOTIC.values(), ids=EXOTIC)
def test_a_workbook_that_is_written_unusually_is_left_alone(read, workbook, tmp_path, changes):
    data = rebuilt(workbook(MESSY), **changes)
    (tmp_path / "odd.xlsx").write_bytes(data)
    with pytest.raises(ExoticError):
        annotated.annotate(
            tmp_path / "odd.xlsx", tmp_path / "out", [problem("code_number", "企业台账", "A5")], "odd.xlsx"
        )
    file = replace(read(workbook(MESSY)), data=data)
    book = opened(receipt(file)[1])
    assert book.sheetnames[-1] == "问题清单"
    assert len(listed(book)) == len(file.all_problems())


def test_a_file_that_cannot_be_read_comes_back_as_the_list_alone(read):
    file = read(b"%PDF-1.7 not a table", "../文 件\u202e.pdf")
    name, data = receipt(file)
    book = opened(data)
    assert (name, book.sheetnames) == ("回执_文 件_.xlsx", ["问题清单"])
    assert listed(book)[0][:3] == ["■ 须改正", "—", "整个文件"]
    assert listed(book)[0][5].startswith("这是 PDF 文件")


def test_a_process_that_dies_leaves_the_list(read, workbook, monkeypatch):
    monkeypatch.setattr("unionplan.intake.receipt.answered", lambda *_: {"error": {}})
    file = read(workbook(MESSY))
    book = opened(receipt(file)[1])
    assert book.sheetnames == ["问题清单"]
    assert len(listed(book)) == len(file.all_problems())


def test_a_file_that_was_not_read_is_not_opened_again(read, monkeypatch):
    def never(*_):
        raise AssertionError("a process was started")

    file = read(b"%PDF-1.7 not a table", "x.pdf")
    monkeypatch.setattr("unionplan.intake.receipt.answered", never)
    assert opened(receipt(file)[1]).sheetnames == ["问题清单"]


def test_a_workbook_that_would_read_differently_is_not_handed_back(workbook, tmp_path, monkeypatch):
    """Whatever went wrong in marking it, the clerk gets her cells as they were."""
    (tmp_path / "upload").write_bytes(workbook(MESSY))
    job = {"name": "台账.xlsx", "format": "xlsx", "heads": {}, "problems": []}
    assert write_receipt(job, tmp_path) == {"ending": ".xlsx"}

    def spoilt(_, target, *__):
        target.write_bytes(workbook(MESSY.replace("1300", "1301")))
        return ".xlsx"

    monkeypatch.setattr(annotated, "annotate", spoilt)
    assert write_receipt(job, tmp_path) == {"ending": ".xlsx"}
    book = opened((tmp_path / "receipt.xlsx").read_bytes())
    assert book["企业台账"]["F4"].value == 1300


def test_a_file_without_problems_gets_a_receipt_that_says_so(read, workbook):
    file = replace(read(workbook(MESSY)), sheets=())
    book = opened(receipt(file, [])[1])
    assert book["问题清单"]["A2"].value == "台账2026年10月.xlsx：没有发现问题"
    assert [sheet.title for sheet in book] == ["企业台账", "问题清单"]


def test_a_workbook_with_macros_keeps_its_ending(read, workbook):
    macros = lambda text: text.replace("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml")  # noqa: E731 # fmt: skip
    file = read(rebuilt(workbook(MESSY), **{"[Content_Types].xml": macros}), "台账.xlsm")
    assert receipt(file)[0] == "回执_台账.xlsm"


# ------------------------------------------------------------------ many, long, twice


def test_more_marks_than_a_sheet_takes_are_counted_and_all_listed(read, workbook):
    file = read(workbook("甲 | 乙\n'a | b"))
    found = [problem("repaired", "企业台账", f"A{n}", cell) for n, cell in enumerate(["x"] * (MOST + 100), start=3)]
    found.append(problem("duplicate", "企业台账", "B9000"))
    book = opened(receipt(file, found)[1])
    sheet = book["企业台账"]
    assert sum(cell.comment is not None for row in sheet.iter_rows(max_col=2) for cell in row) == MOST
    assert sheet["B9000"].comment
    assert len(listed(book)) == MOST + 101
    assert "工作表“企业台账”要标的单元格较多，只标出前面的，另有 101 处只列在下表。" in book["问题清单"]["A3"].value


def test_a_comment_is_never_longer_than_can_be_read(read, workbook):
    found = [Problem("企业台账", "A1", "x", "x", "ask", "x", "很长" * 5_000, "处理") for _ in range(50)]
    book = opened(receipt(read(workbook(MESSY)), found)[1])
    text = book["企业台账"]["A1"].comment.text
    assert len(text) < 1_000
    assert text.endswith("另有 49 个问题，见问题清单。")


def shown(data, name="问题清单"):
    """What a receipt shows: every comment and fill of ours outside the list, and the list's lines."""
    book = opened(data)
    cells = [cell for sheet in book if sheet.title != name for row in sheet.iter_rows() for cell in row]
    return (
        {(cell.parent.title, cell.coordinate): cell.comment.text for cell in cells if cell.comment},
        {(cell.parent.title, cell.coordinate): colour(cell) for cell in cells if colour(cell) in FILLS.values()},
        listed(book, name),
    )


def boxes(data):
    """How many boxes of comments the drawings hold."""
    return sum(part.count(b'ObjectType="Note"') for name, part in parts(data).items() if name.endswith(".vml"))


def saved_again(data):
    """The workbook as another program writes it."""
    out = io.BytesIO()
    opened(data).save(out)
    return out.getvalue()


@pytest.mark.parametrize("between", [lambda data: data, saved_again], ids=["as it is", "saved by another program"])
@pytest.mark.parametrize(
    "made", [lambda: xlsx_bytes({"甲": MESSY, "乙": SUMMARY}), rich_workbook], ids=["plain", "rich"]
)
def test_a_receipt_handed_in_again_is_marked_once(read, made, between):
    file = read(made(), "台账.xlsx")
    first = receipt(file)[1]
    again = read(between(first), "回执_台账.xlsx")
    name, second = receipt(again)
    assert name == "回执_台账.xlsx"
    assert shown(second) == shown(first)
    assert opened(second).sheetnames == opened(first).sheetnames
    assert links(opened(second)) == links(opened(first))
    assert boxes(second) == boxes(first)


def test_what_was_corrected_in_a_receipt_comes_back_unmarked(read):
    file = read(rich_workbook(), "台账.xlsx")
    first = receipt(file)[1]
    comments, fills, rows = shown(receipt(replace(file, data=first), [])[1])
    assert comments == {("台账", "E3"): "王经办：已核"}
    assert boxes(receipt(replace(file, data=first), [])[1]) == 1
    assert (fills, rows) == ({}, [["—", "—", "—", "—", "—", "没有发现问题。", "—"]])


def test_the_clerks_own_sheet_of_that_name_is_read_and_kept(read, workbook):
    file = read(workbook({"问题清单": MESSY}))
    assert file.sheets[0].kind == "W1"
    book = opened(receipt(file)[1])
    assert book.sheetnames == ["问题清单", "问题清单2"]
    assert {title for title, _ in links(book, "问题清单2")} == {"问题清单"}


def test_the_box_of_the_clerks_comment_grows_with_it(read):
    file = read(rich_workbook(), "台账.xlsx")
    boxes = [parts(data)["xl/drawings/vmlDrawing1.vml"] for data in (file.data, receipt(file)[1])]
    (old,), (new,) = (
        [one for one in box.split(b"</v:shape>") if b"<x:Row>2</x:Row><x:Column>4<" in one] for box in boxes
    )
    bottoms = [int(re.search(rb"<x:Anchor>([^<]*)<", one)[1].split(b",")[6]) for one in (old, new)]
    assert bottoms[1] > bottoms[0]


# ------------------------------------------------------------------ the command line


@pytest.fixture
def files(workbook, csv_file, tmp_path):
    made = {"台账.xlsx": workbook(MESSY), "台账.csv": csv_file(MESSY.replace("'", "")), "坏.pdf": b"%PDF"}
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)
    return {name: tmp_path / name for name in made}


def test_check_writes_one_receipt_where_it_is_told(cli, files, tmp_path):
    before = files["台账.xlsx"].read_bytes()
    answer = cli(
        "check", files["台账.xlsx"], "--receipt", tmp_path / "neu" / "x.xlsx", "--store", tmp_path / "none", "--json"
    )
    assert (answer.code, answer.err) == (1, f"回执已写到 {tmp_path / 'neu' / 'x.xlsx'}\n")
    assert len(answer.json["files"][0]["sheets"][0]["problems"]) == len(
        listed(opened((tmp_path / "neu" / "x.xlsx").read_bytes()))
    )
    assert files["台账.xlsx"].read_bytes() == before


def test_check_writes_the_receipts_of_several_files_into_a_folder_and_over_nothing(cli, files, tmp_path):
    for numbers in ([""], ["", "_3"]):
        assert cli("check", *files.values(), "--receipt", tmp_path / "回", "--store", tmp_path / "none").code == 1
        names = {path.name for path in (tmp_path / "回").iterdir()}
        assert {f"回执_坏{number.replace('3', '2')}.xlsx" for number in numbers} <= names
    assert names == {
        "回执_台账.xlsx",
        "回执_台账_2.xlsx",
        "回执_台账_3.xlsx",
        "回执_台账_4.xlsx",
        "回执_坏.xlsx",
        "回执_坏_2.xlsx",
    }


REFUSED = {
    ("台账.xlsx", "台账.xlsx"): "就是被检查的文件。回执不覆盖原文件。请换一个文件名。",
    ("台账.xlsx", "台账.csv"): "是已有的文件。须是文件夹，或以 .xlsx 结尾的文件名。请换一个路径。",
}


@pytest.mark.parametrize("words", REFUSED, ids=" → ".join)
def test_a_receipt_never_takes_the_place_of_a_file(cli, files, tmp_path, words):
    answer = cli("check", files[words[0]], "--receipt", files[words[1]], "--store", tmp_path / "none")
    assert (answer.code, answer.err) == (2, f"回执 {files[words[1]]}：{REFUSED[words]}\n")


def test_several_files_need_a_folder_for_their_receipts(cli, files, tmp_path):
    answer = cli("check", *files.values(), "--receipt", tmp_path / "x.xlsx", "--store", tmp_path / "none")
    assert answer.code == 2
    assert (
        answer.err
        == f"回执 {tmp_path / 'x.xlsx'}：检查的是 3 个文件。几个文件的回执须写到文件夹。请把 --receipt 改成文件夹。\n"
    )


def test_the_help_says_where_receipts_go(cli, capsys):
    assert "每个文件一份" in receipt_files.RECEIPT_HELP


# ------------------------------------------------------------------ the small parts


def test_cells_of_a_column_are_told_as_ranges():
    assert list(ranges(["B2", "B3", "B4", "B7", "B9", "B10"])) == ["B2:B4", "B7", "B9:B10"]
    assert list(ranges([])) == []


@pytest.mark.parametrize(("cell", "place"), {"A1": (1, 1), "XFD1048576": (1048576, 16384), "AA10": (10, 27)}.items())
def test_an_address_is_a_place(cell, place):
    assert place_of(cell) == place


@pytest.mark.parametrize("cell", ["", "A", "1", "A0", "XFE1", "A1048577", "a1", "整张表", "A1B"])
def test_what_is_no_address_is_no_place(cell):
    assert place_of(cell) is None
    assert list(places_of(problem("repaired", "x", cell))) == []


def test_the_gravest_of_two_problems_colours_the_cell_and_both_are_said():
    marks, left = marked([problem("repaired", "表", "A1"), problem("duplicate", "表", "A1")])
    assert marks["表"][1, 1].severity == "reject"
    assert marks["表"][1, 1].text.startswith("■ 须改正\n同一填报单位内重复。")
    assert "◇ 已处理" in marks["表"][1, 1].text
    assert left == {}


def test_words_of_a_spreadsheet_are_put_on_one_clean_line():
    assert plain("a\nb\x00\u202ec\ud800  d") == "a bc d"
    assert len(plain("长" * 5_000)) == 1_000


def test_a_hidden_sheet_is_said_to_be_hidden():
    (line,) = lines([problem("repaired", "藏", "A1")], {"藏": "藏"}, ["藏"])
    assert line.texts[1] == "藏（隐藏）"


def test_escapes_of_the_format_stay_what_they_say():
    assert quoted('a_x0041_<b>&"') == "a_x005F_x0041_&lt;b&gt;&amp;&quot;"


def test_an_attribute_is_set_where_it_stands_or_added():
    assert with_attribute(b'<c r="A1" s="3"/>', "s", "9") == b'<c r="A1" s="9"/>'
    assert with_attribute(b"<c r='A1' ss='3' />", "s", "9") == b"<c r='A1' ss='3' s=\"9\"/>"


def test_edits_leave_everything_else():
    assert edited(b"0123456789", [(8, 10, b"z"), (2, 2, b"a"), (2, 4, b"b")]) == b"01ab4567z"


def test_an_outline_tells_where_elements_begin_and_end():
    xml = b'<?xml version="1.0"?><a><b x="1>2"><c/></b><b/></a>'
    found = {(one.name, one.depth, xml[one.start : one.inner], xml[one.inner : one.close]) for one in outline(xml, 1)}
    assert found == {("b", 1, b'<b x="1>2">', b"<c/>"), ("b", 1, b"<b/>", b""), ("a", 0, b"<a>", xml[24:-4])}


@pytest.mark.parametrize(
    "xml", [b"<a>", b'<?xml version="1.0" encoding="gbk"?><a/>', b"<!DOCTYPE a><a/>", b"\xff\xfe<\x00a\x00/\x00>\x00"]
)
def test_a_part_that_is_no_plain_utf8_xml_is_exotic(xml):
    with pytest.raises(ExoticError):
        outline(xml, 1)
