"""What a file would change, in words and lists: rows by sheet, headline figures, every cell; nothing here commits."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import streamlit as st

from unionplan import narrative, theme
from unionplan.attainment import Difference
from unionplan.intake.preview import Preview
from unionplan.intake.sheet_changes import SheetChange
from unionplan.ui import Board, Cell, listing, message, subtitle
from unionplan.ui_problems import SHOWN
from unionplan.uploads import Effects

APART = ("填报单位", "月份", "指标", "企业类型", "台账", "汇总表", "已覆盖差", "应覆盖差")


def say_change(board: Board, seen: Preview) -> None:
    """What it would change, sheet by sheet, and what becomes of the headline figures."""
    for change in seen.sheets:
        _say_sheet_change(change, len(seen.sheets) > 1)
    _say_units(seen)
    if seen.same:
        message("ok", "内容与现有数据完全相同：未变，不需要入库。")
        return
    say_effects(board, seen.effects)


def say_details(board: Board, seen: Preview, name: str) -> None:
    """Behind the verdict: where ledger and summary differ, every headline figure, every changed cell."""
    _say_apart(board, seen)
    if not seen.same:
        fold_effects(board, seen.effects, name, Path(seen.file.name).stem)
        _say_details(seen, name)


def sheet_name(sheet: str) -> str:
    """Return what a reader calls a sheet: 工作表“一”, or the table where the file has but one without a name."""
    return f"工作表“{sheet}”" if sheet else "本表"


def _say_sheet_change(change: SheetChange, several: bool) -> None:
    if not change.units and not change.rejected:
        return
    what = "家" if change.kind == "W1" else "条"
    counts = (
        ("新增", len(change.added)),
        ("变更", change.changed),
        ("未变", change.unchanged),
        ("移除", len(change.removed)),
    )
    words = [f"{word} {count:,} {what}" for word, count in counts if count]
    words += [f"保留 {len(change.kept):,} {what}（本次文件没有，不会删除）"] if change.kept else []
    words += [f"退回 {change.rejected:,} 行"] if change.rejected else []
    start = f"{sheet_name(change.sheet)}：" if several else ""
    message("note", f"{start}{_when(change)}涉及{_whose(change.units)}：{'，'.join(words)}。")
    if change.removed:
        named = "、".join(change.removed[:3]) + (
            f"等 {len(change.removed):,} {what}" if len(change.removed) > 3 else ""
        )
        message("ask", f"{start}替换将移除 {len(change.removed):,} {what}本次文件没有的：{named}。请核对后再确认。")


def _when(change: SheetChange) -> str:
    """The 统计时点 of what a table changes; of one that speaks of several months, these."""
    if len(change.periods) > 1:
        said = "、".join(f"{period[:4]}年{int(period[5:])}月" for period in change.periods)
        return f"共 {len(change.periods)} 个月（{said}），每月各为一期，"
    return f"统计时点 {theme.chinese_date(change.as_of)}，" if change.as_of else ""


def _whose(units: Sequence[str]) -> str:
    named = [unit for unit in units if unit]
    if not named:
        return "全市"
    return f"“{named[0]}”" if len(named) == 1 else f" {len(named)} 个填报单位"


def _say_units(seen: Preview) -> None:
    rows = seen.change.tables.get("units") if seen.change else None
    if rows:
        names = "、".join(row["填报单位"] for row in rows)
        message("note", f"填报单位表将整表替换为 {len(rows)} 个单位：{names}。")


def say_effects(board: Board, effects: Effects, when: str = "确认后") -> None:
    """What becomes of the headline figures, in words; those that stay are only counted."""
    if not effects:
        return
    indicators = board.plan.indicators
    moved = [pair for pair in effects if narrative.moved(*pair)]
    subtitle(narrative.effect_lead(len(moved), len(effects) - len(moved), when))
    if moved:
        lines = "".join(f"<li>{escape(narrative.effect(*pair, indicators[pair[1].indicator]))}</li>" for pair in moved)
        st.html(f'<ul class="up-effects">{lines}</ul>')


def fold_effects(board: Board, effects: Effects, key: str, name: str) -> None:
    """Every headline figure before and after, behind a click; `name` is that of the list when it is saved."""
    if not effects:
        return
    part = st.expander("查看全部主要指标", key=f"effects-{key}", on_change="rerun")
    with part:
        if part.open:
            _list_effects(board, effects, name)


def _list_effects(board: Board, effects: Effects, name: str) -> None:
    indicators = board.plan.indicators
    rows: list[tuple[str | Cell, ...]] = [(indicators[after.indicator].name, theme.SCOPE_SHORT[after.scope],
             narrative.figure(before, indicators[before.indicator]), narrative.figure(after, indicators[after.indicator]),
             *(Cell(theme.light(row.status), theme.STATUS[row.status].role) for row in (before, after)))
            for before, after in effects]  # fmt: skip
    headers = ("指标", "企业类型", "现在", "确认后", "现在状态", "确认后状态")
    listing("确认后各项目标的变化", headers, rows, f"变化_{name}")


def _say_apart(board: Board, seen: Preview) -> None:
    """Where the unit's ledger and its summary of the same month would tell different counts."""
    if seen.apart:
        lines = [_apart_line(board, one) for one in seen.apart]
        listing(f"台账与汇总表不一致：{len(lines)}处，计数以台账为准", APART, lines,
                f"台账与汇总表_{Path(seen.file.name).stem}", numeric=(4, 5, 6, 7), shown=SHOWN)  # fmt: skip


def _apart_line(board: Board, one: Difference) -> tuple[str, ...]:
    (covered, base), (told, stated) = one.ledger, one.summary
    return (one.reporting_unit, f"{one.period[:4]}年{int(one.period[5:])}月", board.plan.indicators[one.indicator].short,
            theme.SCOPE_SHORT[one.scope], f"{covered:,}/{base:,}", f"{told:,}/{stated:,}", f"{told - covered:+,}",
            f"{stated - base:+,}")  # fmt: skip


def _say_details(seen: Preview, name: str) -> None:
    count = sum(len(one.details) + len(one.added) + len(one.removed) + len(one.kept) for one in seen.sheets)
    if not count:
        return
    part = st.expander(f"查看明细（{count:,} 条）", key=f"details-{name}", on_change="rerun")
    with part:
        if part.open:
            lines = [line for one in seen.sheets for line in _detail_lines(one)]
            listing("逐条明细", ("工作表", "变动", "单位名称", "列", "原来", "改为"), lines,
                    f"明细_{Path(seen.file.name).stem}", shown=SHOWN)  # fmt: skip


def _detail_lines(change: SheetChange) -> list[tuple[str | Cell, ...]]:
    sheet = change.sheet or "—"
    lines: list[tuple[str | Cell, ...]] = [
        (sheet, "变更", *(str(v) for v in line)) for line in change.details.to_numpy()
    ]
    for word, names in (("新增", change.added), ("移除", change.removed), ("保留", change.kept)):
        lines += [(sheet, word, name or "—", "—", "—", "—") for name in names]
    return lines
