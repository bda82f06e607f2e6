"""How many enterprises each unit is still short of: a ranking with bars from 0 and a table beside it.

Every row has either a bar (a shape named `bar`: reported, fresh, short of its target) or a remark (a text named
`remark`) and never both; only bars are ranked and summed. Equal gaps share a rank and stand together. Colour is for
the units that the title names; a light is not repeated here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import plotly.graph_objects as go

from unionplan import theme
from unionplan.attainment import Attainment
from unionplan.charts.fitting import Picture, fitted, left_out, spread
from unionplan.charts.parts import (
    TIGHT,
    Area,
    Order,
    cut,
    empty,
    figures,
    hover,
    hover_trace,
    name,
    name_lines,
    rate,
    shown,
)
from unionplan.charts.profile import Profile, Sheet, foot_height, foot_lines, leading, text_width, widest
from unionplan.charts.titles import GAP_REMARK, gap_focus, in_rank_order, is_open, ranked, side
from unionplan.plan import Indicator, Target

WIDE = 11.4  # the most that a name may take, in u
SIZES = (1.3, 2.1, 3.3)  # heights of a row, in u: on a full slide, on a screen, on an empty slide
SLASH = 0.9


@dataclass(frozen=True)
class Entry:
    """One unit in words; `rank` is empty unless the unit is ranked, `gap` unless it has a bar, `group` unless it has one
    (as drawn: unless it is the first of its group)."""

    row: Attainment
    rank: str
    gap: str
    remark: str
    role: theme.Role
    focus: bool
    value: str
    covered: str
    base: str
    group: str = ""

    @property
    def unit(self) -> str:
        """Return the unit's whole name."""
        return theme.plain(self.row.reporting_unit or "")


@dataclass(frozen=True)
class Columns:
    """Where the wide layout puts things; a bar of the widest gap runs from `zero` to `full`."""

    rank: float
    name: float
    zero: float
    full: float
    value: float
    covered: float
    base: float


def gap(
    rows: Sequence[Attainment],
    indicator: Indicator,
    target: Target,
    *,
    title: str,
    subtitle: str,
    source: str,
    note: str,
    profile: Profile,
    order: Order = "value",
    groups: Sequence[str] = (),
) -> go.Figure:
    """Return the ranking of `rows`, one row per unit, all of this indicator and target.

    `order`: widest gap first, then those that reached the target, then those without a fresh figure; or the order
    `given`, then without ranks; `groups` then names each row's group, and rows that follow each other in one group
    stand under its name. No row gives a figure that says what to do. Where the height is limited, the units that lack
    most are drawn, equal ones all or none, and the others counted in the foot.
    """
    if order not in ("value", "given"):
        raise ValueError(f'order is "{order}": one of "value", "given"')
    if groups and (order == "value" or len(groups) != len(rows)):
        raise ValueError(f"{len(rows)} rows in order {order} and {len(groups)} groups: one for each row given in order")
    assert all((row.indicator, row.scope) == (target.indicator, target.scope) for row in rows), "rows of another target"
    belongs = [theme.plain(one) for one in groups] or [""] * len(rows)

    def draw(kept: Sequence[Entry], omitted: Sequence[Entry], into: Profile) -> Picture:
        sheet = Sheet(into)
        top = sheet.head(title, subtitle)
        said = left_out([one.row.status for one in omitted], "个单位", "各单位明细")
        said += [GAP_REMARK] if len(ranked(rows)) > 1 else []
        foot = foot_lines(into, source, note, said)
        room = None if into.height is None else into.height - foot_height(into, foot) - top
        bottom, trace = _drawn(sheet, _headed(kept), indicator, top, room)
        height = into.height or bottom + foot_height(into, foot)
        sheet.foot(foot, height)
        return height, partial(sheet.figure, height, trace)

    return fitted(_entries(rows, indicator, order, belongs), _weight, profile, draw, tied=True)


def _weight(entry: Entry) -> tuple[bool, int]:
    return (not entry.gap, -(entry.row.gap or 0) if entry.gap else 0)


def _drawn(
    sheet: Sheet, entries: Sequence[Entry], indicator: Indicator, top: float, room: float | None
) -> tuple[float, go.Bar | go.Scatter]:
    if not entries:
        return empty(sheet, top, room), go.Scatter(x=[], y=[])
    if sheet.profile.kind == "phone":
        return _narrow(sheet, entries, indicator, top)
    return _wide(sheet, entries, indicator, top, room)


# What the rows say


def _entries(
    rows: Sequence[Attainment], indicator: Indicator, order: Order, groups: Sequence[str]
) -> list[Entry]:  # fmt: skip
    places = ranked(rows)
    ranks = {id(row): _rank(place, [other for other, _ in places]) for place, row in places}
    focus = gap_focus(rows)
    given = order == "given" or len(rows) == 1
    belongs = {id(row): group for row, group in zip(rows, groups, strict=True)}
    drawn = list(rows) if given else in_rank_order(rows)
    return [_entry(row, indicator, "" if given else ranks.get(id(row), ""), focus, belongs[id(row)]) for row in drawn]


def _headed(entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries as drawn: only the first of a group names it."""
    before = ["", *(entry.group for entry in entries)]
    return [
        replace(entry, group=entry.group if entry.group != last else "")
        for entry, last in zip(entries, before, strict=False)
    ]


def _group(sheet: Sheet, entry: Entry, y: float) -> float:
    """Draw the name of the group that begins here; return the y below it."""
    p = sheet.profile
    if not entry.group:
        return y
    height, words = _label(p), cut(entry.group, p.source, p.inner, 1)[0]
    middle, left = y + height / 2, p.margin + text_width(words, p.source) + 0.5 * p.u
    sheet.text("group", p.margin, middle, words, p.source, theme.INK_FAINT)
    sheet.line("divider", left, middle, p.right, middle, theme.GRID, 0.07 * p.u)
    return y + height


def _label(p: Profile) -> float:
    return leading(p.source) + 0.35 * p.u


def _rank(place: int, places: Sequence[int]) -> str:
    return f"并列 {place}" if places.count(place) > 1 else str(place)


def _entry(row: Attainment, indicator: Indicator, rank: str, focus: frozenset[str], group: str) -> Entry:
    unit, short = indicator.unit, is_open(row)
    return Entry(
        row=row,
        rank=rank,
        gap=f"{theme.count(row.gap or 0)} {unit}" if short else "",
        remark="" if short else _remark(row, unit),
        role=theme.ROLES["attained" if side(row) == "达标" else "neutral"],
        focus=row.reporting_unit in focus and short,
        value=shown(rate(row), row.target_bp),
        covered=theme.NONE if row.numerator is None else theme.count(row.numerator),
        base=theme.NONE if row.denominator is None else theme.count(row.denominator),
        group=group,
    )


def _remark(row: Attainment, unit: str) -> str:
    """Return what stands in the place of a bar."""
    if row.numerator is None:
        return theme.light("unreported")
    if row.status == "stale":
        return f"{theme.light('stale')}{_last_known(row, unit)}"
    if not row.denominator:
        return theme.light("no_base")
    over = f"　超额 {theme.count(row.surplus)} {unit}" if row.surplus else ""
    return f"{theme.STATUS['attained'].glyph} 已达标{over}"


def _last_known(row: Attainment, unit: str) -> str:
    if row.as_of is None or rate(row) is None:
        return ""
    stood = f"还差 {theme.count(row.gap)} {unit}" if row.gap else "已达标"
    return f"　{theme.month_day(row.as_of)}{stood}"


def _hover(entry: Entry, indicator: Indicator) -> str:
    lines = figures(entry.row, indicator.covered_word, indicator.base_word, indicator.unit)
    return hover(entry.unit, [f"{theme.SCOPE_WORDS[entry.row.scope]}{indicator.name}", *lines])


def _longest(entries: Sequence[Entry]) -> int:
    return max((entry.row.gap or 0 for entry in entries if entry.gap), default=1)


def _length(entry: Entry, entries: Sequence[Entry], room: float) -> float:
    return room * (entry.row.gap or 0) / _longest(entries)


def _bar(sheet: Sheet, entry: Entry, x: float, y: float, length: float, height: float) -> None:
    colour = theme.FOCUS if entry.focus else theme.MARK
    sheet.box("bar", x, y - height / 2, x + length, y + height / 2, colour)


# The wide layout: screen and slide


def _wide(
    sheet: Sheet, entries: Sequence[Entry], indicator: Indicator, top: float, room: float | None
) -> tuple[float, go.Bar]:
    p = sheet.profile
    first, labels = top + 2.2 * p.u, sum(bool(entry.group) for entry in entries) * _label(p)
    spare = None if room is None else room - (first - top) - labels
    lines = _fitting_names(p, entries, spare)
    columns = _columns(p, entries, indicator, lines)
    heights = _heights(p, lines, spare)
    _heads(sheet, columns, indicator, first - 0.75 * p.u, any(entry.gap for entry in entries))
    areas: list[Area] = []
    y = first
    for entry, words, height in zip(entries, lines, heights, strict=True):
        y = _group(sheet, entry, y)
        middle = y + height / 2
        _wide_row(sheet, entry, words, columns, middle, min(0.62 * height, 1.4 * p.u), entries)
        areas.append((p.margin, y, p.right, y + height))
        y += height
    sheet.line("zero", columns.zero, first - 0.1 * p.u, columns.zero, y, theme.RULE, 0.07 * p.u)
    return y, hover_trace(areas, [_hover(entry, indicator) for entry in entries])


def _names(p: Profile, entries: Sequence[Entry], count: int) -> list[list[str]]:
    return [name_lines(entry.unit, p.label, WIDE * p.u, count, True) for entry in entries]


def _fitting_names(p: Profile, entries: Sequence[Entry], room: float | None) -> list[list[str]]:
    """Return the names in up to three lines, in fewer where the height is fixed and does not suffice."""
    for count in (3, 2):
        lines = _names(p, entries, count)
        if room is None or _needs(p, lines) <= room:
            return lines
    return _names(p, entries, 1)


def _needs(p: Profile, lines: Sequence[Sequence[str]]) -> float:
    return sum(_least(p, words) for words in lines)


def _least(p: Profile, words: Sequence[str]) -> float:
    return max(SIZES[0] * p.u, len(words) * TIGHT * p.label + (0.6 if len(words) > 1 else 0.1) * p.u)


def _heights(p: Profile, lines: Sequence[Sequence[str]], room: float | None) -> list[float]:
    """Return the rows' heights: no less than their names need, spread over the room where it is fixed."""
    return spread([_least(p, words) for words in lines], SIZES, room, p.u)


def _columns(p: Profile, entries: Sequence[Entry], indicator: Indicator, lines: Sequence[Sequence[str]]) -> Columns:
    """Return the columns: each as wide as its widest text, the bars take what is left."""
    apart = 1.3 * p.u
    if p.captioned:  # a table has the figures
        return _from_left(p, entries, lines, Columns(0, 0, 0, p.right, 0, 0, 0))
    base = p.right - _wide_as(p, indicator.base_word, [entry.base for entry in entries])
    covered = base - SLASH * p.u
    value = covered - _wide_as(p, indicator.covered_word, [entry.covered for entry in entries]) - apart
    end = value - _wide_as(p, "完成值 %", [entry.value for entry in entries]) - apart
    return _from_left(p, entries, lines, Columns(0, 0, 0, end, value, covered, base))


def _from_left(p: Profile, entries: Sequence[Entry], lines: Sequence[Sequence[str]], columns: Columns) -> Columns:
    """Return the columns with ranks, names and bars at the left; `full` is what the bars' figures must not pass."""
    rank = p.margin + widest([entry.rank for entry in entries], p.head)
    names = max(widest(words, p.label, True) for words in lines)
    right = rank + (0.9 * p.u if rank > p.margin else 0) + names
    full = columns.full - 0.5 * p.u - widest([entry.gap for entry in entries], p.value, True)
    return replace(columns, rank=rank, name=right, zero=right + 0.7 * p.u, full=full)


def _wide_as(p: Profile, head: str, texts: Sequence[str]) -> float:
    return max(widest(texts, p.label), text_width(head, p.head))


def _heads(sheet: Sheet, columns: Columns, indicator: Indicator, y: float, bars: bool) -> None:
    p = sheet.profile
    middle = columns.covered + SLASH / 2 * p.u
    sheet.text("head", columns.zero, y, f"还差（{indicator.unit}）" if bars else "", p.head, theme.INK_FAINT)
    if p.captioned:
        return
    for words, x, at in (
        ("完成值 %", columns.value, "right"),
        (indicator.covered_word, columns.covered, "right"),
        ("/", middle, "center"),
        (indicator.base_word, columns.base, "left"),
    ):
        sheet.text("head", x, y, words, p.head, theme.INK_FAINT, at=at)


def _wide_row(
    sheet: Sheet,
    entry: Entry,
    words: Sequence[str],
    columns: Columns,
    y: float,
    height: float,
    entries: Sequence[Entry],
) -> None:
    p = sheet.profile
    sheet.text("rank", columns.rank, y, entry.rank, p.head, theme.INK_FAINT, at="right")
    name(sheet, "unit", columns.name, y, words, p.label, entry.focus, "right")
    if entry.gap:
        length = _length(entry, entries, columns.full - columns.zero)
        _bar(sheet, entry, columns.zero, y, length, height)
        colour = theme.FOCUS if entry.focus else theme.INK_SOFT
        sheet.text("gap", columns.zero + length + 0.5 * p.u, y, entry.gap, p.value, colour, True)
    sheet.text("remark", columns.zero + 0.5 * p.u, y, entry.remark, p.label, entry.role.text)
    if p.captioned:
        return
    known = theme.INK_SOFT if entry.remark == "" or entry.role is theme.ROLES["attained"] else theme.INK_FAINT
    sheet.text("value", columns.value, y, entry.value, p.label, known, at="right")
    sheet.text("covered", columns.covered, y, entry.covered, p.label, known, at="right")
    if entry.base != theme.NONE:
        sheet.text("slash", columns.covered + SLASH / 2 * p.u, y, "/", p.label, theme.INK_FAINT, at="center")
        sheet.text("base", columns.base, y, entry.base, p.label, known)


# The narrow layout: phone


def _narrow(sheet: Sheet, entries: Sequence[Entry], indicator: Indicator, top: float) -> tuple[float, go.Bar]:
    p = sheet.profile
    areas: list[Area] = []
    y = top + 0.8 * p.u
    for entry in entries:
        y = _group(sheet, entry, y)
        below = _narrow_row(sheet, entry, entries, y)
        areas.append((p.margin, y, p.right, below))
        y = below + 0.6 * p.u
    return y, hover_trace(areas, [_hover(entry, indicator) for entry in entries])


def _narrow_row(sheet: Sheet, entry: Entry, entries: Sequence[Entry], top: float) -> float:
    """Draw a unit in two lines: name and figures, then its bar or remark."""
    p = sheet.profile
    said = _narrow_figures(entry)
    ranks = widest([one.rank for one in entries], p.head)
    left = p.margin + (ranks + 0.5 * p.u if ranks else 0)
    room = p.right - left - text_width(said, p.head) - 0.8 * p.u
    lines = name_lines(entry.unit, p.label, room, 3, True)
    sheet.text("rank", p.margin, top + leading(p.label) / 2, entry.rank, p.head, theme.INK_FAINT)
    y = sheet.lines("unit", left, top, lines, p.label, theme.INK, entry.focus)
    sheet.text("value", p.right, top + leading(p.label) / 2, said, p.head, theme.INK_SOFT, at="right")
    middle = y + 0.15 * p.u + leading(p.label) / 2
    if entry.gap:
        longest = p.inner - widest([one.gap for one in entries], p.label, True) - 0.5 * p.u
        length = _length(entry, entries, longest)
        _bar(sheet, entry, p.margin, middle, length, 0.75 * p.u)
        colour = theme.FOCUS if entry.focus else theme.INK_SOFT
        sheet.text("gap", p.margin + length + 0.5 * p.u, middle, entry.gap, p.label, colour, True)
    sheet.text("remark", p.margin, middle, entry.remark, p.head, entry.role.text)
    return middle + leading(p.label) / 2


def _narrow_figures(entry: Entry) -> str:
    if entry.base == theme.NONE or entry.value == theme.NONE:
        return ""
    return f"{entry.value}%　{entry.covered}/{entry.base}"
