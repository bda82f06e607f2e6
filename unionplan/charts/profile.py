"""The sizes a picture is drawn in, and the sheet it is drawn on.

A sheet's axes run in pixels from the top left corner over the whole figure: every mark is placed once and
exactly, and a figure that is stretched keeps its proportions. Text is measured before it is placed, so it
wraps and the picture grows; nothing is cut. Whatever reaches a sheet as text is escaped there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import plotly.graph_objects as go

from unionplan import theme


@dataclass(frozen=True)
class Profile:
    """Where a picture will be seen. Sizes are pixels; `u` scales text, lines and margins alike.

    `height` None: it grows with what is drawn, up to `tallest` where that is given. `smallest` is 9 pt at the
    picture's final size. `captioned`: a caption and a table stand beside the picture, so that it has no title, subtitle,
    source, definition or columns of numbers of its own; what explains its marks stays in it.
    """

    kind: str
    width: int
    height: int | None
    u: float
    title: float
    subtitle: float
    label: float
    value: float
    head: float
    source: float
    margin: float
    smallest: float
    tallest: int | None = None
    captioned: bool = False

    @property
    def right(self) -> float:
        """The x where the right margin begins."""
        return self.width - self.margin

    @property
    def inner(self) -> float:
        """The width between the margins."""
        return self.width - 2 * self.margin

    @property
    def limited(self) -> bool:
        """Whether the picture has a height that it must not exceed."""
        return self.height is not None or self.tallest is not None


def _profile(kind: str, width: int, height: int | None, u: float, title: float, margin: float, pt: float) -> Profile:
    return Profile(
        kind, width, height, u, title * u, 1.0 * u, 0.94 * u, 1.12 * u, 0.82 * u, 0.76 * u, margin * u, 9 * pt
    )  # fmt: skip


SCREEN = _profile("screen", 1120, None, 16, 1.72, 2.6, 4 / 3)
PHONE = _profile("phone", 380, None, 16, 1.3, 1.0, 4 / 3)
SLIDE = _profile("slide", 1920, 1080, 27, 1.72, 2.6, 2.0)  # 13.33 inches wide: two pixels a point
DOCUMENT = replace(  # 156 mm wide on paper; 1260 pixels are 197 mm, a page with room for the caption
    _profile("document", 1000, None, 27, 1.3, 0.25, 1000 * 25.4 / (156 * 72)), tallest=1260, captioned=True
)

REMARKS, MORE = 3, "……（其余从略）"


@dataclass
class Sheet:
    """Shapes and texts collected for one figure and handed to Plotly at once (one by one is far slower)."""

    profile: Profile
    shapes: list[dict[str, Any]] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)

    def box(self, name: str, x0: float, y0: float, x1: float, y1: float, fill: str, edge: str = "") -> None:
        """Add a filled rectangle; `edge` is the colour of a thin casing."""
        line = {"color": edge or fill, "width": self.profile.u * 0.07 if edge else 0}
        self._shape(name, {"type": "rect", "x0": x0, "y0": y0, "x1": x1, "y1": y1, "fillcolor": fill, "line": line})

    def line(self, name: str, x0: float, y0: float, x1: float, y1: float, color: str, width: float) -> None:
        """Add a straight line."""
        self._shape(
            name, {"type": "line", "x0": x0, "y0": y0, "x1": x1, "y1": y1, "line": {"color": color, "width": width}}
        )

    def polygon(self, name: str, corners: Sequence[tuple[float, float]], fill: str) -> None:
        """Add a filled polygon."""
        path = "M" + "L".join(f"{x:.2f},{y:.2f}" for x, y in corners) + "Z"
        self._shape(name, {"type": "path", "path": path, "fillcolor": fill, "line": {"color": fill, "width": 0}})

    def _shape(self, name: str, shape: dict[str, Any]) -> None:
        self.shapes.append({"name": name, "xref": "x", "yref": "y", "layer": "above", **shape})

    def text(
        self, name: str, x: float, y: float, words: str, size: float, color: str, bold: bool = False, at: str = "left"
    ) -> None:
        """Add one line of text, centred on y; `at` says which of its ends stands at x."""
        if not words:
            return
        font = {"size": size, "color": color, "weight": 700 if bold else 400}
        place = {"x": x, "y": y, "xref": "x", "yref": "y", "xanchor": at, "yanchor": "middle"}
        plain = {"showarrow": False, "borderpad": 0, "align": "left"}
        self.texts.append({"name": name, "text": theme.escape(words), "font": font, **place, **plain})

    def lines(
        self, name: str, x: float, top: float, words: Sequence[str], size: float, color: str, bold: bool = False
    ) -> float:
        """Add lines one under the other from `top`; return the y below them."""
        for number, one in enumerate(words):
            self.text(name, x, top + (number + 0.5) * leading(size), one, size, color, bold)
        return top + len(words) * leading(size)

    def head(self, title: str, subtitle: str) -> float:
        """Draw tag, title and subtitle at the top unless a caption has them; return the y below them."""
        p = self.profile
        if p.captioned:
            return 0.1 * p.u
        u = p.u
        self.box("tag", p.margin, 0, p.margin + 2.6 * u, 0.5 * u, theme.BRAND)
        self.box("tag_line", p.margin, 0.5 * u, p.margin + 2.6 * u, 0.6 * u, theme.ORNAMENT)
        y = self.lines("title", p.margin, 1.25 * u, wrap(title, p.title, p.inner, True), p.title, theme.INK, True)
        second = wrap(subtitle, p.subtitle, p.inner)
        return self.lines("subtitle", p.margin, y + 0.25 * u, second, p.subtitle, theme.INK_SOFT)

    def foot(self, lines: Sequence[tuple[str, str]], bottom: float) -> None:
        """Draw the foot's lines, each a left and a right text, so that they end above `bottom`."""
        p = self.profile
        top = bottom - (0.1 if p.captioned else 0.9) * p.u - len(lines) * leading(p.source)
        for number, (left, right) in enumerate(lines):
            y = top + (number + 0.5) * leading(p.source)
            self.text("foot", p.margin, y, left, p.source, theme.INK_FAINT)
            self.text("foot", p.right, y, right, p.source, theme.INK_FAINT, at="right")

    def figure(self, height: float, *traces: Any) -> go.Figure:
        """Return the picture as a figure of the profile's width and this height.

        Plotly's own checks take more time than everything else that is drawn: the tests ask for them, every kind and
        profile, and a board does not.
        """
        p = self.profile
        axis = {"visible": False, "fixedrange": True, "autorange": False}
        layout = {
            "template": theme.template(),
            "width": p.width,
            "height": round(height),
            "xaxis": {**axis, "range": [0, p.width]},
            "yaxis": {**axis, "range": [height, 0]},
            "shapes": self.shapes,
            "annotations": self.texts,
            "hoverlabel": {"font": {"size": p.head}},
            "font": {"size": p.label},
        }
        return go.Figure(data=list(traces), layout=layout, _validate=False)


def foot_lines(profile: Profile, source: str, note: str, remarks: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return the foot as (left, right) lines: remarks first, then source and note, side by side where they fit.

    A caption has source and note. Where the height is limited, remarks take a few lines and say that more was left out.
    """
    size, inner = profile.source, profile.inner
    said = wrap("　".join(remarks), size, inner) if remarks else []
    lines = [(line, "") for line in (_few(said, size, inner) if profile.limited else said)]
    if profile.captioned:
        return lines
    if text_width(source, size) + text_width(note, size) + 2 * profile.u <= inner:
        return [*lines, (source, note)]
    return [*lines, *((line, "") for text in (note, source) for line in wrap(text, size, inner))]


def _few(lines: Sequence[str], size: float, width: float) -> list[str]:
    if len(lines) <= REMARKS:
        return list(lines)
    last = lines[REMARKS - 1]
    while text_width(last + MORE, size) > width:
        last = last[:-1]
    return [*lines[: REMARKS - 1], last + MORE]


def foot_height(profile: Profile, lines: Sequence[tuple[str, str]]) -> float:
    """Return the height that these lines need, with the space above and below them."""
    if profile.captioned:
        return (0.8 if lines else 0.2) * profile.u + len(lines) * leading(profile.source)
    return 2.0 * profile.u + len(lines) * leading(profile.source)


def leading(size: float) -> float:
    """Return the distance between lines of text of this size."""
    return 1.32 * size


@lru_cache(maxsize=20_000)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """Return the width of one line in pixels, on the safe side: Chinese 1 em, Latin and figures less."""
    return sum(_em(char, bold) for char in theme.plain(text)) * size


@lru_cache(maxsize=20_000)
def _em(char: str, bold: bool) -> float:
    if unicodedata.east_asian_width(char) in "WFA":
        return 1.0
    if char in " ,.:;'|":
        return 0.34
    if char in "%@&MWmw":
        return 0.96
    return (0.68 if char.isupper() else 0.56) * (1.05 if bold else 1.0)


def widest(texts: Sequence[str], size: float, bold: bool = False) -> float:
    """Return the width of the widest text, 0 of none."""
    return max((text_width(text, size, bold) for text in texts), default=0.0)


def wrap(text: str, size: float, width: float, bold: bool = False) -> list[str]:
    """Return the text in lines of this width. What does not fit on one line is broken at ｜, then at clauses if
    that costs no line more, else evenly; never inside a number or a word unless it alone is too long."""
    text = theme.plain(text)
    if "｜" in text and text_width(text, size, bold) > width:
        return [line for part in text.split("｜") for line in wrap(part, size, width, bold)]
    pieces = _pieces(text, size, width, bold)
    lines = _filled(pieces, size, width, bold)
    if len(lines) < 2:
        return lines
    clauses = re.split(r"(?<=[，；。　])|(?<=[,;])(?=[^\d])", text)
    by_clause = _filled(clauses, size, width, bold)
    if len(by_clause) == len(lines) and widest(by_clause, size, bold) <= width:
        return by_clause
    return _even(pieces, size, width, bold, len(lines))


def _even(pieces: Sequence[str], size: float, width: float, bold: bool, count: int) -> list[str]:
    narrow = widest(pieces, size, bold)
    while narrow < width:
        lines = _filled(pieces, size, narrow, bold)
        if len(lines) <= count:
            return lines
        narrow += size / 2
    return _filled(pieces, size, width, bold)


CLOSERS = "，。、；：！？）】》」』”’％%,.;:!?)]}"
OPENERS = "（【《「『“‘([{"
UNITS = "家人项个年月日次名万期步户天"


def _pieces(text: str, size: float, width: float, bold: bool) -> list[str]:
    glued: list[str] = []
    for piece in re.findall(r"[!-~]+|[^!-~]", text):
        before = glued[-1] if glued else ""
        joins = piece[0] in CLOSERS or before[-1:] in OPENERS or (piece in UNITS and before[-1:].isdigit())
        if before and joins:
            glued[-1] = before + piece
        else:
            glued.append(piece)
    fits = (piece if text_width(piece, size, bold) <= width else tuple(piece) for piece in glued)
    return [part for piece in fits for part in ([piece] if isinstance(piece, str) else piece)]


def _filled(pieces: Sequence[str], size: float, width: float, bold: bool) -> list[str]:
    lines = [""]
    for piece in pieces:
        if lines[-1] and text_width(lines[-1] + piece, size, bold) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines if line.strip()]
