"""The charts of a meeting as one PDF, a page each in the shape of a slide, with bookmarks; text can be searched."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from unionplan import narrative
from unionplan.charts import SLIDE
from unionplan.exhibits import Exhibit
from unionplan.export.marks import Drawing, drawing
from unionplan.export.pictures import typeset
from unionplan.export.svg import svg
from unionplan.standpoint import Standpoint

POINTS = 0.5  # 13.33 × 7.5 inches
_SOURCE = """
#let pages = json(bytes(sys.inputs.pages))
#for (number, one) in pages.enumerate(start: 1) [
  #set page(width: one.width * 1pt, height: one.page * 1pt, margin: 0pt)
  #place(hide(heading(one.title)))
  #image(bytes(one.svg), format: "svg", width: one.width * 1pt, alt: one.title)
  #place(top + right, dx: -35pt, dy: 12pt, text(size: 10pt, fill: rgb("#65707B"))[#sys.inputs.mark #number/#pages.len()])
]
"""


def pack_pdf(board: Standpoint, shown: Sequence[Exhibit]) -> bytes:
    """Return the exhibits as PDF, one a page; a page that needs more room is higher than a slide."""
    drawn = [fitted(one) for one in shown]
    pages = [
        {"title": one.title.replace("｜", ""), "svg": svg(mark), "width": mark.width * POINTS, "height": mark.height * POINTS, "page": max(mark.height, SLIDE.height or 0) * POINTS}
        for one, mark in zip(shown, drawn, strict=True)
    ]  # fmt: skip
    inputs = {
        "title": document_title(board), "mark": sample_mark(board), "pages": json.dumps(pages, ensure_ascii=False),
    }  # fmt: skip
    return typeset(
        _SOURCE, inputs, "".join([inputs["title"], *(one.title for one in shown), *(one.text for one in drawn)])
    )


def fitted(one: Exhibit) -> Drawing:
    """Return an exhibit in the shape of a slide, or higher where its rows need more room than a slide has."""
    try:
        return drawing(one.draw(SLIDE))
    except ValueError:  # the chart says how much room it needs; nothing is left out instead
        return drawing(one.draw(replace(SLIDE, height=None)))


def document_title(board: Standpoint) -> str:
    """Return what a file is called inside: city, period, as-of date."""
    settings = board.plan.settings
    return f"{settings.city}工会目标任务　{settings.period_name}　{narrative.as_of_words(board.rows())}"


def sample_mark(board: Standpoint) -> str:
    """Return what stands on every page: that it is a sample, and the standpoint's own mark; "" where neither is so."""
    return "　".join(filter(None, ["示例数据" if board.plan.settings.sample else "", board.mark]))
