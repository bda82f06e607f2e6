"""覆盖指标, the figures: what is asked for, where it stands by type, over time, why it moved and what runs out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from unionplan import coverage_words, narrative, theme
from unionplan.attainment import Attainment, attainments, counted_units, existing_units, target_on
from unionplan.change import Change, Move, accounted, baseline_day, by_ledger, change_since, previous_day, told_before
from unionplan.charts import PHONE, SCREEN, TrendPoint, bullet, trend, trend_subtitle, trend_title
from unionplan.charts.change import change_chart
from unionplan.charts.expiry import expiry
from unionplan.export.csv_lists import csv_bytes as as_csv
from unionplan.forecast import Forecast, Point, forecast, past, speed
from unionplan.observations import CONTRACTS
from unionplan.plan import COVERAGE, SCOPES, Indicator, Target, target_order
from unionplan.store.lists import expiring
from unionplan.store.log import Entry, Slot
from unionplan.store.moves import moved, moves
from unionplan.store.standing import SOON, Slice, slices
from unionplan.ui import (
    KEPT,
    Board,
    Card,
    cards,
    chart,
    choice,
    download,
    heading,
    listing,
    message,
    note_line,
    section,
    subtitle,
    switch,
    table,
)

ORDERS = {"value": "按数值", "given": "行政区划顺序"}
SINCE = {"previous": "较上期", "baseline": "较期初"}
MOVED = ("变动", "填报单位", "单位名称", "统计编码", "企业类型", "职工人数", "覆盖增减", "底数增减")
MOVES = ("变动", "企业数", "覆盖增减", "底数增减")
SLICES = {
    "institutions": ("事业单位", "A5-1"),
    "above_scale": ("规模以上非公有制企业", "A5-2"),
    "restructured": ("改制为非公有制的企业", "A5-2"),
    "smaller": ("中小型非公有制企业（中型、小型）", "A5-3"),
}
SLICED = ("范围", "计划条目", "完成值", "状态", "说明")
DAYS = (30, 60, SOON)


@dataclass(frozen=True)
class View:
    """What the reader or the address asks for, and the figure it is about; `names` are what units are called."""

    board: Board
    indicator: Indicator
    scope: str
    order: str
    names: dict[str, str]
    city: Attainment
    units: list[Attainment]

    def called(self, unit: str) -> str:
        """Return a unit's name, or what stands for it where names are hidden."""
        return self.names.get(unit, unit)

    @property
    def known(self) -> bool:
        """Return whether anything has come in at all."""
        return any(row.as_of for row in self.board.units())

    @property
    def target(self) -> Target | None:
        """Return the target in force, None where none is set."""
        return target_on(self.board.plan, self.indicator.id, self.scope)

    def file(self, what: str) -> str:
        """Return the name of a file to be taken along."""
        return f"{self.indicator.short}_{what}_{self.board.today:%Y%m%d}"

    def link(self, **asked: str) -> str:
        """Return the address of this view, asked for something more: `unit`, `show` …, in the words of the controls."""
        kept = {name: st.query_params[name] for name in KEPT if name in st.query_params}
        words = {"indicator": self.indicator.name, "scope": theme.SCOPE_SHORT[self.scope]}
        return f"?{urlencode({**kept, **words, **asked})}"

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


def chosen(board: Board) -> View:
    """The indicator, enterprise type, order and naming that the reader or the address asks for."""
    indicator = _indicator(board)
    with section("filters"):
        scopes = sorted(theme.SCOPE_SHORT, key=lambda scope: target_on(board.plan, indicator.id, scope) is None)
        scope = choice("企业类型", scopes, key="scope", format=theme.SCOPE_SHORT.__getitem__)
        order = choice("排列", list(ORDERS), key="order", format=ORDERS.__getitem__)
        hidden = switch("不点名", key="hide")
    names = narrative.aliases([unit.name for unit in board.plan.units]) if hidden else {}
    found = [row for row in by_scope(board, indicator) if row.scope == scope]
    units = [row for row in board.units() if (row.indicator, row.scope) == (indicator.id, scope)]
    return View(board, indicator, scope, order, names, narrative.renamed(found, names)[0], units)


def by_scope(board: Board, indicator: Indicator) -> list[Attainment]:
    """The indicator's city figures, one per scope, shared by all who look."""
    return board.shared(("scopes", indicator.id), lambda: attainments(board.outlook(), "scope", indicator.id))


def _indicator(board: Board) -> Indicator:
    names = [name for name in COVERAGE if name in board.plan.indicators]
    first = [target.indicator for target in target_order(board.plan)]
    ordered = sorted(names, key=lambda name: first.index(name) if name in first else len(first))
    return board.plan.indicators[
        choice("指标", ordered, key="indicator", format=lambda n: board.plan.indicators[n].name)
    ]  # fmt: skip


def say(view: View) -> None:
    """The figure in one sentence."""
    if not view.known:
        heading(f"{view.indicator.name}：还没有数据", "请先在“数据更新”上传填报单位表，再上传企业台账或汇总表。")
        return
    units = narrative.units_counted([view.city], len(existing_units(view.board.outlook())))
    heading(narrative.sentence(view.city, view.indicator, units=False), units)


def draw_scopes(view: View) -> None:
    """The indicator over all types at once, each with its own target, or without one."""
    found = narrative.renamed(by_scope(view.board, view.indicator), view.names)
    words: dict[str, Any] = {
        "title": narrative.scopes_title(found, view.indicator), "source": narrative.source(found),
        "subtitle": f"各类企业{view.indicator.name}，%　｜　每一类按自己的目标判断；全部企业含待认定",
        "note": narrative.pace_note(view.board.plan.settings), "targets": view.board.plan.targets,
    }  # fmt: skip
    wide, narrow = (bullet(found, view.board.plan.indicators, profile=p, **words) for p in (SCREEN, PHONE))
    chart(wide, view.file("各类企业"), phone=narrow, key="scopes")


def weigh(view: View) -> None:
    """The same coverage by enterprises and by their workers, side by side and never averaged."""
    row, indicator = view.city, view.indicator
    if indicator.id == "member" or row.numerator is None or not row.denominator:
        return
    enterprises = Card(
        "家数口径", theme.percent(row.numerator, row.denominator, row.target_bp), "%", None,
        [f"{indicator.covered_word} {theme.count(row.numerator)}家 / {indicator.base_word} {theme.count(row.denominator)}家"],
    )  # fmt: skip
    workers = Card("职工口径", theme.NONE, "", None, ["有单位没有报职工人数"])
    if row.workers and row.covered_workers is not None:
        covered, base = theme.count(row.covered_workers), theme.count(row.workers)
        said = f"{indicator.covered_word}企业职工 {covered}人 / {indicator.base_word}企业职工 {base}人"
        workers = Card("职工口径", theme.percent(row.covered_workers, row.workers), "%", None, [said])
    cards([enterprises, workers], "家数口径与职工口径", pair=True)
    note_line(narrative.two_weights(row, indicator))


# Over time


def months(view: View) -> list[Point]:
    """The figures of the same units month by month, shared."""
    board, row = view.board, _own(view)
    return board.shared(("months", row.indicator, row.scope), lambda: past(board.outlook(), row))


def _own(view: View) -> Attainment:
    """The city's figure with its units under their own names."""
    return next(row for row in by_scope(view.board, view.indicator) if row.scope == view.scope)


def draw_trend(view: View) -> None:
    """The rate month by month against its target and pace, and where its own speed leads."""
    indicator, row, target = view.indicator, view.city, view.target
    history = view.board.past(indicator.id, view.scope)
    points = [TrendPoint(p.as_of, p.numerator, p.denominator, len(p.missing), p.status) for p in history if p.as_of]
    same = months(view)
    ahead = forecast(_own(view), same)
    words: dict[str, Any] = {
        "title": trend_title(points, indicator, target, view.scope, row.baseline) + coverage_words.risk(row),
        "subtitle": _trend_subtitle(view, points, same, ahead), "source": narrative.source([row]),
        "note": narrative.pace_note(view.board.plan.settings), "baseline": row.baseline, "ahead": ahead,
    }  # fmt: skip
    wide, narrow = (trend(points, indicator, target, profile=profile, **words) for profile in (SCREEN, PHONE))
    chart(wide, view.file("趋势"), phone=narrow, key="trend")


def _trend_subtitle(
    view: View, points: Sequence[TrendPoint], same: Sequence[Point], ahead: Forecast | None
) -> str:  # fmt: skip
    row = view.city
    plain = trend_subtitle(points, view.indicator, view.target, row.baseline)
    if row.numerator is None or row.status == "stale":
        return plain
    speeds = coverage_words.trio(speed(row, same), view.indicator.unit)
    return "　｜　".join(filter(None, (plain, speeds, coverage_words.expected(row, ahead, len(same)))))


# Why it moved


def draw_change(view: View) -> None:
    """Why the rate moved since the month before, or since the window's start: coverage, base, and which enterprises."""
    row, indicator = _own(view), view.indicator
    if row.numerator is None or not row.denominator or row.status == "stale":
        return
    subtitle("增减原因")
    days = {"previous": previous_day(row), "baseline": baseline_day(row)}
    since = choice("比较", [name for name in SINCE if days[name]], key="since", format=SINCE.__getitem__)
    found = change_since(view.board.outlook(), row, days[since])
    if found is None:
        told = told_before(view.board.outlook(), row, days[since])
        message("note", f"{coverage_words.OTHER_BASIS if told else coverage_words.NO_PAST}。")
        return
    parts = view.board.shared(("moves", indicator.id, view.scope, since), lambda: _moves(view, found))
    words: dict[str, Any] = {
        "title": coverage_words.change_title(row, indicator, found),
        "subtitle": coverage_words.change_subtitle(found, indicator, row.target_bp, len(existing_units(view.board.outlook()))),
        "source": narrative.source([row]), "note": "同一批单位、同一底数口径，期间逐户核对台账",
    }  # fmt: skip
    wide, narrow = (change_chart(found, parts, indicator, row.target_bp, profile=p, **words) for p in (SCREEN, PHONE))
    chart(wide, view.file("增减原因"), phone=narrow, key="change")
    note_line(coverage_words.moves_sentence(found, parts, indicator))
    _offer_moved(view, found, since)


def _moves(view: View, found: Change) -> tuple[Move, ...]:
    then, now = _sides(view, found)
    return accounted(found, moves(then, now, view.indicator, view.scope))


def _sides(view: View, found: Change) -> tuple[list[Path], list[Path]]:
    """The ledgers of the same units then and now."""
    store, heads = view.board.store, view.board.store.heads(view.board.commit)
    pairs = [
        (Slot("ledger", unit, then), Slot("ledger", unit, now))
        for unit, (then, now) in by_ledger(view.board.outlook(), found, _own(view)).items()
    ]
    held = [(heads[then], heads[now]) for then, now in pairs if then in heads and now in heads]
    return [store.place(then) for then, _ in held], [store.place(now) for _, now in held]


def _offer_moved(view: View, found: Change, since: str) -> None:
    """The enterprises behind the change, by name, to be taken along."""
    then, now = _sides(view, found)
    if view.names or not now:
        return
    download(
        "下载变动企业名单", lambda: _moved_csv(view, then, now), f"{view.file(f'变动企业_{SINCE[since]}')}.csv",
        "text/csv", key="save-moved",
    )  # fmt: skip


def _moved_csv(view: View, then: Sequence[Path], now: Sequence[Path]) -> bytes:
    rows = [
        (coverage_words.move_name(one["kind"], view.indicator), one["reporting_unit"], one["org_name"],
         one["union_code"] or "", theme.ATOM_WORDS[one["enterprise_type"]], str(one["workers"]),
         f"{one['covered']:+}", f"{one['base']:+}")
        for one in moved(then, now, view.indicator, view.scope).to_dict("records")
    ]  # fmt: skip
    return as_csv(MOVED, [[text.removeprefix("+") for text in row] for row in rows])


# What runs out


def draw_expiry(view: View) -> None:
    """What the rate would be if the contracts of the next 90 days were not renewed."""
    row, indicator = view.city, view.indicator
    if indicator.id not in CONTRACTS or row.numerator is None or not row.denominator or row.status == "stale":
        return
    units = [unit for unit in view.counted() if unit in view.entries()]
    if not units:
        return
    asked = (indicator, view.scope)
    told = view.board.shared(("ending", indicator.id, view.scope), lambda: expiring(view.paths(units), [asked], DAYS))
    ending = dict.fromkeys(DAYS, 0) | told.get((indicator.id, view.scope), {})
    silent = [view.called(unit) for unit in view.counted() if unit not in units]
    words: dict[str, Any] = {
        "title": coverage_words.expiry_title(row, indicator, ending), "source": narrative.source([row]),
        "subtitle": f"若不续签，{narrative.subject(row, indicator)}，%　｜　按合同截止日，自各单位统计时点起算",
        "note": f"{narrative.names(silent)}只报汇总表，不知截止日" if silent else "合同截止日以企业台账为准",
    }  # fmt: skip
    wide, narrow = (expiry(row, ending, indicator, profile=p, **words) for p in (SCREEN, PHONE))
    chart(wide, view.file("到期"), phone=narrow, key="expiry")
    if said := coverage_words.falls_short(row, ending):
        note_line(f"现已达标；若不续签，{said}。")


# Types together, kinds that the plan names


def sum_up(view: View) -> None:
    """The indicator over all its types without making up for one another: a figure for the record, not for the top."""
    rows = by_scope(view.board, view.indicator)
    if said := coverage_words.composite_sentence(rows, view.indicator):
        lines = [
            (theme.SCOPE_WORDS[row.scope], theme.count(row.numerator or 0), theme.count(row.need or 0),
             theme.count(min(row.numerator or 0, row.need or 0)))
            for row in rows if row.target_bp is not None and row.numerator is not None
        ]  # fmt: skip
        with st.expander("各类企业合并看（不以长补短）"):
            note_line(said)
            listing(
                "合并计算",
                ("企业类型", view.indicator.covered_word, "应达", "计入"),
                lines,
                view.file("综合完成程度"),
                numeric=(1, 2, 3),
            )


def slice_up(view: View) -> None:
    """The kinds of organisation that the plan's part five names beside the types, as plain counts."""
    if view.indicator.id not in ("congress", "disclosure"):
        return
    units = [unit for unit in view.counted() if unit in view.entries()]
    found = view.board.shared(("slices", view.indicator.id), lambda: slices(view.paths(units), view.indicator))
    if not found:
        return
    subtitle(f"{view.indicator.name}：计划第五部分点到的范围")
    note_line(
        "只列台账中填报的家数和比率；计划没有给这些范围定数，不判断目标。分母为其中已建会的，事业单位不进企业的分母。"
    )
    rows = [_slice_line(view, one) for one in found]
    table(SLICED, rows, numeric=(2,), caption="计划第五部分点到的范围")
    download("下载本表", as_csv(SLICED, rows), f"{view.file('计划点到的范围')}.csv", "text/csv", key="save-slices")


def _slice_line(view: View, one: Slice) -> tuple[str, ...]:
    name, item = SLICES[one.id]
    figure = (
        f"{theme.percent(one.covered, one.base)}%（{theme.count(one.covered)}/{theme.count(one.base)}）"
        if one.base
        else "台账中没有"
    )
    left = (
        f"{len(one.untold)}个单位没有填这一栏"
        if view.names or len(one.untold) > 3
        else "、".join(one.untold) + "没有填这一栏"
    )
    return name, item, figure, "未设目标", left if one.untold else ""
