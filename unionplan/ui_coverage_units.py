"""覆盖指标, unit by unit: who lacks how many, every figure with a way to its enterprises, all targets at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from unionplan import narrative, theme
from unionplan.attainment import Attainment
from unionplan.charts import PHONE, SCREEN, gap, gap_subtitle, gap_title, heatmap, heatmap_subtitle, heatmap_title
from unionplan.charts.titles import in_rank_order, paced, ranked
from unionplan.differences import Difference, differences
from unionplan.plan import target_order
from unionplan.ui import Cell, chart, listing, message, note_line
from unionplan.ui_coverage import View
from unionplan.ui_coverage_firms import SHOWS, linked

APART = ("填报单位", "月份", "企业类型", "台账", "汇总表", "分子相差", "分母相差")


def draw_gaps(view: View) -> None:
    """How many enterprises each unit still lacks, and the same as a list to take along."""
    indicator, units = view.indicator, narrative.renamed(_in_order(view), view.names)
    target = view.target
    if target is None:
        message("note", "这一类企业没有设目标，不排还差家数。")
    else:
        words: dict[str, Any] = {
            "title": gap_title(units, indicator), "subtitle": gap_subtitle(units, indicator, target, view.city),
            "source": narrative.source([view.city]), "note": "还差＝应达家数－已达家数，应达家数按目标向上取整",
            "order": view.order, "groups": _groups(view, units),
        }  # fmt: skip
        wide, narrow = (gap(units, indicator, target, profile=profile, **words) for profile in (SCREEN, PHONE))
        chart(wide, view.file("还差家数"), phone=narrow, key="gaps")
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
    lines = [_line(view, unit, own, places) for unit, own in zip(units, _in_order(view), strict=True)]
    with st.expander("各填报单位家数（点数字看企业明细）"):
        listing("各填报单位", heads, lines, view.file("各单位"), numeric=(1, 2, 3, 4, 5, 6))
        if any("at_risk" in row.marks for row in units):
            note_line(f"预：{theme.MARKS['at_risk'].meaning}，即近三月月均少于需月均。")


def draw_map(view: View) -> None:
    """Every unit against every target at once."""
    plan = view.board.plan
    order = {(t.indicator, t.scope): place for place, t in enumerate(target_order(plan))}
    rows = [row for row in view.board.units() if (row.indicator, row.scope) in order]
    rows.sort(key=lambda row: order[row.indicator, row.scope])
    names = _map_order(view, rows)
    rows = narrative.renamed(rows, view.names)
    by_name = {unit.name: unit.group for unit in plan.units}
    late = any(theme.STATUS[row.status].role == "behind" for row in rows)
    grouped = view.order == "given" and not view.names and len(set(by_name.values())) > 1
    words: dict[str, Any] = {
        "title": heatmap_title(rows), "source": narrative.source(rows),
        "note": "各单位按全市统一的序时判定" if paced(rows) else "没有期初数据或截止日期，不计进度",
        "subtitle": heatmap_subtitle(rows) + ("　｜　滞后项数多的在前" if view.order == "value" and late else ""),
        "groups": [by_name[name] for name in names] if grouped else (),
    }  # fmt: skip
    called = [view.called(name) for name in names]
    key = ("map", view.order, *view.names.values())
    wide, narrow = view.board.shared(
        key, lambda: [heatmap(rows, plan.indicators, called, profile=p, **words) for p in (SCREEN, PHONE)]
    )
    chart(wide, f"各单位各项目标_{view.board.today:%Y%m%d}", phone=narrow, key="map")


def reconcile(view: View) -> None:
    """Where a unit's ledger and its summary of one month tell different counts; the ledger is what counts."""
    every = view.board.shared(("differences",), lambda: differences(view.board.outlook()))
    found = [one for one in every if one.indicator == view.indicator.id]
    if found:
        lines = [_difference(view, one) for one in found]
        title = f"台账与汇总表不一致：{len(found)}处，计数以台账为准"
        with st.expander(title):
            listing(title, APART, lines, view.file("台账与汇总表"), numeric=(3, 4, 5, 6))


# Order and names of units


def _in_order(view: View) -> list[Attainment]:
    if view.order == "value":
        return in_rank_order(view.units)
    return sorted(view.units, key=lambda row: _number(view, row.reporting_unit or "")) if view.names else view.units


def _map_order(view: View, rows: Sequence[Attainment]) -> list[str]:
    names = [unit.name for unit in view.board.plan.units]
    if view.order == "given":
        return sorted(names, key=lambda name: _number(view, name)) if view.names else names
    late = [(row.reporting_unit, theme.STATUS[row.status].role) for row in rows]
    return sorted(names, key=lambda name: (-late.count((name, "behind")), -late.count((name, "slow"))))


def _number(view: View, unit: str) -> int:
    return int(view.names[unit].removeprefix("单位"))


def _groups(view: View, rows: Sequence[Attainment]) -> list[str]:
    if view.order == "value" or view.names:
        return []
    groups = {unit.name: unit.group for unit in view.board.plan.units}
    found = [groups[row.reporting_unit or ""] for row in rows]
    return found if len(set(found)) > 1 else []


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
