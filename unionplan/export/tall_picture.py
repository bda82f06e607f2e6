"""手机长图: one picture to be read on a phone, the charts one under the other between a head and a foot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from unionplan import narrative, theme
from unionplan.charts import PHONE
from unionplan.charts.profile import Sheet, leading, wrap
from unionplan.exhibits import Exhibit
from unionplan.export.arranging import clauses, stacked
from unionplan.export.marks import Drawing, drawing
from unionplan.export.pack import sample_mark
from unionplan.export.pictures import pngs
from unionplan.standpoint import Standpoint

WIDTH = 1080  # px, what a phone shows unscaled
GAP = 14
HIGHEST = 24_000  # px: what is much higher, messengers shrink until nobody can read it


def tall_png(board: Standpoint, shown: Sequence[Exhibit]) -> bytes:
    """Return the exhibits as one tall PNG, 1080 pixels wide."""
    return pngs([tall_drawing(board, shown)], WIDTH / PHONE.width)[0]


def tall_drawing(board: Standpoint, shown: Sequence[Exhibit]) -> Drawing:
    """Return the exhibits as phones show them, one under the other, with head and foot.

    Where they are too high together, the highest are left out, never the first, and the foot names them.
    """
    charts = {one.id: drawing(one.draw(PHONE)) for one in shown}
    kept = _kept([one.id for one in shown], charts)
    left = [one.name for one in shown if one.id not in kept]
    return stacked([_head(board), *(charts[one] for one in kept), _foot(board, left)], GAP)


def _kept(ids: Sequence[str], charts: Mapping[str, Drawing]) -> list[str]:
    kept, room = list(ids), HIGHEST * PHONE.width / WIDTH
    while len(kept) > 1 and sum(charts[one].height + GAP for one in kept) > room:
        kept.remove(max(kept[1:], key=lambda one: charts[one].height))
    return kept


def _head(board: Standpoint) -> Drawing:
    p, settings = PHONE, board.plan.settings
    sheet = Sheet(p)
    said = clauses(narrative.conclusion(board.rows(), board.plan.indicators), "：、", p.title, p.inner)
    height = 2.2 * p.u + leading(p.subtitle) + len(said) * leading(p.title) + leading(p.source)
    sheet.box("paper", 0, 0, p.width, height, theme.BRAND)
    sheet.box("paper_line", 0, height, p.width, height + 3, theme.ORNAMENT)
    top = sheet.lines(
        "city", p.margin, 0.8 * p.u, [f"{settings.city}　{settings.period_name}"], p.subtitle, theme.PAPER
    )
    top = sheet.lines("conclusion", p.margin, top + 0.3 * p.u, said, p.title, theme.PAPER, True)
    days = [narrative.as_of_words(board.rows()), sample_mark(board)]
    sheet.lines("as_of", p.margin, top + 0.3 * p.u, ["　".join(filter(None, days))], p.source, theme.PAPER)
    return drawing(sheet.figure(height + 4))


def _foot(board: Standpoint, left: Sequence[str]) -> Drawing:
    p = PHONE
    sheet = Sheet(p)
    words = [f"{board.plan.settings.city}工会目标任务看板", f"第{board.commit}次更新", sample_mark(board)]
    more = f"另有{len(left)}张图较长，请在看板查看：{'、'.join(left)}" if left else ""
    lines = [line for text in (more, "　".join(filter(None, words))) if text for line in wrap(text, p.source, p.inner)]
    height = 2 * p.u + len(lines) * leading(p.source)
    sheet.box("foot_paper", 0, 0, p.width, height, theme.TRACK)
    sheet.lines("foot", p.margin, p.u, lines, p.source, theme.INK_SOFT)
    return drawing(sheet.figure(height))
