"""How far the reading of a file has come: a share from 0 to 1, and words that the clerk reads."""

from __future__ import annotations

from collections.abc import Callable

Listener = Callable[[float, str], None]

QUEUED = "前面还有文件在读，正在排队"
OPENING = "正在打开"
WRITING = "正在整理结果"

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Tell `listener` of every stage from now on; a reading process has one."""
    _listeners.append(listener)


def announce(share: float, words: str) -> None:
    """Say that a share of the whole work is done and what is being done now; costs nothing where nobody listens."""
    for listener in _listeners:
        listener(share, words)


def announce_sheet(number: int, total: int) -> None:
    """Say that the cells of sheet `number` of `total`, counted from 1, are being read."""
    announce(0.05 + 0.55 * (number - 1) / total, f"正在读取工作表 {number}/{total}")


def announce_check(number: int, total: int) -> None:
    """Say that sheet `number` of `total`, counted from 1, is being checked."""
    announce(0.6 + 0.35 * (number - 1) / total, f"正在核对工作表 {number}/{total}")
