"""The summary table of a unit that sends no ledger: the rows of its enterprises added up by enterprise type."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from unionplan.demo.ledger import Record
from unionplan.observations import COVERED_FORMS

_WORDS = {
    "state": "国有及控股企业", "collective": "集体企业", "private": "私营企业", "hmt": "港澳台商企业", "foreign": "外商企业",
    "unclassified": "待认定",
}  # fmt: skip
_COARSE = {**_WORDS, "private": "非公有制企业", "hmt": "非公有制企业", "foreign": "非公有制企业"}
_CONTRACTS = {"contract": "集体合同", "wage": "工资集体协商", "women": "女职工专项"}
_SHARED = 8
"""How many enterprises one 区域性 or 行业性 contract covers, to the nearest contract upwards."""


def summary(records: Iterable[tuple[str, Record]], unit: str, as_of: date, coarse: bool) -> list[Record]:
    """Return the rows of a 汇总表 from (atom, ledger row) pairs that count; `coarse`: 非公有制 in one row.

    The form has a row for every type, with zeros where the unit has no such enterprise.
    """
    words = _COARSE if coarse else _WORDS
    groups: dict[str, list[Record]] = {word: [] for word in words.values()}
    for atom, record in records:
        groups[words[atom]].append(record)
    return [_row(unit, word, rows, as_of) for word, rows in groups.items()]


def _row(unit: str, word: str, rows: list[Record], as_of: date) -> Record:
    joined = [row for row in rows if row["unionised"] == "是"]
    told: Record = {
        "reporting_unit": unit, "enterprise_type": word, "total": len(rows), "should_unionise": len(rows),
        "unionised": len(joined), "workers": _sum(rows, "workers"), "members": _sum(rows, "members"),
        "covered@职代会": sum(row["congress"] in COVERED_FORMS for row in joined),
        "covered@厂务公开": sum(row["disclosure"] == "是" for row in joined),
        "covered@和谐创建": sum(row["harmony"] != "未开展" for row in joined), "as_of": as_of,
    }  # fmt: skip
    for measure, name in _CONTRACTS.items():
        covered = [row for row in joined if in_force(row, measure, as_of)]
        alone = sum(row[f"{measure}_form"] == "单独" for row in covered)
        told[f"contracts@{name}"] = alone - (alone - len(covered)) // _SHARED
        told[f"covered@{name}"] = len(covered)
        told[f"covered_workers@{name}"] = _sum(covered, "workers")
    return told


def in_force(record: Record, measure: str, as_of: date) -> bool:
    """Return whether the row's contract of that kind covers the enterprise on that day."""
    form, start, end = (record[f"{measure}_{edge}"] for edge in ("form", "start", "end"))
    return form in COVERED_FORMS and start is not None and end is not None and start <= as_of <= end


def _sum(rows: Iterable[Record], name: str) -> int:
    return sum(row[name] or 0 for row in rows)
