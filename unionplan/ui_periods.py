"""Older plan periods in the frame of every page: a link to each one's last board."""

from __future__ import annotations

import streamlit as st

from unionplan.periods import Period, periods
from unionplan.store import Store


def offer_periods(page: str, store: Store, commit: int) -> None:
    """Draw a link per plan period at the foot of the menu, oldest last; nothing while there is only one."""
    found = _known(str(store.root), store.head(), store)
    if len(found) < 2:
        return
    newest = found[-1]
    with st.sidebar, st.container(key="up-periods"):
        st.caption("计划期")
        for one in reversed(found):
            words = f"{one.name}{'（正在看）' if one.first <= commit <= one.last else ''}"
            st.page_link(page, label=words, query_params={} if one is newest else {"commit": str(one.last)})


@st.cache_resource(show_spinner=False, max_entries=8)
def _known(root: str, head: int, _store: Store) -> list[Period]:
    """Shared by all who look at the same store and refresh."""
    assert root
    return periods(_store, head)
