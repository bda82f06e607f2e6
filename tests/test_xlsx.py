"""Reading .xlsx: two readers give the same cells, and no cell is lost however a program writes it."""

import io
import zipfile
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unionplan.errors import IntakeError
from unionplan.intake import xlsx, xlsx_cells
from unionplan.intake.cells import Unreadable
from unionplan.intake.xlsx import xlsx_sheets
from unionplan.intake.xlsx_styles import LASTING, MOMENT, PLAIN, shown_as

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"


def package(sheet, styles="", strings="", book="", names=str, links=LINKS, state="", main=MAIN):
    """A workbook of one sheet from the bare XML of its parts; `names` changes what the parts are called."""
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{RELS}"><Relationship Id="r1" Type="{links}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{links}">{book}<sheets><sheet name="表" sheetId="1"{state} r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELS}"><Relationship Id="r1" Type="{links}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{links}/styles" Target="styles.xml"/><Relationship Id="r3" Type="{links}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
        "xl/styles.xml": f'<styleSheet xmlns="{main}">{styles}</styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{strings}</sst>',
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(names(name), text if isinstance(text, bytes) else text.encode())
    return out.getvalue()


def rows_of(data, tmp_path, small=10**9):
    (tmp_path / "a.xlsx").write_bytes(data)
    return [list(sheet.rows) for sheet in xlsx_sheets(tmp_path / "a.xlsx", "a.xlsx", small)]


def sheet_of(data, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(data)
    (sheet,) = xlsx_sheets(tmp_path / "a.xlsx", "a.xlsx")
    return sheet


def wrapped(rows, before="", after="", main=MAIN):
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{main}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


@pytest.fixture
def exactly(monkeypatch):
    """Let the exact reader take every sheet."""

    def unusual(*_):
        raise xlsx_cells.UnusualError("always")

    return lambda: monkeypatch.setattr(xlsx, "read_cells", unusual)


def cells_as_typed(rows):
    return [[(type(cell), cell) for cell in row] for row in rows]


CELLS = st.one_of(
    st.none(),
    st.integers(-(10**15), 10**15),
    st.integers(10**15, 10**20).map(float),
    st.floats(allow_nan=False, allow_infinity=False, width=64),
    st.booleans(),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1, max_size=20),
    st.sampled_from(
        ["001", " 前后 ", "a<b>&c", "&amp;", "_x000D_", "合  计", "１２", "=1+1", "第一行\n第二行", "'", '"']
    ),
    st.dates(date(1900, 3, 1), date(2200, 1, 1)),
    st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
)


def written(rows, constant):
    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"constant_memory": constant, "strings_to_numbers": False, "in_memory": True}
    ) as book:
        day, moment = book.add_format({"num_format": 31}), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet = book.add_worksheet("表")
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, bool):
                    sheet.write_boolean(place, column, cell)
                elif isinstance(cell, datetime):
                    sheet.write_datetime(place, column, cell, moment)
                elif isinstance(cell, date):
                    sheet.write_datetime(place, column, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(place, column, cell)
                elif cell is not None:
                    sheet.write_number(place, column, cell)
    return out.getvalue()


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELLS, max_size=6), max_size=12), constant=st.booleans())
def test_both_readers_give_the_cells_that_were_written(rows, constant, tmp_path):
    data = written(rows, constant)
    (read,) = rows_of(data, tmp_path)
    (columnar,) = rows_of(data, tmp_path, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xlsx, "read_cells", _unusual)
        (exact,) = rows_of(data, tmp_path)
    assert cells_as_typed(read) == cells_as_typed(exact) == cells_as_typed(columnar)
    assert cells_as_typed(read) == cells_as_typed(_meant(rows))


def _unusual(*_):
    raise xlsx_cells.UnusualError("always")


def _meant(rows):
    """What a workbook can keep of these rows: whole numbers are whole, a midnight is a day, ends are cut off."""
    kept = []
    for row in rows:
        cells = [_kept(cell) for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        kept.append(cells)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _kept(cell):
    if isinstance(cell, float):
        cell = float(f"{cell:.16G}")  # the digits that this writer puts down
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    if isinstance(cell, str):
        return cell if cell.strip() else None
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date()
    return float(cell) if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) >= 2**53 else cell


STYLES = (
    '<numFmts><numFmt numFmtId="176" formatCode="[h]:mm"/><numFmt numFmtId="177" formatCode="0.0&quot;年&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="31"/><xf numFmtId="57"/><xf numFmtId="58"/><xf numFmtId="176"/><xf numFmtId="177"/><xf numFmtId="9"/><xf numFmtId="20"/></cellXfs>'
)

# what is written, what is read; every sheet is read by both readers
WRITTEN = {
    "Chinese date formats": ('<row r="1"><c r="A1" s="1"><v>46326</v></c><c r="B1" s="2"><v>46326</v></c><c r="C1" s="3"><v>46326</v></c></row>', [[date(2026, 10, 31)] * 3]),
    "hours that run on": ('<row r="1"><c r="A1" s="4"><v>1.5</v></c></row>', [[timedelta(hours=36)]]),
    "a time of day": ('<row r="1"><c r="A1" s="7"><v>0.375</v></c></row>', [[time(9)]]),
    "a unit in the format is no date": ('<row r="1"><c r="A1" s="5"><v>3</v></c></row>', [[3]]),
    "a percentage": ('<row r="1"><c r="A1" s="6"><v>0.866</v></c></row>', [[0.866]]),
    "an error value": ('<row r="1"><c r="A1" t="e"><v>#DIV/0!</v></c></row>', [[Unreadable("#DIV/0!")]]),
    "a formula with its result": ('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>', [[2]]),
    "a formula without result": ('<row r="1"><c r="A1"><f>1+1</f></c><c r="B1"><f>1</f><v/></c><c r="C1"><f>1</f><v></v></c></row>', [[Unreadable("公式没有结果")] * 3]),
    "a shared formula": ('<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1</f><v>1</v></c><c r="B1"><f t="shared" si="0"/><v>7</v></c><c r="C1"><f t="shared" si="0"/></c></row>', [[1, 7, Unreadable("公式没有结果")]]),
    "a formula that gives an empty text": ('<row r="1"><c r="A1" t="str"><f>""</f><v></v></c><c r="B1" t="str"><f>B2</f><v>甲</v></c></row>', [[None, "甲"]]),
    "values with line breaks around them": ('<row r="1">\n <c r="A1">\n  <v>\n 12\n </v>\n </c>\n <c r="B1" t="s">\n <v> 1 </v>\n </c>\n </row>\n', [[12, "乙"]]),
    "spaces that belong to a text": ('<row r="1"><c r="A1" t="inlineStr"><is><t xml:space="preserve"> 甲 </t></is></c></row>', [[" 甲 "]]),
    "rich text in a cell": ('<row r="1"><c r="A1" t="inlineStr"><is><r><t>集体</t></r><r><rPr><b/></rPr><t>合同</t></r><rPh sb="0" eb="1"><t>jiti</t></rPh></is></c></row>', [["集体合同"]]),
    "rich text and readings among shared strings": ('<row r="1"><c r="A1" t="s"><v>2</v></c></row>', [["工资协商"]]),
    "a carriage return as text": ('<row r="1"><c r="A1" t="s"><v>3</v></c></row>', [["上\n下"]]),
    "attributes in another order": ('<row r="1"><c r="A1" t="s" s="1"><v>0</v></c><c s="1" r="B1"><v>46326</v></c></row>', [["甲", date(2026, 10, 31)]]),
    "attributes in single quotes": ("<row r='1'><c r='A1' t='s'><v>0</v></c></row>", [["甲"]]),
    "attributes that nobody needs": ('<row r="1" spans="1:2" ht="14" customHeight="1"><c r="A1" t="s" cm="1"><v>0</v></c></row>', [["甲"]]),
    "cells without references": ("<row><c><v>1</v></c><c/><c><v>3</v></c></row><row><c><v>4</v></c></row>", [[1, None, 3], [4]]),
    "rows and cells out of order": ('<row r="2"><c r="B2"><v>4</v></c><c r="A2"><v>3</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>', [[1], [3, 4]]),
    "a row without cells": ('<row r="1"/><row r="2"></row><row r="3"><c r="A3"><v>5</v></c></row>', [[], [], [5]]),
    "a comment among the rows": ('<row r="1"><!-- x --><c r="A1"><v>1</v></c></row>', [[1]]),
    "character data": ('<row r="1"><c r="A1" t="inlineStr"><is><t><![CDATA[甲<乙]]></t></is></c></row>', [["甲<乙"]]),
    "entities": ('<row r="1"><c r="A1" t="inlineStr"><is><t>&lt;&#x4E59;&#19993;&amp;lt;</t></is></c></row>', [["<乙丙&lt;"]]),
    "numbers of every spelling": ('<row r="1"><c r="A1"><v>12.0</v></c><c r="B1"><v>1E3</v></c><c r="C1"><v>-4</v></c><c r="D1"><v>9.1360100000000003E17</v></c><c r="E1" t="n"><v>007</v></c></row>', [[12, 1000, -4, 9.1360100000000003e17, 7]]),
    "a date beyond the calendar": ('<row r="1"><c r="A1" s="1"><v>99999999</v></c><c r="B1" s="1"><v>-1</v></c><c r="C1" s="1"><v>60</v></c></row>', [[99999999, -1, 60]]),
    "a strict date": ('<row r="1"><c r="A1" t="d"><v>2026-10-31</v></c><c r="B1" t="d"><v>2026-10-31T09:30:00</v></c></row>', [[date(2026, 10, 31), datetime(2026, 10, 31, 9, 30)]]),
    "truth values": ('<row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c></row>', [[True, False]]),
    "a styled blank": ('<row r="1"><c r="A1" s="1"/><c r="B1" s="1"></c><c r="C1"><v>1</v></c></row>', [[None, None, 1]]),
    "an extension list": ('<row r="1"><c r="A1"><v>1</v><extLst><ext uri="x"/></extLst></c></row>', [[1]]),
}  # fmt: skip
STRINGS = (
    '<si><t>甲</t></si><si><t xml:space="preserve">乙</t></si>'
    '<si><r><t>工资</t></r><r><rPr><b/></rPr><t>协商</t></r><rPh sb="0" eb="1"><t>gongzi</t></rPh></si>'
    "<si><t>上_x000D_\n下</t></si>"
)


@pytest.mark.parametrize("case", WRITTEN)
def test_a_cell_is_read_as_it_was_written(case, tmp_path, exactly):
    xml, expected = WRITTEN[case]
    data = package(wrapped(xml), STYLES, STRINGS)
    assert cells_as_typed(rows_of(data, tmp_path)[0]) == cells_as_typed(expected)
    exactly()
    assert cells_as_typed(rows_of(data, tmp_path)[0]) == cells_as_typed(expected)


PLAIN_ROW = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>46326</v></c></row>'
PLAIN_CELLS = [["甲", date(2026, 10, 31)]]


def test_a_prefix_before_every_name_changes_nothing(tmp_path):
    xml = (
        wrapped(PLAIN_ROW)
        .replace("<", "<x:")
        .replace("<x:/", "</x:")
        .replace("<x:?", "<?")
        .replace("xmlns=", "xmlns:x=")
    )
    assert rows_of(package(xml, STYLES, STRINGS), tmp_path) == [PLAIN_CELLS]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_part_may_be_in_another_encoding(encoding, tmp_path):
    xml = wrapped(PLAIN_ROW).replace("UTF-8", encoding.removesuffix("-sig")).encode(encoding)
    assert rows_of(package(xml, STYLES, STRINGS), tmp_path) == [PLAIN_CELLS]


def test_a_strict_workbook_is_read_like_any_other(tmp_path):
    data = package(wrapped(PLAIN_ROW, main=STRICT), STYLES, STRINGS, links="http://purl.oclc.org/ooxml/officeDocument/relationships", main=STRICT)  # fmt: skip
    assert rows_of(data, tmp_path) == [PLAIN_CELLS]


def test_dates_of_the_1904_calendar_are_the_days_that_were_meant(tmp_path, exactly):
    data = package(wrapped('<row r="1"><c r="A1" s="1"><v>44864</v></c><c r="B1" s="1"><v>0</v></c></row>'), STYLES, book='<workbookPr date1904="1"/>')  # fmt: skip
    assert rows_of(data, tmp_path) == [[[date(2026, 10, 31), date(1904, 1, 1)]]]
    exactly()
    assert rows_of(data, tmp_path) == [[[date(2026, 10, 31), date(1904, 1, 1)]]]


@pytest.mark.parametrize("names", [str.upper, lambda name: name.replace("/", "\\")])
def test_parts_are_found_whatever_their_names_look_like(names, tmp_path):
    assert rows_of(package(wrapped(PLAIN_ROW), STYLES, STRINGS, names=names), tmp_path) == [PLAIN_CELLS]


@pytest.mark.parametrize("state", [' state="hidden"', ' state="veryHidden"'])
def test_a_hidden_sheet_is_read_and_said_to_be_hidden(state, tmp_path):
    sheet = sheet_of(package(wrapped(PLAIN_ROW), STYLES, STRINGS, state=state), tmp_path)
    assert sheet.hidden
    assert sheet.rows == PLAIN_CELLS


def test_hidden_rows_and_columns_are_named(tmp_path, exactly):
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="C1"><v>3</v></c></row><row r="2" hidden="1"><c r="A2"><v>2</v></c></row><row r="3" hidden="0"><c r="A3"><v>4</v></c></row>'
    data = package(wrapped(rows, '<cols><col min="2" max="16384" hidden="1"/></cols>'))
    sheet = sheet_of(data, tmp_path)
    assert (sheet.hidden, sheet.hidden_rows, sheet.hidden_columns) == (False, (1,), (1, 2))
    exactly()
    assert sheet_of(data, tmp_path) == sheet


def test_merged_ranges_are_the_sheets_own(tmp_path):
    data = package(wrapped(PLAIN_ROW, after='<mergeCells count="1"><mergeCell ref="A1:B3"/></mergeCells>'), STYLES, STRINGS)  # fmt: skip
    assert sheet_of(data, tmp_path).merged == ((0, 0, 2, 1),)


def test_merged_ranges_that_cover_the_sheet_many_times_over_are_left_out(tmp_path):
    bomb = '<mergeCell ref="A1:XFD1048576"/>' * 1000
    assert sheet_of(package(wrapped(PLAIN_ROW, after=f"<mergeCells>{bomb}</mergeCells>"), STYLES, STRINGS), tmp_path).merged == ()  # fmt: skip


def test_a_cell_in_the_far_corner_is_read(tmp_path):
    data = package(
        wrapped('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>')
    )
    sheet = sheet_of(data, tmp_path)
    assert (len(sheet.rows), sheet.rows[0], sheet.rows[-1][-1], len(sheet.rows[-1])) == (1_048_576, [1], 2, 16_384)
    assert sheet.rows[500_000] == []


@pytest.mark.parametrize(
    "xml",
    [
        '<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        '<row r="1"><c r="A1"><v>多</v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><c r="A1048577"><v>1</v></c></row>',
        '<row r="1"><c r="A0"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></row>',
        '<row r="1"><c r="A1"><v>1</c></v></row>',
        '<row r="1"><c r="A1"><v>1</v></c>',
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&none;</t></is></c></row>',
    ],
)
def test_a_sheet_that_contradicts_itself_is_damaged(xml, tmp_path):
    with pytest.raises(IntakeError, match="文件已损坏，打不开"):
        rows_of(package(wrapped(xml), STYLES, STRINGS), tmp_path)


def test_a_document_type_behind_a_long_comment_is_refused(tmp_path):
    xml = wrapped(PLAIN_ROW).replace("<worksheet", f"<!--{' ' * 5000}--><!DOCTYPE x [<!ENTITY a 'b'>]><worksheet")
    with pytest.raises(IntakeError):
        rows_of(package(xml, STYLES, STRINGS), tmp_path)


FORMATS = (
    ("General", PLAIN), ("0.00", PLAIN), ("#,##0", PLAIN), ("0.00E+00", PLAIN), ('0"天"', PLAIN), ("[Red]0", PLAIN),
    ("G/通用格式", PLAIN), ("@", PLAIN), ("yyyy-mm-dd", MOMENT), ('yyyy"年"m"月"d"日"', MOMENT), ("[$-804]yyyy/m/d;@", MOMENT),
    ("h:mm AM/PM", MOMENT), ("aaaa", MOMENT), ("mm:ss.0", MOMENT), ("[h]:mm:ss", LASTING), ("[mm]:ss", LASTING),
    ('0"d"', PLAIN), ("0\\d", PLAIN), ("[DBNum1]0", PLAIN), ("[>=10]0;0", PLAIN),
)  # fmt: skip


@pytest.mark.parametrize(("code", "shown"), FORMATS)
def test_a_number_format_says_whether_a_number_is_a_date(code, shown):
    assert shown_as(code) == shown


def test_a_large_sheet_of_many_pieces_equals_the_same_sheet_read_exactly(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx_cells, "PIECE", 2_000)
    rows = [
        [f"{n:09d}", f"企业{n % 7}", n, date(2026, 1, 1) + timedelta(days=n % 40), n / 3, n % 2 == 0]
        for n in range(500)
    ]
    data = written(rows, True)
    (read,) = rows_of(data, tmp_path)
    assert cells_as_typed(read) == cells_as_typed(_meant(rows))
    book = openpyxl.load_workbook(io.BytesIO(data))
    book.save(tmp_path / "b.xlsx")
    assert rows_of((tmp_path / "b.xlsx").read_bytes(), tmp_path) == [read]
