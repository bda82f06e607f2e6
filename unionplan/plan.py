"""The plan: what was promised, over which enterprises, by when, and how each figure is defined.

Everything here is a frozen value built from four tables (plan, indicators, units, settings), whether
they come from `data/plan` or from the store; a table that does not hold together raises PlanError.
Targets are whole basis points (90 % = 9000), so nothing is ever judged by a float.
"""

from __future__ import annotations

import csv
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from unionplan.errors import PlanError
from unionplan.pace import BASE_RULES, RULES, Node, nodes_of

ATOMS = ("state", "collective", "private", "hmt", "foreign", "unclassified")
LEAVES = ("public_mixed", "non_public", "untyped")
SCOPES: dict[str, frozenset[str]] = {
    "state": frozenset({"state"}),
    "public": frozenset({"state", "collective", "public_mixed"}),
    "non_public": frozenset({"private", "hmt", "foreign", "non_public"}),
    "all": frozenset({*ATOMS, *LEAVES}),
}
KINDS = ("coverage", "count", "milestone", "recurring", "qualitative")
BASES = ("unionised", "active", "unionised_women", "workers")
COVERAGE = ("contract", "wage", "women", "congress", "disclosure", "harmony", "union", "member")
CITY_OWN = "本市补充目标"
SETTLED = "已完成"
"""In 累计方式: the plan itself reports the item as done."""


@dataclass(frozen=True)
class Indicator:
    """One measured quantity: its words, its definition and how long a figure stays fresh.

    `base` names the denominator: unionised enterprises, all active ones, unionised ones with women
    workers, or workers. `covered_word`/`base_word` head the two columns of counts (已签/应签).
    """

    id: str
    name: str
    short: str
    covered_word: str
    base_word: str
    numerator: str
    denominator: str
    base: str
    unit: str
    interval_months: int
    grace_days: int
    author: str
    checker: str
    reviewed: date
    next_review: date


@dataclass(frozen=True)
class Target:
    """A promised rate: indicator × scope, `bp` basis points, with the window it is due in.

    `item` is the plan item's id, or None for a target that the city set itself; then `anchor` names
    the plan item beside which it is shown. `end` None: the plan names no year. `nodes`: the milestones on the way,
    only where the settings' rule of pace goes by them.
    """

    item: str | None
    anchor: str
    indicator: str
    scope: str
    bp: int
    start: date | None
    end: date | None
    commitment: str
    source: str
    quote: str
    note: str
    nodes: tuple[Node, ...] = ()
    leader: str = ""
    department: str = ""


@dataclass(frozen=True)
class Item:
    """One of the plan's measures or duties, with the sentence it comes from, character for character.

    `settled`: the plan itself reports it as done.
    `target` is a rate between 0 and 1 where the plan says percent, else a whole number of `unit`.
    """

    id: str
    plan: str
    section: str
    number: str
    name: str
    short: str
    kind: str
    commitment: str
    quote: str
    frequency: str
    steps: tuple[str, ...]
    after: tuple[str, ...]
    indicator: str
    scope: str
    target: Fraction | None
    unit: str
    start: date | None
    end: date | None
    source: str
    leader: str
    department: str
    note: str
    settled: bool
    nodes: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Share:
    """A reporting unit's part of a plan item (任务分解), `target` as in Item; it shows its own gap, never its own light.

    `indicator` and `scope` are in the words of the plan table, as they are for an Item.
    """

    item: str
    indicator: str
    scope: str
    reporting_unit: str
    target: Fraction | None
    unit: str
    start: date | None
    end: date | None
    person: str
    note: str


@dataclass(frozen=True)
class Unit:
    """A reporting unit; totals are taken over the list of these, in `order`.

    `before`: the units that it came from when they were merged or renamed on its `start`.
    """

    name: str
    group: str
    order: int
    aliases: tuple[str, ...] = ()
    contact: str = ""
    phone: str = ""
    start: date | None = None
    end: date | None = None
    before: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A part of the plan: its key in the plan table, its whole heading, and a short name for charts."""

    plan: str
    key: str
    number: str
    heading: str
    short: str


@dataclass(frozen=True)
class Settings:
    """What an office may set for itself; thresholds are basis points, `clock` None means today.

    `keep_names`: names in training rosters are stored (identity numbers never are). `release`: what came in is shown
    to others only when it has been released. `pace` is one of pace.RULES, `base_rule` one of pace.BASE_RULES;
    `base_date` is the day whose denominators are fixed, None where they move with the data.
    """

    city: str
    period_name: str
    period_start: date
    period_end: date
    slow_bp: int
    near_bp: int
    jump_bp: int
    due_soon_days: int
    clock: date | None
    sample: bool
    keep_names: bool = False
    release: bool = False
    pace: str = "days"
    base_rule: str = "moving"
    base_date: date | None = None


@dataclass(frozen=True)
class Plan:
    """Everything that was promised and defined, as of one commit.

    `items` are the plan's own; `own` what the city added beside them without a rate (its rates are `targets`).
    `shares`: what was handed down to single reporting units, in the table's order.
    """

    items: tuple[Item, ...]
    targets: tuple[Target, ...]
    indicators: dict[str, Indicator]
    units: tuple[Unit, ...]
    sections: tuple[Section, ...]
    settings: Settings
    own: tuple[Item, ...] = ()
    shares: tuple[Share, ...] = ()


Row = dict[str, str]
Tables = dict[str, list[Row]]
TABLES = ("plan", "sections", "indicators", "units", "settings")
PLAN_COLUMNS = (
    "条目编号", "计划", "部分", "序号", "任务", "简称", "类型", "承诺用语", "计划原句", "频次", "步骤", "前置条目", "指标",
    "适用范围", "口径", "目标值", "计量单位", "方向", "起始日", "截止日", "节点目标", "任务来源", "分管领导", "责任部门",
    "责任单位", "责任人", "级别", "累计方式", "备注",
)  # fmt: skip
UNIT_COLUMNS = ("填报单位", "分组", "顺序", "别名", "联系人", "联系电话", "起始日", "截止日")
BEFORE = "前身"
"""A column that the list of units has from its first merger on: the units that one came from."""
GROUPS = ("县市区", "开发区", "产业(系统)", "直属")
_FILES = {"plan": "plan.csv", "sections": "sections.csv", "units": "units.csv"}
_KIND_OF = {"比率": "coverage", "计数": "count", "里程碑": "milestone", "周期": "recurring", "定性": "qualitative"}
OFFICE = "机关工会"
"""In 计划: the federation's own office union, another body whose items are nobody else's to share."""
_PLAN_OF = {"市总": "市总计划", "机关工会": "机关工会计划"}
_SCOPE_OF = {
    "国有及控股企业": "state", "国有及其控股企业": "state", "国有及国有控股企业": "state",
    "国有、集体及其控股企业": "public", "非公有制企业": "non_public", "非公企业": "non_public", "全部企业": "all",
}  # fmt: skip

SCOPE_WORDINGS = ("国有及控股企业", "国有、集体及其控股企业", "非公有制企业", "全部企业")
"""The usual wording of each scope."""


def read_tables(folder: Path) -> Tables:
    """Return the shipped tables of `folder` as rows of text.

    Raises PlanError when a file is missing or is not a table; what the rows say is judged by `plan_of`.
    """
    tables: Tables = {name: _csv_rows(folder / file) for name, file in _FILES.items()}
    indicators = _toml(folder / "indicators.toml").get("indicator", {})
    tables["indicators"] = [{"id": key, **_texts(value)} for key, value in indicators.items()]
    tables["settings"] = _setting_rows(_toml(folder / "settings.toml"))
    return tables


def with_overlay(tables: Tables, folder: Path) -> Tables:
    """Return `tables` with the plan rows and settings of `folder` laid over them (a city's own targets)."""
    own = _csv_rows(folder / "plan.csv")
    replaced = {plan_key(row) for row in own}
    plan = [row for row in tables["plan"] if plan_key(row) not in replaced]
    order = {row["条目编号"]: place for place, row in enumerate(tables["plan"])}
    merged = sorted([*plan, *own], key=lambda row: order.get(row["条目编号"], len(order)))
    settings = {row["key"]: row["value"] for row in tables["settings"]}
    settings |= {row["key"]: row["value"] for row in _setting_rows(_toml(folder / "settings.toml"))}
    return {**tables, "plan": merged, "settings": [{"key": k, "value": v} for k, v in settings.items()]}


def plan_of(tables: Tables) -> Plan:
    """Return the Plan that the tables describe; raises PlanError at the first row that does not hold."""
    settings = _settings(tables["settings"])
    indicators = {row["id"]: _indicator(row) for row in tables["indicators"]}
    by_nodes = settings.pace == "nodes"
    items, targets, own, shares = _promised(tables["plan"], indicators, by_nodes)
    units = units_of(tables["units"])
    sections = tuple(
        Section(_PLAN_OF.get(row["计划"], row["计划"]), row["部分"], row["序号"], row["原文标题"], row["简称"])
        for row in tables["sections"]
    )
    return Plan(items, targets, indicators, units, sections, settings, own, shares)


def units_of(rows: list[Row]) -> tuple[Unit, ...]:
    """Return the reporting units in their order; raises PlanError on a missing, repeated or ambiguous name."""
    _require_columns(rows, UNIT_COLUMNS, "填报单位表")
    units = sorted((_unit(row, place) for place, row in _placed(rows, "填报单位表")), key=lambda unit: unit.order)
    seen: dict[str, str] = {}
    for unit in units:
        for name in (unit.name, *unit.aliases):
            if name in seen:
                raise PlanError(
                    "填报单位表",
                    f"“{name}”同时属于“{seen[name]}”和“{unit.name}”"
                    if seen[name] != unit.name
                    else f"“{name}”重复出现",
                    "一个名称只能属于一个填报单位",
                    "请删去重复的一处后重新上传",
                )
            seen[name] = unit.name
    return tuple(units)


def with_predecessors(rows: list[Row], before: list[Row]) -> list[Row]:
    """Return a new list of units with what the old one knows of who came from whom; no sheet has that column."""
    known = {row["填报单位"]: row[BEFORE] for row in before if row.get(BEFORE)}
    return [{**row, BEFORE: known.get(row["填报单位"], "")} for row in rows] if known else rows


def target_order(plan: Plan) -> tuple[Target, ...]:
    """Return the rate targets as they are drawn: indicators in the plan's order, the scopes of one together.

    The city's own targets come last.
    """
    places = {item.id: place for place, item in enumerate(plan.items)}
    rows = [(target.item is None, places.get(target.anchor, len(places)), target) for target in plan.targets]
    first: dict[str, tuple[bool, int]] = {}
    for own, place, target in sorted(rows, key=lambda row: row[:2]):
        first.setdefault(target.indicator, (own, place))
    return tuple(row[2] for row in sorted(rows, key=lambda row: (first[row[2].indicator], row[1])))


def plan_key(row: Row) -> tuple[str, ...]:
    """Return what a row of the plan table is told apart by; a row without 责任单位 is the whole city's."""
    return row["条目编号"], row["指标"], row["适用范围"], row["责任单位"]


def scope_of(wording: str) -> str | None:
    """Return the scope id for the plan's wording (国有及其控股企业 → state), None when it is not a scope."""
    text = wording.strip()
    return _SCOPE_OF.get(text) or _SCOPE_OF.get(text + "企业") or (text if text in SCOPES else None)


def require_row(row: Row, where: str, indicators: dict[str, Indicator]) -> None:
    """Raise PlanError unless one row of the plan table holds by itself; `where` names the row in the message."""
    item = _item(row, where, True)
    if item.kind == "coverage" and not row["责任单位"]:
        _target(item, row["任务来源"] == CITY_OWN, where, indicators)


def _promised(
    rows: list[Row], indicators: dict[str, Indicator], by_nodes: bool
) -> tuple[tuple[Item, ...], tuple[Target, ...], tuple[Item, ...], tuple[Share, ...]]:
    _require_columns(rows, PLAN_COLUMNS, "计划表")
    items: list[Item] = []
    targets: list[Target] = []
    own: list[Item] = []
    shares: list[Share] = []
    seen: set[tuple[str, ...]] = set()
    for where, row in _placed(rows, "计划表"):
        _require_once(row, where, seen)
        item = _item(row, where, by_nodes)
        if row["责任单位"]:
            shares.append(_share(row, item))
            continue
        (own if row["任务来源"] == CITY_OWN else items).append(item)
        if item.kind == "coverage":
            targets.append(_target(item, row["任务来源"] == CITY_OWN, where, indicators))
    _require_known_predecessors(items)
    _require_handed_down(shares, {item.id for item in (*items, *own)})
    return tuple(items), tuple(targets), tuple(item for item in own if item.kind != "coverage"), tuple(shares)


def _require_once(row: Row, where: str, seen: set[tuple[str, ...]]) -> None:
    if plan_key(row) in seen:
        allowed = "条目编号、指标、适用范围、责任单位合起来不能重复"
        raise PlanError(where, f"条目“{row['条目编号']}”重复出现", allowed, "请删去重复的一行")
    seen.add(plan_key(row))


def _share(row: Row, item: Item) -> Share:
    return Share(
        item.id, item.indicator, item.scope, row["责任单位"], item.target, item.unit, item.start, item.end,
        row["责任人"], item.note,
    )  # fmt: skip


def _require_handed_down(shares: list[Share], known: set[str]) -> None:
    for share in shares:
        if share.item not in known:
            raise PlanError(
                f"计划表条目“{share.item}”", f"只有{share.reporting_unit}的分解任务，没有全市的条目",
                "责任单位空白的一行是全市的条目", "请先填写全市的条目，或核对条目编号")  # fmt: skip


def _item(row: Row, where: str, by_nodes: bool) -> Item:
    kind = _KIND_OF.get(row["类型"])
    if kind is None:
        raise PlanError(f"{where}“类型”列", f"“{row['类型']}”", "只能是 " + "、".join(_KIND_OF), "请改成其中之一")
    start, end = _window(row, where)
    target = _target_value(row, kind, where)
    return Item(
        id=row["条目编号"], plan=_PLAN_OF.get(row["计划"], row["计划"]), section=row["部分"], number=row["序号"],
        name=row["任务"], short=row["简称"] or row["任务"], kind=kind, commitment=row["承诺用语"], quote=row["计划原句"],
        frequency=row["频次"], steps=_split(row["步骤"]), after=_split(row["前置条目"]), indicator=row["指标"],
        scope=row["适用范围"], target=target, unit=row["计量单位"], start=start, end=end,
        source=row["任务来源"], leader=row["分管领导"], department=row["责任部门"], note=row["备注"],
        settled=row["累计方式"] == SETTLED, nodes=_nodes(row, kind, where, start, end, target) if by_nodes else (),
    )  # fmt: skip


def _target(item: Item, own: bool, where: str, indicators: dict[str, Indicator]) -> Target:
    if item.indicator not in indicators:
        known = "、".join(indicators)
        raise PlanError(f"{where}“指标”列", f"“{item.indicator}”", f"只能是 {known}", "请改成其中之一")
    scope = scope_of(item.scope)
    if scope is None:
        known = "、".join(_SCOPE_OF)
        raise PlanError(f"{where}“适用范围”列", f"“{item.scope}”", f"只能是 {known}", "请按计划用语填写")
    if item.target is None:
        raise PlanError(f"{where}“目标值”列", "空白", "比率类条目须有目标值，如 90%", "请填写目标值")
    return Target(
        None if own else item.id, item.id, item.indicator, scope, int(item.target * 10_000), item.start, item.end,
        item.commitment, item.source, item.quote, item.note, item.nodes, leader=item.leader, department=item.department,
    )  # fmt: skip


def _nodes(
    row: Row, kind: str, where: str, start: date | None, end: date | None, target: Fraction | None
) -> tuple[Node, ...]:
    """The milestones of a rate or a count; what other kinds write there is text."""
    if kind not in ("coverage", "count") or target is None:
        return ()
    return nodes_of(row["节点目标"], where, start, end, target, kind == "coverage")


def _target_value(row: Row, kind: str, where: str) -> Fraction | None:
    """90% → 9/10, 50000 → 50000, blank → None; a rate must be a percentage of whole basis points."""
    text = unicodedata.normalize("NFKC", row["目标值"]).strip().replace(",", "")
    if not text:
        return None
    written = re.fullmatch(r"\d{1,9}(\.\d{1,4})?%?", text, re.ASCII)
    value = Fraction(text.rstrip("%")) / (100 if text.endswith("%") else 1) if written else Fraction(-1)
    percent = text.endswith("%")
    whole = (value * 10_000 if percent else value).denominator == 1
    if value < 0 or not whole or (percent and value > 1) or (kind == "coverage" and not (percent and value)):
        rate = "大于 0%、不超过 100% 的百分数，最多两位小数，如 90%"
        allowed = rate if kind == "coverage" else "不小于 0 的整数，或不超过 100% 的百分数"
        raise PlanError(f"{where}“目标值”列", f"“{row['目标值']}”", allowed, "请改正后重新提交")
    return value


def _window(row: Row, where: str) -> tuple[date | None, date | None]:
    start, end = (_date(row[name], f"{where}“{name}”列") for name in ("起始日", "截止日"))
    if start and end and start > end:
        raise PlanError(where, f"起始日 {start} 晚于截止日 {end}", "起始日不得晚于截止日", "请核对两个日期")
    return start, end


def _require_known_predecessors(items: list[Item]) -> None:
    known = {item.id for item in items}
    for item in items:
        for before in item.after:
            if before not in known:
                raise PlanError(
                    f"计划表条目“{item.id}”", f"前置条目“{before}”不存在", "前置条目须是本表的条目编号", "请核对编号"
                )


def _indicator(row: Row) -> Indicator:
    where = f"指标定义“{row['id']}”"
    if row.get("base") not in BASES:
        raise PlanError(where, f"base = “{row.get('base', '')}”", "只能是 " + "、".join(BASES), "请改成其中之一")
    words = {name: _key(row, name, where) for name in (
        "name", "short", "covered_word", "base_word", "numerator", "denominator", "base", "unit", "author", "checker",
    )}  # fmt: skip
    reviewed, following = (_date(_key(row, name, where), where) for name in ("reviewed", "next_review"))
    if reviewed is None or following is None:
        raise PlanError(where, "缺少复核日期", "reviewed 与 next_review 须是日期", "请补齐")
    interval, grace = (_whole(_key(row, name, where), f"{where} {name}") for name in ("interval_months", "grace_days"))
    return Indicator(
        id=row["id"], **words, interval_months=interval, grace_days=grace, reviewed=reviewed, next_review=following
    )


def _unit(row: Row, where: str) -> Unit:
    name = row["填报单位"].strip()
    if not name:
        raise PlanError(f"{where}“填报单位”列", "空白", "每行须有一个填报单位名称", "请补齐名称或删去该行")
    group = row["分组"].replace("（", "(").replace("）", ")").strip()
    if group and group not in GROUPS:
        raise PlanError(f"{where}“分组”列", f"“{row['分组']}”", "只能是 " + "、".join(GROUPS), "请改成其中之一")
    start, end = _window(row, where)
    order = _whole(row["顺序"], f"{where}“顺序”列") if row["顺序"].strip() else 10_000
    aliases = tuple(alias for alias in _split(row["别名"]) if alias != name)
    return Unit(name, group, order, aliases, row["联系人"], row["联系电话"], start, end, _split(row.get(BEFORE, "")))


def _settings(rows: list[Row]) -> Settings:
    where = "设置"
    values = {row["key"]: row["value"] for row in rows}
    start, end = (_date(_key(values, name, where), f"{where} {name}") for name in ("period_start", "period_end"))
    if start is None or end is None or start > end:
        raise PlanError(
            where, f"计划期 {start or '空白'} 至 {end or '空白'}", "须有起止日期，起始日不晚于截止日", "请改正计划期"
        )
    numbers: dict[str, Any] = {
        name: _whole(_key(values, name, where), f"{where} {name}")
        for name in ("slow_bp", "near_bp", "jump_bp", "due_soon_days")
    }
    numbers |= {name: values.get(name, "").lower() == "true" for name in ("sample", "keep_names", "release")}
    return Settings(
        city=_key(values, "city", where), period_name=_key(values, "period_name", where), period_start=start,
        period_end=end, clock=_date(values.get("clock", ""), f"{where} clock"), **numbers, **_rules(values, where),
    )  # fmt: skip


def _rules(values: Row, where: str) -> dict[str, Any]:
    """The rules of pace and base; a store from before they were settings has neither."""
    found: dict[str, Any] = {}
    for name, known in (("pace", RULES), ("base_rule", BASE_RULES)):
        found[name] = values.get(name) or next(iter(known))
        if found[name] not in known:
            raise PlanError(f"{where} {name}", f"“{found[name]}”", "只能是 " + "、".join(known), "请改成其中之一")
    day = _date(values.get("base_date", ""), f"{where} base_date")
    if found["base_rule"] == "fixed" and day is None:
        raise PlanError(f"{where} base_date", "空白", "核定底数须写明核定的日期", "请填写日期，或改用动态底数")
    return {**found, "base_date": day if found["base_rule"] == "fixed" else None}


def _csv_rows(path: Path) -> list[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return [{key: value or "" for key, value in row.items() if key} for row in csv.DictReader(lines)]
    except (OSError, UnicodeDecodeError) as error:
        raise PlanError(
            f"文件 {path.name}",
            f"打不开（{type(error).__name__}）",
            "须是 UTF-8 编码的 CSV",
            "请检查文件是否存在、编码是否正确",
        ) from error


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PlanError(
            f"文件 {path.name}",
            f"打不开（{type(error).__name__}）",
            "须是 UTF-8 编码的 TOML",
            "请检查文件是否存在、格式是否正确",
        ) from error


def _texts(values: dict[str, Any]) -> Row:
    return {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in values.items()}


def _setting_rows(values: dict[str, Any]) -> list[Row]:
    return [{"key": key, "value": value} for key, value in _texts(values).items()]


def _placed(rows: list[Row], table: str) -> list[tuple[str, Row]]:
    """Each row with the place that a message names; the header is line 1."""
    return [(f"{table}第{line}行", row) for line, row in enumerate(rows, start=2)]


def _require_columns(rows: list[Row], columns: tuple[str, ...], table: str) -> None:
    missing = [name for name in columns if rows and name not in rows[0]]
    if not rows or missing:
        found = "没有数据行" if not rows else "缺少列 " + "、".join(missing)
        raise PlanError(table, found, "表头须含 " + "、".join(columns), "请用模板重新填写")


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace(";", "；").split("；") if part.strip())


def _key(row: Row, name: str, where: str) -> str:
    if not row.get(name, ""):
        raise PlanError(where, f"缺少 {name}", "该项不能为空", "请补齐")
    return row[name]


def _whole(text: str, where: str) -> int:
    if not text.strip().isdecimal():
        raise PlanError(where, f"“{text}”", "须是不小于 0 的整数", "请改正")
    return int(text)


def _date(text: str, where: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise PlanError(where, f"“{text}”", "日期写作 2026-12-31", "请改正日期") from None
