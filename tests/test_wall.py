"""The plan wall: every item of the plan is one tile in its part, the counts add up, and its words tell how each stands."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from figures import assert_legible, shapes, texts
from hypothesis import given, settings
from hypothesis import strategies as st

from unionplan import theme
from unionplan.attainment import STATUSES, Attainment, ItemState
from unionplan.charts import PHONE, SCREEN, SLIDE
from unionplan.charts.wall import wall
from unionplan.charts.wall_titles import (
    DONE,
    by_glyph,
    by_plan,
    counted,
    done,
    named,
    parts_of,
    progress,
    silent_days,
    source,
    standing_words,
    wall_subtitle,
    wall_title,
)
from unionplan.plan import plan_of, read_tables

PROFILES = [SCREEN, PHONE, SLIDE]
PLAN = plan_of(read_tables(Path(__file__).resolve().parent.parent / "data" / "plan"))
ITEMS = {item.id: item for item in PLAN.items}
DAY = date(2026, 11, 5)
LONG = "澄澜市高新技术产业开发区先进制造与现代服务业产业工会联合会第一基层工作委员会技术创新活动"
RATE = Attainment(
    item="A4-3c", anchor="A4-3c", indicator="wage", scope="non_public", reporting_unit=None, as_of=date(2026, 10, 31),
    numerator=1278, denominator=3000, covered_workers=None, workers=None, active=None, target_bp=5000, need=1500, gap=222,
    surplus=0, attained=False, start=None, end=None, baseline=None, due=None, due_rate=None, slow_rate=None, low=None,
    high=None, previous=None, status="behind", marks=(), missing=(),
)  # fmt: skip


def standing(default="not_started", **statuses):
    """Every item of the plan in one state, but those named (A1_7="behind") in another."""
    named = {key.replace("_", "-"): status for key, status in statuses.items()}
    return [ItemState(item, named.get(item.id, default)) for item in PLAN.items]


def of(plan, states):
    return [one for one in states if one.item.plan == plan]


def drawn(states, profile=SCREEN, sections=PLAN.sections, **words):
    own = {"title": wall_title(states), "subtitle": wall_subtitle(states), "source": source(date(2026, 10, 31), DAY)}
    return wall(states, sections, DAY, profile=profile, **{**own, **words})


def mixed():
    return [
        ItemState(item, STATUSES[place % len(STATUSES)], counts=(place, 99)) for place, item in enumerate(PLAN.items)
    ]


CASES = {
    "every state": mixed(),
    "all done": standing("done"),
    "nothing told": standing(),
    "all late": [replace(one, late_since=date(2026, 7, 2)) for one in standing("overdue")],
    "one part": [one for one in mixed() if one.item.section.startswith("五")],
    "one item": mixed()[:1],
    "the office alone": of("机关工会计划", mixed()),
    "long names": [replace(one, item=replace(one.item, short=LONG, name=LONG, department=LONG)) for one in mixed()],
}


@pytest.mark.parametrize("profile", [SCREEN, PHONE], ids=lambda profile: profile.kind)
@pytest.mark.parametrize("case", CASES)
def test_every_item_has_a_tile_and_all_is_legible(case, profile):
    states = CASES[case]
    figure = drawn(states, profile)
    parts = parts_of(states, PLAN.sections)
    assert len(shapes(figure, "tile")) == len(states) == len(figure.data[0].y)
    assert len(texts(figure, "part")) == len(texts(figure, "part_done")) == len(parts)
    assert len(shapes(figure, "chip")) == sum(
        len(counted(of(plan, states))) for plan in dict.fromkeys(one.item.plan for one in states)
    )
    assert_legible(figure, profile)


@pytest.mark.parametrize("plan", ["市总计划", "机关工会计划"])
def test_each_body_alone_fits_a_slide_in_full(plan):
    figure = drawn(of(plan, mixed()), SLIDE)
    assert_legible(figure, SLIDE)
    assert figure.layout.height == SLIDE.height
    assert len(texts(figure, "state")) == len(of(plan, mixed()))


def test_where_a_slide_has_no_room_tiles_have_one_line_and_those_that_can_wait_are_counted():
    figure = drawn(mixed(), SLIDE)
    left, foot = 67 - len(shapes(figure, "tile")), "".join(texts(figure, "foot"))
    assert (figure.layout.height, texts(figure, "state")) == (1080, [])
    assert foot.startswith(f"另有{left}项未画出：")
    assert not {"滞后", "逾期", "偏慢", "临期"} & set(re.split("[ 0-9]", foot))
    assert_legible(figure, SLIDE)
    assert texts(figure, "body_done") == [
        f"完成 {done(of(p, mixed()))}/{n}" for p, n in (("市总计划", 46), ("机关工会计划", 21))
    ]


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
def test_nothing_asked_for_is_said(profile):
    figure = drawn([], profile)
    assert texts(figure, "empty") == ["没有符合条件的任务", "请改选分管领导、责任部门或计划"]
    assert texts(figure, "title") == ["所选范围没有计划任务"]


def test_the_plan_stands_in_fifteen_parts_the_city_first_and_the_office_apart():
    parts = parts_of(standing(), PLAN.sections)
    assert [(part.plan, part.name, len(part.states)) for part in parts] == [
        ("市总计划", "一、经济技术创新", 9), ("市总计划", "二、职工素质", 9), ("市总计划", "三、和谐劳动关系", 9),
        ("市总计划", "四、体面劳动", 10), ("市总计划", "五、民主建设", 9), ("机关工会计划", "前言 法规宣传学习", 2),
        ("机关工会计划", "1、理论学习", 1), ("机关工会计划", "2、文明机关", 2), ("机关工会计划", "3、民主参与", 1),
        ("机关工会计划", "4、民心工程", 4), ("机关工会计划", "5、疗养休养", 3), ("机关工会计划", "6、健康生活", 2),
        ("机关工会计划", "7、学习制度", 2), ("机关工会计划", "8、财务经审", 3), ("机关工会计划", "9、机关工会会议", 1),
    ]  # fmt: skip
    assert parts[2].departments == "权益保障部、保障工作部、法律工作部"
    assert parts[13].departments == "财务部、经审办"
    assert parts[0].heading == "一、推动科学发展,为加速***崛起再立新功。"
    assert texts(drawn(standing()), "body") == ["市总计划　46项", "机关工会计划　21项"]


STATES = st.lists(st.sampled_from(STATUSES), min_size=len(PLAN.items), max_size=len(PLAN.items))
CHOSEN = st.lists(st.booleans(), min_size=len(PLAN.items), max_size=len(PLAN.items))


@given(STATES, CHOSEN)
def test_every_item_is_in_exactly_one_part_and_the_parts_sum_to_the_plan(statuses, chosen):
    states = [
        ItemState(item, status)
        for item, status, own in zip(PLAN.items, statuses, chosen, strict=True)
        if own
    ]  # fmt: skip
    parts = parts_of(states, PLAN.sections)
    assert [one.item.id for part in parts for one in part.states] == [one.item.id for one in states]
    assert all(part.states for part in parts)
    for plan, own in by_plan(parts):
        body = of(plan, states)
        assert sum(part.done for part in own) == done(body) == sum(one.status in DONE for one in body)
        assert sum(count for _, count in counted(body)) == sum(count for _, count in by_glyph(body)) == len(body)
    assert sum(len(own) for _, own in by_plan(parts)) == len(parts)


@settings(max_examples=15, deadline=None)
@given(STATES, CHOSEN, st.sampled_from([SCREEN, PHONE]))
def test_whatever_is_shown_has_one_tile_in_the_colour_of_its_glyph_and_can_be_read(statuses, chosen, profile):
    pairs = zip(PLAN.items, statuses, chosen, strict=True)
    states = [ItemState(item, status) for item, status, own in pairs if own]
    figure = drawn(states, profile)
    cells = [theme.role(one.status).cell for one in states]
    assert [tile.fillcolor for tile in shapes(figure, "tile")] == cells
    assert_legible(figure, profile)


def test_an_item_whose_part_the_plan_does_not_name_stands_in_one_of_its_own_words():
    lost = ItemState(replace(PLAN.items[0], section="六 其他", number="9"), "done")
    parts = parts_of([*standing(), lost], PLAN.sections)
    assert [(part.name, len(part.states)) for part in parts if part.plan == "市总计划"][-1] == ("六 其他", 1)
    assert [part.name for part in parts_of([lost], ())] == ["六 其他"]
    assert len(shapes(drawn([*standing(), lost]), "tile")) == 68


def test_sections_are_called_by_number_and_short_name():
    assert [named(section) for section in PLAN.sections[:2]] == ["一、经济技术创新", "二、职工素质"]
    assert named(replace(PLAN.sections[0], heading="总则", short="总则")) == "总则"


# ------------------------------------------------------------------ the words


def test_the_title_counts_every_state_of_the_city_and_the_office_is_never_added():
    states = standing(
        A1_7="behind", A4_3c="overdue", A3_2a="slow", A1_3a="done", A4_3b="attained", A2_2c="out_of_plan",
        A1_2="moving", B7a="on_pace", B8b="behind",
    )  # fmt: skip
    title = "市总计划46项：达标和已完成2项，推进中1项，偏慢1项，滞后和逾期2项，计划期外1项，未开始39项"
    assert wall_title(states) == title
    assert wall_title(of("机关工会计划", states)) == "机关工会计划21项：按进度1项，滞后1项，未开始19项"
    assert wall_subtitle(states) == (
        "每格一项任务，按计划部分排列　｜　市总逾期和滞后：非公企业工资协商、市劳模评选表彰；机关工会滞后：工会经费审计"
    )
    assert texts(drawn(states), "body_done") == ["完成 2/46", "完成 0/21"]


@pytest.mark.parametrize(
    ("states", "title"),
    [
        (standing("done"), "市总计划46项全部已完成"),
        (standing("attained"), "市总计划46项全部达标"),
        (standing(), "市总计划46项全部未开始"),
        (standing("overdue"), "市总计划46项全部逾期"),
        (standing("behind")[:1], "市总计划1项滞后"),
        ([], "所选范围没有计划任务"),
    ],
)
def test_titles_of_all_reached_none_reached_one_and_none(states, title):
    assert wall_title(states) == title


def test_a_subtitle_names_all_that_is_late_or_nobody():
    four = standing(A1_1a="behind", A1_1b="behind", A1_2="behind", A1_7="behind")
    assert wall_subtitle(four).endswith("市总滞后：群众性技术创新、创新成果评审表彰、主力军主题竞赛、市劳模评选表彰")
    five = [replace(one, status="behind") if one.item.id == "A1-6" else one for one in four]
    assert wall_subtitle(five) == "每格一项任务，按计划部分排列"
    assert wall_subtitle(of("市总计划", four)[:2]).endswith("｜　滞后：群众性技术创新、创新成果评审表彰")


def test_the_foot_tells_both_dates():
    words = "数据来源：各单位、各部门报送的表和登记"
    assert source(date(2026, 10, 31), DAY) == f"{words}｜数据截至2026年10月31日｜判断日期2026年11月5日"
    assert source(None, DAY) == f"{words}｜判断日期2026年11月5日"


@pytest.mark.parametrize(
    ("item", "words", "said"),
    [
        ("A1-7", {"status": "behind", "counts": (1, 3), "late_since": date(2026, 10, 20)}, "滞后，逾期16天 1/3步"),
        ("A1-1b", {"status": "moving", "counts": (2, 3)}, "推进中 2/3步"),
        ("A2-3c", {"status": "slow", "counts": (12600, 50000)}, "偏慢 12,600/50,000人"),
        ("A4-3c", {"status": "behind", "row": RATE}, "滞后 42.6%，还差222家"),
        ("A4-3c", {"status": "unreported", "row": replace(RATE, numerator=None)}, "未报"),
        ("A4-3c", {"status": "attained", "row": replace(RATE, numerator=1600, gap=0)}, "达标 53.3%"),
        ("B7a", {"status": "on_pace", "counts": (4, 4), "marks": ("made_up",)}, "按进度 4/4期 补"),
        ("B4a", {"status": "on_pace", "counts": (3, 5)}, "按进度 3/5户"),
        ("A1-3a", {"status": "done", "counts": (1, 1)}, "已完成"),
        ("A1-2", {"status": "moving", "moved_on": date(2026, 9, 1)}, "连续未更新65天"),
        ("A1-2", {"status": "moving", "moved_on": date(2026, 9, 6)}, "推进中"),
        ("A1-2", {"status": "not_started"}, "未开始"),
        ("A1-3a", {"status": "due_soon", "counts": (0, 1)}, "临期 0/1次"),
    ],
)
def test_a_tile_says_how_its_item_stands(item, words, said):
    assert standing_words(ItemState(ITEMS[item], **words), DAY) == said


@pytest.mark.parametrize(("gap", "said"), [(222, "滞后 还差222家"), (222_222_222_222, "滞后")])
def test_a_tile_without_room_leaves_out_the_rate_then_the_gap_and_the_hover_text_has_both(gap, said):
    state = ItemState(ITEMS["A4-3c"], "behind", replace(RATE, gap=gap))
    figure = drawn([state])
    assert texts(figure, "state") == [said]
    assert f"42.6%（1,278/3,000），目标50%，还差{gap:,}家" in figure.data[0].hovertext[0]


def test_a_title_says_whose_items_are_shown():
    assert wall_title(standing("done"), "陈副主席分管的") == "陈副主席分管的市总计划46项全部已完成"
    assert wall_title([], "陈副主席分管的") == "所选范围没有计划任务"


def test_only_work_without_figures_falls_silent_and_only_after_sixty_days():
    quiet = ItemState(ITEMS["A1-2"], "moving", moved_on=DAY - timedelta(days=61))
    assert silent_days(quiet, DAY) == 61
    assert silent_days(replace(quiet, moved_on=DAY - timedelta(days=60)), DAY) == 0
    assert silent_days(replace(quiet, counts=(1, 3)), DAY) == 0
    assert silent_days(replace(quiet, status="done"), DAY) == 0


def test_touching_a_tile_tells_name_state_progress_and_department_escaped():
    nasty = replace(ITEMS["A1-7"], name="<b>甲</b>$x$", department="<i>部</i>")
    state = ItemState(nasty, "behind", counts=(1, 3), said="共3步，<img>", marks=("made_up",))
    [words] = drawn([state]).data[0].hovertext
    assert words == (
        "<b>&lt;b&gt;甲&lt;/b&gt;&#36;x&#36;</b><br>■ 滞后　逾期后补完成<br>共3步，&lt;img&gt;"
        "<br>截止日 2026年12月31日<br>责任部门 &lt;i&gt;部&lt;/i&gt;"
    )


def test_progress_is_what_was_told_else_the_figure():
    assert progress(ItemState(ITEMS["A4-3c"], "behind", RATE)) == "42.6%（1,278/3,000），目标50%，还差222家"
    assert progress(ItemState(ITEMS["A4-3c"], "behind", RATE, said="甲")) == "甲"
    assert progress(ItemState(ITEMS["A2-3c"], "slow", counts=(12600, 50000))) == "已完成12,600/50,000人"
    assert progress(ItemState(ITEMS["A1-2"], "not_started")) == ""


def test_on_a_phone_what_is_late_or_slow_is_named_and_the_rest_are_glyphs():
    states = standing(A1_7="behind", A3_2a="slow", A2_1="moving")
    figure = drawn(states, PHONE)
    assert texts(figure, "item") == ["■ 市劳模评选表彰", "▲ 国有控股和谐创建"]
    assert len(texts(figure, "glyph")) == 67
