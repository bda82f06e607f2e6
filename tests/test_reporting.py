"""Who has reported what, when it was due, how late it came: from the log alone, in months, units and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from figures import assert_legible, shapes, texts
from hypothesis import given
from hypothesis import strategies as st
from tables import PLAN_FOLDER

from unionplan import reporting_words as words
from unionplan.charts import PHONE, SCREEN
from unionplan.charts.reporting import reporting
from unionplan.plan import Plan, Unit, plan_of, read_tables
from unionplan.reporting import (
    CITY,
    STATUSES,
    SUBJECTS,
    Report,
    arrivals,
    due_day,
    last_told,
    month_end,
    reports,
    rhythm,
    silent,
    tally,
)
from unionplan.store import Commit, Entry, Slot

BARE = plan_of(read_tables(PLAN_FOLDER))
OPENED = date(2026, 1, 4)
TODAY = date(2026, 11, 5)
NILS: dict[str, list[str]] = {
    "nil:training": ["training"],
    "nil:both": ["training", "summary"],
    "nil:activities": ["activities"],
}


def city(*names: str) -> Plan:
    return replace(BARE, units=tuple(Unit(name, "县市区", place) for place, name in enumerate(names)))


def log(*lines: str) -> list[Commit]:
    """Lines of `day who dataset unit period [snapshot|-]`; a dash empties the slot, an as_of day stands for the period."""
    commits = []
    for number, line in enumerate(lines, start=1):
        day, who, dataset, unit, period, *rest = line.split()
        as_of = date.fromisoformat(period) if len(period) == 10 else month_end(period)
        slot = Slot(dataset, "" if unit == "-" else unit, "" if len(period) == 10 else period)
        snapshot = rest[0] if rest else f"s{number}"
        entry = Entry(slot, as_of, None if snapshot == "-" else snapshot, 1, 1, number)
        commits.append(Commit(number, f"{day}T09:00:00", who, "submit", "", None, (), (entry,)))
    return commits


def rows(plan: Plan, subject: str, *lines: str, today: date = TODAY, opened: date = OPENED) -> list[Report]:
    return reports(plan, arrivals(log(*lines), lambda entry: NILS[str(entry.snapshot)]), opened, today, subject)


def told(found: Sequence[Report]) -> list[str]:
    """unit month status late who."""
    return [
        f"{row.unit} {row.period[5:]} {row.status} {row.late} {row.arrival.who if row.arrival else '-'}"
        for row in found
    ]


def test_a_report_is_due_at_the_end_of_its_month_and_the_grace_of_its_indicators() -> None:
    assert rhythm(BARE, "figures") == (1, 10)
    assert rhythm(BARE, "funds") == (1, 10)
    quick = {**BARE.indicators, "wage": replace(BARE.indicators["wage"], interval_months=1, grace_days=5)}
    assert rhythm(replace(BARE, indicators=quick), "figures") == (1, 5)
    assert due_day("2026-10", 10) == date(2026, 11, 10)
    assert due_day("2027-02", 0) == date(2027, 2, 28)


def test_what_comes_on_the_last_day_is_in_time_and_a_day_later_is_one_day_late() -> None:
    found = rows(city("甲", "乙", "丙"), "figures",
                 "2026-10-10 王芳 ledger 甲 2026-09", "2026-10-11 李明 ledger 乙 2026-09", today=date(2026, 10, 20))  # fmt: skip
    assert told(found) == ["甲 09 on_time 0 王芳", "乙 09 late 1 李明", "丙 09 overdue 10 -"]


def test_what_is_not_due_yet_is_no_lateness() -> None:
    found = rows(city("甲", "乙"), "figures", "2026-11-03 王芳 ledger 甲 2026-10", today=date(2026, 11, 10))
    assert told(found) == ["甲 10 on_time 0 王芳", "乙 10 waiting 0 -"]
    assert told(rows(city("乙"), "figures", "2026-11-03 王芳 ledger 甲 2026-10", today=date(2026, 11, 11))) == [
        "乙 10 overdue 1 -"
    ]


def test_a_summary_is_a_report_as_good_as_a_ledger_and_the_first_of_both_counts() -> None:
    found = rows(city("甲"), "figures", "2026-11-02 王芳 summary 甲 2026-10", "2026-11-20 李明 ledger 甲 2026-10",
                 today=date(2026, 11, 30))  # fmt: skip
    assert told(found) == ["甲 10 on_time 0 王芳", "甲 11 waiting 0 -"]


def test_a_correction_does_not_make_a_report_late_and_is_counted() -> None:
    [row] = rows(city("甲"), "figures", "2026-11-02 王芳 ledger 甲 2026-10", "2026-11-29 李明 ledger 甲 2026-10",
                 today=date(2026, 11, 29))  # fmt: skip
    assert told([row]) == ["甲 10 on_time 0 王芳"]
    assert row.arrival
    assert row.arrival.corrected == 1


def test_what_was_undone_was_never_reported_and_counts_from_when_it_came_again() -> None:
    first, undone = "2026-11-02 王芳 ledger 甲 2026-10", "2026-11-03 王芳 ledger 甲 2026-10 -"
    assert told(rows(city("甲"), "figures", "2026-10-02 王芳 ledger 甲 2026-09", first, undone)) == [
        "甲 09 on_time 0 王芳", "甲 10 waiting 0 -",
    ]  # fmt: skip
    again = rows(city("甲"), "figures", first, undone, "2026-11-15 李明 ledger 甲 2026-10", today=date(2026, 11, 20))
    assert told(again) == ["甲 10 late 5 李明"]


def test_a_word_of_nothing_this_month_is_a_report_and_silence_is_not() -> None:
    found = rows(city("甲", "乙"), "training", "2026-11-02 王芳 nil 甲 2026-10 nil:training", today=date(2026, 11, 20))
    assert told(found) == ["甲 10 on_time 0 王芳", "乙 10 overdue 10 -"]
    assert [words.status(row) for row in found] == ["● 零报告", "■ 逾期未报10天"]
    assert tally(found).nil == 1


def test_the_word_speaks_only_for_the_datasets_that_it_names() -> None:
    lines = ("2026-11-02 王芳 nil 甲 2026-10 nil:both",)
    assert told(rows(city("甲"), "training", *lines)) == ["甲 10 on_time 0 王芳"]
    assert told(rows(city("甲"), "figures", *lines)) == ["甲 10 on_time 0 王芳"]
    taken_back = (*lines, "2026-11-03 王芳 nil 甲 2026-10 nil:training")
    assert rows(city("甲"), "figures", *taken_back) == []


def test_where_data_and_the_word_both_stand_the_data_are_the_report() -> None:
    [row] = rows(city("甲"), "training", "2026-11-02 王芳 nil 甲 2026-10 nil:training",
                 "2026-11-15 李明 training 甲 2026-10", today=date(2026, 11, 20))  # fmt: skip
    assert told([row]) == ["甲 10 late 5 李明"]
    assert row.arrival
    assert not row.arrival.nil


def test_nothing_is_due_before_the_first_report_of_anybody_nor_before_the_store_was_opened() -> None:
    lines = ("2026-07-05 王芳 ledger 甲 2025-06", "2026-07-05 王芳 ledger 甲 2026-06")
    found = rows(city("甲", "乙"), "figures", *lines, today=date(2026, 7, 20), opened=date(2026, 7, 1))
    assert told(found) == ["甲 06 on_time 0 王芳", "乙 06 overdue 10 -"]
    assert rows(city("甲"), "funds") == []


def test_a_unit_that_did_not_exist_owes_nothing() -> None:
    plan = replace(city("甲"), units=(Unit("甲", "", 1), Unit("乙", "", 2, start=date(2026, 10, 15))))
    found = rows(plan, "figures", "2026-10-02 王芳 ledger 甲 2026-09", today=date(2026, 10, 31))
    assert told(found) == ["甲 09 on_time 0 王芳", "甲 10 waiting 0 -", "乙 10 waiting 0 -"]


def test_a_quarterly_report_is_due_once_a_quarter() -> None:
    quarter = {name: replace(one, interval_months=3) for name, one in BARE.indicators.items()}
    plan = replace(city("甲"), indicators=quarter)
    found = rows(plan, "figures", "2026-04-02 王芳 ledger 甲 2026-03", today=date(2026, 11, 5))
    assert [row.period for row in found] == ["2026-03", "2026-06", "2026-09"]


def test_the_activity_ledger_is_one_for_the_city_told_apart_by_its_date() -> None:
    found = rows(city("甲"), "activities", "2026-09-02 王芳 activities - 2026-08-31", "2026-10-20 王芳 activities - 2026-09-30",
                 "2026-11-01 甲办 nil 甲 2026-10 nil:activities")  # fmt: skip
    assert told(found) == [
        f"{CITY} 08 on_time 0 王芳", f"{CITY} 09 late 10 王芳", f"{CITY} 10 waiting 0 -", "甲 10 on_time 0 甲办",
    ]  # fmt: skip


def test_progress_is_reported_by_the_departments_of_the_plan() -> None:
    found = rows(BARE, "progress", "2026-11-02 王芳 progress 财务部 2026-10")
    assert {row.unit for row in found} == {item.department for item in BARE.items if item.department}
    assert [row.unit for row in found if row.arrival] == ["财务部"]
    assert words.newest(found, TODAY).startswith("10月任务进展表应报送9个部门，已报送1个，8个未报送（11月10日到期）")


def test_who_is_silent_and_since_when() -> None:
    lines = (
        "2026-09-03 王芳 ledger 甲 2026-08",
        "2026-09-03 王芳 ledger 乙 2026-08",
        "2026-10-03 王芳 ledger 甲 2026-09",
    )
    found = rows(city("甲", "乙"), "figures", *lines, today=date(2026, 10, 20))
    assert [(row.unit, row.period) for row in silent(found)] == [("乙", "2026-09")]
    assert silent(found, "2026-08") == []
    assert (last_told(found, "甲"), last_told(found, "乙"), last_told(found, "丙")) == ("2026-09", "2026-08", None)


LINES = {
    "all in time": (("2026-11-02 王芳 ledger 甲 2026-10", "2026-11-02 王芳 ledger 乙 2026-10"), date(2026, 11, 5)),
    "all, one late": (("2026-11-02 王芳 ledger 甲 2026-10", "2026-11-12 王芳 ledger 乙 2026-10"), date(2026, 11, 15)),
    "one open": (("2026-11-02 王芳 ledger 甲 2026-10",), date(2026, 11, 5)),
    "one overdue": (("2026-11-02 王芳 ledger 甲 2026-10",), date(2026, 11, 12)),
    "none": (("2026-10-02 王芳 ledger 甲 2026-09", "2026-10-02 王芳 ledger 乙 2026-09"), date(2026, 11, 12)),
}
SAID = {
    "all in time": "截至2026年11月5日，10月台账、汇总表应报送2个单位，已全部报送，均按时。2026年10月以来应报2份，按时2份，迟报0份，逾期未报0份。",
    "all, one late": "截至2026年11月15日，10月台账、汇总表应报送2个单位，已全部报送，其中迟报1个。2026年10月以来应报2份，按时1份，迟报1份，逾期未报0份。",
    "one open": "截至2026年11月5日，10月台账、汇总表应报送2个单位，已报送1个，1个未报送（11月10日到期）：乙。2026年10月以来应报1份，按时1份，迟报0份，逾期未报0份。",
    "one overdue": "截至2026年11月12日，10月台账、汇总表应报送2个单位，已报送1个，1个未报送（已于11月10日到期，逾期2天）：乙。2026年10月以来应报2份，按时1份，迟报0份，逾期未报1份。",
    "none": "截至2026年11月12日，10月台账、汇总表应报送2个单位，均未报送（已于11月10日到期，逾期2天）。2026年9月以来应报4份，按时2份，迟报0份，逾期未报2份。",
}


@pytest.mark.parametrize("case", LINES)
def test_the_conclusion_is_one_sentence_from_the_counts(case: str) -> None:
    lines, today = LINES[case]
    assert words.conclusion(rows(city("甲", "乙"), "figures", *lines, today=today), today) == SAID[case]


def test_the_conclusion_with_one_unit_and_with_nothing() -> None:
    one = rows(city("甲"), "figures", "2026-11-02 王芳 ledger 甲 2026-10")
    assert words.newest(one, TODAY) == "10月台账、汇总表应报送1个单位，已全部报送"
    assert words.conclusion([], TODAY) == "还没有报送记录"


def test_a_sentence_names_no_more_than_four_units() -> None:
    names = [f"第{number}区" for number in range(6)]
    found = rows(city(*names), "figures", "2026-11-02 王芳 ledger 第0区 2026-10")
    assert words.newest(found, TODAY).endswith("已报送1个，5个未报送（11月10日到期）")


@given(st.lists(st.sampled_from(STATUSES), max_size=20))
def test_every_report_is_counted_once(statuses: list[str]) -> None:
    made = [Report("figures", f"{place}", "", "2026-10", TODAY, one, 0, None) for place, one in enumerate(statuses)]
    counts = tally(made)
    assert counts.on_time + counts.late + counts.overdue == counts.due
    assert counts.due + counts.waiting == len(made)


# The picture

LONG = "澄澜市高新技术产业开发区先进制造与现代服务业产业工会联合会第一基层工作委员会办事处"
SIXTY = [f"第{number}填报单位" for number in range(60)]
UNITS = {"one": ["甲区"], "city": ["甲区", "乙区", LONG], "sixty": SIXTY}


def drawn(found: list[Report], profile: Any = SCREEN) -> Any:
    said: dict[str, Any] = {"title": words.newest(found, TODAY), "subtitle": words.overall(found) if found else "", "source": "数据来源：更新记录", "note": words.rule(1, 10)}  # fmt: skip
    return reporting(found, **said, profile=profile)


@pytest.mark.parametrize("profile", [SCREEN, PHONE], ids=lambda profile: profile.kind)
@pytest.mark.parametrize("case", UNITS)
def test_every_unit_has_a_cell_for_every_month_drawn_and_all_is_legible(case: str, profile: Any) -> None:
    lines = [
        f"2026-{month + 1:02d}-{5 + month * 2:02d} 王芳 ledger {UNITS[case][0]} 2026-{month:02d}"
        for month in range(2, 10)
    ]
    found = rows(city(*UNITS[case]), "figures", *lines)
    figure = drawn(found, profile)
    months = len(texts(figure, "month"))
    assert len(shapes(figure, "cell")) == len(texts(figure, "figure")) == months * len(UNITS[case])
    assert len(figure.data[0].hovertext) == len(shapes(figure, "cell"))
    assert texts(figure, "month")[-1] == "10月"
    assert len(texts(figure, "count")) == len(UNITS[case])
    assert_legible(figure, profile)


def test_a_month_that_nothing_was_due_for_is_a_dash_and_a_cell_says_days_and_who() -> None:
    plan = replace(city("甲"), units=(Unit("甲", "", 1), Unit("乙", "", 2, start=date(2026, 10, 15))))
    figure = drawn(rows(plan, "figures", "2026-10-12 王芳 ledger 甲 2026-09"))
    assert texts(figure, "figure") == ["▲ 2天", "○ 未到期", "—", "○ 未到期"]
    assert figure.data[0].hovertext[0] == (
        "<b>甲　2026年9月台账、汇总表</b><br>▲ 迟报2天<br>报送截止 2026年10月10日<br>报送于 2026年10月12日，王芳，第1次更新"
    )
    assert texts(figure, "count") == ["0/1", "0/0"]


def test_a_picture_of_nothing_says_so() -> None:
    assert texts(drawn([]), "empty")[0] == "还没有数据"


def test_every_subject_and_status_has_its_word() -> None:
    assert set(words.SUBJECT_WORDS) == set(SUBJECTS)
    assert set(STATUSES) < set(words.LIGHTS)
