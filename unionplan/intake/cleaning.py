"""Characters that nobody sees are taken out of cells, and every cell so mended is told.

Taken out: control characters, zero-width characters, marks of writing direction, `_x000D_` and its like. Made
plain: line ends, spaces that do not break. A full-width space and the spaces around a text stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from unionplan.intake.cells import Book, Cell, Coded, Sheet, Table
from unionplan.intake.texts import Texts

_ESCAPED = re.compile(r"_x00(0[0-9A-Fa-f]|1[0-9A-Fa-f]|7[Ff])_")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_LINE_END = re.compile("\r\n?|[\x85\u2028\u2029]")
_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")
_HALF = re.compile("[\ud800-\udfff]")


def cleaned(book: Book) -> Book:
    """Return the book with its texts made plain; what was changed stands in each sheet's `repaired`."""
    return replace(book, sheets=[_cleaned_sheet(sheet) for sheet in book.sheets])


@lru_cache(10_000)
def plain_text(text: str) -> tuple[str, str]:
    """Return a text without unseen characters and what was done to it, "" when nothing."""
    done = []
    for pattern, by, words in (
        (_ESCAPED, _unescaped, "去掉了 _x000D_ 之类的转义符"),
        (_LINE_END, "\n", "统一了换行符"),
        (_UNSEEN, "", "去掉了看不见的字符"),
        (_SPACE, " ", "不间断空格改成了普通空格"),
        (_HALF, "\ufffd", "残缺的字符改成了“\ufffd”"),
    ):
        text, count = pattern.subn(by, text)
        done += [words] * bool(count)
    return text, "、".join(done)


def _unescaped(found: re.Match[str]) -> str:
    return {"09": "\t", "0A": "\n", "0D": "\r"}.get(found[1].upper(), "")


def _mended(cell: Cell) -> tuple[Cell, str]:
    if not isinstance(cell, str):
        return cell, ""
    text, done = plain_text(cell)
    if done in ("不间断空格改成了普通空格", "统一了换行符") and text.strip() == cell.strip():
        done = ""  # only around the text, where it means nothing
    return (text if text.strip() else None), done


def _is_suspect(cell: Cell) -> bool:
    return isinstance(cell, str) and (not cell.isprintable() or "_x" in cell)


def _cleaned_sheet(sheet: Sheet) -> Sheet:
    rows, told = _cleaned_table(sheet.rows) if isinstance(sheet.rows, Table) else _cleaned_rows(sheet.rows)
    repaired = tuple(sorted({*sheet.repaired, *told}))
    return replace(sheet, name=plain_text(sheet.name)[0].replace("\n", " "), rows=rows, repaired=repaired)


def _cleaned_rows(rows: Sequence[list[Cell]]) -> tuple[Sequence[list[Cell]], list[tuple[int, int, str]]]:
    told = []
    for place, row in enumerate(rows):
        for index, cell in enumerate(row):
            if _is_suspect(cell):
                row[index], done = _mended(cell)
                if done:
                    told.append((place, index, done))
        while row and row[-1] is None:
            row.pop()
    return rows, told


def _cleaned_table(table: Table) -> tuple[Table, list[tuple[int, int, str]]]:
    columns, told = [], []
    for index, column in enumerate(table.columns):
        if _all_plain(column.values):
            columns.append(column)
            continue
        column = Coded(column.codes, list(column.values))
        mended = {code: _mended(cell) for code, cell in enumerate(column.values) if _is_suspect(cell)}
        columns.append(_with_values(column, {code: cell for code, (cell, _) in mended.items()}))
        words = {code: done for code, (_, done) in mended.items() if done}
        told += [(place, index, words[code]) for place, code in _places(column, words)]
    same = all(column is before for column, before in zip(columns, table.columns, strict=True))
    return (table if same else Table(columns, table.height)), told


def _all_plain(values: Sequence[Cell]) -> bool:
    """Whether a look at all texts of a column together finds nothing to mend."""
    if isinstance(values, Texts):
        escaped = {"_", "x"} <= values.characters and "_x" in values.whole
        return values.are_printable and not escaped
    together = " ".join(cell for cell in values if isinstance(cell, str))
    return together.isprintable() and "_x" not in together


def _places(column: Coded, wanted: dict[int, str]) -> Iterator[tuple[int, int]]:
    import numpy as np

    for place in np.flatnonzero(np.isin(column.codes, list(wanted))).tolist():
        yield place, int(column.codes[place])


def _with_values(column: Coded, mended: dict[int, Cell]) -> Coded:
    """The column with some of its values replaced, equal ones made one again, those that became blank without code."""
    import numpy as np

    known: dict[tuple[type, Cell], int] = {}
    codes = np.empty(len(column.values), np.int32)
    for code, cell in enumerate(column.values):
        now = mended.get(code, cell)
        codes[code] = -1 if now is None else known.setdefault((type(now), now), len(known))
    return Coded(np.where(column.codes < 0, np.int32(-1), codes[column.codes]), [cell for _, cell in known])
