"""打包下发: one workbook for every unit, with its figures, its part of the task, who is missing, whose contract runs out.

Figures are those of the board, lit by the whole city's pace; lists are as long as the figures say. A unit that reports
by summary has no names to list, and is told so.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from unionplan import narrative, theme
from unionplan.attainment import Attainment, Outlook, attainments, need
from unionplan.export.workbook import Sheet, Value, workbook
from unionplan.flows import unit_flows
from unionplan.observations import CONTRACTS
from unionplan.plan import Share, scope_of, target_order
from unionplan.reporting import SUBJECTS, Report, arrivals, reports
from unionplan.reporting_words import SUBJECT_WORDS, month, status
from unionplan.store import Store
from unionplan.store.ending import ending
from unionplan.store.lists import Ledgers, newest

DAYS = 90
FIGURES = ("指标", "企业类型", "统计时点", "已覆盖", "应覆盖", "完成值", "全市目标", "还差", "状态")
SHARES = ("条目", "任务", "分解任务", "完成", "还差", "完成时限", "责任人")
MISSING = ("指标", "企业类型", "企业名称", "统计编码", "职工人数", "原因", "统计时点")
ENDING = ("合同", "企业名称", "统计编码", "职工人数", "签订方式", "截止日", "距统计时点", "统计时点")
REPORTS = ("报送内容", "月份", "状态", "报送截止", "报送日期", "报送人", "更新", "此后更正")


@dataclass(frozen=True)
class Step:
    """How far the packing has come: `done` of `total`, what is at hand; with a unit's file once it is made."""

    done: int
    total: int
    words: str
    name: str = ""
    data: bytes = b""


@dataclass(frozen=True)
class _Whole:
    """What all units' workbooks are made of, asked for once."""

    outlook: Outlook
    commit: int
    ledgers: Ledgers
    units: Sequence[Attainment]
    missing: Mapping[tuple[str, str], pd.DataFrame]
    ending: Mapping[str, pd.DataFrame]
    reports: Sequence[Report]
    flows: Mapping[str, Any]


def packed(store: Store, commit: int, outlook: Outlook) -> Iterator[Step]:
    """Make the workbooks of all units of the plan one after the other, telling each step; Step.data is an .xlsx file."""
    plan = outlook.plan
    targets = list(dict.fromkeys((target.indicator, target.scope) for target in target_order(plan)))
    contracts = [name for name in CONTRACTS if name in plan.indicators]
    total, names = len(targets) + len(contracts) + len(plan.units), [unit.name for unit in plan.units]
    last = outlook.on or date.max
    heads = {slot: entry for slot, entry in store.heads(commit).items() if entry.as_of is None or entry.as_of <= last}
    ledgers = Ledgers(newest(heads), store.place, store.history()[:commit])
    missing: dict[tuple[str, str], pd.DataFrame] = {}
    ends: dict[str, pd.DataFrame] = {}
    for name, scope in targets:
        yield Step(len(missing), total, f"整理未覆盖企业：{plan.indicators[name].short}")
        missing[name, scope] = ledgers.missing(plan.indicators[name], scope, names)
    paths = [store.place(entry) for entry in ledgers.entries.values()]
    for name in contracts:
        yield Step(len(missing) + len(ends), total, f"整理将到期合同：{plan.indicators[name].short}")
        ends[name] = ending(paths, plan.indicators[name], names, DAYS)
    flows = {one.unit: one for one in unit_flows(store.training(commit), plan, outlook.on)}
    whole = _Whole(outlook, commit, ledgers, attainments(outlook, "reporting_unit"), missing, ends,
                   _reports(store, commit, outlook), flows)  # fmt: skip
    for number, unit in enumerate(names, start=1):
        data = workbook(_sheets(whole, unit), outlook.today)
        yield Step(len(missing) + len(ends) + number, total, unit, f"{file_name(unit)}.xlsx", data)


def zipped(files: Sequence[tuple[str, bytes]], day: date) -> bytes:
    """Return files as one zip; their names are marked as UTF-8, so that Windows shows them in Chinese."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0)), data)
    return out.getvalue()


def zip_name(day: date) -> str:
    """Return what the zip of all units is called."""
    return f"下发材料_{day:%Y%m%d}.zip"


def file_name(unit: str) -> str:
    """Return a unit's name as the name of a file, also on Windows."""
    return theme.file_name(unit, "单位")


def _reports(store: Store, commit: int, outlook: Outlook) -> list[Report]:
    history = store.history()[:commit]
    came = arrivals(history, lambda entry: [str(name) for name in store.frame(entry)["dataset"]])
    opened = datetime.fromisoformat(history[0].at).date()
    return [row for subject in SUBJECTS for row in reports(outlook.plan, came, opened, outlook.today, subject)]


def _sheets(whole: _Whole, unit: str) -> list[Sheet]:
    note = f"数据截至各指标的统计时点；第{whole.commit}次更新；{theme.chinese_date(whole.outlook.today)}制"
    return [
        _figures(whole, unit, note), _shares(whole, unit, note), _missing(whole, unit, note), _ending(whole, unit, note),
        _reported(whole, unit, note),
    ]  # fmt: skip


def _figures(whole: _Whole, unit: str, note: str) -> Sheet:
    order = {(one.indicator, one.scope): place for place, one in enumerate(target_order(whole.outlook.plan))}
    rows = [row for row in whole.units if row.reporting_unit == unit and (row.indicator, row.scope) in order]
    rows.sort(key=lambda row: order[row.indicator, row.scope])
    lines: list[Sequence[Value]] = [
        (
            whole.outlook.plan.indicators[row.indicator].name, theme.SCOPE_WORDS[row.scope], row.as_of, row.numerator,
            row.denominator, _rate(row), f"{theme.target_percent(row.target_bp or 0)}%", row.gap, theme.light(row.status),
        )
        for row in rows
    ]  # fmt: skip
    rule = (
        f"状态按全市序时判定，同一目标下数值高的状态不差于数值低的。{narrative.pace_note(whole.outlook.plan.settings)}"
    )
    return Sheet("完成情况", f"{unit}目标完成情况", (note, rule), FIGURES, lines, "全市没有设定目标")


def _rate(row: Attainment) -> str:
    if row.numerator is None or row.denominator is None:
        return "未报"
    return f"{theme.percent(row.numerator, row.denominator, row.target_bp)}%" if row.denominator else "无应建单位"


def _shares(whole: _Whole, unit: str, note: str) -> Sheet:
    own = [share for share in whole.outlook.plan.shares if share.reporting_unit == unit]
    return Sheet(
        "分解任务", f"{unit}分解任务", (note,), SHARES, [_share(whole, one) for one in own], "没有给本单位分解任务"
    )


def _share(whole: _Whole, share: Share) -> tuple[Value, ...]:
    items = {item.id: item for item in (*whole.outlook.plan.items, *whole.outlook.plan.own)}
    item = items.get(share.item)
    done, gap, goal = _standing(whole, share)
    name = item.name if item else whole.outlook.plan.indicators[share.indicator].name
    return share.item, name, goal, done, gap, share.end, share.person


def _standing(whole: _Whole, share: Share) -> tuple[str, int | None, str]:
    """(what is done, what is still missing, the task) of a unit's share; None where it is not counted by units."""
    scope = scope_of(share.scope)
    row = next((one for one in whole.units if (one.reporting_unit, one.indicator, one.scope) == (share.reporting_unit, share.indicator, scope)), None)  # fmt: skip
    if row is not None and share.target is not None and share.unit == "%":
        bp = int(share.target * 10_000)
        known = row.numerator is not None and row.denominator is not None
        gap = max(0, need(row.denominator or 0, bp) - (row.numerator or 0)) if known else None
        done = f"{_rate(row)}（{row.numerator}/{row.denominator}）" if known else "未报"
        return done, gap, f"{theme.target_percent(bp)}%"
    goal = theme.NONE if share.target is None else f"{theme.count(int(share.target))}{share.unit}"
    flow = whole.flows.get(share.reporting_unit)
    if share.indicator != "training" or flow is None or flow.persons is None or share.target is None:
        return theme.NONE, None, goal
    return f"{theme.count(flow.persons)}{share.unit}", max(0, int(share.target) - flow.persons), goal


def _missing(whole: _Whole, unit: str, note: str) -> Sheet:
    lines: list[Sequence[Value]] = []
    for (name, scope), frame in whole.missing.items():
        indicator = whole.outlook.plan.indicators[name]
        for row in frame[frame["reporting_unit"] == unit].itertuples():
            day = None if pd.isna(row.day) else pd.Timestamp(row.day).date()  # type: ignore[arg-type]
            lines.append((
                indicator.name, theme.SCOPE_WORDS[scope], str(row.org_name), _text(row.union_code), _whole_number(row.workers),
                narrative.why(str(row.reason), day, int(str(row.short)), indicator), pd.Timestamp(str(row.as_of)).date(),
            ))  # fmt: skip
    empty = "没有未覆盖的企业" if unit in whole.ledgers.entries else "本单位没有报企业台账，没有企业名单"
    return Sheet("未覆盖企业", f"{unit}未覆盖企业名单（{len(lines)}户次）", (note,), MISSING, lines, empty)


def _ending(whole: _Whole, unit: str, note: str) -> Sheet:
    lines: list[Sequence[Value]] = []
    for name, frame in whole.ending.items():
        for row in frame[frame["reporting_unit"] == unit].itertuples():
            lines.append((
                whole.outlook.plan.indicators[name].short, str(row.org_name), _text(row.union_code), _whole_number(row.workers),
                _text(row.form), pd.Timestamp(str(row.day)).date(), f"{row.left}天", pd.Timestamp(str(row.as_of)).date(),
            ))  # fmt: skip
    empty = f"{DAYS}天内没有到期的合同" if unit in whole.ledgers.entries else "本单位没有报企业台账，不知道合同截止日"
    title = f"{unit}{DAYS}天内到期的合同（{len(lines)}份）"
    return Sheet("将到期合同", title, (note, "按合同截止日，自统计时点起算"), ENDING, lines, empty)


def _reported(whole: _Whole, unit: str, note: str) -> Sheet:
    own = sorted((row for row in whole.reports if row.unit == unit), key=lambda row: row.period, reverse=True)
    lines: list[Sequence[Value]] = [
        (
            SUBJECT_WORDS[row.subject], month(row.period), status(row), row.due, row.arrival.day if row.arrival else None,
            row.arrival.who if row.arrival else None, f"第{row.arrival.commit}次" if row.arrival else None,
            row.arrival.corrected if row.arrival else None,
        )
        for row in own
    ]  # fmt: skip
    return Sheet("报送情况", f"{unit}报送情况", (note,), REPORTS, lines, "没有应报的报表")


def _text(value: object) -> str | None:
    return None if pd.isna(value) else str(value)  # type: ignore[call-overload]


def _whole_number(value: object) -> int | None:
    return None if pd.isna(value) else int(str(value).removesuffix(".0"))  # type: ignore[call-overload]
