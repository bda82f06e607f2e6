"""From summary returns to the cube of counts: each return's own wording brought to atoms and leaves.

A return names enterprises singly or several together (国有、集体及其控股; 三资; 全部). Where a sum and its parts
both come, the leaf takes the remainder, so that summing atoms and leaves gives the sum again (docs/rules.md 1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from unionplan.observations import CUBE_COLUMNS, PARTS
from unionplan.plan import COVERAGE, Indicator

_ATOMS = ("state", "collective", "private", "hmt", "foreign", "unclassified")
_SHARED = ("total", "should_unionise", "unionised", "workers", "members")


class Cell(NamedTuple):
    """One figure of a return: covered (None: 未报), base, covered workers, workers, all enterprises that count."""

    numerator: int | None
    denominator: int
    covered_workers: int | None
    workers: int | None
    active: int | None


class Told(NamedTuple):
    """What a unit's return says: (type as told, indicator) → its own counts, and type → the counts it shares."""

    own: dict[tuple[str, str], dict[str, int | None]]
    shared: dict[str, dict[str, int | None]]


def summed(returns: Mapping[tuple[str, str], pd.DataFrame], indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """Return the cube rows (CUBE_COLUMNS) of the summary snapshots, keyed (unit, period)."""
    rows = [row for (unit, period), frame in returns.items() for row in _rows(unit, period, frame, indicators)]
    return pd.DataFrame(rows, columns=list(CUBE_COLUMNS))


def _rows(unit: str, period: str, frame: pd.DataFrame, indicators: Mapping[str, Indicator]) -> Iterator[list[object]]:
    told, as_of = told_by(frame), frame["as_of"].max()
    for name in COVERAGE:
        if name in indicators:
            cells, base = figures_of(told, name, indicators[name].base)
            for leaf, cell in leaves(cells).items():
                yield [unit, period, "summary", base, as_of, name, leaf, cell.numerator, cell.denominator,
                       cell.covered_workers, cell.workers, 0, 0, cell.active]  # fmt: skip


def told_by(frame: pd.DataFrame) -> Told:
    """Return a summary snapshot as plain counts."""
    own: dict[tuple[str, str], dict[str, int | None]] = {}
    shared: dict[str, dict[str, int | None]] = {}
    plain = frame.astype(object).where(frame.notna(), None)
    for record in plain.to_dict("records"):
        counts = {str(name): value for name, value in record.items()}
        if counts["indicator"]:
            own[counts["told"], counts["indicator"]] = counts
        else:
            shared[counts["told"]] = counts
    return Told(own, shared)


def figures_of(told: Told, indicator: str, base: str) -> tuple[dict[str, Cell], str]:
    """Return (type as told → Cell, the denominators' kind where it is not `base`, else '').

    A total beside the indicator is its denominator. Else 已建会企业数 is that of a base of unionised
    enterprises, and 企业总数 only where the return has no such column. Women's share has no column of its own
    in a summary: it stands over all unionised enterprises, which is another base.
    """
    bare: dict[str, int | None] = {}
    types = [*told.shared, *(kind for kind, name in told.own if name == indicator)]
    cells, other = {}, ""
    has_unionised = any(counts["unionised"] is not None for counts in told.shared.values())
    for kind in dict.fromkeys(types):
        own, shared = told.own.get((kind, indicator), bare), told.shared.get(kind, bare)
        denominator = own.get("denominator")
        if denominator is None:
            denominator = shared.get(_column(base, has_unionised, shared))
            other = "unionised" if base == "unionised_women" else ""
        numerator = own.get("numerator")
        if numerator is None and indicator in ("union", "member"):
            numerator = shared.get("unionised" if indicator == "union" else "members")
        if denominator is not None and (own or numerator is not None):
            cells[kind] = _cell(indicator, numerator, denominator, own, shared)
    return cells, other if cells else ""


def _column(base: str, has_unionised: bool, shared: Mapping[str, int | None]) -> str:
    """The shared column that is the denominator of a base."""
    if base == "workers":
        return "workers"
    if base == "active" or not has_unionised:
        return "should_unionise" if shared.get("should_unionise") is not None else "total"
    return "unionised"


def _cell(
    indicator: str, numerator: int | None, denominator: int, own: Mapping[str, int | None],
    shared: Mapping[str, int | None],
) -> Cell:  # fmt: skip
    """职工人数 of a return are those of all its enterprises: they weigh a rate only where these are its base."""
    total = shared.get("total")
    active = total if total is not None else shared.get("should_unionise")
    if indicator == "member":
        return Cell(numerator, denominator, numerator, denominator, active)
    workers = shared.get("workers") if total == denominator else None
    return Cell(numerator, denominator, own.get("covered_workers"), workers, active)


def leaves(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """Return atom or leaf → Cell. A leaf below zero means parts that exceed their sum: refused on the way in.

    三资 without 私营 tells no scope of the plan and stands in no leaf; it stays in the return.
    """
    usable = {kind: cell for kind, cell in cells.items() if kind not in _hidden(cells)}
    found = {atom: usable[atom] for atom in _ATOMS if atom in usable}
    public = [found[atom] for atom in ("state", "collective") if atom in found]
    private = [found[atom] for atom in ("private", "hmt", "foreign") if atom in found]
    if "public" in usable:
        found["public_mixed"] = _minus(usable["public"], public)
    if "non_public" in usable:
        found["non_public"] = _minus(usable["non_public"], private)
    elif "hmt_foreign" in usable and "private" in found:
        found["non_public"] = _minus(
            usable["hmt_foreign"], [found[atom] for atom in ("hmt", "foreign") if atom in found]
        )
    if "all" in usable:
        found["untyped"] = _minus(usable["all"], list(found.values()))
    return found


def _hidden(cells: Mapping[str, Cell]) -> set[str]:
    """Kinds without a figure that stand beside a sum or part of theirs that has one: they are left out as 未报."""
    said = {kind for kind, cell in cells.items() if cell.numerator is not None}
    inside = {part for whole in said for part in _all_parts(whole)}
    around = {whole for whole in cells if said & set(_all_parts(whole))}
    return (set(cells) - said) & (inside | around)


def _all_parts(whole: str) -> list[str]:
    return [name for part in PARTS.get(whole, ()) for name in (part, *_all_parts(part))]


def _minus(whole: Cell, parts: list[Cell]) -> Cell:
    def rest(name: str) -> int | None:
        values = [getattr(cell, name) for cell in (whole, *parts)]
        return None if any(value is None for value in values) else values[0] - sum(values[1:])

    denominator = rest("denominator")
    assert denominator is not None
    return Cell(rest("numerator"), denominator, rest("covered_workers"), rest("workers"), rest("active"))
