"""Which rows of a large sheet have to be looked at one by one: all others are plainly data.

A row is passed over only where nothing in it can make it a note, a total, a header or empty (body.row_kind);
that is asked of each column's distinct values, not of every cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from unionplan.intake.cells import Coded, Table

if TYPE_CHECKING:
    from unionplan.intake.body import Shape

Mask = NDArray[np.bool_]
_TELLING = (
    r"^[\s\x{3000}(（\[*＊※]*[栏计行注备说填资数制审复负单主分签联电上报盖公经其#＃]"
    r"|[计数市均][\s\x{3000}()（）家户个人次:：]*$|(?i:total)|ｔｏｔａｌ"
)
"""What the texts of totals, notes, parts, groups and page marks cannot do without."""
_NO_WORD = r"^\s*([-+]?[\d,.]+\s*[%％]?|(19|20)\d\d[-./年]\d{1,2}([-./月]\d{1,2}日?|月)?)\s*$"
"""Numbers and dates: fewer than header_blocks.is_word knows, so that no header is taken for data."""
_SHORT = r"^.{0,12}$|[\s\x{3000}\x{a0}]|^[A-Za-zＡ-Ｚａ-ｚ]"
"""Texts that may be a unit, a letter or a translation below a header; spaces within them do not count."""


def rows_to_look_at(table: Table, first: int, shape: Shape, telling: Any) -> tuple[list[int], list[int]]:
    """Return the rows from `first` on that may be anything else than data, and those that are plainly data.

    Both in order; rows without a cell are neither.

    `telling(text)`: whether a text anywhere in a row may make that row a note, a total or a part of one.
    """
    size = table.height - first
    filled, words, short = np.zeros(size, np.int32), np.zeros(size, np.int32), np.zeros(size, np.int32)
    suspect = np.zeros(size, bool)
    anything = np.zeros(size, bool)
    for index, column in enumerate(table.columns):
        if not len(column.values):
            continue
        flags = _Flags(column, telling)
        codes = column.codes[first:]
        anything |= codes >= 0
        suspect |= flags.telling[codes]
        if index in shape.used:
            filled += codes >= 0
            words += flags.word[codes]
            short += flags.short[codes]
    most = max((sum(not _is_word(text) for text in title) for title in shape.titles), default=0)
    suspect |= (filled <= 1) | (short == filled) | (filled - words <= max(most, 1))
    places = [place - first for place in shape.merged if first <= place < table.height]
    suspect[places] = True
    looked_at, plain = (np.flatnonzero(rows & anything) + first for rows in (suspect, ~suspect))
    return looked_at.tolist(), plain.tolist()


class _Flags:
    """What each distinct value of a column is; the last entry stands for an empty cell."""

    def __init__(self, column: Coded, telling: Any) -> None:
        size = len(column.values) + 1
        self.telling, self.word, self.short = np.zeros(size, bool), np.zeros(size, bool), np.zeros(size, bool)
        kinds = set(map(type, column.values))
        places = (
            range(size - 1)
            if kinds == {str}
            else [place for place, value in enumerate(column.values) if isinstance(value, str)]
        )
        texts = column.values if kinds == {str} else [column.values[place] for place in places]
        array = pa.array(texts, pa.string())
        at = np.fromiter(places, np.int64)
        self.word[at] = ~_matching(array, _NO_WORD)
        self.short[at] = _matching(array, _SHORT)
        for place in np.flatnonzero(_matching(array, _TELLING)).tolist():
            self.telling[places[place]] = telling(str(texts[place]))
        for place, value in enumerate(column.values) if int in kinds else ():
            if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 100:
                self.short[place] = True


def _matching(array: Any, pattern: str) -> Mask:
    found: Mask = pc.match_substring_regex(array, pattern).to_numpy(zero_copy_only=False)
    return found


def _is_word(text: str) -> bool:
    return not bool(_matching(pa.array([text]), _NO_WORD)[0])
