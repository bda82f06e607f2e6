"""What a file would change before anything is changed: rows, problems, and each headline figure's effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import pandas as pd

from unionplan.access import Person
from unionplan.attainment import Attainment, Outlook, headline
from unionplan.differences import Difference, differences
from unionplan.errors import IntakeError
from unionplan.intake.drafting import (
    Draft,
    Options,
    after_end,
    blocked,
    claimed,
    cube_after,
    draft_slot,
    forget_known_states,
    jumps,
    kept,
)
from unionplan.intake.merging import Merge
from unionplan.intake.problems import Problem
from unionplan.intake.readings import FileReading
from unionplan.intake.sheet_changes import CELL_COLUMNS, SheetChange, by_sheet
from unionplan.intake.slotting import draft_sheets
from unionplan.intake.upserts import Upsert
from unionplan.plan import plan_of
from unionplan.store import Change, Entry, Slot, Store

__all__ = ("Options", "Preview", "preview", "submit", "together")


@dataclass(frozen=True)
class Preview:
    """A file against the store as of `commit`. `change` None: nothing can be committed.

    `effects`: (before, after) of every headline figure. `details`: changed cells (org_name, field, old,
    new). `kept`: enterprises that the file does not mention and that stay. `sheets`: the same, sheet by sheet.
    `apart`: where the file leaves a unit's ledger and its summary of one month telling different counts. `same`: the
    store already holds exactly this. `action` and `note` go into the log.
    """

    file: FileReading
    commit: int
    problems: tuple[Problem, ...]
    change: Change | None
    units: tuple[str, ...] = ()
    as_of: date | None = None
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: int = 0
    kept: tuple[str, ...] = ()
    details: pd.DataFrame = field(default_factory=pd.DataFrame)
    effects: tuple[tuple[Attainment, Attainment], ...] = ()
    sheets: tuple[SheetChange, ...] = ()
    apart: tuple[Difference, ...] = ()
    same: bool = False
    action: str = "submit"
    note: str = ""

    @property
    def asks(self) -> tuple[Problem, ...]:
        """What must be confirmed with a reason before this can be committed."""
        return tuple(found for found in self.problems if found.severity == "ask")


def preview(store: Store, file: FileReading, options: Options) -> Preview:
    """Return what committing `file` would do to the store's newest state; the store is not touched."""
    commit = store.head()
    draft = Draft(store, commit, store.plan(commit), options, store.heads(commit), list(file.all_problems()))
    draft_sheets(draft, file.sheets)
    for slot, parts in draft.rows.items():
        draft_slot(draft, slot, parts)
    forget_known_states(draft)
    return drawn(draft, file)


def drawn(draft: Draft, file: FileReading, action: str = "submit", note: str = "") -> Preview:
    """Return the preview of what was drafted, with what only the whole of it shows."""
    options = draft.options
    draft.problems = [one for one in draft.problems if not (options.accept_mapping and one.rule == "mapping")]
    as_of = max((day for day, _ in draft.frames.values()), default=None)
    stopped = blocked(draft) or not (draft.frames or draft.tables)
    if draft.frames:  # what only the comparison shows is told at once, beside what must be put right
        cube = cube_after(draft)
        draft.problems += [*([] if stopped else kept(draft)), *jumps(draft, cube), *claimed(draft), *after_end(draft)]
    else:
        cube = draft.store.cube(draft.commit)
    if stopped:
        told = by_sheet(file.sheets, draft.parts, draft.problems)
        return Preview(file, draft.commit, tuple(draft.problems), None, as_of=as_of, rejected=draft.rejected,
                       sheets=told, action=action, note=note)  # fmt: skip
    return replace(_finished(draft, file, cube, as_of), action=action, note=note)


def together(
    store: Store, files: Sequence[tuple[Preview, Options]]
) -> tuple[tuple[Attainment, Attainment], ...]:  # fmt: skip
    """Return (before, after) of every headline figure when these previews are committed in this order."""
    whole = _begun(store, Options(), {})
    for seen, options in files:
        if seen.change is None:
            continue
        units = {slot.unit for slot in whole.frames}
        change: Draft | Change = seen.change
        if any(slot.unit in units for slot in seen.change.frames):  # it will meet what an earlier file has left
            change = _begun(store, options, whole.frames)
            draft_sheets(change, seen.file.sheets)
            for slot, parts in change.rows.items():
                draft_slot(change, slot, parts)
        whole.frames |= {slot: told for slot, told in change.frames.items() if slot.dataset in ("ledger", "summary")}
        whole.tables |= {name: [dict(row) for row in rows] for name, rows in change.tables.items()}
    whole.plan = plan_of({**store.tables(whole.commit), **whole.tables})
    return _effects(whole, cube_after(whole))


def _begun(store: Store, options: Options, ahead: Mapping[Slot, tuple[date, Any]]) -> Draft:
    """A draft that starts from the store's newest state and from what other files will have left before it."""
    commit = store.head()
    left = {slot: Entry(slot, day, "", len(frame), 0) for slot, (day, frame) in ahead.items()}
    return Draft(
        store, commit, store.plan(commit), options, {**store.heads(commit), **left}, [], ahead=dict(ahead)
    )  # fmt: skip


def submit(
    store: Store, seen: Preview, person: Person, reason: str, note: str = "", at: datetime | None = None
) -> int | None:
    """Commit a preview; returns the commit, None when it changes nothing.

    `reason` confirms what was asked and is kept in the log. Raises IntakeError when something is refused
    or unconfirmed, StalePreviewError when the store moved on, AccessError when the person may not write.
    """
    if seen.change is None:
        raise IntakeError(seen.file.name, "有必须改正的问题", "改正后才能入库", "请按问题清单改正后重新上传")
    noted = {"plan_revised"} if note.strip() else set()  # the note says why the plan is revised
    if not reason.strip() and any(found.rule not in noted for found in seen.asks):
        raise IntakeError(seen.file.name, f"有 {len(seen.asks)} 处需要核对", "核对无误须写明理由", "请填写理由后再确认")
    if seen.action == "correct" and not seen.note:
        raise IntakeError(seen.file.name, "没有写明更正的原因", "每次更正都要写明原因", "请填写原因")
    words = [
        seen.note, note.strip(), f"核对理由：{reason.strip()}" if seen.asks and reason.strip() else "",
        f"只收合格行，退回 {seen.rejected} 行" if seen.rejected else "",
    ]  # fmt: skip
    change = Change(seen.action, "；".join(filter(None, words)), seen.change.frames, seen.change.tables,
                    seen.file.uploads, seen.change.expects, seen.change.encoded, seen.change.counted)  # fmt: skip
    return store.append(change, person, at)


def _finished(draft: Draft, file: FileReading, cube: pd.DataFrame, as_of: date | None) -> Preview:
    change = None
    if not blocked(draft):
        change = Change("submit", frames=draft.frames, tables=draft.tables, expects=draft.expects,
                        encoded=draft.encoded, counted=(draft.commit, cube))  # fmt: skip
    merges = draft.merges
    both: list[Merge | Upsert] = [*merges, *draft.upserts]
    details = [merge.details for merge in both if len(merge.details)]
    return Preview(
        file, draft.commit, tuple(draft.problems), change, _whose(draft), as_of,
        added=sum(merge.added for merge in both), changed=sum(merge.changed for merge in both),
        unchanged=sum(merge.unchanged for merge in both), removed=sum(merge.removed for merge in both),
        rejected=draft.rejected, kept=tuple(name for merge in merges for name in merge.kept),
        details=pd.concat(details, ignore_index=True)[list(CELL_COLUMNS)] if details else pd.DataFrame(columns=list(CELL_COLUMNS)),
        effects=_effects(draft, cube) if draft.frames or "plan" in draft.tables else (),
        sheets=by_sheet(file.sheets, draft.parts, draft.problems), apart=_apart(draft, cube),
        same=not any(merge.added + merge.changed + merge.removed for merge in both) and change is not None and draft.store.holds(change),
    )  # fmt: skip


def _apart(draft: Draft, cube: pd.DataFrame) -> tuple[Difference, ...]:
    """Where the file's own units and months are told differently by ledger and summary."""
    touched = {(slot.unit, slot.period) for slot in draft.frames if slot.dataset in ("ledger", "summary")}
    held = pd.MultiIndex.from_frame(cube[["reporting_unit", "period"]])
    own = cube[pd.Series(held.isin(list(touched)), index=cube.index)]
    return tuple(differences(Outlook(own, draft.plan, draft.store.today(draft.commit)))) if len(own) else ()


def _whose(draft: Draft) -> tuple[str, ...]:
    """The units (for progress: departments) whose data it touches, the city for what is the whole city's."""
    city = draft.plan.settings.city
    names = [slot.unit or city for slot in draft.frames] + ([city] if "plan" in draft.tables else [])
    return tuple(dict.fromkeys(names))


def _effects(draft: Draft, cube: pd.DataFrame) -> tuple[tuple[Attainment, Attainment], ...]:
    day = draft.store.today(draft.commit)
    before = headline(Outlook(draft.store.cube(draft.commit), draft.store.plan(draft.commit), day))
    known = {(row.indicator, row.scope): row for row in before}
    after = headline(Outlook(cube, draft.plan, day))
    return tuple((known[row.indicator, row.scope], row) for row in after if (row.indicator, row.scope) in known)
