"""A slot's return before + the rows handed in → the return after, and what that changes cell by cell.

For summaries, training and activities; the ledger has rules of its own (merging.py). A blank cell changes
nothing and a row that is missing in the file stays; only `replace` starts empty.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from unionplan.intake.headers import SHORT
from unionplan.intake.merging import outcomes_of
from unionplan.observations import ACTIVITIES, FUNDS, PROGRESSED, SUMMARY_COUNTS, TOLD_LABELS, TRAINING

KEYS = {
    "summary": ("told", "indicator"), "training": ("enterprise_type", "method", "level"), "activities": ("key",),
    "funds": ("reporting_unit",), "progress": ("item", "step", "as_of"),
}  # fmt: skip
_SUMMARY_LABELS = dict(zip(SUMMARY_COUNTS, ("覆盖数", "应覆盖数", "合同份数", "覆盖职工数", "企业总数", "应建会企业数",
                                            "已建会企业数", "职工人数", "会员人数"), strict=True))  # fmt: skip
_LABELS: dict[str, dict[str, str]] = {
    "summary": _SUMMARY_LABELS,
    "training": {field.id: field.label for field in TRAINING if field.kind == "count"},
    "activities": {field.id: field.label for field in ACTIVITIES},
    "funds": {field.id: field.label for field in FUNDS if field.id not in ("reporting_unit", "rate")},
    "progress": {field.id: field.label for field in PROGRESSED if field.id not in ("item", "step", "as_of")},
}
"""dataset → the columns whose change is told, with their names."""


NO_CELLS = pd.DataFrame(columns=["org_name", "field", "old", "new", "place"])
"""No cell changes."""


@dataclass(frozen=True)
class Upsert:
    """`frame`: the slot's content after; counts of rows; `details`: changed cells (org_name, field, old, new, place).

    `outcomes`, `place`, `kept` and `gone` as in a Merge.
    """

    frame: pd.DataFrame
    added: int
    changed: int
    unchanged: int
    removed: int
    details: pd.DataFrame
    outcomes: pd.Series[str]
    kept: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def upserted(dataset: str, before: pd.DataFrame | None, rows: pd.DataFrame, mode: str = "upsert") -> Upsert:
    """Return the merge of `rows` into `before`, both of one slot, no key twice in either.

    `rows` has a column `clears` more, the names of the columns that the clerk empties (or None).
    """
    keys = list(KEYS[dataset])
    new, clears = _keyed(rows.drop(columns="clears"), keys), rows["clears"]
    base = new.iloc[:0] if before is None else _keyed(before, keys)[list(new.columns)]
    old = base.reindex(new.index)
    known = pd.Series(new.index.isin(base.index), index=new.index)
    after = new if mode == "replace" else new.where(new.notna(), old)
    for place, names in enumerate(clears):
        for name in names or ():
            after.iloc[place, list(after.columns).index(name)] = pd.NA
    labels = _LABELS[dataset]
    different = pd.DataFrame({name: _different(old[name], after[name]) for name in labels})
    touched = different.any(axis=1)
    unmentioned = base[~base.index.isin(new.index)]
    kept = unmentioned if mode == "upsert" else unmentioned.iloc[:0]
    parts = [part for part in (kept, after) if len(part)] or [after]
    frame = pd.concat(parts).astype(new.dtypes.to_dict())
    return Upsert(
        frame.reset_index(drop=True), int((~known).sum()), int((known & touched).sum()), int((known & ~touched).sum()),
        len(unmentioned) if mode == "replace" else 0,
        _details(dataset, old, after, different.apply(lambda hits: hits & known), labels),
        outcomes_of(known, touched).reset_index(drop=True), tuple(row_name(dataset, row) for _, row in kept.iterrows()),
        tuple(row_name(dataset, row) for _, row in unmentioned.iterrows()) if mode == "replace" else (),
    )  # fmt: skip


def _keyed(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    index = pd.MultiIndex.from_frame(frame[keys].astype(object).fillna(""))
    return frame.set_axis(index, axis=0)


def _different(old: pd.Series, new: pd.Series) -> pd.Series[bool]:
    """Where a cell changes; two blanks are the same."""
    both = old.notna() & new.notna()
    return (old.isna() != new.isna()) | (both & old.ne(new).fillna(False).astype(bool))


def _details(
    dataset: str, old: pd.DataFrame, new: pd.DataFrame, different: pd.DataFrame, labels: dict[str, str]
) -> pd.DataFrame:
    lines = [
        {"org_name": row_name(dataset, new.iloc[place]), "field": label, "old": _shown(old[name].iloc[place]),
         "new": _shown(new[name].iloc[place]), "place": int(place)}
        for name, label in labels.items() for place in different[name].to_numpy().nonzero()[0]
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=["org_name", "field", "old", "new", "place"])


def row_name(dataset: str, row: pd.Series) -> str:
    """Return what a reader calls a row."""
    if dataset == "activities":
        return str(row["activity"])
    if dataset == "progress":
        return " ".join(str(row[name]) for name in ("item", "step") if pd.notna(row[name]))
    unit = str(row["reporting_unit"])
    if dataset == "funds":
        return unit
    if dataset == "summary":
        return " ".join(filter(None, (unit, TOLD_LABELS[str(row["told"])], SHORT.get(str(row["indicator"]), ""))))
    words = (row[name] for name in ("method", "level"))
    return " ".join([unit, *(str(word) for word in words if pd.notna(word))])


def _shown(value: object) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return "（空）"
    return str(value.date()) if isinstance(value, pd.Timestamp) else str(value)
