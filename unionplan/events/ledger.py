"""The activity ledger as events, the keys of the periods they belong to, and who took part in them."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import pandas as pd

from unionplan.observations import told_count, told_day, told_text
from unionplan.plan import Plan


@dataclass(frozen=True)
class Event:
    """One row of the activity ledger. `done_on` None: not done; a count None: 未报.

    `period` is the key of the period it belongs to (2026-07, 2026Q3, 2026H2, 2026) where the clerk said so. `parts`
    are the units taking part that are 国有及控股, 集体, 非公有制, of `joined` in all; `participants` are 人次. `noted`: a
    note tells it, not the activity ledger.
    """

    number: str
    item: str
    name: str
    category: str
    owner: str
    planned_on: date | None
    done_on: date | None
    place: str
    joined: int | None
    parts: tuple[int | None, int | None, int | None]
    participants: int | None
    funds: str
    period: str
    step: str
    progress: str
    evidence: str
    noted: bool = False

    def happened(self, today: date) -> bool:
        """Return whether it had taken place by `today`."""
        return self.done_on is not None and self.done_on <= today

    def missed(self, today: date) -> bool:
        """Return whether its planned day has passed and it had not taken place."""
        return self.planned_on is not None and self.planned_on < today and not self.happened(today)


def events_of(frame: pd.DataFrame) -> tuple[Event, ...]:
    """Return the rows of an activity frame (columns as in observations.ACTIVITIES) as events, by date."""
    return in_order(_event(row) for row in frame.to_dict("records"))


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return the events by the day they took place, else were planned for; those without a day last."""
    return tuple(sorted(events, key=lambda event: (event.done_on or event.planned_on or date.max, event.number)))


def _event(row: Mapping[Any, Any]) -> Event:
    state, collective, non_public = (
        told_count(row.get(f"joined_{kind}")) for kind in ("state", "collective", "non_public")
    )
    return Event(
        number=told_text(row.get("activity_no")), item=told_text(row.get("item")), name=told_text(row.get("activity")),
        category=told_text(row.get("category")), owner=told_text(row.get("owner")), planned_on=told_day(row.get("planned_on")),
        done_on=told_day(row.get("done_on")), place=told_text(row.get("place")), joined=told_count(row.get("joined")),
        parts=(state, collective, non_public), participants=told_count(row.get("participants")),
        funds=told_text(row.get("funds")), period=told_text(row.get("period")), step=told_text(row.get("step")),
        progress=told_text(row.get("progress")), evidence=told_text(row.get("evidence")),
    )  # fmt: skip


def unassigned(plan: Plan, events: Sequence[Event]) -> list[Event]:
    """Return the events that name no item of the plan."""
    known = {item.id for item in plan.items}
    return [event for event in events if event.item not in known]


# Periods


def period_key(day: date, months: int) -> str:
    """Return the key of the period of `months` (1, 3, 6, 12) that `day` lies in: 2026-07, 2026Q3, 2026H2, 2026."""
    number = (day.month - 1) // months + 1
    return {1: f"{day.year}-{number:02d}", 3: f"{day.year}Q{number}", 6: f"{day.year}H{number}"}.get(
        months, str(day.year)
    )


def period_days(key: str) -> tuple[date, date] | None:
    """Return the first and last day of a period key, None when it is none."""
    found = re.fullmatch(r"(\d{4})(?:-(0[1-9]|1[0-2])|Q([1-4])|H([12]))?", key)
    if not found or found[1] == "0000":
        return None
    year, number = int(found[1]), int(found[2] or found[3] or found[4] or 1)
    months = 1 if found[2] else 3 if found[3] else 6 if found[4] else 12
    last = number * months
    return date(year, last - months + 1, 1), date(year, last, monthrange(year, last)[1])


def period_label(key: str, year: int) -> str:
    """Return a period key in words, with its year where that is not `year`: 7月, 三季度, 下半年, 全年."""
    if key[4:5] == "-":
        words = f"{int(key[5:])}月"
    elif len(key) > 4:
        words = f"{'一二三四'[int(key[5]) - 1]}季度" if key[4] == "Q" else "上下"[int(key[5]) - 1] + "半年"
    else:
        words = "全年"
    return words if key[:4] == str(year) else f"{key[:4]}年{words.removeprefix('全年')}"


def keys_between(start: date, end: date, months: int) -> list[str]:
    """Return the keys of the periods of `months` that the days from `start` to `end` lie in."""
    days = [date(at // 12, at % 12 + 1, 1) for at in range(_month(start), _month(end) + 1)]
    return [key for key, _ in groupby(period_key(day, months) for day in days)]


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


# Who took part


@dataclass(frozen=True)
class Joined:
    """The units that took part in one event: in all, and 国有及控股, 集体, 非公有制, 未分类型; None is 未报.

    What was told of no type is 未分类型. `over` is by how much the parts exceed the whole as told: such a row is
    shown as it came and stays out of every sum.
    """

    event: Event
    total: int | None
    parts: tuple[int | None, int | None, int | None, int | None]
    over: int

    @property
    def sound(self) -> bool:
        """Return whether it can be summed: the whole is told and the parts are within it."""
        return self.total is not None and not self.over


def joined(event: Event) -> Joined | None:
    """Return who took part in an event by enterprise type, None when no figure was told."""
    told = sum(part or 0 for part in event.parts)
    if event.joined is None:
        return Joined(event, None, (*event.parts, None), 0) if any(p is not None for p in event.parts) else None
    rest = event.joined - told
    return Joined(event, event.joined, (*event.parts, rest if rest > 0 else None), max(0, -rest))


def joined_sums(rows: Sequence[Joined]) -> tuple[int, tuple[int, int, int, int]]:
    """Return the sound rows' sum and its parts, in 家次: a unit that took part twice counts twice."""
    sound = [row for row in rows if row.sound]
    state, collective, non_public, untyped = (sum(row.parts[kind] or 0 for row in sound) for kind in range(4))
    return sum(row.total or 0 for row in sound), (state, collective, non_public, untyped)
