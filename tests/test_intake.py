"""Spreadsheets as people make them: what is read, what is repaired aloud, what is refused, in which words."""

import io
import re
import struct
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from unionplan.errors import IntakeError
from unionplan.intake.fields import readings
from unionplan.intake.handover import plain_table, read_table
from unionplan.intake.problems import TABLES, rules
from unionplan.intake.stated import stated_as_of
from unionplan.observations import FIELDS
from unionplan.plan import plan_of
from unionplan.store import Slot

HEAD = "统计编码 | 单位名称 | 填报单位 | 企业状态 | 单位类别 | 职工人数 | 是否建会"
GOOD = HEAD + "\n001 | 甲厂 | 文澜区 | 存续 | 国有企业 | 50 | 是\n002 | 乙厂 | 文澜区 | 存续 | 集体企业 | 30 | 否"
UNITS_HEAD = "填报单位 | 分组 | 顺序 | 别名 | 联系人"
CREDIT = "91360100000000001Q"


def values(sheet, *names):
    """The typed rows of a ledger sheet as lists of the named fields."""
    rows = plain_table(read_table(sheet.table)).to_pylist()
    return [[row[name] for name in names] for row in rows]


def words(problems):
    """Problems as they are shown: severity, cell, message, fix."""
    return [(found.severity, found.cell, found.message, found.fix) for found in problems]


def table(sheet):
    return values(sheet, "union_code", "org_name", "reporting_unit", "workers", "unionised")


WANTED = [["001", "甲厂", "文澜区", 50, "是"], ["002", "乙厂", "文澜区", 30, "否"]]

# ------------------------------------------------------------------ layout: one workbook, a sheet per case

BODY = "001 | 甲厂 | 文澜区 | 存续 | 国有企业 | 50 | 是\n002 | 乙厂 | 文澜区 | 存续 | 集体企业 | 30 | 否"
LAYOUTS = {
    "row 1": (1, 2, 0, f"{HEAD}\n{BODY}"),
    "row 3 under title and unit": (3, 2, 0, f"澄澜市企业台账\n单位：家、人 | | | | | | 制表：办公室\n{HEAD}\n{BODY}"),
    "row 7": (7, 2, 0, f"澄澜市企业台账\n\n单位：人\n\n\n共二页\n{HEAD}\n{BODY}"),
    "synonyms": (
        1, 2, 0, f"基层工会统计编码 | 企业名称 | 县(市、区) | 企业状态 | 登记注册类型 | 在职职工 | 建会情况\n{BODY}"),
    "full width header": (1, 2, 0, f"{HEAD.replace('人数', '人　数')}\n{BODY}".replace("单位名称", "＊单位 名称：")),
    "line breaks": (1, 2, 0, f"统计\\n编码 | 单位\\n名称 | 填报\\n单位 | 企业状态 | 单位类别 | 职工\\n人数 | 是否\\n建会\n{BODY}"),
    "shuffled": (1, 2, 0, """
是否建会 | 职工人数 | 统计编码 | 单位类别 | 企业状态 | 填报单位 | 单位名称
是 | 50 | 001 | 国有企业 | 存续 | 文澜区 | 甲厂
否 | 30 | 002 | 集体企业 | 存续 | 文澜区 | 乙厂"""),
    "total last": (1, 2, 1, f"{HEAD}\n{BODY}\n | 合  计 | | | | 80 | "),
    "total first": (1, 2, 1, f"{HEAD}\n | 总计： | | | | 80 | \n{BODY}"),
    "subtotal": (1, 2, 2, f"{HEAD}\n{BODY}\n | 小计 | | | | 80 | \n | 合计 | | | | 80 | "),
    "foot": (1, 2, 0, f"{HEAD}\n{BODY}\n\n填表人：张三 | | 审核人：李四 | | | 填表日期：2026-11-03\n注：本表一式两份"),
    "gap and repeated header": (1, 2, 0, f"{HEAD}\n{BODY.splitlines()[0]}\n\n{HEAD}\n{BODY.splitlines()[1]}"),
    "unknown columns": (1, 2, 0, """
统计编码 | 星级 | 单位名称 | 填报单位 | 企业状态 | 单位类别 | 职工人数 | 是否建会 | 片区
001 | 三星 | 甲厂 | 文澜区 | 存续 | 国有企业 | 50 | 是 | 东
002 | 二星 | 乙厂 | 文澜区 | 存续 | 集体企业 | 30 | 否 | 西"""),
}  # fmt: skip


@pytest.fixture(scope="module")
def layouts(read, workbook):
    file = read(workbook({name: case[3] for name, case in LAYOUTS.items()}))
    return {sheet.sheet: sheet for sheet in file.sheets}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_ledger_is_read_the_same_however_it_is_laid_out(layouts, name):
    header_row, rows, totals, _ = LAYOUTS[name]
    sheet = layouts[name]
    assert (sheet.kind, sheet.header_row, sheet.header_depth) == ("W1", header_row, 1)
    assert (sheet.rows, sheet.totals) == (rows, totals)
    assert table(sheet) == WANTED


@pytest.mark.parametrize("name", [name for name in LAYOUTS if name != "unknown columns"])
def test_a_well_laid_out_ledger_has_no_problems(layouts, name):
    assert words(layouts[name].problems) == []


def test_unknown_columns_are_named_one_by_one(layouts):
    assert words(layouts["unknown columns"].problems) == [
        ("fixed", "B1", "未识别的列，没有采用（“星级”）", "如需采用请改用模板的列名"),
        ("fixed", "I1", "未识别的列，没有采用（“片区”）", "如需采用请改用模板的列名"),
    ]
    assert layouts["unknown columns"].columns[1] == ("B1", "星级", None)
    assert layouts["unknown columns"].columns[2] == ("C1", "单位名称", "org_name")


def test_a_filled_column_without_a_header_is_not_passed_over_in_silence(read, workbook):
    sheet = read(workbook(GOOD.replace("填报单位 |", "填报单位 | |").replace("文澜区 |", "文澜区 | 有内容 |"))).sheets[
        0
    ]
    assert [(one.cell, one.rule) for one in sheet.problems] == [("D1", "column_unknown")]


def test_source_rows_are_counted_from_one(layouts):
    assert values(layouts["row 7"], "row") == [[8], [9]]
    assert values(layouts["gap and repeated header"], "row") == [[2], [5]]


def test_a_total_row_with_its_word_in_the_code_column_is_no_enterprise(read, workbook):
    sheet = read(workbook(f"{GOOD}\n合计 | | | | | 80 | "), unit="文澜区").sheets[0]
    assert (sheet.rows, sheet.totals) == (2, 1)


def test_an_enterprise_whose_name_begins_like_a_note_is_kept(read, workbook):
    narrow = "单位名称 | 职工人数 | 是否建会\n注塑制品厂 | 10 | 是\n审核软件公司 | 20 | 是\n甲厂 | 30 | 是"
    sheet = read(workbook(narrow), unit="文澜区").sheets[0]
    assert values(sheet, "org_name") == [["注塑制品厂"], ["审核软件公司"], ["甲厂"]]


def test_a_total_that_differs_from_its_rows_is_asked_about_at_its_cell(read, workbook):
    sheet = read(workbook(f"{GOOD}\n | 合计 | | | | 81 | ")).sheets[0]
    assert words(sheet.problems) == [
        ("ask", "F4", "合计与明细之和不符（合计 81，明细之和 80）", "请核对明细；合计只作核对，不会采用")
    ]


def test_two_columns_of_one_field_are_asked_about_and_the_first_is_taken(read, workbook, store, take, look):
    data = workbook("""
统计编码 | 单位名称 | 填报单位 | 企业状态 | 单位类别 | 职工人数 | 在职职工 | 是否建会
001 | 甲厂 | 文澜区 | 存续 | 国有企业 | 50 | 60 | 是""")
    sheet = read(data).sheets[0]
    assert words(sheet.problems) == [
        (
            "ask",
            "G1",
            "列名与内容的对应须核对（“在职职工”与 F1 的“职工人数”同义，只采用后者）",
            "请核对这一列的内容，确认或改正对应关系",
        )
    ]
    assert sheet.problems[0].column == "在职职工"
    assert values(sheet, "workers") == [[50]]
    assert [one.rule for one in look(store, data).asks] == ["mapping"]
    assert take(store, data, accept_mapping=True)[1] == 2


def test_a_column_of_wider_scope_is_asked_about(read, workbook):
    sheet = read(workbook(GOOD.replace("职工人数", "从业人员"))).sheets[0]
    assert words(sheet.problems) == [
        ("ask", "F1", "“从业人员”与“职工人数”口径不同", "请核对后确认按职工人数计入")
    ]  # fmt: skip
    assert values(sheet, "workers") == [[50], [30]]


# ------------------------------------------------------------------ CSV

TITLED = f"澄澜市企业台账\n单位：家、人\n{GOOD}"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_every_usual_encoding(read, csv_file, encoding):
    file = read(csv_file(GOOD, encoding), "台账2026年10月.csv")
    assert file.format == "csv"
    assert table(file.sheets[0]) == WANTED


@pytest.mark.parametrize("separator", [";", "\t"])
def test_csv_is_read_with_other_separators(read, csv_file, separator):
    assert table(read(csv_file(GOOD, "gb18030", separator), "台账2026年10月.csv").sheets[0]) == WANTED


def test_csv_under_a_title_is_read_with_commas(read, csv_file):
    sheet = read(csv_file(TITLED), "台账2026年10月.csv").sheets[0]
    assert (sheet.header_row, table(sheet)) == (3, WANTED)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_csv_under_a_bare_title_is_read_with_other_separators(read, separator):
    lines = [separator.join(cell.strip() for cell in line.split("|")) for line in GOOD.split("\n")]
    sheet = read("\n".join(["澄澜市企业台账", *lines]).encode(), "台账2026年10月.csv").sheets[0]
    assert table(sheet) == WANTED


def test_csv_is_read_under_a_title_with_a_full_width_comma(read):
    lines = [",".join(cell.strip() for cell in line.split("|")) for line in GOOD.split("\n")]
    sheet = read("\n".join(["澄澜市企业台账，2026年10月", *lines]).encode(), "台账2026年10月.csv").sheets[0]
    assert table(sheet) == WANTED


def test_a_plain_number_in_a_csv_is_no_repair(read, csv_file):
    assert words(read(csv_file(GOOD), "台账2026年10月.csv").all_problems()) == []


def test_a_quote_that_never_ends_is_told(read):
    file = read('统计编码,单位名称,职工人数\n001,"甲厂,50\n002,乙厂,30\n'.encode(), "台账2026年10月.csv")
    assert file.sheets == ()
    assert [(one.severity, one.rule, one.message) for one in file.problems] == [
        ("reject", "unreadable_file", "从第 2 行起引号不成对，分不出单元格。每个引号须成对")
    ]


# ------------------------------------------------------------------ cells: every rule of one row

COLUMNS = (
    "统计编码 | 统一社会信用代码 | 单位名称 | 填报单位 | 企业状态 | 单位类别 | 控股情况 | 职工人数 | 女职工人数 | 农民工人数 | 会员人数 | 是否建会 | "
    "集体合同签订方式 | 集体合同起始日 | 集体合同截止日 | 职代会建制 | 和谐企业创建 | 变动日期"
)
SOUND = {"企业状态": "存续", "填报单位": "文澜区", "单位类别": "国有企业", "职工人数": "50", "是否建会": "是"}

# written, separated by ; → the cell of its row, then exactly the problem
CELLS = """
统计编码=123 | A reject 编码存成了数字，前面的零或后面的位数已经丢失（123） / 请把该列设为文本格式后重新填写编码
统计编码=9.1E+17 | A reject 编码存成了数字，前面的零或后面的位数已经丢失（9.1E+17） / 请把该列设为文本格式后重新填写编码
统一社会信用代码=913601000000000012 | B reject 编码存成了数字，前面的零或后面的位数已经丢失（913601000000000000） / 请把该列设为文本格式后重新填写编码
统一社会信用代码='913601000000000011 | B reject 统一社会信用代码的校验码不对 / 请对照营业执照核对
统一社会信用代码=9136010000000001Q | B reject 统一社会信用代码的校验码不对（17 位） / 请对照营业执照核对
填报单位=文兰区 | D reject 不在填报单位表中（“文兰区”，是否为“文澜区”） / 请改为填报单位表中的名称，或在填报单位表中加为别名
填报单位=火星 | D reject 不在填报单位表中（“火星”） / 请改为填报单位表中的名称，或在填报单位表中加为别名
填报单位= | D reject 没有填报单位 / 请填写填报单位，或上传时指定
企业状态=休眠 | E reject 不在可填的内容中（“休眠”，可填：存续、停业、注销、迁出） / 请改为可填的内容之一
单位类别=国有企也 | F reject 不在企业类型名录中（“国有企也”，是否为“国有企业”） / 请按登记注册类型名录填写
控股情况=公有制 | G reject 不在企业类型名录中（“公有制”*） / 请按控股情况名录填写
职工人数=12.5 | H reject 不是整数（12.5） / 请填写整数，不带单位和文字
职工人数=近5万 | H reject 不是整数（“近5万”是约数，不是准确的数） / 请填写整数，不带单位和文字
职工人数=50家 | H reject 不是整数（50家） / 请填写整数，不带单位和文字
职工人数=-3 | H reject 是负数（-3） / 请核对后填写不小于 0 的整数
会员人数=60 | K reject 会员人数多于职工人数（60 > 50） / 请核对两个人数
会员人数=50 | -
女职工人数=50 | -
女职工人数=51 | I ask 部分人数多于职工人数（51 > 50） / 请核对人数
农民工人数=99 | J ask 部分人数多于职工人数（99 > 50） / 请核对人数
是否建会=否;会员人数=3 | K ask 没有建会却填了会员人数（3 人） / 请核对是否建会和会员人数
是否建会=或许 | L reject 不在可填的内容中（“或许”，可填：是、否） / 请改为可填的内容之一
集体合同签订方式=三方 | M reject 不在可填的内容中（“三方”，可填：单独、区域性、行业性、未签） / 请改为可填的内容之一
集体合同签订方式=单独;集体合同起始日=2026-05-01;集体合同截止日=2026-02-30 | O reject 日期认不出来（“2026-02-30”） / 请写成 2026-10-31 的样子
集体合同签订方式=单独;集体合同起始日=2026年5月;集体合同截止日=2027-04-30 | N reject 日期认不出来（“2026年5月”只写到月） / 请写成 2026-10-31 的样子
集体合同签订方式=单独;集体合同起始日=2026-05-01;集体合同截止日=明年底 | O reject 日期认不出来（“明年底”） / 请写成 2026-10-31 的样子
集体合同签订方式=单独;集体合同起始日=2027-05-01;集体合同截止日=2026-04-30 | N ask 起始日晚于截止日（2027-05-01 晚于 2026-04-30） / 请核对两个日期
集体合同签订方式=未签;集体合同起始日=2026-05-01;集体合同截止日=2027-04-30 | M ask 签订方式是“未签”，合同却在有效期内（截止日 2027-04-30） / 请核对签订方式和日期
集体合同签订方式=未签;集体合同起始日=2026-11-01;集体合同截止日=2027-04-30 | -
集体合同签订方式=未签;集体合同起始日=2024-05-01;集体合同截止日=2026-10-30 | -
职代会建制=联合 | P reject 不在可填的内容中（“联合”，可填：单独、区域性、行业性、未建） / 请改为可填的内容之一
和谐企业创建=五星 | Q reject 不在可填的内容中（“五星”，可填：未开展、开展、达标AA、AAA） / 请改为可填的内容之一
统计编码=;单位名称= | C reject 没有统计编码、统一社会信用代码和单位名称，认不出是哪家单位 / 请至少填写其中一项
统计编码='0100 | A reject 同一填报单位内重复（与第 3 行相同） / 请核对后删去重复的一行
填报单位=朝晖区;统计编码='0100 | -
统计编码=;单位名称=无码（澄澜）厂 | -
统计编码=;单位名称=无码 (澄澜)厂工会委员会 | C reject 同一填报单位内重复（与第 39 行相同） / 请核对后删去重复的一行
"""  # fmt: skip
CASES = [line.split(" | ") for line in CELLS.strip("\n").split("\n")]


def _cells_table():
    """One row per case under a dated title; row 3 is the sound enterprise that the duplicates repeat."""
    names = [name.strip() for name in COLUMNS.split("|")]
    rows = ["截至2026年10月31日企业台账", COLUMNS]
    for number, written in enumerate(["", *(case[0] for case in CASES)]):
        record = {**SOUND, "统计编码": f"0{100 + number}", "单位名称": f"厂{number}"}
        record |= dict(pair.split("=", 1) for pair in written.split(";") if pair)
        rows.append(" | ".join(record.get(name, "") for name in names))
    return "\n".join(rows)


@pytest.fixture(scope="module")
def cells(read, workbook):
    return read(workbook(_cells_table())).sheets[0]


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case[0] for case in CASES])
def test_every_row_rule_names_its_cell_what_was_found_and_what_to_do(cells, number):
    row = number + 4
    found = [one for one in cells.problems if re.fullmatch(rf"[A-Z]+{row}", one.cell)]
    expected = CASES[number][1].strip()
    if expected == "-":
        assert found == []
        return
    column, severity, rest = expected.split(" ", 2)
    message, fix = rest.split(" / ")
    assert [(one.cell, one.severity, one.fix) for one in found] == [(f"{column}{row}", severity, fix)]
    assert re.fullmatch(re.escape(message).replace(r"\*", ".*"), found[0].message), found[0].message
    assert found[0].sheet == "企业台账"
    assert found[0].column == COLUMNS.split(" | ")[ord(column) - ord("A")]


def test_exactly_the_rows_with_a_rejected_cell_are_held_back(cells):
    expected = [4 + n for n, case in enumerate(CASES) if " reject " in f" {case[1]} "]
    assert [row for row, held in values(cells, "row", "rejected") if held] == expected
    assert cells.rows == len(CASES) + 1


def test_a_unit_given_for_the_file_refuses_other_units_and_fills_blanks(read, workbook):
    data = workbook(f"{HEAD}\n001 | 甲厂 | | 存续 | 国有企业 | 50 | 是\n002 | 乙厂 | 朝晖 | 存续 | 国有企业 | 30 | 是")
    sheet = read(data, unit="文澜区").sheets[0]
    assert words(sheet.problems) == [
        ("reject", "C3", "不是本次指定的填报单位（“朝晖区”，本次为“文澜区”）", "请只上传本单位的数据")
    ]
    assert values(sheet, "reporting_unit", "rejected") == [["文澜区", False], ["朝晖区", True]]


def test_a_row_rejected_otherwise_is_not_told_that_its_unit_is_missing_when_one_was_given(read, workbook):
    sheet = read(
        workbook("统计编码 | 单位名称 | 职工人数 | 是否建会 | 企业状态\n001 | 甲厂 | -1 | 是 | 存续"), unit="文澜区"
    ).sheets[0]
    assert [one.rule for one in sheet.problems] == ["negative"]


def test_an_alias_of_a_unit_is_read_as_the_unit(read, workbook):
    sheet = read(workbook(GOOD.replace("文澜区", "文澜区总工会"))).sheets[0]
    assert table(sheet) == WANTED


def test_a_blank_state_is_asked_about_once_with_the_number_of_enterprises(read, workbook):
    blank = GOOD.replace("存续", "")
    assert words(read(workbook(blank)).sheets[0].problems) == [
        ("ask", "D2", "企业状态空白，将按存续计入（共 2 家）", "请核对企业是否存续")
    ]


def test_a_blank_state_is_not_asked_about_where_the_ledger_already_knows_it(store, take, look, workbook):
    take(store, workbook(GOOD))
    assert look(store, workbook(f"{HEAD}\n001 | 甲厂 | 文澜区 | | 国有企业 | 51 | 是")).asks == ()


def test_prefilled_rows_without_figures_are_no_rows_and_are_named(read, workbook):
    sheet = read(workbook(f"{GOOD}\n003 | 丙厂 | 文澜区\n004 | 丁厂 | 文澜区")).sheets[0]
    assert sheet.rows == 2
    assert words(sheet.problems) == [
        ("ask", "B4", "只有名称、没有填写内容，未计入（丙厂、丁厂）", "请补填，或确认这些单位本期不报")
    ]


# ------------------------------------------------------------------ safe repairs, listed

REPAIRS = """
统计编码 | 统一社会信用代码 | 单位名称 | 填报单位 | 企业状态 | 单位类别 | 职工人数 | 会员人数 | 是否建会 | 集体合同签订方式 | 集体合同起始日 | 集体合同截止日 | 职代会建制
００１ | 91360100000000001q | 甲  厂 | 文 澜 区 | 正常 | 国有企业 | １,２００ | '1,100 | √ | 独立合同 | 2026.1.5 | 2027年12月31日 | 无
002 | | 乙厂 | 文澜区 | 存续 | 国有企业 | '30.0 | / | 1 | 在谈 | 20260105 | 46752 | 行业
'003 | | 丙厂 | 文澜区 | 存续 | 国有企业 | 20 | *** | N | 未签订 | — | 无 | ×
"""


@pytest.fixture(scope="module")
def repairs(read, workbook):
    return read(workbook(REPAIRS)).sheets[0]


def test_safe_repairs_are_made(repairs):
    names = ("union_code", "uscc", "org_name", "reporting_unit", "enterprise_state", "workers", "members", "unionised",
             "contract_form", "contract_start", "contract_end", "congress")  # fmt: skip
    assert values(repairs, *names) == [
        ["001", CREDIT, "甲 厂", "文澜区", "存续", 1200, 1100, "是", "单独", date(2026, 1, 5), date(2027, 12, 31), "未建"],
        ["002", None, "乙厂", "文澜区", "存续", 30, None, "是", None, date(2026, 1, 5), date(2027, 12, 31), "行业性"],
        ["003", None, "丙厂", "文澜区", "存续", 20, None, "否", "未签", None, None, "未建"],
    ]  # fmt: skip


def test_safe_repairs_are_listed_with_their_cells(repairs):
    assert words(repairs.problems) == [
        ("fixed", "A2", "已按规范写法读入（“００１” → 001）", "无需处理"),
        ("fixed", "B2", "已按规范写法读入（“91360100000000001q” → 91360100000000001Q）", "无需处理"),
        ("fixed", "C2", "已按规范写法读入（“甲  厂” → 甲 厂）", "无需处理"),
        ("fixed", "G2、G3", "已按规范写法读入（“１,２００” → 1200，“30.0” → 30）", "无需处理"),
        ("fixed", "H2", "已按规范写法读入（“1,100” → 1100）", "无需处理"),
        ("fixed", "J3", "按未报读入（“在谈”）", "如已完成请改为可填的内容"),
        ("fixed", "K2、K3", "已按规范写法读入（“2026.1.5” → 2026-01-05，“20260105” → 2026-01-05）", "无需处理"),
        ("fixed", "L2、L3", "已按规范写法读入（“2027年12月31日” → 2027-12-31，序列值 46752 → 2027-12-31）", "无需处理"),
    ]


def test_more_than_three_repairs_of_a_column_are_counted():
    found = readings(FIELDS["workers"], ["1,000", "2,000", "3,000", "4,000"], {})
    assert [one.rule for one in found] == ["repaired"] * 4
    assert [one.value for one in found] == [1000, 2000, 3000, 4000]


@pytest.mark.parametrize(
    ("code", "value", "rule"),
    [
        (CREDIT, CREDIT, ""),
        ("91360100000000001R", None, "uscc_wrong"),
        ("19360100000000001Q", None, "uscc_wrong"),
        (CREDIT.lower(), CREDIT, "repaired"),
        (f" {CREDIT} ", CREDIT, ""),
        ("12345678-5", "123456785", "repaired"),
        ("123456785", "123456785", ""),
        (913601000000000012, None, "code_number"),
        (9.13601e17, None, "code_number"),
        ("9.13601E+17", None, "code_number"),
        ("360100000000001", None, "uscc_wrong"),
    ],
)
def test_a_credit_code_stands_only_with_its_check_digit(code, value, rule):
    (found,) = readings(FIELDS["uscc"], [code], {})
    assert (found.value, found.rule) == (value, rule)


@pytest.mark.parametrize(
    "spelled", ["2026-10-31", "2026.10.31", "2026/10/31", "2026年10月31日", "20261031", "２０２６-10-31"]
)
def test_a_day_is_read_in_every_usual_spelling(spelled):
    (found,) = readings(FIELDS["changed_on"], [spelled], {})
    assert found.value == date(2026, 10, 31)


@pytest.mark.parametrize("spelled", ["2026-13-01", "26.10.31", "10月31日", "2026", "二〇二六年十月", "31/10/2026"])
def test_a_day_that_could_mean_several_things_is_not_guessed(spelled):
    (found,) = readings(FIELDS["changed_on"], [spelled], {})
    assert (found.value, found.rule) == (None, "date_unreadable")


# ------------------------------------------------------------------ error cells and formulas, by hand-made XML


def patched(data, edit, part="xl/worksheets/sheet1.xml"):
    """The same package with one part edited."""
    source, out = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            text = source.read(name)
            target.writestr(name, edit(text) if name == part else text)
    return out.getvalue()


BROKEN = {
    "F2": (b'<c r="F2" t="e"><v>#DIV/0!</v></c>', "#DIV/0!"),
    "F3": (b'<c r="F3"><f>F2*2</f></c>', "公式没有结果"),
    "F4": (b'<c r="F4"><f>F2*2</f><v></v></c>', "公式没有结果"),
    "F5": (b'<c t="e" s="0" r="F5"><f>NA()</f><v>#N/A</v></c>', "#N/A"),
    "F6": (b'<c r="F6"><f t="shared" si="0"/><v/></c>', "公式没有结果"),
}


def _with_cells(workbook, replacements):
    lines = [HEAD, *(f"00{n} | 厂{n} | 文澜区 | 存续 | 国有企业 | 7777{n} | 是" for n in range(2, 8))]

    def edit(xml):
        for cell, new in replacements.items():
            old = re.search(rb'<c r="%s"[^>]*><v>7777\d</v></c>' % cell.encode(), xml)
            assert old, cell
            xml = xml.replace(old[0], new)
        return xml

    return patched(workbook("\n".join(lines)), edit)


def test_error_cells_and_formulas_without_a_result_are_reported_where_they_stand(read, workbook):
    sheet = read(_with_cells(workbook, {cell: xml for cell, (xml, _) in BROKEN.items()})).sheets[0]
    assert words(sheet.problems) == [
        ("reject", cell, f"单元格是错误值或没有结果的公式（{text}）", "请在原表改成数值后重新上传")
        for cell, (_, text) in BROKEN.items()
    ]
    assert values(sheet, "workers", "rejected") == [[None, True]] * 5 + [[77777, False]]


def test_a_formula_with_its_result_is_the_result(read, workbook):
    sheet = read(_with_cells(workbook, {"F2": b'<c r="F2"><f>20+3</f><v>23</v></c>'})).sheets[0]
    assert sheet.problems == ()
    assert values(sheet, "workers")[0] == [23]


@pytest.mark.parametrize(
    "cell",
    [
        b"<c r='F2' t='e'><v>#DIV/0!</v></c>",
        b'<c\n r="F2" t="e"><v>#DIV/0!</v></c>',
        b'<c  t="e"><v>#DIV/0!</v></c>',
        b"<c r='F2'><f>1/0</f></c>",
    ],
    ids=["single quotes", "line break in the tag", "no reference", "formula in single quotes"],
)
def test_an_error_cell_is_reported_however_its_tag_is_spelled(read, workbook, cell):
    sheet = read(_with_cells(workbook, {"F2": cell})).sheets[0]
    assert [(one.cell, one.rule) for one in sheet.problems] == [("F2", "unreadable")]


# ------------------------------------------------------------------ 统计时点

DATES = [
    ("截至2026年10月31日企业台账", date(2026, 10, 31), "单元格 A1", False),
    ("2026.10.31企业台账", date(2026, 10, 31), "标题 A1", False),
    ("企业台账（2026年9月）", date(2026, 9, 30), "标题 A1", True),
    ("2026年第三季度企业台账", date(2026, 9, 30), "标题 A1", True),
    ("2026年上半年企业台账", date(2026, 6, 30), "标题 A1", True),
    ("统计时点： | 2026-10-31", date(2026, 10, 31), "单元格 A1", False),
    ("统计时点：２０２６年10月", date(2026, 10, 31), "单元格 A1", True),
    ("企业台账 | | 数据截至 | '2026.8.31", date(2026, 8, 31), "单元格 C1", False),
    ("企业台账2026年2月\n统计时点 | 2026-10-31", date(2026, 10, 31), "单元格 A2", False),
    ("企业台账 | 填报日期：2026-11-03", None, "", False),
    ("企业台账", None, "", False),
]  # fmt: skip


@pytest.fixture(scope="module")
def dated(read, workbook):
    return read(workbook({f"表{n}": f"{case[0]}\n{GOOD}" for n, case in enumerate(DATES)}), "台账.xlsx").sheets


@pytest.mark.parametrize("number", range(len(DATES)), ids=[case[0] for case in DATES])
def test_the_date_of_a_ledger_is_the_one_it_states(dated, number):
    sheet, (_, as_of, place, named) = dated[number], DATES[number]
    assert (sheet.as_of, sheet.as_of_from, sheet.as_of_named) == (as_of, place, named)


def test_the_date_in_a_file_name_counts_when_the_sheet_states_none(store, look, workbook):
    seen = look(store, workbook(GOOD), "文澜区2026年三季度台账.xlsx")
    assert seen.as_of == date(2026, 9, 30)
    assert words(seen.problems) == [
        (
            "fixed",
            "",
            "统计时点按文件所写推定（文件名，按最后一天，2026-09-30）",
            "对的无需处理；不对的请另行指定统计时点",
        )
    ]


def test_a_ledger_without_any_date_is_refused_never_dated_today(store, take, workbook):
    with pytest.raises(IntakeError) as refusal:
        take(store, workbook(GOOD), "台账.xlsx")
    assert str(refusal.value) == "台账.xlsx：有必须改正的问题。改正后才能入库。请按问题清单改正后重新上传。"
    assert store.head() == 1


def test_the_missing_date_is_asked_for_with_an_example(store, look, workbook):
    seen = look(store, workbook(GOOD), "台账.xlsx")
    rejects = [one for one in seen.problems if one.severity == "reject"]
    assert words(rejects) == [("reject", "", "没有统计时点", "请指定统计时点，如 2026-10-31")]


def test_reading_alone_does_not_ask_for_a_date_that_can_be_given_later(read, workbook):
    file = read(workbook(GOOD), "台账.xlsx")
    assert (file.all_problems(), file.sheets[0].as_of) == ([], None)


def test_a_given_date_beats_what_the_file_says(store, look, workbook):
    seen = look(store, workbook(f"截至2026年8月31日\n{GOOD}"), as_of=date(2026, 10, 31))
    assert (seen.as_of, seen.problems) == (date(2026, 10, 31), ())


def test_a_date_after_today_is_asked_about(store, look, workbook):
    seen = look(store, workbook(GOOD), as_of=date(2026, 11, 30))
    assert words(seen.asks) == [("ask", "", "统计时点晚于今天（2026-11-30）", "请核对统计时点")]


@pytest.mark.parametrize(
    ("title", "name"),
    [("企业台账\n填报日期： | '2026年11月3日", "台账.xlsx"), ("企业台账", "填报日期2026-11-03.xlsx")],
)
def test_the_day_of_filling_in_is_never_the_date_of_the_data(read, workbook, title, name):
    assert read(workbook(f"{title}\n{GOOD}"), name).sheets[0].as_of is None


def test_a_day_without_separators_in_a_file_name_is_not_another_date():
    from unionplan.intake.layout import Layout
    from unionplan.intake.reading import Sheet

    empty = Layout("W1", 0, 1, (), (), ())
    found = stated_as_of(Sheet("", [[]]), empty, "台账20261031.xlsx")
    assert found is None or found[0] == date(2026, 10, 31)


# ------------------------------------------------------------------ taking in: blanks, clearing, upsert, replace


def ledger(store, unit="文澜区", period="2026-10"):
    entry = store.heads(store.head())[Slot("ledger", unit, period)]
    frame = store.frame(entry)
    return frame.astype(object).where(frame.notna(), None)


def test_a_blank_cell_changes_nothing_and_the_clear_mark_empties(store, take, workbook):
    take(store, workbook(GOOD))
    after = f"{HEAD}\n001 | | 文澜区 | | 国有企业 | | 清空\n002 | 乙厂 | 文澜区 | 存续 | 集体企业 | 清空 | "
    seen, commit = take(store, workbook(after), reason="电话核对")
    assert commit == 3
    assert (seen.added, seen.changed, seen.unchanged, seen.removed) == (0, 2, 0, 0)
    frame = ledger(store)
    assert frame[["union_code", "org_name", "workers", "unionised"]].values.tolist() == [
        ["001", "甲厂", 50, None],
        ["002", "乙厂", None, "否"],
    ]
    assert seen.details[["org_name", "field", "old", "new"]].values.tolist() == [
        ["乙厂", "职工人数", "30", "（空）"],
        ["甲厂", "是否建会", "是", "（空）"],
    ]


def test_rows_that_a_file_leaves_out_stay_and_are_named(store, take, workbook):
    take(store, workbook(GOOD))
    seen, _ = take(store, workbook(f"{HEAD}\n002 | 乙厂 | 文澜区 | 存续 | 集体企业 | 31 | 否"))
    assert seen.kept == ("甲厂",)
    assert words(seen.problems)[-1] == (
        "fixed",
        "",
        "原有而本次文件没有的单位，已保留（甲厂）",
        "如已注销请在企业状态中填写",
    )
    assert ledger(store)["workers"].tolist() == [50, 31]


def test_replace_starts_empty_and_counts_what_goes(store, take, workbook):
    take(store, workbook(GOOD))
    only = f"{HEAD}\n002 | 乙厂 | 文澜区 | 存续 | 集体企业 | | 否"
    seen, commit = take(store, workbook(only), reason="重报", mode="replace")
    assert (commit, seen.added, seen.changed, seen.removed, seen.kept) == (3, 0, 1, 1, ())
    assert ledger(store)[["union_code", "workers"]].values.tolist() == [["002", None]]


def test_a_new_month_starts_from_the_month_before(store, take, workbook):
    take(store, workbook(GOOD), "台账2026年9月.xlsx")
    seen, _ = take(
        store, workbook(f"{HEAD}\n003 | 丙厂 | 文澜区 | 存续 | 国有企业 | 10 | 是"), "台账2026年10月.xlsx", "新建"
    )
    assert (seen.added, seen.kept) == (1, ("甲厂", "乙厂"))
    assert ledger(store)["union_code"].tolist() == ["001", "002", "003"]
    assert ledger(store, period="2026-09")["union_code"].tolist() == ["001", "002"]


def test_the_same_file_again_is_unchanged_and_makes_no_commit(store, take, workbook):
    data = workbook(GOOD)
    take(store, data)
    seen, commit = take(store, data)
    assert commit is None
    assert (seen.added, seen.changed, seen.unchanged) == (0, 0, 2)
    assert store.head() == 2


def test_two_sheets_and_several_units_are_one_commit(store, take, workbook):
    sheets = {
        "一": GOOD,
        "二": f"{HEAD}\n011 | 丙厂 | 朝晖区 | 存续 | 国有企业 | 10 | 是\n012 | 丁厂 | 锦澜区 | 存续 | 国有企业 | 20 | 是",
    }
    seen, commit = take(store, workbook(sheets))
    assert (commit, seen.added, seen.units) == (2, 4, ("文澜区", "朝晖区", "锦澜区"))
    assert {slot.unit for slot in store.heads(2) if slot.dataset == "ledger"} == {"文澜区", "朝晖区", "锦澜区"}


def test_a_skipped_sheet_is_told_and_an_unusable_one_asked_about(store, look, workbook):
    other = "条目编号 | 责任部门\nA1-2 | 经济工作部"
    seen = look(store, workbook({"台账": GOOD, "杂记": "随手记的几句话", "分解": other, "空表": ""}))
    told = [(one.sheet, one.severity, one.message, one.fix) for one in seen.problems]
    assert told[:2] == [
        ("杂记", "fixed", "没有找到表头的工作表，已略过", "如有数据请保留原表的表头后重新上传"),
        (
            "分解",
            "ask",
            "这张工作表缺少必要的列，将略过（看起来是目标任务分解表）",
            "请补上缺少的列，或确认只采用其他工作表",
        ),
    ]


@pytest.mark.parametrize(
    ("content", "rule", "message", "fix"),
    [
        ("随手记的几句话", "header_missing", "没有找到表头", "请使用本系统的模板，或保留原表的表头"),
        ("条目编号 | 责任部门\nA1-2 | 经济工作部", "kind_later",
         "缺少这种表格必要的列（看起来是目标任务分解表）", "请使用本系统的模板，或补上缺少的列"),
        (HEAD, "no_rows", "没有可用的数据行（表头下没有行）", "请填写数据后重新上传"),
        (f"{HEAD}\n001 | 甲厂 | 文澜区", "no_rows", "没有可用的数据行（表头下有 1 行）", "请填写数据后重新上传"),
        ("", "no_rows", "没有可用的数据行（没有任何内容）", "请填写数据后重新上传"),
    ],
)  # fmt: skip
def test_a_workbook_with_nothing_to_take_in_says_why(read, workbook, content, rule, message, fix):
    found = [one for one in read(workbook(content)).all_problems() if one.severity == "reject"]
    assert [(one.rule, one.message, one.fix) for one in found] == [(rule, message, fix)]


def test_a_jump_of_more_than_three_tenths_is_asked_about_at_exactly_the_limit_not(store, take, look, workbook):
    def month(count):
        lines = (f"0{n:02} | 厂{n} | 文澜区 | 存续 | 国有企业 | 10 | {'是' if n < count else '否'}" for n in range(20))
        return workbook("\n".join([HEAD, *lines]))

    take(store, month(10), "台账2026年9月.xlsx")
    assert look(store, month(13)).asks == ()
    assert words(look(store, month(14)).asks) == [
        ("ask", "", "与上一期相比变动超过三成（文澜区建会，2026年9月 10 → 14）", "请核对是否属实")
    ]
    assert [one.message for one in look(store, month(6)).asks] == [
        "与上一期相比变动超过三成（文澜区建会，2026年9月 10 → 6）"
    ]


def test_the_jumps_of_a_unit_and_of_many_units_are_one_question_with_every_figure_in_it(store, take, look, workbook):
    def month(open_, union, units=("文澜区",)):
        lines = (f"0{place}{n:02} | {unit}厂{n} | {unit} | 存续 | 国有企业 | 10 | {'是' if n < union else '否'} | {'是' if n < open_ else '否'}"
                 for place, unit in enumerate(units, 1) for n in range(20))  # fmt: skip
        return workbook("\n".join([f"{HEAD} | 厂务公开", *lines]))

    take(store, month(5, 10), "台账2026年9月.xlsx", reason="核对过")
    [asked] = [one for one in look(store, month(10, 20)).asks if one.rule == "jump"]
    assert (
        asked.message
        == "与上一期相比变动超过三成（文澜区共 2 项：文澜区厂务公开，2026年9月 5 → 10、文澜区建会，2026年9月 10 → 20）"
    )
    assert asked.parts == ("文澜区厂务公开，2026年9月 5 → 10", "文澜区建会，2026年9月 10 → 20")
    assert words(asked.singles())[1] == (
        "ask", "", "与上一期相比变动超过三成（文澜区建会，2026年9月 10 → 20）", "请核对是否属实"
    )  # fmt: skip
    assert asked.as_json()["parts"] == list(asked.parts)
    units = ("朝晖区", "锦澜区")
    take(store, month(5, 10, units), "台账2026年9月.xlsx", reason="核对过")
    [both] = [one for one in look(store, month(10, 20, units)).asks if one.rule == "jump"]
    assert both.message.startswith("与上一期相比变动超过三成（2 个填报单位共 4 项：")
    assert len(both.parts) == 4


def test_what_only_the_comparison_shows_is_told_beside_what_must_be_put_right(store, take, look, workbook):
    def month(count, wrong=""):
        lines = (f"0{n:02} | 厂{n} | 文澜区 | 存续 | 国有企业 | 10 | {'是' if n < count else '否'}" for n in range(20))
        return workbook("\n".join([HEAD, *lines, wrong]))

    take(store, month(10), "台账2026年9月.xlsx")
    bad = "099 | 坏厂 | 文澜区 | 存续 | 国有企业 | -1 | 是"
    seen = look(store, month(18, bad))
    assert seen.change is None
    assert [one.rule for one in seen.problems if one.severity != "fixed"] == ["negative", "jump"]
    assert [one.rule for one in look(store, month(2, bad)).asks] == []  # the refused row may be what is missing


def test_an_enterprise_in_two_units_is_asked_about(store, take, look, workbook):
    take(store, workbook(GOOD))
    seen = look(store, workbook(f"{HEAD}\n001 | 甲厂 | 朝晖区 | 存续 | 国有企业 | 50 | 是"))
    assert words(seen.asks) == [("ask", "", "另一填报单位的台账里也有这家企业（甲厂（文澜区））", "请核对由谁填报")]


def test_an_unconfirmed_question_stops_the_file_and_the_reason_is_kept(store, take, workbook):
    data = workbook(GOOD.replace("存续", ""))
    with pytest.raises(IntakeError) as refusal:
        take(store, data)
    assert str(refusal.value) == "台账2026年10月.xlsx：有 1 处需要核对。核对无误须写明理由。请填写理由后再确认。"
    assert store.head() == 1
    take(store, data, reason="已电话核对")
    assert store.history()[-1].note == "核对理由：已电话核对"


def test_one_bad_row_holds_the_file_back_unless_only_sound_rows_are_wanted(store, take, workbook):
    data = workbook(f"{GOOD}\n003 | 丙厂 | 文澜区 | 存续 | 国有企业 | -1 | 是")
    with pytest.raises(IntakeError, match="有必须改正的问题"):
        take(store, data)
    seen, commit = take(store, data, only_valid=True)
    assert (commit, seen.added, seen.rejected) == (2, 2, 1)
    assert ledger(store)["union_code"].tolist() == ["001", "002"]


def test_replace_with_two_sheets_of_one_unit_keeps_both_sheets(store, take, workbook):
    first, second = (f"{HEAD}\n{line}" for line in BODY.splitlines())
    take(store, workbook({"一": first, "二": second}), reason="重报", mode="replace")
    assert ledger(store)["union_code"].tolist() == ["001", "002"]


def test_one_enterprise_on_two_sheets_is_a_duplicate(store, look, workbook):
    seen = look(store, workbook({"一": GOOD, "二": f"{HEAD}\n001 | 甲厂 | 文澜区 | 存续 | 国有企业 | 99 | 是"}))
    assert [one.rule for one in seen.problems if one.severity != "fixed"] == ["duplicate"]


BOTH = """
统计编码 | 统一社会信用代码 | 单位名称 | 填报单位 | 企业状态 | 单位类别 | 职工人数 | 是否建会
"""


def test_two_rows_with_one_credit_code_are_duplicates_though_only_one_has_a_union_code(store, look, workbook):
    row = f"| {CREDIT} | 甲厂 | 文澜区 | 存续 | 国有企业 | 50 | 是"
    seen = look(store, workbook(f"{BOTH}001 {row}\n {row}"))
    assert seen.change is None
    rejects = [one for one in seen.problems if one.severity == "reject"]
    assert [one.message for one in rejects] == ["同一填报单位内重复（与第 2 行相同）"]


def test_only_sound_rows_never_takes_in_a_duplicate(store, take, workbook):
    take(store, workbook(f"{BOTH}001 | {CREDIT} | 甲厂 | 文澜区 | 存续 | 国有企业 | 50 | 是"))
    rows = f"{BOTH}001 | | 甲厂 | 文澜区 | 存续 | 国有企业 | 51 | 是\n | {CREDIT} | 甲厂 | 文澜区 | 存续 | 国有企业 | 44 | 是"
    take(store, workbook(rows), reason="核对", only_valid=True)
    assert ledger(store)["key"].tolist() == ["code:001"]


def test_an_enterprise_in_two_units_is_asked_about_though_one_gives_no_union_code(store, take, look, workbook):
    take(store, workbook(f"{BOTH}001 | {CREDIT} | 甲厂 | 文澜区 | 存续 | 国有企业 | 50 | 是"))
    seen = look(store, workbook(f"{BOTH} | {CREDIT} | 甲厂 | 朝晖区 | 存续 | 国有企业 | 50 | 是"))
    assert [one.rule for one in seen.asks] == ["claimed"]


def test_the_reporting_unit_cannot_be_cleared(store, look, workbook):
    rows = f"{HEAD}\n001 | 甲厂 | 清空 | 存续 | 国有企业 | 50 | 是"
    seen = look(store, workbook(rows), unit="文澜区")
    stored = [
        unit
        for _, ledger in (seen.change.frames.values() if seen.change else [])
        for unit in ledger["reporting_unit"].to_pylist()
    ]
    assert all(unit == "文澜区" for unit in stored)


def test_a_ledger_without_registration_types_is_taken_in(store, take, workbook):
    rows = "统计编码 | 单位名称 | 填报单位 | 企业状态 | 控股情况 | 职工人数\n001 | 甲厂 | 文澜区 | 存续 | 国有控股 | 50"
    take(store, workbook(rows))
    assert ledger(store)[["enterprise_type", "type_basis"]].values.tolist() == [["state", "填报"]]


# ------------------------------------------------------------------ units sheets

UNITS = f"{UNITS_HEAD}\n文澜区 | 县市区 | 2 | 文澜、文澜区总工会 | \n新城区 | 县市区 | 1 | 新城 | 赵六"


def test_a_units_sheet_replaces_the_list(store, take, workbook):
    seen, commit = take(store, workbook(UNITS), "填报单位.xlsx")
    assert commit == 2
    units = store.plan(2).units
    assert [(unit.name, unit.order, unit.aliases, unit.contact) for unit in units] == [
        ("新城区", 1, ("新城",), "赵六"),
        ("文澜区", 2, ("文澜", "文澜区总工会"), ""),
    ]
    assert seen.problems == ()
    assert len(store.plan(1).units) == 12


def test_units_and_their_ledger_come_in_one_book(store, take, workbook):
    rows = f"{HEAD}\n001 | 甲厂 | 新城 | 存续 | 国有企业 | 50 | 是\n002 | 乙厂 | 文澜 | 存续 | 国有企业 | 30 | 否"
    seen, commit = take(store, workbook({"台账": rows, "单位": UNITS}))
    assert (commit, seen.added) == (2, 2)
    assert [unit.name for unit in store.plan(2).units] == ["新城区", "文澜区"]
    assert {slot.unit for slot in store.heads(2) if slot.dataset == "ledger"} == {"新城区", "文澜区"}


def test_a_unit_with_data_cannot_leave_the_list_unasked(store, take, look, workbook):
    take(store, workbook(f"{HEAD}\n001 | 甲厂 | 朝晖区 | 存续 | 国有企业 | 50 | 是"))
    both = {"单位": UNITS, "台账": f"{HEAD}\n002 | 乙厂 | 文澜区 | 存续 | 国有企业 | 30 | 否"}
    asked = look(store, workbook(both)).asks
    assert [(one.sheet, one.message, one.fix) for one in asked] == [
        ("单位", "填报单位表中不再有这些单位，但它们已有数据（朝晖区）", "请核对是否确实撤并")
    ]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("文澜区 | 县市区 | 1 | 老城\n老城 | 县市区 | 2 |", "填报单位表：“老城”同时属于“文澜区”和“老城”。一个名称只能属于一个填报单位。请删去重复的一处后重新上传"),
        ("文澜区 | 县市区 | 1 | \n文澜区 | 县市区 | 2 |", "填报单位表：“文澜区”重复出现。一个名称只能属于一个填报单位。请删去重复的一处后重新上传"),
        ("文澜区 | 乡镇 | 1 |", "填报单位表第2行“分组”列：“乡镇”。只能是 县市区、开发区、产业(系统)、直属。请改成其中之一"),
        ("文澜区 | 县市区 | 甲 |", "填报单位表第2行“顺序”列：“甲”。须是不小于 0 的整数。请改正"),
    ],
)  # fmt: skip
def test_a_wrong_units_sheet_is_refused_with_its_reason(store, look, workbook, rows, message):
    seen = look(store, workbook(f"{UNITS_HEAD}\n{rows}"), "单位.xlsx")
    assert seen.change is None
    found = [one for one in seen.problems if one.severity == "reject"]
    assert [(one.rule, one.message, one.fix) for one in found] == [
        ("units_wrong", f"填报单位表有误（{message}）", "请改正后重新上传")
    ]


def test_check_alone_finds_a_wrong_units_sheet(read, workbook):
    found = read(workbook(f"{UNITS_HEAD}\n文澜区 | 乡镇 | 1 |")).all_problems()
    assert [one.rule for one in found] == ["units_wrong"]


def test_an_error_cell_in_a_units_sheet_is_reported(read, workbook):
    data = workbook(f"{UNITS_HEAD}\n文澜区 | 县市区 | 1 | | 88888")
    broken = patched(data, lambda xml: re.sub(rb'<c r="E2"[^>]*><v>88888</v>', b'<c r="E2" t="e"><v>#N/A</v>', xml))
    sheet = read(broken).sheets[0]
    assert [(one.cell, one.rule) for one in sheet.problems] == [("E2", "unreadable")]


def test_a_unit_whose_name_has_full_width_brackets_is_found(read, workbook):
    sheets = {"单位": f"{UNITS_HEAD}\n市直（属）工会 | 直属 | 1 |", "台账": GOOD.replace("文澜区", "市直（属）工会")}
    assert [one.rule for sheet in read(workbook(sheets)).sheets for one in sheet.problems] == []


def test_every_shipped_unit_and_alias_is_known_in_a_ledger(plan_tables, read, workbook):
    names = [name for unit in plan_of(plan_tables).units for name in (unit.name, *unit.aliases)]
    rows = (f"0{n:03} | 厂{n} | {name} | 存续 | 国有企业 | 10 | 是" for n, name in enumerate(names))
    sheet = read(workbook("\n".join([HEAD, *rows]))).sheets[0]
    assert (sheet.rows, sheet.problems) == (len(names), ())


# ------------------------------------------------------------------ files that are something else

ALLOWED = "可收 .xlsx、.xlsm、.xlsb、.xls、.et、.ods、.csv、.tsv，以及导出为网页或 XML 的表格"
SAVE_AS = "请用 WPS 或 Excel 打开，另存为 .xlsx 后重新上传"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def _zip(entries, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


def _bomb(data):
    """A hundred zero megabytes in a package of a few kilobytes."""
    return patched(data, lambda xml: xml.replace(b"</sheetData>", b" " * 100_000_000 + b"</sheetData>"))


def _lying(data):
    """The same, but the archive claims that the part is small."""
    raw = bytearray(_bomb(data))
    name = b"xl/worksheets/sheet1.xml"
    place = 0
    while (place := raw.find(name, place)) >= 0:
        if raw[place - 46 : place - 42] == b"PK\x01\x02":
            struct.pack_into("<I", raw, place - 46 + 24, 1000)
        elif raw[place - 30 : place - 26] == b"PK\x03\x04":
            struct.pack_into("<I", raw, place - 30 + 22, 1000)
        place += len(name)
    return bytes(raw)


DAMAGED = ("文件已损坏，打不开。" + ALLOWED, "请用 WPS 或 Excel 打开确认，另存为 .xlsx 后重新上传")
FOREIGN = {
    "pdf": ("a.pdf", lambda _: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", ("这是 PDF 文件。" + ALLOWED, "请上传原来的表格文件")),
    "pdf called xlsx": ("a.xlsx", lambda _: b"%PDF-1.7\n", ("这是 PDF 文件。" + ALLOWED, "请上传原来的表格文件")),
    "png": ("a.png", lambda _: b"\x89PNG\r\n\x1a\n" + bytes(64), ("这是 PNG 图片。" + ALLOWED, "请上传原来的表格文件")),
    "docx": ("a.docx", lambda _: _zip({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}),
             ("这是 Word 文档（.docx）。" + ALLOWED, "请把表格粘贴到 WPS 表格或 Excel 里，另存为 .xlsx 后上传")),
    "zip": ("a.xlsx", lambda _: _zip({"readme.txt": "x"}), ("这是压缩包，里面没有表格。" + ALLOWED, SAVE_AS)),
    "old xls": ("a.xls", lambda _: OLE + "Workbook".encode("utf-16-le"), ("文件已损坏，打不开。" + ALLOWED, "请用 WPS 或 Excel 打开确认，另存为 .xlsx 后重新上传")),
    "encrypted": ("a.xlsx", lambda _: OLE + "EncryptedPackage".encode("utf-16-le"),
                  ("文件设了打开密码。须是没有密码的文件", "请在 WPS 或 Excel 中取消密码，保存后重新上传")),
    "empty": ("a.xlsx", lambda _: b"", ("文件是空的。须是有表头和数据的表格", "请检查是否选错了文件")),
    "blank": ("a.csv", lambda _: b"\r\n \t\r\n\x00", ("文件是空的。须是有表头和数据的表格", "请检查是否选错了文件")),
    "random bytes": ("a.csv", lambda _: bytes(n * 197 % 251 for n in range(4000)),
                     ("不是表格，也不是文本，无法识别。" + ALLOWED, SAVE_AS)),
    "truncated": ("a.xlsx", lambda data: data[: len(data) // 2], DAMAGED),
    "first bytes only": ("a.xlsx", lambda data: data[:10], DAMAGED),
    "broken part": ("a.xlsx", lambda data: patched(data, lambda xml: b"<worksheet><sheetData><row", ), DAMAGED),
    "broken workbook": ("a.xlsx", lambda data: patched(data, lambda xml: b"<workbook", "xl/workbook.xml"), DAMAGED),
    "doctype": ("a.xlsx", lambda data: patched(data, lambda xml: b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml, "xl/workbook.xml"),
                ("文件里带有外部定义（DOCTYPE）。表格文件不应含有", SAVE_AS)),
    "bomb": ("a.xlsx", _bomb, ("压缩包展开后异常地大。展开后不超过 1 GB", "请另存为新的 .xlsx，只留需要的工作表")),
    "sqlite": ("a.csv", lambda _: b"SQLite format 3\x00" + bytes(80), ("这是数据库文件。" + ALLOWED, "请上传表格文件")),
}  # fmt: skip


@pytest.fixture(scope="module")
def foreign(read, workbook):
    """Every foreign file as read, two processes at a time, with the seconds it took."""

    def timed(kind):
        name, make, _ = FOREIGN[kind]
        data, began = make(workbook(GOOD)), time.monotonic()
        return data, read(data, name), time.monotonic() - began

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(FOREIGN, pool.map(timed, FOREIGN), strict=True))


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_file_gets_a_sentence_and_nothing_else(foreign, kind):
    message, fix = FOREIGN[kind][2]
    data, file, seconds = foreign[kind]
    assert seconds < 30
    assert file.sheets == ()
    assert file.data == data
    assert [(one.severity, one.rule, one.message, one.fix) for one in file.problems] == [
        ("reject", "unreadable_file", message, fix)
    ]


def test_a_package_that_lies_about_its_size_is_refused_too(read, workbook):
    file = read(_lying(workbook(GOOD)))
    assert file.sheets == ()
    assert [one.rule for one in file.problems] == ["unreadable_file"]


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_a_document_type_is_refused_in_any_part(read, workbook, part):
    file = read(patched(workbook(GOOD), lambda xml: b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml.split(b"?>")[-1], part))
    assert [one.message for one in file.problems] == ["文件里带有外部定义（DOCTYPE）。表格文件不应含有"]


def test_a_file_over_fifty_megabytes_is_refused_before_it_is_opened(read):
    file = read(b"PK\x03\x04" + bytes(51 * 2**20))
    assert [(one.message, one.fix) for one in file.problems] == [
        ("文件有 51 MB。单个文件不超过 50 MB", "请删去无关的工作表或图片后重新上传")
    ]


def test_a_refused_file_leaves_the_store_as_it_was(store, take):
    with pytest.raises(IntakeError) as refusal:
        take(store, b"%PDF-1.7\n", "通知.pdf")
    assert str(refusal.value) == "通知.pdf：有必须改正的问题。改正后才能入库。请按问题清单改正后重新上传。"
    assert store.head() == 1
    assert not (store.root / "files").exists()


# ------------------------------------------------------------------ many rows with one thing wrong


def test_the_work_grows_with_the_rows_not_with_their_square(monkeypatch):
    from unionplan.intake import checks
    from unionplan.intake.layout import laid_out
    from unionplan.intake.reading import Sheet

    calls, real = [], checks.address
    monkeypatch.setattr(checks, "address", lambda *place: calls.append(place) or real(*place))
    head = [name.strip() for name in HEAD.split("|")]
    rows = [[f"0{n:04}", f"厂{n}", None, "存续", "国有企业", 5, "是"] for n in range(400)]
    sheet = Sheet("台账", [head, *rows])
    found = checks.ledger(sheet, laid_out(sheet), {"文澜区": "文澜区"}, None, None)
    assert [one.rule for one in found.problems] == ["unit_missing"] * 400
    assert len(calls) < 20 * 400


# ------------------------------------------------------------------ the table of rules


def test_every_rule_has_a_severity_words_and_advice():
    assert rules()
    for rule, (severity, says, advice) in rules().items():
        assert severity in ("reject", "ask", "fixed"), rule
        assert says, rule
        assert advice, rule


def test_no_rule_stands_in_the_table_in_vain():
    code = "".join(
        path.read_text(encoding="utf-8") for path in (TABLES.parent.parent / "unionplan/intake").glob("*.py")
    )
    assert [rule for rule in rules() if f'"{rule}"' not in code] == []
