"""Hostile text: .csv, web pages and XML named .xls, open documents, and files that are something else altogether."""

import gzip
import io
import tarfile
import zipfile

from tests.hostile.kit import HEAD, ROW, xlsx, zipped
from tests.hostile.sheets import LAUGHS, OUTSIDE

TABLE = ",".join(HEAD) + "\r\n" + ",".join(map(str, ROW)) + "\r\n"
GOOD = TABLE.encode()
PLAIN = {
    "nothing": lambda: b"",
    "one byte": lambda: b"\x00",
    "only a mark of UTF-8": lambda: b"\xef\xbb\xbf",
    "only a mark of UTF-16": lambda: b"\xff\xfe",
    "only a mark of UTF-16 the other way": lambda: b"\xfe\xff",
    "only a mark of UTF-32": lambda: b"\xff\xfe\x00\x00",
    "a mark of UTF-8 before GB18030": lambda: b"\xef\xbb\xbf" + TABLE.encode("gb18030"),
    "three marks": lambda: b"\xef\xbb\xbf" * 3 + GOOD,
    "a million columns": lambda: GOOD + b"1," * 1_000_000,
    "a million columns of header": lambda: ("列," * 1_000_000).encode() + b"\n" + GOOD,
    "one line of 49 MB": lambda: b"a" * 49 * 2**20,
    "one quoted cell of 40 MB": lambda: b'"' + b"a" * 40 * 2**20 + b'"',
    "commas of 20 MB": lambda: b"," * 20 * 2**20,
    "5,000,000 empty lines": lambda: GOOD + b"\n" * 5_000_000 + b"x",
    "2,000,000 short lines": lambda: GOOD + b"".join(b"%d\n" % n for n in range(2_000_000)),
    "lines of 2 to 2,000 columns": lambda: GOOD + b"".join(b"1," * n + b"\n" for n in range(2_000)),
    "NULs between the letters": lambda: GOOD.replace(b"\r\n", b"\x00\r\n"),
    "a NUL at the end of 1 MB": lambda: GOOD * 10_000 + b"\x00",
    "a quote that is never closed": lambda: GOOD + b'"' + GOOD * 3,
    "a quote that is never closed, before 20 MB": lambda: GOOD + b'"' + b"a,b\n" * 5 * 2**20,
    "nothing but quotes": lambda: b'"' * 1_000_001,
    "a quote in the middle of a cell": lambda: GOOD + '002,文澜"第二"厂,"文澜区"x,存续,5,是\n'.encode(),
    "GB18030 in the middle of UTF-8": lambda: GOOD + TABLE.encode("gb18030"),
    "UTF-8 in the middle of GB18030": lambda: TABLE.encode("gb18030") + "䶮𠮷".encode() + b"\xff\n",
    "half a letter at the end": lambda: GOOD[:-2] + "是".encode()[:2],
    "half a letter of GB18030 at the end": lambda: TABLE.encode("gb18030") + b"\x81\x30",
    "UTF-16 of an odd length": lambda: TABLE.encode("utf-16")[:-1],
    "UTF-16 without a mark": lambda: TABLE.encode("utf-16-le"),
    "UTF-16 with half a surrogate": lambda: TABLE.encode("utf-16") + b"\x00\xd8",
    "UTF-16 that declares the wrong way": lambda: b"\xfe\xff" + TABLE.encode("utf-16-le"),
    "UTF-32": lambda: TABLE.encode("utf-32"),
    "UTF-7": lambda: TABLE.encode("utf-7"),
    "surrogates in UTF-8": lambda: GOOD + b"002,\xed\xa0\x80,x\n",
    "only carriage returns": lambda: TABLE.replace("\r\n", "\r").encode(),
    "lines that end in every way": lambda: TABLE.replace("\r\n", "\x0b\x0c\u2028\x85").encode(),
    "an old end of file in the middle": lambda: GOOD + b"\x1a" + GOOD,
    "control characters": lambda: GOOD + "002,\x1b[31m甲\x07,文澜区,存续,5,是\n".encode(),
    "text that a spreadsheet would run": lambda: GOOD + "002,=cmd|'/C calc'!A0,@SUM(1),+1,-1,是\n".encode(),
    "text that a page would run": lambda: GOOD + b"002,<script>alert(1)</script>,[x](javascript:alert(1)),:red[x],$x$,`x`\n",
    "text that turns round": lambda: GOOD + "002,甲\u202e厂,文澜\u2066区,存续,5,是\n".encode(),
    "a number of 400,000 digits": lambda: GOOD + b"002,x,y,z," + b"9" * 400_000 + b",x\n",
    "numbers that are none": lambda: GOOD + "002,甲,文澜区,存续,NaN,inf\n003,乙,文澜区,存续,1e400,-0\n".encode(),
    "digits of every script": lambda: GOOD + "002,甲,文澜区,存续,٣٤५६,Ⅳ½\n".encode(),
    "10,000 marks over one letter": lambda: GOOD + ("002,甲" + "\u0301" * 10_000 + ",文澜区,存续,5,是\n").encode(),
    "separators of every kind": lambda: GOOD.replace(b",", b"\t") + GOOD.replace(b",", b";") + GOOD.replace(b",", "，".encode()),
    "noise": lambda: bytes(n * 197 % 251 for n in range(100_000)),
    "noise without control characters": lambda: bytes(128 + n * 97 % 127 for n in range(100_000)),
}  # fmt: skip


def _page(body, head=""):
    return f"<html><head>{head}</head><body>{body}</body></html>".encode()


def _grid(more=""):
    return "<table><tr>" + "".join(f"<td>{word}</td>" for word in HEAD) + f"</tr>{more}</table>"


def _line(attributes=""):
    return "<tr>" + "".join(f"<td{attributes}>{word}</td>" for word in ROW) + "</tr>"


PAGES = {
    "html: 300,000 tables in tables": lambda: _page("<table><tr><td>" * 300_000),
    "html: 300,000 divisions": lambda: _page("<div>" * 300_000 + _grid(_line())),
    "html: a cell over 1,000,000,000 columns": lambda: _page(_grid(_line(' colspan="1000000000"'))),
    "html: a cell over 1,000,000,000 rows": lambda: _page(_grid(_line(' rowspan="1000000000"'))),
    "html: cells over 1,000 columns and rows": lambda: _page(_grid('<tr><td colspan="1000" rowspan="65534">x</td></tr>' * 300)),
    "html: a cell over -1 columns": lambda: _page(_grid(_line(' colspan="-1" rowspan="zwei"'))),
    "html: a cell over 10^400 columns": lambda: _page(_grid(_line(f' colspan="{"9" * 400}" rowspan="１２"'))),
    "html: nothing is closed": lambda: "<html><table><tr><td>统计编码<td>单位名称<tr><td>001<td>甲".encode(),
    "html: 200,000 tables": lambda: _page("<table><tr><td>x</td></tr></table>" * 200_000),
    "html: 100,000 attributes": lambda: _page("<table><tr><td " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</td></tr></table>"),
    "html: an attribute of 20 MB": lambda: _page(f'<table a="{"x" * 20 * 2**20}"><tr><td>x</td></tr></table>'),
    "html: a comment without an end": lambda: _page(_grid(_line())) + b"<!--" + b"-" * 2**20,
    "html: a declaration without an end": lambda: b"<!DOCTYPE html [" + b"<" * 100_000,
    "html: 500,000 lesser signs": lambda: _page("<" * 500_000 + _grid(_line())),
    "html: laughs": lambda: (LAUGHS + "<html><table><tr><td>&j;</td></tr></table></html>").encode(),
    "html: entities out of range": lambda: _page(_grid("<tr><td>&#0;&#xFFFFFFFF;&#99999999999;&#xD800;&notanentity;</td></tr>")),
    "html: another encoding than declared": lambda: _page(_grid(_line()), '<meta charset="utf-16">'),
    "html: an encoding that does not exist": lambda: _page(_grid(_line()), '<meta charset="x-none">'),
    "html: scripts and pictures": lambda: _page("<script>alert(1)</script><img src=http://192.0.2.1/x onerror=alert(1)>" + _grid(_line())),
    "html: a frame of another page": lambda: b'<html><frameset><frame src="sheet001.htm"></frameset></html>',
    "html: in UTF-16": lambda: _page(_grid(_line())).decode().encode("utf-16"),
    "html: behind a letter's head": lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n" + _page(_grid(_line())),
}  # fmt: skip
_SS = "urn:schemas-microsoft-com:office:spreadsheet"


def _workbook(data, doctype="", encoding="UTF-8"):
    return (f'<?xml version="1.0" encoding="{encoding}"?>{doctype}<Workbook xmlns="{_SS}" xmlns:ss="{_SS}"><Worksheet '
            f'ss:Name="企业台账"><Table>{data}</Table></Worksheet></Workbook>').encode()  # fmt: skip


def _xml_row(values, attributes="", row=""):
    return f"<Row{row}>" + "".join(
        f'<Cell{attributes}><Data ss:Type="{"String" if isinstance(v, str) else "Number"}">{v}</Data></Cell>'
        for v in values
    ) + "</Row>"  # fmt: skip


_XML_LEDGER = _xml_row(HEAD) + _xml_row(ROW)
DOCUMENTS = {
    "xml: laughs": lambda: _workbook(_XML_LEDGER + _xml_row(("&j;",)), LAUGHS),
    "xml: a file from outside": lambda: _workbook(_XML_LEDGER + _xml_row(("&x;",)), OUTSIDE),
    "xml: laughs behind a long comment": lambda: _workbook(_XML_LEDGER + _xml_row(("&j;",)), f"<!--{' ' * 90_000}-->{LAUGHS}"),
    "xml: 100,000 levels": lambda: _workbook("<a>" * 100_000 + "</a>" * 100_000),
    "xml: column 1,000,000,000": lambda: _workbook(_XML_LEDGER + _xml_row(("甲",), ' ss:Index="1000000000"')),
    "xml: column -5": lambda: _workbook(_XML_LEDGER + _xml_row(("甲", "乙"), ' ss:Index="-5"')),
    "xml: row 1,000,000,000": lambda: _workbook(_XML_LEDGER + _xml_row(("甲",), row=' ss:Index="1000000000"')),
    "xml: row 0": lambda: _workbook(_XML_LEDGER + _xml_row(("甲",), row=' ss:Index="0"')),
    "xml: the far corner": lambda: _workbook(_XML_LEDGER + _xml_row(("甲",), ' ss:Index="16384"', ' ss:Index="1048576"')),
    "xml: merged over 1,000,000,000": lambda: _workbook(_XML_LEDGER + _xml_row(("甲",), ' ss:MergeAcross="1000000000" ss:MergeDown="1000000000"')),
    "xml: a number that is a word": lambda: _workbook(_XML_LEDGER + '<Row><Cell><Data ss:Type="Number">eins</Data></Cell></Row>'),
    "xml: a date that is none": lambda: _workbook(_XML_LEDGER + '<Row><Cell><Data ss:Type="DateTime">9999999-99-99T99</Data></Cell></Row>'),
    "xml: a kind that does not exist": lambda: _workbook(_XML_LEDGER + '<Row><Cell><Data ss:Type="Zahl">1</Data></Cell></Row>'),
    "xml: columns counted wrongly": lambda: _workbook(_XML_LEDGER).replace(b"<Table>", b'<Table ss:ExpandedColumnCount="-1" ss:ExpandedRowCount="99999999999">'),
    "xml: it breaks off": lambda: _workbook(_XML_LEDGER)[:-50],
    "xml: another encoding than declared": lambda: _workbook(_XML_LEDGER, encoding="UTF-16"),
    "xml: an encoding that does not exist": lambda: _workbook(_XML_LEDGER, encoding="x-none"),
    "xml: 5,000 sheets": lambda: _workbook(_XML_LEDGER).replace(b"</Worksheet>", b'</Worksheet><Worksheet ss:Name="x"><Table/></Worksheet>' + b"<Worksheet/>" * 5_000),
    "xml: text in 200,000 pieces": lambda: _workbook(_XML_LEDGER + f'<Row><Cell><Data ss:Type="String">{"<B>甲</B>" * 200_000}</Data></Cell></Row>'),
    "xml: another vocabulary": lambda: b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "xml: a Word document as XML": lambda: b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="urn:w"/>',
}  # fmt: skip
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


def _ods(body, doctype="", more=None, mimetype="application/vnd.oasis.opendocument.spreadsheet"):
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<office:document-content '
        f'xmlns:office="{_OFFICE}:office:1.0" xmlns:table="{_OFFICE}:table:1.0" xmlns:text="{_OFFICE}:text:1.0">'
        f'<office:body><office:spreadsheet><table:table table:name="企业台账">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (f'<manifest:manifest xmlns:manifest="{_OFFICE}:manifest:1.0"><manifest:file-entry '
                'manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>')  # fmt: skip
    return zipped({"mimetype": mimetype, "content.xml": content, "META-INF/manifest.xml": manifest, **(more or {})})


def _ods_cell(value, attributes=""):
    kind = "string" if isinstance(value, str) else "float"
    return (f'<table:table-cell office:value-type="{kind}" office:value="{value}"{attributes}>'
            f"<text:p>{value}</text:p></table:table-cell>")  # fmt: skip


def _ods_row(values, attributes="", row=""):
    return f"<table:table-row{row}>{''.join(_ods_cell(v, attributes) for v in values)}</table:table-row>"


_ODS_LEDGER = _ods_row(HEAD) + _ods_row(ROW)
_MANY_COLUMNS, _MANY_ROWS = ' table:number-columns-repeated="1000000000"', ' table:number-rows-repeated="1000000000"'
OPEN = {
    "ods: a cell 1,000,000,000 times": lambda: _ods(_ODS_LEDGER + _ods_row(("甲",), _MANY_COLUMNS)),
    "ods: a row 1,000,000,000 times": lambda: _ods(_ODS_LEDGER + _ods_row(("002", "甲"), row=_MANY_ROWS)),
    "ods: the whole grid of one cell": lambda: _ods(_ODS_LEDGER + _ods_row(("甲",), ' table:number-columns-repeated="16384"', ' table:number-rows-repeated="1048576"')),
    "ods: empty cells 1,000,000,000 times": lambda: _ods(_ODS_LEDGER + f"<table:table-row{_MANY_ROWS}><table:table-cell{_MANY_COLUMNS}/></table:table-row>"),
    "ods: a cell after many empty ones": lambda: _ods(_ODS_LEDGER + f"<table:table-row><table:table-cell{_MANY_COLUMNS}/>{_ods_cell('甲')}</table:table-row>"),
    "ods: repeated -1 times": lambda: _ods(_ODS_LEDGER + _ods_row(("甲",), ' table:number-columns-repeated="-1"', ' table:number-rows-repeated="x"')),
    "ods: 300 rows of 16,384 cells": lambda: _ods(_ODS_LEDGER + _ods_row(("甲",), ' table:number-columns-repeated="16384"') * 300),
    "ods: spanned over 1,000,000,000": lambda: _ods(_ODS_LEDGER + _ods_row(("甲",), ' table:number-columns-spanned="1000000000" table:number-rows-spanned="1000000000"')),
    "ods: laughs": lambda: _ods(_ODS_LEDGER + _ods_row(("&j;",)), LAUGHS),
    "ods: a file from outside": lambda: _ods(_ODS_LEDGER + _ods_row(("&x;",)), OUTSIDE),
    "ods: laughs in the manifest": lambda: _ods(_ODS_LEDGER, more={"META-INF/manifest.xml": f"{LAUGHS}<m>&j;</m>"}),
    "ods: tables in tables": lambda: _ods("<table:table>" * 50_000 + "</table:table>" * 50_000),
    "ods: 100,000 spaces by number": lambda: _ods(_ODS_LEDGER + _ods_row(('<text:s text:c="1000000000"/>',))),
    "ods: a bomb of 70 MB": lambda: _ods(_ODS_LEDGER, more={"Pictures/a": bytes(70 * 2**20)}),
    "ods: encrypted": lambda: _ods(_ODS_LEDGER, more={"META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{_OFFICE}:manifest:1.0"><manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>', "content.xml": bytes(n * 197 % 251 for n in range(4000))}),
    "ods: a text document": lambda: _ods(_ODS_LEDGER, mimetype="application/vnd.oasis.opendocument.text"),
    "ods: a number that is a word": lambda: _ods(_ODS_LEDGER + '<table:table-row><table:table-cell office:value-type="float" office:value="eins"/></table:table-row>'),
    "ods: a date that is none": lambda: _ods(_ODS_LEDGER + '<table:table-row><table:table-cell office:value-type="date" office:date-value="99999-99-99"/></table:table-row>'),
    "ods: a duration of nonsense": lambda: _ods(_ODS_LEDGER + f'<table:table-row><table:table-cell office:value-type="time" office:time-value="PT{"9" * 500}H"/></table:table-row>'),
    "ods: it breaks off": lambda: _ods("<table:table-row>"),
    "ods: no content": lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ""}),
}  # fmt: skip


def _tar():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("../../etc/passwd"))
    return out.getvalue()


OTHERS = {
    "a PDF": lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3" + bytes(1000),
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(1000),
    "a gzip bomb of 20 MB": lambda: gzip.compress(bytes(20 * 2**20), 1, mtime=0),
    "a package in gzip": lambda: gzip.compress(xlsx(), mtime=0),
    "a package in a tar": lambda: _tar() + xlsx(),
    "a package in a zip": lambda: zipped({"台账.xlsx": xlsx()}),
    "a Word document": lambda: zipped({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}, zipfile.ZIP_STORED),
    "a program": lambda: b"MZ" + bytes(1000),
    "a program of Linux": lambda: b"\x7fELF" + bytes(1000),
    "a Python program": lambda: b"import os\nos.system('touch /tmp/hostile')\n",
    "a pickle": lambda: b"cos\nsystem\n(S'touch /tmp/hostile'\ntR.",
    "JSON of 50,000 levels": lambda: b"[" * 50_000,
    "a page that begins like a picture": lambda: b"GIF89a" + _page(_grid(_line())),
    "a database": lambda: b"SQLite format 3\x00" + bytes(1000),
    "Parquet": lambda: b"PAR1" + bytes(1000) + b"PAR1",
    "a letter": lambda: "各位同事：\n请于月底前报送台账。\n谢谢！\n".encode(),
    "51 MB": lambda: b"PK\x03\x04" + bytes(51 * 2**20),
}  # fmt: skip
FILES = {
    **{f"csv: {name}": ("台账2026年10月.csv", make) for name, make in PLAIN.items()},
    **{name: ("台账2026年10月.xls", make) for name, make in {**PAGES, **DOCUMENTS}.items()},
    **{name: ("台账2026年10月.ods", make) for name, make in OPEN.items()},
    **{f"other: {name}": ("台账2026年10月.xlsx", make) for name, make in OTHERS.items()},
}


def sound_ods():
    """An open document of one ledger with nothing wrong in it."""
    return _ods(_ODS_LEDGER)
