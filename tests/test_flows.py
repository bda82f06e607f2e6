"""What accumulates: months inside the window, exact pace, statuses in their order, persons and person-times apart."""

from calendar import monthrange
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unionplan.flows import BY, Part, UnitFlow, counted, flow, handed_down, parts, training_item, unit_flows
from unionplan.plan import Share, Unit, plan_of, read_tables

SHIPPED = plan_of(read_tables(Path(__file__).resolve().parent.parent / "data" / "plan"))
CLOCK = date(2026, 11, 5)
START, END = date(2026, 1, 1), date(2028, 12, 31)
UNITS = (Unit("甲区", "县市区", 1), Unit("乙县", "县市区", 2), Unit("丙县", "县市区", 3))
COLUMNS = ("reporting_unit", "enterprise_type", "method", "level", "persons", "person_times", "period")


def frame(table):
    """Returns from lines `unit | type | method | level | persons | person-times | month or day`; empty is not told."""
    columns = list(
        zip(*([cell.strip() or None for cell in line.split("|")] for line in table.strip().splitlines()), strict=True)
    )
    days = [date.fromisoformat(text if len(text) > 7 else _last_day(text)) for text in columns[6]]
    counts = [[None if text is None else int(text) for text in columns[place]] for place in (4, 5)]
    words = dict(zip(COLUMNS, (*columns[:4], *counts, [f"{day:%Y-%m}" for day in days]), strict=True))
    kinds = {name: "Int64" if name in ("persons", "person_times") else "string" for name in COLUMNS}
    found = pd.DataFrame({name: pd.array(values, dtype=kinds[name]) for name, values in words.items()})
    return found.assign(as_of=pd.to_datetime(days))


def _last_day(month):
    year, number = map(int, month.split("-"))
    return f"{month}-{monthrange(year, number)[1]}"


def planned(start=START, end=END, target=50_000, units=UNITS, **changes):
    """The shipped plan with three units and this window and task for training."""
    task = {"start": start, "end": end, "target": None if target is None else Fraction(target)}
    items = tuple(replace(item, **task) if item.indicator == "training" else item for item in SHIPPED.items)
    return replace(SHIPPED, items=items, units=units, settings=replace(SHIPPED.settings, **changes))


def one(persons, month="2026-10", times=""):
    return frame(f"甲区 | state | 自培 | 初级工 | {persons} | {times} | {month}")


MIXED = frame("""
    甲区 | state   | 自培 | 初级工 | 100 | 150 | 2026-07
    甲区 | private | 委培 | 技师   | 20  |     | 2026-07
    甲区 | state   | 自培 |        | 60  | 60  | 2026-08
    乙县 | private |      | 高级工 | 40  | 45  | 2026-08
    丙县 | state   | 联办 |        |     | 500 | 2026-08
    甲区 | state   | 自培 | 初级工 | 30  | 30  | 2026-10
    乙县 | hmt     | 自培 | 初级工 | 0   | 0   | 2026-10
""")


def test_persons_accumulate_and_person_times_are_summed_apart():
    now = flow(MIXED, planned(), CLOCK)
    assert (now.item, now.as_of, now.persons, now.person_times) == ("A2-3c", date(2026, 10, 31), 250, 785)
    assert (now.target, now.gap, now.surplus) == (50_000, 49_750, 0)


def test_every_month_from_the_window_s_start_stands_once_with_what_had_accumulated():
    months = flow(MIXED, planned(), CLOCK).months
    assert [month.period for month in months] == [f"2026-{number:02d}" for number in range(1, 11)]
    assert [month.persons for month in months] == [None] * 6 + [120, 100, None, 30]
    assert [month.total for month in months] == [0] * 6 + [120, 220, 220, 250]
    assert [month.day for month in months[-2:]] == [date(2026, 9, 30), date(2026, 10, 31)]
    assert [month.person_times for month in months[-4:]] == [150, 605, None, 30]


def test_without_a_start_the_months_begin_with_the_first_return():
    assert [month.period for month in flow(MIXED, planned(None, None), CLOCK).months] == [
        "2026-07", "2026-08", "2026-09", "2026-10"
    ]  # fmt: skip


def test_a_month_is_told_on_its_newest_day():
    rows = frame("甲区 | state | | | 5 | | 2026-10-20\n乙县 | state | | | 5 | | 2026-10-25")
    now = flow(rows, planned(), CLOCK)
    assert now.as_of == now.months[-1].day == date(2026, 10, 25)
    assert now.persons == 10


def test_nought_is_a_report_and_blank_is_none():
    now = flow(MIXED, planned(), CLOCK)
    assert now.missing == ("丙县",)
    assert [month.missing for month in now.months[-4:]] == [
        ("乙县", "丙县"),
        ("丙县",),
        ("甲区", "乙县", "丙县"),
        ("丙县",),
    ]
    assert now.times_only == 1
    assert flow(one(0), planned(), CLOCK).persons == 0


def test_person_times_alone_are_no_figure_of_persons():
    now = flow(one("", times="80"), planned(), CLOCK)
    assert (now.persons, now.as_of, now.status, now.person_times, now.times_only) == (None, None, "unreported", 80, 1)
    assert (now.gap, now.surplus, now.due, now.required, now.months_left, now.best_months) == (None, None, None, None, None, ())  # fmt: skip


def test_nothing_at_all_is_unreported():
    now = flow(pd.DataFrame(), planned(), CLOCK)
    assert (now.status, now.persons, now.months, now.missing, now.marks) == ("unreported", None, (), (), ())


WINDOW = frame("""
    甲区 | state | | | 1    | | 2025-12
    甲区 | state | | | 10   | | 2026-01
    甲区 | state | | | 100  | | 2026-12
    甲区 | state | | | 1000 | | 2027-01
    丁县 | state | | | 7    | | 2026-06
""")


@pytest.mark.parametrize(
    ("start", "end", "on", "persons"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), None, 110),
        (date(2026, 1, 31), date(2026, 12, 31), None, 110),
        (date(2026, 2, 1), date(2026, 12, 30), None, None),
        (None, date(2026, 12, 31), None, 111),
        (date(2026, 1, 1), None, None, 1110),
        (None, None, None, 1111),
        (None, None, date(2026, 12, 30), 11),
        (None, None, date(2026, 12, 31), 111),
    ],
)
def test_what_counts_lies_in_the_window_and_not_after_the_day_that_is_looked_at(start, end, on, persons):
    assert flow(WINDOW, planned(start, end), CLOCK, on).persons == persons


def test_a_unit_counts_while_it_is_in_force():
    units = (Unit("甲区", "", 1, end=date(2026, 8, 15)), Unit("乙县", "", 2, start=date(2026, 10, 1)))
    now = flow(MIXED, planned(units=units), CLOCK)
    assert now.persons == 120
    assert [month.missing for month in now.months[-4:]] == [(), (), (), ()]
    assert set(counted(MIXED, planned(units=units))["period"]) == {"2026-07", "2026-10"}


def test_the_pace_is_the_task_times_the_elapsed_share_of_days():
    now = flow(one(12_606), planned(), CLOCK)
    assert now.due == Fraction(50_000 * 304, 1096)
    assert now.due_count == 13_869
    assert now.slow == now.due * Fraction(85, 100)
    assert (now.due_count - now.persons, now.status) == (1_263, "slow")


YEAR = {"start": date(2026, 1, 1), "end": date(2026, 12, 31), "target": 365}
"""Due by 2026-10-31: 304 of 365; slow from 258.4 on."""


@pytest.mark.parametrize(
    ("persons", "changes", "clock", "status"),
    [
        (365, YEAR, CLOCK, "attained"),
        (364, YEAR, CLOCK, "on_pace"),
        (304, YEAR, CLOCK, "on_pace"),
        (303, YEAR, CLOCK, "slow"),
        (259, YEAR, CLOCK, "slow"),
        (258, YEAR, CLOCK, "behind"),
        (258, {**YEAR, "slow_bp": 8000}, CLOCK, "slow"),
        (0, YEAR, CLOCK, "behind"),
        (364, {**YEAR, "end": None}, CLOCK, "no_deadline"),
        (364, {**YEAR, "start": None}, CLOCK, "below"),
        (365, {**YEAR, "end": None}, CLOCK, "attained"),
        (364, {**YEAR, "end": date(2026, 11, 4)}, CLOCK, "overdue"),
        (364, {**YEAR, "end": date(2026, 11, 5)}, CLOCK, "on_pace"),
        (364, {**YEAR, "start": None, "end": None, "target": None}, CLOCK, "no_target"),
        (364, {**YEAR, "target": 0}, CLOCK, "no_target"),
        (364, {**YEAR, "period_start": date(2027, 1, 1), "period_end": date(2027, 6, 30)}, CLOCK, "out_of_plan"),
        (365, {**YEAR, "period_start": date(2027, 1, 1), "period_end": date(2027, 6, 30)}, CLOCK, "attained"),
        (365, YEAR, date(2026, 12, 10), "attained"),
        (365, YEAR, date(2026, 12, 11), "stale"),
    ],
)
def test_the_first_status_that_matches_rules(persons, changes, clock, status):
    assert flow(one(persons), planned(**changes), clock).status == status


def test_a_window_told_to_its_last_month_never_gets_stale():
    rows = one(364, "2026-12")
    assert flow(rows, planned(**YEAR), date(2030, 1, 1)).status == "overdue"
    assert flow(rows, planned(**{**YEAR, "target": 364}), date(2030, 1, 1)).status == "attained"
    assert flow(rows, planned(**{**YEAR, "end": date(2027, 1, 1)}), date(2030, 1, 1)).status == "stale"


def test_a_look_back_ends_windows_on_its_own_day():
    rows = one(364, "2026-10")
    assert flow(rows, planned(**YEAR), date(2026, 11, 5), date(2027, 1, 1)).status == "overdue"
    assert flow(rows, planned(**YEAR), date(2026, 11, 5), date(2026, 12, 31)).status == "on_pace"


LAST = frame("""
    甲区 | state | | | 900 | | 2026-05
    甲区 | state | | | 100 | | 2026-06
    甲区 | state | | | 200 | | 2026-08
    甲区 | state | | | 900 | | 2026-10
""")


def test_required_recent_and_best_stand_beside_each_other():
    now = flow(LAST, planned(), CLOCK)
    assert (now.months_left, now.required) == (26, Fraction(47_900, 26))
    assert now.recent == Fraction(1_200, 3)
    assert (now.best, [month.period for month in now.best_months]) == (900, ["2026-05", "2026-10"])


def test_fewer_than_three_months_give_no_recent_average():
    assert (
        flow(frame("甲区 | state | | | 5 | | 2026-09\n甲区 | state | | | 5 | | 2026-10"), planned(), CLOCK).recent
        is None
    )


@pytest.mark.parametrize(
    ("target", "end", "required", "at_risk"),
    [
        (2_900, date(2026, 12, 31), Fraction(400), False),
        (2_901, date(2026, 12, 31), Fraction(801, 2), True),
        (2_100, date(2026, 12, 31), None, False),
        (2_900, date(2026, 11, 30), Fraction(800), True),
        (2_900, date(2026, 10, 31), None, False),
        (2_900, None, None, False),
    ],
)
def test_at_risk_is_a_recent_average_below_the_required_one(target, end, required, at_risk):
    now = flow(LAST, planned(end=end, target=target, units=UNITS[:1]), date(2026, 10, 31))
    assert now.required == required
    assert now.marks == (("at_risk",) if at_risk else ())


def test_a_stale_figure_says_nothing_of_the_future():
    now = flow(LAST, planned(), date(2027, 2, 1))
    assert (now.status, now.marks) == ("stale", ("units_missing",))


def test_parts_keep_their_usual_order_and_what_is_untold_comes_last():
    assert parts(MIXED, planned(), "method") == [
        Part("自培", 190, 240), Part("委培", 20, None), Part("联办", None, 500), Part("", 40, 45),
    ]  # fmt: skip
    assert [part.key for part in parts(MIXED, planned(), "level")] == ["初级工", "高级工", "技师", ""]
    assert [part.key for part in parts(MIXED, planned(), "control")] == ["state", "private", "hmt"]
    assert parts(MIXED, planned(), "reporting_unit")[1:] == [Part("乙县", 40, 45), Part("丙县", None, 500)]
    assert parts(MIXED, planned(), "method", date(2026, 7, 31)) == [Part("自培", 100, 150), Part("委培", 20, None)]
    assert parts(pd.DataFrame(), planned(), "method") == []
    with pytest.raises(
        ValueError, match='by is "size": one of enterprise_type, control, method, level, reporting_unit'
    ):
        parts(MIXED, planned(), "size")


def test_by_enterprise_type_all_that_is_not_public_stands_together():
    by_type = {part.key: part for part in parts(MIXED, planned(), "enterprise_type")}
    told = {part.key: part for part in parts(MIXED, planned(), "control")}
    assert list(by_type) == ["state", "non_public"]
    assert by_type["state"] == told["state"]
    assert by_type["non_public"].persons == sum(told[atom].persons or 0 for atom in ("private", "hmt"))


def test_every_unit_has_its_line_with_what_it_told_for_the_newest_month():
    assert unit_flows(MIXED, planned()) == [
        UnitFlow("甲区", 30, 210, 240, date(2026, 10, 31)),
        UnitFlow("乙县", 0, 40, 45, date(2026, 10, 31)),
        UnitFlow("丙县", None, None, 500, date(2026, 8, 31)),
    ]
    assert unit_flows(pd.DataFrame(), planned()) == [UnitFlow(unit.name, None, None, None, None) for unit in UNITS]


def test_a_unit_that_has_ended_keeps_its_line_only_with_figures():
    ended = replace(UNITS[1], end=date(2026, 9, 30))
    never = Unit("戊县", "", 4, end=date(2026, 9, 30))
    found = unit_flows(MIXED, planned(units=(UNITS[0], ended, never)))
    assert [(row.unit, row.newest, row.persons) for row in found] == [("甲区", 30, 210), ("乙县", None, 40)]


def test_the_shipped_plan_has_a_task_without_a_window():
    item = training_item(SHIPPED)
    assert item is not None
    assert (item.id, item.target, item.start, item.end) == ("A2-3c", 50_000, None, None)
    assert flow(one(5), replace(SHIPPED, units=UNITS), CLOCK).status == "no_deadline"
    assert training_item(replace(SHIPPED, items=())) is None
    assert flow(one(5), replace(SHIPPED, items=(), units=UNITS), CLOCK).status == "no_target"


@st.composite
def returns(draw):
    """Up to twelve returns of three units over a year, some without persons."""
    figures = st.one_of(st.none(), st.integers(0, 500))
    lines = draw(st.lists(st.tuples(
        st.sampled_from([unit.name for unit in UNITS]), st.sampled_from(["state", "private", ""]),
        st.sampled_from(["自培", "委培", ""]), st.sampled_from(["技师", ""]), figures, figures, st.integers(1, 10),
    ), min_size=1, max_size=12))  # fmt: skip
    texts = [[("" if cell is None else str(cell)) for cell in line[:-1]] + [f"2026-{line[-1]:02d}"] for line in lines]
    return frame("\n".join(" | ".join(line) for line in texts))


few = settings(max_examples=40, deadline=None)


@few
@given(returns())
def test_months_parts_and_units_all_add_up_to_the_same(rows):
    now = flow(rows, planned(), CLOCK)
    whole = (now.persons or 0, now.person_times or 0)
    assert sum(month.persons or 0 for month in now.months) == now.months[-1].total == whole[0]
    for by in BY:
        found = parts(rows, planned(), by)
        assert (sum(part.persons or 0 for part in found), sum(part.person_times or 0 for part in found)) == whole
    units = unit_flows(rows, planned())
    assert (sum(unit.persons or 0 for unit in units), sum(unit.person_times or 0 for unit in units)) == whole


@few
@given(returns(), st.integers(1, 10))
def test_a_look_back_sees_what_a_board_without_the_later_months_sees(rows, month):
    day = date.fromisoformat(_last_day(f"2026-{month:02d}"))
    earlier = rows[rows["as_of"] <= pd.Timestamp(day)]
    assert flow(rows, planned(), CLOCK, day) == flow(earlier, planned(), CLOCK, day)


@few
@given(st.integers(1, 2_000), st.integers(0, 2_500), st.integers(0, 100))
def test_more_persons_never_have_a_worse_light(target, persons, more):
    order = ("behind", "slow", "on_pace", "attained")
    first, second = (flow(one(n), planned(target=target), CLOCK).status for n in (persons, persons + more))
    assert order.index(first) <= order.index(second)


def test_tasks_handed_down_are_those_of_training_in_whole_persons():
    share = Share("A2-3c", "training", "全部企业", "甲区", Fraction(20_000), "人", START, END, "", "")
    others = (replace(share, item="A3-2a", reporting_unit="丙县"), replace(share, reporting_unit="乙县", target=None))
    assert handed_down(replace(planned(), shares=(share, *others))) == {"甲区": 20_000}
    assert handed_down(planned()) == {}
