"""覆盖指标: one indicator by type, over time, unit by unit, and by name the enterprises that are still missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from unionplan import narrative, theme
from unionplan.attainment import (
    Attainment,
    Difference,
    attainments,
    counted_units,
    differences,
    existing_units,
    target_on,
)
from unionplan.charts import (
    PHONE,
    SCREEN,
    TrendPoint,
    bullet,
    gap,
    gap_subtitle,
    gap_title,
    heatmap,
    heatmap_subtitle,
    heatmap_title,
    trend,
    trend_subtitle,
    trend_title,
)
from unionplan.charts.titles import in_rank_order, paced, ranked
from unionplan.observations import CONTRACTS
from unionplan.plan import COVERAGE, SCOPES, Indicator, target_order
from unionplan.ui import (
    Board,
    Card,
    Cell,
    Fold,
    cards,
    chart,
    choice,
    download_list,
    folds,
    heading,
    listing,
    message,
    moment,
    note_line,
    open_section,
    page,
    searched,
    section,
    subtitle,
    switch,
)

CARD = ("口径", "内容")
LIST = ("填报单位", "位次", "完成值", "还差", "状态", "统计时点")
MISSING = ("填报单位", "单位名称", "统计编码", "企业类型", "职工人数", "原因", "统计时点")
FOUND = ("项目", "情况", "起止日期", "在统计时点")
ORDERS = {"value": "按数值", "given": "行政区划顺序"}
APART = ("填报单位", "月份", "企业类型", "台账", "汇总表", "分子相差", "分母相差")
SHOWN, MATCHES = 100, 20
ALL_UNITS = ""
HARMONY = "和谐企业创建"


@dataclass(frozen=True)
class View:
    """What the reader or the address asks for, and the figure it is about; `names` are what units are called."""

    board: Board
    indicator: Indicator
    scope: str
    order: str
    names: dict[str, str]
    city: Attainment
    units: list[Attainment]

    def called(self, unit: str) -> str:
        """Return a unit's name, or what stands for it where names are hidden."""
        return self.names.get(unit, unit)

    @property
    def known(self) -> bool:
        """Return whether anything has come in at all."""
        return any(row.as_of for row in self.board.units())

    def file(self, what: str) -> str:
        """Return the name of a file to be taken along."""
        return f"{self.indicator.short}_{what}_{self.board.today:%Y%m%d}"


def chosen(board: Board) -> View:
    """The indicator, enterprise type, order and naming that the reader or the address asks for."""
    indicator = _indicator(board)
    with section("filters"):
        scopes = sorted(theme.SCOPE_SHORT, key=lambda scope: target_on(board.plan, indicator.id, scope) is None)
        scope = choice("企业类型", scopes, key="scope", format=theme.SCOPE_SHORT.__getitem__)
        order = choice("排列", list(ORDERS), key="order", format=ORDERS.__getitem__)
        hidden = switch("不点名", key="hide")
    names = narrative.aliases([unit.name for unit in board.plan.units]) if hidden else {}
    found = [row for row in attainments(board.outlook(), "scope", indicator.id) if row.scope == scope]
    units = [row for row in board.units() if (row.indicator, row.scope) == (indicator.id, scope)]
    return View(board, indicator, scope, order, names, narrative.renamed(found, names)[0], units)


def _indicator(board: Board) -> Indicator:
    names = [name for name in COVERAGE if name in board.plan.indicators]
    first = [target.indicator for target in target_order(board.plan)]
    ordered = sorted(names, key=lambda name: first.index(name) if name in first else len(first))
    return board.plan.indicators[
        choice("指标", ordered, key="indicator", format=lambda n: board.plan.indicators[n].name)
    ]  # fmt: skip


def say(view: View) -> None:
    """The figure in one sentence."""
    if not view.known:
        heading(f"{view.indicator.name}：还没有数据", "请先在“数据更新”上传填报单位表，再上传企业台账或汇总表。")
        return
    units = narrative.units_counted([view.city], len(existing_units(view.board.outlook())))
    heading(narrative.sentence(view.city, view.indicator, units=False), units)


def draw_scopes(view: View) -> None:
    """The indicator over all types at once, each with its own target, or without one."""
    found = narrative.renamed(attainments(view.board.outlook(), "scope", view.indicator.id), view.names)
    words: dict[str, Any] = {
        "title": narrative.scopes_title(found, view.indicator), "source": narrative.source(found),
        "subtitle": f"各类企业{view.indicator.name}，%　｜　每一类按自己的目标判断；全部企业含待认定",
        "note": narrative.pace_note(view.board.plan.settings), "targets": view.board.plan.targets,
    }  # fmt: skip
    wide, narrow = (bullet(found, view.board.plan.indicators, profile=p, **words) for p in (SCREEN, PHONE))
    chart(wide, view.file("各类企业"), phone=narrow, key="scopes")


def weigh(view: View) -> None:
    """The same coverage by enterprises and by their workers, side by side and never averaged."""
    row, indicator = view.city, view.indicator
    if indicator.id == "member" or row.numerator is None or not row.denominator:
        return
    enterprises = Card(
        "家数口径", theme.percent(row.numerator, row.denominator, row.target_bp), "%", None,
        [f"{indicator.covered_word} {theme.count(row.numerator)}家 / {indicator.base_word} {theme.count(row.denominator)}家"],
    )  # fmt: skip
    workers = Card("职工口径", theme.NONE, "", None, ["有单位没有报职工人数"])
    if row.workers and row.covered_workers is not None:
        covered, base = theme.count(row.covered_workers), theme.count(row.workers)
        said = f"{indicator.covered_word}企业职工 {covered}人 / {indicator.base_word}企业职工 {base}人"
        workers = Card("职工口径", theme.percent(row.covered_workers, row.workers), "%", None, [said])
    cards([enterprises, workers], "家数口径与职工口径", pair=True)
    note_line(narrative.two_weights(row, indicator))


def draw_trend(view: View) -> None:
    """The rate month by month against its target and pace."""
    indicator, row = view.indicator, view.city
    target = target_on(view.board.plan, indicator.id, view.scope)
    past = view.board.past(indicator.id, view.scope)
    points = [TrendPoint(p.as_of, p.numerator, p.denominator, len(p.missing), p.status) for p in past if p.as_of]
    words: dict[str, Any] = {
        "title": trend_title(points, indicator, target, view.scope, row.baseline),
        "subtitle": trend_subtitle(points, indicator, target, row.baseline), "source": narrative.source([row]),
        "note": narrative.pace_note(view.board.plan.settings), "baseline": row.baseline,
    }  # fmt: skip
    wide, narrow = (trend(points, indicator, target, profile=profile, **words) for profile in (SCREEN, PHONE))
    chart(wide, view.file("趋势"), phone=narrow, key="trend")


def draw_gaps(view: View) -> None:
    """How many enterprises each unit still lacks, and the same as a list to take along."""
    indicator, units = view.indicator, narrative.renamed(_in_order(view), view.names)
    target = target_on(view.board.plan, indicator.id, view.scope)
    if target is None:
        message("note", "这一类企业没有设目标，不排还差家数。")
    else:
        words: dict[str, Any] = {
            "title": gap_title(units, indicator), "subtitle": gap_subtitle(units, indicator, target, view.city),
            "source": narrative.source([view.city]), "note": "还差＝应达家数－已达家数，应达家数按目标向上取整",
            "order": view.order, "groups": _groups(view, units),
        }  # fmt: skip
        wide, narrow = (gap(units, indicator, target, profile=profile, **words) for profile in (SCREEN, PHONE))
        chart(wide, view.file("还差家数"), phone=narrow, key="gaps")
    places = {row.reporting_unit: place for place, row in ranked(units)}
    lines = [_line(unit, indicator, places) for unit in units]
    listing("各填报单位", LIST, lines, view.file("各单位"), numeric=(1, 3))


def draw_map(view: View) -> None:
    """Every unit against every target at once."""
    plan = view.board.plan
    order = {(t.indicator, t.scope): place for place, t in enumerate(target_order(plan))}
    rows = [row for row in view.board.units() if (row.indicator, row.scope) in order]
    rows.sort(key=lambda row: order[row.indicator, row.scope])
    names = _map_order(view, rows)
    rows = narrative.renamed(rows, view.names)
    by_name = {unit.name: unit.group for unit in plan.units}
    late = any(theme.STATUS[row.status].role == "behind" for row in rows)
    grouped = view.order == "given" and not view.names and len(set(by_name.values())) > 1
    words: dict[str, Any] = {
        "title": heatmap_title(rows), "source": narrative.source(rows),
        "note": "各单位按全市统一的序时判定" if paced(rows) else "没有期初数据或截止日期，不计进度",
        "subtitle": heatmap_subtitle(rows) + ("　｜　滞后项数多的在前" if view.order == "value" and late else ""),
        "groups": [by_name[name] for name in names] if grouped else (),
    }  # fmt: skip
    called = [view.called(name) for name in names]
    key = ("map", view.order, *view.names.values())
    wide, narrow = view.board.shared(
        key, lambda: [heatmap(rows, plan.indicators, called, profile=p, **words) for p in (SCREEN, PHONE)]
    )
    chart(wide, f"各单位各项目标_{view.board.today:%Y%m%d}", phone=narrow, key="map")


def name_missing(view: View) -> None:
    """The enterprises behind the gap by name: in the base, not covered at their snapshot."""
    row, indicator = view.city, view.indicator
    if view.names:  # an enterprise's name may give its unit away
        message("note", "已选“不点名”，不列企业名单，也不查企业。")
        return
    title = f"{narrative.subject(row, indicator)}：{narrative.not_yet(indicator)}企业名单"
    if not open_section(title, "列出名单", key="list"):
        return
    ledgers, listed = view.board.ledgers(), _listed(view)
    fresh = [unit.reporting_unit or "" for unit in listed if unit.status != "stale"]
    every = [unit.reporting_unit or "" for unit in listed]
    wanted = choice("填报单位", [ALL_UNITS, *every], key="unit", format=lambda n: view.called(n) or "全部填报单位")
    units = [wanted] if wanted else fresh
    if left_out := _unlisted(view, listed):
        note_line("　".join(left_out))
    counts = [ledgers.counts(indicator, view.scope).get(unit, (0, 0)) for unit in units]
    total = sum(enterprises for enterprises, _ in counts)
    if not total:
        message("note", f"没有{narrative.not_yet(indicator)}的企业。" if units else "没有企业台账，列不出名单。")
        return
    said = narrative.still_missing(indicator, total, sum(short for _, short in counts))
    more = f"，只显示前{SHOWN}家，全部见下载" if total > SHOWN else ""
    first = ledgers.missing(indicator, view.scope, units, SHOWN)
    whole = (lambda: _missing_lines(view, ledgers.missing(indicator, view.scope, units))) if more else None
    who = view.called(wanted) if wanted else f"{len(units)}个填报单位"
    listing(f"{who}{said}{more}", MISSING, _missing_lines(view, first), view.file("名单"), numeric=(4,), whole=whole)


def reconcile(view: View) -> None:
    """Where a unit's ledger and its summary of one month tell different counts; the ledger is what counts."""
    found = [one for one in differences(view.board.outlook()) if one.indicator == view.indicator.id]
    if found:
        lines = [_difference(view, one) for one in found]
        listing(
            f"台账与汇总表不一致：{len(found)}处，计数以台账为准",
            APART,
            lines,
            view.file("台账与汇总表"),
            numeric=(3, 4, 5, 6),
        )


def look_up(view: View) -> None:
    """One enterprise by a part of its name or by a code: what it has signed, until when, and who said so."""
    if view.names:
        return
    subtitle("查一户")
    text = searched("单位名称、统计编码或信用代码", key="q", placeholder="至少两个字，如 机械")
    if not text:
        return
    count, found = view.board.ledgers().matching(text, MATCHES)
    if not count:
        message("note", f"没有找到“{text}”。请至少写两个字，可以写单位名称的一部分、统计编码或统一社会信用代码。")
        return
    note_line(
        f"找到 {theme.count(count)} 家" + (f"，只显示前 {MATCHES} 家，请再多写几个字。" if count > MATCHES else "。")
    )
    sources = _sources(view, found)
    parts = [
        Fold(_text(one["org_name"]), _who(view, one), _signed(one), sources[one["reporting_unit"], one["key"]])
        for one in found.to_dict("records")
    ]
    folds(parts, FOUND)
    flat = [(part.title, part.note, *line, part.foot) for part in parts for line in part.rows]
    download_list("下载查询结果", ("单位名称", "单位情况", *FOUND, "来源"), flat, f"查一户_{view.board.today:%Y%m%d}")


def define(view: View) -> None:
    """What is counted, over what, which base is in force, who wrote and checked the definition."""
    indicator = view.indicator
    rows = [
        ("分子", indicator.numerator), ("分母", indicator.denominator),
        ("底数", narrative.base_note(view.board.plan.settings)), *_over_all(view),
        ("制定、复核", f"{indicator.author} 制定，{indicator.checker} 复核"),
        ("复核日期", f"{theme.chinese_date(indicator.reviewed)}，下次 {theme.chinese_date(indicator.next_review)}"),
        ("报送周期", f"每 {indicator.interval_months} 个月，宽限 {indicator.grace_days} 天"),
    ]  # fmt: skip
    listing(f"口径卡：{indicator.name}", CARD, rows, f"口径_{indicator.short}")


# Order and names of units


def _in_order(view: View) -> list[Attainment]:
    if view.order == "value":
        return in_rank_order(view.units)
    return sorted(view.units, key=lambda row: _number(view, row.reporting_unit or "")) if view.names else view.units


def _map_order(view: View, rows: Sequence[Attainment]) -> list[str]:
    names = [unit.name for unit in view.board.plan.units]
    if view.order == "given":
        return sorted(names, key=lambda name: _number(view, name)) if view.names else names
    late = [(row.reporting_unit, theme.STATUS[row.status].role) for row in rows]
    return sorted(names, key=lambda name: (-late.count((name, "behind")), -late.count((name, "slow"))))


def _number(view: View, unit: str) -> int:
    return int(view.names[unit].removeprefix("单位"))


def _groups(view: View, rows: Sequence[Attainment]) -> list[str]:
    if view.order == "value" or view.names:
        return []
    groups = {unit.name: unit.group for unit in view.board.plan.units}
    found = [groups[row.reporting_unit or ""] for row in rows]
    return found if len(set(found)) > 1 else []


def _line(unit: Attainment, indicator: Indicator, places: dict[str | None, int]) -> tuple[str | Cell, ...]:
    gap_words = theme.NONE if not unit.gap else f"{unit.gap:,} {indicator.unit}"
    light = Cell(theme.light(unit.status), theme.STATUS[unit.status].role)
    day = theme.chinese_date(unit.as_of) if unit.as_of else theme.NONE
    place = places.get(unit.reporting_unit)
    tied = list(places.values()).count(place) > 1 if place else False
    rank = theme.NONE if place is None else f"并列 {place}" if tied else str(place)
    return unit.reporting_unit or "", rank, narrative.figure(unit, indicator), gap_words, light, day


def _difference(view: View, one: Difference) -> tuple[str, ...]:
    month = f"{one.period[:4]}年{int(one.period[5:])}月"
    (covered, base), (told, stated) = one.ledger, one.summary
    return (view.called(one.reporting_unit), month, theme.SCOPE_SHORT[one.scope], f"{covered:,}/{base:,}",
            f"{told:,}/{stated:,}", f"{told - covered:+,}", f"{stated - base:+,}")  # fmt: skip


# Enterprises by name


def _listed(view: View) -> list[Attainment]:
    """The units whose figure comes from a ledger, so that the enterprises behind it are known."""
    ledgers = view.board.ledgers()
    known = [row for row in view.units if row.numerator is not None]
    behind = ledgers.behind({row.reporting_unit or "": row.as_of for row in known})
    told = ledgers.telling(view.indicator).intersection(behind)
    return [row for row in known if row.reporting_unit in told]


def _unlisted(view: View, listed: Sequence[Attainment]) -> list[str]:
    """Which units are not in the list, and why."""
    known = {row.reporting_unit for row in listed}
    groups = {
        "只报汇总表，无名单": [r for r in view.units if r.numerator is not None and r.reporting_unit not in known],
        "数据过期，未计入，可单独查看": [row for row in listed if row.status == "stale"],
        "未报": [row for row in view.units if row.numerator is None],
    }
    return [f"{word}：{'、'.join(view.called(row.reporting_unit or '') for row in rows)}。"
            for word, rows in groups.items() if rows]  # fmt: skip


def _missing_lines(view: View, frame: pd.DataFrame) -> list[tuple[str, ...]]:
    return [
        (view.called(row["reporting_unit"]), _text(row["org_name"]), _text(row["union_code"]),
         theme.ATOM_WORDS[row["enterprise_type"]], _text(row["workers"]),
         narrative.why(row["reason"], _day(row["day"]), int(row["short"]), view.indicator), _date_words(row["as_of"]))
        for row in frame.to_dict("records")
    ]  # fmt: skip


def _sources(view: View, found: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Which refresh each enterprise's row comes from, in words, by unit and key."""
    ledgers, words = view.board.ledgers(), {}
    for name, rows in found.groupby("reporting_unit"):
        unit = str(name)
        for key, commit in ledgers.origins(unit, list(rows["key"])).items():
            files = (
                ""
                if view.names
                else f"，{'、'.join(file.name for file in commit.files) or '无文件'}，经办人 {commit.who}"
            )
            words[unit, key] = f"本行内容出自第{commit.id}次更新（{moment(commit.at)}{files}）。"
    return words


def _who(view: View, enterprise: Mapping[Any, Any]) -> str:
    state = enterprise["enterprise_state"]
    counted = "" if enterprise["active"] else f"{_text(state)}、不计入" if state != "存续" else "不是企业、不计入"
    parts = (
        view.called(enterprise["reporting_unit"]), theme.ATOM_WORDS[enterprise["enterprise_type"]], counted,
        f"统计编码 {_text(enterprise['union_code'])}", f"职工 {_text(enterprise['workers'])} 人",
        f"统计时点 {_date_words(enterprise['as_of'])}",
    )  # fmt: skip
    return "　".join(part for part in parts if part)


def _signed(enterprise: Mapping[Any, Any]) -> list[tuple[str | Cell, ...]]:
    names = {"contract": "集体合同", "wage": "工资专项集体合同", "women": "女职工专项集体合同"}
    contracts = [_contract(name, names[name], enterprise) for name in CONTRACTS]
    cells = (("是否建会", "unionised"), ("职代会建制", "congress"), ("厂务公开", "disclosure"), (HARMONY, "harmony"))
    others = [(label, _text(enterprise[field]), theme.NONE, theme.NONE) for label, field in cells]
    return [others[0], *contracts, *others[1:]]


def _contract(name: str, label: str, enterprise: Mapping[Any, Any]) -> tuple[str | Cell, ...]:
    form, start, end = (
        _text(enterprise[f"{name}_form"]),
        *(_day(enterprise[f"{name}_{one}"]) for one in ("start", "end")),
    )
    days = f"{_date_words(start)} 至 {_date_words(end)}" if start or end else theme.NONE
    if enterprise[f"{name}_in_force"]:
        return label, form, days, Cell("● 有效", "attained")
    as_of = _day(enterprise["as_of"])
    if form in (theme.NONE, "未签"):
        return label, form, days, theme.NONE
    ended, early = end is not None and end < as_of, start is not None and start > as_of
    return label, form, days, Cell("■ 已到期", "behind") if ended else "未到起始日" if early else "日期未填全"


def _over_all(view: View) -> list[tuple[str, str]]:
    """The rate over all enterprises, where the base is narrower: covered ones outside the base count here."""
    row, outlook = view.city, view.board.outlook()
    if view.indicator.base in ("active", "workers") or row.numerator is None or not row.active:
        return []
    units, _ = counted_units(outlook, view.indicator.id, SCOPES[view.scope])
    counts = outlook.figures().counts
    cells = [counts.get((view.indicator.id, unit, atom)) for unit in units for atom in SCOPES[view.scope]]
    covered = row.numerator + sum(cell.outside or 0 for cell in cells if cell)
    rate = f"{theme.percent(covered, row.active)}%（{theme.count(covered)}/{theme.count(row.active)}）"
    return [
        (
            "按全部企业计",
            f"{rate}：分母为{theme.SCOPE_WORDS[view.scope]}中存续的全部企业，含未建会的；只供对照，不判断目标",
        )
    ]


def _text(value: Any) -> str:
    return theme.NONE if pd.isna(value) or value == "" else f"{value:,}" if isinstance(value, int) else str(value)


def _day(value: Any) -> Any:
    return None if pd.isna(value) else value.date() if isinstance(value, pd.Timestamp) else value


def _date_words(value: Any) -> str:
    day = _day(value)
    return theme.chinese_date(day) if day else "未填"


with page("pages/coverage.py") as board:
    view = chosen(board)
    say(view)
    if view.known:
        draw_scopes(view)
        weigh(view)
        draw_trend(view)
        draw_gaps(view)
        name_missing(view)
        draw_map(view)
        reconcile(view)
        look_up(view)
    define(view)
