"""Cells → table: which rows are the header, which column is which field, which rows are data.

The header is found by the names in it, not by its position; it may have up to three levels, the upper ones
naming an enterprise type or an indicator over merged cells. Totals, notes and signatures are recognised and
counted, never taken for data.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from unionplan.intake.headers import RETURNS, field_of, indicators_named, plain, synonyms, types_named
from unionplan.intake.reading import Cell, Sheet, address

_SEARCHED_ROWS = 40
_DEEPEST = 3
_NAMING = ("seq", "union_code", "uscc", "org_name", "reporting_unit", "district", "enterprise_type", "activity")
_TOTAL = re.compile(r"^([^:：]{0,12}(合计|总计|小计|共计)|累计|全市)(\((家|户|个|人|人次)\))?[:：]?$")
_NOTE = re.compile(
    r"^(注|备注|说明|填表说明|数据来源|填表人|填报人|制表人|制表|审核人|审核|复核|负责人|单位负责人|联系电话|填报日期|填表日期)\d?"
    r"(\s*[:(.、]|\s|$)"
)
_UNIT_ROW = re.compile(r"(万|百|千|亿)?(家|户|个|人|人次|元|%|份|期|次)")
_MEASURES = {"covered", "contracts", "covered_workers", "total", "unionised", "should_unionise"}
_ROSTER = {"name", "identity", "trade", "course", "hours", "certificate", "institution"}
_OTHER_KINDS = {
    "W2": {"total", "covered", "rate", "contracts", "covered_workers", "should_unionise"},
    "W3b": {"method", "classes", "persons", "person_times"},
    "W4": {"activity", "planned_on", "done_on", "participants"},
    "W5": {"item", "owner", "target"},
    "W6": {"funds"},
    "W7": {"progress", "step"},
}


@dataclass(frozen=True)
class Column:
    """One header column: its position and its lowest header row (from 0), its text, the field it means or None."""

    index: int
    label: str
    field: str | None
    row: int = 0


@dataclass(frozen=True)
class Layout:
    """How a sheet is laid out; rows are positions from 0. `kind` None: the header was not recognised.

    `indicator` is the one that the title names; None where it names none or several. `types`: the enterprise
    types that it names (observations.TOLD).
    """

    kind: str | None
    header: int | None
    depth: int
    columns: tuple[Column, ...]
    rows: tuple[int, ...]
    totals: tuple[int, ...]
    clashes: tuple[Column, ...] = ()
    indicator: str | None = None
    types: tuple[str, ...] = ()


def laid_out(sheet: Sheet) -> Layout:
    """Return the layout of `sheet`; a sheet whose header nobody knows has kind None and no rows."""
    best: tuple[int, int, int, str] | None = None
    for place, row in enumerate(sheet.rows[:_SEARCHED_ROWS]):
        for kind in ("units", "W1"):
            score = _score(row, kind)
            if score and (best is None or score > best[0]):
                best = (score, place, 1, kind)
        for depth, kind in ((d, k) for d in range(1, _DEEPEST + 1) for k in RETURNS if d == 1 or k == "W2"):
            score = _return_score(sheet, place, depth, kind)
            if score and (best is None or score > best[0]):
                best = (score, place, depth, kind)
    if best is None:
        return _other(sheet)
    _, header, depth, kind = best
    columns, clashes = _columns(sheet, header, depth, kind)
    rows, totals = _body(sheet, header, depth, columns)
    titles = [cell for row in sheet.rows[:header] for cell in row if isinstance(cell, str)] if kind == "W2" else []
    named = indicators_named(titles)
    indicator = next(iter(named)) if len(named) == 1 else None
    return Layout(kind, header, depth, columns, rows, totals, clashes, indicator, tuple(sorted(types_named(titles))))


def _score(row: Sequence[Cell], kind: str) -> int:
    """How many fields the row names, 0 when it cannot be this kind's header."""
    known = synonyms(kind)
    named = {known[plain(cell)] for cell in row if isinstance(cell, str) and plain(cell) in known}
    if kind == "units":
        return len(named) if "reporting_unit" in named and named & {"group", "order", "aliases"} else 0
    identified = "org_name" in named or ("union_code" in named or "uscc" in named)
    own = named - {"seq", "note", "reporting_unit", "org_name", "registration"}
    return len(named) if identified and len(own) >= 2 else 0


def _return_score(sheet: Sheet, header: int, depth: int, kind: str) -> int:
    """How many fields these header rows name, 0 when they cannot head a return of this kind."""
    levels = sheet.rows[header : header + depth]
    if len(levels) < depth or not all(_is_heading(row) for row in levels):
        return 0
    columns, _ = _columns(sheet, header, depth, kind)
    fields = {column.field for column in columns if column.field}
    bare = {field.split("@")[0] for field in fields}
    if depth > 1 and not any("@" in field for field in fields):
        return 0
    grouped = any("@" in field for field in fields)
    fits = {
        "W2": bool(bare & _MEASURES) and bool({"reporting_unit", "enterprise_type"} & bare or grouped) and len(bare) >= 3,
        "W3b": bool({"persons", "person_times"} & bare) and bool({"method", "level", "classes"} & bare),
        "W4": "activity" in bare and bool({"planned_on", "done_on", "participants", "progress", "owner"} & bare),
        "W3a": bool({"name", "identity", "certificate"} & bare) and len(_ROSTER & bare) >= 2,
        "W5": "item" in bare and bool({"target", "quote", "kind", "end"} & bare) and len(bare) >= 3,
        "W6": "funds" in bare and bool({"reporting_unit", "task"} & bare),
        "W7": bool({"seq", "item"} & bare) and bool({"problems", "next_steps"} & bare or {"progress", "owner"} <= bare),
    }  # fmt: skip
    return len(fields) if fits[kind] else 0


def _is_heading(row: Sequence[Cell]) -> bool:
    """Headers are words; a row with a number in it is data or the numbers of columns."""
    filled = [cell for cell in row if cell is not None]
    return len(filled) >= 2 and all(isinstance(cell, str) for cell in filled)


def _levels(sheet: Sheet, header: int, depth: int) -> Iterator[tuple[int, int, list[str]]]:
    """Each column's position, lowest header row and texts from the top; an upper text spans the blanks to its right.

    It spans a column only where a text stands below, so that a cell merged downwards spans nothing.
    """
    rows = sheet.rows[header : header + depth]
    width = max(len(row) for row in rows)
    grid = [[str(row[i]).strip() if i < len(row) and row[i] is not None else "" for i in range(width)] for row in rows]
    for level in range(depth - 1):
        span = ""
        for i in range(width):
            below = any(grid[deeper][i] for deeper in range(level + 1, depth))
            over = (
                any(grid[upper][i] and grid[upper][i] != grid[upper][i - 1] for upper in range(level)) if i else False
            )
            span = grid[level][i] if grid[level][i] else ("" if over or not below else span)
            grid[level][i] = grid[level][i] or span
            span = span if below else ""
    for i in range(width):
        texts = [grid[level][i] for level in range(depth)]
        filled = [level for level in range(depth) if texts[level]]
        if filled:
            yield i, header + filled[-1], [texts[level] for level in filled]


def _other(sheet: Sheet) -> Layout:
    """Recognise another workbook by its header, so that it can be refused by its own name."""
    known = synonyms("")
    best: tuple[int, int] | None = None
    for place, row in enumerate(sheet.rows[:_SEARCHED_ROWS]):
        named = sum(isinstance(cell, str) and plain(cell) in known for cell in row)
        if named >= 2 and (best is None or named > best[0]):
            best = (named, place)
    if best is None:
        return Layout(None, None, 0, (), (), ())
    columns, _ = _columns(sheet, best[1], 1, "")
    fields = {column.field for column in columns}
    kind = max(_OTHER_KINDS, key=lambda name: len(_OTHER_KINDS[name] & fields))
    rows, totals = _body(sheet, best[1], 1, columns)
    return Layout(kind if _OTHER_KINDS[kind] & fields else None, best[1], 1, columns, rows, totals)


def _columns(sheet: Sheet, header: int, depth: int, kind: str) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """The named columns, and those that name a field a second time (their field is left out)."""
    columns, clashes, seen = [], [], set[str]()
    for index, row, texts in _levels(sheet, header, depth):
        label, found = "/".join(re.sub(r"\s+", "", text) for text in texts), field_of(texts, kind)
        if found in seen:
            clashes.append(Column(index, label, found, row))
            found = None
        if found:
            seen.add(found)
        columns.append(Column(index, label, found, row))
    return tuple(columns), tuple(clashes)


def _body(
    sheet: Sheet, header: int, depth: int, columns: tuple[Column, ...]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Positions of data rows and of total rows below the header; blanks, notes, units and repeats are neither."""
    used = [column.index for column in columns]
    names = [column.index for column in columns if column.field in _NAMING]
    titles = [[plain(cell) for cell in row if cell is not None] for row in sheet.rows[header : header + depth]]
    rows, totals = [], []
    for place in range(header + depth, len(sheet.rows)):
        row = sheet.rows[place]
        cells = [row[index] for index in used if index < len(row) and row[index] is not None]
        if not cells or [plain(cell) for cell in cells] in titles or _is_note(row, cells) or _is_caption(cells):
            continue
        named = [row[index] for index in names if index < len(row)]
        if any(isinstance(cell, str) and _TOTAL.match(plain(cell)) for cell in named):
            totals.append(place)
        else:
            rows.append(place)
    return tuple(rows), tuple(totals)


def _is_note(row: Sequence[Cell], cells: Sequence[Cell]) -> bool:
    first = next((cell for cell in row if cell is not None), None)
    if not isinstance(first, str) or not _NOTE.match(unicodedata.normalize("NFKC", first).strip()):
        return False
    return len(cells) <= 3 or all(isinstance(cell, str) and not plain(cell).isdecimal() for cell in cells)


def _is_caption(cells: Sequence[Cell]) -> bool:
    """A row of units (家, 万人) or of column numbers (甲, 乙, 1, 2 …) under the header."""
    texts = [plain(cell) for cell in cells]
    if texts[0] == "栏次" or all(_UNIT_ROW.fullmatch(text) for text in texts):
        return True
    numbers = [int(text) for text in texts if text.isdecimal() and len(text) <= 2]
    letters = [text for text in texts if text in ("甲", "乙", "丙", "丁", "戊", "己")]
    counted = len(numbers) >= 3 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return counted and len(numbers) + len(letters) == len(texts) and bool(letters or len(numbers) == len(texts) > 3)


_DAY = re.compile(r"(20\d\d)[年./-](\d{1,2})[月./-](\d{1,2})(?!\d)(?!月)日?")
_MONTH = re.compile(r"(20\d\d)[年./-](?:\d{1,2}月?[-—–~至到])?(\d{1,2})(?:月|(?![\d./-]))")
_QUARTER = re.compile(r"(20\d\d)年?(?:第?([一二三四1-4])季度|[Qq]([1-4]))")
_HALF = re.compile(r"(20\d\d)年?(上半年|下半年)")
_SAYS = ("统计时点", "截至", "截止时间", "截止日期", "截至日期", "数据截至")
_FILLED_IN = re.compile(r"(填报|填表|制表|打印|报送|上报)(日期|时间)")


def stated_as_of(sheet: Sheet, layout: Layout, file_name: str) -> tuple[date, str, bool] | None:
    """Return (统计时点, where it was read, whether it is only named as a month or longer), None if unsaid.

    Looked for in a 统计时点 cell, then in the title rows, then in the file's name; 填报日期 is never it.
    """
    head = [
        (place, index, row) for place, row in enumerate(sheet.rows[: layout.header or 0]) for index in range(len(row))
    ]
    for place, index, row in head:
        found = _labelled(row, index)
        if found:
            return found[0], f"单元格 {address(place, index)}", found[1]
    for place, index, row in head:
        cell = row[index]
        before = next((value for value in reversed(row[:index]) if value is not None), None)
        if isinstance(cell, str) and not (isinstance(before, str) and _FILLED_IN.search(before)):
            named = _named(cell)
            if named:
                return named[0], f"标题 {address(place, index)}", named[1]
    named = _named(file_name)
    return (named[0], "文件名", named[1]) if named else None


def _labelled(row: Sequence[Cell], index: int) -> tuple[date, bool] | None:
    cell = row[index]
    if not isinstance(cell, str) or not any(word in cell for word in _SAYS):
        return None
    following = next((value for value in row[index + 1 :] if value is not None), None)
    if isinstance(following, datetime):
        following = following.date()
    if isinstance(following, date):
        return following, False
    said = cell[max(cell.find(word) for word in _SAYS) :]
    return _named(said) or (_named(following) if isinstance(following, str) else None)


def _named(text: str) -> tuple[date, bool] | None:
    """The date that a text names up to a 填报日期 in it; a month, quarter or half-year means its last day."""
    folded = _FILLED_IN.split(unicodedata.normalize("NFKC", text))[0]
    try:
        if found := _DAY.search(folded):
            return date(int(found[1]), int(found[2]), int(found[3])), False
        if found := _HALF.search(folded):
            return _last_day(int(found[1]), 6 if found[2] == "上半年" else 12), True
        if found := _QUARTER.search(folded):
            quarter = "一二三四".index(found[2]) + 1 if found[2] in tuple("一二三四") else int(found[2] or found[3])
            return _last_day(int(found[1]), quarter * 3), True
        if found := _MONTH.search(folded):
            return _last_day(int(found[1]), int(found[2])), True
    except ValueError:
        return None
    return None


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
