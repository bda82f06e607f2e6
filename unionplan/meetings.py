"""上会定稿: the figures told to a meeting, frozen under its name, and what was corrected in them afterwards.

A meeting is written once and never again. A correction is never stored: it is the difference between what was told and
the same figure for the same 统计时点, by the plan and the dates of the meeting, as the data stand after a later refresh.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from unionplan import narrative, theme
from unionplan.access import Person
from unionplan.attainment import Attainment, ItemState, Outlook, headline
from unionplan.errors import IntakeError
from unionplan.observations import MEETING, REMARKS, told_count, told_day, told_text
from unionplan.plan import Indicator
from unionplan.store import Change, Commit, Slot, Store

FIGURES = ("ledger", "summary")
"""The datasets that figures of coverage are made of."""
LONGEST = 60  # letters of a meeting's name
Key = tuple[str, str]
"""Indicator and scope: what a figure is told apart by."""


@dataclass(frozen=True)
class Figure:
    """One figure as it was told; `shown` is its percentage as printed, "" where there was none."""

    indicator: str
    scope: str
    item: str
    label: str
    measure: str
    as_of: date | None
    numerator: int | None
    denominator: int | None
    shown: str
    target_bp: int | None
    gap: int | None
    status: str

    @property
    def key(self) -> Key:
        """Return what it is told apart by."""
        return self.indicator, self.scope

    @property
    def words(self) -> str:
        """Return it as it is printed: 42.6%（1,673/3,927）."""
        if self.numerator is None or self.denominator is None:
            return "未报"
        if not self.denominator:
            return "无应建单位"
        return f"{self.shown}%（{theme.count(self.numerator)}/{theme.count(self.denominator)}）"


@dataclass(frozen=True)
class Told:
    """One plan item as it was told."""

    item: str
    label: str
    status: str
    said: str


@dataclass(frozen=True)
class Meeting:
    """The figures and items told to a meeting held on `held_on`.

    The board was seen as of `commit`, its data up to `on` (None: all), judged on `judged_on` and, for staleness, by
    `clock`. `frozen` is the refresh that froze it, by `who` at `at`, with a `note`.
    """

    name: str
    held_on: date
    commit: int
    on: date | None
    clock: date
    judged_on: date
    frozen: int
    who: str
    at: str
    note: str
    figures: tuple[Figure, ...]
    items: tuple[Told, ...]

    @property
    def as_of(self) -> date | None:
        """Return the newest 统计时点 of what was told."""
        return max((one.as_of for one in self.figures if one.as_of), default=None)

    @property
    def counts(self) -> Counter[str]:
        """Return how many items had which status."""
        return Counter(one.status for one in self.items)


@dataclass(frozen=True)
class Correction:
    """A figure that a later refresh changed: as it was `told`, as it stood `before` that refresh and `after` it."""

    told: Figure
    before: Figure
    after: Figure
    commit: Commit


def meetings_of(frame: pd.DataFrame, history: Sequence[Commit]) -> list[Meeting]:
    """Return the meetings of Store.meetings, the last one held first; `history` says who froze them."""
    frozen = {entry.slot.unit: commit for commit in history for entry in commit.entries if entry.slot.dataset == "meeting"}  # fmt: skip
    found = [_meeting(rows, frozen[str(name)]) for name, rows in frame.groupby("meeting", sort=False)]
    return sorted(found, key=lambda one: (one.held_on, one.frozen), reverse=True)


def _meeting(rows: pd.DataFrame, commit: Commit) -> Meeting:
    records = sorted(rows.to_dict("records"), key=lambda row: told_count(row["place"]) or 0)
    head = records[0]
    held_on, clock, judged_on = (told_day(head[name]) for name in ("held_on", "clock", "judged_on"))
    assert held_on
    assert clock
    assert judged_on
    return Meeting(
        told_text(head["meeting"]), held_on, told_count(head["seen_commit"]) or 0, told_day(head["seen_on"]), clock,
        judged_on, commit.id, commit.who, commit.at, commit.note,
        tuple(_figure(row) for row in records if row["kind"] == "figure"),
        tuple(_told(row) for row in records if row["kind"] == "item"),
    )  # fmt: skip


def _figure(row: Mapping[Any, Any]) -> Figure:
    indicator, scope, item, label, measure, shown, status = (
        told_text(row[name]) for name in ("indicator", "scope", "item", "label", "measure", "shown", "status")
    )
    numerator, denominator, target_bp, gap = (
        told_count(row[name]) for name in ("numerator", "denominator", "target_bp", "gap")
    )
    as_of = told_day(row["as_of"])
    return Figure(indicator, scope, item, label, measure, as_of, numerator, denominator, shown, target_bp, gap, status)


def _told(row: Mapping[Any, Any]) -> Told:
    return Told(*(told_text(row[name]) for name in ("item", "label", "status", "said")))


def figure_of(row: Attainment, indicator: Indicator) -> Figure:
    """Return a headline figure as it is told."""
    known = row.numerator is not None and row.denominator
    shown = theme.percent(row.numerator or 0, row.denominator or 1, row.target_bp) if known else ""
    return Figure(
        row.indicator, row.scope, row.item or "", narrative.subject(row, indicator), indicator.unit, row.as_of,
        row.numerator, row.denominator, shown, row.target_bp, row.gap, row.status,
    )  # fmt: skip


def meeting_frame(
    name: str, held_on: date, commit: int, outlook: Outlook, rows: Sequence[Attainment], states: Sequence[ItemState]
) -> pd.DataFrame:  # fmt: skip
    """Return what is told to a meeting as the store keeps it (observations.MEETING)."""
    head = {
        "meeting": name, "held_on": held_on, "seen_commit": commit, "seen_on": outlook.on, "clock": outlook.clock,
        "judged_on": outlook.today,
    }  # fmt: skip
    figures = [figure_of(row, outlook.plan.indicators[row.indicator]) for row in rows]
    lines = [{**head, "kind": "figure", "place": place, **vars(one)} for place, one in enumerate(figures)]
    lines += [
        {**head, "kind": "item", "place": place, "item": one.item.id, "label": one.item.name, "status": one.status,
         "said": one.said, "as_of": one.moved_on}
        for place, one in enumerate(states, start=len(lines))
    ]  # fmt: skip
    return _typed(pd.DataFrame(lines, columns=[field.id for field in MEETING]), MEETING)


def _typed(frame: pd.DataFrame, fields: Iterable[Any]) -> pd.DataFrame:
    kinds = {field.id: {"count": "Int64", "date": "datetime64[ms]"}.get(field.kind, "string") for field in fields}
    return frame.astype(object).where(frame.notna(), None).astype(kinds)


def freeze(
    store: Store, name: str, held_on: date | None, commit: int, outlook: Outlook, states: Sequence[ItemState],
    person: Person, note: str = "", at: datetime | None = None,
) -> int:  # fmt: skip
    """Freeze the board as seen in `outlook` after `commit` for a meeting, and return the refresh that did it.

    Raises IntakeError where the name is missing, too long or taken, the day is missing, or there is no data; what
    Store.append raises.
    """
    name = theme.plain(name)
    where = f"上会定稿“{name}”" if name else "上会定稿"
    if not name or len(name) > LONGEST or held_on is None:
        found = (
            "没有填写会议名称" if not name else f"名称有{len(name)}个字" if len(name) > LONGEST else "没有填写会议日期"
        )
        raise IntakeError(where, found, f"须有会议名称（不超过{LONGEST}个字）和会议日期", "请补齐后再定稿")
    slot = Slot("meeting", name)
    taken = store.heads(store.head()).get(slot)
    if taken:
        raise IntakeError(
            where,
            f"第{taken.commit}次更新已用这个名称定稿",
            "一个名称只能定稿一次，定稿后不再改动",
            "请换一个名称，如写明日期",
        )
    rows = headline(outlook)
    if not any(row.as_of for row in rows):
        raise IntakeError(where, "看板上还没有数据", "有数据才能定稿", "请先在“数据更新”上传台账或汇总表")
    frame = meeting_frame(name, held_on, commit, outlook, rows, states)
    done = store.append(
        Change("freeze", note, {slot: (held_on, frame)}, expects={slot: None}, refers=commit), person, at
    )
    assert done is not None
    return done


def corrections(meeting: Meeting, history: Sequence[Commit], recount: Callable[[int], Mapping[Key, Figure]]) -> list[Correction]:  # fmt: skip
    """Return what later refreshes changed in a meeting's figures, oldest first.

    `history` are the refreshes up to the one that is looked at; `recount` gives the meeting's figures as they are after
    a refresh (`recounted`).
    """
    told = {one.key: one for one in meeting.figures}
    now, found = dict(told), []
    for commit in history[meeting.commit :]:
        if not _touches(commit, meeting):
            continue
        after = recount(commit.id)
        for key, before in now.items():
            figure = after.get(key, before)
            if (figure.numerator, figure.denominator) != (before.numerator, before.denominator):
                found.append(Correction(told[key], before, figure, commit))
                now[key] = figure
    return found


def _touches(commit: Commit, meeting: Meeting) -> bool:
    """Whether a refresh changed data of the meeting's 统计时点 or before; an emptied slot has lost its date."""
    last = meeting.as_of
    return last is not None and any(
        entry.slot.dataset in FIGURES and entry.slot.period <= f"{last:%Y-%m}" for entry in commit.entries
    )


def recounted(store: Store, meeting: Meeting, commit: int) -> dict[Key, Figure]:
    """Return a meeting's figures by the data after `commit`, each for its own 统计时点.

    Plan, targets and dates are the meeting's. A figure that was 未报 is counted up to the newest date of the others.
    """
    plan, cube = store.plan(meeting.commit), store.cube(commit)
    days = {one.key: one.as_of or meeting.as_of for one in meeting.figures}
    found: dict[Key, Figure] = {}
    for day in dict.fromkeys(days.values()):
        known = cube if day is None else cube[cube["as_of"] <= pd.Timestamp(day)]
        rows = headline(Outlook(known, plan, meeting.clock, meeting.on))
        figures = [figure_of(row, plan.indicators[row.indicator]) for row in rows]
        found |= {one.key: one for one in figures if days.get(one.key, "") == day}
    return found


@dataclass(frozen=True)
class Remark:
    """What somebody wrote about a meeting's figures: about what, why, what will be done."""

    about: str
    reason: str
    measures: str
    who: str
    at: str


def remarks_of(frame: pd.DataFrame, meeting: str) -> list[Remark]:
    """Return a meeting's remarks out of Store.remarks, oldest first."""
    own = [row for row in frame.to_dict("records") if row["meeting"] == meeting]
    found = [Remark(*(told_text(row[name]) for name in ("about", "reason", "measures", "who", "at"))) for row in own]
    return sorted(found, key=lambda one: one.at)


def remark(
    store: Store, meeting: Meeting, about: str, reason: str, measures: str, person: Person, at: datetime | None = None
) -> int | None:  # fmt: skip
    """Keep a remark with a meeting and return the refresh that did; the frozen figures stay as they are.

    Raises IntakeError where neither a reason nor measures are written; what Store.append raises.
    """
    if not (reason.strip() or measures.strip()):
        raise IntakeError(f"上会定稿“{meeting.name}”", "原因和措施都没有填写", "至少填写一项", "请填写后再保存")
    slot, head = Slot("remarks", meeting.name), store.head()
    entry = store.heads(head).get(slot)
    before = remarks_of(store.remarks(head), meeting.name)
    moment = at or datetime.now()
    one = Remark(about, reason.strip(), measures.strip(), person.name, moment.replace(microsecond=0).isoformat())
    lines = [{"meeting": meeting.name, **vars(said)} for said in (*before, one)]
    frame = _typed(pd.DataFrame(lines, columns=[field.id for field in REMARKS]), REMARKS)
    expects = {slot: entry.snapshot if entry else None}
    change = Change("remark", meeting.name, {slot: (meeting.held_on, frame)}, expects=expects, refers=meeting.frozen)
    return store.append(change, person, at)
