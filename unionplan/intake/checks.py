"""A laid-out ledger → typed columns and every problem with its address.

Runs in the reading process, so columns are plain lists. Which rule is how severe, and what it says, stands
in data/intake/checks.csv; a rejected row stays listed with its reason and never reaches the store.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from unionplan.errors import PlanError
from unionplan.intake.fields import Value, readings
from unionplan.intake.layout import Column, Layout, plain
from unionplan.intake.problems import Problem, problem
from unionplan.intake.reading import Cell, Sheet, Unreadable, address
from unionplan.observations import FIELDS, IDENTITY
from unionplan.plan import UNIT_COLUMNS, units_of

_BARE = {*IDENTITY, "district", "street", "note", "seq"}
_PARTS = ("women_workers", "migrant_workers")
_DATED = ("contract", "wage", "women")
_LISTED = 3


@dataclass(frozen=True)
class Ledger:
    """A W1 sheet: `columns` field → values in the order of `places` (source rows from 0).

    `clears`: (position in places, field) of cells to be emptied. `rejected`: positions of rows with a
    rejecting problem. `problems`: everything found.
    """

    columns: dict[str, list[Any]]
    places: list[int]
    clears: list[tuple[int, str]]
    rejected: set[int]
    problems: list[Problem]


class _Findings:
    """Problems of one sheet as they are found: rejects and asks one by one, repairs gathered by column."""

    def __init__(self, sheet: Sheet, layout: Layout) -> None:
        self.sheet = sheet
        self.columns = {column.field: column for column in layout.columns if column.field}
        self.problems: list[Problem] = []
        self.rejected: set[int] = set()
        self.told: set[tuple[int, str]] = set()
        self._repairs: dict[tuple[str, str], list[tuple[str, str]]] = {}

    def add(
        self, rule: str, row: int, place: int, field: str, cell: Cell = None, detail: str = "", fix: str = ""
    ) -> None:
        column = self.columns.get(field, Column(0, "", None))
        where = address(place, column.index)
        found = problem(rule, self.sheet.name, where, column.label, cell, detail, fix)
        if found.severity == "fixed":
            self._repairs.setdefault((rule, field), []).append((where, detail))
            return
        self.problems.append(found)
        self.told.add((place, field))
        if found.severity == "reject":
            self.rejected.add(row)

    def all(self) -> list[Problem]:
        return [*self.problems, *self._gathered()]

    def _gathered(self) -> Iterator[Problem]:
        for (rule, field), cells in self._repairs.items():
            shown = "，".join(detail for _, detail in cells[:_LISTED])
            more = f"等 {len(cells)} 处" if len(cells) > _LISTED else ""
            where = "、".join(where for where, _ in cells[:_LISTED])
            yield problem(rule, self.sheet.name, where, self.columns[field].label, "", shown + more)


def ledger(
    sheet: Sheet,
    layout: Layout,
    units: Mapping[str, str],
    unit: str | None,
    as_of: date | None,
    text_file: bool = False,
) -> Ledger:
    """Return the typed columns of a W1 sheet.

    `units` maps every name and alias to its reporting unit; `unit` is the one given for the whole file;
    `as_of` is the 统计时点 if it is known yet.
    """
    findings = _Findings(sheet, layout)
    places = list(layout.rows)
    columns, clears = _columns(findings, places, units, text_file)
    _fill_units(findings, columns, places, unit)
    empty = _empty_rows(findings, columns, places)
    kept = [row for row in range(len(places)) if row not in empty]
    _check_rows(findings, columns, places, kept, as_of)
    findings.problems += [
        *_column_problems(sheet, layout),
        *_headless_problems(sheet, layout),
        *_total_problems(sheet, layout, columns),
    ]
    if not kept:
        findings.problems.append(
            problem("no_rows", sheet.name, detail=f"表头下有 {len(places)} 行" if places else "表头下没有行")
        )
    return _compacted(findings, columns, places, clears, kept)


def _columns(
    findings: _Findings, places: list[int], units: Mapping[str, str], text_file: bool
) -> tuple[dict[str, list[Any]], list[tuple[int, str]]]:
    columns: dict[str, list[Any]] = {}
    clears = []
    for name, column in findings.columns.items():
        if name not in FIELDS:
            continue
        cells = [_cell(findings.sheet, place, column.index) for place in places]
        values = readings(FIELDS[name], cells, units, text_file)
        columns[name] = [value.value for value in values]
        for row, (place, cell, value) in enumerate(zip(places, cells, values, strict=True)):
            if value.clear and name not in ("reporting_unit", "org_name"):  # a row cannot lose whose it is
                clears.append((row, name))
            elif value.rule:
                _report(findings, row, place, name, cell, value)
    return columns, clears


def _report(findings: _Findings, row: int, place: int, name: str, cell: Cell, value: Value) -> None:
    findings.add(value.rule, row, place, name, cell, value.detail, value.fix)


def _cell(sheet: Sheet, place: int, index: int) -> Cell:
    row = sheet.rows[place]
    return row[index] if index < len(row) else None


def _fill_units(findings: _Findings, columns: dict[str, list[Any]], places: list[int], unit: str | None) -> None:
    """Every row needs a reporting unit: its own cell's, else the one given for the file."""
    said = columns.setdefault("reporting_unit", [None] * len(places))
    for row, place in enumerate(places):
        if said[row] is None and (place, "reporting_unit") not in findings.told:
            said[row] = unit
            if unit is None:
                findings.add("unit_missing", row, place, "reporting_unit")
        elif unit is not None and said[row] not in (None, unit):
            findings.add("unit_other", row, place, "reporting_unit", said[row], f"“{said[row]}”，本次为“{unit}”")


def _empty_rows(findings: _Findings, columns: dict[str, list[Any]], places: list[int]) -> set[int]:
    """Rows that hold a name and nothing else: a prefilled form not filled in. They are no data."""
    data = [values for name, values in columns.items() if name not in _BARE]
    empty = {row for row in range(len(places)) if all(v[row] is None for v in data) and row not in findings.rejected}
    if empty and len(empty) < len(places):
        names = columns.get("org_name", [None] * len(places))
        shown = "、".join(str(names[row] or f"第{places[row] + 1}行") for row in sorted(empty)[:_LISTED])
        more = f"等 {len(empty)} 家" if len(empty) > _LISTED else ""
        first = sorted(empty)[0]
        findings.add("rows_empty", first, places[first], "org_name", detail=shown + more)
    return empty


def _check_rows(
    findings: _Findings, columns: dict[str, list[Any]], places: list[int], kept: list[int], as_of: date | None
) -> None:
    blank = [None] * len(places)
    get = {name: columns.get(name, blank) for name in FIELDS}
    seen: dict[tuple[Any, str], int] = {}
    for row in kept:
        record = {name: values[row] for name, values in get.items()}
        for rule, field, detail in _contradictions(record, as_of):
            findings.add(rule, row, places[row], field, record[field], detail)
        _check_key(findings, row, places, record, seen)
    _check_states(findings, get["enterprise_state"], places, kept)


def _check_key(
    findings: _Findings, row: int, places: list[int], record: dict[str, Any], seen: dict[tuple[Any, str], int]
) -> None:
    """A row that repeats another's 统计编码, or its 信用代码 under the same or no 统计编码, is one enterprise twice."""
    keys = keys_of(record)
    if not keys:
        if row not in findings.rejected:
            findings.add("no_key", row, places[row], "org_name")
        return
    first = min(
        (seen[record["reporting_unit"], key] for key in keys if (record["reporting_unit"], key) in seen), default=row
    )
    for key in keys:
        seen.setdefault((record["reporting_unit"], key), row)
    if first != row:
        field = {"code": "union_code", "uscc": "uscc", "name": "org_name"}[keys[0].split(":")[0]]
        findings.add("duplicate", row, places[row], field, record[field], f"与第 {places[first] + 1} 行相同")


def _check_states(findings: _Findings, states: list[Any], places: list[int], kept: list[int]) -> None:
    unsaid = [row for row in kept if states[row] is None and row not in findings.rejected]
    if unsaid:
        findings.add("state_blank", unsaid[0], places[unsaid[0]], "enterprise_state", detail=f"共 {len(unsaid)} 家")


def _contradictions(record: dict[str, Any], as_of: date | None) -> Iterator[tuple[str, str, str]]:
    """Yield (rule, field, detail) for what cannot be true of one enterprise at once."""
    workers, members = record["workers"], record["members"]
    if workers is not None and members is not None and members > workers:
        yield "members_over", "members", f"{members} > {workers}"
    for part in _PARTS:
        if workers is not None and record[part] is not None and record[part] > workers:
            yield "part_over", part, f"{record[part]} > {workers}"
    if record["unionised"] == "否" and members:
        yield "union_none_members", "members", f"{members} 人"
    for name in _DATED:
        form, start, end = (record[f"{name}_{edge}"] for edge in ("form", "start", "end"))
        if start and end and start > end:
            yield "dates_reversed", f"{name}_start", f"{start} 晚于 {end}"
        elif form == "未签" and end and (as_of is None or ((start is None or start <= as_of) and as_of <= end)):
            yield "unsigned_dated", f"{name}_form", f"截止日 {end}"


def _column_problems(sheet: Sheet, layout: Layout) -> Iterator[Problem]:
    for column in layout.clashes:
        yield problem("mapping", sheet.name, address(layout.header or 0, column.index), column.label, column.label)
    clashing = {column.index for column in layout.clashes}
    for column in layout.columns:
        where = address(layout.header or 0, column.index)
        if column.field is None and column.index not in clashing:
            yield problem("column_unknown", sheet.name, where, column.label, column.label, f"“{column.label}”")
        if column.field == "workers" and plain(column.label).startswith("从业人员"):
            yield problem("workers_wide", sheet.name, where, column.label, column.label)


def _headless_problems(sheet: Sheet, layout: Layout) -> Iterator[Problem]:
    """A column that has content but no header is left out too, and that is said."""
    headed = {column.index for column in (*layout.columns, *layout.clashes)}
    filled = {index for place in layout.rows for index, cell in enumerate(sheet.rows[place]) if cell is not None}
    for index in sorted(filled - headed):
        yield problem("column_unknown", sheet.name, address(layout.header or 0, index), detail="没有列名")


def _total_problems(sheet: Sheet, layout: Layout, columns: dict[str, list[Any]]) -> Iterator[Problem]:
    """A grand total is a check on the rows, never data: told when it differs, never adopted."""
    totals = [
        place
        for place in layout.totals
        if any("小计" not in plain(c) and "计" in plain(c) for c in sheet.rows[place] if c)
    ]
    if len(totals) != 1:
        return
    for column in layout.columns:
        stated = _cell(sheet, totals[0], column.index)
        if column.field in FIELDS and FIELDS[column.field].kind == "count" and isinstance(stated, int):
            summed = sum(value for value in columns[column.field] if value is not None)
            if summed != stated:
                where = address(totals[0], column.index)
                yield problem(
                    "total_differs", sheet.name, where, column.label, stated, f"合计 {stated}，明细之和 {summed}"
                )


def _compacted(
    findings: _Findings,
    columns: dict[str, list[Any]],
    places: list[int],
    clears: list[tuple[int, str]],
    kept: list[int],
) -> Ledger:
    """Leave the empty rows out and renumber what refers to positions."""
    new = {row: number for number, row in enumerate(kept)}
    return Ledger(
        {name: [values[row] for row in kept] for name, values in columns.items()},
        [places[row] for row in kept],
        [(new[row], name) for row, name in clears if row in new],
        {new[row] for row in findings.rejected if row in new},
        findings.all(),
    )


def key_of(record: Mapping[str, Any]) -> str | None:
    """Return what identifies an enterprise within its unit: 统计编码, else 信用代码, else its name."""
    return next(iter(keys_of(record)), None)


def keys_of(record: Mapping[str, Any]) -> list[str]:
    """Return every key an enterprise can be known by, the deciding one first; a name only where no code is given."""
    codes = [(kind, record[name]) for kind, name in (("code", "union_code"), ("uscc", "uscc")) if record[name]]
    if not codes and record["org_name"]:
        return [f"name:{plain_name(record['org_name'])}"]
    return [f"{kind}:{value}" for kind, value in codes]


def plain_name(name: str) -> str:
    """Return an enterprise's name for comparing: one width of brackets, no spaces, no 工会委员会 behind it."""
    folded = "".join(unicodedata.normalize("NFKC", name).split())
    return folded.removesuffix("工会委员会").removesuffix("工会")


_UNIT_FIELDS = ("reporting_unit", "group", "order", "aliases", "contact", "phone", "start", "end")


def unit_rows(sheet: Sheet, layout: Layout) -> tuple[list[dict[str, str]], list[Problem]]:
    """Return the rows of a units sheet as text in the columns of plan.UNIT_COLUMNS, and what is wrong with them."""
    index = {column.field: column.index for column in layout.columns if column.field}
    rows, problems = [], []
    for number, place in enumerate(layout.rows, start=1):
        cells = {title: _cell(sheet, place, index[name]) if name in index else None
                 for name, title in zip(_UNIT_FIELDS, UNIT_COLUMNS, strict=True)}  # fmt: skip
        for name, title in zip(_UNIT_FIELDS, UNIT_COLUMNS, strict=True):
            if isinstance(cells[title], Unreadable):
                problems.append(
                    problem("unreadable", sheet.name, address(place, index[name]), title, detail=_text(cells[title]))
                )
        row = {title: _text(cell) for title, cell in cells.items()}
        row["顺序"] = row["顺序"] or str(number)
        row["别名"] = row["别名"].replace("、", "；").replace("，", "；").replace(",", "；")
        rows.append(row)
    if not problems:
        try:
            units_of(rows)
        except PlanError as error:
            problems.append(problem("units_wrong", sheet.name, detail=str(error).rstrip("。")))
    return rows, problems


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Unreadable):
        return cell.text
    return str(cell.date() if isinstance(cell, datetime) else cell).strip()
