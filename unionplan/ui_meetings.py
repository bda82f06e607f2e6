"""The view 上会定稿 of the page 更新记录: the figures told to meetings, what was corrected since, what people wrote to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from unionplan import theme
from unionplan.errors import UnionplanError
from unionplan.meetings import (
    Correction,
    Figure,
    Meeting,
    corrections,
    freeze,
    meetings_of,
    recounted,
    remark,
    remarks_of,
)
from unionplan.ui import Board, Cell, choice, heading, listing, message, moment, note_line, subtitle, table

FIGURES = ("指标", "统计时点", "完成值", "目标", "还差", "状态", "现为")
CORRECTED = ("指标", "定稿", "更正为", "原因", "经办人", "更正于", "更新")
MEETINGS = ("会议", "会议日期", "看板", "数据截至", "定稿人", "定稿于", "此后更正", "说明")
REMARKS = ("事项", "原因", "措施", "填写人", "填写于")
WHOLE = "整体情况"


def show_meetings(board: Board) -> None:
    """Draw the meetings, one of them in full, and the form that freezes the board as it is seen."""
    known = held(board)
    heading("上会定稿", _title(known))
    if known:
        with st.spinner("正在与现在的数对照"):
            for one in known:
                changed(board, one)
        _list(board, known)
        name = choice("查看一次会议", [one.name for one in known], key="meeting")
        _show(board, next(one for one in known if one.name == name))
    _offer(board)


def held(board: Board) -> list[Meeting]:
    """Return the meetings whose figures are frozen, the last one held first; shared by all who look."""
    history = board.store.history()[: board.commit]
    return board.shared(("meetings",), lambda: meetings_of(board.store.meetings(board.commit), history))


def changed(board: Board, meeting: Meeting) -> list[Correction]:
    """Return what was corrected in a meeting's figures up to the refresh that is looked at."""
    history = board.store.history()[: board.commit]
    make = lambda: corrections(meeting, history, lambda commit: recounted(board.store, meeting, commit))  # noqa: E731
    return board.shared(("corrections", meeting.name), make)


def _title(known: Sequence[Meeting]) -> str:
    if not known:
        return "向会议报告的数在这里定稿：定稿后不再改动；数据后来有更正的，对照列出定稿数、更正数、原因和经办人。"
    last = known[0]
    return f"已定稿{len(known)}次会议，最近一次是{theme.chinese_date(last.held_on)}的{last.name}。定稿后不再改动，更正另列。"


def _list(board: Board, known: Sequence[Meeting]) -> None:
    lines = [
        (
            one.name, theme.chinese_date(one.held_on), f"第{one.commit}次更新", _day(one.as_of), one.who,
            Cell(moment(one.at), "moment"), f"{len(changed(board, one))}处" if changed(board, one) else "无", one.note or theme.NONE,
        )
        for one in known
    ]  # fmt: skip
    listing("已定稿的会议", MEETINGS, lines, f"上会定稿_{board.today:%Y%m%d}")


def _show(board: Board, meeting: Meeting) -> None:
    """One meeting: its figures beside what they are now, its items, its corrections, its remarks."""
    found = changed(board, meeting)
    now = {one.told.key: one.after for one in found}
    rows = [_line(figure, now.get(figure.key)) for figure in meeting.figures]
    listing(f"{meeting.name}　定稿的主要指标", FIGURES, rows, f"{meeting.name}定稿", numeric=(4,))
    note_line(_items(meeting))
    st.page_link(
        "app.py", label="打开当时的看板",
        query_params={"commit": str(meeting.commit), "on": meeting.judged_on.isoformat()},
    )  # fmt: skip
    _corrections(meeting, found)
    show_remarks(board, meeting)


def _line(told: Figure, now: Figure | None) -> tuple[str | Cell, ...]:
    light = Cell(theme.light(told.status), theme.STATUS[told.status].role)
    goal = theme.NONE if told.target_bp is None else f"{theme.target_percent(told.target_bp)}%"
    gap = theme.NONE if not told.gap else f"{theme.count(told.gap)}{told.measure}"
    after = "未变" if now is None or now.words == told.words else f"{now.words}，已更正"
    return told.label, _day(told.as_of), told.words, goal, gap, light, after


def _items(meeting: Meeting) -> str:
    counts = meeting.counts
    parts = [f"{theme.STATUS[status].word}{counts[status]}项" for status in theme.STATUS if counts[status]]
    return f"计划任务共{len(meeting.items)}项：{'，'.join(parts)}。"


def _corrections(meeting: Meeting, found: Sequence[Correction]) -> None:
    if not found:
        note_line("定稿以后，这些数没有更正。")
        return
    lines = [_corrected(one) for one in found]
    listing(f"定稿以后的更正（{len(found)}处）", CORRECTED, lines, f"{meeting.name}更正")


def _corrected(one: Correction) -> tuple[str | Cell, ...]:
    commit = one.commit
    files = "、".join(file.name for file in commit.files)
    reason = "；".join(filter(None, (commit.note, files))) or f"{theme.ACTION_WORDS[commit.action]}（未写说明）"
    after = one.after.words if one.before.words == one.told.words else f"{one.before.words} → {one.after.words}"
    return (
        one.told.label, one.told.words, after, reason, commit.who, Cell(moment(commit.at), "moment"), f"第{commit.id}次",
    )  # fmt: skip


def _day(day: date | None) -> str:
    return theme.chinese_date(day) if day else theme.NONE


def show_remarks(board: Board, meeting: Meeting) -> None:
    """Draw what people wrote, and room to write more; nothing is filled in for them."""
    written = remarks_of(board.store.remarks(board.commit), meeting.name)
    subtitle("原因和措施")
    if written:
        lines = [(one.about, one.reason or theme.NONE, one.measures or theme.NONE, one.who, Cell(moment(one.at), "moment")) for one in written]  # fmt: skip
        table(REMARKS, lines, caption="原因和措施")
    else:
        note_line("还没有填写。")
    if not _may(board) or board.looking_back:
        return
    with st.expander("填写原因和措施"), st.form(f"remark-{meeting.name}", border=False, clear_on_submit=True):
        about = st.selectbox("事项", [WHOLE, *(one.label for one in meeting.figures)], key="remark-about")
        reason, measures = st.text_area("原因", key="remark-reason"), st.text_area("措施", key="remark-measures")
        who = board.person.name or st.text_input("填写人", key="remark-who")
        if st.form_submit_button("保存"):
            _done(lambda: remark(board.store, meeting, about, reason, measures, replace(board.person, name=who)))


def _offer(board: Board) -> None:
    """The form that freezes what this reader sees now, also when looking back."""
    if not _may(board):
        return
    with st.expander("把现在看到的数定稿"), st.form("freeze", border=False):
        data = f"，数据截至{theme.chinese_date(board.on)}" if board.on else ""
        message(
            "note",
            f"将第{board.commit}次更新之后的看板{data}的主要指标和任务状态定稿。同一名称只能定稿一次，定稿后不能改动、不能撤销。",
        )
        name = st.text_input("会议名称", key="freeze-name")
        held_on = st.date_input("会议日期", value=None, format="YYYY-MM-DD", key="freeze-day")
        note = st.text_input("说明（可不填）", key="freeze-note")
        who = board.person.name or st.text_input("定稿人", key="freeze-who")
        if st.form_submit_button("定稿"):
            _done(lambda: _freeze(board, name, held_on, who, note))


def _freeze(board: Board, name: str, held_on: object, who: str, note: str) -> None:
    day, person = held_on if isinstance(held_on, date) else None, replace(board.person, name=who)
    freeze(board.store, name, day, board.commit, board.outlook(), board.states(), person, note)


def _may(board: Board) -> bool:
    return board.person.may_write and not board.plan.settings.sample


def _done(act: object) -> None:
    """Do what a form asks for; what stands in the way is said under it."""
    assert callable(act)
    try:
        act()
    except UnionplanError as error:
        message("error", str(error))
        return
    st.rerun()
