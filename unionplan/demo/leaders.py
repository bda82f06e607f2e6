"""Who is in charge of what in the sample city: invented names by department, which the shipped plan does not have."""

from __future__ import annotations

import csv
from pathlib import Path

from unionplan.plan import Tables


def with_leaders(tables: Tables, table: Path) -> Tables:
    """Return `tables` with 分管领导 filled in by 责任部门 where the plan names none."""
    with table.open(encoding="utf-8-sig", newline="") as lines:
        leaders = {row["责任部门"]: row["分管领导"] for row in csv.DictReader(lines)}
    plan = [row | {"分管领导": row["分管领导"] or leaders.get(row["责任部门"], "")} for row in tables["plan"]]
    return {**tables, "plan": plan}
