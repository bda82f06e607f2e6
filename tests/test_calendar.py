"""The calendar of recurring duties: a cell for every period, in words, glyph and colour, and its conclusion."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from figures import assert_legible, shapes, texts

from unionplan import theme
from unionplan.charts import PHONE, SCREEN, SLIDE
from unionplan.charts.calendar import LEGEND, calendar
from unionplan.charts.calendar_titles import (
    by_body,
    calendar_subtitle,
    calendar_title,
    conclusion,
    duties,
    logged,
    periodic,
    source,
)
from unionplan.events import events_of, standings
from unionplan.plan import plan_of, read_tables

PROFILES = [SCREEN, PHONE, SLIDE]
PLAN = plan_of(read_tables(Path(__file__).resolve().parent.parent / "data" / "plan"))
TODAY = date(2026, 11, 5)
LONG = "澄澜市高新技术产业开发区先进制造与现代服务业产业工会联合会第一基层工作委员会主席办公会议"
FULL = """
B7a | 2026-07-15
B7a | 2026-08-14
B7a | 2026-10-09 | 2026-09
B7a | 2026-10-15
B7a | 2026-10-28
B7b | 2026-09-18
B5b | 2026-09-05
A3-1b | 2026-09-22
B4a | 2026-08-02
"""


def events(table):
    rows = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    frame = [{"item": row[0], "activity": "会议", "done_on": row[1], "period": (row[2:] or [""])[0]} for row in rows]
    return events_of(pd.DataFrame(frame))


def stood(table=FULL, today=TODAY, plan=PLAN):
    return standings(plan, events(table) if table.strip() else (), today)


def of(item, rows):
    return [row for row in rows if row.item.id == item]


def drawn(rows, profile=SCREEN, **words):
    today = rows[0].today if rows else TODAY
    own = {"title": calendar_title(rows, today), "subtitle": calendar_subtitle(rows), "source": source(None, today)}
    return calendar(rows, PLAN.settings, profile=profile, **{**own, **words})


def renamed(rows, name):
    return [replace(row, item=replace(row.item, name=name, short=name)) for row in rows]


CASES = {
    "full": stood(),
    "nothing held": stood(""),
    "one": of("B7a", stood()),
    "first day": stood("", date(2026, 7, 1)),
    "after the end": stood(FULL, date(2027, 2, 3)),
    "long names": renamed(duties(stood()), LONG),
    "a year of months": standings(
        replace(PLAN, items=tuple(replace(item, start=date(2026, 1, 1)) for item in PLAN.items)), events(FULL), TODAY
    ),
}


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
@pytest.mark.parametrize("case", CASES)
def test_every_period_has_a_cell_and_all_is_legible(case, profile):
    rows = CASES[case]
    figure = drawn(rows, profile)
    inside = [p for row in duties(rows) if row.form == "periods" for p in row.periods if p.last >= date(2026, 7, 1)]
    strips = [row for row in duties(rows) if row.form != "periods"]
    assert len(shapes(figure, "cell")) == len(inside)
    assert len(shapes(figure, "strip")) == len(strips)
    assert len(texts(figure, "duty")) == len(texts(figure, "state")) == len(duties(rows))
    assert len(figure.data[0].y) == len(inside) + len(strips)
    assert_legible(figure, profile)
    assert profile.height in (None, figure.layout.height)


@pytest.mark.parametrize("profile", [SCREEN, PHONE], ids=lambda profile: profile.kind)
def test_sixty_duties_make_a_higher_picture_and_a_slide_counts_what_it_cannot_hold(profile):
    rows = [row for place in range(60) for row in renamed(of("B7a", stood()), f"第{place}项例会")]
    figure = drawn(rows, profile)
    assert len(shapes(figure, "cell")) == 360
    assert figure.layout.height > 60 * 3 * profile.u
    slide = drawn(rows, SLIDE)
    left = 60 - len(texts(slide, "duty"))
    assert slide.layout.height == 1080
    assert texts(slide, "foot")[0].startswith(f"另有{left}项未画出：")


def test_each_cell_says_its_state():
    assert texts(drawn(of("B7a", stood())), "word") == [
        "● 已完成", "● 已完成", "● 补完成", "● 已完成", "○ 待完成", "○ 未到期",
    ]  # fmt: skip
    assert texts(drawn(of("B7a", stood())), "day") == ["7月15日", "8月14日", "10月9日", "10月15日等2次", "11月30日前"]


def test_what_was_missed_says_for_how_long():
    figure = drawn(of("B7a", stood("")))
    assert texts(figure, "word")[:4] == ["■ 逾期"] * 4
    assert texts(figure, "day") == ["已过97天", "已过66天", "已过36天", "已过5天", "11月30日前"]
    assert [cell.fillcolor for cell in shapes(figure, "cell")][:4] == [theme.ROLES["behind"].cell] * 4


def test_the_last_day_of_a_period_is_not_called_late():
    assert texts(drawn(of("B7a", stood("", date(2026, 7, 31)))), "word")[0] == "▲ 今日到期"


def test_the_last_fortnight_of_a_running_period_is_said():
    assert texts(drawn(of("B7a", stood("", date(2026, 7, 16)))), "word")[0] == "▲ 临期"
    assert texts(drawn(of("B7a", stood("", date(2026, 7, 15)))), "word")[0] == "○ 待完成"


def test_only_what_was_made_up_has_a_casing_in_its_colour():
    edges = [cell.line.width > 0 and cell.line.color for cell in shapes(drawn(of("B7a", stood())), "cell")]
    assert edges[:4] == [False, False, theme.ROLES["attained"].mark, False]
    assert edges[4:] == [theme.RULE, theme.RULE]


def test_a_quarter_spans_its_months_and_a_year_the_whole_picture():
    rows = stood()
    months, quarters, year = ([(c.x0, c.x1) for c in shapes(drawn(rows), "cell")][at] for at in (slice(1, 7), slice(7, 9), slice(0, 1)))  # fmt: skip
    assert (quarters[0][0], quarters[0][1]) == pytest.approx((months[0][0], months[2][1]))
    assert (quarters[1][0], quarters[1][1]) == pytest.approx((months[3][0], months[5][1]))
    assert year[0] == pytest.approx((months[0][0], months[5][1]))


def test_a_narrow_cell_keeps_its_words_or_its_glyph_and_hover_has_all():
    figure = drawn(of("B7a", stood()), PHONE)
    assert texts(figure, "word") == ["●已完成", "●已完成", "●补完成", "●已完成", "待完成", "未到期"]
    assert texts(figure, "day") == ["7月15日", "8月14日", "10月9日", "10月15日", "30日前"]
    assert figure.data[0].hovertext[3] == (
        "<b>机关工会主席会议　10月</b><br>2026年10月1日至2026年10月31日<br>● 已完成 10月15日等2次<br>"
        "2026年10月15日　会议<br>2026年10月28日　会议"
    )


def test_a_duty_without_periods_is_one_line_of_words():
    rows = stood()
    assert texts(drawn(of("A3-1b", rows)), "word") == ["未定频次，不设期数；已登记1次，最近登记9月22日，连续未更新44天"]
    assert texts(drawn(of("B4a", rows)), "word") == ["◆ 应访1户，已访1户"]


def test_counts_stand_beside_the_light():
    figure = drawn(stood())
    assert texts(figure, "duty") == [
        "联席会议三方机制", "五必访", "体检疗养", "主席会议", "季度集中学习", "工会经费审计", "机关工会会议",
    ]  # fmt: skip
    assert texts(figure, "count") == [
        "已登记1次", "应1户　已1户", "共1期　已1期", "应4期　已4期", "应1期　已1期", "共1期　已0期", "共1期　已0期",
    ]  # fmt: skip
    assert texts(figure, "frequency") == ["未定频次", "应访即访", "每年", "每月", "每季", "每年", "每半年"]


def test_two_bodies_stand_apart_and_one_needs_no_head():
    assert texts(drawn(stood()), "group") == ["市总", "机关工会"]
    assert texts(drawn(by_body(stood())["机关工会"]), "group") == []


def test_the_month_of_the_day_judged_is_marked():
    figure = drawn(stood())
    assert [n.text for n in figure.layout.annotations if n.name == "month" and n.font.weight == 700] == ["11月"]
    assert texts(figure, "today") == ["截至11月5日"]
    assert texts(drawn(stood("", date(2027, 1, 5))), "today") == []


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
def test_no_duties_say_so(profile):
    assert texts(drawn([], profile), "empty") == ["没有周期性工作"]


def test_source_and_rule_stand_at_the_foot():
    assert texts(drawn(stood()), "foot") == ["数据来源：活动台账｜数据截至2026年11月5日", LEGEND]


def test_the_foot_has_the_day_of_the_ledger_and_the_day_judged_where_they_differ():
    own = "数据来源：活动台账｜数据截至2026年11月4日"
    assert source(date(2026, 11, 4), TODAY) == f"{own}｜判断日期2026年11月5日"
    assert source(date(2026, 11, 4), date(2026, 11, 4)) == own


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
def test_hostile_names_are_shown_as_they_stand(profile):
    bad = "<b>x</b>$a$"
    rows = [replace(row, counted=tuple(replace(e, name=bad) for e in row.counted)) for row in renamed(duties(stood()), bad)]  # fmt: skip
    figure = drawn(rows, profile, title=bad, subtitle=bad, source=bad, note=bad)
    hovers = [text.replace("<br>", "").replace("<b>", "", 1).replace("</b>", "", 1) for text in figure.data[0].hovertext]  # fmt: skip
    assert not any("<" in text or "$" in text for text in [*hovers, *(note.text for note in figure.layout.annotations)])


# Titles


def test_the_title_counts_what_was_due_done_and_made_up():
    assert calendar_title(stood(), TODAY) == "截至11月5日，机关工会例会等周期性工作应完成5期，全部完成，其中补1期"
    assert calendar_subtitle(stood()) == "例会等周期性工作逐期完成情况　｜　主席会议应完成4期，已完成4期，其中补1期"


@pytest.mark.parametrize(
    ("table", "today", "title"),
    [
        ("B7a|2026-07-15\nB7a|2026-08-14\nB7a|2026-10-15", TODAY, "截至11月5日，机关工会例会等周期性工作应完成5期，已完成3期，未完成：主席会议9月、季度集中学习三季度"),
        ("B7a|2026-07-15", TODAY, "截至11月5日，机关工会例会等周期性工作应完成5期，已完成1期"),
        ("", TODAY, "截至11月5日，机关工会例会等周期性工作应完成5期，已完成0期"),
        ("", date(2026, 7, 5), "截至7月5日，机关工会例会等周期性工作尚无到期"),
    ],
)  # fmt: skip
def test_titles(table, today, title):
    assert calendar_title(stood(table, today), today) == title


def test_titles_without_periods_or_duties():
    assert calendar_title(of("A3-1b", stood()), TODAY) == "截至11月5日，所选范围的周期性工作未定频次，不设期数"
    assert calendar_title([], TODAY) == "所选范围没有周期性工作"
    assert calendar_subtitle([]) == "例会等周期性工作逐期完成情况"


def test_two_bodies_are_never_one_sum():
    city = [replace(row, item=replace(row.item, plan="市总计划")) for row in of("B7a", stood(""))]
    assert calendar_title([*city, *of("B7b", stood())], TODAY) == (
        "截至11月5日，市总例会等周期性工作应完成4期，已完成0期；机关工会例会等周期性工作应完成1期，全部完成"
    )


def test_what_is_out_of_plan_is_in_no_count():
    rows = [replace(row, status="out_of_plan") for row in of("B7a", stood())]
    assert periodic(rows) == []


def test_the_conclusion_names_what_is_late_body_by_body():
    rows = stood("B7a|2026-07-15")
    assert (
        conclusion(rows, TODAY) == "截至11月5日，市总逾期1项（职工演讲赛）；机关工会滞后2项（主席会议、季度集中学习）"
    )
    assert conclusion(of("B9", rows), TODAY) == "截至11月5日，各项活动和周期性工作没有逾期、滞后"
    four = [*of("B7a", rows), *of("B7b", rows)] * 2
    assert conclusion(four, TODAY) == "截至11月5日，机关工会滞后4项"


def test_the_ledger_is_counted_as_of_the_day():
    [first, *rest] = events(FULL)
    waiting = replace(first, done_on=None, planned_on=date(2026, 10, 1))
    assert logged([waiting, *rest], TODAY) == "活动台账9条，已完成8条，过计划日未完成1条。"
    assert logged(rest, date(2026, 8, 31)) == "活动台账8条，已完成2条。"
