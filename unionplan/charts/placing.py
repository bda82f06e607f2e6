"""Where a label may stand in a plot: beside its point, inside the picture, over nothing that is drawn already.

The side asked for is tried first, from near to far; when no place is free, the one that covers least is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from unionplan.charts.profile import Sheet, leading, text_width

AWAY = (0.3, 0.8, 1.3, 1.9, 2.6, 3.4, 4.2, 5.0, 6.0, 7.0, 8.0, 9.0)  # distances tried, in u
Rect = tuple[float, float, float, float]
Place = tuple[float, float]
Line = tuple[str, float, str, bool]  # text, size, colour, bold


@dataclass(frozen=True)
class Label:
    """The lines of one label, one under the other."""

    name: str
    lines: tuple[Line, ...]

    @property
    def width(self) -> float:
        """Return the width of the widest line."""
        return max((text_width(text, size, bold) for text, size, _, bold in self.lines), default=0.0)

    @property
    def height(self) -> float:
        """Return the height of all lines."""
        return sum(leading(size) for _, size, _, _ in self.lines)


def put(sheet: Sheet, label: Label, at: Place, room: Rect, taken: list[Rect], upward: bool, left: bool) -> None:
    """Write `label` near `at` inside `room`, first on the side asked for, and add its place to `taken`."""
    write(sheet, label, at, _places(label, at, room, upward, left, sheet.profile.u), taken)


def write(sheet: Sheet, label: Label, at: Place, places: Sequence[Rect], taken: list[Rect]) -> None:
    """Write `label` at the clearest of `places`, on the side of it that is towards `at`, and add it to `taken`."""
    best = clearest(places, taken)
    x, side = (best[2], "right") if best[2] <= at[0] else (best[0], "left")
    y = best[1]
    for text, size, colour, bold in label.lines:
        sheet.text(label.name, x, y + leading(size) / 2, text, size, colour, bold, side)
        y += leading(size)
    taken.append(best)


def fits(label: Label, at: Place, room: Rect, taken: Sequence[Rect], upward: bool, u: float) -> bool:
    """Return whether `label` finds a free place above its point, or below it, as asked for."""
    return any(
        covered(place, taken) == 0 for place in _inside(label, at, _tops(label, at[1], room, upward, u), room, u)
    )


def strewn(run: Sequence[Place], half: float = 3.0) -> list[Rect]:
    """Return small rectangles along a line of straight pieces, for labels to keep clear of."""
    places = list(run)
    for (x0, y0), (x1, y1) in pairwise(run):
        count = int(max(abs(x1 - x0), abs(y1 - y0)) // 8)
        places += [(x0 + (x1 - x0) * k / count, y0 + (y1 - y0) * k / count) for k in range(1, count)]
    return [(x - half, y - half, x + half, y + half) for x, y in places]


def _places(label: Label, at: Place, room: Rect, upward: bool, left: bool, u: float) -> list[Rect]:
    """The places inside `room`: above or below as asked for, nearest first, then level, then on the other side.

    Where none fits, one that is pushed into the room.
    """
    (x, y), w, h = at, label.width, label.height
    first, last = (_tops(label, y, room, side, u) for side in (upward, not upward))
    edge, top = max(room[0], min(x + 0.6 * u, room[2] - w)), max(room[1], min(y, room[3] - h))
    return _inside(label, at, [*first, y - h / 2, *last], room, u, left) or [(edge, top, edge + w, top + h)]


def _tops(label: Label, y: float, room: Rect, upward: bool, u: float) -> list[float]:
    """The upper edges to try above or below the height y; below, a label may stand on the room's floor."""
    if upward:
        return [y - away * u - label.height for away in AWAY]
    return [min(y + away * u, room[3] - label.height) for away in AWAY]


def _inside(label: Label, at: Place, tops: Sequence[float], room: Rect, u: float, left: bool = False) -> list[Rect]:
    """The places inside `room` with these upper edges, on either side of the point, one side first."""
    sides = [at[0] + 0.6 * u, at[0] - 0.6 * u - label.width]
    starts = [side for side in (reversed(sides) if left else sides) if room[0] <= side <= room[2] - label.width]
    heights = [top for top in tops if room[1] <= top <= room[3] - label.height]
    return [(side, top, side + label.width, top + label.height) for top, side in product(heights, starts)]


def clearest(places: Sequence[Rect], taken: Sequence[Rect]) -> Rect:
    """Return the first place that is free, or else the one that covers least."""
    free = (place for place in places if not any(_overlap(place, other) for other in taken))
    return next(free, None) or min(places, key=lambda place: covered(place, taken))


def covered(rect: Rect, taken: Iterable[Rect]) -> float:
    """Return how much of what is taken a rectangle covers, in square pixels."""
    return sum(_overlap(rect, other) for other in taken)


def _overlap(a: Rect, b: Rect) -> float:
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
