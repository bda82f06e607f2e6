"""Formats cell by cell: .xlsb, .ods, XML Spreadsheet 2003, web pages; what is hidden, repeated, broken or never calculated."""

import struct
from datetime import date, datetime, time, timedelta

import format_writers as write
import pytest

from unionplan.errors import IntakeError
from unionplan.intake.cells import Unreadable
from unionplan.intake.grid import Grid
from unionplan.intake.reading import read_book

NO_RESULT = Unreadable("公式没有结果")
HUGE = (
    "台账.xls：工作表“台账”铺开后异常地大。每张表不超过 1,048,576 行、16,384 列、4,000 万个单元格。"
    "请删去表格以外填满的行和列，另存为 .xlsx 后重新上传。"
)
DOCTYPE = "台账.xls：文件里带有外部定义（DOCTYPE）。表格文件不应含有。请用 WPS 或 Excel 打开，另存为 .xlsx 后重新上传。"
DAMAGED = "台账.xls：文件已损坏，打不开。"


@pytest.fixture
def book(tmp_path):
    """Bytes or text → the Book they are read as, under a name that says nothing."""

    def reading(data, name="台账.xls"):
        (tmp_path / "upload").write_bytes(data.encode() if isinstance(data, str) else data)
        return read_book(tmp_path / "upload", name)

    return reading


@pytest.fixture
def refusal(book):
    """Bytes or text → the sentence that they are refused with."""

    def sentence(data, name="台账.xls"):
        with pytest.raises(IntakeError) as refused:
            book(data, name)
        return str(refused.value)

    return sentence


def rows_of(book):
    (sheet,) = book.sheets
    return list(sheet.rows)


# ------------------------------------------------------------------ xlsb


def xlsb(records, **more):
    return write.xlsb_package([("台账", 0, write.biff12(145) + records + write.biff12(146))], ["甲", "乙"], **more)


def sum_formula(tokens=b"\x19\x10\x00\x00"):
    """What stands after a formula's result: flags, length, tokens, no further data."""
    return struct.pack("<HI", 0, len(tokens)) + tokens + struct.pack("<I", 0)


@pytest.mark.parametrize(
    ("record", "cell"),
    [
        (write.biff12(3, write.at(0) + b"\x07"), Unreadable("#DIV/0!")),
        (write.biff12(3, write.at(0) + b"\x2a"), Unreadable("#N/A")),
        (write.biff12(11, write.at(0) + b"\x17" + sum_formula()), Unreadable("#REF!")),
        (write.biff12(9, write.at(0) + struct.pack("<d", 12.5) + sum_formula()), 12.5),
        (write.biff12(10, write.at(0) + b"\x01" + sum_formula()), True),
        (write.biff12(8, write.at(0) + write.wide("和") + sum_formula()), "和"),
        (write.biff12(8, write.at(0) + write.wide("") + sum_formula()), NO_RESULT),
        (write.biff12(8, write.at(0) + write.wide("") + sum_formula(b"\x17\x00\x00")), None),
        (write.biff12(6, write.at(0) + write.wide("00123")), "00123"),
        (write.biff12(62, write.at(0) + b"\x00" + write.wide("加粗")), "加粗"),
        (write.biff12(7, write.at(0) + struct.pack("<I", 1)), "乙"),
        (write.biff12(2, write.at(0) + struct.pack("<i", 1234 << 2 | 3)), 12.34),
        (write.biff12(2, write.at(0) + struct.pack("<i", -5 << 2 | 2)), -5),
        (write.biff12(2, write.at(0) + struct.pack("<I", 0x3FF80000)), 1.5),
        (write.biff12(5, write.at(0, 2) + struct.pack("<d", 46326)), date(2026, 10, 31)),
        (write.biff12(5, write.at(0, 4) + struct.pack("<d", 1.5)), timedelta(hours=36)),
    ],
)
def test_every_record_of_an_xlsb_cell_is_read(book, record, cell):
    found = book(xlsb(write.xlsb_row(0) + record + write.biff12(6, write.at(1) + write.wide("后"))))
    assert found.format == "xlsb"
    assert rows_of(found) == [[cell, "后"]]


def test_xlsb_cells_without_a_column_of_their_own_follow_the_one_before(book):
    short = write.biff12(12, bytes(4)) + write.biff12(17, bytes(4) + write.wide("丙"))
    row = write.xlsb_row(0) + write.biff12(6, write.at(1) + write.wide("乙")) + short
    assert rows_of(book(xlsb(row))) == [[None, "乙", None, "丙"]]


def test_xlsb_days_may_be_counted_from_1904(book):
    cell = write.biff12(5, write.at(0, 2) + struct.pack("<d", 44864))
    assert rows_of(book(xlsb(write.xlsb_row(0) + cell, since_1904=True))) == [[date(2026, 10, 31)]]


def test_what_is_hidden_and_merged_in_an_xlsb_is_told(book):
    text = write.biff12(6, write.at(2) + write.wide("丙"))
    columns = write.biff12(60, struct.pack("<IIIIH", 1, 300, 0, 0, 1))
    merged = write.biff12(176, struct.pack("<IIII", 0, 1, 0, 2))
    records = columns + write.biff12(145) + write.xlsb_row(0) + text + write.xlsb_row(1, True) + text + merged
    found = book(write.xlsb_package([("甲表", 1, records), ("乙表", 0, b"")]))
    first, second = found.sheets
    assert (first.name, first.hidden, first.hidden_rows, first.hidden_columns) == ("甲表", True, (1,), (1, 2))
    assert first.merged == ((0, 0, 1, 2),)
    assert (second.name, second.hidden, second.rows) == ("乙表", False, [])


def test_an_xlsb_that_breaks_off_is_damaged(refusal):
    assert refusal(xlsb(write.xlsb_row(0) + write.biff12(7, write.at(0) + struct.pack("<I", 9)))).startswith(DAMAGED)
    assert refusal(xlsb(write.biff12(6, write.at(0) + write.wide("甲")))).startswith(DAMAGED)
    assert refusal(xlsb(write.xlsb_row(0) + b"\x06\x20" + write.at(0))).startswith(DAMAGED)


# ------------------------------------------------------------------ ods


def ods(rows, before="", name="台账", styles=""):
    return write.ods_package(f'<table:table table:name="{name}">{before}{rows}</table:table>', write.LASTING + styles)


def one(cell):
    return f"<table:table-row>{cell}</table:table-row>"


@pytest.mark.parametrize(
    ("attributes", "text", "cell"),
    [
        ('office:value-type="float" office:value="50"', "50.00", 50),
        ('office:value-type="percentage" office:value="0.853"', "85%", 0.853),
        ('office:value-type="currency" office:value="12.5"', "￥12.50", 12.5),
        ('office:value-type="date" office:date-value="2026-10-31"', "10月31日", date(2026, 10, 31)),
        ('office:value-type="date" office:date-value="2026-10-31T00:00:00"', "", date(2026, 10, 31)),
        ('office:value-type="date" office:date-value="2026-10-31T08:05:00.5"', "",
         datetime(2026, 10, 31, 8, 5, 0, 500_000)),
        ('office:value-type="date" office:date-value="2026-13-01"', "", Unreadable("2026-13-01")),
        ('office:value-type="time" office:time-value="PT12H30M00S"', "12:30", time(12, 30)),
        ('office:value-type="time" office:time-value="PT36H00M01.5S"', "36:00", timedelta(hours=36, seconds=1.5)),
        ('office:value-type="time" office:time-value="PT02H00M00S" table:style-name="lasting"', "2:00", timedelta(hours=2)),
        ('office:value-type="boolean" office:boolean-value="true"', "TRUE", True),
        ('office:value-type="float" office:value="0" table:formula="of:=FALSE()"', "FALSE", False),
        ('office:value-type="string" office:string-value="00123"', "123", "00123"),
        ('office:value-type="string" calcext:value-type="error" table:formula="of:=1/0"', "#DIV/0!", Unreadable("#DIV/0!")),
        ('office:value-type="float" office:value="0" table:formula="of:=[.A9]"', "Err:502", Unreadable("Err:502")),
        ('office:value-type="string"', "#DIV/0!", "#DIV/0!"),
    ],
)  # fmt: skip
def test_an_ods_cell_is_read_by_its_stored_value(book, attributes, text, cell):
    paragraph = f"<text:p>{text}</text:p>" if text else ""
    found = book(ods(one(f"<table:table-cell {attributes}>{paragraph}</table:table-cell>")))
    assert found.format == "ods"
    assert rows_of(found) == [[cell]]
    assert type(rows_of(found)[0][0]) is type(cell)


def test_an_ods_formula_without_a_result_is_told_from_one_that_gives_an_empty_text(book):
    never = '<table:table-cell table:formula="of:=SUM([.B1:.B2])"/>'
    empty = '<table:table-cell table:formula="of:=&quot;&quot;"><text:p/></table:table-cell>'
    text = '<table:table-cell office:value-type="string"><text:p>后</text:p></table:table-cell>'
    assert rows_of(book(ods(one(never + empty + text)))) == [[NO_RESULT, None, "后"]]


def test_repeated_rows_and_cells_of_an_ods_are_unfolded_and_the_empty_ends_cut(book):
    cell = '<table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="7"/>'
    gap = '<table:table-cell table:number-columns-repeated="3"/>'
    rows = (f'<table:table-row table:number-rows-repeated="2">{gap}{cell}<table:table-cell table:number-columns-repeated="16379"/>'
            '</table:table-row><table:table-row table:number-rows-repeated="5"><table:table-cell/></table:table-row>'
            f'{one(cell)}<table:table-row table:number-rows-repeated="1048568"><table:table-cell table:number-columns-repeated="16384"/>'
            "</table:table-row>")  # fmt: skip
    assert rows_of(book(ods(rows))) == [[None, None, None, 7, 7]] * 2 + [[]] * 5 + [[7, 7]]


def test_an_ods_sheet_filled_to_its_last_corner_is_refused_at_once(refusal):
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="0"/>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    assert refusal(ods(row)) == HUGE
    wide = '<table:table-cell table:number-columns-repeated="900000000" office:value-type="float" office:value="0"/>'
    assert refusal(ods(one(wide))) == HUGE
    deep = f'<table:table-row table:number-rows-repeated="900000000"/>{one(cell)}'
    assert refusal(ods(deep)) == HUGE


def test_what_is_hidden_and_merged_in_an_ods_is_told(book):
    columns = (
        '<table:table-column/><table:table-column table:visibility="collapse" table:number-columns-repeated="1000"/>'
    )
    merged = ('<table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="2" office:value-type="string">'
              "<text:p>甲</text:p></table:table-cell><table:covered-table-cell/>"
              '<table:table-cell office:value-type="string"><text:p>乙</text:p></table:table-cell>')  # fmt: skip
    hidden = ('<table:table-row table:visibility="filter"><table:covered-table-cell table:number-columns-repeated="2"/>'
              '<table:table-cell office:value-type="float" office:value="3"/></table:table-row>')  # fmt: skip
    style = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    table = f'<table:table table:name="台账" table:style-name="ta2">{columns}{one(merged)}{hidden}</table:table>'
    (sheet,) = book(write.ods_package(table, style)).sheets
    assert sheet.rows == [["甲", None, "乙"], [None, None, 3]]
    assert (sheet.hidden, sheet.hidden_rows, sheet.hidden_columns) == (True, (1,), (1, 2))
    assert sheet.merged == ((0, 0, 1, 1),)


def test_notes_and_drawings_of_an_ods_are_no_cells(book):
    note = "<office:annotation><text:p>批注</text:p></office:annotation>"
    drawing = (
        "<table:shapes><draw:frame><draw:text-box><text:p>印章</text:p></draw:text-box></draw:frame></table:shapes>"
    )
    cell = f'<table:table-cell office:value-type="string">{note}<text:p>文澜<text:span>第一</text:span>厂</text:p></table:table-cell>'
    assert rows_of(book(ods(one(cell), before=drawing))) == [["文澜第一厂"]]


def test_pretty_printed_text_of_an_ods_is_what_was_meant(book):
    cell = ('<table:table-cell office:value-type="string">\n   <text:p>甲<text:s text:c="2"/>乙\n      <text:line-break/>丙'
            "<text:tab/>丁\n   </text:p>\n <text:p>戊</text:p></table:table-cell>")  # fmt: skip
    assert rows_of(book(ods(one(cell)))) == [["甲  乙 \n丙\t丁\n戊"]]


def test_an_open_document_in_one_file_is_read(book):
    xml = (f'<?xml version="1.0"?><office:document {write.ODS_SPACES} xmlns:o="opendocument"><office:body><office:spreadsheet>'
           f'<table:table table:name="台账">{one(write.ods_cell("甲"))}</table:table></office:spreadsheet></office:body>'
           "</office:document>")  # fmt: skip
    assert book(xml).format == "ods"
    assert rows_of(book(xml)) == [["甲"]]


def test_an_ods_with_a_document_type_is_refused_wherever_it_stands(refusal):
    content = f"<!-- {'x' * 5000} --><!DOCTYPE a [<!ENTITY b 'c'>]><a/>"
    data = write.packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})
    assert refusal(data) == DOCTYPE


# ------------------------------------------------------------------ XML Spreadsheet 2003


def xml(table, after="", head=write.XML_HEAD):
    return f'{head}<Worksheet ss:Name="台账"><Table>{table}</Table>{after}</Worksheet></Workbook>'


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<Cell><Data ss:Type="Number">50</Data></Cell>', 50),
        ('<Cell><Data ss:Type="Number">9.1310000000000003E+17</Data></Cell>', 9.1310000000000003e17),
        ('<Cell><Data ss:Type="String">00123</Data></Cell>', "00123"),
        ('<Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><B>文澜</B><Font>厂</Font></ss:Data></Cell>', "文澜厂"),
        ('<Cell><Data ss:Type="String">甲&#10;乙</Data><Comment><ss:Data>批注</ss:Data></Comment></Cell>', "甲\n乙"),
        ('<Cell><Data ss:Type="Boolean">1</Data></Cell>', True),
        ('<Cell><Data ss:Type="Error">#N/A</Data></Cell>', Unreadable("#N/A")),
        ('<Cell ss:Formula="=SUM(R1C1)"/>', NO_RESULT),
        ('<Cell ss:Formula="=R1C1"><Data ss:Type="String"></Data></Cell>', None),
        ('<Cell><Data ss:Type="DateTime">2026-10-31T00:00:00.000</Data></Cell>', date(2026, 10, 31)),
        ('<Cell><Data ss:Type="DateTime">2026-10-31T12:30:00.000</Data></Cell>', datetime(2026, 10, 31, 12, 30)),
        ('<Cell><Data ss:Type="DateTime">1899-12-31T12:30:00.000</Data></Cell>', time(12, 30)),
        ('<Cell ss:StyleID="lasting"><Data ss:Type="DateTime">1900-01-01T12:00:00.000</Data></Cell>', timedelta(hours=36)),
        ('<Cell><Data ss:Type="DateTime">2026-02-30T00:00:00.000</Data></Cell>', Unreadable("2026-02-30T00:00:00.000")),
    ],
)  # fmt: skip
def test_every_type_of_an_xml_cell_is_read(book, cell, value):
    found = book(xml(f'<Row>{cell}<Cell><Data ss:Type="String">后</Data></Cell></Row>'))
    assert found.format == "xml"
    assert rows_of(found) == [[value, "后"]]
    assert type(rows_of(found)[0][0]) is type(value)


def test_an_xml_cell_stands_where_its_index_and_the_merges_before_it_say(book):
    text = '<Data ss:Type="String">{}</Data>'.format
    table = (f'<Row><Cell ss:MergeAcross="1" ss:MergeDown="1">{text("甲")}</Cell><Cell>{text("乙")}</Cell></Row>'
             f'<Row ss:Index="4"><Cell ss:Index="3">{text("丙")}</Cell><Cell>{text("丁")}</Cell></Row><Row><Cell>{text("戊")}</Cell></Row>')  # fmt: skip
    (sheet,) = book(xml(table)).sheets
    assert sheet.rows == [["甲", None, "乙"], [], [], [None, None, "丙", "丁"], ["戊"]]
    assert sheet.merged == ((0, 0, 1, 1),)


def test_an_xml_row_may_stand_for_several_that_are_empty(book):
    row = '<Row{}><Cell><Data ss:Type="String">甲</Data></Cell></Row>'.format
    assert rows_of(book(xml(row(' ss:Span="2"') + row("")))) == [["甲"], [], [], ["甲"]]


def test_a_lasting_format_may_come_from_the_row_or_the_column(book):
    data = '<Data ss:Type="DateTime">1899-12-31T02:00:00.000</Data>'
    table = f'<Column ss:StyleID="lasting" ss:Span="1"/><Row><Cell>{data}</Cell></Row><Row ss:StyleID="lasting"><Cell ss:Index="3">{data}</Cell></Row>'
    assert rows_of(book(xml(table))) == [[timedelta(hours=2)], [None, None, timedelta(hours=2)]]


def test_xml_days_are_the_calendars_also_when_counted_from_1904(book):
    head = write.XML_HEAD.replace("<Styles>", "<x:ExcelWorkbook><x:Date1904/></x:ExcelWorkbook><Styles>")
    cells = "".join(f'<Cell><Data ss:Type="DateTime">{day}.000</Data></Cell>'
                    for day in ("2026-10-31T00:00:00", "1904-01-01T12:00:00"))  # fmt: skip
    assert rows_of(book(xml(f"<Row>{cells}</Row>", head=head))) == [[date(2026, 10, 31), time(12)]]


def test_what_is_hidden_in_an_xml_spreadsheet_is_told(book):
    row = '<Cell><Data ss:Type="Number">1</Data></Cell>' * 3
    table = f'<Column ss:Index="2" ss:Hidden="1" ss:Span="200"/><Row>{row}</Row><Row ss:Hidden="1">{row}</Row>'
    after = "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>"
    (sheet,) = book(xml(table, after)).sheets
    assert (sheet.hidden, sheet.hidden_rows, sheet.hidden_columns) == (True, (1,), (1, 2))


def test_an_xml_spreadsheet_may_be_in_gbk_or_without_prefixes(book):
    text = '<?xml version="1.0" encoding="gb2312"?><Workbook><Worksheet Name="台账"><Table><Row><Cell><Data Type="String">文澜区</Data></Cell></Row></Table></Worksheet></Workbook>'
    assert rows_of(book(text.encode("gbk"))) == [["文澜区"]]
    assert rows_of(book(text.replace("gb2312", "utf-16").encode("utf-16"))) == [["文澜区"]]


def test_an_entity_bomb_in_an_xml_spreadsheet_is_refused(refusal):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(f'<!ENTITY a{n} "{"&a;" * 10}">' for n in range(9)) + "]>"
    assert refusal(write.XML_HEAD.replace("<Workbook", bomb + "<Workbook") + "</Workbook>") == DOCTYPE


@pytest.mark.parametrize("row", ['<Row ss:Index="99999999">', '<Row><Cell ss:Index="20000"/>', '<Row ss:Index="0">'])
def test_an_xml_cell_beyond_the_sheet_is_refused(refusal, row):
    cell = (
        '<Cell ss:Index="20000"><Data ss:Type="Number">1</Data></Cell>'
        if "Cell" in row
        else '<Cell><Data ss:Type="Number">1</Data></Cell>'
    )
    said = refusal(xml(row.replace('<Cell ss:Index="20000"/>', "") + cell + "</Row>"))
    assert said.startswith(DAMAGED) if 'Index="0"' in row else said == HUGE


def test_an_xml_spreadsheet_that_breaks_off_is_damaged(refusal):
    assert refusal(write.XML_HEAD + "<Worksheet><Table>").startswith(DAMAGED)


# ------------------------------------------------------------------ web pages


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("<td>00123</td>", "00123"),
        ("<td>50</td>", "50"),
        ("<td>&nbsp;文澜&amp;朝晖&#65;&nbsp;</td>", "文澜&朝晖A"),
        ("<td>&nbsp;</td>", None),
        ("<td>\n   甲\n   乙 <br> 丙<p>丁</p></td>", "甲 乙\n丙\n丁"),
        ('<td x:num="46326" class=day>2026年10月31日</td>', date(2026, 10, 31)),
        ('<td x:num="1.5" style=\'mso-number-format:"\\[h\\]\\:mm"\'>36:00</td>', timedelta(hours=36)),
        ('<td x:num="0.853" style="mso-number-format:0%">85%</td>', 0.853),
        ('<td x:num="0.5" style="mso-number-format:Percent">50%</td>', 0.5),
        ("<td x:num>1,234</td>", 1234),
        ("<td x:str>1,234</td>", "1,234"),
        ('<td x:str="  甲">甲</td>', "  甲"),
        ('<td x:bool="TRUE">TRUE</td>', True),
        ('<td x:err="#N/A">#N/A</td>', Unreadable("#N/A")),
        ('<td x:fmla="=A1"></td>', NO_RESULT),
        ("<td>#DIV/0!</td>", Unreadable("#DIV/0!")),
        ("<td>########</td>", Unreadable("########")),
        ("<td><a href='x'>文澜</a><sup>1</sup></td>", "文澜1"),
        ("<td><table><tr><td>内</td></tr></table>外</td>", "内外"),
    ],
)
def test_every_way_to_write_an_html_cell_is_read(book, cell, value):
    page = f"<html><style>.day {{mso-number-format:'yyyy\\/m\\/d'}}</style><table><tr>{cell}<td>后</td></tr></table>"
    found = book(page)
    assert found.format == "html"
    assert rows_of(found) == [[value, "后"]]
    assert type(rows_of(found)[0][0]) is type(value)


def test_spans_of_an_html_table_leave_their_places_free(book):
    page = ("<table><tr><th rowspan=2>单位<th colspan='2'>职工<th>备注<tr><td>男<td>女<td>无"
            "<tr><td rowspan=99>文澜区<td>1<td>2<tr><td>3<td>4</table>")  # fmt: skip
    (sheet,) = book(page).sheets
    assert sheet.rows == [
        ["单位", "职工", None, "备注"],
        [None, "男", "女", "无"],
        ["文澜区", "1", "2"],
        [None, "3", "4"],
    ]
    assert sheet.merged == ((0, 0, 1, 0), (0, 1, 0, 2), (2, 0, 3, 0))


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="gb2312">', "gbk"), ("<meta charset=utf-8>", "utf-8"), ("", "gbk"), ("", "utf-8"),
        ("<meta charset=utf-8>", "gbk"), ("<meta charset=gbk>", "utf-8"), ("", "utf-16"), ("<meta charset=big5>", "big5"),
    ],
)  # fmt: skip
def test_a_page_is_decoded_by_what_it_says_if_that_fits(book, head, encoding):
    page = f"<html><head>{head}</head><body><table><tr><td>單位名稱<td>文澜</table>".replace("文澜", "文瀾")
    assert rows_of(book(page.encode(encoding))) == [["單位名稱", "文瀾"]]


def test_several_tables_are_several_sheets_with_the_text_above_each(book):
    page = ("<h3>文澜区企业台账</h3><p>截至2026年10月31日</p><table><tr><td>甲</table><p>第二张</p>"
            "<table><caption>汇总</caption><tr><td>乙</table>填表人：某某")  # fmt: skip
    first, second = book(page).sheets
    assert (first.name, first.rows) == ("表1", [["文澜区企业台账"], ["截至2026年10月31日"], ["甲"]])
    assert (second.name, second.rows) == ("表2", [["第二张"], ["汇总"], ["乙"], ["填表人：某某"]])


def test_a_table_inside_a_table_of_layout_is_a_sheet_of_its_own(book):
    page = "<table><tr><td>菜单<td><table><tr><td>单位<td>人数<tr><td>文澜区<td>5</table></table>"
    assert [list(sheet.rows) for sheet in book(page).sheets] == [[["单位", "人数"], ["文澜区", "5"]], [["菜单"]]]


def test_what_is_hidden_in_a_page_is_told(book):
    page = ("<table><col width=72><col width=0 style='display:none;mso-width-source:userset'><col>"
            "<tr><td>甲<td>乙<td>丙<tr style='display: none'><td>1<td>2<td>3</table>")  # fmt: skip
    (sheet,) = book(page).sheets
    assert (sheet.hidden_rows, sheet.hidden_columns) == ((1,), (1,))
    assert sheet.rows == [["甲", "乙", "丙"], ["1", "2", "3"]]


def test_excels_notes_on_cells_are_no_rows(book):
    page = "<table><tr><td>甲<![if !supportAnnotations]><comment>批注</comment><![endif]></td></tr></table><div style='mso-element:comment-list'><div>批注全文</div></div>"
    assert rows_of(book(page)) == [["甲"]]


def test_a_span_over_everything_is_bounded(refusal):
    page = "<table>" + "<tr><td rowspan=65534 colspan=16384>甲" * 3000 + "<tr><td>乙</table>"
    assert refusal(page).startswith("台账.xls：表格铺开后异常地大。")


def test_a_page_saved_in_one_file_is_read_with_its_sheet_names(book):
    main = ('<html><frameset></frameset><!--[if gte mso 9]><xml><x:Name>台账</x:Name>\n<x:WorksheetSource HRef="a.files/sheet001.htm"/>'
            "<x:Name>汇总</x:Name><x:WorksheetSource HRef='no'/></xml><![endif]-->")  # fmt: skip
    sheet = "<table><tr><td x:num>5<td>文澜区</table>".encode("gbk")
    data = (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related; boundary=\"x\"\r\n\r\n--x\r\n"
            b"Content-Location: file:///C:/a.htm\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + main.encode()
            + b"\r\n--x\r\nContent-Location: file:///C:/a.files/sheet001.htm\r\nContent-Transfer-Encoding: 8bit\r\n"
            b'Content-Type: text/html; charset="gb2312"\r\n\r\n' + sheet + b"\r\n--x--\r\n")  # fmt: skip
    found = book(data)
    assert [(one.name, list(one.rows)) for one in found.sheets] == [("台账", [[5, "文澜区"]])]


@pytest.mark.parametrize(
    "page",
    [
        b"<style>" + b"mso-number-format" * 100_000 + b"</style><table><tr><td>x</table>",
        b"<table><tr><td>x</table>" + b"<x:Name>" * 200_000,
        b"<table><tr><td>x</table>" + b"<!--" * 200_000,
        b"<table><tr><td>" * 50_000 + b"x",
    ],
    ids=["styles", "names", "comments", "nested"],
)
def test_broken_markup_costs_no_more_than_its_length(book, page):
    assert any(row[0].startswith("x") for sheet in book(page).sheets for row in sheet.rows if row)


def test_quotes_that_never_close_become_one_text_that_is_too_long(book):
    with pytest.raises(IntakeError) as refused:
        book(b"<table><tr><td>x" + b"<a '" * 200_001)
    assert "一个单元格里的文字异常地长" in str(refused.value)


# ------------------------------------------------------------------ the grid


def test_a_grid_counts_what_it_makes_room_for(monkeypatch):
    monkeypatch.setattr("unionplan.intake.grid.MAX_CELLS", 10)
    grid = Grid("台账.xls", "台账")
    grid.put(0, 9, "甲")
    with pytest.raises(IntakeError) as refused:
        grid.put(0, 10, "乙")
    assert str(refused.value) == HUGE
