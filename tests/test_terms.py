"""Changes of the plan's terms: one commit each with reason and author, nonsense refused, older commits as they were."""

from datetime import date, datetime

import pandas as pd
import pytest

from unionplan import narrative
from unionplan.access import Person
from unionplan.attainment import Outlook, attainments, existing_units
from unionplan.comparing import comparisons
from unionplan.errors import StalePreviewError, UnionplanError
from unionplan.observations import CONTRACTS, FIELDS, classified
from unionplan.plan import plan_key, plan_of, with_predecessors
from unionplan.revisions import field_words, revisions, value_words
from unionplan.store import Change, Slot
from unionplan.terms import merge_units, revise_definition, revise_settings, revise_target

CLERK = Person("王经办")
ONE, TWO, THREE = "文澜区", "朝晖区", "锦澜区"
JUNE, SEPTEMBER, OCTOBER = date(2026, 6, 30), date(2026, 9, 30), date(2026, 10, 31)


def ledger(unit, day, covered, base, outside=0):
    """A ledger of `base` unionised private enterprises, `covered` of them with a wage contract, `outside` not unionised."""
    force = {"form": "单独", "start": date(2026, 1, 1), "end": date(2027, 12, 31)}
    none = {"form": "未签", "start": None, "end": None}
    rows = []
    for number in range(base + outside):
        signed = force if number < covered else none
        rows.append(
            {"union_code": f"{number:09d}", "org_name": f"{unit}企业{number}", "reporting_unit": unit, "control": "私人控股",
             "enterprise_state": "存续", "unionised": "是" if number < base else "否", "workers": 10, "women_workers": 5,
             "members": 5, "congress": "单独", "disclosure": "是", "harmony": "开展",
             **{f"{name}_{edge}": value for name in CONTRACTS for edge, value in signed.items()}})  # fmt: skip
    counts = [field.id for field in FIELDS.values() if field.kind == "count"]
    frame = pd.DataFrame(rows, columns=list(FIELDS)).astype(object).astype(dict.fromkeys(counts, "Int64"))
    return classified(frame).assign(key=[f"code:{row['union_code']}" for row in rows], as_of=day)


def told(store, unit, day, *counts):
    frame = ledger(unit, day, *counts)
    return store.append(Change("submit", frames={Slot("ledger", unit, f"{day:%Y-%m}"): (day, frame)}), CLERK)


def wage(store, commit=None, on=None):
    commit = commit or store.head()
    look = Outlook(store.cube(commit), store.plan(commit), store.today(commit), on)
    return next(row for row in attainments(look, indicator="wage") if row.scope == "non_public")


def key(store, item="A4-3c"):
    return next(plan_key(row) for row in store.tables(1)["plan"] if row["条目编号"] == item)


def refusal(act):
    with pytest.raises(UnionplanError) as refused:
        act()
    return str(refused.value)


def said(store):
    return [
        (
            one.commit,
            one.whose,
            field_words(one),
            value_words(one, one.old),
            value_words(one, one.new),
            one.note,
            one.who,
        )
        for one in revisions(store, store.head())
    ]


# Targets


def test_a_target_is_revised_in_one_commit_and_the_older_commit_still_shows_the_old_one(store):
    told(store, ONE, OCTOBER, 50, 100)
    before = store.head()
    done = revise_target(store, before, key(store), {"目标值": "55", "责任部门": "组织部"}, "常委会决定", CLERK)
    assert (done, store.history()[-1].note, store.history()[-1].who) == (before + 1, "常委会决定", "王经办")
    assert (wage(store, before).target_bp, wage(store, before).status) == (5000, "attained")
    assert (wage(store).target_bp, wage(store).gap) == (5500, 5)
    assert said(store) == [
        (done, "A4-3c 非公企业工资协商", "责任部门", "权益保障部", "组织部", "常委会决定", "王经办"),
        (done, "A4-3c 非公企业工资协商", "目标值", "50%", "55%", "常委会决定", "王经办"),
    ]


def test_the_sentence_of_the_plan_is_never_changed(store):
    quote = {row["条目编号"]: row["计划原句"] for row in store.tables(1)["plan"]}
    revise_target(store, 1, key(store), {"目标值": "60%", "计划原句": "改写", "口径": "改写"}, "调整", CLERK)
    assert {row["条目编号"]: row["计划原句"] for row in store.tables(2)["plan"]} == quote


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ({"目标值": "105%"}, "条目A4-3c“目标值”列：“105%”。大于 0%、不超过 100% 的百分数，最多两位小数，如 90%。请改正后重新提交。"),
        ({"目标值": ""}, "条目A4-3c“目标值”列：空白。比率类条目须有目标值，如 90%。请填写目标值。"),
        ({"截止日": "年底"}, "条目A4-3c“截止日”列：“年底”。日期写作 2026-12-31。请改正日期。"),
        ({"截止日": "2026-06-30"}, "条目A4-3c：起始日 2026-07-01 晚于截止日 2026-06-30。起始日不得晚于截止日。请核对两个日期。"),
        ({"节点目标": "九月45%"}, "条目A4-3c“节点目标”列：“九月45%”。写作 2026-09-30:45%；2026-10-31:47%。请改正节点目标。"),
        ({}, "修订目标：没有任何改动。须至少改动一处。请改动后再确认。"),
    ],
)  # fmt: skip
def test_a_revision_that_does_not_hold_is_refused_and_changes_nothing(store, says, words):
    assert refusal(lambda: revise_target(store, 1, key(store), says, "调整", CLERK)) == words
    assert store.head() == 1


def test_a_revision_needs_a_reason_and_somebody_who_made_it(store):
    act = {"目标值": "60%"}
    assert refusal(lambda: revise_target(store, 1, key(store), act, " ", CLERK)) == (
        "修订目标：没有写明理由。每次修订都要写明理由。请填写理由。"
    )
    assert refusal(lambda: revise_target(store, 1, key(store), act, "调整", Person(""))) == (
        "经办人：没有填写姓名。每次更新都要记下是谁办的。请填写经办人姓名。"
    )


def test_a_revision_of_what_somebody_changed_meanwhile_is_refused(store):
    revise_target(store, 1, key(store), {"目标值": "60%"}, "调整", CLERK)
    with pytest.raises(StalePreviewError):
        revise_target(store, 1, key(store), {"目标值": "70%"}, "调整", CLERK)


def test_a_revision_can_be_undone_and_both_are_told(store):
    revise_target(store, 1, key(store), {"目标值": "60%"}, "调整", CLERK)
    store.undo(2, CLERK, "报错了")
    assert [(one[3], one[4], one[5]) for one in said(store)] == [("60%", "50%", "报错了"), ("50%", "60%", "调整")]


# Definitions


def test_a_new_base_counts_everything_anew_and_older_commits_stay(store):
    told(store, ONE, SEPTEMBER, 40, 100, 100)
    told(store, ONE, OCTOBER, 50, 100, 100)
    before = store.head()
    says = {"base": "active", "denominator": "存续的全部企业数"}
    revise_definition(store, before, "wage", says, "上级口径", CLERK)
    assert (wage(store, before).numerator, wage(store, before).denominator) == (50, 100)
    assert (wage(store).numerator, wage(store).denominator) == (50, 200)
    assert wage(store, on=SEPTEMBER).denominator == 200
    assert store.verify() == []
    look, then = (Outlook(store.cube(c), store.plan(c), store.today(c)) for c in (before + 1, before))
    last = comparisons(look, wage(store), then)
    assert [narrative.compared(wage(store), one) for one in (last[0], last[-1])] == [
        "提高5.0个百分点",
        "口径不同，不作比较",
    ]


@pytest.mark.parametrize(
    ("name", "says", "words"),
    [
        ("wage", {"base": "active"}, "口径“工资集体协商推行面”分母：底数改为全部企业，分母的文字没有改。底数和分母的文字须一致。请同时改写分母。"),
        ("union", {"base": "unionised", "denominator": "x"}, "口径“建会率”底数：“已建会企业”。只能是 全部企业。请改成其中之一。"),
        ("member", {"base": "active", "denominator": "x"}, "口径“入会率”底数：“全部企业”。只能是 职工人数。请改成其中之一。"),
        ("wage", {"base": "workers", "denominator": "x"}, "口径“工资集体协商推行面”底数：“职工人数”。只能是 已建会企业、全部企业、有女职工的已建会企业。请改成其中之一。"),
        ("wage", {"interval_months": "0"}, "口径“工资集体协商推行面”报送周期（月）：“0”。须是 1 至 12 的整数。请改正。"),
        ("wage", {"interval_months": "季"}, "口径“工资集体协商推行面”报送周期（月）：“季”。须是 1 至 12 的整数。请改正。"),
        ("wage", {"grace_days": "90"}, "口径“工资集体协商推行面”宽限（天）：“90”。须是 0 至 60 的整数。请改正。"),
        ("wage", {"checker": "权益保障部"}, "口径“工资集体协商推行面”复核：制定和复核都是“权益保障部”。制定和复核不能是同一方。请改正。"),
        ("wage", {"next_review": "2026-01-01"}, "口径“工资集体协商推行面”下次复核：“2026-01-01”。不能早于复核日期 2026-07-01。请改正。"),
        ("wage", {"numerator": ""}, "指标定义“wage”：缺少 numerator。该项不能为空。请补齐。"),
    ],
)  # fmt: skip
def test_a_definition_that_does_not_hold_is_refused(store, name, says, words):
    assert refusal(lambda: revise_definition(store, 1, name, says, "调整", CLERK)) == words
    assert store.head() == 1


def test_the_reporting_interval_decides_how_long_a_figure_stays_fresh(store):
    told(store, ONE, SEPTEMBER, 50, 100)
    assert wage(store).status == "attained"
    revise_definition(store, 2, "wage", {"grace_days": "0"}, "收紧", CLERK)
    assert wage(store).status == "stale"


# Settings


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ({"slow_bp": "0"}, "设置“偏慢线（占应有增量）”：“0%”。须在 1% 至 100%之间。请改正。"),
        ({"slow_bp": "12000"}, "设置“偏慢线（占应有增量）”：“120%”。须在 1% 至 100%之间。请改正。"),
        ({"near_bp": "5000"}, "设置“基期已达标的容差”：“50 个百分点”。须在 0 至 20 个百分点之间。请改正。"),
        ({"due_soon_days": "400"}, "设置“临期天数”：“400”。须在 0 至 365 天之间。请改正。"),
        ({"city": " "}, "设置“城市名称”：“”。须是 1 至 20 个字。请改正。"),
        ({"period_end": "2026-06-30"}, "计划期：2026-07-01 至 2026-06-30。起始日不晚于截止日，最长五年。请改正。"),
        ({"period_end": "2036-06-30"}, "计划期：2026-07-01 至 2036-06-30。起始日不晚于截止日，最长五年。请改正。"),
        ({"period_end": "年底"}, "计划期：“2026-07-01”至“年底”。日期写作 2026-12-31。请改正。"),
        ({"clock": "今天"}, "设置“固定日期”：“今天”。日期写作 2026-12-31。请改正日期。"),
        ({"slow_bp": "八成"}, "设置“偏慢线（占应有增量）”：“八成”。须在 1% 至 100%之间。请改正。"),
        ({"base_rule": "fixed"}, "设置“核定日期”：空白。核定底数须写明核定的日期。请填写日期，或改用动态底数。"),
        ({"base_rule": "fixed", "base_date": "2026-06-30"}, "设置“核定日期”：“2026-06-30”。这一天以前没有数据，还没有台账或汇总表。请改正日期。"),
        ({"sample": "true"}, "修改设置：没有任何改动。须至少改动一处。请改动后再确认。"),
    ],
)  # fmt: skip
def test_a_setting_that_makes_no_sense_is_refused(store, says, words):
    found = refusal(lambda: revise_settings(store, 1, {"release": "false", **says}, "调整", CLERK))
    assert found == words
    assert store.head() == 1


def test_settings_are_changed_with_who_and_why_and_the_old_board_keeps_its_own(store):
    revise_settings(store, 1, {"city": "澄澜市", "slow_bp": "8000", "release": "true"}, "启用", CLERK)
    old, new = (store.plan(commit).settings for commit in (1, 2))
    assert (old.city, old.slow_bp, old.release) == ("本市", 8500, False)
    assert (new.city, new.slow_bp, new.release) == ("澄澜市", 8000, True)
    assert [one[2:6] for one in said(store)] == [
        ("发布审核", "否", "是", "启用"), ("偏慢线（占应有增量）", "85%", "80%", "启用"), ("城市名称", "本市", "澄澜市", "启用"),
    ]  # fmt: skip


def test_a_setting_that_an_older_store_does_not_have_counts_as_its_default(store, plan_tables):
    old = [
        row for row in store.tables(1)["settings"] if row["key"] not in ("pace", "base_rule", "base_date", "release")
    ]
    store.append(Change("submit", tables={"settings": old}), CLERK)
    revise_settings(store, 2, {"pace": "nodes"}, "改用节点", CLERK)
    assert store.plan(3).settings.pace == "nodes"
    assert [one[2:5] for one in said(store) if one[0] == 3] == [("序时规则", "按日均", "分月节点")]


def test_milestones_rule_the_light_once_the_settings_say_so_and_the_picture_says_it(store):
    told(store, ONE, JUNE, 40, 100)
    told(store, ONE, OCTOBER, 45, 100)
    revise_target(store, 3, key(store), {"节点目标": "2026-10-31:45%"}, "责任书", CLERK)
    assert wage(store).status == "behind"
    revise_settings(store, 4, {"pace": "nodes"}, "责任书", CLERK)
    assert wage(store).status == "on_pace"
    assert narrative.pace_note(store.plan(4).settings) == "序时：期初至截止日按天均匀；完成应有增量不足85%为滞后"
    assert narrative.pace_note(store.plan(5).settings) == (
        "序时：有分月节点的按节点（节点之间按天均匀），其余期初至截止日按天均匀；完成应有增量不足85%为滞后"
    )


def test_a_fixed_base_stays_where_it_was_fixed_and_the_card_says_so(store):
    told(store, ONE, JUNE, 40, 100)
    told(store, ONE, OCTOBER, 50, 120)
    revise_settings(store, 3, {"base_rule": "fixed", "base_date": "2026-06-30"}, "核定", CLERK)
    assert (wage(store, 3).numerator, wage(store, 3).denominator) == (50, 120)
    assert (wage(store).numerator, wage(store).denominator, wage(store).status) == (50, 100, "attained")
    assert narrative.base_note(store.plan(4).settings) == (
        "核定底数：分母固定为2026年6月30日的实有数，分子为统计时点的数，比率可能超过100%"
    )


# Units


def merged(store, day=date(2026, 10, 1), old=(ONE, TWO), new="澄澜新区", reason="区划调整"):
    return merge_units(store, store.head(), old, new, "", day, reason, CLERK)


def test_a_merger_keeps_totals_and_the_base_and_older_commits_their_units(store):
    for unit, covered in ((ONE, 30), (TWO, 50), (THREE, 60)):
        told(store, unit, JUNE, covered, 100)
        told(store, unit, SEPTEMBER, covered + 10, 100)
    told(store, THREE, OCTOBER, 75, 100)
    before = wage(store)
    done = merged(store)
    assert store.history()[-1].note == "区划调整"
    after = wage(store)
    assert (after.numerator, after.denominator) == (before.numerator, before.denominator) == (175, 300)
    assert after.baseline == before.baseline
    assert [unit.name for unit in store.plan(done).units][:3] == [ONE, "澄澜新区", TWO]
    told(store, "澄澜新区", OCTOBER, 105, 200)
    assert (wage(store).numerator, wage(store).denominator, wage(store).baseline) == (180, 300, before.baseline)
    assert (wage(store, on=SEPTEMBER).numerator, wage(store, on=SEPTEMBER).denominator) == (170, 300)
    by_unit = {row.reporting_unit: row for row in attainments(
        Outlook(store.cube(done), store.plan(done), store.today(done)), "reporting_unit", "wage") if row.scope == "non_public"}  # fmt: skip
    assert (by_unit["澄澜新区"].numerator, by_unit["澄澜新区"].as_of) == (100, SEPTEMBER)
    assert [unit.end for unit in store.plan(done - 1).units if unit.name == ONE] == [None]


def test_a_unit_that_is_renamed_goes_on_under_its_new_name(store):
    told(store, ONE, JUNE, 30, 100)
    told(store, ONE, SEPTEMBER, 40, 100)
    merged(store, old=(ONE,))
    assert (wage(store).numerator, wage(store).baseline, wage(store).missing[:1]) == (
        40,
        wage(store, 3).baseline,
        (TWO,),
    )


def test_nothing_stands_for_a_merged_unit_while_one_of_its_predecessors_is_unknown(store):
    told(store, ONE, SEPTEMBER, 40, 100)
    told(store, THREE, OCTOBER, 75, 100)
    merged(store)
    assert (wage(store).numerator, "澄澜新区" in wage(store).missing) == (75, True)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"old": ()}, "单位合并更名：没有选择原单位。须选一个（更名）或几个（合并）。请选择。"),
        ({"new": " "}, "单位合并更名：没有填写新单位名称。须填写。请填写。"),
        ({"new": "文澜"}, "单位合并更名：“文澜”已是“文澜区”的名称或别名。新单位须用没有用过的名称，旧数才不会混进新数。请换一个名称。"),
        ({"day": date(2026, 9, 30)}, "单位合并更名：文澜区已有统计时点 2026-09-30 的数据，不早于变更日 2026-09-30。变更日起由新单位报送。请把变更日改到它之后，或先撤销那次更新。"),
        ({"reason": ""}, "单位合并更名：没有写明理由。每次修订都要写明理由。请填写理由。"),
    ],
)  # fmt: skip
def test_a_merger_that_cannot_be_is_refused(store, asked, words):
    told(store, ONE, SEPTEMBER, 40, 100)
    assert refusal(lambda: merged(store, **asked)) == words
    assert store.head() == 2


def test_a_unit_that_has_ended_cannot_be_merged_again(store):
    merged(store, old=(ONE,))
    assert refusal(lambda: merged(store, day=date(2026, 12, 1), old=(ONE,), new="别的区")) == (
        "单位合并更名：“文澜区”在 2026-12-01 不存在。原单位在变更日须存在。请核对日期。"
    )


def test_a_new_list_of_units_keeps_who_came_from_whom(store):
    merged(store)
    rows = store.tables(store.head())["units"]
    sheet = [{name: text for name, text in row.items() if name != "前身"} for row in rows]
    units = {
        unit.name: unit.before for unit in plan_of({**store.tables(1), "units": with_predecessors(sheet, rows)}).units
    }
    assert units["澄澜新区"] == (ONE, TWO)
    assert with_predecessors(sheet, store.tables(1)["units"]) == sheet


SHEET = "统计编码 | 单位名称 | 填报单位 | 企业状态 | 单位类别 | 职工人数 | 是否建会\n'000000001 | 甲厂 | {} | 存续 | 国有企业 | 50 | 是"


def test_data_of_a_unit_after_its_end_is_asked_about_and_its_successor_claims_nothing_twice(store, look, workbook):
    told(store, ONE, SEPTEMBER, 5, 10)
    merged(store, old=(ONE,))
    late = look(store, workbook(SHEET.format(ONE)))
    said = [one.message for one in late.asks if one.rule == "unit_ended"]
    assert said == ["填报单位在统计时点已经撤并，这些数存下来但不计入（文澜区到2026-09-30为止，现为澄澜新区）"]
    new = look(store, workbook(SHEET.format("澄澜新区")))
    assert {"unit_ended", "claimed"} & {one.rule for one in new.problems} == set()


def test_lists_of_units_show_those_of_the_day_that_is_looked_at(store):
    for day in (JUNE, SEPTEMBER):
        told(store, ONE, day, 40, 100)
        told(store, TWO, day, 40, 100)
    merged(store)
    told(store, "澄澜新区", OCTOBER, 90, 200)
    commit = store.head()

    def names(on):
        look = Outlook(store.cube(commit), store.plan(commit), store.today(commit), on)
        rows = attainments(look, "reporting_unit", "wage")
        return {row.reporting_unit for row in rows} & {ONE, TWO, "澄澜新区"}, len(existing_units(look))

    assert names(SEPTEMBER) == ({ONE, TWO}, 12)
    assert names(None) == ({"澄澜新区"}, 11)


# The log


def test_revisions_of_hundreds_of_commits_read_only_those_that_touched_a_table(store, monkeypatch):
    revise_target(store, 1, key(store), {"目标值": "60%"}, "调整", CLERK)
    at = datetime(2026, 7, 1, 9)
    for number in range(200):
        store.append(Change("remember_word", tables={"aliases": [{"n": str(number)}]}), CLERK, at)
    read = []
    real = type(store).rows_of
    monkeypatch.setattr(type(store), "rows_of", lambda self, entry: read.append(entry) or real(self, entry))
    assert len(revisions(store, store.head())) == 1
    assert len(read) == 5  # the four tables of the beginning and one revision


def test_a_row_that_came_or_went_is_told_once(store):
    rows = store.tables(1)["plan"]
    added = {**rows[0], "条目编号": "Z1", "简称": "新任务", "任务来源": "本市补充目标", "目标值": "3"}
    store.append(Change("submit", "增补", tables={"plan": [*rows, added]}), CLERK)
    store.append(Change("submit", "删去", tables={"plan": rows}), CLERK)
    assert [one[:6] for one in said(store)] == [
        (3, "Z1 新任务", "取消", "3", "（空）", "删去"), (2, "Z1 新任务", "新增", "（空）", "3", "增补"),
    ]  # fmt: skip
