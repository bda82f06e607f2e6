"""One item of the plan in full: its sentence, the light and its rule, steps or periods, all notes, the form below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from html import escape

import streamlit as st

from unionplan import theme
from unionplan.attainment import ItemState
from unionplan.events import Standing, standings
from unionplan.item_words import (
    PERIOD_ROLES,
    PERIOD_STATES,
    after_words,
    kind_words,
    note_head,
    note_source,
    note_words,
    period_reason,
    progress_words,
    target_words,
    window_words,
)
from unionplan.notes import Note, waiting
from unionplan.plan import Item, Section
from unionplan.states import told_standings
from unionplan.ui import Board, Cell, download, download_list, heading, message, note_line, subtitle, table
from unionplan.ui_plan_write import write_form

NOTE_HEADERS = ("日期", "类别", "内容", "佐证材料", "填写人", "登记时间")
LONG = 60  # letters of a value that are shown at once


def show_item(board: Board, states: Mapping[str, ItemState], number: str) -> None:
    """Draw one item of the plan, whose number is known, with everything that was told of it."""
    state = states[number]
    item = state.item
    _ways(list(states), number)
    heading(f"{item.id}　{item.name}", _part(board, item))
    _say_light(board, state)
    st.html(f'<blockquote class="up-quote">{escape(item.quote)}</blockquote>{facts_html(state)}')
    if state.row is not None:
        _to_figures(board, state)
    told = board_standings(board).get(number)
    one = told or next((bare for bare in standings(board.plan, (), board.today) if bare.item.id == number), None)
    if one is not None:
        _steps(states, one)
    if told is not None:
        _periods(told)
    _say_waiting(board, number)
    _notes(board, item)
    write_form(board, item, one)


def board_standings(board: Board) -> Mapping[str, Standing]:
    """Return plan item → where it stands by events and notes, shared like the board's other results."""
    activities = board.store.activities(board.commit)
    return board.shared(("standings",), lambda: told_standings(board.outlook(), activities, board.notes()))


def facts_html(state: ItemState) -> str:
    """Return what the plan says of an item and what is known of it, as a list of names and values."""
    pairs = "".join(f"<dt>{escape(name)}</dt><dd>{_clamped(text)}</dd>" for name, text in facts(state) if text)
    return f'<dl class="up-facts">{pairs}</dl>'


def _clamped(text: str) -> str:
    """A value as HTML; a long one shows two lines until it is opened."""
    if len(text) <= LONG:
        return escape(text)
    return f'<details class="up-clamp"><summary>{escape(text)}</summary></details>'


def facts(state: ItemState) -> list[tuple[str, str]]:
    """Return (name, value), a value "" where there is none."""
    item = state.item
    return [
        ("状态依据", state.rule), ("任务", item.name), ("目标", target_words(item)), ("类型", kind_words(item)),
        ("起止日", window_words(item.start, item.end)), ("承诺用语", item.commitment), ("责任部门", item.department),
        ("分管领导", item.leader), ("佐证材料", "、".join(state.evidence)), ("任务来源", item.source), ("说明", item.note),
    ]  # fmt: skip


def _ways(numbers: Sequence[str], number: str) -> None:
    """Back to the list as it was filtered, and to the items before and after."""
    place = numbers.index(number)
    others = {"上一项": numbers[place - 1] if place else "", "下一项": (numbers[place + 1 :] or [""])[0]}
    kept = {name: value for name, value in st.query_params.items() if name != "item"}
    with st.container(horizontal=True, key="up-ways"):
        st.page_link("pages/plan.py", label="全部任务", query_params=kept)
        for label, other in others.items():
            if other:
                st.page_link("pages/plan.py", label=f"{label} {other}", query_params={**kept, "item": other})


def _part(board: Board, item: Item) -> str:
    part = section_of(board.plan.sections, item)
    return f"{item.plan}　{part.heading if part else item.section}"


def section_of(sections: Sequence[Section], item: Item) -> Section | None:
    """Return the part of the plan that an item stands in; some are told apart by number."""
    own = [part for part in sections if (part.plan, part.key) == (item.plan, item.section)]
    return next((part for part in own if part.number in ("", item.number)), None)


def _say_light(board: Board, state: ItemState) -> None:
    light = theme.STATUS[state.status]
    marks = "".join(
        f"　{theme.MARKS[mark].sign}（{theme.MARKS[mark].meaning}）" for mark in state.marks if mark in theme.MARKS
    )
    st.html(
        f'<p class="up-verdict"><strong class="up-role-{light.role}">{theme.light(state.status)}{marks}</strong>'
        f"<span>{escape(progress_words(state, board.today))}</span></p>"
    )


def _to_figures(board: Board, state: ItemState) -> None:
    row = state.row
    assert row is not None
    asked = {"indicator": board.plan.indicators[row.indicator].name, "scope": theme.SCOPE_SHORT[row.scope]}
    kept = {name: st.query_params[name] for name in ("commit", "on") if name in st.query_params}
    st.page_link("pages/coverage.py", label="看这项指标：趋势、各单位和还差的企业", query_params={**kept, **asked})


# Steps and periods


def _steps(states: Mapping[str, ItemState], one: Standing) -> None:
    if not one.steps:
        return
    items = {number: state.item for number, state in states.items()}
    waits = after_words(one.item, items, all(states[n].status == "done" for n in one.item.after if n in states))
    subtitle("步骤")
    if waits:
        note_line(f"{waits}。")
    rows = [(step.name, _step_light(step.event is not None, step.planned_on, one.today), _day(step.planned_on),
             _day(step.event.done_on if step.event else None), step.event.evidence if step.event else "") for step in one.steps]  # fmt: skip
    table(("步骤", "状态", "计划时间", "完成日期", "佐证材料"), rows, caption="步骤")
    for event, why in one.uncounted:
        note_line(f"未计入：{_day(event.done_on)} {event.step or event.name}，{why}。")


def _step_light(done: bool, planned: date | None, today: date) -> Cell:
    if done:
        return Cell("● 已完成", "attained")
    if planned and planned < today:
        return Cell(f"■ {theme.overdue((today - planned).days)}", "behind")
    return Cell("○ 未完成", "unreported")


def _periods(one: Standing) -> None:
    if not one.periods:
        return
    subtitle("各期")
    rows = [
        (period.label, Cell(PERIOD_STATES[period.state], PERIOD_ROLES[period.state]), _day(period.last), period_reason(period),
         "、".join(dict.fromkeys(filter(None, (event.evidence for event in period.events)))))
        for period in one.periods
    ]  # fmt: skip
    table(("期次", "状态", "最后一天", "完成日期或未开展原因", "佐证材料"), rows, caption="各期")


def _day(day: date | None) -> str:
    return theme.chinese_date(day) if day else theme.NONE


# Notes


def _say_waiting(board: Board, number: str) -> None:
    for note in waiting({number: board.notes().get(number, ())}):
        kind = "领导批示" if note.kind == "instruction" else "议定事项"
        message("ask", f"待落实　{theme.chinese_date(note.on)}{kind}：{note.text}")


def _notes(board: Board, item: Item) -> None:
    """Every note, newest first, with its files."""
    notes = list(reversed(board.notes().get(item.id, ())))
    subtitle(f"记录{len(notes)}条")
    if not notes:
        note_line("还没有记录。任务进展表（在“数据更新”上传）和本页登记的记录都列在这里。")
        return
    for place, note in enumerate(notes):
        _note(board, item, note, len(notes) - place)
    rows = [
        (_day(note.on), note_head(item, note), note_words(item, note), note.proof, note_source(note), note.at)
        for note in notes
    ]
    download_list("下载记录", NOTE_HEADERS, rows, f"{item.id}记录_{board.today:%Y%m%d}")


def _note(board: Board, item: Item, note: Note, number: int) -> None:
    source = "　".join(filter(None, (note_source(note), f"佐证：{note.evidence}" if note.evidence else "")))
    st.html(
        f'<article class="up-note-line"><h3>{theme.chinese_date(note.on)}　{escape(note_head(item, note))}</h3>'
        f"<p>{escape(note_words(item, note))}</p><footer>{escape(source)}</footer></article>"
    )
    if note.files:
        with st.container(horizontal=True, key=f"up-files-{item.id}-{number}"):
            for place, (digest, name) in enumerate(note.files):
                download(
                    name,
                    partial(board.store.upload, digest),
                    name,
                    "application/octet-stream",
                    key=f"proof-{item.id}-{number}-{place}",
                )
