"""任务分解 of the sample city: which unit was to do how much, data/sample/shares.csv as it stands."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from unionplan.demo.ledger import Record
from unionplan.observations import PROMISES

TABLE = Path(__file__).resolve().parents[2] / "data" / "sample" / "shares.csv"
COLUMNS = tuple(field for field in PROMISES if field.id in ("item", "indicator", "scope", "target", "owner"))
HANDED_DOWN_ON = date(2026, 11, 5)


def shares() -> list[Record]:
    """Return one row per unit and task, field → text."""
    with TABLE.open(encoding="utf-8-sig", newline="") as lines:
        return [{field.id: line[field.label] for field in COLUMNS} for line in csv.DictReader(lines)]
