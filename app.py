"""目标总览: one conclusion, four headline figures, the plan's targets, the plan wall, what needs attention, each beside its sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from unionplan import narrative, theme
from unionplan.attainment import Attainment
from unionplan.attention import others_late
from unionplan.charts.wall_titles import wall_title
from unionplan.exhibits import names_for
from unionplan.exhibits.coverage import targets
from unionplan.selection import Selection, shown_words
from unionplan.ui import Board, Cell, choice, heading, note_line, page, part, section, show, switch
from unionplan.ui_overview import existing, prior, show_attention, show_head, stacked
from unionplan.ui_wall import picked, search_box, show_wall

ALL = "全部类型"
HEADERS = ("指标", "企业类型", "完成情况", "状态", "较上期", "截止日", "承诺用语", "计划原句")


def say(board: Board, rows: Sequence[Attainment], asked: Selection) -> None:
    """The page's conclusion in one line; which units it stands on and what else is late in another."""
    states = asked.states(board.states())
    more = [narrative.units_counted(rows, existing(board)) if rows else "", others_late(states)]
    if asked.whole:
        heading(narrative.conclusion(rows, board.plan.indicators), "。".join(filter(None, more)))
        return
    said = narrative.conclusion(rows, board.plan.indicators) if rows else wall_title(states, asked.whose)
    more = [
        shown_words(states, board.states()).removesuffix("。"),
        *more,
        "" if states else "请改选分管领导、责任部门或计划",
    ]
    heading(f"{asked.named}覆盖目标：{said}" if rows else said, "。".join(filter(None, more)) + "。")


def chosen(board: Board, asked: Selection) -> tuple[Mapping[str, str], str]:
    """What units are called where the reader or the address hides their names, and the enterprise type to draw."""
    with section("filters"):
        scopes = list(dict.fromkeys(theme.SCOPE_SHORT[row.scope] for row in asked.rows(board.rows(), board.plan)))
        wanted = choice("企业类型", [ALL, *scopes], key="type") if scopes else ALL
        hidden = switch("不点名", key="hide")
        if not hidden:
            search_box()
    return names_for(board, hidden), wanted


def draw(board: Board, names: Mapping[str, str], wanted: str, asked: Selection) -> None:
    """The bullet chart of one enterprise type or all, once for desks and once for phones."""
    scope = next((one for one, word in theme.SCOPE_SHORT.items() if word == wanted), "")
    shown = targets(board, names, scope, asked)
    if shown.facts:
        show(board, shown, "targets")
    else:
        note_line("所选范围没有覆盖指标。")


def tell(board: Board, rows: Sequence[Attainment]) -> None:
    """Every figure that was asked for beside the sentence of the plan that it answers; the list can be taken along."""
    lines = [_told(board, row) for row in rows]
    if lines:
        name = f"覆盖目标_{board.today:%Y%m%d}"
        stacked(f"逐项对照计划原文：{len(lines)}项指标", HEADERS, lines, name)


def _told(board: Board, row: Attainment) -> tuple[str | Cell, ...]:
    target = next((one for one in board.plan.targets if (one.indicator, one.scope) == (row.indicator, row.scope)), None)
    indicator = board.plan.indicators[row.indicator]
    due = "" if target is None else theme.chinese_date(target.end) if target.end else "计划未写明年份"
    return (
        indicator.name, theme.SCOPE_SHORT[row.scope], narrative.sentence(row, indicator, units=False),
        Cell(theme.light(row.status), theme.STATUS[row.status].role), narrative.change(row, prior(board, row)) or theme.NONE,
        due, (target.commitment or target.source) if target else "", target.quote if target else "",
    )  # fmt: skip


with page("app.py") as board:
    top = part()
    asked = picked(board)
    head = part()
    names, wanted = chosen(board, asked)
    rows = narrative.renamed(asked.rows(board.rows(), board.plan), names)
    with top:
        say(board, rows, asked)
    with head:
        show_head(board, rows, asked)
    draw(board, names, wanted, asked)
    show_wall(board, asked)
    show_attention(board, rows, names, asked)
    tell(board, rows)
