"""The view 下发材料 of the page 更新记录: one zip with a workbook for every unit, and how far it has come."""

from __future__ import annotations

import streamlit as st

from unionplan.packing import packed, zip_name, zipped
from unionplan.ui import Board, download, heading, message, table

HOLDS = (
    ("完成情况", "本单位各项目标的已覆盖、应覆盖、完成值、还差，状态按全市序时判定"),
    ("分解任务", "分给本单位的任务、完成、还差"),
    ("未覆盖企业", "逐项列出还没有覆盖的企业和原因"),
    ("将到期合同", "统计时点起90天内到期的合同"),
    ("报送情况", "逐月列出报送截止、报送日期、是否按时"),
)
ZIP = "application/zip"


def show_packing(board: Board) -> None:
    """Draw what goes to the units, make it when asked for, and offer it."""
    count = len(board.plan.units)
    heading("打包下发", f"一个压缩包，{count}个填报单位各一个工作簿；各单位只看到自己的名单。")
    table(("工作表", "内容"), HOLDS, caption="每个工作簿的内容")
    key = (str(board.store.root), board.commit, board.today, board.on)
    made = st.session_state.get("packing")
    if made is None or made[0] != key:
        made = (key, _make(board)) if st.button("生成下发材料", key="pack") else None
        st.session_state["packing"] = made
    if made is not None:
        message("ok", f"{count}个单位的材料已生成。")
        download("下载压缩包", made[1], zip_name(board.today), ZIP, key="packed")


def _make(board: Board) -> bytes:
    """The zip, with a bar while it is made."""
    bar, files = st.progress(0.0, "正在准备"), []
    for step in packed(board.store, board.commit, board.outlook()):
        bar.progress(step.done / step.total, f"{step.words}（{step.done}/{step.total}）")
        if step.name:
            files.append((step.name, step.data))
    bar.empty()
    return zipped(files, board.today)
