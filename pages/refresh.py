"""数据更新: drop the files, see what was recognised and what is wrong, see what would change, confirm."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from html import escape
from pathlib import Path

import streamlit as st

from unionplan import narrative, theme
from unionplan.intake.desk import read_file, unit_names
from unionplan.intake.fields import readings
from unionplan.intake.headers import field_label
from unionplan.intake.preview import Options, Preview, preview, submit
from unionplan.intake.problems import Problem
from unionplan.intake.readings import NAMES, FileReading, SheetReading
from unionplan.intake.templates import KINDS, template
from unionplan.observations import Field
from unionplan.plan import COVERAGE
from unionplan.ui import Board, Cell, choice, download, heading, listing, may_write, message, page, table

TEMPLATES = {kind: NAMES[kind] for kind in KINDS}
DATED = ("W1", "W2", "W3b")
UNSAID = {"as_of_missing": "填写统计时点", "indicator_missing": "选择这张表是哪项指标", "unit_missing": "选择填报单位"}
ALL = "全部单位"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200
ROLE_OF = {"reject": "behind", "ask": "slow", "fixed": "neutral"}
DAY = Field("as_of", "统计时点", "date")


def templates(board: Board) -> None:
    """The forms, and which unit's names and enterprises already stand in them."""
    heading("数据更新", "把手头的表格拖进来，核对无误后确认入库；确认之前不会改动任何数据。")
    with st.expander("下载模板（已填好填报单位和企业类型，选定单位后台账模板带出该单位现有企业）"):
        unit = choice("填报单位", [ALL, *(unit.name for unit in board.plan.units)], key="template")
        with st.container(horizontal=True, key="up-templates"):
            for kind, words in TEMPLATES.items():
                name = f"{words}模板{'' if unit == ALL else f'_{unit}'}.xlsx"
                download(words, partial(_template, board, kind, unit), name, XLSX, key=f"template-{kind}")


def handed_in(board: Board) -> Sequence[st.runtime.uploaded_file_manager.UploadedFile]:
    """The files that were dropped, and before them the name of whoever drops them, where it is not known."""
    if not board.person.name:
        st.text_input("经办人", key="who", placeholder="填写姓名，记入更新记录")
    return st.file_uploader("表格文件（.xlsx、.xls、.et、.csv）", accept_multiple_files=True, key="files") or ()


def review(board: Board, upload: st.runtime.uploaded_file_manager.UploadedFile) -> None:
    """One file from what it was taken for to its confirmation."""
    receipts: dict[str, str] = st.session_state.setdefault("receipts", {})
    with st.container(border=True):
        st.html(f'<h2 class="up-title">{escape(upload.name)}</h2>')
        if upload.file_id in receipts:
            message("ok", receipts[upload.file_id])
            st.page_link("app.py", label="到目标总览看结果")
            return
        file, options = _read(board, upload)
        seen = _previewed(board, file, options)
        _say_problems(seen)
        if seen.change is None:
            message("error", _what_to_do(seen))
            return
        _say_change(board, seen)
        _confirm(board, upload.file_id, seen)


def _what_to_do(seen: Preview) -> str:
    """What stands in the way of a file: words that can be given above, or cells to be mended in the file itself."""
    rules = {found.rule for found in seen.problems if found.severity == "reject"}
    if rules and rules <= set(UNSAID):
        return f"还差一步：请在上面{'、'.join(UNSAID[rule] for rule in UNSAID if rule in rules)}。数据没有改动。"
    return "这个文件还不能入库：请按上面的清单改正，保存后重新拖进来。数据没有改动。"


def _template(board: Board, kind: str, unit: str) -> bytes:
    chosen = None if unit == ALL else unit
    ledger = board.store.newest_ledger(board.commit, chosen) if kind == "W1" else None
    return template(kind, board.plan.units, None if kind == "units" else chosen, board.plan.items, ledger)


def _read(board: Board, upload: st.runtime.uploaded_file_manager.UploadedFile) -> tuple[FileReading, Options]:
    """The file's reading and what the clerk says about it; a rerun reads nothing again."""
    data, unit = upload.getvalue(), st.session_state.get(f"unit-{upload.file_id}")
    file = _reading(board, upload.name, data, unit or None, None)
    for sheet in file.sheets:
        _say_sheet(sheet)
    if not any(sheet.kind in DATED for sheet in file.sheets):
        return file, Options()
    stated = next((sheet.as_of for sheet in file.sheets if sheet.as_of), None)
    options = _asked(board, upload.file_id, file, stated, unit)
    if options.as_of is not None:
        file = _reading(board, upload.name, data, unit or None, options.as_of)
    return file, options


def _asked(board: Board, name: str, file: FileReading, stated: date | None, unit: str | None) -> Options:
    columns = st.columns(3)
    said = columns[0].text_input(
        "统计时点", stated.isoformat() if stated else "", key=f"day-{name}", placeholder="如 2026-10-31"
    )
    day = _day(said)
    if said and day is None:
        columns[0].html(f'<div class="up-error">“{escape(said)}”不是日期，请写成 2026-10-31 的样子。</div>')
    unsaid = unit is not None or any(found.rule == "unit_missing" for found in file.all_problems())
    if unsaid:
        names = ["", *(known.name for known in board.plan.units)]
        columns[1].selectbox("填报单位", names, key=f"unit-{name}", format_func=lambda word: word or "请选择")
    mode = columns[1 + unsaid].segmented_control(
        "方式", ["upsert", "replace"], default="upsert", required=True, key=f"mode-{name}",
        format_func={"upsert": "更新（未列的保留）", "replace": "替换本单位本期"}.__getitem__)  # fmt: skip
    indicator = _indicator(board, name) if any(sheet.nameless for sheet in file.sheets) else None
    sound = file.refused and st.checkbox("只收合格行，退回的行留在清单里", key=f"sound-{name}")
    return Options(unit or None, None if day == stated else day, mode or "upsert", bool(sound), indicator=indicator)


def _indicator(board: Board, name: str) -> str | None:
    """Which indicator a table speaks of that does not say so itself; asked, never guessed."""
    names = ["", *(known for known in COVERAGE if known in board.plan.indicators)]
    return st.selectbox(
        "这张表是哪项指标（表头和标题没有写明）", names, key=f"indicator-{name}",
        format_func=lambda known: board.plan.indicators[known].name if known else "请选择") or None  # fmt: skip


def _reading(board: Board, name: str, data: bytes, unit: str | None, as_of: date | None) -> FileReading:
    kept = st.session_state.setdefault("readings", {})
    key = (hashlib.sha256(data).hexdigest(), name, unit, as_of, board.commit)
    if key not in kept:
        desk = st.session_state.setdefault("desk", tempfile.TemporaryDirectory(prefix="unionplan-desk-"))
        folder = Path(desk.name) / str(len(kept))
        with st.spinner(f"正在读取 {name}"):
            kept[key] = read_file(name, data, folder, unit_names(board.plan.units), unit, as_of)
    reading: FileReading = kept[key]
    return reading


def _previewed(board: Board, file: FileReading, options: Options) -> Preview:
    kept = st.session_state.setdefault("previews", {})
    key = (file.sha256, file.name, options, board.commit, board.today)
    if key not in kept:
        with st.spinner("正在核对，比较与现有数据的差别"):
            kept[key] = preview(board.store, file, options)
    seen: Preview = kept[key]
    return seen


def _day(text: object) -> date | None:
    value = readings(DAY, [str(text)], {})[0].value if text else None
    return value if isinstance(value, date) else None


def _say_sheet(sheet: SheetReading) -> None:
    if sheet.kind is None or sheet.header_row is None:
        return
    totals = f"，另有合计 {sheet.totals} 行" if sheet.totals else ""
    name = f"工作表“{sheet.sheet}”" if sheet.sheet else "本表"
    message(
        "note", f"{name}识别为{NAMES[sheet.kind]}：表头在第 {sheet.header_row} 行，数据 {sheet.rows:,} 行{totals}。"
    )
    with st.expander("查看各列的识别结果"):
        rows = [
            (cell, label, field_label(field) if field else "未识别，不采用") for cell, label, field in sheet.columns
        ]
        table(("单元格", "原列名", "识别为"), rows, caption="各列的识别结果")


def _say_problems(seen: Preview) -> None:
    if not seen.problems:
        message("ok", "没有发现问题。")
        return
    rank = {"reject": 0, "ask": 1, "fixed": 2}
    found = sorted(seen.problems, key=lambda problem: rank[problem.severity])
    counts = {level: sum(problem.severity == level for problem in found) for level in rank}
    words = "，".join(f"{theme.SEVERITY_WORDS[level]} {count} 处" for level, count in counts.items() if count)
    more = f"，只显示前 {SHOWN} 处，全部见下载" if len(found) > SHOWN else ""
    headers = ("级别", "单元格", "列", "原内容", "问题", "怎么办")
    lines = [_problem_line(problem) for problem in found]
    listing(f"问题清单：{words}{more}", headers, lines, f"问题清单_{Path(seen.file.name).stem}", shown=SHOWN)


def _problem_line(problem: Problem) -> tuple[str | Cell, ...]:
    where = f"{problem.sheet} {problem.cell}".strip() or "整个文件"
    level = Cell(theme.SEVERITY_WORDS[problem.severity], ROLE_OF[problem.severity])
    return (level, where, problem.column or "—", problem.value or "—", f"{problem.message}。", f"{problem.fix}。")


def _say_change(board: Board, seen: Preview) -> None:
    if seen.units:
        counts = (("新增", seen.added), ("变更", seen.changed), ("未变", seen.unchanged), ("保留", len(seen.kept)),
                  ("移除", seen.removed), ("退回", seen.rejected))  # fmt: skip
        what = "家" if {sheet.kind for sheet in seen.file.sheets} & set(DATED) == {"W1"} else "条"
        words = "，".join(f"{word} {count:,} {what}" for word, count in counts if count)
        as_of = theme.chinese_date(seen.as_of) if seen.as_of else ""
        message("note", f"统计时点 {as_of}，涉及{_whose(seen)}：{words}。")
    if "units" in (seen.change.tables if seen.change else {}):
        names = "、".join(row["填报单位"] for row in seen.change.tables["units"])  # type: ignore[union-attr]
        message("note", f"填报单位表将整表替换为 {len(seen.change.tables['units'])} 个单位：{names}。")  # type: ignore[union-attr]
    if seen.effects:
        indicators = board.plan.indicators
        rows: list[tuple[str | Cell, ...]] = [(indicators[after.indicator].name, theme.SCOPE_SHORT[after.scope],
                 narrative.figure(before, indicators[before.indicator]), narrative.figure(after, indicators[after.indicator]),
                 *(Cell(theme.light(row.status), theme.STATUS[row.status].role) for row in (before, after)))
                for before, after in seen.effects]  # fmt: skip
        listing("确认后各项目标的变化", ("指标", "企业类型", "现在", "确认后", "现在状态", "确认后状态"), rows,
                f"变化_{Path(seen.file.name).stem}")  # fmt: skip
    if len(seen.details):
        with st.expander(f"查看 {len(seen.details):,} 处改动"):
            lines = [[str(value) for value in line] for line in seen.details.to_numpy()]
            listing(
                "逐处改动", ("单位名称", "列", "原来", "改为"), lines, f"改动_{Path(seen.file.name).stem}", shown=SHOWN
            )


def _whose(seen: Preview) -> str:
    return f"“{seen.units[0]}”" if len(seen.units) == 1 else f" {len(seen.units)} 个填报单位"


def _confirm(board: Board, name: str, seen: Preview) -> None:
    who = replace(board.person, name=board.person.name or str(st.session_state.get("who") or "").strip())
    reason = ""
    if seen.asks:
        message("ask", f"有 {len(seen.asks)} 处请核对。核对无误的，写明理由后可以入库，理由记入更新记录。")
        reason = st.text_input("核对理由", key=f"reason-{name}", placeholder="如：已与填报单位电话核实")
    blocked = "示例数据只供查看，请先点“开始使用”。" if board.plan.settings.sample else ""
    blocked = (
        blocked
        or ("" if who.name else "请先在上面填写经办人。")
        or ("请填写核对理由。" if seen.asks and not reason.strip() else "")
    )
    if st.button("确认入库", type="primary", key=f"confirm-{name}", disabled=bool(blocked)):
        with st.spinner("正在入库"):
            commit = submit(board.store, seen, who, reason)
        st.session_state["receipts"][name] = (
            f"已入库：第 {commit} 次更新。" if commit else "内容与现有数据完全相同，未变，没有新的更新。"
        )
        st.rerun()
    if blocked:
        st.caption(blocked)


with page("pages/refresh.py") as board:
    templates(board)
    if board.looking_back:
        message("note", "正在回看以前的数据，不能更新。请先点上面的“回到最新”。")
    elif may_write("pages/refresh.py", board, "更新数据"):
        for upload in handed_in(board):
            review(board, upload)
