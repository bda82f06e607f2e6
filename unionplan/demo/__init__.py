"""The sample city 澄澜市: invented enterprises, seeded, written as clerks' workbooks and taken in like any other.

Every place and enterprise is invented. The store that it fills is marked 示例数据 and takes in nothing else.
city, coverage → ledger → summary, training, activities → submissions (the files) → building (the store).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from unionplan.demo.building import DATA, DEMO_STORE, build
from unionplan.demo.city import ENTERPRISES, MONTHS, SILENT, SUMMARISED
from unionplan.demo.ledger import Record, chronicle
from unionplan.demo.submissions import Submission, submissions
from unionplan.demo.workbooks import Table, workbook_bytes
from unionplan.observations import LEDGER
from unionplan.plan import Unit

__all__ = [
    "DATA", "DEMO_STORE", "ENTERPRISES", "MONTHS", "SILENT", "SUMMARISED", "Submission", "build", "records",
    "submissions", "workbook",
]  # fmt: skip
_SMALL = 1_200


def records(units: tuple[Unit, ...], month: date, enterprises: int = _SMALL) -> Iterator[Record]:
    """Yield the true ledger rows of a month (its last day, one of MONTHS) of a smaller city, every unit's."""
    return chronicle(units, enterprises).records(MONTHS.index(month))


def workbook(units: tuple[Unit, ...], month: date, enterprises: int = _SMALL) -> bytes:
    """Return the whole ledger of a month of a smaller city as one clerk would send it for all units."""
    title = f"澄澜市企业台账（{month.year}年{month.month}月）"
    table = Table("企业台账", title, "单位：家、人", LEDGER, list(records(units, month, enterprises)))
    return workbook_bytes([table], datetime.combine(month, time(9)))
