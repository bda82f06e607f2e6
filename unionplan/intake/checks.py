"""A laid-out ledger → typed columns and every problem with its address.

Runs in the reading process, so columns are plain lists. Which rule is how severe, and what it says, stands
in data/intake/checks.csv; a rejected row stays listed with its reason and never reaches the store.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from unionplan.errors import PlanError
from unionplan.intake.cells import Table
from unionplan.intake.fields import folded
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
from unionplan.intake.texts import Mask, Texts
from unionplan.intake.typed import Typed, positions, typed
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
    lines = {} if unit or "reporting_unit" in findings.columns else _unit_lines(sheet, layout, units)
    places = [place for place in layout.rows if place not in lines] if lines else layout.rows
    columns, clears = typed_columns(findings, places, FIELDS, units, text_file)
    if lines:
        found = _units_above(lines, places)
        columns["reporting_unit"] = found if isinstance(sheet.rows, Table) else list(found)
    fill_units(findings, columns, places, unit)
    empty = _empty_rows(findings, columns, places)
    kept = [row for row in range(len(places)) if row not in empty] if empty else range(len(places))
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


def enterprise(sheet: Sheet, layout: Layout, units: Mapping[str, str], unit: str, as_of: date | None) -> Rows:
    """Return the typed columns of a sheet with one enterprise, judged as a row of a ledger is; blank cells are allowed."""
    findings, places = Findings(sheet, layout), list(layout.rows)
    columns, clears = typed_columns(findings, places, FIELDS, units, text_file=True)
    fill_units(findings, columns, places, unit)
    _check_rows(findings, columns, places, [0], as_of)
    return compacted(findings, columns, places, clears, [0])


def _unit_lines(sheet: Sheet, layout: Layout, units: Mapping[str, str]) -> dict[int, str]:
    """Rows that hold nothing but a unit's name, which the enterprises below belong to: row → unit."""
    lines: dict[int, str] = {}
    for place in _lone_cells(sheet.rows, layout.rows) if isinstance(sheet.rows, Table) else layout.rows:
        filled = [cell for cell in sheet.rows[place] if cell is not None]
        if len(filled) == 1 and isinstance(filled[0], str):
            unit = units.get("".join(folded(filled[0]).split()))
            lines |= {place: unit} if unit else {}
    return lines


def _lone_cells(table: Table, places: Sequence[int]) -> list[int]:
    """The rows of `places` with one cell, of a table by column."""
    filled = np.zeros(len(table), np.int32)
    for column in table.columns:
        filled[: len(column.codes)] += column.codes[: len(table)] >= 0
    rows = np.array(places, np.int64)
    found: list[int] = rows[filled[rows] == 1].tolist()
    return found


def _units_above(lines: Mapping[int, str], places: Sequence[int]) -> Typed:
    """Each row's unit: that of the nearest line above it."""
    above = sorted(lines)
    nearest = np.searchsorted(np.array(above, np.int64), np.array(places, np.int64)) - 1
    return Typed.of(nearest.astype(np.int32), [lines[place] for place in above])


def _empty_rows(findings: Findings, columns: Mapping[str, Sequence[Any]], places: Sequence[int]) -> set[int]:
    """Rows that hold a name and nothing else: a prefilled form not filled in. They are no data."""
    telling = np.zeros(len(places), bool)
    for name, values in columns.items():
        if name not in _BARE:
            telling |= typed(values).told
    telling[list(findings.rejected)] = True
    empty = np.flatnonzero(~telling).tolist()
    if empty and len(empty) < len(places):
        names = columns.get("org_name", [None] * len(places))
        shown = "、".join(str(names[row] or f"第{places[row] + 1}行") for row in empty[:LISTED])
        more = f"等 {len(empty)} 家" if len(empty) > LISTED else ""
        findings.add("rows_empty", empty[0], places[empty[0]], "org_name", detail=shown + more)
    return set(empty)


def _check_rows(
    findings: Findings,
    columns: Mapping[str, Sequence[Any]],
    places: Sequence[int],
    kept: Sequence[int],
    as_of: date | None,
) -> None:
    """Look at the rows that may contradict themselves or repeat another; all others are passed over."""
    get = {name: typed(columns[name]) if name in columns else Typed.blank(len(places)) for name in FIELDS}
    data = np.zeros(len(places), bool)
    data[positions(kept)] = True
    rows = np.flatnonzero(_suspects(get) & data)
    records = zip(*(values.taken(rows) for values in get.values()), strict=True)
    seen: dict[tuple[Any, str], int] = {}
    for row, values in zip(rows.tolist(), records, strict=True):
        record = dict(zip(get, values, strict=True))
        for rule, field, detail in _contradictions(record, as_of):
            findings.add(rule, row, places[row], field, record[field], detail)
        _check_key(findings, row, places, record, seen)
    _check_states(findings, get["enterprise_state"], places, kept)


def _suspects(columns: Mapping[str, Typed]) -> NDArray[np.bool_]:
    """Which rows `_contradictions` and `_check_key` have to look at: every row that either may speak of, perhaps more."""
    workers, members = columns["workers"].numbers(), columns["members"].numbers()
    union_code, uscc = columns["union_code"], columns["uscc"]
    suspect = union_code.repeated() | uscc.repeated() | ~(union_code.told | uscc.told)
    suspect |= (members > workers) | (columns["unionised"].is_one_of(["否"]) & (members > 0))
    for part in _PARTS:
        if columns[part].values:
            suspect |= columns[part].numbers() > workers
    for name in _DATED:
        if not columns[f"{name}_end"].values:
            continue
        start, end = columns[f"{name}_start"].numbers(), columns[f"{name}_end"].numbers()
        suspect |= (start > end) | (columns[f"{name}_form"].is_one_of(["未签"]) & columns[f"{name}_end"].told)
    return suspect


def _check_key(
    findings: Findings, row: int, places: Sequence[int], record: dict[str, Any], seen: dict[tuple[Any, str], int]
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


def _check_names(
    findings: Findings, columns: Mapping[str, Sequence[Any]], places: Sequence[int], kept: Sequence[int]
) -> None:
    """Two enterprises of one unit whose names differ only in brackets, spaces or 有限（责任）公司 may be one."""
    if "org_name" not in columns or not len(places):
        return
    names, units = typed(columns["org_name"]), columns["reporting_unit"]
    alike = np.append(repeating(names.values), False)[names.codes] | names.repeated()
    data = np.zeros(len(places), bool)
    data[positions(kept)] = True
    first: dict[tuple[Any, str], int] = {}
    for row in np.flatnonzero(alike & data).tolist():
        if names[row] and row not in findings.rejected:
            seen = first.setdefault((units[row], loose_names([names[row]])[0]), row)
            if seen != row:
                detail = f"“{names[row]}”与第 {places[seen] + 1} 行“{names[seen]}”"
                findings.add("similar_names", row, places[row], "org_name", names[row], detail)


def _check_states(findings: Findings, states: Typed, places: Sequence[int], kept: Sequence[int]) -> None:
    blank = set(np.flatnonzero(~states.told).tolist()) - findings.rejected
    unsaid = [row for row in kept if row in blank] if blank else []
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


_DROPPED = "()[]·.,、_—-"
_NOT_LOOSE = ((rf"[\s{re.escape(_DROPPED)}]", ""), ("有限责任公司", "有限公司"), ("工会(委员会)?$", ""))


def loose_names(names: Sequence[str]) -> list[str]:
    """Return enterprises' names as far as typists agree on them: one width, no brackets, dots or 责任, no 工会 behind."""
    found: list[str] = _loose(names).to_pylist()
    return found


def _loose(names: Sequence[str]) -> Any:
    if (
        isinstance(names, Texts)
        and (plain := names.characters - set(_DROPPED + "（）"))
        and all(map(_is_common, plain))
    ):
        flat = names.array
        for char in sorted(names.characters - plain):
            flat = pc.replace_substring(flat, char, "")
        flat = pc.replace_substring(flat, *_NOT_LOOSE[1]) if "责任" in names.whole else flat
        return pc.replace_substring_regex(flat, *_NOT_LOOSE[2]) if "会" in names.characters else flat
    flat = pc.utf8_normalize(names.array if isinstance(names, Texts) else pa.array(names, pa.string()), "NFKC")
    for pattern, instead in _NOT_LOOSE:
        flat = pc.replace_substring_regex(flat, pattern, instead)
    return flat


def _is_common(char: str) -> bool:
    """Whether a character is no space and has one width only: a letter, digit or mark of ASCII, or usual Chinese."""
    return "!" <= char <= "~" or "\u4e00" <= char <= "\u9fff"


def repeating(names: Sequence[str]) -> Mask:
    """Return for each of these distinct names whether another is loosely the same."""
    loose = _loose(names)
    if isinstance(names, Texts):
        altered = loose.filter(pc.not_equal(loose, names.array))
        if len(altered.unique()) == len(altered) and not pc.any(pc.is_in(names.array, altered)).as_py():
            return np.zeros(len(loose), bool)  # names that stay as they are differ
    codes = loose.dictionary_encode().indices.to_numpy()
    often: Mask = np.bincount(codes)[codes] > 1
    return often


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
