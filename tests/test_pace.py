"""Pace: even by days, or by way of dated milestones; what is no milestone is refused in words."""

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unionplan.attainment import due_rate, elapsed
from unionplan.errors import PlanError
from unionplan.pace import due, nodes_of
from unionplan.plan import plan_of, read_tables, require_row

START, END, GOAL = date(2026, 7, 1), date(2026, 12, 31), Fraction(1, 2)
TABLES = read_tables(Path(__file__).resolve().parent.parent / "data" / "plan")
RATE = next(row for row in TABLES["plan"] if row["条目编号"] == "A4-3c")


def read_nodes(text, start=START, end=END, goal=GOAL, percent=True):
    return nodes_of(text, "第1行", start, end, goal, percent)


def refusal(act):
    with pytest.raises(PlanError) as refused:
        act()
    return str(refused.value)


def tables(nodes, pace="nodes"):
    plan = [{**row, "节点目标": nodes} if row["条目编号"] == "A4-3c" else row for row in TABLES["plan"]]
    settings = [{**row, "value": pace} if row["key"] == "pace" else row for row in TABLES["settings"]]
    return {**TABLES, "plan": plan, "settings": settings}


def target(plan):
    return next(one for one in plan.targets if one.item == "A4-3c")


@given(st.integers(0, 5000), st.integers(-10, 200))
def test_without_milestones_the_way_is_even_by_days(begin_bp, days):
    begin, day = Fraction(begin_bp, 10_000), START + timedelta(days=days)
    assert due(begin, GOAL, START, END, (), day) == due_rate(begin, 5000, elapsed(START, END, day))


def test_milestones_are_read_in_full_or_half_width():
    assert read_nodes("2026-09-30：45%； 2026-10-31:47.5%") == (
        (date(2026, 9, 30), Fraction(45, 100)),
        (date(2026, 10, 31), Fraction(475, 1000)),
    )
    assert read_nodes("2026-09-30:20000", goal=Fraction(50_000), percent=False) == ((date(2026, 9, 30), 20_000),)
    assert read_nodes("") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("三季度末45%", "“三季度末45%”。写作 2026-09-30:45%；2026-10-31:47%"),
        ("2026-09-30:45", "“2026-09-30:45”。写作 2026-09-30:45%；2026-10-31:47%"),
        ("2026-09-31:45%", "“2026-09-31:45%”。日期写作 2026-09-30"),
        (
            "2026-10-31:45%；2026-09-30:46%",
            "“2026-10-31:45%；2026-09-30:46%”。节点须按日期先后，后一节点不低于前一节点",
        ),
        (
            "2026-09-30:46%；2026-10-31:45%",
            "“2026-09-30:46%；2026-10-31:45%”。节点须按日期先后，后一节点不低于前一节点",
        ),
        ("2026-06-30:45%", "“2026-06-30:45%”。节点须在起始日 2026-07-01 至截止日 2026-12-31 之内"),
        ("2026-09-30:51%", "“2026-09-30:51%”。节点不能高于目标值"),
    ],
)
def test_what_is_no_milestone_is_refused(text, words):
    assert refusal(lambda: read_nodes(text)) == f"第1行“节点目标”列：{words}。请改正节点目标。"


def test_milestones_rule_only_where_the_settings_say_so():
    assert target(plan_of(tables("2026-09-30:45%", "days"))).nodes == ()
    assert target(plan_of(tables("2026-09-30:45%"))).nodes == ((date(2026, 9, 30), Fraction(45, 100)),)
    assert target(plan_of(tables("三季度末45%", "days"))).nodes == ()  # an older store stays readable
    assert "写作 2026-09-30:45%" in refusal(lambda: plan_of(tables("三季度末45%")))


def test_a_milestone_is_judged_when_it_is_handed_in_whatever_the_settings_say():
    plan = plan_of(TABLES)
    assert "写作 2026-09-30:45%" in refusal(
        lambda: require_row({**RATE, "节点目标": "三季度末45%"}, "", plan.indicators)
    )


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("pace", "weeks", "设置 pace：“weeks”。只能是 days、nodes。请改成其中之一。"),
        ("base_rule", "any", "设置 base_rule：“any”。只能是 moving、fixed。请改成其中之一。"),
        ("base_rule", "fixed", "设置 base_date：空白。核定底数须写明核定的日期。请填写日期，或改用动态底数。"),
    ],
)
def test_an_unknown_rule_is_refused(key, value, words):
    settings = [{**row, "value": value} if row["key"] == key else row for row in TABLES["settings"]]
    assert refusal(lambda: plan_of({**TABLES, "settings": settings})) == words


def test_a_store_from_before_these_settings_has_the_old_rules():
    old = [row for row in TABLES["settings"] if row["key"] not in ("release", "pace", "base_rule", "base_date")]
    settings = plan_of({**TABLES, "settings": old}).settings
    assert (settings.release, settings.pace, settings.base_rule, settings.base_date) == (False, "days", "moving", None)
