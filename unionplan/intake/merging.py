"""A unit's ledger before + the rows handed in → its ledger after, and what that changes row by row.

A blank cell changes nothing and a row that is missing in the file stays; only `replace` starts empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from unionplan.intake.checks import key_of, keys_of, plain_name
from unionplan.observations import FIELDS, classified

COLUMNS = list(FIELDS)
OUTCOMES = ("added", "changed", "unchanged")


@dataclass(frozen=True)
class Merge:
    """`ledger`: the unit's snapshot after; counts of rows; `kept`: names that the file did not mention.

    `details`: one row per changed cell (org_name, field, old, new, place). `stateless`: how many of the file's
    enterprises have no 企业状态 even after the merge. `outcomes`: one of OUTCOMES per row handed in, in their order;
    `place` is a position in it, `gone` the names that `replace` removes.
    """

    ledger: pd.DataFrame
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
    match = _matches(_base(before, rows), rows)
    twice = match.notna() & match.duplicated(keep="first")
    seen: dict[str, int] = {}
    for place, record in enumerate(_records(rows[["union_code", "uscc", "org_name"]])):
        for key in keys_of(record):
            if seen.setdefault(key, place) != place:
                twice.iloc[place] = True
    return twice


def merged(
    before: pd.DataFrame | None, rows: pd.DataFrame, mode: str, as_of: date, at: pd.Series[float] | None = None
) -> Merge:
    """Return the merge of `rows` into `before`, both of one unit, no enterprise twice.

    `rows` has FIELDS and `clears`, the names of the fields that the clerk empties (or None). `at`: each row's
    position in `before` where that is known beforehand, so that even its codes may change.
    """
    rows = rows.reset_index(drop=True)
    base = _base(before, rows)
    match = _matches(base, rows) if at is None else at
    old = base.reindex(match.astype("Int64").fillna(-1).astype(int)).set_axis(rows.index)
    new = rows[COLUMNS] if mode == "replace" else rows[COLUMNS].where(rows[COLUMNS].notna(), old)
    for row, names in rows["clears"].dropna().items():
        new.loc[row, list(names)] = pd.NA
    different = _different(old, new)
    known, touched = match.notna(), different.any(axis=1)
    unmentioned = base[~base.index.isin(match.dropna().astype(int))]
    kept = unmentioned if mode == "upsert" else unmentioned.iloc[:0]
    after = pd.concat([part for part in (kept, new) if len(part)] or [new], ignore_index=True)
    return Merge(
        _snapshot(after.astype(base.dtypes), as_of), int((~known).sum()), int((known & touched).sum()),
        int((known & ~touched).sum()), len(unmentioned) if mode == "replace" else 0, tuple(kept["org_name"].fillna("")),
        _details(old[known & touched], new[known & touched], different[known & touched]),
        int(new["enterprise_state"].isna().sum()), outcomes_of(known, touched),
        tuple(unmentioned["org_name"].fillna("")) if mode == "replace" else (),
    )  # fmt: skip


def outcomes_of(known: pd.Series[bool], touched: pd.Series[bool]) -> pd.Series[str]:
    """Return what becomes of each row: new, known and changed, known and as it was."""
    return pd.Series("added", index=known.index).mask(known & touched, "changed").mask(known & ~touched, "unchanged")


def _base(before: pd.DataFrame | None, rows: pd.DataFrame) -> pd.DataFrame:
    return rows.iloc[:0][COLUMNS] if before is None else before[COLUMNS].reset_index(drop=True)


def _snapshot(ledger: pd.DataFrame, as_of: date) -> pd.DataFrame:
    keys = [key_of(record) for record in _records(ledger[["union_code", "uscc", "org_name"]])]
    return classified(ledger).assign(key=pd.Series(keys, index=ledger.index, dtype="string"), as_of=as_of)


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    plain = frame.astype(object).where(frame.notna(), None)
    return [dict(zip(plain.columns, values, strict=True)) for values in zip(*(plain[c] for c in plain), strict=True)]


def _matches(base: pd.DataFrame, rows: pd.DataFrame) -> pd.Series[float]:
    """Each row's position in `base`, missing where it is new: by 统计编码, else 信用代码, else the name.

    A name only decides when one of the two rows has no code at all, so a renamed firm keeps its history
    and two firms of one name stay two.
    """
    by_code = rows["union_code"].map(_unique(base["union_code"]))
    by_uscc = rows["uscc"].map(_unique(base["uscc"]))
    by_name = _names(rows).map(_unique(_names(base)))
    codes = base["union_code"].reindex(by_uscc.fillna(-1).astype(int)).set_axis(rows.index)
    agrees = codes.isna() | rows["union_code"].isna()
    base_bare = (base["union_code"].isna() & base["uscc"].isna()).reindex(
        by_name.fillna(-1).astype(int), fill_value=False
    )
    row_bare = rows["union_code"].isna() & rows["uscc"].isna()
    found = by_code.fillna(by_uscc.where(agrees)).fillna(by_name.where(row_bare | base_bare.set_axis(rows.index)))
    return found.astype("float64")


def _unique(values: pd.Series[str]) -> pd.Series[float]:
    """value → position, for the values that occur exactly once."""
    known = values[values.notna() & ~values.duplicated(keep=False)]
    return pd.Series(known.index.astype("float64"), index=known.astype(object))


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
    columns = ["org_name", "field", "old", "new", "place"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _shown(value: object) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return "（空）"
    return str(value.date()) if isinstance(value, pd.Timestamp) else str(value)
