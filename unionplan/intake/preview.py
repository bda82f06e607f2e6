"""What a file would change before anything is changed: rows, problems, and each headline figure's effect."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq

from unionplan.access import Person
from unionplan.attainment import Attainment, Outlook, headline
from unionplan.errors import IntakeError, PlanError
from unionplan.intake.merging import Merge, merged, repeated
from unionplan.intake.problems import Problem, problem
from unionplan.intake.readings import FileReading, SheetReading
from unionplan.plan import Plan, plan_of, units_of
from unionplan.store import Change, Entry, Slot, Store
from unionplan.store.door import made_cube, untouched
from unionplan.store.snapshots import PANDAS_TYPES, frame_bytes

_SHOWN = 3


@dataclass(frozen=True)
class Options:
    """What the clerk says about a file: unit, 统计时点, mode, whether only sound rows go in."""

    unit: str | None = None
    as_of: date | None = None
    mode: str = "upsert"
    only_valid: bool = False
    accept_mapping: bool = False


@dataclass(frozen=True)
class Preview:
    """A file against the store as of `commit`. `change` None: nothing can be committed.

    `effects`: (before, after) of every headline figure. `details`: changed cells (org_name, field, old,
    new). `kept`: enterprises that the file does not mention and that stay.
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

    @property
    def asks(self) -> tuple[Problem, ...]:
        """What must be confirmed with a reason before this can be committed."""
        return tuple(found for found in self.problems if found.severity == "ask")


@dataclass
class _Draft:
    """The pieces of a change as they come together, sheet by sheet."""

    store: Store
    commit: int
    plan: Plan
    options: Options
    heads: dict[Slot, Entry]
    problems: list[Problem]
    ledgers: dict[Slot, tuple[date, pd.DataFrame]] = field(default_factory=dict)
    expects: dict[Slot, str | None] = field(default_factory=dict)
    started_from: dict[Slot, Slot | None] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    rows: dict[Slot, list[tuple[SheetReading, date, pd.DataFrame]]] = field(default_factory=dict)
    rejected: int = 0


def preview(store: Store, file: FileReading, options: Options) -> Preview:
    """Return what committing `file` would do to the store's newest state; the store is not touched."""
    commit = store.head()
    draft = _Draft(store, commit, store.plan(commit), options, store.heads(commit), list(file.all_problems()))
    for sheet in file.sheets:
        if sheet.kind == "units":
            _draft_units(draft, sheet)
        elif sheet.kind == "W1":
            _draft_ledger(draft, sheet)
    for slot, parts in draft.rows.items():
        _draft_slot(draft, slot, parts)
    _forget_known_states(draft)
    draft.problems = [one for one in draft.problems if not (options.accept_mapping and one.rule == "mapping")]
    as_of = max((day for day, _ in draft.ledgers.values()), default=None)
    if _blocked(draft) or not (draft.ledgers or draft.tables):
        return Preview(file, commit, tuple(draft.problems), None, as_of=as_of, rejected=draft.rejected)
    with tempfile.TemporaryDirectory(prefix="unionplan-") as folder:
        cube = _cube_after(draft, Path(folder))
    draft.problems += [*_kept(draft), *_jumps(draft, cube)]
    draft.problems += _claimed(draft)
    return _finished(draft, file, cube, as_of)


def submit(
    store: Store, seen: Preview, person: Person, reason: str, note: str = "", at: datetime | None = None
) -> int | None:
    """Commit a preview; returns the commit, None when it changes nothing.

    `reason` confirms what was asked and is kept in the log. Raises IntakeError when something is refused
    or unconfirmed, StalePreviewError when the store moved on, AccessError when the person may not write.
    """
    if seen.change is None:
        raise IntakeError(seen.file.name, "有必须改正的问题", "改正后才能入库", "请按问题清单改正后重新上传")
    if seen.asks and not reason.strip():
        raise IntakeError(seen.file.name, f"有 {len(seen.asks)} 处需要核对", "核对无误须写明理由", "请填写理由后再确认")
    words = [note.strip(), f"核对理由：{reason.strip()}" if seen.asks else ""]
    change = Change("submit", "；".join(filter(None, words)), seen.change.frames, seen.change.tables,
                    ((seen.file.name, seen.file.data),), seen.change.expects)  # fmt: skip
    return store.append(change, person, at)


def _blocked(draft: _Draft) -> bool:
    """Anything that rejects stops the file, unless only sound rows were asked for and some are left."""
    rejects = [one for one in draft.problems if one.severity == "reject"]
    whole = [one for one in rejects if not one.cell or one.rule == "as_of_missing"]
    return bool(whole) if draft.options.only_valid else bool(rejects)


def _draft_units(draft: _Draft, sheet: SheetReading) -> None:
    rows = [dict(row) for row in sheet.units]
    try:
        names = {unit.name for unit in units_of(rows)}
    except PlanError:  # the reading has told what is wrong with it, and the file is blocked
        return
    orphans = sorted({slot.unit for slot in draft.heads if slot.dataset == "ledger"} - names)
    if orphans:
        draft.problems.append(problem("unit_removed", sheet.sheet, detail="、".join(orphans)))
    draft.tables["units"] = rows
    draft.expects[Slot("units")] = draft.heads[Slot("units")].snapshot
    draft.plan = plan_of({**draft.store.tables(draft.commit), **draft.tables})


def _draft_ledger(draft: _Draft, sheet: SheetReading) -> None:
    as_of = draft.options.as_of or sheet.as_of
    draft.problems += _as_of_problems(draft, sheet, as_of)
    assert sheet.table is not None
    table = pq.read_table(sheet.table).to_pandas(types_mapper=PANDAS_TYPES.get, date_as_object=False)
    draft.rejected += int(table["rejected"].sum())
    sound = table[~table["rejected"].astype(bool)]
    if as_of is None or sound.empty:
        return
    clears: dict[int, set[str]] = {}
    for row, name in sheet.clears:
        clears.setdefault(int(table["row"].iloc[row]), set()).add(name)
    marked = sound.assign(clears=[clears.get(row) for row in sound["row"]] if clears else None)
    for unit, rows in marked.groupby("reporting_unit", sort=False):
        draft.rows.setdefault(Slot("ledger", str(unit), f"{as_of:%Y-%m}"), []).append((sheet, as_of, rows))


def _draft_slot(draft: _Draft, slot: Slot, parts: list[tuple[SheetReading, date, pd.DataFrame]]) -> None:
    """Merge everything the file says about one unit and month, whichever sheets it stands on."""
    as_of = max(day for _, day, _ in parts)
    rows = pd.concat([frame.assign(part=number) for number, (_, _, frame) in enumerate(parts)], ignore_index=True)
    start = _start(draft.heads, slot)
    before = draft.store.frame(draft.heads[start]) if start else None
    twice = repeated(before, rows)
    for part, row in rows.loc[twice, ["part", "row"]].itertuples(index=False):
        draft.problems.append(_repeated_problem(parts[part][0], int(row)))
    draft.rejected += int(twice.sum())
    merge = merged(before, rows[~twice], draft.options.mode, as_of)
    draft.merges.append(merge)
    draft.ledgers[slot] = (as_of, merge.ledger)
    draft.started_from[slot] = start
    for touched in {slot, start} - {None}:
        assert touched is not None
        draft.expects[touched] = draft.heads[touched].snapshot if touched in draft.heads else None


def _repeated_problem(sheet: SheetReading, row: int) -> Problem:
    names = {name: (cell, label) for cell, label, name in sheet.columns}
    cell, label = next((names[name] for name in ("union_code", "uscc", "org_name") if name in names), ("A1", ""))
    where = cell.rstrip("0123456789") + str(row)
    return problem("duplicate", sheet.sheet, where, label, detail="与本文件另一行是同一家企业")


def _forget_known_states(draft: _Draft) -> None:
    """A blank 企业状态 that the unit's last ledger already answers is no question."""
    if not any(merge.stateless for merge in draft.merges):
        draft.problems = [one for one in draft.problems if one.rule != "state_blank"]


def _kept(draft: _Draft) -> Iterator[Problem]:
    """Say which enterprises the file does not mention, the first few by name; they stay as they were."""
    names = [name for merge in draft.merges for name in merge.kept]
    if names:
        shown = "、".join(names[:_SHOWN]) + (f"等 {len(names)} 家" if len(names) > _SHOWN else "")
        yield problem("rows_kept", value=len(names), detail=shown)


def _start(heads: Mapping[Slot, Entry], slot: Slot) -> Slot | None:
    """The slot that a month's ledger starts from: itself, else the unit's latest earlier one."""
    periods = [s.period for s in heads if (s.dataset, s.unit) == (slot.dataset, slot.unit) and s.period <= slot.period]
    return Slot(slot.dataset, slot.unit, max(periods)) if periods else None


def _as_of_problems(draft: _Draft, sheet: SheetReading, as_of: date | None) -> Iterator[Problem]:
    if as_of is None:
        yield problem("as_of_missing", sheet.sheet, fix="请指定统计时点，如 2026-10-31")
        return
    if draft.options.as_of is None:
        words = "，按最后一天" if sheet.as_of_named else ""
        yield problem("as_of_inferred", sheet.sheet, value=as_of, detail=f"{sheet.as_of_from}{words}，{as_of}")
    if as_of > draft.store.today(draft.commit):
        yield problem("as_of_late", sheet.sheet, value=as_of, detail=str(as_of))


def _cube_after(draft: _Draft, folder: Path) -> pd.DataFrame:
    before = draft.store.cube(draft.commit)
    paths = {}
    for number, (slot, (_, ledger)) in enumerate(draft.ledgers.items()):
        paths[slot.unit, slot.period] = folder / f"{number}.parquet"
        paths[slot.unit, slot.period].write_bytes(frame_bytes("ledger", ledger))
    stays = untouched(before, draft.ledgers)
    new = made_cube(paths, {}, draft.plan.indicators)
    parts = [part for part in (before[stays], new) if len(part)]
    return pd.concat(parts, ignore_index=True).astype(before.dtypes) if parts else before


def _jumps(draft: _Draft, cube: pd.DataFrame) -> Iterator[Problem]:
    """Ask about every figure of a unit that moved by more than the settings allow since where it started."""
    before = draft.store.cube(draft.commit)
    limit = draft.plan.settings.jump_bp
    for slot, start in draft.started_from.items():
        old = _covered(before, start) if start else {}
        for name, now in _covered(cube, slot).items():
            was = old.get(name, 0)
            if was and abs(now - was) * 10_000 > limit * was:
                short = draft.plan.indicators[name].short if name in draft.plan.indicators else "存续企业"
                yield problem("jump", value=now, detail=f"{slot.unit}{short} {was:,} → {now:,}")


def _covered(cube: pd.DataFrame, slot: Slot) -> dict[str, int]:
    rows = cube[(cube["reporting_unit"] == slot.unit) & (cube["period"] == slot.period)]
    sums = {str(name): int(total) for name, total in rows.groupby("indicator")["numerator"].sum().items()}
    return {**sums, "active": int(rows.loc[rows["indicator"] == "union", "active"].sum())}


def _claimed(draft: _Draft) -> list[Problem]:
    """Enterprises of the file that another unit claims too, in the file or in its newest ledger, still 存续."""
    if not draft.ledgers:
        return []
    columns = ["reporting_unit", "org_name", "union_code", "uscc"]
    own = pd.concat([ledger.loc[ledger["active"], columns] for _, ledger in draft.ledgers.values()], ignore_index=True)
    newest = {
        slot.unit: slot for slot in sorted((s for s in draft.heads if s.dataset == "ledger"), key=lambda s: s.period)
    }
    touched = {slot.unit for slot in draft.ledgers}
    others = [str(draft.store.place(draft.heads[slot])) for unit, slot in newest.items() if unit not in touched]
    pairs = _claims(own, others)
    if not pairs:
        return []
    shown = "、".join(f"{name}（{unit}）" for name, unit in pairs[:_SHOWN])
    more = f"等 {len(pairs)} 家" if len(pairs) > _SHOWN else ""
    return [problem("claimed", detail=shown + more)]


_CLAIMS = """
SELECT DISTINCT k.org_name, o.reporting_unit FROM own k JOIN {others} o
ON (o.union_code = k.union_code OR o.uscc = k.uscc) AND o.reporting_unit <> k.reporting_unit {active} ORDER BY 1, 2
"""


def _claims(own: pd.DataFrame, others: list[str]) -> list[tuple[str, str]]:
    """(enterprise, the other unit) for every enterprise of `own` that another unit's rows hold too."""
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.register("own", own.astype(object))
        inside = engine.execute(
            _CLAIMS.format(others="own", active="AND o.reporting_unit < k.reporting_unit")
        ).fetchall()
        if not others:
            return inside
        sql = _CLAIMS.format(others="read_parquet($files)", active="AND o.active")
        return inside + engine.execute(sql, {"files": others}).fetchall()


def _finished(draft: _Draft, file: FileReading, cube: pd.DataFrame, as_of: date | None) -> Preview:
    change = None
    if not _blocked(draft):
        change = Change("submit", frames=draft.ledgers, tables=draft.tables, expects=draft.expects)
    merges = draft.merges
    details = [merge.details for merge in merges if len(merge.details)]
    return Preview(
        file, draft.commit, tuple(draft.problems), change, tuple(slot.unit for slot in draft.ledgers), as_of,
        added=sum(merge.added for merge in merges), changed=sum(merge.changed for merge in merges),
        unchanged=sum(merge.unchanged for merge in merges), removed=sum(merge.removed for merge in merges),
        rejected=draft.rejected, kept=tuple(name for merge in merges for name in merge.kept),
        details=pd.concat(details, ignore_index=True) if details else pd.DataFrame(columns=["org_name", "field", "old", "new"]),
        effects=_effects(draft, cube) if draft.ledgers else (),
    )  # fmt: skip


def _effects(draft: _Draft, cube: pd.DataFrame) -> tuple[tuple[Attainment, Attainment], ...]:
    day = draft.store.today(draft.commit)
    before = headline(Outlook(draft.store.cube(draft.commit), draft.store.plan(draft.commit), day))
    after = headline(Outlook(cube, draft.plan, day))
    return tuple(zip(before, after, strict=True))
