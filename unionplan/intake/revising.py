"""A W5 sheet against the plan in force: which rows it means, what it changes in them, what it may not change.

The plan's own sentence (计划原句) is never changed by an upload, and 口径 stands in the indicators' definitions. A row
is the whole city's where 责任单位 is blank, else that unit's share. Rows that the sheet lacks stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from unionplan.errors import PlanError
from unionplan.intake.drafting import Draft, frame_of
from unionplan.intake.headers import plain
from unionplan.intake.problems import Problem, problem
from unionplan.intake.readings import SheetReading
from unionplan.intake.sheet_changes import Part, table_of
from unionplan.intake.templates import OWN_OF_A_SHARE
from unionplan.intake.upserts import NO_CELLS, Upsert
from unionplan.observations import PROMISES
from unionplan.plan import CITY_OWN, PLAN_COLUMNS, Row, plan_of, require_row
from unionplan.store import Slot

_COLUMN = {field.id: field.label for field in PROMISES}
_FIELD = {field.label: field.id for field in PROMISES}
_UNCHANGED = ("条目编号", "计划原句", "口径")
_SHOWN = 3
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,6})?", re.ASCII)


@dataclass(frozen=True)
class _Line:
    """One row of the sheet: its number, what it says (column of the plan table → text), which columns it empties."""

    number: int
    says: Mapping[str, str]
    empties: frozenset[str]


def draft_plan(draft: Draft, sheet: SheetReading) -> None:
    """Lay a W5 sheet over the plan table, row by row; the rest of the file is judged by the plan as it then is."""
    tables = {**draft.store.tables(draft.commit), **draft.tables}
    table = [dict(row) for row in tables["plan"]]
    before = len(table)
    outcomes: list[str] = []
    names: list[str] = []
    details: list[dict[str, object]] = []
    for line in _lines(draft, sheet):
        found = _laid_over(draft, sheet, table, line)
        if found is None:
            draft.rejected += 1
            continue
        what, changes = found
        if what != "blank":
            details += [{**change, "place": len(outcomes)} for change in changes]
            outcomes.append(what)
            names.append(line.says["条目编号"])
    try:
        draft.plan = plan_of({**tables, "plan": table})
    except PlanError as error:
        draft.problems.append(_plan_problem(sheet, error, None))
        return
    draft.tables["plan"] = table
    draft.expects[Slot("plan")] = draft.heads[Slot("plan")].snapshot
    counts = Counter(outcomes)
    assert len(table) == before + counts["added"]
    cells = pd.DataFrame(details, columns=list(NO_CELLS.columns))
    done = Upsert(
        cells, counts["added"], counts["changed"], counts["unchanged"], 0, cells, pd.Series(outcomes, dtype=object)
    )
    draft.upserts.append(done)
    sheets, called = pd.Series(table_of(sheet), range(len(names)), dtype=object), pd.Series(names, dtype="string")
    if names:
        draft.parts.append(Part(draft.plan.settings.city, None, sheets, called, done))
    if counts["added"] or counts["changed"]:
        draft.problems.append(problem("plan_revised", sheet.sheet, detail=_summary(counts, details)))


def _summary(counts: Mapping[str, int], details: list[dict[str, object]]) -> str:
    words = "，".join(
        f"{word} {counts[key]} 条" for key, word in (("changed", "变更"), ("added", "新增")) if counts[key]
    )
    shown = "；".join(f"{one['org_name']} {one['field']} {one['old']} → {one['new']}" for one in details[:_SHOWN])
    more = f"等 {len(details)} 处" if len(details) > _SHOWN else ""
    return f"{words}：{shown}{more}" if shown else words


def _lines(draft: Draft, sheet: SheetReading) -> Iterator[_Line]:
    table = frame_of(sheet)
    draft.rejected += int(table["rejected"].sum())
    clears: dict[int, set[str]] = {}
    for place, name in sheet.clears:
        clears.setdefault(place, set()).add(_COLUMN[name])
    for at, record in table[~table["rejected"].astype(bool)].iterrows():
        says = {_COLUMN[name]: _text(record[name]) for name in _COLUMN if pd.notna(record[name])}
        yield _Line(int(record["row"]), says, frozenset(clears.get(int(str(at)), ())))


def _text(value: object) -> str:
    return str(value.date()) if isinstance(value, pd.Timestamp) else str(value)


def _laid_over(
    draft: Draft, sheet: SheetReading, table: list[Row], line: _Line
) -> tuple[str, list[dict[str, str]]] | None:
    """Put one line into `table`; returns what it was (added, changed, unchanged, blank) and its changes, None if refused."""
    matches = _matches(table, line)
    share = "责任单位" in line.says
    wholes = _wholes(table, line) if share else []
    if not matches and share and "目标值" not in line.says:
        return "blank", []  # a share that nobody has filled in
    if len(matches) > 1 or (not matches and len(wholes) > 1):
        draft.problems.append(_at(sheet, line, "条目编号", "item_shared", line.says["条目编号"]))
        return None
    if share and not wholes:
        draft.problems.append(_at(sheet, line, "条目编号", "item_missing", line.says["条目编号"]))
        return None
    old = table[matches[0]] if matches else _blank_row(wholes)
    new = _merged(old, line)
    asked, refused = _judged(draft, sheet, old if matches else None, new, line)
    draft.problems += [*asked, *refused]
    if refused:
        return None
    if not matches:
        table.insert(_place(table, new), new)
        return "added", [_change(new, "目标值", "", new["目标值"])] if new["目标值"] else []
    table[matches[0]] = new
    changes = [_change(new, name, old[name], new[name]) for name in PLAN_COLUMNS if old[name] != new[name]]
    return ("changed" if changes else "unchanged"), changes


def _matches(table: list[Row], line: _Line) -> list[int]:
    """The rows of the plan that the line means: same 条目编号 and 责任单位, and what else it says of 指标 and 适用范围."""
    own = [place for place, row in enumerate(table)
           if row["条目编号"] == line.says["条目编号"] and row["责任单位"] == line.says.get("责任单位", "")]  # fmt: skip
    told = [name for name in ("指标", "适用范围") if name in line.says]
    exact = [place for place in own if all(table[place][name] == line.says[name] for name in told)]
    if exact or len(own) != 1 or "责任单位" in line.says:
        return exact
    sources = (table[own[0]]["任务来源"], line.says.get("任务来源"))
    return [] if CITY_OWN in sources else own  # the plan's own item is given another 指标 or 适用范围


def _wholes(table: list[Row], line: _Line) -> list[Row]:
    """The whole city's rows that a unit's share belongs to."""
    told = [name for name in ("指标", "适用范围") if name in line.says]
    return [row for row in table if row["条目编号"] == line.says["条目编号"] and not row["责任单位"]
            and all(row[name] == line.says[name] for name in told)]  # fmt: skip


def _blank_row(wholes: list[Row]) -> Row:
    """What a new row starts from: a share from its item's row, else a blank one of the city's own."""
    blank = dict.fromkeys(PLAN_COLUMNS, "")
    if wholes:
        return {**blank, **wholes[0], **dict.fromkeys(OWN_OF_A_SHARE, "")}
    return {**blank, "任务来源": CITY_OWN}


def _merged(old: Row, line: _Line) -> Row:
    new = {**old, **{name: text for name, text in line.says.items() if name in old}}
    new |= dict.fromkeys(line.empties - {"条目编号"}, "")
    fixed = {name: old[name] for name in _UNCHANGED if old[name]}  # a row that is new says these first
    return {**new, **fixed, "条目编号": line.says["条目编号"]}


def _judged(
    draft: Draft, sheet: SheetReading, old: Row | None, new: Row, line: _Line
) -> tuple[list[Problem], list[Problem]]:
    """What has to be asked or listed about a row, and what refuses it."""
    asked, refused = [], []
    if target := percent_typed(new):
        asked.append(_at(sheet, line, "目标值", "repaired", new["目标值"], f"“{new['目标值']}” → {target}"))
        new["目标值"] = target
    said, kept = line.says.get("计划原句"), (old or {}).get("计划原句")
    if said and kept and plain(said) != plain(kept):
        refused.append(_at(sheet, line, "计划原句", "quote_differs", said, new["条目编号"]))
    if line.says.get("口径") and plain(line.says["口径"]) != plain(new["口径"]):
        asked.append(_at(sheet, line, "口径", "basis_differs", line.says["口径"], new["条目编号"]))
    if old is None and not new["责任单位"]:
        asked.append(_at(sheet, line, "条目编号", "item_new", new["条目编号"], new["条目编号"]))
    try:
        require_row(new, "", draft.plan.indicators)
    except PlanError as error:
        refused.append(_plan_problem(sheet, error, line))
    return asked, refused


def percent_typed(row: Row) -> str:
    """Return the target of a percent that was typed as a bare number: 0.9 and 90 are 90%; blank when nothing is to be mended."""
    text = row["目标值"].replace(",", "")
    if row["计量单位"] != "%" or not _NUMBER.fullmatch(text):
        return ""
    value = Decimal(text)
    value = value * 100 if value <= 1 else value
    return f"{value.normalize():f}%"


def _place(table: list[Row], new: Row) -> int:
    """Behind the last row of the same item, else at the end."""
    same = [place for place, row in enumerate(table) if row["条目编号"] == new["条目编号"]]
    return same[-1] + 1 if same else len(table)


def _change(row: Row, name: str, old: str, new: str) -> dict[str, str]:
    whose = " ".join(filter(None, (row["条目编号"], row["简称"] or row["任务"], row["责任单位"])))
    return {"org_name": whose, "field": name, "old": old or "（空）", "new": new or "（空）"}


def _plan_problem(sheet: SheetReading, error: PlanError, line: _Line | None) -> Problem:
    """A PlanError in the clerk's own sheet: at the cell of the column that it names."""
    named = re.search("“([^”]+)”列$", error.where)
    detail = "。".join(filter(None, (error.found, error.allowed)))
    if line is None:
        return problem("plan_wrong", sheet.sheet, detail=f"{error.where}：{detail}", fix=error.remedy)
    column = named[1] if named else "条目编号"
    return _at(sheet, line, column, "plan_wrong", line.says.get(column, ""), detail, error.remedy)


def _at(
    sheet: SheetReading, line: _Line, column: str, rule: str, value: object, detail: str = "", fix: str = ""
) -> Problem:
    cell, label = sheet.place(_FIELD[column])
    return problem(rule, sheet.sheet, f"{cell.rstrip('0123456789')}{line.number}", label, value, detail, fix)
