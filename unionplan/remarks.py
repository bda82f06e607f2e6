"""Notes written on the page: checked, appended to their plan item, one commit each, with the evidence kept like originals.

A note is never changed; what was wrong is undone in the record of refreshes. Two writers at once do not overwrite one
another: whoever comes second reads again and appends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pandas as pd
from stdnum.cn import ric

from unionplan.access import Person
from unionplan.errors import IntakeError, StalePreviewError
from unionplan.events import (
    MONTHS,
    counts_cases,
    events_of,
    keeps_files,
    kind_word,
    measures,
    period_days,
    period_key,
    standings,
)
from unionplan.evidence_files import require_evidence
from unionplan.notes import Note, Notes, notes_of
from unionplan.observations import NOTED
from unionplan.plan import Item, Plan
from unionplan.store import Change, Slot, Store
from unionplan.store.snapshots import digest

ACTION = "note"
_TRIES = 20
_LONGEST = 2000  # characters
_NUMBER = re.compile(r"(?<!\d)\d{17}[\dX]", re.ASCII)
_NEEDS_TEXT = {
    "progress": "进展情况", "explanation": "情况说明", "instruction": "领导批示", "decision": "议定事项", "skip": "未开展的原因",
}  # fmt: skip


@dataclass(frozen=True)
class Written:
    """What came of a note: the commit's number, None when the very same note stands there already."""

    commit: int | None
    note: Note


def kinds_for(item: Item) -> tuple[str, ...]:
    """Return which kinds of note an item takes (observations.NOTE_KINDS), the usual one first."""
    own = {
        "step": item.kind == "milestone" and bool(item.steps), "cases": counts_cases(item), "tally": bool(measures(item)),
        "skip": item.kind == "recurring" and item.frequency in MONTHS,
    }  # fmt: skip
    first = [kind for kind in ("cases", "step", "tally") if own[kind] and item.kind != "milestone"]
    first += [kind for kind in ("step", "cases") if own[kind] and item.kind == "milestone"]
    return (*first, "progress", "explanation", *(["skip"] if own["skip"] else []), "instruction", "decision")


def write(
    store: Store, person: Person, at: datetime, note: Note, files: Iterable[tuple[str, bytes]] = (),
    confirmed: bool = False,
) -> Written:  # fmt: skip
    """Append a note to its plan item and return the commit.

    `person` and `at` go into the note. Raises IntakeError when something is wrong with it, or when something has to be
    confirmed (`questions`) and is not; AccessError when this person may not write; StoreError. Then nothing has changed.
    """
    kept = require_evidence(files)
    note = _plain(replace(note, who=person.name, at=f"{at:%Y-%m-%dT%H:%M:%S}"))
    note = replace(note, files=tuple((digest(data), name) for name, data in kept))
    for _ in range(_TRIES):
        head = store.head()
        plan = store.plan(head)
        item = _item(plan, note.item)
        require_sound(note, item, store.today(head))
        asked = questions(note, plan, _told(store, head), store.activities(head))
        if asked and not confirmed:
            raise IntakeError(f"“{item.short}”", "；".join(asked), "", "核对无误的，请勾选“已核对”后再登记")
        try:
            return Written(_appended(store, person, at, note, item, kept), note)
        except StalePreviewError:  # somebody wrote between reading and committing: read again, append behind
            continue
    raise IntakeError("任务记录", "同时登记的人太多，没有存上", "", "请稍候再点一次")


def require_sound(note: Note, item: Item, today: date) -> None:
    """Raise IntakeError unless the note fits its item, tells something, and speaks of no day to come."""
    where = f"“{item.short}”{kind_word(item, note.kind)}"
    if note.kind not in kinds_for(item):
        words = "、".join(kind_word(item, kind) for kind in kinds_for(item))
        raise IntakeError(f"“{item.short}”", "这项任务没有这类记录", f"可以登记 {words}", "请改选类别")
    if note.kind in _NEEDS_TEXT and not note.text:
        raise IntakeError(where, "没有填写内容", f"须写明{_NEEDS_TEXT[note.kind]}", "请填写后再登记")
    if len(note.text) > _LONGEST:
        raise IntakeError(where, f"有 {len(note.text)} 字", f"不超过 {_LONGEST} 字", "请写要点，全文作为佐证文件上传")
    if any(ric.is_valid(found) for found in _NUMBER.findall(f"{note.text} {note.evidence}".upper())):
        raise IntakeError(where, "写有身份证号码", "系统不保存身份证号码", "请删去号码后再登记")
    for word, day in (("日期", note.on), ("完成日期", note.done_on)):
        if day and day > today:
            raise IntakeError(where, f"{word} {day} 在今天（{today}）之后", "只登记已经发生的", f"请改正{word}")
    _require_figures(note, item, where)


def _require_figures(note: Note, item: Item, where: str) -> None:
    if any(count is not None and count < 0 for count in (note.total, note.done)):
        raise IntakeError(where, "是负数", "须是不小于 0 的整数", "请改正")
    checks = {"cases": _require_cases, "tally": _require_tally, "step": _require_step, "skip": _require_period}
    if note.kind in checks:
        checks[note.kind](note, item, where)


def _require_cases(note: Note, item: Item, where: str) -> None:
    due, done = ("应建", "已建") if keeps_files(item) else ("应办", "已办")
    if note.total is None or note.done is None:
        raise IntakeError(where, f"没有填写{due}数或{done}数", "两个数都要填，没有的填 0", "请填写后再登记")
    if note.done > note.total:
        found = f"{done} {note.done} 多于{due} {note.total}"
        raise IntakeError(where, found, f"{done}数不能多于{due}数", "请核对两个数")


def _require_tally(note: Note, item: Item, where: str) -> None:
    if note.done is None:
        raise IntakeError(where, "没有填写累计数量", "填从起始日累计到这一天的数，没有的填 0", "请填写后再登记")
    if note.measure not in measures(item):
        raise IntakeError(where, f"计量单位“{note.measure}”", "只能是 " + "、".join(measures(item)), "请改成其中之一")


def _require_step(note: Note, item: Item, where: str) -> None:
    if note.step not in item.steps:
        raise IntakeError(where, f"步骤“{note.step}”", "只能是 " + "、".join(item.steps), "请选定步骤")
    if note.done_on is None:
        raise IntakeError(where, "没有填写完成日期", "步骤以完成日期为准", "请填写后再登记")


def _require_period(note: Note, item: Item, where: str) -> None:
    days = period_days(note.step)
    months = MONTHS[item.frequency]
    if days is None or period_key(days[0], months) != note.step:
        example = period_key(note.on, months)
        raise IntakeError(where, f"期次“{note.step}”", f"是{item.frequency}一期的任务，如 {example}", "请选定期次")
    if days[0] > note.on:
        raise IntakeError(where, f"{note.step} 还没有开始", "只说明已经开始的期次", "请改选期次")


def questions(note: Note, plan: Plan, notes: Notes, activities: pd.DataFrame) -> list[str]:
    """Return what a writer has to confirm before a note is taken: sentences, none where nothing is odd."""
    item = _item(plan, note.item)
    asked = []
    if note.kind == "step" and item.after:
        asked += _predecessors(note, plan, item, notes, activities)
    if note.done_on and item.start and note.done_on < item.start:
        asked.append(f"完成日期 {note.done_on} 早于任务的起始日 {item.start}，不会计入")
    before = [one.done for one in notes.get(item.id, ()) if one.kind == note.kind == "tally" and one.on <= note.on
              and one.measure == note.measure and one.done is not None]  # fmt: skip
    if before and note.done is not None and note.done < before[-1]:
        asked.append(f"累计 {note.done}{note.measure} 少于上次登记的 {before[-1]}{note.measure}")
    return asked


def _predecessors(note: Note, plan: Plan, item: Item, notes: Notes, activities: pd.DataFrame) -> list[str]:
    """Whether the step would be counted once it is there; where not, because of what it waits for."""
    after = {**notes, item.id: (*notes.get(item.id, ()), note)}
    found = standings(plan, events_of(activities), max(note.on, note.done_on or note.on), after)
    counted = next(one for one in found if one.item.id == item.id).counted
    if any(event.step == note.step and event.done_on == note.done_on for event in counted):
        return []
    if item.start and note.done_on and note.done_on < item.start:
        return []
    names = "、".join(f"“{_item(plan, before).short}”" for before in item.after)
    return [f"{note.step}须在{names}完成之后，前置任务还没有完成或晚于 {note.done_on}，不会计入"]


def _told(store: Store, commit: int) -> Notes:
    return notes_of(store.progress(commit), store.notes(commit))


def _item(plan: Plan, number: str) -> Item:
    found = next((item for item in plan.items if item.id == number), None)
    if found is None:
        raise IntakeError(f"任务 {number}", "计划里没有这一条", "条目编号以计划为准", "请从任务清单中选")
    return found


def _plain(note: Note) -> Note:
    """The note with its words trimmed, without empty lines."""
    return replace(
        note, text=_lines(note.text), problems=_lines(note.problems), next_steps=_lines(note.next_steps),
        evidence=_lines(note.evidence), step=note.step.strip(), measure=note.measure.strip(),
    )  # fmt: skip


def _lines(text: str) -> str:
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.splitlines())))


def _appended(
    store: Store, person: Person, at: datetime, note: Note, item: Item, files: Sequence[tuple[str, bytes]]
) -> int | None:
    """Commit the item's notes with one more; None when the same person has written the very same note before."""
    slot = Slot("notes", item.id)
    held = store.heads(store.head()).get(slot)
    rows = store.frame(held).to_dict("records") if held else []
    row = _row(note)
    if any(_content(one) == _content(row) for one in rows):
        return None
    frame = _frame([*rows, row])
    day = max(note.on, held.as_of) if held and held.as_of else note.on
    words = f"{kind_word(item, note.kind)}：{item.id} {item.short}"
    change = Change(
        ACTION, words, {slot: (day, frame)}, uploads=tuple(files), expects={slot: held.snapshot if held else None}
    )
    return store.append(change, person, at)


def _row(note: Note) -> dict[str, object]:
    files = "\n".join(f"{digest} {name}" for digest, name in note.files)
    told = {"noted_on": note.on, "files": files}
    return {field.id: told.get(field.id, getattr(note, field.id, None)) or None if field.kind != "count"
            else getattr(note, field.id) for field in NOTED}  # fmt: skip


def _content(row: Mapping[Any, Any]) -> tuple[object, ...]:
    """What a note says, without the moment at which it was written."""
    return tuple(_cell(row[field.id]) for field in NOTED if field.id != "at")


def _cell(value: object) -> object:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return None
    return value.date() if isinstance(value, datetime) else value


def _frame(rows: Sequence[Mapping[Any, Any]]) -> pd.DataFrame:
    """All notes of one item (observations.NOTED)."""
    kinds = {"count": "Int64", "date": "datetime64[ms]"}
    frame = pd.DataFrame({field.id: [_cell(row[field.id]) for row in rows] for field in NOTED})
    return frame.astype({field.id: kinds.get(field.kind, "string") for field in NOTED})
