"""Plan periods on the page 计划与口径: those that the board has held, and a form to begin the next half-year."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from unionplan import theme
from unionplan.access import Person
from unionplan.period_commands import turn_words
from unionplan.periods import CARRIED, Period, periods, start_period, turned
from unionplan.plan import Row
from unionplan.terms import require_window
from unionplan.ui import Board, listing, note_line, open_section, subtitle
from unionplan.ui_plan_forms import form, may_change, page_link, say_done

HEADERS = ("计划期", "起始日", "截止日", "更新次数")
CARRIED_OVER = ("条目", "任务", "现起始日", "现截止日", "备注")


def show_periods(board: Board) -> None:
    """Draw the plan periods with a link to each one's last board, what was carried over, and the form for a new one."""
    found = periods(board.store, board.commit)
    lines = [(one.name, str(one.start), str(one.end), f"第{one.first}至{one.last}次") for one in reversed(found)]
    listing("计划期", HEADERS, lines, f"计划期_{board.today:%Y%m%d}")
    with st.container(horizontal=True):
        for one in found[:-1]:
            page_link("app.py", f"回看{one.name}", {"commit": str(one.last)})
    over = [row for row in board.store.tables(board.commit)["plan"] if row["备注"].startswith(CARRIED)]
    if over:
        listing(f"结转{len(over)}项", CARRIED_OVER, [_line(row) for row in over], f"结转条目_{board.today:%Y%m%d}")
    if may_change(board) and open_section("开始新的计划期", "开始", "turn"):
        _begin(board, found[-1])
    say_done("period")


def _line(row: Row) -> tuple[str, ...]:
    return row["条目编号"], row["任务"], row["起始日"] or theme.NONE, row["截止日"] or theme.NONE, row["备注"]


def _begin(board: Board, now: Period) -> None:
    note_line(
        f"本期“{now.name}”保留为它的最后一次更新，随时可以回看。没有完成的条目结转，起止日换成新计划期的，原窗口记在备注里；"
        "已完成的不结转；窗口伸进新计划期的、没有截止日的原样保留。新一期的任务请再上传目标任务分解表（W5）。"
    )

    def act(says: dict[str, str], reason: str, person: Person) -> str:
        require_window(says["start"], says["end"])
        with st.spinner("正在结转"):
            done, turn = start_period(
                board.store, board.commit, says["name"], says["start"], says["end"], reason, person
            )
        return turn_words(says["name"], done, turn) + "。"

    with form(board, "period", "确认开始新的计划期", act) as filled:
        places = st.columns(3)
        filled.text(places[0], "name", "名称", "", "如 2027年上半年")
        filled.text(places[1], "start", "起始日", "", "如 2027-01-01")
        filled.text(places[2], "end", "截止日", "", "如 2027-06-30")
    _preview(board, now)


def _preview(board: Board, now: Period) -> None:
    """What would be carried over if the next period began the day after this one."""
    start = date_after(now)
    turn = board.shared(("turn", str(start)), lambda: turned(board.store, board.commit, start, start))
    subtitle(
        f"从{theme.chinese_date(start)}起：结转{len(turn.carried)}项，继续{len(turn.running)}项，已完成{len(turn.finished)}项"
    )
    words = (("结转", turn.carried), ("继续", turn.running), ("已完成", turn.finished))
    note_line("　".join(f"{word}：{'、'.join(items)}" for word, items in words if items))


def date_after(now: Period) -> date:
    """Return the first day after a period."""
    return now.end + timedelta(days=1)
