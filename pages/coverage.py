"""覆盖指标: one indicator and type over time, unit by unit, and how far each is from the target."""

from __future__ import annotations

from typing import Any

from unionplan import narrative, theme
from unionplan.attainment import Attainment, attainments, over_time, target_on
from unionplan.charts import (
    PHONE,
    SCREEN,
    TrendPoint,
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
from unionplan.plan import COVERAGE, Indicator, target_order
from unionplan.ui import Board, Cell, chart, choice, heading, listing, message, page

CARD = ("口径", "内容")
LIST = ("填报单位", "完成值", "还差", "状态", "统计时点")


def chosen(board: Board) -> tuple[Indicator, str]:
    """The indicator and the enterprise type that the reader or the address asks for."""
    names = [name for name in COVERAGE if name in board.plan.indicators]
    first = [target.indicator for target in target_order(board.plan)]
    ordered = sorted(names, key=lambda name: first.index(name) if name in first else len(first))
    indicator = board.plan.indicators[
        choice("指标", ordered, key="indicator", format=lambda n: board.plan.indicators[n].name)
    ]
    scopes = sorted(theme.SCOPE_SHORT, key=lambda scope: target_on(board.plan, indicator.id, scope) is None)
    return indicator, choice("企业类型", scopes, key="scope", format=theme.SCOPE_SHORT.__getitem__)


def say(board: Board, indicator: Indicator, scope: str) -> Attainment:
    """The figure in one sentence; returned for the charts below it."""
    rows = attainments(board.outlook(), "scope", indicator.id)
    row = next(row for row in rows if row.scope == scope)
    heading(narrative.sentence(row, indicator, units=False), narrative.units_counted([row], len(board.plan.units)))
    return row


def draw_trend(board: Board, indicator: Indicator, scope: str, row: Attainment) -> None:
    """The rate month by month against its target and pace."""
    target = target_on(board.plan, indicator.id, scope)
    past = over_time(board.outlook(), indicator.id, scope)
    points = [TrendPoint(p.as_of, p.numerator, p.denominator, len(p.missing), p.status) for p in past if p.as_of]
    words: dict[str, Any] = {
        "title": trend_title(points, indicator, target, scope, row.baseline),
        "subtitle": trend_subtitle(points, indicator, target, row.baseline),
        "source": narrative.source([row]), "note": narrative.pace_note(board.plan.settings), "baseline": row.baseline,
    }  # fmt: skip
    wide, narrow = (trend(points, indicator, target, profile=profile, **words) for profile in (SCREEN, PHONE))
    chart(wide, f"{indicator.short}_趋势_{board.today:%Y%m%d}", phone=narrow, key="trend")


def draw_gaps(board: Board, indicator: Indicator, scope: str, row: Attainment) -> None:
    """How many enterprises each unit still lacks, and the same as a list to take along."""
    units = [unit for unit in attainments(board.outlook(), "reporting_unit", indicator.id) if unit.scope == scope]
    target = target_on(board.plan, indicator.id, scope)
    if target is None:
        message("note", "这一类企业没有设目标，不排还差家数。")
    else:
        words: dict[str, Any] = {
            "title": gap_title(units, indicator), "subtitle": gap_subtitle(units, indicator, target, row),
            "source": narrative.source([row]), "note": "还差＝应达家数－已达家数，应达家数按目标向上取整",
        }  # fmt: skip
        wide, narrow = (gap(units, indicator, target, profile=profile, **words) for profile in (SCREEN, PHONE))
        chart(wide, f"{indicator.short}_还差家数_{board.today:%Y%m%d}", phone=narrow, key="gaps")
    lines = [_line(unit, indicator) for unit in units]
    listing("各填报单位", LIST, lines, f"{indicator.short}_各单位_{board.today:%Y%m%d}", numeric=(2,))


def draw_map(board: Board) -> None:
    """Every unit against every target at once."""
    order = {(t.indicator, t.scope): place for place, t in enumerate(target_order(board.plan))}
    rows = [row for row in attainments(board.outlook(), "reporting_unit") if (row.indicator, row.scope) in order]
    rows.sort(key=lambda row: order[row.indicator, row.scope])
    units = board.plan.units
    words: dict[str, Any] = {
        "title": heatmap_title(rows), "subtitle": heatmap_subtitle(rows), "source": narrative.source(rows),
        "note": "各单位按全市统一的序时判定", "groups": [unit.group for unit in units],
    }  # fmt: skip
    names = [unit.name for unit in units]
    wide, narrow = (
        heatmap(rows, board.plan.indicators, names, profile=profile, **words) for profile in (SCREEN, PHONE)
    )
    chart(wide, f"各单位各项目标_{board.today:%Y%m%d}", phone=narrow, key="map")


def define(indicator: Indicator) -> None:
    """What is counted, over what, who wrote and checked the definition."""
    rows = [
        ("分子", indicator.numerator), ("分母", indicator.denominator),
        ("制定、复核", f"{indicator.author} 制定，{indicator.checker} 复核"),
        ("复核日期", f"{theme.chinese_date(indicator.reviewed)}，下次 {theme.chinese_date(indicator.next_review)}"),
        ("报送周期", f"每 {indicator.interval_months} 个月，宽限 {indicator.grace_days} 天"),
    ]  # fmt: skip
    listing(f"口径卡：{indicator.name}", CARD, rows, f"口径_{indicator.short}")


def _line(unit: Attainment, indicator: Indicator) -> tuple[str | Cell, ...]:
    gap_words = "—" if not unit.gap else f"{unit.gap:,} {indicator.unit}"
    light = Cell(theme.light(unit.status), theme.STATUS[unit.status].role)
    day = theme.chinese_date(unit.as_of) if unit.as_of else "—"
    return unit.reporting_unit or "", narrative.figure(unit, indicator), gap_words, light, day


with page("pages/coverage.py") as board:
    indicator, scope = chosen(board)
    row = say(board, indicator, scope)
    draw_trend(board, indicator, scope, row)
    draw_gaps(board, indicator, scope, row)
    draw_map(board)
    define(indicator)
