"""What a rate would be if no contract were renewed: bars from nought, what is lost beside them, the target in place."""

from dataclasses import replace
from datetime import date

import pytest
from figures import assert_legible, shapes, texts
from test_lists import DAY, PLAN, WAGE

from unionplan import coverage_words
from unionplan.attainment import Outlook, attainments
from unionplan.charts import PHONE, SCREEN, SLIDE
from unionplan.charts.expiry import expiry
from unionplan.store.door import made_cube

WORDS = {"title": "90天内到期", "subtitle": "若不续签，%", "source": "数据来源：企业台账", "note": "以台账为准"}
NOW = next(
    row
    for row in attainments(Outlook(made_cube({}, {}, PLAN.indicators), PLAN, date(2026, 11, 5)), "scope", "wage")
    if row.scope == "non_public"
)


def row(numerator, denominator, target_bp=5_000):
    need = None if target_bp is None else -(-target_bp * denominator // 10_000)
    reached = need is not None and numerator >= need
    return replace(NOW, as_of=DAY, numerator=numerator, denominator=denominator, target_bp=target_bp, need=need,
                   attained=reached, status="attained" if reached else "behind")  # fmt: skip


@pytest.mark.parametrize("profile", [SCREEN, PHONE, SLIDE], ids=lambda p: p.kind)
@pytest.mark.parametrize("figure", [(520, 1000), (123_456, 200_000), (1, 1), (0, 3)])
def test_each_row_is_a_bar_from_nought_and_what_is_lost_ends_where_the_bar_of_now_ends(profile, figure):
    covered, base = figure
    ending = {30: 0, 60: covered // 4, 90: covered // 2}
    drawn = expiry(row(*figure), ending, WAGE, profile=profile, **WORDS)
    if profile.height is None:
        assert_legible(drawn, profile)
    tracks, bars, lost = (shapes(drawn, name) for name in ("track", "bar", "lost"))
    whole = tracks[0].x1 - tracks[0].x0
    left = [covered, covered, covered - covered // 4, covered - covered // 2]
    assert [(bar.x1 - bar.x0) / whole * base for bar in bars] == pytest.approx(left)
    assert [bar.x1 for bar in lost] == pytest.approx([bars[0].x1] * len(lost))
    assert len(lost) == sum(value > 0 for value in ending.values())
    [goal] = shapes(drawn, "target")
    assert (goal.x0 - tracks[0].x0) / whole == pytest.approx(0.5)


def test_the_light_of_each_row_is_judged_in_whole_enterprises():
    drawn = expiry(row(51, 100), {30: 1, 60: 2, 90: 3}, WAGE, profile=SCREEN, **WORDS)
    assert texts(drawn, "light") == ["● 达标", "● 达标", "◇ 未达标", "◇ 未达标"]
    assert texts(drawn, "value") == ["51.0", "50.0", "49.0", "48.0"]
    assert texts(drawn, "gone") == ["—", "1", "2", "3"]


def test_without_a_target_there_is_neither_mark_nor_light():
    drawn = expiry(row(51, 100, None), {30: 1, 60: 2, 90: 3}, WAGE, profile=SCREEN, **WORDS)
    assert shapes(drawn, "target") == []
    assert texts(drawn, "light") == []


def test_the_words_say_how_far_it_falls_and_when_it_falls_below():
    title = coverage_words.expiry_title(row(51, 100), WAGE, {30: 1, 60: 2, 90: 3})
    assert title == "非公有制企业工资集体协商推行面：90天内到期3家，若不续签，51.0%降为48.0%"
    assert coverage_words.falls_short(row(51, 100), {30: 1, 60: 2, 90: 3}) == "60天后将低于目标，差1家"
    assert coverage_words.falls_short(row(53, 100), {30: 1, 60: 2, 90: 3}) == ""
    assert coverage_words.falls_short(row(40, 100), {30: 1, 60: 2, 90: 3}) == ""
    none = coverage_words.expiry_title(row(51, 100), WAGE, {30: 0, 60: 0, 90: 0})
    assert none == "非公有制企业工资集体协商推行面：90天内没有合同到期"
