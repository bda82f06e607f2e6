"""Every page, run as Streamlit runs it but without a browser: what it says, and how little it works on a rerun."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import duckdb
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from unionplan.demo import build
from unionplan.store import snapshots
from unionplan.store.door import Store

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pages") / "demo"
    build(root, print)
    return root


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, sample: Path) -> Iterator[AppTest]:
    yield from _app(monkeypatch, sample)


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[AppTest]:
    yield from _app(monkeypatch, tmp_path / "store")


def _app(monkeypatch: pytest.MonkeyPatch, root: Path) -> Iterator[AppTest]:
    monkeypatch.setenv("UNIONPLAN_STORE", str(root))
    st.cache_resource.clear()
    yield AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    st.cache_resource.clear()


def _html(app: AppTest) -> str:
    return "\n".join(block.proto.body for block in app.get("html"))


def test_the_overview_draws_the_sample_with_its_conclusion_and_every_sentence_of_the_plan(app: AppTest) -> None:
    app.run()
    text = _html(app)
    assert not app.exception
    assert "截至10月31日，" in text
    assert "1个单位未报送（交通产业工会），按11个单位汇总" in text
    assert "国有及其控股企业推行面达90%上" in text
    assert "示例数据" in text
    assert len(app.get("plotly_chart")) == 2


def test_the_overview_of_an_empty_store_says_what_to_do(empty: AppTest) -> None:
    empty.run()
    assert not empty.exception
    assert "还没有数据，请先在“数据更新”上传企业台账" in _html(empty)
    assert "填报单位 12 个，均未报送" in _html(empty)


def test_an_earlier_commit_shows_what_was_known_then(app: AppTest) -> None:
    app.query_params["commit"] = "2"
    app.run()
    assert "正在回看第2次更新（2026年7月6日 09:12）之后的看板。" in _html(app)
    assert "截至6月30日" in _html(app)
    assert "数据过期" not in _html(app)


def test_the_refresh_page_offers_templates_and_takes_nothing_while_looking_back(app: AppTest) -> None:
    app.query_params["commit"] = "2"
    app.run().switch_page("pages/refresh.py").run()
    assert not app.exception
    assert "正在回看以前的数据，不能更新。请先点上面的“回到最新”。" in _html(app)


def test_the_refresh_page_asks_for_name_and_files(empty: AppTest) -> None:
    empty.run().switch_page("pages/refresh.py").run()
    assert not empty.exception
    assert empty.text_input(key="who").label == "经办人"
    assert [button.proto.label for button in empty.get("download_button")] == [
        "下载模板：企业台账",
        "下载模板：填报单位表",
    ]


def test_the_history_page_lists_every_refresh_and_offers_the_file_back(app: AppTest) -> None:
    app.run().switch_page("pages/history.py").run()
    assert not app.exception
    assert "澄澜市企业台账2026年10月.xlsx" in _html(app)
    assert any("下载原文件：澄澜市企业台账2026年10月.xlsx" in b.proto.label for b in app.get("download_button"))


def test_a_file_is_previewed_confirmed_and_undone_on_the_pages(empty: AppTest, tmp_path: Path) -> None:
    from datetime import date

    from unionplan.demo import workbook
    from unionplan.plan import plan_of, read_tables

    units = plan_of(read_tables(ROOT / "data" / "plan")).units
    empty.run().switch_page("pages/refresh.py").run()
    empty.get("file_uploader")[0].set_value(("企业台账2026年10月.xlsx", workbook(units, date(2026, 10, 31)), ""))
    empty.text_input(key="who").set_value("王芳")
    empty.run()
    assert "没有发现问题" in _html(empty) or "已处理" in _html(empty)
    [confirm] = [button for button in empty.button if button.label == "确认入库"]
    assert not confirm.disabled
    confirm.click().run()
    assert "已入库：第 2 次更新。" in _html(empty)
    assert Store(tmp_path / "store").head() == 2


def test_the_coverage_page_shows_one_indicator_over_time_by_unit_and_its_definition(app: AppTest) -> None:
    app.query_params["indicator"], app.query_params["scope"] = "工资集体协商推行面", "非公有制"
    app.run().switch_page("pages/coverage.py").run()
    assert not app.exception
    text = _html(app)
    assert "非公有制企业工资集体协商推行面" in text
    assert "口径卡：工资集体协商推行面" in text
    assert "交通产业工会" in text
    assert len(app.get("plotly_chart")) == 6


def test_the_coverage_page_of_an_empty_store_stands(empty: AppTest) -> None:
    empty.run().switch_page("pages/coverage.py").run()
    assert not empty.exception
    assert "本页出错了" not in _html(empty)


def test_a_rerun_parses_nothing_and_scans_nothing_again(app: AppTest) -> None:
    app.run()
    connect, parquet = duckdb.connect, snapshots.pq.read_table
    with (
        patch.object(duckdb, "connect", side_effect=connect) as scans,
        patch.object(snapshots.pq, "read_table", side_effect=parquet) as parses,
    ):
        app.query_params["type"] = "非公有制"
        app.run()
    assert not app.exception
    assert scans.call_count == 0
    assert parses.call_count == 0


def test_a_store_that_cannot_be_opened_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for app in _app(monkeypatch, tmp_path / "file"):
        app.run()
        assert not app.exception
        assert "打不开" in _html(app)
