"""督办单: one sheet for every item that is overdue or behind, with the plan's own sentence and what is known of it.

Reasons, measures and the signature are blank lines: they are the department's to write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from unionplan.attainment import ItemState
from unionplan.export.paper import Paper
from unionplan.narrative import sentence
from unionplan.notes import Note
from unionplan.plan import Indicator
from unionplan.theme import chinese_date, count, light

SIGNED = "责任部门\n负责人签收"
LATE = ("overdue", "behind")
COUNTED = {"count": "次", "recurring": "期", "milestone": "步", "coverage": "家"}


@dataclass(frozen=True)
class Case:
    """One item that is late, with its notes that explain it, oldest first."""

    state: ItemState
    explained: Sequence[Note]
    today: date

    @property
    def late_days(self) -> int:
        """Return by how many days it is overdue, 0 while its window is open."""
        since = self.state.late_since or (self.state.item.end if self.state.status == "overdue" else None)
        return max(0, (self.today - since).days) if since and self.state.status == "overdue" else 0


def cases(states: Sequence[ItemState], notes: Mapping[str, Sequence[Note]], today: date, plans: Sequence[str]) -> list[Case]:  # fmt: skip
    """Return the items of these plans that are overdue or behind, the overdue first, each group in the plan's order."""
    late = [one for status in LATE for one in states if one.status == status and one.item.plan in plans]
    return [
        Case(one, [note for note in notes.get(one.item.id, ()) if note.kind == "explanation"], today) for one in late
    ]


def figures(state: ItemState, indicators: Mapping[str, Indicator]) -> str:
    """Return where an item stands, in a sentence of its own figures; "" where none are known."""
    if state.row is not None:
        return sentence(state.row, indicators[state.row.indicator])
    if state.said:
        return f"{state.said}。"
    if state.counts is None:
        return ""
    unit = state.item.unit or COUNTED.get(state.item.kind, "")
    start = f"截至{chinese_date(state.moved_on)}，" if state.moved_on else ""
    return f"{start}已完成{count(state.counts[0])}{unit}，目标{count(state.counts[1])}{unit}。"


def supervision_paper(found: Sequence[Case], indicators: Mapping[str, Indicator], sender: str, day: date) -> bytes:
    """Return a sheet for every case, each on a page of its own, as an official paper (.docx)."""
    paper = Paper(day)
    for case in found:
        paper.title("重点任务督办单", f"{sender}　　{chinese_date(day)}")
        paper.form(_rows(case, indicators), by_hand=(SIGNED,))
    return paper.data()


def _rows(case: Case, indicators: Mapping[str, Indicator]) -> list[tuple[str, str, float]]:
    item, state = case.state.item, case.state
    late = f"逾期{case.late_days}天" if case.late_days else ""
    who = "；".join(filter(None, (item.department, f"分管领导：{item.leader}" if item.leader else "")))
    return [
        ("任务名称", item.name, 11), ("计划原句", item.quote, 11), ("责任部门", who, 11),
        ("完成时限", window(item.start, item.end), 11),
        ("当前状态", "，".join(filter(None, (light(state.status), late))), 11),
        ("完成情况", figures(state, indicators), 11),
        *([("情况说明", "\n".join(_explained(note) for note in case.explained), 11)] if case.explained else []),
        ("未完成原因", "", 36), ("下步措施\n及完成时限", "", 36), (SIGNED, "年　　月　　日", 18),
    ]  # fmt: skip


def window(start: date | None, end: date | None) -> str:
    """Return an item's window in words."""
    if start and end:
        return f"{chinese_date(start)}至{chinese_date(end)}"
    return f"{chinese_date(end)}前" if end else "截止日期未设定"


def _explained(note: Note) -> str:
    said = "；".join(filter(None, (note.text, note.problems, note.next_steps)))
    who = "，".join(filter(None, (chinese_date(note.on), note.department or note.who)))
    return f"{said}（{who}）"
