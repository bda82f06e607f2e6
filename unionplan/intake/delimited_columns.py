"""A large text with separators → columns of codes, split by Arrow as the csv module would split it, or not at all.

The bytes are split before they are decoded: no separator, quote or line end is ever part of a character, neither
in UTF-8 nor in GB18030. Only distinct cells are decoded, and every byte of the file is in one of them.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from unionplan.intake.bounds import MAX_COLUMNS
from unionplan.intake.cells import Cell, Coded, Table
from unionplan.intake.decoding import looks_like_text
from unionplan.intake.delimited import separator_of, text_cell
from unionplan.intake.refusals import refuse_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PROBED = 2**16
_MOST_ODD_ROWS = 10_000
_NEVER = b"\x1f"
"""Parts cells while a column is decoded; a file that holds it is not split here."""
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)")
_SPACES = {"utf-8": (0xC2, 0xE1, 0xE2, 0xE3), "gb18030": (0x81, 0x82, 0x83, 0x84, 0xA1)}
"""Encoding → first bytes of spaces that are not ASCII; other characters may begin with them too."""


def split(data: bytes, name: str) -> Table | None:
    """Return the table in `data`, None where it takes the csv module, or another encoding, to read it.

    Raises IntakeError for a text that is plainly no table.
    """
    data = data.removeprefix(codecs.BOM_UTF8)
    if _NEVER in data or b"\x00" in data:
        return None
    head, encodings = _decoded_head(data[:_PROBED])
    if not encodings or not looks_like_text(head) or head.lstrip().startswith(("{", "[", "<")):
        return None
    refuse_text(head, name)
    separator, begins = separator_of(head)
    if separator not in (",", "\t", ";"):
        return None
    for encoding in encodings:
        try:
            return columns(data[len(head[:begins].encode(encoding)) :], separator, encoding)
        except UnicodeDecodeError:
            continue
    return None


def _decoded_head(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The first lines, and the encodings that they may be in."""
    data = data[: data.rfind(b"\n") + 1]
    if data.isascii():
        return data.decode("ascii"), ("utf-8", "gb18030")
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding), (encoding,)
        except UnicodeDecodeError:
            continue
    return "", ()


def columns(data: bytes, separator: str, encoding: str) -> Table | None:
    """Return the bytes as columns of codes, None where only the csv module knows how to split them.

    Raises UnicodeDecodeError where they are not in `encoding`.
    """
    quoting = _quoting(data, separator)
    if quoting is None:
        return None
    first, width, begins = _beginning(data[:_PROBED], separator, encoding)
    odd = dict(enumerate(first))
    table = _arrow(data[begins:], separator, quoting, width, odd if encoding == "utf-8" else None)
    if table is None and encoding != "utf-8":  # Arrow shows the rows that do not fit in UTF-8 only
        data, encoding = data[begins:].decode(encoding).encode(), "utf-8"
        table = _arrow(data, separator, quoting, width, odd)
    return None if table is None else _with_odd_rows(table, odd, encoding)


def _arrow(data: bytes, separator: str, quoting: bool, width: int, odd: dict[int, list[str]] | None) -> Any:
    """The rows of `width` cells as columns of bytes; the others are put aside in `odd`, None: there may be none."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    before = len(odd or ())

    def put_aside(row: Any) -> str:
        assert odd is not None
        odd[before + row.number - 1] = next(csv.reader([row.text], delimiter=separator), [])
        return "skip" if len(odd) <= _MOST_ODD_ROWS else "error"

    names = [str(place) for place in range(width)]
    try:
        return arrow_csv.read_csv(
            pa.BufferReader(data),
            arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=2**20),
            arrow_csv.ParseOptions(
                delimiter=separator, quote_char='"' if quoting else False, double_quote=quoting,
                newlines_in_values=quoting, ignore_empty_lines=False,
                invalid_row_handler=None if odd is None else put_aside,
            ),
            arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.binary()), strings_can_be_null=False),
        )  # fmt: skip
    except pa.ArrowInvalid:
        return None


def _quoting(data: bytes, separator: str) -> bool | None:
    """Whether fields are quoted; None when a quote stands where it opens or closes no field."""
    import numpy as np

    if b'"' not in data:
        return False
    seen = np.frombuffer(data, np.uint8)
    places = np.flatnonzero(seen == ord('"'))
    if len(places) % 2:
        return None
    opening, closing = places[::2], places[1::2]
    ends = np.zeros(256, bool)
    ends[[ord(separator), 10, 13]] = True
    before = ends[seen[np.maximum(opening - 1, 0)]] | (opening == 0)
    after = ends[seen[np.minimum(closing + 1, len(seen) - 1)]] | (closing == len(seen) - 1)
    again = np.append(closing[:-1] + 1 == opening[1:], False)  # "" inside a field closes and opens it at once
    regular = (before | np.insert(again[:-1], 0, False)).all() and (after | again).all()
    return True if regular else None


def _beginning(data: bytes, separator: str, encoding: str) -> tuple[list[list[str]], int, int]:
    """The rows above the first one of the usual width, that width, and where the bytes after those rows begin."""
    text = data[: data.rfind(b"\n") + 1].decode(encoding) if len(data) == _PROBED else data.decode(encoding)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    widths = Counter(len(row) for _, row in zip(range(200), rows, strict=False) if row)
    usual = max(widths, key=lambda width: widths[width], default=1)
    lines = [line[0] for line in _LINES.finditer(text)]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    above: list[list[str]] = []
    done = 0
    for row in reader:
        if len(row) == usual or reader.line_num > len(lines):
            break
        above.append(row)
        done = reader.line_num
    return above, usual, len("".join(lines[:done]).encode(encoding))


def _with_odd_rows(table: Any, odd: dict[int, list[str]], encoding: str) -> Table:
    """The columns, with the rows that are shorter or longer than the others put back in their places."""
    import numpy as np

    height = table.num_rows + len(odd)
    places = np.delete(np.arange(height), sorted(odd)) if odd else None
    found = []
    width = max([table.num_columns, *(len(row) for row in odd.values())])
    for index in range(min(width, MAX_COLUMNS + 1)):  # one more than is let pass, and no million of them
        codes: NDArray[np.int32] = np.full(height, -1, np.int32)
        values: Sequence[str] = []
        telling: list[int] = []
        if index < table.num_columns:
            filled, values, telling = _codes_and_texts(table.column(index), encoding)
            codes[slice(None) if places is None else places] = filled
        if odd:
            texts = {at: row[index] for at, row in odd.items() if index < len(row)}
            size, values = len(values), _with_cells(codes, values, texts)
            telling += [code for code in range(size, len(values)) if text_cell(values[code]) != values[code]]
        found.append(_as_cells(codes, values, telling))
    while found and not found[-1].values:
        found.pop()
    return _without_blank_end(found, height)


def _without_blank_end(found: list[Coded], height: int) -> Table:
    """The table up to its last row that holds anything."""
    import numpy as np

    if height and not any(column.codes[-1] >= 0 for column in found):
        filled = (np.flatnonzero(column.codes >= 0) for column in found)
        height = max((int(places[-1]) + 1 for places in filled if len(places)), default=0)
        found = [Coded(column.codes[:height], column.values) for column in found]
    return Table(found, height)


def _with_cells(codes: NDArray[np.int32], values: Sequence[str], cells: dict[int, str]) -> Sequence[str]:
    """The distinct texts after single cells were set; new ones stand at the end."""
    from unionplan.intake.texts import Texts

    if isinstance(values, Texts):
        known = values.among(list(dict.fromkeys(cells.values())))
    else:
        known = {value: code for code, value in enumerate(values)}
    size, new = len(values), list[str]()
    for place, text in cells.items():
        if text not in known:
            known[text] = size + len(new)
            new.append(text)
        codes[place] = known[text]
    return values.and_also(new) if isinstance(values, Texts) else [*values, *new]


def _codes_and_texts(column: Any, encoding: str) -> tuple[NDArray[np.int32], Sequence[str], list[int]]:
    """A column's codes, its distinct texts, and the positions of those that may be blank, an error or ="…"."""
    import numpy as np
    import pyarrow as pa

    from unionplan.intake.texts import Texts

    mostly = _mostly_distinct(column)
    if mostly:
        cells = pa.concat_arrays(column.chunks)
        if _all_differ(cells):
            return np.arange(len(cells), dtype=np.int32), Texts.decoded(cells, encoding), _telling(cells, encoding)
    encoded = column.combine_chunks().dictionary_encode()
    encoded = encoded.combine_chunks() if hasattr(encoded, "chunks") else encoded
    indices, distinct = encoded.indices, encoded.dictionary
    codes = np.frombuffer(indices.buffers()[1], np.int32)[indices.offset : indices.offset + len(indices)]
    texts = Texts.decoded(distinct, encoding)
    return codes, texts if mostly else list(texts), _telling(distinct, encoding)


def _all_differ(cells: Any) -> bool:
    """Whether no cell stands twice; seen at once where they ascend below the header, as exported numbers do."""
    from pyarrow import compute

    below = cells[1:]
    if compute.all(compute.less(below[:-1], below[1:])).as_py():
        return not compute.any(compute.equal(below, cells[0])).as_py()
    return len(cells.unique()) == len(cells)


def _mostly_distinct(column: Any) -> bool:
    sample = column.slice(0, 4000).to_pylist()
    return len(sample) == 4000 and len(set(sample)) > 2000


def _telling(array: Any, encoding: str) -> list[int]:
    """The positions of cells whose first byte may be that of a space, of ="…" or of an error."""
    import numpy as np

    _, offsets, data = array.buffers()
    starts = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1]
    held = np.append(np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8), np.uint8(ord(" ")))
    first = np.where(np.diff(starts) == 0, ord(" "), held[starts[:-1]])
    wanted = np.zeros(256, bool)
    wanted[[*range(33), ord("="), ord("#"), *_SPACES[encoding]]] = True
    places: list[int] = np.flatnonzero(wanted[first]).tolist()
    return places


def _as_cells(codes: NDArray[np.int32], values: Sequence[str], telling: list[int]) -> Coded:
    """Texts as cells, the telling ones looked at; those that are blank lose their code."""
    import numpy as np

    changed = {code: cell for code in telling if (cell := text_cell(text := values[code])) != text}
    if not changed:
        return Coded(codes, values)
    cells: list[Cell] = list(values)
    for code, cell in changed.items():
        cells[code] = cell
    blank = [code for code, cell in changed.items() if cell is None]
    if blank:
        kept = np.arange(len(cells), dtype=np.int32) - np.searchsorted(blank, np.arange(len(cells))).astype(np.int32)
        kept[blank] = -1
        codes = np.where(codes < 0, np.int32(-1), kept[codes])
        cells = [cell for cell in cells if cell is not None]
    return Coded(codes, cells)
