"""Workbooks for clerks to fill in: which columns each has, and what already stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

from unionplan.errors import UsageError
from unionplan.intake.forms import Form, form_bytes
from unionplan.observations import (
    ACTIVITIES,
    LEDGER,
    METHODS,
    OPTIONAL,
    SUMMARY,
    TOLD_LABELS,
    TRAINING,
    Field,
    registration_codes,
)
from unionplan.plan import ATOMS, GROUPS, UNIT_COLUMNS, Item, Unit

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("W1", "W2", "W3b", "W4", "units")
LATER = ("W3a", "W5", "W6", "W7")
_OPEN_ROWS = {"W1": 5_000, "W4": 2_000, "units": 200}
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
) -> bytes:
    """Return the template workbook of `kind` as .xlsx bytes.

    `unit`: prefill for this reporting unit alone, else for all of them. `items`: the plan's, for W4's 对应任务.
    `ledger`: enterprises as stored (columns are ids of FIELDS), for a W1 in which only changes are edited; of
    `unit` alone where it is given. Raises UsageError for a kind that does not exist, or not yet, or a unit
    that is not in the list.
    """
    _require(kind, units, unit)
    asked = tuple(known for known in units if unit in (None, known.name))
    if kind == "W1":
        form = _ledger_form(asked, unit, ledger)
    elif kind == "W4":
        form = _activities_form(items, unit)
    elif kind == "units":
        form = _units_form(units)
    else:
        form = _return_form(kind, asked, unit)
    return form_bytes(form)


def _require(kind: str, units: tuple[Unit, ...], unit: str | None) -> None:
    if kind in LATER:
        raise UsageError(f"模板 {kind}", "这种模板尚未提供", "目前有 " + "、".join(KINDS), "请先使用其中之一")
    if kind not in KINDS:
        raise UsageError(f"模板 {kind}", "没有这种模板", "目前有 " + "、".join(KINDS), "请改成其中之一")
    if unit is not None and unit not in {known.name for known in units}:
        raise UsageError(f"填报单位 {unit}", "不在填报单位表中", "、".join(known.name for known in units), "请核对名称")


def _ledger_form(units: tuple[Unit, ...], unit: str | None, ledger: pd.DataFrame | None) -> Form:
    fields = LEDGER
    rows: list[dict[str, object]] = [{"reporting_unit": unit}] if unit else []
    if ledger is not None:
        own = ledger if unit is None else ledger[ledger["reporting_unit"] == unit]
        fields = (*LEDGER, *(field for field in OPTIONAL if field.id in own and own[field.id].notna().any()))
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
    title, fields = ("汇总表", SUMMARY) if kind == "W2" else ("培训统计表", TRAINING)
    lists = {"reporting_unit": _names(units), "enterprise_type": tuple(TOLD_LABELS.values())}
    return Form(kind, title, fields, rows, lists, keys=tuple(axes), frozen=len(axes), owner=unit or "")


def _activities_form(items: Sequence[Item], unit: str | None) -> Form:
    tasks = tuple((item.id, item.short or item.name, "、".join(item.steps)) for item in items)
    lists = {"item": tuple(item.id for item in items)}
    return Form("W4", "活动台账", ACTIVITIES, (), lists, keys=("activity_no",), frozen=3,
                open_rows=_OPEN_ROWS["W4"], owner=unit or "", tasks=tasks)  # fmt: skip


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
