"""Rows of enterprise types in a column of units: 文澜区, 其中：国有及控股企业, 非公有制企业 → unit and type side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from unionplan.intake.cells import Cell, Sheet, Table
from unionplan.intake.fields import folded, told_of
from unionplan.intake.known_forms import Recognition
from unionplan.intake.layout import Column, Layout
from unionplan.intake.reading import address
from unionplan.observations import TOLD_LABELS

_WHOLE = TOLD_LABELS["all"]


def types_among_units(sheet: Sheet, layout: Layout, units: Mapping[str, str]) -> tuple[Sheet, Layout]:
    """Return the sheet and its layout with a column 企业类型 of its own where types stand below each unit's name.

    A row with a unit's name is that unit's sum of all types; every other sheet comes back as it is. `units` maps
    every name and alias, folded, to its reporting unit.
    """
    column = next((column for column in layout.columns if column.field == "reporting_unit"), None)
    told = any("enterprise_type" in (one.field or "") or "@" in (one.field or "") for one in layout.columns)
    if column is None or told or layout.types or layout.groups or isinstance(sheet.rows, Table):
        return sheet, layout
    types = {place: word for place in layout.rows if (word := _type_at(sheet, place, column.index, units))}
    if not types or layout.rows[0] in types:
        return sheet, layout
    width = max(map(len, sheet.rows))
    rows, unit = [*sheet.rows], None
    for place in layout.rows:
        row = [*sheet.rows[place], *[None] * (width - len(sheet.rows[place]))]
        unit = unit if place in types else row[column.index]
        row[column.index] = unit
        rows[place] = [*row, types.get(place, _WHOLE)]
    added = Column(width, "企业类型", "enterprise_type", column.row)
    seen = Recognition(address(column.row, width), added.label, added.field, "parts", 1.0)
    return replace(sheet, rows=rows), replace(
        layout, columns=(*layout.columns, added), recognition=(*layout.recognition, seen)
    )


def _type_at(sheet: Sheet, place: int, index: int, units: Mapping[str, str]) -> str | None:
    """The type that stands where a unit should, None for anything else."""
    row = sheet.rows[place]
    cell: Cell = row[index] if index < len(row) else None
    if not isinstance(cell, str) or "".join(folded(cell).split()) in units:
        return None
    return cell if told_of(cell) else None
