"""Activities and recurring duties: what was due by a day, what took place, what was made up late.

An event counts for the period that it says it belongs to, else for the one its date lies in; six meetings in one
month are one month done. Nothing late is stored: every state follows from the dates and the day judged
(docs/rules.md, sections 5, 6 and 12). A missing figure is 未报 and never zero.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import pandas as pd

from unionplan.attainment import out_of_plan
from unionplan.notes import Note, Notes
from unionplan.observations import told_count, told_day, told_text
from unionplan.plan import Item, Plan, Settings

MONTHS = {"每月": 1, "每季": 3, "每半年": 6, "每年": 12}
BY_CASE = "应访即访"
SILENT_DAYS = 60  # a work without figures moves only if something was entered within so many days
OUTSIDE, NO_PERIOD = "不在起止日期内", "所属期对不上应完成的期次"
NO_STEP, TOO_EARLY = "步骤与计划所列不符", "早于前置任务完成"


@dataclass(frozen=True)
class Event:
    """One row of the activity ledger. `done_on` None: not done; a count None: 未报.

    `period` is the key of the period it belongs to (2026-07, 2026Q3, 2026H2, 2026) where the clerk said so. `parts`
    are the units taking part that are 国有及控股, 集体, 非公有制, of `joined` in all; `participants` are 人次.
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

    def happened(self, today: date) -> bool:
        """Return whether it had taken place by `today`."""
        return self.done_on is not None and self.done_on <= today

    def missed(self, today: date) -> bool:
        """Return whether its planned day has passed and it had not taken place."""
        return self.planned_on is not None and self.planned_on < today and not self.happened(today)


@dataclass(frozen=True)
class Period:
    """One period of a recurring duty, cut to the item's window.

    `state`: done · made_up (only by events after its last day) · missed · due_now (running) · future. A period is due
    when it has ended by the day judged; a running one may be done already.
    """

    key: str
    label: str
    first: date
    last: date
    due: bool
    state: str
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Step:
    """One step of a milestone: the event that did it, None while it is open, and the day it was planned for."""

    name: str
    event: Event | None
    planned_on: date | None


@dataclass(frozen=True)
class Standing:
    """Where one plan item stands by its events.

    `form`: periods (a duty with a frequency), cases (应访即访), count, steps (a milestone), notes (no figure). `due`,
    `done` and `total` are periods, cases, events or steps: `due` what should be done by now (None where the form has
    only a final day), `done` how much of that is done, `total` how much there will be (None: open). `made_up` are the
    counted events that came late; `uncounted` are events with the reason why they do not count; `waiting` have not
    taken place. `late_since` is the day that passed without it.
    """

    item: Item
    form: str
    status: str
    due: int | None
    done: int
    total: int | None
    periods: tuple[Period, ...]
    steps: tuple[Step, ...]
    counted: tuple[Event, ...]
    made_up: tuple[Event, ...]
    uncounted: tuple[tuple[Event, str], ...]
    waiting: tuple[Event, ...]
    late_since: date | None
    today: date

    @property
    def late_days(self) -> int:
        """Return how many days it is late, 0 when it is not."""
        return (self.today - self.late_since).days if self.late_since else 0

    @property
    def last_done(self) -> date | None:
        """Return the day of the newest event that counts, None where there is none."""
        return max((event.done_on for event in self.counted if event.done_on), default=None)

    @property
    def silent_days(self) -> int:
        """Return how many days ago the newest event that counts took place, 0 where there is none."""
        return (self.today - self.last_done).days if self.last_done else 0

    @property
    def silent(self) -> bool:
        """Whether nothing was entered for so long that "推进中" would say too much."""
        return self.silent_days > SILENT_DAYS

    @property
    def marks(self) -> tuple[str, ...]:
        """Return the ids of the marks beside the light."""
        return ("made_up",) if self.made_up else ()

    @property
    def events(self) -> tuple[Event, ...]:
        """Return all its events, by date."""
        return in_order([*self.counted, *(event for event, _ in self.uncounted), *self.waiting])

    @property
    def progress(self) -> str:
        """Return in a few words what is due and what is done."""
        return _PROGRESS[self.form](self)


# The ledger


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


def _from_notes(plan: Plan, notes: Notes) -> list[Event]:
    """What the notes say was done: a milestone's steps on their days, and every movement of work without figures."""
    kinds = {
        item.id: "milestone" if item.kind == "milestone" else "notes" for item in plan.items if _told_by_notes(item)
    }
    told = [(kinds[item], note) for item, own in notes.items() if item in kinds for note in own if note.moves]
    return [
        _noted(kind, note)
        for kind, note in told
        if kind == "notes" or (note.step and (note.done_on or note.planned_on))
    ]


def _told_by_notes(item: Item) -> bool:
    return item.kind in ("milestone", "qualitative") or (item.kind == "recurring" and not item.frequency)


def _noted(kind: str, note: Note) -> Event:
    done = note.done_on if kind == "milestone" else note.done_on or note.on
    return Event(
        number="", item=note.item, name=note.text or note.step, category="", owner=note.department,
        planned_on=note.planned_on, done_on=done, place="", joined=None, parts=(None, None, None), participants=None,
        funds="", period="", step=note.step, progress=note.text, evidence=note.evidence,
    )  # fmt: skip


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


def _keys_between(start: date, end: date, months: int) -> list[str]:
    days = [date(at // 12, at % 12 + 1, 1) for at in range(_month(start), _month(end) + 1)]
    return [key for key, _ in groupby(period_key(day, months) for day in days)]


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _home(event: Event, months: int) -> str | None:
    """Return the key of the duty's period that the event counts for, None when its words and its date contradict."""
    assert event.done_on is not None
    said = period_days(event.period)
    if said is None:
        return period_key(event.done_on, months)
    first, last = said
    if period_key(first, months) != period_key(last, months):  # 三季度 said of a monthly duty
        return period_key(event.done_on, months) if first <= event.done_on <= last else None
    return period_key(first, months) if event.done_on >= first else None


# Where every item stands


def standings(plan: Plan, events: Sequence[Event], today: date, notes: Notes | None = None) -> list[Standing]:
    """Return how the plan's items stand by their events and notes on `today`, in the plan's order.

    Items that an indicator measures are left out: their figures come from elsewhere.
    """
    own: dict[str, list[Event]] = {}
    for event in (*events, *_from_notes(plan, notes or {})):
        own.setdefault(event.item, []).append(event)
    items = {item.id: item for item in plan.items if not item.indicator}

    def standing(item: Item, after: Mapping[str, date | None]) -> Standing:
        return _standing(item, own.get(item.id, []), plan.settings, today, after)

    def finished(number: str) -> date | None:
        return _finished(standing(items[number], {})) if number in items else None

    return [standing(item, {number: finished(number) for number in item.after}) for item in items.values()]


def unassigned(plan: Plan, events: Sequence[Event]) -> list[Event]:
    """Return the events that name no item of the plan."""
    known = {item.id for item in plan.items}
    return [event for event in events if event.item not in known]


def _standing(
    item: Item, events: Sequence[Event], settings: Settings, today: date, after: Mapping[str, date | None]
) -> Standing:
    waiting = tuple(event for event in events if not event.happened(today))
    past = [event for event in events if event.happened(today)]
    common = {"item": item, "waiting": waiting, "today": today}
    if item.kind == "milestone":
        return _by_steps(common, past, settings, after)
    if item.kind == "count":
        return _by_count(common, past, settings)
    if item.kind == "recurring" and item.frequency in MONTHS:
        return _by_periods(common, past, settings)
    if item.kind == "recurring" and item.frequency == BY_CASE:
        return _by_cases(common, past, settings)
    return _by_notes(common, past, settings)


def _by_periods(common: dict[str, Any], past: Sequence[Event], settings: Settings) -> Standing:
    item, today = common["item"], common["today"]
    months = MONTHS[item.frequency]
    start, end = item.start or settings.period_start, item.end or settings.period_end
    homes = {event: _home(event, months) for event in past}
    keys = _keys_between(start, end, months)
    inside = {event: key for event, key in homes.items() if key in keys and start <= (event.done_on or start)}
    periods = tuple(
        _period(key, [event for event in past if inside.get(event) == key], start, end, today) for key in keys
    )
    late = {event for period in periods for event in period.events if _after(event, period.last)}
    made_up = [event for period in periods if period.state == "made_up" for event in period.events if event in late]
    missed = next((period.last for period in periods if period.state == "missed"), None)
    done = item.settled or all(period.state in ("done", "made_up") for period in periods)
    return Standing(
        form="periods", status=_duty_status(item, settings, periods, done, missed, today), **common,
        due=sum(period.due for period in periods), total=len(periods), periods=periods, steps=(),
        done=sum(period.due and period.state != "missed" for period in periods), made_up=tuple(made_up),
        counted=tuple(event for event in past if event in inside),
        uncounted=tuple((event, NO_PERIOD if homes[event] is None else OUTSIDE) for event in past if event not in inside),
        late_since=None if done or out_of_plan(item.start, item.end, settings) else missed,
    )  # fmt: skip


def _period(key: str, events: Sequence[Event], start: date, end: date, today: date) -> Period:
    days = period_days(key)
    assert days is not None
    first, last = max(days[0], start), min(days[1], end)
    state = "missed" if last <= today else "due_now" if first <= today else "future"
    if events:
        state = "made_up" if all(_after(event, last) for event in events) else "done"
    return Period(key, period_label(key, start.year), first, last, last <= today, state, tuple(events))


def _after(event: Event, last: date) -> bool:
    return event.done_on is not None and event.done_on > last


def _duty_status(
    item: Item, settings: Settings, periods: Sequence[Period], done: bool, missed: date | None, today: date
) -> str:
    if done or out_of_plan(item.start, item.end, settings):
        return "done" if done else "out_of_plan"
    if missed:
        return "overdue" if item.end and today > item.end else "behind"
    running = next((period.last for period in periods if period.state == "due_now"), None)
    if running and (running - today).days <= settings.due_soon_days:
        return "due_soon"
    return "on_pace" if any(period.events for period in periods) else "not_started"


def _by_cases(common: dict[str, Any], past: Sequence[Event], settings: Settings) -> Standing:
    """One row is one case: due when its day has come or none was set, done when visited."""
    item, today = common["item"], common["today"]
    counted = tuple(event for event in past if _inside(event, item))
    open_cases = [event for event in common["waiting"] if event.planned_on is None or event.planned_on <= today]
    missed = min((event.planned_on for event in open_cases if event.planned_on and event.missed(today)), default=None)
    status = _open_status(item, settings, today, missed, bool(counted))
    if not open_cases and counted and status != "out_of_plan":
        status = "done" if item.settled or (item.end and today > item.end) else "on_pace"
    if not open_cases and not counted and status in ("due_soon", "overdue"):
        status = "not_started"  # nobody was to be visited, so nothing is late
    return Standing(
        form="cases", status=status, **common, due=len(counted) + len(open_cases), done=len(counted), total=None,
        periods=(), steps=(), counted=counted, made_up=(), late_since=_late_since(item, status, missed),
        uncounted=tuple((event, OUTSIDE) for event in past if event not in counted),
    )  # fmt: skip


def _by_count(common: dict[str, Any], past: Sequence[Event], settings: Settings) -> Standing:
    """Events inside the window count; one after it counts as made up when its 所属期 lies in the window."""
    item, today = common["item"], common["today"]
    made_up = tuple(event for event in past if _made_up(event, item))
    counted = tuple(event for event in past if _inside(event, item) or event in made_up)
    goal = int(item.target) if item.target is not None else 1
    missed = _passed(common["waiting"], today)
    done = item.settled or len(counted) >= goal
    status = "done" if done else _open_status(item, settings, today, missed, bool(counted))
    return Standing(
        form="count", status=status, **common, due=None, done=len(counted), total=goal, periods=(), steps=(),
        counted=counted, made_up=made_up, late_since=_late_since(item, status, missed),
        uncounted=tuple((event, OUTSIDE) for event in past if event not in counted),
    )  # fmt: skip


def _made_up(event: Event, item: Item) -> bool:
    said = period_days(event.period)
    after = item.end is not None and _after(event, item.end)
    return after and said is not None and said[0] <= (item.end or said[0]) and (not item.start or said[1] >= item.start)


def _inside(event: Event, item: Item) -> bool:
    day = event.done_on
    return day is not None and (not item.start or item.start <= day) and (not item.end or day <= item.end)


def _by_steps(
    common: dict[str, Any], past: Sequence[Event], settings: Settings, after: Mapping[str, date | None]
) -> Standing:
    item, today = common["item"], common["today"]
    reasons = {event: _why_not(event, item, after) for event in past}
    counted = tuple(event for event in past if not reasons[event])
    steps = tuple(_step(name, counted, common["waiting"]) for name in item.steps)
    named = [step.event for step in steps if step.event]
    waiting = [event for event in common["waiting"] if event.step not in {one.step for one in named}]
    missed = _passed(waiting, today)
    done = item.settled or (bool(steps) and len(named) == len(steps))
    status = "done" if done else _open_status(item, settings, today, missed, bool(counted))
    return Standing(
        form="steps", status=status, **common, due=None, done=len(steps) if item.settled else len(named),
        total=len(steps), periods=(), steps=steps, counted=counted,
        made_up=tuple(event for event in named if item.end and _after(event, item.end)),
        uncounted=tuple((event, reasons[event]) for event in past if reasons[event]),
        late_since=_late_since(item, status, missed),
    )  # fmt: skip


def _why_not(event: Event, item: Item, after: Mapping[str, date | None]) -> str:
    """Return why a milestone's event does not count, empty when it does."""
    assert event.done_on is not None
    if event.step not in item.steps:
        return NO_STEP
    if any(before is None or event.done_on < before for before in after.values()):
        return TOO_EARLY
    return OUTSIDE if item.start and event.done_on < item.start else ""


def _step(name: str, counted: Sequence[Event], waiting: Sequence[Event]) -> Step:
    done = in_order(event for event in counted if event.step == name)
    planned = [event.planned_on for event in (*done, *waiting) if event.step == name and event.planned_on]
    return Step(name, done[0] if done else None, min(planned, default=None))


def _by_notes(common: dict[str, Any], past: Sequence[Event], settings: Settings) -> Standing:
    item = common["item"]
    status = "moving" if past else "not_started"
    if item.settled or out_of_plan(item.start, item.end, settings):
        status = "done" if item.settled else "out_of_plan"
    return Standing(
        form="notes", status=status, **common, due=None, done=len(past), total=None, periods=(), steps=(),
        counted=tuple(past), made_up=(), uncounted=(), late_since=None,
    )  # fmt: skip


def _open_status(item: Item, settings: Settings, today: date, missed: date | None, moving: bool) -> str:
    """Return the status of an item that is not done, in the order of docs/rules.md 12.

    It is `moving` by what took place: a day that was only announced is no progress.
    """
    if item.settled or out_of_plan(item.start, item.end, settings):
        return "done" if item.settled else "out_of_plan"
    if item.end is None:
        return "no_deadline"
    if today > item.end:
        return "overdue"
    if missed:
        return "behind"
    if (item.end - today).days <= settings.due_soon_days:
        return "due_soon"
    return "moving" if moving else "not_started"


def _passed(waiting: Iterable[Event], today: date) -> date | None:
    return min((event.planned_on for event in waiting if event.planned_on and event.missed(today)), default=None)


def _late_since(item: Item, status: str, missed: date | None) -> date | None:
    return {"overdue": item.end, "behind": missed}.get(status)


def _finished(standing: Standing) -> date | None:
    """Return the day by which an item had what its followers wait for: a duty's first period, all of the others."""
    days = [event.done_on for event in in_order(standing.counted) if event.done_on]
    if standing.form in ("periods", "cases", "notes"):
        return days[0] if days else None
    if standing.form == "steps":
        days = sorted(step.event.done_on for step in standing.steps if step.event and step.event.done_on)
    return days[standing.total - 1] if standing.total and len(days) >= standing.total else None


# Progress in a few words


def _in_periods(one: Standing) -> str:
    early = [period.label for period in one.periods if not period.due and period.state == "done"]
    ahead = f"；{'、'.join(early)}已完成" if early else ""
    if not one.due:
        return ahead.removeprefix("；") or f"共{one.total}期，均未到期"
    missed = [period.label for period in one.periods if period.state == "missed"]
    late = sum(period.state == "made_up" for period in one.periods)
    parts = [f"应完成{one.due}期", f"已完成{one.done}期"]
    parts += [f"其中补{late}期"] if late else []
    parts += [f"未完成{'、'.join(missed)}"] if missed else []
    return "，".join(parts) + ahead


def _in_cases(one: Standing) -> str:
    return f"应访{one.due}户，已访{one.done}户" if one.due else "尚无应访登记"


def _in_count(one: Standing) -> str:
    days = "、".join(_month_day(event) for event in one.counted)
    held = f"已完成{one.done}{one.item.unit}" + (f"（{days}）" if days else "")
    late = f"，其中补{len(one.made_up)}{one.item.unit}" if one.made_up else ""
    outside = f"；起止日期外另有{len(one.uncounted)}{one.item.unit}" if one.uncounted else ""
    return f"应完成{one.total}{one.item.unit}，{held}{late}{outside}"


def _in_steps(one: Standing) -> str:
    if one.item.settled:
        return "计划已载明完成"
    days = "、".join(f"{step.name}{_month_day(step.event)}" for step in one.steps if step.event)
    rest = "、".join(step.name for step in one.steps if not step.event)
    early = any(reason == TOO_EARLY for _, reason in one.uncounted)
    return "".join(
        (
            f"共{one.total}步，已完成{one.done}步",
            f"（{days}）" if days else "",
            f"，待完成{rest}" if rest else "",
            "；有登记早于前置任务完成，未计入" if early else "",
        )
    )


def _in_notes(one: Standing) -> str:
    last = one.last_done
    if last is None:
        return "尚无进展登记"
    return f"已登记{one.done}次，最近登记{last.month}月{last.day}日，连续未更新{one.silent_days}天"


def _month_day(event: Event | None) -> str:
    return f"{event.done_on.month}月{event.done_on.day}日" if event and event.done_on else ""


_PROGRESS = {
    "periods": _in_periods, "cases": _in_cases, "count": _in_count, "steps": _in_steps, "notes": _in_notes,
}  # fmt: skip


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
