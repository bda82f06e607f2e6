"""Progress reports (W7) → one row per item or step; which item of the plan it is, is found when it meets the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from unionplan.intake.findings import Findings, Rows, compacted
from unionplan.intake.layout import Layout
from unionplan.intake.reading import Cell, Sheet
from unionplan.intake.returns import Given, typed_rows
from unionplan.observations import PROGRESS, Field

_TELLING = ("progress", "problems", "next_steps", "done_on", "target", "done_count", "evidence")
_MERGED = ("seq", "item", "owner")
_AS_OF = Field("as_of", "统计时点", "as_of")


def progress(sheet: Sheet, layout: Layout, given: Given) -> Rows:
    """Return the rows of a W7 sheet, columns named as observations.PROGRESS, each row with its own words for the item."""
    sheet = _filled_down(sheet, layout)
    (columns, places, clears), findings, kept = typed_rows(sheet, layout, given, (*PROGRESS, _AS_OF), _TELLING)
    blank = [None] * len(places)
    seen: dict[tuple[Any, ...], int] = {}
    for row in kept:
        record = {field.id: columns.get(field.id, blank)[row] for field in (*PROGRESS, _AS_OF)}
        _check_row(findings, row, places[row], record)
        key = tuple(record[name] for name in ("seq", "item", "step", "as_of"))
        first = seen.setdefault(key, row)
        if first != row and any(key[:2]):
            name = "seq" if "seq" in columns else "item"
            findings.add("duplicate", row, places[row], name, record[name], f"与第 {places[first] + 1} 行相同")
    return compacted(findings, columns, places, clears, kept)


def _check_row(findings: Findings, row: int, place: int, record: Mapping[str, Any]) -> None:
    due, done = record["target"], record["done_count"]
    if due is not None and done is not None and done > due:
        findings.add("done_over", row, place, "done_count", done, f"{done} > {due}")


def _filled_down(sheet: Sheet, layout: Layout) -> Sheet:
    """The sheet with what is merged downwards (an item over its steps) standing in every row."""
    named = {column.index for column in layout.columns if column.field in _MERGED}
    filled: dict[int, list[Cell]] = {}
    for first, left, last, _ in sheet.merged:
        if left in named and last > first >= (layout.header or 0) + layout.depth:
            for place in range(first + 1, min(last + 1, len(sheet.rows))):
                row = filled.setdefault(place, list(sheet.rows[place]))
                row += [None] * (left + 1 - len(row))
                row[left] = sheet.rows[first][left]
    rows = [filled.get(place, row) for place, row in enumerate(sheet.rows)] if filled else sheet.rows
    return replace(sheet, rows=rows)
