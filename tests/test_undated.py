"""A plan as it is shipped, whose training task has no window: the first returns are shown on every page, never an error."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from unionplan.attainment import Outlook, attainments
from unionplan.flows import flow
from unionplan.plan import plan_of, read_tables
from unionplan.store.snapshots import SCHEMAS
from unionplan.verdicts import flow_rule, rate_rule

PLAN = plan_of(read_tables(Path(__file__).resolve().parent.parent / "data" / "plan"))
DAY, TODAY = date(2026, 10, 31), date(2026, 11, 5)
CUBE = pd.DataFrame()


def test_training_without_a_window_says_why_it_is_not_judged():
    names = SCHEMAS["training"][0].names
    row = dict.fromkeys(names) | {"reporting_unit": PLAN.units[0].name, "as_of": pd.Timestamp(DAY), "persons": 120}
    frame = pd.DataFrame([row], columns=names).assign(period="2026-10")
    now = flow(frame, PLAN, TODAY)
    assert (now.start, now.persons, now.status) == (None, 120, "no_deadline")
    assert flow_rule(now, Outlook(CUBE, PLAN, TODAY)).endswith("实际120人，低于任务50,000人")


@pytest.mark.parametrize("status", ["no_deadline", "below", "attained", "overdue"])
def test_a_rate_without_a_window_has_a_rule(status):
    row = attainments(Outlook(pd.DataFrame(columns=["as_of"]), PLAN, TODAY))[0]
    told = replace(row, numerator=1, denominator=4, as_of=DAY, start=None, end=None, status=status, gap=1)
    assert rate_rule(told, Outlook(CUBE, PLAN, TODAY))
