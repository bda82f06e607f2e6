"""Workbooks for clerks to fill in: which columns each has, and what already stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from typing import TYPE_CHECKING

from unionplan.errors import UsageError
from unionplan.intake.forms import Form, form_bytes
from unionplan.observations import (
    METHODS,
    OPTIONAL,
    SHIPPED,
    TOLD_LABELS,
    Field,
    registration_codes,
)
from unionplan.plan import ATOMS, GROUPS, OFFICE, SCOPE_WORDINGS, UNIT_COLUMNS, Item, Row, Unit

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("W1", "W2", "W3a", "W3b", "W4", "W5", "W6", "W7", "units")
Notes = Mapping[tuple[object, ...], Mapping[str, str]]
"""What is noted beside the cells of a row: the row's key → field → text. Keys are the fields that a form names."""
_OPEN_ROWS = {"W1": 5_000, "W3a": 2_000, "W4": 2_000, "W5": 100, "units": 200}
_KINDS_OF_SHARES = ("比率", "计数")
OWN_OF_A_SHARE = ("目标值", "节点目标", "责任人", "备注")
"""What a unit's share does not take over from its item's row."""
_CONTROLS = ("国有控股", "集体控股", "私人控股", "港澳台商控股", "外商控股", "待认定")
_UNIT_FIELDS = tuple(
    Field(name, label, kind, GROUPS if name == "group" else ())
    for label, (name, kind) in zip(
        UNIT_COLUMNS,
        (("reporting_unit", "text"), ("group", "choice"), ("order", "text"), ("aliases", "text"), ("contact", "text"),
         ("phone", "text"), ("start", "day"), ("end", "day")),
        strict=True,
    )
)  # fmt: skip


def template(
    kind: str,
    units: tuple[Unit, ...],
    unit: str | None = None,
    items: Sequence[Item] = (),
    ledger: pd.DataFrame | None = None,
    *,
    promises: Sequence[Row] = (),
    tasks: Mapping[str, str] | None = None,
    notes: Notes | None = None,
) -> bytes:
    """Return the template workbook of `kind` as .xlsx bytes.

    `unit`: prefill for this reporting unit alone (W7: for this 责任部门), else for all of them. `items`: the plan's,
    for W4's 对应任务 and W7's rows. `ledger`: enterprises as stored (columns are ids of FIELDS), for a W1 in which only
    changes are edited; of `unit` alone where it is given. `promises`: the plan table, for W5. `tasks`: unit → 年度任务数,
    for W6. `notes`: last figures, shown beside the cells and never in them. Raises UsageError for a kind that does not
    exist, or a unit that is not in the list.
    """
    _require(kind, units, unit, items)
    asked = tuple(known for known in units if unit in (None, known.name))
    if kind == "W1":
        form = _ledger_form(asked, unit, ledger)
    elif kind == "W3a":
        form = _roster_form(unit)
    elif kind == "W4":
        form = _activities_form(items, unit)
    elif kind == "W5":
        form = _promises_form(promises, units, unit)
    elif kind == "W6":
        form = _funds_form(asked, unit, tasks or {})
    elif kind == "W7":
        form = _progress_form(items, unit)
    elif kind == "units":
        form = _units_form(units)
    else:
        form = _return_form(kind, asked, unit)
    return form_bytes(replace(form, notes=notes or form.notes))


def departments(items: Iterable[Item]) -> tuple[str, ...]:
    """Return the 责任部门 of the plan's items, in the plan's order, each once."""
    return tuple(dict.fromkeys(item.department for item in items if item.department))


def _require(kind: str, units: tuple[Unit, ...], unit: str | None, items: Sequence[Item]) -> None:
    if kind not in KINDS:
        raise UsageError(f"模板 {kind}", "没有这种模板", "目前有 " + "、".join(KINDS), "请改成其中之一")
    if kind == "W7" and unit is not None and unit not in departments(items):
        raise UsageError(f"责任部门 {unit}", "计划中没有这个部门", "、".join(departments(items)), "请核对名称")
    if kind != "W7" and unit is not None and unit not in {known.name for known in units}:
        raise UsageError(f"填报单位 {unit}", "不在填报单位表中", "、".join(known.name for known in units), "请核对名称")


def _ledger_form(units: tuple[Unit, ...], unit: str | None, ledger: pd.DataFrame | None) -> Form:
    fields = SHIPPED["W1"]
    rows: list[dict[str, object]] = [{"reporting_unit": unit}] if unit else []
    if ledger is not None:
        own = ledger if unit is None else ledger[ledger["reporting_unit"] == unit]
        fields = (*SHIPPED["W1"], *(field for field in OPTIONAL if field.id in own and own[field.id].notna().any()))
        rows = _records(own, fields) or rows
    lists = {
        "reporting_unit": _names(units), "control": _CONTROLS, "registration": tuple(registration_codes()),
    }  # fmt: skip
    return Form("W1", "企业台账", fields, rows, lists, keys=("reporting_unit",), frozen=3,
                open_rows=_OPEN_ROWS["W1"], owner=unit or "")  # fmt: skip


def _records(ledger: pd.DataFrame, fields: Iterable[Field]) -> list[dict[str, object]]:
    """The rows as plain values, None for a blank; counts are whole numbers again."""
    known = [field for field in fields if field.id in ledger]
    words = ledger[[field.id for field in known]].astype(object)
    rows = words.where(words.notna(), None).to_dict("records")
    counts = {field.id for field in known if field.kind == "count"}
    return [
        {str(name): int(value) if name in counts and value is not None else value for name, value in row.items()}
        for row in rows
    ]


def _return_form(kind: str, units: tuple[Unit, ...], unit: str | None) -> Form:
    """A summary return: one row per unit × enterprise type, and for training × 培训方式, figures empty."""
    axes: Mapping[str, Sequence[str]] = {
        "reporting_unit": _names(units), "enterprise_type": [TOLD_LABELS[atom] for atom in ATOMS],
        **({"method": METHODS} if kind == "W3b" else {}),
    }  # fmt: skip
    rows = [dict(zip(axes, row, strict=True)) for row in product(*axes.values())]
    title = "汇总表" if kind == "W2" else "培训统计表"
    lists = {"reporting_unit": _names(units), "enterprise_type": tuple(TOLD_LABELS.values())}
    return Form(kind, title, SHIPPED[kind], rows, lists, keys=tuple(axes), frozen=len(axes), owner=unit or "")


def _activities_form(items: Sequence[Item], unit: str | None) -> Form:
    tasks = tuple((item.id, item.short or item.name, "、".join(item.steps)) for item in items)
    lists = {"item": tuple(item.id for item in items)}
    return Form("W4", "活动台账", SHIPPED["W4"], (), lists, keys=("activity_no",), frozen=3,
                open_rows=_OPEN_ROWS["W4"], owner=unit or "", tasks=tasks)  # fmt: skip


def _roster_form(unit: str | None) -> Form:
    lists = {"enterprise_type": tuple(TOLD_LABELS.values())}
    return Form("W3a", "培训花名册", SHIPPED["W3a"], (), lists, keys=("name",), frozen=3, open_rows=_OPEN_ROWS["W3a"],
                owner=unit or "")  # fmt: skip


def _promises_form(promises: Sequence[Row], units: tuple[Unit, ...], unit: str | None) -> Form:
    """The plan in force; for one unit its shares, and a row to be filled in for every target that it has none of yet."""
    if unit is None:
        rows, notes = [_promise(row) for row in promises], dict[tuple[object, ...], Mapping[str, str]]()
    else:
        rows, notes = _shares(promises, unit)
    lists = {"owner": _names(units), "scope": SCOPE_WORDINGS}
    return Form("W5", "目标任务分解表", SHIPPED["W5"], rows, lists, keys=("item", "indicator", "scope", "owner"), frozen=1,
                open_rows=_OPEN_ROWS["W5"], owner=unit or "", notes=notes)  # fmt: skip


def _shares(
    promises: Sequence[Row], unit: str
) -> tuple[list[dict[str, object]], dict[tuple[object, ...], Mapping[str, str]]]:
    key = ("条目编号", "指标", "适用范围")
    own = {tuple(row[name] for name in key): row for row in promises if row["责任单位"] == unit}
    rows = []
    notes: dict[tuple[object, ...], Mapping[str, str]] = {}
    for row in promises:
        if row["责任单位"] or row["计划"] == OFFICE or row["类型"] not in _KINDS_OF_SHARES or not row["目标值"]:
            continue
        share = own.get(tuple(row[name] for name in key))
        rows.append(_promise(share or {**row, **dict.fromkeys(OWN_OF_A_SHARE, ""), "责任单位": unit}))
        words = tuple(row[name] or None for name in key)
        notes[(*words, unit)] = {"target": f"全市目标 {row['目标值']}{row['计量单位'].removeprefix('%')}"}
    return rows, notes


def _promise(row: Mapping[str, str]) -> dict[str, object]:
    texts = {field.id: row.get(field.label) or None for field in SHIPPED["W5"]}
    days = {name: date.fromisoformat(text) for name in ("start", "end") if (text := texts[name])}
    return {**texts, **days}


def _funds_form(units: tuple[Unit, ...], unit: str | None, tasks: Mapping[str, str]) -> Form:
    rows = [{"reporting_unit": known.name, "task": _number(tasks.get(known.name))} for known in units]
    return Form("W6", "经费收缴表", SHIPPED["W6"], rows, {"reporting_unit": _names(units)}, keys=("reporting_unit",), frozen=1,
                owner=unit or "")  # fmt: skip


def _number(text: str | None) -> float | int | None:
    if text is None:
        return None
    value = float(text)
    return int(value) if value.is_integer() else value


def _progress_form(items: Sequence[Item], department: str | None) -> Form:
    """One row per item without steps, and one per step of the others."""
    rows = [
        {"seq": item.id, "item": item.short or item.name, "owner": item.department or None, "step": step or None,
         "planned_on": item.end}
        for item in items if department in (None, item.department) for step in item.steps or ("",)
    ]  # fmt: skip
    return Form("W7", "任务进展表", SHIPPED["W7"], rows, None, keys=("seq", "item", "owner", "step", "planned_on"), frozen=2,
                owner=department or "")  # fmt: skip


def _units_form(units: tuple[Unit, ...]) -> Form:
    rows = [
        {
            "reporting_unit": unit.name, "group": unit.group, "order": str(unit.order),
            "aliases": "；".join(unit.aliases) or None, "contact": unit.contact or None, "phone": unit.phone or None,
            "start": unit.start and unit.start.isoformat(), "end": unit.end and unit.end.isoformat(),
        }
        for unit in units
    ]  # fmt: skip
    return Form("units", "填报单位", _UNIT_FIELDS, rows, open_rows=_OPEN_ROWS["units"])


def _names(units: Iterable[Unit]) -> tuple[str, ...]:
    return tuple(unit.name for unit in units)
