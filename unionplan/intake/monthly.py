"""A table whose months stand across → one row a month: each month is read as a table of its own, then put together.

Every cell keeps its own address that way, and every check of a table holds for every month. What sums the months
up is a check, never data; which year it is and what is counted is read or asked for, never guessed.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from unionplan.intake import kinds, nils
from unionplan.intake.fields import BLANK, folded, stated_count
from unionplan.intake.findings import Rows, cell_at
from unionplan.intake.headers import SHORT, field_label
from unionplan.intake.layout import Column, Layout
from unionplan.intake.months import CHECKED, Across, MonthColumn, years_in
from unionplan.intake.problems import Problem, problem
from unionplan.intake.reading import Cell, Sheet, address
from unionplan.intake.returns import blank_rows

_FLOWS = ("persons", "person_times", "classes")
_OF_THE_WHOLE = ("rows_blank", "no_rows", "months_left")
"""What is told once of the whole table, never of a month."""
_SHARED = ("reporting_unit", "enterprise_type", "method", "level", "total", "should_unionise", "unionised", "workers",
           "members", "seq", "note")  # fmt: skip
_SHARED_COUNTS = ("total", "should_unionise", "unionised", "workers", "members")


@dataclass(frozen=True)
class _Month:
    """One period of the table: its 统计时点 and its columns."""

    day: date
    columns: tuple[MonthColumn, ...]

    @property
    def counted(self) -> list[MonthColumn]:
        """The columns that are data, no checks."""
        return [one for one in self.columns if _is_counted(one)]


def read_months(
    kind: str, sheet: Sheet, layout: Layout, job: Mapping[str, Any], until: date | None
) -> tuple[Rows, nils.Nils]:
    """Return the rows of all months with `as_of` the last day of each, and the months said to be 本月无.

    `job` as in kinds.returned; `until`: the 统计时点 given or stated, after which no figure is expected.
    """
    assert layout.across is not None
    across = layout.across
    open_ = [*_measure_asked(sheet, across), *_year_asked(sheet, across, job, until)]
    if open_:
        return Rows({}, [], [], set(), open_), nils.Nils((), ())
    months = _months(across, _year(across, job, until), until)
    read = [_read(kind, sheet, _one_month(layout, month), job, month) for month in months]
    rows = _together([rows for rows, _ in read])
    said = [one for _, one in read]
    told = nils.Nils(tuple(s for one in said for s in one.said), tuple(dict.fromkeys(p for one in said for p in one.problems)))  # fmt: skip
    spoken = {*rows.places, *(row - 1 for _, row, _ in told.said)}
    kept = [number for number, place in enumerate(layout.rows) if place in spoken]
    problems = [
        *_as_read(sheet, layout, months), *_left_out(sheet, across), *rows.problems, *_twice(sheet, across, months), *_late(sheet, layout, months, until),
        *_sums(sheet, layout, months), *blank_rows(sheet, layout, kept),
    ]  # fmt: skip
    return replace(rows, problems=problems), told


def _read(kind: str, sheet: Sheet, layout: Layout, job: Mapping[str, Any], month: _Month) -> tuple[Rows, nils.Nils]:
    """One month as the table that it is without the others."""
    other = {column.index for column, seen in zip(layout.columns, layout.recognition, strict=True)
             if seen.how == "month" and not column.field}  # fmt: skip
    own = replace(layout, columns=tuple(column for column in layout.columns if column.index not in other))
    left, said = nils.nils_of(sheet, own, job["units"], job["unit"] or job["owner"])
    rows = kinds.returned(kind, sheet, replace(layout, rows=left.rows), job)
    dated = tuple((unit, row, month.day) for unit, row, _ in said.said)
    problems = [one for one in rows.problems if one.rule not in _OF_THE_WHOLE]
    columns = {**rows.columns, "as_of": [month.day] * len(rows.places)}
    return replace(rows, columns=columns, problems=problems), replace(said, said=dated)


def _one_month(layout: Layout, month: _Month) -> Layout:
    """The table's own columns beside the columns of one month; all others mean nothing in it."""
    own = {one.index: one for one in month.columns}
    elsewhere = {one.index for one in (*layout.across.months, *layout.across.sums)} if layout.across else set()
    columns, recognition = [], []
    for column, seen in zip(layout.columns, layout.recognition, strict=True):
        if one := own.get(column.index):
            column = replace(column, field=one.field, scale=one.scale)
            seen = replace(seen, field=one.field, confidence=1.0)
        elif column.index in elsewhere:
            column, seen = replace(column, field=None), replace(seen, field=None, how="month")
        elif column.field and not _shared(column):
            column, seen = replace(column, field=None), replace(seen, field=None, how="unknown", candidates=())
        columns.append(column)
        recognition.append(seen)
    return replace(layout, columns=tuple(columns), recognition=tuple(recognition), across=None, nil=False)


def _shared(column: Column) -> bool:
    return (column.field or "").split("@")[0] in _SHARED


def _together(months: Sequence[Rows]) -> Rows:
    """The rows of all months one after another; what is said of a shared column every month is said once."""
    names = list(dict.fromkeys(name for rows in months for name in rows.columns))
    columns: dict[str, Sequence[Any]] = {name: [] for name in names}
    places, clears, rejected = list[int](), list[tuple[int, str]](), set[int]()
    for rows in months:
        size, start = len(rows.places), len(places)
        for name in names:
            columns[name] = [*columns[name], *(rows.columns.get(name) or [None] * size)]
        clears += [(start + row, name) for row, name in rows.clears]
        rejected |= {start + row for row in rows.rejected}
        places += rows.places
    return Rows(columns, places, clears, rejected, list(dict.fromkeys(one for rows in months for one in rows.problems)))


# ------------------------------------------------------------------ which months


def _months(across: Across, year: int | None, until: date | None) -> list[_Month]:
    found: dict[date, dict[str, MonthColumn]] = {}
    for one in across.months:
        if one.field:
            found.setdefault(_day(one, year, until), {}).setdefault(one.field, one)
    months = [_Month(day, tuple(columns.values())) for day, columns in found.items()]
    return [month for month in months if month.counted]


def _day(one: MonthColumn, year: int | None, until: date | None) -> date:
    """The last day of the period; of the month in which the 统计时点 lies, that day."""
    last = _last_day(one.year or year or 0, one.last)
    if until and one.first == one.last and (until.year, until.month) == (last.year, last.month):
        return until
    return last


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _year(across: Across, job: Mapping[str, Any], until: date | None) -> int | None:
    """The year of the months that name none: the title's or tab's one, else the file name's, else the 统计时点's."""
    for years in (across.years, tuple(set(years_in(job["name"])))):
        if years:
            return years[0] if len(years) == 1 else None
    return until.year if until else None


def _measure_asked(sheet: Sheet, across: Across) -> Iterator[Problem]:
    """What none of the words names stays open."""
    if not any(_is_counted(one) for one in across.months):
        yield _about(sheet, "months_measure", across.months)


def _left_out(sheet: Sheet, across: Across) -> Iterator[Problem]:
    """Months of a measure that nobody knows, beside others that are read."""
    if left := [one for one in across.months if one.field is None]:
        yield _about(sheet, "months_left", left)


def _about(sheet: Sheet, rule: str, months: Sequence[MonthColumn]) -> Problem:
    labels = "、".join(dict.fromkeys(one.label for one in months))
    return problem(rule, sheet.name, address(months[0].row, months[0].index), months[0].label, labels, labels)


def _is_counted(one: MonthColumn) -> bool:
    return one.field is not None and one.field.split("@")[0] not in CHECKED


def _year_asked(sheet: Sheet, across: Across, job: Mapping[str, Any], until: date | None) -> Iterator[Problem]:
    """No year, several years, or months that begin anew where every one should lie in the same year."""
    open_ = [one for one in across.months if one.year is None]
    if not open_:
        return
    first = open_[0]
    where = address(first.row, first.index)
    year = _year(across, job, until)
    if year is None:
        said = "、".join(map(str, across.years))
        yield problem(
            "months_year", sheet.name, where, first.label, first.label, f"写到的年份有 {said}" if said else ""
        )
        return
    for field in dict.fromkeys(one.field for one in open_):
        order = [one.first for one in open_ if one.field == field]
        if order != sorted(order):
            yield problem("months_year", sheet.name, where, first.label, first.label, "月份不是一年之内从前到后")
            return


# ------------------------------------------------------------------ what is said about them


def _as_read(sheet: Sheet, layout: Layout, months: Sequence[_Month]) -> Iterator[Problem]:
    """How the months were read, to be confirmed: what, from when to when, and what every month shares."""
    columns = [one for month in months for one in month.counted]
    fields = list(dict.fromkeys(one.field or "" for one in columns))
    name = SHORT.get(layout.indicator or "", "") if not any("@" in field for field in fields) else ""
    word = "季" if any(one.last > one.first for one in columns) else "月"
    words = [
        "、".join(map(field_label, fields)) + (f"（{name}）" if name else ""), _span(months[0].day, months[-1].day),
        "各季的数记在季末的月份，该季其余月份不应再报" if word == "季" else "每月一份",
        f"各{word}当{word}的数" if fields[0] in _FLOWS else f"各{word}末的数，不是当{word}新增",
    ]  # fmt: skip
    shared = [f"“{column.label}”" for column in layout.columns if (column.field or "").split("@")[0] in _SHARED_COUNTS]
    words += [f"{'、'.join(shared)}按各{word}相同"] if shared else []
    words += (
        [f"各行逐{word}不减，也可能是累计数"] if fields[0] in _FLOWS and _only_grows(sheet, layout, columns) else []
    )
    found = _about(sheet, "months_across", columns)
    yield replace(found, message=problem("months_across", detail="，".join(words)).message)


_TELLING = 3
"""From so many figures in a row on, that none is smaller than the one before says something."""


def _only_grows(sheet: Sheet, layout: Layout, columns: Sequence[MonthColumn]) -> bool:
    """Whether every row with enough figures never falls, as running totals do."""
    rows = [[value for one in columns if one.field == columns[0].field
             and (value := stated_count(cell_at(sheet, place, one.index), one.field or "", one.scale)) is not None]
            for place in layout.rows]  # fmt: skip
    told = [values for values in rows if len(values) >= _TELLING]
    return bool(told) and all(values == sorted(values) and values[0] < values[-1] for values in told)


def _span(first: date, last: date) -> str:
    if first.year == last.year:
        return f"{first.year}年{first.month}月至{last.month}月"
    return f"{first.year}年{first.month}月至{last.year}年{last.month}月"


def _twice(sheet: Sheet, across: Across, months: Sequence[_Month]) -> Iterator[Problem]:
    """A second column of one month and measure: only the first is taken."""
    taken = {one.index for month in months for one in month.columns}
    for one in across.months:
        if one.field and one.index not in taken:
            first = next(other for month in months for other in month.columns
                         if (other.year, other.first, other.last, other.field) == (one.year, one.first, one.last, one.field))  # fmt: skip
            detail = f"“{one.label}”与 {address(first.row, first.index)} 的“{first.label}”同义，只采用后者"
            yield problem("mapping", sheet.name, address(one.row, one.index), one.label, one.label, detail)


def _late(sheet: Sheet, layout: Layout, months: Sequence[_Month], until: date | None) -> Iterator[Problem]:
    """Figures of months that begin after the 统计时点; that they are blank is as it should be."""
    for month in months if until else ():
        one = month.counted[0]
        filled = [
            place for place in layout.rows if any(_is_filled(cell_at(sheet, place, c.index)) for c in month.columns)
        ]
        if until and filled and (one.year or month.day.year, one.first) > (until.year, until.month):
            detail = f"{one.label}已填 {len(filled)} 行，统计时点是 {until}"
            yield problem("months_late", sheet.name, address(filled[0], one.index), one.label, one.label, detail)


def _is_filled(cell: Cell) -> bool:
    return cell is not None and str(folded(cell)) not in BLANK


def _sums(sheet: Sheet, layout: Layout, months: Sequence[_Month]) -> Iterator[Problem]:
    """合计 and 累计 beside the months: the sum of a flow, the newest figure of what stands at a month's end."""
    assert layout.across is not None
    columns = [one for month in months for one in month.counted]
    fields = list(dict.fromkeys(one.field or "" for one in columns))
    for total in layout.across.sums:
        field = total.field or (fields[0] if len(fields) == 1 else "")
        added = [one for one in columns if one.field == field and _adds(total, one)]
        for place in layout.rows if field and added else ():
            stated = stated_count(cell_at(sheet, place, total.index), field, total.scale)
            values = [stated_count(cell_at(sheet, place, c.index), field, c.scale) for c in added]
            told = [value for value in values if value is not None]
            if stated is not None and (detail := _differs(field, total.label, stated, told)):
                where = address(place, total.index)
                yield problem("total_differs", sheet.name, where, total.label, stated, detail)


def _adds(total: MonthColumn, one: MonthColumn) -> bool:
    return total.year in (None, one.year) and total.first <= one.first and one.last <= total.last


def _differs(field: str, label: str, stated: int, told: Sequence[int]) -> str:
    """What a sum says against its months, "" where it agrees."""
    summed, newest = sum(told), told[-1] if told else 0
    if field in _FLOWS:
        same = "，与最近一个月相同，各月填的可能是累计数" if len(told) > 1 and stated == newest else ""
        return f"{label} {stated}，各月之和 {summed}{same}" if stated != summed else ""
    same = "，恰为各月之和，各月填的可能是当月新增数" if len(told) > 1 and stated == summed else ""
    return f"{label} {stated}，最近一个月 {newest}{same}" if stated != newest else ""
