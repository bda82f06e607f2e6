"""Where a coverage is heading by its own past: monthly speeds, and a line with a band to the end of the window.

The line is the Theil–Sen slope over the last periods, the band that of a random walk with drift; both are counts of
enterprises over the base of now, exact, never above it nor below nought. They tell no status (docs/rules.md 7).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import combinations, pairwise
from math import ceil, floor, isqrt

from unionplan.attainment import Attainment, Outlook, counted_units, month_end, months_between
from unionplan.plan import SCOPES

LEAST, MOST = 4, 12  # periods that a forecast needs, and takes at most
WIDTH = Fraction(12_816, 10_000)  # an 80 % band: so many standard deviations to either side
_FINE = 10**6
_JUDGED = ("attained", "below", "on_pace", "slow", "behind")


@dataclass(frozen=True)
class Point:
    """One month's figure of the units that count now: covered of base, at the month's newest 统计时点."""

    day: date
    covered: int
    base: int


@dataclass(frozen=True)
class Speed:
    """Enterprises a month: what still reaches the target, the average of the last three months, the best month
    of those that follow another one told.

    Each None where it is not known or nothing is open; `best_on` are the days of the months that were best.
    """

    required: Fraction | None
    recent: Fraction | None
    best: Fraction | None
    best_on: tuple[date, ...]


@dataclass(frozen=True)
class Step:
    """One month ahead: the line and its band, enterprises covered; 0 ≤ low ≤ line ≤ high ≤ base."""

    day: date
    line: Fraction
    low: Fraction
    high: Fraction


@dataclass(frozen=True)
class Forecast:
    """What the last `periods` months say of those until the window's end, over `base` enterprises as they are now.

    `slope`: enterprises a month; `steps`: the month of the figure itself first, the window's end last.
    """

    periods: int
    base: int
    slope: Fraction
    steps: tuple[Step, ...]

    @property
    def end(self) -> Step:
        """The window's last day."""
        return self.steps[-1]

    @property
    def counts(self) -> tuple[int, int, int]:
        """Low, line and high at the end in whole enterprises, the band rounded outwards and the line down."""
        return floor(self.end.low), floor(self.end.line), ceil(self.end.high)


def past(outlook: Outlook, row: Attainment) -> list[Point]:
    """Return the figures of a row's own units month by month up to its own, oldest first.

    A month is left out where one of them had nothing fresh, or stood on another base (attainment.month_end).
    """
    if row.as_of is None or outlook.cube.empty:
        return []
    atoms = SCOPES[row.scope]
    units = (row.reporting_unit,) if row.reporting_unit else counted_units(outlook, row.indicator, atoms)[0]
    ends = sorted(outlook.cube.groupby("period")["as_of"].max().dt.date.tolist())
    days = [row.as_of if not months_between(day, row.as_of) else day for day in ends if day <= _last_day(row.as_of)]
    found = [(day, month_end(outlook, day, row.indicator, units, atoms)) for day in days]
    return [Point(day, pool.numerator, pool.denominator) for day, pool in found if pool]


def speed(row: Attainment, points: Sequence[Point]) -> Speed:
    """Return the plain three: required, recent, best (rules 7)."""
    monthly = [(_slope(a, b), b.day) for a, b in pairwise(points) if _apart(a, b) == 1]
    best = max((gain for gain, _ in monthly), default=None)
    return Speed(row.required, row.recent, best, tuple(day for gain, day in monthly if gain == best))


def forecast(row: Attainment, points: Sequence[Point]) -> Forecast | None:
    """Return the forecast of a row that is judged and whose window goes on, None with fewer than four points."""
    used = points[-MOST:]
    if row.status not in _JUDGED or row.as_of is None or row.end is None or len(used) < LEAST:
        return None
    ahead = months_between(row.as_of, row.end)
    if ahead < 1 or used[-1].day != row.as_of:
        return None
    now, slope = used[-1], theil_sen(used)
    variance = _variance(used, slope)
    days = [row.as_of, *(_month_on(row.as_of, months) for months in range(1, ahead)), row.end]
    return Forecast(len(used), now.base, slope, tuple(
        step(now, slope, variance, months, day) for months, day in enumerate(days)))  # fmt: skip


def theil_sen(points: Sequence[Point]) -> Fraction:
    """Return the median of the slopes between all pairs of points, enterprises a month."""
    slopes = sorted(_slope(a, b) for a, b in combinations(points, 2))
    middle = len(slopes) // 2
    return slopes[middle] if len(slopes) % 2 else (slopes[middle - 1] + slopes[middle]) / 2


def step(now: Point, slope: Fraction, variance: Fraction, months: int, day: date) -> Step:
    """Return the line and its band so many months after `now`: A + d·h ± 1.2816·s·√h, inside 0 and the base."""
    line, half = now.covered + slope * months, WIDTH * _root(variance * months)
    return Step(day, *(min(max(value, Fraction(0)), Fraction(now.base)) for value in (line, line - half, line + half)))


def _variance(points: Sequence[Point], slope: Fraction) -> Fraction:
    """s²: what a month's increase scatters by around the slope; over k months it scatters by √k."""
    errors = [(b.covered - a.covered - slope * k) ** 2 / k for a, b in pairwise(points) if (k := _apart(a, b))]
    return Fraction(sum(errors), max(1, len(errors) - 1))


def _slope(a: Point, b: Point) -> Fraction:
    return Fraction(b.covered - a.covered, _apart(a, b))


def _apart(a: Point, b: Point) -> int:
    return months_between(a.day, b.day)


def _root(value: Fraction) -> Fraction:
    """√value to six decimals, downwards: the same on every machine."""
    return Fraction(isqrt(value.numerator * _FINE**2 // value.denominator), _FINE)


def _month_on(day: date, months: int) -> date:
    """The last day of a later month."""
    number = day.year * 12 + day.month - 1 + months
    return _last_day(date(number // 12, number % 12 + 1, 1))


def _last_day(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
