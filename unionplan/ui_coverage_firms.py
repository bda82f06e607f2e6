"""覆盖指标, enterprise by enterprise: who is behind a figure, which file says so, and one enterprise in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from unionplan import coverage_words, narrative, theme
from unionplan.attainment import Attainment, counted_units
from unionplan.observations import CONTRACTS
from unionplan.plan import SCOPES
from unionplan.store.lists import lineage
from unionplan.store.log import Commit, Slot
from unionplan.store.standing import standing, totals
from unionplan.ui import (
    Cell,
    Fold,
    choice,
    download,
    download_list,
    folds,
    listing,
    message,
    moment,
    note_line,
    searched,
    section,
    subtitle,
    table,
)
from unionplan.ui_coverage import View

CLOSED = "closed"
SHOWS = {
    CLOSED: "收起", "missing": "未覆盖", "covered": "已覆盖", "base": "应覆盖", "apart": "不计入", "unclassified": "待认定",
    "expiring": "90天内到期",
}  # fmt: skip
BY = {"unit": "按填报单位", "workers": "按职工人数", "industry": "按行业门类", "expiry": "按到期日"}
LISTED = ("填报单位", "单位名称", "统计编码", "企业类型", "行业门类", "职工人数", "情况", "统计时点")
TYPES = ("企业类型", "已覆盖", "应覆盖", "未覆盖")
CARD, FOUND = ("口径", "内容"), ("项目", "情况", "起止日期", "在统计时点")
SHOWN, MATCHES = 100, 20
ALL_UNITS = ""
HARMONY = "和谐企业创建"


def linked(view: View, text: str, show: str, unit: str = "", **more: str) -> str | Cell:
    """Return a number that leads to its enterprises; without names of units it leads nowhere."""
    if view.names:
        return text
    return Cell(text, "", view.link(show=show, **({"unit": unit} if unit else {}), **more))


def list_firms(view: View) -> None:
    """The enterprises behind the figures, as the reader or the address asks for them (`?show=…&unit=…&by=…`)."""
    if view.names:  # an enterprise's name may give its unit away
        message("note", "已选“不点名”，不列企业名单，也不查企业。")
        return
    subtitle("企业明细")
    told = [row.reporting_unit or "" for row in view.units if row.numerator is not None]
    shows = [show for show in SHOWS if show != "expiring" or view.indicator.id in CONTRACTS]
    with section("firms"):
        show = choice("列出", shows, key="show", format=SHOWS.__getitem__)
        if show != CLOSED:
            wanted = choice("填报单位", [ALL_UNITS, *told], key="unit", format=lambda n: n or "全部填报单位")
            order = choice("次序", list(BY), key="by", format=BY.__getitem__)
    _unsure(view)
    if show == CLOSED:
        _types(view)
    else:
        _list(view, show, wanted, order)


def _unsure(view: View) -> None:
    """The range of the rate, where enterprises are not classified or cells are blank."""
    own = next(row for row in view.board.scopes(view.indicator.id) if row.scope == view.scope)
    count = coverage_words.unclassified_in(view.board.outlook(), own, view.counted())
    if said := coverage_words.unsure(own, view.indicator, count):
        note_line(said + ("名单见“待认定”。" if count else ""))


def _types(view: View) -> None:
    """The city's counts by type, each number a way to its enterprises."""
    with st.expander("各类企业家数（点数字看明细）"):
        table(TYPES, [_type_line(view, row) for row in view.board.scopes(view.indicator.id)], numeric=(1, 2, 3))


def _type_line(view: View, row: Attainment) -> tuple[str | Cell, ...]:
    name = theme.SCOPE_WORDS[row.scope]
    if row.numerator is None or row.denominator is None:
        return name, "未报", "未报", "未报"
    counts = {"covered": row.numerator, "base": row.denominator, "missing": row.denominator - row.numerator}
    scope = theme.SCOPE_SHORT[row.scope]
    return name, *(linked(view, theme.count(n), SHOWS[show], scope=scope) for show, n in counts.items())


def _list(view: View, show: str, wanted: str, order: str) -> None:
    board, entries = view.board, view.entries()
    units = [wanted] if wanted else [unit for unit in view.counted() if unit in entries]
    if left_out := _unlisted(view, wanted):
        note_line("　".join(left_out))
    paths = view.paths(units)
    found = board.shared(
        ("totals", view.indicator.id, view.scope, show, *units),
        lambda: totals(paths, view.indicator, view.scope, show),
    )
    firms = sum(count for count, _, _ in found.values())
    if not firms:
        message("note", _nothing(show, bool(paths)))
        _tell_sources(view, units)
        return
    first = board.shared(
        ("standing", view.indicator.id, view.scope, show, order, *units),
        lambda: standing(paths, view.indicator, view.scope, show, units, order, SHOWN),
    )
    more = f"，只显示前{SHOWN}家，全部见下载" if firms > SHOWN else ""
    whole = (lambda: _lines(view, standing(paths, view.indicator, view.scope, show, units, order))) if more else None
    title = f"{wanted or f'{len(units)}个填报单位'}{_said(view, show, found)}{more}"
    if show == "missing" and (said := _bases_apart(view, units)):
        note_line(said)
    listing(title, LISTED, _lines(view, first), view.file(f"{SHOWS[show]}企业"), numeric=(5,), whole=whole)
    _tell_sources(view, units)


def _bases_apart(view: View, units: Sequence[str]) -> str:
    """What a fixed base changes: the list is of the enterprises there are now, the gap is counted over that base."""
    fixed_on, now = view.board.plan.settings.base_date, view.board.outlook().figures()
    counts = now.counts_of(view.indicator.id, units, SCOPES[view.scope])
    present = replace(now, base=None).base_of(view.indicator.id, units, SCOPES[view.scope])
    if fixed_on is None or counts is None or present is None:
        return ""
    return coverage_words.bases_apart(view.indicator, fixed_on, present, counts[1], counts[0])


def _nothing(show: str, ledgers: bool) -> str:
    return f"没有{SHOWS[show]}的企业。" if ledgers else "没有企业台账，列不出名单。"


def _said(view: View, show: str, found: Mapping[str, tuple[int, int, int]]) -> str:
    """What is listed, and for 入会率 what it adds up to."""
    firms, covered, base = (sum(counts[place] for counts in found.values()) for place in range(3))
    word = theme.SCOPE_WORDS[view.scope]
    if show == "missing":
        return narrative.still_missing(view.indicator, firms, base - covered)
    persons = f"（{view.indicator.covered_word}{theme.count(covered)}/{view.indicator.base_word}{theme.count(base)}人）"
    more = persons if view.indicator.id == "member" and show in ("covered", "base") else ""
    lead = "" if show == "unclassified" else word
    return f"{lead}{SHOWS[show]}{theme.count(firms)}家{more}"


def _unlisted(view: View, wanted: str) -> list[str]:
    """Which units are not in the list, and why."""
    if wanted:
        return []
    entries, counted = view.entries(), view.counted()
    known = [row for row in view.units if row.numerator is not None]
    groups = {
        "只报汇总表，无名单": [row for row in known if row.reporting_unit not in entries],
        "数据过期，未计入，可单独查看": [
            row for row in known if row.reporting_unit in entries and row.reporting_unit not in counted
        ],
        "未报": [row for row in view.units if row.numerator is None],
    }
    return [f"{word}：{'、'.join(row.reporting_unit or '' for row in rows)}。" for word, rows in groups.items() if rows]


def _lines(view: View, frame: pd.DataFrame) -> list[tuple[str, ...]]:
    return [
        (one["reporting_unit"], _text(one["org_name"]), _text(one["union_code"]), theme.ATOM_WORDS[one["enterprise_type"]],
         _text(one["industry"]), _text(one["workers"]), _why(view, one), _date_words(one["as_of"]))
        for one in frame.to_dict("records")
    ]  # fmt: skip


def _why(view: View, one: Mapping[Any, Any]) -> str:
    day = _day(one["day"])
    return coverage_words.standing(one["reason"], _text(one["told"]), day, one["short"], view.indicator)


# Where it comes from


def _tell_sources(view: View, units: Sequence[str]) -> None:
    """Which refresh and which file each unit's figure comes from; of one unit also the file itself."""
    found = [(unit, source) for unit in units if (source := _source(view, unit))]
    if not found:
        return
    lines = [(unit, f"第{c.id}次", moment(c.at), "、".join(f.name for f in c.files) or "—", c.who) for unit, c in found]
    if len(found) == 1:
        unit, commit = found[0]
        files = "、".join(file.name for file in commit.files) or "无文件"
        note_line(f"{unit}的数出自第{commit.id}次更新（{moment(commit.at)}，{files}，经办人 {commit.who}）。")
        for number, file in enumerate(commit.files):
            data = lambda sha=file.sha256: view.board.store.upload(sha)  # noqa: E731 - read when the button is pressed
            download(f"下载原文件：{file.name}", data, file.name, "application/octet-stream", key=f"source-{number}")
    else:
        with st.expander("这些数出自哪些文件"):
            table(("填报单位", "更新", "时间", "文件", "经办人"), lines, caption="数据来源")


def _source(view: View, unit: str) -> Commit | None:
    """The refresh that brought in what a unit's figure stands on: its ledger, else its summary."""
    row = next((row for row in view.units if row.reporting_unit == unit and row.as_of), None)
    if row is None or row.as_of is None:
        return None
    dataset = "ledger" if unit in view.entries() else "summary"
    slot = Slot(dataset, unit, f"{row.as_of:%Y-%m}")
    commits = view.board.store.history()[: view.board.commit]
    if dataset == "ledger":
        chain = lineage(commits, slot)
        return commits[chain[0].commit - 1] if chain else None
    entry = view.board.store.heads(view.board.commit).get(slot)
    return commits[entry.commit - 1] if entry else None


# One enterprise


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


def _sources(view: View, found: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Which refresh each enterprise's row comes from, in words, by unit and key."""
    ledgers, words = view.board.ledgers(), {}
    for name, rows in found.groupby("reporting_unit"):
        unit = str(name)
        for key, commit in ledgers.origins(unit, list(rows["key"])).items():
            files = f"，{'、'.join(file.name for file in commit.files) or '无文件'}，经办人 {commit.who}"
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


# The definition


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
