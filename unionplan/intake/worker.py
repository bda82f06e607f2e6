"""The job of reading: one file into tables on disk, and what is said about them. Runs only inside a reading process."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from unionplan.intake import checks, kinds, masking, monthly, nils
from unionplan.intake.fields import folded, teach
from unionplan.intake.findings import condensed
from unionplan.intake.handover import write_table
from unionplan.intake.known_forms import Known, Recognition, schema_kind
from unionplan.intake.layout import Layout, tables
from unionplan.intake.marks import is_list
from unionplan.intake.problems import Problem, problem, shown
from unionplan.intake.reading import Book, Sheet, address, read_book
from unionplan.intake.readings import NAMES
from unionplan.intake.sheet_notes import sheet_notes
from unionplan.intake.stages import announce_check
from unionplan.intake.stated import stated_as_of
from unionplan.intake.turned import Turned, has_units_across, turned
from unionplan.observations import FIELDS

USABLE = ("W1", *kinds.COLUMNS, "units")
_EMPTY = ("no_rows", "nil_return")
"""What an empty table is told, unless it says 本月无 for a unit: then that is told."""
_OWN_SHEETS = ("填写说明", "_unionplan")


def read(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return the file `upload` in `folder` as tables: its format, problems and sheets; IntakeError if unreadable."""
    teach(job["words"])
    return _book_answer(read_book(folder / "upload", job["name"]), job, folder)


def _book_answer(book: Book, job: dict[str, Any], folder: Path) -> dict[str, Any]:
    known = Known(job["forms"], job["choices"], schema_kind(book.sheets), frozenset(map(folded_name, job["units"])))
    over: dict[int, Turned] = {}
    laid = [(sheet, layout) for sheet in book.sheets if not _is_ours(sheet) for layout in _tables(sheet, known, over)]
    filled = [(sheet, layout) for sheet, layout in laid if any(any(c is not None for c in row) for row in sheet.rows)]
    usable = any(layout.kind in USABLE and not layout.partial for _, layout in filled)
    problems = [] if filled else [problem("no_rows", detail="没有任何内容")]
    units = {folded_name(name): unit for name, unit in job["units"].items()}
    for sheet, layout in filled:
        if layout.kind == "units":
            listed, _ = checks.unit_rows(sheet, layout)
            names = ((name, row["填报单位"]) for row in listed for name in (row["填报单位"], *row["别名"].split("；")))
            units = {folded_name(name): unit for name, unit in names if name}
    job = {
        **job,
        "units": units,
        "text_file": book.format in ("csv", "html"),
        "owner": _owner(book, units),
        "people": {},
    }
    sheets = []
    for number, (sheet, layout) in enumerate(filled):
        announce_check(number + 1, len(filled))
        turned_over = over.get(id(layout))
        entry = _entry(number, turned_over.sheet if turned_over else sheet, layout, job, folder, usable)
        if turned_over:
            turned_over.back(entry)
        if number == 0 or filled[number - 1][0] is not sheet:  # once, where a sheet holds several tables
            entry["problems"] += [asdict(note) for note in sheet_notes(sheet)]
        sheets.append(entry)
    masked = masking.masked(filled, folder / masking.NAME)
    return {
        "format": book.format, "problems": [asdict(found) for found in problems], "sheets": sheets, "masked": masked,
    }  # fmt: skip


def _tables(sheet: Sheet, known: Known, over: dict[int, Turned]) -> list[Layout]:
    """The tables of a sheet; one whose units stand across is turned over, and noted in `over` by its layout."""
    found = turned(sheet, known.units)
    if found is None:
        return tables(sheet, known)
    layouts = tables(found.sheet, found.known(known))
    if len(layouts) != 1 or layouts[0].kind not in kinds.COLUMNS or layouts[0].partial:
        return tables(sheet, known)
    over[id(layouts[0])] = found
    return layouts


def _owner(book: Book, units: dict[str, str]) -> str | None:
    """The unit for which a form was made, as its hidden sheet says."""
    marks = next((sheet.rows for sheet in book.sheets if sheet.name == "_unionplan"), [])
    word = marks[1][0] if len(marks) > 1 and marks[1] else None
    return units.get(folded_name(word)) if isinstance(word, str) else None


def _is_ours(sheet: Sheet) -> bool:
    """What templates and receipts carry beside the table."""
    return sheet.name in _OWN_SHEETS or is_list(sheet.rows)


def _entry(
    number: int, sheet: Sheet, layout: Layout, job: dict[str, Any], folder: Path, usable: bool
) -> dict[str, Any]:
    given = date.fromisoformat(job["as_of"]) if job["as_of"] else None
    stated = stated_as_of(sheet, layout, job["name"]) if layout.kind in ("W1", *kinds.COLUMNS) else None
    entry: dict[str, Any] = {
        "sheet": sheet.name, "kind": layout.kind, "header_depth": layout.depth,
        "header_row": None if layout.header is None else layout.header + 1,
        "columns": [(address(c.row, c.index), shown(c.label), c.field) for c in layout.columns],
        "rows": len(layout.rows), "totals": len(layout.totals), "problems": [], "table": None, "clears": [],
        "units": [], "as_of": stated[0] if stated else None, "as_of_from": stated[1] if stated else "",
        "as_of_named": bool(stated and stated[2]), "nameless": False, "nils": [], "own_days": False, "row_cells": {}, "indicator": layout.indicator or "",
        "recognition": [_recognition(one) for one in layout.recognition], "fingerprint": layout.fingerprint,
        "form": layout.form, "nil": layout.nil,
    }  # fmt: skip
    if layout.kind == "W1":
        _fill_ledger(entry, number, sheet, layout, job, given or (stated[0] if stated else None), folder)
    elif _stands_below_units(sheet, layout, job["units"]):
        entry["problems"] = [asdict(problem("units_across", sheet.name, address((layout.header or 1) - 1, 0)))]
    elif layout.kind in kinds.COLUMNS and not layout.partial:
        _fill_return(entry, number, sheet, layout, job, folder)
    elif layout.kind == "units":
        entry["units"], found = checks.unit_rows(sheet, layout)
        entry["problems"] = [asdict(one) for one in found]
    else:
        entry["problems"] = [asdict(_unusable(sheet, layout, usable, job["units"]))]
    return entry


def _stands_below_units(sheet: Sheet, layout: Layout, units: Collection[str]) -> bool:
    """A header without a column of units right below a row of them: every unit has columns of its own."""
    across = has_units_across(sheet, units)
    return across is not None and across + 1 == layout.header and not any(c.field == "reporting_unit" for c in layout.columns)  # fmt: skip


def _recognition(one: Recognition) -> dict[str, Any]:
    return {**asdict(one), "samples": [shown(sample) for sample in one.samples]}


def _fill_ledger(
    entry: dict[str, Any],
    number: int,
    sheet: Sheet,
    layout: Layout,
    job: dict[str, Any],
    as_of: date | None,
    folder: Path,
) -> None:
    found = checks.ledger(sheet, layout, job["units"], job["unit"], as_of, job["text_file"])
    entry["rows"] = len(found.places)
    entry["problems"] = [vars(one) for one in condensed(found.problems)]
    entry["clears"] = found.clears
    entry["table"] = f"sheet{number}.arrow"
    write_table(folder / entry["table"], found, {name: field.kind for name, field in FIELDS.items()})


def _fill_return(
    entry: dict[str, Any], number: int, sheet: Sheet, layout: Layout, job: dict[str, Any], folder: Path
) -> None:
    kind = str(layout.kind)
    if layout.across and not layout.nil:
        entry["own_days"] = True
        day = entry["as_of"] if not job["as_of"] else date.fromisoformat(job["as_of"])
        found, said = monthly.read_months(kind, sheet, layout, job, day)
    else:
        layout, said = _nils(kind, sheet, layout, job)
        found = kinds.returned(kind, sheet, layout, job)
    entry["rows"] = len(set(found.places)) + len(said.said)
    entry["nils"] = said.said
    entry["clears"] = found.clears
    entry["nameless"] = None in found.columns.get("indicator", ())
    told = [*said.problems, *(one for one in found.problems if one.rule not in _EMPTY or said == nils.Nils((), ()))]
    entry["problems"] = [vars(one) for one in condensed(told)]
    entry["table"] = f"sheet{number}.arrow"
    write_table(folder / entry["table"], found, dict(kinds.COLUMNS[kind]))


def _nils(kind: str, sheet: Sheet, layout: Layout, job: dict[str, Any]) -> tuple[Layout, nils.Nils]:
    if kind not in nils.DATASET:
        return layout, nils.Nils((), ())
    return nils.nils_of(sheet, layout, job["units"], job["unit"] or job["owner"])


def _unusable(sheet: Sheet, layout: Layout, usable: bool, units: Collection[str]) -> Problem:
    if layout.form in ("left_out", "leaving"):
        return problem("sheet_left_out", sheet.name)
    if layout.nil:
        return problem("nil_return", sheet.name)
    across = has_units_across(sheet, units)
    if across is not None and not usable:
        return problem("units_across", sheet.name, address(across, 0))
    if layout.kind is None:
        return problem("sheet_skipped" if usable else "header_missing", sheet.name)
    name = f"看起来是{NAMES[layout.kind]}"
    return problem("kind_skipped" if usable else "kind_later", sheet.name, detail=name)


def folded_name(name: str) -> str:
    """Return a unit's name as it is compared: one width of letters and brackets, no spaces."""
    return "".join(str(folded(name)).split())
