"""Whose contract runs out soon, by name, from ledger snapshots; as many as lists.expiring counts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd

from unionplan.observations import CONTRACTS
from unionplan.plan import Indicator
from unionplan.store.counts import BASES, COVERED

ENDING = ("reporting_unit", "org_name", "union_code", "enterprise_type", "workers", "form", "day", "left", "as_of")
"""One enterprise whose contract is in force at its snapshot and ends on `day`, `left` days after the snapshot."""


def ending(paths: Sequence[Path], indicator: Indicator, units: Sequence[str], days: int = 90) -> pd.DataFrame:
    """Return the covered enterprises (ENDING) whose contract ends within `days` of their snapshot (rules 7).

    In the order of `units`, within a unit the first to end first; nothing for an indicator that is no contract.
    """
    if not paths or indicator.id not in CONTRACTS:
        return pd.DataFrame(columns=list(ENDING))
    name = indicator.id
    query = f"""
      SELECT reporting_unit, org_name, union_code, enterprise_type, workers, {name}_form AS form, {name}_end AS day,
        CAST({name}_end - as_of AS INTEGER) AS "left", as_of
      FROM read_parquet($files, union_by_name = true)
      WHERE ({BASES[indicator.base]}) AND {COVERED[name][0]} AND {name}_end <= as_of + {int(days)}
      ORDER BY COALESCE(LIST_POSITION($units, reporting_unit), 1000000), {name}_end, workers DESC NULLS LAST, org_name, key"""  # noqa: S608 - our own conditions, values are parameters
    with duckdb.connect(config={"threads": 2}) as engine:
        return engine.execute(query, {"files": [str(path) for path in paths], "units": [*units, ""]}).df()
