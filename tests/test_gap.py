"""The gap ranking: a bar or a remark for every unit, equal gaps together, only what the title names in colour."""

from dataclasses import replace
from datetime import date

import pytest
from figures import assert_legible, shapes, texts

from unionplan import theme
from unionplan.attainment import Attainment, need, reached
from unionplan.charts import PHONE, SCREEN, SLIDE, gap, gap_subtitle, gap_title
from unionplan.charts.titles import in_rank_order
from unionplan.plan import Indicator, Target

PROFILES = [SCREEN, PHONE, SLIDE]
DAY = date(2026, 10, 31)
WORDS = {"title": "甲区还差最多", "subtitle": "还差，家", "source": "数据来源：企业台账", "note": "超额不抵缺口"}
WAGE = Indicator("wage", "工资集体协商推行面", "工资集体协商", "已推行", "应推行", "", "", "unionised", "家", 1, 10, "", "", DAY, DAY)  # fmt: skip
TARGET = Target("A", "A", "wage", "non_public", 5000, None, None, "", "", "", "")
LONG = "澄澜市高新技术产业开发区先进制造与现代服务业产业工会联合会第一基层工作委员会办事处"


def unit(name, numerator, denominator=100, status=None):
    """A unit's row against 50 %; numerator None is 未报."""
    known = numerator is not None
    goal = need(denominator, 5000) if known else None
    attained = reached(numerator, denominator, 5000) if known and denominator else None
    stood = "unreported" if not known else "no_base" if not denominator else "attained" if attained else "behind"
    return Attainment(
        item="A", anchor="A", indicator="wage", scope="non_public", reporting_unit=name, as_of=DAY if known else None,
        numerator=numerator, denominator=denominator if known else None, covered_workers=None, workers=None, active=None, target_bp=5000, need=goal,
        gap=max(0, goal - numerator) if known else None, surplus=max(0, numerator - goal) if known else None,
        attained=attained, start=None, end=None, baseline=None, due=None, due_rate=None, slow_rate=None, low=None,
        high=None, previous=None, status=status or stood, marks=(), missing=(),
    )  # fmt: skip


MIXED = [
    unit("甲区", 45),
    unit("乙区", None),
    unit("丙县", 20),
    unit("丁县", 60),
    unit("戊县", 0, 0),
    unit("己县", 40, status="stale"),
    unit("庚县", 45),
    unit("辛县", 35),
]
OPEN = ("甲区", "丙县", "庚县", "辛县")


def drawn(rows=MIXED, profile=SCREEN, order="value", indicator=WAGE, **words):
    return gap(rows, indicator, TARGET, profile=profile, order=order, **{**WORDS, **words})


CASES = {
    "mixed": MIXED,
    "one": [unit("甲区", 45)],
    "one reached": [unit("甲区", 70)],
    "one unreported": [unit("甲区", None)],
    "none reached": [unit(name, 10 + place) for place, name in enumerate("甲乙丙丁")],
    "all reached": [unit(name, 50 + place) for place, name in enumerate("甲乙丙丁")],
    "all tied": [unit(name, 43) for name in "甲乙丙丁"],
    "long name, large counts": [unit(LONG, 1_234_567, 9_876_543), unit("乙区", 1, 2_000_000), unit("丙", None)],
}


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
@pytest.mark.parametrize("case", CASES)
def test_every_unit_has_a_bar_or_a_remark_and_all_is_legible(case, profile):
    rows = CASES[case]
    figure = drawn(rows, profile, title=gap_title(rows, WAGE), subtitle=gap_subtitle(rows, WAGE, TARGET))
    short = [row for row in rows if row.gap and row.status != "stale"]
    assert len(shapes(figure, "bar")) == len(texts(figure, "gap")) == len(short)
    assert len(texts(figure, "remark")) == len(rows) - len(short)
    assert len(figure.data[0].y) == len(rows)
    assert_legible(figure, profile)
    assert profile.height in (None, figure.layout.height)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
def test_bars_begin_at_nought_on_one_scale(profile):
    bars = shapes(drawn([unit("甲", 10), unit("乙", 30), unit("丙", 49)], profile), "bar")
    assert len({bar.x0 for bar in bars}) == 1
    assert [(bar.x1 - bar.x0) / (bars[0].x1 - bars[0].x0) for bar in bars] == pytest.approx([1, 0.5, 1 / 40])


def test_the_widest_gap_comes_first_and_what_has_no_fresh_figure_last():
    figure = drawn()
    assert texts(figure, "unit") == ["丙县", "辛县", "甲区", "庚县", "丁县", "戊县", "己县", "乙区"]
    assert texts(figure, "gap") == ["30 家", "15 家", "5 家", "5 家"]
    assert texts(figure, "remark") == [
        "● 已达标　超额 10 家",
        "◇ 无应建单位",
        "◇ 数据过期　10月31日还差 10 家",
        "○ 未报",
    ]


def test_equal_gaps_share_a_rank():
    assert texts(drawn(), "rank") == ["1", "2", "并列 3", "并列 3"]
    assert texts(drawn([unit("甲", 40), unit("乙", 40), unit("丙", 45)]), "rank") == ["并列 1", "并列 1", "3"]
    assert texts(drawn([unit("甲", 40)]), "rank") == []


def test_in_the_order_given_nothing_is_ranked():
    figure = drawn(order="given")
    assert texts(figure, "unit") == [row.reporting_unit for row in MIXED]
    assert texts(figure, "rank") == []
    with pytest.raises(ValueError, match='order is "name": one of "value", "given"'):
        drawn(order="name")


def test_only_the_units_of_the_title_are_coloured():
    figure = drawn([unit("甲", 10), unit("乙", 20), unit("丙", 45), unit("丁", 45)])
    assert [bar.fillcolor for bar in shapes(figure, "bar")] == [theme.FOCUS, theme.FOCUS, theme.MARK, theme.MARK]
    tied = drawn(CASES["all tied"])
    assert {bar.fillcolor for bar in shapes(tied, "bar")} == {theme.MARK}


def test_the_columns_read_as_a_table():
    figure = drawn([unit("甲区", 1278, 3000), unit("乙区", None)])
    assert texts(figure, "head") == ["还差（家）", "完成值 %", "已推行", "/", "应推行"]
    assert texts(figure, "value") == ["42.6", "—"]
    assert texts(figure, "covered") == ["1,278", "—"]
    assert texts(figure, "base") == ["3,000"]
    assert "42.6%　1,278/3,000" in texts(drawn([unit("甲区", 1278, 3000)], PHONE), "value")


def test_a_value_short_of_the_target_is_never_printed_as_the_target():
    assert texts(drawn([unit("甲区", 49_999, 100_000)]), "value") == ["49.9"]


def test_the_sum_of_gaps_is_explained_where_there_is_one():
    remark = "各单位缺口之和不小于全市净差额：超额不抵缺口，应达家数逐个向上取整"
    assert remark in texts(drawn(), "foot")
    assert remark not in texts(drawn([unit("甲区", 45)]), "foot")


@pytest.mark.parametrize("profile", [SCREEN, PHONE], ids=lambda profile: profile.kind)
def test_sixty_units_make_a_higher_picture(profile):
    rows = [unit(f"第{number}填报单位", number % 50) for number in range(60)]
    figure = drawn(rows, profile)
    assert len(shapes(figure, "bar")) == 60
    assert figure.layout.height > 60 * 2 * profile.u
    assert_legible(figure, profile)


def test_a_slide_draws_the_widest_gaps_and_counts_the_units_it_cannot_hold():
    rows = [unit(f"第{number}填报单位", number % 50) for number in range(60)]
    assert drawn(rows[:20], SLIDE).layout.height == 1080
    figure = drawn(rows, SLIDE)
    assert figure.layout.height == 1080
    gaps = [int(words.split()[0]) for words in texts(figure, "gap")]
    assert gaps == sorted([row.gap for row in rows], reverse=True)[: len(gaps)]
    assert texts(figure, "foot")[0].startswith(f"另有{60 - len(gaps)}个单位未画出：■ 滞后{60 - len(gaps)}个单位；")


def test_equal_gaps_are_all_drawn_or_none_where_room_is_short():
    rows = [unit("甲区", 10), *(unit(f"第{number}区", 20) for number in range(60))]
    assert texts(drawn(rows, SLIDE), "gap") == ["40 家"]


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
def test_no_rows_say_what_to_do(profile):
    assert texts(drawn([], profile), "empty") == ["还没有数据", "在“数据更新”上传企业台账"]


def test_a_name_that_is_cut_is_whole_on_hover():
    figure = drawn([unit(LONG, 10), unit("乙区", 20)])
    assert any(text.endswith("…") for text in texts(figure, "unit"))
    assert figure.data[0].hovertext[0].startswith(f"<b>{LONG}</b>")


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
def test_hostile_names_are_shown_as_they_stand(profile):
    bad = "<b>x</b>$a$"
    evil = replace(WAGE, name=bad, covered_word=bad, base_word=bad, unit=bad)
    figure = drawn([unit(bad, 10)], profile, indicator=evil, title=bad, subtitle=bad, source=bad, note=bad)
    hover = figure.data[0].hovertext[0].replace("<br>", "").removeprefix("<b>").replace("</b>", "", 1)
    assert not any("<" in text or "$" in text for text in [hover, *(note.text for note in figure.layout.annotations)])


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([unit("甲区", 10), unit("乙区", 20), unit("丙县", 45), unit("丁县", 45)], "甲区、乙区合计还差70家，占各单位缺口合计的87.5%"),
        ([unit("甲区", 10), unit("乙区", 45), unit("丙县", 45), unit("丁县", 45)], "甲区还差40家，占各单位缺口合计的72.7%"),
        ([unit("甲区", 10), unit("乙区", 20), unit("丙县", 30)], "甲区、乙区、丙县合计还差90家"),
        ([unit(LONG, 10), unit("乙区", 20), unit("丙县", 45), unit("丁县", 45)], "前2个单位合计还差70家，占87.5%"),
        ([unit(LONG, 10), unit("乙区", 20)], "2个单位合计还差70家"),
        ([unit(LONG, 10), unit("乙区", 45), unit("丙县", 45), unit("丁县", 45)], f"{LONG}还差40家，占各单位缺口合计的72.7%"),
        ([unit(name, 43) for name in "甲乙丙丁"], "4个单位各差7家，合计28家"),
        ([*(unit(name, 43) for name in "甲乙丙丁"), unit("戊", 48)], "5个单位未达标，合计还差30家"),
        ([unit("甲区", 45)], "甲区未达标，还差5家"),
        ([unit("甲区", 45), unit("乙区", 60)], "只有甲区未达标，还差5家"),
        ([unit("甲区", 60)], "甲区已达标"),
        ([unit("甲区", 60), unit("乙区", 50)], "2个单位全部达标"),
        ([unit("甲区", 60), unit("乙区", None), unit("丙县", 0, 0)], "有数据的1个单位全部达标：达标1个、无应建单位1个、未报1个"),
        ([unit("甲区", None), unit("乙区", None)], "各单位均未报送"),
        ([unit("甲区", 0, 0)], "没有可比较的数据"),
        ([], "没有可比较的数据"),
    ],
)  # fmt: skip
def test_titles(rows, title):
    assert gap_title(rows, WAGE) == title


def test_the_subtitle_shows_both_sums_and_counts_every_unit():
    city = replace(unit("", 205, 500), reporting_unit=None)
    assert gap_subtitle(MIXED, WAGE, TARGET, city) == (
        "非公有制企业工资集体协商推行面距50%目标还差，家　｜　各单位缺口合计55家，全市净差额45家；"
        "达标1个、滞后4个、数据过期1个、无应建单位1个、未报1个"
    )
    reached_city = replace(unit("", 300, 500), reporting_unit=None)
    assert "全市已达标" in gap_subtitle(MIXED, WAGE, TARGET, reached_city)
    assert gap_subtitle([], WAGE, TARGET) == "非公有制企业工资集体协商推行面距50%目标还差，家"


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
def test_in_the_order_given_units_stand_under_their_groups(profile):
    groups = ["县市区"] * 5 + ["开发区"] * 3
    figure = drawn(profile=profile, order="given", groups=groups)
    labels = {note.text: note.y for note in figure.layout.annotations if note.name == "group"}
    ys = {note.text: note.y for note in figure.layout.annotations if note.name == "unit"}
    assert list(labels) == ["县市区", "开发区"]
    assert labels["县市区"] < ys["甲区"] < ys["戊县"] < labels["开发区"] < ys["己县"]
    assert len(shapes(figure, "divider")) == 2
    assert_legible(figure, profile)


def test_groups_belong_to_the_order_given_and_to_every_row():
    for order, groups in (("value", ["县市区"] * 8), ("given", ["县市区"] * 7)):
        with pytest.raises(ValueError, match=f"8 rows in order {order} and {len(groups)} groups"):
            drawn(order=order, groups=groups)


def test_without_a_target_the_lowest_rate_stands_first_and_what_has_none_last():
    bare = [replace(row, target_bp=None, attained=None, gap=None, need=None) for row in MIXED]
    found = [row.reporting_unit for row in in_rank_order(bare)]
    assert found == ["丙县", "辛县", "甲区", "庚县", "丁县", "戊县", "己县", "乙区"]
