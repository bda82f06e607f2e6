"""The plan's items on the page 计划与口径: each beside its sentence, with status, progress, evidence and notes."""

from __future__ import annotations

from unionplan import theme
from unionplan.attainment import ItemState
from unionplan.ui import Board, Cell, heading, listing

HEADERS = ("条目", "任务", "计划原句", "状态", "进展")


def show_items(board: Board) -> None:
    """Draw every item of the plan beside its sentence."""
    states = board.states()
    heading(f"计划任务共{len(states)}项", "每项任务对照计划原句。")
    listing("任务与原文", HEADERS, [_line(state) for state in states], f"计划任务_{board.today:%Y%m%d}")


def _line(state: ItemState) -> tuple[str | Cell, ...]:
    light = Cell(theme.light(state.status), theme.STATUS[state.status].role)
    return state.item.id, state.item.name, state.item.quote, light, state.said or theme.NONE
