"""A table written in any format and read again is the same table, cell for cell, type for type."""

import string
from datetime import date, datetime, time, timedelta

import format_writers as write
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from unionplan.intake.cells import Sheet, Table, Unreadable
from unionplan.intake.delimited import csv_rows
from unionplan.intake.delimited_columns import columns
from unionplan.intake.reading import read_book

CHINESE = "文澜区第一针织厂（）、。，；：“”％％０１２３①㎡Ａｂ龘㐀"
ALPHABET = string.ascii_letters + string.digits + CHINESE + "\U00020000é%&<>'\"=#|;,./\\-_+()[]{}!?@*~` \u3000\n"
CODES = st.from_regex(r"0[0-9]{2,11}|9[0-9]{17}|[0-9]{1,4}\.[0-9]0%", fullmatch=True)
TEXTS = (st.text(ALPHABET, min_size=1, max_size=12).map(str.strip) | CODES).filter(
    lambda text: text and not (text.startswith("=") and text.endswith('"')) and set(text) != {"#"}
)
DAYS = st.dates(date(1900, 3, 1), date(9999, 12, 31))
MOMENTS = st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 31)).map(lambda m: m.replace(microsecond=0)).filter(
    lambda moment: moment.time() != time()
)  # fmt: skip
LASTING = st.integers(1, 3_600_000).map(lambda seconds: timedelta(seconds=seconds))
TIMES = st.times().map(lambda clock: clock.replace(microsecond=0))
REALS = st.floats(-1e9, 1e9, allow_subnormal=False).map(lambda x: float(f"{x:.12g}")).filter(lambda x: x != int(x))
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | REALS
SHARES = st.integers(1, 999).map(lambda share: share / 1000)
CELLS = st.none() | TEXTS | NUMBERS | SHARES | DAYS | MOMENTS | LASTING | TIMES | st.booleans()
TABLES = st.lists(st.lists(CELLS, max_size=6), min_size=1, max_size=8)
WRITTEN = st.lists(st.lists(st.none() | TEXTS, min_size=2, max_size=6), min_size=2, max_size=8)


# What a text format writes for a failed formula; it has no other way to say it, so such a text is read as a failed cell.
FAILED = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"}


def filled(rows, failed=frozenset()):
    """(row, column) → (type, cell) of every cell that is not empty; texts of ``failed`` as the failed cells they are."""
    cells = {(r, c): cell for r, row in enumerate(rows) for c, cell in enumerate(row) if cell is not None}
    cells = {at: Unreadable(cell) if isinstance(cell, str) and cell in failed else cell for at, cell in cells.items()}
    return {at: (type(cell), cell) for at, cell in cells.items()}


def reread(tmp_path_factory, data, name):
    path = tmp_path_factory.getbasetemp() / "roundtrip"
    path.write_bytes(data)
    book = read_book(path, name)
    assert len(book.sheets) == 1
    return book


@pytest.mark.parametrize("kind", ["xlsx", "xlsb", "xls", "ods", "xml", "html"])
@settings(max_examples=120, deadline=None)
@given(rows=TABLES)
@example(
    rows=[["单位名称", None, "00123"], [], [None, 12.5, True, date(2026, 10, 31), timedelta(hours=36), time(12, 30)]]
)
def test_every_cell_comes_back_as_it_was(tmp_path_factory, kind, rows):
    if not filled(rows):
        rows = [["甲"]]
    book = reread(tmp_path_factory, getattr(write, kind)(rows), f"台账.{kind}")
    sheet = book.sheets[0]
    assert (book.format, sheet.name, sheet.repaired) == (kind, "台账", ())
    assert filled(sheet.rows) == filled(rows)


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@settings(max_examples=25, deadline=None)
@given(rows=WRITTEN)
@example(rows=[["#VALUE!", "甲"], ["#N/A", "1"]])
def test_text_comes_back_in_every_encoding(tmp_path_factory, separator, encoding, rows):
    rows = [["单位名称", "填报单位", "职工人数"], *[row for row in rows if any(row)]] * 2
    data = write.delimited(rows, separator, encoding)
    book = reread(tmp_path_factory, data, "台账.csv")
    assert (book.format, book.sheets[0].repaired) == ("csv", ())
    assert filled(book.sheets[0].rows) == filled(rows, FAILED)


@pytest.mark.parametrize("separator", [",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@settings(max_examples=300, deadline=None)
@given(text=st.lists(st.sampled_from(["甲", "00123", " ", "\u3000", '"', '""', "=", "#", "##N/A", "#N/A", ",", "\t", "\n", "\r\n",
                                      "a b", '="001"', '"x,y"', '"x\ny"', "é", "1"]), max_size=60).map("".join))  # fmt: skip
@example(text='a,b\n"x","y ""z"""\n\n1,2,3,4\n"q\nr",s\n')
def test_arrow_and_the_csv_module_split_alike(encoding, separator, text):
    table = columns(text.encode(encoding), separator, encoding) if text else None
    if table is not None:
        rows = csv_rows(text, separator, "a.csv")
        assert [table[place] for place in range(len(table))] == rows
        sheet = Sheet("", table)
        for index in range(max((len(row) for row in rows), default=0)):
            column = sheet.column(index)
            assert len({(type(value), value) for value in column.values}) == len(column.values)


def test_a_large_regular_file_is_split_by_arrow(tmp_path_factory):
    rows = [["单位名称", "代码", "职工人数"], *([f"文澜第{n}厂", f"{n:06}", str(n % 7)] for n in range(60_000))]
    book = reread(tmp_path_factory, write.delimited(rows, encoding="gb18030"), "台账.csv")
    assert isinstance(book.sheets[0].rows, Table)
    assert filled(book.sheets[0].rows) == filled(rows)
