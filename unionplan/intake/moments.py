"""Moments as the formats write them: a serial number under a number format, an ISO text."""

from __future__ import annotations

import re
from datetime import datetime, time

from unionplan.intake.cells import Cell
from unionplan.intake.xlsx_styles import LASTING, MOMENT, PLAIN, Meanings

_WRITTEN = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6})\d*)?)?Z?")


def meanings(since_1904: bool = False) -> Meanings:
    """Return what numbers mean whose style is PLAIN, MOMENT or LASTING itself, counted from 1900 or 1904."""
    return Meanings(shown=(PLAIN, MOMENT, LASTING), from_1904=since_1904)


def written_moment(text: str) -> datetime | None:
    """Return the moment that an ISO text with or without a time of day names, None when no calendar has it."""
    found = _WRITTEN.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second, fraction = found.groups("0")
    try:
        return datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second), int(fraction.ljust(6, "0"))
        )
    except ValueError:
        return None


def day_or_moment(found: datetime) -> Cell:
    """Return a moment as a day when it is midnight, as offices mean it."""
    return found.date() if found.time() == time() else found
