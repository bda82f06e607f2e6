"""What the refresh page's controls share: labels shown as they stand, settings that outlive a fold, refusals beside a button."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from unionplan.access import Person
from unionplan.errors import UnionplanError
from unionplan.ui import Board, message

_MARKUP = re.compile(r"([*_`\[\]$:~<>#|\\!&])")
_JOINS = re.compile(r"(?<=[-<>=])(?=[-<>=])|(?<=[@:])|(?<=www)")
"""Where two characters together become an arrow, a dash or a link."""


def literal(text: str) -> str:
    """Return text as a label that shows it as it stands: no markdown, no icon, no formula, no link."""
    line = " ".join(text.split())
    return _MARKUP.sub(r"\\\1", _JOINS.sub("\u2060", line))


def said(key: str) -> Any:
    """What a control was last set to, even while it is not on the page."""
    kept = st.session_state.setdefault("said", {})
    if key in st.session_state:
        kept[key] = st.session_state[key]
    return kept.get(key)


def keep(key: str) -> str:
    """Return `key` after putting back what its control was last set to."""
    kept = st.session_state.setdefault("said", {})
    if key not in st.session_state and key in kept:
        st.session_state[key] = kept[key]
    return key


def clerk(board: Board) -> Person:
    """Whoever acts, by account or by the name written above."""
    return replace(board.person, name=board.person.name or str(said("who") or "").strip())


def acted(name: str, board: Board, act: Callable[[Person], object]) -> None:
    """Do something to the store in a callback; what is in the way is said where `name` is drawn."""
    person = clerk(board)
    refuse(name, "")
    if not person.name.strip():
        refuse(name, "请先在上面填写经办人。")
        return
    try:
        act(person)
    except UnionplanError as error:
        refuse(name, str(error))


def refuse(name: str, words: str) -> None:
    """Note what stands in the way of what was asked for under `name`; no words, nothing does."""
    st.session_state.setdefault("refused", {})[name] = words


def say_refused(name: str) -> None:
    """Draw what stood in the way of what was last asked for under `name`."""
    words = st.session_state.get("refused", {}).get(name)
    if words:
        message("error", words)
