"""Notes to the plan's items: what departments report of work that no table carries, and what leaders say about it.

They come from progress reports (W7) and from the page, and are told apart from figures: a note never makes a rate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from unionplan.observations import told_count, told_day, told_text

REPORT = "report"
"""The kind of a row of a progress report, beside observations.NOTE_KINDS."""
MOVING = (REPORT, "progress", "step", "cases", "tally")
"""The kinds that say that something was done; an explanation or an instruction moves nothing."""


@dataclass(frozen=True)
class Note:
    """One note to one plan item; `on` is the day it speaks of.

    `kind`: a key of observations.NOTE_KINDS, or REPORT. `step` is one of the item's steps, for `skip` a period's key.
    `done` of `total` are cases, `done` alone a tally of `measure`; None: not told. `files`: (sha256, name).
    """

    item: str
    kind: str
    on: date
    text: str = ""
    problems: str = ""
    next_steps: str = ""
    step: str = ""
    done_on: date | None = None
    planned_on: date | None = None
    total: int | None = None
    done: int | None = None
    measure: str = ""
    department: str = ""
    who: str = ""
    at: str = ""
    evidence: str = ""
    files: tuple[tuple[str, str], ...] = ()

    @property
    def moves(self) -> bool:
        """Return whether it says that something was done."""
        return self.kind in MOVING and bool(self.text or self.done_on or self.done)

    @property
    def proof(self) -> str:
        """Return the evidence in words: what was named, and the files that came with it."""
        return "、".join(filter(None, (self.evidence, *(name for _, name in self.files))))


Notes = Mapping[str, Sequence[Note]]
"""Plan item → its notes, oldest first."""


OPENING = ("instruction", "decision")
"""The kinds that stay open until something is told to have been done."""


def waiting(notes: Notes) -> list[Note]:
    """Return the instructions and decisions that no movement has answered yet, oldest first.

    A movement of the same item answers what was said on an earlier day, or earlier on the same day.
    """
    found = [note for own in notes.values() for place, note in enumerate(own)
             if note.kind in OPENING and not any(later.moves for later in own[place + 1 :])]  # fmt: skip
    return sorted(found, key=lambda note: (note.on, note.at))


def notes_of(reports: pd.DataFrame, written: pd.DataFrame, until: date | None = None) -> dict[str, tuple[Note, ...]]:
    """Return every item's notes from progress reports (observations.PROGRESSED) and the page (NOTED), oldest first.

    `until`: only what speaks of a day up to this one.
    """
    found = [_reported(row) for row in reports.to_dict("records")] + [
        _written(row) for row in written.to_dict("records")
    ]
    by_item: dict[str, list[Note]] = {}
    for note in sorted((one for one in found if until is None or one.on <= until), key=lambda one: (one.on, one.at)):
        by_item.setdefault(note.item, []).append(note)
    return {item: tuple(notes) for item, notes in by_item.items()}


def _reported(row: Mapping[Any, Any]) -> Note:
    day = told_day(row["as_of"])
    assert day is not None
    return Note(
        item=told_text(row["item"]), kind=REPORT, on=day, text=told_text(row["progress"]),
        problems=told_text(row["problems"]), next_steps=told_text(row["next_steps"]), step=told_text(row["step"]),
        done_on=told_day(row["done_on"]), planned_on=told_day(row["planned_on"]), total=told_count(row["target"]),
        done=told_count(row["done_count"]), department=told_text(row["department"]), evidence=told_text(row["evidence"]),
    )  # fmt: skip


def _written(row: Mapping[Any, Any]) -> Note:
    day = told_day(row["noted_on"])
    assert day is not None
    words = {name: told_text(row[name]) for name in (
        "item", "kind", "text", "problems", "next_steps", "step", "measure", "department", "who", "at", "evidence",
    )}  # fmt: skip
    return Note(
        on=day, done_on=told_day(row["done_on"]), planned_on=told_day(row["planned_on"]), **words,
        total=told_count(row["total"]), done=told_count(row["done"]), files=_files(told_text(row["files"])),
    )  # fmt: skip


def _files(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (line.partition(" ") for line in text.splitlines())
    return tuple((digest, name) for digest, _, name in pairs if digest)
