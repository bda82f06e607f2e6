"""Returns as offices make them: which column says what, which row is data, what is asked, what is refused.

Summaries (W2 and tables like it), training (W3b) and activities (W4), from the cells of a sheet to the store and
back. A table here is a whole sheet; what it must be read as stands beside it.
"""

from datetime import date

import pytest

from unionplan.access import Person
from unionplan.attainment import Outlook, attainments
from unionplan.differences import differences
from unionplan.errors import IntakeError, StalePreviewError
from unionplan.intake.handover import plain_table, read_table
from unionplan.intake.headers import field_of, indicators_named, parts_of
from unionplan.intake.preview import submit
from unionplan.intake.templates import template
from unionplan.plan import plan_of
from unionplan.store import Slot

CLERK = Person("王经办")
FILE = "汇总表2026年10月.xlsx"
GENERIC = "填报单位 | 企业类型 | 企业总数 | 已签订企业数"


def words(problems):
    """Problems as they are shown: severity, cell, message, fix."""
    return [(found.severity, found.cell, found.message, found.fix) for found in problems]


def figures(sheet):
    """A summary's figures, one line each: unit, type as told, indicator (? not named), A/N; 共 the shared counts."""
    return [_line(row) for row in plain_table(read_table(sheet.table)).to_pylist()]


def _line(row):
    names = ("total", "should_unionise", "unionised", "workers", "members")
    if row["indicator"] == "":
        counts = "/".join("-" if row[name] is None else str(row[name]) for name in names)
        return f"{row['reporting_unit']} {row['told']} 共 {counts}"
    counts = "/".join("-" if row[name] is None else str(row[name]) for name in ("numerator", "denominator"))
    return f"{row['reporting_unit']} {row['told']} {row['indicator'] or '?'} {counts}"


def fields(sheet):
    return [name for _, _, name in sheet.columns]


# ------------------------------------------------------------------ headers: a sheet per case, one workbook

LAYOUTS = {
    "one level": (
        """
2026年10月集体合同签订情况
序号 | 填报单位 | 企业类型 | 企业总数 | 已签订企业数 | 签订率
1 | 文澜区 | 国有及控股企业 | 100 | 90 | 90%
2 | 文澜区 | 非公有制企业 | 200 | 130 | 65.0%
 | 合计 | | 300 | 220 | 73.3%""",
        (2, 1, 2, 1), "seq reporting_unit enterprise_type total covered rate",
        ["文澜区 state contract 90/100", "文澜区 non_public contract 130/200"],
    ),
    "units in the header": (
        """
工资集体协商推行情况
填报单位 | 应推行企业数（家） | 已推行企业数(户) | 覆盖职工数（人） | 推行面(%)
文澜区 | 100 | 90 | 1000 | 90""",
        (2, 1, 1, 0), "reporting_unit total covered covered_workers rate",
        ["文澜区 all wage 90/100"],
    ),
    "types over counts": (
        """
集体合同签订情况
填报单位 | 国有及控股企业 | | | 非公有制企业 | |
 | 企业总数 | 已签订企业数 | 签订率 | 企业总数 | 已签订企业数 | 签订率
 | 家 | 家 | % | 家 | 家 | %
文澜区 | 100 | 90 | 0.9 | 200 | 130 | 0.65
合  计 | 100 | 90 | 0.9 | 200 | 130 | 0.65""",
        (2, 2, 1, 1),
        "reporting_unit total@国有及控股企业 covered@国有及控股企业 rate@国有及控股企业 "
        "total@非公有制企业 covered@非公有制企业 rate@非公有制企业",
        ["文澜区 state contract 90/100", "文澜区 non_public contract 130/200"],
    ),
    "indicators over counts": (
        """
填报单位 | 企业类型 | 集体合同 | | 工资专项集体合同 |
 | | 应签数 | 已签数 | 应签数 | 已签数
甲 | 乙 | 1 | 2 | 3 | 4
文澜区 | 国有及控股企业 | 100 | 90 | 100 | 80""",
        (1, 2, 1, 0),
        "reporting_unit enterprise_type total@集体合同 covered@集体合同 total@工资集体协商 covered@工资集体协商",
        ["文澜区 state contract 90/100", "文澜区 state wage 80/100"],
    ),
    "types over indicators": (
        """
填报单位 | 国有及控股企业 | | | | 非公企业 | | |
 | 集体合同 | | 工资集体协商 | | 集体合同 | | 工资集体协商 |
 | 企业总数 | 已签数 | 企业总数 | 已签数 | 企业总数 | 已签数 | 企业总数 | 已签数
文澜区 | 100 | 90 | 100 | 80 | 200 | 150 | 200 | 120""",
        (1, 3, 1, 0),
        "reporting_unit total@国有及控股企业@集体合同 covered@国有及控股企业@集体合同 "
        "total@国有及控股企业@工资集体协商 covered@国有及控股企业@工资集体协商 "
        "total@非公有制企业@集体合同 covered@非公有制企业@集体合同 "
        "total@非公有制企业@工资集体协商 covered@非公有制企业@工资集体协商",
        ["文澜区 state contract 90/100", "文澜区 state wage 80/100",
         "文澜区 non_public contract 150/200", "文澜区 non_public wage 120/200"],
    ),
    "indicators over types": (
        """
填报单位 | 集体合同 | | | | 工资集体协商 | | |
 | 国有及控股企业 | | 非公有制企业 | | 国有及控股企业 | | 非公有制企业 |
 | 企业总数 | 已签数 | 企业总数 | 已签数 | 企业总数 | 已签数 | 企业总数 | 已签数
文澜区 | 100 | 90 | 200 | 150 | 100 | 80 | 200 | 120""",
        (1, 3, 1, 0),
        "reporting_unit total@国有及控股企业@集体合同 covered@国有及控股企业@集体合同 "
        "total@非公有制企业@集体合同 covered@非公有制企业@集体合同 "
        "total@国有及控股企业@工资集体协商 covered@国有及控股企业@工资集体协商 "
        "total@非公有制企业@工资集体协商 covered@非公有制企业@工资集体协商",
        ["文澜区 state contract 90/100", "文澜区 state wage 80/100",
         "文澜区 non_public contract 150/200", "文澜区 non_public wage 120/200"],
    ),
    "types before the word": (
        """
职代会建制情况
填报单位 | 国有及控股企业总数 | 国有及控股已建数 | 国有及控股建制率 | 非公有制企业总数 | 非公有制企业已建数
文澜区 | 100 | 90 | 0.9 | 200 | 130""",
        (2, 1, 1, 0),
        "reporting_unit total@国有及控股企业 covered@国有及控股企业 rate@国有及控股企业 "
        "total@非公有制企业 covered@非公有制企业",
        ["文澜区 state congress 90/100", "文澜区 non_public congress 130/200"],
    ),
    "the template": (
        """
填报单位 | 企业类型 | 企业总数 | 应建会企业数 | 已建会企业数 | 职工人数 | 会员人数 | 集体合同份数 | 集体合同覆盖企业数 | 集体合同覆盖职工数 | 工资专项覆盖企业数 | 职代会建制企业数 | 统计时点
文澜区 | 国有及控股企业 | 100 | 99 | 95 | 9000 | 8000 | 80 | 90 | 8500 | 70 | 85 | 2026-10-31
合计 | | 100 | 99 | 95 | 9000 | 8000 | 80 | 90 | 8500 | 70 | 85 |
填报人：张三 | | 审核人：李四""",
        (1, 1, 1, 1),
        "reporting_unit enterprise_type total should_unionise unionised workers members contracts@集体合同 "
        "covered@集体合同 covered_workers@集体合同 covered@工资集体协商 covered@职代会 as_of",
        ["文澜区 state contract 90/-", "文澜区 state wage 70/-", "文澜区 state congress 85/-",
         "文澜区 state 共 100/99/95/9000/8000"],
    ),
    "repeated header and foot": (
        """
厂务公开建制情况
填报单位 | 企业类型 | 应建数 | 已建数
文澜区 | 国有及控股企业 | 100 | 90
小计 | | 100 | 90

填报单位 | 企业类型 | 应建数 | 已建数
朝晖区 | 非公有制企业 | 200 | 80
小计 | | 200 | 80
全市总计： | | 300 | 170
注：按在地统计
数据来源：各区总工会
填表人：张三 | | 审核人：李四 | 填表日期：2026-11-03""",
        (2, 1, 2, 3), "reporting_unit enterprise_type total covered",
        ["文澜区 state disclosure 90/100", "朝晖区 non_public disclosure 80/200"],
    ),
    "spaces and breaks in the header": (
        """
和谐劳动关系创建
填 报\\n单　位 | 企业　类型 | 应创建\\n企业数 | ＊已创建企业数：
文澜区 | 国有、集体及其控股企业 | 100 | 90""",
        (2, 1, 1, 0), "reporting_unit enterprise_type total covered",
        ["文澜区 public harmony 90/100"],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def layouts(read, workbook):
    file = read(workbook({name: case[0].strip("\n") for name, case in LAYOUTS.items()}), FILE)
    return {sheet.sheet: sheet for sheet in file.sheets}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_summary_is_read_by_its_header_however_many_levels_it_has(layouts, name):
    _, (header_row, depth, rows, totals), names, lines = LAYOUTS[name]
    sheet = layouts[name]
    assert (sheet.kind, sheet.header_row, sheet.header_depth) == ("W2", header_row, depth)
    assert (sheet.rows, sheet.totals) == (rows, totals)
    assert fields(sheet) == names.split()
    assert figures(sheet) == lines


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_well_made_summary_has_nothing_to_ask(layouts, name):
    assert words(layouts[name].problems) == []


def test_a_grouped_column_is_named_by_its_lowest_cell_and_all_its_words(layouts):
    assert layouts["types over indicators"].columns[:3] == (
        ("A1", "填报单位", "reporting_unit"),
        ("B3", "国有及控股企业/集体合同/企业总数", "total@国有及控股企业@集体合同"),
        ("C3", "国有及控股企业/集体合同/已签数", "covered@国有及控股企业@集体合同"),
    )
    assert layouts["units in the header"].columns[1] == ("B2", "应推行企业数（家）", "total")
    assert layouts["spaces and breaks in the header"].columns[0] == ("A2", "填报单位", "reporting_unit")


def test_the_shipped_template_of_a_summary_is_recognised_column_by_column(read, plan_tables):
    sheets = [s for s in read(template("W2", plan_of(plan_tables).units), FILE).sheets if s.kind == "W2"]
    assert len(sheets) == 1
    assert None not in fields(sheets[0])
    assert "covered@和谐创建" in fields(sheets[0])


@pytest.mark.parametrize(
    ("levels", "field"),
    [
        (("非公有制企业", "覆盖企业数"), "covered@非公有制企业"),
        (("国有及控股", "集体合同", "企业总数"), "total@国有及控股企业@集体合同"),
        (("集体合同", "国有及控股", "企业总数（家）"), "total@国有及控股企业@集体合同"),
        (("工资专项覆盖企业数",), "covered@工资集体协商"),
        (("女职工专项集体合同", "覆盖职工"), "covered_workers@女职工专项"),
        (("三资企业", "户数"), "covered@三资企业"),
        (("全部企业", "签订率"), "rate@全部企业"),
        (("主要情况", "企业总数"), "total"),
        (("集体合同", "填报单位"), None),
        (("非公有制企业", "统计时点"), None),
        (("星级",), None),
    ],
)
def test_a_field_carries_type_before_indicator_whatever_the_order_of_the_levels(levels, field):
    assert field_of(levels, "W2") == field


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("covered", ("covered", None, None)),
        ("covered@非公有制企业", ("covered", "non_public", None)),
        ("covered@工资集体协商", ("covered", None, "wage")),
        ("total@国有及控股企业@集体合同", ("total", "state", "contract")),
    ],
)
def test_a_field_is_taken_apart_again(field, found):
    assert parts_of(field) == found


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("集体合同签订情况", {"contract"}),
        ("工资专项集体合同签订情况", {"wage"}),
        ("女职工权益保护专项集体合同", {"women"}),
        ("女职工专项集体合同和集体合同", {"women", "contract"}),
        ("集体合同、工资集体协商推行情况", {"contract", "wage"}),
        ("厂务 公开", {"disclosure"}),
        ("职工代表大会制度建制情况", {"congress"}),
        ("企业情况", set()),
    ],
)
def test_a_title_names_its_indicators_by_the_longest_word(title, found):
    assert indicators_named([title]) == found


# ------------------------------------------------------------------ checks: a sheet per case, one workbook

CHECKS = {
    "covered over": (f"集体合同\n{GENERIC}\n文澜区 | 集体企业 | 100 | 120", [
        ("reject", "D3", "分子大于分母（120 > 100）", "请核对已覆盖家数和应覆盖家数")]),
    "all covered": (f"集体合同\n{GENERIC}\n文澜区 | 集体企业 | 100 | 100", []),
    "workers under": ("集体合同\n填报单位 | 企业总数 | 已签订企业数 | 覆盖职工数\n文澜区 | 10 | 8 | 7", [
        ("reject", "D3", "覆盖职工数少于覆盖企业数（7 < 8）", "请核对覆盖职工数")]),
    "workers equal": ("集体合同\n填报单位 | 企业总数 | 已签订企业数 | 覆盖职工数\n文澜区 | 10 | 8 | 8", []),
    "negative": (f"集体合同\n{GENERIC}\n文澜区 | 集体企业 | -3 | 1", [
        ("reject", "C3", "是负数（-3）", "请核对后填写不小于 0 的整数")]),
    "not an integer": (f"集体合同\n{GENERIC}\n文澜区 | 集体企业 | 3.5 | 约90", [
        ("reject", "C3", "不是整数（3.5）", "请填写整数，不带单位和文字"),
        ("reject", "D3", "不是整数（“约90”是约数，不是准确的数）", "请填写整数，不带单位和文字")]),
    "number as text": (f"集体合同\n{GENERIC}\n文澜区 | 集体企业 | '1,200 | 90", [
        ("fixed", "C3", "已按规范写法读入（“1,200” → 1200）", "无需处理")]),
    "duplicate": (f"集体合同\n{GENERIC}\n文澜区 | 国企 | 100 | 90\n文澜区 | 国有及控股企业 | 100 | 91", [
        ("reject", "A4", "同一填报单位内重复（与第 3 行相同）", "请核对后删去重复的一行")]),
    "other unit": (f"集体合同\n{GENERIC}\n文澜区 | 国企 | 100 | 90\n朝晖区 | 国企 | 100 | 90", []),
    "unknown unit": (f"集体合同\n{GENERIC}\n文兰区 | 国企 | 100 | 90", [
        ("reject", "A3", "不在填报单位表中（“文兰区”，是否为“文澜区”）",
         "请改为填报单位表中的名称，或在填报单位表中加为别名")]),
    "unit missing": (f"集体合同\n{GENERIC}\n | 国企 | 100 | 90", [
        ("reject", "A3", "没有填报单位", "请填写填报单位，或上传时指定")]),
    "unknown type": (f"集体合同\n{GENERIC}\n文澜区 | 国有及控股公司 | 100 | 90", [
        ("reject", "B3", "不在企业类型名录中（“国有及控股公司”，是否为“国有及控股”）", "请按企业类型名录填写")]),
    "type missing": (f"集体合同\n{GENERIC}\n文澜区 | | 100 | 90", [
        ("reject", "B3", "没有企业类型", "请填写企业类型；不分类型的请写“全部企业”")]),
    "error value": (f"集体合同\n{GENERIC}\n文澜区 | 国企 | #DIV/0! | 90", [
        ("reject", "C3", "单元格是错误值或没有结果的公式（#DIV/0!）", "请在原表改成数值后重新上传")]),
    "unreadable day": (f"集体合同\n{GENERIC} | 统计时点\n文澜区 | 国企 | 100 | 90 | 上月底", [
        ("reject", "E3", "日期认不出来（“上月底”）", "请写成 2026-10-31 的样子")]),
    "month as a day": (f"集体合同\n{GENERIC} | 统计时点\n文澜区 | 国企 | 100 | 90 | 2026年2月", [
        ("fixed", "E3", "已按规范写法读入（“2026年2月” → 2026-02-28）", "无需处理")]),
    "parts over": ("集体合同\n" + GENERIC + "\n文澜区 | 国有、集体及其控股企业 | 60 | 50\n文澜区 | 国企 | 50 | 40"
                   "\n文澜区 | 集体企业 | 20 | 10", [
        ("reject", "C3", "其中各类之和超过合计（各类之和 70 > 国有、集体及其控股企业 60）", "请核对合计与各类数字")]),
    "unionised over": ("填报单位 | 企业类型 | 企业总数 | 已建会企业数 | 集体合同覆盖企业数\n文澜区 | 国企 | 100 | 101 | 90", [
        ("reject", "D2", "分子大于分母（101 > 100）", "请核对已覆盖家数和应覆盖家数")]),
    "covered over the unionised": (
        "填报单位 | 企业类型 | 企业总数 | 已建会企业数 | 集体合同覆盖企业数\n文澜区 | 国企 | 100 | 80 | 90", [
        ("reject", "E2", "分子大于分母（90 > 80）", "请核对已覆盖家数和应覆盖家数")]),
    "members over": ("填报单位 | 企业类型 | 企业总数 | 职工人数 | 会员人数 | 集体合同覆盖企业数\n文澜区 | 国企 | 10 | 90 | 91 | 9", [
        ("reject", "E2", "会员人数多于职工人数（91 > 90）", "请核对两个人数")]),
    "rate": (f"集体合同\n{GENERIC} | 签订率\n文澜区 | 国企 | 100 | 65 | 0.71", [
        ("ask", "E3", "比率与家数不符（填的是 0.71，65/100 应为 65.00%）", "请核对家数；比率只作核对，不会采用")]),
    "rate in other ways": (
        f"集体合同\n{GENERIC} | 签订率\n文澜区 | 国企 | 1000 | 659 | 65.9\n文澜区 | 集体 | 1000 | 659 | 65%"
        "\n文澜区 | 私营 | 1000 | 659 | '65.90％\n文澜区 | 外商 | 1000 | 659 | 66%\n文澜区 | 港澳台 | 1000 | 659 | ", []),
    "rate too far": (f"集体合同\n{GENERIC} | 签订率\n文澜区 | 国企 | 1000 | 659 | 67%", [
        ("ask", "E3", "比率与家数不符（填的是 67%，659/1000 应为 65.90%）", "请核对家数；比率只作核对，不会采用")]),
    "total": (f"集体合同\n{GENERIC}\n文澜区 | 国企 | 100 | 65\n朝晖区 | 国企 | 10 | 5\n合计 | | 110 | 71", [
        ("ask", "D5", "合计与明细之和不符（合计 71，明细之和 70）", "请核对明细；合计只作核对，不会采用")]),
    "total first": (f"集体合同\n{GENERIC}\n合计 | | 111 | 70\n文澜区 | 国企 | 100 | 65\n朝晖区 | 国企 | 10 | 5", [
        ("ask", "C3", "合计与明细之和不符（合计 111，明细之和 110）", "请核对明细；合计只作核对，不会采用")]),
    "total of sums": (f"集体合同\n{GENERIC}\n文澜区 | 国有、集体及其控股企业 | 100 | 65\n文澜区 | 国企 | 10 | 5\n合计 | | 100 | 65", []),
    "rate of the total": (f"集体合同\n{GENERIC} | 签订率\n文澜区 | 国企 | 100 | 65 | 65%\n合计 | | 100 | 65 | 56%", [
        ("ask", "E4", "比率与家数不符（填的是 56%，65/100 应为 65.00%）", "请核对家数；比率只作核对，不会采用")]),
    "bases differ": ("""填报单位 | 企业类型 | 集体合同 | | 工资集体协商 |
 | | 应签数 | 已签数 | 应签数 | 已签数
文澜区 | 国企 | 100 | 90 | 99 | 80
朝晖区 | 国企 | 100 | 90 | 100 | 80""", [
        ("ask", "E3", "同一单位各项指标的应覆盖家数不同（100、99）", "请核对各项指标的分母")]),
    "outlier": (f"集体合同\n{GENERIC}\n文澜区 | 国企 | 100 | 60\n朝晖区 | 国企 | 100 | 80\n锦澜区 | 国企 | 100 | 90\n青禾区 | 国企 | 1000 | 9", [
        ("ask", "D6", "比率与其余各行相差悬殊（9/1000，其余均在 50% 以上）", "请核对是否把百分数填成了家数")]),
    "no outlier of two": (f"集体合同\n{GENERIC}\n文澜区 | 国企 | 100 | 60\n朝晖区 | 国企 | 100 | 80\n青禾区 | 国企 | 1000 | 9", []),
    "blank row": (f"集体合同\n{GENERIC}\n文澜区 | 国企 | 100 | 60\n朝晖区 | 国企 | | ", [
        ("fixed", "", "没有填数的行，按未报处理（第4行）", "如有数据请补填后重新上传")]),
    "no rows": (f"集体合同\n{GENERIC}\n朝晖区 | 国企 | | ", [
        ("reject", "", "没有可用的数据行（表头下有 1 行，都没有填数）", "请填写数据后重新上传")]),
    "ten thousands": (f"集体合同 | 单位：万家\n{GENERIC}\n朝晖区 | 国企 | 3 | 2", [
        ("ask", "C2", "以“万”等为单位的数已换算（“企业总数”的数乘以 10,000：3 按 30,000 读入）", "请核对换算后的人数、家数"),
        ("ask", "D2", "以“万”等为单位的数已换算（“已签订企业数”的数乘以 10,000：2 按 20,000 读入）", "请核对换算后的人数、家数")]),
    "unknown column": (f"集体合同\n{GENERIC} | 星级\n朝晖区 | 国企 | 3 | 2 | 三星", [
        ("fixed", "E2", "未识别的列，没有采用（“星级”）", "如需采用请改用模板的列名")]),
    "twice the same column": (f"集体合同\n{GENERIC} | 已签数\n朝晖区 | 国企 | 3 | 2 | 1", [
        ("ask", "E2", "列名与内容的对应须核对（“已签数”与 D2 的“已签订企业数”同义，只采用后者）",
         "请核对这一列的内容，确认或改正对应关系")]),
}  # fmt: skip


@pytest.fixture(scope="module")
def checked(read, workbook):
    file = read(workbook({name: case[0] for name, case in CHECKS.items()}), FILE)
    return {sheet.sheet: sheet for sheet in file.sheets}


@pytest.mark.parametrize("name", CHECKS)
def test_every_check_of_a_summary_names_its_cell_what_was_found_and_what_to_do(checked, name):
    assert words(checked[name].problems) == CHECKS[name][1]


def test_a_blank_figure_is_unreported_and_never_zero(read, workbook):
    table = f"集体合同\n{GENERIC}\n文澜区 | 国企 | 100 | \n朝晖区 | 国企 | 10 | 0\n锦澜区 | 国企 | / | ***"
    assert figures(read(workbook(table), FILE).sheets[0]) == [
        "文澜区 state contract -/100",
        "朝晖区 state contract 0/10",
    ]


def test_exactly_the_rows_with_a_rejected_cell_are_held_back(read, workbook):
    table = f"集体合同\n{GENERIC}\n文澜区 | 国企 | 100 | 120\n朝晖区 | 国企 | 10 | 5\n锦兰区 | 国企 | 10 | 5"
    rows = plain_table(read_table(read(workbook(table), FILE).sheets[0].table)).to_pylist()
    assert [(row["row"], row["rejected"]) for row in rows] == [(3, True), (4, False), (5, True)]


def test_a_unit_given_for_the_file_fills_blanks_and_refuses_another(read, workbook):
    data = workbook(f"集体合同\n{GENERIC}\n | 国企 | 100 | 90\n朝晖区 | 国企 | 10 | 5")
    sheet = read(data, FILE, unit="文澜区").sheets[0]
    assert figures(sheet)[0] == "文澜区 state contract 90/100"
    assert words(sheet.problems) == [
        ("reject", "A4", "不是本次指定的填报单位（“朝晖区”，本次为“文澜区”）", "请只上传本单位的数据")
    ]


def test_a_summary_in_a_text_file_is_read_the_same(read, csv_file):
    table = LAYOUTS["one level"][0].strip("\n")
    sheet = read(csv_file(table, "gb18030"), "汇总表.csv").sheets[0]
    assert (figures(sheet), words(sheet.problems)) == (LAYOUTS["one level"][3], [])


# ------------------------------------------------------------------ what is asked before anything is kept

BARE = f"各区情况\n{GENERIC}\n文澜区 | 国有及控股企业 | 100 | 90\n文澜区 | 非公有制企业 | 200 | 130"
CONTRACT = BARE.replace("各区情况", "集体合同签订情况")
WAGE = "工资集体协商情况\n填报单位 | 企业类型 | 应推行数 | 已推行数\n文澜区 | 国有及控股企业 | 100 | 70\n文澜区 | 非公有制企业 | 200 | 80"
INDICATORS = "集体合同、工资集体协商、女职工专项、职代会、厂务公开、和谐创建、建会、入会"


def rule_words(seen, rule):
    return [(one.severity, one.message, one.fix) for one in seen.problems if one.rule == rule]


def city(store, by="scope"):
    """(indicator, scope) → "A/N" of the city at the store's newest state; only what is reported."""
    commit = store.head()
    look = Outlook(store.cube(commit), store.plan(commit), store.today(commit))
    return {
        (row.indicator, row.scope): f"{row.numerator}/{row.denominator}"
        for row in attainments(look, by)
        if row.numerator is not None
    }


@pytest.mark.parametrize("title", ["各区情况", "集体合同和工资集体协商情况"])
def test_a_table_whose_indicator_is_not_named_is_asked_which_it_is(store, look, workbook, title):
    seen = look(store, workbook(BARE.replace("各区情况", title)), FILE)
    assert seen.change is None
    assert rule_words(seen, "indicator_missing") == [
        ("reject", "表头和标题都没有说明是哪项指标", f"请指定这张表是哪项指标：{INDICATORS}")
    ]


def test_the_indicator_can_be_given_for_the_file(store, take, workbook):
    take(store, workbook(BARE), FILE, indicator="disclosure")
    assert city(store) == {("disclosure", "state"): "90/100", ("disclosure", "non_public"): "130/200"}


def test_an_indicator_given_that_is_not_the_titles_is_asked_and_the_title_stands(store, take, look, workbook):
    seen = look(store, workbook(CONTRACT), FILE, indicator="wage")
    assert rule_words(seen, "indicator_other") == [
        ("ask", "标题写明的指标与指定的不同，按标题入库（集体合同）", "请核对是哪项指标")
    ]
    take(store, workbook(CONTRACT), FILE, indicator="wage", reason="按标题")
    assert set(city(store)) == {("contract", "state"), ("contract", "non_public")}


def test_the_command_line_refuses_a_table_without_an_indicator_in_this_sentence(cli, tmp_path, seeded, workbook):
    file = tmp_path / "汇总表2026年10月.xlsx"
    file.write_bytes(workbook(BARE))
    root = tmp_path / "store"
    refused = cli("submit", file, "--by", "王经办", "--store", root)
    assert refused.code == 1
    assert (
        "  须改正 企业台账：表头和标题都没有说明是哪项指标。请指定这张表是哪项指标：" + INDICATORS + "。" in refused.out
    )
    taken = cli("submit", file, "--by", "王经办", "--indicator", "集体合同", "--store", root)
    assert (taken.code, "第 2 次更新：新增 2，变更 0，未变 0，移除 0，退回 0" in taken.out) == (0, True)
    wrong = cli("submit", file, "--by", "王经办", "--indicator", "签约", "--store", root)
    assert wrong.code == 2
    assert wrong.err.startswith("指标 签约：没有这项指标。contract（集体合同）")


def test_a_summary_without_a_day_is_refused(store, look, workbook):
    seen = look(store, workbook(CONTRACT), "汇总表.xlsx")
    assert seen.change is None
    assert rule_words(seen, "as_of_missing") == [("reject", "没有统计时点", "请指定统计时点，如 2026-10-31")]


@pytest.mark.parametrize(
    ("title", "name", "found"),
    [
        ("截至2026年9月30日集体合同", FILE, "统计时点按文件所写推定（单元格 A1，2026-09-30）"),
        ("2026年9月集体合同", FILE, "统计时点按文件所写推定（标题 A1，按最后一天，2026-09-30）"),
        ("集体合同", FILE, "统计时点按文件所写推定（文件名，按最后一天，2026-10-31）"),
    ],
)
def test_the_day_is_taken_from_cell_title_or_name_and_told(store, look, workbook, title, name, found):
    seen = look(store, workbook(CONTRACT.replace("集体合同签订情况", title)), name)
    assert [message for _, message, _ in rule_words(seen, "as_of_inferred")] == [found]
    assert seen.asks == ()


def test_a_day_after_the_clock_is_asked_about(store, look, workbook):
    seen = look(store, workbook(CONTRACT.replace("集体合同签", "2026年下半年集体合同签")), FILE)
    assert rule_words(seen, "as_of_late") == [("ask", "统计时点晚于今天（2026-12-31）", "请核对统计时点")]
    with pytest.raises(IntakeError) as refused:
        submit(store, seen, CLERK, "")
    assert str(refused.value) == f"{FILE}：有 1 处需要核对。核对无误须写明理由。请填写理由后再确认。"


DATED = f"""集体合同
{GENERIC} | 统计时点
文澜区 | 国有及控股企业 | 100 | 80 | 2026-09-30
文澜区 | 国有及控股企业 | 100 | 90 | 2026年10月"""


def test_every_row_has_the_day_of_its_own_cell(store, take, workbook):
    _, commit = take(store, workbook(DATED), "汇总表.xlsx", reason="核对过")
    slots = {entry.slot: entry.as_of for entry in store.history()[commit - 1].entries}
    assert slots == {
        Slot("summary", "文澜区", "2026-09"): date(2026, 9, 30), Slot("summary", "文澜区", "2026-10"): date(2026, 10, 31),
    }  # fmt: skip
    assert city(store) == {("contract", "state"): "90/100"}


def test_a_day_of_a_row_after_the_clock_is_asked_about(store, look, workbook):
    seen = look(store, workbook(DATED.replace("2026年10月", "2026年11月")), "汇总表.xlsx")
    assert rule_words(seen, "as_of_late") == [("ask", "统计时点晚于今天（2026-11-30）", "请核对统计时点")]


def test_a_day_of_a_row_after_the_clock_is_asked_about_where_another_row_has_none(store, look, workbook):
    table = DATED.replace("2026年10月", "2026年12月").replace("2026-09-30", "")
    assert [one.rule for one in look(store, workbook(table), FILE).asks] == ["as_of_late"]


def test_the_denominators_of_a_generic_table_are_told(store, look, workbook):
    seen = look(store, workbook(CONTRACT), FILE)
    assert rule_words(seen, "base_stated") == [("fixed", "分母按表中的总数计入", "请核对它与本指标口径一致")]


# ------------------------------------------------------------------ into the store and out again

FULL = """填报单位 | 企业类型 | 企业总数 | 已建会企业数 | 职工人数 | 会员人数 | 集体合同覆盖企业数 | 女职工专项覆盖企业数
文澜区 | 国有及控股企业 | 100 | 95 | 9000 | 8000 | 90 | 60
文澜区 | 非公有制企业 | 200 | 150 | 5000 | 3000 | 120 | 50"""


def test_every_indicator_stands_on_its_own_denominator(store, take, workbook):
    take(store, workbook(FULL), FILE)
    found = city(store)
    assert {key: value for key, value in found.items() if key[1] == "state"} == {
        ("contract", "state"): "90/95", ("women", "state"): "60/95", ("union", "state"): "95/100",
        ("member", "state"): "8000/9000",
    }  # fmt: skip
    assert found["contract", "non_public"] == "120/150"
    assert ("wage", "state") not in found


def test_a_city_figure_names_the_units_that_told_nothing(store, take, workbook):
    take(store, workbook(FULL), FILE)
    look = Outlook(store.cube(store.head()), store.plan(store.head()), date(2026, 11, 5))
    row = next(r for r in attainments(look, "scope", "contract") if r.scope == "state")
    assert row.missing == tuple(unit.name for unit in store.plan(1).units if unit.name != "文澜区")


def test_taking_a_return_back_leaves_everything_as_it_was(store, take, workbook):
    take(store, workbook(CONTRACT), FILE)
    before = store.cube(store.head())
    _, commit = take(store, workbook(CONTRACT.replace("| 90", "| 80")), FILE)
    assert city(store)["contract", "state"] == "80/100"
    assert store.cube(store.undo(commit, CLERK, "录错了")).equals(before)
    store.undo(4, CLERK, "再撤")
    store.undo(5, CLERK, "再撤一次")
    assert city(store)["contract", "state"] == "90/100"


def test_the_first_return_of_a_unit_can_be_taken_back_to_nothing(store, take, workbook):
    _, commit = take(store, workbook(CONTRACT), FILE)
    store.undo(commit, CLERK, "发错了")
    assert city(store) == {}
    assert store.heads(store.head()).keys() == store.heads(1).keys()


def test_the_same_return_again_is_unchanged(store, take, workbook):
    seen, commit = take(store, workbook(CONTRACT), FILE)
    assert (seen.added, seen.unchanged, commit) == (2, 0, 2)
    seen, commit = take(store, workbook(CONTRACT), FILE)
    assert (seen.added, seen.changed, seen.unchanged, seen.removed, commit) == (0, 0, 2, 0, None)


def test_what_a_later_file_leaves_out_stays(store, take, workbook):
    take(store, workbook(CONTRACT), FILE)
    later = f"集体合同\n{GENERIC}\n文澜区 | 国有及控股企业 | | 95"
    seen, _ = take(store, workbook(later), FILE)
    assert (seen.added, seen.changed, seen.unchanged) == (0, 1, 0)
    assert seen.details.to_dict("records") == [
        {"org_name": "文澜区 国有及控股企业 集体合同", "field": "覆盖数", "old": "90", "new": "95"}
    ]
    assert city(store) == {("contract", "state"): "95/100", ("contract", "non_public"): "130/200"}


def test_a_figure_marked_to_be_emptied_is_emptied_and_a_blank_one_is_not(store, take, workbook):
    take(store, workbook(CONTRACT), FILE)
    seen, _ = take(store, workbook(CONTRACT.replace("| 130", "| 清空")), FILE, reason="报错了")
    assert seen.details.to_dict("records") == [
        {"org_name": "文澜区 非公有制企业 集体合同", "field": "覆盖数", "old": "130", "new": "（空）"}
    ]
    assert city(store) == {("contract", "state"): "90/100"}
    take(store, workbook(f"集体合同\n{GENERIC}\n文澜区 | 国有及控股企业 | | 清空"), FILE, reason="报错了")
    assert city(store) == {}


def test_replacing_starts_from_nothing(store, take, workbook):
    take(store, workbook(CONTRACT), FILE)
    later = f"集体合同\n{GENERIC}\n文澜区 | 国有及控股企业 | 100 | 95"
    seen, _ = take(store, workbook(later), FILE, mode="replace", reason="核对过")
    assert (seen.added, seen.changed, seen.removed) == (0, 1, 1)
    assert city(store) == {("contract", "state"): "95/100"}


def test_replacing_touches_no_other_unit_or_month(store, take, workbook):
    take(store, workbook(CONTRACT), "汇总表2026年9月.xlsx")
    take(store, workbook(CONTRACT.replace("文澜区", "朝晖区")), FILE)
    take(store, workbook(f"集体合同\n{GENERIC}\n文澜区 | 国有及控股企业 | 100 | 95"), FILE, mode="replace", reason="是")
    held = {slot for slot in store.heads(store.head()) if slot.dataset == "summary"}
    assert held == {
        Slot("summary", "文澜区", "2026-09"), Slot("summary", "文澜区", "2026-10"), Slot("summary", "朝晖区", "2026-10"),
    }  # fmt: skip
    assert city(store)["contract", "state"] == "185/200"


def test_a_second_table_for_another_indicator_adds_to_the_month(store, take, workbook):
    take(store, workbook(CONTRACT), FILE)
    seen, _ = take(store, workbook(WAGE), FILE)
    assert (seen.added, seen.changed, seen.removed) == (2, 0, 0)
    assert city(store) == {
        ("contract", "state"): "90/100", ("contract", "non_public"): "130/200", ("wage", "state"): "70/100",
        ("wage", "non_public"): "80/200",
    }  # fmt: skip


def test_two_tables_of_one_file_add_to_one_month(store, take, workbook):
    take(store, workbook({"集体合同": CONTRACT, "工资": WAGE}), FILE)
    assert (city(store)["contract", "state"], city(store)["wage", "non_public"]) == ("90/100", "80/200")
    assert store.head() == 2


def test_tables_taken_in_any_order_give_the_same_counts(new_store, take, workbook):
    files = [workbook(CONTRACT), workbook(WAGE), workbook(f"厂务公开\n{GENERIC}\n朝晖区 | 集体企业 | 10 | 5")]
    cubes = []
    for order in ((0, 1, 2), (2, 1, 0)):
        store = new_store()
        for number in order:
            take(store, files[number], FILE)
        cubes.append(store.cube(store.head()))
    assert cubes[0].equals(cubes[1])


@pytest.mark.parametrize("sheets", [1, 2])
def test_one_figure_told_twice_in_a_file_is_refused(store, look, workbook, sheets):
    first = f"集体合同\n{GENERIC} | 统计时点\n文澜区 | 国企 | 100 | 90 | 2026-10-15"
    again = "文澜区 | 国企 | 100 | 91 | 2026-10-31"
    one = {"甲表": f"{first}\n{again}"}
    two = {"甲表": first, "乙表": f"集体合同\n{GENERIC} | 统计时点\n{again}"}
    seen = look(store, workbook(one if sheets == 1 else two), FILE)
    line = 4 if sheets == 1 else 3
    assert rule_words(seen, "duplicate") == [
        ("reject", f"同一填报单位内重复（文澜区第{line}行与本文件另一行相同）", "请核对后删去重复的一行")
    ]


def test_a_figure_told_twice_is_named_on_the_sheet_that_repeats_it(store, look, workbook):
    seen = look(store, workbook({"甲表": CONTRACT, "乙表": CONTRACT}), FILE)
    assert {one.sheet for one in seen.problems if one.rule == "duplicate"} == {"乙表"}


def test_a_row_left_out_as_repeated_is_counted_as_rejected(store, take, workbook):
    repeated = f"集体合同\n{GENERIC}\n文澜区 | 国有及控股企业 | 100 | 90"
    seen, _ = take(store, workbook({"甲表": CONTRACT, "乙表": repeated}), FILE, only_valid=True)
    assert (seen.added, seen.rejected) == (2, 1)


def test_only_sound_rows_are_taken_where_that_is_asked(store, take, look, workbook):
    table = f"{CONTRACT}\n文澜区 | 集体企业 | 10 | 11"
    assert look(store, workbook(table), FILE).change is None
    seen, _ = take(store, workbook(table), FILE, only_valid=True)
    assert (seen.added, seen.rejected) == (2, 1)
    assert set(city(store)) == {("contract", "state"), ("contract", "non_public")}


def test_a_rate_and_a_total_are_asked_about_and_never_adopted(store, take, look, workbook):
    table = f"集体合同\n{GENERIC} | 签订率\n文澜区 | 国企 | 100 | 65 | 0.71\n合计 | | 100 | 66 | 0.66"
    seen = look(store, workbook(table), FILE)
    assert [(one.cell, one.rule) for one in seen.asks] == [("E3", "rate_differs"), ("D4", "total_differs")]
    take(store, workbook(table), FILE, reason="以明细为准")
    assert city(store) == {("contract", "state"): "65/100"}
    assert store.history()[-1].note == "核对理由：以明细为准"


def test_a_figure_that_moved_by_more_than_the_limit_is_asked_about(store, take, look, workbook):
    take(store, workbook(CONTRACT), "汇总表2026年9月.xlsx")
    same = look(store, workbook(CONTRACT.replace("| 130", "| 196")), FILE)
    assert same.asks == ()
    seen = look(store, workbook(CONTRACT.replace("| 130", "| 197")), FILE)
    assert [one.message for one in seen.asks] == ["与上一期相比变动超过三成（文澜区集体合同，2026年9月 220 → 287）"]


def test_more_covered_than_a_base_that_came_earlier_is_refused(store, take, look, workbook):
    take(
        store,
        workbook("填报单位 | 企业类型 | 企业总数 | 已建会企业数 | 厂务公开建制企业数\n文澜区 | 国企 | 100 | 80 | 50"),
        FILE,
    )
    seen = look(store, workbook("填报单位 | 企业类型 | 职工人数 | 集体合同覆盖企业数\n文澜区 | 国企 | 900 | 81"), FILE)
    assert seen.change is None
    assert rule_words(seen, "covered_over") == [
        ("reject", "分子大于分母（文澜区集体合同 81 > 80）", "请核对已覆盖家数和应覆盖家数")
    ]


LEDGER = """统计编码 | 单位名称 | 填报单位 | 企业状态 | 控股情况 | 单位类别 | 是否建会 | 集体合同签订方式 | 集体合同起始日 | 集体合同截止日
001 | 甲厂 | 文澜区 | 存续 | 国有控股 | 国有企业 | 是 | 单独 | 2026-01-01 | 2026-12-31
002 | 乙厂 | 文澜区 | 存续 | 国有控股 | 国有企业 | 是 | 未签 | |"""


def test_a_ledger_rules_what_it_tells_and_the_summary_the_rest(store, take, workbook):
    take(store, workbook(LEDGER))
    seen, _ = take(store, workbook({"甲": CONTRACT, "乙": WAGE}), FILE)
    assert rule_words(seen, "ledger_rules") == [
        ("fixed", "该单位本月已有企业台账，计数以台账为准，差异另列（文澜区 2026-10）", "请核对两表的差异")
    ]
    found = city(store)
    assert (found["contract", "state"], found["wage", "state"]) == ("1/2", "70/100")


def test_a_summary_of_a_month_without_a_ledger_says_nothing_of_ledgers(store, take, look, workbook):
    take(store, workbook(LEDGER), "台账2026年9月.xlsx")
    assert rule_words(look(store, workbook(CONTRACT), FILE), "ledger_rules") == []


def test_a_preview_is_refused_when_the_month_has_changed_since(store, take, look, workbook):
    seen = look(store, workbook(CONTRACT), FILE)
    take(store, workbook(WAGE), FILE)
    with pytest.raises(StalePreviewError) as refused:
        submit(store, seen, CLERK, "")
    assert "预览之后，第2次更新已改动同一批数据" in str(refused.value)


# ------------------------------------------------------------------ training

TRAINING_HEAD = "填报单位 | 企业类型 | 培训方式 | 等级 | 期数 | 人数 | 人次 | 统计时点"
TRAINING = f"""技术工人培训统计表
{TRAINING_HEAD}
文澜区 | 国有及控股企业 | 自培 | 高级工 | 2 | 60 | 80 | 2026-10-31
文澜区 | 三资企业 | 委托培训 | 四级 | 1 | 30 | 30 | 2026-10-31
合计 | | | | 3 | 90 | 110 |"""
TRAINED = "培训统计表.xlsx"


def courses(sheet):
    """A training sheet's rows: unit, type as an atom or leaf, way, level, persons and person-times."""
    names = ("reporting_unit", "enterprise_type", "method", "level", "persons", "person_times")
    return [
        " ".join("-" if row[n] is None else str(row[n]) for n in names)
        for row in plain_table(read_table(sheet.table)).to_pylist()
    ]


def test_a_training_return_tells_persons_and_person_times_apart(read, workbook):
    sheet = read(workbook(TRAINING), TRAINED).sheets[0]
    assert (sheet.kind, sheet.rows, sheet.totals, words(sheet.problems)) == ("W3b", 2, 1, [])
    assert fields(sheet) == [
        "reporting_unit", "enterprise_type", "method", "level", "classes", "persons", "person_times", "as_of",
    ]  # fmt: skip
    assert courses(sheet) == ["文澜区 state 自培 高级工 60 80", "文澜区 non_public 委培 中级工 30 30"]


TRAINING_CHECKS = {
    "person-times only": (" | | 委培 | | | | 40 | 2026-10-31", [
        ("ask", "G3", "只填了人次、没有填人数，人数按未报处理", "请补填人数")]),
    "fewer times than persons": (" | | 自培 | | | 40 | 39 | 2026-10-31", [
        ("ask", "G3", "人次少于人数（39 < 40）", "请核对人数和人次")]),
    "as many times as persons": (" | | 自培 | | | 40 | 40 | 2026-10-31", []),
    "duplicate": (" | 国企 | 自培 | 技师 | 1 | 40 | 40 | 2026-10-31\n | 国有企业 | 企业自训 | 二级 | 1 | 5 | 5 | 2026-10-31", [
        ("reject", "A4", "同一填报单位内重复（与第 3 行相同）", "请核对后删去重复的一行")]),
    "another level": (" | | 自培 | 技师 | 1 | 40 | 40 | 2026-10-31\n | | 自培 | 高级技师 | 1 | 5 | 5 | 2026-10-31", []),
    "unknown way": (" | | 网课 | | | 40 | 40 | 2026-10-31", [
        ("reject", "C3", "不在可填的内容中（“网课”，可填：自培、委培、联办）", "请改为可填的内容之一")]),
    "not an integer": (" | | 自培 | | | 0.4 | | 2026-10-31", [
        ("reject", "F3", "不是整数（0.4）", "请填写整数，不带单位和文字")]),
    "blank": (" | | 自培 | | | 4 | 4 | 2026-10-31\n | | 委培 | | | | | 2026-10-31", [
        ("fixed", "", "没有填数的行，按未报处理（第4行）", "如有数据请补填后重新上传")]),
}  # fmt: skip


@pytest.fixture(scope="module")
def trained(read, workbook):
    tables = {name: f"技术工人培训\n{TRAINING_HEAD}\n{case[0]}" for name, case in TRAINING_CHECKS.items()}
    file = read(workbook(tables), TRAINED, unit="文澜区")
    return {sheet.sheet: sheet for sheet in file.sheets}


@pytest.mark.parametrize("name", TRAINING_CHECKS)
def test_every_check_of_a_training_return_names_its_cell(trained, name):
    assert words(trained[name].problems) == TRAINING_CHECKS[name][1]


@pytest.mark.parametrize("note", ["单位：万人", "单位:家、万人", "单位：　万　人"])
def test_a_training_return_in_ten_thousands_is_multiplied_and_asked_about(read, workbook, note):
    sheet = read(workbook(TRAINING.replace("技术工人培训统计表", note)), TRAINED).sheets[0]
    assert [one.cell for one in sheet.problems if one.rule == "unit_scale"] == ["F2", "G2"]
    assert courses(sheet) == ["文澜区 state 自培 高级工 600000 800000", "文澜区 non_public 委培 中级工 300000 300000"]


def test_ten_thousands_in_a_row_of_units_under_the_header_are_asked_about(read, workbook):
    table = f"培训\n{TRAINING_HEAD}\n | | | | 期 | 万人 | 万人次 |\n文澜区 | | 自培 | | 2 | 3 | 4 | 2026-10-31"
    assert "unit_scale" in [one.rule for one in read(workbook(table), TRAINED).sheets[0].problems]


def test_a_total_of_a_training_return_that_differs_is_asked_about(read, workbook):
    sheet = read(workbook(TRAINING.replace("3 | 90 | 110", "3 | 91 | 110")), TRAINED).sheets[0]
    assert words(sheet.problems) == [
        ("ask", "F5", "合计与明细之和不符（合计 91，明细之和 90）", "请核对明细；合计只作核对，不会采用")
    ]


def test_training_of_a_month_is_kept_and_can_be_taken_back(store, take, workbook):
    _, commit = take(store, workbook(TRAINING), TRAINED)
    kept = store.training(commit)
    assert kept[["period", "enterprise_type", "persons"]].values.tolist() == [
        ["2026-10", "non_public", 30], ["2026-10", "state", 60],
    ]  # fmt: skip
    assert take(store, workbook(TRAINING), TRAINED)[1] is None
    store.undo(commit, CLERK, "发错了")
    assert store.training(store.head()).empty


def test_a_training_row_left_out_later_stays_unless_the_month_is_replaced(store, take, workbook):
    take(store, workbook(TRAINING), TRAINED)
    less = f"培训\n{TRAINING_HEAD}\n文澜区 | 国企 | 自培 | 高级工 | | 61 | | 2026-10-31"
    take(store, workbook(less), TRAINED)
    assert store.training(store.head())[["classes", "persons", "person_times"]].values.tolist() == [
        [1, 30, 30], [2, 61, 80],
    ]  # fmt: skip
    take(store, workbook(less), TRAINED, mode="replace")
    assert store.training(store.head())["persons"].tolist() == [61]


def test_persons_marked_to_be_emptied_are_unreported_again(store, take, workbook):
    take(store, workbook(TRAINING), TRAINED)
    take(store, workbook(f"培训\n{TRAINING_HEAD}\n文澜区 | 国企 | 自培 | 高级工 | | 清空 | | 2026-10-31"), TRAINED)
    kept = store.training(store.head()).set_index("enterprise_type")
    assert kept["persons"].isna().to_dict() == {"non_public": False, "state": True}
    assert kept.loc["state", "person_times"] == 80


def test_the_months_of_training_stand_beside_each_other(store, take, workbook):
    take(store, workbook(TRAINING.replace("2026-10-31", "2026-09-30")), TRAINED)
    take(store, workbook(TRAINING), TRAINED)
    assert sorted(store.training(store.head())["period"]) == ["2026-09", "2026-09", "2026-10", "2026-10"]


# ------------------------------------------------------------------ activities

EVENT_HEAD = "活动编号 | 对应任务 | 活动名称 | 计划时间 | 完成时间 | 参与单位数 | 其中国有及控股 | 其中集体 | 其中非公有制 | 经费(万元) | 所属期 | 步骤"
EVENTS_FILE = "活动台账.xlsx"


def events(*lines):
    return "\n".join(["活动台账", EVENT_HEAD, *lines])


ACTIVITY_CHECKS = {
    "sound": ("1 | | 竞赛 | 2026-09-01 | 2026-09-03 | 10 | 5 | 2 | 3 | 1.50 | 2026年9月 |", []),
    "first day of its period": ("1 | | 竞赛 | | 2026-07-01 | | | | | | 2026年第三季度 |", []),
    "after its period": ("1 | | 竞赛 | | 2026-10-20 | | | | | | 2026Q3 |", []),
    "before its period": ("1 | | 竞赛 | | 2026-06-30 | | | | | | 2026年下半年 |", [
        ("reject", "E3", "完成时间早于所属期（2026-06-30 早于 2026H2）", "请核对完成时间和所属期")]),
    "period unreadable": ("1 | | 竞赛 | | 2026-06-30 | | | | | | 前三季度 |", [
        ("reject", "K3", "所属期认不出来（“前三季度”）", "请写成 2026年7月、2026年第三季度或2026年下半年")]),
    "not done": ("1 | | 竞赛 | 2026-12-01 | | | | | | | 2026-12 |", []),
    "more by type than in all": ("1 | | 竞赛 | | 2026-09-03 | 9 | 5 | 2 | 3 | | |", [
        ("ask", "F3", "各类参与单位之和多于参与单位数（10 > 9）", "请核对参与单位数")]),
    "same number": ("1 | | 竞赛 | | 2026-09-03 | | | | | | |\n1 | | 竞赛二 | | 2026-09-04 | | | | | | |", [
        ("reject", "A4", "同一填报单位内重复（与第 3 行相同）", "请核对后删去重复的一行")]),
    "same name": (" | | 会议 | | 2026-09-03 | | | | | | 2026-09 |\n | | 会议 | | 2026-09-04 | | | | | | 2026-09 |", [
        ("reject", "C4", "同一填报单位内重复（与第 3 行相同）", "请核对后删去重复的一行")]),
    "same name of another month": (
        " | | 会议 | | 2026-09-03 | | | | | | 2026-09 |\n | | 会议 | | 2026-10-04 | | | | | | 2026-10 |", []),
    "amount": ("1 | | 竞赛 | | 2026-09-03 | | | | | 一万 | |", [
        ("reject", "J3", "不是数字（“一万”）", "请填写数字，不带单位和文字")]),
    "nobody's day": ("1 | | 竞赛 | | 九月三日 | | | | | | |", [
        ("reject", "E3", "日期认不出来（“九月三日”）", "请写成 2026-10-31 的样子")]),
}  # fmt: skip


@pytest.fixture(scope="module")
def listed(read, workbook):
    file = read(workbook({name: events(case[0]) for name, case in ACTIVITY_CHECKS.items()}), EVENTS_FILE)
    return {sheet.sheet: sheet for sheet in file.sheets}


@pytest.mark.parametrize("name", ACTIVITY_CHECKS)
def test_every_check_of_an_activity_names_its_cell(listed, name):
    assert listed[name].kind == "W4"
    assert words(listed[name].problems) == ACTIVITY_CHECKS[name][1]


def test_an_event_after_the_stated_day_is_refused(store, look, workbook):
    table = workbook(events("1 | A2-2a | 竞赛 | | 2026-11-01 | | | | | | |"))
    seen = look(store, table, EVENTS_FILE, as_of=date(2026, 10, 31))
    assert [(one.severity, one.cell, one.message) for one in seen.problems] == [
        ("reject", "E3", "完成时间晚于统计时点（2026-11-01 晚于 2026-10-31）")
    ]
    assert (seen.change, seen.rejected) == (None, 1)
    assert look(store, table, EVENTS_FILE).problems == ()
    later = workbook(events("1 | A2-2a | 竞赛 | | 2026-11-06 | | | | | | |"))
    assert [one.message for one in look(store, later, EVENTS_FILE).problems] == [
        "完成时间晚于统计时点（2026-11-06 晚于 2026-11-05）"
    ]


def test_an_event_of_the_future_is_never_taken_without_a_word(store, look, workbook):
    table = events("1 | A2-2a | 竞赛 | | 2026-12-20 | | | | | | |").replace("活动台账", "2026年下半年活动台账", 1)
    found = {one.rule for one in look(store, workbook(table), EVENTS_FILE).problems}
    assert found & {"as_of_late", "event_after"}


def test_an_event_of_an_unknown_task_is_asked_about_and_kept(store, take, look, workbook):
    table = workbook(
        events("1 | 歌咏比赛 | 歌咏 | | 2026-09-03 | | | | | | |", "2 | | 讲座 | | 2026-09-03 | | | | | | |")
    )
    assert words(look(store, table, EVENTS_FILE).asks) == [
        ("ask", "B2", "对应任务不在计划条目中，活动照收但不计入任何任务（歌咏比赛）", "请按计划条目编号填写")
    ]
    _, commit = take(store, table, EVENTS_FILE, reason="照收")
    assert store.activities(commit)["item"].fillna("").tolist() == ["歌咏比赛", ""]


def test_a_task_may_be_written_by_its_number_its_name_or_its_short_name(store, take, workbook):
    item = next(i for i in store.plan(1).items if i.id == "A2-2a")
    rows = [
        f"{n} | {word} | 竞赛 | | 2026-09-03 | | | | | | |" for n, word in enumerate((item.id, item.name, item.short))
    ]
    seen, commit = take(store, workbook(events(*rows)), EVENTS_FILE)
    assert seen.asks == ()
    assert set(store.activities(commit)["item"]) == {"A2-2a"}


def test_activities_are_added_to_and_never_replaced(store, take, workbook):
    take(
        store,
        workbook(events("1 | | 竞赛 | | 2026-09-03 | 10 | | | | | |", "2 | | 讲座 | | 2026-09-03 | | | | | | |")),
        EVENTS_FILE,
    )
    later = workbook(events("1 | | 竞赛 | | 2026-09-04 | | | | | | |"))
    seen, commit = take(store, later, EVENTS_FILE, mode="replace")
    assert (seen.added, seen.changed, seen.removed) == (0, 1, 0)
    kept = store.activities(commit)
    assert kept[["activity", "joined"]].fillna(0).values.tolist() == [["竞赛", 10], ["讲座", 0]]
    assert kept["done_on"].dt.date.tolist() == [date(2026, 9, 4), date(2026, 9, 3)]
    assert take(store, later, EVENTS_FILE)[1] is None
    store.undo(commit, CLERK, "改回去")
    assert store.activities(store.head())["done_on"].dt.date.tolist() == [date(2026, 9, 3), date(2026, 9, 3)]


def test_an_event_whose_day_is_emptied_is_not_done_any_more(store, take, workbook):
    take(store, workbook(events("1 | | 竞赛 | 2026-09-01 | 2026-09-03 | 10 | | | | | |")), EVENTS_FILE)
    _, commit = take(store, workbook(events("1 | | 竞赛 | | 清空 | | | | | | |")), EVENTS_FILE)
    row = store.activities(commit).iloc[0]
    assert (str(row["done_on"]), row["planned_on"].date(), row["joined"]) == ("NaT", date(2026, 9, 1), 10)


# ------------------------------------------------------------------ sums and their parts

SUMS = """集体合同
填报单位 | 企业类型 | 企业总数 | 已签订企业数
文澜区 | 国有、集体及其控股企业 | 70 | 58
文澜区 | 国有及控股企业 | 50 | 48
文澜区 | 非公有制企业 | 200 | 130"""


def test_a_sum_with_its_part_is_counted_once(store, take, workbook):
    take(store, workbook(SUMS), FILE)
    found = city(store)
    assert (found["contract", "public"], found["contract", "non_public"]) == ("58/70", "130/200")
    assert found["contract", "all"] == "188/270"


def test_a_part_that_is_told_beside_its_sum_is_reported_itself(store, take, workbook):
    take(store, workbook(SUMS), FILE)
    assert city(store)["contract", "state"] == "48/50"


def test_without_the_part_the_state_is_unreported(store, take, workbook):
    take(store, workbook(SUMS.replace("文澜区 | 国有及控股企业 | 50 | 48\n", "")), FILE)
    assert ("contract", "state") not in city(store)


PARTS = """集体合同
填报单位 | 企业类型 | 企业总数 | 已签订企业数
文澜区 | 国有及控股企业 | 50 | 48
文澜区 | 集体企业 | 20 | 10
文澜区 | 非公有制企业 | 200 | 130
文澜区 | 全部企业 | 270 | """


def test_a_blank_sum_does_not_hide_the_parts_that_are_told(store, take, workbook):
    take(store, workbook(PARTS), FILE)
    take(store, workbook(f"集体合同\n{GENERIC}\n朝晖区 | 全部企业 | 100 | 40"), FILE)
    found = city(store)
    assert (found["contract", "public"], found["contract", "state"]) == ("58/70", "48/50")
    assert found["contract", "all"] == "228/370"


def test_a_part_without_a_figure_is_unreported_while_its_sum_stands(store, take, workbook):
    take(store, workbook(SUMS.replace("50 | 48", "50 | ")), FILE)
    found = city(store)
    assert found["contract", "public"] == "58/70"
    assert ("contract", "state") not in found


def test_all_foreign_and_private_together_are_the_non_public(store, take, workbook):
    rows = "文澜区 | 三资企业 | 30 | 20\n文澜区 | 私营企业 | 80 | 50"
    take(store, workbook(f"集体合同\n{GENERIC}\n{rows}"), FILE)
    assert city(store) == {("contract", "non_public"): "70/110"}


def test_all_foreign_alone_tell_no_scope(store, take, workbook):
    take(store, workbook(f"集体合同\n{GENERIC}\n文澜区 | 三资企业 | 30 | 20"), FILE)
    assert city(store) == {}


def test_all_foreign_may_stand_beside_its_part(store, take, workbook):
    rows = "文澜区 | 三资企业 | 30 | 20\n文澜区 | 港澳台商企业 | 10 | 9\n文澜区 | 私营企业 | 80 | 50"
    take(store, workbook(f"集体合同\n{GENERIC}\n{rows}"), FILE)
    assert city(store) == {("contract", "non_public"): "70/110"}


def test_all_foreign_and_private_beyond_the_non_public_are_refused(store, look, workbook):
    rows = "文澜区 | 非公有制企业 | 100 | 60\n文澜区 | 三资企业 | 30 | 20\n文澜区 | 私营企业 | 80 | 50"
    seen = look(store, workbook(f"集体合同\n{GENERIC}\n{rows}"), FILE)
    assert "parts_over" in [one.rule for one in seen.problems]


BEYOND_ALL = f"集体合同\n{GENERIC}\n文澜区 | 全部企业 | 100 | 60\n文澜区 | 国有、集体及其控股企业 | 60 | 30\n文澜区 | 非公有制企业 | 60 | 20"


def test_sums_beyond_the_sum_of_all_are_refused(store, look, workbook):
    seen = look(store, workbook(BEYOND_ALL), FILE)
    assert seen.change is None
    assert [one.severity for one in seen.problems if one.rule == "parts_over"] == ["reject"]


def test_sums_beyond_the_sum_of_all_are_named_at_their_cell(store, look, workbook):
    seen = look(store, workbook(BEYOND_ALL), FILE)
    assert [(one.cell, one.message) for one in seen.problems if one.rule == "parts_over"] == [
        ("C3", "其中各类之和超过合计（各类之和 120 > 全部企业 100）")
    ]


# ------------------------------------------------------------------ not kept yet: each is a table an office sends


def test_the_total_of_each_unit_is_compared_with_its_own_rows(read, workbook):
    rows = """文澜区 | 国有及控股企业 | 100 | 90
文澜区 | 非公有制企业 | 200 | 130
文澜区 | 合计 | 300 | 220
朝晖区 | 国有及控股企业 | 10 | 9
朝晖区 | 合计 | 10 | 9"""
    assert words(read(workbook(f"集体合同\n{GENERIC}\n{rows}"), FILE).sheets[0].problems) == []


def test_figures_of_the_type_in_the_title_are_never_taken_for_all_enterprises(read, workbook):
    table = "非公有制企业工资集体协商推行情况\n填报单位 | 应推行数 | 已推行数\n文澜区 | 200 | 130"
    assert figures(read(workbook(table), FILE).sheets[0]) != ["文澜区 all wage 130/200"]


def test_a_column_that_names_its_indicator_may_stand_under_a_type(read, workbook):
    table = """汇总表
填报单位 | 国有及控股企业 | | 非公有制企业 |
 | 企业总数 | 集体合同覆盖企业数 | 企业总数 | 集体合同覆盖企业数
文澜区 | 100 | 90 | 200 | 130"""
    assert fields(read(workbook(table), FILE).sheets[0]) == [
        "reporting_unit", "total@国有及控股企业", "covered@国有及控股企业@集体合同", "total@非公有制企业",
        "covered@非公有制企业@集体合同",
    ]  # fmt: skip


@pytest.mark.parametrize(("covered", "rate"), [(65, "1"), (85, "0.9"), (35, "0")])
def test_a_rate_out_of_a_percent_cell_is_compared_exactly(read, workbook, covered, rate):
    table = f"集体合同\n{GENERIC} | 签订率\n文澜区 | 国企 | 100 | {covered} | {rate}"
    assert [one.rule for one in read(workbook(table), FILE).sheets[0].problems] == ["rate_differs"]


def test_a_rate_that_fits_neither_denominator_is_asked_about(read, workbook):
    table = "集体合同\n填报单位 | 企业类型 | 企业总数 | 已建会企业数 | 已签订企业数 | 签订率\n文澜区 | 国企 | 100 | 80 | 65 | 31%"
    assert [one.rule for one in read(workbook(table), FILE).sheets[0].problems] == ["rate_differs"]


def test_a_row_of_column_numbers_with_its_word_or_a_formula_is_no_data(read, workbook):
    table = f"集体合同\n{GENERIC} | 签订率\n栏次 | | 1 | 2 | 3=2/1\n文澜区 | 国企 | 100 | 90 | 90%"
    sheet = read(workbook(table), FILE).sheets[0]
    assert (sheet.rows, words(sheet.problems)) == (1, [])


# ------------------------------------------------------------------ ledger and summary of one month


def test_a_ledger_and_a_summary_that_disagree_are_told_side_by_side(store, take, workbook):
    ledger = "\n".join([
        "统计编码 | 单位名称 | 填报单位 | 企业状态 | 控股情况 | 职工人数 | 是否建会 | 厂务公开",
        *(f"00{n} | 厂{n} | 文澜区 | 存续 | 国有控股 | 10 | 是 | {'是' if n < 3 else '否'}" for n in range(5)),
    ])  # fmt: skip
    summary = "填报单位 | 企业类型 | 企业总数 | 已建会企业数 | 厂务公开建制企业数\n文澜区 | 国有及控股企业 | 6 | 6 | 5"
    other = "填报单位 | 企业类型 | 企业总数 | 已建会企业数 | 厂务公开建制企业数\n朝晖区 | 国有及控股企业 | 6 | 6 | 5"
    for name, table in (("台账", ledger), ("汇总", summary), ("别的单位", other)):
        take(store, workbook(table), f"{name}2026年10月.xlsx", "已核对")
    head = store.head()
    look = Outlook(store.cube(head), store.plan(head), store.today(head))
    found = [(one.indicator, one.scope, one.ledger, one.summary) for one in differences(look)]
    assert {one.reporting_unit for one in differences(look)} == {"文澜区"}
    assert ("disclosure", "state", (3, 5), (5, 6)) in found
    row = next(r for r in attainments(look, "scope", "disclosure") if r.scope == "state")
    assert (row.numerator, row.denominator, row.summarised) == (3 + 5, 5 + 6, ("朝晖区",))
    before = Outlook(store.cube(head), store.plan(head), store.today(head), date(2026, 9, 30))
    assert differences(before) == []


def test_a_ledger_and_a_summary_that_agree_leave_nothing_to_tell(store, take, workbook):
    ledger = "统计编码 | 单位名称 | 填报单位 | 企业状态 | 控股情况 | 是否建会 | 厂务公开\n001 | 甲厂 | 文澜区 | 存续 | 国有控股 | 是 | 是"
    summary = "填报单位 | 企业类型 | 企业总数 | 已建会企业数 | 厂务公开建制企业数\n文澜区 | 国有及控股企业 | 1 | 1 | 1"
    for name, table in (("台账", ledger), ("汇总", summary)):
        take(store, workbook(table), f"{name}2026年10月.xlsx", "已核对")
    head = store.head()
    assert differences(Outlook(store.cube(head), store.plan(head), store.today(head))) == []
