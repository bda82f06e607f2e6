"""Pace: what a day of a window asks for, evenly day by day or by way of dated milestones (节点目标).

A milestone is (day, value); values are exact: a rate between 0 and 1, else a whole number. Source: docs/rules.md 4.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from unionplan.errors import PlanError

Node = tuple[date, Fraction]
RULES = {"days": "按日均", "nodes": "分月节点"}
BASE_RULES = {"moving": "动态底数", "fixed": "核定底数"}
_WRITTEN = re.compile(r"(\d{4}-\d\d-\d\d)\s*[:：]\s*(\d{1,9}(?:\.\d{1,4})?)(%?)", re.ASCII)


def nodes_of(
    text: str, where: str, start: date | None, end: date | None, goal: Fraction, percent: bool
) -> tuple[Node, ...]:
    """Return the milestones of a cell, 2026-09-30:45%；2026-10-31:47%, in their order; a blank cell has none.

    Raises PlanError unless each is a day and a value, days rise inside the window and values never fall nor pass `goal`.
    """
    parts = [part.strip() for part in unicodedata.normalize("NFKC", text).split(";") if part.strip()]
    nodes = tuple(_node(part, where, percent) for part in parts)
    days, values = [day for day, _ in nodes], [value for _, value in nodes]
    if days != sorted(set(days)) or values != sorted(values):
        raise _refused(where, text, "节点须按日期先后，后一节点不低于前一节点")
    if days and ((start and days[0] < start) or (end and days[-1] > end)):
        raise _refused(where, text, f"节点须在起始日 {start or '（空）'} 至截止日 {end or '（空）'} 之内")
    if values and values[-1] > goal:
        raise _refused(where, text, "节点不能高于目标值")
    return nodes


def _node(part: str, where: str, percent: bool) -> Node:
    found = _WRITTEN.fullmatch(part)
    if not found or bool(found[3]) != percent or (not percent and "." in found[2]):
        raise _refused(
            where, part, "写作 2026-09-30:45%；2026-10-31:47%" if percent else "写作 2026-09-30:20000；2026-12-31:30000"
        )
    try:
        return date.fromisoformat(found[1]), Fraction(found[2]) / (100 if percent else 1)
    except ValueError:
        raise _refused(where, part, "日期写作 2026-09-30") from None


def _refused(where: str, found: str, allowed: str) -> PlanError:
    return PlanError(f"{where}“节点目标”列", f"“{found}”", allowed, "请改正节点目标")


def due(begin: Fraction, goal: Fraction, start: date, end: date, nodes: Sequence[Node], day: date) -> Fraction:
    """Return what `day` asks for on the way from `begin` (the day before `start`) over `nodes` to `goal` on `end`.

    Between two of these the way is even by days; before the window it is `begin`, after it `goal`.
    """
    way = way_of(begin, goal, start, end, nodes)
    if day <= way[0][0]:
        return begin
    for (first, low), (last, high) in pairwise(way):
        if day <= last:
            return low + (high - low) * Fraction((day - first).days, (last - first).days)
    return goal


def way_of(begin: Fraction, goal: Fraction, start: date, end: date, nodes: Sequence[Node]) -> list[Node]:
    """Return the corners of the way from `begin` on the day before `start` to `goal` on `end`, over `nodes`."""
    return [(start - timedelta(days=1), begin), *(node for node in nodes if node[0] < end), (end, goal)]
