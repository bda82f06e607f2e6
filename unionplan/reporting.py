"""Who has reported what for which month, when it was due, and by how many days it came late.

What arrived is read from the log, never from the data: a report is what filled a slot first and was not undone. A word
本月无 (零报告) is a report; where data of the same unit and month stand too, the data are. Lateness is derived here and
never stored. Source of every rule: docs/rules.md 13.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from unionplan.attainment import in_force
from unionplan.plan import COVERAGE, Plan, Unit

if TYPE_CHECKING:  # arithmetic on what the log holds; the log itself is asked by the caller
    from unionplan.store import Commit, Entry, Slot

SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "figures": ("ledger", "summary"), "training": ("training", "roster"), "activities": ("activities",),
    "funds": ("funds",), "progress": ("progress",),
}  # fmt: skip
"""What is reported month by month → the datasets that tell it."""
CITY = "市总工会"
"""Who keeps the one activity ledger of the whole city."""
USUAL = (1, 10)
"""Months of a reporting interval and days of grace where no indicator sets them."""
STATUSES = ("on_time", "late", "overdue", "waiting")
_SUBJECT_OF = {dataset: subject for subject, datasets in SUBJECTS.items() for dataset in datasets}
Key = tuple[str, str, str]
"""Subject, unit (for `progress` a department), month (2026-10)."""


@dataclass(frozen=True)
class Arrival:
    """The refresh that brought a report in; `corrected` counts the later ones that changed it."""

    day: date
    who: str
    commit: int
    nil: bool = False
    corrected: int = 0


@dataclass(frozen=True)
class Report:
    """One unit's report for one month: due on the day `due`, `status` one of STATUSES.

    `late` is by how many days it came, or is still, late; 0 where it is not. `arrival` None: nothing has come.
    """

    subject: str
    unit: str
    group: str
    period: str
    due: date
    status: str
    late: int
    arrival: Arrival | None


@dataclass(frozen=True)
class Tally:
    """How many reports were `due` (or have come before they were), and what became of them; `nil` are among the come."""

    due: int
    on_time: int
    late: int
    overdue: int
    waiting: int
    nil: int


def arrivals(history: Sequence[Commit], words: Callable[[Entry], Collection[str]]) -> dict[Key, Arrival]:
    """Return what stands of every report after `history`, oldest refresh first.

    `words` gives the datasets of which a snapshot of dataset `nil` says 本月无.
    """
    found: dict[Key, Arrival] = {}
    nils: dict[Key, Arrival] = {}
    for commit in history:
        for entry in commit.entries:
            if entry.slot.dataset == "nil":
                _hear(nils, commit, entry, words(entry) if entry.snapshot else ())
            elif entry.slot.dataset in _SUBJECT_OF:
                _note(found, commit, entry)
    merged: dict[Key, Arrival] = {}
    for (dataset, unit, period), one in {**nils, **found}.items():
        key = (_SUBJECT_OF[dataset], unit, period)
        before = merged.get(key)
        both = [came for came in (before, one) if came]
        merged[key] = min([came for came in both if not came.nil] or both, key=lambda came: came.commit)
    return merged


def _note(found: dict[Key, Arrival], commit: Commit, entry: Entry) -> None:
    """Data: the first refresh counts, what empties the slot takes it back."""
    key = (entry.slot.dataset, *_place(entry))
    if entry.snapshot is None:
        found.pop(key, None)
    elif key in found:
        first = found[key]
        found[key] = Arrival(first.day, first.who, first.commit, False, first.corrected + 1)
    else:
        found[key] = _came(commit)


def _hear(nils: dict[Key, Arrival], commit: Commit, entry: Entry, said: Collection[str]) -> None:
    """The words 本月无 of one unit and month: what the snapshot no longer says is taken back."""
    unit, period = _place(entry)
    for dataset in [name for name, *place in nils if place == [unit, period] and name not in said]:
        del nils[dataset, unit, period]
    for dataset in said:
        nils.setdefault((dataset, unit, period), _came(commit, nil=True))


def _came(commit: Commit, nil: bool = False) -> Arrival:
    return Arrival(datetime.fromisoformat(commit.at).date(), commit.who, commit.id, nil)


def _place(entry: Entry) -> tuple[str, str]:
    """Whose report an entry is, for which month; the city's activity ledger has one slot, told apart by its date."""
    slot: Slot = entry.slot
    return slot.unit or CITY, slot.period or (f"{entry.as_of:%Y-%m}" if entry.as_of else "")


def rhythm(plan: Plan, subject: str) -> tuple[int, int]:
    """Return (months of the interval, days of grace): of the indicators that the subject feeds the strictest, else USUAL."""
    fed = COVERAGE if subject == "figures" else (subject,)
    return min(
        ((plan.indicators[name].interval_months, plan.indicators[name].grace_days)
         for name in fed if name in plan.indicators), default=USUAL)  # fmt: skip


def month_end(period: str) -> date:
    """Return the last day of a month (2026-10 → 2026-10-31)."""
    year, month = int(period[:4]), int(period[5:])
    return date(year, month, monthrange(year, month)[1])


def due_day(period: str, grace: int) -> date:
    """Return the day by which a month's report is due: its last day and the grace."""
    return month_end(period) + timedelta(days=grace)


def reports(
    plan: Plan, came: Mapping[Key, Arrival], opened: date, today: date, subject: str
) -> list[Report]:  # fmt: skip
    """Return what was due of a subject and what became of it: the units in the plan's order, each month by month.

    Nothing is due before the first month that anybody reported, nor what was due before the store was `opened`, nor for
    a month that has not ended by `today`, nor of a unit that did not exist at the month's end. A report that is there
    though nothing was due stands as on time.
    """
    months, grace = rhythm(plan, subject)
    own = {key: arrival for key, arrival in came.items() if key[0] == subject}
    periods = [
        period for period in _periods(own, today, months) if due_day(period, grace) >= opened
    ]  # fmt: skip
    expected = _expected(plan, own, subject)
    return [
        _report(subject, unit, group, period, due_day(period, grace), own.get((subject, unit, period)), today)
        for unit, group, exists in expected
        for period in periods
        if exists(period) or (subject, unit, period) in own
    ]


def _periods(own: Iterable[Key], today: date, months: int) -> list[str]:
    first = min((period for _, _, period in own), default=None)
    if first is None:
        return []
    start, end = _number(first), today.year * 12 + today.month
    every = (f"{number // 12}-{number % 12 + 1:02d}" for number in range(start, end))
    return [period for period in every if (_number(period) + 1) % months == 0 and month_end(period) <= today]


def _number(period: str) -> int:
    return int(period[:4]) * 12 + int(period[5:]) - 1


def _expected(plan: Plan, own: Iterable[Key], subject: str) -> list[tuple[str, str, Callable[[str], bool]]]:
    """Who reports: (unit, its group, whether it has to for a month)."""
    if subject == "progress":
        named = dict.fromkeys(item.department for item in plan.items if item.department)
        return [(department, "", lambda _: True) for department in named]
    units: list[tuple[str, str, Callable[[str], bool]]] = [
        (unit.name, unit.group, partial(_exists, unit)) for unit in plan.units
    ]
    if subject != "activities":
        return units
    nil = {unit for _, unit, _ in own}
    return [(CITY, "", lambda _: True), *((name, group, lambda _: False) for name, group, _ in units if name in nil)]


def _exists(unit: Unit, period: str) -> bool:
    return in_force(unit, month_end(period))


def _report(
    subject: str, unit: str, group: str, period: str, due: date, arrival: Arrival | None, today: date
) -> Report:  # fmt: skip
    if arrival is None:
        late = max(0, (today - due).days)
        return Report(subject, unit, group, period, due, "overdue" if late else "waiting", late, None)
    late = max(0, (arrival.day - due).days)
    return Report(subject, unit, group, period, due, "late" if late else "on_time", late, arrival)


def tally(rows: Iterable[Report]) -> Tally:
    """Return the counts of some reports."""
    every = list(rows)
    count = {status: sum(row.status == status for row in every) for status in STATUSES}
    nil = sum(row.arrival is not None and row.arrival.nil for row in every)
    due = len(every) - count["waiting"]
    return Tally(due, count["on_time"], count["late"], count["overdue"], count["waiting"], nil)


def newest_period(rows: Iterable[Report]) -> str | None:
    """Return the newest month that something is due for, None where nothing is."""
    return max((row.period for row in rows), default=None)


def silent(rows: Iterable[Report], period: str | None = None) -> list[Report]:
    """Return what has not come, of one month or of all."""
    return [row for row in rows if row.arrival is None and period in (None, row.period)]


def last_told(rows: Iterable[Report], unit: str) -> str | None:
    """Return the newest month that a unit has reported, None where it has reported none."""
    return max((row.period for row in rows if row.unit == unit and row.arrival), default=None)
