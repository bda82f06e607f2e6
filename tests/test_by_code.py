"""What goes by whole columns of codes and texts gives what goes text by text, row by row and frame by frame."""

import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unionplan.demo import DATA
from unionplan.intake import body, checks, fields
from unionplan.intake.body_scan import _Flags
from unionplan.intake.cells import Book, Coded, Sheet, Table
from unionplan.intake.cleaning import cleaned
from unionplan.intake.delimited_columns import columns
from unionplan.intake.findings import Rows
from unionplan.intake.first_ledgers import Names, by_unit, can_be_first, first_ledger
from unionplan.intake.handover import plain_table, read_table, write_table
from unionplan.intake.merging import COLUMNS, merged, repeated
from unionplan.intake.texts import END, Texts
from unionplan.intake.typed import typed
from unionplan.observations import FIELDS
from unionplan.plan import plan_of, read_tables
from unionplan.store.counts import counted, counted_together
from unionplan.store.snapshots import LEDGER_SCHEMA, PANDAS_TYPES, frame_bytes, ledger_table

AS_OF = date(2026, 10, 31)
INDICATORS = plan_of(read_tables(DATA / "plan")).indicators
ODD = ["合计", "总计(家)", "小计：", "其中：国有", "注：本表", "审 核 人", "家", "1", "2026年", "12,5", "-3.5%", "Total", "ｔｏｔａｌ", "ａ甲",
       "清空", "—", "/", " 甲", "甲  乙", "甲\u3000乙", "甲\u00a0", "甲\n乙", "_x000D_", "e\u0301", "①", "（甲）", "东方机械有限责任公司", "东方机械有限公司",
       "东方机械（有限公司）", "东方机械·工会", "东方机械工会委员会", "工会工会", "😀", "\u200b", "000000001", "１２３", "\u0663"]  # fmt: skip
TEXT = st.one_of(
    st.sampled_from(ODD),
    st.text("东方机械纺织公司有限责任工会（）() 12x_", min_size=1, max_size=14),
    st.text(st.characters(codec="utf-8", exclude_characters=END + "\r\n"), min_size=1, max_size=4),
)
LISTS = st.lists(TEXT, min_size=1, max_size=12, unique=True)


def texts(values, encoding="utf-8"):
    return Texts.decoded(pa.array([value.encode(encoding) for value in values], pa.binary()), encoding)


# ------------------------------------------------------------------ texts


@settings(deadline=None)
@given(values=LISTS, more=st.lists(TEXT, max_size=3), encoding=st.sampled_from(["utf-8", "gb18030"]))
def test_texts_are_what_they_were_decoded_from(values, more, encoding):
    held = texts(values, encoding).and_also(more)
    assert list(held) == [held[place] for place in range(len(held))] == [*values, *more]
    assert held.whole.split(END) == [*values, *more]
    assert held.lengths.tolist() == [len(value) for value in [*values, *more]]
    beyond = any(char > "\uffff" for value in [*values, *more] for char in value)  # those it does not vouch for
    assert held.are_printable == (all(value.isprintable() for value in [*values, *more]) and not beyond)


def test_bytes_that_are_no_text_are_told():
    with pytest.raises(UnicodeDecodeError):
        Texts.decoded(pa.array([b"\xff\xff"]), "gb18030")


@settings(deadline=None, max_examples=300)
@given(values=LISTS)
def test_what_texts_are_is_the_same_asked_together_and_one_by_one(values):
    codes = np.arange(len(values), dtype=np.int32)
    together, each = (_Flags(Coded(codes, held), body._telling) for held in (texts(values), values))
    for name in ("telling", "word", "short"):
        assert getattr(together, name).tolist() == getattr(each, name).tolist()
    for kind in ("text", "code"):
        field = next(field for field in FIELDS.values() if field.kind == kind)
        assert fields.plainly_meant(field, texts(values)).tolist() == fields.plainly_meant(field, values).tolist()
    assert checks._loose(texts(values)).to_pylist() == checks.loose_names(values)
    loose = checks.loose_names(values)
    assert checks.repeating(texts(values)).tolist() == [loose.count(name) > 1 for name in loose]


@settings(deadline=None, max_examples=200)
@given(values=LISTS)
def test_texts_are_cleaned_as_a_list_of_them_is(values):
    codes = np.arange(len(values), dtype=np.int32)
    books = [
        cleaned(Book("csv", [Sheet("", Table([Coded(codes, held)], len(values)))])) for held in (texts(values), values)
    ]
    assert list(books[0].sheets[0].rows) == list(books[1].sheets[0].rows)
    assert books[0].sheets[0].repaired == books[1].sheets[0].repaired


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("last", ["000000001", "文澜5000厂", "统计编码", "009999999"])
def test_a_column_of_many_texts_keeps_them_all_whether_or_not_one_repeats(encoding, last):
    rows = [["统计编码", "单位名称"], *([f"{n:09d}", f"文澜{n}厂"] for n in range(1, 6000)), [last, last]]
    table = columns("".join(",".join(row) + "\n" for row in rows).encode(encoding), ",", encoding)
    assert isinstance(table.columns[1].values, Texts)
    assert list(table) == rows
    assert all(len(set(column.values)) == len(column.values) for column in table.columns)


# ------------------------------------------------------------------ handing over


@settings(deadline=None)
@given(
    words=st.lists(st.one_of(st.none(), TEXT), min_size=1, max_size=8),
    counts=st.lists(st.one_of(st.none(), st.integers(0, 10**12)), min_size=8, max_size=8),
)
def test_what_is_handed_over_arrives(words, counts):
    size = len(words)
    days = [None if count is None else AS_OF for count in counts[:size]]
    held = {"org_name": typed(words), "street": words, "workers": typed(counts[:size]), "changed_on": typed(days)}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "rows.arrow"
        write_table(
            place, Rows(held, range(3, size + 3), [], {0}, []), {name: FIELDS[name].kind for name in [*held, "note"]}
        )
        table = plain_table(read_table(place))
    told = {name: list(values) for name, values in held.items()}
    assert table.to_pydict() == {**told, "note": [None] * size, "row": [*range(4, size + 4)],
                                 "rejected": [True, *[False] * (size - 1)]}  # fmt: skip


def test_a_file_whose_codes_lead_nowhere_is_not_taken(tmp_path):
    wrong = pa.DictionaryArray.from_arrays(pa.array([0, 9], pa.int32()), pa.array(["甲"]), safe=False)
    table = pa.table({"org_name": wrong})
    with pa.OSFile(str(tmp_path / "rows.arrow"), "wb") as out, pa.ipc.new_file(out, table.schema) as writer:
        writer.write_table(table)
    with pytest.raises(pa.ArrowInvalid):
        read_table(tmp_path / "rows.arrow")


def test_names_are_texts_when_they_are_asked_for():
    names = Names(pa.array(["甲", None, "丙"]))
    assert (len(names), names[0], names[1], names[1:], list(names)) == (3, "甲", "", ("", "丙"), ["甲", "", "丙"])


# ------------------------------------------------------------------ ledgers

FORMS = st.sampled_from(["单独", "区域性", "未签", None])
DAYS = st.sampled_from([None, date(2025, 1, 1), date(2026, 10, 30), AS_OF, date(2026, 11, 1), date(9999, 12, 31)])
RECORD = {
    "union_code": st.sampled_from([None, *(f"{n:09d}" for n in range(30))]),
    "uscc": st.sampled_from([None, None, *(f"91360100MA{n:08d}" for n in range(9))]),
    "org_name": st.sampled_from([None, "甲厂", "乙（厂）", "丙厂工会"]),
    "reporting_unit": st.sampled_from(["文澜区", "朝晖区"]),
    "enterprise_state": st.sampled_from(["存续", "存续", "停业", None]),
    "registration": st.sampled_from(["国有企业", "私营企业", "事业单位", None]),
    "control": st.sampled_from(["国有控股", "私人控股", "待认定", None]),
    "workers": st.sampled_from([None, 0, 3, 10**12]), "women_workers": st.sampled_from([None, 0, 2]),
    "unionised": st.sampled_from(["是", "否", None]), "members": st.sampled_from([None, 0, 3]),
    **{f"{name}_form": FORMS for name in ("contract", "wage", "women")},
    **{f"{name}_{edge}": DAYS for name in ("contract", "wage", "women") for edge in ("start", "end")},
    "congress": st.sampled_from(["单独", "未建", None]), "disclosure": st.sampled_from(["是", "否", None]),
    "harmony": st.sampled_from(["开展", "AAA", "未开展", None]),
}  # fmt: skip
RECORDS = st.lists(st.fixed_dictionaries(RECORD), min_size=1, max_size=10)


def handed(records):
    """Records as a reading hands them over, some columns as codes with a word that nobody uses."""
    held = {name: typed([record.get(name) for record in records]) for name in RECORD}
    held["control"].values.append("集体控股")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "rows.arrow"
        rows = Rows(
            {name: values for name, values in held.items() if values.told.any()}, range(len(records)), [], set(), []
        )
        write_table(place, rows, {name: field.kind for name, field in FIELDS.items()})
        return read_table(place)


def framed(table):
    frame = plain_table(table).to_pandas(types_mapper=PANDAS_TYPES.get, date_as_object=False)
    return frame.assign(clears=pd.Series([None] * len(frame), dtype=object))


def plain(table):
    columns = {field.name: table[field.name].cast(field.type) for field in LEDGER_SCHEMA}
    return pa.table(columns)


@settings(deadline=None, max_examples=150)
@given(records=RECORDS)
def test_a_first_ledger_by_codes_is_the_merge_of_its_rows_into_nothing(records):
    table = handed(records)
    frame = framed(table)
    units = dict([*frame.groupby("reporting_unit", sort=False)])
    found = dict(by_unit(table))
    assert list(found) == list(units)
    for unit, rows in found.items():
        own = units[unit].reset_index(drop=True)
        bare = own["union_code"].isna() & own["uscc"].isna()
        assert can_be_first(rows) == (not repeated(None, own).any() and not bare.any())
        assert not rows.apart or not any(frame[name].dropna().duplicated().any() for name in ("union_code", "uscc"))
        assert rows.table.select(COLUMNS).num_rows == len(own)
        if can_be_first(rows):
            by_codes, by_rows = first_ledger(rows, AS_OF), merged(None, own, "upsert", AS_OF)
            assert plain(by_codes.ledger).equals(
                pa.Table.from_pandas(by_rows.ledger, LEDGER_SCHEMA, preserve_index=False).replace_schema_metadata(None)
            )
            assert frame_bytes("ledger", by_codes.ledger) == frame_bytes("ledger", by_rows.ledger)
            assert (by_codes.added, by_codes.stateless) == (by_rows.added, by_rows.stateless)
            assert list(by_codes.outcomes) == list(by_rows.outcomes)


@settings(deadline=None, max_examples=100)
@given(records=RECORDS)
def test_enterprises_counted_together_are_counted_as_one_by_one(records):
    for number, record in enumerate(records):
        record["union_code"] = f"{number:09d}"
    with tempfile.TemporaryDirectory() as folder:
        paths, ledgers = {}, {}
        for unit, rows in by_unit(handed(records)):
            ledgers[unit, "2026-10"] = ledger_table(first_ledger(rows, AS_OF).ledger)
            paths[unit, "2026-10"] = Path(folder) / f"{unit}.parquet"
            paths[unit, "2026-10"].write_bytes(frame_bytes("ledger", ledgers[unit, "2026-10"]))
        together, each = counted_together(ledgers, INDICATORS), counted(paths, INDICATORS)
    pd.testing.assert_frame_equal(
        together.astype({"as_of": "datetime64[us]"}), each.astype({"as_of": "datetime64[us]"})
    )
