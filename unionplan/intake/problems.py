"""Problems as data: which rule, how severe (reject · ask · fixed), where, what was found, what to do."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from unionplan.intake.cells import Unreadable

TABLES = Path(__file__).resolve().parent.parent.parent / "data" / "intake"
LONGEST = 200
SEVERITIES = ("reject", "ask", "fixed")


@dataclass(frozen=True)
class Problem:
    """One finding; `cell` is the address in the clerk's own sheet, empty when it is about a whole sheet.

    `cells`: every cell that it is about where `cell` names only the first few, ranges among them (B5, B7:B900).
    `suggestion`: what the value most likely means, "" where nothing is near. `parts`: the single findings that were
    gathered in it, each in the words that its own message would hold.
    """

    sheet: str
    cell: str
    column: str
    value: str
    severity: str
    rule: str
    message: str
    fix: str
    suggestion: str = ""
    cells: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return what the command line tells of it; `parts` only where findings were gathered."""
        told = {name: value for name, value in vars(self).items() if name not in ("cells", "parts")}
        return {**told, "parts": list(self.parts)} if self.parts else told

    def singles(self) -> list[Problem]:
        """Return the findings that were gathered in it one by one, itself where it is but one."""
        if not self.parts:
            return [self]
        return [replace(self, message=f"{rules()[self.rule][1]}（{part}）", parts=()) for part in self.parts]

    def with_cells(self, cells: Iterable[str]) -> Problem:
        """Return the same finding about these cells."""
        return replace(self, cells=tuple(cells))


def problem_of(entry: Mapping[str, Any]) -> Problem:
    """Return the problem that was written as a mapping of its fields; JSON knows no tuple."""
    return Problem(**{**entry, **{name: tuple(entry.get(name, ())) for name in ("cells", "parts")}})


@cache
def rules() -> dict[str, tuple[str, str, str]]:
    """Return rule id → (severity, what it says, what to do), from data/intake/checks.csv."""
    with (TABLES / "checks.csv").open(encoding="utf-8-sig", newline="") as lines:
        return {row["规则"]: (row["级别"], row["说明"], row["处理"]) for row in csv.DictReader(lines)}


def problem(
    rule: str, sheet: str = "", cell: str = "", column: str = "", value: object = "", detail: str = "", fix: str = "",
    suggestion: str = "",
) -> Problem:  # fmt: skip
    """Return the problem that `rule` describes; `detail` is appended to its words, `fix` replaces its advice."""
    severity, says, advice = rules()[rule]
    message = f"{says}（{shown(detail)}）" if detail else says
    found = "" if value is None else shown(value.text if isinstance(value, Unreadable) else str(value))
    return Problem(sheet, cell, shown(column), found, severity, rule, message, fix or advice, suggestion)


_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that steer a terminal or turn the reading direction of what stands around them."""


def shown(text: str) -> str:
    """Return a file's own words fit for a sentence: not longer than LONGEST, nothing that steers what shows them."""
    kept = text if len(text) <= LONGEST else f"{text[:LONGEST]}…（共 {len(text):,} 字）"
    return _UNSEEN.sub("\ufffd", kept)


def worst(problems: list[Problem]) -> str | None:
    """Return the gravest severity among `problems`, None when there are none."""
    return next((level for level in SEVERITIES if any(found.severity == level for found in problems)), None)
