"""A unit taken into another that keeps its name: with a date, totals unbroken, older views and commits as they were."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
import streamlit as st

from tests.test_terms import CLERK, JUNE, OCTOBER, ONE, SEPTEMBER, THREE, TWO, merged, refusal, told, wage
from tests.test_terms_page import field, html, press, shown
from unionplan.attainment import Outlook, attainments, existing_units
from unionplan.comparing import comparisons
from unionplan.plan import plan_of, with_predecessors


@pytest.fixture
def city(store):
    """文澜区 30, 朝晖区 50, 锦澜区 60 of 100 in June, ten more each in September."""
    for unit, covered in ((ONE, 30), (TWO, 50), (THREE, 60)):
        told(store, unit, JUNE, covered, 100)
        told(store, unit, SEPTEMBER, covered + 10, 100)
    return store


def counts(row):
    return row.numerator, row.denominator


def absorb(store, **asked):
    return merged(store, **({"old": (ONE, TWO), "new": TWO} | asked))


def by_unit(store, on=None):
    commit = store.head()
    look = Outlook(store.cube(commit), store.plan(commit), store.today(commit), on)
    return {row.reporting_unit: row for row in attainments(look, "reporting_unit", "wage") if row.scope == "non_public"}


def test_the_total_does_not_break_and_the_base_is_of_both(city):
    before = wage(city)
    absorb(city)
    assert counts(wage(city)) == counts(before) == (170, 300)  # nobody has told October: both stand by themselves
    told(city, THREE, OCTOBER, 75, 100)
    row = wage(city)
    assert counts(row) == (175, 300)
    assert row.baseline == before.baseline == Fraction(140, 300)
    assert ONE not in row.missing
    unit = by_unit(city)[TWO]
    assert (counts(unit), unit.as_of, ONE in by_unit(city)) == ((100, 200), SEPTEMBER, False)


def test_what_the_unit_tells_from_that_day_on_is_of_both(city):
    absorb(city)
    told(city, THREE, OCTOBER, 75, 100)
    told(city, TWO, OCTOBER, 120, 200)
    row = wage(city)
    assert counts(row) == (195, 300)
    assert row.baseline == Fraction(140, 300)
    assert row.previous == Fraction(170, 300)


def test_older_views_and_older_commits_have_each_by_itself(city):
    last = city.head()
    absorb(city)
    told(city, TWO, OCTOBER, 120, 200)
    assert counts(wage(city, on=SEPTEMBER)) == (170, 300)
    assert {name: counts(row) for name, row in by_unit(city, SEPTEMBER).items() if name in (ONE, TWO)} == {
        ONE: (40, 100), TWO: (60, 100)}  # fmt: skip
    assert counts(wage(city, last)) == (170, 300)
    assert [unit.end for unit in city.plan(last).units if unit.name == ONE] == [None]
    units = existing_units(Outlook(city.cube(city.head()), city.plan(city.head()), city.today(city.head())))
    assert (TWO in units, ONE in units) == (True, False)


def test_only_the_one_that_goes_need_be_named(city):
    absorb(city, old=(ONE,))
    assert {unit.name: unit.before for unit in city.plan(city.head()).units}[TWO] == (ONE,)


def test_a_unit_whose_other_half_never_told_is_unreported_until_it_tells_itself(store):
    told(store, TWO, SEPTEMBER, 60, 100)
    absorb(store)
    told(store, THREE, OCTOBER, 75, 100)
    assert (counts(wage(store)), TWO in wage(store).missing) == ((75, 100), True)
    told(store, TWO, OCTOBER, 120, 200)
    assert counts(wage(store)) == (195, 300)


def test_one_that_was_merged_before_can_be_taken_in_and_take_in(city):
    merged(city)
    told(city, "澄澜新区", OCTOBER, 105, 200)
    told(city, THREE, OCTOBER, 75, 100)
    merged(city, day=date(2026, 11, 15), old=(THREE,), new="澄澜新区")
    told(city, "丰澜市", date(2026, 11, 30), 10, 100)
    assert counts(wage(city)) == (105 + 75 + 10, 400)
    assert wage(city).baseline is None  # 丰澜市 told nothing in June
    assert counts(wage(city, on=SEPTEMBER)) == (170, 300)


def test_the_figures_of_a_meeting_before_are_compared_by_the_units_of_then(city):
    commit = city.head()
    then = Outlook(city.cube(commit), city.plan(commit), OCTOBER)
    absorb(city)
    told(city, THREE, OCTOBER, 75, 100)
    told(city, TWO, OCTOBER, 120, 200)
    now = Outlook(city.cube(city.head()), city.plan(city.head()), city.today(city.head()))
    last = comparisons(now, wage(city), then)[-1]
    assert (last.counts, last.reason) == ((170, 300), "")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"old": (TWO,)}, "单位合并更名：除“朝晖区”以外没有选择原单位。沿用原名的，须另选并入它的单位。请选择。"),
        ({"day": date(2026, 9, 30)}, "单位合并更名：文澜区已有统计时点 2026-09-30 的数据，不早于变更日 2026-09-30。变更日起由新单位报送。请把变更日改到它之后，或先撤销那次更新。"),
        ({"reason": ""}, "单位合并更名：没有写明理由。每次修订都要写明理由。请填写理由。"),
    ],
)  # fmt: skip
def test_a_unit_that_cannot_be_taken_in_is_refused(city, asked, words):
    head = city.head()
    assert refusal(lambda: absorb(city, **asked)) == words
    assert city.head() == head


def test_nobody_is_taken_into_a_unit_that_has_ended(city):
    absorb(city)
    assert refusal(lambda: absorb(city, old=(THREE,), new=ONE, day=date(2026, 12, 1))) == (
        "单位合并更名：“文澜区”在 2026-12-01 不存在。原单位在变更日须存在。请核对日期。"
    )


def test_a_new_sheet_of_units_keeps_who_was_taken_in(city):
    absorb(city)
    rows = city.tables(city.head())["units"]
    sheet = [{name: text for name, text in row.items() if name != "前身"} for row in rows]
    units = plan_of({**city.tables(1), "units": with_predecessors(sheet, rows)}).units
    assert {unit.name: unit.before for unit in units}[TWO] == (ONE,)


def test_a_sheet_that_clears_the_end_lets_nothing_be_counted_twice(city):
    absorb(city)
    plan = city.plan(city.head())
    open_again = replace(plan, units=tuple(replace(unit, end=None) for unit in plan.units))
    found = attainments(Outlook(city.cube(city.head()), open_again, OCTOBER), indicator="wage")
    assert counts(next(row for row in found if row.scope == "non_public")) == (170, 300)


def test_a_unit_is_taken_in_on_the_page(city, monkeypatch):
    monkeypatch.setenv("UNIONPLAN_STORE", str(city.root))
    st.cache_resource.clear()
    app = shown(part="设置", merge="true")
    app.multiselect[0].set_value([ONE, TWO])
    for label, text in (
        ("新单位名称", TWO),
        ("变更日", "2026-10-01"),
        ("理由（必填）", "区划调整"),
        ("经办人（必填）", "李"),
    ):
        field(app, label).set_value(text)
    said = html(press(app, "确认合并、更名"))
    assert "自2026年10月1日起，文澜区并入朝晖区：第 8 次更新。" in said
    assert CLERK.name not in city.history()[-1].who
    st.cache_resource.clear()
