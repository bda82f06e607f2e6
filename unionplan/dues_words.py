"""What is said of union dues: amounts in 万元, the year's task, last year, and 审计 before 公布."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from unionplan import theme
from unionplan.dues import Dues, Pooled

SUBTITLE = "各单位工会经费完成年度任务的%　｜　浅色条为年度任务；计划没有为经费收缴设目标，不判断快慢"
NOTE = "完成率＝累计收缴÷年度任务；未填报的单位不计入合计"


def amount(value: Fraction) -> str:
    """Return an amount in 万元 with thousands separators and at most two decimals, rounded half up: "1,234.5"."""
    cents = (200 * abs(value).numerator + value.denominator) // (2 * value.denominator)
    text = f"{cents // 100:,}.{cents % 100:02d}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 and cents else text


def rate(value: Fraction | None) -> str:
    """Return a rate in percent without the sign, or a dash."""
    return theme.NONE if value is None else theme.percent(value.numerator, value.denominator)


def growth(value: Fraction | None) -> str:
    """Return 增长6.1%, 下降2.0%, 持平, or a dash."""
    if value is None:
        return theme.NONE
    shown = theme.percent(abs(value).numerator, value.denominator)
    return "持平" if not value else f"{'增长' if value > 0 else '下降'}{shown}%"


def conclusion(city: Pooled) -> str:
    """Return the city's dues in one sentence, over the units that told both task and sum."""
    head = f"截至{theme.chinese_date(city.as_of)}，工会经费累计收缴{amount(city.total)}万元"
    if not city.units:
        return f"截至{theme.chinese_date(city.as_of)}，没有单位同时填报年度任务和累计收缴"
    done = f"，完成年度任务的{rate(city.total / city.task)}%"
    than = f"，比上年同期{growth(city.now / city.before - 1)}" if city.before else ""
    return head + done + (than if "持平" not in than else "，与上年同期持平")


def counted(city: Pooled) -> str:
    """Return which units the sums stand on, and how far audit and publication have come."""
    missing = f"，{'、'.join(city.missing)}没有同月数据，未计入" if 0 < len(city.missing) <= 4 else (
        f"，{len(city.missing)}个单位没有同月数据，未计入" if city.missing else "")  # fmt: skip
    audit = f"审计：{len(city.audited)}个单位已审计，其中{len(city.published)}个已公布结果"
    early = f"；{'、'.join(city.early)}未填审计却已公布，请核对" if city.early else ""
    return f"按{len(city.units)}个单位汇总{missing}。{audit}{early}。"


def source(city: Pooled) -> str:
    """Return where the figures come from and of which day they are."""
    return f"数据来源：经费收缴表｜数据截至{theme.chinese_date(city.as_of)}"


def audit(row: Dues) -> str:
    """Return how far a unit is with 审计 then 公布."""
    if row.early:
        return "未填审计，已公布，请核对"
    if row.audited is None and row.published is None:
        return theme.NONE
    if not row.audited:
        return "未审计"
    return f"已审计{theme.count(row.audited)}家，{'已公布' if row.published else '未公布'}"


def order(rows: Sequence[Dues]) -> list[Dues]:
    """Return the units by their rate, those without one last; equal ones keep the plan's order."""
    return sorted(rows, key=lambda row: (row.rate is None, -(row.rate or 0)))
