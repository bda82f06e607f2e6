"""Which rows of a large sheet have to be looked at one by one: all others are plainly data.

A row is passed over only where nothing in it can make it a note, a total, a header or empty (body.row_kind);
that is asked of each column's distinct values, not of every cell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import ascii_letters
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from unionplan.intake.cells import Cell, Coded, Table
from unionplan.intake.texts import Texts

if TYPE_CHECKING:
    from unionplan.intake.body import Shape

Mask = NDArray[np.bool_]
_SPACES = "\t\n\f\r \u3000"
_MARKS, _FIRST, _LAST, _COUNTED = (
    "(（[*＊※",
    "栏计行注备说填资数制审复负主单分签联电上报盖公经其#＃",
    "计数市均",
    "()（）家户个人次:：",
)
_TELLING = rf"^[\s\x{{3000}}{re.escape(_MARKS)}]*[{_FIRST}]|[{_LAST}][\s\x{{3000}}{_COUNTED}]*$|(?i:total)|ｔｏｔａｌ"
"""What the texts of totals, notes, parts, groups and page marks cannot do without."""
_BEGINNINGS, _ENDINGS = _SPACES + _MARKS + _FIRST, _SPACES + _LAST + _COUNTED
"""The characters that such a text begins or ends with, unless it holds the English word."""
_NO_WORD = r"^\s*([-+]?[\d,.]+\s*[%％]?|(19|20)\d\d[-./年]\d{1,2}([-./月]\d{1,2}日?|月)?)\s*$"
"""Numbers and dates: fewer than header_blocks.is_word knows, so that no header is taken for data."""
_NUMERIC = _SPACES + "+-,.0123456789"
_FEW = 12
_SHORT = rf"^.{{0,{_FEW}}}$|[\s\x{{3000}}\x{{a0}}]|^[A-Za-zＡ-Ｚａ-ｚ]"
"""Texts that may be a unit, a letter or a translation below a header; spaces within them do not count."""
_LATIN = ascii_letters + "".join(chr(ord(letter) + 0xFEE0) for letter in ascii_letters)


def rows_to_look_at(table: Table, first: int, shape: Shape, telling: Any) -> tuple[list[int], list[int]]:
    """Return the rows from `first` on that may be anything else than data, and those that are plainly data.

    Both in order; rows without a cell are neither.

    `telling(text)`: whether a text anywhere in a row may make that row a note, a total or a part of one.
    """
    size = table.height - first
    counts = np.zeros(size, np.int64)
    anything = np.zeros(size, bool)
    for index, column in enumerate(table.columns):
        if len(column.values):
            codes = column.codes[first:]
            counts += _Flags(column, telling).counts(index in shape.used)[codes]
            if index not in shape.used:
                anything |= codes >= 0
    filled, words, short = (counts >> at & _COUNT for at in (_FILLED, _WORD, _SHORT_ONE))
    suspect = counts >> _TELLS > 0
    anything |= filled > 0
    most = max((sum(not _is_word(text) for text in title) for title in shape.titles), default=0)
    suspect |= (filled <= 1) | (short == filled) | (filled - words <= max(most, 1))
    places = [place - first for place in shape.merged if first <= place < table.height]
    suspect[places] = True
    looked_at, plain = (np.flatnonzero(rows & anything) + first for rows in (suspect, ~suspect))
    return looked_at.tolist(), plain.tolist()


_FILLED, _WORD, _SHORT_ONE, _TELLS, _COUNT = 0, 16, 32, 48, 2**15 - 1
"""Where in one number of 64 bits each of four things is counted across the columns of a row: there are fewer than 2^15."""


class _Flags:
    """What each distinct value of a column is; the last entry stands for an empty cell."""

    def __init__(self, column: Coded, telling: Any) -> None:
        size = len(column.values) + 1
        self.telling, self.word, self.short = np.zeros(size, bool), np.zeros(size, bool), np.zeros(size, bool)
        if isinstance(column.values, Texts):
            self._ask_all(column.values, telling)
        else:
            self._ask_each(column.values, telling)

    def counts(self, used: bool) -> NDArray[np.int64]:
        """What each value adds to the counts of its row: of a column that is not `used`, only that it tells something."""
        own = self.telling.astype(np.int64) << _TELLS
        if used:
            own += (self.short.astype(np.int64) << _SHORT_ONE) + (self.word.astype(np.int64) << _WORD)
            own[:-1] += 1 << _FILLED
        return own

    def _ask_each(self, values: Sequence[Cell], telling: Any) -> None:
        kinds = set(map(type, values))
        places = (
            range(len(values))
            if kinds == {str}
            else [place for place, value in enumerate(values) if isinstance(value, str)]
        )
        texts = values if kinds == {str} else [values[place] for place in places]
        array = pa.array(texts, pa.string())
        at = np.fromiter(places, np.int64)
        self.word[at] = ~_matching(array, _NO_WORD)
        self.short[at] = _matching(array, _SHORT)
        for place in np.flatnonzero(_matching(array, _TELLING)).tolist():
            self.telling[places[place]] = telling(str(texts[place]))
        for place, value in enumerate(values) if int in kinds else ():
            if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 100:
                self.short[place] = True

    def _ask_all(self, texts: Texts, telling: Any) -> None:
        """The same of many texts: the patterns are tried only where the first or last character lets them match."""
        others = ~texts.are_digits
        self.word[:-1] = others & ~texts.matching(_NO_WORD, others & texts.begin_with(_NUMERIC))
        odd = not texts.are_printable or bool(texts.characters & {" "})
        latin = texts.begin_with(_LATIN) if texts.characters & set(_LATIN) else False
        self.short[:-1] = texts.matching(_SHORT, others | True) if odd else (texts.lengths <= _FEW) | latin
        perhaps = others & (texts.begin_with(_BEGINNINGS) | texts.end_with(_ENDINGS))
        if texts.characters & set("tTｔ"):
            perhaps = others
        for place in np.flatnonzero(texts.matching(_TELLING, perhaps)).tolist():
            self.telling[place] = telling(texts[place])


def _matching(array: Any, pattern: str) -> Mask:
    found: Mask = pc.match_substring_regex(array, pattern).to_numpy(zero_copy_only=False)
    return found


def _is_word(text: str) -> bool:
    return not bool(_matching(pa.array([text]), _NO_WORD)[0])
