"""Why a rate moved: two parts that add up exactly, and enterprises that add up to both counts."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import count

import pytest
from figures import assert_legible, shapes, texts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_lists import DAY, PLAN, UNITS, WAGE, enterprises, firms, keep

from unionplan import coverage_words
from unionplan.attainment import Outlook, attainments
from unionplan.change import KINDS, Change, Move, accounted, by_ledger, change_since
from unionplan.charts import PHONE, SCREEN, SLIDE
from unionplan.charts.change import change_chart
from unionplan.store.door import made_cube
from unionplan.store.moves import MOVED, moved, moves

THEN = date(2026, 9, 30)
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
bases = st.integers(1, 5_000).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base)))


def changed(then, now):
    return Change(THEN, DAY, ("文澜区",), *then, *now)


# ------------------------------------------------------------------ two parts


@given(bases, bases)
def test_the_two_parts_add_up_exactly(then, now):
    found = changed(then, now)
    assert found.effort + found.shift == found.total == Fraction(*now) - Fraction(*then)


@given(bases, bases, st.sampled_from([None, 5_000, 8_000, 9_000]))
def test_the_printed_parts_add_up_to_the_printed_difference(then, now, target_bp):
    total, effort, shift = map(Fraction, coverage_words.shown_split(changed(then, now), target_bp))
    shown = [Fraction(one) for one in coverage_words.shown_rates(changed(then, now), target_bp)]
    assert effort + shift == total == shown[1] - shown[0]


def test_the_example_of_the_rules():
    found = changed((450, 900), (470, 1000))
    assert (found.total, found.effort, found.shift) == (Fraction(-3, 100), Fraction(2, 100), Fraction(-5, 100))
    assert coverage_words.shown_split(found, None) == ("-3.0", "2.0", "-5.0")


# ------------------------------------------------------------------ enterprise by enterprise: the law


@few
@given(
    st.lists(
        st.tuples(st.sampled_from(UNITS[:2]), st.none() | enterprises, st.none() | enterprises), min_size=1, max_size=14
    )
)
def test_what_happened_to_the_enterprises_adds_up_to_both_counts(tmp_path_factory, lives):
    folder, number = tmp_path_factory.mktemp("law"), count()
    sides = {}
    for unit, was, now in lives:
        code = {"union_code": f"{next(number):05}", "org_name": "厂", "reporting_unit": unit}
        for side, record in (("2026-09", was), ("2026-10", now)):
            sides.setdefault(unit, {"2026-09": [], "2026-10": []})[side] += [{**record, **code}] if record else []
    days = {"2026-09": THEN, "2026-10": DAY}
    paths = {
        (unit, side): keep(folder, records, f"{unit}{side}", days[side])
        for unit, both in sides.items() for side, records in both.items() if records
    }  # fmt: skip
    look = Outlook(made_cube(paths, {}, PLAN.indicators), PLAN, date(2026, 11, 5))
    for row in attainments(look, "scope"):
        found = change_since(look, row, THEN)
        if found is None:
            continue
        pairs = by_ledger(look, found, row)
        then, now = ([paths[unit, pair[side]] for unit, pair in pairs.items()] for side in (0, 1))
        told = moves(then, now, PLAN.indicators[row.indicator], row.scope)
        named = moved(then, now, PLAN.indicators[row.indicator], row.scope)
        assert set(told) <= set(KINDS) - {"summary"}
        assert sum(a for _, a, _ in told.values()) == found.covered1 - found.covered0
        assert sum(n for _, _, n in told.values()) == found.base1 - found.base0
        assert len(named) == sum(firms for firms, _, _ in told.values())
        assert "summary" not in [move.kind for move in accounted(found, told)]


# ------------------------------------------------------------------ what each one is called


BEFORE = """
甲厂 10 未签 - -
乙厂 20 单独 2025-01-01 2026-10-15
丙厂 30 单独 2025-01-01 2027-01-01
丁厂 40 单独 2025-01-01 2027-01-01
戊厂 50 未签 - -
"""
AFTER = """
甲厂 10 单独 2026-10-01 2027-09-30
乙厂 20 单独 2025-01-01 2026-10-15
丙厂 30 未签 - -
"""


def ledgers(folder, before, after):
    return [keep(folder, before, "then", THEN)], [keep(folder, after, "now", DAY)]


def test_a_signature_a_lapse_a_withdrawal_and_one_that_is_listed_no_more(tmp_path):
    then, now = ledgers(tmp_path, firms(*BEFORE.strip().splitlines()), firms(*AFTER.strip().splitlines()))
    told = {"covered": (1, 1, 0), "expired": (1, -1, 0), "dropped": (1, -1, 0), "gone": (2, -1, -2)}
    assert moves(then, now, WAGE, "non_public") == told
    frame = moved(then, now, WAGE, "non_public")
    assert tuple(frame.columns) == MOVED
    assert list(zip(frame["org_name"], frame["kind"], strict=True)) == [
        ("甲厂", "covered"), ("丙厂", "dropped"), ("乙厂", "expired"), ("戊厂", "gone"), ("丁厂", "gone")]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ({"enterprise_state": "注销"}, {}, "returned"),
        ({}, {"enterprise_state": "注销"}, "closed"),
        ({}, {"enterprise_state": "迁出"}, "moved_out"),
        ({}, {"enterprise_state": "停业"}, "paused"),
        ({"unionised": "否"}, {}, "joined"),
        ({}, {"unionised": "否"}, "left"),
        ({"control": "国有控股"}, {}, "retyped_in"),
        ({}, {"control": "国有控股"}, "retyped_out"),
        (None, {}, "registered"),
        ({}, None, "gone"),
    ],
)
def test_every_way_into_the_base_and_out_of_it_has_its_name(tmp_path, before, after, kind):
    one, other = firms("甲厂 10 未签 - -", "乙厂 10 未签 - -")
    sides = [[other] + ([one | side] if side is not None else []) for side in (before, after)]
    [(name, (enterprises_, covered, base))] = moves(*ledgers(tmp_path, *sides), WAGE, "non_public").items()
    assert (name, enterprises_, covered, abs(base)) == (kind, 1, 0, 1)
    assert (base > 0) == (kind in ("returned", "joined", "retyped_in", "registered"))


def test_an_enterprise_that_came_from_another_unit_is_not_newly_registered(tmp_path):
    here, there = firms("甲厂 10 未签 - -", unit="文澜区"), firms("甲厂 10 未签 - -", unit="朝晖区")
    other = [one | {"union_code": "777"} for one in firms("乙厂 10 未签 - -", unit="朝晖区")]
    then = [keep(tmp_path, here, "a", THEN), keep(tmp_path, other, "b", THEN)]
    now = [keep(tmp_path, [here[0] | {"enterprise_state": "迁出"}], "c"), keep(tmp_path, [*other, *there], "d")]
    assert moves(then, now, WAGE, "non_public") == {"moved_in": (1, 0, 1), "moved_out": (1, 0, -1)}


def test_of_membership_those_who_stayed_have_members_and_workers_more_or_fewer(tmp_path):
    member, [one] = PLAN.indicators["member"], firms("甲厂 100 未签 - -")
    sides = ([one | {"members": 80}], [one | {"members": 95, "workers": 110}])
    assert moves(*ledgers(tmp_path, *sides), member, "non_public") == {"kept": (1, 15, 10)}


def test_units_that_only_tell_sums_are_one_line_that_makes_up_the_rest():
    found = changed((450, 900), (470, 1000))
    lines = accounted(found, {"covered": (30, 30, 0), "registered": (50, 5, 50)})
    assert lines == (Move("covered", 30, 30, 0), Move("registered", 50, 5, 50), Move("summary", 0, -15, 50))
    assert accounted(found, {"covered": (20, 20, 0), "registered": (100, 0, 100)})[-1].kind == "registered"


# ------------------------------------------------------------------ what is compared with what


def test_only_the_same_units_on_the_same_base_are_compared(tmp_path):
    before = {("文澜区", "2026-09"): keep(tmp_path, firms(*BEFORE.strip().splitlines()), "a", THEN)}
    after = {
        ("文澜区", "2026-10"): keep(tmp_path, firms(*AFTER.strip().splitlines()), "b"),
        ("朝晖区", "2026-10"): keep(tmp_path, firms("己厂 10 未签 - -", unit="朝晖区"), "c"),
    }
    look = Outlook(made_cube(before | after, {}, PLAN.indicators), PLAN, date(2026, 11, 5))
    row = next(r for r in attainments(look, "scope", "wage") if r.scope == "non_public")
    assert change_since(look, row, THEN) is None  # 朝晖区 told nothing in September
    one = next(r for r in attainments(look, "reporting_unit", "wage") if (r.scope, r.reporting_unit) == ("non_public", "文澜区"))  # fmt: skip
    assert change_since(look, one, THEN) == Change(THEN, DAY, ("文澜区",), 3, 5, 1, 3)
    assert change_since(look, one, date(2026, 8, 31)) is None


# ------------------------------------------------------------------ in words and in the picture


def a_row(numerator=470, denominator=1000, **words):
    look = Outlook(made_cube({}, {}, PLAN.indicators), PLAN, date(2026, 11, 5))
    row = next(r for r in attainments(look, "scope", "wage") if r.scope == "non_public")
    return replace(row, as_of=DAY, numerator=numerator, denominator=denominator, **words)


def test_the_title_speaks_of_work_only_where_more_are_covered():
    title = coverage_words.change_title(a_row(), WAGE, changed((450, 900), (470, 1000)))
    assert title == "非公有制企业工资集体协商推行面较9月30日下降3.0个百分点：工作成效+2.0，底数变化-5.0个百分点"
    title = coverage_words.change_title(a_row(440), WAGE, changed((450, 900), (440, 1000)))
    assert title == "非公有制企业工资集体协商推行面较9月30日下降6.0个百分点：覆盖增减-1.0，底数变化-5.0个百分点"
    assert "较9月30日持平" in coverage_words.change_title(a_row(500), WAGE, changed((450, 900), (500, 1000)))


def test_the_sentence_gives_both_counts_and_what_they_are_made_of():
    lines = (Move("covered", 30, 30, 0), Move("joined", 110, 0, 110), Move("closed", 10, -10, -10))
    assert coverage_words.moves_sentence(changed((450, 900), (470, 1000)), lines, WAGE) == (
        "已推行由450家到470家，净增20家（新覆盖+30、注销-10）；应推行由900家到1,000家，净增100家（新建会+110、注销-10）。"
    )
    assert "应推行900家，净增减为零。" in coverage_words.moves_sentence(changed((450, 900), (470, 900)), (), WAGE)


@pytest.mark.parametrize("profile", [SCREEN, PHONE, SLIDE], ids=lambda p: p.kind)
@pytest.mark.parametrize("scale", [1, 1_000])
def test_the_picture_has_one_row_a_kind_with_bars_from_nought_on_one_scale(profile, scale):
    lines = tuple(Move(kind, 9, (-1) ** n * (n + 1) * scale, n * scale) for n, kind in enumerate(KINDS))
    found = changed((450 * scale, 900 * scale), (470 * scale, 1000 * scale))
    words = {"title": "推行面下降", "subtitle": "百分点", "source": "数据来源：企业台账", "note": "同一批单位"}
    figure = change_chart(found, lines, WAGE, 5000, profile=profile, **words)
    if profile.height is None:
        assert_legible(figure, profile)
    for name, values in (("bar_covered", [m.covered for m in lines]), ("bar_base", [m.base for m in lines])):
        bars = [bar.x1 - bar.x0 for bar in shapes(figure, name)]
        told = [abs(value) for value in values if value]
        assert bars == pytest.approx([bars[0] * value / told[0] for value in told])
        assert all(0 <= bar.x0 <= bar.x1 <= profile.width for bar in shapes(figure, name))
    assert texts(figure, "warning") == ["横轴从 45% 起"]
    assert len(figure.data[0].hovertext) == 4 + len(lines)


def test_without_ledgers_the_bridge_stands_alone():
    words = {"title": "推行面下降", "subtitle": "百分点", "source": "数据来源：汇总表", "note": "同一批单位"}
    figure = change_chart(changed((450, 900), (470, 1000)), (), WAGE, None, profile=SCREEN, **words)
    assert texts(figure, "figure") == ["50.0%", "+2.0", "-5.0", "47.0%"]
    assert shapes(figure, "bar_covered") == []
