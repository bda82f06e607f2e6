"""What the reading process hands back: a file's sheets as recognised, their rows, and every problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from unionplan.intake.known_forms import Recognition
from unionplan.intake.problems import Problem, worst

NAMES = {
    "W1": "企业台账", "W2": "汇总表", "W3a": "培训花名册", "W3b": "培训统计表", "W4": "活动台账", "W5": "目标任务分解表",
    "W6": "经费收缴表", "W7": "任务进展表", "units": "填报单位表",
}  # fmt: skip


@dataclass(frozen=True)
class SheetReading:
    """One table found in a file.

    `columns`: (cell, label, field or None). `rows` and `totals` count whole source rows. `table`: the
    Parquet file of a ledger's typed rows, with `row` (source row from 1) and `rejected`; `units`: the rows
    of a units sheet. `nameless`: it holds figures of an indicator that it does not name; `indicator`: the one that its title or tab names. `as_of`: the 统计时点 it
    states, where, and whether only as a month or longer. `recognition`: how each of `columns` was recognised;
    `fingerprint`: what its form is remembered by, "" without a header; `form`: as in layout.Layout.
    `nil`: 零报告, the sheet says that there is nothing to report. `nils`: (unit, source row, its own
    统计时点) of each such row. `own_days`: its months stand across, and each row's 统计时点 is its month's.
    `row_cells`: source row → its first cell, where that is not in the first column because its rows are columns.
    """

    sheet: str
    kind: str | None
    header_row: int | None
    header_depth: int
    columns: tuple[tuple[str, str, str | None], ...]
    rows: int
    totals: int
    problems: tuple[Problem, ...]
    as_of: date | None = None
    as_of_from: str = ""
    as_of_named: bool = False
    table: Path | None = None
    clears: tuple[tuple[int, str], ...] = ()
    units: tuple[dict[str, str], ...] = ()
    nameless: bool = False
    indicator: str = ""
    recognition: tuple[Recognition, ...] = ()
    fingerprint: str = ""
    form: str = ""
    nil: bool = False
    nils: tuple[tuple[str, int, date | None], ...] = ()
    own_days: bool = False
    row_cells: Mapping[int, str] = field(default_factory=dict)

    def row_at(self, row: int) -> tuple[str, str]:
        """Return (its first cell, what a reader calls it) of a source row of the table."""
        cell = self.row_cells.get(row, f"A{row}")
        return cell, f"{cell.rstrip('0123456789')}列" if row in self.row_cells else f"第{row}行"

    def place(self, name: str) -> tuple[str, str]:
        """Return the header cell and the label of a field's column, (A1, no label) where the sheet has none."""
        return next(((cell, label) for cell, label, field in self.columns if field == name), ("A1", ""))


@dataclass(frozen=True)
class FileReading:
    """One file as it was read; `problems` are about the file as a whole.

    `masked`: the copy without identity numbers and names that is kept instead of a file that holds a roster.
    """

    name: str
    sha256: str
    format: str
    problems: tuple[Problem, ...]
    sheets: tuple[SheetReading, ...] = ()
    data: bytes = field(default=b"", repr=False)
    masked: bytes | None = field(default=None, repr=False)

    @property
    def uploads(self) -> tuple[tuple[str, bytes], ...]:
        """What the store keeps of it: (name, bytes) of the file, or of its copy without personal data; empty for none."""
        if self.masked is not None:
            return ((f"{Path(self.name).stem}（已去除个人信息）.xlsx", self.masked),)
        return ((self.name, self.data),) if self.data else ()

    def all_problems(self) -> list[Problem]:
        """Return the file's problems and its sheets', in that order."""
        return [*self.problems, *(found for sheet in self.sheets for found in sheet.problems)]

    @property
    def refused(self) -> bool:
        """Whether anything in it rejects."""
        return worst(self.all_problems()) == "reject"

    def as_json(self) -> dict[str, Any]:
        """Return the command line's `check` entry for the file."""
        return {
            "name": self.name, "sha256": self.sha256, "format": self.format,
            "problems": [found.as_json() for found in self.problems],
            "sheets": [_sheet_json(sheet) for sheet in self.sheets],
        }  # fmt: skip


def _sheet_json(sheet: SheetReading) -> dict[str, Any]:
    return {
        "sheet": sheet.sheet, "kind": sheet.kind, "header_row": sheet.header_row, "header_depth": sheet.header_depth,
        "columns": [vars(column) for column in sheet.recognition]
        or [{"cell": cell, "label": label, "field": name} for cell, label, name in sheet.columns],
        "rows": sheet.rows, "totals": sheet.totals, "problems": [found.as_json() for found in sheet.problems],
        "fingerprint": sheet.fingerprint, "form": sheet.form, "nil": sheet.nil,
    }  # fmt: skip
