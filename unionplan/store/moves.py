"""What happened to each enterprise between two ledgers of its unit: newly covered, run out, registered, closed …

Base and coverage are the conditions of counts.py on either side, so the kinds add up to the change of the figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from unionplan.observations import CONTRACTS
from unionplan.plan import SCOPES, Indicator
from unionplan.store.counts import BASES, COVERED, FORMS

MOVED = ("reporting_unit", "org_name", "union_code", "enterprise_type", "workers", "kind", "covered", "base")
"""One enterprise that a change is made of: what it is now (then, where it is no longer listed), what happened to it
(change.KINDS) and what that adds to covered and base."""


def moves(
    then: Sequence[Path], now: Sequence[Path], indicator: Indicator, scope: str
) -> dict[str, tuple[int, int, int]]:
    """Return kind → (enterprises, Δ covered, Δ base) between the ledgers of the same units, without what stayed.

    Only `kept` of 入会率 counts those that stayed: their members and workers may have changed.
    """
    if not now:
        return {}
    query = f"""{_sides(indicator)}
      SELECT kind, COUNT(*), CAST(SUM(covered) AS BIGINT), CAST(SUM(base) AS BIGINT) FROM ({_moved(indicator)})
      GROUP BY kind"""  # noqa: S608 - our own conditions, values are parameters
    rows = _frame(query, then, now, scope).to_numpy().tolist()
    return {str(kind): (int(count), int(covered), int(base)) for kind, count, covered, base in rows}


def moved(then: Sequence[Path], now: Sequence[Path], indicator: Indicator, scope: str) -> pd.DataFrame:
    """Return the enterprises (MOVED) that `moves` counts, kind by kind, in it unit by unit, most workers first."""
    if not now:
        return pd.DataFrame(columns=list(MOVED))
    query = f"""{_sides(indicator)}
      SELECT {", ".join(MOVED)} FROM ({_moved(indicator)})
      ORDER BY kind, reporting_unit, workers DESC NULLS LAST, org_name"""  # noqa: S608 - our own conditions
    return _frame(query, then, now, scope)


def _sides(indicator: Indicator) -> str:
    return f"""WITH was AS ({_side(indicator, "then")}), is_now AS ({_side(indicator, "now")}),
      known AS (SELECT DISTINCT key, reporting_unit FROM was)"""  # noqa: S608 - our own conditions


def _side(indicator: Indicator, files: str) -> str:
    """Each enterprise with whether it is of the scope, in the base, covered, and what it adds to either count."""
    name = indicator.id
    own = "enterprise_type IN (SELECT UNNEST($atoms))"
    if name == "member":
        inside = f"{own} AND active AND workers IS NOT NULL"
        amounts = (
            "CASE WHEN inside THEN COALESCE(members, 0) ELSE 0 END AS a, CASE WHEN inside THEN workers ELSE 0 END AS n"
        )
        covered = "FALSE"
    else:
        inside = f"COALESCE({own} AND {BASES[indicator.base]}, FALSE)"
        amounts = "CAST(inside AND covered AS INTEGER) AS a, CAST(inside AS INTEGER) AS n"
        covered = f"COALESCE({COVERED[name][0]}, FALSE)"
    lapsed = f"COALESCE({name}_form IN {FORMS} AND {name}_end < as_of, FALSE)" if name in CONTRACTS else "FALSE"
    return f"""SELECT *, {amounts} FROM (
      SELECT reporting_unit, key, org_name, union_code, enterprise_type, workers, members, enterprise_state, active,
        {own} AS own, {inside} AS inside, {covered} AS covered, {lapsed} AS lapsed
      FROM read_parquet(${files}, union_by_name = true))"""  # noqa: S608 - our own conditions


def _moved(indicator: Indicator) -> str:
    stayed = "'kept'" if indicator.id == "member" else _STAYED
    kind = f"""CASE WHEN w.inside AND i.inside THEN {stayed}
      WHEN i.inside THEN {_CAME} ELSE {_WENT} END"""
    shown = ", ".join(f"COALESCE(i.{one}, w.{one}) AS {one}" for one in MOVED[:5])
    return f"""SELECT {shown}, {kind} AS kind, COALESCE(i.a, 0) - COALESCE(w.a, 0) AS covered,
        COALESCE(i.n, 0) - COALESCE(w.n, 0) AS base
      FROM was w FULL OUTER JOIN is_now i ON w.reporting_unit = i.reporting_unit AND w.key = i.key
      WHERE (COALESCE(w.inside, FALSE) OR COALESCE(i.inside, FALSE))
        AND (COALESCE(i.a, 0) <> COALESCE(w.a, 0) OR COALESCE(i.n, 0) <> COALESCE(w.n, 0))"""  # noqa: S608 - ours


_STAYED = "CASE WHEN i.covered THEN 'covered' WHEN i.lapsed THEN 'expired' ELSE 'dropped' END"
_CAME = """CASE WHEN w.key IS NULL AND EXISTS (SELECT 1 FROM known k
        WHERE k.key = i.key AND k.reporting_unit <> i.reporting_unit) THEN 'moved_in'
      WHEN w.key IS NULL THEN 'registered' WHEN NOT w.own THEN 'retyped_in' WHEN NOT w.active THEN 'returned'
      ELSE 'joined' END"""
_WENT = """CASE WHEN i.key IS NULL THEN 'gone' WHEN i.active AND NOT i.own THEN 'retyped_out'
      WHEN NOT i.active THEN CASE i.enterprise_state WHEN '注销' THEN 'closed' WHEN '迁出' THEN 'moved_out'
        WHEN '停业' THEN 'paused' ELSE 'left' END ELSE 'left' END"""


def _frame(query: str, then: Sequence[Path], now: Sequence[Path], scope: str) -> pd.DataFrame:
    values: dict[str, Any] = {
        "then": [str(p) for p in then],
        "now": [str(p) for p in now],
        "atoms": sorted(SCOPES[scope]),
    }
    with duckdb.connect(config={"threads": 2}) as engine:
        return engine.execute(query, values).df()
