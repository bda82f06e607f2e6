"""Changes of the plan's terms: one target, one definition, the settings, the list of units; each with reason and author.

What a change may not do is refused before anything is written; every change is one commit, and the tables before it
stay in the log. The plan's own sentence (计划原句) and 口径 are no part of what can be changed here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from unionplan.access import Person
from unionplan.errors import IntakeError, PlanError
from unionplan.intake.revising import percent_typed
from unionplan.plan import BEFORE, PLAN_COLUMNS, Plan, Row, plan_key, require_row, units_of
from unionplan.revisions import BASE_WORDS, DEFAULTS, INDICATOR_WORDS, SETTING_WORDS, setting_words
from unionplan.store import Change, Slot, Store

OPEN_COLUMNS = ("目标值", "起始日", "截止日", "节点目标", "责任部门", "分管领导", "备注")
"""What can be changed of a row of the plan."""
OPEN_WORDS = tuple(INDICATOR_WORDS)
OPEN_SETTINGS = tuple(name for name in SETTING_WORDS if name != "sample")
_BASES = {"member": ("workers",), "training": ("workers",), "union": ("active",)}
_USUAL = ("unionised", "active", "unionised_women")
_RANGES = {
    "slow_bp": (100, 10_000, "1% 至 100%"), "near_bp": (0, 2_000, "0 至 20 个百分点"), "jump_bp": (100, 10_000, "1% 至 100%"),
    "due_soon_days": (0, 365, "0 至 365 天"),
}  # fmt: skip
_LONGEST = 5 * 366
Says = Mapping[str, str]


def bases_of(indicator: str) -> tuple[str, ...]:
    """Return the bases that an indicator may stand over (plan.BASES)."""
    return _BASES.get(indicator, _USUAL)


def revise_target(
    store: Store, commit: int, key: tuple[str, ...], says: Says, reason: str, person: Person
) -> int:  # fmt: skip
    """Change OPEN_COLUMNS of the plan row `key` (plan.plan_key) as it stood at `commit`; returns the new commit.

    Raises PlanError where the row then does not hold, IntakeError without a reason or change, StalePreviewError.
    """
    plan, rows = store.plan(commit), store.tables(commit)["plan"]
    new = [_laid_over(row, says, plan) if plan_key(row) == key else row for row in rows]
    return commit_tables(store, commit, {"plan": new}, "修订目标", reason, person, "revise")


def _laid_over(row: Row, says: Says, plan: Plan) -> Row:
    new = {**row, **{name: says[name].strip() for name in OPEN_COLUMNS if name in says}}
    assert all(new[name] == row[name] for name in PLAN_COLUMNS if name not in OPEN_COLUMNS)
    new["目标值"] = percent_typed(new) or new["目标值"]
    require_row(new, f"条目{row['条目编号']}", plan.indicators)
    return new


def revise_definition(
    store: Store, commit: int, indicator: str, says: Says, reason: str, person: Person
) -> int:  # fmt: skip
    """Change an indicator's definition (OPEN_WORDS) as it stood at `commit`; a new base counts everything anew."""
    rows = store.tables(commit)["indicators"]
    old = next(row for row in rows if row["id"] == indicator)
    new = {**old, **{name: says[name].strip() for name in OPEN_WORDS if name in says}}
    _require_definition(old, new)
    changed = [new if row is old else row for row in rows]
    return commit_tables(store, commit, {"indicators": changed}, "修订口径", reason, person, "revise")


def _require_definition(old: Row, new: Row) -> None:
    where = f"口径“{old['name']}”"
    if new["base"] not in bases_of(old["id"]):
        known = "、".join(BASE_WORDS[base] for base in bases_of(old["id"]))
        raise PlanError(
            f"{where}底数", f"“{BASE_WORDS.get(new['base'], new['base'])}”", f"只能是 {known}", "请改成其中之一"
        )
    if new["base"] != old["base"] and new["denominator"] == old["denominator"]:
        raise PlanError(
            f"{where}分母", f"底数改为{BASE_WORDS[new['base']]}，分母的文字没有改", "底数和分母的文字须一致", "请同时改写分母")  # fmt: skip
    for name, most in (("interval_months", 12), ("grace_days", 60)):
        least = 1 if name == "interval_months" else 0
        if not new[name].isdecimal() or not least <= int(new[name]) <= most:
            raise PlanError(
                f"{where}{INDICATOR_WORDS[name]}", f"“{new[name]}”", f"须是 {least} 至 {most} 的整数", "请改正"
            )
    if new["author"] and new["author"] == new["checker"]:
        raise PlanError(f"{where}复核", f"制定和复核都是“{new['author']}”", "制定和复核不能是同一方", "请改正")
    if new["reviewed"] > new["next_review"]:
        raise PlanError(f"{where}下次复核", f"“{new['next_review']}”", f"不能早于复核日期 {new['reviewed']}", "请改正")


def revise_settings(store: Store, commit: int, says: Says, reason: str, person: Person) -> int:
    """Change settings (OPEN_SETTINGS, in the texts of the settings table) as they stood at `commit`."""
    rows = store.tables(commit)["settings"]
    known = {row["key"]: row["value"] for row in rows}
    new = known | {name: text.strip() for name, text in says.items() if name in OPEN_SETTINGS}
    require_settings(new)
    _require_base_told(store, commit, new)
    told = {name: value for name, value in new.items() if name in known or value != DEFAULTS.get(name, "")}
    table = [{"key": name, "value": value} for name, value in told.items()]
    return commit_tables(store, commit, {"settings": table}, "修改设置", reason, person, "revise")


def require_settings(values: Says) -> None:
    """Raise PlanError for a setting that makes no sense, though it may be written correctly."""
    for name, (least, most, allowed) in _RANGES.items():
        text = values.get(name, "")
        if not text.isdecimal() or not least <= int(text) <= most:
            shown = setting_words(name, text)
            raise PlanError(f"设置“{SETTING_WORDS[name]}”", f"“{shown}”", f"须在 {allowed}之间", "请改正")
    for name in ("clock", "base_date"):
        if (text := values.get(name, "")) and not _is_day(text):
            raise PlanError(f"设置“{SETTING_WORDS[name]}”", f"“{text}”", "日期写作 2026-12-31", "请改正日期")
    if values.get("base_rule") == "fixed" and not values.get("base_date"):
        raise PlanError("设置“核定日期”", "空白", "核定底数须写明核定的日期", "请填写日期，或改用动态底数")
    for name, most in (("city", 20), ("period_name", 30)):
        if not 0 < len(values.get(name, "").strip()) <= most:
            raise PlanError(
                f"设置“{SETTING_WORDS[name]}”", f"“{values.get(name, '')}”", f"须是 1 至 {most} 个字", "请改正"
            )
    require_window(values.get("period_start", ""), values.get("period_end", ""))


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def require_window(start: str, end: str) -> tuple[date, date]:
    """Return a plan period's window; raises PlanError unless both are days, in order, at most five years apart."""
    try:
        first, last = date.fromisoformat(start), date.fromisoformat(end)
    except ValueError:
        raise PlanError("计划期", f"“{start}”至“{end}”", "日期写作 2026-12-31", "请改正") from None
    if first > last or (last - first).days > _LONGEST:
        raise PlanError("计划期", f"{first} 至 {last}", "起始日不晚于截止日，最长五年", "请改正")
    return first, last


def _require_base_told(store: Store, commit: int, values: Says) -> None:
    """A base can only be fixed at a day for which there are denominators."""
    if values.get("base_rule") != "fixed" or not values.get("base_date"):
        return
    first = min((entry.as_of for slot, entry in store.heads(commit).items()
                 if slot.dataset in ("ledger", "summary") and entry.as_of), default=None)  # fmt: skip
    if first is None or str(first) > values["base_date"]:
        since = f"最早的统计时点是 {first}" if first else "还没有台账或汇总表"
        raise PlanError("设置“核定日期”", f"“{values['base_date']}”", f"这一天以前没有数据，{since}", "请改正日期")


def merge_units(
    store: Store, commit: int, old: Sequence[str], new: str, group: str, day: date, reason: str, person: Person
) -> int:  # fmt: skip
    """End the units `old` on the day before `day` and begin `new` in their place, in one commit.

    One old unit is a change of name, several are a merger. Where `new` is the name of a unit that is there, that one
    takes the others in and goes on. Figures of earlier days keep the old units; until the new one reports, theirs stand
    for it. Raises PlanError or IntakeError where that cannot be.
    """
    new, last = new.strip(), str(day - timedelta(days=1))
    rows = [{**row, BEFORE: row.get(BEFORE, "")} for row in store.tables(commit)["units"]]
    ending = [row for row in rows if row["填报单位"] in old and row["填报单位"] != new]
    going_on = next((row for row in rows if row["填报单位"] == new), None)
    _require_mergeable(store, commit, ending, new, day, going_on)
    names = [row["填报单位"] for row in ending]
    table = []
    for row in rows:
        table.append({**row, "截止日": last} if row in ending else row)
        if row is going_on:
            table[-1] = {**row, "分组": group or row["分组"], BEFORE: "；".join(filter(None, (row[BEFORE], *names)))}
        elif going_on is None and row is ending[0]:
            table.append({**row, "填报单位": new, "分组": group or row["分组"], "别名": "", "起始日": str(day), "截止日": "",
                          BEFORE: "；".join(names)})  # fmt: skip
    units_of(table)
    return commit_tables(store, commit, {"units": table}, "单位合并更名", reason, person, "reunite")


def _require_mergeable(
    store: Store, commit: int, ending: Sequence[Row], new: str, day: date, going_on: Row | None
) -> None:  # fmt: skip
    where = "单位合并更名"
    if not ending and going_on:
        raise PlanError(where, f"除“{new}”以外没有选择原单位", "沿用原名的，须另选并入它的单位", "请选择")
    if not ending:
        raise PlanError(where, "没有选择原单位", "须选一个（更名）或几个（合并）", "请选择")
    if not new:
        raise PlanError(where, "没有填写新单位名称", "须填写", "请填写")
    taken = next((u for u in store.plan(commit).units if new in (u.name, *u.aliases) and not going_on), None)
    if taken:
        raise PlanError(
            where, f"“{new}”已是“{taken.name}”的名称或别名", "新单位须用没有用过的名称，旧数才不会混进新数", "请换一个名称")  # fmt: skip
    for row in (*ending, *([going_on] if going_on else [])):
        if (row["起始日"] and row["起始日"] >= str(day)) or (row["截止日"] and row["截止日"] < str(day)):
            raise PlanError(where, f"“{row['填报单位']}”在 {day} 不存在", "原单位在变更日须存在", "请核对日期")
    names = {row["填报单位"] for row in ending}
    for slot, entry in store.heads(commit).items():
        if slot.unit in names and entry.as_of and entry.as_of >= day:
            raise IntakeError(
                where, f"{slot.unit}已有统计时点 {entry.as_of} 的数据，不早于变更日 {day}", "变更日起由新单位报送",
                "请把变更日改到它之后，或先撤销那次更新")  # fmt: skip


def commit_tables(
    store: Store, commit: int, tables: Mapping[str, list[Row]], where: str, reason: str, person: Person, action: str
) -> int:  # fmt: skip
    """Commit tables of the plan as one change of what stood at `commit`; returns the new commit.

    Raises IntakeError without a reason or a change, StalePreviewError when somebody changed them since.
    """
    if not reason.strip():
        raise IntakeError(where, "没有写明理由", "每次修订都要写明理由", "请填写理由")
    heads = store.heads(commit)
    expects = {Slot(name): heads[Slot(name)].snapshot for name in tables}
    done = store.append(Change(action, reason.strip(), tables=tables, expects=expects), person)
    if done is None:
        raise IntakeError(where, "没有任何改动", "须至少改动一处", "请改动后再确认")
    return done
