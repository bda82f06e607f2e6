"""The page 会议材料 fills a unit's own Word template, and says why where it cannot."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import docx
import pytest
import streamlit as st
from returned import summary
from streamlit.testing.v1 import AppTest

from unionplan import gate
from unionplan.access import Person
from unionplan.export.occasion import Occasion
from unionplan.export.own_template import sample_template
from unionplan.store import Change, Store
from unionplan.ui_meeting_template import DONE

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def page(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The page over one figure, its chart chosen."""
    figures = summary("文澜区", date(2026, 10, 31), 42)
    store.append(Change("submit", "", figures), Person("王芳", "clerk"), datetime(2026, 11, 3, 9))
    monkeypatch.setenv("UNIONPLAN_STORE", str(store.root))
    monkeypatch.setenv("UNIONPLAN_TODAY", "2026-11-05")
    monkeypatch.setattr(gate, "person", lambda _: Person("", "local"))
    st.cache_resource.clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["show"] = "scopes-wage"
    yield app.switch_page("pages/meeting.py").run()
    st.cache_resource.clear()


def fill(app: AppTest, name: str, data: bytes) -> AppTest:
    app.get("file_uploader")[0].set_value((name, data, ""))
    app.run()
    app.button(key="fill-own").click().run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return "\n".join(block.proto.body for block in app.get("html"))


def test_the_sample_template_comes_back_filled(page):
    template = sample_template(Occasion(date(2026, 11, 5)))
    app = fill(page, "本区汇报.docx", template)
    name, made = app.session_state[DONE]
    assert name == "本区汇报_20261105.docx"
    assert "已按模板生成：本区汇报_20261105.docx" in said(app)
    words = "\n".join(one.text for one in docx.Document(io.BytesIO(made)).paragraphs)
    assert "{{" not in words
    assert "数据截至2026年10月31日" in words


def test_a_template_with_an_unknown_variable_is_refused_by_name(page):
    document = docx.Document()
    document.add_paragraph("{{ 建议 }}")
    out = io.BytesIO()
    document.save(out)
    assert "自备模板：用了没有的变量 建议。可用的变量：标题、会议名称、" in said(
        fill(page, "模板.docx", out.getvalue())
    )


def test_a_file_that_is_no_document_is_refused(page):
    assert "自备模板：不是 Word 文档（.docx），或者文件已损坏。" in said(
        fill(page, "模板.docx", b"PK\x03\x04 nonsense")
    )
