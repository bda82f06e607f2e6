"""Every enterprise behind a figure: counted as covered, in the base, missing, or not counted and why.

Base and coverage are the conditions of counts.py, so each list is as long as its figure says. Filtering, ordering and
cutting happen in the SQL; words are the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from unionplan.observations import CONTRACTS, ENTERPRISE
from unionplan.plan import SCOPES, Indicator
from unionplan.store.counts import BASES, CELLS, COVERED
from unionplan.store.lists import missing_sql

LISTED = (
    "reporting_unit", "org_name", "union_code", "enterprise_type", "industry", "workers", "reason", "told", "day", "short",
    "as_of",
)  # fmt: skip
"""One enterprise. `reason`: `covered`, one of lists.REASONS, or why it is not counted (APART); `told`: the cell that
decides; `day`: its contract's end (or beginning, where that lies ahead); `short`: 1, for `member` the workers who have
not joined."""
APART = (
    "closed", "moved_out", "paused", "no_enterprise", "no_union", "union_blank", "no_women", "women_blank",
    "workers_blank",
)  # fmt: skip
SHOWS = ("missing", "covered", "base", "apart", "unclassified", "expiring")
ORDERS = ("unit", "workers", "industry", "expiry")
SOON = 90  # days


def standing(
    paths: Sequence[Path], indicator: Indicator, scope: str, show: str, units: Sequence[str] = (), order: str = "unit",
    limit: int | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return the enterprises (LISTED) of a scope that `show` names, in one of ORDERS; `limit` cuts after ordering.

    `unclassified` are those of the base whose type nobody knows, whatever the scope; `expiring` the covered whose
    contract ends within SOON days of their snapshot.
    """
    if not paths:
        return pd.DataFrame(columns=list(LISTED))
    query = f"""
      SELECT reporting_unit, org_name, union_code, enterprise_type, industry, workers, {_reason(indicator)} AS reason,
        {_told(indicator)} AS told, {_day(indicator)} AS day, {missing_sql(indicator)[3]} AS short, as_of
      FROM read_parquet($files, union_by_name = true)
      WHERE {_shown(indicator, show)}
      ORDER BY {_ordered(order)}
        COALESCE(LIST_POSITION($units, reporting_unit), 1000000), workers DESC NULLS LAST, org_name, key
      LIMIT {"NULL" if limit is None else int(limit)}"""  # noqa: S608 - our own conditions, values are parameters
    return _frame(query, paths, scope, show, units=[*units, ""])


def totals(paths: Sequence[Path], indicator: Indicator, scope: str, show: str) -> dict[str, tuple[int, int, int]]:
    """Return reporting unit → (enterprises that `standing` lists, what they add to the covered, to the base)."""
    if not paths:
        return {}
    covered, base = _amounts(indicator)
    query = f"""
      SELECT reporting_unit, COUNT(*) AS firms, CAST(SUM({covered}) AS BIGINT) AS a, CAST(SUM({base}) AS BIGINT) AS n
      FROM read_parquet($files, union_by_name = true) WHERE {_shown(indicator, show)}
      GROUP BY reporting_unit"""  # noqa: S608 - our own conditions, values are parameters
    rows = _frame(query, paths, scope, show).to_numpy().tolist()
    return {str(unit): (int(firms), int(a), int(n)) for unit, firms, a, n in rows}


def _inside(indicator: Indicator) -> str:
    condition = "active AND workers IS NOT NULL" if indicator.id == "member" else BASES[indicator.base]
    return f"COALESCE({condition}, FALSE)"


def _covered(indicator: Indicator) -> str:
    return f"COALESCE({'members > 0' if indicator.id == 'member' else COVERED[indicator.id][0]}, FALSE)"


def _amounts(indicator: Indicator) -> tuple[str, str]:
    inside, covered = _inside(indicator), _covered(indicator)
    if indicator.id == "member":
        return (
            f"CASE WHEN {inside} THEN COALESCE(members, 0) ELSE 0 END",
            f"CASE WHEN {inside} THEN workers ELSE 0 END",
        )
    return f"CASE WHEN {inside} AND {covered} THEN 1 ELSE 0 END", f"CASE WHEN {inside} THEN 1 ELSE 0 END"


def _shown(indicator: Indicator, show: str) -> str:
    inside, covered = _inside(indicator), _covered(indicator)
    own = "enterprise_type IN (SELECT UNNEST($atoms))"
    soon = f"{indicator.id}_end <= as_of + {SOON}" if indicator.id in CONTRACTS else "FALSE"
    return {
        "missing": f"{own} AND {missing_sql(indicator)[0]}",
        "covered": f"{own} AND {inside} AND {covered}",
        "base": f"{own} AND {inside}",
        "apart": f"{own} AND NOT {inside}",
        "unclassified": f"{own} AND {inside}",
        "expiring": f"{own} AND {inside} AND {covered} AND {soon}",
    }[show]


def _reason(indicator: Indicator) -> str:
    done = "members = workers" if indicator.id == "member" else _covered(indicator)
    return f"""CASE WHEN NOT {_inside(indicator)} THEN {_apart(indicator)}
      WHEN COALESCE({done}, FALSE) THEN 'covered' ELSE {missing_sql(indicator)[1]} END"""


def _apart(indicator: Indicator) -> str:
    """Why an enterprise is in no base: the first thing that keeps it out."""
    women = "WHEN women_workers IS NULL THEN 'women_blank' WHEN women_workers = 0 THEN 'no_women'"
    narrower = {
        "active": "",
        "workers": "WHEN workers IS NULL THEN 'workers_blank'",
        "unionised": "WHEN unionised IS NULL THEN 'union_blank'",
        "unionised_women": f"WHEN unionised IS NULL THEN 'union_blank' WHEN unionised <> '是' THEN 'no_union' {women}",
    }[indicator.base]
    return f"""CASE WHEN entity <> '{ENTERPRISE}' THEN 'no_enterprise' WHEN enterprise_state = '迁出' THEN 'moved_out'
      WHEN enterprise_state = '停业' THEN 'paused' WHEN NOT active THEN 'closed' {narrower} ELSE 'no_union' END"""


def _told(indicator: Indicator) -> str:
    if indicator.id == "member":
        return "CAST(members AS VARCHAR)"
    return "union_form" if indicator.id == "union" else CELLS[indicator.id]


def _day(indicator: Indicator) -> str:
    if indicator.id not in CONTRACTS:
        return "CAST(NULL AS DATE)"
    return f"CASE WHEN {_covered(indicator)} THEN {indicator.id}_end ELSE {missing_sql(indicator)[2]} END"


def _ordered(order: str) -> str:
    return {
        "unit": "", "workers": "workers DESC NULLS LAST,", "expiry": "day NULLS LAST, workers DESC NULLS LAST,",
        "industry": "industry NULLS LAST, workers DESC NULLS LAST,",
    }[order]  # fmt: skip


@dataclass(frozen=True)
class Slice:
    """One kind of organisation that the plan names beside the types: covered of base, and who did not tell it."""

    id: str
    covered: int
    base: int
    untold: tuple[str, ...]


_NON_PUBLIC = "active AND enterprise_type IN ('private', 'hmt', 'foreign', 'non_public')"
_SLICES = {
    "institutions": ("registration", "entity = '事业单位' AND COALESCE(enterprise_state, '存续') = '存续'"),
    "above_scale": ("above_scale", f"{_NON_PUBLIC} AND above_scale = '是'"),
    "restructured": ("restructured", f"{_NON_PUBLIC} AND restructured = '是'"),
    "smaller": ("size_class", f"{_NON_PUBLIC} AND size_class IN ('中型', '小型')"),
}
"""id → (the column that must be told, who belongs to it); all of them unionised."""


def slices(paths: Sequence[Path], indicator: Indicator) -> list[Slice]:
    """Return the slices of 职代会 and 厂务公开 that the plan's part five names, over the ledgers at `paths`.

    A unit whose ledger leaves the column blank throughout is in neither count and named; a slice that nobody tells
    is left out. 事业单位 stand in no denominator of enterprises.
    """
    if not paths:
        return []
    columns = [
        f"COUNT({column}) AS told_{name}, COUNT(*) FILTER (WHERE {who} AND unionised = '是') AS n_{name}, "
        f"COUNT(*) FILTER (WHERE {who} AND unionised = '是' AND {COVERED[indicator.id][0]}) AS a_{name}"
        for name, (column, who) in _SLICES.items()
    ]
    query = f"""SELECT reporting_unit, {", ".join(columns)} FROM read_parquet($files, union_by_name = true)
      GROUP BY reporting_unit ORDER BY reporting_unit"""  # noqa: S608 - our own conditions
    with duckdb.connect(config={"threads": 2}) as engine:
        rows = engine.execute(query, {"files": [str(path) for path in paths]}).df().to_dict("records")
    found = [_slice(name, rows) for name in _SLICES]
    return [one for one in found if len(one.untold) < len(rows)]


def _slice(name: str, rows: Sequence[Any]) -> Slice:
    told = [row for row in rows if row[f"told_{name}"]]
    untold = tuple(str(row["reporting_unit"]) for row in rows if not row[f"told_{name}"])
    return Slice(name, sum(int(row[f"a_{name}"]) for row in told), sum(int(row[f"n_{name}"]) for row in told), untold)


def _frame(query: str, paths: Sequence[Path], scope: str, show: str, **values: Any) -> pd.DataFrame:
    atoms = ["unclassified"] if show == "unclassified" else sorted(SCOPES[scope])
    with duckdb.connect(config={"threads": 2}) as engine:
        return engine.execute(query, {"files": [str(path) for path in paths], "atoms": atoms, **values}).df()
