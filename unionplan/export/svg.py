"""Marks as SVG: what a rasteriser, a PDF or a page of the browser shows alike. Every text is data and escaped."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from unionplan import theme
from unionplan.export.marks import Box, Dot, Drawing, Line, Pen, Polygon, Words

FAMILY = "Noto Sans SC"
_ANCHOR = {"left": "start", "center": "middle", "right": "end"}


def svg(drawn: Drawing, family: str = FAMILY, title: str = "") -> str:
    """Return the drawing as one SVG element; `title` is what a screen reader calls it."""
    size = f'width="{_short(drawn.width)}" height="{_short(drawn.height)}"'
    box = f'viewBox="0 0 {_short(drawn.width)} {_short(drawn.height)}"'
    label = f' role="img" aria-label="{escape(theme.plain(title))}"' if title else ""
    paper = f'<rect width="100%" height="100%" fill="{theme.PAPER}"/>'
    marks = "".join(_WRITERS[type(mark)](mark) for mark in drawn.marks)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box}{label} font-family="{escape(family)}">'
    return f"{head}{paper}{marks}</svg>"


def _box(mark: Box) -> str:
    place = f'x="{_short(mark.x)}" y="{_short(mark.y)}" width="{_short(mark.width)}" height="{_short(mark.height)}"'
    return f"<rect {place}{_paint(mark.fill, mark.pen)}/>"


def _polygon(mark: Polygon) -> str:
    return f'<polygon points="{_points(mark.corners)}"{_paint(mark.fill, mark.pen)}/>'


def _line(mark: Line) -> str:
    return f'<polyline points="{_points(mark.points)}"{_paint("", mark.pen)} stroke-miterlimit="2"/>'


def _dot(mark: Dot) -> str:
    place = f'cx="{_short(mark.x)}" cy="{_short(mark.y)}" r="{_short(mark.radius)}"'
    return f"<circle {place}{_paint(mark.fill, mark.pen)}/>"


def _words(mark: Words) -> str:
    weight = ' font-weight="700"' if mark.bold else ""
    anchor = "" if mark.at == "left" else f' text-anchor="{_ANCHOR[mark.at]}"'
    look = f'font-size="{_short(mark.size)}" fill="{mark.color or "none"}"{weight}{anchor}'
    place = f'x="{_short(mark.x)}" y="{_short(mark.y)}"'
    return f'<text xml:space="preserve" {place} {look}>{escape(mark.text, quote=False)}</text>'


_WRITERS: dict[type, Callable[[Any], str]] = {
    Box: _box, Polygon: _polygon, Line: _line, Dot: _dot, Words: _words,
}  # fmt: skip


def _paint(fill: str, pen: Pen) -> str:
    inside = f' fill="{fill or "none"}"'
    if not pen.width:
        return inside
    dashes = f' stroke-dasharray="{" ".join(map(_short, pen.dashes))}"' if pen.dashes else ""
    return f'{inside} stroke="{pen.color or "none"}" stroke-width="{_short(pen.width)}"{dashes}'


def _points(points: tuple[tuple[float, float], ...]) -> str:
    return " ".join(f"{_short(x)},{_short(y)}" for x, y in points)


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".") or "0"
