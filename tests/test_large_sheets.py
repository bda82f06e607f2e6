"""A large sheet goes by column and passes over plain rows; it gives what the same sheet gives row by row."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from unionplan.intake import checks
from unionplan.intake.cells import Sheet, Table, Unreadable, coded
from unionplan.intake.layout import tables
from unionplan.observations import LEDGER

UNITS = {"文澜区": "文澜区", "朝晖区": "朝晖区"}
HEADER = [field.label for field in LEDGER]
ODD = ["合计", "合  计", "小计：", "总计(家)", "累计", "全市平均", "其中：国有", "#集体", "注：本表", "填表人：王", "审 核 人", "说明", "第1页",
       "家", "栏次", "甲", "1", "一、国有企业", "无", "零报告", "Total", "单位名称", "统计编码", "2026年", "设计院", "公司总数", "天平均", "会计"]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(
        [*ODD, "文澜区", "朝晖区", "存续", "是", "否", "单独", "未签", "国有控股", "私营企业", "000000001", "清空"]
    ),
    st.text("东方机械纺织公司有限责任（）() 12", min_size=1, max_size=8),
)
CELLS = st.one_of(st.none(), TEXTS, st.integers(-2, 30), st.dates(date(2024, 1, 1), date(2028, 1, 1)), st.booleans(),
                  st.just(1.5), st.just(Unreadable("#DIV/0!")))  # fmt: skip
NAMED = {field.id: place for place, field in enumerate(LEDGER)}


@st.composite
def ledger_rows(draw):
    """Rows of a ledger, most of them sound in most cells, some odd through and through."""
    rows = []
    for number in range(draw(st.integers(1, 12))):
        row = [None] * len(LEDGER)
        row[NAMED["union_code"]] = draw(st.sampled_from([f"{number:09d}", "000000001", None]))
        row[NAMED["org_name"]] = draw(
            st.sampled_from([f"第{number}机械公司", "东方有限公司", "东方有限责任公司", None])
        )
        row[NAMED["reporting_unit"]] = draw(st.sampled_from(["文澜区", "朝晖区", None]))
        row[NAMED["workers"]], row[NAMED["members"]] = draw(st.integers(0, 20)), draw(st.integers(0, 20))
        row[NAMED["contract_form"]] = draw(st.sampled_from(["单独", "未签", None]))
        row[NAMED["contract_start"]] = draw(st.one_of(st.none(), st.dates(date(2025, 1, 1), date(2027, 1, 1))))
        row[NAMED["contract_end"]] = draw(st.one_of(st.none(), st.dates(date(2025, 1, 1), date(2027, 1, 1))))
        for place in draw(st.lists(st.integers(0, len(LEDGER) - 1), max_size=4)):
            row[place] = draw(CELLS)
        rows.append(draw(st.sampled_from([row, row, row, row[: draw(st.integers(0, 3))]])))
    return rows


def by_column(sheet):
    width = max(map(len, sheet.rows))
    return replace(sheet, rows=Table([sheet.column(index) for index in range(width)], len(sheet.rows)))


def said(sheet):
    """Everything that a sheet comes to: its tables' rows and totals, and for ledgers every value and problem."""
    found = []
    for layout in tables(sheet):
        found.append((layout.kind, layout.header, layout.rows, layout.totals, layout.end))
        if layout.kind == "W1":
            rows = checks.ledger(sheet, layout, UNITS, None, date(2026, 10, 31))
            columns = {name: list(values) for name, values in rows.columns.items()}
            found.append((columns, rows.places, rows.clears, rows.rejected, rows.problems))
    return found


@settings(deadline=None, max_examples=150)
@given(rows=ledger_rows())
def test_a_ledger_by_column_is_the_ledger_by_row(rows):
    sheet = Sheet("台账", [["企业台账"], HEADER, *rows])
    assert said(by_column(sheet)) == said(sheet)


LINES = st.sampled_from([*UNITS, " 文澜区　", "合计", "火星区", "一、国有企业"])


@settings(deadline=None, max_examples=150)
@given(
    rows=ledger_rows(),
    lines=st.lists(st.tuples(st.integers(0, 12), LINES, st.integers(0, 3)), max_size=5),
    first=st.booleans(),
)
def test_units_in_lines_between_the_rows_are_the_same_by_column_and_by_row(rows, lines, first):
    kept = [place for place, name in enumerate(HEADER) if name != "填报单位"]
    rows = [[row[place] for place in kept if place < len(row)] for row in rows]
    for at, word, column in [(0, "朝晖区", 0), *lines] if first else lines:
        rows.insert(at, [*[None] * column, word])
    sheet = Sheet("台账", [["企业台账"], [HEADER[place] for place in kept], *rows])
    assert said(by_column(sheet)) == said(sheet)


def test_a_large_ledger_takes_the_unit_of_the_line_above():
    rows = [[unit] if n < 0 else [f"{unit}{n}公司", "存续", 5] for unit in UNITS for n in range(-1, 3)]
    sheet = by_column(Sheet("台账", [["单位名称", "企业状态", "职工人数"], *rows]))
    found = checks.ledger(sheet, tables(sheet)[0], UNITS, None, date(2026, 10, 31))
    units, names = (list(found.columns[name]) for name in ("reporting_unit", "org_name"))
    assert [(unit, name[:3]) for unit, name in zip(units, names, strict=True)] == [
        (u, u) for u in UNITS for _ in range(3)
    ]


@settings(deadline=None, max_examples=150)
@given(rows=st.lists(st.lists(CELLS, max_size=5), min_size=1, max_size=15), merged=st.booleans())
def test_any_rows_below_a_header_are_the_same_by_column_and_by_row(rows, merged):
    header = ["填报单位", "企业类型", "企业总数", "已签订企业数", "签订率"]
    ranges = ((2, 0, 2, 3), (3, 0, 4, 0)) if merged else ()
    sheet = Sheet("汇总", [header, *rows], ranges)
    assert said(by_column(sheet)) == said(sheet)


def test_a_row_of_a_table_is_cut_where_it_is_filled_and_a_far_one_is_an_error():
    table = Table([coded([1, None, "甲"]), coded([None, None, 2])], 3)
    assert [*table] == [[1], [], ["甲", 2]] == table[0:3]
    assert table[-1] == ["甲", 2]
    try:
        table[3]
    except IndexError:
        return
    raise AssertionError
