"""What needs attention today, the most urgent first, and what the departments say about it.

The city's plan and the 机关工会's are told apart. An item that is late stands by its own days, a rate by its distance to
the target; causes are only ever quoted from a 情况说明 (docs/rules.md, sections 5, 7, 9 and 11).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from unionplan import narrative, theme
from unionplan.attainment import Attainment, ItemState
from unionplan.charts.wall_titles import progress, silent_days
from unionplan.narrative import CITY_PLAN
from unionplan.notes import Note, Notes
from unionplan.plan import Indicator, Plan

LATE = ("overdue", "behind", "due_soon", "slow")
SHORT = ("below", "no_deadline")
ORDER = (*LATE, "lapsing", "unreported", "stale", *SHORT, "silent")
"""The kinds of concern, the most urgent first."""
RED = ("overdue", "behind")
UNEXPLAINED = "尚无情况说明"
NAMED = 3  # a sentence names at most so many items
WITHIN = (30, 60, 90)  # days in which contracts run out


@dataclass(frozen=True)
class Concern:
    """One thing that needs attention: `kind` is one of ORDER, `status` the light's id, `light` what stands beside it.

    `item` is the plan item's id, "" where it is none; `explained` the newest 情况说明 with department and date.
    """

    plan: str
    kind: str
    status: str
    light: str
    subject: str
    words: str
    department: str = ""
    item: str = ""
    explained: str = ""
    weight: tuple[int, date] = (0, date.max)

    @property
    def place(self) -> tuple[bool, int, int, date]:
        """Return its place in the list: the city's first, then by urgency, a wide gap before a narrow one."""
        gap, since = self.weight
        return self.plan != CITY_PLAN, ORDER.index(self.kind), -gap, since


def in_order(concerns: Iterable[Concern]) -> list[Concern]:
    """Return the most urgent first; what is equally urgent keeps its order."""
    return sorted(concerns, key=lambda one: one.place)


def of_items(states: Sequence[ItemState], plan: Plan, notes: Notes, day: date) -> list[Concern]:
    """Return the plan's items that are late, due soon, slow, short of a target without pace, stale, or long silent."""
    found = [_of_item(one, plan, notes.get(one.item.id, ()), day) for one in states]
    return [one for one in found if one is not None]


def _of_item(state: ItemState, plan: Plan, notes: Sequence[Note], day: date) -> Concern | None:
    item, row = state.item, state.row
    kind = state.status if state.status in LATE or (row and state.status in (*SHORT, "stale")) else ""
    if silent_days(state, day):
        kind = "silent"
    if not kind:
        return None
    words = narrative.shortfall(row, plan.indicators[row.indicator]) if row else late_words(state, day)
    explained = explanation(notes, item.department) or (UNEXPLAINED if state.status in RED else "")
    light = theme.light(state.status) if kind != "silent" else f"◆ 连续未更新{silent_days(state, day)}天"
    weight = ((row.gap or 0) if row else 0, state.late_since or state.moved_on or date.max)
    return Concern(
        item.plan, kind, state.status, light, _name(state, plan), words, item.department, item.id, explained, weight
    )


def _name(state: ItemState, plan: Plan) -> str:
    return narrative.subject(state.row, plan.indicators[state.row.indicator]) if state.row else state.item.name


def late_words(state: ItemState, day: date) -> str:
    """Return an item's progress with the days by which it is late, or that are left."""
    words = theme.overdue(state.late_days(day)) if state.status in ("overdue", "behind") else ""
    end = state.item.end
    if state.status == "due_soon" and end and state.item.kind != "recurring":
        words = f"{theme.month_day(end)}到期，还有{(end - day).days}天" if end > day else "今日到期"
    return "；".join(filter(None, (words, progress(state))))


def explanation(notes: Sequence[Note], department: str = "") -> str:
    """Return the newest 情况说明 with who gave it and when, "" where there is none; `department` is the item's own."""
    told = [note for note in notes if note.kind == "explanation" and note.text]
    if not told:
        return ""
    note = told[-1]
    return f"{note.text}（{'，'.join(filter(None, (note.department or department, theme.chinese_date(note.on))))}）"


def of_own_targets(rows: Sequence[Attainment], plan: Plan) -> list[Concern]:
    """Return the city's own targets that are late, short or stale: they stand beside the plan's items."""
    own = {(one.indicator, one.scope): one.department for one in plan.targets if one.item is None}
    return [
        Concern(CITY_PLAN, row.status, row.status, theme.light(row.status), f"{subject}（本市补充目标）",
                narrative.shortfall(row, plan.indicators[row.indicator]), own[row.indicator, row.scope], weight=(row.gap or 0, date.max))
        for row in rows if row.status in (*LATE, *SHORT, "stale") and (row.indicator, row.scope) in own
        for subject in [narrative.subject(row, plan.indicators[row.indicator])]
    ]  # fmt: skip


def of_units(rows: Sequence[Attainment], last: Mapping[str, date], day: date) -> list[Concern]:
    """Return the units missing from these figures; `last`: unit → its newest 统计时点. Nothing where nobody reported."""
    if not any(row.as_of for row in rows):
        return []
    silent, partly = narrative.silent_units(rows)
    words = [(unit, narrative.silence(last.get(unit), day)) for unit in silent]
    words += [(unit, "部分指标未报，未计入这些指标的汇总") for unit in partly]
    return [Concern(CITY_PLAN, "unreported", "unreported", theme.light("unreported"), *pair) for pair in words]


def of_contracts(row: Attainment, indicator: Indicator, ending: Mapping[int, int], department: str) -> list[Concern]:
    """Return how many contracts under one figure run out soon; `ending`: days → enterprises. None does: nothing."""
    words = lapsing(row, ending)
    if not words:
        return []
    subject = narrative.subject(row, indicator)
    return [Concern(CITY_PLAN, "lapsing", "due_soon", "▲ 合同临期", subject, words, department, row.item or "")]


def lapsing(row: Attainment, ending: Mapping[int, int]) -> str:
    """Return how many contracts end within 30, 60 and 90 days of the snapshots, and the rate if none is renewed (rules 7)."""
    count = ending.get(WITHIN[-1], 0)
    if not count or row.numerator is None or not row.denominator:
        return ""
    now, then = (theme.percent(n, row.denominator, row.target_bp) for n in (row.numerator, row.numerator - count))
    soon = "、".join(f"{days}天内{theme.count(ending.get(days, 0))}家" for days in WITHIN)
    return f"统计时点后到期：{soon}；若不续签，{WITHIN[-1]}天后{now}%降为{then}%"


def others_late(states: Sequence[ItemState]) -> str:
    """Return which items that are no rate are late, body by body, by name as far as the names are few; "" where none is.

    It stands beside the conclusion, which speaks of the rates alone.
    """
    late = [one for one in states if one.row is None and one.status in RED]
    bodies = {
        plan: [one for one in late if one.item.plan == plan] for plan in dict.fromkeys(one.item.plan for one in late)
    }
    return "；".join(_late_of(plan, own) for plan, own in bodies.items())


def _late_of(plan: str, states: Sequence[ItemState]) -> str:
    who = "其他任务" if plan == CITY_PLAN else plan
    counts = [(theme.STATUS[status].word, sum(one.status == status for one in states)) for status in RED]
    words = "、".join(f"{word}{count}项" for word, count in counts if count)
    return f"{who}{words}" + (f"：{'、'.join(one.item.short for one in states)}" if len(states) <= NAMED else "")


def title(concerns: Sequence[Concern]) -> str:
    """Return how many things need attention, and how many of them are red."""
    red = sum(one.kind in RED for one in concerns)
    return f"需要关注：{len(concerns)}项" + (f"，其中滞后、逾期{red}项" if red else "")
