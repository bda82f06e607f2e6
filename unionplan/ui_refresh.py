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
from typing import Any, Literal

import streamlit as st

from unionplan.intake.desk import keep_ready
from unionplan.intake.fields import readings
from unionplan.intake.prefill import prefilled
from unionplan.intake.preview import Options, Preview
from unionplan.intake.problems import Problem
from unionplan.intake.readings import NAMES, FileReading, SheetReading
from unionplan.intake.templates import KINDS
from unionplan.observations import Field
from unionplan.plan import COVERAGE
from unionplan.ui import Board, choice, download, heading, message, note_line, table
from unionplan.ui_changes import say_change, say_details, say_effects, sheet_name
from unionplan.ui_controls import clerk, keep, literal, refuse, said, say_refused
from unionplan.ui_memory import called, chosen_kinds, confirm_form, kind_words, offer_aliases
from unionplan.ui_problems import bare, severities, show_problems
from unionplan.uploads import Handed, Look, Uploads, Wanted

TEMPLATES = {kind: NAMES[kind] for kind in KINDS}
DATED = ("W1", "W2", "W3a", "W3b", "W6", "W7")
UNSAID = {"as_of_missing": "填写统计时点", "indicator_missing": "选择这张表是哪项指标", "unit_missing": "选择填报单位",
          "months_year": "填写统计时点"}  # fmt: skip
ALL = "全部单位"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DAY = Field("as_of", "统计时点", "date")
STAGES = {
    "twice": ("重复", "neutral"), "cancelled": ("已取消", "neutral"), "unread": ("读不了", "behind"), "form": ("表样待确认", "slow"), "blocked": ("须改正", "behind"), "ask": ("请核对", "slow"),
    "nothing": ("不读", "neutral"), "same": ("未变", "neutral"), "ready": ("可以入库", "on_pace"), "committing": ("正在入库", "neutral"),
    "done": ("已入库", "attained"), "working": ("正在核对", "neutral"),
}  # fmt: skip
"""stage of a file → what a reader is told, in which colour."""
ONLY_SEEN = "示例数据只供查看，请先点“开始使用”。"
ASKED = 6  # so many kinds of questions stand beside the reason; the list below has all of them


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
    return Wanted(options, str(said(f"reason-{name}") or ""), int(said(f"again-{name}") or 0), chosen_kinds(name))


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
    before = [(look.handed.id, look.stage) for look in looks]
    adding = uploads().adding
    if not adding and not {"working", "committing"} & {look.stage for look in looks}:
        return

    @st.fragment(run_every=0.5)
    def watch() -> None:
        desk = uploads()
        now = desk.looks([(handed, wanted(handed.id)) for handed in files], board.store, 0)
        if [(look.handed.id, look.stage) for look in now] != before or adding != desk.adding:
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
    """The drop at a glance, where there are several files, what all sound ones do together, and one button for them."""
    if len(looks) < 2:
        return
    counts = {stage: sum(_shown_stage(look) == stage for look in looks) for stage in STAGES}
    words = "，".join(f"{STAGES[stage][0]} {count} 个" for stage, count in counts.items() if count)
    message("note", f"共 {len(looks)} 个文件：{words}。")
    if counts["done"]:
        st.page_link("app.py", label="到目标总览看结果")
    ready = [look for look in looks if look.stage == "ready"]
    if ready:
        _take_all(board, ready, any(look.stage in ("working", "committing") for look in looks))
    waiting = [look for look in looks if look.stage in ("form", "blocked", "ask", "unread")]
    if ready:
        left = "只收合格文件，其余文件留在下面，处理好后再入库；" if waiting else ""
        st.caption(f"{left}各文件按统计时点先后入库，一个文件一次更新。")


def _take_all(board: Board, ready: Sequence[Look], busy: bool) -> None:
    """What all sound files do together, once none is `busy`, and the button that takes them in, the oldest 统计时点 first."""
    sample = board.plan.settings.sample
    effects = None if sample or busy else uploads().together(ready, board.store)
    if effects is not None:
        say_effects(board, effects, "全部入库后")
    elif not sample:
        note_line("正在合计各文件对主要指标的影响……")
    say_refused("全部")
    label = f"全部入库（{len(ready)} 个合格文件）"
    st.button(
        label, type="primary", key="commit-all", disabled=sample, on_click=_commit, args=(board, ready, "全部")
    )  # fmt: skip
    if sample:
        st.caption(ONLY_SEEN)


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
        if look.stage in ("done", "twice", "unread"):
            _title(look)
            if look.stage == "unread":
                _say_unread(look)
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
    if look.stage in ("done", "twice") or look.file is None:
        return look.words
    if look.stage == "unread":
        return ""
    if look.stage == "nothing":
        return "其中没有要读的表"
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
    """What a readable file holds, what would become of it with the button that confirms it, then every detail."""
    assert look.file is not None
    assert look.seen is not None
    for sheet in look.file.sheets:
        _say_sheet(sheet)
    _ask(board, look)
    _say_verdict(board, look)
    offer_aliases(board, look)
    _say_problems(look)
    if look.seen.change is not None:
        say_details(board, look.seen, look.handed.id)
    for sheet in look.file.sheets:
        _fold_columns(sheet, len(look.file.sheets) > 1)


def _say_verdict(board: Board, look: Look) -> None:
    seen = look.seen
    assert seen is not None
    if look.words:
        message("error", look.words)
    if seen.change is None:
        message(*_what_to_do(seen))
        return
    say_change(board, seen)
    if not seen.same:
        _confirm(board, look)


def _say_unread(look: Look) -> None:
    assert look.file is not None
    for found in look.file.problems:
        message("error", f"{found.message}。{found.fix}。")
    message("error", "这个文件还不能入库：请按上面所说处理后重新拖进来。数据没有改动。")


def _again(name: str) -> None:
    st.session_state["said"][f"again-{name}"] = int(said(f"again-{name}") or 0) + 1


def _what_to_do(seen: Preview) -> tuple[Literal["note", "error"], str]:
    """What stands in the way of a file: words that can be given above, or cells to be mended in the file itself."""
    rules = {found.rule for found in seen.problems if found.severity == "reject"}
    if not rules:
        return "note", "这个文件里没有要读的表，不需要入库。"
    if rules <= set(UNSAID):
        return (
            "error",
            f"还差一步：请在上面{'、'.join(dict.fromkeys(UNSAID[rule] for rule in UNSAID if rule in rules))}。数据没有改动。",
        )
    named = "不认识的名称可以在下面记为别名；其余" if rules & {"unit_unknown", "type_unknown"} else ""
    above = list(dict.fromkeys(words for rule, words in UNSAID.items() if rule in rules))
    also = f"另外请在上面{'、'.join(above)}。" if above else ""
    return "error", f"这个文件还不能入库：{named}请按下面的清单改正，保存后重新拖进来。{also}数据没有改动。"


def _say_sheet(sheet: SheetReading) -> None:
    if sheet.kind is None or sheet.header_row is None:
        return
    totals = f"，另有合计 {sheet.totals} 行" if sheet.totals else ""
    note_line(
        f"{sheet_name(sheet.sheet)}识别为{kind_words(sheet)}：表头在第 {sheet.header_row} 行，数据 {sheet.rows:,} 行{totals}。"
    )


def _fold_columns(sheet: SheetReading, several: bool) -> None:
    if sheet.kind is None or sheet.header_row is None:
        return
    label = f"查看各列的识别结果{f'（{literal(sheet_name(sheet.sheet))}）' if several else ''}"
    part = st.expander(label, key=f"columns-{id(sheet)}", on_change="rerun")
    with part:
        if part.open:
            rows = [
                (cell, label, called(field, sheet.kind) if field else "未识别，不采用")
                for cell, label, field in sheet.columns
            ]
            table(("单元格", "原列名", "识别为"), rows, caption="各列的识别结果")


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


# Confirming


def _confirm(board: Board, look: Look) -> None:
    """What has to be confirmed and why, what stands in the way, and the button."""
    seen, name = look.seen, look.handed.id
    assert seen is not None
    if seen.asks:
        message("ask", "\n".join(_asked(seen.asks)))
        st.text_input("核对理由", key=keep(f"reason-{name}"), placeholder="如：已与填报单位电话核实")
    say_refused(name)
    sample = board.plan.settings.sample
    busy = look.stage == "committing"
    st.button(
        "正在入库" if busy else "确认入库", type="primary", key=f"confirm-{name}", disabled=sample or busy,
        on_click=_commit, args=(board, [look], name))  # fmt: skip
    if sample:
        st.caption(ONLY_SEEN)


def _asked(asks: Sequence[Problem]) -> list[str]:
    """What has to be checked, a line for every kind of question."""
    kinds: dict[str, list[Problem]] = {}
    for one in asks:
        kinds.setdefault(one.rule, []).append(one)
    lines = [
        f"· {ones[0].message if len(ones) == 1 else f'{bare(ones[0])}：{len(ones):,} 处'}" for ones in kinds.values()
    ]
    more = [f"· 另有 {len(lines) - ASKED} 类，见下面的清单"] if len(lines) > ASKED else []
    start = f"有 {len(asks):,} 处请核对。核对无误的，写明理由后可以入库，理由记入更新记录。"
    return [start, *lines[:ASKED], *more]


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
