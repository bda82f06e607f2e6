"""更新记录: every refresh, who has reported in time, the figures told to meetings, and what goes back to the units."""

from __future__ import annotations

from unionplan.ui import Board, choice, page
from unionplan.ui_history import show_commits
from unionplan.ui_meetings import show_meetings
from unionplan.ui_packing import show_packing
from unionplan.ui_papers import show_supervision
from unionplan.ui_reporting import show_reporting

VIEWS = {
    "更新记录": show_commits, "报送情况": show_reporting, "督办单": show_supervision, "上会定稿": show_meetings,
    "下发材料": show_packing,
}  # fmt: skip


def show(board: Board) -> None:
    """The part of the record that the reader or the address asks for."""
    VIEWS[choice("查看", list(VIEWS), key="view")](board)


with page("pages/history.py") as board:
    show(board)
