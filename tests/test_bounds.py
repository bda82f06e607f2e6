"""How large a workbook may be beyond its bytes, and how much of a file's own words a sentence shows."""

import pytest

from unionplan.errors import IntakeError
from unionplan.intake.bounds import MAX_COLUMNS, MAX_SHEETS, MAX_TEXT, bounded
from unionplan.intake.cells import Book, Coded, Sheet, Table
from unionplan.intake.findings import MOST, condensed
from unionplan.intake.problems import problem, shown


def book(*rows, sheets=1):
    return Book("xlsx", [Sheet("台账", list(rows))] * sheets)


@pytest.mark.parametrize(
    ("edge", "over", "said"),
    [
        (book(sheets=MAX_SHEETS), book(sheets=MAX_SHEETS + 1),
         "有 1,001 张工作表。一个文件不超过 1,000 张工作表。请删去无关的工作表，或拆成几个文件后重新上传。"),
        (book([1] * MAX_COLUMNS), book([1], [1] * (MAX_COLUMNS + 1)),
         "工作表“台账”的列数异常地多。一张表不超过 16,384 列。请检查是否选错了文件，或另存为 .xlsx 后重新上传。"),
        (book(["字" * MAX_TEXT]), book(["甲", "字" * (MAX_TEXT + 1)]),
         "工作表“台账”的一个单元格里的文字异常地长。一个单元格不超过 32,767 个字。请检查是否选错了文件，或删去过长的文字后重新上传。"),
    ],
)  # fmt: skip
def test_a_workbook_at_the_edge_is_read_and_one_beyond_it_is_refused(edge, over, said):
    assert bounded(edge, "台账.xlsx").sheets == edge.sheets
    with pytest.raises(IntakeError) as refusal:
        bounded(over, "台账.xlsx")
    assert str(refusal.value) == f"台账.xlsx：{said}"


def test_what_steers_a_terminal_or_turns_the_direction_is_not_shown():
    assert shown("甲\x1b[31m乙\u202e丙\u2066\x00") == "甲\ufffd[31m乙\ufffd丙\ufffd\ufffd"
    assert shown("甲\n乙\t丙") == "甲\n乙\t丙"
    assert shown("字" * 200) == "字" * 200
    assert shown("字" * 1_201) == "字" * 200 + "…（共 1,201 字）"


def test_a_sentence_shows_no_more_of_a_file_than_it_can_hold():
    found = problem("unit_unknown", "台账", "C2", "填" * 999, "区" * 999, "区" * 999)
    assert max(len(words) for words in vars(found).values() if isinstance(words, str)) < 250


def test_the_problems_of_one_kind_beyond_the_thousandth_are_told_as_one_with_all_their_cells():
    found = [problem("negative", "台账", f"E{row}", "职工人数", row) for row in range(2, MOST + 12)]
    told = condensed([*found, problem("negative", "台账", "F2", "会员人数", -1)])
    assert told[:MOST] == found[:MOST]
    assert [(one.cell, one.column, one.message, one.cells) for one in told[MOST:]] == [
        ("F2", "会员人数", "是负数", ()),
        ("E1002、E1003、E1004", "职工人数", "是负数（另有 10 处，不再逐一列出）", ("E1002:E1011",)),
    ]


def test_a_table_of_columns_gives_blank_rows_and_wide_rows_as_they_are():
    import numpy as np

    empty = Coded(np.full(4, -1, np.int32), [])
    table = Table(
        [Coded(np.array([0, -1, -1, -1], np.int32), ["甲"]), empty, Coded(np.array([-1, -1, 0], np.int32), [5])], 4
    )
    assert list(table) == [["甲"], [], [None, None, 5], []]
    assert table[-2] == [None, None, 5]
