"""What units return, as the store keeps it, for tests that need figures and no files."""

from __future__ import annotations

from datetime import date

import pandas as pd

from unionplan.store import Slot
from unionplan.store.snapshots import SCHEMAS


def summary(unit: str, day: date, covered: int, base: int = 100) -> dict[Slot, tuple[date, pd.DataFrame]]:
    """One unit's summary: wage agreements in 非公有制企业."""
    names = SCHEMAS["summary"][0].names
    row = dict.fromkeys(names) | {
        "reporting_unit": unit, "as_of": day, "told": "non_public", "indicator": "wage", "numerator": covered,
        "denominator": base,
    }  # fmt: skip
    return {Slot("summary", unit, f"{day:%Y-%m}"): (day, pd.DataFrame([row], columns=names))}
