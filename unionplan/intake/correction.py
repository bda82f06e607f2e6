"""改这一户: one enterprise of a unit's newest ledger corrected by hand, under the very rules of an uploaded file.

The stored row with the new words laid over it is read and checked like a row of a ledger. What the row already said
before is not asked again; only what the correction brings about is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from unionplan.intake import checks
from unionplan.intake.cells import Cell, Sheet
from unionplan.intake.desk import unit_names
from unionplan.intake.drafting import Draft, Options
from unionplan.intake.findings import Rows
from unionplan.intake.layout import Column, Layout
from unionplan.intake.merging import merged
from unionplan.intake.preview import Preview, drawn
from unionplan.intake.problems import Problem, problem
from unionplan.intake.readings import FileReading
from unionplan.intake.worker import folded_name
from unionplan.observations import CLEAR, FIELDS
from unionplan.store import Entry, Slot, Store

NAME = "改这一户"
_FIELDS = tuple(FIELDS.values())
_LAYOUT = Layout("W1", 0, 1, tuple(Column(n, field.label, field.id) for n, field in enumerate(_FIELDS)), (1,), ())
_KEPT = ("reporting_unit", "org_name")
"""Fields that may be changed but never emptied."""


def correction(store: Store, unit: str, key: str, values: Mapping[str, str], reason: str = "") -> Preview:
    """Return what correcting one enterprise would change; the store is not touched, `preview.submit` commits it.

    `unit`: the reporting unit; its ledger of the newest month is corrected and keeps its 统计时点. `key`: the row's
    `key` in that ledger (`code:001`, `uscc:…`, `name:…`). `values`: field id (observations.FIELDS) → what the clerk
    typed; blank changes nothing, 清空 empties the field. `reason` goes into the log as 更正原因; it may be blank while
    looking, `submit` raises IntakeError without it. Problems carry the field's label as `column` and no cell. A unit
    without a ledger, a key it does not hold and every wrong value are problems, never exceptions; KeyError for a
    field that does not exist.
    """
    asked = {FIELDS[name].id: text.strip() for name, text in values.items() if text.strip()}
    commit = store.head()
    heads = store.heads(commit)
    file = FileReading(NAME, "", "", ())
    draft = Draft(store, commit, store.plan(commit), Options(unit=unit), heads, [])
    note = f"更正原因：{reason.strip()}" if reason.strip() else ""
    slot = max((s for s in heads if (s.dataset, s.unit) == ("ledger", unit)), key=lambda s: s.period, default=None)
    if slot is None:
        draft.problems.append(problem("row_unknown", value=key, detail=f"{unit}还没有企业台账"))
        return drawn(draft, file, "correct", note)
    ledger = store.frame(heads[slot]).reset_index(drop=True)
    found = ledger.index[ledger["key"] == key]
    if len(found) != 1:
        draft.problems.append(problem("row_unknown", value=key, detail=f"{unit} {slot.period}"))
        return drawn(draft, file, "correct", note)
    _draft_row(draft, slot, heads[slot], ledger, int(found[0]), asked)
    name = ledger["org_name"].iloc[int(found[0])]
    return drawn(draft, replace(file, name=f"{NAME}：{key if pd.isna(name) else name}"), "correct", note)


def _draft_row(
    draft: Draft, slot: Slot, entry: Entry, ledger: pd.DataFrame, place: int, asked: Mapping[str, str]
) -> None:
    stored = {field.id: _cell(ledger[field.id].iloc[place]) for field in _FIELDS}
    units = {folded_name(name): unit for name, unit in unit_names(draft.plan.units).items()}
    before = _checked(stored, units, slot.unit, entry.as_of)
    rows = _checked({**stored, **asked}, units, slot.unit, entry.as_of)
    known = {_said(found) for found in before.problems}
    draft.problems += [replace(found, sheet="", cell="") for found in rows.problems if _said(found) not in known]
    draft.problems += [
        problem("clear_refused", column=FIELDS[name].label) for name in _KEPT if asked.get(name) == CLEAR
    ]
    record = {name: values[0] for name, values in rows.columns.items()}
    draft.problems += _repeats(ledger, place, record)
    draft.rejected = int(any(found.severity == "reject" for found in draft.problems))
    clears = [name for _, name in rows.clears]
    row = pd.DataFrame({field.id: pd.Series([record[field.id]], dtype=ledger[field.id].dtype) for field in _FIELDS})
    row = row.assign(clears=pd.Series([clears or None], dtype=object))
    assert entry.as_of is not None
    merge = merged(ledger, row, "upsert", entry.as_of, pd.Series([float(place)]))
    draft.merges.append(replace(merge, kept=()))
    draft.frames[slot] = (entry.as_of, merge.ledger)
    draft.started_from[slot] = slot
    draft.expects[slot] = entry.snapshot


def _cell(value: object) -> Cell:
    """A stored value as the cell that a clerk would have typed."""
    if pd.isna(value):  # type: ignore[call-overload]
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value if isinstance(value, str) else int(value)  # type: ignore[call-overload]


def _checked(cells: Mapping[str, Cell], units: Mapping[str, str], unit: str, as_of: date | None) -> Rows:
    sheet = Sheet(NAME, [[field.label for field in _FIELDS], [cells[field.id] for field in _FIELDS]])
    return checks.enterprise(sheet, _LAYOUT, units, unit, as_of)


def _said(found: Problem) -> tuple[str, str, str]:
    return found.rule, found.column, found.message


def _repeats(ledger: pd.DataFrame, place: int, record: Mapping[str, Any]) -> list[Problem]:
    """Whether the row as corrected is an enterprise that another row of the ledger already is."""
    others = ledger.drop(index=place)
    bare = others[others["union_code"].isna() & others["uscc"].isna()]
    kind = (checks.key_of(record) or "").split(":")[0]
    name = checks.plain_name(str(record["org_name"]))
    same = {
        "union_code": others[others["union_code"].eq(record["union_code"]).fillna(False)],
        "uscc": others[others["uscc"].eq(record["uscc"]).fillna(False)],
        "org_name": bare[bare["org_name"].map(checks.plain_name).eq(name).fillna(False)]
        if kind == "name"
        else bare[:0],
    }
    return [
        problem("duplicate", column=FIELDS[field].label, value=record[field], detail=f"与“{rows['org_name'].iloc[0]}”相同")
        for field, rows in same.items() if len(rows)
    ][:1]  # fmt: skip
