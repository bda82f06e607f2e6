"""Every revision of targets, definitions, units and settings, read from the log by comparing tables commit by commit.

Only the commits that touched one of these tables are read, each table of theirs once. What the words of a column or
setting are for a reader stands here too, so that a page, a paper and the command line say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from unionplan.pace import BASE_RULES, RULES
from unionplan.plan import Row, plan_key
from unionplan.store import Commit, Slot, Store

TABLES = ("plan", "indicators", "units", "settings")
NOTHING = "（空）"
ADDED, REMOVED = "新增", "取消"
BASE_WORDS = {
    "unionised": "已建会企业", "active": "全部企业", "unionised_women": "有女职工的已建会企业", "workers": "职工人数",
}  # fmt: skip
INDICATOR_WORDS = {
    "name": "名称", "short": "简称", "covered_word": "分子用语", "base_word": "分母用语", "numerator": "分子", "denominator": "分母",
    "base": "底数", "unit": "计量单位", "interval_months": "报送周期（月）", "grace_days": "宽限（天）", "author": "制定",
    "checker": "复核", "reviewed": "复核日期", "next_review": "下次复核",
}  # fmt: skip
SETTING_WORDS = {
    "city": "城市名称", "period_name": "计划期", "period_start": "计划期起始日", "period_end": "计划期截止日",
    "slow_bp": "偏慢线（占应有增量）", "near_bp": "基期已达标的容差", "jump_bp": "变动核对线", "due_soon_days": "临期天数",
    "clock": "固定日期", "sample": "示例", "keep_names": "花名册姓名入库", "release": "发布审核", "pace": "序时规则",
    "base_rule": "底数规则", "base_date": "核定日期",
}  # fmt: skip
DEFAULTS = {"keep_names": "false", "release": "false", "pace": "days", "base_rule": "moving"}
"""What a setting is where the store is older than it."""
_SWITCHES = ("sample", "keep_names", "release")


@dataclass(frozen=True)
class Revision:
    """One cell that a refresh changed: old → new as texts of the table, "" where there was none.

    `key` tells its row apart (plan.plan_key, indicator id, unit, setting); `whose` names it. A row that came or went
    has the field 新增 or 取消.
    """

    commit: int
    at: str
    who: str
    note: str
    table: str
    key: tuple[str, ...]
    whose: str
    field: str
    old: str
    new: str


def revisions(store: Store, until: int) -> list[Revision]:
    """Return every revision up to commit `until`, newest first; what the store was founded with is none."""
    held: dict[str, tuple[str, list[Row]]] = {}
    found: list[Revision] = []
    for commit in store.history()[:until]:
        for name, rows, snapshot in _touched(store, commit):
            before = held.get(name)
            held[name] = (snapshot, rows)
            if before and before[0] != snapshot:
                found += _compared(commit, name, before[1], rows)
    return found[::-1]


def _touched(store: Store, commit: Commit) -> Iterator[tuple[str, list[Row], str]]:
    for entry in commit.entries:
        if entry.slot in _SLOTS and entry.snapshot:
            yield entry.slot.dataset, store.rows_of(entry), entry.snapshot


def _compared(commit: Commit, table: str, before: list[Row], after: list[Row]) -> Iterator[Revision]:
    key = _KEYS[table]
    old, new = ({key(row): row for row in rows} for rows in (before, after))
    for name in [*old, *(name for name in new if name not in old)]:
        was, now = old.get(name), new.get(name)
        for field, one, other in _changes(table, was, now):
            whose = _WHOSE[table](now or was or {})
            yield Revision(commit.id, commit.at, commit.who, commit.note, table, name, whose, field, one, other)


def _changes(table: str, was: Row | None, now: Row | None) -> Iterator[tuple[str, str, str]]:
    if was is None or now is None:
        row = now or was or {}
        said = row.get(_TELLING[table], "")
        if table != "settings":
            yield (ADDED, "", said) if was is None else (REMOVED, said, "")
            return
    default = DEFAULTS.get((now or was or {}).get("key", ""), "") if table == "settings" else ""
    for field in now or was or {}:
        one, other = (was or {}).get(field, default), (now or {}).get(field, default)
        if one != other and field != "key":
            yield field, one, other


def _named(row: Row) -> str:
    return " ".join(filter(None, (row["条目编号"], row["简称"] or row["任务"], row["责任单位"])))


_SLOTS = {Slot(name) for name in TABLES}
_KEYS: Mapping[str, Callable[[Row], tuple[str, ...]]] = {
    "plan": plan_key, "indicators": lambda row: (row["id"],), "units": lambda row: (row["填报单位"],),
    "settings": lambda row: (row["key"],),
}  # fmt: skip
_WHOSE: Mapping[str, Callable[[Row], str]] = {
    "plan": _named, "indicators": lambda row: row["name"], "units": lambda row: row["填报单位"],
    "settings": lambda row: SETTING_WORDS.get(row["key"], row["key"]),
}  # fmt: skip
_TELLING = {"plan": "目标值", "indicators": "name", "units": "分组", "settings": "value"}


def field_words(revision: Revision) -> str:
    """Return what a reader calls the changed field."""
    if revision.table == "settings":
        return SETTING_WORDS.get(revision.key[0], revision.key[0])
    return INDICATOR_WORDS.get(revision.field, revision.field) if revision.table == "indicators" else revision.field


def value_words(revision: Revision, value: str) -> str:
    """Return a value as a reader writes it: 8500 → 85%, days → 按日均, unionised → 已建会企业; blank → （空）."""
    if revision.table == "settings":
        return setting_words(revision.key[0], value)
    words = BASE_WORDS if (revision.table, revision.field) == ("indicators", "base") else {}
    return words.get(value, value) or NOTHING


def setting_words(key: str, value: str) -> str:
    """Return a setting's value as a reader writes it."""
    words = {"pace": RULES, "base_rule": BASE_RULES}.get(key, {})
    if key in _SWITCHES:
        return "是" if value.lower() == "true" else "否"
    if key.endswith("_bp") and value.isdecimal():
        percent = f"{(Decimal(value) / 100).normalize():f}"
        return f"{percent} 个百分点" if key == "near_bp" else f"{percent}%"
    return words.get(value, value) or NOTHING
