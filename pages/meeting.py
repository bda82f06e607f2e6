"""会议材料: the charts of a meeting, chosen and put in order, on the screen and as files."""

from __future__ import annotations

from unionplan.ui import page, presenting
from unionplan.ui_meeting import ask, choose, words_of_meeting
from unionplan.ui_meeting_files import make, show_shelf
from unionplan.ui_meeting_template import fill_own
from unionplan.ui_presentation import present

with page("pages/meeting.py") as board:
    if presenting():
        present(board)
    else:
        asked = ask(board)
        choose(board, asked)
        words_of_meeting(board, asked)
        make(board, asked)
        fill_own(board, asked)
        show_shelf(board)
