"""What a sheet says, column by column, and every problem with its address, as both are found.

Shared by the ledger and the returns; runs in the reading process, so columns are plain lists.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from string import ascii_uppercase
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unionplan.intake.cells import Table
from unionplan.intake.fields import Value, plainly_meant, readings, stated_count
from unionplan.intake.headers import field_label, plain
from unionplan.intake.known_forms import Recognition
from unionplan.intake.layout import Column, Layout
from unionplan.intake.problems import Problem, problem, rules
from unionplan.intake.reading import Cell, Sheet, address
from unionplan.intake.texts import Texts
from unionplan.intake.typed import Typed, positions, typed
from unionplan.observations import Field

LISTED = 3
MOST = 1_000
"""Problems of one rule in one column that are told one by one: more than anybody mends one by one."""
_ONE_CELL = re.compile(r"[A-Z]+\d+")
SURE = 0.95


@dataclass(frozen=True)
class Rows:
    """A sheet's typed rows: `columns` field → values in the order of `places` (source rows from 0).

    `clears`: (position in places, field) of cells to be emptied. `rejected`: positions of rows with a
    rejecting problem. `problems`: everything found.
    """

    columns: dict[str, Sequence[Any]]
    places: Sequence[int]
    clears: list[tuple[int, str]]
    rejected: set[int]
    problems: list[Problem]


class Findings:
    """Problems of one sheet as they are found: rejects and asks one by one, repairs gathered by column."""

    def __init__(self, sheet: Sheet, layout: Layout) -> None:
        self.sheet = sheet
        self.columns = {column.field: column for column in layout.columns if column.field}
        self.totals = layout.totals
        self.problems: list[Problem] = []
        self.rejected: set[int] = set()
        self.told: set[tuple[int, str]] = set()
        self._repairs: dict[tuple[str, str], list[tuple[str, str]]] = {}

    def add(
        self, rule: str, row: int, place: int, field: str, cell: Cell = None, detail: str = "", fix: str = "",
        suggestion: str = "",
    ) -> None:  # fmt: skip
        """Note what `rule` says about a cell; a repair is gathered with the others of its column."""
        column = self.columns.get(field, Column(0, "", None))
        where = address(place, column.index)
        found = problem(rule, self.sheet.name, where, column.label, cell, detail, fix, suggestion)
        if found.severity == "fixed":
            self._repairs.setdefault((rule, field), []).append((where, detail))
            return
        self.problems.append(found)
        self.told.add((place, field))
        if found.severity == "reject":
            self.rejected.add(row)

    def all(self) -> list[Problem]:
        """Return everything found, repairs last, one per column and kind."""
        return [*self.problems, *self._gathered()]

    def _gathered(self) -> Iterator[Problem]:
        for (rule, field), cells in self._repairs.items():
            shown = "，".join(detail for _, detail in cells[:LISTED])
            more = f"等 {len(cells)} 处" if len(cells) > LISTED else ""
            where = "、".join(where for where, _ in cells[:LISTED])
            found = problem(rule, self.sheet.name, where, self.columns[field].label, "", shown + more)
            yield found.with_cells(ranges(where for where, _ in cells)) if more else found


def condensed(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems with no more than MOST of one rule in one column; the others of it are told as one."""
    kept: list[Problem] = []
    more = dict[tuple[str, str, str], list[Problem]]()
    counts = Counter[tuple[str, str, str]]()
    for found in problems:
        key = (found.sheet, found.rule, found.column)
        counts[key] += 1
        (kept if counts[key] <= MOST else more.setdefault(key, [])).append(found)
    return [*kept, *(_together(others) for others in more.values())]


def _together(others: list[Problem]) -> Problem:
    where = "、".join(found.cell for found in others[:LISTED] if found.cell)
    says, advice = rules()[others[0].rule][1:]
    said = replace(
        others[0], cell=where, value="", message=f"{says}（另有 {len(others):,} 处，不再逐一列出）", fix=advice
    )
    return said.with_cells(ranges(found.cell for found in others if _ONE_CELL.fullmatch(found.cell)))


def typed_columns(
    findings: Findings, places: Sequence[int], fields: Mapping[str, Field], units: Mapping[str, str], text_file: bool
) -> tuple[dict[str, Sequence[Any]], list[tuple[int, str]]]:
    """Return field → values in the order of `places`, and (position, field) of the cells that are to be emptied.

    A large sheet's columns are Typed. Only distinct cells are read, and only those with something to say are
    looked up in their rows.
    """
    columns: dict[str, Sequence[Any]] = {}
    clears: list[tuple[int, str]] = []
    rows = positions(places)
    for name, column in findings.columns.items():
        if name not in fields:
            continue
        coded = findings.sheet.column(column.index)
        codes = coded.codes[rows]
        others = np.flatnonzero(~plainly_meant(fields[name], coded.values)).tolist()
        read = readings(fields[name], [coded.values[code] for code in others], units, text_file, column.scale)
        values = dict(zip(others, read, strict=True))
        found = _meant(codes, coded.values, values)
        columns[name] = found if isinstance(findings.sheet.rows, Table) else list(found)
        if column.scale > 1 and fields[name].kind == "count":
            told = [code for code in codes.tolist() if code in values]
            _say_scale(findings, column, [coded.values[code] for code in told], [values[code] for code in told])
        telling = [code for code, value in values.items() if value.rule or value.clear]
        for row in np.flatnonzero(np.isin(codes, telling)).tolist() if telling else ():
            value, cell = values[codes[row]], coded.values[codes[row]]
            if value.clear and name not in ("reporting_unit", "org_name"):  # a row cannot lose whose it is
                clears.append((row, name))
            elif value.rule:
                findings.add(value.rule, row, places[row], name, cell, value.detail, value.fix, value.suggestion)
    return columns, clears


def _meant(codes: NDArray[np.int32], cells: Sequence[Cell], values: Mapping[int, Value]) -> Typed:
    """The column with what its cells mean: `values` by their code, the others themselves."""
    if isinstance(cells, Texts):
        unused = np.bincount(codes[codes >= 0], minlength=len(cells))[list(values)] == 0
        if unused.all():  # such as the header's own words: no row has them
            return Typed(codes, cells)
    meanings: list[Any] = list(cells)
    for code, value in values.items():
        meanings[code] = value.value
    return Typed.of(codes, meanings)


def _say_scale(findings: Findings, column: Column, cells: list[Cell], values: list[Value]) -> None:
    """Ask about a column in ten thousands with both readings of its first numbers."""
    shown = [
        f"{cell} 按 {value.value:,} 读入" for cell, value in zip(cells, values, strict=True) if value.value is not None
    ]
    detail = f"“{column.label}”的数乘以 {column.scale:,}：{'，'.join(shown[:LISTED])}"
    where = address(column.row, column.index)
    findings.problems.append(problem("unit_scale", findings.sheet.name, where, column.label, column.label, detail))


def ranges(cells: Iterable[str]) -> Iterator[str]:
    """Yield the cells of one column, from the top, with runs that have no gap as one range: B5, B7:B900."""
    letters, runs = "", list[list[int]]()
    for cell in cells:
        row = int(cell.lstrip(ascii_uppercase))
        letters = cell.removesuffix(str(row))
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    for first, last in runs:
        yield f"{letters}{first}" if first == last else f"{letters}{first}:{letters}{last}"


def cell_at(sheet: Sheet, place: int, index: int) -> Cell:
    """Return a cell by row and column from 0, None beyond the row's end."""
    row = sheet.rows[place]
    return row[index] if index < len(row) else None


def fill_units(
    findings: Findings, columns: dict[str, Sequence[Any]], places: Sequence[int], unit: str | None,
    telling: Container[int] | None = None,
) -> None:  # fmt: skip
    """Every row needs a reporting unit: its own cell's, else that of the cell merged down to it, else the file's; else
    that of the row above in the same block, which is asked about.

    `telling`: the rows that hold any figure; the others need nothing.
    """
    known = columns.get("reporting_unit")
    if unit is None and isinstance(known, Typed) and known.told.all():
        return
    columns["reporting_unit"] = known if known is not None else [None] * len(places)
    fill_merged(findings, columns, places, "reporting_unit")
    said = columns["reporting_unit"] = list(columns["reporting_unit"])
    filled: list[int] = []
    for row, place in enumerate(places):
        if said[row] is None and (place, "reporting_unit") not in findings.told:
            said[row] = unit
            if unit is None and (telling is None or row in telling):
                said[row] = _from_above(findings, said, places, row)
                if said[row] is None:
                    findings.add("unit_missing", row, place, "reporting_unit")
                else:
                    filled.append(row)
        elif unit is not None and said[row] not in (None, unit):
            findings.add("unit_other", row, place, "reporting_unit", said[row], f"“{said[row]}”，本次为“{unit}”")
    if filled:
        shown = "、".join(f"第{places[row] + 1}行“{said[row]}”" for row in filled[:LISTED])
        more = f"等 {len(filled)} 行" if len(filled) > LISTED else ""
        findings.add("unit_filled", filled[0], places[filled[0]], "reporting_unit", detail=shown + more)


def _from_above(findings: Findings, said: list[Any], places: Sequence[int], row: int) -> Any:
    """The unit of the row directly above, as a cell merged down looks in a text file; never across a total."""
    if row == 0 or "reporting_unit" not in findings.columns or places[row] != places[row - 1] + 1:
        return None
    return said[row - 1]


def fill_merged(findings: Findings, columns: dict[str, Sequence[Any]], places: Sequence[int], field: str) -> None:
    """Give the rows below a cell that is merged downwards its value; never across a total."""
    above = _merged_down(findings, field)
    if field not in columns or not above:
        return
    values = list(columns[field])
    columns[field] = values
    by_place = dict(zip(places, values, strict=True))
    for row, place in enumerate(places):
        if values[row] is None and place in above and (place, field) not in findings.told:
            values[row] = by_place.get(above[place])


def _merged_down(findings: Findings, field: str) -> dict[int, int]:
    """Row → the row above whose cell of that column is merged down to it, as far as the first total in between."""
    column = findings.columns.get(field)
    if column is None:
        return {}
    totals = set(findings.totals)
    down: dict[int, int] = {}
    for first, left, last, right in findings.sheet.merged:
        if left <= column.index <= right:
            end = min((place for place in totals if first < place <= last), default=last + 1)
            down |= dict.fromkeys(range(first + 1, end), first)
    return down


def column_problems(sheet: Sheet, layout: Layout) -> Iterator[Problem]:
    """Say how columns were recognised where that is no matter of course: what is guessed or repeats another column is
    asked; what nobody knows, what was left out on purpose and what has no header is told."""
    firsts = {column.field: column for column in layout.columns}
    for column in layout.clashes:
        first = firsts.get(column.field, column)
        detail = f"“{column.label}”与 {address(first.row, first.index)} 的“{first.label}”同义，只采用后者"
        yield problem("mapping", sheet.name, address(column.row, column.index), column.label, column.label, detail)
    clashing = {column.index for column in layout.clashes}
    for column, seen in zip(layout.columns, layout.recognition, strict=True):
        if column.index not in clashing and seen.how != "month" and not (column.field and seen.confidence >= SURE):
            yield _recognised_problem(sheet, column, seen)
    yield from _headless(sheet, layout)
    months = [column for column, seen in zip(layout.columns, layout.recognition, strict=True)
              if seen.how == "month" and not column.field]  # fmt: skip
    if months:
        where, labels = address(months[0].row, months[0].index), "、".join(column.label for column in months)
        yield problem("months_left", sheet.name, where, months[0].label, labels, labels)


def _recognised_problem(sheet: Sheet, column: Column, seen: Recognition) -> Problem:
    """What is asked or told about one column whose words are not known to the letter."""
    where = (sheet.name, address(column.row, column.index), column.label, column.label)
    examples = f"，样例：{'、'.join(seen.samples)}" if seen.samples else ""
    if column.field:
        return problem(
            "mapping", *where, f"“{column.label}”按“{field_label(column.field)}”读入{examples}", suggestion=column.field
        )
    if seen.candidates:
        maybe = "、".join(f"“{field_label(field)}”" for field in seen.candidates)
        return problem(
            "mapping", *where, f"“{column.label}”没有采用，可能是{maybe}{examples}", suggestion=seen.candidates[0]
        )
    if seen.how in ("chosen", "remembered"):
        return problem("column_left_out", *where, f"“{column.label}”")
    return problem("column_unknown", *where, f"“{column.label}”")


def _headless(sheet: Sheet, layout: Layout) -> Iterator[Problem]:
    """Columns with cells but without a header, as far as this table reaches."""
    headed = {column.index for column in layout.columns}
    low, high = layout.span
    for index in sorted(_filled(sheet, layout) - headed):
        if low <= index <= high:
            yield problem("column_unknown", sheet.name, address(layout.header or 0, index), detail="没有列名")


def _filled(sheet: Sheet, layout: Layout) -> set[int]:
    """The columns with a cell in any data row."""
    if isinstance(sheet.rows, Table):
        rows = positions(layout.rows)
        return {index for index, column in enumerate(sheet.rows.columns) if (column.codes[rows] >= 0).any()}
    return {index for place in layout.rows for index, cell in enumerate(sheet.rows[place]) if cell is not None}


def compacted(
    findings: Findings, columns: Mapping[str, Sequence[Any]], places: Sequence[int], clears: Iterable[tuple[int, str]],
    kept: Sequence[int],
) -> Rows:  # fmt: skip
    """Leave out the rows that are not in `kept` and renumber what refers to positions."""
    if len(kept) == len(places):
        return Rows(dict(columns), places, list(clears), set(findings.rejected), findings.all())
    new = {row: number for number, row in enumerate(kept)}
    return Rows(
        {name: _taken(values, kept) for name, values in columns.items()},
        [places[row] for row in kept],
        [(new[row], name) for row, name in clears if row in new],
        {new[row] for row in findings.rejected if row in new},
        findings.all(),
    )


def _taken(values: Sequence[Any], rows: Sequence[int]) -> Sequence[Any]:
    return values.taken(positions(rows)) if isinstance(values, Typed) else [values[row] for row in rows]


def total_problems(
    sheet: Sheet, layout: Layout, columns: Mapping[str, Sequence[Any]], counts: Container[str]
) -> Iterator[Problem]:
    """Tell where the one grand total differs from the sum of the rows; it is a check, never adopted."""
    totals = [
        place
        for place in layout.totals
        if any("小计" not in plain(c) and "计" in plain(c) for c in sheet.rows[place] if c)
    ]
    if len(totals) != 1:
        return
    for column in layout.columns:
        if not (column.field and column.field in columns and column.field in counts):
            continue
        stated = stated_count(cell_at(sheet, totals[0], column.index), column.field, column.scale)
        if stated is not None:
            summed = typed(columns[column.field]).total()
            if summed != stated:
                where = address(totals[0], column.index)
                yield problem(
                    "total_differs", sheet.name, where, column.label, stated, f"合计 {stated}，明细之和 {summed}"
                )
