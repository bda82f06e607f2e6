"""Rosters (W3a), fee returns (W6) and progress reports (W7) from the file to the store and back."""

import io

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unionplan import flows
from unionplan.access import Person
from unionplan.intake.cells import Sheet
from unionplan.intake.kinds import returned
from unionplan.intake.layout import laid_out
from unionplan.observations import ROSTERED
from unionplan.store import Slot
from unionplan.store.trained import roster_figures

CLERK = Person("王经办")
OCTOBER = "花名册2026年10月.xlsx"
ROSTER = """
姓名 | 证件号(脱敏或后四位) | 单位 | 企业类型 | 工种 | 培训方式 | 培训机构 | 起止日期 | 学时 | 技能等级 | 证书编号
张三 | '11010519491231002X | 甲厂 | 国有 | 电工 | 自培 | 甲厂技校 | 2026-10-01至2026-10-15 | 40 | 高级工 | 'A001
张三 | '11010519491231002X | 甲厂 | 国有 | 钳工 | 委培 | 市技校 | 2026.10.16-10.20 | 24.5 | 高级工 | 'A002
李四 | 0045 | 乙厂 | 非公 | 电工 | 自主培训 | 甲厂技校 | 2026-10-01至2026-10-15 | 40 | 四级 | 'A003
王五 | 45 | 乙厂 | 非公 | 电工 | 自培 | 甲厂技校 | 2026-10-01至2026-10-15 | 40 | 中级工 | 'A004"""
DISTRICT = Slot("roster", "文澜区", "2026-10")


def told(seen, *rules):
    return [(one.severity, one.cell, one.message) for one in seen.problems if one.rule in rules or not rules]


@pytest.fixture
def taken(take, workbook):
    """Store and text table → (Preview, commit), for 文澜区 in October."""

    def done(store, table, name=OCTOBER, reason="已核对", unit="文澜区", sheet="花名册", **options):
        return take(store, workbook({sheet: table}), name, reason, unit=unit, **options)

    return done


# ------------------------------------------------------------------ W3a


def test_a_roster_is_stored_by_unit_and_month_and_counts_persons_and_person_times(store, taken):
    seen, commit = taken(store, ROSTER)
    assert (commit, seen.added, seen.units) == (2, 4, ("文澜区",))
    rows = store.rosters(2)
    assert rows["person"].tolist() == [1, 1, 2, 3]
    assert rows["period"].unique().tolist() == ["2026-10"]
    assert rows["name"].isna().all()
    figures = roster_figures(store.frame(store.heads(2)[DISTRICT]))
    assert figures[["enterprise_type", "method", "level", "persons", "person_times"]].to_numpy().tolist() == [
        ["non_public", "自培", "中级工", 2, 2], ["state", "委培", "高级工", 0, 1], ["state", "自培", "高级工", 1, 1],
    ]  # fmt: skip
    now = flows.flow(store.training(2), store.plan(2), store.today(2))
    assert (now.persons, now.person_times) == (3, 4)
    assert "文澜区" not in now.missing


def test_no_identity_number_and_no_name_is_kept_anywhere_in_the_store(store, taken):
    taken(store, ROSTER)
    for place in store.root.rglob("*"):
        if place.is_file():
            data = place.read_bytes()
            assert b"11010519491231002X" not in data
            assert "张三".encode() not in data
    [upload] = store.history()[-1].files
    assert upload.name == "花名册2026年10月（已去除个人信息）.xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO(store.upload(upload.sha256))).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][:3] == ["姓名", "证件号(脱敏或后四位)", "单位"]
    assert [row[:4] for row in rows[1:]] == [["***", "***", org, kind] for org, kind in
                                             (("甲厂", "国有"), ("甲厂", "国有"), ("乙厂", "非公"), ("乙厂", "非公"))]  # fmt: skip
    assert "11010519491231002X" not in str(rows)


def test_what_is_left_out_and_put_right_is_listed(store, taken):
    seen, _ = taken(store, ROSTER)
    assert told(seen) == [
        ("fixed", "", "证件号只在读取时用来分清是不是同一人，不入库"),
        ("fixed", "H3", "已按规范写法读入（“2026.10.16-10.20” → 2026-10-16至2026-10-20）"),
        ("fixed", "", "统计时点按文件所写推定（文件名，按最后一天，2026-10-31）"),
        ("fixed", "", "姓名不入库"),
    ]


def test_names_are_kept_where_the_settings_say_so(plan_tables, tmp_path, taken, today):
    from unionplan.store import Store

    settings = [{**row, "value": "true"} if row["key"] == "keep_names" else row for row in plan_tables["settings"]]
    own = Store.opened(tmp_path / "data", {**plan_tables, "settings": settings}, CLERK)
    seen, _ = taken(own, ROSTER)
    assert own.rosters(2)["name"].tolist() == ["张三", "张三", "李四", "王五"]
    assert told(seen, "name_dropped") == []


def test_the_same_roster_again_is_unchanged_and_a_shorter_one_is_asked_about(store, taken, look, workbook):
    taken(store, ROSTER)
    seen, commit = taken(store, ROSTER)
    assert (commit, seen.added, seen.unchanged, seen.removed) == (None, 0, 4, 0)
    shorter = "\n".join(ROSTER.splitlines()[:-1])
    seen = look(store, workbook({"花名册": shorter}), OCTOBER, unit="文澜区")
    assert (seen.added, seen.unchanged, seen.removed) == (0, 3, 1)
    assert told(seen, "roster_replaced") == [
        (
            "ask",
            "",
            "该单位本月已有花名册，将整份替换，原有的这些行不再计入（文澜区 2026-10 原有 4 行，本次没有其中 1 行）",
        )
    ]


RETURN = """
填报单位 | 企业类型 | 培训方式 | 等级 | 期数 | 人数 | 人次 | 统计时点
文澜区 | 全部 | 自培 | 高级工 | 2 | 9 | 10 | 2026-10-31"""


def test_a_roster_beats_the_return_of_the_same_month_whichever_came_first(new_store, taken):
    for order in ((ROSTER, RETURN), (RETURN, ROSTER)):
        store = new_store()
        for table in order:
            seen, _ = taken(store, table)
        assert told(seen, "roster_rules") == [
            (
                "fixed",
                "",
                "该单位本月花名册和培训统计表都有，以花名册为准（文澜区 2026-10 花名册 3 人 4 人次，统计表 9 人 10 人次）",
            )
        ]
        assert store.training(3)[["persons", "person_times"]].sum().tolist() == [3, 4]
        assert store.training(2 if order[0] is RETURN else 3)["persons"].sum() in (9, 3)


DOUBTFUL = {
    ("姓名 | 工种 | 单位", "张三 | 电工 | 甲厂", "张三 | 钳工 | 乙厂"):
        ([("ask", "A2", "没有证件号，只能按姓名和单位分清是不是同一人（共 2 行）")], [1, 2]),
    ("工种 | 证书编号 | 学时 | 单位", "电工 | 'A1 | 8 | 甲厂", "钳工 | 'A2 | 8 | 甲厂"):
        ([("ask", "A2", "没有姓名和证件号，人数按未报，只计人次（共 2 行）")], [None, None]),
    ("姓名 | 证件号 | 工种", "张三 | '11010519491231002X | 电工", "张叁 | '11010519491231002X | 钳工"):
        ([("ask", "A3", "证件号相同而姓名不同，按同一人计（第 2 行）")], [1, 1]),
    ("姓名 | 证件号 | 工种", "张三 | 110105194912310021 | 电工", "李四 | 110105194912310021 | 钳工"):
        ([("ask", "B2", "证件号存成了数字，后几位已经丢失（共 2 行）")], [1, 2]),
    ("姓名 | 证件号 | 工种 | 起止日期", "张三 | 0045 | 电工 | 2026-09-01至2026-09-20", "李四 | 0046 | 电工 | 2026-10-09"):
        ([("ask", "", "培训结束日期不在统计时点所在的月份（文澜区 2026-10，1 行，如 2026-09-20）")], [1, 2]),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "said"), DOUBTFUL.items(), ids=range(len(DOUBTFUL)))
def test_what_is_doubtful_in_a_roster_is_asked(store, taken, lines, said):
    seen, _ = taken(store, "\n".join(lines))
    assert [one for one in told(seen) if one[0] != "fixed"] == said[0]
    assert [None if value is None else value for value in store.rosters(2)["person"].astype(object).where(
        store.rosters(2)["person"].notna(), None)] == said[1]  # fmt: skip


def test_a_course_told_twice_is_refused_and_so_is_a_roster_of_nobodys(look, store, workbook):
    twice = ROSTER + "\n" + ROSTER.splitlines()[2]
    seen = look(store, workbook({"花名册": twice}), OCTOBER, unit="文澜区")
    assert told(seen, "duplicate") == [("reject", "A6", "同一填报单位内重复（与第 2 行相同）")]
    seen = look(store, workbook({"花名册": ROSTER}), OCTOBER)
    assert told(seen, "unit_missing") == [("reject", "", "没有填报单位")]
    assert seen.change is None


def test_one_person_on_two_sheets_of_a_file_is_one_person(store, take, workbook):
    first, second = ("\n".join([ROSTER.splitlines()[1], line]) for line in ROSTER.splitlines()[2:4])
    take(store, workbook({"自培": first, "委培": second}), OCTOBER, "已核对", unit="文澜区")
    assert store.rosters(2)["person"].tolist() == [1, 1]
    assert store.training(2)[["persons", "person_times"]].sum().tolist() == [1, 2]


# ------------------------------------------------------------------ W6

FUNDS = """
填报单位 | 统计时点 | 年度任务数(万元) | 本期收缴 | 累计收缴 | 完成率 | 上年同期 | 审计单位数 | 已公布
文澜区 | 2026-09-30 | 120 | 10.5 | 85.25 | 71.04% | 80 | 12 | 是
朝晖区 | 2026-09-30 | 200 | 20 | 150 | 0.75 | 140 | | 否
合计 | | 320 | 30.5 | 235.25 | | | |"""


def test_fees_are_stored_by_unit_and_month_as_exact_amounts(store, taken):
    seen, commit = taken(store, FUNDS, "经费.xlsx", unit=None)
    assert (commit, seen.added, told(seen)) == (2, 2, [])
    rows = store.funds(2)
    assert rows[["reporting_unit", "period", "task", "current", "funds", "last_year", "audited", "published"]].astype(
        object).where(rows[["reporting_unit", "period", "task", "current", "funds", "last_year", "audited", "published"]].notna(), None).to_numpy().tolist() == [
        ["文澜区", "2026-09", "120", "10.5", "85.25", "80", 12, "是"],
        ["朝晖区", "2026-09", "200", "20", "150", "140", None, "否"],
    ]  # fmt: skip
    seen, commit = taken(store, FUNDS, "经费.xlsx", unit=None)
    assert (commit, seen.unchanged) == (None, 2)


NEXT = {
    "文澜区 | 2026-10-31 | 120 | 10 | 95.25 | | | |": [],
    "文澜区 | 2026-10-31 | 120 | 10 | 96 | | | |":
        [("ask", "", "本期收缴与上期累计之和不等于累计收缴（文澜区2026年9月累计 85.25 + 本期 10 ≠ 累计 96）")],
    "文澜区 | 2026-10-31 | 120 | 10 | 80 | | | |": [("ask", "", "累计收缴比上期减少（文澜区2026年9月 85.25 → 80 万元）")],
    "文澜区 | 2026-10-31 | 120 | | 95 | 99% | | |":
        [("ask", "F2", "完成率与累计收缴、年度任务数不符（填的是 99%，95/120 应为 79.17%）")],
    "文澜区 | 2026-10-31 | | 99 | 95 | | | | 是": [
        ("ask", "D2", "本期收缴多于累计收缴（99 > 95）"), ("ask", "I2", "没有审计单位却已公布"),
        ("ask", "", "本期收缴与上期累计之和不等于累计收缴（文澜区2026年9月累计 85.25 + 本期 99 ≠ 累计 95）")],
    "文澜区 | 2026-10-31 | 约百万 | -1 | 95 | | | |":
        [("reject", "C2", "不是数字（“约百万”）"), ("reject", "D2", "是负数（-1）")],
    "文澜区 | 2027-01-31 | 130 | 5 | 5 | | | |": [("ask", "", "统计时点晚于今天（2027-01-31）")],
}  # fmt: skip


@pytest.mark.parametrize(("row", "said"), NEXT.items())
def test_fees_are_held_against_the_report_before(store, taken, look, workbook, row, said):
    taken(store, FUNDS, "经费.xlsx", unit=None)
    seen = look(store, workbook({"经费": "\n".join([FUNDS.splitlines()[1], row])}), "经费.xlsx")
    assert told(seen) == said


def test_fees_in_yuan_and_a_total_that_does_not_add_up_are_told(look, store, workbook):
    table = "经费收缴表 | | 单位：元\n" + FUNDS.strip().replace("235.25", "999")
    seen = look(store, workbook({"经费": table}), "经费.xlsx")
    assert told(seen) == [
        ("reject", "C1", "表上注明以元为单位，经费须以万元计"),
        ("ask", "E5", "合计与明细之和不符（合计 999，明细之和 235.25）"),
    ]


# ------------------------------------------------------------------ W7

PROGRESS = """
序号 | 任务 | 责任部门 | 步骤 | 进展情况 | 存在问题 | 下步打算 | 完成日期 | 完成时限 | 应办数 | 已办数 | 佐证材料
A1-1b | | 经济工作部 | 评审 | 已评审20项 | 无 | 抓紧推广 | 2026-09-12 | 2026-12-31 | | | 评审纪要
A1-1b | | 经济工作部 | 推广 | 正在推广 | | | | 2026-12-31 | | |
 | “五必访” | 机关工会 | | | | | | | 12 | 12 | 走访登记表
A1-2 | | 经济工作部 | | | | | | 2026-12-31 | | |"""
SEPTEMBER = "进展2026年9月.xlsx"


def test_progress_is_stored_by_item_step_and_date_under_the_plans_department(store, taken):
    seen, commit = taken(store, PROGRESS, SEPTEMBER, unit=None, sheet="进展")
    assert (commit, seen.added, seen.units) == (2, 3, ("经济工作部", "机关工会"))
    assert told(seen) == [
        ("fixed", "", "没有填数的行，按未报处理（第5行）"),
        ("fixed", "", "统计时点按文件所写推定（文件名，按最后一天，2026-09-30）"),
    ]
    rows = store.progress(2)
    assert [tuple(None if value is None else str(value) for value in row) for row in rows[
        ["item", "step", "department", "progress", "done_count", "as_of"]].astype(object).where(rows.notna(), None).to_numpy()] == [
        ("A1-1b", "评审", "经济工作部", "已评审20项", None, "2026-09-30 00:00:00"),
        ("A1-1b", "推广", "经济工作部", "正在推广", None, "2026-09-30 00:00:00"),
        ("B4a", None, "机关工会", None, "12", "2026-09-30 00:00:00"),
    ]  # fmt: skip
    seen, commit = taken(store, PROGRESS, SEPTEMBER, unit=None, sheet="进展")
    assert (commit, seen.unchanged) == (None, 3)


def test_a_later_report_is_added_and_the_earlier_stays_readable(store, taken):
    taken(store, PROGRESS, SEPTEMBER, unit=None)
    later = PROGRESS.replace("正在推广", "已推广8项")
    taken(store, later, "进展2026-10-20.xlsx", unit=None, as_of=None)
    notes = store.progress(3).query("step == '推广'")
    assert notes[["as_of", "progress"]].astype(str).to_numpy().tolist() == [
        ["2026-09-30", "正在推广"], ["2026-10-20", "已推广8项"]]  # fmt: skip
    assert len(store.progress(2)) == 3
    store.undo(3, CLERK, "重报")
    assert len(store.progress(4)) == 3


WRONG = {
    "X9 | | | | 在办 | | | | | | |": ("reject", "A2", "没有条目编号或认不出是计划的哪一条"),
    "A1-1b | | | 验收 | 在办 | | | | | | |": ("reject", "D2", "不是该条目的步骤（A1-1b：评审、推广、表彰）"),
    "A1-2 | | | 第一步 | 在办 | | | | | | |": ("reject", "D2", "不是该条目的步骤（A1-2：该条目不分步骤）"),
    "B4a | | | | | | | | | 10 | 12 |": ("reject", "K2", "已办数多于应办数（12 > 10）"),
    "A1-2 | | | | 办结 | | | 2026-10-09 | | | |": ("reject", "H2", "完成时间晚于统计时点（2026-10-09 晚于 2026-09-30）"),
    "A1-2 | | | | 办结 | | | 2026-05-09 | | | |": ("ask", "H2", "完成日期早于条目的起始日（2026-05-09 早于 2026-07-01）"),
    "A1-2 | | 宣传教育部 | | 在办 | | | | | | |":
        ("ask", "", "责任部门与计划不同，按计划的责任部门记（A1-2 计划为经济工作部，填的是宣传教育部）"),
    "A1-2 | | | | 在办 | | | | 2026-11-30 | | |":
        ("fixed", "", "完成时限与计划的截止日不同，仅作记录（A1-2 计划为2026-12-31，填的是2026-11-30）"),
}  # fmt: skip


@pytest.mark.parametrize(("row", "said"), WRONG.items())
def test_progress_that_does_not_fit_the_plan_is_told_at_its_cell(store, look, workbook, row, said):
    table = "\n".join([PROGRESS.splitlines()[1], row])
    seen = look(store, workbook({"进展": table}), SEPTEMBER)
    assert said in told(seen)
    assert (seen.change is None) == (said[0] == "reject")


def test_an_item_merged_over_its_steps_stands_for_each_of_them(store, take):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (PROGRESS.splitlines()[1].split(" | "), ["A1-1b", None, None, "评审", "完成"],
                [None, None, None, "推广", "进行"]):  # fmt: skip
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    out = io.BytesIO()
    book.save(out)
    take(store, out.getvalue(), SEPTEMBER, "已核对")
    assert store.progress(2)[["item", "step"]].to_numpy().tolist() == [["A1-1b", "评审"], ["A1-1b", "推广"]]


# ------------------------------------------------------------------ what must hold of any roster

PEOPLE = st.lists(
    st.tuples(st.sampled_from(["0045", "0046", ""]), st.sampled_from(["张三", "李四", "王五"]), st.sampled_from(["甲厂", "乙厂"]),
              st.sampled_from(["自培", "委培", "联办"]), st.sampled_from(["高级工", "技师", ""])),
    min_size=1, max_size=9,
)  # fmt: skip


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(PEOPLE)
def test_persons_are_the_distinct_ones_and_person_times_the_rows(people):
    head = ["姓名", "证件号(脱敏或后四位)", "单位", "培训方式", "技能等级", "证书编号"]
    rows = [[name, number or None, org, method, level or None, f"A{place}"]
            for place, (number, name, org, method, level) in enumerate(people)]  # fmt: skip
    sheet = Sheet("花名册", [head, *rows])
    found = returned("W3a", sheet, laid_out(sheet), {"units": {}, "unit": "文澜区", "text_file": False, "people": {}})
    roster = pd.DataFrame({field.id: found.columns.get(field.id, [None] * len(rows)) for field in ROSTERED})
    roster = roster.astype(
        {field.id: {"count": "Int64", "date": "datetime64[ms]"}.get(field.kind, "string") for field in ROSTERED}
    )
    distinct = {(number, name) if number else (name, org, "by name") for number, name, org, _, _ in people}
    figures = roster_figures(roster)
    assert int(figures["persons"].sum()) == len(distinct)
    assert int(figures["person_times"].sum()) == len(people)
    assert not figures.duplicated(["enterprise_type", "method", "level"]).any()


def test_an_identity_number_on_a_sheet_that_is_left_out_is_not_kept_either(store, take, workbook):
    notes = "经办 110105 | \n备注：11010519491231002X 已核"
    take(store, workbook({"经费": FUNDS, "杂记": notes}), "经费.xlsx", "已核对")
    [upload] = store.history()[-1].files
    assert upload.name == "经费（已去除个人信息）.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(store.upload(upload.sha256)))
    assert book.worksheets[1]["A2"].value == "***"
    assert book.worksheets[0]["E2"].value == 85.25


def test_a_file_without_personal_data_is_kept_byte_for_byte(store, take, workbook):
    data = workbook({"经费": FUNDS})
    take(store, data, "经费.xlsx", "已核对")
    [upload] = store.history()[-1].files
    assert (upload.name, store.upload(upload.sha256)) == ("经费.xlsx", data)


def test_only_the_sound_rows_can_be_taken_of_a_progress_report(store, taken):
    table = PROGRESS + "\nX9 | | | | 在办 | | | | | | |"
    seen, commit = taken(store, table, SEPTEMBER, unit=None, only_valid=True)
    assert (commit, seen.added, seen.rejected) == (2, 3, 1)
    assert store.history()[-1].note == "只收合格行，退回 1 行"


def test_several_kinds_in_one_book_are_one_commit(store, take, workbook):
    roster = "\n".join(
        "填报单位 | " + line if line.startswith("姓名") else f"文澜区 | {line}" for line in ROSTER.strip().split("\n")
    )
    book = {"花名册": roster, "经费": FUNDS, "进展": PROGRESS}
    _, commit = take(store, workbook(book), "合并2026年10月.xlsx", "已核对")
    assert commit == 2
    slots = {(entry.slot.dataset, entry.slot.unit, entry.slot.period) for entry in store.history()[-1].entries}
    assert slots == {
        ("roster", "文澜区", "2026-10"), ("funds", "文澜区", "2026-09"), ("funds", "朝晖区", "2026-09"),
        ("progress", "经济工作部", "2026-10"), ("progress", "机关工会", "2026-10"),
    }  # fmt: skip
