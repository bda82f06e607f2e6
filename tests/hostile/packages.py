"""Hostile zip packages: bombs, lies in their headers, names that lead elsewhere, parts that point in circles."""

import struct
import zipfile

from tests.hostile.kit import (
    LEDGER,
    MAIN,
    PACKAGE,
    RELATED,
    XML,
    book,
    entry_field,
    links,
    overlapping,
    parts,
    rows,
    sheet,
    xlsx,
    zipped,
)

SHEET = "xl/worksheets/sheet1.xml"


def _relation(target, kind="worksheet", more=""):
    return (f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{RELATED}/{kind}" Target="{target}"{more}/></Relationships>')  # fmt: skip


def _bomb(megabytes):
    return xlsx({SHEET: sheet() + " " * (megabytes * 2**20)})


def _nested():
    inner = zipped({"0": bytes(4 * 2**20)})
    for _ in range(4):
        inner = zipped({f"{n}.zip": inner for n in range(16)})
    return xlsx({"xl/media/image1.zip": inner})


def _directory_lost():
    data = xlsx()
    return data[: data.rindex(b"PK\x01\x02")]


def _zip64(size):
    data = bytearray(xlsx())
    place = data.rindex(b"PK\x05\x06")
    record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 2**40, 2**40, size, size)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, place, 1)
    struct.pack_into("<HHII", data, place + 8, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    return bytes(data[:place]) + record + locator + bytes(data[place:])


def _false_ends():
    """A comment that is full of ends of other directories."""
    data = bytearray(xlsx())
    comment = (b"PK\x05\x06" + bytes(18)) * 2900
    struct.pack_into("<H", data, len(data) - 2, len(comment))
    return bytes(data) + comment


def _twice(part, other):
    held = parts()
    return zipped([*held.items(), (part, other)])


def _symlink():
    data = xlsx()
    return entry_field(data, SHEET, 38, None, "<I", 0o120777 << 16)


PACKAGES = {
    "bomb of 70 MB in one part": lambda: _bomb(70),
    "bomb of 30 MB under the ratio's threshold": lambda: _bomb(30),
    "bomb of bombs among the pictures": _nested,
    "20,000 entries": lambda: xlsx({f"{n}": b"" for n in range(20_000)}),
    "4,990 entries": lambda: xlsx({f"xl/media/image{n}.png": b"" for n in range(4_980)}),
    "overlapping entries of 3 GB": lambda: overlapping(3_000, 2**20),
    "overlapping entries of 400 MB": lambda: overlapping(400, 2**20),
    "a part that says it has 4 GB": lambda: entry_field(xlsx(), SHEET, 24, 22, "<I", 2**32 - 2),
    "a part that says it has one byte": lambda: entry_field(_bomb(30), SHEET, 24, 22, "<I", 1),
    "a part that says it is packed into 4 GB": lambda: entry_field(xlsx(), SHEET, 20, 18, "<I", 2**32 - 2),
    "a part that says it is packed into nothing": lambda: entry_field(xlsx(), SHEET, 20, 18, "<I", 0),
    "a part that starts beyond the end": lambda: entry_field(xlsx(), SHEET, 42, None, "<I", 2**31),
    "a sheet with a wrong checksum": lambda: entry_field(xlsx(), SHEET, 16, 14, "<I", 1),
    "a workbook with a wrong checksum": lambda: entry_field(xlsx(), "xl/workbook.xml", 16, 14, "<I", 1),
    "strings with a wrong checksum": lambda: entry_field(xlsx(), "xl/sharedStrings.xml", 16, 14, "<I", 1),
    "an unknown method of compression": lambda: entry_field(xlsx(), SHEET, 10, 8, "<H", 99),
    "a sheet that says it is encrypted": lambda: entry_field(xlsx(), SHEET, 8, 6, "<H", 1),
    "another version of zip": lambda: entry_field(xlsx(), SHEET, 6, 4, "<H", 99),
    "a part that is a link": _symlink,
    "parts packed with bzip2": lambda: zipped(parts(), zipfile.ZIP_BZIP2),
    "parts packed with lzma": lambda: zipped(parts(), zipfile.ZIP_LZMA),
    "the directory lost": _directory_lost,
    "a zip64 directory of a million million entries": lambda: _zip64(2**40),
    "a zip64 directory that points to itself": lambda: _zip64(0),
    "a comment full of false ends": _false_ends,
    "a program before the package": lambda: b"MZ" + bytes(998) + xlsx(),
    "a PDF before the package": lambda: b"%PDF-1.7\n" + xlsx(),
    "a picture before the package": lambda: b"GIF89a" + bytes(64) + xlsx(),
    "a package behind a package": lambda: xlsx() + xlsx(sheet=sheet(rows(("乙",)))),
    "megabytes behind the package": lambda: xlsx() + bytes(3 * 2**20),
    "only the first four bytes": lambda: b"PK\x03\x04",
    "only the end of a directory": lambda: b"PK\x05\x06" + bytes(18),
    "a package of nothing": lambda: zipped({}),
    "two workbooks of one name": lambda: _twice("xl/workbook.xml", book(("另一张",))),
    "two sheets of one name": lambda: _twice(SHEET, sheet(rows(("乙",)))),
    "names that lead out of the folder": lambda: xlsx({"../../../../tmp/hostile": b"x", "/etc/hostile": b"x", "C:\\x": b"x"}),
    "a name with a NUL": lambda: xlsx({"xl/media/a\x00.xml": b"<x/>"}),
    "a name of 60,000 characters": lambda: xlsx({"xl/" + "a" * 60_000: b"x"}),
    "names with backslashes": lambda: zipped({name.replace("/", "\\"): data for name, data in parts().items()}),
    "names in capitals": lambda: zipped({name.upper(): data for name, data in parts().items()}),
    "a folder in place of the workbook": lambda: xlsx({"xl/workbook.xml/": b""}, drop=("xl/workbook.xml",)),
    "a folder in place of the sheet": lambda: xlsx({f"{SHEET}/": b""}, drop=(SHEET,)),
    "a package without relations": lambda: xlsx(drop=("xl/_rels/workbook.xml.rels",)),
    "a package without a sheet": lambda: xlsx(drop=(SHEET,)),
    "a package without strings and styles": lambda: xlsx(drop=("xl/sharedStrings.xml", "xl/styles.xml")),
    "a package without content types": lambda: xlsx(drop=("[Content_Types].xml", "_rels/.rels")),
    "a sheet outside the package": lambda: xlsx(links=links("../../../../../../etc/passwd")),
    "a sheet by an absolute path": lambda: xlsx(links=links("/etc/passwd")),
    "a sheet on another machine": lambda: xlsx(links=_relation("http://192.0.2.1/worksheets/a.xml", more=' TargetMode="External"')),
    "a sheet by a file address": lambda: xlsx(links=links("file:///etc/worksheets/passwd")),
    "a workbook that is its own sheet": lambda: xlsx(links=links("workbook.xml")),
    "relations that are a sheet": lambda: xlsx(links=links("_rels/workbook.xml.rels")),
    "a sheet that is its own relation": lambda: xlsx({"xl/worksheets/_rels/sheet1.xml.rels": _relation("sheet1.xml")}),
    "strings that are the sheet": lambda: xlsx(links=links("worksheets/sheet1.xml",
        more=f'<Relationship Id="rIdS" Type="{RELATED}/sharedStrings" Target="worksheets/sheet1.xml"/>')),
    "styles that are the workbook": lambda: xlsx(links=links("worksheets/sheet1.xml",
        more=f'<Relationship Id="rIdF" Type="{RELATED}/styles" Target="workbook.xml"/>')),
    "the root points to the root": lambda: xlsx({"_rels/.rels": _relation("_rels/.rels", "officeDocument")}),
    "200,000 relations": lambda: xlsx(links=links(*["worksheets/sheet1.xml"] * 200_000)),
    "a vbaProject of noise": lambda: xlsx({"xl/vbaProject.bin": bytes(n * 197 % 251 for n in range(100_000))}),
    "other people's workbook linked": lambda: xlsx({"xl/externalLinks/externalLink1.xml":
        f'{XML}<externalLink xmlns="{MAIN}"><externalBook/></externalLink>',
        "xl/externalLinks/_rels/externalLink1.xml.rels":
        _relation("\\\\192.0.2.1\\share\\a.xlsx", "externalLinkPath", ' TargetMode="External"')}),
    "300,000 comments": lambda: xlsx({"xl/comments1.xml": f'{XML}<comments xmlns="{MAIN}"><commentList>'
        + '<comment ref="A1"><text><t>x</t></text></comment>' * 300_000 + "</commentList></comments>"}),
    "100,000 defined names": lambda: xlsx(book=book(after="<definedNames>"
        + '<definedName name="a">企业台账!$A$1:$XFD$1048576</definedName>' * 100_000 + "</definedNames>")),
    "sheet data twice": lambda: xlsx(sheet=sheet(after=f"<sheetData>{LEDGER}</sheetData>")),
}  # fmt: skip
FILES = {name: ("台账2026年10月.xlsx", make) for name, make in PACKAGES.items()}
