"""Small writers of every format that is read, so that tests say what a file holds and not how it is packed.

A table is a list of rows of cells (None, text, int, float, bool, date, datetime, time, timedelta). Each writer
returns the bytes of a file with the one sheet 台账.
"""

import csv
import io
import struct
import zipfile
from datetime import date, datetime, time, timedelta
from html import escape

import openpyxl
import xlwt

FORMATS = {datetime: "yyyy/m/d h:mm:ss", date: "yyyy/m/d", time: "h:mm:ss", timedelta: "[h]:mm:ss"}
KINDS = [None, *FORMATS]
"""Styles by number: plain first."""


def serial(value, since_1904=False):
    """A moment as Excel counts it, in days."""
    day = timedelta(days=1)
    epoch = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)
    if isinstance(value, timedelta):
        return value / day
    if isinstance(value, time):
        return timedelta(hours=value.hour, minutes=value.minute, seconds=value.second) / day
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    return (value - epoch) / day


def is_moment(value):
    return type(value) in FORMATS


def packed(parts):
    """Name → text or bytes as a zip package."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


# ------------------------------------------------------------------ xlsx, xls


def xlsx(rows):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "台账"
    for r, row in enumerate(rows, 1):
        for c, value in enumerate(row, 1):
            if value is not None:
                cell = sheet.cell(r, c)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"  # also where it begins like a formula
                if is_moment(value):
                    cell.number_format = FORMATS[type(value)]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xls(rows):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("台账")
    styles = {kind: xlwt.easyxf(num_format_str=code) for kind, code in FORMATS.items()}
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if is_moment(value):
                sheet.write(r, c, serial(value), styles[type(value)])
            elif value is not None:
                sheet.write(r, c, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# ------------------------------------------------------------------ xlsb


def biff12(number, body=b""):
    """One record of BIFF12."""
    head = bytes([number]) if number < 128 else bytes([number & 0x7F | 0x80, number >> 7])
    size, length = b"", len(body)
    while True:
        size += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            return head + size + body


def wide(text):
    data = text.encode("utf-16-le", "surrogatepass")
    return struct.pack("<I", len(data) // 2) + data


def at(column, style=0):
    return struct.pack("<II", column, style)


def xlsb_row(row, hidden=False):
    return biff12(0, struct.pack("<IIHBBBI", row, 0, 300, 0, 0x10 if hidden else 0, 0, 0))


def xlsb_cell(column, value, shared):
    if isinstance(value, bool):
        return biff12(4, at(column) + bytes([value]))
    if isinstance(value, int) and -(2**29) <= value < 2**29:
        return biff12(2, at(column) + struct.pack("<i", value << 2 | 2))
    if isinstance(value, int | float):
        return biff12(5, at(column) + struct.pack("<d", value))
    if isinstance(value, str):
        shared.append(value)
        return biff12(7, at(column) + struct.pack("<I", len(shared) - 1))
    return biff12(5, at(column, KINDS.index(type(value))) + struct.pack("<d", serial(value)))


def xlsb_package(sheets, shared=(), since_1904=False):
    """(name, state, records between the sheet's beginning and end) of each sheet → a workbook."""
    content = "application/vnd.ms-excel."
    types = [f'<Override PartName="/xl/workbook.bin" ContentType="{content}sheet.binary.macroEnabled.main"/>']
    links, listed, parts = [], b"", {}
    for number, (title, state, records) in enumerate(sheets, 1):
        types.append(f'<Override PartName="/xl/worksheets/sheet{number}.bin" ContentType="{content}worksheet"/>')
        links.append(("worksheet", f"worksheets/sheet{number}.bin"))
        listed += biff12(156, struct.pack("<II", state, number) + wide(f"rId{number}") + wide(title))
        parts[f"xl/worksheets/sheet{number}.bin"] = biff12(129) + records + biff12(130)
    for part, kind in (("sharedStrings", "sharedStrings"), ("styles", "styles")):
        types.append(f'<Override PartName="/xl/{part}.bin" ContentType="{content}{kind}"/>')
        links.append((kind, f"{part}.bin"))
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    packages = "http://schemas.openxmlformats.org/package/2006/"
    targets = "".join(f'<Relationship Id="rId{n}" Type="{relation}{kind}" Target="{target}"/>'
                      for n, (kind, target) in enumerate(links, 1))  # fmt: skip
    codes = b"".join(biff12(44, struct.pack("<H", 163 + n) + wide(code)) for n, code in enumerate(FORMATS.values(), 1))
    looks = b"".join(
        biff12(47, struct.pack("<HHHHHBBHH", 0, 163 + n if n else 0, 0, 0, 0, 0, 0, 0, 1)) for n in range(len(KINDS))
    )
    texts = b"".join(biff12(19, b"\0" + wide(text)) for text in shared)
    return packed({
        "[Content_Types].xml": f'<Types xmlns="{packages}content-types"><Default Extension="rels" ContentType="'
        f'application/vnd.openxmlformats-package.relationships+xml"/>{"".join(types)}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{packages}relationships"><Relationship Id="rId1" '
        f'Type="{relation}officeDocument" Target="xl/workbook.bin"/></Relationships>',
        "xl/workbook.bin": biff12(131) + biff12(153, struct.pack("<II", since_1904, 0) + wide(""))
        + biff12(143) + listed + biff12(144) + biff12(132),
        "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{packages}relationships">{targets}</Relationships>',
        "xl/sharedStrings.bin": biff12(159, struct.pack("<II", len(shared), len(shared))) + texts + biff12(160),
        "xl/styles.bin": biff12(278) + biff12(615, struct.pack("<I", len(FORMATS))) + codes + biff12(616)
        + biff12(617, struct.pack("<I", len(KINDS))) + looks + biff12(618) + biff12(279),
        **parts,
    })  # fmt: skip


def xlsb(rows):
    shared, records = [], []
    for r, row in enumerate(rows):
        records.append(xlsb_row(r))
        records += [xlsb_cell(c, value, shared) for c, value in enumerate(row) if value is not None]
    size = biff12(148, struct.pack("<IIII", 0, max(len(rows) - 1, 0), 0, max(map(len, rows), default=1)))
    return xlsb_package([("台账", 0, size + biff12(145) + b"".join(records) + biff12(146))], shared)


# ------------------------------------------------------------------ ods

ODS_SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"),
                         ("number", "datastyle"))
)  # fmt: skip


MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="{}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def ods_package(tables, styles="", mime="application/vnd.oasis.opendocument.spreadsheet"):
    content = (f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {ODS_SPACES} '
               'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
               f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
               f"{tables}</office:spreadsheet></office:body></office:document-content>")  # fmt: skip
    return packed({"mimetype": mime, "content.xml": content, "META-INF/manifest.xml": MANIFEST.format(mime)})


def ods_text(text):
    """Paragraphs of a text; spaces that XML would lose are elements."""
    lines = escape(text, quote=False).split("\n")
    kept = (line.replace("\t", "<text:tab/>").replace("  ", " <text:s/>") for line in lines)
    return "".join(f"<text:p>{'<text:s/>' + line[1:] if line[:1] == ' ' else line}</text:p>" for line in kept)


def ods_cell(value):
    kind, attribute, stored, style = "float", "value", value, ""
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string">{ods_text(value)}</table:table-cell>'
    if isinstance(value, bool):
        kind, attribute, stored = "boolean", "boolean-value", str(value).lower()
    elif isinstance(value, date):
        kind, attribute, stored = "date", "date-value", value.isoformat()
    elif isinstance(value, time | timedelta):
        seconds = round(serial(value) * 86_400)
        stored = f"PT{seconds // 3600:02}H{seconds // 60 % 60:02}M{seconds % 60:02}S"
        kind, attribute = "time", "time-value"
        style = ' table:style-name="lasting"' if isinstance(value, timedelta) else ""
    return f'<table:table-cell{style} office:value-type="{kind}" office:{attribute}="{stored}"/>'


LASTING = ('<number:time-style style:name="N1" number:truncate-on-overflow="false"/>'
           '<style:style style:name="lasting" style:data-style-name="N1"/>')  # fmt: skip


def ods(rows):
    body = "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows)
    return ods_package(f'<table:table table:name="台账">{body}</table:table>', LASTING)


# ------------------------------------------------------------------ XML Spreadsheet 2003

XML_HEAD = ('<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
            '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
            'xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
            '<Styles><Style ss:ID="Default"/><Style ss:ID="lasting"><NumberFormat ss:Format="[h]:mm:ss"/></Style></Styles>')  # fmt: skip


def xml_cell(column, value):
    kind, text, style = "Number", value, ""
    if isinstance(value, str):
        kind, text = "String", escape(value).replace("\n", "&#10;")
    elif isinstance(value, bool):
        kind, text = "Boolean", int(value)
    elif is_moment(value):
        if isinstance(value, timedelta):
            style = ' ss:StyleID="lasting"'
            if value >= timedelta(days=60):  # the day that never was
                value -= timedelta(days=1)
        moment = value if isinstance(value, datetime) else datetime(1899, 12, 31)
        if type(value) is date:
            moment = datetime(value.year, value.month, value.day)
        elif isinstance(value, timedelta):
            moment += value
        elif isinstance(value, time):
            moment = datetime.combine(moment, value)
        kind, text = "DateTime", moment.isoformat(timespec="milliseconds")
    return f'<Cell ss:Index="{column + 1}"{style}><Data ss:Type="{kind}">{text}</Data></Cell>'


def xml(rows):
    body = "".join(
        f'<Row ss:Index="{r + 1}">{"".join(xml_cell(c, value) for c, value in enumerate(row) if value is not None)}</Row>'
        for r, row in enumerate(rows)
    )
    return f'{XML_HEAD}<Worksheet ss:Name="台账"><Table>{body}</Table></Worksheet></Workbook>'.encode()


# ------------------------------------------------------------------ web page as Excel saves it

HTML_HEAD = ('<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta http-equiv=Content-Type '
             'content="text/html; charset={charset}"><!--[if gte mso 9]><xml><x:ExcelWorkbook><x:ExcelWorksheets>'
             "<x:ExcelWorksheet><x:Name>台账</x:Name></x:ExcelWorksheet></x:ExcelWorksheets></x:ExcelWorkbook></xml>"
             "<![endif]--><style><!-- .txt {{mso-number-format:\"\\@\";}} .day {{mso-number-format:\"yyyy\\/m\\/d\";}} "
             '.moment {{mso-number-format:"yyyy\\/m\\/d h:mm:ss";}} .time {{mso-number-format:"h:mm:ss";}} '
             '.lasting {{mso-number-format:"\\[h\\]:mm:ss";}} --></style></head><body>')  # fmt: skip
CLASSES = {date: "day", datetime: "moment", time: "time", timedelta: "lasting"}


def html_cell(value):
    if value is None:
        return "<td></td>"
    if isinstance(value, bool):
        return f'<td x:bool="{str(value).upper()}">{str(value).upper()}</td>'
    if isinstance(value, str):
        meant = escape(value).replace("\n", "<br>\n").replace(" ", "<span style='mso-spacerun:yes'> </span>")
        return f"<td class=txt x:str>{meant}</td>"
    if is_moment(value):
        return f'<td class={CLASSES[type(value)]} x:num="{serial(value)!r}">shown</td>'
    return f'<td x:num="{value!r}">{value:.2f}</td>'


def html(rows, charset="gb2312", encoding="gb18030"):
    body = "".join(f"<tr>{''.join(map(html_cell, row))}</tr>" for row in rows)
    page = f"{HTML_HEAD.format(charset=charset)}<table x:str>{body}</table></body></html>"
    return page.encode(encoding)


# ------------------------------------------------------------------ text


def delimited(rows, separator=",", encoding="utf-8"):
    """Rows of texts as Excel saves them; None is an empty field."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows([["" if cell is None else cell for cell in row] for row in rows])
    return out.getvalue().encode(encoding)
