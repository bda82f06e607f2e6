"""What a file changes, told sheet by sheet: which rows are new, changed, as they were, kept, removed, refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa

from unionplan.intake.first_ledgers import Names
from unionplan.intake.merging import Merge
from unionplan.intake.problems import Problem
from unionplan.intake.readings import SheetReading
from unionplan.intake.upserts import Upsert

CELL_COLUMNS = ("org_name", "field", "old", "new")
_MANY = 10_000
_ROW = re.compile(r"[A-Z]{1,3}(\d+)")


@dataclass(frozen=True)
class Part:
    """One merge into one unit's data: the table (`table_of`) and the name of each row that went into it, in order."""

    unit: str
    as_of: date | None
    tables: pd.Series[str]
    names: pd.Series[str]
    done: Merge | Upsert


@dataclass(frozen=True)
class SheetChange:
    """What one table of a sheet would do; `sheet` names the cell that it begins at where a sheet holds several.

    Names of the rows that are `added`, `kept` (not mentioned, they stay) and `removed`;
    `periods`: the months that it speaks of, from the first. `details`: changed cells (CELL_COLUMNS); `changed`, `unchanged`, `rejected`: numbers of rows.
    """

    sheet: str
    kind: str | None
    units: tuple[str, ...]
    as_of: date | None
    added: Sequence[str] = ()
    changed: int = 0
    unchanged: int = 0
    kept: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    rejected: int = 0
    details: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(CELL_COLUMNS)))
    periods: tuple[str, ...] = ()


def table_of(sheet: SheetReading) -> str:
    """Return what tells a table from every other of its file: its sheet and its first header cell."""
    return "\n".join((sheet.sheet, sheet.columns[0][0] if sheet.columns else ""))


def by_sheet(
    sheets: Iterable[SheetReading], parts: Sequence[Part], problems: Sequence[Problem]
) -> tuple[SheetChange, ...]:
    """Return one SheetChange per sheet that has a known kind, in the file's order.

    What is kept or removed belongs to a unit's data as a whole; it is told at the first sheet that speaks of it.
    """
    known = [sheet for sheet in sheets if sheet.kind]
    names = Counter(sheet.sheet for sheet in known)
    return tuple(_change(sheet, parts, problems, names[sheet.sheet] > 1) for sheet in known)


def _change(sheet: SheetReading, parts: Sequence[Part], problems: Sequence[Problem], shared: bool) -> SheetChange:
    own = [(part, (part.tables == table_of(sheet)).to_numpy()) for part in parts]
    own = [(part, here) for part, here in own if here.any()]
    first = [part.done for part, here in own if here[0]]
    counts = Counter[str]()
    for part, here in own:
        counts.update({str(outcome): count for outcome, count in part.done.outcomes[here].value_counts().items()})
    details = [part.done.details[here[part.done.details["place"].astype(int)]] for part, here in own]
    name = f"{sheet.sheet} {sheet.columns[0][0]} 起" if shared and sheet.columns else sheet.sheet
    return SheetChange(
        name, sheet.kind, tuple(dict.fromkeys(part.unit for part, _ in own)),
        max((part.as_of for part, _ in own if part.as_of), default=None),
        _added(own),
        counts["changed"], counts["unchanged"],
        tuple(name for done in first for name in done.kept), tuple(name for done in first for name in done.gone),
        rejected_rows(sheet.sheet, problems),
        pd.concat(details, ignore_index=True)[list(CELL_COLUMNS)] if details else pd.DataFrame(columns=list(CELL_COLUMNS)),
        tuple(sorted({f"{part.as_of:%Y-%m}" for part, _ in own if part.as_of})),
    )  # fmt: skip


def _added(own: Sequence[tuple[Part, Any]]) -> Sequence[str]:
    """The names of the new rows; of many, no text is made before it is asked for."""
    found = [part.names[here & (part.done.outcomes == "added").to_numpy()] for part, here in own]
    if sum(map(len, found)) < _MANY:
        return tuple(name for names in found for name in names.fillna("").tolist())
    return Names(pa.chunked_array([pa.array(names, pa.string()) for names in found]))


def rejected_rows(sheet: str, problems: Iterable[Problem]) -> int:
    """Return how many rows of a sheet hold something that must be put right."""
    rejects = (found for found in problems if found.severity == "reject" and found.sheet == sheet)
    return len({row for found in rejects for row in rows_of(found)})


def rows_of(found: Problem) -> list[int]:
    """Return the row of every cell that a problem is about, counted from 1; nothing for a whole sheet."""
    rows: list[int] = []
    for place in found.cells or found.cell.split("、"):
        ends = [int(match[1]) for end in place.split(":") if (match := _ROW.fullmatch(end))]
        rows += range(ends[0], ends[-1] + 1) if ends else ()
    return rows
