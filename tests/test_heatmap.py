"""The heat map: one cell per unit and target, red counted per unit, legible at every size, never a guess for 未报."""

from dataclasses import replace
from datetime import date

import pytest
from figures import assert_legible, shapes, texts

from unionplan import theme
from unionplan.attainment import Attainment
from unionplan.charts import PHONE, SCREEN, SLIDE, heatmap, heatmap_subtitle, heatmap_title
from unionplan.charts.parts import name_lines, with_numbers_kept
from unionplan.charts.profile import wrap
from unionplan.plan import Indicator

PROFILES = [SCREEN, PHONE, SLIDE]
DAY = date(2026, 10, 31)
WORDS = {"title": "滞后2项次", "subtitle": "完成值，%", "source": "数据来源：企业台账", "note": "按全市序时判定"}
LONG = "澄澜市高新技术产业开发区先进制造与现代服务业产业工会联合会第一基层工作委员会办事处"


def indicator(id, name, short):
    return Indicator(id, name, short, "已建", "应建", "", "", "unionised", "家", 1, 10, "", "", DAY, DAY)


INDICATORS = {
    "wage": indicator("wage", "工资集体协商推行面", "工资集体协商"),
    "harmony": indicator("harmony", "和谐劳动关系创建面", "和谐创建"),
    "congress": indicator("congress", "职代会建制率", "职代会"),
}


def cell(unit, status, indicator="wage", scope="non_public", numerator=426, bp=5000):
    known = status not in ("unreported", "no_base")
    return Attainment(
        item="A", anchor="A", indicator=indicator, scope=scope, reporting_unit=unit, as_of=DAY,
        numerator=None if status == "unreported" else numerator if known else 0,
        denominator=None if status == "unreported" else 1000 if known else 0, covered_workers=None, workers=None, active=None, target_bp=bp, need=500, gap=74,
        surplus=0, attained=status == "attained", start=None, end=None, baseline=None, due=None, due_rate=None,
        slow_rate=None, low=None, high=None, previous=None, status=status, marks=(), missing=(),
    )  # fmt: skip


def row(unit, *statuses):
    """A unit's cells over five targets of three indicators, as far as statuses are given."""
    columns = (("harmony", "state"), ("harmony", "non_public"), ("wage", "state"), ("wage", "non_public"), ("congress", "public"))  # fmt: skip
    return [cell(unit, status, *column) for status, column in zip(statuses, columns, strict=False)]


CITY = [
    *row("甲区", "behind", "behind", "behind", "slow", "attained"),
    *row("乙区", "behind", "attained", "on_pace", "unreported", "no_base"),
    *row("丙县", "attained", "stale", "below", "overdue", "attained"),
]
UNITS = ["甲区", "乙区", "丙县"]


def drawn(cells=CITY, units=UNITS, profile=SCREEN, indicators=INDICATORS, groups=(), **words):
    return heatmap(cells, indicators, units, profile=profile, groups=groups, **{**WORDS, **words})


SIXTY = [f"第{number}填报单位" for number in range(60)]
CASES = {
    "city": (CITY, UNITS, ("县市区", "县市区", "开发区")),
    "one unit": (CITY, ["甲区"], ()),
    "long names": ([replace(one, reporting_unit=one.reporting_unit.replace("甲区", LONG)) for one in CITY], [LONG, "乙区", "丙县"], ()),
    "one target": ([one for one in CITY if one.scope == "public"], UNITS, ()),
}  # fmt: skip


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
@pytest.mark.parametrize("case", CASES)
def test_every_unit_has_one_cell_for_every_target_and_all_is_legible(case, profile):
    cells, units, groups = CASES[case]
    figure = drawn(cells, units, profile, groups=groups)
    targets = {(one.indicator, one.scope) for one in cells}
    assert len(shapes(figure, "cell")) == len(texts(figure, "figure")) == len(units) * len(targets)
    assert len(figure.data[0].y) == len(units) * len(targets)
    assert len(texts(figure, "late")) == (0 if case == "one target" else len(units))
    assert len(texts(figure, "goal")) == len(targets)
    assert_legible(figure, profile)
    assert profile.height in (None, figure.layout.height)


@pytest.mark.parametrize("profile", [SCREEN, PHONE], ids=lambda profile: profile.kind)
def test_sixty_units_make_a_higher_picture_with_cells_of_full_size(profile):
    cells = [one for unit in SIXTY for one in row(unit, "behind", "attained", "slow")]
    many, few = drawn(cells, SIXTY, profile), drawn(cells, SIXTY[:6], profile)
    assert len(shapes(many, "cell")) == 180
    assert many.layout.height > few.layout.height + 54 * 24
    assert_legible(many, profile)


def test_a_slide_holds_eighteen_units_and_of_sixty_those_with_most_behind():
    cells = [one for unit in SIXTY for one in row(unit, "behind", "attained")]
    assert drawn(cells, SIXTY[:18], SLIDE).layout.height == 1080
    cells += [cell(unit, "behind", "congress", "public") for unit in SIXTY[50:]]
    figure = drawn(cells, SIXTY, SLIDE)
    units = texts(figure, "unit")
    assert figure.layout.height == 1080
    assert set(SIXTY[50:]) < set(units)
    assert texts(figure, "foot")[0].startswith(f"另有{60 - len(units)}个单位未画出；见各单位明细")


def test_cells_say_glyph_and_figure_on_the_colour_of_their_status():
    figure = drawn(CITY, ["乙区"])
    assert texts(figure, "figure") == ["■ 42.6", "● 42.6", "◆ 42.6", "○ 未报", "◇ —"]
    fills = [shape.fillcolor for shape in shapes(figure, "cell")]
    assert fills == [theme.role(s).cell for s in ("behind", "attained", "on_pace", "unreported", "no_base")]
    assert [shape.line.dash for shape in shapes(figure, "cell")] == [None, None, None, "dot", None]
    assert [shape.line.width > 0 for shape in shapes(figure, "cell")] == [False, False, False, True, False]


def test_a_unit_without_a_row_is_unreported_and_never_nought():
    figure = drawn(row("甲区", "behind", "slow"), ["甲区", "丁县"])
    assert texts(figure, "figure") == ["■ 42.6", "▲ 42.6", "○ 未报", "○ 未报"]
    assert texts(figure, "late") == ["1 项", "—"]


def test_the_last_column_counts_what_is_red():
    figure = drawn()
    assert texts(figure, "head") == ["滞后、逾期"]
    assert texts(figure, "late") == ["3 项", "1 项", "1 项"]
    units = ["甲区", "乙区", "丙县"]
    mixed = row("甲区", "attained", "stale") + row("乙区", "stale", "stale") + row("丙县", "on_pace")
    assert texts(drawn(mixed, units), "late") == ["0 项", "—", "0 项"]


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
def test_where_no_pace_is_known_nothing_is_counted_as_not_late(profile):
    unpaced = drawn(row("甲区", "attained", "below", "stale"), ["甲区"], profile)
    assert texts(unpaced, "late") == texts(unpaced, "head") == []
    based = [replace(one, baseline=one.as_of and 0) for one in row("甲区", "attained", "attained")]
    assert texts(drawn(based, ["甲区"], profile), "late") == ["0 项"]


def test_columns_are_grouped_under_their_indicator_with_their_targets():
    figure = drawn()
    assert texts(figure, "indicator") == ["和谐创建", "工资集体协商", "职代会"]
    assert texts(figure, "goal") == ["目标 50"] * 5
    untargeted = drawn([*CITY, cell("甲区", "no_target", "congress", "all", bp=None)])
    assert len(texts(untargeted, "goal")) == 5


def test_an_indicators_columns_stand_together_whatever_the_order_of_the_rows():
    mixed = [cell("甲区", "slow", "wage", "state"), cell("甲区", "slow", "harmony"), cell("甲区", "behind", "wage")]
    figure = drawn(mixed, ["甲区"])
    assert texts(figure, "indicator") == ["工资集体协商", "和谐创建"]
    assert texts(figure, "figure") == ["▲ 42.6", "■ 42.6", "▲ 42.6"]


def test_groups_are_named_once_and_stand_apart():
    figure = drawn(groups=("县市区", "县市区", "开发区"))
    assert texts(figure, "group") == ["县市区", "开发区"]
    tops = sorted({shape.y0 for shape in shapes(figure, "cell")})
    assert tops[2] - tops[1] > tops[1] - tops[0]
    with pytest.raises(ValueError, match="3 units and 1 groups: one group for each unit"):
        drawn(groups=("县市区",))


def test_a_phone_stacks_blocks_that_keep_an_indicator_whole():
    figure = drawn(profile=PHONE)
    assert texts(figure, "unit").count("甲区") == 2
    assert texts(figure, "indicator") == ["和谐创建", "工资集体协商", "职代会"]


def test_a_name_that_is_cut_is_whole_on_hover():
    cells, units, _ = CASES["long names"]
    figure = drawn(cells, units)
    assert any(text.endswith("…") for text in texts(figure, "unit"))
    assert figure.data[0].hovertext[0].startswith(f"<b>{LONG}</b>")


def test_hover_says_what_a_cell_knows():
    said = drawn().data[0].hovertext[0]
    for words in ("甲区", "国有及控股企业和谐劳动关系创建面", "完成值 42.6%（已建 426 / 应建 1,000 家）", "还差 74 家", "状态 ■ 滞后"):  # fmt: skip
        assert words in said


def test_the_chips_are_the_statuses_in_use():
    assert texts(drawn(row("甲区", "attained", "slow", "behind"), ["甲区"]), "chip") == ["● 达标", "▲ 偏慢", "■ 滞后"]


def test_stale_units_are_named_with_their_dates():
    assert "◇ 数据过期，格内为上次所报：丙县（10月31日）" in texts(drawn(), "foot")


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
@pytest.mark.parametrize(
    ("cells", "units"), [([], UNITS), (CITY, []), ([cell("甲区", "no_target", bp=None)], ["甲区"])]
)
def test_nothing_to_show_says_what_to_do(cells, units, profile):
    assert texts(drawn(cells, units, profile), "empty") == ["还没有数据", "在“数据更新”上传企业台账"]


def test_hostile_names_are_shown_as_they_stand():
    bad = "<b>x</b>$a$"
    figure = drawn(row(bad, "behind"), [bad], indicators={"harmony": indicator("harmony", bad, bad)}, groups=[bad],
                   title=bad, subtitle=bad, source=bad, note=bad)  # fmt: skip
    hover = figure.data[0].hovertext[0].replace("<br>", "").removeprefix("<b>").replace("</b>", "", 1)
    assert not any("<" in text or "$" in text for text in [hover, *(note.text for note in figure.layout.annotations)])


@pytest.mark.parametrize(
    ("cells", "title"),
    [
        (CITY, "15项次中滞后、逾期5项次：甲区3项，乙区、丙县各1项"),
        ([*CITY, *row("丁县", "behind")], "16项次中滞后、逾期6项次，甲区3项最多"),
        (row("甲区", "behind") + row("乙区", "behind") + row("丙县", "behind") + row("丁县", "behind"), "4项次中滞后4项次，分布在4个单位"),
        (row("甲区", "behind", "behind") + row("乙区", "slow", "slow"), "4项次中滞后2项次，都在甲区"),
        (row("甲区", "behind", "slow", "attained"), "甲区3项目标中滞后1项"),
        (row("甲区", "attained", "attained"), "甲区2项目标全部达标"),
        (row("甲区", "attained") + row("乙区", "attained"), "2个单位2项次全部达标"),
        (row("甲区", "attained", "slow") + row("乙区", "on_pace"), "3项次中没有滞后，偏慢1项次"),
        (row("甲区", "attained", "on_pace") + row("乙区", "on_pace"), "3项次中达标1项次，其余按进度"),
        (row("甲区", "attained", "below") + row("乙区", "on_pace"), "3项次中达标1项次"),
        (row("甲区", "behind", "behind") + row("乙区", "behind", "behind") + row("丙县", "behind"), "5项次中滞后5项次：甲区、乙区各2项，丙县1项"),
        (row("甲区", "behind", "behind") + row("乙区", "behind"), "3项次中滞后3项次：甲区2项、乙区1项"),
        (row("单位11", "behind", "behind") + row("单位12", "behind"), "3项次中滞后3项次：单位11（2项）、单位12（1项）"),
        (row("单位11", "behind") + row("单位12", "behind"), "2项次中滞后2项次：单位11、单位12各1项"),
        (row("单位11", "behind", "slow"), "单位11 2项目标中滞后1项"),
        (row("单位11", "attained", "attained"), "单位11 2项目标全部达标"),
        (row(LONG, "behind", "behind") + row("乙区", "behind", "behind") + row("丙县", "behind") + row("丁县", "behind"), "6项次中滞后6项次，最多的2个单位共4项"),
        (row(LONG, "behind", "behind") + row("乙区", "behind"), "3项次中滞后3项次，分布在2个单位"),
        (row("甲区", "attained", "below", "below") + row("乙区", "attained"), "4项次中达标2项次，未达标2项次"),
        (row("甲区", "attained", "below", "no_deadline") + row("乙区", "attained"), "4项次中达标2项次，未达标2项次"),
        (row("甲区", "attained", "below", "stale"), "甲区3项目标中达标1项，未达标1项"),
        (row("甲区", "below", "below"), "甲区2项目标中未达标2项"),
        (row("甲区", "unreported") + row("乙区", "unreported"), "各单位均未报送"),
        ([], "所选指标尚未设目标"),
    ],
)  # fmt: skip
def test_titles(cells, title):
    assert heatmap_title(cells) == title


def test_the_subtitle_counts_every_state():
    assert heatmap_subtitle(CITY) == (
        "各单位覆盖目标完成值，%　｜　达标4、按进度1、偏慢1、滞后4、逾期1、未达标·不计进度1、数据过期1、无应建单位1、未报1"
    )
    assert heatmap_subtitle([]) == "各单位覆盖目标完成值，%"


def test_the_units_of_the_title_stand_out():
    figure = drawn([*CITY, *row("丁县", "behind")], [*UNITS, "丁县"])
    assert [note.text for note in figure.layout.annotations if note.name == "unit" and note.font.weight == 700] == ["甲区"]  # fmt: skip


@pytest.mark.parametrize("width", range(120, 420, 12))
def test_a_title_is_not_broken_between_a_unit_and_its_count(width):
    title = "208项次中滞后29项次，青禾区、石棠县各10项，临禾县9项、单位11（8项）最多"
    broken = with_numbers_kept(title, 20, width)
    assert broken.replace("｜", "") == title
    assert not any(line[0].isdigit() or line[0] in "各（" for line in wrap(broken, 20, width, True)[1:] if width > 240)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("云岫高新技术产业开发区化工循环经济产业园工会联合会", ["云岫高新技术产业开发区", "化工循环经济产业园", "工会联合会"]),
        ("青岚文化旅游度假区暨生态保护示范区总工会筹备组", ["青岚文化旅游度假区", "暨生态保护示范区", "总工会筹备组"]),
        ("云岫城市建设投资集团有限责任公司直属工会委员会", ["云岫城市建设投资集团", "有限责任公司", "直属工会委员会"]),
        ("甲区", ["甲区"]),
        (LONG, ["澄澜市高新技术产业开发", "区先进制造与现代服务业", "产业工会联合会第一基…"]),
    ],
)  # fmt: skip
def test_a_long_name_is_broken_after_whole_words_and_cut_only_beyond_three_lines(name, lines):
    assert name_lines(name, 10, 112, 3) == lines
