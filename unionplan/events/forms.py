"""How every kind of item is judged by its events and notes: duties, cases, counts, milestones, work without figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from unionplan.attainment import out_of_plan
from unionplan.events.ledger import Event, in_order, keys_between, period_days, period_key, period_label
from unionplan.events.noted import BY_CASE, noted_events, skip_reasons, tallies
from unionplan.events.standing import NO_PERIOD, NO_STEP, OUTSIDE, TOO_EARLY, Period, Standing, Step
from unionplan.notes import Note, Notes
from unionplan.plan import Item, Plan, Settings

MONTHS = {"每月": 1, "每季": 3, "每半年": 6, "每年": 12}


def standings(plan: Plan, events: Sequence[Event], today: date, notes: Notes | None = None) -> list[Standing]:
    """Return how the plan's items stand by their events and notes on `today`, in the plan's order.

    Items that an indicator measures are left out: their figures come from elsewhere.
    """
    told = {item: [note for note in own if note.on <= today] for item, own in (notes or {}).items()}
    own: dict[str, list[Event]] = {}
    for event in (*events, *noted_events(plan, told, events)):
        own.setdefault(event.item, []).append(event)
    items = {item.id: item for item in plan.items if not item.indicator}

    def standing(item: Item, after: Mapping[str, date | None]) -> Standing:
        return _standing(item, own.get(item.id, []), told.get(item.id, []), plan.settings, today, after)

    def finished(number: str) -> date | None:
        return _finished(standing(items[number], {})) if number in items else None

    return [standing(item, {number: finished(number) for number in item.after}) for item in items.values()]


def _standing(
    item: Item, events: Sequence[Event], notes: Sequence[Note], settings: Settings, today: date,
    after: Mapping[str, date | None],
) -> Standing:  # fmt: skip
    waiting = tuple(event for event in events if not event.happened(today))
    past = [event for event in events if event.happened(today)]
    common = {"item": item, "waiting": waiting, "today": today, "tallies": tallies(item, notes, today)}
    if item.kind == "milestone":
        return _by_steps(common, past, settings, after)
    if item.kind == "count":
        return _by_count(common, past, settings)
    if item.kind == "recurring" and item.frequency in MONTHS:
        return _by_periods(common, past, settings, skip_reasons(notes))
    if item.kind == "recurring" and item.frequency == BY_CASE:
        return _by_tally(common, past, settings) if common["tallies"] else _by_cases(common, past, settings)
    return _by_notes(common, past, settings)


def _by_periods(
    common: dict[str, Any], past: Sequence[Event], settings: Settings, reasons: Mapping[str, str]
) -> Standing:
    item, today = common["item"], common["today"]
    months = MONTHS[item.frequency]
    start, end = item.start or settings.period_start, item.end or settings.period_end
    homes = {event: _home(event, months) for event in past}
    keys = keys_between(start, end, months)
    inside = {event: key for event, key in homes.items() if key in keys and start <= (event.done_on or start)}
    periods = tuple(
        _period(key, [event for event in past if inside.get(event) == key], start, end, today, reasons.get(key, ""))
        for key in keys
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


def _period(key: str, events: Sequence[Event], start: date, end: date, today: date, reason: str) -> Period:
    days = period_days(key)
    assert days is not None
    first, last = max(days[0], start), min(days[1], end)
    state = "missed" if last <= today else "due_now" if first <= today else "future"
    if events:
        state = "made_up" if all(_after(event, last) for event in events) else "done"
    return Period(
        key, period_label(key, start.year), first, last, last <= today, state, tuple(events), "" if events else reason
    )


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


def _by_tally(common: dict[str, Any], past: Sequence[Event], settings: Settings) -> Standing:
    """The newest count of cases rules over the ledger's rows: so many were to be visited by its day, so many were."""
    item, today, tally = common["item"], common["today"], common["tallies"][-1]
    due, done = tally.total or 0, tally.done or 0
    over = item.end is not None and today > item.end
    if out_of_plan(item.start, item.end, settings):
        status = "out_of_plan"
    elif done < due:
        status = "overdue" if over else "behind"
    else:
        status = "done" if over or item.settled else "on_pace"
    return Standing(
        form="cases", status=status, **common, due=due, done=done, total=None, periods=(), steps=(), made_up=(),
        counted=tuple(event for event in past if _inside(event, item)), late_since=_late_since(item, status, tally.on),
        uncounted=tuple((event, OUTSIDE) for event in past if not _inside(event, item)),
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
