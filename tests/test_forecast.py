"""Where a coverage is heading: never above its base, inside its band, wider the farther ahead; speeds said plainly."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unionplan import coverage_words
from unionplan.attainment import Attainment, months_between
from unionplan.charts import PHONE, SCREEN, SLIDE, TrendPoint, trend
from unionplan.forecast import MOST, Forecast, Point, Speed, Step, forecast, speed, step, theil_sen
from unionplan.plan import Indicator, Target

DAY = date(2026, 1, 1)
WAGE = Indicator("wage", "工资集体协商推行面", "工资集体协商", "已推行", "应推行", "", "", "unionised", "家", 1, 10, "", "", DAY, DAY)  # fmt: skip
TARGET = Target("A4-3c", "A4-3c", "wage", "non_public", 5000, date(2026, 7, 1), date(2026, 12, 31), "", "", "", "")


def month(number):
    """The last day of the month so many months after January 2025, near enough."""
    return date(2025 + number // 12, number % 12 + 1, 28)


def row(covered, base, day, end=date(2026, 12, 31), status="behind", **words):
    gap = max(0, -(-base // 2) - covered)
    plain = dict.fromkeys(Attainment.__dataclass_fields__)
    plain |= {"indicator": "wage", "scope": "non_public", "as_of": day, "numerator": covered, "denominator": base,
              "target_bp": 5000, "gap": gap, "end": end, "status": status, "marks": (), "missing": ()}  # fmt: skip
    return Attainment(**{**plain, **words})


def points(*covered, base=100, first=0):
    return [Point(month(first + place), value, base) for place, value in enumerate(covered)]


def ahead(*covered, base=100, months=2):
    told = points(*covered, base=base)
    return forecast(row(covered[-1], base, told[-1].day, end=month(len(covered) - 1 + months)), told)


# ------------------------------------------------------------------ the laws

histories = st.integers(1, 400).flatmap(
    lambda base: st.tuples(
        st.just(base), st.lists(st.tuples(st.integers(1, 3), st.integers(0, base)), min_size=4, max_size=20)
    )
)


@given(histories, st.integers(1, 30))
def test_the_line_and_its_band_lie_between_nought_and_the_base_and_the_band_holds_the_line(history, months):
    base, told = history
    number, given_points = 0, []
    for apart, covered in told:
        number += apart
        given_points.append(Point(month(number), covered, base))
    last = given_points[-1]
    found = forecast(row(last.covered, base, last.day, end=month(number + months)), given_points)
    assert found.periods == min(MOST, len(told))
    assert len(found.steps) == months + 1
    assert found.steps[0].low == found.steps[0].line == found.steps[0].high == last.covered
    assert all(0 <= one.low <= one.line <= one.high <= base for one in found.steps)
    low, line, high = found.counts
    assert 0 <= low <= line <= high <= base


@given(st.fractions(-20, 20, max_denominator=60), st.fractions(0, 400, max_denominator=60), st.integers(0, 40))
def test_the_farther_ahead_the_wider_and_the_line_moves_one_way(slope, variance, months):
    now = Point(DAY, 5_000, 10_000)  # far from both ends, so that nothing is cut off
    near, far = (step(now, slope, variance, count, DAY) for count in (months, months + 1))
    assert far.high - far.low >= near.high - near.low
    assert far.line - near.line == slope
    assert near.high - near.line == near.line - near.low


@given(st.integers(0, 11), st.integers(-(10**6), 10**6))
def test_one_wild_month_among_twelve_leaves_the_slope_as_it_is(place, wild):
    bent = [Point(month(number), wild if number == place else 10 * number, 10**6) for number in range(12)]
    assert theil_sen(bent) == 10


def test_the_slope_is_the_median_of_all_pairs():
    assert theil_sen(points(0, 1, 2, 30)) == Fraction(11, 2)  # of 1, 1, 1, 10, 14.5 and 28
    assert theil_sen(points(3, 4, 9)) == 3  # of 1, 3 and 5


# ------------------------------------------------------------------ when there is one


@pytest.mark.parametrize(("covered", "there"), [((10, 12, 14), False), ((10, 12, 14, 16), True)])
def test_it_takes_at_least_four_points(covered, there):
    assert (ahead(*covered) is not None) == there


@pytest.mark.parametrize("status", ["unreported", "stale", "no_base", "no_target", "overdue", "out_of_plan", "no_deadline"])  # fmt: skip
def test_what_is_not_judged_by_a_window_has_no_forecast(status):
    told = points(10, 12, 14, 16)
    assert forecast(row(16, 100, told[-1].day, end=month(9), status=status), told) is None


def test_a_window_that_ends_in_the_month_of_the_figure_has_no_forecast():
    told = points(10, 12, 14, 16)
    assert forecast(row(16, 100, told[-1].day, end=told[-1].day), told) is None
    assert forecast(row(16, 100, told[-1].day, end=None), told) is None


def test_no_more_than_twelve_periods_are_looked_at():
    told = points(*([0] * 10), *range(0, 120, 10))
    found = forecast(row(110, 200, told[-1].day, end=month(24)), told)
    assert (found.periods, found.slope) == (12, 10)


def test_a_steady_rise_is_drawn_on_with_no_band_and_stops_at_the_base():
    found = ahead(60, 70, 80, 90, base=100, months=3)
    assert [(one.low, one.line, one.high) for one in found.steps] == [(90, 90, 90), (100, 100, 100), (100, 100, 100), (100, 100, 100)]  # fmt: skip


def test_the_steps_end_on_the_windows_last_day_and_each_before_on_a_months_last():
    found = ahead(10, 12, 15, 16, months=3)
    assert [one.day for one in found.steps] == [date(2025, 4, 28), date(2025, 5, 31), date(2025, 6, 30), month(6)]


# ------------------------------------------------------------------ the plain three


def test_the_plain_three_are_required_recent_and_best():
    told = points(10, 15, 17, 22, base=100)
    found = speed(row(22, 100, told[-1].day, end=month(5), recent=Fraction(4)), told)
    assert found == Speed(Fraction(14), Fraction(4), Fraction(5), (told[1].day, told[3].day))
    assert coverage_words.trio(found, "家") == "需月均14家 · 近三月月均4家 · 最好月5家（2月、4月）"


def test_what_is_not_known_of_the_three_is_said():
    assert coverage_words.trio(Speed(Fraction(29, 3), None, None, ()), "家") == "需月均9.7家 · 近三月月均数据不足"
    assert (
        coverage_words.trio(Speed(None, Fraction(-1, 3), Fraction(0), (DAY,)), "家")
        == "近三月月均-0.3家 · 最好月0家（1月）"
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [(Fraction(291, 2), "145.5"), (Fraction(340, 3), "113.3"), (Fraction(1234), "1,234"), (Fraction(1, 20), "0.1"),
     (Fraction(1, 30), "0"), (Fraction(-1, 30), "0"), (Fraction(-5, 2), "-2.5")],
)  # fmt: skip
def test_an_average_is_said_with_one_decimal(value, said):
    assert coverage_words.average(value) == said


def test_the_forecast_is_labelled_with_its_band_and_as_a_mere_reference():
    told = points(30, 33, 35, 39, 40, 44, first=16)
    one = row(44, 100, told[-1].day, end=date(2026, 12, 31), status="slow")
    found = forecast(one, told)
    said = coverage_words.expected(one, found, len(told))
    assert found.counts == (47, 49, 52)  # 44 + 2·2.75, s² = 109/64
    assert said == "预计12月31日49.0%（80%区间47.0%–52.0%），仅供参考"
    assert coverage_words.expected(one, None, 3) == "预测：数据不足"
    assert coverage_words.expected(row(44, 100, told[-1].day, end=None), None, 3) == ""


# ------------------------------------------------------------------ in the picture


def drawn(profile, found, values):
    shown = [TrendPoint(month(16 + n), value, 1000, 0, "behind") for n, value in enumerate(values)]
    words = {"title": "推行面滞后", "subtitle": "推行面，%", "source": "数据来源：企业台账", "note": "序时按天均匀"}
    return trend(shown, WAGE, TARGET, profile=profile, ahead=found, **words)


@pytest.mark.parametrize("profile", [SCREEN, PHONE, SLIDE], ids=lambda p: p.kind)
def test_the_forecast_is_a_band_and_a_dashed_line_to_the_windows_end_and_names_its_method(profile):
    values = (301, 330, 355, 370, 400, 426)
    told = points(*values, base=1000, first=16)
    found = forecast(row(426, 1000, told[-1].day), told)
    figure = drawn(profile, found, values)
    [line] = [trace for trace in figure.data if trace.name == "forecast"]
    assert line.line.dash == "dash"
    assert len(line.x) == months_between(told[-1].day, date(2026, 12, 31)) + 1
    assert sum(shape.name == "band" for shape in figure.layout.shapes) == 1
    notes = " ".join(note.text for note in figure.layout.annotations)
    assert "泰尔—森斜率（近6期）" in notes.replace("<br>", "")
    assert "仅供参考" in notes
    assert any(note.name == "forecast" for note in figure.layout.annotations)
    assert not [trace for trace in drawn(profile, None, values).data if trace.name == "forecast"]


def test_a_step_and_a_forecast_are_told_in_whole_enterprises_the_band_outwards():
    one = Step(DAY, Fraction(21, 2), Fraction(19, 2), Fraction(45, 4))
    assert Forecast(4, 100, Fraction(1), (one,)).counts == (9, 10, 12)
