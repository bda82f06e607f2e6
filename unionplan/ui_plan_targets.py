"""Targets on the page 计划与口径: those in force, a form to revise one, every revision with the board before and after."""

from __future__ import annotations

import streamlit as st

from unionplan import theme
from unionplan.access import Person
from unionplan.plan import Row, plan_key
from unionplan.terms import OPEN_COLUMNS, revise_target
from unionplan.ui import Board, choice, listing, note_line, open_section
from unionplan.ui_plan_forms import DAY, form, known_revisions, may_change, page_link, say_done, show_history

HEADERS = ("条目", "任务", "目标值", "起始日", "截止日", "责任部门", "分管领导", "任务来源", "备注")
COUNTED = ("比率", "计数")
HINTS = {"目标值": "如 90%", "起始日": DAY, "截止日": DAY, "节点目标": "如 2026-09-30:45%；2026-10-31:47%"}


def show_targets(board: Board) -> None:
    """Draw the targets in force, the form to revise one, and what was revised when, by whom and why."""
    rows = board.shared(("plan rows",), lambda: board.store.tables(board.commit)["plan"])
    city = [row for row in rows if not row["责任单位"]]
    counted = sorted(
        (row for row in city if row["类型"] in COUNTED and row["目标值"]), key=lambda row: COUNTED.index(row["类型"])
    )
    listing("现行目标", HEADERS, [_line(row) for row in counted], f"现行目标_{board.today:%Y%m%d}")
    if may_change(board) and open_section("修订目标", "修订一项", "revise"):
        _revise(board, city)
    say_done("target")
    found = [one for one in known_revisions(board) if one.table == "plan"]
    show_history(board, f"修订记录：{len(found)}处", found, "目标修订记录", "目标还没有修订过。")


def _line(row: Row) -> tuple[str, ...]:
    days = (row[name] or ("未设定" if name == "截止日" else theme.NONE) for name in ("起始日", "截止日"))
    return (
        row["条目编号"], _name(row), _goal(row), *days,
        *(row[name] or theme.NONE for name in ("责任部门", "分管领导", "任务来源", "备注")),
    )  # fmt: skip


def _goal(row: Row) -> str:
    unit = "" if row["目标值"].endswith("%") else row["计量单位"]
    return f"{row['目标值']}{unit}"


def _revise(board: Board, rows: list[Row]) -> None:
    """One row at a time; the plan's sentence stands beside it and cannot be changed."""
    row = choice("条目", rows, key="target", format=_called)
    note_line(f"计划原句（不可改动）：{row['计划原句']}")

    def act(says: dict[str, str], reason: str, person: Person) -> str:
        done = revise_target(board.store, board.commit, plan_key(row), says, reason, person)
        return f"已修订{_called(row)}：第 {done} 次更新。"

    with form(board, "target", "确认修订", act, "-".join(plan_key(row))) as filled:
        for first in range(0, len(OPEN_COLUMNS), 3):
            for place, name in zip(st.columns(3), OPEN_COLUMNS[first : first + 3], strict=False):
                filled.text(place, name, name, row[name], HINTS.get(name, ""))
    with st.container(horizontal=True):
        note_line("一次修订多项，请上传目标任务分解表（W5）；空白不改动，须写理由。")
        page_link("pages/refresh.py", "去上传")


def _called(row: Row) -> str:
    return f"{row['条目编号']} {_name(row)}"


def _name(row: Row) -> str:
    return f"{row['简称'] or row['任务']}" + (f"（{row['适用范围']}）" if row["类型"] == "比率" else "")
