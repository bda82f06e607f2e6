"""What was trained in a month, from all that tells of it: the roster, else the return, else the word 本月无.

A unit's roster of a month beats its return (W3b) of that month, as a ledger beats a summary; 本月无 is a reported 0.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from unionplan.observations import TRAINING

COLUMNS = [field.id for field in TRAINING]
_BY = ["reporting_unit", "enterprise_type", "method", "level", "as_of"]


def roster_figures(roster: pd.DataFrame) -> pd.DataFrame:
    """Return a roster (one unit, one month) as rows of observations.TRAINING.

    人次 are its rows. 人 are its distinct persons; who took part in several courses counts where she stands first,
    so that the rows add up to the persons. Where some rows tell of nobody, 人 of these rows are null (未报).
    """
    first = ~roster["person"].duplicated() & roster["person"].notna()
    rows = roster.assign(
        persons=first.astype("Int64").where(roster["person"].notna()), person_times=pd.Series(1, roster.index, "Int64")
    )
    keys = rows[_BY].astype(object).where(rows[_BY].notna(), None)
    sums = rows[["persons", "person_times"]].groupby([keys[name] for name in _BY], dropna=False).sum(min_count=1)
    figures = sums.reset_index().assign(classes=None)[COLUMNS]
    return _typed(figures)


def trained(
    returns: dict[tuple[str, str], pd.DataFrame], rosters: dict[tuple[str, str], pd.DataFrame], nils: pd.DataFrame
) -> pd.DataFrame:
    """Return all that was trained: observations.TRAINING and `period`, one row each.

    `returns` and `rosters` are keyed (unit, period); `nils` are the units' words 本月无 (reporting_unit, as_of, period).
    """
    told = {**returns, **{key: roster_figures(roster) for key, roster in rosters.items()}}
    parts = [frame[COLUMNS].assign(period=period) for (_, period), frame in told.items()]
    silent = [
        not _told(told, unit, period) for unit, period in zip(nils["reporting_unit"], nils["period"], strict=True)
    ]
    parts.append(_nothing(nils[pd.Series(silent, index=nils.index, dtype=bool)]))
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else _typed(pd.DataFrame(columns=[*COLUMNS, "period"]))


def _told(told: Iterable[tuple[str, str]], unit: str, period: str) -> bool:
    return (unit, period) in told


def _nothing(nils: pd.DataFrame) -> pd.DataFrame:
    """本月无 as a row: nobody, of no type, method or level in particular."""
    zeros = {"classes": 0, "persons": 0, "person_times": 0}
    blank = dict.fromkeys(("enterprise_type", "method", "level"))
    return _typed(nils[["reporting_unit", "as_of", "period"]].assign(**zeros, **blank))[[*COLUMNS, "period"]]


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    kinds = {field.id: {"count": "Int64", "date": "datetime64[ms]"}.get(field.kind, "string") for field in TRAINING}
    return frame.astype({**kinds, **({"period": "string"} if "period" in frame else {})})
