"""The plan wall: every item of the plan is a tile in its part, and says by glyph, word and colour how it stands.

Each body has a block of its own with chips that count its states. Parts with many items are rows (name, tiles, how many
are done); short ones stand side by side. A phone shows the glyphs alone and names what is red or amber below them.
Where a height is limited, tiles lose their second line first, then those that can wait are left out and counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import plotly.graph_objects as go

from unionplan import theme
from unionplan.attainment import ItemState
from unionplan.charts.calendar import nothing, row_height
from unionplan.charts.fitting import Picture, TooTallError, fitted, left_out, must_fit, urgency
from unionplan.charts.parts import Area, cut, dotted, hover, hover_trace
from unionplan.charts.profile import Profile, Sheet, foot_height, foot_lines, leading, text_width
from unionplan.charts.wall_titles import (
    AMBER,
    NOTE,
    RED,
    Part,
    by_plan,
    counted,
    done,
    parts_of,
    progress,
    standing_words,
)
from unionplan.plan import Section

NAME, COUNT = 10.5, 4.0  # widths of a part's name and of its count, in u
TILE, WIDEST, SMALL = 8.1, 10.6, 1.9  # widths of a tile in u: the least, the most, on a phone
SEAM, PAD, BETWEEN = 0.2, 0.35, 0.6  # in u: space between tiles, inside a tile, between parts
CHIP, CHIP_PAD = 1.5, 0.45  # height of a chip and the space at its ends, in u
HEAD = 2.1  # height of a short part's head, in u
RATE = re.compile(r" [\d.]+%，")
ROW = (2.2, 2.5, 3.0)  # heights of a tile, in u: on a full slide, on a screen, on an empty slide
FLAT = (1.45, 1.6, 1.9)  # of a tile of one line


@dataclass
class _Wall:
    """What is being drawn: the sheet, the day judged, the height of a tile, whether it has one line only, and what each
    tile says when touched."""

    sheet: Sheet
    day: date
    height: float
    flat: bool
    areas: list[Area]
    words: list[str]

    @property
    def profile(self) -> Profile:
        """The sizes drawn in."""
        return self.sheet.profile


def wall(
    states: Sequence[ItemState],
    sections: Sequence[Section],
    day: date,
    *,
    title: str,
    subtitle: str,
    source: str,
    note: str = NOTE,
    profile: Profile,
) -> go.Figure:
    """Return the wall of these items as they stand on `day`, one tile each; none gives a figure that says so.

    Chips and counts are of all items, whatever is drawn.
    """
    parts = parts_of(states, sections)

    def draw(kept: Sequence[ItemState], omitted: Sequence[ItemState], into: Profile) -> Picture:
        for flat in (False, True):
            try:
                return _figure(
                    Sheet(into), _with_tiles(parts, kept), omitted, day, flat, (title, subtitle, source, note)
                )
            except TooTallError:
                continue
        raise TooTallError(len(kept), 0)

    return fitted(states, lambda one: urgency(one.status), profile, draw)


def _with_tiles(parts: Sequence[Part], kept: Sequence[ItemState]) -> list[Part]:
    drawn = {id(one) for one in kept}
    return [replace(part, tiles=tuple(one for one in part.states if id(one) in drawn)) for part in parts]


def _figure(
    sheet: Sheet, parts: Sequence[Part], omitted: Sequence[ItemState], day: date, flat: bool, words: tuple[str, ...]
) -> Picture:  # fmt: skip
    p, (title, subtitle, source, note) = sheet.profile, words
    top = sheet.head(title, subtitle)
    foot = foot_lines(p, source, note, left_out([one.status for one in omitted], "项", "逐项清单"))
    room = None if p.height is None else p.height - foot_height(p, foot) - top
    trace = go.Scatter(x=[], y=[])
    if parts:
        bottom, trace = _drawn(sheet, parts, day, top, room, flat)
    else:
        bottom = nothing(sheet, top, "没有符合条件的任务", "请改选分管领导、责任部门或计划", room)
    must_fit(bottom - top, room)
    height = p.height or bottom + foot_height(p, foot)
    sheet.foot(foot, height)
    return height, partial(sheet.figure, height, trace)


def _drawn(
    sheet: Sheet, parts: Sequence[Part], day: date, top: float, room: float | None, flat: bool
) -> tuple[float, go.Bar]:  # fmt: skip
    bodies = by_plan(parts)
    trial = _Wall(Sheet(sheet.profile), day, 0, flat, [], [])
    rows = sum(_tile_rows(sheet.profile, [part for part in own if part.tiles]) for _, own in bodies)
    other = _bodies(trial, bodies, top) - top
    height = row_height(sheet.profile, max(rows, 1), other, room, FLAT if flat else ROW)
    now = _Wall(sheet, day, height, flat, [], [])
    bottom = _bodies(now, bodies, top)
    return bottom, hover_trace(now.areas, now.words)


def _bodies(now: _Wall, bodies: Sequence[tuple[str, Sequence[Part]]], top: float) -> float:
    for number, (plan, parts) in enumerate(bodies):
        top = _body_head(now, plan, parts, top + (1.4 if number else 0.8) * now.profile.u)
        drawn = [part for part in parts if part.tiles]
        top = _layout(now.profile, drawn)(now, drawn, top) if drawn else top
    return top


def _layout(p: Profile, parts: Sequence[Part]) -> Callable[[_Wall, Sequence[Part], float], float]:
    if p.kind == "phone":
        return _narrow
    return _side_by_side if not _long(p, parts) else _stacked if p.captioned else _rows


def _long(p: Profile, parts: Sequence[Part]) -> bool:
    """Whether a part has more items than tiles stand side by side."""
    return max((len(part.tiles) for part in parts), default=0) > _columns(p)


def _columns(p: Profile, width: float | None = None) -> int:
    return max(1, int((width or p.inner) // (TILE * p.u)))


def _tile_rows(p: Profile, parts: Sequence[Part]) -> int:
    if p.kind == "phone":
        return len(parts)
    if _long(p, parts):
        return sum(len(_balanced(part.tiles, _columns(p, _room(p)))) for part in parts)
    return len(_packed(parts, _columns(p)))


# The head of a body


def _body_head(now: _Wall, plan: str, parts: Sequence[Part], top: float) -> float:
    """Draw a body's name, the count of what is done, and a chip for every state; return the y below."""
    p, sheet = now.profile, now.sheet
    states = [one for part in parts for one in part.states]
    y, name = top + 0.5 * CHIP * p.u, f"{theme.plain(plan)}　{len(states)}项"
    sheet.text("body", p.margin, y, name, p.label, theme.INK, True)
    sheet.text("body_done", p.right, y, f"完成 {done(states)}/{len(states)}", p.label, theme.INK, True, "right")
    beside = 0.0 if p.captioned else NAME * p.u
    left = p.margin if p.kind == "phone" else p.margin + max(beside, text_width(name, p.label, True) + p.u)
    right = p.right if p.kind == "phone" else p.right - 6.5 * p.u
    bottom = _chips(now, states, left, right, top + (1.8 * p.u if p.kind == "phone" else 0))
    sheet.line("rule", p.margin, bottom + 0.4 * p.u, p.right, bottom + 0.4 * p.u, theme.RULE, 0.07 * p.u)
    return bottom + 0.4 * p.u


def _chips(now: _Wall, states: Sequence[ItemState], left: float, right: float, top: float) -> float:
    p, x = now.profile, left
    for status, count in counted(states):
        words, role = f"{theme.light(status)} {count}", theme.role(status)
        width = text_width(words, p.source) + 2 * CHIP_PAD * p.u
        if x > left and x + width > right:
            x, top = left, top + (CHIP + 0.25) * p.u
        _cell(now.sheet, "chip", (x, top, x + width, top + CHIP * p.u), status)
        now.sheet.text("chip", x + CHIP_PAD * p.u, top + 0.5 * CHIP * p.u, words, p.source, role.ink)
        x += width + 0.4 * p.u
    return top + CHIP * p.u


def _cell(sheet: Sheet, name: str, box: Area, status: str) -> None:
    waits = theme.STATUS[status].role == "unreported"
    sheet.box(name, *box, theme.role(status).cell, theme.GRID if waits else "")
    if waits:
        dotted(sheet)


# Long parts: a row each


def _rows(now: _Wall, parts: Sequence[Part], top: float) -> float:
    p = now.profile
    blocks = [_balanced(part.tiles, _columns(p, _room(p))) for part in parts]
    width = min(_room(p) / max(len(line) for block in blocks for line in block), WIDEST * p.u)
    for number, (part, block) in enumerate(zip(parts, blocks, strict=True)):
        if number:
            now.sheet.line("grid", p.margin, top, p.right, top, theme.GRID, 0.07 * p.u)
        bottom = top + len(block) * now.height + BETWEEN * p.u
        _row_name(now, part, top, bottom)
        for place, line in enumerate(block):
            y = top + 0.5 * BETWEEN * p.u + place * now.height
            for column, state in enumerate(line):
                _tile(now, state, p.margin + NAME * p.u + column * width, y, width)
        top = bottom
    return top


def _room(p: Profile) -> float:
    """The width that tiles have beside a part's name and count; in a document these stand above them."""
    return p.inner if p.captioned else p.inner - (NAME + COUNT) * p.u


def _stacked(now: _Wall, parts: Sequence[Part], top: float) -> float:
    """Draw each part's head over its tiles, which take the whole width."""
    p = now.profile
    width = p.inner / _columns(p)
    for part in parts:
        y = top + 0.3 * BETWEEN * p.u + 0.5 * leading(p.label)
        count = f"{part.done}/{len(part.states)}"
        named = cut(part.name, p.label, p.inner - text_width(count, p.label, True) - p.u, 1, True)[0]
        after = p.margin + text_width(named, p.label, True) + 0.7 * p.u
        room = p.right - text_width(count, p.label, True) - 0.7 * p.u - after
        now.sheet.text("part", p.margin, y, named, p.label, theme.INK, True)
        now.sheet.text("part_done", p.right, y, count, p.label, theme.INK, True, "right")
        if room > 4 * p.source:
            now.sheet.text("department", after, y, _owners(p, part, room, 1)[0], p.source, theme.INK_FAINT)
        y += 0.5 * leading(p.label) + 0.1 * p.u
        for line in _in_lines(part.tiles, _columns(p)):
            for column, state in enumerate(line):
                _tile(now, state, p.margin + column * width, y, width)
            y += now.height
        top = y + 0.3 * BETWEEN * p.u
    return top


def _balanced(states: Sequence[ItemState], columns: int) -> list[tuple[ItemState, ...]]:
    """Return the items in as few lines as the columns allow, the lines as equal as they can be."""
    lines = -(-len(states) // columns)
    return _in_lines(states, -(-len(states) // lines))


def _in_lines(states: Sequence[ItemState], columns: int) -> list[tuple[ItemState, ...]]:
    return [tuple(states[place : place + columns]) for place in range(0, len(states), columns)]


def _row_name(now: _Wall, part: Part, top: float, bottom: float) -> None:
    """Write a part's name and departments at the left, as many lines as there is room for, its count at the right."""
    p, width = now.profile, (NAME - 0.8) * now.profile.u
    room = int((bottom - top - leading(p.label) - 0.3 * p.u) // leading(p.source))
    lines = [(line, p.label, theme.INK, True) for line in cut(part.name, p.label, width, 1, True)]
    lines += [(line, p.source, theme.INK_FAINT, False) for line in _owners(p, part, width, max(room, 1))]
    y = (top + bottom - sum(leading(size) for _, size, _, _ in lines)) / 2
    for words, size, colour, bold in lines:
        now.sheet.text("part" if bold else "department", p.margin, y + leading(size) / 2, words, size, colour, bold)
        y += leading(size)
    count = f"{part.done}/{len(part.states)}"
    now.sheet.text("part_done", p.right, (top + bottom) / 2, count, p.value, theme.INK, True, "right")


def _owners(p: Profile, part: Part, width: float, count: int) -> list[str]:
    """Return a part's departments in at most `count` lines, none torn where each of them fits a line."""
    lines: list[str] = []
    for one in re.findall("[^、]+、?", part.departments):
        if lines and text_width(lines[-1] + one, p.source) <= width:
            lines[-1] += one
        else:
            lines.append(one)
    if len(lines) <= count and all(text_width(line, p.source) <= width for line in lines):
        return lines
    return cut(part.departments, p.source, width, count)


# Short parts: side by side


def _side_by_side(now: _Wall, parts: Sequence[Part], top: float) -> float:
    p, columns = now.profile, _columns(now.profile)
    width = min(p.inner / columns, WIDEST * p.u)
    for line in _packed(parts, columns):
        left, y = p.margin, top + 0.5 * BETWEEN * p.u
        for part in line:
            right = left + len(part.tiles) * width
            _short_head(now, part, left, right - SEAM * p.u, y)
            for column, state in enumerate(part.tiles):
                _tile(now, state, left + column * width, y + HEAD * p.u, width)
            left = right
        top = y + HEAD * p.u + now.height + 0.5 * BETWEEN * p.u
    return top


def _packed(parts: Sequence[Part], columns: int) -> list[list[Part]]:
    """Return the parts in lines, in their order, none torn."""
    lines: list[list[Part]] = [[]]
    for part in parts:
        if lines[-1] and sum(len(one.tiles) for one in lines[-1]) + len(part.tiles) > columns:
            lines.append([])
        lines[-1].append(part)
    return lines


def _short_head(now: _Wall, part: Part, left: float, right: float, top: float) -> None:
    p, count = now.profile, f"{part.done}/{len(part.states)}"
    room = right - left - text_width(count, p.source, True) - 0.5 * p.u
    first, second = top + 0.5 * leading(p.source), top + 1.5 * leading(p.source)
    name = cut(part.name, p.source, room, 1, True)[0]
    after = left + text_width(name, p.source, True) + 0.5 * p.u
    now.sheet.line("grid", left, top - 0.2 * p.u, right - 0.4 * p.u, top - 0.2 * p.u, theme.GRID, 0.07 * p.u)
    now.sheet.text("part", left, first, name, p.source, theme.INK, True)
    now.sheet.text("part_done", after, first, count, p.source, theme.INK_SOFT, True)
    for words in _owners(p, part, right - left, 1):
        now.sheet.text("department", left, second, words, p.source, theme.INK_FAINT)


# A tile


def _tile(now: _Wall, state: ItemState, left: float, top: float, width: float) -> None:
    """Draw one item: its glyph and short name, below them how it stands."""
    p, role = now.profile, theme.role(state.status)
    box = (left, top + 0.5 * SEAM * p.u, left + width - SEAM * p.u, top + now.height - 0.5 * SEAM * p.u)
    _cell(now.sheet, "tile", box, state.status)
    room, middle = box[2] - box[0] - 2 * PAD * p.u, (box[1] + box[3]) / 2
    strong = state.status in (*RED, *AMBER)
    first = cut(f"{theme.STATUS[state.status].glyph} {theme.plain(state.item.short)}", p.source, room, 1, strong)
    second = "" if now.flat else _fitting(standing_words(state, now.day), p.source, room)
    shift = 0 if now.flat else 0.5 * leading(p.source)
    now.sheet.text("item", left + PAD * p.u, middle - shift, first[0], p.source, role.ink, strong)
    now.sheet.text("state", left + PAD * p.u, middle + shift, second, p.source, role.ink)
    _touch(now, state, box)


def _fitting(words: str, size: float, width: float) -> str:
    """Return the words, without the rate before a gap, or without the whole figure where they do not fit."""
    shorter = (words, RATE.sub(" ", words), words.partition(" ")[0])
    return next((one for one in shorter if text_width(one, size) <= width), shorter[-1])


def _touch(now: _Wall, state: ItemState, box: Area) -> None:
    now.areas.append(box)
    now.words.append(hover(state.item.name, _told(state)))


def _told(state: ItemState) -> list[str]:
    item, marks = state.item, "　".join(theme.MARKS[mark].meaning for mark in state.marks if mark in theme.MARKS)
    return [
        "　".join(filter(None, (theme.light(state.status), marks))),
        progress(state),
        f"截止日 {theme.chinese_date(item.end)}" if item.end else "",
        f"责任部门 {item.department}" if item.department else "",
    ]


# A phone


def _narrow(now: _Wall, parts: Sequence[Part], top: float) -> float:
    for part in parts:
        top = _narrow_part(now, part, top + 0.5 * BETWEEN * now.profile.u)
    return top


def _narrow_part(now: _Wall, part: Part, top: float) -> float:
    """Draw a part's name, its glyphs beside it or below it, and by name what is late, due soon or slow; return the y below."""
    p, count = now.profile, f"{part.done}/{len(part.states)}"
    y, wide = top + 0.5 * leading(p.label), len(part.tiles) * (SMALL + SEAM) * p.u
    room = p.inner - text_width(count, p.label, True) - p.u
    beside = text_width(part.name, p.label, True) + wide + p.u <= room
    now.sheet.text("part", p.margin, y, cut(part.name, p.label, room, 1, True)[0], p.label, theme.INK, True)
    now.sheet.text("part_done", p.right, y, count, p.label, theme.INK, True, "right")
    below = top + leading(p.label)
    owners = _owners(p, part, room - wide if beside else p.inner, 1 if beside else 2)
    below = now.sheet.lines("department", p.margin, below, owners, p.source, theme.INK_FAINT)
    below = (
        _glyphs(now, part.tiles, p.margin + room - wide, top)
        if beside
        else _glyphs(now, part.tiles, p.margin, below + 0.2 * p.u)
    )
    for state in (one for status in (*RED, *AMBER) for one in part.states if one.status == status):
        below = _named(now, state, below)
    return below + 0.5 * BETWEEN * p.u


def _glyphs(now: _Wall, states: Sequence[ItemState], start: float, top: float) -> float:
    p, size = now.profile, SMALL * now.profile.u
    step = size + SEAM * p.u
    for line in _in_lines(states, int((p.inner + SEAM * p.u) // step)):
        for column, state in enumerate(line):
            left = start + column * step
            box = (left, top, left + size, top + size)
            _cell(now.sheet, "tile", box, state.status)
            glyph, ink = theme.STATUS[state.status].glyph, theme.role(state.status).ink
            now.sheet.text("glyph", left + size / 2, top + size / 2, glyph, p.source, ink, at="center")
            _touch(now, state, box)
        top += step
    return top


def _named(now: _Wall, state: ItemState, top: float) -> float:
    p, words = now.profile, standing_words(state, now.day)
    line = f"{theme.STATUS[state.status].glyph} {theme.plain(state.item.short)}"
    y, room = top + 0.5 * leading(p.source), p.inner - text_width(words, p.source) - p.u
    colour = theme.role(state.status).text
    now.sheet.text("item", p.margin, y, cut(line, p.source, room, 1, True)[0], p.source, colour, True)
    now.sheet.text("state", p.right, y, words, p.source, colour, at="right")
    return top + leading(p.source)
