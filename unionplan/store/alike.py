"""A ledger's rows brought together that count alike, so that the query of counts goes through few rows.

What is compared here is what the definitions in counts.py ask of a row; that the counts are the same is a law of
the tests. A column that a definition asks for and that is not here makes the query fail, never count wrongly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from unionplan.observations import CONTRACTS

Codes = tuple[NDArray[np.int64], int]
"""Each row's code, and how many there may be."""
_WORDS = (
    "reporting_unit", "enterprise_type", "unionised", *(f"{name}_form" for name in CONTRACTS), "congress", "disclosure",
    "harmony",
)  # fmt: skip
_STARTS, _ENDS = tuple(f"{name}_start" for name in CONTRACTS), tuple(f"{name}_end" for name in CONTRACTS)
_SUMMED = ("workers", "members")
_COLUMNS = (*_WORDS, "active", "as_of", *_STARTS, *_ENDS, *_SUMMED, "women_workers")
_DENSE = 4
"""Codes there may be for every row before they are numbered anew: counting through many empty ones costs more."""


def alike(ledger: Any) -> Any:
    """Return one row for all that count alike: one of them, `times` how many there are, workers and members summed.

    `ledger` as snapshots.ledger_table gives it; texts come back plain.
    """
    key, count = _together([*_kinds(ledger)], len(ledger))
    first = np.zeros(count, np.int64)
    first[key[::-1]] = np.arange(len(ledger))[::-1]
    rows = ledger.select(_COLUMNS).take(pa.array(first))
    sums = {name: _summed(ledger[name], key, rows[name]) for name in _SUMMED}
    plain = {name: rows[name].cast(pa.string()) for name in _WORDS}
    times = pa.array(np.bincount(key, minlength=count).astype(np.int64))
    return pa.table({**{name: rows[name] for name in _COLUMNS}, **plain, **sums, "times": times})


def _kinds(ledger: Any) -> Iterator[Codes]:
    """What the definitions tell rows apart by, column by column."""
    for name in _WORDS:
        yield _codes(ledger[name])
    yield _numbers(ledger["active"].cast(pa.int8()), 0), 2
    yield _codes(ledger["as_of"])
    day = _numbers(ledger["as_of"].cast(pa.int32()), 0)
    for name in _STARTS:
        yield _signs(ledger[name].cast(pa.int32()), lambda days: days > day)
    for name in _ENDS:
        yield _signs(ledger[name].cast(pa.int32()), lambda days: days >= day)
    for name in _SUMMED:
        yield _signs(ledger[name], lambda counts: counts < 0)
    yield _signs(ledger["women_workers"], lambda counts: counts > 0)


def _codes(column: Any) -> Codes:
    array = column.combine_chunks()
    array = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    return _numbers(array.indices, -1) + 1, len(array.dictionary) + 1


def _signs(column: Any, asked: Any) -> Codes:
    """0 where a row has no value, else 1, or 2 where it is as asked."""
    if column.null_count == len(column):
        return np.zeros(len(column), np.int64), 1
    told = pc.is_valid(column).to_numpy()
    return np.where(told, 1 + asked(_numbers(column, 0)), 0), 3


def _numbers(column: Any, blank: int) -> NDArray[np.int64]:
    numbers: NDArray[np.int64] = column.fill_null(blank).to_numpy(**_copying(column))
    return numbers


def _copying(column: Any) -> dict[str, bool]:
    return {} if isinstance(column, pa.ChunkedArray) else {"zero_copy_only": False}


def _together(parts: Sequence[Codes], size: int) -> Codes:
    """One code per row for all of its codes, numbered without a gap."""
    key, count = np.zeros(size, np.int64), 1
    for codes, many in parts:
        if count * many > _DENSE * size:
            key, count = _dense(key, count)
        if many > 1:
            key, count = key * many + codes, count * many
    return _dense(key, count)


def _dense(key: NDArray[np.int64], count: int) -> Codes:
    seen = np.zeros(count, bool)
    seen[key] = True
    return (np.cumsum(seen) - 1)[key], int(seen.sum())


def _summed(column: Any, key: NDArray[np.int64], first: Any) -> Any:
    """The sum of whole numbers per code, exactly; null where the first row of a code has none: then none has."""
    sums = np.zeros(len(first), np.int64)
    np.add.at(sums, key, _numbers(column, 0))
    return pa.array(sums, mask=pc.is_null(first).to_numpy())
