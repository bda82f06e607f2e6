"""The way to the training task over dated milestones: the line bends where the milestones stand."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from tests.test_progress import PHONE, SCREEN, TEN, drawn, stands, trace
from unionplan.flows import flow
from unionplan.pace import due
from unionplan.plan import plan_of, read_tables

NODES = ((date(2026, 6, 30), Fraction(5000)), (date(2027, 6, 30), Fraction(20_000)))


def by_nodes(nodes=NODES):
    bare = stands(TEN, "behind", nodes=nodes)
    way = due(Fraction(0), Fraction(50_000), bare.start, bare.end, nodes, bare.as_of)
    return stands(TEN, "behind", due=way, nodes=nodes)


@pytest.mark.parametrize("profile", [SCREEN, PHONE], ids=["screen", "phone"])
def test_the_due_line_goes_through_every_milestone_in_its_order(profile):
    told = by_nodes()
    line = trace(drawn(told, profile), "due")
    assert list(line.x) == sorted(line.x)
    assert len(line.x) == 5  # the start, two milestones, the day of the data between them, the end
    heights = [(line.y[0] - y) / (line.y[0] - line.y[-1]) for y in line.y]
    assert heights == pytest.approx([0, 0.1, float(told.due) / 50_000, 0.4, 1])
    assert [size > 0 for size in line.marker.size] == [False, False, True, False, False]


def test_a_milestone_on_the_day_of_the_data_is_drawn_once():
    told = by_nodes(((date(2026, 10, 31), Fraction(15_000)),))
    line = trace(drawn(told, SCREEN), "due")
    assert len(line.x) == 3
    assert told.due == 15_000


def test_the_way_has_no_corners_without_a_pace():
    assert stands(TEN, "below", end=None).way == []
    assert stands(TEN, "below", target=None).way == []


def test_the_milestones_of_the_plan_reach_the_figure_where_the_settings_go_by_them():
    tables = read_tables(Path(__file__).resolve().parent.parent / "data" / "plan")
    own = {"节点目标": "2026-09-30:9000", "起始日": "2026-01-01", "截止日": "2028-12-31"}
    plan = [{**row, **own} if row["条目编号"] == "A2-3c" else row for row in tables["plan"]]
    for rule, nodes in (("days", ()), ("nodes", ((date(2026, 9, 30), 9000),))):
        settings = [{**row, "value": rule} if row["key"] == "pace" else row for row in tables["settings"]]
        found = flow(pd.DataFrame(), plan_of({**tables, "plan": plan, "settings": settings}), date(2026, 11, 5))
        assert found.nodes == nodes
