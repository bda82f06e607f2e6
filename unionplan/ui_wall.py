"""The plan wall on the overview: what to show of the plan, the picture, and the same as a list that leads to each item."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

import streamlit as st

from unionplan import selection, theme
from unionplan.attainment import ItemState
from unionplan.charts.wall_titles import progress
from unionplan.exhibits.tasks import plan_wall
from unionplan.item_words import BODIES
from unionplan.selection import Selection
from unionplan.ui import KEPT, Board, Cell, choice, download_list, renewed, section, show, subtitle, table_html

EVERY = "全部"
HEADERS = ("任务", "状态", "进展", "责任部门", "分管领导", "截止日", "计划", "计划原句", "条目")


def page_link(page: str, **asked: str) -> str:
    """Return the address of a page of ours with what is asked of it; looking back and hidden names are kept."""
    kept = {name: st.query_params[name] for name in KEPT if name in st.query_params}
    return f"{page}?{urlencode(kept | asked)}"


def item_link(item: str) -> str:
    """Return the address of one plan item on the page 计划与口径."""
    return page_link("plan", item=item)


def search_box() -> None:
    """Draw a small box that looks one enterprise up on the page 覆盖指标."""
    kept = "".join(
        f'<input type="hidden" name="{name}" value="{escape(st.query_params[name])}">'
        for name in KEPT if name in st.query_params
    )  # fmt: skip
    st.html(
        f'<form class="up-find" action="coverage" method="get" target="_self">{kept}'
        '<label>查一户 <input type="search" name="q" minlength="2" required placeholder="单位名称或编码"></label>'
        "<button>查找</button></form>"
    )


def picked(board: Board) -> Selection:
    """Return what the reader or the address asks to see of the whole page; a filter without names is not drawn.

    The filters stand behind a heading, which is open where something is asked for.
    """
    plan, already = board.plan, any(name in st.query_params for name in ("leader", "department", "plan"))
    renewed("plan", BODIES)
    with st.expander("只看我分管的、某个责任部门或某个计划", expanded=already), section("filters-plan"):
        leader, department, body = (
            _one_of(label, names, key)
            for label, names, key in (
                ("我分管的", selection.leaders(plan), "leader"),
                ("责任部门", selection.departments(plan), "department"),
                ("计划", selection.plans(plan), "plan"),
            )
        )
    return Selection(leader, department, body)


def _one_of(label: str, names: Sequence[str], key: str) -> str:
    if (len(names) < 2 and key != "leader") or not names:
        return ""
    chosen = choice(label, [EVERY, *names], key=key)
    return "" if chosen == EVERY else chosen


def show_wall(board: Board, asked: Selection) -> None:
    """Draw the wall of what was asked for and, behind a heading, every item of it as a list."""
    subtitle("计划任务")
    states = asked.states(board.states())
    show(board, plan_wall(board, asked), "wall", ("wall", asked.leader, asked.department, asked.plan))
    _list(board, states)


def _list(board: Board, states: Sequence[ItemState]) -> None:
    if not states:
        return
    words, lines = f"逐项清单：{len(states)}项", [_line(one) for one in states]
    inner = table_html(HEADERS, lines, caption=words, stacked=True)
    st.html(f'<details class="up-fold"><summary><strong>{words}</strong></summary>{inner}</details>')
    download_list("下载逐项清单", HEADERS, lines, f"计划任务逐项_{board.today:%Y%m%d}")


def _line(one: ItemState) -> tuple[str | Cell, ...]:
    item, marks = one.item, "".join(f"　{theme.MARKS[mark].sign}" for mark in one.marks if mark in theme.MARKS)
    light = Cell(theme.light(one.status) + marks, theme.STATUS[one.status].role)
    end = theme.chinese_date(item.end) if item.end else theme.NONE
    return (
        Cell(item.name, link=item_link(item.id)), light, progress(one) or theme.NONE, item.department, item.leader, end,
        item.plan, item.quote, item.id,
    )  # fmt: skip
