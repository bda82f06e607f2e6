"""Where every item of the plan stands: rates by their attainment, training by what accumulated, the rest by events and notes.

Where neither an activity nor a progress report has come in nothing was told: then a recurring duty is 未开始, not 逾期.
A note from the page judges its own item only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pandas as pd

from unionplan.attainment import ItemState, Outlook, item_states
from unionplan.events import Standing, events_of, standings
from unionplan.flows import flow, training_item
from unionplan.notes import REPORT, Note, Notes
from unionplan.verdicts import bare_rule, flow_rule, flow_said, rate_rule, rate_said, standing_rule


def plan_states(
    outlook: Outlook, training: pd.DataFrame, activities: pd.DataFrame, notes: Notes | None = None
) -> list[ItemState]:
    """Return the plan's items in their order, each with status, its rule, counts, marks, what is said of it, its evidence.

    `training` and `activities` are the store's returns as of the same commit, `notes` all notes to the plan's items;
    they are cut at the outlook's own date.
    """
    own = _until(notes or {}, outlook.today)
    told = told_standings(outlook, activities, own)
    item = training_item(outlook.plan)
    states = []
    for state in item_states(outlook):
        if state.row is not None:
            state = _by_rate(state, outlook)
        elif item is not None and state.item.id == item.id:
            state = _by_training(state, outlook, training)
        elif state.item.id in told:
            state = _by_events(state, told[state.item.id], outlook)
        else:
            state = replace(state, rule=bare_rule(state.item, state.status, outlook.plan.settings))
        states.append(_moved(state, own.get(state.item.id, ())))
    return states


def told_standings(outlook: Outlook, activities: pd.DataFrame, notes: Notes) -> Mapping[str, Standing]:
    """Return plan item → where it stands by its events and notes, for the items of which anything was told.

    Activities and progress reports speak of all items, a note from the page of its own.
    """
    events = events_of(activities)
    notes = _until(notes, outlook.today)
    every = bool(events) or any(note.kind == REPORT for own in notes.values() for note in own)
    found = standings(outlook.plan, events, outlook.today, notes) if events or notes else []
    return {one.item.id: one for one in found if every or one.item.id in notes}


def _until(notes: Notes, day: date) -> dict[str, tuple[Note, ...]]:
    cut = {item: tuple(note for note in own if note.on <= day) for item, own in notes.items()}
    return {item: own for item, own in cut.items() if own}


def _by_rate(state: ItemState, outlook: Outlook) -> ItemState:
    assert state.row is not None
    said = rate_said(state.row, outlook.plan.indicators[state.row.indicator])
    late = state.row.end if state.status == "overdue" else None
    return replace(state, said=said, rule=rate_rule(state.row, outlook), moved_on=state.row.as_of, late_since=late)


def _by_events(state: ItemState, one: Standing, outlook: Outlook) -> ItemState:
    whole = one.total if one.due is None else one.due
    return replace(
        state, status=one.status, counts=None if whole is None else (one.done, whole), marks=one.marks,
        said=one.progress, moved_on=one.last_done, late_since=one.late_since, evidence=one.evidence,
        rule=standing_rule(one, outlook.plan.settings),
    )  # fmt: skip


def _by_training(state: ItemState, outlook: Outlook, training: pd.DataFrame) -> ItemState:
    now = flow(training, outlook.plan, outlook.clock, outlook.on)
    counts = None if now.persons is None or now.target is None else (now.persons, now.target)
    status = now.status if len(training) else state.status
    return replace(
        state, status=status, counts=counts, marks=now.marks if len(training) else (), moved_on=now.as_of,
        said=flow_said(now), rule=flow_rule(now, outlook), late_since=now.end if status == "overdue" else None,
    )  # fmt: skip


def _moved(state: ItemState, notes: tuple[Note, ...]) -> ItemState:
    """The state with the newest day on which anything was told to have been done, and evidence that came with notes."""
    days = [day for day in (state.moved_on, *(note.on for note in notes if note.moves)) if day]
    return replace(state, moved_on=max(days, default=None))
