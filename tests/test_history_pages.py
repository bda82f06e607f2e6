"""The page 更新记录: reporting, the papers, frozen figures and what goes to the units, as they are read and asked for."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from returned import summary
from streamlit.testing.v1 import AppTest

from unionplan import gate
from unionplan.access import Person
from unionplan.meetings import meetings_of, remarks_of
from unionplan.store import Change, Store

ROOT = Path(__file__).resolve().parent.parent
LOCAL, VIEWER = Person("", "local"), Person("", "viewer")
Opened = Callable[..., AppTest]


@pytest.fixture
def city(store: Store) -> Store:
    """September by two units, one of them two days late; October by one. Opened in September."""
    store_at = [("文澜区", 9, 40, datetime(2026, 10, 5, 9)), ("朝晖区", 9, 30, datetime(2026, 10, 12, 9)), ("文澜区", 10, 42, datetime(2026, 11, 3, 9))]  # fmt: skip
    for unit, month, covered, at in store_at:
        day = date(2026, month, 30 if month == 9 else 31)
        store.append(Change("submit", "", summary(unit, day, covered)), Person("王芳"), at)
    return store


@pytest.fixture
def history(city: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """The page as somebody sees it: history(view, person, address)."""
    monkeypatch.setenv("UNIONPLAN_STORE", str(city.root))
    monkeypatch.setenv("UNIONPLAN_TODAY", "2026-11-05")
    monkeypatch.setattr("unionplan.ui_reporting.datetime", _Opened)
    st.cache_resource.clear()

    def opened(view: str, person: Person = LOCAL, **asked: str) -> AppTest:
        monkeypatch.setattr(gate, "person", lambda _: person)
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for name, value in {"view": view, **asked}.items():
            app.query_params[name] = value
        app.switch_page("pages/history.py").run()
        assert not app.exception
        assert "本页出错了" not in text(app)
        return app

    yield opened
    st.cache_resource.clear()


class _Opened(datetime):
    """The stores of tests are made on the day of the test; this one has been open since September."""

    @classmethod
    def fromisoformat(cls, _: str) -> datetime:
        return datetime(2026, 9, 1)


def text(app: AppTest) -> str:
    return "\n".join(block.proto.body for block in app.get("html"))


def rows(app: AppTest, caption: str) -> list[list[str]]:
    """The cells of the table that begins with this caption, without its head."""
    [html] = [block.proto.body for block in app.get("html") if f'aria-label="{caption}' in block.proto.body]
    lines = re.findall(r"<tr>(.*?)</tr>", html, re.S)[1:]
    return [[re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line)] for line in lines]


def press(app: AppTest, label: str) -> AppTest:
    [button] = [one for one in app.button if one.label == label]
    return button.click().run()


def test_reporting_says_who_has_reported_who_has_not_and_who_came_late(history: Opened) -> None:
    app = history("报送情况")
    assert "截至2026年11月5日，10月台账、汇总表应报送12个单位，已报送1个，11个未报送（11月10日到期）。" in text(app)
    listed = rows(app, "报送清单")
    assert ["朝晖区", "2026年9月", "台账、汇总表", "▲ 迟报2天", "2026年10月10日", "2026年10月12日", "2", "王芳", "第3次", "—"] in listed  # fmt: skip
    assert len(listed) == 11 + 10 + 1
    assert len(app.get("plotly_chart")) == 2


def test_the_list_can_be_narrowed_by_the_address(history: Opened) -> None:
    listed = rows(history("报送情况", only="按时"), "报送清单")
    assert [row[:2] for row in listed] == [["文澜区", "2026年10月"], ["文澜区", "2026年9月"]]


def test_a_subject_that_nobody_has_reported_says_so(history: Opened) -> None:
    app = history("报送情况", what="经费收缴表")
    assert "还没有收到过经费收缴表" in text(app)
    assert len(app.get("plotly_chart")) == 0


def test_the_messages_to_the_silent_can_be_copied_for_one_month(history: Opened) -> None:
    [said] = history("报送情况", urge="2026年9月").code
    assert said.value.count("台账、汇总表尚未报送：2026年9月") == 10
    assert "文澜区：" not in said.value
    assert "请于　　月　　日前报送" in said.value
    [open_month] = history("报送情况", urge="2026年10月").code
    assert "请于2026年11月10日前报送" in open_month.value


def test_a_filter_change_reads_the_log_no_second_time(history: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    app = history("报送情况")
    monkeypatch.setattr("unionplan.ui_reporting.arrivals", _never)
    monkeypatch.setattr("unionplan.ui_reporting.reports", _never)
    app.query_params["only"] = "按时"
    app.run()
    assert "本页出错了" not in text(app)


def _never(*_: Any) -> Any:
    raise AssertionError("this was made already")


def test_what_is_neither_overdue_nor_behind_needs_no_paper(history: Opened) -> None:
    assert "没有逾期或滞后的任务" in text(history("督办单"))


def test_the_board_is_frozen_on_the_page_and_its_name_is_used_once(history: Opened, city: Store) -> None:
    app = history("上会定稿")
    app.text_input(key="freeze-name").set_value("十月调度会")
    app.date_input(key="freeze-day").set_value(date(2026, 11, 6))
    app.text_input(key="freeze-who").set_value("办公室")
    press(app, "定稿")
    [meeting] = meetings_of(city.meetings(city.head()), city.history())
    assert (meeting.name, meeting.held_on, meeting.commit, meeting.who) == (
        "十月调度会",
        date(2026, 11, 6),
        4,
        "办公室",
    )
    app = history("上会定稿")
    app.text_input(key="freeze-name").set_value("十月调度会")
    app.date_input(key="freeze-day").set_value(date(2026, 11, 6))
    app.text_input(key="freeze-who").set_value("办公室")
    assert "第5次更新已用这个名称定稿" in text(press(app, "定稿"))
    assert city.head() == 5


@pytest.fixture
def frozen(history: Opened, city: Store) -> Store:
    app = history("上会定稿")
    app.text_input(key="freeze-name").set_value("十月调度会")
    app.date_input(key="freeze-day").set_value(date(2026, 11, 6))
    app.text_input(key="freeze-who").set_value("办公室")
    press(app, "定稿")
    return city


def test_a_correction_stands_beside_what_was_told_with_reason_and_name(history: Opened, frozen: Store) -> None:
    change = Change("correct", "覆盖数填错", summary("朝晖区", date(2026, 9, 30), 36))
    frozen.append(change, Person("李明"), datetime(2026, 11, 5, 15))
    app = history("上会定稿")
    told = next(row for row in rows(app, "十月调度会") if row[0] == "非公有制企业工资集体协商推行面")
    assert told == ["非公有制企业工资集体协商推行面", "2026年10月31日", "36.0%（72/200）", "50%", "28家", "◇ 未达标·不计进度", "39.0%（78/200），已更正"]  # fmt: skip
    assert [row[:5] for row in rows(app, "定稿以后的更正")] == [
        ["非公有制企业工资集体协商推行面", "36.0%（72/200）", "39.0%（78/200）", "覆盖数填错", "李明"]
    ]


def test_reasons_and_measures_are_blank_until_somebody_writes_them(history: Opened, frozen: Store) -> None:
    app = history("上会定稿")
    assert "还没有填写。" in text(app)
    assert app.text_area(key="remark-reason").value == ""
    app.text_area(key="remark-measures").set_value("逐户上门")
    app.text_input(key="remark-who").set_value("李明")
    press(app, "保存")
    assert [one.measures for one in remarks_of(frozen.remarks(frozen.head()), "十月调度会")] == ["逐户上门"]
    assert rows(history("上会定稿"), "原因和措施")[0][:4] == ["整体情况", "—", "逐户上门", "李明"]


def test_a_reader_freezes_and_writes_nothing(history: Opened, frozen: Store) -> None:
    app = history("上会定稿", VIEWER)
    assert "十月调度会" in text(app)
    assert [button.label for button in app.button] == []
    assert frozen.head() == 5


def test_the_zip_is_made_when_asked_for_and_kept(history: Opened, city: Store) -> None:
    app = press(history("下发材料"), "生成下发材料")
    assert "12个单位的材料已生成。" in text(app)
    key, data = app.session_state["packing"]
    assert len(zipfile.ZipFile(io.BytesIO(data)).namelist()) == 12
    assert app.run().session_state["packing"][0] == key
    assert [button.label for button in app.button] == []


HEADINGS = {
    "更新记录": "更新记录",
    "报送情况": "报送情况",
    "督办单": "没有逾期或滞后的任务",
    "上会定稿": "上会定稿",
    "下发材料": "打包下发",
}


@pytest.mark.parametrize("view", HEADINGS)
def test_every_view_has_a_link(view: str, history: Opened) -> None:
    assert f"<h1>{HEADINGS[view]}</h1>" in text(history(view))
