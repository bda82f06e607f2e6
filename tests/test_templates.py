"""Templates: what stands in them, what may be typed into them, and that they come back as they went out."""

import io
import re
import zipfile
from datetime import date

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from unionplan.errors import UsageError
from unionplan.intake.prefill import prefilled
from unionplan.intake.reading import read_book
from unionplan.intake.templates import KINDS, template
from unionplan.observations import (
    ACTIVITIES,
    CLEAR,
    FIELDS,
    FUNDS,
    LEDGER,
    PROGRESS,
    ROSTER,
    SUMMARY,
    TRAINING,
)
from unionplan.plan import PLAN_COLUMNS, UNIT_COLUMNS, Unit, plan_of
from unionplan.store import Slot

TYPES = ["国有及控股企业", "集体企业", "私营企业", "港澳台商企业", "外商企业", "待认定企业"]
LABELS = {
    "W1": [field.label for field in LEDGER], "W2": [field.label for field in SUMMARY],
    "W3a": [field.label for field in ROSTER], "W3b": [field.label for field in TRAINING],
    "W4": [field.label for field in ACTIVITIES], "W5": list(PLAN_COLUMNS), "W6": [field.label for field in FUNDS],
    "W7": [field.label for field in PROGRESS], "units": list(UNIT_COLUMNS),
}  # fmt: skip
SHEETS = {
    "W1": "企业台账", "W2": "汇总表", "W3a": "培训花名册", "W3b": "培训统计表", "W4": "活动台账", "W5": "目标任务分解表",
    "W6": "经费收缴表", "W7": "任务进展表", "units": "填报单位",
}  # fmt: skip
HEAD = "统计编码 | 单位名称 | 填报单位 | 企业状态 | 变动日期 | 单位类别 | 职工人数 | 是否建会 | 备注"
ROWS = """
001 | =甲厂（集团） | 文澜区 | 存续 | | 国有企业 | 1250 | 是 | http://a.b
002 | 乙厂 | 文澜区 | 注销 | 2026-03-01 | 集体企业 | | 否 |"""


@pytest.fixture(scope="module")
def plan(plan_tables):
    return plan_of(plan_tables)


@pytest.fixture(scope="module")
def made(plan, plan_tables):
    """Kind and unit → the template as openpyxl reads it; a W7 is made for a department where a unit is asked for."""
    books = {}

    def make(kind, unit=None):
        if (kind, unit) not in books:
            whose = "经济工作部" if kind == "W7" and unit else unit
            data = template(kind, plan.units, whose, items=plan.items, promises=plan_tables["plan"])
            books[kind, unit] = openpyxl.load_workbook(io.BytesIO(data))
        return books[kind, unit]

    return make


def rows_of(sheet):
    """The filled rows below the header, without trailing blanks."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    return [row for row in rows if any(cell is not None for cell in row)]


def rules_of(sheet):
    """Column header → the rule on what may be typed below it."""
    found = {}
    for rule in sheet.data_validations.dataValidation:
        letter = re.match("[A-Z]+", str(rule.sqref))[0]
        found[sheet[f"{letter}1"].value] = rule
    return found


def offered(book, rule):
    """What a drop-down offers, wherever it is kept."""
    if rule.formula1.startswith('"'):
        return rule.formula1.strip('"').split(",")
    name, area = rule.formula1.split("!")
    return [cell.value for row in book[name.strip("'")][area.replace("$", "")] for cell in row]


# ------------------------------------------------------------------ every template


@pytest.mark.parametrize("kind", KINDS)
def test_row_one_is_the_header_in_the_exact_words(made, kind):
    sheet = made(kind)[SHEETS[kind]]
    assert [cell.value for cell in sheet[1]] == LABELS[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_has_its_sheet_an_explanation_and_a_hidden_mark(made, kind):
    book = made(kind)
    assert book.sheetnames == [SHEETS[kind], "填写说明", "_unionplan"]
    assert [sheet.sheet_state for sheet in book] == ["visible", "visible", "veryHidden"]
    assert book["_unionplan"]["A1"].value == f"unionplan/{kind}/1"


@pytest.mark.parametrize("kind", KINDS)
def test_the_header_stays_in_view_on_the_screen_and_on_every_printed_page(made, kind):
    sheet = made(kind, "文澜区")[SHEETS[kind]]
    assert sheet.freeze_panes.endswith("2")
    assert sheet.freeze_panes > "A2"
    assert (sheet.print_title_rows, sheet.page_setup.orientation) == ("$1:$1", "landscape")
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    assert sheet.oddFooter.center.text == "第 &P 页，共 &N 页"


@pytest.mark.parametrize(("kind", "title"), [("W1", "文澜区企业台账"), ("W2", "文澜区汇总表"), ("units", "填报单位")])
def test_the_printed_page_is_headed_by_unit_and_title(made, kind, title):
    assert made(kind, "文澜区")[SHEETS[kind]].oddHeader.center.text.strip() == title


def test_an_ampersand_in_a_units_name_is_printed_not_obeyed():
    book = openpyxl.load_workbook(io.BytesIO(template("W2", (Unit("甲&乙工会", "直属", 1),), "甲&乙工会")))
    with zipfile.ZipFile(io.BytesIO(template("W2", (Unit("甲&乙工会", "直属", 1),), "甲&乙工会"))) as archive:
        assert "甲&amp;&amp;乙工会汇总表" in archive.read("xl/worksheets/sheet1.xml").decode()
    assert book["汇总表"]["A2"].value == "甲&乙工会"


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_is_explained_in_one_line(made, kind):
    lines = [[cell.value for cell in row] for row in made(kind)["填写说明"].iter_rows()]
    assert lines[0] == ["列名", "填写内容", "写法"]
    told = lines[1 : 1 + len(LABELS[kind])]
    assert [line[0] for line in told] == LABELS[kind]
    assert all(line[1] and line[2] and len(line[1]) <= 33 and "\n" not in line[1] for line in told)


@pytest.mark.parametrize("kind", ["W1", "W2", "W3b", "W4"])
def test_the_explanation_says_what_blank_means_how_to_clear_and_where_the_date_stands(made, kind):
    told = {row[0].value: row[1].value for row in list(made(kind)["填写说明"].iter_rows())[len(LABELS[kind]) + 2 :]}
    assert told["空白单元格"] == "表示未报，不改动原有内容，也不当作 0"
    assert told["清空"] == "要清除原有内容，在单元格里填“清空”"
    where = {
        "W1": "表内不填：上传时填写，或写进文件名，如 企业台账2026-10-31.xlsx",
        "W4": "表内不填：上传时填写，如 2026-10-31",
    }
    assert told["统计时点"] == where.get(kind, "写在“统计时点”一列，如 2026-10-31")


@pytest.mark.parametrize("kind", KINDS)
def test_codes_and_texts_are_kept_as_text_and_dates_shown_as_dates(made, kind):
    sheet = made(kind)[SHEETS[kind]]
    shown = {"统计编码": "@", "统一社会信用代码": "@", "企业总数": "#,##0", "人次": "#,##0", "经费(万元)": "#,##0.00",
             "集体合同截止日": "yyyy-mm-dd", "统计时点": "yyyy-mm-dd", "完成时间": "yyyy-mm-dd", "所属期": "@"}  # fmt: skip
    for column, label in enumerate(LABELS[kind], start=1):
        if label in shown:
            open_form = kind in ("W1", "W3a", "W4", "W5", "units")
            style = _column_style(sheet, column) if open_form else sheet.cell(2, column).number_format
            assert style == shown[label], label


def _column_style(sheet, column):
    letters = (key for key, dim in sheet.column_dimensions.items() if dim.min <= column <= dim.max)
    return sheet.column_dimensions[next(letters)].number_format


def test_a_kind_or_a_unit_that_does_not_exist_is_named():
    units = (Unit("文澜区", "县市区", 1), Unit("朝晖区", "县市区", 2))
    with pytest.raises(UsageError) as refused:
        template("W9", units)
    assert (
        str(refused.value) == "模板 W9：没有这种模板。目前有 W1、W2、W3a、W3b、W4、W5、W6、W7、units。请改成其中之一。"
    )
    with pytest.raises(UsageError) as refused:
        template("W2", units, "白禾县")
    assert str(refused.value) == "填报单位 白禾县：不在填报单位表中。文澜区、朝晖区。请核对名称。"


# ------------------------------------------------------------------ drop-downs and rules


def test_a_short_list_stands_in_the_rule_and_a_long_one_on_the_hidden_sheet():
    few = (Unit("文澜区", "县市区", 1), Unit("朝晖区", "县市区", 2))
    many = tuple(Unit(f"第{n}开发区总工会", "开发区", n) for n in range(60))
    for units, inline in ((few, True), (many, False)):
        book = openpyxl.load_workbook(io.BytesIO(template("W1", units)))
        rule = rules_of(book["企业台账"])["填报单位"]
        assert offered(book, rule) == [unit.name for unit in units]
        assert rule.formula1.startswith('"') == inline


@pytest.mark.parametrize("length", [254, 255, 256])
def test_every_list_fits_the_limit_of_255_characters_or_moves_away(length):
    names = [chr(0x4E00 + n) * 2 for n in range(84)]
    units = tuple(Unit(name, "直属", 1) for name in (*names, "甲" * (length - 3 * len(names))))
    book = openpyxl.load_workbook(io.BytesIO(template("W1", units)))
    rule = rules_of(book["企业台账"])["填报单位"]
    assert rule.formula1.startswith('"') == (length <= 255)
    assert offered(book, rule) == [unit.name for unit in units]


def test_a_name_with_a_comma_is_one_entry_of_the_list_and_no_formula():
    book = openpyxl.load_workbook(io.BytesIO(template("W1", (Unit("=甲,乙工会", "直属", 1),))))
    assert offered(book, rules_of(book["企业台账"])["填报单位"]) == ["=甲,乙工会"]
    assert book["_unionplan"]["B1"].data_type == "s"


def test_two_long_lists_do_not_share_a_column(made):
    units = tuple(Unit(f"第{n}开发区总工会", "开发区", n) for n in range(60))
    book = openpyxl.load_workbook(io.BytesIO(template("W1", units)))
    rules = rules_of(book["企业台账"])
    assert offered(book, rules["填报单位"])[0] == "第0开发区总工会"
    assert offered(book, rules["单位类别"])[0] == "内资企业"
    assert offered(book, rules["单位类别"])[-1] == CLEAR


@pytest.mark.parametrize(
    ("kind", "label", "values"),
    [
        ("W1", "企业状态", ["存续", "停业", "注销", "迁出", "清空"]),
        ("W1", "控股情况", ["国有控股", "集体控股", "私人控股", "港澳台商控股", "外商控股", "待认定", "清空"]),
        ("W2", "企业类型", ["国有及控股企业", "集体企业", "国有、集体及其控股企业", "私营企业", "港澳台商企业", "外商企业",
                        "三资企业", "非公有制企业", "全部企业", "待认定企业"]),
        ("W3b", "培训方式", ["自培", "委培", "联办"]),
        ("W3b", "等级", ["学徒工", "初级工", "中级工", "高级工", "技师", "高级技师", "特级技师", "首席技师", "清空"]),
        ("units", "分组", ["县市区", "开发区", "产业(系统)", "直属"]),
    ],
)  # fmt: skip
def test_a_drop_down_offers_what_the_column_takes(made, kind, label, values):
    book = made(kind)
    assert offered(book, rules_of(book[SHEETS[kind]])[label]) == values


def test_only_an_open_list_lets_another_word_pass_after_a_warning(made):
    styles = {label: rule.errorStyle or "stop" for label, rule in rules_of(made("W1")["企业台账"]).items()}
    assert (styles["单位类别"], styles["控股情况"]) == ("warning", "warning")
    assert {styles[label] for label in ("填报单位", "企业状态", "是否建会", "职工人数", "集体合同截止日")} == {"stop"}
    assert rules_of(made("W2")["汇总表"])["企业类型"].errorStyle == "warning"


@pytest.mark.parametrize(
    ("kind", "label", "rule", "says"),
    [
        ("W1", "职工人数", 'IF(ISNUMBER(N2),AND(N2>=0,N2=INT(N2)),N2="清空")', "请填不小于 0 的整数，不带单位。"),
        ("W1", "集体合同截止日", 'IF(ISNUMBER(V2),V2>=1,V2="清空")', "请填日期，如 2026-10-31。"),
        ("W4", "经费(万元)", 'IF(ISNUMBER(N2),N2>=0,N2="清空")', "请填不小于 0 的数，不带单位。"),
    ],
)
def test_a_number_or_a_date_is_asked_for_and_the_word_for_clearing_is_let_through(made, kind, label, rule, says):
    found = rules_of(made(kind)[SHEETS[kind]])[label]
    assert (found.type, found.formula1, found.error) == ("custom", rule, says + "要清除原有内容，请填“清空”。")


def test_no_rule_falls_on_the_signatures_below_a_return(made):
    sheet = made("W2", "文澜区")["汇总表"]
    assert {str(rule.sqref).split(":")[-1].lstrip("ABCDEFGHIJKLMNOPQRST") for rule in rules_of(sheet).values()} == {"7"}


# ------------------------------------------------------------------ W2 and W3b


def test_a_return_is_prefilled_with_unit_and_type_and_nothing_else(made, plan):
    everyone = rows_of(made("W2")["汇总表"])[:-1]
    assert [row[:2] for row in everyone] == [[unit.name, name] for unit in plan.units for name in TYPES]
    own = rows_of(made("W2", "朝晖区")["汇总表"])[:-1]
    assert [row[:2] for row in own] == [["朝晖区", name] for name in TYPES]
    assert {cell for row in everyone + own for cell in row[2:]} == {None}


def test_a_training_return_has_a_row_for_each_way_of_training(made):
    own = rows_of(made("W3b", "朝晖区")["培训统计表"])[:-1]
    assert [row[:3] for row in own] == [
        ["朝晖区", name, way] for name in TYPES for way in ("自培", "委培", "联办")
    ]  # fmt: skip
    assert {cell for row in own for cell in row[3:]} == {None}


@pytest.mark.parametrize(("kind", "row"), [("W2", 9), ("W3b", 21)])
def test_the_foot_has_room_for_names_across_the_whole_width(made, kind, row):
    sheet = made(kind, "文澜区")[SHEETS[kind]]
    assert [cell.value for cell in sheet[row] if cell.value] == ["填报人：", "审核人：", "填报日期："]
    covered = {column for area in sheet.merged_cells.ranges for column in range(area.min_col, area.max_col + 1)}
    assert covered == set(range(1, len(LABELS[kind]) + 1))
    assert all(cell.value is None for cell in sheet[row - 1])


def test_the_rows_of_one_unit_lie_between_darker_lines(made):
    sheet = made("W2")["汇总表"]
    dark = [row for row in range(2, 15) if sheet.cell(row, 3).border.bottom.color.rgb == "FF5B6670"]
    assert dark == [7, 13]
    assert sheet.cell(8, 3).border.top.color.rgb == "FF5B6670"


def test_a_long_name_of_a_unit_is_shown_whole():
    name = "澄澜经济技术开发区和高新技术产业园区联合总工会"
    sheet = openpyxl.load_workbook(io.BytesIO(template("W2", (Unit(name, "开发区", 1),))))["汇总表"]
    assert 1.9 * len(name) < sheet.column_dimensions["A"].width < 50


# ------------------------------------------------------------------ W4


def test_activities_offer_the_plans_items_and_list_them_with_their_steps(made, plan):
    book = made("W4")
    assert offered(book, rules_of(book["活动台账"])["对应任务"]) == [*(item.id for item in plan.items), CLEAR]
    lines = [[cell.value for cell in row] for row in book["填写说明"].iter_rows()]
    start = lines.index(["任务编号", "任务", "步骤"])
    assert [line[0] for line in lines[start + 1 :]] == [item.id for item in plan.items]
    assert ["A1-1b", "创新成果评审表彰", "评审、推广、表彰"] in [[cell or "" for cell in line] for line in lines]


def test_without_items_the_column_of_tasks_is_free(plan):
    book = openpyxl.load_workbook(io.BytesIO(template("W4", plan.units)))
    assert "对应任务" not in rules_of(book["活动台账"])
    assert rows_of(book["活动台账"]) == []


# ------------------------------------------------------------------ W1 with the unit's own enterprises


@pytest.fixture
def taken(store, take, csv_file):
    """A store with two enterprises of 文澜区, and their ledger as it keeps them."""
    take(store, csv_file(HEAD + ROWS), "文澜区.csv", "已核对", as_of=date(2026, 9, 30))
    return store, store.frame(store.heads(store.head())[Slot("ledger", "文澜区", "2026-09")])


def test_a_prefilled_ledger_holds_the_enterprises_by_type(taken, plan):
    _, ledger = taken
    sheet = openpyxl.load_workbook(io.BytesIO(template("W1", plan.units, "文澜区", ledger=ledger)))["企业台账"]
    header = [cell.value for cell in sheet[1]]
    first, second = (dict(zip(header, row, strict=True)) for row in rows_of(sheet))
    assert (first["统计编码"], first["单位名称"], first["备注"]) == ("001", "=甲厂（集团）", "http://a.b")
    assert (first["职工人数"], first["变动日期"], second["职工人数"]) == (1250, None, None)
    assert second["变动日期"].date() == date(2026, 3, 1)
    assert sheet["C2"].data_type == "s"


def test_a_prefilled_ledger_handed_in_again_changes_nothing(taken, plan, look):
    store, ledger = taken
    data = template("W1", plan.units, "文澜区", ledger=ledger)
    seen = look(store, data, "文澜区.xlsx", as_of=date(2026, 9, 30))
    assert [found.rule for found in seen.problems if found.severity == "reject"] == []
    assert (seen.added, seen.changed, seen.unchanged, seen.removed) == (0, 0, 2, 0)


def test_a_prefilled_ledger_holds_no_other_units_enterprises(plan):
    rows = [
        {**dict.fromkeys(FIELDS), "org_name": f"{unit}一厂", "reporting_unit": unit} for unit in ("文澜区", "朝晖区")
    ]
    ledger = pd.DataFrame(rows)
    for unit, names in (("文澜区", ["文澜区一厂"]), (None, ["文澜区一厂", "朝晖区一厂"])):
        sheet = openpyxl.load_workbook(io.BytesIO(template("W1", plan.units, unit, ledger=ledger)))["企业台账"]
        assert [row[2] for row in rows_of(sheet)] == names


def test_a_unit_without_enterprises_gets_its_name_in_the_first_row(plan):
    ledger = pd.DataFrame({name: [] for name in FIELDS})
    sheet = openpyxl.load_workbook(io.BytesIO(template("W1", plan.units, "文澜区", ledger=ledger)))["企业台账"]
    assert [[cell for cell in row if cell] for row in rows_of(sheet)] == [["文澜区"]]


@pytest.mark.parametrize(("said", "header"), [("是", ["备注", "改制企业"]), (None, ["和谐企业创建", "备注"])])
def test_an_optional_column_comes_back_where_anything_stands_in_it(plan, said, header):
    ledger = pd.DataFrame(
        [{**dict.fromkeys(FIELDS), "org_name": "甲厂", "reporting_unit": "文澜区", "restructured": said}]
    )
    sheet = openpyxl.load_workbook(io.BytesIO(template("W1", plan.units, "文澜区", ledger=ledger)))["企业台账"]
    assert [cell.value for cell in sheet[1]][-2:] == header


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)
VALUES = {
    "code": WORDS,
    "uscc": WORDS,
    "date": st.dates(date(1850, 1, 1), date(2100, 1, 1)),
    "count": st.integers(0, 10**9),
}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries({f.id: st.none() | VALUES.get(f.kind, WORDS) for f in LEDGER}), min_size=1, max_size=4
    )
)
def test_what_is_prefilled_is_read_back_cell_by_cell(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("law") / "a.xlsx"
    path.write_bytes(template("W1", (), ledger=pd.DataFrame(rows, columns=list(FIELDS))))
    read = read_book(path, "a.xlsx").sheets[0].rows
    for place, row in enumerate(rows, start=1):
        found = (read[place] if place < len(read) else []) + [None] * len(LEDGER)
        told = [row[field.id] for field in LEDGER]
        told = [value.isoformat() if isinstance(value, date) and value.year < 1900 else value for value in told]
        assert found[: len(told)] == told


# ------------------------------------------------------------------ there and back, empty


@pytest.mark.parametrize("kind", ["W1", "W2", "W3b", "W4"])
def test_an_empty_template_is_known_again_and_has_no_rows(plan, read, kind):
    for unit in (None, "文澜区"):
        data = template(kind, plan.units, unit, items=plan.items)
        (sheet,) = read(data, f"{kind}.xlsx", None, date(2026, 10, 31)).sheets
        assert (sheet.kind, sheet.header_row, sheet.rows) == (kind, 1, 0), unit
        assert [label for _, label, name in sheet.columns if name is None] == []


def test_the_columns_of_a_sheet_are_named_by_letters_beyond_z(made):
    assert get_column_letter(len(LABELS["W1"])) == "AF"
    assert str(rules_of(made("W1")["企业台账"])["和谐企业创建"].sqref).startswith("AE2:AE")


# ------------------------------------------------------------------ every kind, from the form to the store and back


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_form_is_recognised_whole_and_says_that_nothing_is_in_it(plan, plan_tables, read, kind):
    file = read(template(kind, plan.units, items=plan.items, promises=plan_tables["plan"]), "模板.xlsx")
    [sheet] = file.sheets
    assert (sheet.kind, sheet.header_row, sheet.header_depth, sheet.form) == (kind, 1, 1, "template")
    assert [label for _, label, _ in sheet.columns] == LABELS[kind]
    assert None not in [field for _, _, field in sheet.columns]
    rules = [one.rule for one in file.all_problems()]
    assert rules == ([] if kind in ("W5", "units") else ["no_rows"])


FIGURES = {
    "W2": ("填报单位 | 企业类型 | 企业总数 | 已建会企业数 | 集体合同覆盖企业数 | 统计时点\n文澜区 | 私营企业 | 90 | 80 | 41 | 2026-09-30",
           {"C4": "上期（2026年9月30日）：90", "E4": "上期（2026年9月30日）：80", "I4": "上期（2026年9月30日）：41"}),
    "W3b": ("填报单位 | 企业类型 | 培训方式 | 等级 | 期数 | 人数 | 人次 | 统计时点\n"
            "文澜区 | 国有及控股企业 | 委培 | 高级工 | 2 | 9 | 10 | 2026-09-30\n文澜区 | 国有及控股企业 | 委培 | 技师 | 1 | 3 | 3 | 2026-09-30",
            {"E3": "上期（2026年9月30日）：3", "F3": "上期（2026年9月30日）：12", "G3": "上期（2026年9月30日）：13"}),
    "W6": ("填报单位 | 统计时点 | 年度任务数(万元) | 本期收缴 | 累计收缴 | 已公布\n文澜区 | 2026-09-30 | 120.5 | 10 | 85.25 | 否",
           {"D2": "上期（2026年9月30日）：10", "E2": "上期（2026年9月30日）：85.25", "I2": "上期（2026年9月30日）：否"}),
    "W7": ("序号 | 任务 | 责任部门 | 步骤 | 进展情况 | 下步打算 | 统计时点\nA1-1b | | | 推广 | 正在推广 | 开现场会 | 2026-09-30",
           {"E4": "上次（2026年9月30日）：正在推广", "G4": "上次（2026年9月30日）：开现场会"}),
}  # fmt: skip


@pytest.mark.parametrize("kind", FIGURES)
def test_last_figures_stand_beside_the_cells_and_an_unchanged_form_repeats_none(store, take, look, workbook, kind):
    table, noted = FIGURES[kind]
    take(store, workbook({"表": table}), "报表.xlsx", "已核对")
    data = prefilled(store, 2, kind, "经济工作部" if kind == "W7" else "文澜区")
    sheet = openpyxl.load_workbook(io.BytesIO(data))[SHEETS[kind]]
    assert {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment} == noted
    assert {sheet[cell].value for cell in noted} == {None}
    seen = look(store, data, "报表2026年10月.xlsx")
    assert ([one.rule for one in seen.problems if one.severity == "reject"], seen.change) == (["no_rows"], None)
    assert kind != "W6" or sheet["C2"].value == 120.5


def test_a_form_made_for_a_unit_says_whose_it_is(plan, store, take, plan_tables):
    book = openpyxl.load_workbook(io.BytesIO(template("W3a", plan.units, "文澜区")))
    assert book["_unionplan"]["A2"].value == "文澜区"
    for column, value in zip("ABCEH", ("张三", "0045", "甲厂", "电工", "2026-10-01至2026-10-15"), strict=True):
        book["培训花名册"][f"{column}2"] = value
    out = io.BytesIO()
    book.save(out)
    seen, _ = take(store, out.getvalue(), "花名册2026年10月.xlsx", "已核对")
    assert (seen.units, store.rosters(2)["reporting_unit"].tolist()) == (("文澜区",), ["文澜区"])


def test_a_departments_form_lists_its_items_and_steps_with_their_last_day(made):
    rows = rows_of(made("W7", "文澜区")["任务进展表"])
    assert {row[2] for row in rows if row[0] and row[0] != "填报人："} == {"经济工作部"}
    assert [row[3] for row in rows if row[0] == "A1-1b"] == ["评审", "推广", "表彰"]
    assert rows[0][:4] == ["A1-1a", "群众性技术创新", "经济工作部", None]
    assert rows[0][8].date() == date(2026, 12, 31)
    with pytest.raises(UsageError) as refused:
        template("W7", (), "文澜区", items=())
    assert str(refused.value) == "责任部门 文澜区：计划中没有这个部门。请核对名称。"
