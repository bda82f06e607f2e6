"""Union dues: sums over the same month only, growth over those that told last year, 审计 before 公布."""

import json
from datetime import date
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import PLAN_FOLDER, table_rows

from unionplan import dues_words
from unionplan.charts import PHONE, SCREEN
from unionplan.charts.dues import dues_chart
from unionplan.dues import Dues, dues, pooled
from unionplan.plan import plan_of, read_tables

PLAN = plan_of(read_tables(PLAN_FOLDER))
COLUMNS = ("reporting_unit", "as_of", "task", "current", "funds", "last_year", "audited", "published")
TOLD = """
文澜区 | 2026-09-30 | 100 | 10 | 70    | 60  | 3 | 是
文澜区 | 2026-10-31 | 100 | 12 | 82.5  | 75  | 4 | 是
朝晖区 | 2026-10-31 | 300 |    | 200.25 |    |   | 否
锦澜区 | 2026-10-31 |     |    | 50    | 40  |   | 是
青禾区 | 2026-09-30 | 80  |    | 79    | 70  | 1 | 否
"""


def frame(table=TOLD):
    rows = [dict(zip(COLUMNS, [*row, *[None] * (8 - len(row))], strict=True)) for row in table_rows(table)]
    told = pd.DataFrame(rows)
    for name in ("task", "current", "funds", "last_year"):
        told[name] = (
            told[name].map(lambda value: None if value is None or pd.isna(value) else f"{value:g}").astype("string")
        )
    told["as_of"] = pd.to_datetime(told["as_of"])
    return told.assign(period=told["as_of"].dt.strftime("%Y-%m"))


def of(rows, unit):
    return next(row for row in rows if row.unit == unit)


def test_a_unit_stands_with_its_newest_return_and_every_unit_of_the_plan_stands():
    rows = dues(frame(), PLAN)
    assert [row.unit for row in rows] == [unit.name for unit in PLAN.units]
    assert (of(rows, "文澜区").total, of(rows, "文澜区").rate) == (Fraction("82.5"), Fraction("82.5") / 100)
    assert of(rows, "文澜区").growth == Fraction("82.5") / 75 - 1
    assert of(rows, "丰澜市") == Dues("丰澜市")


def test_what_is_told_later_than_the_day_looked_at_is_not_known():
    assert of(dues(frame(), PLAN, date(2026, 9, 30)), "文澜区").total == 70


def test_the_sums_are_over_the_units_that_told_task_and_sum_for_the_newest_month():
    city = pooled(dues(frame(), PLAN))
    assert (city.as_of, city.units, city.task, city.total) == (
        date(2026, 10, 31),
        ("文澜区", "朝晖区"),
        400,
        Fraction("282.75"),
    )
    assert {"锦澜区", "青禾区", "丰澜市"} <= set(city.missing)
    assert (city.now, city.before) == (Fraction("82.5"), 75)


def test_an_audit_comes_before_its_publication():
    city = pooled(dues(frame(), PLAN))
    assert (city.audited, city.published, city.early) == (("文澜区",), ("文澜区",), ("锦澜区",))
    assert dues_words.audit(of(dues(frame(), PLAN), "锦澜区")) == "未填审计，已公布，请核对"
    assert dues_words.audit(of(dues(frame(), PLAN), "朝晖区")) == "未审计"
    assert dues_words.audit(of(dues(frame(), PLAN), "文澜区")) == "已审计4家，已公布"


def test_the_conclusion_says_sum_rate_and_growth():
    city = pooled(dues(frame(), PLAN))
    assert (
        dues_words.conclusion(city)
        == "截至2026年10月31日，工会经费累计收缴282.75万元，完成年度任务的70.7%，比上年同期增长10.0%"
    )
    assert dues_words.counted(city) == (
        "按2个单位汇总，10个单位没有同月数据，未计入。审计：1个单位已审计，其中1个已公布结果；锦澜区未填审计却已公布，请核对。"
    )


def test_nothing_told_has_no_sum_and_a_sum_without_a_task_has_no_rate():
    assert pooled(dues(frame().iloc[:0], PLAN)) is None
    city = pooled(dues(frame("文澜区 | 2026-10-31 | | | 50"), PLAN))
    assert dues_words.conclusion(city) == "截至2026年10月31日，没有单位同时填报年度任务和累计收缴"


@pytest.mark.parametrize(
    ("value", "words"), [("1234.5", "1,234.5"), ("0", "0"), ("0.005", "0.01"), ("-3.25", "-3.25"), ("100", "100")]
)
def test_an_amount_is_written_with_at_most_two_decimals(value, words):
    assert dues_words.amount(Fraction(value)) == words


AMOUNTS = st.none() | st.decimals(0, 9_999, places=2).map(Fraction)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS), min_size=1, max_size=12))
def test_the_citys_rate_lies_between_those_of_its_units(told):
    rows = [Dues(str(n), date(2026, 10, 31), task, None, total, before) for n, (task, total, before) in enumerate(told)]
    city = pooled(rows)
    rates = [row.rate for row in rows if row.rate is not None]
    assert len(city.units) == len(rates)
    assert set(city.units) | set(city.missing) == {row.unit for row in rows}
    if rates:
        assert min(rates) <= city.total / city.task <= max(rates)


def test_every_unit_of_the_picture_has_a_bar_or_a_remark_and_never_both():
    rows = dues(frame(), PLAN)
    for profile in (SCREEN, PHONE):
        figure = dues_chart(rows, {}, title="标题", subtitle="副题", source="来源", note="口径", profile=profile)
        bars = [shape for shape in figure.layout.shapes if shape.name == "bar"]
        remarks = [note.text for note in figure.layout.annotations if note.name == "remark"]
        assert (len(bars), len(remarks)) == (3, 9)
        assert remarks.count("未填年度任务") == 1
        assert len(figure.data[0].hovertext) == len(rows)


def test_hidden_names_are_hidden_in_the_picture_too():
    rows = [Dues("文澜区<b>", date(2026, 10, 31), Fraction(100), None, Fraction(120))]
    words = {"title": "标题", "subtitle": "副题", "source": "来源", "note": "口径", "profile": SCREEN}
    assert "文澜区" not in dues_chart(rows, {"文澜区<b>": "单位1"}, **words).to_json()
    assert "文澜区<b>" not in json.loads(dues_chart(rows, {}, **words).to_json())["data"][0]["hovertext"][0]
