"""Where every item of the plan stands: rates by their attainment, training by what accumulated, the rest by events and notes.

Where neither an activity nor a note has come in nothing was told: then a recurring duty is 未开始, not 逾期.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd

from unionplan.attainment import ItemState, Outlook, item_states
from unionplan.events import Standing, events_of, standings
from unionplan.flows import flow, training_item
from unionplan.notes import Notes


def plan_states(
    outlook: Outlook, training: pd.DataFrame, activities: pd.DataFrame, notes: Notes | None = None
) -> list[ItemState]:
    """Return the plan's items in their order, each with status, counts, marks, what is said of it and its evidence.

    `training` and `activities` are the store's returns as of the same commit, `notes` all notes to the plan's items;
    they are cut at the outlook's own date.
    """
    plan, notes = outlook.plan, _until(notes or {}, outlook.today)
    events = events_of(activities)
    told = {one.item.id: one for one in standings(plan, events, outlook.today, notes)} if events or notes else {}
    item = training_item(plan)
    states = [
        _by_events(state, told[state.item.id]) if state.item.id in told else state for state in item_states(outlook)
    ]
    if item is None or not len(training):
        return states
    return [_by_training(state, outlook, training) if state.item.id == item.id else state for state in states]


def _until(notes: Notes, day: date) -> Notes:
    cut = {item: [note for note in own if note.on <= day] for item, own in notes.items()}
    return {item: own for item, own in cut.items() if own}


def _by_events(state: ItemState, one: Standing) -> ItemState:
    whole = one.total if one.due is None else one.due
    return replace(
        state, status=one.status, counts=None if whole is None else (one.done, whole), marks=one.marks,
        said=one.progress, moved_on=one.last_done, late_since=one.late_since,
        evidence=tuple(event.evidence for event in one.counted if event.evidence),
    )  # fmt: skip


def _by_training(state: ItemState, outlook: Outlook, training: pd.DataFrame) -> ItemState:
    now = flow(training, outlook.plan, outlook.clock, outlook.on)
    counts = None if now.persons is None or now.target is None else (now.persons, now.target)
    return replace(state, status=now.status, counts=counts, marks=now.marks, moved_on=now.as_of)
