"""Pictures made without a browser are what the browser shows: every kind of chart, pixel by pixel and mark by mark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
from pixels import chromium_draws, difference, drawing_page, we_draw
from playwright.sync_api import Browser, Page

from unionplan.charts import PHONE, SCREEN, Profile
from unionplan.charts.reporting import reporting
from unionplan.exhibits import Exhibit, exhibit
from unionplan.exhibits.tasks import duty_calendar
from unionplan.export.marks import Dot, drawing
from unionplan.reporting import Report, arrivals, reports
from unionplan.standpoint import Standpoint
from unionplan.store import Store

pytestmark = pytest.mark.browser

IDS = {
    "bullet": "targets", "trend": "trend-harmony-state", "heatmap": "map", "gap": "gap-wage-non_public",
    "wall": "wall", "timeline": "timeline", "participation": "participation", "progress": "training",
    "breakdown": "training-method", "change": "change-harmony-non_public-previous", "expiry": "expiry-contract-state",
    "dues": "dues",
}  # fmt: skip
KINDS = [*IDS, "calendar", "reporting"]
PHONES = ["trend", "wall"]  # what is laid out anew there, not only narrower


@pytest.fixture(scope="module")
def board(sample: Path) -> Standpoint:
    """The sample city as it stands."""
    store = Store(sample)
    commit = store.head()
    return Standpoint(store, commit, store.plan(commit), store.today(commit), None)


@pytest.fixture(scope="module")
def plotly(browser: Browser) -> Iterator[Page]:
    """A page that draws figures."""
    page = drawing_page(browser)
    yield page
    page.close()


def shown(board: Standpoint, kind: str) -> Exhibit:
    """The exhibit of a kind, as sure to be there as the sample."""
    found = duty_calendar(board) if kind == "calendar" else exhibit(board, IDS[kind])
    assert found is not None
    assert found.kind == kind
    return found


def reported(board: Standpoint) -> list[Report]:
    history = board.store.history()
    came = arrivals(history, lambda entry: [str(name) for name in board.store.frame(entry)["dataset"]])
    return reports(board.plan, came, datetime.fromisoformat(history[0].at).date(), board.today, "figures")


def figure(board: Standpoint, kind: str, profile: Profile) -> go.Figure:
    if kind == "reporting":
        return reporting(
            reported(board), title="报送情况", subtitle="各单位", source="来源", note="说明", profile=profile
        )
    return shown(board, kind).draw(profile)


@pytest.mark.parametrize(("kind", "profile"), [*((kind, SCREEN) for kind in KINDS), *((kind, PHONE) for kind in PHONES)],
                         ids=lambda one: one if isinstance(one, str) else one.kind)  # fmt: skip
def test_our_picture_is_the_browsers(board: Standpoint, plotly: Page, kind: str, profile: Profile) -> None:
    drawn = figure(board, kind, profile)
    found = difference(chromium_draws(plotly, drawn), we_draw(drawing(drawn)))
    assert found.whole < 0.05
    assert found.bare < 0.002  # without texts: a lost bar cannot hide among the edges of letters


@pytest.mark.parametrize("kind", ["gap", "progress", "trend"])
def test_a_picture_without_its_bars_or_its_line_would_be_noticed(board: Standpoint, plotly: Page, kind: str) -> None:
    drawn = figure(board, kind, SCREEN)
    less = replace(whole := drawing(drawn), marks=tuple(m for m in whole.marks if m.name not in ("bar", "rate")))
    assert len(less.marks) < len(whole.marks)
    assert difference(chromium_draws(plotly, drawn), we_draw(less)).bare > 0.002


COUNTED: dict[str, tuple[tuple[str, ...], Callable[[Any], int]]] = {
    "bullet": (("measure",), lambda rows: sum(bool(row.denominator) and row.numerator is not None for row in rows)),
    "heatmap": (("cell",), lambda facts: len(facts.cells)),
    "gap": (("bar",), lambda rows: sum(bool(row.gap) and row.status != "stale" for row in rows)),
    "wall": (("tile",), len),
    "progress": (("bar",), lambda flow: sum(bool(month.persons) for month in flow.months)),
    "breakdown": (("bar",), len),
    "expiry": (("bar",), lambda facts: 1 + len(facts.ending)),
    "dues": (("bar",), lambda rows: sum(row.rate is not None for row in rows)),
}  # fmt: skip


@pytest.mark.parametrize("kind", COUNTED)
def test_a_picture_has_a_mark_for_every_row_of_its_data(board: Standpoint, kind: str) -> None:
    names, count = COUNTED[kind]
    one = shown(board, kind)
    assert len(drawing(one.draw(SCREEN)).named(*names)) == count(one.facts) > 0


def test_a_line_has_a_point_for_every_month_that_is_known(board: Standpoint) -> None:
    one = shown(board, "trend")
    points = [mark for mark in drawing(one.draw(SCREEN)).named("rate") if isinstance(mark, Dot)]
    assert len(points) == sum(point.numerator is not None for point in one.facts.points) > 0


def test_a_matrix_of_reports_has_a_cell_for_every_report(board: Standpoint) -> None:
    cells = drawing(figure(board, "reporting", SCREEN)).named("cell")
    assert len(cells) == len(reported(board)) > 0
