"""A figure as a plain list of marks: the part of Plotly that our charts draw with, and nothing else.

Axes, shapes, annotations and traces are read as Plotly draws them: shapes below, traces, shapes above, annotations.
Whatever this reader does not know, an attribute included, stops it: a picture never silently lacks a mark.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import groupby
from math import isfinite
from typing import Any

import numpy as np
import plotly.graph_objects as go

from unionplan.theme import plain

Point = tuple[float, float]


class UnknownMarkError(ValueError):
    """A figure holds something that the pictures cannot draw: our own slip, never a user's."""


@dataclass(frozen=True)
class Pen:
    """The line around or along a mark: colour, width in pixels, lengths of dash and gap, empty when solid."""

    color: str
    width: float
    dashes: tuple[float, ...] = ()


NO_PEN = Pen("", 0.0)


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    name: str
    x: float
    y: float
    width: float
    height: float
    fill: str
    pen: Pen = NO_PEN


@dataclass(frozen=True)
class Polygon:
    """A closed area."""

    name: str
    corners: tuple[Point, ...]
    fill: str
    pen: Pen = NO_PEN


@dataclass(frozen=True)
class Line:
    """A line through points, never closed or filled."""

    name: str
    points: tuple[Point, ...]
    pen: Pen


@dataclass(frozen=True)
class Dot:
    """A circle."""

    name: str
    x: float
    y: float
    radius: float
    fill: str
    pen: Pen = NO_PEN


@dataclass(frozen=True)
class Words:
    """One line of text as it is read, with its baseline; `at` says which of its ends stands at x."""

    name: str
    x: float
    y: float
    text: str
    size: float
    color: str
    bold: bool
    at: str


Mark = Box | Polygon | Line | Dot | Words


@dataclass(frozen=True)
class Drawing:
    """What stands on a picture of this size in pixels, in the order it is drawn; `hidden` counts hover areas."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    hidden: int = 0

    def named(self, *names: str) -> list[Mark]:
        """Return the marks of these names, texts left out."""
        return [mark for mark in self.marks if mark.name in names and not isinstance(mark, Words)]

    @property
    def text(self) -> str:
        """Return everything that is written on it."""
        return "\n".join(mark.text for mark in self.marks if isinstance(mark, Words))


INVISIBLE = "rgba(0,0,0,0)"
ASCENT, DESCENT, SPACING = 1.16, 0.288, 1.3  # of the pictures' font; Plotly's distance of lines
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_LAYOUT = {"template", "width", "height", "xaxis", "yaxis", "shapes", "annotations", "hoverlabel", "font", "margin"}
_AXIS = {"visible", "fixedrange", "autorange", "range"}
_SHAPE = {"name", "type", "xref", "yref", "layer", "x0", "x1", "y0", "y1", "path", "fillcolor", "line"}
_NOTE = {
    "name", "text", "font", "x", "y", "xref", "yref", "xanchor", "yanchor", "showarrow", "borderpad", "align",
}  # fmt: skip
_SCATTER = {
    "type", "name", "x", "y", "mode", "line", "marker", "hoverinfo", "hovertext", "cliponaxis", "connectgaps",
}  # fmt: skip
_BAR = {"type", "name", "orientation", "base", "x", "y", "width", "marker", "hovertext", "hoverinfo"}


def drawing(figure: go.Figure) -> Drawing:
    """Return the marks of a figure; raises UnknownMarkError on anything that is not among them."""
    whole = figure.to_plotly_json()
    layout = whole["layout"]
    _only("layout", layout, _LAYOUT)
    sheet = _sheet(layout)
    shapes = list(layout.get("shapes", ()))
    below = [shape for shape in shapes if shape.get("layer") == "below"]
    above = [shape for shape in shapes if shape.get("layer") != "below"]
    traces = [mark for trace in whole["data"] for mark in _trace(trace, sheet)]
    notes = [mark for note in layout.get("annotations", ()) for mark in _words(note, sheet)]
    marks = (*(_shape(one, sheet) for one in below), *traces, *(_shape(one, sheet) for one in above), *notes)
    hidden = sum(len(trace["x"]) for trace in whole["data"] if trace.get("type") == "bar")
    return Drawing(sheet.width, sheet.height, marks, hidden)


@dataclass(frozen=True)
class _Sheet:
    """The whole picture as the plot area: axes run over its width and height."""

    width: float
    height: float
    across: tuple[float, float]
    down: tuple[float, float]

    def at(self, x: Any, y: Any) -> Point:
        """Return where a place on the axes stands in the picture."""
        left, right = self.across
        bottom, top = self.down
        return (
            (_number(x) - left) / (right - left) * self.width,
            (top - _number(y)) / (top - bottom) * self.height,
        )


def _sheet(layout: Mapping[str, Any]) -> _Sheet:
    margin = {**_template(layout).get("margin", {}), **layout.get("margin", {})}
    if any(margin.get(side) != 0 for side in "lrtb") or not layout.get("width") or not layout.get("height"):
        raise UnknownMarkError("layout: margins must be 0 and the size given")
    for axis in ("xaxis", "yaxis"):
        _only(axis, layout[axis], _AXIS)
        if layout[axis].get("visible") is not False:
            raise UnknownMarkError(f"{axis}: must be invisible")
    x, y = (tuple(map(_number, layout[axis]["range"])) for axis in ("xaxis", "yaxis"))
    return _Sheet(_number(layout["width"]), _number(layout["height"]), (x[0], x[1]), (y[0], y[1]))


def _template(layout: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = layout.get("template", {}).get("layout", {})
    return found


# Shapes


def _shape(shape: Mapping[str, Any], sheet: _Sheet) -> Mark:
    _only("shape", shape, _SHAPE)
    _pixels(shape)
    name, kind, pen = shape.get("name") or "", shape.get("type"), _pen(shape["line"])
    if kind == "path":
        return Polygon(name, _corners(shape["path"], sheet), _color(shape["fillcolor"]), pen)
    (x0, y0), (x1, y1) = sheet.at(shape.get("x0"), shape.get("y0")), sheet.at(shape.get("x1"), shape.get("y1"))
    if kind == "rect":
        left, top = min(x0, x1), min(y0, y1)
        return Box(name, left, top, abs(x1 - x0), abs(y1 - y0), _color(shape["fillcolor"]), pen)
    if kind == "line":
        return Line(name, ((x0, y0), (x1, y1)), pen)
    raise UnknownMarkError(f"shape {name!r}: type {kind!r}")


def _corners(path: str, sheet: _Sheet) -> tuple[Point, ...]:
    if not re.fullmatch(r"M[-\d.,]+(L[-\d.,]+)+Z", path):
        raise UnknownMarkError(f"path {path!r}")
    pairs = (corner.split(",") for corner in re.split("[ML]", path.rstrip("Z"))[1:])
    return tuple(sheet.at(float(x), float(y)) for x, y in pairs)


# Texts


def _words(note: Mapping[str, Any], sheet: _Sheet) -> Iterator[Words]:
    _only("annotation", note, _NOTE)
    _only("annotation font", note["font"], {"size", "color", "weight"})
    _pixels(note)
    if note["showarrow"] or note["borderpad"] or note["yanchor"] != "middle" or note["xanchor"] not in _ANCHORS:
        raise UnknownMarkError(f"annotation {note['text']!r}: an arrow, a border or another anchor")
    x, middle = sheet.at(note["x"], note["y"])
    x += _ANCHORS[note["xanchor"]]
    size, font = _number(note["font"]["size"]), note["font"]
    lines = _lines(note["text"])
    if len(lines) > 1 and note["align"] != note["xanchor"]:
        raise UnknownMarkError(f"annotation {note['text']!r}: lines that are not aligned like the text")
    top = middle - (ASCENT + DESCENT + SPACING * (len(lines) - 1)) * size / 2
    for number, (text, bold) in enumerate(lines):
        y = top + (ASCENT + SPACING * number) * size
        yield Words(note.get("name") or "", x, y, text, size, _color(font["color"]), bold or font["weight"] >= 600, note["xanchor"])  # fmt: skip


_ANCHORS = {"left": 1, "center": 0, "right": -1}  # Plotly keeps a pixel for a border, an invisible one too


def _lines(text: str) -> list[tuple[str, bool]]:
    """The lines of Plotly's pseudo-HTML as they are read, each wholly bold or not at all."""
    found = []
    for line in re.split(r"<br ?/?>", text):
        inner = re.fullmatch(r"<b>(.*)</b>", line)
        words = inner[1] if inner else line
        if "<" in words or ">" in words:
            raise UnknownMarkError(f"annotation {text!r}: a tag")
        found.append((plain(unescape(words)), bool(inner)))
    return found


# Traces


def _trace(trace: Mapping[str, Any], sheet: _Sheet) -> list[Mark]:
    kind = trace.get("type")
    if kind == "bar":
        return _hidden(trace)
    if kind != "scatter":
        raise UnknownMarkError(f"trace of type {kind!r}")
    _only("scatter", trace, _SCATTER)
    xs, ys = _values(trace.get("x")), _values(trace.get("y"))
    if len(xs) != len(ys):
        raise UnknownMarkError(f"scatter {trace.get('name')!r}: {len(xs)} x and {len(ys)} y")
    places = [None if _blank(x) or _blank(y) else sheet.at(x, y) for x, y in zip(xs, ys, strict=True)]
    return [*_path(trace, places), *_dots(trace, places)] if places else []


def _hidden(trace: Mapping[str, Any]) -> list[Mark]:
    """Invisible bars carry hover texts: they are left out knowingly, any other bar is unknown."""
    _only("bar", trace, _BAR)
    marker = trace.get("marker", {})
    if marker != {"color": INVISIBLE, "line": {"width": 0}}:
        raise UnknownMarkError(f"bar {trace.get('name')!r} that is not invisible")
    return []


def _path(trace: Mapping[str, Any], places: Sequence[Point | None]) -> Iterator[Line]:
    mode = trace.get("mode")
    if mode not in ("lines", "markers", "lines+markers"):
        raise UnknownMarkError(f"scatter of mode {mode!r}")
    if "lines" not in mode:
        return
    _only("scatter line", trace["line"], {"color", "width", "dash"})
    kept = [place for place in places if place] if trace.get("connectgaps") else places
    for drawn, stretch in groupby(kept, key=lambda place: place is not None):
        points = tuple(place for place in stretch if place)
        if drawn and len(points) > 1:
            yield Line(trace.get("name") or "", points, _pen(trace["line"]))


def _dots(trace: Mapping[str, Any], places: Sequence[Point | None]) -> Iterator[Dot]:
    if "markers" not in trace["mode"]:
        return
    marker = trace["marker"]
    _only("marker", marker, {"color", "size", "line", "opacity"})
    if marker.get("opacity", 1) != 1:
        raise UnknownMarkError("marker: opacity")
    edge = marker.get("line", {"width": 0})
    for number, place in enumerate(places):
        size = _number(_each(marker["size"], number))
        if place and size > 0:
            pen = _pen({name: _each(value, number) for name, value in edge.items()})
            yield Dot(trace.get("name") or "", *place, size / 2, _color(_each(marker["color"], number)), pen)


def _each(value: Any, number: int) -> Any:
    """The value of one point where points have their own, else everybody's."""
    return value if isinstance(value, str) or not hasattr(value, "__len__") else value[number]


# Values


def _only(what: str, found: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(name for name, value in found.items() if value is not None and name not in known)
    if unknown:
        raise UnknownMarkError(f"{what}: {', '.join(unknown)}")


def _pixels(mark: Mapping[str, Any]) -> None:
    if (mark.get("xref"), mark.get("yref")) != ("x", "y"):
        raise UnknownMarkError(f"{mark.get('name')!r} does not stand on the axes")


def _number(value: Any) -> float:
    """Any number, numpy's too; a blank or a word in its place is unknown."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise UnknownMarkError(f"{value!r} is not a number") from None
    if not isfinite(number) or isinstance(value, str):
        raise UnknownMarkError(f"{value!r} is not a number")
    return number


def _values(values: Any) -> list[Any]:
    """A trace's numbers, also where Plotly packs those of numpy."""
    if isinstance(values, Mapping):
        return list(np.frombuffer(b64decode(values["bdata"]), values["dtype"]))
    return [] if values is None else list(values)


def _blank(value: Any) -> bool:
    return value is None or value != value


def _color(value: Any) -> str:
    if isinstance(value, str) and (_COLOR.fullmatch(value) or value == INVISIBLE):
        return "" if value == INVISIBLE else value
    raise UnknownMarkError(f"colour {value!r}")


def _pen(line: Mapping[str, Any]) -> Pen:
    _only("line", line, {"color", "width", "dash"})
    width = _number(line["width"])
    if not width:
        return NO_PEN
    unit, dash = max(width, 3.0), line.get("dash", "solid")  # Plotly's lengths
    if dash not in _DASHES:
        raise UnknownMarkError(f"line: dash {dash!r}")
    return Pen(_color(line["color"]), width, tuple(unit * part for part in _DASHES[dash]))


_DASHES: Mapping[str, tuple[float, ...]] = {"solid": (), "dot": (1, 1), "dash": (3, 3)}
