"""Why a rate moved: a bridge from then to now, and under it what the enterprises did, once for either count.

Each kind is one row; its bars (shapes named `bar_covered`, `bar_base`) run from nought on one scale in both columns.
The bridge's axis does not begin at nought and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

import plotly.graph_objects as go

from unionplan import theme
from unionplan.change import Change, Move
from unionplan.charts.parts import Area, cut, hover, hover_trace
from unionplan.charts.profile import Profile, Sheet, foot_height, foot_lines, leading, widest
from unionplan.coverage_words import move_name, shown_rates, shown_split, signed
from unionplan.plan import Indicator

ROW, BRIDGE = 1.75, 2.0  # heights of a row, in u
LEAST, MOST = 0.6, 1.5  # how far a fixed height may press or spread them


@dataclass(frozen=True)
class Scale:
    """Where percents stand on the bridge."""

    left: float
    right: float
    low: int
    high: int

    def x(self, percent: float) -> float:
        """Return the x of a rate in percent."""
        return self.left + (percent - self.low) / (self.high - self.low) * (self.right - self.left)


@dataclass(frozen=True)
class Column:
    """One count's bars around its nought; `unit` pixels an enterprise."""

    name: str
    left: float
    right: float
    zero: float
    unit: float


def change_chart(
    change: Change, moves: Sequence[Move], indicator: Indicator, target_bp: int | None, *, title: str, subtitle: str,
    source: str, note: str, profile: Profile,
) -> go.Figure:  # fmt: skip
    """Return the picture of a change; without `moves` the bridge alone."""
    sheet = Sheet(profile)
    top = sheet.head(title, subtitle) + 0.9 * profile.u
    foot = foot_lines(profile, source, note, ["覆盖增减＝覆盖家数增减÷现底数；底数变化＝总变化－覆盖增减"])
    room = None if profile.height is None else profile.height - foot_height(profile, foot) - top
    facts = (change, moves, indicator, target_bp)
    spread = 1.0 if room is None else _spread(_drawn(Sheet(profile), *facts, 0.0, 1.0)[0], len(moves), profile, room)
    bottom, areas, texts = _drawn(sheet, *facts, top, spread)
    height = max(profile.height or 0, bottom + foot_height(profile, foot))
    sheet.foot(foot, height)
    return sheet.figure(height, hover_trace(areas, texts))


def _spread(natural: float, moves: int, p: Profile, room: float) -> float:
    """Return by how much rows grow or shrink for a picture of this natural height to fill its room."""
    rows = (4 * BRIDGE + moves * ROW) * p.u
    return min(max((room - natural + rows) / rows, LEAST), MOST)


def _drawn(
    sheet: Sheet, change: Change, moves: Sequence[Move], indicator: Indicator, target_bp: int | None, top: float,
    spread: float,
) -> tuple[float, list[Area], list[str]]:  # fmt: skip
    names = _names(sheet.profile, change, [move_name(move.kind, indicator) for move in moves])
    y, areas, texts = _bridge(sheet, change, target_bp, top, names, BRIDGE * spread * sheet.profile.u)
    if not moves:
        return y, areas, texts
    height = ROW * spread * sheet.profile.u
    y, more, told = _moves(sheet, change, moves, indicator, y + 1.0 * sheet.profile.u, names, height)
    return y, [*areas, *more], [*texts, *told]


# The bridge


def _bridge(
    sheet: Sheet, change: Change, target_bp: int | None, top: float, names: float, height: float
) -> tuple[float, list[Area], list[str]]:  # fmt: skip
    p = sheet.profile
    then, now = shown_rates(change, target_bp)
    _, effort, shift = shown_split(change, target_bp)
    between = float(then) + float(effort)
    scale = _scale(p, [float(then), between, float(now)], names)
    rows = [
        (theme.month_day(change.since), float(then), float(then), f"{then}%", theme.INK_SOFT),
        ("覆盖增减", float(then), between, signed(effort), theme.FOCUS),
        ("底数变化", between, float(now), signed(shift), theme.MARK),
        (theme.month_day(change.until), float(now), float(now), f"{now}%", theme.INK),
    ]
    y, areas, texts = top, [], []
    for number, (name, start, stop, words, colour) in enumerate(rows):
        _step(sheet, scale, number, name, start, stop, words, colour, y + height / 2, height)
        areas.append((p.margin, y, p.right, y + height))
        texts.append(hover(name, [words if "%" in words else f"{words}个百分点"]))
        y += height
    sheet.line("axis", scale.left, y, scale.right, y, theme.RULE, 0.07 * p.u)
    sheet.text(
        "warning",
        scale.left,
        y + 0.3 * p.u + leading(p.source) / 2,
        f"横轴从 {scale.low}% 起",
        p.source,
        theme.INK_FAINT,
    )
    return y + 0.3 * p.u + leading(p.source), areas, texts


def _scale(p: Profile, values: Sequence[float], names: float) -> Scale:
    """A whole-percent range with room for words on both sides, at least four points wide."""
    spread = max(max(values) - min(values), 2.0)
    low, high = max(0, floor(min(values) - 0.35 * spread)), min(100, ceil(max(values) + 0.35 * spread))
    left = p.margin + names + 0.7 * p.u
    return Scale(left, p.right - 4.8 * p.u, low, max(high, low + 1))


def _step(
    sheet: Sheet, scale: Scale, number: int, name: str, start: float, stop: float, words: str, colour: str, y: float,
    height: float,
) -> None:  # fmt: skip
    p = sheet.profile
    ends, half = (scale.x(start), scale.x(stop)), height / 2
    whole = number in (0, 3)
    sheet.text("step", scale.left - 0.7 * p.u, y, name, p.label, theme.INK, whole, "right")
    if number < 3:  # down to the next row, which begins where this one ends
        sheet.line("link", ends[1], y, ends[1], y + 2 * half, theme.GRID, 0.1 * p.u)
    if whole:
        sheet.line("rate", ends[0], y - 0.62 * half, ends[0], y + 0.62 * half, theme.INK, 0.28 * p.u)
    else:
        sheet.box("part", min(ends), y - 0.5 * half, max(ends), y + 0.5 * half, colour)
    ink = theme.INK if whole else theme.FOCUS if colour == theme.FOCUS else theme.INK_SOFT
    sheet.text("figure", max(ends) + 0.5 * p.u, y, words, p.value, ink, True)


# What the enterprises did


def _moves(
    sheet: Sheet, change: Change, moves: Sequence[Move], indicator: Indicator, top: float, left: float,
    height: float,
) -> tuple[float, list[Area], list[str]]:  # fmt: skip
    p = sheet.profile
    names = [move_name(move.kind, indicator) for move in moves]
    columns = _columns(p, moves, left)
    y = _heads(sheet, columns, change, indicator, top)
    first, areas, texts = y, [], []
    for move, name in zip(moves, names, strict=True):
        middle = y + height / 2
        sheet.text("move", p.margin + left, middle, name, p.label, theme.INK, at="right")
        for column, value in zip(columns, (move.covered, move.base), strict=True):
            _bar(sheet, column, value, middle, 0.3 * height)
        areas.append((p.margin, y, p.right, y + height))
        texts.append(_said(move, name, indicator))
        y += height
    for column in columns:
        sheet.line("zero", column.zero, first, column.zero, y, theme.RULE, 0.07 * p.u)
    return y, areas, texts


def _names(p: Profile, change: Change, names: Sequence[str]) -> float:
    """The width that the rows' names take in both halves."""
    days = [theme.month_day(change.since), theme.month_day(change.until), "覆盖增减"]
    return max(widest(names, p.label), widest(days, p.label, True))


def _columns(p: Profile, moves: Sequence[Move], names: float) -> list[Column]:
    left = p.margin + names + 0.9 * p.u
    room = (p.right - left - 1.2 * p.u) / 2
    values = [value for move in moves for value in (move.covered, move.base)]
    words = widest([f"{value:+,}" for value in values], p.head, True) + 0.4 * p.u
    below, above = max(0, -min([*values, 0])), max([*values, 0])
    sides = words * ((1 if below else 0) + 1)
    unit = (room - sides) / max(1, below + above)
    starts = (left, left + room + 1.2 * p.u)
    return [
        Column(name, start, start + room, start + (words if below else 0) + below * unit, unit)
        for name, start in zip(("covered", "base"), starts, strict=True)
    ]


def _heads(sheet: Sheet, columns: Sequence[Column], change: Change, indicator: Indicator, top: float) -> float:
    p = sheet.profile
    nets = (change.covered1 - change.covered0, change.base1 - change.base0)
    words = (indicator.covered_word, indicator.base_word)
    for column, word, net in zip(columns, words, nets, strict=True):
        said = f"净{net:+,} {indicator.unit}" if net else "净增减为零"
        lines = [word, said] if p.kind == "phone" else [word + said]
        lines = [cut(line, p.head, column.right - column.left, 1, True)[0] for line in lines]
        y = sheet.lines("head", column.left, top, lines, p.head, theme.INK_SOFT, True)
    return y + 0.25 * p.u


def _bar(sheet: Sheet, column: Column, value: int, y: float, half: float) -> None:
    p = sheet.profile
    if not value:
        return
    end = column.zero + value * column.unit
    colour = theme.FOCUS if value > 0 else theme.MARK
    sheet.box(f"bar_{column.name}", min(end, column.zero), y - half, max(end, column.zero), y + half, colour)
    side = ("left", 0.3 * p.u) if value > 0 else ("right", -0.3 * p.u)
    ink = theme.FOCUS if value > 0 else theme.INK_SOFT
    sheet.text("value", end + side[1], y, f"{value:+,}", p.head, ink, True, side[0])


def _said(move: Move, name: str, indicator: Indicator) -> str:
    lines = [f"{move.enterprises:,} 家企业"] if move.enterprises else []
    for word, value in ((indicator.covered_word, move.covered), (indicator.base_word, move.base)):
        lines.append(f"{word} {value:+,} {indicator.unit}" if value else "")
    return hover(name, lines)
