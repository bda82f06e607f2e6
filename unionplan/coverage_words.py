"""What the coverage page says of speeds, forecasts, changes and contracts that run out: sentences from numbers only.

Differences are taken between the printed figures; 底数变化 is what 覆盖增减 leaves of the whole (docs/rules.md 3, 7).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from unionplan import narrative, theme
from unionplan.attainment import Attainment, Outlook, composite
from unionplan.change import Change, Move
from unionplan.comparing import DIFFERENT, REASONS
from unionplan.forecast import LEAST, Forecast, Speed
from unionplan.plan import Indicator

MOVES = {
    "covered": "新覆盖", "expired": "到期", "dropped": "其他不再覆盖", "registered": "新登记", "moved_in": "转入",
    "joined": "新进底数", "returned": "恢复存续", "retyped_in": "改认类型后计入", "closed": "注销", "moved_out": "迁出",
    "paused": "停业", "gone": "台账中已无", "left": "不再计入底数", "retyped_out": "改认类型后不计", "kept": "在册企业增减",
    "summary": "只报汇总表的单位",
}  # fmt: skip
JOINED = {"unionised": "新建会", "unionised_women": "新建会或新有女职工"}
OTHER_BASIS, NO_PAST = REASONS[DIFFERENT], "尚无可比的以往数据"
_NAMED = 3


def average(value: Fraction) -> str:
    """Return a monthly average with one decimal, without it where it is whole; signed where it is a loss."""
    tenths = (abs(value) * 20 + 1) // 2
    whole, rest = divmod(int(tenths), 10)
    text = f"{whole:,}.{rest}" if rest else f"{whole:,}"
    return f"-{text}" if value < 0 and tenths else text


def trio(speed: Speed, unit: str) -> str:
    """Return 需月均 x · 近三月月均 y · 最好月 z, each as far as it is known; the first only where something is open."""
    needed = f"需月均{average(speed.required)}{unit}" if speed.required else ""
    recent = "近三月月均数据不足" if speed.recent is None else f"近三月月均{average(speed.recent)}{unit}"
    best = "" if speed.best is None else f"最好月{average(speed.best)}{unit}{_when(speed)}"
    return " · ".join(filter(None, (needed, recent, best)))


def _when(speed: Speed) -> str:
    days = speed.best_on
    return f"（{'、'.join(f'{day.month}月' for day in days)}）" if 0 < len(days) <= _NAMED else ""


def expected(row: Attainment, ahead: Forecast | None, points: int) -> str:
    """Return what the forecast says of the window's end, labelled as what it is, or why there is none."""
    if row.end is None or row.as_of is None or row.target_bp is None or row.status in ("overdue", "stale"):
        return ""
    if ahead is None:
        return "预测：数据不足" if points < LEAST and row.end > row.as_of else ""
    low, line, high = (theme.percent(count, ahead.base, row.target_bp) for count in ahead.counts)
    day = theme.chinese_date(ahead.end.day) if ahead.end.day.year != row.as_of.year else theme.month_day(ahead.end.day)
    return f"预计{day}{line}%（80%区间{low}%–{high}%），仅供参考"


def risk(row: Attainment) -> str:
    """Return what a title adds where the present speed will not make it."""
    return f"，{theme.MARKS['at_risk'].meaning}" if "at_risk" in row.marks else ""


# Change


def shown_rates(change: Change, target_bp: int | None) -> tuple[str, str]:
    """Return the rate then and now as they are printed."""
    return (theme.percent(change.covered0, change.base0, target_bp),
            theme.percent(change.covered1, change.base1, target_bp))  # fmt: skip


def shown_split(change: Change, target_bp: int | None) -> tuple[str, str, str]:
    """Return (total, 覆盖增减, 底数变化) in 百分点 as printed: the last is what the first leaves of the second."""
    then, now = shown_rates(change, target_bp)
    total, effort = Decimal(theme.points(now, then)), Decimal(_tenths(change.effort))
    return str(total), str(effort), str(total - effort)


def _tenths(value: Fraction) -> str:
    tenths = int((abs(value) * 2000 + 1) // 2)
    return f"{'-' if value < 0 and tenths else ''}{tenths // 10}.{tenths % 10}"


def signed(text: str) -> str:
    """Return a printed difference with its sign: +2.0, -5.0, 0.0."""
    return f"+{text}" if Decimal(text) > 0 else text


def change_title(row: Attainment, indicator: Indicator, change: Change) -> str:
    """Return how far the rate moved, and how much of it each part is."""
    total, effort, shift = shown_split(change, row.target_bp)
    start = f"{narrative.subject(row, indicator)}较{theme.month_day(change.since)}"
    word = "工作成效" if change.effort > 0 else "覆盖增减"
    return f"{start}{_moved(total)}：{word}{signed(effort)}，底数变化{signed(shift)}个百分点"


def _moved(points: str) -> str:
    moved = Decimal(points)
    return "持平" if not moved else f"{'提高' if moved > 0 else '下降'}{abs(moved)}个百分点"


def change_subtitle(change: Change, indicator: Indicator, target_bp: int | None, units: int) -> str:
    """Return what is split, over which units, and the counts on both sides."""
    then, now = shown_rates(change, target_bp)
    sides = (
        f"{then}%（{theme.count(change.covered0)}/{theme.count(change.base0)}）→ "
        f"{now}%（{theme.count(change.covered1)}/{theme.count(change.base1)}）"
    )
    same = f"可比的{len(change.units)}个单位" if len(change.units) < units else f"全部{units}个单位"
    return f"{indicator.name}增减，百分点和{indicator.unit}　｜　{same}，{sides}"


def move_name(kind: str, indicator: Indicator) -> str:
    """Return one of change.KINDS in words."""
    return JOINED.get(indicator.base, MOVES[kind]) if kind == "joined" else MOVES[kind]


def moves_sentence(change: Change, moves: Sequence[Move], indicator: Indicator) -> str:
    """Return what the two counts are made of: 已覆盖1,530→1,673家，净增143家：新覆盖+125 …；底数…."""
    unit = indicator.unit
    covered = _parts([(move_name(m.kind, indicator), m.covered) for m in moves])
    base = _parts([(move_name(m.kind, indicator), m.base) for m in moves])
    counts = (
        (indicator.covered_word, change.covered0, change.covered1, covered),
        (indicator.base_word, change.base0, change.base1, base),
    )
    return (
        "；".join(f"{word}{_net(was, now, unit)}{f'（{parts}）' if parts else ''}" for word, was, now, parts in counts)
        + "。"
    )


def _net(was: int, now: int, unit: str) -> str:
    if was == now:
        return f"{theme.count(now)}{unit}，净增减为零"
    return f"由{theme.count(was)}{unit}到{theme.count(now)}{unit}，净{'增' if now > was else '减'}{theme.count(abs(now - was))}{unit}"


def _parts(parts: Sequence[tuple[str, int]]) -> str:
    return "、".join(f"{name}{value:+,}" for name, value in parts if value)


# Contracts that run out


def expiry_title(row: Attainment, indicator: Indicator, ending: dict[int, int]) -> str:
    """Return how many contracts run out and what the rate would be if none is renewed."""
    days = max(ending)
    start = f"{narrative.subject(row, indicator)}："
    if not ending[days]:
        return f"{start}{days}天内没有合同到期"
    now, then = (
        theme.percent((row.numerator or 0) - less, row.denominator or 1, row.target_bp) for less in (0, ending[days])
    )
    return f"{start}{days}天内到期{theme.count(ending[days])}{indicator.unit}，若不续签，{now}%降为{then}%"


def falls_short(row: Attainment, ending: dict[int, int]) -> str:
    """Return within how many days a reached target would be missed, and by how many; empty where it would not."""
    for days in sorted(ending):
        lacking = (row.need or 0) - (row.numerator or 0) + ending[days]
        if row.attained and lacking > 0:
            return f"{days}天后将低于目标，差{theme.count(lacking)}家"
    return ""


# Unclassified, composite, gaps


def bases_apart(indicator: Indicator, fixed_on: date, present: int, fixed: int, covered: int) -> str:
    """Return why a list after the base of now and a gap after the base fixed on a day differ, with both numbers.

    "" where the bases are the same.
    """
    if present == fixed:
        return ""
    unit, word = indicator.unit, indicator.base_word
    now, then = (
        f"{word}{theme.count(base)}{unit}，未覆盖{theme.count(max(0, base - covered))}{unit}"
        for base in (present, fixed)
    )
    return f"名单按现有底数列出：{now}；完成率和差额按{theme.chinese_date(fixed_on)}的核定底数计算：{then}。"


def unsure(row: Attainment, indicator: Indicator, unclassified: int) -> str:
    """Return the rate's range where enterprises are not classified or cells are blank; empty where it is certain."""
    if row.low is None or row.high is None or row.numerator is None:
        return ""
    low, high = (theme.percent(one.numerator, one.denominator, row.target_bp) for one in (row.low, row.high))
    blank = "另有关键栏空白的企业按未覆盖计；" if _blank(row, unclassified) else ""
    open_ = f"应计范围内有{theme.count(unclassified)}{indicator.unit}待认定；" if unclassified else ""
    lead = open_ + blank
    return f"{lead}算上这些，{narrative.subject(row, indicator)}在{low}%至{high}%之间（一家也没有覆盖至全部覆盖）。"


def _blank(row: Attainment, unclassified: int) -> bool:
    assert row.low is not None
    assert row.high is not None
    assert row.denominator is not None
    base = row.denominator + unclassified
    return (row.high - row.low) * base != unclassified


def composite_sentence(rows: Sequence[Attainment], indicator: Indicator) -> str:
    """Return the indicator's composite over its types that have a target; empty with fewer than two."""
    counted = [(row.numerator, row.denominator, row.target_bp) for row in rows
               if row.numerator is not None and row.denominator and row.target_bp is not None and row.status != "stale"]  # fmt: skip
    cells = [(a, n, bp) for a, n, bp in counted if a is not None and n is not None and bp is not None]
    whole = composite(cells)
    if len(cells) < 2 or whole is None:
        return ""
    bare = Fraction(sum(a for a, _, _ in cells), sum(-(-bp * n // 10_000) for _, n, bp in cells))
    shown = theme.percent(whole.numerator, whole.denominator)
    plain = Decimal(str((bare.numerator * 2000 + bare.denominator) // (2 * bare.denominator))) / 10
    more = f"；如果以长补短是{plain}%" if bare != whole else ""
    return f"{indicator.name}综合完成程度{shown}%：各类企业每类最多算到自己的应达家数，不以长补短{more}。"


def unclassified_in(outlook: Outlook, row: Attainment, units: Sequence[str]) -> int:
    """Return how many unclassified enterprises stand beside a row: those that its range is made of."""
    if row.scope == "all":
        return 0
    counts = outlook.figures().counts
    cells = [counts.get((row.indicator, unit, "unclassified")) for unit in units]
    return sum(cell.denominator for cell in cells if cell)


# Enterprises


APART = {
    "closed": "注销", "moved_out": "迁出", "paused": "停业", "no_enterprise": "不是企业", "no_union": "未建会",
    "union_blank": "是否建会未填", "no_women": "没有女职工", "women_blank": "女职工人数未填", "workers_blank": "职工人数未填",
}  # fmt: skip


def standing(reason: str, told: str, day: date | None, short: int, indicator: Indicator) -> str:
    """Return in words how an enterprise stands: what covers it and until when, why it is missing, why it is not counted.

    `reason` and the rest are columns of store.standing.LISTED; `told` is the cell that decides.
    """
    if reason in APART:
        return f"不计入：{APART[reason]}"
    if reason != "covered":
        return narrative.why(reason, day, int(short), indicator)
    if indicator.id == "member":
        return f"全部入会（{told}人）"
    until = f"，{theme.chinese_date(day)}到期" if day else ""
    word = {"disclosure": "已公开", "union": f"已建会（{told}）"}.get(indicator.id, told)
    return f"{word}{until}"
