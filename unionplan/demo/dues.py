"""经费收缴与审计 of the sample city at the end of October: data/sample/funds.csv as it stands."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from unionplan.demo.ledger import Record
from unionplan.observations import FUNDS

TABLE = Path(__file__).resolve().parents[2] / "data" / "sample" / "funds.csv"
_READ: dict[str, Callable[[str], Any]] = {"date": date.fromisoformat, "count": int, "decimal": Decimal}
FUNDS_DAY = date(2026, 10, 31)


def funds() -> list[Record]:
    """Return one row per unit, field → value; blanks are None."""
    with TABLE.open(encoding="utf-8-sig", newline="") as lines:
        return [{field.id: _value(field.kind, line[field.label]) for field in FUNDS} for line in csv.DictReader(lines)]


def _value(kind: str, text: str) -> Any:
    if not text:
        return None
    return _READ.get(kind, str)(text)
