"""Why a rate moved: what the covered did and what the base did, exactly, and enterprise by enterprise where ledgers tell.

Both sides are the same units over the same base; where there is no such figure, nothing is compared (rules 7, 10).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from unionplan.attainment import Attainment, Outlook, counted_units, pooled_on
from unionplan.plan import SCOPES

KINDS = (
    "covered", "expired", "dropped", "registered", "moved_in", "joined", "returned", "retyped_in", "closed", "moved_out",
    "paused", "gone", "left", "retyped_out", "kept", "summary",
)  # fmt: skip
"""What can have happened to an enterprise between two ledgers; `summary`: units that tell sums only, in one line."""


@dataclass(frozen=True)
class Change:
    """A rate then and now over the same units: `covered0` of `base0` on `since`, `covered1` of `base1` on `until`.

    Both bases are above nought. total = effort + shift, exactly.
    """

    since: date
    until: date
    units: tuple[str, ...]
    covered0: int
    base0: int
    covered1: int
    base1: int

    @property
    def total(self) -> Fraction:
        """Return A₁/N₁ − A₀/N₀."""
        return Fraction(self.covered1, self.base1) - Fraction(self.covered0, self.base0)

    @property
    def effort(self) -> Fraction:
        """Return 覆盖增减: (A₁ − A₀)/N₁."""
        return Fraction(self.covered1 - self.covered0, self.base1)

    @property
    def shift(self) -> Fraction:
        """Return 底数变化: A₀·(1/N₁ − 1/N₀)."""
        return self.covered0 * (Fraction(1, self.base1) - Fraction(1, self.base0))


@dataclass(frozen=True)
class Move:
    """How many enterprises did one of KINDS, and what that adds to covered and base."""

    kind: str
    enterprises: int
    covered: int
    base: int


def previous_day(row: Attainment) -> date | None:
    """Return the day that ends the month before a row's own."""
    return row.as_of.replace(day=1) - timedelta(days=1) if row.as_of else None


def baseline_day(row: Attainment) -> date | None:
    """Return the day before a row's window, None where that is not before its own figure."""
    day = row.start - timedelta(days=1) if row.start else None
    return day if day and row.as_of and day < row.as_of else None


def units_of(outlook: Outlook, row: Attainment) -> tuple[str, ...]:
    """Return the units that a row stands on, in the plan's order."""
    own = (row.reporting_unit,) if row.reporting_unit else None
    return own or counted_units(outlook, row.indicator, SCOPES[row.scope])[0]


def change_since(outlook: Outlook, row: Attainment, day: date | None) -> Change | None:
    """Return how a row moved since its units' last figures on or before `day`, None where these are not comparable."""
    if day is None or row.as_of is None or row.numerator is None or not row.denominator:
        return None
    units = units_of(outlook, row)
    then = pooled_on(outlook, day, row.indicator, units, SCOPES[row.scope])
    if then is None or not then.denominator:
        return None
    told = outlook.figures(day).as_of
    since = max(told[row.indicator, unit] for unit in units)
    return Change(since, row.as_of, units, then.numerator, then.denominator, row.numerator, row.denominator)


def told_before(outlook: Outlook, row: Attainment, day: date | None) -> bool:
    """Return whether anybody told the indicator by `day`: then a missing comparison is one of other units or bases."""
    return day is not None and any(name == row.indicator for name, _ in outlook.figures(day).as_of)


def by_ledger(outlook: Outlook, change: Change, row: Attainment) -> dict[str, tuple[str, str]]:
    """Return unit → (period then, period now) of the units whose ledgers tell both sides."""
    then, now = outlook.figures(change.since), outlook.figures()
    pairs = [(unit, (row.indicator, unit)) for unit in change.units]
    return {
        unit: (f"{then.as_of[pair]:%Y-%m}", f"{now.as_of[pair]:%Y-%m}")
        for unit, pair in pairs if pair not in then.summarised and pair not in now.summarised
    }  # fmt: skip


def accounted(change: Change, told: Mapping[str, tuple[int, int, int]]) -> tuple[Move, ...]:
    """Return every kind that occurred, in the order of KINDS, so that they add up to the change.

    `told`: kind → (enterprises, covered, base) from the ledgers; what the other units add is one line.
    """
    moves = [Move(kind, *told[kind]) for kind in KINDS if kind in told and any(told[kind])]
    covered = change.covered1 - change.covered0 - _sum(move.covered for move in moves)
    base = change.base1 - change.base0 - _sum(move.base for move in moves)
    return (*moves, Move("summary", 0, covered, base)) if covered or base else tuple(moves)


def _sum(values: Iterable[int]) -> int:
    return sum(values)
