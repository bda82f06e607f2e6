"""Problems → what a receipt shows: the mark and the words at each cell, and the lines of the 问题清单.

Text of spreadsheets is data: it is put on one line, without control characters, and never longer than a cell holds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from unionplan.intake.problems import SEVERITIES, Problem, problem

LIST_SHEET = "问题清单"
LIST_HEADER = ("级别", "工作表", "单元格", "列", "原内容", "问题", "怎么办")
WORDS = {"reject": "须改正", "ask": "请核对", "fixed": "已处理"}
GLYPHS = {"reject": "■", "ask": "▲", "fixed": "◇"}
FILLS = {"reject": "F4C7C3", "ask": "FCE3AE", "fixed": "D6E4EF"}
INK = "1F2933"
AUTHOR = "回执"
MOST = 2_000
"""Cells marked per sheet; what goes beyond stands in the list only."""
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_LONGEST, _LONGEST_COMMENT = 1_000, 800

Place = tuple[int, int]
"""Row and column, from 1."""


@dataclass(frozen=True)
class Mark:
    """What is put at one cell: the gravest severity there, and (level, words) of everything said about it."""

    severity: str
    says: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The comment as one text."""
        return "\n".join(f"{level}\n{words}" for level, words in self.says)


@dataclass(frozen=True)
class Line:
    """One line of the list: its severity, its texts in the order of LIST_HEADER, and where the cell's link leads."""

    severity: str
    texts: tuple[str, ...]
    link: str | None


def level(severity: str) -> str:
    """Return a severity as it is written everywhere: glyph, space, word."""
    return f"{GLYPHS[severity]} {WORDS[severity]}"


def place_of(cell: str) -> Place | None:
    """Return row and column, from 1, of an address, None when it is none of a sheet."""
    found = re.fullmatch(r"([A-Z]{1,3})([1-9]\d{0,6})", cell)
    if not found:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    row = int(found[2])
    return (row, column) if row <= _LAST_ROW and column <= _LAST_COLUMN else None


def column_letters(column: int) -> str:
    """Return the name of a column counted from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(place: Place) -> str:
    """Return the address of a place."""
    return f"{column_letters(place[1])}{place[0]}"


def places_of(found: Problem) -> Iterator[Place]:
    """Yield every cell that a problem is about."""
    for part in found.cells or found.cell.split("、"):
        first, _, last = part.partition(":")
        begin, end = place_of(first), place_of(last or first)
        if begin and end:
            yield from ((row, column) for row in range(begin[0], end[0] + 1) for column in range(begin[1], end[1] + 1))


def marked(problems: Iterable[Problem]) -> tuple[dict[str, dict[Place, Mark]], dict[str, int]]:
    """Return sheet → place → mark, at most MOST a sheet, the gravest first; and sheet → how many are left unmarked."""
    marks: dict[str, dict[Place, Mark]] = {}
    left: dict[str, int] = {}
    for found in sorted(problems, key=lambda one: SEVERITIES.index(one.severity)):
        own = marks.setdefault(found.sheet, {})
        said = (level(found.severity), f"{plain(found.message)}。{plain(found.fix)}。")
        for place in places_of(found):
            if place in own:
                own[place] = replace(own[place], says=(*own[place].says, said))
            elif len(own) < MOST:
                own[place] = Mark(found.severity, (said,))
            else:
                left[found.sheet] = left.get(found.sheet, 0) + 1
    return {
        sheet: {place: _shortened(mark) for place, mark in own.items()} for sheet, own in marks.items() if own
    }, left


def _shortened(mark: Mark) -> Mark:
    """The mark with as much as a comment shows, and how much more there is."""
    room, says = _LONGEST_COMMENT, list[tuple[str, str]]()
    for word, words in mark.says:
        if says and len(words) > room:
            return replace(mark, says=(*says, ("", f"另有 {len(mark.says) - len(says)} 个问题，见{LIST_SHEET}。")))
        says.append((word, _cut(words, _LONGEST_COMMENT)))
        room -= len(words)
    return replace(mark, says=tuple(says))


def anchored(marks: Mapping[Place, Mark], merged: Iterable[tuple[int, int, int, int]]) -> dict[Place, Mark]:
    """Return the marks with each one that lies inside a merged range put at its top left cell, where it can be seen.

    `merged`: (first row, first column, last row, last column) from 1.
    """
    found = dict(marks)
    rows = {row: list(places) for row, places in groupby(sorted(marks), key=lambda place: place[0])}
    for first, left, last, right in merged:
        if last - first > len(rows):
            inside = [place for row in rows if first <= row <= last for place in rows[row]]
        else:
            inside = [place for row in range(first, last + 1) for place in rows.get(row, ())]
        for place in inside:
            if left <= place[1] <= right and place != (first, left) and place in found:
                _join(found, (first, left), place)
    return found


def _join(marks: dict[Place, Mark], anchor: Place, place: Place) -> None:
    mark = marks.pop(place)
    said = tuple((word, f"{cell_name(place)}：{words}" if words else words) for word, words in mark.says)
    there = marks.get(anchor)
    both = sorted(filter(None, (there, mark)), key=lambda one: SEVERITIES.index(one.severity))
    marks[anchor] = _shortened(Mark(both[0].severity, (*(there.says if there else ()), *said)))


def lines(problems: Iterable[Problem], titles: Mapping[str, str], hidden: Iterable[str] = ()) -> list[Line]:
    """Return one line per problem, the gravest first, then sheet by sheet from the top.

    `titles`: sheet as it was read → its title in the receipt; `hidden`: titles that a link cannot show.
    """
    order = {sheet: number for number, sheet in enumerate(titles)}
    found = sorted(problems, key=lambda one: (
        SEVERITIES.index(one.severity), order.get(one.sheet, -1), next(places_of(one), (0, 0))))  # fmt: skip
    return [_line(one, titles, set(hidden)) for one in found]


def _line(found: Problem, titles: Mapping[str, str], hidden: set[str]) -> Line:
    place, title = next(places_of(found), None), titles.get(found.sheet)
    link = None
    if place and title:
        quoted = title.replace("'", "''")
        link = f"'{quoted}'!{cell_name(place)}"
    sheet = plain(title or found.sheet) + ("（隐藏）" if title in hidden else "")
    where = plain(found.cell) + ("等" if found.cells else "")
    texts = (
        level(found.severity), sheet or "—", where or ("整张表" if sheet else "整个文件"),
        plain(found.column) or "—", plain(found.value) or "—", f"{plain(found.message)}。", f"{plain(found.fix)}。",
    )  # fmt: skip
    return Line(found.severity, texts, link)


def rows_left_out(problems: Sequence[Problem], heads: Mapping[str, tuple[int, str]]) -> list[Problem]:
    """Return one problem per row that was not taken because something in it rejects (只收合格行).

    `heads`: sheet → its last header row and its first column's letters; the problem stands at the row's first cell.
    """
    rows = {(one.sheet, place[0]) for one in problems if one.severity == "reject" and one.sheet in heads
            for place in places_of(one) if place[0] > heads[one.sheet][0]}  # fmt: skip
    return [problem("row_left", sheet, f"{heads[sheet][1]}{row}", detail=f"第 {row} 行") for sheet, row in sorted(rows)]


def is_list(rows: Sequence[Sequence[object]]) -> bool:
    """Return whether a sheet's rows are the 问题清单 of an earlier receipt."""
    return any(tuple(row[: len(LIST_HEADER)]) == LIST_HEADER for row in rows[:8])


def plain(text: str) -> str:
    """Return the text on one line, without control, format or surrogate characters, as long as a cell shows."""
    line = re.sub(r"[^\S\u3000]+", " ", text[: 4 * _LONGEST])
    return _cut("".join(c for c in line if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Cn")).strip(), _LONGEST)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
