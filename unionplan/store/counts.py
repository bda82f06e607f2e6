"""From ledger snapshots to the cube of counts: plain SQL that returns additive integers, one scan.

The SQL holds the definitions of docs/rules.md 2: who is in the base, who is covered, which cells are blank.
It is ANSI text bound to a list of files by the engine (here DuckDB in process); ratios are never computed
in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from unionplan.observations import CONTRACTS, CUBE_COLUMNS
from unionplan.plan import ATOMS, COVERAGE, Indicator
from unionplan.store.alike import alike

Row = dict[str, Any]
_COUNTS = ("numerator", "denominator", "covered_workers", "workers", "unknown", "outside")
FORMS = "('单独', '区域性', '行业性')"
BASES = {
    "active": "active",
    "unionised": "active AND unionised = '是'",
    "unionised_women": "active AND unionised = '是' AND women_workers > 0",
    "workers": "active",
}
_BASE_CELLS = {"active": (), "unionised": ("unionised",), "unionised_women": ("unionised", "women_workers")}


def _contract(name: str) -> tuple[str, str]:
    """(in force at the snapshot's date, cannot be told because a cell is blank)."""
    signed, start, end = f"{name}_form IN {FORMS}", f"{name}_start", f"{name}_end"
    covered = f"{signed} AND {start} <= as_of AND {end} >= as_of"
    undated = f"({end} IS NULL AND ({start} IS NULL OR {start} <= as_of)) OR ({start} IS NULL AND {end} >= as_of)"
    return covered, f"{name}_form IS NULL OR ({signed} AND ({undated}))"


COVERED: dict[str, tuple[str, str]] = {
    **{name: _contract(name) for name in CONTRACTS},
    "congress": (f"congress IN {FORMS}", "congress IS NULL"),
    "disclosure": ("disclosure = '是'", "disclosure IS NULL"),
    "harmony": ("harmony IN ('开展', '达标AA', 'AAA')", "harmony IS NULL"),
    "union": ("unionised = '是'", "unionised IS NULL"),
}
CELLS = {**{name: f"{name}_form" for name in CONTRACTS}, "congress": "congress", "disclosure": "disclosure",
          "harmony": "harmony", "union": "unionised"}  # fmt: skip


def ledger_sql(indicators: Mapping[str, Indicator], source: str, times: str = "1") -> str:
    """Return the query: one row per unit × 统计时点 × atom, counts as columns `<indicator>_<count>`.

    `times`: how many enterprises a row of the source stands for, its workers and members being theirs together.
    """
    columns = [f"{_when('active', times)} AS active"]
    for name in COVERAGE:
        if name in indicators:
            columns += _member_columns() if name == "member" else _columns(name, indicators[name].base, times)
    columns += [f"COUNT({cell}) AS said_{cell}" for cell in _said_cells()]
    columns += [_when(f"{name}_form IN {FORMS}", times) + f" AS signed_{name}" for name in CONTRACTS]
    body = ",\n  ".join(columns)
    keys = "reporting_unit, as_of, enterprise_type"
    return f"SELECT {keys},\n  {body}\nFROM {source}\nGROUP BY {keys}"


def _columns(name: str, base: str, times: str) -> list[str]:
    inside = BASES[base]
    covered, blank = COVERED[name]
    return [
        f"{_when(f'{inside} AND {covered}', times)} AS {name}_numerator",
        f"{_when(inside, times)} AS {name}_denominator",
        f"{_when(f'{inside} AND ({blank})', times)} AS {name}_unknown",
        f"{_when(f'active AND NOT COALESCE({inside}, FALSE) AND {covered}', times)} AS {name}_outside",
        f"{_when(f'{inside} AND {covered}', 'workers')} AS {name}_covered_workers",
        f"{_when(inside, 'workers')} AS {name}_workers",
    ]


def _member_columns() -> list[str]:
    """会员 over 职工; an enterprise without 职工人数 is in neither, one without 会员人数 makes a range."""
    known = "active AND workers IS NOT NULL"
    return [
        f"{_when(known, 'members')} AS member_numerator",
        f"{_when(known, 'workers')} AS member_denominator",
        f"{_when(f'{known} AND members IS NULL', 'workers')} AS member_unknown",
        f"{_when('active AND workers IS NULL', 'members')} AS member_outside",
        f"{_when(known, 'members')} AS member_covered_workers",
        f"{_when(known, 'workers')} AS member_workers",
    ]


def _when(condition: str, value: str) -> str:
    return f"CAST(COALESCE(SUM(CASE WHEN {condition} THEN {value} ELSE 0 END), 0) AS BIGINT)"


def _said_cells() -> list[str]:
    dates = [f"{name}_{edge}" for name in CONTRACTS for edge in ("start", "end")]
    return [*dict.fromkeys([*CELLS.values(), *dates, "women_workers", "workers", "members"])]


def counted(paths: Mapping[tuple[str, str], Path], indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """Return the cube rows (CUBE_COLUMNS) of the ledger snapshots at `paths`, keyed (unit, period).

    Every unit has every atom; an indicator whose column is blank throughout the unit has no numerator.
    """
    if not paths:
        return pd.DataFrame(columns=list(CUBE_COLUMNS))
    with duckdb.connect(config={"threads": 2}) as engine:
        sql = ledger_sql(indicators, "read_parquet($files)")
        wide = engine.execute(sql, {"files": [str(path) for path in paths.values()]}).df()
    return cube_of(wide, list(paths), [name for name in COVERAGE if name in indicators], indicators)


def counted_together(ledgers: Mapping[tuple[str, str], pa.Table], indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """Return the same of ledgers that are not written yet (snapshots.ledger_table)."""
    if not ledgers:
        return pd.DataFrame(columns=list(CUBE_COLUMNS))
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.register("ledgers", pa.concat_tables([alike(ledger) for ledger in ledgers.values()]))
        wide = engine.execute(ledger_sql(indicators, "ledgers", "times")).df()
    return cube_of(wide, list(ledgers), [name for name in COVERAGE if name in indicators], indicators)


def cube_of(
    wide: pd.DataFrame, slots: Iterable[tuple[str, str]], names: list[str], indicators: Mapping[str, Indicator]
) -> pd.DataFrame:
    """Return the wide result of `ledger_sql` as cube rows for the (unit, period) slots."""
    groups: dict[tuple[str, str], dict[str, Row]] = {}
    for row in wide.to_dict("records"):
        day = pd.Timestamp(row["as_of"])
        key = (str(row["reporting_unit"]), f"{day:%Y-%m}")
        groups.setdefault(key, {})[str(row["enterprise_type"])] = {**{str(k): v for k, v in row.items()}, "as_of": day}
    rows = [line for slot in slots if slot in groups for line in _slot_rows(*slot, groups[slot], names, indicators)]
    return pd.DataFrame(rows, columns=list(CUBE_COLUMNS))


def _slot_rows(
    unit: str, period: str, group: Mapping[str, Row], names: list[str], indicators: Mapping[str, Indicator]
) -> Iterator[list[object]]:
    """Every indicator × atom of one unit and month, with zeros where the unit has no such enterprise."""
    atoms = [*ATOMS, *(atom for atom in group if atom not in ATOMS)]
    as_of = next(iter(group.values()))["as_of"]
    for name in names:
        told = _said(group.values(), name, indicators[name].base)
        for atom in atoms:
            row = group.get(atom, {})
            counts: dict[str, int | None] = {count: int(row.get(f"{name}_{count}", 0)) for count in _COUNTS}
            if not told:
                counts |= dict.fromkeys(("numerator", "covered_workers"))
            yield [unit, period, "ledger", "", as_of, name, atom, *counts.values(), int(row.get("active", 0))]


def _said(group: Iterable[Row], name: str, base: str) -> bool:
    """Whether the unit filled the columns that the indicator needs, anywhere in its ledger (rules 2)."""
    rows = list(group)

    def said(column: str) -> bool:
        return any(row[column] for row in rows)

    if name == "member":
        return said("said_members") and said("said_workers")
    if not said(f"said_{CELLS[name]}") or not all(said(f"said_{cell}") for cell in _BASE_CELLS.get(base, ())):
        return False
    dated = name not in CONTRACTS or (said(f"said_{name}_start") and said(f"said_{name}_end"))
    return bool(dated or not said(f"signed_{name}"))
