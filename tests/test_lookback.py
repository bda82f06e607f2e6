"""Looking back: a page of an earlier refresh shows what it showed when that refresh was the newest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from unionplan.demo import build
from unionplan.store import Store
from unionplan.ui import PAGES

ROOT = Path(__file__).resolve().parent.parent
LOOKED_AT = (16, 30)  # June in full, and a late ledger that moved August
SHOWN = [page.path for page in PAGES if page.path not in ("pages/refresh.py", "pages/history.py")]


class _EnoughError(Exception):
    """Stops a build after a number of commits."""


@pytest.fixture(scope="module")
def growing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, dict[str, str]]]:
    """commit → page → what it showed while that commit was the newest, over a small city; and at the end again."""
    root = tmp_path_factory.mktemp("growing") / "demo"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNIONPLAN_STORE", str(root))
        patch.setenv("UNIONPLAN_TODAY", "2026-11-05")
        then = {commit: _shown_when_newest(root, commit) for commit in LOOKED_AT}
        build(root, print, 240)
        assert Store(root).head() > max(LOOKED_AT)
        yield then


def _shown_when_newest(root: Path, commit: int) -> dict[str, str]:
    def say(words: str) -> None:
        if Store(root).head() >= commit:
            raise _EnoughError(words)

    with pytest.raises(_EnoughError):
        build(root, say, 240)
    assert Store(root).head() == commit
    return {page: _shown(page, None) for page in SHOWN}


def _shown(page: str, commit: int | None) -> str:
    """Everything on a page but the frame: texts, tables and figures."""
    st.cache_resource.clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    if commit is not None:
        app.query_params["commit"] = str(commit)
    app.run()
    if page != "app.py":
        app.switch_page(page).run()
    assert not app.exception
    texts = [block.proto.body for block in app.get("html") if "up-asof" not in block.proto.body]
    figures = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    return "\n".join([*texts, json.dumps(figures, ensure_ascii=False, sort_keys=True)])


@pytest.mark.parametrize("page", SHOWN)
@pytest.mark.parametrize("commit", LOOKED_AT)
def test_looking_back_shows_what_the_page_showed_then(
    growing: dict[int, dict[str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, page: str, commit: int
) -> None:
    then = growing[commit][page]
    assert "本页出错了" not in then
    assert len(then) > 2_000
    assert _shown(page, commit) == then


@pytest.mark.parametrize("page", SHOWN)
def test_the_newest_page_shows_something_else(growing: dict[int, dict[str, str]], page: str) -> None:
    assert _shown(page, None) != growing[LOOKED_AT[-1]][page]
