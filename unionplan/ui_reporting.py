"""The view 报送情况 of the page 更新记录: who has reported for which month, when it was due, and what goes to who has not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from unionplan import reporting_words as words
from unionplan import theme
from unionplan.charts import PHONE, SCREEN
from unionplan.charts.reporting import reporting
from unionplan.reporting import STATUSES, SUBJECTS, Arrival, Key, Report, arrivals, reports, rhythm
from unionplan.ui import Board, Cell, chart, choice, heading, listing, message
from unionplan.ui_papers import urge

HEADERS = ("报送单位", "月份", "报送内容", "状态", "报送截止", "报送日期", "逾期天数", "报送人", "更新", "此后更正")
FILTERS = {"未报送、迟报": ("overdue", "waiting", "late"), "按时": ("on_time",), "全部": STATUSES}


def show_reporting(board: Board) -> None:
    """Draw one subject's matrix of units and months, its list, and the papers for who has not reported."""
    subject = choice("报送内容", list(SUBJECTS), key="what", format=lambda one: words.SUBJECT_WORDS[one])
    rows = all_reports(board, subject)
    heading("报送情况", words.conclusion(rows, board.today))
    if not rows:
        message(
            "note", f"还没有收到过{words.SUBJECT_WORDS[subject]}。收到第一份之后，从那个月起逐月统计谁已报、谁未报。"
        )
        return
    _draw(board, subject, rows)
    _list(board, subject, rows)
    urge(board, subject, rows)


def came(board: Board) -> dict[Key, Arrival]:
    """Return every report that stands, read from the log once per commit."""
    history = board.store.history()[: board.commit]
    told = lambda entry: [str(name) for name in board.store.frame(entry)["dataset"]]  # noqa: E731
    return board.shared(("arrivals",), lambda: arrivals(history, told))


def all_reports(board: Board, subject: str) -> list[Report]:
    """Return what was due of a subject and what became of it; shared by all who look."""
    opened = datetime.fromisoformat(board.store.history()[0].at).date()
    make = lambda: reports(board.plan, came(board), opened, board.today, subject)  # noqa: E731
    return board.shared(("reports", subject), make)


def _draw(board: Board, subject: str, rows: Sequence[Report]) -> None:
    said = {
        "title": words.newest(rows, board.today), "subtitle": words.overall(rows),
        "source": f"数据来源：更新记录　截至{theme.chinese_date(board.today)}",
        "note": words.rule(*rhythm(board.plan, subject)),
    }  # fmt: skip
    wide, narrow = (reporting(rows, **said, profile=profile) for profile in (SCREEN, PHONE))
    name = f"{words.SUBJECT_WORDS[subject]}报送情况_{board.today:%Y%m%d}"
    chart(wide, name, phone=narrow, key="reporting")


def _list(board: Board, subject: str, rows: Sequence[Report]) -> None:
    wanted = FILTERS[choice("只看", list(FILTERS), key="only")]
    own = [row for row in reversed(rows) if row.status in wanted]
    own.sort(key=lambda row: row.period, reverse=True)
    lines = [_line(row) for row in own]
    if not lines:
        message("ok", "没有这样的报表。")
        return
    name = f"{words.SUBJECT_WORDS[subject]}报送清单_{board.today:%Y%m%d}"
    listing(f"报送清单（{len(lines)}份）", HEADERS, lines, name, numeric=(6,), shown=40, whole=lambda: lines)


def _line(row: Report) -> tuple[str | Cell, ...]:
    came = row.arrival
    return (
        row.unit, words.month(row.period), words.SUBJECT_WORDS[row.subject], Cell(words.status(row), words.light(row).role),
        _day(row.due), _day(came.day) if came else theme.NONE, str(row.late) if row.late else theme.NONE,
        came.who if came else theme.NONE, f"第{came.commit}次" if came else theme.NONE,
        f"{came.corrected}次" if came and came.corrected else theme.NONE,
    )  # fmt: skip


def _day(day: date) -> str:
    return theme.chinese_date(day)
