"""The trend: every snapshot drawn once, gaps left open, a pace only where it can be judged, labels that never collide."""

from datetime import date
from fractions import Fraction
from itertools import combinations

import pytest

from unionplan import theme
from unionplan.charts import PHONE, SCREEN, SLIDE, TrendPoint, trend, trend_subtitle, trend_title
from unionplan.charts.profile import text_width
from unionplan.plan import Indicator, Target

PROFILES = [SCREEN, PHONE, SLIDE]
DAY = date(2026, 1, 1)
WAGE = Indicator("wage", "工资集体协商推行面", "工资集体协商", "已推行", "应推行", "", "", "unionised", "家", 1, 10, "", "", DAY, DAY)  # fmt: skip
TARGET = Target("A4-3c", "A4-3c", "wage", "non_public", 5000, date(2026, 7, 1), date(2026, 12, 31), "", "", "", "")
OPEN = Target("A4-3c", "A4-3c", "wage", "non_public", 5000, None, None, "", "", "", "")
WORDS = {"title": "推行面滞后", "subtitle": "推行面，%", "source": "数据来源：企业台账", "note": "序时按天均匀"}
ENDS = [date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31),
        date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)]  # fmt: skip
RISING = (290, 301, 316, 331, 352, 379, 400, 426)


def points(values=RISING, status="behind", missing=()):
    """Points at the last month ends, in tenths of a percent; None is 未报."""
    days = ENDS[len(ENDS) - len(values) :]
    return [
        TrendPoint(day, value, None if value is None else 1000, int(place in missing), "unreported" if value is None else status)
        for place, (day, value) in enumerate(zip(days, values, strict=True))
    ]  # fmt: skip


def drawn(given, profile=SCREEN, target=TARGET, indicator=WAGE, baseline=None, **words):
    return trend(given, indicator, target, profile=profile, baseline=baseline, **{**WORDS, **words})


def texts(figure, name):
    return [note.text for note in figure.layout.annotations if note.name == name]


def shapes(figure, name):
    return [shape for shape in figure.layout.shapes if shape.name == name]


def trace(figure, name):
    return next((one for one in figure.data if one.name == name), None)


def boxes(figure):
    shift = {"left": 0, "center": 0.5, "right": 1}
    for note in figure.layout.annotations:
        size = note.font.size
        width = text_width(note.text, size, note.font.weight == 700)
        left = note.x - shift[note.xanchor] * width
        yield left, note.y - 0.4 * size, left + width, note.y + 0.4 * size, note.text


def collisions(figure):
    return [
        (a[4], b[4])
        for a, b in combinations(boxes(figure), 2)
        if a[0] < b[2] - 0.01 and b[0] < a[2] - 0.01 and a[1] < b[3] - 0.01 and b[1] < a[3] - 0.01
    ]


CASES = {
    "rising": (points(), TARGET),
    "ahead": (points((*RISING[:-1], 470), "on_pace"), TARGET),
    "attained": (points((450, 480, 520, 551), "attained"), TARGET),
    "gaps": (points((290, None, 316, 331, None, 379, None, 426), missing=(3,)), TARGET),
    "last missing": (points((*RISING[:-1], None)), TARGET),
    "falling": (points((430, 440, 450, 440, 430, 410, 390)), TARGET),
    "flat at nought": (points((0, 0, 0, 0)), TARGET),
    "whole": (points((1000, 1000, 1000), "attained"), TARGET),
    "no target": (points(status="no_target"), None),
    "no window": (points(status="below"), OPEN),
    "one": (points((426,)), TARGET),
    "one, nothing else": (points((426,), "no_target"), None),
    "empty": ([], TARGET),
    "all missing": (points((None, None)), TARGET),
}


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
@pytest.mark.parametrize("case", CASES)
def test_words_fit_are_legible_and_never_collide(case, profile):
    given, target = CASES[case]
    title = trend_title(given, WAGE, target, "non_public")
    figure = drawn(given, profile, target, title=title, subtitle=trend_subtitle(given, WAGE, target))
    assert collisions(figure) == []
    assert all(box[0] >= 0 and box[2] <= profile.width + 0.01 for box in boxes(figure))
    assert all(box[1] >= 0 and box[3] <= figure.layout.height for box in boxes(figure))
    assert min(note.font.size for note in figure.layout.annotations) >= profile.smallest
    assert profile.height in (None, figure.layout.height)


@pytest.mark.parametrize("case", [case for case in CASES if case not in ("empty", "all missing")])
def test_every_point_is_drawn_once(case):
    given, target = CASES[case]
    figure = drawn(given, target=target)
    rate, missing = trace(figure, "rate"), trace(figure, "missing")
    assert len(rate.y) == len(given)
    assert sum(y is not None for y in rate.y) + (len(missing.y) if missing else 0) == len(given)
    assert len(shapes(figure, "target")) == (target is not None)
    assert rate.connectgaps is False


def test_dates_and_rates_stand_to_scale():
    figure = drawn(points())
    rate, (goal,) = trace(figure, "rate"), shapes(figure, "target")
    days = [(day - ENDS[0]).days for day in ENDS]
    steps = [(x - rate.x[0]) / day for x, day in zip(rate.x[1:], days[1:], strict=True)]
    assert max(steps) == pytest.approx(min(steps))
    per_point = (rate.y[0] - rate.y[-1]) / (42.6 - 29.0)
    assert rate.y[-1] - goal.y0 == pytest.approx(per_point * (50 - 42.6))


def test_the_pace_runs_from_the_day_before_the_window_to_the_target_at_its_end():
    figure = drawn(points())
    pace, rate, (goal,) = trace(figure, "pace"), trace(figure, "rate"), shapes(figure, "target")
    assert (pace.x[0], pace.y[0]) == (rate.x[3], rate.y[3])
    assert (pace.x[1], pace.y[1]) == pytest.approx((goal.x1, goal.y0))
    assert texts(figure, "start") == ["期初 33.1%"]
    assert texts(figure, "due") == ["序时应达 44.4%"]


@pytest.mark.parametrize(
    ("values", "target"), [(RISING, OPEN), (RISING, None), (RISING[5:], TARGET), ((500, 510, 480, 470, 460), TARGET)]
)
def test_without_window_or_baseline_below_the_target_there_is_no_pace(values, target):
    figure = drawn(points(values), target=target)
    assert trace(figure, "pace") is None
    assert texts(figure, "due") == texts(figure, "start") == []


def test_a_baseline_of_the_same_units_may_be_given_and_is_explained():
    figure = drawn(points(), baseline=Fraction(34, 100))
    assert texts(figure, "start") == ["期初 34.0%"]
    assert any("期初按现已报送的同一批单位计算" in line for line in texts(figure, "foot"))


def test_the_last_figure_is_written_beside_its_point_with_its_status():
    assert texts(drawn(points()), "now") == ["完成值 42.6%", "426/1,000 家", "■ 滞后"]
    assert texts(drawn(points(), PHONE), "now") == ["完成值", "42.6%", "426/1,000", "■ 滞后"]
    assert texts(drawn(points()), "as_of") == ["数据截至 10月31日"]
    assert texts(drawn(points((*RISING[:-1], None))), "as_of") == ["数据截至 9月30日"]


def test_a_value_short_of_the_target_is_never_printed_as_the_target():
    near = [TrendPoint(ENDS[-1], 49999, 100_000, 0, "slow")]
    assert texts(drawn(near), "now")[0] == "完成值 49.9%"
    assert "49.9%" in trend_title(near, WAGE, TARGET, "non_public")


def test_an_axis_that_does_not_begin_at_nought_says_so():
    assert texts(drawn(points()), "warning") == ["纵轴从 20% 起"]
    low = drawn(points((0, 20, 40, 60)))
    assert texts(low, "warning") == []
    assert texts(low, "scale")[0] == "0"


@pytest.mark.parametrize("values", [(560, 570), (510, 560), (700, 960), (505,)])
@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
def test_a_target_never_lies_on_an_axis_that_does_not_begin_at_nought(values, profile):
    figure = drawn(points(values, "attained"), profile)
    (target,), lines = shapes(figure, "target"), sorted(shape.y0 for shape in shapes(figure, "grid"))
    assert lines[-1] - target.y0 >= (lines[1] - lines[0]) / 4
    assert 3 <= len(lines) <= 5
    assert collisions(figure) == []


@pytest.mark.parametrize("case", [case for case in CASES if case not in ("empty", "all missing")])
def test_there_are_few_horizontal_lines_and_all_rates_lie_between_them(case):
    given, target = CASES[case]
    figure = drawn(given, target=target)
    lines = sorted(shape.y0 for shape in shapes(figure, "grid"))
    assert 3 <= len(lines) <= 5
    assert all(lines[0] - 0.01 <= y <= lines[-1] + 0.01 for y in trace(figure, "rate").y if y is not None)


def test_dates_are_month_ends_with_the_year_once():
    long = [TrendPoint(date(2025 + m // 12, m % 12 + 1, 28), 300 + m, 1000, 0, "behind") for m in range(6, 18)]
    figure = drawn(long, target=None)
    assert texts(figure, "month")[0] == "7月末"
    assert texts(figure, "year") == ["2025年", "2026年"]
    short = [TrendPoint(date(2026, 10, day), 30, 100, 0, "behind") for day in (8, 22)]
    assert texts(drawn(short, target=None), "month") == ["10月8日", "10月22日"]


def test_gaps_and_missing_units_are_explained():
    figure = drawn(points((290, None, 316, 331), missing=(3,)))
    foot = "".join(texts(figure, "foot"))
    assert "○ 未报，折线在此中断" in foot
    assert "空心点：有单位未报送，按其余单位汇总" in foot
    assert trace(figure, "rate").marker.color[3] == theme.PAPER
    assert "1个单位未报送，未计入" in trace(figure, "rate").hovertext[3]
    nobody = [TrendPoint(ENDS[0], 0, 0, 0, "no_base"), *points((331,))]
    assert "◇ 无应建单位" in trace(drawn(nobody), "missing").hovertext[0]


def test_without_a_rate_the_picture_says_what_to_do():
    assert texts(drawn([]), "empty") == ["还没有数据", "在“数据更新”上传企业台账"]
    assert texts(drawn(points((None,))), "empty") == ["还没有数据", "在“数据更新”上传企业台账"]


def test_hostile_words_are_shown_as_they_stand():
    bad = "<b>x</b>$a$"
    evil = Indicator("wage", bad, bad, bad, bad, "", "", "", bad, 1, 10, "", "", DAY, DAY)
    figure = drawn(points(), indicator=evil, title=bad, subtitle=bad, source=bad, note=bad)
    said = [note.text for note in figure.layout.annotations] + list(trace(figure, "rate").hovertext)
    said = [text.replace("<br>", "").replace("<b>2026年", "").replace("日</b>", "") for text in said]
    assert not any("<" in text or "$" in text for text in said)


@pytest.mark.parametrize(
    ("given", "target", "title"),
    [
        (points(), TARGET, "非公有制企业工资集体协商推行面42.6%，低于序时应达1.8个百分点，滞后"),
        (points((331, 440, 442, 443, 443), "slow"), TARGET, "非公有制企业工资集体协商推行面44.3%，低于序时应达0.1个百分点，偏慢"),
        (points((331, 400, 400, 400, 470), "on_pace"), TARGET, "非公有制企业工资集体协商推行面47.0%，高于序时应达2.6个百分点"),
        (points((450, 551), "attained"), TARGET, "非公有制企业工资集体协商推行面达到55.1%，高于50%目标5.1个百分点"),
        (points((450, 500), "attained"), TARGET, "非公有制企业工资集体协商推行面达到50.0%，达到50%目标"),
        (points((426,), "below"), OPEN, "非公有制企业工资集体协商推行面42.6%，距50%目标还差7.4个百分点"),
        (points((426,), "overdue"), TARGET, "非公有制企业工资集体协商推行面42.6%，逾期未达50%目标，还差7.4个百分点"),
        (points((426,), "stale"), TARGET, "非公有制企业工资集体协商推行面42.6%，10月31日以后未报，数据已过期"),
        (points((426,), "no_target"), None, "非公有制企业工资集体协商推行面42.6%，未设目标"),
        ([], TARGET, "非公有制企业工资集体协商推行面还没有数据"),
        (points((None,)), TARGET, "非公有制企业工资集体协商推行面均未报送"),
    ],
)  # fmt: skip
def test_titles(given, target, title):
    assert trend_title(given, WAGE, target, "non_public") == title


@pytest.mark.parametrize(
    ("given", "subtitle"),
    [
        (points(), "工资集体协商推行面，%　｜　较期初提高9.5个百分点；距50%目标还差7.4个百分点、74家"),
        (points((331, 320, 320, 320, 320)), "工资集体协商推行面，%　｜　较期初下降1.1个百分点；距50%目标还差18.0个百分点、180家"),
        (points((331, 340, 340, 340, 331)), "工资集体协商推行面，%　｜　与期初持平；距50%目标还差16.9个百分点、169家"),
        (points((551,)), "工资集体协商推行面，%　｜　超额51家"),
        ([], "工资集体协商推行面，%"),
    ],
)  # fmt: skip
def test_subtitles(given, subtitle):
    assert trend_subtitle(given, WAGE, TARGET) == subtitle
