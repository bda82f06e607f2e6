"""Sentences about what accumulates against a task: the conclusion, what is still open, what is behind the figures.

Figures in sentences are exact; averages have one decimal unless they are whole. Units that told nothing for the newest
month are named while they are few, and always counted (docs/rules.md, section 9).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from unionplan import theme
from unionplan.flows import Flow, Month, Part
from unionplan.plan import Settings

NAMED = 3  # a title names at most so many
LISTED = 6  # a line of explanation names at most so many units
SUBJECT = "技术工人培训"
BY_WORDS = {
    "enterprise_type": "企业类型",
    "control": "控股情况",
    "method": "培训方式",
    "level": "技能等级",
    "reporting_unit": "填报单位",
}
UNITS = "reporting_unit"
RESIDUAL = ("unclassified", "public_mixed", "untyped")  # what is not told apart, whatever the breakdown
UNTOLD = "未填"
NO_DATA = "还没有技术工人培训数据，请在“数据更新”上传培训统计表"
ONLY_TIMES = "技术工人培训只报了人次，没有报人数，不能计入任务"


def average(value: Fraction) -> str:
    """Return a monthly average with one decimal, rounded half up, without it where the average is whole."""
    tenths = (20 * value.numerator + value.denominator) // (2 * value.denominator)
    whole, rest = divmod(tenths, 10)
    return f"{whole:,}" if value.denominator == 1 else f"{whole:,}.{rest}"


def progress_title(flow: Flow) -> str:
    """Return the conclusion: how many persons, what share of the task, where that stands against the pace."""
    if flow.persons is None or flow.as_of is None:
        return NO_DATA if flow.person_times is None else ONLY_TIMES
    start = f"截至{theme.month_day(flow.as_of)}，累计培训{theme.count(flow.persons)}人"
    if flow.target is None:
        return f"{start}，{'数据已过期' if flow.status == 'stale' else '未设任务数'}"
    share = theme.percent(flow.persons, flow.target)
    return f"{start}，完成{theme.count(flow.target)}人任务的{share}%{_stands(flow)}"


def _stands(flow: Flow) -> str:
    short = f"还差{theme.count(flow.gap or 0)}人"
    unset = "截止年份未设定" if flow.start else "本市任务份额和起止年份未核定"  # the shipped task is the province's
    words = {
        "stale": "，此后未报，数据已过期",
        "attained": f"，超额{theme.count(flow.surplus or 0)}人" if flow.surplus else "，任务完成",
        "overdue": f"，逾期，{short}",
        "out_of_plan": f"，{short}，计划期外",
        "no_deadline": f"，{short}；{unset}，不计进度",
        "below": f"，{short}；起始日未设定，不计进度",
    }
    return words.get(flow.status) or _against_pace(flow)


def _against_pace(flow: Flow) -> str:
    more = (flow.persons or 0) - (flow.due_count or 0)
    side = f"比序时应达{'多' if more > 0 else '少'}{theme.count(abs(more))}人" if more else "达到序时应达"
    return f"，{side}，{theme.STATUS[flow.status].word}"


def progress_subtitle(flow: Flow) -> str:
    """Return what is measured, its unit, and what the title leaves open: the rest until when, else the monthly pace."""
    told_in_title = flow.gap is None or flow.status in ("overdue", "out_of_plan", "no_deadline", "below")
    facts = [_recent(flow), _best(flow)] if told_in_title and flow.persons else [_open(flow), _window(flow)]
    return "　｜　".join(filter(None, (f"{SUBJECT}累计人数和每月人数，人", "，".join(filter(None, facts)))))


def _open(flow: Flow) -> str:
    return f"还差{theme.count(flow.gap)}人" if flow.gap else ""


def _window(flow: Flow) -> str:
    if flow.end is None or flow.persons is None:
        return ""
    left = f"，还有{flow.months_left}个月" if flow.months_left and flow.gap else ""
    return f"截止日{theme.chinese_date(flow.end)}{left}"


def outlook_sentence(flow: Flow) -> str:
    """Return what is still to be done: the average that is needed beside the recent one and the best month."""
    if flow.persons is None or flow.as_of is None:
        return progress_title(flow)
    if flow.status == "stale":
        return f"{SUBJECT}数据截至{theme.chinese_date(flow.as_of)}，此后未报，已过期"
    if flow.gap == 0:
        return f"{SUBJECT}已完成{theme.count(flow.target or 0)}人任务"
    trio = [f"需月均{average(flow.required)}人" if flow.required else "", _recent(flow), _best(flow)]
    said = "，".join(filter(None, trio))
    return (
        f"距{theme.count(flow.target or 0)}人任务还差{theme.count(flow.gap)}人，{said}"
        if flow.gap
        else f"{SUBJECT}{said}"
    )


def _recent(flow: Flow) -> str:
    return "不足三个月，未算月均" if flow.recent is None else f"近三月月均{average(flow.recent)}人"


def _best(flow: Flow) -> str:
    if not flow.best:
        return ""
    when = "、".join(_month_words(month) for month in flow.best_months)
    return f"最好月{theme.count(flow.best)}人" + (f"（{when}）" if len(flow.best_months) <= NAMED else "")


def _month_words(month: Month) -> str:
    return f"{month.day.year}年{month.day.month}月"


def reported(flow: Flow, units: int) -> str:
    """Return who told nothing for the newest month: 1个单位10月未报送（交通产业工会）."""
    if flow.as_of is None:
        return f"填报单位 {units} 个，均未报送人数"
    if not flow.missing:
        return f"各填报单位均已报送{flow.as_of.month}月人数"
    names = f"（{'、'.join(flow.missing)}）" if len(flow.missing) <= LISTED else ""
    return f"{len(flow.missing)}个单位{flow.as_of.month}月未报送{names}，累计人数含其以前各月"


def progress_source(flow: Flow) -> str:
    """Return where the figures come from and as of when, for the foot of a picture."""
    day = f"数据截至{theme.chinese_date(flow.as_of)}" if flow.as_of else "尚无数据"
    return f"数据来源：各填报单位培训统计表｜{day}"


def progress_note(settings: Settings) -> str:
    """Return the definition and the rule of pace in force, for the foot of a picture."""
    share = theme.target_percent(settings.slow_bp)
    way = "有分月节点的按节点，其余" if settings.pace == "nodes" else ""
    return f"按人数计，自培、委培、联办合计，不与人次相加；序时{way}按天均匀，不足序时应达{share}%为滞后"


def progress_remarks(flow: Flow) -> list[str]:
    """Return what a reader must know of single months: holes, units that told nothing, returns without persons."""
    blank = [month for month in flow.months if month.persons is None]
    partly = [month for month in flow.months if month.persons and month.missing]
    said = [f"○ {len(blank)}个月没有报人数，累计不含这些月"] if blank and flow.persons is not None else []
    said += ["浅色柱：当月有单位未报送"] if partly else []
    said += [f"另有{flow.times_only}行只报人次，未计入人数"] if flow.times_only else []
    return said


# Breakdown


def part_name(key: str, by: str) -> str:
    """Return a part in words: 非公有制, 私人控股, 自培, 高级工, 文澜区; 未填 where it was not told."""
    if not key:
        return UNTOLD
    if by == "enterprise_type":
        return {"state": "国有及控股", "non_public": "非公有制"}.get(key) or theme.ATOM_WORDS.get(key, key)
    return theme.ATOM_WORDS.get(key, key) if by == "control" else key


def real(part: Part, by: str) -> bool:
    """Whether a part is a class of its own, not what is left over or not yet told apart: 未填, 未分类型, 未细分."""
    return bool(part.key) and part.key not in RESIDUAL and not (by == "control" and part.key == "non_public")


def leaders(parts: Sequence[Part], by: str) -> tuple[str, ...]:
    """Return the keys of the largest real parts, empty where nobody trained or where too many are equal."""
    named = [part for part in parts if part.persons and real(part, by)]
    most = max((part.persons or 0 for part in named), default=0)
    found = tuple(part.key for part in named if part.persons == most)
    return found if len(found) <= (1 if by == UNITS else NAMED) else ()


def breakdown_title(parts: Sequence[Part], by: str) -> str:
    """Return which real part trained most and its share; equal parts are named together, equal units by their range."""
    told, kind = [part for part in parts if part.persons], BY_WORDS[by]
    named, total = [part for part in told if real(part, by)], sum(part.persons or 0 for part in told)
    if not told:
        return "累计培训0人" if any(part.persons == 0 for part in parts) else f"还没有按{kind}统计的人数"
    if not named:
        return f"{theme.count(total)}人均未{'细分' if any(part.key for part in told) else '填'}{kind}"
    if len(told) == 1:
        name = part_name(named[0].key, by)
        return f"{theme.count(total)}人全部{f'由{name}培训' if by == UNITS else f'为{name}'}"
    return _most(parts, told, named, by, total)


def _most(parts: Sequence[Part], told: Sequence[Part], named: Sequence[Part], by: str, total: int) -> str:
    most = max(part.persons or 0 for part in named)
    figures = f"{'' if by == 'method' else '培训'}{theme.count(most)}人，占{theme.percent(most, total)}%"
    first = [part_name(key, by) for key in leaders(parts, by)]
    if not first:
        return _range(parts) if by == UNITS else f"{sum(part.persons == most for part in named)}项并列最多，各{figures}"
    if len(first) > 1:
        return f"{'、'.join(first)}并列最多，各{figures}"
    beyond = any((part.persons or 0) > most for part in told)  # what is not told apart may be more
    return f"{first[0]}{figures}，" + (f"在已分{BY_WORDS[by]}的人数中最多" if beyond else "最多")


def _range(parts: Sequence[Part]) -> str:
    figures = [part.persons for part in parts if part.key and part.persons is not None]
    low, high = theme.count(min(figures)), theme.count(max(figures))
    return f"各单位均培训{low}人" if low == high else f"各单位培训{low}—{high}人"


def breakdown_subtitle(parts: Sequence[Part], by: str) -> str:
    """Return what is broken down, its unit, the sum, and how much of it was not told."""
    total = sum(part.persons or 0 for part in parts)
    untold = sum(part.persons or 0 for part in parts if not part.key)
    facts = [f"合计{theme.count(total)}人" if total else "", f"未填{theme.count(untold)}人" if untold else ""]
    return "　｜　".join(filter(None, (f"{SUBJECT}累计人数，按{BY_WORDS[by]}分，人", "，".join(filter(None, facts)))))


def breakdown_note() -> str:
    """Return what the columns mean, for the foot of a picture."""
    return "占比＝人数÷累计人数，逐项四舍五入；人次另计，不与人数相加"
