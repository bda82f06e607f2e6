"""What day it is: the UNIONPLAN_TODAY variable, else the store's own clock setting, else today."""

from __future__ import annotations

import os
from datetime import date, datetime

from unionplan.errors import UsageError

VARIABLE = "UNIONPLAN_TODAY"


def pinned() -> date | None:
    """Return the day that the environment sets, None when it sets none; raises UsageError on a wrong date."""
    text = os.environ.get(VARIABLE, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"环境变量 {VARIABLE}", f"“{text}”", "日期写作 2026-11-05", "请改正或删去该变量") from None


def today(setting: date | None = None) -> date:
    """Return the day by which staleness is judged."""
    return pinned() or setting or date.today()


def now(setting: date | None = None) -> datetime:
    """Return the moment that a commit records: the day of `today`, the hour of the machine."""
    return datetime.combine(today(setting), datetime.now().time().replace(microsecond=0))
