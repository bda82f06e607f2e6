"""The overview's first screen and its lists: headline figures, the comparison with the period before, what needs attention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

import streamlit as st

from unionplan import attention, comparing, narrative, since, theme
from unionplan.attainment import Attainment, ItemState, Outlook, attainments, existing_units
from unionplan.attention import Concern
from unionplan.observations import CONTRACTS
from unionplan.selection import Selection
from unionplan.states import plan_states
from unionplan.ui import Board, Card, Cell, cards, download_list, message, note_line, subtitle, table_html
from unionplan.ui_wall import item_link

ATTENTION = ("事项", "状态", "情况", "责任部门", "情况说明")
WAGE = ("wage", "non_public")
CARDS = 4  # headline figures that stand side by side
NARROW = "\N{NO-BREAK SPACE}"  # a number stays with its unit where a card is narrow


# Headline figures


def show_head(board: Board, rows: Sequence[Attainment], picked: Selection) -> None:
    """Draw the headline figures, how many of the plan's tasks have come due, and how it was the period before.

    `rows` are the figures that were asked for, by the names that units are called; figures of others are left out.
    """
    own, states = picked.rows(board.rows(), board.plan), picked.states(board.states())
    cards(_whole(board, own, rows) if picked.whole else _picked(board, own, rows, states), "主要指标")
    told = bool(len(board.store.activities(board.commit)) or board.notes())  # an empty ledger accuses nobody
    due = (
        narrative.due_items(states, board.today)
        if told and any(one.item.plan == narrative.CITY_PLAN for one in states)
        else ""
    )
    key = ("since", str(told), picked.leader, picked.department, picked.plan)
    words = " ".join(filter(None, (due, board.shared(key, lambda: _since(board, own, told, picked)))))
    if words:
        note_line(words)


def _whole(board: Board, own: Sequence[Attainment], rows: Sequence[Attainment]) -> list[Card]:
    return [_reached(board, own), _wage(board, own), _contracts(board, own), _silent(board, rows)]


def _picked(
    board: Board, own: Sequence[Attainment], rows: Sequence[Attainment], states: Sequence[ItemState]
) -> list[Card]:  # fmt: skip
    """The figures of a selection: its tasks, body by body, and those of the usual ones that belong to it."""
    bodies = dict.fromkeys(one.item.plan for one in states)
    found = [_tasks([one for one in states if one.item.plan == plan], plan) for plan in bodies]
    found += [_reached(board, own)] if any(row.item for row in own) else []
    found += [_wage(board, own)] if any((row.indicator, row.scope) == WAGE for row in own) else []
    found += [_contracts(board, own)] if any(row.indicator == "contract" for row in own) else []
    return [*found, _silent(board, rows)] if own and len(found) < CARDS else found


def _tasks(states: Sequence[ItemState], plan: str) -> Card:
    """How many tasks of one body are done, and where all of them stand."""
    done = sum(one.status in ("done", "attained") for one in states)
    lights = [Cell(f"{theme.light(status)} {count}项", theme.STATUS[status].role)
              for status in theme.STATUS if (count := sum(one.status == status for one in states))]  # fmt: skip
    return Card(f"{plan}任务已完成", str(done), f"/{len(states)} 项", None, lights)


def existing(board: Board) -> int:
    """Return how many units exist on the day of the board."""
    return board.shared(("existing",), lambda: len(existing_units(board.outlook())))


def _since(board: Board, rows: Sequence[Attainment], told: bool, picked: Selection) -> str:
    """How the figures and items that were asked for stand against the end of the period before."""
    day = comparing.period_before(board.rows(), _days(board))
    both = (board.states(), states_on(board, day)) if told and day else ((), ())
    items = (picked.states(both[0]), picked.states(both[1]))
    return since.since_words(rows, [prior(board, row) for row in rows], board.plan, items, day)


def _days(board: Board) -> list[date]:
    """The newest 统计时点 of every period that has data, up to the day of the board."""
    stamps = board.outlook().cube.groupby("period")["as_of"].max()
    return [stamp.date() for stamp in stamps if board.on is None or stamp.date() <= board.on]


def _outlook_on(board: Board, day: date) -> Outlook:
    """What is known now of an earlier day, judged by that day's own clock; its figures are counted once."""
    make = lambda: board.outlook().at(day)  # noqa: E731 - made once
    return board.shared(("outlook-on", f"{day}"), make)


def states_on(board: Board, day: date) -> list[ItemState]:
    """Return where the items stood on an earlier day by what is known now, judged by that day's own clock."""
    store, commit = board.store, board.commit
    told = store.training(commit), store.activities(commit), board.notes()
    return board.shared(("states-on", f"{day}"), lambda: plan_states(_outlook_on(board, day), *told))


def prior(board: Board, row: Attainment) -> Attainment | None:
    """Return the same figure as it stood at the end of the period before its own, None without one."""
    day = comparing.period_before([row], _days(board))
    if day is None:
        return None
    make = lambda: attainments(_outlook_on(board, day), "scope", row.indicator)  # noqa: E731 - made once
    then = next(one for one in board.shared(("scope-on", f"{day}", row.indicator), make) if one.scope == row.scope)
    return then if then.as_of else None


def _reached(board: Board, rows: Sequence[Attainment]) -> Card:
    plan = [row for row in rows if row.item]
    reached = sum(row.status == "attained" for row in plan)
    others = [Cell(f"{theme.light(status)} {count}项", theme.STATUS[status].role)
              for status in theme.STATUS if status != "attained"
              and (count := sum(row.status == status for row in plan))]  # fmt: skip
    light = Cell(f"{theme.light('attained')} {reached}项", theme.STATUS["attained"].role) if reached else None
    change = narrative.reached_change(plan, [prior(board, row) for row in plan])
    return Card("计划覆盖目标已达标", str(reached), f"/{len(plan)} 项", light, others, change)


def _wage(board: Board, rows: Sequence[Attainment]) -> Card:
    row = next((row for row in rows if (row.indicator, row.scope) == WAGE), None) or _on_scope(board, *WAGE)
    indicator = board.plan.indicators["wage"]
    goal = "未设目标" if row.target_bp is None else f"目标{NARROW}{theme.target_percent(row.target_bp)}%"
    gap = f"还差{NARROW}{theme.count(row.gap)}{NARROW}{indicator.unit}" if row.gap else ""
    lines = [_counts(row, indicator.covered_word, indicator.base_word), " ".join(filter(None, (goal, gap)))]
    change = narrative.change(row, prior(board, row))
    return Card(narrative.subject(row, indicator), *_value(row), _light(row), [one for one in lines if one], change)


def _contracts(board: Board, rows: Sequence[Attainment]) -> Card:
    """Collective contracts over all enterprises, and beside them the types with their own targets and lights."""
    pooled, indicator = _on_scope(board, "contract", "all"), board.plan.indicators["contract"]
    lines: list[str | Cell] = [_counts(pooled, indicator.covered_word, indicator.base_word)]
    for row in (row for row in rows if row.indicator == "contract"):
        goal = "" if row.target_bp is None else f" 目标{theme.target_percent(row.target_bp)}%"
        rate = "".join(_value(row)) if row.denominator else ""
        lines += [f"{theme.SCOPE_SHORT[row.scope]} {rate}{goal}", _light(row)]
    change = narrative.change(pooled, prior(board, pooled))
    return Card(f"全部企业{indicator.name}", *_value(pooled), None, [one for one in lines if one], change)


def _silent(board: Board, rows: Sequence[Attainment]) -> Card:
    silent, partly = narrative.silent_units(rows)
    light = "unreported" if silent else "done"
    word = Cell(theme.light("unreported") if silent else "● 均已报送", theme.STATUS[light].role)
    more = f"另有{len(partly)}个单位部分指标未报" if partly else ""
    lines = [narrative.names(silent) if silent else "", more]
    return Card(
        "未报送单位",
        str(len(silent)),
        f"/{existing(board)} 个",
        word,
        [one for one in lines if one],
    )


def _value(row: Attainment) -> tuple[str, str]:
    if row.numerator is None or not row.denominator:
        return (theme.STATUS["unreported" if row.numerator is None else "no_base"].word, "")
    return theme.percent(row.numerator, row.denominator, row.target_bp), "%"


def _counts(row: Attainment, covered: str, base: str) -> str:
    if row.numerator is None or not row.denominator:
        return ""
    return f"{covered}{NARROW}{theme.count(row.numerator)} / {base}{NARROW}{theme.count(row.denominator)}{NARROW}家"


def _light(row: Attainment) -> Cell:
    return Cell(theme.light(row.status), theme.STATUS[row.status].role)


def _on_scope(board: Board, indicator: str, scope: str) -> Attainment:
    rows = board.shared(("scope-now", indicator), lambda: attainments(board.outlook(), "scope", indicator))
    return next(row for row in rows if row.scope == scope)


# What needs attention


def show_attention(board: Board, rows: Sequence[Attainment], names: Mapping[str, str], picked: Selection) -> None:
    """Draw what needs attention of what was asked for, the most urgent first; the 机关工会 in a list of its own."""
    found = _concerns(board, rows, names, picked)
    urgent = [one for one in found if one.kind != "silent"]
    bodies = {plan: [one for one in urgent if one.plan == plan] for plan in dict.fromkeys(one.plan for one in urgent)}
    for plan, own in bodies.items():
        _listed(attention.title(own), own, plan, board)
    if not urgent and any(row.as_of for row in board.rows()):
        message(
            "ok",
            "没有滞后、偏慢、逾期、临期的任务，填报单位均已报送。" if picked.whole else "所选范围没有需要关注的事项。",
        )
    _show_silent([one for one in found if one.kind == "silent"], board)


def _concerns(board: Board, rows: Sequence[Attainment], names: Mapping[str, str], picked: Selection) -> list[Concern]:
    plan, shown = board.plan, picked.rows(rows, board.plan)
    return attention.in_order([
        *attention.of_items(picked.states(board.states()), plan, board.notes(), board.today),
        *attention.of_own_targets(shown, plan),
        *_lapsing(board, picked),
        *attention.of_units(shown, _last_told(board, names), board.today),
    ])  # fmt: skip


def _last_told(board: Board, names: Mapping[str, str]) -> dict[str, date]:
    """Unit, by the name shown → its newest 统计时点."""
    newest = board.outlook().cube.groupby("reporting_unit")["as_of"].max()
    return {names.get(str(unit), str(unit)): stamp.date() for unit, stamp in newest.items()}


def _lapsing(board: Board, picked: Selection) -> list[Concern]:
    """Contracts in force that end soon, by the snapshots' own dates, of the units that the figure stands on."""
    owners = {(one.indicator, one.scope): one.department for one in board.plan.targets}
    found = []
    for row in (row for row in picked.rows(board.rows(), board.plan) if row.indicator in CONTRACTS):
        indicator, ledgers = board.plan.indicators[row.indicator], board.ledgers()
        parts = [one for one in board.units() if (one.indicator, one.scope) == (row.indicator, row.scope)]
        dates = {one.reporting_unit or "": one.as_of for one in parts if one.reporting_unit not in row.missing}
        ending = ledgers.expiring(indicator, row.scope, ledgers.behind(dates))
        found += attention.of_contracts(row, indicator, ending, owners.get((row.indicator, row.scope), ""))
    return found


def _listed(title: str, concerns: Sequence[Concern], plan: str, board: Board) -> None:
    words = title if plan == narrative.CITY_PLAN else f"{plan}{title}"
    stacked(words, ATTENTION, [_line(one) for one in concerns], f"{plan}需要关注_{board.today:%Y%m%d}")


def stacked(title: str, headers: Sequence[str], lines: Sequence[Sequence[str | Cell]], name: str) -> None:
    """Draw a list like `listing`, its lines as paragraphs on a phone."""
    subtitle(title)
    st.html(table_html(headers, lines, caption=title, stacked=True))
    download_list("下载本表", headers, lines, name)


def _line(one: Concern) -> tuple[str | Cell, ...]:
    light = Cell(one.light, theme.STATUS[one.status].role)
    subject = Cell(one.subject, link=item_link(one.item)) if one.item else one.subject
    said = Cell(one.explained, "neutral") if one.explained == attention.UNEXPLAINED else one.explained
    return subject, light, one.words, one.department, said


def _show_silent(concerns: Sequence[Concern], board: Board) -> None:
    """Draw the works that were long not told of, behind a heading: they are no light of their own."""
    if not concerns:
        return
    words = f"连续未更新超过60天：{len(concerns)}项"
    lines = [_line(one)[:4] for one in concerns]
    inner = table_html(ATTENTION[:4], lines, caption=words, stacked=True)
    st.html(f'<details class="up-fold"><summary><strong>{escape(words)}</strong></summary>{inner}</details>')
    download_list("下载连续未更新清单", ATTENTION[:4], lines, f"连续未更新_{board.today:%Y%m%d}")
