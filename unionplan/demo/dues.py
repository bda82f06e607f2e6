"""经费收缴与审计 of the sample city at the end of October: data/sample/funds.csv as it stands."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from unionplan.demo.activities import cell_value
from unionplan.demo.ledger import Record
from unionplan.observations import FUNDS

TABLE = Path(__file__).resolve().parents[2] / "data" / "sample" / "funds.csv"
FUNDS_DAY = date(2026, 10, 31)


def funds() -> list[Record]:
    """Return one row per unit, field → value; blanks are None."""
    with TABLE.open(encoding="utf-8-sig", newline="") as lines:
        return [
            {field.id: cell_value(field.kind, line[field.label]) for field in FUNDS} for line in csv.DictReader(lines)
        ]
