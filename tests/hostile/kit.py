"""What hostile files are made of: a small sound package whose parts can be replaced, and damage to whole files."""

import io
import random
import struct
import zipfile
import zlib
from pathlib import Path

FILES = Path(__file__).resolve().parent.parent / "files"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = ("统计编码", "单位名称", "填报单位", "企业状态", "职工人数", "是否建会")
ROW = ("001", "文澜第一针织厂", "文澜区", "存续", 50, "是")
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def cell(place, value, kind=None, more=""):
    """One cell as XML: text inline, a number as it is; `kind` and `more` are attributes."""
    where = f' r="{place}"' if place else ""
    if isinstance(value, str) and kind is None:
        return f'<c{where} t="inlineStr"{more}><is><t>{value}</t></is></c>'
    typed = f' t="{kind}"' if kind else ""
    return f"<c{where}{typed}{more}><v>{value}</v></c>"


def rows(*lines, first=1):
    """Lines of values as XML rows."""
    out = []
    for number, line in enumerate(lines, start=first):
        out.append(f'<row r="{number}">{"".join(cell(f"{chr(65 + c)}{number}", v) for c, v in enumerate(line))}</row>')
    return "".join(out)


LEDGER = rows(HEAD, ROW)


def sheet(data=LEDGER, before="", after=""):
    """A worksheet part; `data` stands in its sheetData."""
    return (
        f'{XML}<worksheet xmlns="{MAIN}" xmlns:r="{RELATED}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'
    )


def extra(*cells_, row=3):
    """The ledger, and one row more of these cells."""
    return sheet(LEDGER + f'<row r="{row}">{"".join(cells_)}</row>')


def book(names=("企业台账",), after="", links=None):
    """A workbook part with sheets of these names; `links`: the relationship of each."""
    links = links or [f"rId{n}" for n in range(1, len(names) + 1)]
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="{link}"/>'
        for n, (name, link) in enumerate(zip(names, links, strict=True), start=1)
    )
    return f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>{listed}</sheets>{after}</workbook>'


def links(*targets, more=""):
    """The workbook's relationships: rId1 … to these targets, in the order of the sheets."""
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATED}/worksheet" Target="{target}"/>'
        for n, target in enumerate(targets, start=1)
    )
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{listed}{more}</Relationships>'


STRINGS_LINK = f'<Relationship Id="rIdS" Type="{RELATED}/sharedStrings" Target="sharedStrings.xml"/>'
STYLES_LINK = f'<Relationship Id="rIdF" Type="{RELATED}/styles" Target="styles.xml"/>'


def parts(**replaced):
    """The parts of a sound package of one ledger; keyword arguments with `__` for `/` replace sheet, book or links."""
    common = f"{PACKAGE}/content-types"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return {
        "[Content_Types].xml": f'{XML}<Types xmlns="{common}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": replaced.get("book", book()),
        "xl/_rels/workbook.xml.rels": replaced.get(
            "links", links("worksheets/sheet1.xml", more=STRINGS_LINK + STYLES_LINK)
        ),
        "xl/worksheets/sheet1.xml": replaced.get("sheet", sheet()),
        "xl/sharedStrings.xml": replaced.get("strings", f'{XML}<sst xmlns="{MAIN}"><si><t>甲</t></si></sst>'),
        "xl/styles.xml": replaced.get("styles", styles()),
    }


def styles(formats="", xfs='<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/>', count=3):
    """A styles part whose cellXfs are 0 General, 1 a date and 2 the custom format 164."""
    return (
        f'{XML}<styleSheet xmlns="{MAIN}"><numFmts count="1">{formats}</numFmts><fonts count="1"><font/></fonts>'
        f'<fills count="1"><fill/></fills><borders count="1"><border/></borders>'
        f'<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="{count}">{xfs}</cellXfs></styleSheet>'
    )


def xlsx(more=None, drop=(), **replaced):
    """A package as bytes; `more` adds parts or replaces them by name, `drop` leaves some out."""
    held = {**parts(**replaced), **(more or {})}
    return zipped({name: data for name, data in held.items() if name not in drop})


def zipped(entries, method=zipfile.ZIP_DEFLATED):
    """Entries, a dictionary or pairs of name and data, as a zip; the same entries give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=1) as archive:
        for name, data in entries.items() if isinstance(entries, dict) else entries:
            info = zipfile.ZipInfo(name, (2026, 10, 31, 8, 0, 0))
            info.compress_type = method
            archive.writestr(info, data)
    return out.getvalue()


def entry_field(data, part, offset_central, offset_local, layout, value):
    """The zip with one field of an entry's headers overwritten, in the directory and before the data."""
    raw, name, place = bytearray(data), part.encode(), 0
    while (place := raw.find(name, place)) >= 0:
        if raw[place - 46 : place - 42] == b"PK\x01\x02":
            struct.pack_into(layout, raw, place - 46 + offset_central, value)
        elif offset_local is not None and raw[place - 30 : place - 26] == b"PK\x03\x04":
            struct.pack_into(layout, raw, place - 30 + offset_local, value)
        place += len(name)
    return bytes(raw)


def overlapping(copies, size):
    """A zip in which every entry of the directory points to the same compressed megabytes."""
    head = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = head.compress(b" " * size) + head.flush()
    crc = zlib.crc32(b" " * size)
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(packed), size, 1, 0) + b"a" + packed
    listed = b"".join(
        struct.pack(
            "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(packed), size, len(name), 0, 0, 0, 0, 0, 0
        )
        + name
        for name in (b"xl/workbook.xml", *(b"%05d" % n for n in range(copies)))
    )
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, copies + 1, copies + 1, len(listed), len(local), 0)
    return local + listed + end


def cut(data, share):
    """The first part of a file, as a transfer that broke off leaves it."""
    return data[: int(len(data) * share)]


def flipped(data, seed, bits=12, skip=8):
    """A file with a few bits turned, the same ones for the same seed; its first bytes stay."""
    chance, raw = random.Random(seed), bytearray(data)
    for _ in range(bits):
        raw[chance.randrange(skip, len(raw))] ^= 1 << chance.randrange(8)
    return bytes(raw)
