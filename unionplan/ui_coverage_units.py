"""覆盖指标, unit by unit: who lacks how many, every figure with a way to its enterprises, all targets at once."""

from __future__ import annotations

import streamlit as st

from unionplan import narrative, theme
from unionplan.attainment import Attainment
from unionplan.charts.titles import ranked
from unionplan.differences import Difference, differences
from unionplan.exhibits import coverage
from unionplan.exhibits.coverage import in_order
from unionplan.ui import Cell, listing, message, note_line, show
from unionplan.ui_coverage import View
from unionplan.ui_coverage_firms import SHOWS, linked

APART = ("填报单位", "月份", "企业类型", "台账", "汇总表", "分子相差", "分母相差")


def draw_gaps(view: View) -> None:
    """How many enterprises each unit still lacks, and the same as a list to take along."""
    indicator, units = view.indicator, narrative.renamed(in_order(view), view.names)
    shown = coverage.gaps(view)
    if shown is None:
        message("note", "这一类企业没有设目标，不排还差家数。")
    else:
        show(view.board, shown, "gaps")
    places = {row.reporting_unit: place for place, row in ranked(units)}
    heads = (
        "填报单位",
        "位次",
        "完成值 %",
        indicator.covered_word,
        indicator.base_word,
        narrative.not_yet(indicator),
        "还差",
        "状态",
        "统计时点",
    )
    lines = [_line(view, unit, own, places) for unit, own in zip(units, in_order(view), strict=True)]
    with st.expander("各填报单位家数（点数字看企业明细）"):
        listing("各填报单位", heads, lines, view.file("各单位"), numeric=(1, 2, 3, 4, 5, 6))
        if any("at_risk" in row.marks for row in units):
            note_line(f"预：{theme.MARKS['at_risk'].meaning}，即近三月月均少于需月均。")


def draw_map(view: View) -> None:
    """Every unit against every target at once."""
    key = ("map", view.order, *view.names.values())
    show(view.board, coverage.matrix(view.board, view.names, view.order), "map", key)


def reconcile(view: View) -> None:
    """Where a unit's ledger and its summary of one month tell different counts; the ledger is what counts."""
    every = view.board.shared(("differences",), lambda: differences(view.board.outlook()))
    found = [one for one in every if one.indicator == view.indicator.id]
    if found:
        lines = [_difference(view, one) for one in found]
        title = f"台账与汇总表不一致：{len(found)}处，计数以台账为准"
        with st.expander(title):
            listing(title, APART, lines, view.file("台账与汇总表"), numeric=(3, 4, 5, 6))


# Lines


def _line(
    view: View, unit: Attainment, own: Attainment, places: dict[str | None, int]
) -> tuple[str | Cell, ...]:  # fmt: skip
    gap_words = theme.NONE if not unit.gap else f"{unit.gap:,}"
    signs = "".join(f" {theme.MARKS[mark].sign}" for mark in unit.marks if mark in theme.MARKS)
    light = Cell(theme.light(unit.status) + signs, theme.STATUS[unit.status].role)
    day = theme.chinese_date(unit.as_of) if unit.as_of else theme.NONE
    place = places.get(unit.reporting_unit)
    tied = list(places.values()).count(place) > 1 if place else False
    rank = theme.NONE if place is None else f"并列 {place}" if tied else str(place)
    counts = _counts(view, own)
    return unit.reporting_unit or "", rank, _rate(unit), *counts, gap_words, light, day


def _rate(row: Attainment) -> str:
    if row.numerator is None or not row.denominator:
        return theme.NONE
    return theme.percent(row.numerator, row.denominator, row.target_bp)


def _counts(view: View, own: Attainment) -> tuple[str | Cell, str | Cell, str | Cell]:
    """已覆盖, 应覆盖, 未覆盖, each leading to its enterprises."""
    if own.numerator is None or own.denominator is None:
        return theme.NONE, theme.NONE, theme.NONE
    counts = {"covered": own.numerator, "base": own.denominator, "missing": own.denominator - own.numerator}
    cells = (linked(view, theme.count(n), SHOWS[show], own.reporting_unit or "") for show, n in counts.items())
    first, second, third = cells
    return first, second, third


def _difference(view: View, one: Difference) -> tuple[str, ...]:
    month = f"{one.period[:4]}年{int(one.period[5:])}月"
    (covered, base), (told, stated) = one.ledger, one.summary
    return (view.called(one.reporting_unit), month, theme.SCOPE_SHORT[one.scope], f"{covered:,}/{base:,}",
            f"{told:,}/{stated:,}", f"{told - covered:+,}", f"{stated - base:+,}")  # fmt: skip
