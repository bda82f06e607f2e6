"""The charts of coverage: targets by enterprise type, one figure over time, why it moved, what runs out, unit by unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from unionplan import coverage_words, narrative, theme
from unionplan.attainment import Attainment, counted_units, existing_units, target_on
from unionplan.change import Change, Move, accounted, baseline_day, by_ledger, change_since, previous_day
from unionplan.charts import (
    TrendPoint,
    bullet,
    gap,
    gap_subtitle,
    gap_title,
    heatmap,
    heatmap_subtitle,
    heatmap_title,
    trend,
    trend_subtitle,
    trend_title,
)
from unionplan.charts.change import change_chart
from unionplan.charts.expiry import expiry
from unionplan.charts.titles import in_rank_order, paced
from unionplan.exhibits.exhibit import Exhibit, Rate, Table, light_of, rate_of, target_of
from unionplan.forecast import Forecast, Point, forecast, past, speed
from unionplan.observations import CONTRACTS
from unionplan.plan import SCOPES, Indicator, Target, target_order
from unionplan.selection import Selection
from unionplan.standpoint import Standpoint
from unionplan.store.lists import expiring
from unionplan.store.log import Entry, Slot
from unionplan.store.moves import moves
from unionplan.store.standing import SOON

DAYS = (30, 60, SOON)
EVERYTHING = Selection()
SINCE = {"previous": "较上期", "baseline": "较期初"}
Names = Mapping[str, str]
"""Unit → what it is called instead; empty: by its own name."""


@dataclass(frozen=True)
class TrendFacts:
    """A rate over time: its points, the target, the rate at the window's start, the forecast."""

    points: Sequence[TrendPoint]
    indicator: Indicator
    target: Target | None
    baseline: Fraction | None
    ahead: Forecast | None


@dataclass(frozen=True)
class ChangeFacts:
    """Why a rate moved, and how many enterprises did what; no `parts` where a summary tells the figure."""

    change: Change
    parts: Sequence[Move]
    indicator: Indicator
    target_bp: int | None


@dataclass(frozen=True)
class ExpiryFacts:
    """How many of the covered have a contract that ends within so many days."""

    row: Attainment
    ending: Mapping[int, int]
    indicator: Indicator


@dataclass(frozen=True)
class HeatmapFacts:
    """Every unit against every target; `units` as called, in the order drawn."""

    cells: Sequence[Attainment]
    units: Sequence[str]


@dataclass(frozen=True)
class Figure:
    """One indicator over one scope, seen from a standpoint; `names` are what units are called."""

    board: Standpoint
    indicator: Indicator
    scope: str
    order: str = "value"
    names: Names = field(default_factory=dict)

    @property
    def own(self) -> Attainment:
        """The city's figure with its units under their own names."""
        return next(row for row in self.board.scopes(self.indicator.id) if row.scope == self.scope)

    @property
    def city(self) -> Attainment:
        """The city's figure, its units called by `names`."""
        return narrative.renamed([self.own], self.names)[0]

    @property
    def units(self) -> list[Attainment]:
        """Every unit's figure, in the plan's order, under its own name."""
        asked = (self.indicator.id, self.scope)
        return [row for row in self.board.units() if (row.indicator, row.scope) == asked]

    def called(self, unit: str) -> str:
        """Return a unit's name, or what stands for it where names are hidden."""
        return self.names.get(unit, unit)

    @property
    def known(self) -> bool:
        """Return whether anything has come in at all."""
        return any(row.as_of for row in self.board.units())

    @property
    def told(self) -> bool:
        """Return whether the city's figure is there and still holds."""
        return self.own.numerator is not None and bool(self.own.denominator) and self.own.status != "stale"

    @property
    def target(self) -> Target | None:
        """Return the target in force, None where none is set."""
        return target_on(self.board.plan, self.indicator.id, self.scope)

    def counted(self) -> tuple[str, ...]:
        """Return the units that the city's figure stands on."""
        return counted_units(self.board.outlook(), self.indicator.id, SCOPES[self.scope])[0]

    def entries(self) -> dict[str, Entry]:
        """Return unit → the ledger that its figure comes from, without units whose summary tells it."""
        heads, told = self.board.store.heads(self.board.commit), self.board.outlook().figures().summarised
        known = [(row.reporting_unit or "", row.as_of) for row in self.units if row.numerator is not None]
        slots = {
            unit: Slot("ledger", unit, f"{day:%Y-%m}")
            for unit, day in known
            if day and (self.indicator.id, unit) not in told
        }
        return {unit: heads[slot] for unit, slot in slots.items() if slot in heads}

    def paths(self, units: Sequence[str]) -> list[Path]:
        """Return the ledger files behind the figures of these units."""
        entries = self.entries()
        return [self.board.store.place(entries[unit]) for unit in units if unit in entries]

    def months(self) -> list[Point]:
        """Return the figures of the same units month by month, shared."""
        return self.board.shared(
            ("months", self.indicator.id, self.scope), lambda: past(self.board.outlook(), self.own)
        )

    def days(self) -> dict[str, date | None]:
        """Return the day that each comparison of SINCE starts from, None where it cannot be made."""
        return {"previous": previous_day(self.own), "baseline": baseline_day(self.own)}

    def change(self, since: str) -> Change | None:
        """Return the change since `previous` or `baseline`, None where bases differ or nothing is known."""
        return change_since(self.board.outlook(), self.own, self.days()[since])

    def sides(self, found: Change) -> tuple[list[Path], list[Path]]:
        """Return the ledgers of the same units then and now."""
        store, heads = self.board.store, self.board.store.heads(self.board.commit)
        pairs = [
            (Slot("ledger", unit, then), Slot("ledger", unit, now))
            for unit, (then, now) in by_ledger(self.board.outlook(), found, self.own).items()
        ]
        held = [(heads[then], heads[now]) for then, now in pairs if then in heads and now in heads]
        return [store.place(then) for then, _ in held], [store.place(now) for _, now in held]

    def moves(self, found: Change, since: str) -> tuple[Move, ...]:
        """Return what the enterprises did between then and now, shared."""
        key = ("moves", self.indicator.id, self.scope, since)
        return self.board.shared(key, lambda: self._moves(found))

    def _moves(self, found: Change) -> tuple[Move, ...]:
        then, now = self.sides(found)
        return accounted(found, moves(then, now, self.indicator, self.scope))

    def ending(self) -> dict[int, int] | None:
        """Return days → how many covered enterprises' contracts end within them, None where no ledger tells."""
        units = [unit for unit in self.counted() if unit in self.entries()]
        if self.indicator.id not in CONTRACTS or not self.told or not units:
            return None
        asked = (self.indicator, self.scope)
        key = ("ending", self.indicator.id, self.scope)
        told = self.board.shared(key, lambda: expiring(self.paths(units), [asked], DAYS))
        return dict.fromkeys(DAYS, 0) | told.get((self.indicator.id, self.scope), {})

    def silent(self) -> list[str]:
        """Return the counted units without a ledger, as called: what their contracts' ends are is not known."""
        known = self.entries()
        return [self.called(unit) for unit in self.counted() if unit not in known]

    @property
    def key(self) -> str:
        """Return indicator and scope as part of an exhibit's id."""
        return f"{self.indicator.id}-{self.scope}"


# All targets of the plan, or one indicator over its types


def targets(board: Standpoint, names: Names, scope: str = "", asked: Selection = EVERYTHING) -> Exhibit:
    """Return the coverage targets by enterprise type, all or those of one scope, of what was asked for."""
    rows = narrative.renamed(asked.rows(board.rows(), board.plan), names)
    shown = [row for row in rows if scope in ("", row.scope)]
    words = {
        "title": narrative.overview_title(shown), "source": narrative.source(shown),
        "subtitle": narrative.overview_subtitle(shown, board.plan.indicators),
        "note": narrative.pace_note(board.plan.settings),
    }  # fmt: skip
    return _bullet(board, f"targets{scope and '-'}{scope}", "覆盖目标完成情况", "overview", shown, words)


def scopes(figure: Figure) -> Exhibit:
    """Return one indicator over all types at once, each with its own target, or without one."""
    found = narrative.renamed(figure.board.scopes(figure.indicator.id), figure.names)
    words = {
        "title": narrative.scopes_title(found, figure.indicator), "source": narrative.source(found),
        "subtitle": f"各类企业{figure.indicator.name}，%　｜　每一类按自己的目标判断；全部企业含待认定",
        "note": narrative.pace_note(figure.board.plan.settings),
    }  # fmt: skip
    name = f"{figure.indicator.short}_各类企业"
    return _bullet(figure.board, f"scopes-{figure.indicator.id}", name, "coverage", found, words)


def _bullet(
    board: Standpoint, key: str, name: str, page: str, rows: Sequence[Attainment], words: dict[str, Any]
) -> Exhibit:
    plan = board.plan
    draw = lambda profile: bullet(rows, plan.indicators, targets=plan.targets, profile=profile, **words)  # noqa: E731
    headers = ("指标", "企业类型", "完成值（%）", "目标（%）", "已达（家）", "应建（家）", "还差（家）", "状态")
    lines = [
        (plan.indicators[row.indicator].name, theme.SCOPE_WORDS[row.scope], rate_of(row), target_of(row),
         row.numerator, row.denominator, row.gap, light_of(row))
        for row in rows
    ]  # fmt: skip
    return Exhibit(
        key, "bullet", name, page, **words, as_of=newest(rows), draw=draw, table=Table(headers, lines), facts=rows
    )


def newest(rows: Sequence[Attainment]) -> date | None:
    """Return the newest 统计时点 of rows, None without one."""
    return max((row.as_of for row in rows if row.as_of), default=None)


# Over time


def over_time(figure: Figure) -> Exhibit:
    """Return the rate month by month against its target and pace, and where its own speed leads."""
    row, indicator, target = figure.city, figure.indicator, figure.target
    points = [
        TrendPoint(one.as_of, one.numerator, one.denominator, len(one.missing), one.status)
        for one in figure.board.past(indicator.id, figure.scope) if one.as_of
    ]  # fmt: skip
    ahead = forecast(figure.own, figure.months())
    words: dict[str, Any] = {
        "title": trend_title(points, indicator, target, figure.scope, row.baseline) + coverage_words.risk(row),
        "subtitle": _trend_subtitle(figure, points, ahead), "source": narrative.source([row]),
        "note": narrative.pace_note(figure.board.plan.settings),
    }  # fmt: skip
    draw = lambda p: trend(points, indicator, target, baseline=row.baseline, ahead=ahead, profile=p, **words)  # noqa: E731
    facts = TrendFacts(points, indicator, target, row.baseline, ahead)
    return Exhibit(f"trend-{figure.key}", "trend", f"{indicator.short}_趋势", "coverage", **words, as_of=row.as_of,
                   draw=draw, table=_trend_table(figure, points), facts=facts)  # fmt: skip


def _trend_subtitle(figure: Figure, points: Sequence[TrendPoint], ahead: Forecast | None) -> str:
    row, same = figure.city, figure.months()
    plain = trend_subtitle(points, figure.indicator, figure.target, row.baseline)
    if row.numerator is None or row.status == "stale":
        return plain
    speeds = coverage_words.trio(speed(row, same), figure.indicator.unit)
    return "　｜　".join(filter(None, (plain, speeds, coverage_words.expected(row, ahead, len(same)))))


def _trend_table(figure: Figure, points: Sequence[TrendPoint]) -> Table:
    target, unit = figure.target, figure.indicator.unit
    covered, base = figure.indicator.covered_word, figure.indicator.base_word
    headers = ("统计时点", "完成值（%）", f"{covered}（{unit}）", f"{base}（{unit}）", "状态")
    rows = [
        (one.as_of, rate_of_point(one, target), one.numerator, one.denominator, theme.light(one.status))
        for one in points
    ]
    return Table(headers, rows)


def rate_of_point(point: TrendPoint, target: Target | None) -> Rate | None:
    """Return a point's rate, which never seems to reach its target; None without one."""
    bp = target.bp if target else None
    return Rate(point.numerator, point.denominator, bp) if point.numerator is not None and point.denominator else None


# Why it moved, what runs out


def moved(figure: Figure, since: str) -> Exhibit | None:
    """Return why the rate moved since `previous` or `baseline`, None where that cannot be told."""
    row, indicator = figure.own, figure.indicator
    found = figure.change(since) if figure.told and figure.days()[since] else None
    if found is None:
        return None
    parts = figure.moves(found, since)
    units = len(existing_units(figure.board.outlook()))
    words: dict[str, Any] = {
        "title": coverage_words.change_title(row, indicator, found), "source": narrative.source([figure.city]),
        "subtitle": coverage_words.change_subtitle(found, indicator, row.target_bp, units),
        "note": "同一批单位、同一底数口径，期间逐户核对台账",
    }  # fmt: skip
    draw = lambda profile: change_chart(found, parts, indicator, row.target_bp, profile=profile, **words)  # noqa: E731
    lines = [(coverage_words.move_name(one.kind, indicator), one.enterprises, one.covered, one.base) for one in parts]
    table = Table(("变动", "企业数（家）", "覆盖增减（家）", "底数增减（家）"), lines)
    return Exhibit(f"change-{figure.key}-{since}", "change", f"{indicator.short}_增减原因", "coverage", **words,
                   as_of=row.as_of, draw=draw, table=table,
                   facts=ChangeFacts(found, parts, indicator, row.target_bp))  # fmt: skip


def running_out(figure: Figure) -> Exhibit | None:
    """Return what the rate would be if the contracts of the next 90 days were not renewed, None where no ledger tells."""
    row, indicator, ending = figure.city, figure.indicator, figure.ending()
    if ending is None:
        return None
    silent = figure.silent()
    words: dict[str, Any] = {
        "title": coverage_words.expiry_title(row, indicator, ending), "source": narrative.source([row]),
        "subtitle": f"若不续签，{narrative.subject(row, indicator)}，%　｜　按合同截止日，自各单位统计时点起算",
        "note": f"{narrative.names(silent)}只报汇总表，不知截止日" if silent else "合同截止日以企业台账为准",
    }  # fmt: skip
    draw = lambda profile: expiry(row, ending, indicator, profile=profile, **words)  # noqa: E731
    return Exhibit(f"expiry-{figure.key}", "expiry", f"{indicator.short}_到期", "coverage", **words, as_of=row.as_of,
                   draw=draw, table=_expiry_table(row, ending), facts=ExpiryFacts(row, ending, indicator))  # fmt: skip


def _expiry_table(row: Attainment, ending: Mapping[int, int]) -> Table:
    covered, base = row.numerator or 0, row.denominator or 1
    steps = [("现在", 0), *((f"{days}天后", ending[days]) for days in sorted(ending))]
    lines = [(name, gone, covered - gone, Rate(covered - gone, base, row.target_bp)) for name, gone in steps]
    return Table(("时点", "到期（家）", "仍覆盖（家）", "若不续签（%）"), lines)


# Unit by unit


def gaps(figure: Figure) -> Exhibit | None:
    """Return how many enterprises each unit still lacks, None without a target."""
    indicator, target, city = figure.indicator, figure.target, figure.city
    if target is None:
        return None
    units = narrative.renamed(in_order(figure), figure.names)
    words: dict[str, Any] = {
        "title": gap_title(units, indicator), "subtitle": gap_subtitle(units, indicator, target, city),
        "source": narrative.source([city]), "note": "还差＝应达家数－已达家数，应达家数按目标向上取整",
    }  # fmt: skip
    more: dict[str, Any] = {"order": figure.order, "groups": groups_of(figure, units)}
    draw = lambda profile: gap(units, indicator, target, profile=profile, **more, **words)  # noqa: E731
    return Exhibit(f"gap-{figure.key}", "gap", f"{indicator.short}_还差家数", "coverage", **words, as_of=city.as_of,
                   draw=draw, table=_gap_table(units, indicator), facts=units)  # fmt: skip


def _gap_table(units: Sequence[Attainment], indicator: Indicator) -> Table:
    unit = indicator.unit
    counts = (f"{indicator.covered_word}（{unit}）", f"{indicator.base_word}（{unit}）", f"还差（{unit}）")
    lines = [
        (row.reporting_unit, rate_of(row), row.numerator, row.denominator, row.gap, light_of(row)) for row in units
    ]
    return Table(("填报单位", "完成值（%）", *counts, "状态"), lines)


def in_order(figure: Figure) -> list[Attainment]:
    """Return the units by value, in the plan's order, or in the order of the numbers that stand for their names."""
    if figure.order == "value":
        return in_rank_order(figure.units)
    number = lambda row: _number(figure.names, row.reporting_unit or "")  # noqa: E731
    return sorted(figure.units, key=number) if figure.names else figure.units


def _number(names: Names, unit: str) -> int:
    return int(names[unit].removeprefix("单位"))


def groups_of(figure: Figure, rows: Sequence[Attainment]) -> list[str]:
    """Return each row's group of units where they stand in the plan's order, [] where that says nothing."""
    if figure.order == "value" or figure.names:
        return []
    groups = {unit.name: unit.group for unit in figure.board.plan.units}
    found = [groups[row.reporting_unit or ""] for row in rows]
    return found if len(set(found)) > 1 else []


def matrix(board: Standpoint, names: Names, order: str = "value") -> Exhibit:
    """Return every unit against every target at once."""
    plan = board.plan
    places = {(one.indicator, one.scope): place for place, one in enumerate(target_order(plan))}
    rows = [row for row in board.units() if (row.indicator, row.scope) in places]
    rows.sort(key=lambda row: places[row.indicator, row.scope])
    units = _matrix_order(board, rows, names, order)
    rows = narrative.renamed(rows, names)
    late = any(theme.STATUS[row.status].role == "behind" for row in rows)
    words: dict[str, Any] = {
        "title": heatmap_title(rows), "source": narrative.source(rows),
        "note": "各单位按全市统一的序时判定" if paced(rows) else "没有期初数据或截止日期，不计进度",
        "subtitle": heatmap_subtitle(rows) + ("　｜　滞后项数多的在前" if order == "value" and late else ""),
    }  # fmt: skip
    called, groups = [names.get(name, name) for name in units], _matrix_groups(board, units, names, order)
    draw = lambda profile: heatmap(rows, plan.indicators, called, profile=profile, groups=groups, **words)  # noqa: E731
    return Exhibit("map", "heatmap", "各单位各项目标", "coverage", **words, as_of=newest(rows), draw=draw,
                   table=_matrix_table(board, rows, called), facts=HeatmapFacts(rows, called))  # fmt: skip


def _matrix_order(board: Standpoint, rows: Sequence[Attainment], names: Names, order: str) -> list[str]:
    units = [unit.name for unit in board.plan.units]
    if order == "given":
        return sorted(units, key=lambda name: _number(names, name)) if names else units
    late = [(row.reporting_unit, theme.STATUS[row.status].role) for row in rows]
    return sorted(units, key=lambda name: (-late.count((name, "behind")), -late.count((name, "slow"))))


def _matrix_groups(board: Standpoint, units: Sequence[str], names: Names, order: str) -> list[str]:
    groups = {unit.name: unit.group for unit in board.plan.units}
    grouped = order == "given" and not names and len(set(groups.values())) > 1
    return [groups[name] for name in units] if grouped else []


def _matrix_table(board: Standpoint, rows: Sequence[Attainment], units: Sequence[str]) -> Table:
    columns = list(dict.fromkeys((row.indicator, row.scope) for row in rows))
    cells = {(row.reporting_unit, row.indicator, row.scope): row for row in rows}
    short = board.plan.indicators
    headers = ("填报单位", *(f"{short[name].short}·{theme.SCOPE_SHORT[scope]}（%）" for name, scope in columns))
    lines = [
        (unit, *(rate_of(cell) if (cell := cells.get((unit, *column))) else None for column in columns))
        for unit in units
    ]  # fmt: skip
    return Table(headers, lines)
