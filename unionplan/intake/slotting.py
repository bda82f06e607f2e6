"""Rosters, fee returns, progress reports and the words 本月无, drafted onto the slots that they touch.

What several kinds share stands in drafting.py; here is what only these know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import pandas as pd

from unionplan.intake.drafting import (
    DATASETS,
    Draft,
    NilWord,
    as_of_problems,
    days_of,
    draft_ledger,
    draft_return,
    draft_return_slot,
    draft_units,
    frame_of,
    items_by_word,
    with_clears,
)
from unionplan.intake.funds import amount
from unionplan.intake.nils import DATASET as NIL_OF
from unionplan.intake.problems import Problem, problem
from unionplan.intake.readings import SheetReading
from unionplan.intake.revising import draft_plan
from unionplan.intake.sheet_changes import Part, table_of
from unionplan.intake.upserts import NO_CELLS, Upsert
from unionplan.observations import NIL_DATASETS, PROGRESSED
from unionplan.plan import Item
from unionplan.store import SPEAKING, Slot
from unionplan.store.snapshots import SCHEMAS
from unionplan.store.trained import roster_figures

_SHOWN = 3
Parts = list[tuple[SheetReading, date, pd.DataFrame]]
_FIRST = {"units": 0, "W5": 1}


def draft_sheets(draft: Draft, sheets: tuple[SheetReading, ...]) -> None:
    """Draft every sheet of a file, what the others are judged by first: the units, then the plan."""
    for sheet in sorted(sheets, key=lambda one: _FIRST.get(str(one.kind), 2)):
        _draft_sheet(draft, sheet)
    for slot, parts in draft.returns.items():
        draft_roster_slot(draft, slot, parts) if slot.dataset == "roster" else draft_return_slot(draft, slot, parts)
        _say_replaced(draft, slot)
    draft_nil_slots(draft)
    draft.problems += [*_fund_problems(draft), *_two_trainings(draft), *_cumulative_problems(draft)]


def _draft_sheet(draft: Draft, sheet: SheetReading) -> None:
    if sheet.kind == "units":
        draft_units(draft, sheet)
    elif sheet.table is None:  # it was left out, and told
        return
    elif sheet.kind == "W1":
        draft_ledger(draft, sheet)
    elif sheet.kind == "W5":
        draft_plan(draft, sheet)
    elif sheet.kind in DATASETS:
        _gather_nils(draft, sheet)
        if sheet.rows > len(sheet.nils):
            draft_progress(draft, sheet) if sheet.kind == "W7" else draft_return(draft, sheet)


# ------------------------------------------------------------------ rosters


def draft_roster_slot(draft: Draft, slot: Slot, parts: Parts) -> None:
    """Take a unit's roster of a month whole: only within one file can it be told who is one person.

    An earlier roster is replaced; rows of it that the file does not have are asked about.
    """
    schema, _ = SCHEMAS["roster"]
    as_of = max(day for _, day, _ in parts)
    rows = pd.concat([frame for _, _, frame in parts], ignore_index=True)[schema.names]
    numbers = pd.Series(pd.factorize(rows["person"])[0] + 1, index=rows.index, dtype="Int64").replace(0, pd.NA)
    rows = rows.assign(person=numbers, as_of=pd.Timestamp(as_of))
    if not draft.plan.settings.keep_names:
        if rows["name"].notna().any():
            draft.problems.append(problem("name_dropped", parts[0][0].sheet))
        rows["name"] = pd.Series(pd.NA, index=rows.index, dtype="string")
    before = draft.store.frame(draft.heads[slot]) if slot in draft.heads else rows.iloc[:0]
    done = _replaced(before, rows)
    sheets = pd.concat(
        [pd.Series(table_of(sheet), frame.index, dtype=object) for sheet, _, frame in parts], ignore_index=True
    )
    draft.parts.append(Part(slot.unit, as_of, sheets, _course_names(rows), done))
    if done.removed:
        detail = f"{slot.unit} {slot.period} 原有 {len(before)} 行，本次没有其中 {done.removed} 行"
        draft.problems.append(problem("roster_replaced", parts[0][0].sheet, value=done.removed, detail=detail))
    outside = rows["course_end"].notna() & (rows["course_end"].dt.strftime("%Y-%m") != slot.period)
    if outside.any():
        days = rows.loc[outside, "course_end"].dt.strftime("%Y-%m-%d").head(_SHOWN)
        detail = f"{slot.unit} {slot.period}，{int(outside.sum())} 行，如 {'、'.join(dict.fromkeys(days))}"
        draft.problems.append(problem("course_outside", parts[0][0].sheet, detail=detail))
    draft.upserts.append(done)
    draft.frames[slot] = (as_of, done.frame)
    draft.expects[slot] = draft.heads[slot].snapshot if slot in draft.heads else None


def _replaced(before: pd.DataFrame, rows: pd.DataFrame) -> Upsert:
    """The roster after; its rows have no key, so a row that stays is one that says the same."""
    left = Counter(_saying(before))
    outcomes = []
    for said in _saying(rows):
        outcomes.append("unchanged" if left[said] > 0 else "added")
        left[said] -= outcomes[-1] == "unchanged"
    same = outcomes.count("unchanged")
    gone = [name for name, said in zip(_course_names(before), _saying(before), strict=True) if left[said] > 0]
    return Upsert(rows.reset_index(drop=True), len(rows) - same, 0, same, len(before) - same, NO_CELLS,
                  pd.Series(outcomes, dtype=object), gone=tuple(gone))  # fmt: skip


def _saying(rows: pd.DataFrame) -> list[tuple[str, ...]]:
    names = [name for name in rows.columns if name != "person"]
    return [
        tuple(map(str, row)) for row in rows[names].astype(object).where(rows[names].notna(), "").to_numpy().tolist()
    ]


def _course_names(rows: pd.DataFrame) -> pd.Series[str]:
    """What a roster's row is called where its person must not be named: the employer and the trade."""
    return (rows["org_name"].fillna("") + " " + rows["trade"].fillna("")).str.strip()


def _two_trainings(draft: Draft) -> Iterator[Problem]:
    """Where a unit has roster and return of one month: the roster counts, and both are told beside each other."""
    touched = {(s.unit, s.period) for s in draft.frames if s.dataset in ("roster", "training")}
    for unit, period in sorted(touched):
        roster, told = (_frame(draft, Slot(name, unit, period)) for name in ("roster", "training"))
        if roster is not None and told is not None:
            words = [f"{name} {_sum(rows['persons'])} 人 {_sum(rows['person_times'])} 人次"
                     for name, rows in (("花名册", roster_figures(roster)), ("统计表", told))]  # fmt: skip
            yield problem("roster_rules", detail=f"{unit} {period} {'，'.join(words)}")


def _sum(values: pd.Series) -> int:
    return int(values.sum())


def _frame(draft: Draft, slot: Slot) -> pd.DataFrame | None:
    if slot in draft.frames:
        return draft.frames[slot][1]
    return draft.store.frame(draft.heads[slot]) if slot in draft.heads else None


# ------------------------------------------------------------------ 累计 of trainings


def _cumulative_problems(draft: Draft) -> Iterator[Problem]:
    """A stated 累计 against the months of the year that the store has: it is no less than they, and where every month
    since January has reported it is exactly their sum with the month's own number. What the sheet itself contradicts
    is told there."""
    asked = {(one.sheet, one.cell) for one in draft.problems if one.rule in ("cumulative_falls", "cumulative_differs")}
    for slot, parts in draft.returns.items():
        if slot.dataset == "training":
            found = (one for sheet, _, rows in parts for one in _cumulative_rows(draft, slot, sheet, rows))
            yield from (one for one in found if (one.sheet, one.cell) not in asked)


def _cumulative_rows(draft: Draft, slot: Slot, sheet: SheetReading, rows: pd.DataFrame) -> Iterator[Problem]:
    earlier = sorted((s for s in {*draft.heads, *draft.frames} if s.dataset == "training" and s.unit == slot.unit
                      and s.period[:4] == slot.period[:4] and s.period < slot.period), key=lambda s: s.period)  # fmt: skip
    told = rows[rows["cumulative"].notna()] if earlier else rows.iloc[:0]
    for _, row in told.iterrows():
        months = {s.period: count for s in earlier if (count := _trained(draft, s, row, len(rows) == 1)) is not None}
        stated, own = int(row["cumulative"]), None if pd.isna(row["persons"]) else int(row["persons"])
        known = sum(months.values())
        said = f"{slot.unit}{_span(list(months))}已入库 {known:,}" if months else ""
        cell, label = _cumulative_cell(sheet, int(row["row"]))
        if months and stated < known:
            detail = f"{said}，{_month(slot.period)}累计 {stated:,}"
            yield problem("cumulative_falls", sheet.sheet, cell, label, stated, detail)
        elif months and own is not None and (stated < known + own or (len(months) == int(slot.period[5:]) - 1 and stated != known + own)):  # fmt: skip
            detail = f"{said}，{_month(slot.period)}本期 {own:,}，累计 {stated:,}"
            yield problem("cumulative_differs", sheet.sheet, cell, label, stated, detail)


def _trained(draft: Draft, slot: Slot, row: pd.Series, whole: bool) -> int | None:
    """The persons of a month in rows like this one, or in all where the unit reports in one row; None where unsaid."""
    frame = _frame(draft, slot)
    assert frame is not None
    for name in () if whole else ("enterprise_type", "method", "level"):
        frame = frame[
            frame[name].isna() if pd.isna(row[name]) else frame[name].eq(row[name]).fillna(False).astype(bool)
        ]
    return int(frame["persons"].sum()) if len(frame) and frame["persons"].notna().all() else None


def _cumulative_cell(sheet: SheetReading, row: int) -> tuple[str, str]:
    cell, label = sheet.place("cumulative")
    return (
        (f"{cell.rstrip('0123456789')}{row}", label) if label and not sheet.row_cells else (sheet.row_at(row)[0], label)
    )


def _span(periods: list[str]) -> str:
    return _month(periods[0]) + (f"至{_month(periods[-1])}" if len(periods) > 1 else "")


def _month(period: str) -> str:
    return f"{period[:4]}年{int(period[5:])}月"


# ------------------------------------------------------------------ fees


def _fund_problems(draft: Draft) -> Iterator[Problem]:
    """A unit's fees against its report before, in the same year: the sum only grows, by what came in since."""
    for slot, (_, frame) in draft.frames.items():
        if slot.dataset != "funds":
            continue
        earlier = [s for s in {*draft.heads, *draft.frames} if s.dataset == "funds" and s.unit == slot.unit
                   and s.period[:4] == slot.period[:4] and s.period < slot.period]  # fmt: skip
        start = max(earlier, key=lambda s: s.period, default=None)
        before = _frame(draft, start) if start else None
        was = _amount(before, "funds") if before is not None else None
        now, current = _amount(frame, "funds"), _amount(frame, "current")
        if was is not None and now is not None and now < was:
            yield problem(
                "funds_fell",
                value=amount(now),
                detail=f"{slot.unit}{_month(start.period if start else slot.period)} {amount(was)} → {amount(now)} 万元",
            )
        elif was is not None and now is not None and current is not None and was + current != now:
            detail = f"{slot.unit}{_month(start.period if start else slot.period)}累计 {amount(was)} + 本期 {amount(current)} ≠ 累计 {amount(now)}"
            yield problem("funds_sum", value=amount(now), detail=detail)


def _amount(frame: pd.DataFrame, name: str) -> Fraction | None:
    value = frame[name].iloc[0]
    return None if pd.isna(value) else Fraction(str(value))


# ------------------------------------------------------------------ progress


def draft_progress(draft: Draft, sheet: SheetReading) -> None:
    """Gather the rows of a progress report by department and month, each under the plan item that it speaks of."""
    table = frame_of(sheet)
    draft.rejected += int(table["rejected"].sum())
    sound = with_clears(sheet, table[~table["rejected"].astype(bool)])
    days = days_of(draft, sheet, sound)
    if days is None or sound.empty:
        return
    words, items = items_by_word(draft.plan), {item.id: item for item in draft.plan.items}
    sound = sound.assign(as_of=days)
    found = [words.get(str(row["seq"])) or words.get(str(row["item"])) for _, row in sound.iterrows()]
    wrong = [
        _progress_rejects(sheet, row, items.get(str(name)))
        for name, (_, row) in zip(found, sound.iterrows(), strict=True)
    ]
    draft.problems += [one for one in wrong if one]
    draft.rejected += sum(one is not None for one in wrong)
    kept = sound[[one is None for one in wrong]]
    named = [str(name) for name, one in zip(found, wrong, strict=True) if one is None]
    draft.problems += _progress_asks(sheet, kept, [items[name] for name in named])
    frame = kept.assign(item=pd.Series(named, index=kept.index, dtype="string"),
                        department=pd.Series([items[name].department for name in named], index=kept.index, dtype="string"))  # fmt: skip
    columns = [*(field.id for field in PROGRESSED), "row", "clears"]
    for (department, stamp), rows in frame.groupby(["department", "as_of"], sort=False):
        day = pd.Timestamp(str(stamp)).date()
        slot = Slot("progress", str(department), f"{day:%Y-%m}")
        draft.returns.setdefault(slot, []).append((sheet, day, rows[columns]))


def _progress_rejects(sheet: SheetReading, row: pd.Series, item: Item | None) -> Problem | None:
    if item is None:
        said = row["seq"] if pd.notna(row["seq"]) else row["item"]
        return _at(sheet, row, "seq" if pd.notna(row["seq"]) else "item", "item_missing", said)
    if pd.notna(row["step"]) and str(row["step"]) not in item.steps:
        steps = "、".join(item.steps) or "该条目不分步骤"
        return _at(sheet, row, "step", "step_unknown", row["step"], f"{item.id}：{steps}")
    if pd.notna(row["done_on"]) and row["done_on"] > row["as_of"]:
        detail = f"{row['done_on'].date()} 晚于 {row['as_of'].date()}"
        return _at(sheet, row, "done_on", "event_after", row["done_on"].date(), detail)
    return None


def _progress_asks(sheet: SheetReading, rows: pd.DataFrame, items: list[Item]) -> Iterator[Problem]:
    others, deadlines = [], []
    for item, (_, row) in zip(items, rows.iterrows(), strict=True):
        if pd.notna(row["done_on"]) and item.start and row["done_on"].date() < item.start:
            detail = f"{row['done_on'].date()} 早于 {item.start}"
            yield _at(sheet, row, "done_on", "done_early", row["done_on"].date(), detail)
        if pd.notna(row["owner"]) and row["owner"] != item.department:
            others.append(f"{item.id} 计划为{item.department}，填的是{row['owner']}")
        if pd.notna(row["planned_on"]) and row["planned_on"].date() != item.end:
            deadlines.append(f"{item.id} 计划为{item.end or '未定'}，填的是{row['planned_on'].date()}")
    yield from (problem(rule, sheet.sheet, detail=_first(found))
                for rule, found in (("department_other", others), ("deadline_other", deadlines)) if found)  # fmt: skip


def _first(found: list[str]) -> str:
    return "；".join(found[:_SHOWN]) + (f"等 {len(found)} 处" if len(found) > _SHOWN else "")


def _at(sheet: SheetReading, row: pd.Series, name: str, rule: str, value: object, detail: str = "") -> Problem:
    cell, label = sheet.place(name)
    return problem(rule, sheet.sheet, f"{cell.rstrip('0123456789')}{int(row['row'])}", label, value, detail)


# ------------------------------------------------------------------ 零报告


def _gather_nils(draft: Draft, sheet: SheetReading) -> None:
    for unit, row, own in sheet.nils:
        day = draft.options.as_of or own or sheet.as_of
        if day is None or own is None:
            said = [one for one in as_of_problems(draft, sheet, day) if one not in draft.problems]
            draft.problems += said if sheet.rows == len(sheet.nils) else []
        if day is not None:
            word = NilWord(sheet.sheet, table_of(sheet), sheet.row_at(row)[0], NIL_OF[str(sheet.kind)], unit, day)
            draft.nils.append(word)


def draft_nil_slots(draft: Draft) -> None:
    """Note every word 本月无 in its unit's slot of the month; against data of the same month it cannot stand."""
    for word in draft.nils:
        dataset, unit, day = word.dataset, word.unit, word.day
        slot, month = Slot("nil", unit, f"{day:%Y-%m}"), f"{day:%Y-%m}"
        words = f"{unit} {NIL_DATASETS[dataset]} {month}"
        if any(_frame(draft, Slot(name, unit, month)) is not None for name in SPEAKING[dataset]):
            draft.problems.append(problem("nil_data", word.sheet, word.cell, detail=words))
            continue
        draft.problems.append(problem("nil_told", word.sheet, word.cell, detail=words))
        before = _frame(draft, slot)
        schema, _ = SCHEMAS["nil"]
        row = pd.DataFrame([[unit, pd.Timestamp(day), dataset]], columns=schema.names)
        row = row.astype({"reporting_unit": "string", "as_of": "datetime64[ms]", "dataset": "string"})
        known = before is not None and bool((before["dataset"] == dataset).any())
        others = row.iloc[:0] if before is None else before[before["dataset"] != dataset]
        after = before if known and before is not None else pd.concat([others, row], ignore_index=True)
        outcome = pd.Series(["unchanged" if known else "added"], dtype=object)
        done = Upsert(after, int(not known), 0, int(known), 0, NO_CELLS, outcome)
        draft.upserts.append(done)
        draft.parts.append(Part(unit, day, pd.Series([word.table]), pd.Series([words], dtype="string"), done))
        draft.frames[slot] = (max(day, draft.frames[slot][0]) if slot in draft.frames else day, after)
        draft.expects[slot] = draft.heads[slot].snapshot if slot in draft.heads else None


def _say_replaced(draft: Draft, slot: Slot) -> None:
    """Tell where data come in for what the unit had reported as 本月无."""
    said = _frame(draft, Slot("nil", slot.unit, slot.period))
    for name in () if said is None else said["dataset"]:
        if slot.dataset in SPEAKING[str(name)]:
            words = f"{slot.unit} {NIL_DATASETS[str(name)]} {slot.period}"
            draft.problems.append(problem("nil_replaced", detail=words))
