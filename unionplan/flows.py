"""What accumulates month by month against a task: technical workers trained, exact and whole.

A month's return tells what was new in that month; a task counts the months whose 统计时点 lies in its own window.
Persons (人) and person-times (人次) never meet in one sum. Nothing told is None and never 0; a 0 that was told is a
report. Source of every rule: docs/rules.md.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Any

import pandas as pd

from unionplan import pace
from unionplan.attainment import expires, in_force, out_of_plan
from unionplan.observations import LEVELS, METHODS
from unionplan.plan import ATOMS, LEAVES, SCOPES, Item, Plan

TRAINING = "training"
RECENT = 3  # months that an average of late is taken over
BY = ("enterprise_type", "control", "method", "level", "reporting_unit")
"""What a breakdown goes by: `enterprise_type` pools all that is 非公有制, `control` shows it as far as it was told."""


@dataclass(frozen=True)
class Month:
    """One calendar month of the task.

    `day` is its newest 统计时点, its last day where nobody told anything. `persons` None: 未报; `total` is what has
    accumulated by then. `missing` names the units in force that told no persons for it.
    """

    period: str
    day: date
    persons: int | None
    person_times: int | None
    total: int
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Flow:
    """What has accumulated against the task, as of the newest 统计时点 that tells persons.

    `persons`/`as_of` None: 未报. `target` None: no task is set. `due` and `slow` are exact counts on the day `as_of`,
    None without a task or without both ends of the window. `missing` names the units that told nothing for the month
    of `as_of`; `times_only` counts returns that tell person-times without persons. `nodes`: the milestones that the
    pace goes by way of.
    """

    item: str | None
    as_of: date | None
    persons: int | None
    person_times: int | None
    target: int | None
    start: date | None
    end: date | None
    due: Fraction | None
    slow: Fraction | None
    months: tuple[Month, ...]
    status: str
    marks: tuple[str, ...]
    missing: tuple[str, ...]
    times_only: int
    nodes: tuple[pace.Node, ...] = ()

    @property
    def way(self) -> list[pace.Node]:
        """The corners of the way to the task, from nought on the day before the window; [] without a pace."""
        if self.due is None or self.target is None or self.start is None or self.end is None:
            return []
        return pace.way_of(Fraction(0), Fraction(self.target), self.start, self.end, self.nodes)

    @property
    def gap(self) -> int | None:
        """The persons still to be trained, None without a task or a figure."""
        return None if self.persons is None or self.target is None else max(0, self.target - self.persons)

    @property
    def surplus(self) -> int | None:
        """The persons above the task, None without a task or a figure."""
        return None if self.persons is None or self.target is None else max(0, self.persons - self.target)

    @property
    def due_count(self) -> int | None:
        """The whole persons that the pace asks for: ⌈due⌉."""
        return None if self.due is None else ceil(self.due)

    @property
    def months_left(self) -> int | None:
        """The calendar months after that of `as_of`, None without an end; never below 0."""
        return None if self.as_of is None or self.end is None else max(0, _number(self.end) - _number(self.as_of))

    @property
    def required(self) -> Fraction | None:
        """The monthly average that still reaches the task, None where nothing is open or no month is left."""
        return Fraction(self.gap, self.months_left) if self.gap and self.months_left else None

    @property
    def recent(self) -> Fraction | None:
        """The average of the last three months that were told, None with fewer."""
        told = [month.persons for month in self.months if month.persons is not None]
        return Fraction(sum(told[-RECENT:]), RECENT) if len(told) >= RECENT else None

    @property
    def best(self) -> int | None:
        """The persons of the largest month."""
        return max((month.persons for month in self.months if month.persons is not None), default=None)

    @property
    def best_months(self) -> tuple[Month, ...]:
        """The months that are the largest, more than one where they are equal."""
        return tuple(month for month in self.months if month.persons is not None and month.persons == self.best)


@dataclass(frozen=True)
class Part:
    """One share of what has accumulated; `key` is an id or name, "" where it was not told (未填)."""

    key: str
    persons: int | None
    person_times: int | None


@dataclass(frozen=True)
class UnitFlow:
    """One reporting unit: persons of the newest month, what has accumulated, its last 统计时点; None: 未报."""

    unit: str
    newest: int | None
    persons: int | None
    person_times: int | None
    as_of: date | None


def training_item(plan: Plan) -> Item | None:
    """Return the plan's item that training is counted against, None where it has none."""
    return next((item for item in plan.items if item.indicator == TRAINING), None)


def handed_down(plan: Plan) -> dict[str, int]:
    """Return unit → the persons that were handed down to it (任务分解), {} where nothing was."""
    item = training_item(plan)
    own = [share for share in plan.shares if item is not None and share.item == item.id and share.target is not None]
    return {share.reporting_unit: int(share.target) for share in own if share.target and share.target.denominator == 1}


def counted(frame: pd.DataFrame, plan: Plan, on: date | None = None) -> pd.DataFrame:
    """Return the rows that count: a unit of the plan while in force, inside the task's window, not later than `on`."""
    if frame.empty:
        return _NOTHING
    item, units = training_item(plan), {unit.name: unit for unit in plan.units}
    inside = frame["reporting_unit"].isin(list(units)) & _between(frame, None, on)
    inside &= _between(frame, item.start, item.end) if item else True
    for name, unit in units.items():
        inside &= (frame["reporting_unit"] != name) | _between(frame, unit.start, unit.end)
    rows: pd.DataFrame = frame.loc[inside]
    return rows


def _between(frame: pd.DataFrame, first: date | None, last: date | None) -> Any:
    """Which rows lie between two days, both included; None: no bound."""
    day, inside = frame["as_of"], pd.Series(True, index=frame.index)
    inside = inside & (day >= pd.Timestamp(first)) if first else inside
    return inside & (day <= pd.Timestamp(last)) if last else inside


def flow(frame: pd.DataFrame, plan: Plan, clock: date, on: date | None = None) -> Flow:
    """Return where training stands; `clock` judges staleness, `on` cuts the data and ends windows (rules 4, 5, 7)."""
    rows, item = counted(frame, plan, on), training_item(plan)
    told = rows[rows["persons"].notna()]
    as_of = None if told.empty else told["as_of"].max().date()
    start, end = (item.start, item.end) if item else (None, None)
    due = _due(item, as_of)
    months = _months(rows, plan, start)
    bare = Flow(
        item=item.id if item else None, as_of=as_of, persons=_total(rows["persons"]),
        person_times=_total(rows["person_times"]), target=_target(item), start=start, end=end, due=due,
        slow=None if due is None else due * Fraction(plan.settings.slow_bp, 10_000), months=months, status="unreported",
        marks=(), missing=next((m.missing for m in months if as_of and m.period == f"{as_of:%Y-%m}"), ()),
        times_only=int((rows["persons"].isna() & rows["person_times"].notna()).sum()), nodes=item.nodes if item else (),
    )  # fmt: skip
    judged = replace(bare, status=_status(bare, plan, clock, on or clock))
    return replace(judged, marks=_marks(judged))


def parts(frame: pd.DataFrame, plan: Plan, by: str, on: date | None = None) -> list[Part]:
    """Return what has accumulated by one of BY, in the order in which these are usually listed, what is untold last."""
    if by not in BY:
        raise ValueError(f'by is "{by}": one of {", ".join(BY)}')
    rows = counted(frame, plan, on)
    keys = rows["enterprise_type" if by == "control" else by].astype("string").fillna("")
    if by == "enterprise_type":
        keys = keys.where(~keys.isin(list(SCOPES["non_public"])), "non_public")
    sums = rows[["persons", "person_times"]].groupby(keys.to_numpy()).sum(min_count=1)
    found = [Part(str(key), _whole(row.persons), _whole(row.person_times)) for key, row in sums.iterrows()]
    found = [part for part in found if part.key or part.persons or part.person_times]  # 本月无 is no share of anything
    usual = _usual(by, plan)
    return sorted(found, key=lambda part: (not part.key, usual.get(part.key, len(usual)), part.key))


def unit_flows(frame: pd.DataFrame, plan: Plan, on: date | None = None) -> list[UnitFlow]:
    """Return every unit that is in force or has told something, in the plan's order."""
    rows = counted(frame, plan, on)
    told = rows[rows["persons"].notna()]
    newest = None if told.empty else told["as_of"].max()
    rows = rows.assign(newest=rows["persons"].where(rows["period"] == (f"{newest:%Y-%m}" if newest else "")))
    grouped = rows.groupby("reporting_unit")[["newest", "persons", "person_times"]].sum(min_count=1)
    days = rows.groupby("reporting_unit")["as_of"].max()
    day = newest.date() if newest else on
    names = [unit.name for unit in plan.units if unit.name in days.index or day is None or in_force(unit, day)]
    return [_unit_flow(name, grouped, days) for name in names]


def _unit_flow(name: str, grouped: pd.DataFrame, days: Any) -> UnitFlow:
    if name not in days.index:
        return UnitFlow(name, None, None, None, None)
    newest, persons, person_times = (_whole(value) for value in grouped.loc[name])
    return UnitFlow(name, newest, persons, person_times, days[name].date())


def _target(item: Item | None) -> int | None:
    """The task in whole persons; a task of 0 is none."""
    return int(item.target) if item and item.target and item.target.denominator == 1 else None


def _due(item: Item | None, as_of: date | None) -> Fraction | None:
    target = _target(item)
    if item is None or target is None or item.start is None or item.end is None or as_of is None:
        return None
    return pace.due(Fraction(0), Fraction(target), item.start, item.end, item.nodes, as_of)


def _months(rows: pd.DataFrame, plan: Plan, start: date | None) -> tuple[Month, ...]:
    """Every calendar month from the window's start, else from the first return, to the newest return."""
    if rows.empty:
        return ()
    first = _number(start or rows["as_of"].min().date())
    last = _number(rows["as_of"].max().date())
    by_period = {str(period): group for period, group in rows.groupby("period")}
    months: list[Month] = []
    for number in range(first, last + 1):
        period = f"{number // 12}-{number % 12 + 1:02d}"
        months.append(_month(period, by_period.get(period, _NOTHING), plan, months[-1].total if months else 0))
    return tuple(months)


def _month(period: str, rows: pd.DataFrame, plan: Plan, before: int) -> Month:
    year, number = int(period[:4]), int(period[5:])
    day = date(year, number, monthrange(year, number)[1]) if rows.empty else rows["as_of"].max().date()
    told = set(rows.loc[rows["persons"].notna(), "reporting_unit"])
    persons = _total(rows["persons"])
    missing = tuple(unit.name for unit in plan.units if in_force(unit, day) and unit.name not in told)
    return Month(period, day, persons, _total(rows["person_times"]), before + (persons or 0), missing)


def _status(flow: Flow, plan: Plan, clock: date, today: date) -> str:
    """The first id that matches, in the order of rules 12."""
    if flow.persons is None or flow.as_of is None:
        return "unreported"
    if _stale(flow.as_of, flow.end, plan, clock):
        return "stale"
    if flow.target is None:
        return "no_target"
    if flow.persons >= flow.target:
        return "attained"
    if out_of_plan(flow.start, flow.end, plan.settings):
        return "out_of_plan"
    if flow.end is None:
        return "no_deadline"
    if today > flow.end:
        return "overdue"
    return _pace_status(flow.persons, flow.due, flow.slow)


def _pace_status(persons: int, due: Fraction | None, slow: Fraction | None) -> str:
    if due is None or slow is None:
        return "below"
    return "on_pace" if persons >= due else "slow" if persons >= slow else "behind"


def _stale(as_of: date, end: date | None, plan: Plan, clock: date) -> bool:
    """Whether a newer return should be there; nothing more is due once the window's last month has been told."""
    whole = end is not None and _number(as_of) >= _number(end)
    return not whole and expires(as_of, plan.indicators[TRAINING]) < clock


def _marks(flow: Flow) -> tuple[str, ...]:
    running = flow.status in ("below", "on_pace", "slow", "behind")
    slower = flow.required is not None and flow.recent is not None and flow.recent < flow.required
    marks = (("at_risk", running and slower), ("units_missing", bool(flow.missing)))
    return tuple(name for name, holds in marks if holds)


def _usual(by: str, plan: Plan) -> dict[str, int]:
    names = {"method": METHODS, "level": LEVELS, "enterprise_type": _TYPES, "control": (*ATOMS, *LEAVES)}
    return {name: place for place, name in enumerate(names.get(by) or [unit.name for unit in plan.units])}


_TYPES = ("state", "collective", "public_mixed", "non_public", "unclassified", "untyped")


def _number(day: date) -> int:
    """Months since year 0."""
    return day.year * 12 + day.month - 1


def _total(values: Any) -> int | None:
    return _whole(values.sum(min_count=1))


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


_COLUMNS = ("reporting_unit", "enterprise_type", "method", "level")
_NOTHING = pd.DataFrame(
    {
        **{name: pd.Series(dtype="string") for name in (*_COLUMNS, "period")},
        **{name: pd.Series(dtype="Int64") for name in ("classes", "persons", "person_times")},
        "as_of": pd.Series(dtype="datetime64[us]"),
    }
)
