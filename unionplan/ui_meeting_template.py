"""文稿 from a unit's own Word template on the page 会议材料: a sample to begin with, the upload, the filled paper."""

from __future__ import annotations

import streamlit as st

from unionplan.errors import UnionplanError
from unionplan.export.formats import FORMATS, brief_of
from unionplan.export.own_template import MEGABYTES, filled, sample_template
from unionplan.theme import file_name
from unionplan.ui import Board, download, message, note_line
from unionplan.ui_meeting import Asked

MIME = FORMATS["docx"].mime
DONE = "own-template-made"


def fill_own(board: Board, asked: Asked) -> None:
    """Draw the fold in which a unit's own template is filled with the chosen charts and the board's figures."""
    if not board.person.may_write or not asked.ids:
        return
    with st.expander("用本单位的 Word 模板生成文稿"):
        note_line("模板里写 {{ 标题 }}、{{ 总体情况 }} 一类的变量，看板把数字填进去；写法和全部变量见样例。")
        download(
            "下载样例模板",
            lambda: sample_template(asked.occasion),
            "自备模板样例.docx",
            MIME,
            key="save-sample-template",
        )
        file = st.file_uploader(
            f"自备模板（.docx，不带宏，不超过 {MEGABYTES} MB）", key="own-template", max_upload_size=MEGABYTES
        )
        if file is not None and st.button("按模板生成", key="fill-own", type="primary"):
            _fill(file.name, file.getvalue(), asked)
        _offer()


def _fill(name: str, template: bytes, asked: Asked) -> None:
    """Fill the template; what it gave, or why it gave nothing, stays until the next try."""
    with st.spinner("正在按模板生成"):
        shown = [one for one in map(asked.gallery.exhibit, asked.ids) if one is not None]
        brief = brief_of(asked.gallery.board, shown, asked.occasion, asked.gallery.manner.others)
        try:
            made = filled(template, brief.board, brief.told, asked.occasion)
        except UnionplanError as error:
            st.session_state[DONE] = str(error)
            return
    st.session_state[DONE] = (file_name(f"{name.removesuffix('.docx')}_{asked.occasion.held_on:%Y%m%d}.docx"), made)


def _offer() -> None:
    done = st.session_state.get(DONE)
    if isinstance(done, str):
        message("error", done)
    elif done:
        name, made = done
        message("ok", f"已按模板生成：{name}")
        download("下载文稿", made, name, MIME, key="save-own")
