"""催报单 and 督办单: what stands in them is what the board shows, and what nobody knows is left blank."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Pt
from tables import PLAN_FOLDER

from unionplan.attainment import ItemState
from unionplan.export.paper import MARGINS, WIDTH, Paper
from unionplan.export.supervision import SIGNED, Case, cases, figures, supervision_paper, window
from unionplan.export.urging import BLANK, WIDTHS, Urging, months, office, urging_paper, urging_text
from unionplan.notes import Note
from unionplan.plan import plan_of, read_tables
from unionplan.reporting import Arrival, Report, due_day

PLAN = plan_of(read_tables(PLAN_FOLDER))
ITEMS = {item.id: item for item in PLAN.items}
DAY = date(2026, 11, 5)


def owed(unit: str, period: str, late: int) -> Report:
    return Report("figures", unit, "", period, due_day(period, 10), "overdue" if late else "waiting", late, None)


def came(unit: str, period: str) -> Report:
    return Report("figures", unit, "", period, due_day(period, 10), "on_time", 0, Arrival(DAY, "王芳", 2))


ROWS = [owed("甲区", "2026-09", 26), owed("甲区", "2026-10", 0), owed("乙县", "2026-10", 0)]
EVERY = [came("甲区", "2026-08"), *ROWS]


def urging(rows: Sequence[Report] = ROWS, by: date | None = date(2026, 11, 10), **changed: Any) -> Urging:
    asked = Urging("figures", rows, EVERY, {"甲区": ("王联络", "13800000000")}, by, "澄澜市总工会", DAY)
    return replace(asked, **changed)


def read(data: bytes) -> Any:
    return docx.Document(io.BytesIO(data))


def table(document: Any, place: int = 0) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in document.tables[place].rows]


def test_a_message_names_the_unit_what_it_owes_since_when_and_by_when() -> None:
    assert urging_text(urging()) == (
        "甲区：\n"
        "　　截至2026年11月5日，你单位台账、汇总表尚未报送：2026年9月（报送截止2026年10月10日，已逾期26天）、"
        "2026年10月（报送截止2026年11月10日，未到期）。最近一次报送的是2026年8月。请于2026年11月10日前报送。"
        "当月确无数据的，请报零报告。\n"
        "澄澜市总工会\n"
        "2026年11月5日\n"
        "\n"
        "乙县：\n"
        "　　截至2026年11月5日，你单位台账、汇总表尚未报送：2026年10月（报送截止2026年11月10日，未到期）。"
        "此前没有报送过。请于2026年11月10日前报送。当月确无数据的，请报零报告。\n"
        "澄澜市总工会\n"
        "2026年11月5日"
    )


def test_a_day_that_nobody_chose_is_left_to_be_written_in() -> None:
    assert f"请于{BLANK}前报送" in urging_text(urging(by=None))
    assert f"请于{BLANK}前报送" in read(urging_paper(urging(by=None))).paragraphs[3].text


def test_progress_is_asked_of_departments_and_knows_no_nil_report() -> None:
    text = urging_text(urging(subject="progress", rows=[replace(ROWS[0], subject="progress", unit="财务部")]))
    assert "你部门任务进展表尚未报送" in text
    assert "零报告" not in text


def test_the_paper_lists_every_unit_once_with_its_contact() -> None:
    document = read(urging_paper(urging()))
    assert [line.text for line in document.paragraphs if line.text] == [
        "台账、汇总表催报单",
        "各有关单位：",
        "截至2026年11月5日，2026年9月、10月台账、汇总表尚有2个单位、3份未报送，其中逾期1份。"
        "请于2026年11月10日前报送。当月确无数据的，请报零报告。名单如下：",
        "澄澜市总工会",
        "2026年11月5日",
    ]  # fmt: skip
    assert table(document) == [
        ["序号", "报送单位", "未报月份", "最早截止", "逾期", "最近报送", "联系人、电话"],
        ["1", "甲区", "9月、10月", "10月10日", "26天", "8月", "王联络\n13800000000"],
        ["2", "乙县", "10月", "11月10日", "未到期", "—", ""],
    ]
    assert sum(WIDTHS) == WIDTH


def test_nothing_overdue_is_said_so() -> None:
    assert "尚有1个单位、1份未报送，均未到期" in read(urging_paper(urging([ROWS[2]]))).paragraphs[3].text


def test_months_name_the_year_where_it_changes() -> None:
    rows = [owed("甲区", period, 1) for period in ("2026-02", "2025-12", "2026-01", "2026-01")]
    assert months(rows) == "2025年12月、2026年1月、2月"
    assert months(rows, 2026) == "2025年12月、2026年1月、2月"
    assert months(rows[2:], 2026) == "1月"


@pytest.mark.parametrize(
    ("city", "name"),
    [("澄澜市", "澄澜市总工会"), ("本市", "市总工会"), ("", "市总工会"), ("澄澜市总工会", "澄澜市总工会")],
)
def test_the_office_signs_with_its_own_name(city: str, name: str) -> None:
    assert office(city) == name


# 督办单

LATE = ItemState(ITEMS["A1-7"], "overdue", late_since=date(2026, 10, 20), said="共3步，已完成1步")
BEHIND = ItemState(ITEMS["A1-1b"], "behind", counts=(3100, 50000), moved_on=date(2026, 10, 31))
DONE = ItemState(ITEMS["A3-2a"], "attained")
NOTES = {
    "A1-7": (
        Note("A1-7", "progress", date(2026, 10, 1), "推荐完成"),
        Note("A1-7", "explanation", date(2026, 10, 28), "评审会延期", problems="专家未到齐", department="经济工作部"),
    )
}
BOTH = ("市总计划", "机关工会计划")


def test_only_what_is_overdue_or_behind_is_urged_the_overdue_first() -> None:
    found = cases([DONE, BEHIND, LATE], NOTES, DAY, BOTH)
    assert [(case.state.item.id, case.late_days) for case in found] == [("A1-7", 16), ("A1-1b", 0)]
    assert [note.text for note in found[0].explained] == ["评审会延期"]
    assert cases([LATE], NOTES, DAY, ("机关工会计划",)) == []


def test_a_sheet_has_the_plans_own_sentence_and_leaves_reason_measure_and_signature_blank() -> None:
    document = read(supervision_paper(cases([BEHIND, LATE], NOTES, DAY, BOTH), PLAN.indicators, "澄澜市总工会", DAY))
    assert [line.text for line in document.paragraphs if line.text] == [
        "重点任务督办单",
        "澄澜市总工会　　2026年11月5日",
    ] * 2
    rows = dict(table(document))
    assert rows["计划原句"] == ITEMS["A1-7"].quote
    assert rows["责任部门"] == ITEMS["A1-7"].department
    assert rows["完成时限"] == "2026年7月1日至2026年12月31日"
    assert rows["当前状态"] == "■ 逾期，逾期16天"
    assert rows["完成情况"] == "共3步，已完成1步。"
    assert rows["情况说明"] == "评审会延期；专家未到齐（2026年10月28日，经济工作部）"
    assert rows["未完成原因"] == rows["下步措施\n及完成时限"] == ""
    assert rows[SIGNED] == "年　　月　　日"
    other = dict(table(document, 1))
    assert "情况说明" not in other
    assert other["当前状态"] == "■ 滞后"
    assert (
        other["完成情况"] == f"截至2026年10月31日，已完成3,100{ITEMS['A1-1b'].unit}，目标50,000{ITEMS['A1-1b'].unit}。"
    )


def test_an_item_of_which_nothing_is_known_has_blank_figures() -> None:
    assert figures(ItemState(ITEMS["A1-7"], "overdue"), PLAN.indicators) == ""
    assert window(None, None) == "截止日期未设定"
    assert window(None, DAY) == "2026年11月5日前"


def test_every_sheet_begins_on_a_page_of_its_own() -> None:
    document = read(supervision_paper([Case(LATE, (), DAY), Case(BEHIND, (), DAY)], PLAN.indicators, "", DAY))
    titles = [line for line in document.paragraphs if line.style.name == "公文标题"]
    assert [bool(title.paragraph_format.page_break_before) for title in titles] == [False, True]


# The form of an official paper


def test_the_paper_has_the_official_size_margins_type_and_lines() -> None:
    document = read(urging_paper(urging()))
    [section] = document.sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    sides = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(side.mm) for side in sides] == list(MARGINS) == [37, 35, 28, 26]
    body, title = document.styles["公文正文"], document.styles["公文标题"]
    assert (body.font.size, body.paragraph_format.line_spacing) == (Pt(16), Pt(28))
    assert body.element.pPr.ind.get(qn("w:firstLineChars")) == "200"
    assert title.font.size == Pt(22)
    fonts = [style.element.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")) for style in (body, title)]
    assert fonts == ["仿宋_GB2312", "方正小标宋简体"]
    assert section._sectPr.find(qn("w:docGrid")) is None


def test_the_head_of_a_list_is_repeated_and_no_row_is_torn() -> None:
    rows = read(urging_paper(urging())).tables[0].rows
    assert rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows)


def test_who_signs_stays_with_what_stands_before() -> None:
    lines = read(urging_paper(urging())).paragraphs
    assert [bool(line.paragraph_format.keep_with_next) for line in lines[-3:]] == [True, True, False]


def test_page_numbers_stand_at_the_outer_edge() -> None:
    data = urging_paper(urging())
    document = read(data)
    assert document.settings.odd_and_even_pages_header_footer
    [section] = document.sections
    assert [foot.paragraphs[0].alignment for foot in (section.footer, section.even_page_footer)] == [2, 0]
    assert 'PAGE' in "".join(zipfile.ZipFile(io.BytesIO(data)).read(name).decode() for name in ("word/footer1.xml", "word/footer2.xml"))  # fmt: skip


def test_names_of_units_stand_as_text_whatever_is_in_them() -> None:
    paper = Paper(DAY)
    paper.title("<b>甲</b> & {PAGE}\u200b\x07乙")
    assert read(paper.data()).paragraphs[0].text == "<b>甲</b> & {PAGE}乙"
