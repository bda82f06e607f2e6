"""How reporting is told: the words of each subject and status, and one conclusion from the counts that are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from unionplan import theme
from unionplan.reporting import Report, Tally, newest_period, silent, tally

SUBJECT_WORDS: Mapping[str, str] = {
    "figures": "台账、汇总表", "training": "培训报表", "activities": "活动台账", "funds": "经费收缴表",
    "progress": "任务进展表",
}  # fmt: skip
LIGHTS: Mapping[str, theme.Light] = {
    "on_time": theme.Light("●", "按时", "attained"), "nil": theme.Light("●", "零报告", "attained"),
    "late": theme.Light("▲", "迟报", "slow"), "overdue": theme.Light("■", "逾期未报", "behind"),
    "waiting": theme.Light("○", "未到期", "unreported"),
}  # fmt: skip
NAMED = 4  # a sentence names at most so many units


def light(row: Report) -> theme.Light:
    """Return what a report's cell is lit by: a word 本月无 in time has a word of its own."""
    told_nil = row.status == "on_time" and row.arrival is not None and row.arrival.nil
    return LIGHTS["nil" if told_nil else row.status]


def status(row: Report) -> str:
    """Return the status in full: ▲ 迟报12天."""
    one = light(row)
    return f"{one.glyph} {one.word}" + (f"{row.late}天" if row.late else "")


def month(period: str, year: int | None = None) -> str:
    """Return 2026-10 as 2026年10月, without the year where it is `year`."""
    words = f"{int(period[5:])}月"
    return words if year == int(period[:4]) else f"{period[:4]}年{words}"


def bearers(subject: str, count: int) -> str:
    """Return so many of those who report: 12个单位, 3个部门."""
    return f"{count}个{'部门' if subject == 'progress' else '单位'}"


def conclusion(rows: Sequence[Report], today: date) -> str:
    """Return how the newest month stands, and how all months do."""
    period = newest_period(rows)
    if period is None:
        return "还没有报送记录"
    return f"截至{theme.chinese_date(today)}，{newest(rows, today)}。{overall(rows)}。"


def newest(rows: Sequence[Report], today: date) -> str:
    """Return the newest month in one clause: who was due, how many have come, who has not."""
    period = newest_period(rows)
    if period is None:
        return "还没有报送记录"
    own = [row for row in rows if row.period == period]
    head = f"{month(period, today.year)}{SUBJECT_WORDS[own[0].subject]}应报送{bearers(own[0].subject, len(own))}"
    left = silent(own)
    if not left:
        return f"{head}，已全部报送{_late_among(tally(own))}"
    come = f"，已报送{len(own) - len(left)}个" if len(left) < len(own) else ""
    due = theme.month_day(left[0].due)
    when = f"已于{due}到期，逾期{left[0].late}天" if left[0].late else f"{due}到期"
    names = f"：{'、'.join(row.unit for row in left)}" if len(left) <= NAMED and come else ""
    return f"{head}{come}，{'均' if not come else f'{len(left)}个'}未报送（{when}）{names}"


def _late_among(counts: Tally) -> str:
    return f"，其中迟报{counts.late}个" if counts.late else "，均按时" if counts.due > 1 else ""


def overall(rows: Sequence[Report]) -> str:
    """Return all months in one clause: 2025年12月以来应报132份，按时120份，迟报8份，逾期未报4份."""
    counts, first = tally(rows), min(row.period for row in rows)
    parts = [f"按时{counts.on_time}份", f"迟报{counts.late}份", f"逾期未报{counts.overdue}份"]
    nil = f"（含零报告{counts.nil}份）" if counts.nil else ""
    if not counts.due:
        return f"{month(first)}以来没有到期的报表"
    return f"{month(first)}以来应报{counts.due}份，{'，'.join(parts)}{nil}"


def rule(months: int, grace: int) -> str:
    """Return when a report is due, for the foot of a picture."""
    every = "每月" if months == 1 else f"每{months}个月"
    return f"{every}报送，期满后{grace}天内为按时；零报告算已报，与未报不同"
