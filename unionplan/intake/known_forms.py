"""What is known of a file before its headers are looked at: remembered forms, choices made on the page, its template.

A form is known by its fingerprint: the labels of its header, level by level, whatever their spaces, widths and
stars. What a clerk once confirmed for a fingerprint is applied to the letter; nothing else is remembered.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from unionplan.intake.cells import Sheet

LEFT_OUT = ""
"""A field that says: this column is left out."""
NOT_READ = "none"
"""A form's kind that says: this is no table to read."""


@dataclass(frozen=True)
class Recognition:
    """What one header column was taken for and how sure that is.

    `cell`: the address of its lowest header cell; `label`: its levels joined by "/". `how`: template, remembered,
    chosen, synonym, unit (without its unit word), parts (put together of known words), similar, values (by what
    stands below), repeated (its field is taken), month (one of several months across), unknown. `confidence`: 0–1, 1 only where nothing is left to ask.
    `samples`: the first values below. `candidates`: fields it may mean, the likeliest first. `scale`: 10000 where
    its numbers are in ten thousands.
    """

    cell: str
    label: str
    field: str | None
    how: str
    confidence: float
    samples: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    scale: int = 1


@dataclass(frozen=True)
class Known:
    """Remembered forms by fingerprint: `{"kind": "W2", "columns": {label: field or ""}}`, with `open` where only the
    kind was chosen on the page and the columns are still to be confirmed; choices by sheet name and header cell; the kind that the file's hidden schema id names, "" without one; the units' names, folded."""

    forms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    template: str = ""
    units: frozenset[str] = frozenset()


def schema_kind(sheets: Iterable[Sheet]) -> str:
    """Return the kind of our own template that these sheets belong to, by the schema id on its hidden sheet; else ""."""
    for sheet in sheets:
        cell = sheet.rows[0][0] if sheet.name == "_unionplan" and len(sheet.rows) and sheet.rows[0] else None
        if found := re.fullmatch(r"unionplan/(\w+)/1", str(cell)):
            return found[1]
    return ""


def fingerprint(labels: Iterable[str]) -> str:
    """Return what a form is remembered by: 16 hex digits over its labels in order, whichever columns they stand in."""
    return hashlib.sha256("\n".join(labels).encode()).hexdigest()[:16]
