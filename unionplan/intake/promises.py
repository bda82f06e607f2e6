"""Targets and duties (W5) → rows of the plan table as they are written; what they change is found at the store."""

from __future__ import annotations

from typing import Any

from unionplan.intake.findings import Rows, compacted
from unionplan.intake.layout import Layout
from unionplan.intake.reading import Sheet
from unionplan.intake.returns import Given, typed_rows
from unionplan.observations import PROMISES

KEY = ("item", "indicator", "scope", "owner")


def promises(sheet: Sheet, layout: Layout, given: Given) -> Rows:
    """Return the rows of a W5 sheet, columns named as observations.PROMISES; a row without 条目编号 is refused."""
    units, _, text_file = given
    telling = tuple(field.id for field in PROMISES)
    (columns, places, clears), findings, kept = typed_rows(sheet, layout, (units, None, text_file), PROMISES, telling)
    blank = [None] * len(places)
    seen: dict[tuple[Any, ...], int] = {}
    for row in kept:
        key = tuple(columns.get(name, blank)[row] for name in KEY)
        if key[0] is None:
            findings.add("item_missing", row, places[row], "item")
            continue
        first = seen.setdefault(key, row)
        if first != row:
            findings.add("duplicate", row, places[row], "item", key[0], f"与第 {places[first] + 1} 行相同")
    return compacted(findings, columns, places, clears, kept)
