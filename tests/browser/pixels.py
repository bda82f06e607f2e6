"""Our picture of a figure beside Chromium's: a page that draws with Plotly's own script in our fonts, and the difference."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
from PIL import Image
from playwright.sync_api import Browser, Page
from plotly.offline import get_plotlyjs

from unionplan.export.marks import Drawing, Words
from unionplan.export.pictures import FONTS, pngs

SCALE = 2
FACES = {400: "NotoSansSC-Regular.otf", 700: "NotoSansSC-Bold.otf"}
DRAW = """async (figure) => {
  const place = document.getElementById('figure');
  await document.fonts.ready;
  await Plotly.newPlot(place, figure.data, figure.layout, {staticPlot: true});
}"""
TEXTS = "(shown) => document.body.classList.toggle('wordless', !shown)"
Picture = np.ndarray[Any, Any]


def drawing_page(browser: Browser) -> Page:
    """A page with Plotly and our fonts, which answer to the first name of the board's font list."""
    faces = "".join(
        f"@font-face{{font-family:'Microsoft YaHei';font-weight:{weight};src:url(data:font/otf;base64,{_coded(face)})}}"
        for weight, face in FACES.items()
    )
    style = f"{faces}body{{margin:0;font-family:'Microsoft YaHei'}}.wordless .annotation{{visibility:hidden}}"
    page = browser.new_page(device_scale_factor=SCALE, viewport={"width": 1200, "height": 800})
    page.set_content(
        f"<!doctype html><meta charset=utf-8><style>{style}</style><p>字<b>字</b></p><div id=figure></div>"
    )
    page.add_script_tag(content=get_plotlyjs())
    return page


def _coded(face: str) -> str:
    return base64.b64encode((FONTS / face).read_bytes()).decode()


def chromium_draws(page: Page, figure: go.Figure) -> tuple[Picture, Picture]:
    """Chromium's picture of a figure, and the same without its texts."""
    page.evaluate(DRAW, json.loads(figure.to_json()))
    plot, found = page.locator("#figure .svg-container"), []
    for shown in (True, False):
        page.evaluate(TEXTS, shown)
        found.append(_pixels(plot.screenshot()))
    page.evaluate(TEXTS, True)
    return found[0], found[1]


def we_draw(drawn: Drawing) -> tuple[Picture, Picture]:
    """Our picture of a drawing, and the same without its texts."""
    wordless = replace(drawn, marks=tuple(mark for mark in drawn.marks if not isinstance(mark, Words)))
    whole, bare = (_pixels(png) for png in pngs([drawn, wordless], SCALE))
    return whole, bare


def _pixels(png: bytes) -> Picture:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


@dataclass(frozen=True)
class Difference:
    """Shares of the pixels that clearly differ: of the whole picture, and of the picture without texts."""

    whole: float
    bare: float


def difference(theirs: tuple[Picture, Picture], ours: tuple[Picture, Picture]) -> Difference:
    """How far two pictures are apart; edges of letters, drawn a shade lighter, do not count."""
    for one, other in zip(theirs, ours, strict=True):
        assert one.shape == other.shape
    whole, bare = (float((np.abs(a - b).max(axis=2) > 64).mean()) for a, b in zip(theirs, ours, strict=True))
    return Difference(whole, bare)
