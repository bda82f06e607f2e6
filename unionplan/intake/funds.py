"""Fee returns (W6) → one row per unit, amounts in 万元 as exact decimal text; 完成率 and 合计 are checks, never data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from unionplan.intake.fields import folded, rate_of
from unionplan.intake.findings import Findings, Rows, cell_at, compacted
from unionplan.intake.layout import Layout
from unionplan.intake.problems import Problem, problem
from unionplan.intake.reading import Sheet, address
from unionplan.intake.returns import Given, typed_rows
from unionplan.observations import FUNDS

_TELLING = ("current", "funds", "last_year", "audited", "published")
_AMOUNTS = ("task", "current", "funds", "last_year")
_YUAN = re.compile(r"单位[:：](人民币)?元")


def funds(sheet: Sheet, layout: Layout, given: Given) -> Rows:
    """Return the rows of a W6 sheet, columns named as observations.FUNDS without the rate."""
    listed = tuple(field for field in FUNDS if field.id != "rate")
    (columns, places, clears), findings, kept = typed_rows(sheet, layout, given, listed, _TELLING)
    blank = [None] * len(places)
    seen: dict[tuple[Any, Any], int] = {}
    for row in kept:
        record = {field.id: columns.get(field.id, blank)[row] for field in listed}
        _check_row(findings, row, places[row], record)
        first = seen.setdefault((record["reporting_unit"], record["as_of"]), row)
        if first != row:
            unit = record["reporting_unit"]
            findings.add("duplicate", row, places[row], "reporting_unit", unit, f"与第 {places[first] + 1} 行相同")
    findings.problems += [*_in_yuan(sheet, layout), *_totals(sheet, layout, columns, kept)]
    return compacted(findings, columns, places, clears, kept)


def _check_row(findings: Findings, row: int, place: int, record: Mapping[str, Any]) -> None:
    current, told = record["current"], record["funds"]
    if current and told and Fraction(current) > Fraction(told):
        findings.add("current_over", row, place, "current", current, f"{current} > {told}")
    if record["published"] == "是" and not record["audited"]:
        findings.add("published_unaudited", row, place, "published", "是")
    column = findings.columns.get("rate")
    task = Fraction(record["task"] or 0)
    stated = rate_of(cell_at(findings.sheet, place, column.index)) if column else []
    if column and stated and told and task:
        rate = Fraction(told) / task
        if not any(abs(value - rate) < step for value, step in stated):
            cell = cell_at(findings.sheet, place, column.index)
            shown = (rate * 10_000 + Fraction(1, 2)) // 1
            detail = f"填的是 {cell}，{told}/{record['task']} 应为 {shown // 100}.{shown % 100:02d}%"
            findings.add("rate_amounts", row, place, "rate", cell, detail)


def _in_yuan(sheet: Sheet, layout: Layout) -> Iterator[Problem]:
    for place, row in enumerate(sheet.rows[: layout.header or 0]):
        for index, cell in enumerate(row):
            if isinstance(cell, str) and _YUAN.search("".join(str(folded(cell)).split())):
                yield problem("funds_in_yuan", sheet.name, address(place, index), "", cell)


def _totals(
    sheet: Sheet, layout: Layout, columns: Mapping[str, Sequence[Any]], kept: Sequence[int]
) -> Iterator[Problem]:
    """Tell where the one total row differs from the sum of the rows."""
    if len(layout.totals) != 1:
        return
    for column in layout.columns:
        if column.field in _AMOUNTS and column.field in columns:
            cell = cell_at(sheet, layout.totals[0], column.index)
            stated = str(folded(cell)).replace(",", "") if isinstance(cell, str | int | float) else ""
            summed = sum(Fraction(columns[column.field][row] or 0) for row in kept)
            if re.fullmatch(r"\d{1,12}(\.\d{1,6})?", stated) and Fraction(stated) != summed:
                where = address(layout.totals[0], column.index)
                detail = f"合计 {stated}，明细之和 {amount(summed)}"
                yield problem("total_differs", sheet.name, where, column.label, stated, detail)


def amount(value: Fraction | int) -> str:
    """Return an exact sum of amounts as decimal text without trailing zeros."""
    return f"{float(value):.6f}".rstrip("0").rstrip(".") if value else "0"
