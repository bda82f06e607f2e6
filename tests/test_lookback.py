"""Looking back: a page of an earlier refresh shows what it showed when that refresh was the newest.

Over all months of the sample: what a script is told, and pages in turn, so that every page is looked at in three months
or more.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from unionplan.__main__ import main
from unionplan.demo import MONTHS, build
from unionplan.store import Store
from unionplan.ui import PAGES

ROOT = Path(__file__).resolve().parent.parent
SHOWN = [page.path for page in PAGES if page.path not in ("pages/refresh.py", "pages/history.py")]
PERIODS = [f"{month:%Y-%m}" for month in MONTHS]
ASKED = (("items",), ("attainment",), ("attainment", "--by", "scope"), ("attainment", "--by", "reporting_unit"))
LOOKED_AT = [(period, SHOWN[(place + turn) % len(SHOWN)]) for place, period in enumerate(PERIODS) for turn in (0, 2)]

_STAYING = re.compile(r'<input type="hidden" name="commit" value="\d+">|href="[^"]*"')


@pytest.fixture(scope="module")
def growing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[int, dict[str, str]]]]:
    """period → the commit that first brought its ledgers, and what was told while it was the newest, as page or command."""
    root = tmp_path_factory.mktemp("growing") / "demo"
    then: dict[str, tuple[int, dict[str, str]]] = {}

    def watch(_: str) -> None:
        store = Store(root)
        head = store.head()
        for slot in (entry.slot for entry in store.history()[head - 1].entries):
            if slot.dataset == "ledger" and slot.period not in then:
                then[slot.period] = (head, _told(root, slot.period))

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNIONPLAN_STORE", str(root))
        patch.setenv("UNIONPLAN_TODAY", "2026-11-05")
        build(root, watch, 240)
        yield then


def _told(root: Path, period: str) -> dict[str, str]:
    pages = [page for looked, page in LOOKED_AT if looked == period]
    return {**{page: _shown(page) for page in pages}, **{" ".join(words): _printed(root, words) for words in ASKED}}


def _printed(root: Path, words: tuple[str, ...], commit: int | None = None) -> str:
    out = StringIO()
    at = () if commit is None else ("--commit", str(commit))
    with redirect_stdout(out):
        assert main([*words, "--json", "--store", str(root), *at]) == 0
    return out.getvalue()


def _shown(page: str, **asked: str) -> str:
    """Everything on a page but the frame: texts, tables and figures; links but for where they lead, which is back into the same refresh."""
    st.cache_resource.clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in asked.items():
        app.query_params[name] = value
    app.run()
    if page != "app.py":
        app.switch_page(page).run()
    assert not app.exception
    texts = [block.proto.body for block in app.get("html") if "up-asof" not in block.proto.body]
    figures = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    figured = json.dumps(figures, ensure_ascii=False, sort_keys=True)
    return "\n".join([*(_STAYING.sub("", text) for text in texts), figured])


def test_the_sample_grows_over_eleven_months(growing: dict[str, tuple[int, dict[str, str]]]) -> None:
    assert list(growing) == PERIODS
    assert len(PERIODS) == 11
    assert {page for _, page in LOOKED_AT} == set(SHOWN)


@pytest.mark.parametrize("period", PERIODS)
def test_a_script_is_told_what_it_was_told_then(growing: dict[str, tuple[int, dict[str, str]]], period: str) -> None:
    commit, then = growing[period]
    for words in ASKED:
        assert _printed(Path(os.environ["UNIONPLAN_STORE"]), words, commit) == then[" ".join(words)]


@pytest.mark.parametrize(("period", "page"), LOOKED_AT)
def test_looking_back_shows_what_the_page_showed_then(
    growing: dict[str, tuple[int, dict[str, str]]], period: str, page: str
) -> None:
    commit, then = growing[period]
    assert "本页出错了" not in then[page]
    assert len(then[page]) > 2_000
    assert _shown(page, commit=str(commit)) == then[page]


@pytest.mark.parametrize("page", SHOWN)
def test_the_newest_page_shows_something_else(growing: dict[str, tuple[int, dict[str, str]]], page: str) -> None:
    earlier = next(period for period, one in LOOKED_AT if one == page)
    assert _shown(page) != growing[earlier][1][page]
