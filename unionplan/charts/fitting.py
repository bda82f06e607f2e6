"""What becomes of rows that a limited height has no room for: the most important are drawn, the others are counted.

A picture never fails for want of room and never leaves out a row in silence: its foot says how many are not drawn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import plotly.graph_objects as go

from unionplan import theme
from unionplan.charts.profile import Profile

Row = TypeVar("Row")
Picture = tuple[float, Callable[[], go.Figure]]
"""A height and what makes the figure: figures cost more than all that is drawn on them, so only one is made."""
SEVERITY = ("behind", "slow", "on_pace", "attained", "neutral", "unreported")
"""Roles of a status from what a leader must see to what can wait."""


class TooTallError(ValueError):
    """Rows need more height than their picture has."""

    def __init__(self, needs: float, room: float) -> None:
        super().__init__(f"the rows need {needs:.0f} px and have {room:.0f}")


def must_fit(needs: float, room: float | None) -> None:
    """Raise TooTallError where the rows need more than a fixed room, in pixels."""
    if room is not None and needs > room + 0.5:
        raise TooTallError(needs, room)


def spread(least: Sequence[float], sizes: tuple[float, float, float], room: float | None, u: float) -> list[float]:
    """Return the heights of rows in pixels: at least what each needs, and sharing a fixed room.

    `sizes` in u: the smallest height of a row, that where the picture may grow, the largest. Raises TooTallError.
    """
    smallest, comfort, largest = (size * u for size in sizes)
    needs = [max(smallest, one) for one in least]
    if room is None:
        return [max(comfort, one) for one in needs]
    must_fit(sum(needs), room)
    more = min(largest - smallest, (room - sum(needs)) / max(len(needs), 1))
    return [one + more for one in needs]


def urgency(status: str) -> int:
    """Return the place of a status in SEVERITY: the smaller, the sooner it must be seen."""
    return SEVERITY.index(theme.STATUS[status].role)


def fitted(
    rows: Sequence[Row],
    weight: Callable[[Row], Any],
    profile: Profile,
    draw: Callable[[Sequence[Row], Sequence[Row], Profile], Picture],
    tied: bool = False,
) -> go.Figure:
    """Return the picture of as many rows as fit, of the smallest `weight` first, in their own order.

    `draw(kept, omitted, profile)` returns height and picture and raises TooTallError where `kept` do not fit. Where not even
    one row does, the picture of one row grows beyond its height. `tied`: rows of equal weight are drawn all or none, as
    far as any row would be left.
    """
    if profile.height is None:
        height, made = draw(rows, (), profile)
        if profile.tallest is None or height <= profile.tallest:
            return made()
        profile = replace(profile, height=profile.tallest)
    order = sorted(range(len(rows)), key=lambda place: weight(rows[place]))
    weights = [weight(rows[place]) for place in order]

    def attempt(count: int, into: Profile = profile) -> Picture | None:
        kept = set(order[: _whole_ties(weights, count) if tied else count])
        drawn, omitted = (
            [row for place, row in enumerate(rows) if (place in kept) is is_in] for is_in in (True, False)
        )
        try:
            return draw(drawn, omitted, into)
        except TooTallError:
            return None

    found = attempt(len(rows)) or _most(attempt, len(rows))
    found = found or attempt(min(1, len(rows)), replace(profile, height=None, tallest=None))
    assert found is not None, "a picture that may grow holds every row"
    return found[1]()


def _whole_ties(weights: Sequence[Any], count: int) -> int:
    """Return at most `count`, and no tie torn unless all that would be drawn is tied."""
    if count >= len(weights) or not count:
        return count
    before = [place for place in range(1, count + 1) if weights[place - 1] != weights[place]]
    return before[-1] if before else count


def _most(attempt: Callable[[int], Picture | None], count: int) -> Picture | None:
    """Return the picture of the most rows that fit, None where none does; `count` are too many."""
    best, low = None, 0
    while count - low > 1:
        middle = (low + count) // 2
        found = attempt(middle)
        if found is None:
            count = middle
        else:
            best, low = found, middle
    return best


def left_out(statuses: Sequence[str], unit: str, where: str) -> list[str]:
    """Return the remark on rows that are not drawn, by state: 另有12项未画出：● 已完成12项；见逐项清单."""
    if not statuses:
        return []
    counts = Counter(theme.light(status) for status in sorted(statuses, key=urgency))
    return [f"{_more(len(statuses), unit)}：{'、'.join(f'{word}{n}{unit}' for word, n in counts.items())}；见{where}"]


def left_out_plain(rows: Iterable[object], unit: str, where: str) -> list[str]:
    """Return the remark on rows that have no state: 另有3项未画出；见逐项清单."""
    count = len(list(rows))
    return [f"{_more(count, unit)}；见{where}"] if count else []


def _more(count: int, unit: str) -> str:
    return f"另有{count}{unit}未画出"
