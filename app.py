"""目标总览: one conclusion, the plan's targets against what has been reached, each beside its sentence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from unionplan import narrative, theme
from unionplan.attainment import Attainment
from unionplan.charts import PHONE, SCREEN, bullet
from unionplan.ui import Board, Cell, chart, choice, heading, listing, page

ALL = "全部类型"
HEADERS = ("指标", "企业类型", "完成情况", "状态", "截止日", "承诺用语", "计划原句")


def chosen(board: Board) -> list[Attainment]:
    """The headline figures of the enterprise type that the reader or the address asks for."""
    rows = board.rows()
    scopes = list(dict.fromkeys(theme.SCOPE_SHORT[row.scope] for row in rows))
    wanted = choice("企业类型", [ALL, *scopes], key="type")
    return [row for row in rows if wanted in (ALL, theme.SCOPE_SHORT[row.scope])]


def say(board: Board, rows: Sequence[Attainment]) -> None:
    """The page's conclusion in one line, and which units it stands on in another."""
    heading(narrative.conclusion(rows, board.plan.indicators), narrative.units_counted(rows, len(board.plan.units)))


def draw(board: Board, rows: Sequence[Attainment]) -> None:
    """The bullet chart, once for desks and once for phones."""
    drawn = partial(
        bullet, rows, board.plan.indicators, title=narrative.overview_title(rows),
        subtitle=narrative.overview_subtitle(rows, board.plan.indicators), source=narrative.source(rows),
        note=narrative.pace_note(board.plan.settings), targets=board.plan.targets,
    )  # fmt: skip
    chart(drawn(profile=SCREEN), f"覆盖目标完成情况_{board.today:%Y%m%d}", phone=drawn(profile=PHONE), key="targets")


def tell(board: Board, rows: Sequence[Attainment]) -> None:
    """Every figure beside the sentence of the plan that it answers; the list can be taken along."""
    targets = {(target.indicator, target.scope): target for target in board.plan.targets}
    lines = []
    for row in rows:
        target, indicator = targets.get((row.indicator, row.scope)), board.plan.indicators[row.indicator]
        due = "" if target is None else theme.chinese_date(target.end) if target.end else "计划未写明年份"
        lines.append((
            indicator.name, theme.SCOPE_SHORT[row.scope], narrative.sentence(row, indicator, units=False),
            Cell(theme.light(row.status), theme.STATUS[row.status].role), due,
            (target.commitment or target.source) if target else "", target.quote if target else "",
        ))  # fmt: skip
    listing("逐项对照计划原文", HEADERS, lines, f"覆盖目标_{board.today:%Y%m%d}")


with page("app.py") as board:
    rows = chosen(board)
    say(board, rows)
    draw(board, rows)
    tell(board, rows)
