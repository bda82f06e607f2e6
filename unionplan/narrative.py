"""Sentences in official Chinese, built from computed numbers only; causes and measures are left to people.

Templates follow docs/rules.md 9: 达到 at or above target, missing units are said, nothing exact is 约 or 近,
and no list is cut inside a tie.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby

from unionplan import theme
from unionplan.attainment import Attainment
from unionplan.plan import Indicator, Settings

_SHOWN = 3
_NAMED = 4
_WORST_FIRST = ("overdue", "behind", "slow", "below", "no_deadline")
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
    """Return which units are in neither count: 2个单位未报送，按10个单位汇总 is said by `counted`."""
    names = "、".join(row.missing) if len(row.missing) <= _SHOWN else ""
    return f"{len(row.missing)}个单位未报送" + (f"：{names}" if names else "")


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
        return "还没有数据，请先在“数据更新”上传企业台账"
    start = f"截至{theme.month_day(max(days))}，"
    judged = [row for row in rows if row.target_bp is not None]
    for status in _WORST_FIRST:
        found = [row for row in judged if row.status == status]
        if found:
            word, names = theme.STATUS[status].word, [_named_gap(row, indicators[row.indicator]) for row in found]
            return f"{start}{len(found)}项{word}" + (f"：{'、'.join(names)}" if len(names) <= _NAMED else "")
    reached = sum(row.attained is True for row in judged)
    return (
        f"{start}{len(judged)}项覆盖目标{'全部达标' if reached == len(judged) else f'达标{reached}项'}"
        if judged
        else f"{start}所选类型尚未设目标"
    )


def _named_gap(row: Attainment, indicator: Indicator) -> str:
    return f"{theme.SCOPE_SHORT[row.scope]}{indicator.short}还差{theme.count(row.gap or 0)}{indicator.unit}"


def units_counted(rows: Sequence[Attainment], units: int) -> str:
    """Return how many units the figures stand on, naming who is missing: 1个单位未报送，按11个单位汇总."""
    known = [row for row in rows if row.numerator is not None]
    if not known:
        return f"填报单位 {units} 个，均未报送"
    sets = {row.missing for row in known}
    if sets == {()}:
        return f"{units}个填报单位均已报送"
    if len(sets) > 1:
        return "各指标已报送的单位不同，未报送单位见图下说明"
    names = "、".join(known[0].missing)
    lost = len(known[0].missing)
    return f"{lost}个单位未报送（{names}），按{units - lost}个单位汇总"


def overview_subtitle(rows: Sequence[Attainment], indicators: Indicators) -> str:
    """Return what the overview chart measures, its unit, and where most enterprises are missing."""
    return "　｜　".join(filter(None, ("各类企业覆盖目标完成情况，%", widest_gaps(rows, indicators))))


def source(rows: Sequence[Attainment]) -> str:
    """Return where the figures come from and as of when, for the foot of a picture."""
    return f"数据来源：各填报单位企业台账｜{as_of_words(rows)}"


def pace_note(settings: Settings) -> str:
    """Return the rule of pace in force, for the foot of a picture."""
    share = theme.target_percent(settings.slow_bp)
    return f"序时：期初至截止日按天均匀；完成应有增量不足{share}%为滞后"


def as_of_words(rows: Sequence[Attainment]) -> str:
    """Return 数据截至2026年10月31日 for the newest figure drawn, or that nothing has come in."""
    days = [row.as_of for row in rows if row.as_of]
    return f"数据截至{theme.chinese_date(max(days))}" if days else "尚无数据"


def effect(before: Attainment, after: Attainment, indicator: Indicator) -> str:
    """Return what a change does to one figure: 42.6%（…）→ 44.1%（…），滞后 → 偏慢."""
    rate = f"{figure(before, indicator)} → {figure(after, indicator)}"
    words = [theme.STATUS[row.status].word for row in (before, after)]
    return f"{subject(after, indicator)} {rate}，" + (words[0] if words[0] == words[1] else " → ".join(words))
