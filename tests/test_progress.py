"""Training drawn and told: every month once in both halves, every part a bar or a remark, exact sentences, no collision."""

import json
from calendar import monthrange
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import combinations, pairwise
from pathlib import Path

import pandas as pd
import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from unionplan import theme
from unionplan.charts import PHONE, SCREEN, SLIDE
from unionplan.charts.breakdown import breakdown
from unionplan.charts.profile import text_width
from unionplan.charts.progress import progress
from unionplan.charts.progress_titles import (
    average,
    breakdown_note,
    breakdown_subtitle,
    breakdown_title,
    outlook_sentence,
    progress_note,
    progress_remarks,
    progress_source,
    progress_subtitle,
    progress_title,
    reported,
)
from unionplan.flows import Flow, Month, Part
from unionplan.plan import Settings
from unionplan.store import Store

PROFILES = [SCREEN, PHONE, SLIDE]
START, END = date(2026, 1, 1), date(2028, 12, 31)
LONG = "澄澜市高新技术产业开发区先进制造与现代服务业产业工会联合会第一基层工作委员会办事处"
TEN = (1_150, 1_190, 1_240, 1_180, 1_560, 1_302, 1_210, 1_254, 1_220, 1_300)  # 12,606 in all


def months(persons, start=START, missing=()):
    """Consecutive months; None: nobody told persons. `missing` are places where one unit told nothing."""
    found, total = [], 0
    for place, told in enumerate(persons):
        number = start.year * 12 + start.month - 1 + place
        year, month = number // 12, number % 12 + 1
        total += told or 0
        day = date(year, month, monthrange(year, month)[1])
        found.append(
            Month(
                f"{year}-{month:02d}",
                day,
                told,
                None if told is None else told + 7,
                total,
                ("乙县",) if place in missing else (),
            )
        )
    return tuple(found)  # fmt: skip


def stands(persons=TEN, status="slow", target=50_000, start=START, end=END, due=None, missing=(), **changes):
    """A flow whose months begin with the window; the due line is a share of days unless `due` is given."""
    found = months(persons, start or START, missing)
    told = [month for month in found if month.persons is not None]
    as_of = told[-1].day if told else None
    if due is None and target and start and end and as_of:
        due = Fraction(target * ((as_of - start).days + 1), (end - start).days + 1)
    plain = Flow(
        item="A2-3c", as_of=as_of, persons=found[-1].total if told else None, person_times=15_000 if told else None,
        target=target, start=start, end=end, due=due, slow=None, months=found, status=status, marks=(),
        missing=next((month.missing for month in found if month.day == as_of), ()), times_only=0,
    )  # fmt: skip
    return replace(plain, **changes)


NOTHING = stands((), "unreported")
CASES = {
    "slow": stands(),
    "behind, one unit missing": stands(tuple(n // 2 for n in TEN), "behind", missing=(2, 9)),
    "ahead": stands(tuple(n * 2 for n in TEN), "on_pace"),
    "on the line": stands(TEN, "on_pace", due=Fraction(12_606)),
    "attained": stands(TEN, "attained", target=12_000),
    "first month": stands(TEN[:1], "behind"),
    "nought": stands((0,), "behind"),
    "second month of twelve": stands(TEN[:2], "behind", end=date(2026, 12, 31)),
    "gaps": stands((None, None, 900, None, 1_000, 800, None, None, 10, 700), "behind"),
    "last but two months": stands(TEN * 3 + TEN[:4], "behind"),
    "last month": stands(TEN + TEN[:2], "overdue", target=20_000, end=date(2026, 12, 31)),
    "no window": stands(TEN, "no_deadline", start=None, end=None),
    "no window, one month": stands(TEN[:1], "no_deadline", start=None, end=None),
    "no start": stands(TEN, "below", start=None),
    "no target": stands(TEN, "no_target", target=None),
    "stale": stands(status="stale"),
    "large": stands(tuple(n * 1_000 for n in TEN), "slow", target=50_000_000),
    "small": stands((1, 0, 2), "slow", target=20),
    "ten years": stands(TEN * 6, "slow", end=date(2035, 12, 31)),
    "nothing": NOTHING,
}
WIDE_ENOUGH = [case for case in CASES if case != "nothing"]


def drawn(flow, profile=SCREEN):
    return progress(
        flow, title=progress_title(flow), subtitle=progress_subtitle(flow), source=progress_source(flow),
        note=progress_note(SETTINGS), profile=profile,
    )  # fmt: skip


SETTINGS = Settings("本市", "2026年", START, date(2026, 12, 31), 8_500, 200, 3_000, 15, None, False)


def shapes(figure, name):
    return [shape for shape in figure.layout.shapes if shape.name == name]


def texts(figure, name):
    return [note.text for note in figure.layout.annotations if note.name == name]


def notes(figure, name):
    return [note for note in figure.layout.annotations if note.name == name]


def trace(figure, name):
    return next((one for one in figure.data if one.name == name), None)


def boxes(figure):
    shift = {"left": 0, "center": 0.5, "right": 1}
    for note in figure.layout.annotations:
        size = note.font.size
        width = text_width(note.text, size, note.font.weight == 700)
        left = note.x - shift[note.xanchor] * width
        yield left, note.y - 0.4 * size, left + width, note.y + 0.4 * size, note.text


def assert_legible(figure, profile):
    """No text below nine points, outside the picture, or over another."""
    found = list(boxes(figure))
    assert min(note.font.size for note in figure.layout.annotations) >= profile.smallest
    assert [box for box in found if box[0] < 0 or box[2] > profile.width + 0.01] == []
    assert [box for box in found if box[1] < 0 or box[3] > figure.layout.height] == []
    meeting = [
        (a[4], b[4])
        for a, b in combinations(found, 2)
        if a[0] < b[2] - 0.01 and b[0] < a[2] - 0.01 and a[1] < b[3] - 0.01 and b[1] < a[3] - 0.01
    ]
    assert meeting == []
    assert profile.height in (None, figure.layout.height)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
@pytest.mark.parametrize("case", CASES)
def test_words_fit_are_legible_and_never_collide(case, profile):
    assert_legible(drawn(CASES[case], profile), profile)


@pytest.mark.parametrize("case", WIDE_ENOUGH)
def test_every_month_is_drawn_once_in_both_halves(case):
    flow = CASES[case]
    figure = drawn(flow)
    blank = trace(figure, "blank")
    assert len(trace(figure, "total").x) == len(flow.months) + 1
    assert len(shapes(figure, "bar")) == sum(month.persons is not None for month in flow.months)
    assert (len(blank.x) if blank else 0) == sum(month.persons is None for month in flow.months)
    assert len(figure.data[-1].x) == len(flow.months)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
def test_both_scales_begin_at_nought(profile):
    figure = drawn(CASES["slow"], profile)
    total = trace(figure, "total")
    steps = [(total.y[0] - y) / month.total for y, month in zip(total.y[1:], CASES["slow"].months, strict=True)]
    assert max(steps) == pytest.approx(min(steps))
    bars = shapes(figure, "bar")
    heights = [(bar.y1 - bar.y0) / month.persons for bar, month in zip(bars, CASES["slow"].months, strict=True)]
    assert len({bar.y1 for bar in bars}) == 1
    assert max(heights) == pytest.approx(min(heights))
    [level] = shapes(figure, "required")
    assert (bars[0].y1 - level.y0) / heights[0] == pytest.approx(float(CASES["slow"].required))


def test_days_stand_to_scale_and_bars_fill_their_own_month():
    flow = CASES["slow"]
    figure = drawn(flow)
    total, bars = trace(figure, "total"), shapes(figure, "bar")
    days = [(month.day - START).days + 1 for month in flow.months]
    steps = [(x - total.x[0]) / day for x, day in zip(total.x[1:], days, strict=True)]
    assert max(steps) == pytest.approx(min(steps))
    for left, right, bar in zip(total.x, total.x[1:], bars, strict=False):
        assert left < bar.x0 < bar.x1 < right


def test_the_due_line_runs_from_nought_to_the_task_and_is_marked_on_the_day_of_the_data():
    figure = drawn(CASES["slow"])
    due, total = trace(figure, "due"), trace(figure, "total")
    assert (due.x[0], due.y[0], due.x[1]) == (total.x[0], total.y[0], total.x[-1])
    assert (due.y[0] - due.y[1]) / (due.y[0] - due.y[2]) == pytest.approx(304 / 1096)
    assert texts(figure, "due") == ["序时应达 13,869人"]
    assert texts(drawn(CASES["slow"], PHONE), "due") == ["序时应达", "13,869人"]


@pytest.mark.parametrize("case", ["no window", "no start", "no target"])
def test_without_both_ends_and_a_task_there_is_no_due_line(case):
    figure = drawn(CASES[case])
    assert trace(figure, "due") is None
    assert texts(figure, "due") == []


def test_the_larger_of_two_figures_stands_above():
    for case, upper, lower in (("slow", "due", "now"), ("ahead", "now", "due")):
        for profile in PROFILES:
            figure = drawn(CASES[case], profile)
            assert max(note.y for note in notes(figure, upper)) < min(note.y for note in notes(figure, lower))
    assert texts(drawn(CASES["first month"]), "now") == ["序时应达 1,415人", "累计 1,150人", "任务的2.3%", "■ 滞后"]
    assert texts(drawn(CASES["second month of twelve"]), "now")[0] == "序时应达 8,083人"


def test_where_neither_has_room_what_was_due_is_left_to_the_title():
    figure = drawn(stands(tuple(n + 127 for n in TEN), "on_pace"), PHONE)
    assert texts(figure, "now") == ["13,876人", "任务的27.8%", "◆ 按进度"]
    assert texts(figure, "due") == []


def test_what_was_due_is_not_said_once_it_is_the_task_itself_or_the_task_is_reached():
    over = stands(TEN + TEN[:2], "overdue", target=16_000, end=date(2026, 12, 31))
    for flow in (over, CASES["attained"]):
        figure = drawn(flow)
        assert "序时应达" not in "".join(note.text for note in figure.layout.annotations if note.name != "foot")
        assert "序时应达" in "".join(texts(figure, "foot"))


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
@pytest.mark.parametrize("case", WIDE_ENOUGH)
def test_no_label_lies_on_a_line(case, profile):
    figure = drawn(CASES[case], profile)
    labels = {note.text for note in figure.layout.annotations if note.name in ("now", "due")}
    inside = [box for box in boxes(figure) if box[4] in labels]
    for name in ("total", "due"):
        line = trace(figure, name)
        places = [
            (x0 + (x1 - x0) * k / 40, y0 + (y1 - y0) * k / 40)
            for (x0, y0), (x1, y1) in pairwise(zip(line.x, line.y, strict=True))
            for k in range(41)
        ] if line else []  # fmt: skip
        assert [box[4] for box in inside for x, y in places if box[0] < x < box[2] and box[1] < y < box[3]] == []


def test_the_status_wears_its_colour_and_the_figure_does_not():
    for case, status in (("slow", "slow"), ("behind, one unit missing", "behind"), ("ahead", "on_pace")):
        head, *_, light = notes(drawn(CASES[case]), "now")
        assert (light.text, light.font.color) == (theme.light(status), theme.role(status).text)
        assert head.font.color == theme.FOCUS


def test_the_months_say_required_recent_and_best():
    figure = drawn(CASES["slow"])
    assert texts(figure, "required") == ["需月均", "1,438.2人"]
    assert texts(figure, "recent") == ["近三月月均 1,258人"]
    assert texts(figure, "best") == ["最好月 1,560人"]
    assert texts(figure, "lower") == ["每月人数，人"]
    assert [bar.fillcolor for bar in shapes(figure, "bar")] == [theme.MARK] * 7 + [theme.FOCUS] * 3


def test_where_no_room_is_left_beside_the_last_bar_the_head_says_the_recent_average():
    figure = drawn(CASES["last but two months"])
    assert texts(figure, "recent") == []
    assert texts(figure, "lower") == ["每月人数，人　近三月月均1,203.3人"]


def test_nothing_is_required_where_nothing_is_open_or_no_month_is_left():
    for case in ("attained", "last month", "no window", "no target"):
        assert shapes(drawn(CASES[case]), "required") == texts(drawn(CASES[case]), "required") == []


def test_a_month_that_not_every_unit_told_is_pale_and_explained():
    figure = drawn(CASES["behind, one unit missing"])
    pale = [place for place, bar in enumerate(shapes(figure, "bar")) if bar.fillcolor == theme.TRACK]
    assert pale == [2, 9]
    assert "浅色柱：当月有单位未报送" in "".join(texts(figure, "foot"))
    assert "浅色柱" not in "".join(texts(drawn(CASES["slow"]), "foot"))


def test_hovering_tells_persons_and_person_times_apart():
    flow = CASES["behind, one unit missing"]
    assert drawn(flow).data[-1].hovertext[2] == (
        "<b>2026年3月</b><br>当月620人<br>当月627人次（不与人数相加）<br>累计1,790人，完成任务的3.6%<br>1个单位未报送"
    )
    assert "当月人数 ○ 未报" in trace(drawn(CASES["gaps"]), "blank").hovertext[0]


@pytest.mark.parametrize(
    ("case", "scale"),
    [
        ("slow", ["0", "1万", "2万", "3万", "4万", "5万人"]),
        ("attained", ["0", "0.5万", "1万", "1.5万人"]),
        ("large", ["0", "1000万", "2000万", "3000万", "4000万", "5000万人"]),
        ("small", ["0", "5", "10", "15", "20人"]),
    ],
)
def test_the_axis_is_exact_and_has_at_most_five_steps(case, scale):
    assert texts(drawn(CASES[case]), "scale") == scale


def test_the_axis_names_months_and_years():
    figure = drawn(CASES["slow"])
    assert texts(figure, "month") == ["1月", "4月", "7月", "10月"] * 3
    assert texts(figure, "year") == ["2026年", "2027年", "2028年"]
    assert texts(drawn(CASES["second month of twelve"]), "month") == [f"{month}月" for month in range(1, 13)]
    assert texts(drawn(CASES["no window, one month"]), "month") == ["1月", "2月"]


def test_the_task_is_a_diamond_at_its_end_or_a_level_line_without_one():
    assert shapes(drawn(CASES["slow"]), "target")[0].type == "path"
    assert shapes(drawn(CASES["no window"]), "target")[0].type == "line"
    assert texts(drawn(CASES["slow"]), "goal") == ["任务 50,000人"]
    assert shapes(drawn(CASES["no target"]), "target") == []


def test_without_figures_the_picture_says_what_to_do():
    assert texts(drawn(NOTHING), "empty") == ["还没有人数", "在“数据更新”上传培训统计表"]
    assert shapes(drawn(NOTHING), "bar") == []


# Sentences


@pytest.mark.parametrize(
    ("flow", "title"),
    [
        (CASES["slow"], "截至10月31日，累计培训12,606人，完成50,000人任务的25.2%，比序时应达少1,263人，偏慢"),
        (CASES["ahead"], "截至10月31日，累计培训25,212人，完成50,000人任务的50.4%，比序时应达多11,343人，按进度"),
        (CASES["on the line"], "截至10月31日，累计培训12,606人，完成50,000人任务的25.2%，达到序时应达，按进度"),
        (CASES["attained"], "截至10月31日，累计培训12,606人，完成12,000人任务的105.1%，超额606人"),
        (stands(TEN, "attained", 12_606), "截至10月31日，累计培训12,606人，完成12,606人任务的100.0%，任务完成"),
        (stands(TEN, "on_pace", 12_607), "截至10月31日，累计培训12,606人，完成12,607人任务的99.9%，比序时应达多9,109人，按进度"),
        (CASES["last month"], "截至12月31日，累计培训14,946人，完成20,000人任务的74.7%，逾期，还差5,054人"),
        (CASES["no window"], "截至10月31日，累计培训12,606人，完成50,000人任务的25.2%，还差37,394人；本市任务份额和起止年份未核定，不计进度"),
        (CASES["no start"], "截至10月31日，累计培训12,606人，完成50,000人任务的25.2%，还差37,394人；起始日未设定，不计进度"),
        (stands(status="out_of_plan"), "截至10月31日，累计培训12,606人，完成50,000人任务的25.2%，还差37,394人，计划期外"),
        (CASES["no target"], "截至10月31日，累计培训12,606人，未设任务数"),
        (CASES["stale"], "截至10月31日，累计培训12,606人，完成50,000人任务的25.2%，此后未报，数据已过期"),
        (stands(TEN, "stale", None), "截至10月31日，累计培训12,606人，数据已过期"),
        (CASES["nought"], "截至1月31日，累计培训0人，完成50,000人任务的0.0%，比序时应达少1,415人，滞后"),
        (NOTHING, "还没有技术工人培训数据，请在“数据更新”上传培训统计表"),
        (replace(NOTHING, person_times=9), "技术工人培训只报了人次，没有报人数，不能计入任务"),
    ],
)  # fmt: skip
def test_titles(flow, title):
    assert progress_title(flow) == title


@pytest.mark.parametrize(
    ("flow", "subtitle"),
    [
        (CASES["slow"], "技术工人培训累计人数和每月人数，人　｜　还差37,394人，截止日2028年12月31日，还有26个月"),
        (CASES["attained"], "技术工人培训累计人数和每月人数，人　｜　截止日2028年12月31日"),
        (
            CASES["last month"],
            "技术工人培训累计人数和每月人数，人　｜　近三月月均1,213.3人，最好月1,560人（2026年5月）",
        ),
        (CASES["no target"], "技术工人培训累计人数和每月人数，人　｜　近三月月均1,258人，最好月1,560人（2026年5月）"),
        (NOTHING, "技术工人培训累计人数和每月人数，人"),
    ],
)
def test_subtitles(flow, subtitle):
    assert progress_subtitle(flow) == subtitle


@pytest.mark.parametrize(
    ("flow", "sentence"),
    [
        (CASES["slow"], "距50,000人任务还差37,394人，需月均1,438.2人，近三月月均1,258人，最好月1,560人（2026年5月）"),
        (
            CASES["first month"],
            "距50,000人任务还差48,850人，需月均1,395.7人，不足三个月，未算月均，最好月1,150人（2026年1月）",
        ),
        (CASES["last month"], "距20,000人任务还差5,054人，近三月月均1,213.3人，最好月1,560人（2026年5月）"),
        (
            stands((7, 7, 1)),
            "距50,000人任务还差49,985人，需月均1,514.7人，近三月月均5人，最好月7人（2026年1月、2026年2月）",
        ),
        (stands((7, 7, 7, 7)), "距50,000人任务还差49,972人，需月均1,561.6人，近三月月均7人，最好月7人"),
        (CASES["nought"], "距50,000人任务还差50,000人，需月均1,428.6人，不足三个月，未算月均"),
        (CASES["attained"], "技术工人培训已完成12,000人任务"),
        (CASES["no target"], "技术工人培训近三月月均1,258人，最好月1,560人（2026年5月）"),
        (CASES["stale"], "技术工人培训数据截至2026年10月31日，此后未报，已过期"),
        (NOTHING, "还没有技术工人培训数据，请在“数据更新”上传培训统计表"),
    ],
)
def test_what_is_still_to_be_done(flow, sentence):
    assert outlook_sentence(flow) == sentence


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Fraction(37_394, 26), "1,438.2"),
        (Fraction(1_258), "1,258"),
        (Fraction(1, 20), "0.1"),
        (Fraction(49, 1000), "0.0"),
        (Fraction(19_999, 2), "9,999.5"),
        (Fraction(39_999, 20), "2,000.0"),
    ],
)
def test_an_average_has_one_decimal_unless_it_is_whole(value, words):
    assert average(value) == words


def test_who_has_not_reported_is_named_while_few():
    assert reported(CASES["slow"], 12) == "各填报单位均已报送10月人数"
    assert reported(NOTHING, 12) == "填报单位 12 个，均未报送人数"
    few = replace(CASES["slow"], missing=("甲区", LONG))
    assert reported(few, 12) == f"2个单位10月未报送（甲区、{LONG}），累计人数含其以前各月"
    many = replace(CASES["slow"], missing=tuple("甲乙丙丁戊己庚"))
    assert reported(many, 12) == "7个单位10月未报送，累计人数含其以前各月"


def test_the_foot_tells_source_day_definition_and_holes():
    assert progress_source(CASES["slow"]) == "数据来源：各填报单位培训统计表｜数据截至2026年10月31日"
    assert progress_source(NOTHING) == "数据来源：各填报单位培训统计表｜尚无数据"
    assert progress_note(SETTINGS) == (
        "按人数计，自培、委培、联办合计，不与人次相加；序时按天均匀，不足序时应达85%为滞后"
    )
    assert progress_remarks(replace(CASES["gaps"], times_only=3)) == [
        "○ 5个月没有报人数，累计不含这些月",
        "另有3行只报人次，未计入人数",
    ]
    assert progress_remarks(NOTHING) == []


# Breakdown

TYPES = [Part("state", 4_000, 5_100), Part("private", 4_812, None), Part("hmt", None, 300), Part("unclassified", 0, 0), Part("", 230, 230)]  # fmt: skip
PARTS = {
    "types": (TYPES, "control"),
    "levels": ([Part("初级工", 10, 11), Part("高级工", 90, 95), Part("技师", 40, 40)], "level"),
    "one": ([Part("自培", 12_606, 15_000)], "method"),
    "untold": ([Part("", 50, None)], "method"),
    "only person-times": ([Part("自培", None, 80)], "method"),
    "nought": ([Part("自培", 0, 0)], "method"),
    "tied": ([Part("甲区", 5, 5), Part("乙县", 5, 6), Part("丙县", 2, 2)], "reporting_unit"),
    "long": ([Part(LONG, 1_234_567, 9_876_543), Part("<b>乙</b>县", 1, 1)], "reporting_unit"),
    "sixty": ([Part(f"第{n}产业园区工会联合会", 900 - 7 * n, 1_000) for n in range(60)], "reporting_unit"),
    "none": ([], "level"),
}


def broken_down(case, profile=SCREEN):
    found, by = PARTS[case]
    return breakdown(
        found, by, title=breakdown_title(found, by), subtitle=breakdown_subtitle(found, by), source="数据来源：培训统计表",
        note=breakdown_note(), profile=profile,
    )  # fmt: skip


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
@pytest.mark.parametrize("case", PARTS)
def test_every_part_has_a_bar_or_a_remark_and_all_is_legible(case, profile):
    figure, (found, _) = broken_down(case, profile), PARTS[case]
    if case == "sixty" and profile is SLIDE:
        found = found[: len(texts(figure, "persons"))]  # the largest: they stand by size
        assert texts(figure, "foot")[0].startswith(f"另有{60 - len(found)}项未画出；见分项明细")
    told = sum(part.persons is not None for part in found)
    assert len(shapes(figure, "bar")) == len(texts(figure, "persons")) == told
    assert len(texts(figure, "remark")) == len(found) - told
    assert len(figure.data[0].x) == len(found)
    assert_legible(figure, profile)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
def test_bars_of_parts_begin_at_nought_on_one_scale(profile):
    bars = shapes(broken_down("types", profile), "bar")
    lengths = [bar.x1 - bar.x0 for bar in bars]
    assert len({bar.x0 for bar in bars}) == 1
    assert [length / lengths[0] for length in lengths] == pytest.approx([1, 4_000 / 4_812, 0, 230 / 4_812])


def test_the_largest_part_comes_first_and_what_is_untold_last():
    figure = broken_down("types")
    assert texts(figure, "part") == ["私人控股", "国有控股", "港澳台商控股", "待认定", "未填"]
    assert texts(figure, "persons") == ["4,812人", "4,000人", "0人", "230人"]
    assert texts(figure, "share") == ["53.2", "44.2", "—", "0.0", "2.5"]
    assert texts(figure, "times") == ["—", "5,100", "300", "0", "230"]
    assert texts(figure, "remark") == ["○ 未报"]


def test_levels_keep_their_own_order():
    assert texts(broken_down("levels"), "part") == ["初级工", "高级工", "技师"]
    assert [bar.fillcolor for bar in shapes(broken_down("levels"), "bar")] == [theme.MARK, theme.FOCUS, theme.MARK]


def test_names_from_a_spreadsheet_are_shown_as_they_stand_and_whole_on_hovering():
    figure = broken_down("long", PHONE)
    assert "&lt;b&gt;乙&lt;/b&gt;县" in texts(figure, "part")
    assert any(text.endswith("…") for text in texts(figure, "part"))
    assert figure.data[0].hovertext[0] == f"<b>{LONG}</b><br>人数 1,234,567人（占99.9%）<br>人次 9,876,543"


@pytest.mark.parametrize(
    ("case", "title"),
    [
        ("types", "私人控股培训4,812人，占53.2%，最多"),
        ("one", "12,606人全部为自培"),
        ("untold", "50人均未填培训方式"),
        ("only person-times", "还没有按培训方式统计的人数"),
        ("nought", "累计培训0人"),
        ("tied", "各单位培训2—5人"),
        ("none", "还没有按技能等级统计的人数"),
    ],
)
def test_breakdown_titles(case, title):
    assert breakdown_title(*PARTS[case]) == title


@pytest.mark.parametrize(
    ("by", "figures", "title"),
    [
        ("enterprise_type", {"non_public": 6832, "state": 5774}, "非公有制培训6,832人，占54.2%，最多"),
        ("control", {"non_public": 60, "private": 40}, "私人控股培训40人，占40.0%，在已分控股情况的人数中最多"),
        ("enterprise_type", {"untyped": 70, "state": 30}, "国有及控股培训30人，占30.0%，在已分企业类型的人数中最多"),
        ("control", {"untyped": 70, "": 30}, "100人均未细分控股情况"),
        ("method", {"自培": 6424, "委培": 3000}, "自培6,424人，占68.2%，最多"),
        ("level", {"技师": 5, "高级工": 5, "初级工": 1}, "技师、高级工并列最多，各培训5人，占45.5%"),
        ("reporting_unit", {"云岫县": 282}, "282人全部由云岫县培训"),
    ],
)
def test_a_breakdown_names_the_largest_class_and_never_what_is_left_over(by, figures, title):
    assert breakdown_title([Part(key, persons, None) for key, persons in figures.items()], by) == title


def test_too_many_equal_parts_are_only_counted_and_none_is_coloured():
    found = [Part(name, 5, 5) for name in "甲乙丙丁"]
    assert breakdown_title(found, "reporting_unit") == "各单位均培训5人"
    assert breakdown_title(found, "level") == "4项并列最多，各培训5人，占25.0%"
    figure = breakdown(found, "reporting_unit", title="", subtitle="", source="", note="", profile=SCREEN)
    assert {bar.fillcolor for bar in shapes(figure, "bar")} == {theme.MARK}


def test_the_breakdown_says_its_sum_and_what_was_not_told():
    assert breakdown_subtitle(TYPES, "control") == (
        "技术工人培训累计人数，按控股情况分，人　｜　合计9,042人，未填230人"
    )
    assert breakdown_subtitle([], "method") == "技术工人培训累计人数，按培训方式分，人"


# The page

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def page(monkeypatch, seeded):
    """Open the page on these returns: (unit, persons, person-times, month), asked for with these words."""

    def opened(returns, **asked):
        columns = {
            name: [one[place] for one in returns]
            for place, name in enumerate(("reporting_unit", "persons", "person_times", "period"))
        }
        ends = [date(int(m[:4]), int(m[5:]), monthrange(int(m[:4]), int(m[5:]))[1]) for m in columns["period"]]
        words = {
            name: pd.array(["自培" if name == "method" else None] * len(returns), "string")
            for name in ("enterprise_type", "method", "level")
        }
        kinds = {"reporting_unit": "string", "persons": "Int64", "person_times": "Int64", "period": "string"}
        rows = pd.DataFrame({**{name: pd.array(values, kinds[name]) for name, values in columns.items()}, **words})
        monkeypatch.setattr(Store, "training", lambda self, commit: rows.assign(as_of=pd.to_datetime(ends)))
        monkeypatch.setenv("UNIONPLAN_STORE", str(seeded))
        streamlit.cache_resource.clear()
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for name, value in asked.items():
            app.query_params[name] = value
        app.run().switch_page("pages/training.py").run()
        assert not app.exception
        return app

    yield opened
    streamlit.cache_resource.clear()


def said(app):
    return "\n".join(block.proto.body for block in app.get("html"))


RETURNS = [("文澜区", 900, 1_000, "2026-09"), ("文澜区", 100, 120, "2026-10"), ("朝晖区", None, 77, "2026-10")]


def test_the_page_says_what_is_open_and_draws_both_pictures_twice(page):
    app = page(RETURNS, by="培训方式")
    assert "距50,000人任务还差49,000人，不足三个月，未算月均，最好月900人（2026年9月）" in said(app)
    assert "11个单位10月未报送，累计人数含其以前各月" in said(app)
    assert len(app.get("plotly_chart")) == 4
    specs = [json.loads(one.proto.spec) for one in app.get("plotly_chart")]
    assert sum("1,000人全部为自培" in json.dumps(spec, ensure_ascii=False) for spec in specs) == 2
    assert '<span class="up-short">1,120</span>' in said(app)


def test_the_page_can_hide_the_names_of_units(page):
    app = page(RETURNS)
    app.toggle(key="hide").set_value(True).run()
    assert "单位12" in said(app)
    assert "文澜区" not in said(app)
    assert "文澜区" not in "".join(json.loads(f'"{one.proto.id}"') + one.proto.spec for one in app.get("plotly_chart"))


def test_the_empty_page_says_what_to_hand_in_and_where(page):
    app = page([])
    assert "还没有技术工人培训数据，请在“数据更新”上传培训统计表" in said(app)
    assert "各列为：填报单位、企业类型、培训方式、等级、期数、人数、人次、统计时点。" in said(app)
    assert app.get("plotly_chart") == []
