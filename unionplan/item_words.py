"""A plan item in words: its kind, window and target, what its notes tell, what its steps wait for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from unionplan import theme
from unionplan.attainment import ItemState
from unionplan.events import Period, Standing, kind_word, measured
from unionplan.notes import REPORT, Note
from unionplan.plan import Item

KINDS = {"coverage": "比率", "count": "计数", "milestone": "里程碑", "recurring": "周期", "qualitative": "定性"}
BODIES = {"市总": "市总计划", "机关工会": "机关工会计划"}
"""What a link of old calls a body's plan → its name."""
"""What a reader calls the two plans; the second is another body's and is never added to the first."""


def kind_words(item: Item) -> str:
    """Return an item's kind with how often it is due: 周期（每月）."""
    often = f"（{item.frequency}）" if item.kind == "recurring" and item.frequency else ""
    return f"{KINDS[item.kind]}{often}"


def window_words(start: date | None, end: date | None) -> str:
    """Return a window: 2026年7月1日至2026年12月31日; an end that the plan does not name is said."""
    if start and end:
        return f"{theme.chinese_date(start)}至{theme.chinese_date(end)}"
    first = f"{theme.chinese_date(start)}起，" if start else ""
    return f"{first}{f'{theme.chinese_date(end)}止' if end else '截止年份未设定'}"


def target_words(item: Item) -> str:
    """Return what is promised: 90%, 50,000人, 1次; where the plan sets no number, that."""
    if item.target is None:
        return "计划没有定数量"
    if item.unit == "%":
        return f"{theme.target_percent(int(item.target * 10_000))}%"
    return f"{theme.count(int(item.target))}{item.unit}"


def idle_words(state: ItemState, today: date) -> str:
    """Return for how long nothing was told of work without figures, empty for other kinds and what is outside the plan."""
    item, days = state.item, state.idle_days(today)
    if days is not None and state.status != "done":
        return f"连续未更新{days}天"
    waits = item.kind == "qualitative" and state.status == "not_started" and item.start and item.start <= today
    return f"起始日以来{(today - item.start).days}天没有登记" if waits and item.start else ""


def late_words(state: ItemState, today: date) -> str:
    """Return by how much an item is late, empty where it is not."""
    return theme.overdue(state.late_days(today))


def progress_words(state: ItemState, today: date) -> str:
    """Return an item's progress in its own terms with how late it is or how long nothing was told, each once."""
    more = late_words(state, today) or idle_words(state, today)
    return "，".join(filter(None, (state.said, "" if more in state.said else more))) or theme.NONE


def counted_words(states: Sequence[ItemState], name: str) -> str:
    """Return how many items of one plan stand where: 市总计划51项：滞后3项，偏慢2项，已完成5项."""
    found = [theme.STATUS[state.status].word for state in states]
    order = {light.word: place for place, light in enumerate(_worst_first())}
    counts = {word: found.count(word) for word in sorted(set(found), key=order.__getitem__)}
    return f"{name}{len(found)}项" + (
        f"：{'，'.join(f'{word}{count}项' for word, count in counts.items())}" if counts else ""
    )


def _worst_first() -> list[theme.Light]:
    roles = ("behind", "slow", "on_pace", "attained", "neutral", "unreported")
    return sorted(theme.STATUS.values(), key=lambda light: roles.index(light.role))


# Notes


def note_head(item: Item, note: Note) -> str:
    """Return what kind of note it is, of which step or period: 步骤完成（评审）."""
    of = "" if not note.step else f"（{note.step}）"
    return f"{kind_word(item, note.kind)}{of}"


def note_words(item: Item, note: Note) -> str:
    """Return what a note tells, its figures first."""
    told = [_figures(item, note), note.text]
    told += [f"存在问题：{note.problems}"] if note.problems else []
    told += [f"下步打算：{note.next_steps}"] if note.next_steps else []
    return "；".join(filter(None, told)) or theme.NONE


def _figures(item: Item, note: Note) -> str:
    if note.done_on:
        return f"{theme.chinese_date(note.done_on)}完成"
    if note.total is not None and note.done is not None:
        words = ("应建档", "已建档", "份") if kind_word(item, "cases") == "建档" else ("应办", "已办", "")
        zero = "（零报告）" if not note.total else ""
        return f"{words[0]}{note.total}{words[2]}，{words[1]}{note.done}{words[2]}{zero}"
    if note.done is None:
        return ""
    unit = measured(item, note)
    return f"累计{theme.count(note.done)}{unit}" if unit or note.kind != REPORT else f"已办数{theme.count(note.done)}"


def explanation(state: ItemState, notes: Sequence[Note]) -> str:
    """Return the newest explanation of an item that is late, from the page or a progress report's 存在问题.

    Where nobody gave one, that; empty for an item that is not late.
    """
    if theme.STATUS[state.status].role != "behind":
        return ""
    told = [(note, note.text if note.kind == "explanation" else note.problems) for note in notes
            if note.kind == "explanation" or note.problems]  # fmt: skip
    if not told:
        return "尚无情况说明"
    note, text = told[-1]
    return f"情况说明（{theme.month_day(note.on)}）：{' '.join(text.split())}"


def note_source(note: Note) -> str:
    """Return who told it: the writer, else the department of the progress report."""
    return note.who or note.department or theme.NONE


# Steps and periods


def after_words(item: Item, items: Mapping[str, Item], done: bool) -> str:
    """Return what an item has to wait for: 公布审计结果须在工会经费审计之后; empty where it waits for nothing."""
    names = "、".join(items[number].short for number in item.after if number in items)
    if not names:
        return ""
    return f"{item.short}须在{names}之后" + ("" if done else "；前置任务还没有完成")


PERIOD_STATES = {
    "done": "● 已完成",
    "made_up": "● 已完成　补",
    "missed": "■ 未完成",
    "due_now": "○ 本期进行中",
    "future": "○ 未到期",
}
PERIOD_ROLES = {
    "done": "attained",
    "made_up": "attained",
    "missed": "behind",
    "due_now": "unreported",
    "future": "unreported",
}


def period_reason(period: Period) -> str:
    """Return when a period was done, else why it was not; a missed one without a reason is asked for it."""
    if period.events:
        return "、".join(dict.fromkeys(theme.month_day(event.done_on) for event in period.events if event.done_on))
    if period.state == "missed":
        return f"未开展：{period.reason}" if period.reason else "未开展，尚未说明原因"
    return period.reason or theme.NONE


def skipped(one: Standing) -> list[Period]:
    """Return the periods that may be explained: begun, and nothing took place in them."""
    return [period for period in one.periods if period.state in ("missed", "due_now")]
