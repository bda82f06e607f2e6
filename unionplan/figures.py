"""The counts behind every rate: each unit's last snapshot of each indicator, and whose denominators count.

A unit that others were merged into is told by these until it reports itself; a fixed base (核定底数) takes all
denominators from one day. Source of every rule: docs/rules.md 1, 2, 10, 11.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

import pandas as pd

from unionplan.plan import SCOPES, Unit


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
    denominator is not the indicator's own; `summarised`: those that a summary tells. `base`: whose denominators
    count instead of these (核定底数), None where they move with the data. `heirs`: (indicator, unit) → the units it
    came from, where their figures stand for its own.
    """

    as_of: dict[tuple[str, str], date]
    counts: dict[tuple[str, str, str], Count]
    other_base: frozenset[tuple[str, str]] = frozenset()
    summarised: frozenset[tuple[str, str]] = frozenset()
    base: Figures | None = None
    heirs: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def reported(self, indicator: str, unit: str, atoms: frozenset[str] = frozenset()) -> bool:
        """Return whether the unit told the indicator for all of `atoms` (none given: for any) at its snapshot.

        A scope of which a return tells only parts is 未报, never guessed (rules 1). Enterprises that a ledger
        knows only as 国有、集体及其控股（未细分） leave 国有 known in part; in a summary such a remainder stands
        beside a 国有 that was told whole. A unit that its predecessors stand for has told what all of them told; with
        a fixed base the scope must have been told then too.
        """
        if self.base and self.base.as_of.get((indicator, unit)) and not self.base.reported(indicator, unit, atoms):
            return False
        if parts := self.heirs.get((indicator, unit)):
            return all(self.reported(indicator, part, atoms) for part in parts)
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

    def base_of(self, indicator: str, units: Iterable[str], atoms: frozenset[str]) -> int | None:
        """Return the denominator of units and types together, None where a fixed base does not tell one of the units."""
        ruling = self.base or self
        cells = [[cell for atom in atoms if (cell := ruling.counts.get((indicator, unit, atom)))] for unit in units]
        if self.base and not all(cells):
            return None
        return sum(cell.denominator for own in cells for cell in own)

    def counts_of(self, indicator: str, units: Sequence[str], atoms: frozenset[str]) -> tuple[int, int] | None:
        """Return (covered, base) of units and types together, None where one of them is 未报."""
        cells = [cell for unit in units for atom in atoms if (cell := self.counts.get((indicator, unit, atom)))]
        covered, base = total([cell.numerator for cell in cells]), self.base_of(indicator, units, atoms)
        return None if not cells or covered is None or base is None else (covered, base)

    def apart(self, indicator: str, unit: str) -> bool:
        """Return whether a unit's denominator is of another kind than the indicator's own, or was not there to be fixed."""
        pair = (indicator, unit)
        unfixed = self.base is not None and pair in self.as_of and pair not in self.base.as_of
        return unfixed or pair in self.other_base


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


def inherited(now: Figures, units: Sequence[Unit], newest: Mapping[str, date] | None = None) -> Figures:
    """Return the figures with those of its predecessors for every unit that has none of its own yet (rules 10).

    All of them must have been told; the oldest 统计时点 is that of the sum. A unit that kept its name when it took
    another in stands for both from that day on: its figures of before are summed with the other's, in a view whose
    `newest` 统计时点 of an indicator is not before that day. Earlier views have each by itself.
    """
    for unit in sorted((one for one in units if founders(one, units)), key=lambda one: one.start or date.min):
        for indicator in {name for name, _ in now.as_of}:
            pairs = [(indicator, name) for name in founders(unit, units)]
            if (indicator, unit.name) not in now.as_of and all(pair in now.as_of for pair in pairs):
                now = _joined(now, indicator, unit.name, founders(unit, units))
    for day, taker, name in sorted(
        (day, one.name, name) for one in units for name, day in absorbed(one, units).items()
    ):
        for indicator in [key for key, last in (newest or {}).items() if last >= day]:
            now = _taken_in(now, indicator, taker, name, day)
    return now


def founders(unit: Unit, units: Sequence[Unit]) -> tuple[str, ...]:
    """Return the units that one was made of when it began: those it came from without those it took in later."""
    later = absorbed(unit, units)
    return tuple(name for name in unit.before if name not in later) if unit.start else ()


def absorbed(unit: Unit, units: Sequence[Unit]) -> dict[str, date]:
    """Return unit → the day on which another that was there already took it in and kept its own name."""
    ends = {one.name: one.end for one in units}
    days = {name: end + timedelta(days=1) for name in unit.before if (end := ends.get(name))}
    return {name: day for name, day in days.items() if unit.start is None or unit.start < day}


def _taken_in(now: Figures, indicator: str, unit: str, name: str, day: date) -> Figures:
    """The figures of a unit before it took another in, summed with the other's; 未报 where only one of them is known."""
    own, other = (indicator, unit), (indicator, name)
    if own not in now.as_of or now.as_of[own] >= day:
        return now
    if other not in now.as_of:
        return replace(
            now, as_of={pair: one for pair, one in now.as_of.items() if pair != own},
            counts={key: cell for key, cell in now.counts.items() if key[:2] != own},
        )  # fmt: skip
    alone = f"{unit}\n{day}"  # what it was before; no unit has such a name
    counts = {(indicator, alone, atom): cell for (one, who, atom), cell in now.counts.items() if (one, who) == own}
    same = frozenset({(indicator, alone)})
    kept = replace(
        now, counts=now.counts | counts, as_of={**now.as_of, (indicator, alone): now.as_of[own]},
        other_base=now.other_base | (same if own in now.other_base else frozenset()),
        summarised=now.summarised | (same if own in now.summarised else frozenset()),
        heirs={**now.heirs, (indicator, alone): now.heirs[own]} if own in now.heirs else now.heirs,
    )  # fmt: skip
    joined = _joined(kept, indicator, unit, (alone, name))
    return replace(joined, as_of={pair: one for pair, one in joined.as_of.items() if pair != (indicator, alone)})


def _joined(now: Figures, indicator: str, unit: str, parts: Sequence[str]) -> Figures:
    pairs, own = [(indicator, name) for name in parts], (indicator, unit)
    told = {(*own, atom): [now.counts[*pair, atom] for pair in pairs if (*pair, atom) in now.counts]
            for atom in SCOPES["all"]}  # fmt: skip
    counts = {
        key: Count._make(total(values) for values in zip(*cells, strict=True)) for key, cells in told.items() if cells
    }
    return replace(
        now, counts=now.counts | counts, as_of=now.as_of | {own: min(now.as_of[pair] for pair in pairs)},
        other_base=now.other_base | ({own} if now.other_base & {*pairs} else set()),
        summarised=now.summarised | ({own} if now.summarised & {*pairs} else set()),
        heirs={**now.heirs, own: tuple(parts)},
    )  # fmt: skip


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


def pool_of(now: Figures, indicator: str, units: Collection[str], atoms: frozenset[str]) -> Pool | None:
    """Return the counts summed over units and atoms, None where one of them is 未报."""
    cells = [cell for unit in units for atom in atoms if (cell := now.counts.get((indicator, unit, atom)))]
    base = now.base_of(indicator, units, atoms)
    if not cells or base is None or any(cell.numerator is None for cell in cells):
        return None
    return Pool(
        sum(cell.numerator or 0 for cell in cells), base,
        sum(cell.unknown for cell in cells), sum(cell.outside for cell in cells),
        *(total([getattr(cell, name) for cell in cells]) for name in ("active", "covered_workers", "workers")),
    )  # fmt: skip


def total(values: Sequence[int | None]) -> int | None:
    """Return the sum, None as soon as one part is not known."""
    return None if any(value is None for value in values) else sum(value or 0 for value in values)
