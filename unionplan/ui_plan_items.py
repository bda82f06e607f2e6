"""The plan's items on the page 计划与口径: all of them by their groups, each beside its sentence; one of them in full.

`?item=A3-2a` in the address opens one item: every light of the board can lead to the sentence that it answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import urlencode

import streamlit as st

from unionplan import narrative, selection, theme
from unionplan.attainment import ItemState
from unionplan.events import kind_word
from unionplan.item_words import (
    BODIES,
    counted_words,
    explanation,
    idle_words,
    kind_words,
    late_words,
    note_head,
    note_words,
    progress_words,
    target_words,
    window_words,
)
from unionplan.notes import Note, waiting
from unionplan.plan import Section
from unionplan.ui import Board, Cell, choice, download_list, heading, message, renewed, section
from unionplan.ui_plan_item import facts_html, section_of, show_item

ALL = "全部"
SHOWN = 3  # notes of one item in the list of all
HEADERS = (
    "条目", "计划", "部分", "任务", "计划原句", "承诺用语", "类型", "起止日", "目标", "责任部门", "分管领导", "状态", "状态依据",
    "进展", "逾期或连续未更新", "情况说明", "佐证材料", "记录条数",
)  # fmt: skip


def show_items(board: Board) -> None:
    """Draw the plan's items: one that the address asks for, else all that the filters leave."""
    states = {state.item.id: state for state in board.states()}
    asked = st.query_params.get("item", "")
    if asked in states:
        show_item(board, states, asked)
        return
    if asked:
        message("note", f"计划里没有条目“{asked}”，下面是全部任务。")
    _show_all(board, list(states.values()))


def _show_all(board: Board, states: Sequence[ItemState]) -> None:
    title = st.container()
    with section("filters"):
        chosen = _chosen(board, states)
    with title:
        bodies = [(name, [one for one in chosen if one.item.plan == name]) for name in selection.plans(board.plan)]
        said = [counted_words(own, name) for name, own in bodies if own]
        day = narrative.judged_on(board.today)
        heading(said[0] if said else "没有符合条件的任务", "；".join([day, *said[1:]]))
    _say_waiting(board, chosen)
    download_list("下载任务清单", HEADERS, [_row(board, one) for one in chosen], f"计划任务_{board.today:%Y%m%d}")
    kept = {name: value for name, value in st.query_params.items() if name != "item"}
    groups = [
        (part, [one for one in chosen if section_of((part,), one.item) is not None]) for part in board.plan.sections
    ]
    st.html("".join(_group_html(board, part, own, kept) for part, own in groups if own))


def _chosen(board: Board, states: Sequence[ItemState]) -> list[ItemState]:
    """The items that the reader's filters leave, in the plan's order."""
    renewed("plan", BODIES)
    renewed("department", {name: name for name in selection.departments(board.plan)}, once="dept")
    plan = choice("计划", [ALL, *selection.plans(board.plan)], key="plan").removeprefix(ALL)
    parts = {part.short: part for part in board.plan.sections if plan in ("", part.plan)}
    part = parts.get(choice("部分", [ALL, *parts], key="part"))
    department = choice("责任部门", [ALL, *dict.fromkeys(one.item.department for one in states)], key="department")
    words = dict.fromkeys(theme.STATUS[one.status].word for one in states)
    usual = [light.word for light in theme.STATUS.values() if light.word in words]
    status = choice("状态", [ALL, *dict.fromkeys(usual)], key="status")
    return [
        one for one in states
        if plan in ("", one.item.plan) and (part is None or section_of((part,), one.item) is not None)
        and department in (ALL, one.item.department) and status in (ALL, theme.STATUS[one.status].word)
    ]  # fmt: skip


def _say_waiting(board: Board, states: Sequence[ItemState]) -> None:
    """What leaders said and a meeting decided, as long as nothing was told to have been done about it."""
    items = {one.item.id: one.item for one in states}
    found = [note for note in waiting(board.notes()) if note.item in items]
    if not found:
        return
    lines = "".join(
        f'<li><a href="{item_address(note.item)}" target="_self">{escape(items[note.item].short)}</a>'
        f"<span>{escape(kind_word(items[note.item], note.kind))}　{theme.chinese_date(note.on)}</span>{escape(note.text)}</li>"
        for note in found
    )
    st.html(f'<section class="up-waiting"><h2>待落实{len(found)}件</h2><ul>{lines}</ul></section>')


def item_address(item: str, kept: Mapping[str, str] | None = None) -> str:
    """Return the address of one item of the plan, for a link from any page; `kept` stays in the address."""
    return f"plan?{escape(urlencode({**(kept or _looking_back()), 'item': item}))}"


def _looking_back() -> dict[str, str]:
    return {name: st.query_params[name] for name in ("commit", "on") if name in st.query_params}


# One line of the list, and what opens below it


def _group_html(board: Board, part: Section, states: Sequence[ItemState], kept: Mapping[str, str]) -> str:
    notes = board.notes()
    lines = "".join(_item_html(board, one, notes.get(one.item.id, ()), kept) for one in states)
    return (
        f'<section class="up-group"><h2>{escape(part.heading)}</h2>'
        f"<p>{escape(part.plan)}　{escape(part.short)}　{len(states)}项</p>{lines}</section>"
    )


def _item_html(board: Board, state: ItemState, notes: Sequence[Note], kept: Mapping[str, str]) -> str:
    item, light = state.item, theme.STATUS[state.status]
    marks = "".join(f"　{theme.MARKS[mark].sign}" for mark in state.marks if mark in theme.MARKS)
    word = f"<small>{escape(item.commitment)}</small>" if item.commitment else ""
    explained = explanation(state, notes)
    why = f"<em>{escape(explained)}</em>" if explained else ""
    recent = "".join(
        f"<li><span>{theme.chinese_date(note.on)}　{escape(note_head(item, note))}</span>{escape(note_words(item, note))}</li>"
        for note in reversed(notes[-SHOWN:])
    )
    return (
        f'<details class="up-item" id="{escape(item.id)}"><summary><span class="up-item-id">{escape(item.id)}</span>'
        f"<strong>{escape(item.short)}</strong>"
        f'<span class="up-item-light up-role-{light.role}">{theme.light(state.status)}{marks}{word}</span>'
        f'<span class="up-item-said">{escape(progress_words(state, board.today))}{why}</span></summary>'
        f'<div class="up-item-body"><blockquote>{escape(item.quote)}</blockquote>{facts_html(state)}'
        f"{f'<ol>{recent}</ol>' if recent else ''}"
        f'<p><a href="{item_address(item.id, kept)}" target="_self">全部记录、步骤和登记（共{len(notes)}条记录）</a></p></div></details>'
    )


def _row(board: Board, state: ItemState) -> tuple[str | Cell, ...]:
    item = state.item
    late = late_words(state, board.today) or idle_words(state, board.today)
    return (
        item.id, item.plan, item.section, item.name, item.quote, item.commitment, kind_words(item),
        window_words(item.start, item.end), target_words(item), item.department, item.leader, theme.light(state.status),
        state.rule, state.said, late, explanation(state, board.notes().get(item.id, ())), "、".join(state.evidence), str(len(board.notes().get(item.id, ()))),
    )  # fmt: skip
