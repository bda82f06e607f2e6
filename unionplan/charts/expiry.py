"""What a rate would be if no contract were renewed: now and after 30, 60 and 90 days, against its target.

Each row has a bar from nought (a shape named `bar`) and, where contracts run out, what is lost (`lost`) behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import plotly.graph_objects as go

from unionplan import theme
from unionplan.attainment import Attainment, reached
from unionplan.charts.parts import Area, hover, hover_trace
from unionplan.charts.profile import Profile, Sheet, foot_height, foot_lines, leading, text_width
from unionplan.plan import Indicator

ROW = {"phone": 2.9}  # height of a row, in u; two lines of figures need more
PLAIN, MOST = 2.0, 4.0  # of others, and on a slide


@dataclass(frozen=True)
class Entry:
    """One row: how many have run out by then, and how many are still covered."""

    name: str
    gone: int
    left: int
    value: str
    light: str


def expiry(
    row: Attainment, ending: Mapping[int, int], indicator: Indicator, *, title: str, subtitle: str, source: str,
    note: str, profile: Profile,
) -> go.Figure:  # fmt: skip
    """Return the picture; `ending`: days → how many of the covered have a contract that ends within so many days."""
    assert row.numerator is not None
    assert row.denominator
    sheet = Sheet(profile)
    top = sheet.head(title, subtitle) + 0.8 * profile.u
    foot = foot_lines(profile, source, note, ["浅色：这些天内到期的合同，按一家也不续签计"])
    entries = [_entry(row, 0, 0), *(_entry(row, days, ending[days]) for days in sorted(ending))]
    room = None if profile.height is None else profile.height - foot_height(profile, foot) - top
    bottom, trace = _rows(sheet, entries, row, indicator, top, room)
    height = max(profile.height or 0, bottom + foot_height(profile, foot))
    sheet.foot(foot, height)
    return sheet.figure(height, trace)


def _entry(row: Attainment, days: int, gone: int) -> Entry:
    covered, base = row.numerator or 0, row.denominator or 1
    left = covered - gone
    light = "" if row.target_bp is None else "● 达标" if reached(left, base, row.target_bp) else "◇ 未达标"
    return Entry(f"{days}天后" if days else "现在", gone, left, theme.percent(left, base, row.target_bp), light)


def _rows(
    sheet: Sheet, entries: list[Entry], row: Attainment, indicator: Indicator, top: float, room: float | None
) -> tuple[float, go.Bar]:  # fmt: skip
    p = sheet.profile
    base, narrow = row.denominator or 1, p.kind == "phone"
    left = p.margin + text_width("90天后", p.label, True) + 0.8 * p.u
    right = p.right - (5.0 if narrow else 8.4 if p.captioned else 17.0) * p.u
    _heads(sheet, right, top)
    y = first = top + leading(p.head) + 0.3 * p.u
    areas: list[Area] = []
    height = ROW.get(p.kind, PLAIN) * p.u
    height = height if room is None else min(max((room - (first - top)) / len(entries), PLAIN * p.u), MOST * p.u)
    for entry in entries:
        middle = y + height / 2
        _bar(sheet, entry, left, right, base, middle, row.numerator or 0, 0.3 * min(height, PLAIN * p.u * 1.3))
        _figures(sheet, entry, right, middle)
        areas.append((p.margin, y, p.right, y + height))
        y += height
    if row.target_bp is not None:
        x = left + (right - left) * row.target_bp / 10_000
        sheet.line("target", x, first, x, y, theme.INK, 0.2 * p.u)
        words = f"目标 {theme.target_percent(row.target_bp)}%"
        sheet.text(
            "goal",
            x,
            first - leading(p.head) / 2 - 0.1 * p.u,
            words,
            p.head,
            theme.INK,
            at="right" if row.target_bp > 5000 else "left",
        )
    texts = [_hover(entry, base, indicator) for entry in entries]
    return y, hover_trace(areas, texts)


def _heads(sheet: Sheet, right: float, top: float) -> None:
    p = sheet.profile
    if p.kind == "phone" or p.captioned:
        return
    y = top + leading(p.head) / 2
    for words, away in (("到期（家）", 4.2), ("若不续签 %", 9.6)):
        sheet.text("head", right + away * p.u, y, words, p.head, theme.INK_FAINT, at="right")


def _bar(sheet: Sheet, entry: Entry, left: float, right: float, base: int, y: float, covered: int, half: float) -> None:
    p, unit = sheet.profile, (right - left) / base
    sheet.text(
        "row", left - 0.8 * p.u, y, entry.name, p.label, theme.INK, not entry.gone and entry.name == "现在", "right"
    )
    sheet.box("track", left, y - half, right, y + half, theme.TRACK)
    if entry.gone:
        sheet.box(
            "lost", left + entry.left * unit, y - half, left + covered * unit, y + half, theme.ROLES["on_pace"].cell
        )
    sheet.box("bar", left, y - half, left + entry.left * unit, y + half, theme.FOCUS)


def _figures(sheet: Sheet, entry: Entry, right: float, y: float) -> None:
    p = sheet.profile
    colour = theme.ROLES["attained"].text if entry.light.startswith("●") else theme.INK_FAINT
    if p.kind == "phone":
        sheet.text("value", p.right, y - 0.5 * leading(p.head), f"{entry.value}%", p.label, theme.INK, True, "right")
        under = f"到期{theme.count(entry.gone)}" if entry.gone else entry.light
        sheet.text("gone", p.right, y + 0.5 * leading(p.head), under, p.head, theme.INK_SOFT, at="right")
        return
    if p.captioned:  # a table has what runs out
        sheet.text("value", right + 3.9 * p.u, y, f"{entry.value}%", p.value, theme.INK, True, "right")
        sheet.text("light", right + 4.4 * p.u, y, entry.light, p.label, colour)
        return
    gone = theme.NONE if entry.name == "现在" else theme.count(entry.gone)
    sheet.text("gone", right + 4.2 * p.u, y, gone, p.label, theme.INK_SOFT, at="right")
    sheet.text("value", right + 9.6 * p.u, y, entry.value, p.value, theme.INK, True, "right")
    sheet.text("light", right + 10.6 * p.u, y, entry.light, p.label, colour)


def _hover(entry: Entry, base: int, indicator: Indicator) -> str:
    counts = f"{indicator.covered_word} {entry.left:,} / {indicator.base_word} {base:,} {indicator.unit}"
    gone = f"到期 {entry.gone:,} {indicator.unit}，按一家也不续签计" if entry.gone else ""
    return hover(entry.name, [gone, f"{entry.value}%（{counts}）", entry.light])
