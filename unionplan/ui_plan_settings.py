"""Settings on the page 计划与口径: what is in force, a form to change it, every change with who and why."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import streamlit as st

from unionplan import theme
from unionplan.access import Person
from unionplan.pace import BASE_RULES, RULES
from unionplan.plan import Row
from unionplan.revisions import DEFAULTS, SETTING_WORDS, setting_words
from unionplan.terms import OPEN_SETTINGS, revise_settings
from unionplan.ui import Board, listing, moment, open_section
from unionplan.ui_plan_forms import DAY, Form, form, known_revisions, may_change, say_done, show_history
from unionplan.ui_plan_periods import show_periods
from unionplan.ui_plan_units import show_units

HEADERS = ("设置", "现值", "作用", "最近修改")
EFFECTS = {
    "city": "用于标题和材料", "period_name": "显示在每一页", "period_start": "计划期外的条目不判逾期",
    "period_end": "计划期外的条目不判逾期", "slow_bp": "完成应有增量不足此数为滞后，够此数未到应达为偏慢",
    "near_bp": "基期已到目标而现在低于目标的，不超过此数为偏慢", "jump_bp": "较上期变动超过此数的，收表时请核对",
    "due_soon_days": "距截止日不超过此数为临期", "clock": "判断过期、逾期所用的今天，空白为当天",
    "keep_names": "证件号从不入库", "release": "入库后须经发布，看板才换用新的数据", "pace": "序时应达怎样算，图下注明",
    "base_rule": "分母随数据变化，或固定为某一天", "base_date": "核定底数的日期",
}  # fmt: skip
SWITCHES = {"false": "否", "true": "是"}
LISTS = {"pace": RULES, "base_rule": BASE_RULES, "keep_names": SWITCHES, "release": SWITCHES}
HINTS = {"clock": DAY, "base_date": DAY, "period_start": DAY, "period_end": DAY}
PERCENT = ("slow_bp", "near_bp", "jump_bp")


def show_settings(board: Board) -> None:
    """Draw the settings, then the plan periods and the units that came and went."""
    values = _values(board.store.tables(board.commit)["settings"])
    found = [one for one in known_revisions(board) if one.table == "settings"]
    last = {one.key[0]: f"{moment(one.at)}，{one.who}" for one in reversed(found)}
    lines = [
        (SETTING_WORDS[name], setting_words(name, values.get(name, "")), EFFECTS[name], last.get(name, theme.NONE))
        for name in OPEN_SETTINGS
    ]
    listing("设置", HEADERS, lines, f"设置_{board.today:%Y%m%d}")
    if may_change(board) and open_section("修改设置", "修改", "set"):
        _change(board, values)
    say_done("settings")
    show_history(board, f"设置修改记录：{len(found)}处", found, "设置修改记录", "设置还没有修改过。")
    show_periods(board)
    show_units(board)


def _values(rows: list[Row]) -> dict[str, str]:
    return DEFAULTS | {row["key"]: row["value"] for row in rows}


def _change(board: Board, values: dict[str, str]) -> None:
    def act(says: dict[str, str], reason: str, person: Person) -> str:
        told = {name: as_stored(name, text) for name, text in says.items()}
        return f"已修改设置：第 {revise_settings(board.store, board.commit, told, reason, person)} 次更新。"

    with form(board, "settings", "确认修改设置", act) as filled:
        names = [name for name in OPEN_SETTINGS if name != "release" or board.person.may_release]
        if len(names) < len(OPEN_SETTINGS):
            st.caption("发布审核由管理员启用、停用。")
        for first in range(0, len(names), 3):
            for place, name in zip(st.columns(3), names[first : first + 3], strict=False):
                _field(filled, place, name, values.get(name, ""))


def _field(filled: Form, place: object, name: str, value: str) -> None:
    if name in LISTS:
        filled.select(place, name, SETTING_WORDS[name], value, LISTS[name])
    else:
        label = SETTING_WORDS[name] + (" %" if name in PERCENT else "")
        filled.text(place, name, label, _as_written(name, value), HINTS.get(name, ""))


def _as_written(name: str, value: str) -> str:
    return f"{(Decimal(value) / 100).normalize():f}" if name in PERCENT and value.isdecimal() else value


def as_stored(name: str, text: str) -> str:
    """Return a setting as the table has it: 85 or 85% → 8500; what is no number stays, to be refused by its name."""
    if name not in PERCENT:
        return text
    try:
        value = Decimal(text.rstrip("%％ ")) * 100
    except InvalidOperation:
        return text
    return str(int(value)) if value == int(value) else text
