"""A chart that is drawn freely, as one group of native shapes on a slide: wall, timeline, calendar.

The marks are those of the picture itself, at the places where the picture has them, so slide and page cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from unionplan.charts.calendar import calendar
from unionplan.charts.calendar_titles import drawn_by_name
from unionplan.charts.profile import SLIDE, text_width
from unionplan.charts.timeline import timeline
from unionplan.charts.wall import wall
from unionplan.charts.wall_titles import parts_of
from unionplan.exhibits import Exhibit
from unionplan.export.cells import printed
from unionplan.export.deck import SLACK, Deck, Page, box, group, packed, path, text, title_lines
from unionplan.export.marks import ASCENT, DESCENT, Box, Dot, Line, Mark, Polygon, Words, drawing
from unionplan.plan import Plan

FRAME = ("tag", "tag_line", "title", "subtitle", "foot")
"""Marks that the slide has as placeholders and texts of its own."""
BASELINE = (ASCENT - DESCENT) / 2  # of a size: how far the middle of a text is above its baseline
MOST = 6  # slides that one chart may take
FULL = 12  # rows of a timeline that one slide holds at most
OMITTED = "未画出"  # a picture's foot says so
Draw = Callable[[], go.Figure]


def drawn_pages(deck: Deck, one: Exhibit, plan: Plan, today: date) -> list[Page]:
    """Add the slides that a wall, a timeline or a calendar needs; [] where it fits on none, and for other charts."""
    figures = _fitting(one, plan, today)
    found = []
    for number, figure in enumerate(figures, start=1):
        marks = drawing(figure).marks
        foot = [mark.text for mark in marks if isinstance(mark, Words) and mark.name == "foot" and mark.text]
        page = deck.page(one.title + part_of(number, len(figures)), one.subtitle, one.source, "　".join(foot))
        put(page, one, marks)
        found.append(page)
    return found


def part_of(number: int, count: int) -> str:
    """Return which of several slides one is, "" where there is one only."""
    return f"（{number}/{count}）" if count > 1 else ""


def _fitting(one: Exhibit, plan: Plan, today: date) -> list[go.Figure]:
    """The exhibit in as few pictures as hold it whole; where many do not, the picture itself counts the rest."""
    first = -(-len(drawn_by_name(one.facts, plan.settings)) // FULL) if one.kind == "timeline" else 1
    figures: list[go.Figure] = []
    for count in range(max(1, first), MOST + 1):
        figures = [draw() for draw in _parts(one, plan, today, count)] or figures
        if not any(_left_out(figure) for figure in figures):
            break
    return figures


def _left_out(figure: go.Figure) -> bool:
    """Whether a picture says that rows had no room."""
    return any(
        OMITTED in note["text"] for note in figure.layout.to_plotly_json()["annotations"] if note["name"] == "foot"
    )


def _parts(one: Exhibit, plan: Plan, today: date, count: int) -> list[Draw]:
    words: dict[str, Any] = {**_head(one, count), "source": "", "profile": SLIDE}
    if one.kind == "calendar":
        return [lambda: calendar(one.facts, plan.settings, **words)] if count == 1 else []
    if one.kind == "wall":
        groups = [
            [state for part in own for state in part.states]
            for own in _split(parts_of(one.facts, plan.sections), count)
        ]
        return [partial(wall, own, plan.sections, today, **words) for own in groups]
    if one.kind == "timeline":
        named = drawn_by_name(one.facts, plan.settings)
        chunks = _split(named, count)
        chunks[-1] = [*chunks[-1], *(row for row in one.facts if row not in named)]
        return [partial(timeline, own, plan.settings, **words) for own in chunks]
    return []


def _head(one: Exhibit, count: int) -> dict[str, str]:
    """Words that take as many lines in the picture as title and subtitle take on the slide."""
    lines = len(title_lines(one.title + part_of(count, count)))
    second = len(packed(one.subtitle, SLIDE.subtitle, SLACK * SLIDE.inner))
    return {"title": "｜".join(["占" * 30] * lines), "subtitle": "｜".join(["占" * 60] * second)}


def _split(rows: Sequence[Any], count: int) -> list[list[Any]]:
    ends = [len(rows) * number // count for number in range(count + 1)]
    return [list(rows[start:stop]) for start, stop in pairwise(ends)]


def put(page: Page, one: Exhibit, marks: Sequence[Mark]) -> None:
    """Add a picture's marks as one group, without what the slide has of its own."""
    shapes = [shape for mark in marks if mark.name not in FRAME and (shape := _shape(mark))]
    group(f"图 {one.name}", told(one), shapes, page)


def _shape(mark: Mark) -> str:
    if isinstance(mark, Box):
        return box(mark.name, mark.x, mark.y, mark.x + mark.width, mark.y + mark.height, mark.fill, mark.pen.color)
    if isinstance(mark, Polygon):
        return path(mark.name, mark.corners, mark.fill)
    if isinstance(mark, Line):
        return path(
            mark.name,
            mark.points,
            "",
            mark.pen.color,
            mark.pen.width,
            "sysDash" if mark.pen.dashes else "",
            closed=False,
        )
    if isinstance(mark, Dot):
        x, y, r = mark.x, mark.y, mark.radius
        return box(mark.name, x - r, y - r, x + r, y + r, mark.fill, mark.pen.color, "ellipse")
    return _words(mark)


def _words(mark: Words) -> str:
    """A line of text around its middle; `mark.y` is its baseline."""
    width = text_width(mark.text, mark.size, mark.bold) + 4
    left = {"left": 0.0, "center": width / 2, "right": width}[mark.at]
    y = mark.y - BASELINE * mark.size
    return text([mark.text], mark.x - left, y, width, mark.size, mark.color, mark.bold, mark.at, mark.name, middle=True)


def told(one: Exhibit) -> str:
    """Return the alternative text of an exhibit: its conclusion and its first figures."""
    head = "、".join(one.table.headers)
    rows = ["，".join(printed(value) for value in row) for row in one.table.rows[:12]]
    more = "" if len(one.table.rows) <= 12 else f"；共{len(one.table.rows)}行"
    return f"{one.title.replace('｜', '')}。{head}：{'；'.join(rows)}{more}"
