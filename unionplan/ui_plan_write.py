"""The form below one item of the plan: what no table carries, one note one commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from unionplan import clock
from unionplan.errors import UnionplanError
from unionplan.events import Standing, keeps_files, kind_word, measures
from unionplan.evidence_files import KINDS, MEGABYTES
from unionplan.intake.fields import readings
from unionplan.item_words import skipped
from unionplan.notes import Note
from unionplan.observations import Field
from unionplan.plan import Item
from unionplan.remarks import kinds_for, write
from unionplan.ui import Board, may_write, message, note_line, subtitle

_TEXT = {
    "progress": "进展情况", "explanation": "情况说明（为什么没有完成、怎么办）", "instruction": "领导批示原文", "decision": "议定事项",
    "skip": "未开展的原因",
}  # fmt: skip
_DAY = Field("day", "日期", "date")
_CONFIRM = "核对无误的，请勾选"


def write_form(board: Board, item: Item, one: Standing | None) -> None:
    """Draw the form, where the reader may write and looks at the present."""
    if board.looking_back:
        return
    subtitle("登记")
    if not may_write("pages/plan.py", board, "登记"):
        return
    _say_done(item)
    if board.plan.settings.sample:
        note_line("示例数据只供查看，不接收登记。")
    kinds = kinds_for(item)
    kind = st.selectbox("类别", kinds, key=f"kind-{item.id}", format_func=lambda one: kind_word(item, one))
    _form(board, item, kind, one)


def _form(board: Board, item: Item, kind: str, one: Standing | None) -> None:
    turn = f"{item.id}-{kind}-{st.session_state.get('written', 0)}"
    with st.form(f"note-{turn}"):
        who = board.person.name or st.text_input("填写人", st.session_state.get("writer", ""), key=f"who-{turn}")
        day = st.text_input(_day_label(kind), f"{board.today:%Y-%m-%d}", key=f"day-{turn}")
        note = _asked(Note(item=item.id, kind=kind, on=board.today, department=item.department), item, one, turn)
        evidence = st.text_input("佐证材料名称（可不填）", key=f"evidence-{turn}", placeholder="如：会议纪要、通知")
        files = st.file_uploader(
            f"佐证文件（{'、'.join(f'.{kind}' for kind in KINDS)}，单个不超过 {MEGABYTES} MB，可不传）",
            accept_multiple_files=True, key=f"files-{turn}", max_upload_size=MEGABYTES,
        )  # fmt: skip
        confirmed = _CONFIRM in _refused(turn) and st.checkbox("已核对", key=f"sure-{turn}")
        if st.form_submit_button("登记", type="primary", disabled=board.plan.settings.sample):
            whole = replace(note, evidence=evidence or "")
            _submit(
                board,
                whole,
                day or "",
                who or "",
                [(file.name, file.getvalue()) for file in files or ()],
                bool(confirmed),
                turn,
            )
    words = _refused(turn)
    if words:
        message("ask" if _CONFIRM in words else "error", words)


def _day_label(kind: str) -> str:
    return {"cases": "截至日期", "tally": "截至日期", "step": "完成日期"}.get(kind, "日期")


def _asked(note: Note, item: Item, one: Standing | None, turn: str) -> Note:
    """The note with what its kind asks for."""
    if note.kind == "cases":
        total, done = ("应建档（份）", "已建档（份）") if keeps_files(item) else ("应办（户）", "已办（户）")
        note_line("两个数都填累计到截至日期的；确实没有的填 0，即零报告。")
        note = replace(note, total=_count(total, f"total-{turn}"), done=_count(done, f"done-{turn}"))
    elif note.kind == "tally":
        note_line("填从起始日累计到截至日期的数；确实没有的填 0，即零报告。")
        measure = st.selectbox("计量单位", measures(item), key=f"measure-{turn}")
        note = replace(note, done=_count("累计数量", f"done-{turn}"), measure=measure)
    elif note.kind == "step":
        note = replace(note, step=st.selectbox("步骤", item.steps, key=f"step-{turn}"))
    elif note.kind == "skip":
        labels = {period.key: period.label for period in (skipped(one) if one else ())}
        note = replace(
            note, step=st.selectbox("期次", list(labels), key=f"step-{turn}", format_func=lambda key: labels[key]) or ""
        )
    label = _TEXT.get(note.kind, "说明（可不填）")
    return replace(note, text=st.text_area(label, key=f"text-{turn}", height=100) or "")


def _count(label: str, key: str) -> int | None:
    value = st.number_input(label, min_value=0, step=1, value=None, key=key)
    return None if value is None else int(value)


def _submit(
    board: Board, note: Note, day: str, who: str, files: Sequence[tuple[str, bytes]], confirmed: bool, turn: str
) -> None:  # fmt: skip
    said = readings(_DAY, [day], {})[0].value
    if not isinstance(said, date):
        _refuse(turn, f"日期：“{day}”认不出来。日期写作 {board.today:%Y-%m-%d}。请改正后再登记。")
        return
    note = replace(note, on=said, done_on=said if note.kind == "step" else None)
    try:
        person = replace(board.person, name=who.strip())
        done = write(board.store, person, clock.now(board.plan.settings.clock), note, files, confirmed)
    except UnionplanError as error:
        _refuse(turn, str(error))
        if _CONFIRM in str(error):
            st.rerun()  # so that the box to confirm it stands above the button
        return
    _refuse(turn, "")
    words = (
        f"已登记：第 {done.commit} 次更新。写错的可在“更新记录”里撤销。"
        if done.commit
        else "与已有的一条完全相同，没有重复登记。"
    )
    st.session_state["noted"], st.session_state["writer"] = (note.item, words), who.strip()
    st.session_state["written"] = st.session_state.get("written", 0) + 1
    st.rerun()


def _say_done(item: Item) -> None:
    number, words = st.session_state.get("noted", ("", ""))
    if number == item.id:
        message("ok", words)


def _refused(turn: str) -> str:
    return str(st.session_state.get("refused", {}).get(f"note-{turn}", ""))


def _refuse(turn: str, words: str) -> None:
    st.session_state.setdefault("refused", {})[f"note-{turn}"] = words
