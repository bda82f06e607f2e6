"""The view 更新记录 of the page of that name: every refresh with who, when, which file, what changed; the file back, a look back, undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import streamlit as st

from unionplan import theme
from unionplan.errors import UnionplanError
from unionplan.release import release, released
from unionplan.store import Commit, Slot
from unionplan.ui import Board, Cell, choice, download, heading, listing, message, moment, note_line, table

DATASETS = {
    "ledger": "企业台账",
    "summary": "汇总表",
    "roster": "培训花名册",
    "training": "培训统计表",
    "activities": "活动台账",
    "funds": "经费收缴表",
    "progress": "任务进展表",
    "nil": "零报告",
    "notes": "任务记录",
    "meeting": "上会定稿",
    "remarks": "会议情况说明",
    "release": "发布",
    "plan": "计划",
    "sections": "计划部分",
    "indicators": "指标定义",
    "units": "填报单位表",
    "settings": "设置",
    "forms": "表样",
    "aliases": "别名",
}
HEADERS = ("次数", "时间", "经办人", "事项", "文件", "涉及", "说明")


def show_commits(board: Board) -> None:
    """Draw the list of refreshes, and one of them in full."""
    known = _commits(board)
    _tell(known)
    _offer_day(board)
    number = choice("查看一次更新", [commit.id for commit in known], key="n", format="第{}次".format)
    chosen = next(commit for commit in known if commit.id == number)
    _show(board, chosen)
    _release(board, chosen)
    _undo(board, chosen)


def _commits(board: Board) -> list[Commit]:
    """Every refresh up to the one that is looked at, newest first."""
    return list(reversed(board.store.history()[: board.commit]))


def _tell(known: Sequence[Commit]) -> None:
    """The record as a list that can be taken along."""
    heading("更新记录", f"共 {len(known)} 次更新；每次上传的原文件都原样保存，任何一次之后的看板都可以回看。")
    lines = [
        (
            f"第{c.id}次",
            Cell(moment(c.at), "moment"),
            c.who,
            _action(c),
            "、".join(f.name for f in c.files) or "—",
            _slots(c),
            c.note or "—",
        )
        for c in known
    ]
    listing("全部更新", HEADERS, lines, "更新记录")


def _offer_day(board: Board) -> None:
    """The board as it stood at the end of a day: with that day's data, targets and definitions."""
    first = datetime.fromisoformat(board.store.history()[0].at).date()
    last = max(first, board.clock)
    with st.container(horizontal=True, vertical_alignment="bottom", key="up-look-back"):
        day = st.date_input("回看某一天的看板", last, first, last, format="YYYY-MM-DD", key="look-back", width=220)
        chosen = day if isinstance(day, date) else last
        words = f"打开{theme.chinese_date(chosen)}的看板：当天的数据、目标和口径"
        st.page_link("app.py", label=words, query_params={"day": chosen.isoformat()})


def _show(board: Board, commit: Commit) -> None:
    """One refresh in full: its files byte for byte, its slots, and the board as it stood after it."""
    rows = [
        (DATASETS[e.slot.dataset], e.slot.unit or "—", theme.chinese_date(e.as_of) if e.as_of else "—",
         f"{e.rows:,}" if e.snapshot else "已清空")
        for e in commit.entries
    ]  # fmt: skip
    table(("数据", "填报单位", "统计时点", "行数"), rows, numeric=(3,), caption=f"第{commit.id}次更新的内容")
    with st.container(horizontal=True, vertical_alignment="center"):
        for number, upload in enumerate(commit.files):
            data = board.store.upload(upload.sha256)
            download(
                f"下载原文件：{upload.name}",
                data,
                upload.name,
                "application/octet-stream",
                key=f"file-{commit.id}-{number}",
            )
        st.page_link("app.py", label=f"回看第{commit.id}次更新之后的看板", query_params={"commit": str(commit.id)})


def _release(board: Board, commit: Commit) -> None:
    """Where what comes in is reviewed first: what readers see, and the administrator's way to show them another."""
    public = released(board.store)
    if public is None or not board.person.may_write or board.looking_back:
        return
    if commit.id == public:
        message("ok", f"已发布：查看者看到的是第{public}次更新之后的看板。")
        return
    note_line(f"查看者看到的是第{public}次更新之后的看板。")
    if not board.person.may_release or commit.action == "release" or board.plan.settings.sample:
        return
    with st.expander(f"发布第{commit.id}次更新"), st.form(f"release-{commit.id}", border=False):
        message("note", f"发布后，查看者看到第{commit.id}次更新之后的看板。发布记为一次新的更新，数据不变。")
        who = board.person.name or st.text_input("发布人")
        note = st.text_input("审核意见（可不填）")
        if st.form_submit_button("确认发布"):
            _released(board, commit, who, note)


def _released(board: Board, commit: Commit, who: str, note: str) -> None:
    try:
        release(board.store, commit.id, replace(board.person, name=who), note)
    except UnionplanError as error:
        message("error", str(error))
        return
    st.rerun()


def _undo(board: Board, commit: Commit) -> None:
    """The way back: a new commit that puts things as they were before, with who and why."""
    lasting = commit.id == 1 or commit.action in ("freeze", "release")
    if not board.person.may_write or board.looking_back or board.plan.settings.sample or lasting:
        return
    with st.expander(f"撤销第{commit.id}次更新"), st.form(f"undo-{commit.id}", border=False):
        message("note", "撤销会把这次更新涉及的数据恢复到更新之前，并记为一次新的更新；原来的记录和文件都保留。")
        who = board.person.name or st.text_input("经办人")
        note = st.text_input("撤销原因")
        if st.form_submit_button("确认撤销"):
            _undone(board, commit, who, note)


def _undone(board: Board, commit: Commit, who: str, note: str) -> None:
    if not (who.strip() and note.strip()):
        message("error", "请填写经办人和撤销原因。")
        return
    board.store.undo(commit.id, replace(board.person, name=who), note)
    st.rerun()


def _action(commit: Commit) -> str:
    word = theme.ACTION_WORDS[commit.action]
    return f"{word}第{commit.refers}次" if commit.refers else word


def _slots(commit: Commit) -> str:
    """What a refresh touched, dataset by dataset: 企业台账 10个单位 2026年10月."""
    touched: dict[str, list[Slot]] = {}
    for entry in commit.entries:
        touched.setdefault(entry.slot.dataset, []).append(entry.slot)
    return "、".join(_touched(DATASETS[name], slots) for name, slots in touched.items())


def _touched(word: str, slots: Sequence[Slot]) -> str:
    units = [slot.unit for slot in slots if slot.unit]
    months = sorted({slot.period for slot in slots if slot.period})
    names = "" if not units else f"{len(set(units))}个单位" if len(set(units)) > 1 else units[0]
    return " ".join(filter(None, (word, names, "、".join(f"{m[:4]}年{int(m[5:])}月" for m in months))))
