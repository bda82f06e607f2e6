"""Sentences in official Chinese, built from computed numbers only; causes and measures are left to people.

Templates follow docs/rules.md 9: 达到 at or above target, missing units are said, nothing exact is 约 or 近,
and no list is cut inside a tie.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from itertools import groupby

from unionplan import theme
from unionplan.attainment import Attainment, ItemState
from unionplan.comparing import DIFFERENT, REASONS, Compared
from unionplan.plan import Indicator, Settings

_SHOWN = 3
APART = "口径不同、未并入"
_NAMED = 4
_LISTED = 6  # a card names at most so many units
_WORST_FIRST = {
    "逾期": ("overdue",), "滞后": ("behind",), "偏慢": ("slow",), "未达标": ("below", "no_deadline"),
}  # fmt: skip
"""What the overview speaks of first; short of the target without a pace is one thing, whatever the reason."""
CITY_PLAN = "市总计划"
Indicators = Mapping[str, Indicator]


def subject(row: Attainment, indicator: Indicator) -> str:
    """Return whose rate it is: 非公有制企业工资集体协商推行面."""
    return f"{theme.SCOPE_WORDS[row.scope]}{indicator.name}"


def figure(row: Attainment, indicator: Indicator) -> str:
    """Return the rate with its counts, 42.6%（1,278/3,000）, or the word for why there is none."""
    if row.numerator is None or row.denominator is None:
        return "未报"
    if not row.denominator:
        return "无应建单位"
    rate = theme.percent(row.numerator, row.denominator, row.target_bp)
    return f"{rate}%（{theme.count(row.numerator)}/{theme.count(row.denominator)}{'' if indicator.unit == '家' else indicator.unit}）"


def sentence(row: Attainment, indicator: Indicator, units: bool = True) -> str:
    """Return one figure's conclusion: date, rate, counts, distance to its target, status, units missing."""
    start = f"截至{theme.month_day(row.as_of)}，" if row.as_of else ""
    body = f"{start}{subject(row, indicator)}{_stands(row, indicator)}"
    return body + (f"（{missing(row)}）" if units and row.missing and row.numerator is not None else "") + "。"


def _stands(row: Attainment, indicator: Indicator) -> str:
    shown = figure(row, indicator)
    word = theme.STATUS[row.status].word
    if row.numerator is None or not row.denominator or row.target_bp is None:
        return shown if shown == word else f"{shown}，{word}"
    goal = theme.target_percent(row.target_bp)
    if row.attained:
        return f"达到{shown}，目标{goal}%，{word}"
    rate = theme.percent(row.numerator, row.denominator, row.target_bp)
    away = theme.points(goal, rate)
    return f"{shown}，距{goal}%目标还差{away}个百分点、{theme.count(row.gap or 0)}{indicator.unit}，{word}"


def missing(row: Attainment) -> str:
    """Return which units are in neither count, and why: 2个单位未报送：…；1个单位口径不同，未并入：…."""
    silent = [unit for unit in row.missing if unit not in row.apart]
    return "；".join(_units_left(units, word) for units, word in ((silent, "未报送"), (row.apart, APART)) if units)


def _units_left(units: Sequence[str], word: str) -> str:
    names = "、".join(units) if len(units) <= _SHOWN else ""
    return f"{len(units)}个单位{word}" + (f"：{names}" if names else "")


def overview_title(rows: Sequence[Attainment]) -> str:
    """Return the conclusion over all rows with a target: how many of the plan's, and of the city's own, stand where."""
    plan = [row for row in rows if row.target_bp is not None and row.item]
    own = [row for row in rows if row.target_bp is not None and not row.item]
    parts = [f"{len(plan)}项计划目标{_states(plan)}"] if plan else []
    parts += [f"本市补充{len(own)}项{_states(own)}"] if own else []
    return "；".join(parts) or "所选类型尚未设目标"


def _states(rows: Sequence[Attainment]) -> str:
    states = Counter(theme.STATUS[row.status].word for row in rows)
    if len(states) == 1:
        word = next(iter(states))
        return "均未报送" if word == "未报" else f"全部{word}" if len(rows) > 1 else word
    ordered = dict.fromkeys(light.word for light in theme.STATUS.values() if light.word in states)
    return "：" + "，".join(f"{word}{states[word]}项" for word in ordered)


def widest_gaps(rows: Sequence[Attainment], indicators: Indicators) -> str:
    """Return the largest gaps in enterprises; a tie at the end of the list is not cut."""
    open_rows = sorted((row for row in rows if row.gap), key=lambda row: -(row.gap or 0))
    if not open_rows:
        return "所有已报目标都已达到" if any(row.attained for row in rows) else ""
    parts: list[str] = []
    for gap, group in groupby(open_rows, key=lambda row: row.gap):
        names = [f"{theme.SCOPE_SHORT[row.scope]}{indicators[row.indicator].short}" for row in group]
        if parts and len(parts) + len(names) > _SHOWN:
            break
        parts += [f"{name}{theme.count(gap or 0)}家" for name in names]
    return "还差家数最多：" + "、".join(parts)


def conclusion(rows: Sequence[Attainment], indicators: Indicators) -> str:
    """Return the overview's one line: what stands worst, by name as long as the names can be read at a glance."""
    days = [row.as_of for row in rows if row.as_of]
    if not days:
        return "还没有数据，请先在“数据更新”上传填报单位表和企业台账"
    start = f"数据截至{theme.month_day(max(days))}，"
    judged = [row for row in rows if row.target_bp is not None]
    for word, statuses in _WORST_FIRST.items():
        found = sorted((row for row in judged if row.status in statuses), key=lambda row: -(row.gap or 0))
        if found:
            named = [_named_gap(row, indicators[row.indicator]) for row in found]
            return f"{start}{len(found)}项{word}" + (f"：{'、'.join(named)}" if len(named) <= _NAMED else "")
    if not judged:
        return f"{start}所选类型尚未设目标"
    reached = sum(row.status == "attained" for row in judged)
    stale = sum(row.status == "stale" for row in judged)
    said = "全部达标" if reached == len(judged) else f"达标{reached}项" + (f"，{stale}项数据过期" if stale else "")
    return f"{start}{len(judged)}项覆盖目标{said}"


def _named_gap(row: Attainment, indicator: Indicator) -> str:
    return f"{theme.SCOPE_SHORT[row.scope]}{indicator.short}还差{theme.count(row.gap or 0)}{indicator.unit}"


def units_counted(rows: Sequence[Attainment], units: int) -> str:
    """Return how many units the figures stand on, naming who is missing: 1个单位未报送，按11个单位汇总."""
    known = [row for row in rows if row.numerator is not None]
    if not known:
        return f"填报单位 {units} 个，均未报送"
    sets = {row.missing for row in known}
    if sets == {()}:
        return "填报单位已报送" if units == 1 else f"{units}个填报单位均已报送"
    if len(sets) > 1:
        return "各指标已报送的单位不同，未报送单位见图下说明"
    row = known[0]
    silent = [unit for unit in row.missing if unit not in row.apart]
    parts = [
        f"{len(left)}个单位{word}（{'、'.join(left)}）"
        for left, word in ((silent, "未报送"), (row.apart, APART))
        if left
    ]
    return f"{'；'.join(parts)}，按{units - len(row.missing)}个单位汇总"


def overview_subtitle(rows: Sequence[Attainment], indicators: Indicators) -> str:
    """Return what the overview chart measures, its unit, and where most enterprises are missing."""
    return "　｜　".join(filter(None, ("各类企业覆盖目标完成情况，%", widest_gaps(rows, indicators))))


def source(rows: Sequence[Attainment]) -> str:
    """Return where the figures come from and as of when, for the foot of a picture."""
    summed = any(row.summarised for row in rows)
    return f"数据来源：各填报单位企业台账{'、汇总表' if summed else ''}｜{as_of_words(rows)}"


def pace_note(settings: Settings) -> str:
    """Return the rule of pace in force, for the foot of a picture."""
    share = theme.target_percent(settings.slow_bp)
    way = "有分月节点的按节点（节点之间按天均匀），其余" if settings.pace == "nodes" else ""
    return f"序时：{way}期初至截止日按天均匀；完成应有增量不足{share}%为滞后"


def base_note(settings: Settings) -> str:
    """Return which denominators are in force, for the 口径卡."""
    if settings.base_date is None:
        return "动态底数：分母为统计时点的实有数，随台账变化，不固定在某一天"
    return f"核定底数：分母固定为{theme.chinese_date(settings.base_date)}的实有数，分子为统计时点的数，比率可能超过100%"


def as_of_words(rows: Sequence[Attainment]) -> str:
    """Return 数据截至2026年10月31日 for the newest figure drawn, or that nothing has come in."""
    days = [row.as_of for row in rows if row.as_of]
    return f"数据截至{theme.chinese_date(max(days))}" if days else "尚无数据"


def effect(before: Attainment, after: Attainment, indicator: Indicator) -> str:
    """Return what a change does to one figure: …推行面 42.6% → 44.1%，滞后 → 偏慢，距50%目标还差177家（1,278/3,000 → 1,323/3,000）.

    A new target or deadline is told with the old one.
    """
    rates = [_rate_alone(row) for row in (before, after)]
    words = [theme.STATUS[row.status].word for row in (before, after)]
    told = [_arrow(rates)]
    if words[1] != rates[1]:  # a rate that became 未报 has said its state already
        told.append(words[1] if words[0] == rates[0] else _arrow(words))
    told += [*_revised(before, after), *_still_short(after, indicator)]
    counts = [_counts(row) for row in (before, after)]
    shown = _arrow(counts) if all(counts) else counts[1] or (counts[0] and f"原 {counts[0]}")
    return f"{subject(after, indicator)} {'，'.join(told)}" + (f"（{shown}）" if shown else "")


def _revised(before: Attainment, after: Attainment) -> Iterator[str]:
    """The target and the deadline where the plan itself is changed."""
    goals = [
        f"{theme.target_percent(row.target_bp)}%" if row.target_bp is not None else "未设" for row in (before, after)
    ]
    ends = [theme.chinese_date(row.end) if row.end else "未设" for row in (before, after)]
    for name, words in (("目标", goals), ("截止日", ends)):
        if words[0] != words[1]:
            yield f"{name} {_arrow(words)}"


def _still_short(row: Attainment, indicator: Indicator) -> Iterator[str]:
    """How far a missed target is away, whatever the status says of its pace."""
    if row.target_bp is not None and row.attained is False and row.gap and row.status != "stale":
        yield f"距{theme.target_percent(row.target_bp)}%目标还差{theme.count(row.gap)}{indicator.unit}"


def effect_lead(changed: int, others: int, when: str = "确认后") -> str:
    """Return how many headline figures a change moves: 确认后 3 项主要指标有变化，其余 9 项不变."""
    if not changed:
        return f"{when} {others} 项主要指标都不变"
    return f"{when} {changed} 项主要指标有变化" + (f"，其余 {others} 项不变" if others else "")


def moved(before: Attainment, after: Attainment) -> bool:
    """Return whether a figure shows anything else after a change: its counts, its status, its target or its deadline."""
    was, now = (
        (row.numerator, row.denominator, row.status, row.target_bp, row.end) for row in (before, after)
    )  # fmt: skip
    return was != now


def _arrow(words: Sequence[str]) -> str:
    """What was and what is, once where they are the same."""
    return " → ".join(dict.fromkeys(words))


def _rate_alone(row: Attainment) -> str:
    if row.numerator is None or not row.denominator:
        return "未报" if row.numerator is None or row.denominator is None else "无应建单位"
    return f"{theme.percent(row.numerator, row.denominator, row.target_bp)}%"


def _counts(row: Attainment) -> str:
    if row.numerator is None or not row.denominator:
        return ""
    return f"{theme.count(row.numerator)}/{theme.count(row.denominator)}"


# Headline figures


def change(row: Attainment, prior: Attainment | None) -> str:
    """Return how the rate moved since the period before, in 百分点 between the printed figures.

    `prior` is the city's figure as it stood then; where it stood on other units, the same units are compared and
    that is said. Empty where there is no rate now.
    """
    if row.numerator is None or not row.denominator or row.status == "stale":
        return ""
    points = points_since(row, row.previous)
    if points is None:
        return REASONS[DIFFERENT] if prior is not None and prior.numerator is not None else "尚无上期数据"
    same = prior is None or prior.missing == row.missing
    return f"{_since(prior)}{_moved(points)}{'' if same else '（可比口径）'}"


def _since(prior: Attainment | None) -> str:
    return f"较{theme.month_day(prior.as_of)}" if prior is not None and prior.as_of else "较上期"


def points_since(row: Attainment, then: Fraction | None) -> Decimal | None:
    """Return by how many 百分点 the printed rate stands above the rate `then`, None where either is unknown.

    The difference is taken between the figures as they are printed (rules 3).
    """
    if row.numerator is None or not row.denominator or then is None:
        return None
    now = theme.percent(row.numerator, row.denominator, row.target_bp)
    return Decimal(theme.points(now, theme.percent(then.numerator, then.denominator, row.target_bp)))


def _moved(points: Decimal) -> str:
    return "持平" if not points else f"{'提高' if points > 0 else '下降'}{abs(points)}个百分点"


def compared(row: Attainment, one: Compared) -> str:
    """Return a comparison in words, 提高10.0个百分点 between the printed figures, or the reason why there is none."""
    points = points_since(row, one.rate)
    return REASONS[one.reason] if one.reason or points is None else _moved(points)


def reached_change(rows: Sequence[Attainment], priors: Sequence[Attainment | None]) -> str:
    """Return how many more targets stand reached than the period before, by the same units; empty without figures."""
    known = [row for row in rows if row.numerator is not None and row.denominator]
    if not known:
        return ""
    if any(row.previous is None for row in known):
        earlier = any(prior is not None and prior.numerator is not None for prior in priors)
        return REASONS[DIFFERENT] if earlier else "尚无上期数据"
    then = sum(row.previous is not None and row.previous * 10_000 >= (row.target_bp or 0) for row in known)
    more = sum(row.attained is True for row in known) - then
    other = any(prior is not None and prior.missing != row.missing for row, prior in zip(rows, priors, strict=True))
    word = "持平" if not more else f"{'增加' if more > 0 else '减少'}{abs(more)}项"
    return f"{_since(next(iter(priors), None))}{word}{'（可比口径）' if other else ''}"


def silent_units(rows: Sequence[Attainment]) -> tuple[list[str], list[str]]:
    """Return (units in none of these figures, units in some of them only), in the order of the first row that says."""
    named = list(dict.fromkeys(unit for row in rows for unit in row.missing if unit not in row.apart))
    none = [unit for unit in named if all(unit in row.missing for row in rows)]
    return none, [unit for unit in named if unit not in none]


def shortfall(row: Attainment, indicator: Indicator) -> str:
    """Return a figure that is short of its target: counts, distance to the target, and what the pace asks for."""
    if row.status == "stale" and row.as_of:
        return f"{figure(row, indicator)}，统计时点{theme.chinese_date(row.as_of)}，超过报送周期和宽限期"
    if row.numerator is None or not row.denominator or row.target_bp is None:
        return figure(row, indicator)
    goal = theme.target_percent(row.target_bp)
    away = theme.points(goal, theme.percent(row.numerator, row.denominator, row.target_bp))
    pace = (
        row.due_rate and f"；序时应达{theme.percent(row.due_rate.numerator, row.due_rate.denominator, row.target_bp)}%"
    )
    gap = f"，距{goal}%目标还差{away}个百分点、{theme.count(row.gap or 0)}{indicator.unit}"
    return f"{figure(row, indicator)}{gap}{pace or ''}"


def silence(last: date | None, day: date) -> str:
    """Return since when a unit has sent nothing, as of `day`."""
    if last is None:
        return "还没有报送过"
    return f"最近统计时点{theme.chinese_date(last)}，连续未更新{(day - last).days}天"


def names(units: Sequence[str]) -> str:
    """Return units by name, or how many there are where they are too many to read at a glance."""
    return "、".join(units) if len(units) <= _LISTED else f"{len(units)}个单位"


def judged_on(day: date) -> str:
    """Return by which day windows, steps and duties are judged; the data have a day of their own."""
    return f"按{theme.chinese_date(day)}判断"


def due_items(states: Sequence[ItemState], day: date) -> str:
    """Return 按2026年11月5日判断，应完成1项，已完成0项, over the city plan's items whose window has ended (rules 10).

    The 机关工会 is another body and is left out, as is what lies outside the board's period.
    """
    due = [one for one in states if one.item.plan == CITY_PLAN and one.item.end is not None and one.item.end < day]
    due = [one for one in due if one.status != "out_of_plan"]
    start = f"{judged_on(day)}，{CITY_PLAN}"
    if not due:
        return f"{start}没有到期的任务。"
    still = [one.item.short or one.item.name for one in due if one.status not in ("done", "attained")]
    named = f"；未完成的是{'、'.join(still)}" if 0 < len(still) <= _NAMED else ""
    return f"{start}应完成{len(due)}项，已完成{len(due) - len(still)}项{named}。"


# One indicator


def scopes_title(rows: Sequence[Attainment], indicator: Indicator) -> str:
    """Return where one indicator stands, scope by scope, for those scopes that have a target; else for all together."""
    known = [row for row in rows if row.numerator is not None and row.denominator]
    if not known:
        return f"{indicator.name}{'均未报送' if rows else '还没有数据'}"
    judged = [row for row in known if row.target_bp is not None]
    if not judged:
        last = known[-1]
        rate = theme.percent(last.numerator or 0, last.denominator or 1)
        return f"{subject(last, indicator)}{rate}%，未设目标"
    return f"{indicator.name}：{'，'.join(_scope_words(row, indicator) for row in judged)}"


def _scope_words(row: Attainment, indicator: Indicator) -> str:
    assert row.numerator is not None
    assert row.denominator
    rate = f"{theme.SCOPE_SHORT[row.scope]}{theme.percent(row.numerator, row.denominator, row.target_bp)}%"
    if row.status == "stale":
        return f"{rate}（{theme.STATUS['stale'].word}）"
    return f"{rate}达标" if row.attained else f"{rate}还差{theme.count(row.gap or 0)}{indicator.unit}"


def two_weights(row: Attainment, indicator: Indicator) -> str:
    """Return that a coverage by enterprises and by their workers are two definitions, with both figures."""
    if not row.workers or row.covered_workers is None:
        return "家数口径按企业计，职工口径按企业的职工人数计；职工人数未报全时，职工口径不列。"
    enterprises = figure(row, indicator)
    workers = f"{theme.percent(row.covered_workers, row.workers)}%（{theme.count(row.covered_workers)}/{theme.count(row.workers)}人）"
    return f"家数口径{enterprises}，职工口径{workers}：两个口径分母不同，只并列，不相加、不平均；目标按家数口径判断。{_unweighted(row)}"


def _unweighted(row: Attainment) -> str:
    if not row.unweighted:
        return ""
    return f"职工口径不含{names(row.unweighted)}（汇总表没有报应覆盖企业的职工数）。"


def not_yet(indicator: Indicator) -> str:
    """Return what an enterprise is that the indicator still misses: 未签, 未推行, 未建会."""
    return f"未{indicator.base_word.removeprefix('应')}" if indicator.id != "member" else "未入会"


def why(reason: str, day: date | None, short: int, indicator: Indicator) -> str:
    """Return in words why an enterprise is not counted as covered: 未签, 已到期 2026年9月30日 …

    `reason` is one of store.lists.REASONS, `day` when its contract ended or begins, `short` the workers concerned.
    """
    when = f" {theme.chinese_date(day)}" if day else ""
    words = {
        "blank": "未填", "unsigned": "未签", "expired": f"已到期{when}", "early": f"未到起始日{when}",
        "no_dates": "起止日未填", "no_start": "起始日未填", "no_end": "截止日未填", "not_done": not_yet(indicator),
        "not_joined": f"未入会{theme.count(short)}人", "too_many": f"会员比职工多{theme.count(-short)}人，请核对",
    }  # fmt: skip
    return (
        f"会员人数未填（职工{theme.count(short)}人）"
        if reason == "blank" and indicator.id == "member"
        else words[reason]
    )


def still_missing(indicator: Indicator, enterprises: int, short: int) -> str:
    """Return how many enterprises an indicator still misses; for 入会率 also how many workers that are."""
    if indicator.id == "member":
        return f"共{theme.count(enterprises)}家企业的会员与职工人数不等，合计差{theme.count(short)}人"
    return f"{not_yet(indicator)}{theme.count(enterprises)}家"


# Without names


def aliases(units: Sequence[str]) -> dict[str, str]:
    """Return unit → 单位1…n, the same at every look and in no order that a reader could guess."""
    drawn = sorted(units, key=lambda unit: sha256(unit.encode()).digest())
    return {unit: f"单位{number}" for number, unit in enumerate(drawn, start=1)}


def renamed(rows: Sequence[Attainment], names: Mapping[str, str]) -> list[Attainment]:
    """Return the rows with their units called by these names; a unit without one keeps its own."""
    return [
        replace(
            row,
            reporting_unit=names.get(row.reporting_unit, row.reporting_unit) if row.reporting_unit else None,
            missing=tuple(names.get(unit, unit) for unit in row.missing),
            unweighted=tuple(names.get(unit, unit) for unit in row.unweighted),
            apart=tuple(names.get(unit, unit) for unit in row.apart),
            summarised=tuple(names.get(unit, unit) for unit in row.summarised),
        )
        for row in rows
    ]
