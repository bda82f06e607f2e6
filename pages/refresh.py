"""数据更新: files come in here."""

import streamlit as st

from unionplan import ui

ui.frame("pages/refresh.py", period="2026年下半年", foot=("数据截至 2026年10月31日", "第 12 次更新"))
ui.heading("数据更新", "把各单位报来的表格放进来，核对后确认。")
st.file_uploader("选择或拖入表格", type=["xlsx", "xls", "et", "csv"], accept_multiple_files=True)
ui.message("ask", "有一列没有认出来，请确认它是哪一项。")
ui.message("error", "第 3 张表 C7：应建单位数“十二”不是数字。请改为 12 后重新上传。")
ui.message("ok", "已收下 2 个文件，共 126 行。")
ui.download("下载空白模板", "单位,应建,已建\n".encode("utf-8-sig"), "覆盖情况模板.csv", "text/csv")
