"""活动台账 of the half-year, as it was known at the moments it was handed in: data/sample/activities.csv by and by.

One line is one event. An event that was announced and then took place comes in twice under one number.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from unionplan.demo.ledger import Record
from unionplan.observations import ACTIVITIES

TABLE = Path(__file__).resolve().parents[2] / "data" / "sample" / "activities.csv"
_KNOWN_AFTERWARDS = (
    "done_on", "joined", "joined_state", "joined_collective", "joined_non_public", "participants", "funds", "progress",
    "evidence",
)  # fmt: skip
_READ: dict[str, Callable[[str], Any]] = {"date": date.fromisoformat, "count": int, "decimal": Decimal}


def activities(after: date | None, until: date) -> list[Record]:
    """Return the events that became known after `after` (None: ever) and by `until`: announced, or held.

    An event is announced from the first day of the month before the one it is planned for. One that is
    still ahead, or did not take place when it should have, has no 完成时间 and nothing that follows from it.
    """
    return [_known(event, until) for event in events() if _news(event, after, until)]


@cache
def events() -> tuple[Record, ...]:
    """Return every event of the table, field → value; blanks are None."""
    with TABLE.open(encoding="utf-8-sig", newline="") as lines:
        return tuple({field.id: cell_value(field.kind, line[field.label]) for field in ACTIVITIES}
                     for line in csv.DictReader(lines))  # fmt: skip


def _news(event: Record, after: date | None, until: date) -> bool:
    days = [day for day in (event["done_on"], _announced(event["planned_on"])) if day is not None and day <= until]
    return any(after is None or day > after for day in days)


def _announced(planned: date) -> date:
    year, month = divmod(planned.year * 12 + planned.month - 2, 12)
    return date(year, month + 1, 1)


def _known(event: Record, until: date) -> Record:
    held = event["done_on"] is not None and event["done_on"] <= until
    return event if held else {**event, **dict.fromkeys(_KNOWN_AFTERWARDS)}


def cell_value(kind: str, text: str) -> Any:
    """Return a cell of a sample table as what its kind of field says, None where it is blank."""
    return _READ.get(kind, str)(text) if text else None
