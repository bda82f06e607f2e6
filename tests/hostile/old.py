"""Hostile files of the old binary kinds: compound documents in circles, BIFF records that lie, .xlsb likewise."""

import struct

from tests.hostile.kit import FILES as SAMPLES
from tests.hostile.kit import HEAD, ROW, xlsx

SECTOR = 512


def sample(name="ledger.xls"):
    return (SAMPLES / name).read_bytes()


def _patched(layout, place, value, data=None):
    raw = bytearray(data or sample())
    struct.pack_into(layout, raw, place, value)
    return bytes(raw)


def _fat_place(data):
    """Where the first sector of the allocation table stands."""
    return (struct.unpack_from("<I", data, 76)[0] + 1) * SECTOR


def _directory_place(data):
    return (struct.unpack_from("<I", data, 48)[0] + 1) * SECTOR


def _circle(step):
    """Every entry of the allocation table points `step` sectors on, never to an end."""
    raw = bytearray(sample())
    place = _fat_place(raw)
    for n in range(SECTOR // 4):
        if struct.unpack_from("<I", raw, place + 4 * n)[0] < 0xFFFFFFFA or step == 0:
            struct.pack_into("<I", raw, place + 4 * n, n + step if n + step >= 0 else 0)
    return bytes(raw)


def _directory(offset, layout, value, entry=1):
    raw = bytearray(sample())
    struct.pack_into(layout, raw, _directory_place(raw) + 128 * entry + offset, value)
    return bytes(raw)


def _stream(name):
    """ledger.xls with its stream called otherwise."""
    old, new = "Workbook".encode("utf-16-le"), name.encode("utf-16-le")
    raw = bytearray(sample())
    place = raw.index(old)
    raw[place : place + 64] = new.ljust(64, b"\x00")
    struct.pack_into("<H", raw, place + 64, len(new) + 2)
    return bytes(raw)


def record(number, data=b"", length=None):
    return struct.pack("<HH", number, len(data) if length is None else length) + data


def _label(row, column, text):
    data = text.encode("gb18030")
    return record(0x204, struct.pack("<HHHH", row, column, 0, len(data)) + data)


def _line(number, values):
    return b"".join(
        _label(number, c, v) if isinstance(v, str) else record(0x203, struct.pack("<HHHd", number, c, 0, v))
        for c, v in enumerate(values)
    )


LEDGER = _line(0, HEAD) + _line(1, ROW)


def biff(body=LEDGER, globals_=b"", version=0x500, sheets=1, place=None, name="企业台账"):
    """A bare BIFF5 workbook of one sheet, listed `sheets` times; `place` is where the list says it begins."""
    title = name.encode("gb18030")[:255]
    start = record(0x809, struct.pack("<HHHH", version, 5, 0, 1996)) + record(0x42, struct.pack("<H", 936)) + globals_
    true = len(start) + (4 + 7 + len(title)) * sheets + 4
    listed = record(0x85, struct.pack("<IBBB", true if place is None else place, 0, 0, len(title)) + title) * sheets
    own = record(0x809, struct.pack("<HHHH", version, 0x10, 0, 1996)) + body + record(0x0A)
    return start + listed + record(0x0A) + own


def _number(value, style=0):
    return LEDGER + record(0x203, struct.pack("<HHHd", 2, 4, style, value))


_MERGES = record(0xE5, struct.pack("<H", 1027) + struct.pack("<4H", 0, 65_535, 0, 255) * 1027) * 40
COMPOUND = {
    "only the beginning of a compound document": lambda: sample()[:8],
    "a table of sectors in a circle of one": lambda: _circle(0),
    "a table of sectors in a circle backwards": lambda: _circle(-1),
    "a table of sectors that runs on for ever": lambda: _circle(1),
    "sectors of 2^31 bytes": lambda: _patched("<H", 30, 31),
    "sectors of one byte": lambda: _patched("<H", 30, 0),
    "short sectors of 2^60 bytes": lambda: _patched("<H", 32, 60),
    "a table of 2^32 sectors": lambda: _patched("<I", 44, 0xFFFFFFFF),
    "a directory beyond the end": lambda: _patched("<I", 48, 0x7FFFFFFF),
    "a directory in its own table": lambda: _patched("<I", 48, struct.unpack_from("<I", sample(), 76)[0]),
    "a second table in a circle": lambda: _patched("<I", 68, 0, _patched("<I", 72, 0xFFFFFF)),
    "another order of bytes": lambda: _patched("<H", 28, 0xFEFF),
    "a stream of 4 GB": lambda: _directory(120, "<I", 0xFFFFFFF0),
    "a stream of nothing": lambda: _directory(120, "<I", 0),
    "a stream that begins beyond the end": lambda: _directory(116, "<I", 0x7FFFFFF0),
    "directory entries in a circle": lambda: _directory(68, "<I", 1),
    "a directory entry that is its own child": lambda: _directory(76, "<I", 0, 0),
    "a name of 65,535 bytes": lambda: _directory(64, "<H", 0xFFFF),
    "a package with a password": lambda: _stream("EncryptedPackage"),
    "an old Word document": lambda: _stream("WordDocument"),
    "an old presentation": lambda: _stream("PowerPoint Document"),
    "a document of macros only": lambda: _stream("_VBA_PROJECT_CUR"),
    "a workbook with a password": lambda: sample().replace(struct.pack("<HHH", 0x42, 2, 1200), struct.pack("<HHH", 0x2F, 2, 0)),
}  # fmt: skip
RECORDS = {
    "a record longer than the file": lambda: biff(LEDGER + record(0x204, b"\x00" * 8, 0xFFFF)),
    "a text longer than its record": lambda: biff(LEDGER + record(0x204, struct.pack("<HHHH", 2, 0, 0, 0xFFFF) + b"abc")),
    "a cell of no length": lambda: biff(LEDGER + record(0x203)),
    "a row of no length": lambda: biff(record(0x208) + LEDGER),
    "MULRK of no length": lambda: biff(LEDGER + record(0xBD, struct.pack("<HH", 2, 0))),
    "MULRK that ends before it begins": lambda: biff(LEDGER + record(0xBD, struct.pack("<HHHIH", 2, 9, 0, 0, 1))),
    "MULBLANK over all columns": lambda: biff(LEDGER + record(0xBE, struct.pack("<HH", 2, 0) + b"\x00" * 512 + struct.pack("<H", 65_535))),
    "a cell in row 65,535 and column 65,535": lambda: biff(LEDGER + record(0x203, struct.pack("<HHHd", 65_535, 65_535, 0, 1.0))),
    "a cell in the last corner": lambda: biff(LEDGER + record(0x203, struct.pack("<HHHd", 65_535, 255, 0, 1.0))),
    "all rows to the last column": lambda: biff(LEDGER + b"".join(record(0x203, struct.pack("<HHHd", n, 255, 0, 1.0)) for n in range(2, 60_000))),
    "one cell 100,000 times": lambda: biff(LEDGER + record(0x203, struct.pack("<HHHd", 2, 0, 0, 1.0)) * 100_000),
    "a number that is none": lambda: biff(_number(float("nan"))),
    "a number without an end": lambda: biff(_number(float("inf"))),
    "a number of 1e308": lambda: biff(_number(1e308)),
    "a style out of range": lambda: biff(_number(5.0, 0xFFFF)),
    "text by a number out of range": lambda: biff(LEDGER + record(0xFD, struct.pack("<HHHI", 2, 0, 0, 0xFFFFFFFF))),
    "a table of strings that lies": lambda: biff(globals_=record(0xFC, struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF) + b"\x03\x00\x00abc")),
    "a table of strings continued for ever": lambda: biff(globals_=record(0xFC, struct.pack("<II", 9, 9)) + record(0x3C, b"\x00") * 60_000),
    "an error that does not exist": lambda: biff(LEDGER + record(0x205, struct.pack("<HHHBB", 2, 4, 0, 99, 1))),
    "a formula of nonsense": lambda: biff(LEDGER + record(0x06, struct.pack("<HHHdHIH", 2, 4, 0, 5.0, 0, 0, 0xFFFF) + b"\x17" * 9)),
    "a formula whose text never comes": lambda: biff(LEDGER + record(0x06, struct.pack("<HHH8sHIH", 2, 4, 0, b"\x00\x00\x00\x00\x00\x00\xff\xff", 0, 0, 0))),
    "a format of nonsense": lambda: biff(globals_=record(0x41E, struct.pack("<HB", 164, 255) + b"[" * 255)),
    "40,000 formats": lambda: biff(globals_=record(0x41E, struct.pack("<HB", 164, 4) + b"yyyy") * 40_000),
    "40,000 merged ranges over the whole grid": lambda: biff(LEDGER + _MERGES),
    "merged ranges that lie about their count": lambda: biff(LEDGER + record(0xE5, struct.pack("<H", 0xFFFF))),
    "a code page that does not exist": lambda: biff(globals_=record(0x42, struct.pack("<H", 54_321))),
    "a sheet that begins at the workbook": lambda: biff(place=0),
    "a sheet that begins beyond the end": lambda: biff(place=0x7FFFFFFF),
    "a sheet that begins in the middle of a record": lambda: biff(place=21),
    "10,000 sheets that are one": lambda: biff(sheets=10_000),
    "no sheet": lambda: biff(sheets=0),
    "a sheet named like a path": lambda: biff(name="../../../../etc/passwd"),
    "a sheet named at length": lambda: biff(name="台账" * 63),
    "a workbook in a workbook": lambda: biff(record(0x809, struct.pack("<HHHH", 0x500, 5, 0, 1996)) * 2_000 + LEDGER),
    "a sheet without an end": lambda: biff()[:-4],
    "records of Excel 2": lambda: record(0x09, struct.pack("<HH", 2, 0x10)) + LEDGER + record(0x0A),
    "records of Excel 3": lambda: record(0x209, struct.pack("<HHH", 3, 0x10, 0)) + LEDGER + record(0x0A),
    "records of Excel 4": lambda: record(0x409, struct.pack("<HHH", 4, 0x10, 0)) + LEDGER + record(0x0A),
    "a version that does not exist": lambda: biff(version=0x7777),
}  # fmt: skip


# ------------------------------------------------------------------ .xlsb


def short(number, data=b"", length=None):
    """A BIFF12 record: its number and length in one or more bytes of seven bits."""
    return _sevens(number, 2) + _sevens(len(data) if length is None else length, 4) + data


def _sevens(number, most):
    out = bytearray()
    for _ in range(most):
        out.append(number & 0x7F | (0x80 if number > 0x7F else 0))
        number >>= 7
        if not number:
            break
    return bytes(out)


def _wide(text, length=None):
    return struct.pack("<I", len(text) if length is None else length) + text.encode("utf-16-le")


def _binary_line(number, values):
    head = short(0, struct.pack("<IIHHBI", number, 0, 300, 0, 0, 0))
    return head + b"".join(
        short(6, struct.pack("<II", c, 0) + _wide(v)) if isinstance(v, str) else short(5, struct.pack("<IId", c, 0, v))
        for c, v in enumerate(values)
    )


BINARY = _binary_line(0, HEAD) + _binary_line(1, ROW)


def xlsb(body=BINARY, name="企业台账", before=b"", link="rId1", title_length=None):
    """A binary workbook of one sheet."""
    listed = struct.pack("<II", 0, 1) + _wide(link) + _wide(name, title_length)
    book = short(131) + before + short(143) + short(156, listed) + short(144) + short(132)
    sheet = short(129) + short(148, struct.pack("<4I", 0, 1, 0, 5)) + short(145) + body + short(146) + short(130)
    kind = "application/vnd.ms-excel"
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.bin" ContentType="{kind}.sheet.binary.macroEnabled.main"/>'
        f'<Override PartName="/xl/worksheets/sheet1.bin" ContentType="{kind}.worksheet"/></Types>'
    )
    related = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    root = f'<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{related}/%s" Target="%s"/></Relationships>'
    parts = {
        "[Content_Types].xml": types,
        "_rels/.rels": root % ("officeDocument", "xl/workbook.bin"),
        "xl/_rels/workbook.bin.rels": root % ("worksheet", "worksheets/sheet1.bin"),
        "xl/workbook.bin": book,
        "xl/worksheets/sheet1.bin": sheet,
    }
    old = (
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/worksheets/sheet1.xml",
        "xl/sharedStrings.xml",
        "xl/styles.xml",
    )
    return xlsx(parts, drop=old)


_ROW3 = short(0, struct.pack("<IIHHBI", 2, 0, 300, 0, 0, 0))
SHORT = {
    "xlsb: a record longer than the part": lambda: xlsb(BINARY + short(6, b"\x00" * 8, 2**27)),
    "xlsb: a record whose number never ends": lambda: xlsb(BINARY + b"\xff" * 4096),
    "xlsb: a text of 4 GB": lambda: xlsb(BINARY + _ROW3 + short(6, struct.pack("<II", 0, 0) + _wide("甲", 0xFFFFFFFF))),
    "xlsb: row 4,294,967,295": lambda: xlsb(BINARY + short(0, struct.pack("<IIHHBI", 0xFFFFFFFF, 0, 300, 0, 0, 0)) + short(5, struct.pack("<IId", 0, 0, 1.0))),
    "xlsb: the far corner": lambda: xlsb(BINARY + short(0, struct.pack("<IIHHBI", 1_048_575, 0, 300, 0, 0, 0)) + short(5, struct.pack("<IId", 16_383, 0, 1.0))),
    "xlsb: column 4,294,967,295": lambda: xlsb(BINARY + _ROW3 + short(5, struct.pack("<IId", 0xFFFFFFFF, 0, 1.0))),
    "xlsb: a string out of range": lambda: xlsb(BINARY + _ROW3 + short(7, struct.pack("<III", 0, 0, 0xFFFFFFFF))),
    "xlsb: a cell of no length": lambda: xlsb(BINARY + _ROW3 + short(5)),
    "xlsb: a number that is none": lambda: xlsb(BINARY + _ROW3 + short(5, struct.pack("<IId", 4, 0, float("nan")))),
    "xlsb: a style out of range": lambda: xlsb(BINARY + _ROW3 + short(5, struct.pack("<IId", 4, 0xFFFFFF, 5.0))),
    "xlsb: a sheet name of 4 GB": lambda: xlsb(title_length=0xFFFFFFFF),
    "xlsb: a sheet of an unknown relation": lambda: xlsb(link="rId9"),
    "xlsb: 300,000 empty rows": lambda: xlsb(BINARY + _ROW3 * 300_000),
    "xlsb: nothing but a beginning": lambda: xlsx({"xl/workbook.bin": b"\x83\x01\x00"}, drop=("xl/workbook.xml",)),
}  # fmt: skip
FILES = {f"xls: {name}": ("台账2026年10月.xls", make) for name, make in {**COMPOUND, **RECORDS}.items()} | {
    name: ("台账2026年10月.xlsb", make) for name, make in SHORT.items()
}
