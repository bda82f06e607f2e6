"""Older plan periods in the frame of every page: a link to each one's last board."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from unionplan.periods import Period


def offer_periods(page: str, found: Sequence[Period], commit: int) -> None:
    """Draw a link per plan period at the foot of the menu, oldest last; nothing while there is only one."""
    if len(found) < 2:
        return
    newest = found[-1]
    with st.sidebar, st.container(key="up-periods"):
        st.caption("计划期")
        for one in reversed(found):
            words = f"{one.name}{'（正在看）' if one.first <= commit <= one.last else ''}"
            st.page_link(page, label=words, query_params={} if one is newest else {"commit": str(one.last)})
