"""How a change of the plan's terms is asked for on the page: fields with their present values, reason, author, one button."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from unionplan.access import Person
from unionplan.errors import UnionplanError
from unionplan.revisions import Revision, field_words, revisions, value_words
from unionplan.ui import Board, Cell, choice, listing, message, moment, note_line

DAY = "如 2026-12-31"
HISTORY = ("日期", "次数", "对象", "项目", "原", "新", "理由", "经办人")
SHOWN = 30


@dataclass(frozen=True)
class Form:
    """A form that is being filled in; its keys change with the commit, so that a change empties it."""

    board: Board
    name: str
    says: dict[str, str] = field(default_factory=dict)

    def text(self, place: Any, key: str, label: str, value: str, hint: str = "", *, long: bool = False) -> None:
        """Draw one text field with its present value and note what is written there."""
        draw = place.text_area if long else place.text_input
        said = draw(label, value, key=self._key(key), placeholder=hint)
        self.says[key] = str(said or "").strip()

    def select(self, place: Any, key: str, label: str, value: str, words: Mapping[str, str]) -> None:
        """Draw a list of what the field may be."""
        options = list(dict.fromkeys([value, *words]))
        self.says[key] = place.selectbox(
            label, options, key=self._key(key), format_func=lambda one: words.get(one, one)
        )  # fmt: skip

    def _key(self, key: str) -> str:
        return f"{self.name}-{self.board.commit}-{key}"


@contextmanager
def form(
    board: Board, kind: str, label: str, act: Callable[[dict[str, str], str, Person], str], row: str = ""
) -> Iterator[Form]:
    """Draw a form; what stands inside fills it in. On its button `act` (says, reason, person) commits and says so.

    `row` tells forms of one kind apart.
    """
    name = f"{kind}-{row}"
    with st.form(f"{name}-{board.commit}", border=False, enter_to_submit=False):
        filled = Form(board, name)
        yield filled
        places = st.columns(2)
        reason = str(places[0].text_input("理由（必填）", key=f"{name}-{board.commit}-reason") or "")
        who = board.person.name or str(places[1].text_input("经办人（必填）", key=f"{name}-{board.commit}-who") or "")
        sample = board.plan.settings.sample
        pressed = st.form_submit_button(label, type="primary", disabled=sample)
        if sample:
            st.caption("示例数据只供查看，请先点“开始使用”。")
    if pressed:
        _acted(kind, lambda: act(filled.says, reason, replace(board.person, name=who.strip())))


def _acted(kind: str, act: Callable[[], str]) -> None:
    try:
        st.session_state[f"done-{kind}"] = act()
    except UnionplanError as error:
        message("error", str(error))
        return
    st.rerun()


def say_done(kind: str) -> None:
    """Say once what was last committed by a form of this kind."""
    words = st.session_state.pop(f"done-{kind}", "")
    if words:
        message("ok", words)


def may_change(board: Board) -> bool:
    """Return whether changes are offered at all: not while looking back, nor to who may only read."""
    return board.person.may_write and not board.looking_back


def known_revisions(board: Board) -> list[Revision]:
    """Return every revision up to the commit that is looked at, newest first; shared by all who look."""
    return board.shared(("revisions",), lambda: revisions(board.store, board.commit))


def page_link(page: str, label: str, query: dict[str, str] | None = None) -> None:
    """Draw a link to a page of the menu."""
    st.page_link(page, label=label, query_params=query or {})


def show_history(board: Board, title: str, found: Sequence[Revision], name: str, empty: str) -> None:
    """Draw revisions as a list to take along, and the board before and after one of them as links."""
    if not found:
        note_line(empty)
        return
    listing(title, HISTORY, [_line(one) for one in found], f"{name}_{board.today:%Y%m%d}", shown=SHOWN)
    numbers = list(dict.fromkeys(one.commit for one in found))
    number = choice("查看修订前后的看板", numbers, key=f"rev_{name}", format="第{}次更新".format)
    with st.container(horizontal=True):
        page_link("app.py", f"第{number}次更新之前", {"commit": str(number - 1)})
        page_link("app.py", f"第{number}次更新之后", {"commit": str(number)})


def _line(one: Revision) -> tuple[str | Cell, ...]:
    old, new = value_words(one, one.old), value_words(one, one.new)
    return (
        Cell(moment(one.at), "moment"), f"第{one.commit}次", "设置" if one.table == "settings" else one.whose, field_words(one), old, new,
        one.note or "—", one.who,
    )  # fmt: skip
