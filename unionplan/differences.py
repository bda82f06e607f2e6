"""Where a unit's ledger and its summary of one month tell different counts; the ledger is what counts (rules 2)."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from unionplan.attainment import Outlook
from unionplan.figures import figures, pool_of
from unionplan.plan import COVERAGE, SCOPES


@dataclass(frozen=True)
class Difference:
    """A unit's ledger and its summary of one month that do not agree: (covered, base) of each."""

    reporting_unit: str
    period: str
    indicator: str
    scope: str
    ledger: tuple[int, int]
    summary: tuple[int, int]


def differences(outlook: Outlook) -> list[Difference]:
    """Return where ledger and summary of the same unit and month tell a scope differently, newest month first."""
    cube = outlook.cube if outlook.on is None else outlook.cube[outlook.cube["as_of"] <= pd.Timestamp(outlook.on)]
    keys = ["reporting_unit", "period"]
    both = cube.groupby(keys)["source"].nunique()
    found = []
    for unit, period in sorted(both[both > 1].index, key=lambda pair: (pair[1], pair[0]), reverse=True):
        rows = cube[(cube["reporting_unit"] == unit) & (cube["period"] == period)]
        told = [figures(rows[rows["source"] == source]) for source in ("ledger", "summary")]
        for name in (name for name in COVERAGE if name in outlook.plan.indicators):
            for scope, atoms in SCOPES.items():
                pools = [pool_of(now, name, (unit,), atoms) for now in told if now.reported(name, unit, atoms)]
                pairs = [(pool.numerator, pool.denominator) for pool in pools if pool]
                if len(pairs) == 2 and pairs[0] != pairs[1] and not any((name, unit) in now.other_base for now in told):
                    found.append(Difference(unit, period, name, scope, *pairs))
    return found
