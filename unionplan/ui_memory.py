"""What the board remembers, as the clerk sees it: a new form confirmed once, words made aliases, both to be edited."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from unionplan import clock
from unionplan.access import Person
from unionplan.intake import memory
from unionplan.intake.desk import unit_names
from unionplan.intake.headers import SHORT, field_label, synonyms
from unionplan.intake.known_forms import NOT_READ, Recognition
from unionplan.intake.memory import KIND_WORDS, Alias, Form
from unionplan.intake.readings import NAMES, FileReading, SheetReading
from unionplan.observations import ACTIVITIES, FIELDS, SUMMARY, TRAINING, control_codes, registration_codes, told_words
from unionplan.ui import Board, Cell, message, note_line, subtitle, table, table_html
from unionplan.ui_controls import acted, literal, refuse, said, say_refused
from unionplan.uploads import Look, unconfirmed

LEFT_OUT = ""
KINDS = {**NAMES, NOT_READ: "不是要读的表"}
"""What a table may be on the form screen."""
OPEN = "?"
"""A column that may mean something, about which the clerk has still to say what."""
SURE = 1.0
OFFERED = 8  # unknown words offered as aliases at once
_KINDS = {field.id: field.kind for fields in (FIELDS.values(), SUMMARY, TRAINING, ACTIVITIES) for field in fields}


# A form seen for the first time


def confirm_form(board: Board, look: Look) -> None:
    """Each new form of a file on one screen: what every column was taken for, to be put right, then remembered."""
    assert look.file is not None
    message("ask", "这种表样第一次见。请核对各列认得对不对，确认一次，以后同样的表不再问。")
    sheets, name = _new_forms(look.file), look.handed.id
    for sheet in sheets:
        _show_columns(sheet, name)
    one = "识别无误，记住表样" if sheets[0].kind else "确认不读，记住表样"
    label = one if len(sheets) == 1 else f"识别无误，记住 {len(sheets)} 种表样"
    sample = board.plan.settings.sample
    say_refused(f"form-{name}")
    st.button(label, type="primary", key=f"form-{name}", disabled=sample, on_click=_remember, args=(board, look))
    if sample:
        st.caption("示例数据只供查看，请先点“开始使用”。")


def _new_forms(file: FileReading) -> list[SheetReading]:
    """The first sheet of every form in a file that is not known yet."""
    return list({sheet.fingerprint: sheet for sheet in reversed(unconfirmed(file))}.values())[::-1]


def _show_columns(sheet: SheetReading, name: str) -> None:
    where = f"工作表“{sheet.sheet}”，" if sheet.sheet else ""
    subtitle(f"{where}{kind_words(sheet)}，表头在第 {sheet.header_row} 行，共 {len(sheet.recognition)} 列")
    _ask_kind(sheet, name)
    if not sheet.kind:
        note_line("这张表不读，其中的内容不入库；记住以后，同样的表也不再读。")
        return
    if sheet.indicator:
        note_line(f"指标按标题或表名认作“{SHORT[sheet.indicator]}”。")
    now = {one.cell: _said(sheet, one, name) for one in sheet.recognition}
    rows = [(one.cell, one.label, "、".join(one.samples) or "—", *_read_as(sheet, one, now[one.cell]))
            for one in sheet.recognition]  # fmt: skip
    st.html(table_html(("单元格", "原列名", "样例", "识别为", "把握"), rows, caption="各列的识别结果", stacked=True))
    unsure = [one for one in sheet.recognition if _is_unsure(one)]
    if unsure:
        note_line("下面这些列拿不准，请选定：")
        _selects(sheet, unsure, name)
    part = st.expander("改其他列", key=f"others-{name}-{sheet.fingerprint}", on_change="rerun")
    with part:
        if part.open:
            _selects(sheet, [one for one in sheet.recognition if not _is_unsure(one)], name)


def _ask_kind(sheet: SheetReading, name: str) -> None:
    """What the table is, to be put right; another answer has the file read anew by it."""
    key = f"what-{name}-{sheet.fingerprint}"
    if key not in st.session_state:
        st.session_state[key] = sheet.kind or NOT_READ
    st.selectbox("这张表是", list(KINDS), key=key, format_func=KINDS.__getitem__,
                 on_change=_take_for, args=(key, name, sheet.fingerprint))  # fmt: skip


def _take_for(key: str, name: str, fingerprint: str) -> None:
    st.session_state["said"].setdefault(f"kinds-{name}", {})[fingerprint] = st.session_state[key]


def chosen_kinds(name: str) -> tuple[tuple[str, str], ...]:
    """Return (fingerprint, kind) of every new form of a file that the clerk took for something else than the reading."""
    return tuple((said(f"kinds-{name}") or {}).items())


def kind_words(sheet: SheetReading) -> str:
    """Return what a sheet was taken for, with the indicator that its title or tab names: 汇总表（工资集体协商）."""
    named = f"（{SHORT[sheet.indicator]}）" if sheet.indicator else ""
    return f"{KINDS[sheet.kind or NOT_READ]}{named}"


def _chosen(sheet: SheetReading, name: str) -> dict[str, str]:
    """Label → field as it stands now; of two columns with one label the one that means something."""
    if not sheet.kind:
        return {one.label: LEFT_OUT for one in sheet.recognition}
    columns: dict[str, str] = {}
    for one in sheet.recognition:
        columns[one.label] = columns.get(one.label) or _said(sheet, one, name)
    return columns


def _is_open(one: Recognition) -> bool:
    """Whether the reading has a guess that is too weak to be taken."""
    return one.field is None and bool(one.candidates) and one.how != "repeated"


def _is_unsure(one: Recognition) -> bool:
    return _is_open(one) or (one.confidence < SURE and one.field is not None)


def _key(sheet: SheetReading, one: Recognition, name: str) -> str:
    return f"column-{name}-{sheet.fingerprint}-{sheet.kind}-{one.cell}"


def _said(sheet: SheetReading, one: Recognition, name: str) -> str:
    kept: dict[str, str] = st.session_state.setdefault("said", {})
    key = _key(sheet, one, name)
    if key in st.session_state:
        kept[key] = st.session_state[key]
    return kept.get(key, OPEN if _is_open(one) else one.field or LEFT_OUT)


def _selects(sheet: SheetReading, columns: Sequence[Recognition], name: str) -> None:
    places: Sequence[DeltaGenerator] = ()
    for number, one in enumerate(columns):
        places = st.columns(3) if number % 3 == 0 else places
        options = _options(str(sheet.kind), one)
        key = _key(sheet, one, name)
        if key not in st.session_state:
            st.session_state[key] = _said(sheet, one, name)
        like = f"，如 {'、'.join(one.samples[:2])}" if one.samples else ""
        places[number % 3].selectbox(
            literal(f"{one.cell} “{one.label}”{like}"),
            options,
            key=key,
            format_func=partial(_meaning, kind=str(sheet.kind), near=_near_to(one, str(sheet.kind))),
        )


def _near_to(one: Recognition, kind: str) -> str:
    return "、".join(called(field, kind) for field in one.candidates[:2])


def _options(kind: str, one: Recognition) -> list[str]:
    """What a column may mean: as recognised, what else is likely, leaving it out, then everything of this workbook."""
    likely = [field for field in (one.field, *one.candidates) if field]
    return list(dict.fromkeys([*([OPEN] if _is_open(one) else []), *likely, LEFT_OUT, *synonyms(kind).values()]))


def _read_as(sheet: SheetReading, one: Recognition, said: str) -> tuple[str, Cell]:
    """What a column is taken for and how surely; months that stand across are read by month, whatever their field."""
    if sheet.own_days and one.how == "month" and said == LEFT_OUT:
        return "各月的数，每月一行；合计只作核对", Cell("请核对", "slow")
    return _meaning(said, str(sheet.kind)), _sureness(one, said)


def _meaning(field: str, kind: str, near: str = "") -> str:
    if field == OPEN:
        return f"请选择（可能是{near}）" if near else "请选择"
    return called(field, kind) if field else "不采用这一列"


def called(field: str, kind: str | None) -> str:
    """Return what a reader calls a field on a sheet of this kind."""
    return FIELDS[field].label if kind == "W1" and field in FIELDS else field_label(field)


def _sureness(one: Recognition, said: str) -> Cell:
    if said == OPEN:
        return Cell("请选择", "behind")
    if said != (one.field or LEFT_OUT):
        return Cell("已改定", "attained")
    if _is_unsure(one):
        return Cell("请核对", "slow")
    return Cell("确定", "") if one.field else Cell("不认识", "neutral")


def _remember(board: Board, look: Look) -> None:
    """What is chosen is asked for here, not when the button was drawn: the last choice may be newer."""
    assert look.file is not None
    at, name = clock.now(board.plan.settings.clock), f"form-{look.handed.id}"
    chosen = [(sheet, _chosen(sheet, look.handed.id)) for sheet in _new_forms(look.file)]
    left = [label for _, columns in chosen for label, field in columns.items() if field == OPEN]
    if left:
        refuse(name, f"还有 {len(left)} 列没有选定：{'、'.join(left)}。不需要的请选“不采用这一列”。")
        return

    def remember(person: Person) -> None:
        for sheet, columns in chosen:
            called = _form_name(look.handed.name) + (f"　{sheet.sheet}" if len(chosen) > 1 and sheet.sheet else "")
            kind = sheet.kind or NOT_READ
            memory.remember_form(board.store, person, at, sheet.fingerprint, kind, called, columns)

    acted(name, board, remember)


def _form_name(file: str) -> str:
    """What a form is called at first: its file's name without the month."""
    stem = Path(file).stem
    return re.sub(r"[（(]?20\d\d(年|[-._])?(\d{1,2}月?)?(\d{1,2}日)?[）)]?", "", stem).strip(" _-") or stem


# Words that nobody knows yet


def offer_aliases(board: Board, look: Look) -> None:
    """A button for every unknown unit or type that is near a known one, and a choice for the others."""
    assert look.seen is not None
    words = [(kind, word, _known(board, kind, near)) for kind, word, near in _unknown_words(look.seen.file)]
    if not words:
        return
    subtitle("不认识的名称：记为别名后自动重新核对")
    for number, (kind, word, near) in enumerate(words[:OFFERED]):
        name = f"{look.handed.id}-{number}"
        with st.container(horizontal=True, vertical_alignment="bottom", key=f"up-alias-{name}"):
            if near:
                st.button(literal(f"“{word}”记为“{near}”的别名"), key=f"alias-{name}", on_click=_teach,
                          args=(board, name, kind, word, near))  # fmt: skip
            _other_meaning(board, name, kind, word)
        say_refused(f"alias-{name}")
    if len(words) > OFFERED:
        st.caption(f"还有 {len(words) - OFFERED} 个不认识的名称，记好上面的再看。")


def _other_meaning(board: Board, name: str, kind: str, word: str) -> None:
    options = ["", *_meanings(board, kind)]
    chosen = st.selectbox(literal(f"“{word}”是"), options, key=f"means-{name}", format_func=lambda one: one or "请选择")
    if chosen:
        st.button("记为别名", key=f"teach-{name}", on_click=_teach, args=(board, name, kind, word, chosen))


def _teach(board: Board, name: str, kind: str, word: str, means: str) -> None:
    at = clock.now(board.plan.settings.clock)
    acted(f"alias-{name}", board, lambda person: memory.remember_word(board.store, person, at, kind, word, means))


def _meanings(board: Board, kind: str) -> list[str]:
    lists: Mapping[str, Sequence[str]] = {
        "unit": [unit.name for unit in board.plan.units], "control": list(control_codes()),
        "registration": list(registration_codes()), "told": list(told_words()),
    }  # fmt: skip
    return list(lists[kind])


def _unknown_words(file: FileReading) -> Iterator[tuple[str, str, str]]:
    """(kind of field, word, what it is near) of every unknown unit and type, each once."""
    seen = set()
    for sheet in file.sheets:
        kinds = {re.sub(r"\d+", "", cell): _KINDS.get(field or "", "") for cell, _, field in sheet.columns}
        for found in sheet.problems:
            kind = kinds.get(re.sub(r"\d+", "", found.cell), "")
            if found.rule in ("unit_unknown", "type_unknown") and kind in memory.WORD_KINDS:
                word = (kind, found.value, found.suggestion or _near(found.message))
                if word not in seen:
                    seen.add(word)
                    yield word


def _known(board: Board, kind: str, near: str) -> str:
    """The unit or type that a suggestion names, itself or by another name."""
    names = unit_names(board.plan.units) if kind == "unit" else {}
    return names.get(near, near if near in _meanings(board, kind) else "")


def _near(message: str) -> str:
    near = re.search(r"是否为“([^”]+)”", message)
    return near[1] if near else ""


# What is remembered


def remembered(board: Board) -> None:
    """Every form and word that was taught, to be looked at, edited and forgotten."""
    known, words = memory.forms(board.store, board.commit), memory.aliases(board.store, board.commit)
    held = f"表样 {len(known)} 种，别名 {len(words)} 个" if known or words else "还没有"
    part = st.expander(f"已记住的表样和别名：{held}", key="memory", on_change="rerun")
    with part:
        if part.open:
            _show_forms(board, known)
            _show_aliases(board, words)


def _show_forms(board: Board, known: Sequence[Form]) -> None:
    if not known:
        note_line("还没有记住表样。第一次上传一种表样时会请您确认一次，确认后记在这里，以后同样的表不再问。")
        return
    rows = [(form.name, KIND_WORDS[form.kind], f"{len(form.columns)}", form.who, form.at[:10]) for form in known]
    table(("表样", "种类", "列数", "经办人", "日期"), rows, numeric=(2,), caption="已记住的表样")
    names = {form.fingerprint: f"{form.name}（{KIND_WORDS[form.kind]}，{form.at[:10]}）" for form in known}
    chosen = st.selectbox("查看一种表样", ["", *names], key="form", format_func=lambda one: names.get(one, "请选择"))
    form = next((form for form in known if form.fingerprint == chosen), None)
    if form:
        _edit_form(board, form)


def _edit_form(board: Board, form: Form) -> None:
    with st.form(f"edit-{form.fingerprint}"):
        name = st.text_input("表样名称", form.name)
        places, columns = st.columns(3), {}
        for number, (label, field) in enumerate(form.columns if form.kind != NOT_READ else ()):
            options = list(dict.fromkeys([field, LEFT_OUT, *synonyms(form.kind).values()]))
            columns[label] = places[number % 3].selectbox(
                literal(label),
                options,
                format_func=partial(_meaning, kind=form.kind),
                key=f"edit-{form.fingerprint}-{number}",
            )
        saved = st.form_submit_button("保存修改")
    at = clock.now(board.plan.settings.clock)
    if saved:
        acted("forms", board, lambda person: memory.remember_form(
            board.store, person, at, form.fingerprint, form.kind, name.strip() or form.name, columns or dict(form.columns)))  # fmt: skip
    st.button("删去这种表样（下次再问）", key=f"forget-{form.fingerprint}", on_click=acted,
              args=("forms", board, lambda person: memory.forget_form(board.store, person, at, form.fingerprint)))  # fmt: skip
    say_refused("forms")


def _show_aliases(board: Board, words: Sequence[Alias]) -> None:
    if not words:
        note_line("还没有记住别名。遇到不认识的单位或类型名称时，可以在文件下面记为别名。")
        return
    groups: dict[tuple[str, str], list[str]] = {}
    for one in words:
        groups.setdefault((one.kind, one.means), []).append(one.word)
    rows = [(means, memory.WORD_KINDS[kind], "、".join(found)) for (kind, means), found in groups.items()]
    table(("名称", "种类", "别名"), rows, caption="已记住的别名")
    names = {number: f"{one.word}（{one.means}）" for number, one in enumerate(words)}
    chosen = st.selectbox("删去一个别名", [None, *names], key="alias", format_func=lambda one: names.get(one, "请选择"))
    if chosen is not None:
        at = clock.now(board.plan.settings.clock)
        st.button(
            "删去", key="forget-alias", on_click=acted,
            args=("aliases", board, lambda person: memory.forget_word(board.store, person, at, words[chosen])))  # fmt: skip
    say_refused("aliases")
