"""What the board remembers, as the clerk sees it: a new form confirmed once, words made aliases, both to be edited."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import streamlit as st

from unionplan import clock
from unionplan.access import Person
from unionplan.intake import memory
from unionplan.intake.headers import field_label, synonyms
from unionplan.intake.known_forms import Recognition
from unionplan.intake.memory import Alias, Form
from unionplan.intake.readings import NAMES, FileReading, SheetReading
from unionplan.observations import ACTIVITIES, FIELDS, SUMMARY, TRAINING, control_codes, registration_codes, told_words
from unionplan.ui import Board, Cell, message, note_line, open_section, subtitle, table
from unionplan.ui_controls import acted, literal, say_refused
from unionplan.uploads import Look, unconfirmed

LEFT_OUT = ""
SURE = 1.0
OFFERED = 8  # unknown words offered as aliases at once
_KINDS = {field.id: field.kind for fields in (FIELDS.values(), SUMMARY, TRAINING, ACTIVITIES) for field in fields}


# A form seen for the first time


def confirm_form(board: Board, look: Look, person: Person) -> None:
    """Each new form of a file on one screen: what every column was taken for, to be put right, then remembered."""
    assert look.file is not None
    message("ask", "这种表样第一次见。请核对各列认得对不对，确认一次，以后同样的表不再问。")
    chosen = [(sheet, _chosen(sheet, look.handed.id)) for sheet in _new_forms(look.file)]
    label = "识别无误，记住表样" if len(chosen) == 1 else f"识别无误，记住 {len(chosen)} 种表样"
    sample = board.plan.settings.sample
    st.button(label, type="primary", key=f"form-{look.handed.id}", disabled=sample, on_click=_remember,
              args=(board, look, chosen, person))  # fmt: skip
    if sample:
        st.caption("示例数据只供查看，请先点“开始使用”。")
    say_refused(f"form-{look.handed.id}")


def _new_forms(file: FileReading) -> list[SheetReading]:
    """The first sheet of every form in a file that is not known yet."""
    return list({sheet.fingerprint: sheet for sheet in reversed(unconfirmed(file))}.values())[::-1]


def _chosen(sheet: SheetReading, name: str) -> dict[str, str]:
    """Draw one form; return label → field as it stands now."""
    where = f"工作表“{sheet.sheet}”，" if sheet.sheet else ""
    subtitle(f"{where}{NAMES[str(sheet.kind)]}，表头在第 {sheet.header_row} 行，共 {len(sheet.recognition)} 列")
    said = {one.cell: _said(sheet, one, name) for one in sheet.recognition}
    rows = [(one.cell, one.label, "、".join(one.samples) or "—", _meaning(said[one.cell]), _sureness(one, said[one.cell]))
            for one in sheet.recognition]  # fmt: skip
    table(("单元格", "原列名", "样例", "识别为", "把握"), rows, caption="各列的识别结果")
    unsure = [one for one in sheet.recognition if _is_unsure(one)]
    if unsure:
        note_line("下面这些列拿不准，请选定：")
        _selects(sheet, unsure, name)
    part = st.expander("改其他列", key=f"others-{name}-{sheet.fingerprint}", on_change="rerun")
    with part:
        if part.open:
            _selects(sheet, [one for one in sheet.recognition if not _is_unsure(one)], name)
    return _by_label(sheet, said)


def _by_label(sheet: SheetReading, said: Mapping[str, str]) -> dict[str, str]:
    """Label → field; of two columns with one label the one that means something."""
    columns: dict[str, str] = {}
    for one in sheet.recognition:
        columns[one.label] = columns.get(one.label) or said[one.cell]
    return columns


def _is_unsure(one: Recognition) -> bool:
    return one.confidence < SURE and bool(one.field or one.candidates)


def _key(sheet: SheetReading, one: Recognition, name: str) -> str:
    return f"column-{name}-{sheet.fingerprint}-{one.cell}"


def _said(sheet: SheetReading, one: Recognition, name: str) -> str:
    kept: dict[str, str] = st.session_state.setdefault("said", {})
    key = _key(sheet, one, name)
    if key in st.session_state:
        kept[key] = st.session_state[key]
    return kept.get(key, one.field or LEFT_OUT)


def _selects(sheet: SheetReading, columns: Sequence[Recognition], name: str) -> None:
    places = st.columns(3)
    for number, one in enumerate(columns):
        options = _options(str(sheet.kind), one)
        key = _key(sheet, one, name)
        if key not in st.session_state:
            st.session_state[key] = _said(sheet, one, name)
        like = f"，如 {'、'.join(one.samples[:2])}" if one.samples else ""
        places[number % 3].selectbox(literal(f"{one.cell} “{one.label}”{like}"), options, key=key, format_func=_meaning)


def _options(kind: str, one: Recognition) -> list[str]:
    """What a column may mean: as recognised, what else is likely, leaving it out, then everything of this workbook."""
    likely = [field for field in (one.field, *one.candidates) if field]
    return list(dict.fromkeys([*likely, LEFT_OUT, *synonyms(kind).values()]))


def _meaning(field: str) -> str:
    return field_label(field) if field else "不采用这一列"


def _sureness(one: Recognition, said: str) -> Cell:
    if said != (one.field or LEFT_OUT):
        return Cell("已改定", "attained")
    if _is_unsure(one):
        return Cell("请核对", "slow")
    return Cell("确定", "") if one.field else Cell("不认识", "neutral")


def _remember(board: Board, look: Look, chosen: Sequence[tuple[SheetReading, dict[str, str]]], person: Person) -> None:
    at = clock.now(board.plan.settings.clock)

    def remember() -> None:
        for sheet, columns in chosen:
            several = f"　{sheet.sheet}" if len(chosen) > 1 and sheet.sheet else ""
            name = f"{Path(look.handed.name).stem}{several}"
            memory.remember_form(board.store, person, at, sheet.fingerprint, str(sheet.kind), name, columns)

    acted(f"form-{look.handed.id}", person, remember)


# Words that nobody knows yet


def offer_aliases(board: Board, look: Look, person: Person) -> None:
    """A button for every unknown unit or type that is near a known one, and a choice for the others."""
    assert look.seen is not None
    words = list(_unknown_words(look.seen.file))
    if not words:
        return
    subtitle("不认识的名称：记为别名后自动重新核对")
    for number, (kind, word, near) in enumerate(words[:OFFERED]):
        name = f"{look.handed.id}-{number}"
        with st.container(horizontal=True, vertical_alignment="bottom", key=f"up-alias-{name}"):
            if near:
                st.button(literal(f"“{word}”记为“{near}”的别名"), key=f"alias-{name}", on_click=_teach,
                          args=(board, person, name, kind, word, near))  # fmt: skip
            _other_meaning(board, person, name, kind, word)
        say_refused(f"alias-{name}")
    if len(words) > OFFERED:
        st.caption(f"还有 {len(words) - OFFERED} 个不认识的名称，记好上面的再看。")


def _other_meaning(board: Board, person: Person, name: str, kind: str, word: str) -> None:
    options = ["", *_meanings(board, kind)]
    chosen = st.selectbox(literal(f"“{word}”是"), options, key=f"means-{name}", format_func=lambda one: one or "请选择")
    if chosen:
        st.button("记为别名", key=f"teach-{name}", on_click=_teach, args=(board, person, name, kind, word, chosen))


def _teach(board: Board, person: Person, name: str, kind: str, word: str, means: str) -> None:
    at = clock.now(board.plan.settings.clock)
    acted(f"alias-{name}", person, lambda: memory.remember_word(board.store, person, at, kind, word, means))


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
                word = (kind, found.value, found.suggestion)
                if word not in seen:
                    seen.add(word)
                    yield word


# What is remembered


def remembered(board: Board, person: Person) -> None:
    """Every form and word that was taught, to be looked at, edited and forgotten."""
    if not open_section("已记住的表样和别名", "查看和修改", "memory"):
        return
    known, words = memory.forms(board.store, board.commit), memory.aliases(board.store, board.commit)
    if not known and not words:
        note_line("还没有记住任何表样和别名。第一次上传一种表样时会请您确认一次，确认后记在这里。")
        return
    _show_forms(board, person, known)
    _show_aliases(board, person, words)


def _show_forms(board: Board, person: Person, known: Sequence[Form]) -> None:
    if not known:
        return
    rows = [
        (form.name, NAMES.get(form.kind, form.kind), f"{len(form.columns)}", form.who, form.at[:10]) for form in known
    ]
    table(("表样", "种类", "列数", "经办人", "日期"), rows, numeric=(2,), caption="已记住的表样")
    names = {form.fingerprint: f"{form.name}（{NAMES.get(form.kind, form.kind)}，{form.at[:10]}）" for form in known}
    chosen = st.selectbox("查看一种表样", ["", *names], key="form", format_func=lambda one: names.get(one, "请选择"))
    form = next((form for form in known if form.fingerprint == chosen), None)
    if form:
        _edit_form(board, person, form)


def _edit_form(board: Board, person: Person, form: Form) -> None:
    with st.form(f"edit-{form.fingerprint}"):
        name = st.text_input("表样名称", form.name)
        places, columns = st.columns(3), {}
        for number, (label, field) in enumerate(form.columns):
            options = list(dict.fromkeys([field, LEFT_OUT, *synonyms(form.kind).values()]))
            columns[label] = places[number % 3].selectbox(
                literal(label), options, format_func=_meaning, key=f"edit-{form.fingerprint}-{number}"
            )
        saved = st.form_submit_button("保存修改")
    at = clock.now(board.plan.settings.clock)
    if saved:
        acted("forms", person, lambda: memory.remember_form(
            board.store, person, at, form.fingerprint, form.kind, name.strip() or form.name, columns))  # fmt: skip
    st.button("删去这种表样（下次再问）", key=f"forget-{form.fingerprint}", on_click=acted,
              args=("forms", person, lambda: memory.forget_form(board.store, person, at, form.fingerprint)))  # fmt: skip
    say_refused("forms")


def _show_aliases(board: Board, person: Person, words: Sequence[Alias]) -> None:
    if not words:
        return
    rows = [(one.word, one.means, memory.WORD_KINDS[one.kind], one.who or "—", one.at[:10] or "—") for one in words]
    table(("别名", "即", "种类", "经办人", "日期"), rows, caption="已记住的别名")
    names = {number: f"{one.word}（{one.means}）" for number, one in enumerate(words)}
    chosen = st.selectbox("删去一个别名", [None, *names], key="alias", format_func=lambda one: names.get(one, "请选择"))
    if chosen is not None:
        at = clock.now(board.plan.settings.clock)
        st.button(
            "删去", key="forget-alias", on_click=acted,
            args=("aliases", person, lambda: memory.forget_word(board.store, person, at, words[chosen])))  # fmt: skip
    say_refused("aliases")
