"""覆盖指标, the figures: what is asked for, where it stands by type, over time, why it moved and what runs out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from unionplan import coverage_words, narrative, theme
from unionplan.attainment import existing_units, target_on
from unionplan.change import Change, told_before
from unionplan.exhibits import coverage, names_for
from unionplan.exhibits.coverage import SINCE, Figure
from unionplan.export.csv_lists import csv_bytes as as_csv
from unionplan.plan import COVERAGE, Indicator, target_order
from unionplan.store.moves import moved
from unionplan.store.standing import Slice, slices
from unionplan.ui import (
    KEPT,
    Board,
    Card,
    cards,
    choice,
    download,
    heading,
    listing,
    message,
    note_line,
    section,
    show,
    subtitle,
    switch,
    table,
)

ORDERS = {"value": "按数值", "given": "行政区划顺序"}
MOVED = ("变动", "填报单位", "单位名称", "统计编码", "企业类型", "职工人数", "覆盖增减", "底数增减")
MOVES = ("变动", "企业数", "覆盖增减", "底数增减")
SLICES = {
    "institutions": ("事业单位", "A5-1"),
    "above_scale": ("规模以上非公有制企业", "A5-2"),
    "restructured": ("改制为非公有制的企业", "A5-2"),
    "smaller": ("中小型非公有制企业（中型、小型）", "A5-3"),
}
SLICED = ("范围", "计划条目", "完成值", "状态", "说明")


@dataclass(frozen=True)
class View(Figure):
    """What the reader or the address asks for, and the figure it is about."""

    def file(self, what: str) -> str:
        """Return the name of a file to be taken along."""
        return f"{self.indicator.short}_{what}_{self.board.today:%Y%m%d}"

    def link(self, **asked: str) -> str:
        """Return the address of this view, asked for something more: `unit`, `show` …, in the words of the controls."""
        kept = {name: st.query_params[name] for name in KEPT if name in st.query_params}
        words = {"indicator": self.indicator.name, "scope": theme.SCOPE_SHORT[self.scope]}
        return f"?{urlencode({**kept, **words, **asked})}"


def chosen(board: Board) -> View:
    """The indicator, enterprise type, order and naming that the reader or the address asks for."""
    indicator = _indicator(board)
    with section("filters"):
        scopes = sorted(theme.SCOPE_SHORT, key=lambda scope: target_on(board.plan, indicator.id, scope) is None)
        scope = choice("企业类型", scopes, key="scope", format=theme.SCOPE_SHORT.__getitem__)
        order = choice("排列", list(ORDERS), key="order", format=ORDERS.__getitem__)
        hidden = switch("不点名", key="hide")
    return View(board, indicator, scope, order, names_for(board, hidden))


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
    show(view.board, coverage.scopes(view), "scopes")


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


def draw_trend(view: View) -> None:
    """The rate month by month against its target and pace, and where its own speed leads."""
    show(view.board, coverage.over_time(view), "trend")


# Why it moved


def draw_change(view: View) -> None:
    """Why the rate moved since the month before, or since the window's start: coverage, base, and which enterprises."""
    if not view.told:
        return
    subtitle("增减原因")
    since = choice("比较", [name for name in SINCE if view.days()[name]], key="since", format=SINCE.__getitem__)
    shown = coverage.moved(view, since)
    if shown is None:
        told = told_before(view.board.outlook(), view.own, view.days()[since])
        message("note", f"{coverage_words.OTHER_BASIS if told else coverage_words.NO_PAST}。")
        return
    show(view.board, shown, "change")
    found = shown.facts.change
    note_line(coverage_words.moves_sentence(found, shown.facts.parts, view.indicator))
    _offer_moved(view, found, since)


def _offer_moved(view: View, found: Change, since: str) -> None:
    """The enterprises behind the change, by name, to be taken along."""
    then, now = view.sides(found)
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
    shown = coverage.running_out(view)
    if shown is None:
        return
    show(view.board, shown, "expiry")
    if said := coverage_words.falls_short(view.city, shown.facts.ending):
        note_line(f"现已达标；若不续签，{said}。")


# Types together, kinds that the plan names


def sum_up(view: View) -> None:
    """The indicator over all its types without making up for one another: a figure for the record, not for the top."""
    rows = view.board.scopes(view.indicator.id)
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
