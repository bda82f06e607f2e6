"""The one meeting of the sample city whose figures are frozen: told in October, entered at the end of the history.

What was corrected in September's figures after the meeting then stands beside them.
"""

from __future__ import annotations

from datetime import date, datetime

from unionplan.access import Person
from unionplan.attainment import Outlook
from unionplan.meetings import freeze
from unionplan.notes import notes_of
from unionplan.states import plan_states
from unionplan.store import Slot, Store

NAME, HELD_ON, SEEN_ON = "三季度工作调度会", date(2026, 10, 13), date(2026, 10, 12)
ENTERED, NOTE = datetime(2026, 11, 5, 11, 10), "按会上所报补录"


def told(store: Store, person: Person) -> int | None:
    """Freeze the meeting unless it stands already; return the refresh that did it."""
    if Slot("meeting", NAME) in store.heads(store.head()):
        return None
    seen = [commit.id for commit in store.history() if commit.at[:10] <= SEEN_ON.isoformat()][-1]
    outlook = Outlook(store.cube(seen), store.plan(seen), SEEN_ON, SEEN_ON)
    notes = notes_of(store.progress(seen), store.notes(seen), SEEN_ON)
    states = plan_states(outlook, store.training(seen), store.activities(seen), notes)
    return freeze(store, NAME, HELD_ON, seen, outlook, states, person, NOTE, ENTERED)
