"""The clerk's own .xlsx with marks, comments and the 问题清单 added; everything else stays as it was, byte for byte.

Only what must change is written anew: the start tags of marked cells, the ends of a few lists. A package that is
not written as usual raises ExoticError and gets a workbook of its own instead.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from unionplan.intake.earlier_marks import LIST_NAME, clear_marks, earlier_list, without_names
from unionplan.intake.listing import list_bytes
from unionplan.intake.marks import LIST_SHEET, Mark, Place, anchored, cell_name, lines, marked, place_of
from unionplan.intake.notes import declare_drawings, with_boxes, with_longer_boxes, with_texts
from unionplan.intake.patched import (
    Element,
    ExoticError,
    Patched,
    appended,
    attribute,
    content_types,
    edited,
    outline,
    prefix_of,
    quoted,
    with_attribute,
)
from unionplan.intake.problems import Problem
from unionplan.intake.restyled import Styles

_BOOK = "xl/workbook.xml"
_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACROS = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = b"http://purl.oclc.org/ooxml"
_AFTER_BOXES = {"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "AlternateContent", "webPublishItems", "tableParts", "extLst"}  # fmt: skip
_AFTER_NAMES = {"calcPr", "oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing", "fileRecoveryPr", "webPublishObjects", "extLst"}  # fmt: skip


@dataclass(frozen=True)
class _Worksheet:
    """A sheet of the book: title, part, whether it is hidden."""

    title: str
    part: str
    hidden: bool


def annotate(place: Path, target: Path, problems: Sequence[Problem], name: str) -> str:
    """Write the workbook at `place`, called `name`, with its problems marked to `target`; return its name's ending.

    Raises ExoticError, or an error of zipfile, where it is not to be touched.
    """
    with zipfile.ZipFile(place) as archive:
        package = Patched(archive)
        content = content_types(package).get(_BOOK)
        if content not in (_MAIN, _MACROS) or any(part.startswith("_xmlsignatures/") for part in package.sizes):
            raise ExoticError("another kind of package, or a signed one")
        sheets = _worksheets(package)
        styles_part = next((part for kind, part in package.relations(_BOOK).values() if kind == "styles"), "")
        clear_marks(package, styles_part, [sheet.part for sheet in sheets if sheet.part])
        styles = Styles(package.read(styles_part))
        marks, left = marked(problems)
        for sheet in sheets:
            if sheet.title in marks:
                _mark_sheet(package, sheet.part, styles, marks[sheet.title])
        _add_list(package, sheets, styles, problems, (name, left))
        package.write(styles_part, styles.whole())
        package.save(target)
    return ".xlsx" if content == _MAIN else ".xlsm"


def _worksheets(package: Patched) -> list[_Worksheet]:
    book = package.read(_BOOK)
    if _STRICT in book[:4096]:
        raise ExoticError("strict")
    relations = package.relations(_BOOK)
    found = []
    for one in sorted(outline(book, 2), key=lambda element: element.start):
        if one.name == "sheet" and one.depth == 2:
            link = next((value for key, value in one.attributes.items() if key.endswith(":id")), "")
            kind, part = relations.get(link, ("", ""))
            hidden = one.attributes.get("state", "visible") != "visible"
            found.append(_Worksheet(one.attributes.get("name", ""), part if kind == "worksheet" else "", hidden))
    return found


class _Sheet:
    """A worksheet part taken apart: what stands before its rows, the rows, what stands after them."""

    def __init__(self, xml: bytes) -> None:
        found = re.search(rb"<(?:\w+:)?sheetData(?=[\s/>])[^>]*>", xml)
        if not found or b"<!--" in xml or b"<![CDATA[" in xml:
            raise ExoticError("no rows, or comments between them")
        self.xml, self.rows_at, self.empty = xml, found.end(), found[0].endswith(b"/>")
        self.data_start = found.start()
        self.rows_end = (
            found.end() if self.empty else xml.rfind(b"</" + re.split(rb"[\s/>]", found[0][1:], maxsplit=1)[0])
        )
        self.after = found.end() if self.empty else xml.index(b">", self.rows_end) + 1
        root = re.search(rb"<(?:\w+:)?worksheet[\s>]", xml)
        if not root or root.start() > self.data_start or self.rows_end < 0:
            raise ExoticError("no worksheet")
        self.root = xml[root.start() : xml.index(b">", root.start()) + 1]
        self.prefix = prefix_of(self.root)
        closing = f"</{self.prefix}worksheet>".encode()
        self.head = [one for one in outline(xml[: self.data_start] + closing, 3) if one.depth]
        shift = self.after - len(self.root)
        self.tail = [
            Element(one.name, one.attributes, one.depth, one.start + shift, one.inner + shift, one.close + shift, one.end + shift)
            for one in outline(self.root + xml[self.after :], 2) if one.depth
        ]  # fmt: skip
        self.end = xml.rfind(closing)

    def columns(self) -> Iterator[tuple[int, int, Mapping[str, str]]]:
        """Yield (first, last, attributes) of the columns that have any."""
        for one in self.head:
            if one.name == "col" and one.depth == 2:
                yield int(one.attributes["min"]), int(one.attributes["max"]), one.attributes

    def merged(self) -> Iterator[tuple[int, int, int, int]]:
        """Yield the merged ranges as (first row, first column, last row, last column) from 1."""
        for one in self.tail:
            if one.name == "mergeCell" and one.depth == 2:
                first, _, last = one.attributes.get("ref", "").partition(":")
                begin, end = place_of(first), place_of(last or first)
                if begin and end:
                    yield (*begin, *end)

    def column_style(self, column: int) -> int:
        """Return the format that empty cells of a column have."""
        return next((int(a.get("style", 0)) for first, last, a in self.columns() if first <= column <= last), 0)


def _mark_sheet(package: Patched, part: str, styles: Styles, marks: Mapping[Place, Mark]) -> None:
    sheet = _Sheet(package.read(part))
    edits = list(_cell_edits(sheet, styles, marks))
    if sheet.empty:
        rows = b"".join(new for _, _, new in edits)
        name = f"{sheet.prefix}sheetData".encode()
        edits = [(sheet.data_start, sheet.after, b"<" + name + b">" + rows + b"</" + name + b">")]
    shown = anchored(marks, sheet.merged())
    edits += _drawing_edit(package, part, sheet, shown, with_texts(package, part, shown))
    package.write(part, edited(sheet.xml, edits))


def _drawing_edit(
    package: Patched, part: str, sheet: _Sheet, marks: Mapping[Place, Mark], boxes: list[tuple[Place, Mark]]
) -> list[tuple[int, int, bytes]]:
    """Put the boxes into the sheet's old drawing; without one, into a new one that the sheet then refers to."""
    widths = {
        column: round(float(a["width"]) * 7 + 5) for first, last, a in sheet.columns() if "width" in a and a.get("hidden") not in ("1", "true")
        for column in range(first, min(last, first + 300) + 1)
    }  # fmt: skip
    known = next((one for one in sheet.tail if one.name == "legacyDrawing" and one.depth == 1), None)
    if known is not None:
        link = next((value for key, value in known.attributes.items() if key.endswith(":id")), "")
        drawing = package.relations(part).get(link, ("", ""))[1]
        longer = with_longer_boxes(
            package.read(drawing), {place: mark for place, mark in marks.items() if place not in dict(boxes)}
        )
        package.write(drawing, with_boxes(longer, boxes, widths))
        return []
    drawing = package.new_part("xl/drawings/vmlDrawing{}.vml")
    package.write(drawing, with_boxes(None, boxes, widths))
    declare_drawings(package)
    link = package.relate(part, "vmlDrawing", drawing)
    at = min([one.start for one in sheet.tail if one.depth == 1 and one.name in _AFTER_BOXES], default=sheet.end)
    return [(at, at, f'<{sheet.prefix}legacyDrawing xmlns:r="{_RELATIONS}" r:id="{link}"/>'.encode())]


_TAG_REST = rb"""(?=[\s/>])(?:\s+[^\s=>/]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>"""
_ROW = re.compile(rb"<(?:\w+:)?row" + _TAG_REST)
_CELL = re.compile(rb"<(?:\w+:)?c" + _TAG_REST)
_ROW_END = re.compile(rb"</(?:\w+:)?row\s*>")


def _cell_edits(sheet: _Sheet, styles: Styles, marks: Mapping[Place, Mark]) -> Iterator[tuple[int, int, bytes]]:
    """Yield the edits that give every marked cell its format; missing cells and rows are put in where they belong."""
    wanted: dict[int, dict[int, str]] = {}
    for (row, column), mark in sorted(marks.items()):
        wanted.setdefault(row, {})[column] = mark.severity
    waiting = list(wanted)[::-1]
    number = 0
    for tag in _ROW.finditer(sheet.xml, sheet.rows_at, sheet.rows_end):
        told = attribute(tag[0], "r")
        before, number = number, int(told) if told else number + 1
        if number <= before:
            raise ExoticError("rows out of order")
        while waiting and waiting[-1] < number:
            row = waiting.pop()
            yield tag.start(), tag.start(), _new_row(sheet, styles, row, wanted[row])
        if waiting and waiting[-1] == number:
            yield from _row_edits(sheet, styles, tag, number, wanted[waiting.pop()])
    for row in reversed(waiting):
        yield sheet.rows_end, sheet.rows_end, _new_row(sheet, styles, row, wanted[row])


def _new_row(sheet: _Sheet, styles: Styles, row: int, cells: Mapping[int, str]) -> bytes:
    inner = b"".join(_new_cell(sheet, styles, (row, column), level, None) for column, level in cells.items())
    name = f"{sheet.prefix}row"
    return f'<{name} r="{row}">'.encode() + inner + f"</{name}>".encode()


def _new_cell(sheet: _Sheet, styles: Styles, place: Place, severity: str, row_style: int | None) -> bytes:
    base = sheet.column_style(place[1]) if row_style is None else row_style
    return f'<{sheet.prefix}c r="{cell_name(place)}" s="{styles.marked(base, severity)}"/>'.encode()


def _row_edits(
    sheet: _Sheet, styles: Styles, tag: re.Match[bytes], row: int, cells: Mapping[int, str]
) -> Iterator[tuple[int, int, bytes]]:
    custom = attribute(tag[0], "customFormat") in ("1", "true")
    row_style = int(attribute(tag[0], "s") or 0) if custom else None
    if tag[0].endswith(b"/>"):
        inner = b"".join(_new_cell(sheet, styles, (row, column), level, row_style) for column, level in cells.items())
        opened = re.sub(rb"""\sspans\s*=\s*("[^"]*"|'[^']*')""", b"", tag[0][:-2].rstrip())
        yield tag.start(), tag.end(), opened + b">" + inner + f"</{sheet.prefix}row>".encode()
        return
    end = _ROW_END.search(sheet.xml, tag.end())
    if end is None:
        raise ExoticError("a row without an end")
    waiting, column, added = sorted(cells, reverse=True), 0, False
    for cell in _CELL.finditer(sheet.xml, tag.end(), end.start()):
        place = place_of(attribute(cell[0], "r") or "") or (row, column + 1)
        if place[0] != row or place[1] <= column:
            raise ExoticError("cells out of order")
        column = place[1]
        while waiting and waiting[-1] < column:
            added, new = True, waiting.pop()
            yield cell.start(), cell.start(), _new_cell(sheet, styles, (row, new), cells[new], row_style)
        if waiting and waiting[-1] == column:
            level = cells[waiting.pop()]
            base = int(attribute(cell[0], "s") or 0)
            yield cell.start(), cell.end(), with_attribute(cell[0], "s", str(styles.marked(base, level)))
    for new in reversed(waiting):
        added = True
        yield end.start(), end.start(), _new_cell(sheet, styles, (row, new), cells[new], row_style)
    if added and (spans := attribute(tag[0], "spans")):
        widest = max(*cells, int(spans.split()[-1].rpartition(":")[2]))
        least = min(*cells, int(spans.partition(":")[0]))
        yield tag.start(), tag.end(), with_attribute(tag[0], "spans", f"{least}:{widest}")


def _add_list(
    package: Patched, sheets: list[_Worksheet], styles: Styles, problems: Sequence[Problem], told: tuple[str, Mapping[str, int]]
) -> None:  # fmt: skip
    """Add the list as the last sheet, in front of the reader's eyes; that of an earlier receipt gives way to it."""
    titles = [sheet.title for sheet in sheets]
    index = earlier_list(package.read(_BOOK), titles)
    title = _free_title(titles) if index is None else titles[index]
    tables = {sheet.title: sheet.title for sheet in sheets if sheet.part and sheet.title != title}
    data, last = list_bytes(title, lines(problems, tables, [s.title for s in sheets if s.hidden]), *told)
    with zipfile.ZipFile(io.BytesIO(data)) as own:
        raised = styles.adopt(Styles(own.read("xl/styles.xml")))
        xml = _restyled(own.read("xl/worksheets/sheet1.xml"), raised)
    if index is None:
        index = len(sheets)
        _new_sheet(package, title, xml)
    else:
        package.write(_BOOK, without_names(package.read(_BOOK), index))
        package.write(sheets[index].part, xml)
        package.drop_relations(sheets[index].part)
    _show_list(package, title, index, last)
    for sheet in sheets:
        if sheet.part and sheet.title != title:
            package.write(sheet.part, _unselected(package.read(sheet.part)))


def _new_sheet(package: Patched, title: str, xml: bytes) -> None:
    part = package.new_part("xl/worksheets/sheet{}.xml")
    package.write(part, xml)
    package.declare(part, _SHEET)
    link = package.relate(_BOOK, "worksheet", part)
    book = package.read(_BOOK)
    ids = [int(one.attributes.get("sheetId", 0)) for one in outline(book, 2) if one.name == "sheet" and one.depth == 2]
    entry = f'<{{p}}sheet xmlns:r="{_RELATIONS}" name="{quoted(title)}" sheetId="{max(ids) + 1}" r:id="{link}"/>'
    package.write(_BOOK, appended(book, entry, "sheets", 1))


def _restyled(xml: bytes, raised: int) -> bytes:
    """Our own sheet with its format numbers raised."""
    pattern = re.compile(rb'(<(?:c|row)\b[^>]*?\ss=")(\d+)(?=")|(<col\b[^>]*?\sstyle=")(\d+)(?=")')
    return pattern.sub(lambda m: (m[1] or m[3]) + str(int(m[2] or m[4]) + raised).encode(), xml)


def _unselected(xml: bytes) -> bytes:
    """A sheet that is not the selected one; two selected sheets would be edited together."""
    head = xml[: 64 * 1024]
    found = re.search(rb"""<(?:\w+:)?sheetView(?=\s)[^>]*?\stabSelected\s*=\s*["'](1|true)["']""", head)
    return xml[: found.start(1)] + b"0" + xml[found.end(1) :] if found else xml


def _free_title(titles: Sequence[str]) -> str:
    taken = {title.casefold() for title in titles}
    names = [LIST_SHEET, *(f"{LIST_SHEET}{n}" for n in range(2, 10_000))]
    return next(name for name in names if name.casefold() not in taken)


def _show_list(package: Patched, title: str, index: int, last: int) -> None:
    """Enter the list's filter and repeated rows into the book, and that it is shown first."""
    names = (
        f'<{{p}}definedName name="_xlnm._FilterDatabase" localSheetId="{index}" hidden="1">\'{title}\'!$A$4:$G${last}</{{p}}definedName>'
        f'<{{p}}definedName name="_xlnm.Print_Titles" localSheetId="{index}">\'{title}\'!$4:$4</{{p}}definedName>'
        f'<{{p}}definedName name="{LIST_NAME}" hidden="1">\'{title}\'!$A$4:$G${last}</{{p}}definedName>'
    )
    package.write(_BOOK, _shown_first(_with_names(package.read(_BOOK), names), index))


def _with_names(book: bytes, names: str) -> bytes:
    children = list(outline(book, 1))
    if any(one.name == "definedNames" for one in children):
        return appended(book, names, "definedNames", 1)
    at = min([one.start for one in children if one.depth == 1 and one.name in _AFTER_NAMES], default=children[-1].close)
    prefix = prefix_of(book[children[-1].start : children[-1].inner])
    whole = f"<{{p}}definedNames>{names}</{{p}}definedNames>".replace("{p}", prefix)
    return edited(book, [(at, at, whole.encode())])


def _shown_first(book: bytes, index: int) -> bytes:
    elements = outline(book, 2)
    view = next((one for one in sorted(elements, key=lambda one: one.start) if one.name == "workbookView"), None)
    if view is not None:
        return edited(
            book, [(view.start, view.inner, with_attribute(book[view.start : view.inner], "activeTab", str(index)))]
        )
    sheets = next(one for one in elements if one.name == "sheets" and one.depth == 1)
    prefix = prefix_of(book[sheets.start : sheets.inner])
    new = f'<{prefix}bookViews><{prefix}workbookView activeTab="{index}"/></{prefix}bookViews>'.encode()
    return edited(book, [(sheets.start, sheets.start, new)])
