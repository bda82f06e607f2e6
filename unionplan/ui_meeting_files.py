"""The lower half of the page 会议材料: one button that has the files made, how far they have come, and those on the shelf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html import escape
from pathlib import Path

import streamlit as st

from unionplan import clock, theme
from unionplan.access import Person
from unionplan.errors import UnionplanError
from unionplan.export.formats import FORMATS
from unionplan.materials import File, Order, Pack, Workshop, may_take
from unionplan.release import released
from unionplan.ui import Board, download, may_write, message, moment, note_line, section, subtitle, switch
from unionplan.ui_meeting import Asked, way_to_screen

SHOWN = 5  # packs that are listed at first


def make(board: Board, asked: Asked) -> None:
    """Draw the way to the screen and the button that has the files made, and how far they have come."""
    subtitle("演示和生成")
    if asked.ids:
        way_to_screen(asked)
    if not may_write("pages/meeting.py", board, "生成会议材料"):
        return
    with section("filters-formats"):
        formats = _formats()
        who = board.person.name or st.text_input("经办人", key="who-makes", max_chars=20)
    order = Order(asked.ids, tuple(formats), asked.occasion)
    if st.button("生成材料", type="primary", key="make-materials"):
        _ordered(board, asked, order, replace(board.person, name=who.strip()))
    _progress(str(board.store.root))


def _formats() -> list[str]:
    words = {name: one.word for name, one in FORMATS.items()}
    said = st.pills(
        "格式", list(words), selection_mode="multi", default=list(words), format_func=words.__getitem__, key="formats",
        bind="query-params", wrap=True,
    )  # fmt: skip
    return [name for name in words if name in said]


def _ordered(board: Board, asked: Asked, order: Order, person: Person) -> None:
    if not person.name:
        message("error", "请先填写经办人：材料的清单上要写明由谁生成。")
        return
    try:
        workshop(str(board.store.root)).order(order, asked.gallery, person, clock.now(board.plan.settings.clock))
    except UnionplanError as error:
        message("error", str(error))


@st.cache_resource(show_spinner=False)
def workshop(root: str) -> Workshop:
    """Return the workshop of a store, one per process."""
    return Workshop(Path(root))


@st.fragment(run_every=1)
def _progress(root: str) -> None:
    """Bars of what is being made; when something is done, the page runs again and lists it."""
    bench = workshop(root)
    working = bench.working()
    for task in working:
        st.progress(min(task.progress, 1.0), task.stage)
    last = bench.last()
    if last is not None and last.done:
        _say(last.failure)
    seen = st.session_state.get("making", 0)
    st.session_state["making"] = len(working)
    if len(working) < seen:
        st.rerun()


def _say(failure: BaseException | None) -> None:
    if isinstance(failure, UnionplanError):
        message("error", str(failure))
    elif failure is not None:
        message("error", "材料没有生成。数据没有改动。请再试一次；仍不行请把操作步骤告诉信息员。")


# The shelf


def show_shelf(board: Board) -> None:
    """List the finished packs, each with its files to take along."""
    subtitle("已生成的材料")
    shelf = workshop(str(board.store.root)).shelf
    public = released(board.store)
    newest = board.store.head() if public is None else public
    packs = [one for one in shelf.packs() if may_take(board.person, one, newest)]
    if not packs:
        note_line("还没有生成过材料。")
        return
    every = len(packs) > SHOWN and switch(f"列出全部{len(packs)}次", "every")
    for pack in packs if every else packs[:SHOWN]:
        _pack(board, pack)


def _pack(board: Board, pack: Pack) -> None:
    shelf = workshop(str(board.store.root)).shelf
    with st.container(key=f"up-pack-{pack.id}", border=True):
        st.html(f'<h3 class="up-pack">{escape(_title(pack))}</h3>')
        note_line(f"{pack.who}　{moment(pack.at)}生成　第{pack.commit}次更新的数　{pack.exhibits}张图表")
        with st.container(horizontal=True):
            for one in pack.files:
                take = lambda one=one: shelf.read(pack, one.name)  # noqa: E731 - read when the button is pressed
                download(_label(one), take, one.name, _mime(one), key=f"take-{pack.id}-{one.format}")


def _title(pack: Pack) -> str:
    parts = [pack.meeting or "会议材料", theme.chinese_date(date.fromisoformat(pack.held_on)), pack.kind]
    return "　".join([*parts, "内部资料"] if pack.internal else parts)


def _label(one: File) -> str:
    word = FORMATS[one.format].word if one.format in FORMATS else one.format
    return f"{word}　{size_words(one.size)}"


def _mime(one: File) -> str:
    return FORMATS[one.format].mime if one.format in FORMATS else "application/octet-stream"


def size_words(size: int) -> str:
    """Return a size in bytes as an office reads it: 340 KB, 1.2 MB."""
    return f"{size / 2**20:.1f} MB" if size >= 2**20 else f"{max(1, round(size / 2**10))} KB"


__all__: Sequence[str] = ("make", "show_shelf", "size_words", "workshop")
