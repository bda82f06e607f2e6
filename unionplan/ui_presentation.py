"""The chosen charts one by one on the whole screen: all of them are sent ahead, and a key turns the page in the browser itself."""

from __future__ import annotations

from html import escape

import streamlit as st

from unionplan import theme
from unionplan.export.occasion import INTERNAL, LONGEST_NOTE
from unionplan.gallery import Manner
from unionplan.ui import Board
from unionplan.ui_coverage import ORDERS
from unionplan.ui_meeting import chosen, gallery_of

EMPTY = "没有可以演示的图表。请按退出键返回，选好图表再演示。"


def present(board: Board) -> None:
    """Draw every chart that the address names as a slide; the address is pinned to the refresh and day that are seen."""
    pin(board)
    gallery, ids = gallery_of(board, _manner()), chosen(board)
    footnote = st.query_params.get("remark", "")[:LONGEST_NOTE]
    mark = "　".join(filter(None, (_sample(board), INTERNAL if _said("inner") else "")))
    with st.container(key="up-deck"):
        st.html(f'<div class="up-deck-head" data-total="{len(ids)}" data-mark="{escape(mark)}"></div>')
        number = 0
        for one in ids:
            address = gallery.slide(one, footnote)
            number += bool(address)
            if address:
                shown = gallery.exhibit(one)
                title = theme.plain(shown.title) if shown else ""
                st.html(_slide(number, address, title))
        st.html(f'<div class="up-deck-end" data-total="{number}">{"" if number else EMPTY}</div>')


def pin(board: Board) -> None:
    """Write the refresh and the day into the address, so that a refresh in the middle changes nothing."""
    if "commit" not in st.query_params:
        st.query_params["commit"] = str(board.commit)
        st.query_params["day"] = board.clock.isoformat()


def _manner() -> Manner:
    order = {words: name for name, words in ORDERS.items()}.get(st.query_params.get("order", ""), "value")
    return Manner(_said("hide"), order, _said("own"))


def _said(name: str) -> bool:
    return st.query_params.get(name, "") == "true"


def _sample(board: Board) -> str:
    return "示例数据" if board.plan.settings.sample else ""


def _slide(number: int, address: str, title: str) -> str:
    return f'<figure class="up-slide" data-number="{number}"><img src="{address}" alt="{escape(title)}"></figure>'
