"""The overview's plan wall, attention list, comparison, filters and links, as a browser would get them."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from unionplan.access import Person
from unionplan.plan import read_tables
from unionplan.store import Store

ROOT = Path(__file__).parent.parent
SAID = "两名候选人材料须补正，已通知推荐单位。（经济工作部，2026年11月3日）"


@pytest.fixture(scope="module")
def city(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample city; departments have explained two of its red lights."""
    return Path(shutil.copytree(sample, tmp_path_factory.mktemp("overview") / "demo"))


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, city: Path) -> Iterator[AppTest]:
    monkeypatch.delenv("UNIONPLAN_TODAY", raising=False)
    monkeypatch.setenv("UNIONPLAN_STORE", str(city))
    st.cache_resource.clear()
    yield AppTest.from_file(str(ROOT / "app.py"), default_timeout=90)
    st.cache_resource.clear()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[AppTest]:
    """The overview of a store into which nothing has come."""
    monkeypatch.setenv("UNIONPLAN_TODAY", "2026-11-05")
    monkeypatch.setenv("UNIONPLAN_STORE", str(tmp_path / "store"))
    Store.opened(tmp_path / "store", read_tables(ROOT / "data" / "plan"), Person("王经办"))
    st.cache_resource.clear()
    yield AppTest.from_file(str(ROOT / "app.py"), default_timeout=90)
    st.cache_resource.clear()


def _open(app: AppTest, **asked: str) -> AppTest:
    for name, value in asked.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert "本页出错了" not in _html(app)
    return app


def _html(app: AppTest) -> str:
    return "\n".join(block.proto.body for block in app.get("html"))


def _table(app: AppTest, caption: str) -> list[list[str]]:
    """The rows of the table whose caption begins so, without its head; [] where there is none."""
    found = [block.proto.body for block in app.get("html") if f'aria-label="{caption}' in block.proto.body]
    rows = re.findall(r"<tr>(.*?)</tr>", found[0], re.S)[1:] if found else []
    return [[re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]


def _wall(app: AppTest) -> list[str]:
    """The names that the wall's tiles have for touching, of the picture for desks."""
    picture = next(one for one in app.get("plotly_chart") if "wall" in one.proto.id and "narrow" not in one.proto.id)
    texts = json.loads(picture.proto.spec)["data"][0].get("hovertext", [])
    return [re.findall("<b>(.*?)</b>", text)[0] for text in texts]


def test_every_item_of_the_plan_is_on_the_wall_and_in_its_list_with_a_link(app: AppTest, city: Path) -> None:
    _open(app)
    plan = Store(city).plan(1)
    assert [re.sub("&.*?;", "", name) for name in _wall(app)] == [re.sub("[<>&]", "", item.name) for item in plan.items]
    lines = _table(app, "逐项清单：67项")
    assert [line[-1] for line in lines] == [item.id for item in plan.items]
    assert [line[7] for line in lines] == [item.quote for item in plan.items]
    assert all(f'href="plan?item={item.id}"' in _html(app) for item in plan.items)


def test_the_list_can_be_taken_along(app: AppTest) -> None:
    _open(app)
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels.count("下载逐项清单") == 1
    assert labels.count("下载本表") == 2  # what needs attention, the sentences


def test_what_is_late_stands_first_with_what_the_department_says(app: AppTest) -> None:
    rows = _table(_open(app), "需要关注")
    behind = [row for row in rows if row[1] == "■ 滞后"]
    assert rows[: len(behind)] == behind
    [item] = [row for row in rows if row[0] == "市第二届劳动模范、先进工作者评比表彰"]
    assert (item[1], item[3], item[4]) == ("■ 滞后", "经济工作部", SAID)
    assert item[2].startswith("逾期16天；共3步，已完成1步")
    assert all(row[4] == "尚无情况说明" or re.search("，2026年[0-9]+月[0-9]+日）$", row[4]) for row in behind)
    assert [row[1] for row in rows if row[0] == "交通产业工会"] == ["○ 未报"]
    lapsing = [row[2] for row in rows if row[1] == "▲ 合同临期"]
    assert len(lapsing) == 4
    assert all(re.search(r"30天内\d+家、60天内\d+家、90天内\d+家；若不续签，90天后", words) for words in lapsing)
    silent = _table(app, "连续未更新超过60天")
    assert all(re.match(r"◆ 连续未更新\d+天", row[1]) for row in silent)
    assert [row for row in rows if "连续未更新" in row[1]] == []


def test_the_period_before_is_compared_in_words(app: AppTest) -> None:
    text = _html(_open(app))
    assert "按2026年11月5日判断，市总计划应完成1项，已完成1项。" in text
    assert re.search("按11个单位汇总。其他任务滞后[0-9]+项：.*市劳模评选表彰", text)
    said = r"与9月30日相比：计划覆盖目标达标\d+项，.*?；10项比率.*?；市总计划其他任务已完成\d+项，.*?；机关工会计划已完成\d+项，"
    assert re.search(said, text)
    assert [row[4].startswith("较9月30日") for row in _table(app, "逐项对照计划原文：10项")] == [True] * 10


def test_a_leaders_link_shows_what_he_is_in_charge_of_in_wall_attention_and_sentences(app: AppTest, city: Path) -> None:
    _open(app, leader="许副主席")
    plan = Store(city).plan(1)
    own = [item for item in plan.items if item.leader == "许副主席"]
    assert len(own) == len(_wall(app)) == len(_table(app, f"逐项清单：{len(own)}项"))
    assert f"所选范围：市总计划46项中{len(own)}项，机关工会计划21项中0项。" in _html(app)
    departments = {row[3] for row in _table(app, "需要关注")} - {""}
    assert "权益保障部" in departments <= {"权益保障部", "法律工作部"}
    assert len(_table(app, "逐项对照计划原文")) == sum(t.leader == "许副主席" for t in plan.targets)


def test_filters_hold_together_and_what_nobody_has_is_said(app: AppTest) -> None:
    _open(app, leader="许副主席", department="民主管理部")
    assert _wall(app) == []
    assert "所选范围：市总计划46项中0项，机关工会计划21项中0项。" in _html(app)
    assert "所选范围没有需要关注的事项。" in _html(app)
    assert _table(app, "逐项对照计划原文") == []


def test_the_office_alone_has_its_own_items_and_nothing_of_the_citys(app: AppTest, city: Path) -> None:
    _open(app, plan="机关工会计划")
    plan = Store(city).plan(1)
    assert len(_wall(app)) == sum(item.plan == "机关工会计划" for item in plan.items) == 21
    assert _table(app, "需要关注") == []
    assert "交通产业工会" not in [row[0] for row in _table(app, "机关工会计划需要关注")]


def test_words_in_the_address_that_are_no_option_ask_for_nothing(app: AppTest) -> None:
    assert len(_wall(_open(app, leader="无此人", department="无此部门", plan="无此计划"))) == 67


def test_a_filter_without_names_in_the_plan_is_not_shown(bare: AppTest) -> None:
    labels = [box.label for box in _open(bare).selectbox]
    assert "责任部门" in labels
    assert "我分管的" not in labels


def test_without_data_the_wall_shows_the_plan_and_nobody_is_blamed(bare: AppTest) -> None:
    text = _html(_open(bare))
    assert len(_wall(bare)) == 67
    assert "需要关注" not in text
    assert "应完成" not in text
    assert "相比" not in text


def test_one_box_leads_to_the_search_of_an_enterprise(app: AppTest) -> None:
    text = _html(_open(app, on="2026-10-31"))
    assert '<form class="up-find" action="coverage" method="get"' in text
    assert '<input type="hidden" name="on" value="2026-10-31">' in text
    assert 'name="q"' in text


def test_where_names_are_hidden_no_enterprise_is_looked_up(app: AppTest) -> None:
    assert '<form class="up-find"' not in _html(_open(app, hide="true"))


def test_links_keep_the_day_that_is_looked_back_to(app: AppTest) -> None:
    assert 'href="plan?on=2026-10-31&amp;item=A1-7"' in _html(_open(app, on="2026-10-31"))


def test_changing_a_filter_counts_no_figure_again(app: AppTest, city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _open(app)
    counted: list[object] = []
    monkeypatch.setattr("unionplan.attainment.figures", lambda *given: counted.append(given))
    monkeypatch.setattr("unionplan.states.standings", lambda *given: counted.append(given))
    app.selectbox(key="leader").set_value("陈副主席").run()
    assert "本页出错了" not in _html(app)
    assert len(_wall(app)) == sum(item.leader == "陈副主席" for item in Store(city).plan(1).items)
    assert counted == []


def test_the_list_as_a_file_has_every_column_as_text(app: AppTest) -> None:
    from unionplan.export.csv_lists import csv_bytes
    from unionplan.ui import Cell
    from unionplan.ui_wall import HEADERS

    rows = csv_bytes(HEADERS, [[cell.text for cell in (Cell("=甲"), *[Cell("乙")] * 8)]])
    [head, line] = list(csv.reader(io.StringIO(rows.decode("utf-8-sig"))))
    assert (tuple(head), line[0]) == (HEADERS, "'=甲")
