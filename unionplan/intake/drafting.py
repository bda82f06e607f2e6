"""The pieces of a change as they come together, sheet by sheet, and what has to be said about them.

Each kind of sheet is drafted onto the slots that it touches; the store is only read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from unionplan.errors import PlanError
from unionplan.intake.first_ledgers import UnitRows, by_unit, can_be_first, first_ledger, for_all, names_of
from unionplan.intake.handover import plain_table, read_table
from unionplan.intake.merging import COLUMNS, Merge, merged, repeated
from unionplan.intake.problems import Problem, problem
from unionplan.intake.readings import SheetReading
from unionplan.intake.returns import event_key
from unionplan.intake.sheet_changes import Part, table_of
from unionplan.intake.upserts import KEYS, Upsert, row_name, upserted
from unionplan.plan import COVERAGE, Plan, plan_of, units_of, with_predecessors
from unionplan.store import Entry, Slot, Store
from unionplan.store.door import drafted_cube, untouched
from unionplan.store.snapshots import LEDGER_SCHEMA, PANDAS_TYPES, SCHEMAS, ledger_bytes, ledger_frame, ledger_table
from unionplan.store.summed import figures_of, leaves, told_by

_SHOWN = 3
_HANDED = [*COLUMNS, "row"]
DATASETS = {
    "W2": "summary", "W3a": "roster", "W3b": "training", "W4": "activities", "W6": "funds", "W7": "progress",
}  # fmt: skip


@dataclass(frozen=True)
class Options:
    """What the clerk says about a file: unit, 统计时点, mode, whether only sound rows go in, which indicator."""

    unit: str | None = None
    as_of: date | None = None
    mode: str = "upsert"
    only_valid: bool = False
    accept_mapping: bool = False
    indicator: str | None = None


@dataclass(frozen=True)
class NilWord:
    """One 本月无: in which sheet, table (`table_of`) and cell it stands, for which dataset, unit and 统计时点."""

    sheet: str
    table: str
    cell: str
    dataset: str
    unit: str
    day: date


@dataclass
class Draft:
    """The pieces of a change as they come together, sheet by sheet.

    `apart`: all ledger rows stand on one sheet, and no enterprise's code stands twice there.
    """

    store: Store
    commit: int
    plan: Plan
    options: Options
    heads: dict[Slot, Entry]
    problems: list[Problem]
    frames: dict[Slot, tuple[date, pd.DataFrame]] = field(default_factory=dict)
    expects: dict[Slot, str | None] = field(default_factory=dict)
    encoded: dict[Slot, bytes] = field(default_factory=dict)
    started_from: dict[Slot, Slot | None] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    returns: dict[Slot, list[tuple[SheetReading, date, pd.DataFrame]]] = field(default_factory=dict)
    rows: dict[Slot, list[tuple[SheetReading, date, UnitRows | pd.DataFrame]]] = field(default_factory=dict)
    upserts: list[Upsert] = field(default_factory=list)
    nils: list[NilWord] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    rejected: int = 0
    apart: bool = False
    ahead: dict[Slot, tuple[date, Any]] = field(default_factory=dict)
    """Slots as other files will leave them that are committed before this one; `heads` names them too."""

    def frame(self, slot: Slot) -> pd.DataFrame:
        """Return what a slot of `heads` holds before this change."""
        if slot not in self.ahead:
            return self.store.frame(self.heads[slot])
        frame = self.ahead[slot][1]
        return frame if isinstance(frame, pd.DataFrame) else ledger_frame(frame)

    @property
    def ledgers(self) -> dict[Slot, pd.DataFrame]:
        """The drafted ledgers."""
        return {slot: frame for slot, (_, frame) in self.frames.items() if slot.dataset == "ledger"}

    @property
    def summaries(self) -> dict[Slot, pd.DataFrame]:
        """The drafted summaries."""
        return {slot: frame for slot, (_, frame) in self.frames.items() if slot.dataset == "summary"}


def blocked(draft: Draft) -> bool:
    """Anything that rejects stops the file, unless only sound rows were asked for and some are left."""
    rejects = [one for one in draft.problems if one.severity == "reject"]
    whole = [one for one in rejects if not one.cell or one.rule == "as_of_missing"]
    return bool(whole) if draft.options.only_valid else bool(rejects)


def draft_units(draft: Draft, sheet: SheetReading) -> None:
    """Take the rows of a units sheet as the whole new list, which the rest of the file is judged by."""
    rows = with_predecessors([dict(row) for row in sheet.units], draft.store.tables(draft.commit)["units"])
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


def draft_ledger(draft: Draft, sheet: SheetReading) -> None:
    """Gather the sound rows of a ledger sheet by unit and month; `draft_slot` merges them later."""
    as_of = draft.options.as_of or sheet.as_of
    draft.problems += as_of_problems(draft, sheet, as_of)
    assert sheet.table is not None
    table = read_table(sheet.table)
    draft.rejected += pc.sum(table["rejected"]).as_py() or 0
    if as_of is None:
        return
    parts = _with_clears_by_unit(sheet, table) if sheet.clears else by_unit(_sound(table))
    only = not draft.rows
    for unit, rows in parts:
        draft.apart = only and isinstance(rows, UnitRows) and rows.apart
        draft.rows.setdefault(Slot("ledger", unit, f"{as_of:%Y-%m}"), []).append((sheet, as_of, rows))


def _sound(table: Any) -> Any:
    return table.filter(pc.invert(table["rejected"])) if pc.any(table["rejected"]).as_py() else table


def _with_clears_by_unit(sheet: SheetReading, table: Any) -> Iterator[tuple[str, pd.DataFrame]]:
    """The sound rows as frames, where some cells are to be emptied."""
    rows = _framed(table)
    sound = rows[~rows["rejected"].astype(bool)]
    for unit, own in with_clears(sheet, sound).groupby("reporting_unit", sort=False):
        yield str(unit), own


def frame_of(sheet: SheetReading) -> pd.DataFrame:
    """Return the rows of a sheet that has a table, as its reading handed them over."""
    assert sheet.table is not None
    return _framed(read_table(sheet.table))


def _framed(table: Any) -> pd.DataFrame:
    frame: pd.DataFrame = plain_table(table).to_pandas(types_mapper=PANDAS_TYPES.get, date_as_object=False)
    return frame


def with_clears(sheet: SheetReading, rows: pd.DataFrame) -> pd.DataFrame:
    """Return every row with the names of the fields that the clerk empties; rows keep the position they were read at."""
    clears: dict[int, set[str]] = {}
    if not sheet.clears:
        return rows.assign(clears=pd.Series([None] * len(rows), index=rows.index, dtype=object))
    for row, name in sheet.clears:
        clears.setdefault(row, set()).add(name)
    return rows.assign(clears=pd.Series([clears.get(place) for place in rows.index], index=rows.index, dtype=object))


def draft_return(draft: Draft, sheet: SheetReading) -> None:
    """Gather the sound rows of a summary, training or activities sheet; `draft_slot` merges them later."""
    dataset = DATASETS[str(sheet.kind)]
    table = frame_of(sheet)
    draft.rejected += int(table.loc[table["rejected"].astype(bool), "row"].nunique())
    sound = with_clears(sheet, table[~table["rejected"].astype(bool)])
    if dataset == "activities":
        _draft_events(draft, sheet, sound)
        return
    days = days_of(draft, sheet, sound)
    if days is None:
        return
    if dataset == "summary":
        sound = _with_indicator(draft, sheet, sound)
    for (unit, stamp), rows in sound.assign(as_of=days).groupby(["reporting_unit", "as_of"], sort=False):
        day = pd.Timestamp(str(stamp)).date()
        draft.returns.setdefault(Slot(dataset, str(unit), f"{day:%Y-%m}"), []).append((sheet, day, rows))


def days_of(draft: Draft, sheet: SheetReading, rows: pd.DataFrame) -> pd.Series | None:
    """Return every row's 统计时点: the one given for the file, else its own cell's, else the sheet's; None if one lacks it."""
    given, own = draft.options.as_of if not sheet.own_days else None, rows["as_of"]
    if sheet.own_days and rows.empty:
        return own
    if given is None and rows.empty and sheet.place("as_of")[1]:
        return own  # whatever the column says, it stands in rows that are refused
    if given is None and len(own) and own.notna().all():
        late = own.max().date()
        if late > draft.store.today(draft.commit):
            draft.problems.append(problem("as_of_late", sheet.sheet, value=late, detail=str(late)))
        return own
    day = given or sheet.as_of
    draft.problems += as_of_problems(draft, sheet, day)
    if day is None:
        return None
    if given:
        return pd.Series(pd.Timestamp(day), index=rows.index)
    late = [stamp.date() for stamp in own.dropna() if day < stamp.date() > draft.store.today(draft.commit)]
    draft.problems += [problem("as_of_late", sheet.sheet, value=max(late), detail=str(max(late)))] if late else []
    return own.fillna(pd.Timestamp(day))


def _with_indicator(draft: Draft, sheet: SheetReading, rows: pd.DataFrame) -> pd.DataFrame:
    """Fill in which indicator a table speaks of where neither its header nor its title says so."""
    given, named = draft.options.indicator, rows["indicator"].dropna()
    if rows["indicator"].isna().any() and given is None:
        words = "、".join(draft.plan.indicators[name].short for name in COVERAGE if name in draft.plan.indicators)
        fix = f"请指定这张表是哪项指标：{words}"
        draft.problems.append(problem("indicator_missing", sheet.sheet, fix=fix))
    others = sorted(set(named) - {given, ""})
    if given and others:
        shorts = "、".join(draft.plan.indicators[name].short for name in others if name in draft.plan.indicators)
        draft.problems.append(problem("indicator_other", sheet.sheet, detail=shorts))
    if (rows["denominator"].notna() & rows["indicator"].fillna("?").ne("")).any():
        draft.problems.append(problem("base_stated", sheet.sheet))
    return rows.assign(indicator=rows["indicator"].fillna(given))


def _draft_events(draft: Draft, sheet: SheetReading, rows: pd.DataFrame) -> None:
    """Events stand in one slot for the whole city; none may lie after the 统计时点, which is today if unsaid."""
    today = draft.store.today(draft.commit)
    until = min(draft.options.as_of or sheet.as_of or today, today)
    late = rows[rows["done_on"].notna() & (rows["done_on"] > pd.Timestamp(until))]
    cells = {name: (cell, label) for cell, label, name in sheet.columns}
    for row, day in late[["row", "done_on"]].itertuples(index=False):
        cell, label = cells["done_on"]
        where = cell.rstrip("0123456789") + str(row)
        draft.problems.append(
            problem("event_after", sheet.sheet, where, label, day.date(), f"{day.date()} 晚于 {until}")
        )
    draft.rejected += len(late)
    items = items_by_word(draft.plan)
    unknown = sorted({str(word) for word in rows["item"].dropna() if str(word) not in items})
    if unknown:
        shown = "、".join(unknown[:_SHOWN]) + (f"等 {len(unknown)} 种" if len(unknown) > _SHOWN else "")
        where, label = cells["item"]
        draft.problems.append(problem("item_unknown", sheet.sheet, where, label, detail=shown))
    sound = rows[~rows.index.isin(late.index)]
    known = sound["item"].map(lambda word: items.get(str(word), word), na_action="ignore").astype("string")
    keys = [
        event_key({str(k): None if pd.isna(v) else v for k, v in record.items()}) for record in sound.to_dict("records")
    ]
    slot = Slot("activities")
    frame = sound.assign(item=known, key=pd.Series(keys, index=sound.index, dtype="string"))
    draft.returns.setdefault(slot, []).append((sheet, until, frame))


def items_by_word(plan: Plan) -> dict[str, str]:
    """Return every id, name and short name of an item → its id; a name that two items share is none."""
    words: dict[str, str] = {}
    for item in plan.items:
        for word in (item.name, item.short):
            words[word] = "" if words.get(word, item.id) != item.id else item.id
    return {**{word: name for word, name in words.items() if name}, **{item.id: item.id for item in plan.items}}


def draft_return_slot(draft: Draft, slot: Slot, parts: list[tuple[SheetReading, date, pd.DataFrame]]) -> None:
    """Merge everything the file says about one slot of returns, whichever sheets it stands on."""
    schema, _ = SCHEMAS[slot.dataset]
    rows = pd.concat([frame.assign(table=table_of(sheet)) for sheet, _, frame in parts], ignore_index=True)
    twice = rows.duplicated(list(KEYS[slot.dataset]))
    readings = {table_of(sheet): sheet for sheet, _, _ in parts}
    for table, line in rows.loc[twice, ["table", "row"]].itertuples(index=False):
        cell, said = readings[table].row_at(int(line))
        detail = f"{slot.unit}{said}与本文件另一行相同"
        draft.problems.append(problem("duplicate", readings[table].sheet, cell, detail=detail))
    draft.rejected += int(twice.sum())
    start = slot if slot in draft.heads else None
    before = draft.frame(slot) if start else None
    mode = "upsert" if slot.dataset == "activities" else draft.options.mode
    done = upserted(slot.dataset, before, rows.loc[~twice, [*schema.names, "clears"]], mode)
    as_of = max(day for _, day, _ in parts)
    draft.upserts.append(done)
    names = pd.Series([row_name(slot.dataset, row) for _, row in rows.loc[~twice].iterrows()], dtype="string")
    draft.parts.append(Part(slot.unit, as_of, rows.loc[~twice, "table"], names, done))
    draft.frames[slot] = (as_of, done.frame)
    draft.expects[slot] = draft.heads[slot].snapshot if start else None
    draft.started_from[slot] = start or _start(draft.heads, slot)
    if slot.dataset == "summary":
        _check_summary(draft, slot, done.frame)


def _check_summary(draft: Draft, slot: Slot, frame: pd.DataFrame) -> None:
    """What only the merged return shows: parts beyond their sum, more covered than there are, a ledger beside it."""
    told = told_by(frame)
    for name, definition in draft.plan.indicators.items():
        cells, _ = figures_of(told, name, definition.base)
        for cell in leaves(cells).values():
            if cell.denominator < 0 or (cell.numerator or 0) < 0:
                if not any(one.rule == "parts_over" for one in draft.problems):
                    draft.problems.append(problem("parts_over", detail=f"{slot.unit}{definition.short}"))
            elif cell.numerator is not None and cell.numerator > cell.denominator:
                detail = f"{slot.unit}{definition.short} {cell.numerator} > {cell.denominator}"
                if not any(one.rule == "covered_over" for one in draft.problems):
                    draft.problems.append(problem("covered_over", detail=detail))
    if Slot("ledger", slot.unit, slot.period) in draft.heads:
        draft.problems.append(problem("ledger_rules", detail=f"{slot.unit} {slot.period}"))


def draft_slot(draft: Draft, slot: Slot, parts: list[tuple[SheetReading, date, UnitRows | pd.DataFrame]]) -> None:
    """Merge everything the file says about one unit and month, whichever sheets it stands on."""
    as_of = max(day for _, day, _ in parts)
    start = _start(draft.heads, slot)
    sheet, _, rows = parts[0]
    if start is None and len(parts) == 1 and isinstance(rows, UnitRows) and can_be_first(rows):
        merge, names = first_ledger(rows, as_of), names_of(rows)
        tables = for_all(table_of(sheet), len(names))
    else:
        merge, names, tables = _merged_frames(draft, start, parts, as_of)
    draft.merges.append(merge)
    draft.parts.append(Part(slot.unit, as_of, tables, names, merge))
    draft.frames[slot] = (as_of, merge.ledger)
    draft.started_from[slot] = start
    for touched in {slot, start} - {None}:
        assert touched is not None
        draft.expects[touched] = draft.heads[touched].snapshot if touched in draft.heads else None


def _merged_frames(
    draft: Draft, start: Slot | None, parts: list[tuple[SheetReading, date, UnitRows | pd.DataFrame]], as_of: date
) -> tuple[Merge, pd.Series[str], pd.Series[str]]:
    """The merge into what the unit had; the name of every row that went into it, and the table that it stands in."""
    frames = [_framed(rows.table.select(_HANDED)).assign(clears=None) if isinstance(rows, UnitRows) else rows
              for _, _, rows in parts]  # fmt: skip
    rows = pd.concat([frame.assign(part=number) for number, frame in enumerate(frames)], ignore_index=True)
    before = draft.frame(start) if start else None
    twice = repeated(before, rows)
    for part, row in rows.loc[twice, ["part", "row"]].itertuples(index=False):
        draft.problems.append(_repeated_problem(parts[part][0], int(row)))
    draft.rejected += int(twice.sum())
    merge = merged(before, rows[~twice], draft.options.mode, as_of)
    tables = rows.loc[~twice, "part"].map({number: table_of(sheet) for number, (sheet, _, _) in enumerate(parts)})
    return merge, rows.loc[~twice, "org_name"], tables


def _repeated_problem(sheet: SheetReading, row: int) -> Problem:
    names = {name: (cell, label) for cell, label, name in sheet.columns}
    cell, label = next((names[name] for name in ("union_code", "uscc", "org_name") if name in names), ("A1", ""))
    where = cell.rstrip("0123456789") + str(row)
    return problem("duplicate", sheet.sheet, where, label, detail="与本文件另一行是同一家企业")


def forget_known_states(draft: Draft) -> None:
    """A blank 企业状态 that the unit's last ledger already answers is no question."""
    if not any(merge.stateless for merge in draft.merges):
        draft.problems = [one for one in draft.problems if one.rule != "state_blank"]


def kept(draft: Draft) -> Iterator[Problem]:
    """Say which enterprises the file does not mention, the first few by name; they stay as they were."""
    names = [name for merge in draft.merges for name in merge.kept]
    if names:
        shown = "、".join(names[:_SHOWN]) + (f"等 {len(names):,} 家" if len(names) > _SHOWN else "")
        yield problem("rows_kept", value=len(names), detail=shown)


def _start(heads: Mapping[Slot, Entry], slot: Slot) -> Slot | None:
    """The slot that a month's ledger starts from: itself, else the unit's latest earlier one."""
    periods = [s.period for s in heads if (s.dataset, s.unit) == (slot.dataset, slot.unit) and s.period <= slot.period]
    return Slot(slot.dataset, slot.unit, max(periods)) if periods else None


def as_of_problems(draft: Draft, sheet: SheetReading, as_of: date | None) -> Iterator[Problem]:
    """Yield what has to be said of a sheet's 统计时点: that it is missing, inferred from the file, or in the future."""
    if as_of is None:
        yield problem("as_of_missing", sheet.sheet, fix="请指定统计时点，如 2026-10-31")
        return
    if draft.options.as_of is None:
        words = "，按最后一天" if sheet.as_of_named else ""
        yield problem("as_of_inferred", sheet.sheet, value=as_of, detail=f"{sheet.as_of_from}{words}，{as_of}")
    if as_of > draft.store.today(draft.commit):
        yield problem("as_of_late", sheet.sheet, value=as_of, detail=str(as_of))


def cube_after(draft: Draft) -> pd.DataFrame:
    """Return the cube as it would be."""
    before = draft.store.cube(draft.commit)
    ledgers = {}
    for slot, ledger in draft.ledgers.items():
        ledgers[slot.unit, slot.period] = ledger_table(ledger)
        draft.encoded[slot] = ledger_bytes(ledgers[slot.unit, slot.period])
    returns = {(slot.unit, slot.period): _stamped(frame) for slot, frame in draft.summaries.items()}
    stays = untouched(before, draft.frames)
    new = drafted_cube(ledgers, returns, draft.plan.indicators)
    parts = [part for part in (before[stays], new) if len(part)]
    return pd.concat(parts, ignore_index=True).astype(before.dtypes) if parts else before


def _stamped(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(as_of=pd.to_datetime(frame["as_of"]))


def jumps(draft: Draft, cube: pd.DataFrame) -> Iterator[Problem]:
    """Ask about the figures that moved by more than the settings allow since where they started.

    Gathered to one question per unit, and to one for all where many units, or all of several, have such figures.
    """
    slots = [slot for slot in draft.frames if slot.dataset in ("ledger", "summary")]
    told: dict[str, list[str]] = {}
    for slot in slots:
        told.setdefault(slot.unit, []).extend(_jumps_of(draft, cube, slot))
    told = {unit: parts for unit, parts in told.items() if parts}
    if len(told) > _SHOWN or len(told) == len({slot.unit for slot in slots}) > 1:
        yield _gathered("jump", f"{len(told)} 个填报单位", [part for parts in told.values() for part in parts])
    else:
        yield from (_gathered("jump", unit, parts) for unit, parts in told.items())


def _jumps_of(draft: Draft, cube: pd.DataFrame, slot: Slot) -> Iterator[str]:
    """文澜区建会，2026年9月 10 → 14 for every such figure, held against the newest month before it in the file or the store.

    Where rows were refused, a figure may be low for that alone.
    """
    since, old = _figures_before(draft, cube, slot)
    when = f"{since.period[:4]}年{int(since.period[5:])}月"
    for name, now in _covered(cube, slot).items():
        was = old.get(name, 0)
        known = now > was or draft.options.only_valid or not draft.rejected
        if was and known and abs(now - was) * 10_000 > draft.plan.settings.jump_bp * was:
            short = draft.plan.indicators[name].short if name in draft.plan.indicators else "存续企业"
            yield f"{slot.unit}{short}，{when} {was:,} → {now:,}"


def _figures_before(draft: Draft, cube: pd.DataFrame, slot: Slot) -> tuple[Slot, dict[str, int]]:
    start = draft.started_from.get(slot)
    between = [s for s in draft.frames if (s.dataset, s.unit) == (slot.dataset, slot.unit)
               and (start.period if start else "") < s.period < slot.period]  # fmt: skip
    newest = max(between, key=lambda s: s.period, default=None)
    if newest:
        return newest, _covered(cube, newest)
    return start or slot, _covered(draft.store.cube(draft.commit), start) if start else {}


def _gathered(rule: str, whose: str, parts: list[str]) -> Problem:
    """One question for several findings; one alone is told as it is."""
    if len(parts) == 1:
        return problem(rule, detail=parts[0])
    shown = "、".join(parts[:_SHOWN]) + ("等" if len(parts) > _SHOWN else "")
    return replace(problem(rule, detail=f"{whose}共 {len(parts):,} 项：{shown}"), parts=tuple(parts))


def _covered(cube: pd.DataFrame, slot: Slot) -> dict[str, int]:
    own = (cube["source"] == slot.dataset) & (cube["reporting_unit"] == slot.unit) & (cube["period"] == slot.period)
    rows = cube[own]
    sums = {str(name): int(total) for name, total in rows.groupby("indicator")["numerator"].sum().items()}
    return {**sums, "active": int(rows.loc[rows["indicator"] == "union", "active"].sum())}


def claimed(draft: Draft) -> list[Problem]:
    """Enterprises of the file that another unit claims too, in the file or in its newest ledger, still 存续."""
    if not draft.ledgers:
        return []
    newest = {
        slot.unit: slot for slot in sorted((s for s in draft.heads if s.dataset == "ledger"), key=lambda s: s.period)
    }
    touched = {slot.unit for slot in draft.ledgers} | _ended(draft)
    others = [str(draft.store.place(draft.heads[slot])) for unit, slot in newest.items() if unit not in touched]
    if draft.apart and not others:
        return []
    own = pa.concat_tables([_active(ledger) for ledger in draft.ledgers.values()])
    twice = any(len(told := own[code].drop_null()) > len(told.unique()) for code in ("union_code", "uscc"))
    pairs = _claims(own, others) if others or twice else []
    if not pairs:
        return []
    shown = "、".join(f"{name}（{unit}）" for name, unit in pairs[:_SHOWN])
    more = f"等 {len(pairs)} 家" if len(pairs) > _SHOWN else ""
    return [problem("claimed", detail=shown + more)]


def _ended(draft: Draft) -> set[str]:
    """Units that ended before what comes in now: those that took their place hold their enterprises."""
    day = min(day for day, _ in draft.frames.values())
    return {unit.name for unit in draft.plan.units if unit.end is not None and unit.end < day}


def after_end(draft: Draft) -> Iterator[Problem]:
    """Ask about data of a unit from a day on which it does not exist; they are kept and count nowhere."""
    ends = {unit.name: unit.end for unit in draft.plan.units}
    for slot, (day, _) in draft.frames.items():
        end = ends.get(slot.unit)
        if end is not None and end < day:
            heirs = "、".join(unit.name for unit in draft.plan.units if slot.unit in unit.before)
            yield problem(
                "unit_ended", value=slot.unit, detail=f"{slot.unit}到{end}为止" + (f"，现为{heirs}" if heirs else "")
            )


_CLAIMS = """
SELECT k.org_name, o.reporting_unit FROM own k JOIN {others} o
ON o.union_code = k.union_code AND o.reporting_unit <> k.reporting_unit {active}
UNION SELECT k.org_name, o.reporting_unit FROM own k JOIN {others} o
ON o.uscc = k.uscc AND o.reporting_unit <> k.reporting_unit {active} ORDER BY 1, 2
"""
"""One join per code: a join on either code would compare every enterprise with every other."""


def _active(ledger: pd.DataFrame | pa.Table) -> Any:
    """The rows of a drafted ledger that are 存续."""
    if isinstance(ledger, pd.DataFrame):
        ledger = pa.Table.from_pandas(ledger, schema=LEDGER_SCHEMA, preserve_index=False)
    names = ["reporting_unit", "org_name", "union_code", "uscc"]
    return pa.table({name: ledger[name].cast(pa.string()) for name in names}).filter(ledger["active"])


def _claims(own: Any, others: list[str]) -> list[tuple[str, str]]:
    """(enterprise, the other unit) for every enterprise of `own` that another unit's rows hold too."""
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.register("own", own)
        inside = engine.execute(
            _CLAIMS.format(others="own", active="AND o.reporting_unit < k.reporting_unit")
        ).fetchall()
        if not others:
            return inside
        sql = _CLAIMS.format(others="read_parquet($files)", active="AND o.active")
        return inside + engine.execute(sql, {"files": others}).fetchall()
