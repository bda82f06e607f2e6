"""较上次会议 as a reader has it: the last frozen meeting by itself, another by choice, a day of one's own."""

from datetime import date, datetime, timedelta

import pytest
import streamlit as st

from tests.test_terms import CLERK, OCTOBER, ONE, SEPTEMBER, TWO
from tests.test_terms import told as ledger_told
from tests.test_terms_page import html, shown
from unionplan.attainment import Outlook, attainments, headline
from unionplan.comparing import comparisons
from unionplan.meetings import freeze, meetings_of
from unionplan.ui_plan_compared import UNFROZEN

AUGUST = date(2026, 8, 31)
PAGE = {"part": "比较"}


@pytest.fixture
def city(store, monkeypatch):
    """A store whose board is at hand, with two units' ledgers of August: 30 and 40 of 100."""
    for unit, covered in ((ONE, 30), (TWO, 40)):
        ledger_told(store, unit, AUGUST, covered, 100)
    monkeypatch.setenv("UNIONPLAN_STORE", str(store.root))
    st.cache_resource.clear()
    yield store
    st.cache_resource.clear()


def frozen(store, name, held_on):
    """Freeze what is known now for a meeting and return it as it is kept."""
    commit = store.head()
    seen = Outlook(store.cube(commit), store.plan(commit), store.today(commit))
    done = freeze(store, name, held_on, commit, seen, (), CLERK, "", datetime(2026, 11, 1, 9))
    return next(one for one in meetings_of(store.meetings(done), store.history()) if one.name == name)


def two_meetings(store):
    """One meeting knew August, the next September; October came after both."""
    frozen(store, "主席办公会", date(2026, 9, 15))
    for unit, covered in ((ONE, 40), (TWO, 44)):
        ledger_told(store, unit, SEPTEMBER, covered, 100)
    frozen(store, "三季度调度会", date(2026, 10, 15))
    ledger_told(store, ONE, OCTOBER, 50, 100)


def test_the_last_frozen_meeting_is_compared_with_by_itself_and_named(city):
    two_meetings(city)
    text = html(shown(**PAGE))
    assert "较上次会议（三季度调度会 2026年10月15日，数据2026.9.30）" in text
    assert "提高5.0个百分点（42.0%）" in text  # 94/200 now, 84/200 then
    assert UNFROZEN not in text


def test_another_frozen_meeting_can_be_chosen_and_stands_in_the_address(city):
    two_meetings(city)
    text = html(shown(**PAGE, meeting="主席办公会 2026年9月15日"))
    assert "较上次会议（主席办公会 2026年9月15日，数据2026.8.31）" in text
    assert "提高12.0个百分点（35.0%）" in text


def test_what_was_told_to_the_meeting_is_compared_not_what_is_known_of_that_day_now(city):
    two_meetings(city)
    ledger_told(city, TWO, SEPTEMBER + timedelta(days=-1), 60, 100)  # a correction of September, after the meeting
    assert "（42.0%）" in html(shown(**PAGE))


def test_a_meeting_that_is_still_to_come_on_the_day_of_the_board_is_left_out(city):
    two_meetings(city)
    text = html(shown(**PAGE, on="2026-09-30"))
    assert "主席办公会 2026年9月15日" in text
    assert "三季度调度会" not in text


def test_a_day_of_ones_own_goes_before_the_frozen_meetings(city):
    two_meetings(city)
    today = date.today()
    text = html(shown(**PAGE, met=str(today)))
    assert f"较上次会议（{today.year}年{today.month}月{today.day}日，数据2026.10.31）" in text


def test_a_day_before_all_data_is_refused_and_the_last_meeting_stays(city):
    two_meetings(city)
    text = html(shown(**PAGE, met="2020-01-01"))
    assert "其他日期：“2020-01-01”。那一天看板上还没有数据。请换一个日期。" in text
    assert "较上次会议（三季度调度会 2026年10月15日" in text


def test_without_a_meeting_it_is_said_how_to_freeze_one(city):
    assert UNFROZEN in html(shown(**PAGE))


def test_the_counts_of_a_meeting_are_the_frozen_figures(city):
    two_meetings(city)
    known = {one.name: one for one in meetings_of(city.meetings(city.head()), city.history())}
    now = Outlook(city.cube(city.head()), city.plan(city.head()), city.today(city.head()))
    for meeting in known.values():
        then = Outlook(city.cube(meeting.commit), city.plan(meeting.commit), meeting.clock, meeting.on)
        told = {one.key: (one.numerator, one.denominator) for one in meeting.figures}
        for row in headline(now):
            last = comparisons(now, row, then)[-1]
            assert last.counts in (None, told[row.indicator, row.scope])
        wage = next(row for row in attainments(now, "scope", "wage") if row.scope == "non_public")
        assert comparisons(now, wage, then)[-1].counts == told["wage", "non_public"]
