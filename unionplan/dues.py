"""Union dues of the year: what each unit was to remit, what it has remitted, whether its audit was made public.

Amounts are exact, in 万元. A unit that told nothing is 未报 and in no sum; nothing here has a light, for the plan sets
no target on dues (docs/rules.md, section 6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd

from unionplan.attainment import in_force
from unionplan.observations import told_count, told_day, told_text
from unionplan.plan import Plan


@dataclass(frozen=True)
class Dues:
    """One unit's newest return; None: not told. `task` is the year's, `total` what has come in since January."""

    unit: str
    as_of: date | None = None
    task: Fraction | None = None
    current: Fraction | None = None
    total: Fraction | None = None
    last_year: Fraction | None = None
    audited: int | None = None
    published: bool | None = None

    @property
    def rate(self) -> Fraction | None:
        """Return what has come in over the year's task (1 = all of it), None without one of both."""
        return self.total / self.task if self.total is not None and self.task else None

    @property
    def gap(self) -> Fraction | None:
        """Return what is still to come in, None without a rate."""
        return None if self.rate is None else max(Fraction(0), (self.task or Fraction(0)) - (self.total or 0))

    @property
    def growth(self) -> Fraction | None:
        """Return the change against the same time last year over that (0.1 = 一成), None where it is not told."""
        return self.total / self.last_year - 1 if self.total is not None and self.last_year else None

    @property
    def early(self) -> bool:
        """Return whether a result was made public that nobody audited: 公布 cannot precede 审计."""
        return bool(self.published) and not self.audited


@dataclass(frozen=True)
class Pooled:
    """The city's dues at the newest month: sums over `units`; `missing` have told nothing for that month.

    `task` and `total` are over the units that told both; `before` and `now` over those that told last year's too.
    `audited` units told an audit, `published` of them made it public.
    """

    as_of: date
    units: tuple[str, ...]
    missing: tuple[str, ...]
    task: Fraction
    total: Fraction
    now: Fraction
    before: Fraction
    audited: tuple[str, ...]
    published: tuple[str, ...]
    early: tuple[str, ...]


def dues(frame: pd.DataFrame, plan: Plan, on: date | None = None) -> list[Dues]:
    """Return every unit's newest return up to `on`, in the plan's order; units without one that are in force, too.

    `frame`: as Store.funds gives it.
    """
    known = frame if on is None else frame[frame["as_of"] <= pd.Timestamp(on)]
    rows = {told_text(row["reporting_unit"]): _dues(row) for row in known.sort_values("period").to_dict("records")}
    newest = max((row.as_of for row in rows.values() if row.as_of), default=None)
    return [rows.get(unit.name) or Dues(unit.name) for unit in plan.units
            if unit.name in rows or newest is None or in_force(unit, newest)]  # fmt: skip


def pooled(rows: Sequence[Dues]) -> Pooled | None:
    """Return the city's sums at the newest month that was told, None where nothing was.

    A unit whose return is of an older month is among the missing: different months are never added.
    """
    newest = max((row.as_of for row in rows if row.as_of), default=None)
    if newest is None:
        return None
    same = [row for row in rows if row.as_of and (row.as_of.year, row.as_of.month) == (newest.year, newest.month)]
    counted = [row for row in same if row.rate is not None]
    compared = [row for row in counted if row.last_year]
    audited = [row for row in same if row.audited]
    return Pooled(
        as_of=newest, units=tuple(row.unit for row in counted),
        missing=tuple(row.unit for row in rows if row not in counted), task=_sum(row.task for row in counted),
        total=_sum(row.total for row in counted), now=_sum(row.total for row in compared),
        before=_sum(row.last_year for row in compared), audited=tuple(row.unit for row in audited),
        published=tuple(row.unit for row in audited if row.published),
        early=tuple(row.unit for row in same if row.early),
    )  # fmt: skip


def _sum(values: Any) -> Fraction:
    return sum((value or Fraction(0) for value in values), Fraction(0))


def _dues(row: Mapping[Any, Any]) -> Dues:
    amounts = {name: told_text(row[column]) for name, column in (
        ("task", "task"), ("current", "current"), ("total", "funds"), ("last_year", "last_year"),
    )}  # fmt: skip
    published = told_text(row["published"])
    return Dues(
        unit=told_text(row["reporting_unit"]), as_of=told_day(row["as_of"]), audited=told_count(row["audited"]),
        published=published == "是" if published else None,
        **{name: Fraction(text) if text else None for name, text in amounts.items()},
    )  # fmt: skip
