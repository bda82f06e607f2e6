"""Several drawings on one sheet: moved, scaled, one under the other; they stay marks, so text stays text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from unionplan.charts.profile import wrap
from unionplan.export.marks import Box, Dot, Drawing, Line, Mark, Pen, Polygon, Words


def placed(drawn: Drawing, x: float, y: float, scale: float = 1.0) -> list[Mark]:
    """Return the marks of a drawing, scaled and with its top left corner at this place."""
    return [_moved(mark, x, y, scale) for mark in drawn.marks]


def stacked(drawings: Sequence[Drawing], gap: float = 0.0) -> Drawing:
    """Return the drawings one under the other, `gap` pixels apart, as wide as the widest."""
    marks: list[Mark] = []
    y = 0.0
    for one in drawings:
        marks += placed(one, 0, y)
        y += one.height + gap
    width = max((one.width for one in drawings), default=0.0)
    return Drawing(width, max(y - gap, 0.0), tuple(marks), sum(one.hidden for one in drawings))


def without(drawn: Drawing, *names: str) -> Drawing:
    """Return a drawing without the marks of these names."""
    return replace(drawn, marks=tuple(mark for mark in drawn.marks if mark.name not in names))


def clauses(text: str, marks: str, size: float, width: float) -> list[str]:
    """Return a bold text in lines of this width, broken after these marks first where it needs more than one line."""
    if len(wrap(text, size, width, True)) < 2:
        return [text]
    return wrap("".join(f"{char}｜" if char in marks else char for char in text), size, width, True)


def _moved(mark: Mark, x: float, y: float, scale: float) -> Mark:
    if isinstance(mark, Words):
        return replace(mark, x=x + mark.x * scale, y=y + mark.y * scale, size=mark.size * scale)
    pen = Pen(mark.pen.color, mark.pen.width * scale, tuple(part * scale for part in mark.pen.dashes))
    if isinstance(mark, Box):
        left, top = x + mark.x * scale, y + mark.y * scale
        return replace(mark, x=left, y=top, width=mark.width * scale, height=mark.height * scale, pen=pen)
    if isinstance(mark, Dot):
        return replace(mark, x=x + mark.x * scale, y=y + mark.y * scale, radius=mark.radius * scale, pen=pen)
    if isinstance(mark, Line):
        return replace(mark, points=_corners(mark.points, x, y, scale), pen=pen)
    assert isinstance(mark, Polygon)
    return replace(mark, corners=_corners(mark.corners, x, y, scale), pen=pen)


def _corners(
    points: Sequence[tuple[float, float]], x: float, y: float, scale: float
) -> tuple[tuple[float, float], ...]:
    return tuple((x + left * scale, y + top * scale) for left, top in points)
