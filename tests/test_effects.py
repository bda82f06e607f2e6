"""What a change does to a headline figure, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from unionplan import narrative
from unionplan.attainment import Attainment
from unionplan.plan import plan_of, read_tables

PLAN = plan_of(read_tables(Path(__file__).parent.parent / "data" / "plan"))
WAGE = PLAN.indicators["wage"]
BEFORE = Attainment(
    item="A", anchor="A", indicator="wage", scope="non_public", reporting_unit=None, as_of=date(2026, 10, 31),
    numerator=1278, denominator=3000, covered_workers=50, workers=200, active=3500, target_bp=5000, need=1500, gap=222,
    surplus=0, attained=False, start=None, end=None, baseline=None, due=None, due_rate=Fraction(4437, 10_000),
    slow_rate=None, low=None, high=None, previous=Fraction(411, 1000), status="behind", marks=(), missing=(),
)  # fmt: skip


def after(**words: Any) -> str:
    """The sentence for a change that leaves the figure with these words, its gap counted anew."""
    row = replace(BEFORE, **words)
    gap = max(0, (row.need or 0) - (row.numerator or 0))
    return narrative.effect(BEFORE, replace(row, gap=gap, attained=not gap), WAGE)


def test_a_better_rate_and_light_are_told_with_their_counts() -> None:
    told = after(numerator=1323, status="slow")
    assert (
        told
        == "非公有制企业工资集体协商推行面 42.6% → 44.1%，滞后 → 偏慢，距50%目标还差177家（1,278/3,000 → 1,323/3,000）"
    )


def test_what_stays_is_told_once() -> None:
    start = "非公有制企业工资集体协商推行面"
    assert after(numerator=1323) == f"{start} 42.6% → 44.1%，滞后，距50%目标还差177家（1,278/3,000 → 1,323/3,000）"
    assert after(numerator=1279) == f"{start} 42.6%，滞后，距50%目标还差221家（1,278/3,000 → 1,279/3,000）"
    assert after(status="stale") == "非公有制企业工资集体协商推行面 42.6%，滞后 → 数据过期（1,278/3,000）"


def test_a_figure_short_of_its_target_never_reads_as_reaching_it() -> None:
    told = after(numerator=1499, status="slow")
    assert (
        told
        == "非公有制企业工资集体协商推行面 42.6% → 49.9%，滞后 → 偏慢，距50%目标还差1家（1,278/3,000 → 1,499/3,000）"
    )


def test_a_first_figure_and_a_lost_one_have_no_counts_to_compare() -> None:
    none = replace(BEFORE, numerator=None, denominator=None, gap=None, attained=None, status="unreported")
    told = "非公有制企业工资集体协商推行面 未报 → 42.6%，滞后，距50%目标还差222家（1,278/3,000）"
    assert narrative.effect(none, BEFORE, WAGE) == told
    assert narrative.effect(BEFORE, none, WAGE) == "非公有制企业工资集体协商推行面 42.6% → 未报（原 1,278/3,000）"
    empty = replace(none, numerator=0, denominator=0, status="no_base")
    assert narrative.effect(none, empty, WAGE) == "非公有制企业工资集体协商推行面 未报 → 无应建单位"


def test_a_missed_target_is_told_whatever_word_stands_for_the_pace() -> None:
    told = after(numerator=1300, status="no_deadline")
    assert "滞后 → 截止年份未设定，距50%目标还差200家" in told
    assert "还差" not in after(numerator=1500, status="attained")


def test_a_new_target_and_a_new_deadline_are_told_with_the_old_ones() -> None:
    told = after(target_bp=6000, need=1800, end=date(2026, 12, 31))
    assert told == (
        "非公有制企业工资集体协商推行面 42.6%，滞后，目标 50% → 60%，截止日 未设 → 2026年12月31日，"
        "距60%目标还差522家（1,278/3,000）"
    )
    assert "目标 50% → 未设（" in after(target_bp=None, need=None, status="no_target")
    assert narrative.moved(BEFORE, replace(BEFORE, target_bp=6000))


@pytest.mark.parametrize(
    ("changed", "others", "words"),
    [
        (3, 9, "确认后 3 项主要指标有变化，其余 9 项不变"),
        (12, 0, "确认后 12 项主要指标有变化"),
        (0, 12, "确认后 12 项主要指标都不变"),
    ],
)
def test_the_lead_counts_what_moves_and_what_stays(changed: int, others: int, words: str) -> None:
    assert narrative.effect_lead(changed, others) == words


def test_a_figure_moves_when_its_counts_or_its_light_do() -> None:
    assert not narrative.moved(BEFORE, replace(BEFORE, as_of=date(2026, 11, 1), previous=None))
    assert narrative.moved(BEFORE, replace(BEFORE, denominator=3001))
    assert narrative.moved(BEFORE, replace(BEFORE, status="slow"))
