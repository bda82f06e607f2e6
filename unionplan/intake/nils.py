"""零报告 in a sheet: a row whose cell says 本月无 reports that there was nothing, which is not the same as 未报."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from unionplan.intake.body import NIL
from unionplan.intake.fields import Value, readings
from unionplan.intake.findings import cell_at
from unionplan.intake.headers import plain
from unionplan.intake.layout import Layout
from unionplan.intake.problems import Problem, problem
from unionplan.intake.reading import Cell, Sheet, address
from unionplan.observations import Field

WORDS = {"本月无", "本期无", "零报告", "本月零报告", "本期零报告", "本月无培训", "本月无活动", "本月无数据"}
DATASET = {"W2": "summary", "W3a": "training", "W3b": "training", "W4": "activities", "W6": "funds"}
"""kind of sheet → the dataset (observations.NIL_DATASETS) for which it can say 本月无."""
_UNIT, _AS_OF = Field("reporting_unit", "填报单位", "unit"), Field("as_of", "统计时点", "as_of")


@dataclass(frozen=True)
class Nils:
    """Rows that say 本月无: (unit, source row from 1, its own 统计时点 or None), and what is wrong with such rows."""

    said: tuple[tuple[str, int, date | None], ...]
    problems: tuple[Problem, ...]


def nils_of(sheet: Sheet, layout: Layout, units: Mapping[str, str], unit: str | None) -> tuple[Layout, Nils]:
    """Return the layout without the rows that say 本月无, and these; `unit` is the one given for the whole file."""
    used = {column.field: column for column in layout.columns if column.field}
    places = [place for place in layout.rows if any(_is_nil(cell_at(sheet, place, c.index)) for c in layout.columns)]
    said, problems = [], []
    for place in places:
        own = _cell(sheet, place, used, "reporting_unit")
        read = readings(_UNIT, [own], units)[0] if own is not None else Value(unit)
        day = readings(_AS_OF, [_cell(sheet, place, used, "as_of")], units)[0]
        name = read.value or unit
        if read.rule or name is None or (unit is not None and name != unit):
            rule = read.rule or ("unit_missing" if name is None else "unit_other")
            column = used.get("reporting_unit")
            where = address(place, column.index if column else 0)
            problems.append(problem(rule, sheet.name, where, column.label if column else "", own, read.detail))
        else:
            said.append((str(name), place + 1, day.value))
    if layout.nil and not places:
        lone = _lone(sheet, layout)
        if unit is None:
            problems.append(problem("unit_missing", sheet.name, address(lone, 0)))
        else:
            said.append((unit, lone + 1, None))
    rows = tuple(place for place in layout.rows if place not in places)
    return replace(layout, rows=rows), Nils(tuple(said), tuple(problems))


def _lone(sheet: Sheet, layout: Layout) -> int:
    """The row below the header that says it, for the whole table."""
    below = range((layout.header or 0) + layout.depth, len(sheet.rows))
    texts = ((place, cell) for place in below for cell in sheet.rows[place] if isinstance(cell, str))
    return next((place for place, cell in texts if NIL.fullmatch(plain(cell)) or "零报告" in plain(cell)), below.start)


def _is_nil(cell: Cell) -> bool:
    return isinstance(cell, str) and len(cell) < 20 and plain(cell) in WORDS


def _cell(sheet: Sheet, place: int, used: Mapping[str, object], field: str) -> Cell:
    column = used.get(field)
    cell = cell_at(sheet, place, column.index) if column else None  # type: ignore[attr-defined]
    return None if _is_nil(cell) else cell
