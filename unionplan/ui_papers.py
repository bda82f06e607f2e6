"""The papers that go out from the page 更新记录: 催报单 to who has not reported, 督办单 for what is overdue or behind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from unionplan import reporting_words as words
from unionplan import theme
from unionplan.attainment import ItemState
from unionplan.export.supervision import Case, cases, figures, supervision_paper, window
from unionplan.export.urging import Urging, office, urging_paper, urging_text
from unionplan.narrative import CITY_PLAN
from unionplan.reporting import Report, silent
from unionplan.ui import Board, Cell, choice, download, heading, listing, message, note_line, subtitle, switch

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ALL = "全部未报月份"
ITEMS = ("条目", "任务", "计划原句", "责任部门", "完成时限", "状态", "逾期天数", "完成情况", "情况说明")


def urge(board: Board, subject: str, rows: Sequence[Report]) -> None:
    """Draw who is asked to report, of one month or of all: as text to be copied and as a paper."""
    missing = silent(rows)
    subtitle("催报单")
    if not missing:
        note_line("没有未报送的单位，不需要催报。")
        return
    periods = sorted({row.period for row in missing}, reverse=True)
    wanted = choice("催报月份", [ALL, *periods], key="urge", format=lambda one: one if one == ALL else words.month(one))
    own = [row for row in missing if wanted in (ALL, row.period)]
    asked = _urging(board, subject, rows, own, _by(own, board.today, f"{subject}-{wanted}"))
    note_line("下面的文字点右上角的图标可以复制。")
    st.code(urging_text(asked), language=None, wrap_lines=True)
    name = f"{words.SUBJECT_WORDS[subject]}催报单_{board.today:%Y%m%d}.docx"
    download("下载催报单（Word）", lambda: urging_paper(asked), name, WORD, key="urging")


def _by(own: Sequence[Report], today: date, key: str) -> date | None:
    """The day to report by: the due day while it is open, else the office's to choose; blank leaves room to write it."""
    due = max(row.due for row in own)
    chosen = st.date_input("请于何日前报送（留空则由人填写）", value=due if due >= today else None, format="YYYY-MM-DD", width=320, key=f"by-{key}")  # fmt: skip
    return chosen if isinstance(chosen, date) else None


def _urging(board: Board, subject: str, rows: Sequence[Report], own: Sequence[Report], by: date | None) -> Urging:
    contacts = {unit.name: (unit.contact, unit.phone) for unit in board.plan.units}
    return Urging(subject, own, rows, contacts, by, office(board.plan.settings.city), board.today)


def show_supervision(board: Board) -> None:
    """Draw what is overdue or behind, with a sheet for each as a paper."""
    others = switch("包括机关工会计划", key="own")
    plans = {state.item.plan for state in board.states()} if others else {CITY_PLAN}
    found = cases(board.states(), board.notes(), board.today, tuple(plans))
    heading(_title(found), "逐项列出计划原句、责任部门、完成情况；未完成原因、下步措施和签收留给责任部门填写。")
    if not found:
        message("ok", "没有逾期或滞后的任务，不需要督办。")
        return
    name = f"督办清单_{board.today:%Y%m%d}"
    listing("逾期和滞后的任务", ITEMS, [_line(board, case) for case in found], name, numeric=(6,))
    _sheets(board, found)


def _title(found: Sequence[Case]) -> str:
    counts = {status: sum(case.state.status == status for case in found) for status in ("overdue", "behind")}
    parts = [f"{count}项任务{theme.STATUS[status].word}" for status, count in counts.items() if count]
    return "，".join(parts) or "没有逾期或滞后的任务"


def _line(board: Board, case: Case) -> tuple[str | Cell, ...]:
    item, state = case.state.item, case.state
    return (
        item.id, item.name, item.quote, item.department or theme.NONE, window(item.start, item.end), _light(state),
        str(case.late_days) if case.late_days else theme.NONE, figures(state, board.plan.indicators) or theme.NONE,
        case.explained[-1].text if case.explained else theme.NONE,
    )  # fmt: skip


def _light(state: ItemState) -> Cell:
    return Cell(theme.light(state.status), theme.STATUS[state.status].role)


def _sheets(board: Board, found: Sequence[Case]) -> None:
    """The paper for all items, or for one."""
    names = {case.state.item.id: f"{case.state.item.id} {case.state.item.short}" for case in found}
    wanted = choice("督办单", ["", *names], key="item", format=lambda one: names.get(one, f"全部{len(found)}项"))
    own = [case for case in found if wanted in ("", case.state.item.id)]
    sender, file = office(board.plan.settings.city), f"督办单{wanted and '_' + wanted}_{board.today:%Y%m%d}.docx"
    make = lambda: supervision_paper(own, board.plan.indicators, sender, board.today)  # noqa: E731
    download("下载督办单（Word）", make, file, WORD, key="supervision")
