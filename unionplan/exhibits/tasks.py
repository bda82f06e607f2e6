"""The charts of tasks and counts: the plan wall, recurring duties, the timeline, who took part, training, dues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from unionplan import dues_words, theme
from unionplan.attainment import ItemState
from unionplan.charts.breakdown import breakdown
from unionplan.charts.calendar import LEGEND, calendar
from unionplan.charts.calendar_titles import (
    calendar_subtitle,
    calendar_title,
    duties,
    participation_subtitle,
    participation_title,
    source,
    timeline_subtitle,
    timeline_title,
)
from unionplan.charts.dues import dues_chart
from unionplan.charts.participation import NOTE as JOINED_NOTE
from unionplan.charts.participation import participation
from unionplan.charts.progress import progress
from unionplan.charts.progress_titles import (
    BY_WORDS,
    breakdown_note,
    breakdown_subtitle,
    breakdown_title,
    part_name,
    progress_note,
    progress_source,
    progress_subtitle,
    progress_title,
)
from unionplan.charts.timeline import NOTE as TIMELINE_NOTE
from unionplan.charts.timeline import timeline
from unionplan.charts.wall import wall
from unionplan.charts.wall_titles import NOTE as WALL_NOTE
from unionplan.charts.wall_titles import progress as done_words
from unionplan.charts.wall_titles import source as wall_source
from unionplan.charts.wall_titles import wall_subtitle, wall_title
from unionplan.dues import dues, pooled
from unionplan.events import Event, Standing, events_of, in_order, standings, unassigned
from unionplan.exhibits.coverage import Names, newest
from unionplan.exhibits.exhibit import Exhibit, Table, Value
from unionplan.flows import Flow, flow, parts
from unionplan.plan import Plan
from unionplan.selection import Selection
from unionplan.standpoint import Standpoint

BODIES = {"": "全部", "市总计划": "市总", "机关工会计划": "机关工会"}
NO_ITEM = "未对应计划任务"
WALL = ("条目", "任务", "责任部门", "状态", "进展", "截止日", "计划原句")
TASKS = ("条目", "任务", "责任部门", "状态", "进展")
TRAINED = ("统计时点", "当月人数", "当月人次", "累计人数")


# The plan's items


def plan_wall(board: Standpoint, asked: Selection) -> Exhibit:
    """Return every item of the plan that was asked for, a tile each."""
    states = asked.states(board.states())
    as_of = newest(board.rows())
    words: dict[str, Any] = {
        "title": wall_title(states, asked.whose), "subtitle": wall_subtitle(states),
        "source": wall_source(as_of, board.today), "note": WALL_NOTE,
    }  # fmt: skip
    draw = lambda profile: wall(states, board.plan.sections, board.today, profile=profile, **words)  # noqa: E731
    return Exhibit("wall", "wall", "计划任务", "overview", **words, as_of=as_of, draw=draw,
                   table=Table(WALL, [_item(one) for one in states]), facts=states)  # fmt: skip


def _item(one: ItemState) -> Sequence[Value]:
    item = one.item
    return (item.id, item.name, item.department, theme.light(one.status), done_words(one) or theme.NONE, item.end,
            item.quote)  # fmt: skip


def standing_of(board: Standpoint, body: str = "") -> list[Standing]:
    """Return how the items of a plan stand that the activity ledger and the notes tell of; all where none is named."""
    events = events_of(board.store.activities(board.commit))
    rows = standings(board.plan, events, board.today, board.notes())
    return [one for one in rows if body in ("", one.item.plan)]


def other_events(board: Standpoint, body: str = "") -> list[Event]:
    """Return the ledger's events that answer a measured item, and where no plan is named those that answer none."""
    events = events_of(board.store.activities(board.commit))
    measured = {item.id: item.plan for item in board.plan.items if item.indicator}
    other = [event for event in events if event.item in measured and body in ("", measured[event.item])]
    return [*other, *([] if body else unassigned(board.plan, events))]


def all_events(rows: Sequence[Standing], other: Sequence[Event]) -> tuple[Event, ...]:
    """Return all events of the ledger, by date; what notes tell stands with the plan's items."""
    own = (event for row in rows for event in row.events if not event.noted)
    return in_order([*own, *other])


def by_body(board: Standpoint, events: Sequence[Event]) -> dict[str, list[Event]]:
    """Return the events that took place, by body: the city's federation first, what names no item last."""
    plans = {item.id: item.plan.removesuffix("计划") for item in board.plan.items}
    groups: dict[str, list[Event]] = {who: [] for who in (*dict.fromkeys(plans.values()), NO_ITEM)}
    for event in events:
        if event.happened(board.today):
            groups[plans.get(event.item, NO_ITEM)].append(event)
    return {who: told for who, told in groups.items() if told}


def duty_calendar(board: Standpoint, body: str = "") -> Exhibit | None:
    """Return the recurring duties period by period, None where the plan has none."""
    rows = standing_of(board, body)
    if not duties(rows):
        return None
    words = _words(board, calendar_title(rows, board.today), calendar_subtitle(rows), LEGEND)
    draw = lambda profile: calendar(rows, board.plan.settings, profile=profile, **words)  # noqa: E731
    return _tasks("calendar", "例会日历", board, words, draw, duties(rows))


def time_line(board: Standpoint, body: str = "") -> Exhibit:
    """Return activities and milestones by date."""
    rows = standing_of(board, body)
    title = timeline_title(rows, board.plan.settings, board.today)
    words = _words(board, title, timeline_subtitle(rows), TIMELINE_NOTE)
    draw = lambda profile: timeline(rows, board.plan.settings, profile=profile, **words)  # noqa: E731
    return _tasks("timeline", "活动进度", board, words, draw, rows)


def _words(board: Standpoint, title: str, subtitle: str, note: str) -> dict[str, Any]:
    as_of = board.store.activities_as_of(board.commit)
    return {"title": title, "subtitle": subtitle, "source": source(as_of, board.today), "note": note}


def _tasks(
    kind: str, name: str, board: Standpoint, words: dict[str, Any], draw: Any, rows: Sequence[Standing]
) -> Exhibit:  # fmt: skip
    lines = [
        (row.item.id, row.item.name, row.item.department, theme.light(row.status), row.progress or theme.NONE)
        for row in rows
    ]
    as_of = board.store.activities_as_of(board.commit)
    return Exhibit(kind, kind, name, "activities", **words, as_of=as_of, draw=draw,
                   table=Table(TASKS, lines), facts=rows)  # fmt: skip


def who_took_part(board: Standpoint, body: str = "") -> Exhibit:
    """Return the units taking part in each event, by the type of enterprise."""
    groups = by_body(board, all_events(standing_of(board, body), other_events(board, body)))
    words = _words(board, participation_title(groups), participation_subtitle(groups), JOINED_NOTE)
    draw = lambda profile: participation(groups, profile=profile, **words)  # noqa: E731
    lines = [
        (who, event.name or "未写名称", event.done_on, event.joined, event.participants)
        for who, events in groups.items() for event in events
    ]  # fmt: skip
    return Exhibit("participation", "participation", "参与情况", "activities", **words,
                   as_of=board.store.activities_as_of(board.commit), draw=draw,
                   table=Table(("范围", "活动", "完成时间", "参与单位（家）", "参与人次"), lines), facts=groups)  # fmt: skip


# Training


def nameless(rows: pd.DataFrame, plan: Plan, names: Names) -> tuple[pd.DataFrame, Plan]:
    """Return returns and plan with other names for the units, in the order of these names' numbers."""
    if not names:
        return rows, plan
    units = {unit.name: replace(unit, name=names[unit.name]) for unit in plan.units}
    shares = tuple(replace(share, reporting_unit=names.get(share.reporting_unit, "")) for share in plan.shares)
    renamed = replace(plan, units=tuple(units[name] for name in names), shares=shares)
    return rows.assign(reporting_unit=rows["reporting_unit"].map(dict(names))), renamed


def trained(board: Standpoint, names: Names) -> Exhibit:
    """Return the persons trained, month by month, against the task."""
    rows, plan = nameless(board.store.training(board.commit), board.plan, names)
    now = flow(rows, plan, board.clock, board.on)
    words: dict[str, Any] = {
        "title": progress_title(now), "subtitle": progress_subtitle(now), "source": progress_source(now),
        "note": progress_note(plan.settings),
    }  # fmt: skip
    draw = lambda profile: progress(now, profile=profile, **words)  # noqa: E731
    lines = [(one.day, one.persons, one.person_times, one.total) for one in now.months]
    return Exhibit("training", "progress", "技术工人培训_累计", "training", **words, as_of=now.as_of, draw=draw,
                   table=Table(TRAINED, lines), facts=now)  # fmt: skip


def trained_by(board: Standpoint, names: Names, by: str, order: str = "value") -> Exhibit:
    """Return the persons trained, part by part of one breakdown."""
    rows, plan = nameless(board.store.training(board.commit), board.plan, names)
    now: Flow = flow(rows, plan, board.clock, board.on)
    found = parts(rows, plan, by, board.on)
    words: dict[str, Any] = {
        "title": breakdown_title(found, by), "subtitle": breakdown_subtitle(found, by),
        "source": progress_source(now), "note": breakdown_note(),
    }  # fmt: skip
    more: dict[str, Any] = {"order": order}
    draw = lambda profile: breakdown(found, by, **more, profile=profile, **words)  # noqa: E731
    lines = [(part_name(one.key, by), one.persons, one.person_times) for one in found]
    return Exhibit(f"training-{by}", "breakdown", f"技术工人培训_按{BY_WORDS[by]}", "training", **words,
                   as_of=now.as_of, draw=draw, table=Table((BY_WORDS[by], "累计人数", "累计人次"), lines),
                   facts=found)  # fmt: skip


# Dues


def paid_dues(board: Standpoint, names: Mapping[str, str], order: str = "value") -> Exhibit | None:
    """Return every unit's dues and audit, None where no return has come in."""
    rows = dues(board.store.funds(board.commit), board.plan, board.on)
    city = pooled(rows)
    if city is None:
        return None
    words: dict[str, Any] = {
        "title": dues_words.conclusion(city), "subtitle": dues_words.SUBTITLE, "source": dues_words.source(city),
        "note": dues_words.NOTE,
    }  # fmt: skip
    more: dict[str, Any] = {"order": order}
    draw = lambda profile: dues_chart(rows, names, **more, profile=profile, **words)  # noqa: E731
    lines = [
        (names.get(row.unit, row.unit), row.task, row.total, row.gap, dues_words.audit(row), _day(row.as_of))
        for row in (rows if order == "given" else dues_words.order(rows))
    ]  # fmt: skip
    headers = ("填报单位", "年度任务（万元）", "累计收缴（万元）", "还差（万元）", "审计与公布", "统计时点")
    return Exhibit("dues", "dues", "经费收缴", "activities", **words, as_of=city.as_of, draw=draw,
                   table=Table(headers, lines), facts=rows)  # fmt: skip


def _day(day: date | None) -> Value:
    return day or theme.NONE
