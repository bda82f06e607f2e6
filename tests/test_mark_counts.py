"""Marks drawn are data rows, for the kinds of charts whose marks stand for parts of a row."""

from pathlib import Path

import pytest

from unionplan.charts import SCREEN
from unionplan.charts.calendar_titles import drawn_by_name, told
from unionplan.exhibits import exhibit
from unionplan.exhibits.tasks import duty_calendar, time_line, who_took_part
from unionplan.export.marks import drawing
from unionplan.standpoint import Standpoint
from unionplan.store import Store


@pytest.fixture(scope="module")
def board(sample: Path) -> Standpoint:
    store = Store(sample)
    return Standpoint(store, store.head(), store.plan(store.head()), store.today(store.head()), None)


def test_the_calendar_has_a_cell_for_every_period_of_every_duty(board):
    one = duty_calendar(board)
    cells = drawing(one.draw(SCREEN)).named("cell")
    assert len(cells) == sum(len(row.periods) for row in one.facts if row.form == "periods") > 0


def test_the_timeline_has_a_window_for_every_task_that_it_names(board):
    one = time_line(board, "市总计划")
    windows = drawing(one.draw(SCREEN)).named("window")
    assert len(windows) == len(drawn_by_name(one.facts, board.plan.settings)) > 0


def test_participation_has_a_bar_for_every_count_of_every_event(board):
    one = who_took_part(board, "市总计划")
    rows = [row for events in one.facts.values() for row in told(events)]
    assert len(drawing(one.draw(SCREEN)).named("bar")) == sum(bool(part) for row in rows for part in row.parts) > 0


def test_a_change_has_a_bar_for_every_count_that_moved(board):
    one = exhibit(board, "change-harmony-non_public-previous")
    drawn = drawing(one.draw(SCREEN))
    for name, moved in (("bar_covered", "covered"), ("bar_base", "base")):
        assert len(drawn.named(name)) == sum(bool(getattr(part, moved)) for part in one.facts.parts) > 0
