"""Figures as pictures and PDF without a browser and without a network: PNG by resvg, PDF by typst, our own fonts.

The fonts are a part of Noto Sans SC; only where a name has a character beyond it, the system's fonts are asked too.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import plotly.graph_objects as go
import resvg_py
import typst

from unionplan.export.marks import Drawing, drawing
from unionplan.export.svg import svg

FONTS = Path(__file__).resolve().parent.parent.parent / "assets" / "fonts"
FACES = ("NotoSansSC-Regular.otf", "NotoSansSC-Bold.otf")
POINTS = 0.75  # of one pixel


def png(figure: go.Figure, scale: float = 2) -> bytes:
    """Return a figure as PNG, `scale` times its size in pixels; raises UnknownMarkError as `drawing` does."""
    return drawn_png(drawing(figure), scale)


def drawn_png(drawn: Drawing, scale: float = 2) -> bytes:
    """Return a drawing as PNG, `scale` times its size in pixels."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg(drawn), zoom=scale, font_files=[str(FONTS / face) for face in FACES],
            skip_system_fonts=has_glyphs(drawn.text),
        )
    )  # fmt: skip


def pdf(*figures: go.Figure, title: str = "", points: float = POINTS) -> bytes:
    """Return figures as one vector PDF, a page each of its own size, `points` to a pixel; its text can be searched."""
    drawn = [drawing(figure) for figure in figures]
    inputs = {f"svg{number}": svg(one) for number, one in enumerate(drawn)}
    pages = [_page(number, one, points) for number, one in enumerate(drawn)]
    return typeset("\n#pagebreak()\n".join(pages), {"title": title, **inputs}, "".join(one.text for one in drawn))


def _page(number: int, one: Drawing, points: float) -> str:
    width, height = one.width * points, one.height * points
    return (
        f"#set page(width: {width:.2f}pt, height: {height:.2f}pt, margin: 0pt)\n"
        f'#image(bytes(sys.inputs.svg{number}), format: "svg", width: {width:.2f}pt)'
    )


def typeset(source: str, inputs: dict[str, str], text: str) -> bytes:
    """Return a typst document as PDF. What users wrote goes in by `inputs`, never into the source: there it would be
    code. `text` is all of it, to know whether our fonts suffice; `inputs` has a title."""
    head = '#set document(title: sys.inputs.title, date: none)\n#set text(font: "Noto Sans SC", lang: "zh", region: "cn")\n'
    compiler = _compiler(has_glyphs(text))
    return bytes(compiler.compile((head + source).encode(), format="pdf", sys_inputs=inputs))


@cache
def _compiler(own: bool) -> typst.Compiler:
    return typst.Compiler(font_paths=[str(FONTS)], ignore_system_fonts=own)


def has_glyphs(text: str) -> bool:
    """Return whether our fonts have every character of a text."""
    return _characters() >= set(text) - {"\n"}


@cache
def _characters() -> frozenset[str]:
    return frozenset((FONTS / "characters.txt").read_text(encoding="utf-8").replace("\n", ""))


def tofu(texts: Sequence[str]) -> str:
    """Return the characters that our fonts lack, in order, each once."""
    return "".join(sorted(set("".join(texts)) - _characters() - {"\n"}))
