"""Text with separators (.csv, .tsv, .txt) → one sheet; every cell is text, as the file has it.

A large, regular file comes back by column (delimited_columns); any other goes through the csv module here. Both
give the same cells.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence

from unionplan.errors import IntakeError
from unionplan.intake.cells import Cell, Sheet, Table, Unreadable
from unionplan.intake.decoding import decoded, looks_like_text
from unionplan.intake.refusals import ALLOWED, SAVE_AS, refuse_text

LARGE = 2**20
_SEPARATORS = "\t;|,，；"
_SEP_LINE = re.compile(r"(?i)sep=(.)(\r\n|\r|\n|$)")
_AS_TEXT = re.compile(r'="([^"]*)"')
_ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"}
_TOO_NARROW = re.compile("#{3,}")


def delimited_sheet(data: bytes, name: str) -> Sheet:
    """Return the one, nameless sheet of a text file; raises IntakeError for a text that is no table."""
    if len(data) > LARGE and (table := _large(data, name)) is not None:
        return Sheet("", table)
    text = decoded(data, name)
    if not looks_like_text(text):
        raise IntakeError(name, "不是表格，也不是文本，无法识别", ALLOWED, SAVE_AS)
    refuse_text(text, name)
    separator, begins = separator_of(text)
    if not separator:
        remedy = "请用逗号或制表符分列，或在 Excel 里整理成表格后上传"
        raise IntakeError(name, "这是纯文本，没有分成列", ALLOWED, remedy)
    return Sheet("", csv_rows(text[begins:], separator, name))


def _large(data: bytes, name: str) -> Table | None:
    from unionplan.intake.delimited_columns import split

    return split(data, name)


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
    while found and not found[-1]:
        found.pop()
    return found


def _trimmed(cells: list[Cell]) -> list[Cell]:
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def separator_of(text: str) -> tuple[str, int]:
    """Return the separator, "" where there is none, and where the table begins: below a sep= line if there is one."""
    stated = _SEP_LINE.match(text)
    return (stated[1], stated.end()) if stated else (_separator(text), 0)


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
