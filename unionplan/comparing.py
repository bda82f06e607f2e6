"""A figure against earlier ones: 较上期, 较年初, 同比, 较上次会议; compared only where both mean the same.

Compared are the counts of exactly the units that the present figure stands on. Where they were not told then, or the
definition, the base or the units differ, there is a reason instead of a number (docs/rules.md 10).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from unionplan.attainment import Attainment, Outlook, counted_units, expires
from unionplan.change import previous_day, units_of
from unionplan.plan import SCOPES, Plan

KINDS = {"period": "较上期", "year": "较年初", "last_year": "同比", "meeting": "较上次会议"}
UNTOLD, DIFFERENT, NOW_UNTOLD, NO_MEETING = "untold", "different", "now_untold", "no_meeting"
REASONS = {
    UNTOLD: "当时未报", DIFFERENT: "口径不同，不作比较", NOW_UNTOLD: "本期未报", NO_MEETING: "还没有上会定稿",
}  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """One comparison: the figure then (`day`, `counts`: covered, base), or the `reason` why there is none (REASONS)."""

    kind: str
    day: date | None = None
    counts: tuple[int, int] | None = None
    reason: str = ""

    @property
    def rate(self) -> Fraction | None:
        """The rate then, None where nothing is compared."""
        return Fraction(*self.counts) if self.counts else None


def comparisons(outlook: Outlook, row: Attainment, meeting: Outlook | date | None = None) -> tuple[Compared, ...]:
    """Return the four comparisons (KINDS) of a city's or a unit's figure.

    `meeting`: the board as it was told to the last meeting (its own commit and day), or only the meeting's day, or None
    where there was none.
    """
    if row.numerator is None or not row.denominator or row.as_of is None:
        return tuple(Compared(kind, reason=NOW_UNTOLD) for kind in KINDS)
    units, before = units_of(outlook, row), previous_day(row)
    assert before
    return (
        _on(outlook, row, units, "period", before, False),
        _on(outlook, row, units, "year", date(row.as_of.year - 1, 12, 31), True),
        _on(outlook, row, units, "last_year", _a_year_before(row.as_of), True),
        _at_meeting(outlook, row, units, meeting),
    )


def period_before(rows: Sequence[Attainment], days: Sequence[date]) -> date | None:
    """Return the last of `days` (when figures were taken) before the month of the newest figure, None without one."""
    newest = max((row for row in rows if row.as_of), key=lambda row: str(row.as_of), default=None)
    end = previous_day(newest) if newest else None
    return None if end is None else max((day for day in days if day <= end), default=None)


def _a_year_before(day: date) -> date:
    """The same day a year before; the end of a month stays the end of that month."""
    last = monthrange(day.year - 1, day.month)[1]
    return date(day.year - 1, day.month, last if day.day == monthrange(day.year, day.month)[1] else min(day.day, last))


def _on(
    outlook: Outlook, row: Attainment, units: Sequence[str], kind: str, day: date, same_month: bool
) -> Compared:  # fmt: skip
    """The same units on or before `day`; `same_month`: at least one of them told that very month."""
    then, now, atoms, name = outlook.figures(day), outlook.figures(), SCOPES[row.scope], row.indicator
    told = [unit for unit in units if then.reported(name, unit, atoms)]
    newest = max((then.as_of[name, unit] for unit in told), default=None)
    if newest is None or (same_month and (newest.year, newest.month) != (day.year, day.month)):
        return Compared(kind, reason=UNTOLD)
    fresh = all(expires(then.as_of[name, unit], outlook.plan.indicators[name]) >= newest for unit in told)
    alike = all(then.apart(name, unit) == now.apart(name, unit) for unit in units)
    counts = then.counts_of(name, units, atoms)
    if len(told) < len(units) or not fresh or not alike or counts is None or not counts[1]:
        return Compared(kind, newest, reason=DIFFERENT)
    return Compared(kind, newest, counts)


def _at_meeting(
    outlook: Outlook, row: Attainment, units: Sequence[str], meeting: Outlook | date | None
) -> Compared:  # fmt: skip
    if meeting is None:
        return Compared("meeting", reason=NO_MEETING)
    if isinstance(meeting, date):
        return _on(outlook, row, units, "meeting", meeting, False)
    atoms, name = SCOPES[row.scope], row.indicator
    if not same_definition(outlook.plan, meeting.plan, name):
        return Compared("meeting", reason=DIFFERENT)
    then = (row.reporting_unit,) if row.reporting_unit else counted_units(meeting, name, atoms)[0]
    then = tuple(unit for unit in then if meeting.figures().reported(name, unit, atoms))
    if not then:
        return Compared("meeting", reason=UNTOLD)
    day = max(meeting.figures().as_of[name, unit] for unit in then)
    counts = meeting.figures().counts_of(name, then, atoms)
    if _by_origin(outlook.plan, meeting.plan, units) != set(then) or counts is None or not counts[1]:
        return Compared("meeting", day, reason=DIFFERENT)
    return Compared("meeting", day, counts)


def same_definition(now: Plan, then: Plan, indicator: str) -> bool:
    """Return whether an indicator counts the same over the same base in two plans."""
    if indicator not in then.indicators:
        return False
    sides = [
        (one.numerator, one.denominator, one.base, one.unit, plan.settings.base_rule, plan.settings.base_date)
        for plan in (now, then) if (one := plan.indicators[indicator])
    ]  # fmt: skip
    return sides[0] == sides[1]


def _by_origin(now: Plan, then: Plan, units: Sequence[str]) -> set[str]:
    """The units by what they were in the plan of then: a merged one by those it came from."""
    before, known = ({unit.name: unit.before for unit in plan.units} for plan in (now, then))
    found = set()
    for unit in units:
        since = {one for one in before.get(unit, ()) if one in known and one not in known.get(unit, ())}
        found |= since | {unit} if unit in known else set(before.get(unit) or (unit,))
    return found
