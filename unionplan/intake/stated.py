"""The 统计时点 that a sheet or a file's name states; 填报日期 is never it."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import date, datetime

from unionplan.intake.cells import Cell, Sheet, address
from unionplan.intake.fields import in_digits
from unionplan.intake.layout import Layout

_PACKED_DAY = re.compile(r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
_PACKED_MONTH = re.compile(r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])(?!\d)")
_YEAR = re.compile(r"(20\d\d)年")
_MONTH_ALONE = re.compile(r"(?<![\d年.-])(1[0-2]|0?[1-9])月(?:份|底|末)?(?!\d)")
_DAY = re.compile(r"(20\d\d)[年./-](\d{1,2})[月./-](\d{1,2})(?!\d)(?!月)日?")
_MONTH = re.compile(r"(20\d\d)[年./-](?:\d{1,2}月?[-—–~至到])?(\d{1,2})(?:月|(?![\d./-]))")
_QUARTER = re.compile(r"(20\d\d)年?(?:[第前]?([一二三四1-4])个?季度|[Qq]([1-4]))")
_HALF = re.compile(r"(20\d\d)年?(上半年|下半年)")
_LETTERHEAD = 6
_SAYS = ("统计时点", "截至", "截止时间", "截止日期", "截至日期", "数据截至")
_FILLED_IN = re.compile(r"(填报|填表|制表|打印|报送|上报)(日期|时间)")


def stated_as_of(sheet: Sheet, layout: Layout, file_name: str) -> tuple[date, str, bool] | None:
    """Return (统计时点, where it was read, whether it is only named as a month or longer), None if unsaid.

    Looked for in a 统计时点 cell, then in the title rows, then in the file's name; 填报日期 is never it.
    """
    head = [(place, index, row) for place, row in _head(sheet, layout) for index in range(len(row))]
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
    file_name = re.sub(r"\.[A-Za-z]\w{1,4}$", "", file_name)
    if named := _named(file_name):
        return named[0], "文件名", named[1]
    return _put_together([str(cell) for _, index, row in head if (cell := row[index]) is not None], file_name)


def _put_together(titles: Sequence[str], file_name: str) -> tuple[date, str, bool] | None:
    """A month and a year that stand apart, as in a file 十月.xlsx whose title says 2026年; only where each is the one."""
    texts = [_FILLED_IN.split(in_digits(text))[0] for text in (*titles, file_name)]
    years = {found for text in texts for found in _YEAR.findall(text)}
    months = {int(found) for text in texts for found in _MONTH_ALONE.findall(text)}
    if len(years) != 1 or len(months) != 1:
        return None
    return _last_day(int(years.pop()), months.pop()), "标题和文件名", True


def _head(sheet: Sheet, layout: Layout) -> list[tuple[int, Sequence[Cell]]]:
    """The rows above the table's header, its own title first, then what stands above all tables of the sheet."""
    end = layout.header or 0
    rows: list[tuple[int, Sequence[Cell]]] = list(enumerate(sheet.rows[:end]))
    return rows[layout.start :] + rows[: min(layout.start, _LETTERHEAD)]


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
    folded = _FILLED_IN.split(in_digits(text))[0]
    try:
        if found := _DAY.search(folded):
            return date(int(found[1]), int(found[2]), int(found[3])), False
        if found := _PACKED_DAY.search(folded):
            return date(int(found[1]), int(found[2]), int(found[3])), False
        if found := _HALF.search(folded):
            return _last_day(int(found[1]), 6 if found[2] == "上半年" else 12), True
        if found := _QUARTER.search(folded):
            quarter = "一二三四".index(found[2]) + 1 if found[2] in tuple("一二三四") else int(found[2] or found[3])
            return _last_day(int(found[1]), quarter * 3), True
        if found := _MONTH.search(folded):
            return _last_day(int(found[1]), int(found[2])), True
        if found := _PACKED_MONTH.search(folded):
            return _last_day(int(found[1]), int(found[2])), True
    except ValueError:
        return None
    return None


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
