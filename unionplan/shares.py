"""任务分解: what was handed down to single reporting units, each unit's own gap, and whether the parts add up.

A share has no light of its own: lights are given by the city's one yardstick (docs/rules.md 4). A rate's parts are
added up as whole enterprises, each need over its own unit; a warning says where they miss the city's target.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from unionplan.attainment import Attainment, need
from unionplan.flows import TRAINING, UnitFlow
from unionplan.plan import Item, Plan, Share, scope_of

RATE_UNIT = "家"


@dataclass(frozen=True)
class ShareState:
    """One share as it stands: `done` of `need`, `base` for a rate; None: 未报, or nothing of the kind is counted."""

    share: Share
    done: int | None
    base: int | None
    need: int | None

    @property
    def gap(self) -> int | None:
        """What the unit still lacks of its own share, None where one of both is not known."""
        return None if self.done is None or self.need is None else max(0, self.need - self.done)


@dataclass(frozen=True)
class SumCheck:
    """The shares of one item together against the city's own target, both in whole enterprises or persons.

    `without`: units of the plan that have no share; `unknown`: units whose share is left out of `total`,
    since the city's figure has no number of theirs either (未报, 数据过期, another base).
    """

    item: Item
    total: int
    city: int | None
    measure: str
    without: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def short(self) -> int | None:
        """By how many the parts stay below the city's target, None where that is not known, 0 where they reach it."""
        return None if self.city is None else max(0, self.city - self.total)


def share_states(
    plan: Plan, rows: Sequence[Attainment], trained: Sequence[UnitFlow]
) -> list[ShareState]:  # fmt: skip
    """Return every share with its unit's figure.

    `rows`: attainments by reporting unit; `trained`: what every unit has trained. Only a rate over one of the coverage
    indicators and training are counted by unit.
    """
    cells = {(row.indicator, row.scope, row.reporting_unit): row for row in rows}
    persons = {one.unit: one.persons for one in trained}
    return [_state(share, cells, persons) for share in plan.shares]


def _state(
    share: Share, cells: Mapping[tuple[str, str, str | None], Attainment], persons: Mapping[str, int | None]
) -> ShareState:
    target = share.target
    if share.indicator == TRAINING:
        goal = int(target) if target is not None and target.denominator == 1 else None
        return ShareState(share, persons.get(share.reporting_unit), None, goal)
    row = cells.get((share.indicator, scope_of(share.scope) or "", share.reporting_unit))
    if row is None or target is None or row.denominator is None:
        return ShareState(share, None if row is None else row.numerator, None, None)
    return ShareState(share, row.numerator, row.denominator, need(row.denominator, _bp(target)))


def _bp(target: Fraction) -> int:
    return int(target * 10_000)


def sum_checks(plan: Plan, states: Sequence[ShareState], city: Iterable[Attainment]) -> list[SumCheck]:
    """Return one check per item that was handed down; `city` are the city's figures of its targets."""
    rows = {(row.anchor, row.indicator, row.scope): row for row in city}
    found: dict[tuple[str, str, str], list[ShareState]] = {}
    for state in states:
        found.setdefault((state.share.item, state.share.indicator, state.share.scope), []).append(state)
    items = {(item.id, item.indicator, item.scope): item for item in _items(plan)}
    return [_check(plan, items[key], own, rows) for key, own in found.items() if key in items]


def _items(plan: Plan) -> list[Item]:
    return [*plan.items, *plan.own]


def _check(
    plan: Plan, item: Item, own: Sequence[ShareState], rows: Mapping[tuple[str, str, str], Attainment]
) -> SumCheck:
    training = item.indicator == TRAINING
    goal = int(item.target) if training and item.target is not None and item.target.denominator == 1 else None
    row = rows.get((item.id, item.indicator, scope_of(item.scope) or ""))
    names = {state.share.reporting_unit for state in own}
    silent = set() if training or row is None else set(row.missing)
    told = [state for state in own if state.need is not None and state.share.reporting_unit not in silent]
    return SumCheck(
        item, sum(state.need or 0 for state in told), goal if training else row.need if row else None,
        item.unit if training else RATE_UNIT,
        tuple(unit.name for unit in plan.units if unit.end is None and unit.name not in names),
        tuple(state.share.reporting_unit for state in own if state not in told),
    )  # fmt: skip


def sum_words(check: SumCheck) -> str:
    """Return the check as one sentence: what the parts add up to, what the city promised, who has no part."""
    name, left = check.item.short or check.item.name, _left_out(check)
    if check.city is None:
        return f"{name}：各单位分解任务合计{check.total:,}{check.measure}，全市任务还没有数，无法核对{left}。"
    said = f"{name}：各单位分解任务合计{check.total:,}{check.measure}，全市任务{check.city:,}{check.measure}"
    if check.short:
        return f"{said}，少{check.short:,}{check.measure}：各单位都完成，全市也完不成{left}。"
    more = check.total - check.city
    return f"{said}，{f'多{more:,}{check.measure}' if more else '相等'}{left}。"


def _left_out(check: SumCheck) -> str:
    parts = ((check.without, "没有分解任务"), (check.unknown, "的数没有计入全市，不计在内"))
    return "".join(f"；{'、'.join(units)}{word}" for units, word in parts if units)
