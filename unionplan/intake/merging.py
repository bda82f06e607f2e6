"""A unit's ledger before + the rows handed in → its ledger after, and what that changes row by row.

A blank cell changes nothing and a row that is missing in the file stays; only `replace` starts empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from unionplan.intake.checks import plain_name
from unionplan.observations import FIELDS, classified

COLUMNS = list(FIELDS)
DETAILS = ["org_name", "field", "old", "new", "place"]
OUTCOMES = ("added", "changed", "unchanged")


@dataclass(frozen=True)
class Merge:
    """`ledger`: the unit's snapshot after, a frame or (first_ledgers) an Arrow table; counts of rows; `kept`: names that the file did not mention.

    `details`: one row per changed cell (org_name, field, old, new, place). `stateless`: how many of the file's
    enterprises have no 企业状态 even after the merge. `outcomes`: one of OUTCOMES per row handed in, in their order;
    `place` is a position in it, `gone` the names that `replace` removes.
    """

    ledger: Any
    added: int
    changed: int
    unchanged: int
    removed: int
    kept: tuple[str, ...]
    details: pd.DataFrame
    stateless: int
    outcomes: pd.Series[str]
    gone: tuple[str, ...] = ()


def repeated(before: pd.DataFrame | None, rows: pd.DataFrame) -> pd.Series[bool]:
    """Return which of `rows` mean an enterprise that an earlier row of the same file already meant."""
    twice = pd.Series(False, index=rows.index)
    bare = _bare(rows)
    for codes in (rows["union_code"], rows["uscc"], _names(rows[bare]).reindex(rows.index)):
        twice |= codes.notna() & codes.duplicated()
    if before is not None:
        match = _matches(_base(before, rows), rows)
        twice |= match.notna() & match.duplicated()
    return twice


def merged(
    before: pd.DataFrame | None, rows: pd.DataFrame, mode: str, as_of: date, at: pd.Series[float] | None = None
) -> Merge:
    """Return the merge of `rows` into `before`, both of one unit, no enterprise twice.

    `rows` has FIELDS and `clears`, the names of the fields that the clerk empties (or None). `at`: each row's
    position in `before` where that is known beforehand, so that even its codes may change.
    """
    rows = rows.reset_index(drop=True)
    if before is None or before.empty:
        return _first(_cleared(rows[COLUMNS].copy(deep=False), rows["clears"]), as_of)
    base = _base(before, rows)
    match = _matches(base, rows) if at is None else at
    known = match.notna()
    old = base.take(match[known].astype(int).to_numpy()).set_axis(rows.index[known])
    new = rows[COLUMNS].copy(deep=False)
    if mode != "replace" and known.any():
        new = _filled(new, old, known)
    new = _cleared(new, rows["clears"])
    different = _different(old, new[known])
    touched = different.any(axis=1)
    unmentioned = base[~base.index.isin(match.dropna().astype(int))]
    kept = unmentioned if mode == "upsert" else unmentioned.iloc[:0]
    after = pd.concat([part for part in (kept, new) if len(part)] or [new], ignore_index=True)
    return Merge(
        _snapshot(after.astype(base.dtypes), as_of), int((~known).sum()), int(touched.sum()), int((~touched).sum()),
        len(unmentioned) if mode == "replace" else 0, tuple(kept["org_name"].fillna("")),
        _details(old[touched], new[known][touched], different[touched]), int(new["enterprise_state"].isna().sum()),
        outcomes_of(known, touched.reindex(known.index, fill_value=False)),
        tuple(unmentioned["org_name"].fillna("")) if mode == "replace" else (),
    )  # fmt: skip


def outcomes_of(known: pd.Series[bool], touched: pd.Series[bool]) -> pd.Series[str]:
    """Return what becomes of each row: new, known and changed, known and as it was."""
    return pd.Series("added", index=known.index).mask(known & touched, "changed").mask(known & ~touched, "unchanged")


def _first(new: pd.DataFrame, as_of: date) -> Merge:
    """The unit's first ledger: every row is new."""
    return Merge(
        _snapshot(new, as_of), len(new), 0, 0, 0, (), pd.DataFrame(columns=DETAILS),
        int(new["enterprise_state"].isna().sum()), pd.Series("added", index=new.index),
    )  # fmt: skip


def _filled(new: pd.DataFrame, old: pd.DataFrame, known: pd.Series[bool]) -> pd.DataFrame:
    """Give every blank cell of a known enterprise what it held before."""
    before = old.reindex(new.index) if not known.all() else old
    return pd.DataFrame({name: new[name].where(new[name].notna(), before[name]) for name in COLUMNS})


def _cleared(new: pd.DataFrame, clears: pd.Series[Any]) -> pd.DataFrame:
    for row, names in clears.dropna().items():
        new.loc[row, list(names)] = pd.NA
    return new


def _base(before: pd.DataFrame | None, rows: pd.DataFrame) -> pd.DataFrame:
    return rows.iloc[:0][COLUMNS] if before is None else before[COLUMNS].reset_index(drop=True)


def _snapshot(ledger: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The ledger with its derived columns and each row's key (checks.key_of, over whole columns)."""
    key = ("code:" + ledger["union_code"]).fillna("uscc:" + ledger["uscc"])
    if key.isna().any():
        key = key.fillna("name:" + _names(ledger))
    return classified(ledger).assign(key=key.astype("string"), as_of=as_of)


def _bare(frame: pd.DataFrame) -> pd.Series[bool]:
    return frame["union_code"].isna() & frame["uscc"].isna()


def _matches(base: pd.DataFrame, rows: pd.DataFrame) -> pd.Series[float]:
    """Each row's position in `base`, missing where it is new: by 统计编码, else 信用代码, else the name.

    A name only decides when one of the two rows has no code at all, so a renamed firm keeps its history
    and two firms of one name stay two.
    """
    by_code, by_uscc = _found(base["union_code"], rows["union_code"]), _found(base["uscc"], rows["uscc"])
    codes = base["union_code"].reindex(by_uscc.fillna(-1).astype(int)).set_axis(rows.index)
    found = by_code.fillna(by_uscc.where(codes.isna() | rows["union_code"].isna()))
    base_bare, row_bare = _bare(base), _bare(rows)
    if base_bare.any() or row_bare.any():
        by_name = _found(_names(base), _names(rows))
        bare = row_bare | base_bare.reindex(by_name.fillna(-1).astype(int), fill_value=False).set_axis(rows.index)
        found = found.fillna(by_name.where(bare))
    return found.astype("float64")


def _found(known: pd.Series[str], asked: pd.Series[str]) -> pd.Series[float]:
    """Each asked value's position among the known values that occur exactly once, missing where there is none."""
    unique = known[known.notna() & ~known.duplicated(keep=False)]
    places = pd.Index(unique).get_indexer(pd.Index(asked))
    values = unique.index.to_numpy(dtype="float64", na_value=float("nan"))
    found = pd.Series(values.take(places) if len(values) else float("nan"), index=asked.index)
    return found.where((places >= 0) & asked.notna())


def _names(frame: pd.DataFrame) -> pd.Series[str]:
    return frame["org_name"].map(plain_name, na_action="ignore")


def _different(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Where a cell changes; two blanks are the same, whatever kind of blank they are."""
    changed = {}
    for name in COLUMNS:
        before, after = old[name], new[name]
        both = before.notna() & after.notna()
        changed[name] = (before.isna() != after.isna()) | (both & before.ne(after).fillna(False).astype(bool))
    return pd.DataFrame(changed)


def _details(old: pd.DataFrame, new: pd.DataFrame, different: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for name in COLUMNS:
        hit = different[name]
        if hit.any():
            parts.append(pd.DataFrame({
                "org_name": new.loc[hit, "org_name"].astype(object), "field": FIELDS[name].label,
                "old": old.loc[hit, name].map(_shown), "new": new.loc[hit, name].map(_shown),
                "place": new.index[hit],
            }))  # fmt: skip
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=DETAILS)


def _shown(value: object) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return "（空）"
    return str(value.date()) if isinstance(value, pd.Timestamp) else str(value)
