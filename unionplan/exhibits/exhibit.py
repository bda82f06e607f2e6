"""An exhibit: one chart with its words, the facts behind it and the same as a table, ready for a page, a slide or a paper.

Pages and papers draw the same exhibits, so their numbers cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import plotly.graph_objects as go

from unionplan import dues_words, theme
from unionplan.attainment import Attainment
from unionplan.charts import Profile


@dataclass(frozen=True)
class Rate:
    """A rate in a table: its counts, and the target (basis points) that it may never seem to reach."""

    numerator: int
    denominator: int
    target_bp: int | None = None

    @property
    def shown(self) -> str:
        """Return it as printed, without the sign."""
        return theme.percent(self.numerator, self.denominator, self.target_bp)


Value = str | int | date | Fraction | Rate | None
"""A cell: text, a count, a day, an exact amount, a rate, or nothing."""


def shown(value: Value) -> str:
    """Return a cell as text: counts without separators, so that they stay numbers where they are pasted; "" for nothing."""
    if isinstance(value, Rate):
        return value.shown
    if isinstance(value, Fraction):
        return dues_words.amount(value)
    if isinstance(value, date):
        return theme.chinese_date(value)
    return "" if value is None else str(value)


@dataclass(frozen=True)
class Table:
    """What a chart draws, a mark a row; `headers` name the columns with their units."""

    headers: Sequence[str]
    rows: Sequence[Sequence[Value]]


@dataclass(frozen=True)
class Exhibit:
    """One chart: what it is called and says, `draw(profile)`, its `table`, and the `facts` it is drawn from.

    `id` is stable and ASCII, `kind` names the chart (bullet, trend, …), `page` the board's page it stands on, `name` is
    short and names a file. `facts` by kind: bullet, gap → [Attainment]; heatmap → HeatmapFacts; trend → TrendFacts;
    change → ChangeFacts; expiry → ExpiryFacts; wall → [ItemState]; calendar, timeline → [Standing]; progress → Flow;
    breakdown → [Part]; participation → body → [Event]; dues → [Dues].
    """

    id: str
    kind: str
    name: str
    page: str
    title: str
    subtitle: str
    source: str
    note: str
    as_of: date | None
    draw: Callable[[Profile], go.Figure]
    table: Table
    facts: Any


def rate_of(row: Attainment) -> Rate | None:
    """Return a row's rate, None where it is 未报 or has no base."""
    return (
        Rate(row.numerator, row.denominator, row.target_bp) if row.numerator is not None and row.denominator else None
    )


def target_of(row: Attainment) -> Rate | None:
    """Return a row's target as a rate of 10,000."""
    return None if row.target_bp is None else Rate(row.target_bp, 10_000)


def light_of(row: Attainment) -> str:
    """Return a row's status as it is written everywhere."""
    return theme.light(row.status)
