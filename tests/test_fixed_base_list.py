"""The list of missing enterprises under a fixed base: both numbers in one sentence, and none where they are the same."""

from datetime import date

import pytest
import streamlit as st

from tests.test_terms import CLERK, JUNE, OCTOBER, ONE, told
from tests.test_terms_page import html, shown
from unionplan import coverage_words
from unionplan.terms import revise_settings

ASKED = {"indicator": "工资集体协商推行面", "scope": "非公有制", "show": "未覆盖"}
SAID = (
    "名单按现有底数列出：应推行120家，未覆盖75家；完成率和差额按2026年6月30日的核定底数计算：应推行100家，未覆盖55家。"
)


@pytest.fixture
def city(store, monkeypatch):
    """A unit with 30 of 100 enterprises in June and 45 of 120 in October."""
    told(store, ONE, JUNE, 30, 100)
    told(store, ONE, OCTOBER, 45, 120)
    monkeypatch.setenv("UNIONPLAN_STORE", str(store.root))
    st.cache_resource.clear()
    yield store
    st.cache_resource.clear()


def fix(store, day):
    revise_settings(store, store.head(), {"base_rule": "fixed", "base_date": day}, "市里核定", CLERK)


def test_the_list_says_what_its_base_is_and_what_the_gap_stands_on(city):
    assert "核定底数计算" not in html(shown("pages/coverage.py", **ASKED))
    fix(city, "2026-06-30")
    text = html(shown("pages/coverage.py", **ASKED))
    assert SAID in text
    assert "未推行75家" in text


def test_nothing_is_said_where_both_bases_are_the_same(city):
    fix(city, "2026-10-31")
    assert "核定底数计算" not in html(shown("pages/coverage.py", **ASKED))


def test_more_covered_than_the_fixed_base_leaves_none_missing(city):
    wage = city.plan(1).indicators["wage"]
    said = coverage_words.bases_apart(wage, date(2026, 6, 30), 120, 100, 110)
    assert said.endswith("应推行100家，未覆盖0家。")
    assert "应推行120家，未覆盖10家；" in said
