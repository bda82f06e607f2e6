"""Why a light is what it is, and how far the work has come: one sentence each, from computed figures only.

The rule names the very figures that decided (应达、偏慢线、截止日); docs/rules.md, sections 4, 5, 6 and 12.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from unionplan import theme
from unionplan.attainment import Attainment, Outlook, expires
from unionplan.events import Standing
from unionplan.flows import TRAINING, Flow
from unionplan.narrative import figure
from unionplan.plan import Indicator, Item, Settings

NO_YEAR = "计划没有写明截止年份，设定前不判断快慢"
NOTHING_TOLD = "还没有收到活动记录或进展"


# Rates


def rate_said(row: Attainment, indicator: Indicator) -> str:
    """Return a rate with its counts and how far from its target: 42.6%（1,278/3,000），距50%目标还差7.4个百分点、222家."""
    shown = figure(row, indicator)
    if row.numerator is None or not row.denominator or row.target_bp is None:
        return shown
    goal = theme.target_percent(row.target_bp)
    if row.attained:
        more = f"，超出{theme.count(row.surplus)}{indicator.unit}" if row.surplus else ""
        return f"{shown}，目标{goal}%{more}"
    away = theme.points(goal, theme.percent(row.numerator, row.denominator, row.target_bp))
    return f"{shown}，距{goal}%目标还差{away}个百分点、{theme.count(row.gap or 0)}{indicator.unit}"


def rate_rule(row: Attainment, outlook: Outlook) -> str:
    """Return which rule gave a rate its light, with the figures that it compared."""
    indicator, settings = outlook.plan.indicators[row.indicator], outlook.plan.settings
    if row.numerator is None or row.as_of is None:
        return "还没有收到这项指标的数"
    if row.status == "stale":
        return _stale_rule(row.as_of, indicator, outlook.clock)
    if not row.denominator or row.target_bp is None:
        return "没有应覆盖的企业，不判断快慢" if not row.denominator else "没有设目标"
    if row.status in ("on_pace", "slow", "behind"):
        return _pace_rule(row, settings)
    before = {
        "out_of_plan": f"{outside_words(row.start, row.end, settings)}；" if row.status == "out_of_plan" else "",
        "overdue": f"窗口已过{(outlook.today - row.end).days}天，" if row.end else "",
        "no_deadline": f"{NO_YEAR}；", "below": "没有期初同口径的数，不判断快慢；",
    }  # fmt: skip
    return before.get(row.status, "") + _beside_target(row)


def _pace_rule(row: Attainment, settings: Settings) -> str:
    if row.due_rate is None or row.slow_rate is None:
        near = f"{theme.target_percent(settings.near_bp)}个百分点"
        away = f"相差{'不' if row.status == 'slow' else ''}超过{near}"
        return f"基期已不低于目标；{_beside_target(row)}，{away}"
    shown, word, due = _beside(row, row.due_rate)
    if row.status == "on_pace":
        return f"应达{due}，实际{shown}，{word}应达"
    shown, word, slow = _beside(row, row.slow_rate)
    return f"应达{_percent(row.due_rate, 1)}，实际{shown}，{word}偏慢线{slow}"


def _beside_target(row: Attainment) -> str:
    assert row.target_bp is not None
    goal = theme.target_percent(row.target_bp)
    return f"实际{_shown(row)}，{'不低于' if row.attained else '低于'}目标{goal}%"


def _shown(row: Attainment) -> str:
    assert row.numerator is not None
    assert row.denominator
    return f"{theme.percent(row.numerator, row.denominator, row.target_bp)}%"


def _beside(row: Attainment, line: Fraction) -> tuple[str, str, str]:
    """(rate, 低于 or 不低于, line), with as many decimals as it takes to see which is the larger."""
    rate = Fraction(row.numerator or 0, row.denominator or 1)
    word, shown, other = "低于" if rate < line else "不低于", _shown(row), _percent(line, 1)
    for decimals in (2, 3, 4):
        if shown != other or rate == line:
            break
        shown, other = _percent(rate, decimals), _percent(line, decimals)
    return shown, word, other


def _percent(value: Fraction, decimals: int) -> str:
    scale = 10**decimals
    whole = (value * 100 * scale * 2 + 1) // 2  # half up
    return f"{whole // scale}.{whole % scale:0{decimals}d}%"


def _stale_rule(as_of: date, indicator: Indicator, clock: date) -> str:
    last = expires(as_of, indicator)
    return (
        f"统计时点{theme.chinese_date(as_of)}，报送周期加宽限到{theme.month_day(last)}为止，已过{(clock - last).days}天"
    )


# What accumulates


def flow_said(now: Flow) -> str:
    """Return how many persons were trained and how many are open: 累计12,600人，任务50,000人，还差37,400人."""
    if now.persons is None:
        return "未报"
    told = f"累计{theme.count(now.persons)}人"
    if now.target is None:
        return told
    rest = f"还差{theme.count(now.gap or 0)}人" if now.gap else f"超出{theme.count(now.surplus or 0)}人"
    return f"{told}，任务{theme.count(now.target)}人，{rest}"


def flow_rule(now: Flow, outlook: Outlook) -> str:
    """Return which rule gave training its light, with the persons that it compared."""
    if now.persons is None or now.as_of is None:
        return "还没有收到培训人数"
    if now.status == "stale":
        return _stale_rule(now.as_of, outlook.plan.indicators[TRAINING], outlook.clock)
    if now.target is None:
        return "没有设任务数"
    done, task = f"实际{theme.count(now.persons)}人", f"任务{theme.count(now.target)}人"
    if now.due is not None and now.slow is not None and now.status in ("on_pace", "slow", "behind"):
        due, slow = theme.count(-(-now.due // 1)), theme.count(-(-now.slow // 1))
        if now.status == "on_pace":
            return f"应达{due}人，{done}，不低于应达"
        return f"应达{due}人，{done}，{'不低于' if now.status == 'slow' else '低于'}偏慢线{slow}人"
    before = {
        "out_of_plan": f"{outside_words(now.start, now.end, outlook.plan.settings)}；" if now.status == "out_of_plan" else "",
        "overdue": f"窗口已过{(outlook.today - now.end).days}天，" if now.end else "",
        "no_deadline": f"{NO_YEAR}；", "below": "没有设起始日，不判断快慢；",
    }  # fmt: skip
    return f"{before.get(now.status, '')}{done}，{'不低于' if now.status == 'attained' else '低于'}{task}"


# Activities and notes


def standing_rule(one: Standing, settings: Settings) -> str:
    """Return which rule gave an item its light where events and notes judge it."""
    if one.item.settled:
        return "计划已载明完成"
    words = {
        "done": _done, "out_of_plan": lambda one: outside_words(one.item.start, one.item.end, settings),
        "no_deadline": lambda _: NO_YEAR, "overdue": _overdue, "behind": _behind, "due_soon": _due_soon,
        "on_pace": lambda one: "到期的各期均已完成" if one.form == "periods" else "应访各户均已访",
        "moving": lambda one: "有进展登记；计划没有定数量，不判断快慢" if one.form == "notes" else "已有进展，未到截止日",
        "not_started": _not_started,
    }  # fmt: skip
    return words[one.status](one)


def _done(one: Standing) -> str:
    whole = {
        "periods": f"{one.total}期全部完成", "steps": f"{one.total}步全部完成", "cases": "窗口已结束，应访各户均已访",
        "count": f"应办{one.total}{one.item.unit}，已办{one.done}{one.item.unit}",
    }  # fmt: skip
    return whole[one.form]


def _overdue(one: Standing) -> str:
    assert one.item.end is not None
    passed = f"窗口已过{(one.today - one.item.end).days}天"
    if one.form == "periods":
        return f"{passed}，{_missed(one)}未完成"
    return f"{passed}，还有{(one.due or 0) - one.done}户未访" if one.form == "cases" else f"{passed}，未登记完成"


def _behind(one: Standing) -> str:
    since = f"已过{one.late_days}天"
    if one.form == "periods":
        return f"{_missed(one)}未完成，{since}"
    if one.form == "cases":
        return f"应访{one.due}户，还有{(one.due or 0) - one.done}户未访"
    day = f"计划{theme.month_day(one.late_since)}" if one.late_since else "计划日"
    return f"{day}完成，{since}，未登记完成"


def _missed(one: Standing) -> str:
    return "、".join(period.label for period in one.periods if period.state == "missed")


def _due_soon(one: Standing) -> str:
    running = next((period for period in one.periods if period.state == "due_now"), None)
    if running:
        return f"{running.label}还剩{(running.last - one.today).days}天，尚未完成"
    return f"距截止日还有{(one.item.end - one.today).days}天，尚未完成" if one.item.end else "尚未完成"


def _not_started(one: Standing) -> str:
    if one.form == "periods":
        return "还没有到期的期次，也没有提前完成的"
    if one.form == "cases":
        return "还没有登记应访的户"
    return "还没有进展登记" if one.form == "notes" else "还没有进展登记，未到截止日"


# Anything


def bare_rule(item: Item, status: str, settings: Settings) -> str:
    """Return which rule gave an item its light of which nothing has been told."""
    if status == "done":
        return "计划已载明完成"
    if status == "out_of_plan":
        return outside_words(item.start, item.end, settings)
    return "还没有收到这项指标的数" if item.indicator else NOTHING_TOLD


def outside_words(start: date | None, end: date | None, settings: Settings) -> str:
    """Return on which side of the board's period a window lies: 2026年7月以前结束，不在计划期内."""
    if end is not None and end < settings.period_start:
        return f"{settings.period_start.year}年{settings.period_start.month}月以前结束，不在计划期内"
    assert start is not None
    return f"{settings.period_end.year}年{settings.period_end.month}月以后开始，不在计划期内"
