"""A unit's first ledger straight from the codes that the reading handed over, without a pandas frame.

Gives what merging.merged gives for rows that meet no ledger before them; a law of the tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, overload

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from unionplan.intake.merging import DETAILS, Merge
from unionplan.observations import DERIVED, FIELDS, classified

_CODES, _MARKS = ("union_code", "uscc"), ("code:", "uscc:")
_CLASSIFYING = ("control", "registration", "enterprise_state")


@dataclass(frozen=True)
class UnitRows:
    """Sound rows of one unit in the sheet's order, as handover.read_table gives them with their derived columns.

    `apart`: no enterprise's code stands twice in the whole sheet.
    """

    table: Any
    apart: bool


class Names(Sequence[str]):
    """Names as Arrow holds them, made texts when they are asked for; a missing one is the empty text."""

    def __init__(self, array: Any) -> None:
        self._array = array

    def __len__(self) -> int:
        return len(self._array)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[str, ...]: ...
    def __getitem__(self, place: int | slice) -> str | tuple[str, ...]:
        if isinstance(place, slice):
            return tuple(name or "" for name in self._array[place].to_pylist())
        return self._array[place].as_py() or ""

    def __iter__(self) -> Iterator[str]:
        return iter(self[:])


def by_unit(sound: Any) -> Iterator[tuple[str, UnitRows]]:
    """Yield every reporting unit of a sheet, in the order in which they first appear, with its rows."""
    table = _with_derived(sound)
    apart = all(_once(_coded(table[name])[0]) for name in _CODES)
    codes, words = _coded(table["reporting_unit"])
    small = codes.astype(np.int16) if len(words) < 2**15 else codes
    order = np.argsort(small, kind="stable")
    counts = np.bincount(codes + 1, minlength=len(words) + 1)
    ends = np.cumsum(counts)
    starts = ends - counts
    ordered = table if counts.max() == len(codes) else table.take(pa.array(order))
    units = [unit for unit in range(len(words)) if counts[unit + 1]]
    for unit in sorted(units, key=lambda unit: order[starts[unit + 1]]):
        rows = ordered.slice(int(starts[unit + 1]), int(counts[unit + 1]))
        yield str(words[unit].as_py()), UnitRows(_with_texts(rows), apart)


def _with_texts(rows: Any) -> Any:
    """The rows with codes and names as texts, of which a dictionary is no help."""
    for name in (*_CODES, "org_name"):
        rows = rows.set_column(rows.schema.get_field_index(name), name, rows[name].cast(pa.string()))
    return rows


def can_be_first(rows: UnitRows) -> bool:
    """Whether every row has a code and none has another's: then no row can mean what another means."""
    bare = pc.and_(pc.is_null(rows.table["union_code"]), pc.is_null(rows.table["uscc"]))
    if pc.any(bare).as_py():
        return False
    return rows.apart or all(_once(_coded(rows.table[name])[0]) for name in _CODES)


def first_ledger(rows: UnitRows, as_of: date) -> Merge:
    """Return the merge of rows that `can_be_first` into nothing; its ledger is an Arrow table."""
    table, size = rows.table, len(rows.table)
    keys = [pc.binary_join_element_wise(mark, table[name], "") for mark, name in zip(_MARKS, _CODES, strict=True)]
    columns = {name: table[name] for name in (*FIELDS, *DERIVED)}
    ledger = pa.table({**columns, "key": pc.coalesce(*keys), "as_of": pa.repeat(pa.scalar(as_of, pa.date32()), size)})
    return Merge(
        ledger, size, 0, 0, 0, (), pd.DataFrame(columns=DETAILS), table["enterprise_state"].null_count,
        for_all("added", size),
    )  # fmt: skip


def for_all(word: str, size: int) -> pd.Series[str]:
    """Return a word for each of many rows, held once."""
    return pd.Series(pd.Categorical.from_codes(np.zeros(size, np.int8), pd.Index([word])))


def names_of(rows: UnitRows) -> pd.Series[str]:
    """Return the name of each row."""
    names: pd.Series[str] = rows.table["org_name"].to_pandas(types_mapper={pa.string(): pd.StringDtype()}.get)
    return names


def _with_derived(table: Any) -> Any:
    """The rows with their derived columns (observations.classified), which few combinations of words decide."""
    codes, lists = zip(*(_coded(table[name]) for name in _CLASSIFYING), strict=True)
    together = np.zeros(len(table), np.int64)
    for own, words in zip(codes, lists, strict=True):
        together = together * (len(words) + 1) + own + 1
    found = np.flatnonzero(np.bincount(together))
    places = np.searchsorted(found, together)
    words_of: dict[str, list[Any]] = {}
    rest = found
    for name, words in reversed([*zip(_CLASSIFYING, lists, strict=True)]):
        words_of[name] = [([None, *words.to_pylist()])[code] for code in (rest % (len(words) + 1)).tolist()]
        rest = rest // (len(words) + 1)
    classes = classified(pd.DataFrame({name: pd.array(said, "string") for name, said in words_of.items()}))
    for name in DERIVED:
        meant = pa.array(classes[name].tolist())
        taken = meant if name == "active" else meant.dictionary_encode()
        table = table.append_column(name, taken.take(pa.array(places)))
    return table


def _coded(column: Any) -> tuple[NDArray[np.int32], Any]:
    """A column of texts as codes, -1 where it has none, and its distinct texts."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_null(array.type):
        return np.full(len(array), -1, np.int32), pa.array([], pa.string())
    array = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    return array.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32), array.dictionary


def _once(codes: NDArray[np.int32]) -> bool:
    """Whether no code stands twice."""
    told = codes[codes >= 0]
    return not len(told) or int(np.bincount(told - told.min()).max()) < 2
