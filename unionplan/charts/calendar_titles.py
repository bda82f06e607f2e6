"""Titles and subtitles of the charts of activities: one conclusion each, from the numbers that the picture shows.

The city's federation and the 机关工会 are two bodies: each is counted in its own clause and never in one sum.
Units taking part are 家次 as soon as several events are added up (docs/rules.md, sections 6, 9 and 12).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from unionplan import theme
from unionplan.events import Event, Joined, Standing, joined, joined_sums
from unionplan.plan import Item, Settings

NAMED = 3  # a title names at most so many things
TYPES = ("国有及控股", "集体", "非公有制", "未分类型")
NON_PUBLIC = 2  # the type that a title speaks of
UPLOAD = "在“数据更新”上传活动台账"
LATE = ("overdue", "behind")


def body(item: Item) -> str:
    """Return whose plan an item is of: 市总 or 机关工会."""
    return item.plan.removesuffix("计划")


def by_body(rows: Sequence[Standing]) -> dict[str, list[Standing]]:
    """Return the rows of each body, in the order in which they come."""
    found: dict[str, list[Standing]] = {}
    for row in rows:
        found.setdefault(body(row.item), []).append(row)
    return found


def source(as_of: date | None, day: date) -> str:
    """Return where the figures come from, the ledger's own 统计时点, and the day judged where that is another."""
    parts = ["数据来源：活动台账", f"数据截至{theme.chinese_date(as_of or day)}"]
    return "｜".join([*parts, *([f"判断日期{theme.chinese_date(day)}"] if as_of and as_of != day else [])])


def _each(rows: Sequence[Standing], sentence: Callable[[list[Standing]], str]) -> str:
    parts = ((who, sentence(own)) for who, own in by_body(rows).items())
    return "；".join(f"{who}{words}" for who, words in parts if words)


def conclusion(rows: Sequence[Standing], today: date) -> str:
    """Return what is late, body by body and by name as far as the names are few; the page's one line."""
    late = [row for row in rows if row.status in LATE]
    start = f"截至{theme.month_day(today)}，"
    return start + (_each(late, _late) or "各项活动和周期性工作没有逾期、滞后")


def _late(rows: Sequence[Standing]) -> str:
    counts = Counter(row.status for row in rows)
    words = "、".join(f"{theme.STATUS[status].word}{counts[status]}项" for status in LATE if counts[status])
    return words + (f"（{'、'.join(row.item.short for row in rows)}）" if len(rows) <= NAMED else "")


def logged(events: Sequence[Event], today: date) -> str:
    """Return how many events the ledger holds and how many of them took place."""
    done = sum(event.happened(today) for event in events)
    missed = sum(event.missed(today) for event in events)
    late = f"，过计划日未完成{missed}条" if missed else ""
    return f"活动台账{len(events)}条，已完成{done}条{late}。"


# The calendar of recurring duties


def duties(rows: Sequence[Standing]) -> list[Standing]:
    """Return the recurring duties: those that the calendar shows."""
    return [row for row in rows if row.item.kind == "recurring"]


def periodic(rows: Sequence[Standing]) -> list[Standing]:
    """Return the duties that have periods and whose window touches the plan's own."""
    return [row for row in duties(rows) if row.form == "periods" and row.status != "out_of_plan"]


def calendar_title(rows: Sequence[Standing], today: date) -> str:
    """Return how many periods were due, done and made up, body by body, and which are missing as far as they are few."""
    if not duties(rows):
        return "所选范围没有周期性工作"
    start = f"截至{theme.month_day(today)}，"
    return start + (_each(periodic(rows), _periods_done) or "所选范围的周期性工作未定频次，不设期数")


def _periods_done(rows: Sequence[Standing]) -> str:
    due, done = sum(row.due or 0 for row in rows), sum(row.done for row in rows)
    if not due:
        return "例会等周期性工作尚无到期"
    late = sum(period.state == "made_up" for row in rows for period in row.periods)
    parts = [f"例会等周期性工作应完成{due}期", "全部完成" if due == done else f"已完成{done}期"]
    parts += [f"其中补{late}期"] if late else []
    missed = [f"{row.item.short}{period.label}" for row in rows for period in row.periods if period.state == "missed"]
    parts += [f"未完成：{'、'.join(missed)}"] if 0 < len(missed) <= NAMED else []
    return "，".join(parts)


def calendar_subtitle(rows: Sequence[Standing]) -> str:
    """Return what is shown, and how the duty with most periods stands."""
    most = max(periodic(rows), key=lambda row: row.total or 0, default=None)
    fact = f"{most.item.short}{most.progress}" if most else ""
    return "　｜　".join(filter(None, ("例会等周期性工作逐期完成情况", fact)))


# The timeline of activities and milestones


def shown_forms(rows: Sequence[Standing]) -> list[Standing]:
    """Return all that is no recurring duty: those stand in the calendar."""
    return [row for row in rows if row.item.kind != "recurring"]


def dated(events: Sequence[Event]) -> list[Event]:
    """Return the events that have a day of completion or a planned one."""
    return [event for event in events if event.done_on or event.planned_on]


def drawn_by_name(rows: Sequence[Standing], settings: Settings) -> list[Standing]:
    """Return the rows that have records, or a window of their own inside the plan's period, in their order."""
    return [row for row in shown_forms(rows) if dated(row.events) or _definite(row, settings)]


def _definite(row: Standing, settings: Settings) -> bool:
    """Whether the window says more than "some time in this period"."""
    start, end = row.item.start, row.item.end
    touches = row.status != "out_of_plan" and start is not None and end is not None and end >= settings.period_start
    return bool(touches and start and end and (start > settings.period_start or end < settings.period_end))


def tasks(rows: Sequence[Standing]) -> list[Standing]:
    """Return activities with a number and milestones: what has a light."""
    return [row for row in rows if row.form in ("count", "steps")]


def timeline_title(rows: Sequence[Standing], settings: Settings, today: date) -> str:
    """Return how many of the activities and milestones that are drawn stand where, body by body."""
    found = tasks(drawn_by_name(rows, settings))
    if not found:
        return "所选范围的活动和里程碑尚无登记" if tasks(rows) else "所选范围没有计数活动和里程碑"
    words = [f"{who}{len(own)}项{_tasks_done(own)}" for who, own in by_body(found).items()]
    return f"截至{theme.month_day(today)}，" + "；".join([words[0].replace("项", "项活动和里程碑", 1), *words[1:]])


def _tasks_done(rows: Sequence[Standing]) -> str:
    states = Counter(row.status for row in rows)
    ordered = [(theme.STATUS[status].word, states[status]) for status in theme.STATUS if states[status]]
    if len(ordered) == 1:
        return ("全部" if len(rows) > 1 else "") + ordered[0][0]
    return "中" + "，".join(f"{word}{count}项" for word, count in ordered)


def timeline_subtitle(rows: Sequence[Standing]) -> str:
    """Return what is shown, and what is late by name, the longest first, as far as the names are few."""
    late = sorted((row for row in tasks(rows) if row.status in LATE), key=lambda row: -row.late_days)
    notes = sum(row.form == "notes" and row.item.kind != "recurring" and bool(row.events) for row in rows)
    facts = ["、".join(f"{row.item.short}{late_words(row)}" for row in late)] if len(late) <= NAMED else []
    facts += [f"另有{notes}项定性工作有登记"] if notes else []
    return "　｜　".join(filter(None, ("活动和里程碑的计划日与完成日", *facts)))


def late_words(row: Standing) -> str:
    """Return by how much a row is late, empty when it is not: its window, or the planned day of a step, is past."""
    return theme.overdue(row.late_days) if row.status in LATE else ""


# Who took part


Groups = Mapping[str, Sequence[Event]]
"""Whose events: 市总, 机关工会, or those that name no item of the plan; each group has sums of its own."""


def told(events: Sequence[Event]) -> list[Joined]:
    """Return who took part in the events that told it."""
    return [row for row in map(joined, events) if row]


def participation_title(groups: Groups) -> str:
    """Return how many units took part in how many events and how many of them were 非公有制, group by group."""
    parts = [words for who, events in groups.items() if (words := _took_part(who, events))]
    return "；".join(parts) or "各项活动均未报参与单位数"


def _took_part(who: str, events: Sequence[Event]) -> str:
    sound = [row for row in told(events) if row.sound]
    if not sound:
        return ""
    total, parts = joined_sums(sound)
    measure = "家次" if len(sound) > 1 else "家"
    start = f"{who}{_reporting(events, len(sound))}，参与单位{theme.count(total)}{measure}"
    if not total or all(row.parts[NON_PUBLIC] is None for row in sound):
        return start
    count = f"非公有制{theme.count(parts[NON_PUBLIC])}{measure}"
    if not typed(sound, NON_PUBLIC):
        return f"{start}，报明{count}"
    return f"{start}，{count}，占{theme.percent(parts[NON_PUBLIC], total)}%"


def _reporting(events: Sequence[Event], sound: int) -> str:
    """Return how many events told their units, and how many of these are summed where not all can be."""
    known = sum(event.joined is not None for event in events)
    words = f"{known}项活动" if known == len(events) else f"{len(events)}项活动中{known}项已报参与单位数"
    return words if sound == known else f"{words}，计入{sound}项"


def typed(rows: Sequence[Joined], kind: int) -> bool:
    """Return whether every row told this type, so that its share is one; the rest, 未分类型, always is."""
    return kind == len(TYPES) - 1 or all(row.parts[kind] is not None for row in rows)


def participation_subtitle(groups: Groups) -> str:
    """Return the unit, how many persons each group told of, and how many events told nothing of units."""
    persons = [words for who, events in groups.items() if (words := _persons(who, events))]
    silent = sum(joined(event) is None for events in groups.values() for event in events)
    facts = [*persons, *([f"{silent}项未报参与单位数"] if silent else [])]
    return "　｜　".join(filter(None, ("各项活动参与单位数，家", "；".join(facts))))


def _persons(who: str, events: Sequence[Event]) -> str:
    counts = [event.participants for event in events if event.participants is not None]
    part = f"（{len(events)}项中{len(counts)}项已报）" if len(counts) < len(events) else ""
    return f"{who}参与{theme.count(sum(counts))}人次{part}" if counts else ""
