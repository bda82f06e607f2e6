"""The bullet chart: a mark for every figure, a line for every target, and words that fit their places."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unionplan import theme
from unionplan.attainment import STATUSES, Attainment
from unionplan.charts import PHONE, SCREEN, SLIDE, bullet
from unionplan.charts.profile import text_width, widest, wrap
from unionplan.plan import CITY_OWN, Indicator, Target

PROFILES = [SCREEN, PHONE, SLIDE]
WORDS = {
    "title": "非公有制企业工资集体协商滞后",
    "subtitle": "各类企业目标完成情况，%　｜　还差最多：工资集体协商222家",
    "source": "数据来源：企业台账｜数据截至2026年10月31日",
    "note": "序时：期初至截止日按天匀速",
}


def indicator(id, name, short="", base="unionised"):
    day = date(2026, 1, 1)
    return Indicator(id, name, short or name, "已签", "应签", "", "", base, "家", 1, 10, "", "", day, day)


INDICATORS = {
    one.id: one
    for one in (
        indicator("harmony", "和谐劳动关系创建", "和谐创建"),
        indicator("wage", "工资集体协商"),
        indicator("contract", "集体合同"),
        indicator("member", "职工入会率", base="workers"),
    )
}

WAGE = Attainment(
    item="A4-3",
    anchor="A4-3",
    indicator="wage",
    scope="non_public",
    reporting_unit=None,
    as_of=date(2026, 10, 31),
    numerator=1278,
    denominator=3000,
    covered_workers=None,
    workers=None,
    active=None,
    target_bp=5000,
    need=1500,
    gap=222,
    surplus=0,
    attained=False,
    start=date(2026, 7, 1),
    end=date(2026, 12, 31),
    baseline=Fraction(331, 1000),
    due=1332,
    due_rate=Fraction(444, 1000),
    slow_rate=Fraction(427, 1000),
    low=None,
    high=None,
    previous=None,
    status="behind",
    marks=("fell", "at_risk"),
    missing=(),
)
NO_PACE = {"baseline": None, "due": None, "due_rate": None, "slow_rate": None, "marks": ()}
NO_TARGET = {"item": None, "target_bp": None, "need": None, "gap": None, "surplus": None, "attained": None}
UNREPORTED = {"numerator": None, "denominator": None, "gap": None, "attained": None, "status": "unreported"}
RANGED = replace(WAGE, low=Fraction(419, 1000), high=Fraction(432, 1000))
ROWS = [
    replace(WAGE, indicator="harmony", scope="public", status="below", **NO_PACE),
    replace(WAGE, indicator="harmony", status="stale", as_of=date(2026, 8, 31), **NO_PACE),
    replace(WAGE, scope="state", numerator=2800, gap=0, attained=True, status="attained", marks=()),
    RANGED,
    replace(WAGE, scope="all", **UNREPORTED, **NO_PACE),
    replace(WAGE, indicator="contract", status="no_target", **NO_TARGET, **NO_PACE),
    replace(WAGE, indicator="contract", scope="all", numerator=0, denominator=0, status="no_base", **NO_PACE),
    replace(WAGE, indicator="member", numerator=1234567, denominator=2345678, gap=123456, item=None),
]


def drawn(rows, profile=SCREEN, indicators=INDICATORS, **words):
    return bullet(rows, indicators, profile=profile, **{**WORDS, **words})


def shapes(figure, name):
    return [shape for shape in figure.layout.shapes if shape.name == name]


def texts(figure, name=None):
    return [note.text for note in figure.layout.annotations if name in (None, note.name)]


def boxes(figure):
    """The places of all texts, (left, top, right, bottom), figures' height being less than their em."""
    shift = {"left": 0, "center": 0.5, "right": 1}
    for note in figure.layout.annotations:
        size, bold = note.font.size, note.font.weight == 700
        width = text_width(note.text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"), size, bold)
        left = note.x - shift[note.xanchor] * width
        yield left, note.y - 0.4 * size, left + width, note.y + 0.4 * size, note.text


def overlaps(figure):
    return [
        (a[4], b[4])
        for a, b in combinations(boxes(figure), 2)
        if a[0] < b[2] - 0.01 and b[0] < a[2] - 0.01 and a[1] < b[3] - 0.01 and b[1] < a[3] - 0.01
    ]


@pytest.mark.parametrize("profile", PROFILES)
def test_every_row_has_one_track_every_figure_one_bar_every_target_one_mark(profile):
    figure = drawn(ROWS, profile)
    known = [row for row in ROWS if row.numerator is not None and row.denominator]
    assert len(shapes(figure, "track")) == len(ROWS)
    assert len(shapes(figure, "measure")) == len(known) == 6
    assert len(shapes(figure, "target")) == sum(row.target_bp is not None for row in ROWS) == 7
    assert len(shapes(figure, "baseline")) == sum(row.baseline is not None for row in known)
    assert len(figure.data) == 1
    assert len(figure.data[0].y) == len(ROWS)


@pytest.mark.parametrize("profile", PROFILES)
def test_bars_and_marks_stand_on_one_scale_from_zero_to_a_hundred(profile):
    figure = drawn([WAGE], profile)
    (track,), (bar,), (target,) = (shapes(figure, name) for name in ("track", "measure", "target"))
    whole = track.x1 - track.x0
    assert bar.x0 == track.x0
    assert (bar.x1 - bar.x0) / whole == pytest.approx(0.426)
    assert ((target.x0 + target.x1) / 2 - track.x0) / whole == pytest.approx(0.5)


@pytest.mark.parametrize("status", STATUSES)
def test_bar_and_words_take_the_colour_of_the_status(status):
    figure = drawn([replace(WAGE, status=status)])
    (bar,) = shapes(figure, "measure")
    assert bar.fillcolor == theme.role(status).mark
    colours = {note.font.color for note in figure.layout.annotations if note.name == "status"}
    assert theme.role(status).text in colours


def test_without_a_target_a_row_is_grey_and_says_so():
    figure = drawn([replace(WAGE, status="no_target", **NO_TARGET, **NO_PACE)])
    assert shapes(figure, "target") == []
    assert shapes(figure, "measure")[0].fillcolor == theme.ROLES["neutral"].mark
    assert texts(figure, "status") == ["◇ 未设目标"]
    assert texts(figure, "goal") == texts(figure, "gap") == ["—"]


@pytest.mark.parametrize("profile", PROFILES)
def test_an_unreported_row_is_an_empty_track_and_never_nought(profile):
    figure = drawn([replace(WAGE, **UNREPORTED, **NO_PACE)], profile)
    assert shapes(figure, "measure") == []
    assert texts(figure, "status") == ["○ 未报"]
    assert not any(text.startswith("0") for text in texts(figure, "value") + texts(figure, "covered"))


def test_an_empty_base_is_neither_nought_nor_a_hundred():
    figure = drawn([replace(WAGE, numerator=0, denominator=0, gap=0, status="no_base", **NO_PACE)])
    assert shapes(figure, "measure") == []
    assert texts(figure, "value") == ["—"]
    assert texts(figure, "status") == ["◇ 无应建单位"]


def test_the_columns_read_as_a_table():
    figure = drawn([RANGED])
    assert texts(figure, "value") == ["42.6", "41.9–43.2"]
    assert texts(figure, "covered") + texts(figure, "slash") + texts(figure, "base") == ["1,278", "/", "3,000"]
    assert texts(figure, "gap") == ["222 家"]
    assert texts(figure, "status") == ["■ 滞后 ↓ 预"]
    assert texts(figure, "head") == ["完成值 %", "目标 %", "已签", "还差", "/", "应签", "状态"]


def test_counts_of_workers_are_persons():
    assert texts(drawn([replace(WAGE, indicator="member")]), "gap") == ["222 人"]


def test_a_stale_figure_carries_its_date():
    figure = drawn([replace(WAGE, status="stale", as_of=date(2026, 8, 31), **NO_PACE)])
    assert texts(figure, "status") == ["◇ 数据过期", "截至8月31日"]


def test_what_the_plan_promised_stands_under_the_target():
    target = Target("A4-3", "A4-3", "wage", "non_public", 5000, None, None, "力争", "", "", "")
    assert texts(drawn([WAGE], targets=[target]), "goal") == ["50", "力争"]
    assert texts(drawn([replace(WAGE, item=None)]), "goal") == ["50", CITY_OWN]


def test_a_promise_too_long_for_its_column_is_told_on_hover():
    words = "力争达到百分之五十以上并逐年提高"
    figure = drawn([WAGE], targets=[Target("A4-3", "A4-3", "wage", "non_public", 5000, None, None, words, "", "", "")])
    assert texts(figure, "goal") == ["50"]
    assert words in figure.data[0].hovertext[0]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_promise_with_words_left_out_is_not_drawn(profile):
    target = Target("A4-3", "A4-3", "wage", "non_public", 5000, None, None, "达…以上", "", "", "")
    figure = drawn([WAGE], profile, targets=[target])
    assert not any("…" in text for text in texts(figure))
    assert "达…以上" in figure.data[0].hovertext[0]


def test_the_key_has_a_target_only_where_one_is_drawn():
    assert texts(drawn([WAGE]), "key")[:2] == ["完成值", "目标"]
    assert texts(drawn([replace(WAGE, status="no_target", **NO_TARGET, **NO_PACE)]), "key") == ["完成值"]


def test_a_range_is_explained_in_the_foot():
    assert "区间：待认定、空缺的企业按全未覆盖和全覆盖分别计算" in "".join(texts(drawn([RANGED]), "foot"))


def test_the_two_lines_of_a_cell_keep_apart():
    figure = drawn([replace(RANGED, status="below", marks=())])
    for name in ("status", "value"):
        upper, lower = [note for note in figure.layout.annotations if note.name == name]
        assert lower.y - upper.y - (upper.font.size + lower.font.size) / 2 > 3


@pytest.mark.parametrize("profile", PROFILES)
def test_the_foot_explains_the_signs_that_are_used_and_no_others(profile):
    assert "预 按近期进度难以如期达标" in "".join(texts(drawn([WAGE], profile), "foot"))
    assert "预" not in "".join(texts(drawn([replace(WAGE, marks=())], profile), "foot"))


def test_units_that_are_missing_are_named():
    foot = texts(drawn([replace(WAGE, missing=("青禾区", "石棠县"))]), "foot")
    assert any("2个单位未报送、未计入：青禾区、石棠县" in line for line in foot)


def test_the_pace_is_drawn_only_while_the_target_is_open():
    figure = drawn([replace(WAGE, attained=True, status="attained")])
    assert shapes(figure, "due") == []
    assert "序时应达" not in texts(figure, "key")
    assert len(shapes(drawn([WAGE]), "due")) == 1


def test_equal_indicators_form_one_group_under_one_name():
    figure = drawn(ROWS)
    assert texts(figure, "group") == ["和谐创建", "工资集体协商", "集体合同", "职工入会率"]
    assert len(shapes(figure, "divider")) == 3


@pytest.mark.parametrize("profile", PROFILES)
def test_hostile_names_are_shown_as_they_stand(profile):
    bad = "<b>x</b>\n<br>$a$"
    rows = [replace(WAGE, reporting_unit=bad)]
    figure = drawn(rows, profile, {"wage": indicator("wage", bad)}, title=bad, subtitle=bad, source=bad, note=bad)
    assert not any("<" in text or "$" in text or "\n" in text for text in texts(figure))
    hover = figure.data[0].hovertext[0].replace("<br>", "").removeprefix("<b>").replace("</b>", "", 1)
    assert "<" not in hover
    assert "$" not in hover


def test_hover_says_what_a_row_knows():
    (said,) = drawn([WAGE]).data[0].hovertext
    for words in (
        "完成值 42.6%（已签 1,278 / 应签 3,000 家）",
        "目标 50%",
        "序时应达 44.4%（1,332 家）",
        "还差 222 家",
    ):
        assert words in said
    assert "状态 ■ 滞后（较上期下降、按近期进度难以如期达标）" in said


@pytest.mark.parametrize("profile", PROFILES)
def test_no_text_is_under_nine_points(profile):
    figure = drawn(ROWS, profile)
    assert min(note.font.size for note in figure.layout.annotations) >= profile.smallest
    assert figure.layout.hoverlabel.font.size >= profile.smallest


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("rows", [ROWS, ROWS[:1], ROWS[-1:], [], [replace(row, **UNREPORTED) for row in ROWS]])
def test_no_text_overlaps_another_or_leaves_the_picture(profile, rows):
    figure = drawn(rows, profile)
    assert overlaps(figure) == []
    for left, top, right, bottom, text in boxes(figure):
        assert left >= 0, text
        assert top >= 0, text
        assert right <= figure.layout.width, text
        assert bottom <= figure.layout.height, text


@pytest.mark.parametrize("profile", PROFILES)
def test_long_words_wrap_and_make_room(profile):
    title = (
        "截至10月31日，非公有制企业工资集体协商推行面42.6%（1,278/3,000），距50%目标还差7.4个百分点、222家，滞后" * 2
    )
    names = {"wage": indicator("wage", "国有、集体及其控股企业和非公有制企业工资集体协商制度推行覆盖面")}
    rows = [replace(WAGE, reporting_unit="澄澜市经济技术开发区产业工会联合会第一基层工作委员会"), WAGE]
    figure = drawn(rows, profile, names, title=title, note=title)
    assert overlaps(figure) == []
    assert "".join(texts(figure, "title")) == title


@pytest.mark.parametrize("profile", PROFILES)
def test_a_long_group_name_makes_its_single_row_higher(profile):
    long = indicator("wage", "工资集体协商制度推行覆盖面及其巩固提高和规范化建设水平")
    figure = drawn([WAGE, ROWS[5]], profile, {**INDICATORS, "wage": long})
    assert overlaps(figure) == []
    lowest = max(bottom for _, _, _, bottom, text in boxes(figure) if text in long.name)
    assert all(shape.y0 > lowest for shape in shapes(figure, "divider"))


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(PROFILES),
    st.lists(
        st.tuples(
            st.sampled_from(sorted(INDICATORS)),
            st.sampled_from(STATUSES),
            st.integers(0, 9_999_999),
            st.integers(1, 9_999_999),
            st.sets(st.sampled_from(sorted(theme.MARKS)), max_size=3),
        ),
        max_size=6,
    ),
)
def test_whatever_the_figures_nothing_collides_and_the_scale_stays_readable(profile, given):
    rows = [
        replace(RANGED, indicator=id, status=status, numerator=min(a, n), denominator=n, gap=n, marks=tuple(marks))
        for id, status, a, n, marks in given
    ]
    figure = drawn(rows, profile)
    assert overlaps(figure) == []
    assert all(track.x1 - track.x0 > 8 * profile.u for track in shapes(figure, "track"))


def test_a_slide_keeps_its_size_and_counts_the_rows_it_cannot_hold():
    assert drawn(ROWS, SLIDE).layout.height == drawn([], SLIDE).layout.height == 1080
    reached = replace(WAGE, numerator=1600, gap=0, attained=True, status="attained", marks=())
    figure = drawn([*[reached] * 29, WAGE], SLIDE)
    assert figure.layout.height == 1080
    assert texts(figure, "status")[-1] == "■ 滞后 ↓ 预"
    left = 30 - len(shapes(figure, "measure"))
    assert texts(figure, "foot")[0].startswith(f"另有{left}项未画出：● 达标{left}项；见明细表")


def test_a_screen_grows_with_its_rows():
    assert drawn([WAGE] * 12).layout.height > drawn([WAGE] * 3).layout.height


@pytest.mark.parametrize("profile", PROFILES)
def test_no_rows_say_what_to_do(profile):
    figure = drawn([], profile)
    assert texts(figure, "empty") == ["还没有数据", "在“数据更新”上传企业台账"]
    assert WORDS["title"] in "".join(texts(figure, "title"))


def test_the_figure_is_fixed_and_carries_no_frame():
    layout = drawn(ROWS).layout
    assert layout.xaxis.fixedrange
    assert layout.yaxis.fixedrange
    assert not layout.xaxis.visible
    assert layout.template.layout.margin.autoexpand is False


@given(st.text(max_size=60), st.integers(40, 400))
def test_wrapping_loses_no_word_and_keeps_the_width(text, width):
    text = text.replace("｜", "")
    lines = wrap(text, 16, width)
    assert "".join("".join(lines).split()) == "".join(theme.plain(text).split())
    assert widest(lines, 16) <= width


def test_a_title_breaks_at_its_clause():
    title = "8项覆盖目标1项达标，非公有制企业工资集体协商滞后"
    assert wrap(title, 20, 348, True) == ["8项覆盖目标1项达标，", "非公有制企业工资集体协商滞后"]


@pytest.mark.parametrize("words", range(1, 9))
def test_a_number_is_never_broken(words):
    lines = wrap("推行面" * words + "1,278/3,000家", 16, 120)
    assert any("1,278/3,000家" in line for line in lines)
