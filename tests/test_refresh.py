"""The refresh page: several files at once, each its own commit, forms and names remembered, every word checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from unionplan import uploads
from unionplan.store import Store

ROOT = Path(__file__).parent.parent
LEDGER = """
企业台账（2026年10月31日）
统计编码 | 单位名称 | 填报单位 | 企业状态 | 单位类别 | 控股情况 | 职工人数 | 是否建会 | 厂务公开
'0001 | 甲厂 | 文澜区 | 存续 | 私营企业 | 私人控股 | 30 | 是 | 是
'0002 | 乙厂 | 文澜区 | 存续 | 私营企业 | 私人控股 | 20 | 是 | 否
"""


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[AppTest]:
    """The refresh page over an empty store, patient enough to wait for every reading."""
    monkeypatch.setenv("UNIONPLAN_TODAY", "2026-11-05")
    monkeypatch.setenv("UNIONPLAN_STORE", str(tmp_path / "store"))
    monkeypatch.setattr(uploads, "PATIENCE", 120)
    st.cache_resource.clear()
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    page.run().switch_page("pages/refresh.py").run()
    page.text_input(key="who").set_value("王芳")
    yield page
    st.cache_resource.clear()


@pytest.fixture
def store(app: AppTest, tmp_path: Path) -> Store:
    """The store behind the page."""
    return Store(tmp_path / "store")


def shown(app: AppTest) -> str:
    """All that the page says, tags taken out."""
    assert not app.exception
    html = "\n".join(block.proto.body for block in app.get("html") if "<style" not in block.proto.body)
    text = re.sub(r"<[^>]+>", " ", re.sub(r"<script>.*?</script>", "", html, flags=re.S))
    assert "本页出错了" not in text
    return re.sub(r"[ \t]+", " ", text)


def drop(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    """Drop files and wait for the page."""
    app.get("file_uploader")[0].set_value([(name, data, "") for name, data in files])
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    """Press the one button with this label."""
    [button] = [button for button in app.button if button.label == label]
    assert not button.disabled
    button.click()
    app.run()
    return app.run()


def test_a_file_is_looked_at_confirmed_and_in(app: AppTest, store: Store, workbook: Callable[[str], bytes]) -> None:
    drop(app, ("企业台账2026年10月.xlsx", workbook(LEDGER)))
    text = shown(app)
    assert "本表识别为企业台账" in text or "识别为企业台账" in text
    assert "统计时点 2026年10月31日，涉及“文澜区”：新增 2 家。" in text
    press(app, "确认入库")
    assert "已入库：第 2 次更新。" in shown(app)
    assert store.head() == 2
