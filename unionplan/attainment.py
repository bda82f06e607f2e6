"""Coverage, need, gap, pace and status: exact arithmetic on counts, nothing rounded, no float judging.

A rate is a Fraction; a target is basis points; a gap is a whole number of enterprises. Percent signs and
rounding exist only in `theme`. Source of every rule: docs/rules.md.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

import pandas as pd

from unionplan import pace as paces
from unionplan.figures import Figures, Pool, absorbed, figures, inherited, pool_of
from unionplan.plan import (
    ATOMS,
    COVERAGE,
    LEAVES,
    SCOPES,
    Indicator,
    Item,
    Plan,
    Settings,
    Target,
    Unit,
    target_order,
)  # fmt: skip

RECENT = 3  # months that the present speed is taken over
STATUSES = (
    "unreported", "stale", "no_base", "no_target", "attained", "done", "out_of_plan", "overdue", "no_deadline",
    "below", "on_pace", "slow", "behind", "moving", "due_soon", "not_started",
)  # fmt: skip


@dataclass(frozen=True)
class Attainment:
    """One figure against its target.

    Counts are enterprises (workers for `member`). `numerator`/`denominator` None: 未报. `covered_workers` of
    `workers` is the same coverage weighted by workers, `active` all enterprises that count; None when a unit's
    return does not tell them. `need`, `gap`,
    `surplus` None without a target or figure; `due` (a count), `due_rate`, `slow_rate` None without
    pace. `low`/`high` bound the rate when some enterprises are unclassified or a cell is blank, else
    None. `missing` names the reporting units that are in neither count. `previous` is the rate of the
    same units one period earlier, None where there is none; `recent` by how many enterprises they covered more per
    month over the last three, None where these are not known.
    """

    item: str | None
    anchor: str
    indicator: str
    scope: str
    reporting_unit: str | None
    as_of: date | None
    numerator: int | None
    denominator: int | None
    covered_workers: int | None
    workers: int | None
    active: int | None
    target_bp: int | None
    need: int | None
    gap: int | None
    surplus: int | None
    attained: bool | None
    start: date | None
    end: date | None
    baseline: Fraction | None
    due: int | None
    due_rate: Fraction | None
    slow_rate: Fraction | None
    low: Fraction | None
    high: Fraction | None
    previous: Fraction | None
    status: str
    marks: tuple[str, ...]
    missing: tuple[str, ...]
    unweighted: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    summarised: tuple[str, ...] = ()
    recent: Fraction | None = None

    @property
    def required(self) -> Fraction | None:
        """The monthly increase that still reaches the target, None where nothing is open or no month is left."""
        left = months_between(self.as_of, self.end) if self.as_of and self.end else 0
        return Fraction(self.gap, left) if self.gap and left > 0 else None


def need(denominator: int, bp: int) -> int:
    """Return ⌈p·N⌉: how many must be covered so that the target is reached (rules 3)."""
    return -(-bp * denominator // 10_000)


def reached(numerator: int, denominator: int, bp: int) -> bool:
    """Return whether A/N ≥ p, by cross-multiplication."""
    return numerator * 10_000 >= bp * denominator


def composite(counts: Sequence[tuple[int, int, int]]) -> Fraction | None:
    """Return Σmin(A, need)/Σneed over (A, N, bp): a surplus of one type hides no other's shortfall."""
    needs = [need(n, bp) for _, n, bp in counts]
    total = sum(needs)
    return Fraction(sum(min(a, due) for (a, _, _), due in zip(counts, needs, strict=True)), total) if total else None


def elapsed(start: date, end: date, as_of: date) -> Fraction:
    """Return the share of the window that has passed at `as_of`, by days, both ends included (rules 4)."""
    days = (end - start).days + 1
    return Fraction(min(max((as_of - start).days + 1, 0), days), days)


def due_rate(baseline: Fraction, bp: int, share: Fraction) -> Fraction:
    """Return r₀ + (p − r₀)·f, the rate that the pace asks for."""
    return baseline + (Fraction(bp, 10_000) - baseline) * share


def slow_rate(baseline: Fraction, due: Fraction, slow_bp: int) -> Fraction:
    """Return r₀ + 0.85·(due − r₀): below it is 滞后, from it on 偏慢; the share is a setting."""
    return baseline + (due - baseline) * Fraction(slow_bp, 10_000)


def expires(as_of: date, indicator: Indicator) -> date:
    """Return the last day on which a figure of `as_of` is fresh: one reporting interval plus grace."""
    month = as_of.month - 1 + indicator.interval_months
    year, month = as_of.year + month // 12, month % 12 + 1
    day = min(as_of.day, monthrange(year, month)[1])
    return date(year, month, day) + timedelta(days=indicator.grace_days)


def months_between(first: date, last: date) -> int:
    """Return how many calendar months `last` lies after `first`."""
    return (last.year - first.year) * 12 + last.month - first.month


@dataclass(frozen=True)
class Outlook:
    """What a judgement needs besides the counts: the plan, the data, and the dates it is made at.

    `clock` judges staleness; `on` cuts the data and, where given, is the day on which windows end.
    """

    cube: pd.DataFrame
    plan: Plan
    clock: date
    on: date | None = None
    seen: dict[date | None, Figures] = field(default_factory=dict, compare=False, repr=False)

    @property
    def today(self) -> date:
        """The day against which windows are over or not."""
        return self.on or self.clock

    def at(self, day: date) -> Outlook:
        """Return the same data cut at an earlier day and judged by that day's clock; what was counted is not counted again."""
        return Outlook(self.cube, self.plan, day, day, self.seen)

    def figures(self, on: date | None = None) -> Figures:
        """Return the figures as of `on`, cut at the outlook's own date, computed once."""
        day = on if self.on is None else min(on or self.on, self.on)
        if day not in self.seen:
            self.seen[day] = replace(self._own(day), base=self._base())
        return self.seen[day]

    def _own(self, day: date | None) -> Figures:
        return inherited(figures(self.cube, day), self.plan.units, self._newest())

    def _newest(self) -> dict[str, date]:
        """Indicator → the newest 统计时点 of all units while they existed, where one of them took another in."""
        ends = {unit.name: unit.end for unit in self.plan.units}
        if self.cube.empty or not any(absorbed(unit, self.plan.units) for unit in self.plan.units):
            return {}
        known = self.cube if self.on is None else self.cube[self.cube["as_of"] <= pd.Timestamp(self.on)]
        last = known.groupby(["indicator", "reporting_unit"])["as_of"].max()
        days: dict[str, date] = {}
        for indicator, unit, stamp in last.reset_index().itertuples(index=False):
            if unit in ends and stamp.date() <= (ends[unit] or date.max):
                days[indicator] = max(days.get(indicator, date.min), stamp.date())
        return days

    def _base(self) -> Figures | None:
        """The figures of the day whose denominators are fixed; a definition, so no view of an earlier day cuts it."""
        day = self.plan.settings.base_date
        return None if day is None else self._own(day)


def attainments(outlook: Outlook, by: str | None = None, indicator: str | None = None) -> list[Attainment]:
    """Return one Attainment per figure asked for.

    Without `by`: the targets in force, city-wide, in the plan's order. `scope`: every coverage indicator ×
    four scopes. `enterprise_type`: indicator × atom, without target or status of its own. `reporting_unit`:
    indicator × four scopes × unit, each judged by the city's due rate so that a better value never has a
    worse light.
    """
    plan = outlook.plan
    if by is None:
        return [
            _city(outlook, target.indicator, target.scope, target)
            for target in target_order(plan)
            if indicator in (None, target.indicator)
        ]
    wanted = [name for name in COVERAGE if name in plan.indicators and indicator in (None, name)]
    if by == "enterprise_type":
        return [_city(outlook, name, atom, None, frozenset({atom})) for name in wanted for atom in _atoms(outlook)]
    cells = [(name, scope, target_on(plan, name, scope)) for name in wanted for scope in SCOPES]
    if by == "scope":
        return [_city(outlook, *cell) for cell in cells]
    return [row for cell in cells for row in _units(outlook, *cell)]


def headline(outlook: Outlook) -> list[Attainment]:
    """Return the rows of the overview: the plan's targets, then collective contracts with or without one."""
    rows = attainments(outlook)
    own = [row for row in rows if row.indicator == "contract"]
    bare = [] if own else [_city(outlook, "contract", scope, None) for scope in ("state", "non_public")]
    return [*(row for row in rows if row.indicator != "contract"), *own, *bare]


def over_time(outlook: Outlook, indicator: str, scope: str) -> list[Attainment]:
    """Return the city's figure at the end of every period that has data, each judged at its own day."""
    if outlook.cube.empty:
        return []
    ends = outlook.cube.groupby("period")["as_of"].max().dt.date.tolist()
    days = sorted(day for day in ends if outlook.on is None or day <= outlook.on)
    target = target_on(outlook.plan, indicator, scope)
    return [_city(outlook.at(day), indicator, scope, target) for day in days]


def target_on(plan: Plan, indicator: str, scope: str) -> Target | None:
    """Return the target in force on an indicator and scope, None where none is set."""
    return next((t for t in plan.targets if (t.indicator, t.scope) == (indicator, scope)), None)


def _atoms(outlook: Outlook) -> list[str]:
    present = {atom for _, _, atom in outlook.figures().counts}
    return [*ATOMS, *(leaf for leaf in LEAVES if leaf in present)]


@dataclass(frozen=True)
class _Pace:
    """The city's yardstick for one target: start rate, due rate, slow rate; None without a baseline."""

    baseline: Fraction | None = None
    due: Fraction | None = None
    slow: Fraction | None = None


def _city(
    outlook: Outlook, indicator: str, scope: str, target: Target | None, atoms: frozenset[str] | None = None
) -> Attainment:
    now, own = outlook.figures(), atoms or SCOPES[scope]
    counted, missing = counted_units(outlook, indicator, own if atoms is None else frozenset())
    as_of = max((now.as_of[indicator, unit] for unit in counted), default=None)
    pace = _pace(outlook, indicator, target, counted, as_of)
    row = _row(outlook, indicator, scope, target, own, None, counted, missing, as_of, pace)
    return (
        row if atoms is None else replace(row, low=None, high=None, marks=tuple(m for m in row.marks if m != "range"))
    )


def _units(outlook: Outlook, indicator: str, scope: str, target: Target | None) -> list[Attainment]:
    now = outlook.figures()
    counted, _ = counted_units(outlook, indicator, SCOPES[scope])
    city_as_of = max((now.as_of[indicator, unit] for unit in counted), default=None)
    pace = _pace(outlook, indicator, target, counted, city_as_of)
    rows = []
    for unit in (one for one in outlook.plan.units if in_force(one, city_as_of or outlook.today)):
        own = (unit.name,) if now.reported(indicator, unit.name, SCOPES[scope]) else ()
        as_of = now.as_of.get((indicator, unit.name))
        row = _row(outlook, indicator, scope, target, SCOPES[scope], unit.name, own, (), as_of, pace)
        late = own and unit.name not in counted
        rows.append(replace(row, status="stale") if late else row)
    return rows


def counted_units(
    outlook: Outlook, indicator: str, atoms: frozenset[str] = frozenset()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (units in the city's figure, units missing from it), in the plan's order (rules 11).

    A unit older than the reporting interval plus grace, measured against the newest 统计时点, is missing; so
    is one whose denominator is of another kind than the others', since different bases are never pooled.
    """
    now, definition = outlook.figures(), outlook.plan.indicators[indicator]
    told = [unit for unit in outlook.plan.units if now.reported(indicator, unit.name, atoms)]
    as_of = {unit.name: now.as_of[indicator, unit.name] for unit in told}
    heirs = {name for found, name in now.heirs if found == indicator}
    reporting = [unit.name for unit in told if in_force(unit, as_of[unit.name]) or unit.name in heirs]
    usual = [name for name in reporting if not now.apart(indicator, name)]
    newest = max((as_of[name] for name in reporting), default=outlook.today)
    existing = [unit.name for unit in outlook.plan.units if in_force(unit, newest)]
    within = {
        part for (found, heir), parts in now.heirs.items() if found == indicator and heir in existing for part in parts
    }
    existing = [name for name in existing if name not in within]  # one that another stands for is not counted twice
    counted = tuple(
        name for name in usual or reporting if name in existing and expires(as_of[name], definition) >= newest
    )
    return counted, tuple(name for name in existing if name not in counted)


def existing_units(outlook: Outlook) -> tuple[str, ...]:
    """Return the units that exist at the newest 统计时点, in the plan's order; ended and coming ones are left out."""
    newest = max(outlook.figures().as_of.values(), default=outlook.today)
    return tuple(unit.name for unit in outlook.plan.units if in_force(unit, newest))


def in_force(unit: Unit, day: date) -> bool:
    """Return whether a unit exists on `day`, by the dates of the list of units."""
    return (unit.start is None or unit.start <= day) and (unit.end is None or day <= unit.end)


def pooled_on(
    outlook: Outlook, day: date, indicator: str, units: tuple[str, ...], atoms: frozenset[str]
) -> Pool | None:
    """Return the counts of exactly these units at their last snapshots on or before `day`.

    None where one of them has none, or told another base than now: different bases are never compared (rules 2).
    """
    now, then = outlook.figures(), outlook.figures(day)
    if not units or not all(then.reported(indicator, unit, atoms) for unit in units):
        return None
    if any(then.apart(indicator, unit) != now.apart(indicator, unit) for unit in units):
        return None
    return pool_of(then, indicator, units, atoms)


def month_end(
    outlook: Outlook, day: date, indicator: str, units: tuple[str, ...], atoms: frozenset[str]
) -> Pool | None:
    """Return `pooled_on` where it is the figure of the month of `day`: one unit at least told that month, and nobody's
    snapshot was stale by then."""
    then, definition = outlook.figures(day), outlook.plan.indicators[indicator]
    told = [then.as_of[indicator, unit] for unit in units if (indicator, unit) in then.as_of]
    newest = max(told, default=None)
    if newest is None or months_between(newest, day) or any(expires(one, definition) < newest for one in told):
        return None
    return pooled_on(outlook, day, indicator, units, atoms)


def _rate_on(
    outlook: Outlook, day: date, indicator: str, units: tuple[str, ...], atoms: frozenset[str]
) -> Fraction | None:
    """The rate of exactly these units at their last snapshots on or before `day`, None if one has none."""
    pool = pooled_on(outlook, day, indicator, units, atoms)
    return pool.rate if pool else None


def _pace(outlook: Outlook, indicator: str, target: Target | None, units: tuple[str, ...], as_of: date | None) -> _Pace:
    if target is None or target.start is None or as_of is None:
        return _Pace()
    day_before = target.start - timedelta(days=1)
    baseline = _rate_on(outlook, day_before, indicator, units, SCOPES[target.scope])
    if baseline is None or target.end is None or baseline * 10_000 >= target.bp:
        return _Pace(baseline)
    goal = Fraction(target.bp, 10_000)
    due = paces.due(baseline, goal, target.start, target.end, target.nodes, as_of)
    return _Pace(baseline, due, slow_rate(baseline, due, outlook.plan.settings.slow_bp))


def _row(
    outlook: Outlook, indicator: str, scope: str, target: Target | None, atoms: frozenset[str], unit: str | None,
    counted: tuple[str, ...], missing: tuple[str, ...], as_of: date | None, pace: _Pace,
) -> Attainment:  # fmt: skip
    now = outlook.figures()
    pool = pool_of(now, indicator, counted, atoms) if counted else None
    weighted = _weighted(now, indicator, counted, atoms)
    workers = pool_of(now, indicator, weighted, atoms) if weighted else None
    low, high = _range(now, indicator, counted, scope, pool)
    previous = _previous(outlook, indicator, counted, atoms, as_of)
    fell = pool is not None and pool.rate is not None and previous is not None and pool.rate < previous
    marks = (("fell", fell), ("units_missing", unit is None and bool(missing)), ("range", low is not None))
    recent = _recent(outlook, indicator, counted, atoms, as_of, pool)
    goal = need(pool.denominator, target.bp) if pool and target else None
    row = Attainment(
        item=target.item if target else None, anchor=target.anchor if target else "", indicator=indicator, scope=scope,
        reporting_unit=unit, as_of=as_of, numerator=pool.numerator if pool else None,
        denominator=pool.denominator if pool else None, covered_workers=workers.covered_workers if workers else None,
        workers=workers.workers if workers else None, unweighted=tuple(u for u in counted if u not in weighted),
        apart=tuple(name for name in missing if now.apart(indicator, name)),
        summarised=tuple(name for name in counted if (indicator, name) in now.summarised), active=pool.active if pool else None, target_bp=target.bp if target else None, need=goal,
        gap=max(0, goal - pool.numerator) if pool and goal is not None else None,
        surplus=max(0, pool.numerator - goal) if pool and goal is not None else None,
        attained=_attained(pool, target), start=target.start if target else None, end=target.end if target else None,
        baseline=pace.baseline, due=ceil(pace.due * pool.denominator) if pool and pace.due is not None else None,
        due_rate=pace.due, slow_rate=pace.slow, low=low, high=high, previous=previous,
        status=_status(outlook, indicator, target, pool, as_of, pace),
        marks=tuple(name for name, holds in marks if holds), missing=missing, recent=recent,
    )  # fmt: skip
    return replace(row, marks=(*row.marks, "at_risk")) if at_risk(row) else row


def at_risk(row: Attainment) -> bool:
    """Return whether the present speed will not make it: the recent monthly increase is below the required one."""
    running = row.status in ("below", "on_pace", "slow", "behind")
    return running and row.required is not None and row.recent is not None and row.recent < row.required


def _recent(
    outlook: Outlook, indicator: str, units: tuple[str, ...], atoms: frozenset[str], as_of: date | None,
    pool: Pool | None,
) -> Fraction | None:  # fmt: skip
    """By how many more per month these units cover than three months ago."""
    if pool is None or as_of is None:
        return None
    number = as_of.year * 12 + as_of.month - RECENT  # the first day of the month after that one
    then = month_end(outlook, date(number // 12, number % 12 + 1, 1) - timedelta(days=1), indicator, units, atoms)
    return Fraction(pool.numerator - then.numerator, RECENT) if then else None


def _weighted(now: Figures, indicator: str, units: Iterable[str], atoms: frozenset[str]) -> tuple[str, ...]:
    """The units whose figure can be weighted by workers."""
    pools = {unit: pool_of(now, indicator, (unit,), atoms) for unit in units}
    return tuple(unit for unit, pool in pools.items() if pool and None not in (pool.workers, pool.covered_workers))


def _attained(pool: Pool | None, target: Target | None) -> bool | None:
    if pool is None or target is None or not pool.denominator:
        return None
    return reached(pool.numerator, pool.denominator, target.bp)


def _range(
    now: Figures, indicator: str, units: tuple[str, ...], scope: str, pool: Pool | None
) -> tuple[Fraction | None, Fraction | None]:
    """Bounds when unclassified enterprises may belong here or a blank cell may be a yes (rules 1, 2)."""
    if pool is None:
        return None, None
    unclassified = None if scope == "all" else pool_of(now, indicator, units, frozenset({"unclassified"}))
    open_base = unclassified.denominator if unclassified else 0
    base = pool.denominator + open_base
    if not base or not (open_base or pool.unknown):
        return None, None
    return Fraction(pool.numerator, base), Fraction(pool.numerator + pool.unknown + open_base, base)


def _previous(
    outlook: Outlook, indicator: str, units: tuple[str, ...], atoms: frozenset[str], as_of: date | None
) -> Fraction | None:
    return _rate_on(outlook, as_of.replace(day=1) - timedelta(days=1), indicator, units, atoms) if as_of else None


def _status(
    outlook: Outlook, indicator: str, target: Target | None, pool: Pool | None, as_of: date | None, pace: _Pace
) -> str:
    """The first id that matches, in the order of rules 12."""
    if pool is None or as_of is None:
        return "unreported"
    if expires(as_of, outlook.plan.indicators[indicator]) < outlook.clock:
        return "stale"
    if not pool.denominator:
        return "no_base"
    if target is None:
        return "no_target"
    if reached(pool.numerator, pool.denominator, target.bp):
        return "attained"
    if out_of_plan(target.start, target.end, outlook.plan.settings):
        return "out_of_plan"
    if target.end is None:
        return "no_deadline"
    if outlook.today > target.end:
        return "overdue"
    return _pace_status(Fraction(pool.numerator, pool.denominator), target.bp, pace, outlook.plan.settings.near_bp)


def _pace_status(rate: Fraction, bp: int, pace: _Pace, near_bp: int) -> str:
    if pace.baseline is None:
        return "below"
    if pace.due is None or pace.slow is None:
        return "slow" if rate * 10_000 >= bp - near_bp else "behind"
    if rate >= pace.due:
        return "on_pace"
    return "slow" if rate >= pace.slow else "behind"


def out_of_plan(start: date | None, end: date | None, settings: Settings) -> bool:
    """Return whether a window lies wholly outside the board's own period."""
    return (end is not None and end < settings.period_start) or (start is not None and start > settings.period_end)


@dataclass(frozen=True)
class ItemState:
    """Where one plan item stands; `row` is its attainment if it is a rate.

    `counts`: (done, of how many) in enterprises, persons, periods, cases, events or steps; None where nothing is
    counted. `said`: the progress in its own terms, "" where nothing is known. `moved_on`: the last day on which something
    was done or told. `late_since`: the day that passed without it. `evidence`: what is there to prove it, oldest first.
    `rule`: which rule gave the status, with the figures that it compared.
    """

    item: Item
    status: str
    row: Attainment | None = None
    counts: tuple[int, int] | None = None
    marks: tuple[str, ...] = ()
    said: str = ""
    moved_on: date | None = None
    late_since: date | None = None
    evidence: tuple[str, ...] = ()
    rule: str = ""

    def late_days(self, today: date) -> int:
        """Return how many days it is late, 0 when it is not."""
        return (today - self.late_since).days if self.late_since else 0

    def idle_days(self, today: date) -> int | None:
        """Return for how many days nothing was told of work without figures, None for other kinds and where nothing was."""
        loose = self.item.kind == "qualitative" or (self.item.kind == "recurring" and not self.item.frequency)
        return (today - self.moved_on).days if loose and self.moved_on else None


def item_states(outlook: Outlook) -> list[ItemState]:
    """Return the plan's items in their order, each with its status: not_started or unreported where nothing is known."""
    rates = {row.item: row for row in attainments(outlook) if row.item}
    return [_item_state(item, rates.get(item.id), outlook) for item in outlook.plan.items]


def _item_state(item: Item, row: Attainment | None, outlook: Outlook) -> ItemState:
    if row is not None:
        counts = None if row.numerator is None or row.denominator is None else (row.numerator, row.denominator)
        return ItemState(item, row.status, row, counts, row.marks)
    if item.settled:
        return ItemState(item, "done")
    if out_of_plan(item.start, item.end, outlook.plan.settings):
        return ItemState(item, "out_of_plan")
    return ItemState(item, "unreported" if item.indicator else "not_started")
