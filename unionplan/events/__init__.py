"""Activities and recurring duties: what was due by a day, what took place, what was made up late.

An event counts for the period that it says it belongs to, else for the one its date lies in; six meetings in one
month are one month done. Nothing late is stored: every state follows from the dates and the day judged
(docs/rules.md, sections 5, 6 and 12). A missing figure is 未报 and never zero.

ledger → noted → standing → forms: the events themselves, what notes tell besides, where an item stands, how each kind is judged.
"""

from unionplan.events.forms import MONTHS, standings
from unionplan.events.ledger import (
    Event,
    Joined,
    events_of,
    in_order,
    joined,
    joined_sums,
    period_days,
    period_key,
    period_label,
    unassigned,
)
from unionplan.events.noted import BY_CASE, counts_cases, keeps_files, kind_word, measured, measures, told_by_notes
from unionplan.events.standing import (
    NO_PERIOD,
    NO_STEP,
    OUTSIDE,
    SILENT_DAYS,
    TOO_EARLY,
    Period,
    Standing,
    Step,
)

__all__ = [
    "BY_CASE", "MONTHS", "NO_PERIOD", "NO_STEP", "OUTSIDE", "SILENT_DAYS", "TOO_EARLY", "Event", "Joined", "Period",
    "Standing", "Step", "counts_cases", "events_of", "in_order", "joined", "joined_sums", "keeps_files", "kind_word", "measured", "measures", "period_days", "period_key", "period_label",
    "standings", "told_by_notes", "unassigned",
]  # fmt: skip
