"""Targets, their revisions, definitions, comparisons, shares and settings on the page 计划与口径."""

from __future__ import annotations

from unionplan.ui import Board, choice, heading
from unionplan.ui_plan_compared import show_compared
from unionplan.ui_plan_definitions import show_definitions
from unionplan.ui_plan_forms import known_revisions
from unionplan.ui_plan_settings import show_settings
from unionplan.ui_plan_shares import show_shares
from unionplan.ui_plan_targets import show_targets

PARTS = {
    "目标": show_targets, "口径": show_definitions, "比较": show_compared, "任务分解": show_shares, "设置": show_settings,
}  # fmt: skip


def show_terms(board: Board) -> None:
    """Say what is in force and how often it was revised, then draw the part that the reader or the address asks for."""
    revised = len({one.commit for one in known_revisions(board)})
    plan = board.plan
    said = f"建库以来修订{revised}次" if revised else "建库以来没有修订过"
    heading(
        f"现行目标{len(plan.targets)}项、口径{len(plan.indicators)}项，{said}",
        "每次改动都留有日期、原值、新值、理由和经办人，旧的看板随时可以回看。",
    )
    PARTS[choice("内容", list(PARTS), key="part")](board)
