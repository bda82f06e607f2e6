"""What notes make of an item: reports (W7) and notes from the page count alike, and only for what they speak of."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from unionplan.attainment import Outlook
from unionplan.events import events_of, standings
from unionplan.item_words import (
    counted_words,
    explanation,
    idle_words,
    late_words,
    note_words,
    period_reason,
    progress_words,
)
from unionplan.notes import Note, notes_of, waiting
from unionplan.observations import ACTIVITIES, CUBE_COLUMNS, NOTED, PROGRESSED, TRAINING
from unionplan.plan import plan_of, read_tables
from unionplan.states import plan_states

PLAN = plan_of(read_tables(Path(__file__).resolve().parent.parent / "data" / "plan"))
TODAY = date(2026, 11, 5)
REPORTED = ("item", "step", "as_of", "progress", "done_on", "planned_on", "target", "done_count", "evidence")
WRITTEN = ("item", "kind", "noted_on", "text", "step", "done_on", "total", "done", "measure", "evidence")


def typed(table, columns, fields):
    """A text table as the store gives it."""
    cells = [[cell.strip() or None for cell in line.split("|")] for line in table.strip().splitlines() if line.strip()]
    rows = [dict(zip(columns, row, strict=False)) for row in cells]
    frame = pd.DataFrame(rows, columns=[field.id for field in fields])
    for field in fields:
        kind = {"date": "datetime64[ms]", "count": "Int64"}.get(field.kind, "string")
        values = frame[field.id]
        frame[field.id] = (pd.to_numeric(values) if field.kind == "count" else values).astype(kind)
    return frame


def told(reports="", written=""):
    """item | step | as_of | progress | done_on | planned_on | target | done_count | evidence, and
    item | kind | noted_on | text | step | done_on | total | done | measure | evidence."""
    return notes_of(typed(reports, REPORTED, PROGRESSED), typed(written, WRITTEN, NOTED))


def ledger(table=""):
    return typed(table, ("item", "planned_on", "done_on", "period", "step", "progress"), ACTIVITIES)


def standing(item, notes, events="", today=TODAY):
    found = standings(PLAN, events_of(ledger(events)), today, notes)
    return next(one for one in found if one.item.id == item)


def state(item, notes, events="", today=TODAY):
    look = Outlook(pd.DataFrame(columns=list(CUBE_COLUMNS)), PLAN, today)
    nothing = pd.DataFrame(columns=[field.id for field in TRAINING])
    return next(one for one in plan_states(look, nothing, ledger(events), notes) if one.item.id == item)


ALIKE = {
    "a step": (
        told("A1-1b | 评审 | 2026-09-30 | 评出36项 | 2026-09-10 | | | | 评审结果"),
        told("", "A1-1b | step | 2026-09-10 | 评出36项 | 评审 | 2026-09-10 | | | | 评审结果"),
        "A1-1b", "moving", "共3步，已完成1步（评审9月10日），待完成推广、表彰",
    ),
    "cases": (
        told("B4a | | 2026-09-30 | | | | 12 | 12 | 登记表"),
        told("", "B4a | cases | 2026-09-30 | | | | 12 | 12 | | 登记表"),
        "B4a", "on_pace", "应访12户，已访12户（截至9月30日）",
    ),
    "files set up": (
        told("B5c | 建立疗养档案 | 2026-08-31 | | 2026-08-31 | | 120 | 118 | 档案目录"),
        told("", "B5c | step | 2026-08-31 | | 建立疗养档案 | 2026-08-31 | | | | 档案目录\nB5c | cases | 2026-08-31 | | | | 120 | 118 | | 档案目录"),
        "B5c", "done", "共1步，已完成1步（建立疗养档案8月31日）；应建档120份，已建档118份（截至8月31日）",
    ),
    "a sum": (
        told("A1-6 | | 2026-08-31 | 征集 | | | | 318 | 汇总表"),
        told("", "A1-6 | tally | 2026-08-31 | 征集 | | | | 318 | 条 | 汇总表"),
        "A1-6", "moving", "累计318条（截至8月31日）；已登记1次，最近登记8月31日，连续未更新66天",
    ),
    "work without figures": (
        told("A1-2 | | 2026-10-26 | 已开幕 | | | | | 通知"),
        told("", "A1-2 | progress | 2026-10-26 | 已开幕 | | | | | | 通知"),
        "A1-2", "moving", "已登记1次，最近登记10月26日，连续未更新10天",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("report", "note", "item", "status", "said"), ALIKE.values(), ids=ALIKE)
def test_a_report_and_a_note_from_the_page_count_alike(report, note, item, status, said):
    for notes in (report, note):
        found = state(item, notes)
        assert (found.status, found.said) == (status, said)
        assert found.evidence == (next(iter(notes[item])).evidence,)


# Steps


def test_a_report_of_a_milestone_with_one_step_need_not_name_it():
    assert standing("A5-4", told("A5-4 | | 2026-10-31 | 12家 | 2026-10-30")).status == "done"
    assert standing("A1-1b", told("A1-1b | | 2026-10-31 | 全部 | 2026-10-30")).done == 0


def test_a_step_that_is_both_in_the_ledger_and_in_a_report_is_one_event():
    one = standing("A1-1b", told("A1-1b | 评审 | 2026-09-30 | | 2026-09-10"), "A1-1b | | 2026-09-10 | | 评审")
    assert [event.noted for event in one.counted] == [False]


def test_a_step_is_late_by_the_day_that_was_planned_for_it_last():
    notes = told("A1-1b | 推广 | 2026-09-30 | 在办 | | 2026-10-10\nA1-1b | 推广 | 2026-10-31 | 在办 | | 2026-11-30")
    assert standing("A1-1b", notes).late_since is None
    one = standing("A1-1b", told("A1-1b | 推广 | 2026-09-30 | 在办 | | 2026-10-10"))
    assert (one.status, one.late_days) == ("behind", 26)


def test_a_step_done_in_a_note_before_what_it_waits_for_does_not_count():
    step = "B8c | step | 2026-09-20 | | 公布审计结果 | {} | | | |"
    audit = "B8b | | 2026-09-15 | | "
    early = standing("B8c", told("", step.format("2026-09-01")), audit)
    assert (early.status, early.progress) == (
        "not_started", "共1步，已完成0步，待完成公布审计结果；有登记早于前置任务完成，未计入")  # fmt: skip
    assert standing("B8c", told("", step.format("2026-09-20")), audit).status == "done"


def test_a_report_of_a_count_or_a_duty_counts_on_the_day_it_tells_and_once():
    notes = told("A1-3a | | 2026-09-30 | 已举办 | 2026-09-18\nA1-3a | | 2026-10-31 | 已举办 | 2026-09-18")
    assert standing("A1-3a", notes).progress == "应完成1次，已完成1次（9月18日）"
    assert standing("A1-3a", notes, "A1-3a | | 2026-09-18").done == 1
    assert standing("B9", told("B9 | | 2026-10-31 | 已开 | 2026-10-20")).status == "done"
    assert standing("A1-3a", told("A1-3a | | 2026-10-31 | 正在筹备")).status == "not_started"


# Cases


@pytest.mark.parametrize(
    ("written", "today", "status", "said", "late"),
    [
        ("B4a | cases | 2026-11-01 | | | | 12 | 10", TODAY, "behind", "应访12户，已访10户（截至11月1日）", 4),
        ("B4a | cases | 2026-11-01 | | | | 0 | 0", TODAY, "on_pace", "应访0户（零报告，截至11月1日）", 0),
        ("B4a | cases | 2026-12-31 | | | | 12 | 12", date(2027, 1, 5), "done", "应访12户，已访12户（截至12月31日）", 0),
        ("B4a | cases | 2026-12-31 | | | | 12 | 10", date(2027, 1, 5), "overdue", "应访12户，已访10户（截至12月31日）", 5),
        ("B4a | cases | 2025-12-31 | | | | 12 | 10", TODAY, "not_started", "尚无应访登记", 0),
        ("B4a | cases | 2026-09-30 | | | | 12 | 10\nB4a | cases | 2026-10-31 | | | | 14 | 14", TODAY, "on_pace",
         "应访14户，已访14户（截至10月31日）", 0),
    ],
)  # fmt: skip
def test_the_newest_count_of_cases_rules(written, today, status, said, late):
    one = standing("B4a", told("", written), today=today)
    assert (one.status, one.progress, one.late_days) == (status, said, late)


def test_without_a_count_the_ledger_rules_and_with_one_it_does_not():
    events = "B4a | | 2026-07-15\nB4a | 2026-10-01 |"
    assert standing("B4a", {}, events).progress == "应访2户，已访1户"
    assert standing("B4a", told("B4a | | 2026-10-31 | | | | 9 | 9"), events).status == "on_pace"


# Sums, skipped periods, silence


def test_sums_are_told_by_measure_the_newest_of_each():
    notes = told("", "A4-1b | tally | 2026-09-30 | | | | | 80 | 户\nA4-1b | tally | 2026-10-31 | | | | | 103 | 户\n"
                     "A4-1b | tally | 2026-10-31 | | | | | 212 | 人")  # fmt: skip
    assert standing("A4-1b", notes).progress == (
        "累计103户（截至10月31日）；累计212人（截至10月31日）；已登记3次，最近登记10月31日，连续未更新5天")  # fmt: skip


def test_a_bare_number_of_a_report_has_no_unit_where_the_item_has_two():
    one = standing("A4-1b", told("A4-1b | | 2026-10-31 | | | | | 103"))
    assert one.progress.startswith("已办数103（截至10月31日）；")
    assert note_words(one.item, one.tallies[0]) == "已办数103"


def test_a_skipped_period_keeps_its_state_and_shows_its_reason():
    notes = told("", "B7a | skip | 2026-09-01 | 因会期冲突 | 2026-08")
    august, september = standing("B7a", notes, "B7a | | 2026-07-08").periods[1:3]
    assert (august.state, period_reason(august)) == ("missed", "未开展：因会期冲突")
    assert period_reason(september) == "未开展，尚未说明原因"


def test_a_period_that_was_made_up_needs_no_reason_any_more():
    notes = told("", "B7a | skip | 2026-09-01 | 因会期冲突 | 2026-08")
    august = standing("B7a", notes, "B7a | | 2026-09-03 | 2026-08").periods[1]
    assert (august.state, period_reason(august)) == ("made_up", "9月3日")


def test_silence_is_counted_since_anything_was_told_to_have_been_done():
    notes = told(
        "A1-2 | | 2026-10-26 | 已开幕",
        "A1-2 | explanation | 2026-11-01 | 场地未定\nA1-2 | instruction | 2026-11-02 | 抓紧",
    )
    found = state("A1-2", notes)
    assert (found.moved_on, found.idle_days(TODAY), idle_words(found, TODAY)) == (
        date(2026, 10, 26),
        10,
        "连续未更新10天",
    )


def test_of_what_never_moved_the_days_since_its_start_are_told():
    found = state("A1-3b", told("", "A1-2 | progress | 2026-10-26 | 已开幕"))
    assert (found.idle_days(TODAY), progress_words(found, TODAY)) == (None, "起始日以来127天没有登记")


def test_days_after_the_one_looked_at_are_not_known_yet():
    notes = told("A1-2 | | 2026-10-26 | 已开幕")
    assert state("A1-2", notes, today=date(2026, 10, 25)).status == "not_started"


def test_a_note_from_the_page_judges_its_own_item_only():
    notes = told("", "A1-2 | progress | 2026-10-26 | 已开幕")
    assert (state("B7a", notes).status, state("A1-7", notes).rule) == ("not_started", "还没有收到活动记录或进展")
    assert state("B7a", told("A1-2 | | 2026-10-26 | 已开幕")).status == "behind"


# What waits for an answer


@pytest.mark.parametrize(
    ("later", "open_"),
    [
        ("", True),
        ("A1-2 | progress | 2026-10-20 | 早于批示", True),
        ("A1-2 | progress | 2026-10-25 | 已办", False),
        ("A1-2 | explanation | 2026-10-25 | 正在商量", True),
        ("A1-3b | progress | 2026-10-25 | 另一项", True),
    ],
)
def test_an_instruction_is_open_until_something_was_done(later, open_):
    found = waiting(told("", f"A1-2 | instruction | 2026-10-22 | 抓紧\n{later}"))
    assert [note.text for note in found] == (["抓紧"] if open_ else [])


def test_a_report_answers_a_decision():
    assert waiting(told("A1-2 | | 2026-10-31 | 已办", "A1-2 | decision | 2026-10-22 | 抓紧")) == []


# Words


def test_what_is_late_shows_its_newest_explanation_or_that_there_is_none():
    late = state("A1-7", {}, "A1-7 | 2026-10-20 | | | 公示")
    report = told("A1-7 | 公示 | 2026-10-31 | 复核")["A1-7"]
    notes = told("", "A1-7 | explanation | 2026-11-03 | 材料须补正\nA1-7 | progress | 2026-11-04 | 已补正")["A1-7"]
    assert explanation(late, ()) == explanation(late, report) == "尚无情况说明"
    assert explanation(late, notes) == "情况说明（11月3日）：材料须补正"
    problems = Note("A1-7", "report", TODAY, problems="名额\n未定")
    assert explanation(late, (*notes, problems)) == "情况说明（11月5日）：名额 未定"
    assert explanation(state("A1-2", {}), notes) == ""


def test_items_are_counted_worst_first():
    states = [
        state("A1-7", {}, "A1-7 | 2026-10-20 | | | 公示"),
        state("A1-2", {}),
        state("A2-2c", {}),
        state("B0-1", {}),
    ]
    assert counted_words(states, "市总计划") == "市总计划4项：滞后1项，已完成1项，计划期外1项，未开始1项"
    assert (late_words(states[0], TODAY), late_words(states[1], TODAY)) == ("逾期16天", "")


def test_a_note_says_its_figures_before_its_words():
    item = next(item for item in PLAN.items if item.id == "B4a")
    zero = Note("B4a", "cases", TODAY, total=0, done=0)
    assert note_words(item, zero) == "应办0，已办0（零报告）"
    assert (
        note_words(item, Note("B4a", "progress", TODAY, "走访", "缺人", "补齐"))
        == "走访；存在问题：缺人；下步打算：补齐"
    )
