"""A laid-out ledger → typed columns and every problem with its address.

Runs in the reading process, so columns are plain lists. Which rule is how severe, and what it says, stands
in data/intake/checks.csv; a rejected row stays listed with its reason and never reaches the store.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from unionplan.errors import PlanError
from unionplan.intake.findings import (
    LISTED,
    Findings,
    Rows,
    cell_at,
    column_problems,
    compacted,
    fill_units,
    total_problems,
    typed_columns,
)
from unionplan.intake.headers import plain
from unionplan.intake.layout import Layout
from unionplan.intake.problems import Problem, problem
from unionplan.intake.reading import Cell, Sheet, Unreadable, address
from unionplan.observations import FIELDS, IDENTITY
from unionplan.plan import UNIT_COLUMNS, units_of

_BARE = {*IDENTITY, "district", "street", "note", "seq"}
_PARTS = ("women_workers", "migrant_workers")
_DATED = ("contract", "wage", "women")


def ledger(
    sheet: Sheet,
    layout: Layout,
    units: Mapping[str, str],
    unit: str | None,
    as_of: date | None,
    text_file: bool = False,
) -> Rows:
    """Return the typed columns of a W1 sheet.

    `units` maps every name and alias to its reporting unit; `unit` is the one given for the whole file;
    `as_of` is the 统计时点 if it is known yet.
    """
    findings = Findings(sheet, layout)
    places = list(layout.rows)
    columns, clears = typed_columns(findings, places, FIELDS, units, text_file)
    fill_units(findings, columns, places, unit)
    empty = _empty_rows(findings, columns, places)
    kept = [row for row in range(len(places)) if row not in empty]
    _check_rows(findings, columns, places, kept, as_of)
    _check_names(findings, columns, places, kept)
    findings.problems += [
        *column_problems(sheet, layout),
        *_wide_workers(sheet, layout),
        *total_problems(sheet, layout, columns, {name for name, field in FIELDS.items() if field.kind == "count"}),
    ]
    if layout.nil:
        findings.problems.append(problem("nil_return", sheet.name))
    elif not kept:
        findings.problems.append(
            problem("no_rows", sheet.name, detail=f"表头下有 {len(places)} 行" if places else "表头下没有行")
        )
    return compacted(findings, columns, places, clears, kept)


def _empty_rows(findings: Findings, columns: dict[str, list[Any]], places: list[int]) -> set[int]:
    """Rows that hold a name and nothing else: a prefilled form not filled in. They are no data."""
    data = [values for name, values in columns.items() if name not in _BARE]
    empty = {row for row in range(len(places)) if all(v[row] is None for v in data) and row not in findings.rejected}
    if empty and len(empty) < len(places):
        names = columns.get("org_name", [None] * len(places))
        shown = "、".join(str(names[row] or f"第{places[row] + 1}行") for row in sorted(empty)[:LISTED])
        more = f"等 {len(empty)} 家" if len(empty) > LISTED else ""
        first = sorted(empty)[0]
        findings.add("rows_empty", first, places[first], "org_name", detail=shown + more)
    return empty


def _check_rows(
    findings: Findings, columns: dict[str, list[Any]], places: list[int], kept: list[int], as_of: date | None
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
    findings: Findings, row: int, places: list[int], record: dict[str, Any], seen: dict[tuple[Any, str], int]
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


def _check_names(findings: Findings, columns: dict[str, list[Any]], places: list[int], kept: list[int]) -> None:
    """Two enterprises of one unit whose names differ only in brackets, spaces or 有限（责任）公司 may be one."""
    names, units = columns.get("org_name"), columns.get("reporting_unit")
    if names is None or units is None:
        return
    first: dict[tuple[Any, str], int] = {}
    for row in kept:
        if names[row] and row not in findings.rejected:
            seen = first.setdefault((units[row], loose_name(names[row])), row)
            if seen != row:
                detail = f"“{names[row]}”与第 {places[seen] + 1} 行“{names[seen]}”"
                findings.add("similar_names", row, places[row], "org_name", names[row], detail)


def _check_states(findings: Findings, states: list[Any], places: list[int], kept: list[int]) -> None:
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


def _wide_workers(sheet: Sheet, layout: Layout) -> Iterator[Problem]:
    for column in layout.columns:
        if column.field == "workers" and plain(column.label).startswith("从业人员"):
            yield problem("workers_wide", sheet.name, address(column.row, column.index), column.label, column.label)


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


def loose_name(name: str) -> str:
    """Return an enterprise's name as far as typists agree on it: no brackets, dots or 责任, none of the 工会 behind it."""
    return re.sub(r"[()\[\]·.,、\-—_]", "", plain_name(name)).replace("有限责任公司", "有限公司")


_UNIT_FIELDS = ("reporting_unit", "group", "order", "aliases", "contact", "phone", "start", "end")


def unit_rows(sheet: Sheet, layout: Layout) -> tuple[list[dict[str, str]], list[Problem]]:
    """Return the rows of a units sheet as text in the columns of plan.UNIT_COLUMNS, and what is wrong with them."""
    index = {column.field: column.index for column in layout.columns if column.field}
    rows, problems = [], []
    for number, place in enumerate(layout.rows, start=1):
        cells = {title: cell_at(sheet, place, index[name]) if name in index else None
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
