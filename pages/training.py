"""技术工人培训: persons trained against the task month by month, what they are, and every unit's figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from unionplan import theme
from unionplan.attainment import in_force
from unionplan.charts.progress_titles import BY_WORDS, outlook_sentence, reported
from unionplan.exhibits import names_for
from unionplan.exhibits.tasks import nameless, trained, trained_by
from unionplan.flows import Flow, UnitFlow, flow, handed_down, unit_flows
from unionplan.observations import TRAINING
from unionplan.plan import Plan
from unionplan.ui import Board, Cell, choice, heading, listing, message, page, section, show, switch


@dataclass(frozen=True)
class View:
    """What the reader or the address asks for: the returns and the plan as they are shown, the breakdown, the figure."""

    board: Board
    rows: pd.DataFrame
    plan: Plan
    by: str
    names: Mapping[str, str]
    now: Flow

    def file(self, what: str) -> str:
        """Return the name of a file to be taken along."""
        return f"技术工人培训_{what}_{self.board.today:%Y%m%d}"


def chosen(board: Board) -> View:
    """The breakdown and the naming of units that the reader or the address asks for; nothing to choose without data."""
    rows, plan, by, hidden = board.store.training(board.commit), board.plan, next(iter(BY_WORDS)), False
    if not rows.empty:
        with section("filters"):
            by = choice("分类", list(BY_WORDS), key="by", format=BY_WORDS.__getitem__)
            hidden = switch("不点名", key="hide")
    names = names_for(board, hidden)
    rows, plan = nameless(rows, plan, names)
    return View(board, rows, plan, by, names, flow(rows, plan, board.clock, board.on))


def say(view: View) -> None:
    """What is still to be done in one line, and who has not reported in another."""
    heading(
        outlook_sentence(view.now),
        reported(view.now, sum(in_force(unit, view.board.today) for unit in view.plan.units)),
    )


def draw(view: View) -> None:
    """What has accumulated against the task, once for desks and once for phones."""
    show(view.board, trained(view.board, view.names), "progress")


def draw_parts(view: View) -> None:
    """What has accumulated, part by part of one breakdown."""
    show(view.board, trained_by(view.board, view.names, view.by), "parts")


def explain() -> None:
    """What to hand in where nothing has come in yet."""
    columns = "、".join(field.label for field in TRAINING)
    message("note", f"培训统计表每月一份，按当月新增填报，看板自动累计。各列为：{columns}。本月没有培训的填 0。")


def tell(view: View) -> None:
    """Every unit's figures; the list can be taken along."""
    month = f"{view.now.as_of.month}月人数" if view.now.as_of else "本月人数"
    tasks = handed_down(view.plan)
    headers = ("填报单位", month, "累计人数", "累计人次", *(("分解任务", "还差") if tasks else ()), "最近统计时点")
    lines = [_line(row, tasks) for row in unit_flows(view.rows, view.plan, view.board.on)]
    listing("各填报单位", headers, lines, view.file("各单位"), numeric=range(1, len(headers) - 1))


def _line(row: UnitFlow, tasks: Mapping[str, int]) -> tuple[str | Cell, ...]:
    """One unit's figures; with tasks handed down, its own gap too, which has no light (rules 4)."""
    day = theme.chinese_date(row.as_of) if row.as_of else theme.NONE
    told = tuple(_count(value) for value in (row.newest, row.persons, row.person_times))
    return row.unit, *told, *(_own(row, tasks.get(row.unit)) if tasks else ()), day


def _own(row: UnitFlow, task: int | None) -> tuple[str, str]:
    if task is None:
        return theme.NONE, theme.NONE
    gap = theme.NONE if row.persons is None else f"{theme.count(max(0, task - row.persons))}人"
    return theme.count(task), gap


def _count(value: int | None) -> str | Cell:
    return Cell(theme.light("unreported"), "unreported") if value is None else theme.count(value)


with page("pages/training.py") as board:
    view = chosen(board)
    say(view)
    if view.now.months:
        draw(view)
        draw_parts(view)
    else:
        explain()
    tell(view)
