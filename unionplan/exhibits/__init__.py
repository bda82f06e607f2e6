"""Every chart of the board as an exhibit: by its id, in the order in which a meeting would see them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from unionplan import narrative, theme
from unionplan.charts.progress_titles import BY_WORDS
from unionplan.exhibits import coverage, tasks
from unionplan.exhibits.coverage import Figure, Names
from unionplan.exhibits.exhibit import Exhibit, Rate, Table, Value
from unionplan.observations import CONTRACTS
from unionplan.plan import COVERAGE, target_order
from unionplan.selection import Selection
from unionplan.standpoint import Standpoint

PAGES = {"overview": "目标总览", "coverage": "覆盖指标", "training": "技术工人培训", "activities": "活动与例会"}
CITY = "市总计划"
__all__ = [
    "PAGES",
    "Entry",
    "Exhibit",
    "Rate",
    "Table",
    "Value",
    "catalogue",
    "exhibit",
    "exhibits",
    "names_for",
    "usual",
]


@dataclass(frozen=True)
class Entry:
    """One line of the catalogue: an exhibit that can be asked for, not yet drawn."""

    id: str
    name: str
    page: str


def names_for(board: Standpoint, hidden: bool) -> Names:
    """Return what units are called: nothing else, or 单位1…n where names are hidden (不点名)."""
    return narrative.aliases([unit.name for unit in board.plan.units]) if hidden else {}


def catalogue(board: Standpoint) -> list[Entry]:
    """Return every exhibit that can be asked for, page by page; some may have nothing to show."""
    figures = [
        Entry(f"{kind}-{name}-{scope}{tail}", f"{_words(board, name, scope)}·{word}", "coverage")
        for name, scope in _figures(board)
        for kind, tail, word in (("trend", "", "趋势"), ("gap", "", "还差家数"), ("change", "-previous", "增减原因"),
                                 ("change", "-baseline", "较期初增减"), ("expiry", "", "到期"))
        if kind != "expiry" or name in CONTRACTS
    ]  # fmt: skip
    scopes = [Entry(f"scopes-{name}", f"{one.name}·各类企业", "coverage")
              for name in COVERAGE if (one := board.plan.indicators.get(name))]  # fmt: skip
    training = [Entry(f"training-{by}", f"技术工人培训·按{word}", "training") for by, word in BY_WORDS.items()]
    return [
        Entry("targets", "覆盖目标完成情况", "overview"), Entry("wall", "计划任务", "overview"),
        Entry("map", "各单位各项目标", "coverage"), *scopes, *figures,
        Entry("training", "技术工人培训·累计", "training"), *training,
        Entry("calendar", "例会日历", "activities"), Entry("timeline", "活动进度", "activities"),
        Entry("participation", "参与情况", "activities"), Entry("dues", "经费收缴", "activities"),
    ]  # fmt: skip


def _figures(board: Standpoint) -> list[tuple[str, str]]:
    return [(one.indicator, one.scope) for one in target_order(board.plan)]


def _words(board: Standpoint, name: str, scope: str) -> str:
    return f"{theme.SCOPE_WORDS[scope]}{board.plan.indicators[name].name}"


def usual(board: Standpoint) -> list[str]:
    """Return the ids of what a meeting usually sees: the targets, the plan, the widest gap in depth, training, duties."""
    lead = _lead(board)
    figure = [f"trend-{lead}", f"gap-{lead}", f"change-{lead}-previous"] if lead else []
    asked = ["targets", "wall", "map", *figure, f"expiry-{_expiring(board)}", "training", "training-method", "participation",
             "timeline", "dues"]  # fmt: skip
    known = {one.id for one in catalogue(board)}
    return [one for one in asked if one in known]


def _lead(board: Standpoint) -> str:
    """The figure that lacks most enterprises; the first target where none lacks any."""
    rows = [row for row in board.rows() if row.target_bp is not None]
    row = max(rows, key=lambda row: row.gap or 0, default=None)
    return f"{row.indicator}-{row.scope}" if row else ""


def _expiring(board: Standpoint) -> str:
    asked = [one for one in _figures(board) if one[0] == "contract"] or _figures(board)[:1]
    return "-".join(asked[0]) if asked else ""


def exhibit(
    board: Standpoint, asked: str, names: Names | None = None, order: str = "value", others: bool = False
) -> Exhibit | None:
    """Return the exhibit with this id; None where the board has nothing of it to show, or no such exhibit.

    `others`: with the tasks of 机关工会, which is another body and else left out.
    """
    return next(iter(exhibits(board, [asked], names, order, others)), None)


def exhibits(
    board: Standpoint, asked: Sequence[str], names: Names | None = None, order: str = "value", others: bool = False
) -> list[Exhibit]:
    """Return the exhibits asked for, in this order, without those that have nothing to show; `others` as in `exhibit`."""
    makers = _makers(board, names or {}, order, others)
    found = [makers[one]() for one in asked if one in makers]
    return [one for one in found if one is not None and one.table.rows]


def _makers(board: Standpoint, names: Names, order: str, others: bool) -> dict[str, Callable[[], Exhibit | None]]:
    body = "" if others else CITY
    makers: dict[str, Callable[[], Exhibit | None]] = {
        "targets": partial(coverage.targets, board, names),
        "wall": partial(tasks.plan_wall, board, Selection(plan=body)),
        "map": partial(coverage.matrix, board, names, order),
        "training": partial(tasks.trained, board, names),
        "calendar": partial(tasks.duty_calendar, board, body),
        "timeline": partial(tasks.time_line, board, body),
        "participation": partial(tasks.who_took_part, board, body),
        "dues": partial(tasks.paid_dues, board, names, order),
        **{f"training-{by}": partial(tasks.trained_by, board, names, by, order) for by in BY_WORDS},
    }
    for name, indicator in ((one, board.plan.indicators.get(one)) for one in COVERAGE):
        if indicator is None:
            continue
        makers[f"scopes-{name}"] = partial(coverage.scopes, Figure(board, indicator, "all", order, names))
        for scope in theme.SCOPE_WORDS:
            makers |= _of_figure(Figure(board, indicator, scope, order, names))
    return makers


def _of_figure(figure: Figure) -> dict[str, Callable[[], Exhibit | None]]:
    return {
        f"trend-{figure.key}": partial(coverage.over_time, figure),
        f"gap-{figure.key}": partial(coverage.gaps, figure),
        f"expiry-{figure.key}": partial(coverage.running_out, figure),
        **{f"change-{figure.key}-{since}": partial(coverage.moved, figure, since) for since in coverage.SINCE},
    }
