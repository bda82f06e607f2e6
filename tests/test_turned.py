"""Units that stand across: the table is read turned over, and every word about it names the clerk's own cells."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import table_rows

from unionplan.intake.cells import Sheet, address
from unionplan.intake.known_forms import Known
from unionplan.intake.layout import tables
from unionplan.intake.preview import Options, preview
from unionplan.intake.returns import summary
from unionplan.intake.turned import turned
from unionplan.store import Slot

UNITS = ("文澜区", "朝晖区", "锦澜区")
KNOWN = Known(units=frozenset(UNITS))
NAMES = dict(zip(UNITS, UNITS, strict=True))
TITLE = "2026年10月集体合同签订情况\n"


def figures(table):
    """(unit, type, indicator) → (covered, base) of a table of units across."""
    over = turned(Sheet("表", table_rows(table)), KNOWN.units)
    assert over is not None
    (layout,) = tables(over.sheet, KNOWN)
    rows = summary(over.sheet, layout, (NAMES, None, False)).columns
    keys = zip(rows["reporting_unit"], rows["told"], rows["indicator"], strict=True)
    return dict(zip(keys, zip(rows["numerator"], rows["denominator"], strict=True), strict=True))


ONE = {("文澜区", "all", "contract"): (5, 10), ("朝晖区", "all", "contract"): (2, 20)}
TYPED = {("文澜区", "state", "contract"): (5, 10), ("朝晖区", "state", "contract"): (2, 20),
         ("文澜区", "non_public", "contract"): (3, 30), ("朝晖区", "non_public", "contract"): (4, 40)}  # fmt: skip


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("指标 | 文澜区 | 朝晖区\n企业总数 | 10 | 20\n已签订企业数 | 5 | 2", ONE),
        (" | 文澜区 | 朝晖区 | 合计\n企业总数 | 10 | 20 | 30\n已签订企业数 | 5 | 2 | 7\n填表人：王某 | | 审核人：李某", ONE),
        ("序号 | 指标 | 单位 | 文澜区 | 朝晖区\n1 | 企业总数 | 家 | 10 | 20\n2 | 已签订企业数 | 家 | 5 | 2\n3 | 签订率 | % | 50% | 10%", ONE),
        ("企业类型 | 指标 | 文澜区 | 朝晖区\n国有及控股企业 | 企业总数 | 10 | 20\n | 已签订企业数 | 5 | 2\n非公有制企业 | 企业总数 | 30 | 40\n | 已签订企业数 | 3 | 4", TYPED),
        ("指标 | 企业类型 | 文澜区 | 朝晖区\n企业总数 | 国有及控股企业 | 10 | 20\n | 非公有制企业 | 30 | 40\n已签订企业数 | 国有及控股企业 | 5 | 2\n | 非公有制企业 | 3 | 4", TYPED),
        (" | 文澜区 | 朝晖区\n国有及控股企业 | |\n企业总数 | 10 | 20\n已签订企业数 | 5 | 2\n非公有制企业 | |\n企业总数 | 30 | 40\n已签订企业数 | 3 | 4", TYPED),
    ],
)  # fmt: skip
def test_units_across_are_read_turned_over(table, expected):
    found = figures(TITLE + table)
    assert {key: value for key, value in found.items() if key[2]} == expected


def test_types_alone_take_the_measure_of_the_title():
    found = figures(
        "2026年10月集体合同已签订企业数\n企业类型 | 文澜区 | 朝晖区\n国有及控股企业 | 5 | 2\n非公有制企业 | 3 | 4"
    )
    assert {key: covered for key, (covered, _) in found.items()} == {
        key: covered for key, (covered, _) in TYPED.items()
    }


@pytest.mark.parametrize(
    "table",
    [
        "指标 | 文澜区 | 朝晖区\n满意度 | 10 | 20\n好评 | 5 | 2",
        "指标 | 文澜区 | | 朝晖区\n企业总数 | 1 | 2 | 3\n已签订企业数 | 1 | 2 | 3",
        "企业类型 | 文澜区 | 朝晖区\n | 企业总数 | 企业总数\n国有及控股企业 | 10 | 20",
        "指标 | 文澜区 | 朝晖区\n企业总数 | 10 | 20\n已签订企业数 | 5 | 2\n | 3 | 4",
        "指标 | 文澜区 | 火星区\n企业总数 | 10 | 20\n已签订企业数 | 5 | 2",
        "填报单位 | 企业总数 | 已签订企业数\n文澜区 | 10 | 20\n朝晖区 | 5 | 2",
        "活动名称 | 牵头 | 协办 | 完成情况\n技能比武 | 文澜区 | 朝晖区 | 已完成",
    ],
)  # fmt: skip
def test_what_turning_would_lose_or_nobody_knows_is_not_turned(table):
    assert turned(Sheet("表", table_rows(TITLE + table)), KNOWN.units) is None


@settings(deadline=None, max_examples=100)
@given(
    values=st.lists(st.tuples(*[st.one_of(st.none(), st.integers(0, 90))] * 2), min_size=3, max_size=3),
    above=st.integers(0, 3),
)
def test_a_table_turned_over_says_what_the_upright_one_says_cell_by_cell(values, above):
    head = [["2026年10月集体合同签订情况"], *([[]] * above)]
    upright = Sheet(
        "表", [*head, ["填报单位", "企业总数", "已签订企业数"], *([u, *v] for u, v in zip(UNITS, values, strict=True))]
    )
    across = Sheet(
        "表",
        [
            *head,
            ["指标", *UNITS],
            *(
                [word, *line]
                for word, line in zip(("企业总数", "已签订企业数"), zip(*values, strict=True), strict=True)
            ),
        ],
    )
    over = turned(across, KNOWN.units)
    if over is None:  # a measure without any figure is none
        assert any(all(line[n] is None for line in values) for n in (0, 1))
        return
    (plain_layout,), (layout,) = tables(upright, KNOWN), tables(over.sheet, KNOWN)
    if {c.field for c in layout.columns} != {c.field for c in plain_layout.columns}:
        return  # so is a column that is left out with its measure
    expected, found = (
        summary(sheet, one, (NAMES, None, False)) for sheet, one in ((upright, plain_layout), (over.sheet, layout))
    )
    assert {name: list(values) for name, values in found.columns.items()} == {
        name: list(values) for name, values in expected.columns.items()
    }
    turned_cell = {
        address(row, column): address(*over.own(row, column))
        for row in range(len(over.sheet.rows))
        for column in range(3)
    }
    top = len(head)
    own = {address(top + line, column): address(top + column, line) for line in range(4) for column in range(3)}
    assert [(one.rule, turned_cell.get(one.cell, one.cell)) for one in found.problems] == [
        (one.rule, own.get(one.cell, one.cell)) for one in expected.problems
    ]


# ------------------------------------------------------------------ the whole way


def told(read, workbook, table, name="汇总.xlsx"):
    return read(workbook({"表": table}), name)


def test_a_problem_names_the_clerks_own_cell(read, workbook):
    file = told(
        read, workbook, TITLE + "指标 | 文澜区 | 朝晖区 | 火星区\n企业总数 | 10 | 20 | 3\n已签订企业数 | 5 | 21 | x"
    )
    assert [(one.rule, one.cell, one.value) for one in file.all_problems() if one.severity == "reject"] == [
        ("unit_unknown", "D2", "火星区"), ("not_integer", "D4", "x"), ("covered_over", "C4", "21"),
    ]  # fmt: skip
    assert [(cell, field) for cell, _, field in file.sheets[0].columns] == [
        ("A2", "reporting_unit"),
        ("A3", "total"),
        ("A4", "covered"),
    ]


def test_a_repeated_unit_is_named_by_its_column(read, workbook):
    file = told(
        read, workbook, TITLE + "指标 | 文澜区 | 朝晖区 | 文澜区\n企业总数 | 10 | 20 | 3\n已签订企业数 | 5 | 2 | 1"
    )
    (found,) = [one for one in file.all_problems() if one.rule == "duplicate"]
    assert (found.cell, found.message) == ("D2", "同一填报单位内重复（与B列相同）")


def test_units_across_go_into_the_slots_of_their_units(store, read, workbook):
    seen = preview(
        store,
        told(read, workbook, TITLE + "指标 | 文澜区 | 朝晖区\n企业总数 | 10 | 20\n已签订企业数 | 5 | 2"),
        Options(),
    )
    frames = {
        slot: frame[["numerator", "denominator"]].to_numpy().tolist() for slot, (_, frame) in seen.change.frames.items()
    }
    assert frames == {Slot("summary", "文澜区", "2026-10"): [[5, 10]], Slot("summary", "朝晖区", "2026-10"): [[2, 20]]}


def test_months_below_units_across_are_read_month_by_month(store, read, workbook):
    table = "2026年技术工人培训人数\n月份 | 文澜区 | 朝晖区\n8月 | 30 | 20\n9月 | 10 | 40\n10月 | 30 | 本月无\n合计 | 70 | 61"
    seen = preview(store, told(read, workbook, table), Options())
    assert [(one.rule, one.cell) for one in seen.problems] == [
        ("months_across", "A3"),
        ("total_differs", "C6"),
        ("nil_told", "C2"),
    ]
    assert {(slot.dataset, slot.unit, slot.period) for slot in seen.change.frames} == {
        *(("training", "文澜区", f"2026-{month}") for month in ("08", "09", "10")),
        *(("training", "朝晖区", f"2026-{month}") for month in ("08", "09")), ("nil", "朝晖区", "2026-10"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "table",
    [
        "指标 | 文澜区 | 朝晖区\n满意度 | 10 | 20",
        "企业类型 | 文澜区 | | 朝晖区 |\n | 企业总数 | 已签订企业数 | 企业总数 | 已签订企业数\n国有及控股企业 | 10 | 2 | 20 | 3",
    ],
)  # fmt: skip
def test_units_across_that_cannot_be_read_are_refused_by_name(read, workbook, table):
    found = [
        (one.rule, one.cell, one.message)
        for one in told(read, workbook, TITLE + table).all_problems()
        if one.severity == "reject"
    ]
    assert found == [("units_across", "A2", "填报单位横着排成了列，但左边的各行不都是认得的指标")]


def test_a_choice_made_for_a_cell_holds_where_that_cell_is_turned_to():
    over = turned(
        Sheet("表", table_rows(TITLE + "指标 | 文澜区 | 朝晖区\n企业总数 | 10 | 20\n已签订企业数 | 5 | 2")), KNOWN.units
    )
    known = over.known(Known(choices={"表": {"A4": "contracts"}, "别的": {"A1": "total"}}))
    assert known.choices == {"表": {"C2": "contracts"}, "别的": {"A1": "total"}}
