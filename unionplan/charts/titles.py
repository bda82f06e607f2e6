"""Titles and subtitles of the charts: one conclusion each, from the numbers that the picture shows.

Differences are taken between figures as they are printed; units that share a value are named together or not at
all; what is stale or unreported is counted and never added to a sum (docs/rules.md, sections 3, 9 and 11).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from unionplan import theme
from unionplan.attainment import Attainment
from unionplan.charts.parts import rate, shown
from unionplan.charts.trend import TrendPoint, current, due_on, pace_of
from unionplan.plan import Indicator, Target

NAMED = 3  # a title names at most so many units
LONG = 12  # letters of a name that a title has room for beside others
PACED = frozenset({"on_pace", "slow", "behind", "overdue"})  # only a pace or a deadline makes these
ENDS = ("未达标", "达标", "无应建单位", "数据过期", "未报")
GAP_REMARK = "各单位缺口之和不小于全市净差额：超额不抵缺口，应达家数逐个向上取整"


# Trend


def trend_title(
    points: Sequence[TrendPoint],
    indicator: Indicator,
    target: Target | None,
    scope: str,
    baseline: Fraction | None = None,
) -> str:
    """Return where the rate stands: against its pace, else against its target, else by itself."""
    subject, now = f"{theme.SCOPE_WORDS[scope]}{indicator.name}", current(points)
    if now is None:
        told = any(point.numerator is not None for point in points)
        return f"{subject}{'没有应建单位' if told else '均未报送' if points else '还没有数据'}"
    value = shown(now.rate, target.bp if target else None)
    if now.status == "stale":
        return f"{subject}{value}%，{theme.month_day(now.as_of)}以后未报，数据已过期"
    return subject + _stands(now, value, target, due_on(pace_of(points, target, baseline), target, now.as_of))


def _stands(now: TrendPoint, value: str, target: Target | None, due: Fraction | None) -> str:
    if target is None or now.rate is None:
        return f"{value}%，未设目标"
    goal = theme.target_percent(target.bp)
    if now.rate * 10_000 >= target.bp:
        over = _points(value, goal)
        return f"达到{value}%，{f'高于{goal}%目标{over}' if over else f'达到{goal}%目标'}"
    if now.status == "overdue":
        return f"{value}%，逾期未达{goal}%目标，还差{_points(goal, value)}"
    if due is None:
        return f"{value}%，距{goal}%目标还差{_points(goal, value)}"
    word = theme.STATUS[now.status].word
    if now.rate >= due:
        over = _points(value, shown(due))
        return f"{value}%，{f'高于序时应达{over}' if over else '达到序时应达'}"
    return f"{value}%，低于序时应达{_points(shown(due), value) or '不足0.1个百分点'}，{word}"


def trend_subtitle(
    points: Sequence[TrendPoint], indicator: Indicator, target: Target | None, baseline: Fraction | None = None
) -> str:
    """Return the unit of the picture, the change since the window's start and the distance to the target."""
    now = current(points)
    if now is None or now.rate is None:
        return f"{indicator.name}，%"
    facts = [_since(points, now, target, baseline), _away(now, indicator, target)]
    return "　｜　".join(filter(None, (f"{indicator.name}，%", "；".join(filter(None, facts)))))


def _since(points: Sequence[TrendPoint], now: TrendPoint, target: Target | None, baseline: Fraction | None) -> str:
    pace = pace_of(points, target, baseline)
    if pace is None or now.as_of <= pace.begin:
        return ""
    value, start = shown(now.rate, target.bp if target else None), shown(pace.baseline)
    rise, fall = _points(value, start), _points(start, value)
    return f"较期初提高{rise}" if rise else f"较期初下降{fall}" if fall else "与期初持平"


def _away(now: TrendPoint, indicator: Indicator, target: Target | None) -> str:
    if target is None or now.numerator is None or not now.denominator:
        return ""
    gap = -(-target.bp * now.denominator // 10_000) - now.numerator
    if gap <= 0:
        return f"超额{theme.count(-gap)}{indicator.unit}" if gap else ""
    value, goal = shown(now.rate, target.bp), theme.target_percent(target.bp)
    return f"距{goal}%目标还差{_points(goal, value)}、{theme.count(gap)}{indicator.unit}"


def _points(a: str, b: str) -> str:
    """Return a − b between printed figures in 百分点, empty unless it is above nought."""
    return f"{theme.points(a, b)}个百分点" if Decimal(a) > Decimal(b) else ""


# Heat map


def judged(cells: Sequence[Attainment]) -> list[Attainment]:
    """Return the rows that have a target: those that a heat map shows."""
    return [row for row in cells if row.target_bp is not None]


def states(rows: Sequence[Attainment]) -> list[tuple[str, int]]:
    """Return how many rows have each status, in the order of the alphabet, without those that none has."""
    found = Counter(row.status for row in rows)
    return [(status, found[status]) for status in theme.STATUS if found[status]]


def late_word(rows: Sequence[Attainment]) -> str:
    """Return what red means among these rows: 滞后, 逾期 or both."""
    found = {row.status for row in rows}
    words = [theme.STATUS[status].word for status in ("behind", "overdue") if status in found]
    return "、".join(words) or theme.STATUS["behind"].word


def paced(rows: Sequence[Attainment]) -> bool:
    """Return whether any row could be judged against a pace or a deadline, so that none being late says something."""
    return any(row.baseline is not None or row.status in PACED for row in rows)


def heatmap_title(cells: Sequence[Attainment]) -> str:
    """Return how many of all cells are behind and where most of them are; of one unit, all its states."""
    rows = judged(cells)
    found = states(rows)
    if not rows or {status for status, _ in found} == {"unreported"}:
        return "各单位均未报送" if rows else "所选指标尚未设目标"
    units = {row.reporting_unit for row in rows}
    single = len(units) == 1
    if found == [("attained", len(rows))]:
        return (
            _beside(rows[0].reporting_unit or "", f"{len(rows)}项目标全部达标")
            if single
            else (f"{len(units)}个单位{len(rows)}项次全部达标")
        )
    start = _beside(rows[0].reporting_unit or "", f"{len(rows)}项目标中") if single else f"{len(rows)}项次中"
    measure = "项" if single else "项次"
    late = sum(_red(row) for row in rows)
    if not late:
        return start + _no_late(dict(found), len(rows), measure)
    return f"{start}{late_word(rows)}{late}{measure}" + ("" if single else _most_late(rows))


def _no_late(found: Mapping[str, int], total: int, measure: str) -> str:
    slow, reached, moving = (found.get(status, 0) for status in ("slow", "attained", "on_pace"))
    if slow:
        return f"没有滞后，偏慢{slow}{measure}"
    rest = "，其余按进度" if moving and reached + moving == total else ""
    if short := 0 if moving else found.get("below", 0) + found.get("no_deadline", 0):
        rest = f"，未达标{short}{measure}"
    if short and not reached:
        return rest.removeprefix("，")
    return f"达标{reached}{measure}{rest}"


def _beside(name: str, words: str) -> str:
    """Return a name before words that begin with a number: a space keeps two numbers apart."""
    return f"{name} {words}" if name[-1:].isdigit() else name + words


def heatmap_subtitle(cells: Sequence[Attainment]) -> str:
    """Return what a heat map measures, its unit, and how many cells stand where."""
    return "　｜　".join(filter(None, ("各单位覆盖目标完成值，%", _counted(states(judged(cells))))))


def heatmap_focus(cells: Sequence[Attainment]) -> frozenset[str]:
    """Return the units with most cells behind that a title can name: at most three, a tie whole or not at all."""
    counts = Counter(row.reporting_unit or "" for row in judged(cells) if _red(row))
    return frozenset(unit for unit, _ in _leaders(list(counts.items()))) if len(counts) > 1 else frozenset(counts)


def _most_late(rows: Sequence[Attainment]) -> str:
    counts = Counter(row.reporting_unit or "" for row in rows if _red(row))
    if len(counts) == 1:
        return f"，都在{next(iter(counts))}"
    leaders = _leaders(list(counts.items()))
    if not leaders:
        return f"，分布在{len(counts)}个单位"
    every = len(leaders) == len(counts)
    if _crowded(leaders):
        total = sum(count for _, count in leaders)
        return f"，分布在{len(counts)}个单位" if every else f"，最多的{len(leaders)}个单位共{total}项"
    return f"：{_counts_named(leaders)}" if every else f"，{_counts_named(leaders)}最多"


def _counts_named(leaders: Sequence[tuple[str, int]]) -> str:
    """Return units with their counts, equal ones together: 青禾区、石棠县各10项，临禾县9项."""
    ties = [[*tie] for _, tie in groupby(leaders, key=lambda pair: pair[1])]
    return ("、" if len(ties) == len(leaders) else "，").join(_tie(tie) for tie in ties)


def _tie(tie: Sequence[tuple[str, int]]) -> str:
    names, count = [name for name, _ in tie], tie[0][1]
    if len(names) > 1:
        return f"{'、'.join(names)}各{count}项"
    return f"{names[0]}（{count}项）" if names[0][-1:].isdigit() else f"{names[0]}{count}项"


def _crowded(named: Sequence[tuple[str, int]]) -> bool:
    """Return whether these names together are too long for a title."""
    return len(named) > 1 and any(len(name) > LONG for name, _ in named)


def _red(row: Attainment) -> bool:
    return theme.role(row.status) is theme.ROLES["behind"]


def _counted(found: Sequence[tuple[str, int]]) -> str:
    return "、".join(f"{theme.STATUS[status].word}{count}" for status, count in found)


# Gap ranking


def ranked(rows: Sequence[Attainment]) -> list[tuple[int, Attainment]]:
    """Return the rows that are short of their target, widest gap first, with their ranks; equal gaps share one."""
    found = sorted((row for row in rows if is_open(row)), key=lambda row: -(row.gap or 0))
    wider = {gap: sum((row.gap or 0) > gap for row in found) for gap in {row.gap or 0 for row in found}}
    return [(wider[row.gap or 0] + 1, row) for row in found]


def in_rank_order(rows: Sequence[Attainment]) -> list[Attainment]:
    """Return the widest gap first, then what reached its target, then what has no fresh figure; without a target the
    lowest rate first."""
    if not any(row.target_bp is not None for row in rows):
        return sorted(rows, key=lambda row: (ENDS.index(side(row)), rate(row) or 0))
    rest = sorted((row for row in rows if not is_open(row)), key=lambda row: (ENDS.index(side(row)), row.surplus or 0))
    return [*(row for _, row in ranked(rows)), *rest]


def is_open(row: Attainment) -> bool:
    """Return whether a row counts with a gap: reported, not stale, short of its target."""
    return bool(row.gap) and rate(row) is not None and row.status != "stale"


def gap_focus(rows: Sequence[Attainment]) -> frozenset[str]:
    """Return the units that the title names, empty where it names none."""
    found = [row for _, row in ranked(rows)]
    return frozenset(unit for unit, _ in _named(found)) if len(found) > 1 else frozenset()


def gap_title(rows: Sequence[Attainment], indicator: Indicator) -> str:
    """Return who is short of most and how much of all that is."""
    found, unit = [row for _, row in ranked(rows)], indicator.unit
    if not found:
        return _no_gap(rows)
    total = sum(row.gap or 0 for row in found)
    if len(found) == 1:
        lead = "" if len(rows) == 1 else "只有"
        return f"{lead}{found[0].reporting_unit}未达标，还差{theme.count(total)}{unit}"
    named = _named(found)
    if not named and len({row.gap for row in found}) == 1:
        return f"{len(found)}个单位各差{theme.count(found[0].gap or 0)}{unit}，合计{theme.count(total)}{unit}"
    if not named:
        return f"{len(found)}个单位未达标，合计还差{theme.count(total)}{unit}"
    part = sum(gap for _, gap in named)
    if _crowded(named):
        return _of_first(len(named), part, total, unit)
    who = "、".join(name for name, _ in named)
    share = "" if part == total else f"，占各单位缺口合计的{theme.percent(part, total)}%"
    both = "合计" if len(named) > 1 else ""
    return f"{who}{both}还差{theme.count(part)}{unit}{share}"


def _of_first(count: int, part: int, total: int, unit: str) -> str:
    """Return what the first units are short of, without their names."""
    if part == total:
        return f"{count}个单位合计还差{theme.count(part)}{unit}"
    return f"前{count}个单位合计还差{theme.count(part)}{unit}，占{theme.percent(part, total)}%"


def gap_subtitle(
    rows: Sequence[Attainment], indicator: Indicator, target: Target, city: Attainment | None = None
) -> str:
    """Return what is ranked, and the sum of all gaps beside the city's own, with how many units stand where."""
    goal = theme.target_percent(target.bp)
    what = f"{theme.SCOPE_WORDS[target.scope]}{indicator.name}距{goal}%目标还差，{indicator.unit}"
    found = [row for _, row in ranked(rows)]
    total = sum(row.gap or 0 for row in found)
    sums = [f"各单位缺口合计{theme.count(total)}{indicator.unit}"] if len(found) > 1 else []
    if city is not None and rate(city) is not None and city.gap is not None:
        sums.append(f"全市净差额{theme.count(city.gap)}{indicator.unit}" if city.gap else "全市已达标")
    counts = _sides(rows) if len(rows) > 1 else ""
    return "　｜　".join(filter(None, (what, "；".join(filter(None, ("，".join(sums), counts))))))


def _no_gap(rows: Sequence[Attainment]) -> str:
    reached = sum(row.attained is True and row.status != "stale" for row in rows)
    if not rows or not reached:
        return "没有可比较的数据" if any(row.numerator is not None for row in rows) or not rows else "各单位均未报送"
    if reached == len(rows):
        return f"{len(rows)}个单位全部达标" if len(rows) > 1 else f"{rows[0].reporting_unit}已达标"
    return f"有数据的{reached}个单位全部达标：{_sides(rows)}"


def _sides(rows: Sequence[Attainment]) -> str:
    """Return how many units have each light, in the words of the list below: 达标3个、滞后8个、数据过期1个."""
    return "、".join(f"{theme.STATUS[status].word}{count}个" for status, count in states(rows))


def side(row: Attainment) -> str:
    """Return the side of the target on which a row stands, or the word for why it has none."""
    if row.numerator is None:
        return "未报"
    if row.status == "stale":
        return "数据过期"
    if not row.denominator:
        return "无应建单位"
    return "达标" if row.attained else "未达标"


def _named(found: Sequence[Attainment]) -> list[tuple[str, int]]:
    return _leaders([(row.reporting_unit or "", row.gap or 0) for row in found])


def _leaders(counts: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the units with the largest counts, at most three, a tie whole or not at all."""
    named: list[tuple[str, int]] = []
    ordered = sorted(counts, key=lambda pair: -pair[1])
    for _, tie in groupby(ordered, key=lambda pair: pair[1]):
        tied = list(tie)
        if len(named) + len(tied) > NAMED:
            break
        named += tied
    return named
