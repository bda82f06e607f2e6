"""更新记录: what came in, when, by whom."""

from unionplan import ui

ui.frame("pages/history.py", period="2026年下半年", foot=("数据截至 2026年10月31日", "第 12 次更新"))
ui.heading("更新记录")
ui.table(
    ("序号", "时间", "经办", "文件", "增", "改", "减"),
    (
        ("12", "2026年10月31日 09:12", "文澜区总工会", "10月覆盖情况.xlsx", "12", "118", "0"),
        ("11", "2026年9月30日 16:40", "文澜区总工会", "9月覆盖情况.xlsx", "8", "121", "1"),
    ),
    numeric=(0, 4, 5, 6),
    caption="更新记录",
)
