"""上会定稿: what a meeting was told stays as it was told, and what is corrected later stands beside it with who and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

import pandas as pd
import pytest
from returned import summary

from unionplan.access import Person
from unionplan.attainment import Outlook
from unionplan.errors import AccessError, IntakeError, UndoRefusedError
from unionplan.meetings import (
    Correction,
    Meeting,
    corrections,
    freeze,
    meetings_of,
    recounted,
    remark,
    remarks_of,
)
from unionplan.notes import Notes
from unionplan.states import plan_states
from unionplan.store import Change, Slot, Store

CLERK = Person("王芳")
WAGE = ("wage", "non_public")
HELD = date(2026, 10, 13)


def commit(store: Store, frames: Mapping[Slot, tuple[date, pd.DataFrame]], note: str = "", who: str = "王芳", name: str = "") -> int:  # fmt: skip
    uploads = ((name, name.encode()),) if name else ()
    done = store.append(Change("submit", note, frames, uploads=uploads), Person(who), datetime(2026, 10, 20, 9))
    assert done
    return done


def outlook(store: Store, number: int, on: date | None = None) -> Outlook:
    return Outlook(store.cube(number), store.plan(number), date(2026, 10, 12), on)


def told(store: Store, name: str = "三季度调度会", number: int | None = None, on: date | None = None) -> Meeting:
    number = number or store.head()
    seen = outlook(store, number, on)
    notes: Notes = {}
    states = plan_states(seen, store.training(number), store.activities(number), notes)
    done = freeze(store, name, HELD, number, seen, states, CLERK, "", datetime(2026, 10, 12, 16))
    return next(one for one in meetings_of(store.meetings(done), store.history()) if one.name == name)


def since(store: Store, meeting: Meeting) -> list[Correction]:
    return corrections(meeting, store.history(), lambda number: recounted(store, meeting, number))


def words(found: Sequence[Correction]) -> list[str]:
    return [
        f"{one.told.words} {one.before.words} {one.after.words} {one.commit.note} {one.commit.who}" for one in found
    ]


@pytest.fixture
def city(store: Store) -> Store:
    """Two units told September: 40/100 and 30/100."""
    commit(store, summary("文澜区", date(2026, 9, 30), 40))
    commit(store, summary("朝晖区", date(2026, 9, 30), 30))
    return store


def test_a_meeting_keeps_every_headline_figure_and_every_item_as_shown(city: Store) -> None:
    meeting = told(city)
    [wage] = [one for one in meeting.figures if one.key == WAGE]
    assert (wage.words, wage.gap, wage.target_bp, wage.status, wage.as_of) == ("35.0%（70/200）", 30, 5000, "below", date(2026, 9, 30))  # fmt: skip
    assert wage.label == "非公有制企业工资集体协商推行面"
    assert [one.words for one in meeting.figures if one.key != WAGE] == ["未报"] * (len(meeting.figures) - 1)
    assert len(meeting.items) == len(city.plan(city.head()).items)
    assert sum(meeting.counts.values()) == len(meeting.items)
    assert (meeting.held_on, meeting.commit, meeting.on, meeting.who) == (HELD, 3, None, "王芳")


def test_figures_recounted_for_the_very_refresh_are_the_figures_told(city: Store) -> None:
    meeting = told(city)
    assert recounted(city, meeting, meeting.commit) == {one.key: one for one in meeting.figures}
    assert since(city, meeting) == []


def test_a_later_month_corrects_nothing_and_a_changed_month_does(city: Store) -> None:
    meeting = told(city)
    commit(city, summary("文澜区", date(2026, 10, 31), 90))
    assert since(city, meeting) == []
    commit(city, summary("文澜区", date(2026, 9, 30), 44), "覆盖数填错", "李明", "更正.xlsx")
    found = since(city, meeting)
    assert words(found) == ["35.0%（70/200） 35.0%（70/200） 37.0%（74/200） 覆盖数填错 李明"]
    assert found[0].commit.files[0].name == "更正.xlsx"


def test_every_correction_of_a_figure_is_listed_with_what_stood_before(city: Store) -> None:
    meeting = told(city)
    commit(city, summary("文澜区", date(2026, 9, 30), 44), "一")
    commit(city, summary("朝晖区", date(2026, 9, 30), 20), "二", "李明")
    assert words(since(city, meeting)) == [
        "35.0%（70/200） 35.0%（70/200） 37.0%（74/200） 一 王芳",
        "35.0%（70/200） 37.0%（74/200） 32.0%（64/200） 二 李明",
    ]


def test_what_came_late_for_the_same_month_is_a_correction_too(city: Store) -> None:
    meeting = told(city)
    commit(city, summary("锦澜区", date(2026, 9, 30), 50), "逾期补报")
    assert words(since(city, meeting)) == ["35.0%（70/200） 35.0%（70/200） 40.0%（120/300） 逾期补报 王芳"]


def test_an_undone_refresh_corrects_and_says_so(city: Store) -> None:
    meeting = told(city)
    city.undo(3, CLERK, "传错单位")
    [one] = since(city, meeting)
    assert (one.after.words, one.commit.action, one.commit.note) == ("40.0%（40/100）", "undo", "传错单位")


def test_a_new_target_is_no_correction_of_what_was_told(city: Store) -> None:
    meeting, tables = told(city), city.tables(city.head())
    plan = [row | {"目标值": "60%"} if row["目标值"] == "50%" else row for row in tables["plan"]]
    city.append(Change("submit", "目标调整", tables={"plan": plan}), CLERK)
    assert since(city, meeting) == []


def test_an_earlier_board_can_be_frozen_afterwards(city: Store) -> None:
    commit(city, summary("文澜区", date(2026, 9, 30), 44), "更正")
    meeting = told(city, number=3, on=date(2026, 10, 12))
    assert [one.words for one in meeting.figures if one.key == WAGE] == ["35.0%（70/200）"]
    assert (meeting.commit, meeting.on) == (3, date(2026, 10, 12))
    assert words(since(city, meeting)) == ["35.0%（70/200） 35.0%（70/200） 37.0%（74/200） 更正 王芳"]


def test_the_same_name_is_frozen_once(city: Store) -> None:
    told(city)
    with pytest.raises(IntakeError) as refused:
        told(city)
    assert str(refused.value) == (
        "上会定稿“三季度调度会”：第4次更新已用这个名称定稿。一个名称只能定稿一次，定稿后不再改动。请换一个名称，如写明日期。"
    )
    assert told(city, "三季度调度会（续）").name == "三季度调度会（续）"


NAMELESS = "上会定稿：没有填写会议名称。须有会议名称（不超过60个字）和会议日期。请补齐后再定稿。"


@pytest.mark.parametrize(("name", "said"), [("", NAMELESS), (" \u200b\n", NAMELESS)])
def test_a_meeting_needs_a_name(city: Store, name: str, said: str) -> None:
    with pytest.raises(IntakeError) as refused:
        told(city, name)
    assert str(refused.value) == said


def test_a_meeting_needs_a_day_and_a_name_that_can_be_read(city: Store) -> None:
    with pytest.raises(IntakeError, match="名称有61个字"):
        told(city, "会" * 61)
    with pytest.raises(IntakeError, match="没有填写会议日期"):
        freeze(city, "会", None, 3, outlook(city, 3), [], CLERK)


def test_a_board_without_data_is_not_frozen(store: Store) -> None:
    with pytest.raises(IntakeError, match="看板上还没有数据"):
        told(store)
    assert store.head() == 1


def test_who_may_not_write_may_not_freeze(city: Store) -> None:
    with pytest.raises(AccessError):
        freeze(city, "会", HELD, 3, outlook(city, 3), [], Person("", "viewer"))


def test_a_frozen_meeting_is_not_undone(city: Store) -> None:
    meeting = told(city)
    with pytest.raises(UndoRefusedError) as refused:
        city.undo(meeting.frozen, CLERK, "写错了")
    assert str(refused.value) == (
        "第4次更新：这是上会定稿。上会的数定稿后不再改动，也不撤销。数据有更正的，更正后在“上会定稿”里对照列出。"
    )


def test_the_last_meeting_held_stands_first(city: Store) -> None:
    told(city)
    seen = outlook(city, 3)
    freeze(city, "更早的会", date(2026, 7, 1), 3, seen, [], CLERK)
    assert [one.name for one in meetings_of(city.meetings(city.head()), city.history())] == ["三季度调度会", "更早的会"]
    assert meetings_of(city.meetings(3), city.history()) == []


def test_people_write_reasons_and_measures_and_the_figures_stay(city: Store) -> None:
    meeting = told(city)
    remark(city, meeting, "整体情况", "企业集中搬迁", "", CLERK, datetime(2026, 10, 14, 9))
    remark(city, meeting, "非公有制企业工资集体协商推行面", "", "逐户上门", Person("李明"), datetime(2026, 10, 15, 9))
    written = remarks_of(city.remarks(city.head()), meeting.name)
    assert [(one.about, one.reason, one.measures, one.who) for one in written] == [
        ("整体情况", "企业集中搬迁", "", "王芳"), ("非公有制企业工资集体协商推行面", "", "逐户上门", "李明"),
    ]  # fmt: skip
    assert meetings_of(city.meetings(city.head()), city.history()) == [meeting]
    assert city.history()[-1].refers == meeting.frozen


def test_a_remark_that_says_nothing_is_refused(city: Store) -> None:
    meeting = told(city)
    with pytest.raises(IntakeError, match="原因和措施都没有填写"):
        remark(city, meeting, "整体情况", " ", "", CLERK)


def test_a_meeting_survives_a_new_opening_of_the_store_and_verify(city: Store) -> None:
    meeting = replace(told(city))
    again = Store(city.root)
    assert meetings_of(again.meetings(again.head()), again.history()) == [meeting]
    assert again.verify() == []


@pytest.fixture
def store(new_store: Callable[[], Store]) -> Store:
    return new_store()
