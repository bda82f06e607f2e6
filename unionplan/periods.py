"""Plan periods one after the other: what the store has held, and the change from one half-year to the next.

A new period is one commit: name and window in the settings, and a plan table from which what is finished has gone.
What is unfinished is carried over with its old window in the note; what runs beyond the old period stays as it is. The
old period is its last commit, readable and unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from unionplan.access import Person
from unionplan.attainment import Outlook, attainments
from unionplan.errors import PlanError
from unionplan.notes import notes_of
from unionplan.plan import SETTLED, Plan, Row, plan_of, scope_of
from unionplan.revisions import NOTHING
from unionplan.states import plan_states
from unionplan.store import Slot, Store
from unionplan.terms import commit_tables, require_settings, require_window

CARRIED = "结转自"
"""How the note of an item begins that was carried over."""
FINISHED = ("done", "attained")


@dataclass(frozen=True)
class Period:
    """One plan period: its name and window, and the commits (first, last) during which it was the board's."""

    name: str
    start: date
    end: date
    first: int
    last: int


@dataclass(frozen=True)
class Turn:
    """What a new period does to the plan: its rows from then on, and the items carried over, running on and finished."""

    rows: list[Row]
    carried: tuple[str, ...]
    running: tuple[str, ...]
    finished: tuple[str, ...]


def periods(store: Store, until: int) -> list[Period]:
    """Return the plan periods up to commit `until`, oldest first; a period that was only renamed is one."""
    found: list[Period] = []
    for commit, plan in _settled(store, until):
        told = plan.settings
        if found and found[-1].start == told.period_start:
            found[-1] = Period(told.period_name, told.period_start, told.period_end, found[-1].first, commit)
        else:
            found.append(Period(told.period_name, told.period_start, told.period_end, commit, commit))
    starts = [*(one.first for one in found[1:]), until + 1]
    return [
        Period(one.name, one.start, one.end, one.first, after - 1) for one, after in zip(found, starts, strict=True)
    ]


def _settled(store: Store, until: int) -> Iterator[tuple[int, Plan]]:
    """The commits that touched the settings, each with the plan as it then was."""
    for commit in store.history()[:until]:
        if any(entry.slot == Slot("settings") for entry in commit.entries):
            yield commit.id, plan_of(store.tables(commit.id))


def turned(store: Store, commit: int, start: date, end: date) -> Turn:
    """Return the plan's rows as a period from `start` to `end` takes them over, from what stood at `commit`."""
    plan, table = store.plan(commit), store.tables(commit)["plan"]
    if start <= plan.settings.period_start:
        raise PlanError("新计划期", f"起始日 {start}", f"须晚于本期的起始日 {plan.settings.period_start}", "请改正日期")
    statuses = _statuses(store, commit)
    fates = {
        _whole_key(row): fate_of(row, statuses.get(_whole_key(row), ""), start) for row in table if not row["责任单位"]
    }
    kept = [(row, fates[_whole_key(row)]) for row in table if fates.get(_whole_key(row)) != "finished"]
    rows = [
        carried(row, start, end, plan.settings.period_name) if fate == "carried" else dict(row) for row, fate in kept
    ]
    return Turn(_without_gone(rows), *(_named(fates, fate) for fate in ("carried", "running", "finished")))


def _statuses(store: Store, commit: int) -> dict[tuple[str, str, str], str]:
    """Item, indicator and scope → status, of the plan's items and the city's own rates."""
    outlook = Outlook(store.cube(commit), store.plan(commit), store.today(commit))
    notes = notes_of(store.progress(commit), store.notes(commit))
    states = plan_states(outlook, store.training(commit), store.activities(commit), notes)
    found = {(one.item.id, one.item.indicator, one.item.scope): one.status for one in states}
    scopes = {(row.anchor, row.indicator, row.scope): row.status for row in attainments(outlook)}
    for row in store.tables(commit)["plan"]:
        key = (row["条目编号"], row["指标"], scope_of(row["适用范围"]) or "")
        if key in scopes:
            found[_whole_key(row)] = scopes[key]
    return found


def _whole_key(row: Row) -> tuple[str, str, str]:
    """What the whole city's row and its shares have in common."""
    return row["条目编号"], row["指标"], row["适用范围"]


def fate_of(row: Row, status: str, start: date) -> str:
    """Return what becomes of an item in a period from `start` on: finished, carried, or running.

    It runs on where its own window reaches into the new period, or lies outside the old one.
    """
    over = bool(row["截止日"]) and row["截止日"] < str(start)
    if status in FINISHED and (over or row["累计方式"] == SETTLED):
        return "finished"
    return "carried" if over and status != "out_of_plan" else "running"


def carried(row: Row, start: date, end: date, period: str) -> Row:
    """Return a row of the plan in its new window, with its old one in the note."""
    window = f"{CARRIED}{period}，原窗口 {row['起始日'] or NOTHING} 至 {row['截止日']}"
    note = "；".join(filter(None, (window, row["备注"])))
    return {**row, "起始日": str(start), "截止日": str(end), "节点目标": "", "备注": note}


def _without_gone(rows: list[Row]) -> list[Row]:
    """Let no item wait for one that is finished and gone."""
    known = {row["条目编号"] for row in rows}
    wait = [[one for one in row["前置条目"].replace(";", "；").split("；") if one in known] for row in rows]
    return [{**row, "前置条目": "；".join(left)} for row, left in zip(rows, wait, strict=True)]


def _named(fates: Mapping[tuple[str, str, str], str], wanted: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for (item, _, _), fate in fates.items() if fate == wanted))


def start_period(
    store: Store, commit: int, name: str, start: str, end: str, reason: str, person: Person
) -> tuple[int, Turn]:  # fmt: skip
    """Begin a new plan period in one commit on top of `commit`; returns it and what was carried over.

    Raises PlanError for a name or window that makes no sense or where nothing would be left of the plan, IntakeError
    without a reason.
    """
    first, last = require_window(start.strip(), end.strip())
    known = {row["key"]: row["value"] for row in store.tables(commit)["settings"]}
    if name.strip() == known["period_name"]:
        raise PlanError("新计划期", f"名称“{name.strip()}”与本期相同", "须另起名称", "请改正，如 2027年上半年")
    settings = known | {"period_name": name.strip(), "period_start": str(first), "period_end": str(last)}
    require_settings(settings)
    turn = turned(store, commit, first, last)
    if not turn.rows:
        raise PlanError(
            "新计划期", "本期条目已全部完成，没有可结转的", "计划表至少须有一条", "请先上传新一期的目标任务分解表"
        )
    tables = {"plan": turn.rows, "settings": [{"key": key, "value": value} for key, value in settings.items()]}
    return commit_tables(store, commit, tables, "新计划期", reason, person, "period"), turn
