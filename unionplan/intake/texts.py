"""Many texts of a column as Arrow holds them: a Python text is made only of the one that is asked for.

What concerns a whole column is asked of the few characters that it is written with, or of all its texts at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
END = "\x1f"
"""Stands between the texts of `Texts.whole`; none of them holds it."""
_PIECE = 2**16
"""Bytes looked through at once: they stay where the processor is quickest."""


class Texts(Sequence[str]):
    """Texts without a null. `array`: the same as an Arrow array; `whole`: the same in one text, END between them."""

    def __init__(self, array: Any, whole: str) -> None:
        self.array, self.whole = array, whole

    @classmethod
    def decoded(cls, cells: Any, encoding: str) -> Texts:
        """Return an Arrow array of bytes, none holding END, as texts; raises UnicodeDecodeError."""
        if not len(cells):
            return cls(pa.array([], pa.string()), "")
        parts = pa.ListArray.from_arrays(pa.array([0, len(cells)], pa.int32()), cells)
        whole = str(pc.binary_join(parts, END.encode())[0].as_buffer(), encoding)
        data = whole.encode()
        ends = np.append(_places(data, ord(END)), len(data)) - np.arange(len(cells))
        offsets = np.append(0, ends).astype(np.int32)
        held = data.translate(None, END.encode())
        return cls(pa.StringArray.from_buffers(len(cells), pa.py_buffer(offsets), pa.py_buffer(held)), whole)

    def __len__(self) -> int:
        return len(self.array)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> Any:
        return self.array[place].to_pylist() if isinstance(place, slice) else self.array[place].as_py()

    def __iter__(self) -> Iterator[str]:
        return iter(self.array.to_pylist())

    def and_also(self, more: Sequence[str]) -> Texts:
        """Return these texts and `more` behind them."""
        if not more:
            return self
        array = pa.concat_arrays([self.array, pa.array(more, pa.string())])
        return Texts(array, END.join([self.whole, *more] if len(self) else more))

    def among(self, words: Sequence[str]) -> dict[str, int]:
        """Return the place of those of `words` that are texts of this column."""
        found = pc.is_in(self.array, pa.array(words, pa.string()))
        return {self[place]: place for place in np.flatnonzero(_mask(found)).tolist()}

    @cached_property
    def characters(self) -> frozenset[str]:
        """The characters that the texts are written with; of one beyond U+FFFF both halves."""
        seen = np.zeros(2**16, bool)
        seen[np.frombuffer(self.whole.encode("utf-16-le", "surrogatepass"), "<u2")] = True
        return frozenset(map(chr, np.flatnonzero(seen).tolist())) - {END}

    @cached_property
    def are_printable(self) -> bool:
        """Whether every text surely is (str.isprintable): no space but the plain one, no control character.

        Characters beyond U+FFFF are not vouched for.
        """
        return all(char.isprintable() for char in self.characters)

    @cached_property
    def lengths(self) -> NDArray[np.int32]:
        """How many characters each text has."""
        counted: NDArray[np.int32] = pc.utf8_length(self.array).to_numpy()
        return counted

    @cached_property
    def are_digits(self) -> Mask:
        """Which texts are nothing but digits 0 to 9, at least one."""
        return _mask(pc.ascii_is_decimal(self.array))

    def begin_with(self, characters: str) -> Mask:
        """Return which texts begin with one of these characters."""
        return _mask(pc.is_in(self._first, pa.array(list(characters))))

    def end_with(self, characters: str) -> Mask:
        """Return which texts end with one of these characters."""
        return _mask(pc.is_in(self._last, pa.array(list(characters))))

    @cached_property
    def _first(self) -> Any:
        return pc.utf8_slice_codeunits(self.array, 0, 1)

    @cached_property
    def _last(self) -> Any:
        return pc.utf8_slice_codeunits(self.array, -1)

    def matching(self, pattern: str, perhaps: Mask) -> Mask:
        """Return which of the texts that `perhaps` marks match a pattern (RE2)."""
        found = np.zeros(len(self), bool)
        found[perhaps] = _mask(pc.match_substring_regex(self.array.filter(pa.array(perhaps)), pattern))
        return found


def _mask(found: Any) -> Mask:
    mask: Mask = found.to_numpy(zero_copy_only=False)
    return mask


def _places(data: bytes, wanted: int) -> NDArray[np.int64]:
    """Where a byte stands."""
    seen = np.frombuffer(data, np.uint8)
    pieces = (np.flatnonzero(seen[at : at + _PIECE] == wanted) + at for at in range(0, len(seen), _PIECE))
    return np.concatenate([np.zeros(0, np.int64), *pieces])
