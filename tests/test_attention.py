"""What needs attention, how it was the period before, and what a reader asked to see: words and order, from given figures."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unionplan import attention, narrative, selection
from unionplan import since as period
from unionplan.attainment import STATUSES, Attainment, ItemState
from unionplan.attention import Concern, explanation, in_order, lapsing, late_words, of_items, title
from unionplan.comparing import period_before
from unionplan.notes import Note
from unionplan.plan import plan_of, read_tables
from unionplan.selection import Selection, shown_words

PLAN = plan_of(read_tables(Path(__file__).resolve().parent.parent / "data" / "plan"))
ITEMS = {item.id: item for item in PLAN.items}
CITY, OFFICE = "市总计划", "机关工会计划"
DAY = date(2026, 11, 5)
RATE = Attainment(
    item="A4-3c", anchor="A4-3c", indicator="wage", scope="non_public", reporting_unit=None, as_of=date(2026, 10, 31),
    numerator=1278, denominator=3000, covered_workers=None, workers=None, active=None, target_bp=5000, need=1500, gap=222,
    surplus=0, attained=False, start=None, end=None, baseline=None, due=None, due_rate=None, slow_rate=None, low=None,
    high=None, previous=Fraction(411, 1000), status="behind", marks=(), missing=(),
)  # fmt: skip


def state(item, status, **words):
    return ItemState(ITEMS[item], status, **words)


def kinds(concerns):
    return [(one.plan, one.kind, one.item or one.subject) for one in in_order(concerns)]


# ------------------------------------------------------------------ attention


def test_the_most_urgent_stands_first_the_city_before_the_office():
    states = [
        state("B8b", "overdue", late_since=date(2026, 10, 31)),
        state("A1-2", "moving", moved_on=date(2026, 7, 10)),
        state("A2-3c", "slow", counts=(1, 2)),
        state("A2-2d", "due_soon"),
        state("A1-7", "behind", late_since=date(2026, 10, 20)),
        state("A4-3c", "behind", row=RATE),
        state("A3-2b", "behind", row=replace(RATE, item="A3-2b", indicator="harmony", gap=370)),
        state("A1-4", "overdue", late_since=date(2026, 11, 1)),
        state("A1-5", "overdue", late_since=date(2026, 10, 1)),
        state("A1-3a", "done"),
        state("A4-3b", "stale", row=replace(RATE, item="A4-3b", status="stale")),
        state("A5-6a", "no_deadline", row=replace(RATE, item="A5-6a", status="no_deadline")),
        state("A3-4", "not_started"),
    ]
    units = attention.of_units([replace(RATE, missing=("甲县",))], {}, DAY)
    contracts = attention.of_contracts(RATE, PLAN.indicators["wage"], {30: 1, 60: 2, 90: 3}, "权益保障部")
    assert kinds([*of_items(states, PLAN, {}, DAY), *units, *contracts]) == [
        (CITY, "overdue", "A1-5"), (CITY, "overdue", "A1-4"), (CITY, "behind", "A3-2b"), (CITY, "behind", "A4-3c"),
        (CITY, "behind", "A1-7"), (CITY, "due_soon", "A2-2d"), (CITY, "slow", "A2-3c"), (CITY, "lapsing", "A4-3c"),
        (CITY, "unreported", "甲县"), (CITY, "stale", "A4-3b"), (CITY, "no_deadline", "A5-6a"), (CITY, "silent", "A1-2"),
        (OFFICE, "overdue", "B8b"),
    ]  # fmt: skip


@given(st.lists(st.sampled_from(STATUSES), min_size=len(PLAN.items), max_size=len(PLAN.items)))
def test_every_red_or_amber_item_needs_attention_once_and_nothing_that_is_done_does(statuses):
    states = [ItemState(item, status) for item, status in zip(PLAN.items, statuses, strict=True)]
    found = [one.item for one in of_items(states, PLAN, {}, DAY)]
    late = [one.item.id for one in states if one.status in attention.LATE]
    assert found == late


def test_an_item_says_by_how_much_it_is_late_and_what_is_done():
    late = {"late_since": date(2026, 10, 20), "said": "共3步，已完成1步"}
    assert late_words(state("A1-7", "behind", **late), DAY) == "逾期16天；共3步，已完成1步"
    assert late_words(state("A1-7", "overdue", **late), DAY) == "逾期16天；共3步，已完成1步"
    assert late_words(state("A2-3c", "slow", counts=(12600, 50000)), DAY) == "已完成12,600/50,000人"
    assert late_words(state("A1-3a", "due_soon"), date(2026, 12, 20)) == "12月31日到期，还有11天"
    assert late_words(state("A1-3a", "due_soon"), date(2026, 12, 31)) == "今日到期"
    assert (
        late_words(state("B7a", "due_soon", said="应完成4期"), DAY) == "应完成4期"
    )  # a duty's period ends on its own day


def test_a_rate_says_how_far_it_is_from_its_target():
    [one] = of_items([state("A4-3c", "behind", row=RATE)], PLAN, {}, DAY)
    assert one.subject == "非公有制企业工资集体协商推行面"
    assert one.words == "42.6%（1,278/3,000），距50%目标还差7.4个百分点、222家"
    assert (one.light, one.department, one.item) == ("■ 滞后", "权益保障部", "A4-3c")


def test_the_newest_explanation_stands_with_department_and_day_and_its_absence_is_said_of_red_only():
    told = [
        Note("A1-7", "explanation", date(2026, 10, 21), "公示推迟", department="经济工作部"),
        Note("A1-7", "explanation", date(2026, 11, 2), "名单已报市里", department="经济工作部"),
        Note("A1-7", "instruction", date(2026, 11, 3), "抓紧", who="主席"),
        Note("A1-7", "explanation", date(2026, 11, 4), ""),
    ]
    assert explanation(told) == "名单已报市里（经济工作部，2026年11月2日）"
    assert explanation([replace(told[0], department="")]) == "公示推迟（2026年10月21日）"
    assert explanation(told[2:]) == ""
    states = [state("A1-7", "behind"), state("A1-4", "overdue"), state("A2-3c", "slow", counts=(1, 2))]
    said = [one.explained for one in of_items(states, PLAN, {"A1-7": told}, DAY)]
    assert said == ["名单已报市里（经济工作部，2026年11月2日）", "尚无情况说明", ""]


def test_silent_work_says_for_how_long():
    [one] = of_items([state("A1-2", "moving", moved_on=date(2026, 7, 10))], PLAN, {}, DAY)
    assert (one.kind, one.light, one.explained) == ("silent", "◆ 连续未更新118天", "")


def test_contracts_are_told_within_30_60_and_90_days_with_the_rate_if_none_is_renewed():
    words = "统计时点后到期：30天内9家、60天内40家、90天内153家；若不续签，90天后42.6%降为37.5%"
    assert lapsing(RATE, {30: 9, 60: 40, 90: 153}) == words
    assert lapsing(RATE, {30: 0, 60: 0, 90: 0}) == lapsing(RATE, {}) == ""
    assert lapsing(replace(RATE, numerator=None), {90: 3}) == ""
    assert lapsing(replace(RATE, denominator=0), {90: 3}) == ""
    assert attention.of_contracts(RATE, PLAN.indicators["wage"], {}, "") == []


def test_units_are_named_with_their_last_day_and_where_nobody_reported_nobody_is():
    rows = [replace(RATE, missing=("甲县", "乙区")), replace(RATE, missing=("甲县",))]
    found = attention.of_units(rows, {"甲县": date(2026, 7, 31)}, DAY)
    assert [(one.subject, one.words) for one in found] == [
        ("甲县", "最近统计时点2026年7月31日，连续未更新97天"),
        ("乙区", "部分指标未报，未计入这些指标的汇总"),
    ]
    assert attention.of_units([replace(rows[0], as_of=None)], {}, DAY) == []
    assert attention.of_units([], {}, DAY) == []


def test_the_citys_own_targets_stand_beside_the_plans_and_those_without_a_target_do_not():
    own = replace(
        PLAN.targets[0], item=None, anchor="A4-3", indicator="contract", scope="non_public", department="权益保障部"
    )
    plan = replace(PLAN, targets=(*PLAN.targets, own))
    row = replace(RATE, item=None, indicator="contract")
    [one] = attention.of_own_targets([row, replace(row, scope="state"), RATE, replace(row, status="attained")], plan)
    assert one.subject == "非公有制企业集体合同覆盖率（本市补充目标）"
    assert (one.kind, one.department, one.item) == ("behind", "权益保障部", "")


def test_the_title_counts_all_and_the_red_ones():
    red, amber = (Concern(CITY, kind, "behind", "", "", "") for kind in ("behind", "slow"))
    assert title([red, amber, red]) == "需要关注：3项，其中滞后、逾期2项"
    assert title([amber]) == "需要关注：1项"


def test_beside_the_conclusion_stands_what_else_is_late_body_by_body():
    late = [
        state("A1-7", "behind"),
        state("A1-4", "overdue"),
        state("A4-3c", "behind", row=RATE),
        state("B8b", "overdue"),
    ]
    said = "其他任务逾期1项、滞后1项：市劳模评选表彰、工人先锋号；机关工会计划逾期1项：工会经费审计"
    assert attention.others_late(late) == said
    assert (
        attention.others_late([state(item, "behind") for item in ("A1-1a", "A1-2", "A1-6", "A1-7")])
        == "其他任务滞后4项"
    )
    assert attention.others_late(late[2:3]) == attention.others_late([]) == ""


# ------------------------------------------------------------------ the period before


def rates(*moves):
    """Rates of 42.6 % that stood by so many tenths of a point higher or lower; None: on other units."""
    before = (None if move is None else Fraction(426 - move, 1000) for move in moves)
    return [replace(RATE, previous=previous) for previous in before]


def since(rows, now=(), then=(), day=date(2026, 9, 30)):
    priors = [replace(row, as_of=day) for row in rows]
    return period.since_words(rows, priors, PLAN, (now, then), day)


def test_rates_are_compared_with_the_period_before_and_those_that_fell_are_named():
    reached = "与9月30日相比：计划覆盖目标达标0项，持平；"
    assert since(rates(10, 3, 0, -4)) == (
        f"{reached}4项比率提高2项、下降1项、持平1项（非公有制工资集体协商下降0.4个百分点）。"
    )
    assert since(rates(10, 3)) == f"{reached}2项比率全部提高。"
    assert since(rates(10)) == f"{reached}1项比率提高。"
    assert since(rates(-1, -1, -1, -1)) == f"{reached}4项比率全部下降。"  # too many to be named: none is


def test_what_stands_on_another_definition_is_not_compared():
    assert (
        since(rates(None, None))
        == "与9月30日相比：计划覆盖目标达标0项，口径不同，不作比较；2项比率口径不同，不作比较。"
    )
    assert since(rates(10, None)).endswith("；1项比率提高，另有1项口径不同，不作比较。")


def test_stale_and_unreported_figures_are_compared_with_nothing():
    rows = [replace(RATE, status="stale"), replace(RATE, numerator=None, denominator=None)]
    assert since(rows[1:]) == ""
    assert "项比率" not in since(rows)
    assert narrative.points_since(rows[1], rows[1].previous) is None
    assert narrative.points_since(RATE, None) is None


def test_targets_reached_and_items_done_are_counted_per_body():
    reached = replace(RATE, numerator=1600, attained=True, status="attained", previous=Fraction(4999, 10_000))
    now = [state("A4-3c", "attained", row=reached), state("A1-3a", "done"), state("A1-7", "done"), state("B5b", "done")]
    then = [state("A4-3c", "behind", row=RATE), state("A1-3a", "done"), state("A1-7", "moving"), state("B5b", "done")]
    assert since([reached], now, then) == (
        "与9月30日相比：计划覆盖目标达标1项，增加1项；1项比率提高；市总计划其他任务已完成2项，增加1项；"
        "机关工会计划已完成1项，持平。"
    )
    assert since([reached], then, now).endswith("市总计划其他任务已完成1项，减少1项；机关工会计划已完成1项，持平。")


def test_without_a_period_before_nothing_is_said():
    assert since(rates(10), day=None) == ""
    days = [date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)]
    assert period_before([RATE], days) == date(2026, 9, 30)
    assert period_before([RATE], days[2:]) is None
    assert period_before([replace(RATE, as_of=None)], days) is None


# ------------------------------------------------------------------ what was asked for

LED = replace(
    PLAN,
    items=tuple(replace(item, leader="陈副主席" if item.department == "经济工作部" else "") for item in PLAN.items),
)
STANDING = [ItemState(item, "moving") for item in LED.items]


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        (Selection(), 67),
        (Selection(plan=CITY), 46),
        (Selection(plan=OFFICE), 21),
        (Selection(department="民主管理部"), 9),
        (Selection(leader="陈副主席"), 11),
        (Selection(leader="陈副主席", department="民主管理部"), 0),
        (Selection(leader="无此人"), 0),
    ],
)
def test_a_selection_keeps_what_all_its_filters_hold(asked, count):
    shown = asked.states(STANDING)
    assert len(shown) == count
    assert [one for one in STANDING if one in shown] == shown
    assert asked.whole == (count == 67)


def test_figures_follow_the_target_they_are_judged_by_and_a_bare_one_is_shown_only_with_all():
    rows = [replace(RATE, indicator=target.indicator, scope=target.scope) for target in PLAN.targets]
    rows.append(replace(RATE, indicator="contract", scope="state", target_bp=None))
    assert Selection().rows(rows, PLAN) == rows
    assert len(Selection(department="民主管理部").rows(rows, PLAN)) == 4
    assert len(Selection(department="权益保障部").rows(rows, PLAN)) == 4
    assert Selection(plan=OFFICE).rows(rows, PLAN) == []
    assert len(Selection(plan=CITY).rows(rows, PLAN)) == 8


def test_what_can_be_asked_for_comes_from_the_plan():
    assert selection.leaders(PLAN) == []
    assert selection.leaders(LED) == ["陈副主席"]
    assert selection.departments(PLAN)[:2] == ["经济工作部", "宣传教育部"]
    assert selection.plans(PLAN) == [CITY, OFFICE]
    assert Selection("陈副主席", "经济工作部").whose == "陈副主席分管、经济工作部负责的"
    assert Selection(plan=CITY).whose == ""


def test_how_much_is_shown_is_said_body_by_body():
    shown = Selection(department="民主管理部").states(STANDING)
    assert shown_words(shown, STANDING) == "所选范围：市总计划46项中9项，机关工会计划21项中0项。"
