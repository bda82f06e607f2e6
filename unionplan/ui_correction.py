"""改这一户 and 零报告: the two things a clerk says without a file, each previewed or confirmed, each a commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from unionplan.intake.correction import correction
from unionplan.intake.nil_reports import nil_report
from unionplan.intake.preview import Preview, submit
from unionplan.observations import CLEAR, FIELDS, NIL_DATASETS, Field, control_codes, registration_codes
from unionplan.ui import Board, message, note_line, table
from unionplan.ui_changes import fold_effects, say_effects
from unionplan.ui_controls import acted, refuse, say_refused
from unionplan.ui_problems import show_problems

MATCHES = 20
BLANK = "（空）"
PARTS = {
    "单位": ("org_name", "union_code", "uscc", "reporting_unit", "district", "street", "enterprise_state", "changed_on",
           "registration", "control", "above_scale", "size_class", "industry"),
    "职工和工会": ("workers", "women_workers", "migrant_workers", "unionised", "union_form", "members"),
    "集体合同": tuple(f"{name}_{edge}" for name in ("contract", "wage", "women") for edge in ("form", "start", "end")),
    "民主管理和其他": ("congress", "disclosure", "harmony", "restructured", "note"),
}  # fmt: skip
"""The fields of an enterprise as they are grouped in the form."""


def correct(board: Board) -> None:
    """One enterprise corrected by hand: found by name or code, its values changed, looked at, confirmed."""
    part = st.expander("改这一户：更正一家企业，不必再传整张表", key="fix", on_change="rerun")
    with part:
        if part.open:
            _find(board)


def _find(board: Board) -> None:
    _say_done("correct")
    text = (st.text_input("查找企业", key="find", placeholder="单位名称、统计编码或信用代码，至少两个字") or "").strip()
    if not text:
        note_line("找到企业后直接改；改动记为一次更新，可以撤销。")
        return
    enterprise = _found(board, text)
    if enterprise is not None:
        _edit(board, enterprise)


def _found(board: Board, text: str) -> Mapping[Any, Any] | None:
    count, found = board.ledgers().matching(text, MATCHES)
    if not count:
        message("note", f"没有找到“{text}”。请至少写两个字，可以写单位名称的一部分、统计编码或统一社会信用代码。")
        return None
    records = found.to_dict("records")
    names = {number: _called(record) for number, record in enumerate(records)}
    label = f"找到 {count:,} 家" + (f"，只列前 {MATCHES} 家，请再多写几个字" if count > MATCHES else "")
    if len(records) == 1:
        note_line(f"{label}：{names[0]}")
        return records[0]
    chosen = st.selectbox(label, [None, *names], key="found", format_func=lambda one: names.get(one, "请选择"))
    return None if chosen is None else records[chosen]


def _called(record: Mapping[Any, Any]) -> str:
    code = record["union_code"] if pd.notna(record["union_code"]) else record["uscc"]
    parts = (record["reporting_unit"], "" if pd.isna(code) else str(code))
    return f"{_shown(record['org_name']) or '没有名称'}（{'，'.join(filter(None, parts))}）"


def _edit(board: Board, record: Mapping[Any, Any]) -> None:
    unit, key = str(record["reporting_unit"]), str(record["key"])
    now = {name: _shown(record.get(name)) for name in FIELDS}
    note_line(f"统计时点 {_shown(record['as_of'])}。清空一格即删去原来的内容；没有改的不动。")
    with st.form(f"correct-{unit}-{key}"):
        said = {
            name: text
            for part, names in PARTS.items()
            for name, text in _part(board, part, names, now, f"{unit}-{key}").items()
        }
        reason = st.text_input("更正原因", placeholder="如：填报单位来电更正")
        looked = st.form_submit_button("查看改动")
    changed = {name: text or CLEAR for name, text in said.items() if text != now[name]}
    if looked:
        st.session_state["correcting"] = (unit, key, changed, reason.strip())
    asked = st.session_state.get("correcting")
    if asked and asked[:2] == (unit, key):
        _preview(board, asked)


def _part(board: Board, part: str, names: Sequence[str], now: Mapping[str, str], key: str) -> dict[str, str]:
    st.html(f'<p class="up-part">{escape(part)}</p>')
    said: dict[str, str] = {}
    for first in range(0, len(names), 3):  # a row at a time, so that a phone keeps their order
        for place, name in zip(st.columns(3), names[first : first + 3], strict=False):
            said[name] = _control(board, place, FIELDS[name], now[name], key)
    return said


def _control(board: Board, place: Any, field: Field, now: str, key: str) -> str:
    """One field with its present value: a list where its words are known, else free text."""
    lists: Mapping[str, Sequence[str]] = {
        "unit": [unit.name for unit in board.plan.units], "control": list(control_codes()),
        "registration": list(registration_codes()),
    }  # fmt: skip
    words = field.values or lists.get(field.kind, ())
    if not words:
        return str(place.text_input(field.label, now, key=f"field-{key}-{field.id}") or "").strip()
    options = list(dict.fromkeys([now, "", *words]))
    return str(
        place.selectbox(field.label, options, key=f"field-{key}-{field.id}", format_func=lambda word: word or BLANK)
    )


def _preview(board: Board, asked: tuple[str, str, dict[str, str], str]) -> None:
    unit, key, changed, reason = asked
    if not changed:
        message("note", "没有改动任何一格。")
        return
    with st.spinner("正在核对"):
        seen = correction(board.store, unit, key, changed, reason)
    if seen.problems:
        show_problems(seen.problems, seen.file, "correct")
    if seen.change is None:
        message("error", "还不能入库：请按上面的清单改正。数据没有改动。")
        return
    rows = [(str(line.field), str(line.old), str(line.new)) for line in seen.details.itertuples()]
    if not rows:
        message("note", "改后与原来相同：未变，不需要入库。")
        return
    table(("列", "原来", "改为"), rows, caption="本次更正")
    say_effects(board, seen.effects)
    fold_effects(board, seen.effects, "correct", "改这一户")
    if seen.asks:
        message("ask", f"有 {len(seen.asks)} 处请核对；确认后以更正原因作为核对理由记入更新记录。")
    say_refused("correct")
    st.button("确认更正", type="primary", key="confirm-correct", disabled=board.plan.settings.sample,
              on_click=_submit, args=(board, seen, reason))  # fmt: skip


def _submit(board: Board, seen: Preview, reason: str) -> None:
    if not reason:
        refuse("correct", "请填写更正原因，再点“查看改动”。")
        return
    done: list[int | None] = []
    acted("correct", board, lambda person: done.append(submit(board.store, seen, person, reason)))
    if done:
        st.session_state.pop("correcting", None)
        _note_done("correct", f"已更正：第 {done[0]} 次更新。" if done[0] else "内容与现有数据完全相同，未变。")


def _note_done(name: str, words: str) -> None:
    st.session_state.setdefault("done", {})[name] = words


def _say_done(name: str) -> None:
    words = st.session_state.get("done", {}).get(name)
    if words:
        message("ok", words)


def _shown(value: object) -> str:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, pd.Timestamp | date):
        return f"{value:%Y-%m-%d}"
    return str(int(value)) if isinstance(value, float) else str(value)


def report_nil(board: Board) -> None:
    """零报告: a unit has nothing to report for a month, which is not the same as not having reported."""
    part = st.expander("零报告：本月确实没有内容的，登记为“本月无”", key="nothing", on_change="rerun")
    with part:
        if part.open:
            _nil_form(board)


def _nil_form(board: Board) -> None:
    _say_done("nil")
    note_line("“本月无”与没有报送不同，登记后不会再列为未报送。")
    units, months = [unit.name for unit in board.plan.units], _months(board.today)
    places = st.columns(3)
    unit = places[0].selectbox("填报单位", ["", *units], key="nil-unit", format_func=lambda word: word or "请选择")
    dataset = places[1].selectbox("内容", list(NIL_DATASETS), key="nil-dataset", format_func=NIL_DATASETS.__getitem__)
    month = places[2].selectbox("月份", months, key="nil-month", format_func=lambda day: f"{day.year}年{day.month}月")
    if not unit:
        return
    seen = nil_report(board.store, unit, dataset, month)
    if seen.problems:
        show_problems(seen.problems, seen.file, "nil")
    if seen.change is None:
        message("error", "还不能登记：请按上面的清单处理。数据没有改动。")
        return
    if seen.same:
        message("ok", f"“{unit}”{month.year}年{month.month}月已登记过本月无：未变，不需要再登记。")
        return
    say_refused("nil")
    st.button("登记零报告", type="primary", key="confirm-nil", disabled=board.plan.settings.sample,
              on_click=_report, args=(board, seen, f"“{unit}”{month.year}年{month.month}月{NIL_DATASETS[dataset]}"))  # fmt: skip


def _months(today: date) -> list[date]:
    """The last days of this month's and the eleven months before it, the last month that is over first."""
    first = [
        date(today.year + (today.month - 1 - back) // 12, (today.month - 1 - back) % 12 + 1, 1)
        for back in range(-1, 12)
    ]
    ends = [day - timedelta(days=1) for day in first]
    return [*ends[1:], ends[0]]


def _report(board: Board, seen: Preview, words: str) -> None:
    done: list[int | None] = []
    acted("nil", board, lambda person: done.append(submit(board.store, seen, person, "")))
    if done:
        _note_done("nil", f"已登记{words}本月无：第 {done[0]} 次更新。")
