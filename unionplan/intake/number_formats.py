"""What a number format makes of a number: a date, a time that runs on, or the number that it is."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from functools import cache

from unionplan.intake.cells import Cell, plain_cell

DATE, DURATION, NUMBER = "date", "duration", "number"
_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)}
"""Numbers of formats without a code of their own; 27–36 and 50–58 are the Chinese dates (2026年10月31日)."""
_LASTING = 46
_LAST_DAY = {False: 2_958_466, True: 2_957_004}
"""1904 or not → the first serial after the year 9999."""
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.')
_BRACKETED = re.compile(r"\[[^\]]*\]")


@cache
def shown_as(number: int, code: str | None = None) -> str:
    """Return DATE, DURATION or NUMBER for a format by its number and, if it has one, its own code."""
    if code is None:
        return DATE if number in _BUILT_IN_DATES else DURATION if number == _LASTING else NUMBER
    bare = _QUOTED.sub("", code.split(";")[0]).lower()
    if re.search(r"\[(h+|m+|s+)\]", bare):
        return DURATION
    bare = _BRACKETED.sub("", bare).replace("general", "")
    return DATE if re.search(r"[ymdhs]|e(?![+-])", bare) else NUMBER


def moment(serial: float, kind: str, since_1904: bool = False) -> Cell:
    """Return what a serial number shown as `kind` means; one outside the calendar stays the number that it is."""
    if kind == NUMBER or (kind == DATE and not 0 <= serial < _LAST_DAY[since_1904]):
        return plain_cell(serial)
    if kind == DURATION:
        return timedelta(milliseconds=round(serial * 86_400_000)) if abs(serial) < 10**8 else plain_cell(serial)
    shown = _epoch(serial, since_1904) + timedelta(milliseconds=round(serial * 86_400_000))
    if serial < 1:
        return shown.time()
    return day_or_moment(shown)


def _epoch(serial: float, since_1904: bool) -> datetime:
    """Day 0; the 29 February 1900 that never was moves it by one for the first two months."""
    if since_1904:
        return datetime(1904, 1, 1)
    return datetime(1899, 12, 31) if serial < 60 else datetime(1899, 12, 30)


_WRITTEN = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6})\d*)?)?Z?")


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
