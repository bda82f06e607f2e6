"""挂图: the whole plan on one sheet of A3, every item by its name with its light, to hang on a wall."""

from __future__ import annotations

from collections import Counter

from unionplan.charts.profile import Profile
from unionplan.exhibits import Exhibit
from unionplan.exhibits.tasks import plan_wall
from unionplan.export.footnote import footed
from unionplan.export.marks import Drawing, drawing
from unionplan.export.pack import document_title, sample_mark
from unionplan.export.pictures import typeset
from unionplan.export.svg import svg
from unionplan.selection import Selection
from unionplan.standpoint import Standpoint

SIZES = (48.0, 45.0, 42.0, 39.0, 36.0, 33.0, 30.0, 27.0)  # of u, the largest first; 27 is that of a slide
_SOURCE = """
#set page(width: 420mm, height: 297mm, margin: 0pt)
#image(bytes(sys.inputs.wall), format: "svg", width: 420mm, height: 297mm, alt: sys.inputs.said)
#place(top + right, dx: -36pt, dy: 10pt, text(size: 10pt, fill: rgb("#65707B"), sys.inputs.mark))
"""


def poster_pdf(board: Standpoint) -> bytes:
    """Return every item of the plan on one A3 page, as large as it has room for."""
    wall = footed(plan_wall(board, Selection()), board.footnote)
    drawn = largest(wall)
    inputs = {
        "title": document_title(board), "wall": svg(drawn), "said": wall.title, "mark": sample_mark(board),
    }  # fmt: skip
    return typeset(_SOURCE, inputs, "".join([drawn.text, *inputs.values()]))


def largest(wall: Exhibit) -> Drawing:
    """Return the wall in the largest letters in which it says as much as in a slide's, to be read from some steps away."""
    least = drawing(wall.draw(a3(SIZES[-1])))
    drawings = (drawing(wall.draw(a3(u))) for u in SIZES[:-1])
    return next((one for one in drawings if one.hidden == least.hidden and not _letters(least) - _letters(one)), least)


def _letters(drawn: Drawing) -> Counter[str]:
    """What is written, wherever its lines break."""
    return Counter("".join(drawn.text.split()))


def a3(u: float) -> Profile:
    """Return a whole sheet of A3 across, two pixels a point."""
    return Profile("slide", 2381, 1684, u, 1.72 * u, u, 0.94 * u, 1.12 * u, 0.82 * u, 0.76 * u, 2.6 * u, 18.0)
