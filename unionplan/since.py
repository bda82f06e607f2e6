"""How the board stands against the period before, in words: targets reached, every headline rate, items done.

Only figures of the same definition and the same units are compared; where that cannot be, it is said. Differences are
taken between the figures as they are printed (docs/rules.md, sections 3, 7 and 10).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from unionplan import narrative, theme
from unionplan.attainment import Attainment, ItemState
from unionplan.comparing import DIFFERENT, REASONS
from unionplan.plan import Plan

NAMED = 3  # a sentence names at most so many rates


def since_words(
    rows: Sequence[Attainment],
    priors: Sequence[Attainment | None],
    plan: Plan,
    items: tuple[Sequence[ItemState], Sequence[ItemState]],
    day: date | None,
) -> str:
    """Return the sentence of the comparison with `day`, the end of the period before; "" where there is none.

    `priors` are the rows as they stood then, `items` all of the plan's items now and then, both empty where nobody has
    told of any.
    """
    if day is None:
        return ""
    reached = narrative.reached_change(*_of_plan(rows, priors))
    clauses = [_reached(rows, reached), _rates(rows, plan), *_done(*items)]
    return f"与{theme.month_day(day)}相比：{'；'.join(filter(None, clauses))}。" if any(clauses) else ""


def _of_plan(
    rows: Sequence[Attainment], priors: Sequence[Attainment | None]
) -> tuple[list[Attainment], list[Attainment | None]]:
    pairs = [(row, prior) for row, prior in zip(rows, priors, strict=True) if row.item]
    return [row for row, _ in pairs], [prior for _, prior in pairs]


def _reached(rows: Sequence[Attainment], change: str) -> str:
    """计划覆盖目标达标3项，增加1项; the words of the change come from the headline figure, without its date."""
    if not change:
        return ""
    reached = sum(row.attained is True and row.status == "attained" for row in rows if row.item)
    return f"计划覆盖目标达标{reached}项，{change.partition('日')[2] if change.startswith('较') else change}"


def _rates(rows: Sequence[Attainment], plan: Plan) -> str:
    """Return how many of the rates rose, fell or stayed; those that fell by name, and which are not compared."""
    known = [row for row in rows if row.numerator is not None and row.denominator and row.status != "stale"]
    moves = {index: narrative.points_since(row, row.previous) for index, row in enumerate(known)}
    up, down, same, none = (
        [known[index] for index, move in moves.items() if test(move)]
        for test in (_rose, _fell, lambda move: move == 0, lambda move: move is None)
    )
    counts = [f"{word}{len(own)}项" for word, own in (("提高", up), ("下降", down), ("持平", same)) if own]
    if not counts:
        return f"{len(none)}项比率{REASONS[DIFFERENT]}" if none else ""
    told = len(known) - len(none)
    every = f"{'全部' if told > 1 else ''}{counts[0][:2]}"
    words = f"{told}项比率{'、'.join(counts) if len(counts) > 1 else every}{_named(down, plan)}"
    return words + (f"，另有{len(none)}项{REASONS[DIFFERENT]}" if none else "")


def _rose(move: Decimal | None) -> bool:
    return move is not None and move > 0


def _fell(move: Decimal | None) -> bool:
    return move is not None and move < 0


def _named(fallen: Sequence[Attainment], plan: Plan) -> str:
    if not 0 < len(fallen) <= NAMED:
        return ""
    names = (
        f"{theme.SCOPE_SHORT[row.scope]}{plan.indicators[row.indicator].short}下降{abs(narrative.points_since(row, row.previous) or 0)}个百分点"
        for row in fallen
    )
    return f"（{'、'.join(names)}）"


def _done(now: Sequence[ItemState], then: Sequence[ItemState]) -> list[str]:
    """Return per body how many of its items that are no rate are done, and how many more than then."""
    clauses = []
    for plan in dict.fromkeys(one.item.plan for one in now):
        count, before = (_count(plan, states) for states in (now, then))
        more = count - before
        word = "持平" if not more else f"{'增加' if more > 0 else '减少'}{abs(more)}项"
        rest = "其他任务" if any(one.row for one in now if one.item.plan == plan) else ""
        clauses.append(f"{plan}{rest}已完成{count}项，{word}")
    return clauses


def _count(plan: str, states: Sequence[ItemState]) -> int:
    return sum(one.status == "done" for one in states if one.item.plan == plan and one.row is None)
