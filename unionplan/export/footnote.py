"""备注: what somebody says of the figures, below every picture of a meeting and among its definitions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import plotly.graph_objects as go

from unionplan import theme
from unionplan.charts import Profile
from unionplan.charts.profile import Sheet, leading, wrap
from unionplan.exhibits import Exhibit


def noted(one: Exhibit, footnote: str) -> Exhibit:
    """Return the exhibit with the footnote among its definitions, for papers that write these themselves."""
    said = words(footnote)
    return replace(one, note="；".join(filter(None, (one.note, said)))) if said else one


def footed(one: Exhibit, footnote: str) -> Exhibit:
    """Return the exhibit with the footnote drawn below it; a picture of fixed height stays as high as it was."""
    said = words(footnote)
    if not said:
        return one

    def draw(profile: Profile) -> go.Figure:
        lines = wrap(said, profile.source, profile.inner)
        room = round(len(lines) * leading(profile.source))
        shorter = profile if profile.height is None else replace(profile, height=profile.height - room)
        return _with_lines(one.draw(shorter), profile, lines, room)

    return replace(one, draw=draw)


def words(footnote: str) -> str:
    """Return the footnote as it is printed, "" where nothing was typed."""
    plain = theme.plain(footnote).strip()
    return f"备注：{plain}" if plain else ""


def _with_lines(drawn: go.Figure, profile: Profile, lines: Sequence[str], room: int) -> go.Figure:
    """A copy of a figure that is higher by `room`, the lines in it; the figure itself may be shared."""
    height = int(drawn.layout.height)
    sheet = Sheet(profile)
    sheet.lines("footnote", profile.margin, height - 0.7 * profile.u, lines, profile.source, theme.INK_SOFT)
    whole = go.Figure(drawn)
    whole.layout.annotations = [*drawn.layout.annotations, *sheet.texts]
    whole.layout.height, whole.layout.yaxis.range = height + room, [height + room, 0]
    return whole
