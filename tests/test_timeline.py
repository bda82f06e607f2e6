"""Activities along the plan's period and who took part: a mark for every event, a figure for every count told."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from figures import assert_legible, shapes, texts
from streamlit.testing.v1 import AppTest

from unionplan import theme
from unionplan.access import Person
from unionplan.charts import PHONE, SCREEN, SLIDE
from unionplan.charts.calendar_titles import (
    drawn_by_name,
    late_words,
    participation_subtitle,
    participation_title,
    source,
    timeline_subtitle,
    timeline_title,
)
from unionplan.charts.participation import participation
from unionplan.charts.profile import text_width
from unionplan.charts.timeline import timeline
from unionplan.events import events_of, standings
from unionplan.observations import ACTIVITIES
from unionplan.plan import plan_of, read_tables
from unionplan.store import Change, Slot, Store

PROFILES = [SCREEN, PHONE, SLIDE]
PLAN = plan_of(read_tables(Path(__file__).resolve().parent.parent / "data" / "plan"))
TODAY = date(2026, 11, 5)
LONG = "澄澜市高新技术产业开发区先进制造与现代服务业职工技能竞赛总决赛暨经验交流现场推进会"
COLUMNS = ("item", "activity", "planned_on", "done_on", "period", "step")
FULL = """
A1-3a | 技术比武   | 2026-09-15 | 2026-09-20
A1-1b | 评审会     | 2026-08-15 | 2026-08-12 |         | 评审
A1-1b | 推广会     | 2026-09-30 | 2026-10-08 |         | 推广
A1-1b | 表彰会     | 2026-12-10 |            |         | 表彰
A1-4  | 竞赛评比   | 2026-10-10 |            |         | 评比
A2-2d | 演讲赛     | 2026-10-06 | 2026-10-12 | 2026-10
A2-2c | 歌咏比赛   |            | 2026-05-03
A5-4  | 动员会     |            | 2026-09-02 |         | 动员
A1-2  | 竞赛启动   |            | 2026-07-20
B7a   | 主席会议   |            | 2026-07-15
B2b   | 礼仪讲座   | 2026-11-18
"""


def events(table, **more):
    rows = [[cell.strip() or None for cell in line.split("|")] for line in table.strip().splitlines()]
    frame = pd.DataFrame([dict(zip(COLUMNS, row, strict=False)) for row in rows], columns=list(COLUMNS)).assign(**more)
    return events_of(frame)


def stood(table=FULL, today=TODAY):
    return standings(PLAN, events(table) if table else (), today)


def of(item, rows):
    return [row for row in rows if row.item.id == item]


def drawn(rows, profile=SCREEN, **words):
    today = rows[0].today if rows else TODAY
    own = {
        "title": timeline_title(rows, PLAN.settings, today),
        "subtitle": timeline_subtitle(rows),
        "source": source(None, today),
    }
    return timeline(rows, PLAN.settings, profile=profile, **{**own, **words})


def renamed(rows, name):
    return [replace(row, item=replace(row.item, name=name, short=name, department=name)) for row in rows]


CROWDED = "\n".join(f"A1-2|推进会|2026-09-{day:02}|2026-09-{day:02}" for day in range(1, 29))
CASES = {
    "full": stood(),
    "no records": stood(""),
    "one": of("A1-3a", stood()),
    "long names": renamed(stood(), LONG),
    "crowded": stood(CROWDED),
    "before the period": stood(FULL, date(2026, 6, 1)),
    "after the period": stood(FULL, date(2027, 3, 1)),
}


@pytest.mark.parametrize("profile", [SCREEN, PHONE], ids=lambda profile: profile.kind)
@pytest.mark.parametrize("case", CASES)
def test_every_row_stands_with_its_light_and_every_event_with_its_mark(case, profile):
    rows = CASES[case]
    figure = drawn(rows, profile)
    named = drawn_by_name(rows, PLAN.settings)
    held = [(row, event) for row in named for event in row.events if event.happened(row.today)]
    assert len(texts(figure, "detail")) == len(texts(figure, "state")) == len(figure.data[0].y) == len(named)
    assert len(texts(figure, "task")) >= len(named)
    assert len(shapes(figure, "done")) == sum(event in row.counted for row, event in held)
    assert len(shapes(figure, "outside")) == sum(event not in row.counted for row, event in held)
    assert len(shapes(figure, "planned")) == sum(bool(event.planned_on) for row in named for event in row.events)
    assert len(shapes(figure, "late")) == sum(bool(row.late_since) for row in named)
    assert_legible(figure, profile)


def test_rows_with_records_or_a_window_of_their_own_are_named_and_the_rest_counted():
    assert [row.item.id for row in drawn_by_name(stood(""), PLAN.settings)] == ["A2-2d"]
    figure = drawn(stood(""))
    assert texts(figure, "foot")[0] == (
        "◇ 计划期外3项：职工歌咏比赛、文明行业创建互查、职工书屋交流会　"
        "● 已完成（计划已载明）1项：印发法规小册子　○ 尚无登记、未另定时限13项"
    )
    named = [row.item.id for row in drawn_by_name(stood(), PLAN.settings)]
    assert named == ["A1-1b", "A1-2", "A1-3a", "A1-4", "A2-2c", "A2-2d", "A5-4", "B2b"]


def test_recurring_duties_are_left_to_the_calendar():
    assert "B7a" not in {row.item.id for row in drawn_by_name(stood(), PLAN.settings)}


def test_departments_stand_together_under_their_body():
    figure = drawn(stood())
    assert texts(figure, "group") == [
        "市总",
        "经济工作部",
        "市总",
        "宣传教育部",
        "市总",
        "民主管理部",
        "市总",
        "定性工作",
        "机关工会",
    ]
    assert texts(figure, "task") == [
        "创新成果评审表彰", "全市职工技术比武", "工人先锋号", "职工歌咏比赛", "职工演讲赛", "职工代表竞选试点",
        "主力军主题竞赛", "公务礼仪讲座",
    ]  # fmt: skip
    assert texts(drawn(of("B2b", stood())), "group") == ["机关工会"]


def test_the_departments_of_one_body_follow_each_other_however_the_rows_come():
    rows = [row for item in ("A1-3a", "B2b", "A2-2d") for row in of(item, stood())]
    assert texts(drawn(rows), "group") == ["市总", "经济工作部", "市总", "宣传教育部", "机关工会"]


def test_light_and_count_stand_at_the_right():
    figure = drawn(stood())
    assert texts(figure, "state") == [
        "◆ 推进中", "● 已完成", "■ 滞后", "● 已完成", "● 已完成", "○ 未开始", "已登记1次", "○ 未开始",
    ]  # fmt: skip
    assert texts(figure, "detail") == [
        "2/3步", "1/1次", "0/2步　逾期26天", "1/1次", "1/1次　补", "0/1步", "连续未更新108天", "0/1次",
    ]  # fmt: skip


def test_labels_say_step_and_day_and_what_does_not_count():
    figure = drawn(stood())
    assert texts(figure, "label") == [
        "表彰 计划12月10日", "推广 10月8日", "评审 8月12日", "9月20日", "评比 计划10月10日", "5月3日", "补10月12日",
        "动员 未计入9月2日", "7月20日", "计划11月18日",
    ]  # fmt: skip


def test_days_stand_on_the_axis_in_proportion():
    figure = drawn(of("A1-3a", stood("A1-3a|比武||2026-07-01")))
    [window], [today] = shapes(figure, "window"), [s for s in shapes(figure, "today") if s.y1 - s.y0 > 20]
    assert (today.x0 - window.x0) / (window.x1 - window.x0) == pytest.approx(128 / 184)
    middle = sum(float(c.split(",")[0]) for c in shapes(figure, "done")[0].path.strip("MZ").split("L")) / 24
    assert (middle - window.x0) / (window.x1 - window.x0) == pytest.approx(0.5 / 184, abs=1e-4)


def test_a_window_of_its_own_is_thick_and_an_open_one_thin():
    own, open_one = (shapes(drawn(of(item, stood())), "window")[0] for item in ("A2-2d", "A1-3a"))
    assert own.y1 - own.y0 > 5 * (open_one.y1 - open_one.y0)
    assert shapes(drawn(of("A2-2c", stood())), "window") == []


def test_lateness_runs_from_the_day_missed_to_the_day_judged():
    figure = drawn(of("A2-2d", stood("")))
    [late], [window] = shapes(figure, "late"), shapes(figure, "window")
    assert late.x0 == pytest.approx(window.x1)
    assert late.fillcolor == theme.ROLES["behind"].mark
    assert texts(figure, "detail") == ["0/1次　逾期29天"]


@pytest.mark.parametrize(
    ("start", "end", "label"),
    [
        (date(2026, 10, 1), date(2026, 10, 7), "计划10月1—7日"),
        (date(2026, 9, 20), date(2026, 10, 7), "计划9月20日—10月7日"),
        (date(2026, 10, 7), date(2026, 10, 7), "计划10月7日"),
        (date(2026, 1, 1), date(2026, 10, 7), "计划10月7日前"),
        (date(2026, 7, 1), date(2026, 10, 7), "计划10月7日前"),
        (date(2026, 10, 7), date(2027, 3, 1), "计划10月7日起"),
    ],
)
def test_a_window_without_an_event_tells_its_days(start, end, label):
    [row] = of("A2-2d", stood(""))
    row = replace(row, item=replace(row.item, start=start, end=end))
    assert texts(drawn([row]), "label") == [label]
    assert "计划" not in "".join(texts(drawn(of("A2-2d", stood())), "label"))


def test_a_window_that_has_passed_tells_its_days_beside_its_events():
    rows = of("A2-2d", stood("A2-2d|预赛||2026-08-12"))
    assert (rows[0].status, texts(drawn(rows), "label")) == ("overdue", ["计划10月1—7日", "未计入8月12日"])


def test_work_without_figures_says_its_newest_entry_while_that_is_young():
    assert texts(drawn(of("A1-2", stood("A1-2|启动||2026-09-06"))), "detail") == ["最近登记9月6日"]
    assert texts(drawn(of("A1-2", stood("A1-2|启动||2026-09-05"))), "detail") == ["连续未更新61天"]


def test_a_phone_has_the_months_at_every_group():
    assert texts(drawn(stood(), PHONE), "month") == [f"{month}月" for month in range(7, 13)] * 5
    assert texts(drawn(stood()), "month") == [f"{month}月" for month in range(7, 13)]


def test_a_label_beside_the_day_judged_moves_to_its_free_side():
    figure = drawn(of("A1-2", stood("A1-2|专场||2026-11-03")))
    [label] = [note for note in figure.layout.annotations if note.name == "label"]
    line = max(shapes(figure, "today"), key=lambda shape: shape.y1)
    assert label.text == "11月3日"
    assert label.x + text_width(label.text, label.font.size) < line.x0


def test_hover_has_what_found_no_room():
    figure = drawn(of("A1-1b", stood()), PHONE)
    assert figure.data[0].hovertext[0] == (
        "<b>创新成果、合理化建议评审推广表彰</b><br>◆ 推进中<br>"
        "共3步，已完成2步（评审8月12日、推广10月8日），待完成表彰<br>起止日期 2026年7月1日至2026年12月31日<br>"
        "2026年8月12日　评审：评审会<br>2026年10月8日　推广：推广会<br>计划2026年12月10日　表彰：表彰会"
    )


def test_labels_never_stand_on_each_other_however_many_events_there_are():
    figure = drawn(stood(CROWDED))
    assert len(shapes(figure, "done")) == 28
    assert 0 < len(texts(figure, "label")) < 28


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
def test_nothing_to_draw_says_what_to_do(profile):
    assert texts(drawn([], profile), "empty") == ["还没有活动记录", "在“数据更新”上传活动台账"]


def test_sixty_rows_make_a_higher_picture_and_a_slide_counts_what_it_cannot_hold():
    rows = of("A1-3a", stood()) * 60
    assert drawn(rows).layout.height > 60 * 2 * SCREEN.u
    assert drawn(rows[:10], SLIDE).layout.height == 1080
    figure = drawn(rows, SLIDE)
    left = 60 - len(texts(figure, "state"))
    assert figure.layout.height == 1080
    assert texts(figure, "foot")[0].startswith(f"另有{left}项未画出：● 已完成{left}项；见逐项清单")


def test_where_room_is_short_what_is_late_is_drawn_and_works_without_figures_wait():
    figure = drawn([*of("A1-2", stood()) * 20, *of("A1-4", stood()), *of("A1-3a", stood()) * 5], SLIDE)
    assert texts(figure, "state")[:1] == ["■ 滞后"]
    assert len(texts(figure, "state")) < 26
    assert "项定性工作未画出" in texts(figure, "foot")[0]


@pytest.mark.parametrize("profile", [SCREEN, PHONE], ids=lambda profile: profile.kind)
def test_hostile_names_are_shown_as_they_stand(profile):
    bad = "<b>x</b>$a$"
    rows = renamed(standings(PLAN, [replace(event, name=bad) for event in events(FULL)], TODAY), bad)
    figure = drawn(rows, profile, title=bad, subtitle=bad, source=bad, note=bad)
    hovers = [text.replace("<br>", "").replace("<b>", "", 1).replace("</b>", "", 1) for text in figure.data[0].hovertext]  # fmt: skip
    assert not any("<" in text or "$" in text for text in [*hovers, *(note.text for note in figure.layout.annotations)])


def test_the_title_counts_every_state_body_by_body():
    assert timeline_title(stood(), PLAN.settings, TODAY) == (
        "截至11月5日，市总6项活动和里程碑中已完成3项，推进中1项，滞后1项，未开始1项；机关工会1项未开始"
    )
    assert timeline_title(of("A1-3a", stood()), PLAN.settings, TODAY) == "截至11月5日，市总1项活动和里程碑已完成"
    assert (
        timeline_title([*of("A1-3a", stood()), *of("A2-2c", stood())], PLAN.settings, TODAY)
        == "截至11月5日，市总2项活动和里程碑全部已完成"
    )
    figure = drawn(stood())
    assert sum(text[0] in "●◆▲■○◇" for text in texts(figure, "state")) == 7
    assert timeline_title(of("A1-3a", stood("")), PLAN.settings, TODAY) == "所选范围的活动和里程碑尚无登记"
    assert timeline_title([], PLAN.settings, TODAY) == "所选范围没有计数活动和里程碑"


def test_the_subtitle_names_what_is_late_the_longest_first():
    rows = stood("A1-4|评比|2026-10-10|||评比\nA1-2|启动||2026-07-20")
    assert timeline_subtitle(rows) == (
        "活动和里程碑的计划日与完成日　｜　职工演讲赛逾期29天、工人先锋号逾期26天　｜　另有1项定性工作有登记"
    )
    assert timeline_subtitle([]) == "活动和里程碑的计划日与完成日"
    assert [late_words(row) for row in of("A1-3a", rows)] == [""]


# Who took part


def event(name, whole, *parts, participants=None):
    [one] = events(f"A1-3a|{name}||2026-09-20")
    return replace(one, name=name, joined=whole, parts=parts or (None, None, None), participants=participants)


CITY = [
    event("技术比武", 128, 46, 9, 70, participants=1260),
    event("现场会", 60, 22, 3, 35),
    event("启动会", 6),
    event("志愿服务", 10, 4, 4, 4),
    event("座谈会", None, 5, None, None),
    event("学习会", None),
]
TURNOUT = {
    "mixed": {"市总": CITY, "机关工会": [event("体检", 3, 3, 0, 0, participants=86)]},
    "one": {"市总": CITY[:1]},
    "two": {"市总": CITY[:2]},
    "nought": {"市总": [event("空场", 0, 0, 0, 0)]},
    "long": {"市总": [event(LONG, 1_234_567, 234_567, 0, 1_000_000), event("短", 1, 1, 0, 0)]},
    "sixty": {"市总": [event(f"第{place}项活动", place * 9, place, place, place * 3) for place in range(60)]},
}


def turnout(groups, profile=SCREEN, **words):
    own = {
        "title": participation_title(groups),
        "subtitle": participation_subtitle(groups),
        "source": source(None, TODAY),
    }
    return participation(groups, profile=profile, **{**own, **words})


@pytest.mark.parametrize("profile", [SCREEN, PHONE], ids=lambda profile: profile.kind)
@pytest.mark.parametrize("case", TURNOUT)
def test_every_event_that_told_units_has_a_row_and_all_is_legible(case, profile):
    figure = turnout(TURNOUT[case], profile)
    told = [e for own in TURNOUT[case].values() for e in own if e.joined is not None or any(e.parts)]
    sums = sum(line.startswith("<b>合计") for line in figure.data[0].hovertext)
    assert len(figure.data[0].y) == len(told) + sums
    assert len(texts(figure, "whole")) == len(told) + sums
    assert_legible(figure, profile)


def test_figures_stand_type_by_type_most_units_first_below_their_sum():
    figure = turnout({"市总": CITY})
    assert texts(figure, "activity") == ["合计（家次）", "技术比武", "现场会", "志愿服务", "启动会", "座谈会"]
    assert texts(figure, "whole") == ["194", "128", "60", "10", "6", "—"]
    assert texts(figure, "count") == [
        "68", "12", "105", "9（4.6%）", "46", "9", "70", "3", "22", "3", "35", "—", "4", "4", "4", "—",
        "—", "—", "—", "6", "5", "—", "—", "—",
    ]  # fmt: skip


def test_shares_stand_where_every_event_told_the_type():
    assert texts(turnout(TURNOUT["two"]), "count")[:4] == ["68（36.2%）", "12（6.4%）", "105（55.9%）", "3（1.6%）"]


def test_a_row_outside_the_sum_takes_no_share_away():
    faulty = event("志愿服务", 3, 4, None, None)
    assert texts(turnout({"市总": [*CITY[:2], faulty]}), "count")[2] == "105（55.9%）"


def test_nought_is_a_figure_and_what_was_not_told_a_dash():
    assert texts(turnout({"市总": [event("座谈会", 5, 5, 0, 0), event("比武", 9, 4, None, 5)]}), "count")[3:] == [
        "4", "—", "5", "5", "0", "0",
    ]  # fmt: skip


def test_bars_begin_at_nought_on_one_scale_for_all_types():
    bars = shapes(turnout(TURNOUT["one"]), "bar")
    assert [(bar.x1 - bar.x0) / (bars[2].x1 - bars[2].x0) for bar in bars] == pytest.approx(
        [46 / 70, 9 / 70, 1, 3 / 70]
    )
    assert [bar.fillcolor == theme.FOCUS for bar in bars] == [False, False, True, False]


def test_a_column_that_nobody_told_is_left_out():
    assert texts(turnout({"市总": [event("比武", 8, 4, None, 4)]}), "head") == ["参与单位", "国有及控股", "非公有制"]


def test_parts_above_the_whole_are_told_and_kept_out_of_the_sum():
    assert texts(turnout({"市总": CITY}), "foot")[0] == (
        "1项各类型之和多于参与单位数，请核对：“志愿服务”多2家；1项只报了类型，未报参与单位数；按所报列出，不计入合计"
    )
    assert "请核对" not in texts(turnout(TURNOUT["two"]), "foot")[0]


def test_two_bodies_have_two_sums():
    figure = turnout({"市总": CITY[:2], "机关工会": CITY[1:3]})
    assert texts(figure, "group") == ["市总", "机关工会"]
    assert [words for words in texts(figure, "whole") if words in ("188", "66", "254")] == ["188", "66"]


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
def test_no_units_told_says_what_to_do(profile):
    figure = turnout({"市总": [event("学习会", None)]}, profile)
    assert texts(figure, "empty") == ["还没有参与单位数", "在“数据更新”上传活动台账，填写参与单位数"]
    assert_legible(figure, profile)


def test_a_slide_draws_the_largest_events_and_sums_over_all():
    assert turnout(TURNOUT["two"], SLIDE).layout.height == 1080
    figure = turnout(TURNOUT["sixty"], SLIDE)
    wholes = [int(words.replace(",", "")) for words in texts(figure, "whole")]
    assert figure.layout.height == 1080
    assert wholes == [9 * sum(range(60)), *(9 * place for place in range(59, 60 - len(wholes), -1))]
    assert texts(figure, "foot")[0].startswith(f"另有{61 - len(wholes)}项活动未画出；见活动清单")


@pytest.mark.parametrize(
    ("groups", "title"),
    [
        (TURNOUT["one"], "市总1项活动，参与单位128家，非公有制70家，占54.7%"),
        (TURNOUT["two"], "市总2项活动，参与单位188家次，非公有制105家次，占55.9%"),
        ({"市总": CITY}, "市总6项活动中4项已报参与单位数，计入3项，参与单位194家次，报明非公有制105家次"),
        ({"市总": CITY[2:3]}, "市总1项活动，参与单位6家"),
        (TURNOUT["nought"], "市总1项活动，参与单位0家"),
        ({"市总": CITY[:1], "机关工会": [event("体检", 3, 3, 0, 0)]}, "市总1项活动，参与单位128家，非公有制70家，占54.7%；机关工会1项活动，参与单位3家，非公有制0家，占0.0%"),
        ({"市总": CITY[-1:]}, "各项活动均未报参与单位数"),
        ({}, "各项活动均未报参与单位数"),
    ],
)  # fmt: skip
def test_titles_of_turnout(groups, title):
    assert participation_title(groups) == title


def test_the_subtitle_keeps_persons_of_two_bodies_apart_and_says_who_told_nothing():
    assert participation_subtitle(TURNOUT["mixed"]) == (
        "各项活动参与单位数，家　｜　市总参与1,260人次（6项中1项已报）；机关工会参与86人次；1项未报参与单位数"
    )
    assert participation_subtitle({}) == "各项活动参与单位数，家"


def test_hostile_names_of_events_are_shown_as_they_stand():
    bad = "<b>x</b>$a$"
    figure = turnout({bad: [event(bad, 1, 2, 0, 0)], "乙": CITY}, title=bad, subtitle=bad, source=bad, note=bad)
    hovers = [text.replace("<br>", "").replace("<b>", "", 1).replace("</b>", "", 1) for text in figure.data[0].hovertext]  # fmt: skip
    assert not any("<" in text or "$" in text for text in [*hovers, *(note.text for note in figure.layout.annotations)])


# The page


@pytest.fixture
def app(monkeypatch, tmp_path):
    monkeypatch.setenv("UNIONPLAN_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("UNIONPLAN_TODAY", str(TODAY))
    st.cache_resource.clear()
    yield AppTest.from_file(str(Path(__file__).resolve().parent.parent / "app.py"), default_timeout=60)
    st.cache_resource.clear()


def keep(root, table=FULL):
    """A store that holds the events of a text table."""
    rows = [[cell.strip() or None for cell in line.split("|")] for line in table.strip().splitlines()]
    frame = pd.DataFrame([dict(zip(COLUMNS, row, strict=False)) for row in rows])
    frame = frame.reindex(columns=["key", *(field.id for field in ACTIVITIES)])
    frame["key"] = [f"{place:03}" for place in range(len(frame))]
    for name in ("planned_on", "done_on"):
        frame[name] = pd.to_datetime(frame[name])
    store = Store.opened(root, read_tables(Path(__file__).resolve().parent.parent / "data" / "plan"), Person("系统"))
    store.append(Change("submit", frames={Slot("activities"): (TODAY, frame)}), Person("王经办"))


def page_text(app):
    return "\n".join(block.proto.body for block in app.get("html"))


def test_the_page_without_events_says_what_to_upload_and_where(app):
    app.run().switch_page("pages/activities.py").run()
    assert not app.exception
    assert "还没有活动记录" in page_text(app)
    assert "请在“数据更新”上传活动台账：一行一次活动或会议，写明对应任务和完成时间。" in page_text(app)
    assert len(app.get("plotly_chart")) == 0


def test_the_page_says_what_is_late_draws_and_lists_every_event(app, tmp_path):
    keep(tmp_path / "store", FULL + "X9 | 志愿服务 | | 2026-09-05\nA4-3b | 要约现场会 | | 2026-09-06")
    app.run().switch_page("pages/activities.py").run()
    text = page_text(app)
    assert "截至11月5日，市总滞后1项（工人先锋号）；机关工会滞后2项（主席会议、季度集中学习）。" in text
    assert "活动台账13条，已完成10条，过计划日未完成1条。" in text
    assert "本页出错了" not in text
    assert len(app.get("plotly_chart")) == 6
    assert all(name in text for name in ("志愿服务", "未对应计划任务", "要约现场会", "● 已完成　补", "■ 逾期26天"))
    assert text.count("● 已完成　补") == 2  # the item and its event
    assert "步骤：动员；未计入：步骤与计划所列不符" in text
    assert "共2步，已完成0步，待完成评比、表彰；逾期26天" in text


def test_the_page_of_one_body_leaves_the_other_out(app, tmp_path):
    keep(tmp_path / "store", FULL + "X9 | 志愿服务 | | 2026-09-05\nA4-3b | 要约现场会 | | 2026-09-06")
    app.query_params["body"] = "机关工会"
    app.run().switch_page("pages/activities.py").run()
    text = page_text(app)
    assert "截至11月5日，机关工会滞后2项（主席会议、季度集中学习）。" in text
    assert "活动台账2条，已完成1条。" in text
    assert "技术比武" not in text
    assert "志愿服务" not in text
    assert "要约现场会" not in text


def test_an_event_of_a_measured_item_stands_with_its_body(app, tmp_path):
    keep(tmp_path / "store", FULL + "A4-3b | 要约现场会 | | 2026-09-06")
    app.query_params["body"] = "市总"
    app.run().switch_page("pages/activities.py").run()
    assert "要约现场会" in page_text(app)
    assert "礼仪讲座" not in page_text(app)
