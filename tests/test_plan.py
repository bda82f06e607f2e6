"""The shipped plan is whole, and a plan that does not hold together is refused in words that say what to do."""

from collections import Counter
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from unionplan.errors import PlanError
from unionplan.plan import (
    BASES,
    COVERAGE,
    KINDS,
    PLAN_COLUMNS,
    SCOPES,
    UNIT_COLUMNS,
    plan_of,
    read_tables,
    scope_of,
    target_order,
    units_of,
    with_overlay,
)

DATA = Path(__file__).resolve().parent.parent / "data"
TABLES = read_tables(DATA / "plan")
PLAN = plan_of(TABLES)
RATE = next(place for place, row in enumerate(TABLES["plan"]) if row["条目编号"] == "A4-3c")
LINE = f"计划表第{RATE + 2}行"
UNIT = "填报单位表第2行"


def with_row(table, place, **cells):
    """The shipped tables with some cells of one row written anew."""
    rows = [dict(row) for row in TABLES[table]]
    rows[place] |= cells
    return {**TABLES, table: rows}


def with_setting(key, value):
    return {**TABLES, "settings": [{**row, "value": value} if row["key"] == key else row for row in TABLES["settings"]]}


def refusal(tables):
    with pytest.raises(PlanError) as refused:
        plan_of(tables)
    return str(refused.value)


def test_the_shipped_plan_has_67_items_of_five_kinds():
    assert len(PLAN.items) == len({item.id for item in PLAN.items}) == 67
    assert Counter(item.kind for item in PLAN.items) == dict(zip(KINDS, (8, 7, 12, 7, 33), strict=True))
    assert Counter(item.plan for item in PLAN.items) == {"市总计划": 46, "机关工会计划": 21}


def test_every_item_stands_on_a_sentence_of_the_plan():
    assert [item.id for item in PLAN.items if not item.quote.strip()] == []


def test_every_item_belongs_to_a_section_and_every_section_has_items():
    sections = {(section.plan, section.key) for section in PLAN.sections}
    assert {(item.plan, item.section) for item in PLAN.items} == sections
    assert Counter(plan for plan, _ in sections) == {"市总计划": 5, "机关工会计划": 1}
    assert len({(section.plan, section.key, section.number) for section in PLAN.sections}) == len(PLAN.sections)


def test_the_eight_targets_are_these():
    found = [(target.item, target.indicator, target.scope, target.bp) for target in PLAN.targets]
    assert found == [
        ("A3-2a", "harmony", "state", 10_000),
        ("A3-2b", "harmony", "non_public", 8000),
        ("A4-3b", "wage", "state", 9000),
        ("A4-3c", "wage", "non_public", 5000),
        ("A5-6a", "disclosure", "public", 8000),
        ("A5-6b", "congress", "public", 8000),
        ("A5-6c", "disclosure", "non_public", 5000),
        ("A5-6d", "congress", "non_public", 5000),
    ]


def test_the_targets_are_drawn_with_the_scopes_of_one_indicator_together():
    order = [target.indicator for target in target_order(PLAN)]
    assert order == ["harmony", "harmony", "wage", "wage", "disclosure", "disclosure", "congress", "congress"]


def test_every_target_is_promised_over_a_pooled_scope_of_a_coverage_indicator():
    items = {item.id: item for item in PLAN.items}
    for target in PLAN.targets:
        assert target.scope in SCOPES
        assert target.indicator in COVERAGE
        assert items[target.item].kind == "coverage"
        assert items[target.item].target == Fraction(target.bp, 10_000)


def test_only_the_four_targets_of_part_five_have_no_end():
    assert [target.item for target in PLAN.targets if target.end is None] == ["A5-6a", "A5-6b", "A5-6c", "A5-6d"]
    assert {(t.start, t.end) for t in PLAN.targets if t.end} == {(date(2026, 7, 1), date(2026, 12, 31))}


def test_the_commitment_words_are_the_seven_of_the_plan():
    words = {item.commitment for item in PLAN.items} - {""}
    assert words <= {"确保", "力争", "坚持", "倡导", "严格", "达…上", "达…以上"}
    assert [target.commitment for target in PLAN.targets][:4] == ["力争", "力争", "达…上", "达…以上"]


def test_one_item_is_settled_from_the_start_and_one_waits_for_another():
    assert [item.id for item in PLAN.items if item.settled] == ["B0-1"]
    assert {item.id: item.after for item in PLAN.items if item.after} == {"B8c": ("B8b",)}


def test_every_coverage_indicator_is_defined_with_its_base_author_and_checker():
    assert set(COVERAGE) | {"training"} == set(PLAN.indicators)
    for indicator in PLAN.indicators.values():
        assert indicator.base in BASES
        assert indicator.author != indicator.checker
        assert indicator.reviewed < indicator.next_review


def test_the_shipped_units_are_twelve_in_their_order():
    assert [unit.order for unit in PLAN.units] == list(range(1, 13))
    assert PLAN.units[0].aliases == ("文澜区总工会", "文澜")


def test_the_cities_own_targets_stand_beside_the_67_items_and_never_among_them():
    own = plan_of(with_overlay(TABLES, DATA / "sample"))
    assert [item.id for item in own.items] == [item.id for item in PLAN.items]
    assert [item.quote for item in own.items] == [item.quote for item in PLAN.items]
    added = [(t.item, t.anchor, t.indicator, t.scope, t.bp) for t in own.targets if t.item is None]
    assert added == [(None, "A4-3", "contract", "state", 9500), (None, "A4-3", "contract", "non_public", 8000)]
    assert [t.indicator for t in target_order(own)][-2:] == ["contract", "contract"]
    assert (own.settings.sample, own.settings.clock) == (True, date(2026, 11, 5))


@pytest.mark.parametrize(
    ("wording", "scope"),
    [
        ("国有及其控股", "state"),
        ("非公企业", "non_public"),
        (" 全部企业 ", "all"),
        ("public", "public"),
        ("集体企业", None),
        ("", None),
    ],
)
def test_a_scope_is_known_by_the_words_of_the_plan(wording, scope):
    assert scope_of(wording) == scope


@pytest.mark.parametrize(
    ("written", "bp"),
    [("90%", 9000), ("62.5%", 6250), ("62.55%", 6255), ("９０％", 9000), ("100%", 10_000), ("0.01%", 1)],
)
def test_a_target_is_kept_in_whole_basis_points(written, bp):
    targets = plan_of(with_row("plan", RATE, 目标值=written)).targets
    assert next(target.bp for target in targets if target.item == "A4-3c") == bp


ALLOWED_RATE = "大于 0%、不超过 100% 的百分数，最多两位小数，如 90%"
INDICATORS = "contract、wage、women、congress、disclosure、harmony、union、member、training"
WORDINGS = (
    "国有及控股企业、国有及其控股企业、国有及国有控股企业、国有、集体及其控股企业、非公有制企业、非公企业、全部企业"
)


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ({"类型": "指标"}, f"{LINE}“类型”列：“指标”。只能是 比率、计数、里程碑、周期、定性。请改成其中之一。"),
        ({"类型": ""}, f"{LINE}“类型”列：“”。只能是 比率、计数、里程碑、周期、定性。请改成其中之一。"),
        ({"适用范围": "集体企业"}, f"{LINE}“适用范围”列：“集体企业”。只能是 {WORDINGS}。请按计划用语填写。"),
        ({"指标": "salary"}, f"{LINE}“指标”列：“salary”。只能是 {INDICATORS}。请改成其中之一。"),
        ({"目标值": "105%"}, f"{LINE}“目标值”列：“105%”。{ALLOWED_RATE}。请改正后重新提交。"),
        ({"目标值": "abc"}, f"{LINE}“目标值”列：“abc”。{ALLOWED_RATE}。请改正后重新提交。"),
        ({"目标值": "50"}, f"{LINE}“目标值”列：“50”。{ALLOWED_RATE}。请改正后重新提交。"),
        ({"目标值": "0%"}, f"{LINE}“目标值”列：“0%”。{ALLOWED_RATE}。请改正后重新提交。"),
        ({"目标值": "-5%"}, f"{LINE}“目标值”列：“-5%”。{ALLOWED_RATE}。请改正后重新提交。"),
        ({"目标值": "50.123%"}, f"{LINE}“目标值”列：“50.123%”。{ALLOWED_RATE}。请改正后重新提交。"),
        ({"目标值": "NaN%"}, f"{LINE}“目标值”列：“NaN%”。{ALLOWED_RATE}。请改正后重新提交。"),
        ({"目标值": ""}, f"{LINE}“目标值”列：空白。比率类条目须有目标值，如 90%。请填写目标值。"),
        (
            {"起始日": "2027-01-01"},
            f"{LINE}：起始日 2027-01-01 晚于截止日 2026-12-31。起始日不得晚于截止日。请核对两个日期。",
        ),
        ({"截止日": "12月31日"}, f"{LINE}“截止日”列：“12月31日”。日期写作 2026-12-31。请改正日期。"),
        ({"截止日": "2026-02-30"}, f"{LINE}“截止日”列：“2026-02-30”。日期写作 2026-12-31。请改正日期。"),
        (
            {"前置条目": "B8z"},
            "计划表条目“A4-3c”：前置条目“B8z”不存在。前置条目须是本表的条目编号。请核对编号。",
        ),
    ],
    ids=lambda value: "" if isinstance(value, str) else "，".join(f"{k}={v}" for k, v in value.items()),
)  # fmt: skip
def test_a_wrong_cell_of_the_plan_is_refused_with_its_place_and_what_to_do(cells, text):
    assert refusal(with_row("plan", RATE, **cells)) == text


@pytest.mark.parametrize("value", ["105%", "-1", "1.5", "两次"])
def test_a_count_is_a_whole_number_or_a_percentage(value):
    place = next(n for n, row in enumerate(TABLES["plan"]) if row["条目编号"] == "A1-3a")
    assert refusal(with_row("plan", place, 目标值=value)) == (
        f"计划表第{place + 2}行“目标值”列：“{value}”。不小于 0 的整数，或不超过 100% 的百分数。请改正后重新提交。"
    )


def test_a_repeated_row_is_refused():
    rows = [*TABLES["plan"], TABLES["plan"][RATE]]
    assert refusal({**TABLES, "plan": rows}) == (
        f"计划表第{len(rows) + 1}行：条目“A4-3c”重复出现。条目编号、指标、适用范围、责任单位合起来不能重复。请删去重复的一行。"
    )


def test_a_plan_without_a_column_is_refused():
    rows = [{name: cell for name, cell in row.items() if name not in ("计划原句", "截止日")} for row in TABLES["plan"]]
    assert refusal({**TABLES, "plan": rows}) == (
        f"计划表：缺少列 计划原句、截止日。表头须含 {'、'.join(PLAN_COLUMNS)}。请用模板重新填写。"
    )


def test_a_plan_without_rows_is_refused():
    assert refusal({**TABLES, "plan": []}) == (
        f"计划表：没有数据行。表头须含 {'、'.join(PLAN_COLUMNS)}。请用模板重新填写。"
    )


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ({"填报单位": "朝晖区"}, "填报单位表：“朝晖区”重复出现。一个名称只能属于一个填报单位。请删去重复的一处后重新上传。"),
        (
            {"别名": "文澜；朝晖"},
            "填报单位表：“朝晖”同时属于“文澜区”和“朝晖区”。一个名称只能属于一个填报单位。请删去重复的一处后重新上传。",
        ),
        (
            {"别名": "临禾县"},
            "填报单位表：“临禾县”同时属于“文澜区”和“临禾县”。一个名称只能属于一个填报单位。请删去重复的一处后重新上传。",
        ),
        ({"填报单位": " "}, f"{UNIT}“填报单位”列：空白。每行须有一个填报单位名称。请补齐名称或删去该行。"),
        ({"分组": "乡镇"}, f"{UNIT}“分组”列：“乡镇”。只能是 县市区、开发区、产业(系统)、直属。请改成其中之一。"),
        ({"顺序": "第一"}, f"{UNIT}“顺序”列：“第一”。须是不小于 0 的整数。请改正。"),
        ({"截止日": "明年"}, f"{UNIT}“截止日”列：“明年”。日期写作 2026-12-31。请改正日期。"),
        (
            {"起始日": "2027-01-01", "截止日": "2026-01-01"},
            f"{UNIT}：起始日 2027-01-01 晚于截止日 2026-01-01。起始日不得晚于截止日。请核对两个日期。",
        ),
    ],
    ids=lambda value: "" if isinstance(value, str) else "，".join(f"{k}={v}" for k, v in value.items()),
)  # fmt: skip
def test_a_wrong_unit_is_refused_with_its_place_and_what_to_do(cells, text):
    assert refusal(with_row("units", 0, **cells)) == text


def test_an_order_that_only_looks_like_a_number_is_refused():
    assert refusal(with_row("units", 0, 顺序="①")) == f"{UNIT}“顺序”列：“①”。须是不小于 0 的整数。请改正。"


def test_units_without_rows_are_refused():
    assert refusal({**TABLES, "units": []}) == (
        f"填报单位表：没有数据行。表头须含 {'、'.join(UNIT_COLUMNS)}。请用模板重新填写。"
    )


def test_units_come_in_their_order_and_those_without_one_last():
    rows = [{**row, "顺序": order} for row, order in zip(TABLES["units"], ("3", "", "1"), strict=False)]
    assert [unit.name for unit in units_of(rows)] == ["锦澜区", "文澜区", "朝晖区"]


def test_a_full_width_bracket_in_a_group_is_the_same_group():
    assert units_of(with_row("units", 0, 分组="产业（系统）")["units"])[0].group == "产业(系统)"


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("clock", "十一月", "设置 clock：“十一月”。日期写作 2026-12-31。请改正日期。"),
        ("period_end", "2026-13-01", "设置 period_end：“2026-13-01”。日期写作 2026-12-31。请改正日期。"),
        (
            "period_end",
            "2026-01-01",
            "设置：计划期 2026-07-01 至 2026-01-01。须有起止日期，起始日不晚于截止日。请改正计划期。",
        ),
        ("slow_bp", "85%", "设置 slow_bp：“85%”。须是不小于 0 的整数。请改正。"),
        ("city", "", "设置：缺少 city。该项不能为空。请补齐。"),
    ],
)
def test_a_wrong_setting_is_refused(key, value, text):
    assert refusal(with_setting(key, value)) == text


def test_an_indicator_with_an_unknown_base_is_refused():
    assert refusal(with_row("indicators", 0, base="everyone")) == (
        "指标定义“contract”：base = “everyone”。只能是 unionised、active、unionised_women、workers。请改成其中之一。"
    )


@pytest.mark.parametrize("name", ["author", "checker", "numerator", "denominator", "reviewed", "next_review"])
def test_an_indicator_without_its_definition_is_refused(name):
    assert refusal(with_row("indicators", 0, **{name: ""})) == (
        f"指标定义“contract”：缺少 {name}。该项不能为空。请补齐。"
    )


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(PlanError) as refused:
        read_tables(tmp_path)
    assert str(refused.value) == (
        "文件 plan.csv：打不开（FileNotFoundError）。须是 UTF-8 编码的 CSV。请检查文件是否存在、编码是否正确。"
    )


def test_a_refusal_says_where_what_was_found_what_is_allowed_and_what_to_do():
    with pytest.raises(PlanError) as refused:
        plan_of(with_row("plan", RATE, 类型="指标"))
    error = refused.value
    assert (error.where, error.found) == (f"{LINE}“类型”列", "“指标”")
    assert (error.allowed, error.remedy) == ("只能是 比率、计数、里程碑、周期、定性", "请改成其中之一")
