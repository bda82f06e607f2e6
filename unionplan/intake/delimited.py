"""Text with separators (.csv, .tsv, .txt) → one sheet; every cell is text, as the file has it.

A large, regular file is split by Arrow and comes back by column; any other goes through the csv module. Both
give the same cells.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from unionplan.errors import IntakeError
from unionplan.intake.cells import Cell, Coded, Sheet, Table, Unreadable
from unionplan.intake.decoding import decoded, looks_like_text
from unionplan.intake.refusals import ALLOWED, SAVE_AS, refuse_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGE = 2**20
_SEPARATORS = "\t;|,，；"
_SEP_LINE = re.compile(r"(?i)sep=(.)(\r\n|\r|\n|$)")
_AS_TEXT = re.compile(r'="([^"]*)"')
_ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"}
_TOO_NARROW = re.compile("#{3,}")
_MOST_ODD_ROWS = 10_000


def delimited_sheet(data: bytes, name: str) -> Sheet:
    """Return the one, nameless sheet of a text file; raises IntakeError for a text that is no table."""
    text = decoded(data, name)
    if not looks_like_text(text):
        raise IntakeError(name, "不是表格，也不是文本，无法识别", ALLOWED, SAVE_AS)
    refuse_text(text, name)
    if stated := _SEP_LINE.match(text):
        separator, text = stated[1], text[stated.end() :]
    else:
        separator = _separator(text)
    if not separator:
        raise IntakeError(
            name, "这是纯文本，没有分成列", ALLOWED, "请用逗号或制表符分列，或在 Excel 里整理成表格后上传"
        )
    table = arrow_table(text, separator) if len(text) > LARGE else None
    return Sheet("", csv_rows(text, separator, name) if table is None else table)


def text_cell(text: str) -> Cell:
    """Return a text as a cell: blank is None, ="001" the text in it, an error value or ##### unreadable."""
    if not text or text.isspace():
        return None
    if text[0] == "=" and (wrapped := _AS_TEXT.fullmatch(text.strip())):
        return wrapped[1] if wrapped[1].strip() else None
    if text[0] == "#" and (text.strip() in _ERRORS or _TOO_NARROW.fullmatch(text.strip())):
        return Unreadable(text.strip())
    return text


def csv_rows(text: str, separator: str, name: str) -> list[list[Cell]]:
    """Return the rows as the csv module splits them; raises IntakeError where quotes do not pair."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found: list[list[Cell]] = []
    begins = 1
    try:
        for row in rows:
            found.append(_trimmed([text_cell(cell) for cell in row]))
            begins = rows.line_num + 1
    except csv.Error as error:
        quotes = "quote" in str(error) or "end of data" in str(error) or "expected after" in str(error)
        what = "引号不成对，分不出单元格" if quotes else "分不出单元格"
        raise IntakeError(name, f"从第 {begins} 行起{what}", "每个引号须成对", SAVE_AS) from error
    return found


def _trimmed(cells: list[Cell]) -> list[Cell]:
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _separator(text: str) -> str:
    """The separator that most of the first lines hold, on a tie the steadier one; "" when there is none at all.

    What stands between quotes, a title line or a comma in a sentence decides nothing.
    """
    bare = re.sub('"[^"]*"', "", text[:_PROBED])
    lines = [line for line in bare.splitlines()[:60] if line.strip()]
    best, mark = max((*_evidence(lines, mark), -place, mark) for place, mark in enumerate(_SEPARATORS))[::3]
    return str(mark) if best else ""


_PROBED = 2**16


def _evidence(lines: Sequence[str], mark: str) -> tuple[int, int]:
    counts = Counter(line.count(mark) for line in lines)
    del counts[0]
    return counts.total(), max(counts.values(), default=0)


# ------------------------------------------------------------------ large files


def arrow_table(text: str, separator: str) -> Table | None:
    """Return the text as columns of codes, None where only the csv module knows how to split it."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    if not separator.isascii():
        return None
    data = text.encode("utf-8", "surrogatepass")
    quoting = _quoting(data, separator)
    if quoting is None:
        return None
    width = _usual_width(text, separator)
    odd: dict[int, list[str]] = {}

    def kept_aside(row: Any) -> str:
        odd[row.number - 1] = next(csv.reader([row.text], delimiter=separator), [])
        return "skip" if len(odd) <= _MOST_ODD_ROWS else "error"

    names = [str(place) for place in range(width)]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(data),
            arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=2**20),
            arrow_csv.ParseOptions(
                delimiter=separator, quote_char='"' if quoting else False, double_quote=quoting,
                newlines_in_values=quoting, ignore_empty_lines=False, invalid_row_handler=kept_aside,
            ),
            arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )  # fmt: skip
    except pa.ArrowInvalid:
        return None
    return _with_odd_rows(table, odd)


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


def _usual_width(text: str, separator: str) -> int:
    lines = csv.reader(io.StringIO(text[:_PROBED], newline=""), delimiter=separator)
    widths = Counter(len(row) for _, row in zip(range(200), lines, strict=False) if row)
    return max(widths, key=lambda width: widths[width], default=1)


def _with_odd_rows(table: Any, odd: dict[int, list[str]]) -> Table:
    """The columns, with the rows that are shorter or longer than the others put back in their places."""
    import numpy as np

    height = table.num_rows + len(odd)
    places = np.delete(np.arange(height), sorted(odd)) if odd else None
    columns = []
    for index in range(max([table.num_columns, *(len(row) for row in odd.values())])):
        codes: NDArray[np.int32] = np.full(height, -1, np.int32)
        values: list[str] = []
        if index < table.num_columns:
            found, values, blank = _codes_and_texts(table.column(index))
            codes[slice(None) if places is None else places] = found
        else:
            blank = []
        if odd:
            values, blank = _with_cells(codes, values, {at: row[index] for at, row in odd.items() if index < len(row)})
        columns.append(_as_cells(codes, values, blank))
    return _filled_only(columns, height)


def _with_cells(codes: NDArray[np.int32], values: list[str], cells: dict[int, str]) -> tuple[list[str], list[int]]:
    """The distinct texts after single cells were set, and the positions of all that may be no plain text."""
    known = {value: code for code, value in enumerate(values)}
    for place, text in cells.items():
        codes[place] = known.setdefault(text, len(known))
    texts = list(known)
    return texts, [code for code, text in enumerate(texts) if text_cell(text) != text]


def _codes_and_texts(column: Any) -> tuple[NDArray[np.int32], list[str], list[int]]:
    """A column's codes, its distinct texts, and the positions of those that may be blank, an error or ="…"."""
    import numpy as np
    import pyarrow as pa

    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    texts, indices = encoded.dictionary, encoded.indices
    _, offsets, data = texts.buffers()
    starts = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    beginnings = np.append(np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8), np.uint8(ord(" ")))
    first = np.where(np.diff(starts) == 0, ord(" "), beginnings[starts[:-1]])
    telling = np.flatnonzero(np.isin(first, _TELLING))
    codes = np.frombuffer(indices.buffers()[1], np.int32)[indices.offset : indices.offset + len(indices)]
    return codes, texts.to_pylist(), telling.tolist()


_TELLING = [*range(33), 0xC2, 0xE1, 0xE2, 0xE3, ord("="), ord("#")]
"""First bytes of texts that may not be what they seem: spaces of every kind, = and #."""


def _as_cells(codes: NDArray[np.int32], values: list[str], telling: list[int]) -> Coded:
    """Texts as cells, the telling ones looked at; those that are blank lose their code."""
    import numpy as np

    cells: list[Cell] = list(values)
    for code in telling:
        cells[code] = text_cell(values[code])
    blank = [code for code in telling if cells[code] is None]
    if blank:
        kept = np.arange(len(cells), dtype=np.int32) - np.searchsorted(blank, np.arange(len(cells))).astype(np.int32)
        kept[blank] = -1
        codes = np.where(codes < 0, np.int32(-1), kept[codes])
        cells = [cell for cell in cells if cell is not None]
    return Coded(codes, cells)


def _filled_only(columns: list[Coded], height: int) -> Table:
    while columns and not columns[-1].values:
        columns.pop()
    return Table(columns, height)
