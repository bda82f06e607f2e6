"""Laid-out returns → typed rows and problems: summaries (W2 and tables like it), training, activities.

A summary's row is taken apart into what it tells: one figure per enterprise type and indicator, beside the
counts that all its indicators share. An indicator that neither header nor title names stays empty and is asked
for. Rates and totals are checks, never data.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from unionplan.intake.fields import rate_of, stated_count
from unionplan.intake.findings import (
    LISTED,
    Findings,
    Rows,
    cell_at,
    column_problems,
    compacted,
    fill_merged,
    fill_units,
    total_problems,
    typed_columns,
)
from unionplan.intake.headers import parts_of, types_named
from unionplan.intake.layout import Layout
from unionplan.intake.problems import Problem, problem
from unionplan.intake.reading import Cell, Sheet, address
from unionplan.intake.type_rows import types_among_units
from unionplan.observations import ACTIVITIES, SUMMARY_COUNTS, TOLD_LABELS, TRAINING, Field, leaf_of, parts_told

_SHARED = ("total", "should_unionise", "unionised", "workers", "members")
_OWN = {"covered": "numerator", "contracts": "contracts", "covered_workers": "covered_workers", "total": "denominator"}
_COUNT = {"covered": "覆盖企业数", "contracts": "合同份数", "covered_workers": "覆盖职工数", "rate": "比率"}
Record = dict[str, Any]
Given = tuple[Mapping[str, str], str | None, bool]
"""Names of units → unit; the unit given for the whole file; whether every cell is text."""


def summary(sheet: Sheet, layout: Layout, given: Given) -> Rows:
    """Return the figures of a W2 sheet, `columns` named as SUMMARY_SCHEMA's; `places` repeat per figure of a row."""
    units, unit, text_file = given
    sheet, layout = types_among_units(sheet, layout, units)
    findings = Findings(sheet, layout)
    places = list(layout.rows)
    fields = {c.field: _summary_field(c.field) for c in layout.columns if c.field and _summary_field(c.field)}
    columns, clears = typed_columns(findings, places, {k: v for k, v in fields.items() if v}, units, text_file)
    fill_merged(findings, columns, places, "enterprise_type")
    told = _Summary(findings, columns, places, set(clears), layout)
    kept = [row for row in range(len(places)) if told.says(row)]
    fill_units(findings, columns, places, unit, set(kept))
    records = [record for row in kept for record in told.records(row)]
    _check_summary(findings, records, [*column_problems(sheet, layout), *_totals(findings, told, kept)])
    findings.problems += blank_rows(sheet, layout, kept)
    return _figures(findings, records, places)


def _summary_field(name: str) -> Field | None:
    measure, _, _ = parts_of(name)
    if measure in (*_SHARED, "covered", "contracts", "covered_workers"):
        return Field(name, _COUNT.get(measure, measure), "count")
    kinds = {"reporting_unit": "unit", "enterprise_type": "told", "as_of": "as_of"}
    return Field(measure, measure, kinds[measure]) if measure in kinds else None


class _Summary:
    """The columns of a summary by what they measure, for which type and indicator."""

    def __init__(
        self,
        findings: Findings,
        columns: Mapping[str, Sequence[Any]],
        places: list[int],
        clears: set[tuple[int, str]],
        layout: Layout,
    ) -> None:
        self.findings, self.columns, self.places, self.clears = findings, columns, places, clears
        self.title, self.types, self.single = layout.indicator, layout.types, layout.single
        self.groups_said = [(place, types_named([said])) for place, said in layout.groups]
        self.parts = {name: parts_of(name) for name in columns if _is_count(name)}
        self.rates = {name: parts_of(name) for name in findings.columns if parts_of(name)[0] == "rate"}
        self.generic = any(measure == "covered" and not indicator for measure, _, indicator in self.parts.values())

    def says(self, row: int) -> bool:
        """Return whether the row holds any figure, or a cell that was meant to be one."""
        told = any(self.columns[name][row] is not None or (row, name) in self.clears for name in self.parts)
        return told or row in self.findings.rejected

    def groups(self) -> list[str | None]:
        """Return the types that the columns speak of, None for each row's own 企业类型."""
        return list(dict.fromkeys(told for _, told, _ in self.parts.values()))

    def type_of(self, row: int) -> str | None:
        """Return what the row's 企业类型 tells; without that column the one type that the title names, else all."""
        values = self.columns.get("enterprise_type")
        if values is not None:
            told: str | None = values[row]
            return told
        above = [kinds for place, kinds in self.groups_said if place < self.places[row] and len(kinds) == 1]
        if above:
            return next(iter(above[-1]))
        return None if len(self.types) > 1 else next(iter(self.types), "all")

    def records(self, row: int) -> Iterator[Record]:
        """Yield the row's figures: own counts per type and indicator, shared counts per type."""
        for group in self.groups():
            told = group or self.type_of(row)
            if told is None:
                if (self.places[row], "enterprise_type") not in self.findings.told:
                    self.findings.add("type_missing", row, self.places[row], "enterprise_type")
                return
            yield from self._own(row, group, told)
            yield from self._shared(row, group, told)

    def _own(self, row: int, group: str | None, told: str) -> Iterator[Record]:
        named = dict.fromkeys(
            i for m, g, i in self.parts.values() if g == group and (i or m in ("covered", "contracts"))
        )
        for indicator in named:
            shared = not indicator and self._has_unionised(group)
            names = {
                column: self._name(measure, group, indicator)
                for measure, column in _OWN.items()
                if not (measure == "total" and shared)
            }
            yield from self._record(row, told, indicator or self.title, names, self._rate(row, group, indicator))

    def _has_unionised(self, group: str | None) -> bool:
        return any(part == ("unionised", group, None) for part in self.parts.values())

    def _shared(self, row: int, group: str | None, told: str) -> Iterator[Record]:
        names = {name: self._name(name, group, None) for name in _SHARED}
        if self.generic and not self._has_unionised(group):
            names["total"] = None  # it is the denominator of the one figure that the table tells
        yield from self._record(row, told, "", names, None)

    def _name(self, measure: str, group: str | None, indicator: str | None) -> str | None:
        return next((name for name, part in self.parts.items() if part == (measure, group, indicator)), None)

    def _rate(self, row: int, group: str | None, indicator: str | None) -> tuple[str, Cell] | None:
        for name, part in self.rates.items():
            if part == ("rate", group, indicator):
                return name, cell_at(self.findings.sheet, self.places[row], self.findings.columns[name].index)
        return None

    def _record(
        self, row: int, told: str, indicator: str | None, names: Mapping[str, str | None], rate: Any
    ) -> Iterator[Record]:
        """The row's figure from the columns `names`, unless it says nothing at all."""
        counts = {column: self.columns[name][row] if name else None for column, name in names.items()}
        clears = [column for column, name in names.items() if (row, name) in self.clears]
        days = self.columns.get("as_of")
        if clears or any(value is not None for value in counts.values()):
            yield {
                **dict.fromkeys(SUMMARY_COUNTS), **counts, "at": row, "single": self.single, "place": self.places[row], "told": told,
                "indicator": indicator, "reporting_unit": self.columns["reporting_unit"][row],
                "as_of": days[row] if days else None, "rate": rate, "clears": clears,
            }  # fmt: skip


def _is_count(name: str) -> bool:
    return parts_of(name)[0] in (*_SHARED, *_OWN)


def _check_summary(findings: Findings, records: list[Record], found: Sequence[Problem]) -> None:
    shared = {(r["place"], r["told"]): r for r in records if r["indicator"] == ""}
    rates: list[tuple[Record, Fraction]] = []
    for record in records:
        for rule, field, detail in _contradictions(record, shared.get((record["place"], record["told"]))):
            name = _column_of(findings, record, field)
            cell = (
                cell_at(findings.sheet, record["place"], findings.columns[name].index)
                if name in findings.columns
                else None
            )
            findings.add(rule, record["at"], record["place"], name, cell, detail)
        base = _base_of(record, shared.get((record["place"], record["told"])))
        if record["indicator"] != "" and record["numerator"] is not None and base:
            rates.append(({**record, "base": base}, Fraction(record["numerator"], base)))
    for record, rate in rates:
        _check_rate(findings, record, rate)
    _check_outliers(findings, rates)
    _check_repeats(findings, records)
    _check_parts(findings, records)
    _check_bases(findings, records)
    findings.problems += found


def _contradictions(record: Record, shared: Record | None) -> Iterator[tuple[str, str, str]]:
    """Yield (rule, measure, detail) for what cannot be true of one figure."""
    covered, workers = record["numerator"], record["covered_workers"]
    base = _base_of(record, shared)
    if covered is not None and base is not None and covered > base:
        yield "covered_over", "covered", f"{covered} > {base}"
    if covered is not None and workers is not None and workers < covered:
        yield "workers_under", "covered_workers", f"{workers} < {covered}"
    if record["single"] and covered is not None and record["contracts"] is not None and record["contracts"] > covered:
        yield "contracts_over", "contracts", f"{record['contracts']} > {covered}"
    if record["indicator"] == "":
        unionised, total = record["unionised"], _first(record["should_unionise"], record["total"])
        if unionised is not None and total is not None and unionised > total:
            yield "covered_over", "unionised", f"{unionised} > {total}"
        if None not in (record["should_unionise"], record["total"]) and record["should_unionise"] > record["total"]:
            yield "covered_over", "should_unionise", f"{record['should_unionise']} > {record['total']}"
        if None not in (record["members"], record["workers"]) and record["members"] > record["workers"]:
            yield "members_over", "members", f"{record['members']} > {record['workers']}"


def _base_of(record: Record, shared: Record | None) -> int | None:
    """What a figure is counted over: the total beside it, else the count that its row shares."""
    if record["denominator"] is not None or not shared:
        return _first(record["denominator"])
    if record["indicator"] == "member":
        return _first(shared["workers"])
    if record["indicator"] == "union":
        return _first(shared["should_unionise"], shared["total"])
    return _first(shared["unionised"], shared["total"])


def _first(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)


def _column_of(findings: Findings, record: Record, measure: str) -> str:
    """The sheet's column of a figure's measure."""
    for name in findings.columns:
        found, told, indicator = parts_of(name)
        if found == measure and told in (None, record["told"]) and indicator in (None, record["indicator"]):
            return name
    return measure


def _check_rate(findings: Findings, record: Record, rate: Fraction) -> None:
    """A stated rate may be rounded or cut at its last digit; beyond that it disagrees with its counts."""
    if record["rate"] is None:
        return
    name, cell = record["rate"]
    stated = rate_of(cell)
    if stated and not any(abs(value - rate) < step for value, step in stated):
        counts = f"{record['numerator']}/{record['base']}"
        findings.add("rate_differs", record["at"], record["place"], name, cell, _rate_words(cell, counts, rate))


def _rate_words(cell: Cell, counts: str, rate: Fraction) -> str:
    shown = (rate * 10_000 + Fraction(1, 2)) // 1
    return f"填的是 {cell}，{counts} 应为 {shown // 100}.{shown % 100:02d}%"


def _check_outliers(findings: Findings, rates: list[tuple[Record, Fraction]]) -> None:
    """A coverage near 1 % where all others are above half is usually a percent typed for a count."""
    for record, rate in rates:
        others = [other for own, other in rates if own is not record and own["indicator"] == record["indicator"]]
        if rate and rate < Fraction(2, 100) and len(others) >= 3 and min(others) > Fraction(1, 2):
            detail = f"{record['numerator']}/{record['base']}，其余均在 50% 以上"
            name = _column_of(findings, record, "covered")
            findings.add("rate_scale", record["at"], record["place"], name, record["numerator"], detail)


def _check_repeats(findings: Findings, records: list[Record]) -> None:
    first: dict[tuple[Any, ...], Record] = {}
    for record in records:
        key = (record["reporting_unit"], record["told"], record["indicator"], record["as_of"])
        seen = first.setdefault(key, record)
        if seen is not record and seen["place"] != record["place"] and record["reporting_unit"]:
            detail = f"与第 {seen['place'] + 1} 行相同"
            if (record["place"], "reporting_unit") not in findings.told:
                findings.add(
                    "duplicate", record["at"], record["place"], "reporting_unit", record["reporting_unit"], detail
                )


def _check_parts(findings: Findings, records: list[Record]) -> None:
    """Parts that exceed the sum they belong to leave a remainder below zero."""
    told = {(r["reporting_unit"], r["indicator"], r["as_of"], r["told"]): r for r in records}
    for (unit, indicator, day, whole), record in told.items():
        beside = {kind for owner, name, at, kind in told if (owner, name, at) == (unit, indicator, day)}
        parts = [told[unit, indicator, day, part] for part in parts_told(whole, beside)]
        for measure in ("numerator", "denominator", "total", "unionised"):
            values = [part[measure] for part in parts if part[measure] is not None]
            if record[measure] is not None and values and sum(values) > record[measure]:
                detail = f"各类之和 {sum(values)} > {TOLD_LABELS[whole]} {record[measure]}"
                name = _column_of(
                    findings, record, {"numerator": "covered", "denominator": "total"}.get(measure, measure)
                )
                findings.add("parts_over", record["at"], record["place"], name, record[measure], detail)


def _check_bases(findings: Findings, records: list[Record]) -> None:
    """Indicators of one unit and type normally stand over the same enterprises."""
    bases: dict[tuple[Any, ...], dict[str, Record]] = {}
    for record in records:
        if record["indicator"] in ("contract", "wage", "congress", "disclosure", "harmony") and record["denominator"]:
            key = (record["reporting_unit"], record["told"], record["as_of"])
            bases.setdefault(key, {})[record["indicator"]] = record
    for found in bases.values():
        counts = Counter(record["denominator"] for record in found.values())
        if len(counts) > 1:
            last = list(found.values())[-1]
            detail = "、".join(str(count) for count in counts)
            findings.add("base_differs", last["at"], last["place"], _column_of(findings, last, "total"), detail=detail)


def _totals(findings: Findings, told: _Summary, kept: list[int]) -> Iterator[Problem]:
    """合计 and 小计 rows against the rows they add up; what they state is a check, never data."""
    for place in sorted(findings.totals):
        blocks = [rows for rows in _added_up(findings, told, place, kept) if not _overlapping(told, rows)]
        found = [list(_total_differs(findings, told, place, rows)) for rows in blocks]
        yield from min(found, key=len, default=[])
        yield from _total_rates(findings, told, place)


def _added_up(findings: Findings, told: _Summary, place: int, kept: list[int]) -> list[list[int]]:
    """The rows that a total row may add up: its unit's, its block's above or below it, else all."""
    sheet, places = findings.sheet, told.places
    column = findings.columns.get("reporting_unit")
    name = cell_at(sheet, place, column.index) if column else None
    units = told.columns.get("reporting_unit") or []
    own = [row for row in kept if column and name and cell_at(sheet, places[row], column.index) == name]
    if own:
        return [[row for row in kept if units[row] == units[own[0]]]]
    if not any(isinstance(cell, str) and "小计" in cell for cell in sheet.rows[place]):
        return [kept]
    partial = [at for at in findings.totals if any(isinstance(c, str) and "小计" in c for c in sheet.rows[at])]
    before = max((at for at in partial if at < place), default=-1)
    after = min((at for at in partial if at > place), default=len(sheet.rows))
    return [[row for row in kept if before < places[row] < place], [row for row in kept if place < places[row] < after]]


def _overlapping(told: _Summary, rows: Sequence[int]) -> bool:
    """A sum and its parts stand in the same column: adding them up would count twice."""
    kinds = {kind for row in rows if (kind := told.type_of(row))}
    return any(parts_told(whole, kinds) for whole in kinds)


def _total_differs(findings: Findings, told: _Summary, place: int, rows: Sequence[int]) -> Iterator[Problem]:
    for name in told.parts:
        column = findings.columns[name]
        stated = stated_count(cell_at(findings.sheet, place, column.index), name, column.scale)
        values = [told.columns[name][row] for row in rows]
        summed = sum(value for value in values if value is not None)
        if stated is not None and values and summed != stated:
            yield problem("total_differs", findings.sheet.name, address(place, column.index), column.label, stated,
                          f"合计 {stated}，明细之和 {summed}")  # fmt: skip


def _total_rates(findings: Findings, told: _Summary, place: int) -> Iterator[Problem]:
    for name, (_, group, indicator) in told.rates.items():
        column = findings.columns[name]
        cell = cell_at(findings.sheet, place, column.index)
        counts = [_stated(findings, told, place, (measure, group, indicator)) for measure in ("covered", "total")]
        stated = rate_of(cell)
        if stated and None not in counts and counts[1]:
            rate = Fraction(counts[0] or 0, counts[1])
            if not any(abs(value - rate) < step for value, step in stated):
                words = _rate_words(cell, f"{counts[0]}/{counts[1]}", rate)
                yield problem(
                    "rate_differs", findings.sheet.name, address(place, column.index), column.label, cell, words
                )


def _stated(findings: Findings, told: _Summary, place: int, part: tuple[str, str | None, str | None]) -> int | None:
    name = next((n for n, found in told.parts.items() if found == part), None)
    if name is None:
        return None
    column = findings.columns[name]
    return stated_count(cell_at(findings.sheet, place, column.index), name, column.scale)


def blank_rows(sheet: Sheet, layout: Layout, kept: Collection[int]) -> Iterator[Problem]:
    """Yield what is told of the rows that hold no figure; `kept`: the positions of those that do."""
    places = layout.rows
    if layout.nil:
        yield problem("nil_return", sheet.name)
    elif not kept:
        detail = f"表头下有 {len(places)} 行，都没有填数" if places else "表头下没有行"
        yield problem("no_rows", sheet.name, detail=detail)
    elif len(kept) < len(places):
        blank = [places[row] + 1 for row in range(len(places)) if row not in set(kept)]
        shown = "、".join(f"第{line}行" for line in blank[:LISTED]) + (
            f"等 {len(blank)} 行" if len(blank) > LISTED else ""
        )
        yield problem("rows_blank", sheet.name, detail=shown)


def _figures(findings: Findings, records: list[Record], places: list[int]) -> Rows:
    names = ("reporting_unit", "as_of", "told", "indicator", *SUMMARY_COUNTS)
    rejected = {places[row] for row in findings.rejected}
    return Rows(
        {name: [record[name] for record in records] for name in names}, [record["place"] for record in records],
        [(n, column) for n, record in enumerate(records) for column in record["clears"]],
        {n for n, record in enumerate(records) if record["place"] in rejected}, findings.all(),
    )  # fmt: skip


def training(sheet: Sheet, layout: Layout, given: Given) -> Rows:
    """Return the rows of a W3b sheet, columns named as observations.TRAINING, types as atoms or leaves."""
    rows, findings, kept = typed_rows(sheet, layout, given, TRAINING, ("classes", "persons", "person_times"))
    columns, places, clears = rows
    columns["enterprise_type"] = [
        leaf_of(told) if told else "untyped" for told in _of(columns, "enterprise_type", places)
    ]
    seen: dict[tuple[Any, ...], int] = {}
    for row in kept:
        persons, times = (_of(columns, name, places)[row] for name in ("persons", "person_times"))
        if persons is None and times is not None:
            findings.add("persons_missing", row, places[row], "person_times", times)
        elif None not in (persons, times) and times < persons:
            findings.add("person_times_under", row, places[row], "person_times", times, f"{times} < {persons}")
        key = tuple(
            _of(columns, name, places)[row]
            for name in ("reporting_unit", "enterprise_type", "method", "level", "as_of")
        )
        first = seen.setdefault(key, row)
        if first != row:
            findings.add("duplicate", row, places[row], "reporting_unit", key[0], f"与第 {places[first] + 1} 行相同")
    _check_cumulative(findings, columns, places, kept)
    findings.problems += total_problems(sheet, layout, columns, {"classes", "persons", "person_times"})
    if stated := findings.columns.get("cumulative"):  # never stored; it is held against what the store has
        cells = (cell_at(sheet, place, stated.index) for place in places)
        columns["cumulative"] = [stated_count(cell, "persons", stated.scale) for cell in cells]
    return compacted(findings, columns, places, clears, kept)


def _check_cumulative(
    findings: Findings, columns: Mapping[str, Sequence[Any]], places: list[int], kept: list[int]
) -> None:
    """A stated 累计 against the month's own number and the 累计 of the month before; it is a check, never data."""
    column = findings.columns.get("cumulative")
    if column is None:
        return
    before: dict[tuple[Any, ...], tuple[date | None, int]] = {}
    for row in sorted(kept, key=lambda row: (_of(columns, "as_of", places)[row] or date.min, row)):
        cell = cell_at(findings.sheet, places[row], column.index)
        stated, persons = stated_count(cell, "persons", column.scale), _of(columns, "persons", places)[row]
        if stated is None:
            continue
        key = tuple(
            _of(columns, name, places)[row] for name in ("reporting_unit", "enterprise_type", "method", "level")
        )
        day = _of(columns, "as_of", places)[row]
        earlier, last = before.get(key, (None, 0))
        if earlier is not None and stated < last:
            findings.add("cumulative_falls", row, places[row], "cumulative", cell, f"上期 {last}，本期 {stated}")
        elif (
            earlier is not None
            and persons is not None
            and day is not None
            and _months(earlier, day) == 1
            and last + persons != stated
        ):
            findings.add(
                "cumulative_differs",
                row,
                places[row],
                "cumulative",
                cell,
                f"本期 {persons} + 上期累计 {last}，累计 {stated}",
            )
        elif persons is not None and stated < persons:
            findings.add("cumulative_differs", row, places[row], "cumulative", cell, f"本期 {persons}，累计 {stated}")
        before[key] = (day, stated)


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def activities(sheet: Sheet, layout: Layout, given: Given) -> Rows:
    """Return the events of a W4 sheet, columns named as observations.ACTIVITIES."""
    units, _, text_file = given
    rows, findings, kept = typed_rows(sheet, layout, (units, None, text_file), ACTIVITIES, ("activity",))
    columns, places, clears = rows
    seen: dict[str, int] = {}
    for row in kept:
        record = {field.id: _of(columns, field.id, places)[row] for field in ACTIVITIES}
        _check_event(findings, row, places[row], record)
        key = event_key(record)
        first = seen.setdefault(key, row)
        if first != row:
            field = "activity_no" if record["activity_no"] else "activity"
            findings.add("duplicate", row, places[row], field, record[field], f"与第 {places[first] + 1} 行相同")
    return compacted(findings, columns, places, clears, kept)


def event_key(record: Mapping[str, Any]) -> str:
    """Return what identifies an event: its 活动编号, else its name with its step, planned day and 所属期."""
    if record["activity_no"]:
        return f"no:{record['activity_no']}"
    parts = (record["activity"], record["step"], record["planned_on"], record["period"])
    return "name:" + "|".join(str(part or "") for part in parts)


def _check_event(findings: Findings, row: int, place: int, record: Record) -> None:
    parts = [record[name] for name in ("joined_state", "joined_collective", "joined_non_public")]
    told = sum(value for value in parts if value is not None)
    if record["joined"] is not None and told > record["joined"]:
        findings.add("joined_over", row, place, "joined", record["joined"], f"{told} > {record['joined']}")
    begins = period_begins(record["period"]) if record["period"] else None
    if begins and record["done_on"] and record["done_on"] < begins:
        detail = f"{record['done_on']} 早于 {record['period']}"
        findings.add("event_before", row, place, "done_on", record["done_on"], detail)


def period_begins(key: str) -> date:
    """Return the first day of a period key: 2026, 2026H2, 2026Q3, 2026-07."""
    year, rest = int(key[:4]), key[4:]
    if not rest:
        return date(year, 1, 1)
    if rest[0] in "HQ":
        return date(year, (int(rest[1]) - 1) * (6 if rest[0] == "H" else 3) + 1, 1)
    return date(year, int(rest[1:]), 1)


def last_of_month(day: date) -> date:
    """Return the last day of the month of `day`."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def typed_rows(
    sheet: Sheet, layout: Layout, given: Given, listed: Sequence[Field], telling: Sequence[str]
) -> tuple[tuple[dict[str, Sequence[Any]], list[int], list[tuple[int, str]]], Findings, list[int]]:
    """Return columns by field, places and cleared cells; findings; the positions of rows that tell any of `telling`."""
    units, unit, text_file = given
    findings = Findings(sheet, layout)
    places = list(layout.rows)
    fields = {field.id: replace(field, kind="as_of") if field.id == "as_of" else field for field in listed}
    columns, clears = typed_columns(findings, places, fields, units, text_file)
    cleared = {row for row, name in clears if name in telling}
    kept = [row for row in range(len(places))
            if row in findings.rejected | cleared or any(_of(columns, name, places)[row] is not None for name in telling)]  # fmt: skip
    if "reporting_unit" in fields:
        fill_units(findings, columns, places, unit, set(kept))
    findings.problems += column_problems(sheet, layout)
    findings.problems += blank_rows(sheet, layout, kept)
    return (columns, places, clears), findings, kept


def _of(columns: Mapping[str, Sequence[Any]], name: str, places: Sequence[int]) -> Sequence[Any]:
    return columns.get(name) or [None] * len(places)
