"""Definition cards on the page 计划与口径: what every indicator counts, over what, how often, who wrote and checked it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from unionplan import narrative, theme
from unionplan.access import Person
from unionplan.plan import Indicator
from unionplan.revisions import BASE_WORDS, INDICATOR_WORDS, Revision
from unionplan.terms import bases_of, revise_definition
from unionplan.ui import Board, Fold, choice, download_list, folds, moment, note_line, open_section, subtitle
from unionplan.ui_plan_forms import form, known_revisions, may_change, say_done, show_history

CARD = ("项目", "内容")
LONG = ("numerator", "denominator")


def show_definitions(board: Board) -> None:
    """Draw a card for every indicator, the form to revise one, and the history of all."""
    found = [one for one in known_revisions(board) if one.table == "indicators"]
    subtitle("口径卡")
    note_line(narrative.base_note(board.plan.settings) + "。")
    cards = [_card(board, one, found) for one in board.plan.indicators.values()]
    folds(cards, CARD)
    lines = [(card.title, *(str(cell) for cell in line)) for card in cards for line in card.rows]
    download_list("下载全部口径", ("指标", *CARD), lines, f"口径卡_{board.today:%Y%m%d}")
    if may_change(board) and open_section("修订口径", "修订一项", "redefine"):
        _revise(board)
    say_done("definition")
    show_history(board, f"口径修订记录：{len(found)}处", found, "口径修订记录", "口径还没有修订过。")


def _card(board: Board, one: Indicator, found: Sequence[Revision]) -> Fold:
    own = [revision for revision in found if revision.key == (one.id,)]
    last = f"最近修订 {moment(own[0].at)}，{own[0].who}：{own[0].note}" if own else "建库以来没有修订过"
    rows = (
        ("分子", one.numerator), ("分母", one.denominator), ("底数", _base(board, one)), ("计量单位", one.unit),
        ("用语", f"{one.covered_word} / {one.base_word}"), ("报送周期", _interval(one)), ("制定", one.author),
        ("复核", f"{one.checker}，{theme.chinese_date(one.reviewed)}复核，下次复核{theme.chinese_date(one.next_review)}"),
        ("修订", last),
    )  # fmt: skip
    return Fold(one.name, f"除以{BASE_WORDS[one.base]}　{_interval(one)}", rows, _due(board, one))


def _base(board: Board, one: Indicator) -> str:
    day = board.plan.settings.base_date
    rule = f"核定底数（{theme.chinese_date(day)}）" if day and one.id != "training" else "动态底数"
    return f"{BASE_WORDS[one.base]}；{rule}"


def _interval(one: Indicator) -> str:
    often = "每月" if one.interval_months == 1 else f"每{one.interval_months}个月"
    return f"{often}报送一次，宽限{one.grace_days}天"


def _due(board: Board, one: Indicator) -> str:
    return "" if one.next_review >= board.today else f"已过复核日期（{theme.chinese_date(one.next_review)}），请复核。"


def _revise(board: Board) -> None:
    known = board.plan.indicators
    name = choice("指标", list(known), key="indicator", format=lambda one: known[one].name)
    row = next(row for row in board.store.tables(board.commit)["indicators"] if row["id"] == name)
    note_line("改了底数，全部月份的数按新的底数重算；与修订以前会上用的数不作比较。")

    def act(says: dict[str, str], reason: str, person: Person) -> str:
        with st.spinner("正在按新的口径重算"):
            done = revise_definition(board.store, board.commit, name, says, reason, person)
        return f"已修订“{known[name].name}”的口径：第 {done} 次更新。"

    with form(board, "definition", "确认修订口径", act, name) as filled:
        for long in LONG:
            filled.text(st, long, INDICATOR_WORDS[long], row[long], long=True)
        short = [one for one in INDICATOR_WORDS if one not in LONG]
        for first in range(0, len(short), 3):
            for place, one in zip(st.columns(3), short[first : first + 3], strict=False):
                if one == "base":
                    words = {base: BASE_WORDS[base] for base in bases_of(name)}
                    filled.select(place, one, INDICATOR_WORDS[one], row[one], words)
                else:
                    filled.text(place, one, INDICATOR_WORDS[one], row[one])
