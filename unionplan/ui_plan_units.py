"""Units on the page 计划与口径: which were merged or renamed when, and a form for the next change."""

from __future__ import annotations

from datetime import date

import streamlit as st

from unionplan import theme
from unionplan.access import Person
from unionplan.attainment import in_force
from unionplan.errors import PlanError
from unionplan.plan import GROUPS, Unit
from unionplan.terms import merge_units
from unionplan.ui import Board, listing, note_line, open_section
from unionplan.ui_plan_forms import form, may_change, say_done

HEADERS = ("填报单位", "分组", "起始日", "截止日", "前身", "别名")


def show_units(board: Board) -> None:
    """Draw the units that began or ended on a day, and the form to merge or rename."""
    dated = [unit for unit in board.plan.units if unit.start or unit.end or unit.before]
    if dated:
        listing(f"有起止日的单位{len(dated)}个", HEADERS, [_line(unit) for unit in dated], "单位沿革")
    if may_change(board) and open_section("单位合并、更名", "合并或更名", "merge"):
        _merge(board)
    say_done("merge")


def _line(unit: Unit) -> tuple[str, ...]:
    days = (theme.chinese_date(day) if day else theme.NONE for day in (unit.start, unit.end))
    lists = ("、".join(names) or theme.NONE for names in (unit.before, unit.aliases))
    return unit.name, unit.group or theme.NONE, *days, *lists


def _merge(board: Board) -> None:
    note_line(
        "选一个原单位是更名，选几个是合并。原单位到变更日前一天为止，以前的数仍记在它名下；"
        "新单位从变更日开始，第一次报送以前用原单位最近的数，合计不断档。"
        "并入已有单位、沿用其名称的，“新单位名称”填那个单位；变更日起它报的数须包括并入的单位。"
    )
    names = [unit.name for unit in board.plan.units if in_force(unit, board.today)]
    old = st.multiselect("原单位", names, key=f"merge-old-{board.commit}", placeholder="请选择")

    def act(says: dict[str, str], reason: str, person: Person) -> str:
        day = _day(says["day"])
        done = merge_units(board.store, board.commit, old, says["name"], says["group"], day, reason, person)
        gone = [one for one in old if one != says["name"]]
        word = "并入" if says["name"] in names else "改为"
        return f"自{theme.chinese_date(day)}起，{'、'.join(gone)}{word}{says['name']}：第 {done} 次更新。"

    with form(board, "merge", "确认合并、更名", act) as filled:
        places = st.columns(3)
        filled.text(places[0], "name", "新单位名称", "", "没有用过的名称，或并入的单位")
        filled.select(places[1], "group", "分组", "", {"": "同原单位", **{one: one for one in GROUPS}})
        filled.text(places[2], "day", "变更日", "", "如 2026-11-01")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PlanError("单位合并更名“变更日”", f"“{text}”", "日期写作 2026-11-01", "请改正日期") from None
