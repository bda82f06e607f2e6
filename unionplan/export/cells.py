"""How a value of an exhibit's table is printed, the same in every paper."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from unionplan import theme
from unionplan.dues_words import amount
from unionplan.exhibits import Rate, Value


def printed(value: Value) -> str:
    """Return a cell as text: a rate without its sign, a count with separators, a day in full, — for nothing."""
    if value is None or value == "":
        return theme.NONE
    if isinstance(value, Rate):
        return value.shown
    if isinstance(value, date):
        return theme.chinese_date(value)
    if isinstance(value, Fraction):
        return amount(value)
    return theme.count(value) if isinstance(value, int) else theme.plain(value)


def role_of(light: str) -> theme.Role | None:
    """Return the colours of a status as it is written (● 达标), None for other words."""
    found = (one for one in theme.STATUS.values() if light == f"{one.glyph} {one.word}")
    return next((theme.ROLES[one.role] for one in found), None)
