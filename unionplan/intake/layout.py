"""Cells → table: which row is the header, which column is which field, which rows are data.

The header is found by the names in it, not by its position. Totals, notes and signatures are recognised
and counted, never taken for enterprises.
"""

from __future__ import annotations

import calendar
import csv
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from unionplan.intake.problems import TABLES
from unionplan.intake.reading import Cell, Sheet, address

_SEARCHED_ROWS = 40
_NAMING = ("seq", "union_code", "uscc", "org_name", "reporting_unit", "district")
_TOTAL = re.compile(r"^(合计|总计|小计|全市合计|全市总计|本页小计|累计)[:：]?$")
_NOTE = re.compile(
    r"^(注|备注|说明|填表说明|数据来源|填表人|填报人|制表人|制表|审核人|审核|复核|负责人|单位负责人|联系电话|填报日期|填表日期)\d?"
    r"(\s*[:(.、]|\s|$)"
)
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
    """One header cell: its position (from 0), its text, the field it means or None."""

    index: int
    label: str
    field: str | None


@dataclass(frozen=True)
class Layout:
    """How a sheet is laid out; rows are positions from 0. `kind` None: the header was not recognised."""

    kind: str | None
    header: int | None
    depth: int
    columns: tuple[Column, ...]
    rows: tuple[int, ...]
    totals: tuple[int, ...]
    clashes: tuple[Column, ...] = ()


def plain(text: object) -> str:
    """Return text for comparing: NFKC, without any spaces or line breaks, required-stars or a final colon."""
    folded = unicodedata.normalize("NFKC", str(text))
    return re.sub(r"[\s*＊★_]+|x000D", "", folded).rstrip(":")


@cache
def synonyms(workbook: str) -> dict[str, str]:
    """Return header words → field for one workbook (W1, units); '' gives all words of the other workbooks."""
    with (TABLES / "synonyms.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    if workbook:
        return {plain(row["名称"]): row["字段"] for row in rows if row["工作簿"] == workbook}
    return {plain(row["名称"]): row["字段"].split("@")[0] for row in rows if row["工作簿"] not in ("W1", "units")}


def laid_out(sheet: Sheet) -> Layout:
    """Return the layout of `sheet`; a sheet whose header nobody knows has kind None and no rows."""
    best: tuple[int, int, str] | None = None
    for place, row in enumerate(sheet.rows[:_SEARCHED_ROWS]):
        for kind in ("units", "W1"):
            score = _score(row, kind)
            if score and (best is None or score > best[0]):
                best = (score, place, kind)
    if best is None:
        return _other(sheet)
    _, header, kind = best
    columns, clashes = _columns(sheet.rows[header], synonyms(kind))
    rows, totals = _body(sheet, header, columns)
    return Layout(kind, header, 1, columns, rows, totals, clashes)


def _score(row: Sequence[Cell], kind: str) -> int:
    """How many fields the row names, 0 when it cannot be this kind's header."""
    known = synonyms(kind)
    named = {known[plain(cell)] for cell in row if isinstance(cell, str) and plain(cell) in known}
    if kind == "units":
        return len(named) if "reporting_unit" in named and named & {"group", "order", "aliases"} else 0
    identified = "org_name" in named or ("union_code" in named or "uscc" in named)
    own = named - {"seq", "note", "reporting_unit", "org_name", "registration"}
    return len(named) if identified and len(own) >= 2 else 0


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
    columns, _ = _columns(sheet.rows[best[1]], known)
    fields = {column.field for column in columns}
    kind = max(_OTHER_KINDS, key=lambda name: len(_OTHER_KINDS[name] & fields))
    rows, totals = _body(sheet, best[1], columns)
    return Layout(kind if _OTHER_KINDS[kind] & fields else None, best[1], 1, columns, rows, totals)


def _columns(row: Sequence[Cell], known: dict[str, str]) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """The named columns, and those that name a field a second time (their field is left out)."""
    columns, clashes, seen = [], [], set[str]()
    for index, cell in enumerate(row):
        if cell is None:
            continue
        found = known.get(plain(cell))
        if found in seen:
            clashes.append(Column(index, str(cell).strip(), found))
            found = None
        if found:
            seen.add(found)
        columns.append(Column(index, re.sub(r"\s+", "", str(cell)), found))
    return tuple(columns), tuple(clashes)


def _body(sheet: Sheet, header: int, columns: tuple[Column, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Positions of data rows and of total rows below the header; blanks, notes and repeats are neither."""
    used = [column.index for column in columns]
    names = [column.index for column in columns if column.field in _NAMING]
    title = [plain(cell) for cell in sheet.rows[header]]
    rows, totals = [], []
    for place in range(header + 1, len(sheet.rows)):
        row = sheet.rows[place]
        cells = [row[index] for index in used if index < len(row) and row[index] is not None]
        if not cells or [plain(cell) for cell in row] == title or _is_note(row, cells):
            continue
        named = [row[index] for index in names if index < len(row)]
        if any(isinstance(cell, str) and _TOTAL.match(plain(cell)) for cell in named):
            totals.append(place)
        else:
            rows.append(place)
    return tuple(rows), tuple(totals)


def _is_note(row: Sequence[Cell], cells: Sequence[Cell]) -> bool:
    first = next((cell for cell in row if cell is not None), None)
    return (
        isinstance(first, str) and len(cells) <= 3 and bool(_NOTE.match(unicodedata.normalize("NFKC", first).strip()))
    )


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
