"""The values of one field down a table: few distinct ones, and for each row which of them it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, overload

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from unionplan.intake.texts import Mask, Texts


def positions(places: Sequence[int]) -> NDArray[np.int64]:
    """Return positions as an array."""
    if isinstance(places, range):
        return np.arange(places.start, places.stop, places.step)
    return np.array(places, np.int64)


class Typed(Sequence[Any]):
    """A sequence of values, None where a row has none; equal values share a code, so whole columns can be asked."""

    def __init__(self, codes: NDArray[np.int32], values: Sequence[Any]) -> None:
        self.codes, self.values = codes, values

    @classmethod
    def of(cls, codes: NDArray[np.int32], meanings: Sequence[Any]) -> Typed:
        """Return the column in which row r means `meanings[codes[r]]`, equal meanings brought to one code."""
        if None not in (distinct := set(meanings)) and len(distinct) == len(meanings):
            return cls(codes, meanings)
        known: dict[Any, int] = {}
        lookup = np.array([*(-1 if m is None else known.setdefault(m, len(known)) for m in meanings), -1], np.int32)
        return cls(lookup[codes], list(known))

    @classmethod
    def blank(cls, size: int) -> Typed:
        """Return a column without a value."""
        return cls(np.full(size, -1, np.int32), ())

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, row: int) -> Any: ...
    @overload
    def __getitem__(self, row: slice) -> list[Any]: ...
    def __getitem__(self, row: int | slice) -> Any:
        if isinstance(row, slice):
            return list(self)[row]
        code = int(self.codes[row])
        return None if code < 0 else self.values[code]

    def __iter__(self) -> Iterator[Any]:
        if isinstance(self.values, Texts):
            return iter(self.arrow(pa.string()).to_pylist())
        values = [*self.values, None]
        return iter([values[code] for code in self.codes.tolist()])

    @property
    def told(self) -> Mask:
        """Which rows have a value."""
        return self.codes >= 0

    def taken(self, rows: NDArray[np.int64]) -> Typed:
        """Return the values of these rows."""
        return Typed(self.codes[rows], self.values)

    def numbers(self) -> NDArray[np.float64]:
        """Return counts, or days counted from year 1 for dates, as numbers; NaN where there is none."""
        values = (value.toordinal() if isinstance(value, date) else value for value in self.values)
        return np.array([*values, np.nan], np.float64)[self.codes]

    def is_one_of(self, words: Iterable[Any]) -> Mask:
        """Return which rows have one of these values."""
        wanted = set(words)
        return np.array([*(value in wanted for value in self.values), False], bool)[self.codes]

    def repeated(self) -> Mask:
        """Return which rows have a value that another row has too."""
        often = np.bincount(self.codes[self.codes >= 0], minlength=len(self.values) + 1) > 1
        return np.where(self.codes >= 0, often[self.codes], False)

    def total(self) -> int:
        """Return the sum of all counts."""
        counts = np.bincount(self.codes[self.codes >= 0], minlength=len(self.values))
        return sum(int(count) * value for count, value in zip(counts.tolist(), self.values, strict=True))

    def arrow(self, kind: Any) -> Any:
        """Return the values as an Arrow array of this type."""
        values = self.values.array if isinstance(self.values, Texts) else pa.array(self.values, kind)
        return values.take(pa.array(self.codes, mask=self.codes < 0))


def typed(values: Sequence[Any]) -> Typed:
    """Return any sequence of hashable values as a column; a column as it is."""
    if isinstance(values, Typed):
        return values
    known: dict[Any, int] = {}
    codes = [-1 if value is None else known.setdefault(value, len(known)) for value in values]
    return Typed(np.array(codes, np.int32), list(known))
