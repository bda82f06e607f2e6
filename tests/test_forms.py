"""Recognition of forms: drawn ones by the hundred, and each oddity of offices by itself."""

import pytest
from odd_forms import UNITS, drawn
from tables import table_rows

from unionplan.intake.cells import Sheet
from unionplan.intake.findings import column_problems
from unionplan.intake.known_forms import Known, fingerprint, schema_kind
from unionplan.intake.layout import label_path, laid_out, tables
from unionplan.intake.recognising import meaning

KNOWN = Known(units=frozenset(UNITS))


def sheet_of(table, merged=()):
    """A text table as a sheet of cells."""
    return Sheet("表", table_rows(table), tuple(merged))


def fields(layout):
    """Header text → field of every column."""
    return {column.label: column.field for column in layout.columns}


# ------------------------------------------------------------------ drawn forms


@pytest.mark.parametrize("seed", range(240))
def test_a_drawn_form_is_recognised_and_what_is_not_certain_is_asked(seed):
    form = drawn(seed)
    found = tables(form.sheet, KNOWN)
    assert len(found) == 1
    layout = found[0]
    assert (layout.kind, layout.header, layout.depth) == (form.kind, form.top, form.depth)
    assert (layout.rows, layout.totals) == (form.rows, form.totals)
    asked = {one.column for one in column_problems(form.sheet, layout) if one.severity == "ask"}
    columns = {column.index: column for column in layout.columns}
    for index, field in form.fields.items():
        column = columns[index]
        assert (column.field or "") == field or column.label in asked, (column.label, column.field, field)


def test_most_columns_of_drawn_forms_need_no_question():
    columns = [one for seed in range(240) for one in tables(drawn(seed).sheet, KNOWN)[0].recognition]
    assert sum(one.confidence >= 0.95 for one in columns) / len(columns) > 0.9


# ------------------------------------------------------------------ one column's words


@pytest.mark.parametrize(
    ("kind", "label", "field", "how"),
    [
        ("W2", "企业总数", "total", "template"),
        ("W2", "企业户数", "total", "synonym"),
        ("W2", "企 业\n总 数（家）", "total", "unit"),
        ("W2", "※应签企业数", "total", "synonym"),
        ("W2", "企业总数Total", "total", "synonym"),
        ("W2", "其中：已签订企业数", "covered", "synonym"),
        ("W2", "已签订集体合同的企业数", "covered@集体合同", "parts"),
        ("W2", "国有企业已签订集体合同数", "covered@国有及控股企业@集体合同", "parts"),
        ("W2", "国有及控股企业总数", "total@国有及控股企业", "synonym"),
        ("W2", "签订集体合同份数", "contracts@集体合同", "parts"),
        ("W2", "2025年企业总数", "total", "similar"),
        ("W1", "单位名称", "org_name", "template"),
        ("W1", "集体合同/起始日期", "contract_start", "synonym"),
        ("W1", "工资集体协商/是否签订", "wage_form", "synonym"),
        ("W1", "职工人数/合计", "workers", "synonym"),
        ("W1", "职工人数/其中：女职工", "women_workers", "synonym"),
        ("W2", "集体合同签订情况/已签数", "covered@集体合同", "synonym"),
        ("W2", "合计/企业总数", "total", "synonym"),
        ("W3b", "培训人数/本月", "persons", "synonym"),
    ],
)
def test_a_column_says_what_it_was_taken_for_and_how(kind, label, field, how):
    found = meaning(tuple(label.split("/")), kind)
    assert (found.field, found.how) == (field, how)
    assert found.exact is (how in ("template", "synonym", "unit"))
    assert (found.confidence >= 0.95) is found.exact


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("W2", "未签企业数"), ("W2", "应签未签企业数"), ("W2", "上年同期已签数"), ("W2", "到期未续签企业数"), ("W2", "新增签订企业数"),
        ("W2", "小微企业数"), ("W2", "25人以上企业数"), ("W2", "单独签订份数"), ("W2", "区域性合同份数"), ("W2", "女职工人数"), ("W2", "职工覆盖面"),
        ("W2", "上年同期/已签订企业数"), ("W2", "未签集体合同企业/企业数"), ("W2", "单独签订/份数"), ("W2", "其中：小微企业/已签数"),
        ("W2", "集体合同/未签数"), ("W1", "女职工委员会"), ("W1", "工会主席"), ("W1", "建会时间"), ("W1", "职代会召开次数"), ("W1", "退休人员"),
        ("W1", "法定代表人"), ("W1", "集体合同份数"),
    ],
)  # fmt: skip
def test_words_that_say_another_thing_are_never_taken_for_a_known_one(kind, label):
    assert meaning(tuple(label.split("/")), kind).field is None


def test_a_guess_is_asked_about_with_examples_and_what_it_may_be():
    sheet = sheet_of("""
区县 | 企业类型 | 企业总数 | 已签订集体合同企业数 | 单独签订份数
文澜区 | 国有企业 | 3 | 2 | 1
朝晖区 | 国有企业 | 5 | 4 | 1""")
    layout = laid_out(sheet, KNOWN)
    assert [(one.severity, one.cell, one.message, one.suggestion) for one in column_problems(sheet, layout)] == [
        (
            "ask",
            "D1",
            "列名与内容的对应须核对（“已签订集体合同企业数”按“集体合同覆盖企业数”读入，样例：2、4）",
            "covered@集体合同",
        ),
        ("fixed", "E1", "未识别的列，没有采用（“单独签订份数”）", ""),
    ]
    seen = layout.recognition[3]
    assert (seen.cell, seen.how, seen.confidence, seen.samples) == ("D1", "parts", 0.85, ("2", "4"))


def test_a_column_without_a_known_name_is_told_by_its_values_and_asked_about():
    sheet = sheet_of("""
指标 | 企业数 | 覆盖企业数
全市合计 | 30 | 20
其中：国有及控股企业 | 10 | 8
其中：非公有制企业 | 20 | 12""")
    layout = laid_out(sheet, KNOWN)
    assert fields(layout) == {"指标": "enterprise_type", "企业数": "total", "覆盖企业数": "covered"}
    assert [one.cell for one in column_problems(sheet, layout) if one.severity == "ask"] == ["A1"]
    assert (layout.rows, layout.totals) == ((), (1, 2, 3))


def test_a_column_of_units_needs_no_header_cell():
    layout = laid_out(sheet_of(" | 企业总数 | 已签数\n文澜区 | 3 | 2\n朝晖区 | 5 | 4"), KNOWN)
    assert fields(layout) == {"": "reporting_unit", "企业总数": "total", "已签数": "covered"}
    assert layout.recognition[0].how == "values"


# ------------------------------------------------------------------ header rows


def test_merged_cells_say_how_deep_a_header_is():
    table = """
序号 | 区县 | 国有及控股企业 | | 非公有制企业 |
 | | 企业总数 | 已签数 | 企业总数 | 已签数
1 | 文澜区 | 3 | 2 | 9 | 8"""
    merged = [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3), (0, 4, 0, 5)]
    for layout in (laid_out(sheet_of(table, merged), KNOWN), laid_out(sheet_of(table), KNOWN)):
        assert (layout.header, layout.depth, layout.rows) == (0, 2, (2,))
        assert fields(layout)["非公有制企业/已签数"] == "covered@非公有制企业"


def test_a_merged_cell_may_reach_below_the_last_row():
    layout = laid_out(sheet_of("区县 | 企业总数 | 已签数", [(0, 0, 5, 0)]), KNOWN)
    assert (layout.header, layout.depth, layout.rows) == (0, 1, ())


def test_rows_of_units_of_column_numbers_and_of_translations_are_no_header_and_no_data():
    layout = laid_out(sheet_of("""
区县 | 企业类型 | 企业总数 | 已签数
District | Type | Total | Signed
 | | 家 | 家
甲 | 乙 | 1 | 2
文澜区 | 国有企业 | 3 | 2"""), KNOWN)  # fmt: skip
    assert (layout.depth, layout.rows) == (1, (4,))


@pytest.mark.parametrize(
    "foot",
    [
        "注：不含个体工商户",
        "填表人：某某 | | 审核人：某某",
        "数据来源：年报",
        "（盖章） | | 2026年11月3日",
        "第1页 | | |",
    ],
)
def test_the_foot_of_a_form_is_no_data(foot):
    layout = laid_out(sheet_of(f"区县 | 企业类型 | 企业总数 | 已签数\n文澜区 | 国有企业 | 3 | 2\n{foot}"), KNOWN)
    assert (layout.rows, layout.totals) == ((1,), ())


# ------------------------------------------------------------------ several tables on a sheet


HEAD = "区县 | 企业类型 | 企业总数 | 已签订企业数"


def test_two_tables_one_below_the_other_are_two_each_with_its_own_title():
    first, second = tables(sheet_of(f"""
集体合同签订情况
{HEAD}
文澜区 | 国有企业 | 3 | 2
合计 | | 3 | 2

工资集体协商
{HEAD}
文澜区 | 国有企业 | 3 | 1"""), KNOWN)  # fmt: skip
    assert (first.indicator, first.rows, first.totals) == ("contract", (2,), (3,))
    assert (second.indicator, second.header, second.rows, second.totals) == ("wage", 6, (7,), ())


def test_a_table_of_another_kind_below_is_found_too():
    layouts = tables(sheet_of(f"""
集体合同
{HEAD}
文澜区 | 国有企业 | 3 | 2

技术工人培训
区县 | 培训方式 | 期数 | 人数
文澜区 | 自培 | 1 | 20"""), KNOWN)  # fmt: skip
    assert [(one.kind, one.rows) for one in layouts] == [("W2", (2,)), ("W3b", (6,))]


def test_a_header_printed_on_every_page_begins_no_new_table():
    (layout,) = tables(sheet_of(f"""
集体合同
{HEAD}
文澜区 | 国有企业 | 3 | 2
集体合同
{HEAD}
朝晖区 | 国有企业 | 3 | 2"""), KNOWN)  # fmt: skip
    assert layout.rows == (2, 5)


def test_words_of_a_header_that_head_nothing_leave_the_rows_below_with_their_table():
    (layout,) = tables(sheet_of(f"""
{HEAD}
文澜区 | 国有企业 | 3 | 2
企业总数 | 备注
朝晖区 | 国有企业 | 3 | 2"""), KNOWN)  # fmt: skip
    assert 3 in layout.rows


@pytest.mark.parametrize("gap", ["", " | "])
def test_two_tables_side_by_side_are_two(gap):
    blank = "  |" if gap else ""
    left, right = tables(sheet_of(f"""
集体合同
{HEAD} |{blank} {HEAD}
文澜区 | 国有企业 | 3 | 2 |{blank} 青禾区 | 国有企业 | 5 | 4
朝晖区 | 国有企业 | 3 | 2 |{blank} | | |"""), KNOWN)  # fmt: skip
    assert (left.rows, right.rows) == ((2, 3), (2,))
    assert [one.indicator for one in (left, right)] == ["contract", "contract"]
    assert [column.field for column in right.columns] == ["reporting_unit", "enterprise_type", "total", "covered"]


def test_months_beside_a_count_of_the_tables_own_are_recognised_and_asked_about():
    sheet = sheet_of("集体合同\n区县 | 企业总数 | 已签订企业数 | 1月 | 2月 | 3月\n文澜区 | 9 | 6 | 1 | 2 | 3")
    layout = laid_out(sheet, KNOWN)
    assert (layout.kind, layout.header, layout.rows) == ("W2", 1, (2,))
    assert [(one.rule, one.cell, one.message) for one in column_problems(sheet, layout) if one.severity == "ask"] == [
        ("months_left", "D2", "各月横着排成了列，这些列没有采用（1月、2月、3月）")
    ]


# ------------------------------------------------------------------ totals, parts, groups, nothing to report


def test_parts_of_the_whole_citys_total_are_totals_and_of_one_unit_are_data():
    city = laid_out(sheet_of("企业类型 | 企业总数 | 已签数\n全市合计 | 9 | 8\n其中：国有企业 | 3 | 2"), KNOWN)
    unit = laid_out(sheet_of("企业类型 | 企业总数 | 已签数\n合计 | 9 | 8\n其中：国有企业 | 3 | 2"), KNOWN)
    assert (city.rows, city.totals) == ((), (1, 2))
    assert (unit.rows, unit.totals) == ((2,), (1,))


def test_a_part_below_a_units_own_row_is_data():
    layout = laid_out(sheet_of(f"{HEAD}\n文澜区 | 非公有制企业 | 9 | 8\n文澜区 | 其中：私营企业 | 3 | 2"), KNOWN)
    assert layout.rows == (1, 2)


def test_group_rows_name_what_follows_them():
    layout = laid_out(sheet_of("""
区县 | 企业总数 | 已签数
一、国有及控股企业
文澜区 | 3 | 2
小计 | 3 | 2
二、非公有制企业
文澜区 | 9 | 8"""), KNOWN)  # fmt: skip
    assert (layout.rows, layout.totals) == ((2, 5), (3,))
    assert layout.groups == ((1, "一、国有及控股企业"), (4, "二、非公有制企业"))


@pytest.mark.parametrize(
    "table",
    [
        "零报告", "活动台账\n本月无", "活动台账\n序号 | 活动名称 | 完成时间 | 完成情况\n本月无", "序号 | 活动名称 | 完成时间 | 完成情况\n1 | 无",
        "序号 | 活动名称 | 完成时间 | 完成情况\n | 零报告", "活动名称 | 完成时间 | 完成情况\n本期暂无活动\n填表人：某某",
    ],
)  # fmt: skip
def test_a_sheet_that_says_there_is_nothing_to_report_is_nil(table):
    assert laid_out(sheet_of(table), KNOWN).nil


@pytest.mark.parametrize(
    "table",
    [
        "区县 | 企业总数 | 已签数 | 备注\n文澜区 | 3 | 2 | 无", "活动名称 | 完成时间 | 完成情况\n技能比武 | 无 | 无",
        "活动名称 | 完成时间 | 完成情况\n技能比武 | 2026-09-03 | 已完成\n | | 无",
    ],
)  # fmt: skip
def test_the_word_for_nothing_beside_data_is_no_nil_return(table):
    assert not laid_out(sheet_of(table), KNOWN).nil


# ------------------------------------------------------------------ remembered forms and choices


FORM = "区县 | 企业总数 | 签约情况 | 排名\n文澜区 | 3 | 2 | 1"
REMEMBERED = {"区县": "reporting_unit", "企业总数": "total", "签约情况": "covered@集体合同", "排名": ""}


def remembered(table, columns=REMEMBERED, kind="W2"):
    """What is known after the form of `table` was confirmed with `columns`."""
    return Known(
        {laid_out(sheet_of(table), KNOWN).fingerprint: {"kind": kind, "columns": columns}}, units=frozenset(UNITS)
    )


def test_a_remembered_form_is_taken_exactly_as_it_was_confirmed():
    known = remembered(FORM)
    layout = laid_out(sheet_of(FORM), known)
    assert fields(layout) == {key: field or None for key, field in REMEMBERED.items()}
    assert (layout.form, {one.how for one in layout.recognition}, {one.confidence for one in layout.recognition}) == (
        "remembered", {"remembered"}, {1.0})  # fmt: skip
    assert [one.severity for one in column_problems(sheet_of(FORM), layout)] == ["fixed"]


@pytest.mark.parametrize(
    "table",
    [
        "区 县 | 企业总数 | ※签约情况 | 排名\n朝晖区 | 5 | 4 | 2", "某表\n\n | 区县 | 企业总数 | 签约情况 | 排　名\n | 朝晖区 | 5 | 4 | 2",
    ],
)  # fmt: skip
def test_a_form_is_known_again_wherever_it_stands_and_however_it_is_typed(table):
    assert laid_out(sheet_of(table), remembered(FORM)).form == "remembered"


def test_a_form_is_known_again_next_year():
    old, new = (f"区县 | {year}年企业总数 | {year}年已签订企业数\n文澜区 | 3 | 2" for year in (2026, 2027))
    assert laid_out(sheet_of(old), KNOWN).fingerprint == laid_out(sheet_of(new), KNOWN).fingerprint
    assert label_path("2026年企业总数") == label_path("2027年企业总数")


def test_another_header_is_another_form():
    others = ["区县 | 企业总数 | 排名 | 签约情况\n文澜区 | 3 | 2 | 1", "区县 | 企业总数 | 签约情况\n文澜区 | 3 | 2"]
    assert all(laid_out(sheet_of(table), remembered(FORM)).form == "new" for table in others)
    assert fingerprint(["甲", "乙"]) != fingerprint(["乙", "甲"])


def test_a_choice_made_for_this_file_comes_before_everything_else():
    known = Known(remembered(FORM).forms, {"表": {"C1": "", "D1": "contracts@集体合同"}}, units=frozenset(UNITS))
    layout = laid_out(sheet_of(FORM), known)
    assert fields(layout) == {
        "区县": "reporting_unit",
        "企业总数": "total",
        "签约情况": None,
        "排名": "contracts@集体合同",
    }
    assert [one.how for one in layout.recognition][2:] == ["chosen", "chosen"]


def test_our_own_template_is_known_by_its_labels_and_by_its_schema_id():
    ours = laid_out(sheet_of("填报单位 | 企业类型 | 企业总数 | 集体合同覆盖企业数\n文澜区 | 国有企业 | 3 | 2"), KNOWN)
    assert (ours.form, {one.how for one in ours.recognition}) == ("template", {"template"})
    assert schema_kind([Sheet("汇总表", []), Sheet("_unionplan", [["unionplan/W2/1"]])]) == "W2"
    assert schema_kind([Sheet("_unionplan", [["别的"]]), Sheet("_unionplan", [])]) == ""


def test_of_two_columns_of_one_field_the_better_known_is_taken_and_the_other_asked_about():
    sheet = sheet_of("区县 | 已签订集体合同企业数 | 企业总数 | 集体合同覆盖企业数\n文澜区 | 1 | 3 | 2")
    layout = laid_out(sheet, KNOWN)
    assert fields(layout)["集体合同覆盖企业数"] == "covered@集体合同"
    assert [(one.cell, one.message) for one in column_problems(sheet, layout)] == [
        ("B1", "列名与内容的对应须核对（“已签订集体合同企业数”与 D1 的“集体合同覆盖企业数”同义，只采用后者）")
    ]
