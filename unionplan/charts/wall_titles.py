"""What the plan wall says: whose items stand where, part by part, and in a few words how each item stands.

The city's plan and the 机关工会's are two bodies: each is counted by itself and never in one sum. ● is 达标 of a rate and
已完成 of anything else; a title counts every state (docs/rules.md, sections 5, 6, 9 and 12).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from unionplan import theme
from unionplan.attainment import ItemState
from unionplan.events import SILENT_DAYS
from unionplan.plan import Item, Section

NAMED = 4  # a subtitle names at most so many items
DONE = ("attained", "done")
RED = ("overdue", "behind")
AMBER = ("due_soon", "slow")
GLYPHS = ("●", "◆", "▲", "■", "◇", "○")
UNJUDGED = "不作判断"
NUMERAL = re.compile(r"[一二三四五六七八九十]+、")
NOTE = "完成数为达标和已完成的项数，市总与机关工会分别计数"


@dataclass(frozen=True)
class Part:
    """One part of one body's plan with its items; `name` is its number and short name, `heading` the plan's own words.

    `tiles` are the items that are drawn: all of them where the picture has room.
    """

    plan: str
    name: str
    heading: str
    states: tuple[ItemState, ...]
    tiles: tuple[ItemState, ...]

    @property
    def done(self) -> int:
        """Return how many of its items are 达标 or 已完成."""
        return done(self.states)

    @property
    def departments(self) -> str:
        """Return who is responsible for its items, in their order."""
        return "、".join(dict.fromkeys(one.item.department for one in self.states if one.item.department))


def parts_of(states: Sequence[ItemState], sections: Sequence[Section]) -> list[Part]:
    """Return the parts that have items among `states`, body by body in the plan's order; each item is in exactly one.

    An item whose part is not among the plan's sections stands in a part of its own words.
    """
    places = [place(one.item, sections) for one in states]
    bodies = list(dict.fromkeys(one.item.plan for one in states))
    keys = sorted(dict.fromkeys(places), key=lambda key: (bodies.index(key[0]), key[1]))
    return [_part(key, sections, [one for one, own in zip(states, places, strict=True) if own == key]) for key in keys]


def place(item: Item, sections: Sequence[Section]) -> tuple[str, int, str]:
    """Return (plan, number of its section, "") of an item; without a section its own words at the end."""
    for number, one in enumerate(sections):
        if (one.plan, one.key) == (item.plan, item.section) and one.number in ("", item.number):
            return item.plan, number, ""
    return item.plan, len(sections), item.section


def _part(key: tuple[str, int, str], sections: Sequence[Section], states: Sequence[ItemState]) -> Part:
    plan, number, words = key
    if number == len(sections):
        return Part(plan, words or "未分部分", words, tuple(states), tuple(states))
    return Part(plan, named(sections[number]), sections[number].heading, tuple(states), tuple(states))


def named(section: Section) -> str:
    """Return a part's number with its short name: 一、经济技术创新, 7、学习制度, 前言 法规宣传学习."""
    if section.number:
        return f"{section.number}{'、' if section.number.isdigit() else ' '}{section.short}"
    numeral = NUMERAL.match(section.heading)
    return f"{numeral.group() if numeral else ''}{section.short}"


def by_plan(parts: Sequence[Part]) -> list[tuple[str, list[Part]]]:
    """Return each body's plan with its parts."""
    return [(plan, list(own)) for plan, own in groupby(parts, key=lambda part: part.plan)]


def done(states: Sequence[ItemState]) -> int:
    """Return how many items are 达标 or 已完成."""
    return sum(one.status in DONE for one in states)


def counted(states: Sequence[ItemState]) -> list[tuple[str, int]]:
    """Return how many items have each status, in the order of the alphabet, without those that none has."""
    found = Counter(one.status for one in states)
    return [(status, found[status]) for status in theme.STATUS if found[status]]


# Title and subtitle


def wall_title(states: Sequence[ItemState], whose: str = "") -> str:
    """Return how many items of the first body stand where, over all states; `whose` stands before it (陈副主席分管的).

    The other body is never added: its block in the picture has its own counts.
    """
    bodies = _bodies(states)
    return theme.plain(whose) + _sentence(*bodies[0]) if bodies else "所选范围没有计划任务"


def _bodies(states: Sequence[ItemState]) -> list[tuple[str, list[ItemState]]]:
    return [
        (plan, [one for one in states if one.item.plan == plan])
        for plan in dict.fromkeys(one.item.plan for one in states)
    ]


def _sentence(plan: str, states: Sequence[ItemState]) -> str:
    return f"{plan}{len(states)}项{_stand(states)}"


def _stand(states: Sequence[ItemState]) -> str:
    words = by_glyph(states)
    if len(words) == 1:
        return f"{'全部' if len(states) > 1 else ''}{words[0][0]}"
    return "：" + "，".join(f"{word}{count}项" for word, count in words)


def by_glyph(states: Sequence[ItemState]) -> list[tuple[str, int]]:
    """Return the words of each glyph that occurs (达标和已完成), with how many items have it.

    More than two kinds of what is not judged (◇) are 不作判断 together; the chips tell them apart.
    """
    found = counted(states)
    groups = [[(status, count) for status, count in found if theme.STATUS[status].glyph == glyph] for glyph in GLYPHS]
    return [(_words([status for status, _ in own]), sum(count for _, count in own)) for own in groups if own]


def _words(statuses: Sequence[str]) -> str:
    return "和".join(theme.STATUS[status].word for status in statuses) if len(statuses) <= 2 else UNJUDGED


def wall_subtitle(states: Sequence[ItemState]) -> str:
    """Return what a tile is, and what is late, body by body and by name as far as the names are few."""
    late = [f"{plan.removesuffix('计划')}{words}" for plan, own in _bodies(states) if (words := _late(own))]
    if len(_bodies(states)) == 1:
        late = [_late(states)]
    return "　｜　".join(filter(None, ("每格一项任务，按计划部分排列", "；".join(late))))


def _late(states: Sequence[ItemState]) -> str:
    own = [one for status in RED for one in states if one.status == status]
    if not own or len(own) > NAMED:
        return ""
    words = "和".join(dict.fromkeys(theme.STATUS[one.status].word for one in own))
    return f"{words}：{'、'.join(theme.plain(one.item.short) for one in own)}"


def source(as_of: date | None, day: date) -> str:
    """Return where the states come from: the newest figures' date, and the day on which the rest was judged."""
    parts = ["数据来源：各单位、各部门报送的表和登记"]
    parts += [f"数据截至{theme.chinese_date(as_of)}"] if as_of else []
    return "｜".join([*parts, f"判断日期{theme.chinese_date(day)}"])


# One item


def silent_days(state: ItemState, day: date) -> int:
    """Return for how many days work without figures has not moved, 0 while that is no longer than usual.

    The usual is events.SILENT_DAYS: within them 推进中 says no more than was told.
    """
    if state.status != "moving" or state.counts is not None or state.moved_on is None:
        return 0
    days = (day - state.moved_on).days
    return days if days > SILENT_DAYS else 0


def standing_words(state: ItemState, day: date) -> str:
    """Return how an item stands in its shortest whole form: 滞后，逾期16天, 达标 91.1%, 推进中 2/3步, 连续未更新118天."""
    silent = silent_days(state, day)
    if silent:
        return f"连续未更新{silent}天"
    word = theme.STATUS[state.status].word
    late = theme.overdue(state.late_days(day)) if state.status in RED else ""
    if late:
        word = late if state.status == "overdue" else f"{word}，{late}"
    return " ".join(
        [*filter(None, (word, figure(state))), *(theme.MARKS[m].sign for m in state.marks if m == "made_up")]
    )


def figure(state: ItemState) -> str:
    """Return an item's figure as a tile shows it: a rate with its gap, or what is done of how much; "" without one."""
    row = state.row
    if row is not None:
        if row.numerator is None or not row.denominator:
            return ""
        gap = f"，还差{theme.count(row.gap)}家" if row.gap else ""
        return f"{theme.percent(row.numerator, row.denominator, row.target_bp)}%{gap}"
    if state.counts is None or state.counts[1] == 0 or state.status in ("done", "not_started", "out_of_plan"):
        return ""
    have, whole = state.counts
    return f"{theme.count(have)}/{theme.count(whole)}{unit(state.item)}"


def unit(item: Item) -> str:
    """Return in what an item's progress is counted: 步, 期, 户 of cases, persons, or its own unit."""
    if item.kind == "milestone":
        return "步"
    if item.kind == "recurring":
        return "户" if item.frequency == "应访即访" else "期"
    return item.unit


def progress(state: ItemState) -> str:
    """Return an item's progress in its own terms: what was told of it, else a rate with counts and gap."""
    row = state.row
    if state.said or row is None or row.numerator is None or not row.denominator:
        return state.said or (f"已完成{figure(state)}" if figure(state) else "")
    rate = theme.percent(row.numerator, row.denominator, row.target_bp)
    goal = "" if row.target_bp is None else f"，目标{theme.target_percent(row.target_bp)}%"
    gap = f"，还差{theme.count(row.gap)}家" if row.gap else ""
    return f"{rate}%（{theme.count(row.numerator)}/{theme.count(row.denominator)}）{goal}{gap}"
