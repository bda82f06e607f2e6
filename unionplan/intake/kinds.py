"""Every kind of return: who reads its sheet, and how its columns are kept on their way to the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unionplan.intake import funds, progress, promises, returns, rosters
from unionplan.intake.findings import Rows
from unionplan.intake.layout import Layout
from unionplan.intake.reading import Sheet
from unionplan.observations import ACTIVITIES, FUNDS, PROGRESS, PROMISES, ROSTERED, SUMMARY_COUNTS, TRAINING, Field

_READERS = {
    "W2": returns.summary, "W3b": returns.training, "W4": returns.activities, "W5": promises.promises,
    "W6": funds.funds, "W7": progress.progress,
}  # fmt: skip


def _stored(*fields: Field) -> dict[str, str]:
    return {field.id: "text" if field.kind in ("told", "unit") else field.kind for field in fields}


COLUMNS: Mapping[str, Mapping[str, str]] = {
    "W2": {"reporting_unit": "text", "as_of": "date", "told": "text", "indicator": "text",
           **dict.fromkeys(SUMMARY_COUNTS, "count")},
    "W3a": _stored(*ROSTERED),
    "W3b": {**_stored(*TRAINING), "cumulative": "count"},
    "W4": _stored(*ACTIVITIES),
    "W5": _stored(*PROMISES),
    "W6": _stored(*(field for field in FUNDS if field.id != "rate")),
    "W7": _stored(*PROGRESS) | {"as_of": "date"},
}  # fmt: skip
"""kind → column → how it is kept: date, count, else text."""


def returned(kind: str, sheet: Sheet, layout: Layout, job: Mapping[str, Any]) -> Rows:
    """Return the typed rows of a sheet of one of COLUMNS.

    `job`: `units` (name → unit), `unit` and `owner` (given for the whole file; whose form it is), `text_file`, and
    `people`, who was met in the file's rosters.
    """
    if kind == "W3a":
        return rosters.roster(
            sheet, layout, (job["units"], job["unit"] or job["owner"], job["text_file"]), job["people"]
        )
    return _READERS[kind](sheet, layout, (job["units"], job["unit"], job["text_file"]))
