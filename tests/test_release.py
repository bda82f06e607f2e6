"""待审核 → 已发布: readers see what was released, clerks what came in, and only an administrator lets the one become the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
import streamlit as st
from returned import summary
from streamlit.testing.v1 import AppTest

from unionplan import gate
from unionplan.access import Person
from unionplan.errors import AccessError, IntakeError, UndoRefusedError, UnknownCommitError
from unionplan.release import release, released, seen_by, waiting
from unionplan.store import Change, Store

ROOT = Path(__file__).resolve().parent.parent
VIEWER, CLERK, ADMIN = Person("", "viewer"), Person("王芳", "clerk"), Person("信息员", "administrator")
AT = datetime(2026, 11, 3, 9)


def hand_in(store: Store, covered: int) -> int:
    done = store.append(Change("submit", "", summary("文澜区", date(2026, 10, 31), covered)), CLERK, AT)
    assert done
    return done


def switch(store: Store, on: bool) -> int:
    rows = [row for row in store.tables(store.head())["settings"] if row["key"] != "release"]
    rows.append({"key": "release", "value": str(on).lower()})
    done = store.append(Change("submit", "发布审核", tables={"settings": rows}), ADMIN, AT)
    assert done
    return done


@pytest.fixture
def reviewed(store: Store) -> Store:
    """Commit 2: 40 of 100; 3: the review is switched on; 4: 45 of 100, not released."""
    hand_in(store, 40)
    switch(store, on=True)
    hand_in(store, 45)
    return store


def commits(store: Store, asked: str = "") -> tuple[int, int, int]:
    viewer, clerk, admin = (seen_by(store, person, asked).commit for person in (VIEWER, CLERK, ADMIN))
    return viewer, clerk, admin


def test_without_the_review_everybody_sees_the_newest(store: Store) -> None:
    hand_in(store, 40)
    assert released(store) is None
    assert commits(store) == (2, 2, 2)
    assert seen_by(store, CLERK).notice == ""


def test_what_came_in_after_the_switch_waits_and_readers_keep_what_they_saw(reviewed: Store) -> None:
    assert commits(reviewed) == (3, 4, 4)
    assert waiting(reviewed, 3) == [4]
    assert seen_by(reviewed, VIEWER).notice == ""
    assert seen_by(reviewed, CLERK).notice == (
        "待审核：有1次更新尚未发布，查看者看到的仍是第3次更新之后的看板。请管理员在“更新记录”里发布。"
    )


def test_a_release_shows_it_to_readers_and_is_a_refresh_of_its_own(reviewed: Store) -> None:
    done = release(reviewed, 4, ADMIN, "核对无误", AT)
    last = reviewed.history()[-1]
    assert (done, last.action, last.refers, last.note, last.who) == (5, "release", 4, "核对无误", "信息员")
    assert commits(reviewed) == (4, 5, 5)
    assert seen_by(reviewed, CLERK).notice == ""
    assert reviewed.cube(5).equals(reviewed.cube(4))


def test_a_reader_sees_no_later_refresh_whatever_the_address_asks_for(reviewed: Store) -> None:
    assert commits(reviewed, "4") == (3, 4, 4)
    assert commits(reviewed, "2") == (2, 2, 2)
    assert [seen_by(reviewed, VIEWER, asked).back for asked in ("", "2", "3", "4", "九", "²")] == [False, True, False, False, False, False]  # fmt: skip


def test_the_released_board_is_judged_by_the_clock_and_an_earlier_one_by_its_own_day(reviewed: Store) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("unionplan.clock.pinned", lambda: None)
        patch.setattr("unionplan.clock.today", lambda setting=None: date(2026, 12, 24))
        assert seen_by(reviewed, VIEWER).clock == date(2026, 12, 24)
        assert seen_by(reviewed, VIEWER, "2").clock == AT.date()


def test_an_earlier_refresh_can_be_released_again(reviewed: Store) -> None:
    hand_in(reviewed, 50)
    release(reviewed, 5, ADMIN)
    release(reviewed, 4, ADMIN, "退回")
    assert commits(reviewed)[0] == 4


def test_switching_the_review_off_shows_all_and_on_again_starts_there(reviewed: Store) -> None:
    off = switch(reviewed, on=False)
    assert commits(reviewed) == (off, off, off)
    on = switch(reviewed, on=True)
    hand_in(reviewed, 60)
    assert commits(reviewed)[0] == on


@pytest.mark.parametrize("person", [VIEWER, CLERK], ids=lambda person: person.role)
def test_only_an_administrator_releases(reviewed: Store, person: Person) -> None:
    with pytest.raises(AccessError) as refused:
        release(reviewed, 4, person)
    assert str(refused.value) == "发布第4次更新：您不是管理员。发布由管理员办理。请管理员登录后发布。"
    assert reviewed.head() == 4


def test_what_cannot_be_released_is_refused_in_a_sentence(store: Store) -> None:
    hand_in(store, 40)
    with pytest.raises(IntakeError, match=r"没有启用发布审核。入库即公开，不需要发布。"):
        release(store, 2, ADMIN)
    switch(store, on=True)
    with pytest.raises(IntakeError, match="查看者现在看到的就是它"):
        release(store, 3, ADMIN)
    with pytest.raises(IntakeError, match=r"早于启用发布审核的时候。可以发布第3次及以后的更新"):
        release(store, 2, ADMIN)
    with pytest.raises(UnknownCommitError):
        release(store, 9, ADMIN)


def test_a_release_is_not_undone(reviewed: Store) -> None:
    release(reviewed, 4, ADMIN)
    with pytest.raises(UndoRefusedError, match=r"这是发布。发布不能撤销。需要换回的，请由管理员发布另一次更新。"):
        reviewed.undo(5, CLERK, "退回")


# On the pages


@pytest.fixture
def board(reviewed: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    """A page as somebody sees it: board(person, page)."""
    monkeypatch.setenv("UNIONPLAN_STORE", str(reviewed.root))
    monkeypatch.setenv("UNIONPLAN_TODAY", "2026-11-05")
    st.cache_resource.clear()

    def opened(person: Person, page: str = "app.py", **asked: str) -> AppTest:
        monkeypatch.setattr(gate, "person", lambda _: person)
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for name, value in asked.items():
            app.query_params[name] = value
        if page != "app.py":
            app.run()
            app.switch_page(page)
        app.run()
        assert not app.exception
        return app

    yield opened
    st.cache_resource.clear()


def text(app: AppTest) -> str:
    return "\n".join(block.proto.body for block in app.get("html"))


def test_a_reader_sees_the_released_figure_and_no_word_of_a_look_back(board: Callable[..., AppTest]) -> None:
    seen = text(board(VIEWER))
    assert "第3次更新" in seen
    assert "第4次更新" not in seen
    assert "正在回看" not in seen
    assert "待审核" not in seen


def test_a_clerk_sees_the_newest_and_that_it_waits(board: Callable[..., AppTest]) -> None:
    seen = text(board(CLERK))
    assert "第4次更新" in seen
    assert "待审核：有1次更新尚未发布" in seen


def test_the_record_of_a_reader_ends_with_what_was_released(board: Callable[..., AppTest]) -> None:
    reader, clerk = (text(board(person, "pages/history.py")) for person in (VIEWER, CLERK))
    assert "第4次" not in reader
    assert "第4次" in clerk


def test_the_administrator_releases_on_the_page_and_a_clerk_cannot(board: Callable[..., AppTest], reviewed: Store) -> None:  # fmt: skip
    clerk = board(CLERK, "pages/history.py")
    assert "查看者看到的是第3次更新之后的看板" in text(clerk)
    assert "确认发布" not in [button.label for button in clerk.button]
    app = board(ADMIN, "pages/history.py")
    [press] = [button for button in app.button if button.label == "确认发布"]
    press.click().run()
    assert released(reviewed) == 4
    assert "第4次更新" in text(board(VIEWER))


def test_a_day_shows_the_board_as_it_stood_at_its_end(store: Store) -> None:
    for day, covered in ((3, 40), (5, 41)):
        at = datetime(2026, 11, day, 9)
        store.append(Change("submit", "", summary("文澜区", date(2026, 10, 31), covered)), CLERK, at)
    seen = [seen_by(store, CLERK, "", date(2026, 11, day)) for day in (3, 4, 5)]
    assert [one.commit for one in seen] == [2, 2, 3]
    assert [one.clock for one in seen] == [date(2026, 11, 3), date(2026, 11, 4), date(2026, 11, 5)]
    assert seen[0].back
    assert seen_by(store, CLERK, "", date(2020, 1, 1)).commit == 1
    assert seen_by(store, CLERK, "3", date(2026, 11, 3)).commit == 3


def test_a_day_shows_a_reader_nothing_that_is_not_released(reviewed: Store) -> None:
    assert seen_by(reviewed, VIEWER, "", date(2026, 11, 30)).commit == 3
    assert seen_by(reviewed, CLERK, "", date(2026, 11, 30)).commit == 4
