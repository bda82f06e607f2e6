"""Months or quarters that stand across a header: which columns they are, what they count and of which year.

The words decide, never the numbers below: the measure is named beside the month in the header, else in the title,
else in the tab; where none of them names exactly one, it stays open and is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from unionplan.intake.fields import in_digits
from unionplan.intake.headers import bare_label, changes, indicators_named, plain, scale_of, synonyms, unit_of
from unionplan.intake.recognising import meaning

Texts = tuple[str, ...]
_NUMERALS = {word: number for number, word in enumerate("一二三四五六七八九", 1)} | {"十": 10, "十一": 11, "十二": 12}
_YEAR = r"(20\d\d)(?:年度?|[./-])?"
_MONTH = re.compile(rf"(?:{_YEAR})?(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?:份|底|末|度)?")
_DATED = re.compile(r"(20\d\d)(?:年|[./-])(1[0-2]|0?[1-9])月?份?")
_QUARTER = re.compile(rf"(?:{_YEAR})?(?:第?([一二三四1-4])季度?|[Qq]([1-4]))")
_MONTH_FIRST = re.compile(rf"(?:{_YEAR})?(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?:份|底|末)?(?=[^\d日])")
_DATED_FIRST = re.compile(r"20\d\d[./-](?:1[0-2]|0?[1-9])(?=[^\d./-])")
"""A month in front of what it counts: 7月培训人数."""
_HALF = re.compile(r"(?:20\d\d年?)?([上下])半年")
_YEAR_GROUP = re.compile(r"(20\d\d)(?:年度?)?")
_YEAR_WITHIN = re.compile(r"(20\d\d)年度?")
_SUM = re.compile(r"(全年|本年度?|年度|当年|年)?(合计|累计|总计|小计|共计|累计数|合计数|累计完成|累计完成数)|全年")


@dataclass(frozen=True)
class Period:
    """A month, or the months `first` to `last` of a quarter; `year` None where its words name none."""

    year: int | None
    first: int
    last: int


@dataclass(frozen=True)
class MonthColumn:
    """One column: its position and lowest header row (from 0), its text, what it counts (None: nobody says so), what
    its numbers are multiplied with, and its period. In a sum, `first` to `last` are the months added up."""

    index: int
    row: int
    label: str
    field: str | None
    scale: int
    year: int | None
    first: int
    last: int


@dataclass(frozen=True)
class Across:
    """The columns of a table whose months stand across, and those that sum them up.

    `years`: the years that the title names, else the tab.
    """

    months: tuple[MonthColumn, ...]
    sums: tuple[MonthColumn, ...]
    years: tuple[int, ...]


@cache
def period_named(text: str) -> Period | None:
    """Return the month or quarter that a header cell is: 7月, 七月份, 2026年7月, 2026-07, 第三季度."""
    flat = bare_label(text)
    if found := _MONTH.fullmatch(flat) or _DATED.fullmatch(flat):
        month = _NUMERALS.get(found[2]) or int(found[2])
        return Period(int(found[1]) if found[1] else None, month, month)
    if found := _QUARTER.fullmatch(flat):
        number = found[2] or found[3]
        quarter = _NUMERALS.get(number) or int(number)
        return Period(int(found[1]) if found[1] else None, quarter * 3 - 2, quarter * 3)
    return None


@cache
def parted(levels: Texts) -> tuple[Period | None, Texts]:
    """Return the period that one of a column's header cells (upper first) is, and what the others say without the year."""
    period: Period | None = None
    year, rest = None, []
    for text in dict.fromkeys(level for level in levels if plain(level)):
        if found := period_named(text):
            period = found
        elif first := _MONTH_FIRST.match(bare_label(text)) or _DATED_FIRST.match(bare_label(text)):
            period = period_named(first[0])
            rest.append(bare_label(text)[first.end() :])
        elif group := _YEAR_GROUP.fullmatch(bare_label(text)):
            year = int(group[1])
        else:
            said = _YEAR_WITHIN.search(plain(text))
            year = int(said[1]) if said else year
            rest.append(_YEAR_WITHIN.sub("", plain(text)))
    if period and period.year is None and year:
        period = Period(year, period.first, period.last)
    return period, tuple(rest)


def stand_across(columns: Iterable[Texts]) -> bool:
    """Return whether these headers hold two months or more."""
    return len({period for texts in columns if (period := parted(texts)[0])}) > 1


def is_of_months(texts: Texts) -> bool:
    """Return whether a column is a month or quarter, or a sum of them."""
    return parted(texts)[0] is not None or _summed(texts)[0] is not None


def measures_beside(texts: Texts) -> set[str]:
    """Return what the words beside a month may count, on whichever kind of table."""
    period, rest = parted(texts)
    found = (_beside(rest, kind) for kind in ("W2", "W3b")) if period and rest else ()
    return {field for field in found if field and _is_count(field)}


def _beside(rest: Texts, kind: str) -> str | None:
    """What header cells without their month name: a column of this kind, or one measure as a title would."""
    field = meaning(rest, kind, False).field
    named = measure_named(rest[-1]) if field is None and len(rest) == 1 else None
    return named[1] if named and named[0] == kind else field


# ------------------------------------------------------------------ what they count


_DRESS = re.compile(
    r"截[至止](20\d\d年)?\d{1,2}月(\d{1,2}日|底|末)?|^附件\d*[:：]?|^表[\d一二三四五六七八九十]+[:：]?|(20\d\d[-—–~至到])?20\d\d年?度?|\(.*?\)|^(全市|全区|全县|各区县|各县区|各县市区|各县\(市、区\)|各单位)|"
    r"\d{1,2}月?(份)?[-—–~至到]\d{1,2}月(份)?|(?<!\d)\d{1,2}月(份|底|末)?|第?[一二三四1-4]季度|[各分逐每按]+个?(月|季度|季)(份|度)?的?|[上下]半年|"
    r"(的|情况|进度|进展|完成|工作|数据)*(统计|汇总|一览|登记|明细|情况|进度|月报|报|分析|调查)*(表|台账|报表|统计|汇总|情况)$"
)
_TRAINED = re.compile(
    r"(技术工人|产业工人|企业职工|职工|工人|技能人才)*(职业)?(技能|技术|素质)*(提升)?(参加)?(参训|培训)(技术工人|职工|工人|学员)?(总|的)*(人数|人次)数?"
)
_TRAINING = ("persons", "person_times")
_ADDED_UP = re.compile(r"累计")
COUNTED = ("covered", "contracts", "covered_workers", "total", "should_unionise", "unionised", "workers", "members",
           *_TRAINING, "classes")  # fmt: skip
"""The measures that can stand month by month."""
CHECKED = ("rate", "cumulative")
"""What may stand beside them every month and is only a check."""


def undressed(text: str) -> str:
    """Return what a title says without its year, whose it is, and that it is a table of months."""
    before, flat = "", in_digits(plain(text))
    while before != flat:
        before, flat = flat, _DRESS.sub("", flat)
    return flat


@cache
def measure_named(text: str) -> tuple[str, str] | None:
    """Return (kind of table, measure) where a title names exactly one; a changed count (新签, 计划, 累计) is none."""
    said = undressed(text)
    if not said or _ADDED_UP.search(said):
        return None
    if _TRAINED.fullmatch(said):
        return "W3b", "person_times" if said.endswith(("人次", "人次数")) else "persons"
    field = meaning((said,), "W2", False).field
    changed = changes(said) and said not in synonyms("W2")
    return ("W2", field) if field and _is_count(field) and not changed else None


def _is_count(field: str) -> bool:
    return field.split("@")[0] in COUNTED


def title_measure(title: Sequence[str], tab: str) -> tuple[str, str, str] | None:
    """Return (kind, measure, the text that says so) of the one measure that the title names, else the tab."""
    for texts in (title, (tab,)):
        found = {measure: text for text in texts if (measure := measure_named(text))}
        if found:
            (kind, field), text = next(iter(found.items()))
            return (kind, field, text) if len(found) == 1 else None
    return None


def is_training(columns: Iterable[Texts], title: Sequence[str], tab: str) -> bool:
    """Return whether the months count persons trained: by the words beside them, else by title or tab."""
    beside = [rest for texts in columns for period, rest in [parted(texts)] if period and rest]
    if any(_beside(rest, "W3b") in _TRAINING for rest in beside):
        return True
    named = title_measure(title, tab)
    return named[0] == "W3b" if named else any("培训" in plain(text) for text in (*title, tab))


WORDS = {
    "covered": "已签订企业数", "contracts": "合同份数", "covered_workers": "覆盖职工数", "total": "企业总数", "should_unionise": "应建会企业数",
    "unionised": "已建会企业数", "workers": "职工人数", "members": "会员人数",
}  # fmt: skip
"""A summary's measure → a word that names it to the letter below a group."""
_OWN_MONTH = ("本月", "当月", "本期", "本月数", "当月数", "本期数")


def _field(rest: Texts, kind: str, named: str | None) -> str | None:
    """What a month's column counts: what the words beside it name, or the title's measure in the group that they name."""
    field = _beside(rest, kind) if rest else named
    if field is not None and (_is_count(field) or field.split("@")[0] in CHECKED):
        return field
    if named is None or kind != "W2":
        return named if all(plain(text) in _OWN_MONTH for text in rest) else None
    measure, *groups = named.split("@")
    groups = [] if indicators_named(rest) else groups
    field = meaning((*rest, *groups, WORDS[measure]), kind, False).field
    return field if field and _is_count(field) else None


def across(columns: Sequence[tuple[int, int, Texts]], kind: str, title: Sequence[str], tab: str) -> Across:
    """Return the months of a header (position, lowest row, texts from the top) and their sums; `scale` 0 where
    neither their words nor the title's state a unit."""
    told = title_measure(title, tab)
    named = told[1] if told and told[0] == kind else None
    months: list[MonthColumn] = []
    sums: list[MonthColumn] = []
    for index, row, texts in columns:
        period, rest = parted(texts)
        adds, others = _summed(texts)
        found = period or adds
        if found is None:
            continue
        unit = next((unit_of(text) for text in reversed(texts) if unit_of(text)), "")
        unit = unit or (unit_of(told[2]) if told and named else "")
        label = "/".join(re.sub(r"\s+", "", text) for text in texts)
        field = _field(rest if period else others, kind, named)
        one = MonthColumn(index, row, label, field, scale_of(unit) if unit else 0, found.year, found.first, found.last)
        (months if period else sums).append(one)
    years = {year for text in title for year in years_in(text)} or set(years_in(tab))
    return Across(*_quarters_apart(months, sums), tuple(sorted(years)))


def _summed(texts: Texts) -> tuple[Period | None, Texts]:
    """What a column of 合计, 累计 or 上半年 adds up, and what its other header cells say."""
    year, adds, rest = None, None, []
    for text in dict.fromkeys(level for level in texts if plain(level)):
        flat = bare_label(text)
        if _SUM.fullmatch(flat):
            adds = (1, 12)
        elif half := _HALF.fullmatch(flat):
            adds = (1, 6) if half[1] == "上" else (7, 12)
        elif group := _YEAR_GROUP.fullmatch(flat):
            year = int(group[1])
        else:
            rest.append(_YEAR_WITHIN.sub("", plain(text)))
            said = _YEAR_WITHIN.search(plain(text))
            year = int(said[1]) if said else year
    return (Period(year, *adds) if adds else None), tuple(rest)


def _quarters_apart(
    months: list[MonthColumn], sums: list[MonthColumn]
) -> tuple[tuple[MonthColumn, ...], tuple[MonthColumn, ...]]:
    """Quarters between their own months are sums of them, not data."""
    single = {(one.year, one.first) for one in months if one.first == one.last}
    adding = [one for one in months if one.last > one.first and any((one.year, m) in single for m in range(one.first, one.last + 1))]  # fmt: skip
    kept = [one for one in months if one not in adding]
    return tuple(kept), (*sums, *adding)


_FILLED_IN = re.compile(r"(填报|填表|制表|打印|报送|上报|编制)(日期|时间)")
_SAID_YEAR = re.compile(r"(20\d\d)(?=年|[-—–~至到]20\d\d年)")
_DAY_WITHIN = re.compile(r"20\d\d[年./-]\d{1,2}[月./-]\d{1,2}")


def years_in(text: str) -> list[int]:
    """Return the years that a text names, none that stand in a day: that may be the one on which it was filled in."""
    said = _FILLED_IN.split(in_digits(plain(text)))[0]
    return [int(year) for year in _SAID_YEAR.findall(_DAY_WITHIN.sub("", said))]
