"""发布审核: only who may release switches it on or off, by the form, by the door, or by undoing the one who did."""

from datetime import date, datetime

import pytest
import streamlit as st
from returned import summary

from tests.test_terms_page import html, press, shown
from unionplan import gate
from unionplan.access import Person
from unionplan.errors import AccessError
from unionplan.release import released, seen_by
from unionplan.store import Change
from unionplan.terms import revise_settings

CLERK, ADMIN, VIEWER = Person("王芳", "clerk"), Person("信息员", "administrator"), Person("", "viewer")
AT = datetime(2026, 11, 3, 9)
REFUSED = "设置“发布审核”：您不是管理员。启用、停用发布审核由管理员办理。请管理员登录后修改。"


@pytest.fixture
def reviewed(store):
    """Commit 2: a summary; 3: the review is switched on; 4: a summary that waits."""
    store.append(Change("submit", "", summary("文澜区", date(2026, 10, 31), 40)), CLERK, AT)
    revise_settings(store, 2, {"release": "true"}, "先审核再公开", ADMIN)
    store.append(Change("submit", "", summary("文澜区", date(2026, 10, 31), 45)), CLERK, AT)
    return store


def refusal(act):
    with pytest.raises(AccessError) as refused:
        act()
    return str(refused.value)


@pytest.mark.parametrize("person", [CLERK, ADMIN], ids=["clerk", "administrator"])
def test_the_review_is_switched_off_by_an_administrator_only(reviewed, person):
    act = lambda: revise_settings(reviewed, 4, {"release": "false"}, "不再审核", person)  # noqa: E731
    if person.may_release:
        assert act() == 5
        assert released(reviewed) is None
        return
    assert refusal(act) == REFUSED
    assert (reviewed.head(), released(reviewed), seen_by(reviewed, VIEWER).commit) == (4, 3, 3)


def test_a_clerk_does_not_switch_it_on_either(store):
    assert refusal(lambda: revise_settings(store, 1, {"release": "true"}, "试试", CLERK)) == REFUSED


def test_a_clerk_changes_other_settings_as_before(reviewed):
    assert revise_settings(reviewed, 4, {"slow_bp": "8000"}, "与责任书一致", CLERK) == 5
    assert reviewed.plan(5).settings.release


def test_undoing_the_switch_is_switching_too(reviewed):
    assert refusal(lambda: reviewed.undo(3, CLERK, "撤销")) == REFUSED
    assert reviewed.plan(reviewed.undo(3, ADMIN, "撤销")).settings.release is False


@pytest.mark.parametrize("person", [CLERK, ADMIN], ids=["clerk", "administrator"])
def test_the_form_offers_the_switch_to_who_may_use_it(reviewed, monkeypatch, person):
    monkeypatch.setenv("UNIONPLAN_STORE", str(reviewed.root))
    monkeypatch.setattr(gate, "person", lambda root: person)
    st.cache_resource.clear()
    app = shown(part="设置", set="true")
    offered = [box.label for box in app.selectbox if box.label == "发布审核"]
    assert offered == (["发布审核"] if person.may_release else [])
    captions = [one.value for one in app.caption]
    assert ("发布审核由管理员启用、停用。" in captions) is not person.may_release
    next(one for one in app.text_input if one.label == "偏慢线（占应有增量） %").set_value("80")
    next(one for one in app.text_input if one.label == "理由（必填）").set_value("与责任书一致")
    assert "已修改设置：第 5 次更新。" in html(press(app, "确认修改设置"))
    assert reviewed.plan(5).settings.release
    st.cache_resource.clear()
