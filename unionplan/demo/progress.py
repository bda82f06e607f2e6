"""任务进展表 of the sample city at the end of October: data/sample/progress.csv as it stands."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from unionplan.demo.ledger import Record
from unionplan.observations import PROGRESS

TABLE = Path(__file__).resolve().parents[2] / "data" / "sample" / "progress.csv"
_READ: dict[str, Callable[[str], Any]] = {"date": date.fromisoformat, "count": int}
PROGRESS_DAY = date(2026, 10, 31)


def progress() -> list[Record]:
    """Return one row per item or step, field → value; blanks are None."""
    with TABLE.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [{field.id: _value(field.kind, row[field.label]) for field in PROGRESS} for row in rows]


def _value(kind: str, text: str) -> Any:
    return _READ.get(kind, str)(text) if text else None
