"""Where every item of the plan stands: rates by their attainment, training by what accumulated, the rest by events.

An empty activity ledger tells nothing: then a recurring duty is 未开始, not 逾期.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from unionplan.attainment import ItemState, Outlook, item_states
from unionplan.events import events_of, standings
from unionplan.flows import flow, training_item


def plan_states(outlook: Outlook, training: pd.DataFrame, activities: pd.DataFrame) -> list[ItemState]:
    """Return the plan's items in their order, each with status, counts and marks.

    `training` and `activities` are the store's returns as of the same commit, cut at the outlook's own date.
    """
    plan, told = outlook.plan, {}
    events = events_of(activities)
    for one in standings(plan, events, outlook.today) if events else ():
        whole = one.total if one.due is None else one.due
        told[one.item.id] = (one.status, None if whole is None else (one.done, whole), one.marks)
    item = training_item(plan)
    if item is not None and len(training):
        now = flow(training, plan, outlook.clock, outlook.on)
        counts = None if now.persons is None or now.target is None else (now.persons, now.target)
        told[item.id] = (now.status, counts, now.marks)
    return [_with(state, *told[state.item.id]) if state.item.id in told else state for state in item_states(outlook)]


def _with(state: ItemState, status: str, counts: tuple[int, int] | None, marks: tuple[str, ...]) -> ItemState:
    return replace(state, status=status, counts=counts, marks=marks)
