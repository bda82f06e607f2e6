"""计划与口径, second half, as a reader and a clerk have it: what is in force, what a form commits, what older links show."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.test_terms import CLERK, JUNE, OCTOBER, ONE, SEPTEMBER, THREE, TWO, told
from unionplan.periods import start_period
from unionplan.plan import PLAN_COLUMNS
from unionplan.store import Change

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def city(store, monkeypatch):
    """A store with three units' ledgers whose board is at hand."""
    for unit, covered in ((ONE, 30), (TWO, 50), (THREE, 60)):
        for step, day in enumerate((JUNE, SEPTEMBER, OCTOBER)):
            told(store, unit, day, covered + 5 * step, 100)
    monkeypatch.setenv("UNIONPLAN_STORE", str(store.root))
    st.cache_resource.clear()
    yield store
    st.cache_resource.clear()


def shown(page="pages/plan.py", **asked):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in ({"view": "目标与口径"} | asked).items():
        app.query_params[name] = value
    app.switch_page(page).run()
    assert not app.exception
    assert "本页出错了" not in html(app)
    return app


def html(app):
    return "\n".join(block.proto.body for block in app.get("html"))


def field(app, label):
    return next(one for one in app.text_input if one.label == label)


def press(app, label):
    next(one for one in app.button if one.label == label).click()
    app.run()
    assert not app.exception
    return app


def revise(app, **says):
    for label, text in says.items():
        field(app, label.removesuffix("_") + ("（必填）" if label.endswith("_") else "")).set_value(text)
    return press(app, "确认修订")


TARGET = {"part": "目标", "revise": "true", "target": "A4-3c 非公企业工资协商（非公有制企业）"}


def test_a_target_is_revised_on_the_page_with_reason_and_author(city):
    app = revise(shown(**TARGET), 目标值="55%", 理由_="常委会决定", 经办人_="李经办")
    last = city.history()[-1]
    assert (last.note, last.who, last.action) == ("常委会决定", "李经办", "revise")
    assert "已修订A4-3c 非公企业工资协商（非公有制企业）：第 11 次更新。" in html(app)
    assert all(word in html(app) for word in ("50%", "55%", "常委会决定", "李经办", "建库以来修订1次"))
    before, after = (shown("app.py", commit=str(commit)) for commit in (10, 11))
    assert "目标55%" in html(after) or "55%目标" in html(after)
    assert "55%" not in html(before)


def test_the_reason_and_the_author_are_asked_for_and_nothing_is_written_without(city):
    assert "修订目标：没有写明理由。每次修订都要写明理由。请填写理由。" in html(revise(shown(**TARGET), 目标值="55%"))
    assert "经办人：没有填写姓名" in html(revise(shown(**TARGET), 目标值="55%", 理由_="调整"))
    assert "“目标值”列：“五成”。" in html(revise(shown(**TARGET), 目标值="五成", 理由_="调整", 经办人_="李"))
    assert city.head() == 10


def test_looking_back_offers_no_change(city):
    assert not [one for one in shown(commit="5", **TARGET).button if one.label == "确认修订"]


def test_every_indicator_has_a_card_with_its_definition(city):
    app = shown(part="口径")
    for one in city.plan(city.head()).indicators.values():
        assert one.name in html(app)
        assert one.numerator in html(app)
        assert one.denominator in html(app)


def test_a_definition_is_revised_on_the_page(city):
    app = shown(part="口径", redefine="true", indicator="工资集体协商推行面")
    next(one for one in app.text_area if one.label == "分母").set_value("存续的全部企业数")
    next(one for one in app.selectbox if one.label == "底数").select("active")
    field(app, "理由（必填）").set_value("上级口径")
    field(app, "经办人（必填）").set_value("李经办")
    app = press(app, "确认修订口径")
    assert city.plan(city.head()).indicators["wage"].base == "active"
    assert "口径修订记录：2处" in html(app)
    compared = shown(part="比较", met="2026-11-05")
    assert "口径不同，不作比较" not in html(compared)  # the meeting is of the day of the change, known with it


def test_settings_are_changed_on_the_page_in_the_words_of_the_reader(city):
    app = shown(part="设置", set="true")
    field(app, "偏慢线（占应有增量） %").set_value("80")
    next(one for one in app.selectbox if one.label == "序时规则").select("nodes")
    field(app, "理由（必填）").set_value("与责任书一致")
    field(app, "经办人（必填）").set_value("李经办")
    app = press(app, "确认修改设置")
    settings = city.plan(city.head()).settings
    assert (settings.slow_bp, settings.pace) == (8000, "nodes")
    assert "设置修改记录：2处" in html(app)
    assert "分月节点" in html(app)


def test_comparisons_stand_in_a_table_with_the_figure_of_then(city):
    text = html(shown(part="比较"))
    assert "提高5.0个百分点（51.7%）" in text
    assert "当时未报" in text
    assert "还没有上会定稿" in text
    assert "其他日期：“十月”。日期写作 2026-10-15。请改正。" in html(shown(part="比较", met="十月"))


def hand_down(store, *shares):
    rows = store.tables(store.head())["plan"]
    whole = next(row for row in rows if row["条目编号"] == "A4-3c")
    own = [{**whole, "责任单位": unit, "目标值": goal} for unit, goal in shares]
    assert set(own[0]) == set(PLAN_COLUMNS)
    store.append(Change("submit", "分解", tables={"plan": [*rows, *own]}), CLERK)


def test_every_unit_sees_its_own_share_and_its_gap_without_a_light(city):
    hand_down(city, (ONE, "45%"), (TWO, "60%"), (THREE, "40%"))
    app = shown(part="任务分解")
    text = html(app)
    assert "各单位分解任务合计145家，全市任务150家，少5家：各单位都完成，全市也完不成" in text
    table = next(block.proto.body for block in app.get("html") if 'aria-label="任务分解' in block.proto.body)
    assert "40/100" in table
    assert not any(glyph in table for glyph in "●◆▲■◇○")


def test_without_shares_the_page_says_where_they_come_from(city):
    assert "还没有分解到单位的任务" in html(shown(part="任务分解"))


def test_an_older_period_can_be_chosen_on_every_page(city):
    start_period(city, 10, "2027年上半年", "2027-01-01", "2027-06-30", "新的计划", CLERK)
    app = shown("pages/coverage.py")
    links = [link.proto for link in app.get("page_link")]
    assert [link.query_string for link in links if link.label == "2026年下半年"] == ["commit=10"]
    assert "2027年上半年（正在看）" in [link.label for link in links]
    old = shown("pages/plan.py", commit="10")
    assert "2026年下半年" in html(old)
    assert "2026年下半年（正在看）" in [link.proto.label for link in old.get("page_link")]
    assert "结转自" not in html(old)


def test_a_period_is_begun_on_the_page(city):
    app = shown(part="设置", turn="true")
    for label, text in (("名称", "2027年上半年"), ("起始日", "2027-01-01"), ("截止日", "2027-06-30")):
        field(app, label).set_value(text)
    field(app, "理由（必填）").set_value("新的计划")
    field(app, "经办人（必填）").set_value("李经办")
    app = press(app, "确认开始新的计划期")
    assert city.plan(city.head()).settings.period_name == "2027年上半年"
    assert "已开始2027年上半年（第 11 次更新）" in html(app)
    assert "回看2026年下半年" in [link.proto.label for link in app.get("page_link")]


def test_units_are_merged_on_the_page(city):
    app = shown(part="设置", merge="true")
    app.multiselect[0].set_value([ONE, TWO])
    field(app, "新单位名称").set_value("澄澜新区")
    field(app, "变更日").set_value("2026-11-01")
    field(app, "理由（必填）").set_value("区划调整")
    field(app, "经办人（必填）").set_value("李经办")
    app = press(app, "确认合并、更名")
    assert "自2026年11月1日起，文澜区、朝晖区改为澄澜新区：第 11 次更新。" in html(app)
    assert {unit.name: unit.before for unit in city.plan(11).units}["澄澜新区"] == (ONE, TWO)
    assert "有起止日的单位3个" in html(app)


def test_a_share_of_a_unit_that_the_city_does_not_count_is_left_out_of_the_sum(city):
    hand_down(city, (ONE, "50%"), (TWO, "50%"), (THREE, "50%"), ("青禾区", "50%"))
    assert "合计150家，全市任务150家，相等" in html(shown(part="任务分解"))
    assert "青禾区的数没有计入全市，不计在内" in html(shown(part="任务分解"))
