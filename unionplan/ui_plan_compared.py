"""Comparisons on the page 计划与口径: every indicator × type against last period, year's start, last year, last meeting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from unionplan import narrative, theme
from unionplan.attainment import Attainment, Outlook, attainments
from unionplan.comparing import KINDS, Compared, comparisons
from unionplan.ui import Board, choice, listing, message, note_line, searched, section

HEADERS = ("指标", "适用范围", "完成值", "统计时点")
AIMED, ALL = "有目标的", "全部"


def show_compared(board: Board) -> None:
    """Draw the four comparisons of everything that is known, with the figure of then beside each."""
    with section("filters"):
        wanted = choice("范围", [AIMED, ALL], key="rows")
        text = searched("上次会议日期", key="met", placeholder="如 2026-10-15")
    day = meeting_day(text)
    if text and day is None:
        message("error", f"上次会议日期：“{text}”。日期写作 2026-10-15。请改正。")
    known = board.shared(("compared", str(day)), lambda: _compared(board, day))
    found = [(row, four) for row, four in known if wanted == ALL or row.target_bp is not None]
    days = _days(found)
    lines = [_line(board, row, four, days) for row, four in found]
    title = "较上期、较年初、同比、较上次会议"
    note_line("比同一批单位两次的数，口径、底数或单位不同的不作比较；百分点按显示出来的数相减。")
    if not lines:
        message("note", "还没有数据，没有可比较的。")
        return
    headers = (*HEADERS, *(f"{word}（{_short(days[kind])}）" if kind in days else word for kind, word in KINDS.items()))
    listing(title, headers, lines, f"比较_{board.today:%Y%m%d}")


def meeting_day(text: str) -> date | None:
    """Return the day that the reader names, None where it is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _compared(board: Board, day: date | None) -> list[tuple[Attainment, tuple[Compared, ...]]]:
    outlook = board.outlook()
    meeting = at_meeting(board, day) if day else None
    rows = [row for row in attainments(outlook, "scope") if row.numerator is not None]
    return [(row, comparisons(outlook, row, meeting)) for row in rows]


def at_meeting(board: Board, day: date) -> Outlook | None:
    """Return the board as it was known on the day of a meeting, None where there was none yet."""
    known = [one.id for one in board.store.history()[: board.commit] if one.at[:10] <= str(day)]
    if not known:
        return None
    store, commit = board.store, known[-1]
    return Outlook(store.cube(commit), store.plan(commit), store.today(commit), day)


def _days(found: Sequence[tuple[Attainment, tuple[Compared, ...]]]) -> dict[str, date]:
    """The day that a comparison goes back to, where it is the same for all rows; it then stands in the heading."""
    told = {kind: {one.day for _, four in found for one in four if one.kind == kind and one.day} for kind in KINDS}
    return {kind: next(iter(days)) for kind, days in told.items() if len(days) == 1}


def _short(day: date) -> str:
    return f"{day.year}.{day.month}.{day.day}"


def _line(
    board: Board, row: Attainment, four: Sequence[Compared], days: Mapping[str, date]
) -> tuple[str, ...]:  # fmt: skip
    indicator = board.plan.indicators[row.indicator]
    said = (_then(row, one, one.kind in days) for one in four)
    when = _short(row.as_of) if row.as_of else theme.NONE
    return indicator.name, theme.SCOPE_SHORT[row.scope], narrative.figure(row, indicator), when, *said


def _then(row: Attainment, one: Compared, dated: bool) -> str:
    words = narrative.compared(row, one)
    if one.counts is None or one.day is None:
        return words
    when = "" if dated else f"{_short(one.day)} "
    return f"{words}（{when}{theme.percent(*one.counts, row.target_bp)}%）"
