"""The pieces of the refresh page: dropping files, what each was taken for, what is wrong, what would change, confirming.

Every text that comes from a file is either escaped HTML or goes through `literal`, since labels are markdown.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from unionplan import narrative, theme
from unionplan.attainment import Difference
from unionplan.intake.desk import keep_ready
from unionplan.intake.fields import readings
from unionplan.intake.prefill import prefilled
from unionplan.intake.preview import Options, Preview
from unionplan.intake.readings import NAMES, FileReading, SheetReading
from unionplan.intake.sheet_changes import SheetChange
from unionplan.intake.templates import KINDS
from unionplan.observations import Field
from unionplan.plan import COVERAGE
from unionplan.ui import (
    Board,
    Cell,
    choice,
    download,
    heading,
    listing,
    message,
    subtitle,
    table,
)
from unionplan.ui_controls import clerk, keep, refuse, said, say_refused
from unionplan.ui_memory import called, confirm_form, kind_words, offer_aliases
from unionplan.ui_problems import SHOWN, severities, show_problems
from unionplan.uploads import Handed, Look, Uploads, Wanted

TEMPLATES = {kind: NAMES[kind] for kind in KINDS}
DATED = ("W1", "W2", "W3a", "W3b", "W6", "W7")
UNSAID = {"as_of_missing": "填写统计时点", "indicator_missing": "选择这张表是哪项指标", "unit_missing": "选择填报单位",
          "months_year": "填写统计时点"}  # fmt: skip
ALL = "全部单位"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DAY = Field("as_of", "统计时点", "date")
STAGES = {
    "cancelled": ("已取消", "neutral"), "unread": ("读不了", "behind"), "form": ("表样待确认", "slow"), "blocked": ("须改正", "behind"), "ask": ("请核对", "slow"),
    "same": ("未变", "neutral"), "ready": ("可以入库", "on_pace"), "committing": ("正在入库", "neutral"),
    "done": ("已入库", "attained"), "working": ("正在核对", "neutral"),
}  # fmt: skip
"""stage of a file → what a reader is told, in which colour."""
APART = ("填报单位", "月份", "指标", "企业类型", "台账", "汇总表", "已覆盖差", "应覆盖差")


# Dropping


def templates(board: Board) -> None:
    """The forms, and which unit's names and enterprises already stand in them."""
    heading("数据更新", "把手头的表格拖进来，核对无误后确认入库；确认之前不会改动任何数据。")
    with st.expander("下载模板（已填好填报单位和企业类型，选定单位后台账模板带出该单位现有企业）"):
        unit = choice("填报单位", [ALL, *(unit.name for unit in board.plan.units)], key="template")
        with st.container(horizontal=True, key="up-templates"):
            for kind, words in TEMPLATES.items():
                name = f"{words}模板{'' if unit == ALL else f'_{unit}'}.xlsx"
                download(words, partial(_template, board, kind, unit), name, XLSX, key=f"template-{kind}")


def dropped(board: Board) -> list[Handed]:
    """The files that were dropped, and before them the name of whoever drops them, where it is not known."""
    keep_ready()
    if not board.person.name:
        st.text_input("经办人", key="who", placeholder="填写姓名，记入更新记录")
    files = (
        st.file_uploader("表格文件（.xlsx、.xls、.et、.ods、.csv 等）", accept_multiple_files=True, key="files") or ()
    )
    if not files:
        st.html('<p class="up-line">可以一次拖进多个文件；每个文件各自核对、各自入库，有问题的不影响其他文件。</p>')
    return [Handed(file.file_id, file.name, file.getvalue()) for file in files]


def looked_at(board: Board, files: Sequence[Handed]) -> list[Look]:
    """How far every file has come, under what the clerk has said about it so far."""
    desk = uploads()
    desk.forget(handed.id for handed in files)
    return desk.looks([(handed, wanted(handed.id)) for handed in files], board.store)


def uploads() -> Uploads:
    """The works of this session."""
    if "uploads" not in st.session_state:
        st.session_state["desk"] = tempfile.TemporaryDirectory(prefix="unionplan-desk-")
        st.session_state["uploads"] = Uploads(Path(st.session_state["desk"].name))
    found: Uploads = st.session_state["uploads"]
    return found


def wanted(name: str) -> Wanted:
    """What the clerk has said about one file."""
    options = Options(
        said(f"unit-{name}") or None, _given_day(name), said(f"mode-{name}") or "upsert", bool(said(f"sound-{name}")),
        indicator=said(f"indicator-{name}") or None,
    )  # fmt: skip
    return Wanted(options, str(said(f"reason-{name}") or ""), int(said(f"again-{name}") or 0))


def _template(board: Board, kind: str, unit: str) -> bytes:
    chosen = None if unit == ALL else unit
    return prefilled(board.store, board.commit, kind, None if kind == "W7" else chosen)


def _given_day(name: str) -> date | None:
    """The 统计时点 that the clerk gave for a file, None where it is what the file says itself."""
    text = said(f"day-{name}")
    return None if text == said(f"stated-{name}") else _day(text)


def _day(text: object) -> date | None:
    value = readings(DAY, [str(text)], {})[0].value if text else None
    return value if isinstance(value, date) else None


# Progress and the whole drop


def progress(board: Board, files: Sequence[Handed], looks: Sequence[Look]) -> None:
    """What is still being read, compared or committed, each with a bar and a way to stop; asks again by itself."""
    before = [look.stage for look in looks]
    if not {"working", "committing"} & set(before):
        return

    @st.fragment(run_every=0.5)
    def watch() -> None:
        desk = uploads()
        now = desk.looks([(handed, wanted(handed.id)) for handed in files], board.store, 0)
        if [look.stage for look in now] != before:
            st.rerun()
        _bars(now)

    watch()


def _bars(looks: Sequence[Look]) -> None:
    for look in looks:
        if look.stage == "working":
            name, bar, stop = st.columns([5, 6, 1.3], vertical_alignment="center")
            name.html(f'<p class="up-line up-filename">{escape(look.handed.name)}</p>')
            bar.progress(min(max(look.share, 0.0), 1.0), text=look.words)
            stop.button("取消", key=f"cancel-{look.handed.id}", on_click=uploads().cancel, args=(look.handed.id,))
    work = uploads().committing
    if work:
        st.progress(min(work.progress, 1.0), text=work.stage)


def whole(board: Board, looks: Sequence[Look]) -> None:
    """The drop at a glance, where there are several files, and one button for all that are sound."""
    if len(looks) < 2:
        return
    counts = {stage: sum(_shown_stage(look) == stage for look in looks) for stage in STAGES}
    words = "，".join(f"{STAGES[stage][0]} {count} 个" for stage, count in counts.items() if count)
    message("note", f"共 {len(looks)} 个文件：{words}。")
    if counts["done"]:
        st.page_link("app.py", label="到目标总览看结果")
    ready = [look for look in looks if look.stage == "ready"]
    if ready:
        label = f"全部入库（{len(ready)} 个合格文件）"
        st.button(label, type="primary", key="commit-all", on_click=_commit, args=(board, ready, "全部"))
        say_refused("全部")
    waiting = [look for look in looks if look.stage in ("form", "blocked", "ask", "unread")]
    if ready and waiting:
        st.caption("只收合格文件；其余文件留在下面，处理好后再入库。")


# One file


def card(board: Board, look: Look, several: bool) -> None:
    """One file from what it was taken for to its confirmation; of several each opens on a click."""
    if look.stage == "working":
        return
    name = look.handed.id
    with st.container(border=True, key=f"up-file-{name}"):
        if not several:
            _title(look)
            _body(board, look)
            return
        if look.stage == "done":
            _title(look)
            return
        title, button = st.columns([8, 1.4], vertical_alignment="center")
        with title:
            _title(look)
        shown = bool(said(f"shown-{name}"))
        button.button(
            "收起" if shown else "查看和处理", key=f"open-{name}", width="stretch", on_click=_turn, args=(name,)
        )
        if shown:
            _body(board, look)


def _turn(name: str) -> None:
    """Open a file's card, or close it."""
    st.session_state["said"][f"shown-{name}"] = not said(f"shown-{name}")


def _shown_stage(look: Look) -> str:
    """The stage as it is told: what was committed without changing anything is 未变."""
    return "same" if look.stage == "done" and STAGES["same"][0] in look.words else look.stage


def _title(look: Look) -> None:
    word, role = STAGES[_shown_stage(look)]
    brief = _brief(look)
    under = f'<p class="up-line">{escape(brief)}</p>' if brief else ""
    chip = f'<span class="up-chip up-role-{role}">{word}</span>'
    st.html(f'<h2 class="up-title up-filename">{escape(look.handed.name)} {chip}</h2>{under}')


def _brief(look: Look) -> str:
    """One line on a file: what it holds and what stands in its way."""
    if look.stage == "done" or look.file is None:
        return look.words
    if look.stage == "unread":
        return ""
    kinds = "、".join(dict.fromkeys(NAMES[sheet.kind] for sheet in look.file.sheets if sheet.kind)) or "没有认出表格"
    if look.stage == "form":  # what is wrong in it is told once its columns are confirmed
        return kinds
    counts = severities(look.seen.problems if look.seen else look.file.all_problems())
    return "，".join(filter(None, (kinds, counts)))


def _body(board: Board, look: Look) -> None:
    if look.stage == "done":
        message("ok", "数据已更新，打开着的看板会自动刷新。" if STAGES["same"][0] not in look.words else look.words)
        st.page_link("app.py", label="到目标总览看结果")
    elif look.stage == "cancelled":
        message("note", "已取消，没有读完。数据没有改动。")
        st.button("重新读取", key=f"retry-{look.handed.id}", on_click=_again, args=(look.handed.id,))
    elif look.stage == "unread":
        _say_unread(look)
    elif look.stage == "form":
        confirm_form(board, look)
    else:
        _review(board, look)


def _review(board: Board, look: Look) -> None:
    """What a readable file holds, what is wrong with it, what it would change."""
    assert look.file is not None
    assert look.seen is not None
    for sheet in look.file.sheets:
        _say_sheet(sheet)
    _ask(board, look)
    _say_problems(look)
    offer_aliases(board, look)
    if look.words:
        message("error", look.words)
    if look.seen.change is None:
        message("error", _what_to_do(look.seen))
        return
    _say_change(board, look)
    _confirm(board, look)


def _say_unread(look: Look) -> None:
    assert look.file is not None
    for found in look.file.problems:
        message("error", f"{found.message}。{found.fix}。")
    message("error", "这个文件还不能入库：请按上面所说处理后重新拖进来。数据没有改动。")


def _again(name: str) -> None:
    st.session_state["said"][f"again-{name}"] = int(said(f"again-{name}") or 0) + 1


def _what_to_do(seen: Preview) -> str:
    """What stands in the way of a file: words that can be given above, or cells to be mended in the file itself."""
    rules = {found.rule for found in seen.problems if found.severity == "reject"}
    if rules and rules <= set(UNSAID):
        steps = dict.fromkeys(words for rule, words in UNSAID.items() if rule in rules)
        return f"还差一步：请在上面{'、'.join(steps)}。数据没有改动。"
    named = "不认识的名称可以在上面记为别名；其余" if rules & {"unit_unknown", "type_unknown"} else ""
    above = list(dict.fromkeys(words for rule, words in UNSAID.items() if rule in rules))
    also = f"另外请在上面{'、'.join(above)}。" if above else ""
    return f"这个文件还不能入库：{named}请按上面的清单改正，保存后重新拖进来。{also}数据没有改动。"


def _say_sheet(sheet: SheetReading) -> None:
    if sheet.kind is None or sheet.header_row is None:
        return
    totals = f"，另有合计 {sheet.totals} 行" if sheet.totals else ""
    message(
        "note",
        f"{_sheet_name(sheet.sheet)}识别为{kind_words(sheet)}：表头在第 {sheet.header_row} 行，数据 {sheet.rows:,} 行{totals}。",
    )
    part = st.expander("查看各列的识别结果", key=f"columns-{id(sheet)}", on_change="rerun")
    with part:
        if part.open:
            rows = [
                (cell, label, called(field, sheet.kind) if field else "未识别，不采用")
                for cell, label, field in sheet.columns
            ]
            table(("单元格", "原列名", "识别为"), rows, caption="各列的识别结果")


def _sheet_name(sheet: str) -> str:
    return f"工作表“{sheet}”" if sheet else "本表"


def _ask(board: Board, look: Look) -> None:
    """What only the clerk can say of a file: its date, its unit, the mode, which indicator."""
    file, name = look.file, look.handed.id
    assert file is not None
    if not any(sheet.kind in DATED for sheet in file.sheets):
        return
    columns = st.columns(3)
    _ask_day(columns[0], file, name)
    asks_unit = said(f"unit-{name}") is not None or any(found.rule == "unit_missing" for found in file.all_problems())
    if asks_unit:
        names = ["", *(known.name for known in board.plan.units)]
        columns[1].selectbox("填报单位", names, key=keep(f"unit-{name}"), format_func=lambda word: word or "请选择")
    mode = keep(f"mode-{name}")
    columns[1 + asks_unit].segmented_control(
        "方式", ["upsert", "replace"], default=None if mode in st.session_state else "upsert", required=True, key=mode,
        format_func={"upsert": "更新（未列的保留）", "replace": "替换本单位本期"}.__getitem__)  # fmt: skip
    if any(sheet.nameless for sheet in file.sheets):
        _ask_indicator(board, name)
    if file.refused:
        st.checkbox("只收合格行，退回的行留在清单里", key=keep(f"sound-{name}"))


def _ask_day(place: Any, file: FileReading, name: str) -> None:
    stated = next((sheet.as_of.isoformat() for sheet in file.sheets if sheet.as_of), "")
    st.session_state["said"][f"stated-{name}"] = stated
    key = keep(f"day-{name}")
    if key not in st.session_state:
        st.session_state[key] = stated
    words = place.text_input("统计时点", key=key, placeholder="如 2026-10-31")
    if words and _day(words) is None:
        place.html(f'<div class="up-error">“{escape(words)}”不是日期，请写成 2026-10-31 的样子。</div>')


def _ask_indicator(board: Board, name: str) -> None:
    """Which indicator a table speaks of that does not say so itself; asked, never guessed."""
    names = ["", *(known for known in COVERAGE if known in board.plan.indicators)]
    st.selectbox(
        "这张表是哪项指标（表头和标题没有写明）", names, key=keep(f"indicator-{name}"),
        format_func=lambda known: board.plan.indicators[known].name if known else "请选择")  # fmt: skip


def _say_problems(look: Look) -> None:
    assert look.seen is not None
    if not look.seen.problems:
        message("ok", "没有发现问题。")
        return
    show_problems(look.seen.problems, look.seen.file, look.handed.id, look.options.only_valid)


# What would change


def _say_change(board: Board, look: Look) -> None:
    seen = look.seen
    assert seen is not None
    for change in seen.sheets:
        _say_sheet_change(change, len(seen.sheets) > 1)
    _say_units(seen)
    if seen.same:
        message("ok", "内容与现有数据完全相同：未变，不需要入库。")
        return
    say_effects(board, seen, Path(seen.file.name).stem)
    _say_apart(board, seen)
    _say_details(seen, look.handed.id)


def _when(change: SheetChange) -> str:
    """The 统计时点 of what a table changes; of one that speaks of several months, these."""
    if len(change.periods) > 1:
        said = "、".join(f"{period[:4]}年{int(period[5:])}月" for period in change.periods)
        return f"共 {len(change.periods)} 个月（{said}），每月各为一期，"
    return f"统计时点 {theme.chinese_date(change.as_of)}，" if change.as_of else ""


def _say_sheet_change(change: SheetChange, several: bool) -> None:
    if not change.units and not change.rejected:
        return
    what = "家" if change.kind == "W1" else "条"
    counts = (
        ("新增", len(change.added)),
        ("变更", change.changed),
        ("未变", change.unchanged),
        ("移除", len(change.removed)),
    )
    words = [f"{word} {count:,} {what}" for word, count in counts if count]
    words += [f"保留 {len(change.kept):,} {what}（本次文件没有，不会删除）"] if change.kept else []
    words += [f"退回 {change.rejected:,} 行"] if change.rejected else []
    start = f"{_sheet_name(change.sheet)}：" if several else ""
    message("note", f"{start}{_when(change)}涉及{_whose(change.units)}：{'，'.join(words)}。")
    if change.removed:
        named = "、".join(change.removed[:3]) + (
            f"等 {len(change.removed):,} {what}" if len(change.removed) > 3 else ""
        )
        message("ask", f"{start}替换将移除 {len(change.removed):,} {what}本次文件没有的：{named}。请核对后再确认。")


def _whose(units: Sequence[str]) -> str:
    named = [unit for unit in units if unit]
    if not named:
        return "全市"
    return f"“{named[0]}”" if len(named) == 1 else f" {len(named)} 个填报单位"


def _say_units(seen: Preview) -> None:
    rows = seen.change.tables.get("units") if seen.change else None
    if rows:
        names = "、".join(row["填报单位"] for row in rows)
        message("note", f"填报单位表将整表替换为 {len(rows)} 个单位：{names}。")


def say_effects(board: Board, seen: Preview, name: str) -> None:
    """What becomes of the headline figures, in words; those that stay are only counted, and listed behind a click."""
    if not seen.effects:
        return
    indicators = board.plan.indicators
    moved = [pair for pair in seen.effects if narrative.moved(*pair)]
    subtitle(narrative.effect_lead(len(moved), len(seen.effects) - len(moved)))
    if moved:
        lines = "".join(f"<li>{escape(narrative.effect(*pair, indicators[pair[1].indicator]))}</li>" for pair in moved)
        st.html(f'<ul class="up-effects">{lines}</ul>')
    part = st.expander("查看全部主要指标", key=f"effects-{name}", on_change="rerun")
    with part:
        if part.open:
            _list_effects(board, seen, name)


def _list_effects(board: Board, seen: Preview, name: str) -> None:
    indicators = board.plan.indicators
    rows: list[tuple[str | Cell, ...]] = [(indicators[after.indicator].name, theme.SCOPE_SHORT[after.scope],
             narrative.figure(before, indicators[before.indicator]), narrative.figure(after, indicators[after.indicator]),
             *(Cell(theme.light(row.status), theme.STATUS[row.status].role) for row in (before, after)))
            for before, after in seen.effects]  # fmt: skip
    headers = ("指标", "企业类型", "现在", "确认后", "现在状态", "确认后状态")
    listing("确认后各项目标的变化", headers, rows, f"变化_{name}")


def _say_apart(board: Board, seen: Preview) -> None:
    """Where the unit's ledger and its summary of the same month would tell different counts."""
    if seen.apart:
        lines = [_apart_line(board, one) for one in seen.apart]
        listing(f"台账与汇总表不一致：{len(lines)}处，计数以台账为准", APART, lines,
                f"台账与汇总表_{Path(seen.file.name).stem}", numeric=(4, 5, 6, 7), shown=SHOWN)  # fmt: skip


def _apart_line(board: Board, one: Difference) -> tuple[str, ...]:
    (covered, base), (told, stated) = one.ledger, one.summary
    return (one.reporting_unit, f"{one.period[:4]}年{int(one.period[5:])}月", board.plan.indicators[one.indicator].short,
            theme.SCOPE_SHORT[one.scope], f"{covered:,}/{base:,}", f"{told:,}/{stated:,}", f"{told - covered:+,}",
            f"{stated - base:+,}")  # fmt: skip


def _say_details(seen: Preview, name: str) -> None:
    count = sum(len(one.details) + len(one.added) + len(one.removed) + len(one.kept) for one in seen.sheets)
    if not count:
        return
    part = st.expander(f"查看明细（{count:,} 条）", key=f"details-{name}", on_change="rerun")
    with part:
        if part.open:
            lines = [line for one in seen.sheets for line in _detail_lines(one)]
            listing("逐条明细", ("工作表", "变动", "单位名称", "列", "原来", "改为"), lines,
                    f"明细_{Path(seen.file.name).stem}", shown=SHOWN)  # fmt: skip


def _detail_lines(change: SheetChange) -> list[tuple[str | Cell, ...]]:
    sheet = change.sheet or "—"
    lines: list[tuple[str | Cell, ...]] = [
        (sheet, "变更", *(str(v) for v in line)) for line in change.details.to_numpy()
    ]
    for word, names in (("新增", change.added), ("移除", change.removed), ("保留", change.kept)):
        lines += [(sheet, word, name or "—", "—", "—", "—") for name in names]
    return lines


# Confirming


def _confirm(board: Board, look: Look) -> None:
    seen, name = look.seen, look.handed.id
    assert seen is not None
    if seen.same:
        return
    if seen.asks:
        message("ask", f"有 {len(seen.asks)} 处请核对。核对无误的，写明理由后可以入库，理由记入更新记录。")
        st.text_input("核对理由", key=keep(f"reason-{name}"), placeholder="如：已与填报单位电话核实")
    sample = board.plan.settings.sample
    busy = look.stage == "committing"
    st.button(
        "正在入库" if busy else "确认入库", type="primary", key=f"confirm-{name}", disabled=sample or busy,
        on_click=_commit, args=(board, [look], name))  # fmt: skip
    say_refused(name)
    if sample:
        st.caption("示例数据只供查看，请先点“开始使用”。")


def _commit(board: Board, looks: Sequence[Look], name: str) -> None:
    """Have files committed, once what the log needs has been said."""
    refuse(name, "")
    if not uploads().pressed(name):
        return
    reasons = [str(said(f"reason-{look.handed.id}") or "").strip() for look in looks]
    if not clerk(board).name:
        refuse(name, "请先在上面填写经办人。")
    elif any(wanted(look.handed.id).options != look.options for look in looks):
        refuse(name, "选项刚刚改过，请看过新的比较结果再确认。")
    elif any(look.seen and look.seen.asks and not reason for look, reason in zip(looks, reasons, strict=True)):
        refuse(name, "请填写核对理由。")
    else:
        uploads().commit(zip(looks, reasons, strict=True), board.store, clerk(board))
