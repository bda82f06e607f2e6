"""Months that stand across: every month becomes a row of its own; what is not written anywhere is asked, never guessed."""

import calendar
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import CLERK, table_rows

from unionplan.intake.cells import Sheet
from unionplan.intake.known_forms import Known
from unionplan.intake.layout import laid_out, tables
from unionplan.intake.monthly import read_months
from unionplan.intake.months import measure_named, period_named
from unionplan.intake.preview import Options, preview, submit
from unionplan.store import Slot

UNITS = ("文澜区", "朝晖区", "锦澜区")
KNOWN = Known(units=frozenset(UNITS))
MOST = 10**6


def sheet_of(table, merged=(), name="表"):
    return Sheet(name, table_rows(table), tuple(merged))


def read_sheet(sheet, file="表.xlsx", until=None):
    """The rows of a sheet of months as (unit, 统计时点, {field: value}), its problems as (severity, rule, cell), and what was read."""
    (layout,) = tables(sheet, KNOWN)
    job = {"units": dict(zip(UNITS, UNITS, strict=True)), "unit": None, "owner": None, "text_file": False, "name": file}
    rows, nils = read_months(layout.kind, sheet, layout, job, until)
    lines = list(zip(*rows.columns.values(), strict=True)) if rows.columns else []
    records = [dict(zip(rows.columns, values, strict=True)) for values in lines]
    told = [
        (r.pop("reporting_unit"), r.pop("as_of"), {k: v for k, v in r.items() if v not in (None, "")}) for r in records
    ]
    return told, [(one.severity, one.rule, one.cell) for one in rows.problems], rows, nils


def persons(table, **more):
    told, problems, _, _ = read_sheet(sheet_of(table), **more)
    return {(unit, day): row["persons"] for unit, day, row in told}, problems


ACROSS = ("ask", "months_across", "B2")


def test_every_month_is_a_row_with_its_last_day_and_a_blank_month_is_none():
    told, problems = persons("""
2026年技术工人培训人数统计表
填报单位 | 1月 | 2月 | 7月份 | 十二月 | 合计
文澜区 | 10 | 20 | | | 30
朝晖区 | 5 | — | 7 | / | 12
合计 | 15 | 20 | 7 | | 42""")
    assert told == {
        ("文澜区", date(2026, 1, 31)): 10, ("朝晖区", date(2026, 1, 31)): 5, ("文澜区", date(2026, 2, 28)): 20,
        ("朝晖区", date(2026, 7, 31)): 7,
    }  # fmt: skip
    assert problems == [ACROSS]


def test_what_was_read_is_put_in_words_to_be_confirmed():
    _, _, rows, _ = read_sheet(
        sheet_of("2026年工资集体协商覆盖企业数\n填报单位 | 企业总数 | 9月 | 10月\n文澜区 | 100 | 10 | 20")
    )
    assert [(one.message, one.cell) for one in rows.problems] == [(
        "各月横着排成了列，已按每期一行读入（工资专项覆盖企业数，2026年9月至10月，每月一份，各月末的数，不是当月新增，“企业总数”按各月相同）", "C2",
    )]  # fmt: skip


def test_coverage_of_each_month_stands_at_its_end_over_the_total_beside_it():
    told, _, _, _ = read_sheet(sheet_of("2026年集体合同\n填报单位 | 9月 | | 10月 |\n | 企业总数 | 已签订企业数 | 企业总数 | 已签订企业数\n文澜区 | 10 | 2 | 12 | 4"))  # fmt: skip
    assert told == [
        ("文澜区", date(2026, 9, 30), {"told": "all", "indicator": "contract", "numerator": 2, "denominator": 10}),
        ("文澜区", date(2026, 10, 31), {"told": "all", "indicator": "contract", "numerator": 4, "denominator": 12}),
    ]


def test_types_above_or_beside_the_months_belong_to_the_figures():
    above = "2026年集体合同签订企业数\n填报单位 | 国有及控股企业 | | 非公有制企业 |\n | 9月 | 10月 | 9月 | 10月\n文澜区 | 1 | 2 | 3 | 4"
    beside = "2026年集体合同签订企业数\n填报单位 | 企业类型 | 9月 | 10月\n文澜区 | 国有及控股企业 | 1 | 2\n文澜区 | 非公有制企业 | 3 | 4"
    expected = {("state", 9): 1, ("state", 10): 2, ("non_public", 9): 3, ("non_public", 10): 4}
    for table in (above, beside):
        told, _, _, _ = read_sheet(sheet_of(table))
        assert {(row["told"], day.month): row["numerator"] for _, day, row in told} == expected


@pytest.mark.parametrize(
    "table",
    [
        "2026年培训情况表\n填报单位 | 1月 | | 2月 |\n | 培训人数 | 人次 | 培训人数 | 人次\n文澜区 | 1 | 2 | 3 | 4",
        "2026年培训情况表\n填报单位 | 培训人数 | | 人次 |\n | 1月 | 2月 | 1月 | 2月\n文澜区 | 1 | 3 | 2 | 4",
        "2026年培训情况表\n填报单位 | 1月培训人数 | 1月培训人次 | 2月培训人数 | 2月培训人次\n文澜区 | 1 | 2 | 3 | 4",
    ],
)  # fmt: skip
def test_the_measure_may_stand_above_below_or_behind_the_month(table):
    told, _, _, _ = read_sheet(sheet_of(table))
    assert [(day.month, row["persons"], row["person_times"]) for _, day, row in told] == [(1, 1, 2), (2, 3, 4)]


def test_a_measure_in_the_tab_counts_where_no_title_names_one():
    told, _, _, _ = read_sheet(
        sheet_of("填报单位 | 2026年9月 | 2026年10月 | 2026年11月\n文澜区 | 1 | 2 |", name="技术工人培训人数")
    )
    assert [row["persons"] for _, _, row in told] == [1, 2]


# ------------------------------------------------------------------ what is not written is asked


@pytest.mark.parametrize(
    "title", ["2026年各月情况", "2026年技术工人培训情况", "2026年新签集体合同企业数", "2026年累计培训人数", "2026年培训人数、人次统计表", "2026年工会经费收缴情况",
              "2026年集体合同签订率", "2026年计划培训人数"],
)  # fmt: skip
def test_a_table_that_does_not_name_one_count_is_asked_what_it_counts(title):
    told, problems = persons(f"{title}\n填报单位 | 1月 | 2月 | 3月\n文澜区 | 1 | 2 | 3")
    assert (told, problems) == ({}, [("reject", "months_measure", "B2")])


MONTHS = "填报单位 | 1月 | 2月 | 3月\n文澜区 | 1 | 3 | 2"


@pytest.mark.parametrize(
    ("title", "file", "until", "year"),
    [
        ("技术工人培训人数", "表.xlsx", None, None),
        ("技术工人培训人数", "2026年培训.xlsx", None, 2026),
        ("技术工人培训人数", "表.xlsx", date(2026, 10, 31), 2026),
        ("2025年技术工人培训人数", "2026年培训.xlsx", None, 2025),
        ("2025-2026年技术工人培训人数", "表.xlsx", None, None),
        ("二〇二五年技术工人培训人数", "表.xlsx", None, 2025),
        ("技术工人培训人数 | 填表日期：2027年1月5日", "表.xlsx", None, None),
        ("技术工人培训人数 | 填表日期 | 2027年1月5日", "表.xlsx", None, None),
    ],
)  # fmt: skip
def test_the_year_is_read_from_the_title_the_file_or_the_day_and_else_asked(title, file, until, year):
    told, problems = persons(f"{title}\n{MONTHS}", file=file, until=until)
    assert {day.year for _, day in told} == ({year} if year else set())
    assert problems == ([ACROSS] if year else [("reject", "months_year", "B2")])


def test_months_that_begin_anew_without_a_year_are_asked():
    told, problems = persons("2026年技术工人培训人数\n填报单位 | 11月 | 12月 | 1月\n文澜区 | 1 | 2 | 3")
    assert (told, problems) == ({}, [("reject", "months_year", "B2")])


@pytest.mark.parametrize(
    "header", ["2025年12月 | 2026年1月 | 2026年2月", "2025-12 | 2026-01 | 2026-02", "2025年12月份 | 2026年01月 | 2026年2月份"]
)  # fmt: skip
def test_months_may_name_their_own_years(header):
    told, _ = persons(f"技术工人培训人数\n填报单位 | {header}\n文澜区 | 1 | 3 | 2")
    assert list(told) == [("文澜区", date(2025, 12, 31)), ("文澜区", date(2026, 1, 31)), ("文澜区", date(2026, 2, 28))]


def test_months_that_a_spreadsheet_made_dates_are_months():
    rows = table_rows(f"技术工人培训人数\n{MONTHS}")
    rows[1][1:] = [datetime(2026, month, 1) for month in (1, 2, 3)]
    told, problems, _, _ = read_sheet(Sheet("表", rows))
    assert [day.month for _, day, _ in told] == [1, 2, 3]
    assert problems == [ACROSS]


def test_a_year_over_the_months_is_theirs():
    told, _ = persons(
        "技术工人培训人数\n填报单位 | 2025年 | | 2026年 |\n | 1月 | 2月 | 1月 | 2月\n文澜区 | 1 | 2 | 4 | 3"
    )
    assert {day: value for (_, day), value in told.items()} == {
        date(2025, 1, 31): 1, date(2025, 2, 28): 2, date(2026, 1, 31): 4, date(2026, 2, 28): 3,
    }  # fmt: skip


def test_a_column_of_another_measure_beside_known_ones_is_asked_and_left_out():
    told, problems, _, _ = read_sheet(
        sheet_of("2026年培训人数\n填报单位 | 培训人数 | | 缺勤 |\n | 1月 | 2月 | 1月 | 2月\n文澜区 | 1 | 2 | 9 | 9")
    )
    assert [row["persons"] for _, _, row in told] == [1, 2]
    assert ("ask", "months_left", "D3") in problems


# ------------------------------------------------------------------ sums, totals, months to come


@pytest.mark.parametrize(
    ("title", "values", "asked"),
    [
        ("技术工人培训人数", "1 | 3 | 2 | 6", ""),
        ("技术工人培训人数", "1 | 3 | 2 | 7", "合计 7，各月之和 6"),
        ("技术工人培训人数", "1 | 2 | 5 | 5", "合计 5，各月之和 8，与最近一个月相同，各月填的可能是累计数"),
        ("集体合同签订企业数", "1 | 3 | 5 | 5", ""),
        ("集体合同签订企业数", "1 | 3 | 5 | 9", "合计 9，最近一个月 5，恰为各月之和，各月填的可能是当月新增数"),
        ("集体合同签订企业数", "1 | 3 | | 3", ""),
    ],
)  # fmt: skip
def test_a_sum_of_the_months_is_a_check_and_never_data(title, values, asked):
    told, _, rows, _ = read_sheet(sheet_of(f"2026年{title}\n填报单位 | 1月 | 2月 | 3月 | 合计\n文澜区 | {values}"))
    assert len(told) == 3 - values.count("| |")
    assert [one.message for one in rows.problems if one.rule == "total_differs"] == (
        [f"合计与明细之和不符（{asked}）"] if asked else []
    )


def test_quarters_between_their_months_are_sums_and_quarters_alone_are_data():
    between, problems = persons(
        "2026年技术工人培训人数\n填报单位 | 1月 | 2月 | 3月 | 一季度 | 4月\n文澜区 | 1 | 3 | 2 | 7 | 5"
    )
    assert [day.month for _, day in between] == [1, 2, 3, 4]
    assert problems == [ACROSS, ("ask", "total_differs", "E3")]
    alone, _ = persons("2026年技术工人培训人数\n填报单位 | 第一季度 | 二季度 | Q3 | 合计\n文澜区 | 3 | 1 | 2 | 6")
    assert alone == {
        ("文澜区", date(2026, 3, 31)): 3,
        ("文澜区", date(2026, 6, 30)): 1,
        ("文澜区", date(2026, 9, 30)): 2,
    }


def test_the_total_of_each_month_is_held_against_its_own_rows():
    _, problems = persons("2026年技术工人培训人数\n填报单位 | 1月 | 2月\n文澜区 | 1 | 2\n朝晖区 | 3 | 4\n合计 | 4 | 7")
    assert problems == [ACROSS, ("ask", "total_differs", "C5")]


def test_months_to_come_are_blank_or_asked_and_the_month_of_the_day_stands_on_it():
    table = "技术工人培训人数\n填报单位 | 8月 | 9月 | 10月 | 11月\n文澜区 | 1 | 3 | 2 |"
    told, problems = persons(table, until=date(2026, 9, 25))
    assert list(told) == [("文澜区", date(2026, 8, 31)), ("文澜区", date(2026, 9, 25)), ("文澜区", date(2026, 10, 31))]
    assert problems == [ACROSS, ("ask", "months_late", "D3")]


def test_a_line_in_ten_thousands_holds_for_the_months_too():
    told, problems = persons("2026年技术工人培训人数\n单位：万人\n填报单位 | 8月 | 9月\n文澜区 | 0.3 | 0.1")
    assert list(told.values()) == [3000, 1000]
    assert problems.count(("ask", "unit_scale", "B3")) == 1


def test_nothing_this_month_is_said_of_that_month_only():
    told, _, _, nils = read_sheet(
        sheet_of("2026年技术工人培训人数\n填报单位 | 1月 | 2月\n文澜区 | 5 | 本月无\n朝晖区 | 3 | 1")
    )
    assert [(unit, day.month) for unit, day, _ in told] == [("文澜区", 1), ("朝晖区", 1), ("朝晖区", 2)]
    assert nils.said == (("文澜区", 3, date(2026, 2, 28)),)


def test_figures_that_only_grow_are_said_to_be_perhaps_running_totals():
    _, _, rows, _ = read_sheet(sheet_of("2026年技术工人培训人数\n填报单位 | 1月 | 2月 | 3月\n文澜区 | 1 | 2 | 3"))
    assert "各行逐月不减，也可能是累计数" in rows.problems[0].message


def test_a_second_column_of_one_month_is_asked_about():
    told, problems = persons("2026年技术工人培训人数\n填报单位 | 1月 | 2月 | 2月\n文澜区 | 1 | 3 | 2")
    assert list(told.values()) == [1, 3]
    assert problems == [ACROSS, ("ask", "mapping", "D2")]


def test_rows_without_any_figure_are_told_by_their_own_lines():
    _, _, rows, _ = read_sheet(
        sheet_of("2026年技术工人培训人数\n填报单位 | 1月 | 2月\n文澜区 | 1 |\n朝晖区 | |\n锦澜区 | | 2")
    )
    assert [one.message for one in rows.problems if one.rule == "rows_blank"] == ["没有填数的行，按未报处理（第4行）"]


def test_months_in_a_table_with_its_own_count_are_left_out_as_before():
    layout = laid_out(
        sheet_of("集体合同\n填报单位 | 企业总数 | 已签订企业数 | 9月 | 10月\n文澜区 | 9 | 3 | 1 | 2"), KNOWN
    )
    assert layout.across is None


def test_a_remembered_form_of_months_still_reads_its_months():
    sheet = sheet_of(f"2026年技术工人培训人数\n{MONTHS}")
    layout = laid_out(sheet, KNOWN)
    columns = {one.label: one.field or "" for one in layout.recognition}
    known = Known({layout.fingerprint: {"kind": layout.kind, "columns": columns}}, units=frozenset(UNITS))
    again = laid_out(sheet, known)
    assert (again.form, again.kind, again.across) == ("remembered", "W3b", layout.across)
    other = laid_out(sheet_of(f"2026年工资集体协商覆盖企业数\n{MONTHS}"), known)
    assert (other.form, other.kind, {one.field for one in other.across.months}) == (
        "remembered",
        "W2",
        {"covered@工资集体协商"},
    )


# ------------------------------------------------------------------ a law over drawn tables


LABELS = {
    "plain": lambda month: f"{month}月", "words": lambda month: f"{'一二三四五六七八九十'[month - 1] if month < 11 else '十' + '一二'[month - 11]}月份",
    "year": lambda month: f"2026年{month}月", "dot": lambda month: f"2026.{month}", "iso": lambda month: f"2026-{month:02d}",
}  # fmt: skip
FIGURES = st.one_of(st.none(), st.just("—"), st.integers(0, MOST))


WORDS = {
    "persons": "技术工人培训人数",
    "person_times": "培训人次",
    "numerator": "工资集体协商覆盖企业数",
    "members": "会员人数",
}


@st.composite
def month_tables(draw):
    """A sheet of months, the measure named in one place or nowhere, and the truth: (unit, day) → figure."""
    field, label = draw(st.sampled_from(sorted(WORDS))), LABELS[draw(st.sampled_from(sorted(LABELS)))]
    where = draw(st.sampled_from(["title", "tab", "above", "below", "behind", "nowhere"]))
    first = draw(st.integers(1, 9))
    months = list(range(first, draw(st.integers(first + 1, 12)) + 1))
    units = UNITS[: draw(st.integers(1, 3))]
    figures = {(unit, month): draw(FIGURES) for unit in units for month in months}
    names = [label(month) + (WORDS[field] if where == "behind" else "") for month in months]
    levels = {
        "above": [[WORDS[field], *[None] * (len(months) - 1)], names],
        "below": [names, [WORDS[field]] * len(months)],
    }
    header = [["填报单位" if n == 0 else None, *level] for n, level in enumerate(levels.get(where, [names]))]
    title = f"2026年{WORDS[field]}统计表" if where == "title" else "2026年各月情况"
    rows = [[unit, *(figures[unit, month] for month in months)] for unit in units]
    told = [[value for value in row[1:] if isinstance(value, int)] for row in rows]
    if draw(st.booleans()):
        header[0].append("合计")
        for row, values in zip(rows, told, strict=True):
            row.append((sum(values) if field.startswith("person") else values[-1]) if values else None)
    truth = {} if where == "nowhere" else {
        (unit, date(2026, month, calendar.monthrange(2026, month)[1])): value
        for (unit, month), value in figures.items() if isinstance(value, int)
    }  # fmt: skip
    return Sheet(WORDS[field] if where == "tab" else "表", [[title], *header, *rows]), field, truth, where


@settings(deadline=None, max_examples=200)
@given(drawn=month_tables())
def test_every_figure_of_a_drawn_table_is_right_or_nothing_is_read_and_it_is_asked(drawn):
    sheet, field, truth, where = drawn
    told, problems, _, _ = read_sheet(sheet)
    assert {(unit, day): row[field] for unit, day, row in told} == truth
    rules = {rule for _, rule, _ in problems}
    assert rules & {"months_measure", "months_across"} == {"months_measure" if where == "nowhere" else "months_across"}
    assert "total_differs" not in rules


# ------------------------------------------------------------------ words


@pytest.mark.parametrize(
    ("text", "period"),
    [("7月", (None, 7, 7)), ("七月份", (None, 7, 7)), ("十二月", (None, 12, 12)), ("2026年7月", (2026, 7, 7)), ("2026-07", (2026, 7, 7)),
     ("第三季度", (None, 7, 9)), ("三季度", (None, 7, 9)), ("2026年4季度", (2026, 10, 12)), ("Q1", (None, 1, 3)), ("7 月\n(人)", (None, 7, 7))],
)  # fmt: skip
def test_a_month_is_known_however_it_is_written(text, period):
    found = period_named(text)
    assert (found.year, found.first, found.last) == period


@pytest.mark.parametrize("text", ["1-10月", "13月", "月份", "本月", "上月", "2026年", "7月8日", "合计", "0月"])
def test_other_words_are_no_month(text):
    assert period_named(text) is None


@pytest.mark.parametrize(
    ("title", "measure"),
    [
        ("全市2026年各月技术工人培训人数统计表", ("W3b", "persons")), ("2026年1-10月职工技能培训人次", ("W3b", "person_times")),
        ("工资集体协商覆盖企业数月报表", ("W2", "covered@工资集体协商")), ("附件1：2026年国有企业集体合同签订企业数（家）", ("W2", "covered@国有及控股企业@集体合同")),
        ("已建会企业数", ("W2", "unionised")), ("单位：家", None), ("2026年", None), ("某市总工会", None),
    ],
)  # fmt: skip
def test_a_title_names_what_the_months_count_or_nothing(title, measure):
    assert measure_named(title) == measure


# ------------------------------------------------------------------ into the store


def test_one_file_of_months_is_one_commit_with_a_slot_for_each(store, workbook, read):
    data = workbook(
        {"培训": "2026年技术工人培训人数\n填报单位 | 8月 | 9月 | 10月 | 11月\n文澜区 | 3 | 5 | 4 |\n朝晖区 | 2 | | 1 |"}
    )
    seen = preview(store, read(data, "培训.xlsx"), Options())
    assert [found.rule for found in seen.problems] == ["months_across"]
    assert [(one.periods, one.units, len(one.added)) for one in seen.sheets] == [
        (("2026-08", "2026-09", "2026-10"), ("文澜区", "朝晖区"), 5)
    ]
    assert submit(store, seen, CLERK, "已核对") == 2
    heads = store.heads(2)
    persons_of = {
        slot: store.frame(entry)["persons"].tolist() for slot, entry in heads.items() if slot.dataset == "training"
    }
    assert persons_of == {
        Slot("training", unit, period): [value] for unit, period, value in
        [("文澜区", "2026-08", 3), ("文澜区", "2026-09", 5), ("文澜区", "2026-10", 4), ("朝晖区", "2026-08", 2), ("朝晖区", "2026-10", 1)]
    }  # fmt: skip


def test_a_given_day_says_the_year_and_never_moves_the_months(store, workbook, read):
    data = workbook({"培训": "技术工人培训人数\n填报单位 | 8月 | 9月 | 10月\n文澜区 | 3 | 5 | 4"})
    unsaid = preview(store, read(data, "培训.xlsx"), Options())
    assert [found.rule for found in unsaid.problems] == ["months_year"]
    day = date(2026, 10, 31)
    seen = preview(store, read(data, "培训.xlsx", None, day), Options(as_of=day))
    assert sorted(slot.period for slot in seen.change.frames) == ["2026-08", "2026-09", "2026-10"]


def test_a_month_after_today_is_asked_about(store, workbook, read):
    data = workbook({"培训": "2026年技术工人培训人数\n填报单位 | 10月 | 11月 | 12月\n文澜区 | 3 | 5 | 4"})
    seen = preview(store, read(data, "培训.xlsx"), Options())
    assert [(found.rule, found.value) for found in seen.asks] == [
        ("months_across", "10月、11月、12月"),
        ("as_of_late", "2026-12-31"),
    ]


def test_a_quarter_says_where_its_figure_is_kept():
    _, _, rows, _ = read_sheet(sheet_of("2026年技术工人培训人数\n填报单位 | 一季度 | 二季度\n文澜区 | 5 | 3"))
    assert rows.problems[0].message == (
        "各月横着排成了列，已按每期一行读入（人数，2026年3月至6月，各季的数记在季末的月份，该季其余月份不应再报，各季当季的数）"
    )


def test_a_running_total_is_held_against_the_months_in_the_store_way_by_way(store, workbook, read):
    head = "填报单位 | 培训方式 | 人数 | 累计人数 | 统计时点\n"
    first = workbook({"培训": head + "文澜区 | 自培 | 10 | 10 | 2026年1月\n文澜区 | 委培 | 20 | 20 | 2026年1月"})
    submit(store, preview(store, read(first, "培训.xlsx"), Options()), CLERK, "已核对")
    second = workbook({"培训": head + "文澜区 | 自培 | 5 | 15 | 2026年2月\n文澜区 | 委培 | 5 | 26 | 2026年2月"})
    seen = preview(store, read(second, "培训.xlsx"), Options())
    assert [(one.cell, one.message) for one in seen.asks] == [
        ("D3", "本期与上期累计之和不等于累计（文澜区2026年1月已入库 20，2026年2月本期 5，累计 26）")
    ]
