"""Coverage against target, one row per target: a bar on one scale from 0 to 100 and a table beside it.

Every row with a figure has exactly one measure bar, every row with a target exactly one target mark (shapes
named `measure` and `target`); a row without a figure is an empty track, never a bar of length 0. The picture
says in its own foot what its marks mean, because it will travel as a screenshot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import groupby

import plotly.graph_objects as go

from unionplan import theme
from unionplan.attainment import Attainment
from unionplan.charts.bullet_words import Cells, cells_of, hover_of, remarks
from unionplan.charts.fitting import Picture, fitted, left_out, spread, urgency
from unionplan.charts.parts import empty
from unionplan.charts.parts import rate as rate_of
from unionplan.charts.profile import Profile, Sheet, foot_height, foot_lines, leading, text_width, widest, wrap
from unionplan.plan import Indicator, Target

SIZES = (2.05, 2.6, 3.9)  # heights of a row, in u: on a full slide, on a screen, on an empty slide
GROUP_GAP, AXIS = 1.0, 1.5
LABEL_WIDTH, SLASH = 6.3, 0.9
GROUP_WIDTH = {"document": 6.1}  # the most that an indicator's name may take, in u
GROUP_WIDE = 7.2


@dataclass(frozen=True)
class Columns:
    """Where the wide layout puts things: x of the scale's ends and of the columns' aligned edges."""

    label: float
    zero: float
    full: float
    value: float
    target: float
    covered: float
    base: float
    gap: float
    status: float

    def x(self, rate: Fraction | float) -> float:
        """Return the x of a rate between 0 and 1."""
        return self.zero + float(rate) * (self.full - self.zero)


def bullet(
    rows: Sequence[Attainment],
    indicators: Mapping[str, Indicator],
    *,
    title: str,
    subtitle: str,
    source: str,
    note: str,
    profile: Profile,
    targets: Sequence[Target] = (),
) -> go.Figure:
    """Return the bullet chart of `rows`, drawn in the order given, equal indicators side by side as one group.

    `targets` adds the plan's commitment words. Zero rows give a figure that says what to do. Where the height is
    limited, the rows that are worst and lack most are drawn and the others counted in the foot.
    """

    def draw(kept: Sequence[Cells], omitted: Sequence[Cells], into: Profile) -> Picture:
        sheet = Sheet(into)
        top = sheet.head(title, subtitle)
        said = [
            *left_out([one.row.status for one in omitted], "项", "明细表"),
            *remarks(rows, spreads=not into.captioned),
        ]
        foot = foot_lines(into, source, note, said)
        room = None if into.height is None else into.height - foot_height(into, foot) - top
        bottom, trace = _drawn(sheet, kept, top, room)
        height = into.height or bottom + foot_height(into, foot)
        sheet.foot(foot, height)
        return height, partial(sheet.figure, height, trace)

    cells = [cells_of(row, indicators[row.indicator], targets) for row in rows]
    return fitted(cells, lambda one: (urgency(one.row.status), -(one.row.gap or 0)), profile, draw)


def _drawn(sheet: Sheet, cells: Sequence[Cells], top: float, room: float | None) -> tuple[float, go.Bar | go.Scatter]:
    if not cells:
        return empty(sheet, top, room), go.Scatter(x=[], y=[])
    if sheet.profile.kind == "phone":
        return _narrow(sheet, cells, top)
    return _wide(sheet, cells, top, room)


def _hover_trace(
    profile: Profile, cells: Sequence[Cells], middles: Sequence[float], heights: Sequence[float], end: float
) -> go.Bar:
    return go.Bar(
        orientation="h",
        base=[profile.margin] * len(cells),
        x=[end - profile.margin] * len(cells),
        y=list(middles),
        width=list(heights),
        marker={"color": "rgba(0,0,0,0)", "line": {"width": 0}},
        hovertext=[hover_of(one) for one in cells],
        hoverinfo="text",
    )


def _groups(cells: Sequence[Cells]) -> list[list[Cells]]:
    return [list(group) for _, group in groupby(cells, key=lambda one: one.indicator.id)]


# The bar


def _bar(sheet: Sheet, columns: Columns, cells: Cells, y: float, track: float) -> None:
    """Draw track, measure, baseline, pace and target of one row; `track` is the track's height."""
    u, row = sheet.profile.u, cells.row
    sheet.box("track", columns.zero, y - track / 2, columns.full, y + track / 2, theme.TRACK)
    rate, half = rate_of(row), track * 0.21
    if rate is not None:
        sheet.box("measure", columns.zero, y - half, columns.x(rate), y + half, cells.role.mark)
    if rate is not None and row.baseline is not None:
        _tick(sheet, columns.x(row.baseline), y, half + 0.16 * u)
    if rate is not None and row.due_rate is not None and not row.attained:
        _wedge(sheet, "due", columns.x(row.due_rate), y + half + 0.08 * u, min(0.38 * u, track / 2 - half))
    if row.target_bp is not None:
        _target(sheet, "target", columns.x(Fraction(row.target_bp, 10000)), y, track * 0.4)


def _tick(sheet: Sheet, x: float, y: float, half: float, name: str = "baseline") -> None:
    # cased in the paper's colour: it must be seen on every status colour and on the track
    u = sheet.profile.u
    sheet.box(name, x - 0.085 * u, y - half, x + 0.085 * u, y + half, theme.INK_SOFT, edge=theme.PAPER)


def _wedge(sheet: Sheet, name: str, x: float, y: float, size: float) -> None:
    sheet.polygon(name, [(x, y), (x + 0.6 * size, y + size), (x - 0.6 * size, y + size)], theme.INK_SOFT)


def _target(sheet: Sheet, name: str, x: float, y: float, half: float) -> None:
    u = sheet.profile.u
    sheet.box(name, x - 0.1 * u, y - half, x + 0.1 * u, y + half, theme.INK)


def _key(sheet: Sheet, cells: Sequence[Cells], x: float, y: float, right: float) -> float:
    """Draw the key from x on, wrapping before `right`; return the y of its last line."""
    p = sheet.profile
    u, left = p.u, x
    for kind, word in _key_words(cells):
        sign = 1.6 * u if kind == "measure" else 0.5 * u
        step = sign + 0.4 * u + text_width(word, p.head)
        if x > left and x + step > right:
            x, y = left, y + leading(p.head)
        _key_sign(sheet, kind, x, y, sign)
        sheet.text("key", x + sign + 0.4 * u, y, word, p.head, theme.INK_FAINT)
        x += step + 0.9 * u
    return y


def _key_words(cells: Sequence[Cells]) -> list[tuple[str, str]]:
    rows = [one.row for one in cells]
    words = [("measure", "完成值")]
    if any(row.target_bp is not None for row in rows):
        words.append(("target", "目标"))
    if any(row.baseline is not None for row in rows):
        words.append(("baseline", "期初"))
    if any(row.due_rate is not None and not row.attained for row in rows):
        words.append(("due", "序时应达"))
    return words


def _key_sign(sheet: Sheet, kind: str, x: float, y: float, width: float) -> None:
    u, middle = sheet.profile.u, x + width / 2
    if kind == "measure":
        sheet.box("key_measure", x, y - 0.22 * u, x + width, y + 0.22 * u, theme.MARK)
    elif kind == "target":
        _target(sheet, "key_target", middle, y, 0.5 * u)
    elif kind == "baseline":
        _tick(sheet, middle, y, 0.4 * u, "key_baseline")
    else:
        _wedge(sheet, "key_due", middle, y - 0.2 * u, 0.4 * u)


def _scale(sheet: Sheet, columns: Columns, y: float) -> None:
    for step in range(0, 101, 20):
        words = f"{step}%" if step == 100 else str(step)
        sheet.text("scale", columns.x(step / 100), y, words, sheet.profile.head, theme.INK_FAINT, at="center")


# The wide layout: screen and slide


def _wide(sheet: Sheet, cells: Sequence[Cells], top: float, room: float | None) -> tuple[float, go.Bar]:
    p = sheet.profile
    u, groups = p.u, _groups(cells)
    columns = _paper_columns(p, cells) if p.captioned else _columns(p, cells)
    y = _key(
        sheet, cells, columns.zero, top + (0.7 if p.captioned else 1.5) * u, p.right if p.captioned else columns.full
    )
    if not p.captioned:
        _heads(sheet, cells, columns, y)
    y += 0.9 * u
    least = None if room is None else room - (y - top) - AXIS * u
    heights = _heights(p, groups, least)
    middles: list[float] = []
    for number, group in enumerate(groups):
        if number:
            sheet.line("divider", p.margin, y + GROUP_GAP * u / 2, p.right, y + GROUP_GAP * u / 2, theme.GRID, 0.07 * u)
            y += GROUP_GAP * u
        _group_name(sheet, group[0], y, heights[len(middles)])
        for one in group:
            height = heights[len(middles)]
            middles.append(y + height / 2)
            _bar(sheet, columns, one, middles[-1], min(height * 0.75, 2.2 * u))
            _row_words(sheet, one, columns, middles[-1])
            y += height
    _scale(sheet, columns, y + 0.75 * u)
    return y + AXIS * u, _hover_trace(p, cells, middles, heights, columns.full)


def _columns(p: Profile, cells: Sequence[Cells]) -> Columns:
    """Return the columns: each as wide as its widest text, the scale takes what is left."""
    u, gap = p.u, 1.2 * p.u
    status = p.right - max(
        widest([one.status for one in cells], p.label, True), widest([one.remark for one in cells], p.source), 3.2 * u
    )
    short = status - gap
    base = short - _wide_as(p, "还差", [one.gap for one in cells]) - gap
    base -= _wide_as(p, _count_words(cells)[1], [one.base for one in cells])
    covered = base - SLASH * u
    target = covered - _wide_as(p, _count_words(cells)[0], [one.covered for one in cells]) - gap
    value = target - max(_wide_as(p, "目标 %", [one.target for one in cells]), _small(p, cells, "pledge")) - gap
    values = max(widest([one.value for one in cells], p.value, True), text_width("完成值 %", p.head))
    full = value - max(values, _small(p, cells, "spread")) - gap
    label = _label_end(p, cells)
    return Columns(label, label + 0.7 * u, full, value, target, covered, base, short, status)


def _label_end(p: Profile, cells: Sequence[Cells]) -> float:
    groups = widest([_group_word(p, one) for one in cells], p.subtitle, True)
    labels = max(widest(_label_lines(p, one), p.label) for one in cells)
    return p.margin + min(groups, _group_room(p)) + (0.5 if p.captioned else 1.1) * p.u + labels


def _paper_columns(p: Profile, cells: Sequence[Cells]) -> Columns:
    """Return the columns of a document: the figure and its light beside the bar; a table has the counts."""
    u = p.u
    status = p.right - max(widest([one.status for one in cells], p.label, True), _small(p, cells, "remark"))
    values = max(
        widest([_figure(one) for one in cells], p.value, True), widest([_goal(one) for one in cells], p.source)
    )
    value, label = status - 0.8 * u, _label_end(p, cells)
    return Columns(label, label + 0.6 * u, value - values - 0.6 * u, value, 0, 0, 0, 0, status)


def _figure(cells: Cells) -> str:
    return cells.value if cells.value == theme.NONE else f"{cells.value}%"


def _goal(cells: Cells) -> str:
    return "" if cells.row.target_bp is None else f"目标 {cells.target}%"


def _wide_as(p: Profile, head: str, texts: Sequence[str]) -> float:
    return max(widest(texts, p.label, True), text_width(head, p.head))


def _small(p: Profile, cells: Sequence[Cells], name: str) -> float:
    return widest([getattr(one, name) for one in cells], p.source)


def _heights(p: Profile, groups: Sequence[Sequence[Cells]], room: float | None) -> list[float]:
    """Return the rows' heights: no less than their labels need, spread over the room where it is fixed."""
    least = [height for group in groups for height in _least(p, group)]
    return spread(least, SIZES, None if room is None else room - (len(groups) - 1) * GROUP_GAP * p.u, p.u)


def _least(p: Profile, group: Sequence[Cells]) -> list[float]:
    heights = [max(SIZES[0] * p.u, len(_label_lines(p, one)) * leading(p.label)) for one in group]
    name = len(_group_lines(p, group[0])) * leading(p.subtitle)
    more = max(0.0, name - sum(heights)) / len(group)
    return [height + more for height in heights]


def _group_room(p: Profile) -> float:
    return GROUP_WIDTH.get(p.kind, GROUP_WIDE) * p.u


def _group_word(p: Profile, cells: Cells) -> str:
    name, short = theme.plain(cells.indicator.name), theme.plain(cells.indicator.short)
    return name if text_width(name, p.subtitle, True) <= _group_room(p) else short


def _group_lines(p: Profile, cells: Cells) -> list[str]:
    return wrap(_group_word(p, cells), p.subtitle, _group_room(p), True)


def _label_lines(p: Profile, cells: Cells) -> list[str]:
    return wrap(cells.label, p.label, LABEL_WIDTH * p.u)


def _group_name(sheet: Sheet, cells: Cells, y: float, height: float) -> None:
    p = sheet.profile
    lines = _group_lines(p, cells)
    top = y + (height - leading(p.subtitle)) / 2 if len(lines) == 1 else y + 0.1 * p.u
    sheet.lines("group", p.margin, top, lines, p.subtitle, theme.INK, True)


def _count_words(cells: Sequence[Cells]) -> tuple[str, str]:
    words = {(one.indicator.covered_word, one.indicator.base_word) for one in cells}
    return words.pop() if len(words) == 1 else ("已建", "应建")


def _heads(sheet: Sheet, cells: Sequence[Cells], columns: Columns, y: float) -> None:
    covered, base = _count_words(cells)
    size, slash = sheet.profile.head, columns.covered + SLASH / 2 * sheet.profile.u
    heads = (("完成值 %", columns.value), ("目标 %", columns.target), (covered, columns.covered), ("还差", columns.gap))
    for words, x in heads:
        sheet.text("head", x, y, words, size, theme.INK_FAINT, at="right")
    sheet.text("head", slash, y, "/", size, theme.INK_FAINT, at="center")
    for words, x in ((base, columns.base), ("状态", columns.status)):
        sheet.text("head", x, y, words, size, theme.INK_FAINT)


def _row_words(sheet: Sheet, cells: Cells, columns: Columns, y: float) -> None:
    p, role = sheet.profile, cells.role
    lines = _label_lines(p, cells)
    for number, line in enumerate(lines):
        offset = (number - (len(lines) - 1) / 2) * leading(p.label) * 0.92
        sheet.text("label", columns.label, y + offset, line, p.label, theme.INK, at="right")
    if p.captioned:
        _cell(sheet, "value", columns.value, y, _figure(cells), _goal(cells), p.value, theme.INK, True)
        _cell(sheet, "status", columns.status, y, cells.status, cells.remark, p.label, role.text, True, "left")
    else:
        _table_row(sheet, cells, columns, y, role)


def _table_row(sheet: Sheet, cells: Cells, columns: Columns, y: float, role: theme.Role) -> None:
    p = sheet.profile
    _cell(sheet, "value", columns.value, y, cells.value, cells.spread, p.value, theme.INK, True)
    _cell(sheet, "goal", columns.target, y, cells.target, cells.pledge, p.label, theme.INK_SOFT)
    _counts(sheet, cells, columns, y)
    urgent = role is theme.ROLES["behind"]
    sheet.text("gap", columns.gap, y, cells.gap, p.label, _ink(cells.gap), urgent, at="right")
    _cell(sheet, "status", columns.status, y, cells.status, cells.remark, p.label, role.text, True, "left")


def _counts(sheet: Sheet, cells: Cells, columns: Columns, y: float) -> None:
    p = sheet.profile
    sheet.text("covered", columns.covered, y, cells.covered, p.label, _ink(cells.covered), at="right")
    if cells.base != theme.NONE:
        sheet.text("slash", columns.covered + SLASH / 2 * p.u, y, "/", p.label, theme.INK_FAINT, at="center")
        sheet.text("base", columns.base, y, cells.base, p.label, _ink(cells.base))


def _ink(words: str) -> str:
    return theme.INK_FAINT if words == theme.NONE else theme.INK_SOFT


def _cell(
    sheet: Sheet,
    name: str,
    x: float,
    y: float,
    words: str,
    below: str,
    size: float,
    color: str,
    bold: bool = False,
    at: str = "right",
) -> None:
    """Write a cell, with a small second line below it where there is one."""
    u = sheet.profile.u
    if words == theme.NONE:
        color, bold = theme.INK_FAINT, False
    sheet.text(name, x, y - (0.38 * u if below else 0), words, size, color, bold, at)
    sheet.text(name, x, y + 0.76 * u, below, sheet.profile.source, theme.INK_FAINT, at=at)


# The narrow layout: phone


def _narrow(sheet: Sheet, cells: Sequence[Cells], top: float) -> tuple[float, go.Bar]:
    p = sheet.profile
    u = p.u
    columns = Columns(p.margin, p.margin, p.right, 0, 0, 0, 0, 0, 0)
    y = _key(sheet, cells, p.margin, top + 1.2 * u, p.right) + 0.9 * u
    middles, heights = [], []
    for number, group in enumerate(_groups(cells)):
        if number:
            sheet.line("divider", p.margin, y + 0.2 * u, p.right, y + 0.2 * u, theme.GRID, 0.07 * u)
            y += 0.7 * u
        y = sheet.lines("group", p.margin, y, _phone_group(p, group[0]), p.subtitle, theme.INK, True) + 0.25 * u
        for one in group:
            below = _narrow_row(sheet, one, columns, y)
            middles.append((y + below) / 2)
            heights.append(below - y)
            y = below + 0.65 * u
    return y, _hover_trace(p, cells, middles, heights, p.right)


def _phone_group(p: Profile, cells: Cells) -> list[str]:
    return wrap(cells.indicator.name, p.subtitle, p.inner, True)


def _narrow_row(sheet: Sheet, cells: Cells, columns: Columns, top: float) -> float:
    p = sheet.profile
    status = cells.status + (f" {cells.remark}" if cells.remark else "")
    room = p.inner - text_width(status, p.label, True) - p.u
    lines = wrap(cells.label, p.label, room)
    y = sheet.lines("label", p.margin, top, lines, p.label, theme.INK)
    sheet.text("status", p.right, top + leading(p.label) / 2, status, p.label, cells.role.text, True, "right")
    _bar(sheet, columns, cells, y + 0.75 * p.u, 1.2 * p.u)
    return _figures(sheet, cells, y + 1.5 * p.u)


def _figures(sheet: Sheet, cells: Cells, top: float) -> float:
    """Write value, target, counts and gap under the bar, on as many lines as they need."""
    p = sheet.profile
    x, y = p.margin, top + leading(p.value) / 2
    for name, words, size, color, bold in _phone_words(p, cells):
        width = text_width(words, size, bold)
        if x > p.margin and x + width > p.right:
            x, y = p.margin, y + leading(p.value)
        sheet.text(name, x, y, words, size, color, bold)
        x += width + 0.75 * p.u
    return y + leading(p.value) / 2


def _phone_words(p: Profile, cells: Cells) -> list[tuple[str, str, float, str, bool]]:
    unit_gap = f"还差 {cells.gap}" if cells.gap != theme.NONE else ""
    known = cells.value != theme.NONE
    goal = "" if cells.row.target_bp is None else f"目标 {cells.target}%"
    counts = f"{cells.covered}/{cells.base}" if cells.base != theme.NONE else ""
    urgent = cells.role is theme.ROLES["behind"]
    said = [
        ("value", f"{cells.value}%" if known else "", p.value, theme.INK, True),
        ("spread", cells.spread, p.source, theme.INK_FAINT, False),
        ("goal", f"{goal} {cells.pledge}".strip(), p.head, theme.INK_SOFT, False),
        ("covered", counts, p.head, theme.INK_SOFT, False),
        ("gap", unit_gap, p.head, theme.INK_SOFT, urgent),
    ]
    return [word for word in said if word[1]]
