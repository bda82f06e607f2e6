"""The whole overview follows what a reader asked to see: heading, cards, chart, and the sentence where nothing is left."""

import json
import re
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from unionplan.store import Store

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def app(sample: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("UNIONPLAN_STORE", str(sample))
    st.cache_resource.clear()
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=90)


def shown(app: AppTest, **asked: str) -> str:
    for name, value in asked.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    text = "\n".join(block.proto.body for block in app.get("html"))
    assert "本页出错了" not in text
    return text


def titles(text: str) -> list[str]:
    """The titles of the headline figures, in their order."""
    return re.findall(r'<section class="up-card"><h2>(.*?)</h2>', text)


def drawn(app: AppTest) -> list[str]:
    """The indicators and scopes that the bullet chart has bars of, by what is read when they are touched."""
    picture = [one for one in app.get("plotly_chart") if "targets" in one.proto.id and "narrow" not in one.proto.id]
    texts = json.loads(picture[0].proto.spec)["data"][0].get("hovertext", []) if picture else []
    return [re.sub("<.*?>", "", re.split("<br", text)[0]) for text in texts]


def test_everything_has_the_four_usual_figures_and_ten_bars(app):
    text = shown(app)
    assert titles(text) == [
        "计划覆盖目标已达标",
        "非公有制企业工资集体协商推行面",
        "全部企业集体合同覆盖率",
        "未报送单位",
    ]
    assert len(drawn(app)) == 10
    assert "<h1>数据截至10月31日，" in text
    assert "按2026年11月5日判断，市总计划应完成1项" in text


def test_a_leader_sees_only_the_figures_that_he_is_in_charge_of(app, sample):
    text = shown(app, leader="许副主席")
    plan = Store(sample).plan(1)
    own = [one for one in plan.targets if one.leader == "许副主席"]
    assert 0 < len(own) < len(plan.targets)
    assert len(drawn(app)) == len(own)
    assert "<h1>许副主席分管的覆盖目标：数据截至10月31日，" in text
    assert titles(text)[:2] == ["市总计划任务已完成", "计划覆盖目标已达标"]
    assert f"/{sum(one.item is not None for one in own)} 项" in text


def test_a_department_without_a_rate_has_its_tasks_and_no_figure_of_others(app):
    text = shown(app, department="宣传教育部")
    assert titles(text) == ["市总计划任务已完成"]
    assert drawn(app) == []
    assert "所选范围没有覆盖指标。" in text
    assert "<h1>宣传教育部负责的市总计划" in text
    assert "未报送" not in text


def test_the_office_union_has_its_own_tasks_and_nothing_of_the_citys(app):
    text = shown(app, plan="机关工会计划")
    assert titles(text) == ["机关工会计划任务已完成"]
    assert "市总计划应完成" not in text
    assert "<h1>机关工会计划21项：" in text


def test_a_selection_that_leaves_nothing_says_so_and_what_to_do(app):
    text = shown(app, leader="许副主席", department="民主管理部")
    assert titles(text) == []
    assert "<h1>所选范围没有计划任务</h1>" in text
    assert "机关工会计划21项中0项。请改选分管领导、责任部门或计划。" in text


def test_a_link_with_the_short_name_of_a_plan_shows_that_plan(app):
    assert "<h1>机关工会计划21项：" in shown(app, plan="机关工会")
