"""Every enterprise behind a figure: each list as long as the figure says, in the order asked for, with its reason."""

from datetime import date
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_lists import DAY, MEMBER, PLAN, UNITS, WAGE, enterprises, firms, keep

from unionplan import coverage_words
from unionplan.attainment import Outlook, attainments
from unionplan.plan import COVERAGE, SCOPES
from unionplan.store.door import made_cube
from unionplan.store.lists import REASONS
from unionplan.store.standing import APART, LISTED, ORDERS, SHOWS, Slice, slices, standing, totals

# every example asks some forty lists of one indicator
few = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


# ------------------------------------------------------------------ the law


@few
@given(st.lists(st.lists(enterprises, min_size=1, max_size=12), min_size=1, max_size=3), st.sampled_from(COVERAGE))
def test_covered_base_and_missing_are_as_many_as_the_figure_says_and_nobody_is_lost(tmp_path_factory, cities, name):
    folder, number, paths = tmp_path_factory.mktemp("law"), count(), {}
    for unit, records in zip(UNITS, cities, strict=False):
        named = [
            {**one, "union_code": f"{next(number):05}", "org_name": "厂", "reporting_unit": unit} for one in records
        ]
        paths[unit, "2026-10"] = keep(folder, named, unit)
    look, files = Outlook(made_cube(paths, {}, PLAN.indicators), PLAN, date(2026, 11, 5)), list(paths.values())
    everyone = sum(len(records) for records in cities[: len(paths)])
    indicator = PLAN.indicators[name]
    rows = [row for row in attainments(look, "reporting_unit", name) if row.numerator is not None]
    for scope in SCOPES:
        told = {show: totals(files, indicator, scope, show) for show in SHOWS}
        for row in (row for row in rows if row.scope == scope):
            unit = row.reporting_unit
            assert told["base"].get(unit, (0, 0, 0))[1:] == (row.numerator, row.denominator)
            assert told["covered"].get(unit, (0, 0, 0))[1] == row.numerator
            if name != "member":
                lengths = [told[show].get(unit, (0,))[0] for show in ("covered", "base", "missing")]
                assert lengths == [row.numerator, row.denominator, row.denominator - row.numerator]
    listed = {show: standing(files, indicator, "all", show) for show in SHOWS}
    assert len(listed["base"]) + len(listed["apart"]) == everyone
    assert {show: len(frame) for show, frame in listed.items()} == {
        show: sum(firms for firms, *_ in totals(files, indicator, "all", show).values()) for show in SHOWS}  # fmt: skip
    assert set(listed["apart"]["reason"]) <= set(APART)
    assert set(listed["base"]["reason"]) <= {*REASONS, "covered"}
    assert len(listed["unclassified"]) == sum(one == "unclassified" for one in listed["base"]["enterprise_type"])


# ------------------------------------------------------------------ order, reasons, words


FIVE = """
甲厂 10 未签 - -
乙厂 50 单独 2025-01-01 2026-10-15
丙厂 30 单独 2025-01-01 2026-12-01
丁厂 40 单独 2025-01-01 2027-06-30
戊厂 - 区域性 2025-01-01 2027-01-29
"""


def ledger(folder, **more):
    rows = firms(*FIVE.strip().splitlines())
    trades = ("制造业", "建筑业", None, "制造业", "建筑业")
    return [keep(folder, [row | {"industry": trade} | more for row, trade in zip(rows, trades, strict=True)])]


def names(frame):
    return "".join(name[0] for name in frame["org_name"])


@pytest.mark.parametrize(
    ("order", "told"), [("unit", "乙丁丙甲戊"), ("workers", "乙丁丙甲戊"), ("industry", "丁甲乙戊丙"), ("expiry", "乙丙戊丁甲")]
)  # fmt: skip
def test_the_list_stands_by_size_by_sector_or_by_expiry(tmp_path, order, told):
    found = names(standing(ledger(tmp_path), WAGE, "non_public", "base", order=order))
    industries = {"industry": {"丁甲乙戊丙", "乙戊丁甲丙"}}  # the order of Chinese words is the engine's
    assert found in industries.get(order, {told})
    assert order in ORDERS


def test_the_list_is_cut_after_its_order(tmp_path):
    assert names(standing(ledger(tmp_path), WAGE, "non_public", "base", order="expiry", limit=2)) == "乙丙"


def test_what_runs_out_within_ninety_days_is_covered_now(tmp_path):
    found = standing(ledger(tmp_path), WAGE, "non_public", "expiring", order="expiry")
    assert names(found) == "丙戊"  # the ninetieth day is 2027-01-29
    assert tuple(found.columns) == LISTED


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"enterprise_state": "注销"}, "closed"), ({"enterprise_state": "迁出"}, "moved_out"),
        ({"enterprise_state": "停业"}, "paused"), ({"unionised": "否"}, "no_union"), ({"unionised": None}, "union_blank"),
        ({"registration": "事业单位"}, "no_enterprise"),
    ],
)  # fmt: skip
def test_who_is_not_counted_has_the_reason(tmp_path, change, reason):
    found = standing(ledger(tmp_path, **change), WAGE, "non_public", "apart")
    assert set(found["reason"]) == {reason}
    assert len(found) == 5
    assert coverage_words.standing(reason, "", None, 1, WAGE) == f"不计入：{coverage_words.APART[reason]}"
    assert len(standing(ledger(tmp_path, **change), WAGE, "non_public", "base")) == 0


def test_every_reason_has_its_words():
    assert set(coverage_words.APART) == set(APART)
    assert coverage_words.standing("covered", "单独", date(2027, 6, 30), 1, WAGE) == "单独，2027年6月30日到期"
    assert coverage_words.standing("expired", "单独", DAY, 1, WAGE) == "已到期 2026年10月31日"
    assert coverage_words.standing("covered", "95", None, 0, MEMBER) == "全部入会（95人）"


# ------------------------------------------------------------------ slices of the plan's part five


def test_slices_are_counted_where_the_ledger_tells_their_column(tmp_path):
    rows = firms("甲厂 10 未签 - -", "乙厂 10 未签 - -", "丙院 10 未签 - -", "丁厂 10 未签 - -")
    told = [
        {"above_scale": "是", "size_class": "大型", "congress": "单独", "registration": "私营企业"},
        {"above_scale": "是", "size_class": "小型", "congress": "未建", "registration": "私营企业"},
        {"registration": "事业单位", "control": None, "congress": "单独"},
        {"above_scale": "否", "size_class": "微型", "congress": "单独", "unionised": "否"},
    ]
    bare = firms("戊厂 10 未签 - -", unit="朝晖区")
    files = [keep(tmp_path, [one | more for one, more in zip(rows, told, strict=True)], "a"), keep(tmp_path, bare, "b")]
    assert slices(files, PLAN.indicators["congress"]) == [
        Slice("institutions", 1, 1, ("朝晖区",)), Slice("above_scale", 1, 2, ("朝晖区",)), Slice("smaller", 0, 1, ("朝晖区",))]  # fmt: skip


def test_without_ledgers_there_is_nothing_to_list():
    assert standing([], WAGE, "all", "base").empty
    assert totals([], WAGE, "all", "base") == {}
    assert slices([], PLAN.indicators["congress"]) == []
