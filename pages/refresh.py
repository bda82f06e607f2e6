"""数据更新: drop the files, see what was recognised and what is wrong, see what would change, confirm."""

from __future__ import annotations

from unionplan.ui import may_write, message, page
from unionplan.ui_correction import correct, report_nil
from unionplan.ui_memory import remembered
from unionplan.ui_refresh import card, dropped, looked_at, progress, templates, whole

with page("pages/refresh.py") as board:
    templates(board)
    if board.looking_back:
        message("note", "正在回看以前的数据，不能更新。请先点上面的“回到最新”。")
    elif may_write("pages/refresh.py", board, "更新数据"):
        files = dropped(board)
        looks = looked_at(board, files)
        whole(board, looks)
        progress(board, files, looks)
        for look in looks:
            card(board, look, len(looks) > 1)
        correct(board)
        report_nil(board)
        remembered(board)
