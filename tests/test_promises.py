"""Targets and duties (W5): what an upload changes in the plan table, what it never changes, and what it refuses."""

import io

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unionplan.access import Person
from unionplan.errors import IntakeError
from unionplan.intake.preview import submit
from unionplan.intake.templates import template
from unionplan.plan import PLAN_COLUMNS, plan_of

CLERK = Person("王经办")
NAME = "目标任务分解表.xlsx"


def told(seen, *rules):
    return [(one.severity, one.cell, one.message) for one in seen.problems if one.rule in rules or not rules]


def row_of(store, item, **also):
    rows = [row for row in store.tables(store.head())["plan"] if row["条目编号"] == item
            and all(row[name] == value for name, value in also.items())]  # fmt: skip
    assert len(rows) == 1
    return rows[0]


@pytest.fixture
def laid(take, workbook):
    """Store and text table → (Preview, commit)."""
    return lambda store, table, reason="主席会议议定", **more: take(
        store, workbook({"分解": table}), NAME, reason, **more
    )


@pytest.fixture
def shown(look, workbook):
    """Store and text table → Preview."""
    return lambda store, table, **more: look(store, workbook({"分解": table}), NAME, **more)


def test_the_shipped_plan_through_its_template_is_unchanged(store, take, plan_tables):
    data = template("W5", plan_of(plan_tables).units, promises=plan_tables["plan"])
    seen, commit = take(store, data, NAME)
    assert (seen.added, seen.changed, seen.unchanged, seen.removed) == (0, 0, 67, 0)
    assert (seen.problems, commit) == ((), None)
    assert seen.change.tables["plan"] == plan_tables["plan"]


def test_a_target_is_revised_with_its_reason_and_its_effect_is_shown(store, laid):
    seen, commit = laid(store, "条目编号 | 目标值 | 截止日\nA4-3c | 55% | 2027-03-31")
    assert told(seen) == [
        ("ask", "", "计划将有改动（变更 1 条：A4-3c 非公企业工资协商 目标值 50% → 55%；"
                    "A4-3c 非公企业工资协商 截止日 2026-12-31 → 2027-03-31）")
    ]  # fmt: skip
    assert (commit, seen.changed, seen.added, seen.units) == (2, 1, 0, ("本市",))
    assert seen.details.to_numpy().tolist() == [
        ["A4-3c 非公企业工资协商", "目标值", "50%", "55%"], ["A4-3c 非公企业工资协商", "截止日", "2026-12-31", "2027-03-31"],
    ]  # fmt: skip
    target = next(one for one in store.plan(2).targets if one.item == "A4-3c")
    assert (target.bp, str(target.end)) == (5500, "2027-03-31")
    effect = {(after.indicator, after.scope): (before.target_bp, after.target_bp) for before, after in seen.effects}
    assert effect["wage", "non_public"] == (5000, 5500)
    done = store.history()[-1]
    assert (done.who, done.note, [entry.slot.dataset for entry in done.entries]) == (
        "王经办", "核对理由：主席会议议定", ["plan"])  # fmt: skip
    assert next(one for one in store.plan(1).targets if one.item == "A4-3c").bp == 5000


def test_a_revision_needs_a_reason_or_a_note_and_can_be_undone(store, shown):
    seen = shown(store, "条目编号 | 目标值\nA4-3c | 55%")
    with pytest.raises(IntakeError) as refused:
        submit(store, seen, CLERK, "")
    assert str(refused.value) == f"{NAME}：有 1 处需要核对。核对无误须写明理由。请填写理由后再确认。"
    assert submit(store, seen, CLERK, "", "主席会议议定") == 2
    assert store.history()[-1].note == "主席会议议定"
    store.undo(2, CLERK, "再议")
    assert row_of(store, "A4-3c")["目标值"] == "50%"


def test_a_blank_changes_nothing_and_a_marked_cell_is_emptied(store, laid):
    laid(store, "条目编号 | 目标值 | 分管领导 | 责任部门 | 备注\nA4-3c | | 李副主席 | | 清空")
    row = row_of(store, "A4-3c")
    assert (row["目标值"], row["分管领导"], row["责任部门"], row["备注"]) == ("50%", "李副主席", "权益保障部", "")


REFUSED = {
    "A4-3c | 150% |": ("D2", "目标任务分解表有误（“150%”。大于 0%、不超过 100% 的百分数，最多两位小数，如 90%）"),
    "A4-3c | | 大力推行工资集体协商": ("E2", "计划原句与现有计划不同，原句不得改动（A4-3c）"),
    "A1-1a | | | | | | 2026-12-31 | 2026-07-01": ("A2", "目标任务分解表有误（起始日 2026-12-31 晚于截止日 2026-07-01。起始日不得晚于截止日）"),
    "A1-1a | | | 定量": ("F2", "不在可填的内容中（“定量”，可填：比率、计数、里程碑、周期、定性）"),
    "A1-1a | | | 比率": ("I2", "目标任务分解表有误（“”。只能是 contract、wage、women、congress、disclosure、harmony、union、member、training）"),
    "A1-1a | | | | 2026年13月": ("G2", "日期认不出来（“2026年13月”只写到月）"),
    "| 90% |": ("A2", "没有条目编号或认不出是计划的哪一条"),
    "A8 | 90% | | | | | | | 文澜区": ("A2", "没有条目编号或认不出是计划的哪一条"),
    "A4-3c | 45% | | | | | | | 长洲区": ("J2", "不在填报单位表中（“长洲区”）"),
}  # fmt: skip
HEAD = "条目编号 | 任务 | 简称 | 目标值 | 计划原句 | 类型 | 起始日 | 截止日 | 指标 | 责任单位"


def _wide(row):
    """条目编号 | 目标值 | 计划原句 | 类型 | 截止日? … as HEAD has them."""
    cells = [cell.strip() for cell in row.split("|")] + [""] * 9
    item, target, quote, kind, start_only, _, start, end, owner = cells[:9]
    return " | ".join([item, "", "", target, quote, kind, start or start_only, end, "", owner])


@pytest.mark.parametrize(("row", "said"), REFUSED.items())
def test_what_the_plan_cannot_be_is_told_at_its_cell(store, shown, row, said):
    seen = shown(store, f"{HEAD}\n{_wide(row)}")
    assert [(cell, message) for severity, cell, message in told(seen) if severity == "reject"] == [said]
    assert seen.change is None


def test_an_item_that_others_wait_for_cannot_be_waited_for_in_vain(store, shown):
    seen = shown(store, "条目编号 | 类型 | 前置条目\nB8c | 里程碑 | B99")
    assert told(seen) == [
        ("reject", "", "目标任务分解表有误（计划表条目“B8c”：前置条目“B99”不存在。前置条目须是本表的条目编号）")
    ]


def test_a_percent_typed_as_a_number_is_put_right_and_listed(store, laid):
    seen, _ = laid(store, "条目编号 | 目标值\nA4-3c | 0.555\nA4-3b | 92")
    assert told(seen, "repaired") == [
        ("fixed", "B2", "已按规范写法读入（“0.555” → 55.5%）"), ("fixed", "B3", "已按规范写法读入（“92” → 92%）"),
    ]  # fmt: skip
    assert (row_of(store, "A4-3c")["目标值"], row_of(store, "A4-3b")["目标值"]) == ("55.5%", "92%")


def test_the_definition_of_a_figure_is_not_changed_by_an_upload(store, laid):
    before = row_of(store, "A4-3c")["口径"]
    seen, commit = laid(store, "条目编号 | 目标值 | 口径\nA4-3c | | 分子：全部企业")
    assert told(seen) == [("ask", "C2", "口径与现行指标定义不同，不采用（A4-3c）")]
    assert (row_of(store, "A4-3c")["口径"], commit) == (before, None)


OWN = """
条目编号 | 部分 | 任务 | 类型 | 指标 | 适用范围 | 目标值 | 计量单位 | 起始日 | 截止日
A4-3 | 四 推动共建共享,促进体面劳动 | 集体合同覆盖率—国有及控股企业 | 比率 | contract | 国有及控股企业 | 95% | % | 2026-07-01 | 2026-12-31
A4-3 | 四 推动共建共享,促进体面劳动 | 集体合同覆盖率—非公有制企业 | 比率 | contract | 非公有制企业 | 80% | % | 2026-07-01 | 2026-12-31"""


def test_the_city_may_add_items_of_its_own(store, laid, shown):
    seen, _ = laid(store, OWN)
    assert (seen.added, told(seen, "item_new")) == (2, [
        ("ask", "A2", "计划中没有这个条目编号，将新增（A4-3）"), ("ask", "A3", "计划中没有这个条目编号，将新增（A4-3）")])  # fmt: skip
    plan = store.plan(2)
    own = [(one.indicator, one.scope, one.bp) for one in plan.targets if one.item is None]
    assert own == [("contract", "state", 9500), ("contract", "non_public", 8000)]
    assert len(plan.items) == 67
    assert row_of(store, "A4-3", 适用范围="非公有制企业")["任务来源"] == "本市补充目标"
    assert told(shown(store, "条目编号 | 目标值\nA4-3 | 70%")) == [
        ("reject", "A2", "计划中有几条是这个条目编号，分不清改哪一条")]  # fmt: skip
    seen, _ = laid(store, "条目编号 | 适用范围 | 目标值\nA4-3 | 非公有制企业 | 82%")
    assert seen.details.to_numpy().tolist() == [["A4-3 集体合同覆盖率—非公有制企业", "目标值", "80%", "82%"]]


def test_a_units_share_stands_beside_the_citys_target(store, laid):
    seen, _ = laid(
        store, "条目编号 | 责任单位 | 目标值 | 责任人\nA4-3c | 文澜区 | 45% | 赵某\nA2-3c | 朝晖区总工会 | 8000 |"
    )
    assert (seen.added, seen.changed) == (2, 0)
    shares = [(one.item, one.reporting_unit, str(one.target), one.unit, one.person) for one in store.plan(2).shares]
    assert shares == [("A2-3c", "朝晖区", "8000", "人", ""), ("A4-3c", "文澜区", "9/20", "%", "赵某")]
    assert len(store.plan(2).items) == 67
    seen, _ = laid(store, "条目编号 | 责任单位 | 目标值\nA4-3c | 文澜区 | 48%")
    assert seen.details.to_numpy().tolist() == [["A4-3c 非公企业工资协商 文澜区", "目标值", "45%", "48%"]]
    assert next(one for one in store.plan(3).targets if one.item == "A4-3c").bp == 5000


def test_a_units_form_lists_what_can_be_shared_and_blank_lines_are_nothing(store, take, plan_tables):
    plan = plan_of(plan_tables)
    book = openpyxl.load_workbook(io.BytesIO(template("W5", plan.units, "文澜区", promises=plan_tables["plan"])))
    sheet = book.worksheets[0]
    head = [cell.value for cell in sheet[1]]
    rows = [
        dict(zip(head, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=2, max_row=20)
    ]
    rows = [row for row in rows if row["条目编号"]]
    assert {row["责任单位"] for row in rows} == {"文澜区"}
    assert {row["目标值"] for row in rows} == {None}
    assert {row["计划"] for row in rows} == {"市总"}
    line = next(place for place, row in enumerate(rows, start=2) if row["条目编号"] == "A4-3c")
    cell = sheet.cell(line, head.index("目标值") + 1)
    assert cell.comment.text == "全市目标 50%"
    cell.value = "45%"
    out = io.BytesIO()
    book.save(out)
    seen, commit = take(store, out.getvalue(), NAME, "分解")
    assert (seen.added, seen.unchanged, commit) == (1, 0, 2)


def test_a_book_with_units_plan_and_ledger_is_one_commit_judged_by_its_own_units(store, take, workbook):
    units = "填报单位 | 分组 | 顺序\n文澜区 | 县市区 | 1\n长洲区 | 县市区 | 2"
    share = "条目编号 | 责任单位 | 目标值\nA4-3c | 长洲区 | 40%"
    ledger = "统计编码 | 单位名称 | 填报单位 | 企业状态 | 单位类别 | 职工人数 | 是否建会\n001 | 甲厂 | 长洲区 | 存续 | 国有企业 | 9 | 是"
    _, commit = take(
        store, workbook({"台账": ledger, "分解": share, "单位": units}), "合并2026年10月.xlsx", "已核对")  # fmt: skip
    assert commit == 2
    entries = store.history()[-1].entries
    assert {(e.slot.dataset, e.slot.unit) for e in entries} == {("ledger", "长洲区"), ("plan", ""), ("units", "")}
    assert [one.reporting_unit for one in store.plan(2).shares] == ["长洲区"]


# ------------------------------------------------------------------ laws

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12).filter(
    lambda text: text not in ("-", "--", "—", "——", "/", "\\", "…", "……", "***", "空", "清空"))  # fmt: skip


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 66), st.sampled_from(["分管领导", "责任人", "备注"]), TEXTS), min_size=1, max_size=6
    )
)
def test_whatever_is_typed_into_the_form_is_what_the_plan_then_says(plan_tables, new_store, take, edits):
    store = new_store()
    table = [dict(row) for row in plan_tables["plan"]]
    for place, column, text in edits:
        table[place][column] = text
    data = template("W5", plan_of(plan_tables).units, promises=table)
    seen, _ = take(store, data, NAME, "改动")
    assert [[row[name] for name in PLAN_COLUMNS] for row in store.tables(store.head())["plan"]] == [
        [row[name] for name in PLAN_COLUMNS] for row in table]  # fmt: skip
    assert seen.changed == sum(one != other for one, other in zip(table, plan_tables["plan"], strict=True))
