"""Targets, their revisions, definitions and settings on the page 计划与口径."""

from __future__ import annotations

from unionplan import theme
from unionplan.ui import Board, heading, listing

HEADERS = ("指标", "适用范围", "目标", "起始日", "截止日", "任务来源")


def show_terms(board: Board) -> None:
    """Draw the targets in force."""
    heading("目标与口径", "目标、口径和设置的每次改动都留有记录。")
    lines = [
        (board.plan.indicators[target.indicator].name, theme.SCOPE_WORDS[target.scope],
         f"{theme.target_percent(target.bp)}%", theme.chinese_date(target.start) if target.start else theme.NONE,
         theme.chinese_date(target.end) if target.end else "未设定", target.source)
        for target in board.plan.targets
    ]  # fmt: skip
    listing("现行目标", HEADERS, lines, f"现行目标_{board.today:%Y%m%d}")
