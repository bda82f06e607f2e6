"""Recurring duties, activities and milestones: what was due, what counts, what came late, who took part."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unionplan.attainment import STATUSES
from unionplan.events import (
    NO_PERIOD,
    NO_STEP,
    OUTSIDE,
    TOO_EARLY,
    events_of,
    joined,
    joined_sums,
    period_days,
    period_key,
    period_label,
    standings,
    unassigned,
)
from unionplan.observations import ACTIVITIES
from unionplan.plan import plan_of, read_tables

PLAN = plan_of(read_tables(Path(__file__).resolve().parent.parent / "data" / "plan"))
TODAY = date(2026, 11, 5)
COLUMNS = ("item", "planned_on", "done_on", "period", "step")


def ledger(table="", **more):
    """A text table with the columns item | planned_on | done_on | period | step as the store gives it."""
    cells = [[cell.strip() or None for cell in line.split("|")] for line in table.strip().splitlines()]
    rows = [{"activity_no": f"{at:03}", "activity": "活动", **dict(zip(COLUMNS, row, strict=False)), **more} for at, row in enumerate(cells)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=[field.id for field in ACTIVITIES])
    for field in ACTIVITIES:
        kind = {"date": "datetime64[ms]", "count": "Int64"}.get(field.kind, "string")
        frame[field.id] = frame[field.id].astype(kind)
    return frame


def standing(item, table="", today=TODAY, plan=PLAN):
    return next(one for one in standings(plan, events_of(ledger(table)), today) if one.item.id == item)


def states(one):
    return [f"{period.label} {period.state}" for period in one.periods]


def changed(tables_changed, **cells):
    """The shipped plan with some cells of one row changed."""
    tables = read_tables(Path(__file__).resolve().parent.parent / "data" / "plan")
    rows = [{**row, **cells} if row["条目编号"] == tables_changed else row for row in tables["plan"]]
    return plan_of({**tables, "plan": rows})


# The ledger


def test_a_blank_cell_is_missing_and_not_nought():
    [event] = events_of(ledger("B7a | | 2026-07-15"))
    assert (event.joined, event.parts, event.participants) == (None, (None, None, None), None)
    assert (event.planned_on, event.done_on, event.period, event.step) == (None, date(2026, 7, 15), "", "")


def test_every_column_of_the_ledger_is_read():
    whole = {"joined": 10, "joined_state": 4, "joined_collective": 1, "joined_non_public": 3, "participants": 200}
    words = {name: name.upper() for name in ("category", "owner", "place", "progress", "evidence")}
    [event] = events_of(ledger("A1-3a | 2026-09-15 | 2026-09-20 | 2026-09 | 决赛", funds="1.50", **words, **whole))
    assert (event.number, event.item, event.name, event.period, event.step) == (
        "000",
        "A1-3a",
        "活动",
        "2026-09",
        "决赛",
    )
    assert (event.category, event.owner, event.place) == ("CATEGORY", "OWNER", "PLACE")
    assert (event.progress, event.evidence, event.funds) == ("PROGRESS", "EVIDENCE", "1.50")
    assert (event.joined, event.parts, event.participants) == (10, (4, 1, 3), 200)


def test_events_stand_by_date_and_those_without_one_last():
    found = events_of(ledger("B7a||2026-09-01\nB7a||\nB7a|2026-08-01|\nB7a|2026-07-01|2026-10-01"))
    assert [event.number for event in found] == ["002", "000", "003", "001"]


def test_what_names_no_item_of_the_plan_is_told_apart():
    events = events_of(ledger("B7a||2026-07-15\nX9||2026-07-16\n||2026-07-17"))
    assert [event.item for event in unassigned(PLAN, events)] == ["X9", ""]


# Periods


@pytest.mark.parametrize(
    ("key", "first", "last", "label"),
    [
        ("2026-07", date(2026, 7, 1), date(2026, 7, 31), "7月"),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29), "2028年2月"),
        ("2026Q3", date(2026, 7, 1), date(2026, 9, 30), "三季度"),
        ("2027Q1", date(2027, 1, 1), date(2027, 3, 31), "2027年一季度"),
        ("2026H2", date(2026, 7, 1), date(2026, 12, 31), "下半年"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "全年"),
        ("2027", date(2027, 1, 1), date(2027, 12, 31), "2027年"),
    ],
)
def test_a_period_key_names_its_days_and_its_words(key, first, last, label):
    assert period_days(key) == (first, last)
    assert period_label(key, 2026) == label


@pytest.mark.parametrize("key", ["", "2026-13", "2026-00", "2026Q5", "2026H3", "26-07", "2026年7月", "0000"])
def test_other_words_are_no_period(key):
    assert period_days(key) is None


@settings(deadline=None)
@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.sampled_from([1, 3, 6, 12]))
def test_every_day_lies_in_exactly_the_period_that_its_key_names(day, months):
    first, last = period_days(period_key(day, months))
    assert first <= day <= last
    assert period_key(first - timedelta(days=1), months) != period_key(day, months) != period_key(last + timedelta(days=1), months)  # fmt: skip


# Recurring duties


def test_due_are_the_periods_that_have_ended_and_a_running_one_may_be_done_already():
    one = standing("B7a", "B7a||2026-07-15\nB7a||2026-08-14\nB7a||2026-09-10\nB7a||2026-10-15\nB7a||2026-11-03")
    assert states(one) == ["7月 done", "8月 done", "9月 done", "10月 done", "11月 done", "12月 future"]
    assert (one.due, one.done, one.total, one.status, one.marks) == (4, 4, 6, "on_pace", ())
    assert one.progress == "应完成4期，已完成4期；11月已完成"


def test_six_meetings_in_one_month_are_one_month_done():
    one = standing("B7a", "\n".join(f"B7a||2026-07-{day:02}" for day in range(10, 16)))
    assert (one.due, one.done, one.status) == (4, 1, "behind")
    assert len(one.counted) == 6
    assert one.progress == "应完成4期，已完成1期，未完成8月、9月、10月"
    assert (one.late_since, one.late_days) == (date(2026, 8, 31), 66)


def test_a_period_made_up_later_is_done_and_stays_marked():
    one = standing("B7a", "B7a||2026-07-15\nB7a||2026-08-14\nB7a||2026-10-09|2026-09\nB7a||2026-10-15")
    assert states(one)[2:4] == ["9月 made_up", "10月 done"]
    assert (one.due, one.done, one.status, one.marks) == (4, 4, "on_pace", ("made_up",))
    assert [event.done_on for event in one.made_up] == [date(2026, 10, 9)]
    assert one.progress == "应完成4期，已完成4期，其中补1期"


def test_an_event_made_up_for_one_month_does_not_serve_the_month_of_its_date():
    one = standing("B7a", "B7a||2026-10-09|2026-09")
    assert states(one)[2:4] == ["9月 made_up", "10月 missed"]


def test_a_meeting_in_time_beats_one_made_up():
    one = standing("B7a", "B7a||2026-09-09\nB7a||2026-10-09|2026-09")
    assert states(one)[2] == "9月 done"
    assert one.marks == ()


def test_an_event_without_a_period_counts_for_the_one_of_its_date():
    assert states(standing("B7b", "B7b||2026-10-01"))[:2] == ["三季度 missed", "四季度 done"]


def test_a_month_said_of_a_quarterly_duty_counts_for_its_quarter():
    assert states(standing("B7b", "B7b||2026-09-10|2026-08")) == ["三季度 done", "四季度 due_now"]
    assert states(standing("B7b", "B7b||2026-10-10|2026-08")) == ["三季度 made_up", "四季度 due_now"]


def test_a_quarter_said_of_a_monthly_duty_counts_for_the_month_of_its_date_inside_it():
    assert states(standing("B7a", "B7a||2026-09-10|2026Q3"))[2] == "9月 done"
    late = standing("B7a", "B7a||2026-10-10|2026Q3")
    assert late.done == 0
    assert [reason for _, reason in late.uncounted] == [NO_PERIOD]


def test_an_event_before_the_period_that_it_names_counts_for_none():
    one = standing("B7a", "B7a||2026-07-10|2026-08")
    assert [reason for _, reason in one.uncounted] == [NO_PERIOD]
    assert states(one)[:2] == ["7月 missed", "8月 missed"]


def test_an_event_outside_the_window_is_told_and_not_counted():
    one = standing("B7a", "B7a||2026-06-10\nB7a||2026-07-10|2026-06")
    assert [reason for _, reason in one.uncounted] == [OUTSIDE, OUTSIDE]
    assert one.done == 0


def test_an_event_after_the_day_judged_has_not_taken_place():
    one = standing("B7a", "B7a||2026-08-10", today=date(2026, 8, 9))
    assert (one.counted, len(one.waiting)) == ((), 1)
    assert states(one)[1] == "8月 due_now"


def test_a_period_is_due_on_its_last_day_and_not_before():
    assert [standing("B7a", today=day).due for day in (date(2026, 7, 30), date(2026, 7, 31))] == [0, 1]


def test_a_window_that_begins_within_a_month_cuts_that_period():
    plan = changed("B7a", 起始日="2026-07-10", 截止日="2026-09-20")
    early = standing("B7a", "B7a||2026-07-05", plan=plan)
    assert [reason for _, reason in early.uncounted] == [OUTSIDE]
    assert [(period.first, period.last) for period in early.periods][::2] == [
        (date(2026, 7, 10), date(2026, 7, 31)),
        (date(2026, 9, 1), date(2026, 9, 20)),
    ]
    assert states(standing("B7a", "B7a||2026-09-25", plan=plan))[2] == "9月 made_up"


@pytest.mark.parametrize(
    ("item", "table", "today", "status"),
    [
        ("B7a", "", date(2026, 7, 5), "not_started"),
        ("B7a", "", date(2026, 7, 15), "not_started"),
        ("B7a", "", date(2026, 7, 16), "due_soon"),
        ("B7a", "B7a||2026-07-03", date(2026, 7, 20), "on_pace"),
        ("B7a", "", date(2026, 7, 31), "behind"),
        ("B7a", "", date(2026, 12, 31), "behind"),
        ("B7a", "", date(2027, 1, 1), "overdue"),
        ("B7b", "B7b||2026-09-01\nB7b||2026-10-02", TODAY, "done"),
        ("B9", "", TODAY, "not_started"),
        ("B9", "", date(2026, 12, 20), "due_soon"),
        ("B9", "B9||2026-07-01", TODAY, "done"),
        ("B8b", "B8b||2026-03-01", TODAY, "done"),
        ("B8b", "", date(2027, 1, 9), "overdue"),
    ],
)
def test_the_status_of_a_duty(item, table, today, status):
    assert standing(item, table, today).status == status
    assert status in STATUSES


def test_the_half_year_counts_its_own_periods():
    found = {item: standing(item, today=date(2026, 12, 31)) for item in ("B7a", "B7b", "B9", "B5b", "B8b")}
    assert {item: (one.due, one.total) for item, one in found.items()} == {
        "B7a": (6, 6), "B7b": (2, 2), "B9": (1, 1), "B5b": (1, 1), "B8b": (1, 1),
    }  # fmt: skip


def test_what_is_not_due_yet_says_so():
    assert standing("B9").progress == "共1期，均未到期"
    assert standing("B9", "B9||2026-07-01").progress == "下半年已完成"


def test_a_duty_wholly_outside_the_period_is_out_of_plan_and_done_beats_that():
    plan = changed("B9", 起始日="2026-01-01", 截止日="2026-06-30")
    assert (standing("B9", plan=plan).status, standing("B9", plan=plan).late_days) == ("out_of_plan", 0)
    assert standing("B9", "B9||2026-05-01", plan=plan).status == "done"


def test_a_duty_without_a_frequency_is_told_by_its_records():
    assert standing("A3-1b").progress == "尚无进展登记"
    one = standing("A3-1b", "A3-1b||2026-09-22\nA3-1b||2026-10-12\nA3-1b|2026-12-01|")
    assert (one.form, one.status, one.due, one.total) == ("notes", "moving", None, None)
    assert one.progress == "已登记2次，最近登记10月12日，连续未更新24天"


@pytest.mark.parametrize(
    ("table", "progress", "status"),
    [
        ("", "尚无应访登记", "not_started"),
        ("B4a|2026-08-01|2026-08-02", "应访1户，已访1户", "on_pace"),
        ("B4a|2026-08-01|2026-08-02\nB4a|2026-10-20|", "应访2户，已访1户", "behind"),
        ("B4a|2026-08-01|2026-08-02\nB4a|2026-11-20|", "应访1户，已访1户", "on_pace"),
        ("B4a|2026-11-05|", "应访1户，已访0户", "not_started"),
        ("B4a||", "应访1户，已访0户", "not_started"),
        ("B4a||2025-08-02", "尚无应访登记", "not_started"),
    ],
)
def test_visits_count_case_by_case(table, progress, status):
    one = standing("B4a", table)
    assert (one.progress, one.status) == (progress, status)


def test_no_case_at_the_end_of_the_year_is_nothing_late():
    assert standing("B4a", today=date(2026, 12, 28)).status == "not_started"
    assert standing("B4a", today=date(2027, 1, 3)).status == "not_started"
    assert standing("B4a", "B4a||2026-08-02", date(2027, 1, 3)).status == "done"


DAYS = st.dates(date(2026, 6, 1), date(2027, 1, 31))
SAID = st.sampled_from(["", "2026-07", "2026-08", "2026-09", "2026-10", "2026Q3", "2026Q4", "2026H2"])


@settings(deadline=None)
@given(st.lists(st.tuples(DAYS, SAID), max_size=12), DAYS, st.sampled_from(["B7a", "B7b", "B9"]))
def test_a_duty_is_never_done_more_often_than_it_was_due_and_loses_no_event(rows, today, item):
    one = standing(item, "\n".join(f"{item}||{day}|{said}" for day, said in rows), today)
    assert 0 <= one.done <= one.due <= one.total
    assert one.done == sum(period.due and bool(period.events) for period in one.periods)
    assert len(one.events) == len(rows)
    assert all(event.done_on <= today for event in one.counted)
    assert (one.status in ("behind", "overdue")) == bool(one.late_since) == (one.done < one.due)


@settings(deadline=None)
@given(st.lists(DAYS, min_size=1, max_size=8), DAYS)
def test_a_second_meeting_in_a_month_changes_no_count(days, today):
    table = "\n".join(f"B7a||{day}" for day in days)
    once, twice = standing("B7a", table, today), standing("B7a", table + "\n" + table, today)
    assert (once.due, once.done, once.status, states(once)) == (twice.due, twice.done, twice.status, states(twice))


# Activities that are counted


@pytest.mark.parametrize(
    ("item", "table", "today", "status", "progress"),
    [
        ("A1-3a", "", TODAY, "not_started", "应完成1次，已完成0次"),
        ("A1-3a", "A1-3a|2026-12-01|", TODAY, "not_started", "应完成1次，已完成0次"),
        ("A1-3a", "A1-3a|2026-11-05|", TODAY, "not_started", "应完成1次，已完成0次"),
        ("A1-3a", "A1-3a|2026-11-04|", TODAY, "behind", "应完成1次，已完成0次"),
        ("A1-3a", "", date(2026, 12, 15), "not_started", "应完成1次，已完成0次"),
        ("A1-3a", "", date(2026, 12, 16), "due_soon", "应完成1次，已完成0次"),
        ("A1-3a", "", date(2026, 12, 31), "due_soon", "应完成1次，已完成0次"),
        ("A1-3a", "", date(2027, 1, 1), "overdue", "应完成1次，已完成0次"),
        ("A1-3a", "A1-3a||2026-09-20", TODAY, "done", "应完成1次，已完成1次（9月20日）"),
        ("A1-3a", "A1-3a||2026-06-30", TODAY, "not_started", "应完成1次，已完成0次；起止日期外另有1次"),
        ("A2-2c", "", TODAY, "out_of_plan", "应完成1次，已完成0次"),
        ("A2-2c", "A2-2c||2026-05-03", TODAY, "done", "应完成1次，已完成1次（5月3日）"),
        ("A2-2d", "", TODAY, "overdue", "应完成1次，已完成0次"),
        ("A2-2d", "A2-2d||2026-10-12", TODAY, "overdue", "应完成1次，已完成0次；起止日期外另有1次"),
        ("A2-2d", "A2-2d||2026-10-12|2026-10", TODAY, "done", "应完成1次，已完成1次（10月12日），其中补1次"),
        ("A2-2d", "A2-2d||2026-10-01", TODAY, "done", "应完成1次，已完成1次（10月1日）"),
        ("A2-2d", "A2-2d||2026-10-07", TODAY, "done", "应完成1次，已完成1次（10月7日）"),
        ("A2-2d", "A2-2d||2026-10-12|2026-09", TODAY, "overdue", "应完成1次，已完成0次；起止日期外另有1次"),
        ("A2-2d", "A2-2d||2026-12-12|2026-12", TODAY.replace(month=12, day=20), "overdue", "应完成1次，已完成0次；起止日期外另有1次"),
    ],
)  # fmt: skip
def test_events_count_inside_the_window(item, table, today, status, progress):
    one = standing(item, table, today)
    assert (one.status, one.progress) == (status, progress)


def test_lateness_is_counted_from_the_window_or_from_the_planned_day():
    assert standing("A2-2d").late_days == 29
    assert standing("A1-3a", "A1-3a|2026-10-31|\nA1-3a|2026-10-06|").late_days == 30
    assert standing("A1-3a").late_days == 0


def test_more_than_one_is_counted_up_to_the_target():
    plan = changed("A1-3a", 目标值="2")
    assert standing("A1-3a", "A1-3a||2026-09-20", plan=plan).status == "moving"
    assert standing("A1-3a", "A1-3a||2026-09-20\nA1-3a||2026-10-20", plan=plan).status == "done"


def test_an_activity_without_a_final_day_has_no_deadline():
    assert standing("A1-3a", plan=changed("A1-3a", 截止日="")).status == "no_deadline"


def test_items_that_an_indicator_measures_are_left_out():
    found = {one.item.id for one in standings(PLAN, (), TODAY)}
    assert "A2-3c" not in found
    assert "A4-3b" not in found
    assert len(found) == sum(not item.indicator for item in PLAN.items)


# Milestones


def test_a_milestone_counts_its_steps_each_with_a_date():
    one = standing("A1-1b", "A1-1b||2026-08-12||评审\nA1-1b||2026-10-08||推广\nA1-1b|2026-12-10|||表彰")
    assert (one.done, one.total, one.status) == (2, 3, "moving")
    assert one.progress == "共3步，已完成2步（评审8月12日、推广10月8日），待完成表彰"
    assert [(step.name, step.planned_on) for step in one.steps][2] == ("表彰", date(2026, 12, 10))


def test_a_step_done_twice_is_one_step_from_its_first_day():
    one = standing("A1-1b", "A1-1b||2026-09-12||评审\nA1-1b||2026-08-12||评审")
    assert one.done == 1
    assert one.steps[0].event.done_on == date(2026, 8, 12)


def test_all_steps_done_is_done_and_after_the_window_made_up():
    table = "A1-4||2026-10-01||评比\nA1-4||2027-01-08||表彰"
    assert standing("A1-4", table, date(2026, 12, 31)).status == "due_soon"
    assert standing("A1-4", table, date(2027, 1, 7)).status == "overdue"
    late = standing("A1-4", table, date(2027, 1, 9))
    assert (late.status, late.marks) == ("done", ("made_up",))


def test_a_step_that_the_plan_does_not_name_is_told_and_not_counted():
    one = standing("A5-4", "A5-4||2026-09-01\nA5-4||2026-09-02||动员会")
    assert (one.done, [reason for _, reason in one.uncounted]) == (0, [NO_STEP, NO_STEP])


def test_a_step_before_the_window_is_told_and_not_counted():
    one = standing("A1-4", "A1-4||2026-06-30||评比")
    assert (one.done, [reason for _, reason in one.uncounted]) == (0, [OUTSIDE])


def test_a_planned_step_that_was_not_done_in_time_is_behind_until_it_is():
    assert standing("A1-4", "A1-4|2026-10-10|||评比").late_days == 26
    assert standing("A1-4", "A1-4|2026-10-10|||评比\nA1-4||2026-10-20||评比").status == "moving"


def test_the_result_cannot_be_published_before_the_audit():
    published = "B8c||2026-10-08||公布审计结果"
    for audit in ("", "B8b||2026-10-09"):
        one = standing("B8c", f"{published}\n{audit}" if audit else published)
        assert (one.done, one.status) == (0, "not_started")
        assert [reason for _, reason in one.uncounted] == [TOO_EARLY]
        assert one.progress == "共1步，已完成0步，待完成公布审计结果；有登记早于前置任务完成，未计入"
    assert standing("B8c", f"{published}\nB8b||2026-10-08").status == "done"


@pytest.mark.parametrize(
    ("first", "table", "done"),
    [
        ("A1-4", "A1-4||2026-09-01||评比\nA1-4||2026-09-09||表彰", True),
        ("A1-4", "A1-4||2026-09-01||评比", False),
        ("A1-3a", "A1-3a||2026-09-09", True),
        ("A1-3a", "A1-3a||2026-09-11", False),
    ],
)
def test_a_follower_waits_for_all_that_its_predecessor_promised(first, table, done):
    plan = changed("A5-4", 前置条目=first)
    one = standing("A5-4", f"{table}\nA5-4||2026-09-10||开展竞选上岗试点", plan=plan)
    assert (one.status == "done") is done


def test_what_the_plan_reports_as_done_is_done():
    one = standing("B0-1")
    assert (one.status, one.done, one.progress) == ("done", 1, "计划已载明完成")


# Who took part


def told(whole, *parts):
    cells = dict(zip(("joined_state", "joined_collective", "joined_non_public"), parts, strict=True))
    return joined(events_of(ledger("A1-3a||2026-09-20", joined=whole, **cells))[0])


@pytest.mark.parametrize(
    ("whole", "parts", "shown", "over"),
    [
        (10, (4, 1, 3), (4, 1, 3, 2), 0),
        (8, (4, 1, 3), (4, 1, 3, None), 0),
        (10, (None, None, None), (None, None, None, 10), 0),
        (10, (4, None, 3), (4, None, 3, 3), 0),
        (0, (None, None, None), (None, None, None, None), 0),
        (7, (4, 1, 3), (4, 1, 3, None), 1),
        (None, (4, None, None), (4, None, None, None), 0),
    ],
)
def test_units_taking_part_by_type_and_the_rest_without_one(whole, parts, shown, over):
    row = told(whole, *parts)
    assert (row.total, row.parts, row.over) == (whole, shown, over)
    assert row.sound is (whole is not None and not over)


def test_an_event_that_told_nothing_of_units_has_no_row():
    assert told(None, None, None, None) is None


def test_only_sound_rows_are_summed():
    rows = [told(10, 4, 1, 3), told(5, None, None, 2), told(7, 4, 1, 3), told(None, 9, 9, 9)]
    assert joined_sums(rows) == (15, (4, 1, 5, 5))
    assert joined_sums([]) == (0, (0, 0, 0, 0))


COUNT = st.one_of(st.none(), st.integers(0, 500))


@settings(deadline=None)
@given(st.lists(st.tuples(COUNT, COUNT, COUNT, COUNT), max_size=8))
def test_the_parts_of_a_sum_are_the_whole(rows):
    total, parts = joined_sums([row for cells in rows if (row := told(*cells))])
    assert sum(parts) == total
