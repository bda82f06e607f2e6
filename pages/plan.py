"""计划与口径: the plan beside its sentences, targets and who set them, definitions and settings."""

from __future__ import annotations

from unionplan.ui import Board, choice, page
from unionplan.ui_plan_items import show_items
from unionplan.ui_plan_terms import show_terms

VIEWS = {"任务与原文": show_items, "目标与口径": show_terms}


def show(board: Board) -> None:
    """The half of the page that the reader or the address asks for."""
    VIEWS[choice("查看", list(VIEWS), key="view")](board)


with page("pages/plan.py") as board:
    show(board)
