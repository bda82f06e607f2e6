"""A table whose units stand across → the same table turned over: a row for each unit, a column for each measure.

It is turned only where the header names at least two known units and the labels on the left name known counts,
months or types; whatever is said of the turned table afterwards is said of the clerk's own cells.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from unionplan.intake.body import NIL, NOTE
from unionplan.intake.cells import Cell, Sheet, Table, address
from unionplan.intake.fields import BLANK, folded
from unionplan.intake.header_blocks import is_word, within
from unionplan.intake.headers import bare_label, plain, unit_of
from unionplan.intake.known_forms import Known
from unionplan.intake.months import CHECKED, COUNTED, WORDS, parted, title_measure
from unionplan.intake.recognising import meaning
from unionplan.observations import told_words

_SEARCHED = 40
_UNIT_HEADS = ("单位", "计量单位")
_ADDRESS = re.compile(r"\b([A-Z]{1,3})(\d+)\b")
_LINE = re.compile(r"第 ?(\d+) ?行")


@dataclass(frozen=True)
class Turned:
    """`sheet`: the table turned over, what stands above it as it was. `top`: the first row of both.

    `lines`: the own column that each of its rows from `top` on was; `columns`: the own row of each of its columns.
    `heads`: how many of its rows are its header.
    """

    sheet: Sheet
    top: int
    lines: tuple[int, ...]
    columns: tuple[int, ...]
    heads: int

    def own(self, row: int, column: int) -> tuple[int, int]:
        """Return the own row and column, from 0, of a cell of the turned sheet."""
        place = row - self.top
        if not (0 <= place < len(self.lines) and column < len(self.columns)):
            return row, column
        return self.columns[column], self.lines[place]

    def known(self, known: Known) -> Known:
        """Return what is known, the choices made for this sheet by the cells that it has here."""
        turned = {address(*self.own(self.top + head, column)): address(self.top + head, column)
                  for head in range(self.heads) for column in range(len(self.columns))}  # fmt: skip
        chosen = {turned.get(cell, cell): field for cell, field in known.choices.get(self.sheet.name, {}).items()}
        return replace(known, choices={**known.choices, self.sheet.name: chosen})

    def back(self, entry: dict[str, Any]) -> None:
        """Put what was found on the turned sheet in terms of the clerk's own: addresses, and rows that were columns."""
        entry["columns"] = [(self._cells(cell), label, field) for cell, label, field in entry["columns"]]
        for one in entry["recognition"]:
            one["cell"] = self._cells(one["cell"])
        entry["problems"] = [
            {**found, "cell": self._cells(found["cell"]), "cells": [self._cells(cell) for cell in found.get("cells", ())],
             "message": _LINE.sub(self._line, self._cells(found["message"]))} for found in entry["problems"]
        ]  # fmt: skip
        entry["row_cells"] = {
            row + 1: address(*self.own(row, 0)) for row in range(self.top, self.top + len(self.lines))
        }

    def _cells(self, text: str) -> str:
        return _ADDRESS.sub(lambda found: address(*self.own(int(found[2]) - 1, _number(found[1]))), text)

    def _line(self, found: re.Match[str]) -> str:
        row, column = self.own(int(found[1]) - 1, 0)
        return f"{address(row, column).rstrip('0123456789')}列"


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


@dataclass(frozen=True)
class _Found:
    """A row of units: its position, the columns with labels on its left, and those of the units."""

    top: int
    labels: tuple[int, ...]
    units: tuple[int, ...]


def has_units_across(sheet: Sheet, units: Collection[str]) -> int | None:
    """Return the row whose cells name at least two known units and nothing but units or totals from the first on."""
    found = None if isinstance(sheet.rows, Table) else _units_row(sheet, units)
    return found.top if found else None


def turned(sheet: Sheet, units: Collection[str]) -> Turned | None:
    """Return the table turned over, None where no units stand across or its labels are not known. `units`: folded."""
    found = None if isinstance(sheet.rows, Table) else _units_row(sheet, units)
    if found is None or not found.labels:
        return None
    rows = [row for row in range(found.top + 1, len(sheet.rows)) if not _is_note(sheet.rows[row])]
    label, heads = _heads(sheet, found, rows)
    if not heads or _holds_more(sheet, found, rows, heads[-1]):
        return None
    kept = [place for place, row in enumerate(rows) if heads[-1][place] and _filled(sheet, row, found)]
    columns = (found.top, *(rows[place] for place in kept))
    header: list[list[Cell]] = [[None, *(level[place] for place in kept)] for level in heads]
    header[-1][0] = "填报单位"
    body = [[_cell(sheet, row, column) for row in columns] for column in found.units]
    cells = [*map(list, sheet.rows[: found.top]), *header, *body]
    lines = (*([label] * len(heads)), *found.units)
    return Turned(replace(sheet, rows=cells, merged=()), found.top, lines, columns, len(heads))


def _is_note(row: Sequence[Cell]) -> bool:
    return bool(NOTE.match(folded(next((str(cell) for _, cell in within(row)), ""))))


def _units_row(sheet: Sheet, units: Collection[str]) -> _Found | None:
    for top, row in enumerate(sheet.rows[:_SEARCHED]):
        cells = within(row)
        at = [index for index, cell in cells if isinstance(cell, str) and _folded(cell) in units]
        if len({_folded(str(row[index])) for index in at}) < 2:
            continue
        beyond = [(index, cell) for index, cell in cells if index >= at[0]]
        if any(not isinstance(cell, str) or not is_word(cell) for _, cell in beyond) or 2 * len(at) < len(beyond):
            continue
        labels = tuple(index for index in range(at[0]) if _is_label(sheet, top, index))
        return _Found(top, labels, tuple(index for index, cell in beyond if plain(cell) != "备注"))
    return None


def _folded(text: str) -> str:
    return "".join(folded(text).split())


def _cell(sheet: Sheet, row: int, column: int) -> Cell:
    return sheet.rows[row][column] if column < len(sheet.rows[row]) else None


def _is_label(sheet: Sheet, top: int, column: int) -> bool:
    """A column of words, not of row numbers."""
    texts = [cell for row in range(top + 1, len(sheet.rows)) if isinstance(cell := _cell(sheet, row, column), str)]
    return any(not plain(text).isdecimal() and is_word(text) for text in texts)


def _heads(sheet: Sheet, found: _Found, rows: Sequence[int]) -> tuple[int, list[list[str | None]]]:
    """The column of the measures and the levels of the turned header over `rows`, the measures lowest; no levels
    where fewer than half are known.

    A label with nothing beside it that names a type heads the rows below it; where all labels are types, the title
    may name the one measure.
    """
    texts = {column: [_text(sheet, row, column) for row in rows] for column in found.labels}
    words = {column: said for column, said in texts.items() if not _is_units(sheet, found.top, column, said)}
    if not words:
        return 0, []
    last = max(words, key=lambda column: (sum(_counts(text) for text in words[column]), column))
    upper = [_carried(words[column]) for column in words if column != last]
    labels = _carried(words[last]) if upper else words[last]
    lowest = [text and f"{text}{_unit_beside(texts, words, place)}" for place, text in enumerate(labels)]
    if not upper and (word := _titled(sheet, found.top, lowest)):
        lowest, upper = [text and word for text in lowest], [lowest]
    elif not upper:
        lowest, upper = _grouped(sheet, found, rows, lowest)
    known = [_is_known((*(level[place] for level in upper), text)) for place, text in enumerate(lowest)
             if text and _filled(sheet, rows[place], found)]  # fmt: skip
    return last, [*upper, lowest] if any(known) and 2 * sum(known) >= len(known) else []


def _titled(sheet: Sheet, top: int, labels: Sequence[str | None]) -> str:
    """The word of the measure that the title names, where every label is a type; else ""."""
    said = [bare_label(text) for text in labels if text]
    title = [cell for row in sheet.rows[:top] for _, cell in within(row) if isinstance(cell, str)]
    told = title_measure(title, sheet.name) if said and all(text in told_words() for text in said) else None
    return WORDS[told[1].split("@")[0]] if told and told[0] == "W2" else ""


def _text(sheet: Sheet, row: int, column: int) -> str | None:
    cell = _cell(sheet, row, column)
    return None if cell is None else str(cell).strip()


def _is_units(sheet: Sheet, top: int, column: int, said: Sequence[str | None]) -> bool:
    """A column of 家 and 人 beside the labels."""
    told = [text for text in said if text]
    return plain(_cell(sheet, top, column) or "") in _UNIT_HEADS or all(unit_of(f"({text})") for text in told)


def _unit_beside(texts: Mapping[int, list[str | None]], words: Collection[int], place: int) -> str:
    said = next((said[place] for column, said in texts.items() if column not in words and said[place]), None)
    return f"（{said}）" if said and unit_of(f"({said})") else ""


def _carried(said: Sequence[str | None]) -> list[str | None]:
    """Every text also for the blanks below it."""
    carried: list[str | None] = []
    for text in said:
        carried.append(text or (carried[-1] if carried else None))
    return carried


def _grouped(
    sheet: Sheet, found: _Found, rows: Sequence[int], lowest: list[str | None]
) -> tuple[list[str | None], list[list[str | None]]]:
    """Lines that name a type and hold nothing, taken out of the labels and put above those that follow."""
    lines = [bool(text) and bare_label(text or "") in told_words() and not any(_filled(sheet, row, found))
             for text, row in zip(lowest, rows, strict=True)]  # fmt: skip
    if not any(lines):
        return lowest, []
    above = _carried([text if line else None for text, line in zip(lowest, lines, strict=True)])
    return [None if line else text for text, line in zip(lowest, lines, strict=True)], [above]


def _filled(sheet: Sheet, row: int, found: _Found) -> list[Cell]:
    return [cell for column in found.units if (cell := _cell(sheet, row, column)) is not None]


def _holds_more(sheet: Sheet, found: _Found, rows: Sequence[int], labels: Sequence[str | None]) -> bool:
    """Whether turning would lose something: rows of words below the units, figures below no unit or beside no label."""
    high = max((len(sheet.rows[row]) for row in (found.top, *rows)), default=0)
    nameless = [column for column in range(found.units[0], high) if _cell(sheet, found.top, column) is None]
    for row, label in zip(rows, labels, strict=True):
        filled = _filled(sheet, row, found)
        if any(_cell(sheet, row, column) is not None for column in nameless) or (filled and not label):
            return True
        if sum(isinstance(cell, str) and is_word(cell) and not _is_nothing(cell) for cell in filled) > 1:
            return True
    return False


def _is_nothing(cell: str) -> bool:
    return folded(cell) in BLANK or bool(NIL.fullmatch(plain(cell)))


def _counts(text: str | None) -> bool:
    """Whether a label by itself names a count of some return."""
    found = (meaning((text,), kind, False).field for kind in ("W2", "W3b")) if text else ()
    return any(field is not None and field.split("@")[0] in COUNTED for field in found)


def _is_known(levels: Sequence[str | None]) -> bool:
    texts = tuple(text for text in levels if text)
    if parted(texts)[0]:
        return True
    found = (meaning(texts, kind, False).field for kind in ("W2", "W3b"))
    return any(
        field is not None and field.split("@")[0] in (*COUNTED, *CHECKED, "as_of", "note", "target") for field in found
    )
