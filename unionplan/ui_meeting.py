"""The page 会议材料: for which meeting, and which charts in which order; all of it stands in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from urllib.parse import urlencode

import streamlit as st

from unionplan import theme
from unionplan.exhibits import PAGES, names_for, usual
from unionplan.export.occasion import KINDS, LONGEST_NOTE, Occasion, Sentence, plain_occasion
from unionplan.gallery import Gallery, Manner
from unionplan.meetings import LONGEST, Meeting, remarks_of
from unionplan.plan import COVERAGE
from unionplan.ui import (
    Board,
    choice,
    follow,
    heading,
    message,
    note_line,
    searched,
    section,
    subtitle,
    switch,
)
from unionplan.ui_coverage import ORDERS
from unionplan.ui_meetings import WHOLE, held, show_remarks

LIVE = "现在看到的数"
NOTHING = "-"  # what the address says when no chart is chosen
SEPARATOR = "."
OTHERS = "不分指标"
LIST_HEIGHT = 560  # px


@dataclass(frozen=True)
class Asked:
    """What is asked for: the exhibits of a gallery in their order, for an occasion, of a meeting told or of the board as seen."""

    gallery: Gallery
    ids: tuple[str, ...]
    occasion: Occasion
    frozen: Meeting | None = None


def ask(board: Board) -> Asked:
    """Draw the page's heading and the meeting's controls; return what is asked for."""
    ids = chosen(board)
    heading("会议材料", "选好图表，一次生成各种格式；各份材料出自同一次更新的数，彼此一致。")
    known = held(board)
    frozen = None
    with section("filters-meeting"):
        if known:
            told = choice("用哪一次的数", [LIVE, *(one.name for one in known)], key="meeting")
            frozen = next((one for one in known if one.name == told), None)
        name, held_on = (frozen.name, frozen.held_on) if frozen else _named(board)
        kind = choice("文种", KINDS, key="paper")
    if len(name) > LONGEST:
        message("error", f"会议名称有{len(name)}个字，不能超过{LONGEST}个字。请改短。")
    if frozen:
        note_line(f"{frozen.name}，{theme.chinese_date(frozen.held_on)}，用定稿时的数（第{frozen.commit}次更新）。")
    with section("filters-manner"):
        order = choice("各单位排列", list(ORDERS), key="order", format=ORDERS.__getitem__)
        footnote = searched("备注（印在材料上，可不填）", "remark", "如：白禾县10月数据为初报数")
        manner = Manner(switch("不点名", "hide"), order, switch("含机关工会", "own"))
        internal = switch("内部资料", "inner")
    if len(footnote) > LONGEST_NOTE:
        message("error", f"备注有{len(footnote)}个字，不能超过{LONGEST_NOTE}个字。请改短。")
    gallery = gallery_of(told_then(board, frozen) if frozen else board, manner)
    occasion = Occasion(
        held_on, kind, name, author=plain_occasion(board).author, internal=internal, footnote=footnote, sentences=_sentences(board, frozen),
        names=names_for(board, manner.hidden),
    )  # fmt: skip
    return Asked(gallery, ids, occasion, frozen)


def _named(board: Board) -> tuple[str, date]:
    name = searched("会议名称", "name", "如：第十次主席会议")
    held_on = st.date_input("会议日期", value=board.today, format="YYYY-MM-DD", key="held", bind="query-params")  # fmt: skip
    return name, held_on if isinstance(held_on, date) else board.today


def _sentences(board: Board, frozen: Meeting | None) -> tuple[Sentence, ...]:
    """What people wrote to the meeting; what they did not write is not made up."""
    if frozen is None:
        return ()
    written = remarks_of(board.store.remarks(board.commit), frozen.name)
    return tuple(Sentence("" if one.about == WHOLE else one.about, one.reason, one.measures) for one in written)


def told_then(board: Board, meeting: Meeting) -> Board:
    """Return the board as the meeting was told it."""
    return replace(
        board, commit=meeting.commit, plan=board.store.plan(meeting.commit), clock=meeting.clock, on=meeting.on
    )


def gallery_of(board: Board, manner: Manner) -> Gallery:
    """Return the gallery of a board, shared by all who look at the same refresh in the same manner."""
    return _gallery(str(board.store.root), board.commit, (board.clock, board.on), manner, board)


@st.cache_resource(show_spinner=False, max_entries=6)
def _gallery(root: str, commit: int, days: tuple[date, date | None], manner: Manner, _board: Board) -> Gallery:
    assert root
    assert commit
    assert days
    return Gallery(_board, manner)


# The charts


def chosen(board: Board) -> tuple[str, ...]:
    """Return the ids in the address (`?show=targets.wall`), in their order; what a meeting usually sees where it names none."""
    said = st.query_params.get("show", "")
    known = gallery_of(board, Manner()).known
    return tuple(known(said.split(SEPARATOR) if said else usual(board)))


def put(board: Board, ids: Sequence[str]) -> None:
    """Write the ids into the address; nothing is written where they are what a meeting usually sees."""
    if list(ids) == usual(board):
        st.query_params.pop("show", None)
    else:
        st.query_params["show"] = SEPARATOR.join(ids) or NOTHING


def choose(board: Board, asked: Asked) -> None:
    """Draw the charts that are chosen, to be moved or left out, and the catalogue to choose from."""
    subtitle(f"图表（已选{len(asked.ids)}张）")
    with section("filters-sets"):
        sets = {"选常用的": usual(board), "选全部": [one.id for one in asked.gallery.entries], "清空": []}
        for label, ids in sets.items():
            st.button(label, key=f"set-{label}", on_click=put, args=(board, ids))
    if asked.ids:
        with st.container(height=LIST_HEIGHT if len(asked.ids) > 5 else "content", key="up-picks", border=True):
            for place in range(len(asked.ids)):
                _pick(board, asked, place)
    else:
        note_line("还没有选图表。请点“选常用的”，或从目录中加入。")
    wanted = [*asked.ids, *_catalogue(board, asked)]
    if not asked.gallery.draw(wanted):
        follow(lambda: asked.gallery.drawn, 1, "thumbnails")


def _pick(board: Board, asked: Asked, place: int) -> None:
    """One chosen chart: what it is, and its three buttons."""
    ids, one = list(asked.ids), asked.ids[place]
    moves = {"上移": _moved(ids, place, -1), "下移": _moved(ids, place, 1), "移除": [*ids[:place], *ids[place + 1 :]]}
    with st.container(horizontal=True, vertical_alignment="center", key=f"up-pick-{one}"):
        st.html(_card(asked.gallery, one, f"{place + 1}. "))
        for label, then in moves.items():
            st.button(label, key=f"{label}-{one}", type="tertiary", disabled=then == ids, on_click=put, args=(board, then))  # fmt: skip


def _moved(ids: list[str], place: int, by: int) -> list[str]:
    to = place + by
    if not 0 <= to < len(ids):
        return ids
    moved = list(ids)
    moved[place], moved[to] = moved[to], moved[place]
    return moved


def _card(gallery: Gallery, one: str, before: str = "") -> str:
    """A thumbnail beside the chart's name and what it says."""
    address = gallery.thumbnail(one)
    shown = gallery.exhibit(one) if address else None
    words = {None: "正在画缩略图", "": "没有数据，材料中不出现"}.get(address, "")
    said = shown.title.replace("｜", "") if shown else words
    picture = f'<img alt="" src="{address}">' if address else "<span></span>"
    return (
        f'<div class="up-thumb">{picture}<p><strong>{escape(before + gallery.entry(one).name)}</strong>'
        f"{escape(said)}</p></div>"
    )


def _catalogue(board: Board, asked: Asked) -> list[str]:
    """Draw the part of the catalogue that is asked for; return its ids, none while it is closed."""
    if not switch("打开目录，加入其他图表", "catalogue"):
        return []
    with section("filters-catalogue"):
        page = choice("页面", list(PAGES), key="part", format=PAGES.__getitem__)
        indicator = _indicator(board) if page == "coverage" else ""
    found = [one.id for one in asked.gallery.entries if one.page == page and _of(one.id, indicator)]
    with st.container(key="up-catalogue"):
        for one in found:
            _offer(board, asked, one)
    return found


def _indicator(board: Board) -> str:
    names = {name: board.plan.indicators[name].name for name in COVERAGE if name in board.plan.indicators}
    return choice("指标", [*names, OTHERS], key="about", format=lambda name: names.get(name, name))


def _of(one: str, indicator: str) -> bool:
    """Whether an exhibit is about an indicator, by the second word of its id; those about none under OTHERS."""
    about = one.split("-")[1] if "-" in one else OTHERS
    return not indicator or about == indicator


def _offer(board: Board, asked: Asked, one: str) -> None:
    """One chart of the catalogue, to be taken in or left out."""
    inside = one in asked.ids
    then = [other for other in asked.ids if other != one] if inside else [*asked.ids, one]
    with st.container(key=f"up-offer-{one}"):
        st.html(_card(asked.gallery, one))
        st.button("移除" if inside else "加入", key=f"offer-{one}", on_click=put, args=(board, then))


def words_of_meeting(board: Board, asked: Asked) -> None:
    """Draw what people write to a meeting; it is kept with its 上会定稿."""
    if asked.frozen is None:
        subtitle("原因和措施")
        note_line("原因、措施由人填写，随上会定稿保存。请先在“更新记录”的“上会定稿”定稿，再在上面选用那一次的数。")
        return
    show_remarks(board, asked.frozen)


# The way to the screen


def way_to_screen(asked: Asked) -> None:
    """Draw the link that shows the chosen charts full screen, pinned to this refresh and day."""
    seen, manner = asked.gallery.board, asked.gallery.manner
    query = {"present": "1", "commit": str(seen.commit), "day": seen.clock.isoformat()}
    query |= {"on": seen.on.isoformat()} if seen.on else {}
    query |= {name: "true" for name, on in (("hide", manner.hidden), ("own", manner.others), ("inner", asked.occasion.internal)) if on}  # fmt: skip
    query |= {"order": ORDERS[manner.order]} if manner.order != "value" else {}
    query |= {"remark": asked.occasion.footnote} if asked.occasion.footnote.strip() else {}
    query |= {"show": SEPARATOR.join(asked.ids)}
    st.html(f'<a class="up-go" href="/meeting?{escape(urlencode(query))}">开始演示</a>')
    note_line(f"演示用第{seen.commit}次更新的数，中途有更新也不变。方向键、翻页键或空格键翻页，F 键全屏，退出键离开。")
