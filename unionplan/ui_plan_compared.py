"""Comparisons on the page 计划与口径: every indicator × type against last period, year's start, last year, last meeting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from unionplan import narrative, theme
from unionplan.attainment import Attainment, Outlook, attainments
from unionplan.comparing import KINDS, Compared, comparisons
from unionplan.meetings import Meeting
from unionplan.ui import Board, choice, listing, message, note_line, searched, section
from unionplan.ui_meetings import held

HEADERS = ("指标", "适用范围", "完成值", "统计时点")
AIMED, ALL = "有目标的", "全部"
UNFROZEN = (
    "还没有上会定稿，“较上次会议”没有可比的数。定稿的办法：打开“更新记录”，选“上会定稿”，"
    "在“把现在看到的数定稿”里填写会议名称和日期。没有定稿的会议，可以在“其他日期”填写那一天。"
)  # fmt: skip


@dataclass(frozen=True)
class Last:
    """The meeting that is compared with: what it is called, and the board as it was told; None where there is none."""

    name: str = ""
    then: Outlook | None = None


def show_compared(board: Board) -> None:
    """Draw the four comparisons of everything that is known, with the figure of then beside each."""
    with section("filters"):
        wanted = choice("范围", [AIMED, ALL], key="rows")
        last = _last(board)
    known = board.shared(("compared", last.name), lambda: _compared(board, last))
    found = [(row, four) for row, four in known if wanted == ALL or row.target_bp is not None]
    days = _days(found)
    lines = [_line(board, row, four, days) for row, four in found]
    note_line("比同一批单位两次的数，口径、底数或单位不同的不作比较；百分点按显示出来的数相减。")
    if not lines:
        message("note", "还没有数据，没有可比较的。")
        return
    headers = (*HEADERS, *(_head(kind, days.get(kind), last) for kind in KINDS))
    listing("较上期、较年初、同比、较上次会议", headers, lines, f"比较_{board.today:%Y%m%d}")


def _last(board: Board) -> Last:
    """The meeting that the reader names, by its name or a day of his own; else the last one that was frozen."""
    frozen = {title(one): one for one in held(board) if one.held_on <= board.today}
    name = choice("上次会议", list(frozen), key="meeting") if frozen else ""
    text = searched("其他日期", key="met", placeholder="如 2026-10-15")
    day = meeting_day(text)
    then = at_meeting(board, day) if day else None
    if day and then:
        return Last(theme.chinese_date(day), then)
    if text:
        wrong = "那一天看板上还没有数据。请换一个日期。" if day else "日期写作 2026-10-15。请改正。"
        message("error", f"其他日期：“{text}”。{wrong}")
    if not frozen:
        message("note", UNFROZEN)
        return Last()
    return Last(name, as_told(board, frozen[name]))


def title(meeting: Meeting) -> str:
    """Return what a meeting is called in a list: its name and the day on which it was held."""
    return f"{meeting.name} {theme.chinese_date(meeting.held_on)}"


def as_told(board: Board, meeting: Meeting) -> Outlook:
    """Return the board as it was told to a meeting: its refresh, its data, the days it was judged by."""
    store = board.store
    return Outlook(store.cube(meeting.commit), store.plan(meeting.commit), meeting.clock, meeting.on)


def meeting_day(text: str) -> date | None:
    """Return the day that the reader names, None where it is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _compared(board: Board, last: Last) -> list[tuple[Attainment, tuple[Compared, ...]]]:
    outlook = board.outlook()
    rows = [row for row in attainments(outlook, "scope") if row.numerator is not None]
    return [(row, comparisons(outlook, row, last.then)) for row in rows]


def at_meeting(board: Board, day: date) -> Outlook | None:
    """Return the board as it was known on the day of a meeting that was not frozen, None where there was none yet."""
    known = [one.id for one in board.store.history()[: board.commit] if one.at[:10] <= str(day)]
    if not known or board.store.cube(known[-1]).empty:
        return None
    store, commit = board.store, known[-1]
    return Outlook(store.cube(commit), store.plan(commit), store.today(commit), day)


def _head(kind: str, day: date | None, last: Last) -> str:
    """The heading of one comparison: what it goes back to, where that is the same in every line."""
    name = last.name if kind == "meeting" else ""
    when = f"{'数据' if name else ''}{_short(day)}" if day else ""
    words = "，".join(filter(None, (name, when)))
    return f"{KINDS[kind]}（{words}）" if words else KINDS[kind]


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
