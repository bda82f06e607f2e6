"""活动与例会: recurring duties period by period, activities and milestones by date, and who took part."""

from __future__ import annotations

from dataclasses import dataclass

from unionplan import dues_words, theme
from unionplan.charts.calendar_titles import conclusion, late_words, logged
from unionplan.dues import Dues, pooled
from unionplan.events import Event, Standing
from unionplan.exhibits.tasks import (
    NO_ITEM,
    all_events,
    duty_calendar,
    other_events,
    paid_dues,
    standing_of,
    time_line,
    who_took_part,
)
from unionplan.ui import Board, Cell, choice, heading, listing, message, note_line, page, show, subtitle

BODIES = {"全部": "", "市总": "市总计划", "机关工会": "机关工会计划"}
STATES = ("任务", "进展", "状态", "责任部门", "计划原句")
RECORDS = ("活动", "对应任务", "计划时间", "完成时间", "标记", "参与单位数", "参与人次", "说明")
DUES = ("填报单位", "年度任务", "累计收缴", "完成率%", "还差", "比上年同期", "审计与公布", "统计时点")
FIGURES = (5, 6)  # the columns of RECORDS that hold counts


@dataclass(frozen=True)
class Chosen:
    """What the reader asked for: items with how they stand, and the events that name no item or a measured one."""

    rows: list[Standing]
    other: list[Event]
    body: str

    @property
    def events(self) -> tuple[Event, ...]:
        """All events of the ledger, by date."""
        return all_events(self.rows, self.other)


def chosen(board: Board) -> Chosen:
    """The items and events of the body that the reader or the address asks for."""
    body = BODIES[choice("范围", list(BODIES), key="body")]
    return Chosen(standing_of(board, body), other_events(board, body), body)


def say(board: Board, found: Chosen) -> bool:
    """What is late, in one line, and how much the ledger holds; returns whether there is anything to draw."""
    events = found.events
    if not events and not any(row.events for row in found.rows):
        heading("还没有活动记录", "上传活动台账后，本页显示例会日历、活动进度和参与情况。")
        message("note", "请在“数据更新”上传活动台账：一行一次活动或会议，写明对应任务和完成时间。")
        return False
    heading(f"{conclusion(found.rows, board.today)}。", logged(events, board.today))
    return True


def draw(board: Board, found: Chosen) -> None:
    """The calendar of duties, the timeline of activities and milestones, and who took part."""
    duties = duty_calendar(board, found.body)
    if duties:
        show(board, duties, "calendar")
    show(board, time_line(board, found.body), "timeline")
    show(board, who_took_part(board, found.body), "participation")


def tell(board: Board, found: Chosen) -> None:
    """Every item beside the sentence of the plan, and every event with its mark; both can be taken along."""
    items = [
        (row.item.name, _progress(row), _light(row), row.item.department, row.item.quote)
        for row in found.rows
        if row.form != "notes" or row.events
    ]  # fmt: skip
    listing("逐项进展", STATES, items, f"活动与例会进展_{board.today:%Y%m%d}")
    owner = {event: row for row in found.rows for event in row.events}
    names = {item.id: item.short for item in board.plan.items}
    lines = [_record(board, event, owner.get(event), names.get(event.item, NO_ITEM)) for event in found.events]
    listing("活动台账", RECORDS, lines, f"活动台账_{board.today:%Y%m%d}", numeric=FIGURES)


def account(board: Board) -> None:
    """Dues and their audit by unit, and the city's sums; nothing where no return has come in."""
    shown = paid_dues(board, {})
    city = pooled(shown.facts) if shown else None
    if shown is None or city is None:
        return
    subtitle("经费收缴与审计")
    show(board, shown, "dues")
    note_line(dues_words.counted(city))
    lines = [_dues(row) for row in dues_words.order(shown.facts)]
    listing("各单位经费收缴与审计", DUES, lines, f"经费收缴与审计_{board.today:%Y%m%d}", numeric=(1, 2, 3, 4))


def _dues(row: Dues) -> tuple[str | Cell, ...]:
    if row.as_of is None:
        return (
            row.unit,
            *[theme.NONE] * 3,
            theme.NONE,
            theme.NONE,
            theme.NONE,
            Cell(theme.light("unreported"), "unreported"),
        )
    told = (theme.NONE if value is None else dues_words.amount(value) for value in (row.task, row.total))
    gap = theme.NONE if row.gap is None else dues_words.amount(row.gap)
    day = theme.chinese_date(row.as_of)
    return row.unit, *told, dues_words.rate(row.rate), gap, dues_words.growth(row.growth), dues_words.audit(row), day


def _light(row: Standing) -> Cell:
    """The light with its marks; work that has long not been entered says so instead of 推进中."""
    if row.form == "notes" and row.status == "moving" and row.silent:
        return Cell(f"连续未更新{row.silent_days}天", "neutral")
    marks = "".join(f"　{theme.MARKS[mark].sign}" for mark in row.marks)
    return Cell(theme.light(row.status) + marks, theme.STATUS[row.status].role)


def _progress(row: Standing) -> str:
    return "；".join(filter(None, (row.progress, late_words(row) if row.form in ("count", "steps") else "")))


def _record(board: Board, event: Event, row: Standing | None, item: str) -> tuple[str | Cell, ...]:
    planned, done = (theme.chinese_date(day) if day else "—" for day in (event.planned_on, event.done_on))
    why = next((reason for one, reason in row.uncounted if one == event), "") if row else ""
    counts = ("未报" if count is None else theme.count(count) for count in (event.joined, event.participants))
    return event.name or "未写名称", item, planned, done, _mark(board, event, row), *counts, _explained(event, why)


def _explained(event: Event, why: str) -> str:
    return "；".join(
        filter(None, (f"步骤：{event.step}" if event.step else "", f"未计入：{why}" if why else "", event.progress))
    )


def _mark(board: Board, event: Event, row: Standing | None) -> Cell:
    """补 for what was made up late, 逾期 for what its planned day has passed without, else done or waiting."""
    if event.happened(board.today):
        late = "　补" if row and event in row.made_up else ""
        return Cell(theme.light("done") + late, theme.STATUS["done"].role)
    if event.missed(board.today) and event.planned_on:
        days = (board.today - event.planned_on).days
        return Cell(f"{theme.light('overdue')}{days}天", theme.STATUS["overdue"].role)
    return Cell("○ 未到期" if event.planned_on else "○ 未定日期", theme.STATUS["not_started"].role)


with page("pages/activities.py") as board:
    found = chosen(board)
    if say(board, found):
        draw(board, found)
        tell(board, found)
    account(board)
