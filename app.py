"""目标总览: one conclusion, four headline figures, the plan's targets, what needs attention, each beside its sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from unionplan import narrative, theme
from unionplan.attainment import Attainment, ItemState, attainments, existing_units
from unionplan.charts import PHONE, SCREEN, bullet
from unionplan.observations import CONTRACTS
from unionplan.ui import (
    Board,
    Card,
    Cell,
    cards,
    chart,
    choice,
    heading,
    listing,
    message,
    note_line,
    page,
    part,
    section,
    switch,
)

ALL = "全部类型"
HEADERS = ("指标", "企业类型", "完成情况", "状态", "截止日", "承诺用语", "计划原句")
ATTENTION = ("事项", "状态", "情况")
NARROW = "\N{NO-BREAK SPACE}"  # a number stays with its unit where a card is narrow
UNITS = {"milestone": "步", "recurring": "期"}
URGENT = ("overdue", "behind", "due_soon", "slow", "below", "no_deadline")


def say(board: Board, rows: Sequence[Attainment]) -> None:
    """The page's conclusion in one line, and which units it stands on in another."""
    heading(
        narrative.conclusion(rows, board.plan.indicators),
        narrative.units_counted(rows, len(existing_units(board.outlook()))),
    )


def head(board: Board, rows: Sequence[Attainment]) -> None:
    """The four headline figures, and how many of the plan's tasks have come due."""
    known = board.rows()
    cards([_reached(board, known), _wage(board, known), _contracts(board, known), _silent(board, rows)], "主要指标")
    if len(board.store.activities(board.commit)):  # an empty ledger accuses nobody
        note_line(narrative.due_items(board.states(), board.today))


def chosen(board: Board) -> tuple[dict[str, str], str]:
    """What units are called where the reader or the address hides their names, and the enterprise type to draw."""
    with section("filters"):
        scopes = list(dict.fromkeys(theme.SCOPE_SHORT[row.scope] for row in board.rows()))
        wanted = choice("企业类型", [ALL, *scopes], key="type")
        hidden = switch("不点名", key="hide")
    return narrative.aliases([unit.name for unit in board.plan.units]) if hidden else {}, wanted


def draw(board: Board, rows: Sequence[Attainment], wanted: str) -> None:
    """The bullet chart of one enterprise type or all, once for desks and once for phones."""
    shown = [row for row in rows if wanted in (ALL, theme.SCOPE_SHORT[row.scope])]
    drawn = partial(
        bullet, shown, board.plan.indicators, title=narrative.overview_title(shown),
        subtitle=narrative.overview_subtitle(shown, board.plan.indicators), source=narrative.source(shown),
        note=narrative.pace_note(board.plan.settings), targets=board.plan.targets,
    )  # fmt: skip
    chart(drawn(profile=SCREEN), f"覆盖目标完成情况_{board.today:%Y%m%d}", phone=drawn(profile=PHONE), key="targets")


def attend(board: Board, rows: Sequence[Attainment], names: Mapping[str, str]) -> None:
    """What needs attention, the most urgent first."""
    lines = [
        *_late(board, rows),
        *_late_items(board),
        *_stale(board, rows),
        *_unreported(board, rows, names),
        *_lapsing(board),
    ]
    if lines:
        listing(f"需要关注：{len(lines)}项", ATTENTION, lines, f"需要关注_{board.today:%Y%m%d}")
    elif any(row.as_of for row in rows):
        message("ok", "没有滞后、偏慢、逾期的目标，填报单位均已报送。")


def tell(board: Board, rows: Sequence[Attainment]) -> None:
    """Every figure beside the sentence of the plan that it answers; the list can be taken along."""
    targets = {(target.indicator, target.scope): target for target in board.plan.targets}
    lines = []
    for row in rows:
        target, indicator = targets.get((row.indicator, row.scope)), board.plan.indicators[row.indicator]
        due = "" if target is None else theme.chinese_date(target.end) if target.end else "计划未写明年份"
        lines.append((
            indicator.name, theme.SCOPE_SHORT[row.scope], narrative.sentence(row, indicator, units=False),
            _light(row), due, (target.commitment or target.source) if target else "", target.quote if target else "",
        ))  # fmt: skip
    listing("逐项对照计划原文", HEADERS, lines, f"覆盖目标_{board.today:%Y%m%d}")


def _reached(board: Board, rows: Sequence[Attainment]) -> Card:
    plan = [row for row in rows if row.item]
    reached = sum(row.status == "attained" for row in plan)
    others = [Cell(f"{theme.light(status)} {count}项", theme.STATUS[status].role)
              for status in theme.STATUS if status != "attained"
              and (count := sum(row.status == status for row in plan))]  # fmt: skip
    light = Cell(f"{theme.light('attained')} {reached}项", theme.STATUS["attained"].role) if reached else None
    change = narrative.reached_change(plan, [_prior(board, row) for row in plan])
    return Card("计划覆盖目标已达标", str(reached), f"/{len(plan)} 项", light, others, change)


def _wage(board: Board, rows: Sequence[Attainment]) -> Card:
    row = next((row for row in rows if (row.indicator, row.scope) == ("wage", "non_public")), None)
    row = row or _on_scope(board, "wage", "non_public")
    indicator = board.plan.indicators["wage"]
    goal = "未设目标" if row.target_bp is None else f"目标{NARROW}{theme.target_percent(row.target_bp)}%"
    gap = f"还差{NARROW}{theme.count(row.gap)}{NARROW}{indicator.unit}" if row.gap else ""
    lines = [_counts(row, indicator.covered_word, indicator.base_word), " ".join(filter(None, (goal, gap)))]
    change = narrative.change(row, _prior(board, row))
    return Card(narrative.subject(row, indicator), *_value(row), _light(row), [one for one in lines if one], change)


def _contracts(board: Board, rows: Sequence[Attainment]) -> Card:
    """Collective contracts over all enterprises, and beside them the types with their own targets and lights."""
    pooled, indicator = _on_scope(board, "contract", "all"), board.plan.indicators["contract"]
    lines: list[str | Cell] = [_counts(pooled, indicator.covered_word, indicator.base_word)]
    for row in (row for row in rows if row.indicator == "contract"):
        goal = "" if row.target_bp is None else f" 目标{theme.target_percent(row.target_bp)}%"
        rate = "".join(_value(row)) if row.denominator else ""
        lines += [f"{theme.SCOPE_SHORT[row.scope]} {rate}{goal}", _light(row)]
    change = narrative.change(pooled, _prior(board, pooled))
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
        f"/{len(existing_units(board.outlook()))} 个",
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
    return next(row for row in attainments(board.outlook(), "scope", indicator) if row.scope == scope)


def _prior(board: Board, row: Attainment) -> Attainment | None:
    """The same figure as it stood at the end of the period before."""
    if row.as_of is None:
        return None
    before = [one for one in board.past(row.indicator, row.scope) if one.as_of and one.as_of < row.as_of.replace(day=1)]
    return before[-1] if before else None


def _late(board: Board, rows: Sequence[Attainment]) -> list[tuple[str | Cell, ...]]:
    late = sorted((row for row in rows if row.status in URGENT), key=lambda row: URGENT.index(row.status))
    return [_attention(board, row) for row in late]


def _late_items(board: Board) -> list[tuple[str | Cell, ...]]:
    """Tasks that are no rate and late: training behind its pace, steps and duties behind their days."""
    return [
        (one.item.name, Cell(theme.light(one.status), theme.STATUS[one.status].role), _done(one))
        for one in narrative.late_items(board.states())
    ]


def _done(state: ItemState) -> str:
    who = f"{state.item.plan}，{state.item.department}" if state.item.department else state.item.plan
    if state.counts is None:
        return who
    done, whole = (theme.count(count) for count in state.counts)
    unit = "人" if state.item.indicator else UNITS.get(state.item.kind, "次")
    return f"已完成 {done}/{whole} {unit}；{who}"


def _stale(board: Board, rows: Sequence[Attainment]) -> list[tuple[str | Cell, ...]]:
    return [_attention(board, row) for row in rows if row.status == "stale"]


def _attention(board: Board, row: Attainment) -> tuple[str | Cell, ...]:
    indicator = board.plan.indicators[row.indicator]
    return narrative.subject(row, indicator), _light(row), narrative.shortfall(row, indicator)


def _unreported(board: Board, rows: Sequence[Attainment], names: Mapping[str, str]) -> list[tuple[str | Cell, ...]]:
    if not any(row.as_of for row in rows):
        return []
    silent, partly = narrative.silent_units(rows)
    cube = board.outlook().cube
    newest = [(str(unit), stamp) for unit, stamp in cube.groupby("reporting_unit")["as_of"].max().items()]
    last = {names.get(unit, unit): stamp.date() for unit, stamp in newest}
    light = Cell(theme.light("unreported"), theme.STATUS["unreported"].role)
    lines = [(unit, light, narrative.silence(last.get(unit), board.today)) for unit in silent]
    return [*lines, *((unit, light, "部分指标未报，未计入这些指标的汇总") for unit in partly)]


def _lapsing(board: Board) -> list[tuple[str | Cell, ...]]:
    """Contracts in force that end soon, by the snapshots' own dates, of the units that the figure stands on."""
    light = Cell("▲ 合同临期", theme.STATUS["due_soon"].role)
    lines: list[tuple[str | Cell, ...]] = []
    for row in (row for row in board.rows() if row.indicator in CONTRACTS):
        indicator, ledgers = board.plan.indicators[row.indicator], board.ledgers()
        parts = [one for one in board.units() if (one.indicator, one.scope) == (row.indicator, row.scope)]
        dates = {one.reporting_unit or "": one.as_of for one in parts if one.reporting_unit not in row.missing}
        words = narrative.lapsing(row, ledgers.expiring(indicator, row.scope, ledgers.behind(dates)))
        lines += [(narrative.subject(row, indicator), light, words)] if words else []
    return lines


with page("app.py") as board:
    top = part()
    names, wanted = chosen(board)
    rows = narrative.renamed(board.rows(), names)
    with top:
        say(board, rows)
        head(board, rows)
    draw(board, rows, wanted)
    attend(board, rows, names)
    tell(board, rows)
