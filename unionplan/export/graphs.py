"""An exhibit as plain series of numbers, from which slides and workbook make their native charts.

Values are exact (rates as fractions of 1); `shown` is how each is printed, so that a rate which is short of its target
never seems to reach it. What is drawn freely (plan wall, timeline, calendar) and the heat map have no series.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from unionplan import theme
from unionplan.attainment import Attainment
from unionplan.charts.calendar_titles import TYPES
from unionplan.charts.progress_titles import leaders
from unionplan.charts.titles import gap_focus
from unionplan.charts.trend import due_on, pace_of
from unionplan.coverage_words import move_name
from unionplan.dues_words import order
from unionplan.events import Event, joined
from unionplan.exhibits import Exhibit
from unionplan.plan import Plan

Value = Fraction | int | None
PERCENT, COUNT = "0.0%", "#,##0"
TYPE_COLOURS = (theme.INK_SOFT, theme.MARK, theme.FOCUS, theme.BAND)
"""国有及控股, 集体, 非公有制, 未分类型."""


@dataclass(frozen=True)
class Series:
    """One row of values, a value a category; None is a gap.

    `look`: bar, line, or mark (short dashes: targets). `colours` a colour a value, where they differ. `shown`: how the
    values are printed, all of them or none. `labels`: place of a value → the words beside it. `column`: where the
    exhibit's table has these values, None where it lacks them. `quiet`: no value is written at its bars.
    """

    name: str
    values: Sequence[Value]
    colour: str
    look: str = "bar"
    colours: Sequence[str] = ()
    shown: Sequence[str] = ()
    labels: Mapping[int, str] = field(default_factory=dict)
    dash: str = ""
    column: int | None = None
    side: str = "t"
    quiet: bool = False

    @property
    def last(self) -> int:
        """Return the place of the last value that is known, -1 without one."""
        return max((place for place, value in enumerate(self.values) if value is not None), default=-1)


@dataclass(frozen=True)
class Graph:
    """A chart: categories (texts or days in order), its series, and whether values are rates.

    `across`: bars from left to right, the first category on top. `overlaid`: later bars stand before earlier ones. `low`, `high`: the ends of the values' axis, None:
    left to the program.
    """

    name: str
    categories: Sequence[str] | Sequence[date]
    series: Sequence[Series]
    percent: bool = False
    across: bool = False
    stacked: bool = False
    overlaid: bool = False
    low: float | None = 0
    high: float | None = None

    @property
    def number_format(self) -> str:
        """Return the number format of all values."""
        return PERCENT if self.percent else COUNT

    @property
    def dated(self) -> bool:
        """Return whether the categories are days."""
        return bool(self.categories) and isinstance(self.categories[0], date)

    def part(self, start: int, stop: int) -> Graph:
        """Return the categories from `start` to before `stop` alone, on the same scale."""
        cut = [
            replace(
                one, values=one.values[start:stop], colours=one.colours[start:stop], shown=one.shown[start:stop],
                labels={place - start: words for place, words in one.labels.items() if start <= place < stop},
            )
            for one in self.series
        ]  # fmt: skip
        return replace(self, categories=self.categories[start:stop], series=cut, high=self.high or self.top)

    @property
    def top(self) -> float:
        """Return the highest value, of a stack the highest sum; 0 without any."""
        columns = zip(*(one.values for one in self.series), strict=True)
        known = [[float(value) for value in column if value is not None] for column in columns]
        return max((sum(column) if self.stacked else max(column) for column in known if column), default=0.0)


def graphs(exhibit: Exhibit, plan: Plan) -> list[Graph]:
    """Return an exhibit's charts, none where it is drawn freely or has nothing to draw."""
    if exhibit.kind in _BY_PLAN:
        made = _BY_PLAN[exhibit.kind](exhibit, plan)
    else:
        made = _MAKERS[exhibit.kind](exhibit) if exhibit.kind in _MAKERS else []
    return [one for one in made if one.categories]


def rounded(value: Fraction, decimals: int = 1) -> str:
    """Return a rate as the number format 0.0% prints it: half up, whatever its target."""
    scale = 10 ** (decimals + 2)
    tenths = (2 * value.numerator * scale + value.denominator) // (2 * value.denominator)
    return f"{tenths // 10}.{tenths % 10}%"


def rate(row: Attainment) -> Fraction | None:
    """Return a row's rate, None where it is 未报 or has no base."""
    return Fraction(row.numerator, row.denominator) if row.numerator is not None and row.denominator else None


def shown(value: Fraction | None, target_bp: int | None) -> str:
    """Return a rate with its sign as it is printed everywhere, "" for none."""
    return "" if value is None else f"{theme.percent(value.numerator, value.denominator, target_bp)}%"


def goal(target_bp: int | None) -> Fraction | None:
    """Return basis points as a fraction of 1."""
    return None if target_bp is None else Fraction(target_bp, 10_000)


def _bullet(exhibit: Exhibit, plan: Plan) -> list[Graph]:
    rows: Sequence[Attainment] = exhibit.facts
    names = [f"{plan.indicators[row.indicator].short}·{theme.SCOPE_SHORT[row.scope]}" for row in rows]
    rates = [rate(row) for row in rows]
    bars = Series("完成值", rates, theme.FOCUS, colours=[theme.role(row.status).mark for row in rows], column=2,
                  shown=[shown(value, row.target_bp) for value, row in zip(rates, rows, strict=True)])  # fmt: skip
    return [Graph("完成值和目标", names, [bars, *_targets([row.target_bp for row in rows], 3)], percent=True)]


def _targets(goals: Sequence[int | None], column: int | None) -> list[Series]:
    values = [goal(bp) for bp in goals]
    known = any(value is not None for value in values)
    return [Series("目标", values, theme.INK, "mark", column=column)] if known else []


def _trend(exhibit: Exhibit) -> list[Graph]:
    facts = exhibit.facts
    points, target, ahead = facts.points, facts.target, facts.ahead
    if not any(point.rate is not None for point in points):
        return []
    told = [point.as_of for point in points]
    later = [step.day for step in ahead.steps[1:]] if ahead else []
    later += [target.end] if target and target.end and not ahead and target.end > told[-1] else []
    days, bp = [*told, *later], target.bp if target else None
    rates = [*(point.rate for point in points), *(None for _ in later)]
    line = Series("完成值", rates, theme.FOCUS, "line", shown=[shown(value, bp) for value in rates], column=1, side="b")
    more = [_level(target.bp, days)] if target else []
    more += _pace(points, target, facts.baseline, days, bp) + _ahead(ahead, len(told), days, bp)
    values = [value for one in (line, *more) for value in one.values if value is not None]
    low, high = _ends(float(min(values)), float(max(values)))
    now = replace(line, labels={line.last: f"完成值 {line.shown[line.last]}"})
    return [Graph("完成值逐月", days, [now, *more], percent=True, low=low, high=high)]


def _ends(least: float, most: float) -> tuple[float, float]:
    """The ends of the axis in whole steps of 5 or 10 points, from 0 where that costs little room."""
    step = 0.05 if most - least <= 0.25 else 0.1
    low = max(0.0, (least - step / 2) // step * step)
    high = min(1.0, (most // step + 1) * step)
    return (0.0 if low * 3 <= high else round(low, 2)), round(max(high, most), 2)


def _level(bp: int, days: Sequence[date]) -> Series:
    words = f"目标 {theme.target_percent(bp)}%"
    return Series("目标", [goal(bp)] * len(days), theme.INK, "line", labels={min(1, len(days) - 1): words}, side="t")


def _pace(points: Sequence, target, baseline: Fraction | None, days: Sequence[date], bp: int | None) -> list[Series]:  # type: ignore[no-untyped-def, type-arg]
    pace = pace_of(points, target, baseline)
    if pace is None:
        return []
    starts = {pace.begin: pace.baseline, pace.end: pace.goal}
    values = [starts.get(day) if day in starts else due_on(pace, target, day) for day in days]
    if not any(value is not None for value in values):
        return []
    told = [place for place, point in enumerate(points) if point.rate is not None and values[place] is not None]
    labels = {told[-1]: f"序时应达 {shown(values[told[-1]], bp)}"} if told else {}
    return [Series("序时应达", values, theme.ORNAMENT_TEXT, "line", shown=[shown(v, bp) for v in values], labels=labels,
                   dash="sysDot", side="t")]  # fmt: skip


def _ahead(ahead, told: int, days: Sequence[date], bp: int | None) -> list[Series]:  # type: ignore[no-untyped-def]
    if ahead is None or not ahead.base:
        return []
    lines = [step.line / ahead.base for step in ahead.steps]
    values = [*(None for _ in range(told - 1)), *lines]
    words = f"预计 {theme.percent(ahead.counts[1], ahead.base, bp)}%"
    return [Series("预测（仅供参考）", values, theme.FOCUS, "line", shown=[shown(v, bp) for v in values], dash="sysDash",
                   labels={len(days) - 1: words}, side="b")]  # fmt: skip


def _gap(exhibit: Exhibit, plan: Plan) -> list[Graph]:
    rows: Sequence[Attainment] = exhibit.facts
    focus = gap_focus(rows)
    colours = [theme.FOCUS if row.reporting_unit in focus else theme.MARK for row in rows]
    unit = plan.indicators[rows[0].indicator].unit if rows else "家"
    bars = Series(f"还差（{unit}）", [row.gap for row in rows], theme.MARK, colours=colours, column=4)
    return [Graph("还差", [row.reporting_unit or "" for row in rows], [bars], across=True)]


def _change(exhibit: Exhibit) -> list[Graph]:
    facts = exhibit.facts
    names = [move_name(one.kind, facts.indicator) for one in facts.parts]
    covered = Series(f"覆盖增减（{facts.indicator.unit}）", [one.covered for one in facts.parts], theme.FOCUS, column=2)
    base = Series(f"底数增减（{facts.indicator.unit}）", [one.base for one in facts.parts], theme.MARK, column=3)
    return [Graph("企业变动", names, [covered, base], across=True, low=None)]


def _expiry(exhibit: Exhibit) -> list[Graph]:
    rates = [row[3] for row in exhibit.table.rows]
    values = [Fraction(one.numerator, one.denominator) for one in rates]  # type: ignore[union-attr]
    colours = [theme.FOCUS, *[theme.ROLES["on_pace"].mark] * (len(values) - 1)]
    bp = exhibit.facts.row.target_bp
    bars = Series("若不续签", values, theme.FOCUS, colours=colours, shown=[shown(v, bp) for v in values], column=3)
    return [Graph("若不续签", [str(row[0]) for row in exhibit.table.rows], [bars, *_targets([bp] * len(values), None)],
                  percent=True)]  # fmt: skip


def _progress(exhibit: Exhibit) -> list[Graph]:
    flow = exhibit.facts
    if flow.persons is None or flow.as_of is None:
        return []
    days = [month.day for month in flow.months]
    later = [flow.end] if flow.end and flow.end > days[-1] else []
    blank = [None] * len(later)
    total = Series(
        "累计人数", [*(month.total for month in flow.months), *blank], theme.FOCUS, "line", column=3, side="b"
    )
    now = replace(total, labels={total.last: f"累计 {theme.count(flow.persons)}人"})
    monthly = Series("当月人数", [*(month.persons for month in flow.months), *blank], theme.MARK, column=1)
    axis = [*days, *later]
    return [Graph("累计人数", axis, [now, *_task(flow, axis)]), Graph("当月人数", axis, [monthly])]


def _task(flow, days: Sequence[date]) -> list[Series]:  # type: ignore[no-untyped-def]
    """The straight way from what was due on the day of the figures to the task, and the task itself."""
    if flow.target is None:
        return []
    words = f"任务 {theme.count(flow.target)}人"
    level = Series(
        "任务", [flow.target] * len(days), theme.INK, "line", labels={min(2, len(days) - 1): words}, side="b"
    )
    if flow.due is None or flow.end is None or flow.as_of not in days:
        return [level]
    at = days.index(flow.as_of)
    due = [flow.due_count if place == at else flow.target if day == flow.end else None
           for place, day in enumerate(days)]  # fmt: skip
    labels = {at: f"序时应达 {theme.count(flow.due_count or 0)}人"}
    return [level, Series("序时应达", due, theme.ORNAMENT_TEXT, "line", dash="sysDot", labels=labels, side="t")]


def _breakdown(exhibit: Exhibit) -> list[Graph]:
    parts, by = exhibit.facts, exhibit.id.removeprefix("training-")
    first = leaders(parts, by)
    colours = [theme.FOCUS if part.key in first else theme.MARK for part in parts]
    bars = Series("累计人数", [part.persons for part in parts], theme.MARK, colours=colours, column=1)
    return [Graph("累计人数", [str(row[0]) for row in exhibit.table.rows], [bars], across=True)]


def _participation(exhibit: Exhibit) -> list[Graph]:
    events: list[Event] = [event for group in exhibit.facts.values() for event in group]
    told = [one.parts if (one := joined(event)) else (None,) * len(TYPES) for event in events]
    series = [
        Series(f"{name}（家）", [parts[place] for parts in told], colour)
        for place, (name, colour) in enumerate(zip(TYPES, TYPE_COLOURS, strict=True))
        if any(parts[place] is not None for parts in told)
    ]  # fmt: skip
    names = [event.name or "未写名称" for event in events]
    return [Graph("参与单位", names, series, across=True, stacked=True)] if series else []


def _dues(exhibit: Exhibit) -> list[Graph]:
    rows = order(exhibit.facts)
    values = [row.rate for row in rows]
    bars = Series("完成率", values, theme.MARK, shown=[shown(value, None) for value in values])
    tasks = [None if value is None else Fraction(1) for value in values]
    whole = Series("年度任务", tasks, theme.TRACK, quiet=True)
    high = max(1.0, *(float(value) for value in values if value is not None), 0.0)
    return [Graph("完成年度任务", [str(row[0]) for row in exhibit.table.rows], [whole, bars], percent=True, across=True,
                  overlaid=True, high=high)]  # fmt: skip


_MAKERS: Mapping[str, Callable[[Exhibit], list[Graph]]] = {
    "trend": _trend, "change": _change, "expiry": _expiry, "progress": _progress, "breakdown": _breakdown,
    "participation": _participation, "dues": _dues,
}  # fmt: skip
_BY_PLAN: Mapping[str, Callable[[Exhibit, Plan], list[Graph]]] = {"bullet": _bullet, "gap": _gap}
