"""挂图: the whole plan on one sheet of A3, every item by its name with its light, to hang on a wall."""

from __future__ import annotations

from unionplan.charts.profile import Profile
from unionplan.exhibits.tasks import plan_wall
from unionplan.export.footnote import footed
from unionplan.export.marks import drawing
from unionplan.export.pack import document_title, sample_mark
from unionplan.export.pictures import typeset
from unionplan.export.svg import svg
from unionplan.selection import Selection
from unionplan.standpoint import Standpoint

POINTS = 0.5  # two pixels a point
U = 27.0
A3 = Profile("slide", 2381, 1684, U, 1.72 * U, U, 0.94 * U, 1.12 * U, 0.82 * U, 0.76 * U, 2.6 * U, 18.0)
_SOURCE = """
#set page(width: 420mm, height: 297mm, margin: 0pt)
#image(bytes(sys.inputs.wall), format: "svg", width: 420mm, height: 297mm, alt: sys.inputs.said)
#place(top + right, dx: -36pt, dy: 10pt, text(size: 10pt, fill: rgb("#65707B"), sys.inputs.mark))
"""


def poster_pdf(board: Standpoint) -> bytes:
    """Return every item of the plan on one A3 page; raises ValueError where they are too many for it."""
    wall = footed(plan_wall(board, Selection()), board.footnote)
    drawn = drawing(wall.draw(A3))
    inputs = {
        "title": document_title(board), "wall": svg(drawn), "said": wall.title, "mark": sample_mark(board),
    }  # fmt: skip
    return typeset(_SOURCE, inputs, "".join([drawn.text, *inputs.values()]))
