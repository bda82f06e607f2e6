"""A training roster (W3a) → one row per person and course, without anybody's identity number.

Whether two rows are one person is decided while the file is read: by the full identity number, else by its tail
together with the name, else by name and employer. These words stay in this process' memory; what goes out is only
that a row belongs to the first, the second … person of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stdnum.cn import ric

from unionplan.intake.fields import BLANK, folded
from unionplan.intake.findings import Findings, Rows, cell_at, compacted
from unionplan.intake.layout import Layout
from unionplan.intake.problems import problem
from unionplan.intake.reading import Cell, Sheet
from unionplan.intake.returns import Given, typed_rows
from unionplan.observations import ROSTER, Field, leaf_of

People = dict[tuple[str, ...], int]
"""Who was met in this file so far, and as the how manyth; never written anywhere."""
_TELLING = ("name", "identity", "trade", "course", "certificate")
_EXACT = 10**15
"""From here on Excel has cut a number's last digits."""
_UNIT, _AS_OF = Field("reporting_unit", "填报单位", "unit"), Field("as_of", "统计时点", "as_of")


def roster(sheet: Sheet, layout: Layout, given: Given, people: People) -> Rows:
    """Return the rows of a W3a sheet, columns named as observations.ROSTERED; `people` is shared by a file's sheets.

    The unit is the one given for the whole file, unless the sheet has a 填报单位 column of its own.
    """
    units, unit, text_file = given
    fielded = any(column.field == "reporting_unit" for column in layout.columns)
    listed = (*ROSTER, _AS_OF, *((_UNIT,) if fielded else ()))
    (columns, places, _), findings, kept = typed_rows(sheet, layout, (units, unit, text_file), listed, _TELLING)
    size = len(places)
    if not fielded:
        columns["reporting_unit"] = [unit] * size
        if unit is None and kept:
            findings.problems.append(problem("unit_missing", sheet.name))
    identities = columns.pop("identity", [None] * size)
    told = _numbers(findings, places, identities, kept)
    keys = [_key(told[row], columns.get("name", [None] * size)[row], columns.get("org_name", [None] * size)[row])
            for row in range(size)]  # fmt: skip
    _check_people(findings, places, columns, keys, kept)
    columns["person"] = [people.setdefault(key, len(people) + 1) if key else None for key in keys]
    columns["enterprise_type"] = [leaf_of(kind or "all") for kind in columns.get("enterprise_type", [None] * size)]
    spans = columns.pop("course", [None] * size)
    columns["course_start"], columns["course_end"] = ([span and span[edge] for span in spans] for edge in (0, 1))
    return compacted(findings, columns, places, (), kept)


def _numbers(findings: Findings, places: list[int], read: Sequence[Any], kept: list[int]) -> list[str]:
    """Each row's identity number as text, blank where none is told; a number cut by Excel is asked about."""
    column = findings.columns.get("identity")
    texts = [""] * len(places)
    cut = []
    for row in kept:
        cell = cell_at(findings.sheet, places[row], column.index) if column else None
        texts[row] = _number(cell) if read[row] is not None else ""
        if isinstance(cell, int | float) and not isinstance(cell, bool) and cell >= _EXACT:
            cut.append(row)
    if cut:
        findings.add("identity_cut", cut[0], places[cut[0]], "identity", detail=f"共 {len(cut)} 行")
    if any(texts):
        findings.problems.append(problem("identity_dropped", findings.sheet.name))
    return texts


def _number(cell: Cell) -> str:
    if isinstance(cell, int) and cell < 10_000:  # the last four digits, whose zeros a number has lost
        return f"{cell:04d}"
    text = str(folded(cell)).replace(" ", "").lstrip("'").upper()
    return "" if text in BLANK else text


def _key(number: str, name: str | None, employer: str | None) -> tuple[str, ...] | None:
    """What tells a person apart; None where the row says nothing of who it is."""
    if ric.is_valid(number):
        return ("number", number)
    if number:
        return ("tail", number, name or "")
    return ("name", name, employer or "") if name else None


def _check_people(
    findings: Findings, places: list[int], columns: Mapping[str, Sequence[Any]], keys: list[tuple[str, ...] | None],
    kept: list[int],
) -> None:  # fmt: skip
    names = columns.get("name", [None] * len(places))
    _say_once(findings, places, kept, "persons_unknown", lambda row: keys[row] is None)
    _say_once(findings, places, kept, "person_by_name", lambda row: (keys[row] or ("",))[0] == "name")
    first: dict[Any, int] = {}
    for row in kept:
        key = keys[row]
        if key is None:
            continue
        seen = first.setdefault(key, row)
        if key[0] == "number" and names[row] != names[seen]:
            findings.add("identity_shared", row, places[row], "name", detail=f"第 {places[seen] + 1} 行")
        course = (key, *(columns.get(name, names)[row] for name in ("trade", "institution", "course", "certificate")))
        same = first.setdefault(course, row)
        if same != row:
            findings.add("duplicate", row, places[row], "name", detail=f"与第 {places[same] + 1} 行相同")


def _say_once(findings: Findings, places: list[int], kept: list[int], rule: str, holds: Callable[[int], bool]) -> None:
    """One problem for all the rows of which `rule` holds, at the first of them."""
    rows = [row for row in kept if holds(row)]
    if rows:
        findings.add(rule, rows[0], places[rows[0]], "name", detail=f"共 {len(rows)} 行")
