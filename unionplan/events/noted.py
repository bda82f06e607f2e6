"""What notes tell of an item: steps and other things done on a day, counts of cases, tallies, why a period was skipped.

A progress report (W7) and a note from the page say the same things and count alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from unionplan.events.ledger import Event
from unionplan.notes import REPORT, Note, Notes
from unionplan.observations import NOTE_KINDS
from unionplan.plan import Item, Plan

BY_CASE = "应访即访"
ARCHIVE = "档案"
"""A step that sets up files is told by how many are there of how many, besides its day."""


def counts_cases(item: Item) -> bool:
    """Return whether notes tell of the item how many were to be done and how many are: 五必访, and what sets up files."""
    return (item.kind == "recurring" and item.frequency == BY_CASE) or keeps_files(item)


def keeps_files(item: Item) -> bool:
    """Return whether the item is a milestone that sets up files (建档)."""
    return item.kind == "milestone" and any(ARCHIVE in step for step in item.steps)


def kind_word(item: Item, kind: str) -> str:
    """Return what a kind of note is called for an item: the cases of what sets up files are 建档."""
    if kind == REPORT:
        return "任务进展表"
    return "建档" if kind == "cases" and keeps_files(item) else NOTE_KINDS.get(kind, "")


def told_by_notes(item: Item) -> bool:
    """Return whether every movement that a note tells of counts: work without figures, a duty without a frequency."""
    return item.kind == "qualitative" or (item.kind == "recurring" and not item.frequency)


def measures(item: Item) -> tuple[str, ...]:
    """Return what can be tallied of a work without figures, by its unit: 件/个 → 件, 个; nothing for others."""
    return tuple(part for part in item.unit.split("/") if part) if told_by_notes(item) else ()


def noted_events(plan: Plan, notes: Notes, ledger: Iterable[Event]) -> list[Event]:
    """Return what the notes say was done, as events, without a step or an activity that the ledger has on that day.

    Work without figures: every movement. A milestone: its steps. A duty or a count: what was done on a day that is told.
    """
    held = {(event.item, event.step, event.done_on) for event in ledger}
    found = [
        event for item in plan.items if not item.indicator and item.id in notes for event in _told(item, notes[item.id])
    ]
    loose = {item.id for item in plan.items if told_by_notes(item)}
    return [event for event in found if event.item in loose or (event.item, event.step, event.done_on) not in held]


def _told(item: Item, notes: Sequence[Note]) -> list[Event]:
    if told_by_notes(item):
        return [_event(note, note.done_on or note.on) for note in notes if note.moves]
    if item.kind == "milestone":
        return _steps(item, notes)
    if item.frequency == BY_CASE:
        return []
    by_day = {note.done_on: note for note in notes if note.done_on}
    return [_event(note, day) for day, note in by_day.items()]


def _steps(item: Item, notes: Sequence[Note]) -> list[Event]:
    """Every step on the day it was done, and for one still open the day that was planned for it last."""
    named = [(note.step or _only(item), note) for note in notes]
    done = [_event(note, note.done_on, step) for step, note in named if step and note.done_on]
    finished = {event.step for event in done}
    planned = {step: note for step, note in named if step and note.planned_on and step not in finished}
    return done + [_event(note, None, step) for step, note in planned.items()]


def _only(item: Item) -> str:
    """The step of a milestone that has but one: then a note need not name it."""
    return item.steps[0] if len(item.steps) == 1 else ""


def _event(note: Note, done_on: date | None, step: str = "") -> Event:
    return Event(
        number="", item=note.item, name=note.text or step or note.step, category="", owner=note.department,
        planned_on=note.planned_on, done_on=done_on, place="", joined=None, parts=(None, None, None), participants=None,
        funds="", period="", step=step or note.step, progress=note.text, evidence=note.proof, noted=True,
    )  # fmt: skip


def tallies(item: Item, notes: Sequence[Note], today: date) -> tuple[Note, ...]:
    """Return the newest counts that notes tell of an item: of its cases (done and total), else of each measure.

    Every one is what has accumulated by its day; what lies before the item's window is left out.
    """
    inside = [note for note in notes if note.done is not None and note.on <= today and not _before(note, item)]
    if counts_cases(item):
        return tuple(note for note in inside if note.kind in (REPORT, "cases") and note.total is not None)[-1:]
    by_measure = {note.measure or _sole(item): note for note in inside if note.kind in (REPORT, "tally")}
    return tuple(by_measure.values()) if told_by_notes(item) else ()


def _sole(item: Item) -> str:
    """What a report's bare number counts: the item's unit where it is but one, nothing known where it is several."""
    known = measures(item)
    return known[0] if len(known) == 1 else ""


def measured(item: Item, note: Note) -> str:
    """Return what a tally counts, "" where it was not told and the item has several units."""
    return note.measure or _sole(item)


def skip_reasons(notes: Sequence[Note]) -> dict[str, str]:
    """Return period key → why nothing took place in it, the newest words."""
    return {note.step: note.text for note in notes if note.kind == "skip"}


def _before(note: Note, item: Item) -> bool:
    return item.start is not None and note.on < item.start
