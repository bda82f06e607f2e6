"""A large worksheet's XML → coded columns, piece by piece over whole arrays instead of cell by cell.

It knows the plain way in which programs write cells and nothing else: whatever is written otherwise raises
`UnusualError`, and the exact reader (xlsx_exact) takes the sheet. Both give the same cells, by test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from unionplan.intake.cells import Cell
from unionplan.intake.columns import MAX_COLUMN, MAX_ROW, Columns
from unionplan.intake.xlsx_styles import PLAIN, Meanings, decoded, unescaped

PIECE = 4 * 2**20
Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]
_START = re.compile(rb"<(?:(\w+):)?sheetData\b[^>]*?(/?)>")
_UTF_8 = re.compile(rb"(\xef\xbb\xbf)?\s*<(?!\?xml[^>]*encoding=(?![\"']utf-8[\"']))", re.IGNORECASE)
_NUMBERED = ("n", "s", "str", "inlineStr", "b", "e", "d")
_SHORT = 15
"""Digits that a whole number may have to be read as one without rounding."""


class UnusualError(Exception):
    """The sheet is written in a way that only the exact reader knows."""


def read_cells(part: IO[bytes], meanings: Meanings) -> tuple[Columns, bytes]:
    """Return the cells of an opened worksheet part, and its XML without them.

    Raises UnusualError where the exact reader is needed.
    """
    columns, frame = Columns(), []
    for kind, piece in _pieces(part):
        if kind == "frame":
            frame.append(piece)
        else:
            _read_piece(piece, columns, meanings)
    return columns, b"".join(frame)


def _pieces(part: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """The frame before the rows, the rows in pieces cut between two of them, the frame behind them."""
    head = part.read(PIECE)
    if not _UTF_8.match(head):
        raise UnusualError("encoding")
    while not (found := _START.search(head)):
        more = part.read(PIECE)
        if not more or len(head) > 8 * PIECE:
            raise UnusualError("no rows")
        head += more
    prefix, alone = found[1], found[2]
    yield "frame", head[: found.end()]
    rest = head[found.end() :]
    if not alone:
        for kind, piece in _row_pieces(part, rest, prefix):
            if kind == "rest":
                rest = piece
            else:
                yield kind, piece
    yield "frame", rest + part.read()


def _row_pieces(part: IO[bytes], rest: bytes, prefix: bytes | None) -> Iterator[tuple[str, bytes]]:
    name = prefix + b":" if prefix else b""
    last, row_end = b"</" + name + b"sheetData", b"</" + name + b"row>"
    while True:
        end = rest.find(last)
        cut = end if end >= 0 else rest.rfind(row_end) + len(row_end) if row_end in rest else 0
        if cut:
            piece = rest[:cut]
            yield "rows", piece.replace(b"<" + name, b"<").replace(b"</" + name, b"</") if name else piece
        if end >= 0:
            yield "rest", rest[end:]
            return
        more = part.read(PIECE)
        if not more or len(rest) - cut > 8 * PIECE:
            raise UnusualError("rows do not end")
        rest = rest[cut:] + more


_HIDDEN = re.compile(rb' hidden="(?:1|true)"')
_ROW_NUMBER = re.compile(rb' r="(\d{1,7})"')


def _read_piece(piece: bytes, columns: Columns, meanings: Meanings) -> None:
    text = np.frombuffer(piece + b" " * 32, np.uint8)  # room to look a few bytes ahead
    tags = np.flatnonzero(text == ord("<"))
    if len(tags):
        _encode(_Cells(text, tags, meanings), columns)
        columns.hidden += _hidden_rows(piece)


def _hidden_rows(piece: bytes) -> list[int]:
    """Rows from 0 that are not shown."""
    rows: list[int] = []
    if b" hidden=" not in piece:
        return rows
    for found in _HIDDEN.finditer(piece):
        begins = piece.rfind(b"<", 0, found.start())
        number = _ROW_NUMBER.search(piece, begins, piece.find(b">", begins))
        if not number or not piece.startswith(b"<row", begins):
            raise UnusualError("hidden")
        rows.append(int(number[1]) - 1)
    return rows


class _Cells:
    """The cells of one piece: row and column from 0, kind, style, formula, where the value lies (empty: no value)."""

    def __init__(self, text: Bytes, tags: Places, meanings: Meanings) -> None:
        self.text, self.meanings = text, meanings
        kinds = _tag_kinds(text, tags)
        at = np.flatnonzero(kinds == _C)
        self.row, self.column, place = _references(text, tags[at])
        self.kind, self.style, place = _attributes(text, place)
        closed = text[place] == ord("/")
        if not (closed | (text[place] == ord(">"))).all():
            raise UnusualError("attributes")
        kinds, tags = np.append(kinds, [_END_ROW] * 4), np.append(tags, [len(text) - 1] * 4)
        if np.isin(kinds[at + 1], _INSIDE)[closed].any() or not np.isin(kinds[at + 1], _INSIDE)[~closed].all():
            raise UnusualError("content")
        value = at + 1
        self.formula = kinds[value] == _F
        value = value + self.formula
        value = value + (self.formula & (kinds[value] == _END_F))
        value = value + (kinds[value] == _IS)
        has = np.isin(kinds[value], (_V, _T)) & ~closed
        self.start, self.end = _texts(text, tags[value], tags[value + 1], has)


_C, _V, _F, _IS, _T, _ROW, _END_C, _END_V, _END_F, _END_IS, _END_T, _END_ROW = range(1, 13)
_INSIDE = (_V, _F, _IS, _END_C)
_FOLLOWS = {
    _C: (_C, _V, _F, _IS, _END_C, _END_ROW), _V: (_END_V, _END_C), _F: (_END_F, _V, _END_C), _IS: (_T, _END_IS),
    _T: (_END_T, _END_IS), _ROW: (_C, _END_ROW, _ROW), _END_C: (_C, _END_ROW), _END_V: (_END_C,), _END_F: (_V, _END_C),
    _END_IS: (_END_C,), _END_T: (_END_IS,), _END_ROW: (_ROW,),
}  # fmt: skip
_NEXT = np.zeros((13, 13), bool)
for _kind, _kinds_after in _FOLLOWS.items():
    _NEXT[_kind, list(_kinds_after)] = True
_LETTERS = np.zeros((2, 256), np.uint8)
_BEHIND = np.zeros((13, 256), bool)
for _letter, _opens, _closes in ((b"c", _C, _END_C), (b"v", _V, _END_V), (b"f", _F, _END_F), (b"i", _IS, _END_IS),
                                 (b"t", _T, _END_T), (b"r", _ROW, _END_ROW)):  # fmt: skip
    _LETTERS[0, _letter[0]], _LETTERS[1, _letter[0]] = _opens, _closes
    for _byte in {b"i": b"s", b"r": b"o"}.get(_letter, b" >/"):
        _BEHIND[[_opens, _closes], _byte] = True
_ENDS = np.zeros(256, bool)
_ENDS[list(b" >/")] = True
_LONG = ((_IS, b"s", 1), (_END_IS, b"s", 2), (_ROW, b"ow", 1), (_END_ROW, b"ow", 2))
"""Names of more than one letter, with where their first letter stands behind the bracket."""


def _tag_kinds(text: Bytes, tags: Places) -> Bytes:
    """What every tag is, by its first letters; any other tag or order raises UnusualError."""
    first, second, third = (text[ahead:].take(tags) for ahead in (1, 2, 3))
    closes = first == ord("/")
    kinds: Bytes = np.where(closes, _LETTERS[1].take(second), _LETTERS[0].take(first))
    behind = kinds.astype(np.uint16) * 256 + np.where(closes, third, second)
    after = kinds[:-1] * np.uint8(13) + kinds[1:]
    if not _BEHIND.ravel().take(behind).all() or not _NEXT.ravel().take(after).all():
        raise UnusualError("tag")
    for kind, letters, start in _LONG:
        own = tags[kinds == kind] + start + 1
        if not all((text[own + offset] == letter).all() for offset, letter in enumerate(letters)):
            raise UnusualError("name")
        if not _ENDS[text[own + len(letters)]].all():
            raise UnusualError("name")
    if kinds[0] != _ROW or kinds[-1] not in (_ROW, _END_ROW):
        raise UnusualError("rows")
    return kinds


def _references(text: Bytes, cells: Places) -> tuple[Places, Places, Places]:
    """Row and column from 0 of each `<c r="…"`, and where its closing quote stands."""
    for offset, mark in enumerate(b' r="', start=2):
        if not (text[offset:].take(cells) == mark).all():
            raise UnusualError("reference")
    place, column = cells + 6, np.zeros(len(cells), np.int64)
    for _ in range(3):
        letter = text.take(place)
        is_letter = (letter >= 65) & (letter <= 90)
        column = np.where(is_letter, column * 26 + letter - 64, column)
        place = place + is_letter
    row, place = _whole_number(text, place, 7)
    bad = (text[place] != ord('"')) | (row < 1) | (row > MAX_ROW) | (column < 1) | (column > MAX_COLUMN)
    if bad.any():
        raise UnusualError("reference")
    return row - 1, column - 1, place


def _whole_number(text: Bytes, place: Places, most: int) -> tuple[Places, Places]:
    """The number whose digits begin at each place, at most `most` of them, and where it ends."""
    number = np.zeros(len(place), np.int64)
    for _ in range(most):
        digit = text.take(place) - np.uint8(48)  # other bytes wrap round to 10 and more
        is_digit = digit < 10
        if not is_digit.any():
            break
        number = np.where(is_digit, number * 10 + digit, number)
        place = place + is_digit
    return number, place


def _attributes(text: Bytes, place: Places) -> tuple[Bytes, Places, Places]:
    """Kind and style of each cell, whose attributes after r stand in either order, and where its tag ends."""
    kind, style = np.zeros(len(place), np.uint8), np.zeros(len(place), np.int64)
    place = place + 1
    for _ in range(2):
        more = np.flatnonzero(text[place] == ord(" "))
        if not len(more):
            break
        at = place[more]
        if not ((text[at + 2] == ord("=")) & (text[at + 3] == ord('"'))).all():
            raise UnusualError("attribute")
        letter = text[at + 1]
        styled, typed = more[letter == ord("s")], more[letter == ord("t")]
        if len(styled) + len(typed) != len(more):
            raise UnusualError("attribute")
        style[styled], ends = _whole_number(text, place[styled] + 4, 6)
        place[styled] = _behind_quote(text, ends)
        kind[typed], place[typed] = _kinds(text, place[typed] + 4)
    return kind, style, place


def _kinds(text: Bytes, at: Places) -> tuple[Bytes, Places]:
    kind, length = np.full(len(at), 255, np.uint8), np.ones(len(at), np.int64)
    first, second = text[at], text[at + 1]
    for letter, number in ((b"n", 0), (b"s", 1), (b"b", 4), (b"e", 5), (b"d", 6)):
        kind[(first == letter[0]) & (second == ord('"'))] = number
    for word, number in ((b"str", 2), (b"inlineStr", 3)):
        hit = (first == word[0]) & (second == word[1])
        kind[hit], length[hit] = number, len(word)
    if (kind == 255).any():
        raise UnusualError("kind")
    return kind, _behind_quote(text, at + length)


def _behind_quote(text: Bytes, at: Places) -> Places:
    if not (text[at] == ord('"')).all():
        raise UnusualError("quote")
    return at + 1


_KEEP_SPACES = b' xml:space="preserve">'


def _texts(text: Bytes, opened: Places, ends: Places, has: NDArray[np.bool_]) -> tuple[Places, Places]:
    """Start and end of the text in each `<v>` or `<t>`; both 0 where there is none."""
    mark = text[np.minimum(opened + 2, len(text) - 1)]
    start = np.where(has, opened + 3, 0)
    spaced = np.flatnonzero(has & (mark == ord(" ")))
    for offset, byte in enumerate(_KEEP_SPACES, start=2):
        if not (text[opened[spaced] + offset] == byte).all():
            raise UnusualError("attribute of a value")
    start[spaced] += len(_KEEP_SPACES) - 1
    end = np.where(has & (mark != ord("/")), ends, start)
    if (has & ~np.isin(mark, np.frombuffer(b"> /", np.uint8))).any() or (end < start).any():
        raise UnusualError("value")
    return start, end


def _encode(cells: _Cells, columns: Columns) -> None:
    """Give every cell its code, column by column."""
    if not len(cells.row):
        return
    order = np.argsort(cells.column.astype(np.int16), kind="stable")
    bounds = np.flatnonzero(np.diff(cells.column[order])) + 1
    for own in np.split(order, bounds):
        index = int(cells.column[own[0]])
        columns.put(index, cells.row[own], _codes(cells, own, index, columns))


def _codes(cells: _Cells, own: Places, column: int, columns: Columns) -> NDArray[np.int32]:
    codes = np.full(len(own), -1, np.int32)
    kind, length = cells.kind[own], cells.end[own] - cells.start[own]
    words = (kind == 2) | (kind == 3)
    numbers = ((kind <= 1) & (length <= _SHORT)) & (length > 0)
    place = np.flatnonzero(numbers)
    whole, ends = _whole_number(cells.text, cells.start[own[place]], _SHORT)
    plain = ends == cells.end[own[place]]
    _put_whole(cells, own, place[plain], whole[plain], codes, (column, columns))
    done = np.zeros(len(own), bool)
    done[place[plain]] = True
    texts = np.flatnonzero(words & (length > 0))
    _put_texts(cells, own, texts, codes, (column, columns))
    done[texts] = True
    done |= (length == 0) & ~cells.formula[own] & (kind != 5)
    for at in np.flatnonzero(~done):
        codes[at] = columns.code(column, _cell(cells, int(own[at])))
    return codes


def _put_whole(
    cells: _Cells, own: Places, place: Places, whole: Places, codes: NDArray[np.int32], where: tuple[int, Columns]
) -> None:
    """Whole numbers and shared strings; distinct numbers are few, and only these are looked at one by one."""
    column, columns = where
    shared = cells.kind[own[place]] == 1
    if shared.any():
        codes[place[shared]] = columns.shared_as(column, whole[shared], cells.meanings.shared)
    if shared.all():
        return
    place, whole = place[~shared], whole[~shared]
    styles = np.minimum(cells.style[own[place]], len(cells.meanings.shown) - 1)
    keys = whole * 4 + np.asarray(cells.meanings.shown, np.int64)[styles]
    table: Any = pa.array(keys).dictionary_encode()
    meant = [_whole_cell(key, cells.meanings) for key in table.dictionary.to_pylist()]
    codes[place] = np.array(columns.coded_as(column, meant), np.int32)[table.indices.to_numpy()]


def _whole_cell(key: int, meanings: Meanings) -> Cell:
    number, shown = divmod(key, 4)
    return number if shown == PLAIN else meanings.number(float(number), meanings.shown.index(shown))


def _put_texts(cells: _Cells, own: Places, place: Places, codes: NDArray[np.int32], where: tuple[int, Columns]) -> None:
    """Texts that stand in the cells themselves, made distinct as bytes before any is decoded."""
    if not len(place):
        return
    column, columns = where
    starts, ends = cells.start[own[place]], cells.end[own[place]]
    table = distinct_bytes(cells.text, starts, ends)
    values = [text if text.strip() else None for text in map(unescaped, map(decoded, table.dictionary.to_pylist()))]
    lookup = np.array(columns.coded_as(column, values), np.int32)
    codes[place] = lookup[table.indices.to_numpy()]


def distinct_bytes(text: Bytes, starts: Places, ends: Places) -> Any:
    """Return the stretches of `text` as a dictionary-encoded Arrow array of bytes."""
    lengths = ends - starts
    offsets = np.zeros(len(starts) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    take = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], lengths)
    data = pa.py_buffer(text[take])
    return pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), len(starts), [None, pa.py_buffer(offsets), data]
    ).dictionary_encode()


def _cell(cells: _Cells, at: int) -> Cell:
    start, end = int(cells.start[at]), int(cells.end[at])
    text = decoded(cells.text[start:end].tobytes())
    return cells.meanings.cell(_NUMBERED[cells.kind[at]], text, int(cells.style[at]), bool(cells.formula[at]))
