"""The cube of counts as plain figures: every unit's last snapshot of every indicator, and sums over units and types.

A ledger beats a summary of the same month (docs/rules.md 2); a scope of which only parts are told is 未报 (1).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

import pandas as pd

from unionplan.plan import SCOPES


class Count(NamedTuple):
    """One cell of the cube: covered (None: 未报), base, blank cells, covered outside the base, active, workers."""

    numerator: int | None
    denominator: int
    unknown: int
    outside: int
    active: int | None
    covered_workers: int | None
    workers: int | None


@dataclass(frozen=True)
class Figures:
    """The last snapshot of every unit and indicator on or before one date.

    `as_of`: (indicator, unit) → 统计时点. `counts`: (indicator, unit, atom or leaf) → Count. A ledger's unit
    has every atom; a summary's unit has what its return names. `other_base`: (indicator, unit) whose
    denominator is not the indicator's own; `summarised`: those that a summary tells.
    """

    as_of: dict[tuple[str, str], date]
    counts: dict[tuple[str, str, str], Count]
    other_base: frozenset[tuple[str, str]] = frozenset()
    summarised: frozenset[tuple[str, str]] = frozenset()

    def reported(self, indicator: str, unit: str, atoms: frozenset[str] = frozenset()) -> bool:
        """Return whether the unit told the indicator for all of `atoms` (none given: for any) at its snapshot.

        A scope of which a return tells only parts is 未报, never guessed (rules 1). Enterprises that a ledger
        knows only as 国有、集体及其控股（未细分） leave 国有 known in part; in a summary such a remainder stands
        beside a 国有 that was told whole.
        """
        cells = {atom: cell for atom in SCOPES["all"] if (cell := self.counts.get((indicator, unit, atom)))}
        told = {atom for atom, cell in cells.items() if cell.numerator is not None}
        public = "public_mixed" in told or {"state", "collective"} <= told
        private = "non_public" in told or {"private", "hmt", "foreign"} <= told
        if atoms == SCOPES["state"]:
            mixed = cells.get("public_mixed")
            loose = mixed is not None and mixed.denominator and (indicator, unit) not in self.summarised
            return "state" in told and not loose
        if atoms == SCOPES["all"]:
            return "untyped" in told or (public and private)
        if atoms in (SCOPES["public"], SCOPES["non_public"]):
            return public if atoms == SCOPES["public"] else private
        return bool(told)


@dataclass(frozen=True)
class Pool:
    """Counts summed over units and atoms: covered, base, blank cells, covered outside the base, active, workers."""

    numerator: int
    denominator: int
    unknown: int
    outside: int
    active: int | None
    covered_workers: int | None
    workers: int | None

    @property
    def rate(self) -> Fraction | None:
        """Σnumerator / Σdenominator, None when there is no base."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None


def figures(cube: pd.DataFrame, on: date | None = None) -> Figures:
    """Return every unit's last snapshot of every indicator on or before `on` (None: the last of all)."""
    known = cube if on is None else cube[cube["as_of"] <= pd.Timestamp(on)]
    if known.empty:
        return Figures({}, {})
    newest = known.groupby(["reporting_unit", "indicator"])["period"].transform("max")
    rows = ruling(known[known["period"] == newest])
    pairs = list(zip(rows["indicator"], rows["reporting_unit"], strict=True))
    as_of = {pair: stamp.date() for pair, stamp in zip(pairs, rows["as_of"], strict=True)}
    keys = ((*pair, atom) for pair, atom in zip(pairs, rows["enterprise_type"], strict=True))
    columns = (rows[name].astype(object).where(rows[name].notna(), None) for name in Count._fields)
    counts = {key: Count(*values) for key, values in zip(keys, zip(*columns, strict=True), strict=True)}
    other = frozenset(pair for pair, base in zip(pairs, rows["base"], strict=True) if base)
    told = frozenset(pair for pair, source in zip(pairs, rows["source"], strict=True) if source == "summary")
    return Figures(as_of, counts, other, told)


def ruling(cube: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that count: a ledger beats a summary of the same unit and month where it tells the indicator.

    A ledger whose column is blank throughout tells nothing; then the summary's figure stands.
    """
    if cube["source"].nunique() < 2:
        return cube
    told = cube["numerator"].notna() & (cube["source"] == "ledger")
    keys = [cube["reporting_unit"], cube["period"], cube["indicator"]]
    by_ledger = told.groupby(keys).transform("any")
    summarised = (cube["source"] == "summary").groupby(keys).transform("any")
    return cube[(cube["source"] == "ledger").where(by_ledger | ~summarised, cube["source"] == "summary")]


def pool_of(now: Figures, indicator: str, units: Iterable[str], atoms: frozenset[str]) -> Pool | None:
    """Return the counts summed over units and atoms, None where one of them is 未报."""
    cells = [cell for unit in units for atom in atoms if (cell := now.counts.get((indicator, unit, atom)))]
    if not cells or any(cell.numerator is None for cell in cells):
        return None
    return Pool(
        sum(cell.numerator or 0 for cell in cells), sum(cell.denominator for cell in cells),
        sum(cell.unknown for cell in cells), sum(cell.outside for cell in cells),
        *(_sum([getattr(cell, name) for cell in cells]) for name in ("active", "covered_workers", "workers")),
    )  # fmt: skip


def _sum(values: Sequence[int | None]) -> int | None:
    """The sum, None as soon as one part is not known."""
    return None if any(value is None for value in values) else sum(value or 0 for value in values)
