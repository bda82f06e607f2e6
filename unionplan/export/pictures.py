"""Figures as pictures and PDF without a browser and without a network: typst sets the marks in our own fonts.

The fonts are a part of Noto Sans SC; only where a name has a character beyond it, the system's fonts are asked too.
Nobody waits meanwhile: typst works without Python's lock, and what it remembers of large pictures is let go at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import plotly.graph_objects as go
import typst

from unionplan.export.marks import Drawing, drawing
from unionplan.export.svg import svg

FONTS = Path(__file__).resolve().parent.parent.parent / "assets" / "fonts"
POINTS = 0.75  # of one pixel
_HEAD = """#set document(title: sys.inputs.title, date: none)
#set text(font: "Noto Sans SC", lang: "zh", region: "cn")
"""
_KEPT = 11  # typst forgets what it did not need in its last ten documents


def png(figure: go.Figure, scale: float = 2) -> bytes:
    """Return a figure as PNG, `scale` times its size in pixels; raises UnknownMarkError as `drawing` does."""
    return pngs([drawing(figure)], scale)[0]


def pngs(drawn: Sequence[Drawing], scale: float = 2) -> list[bytes]:
    """Return drawings as PNG, each `scale` times its size in pixels; faster together than one by one."""
    if not drawn:
        return []
    fonts = _fonts(has_glyphs("".join(one.text for one in drawn)))
    source, inputs = _pages(drawn, 1.0)
    made = typst.compile(source.encode(), format="png", ppi=72 * scale, font_paths=fonts, sys_inputs=inputs)
    for _ in range(_KEPT):
        typst.compile(b"#set page(width: 1pt, height: 1pt, margin: 0pt)", format="png", ppi=72, font_paths=fonts)
    return [made] if isinstance(made, bytes) else list(made)


def pdf(*figures: go.Figure, title: str = "", points: float = POINTS) -> bytes:
    """Return figures as one vector PDF, a page each of its own size, `points` to a pixel; its text can be searched."""
    drawn = [drawing(figure) for figure in figures]
    source, inputs = _pages(drawn, points)
    return typeset(source, {"title": title, **inputs}, "".join(one.text for one in drawn))


def typeset(source: str, inputs: Mapping[str, str], text: str) -> bytes:
    """Return a typst document as PDF. What users wrote goes in by `inputs`, never into the source: there it would be
    code. `text` is all of it, to know whether our fonts suffice; `inputs` has a title."""
    whole = (_HEAD + source).encode()
    return bytes(typst.compile(whole, format="pdf", font_paths=_fonts(has_glyphs(text)), sys_inputs=dict(inputs)))


def _pages(drawn: Sequence[Drawing], points: float) -> tuple[str, dict[str, str]]:
    """A document of one drawing a page, and the drawings it asks for."""
    pages = [_page(number, one, points) for number, one in enumerate(drawn)]
    return "#pagebreak(weak: true)\n".join(pages), {f"svg{number}": svg(one) for number, one in enumerate(drawn)}


def _page(number: int, one: Drawing, points: float) -> str:
    width, height = one.width * points, one.height * points
    return (
        f"#set page(width: {width:.2f}pt, height: {height:.2f}pt, margin: 0pt)\n"
        f'#image(bytes(sys.inputs.svg{number}), format: "svg", width: {width:.2f}pt)\n'
    )


@cache
def _fonts(own: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=not own, font_paths=[str(FONTS)])


def has_glyphs(text: str) -> bool:
    """Return whether our fonts have every character of a text."""
    return not lacking(text)


def lacking(text: str) -> str:
    """Return the characters of a text that our fonts lack, each once."""
    return "".join(sorted(set(text) - _characters() - {"\n"}))


@cache
def _characters() -> frozenset[str]:
    return frozenset((FONTS / "characters.txt").read_text(encoding="utf-8").replace("\n", ""))
