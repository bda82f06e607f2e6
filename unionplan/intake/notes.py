"""Comments of a worksheet: the part with their texts, and the old drawing that says where their boxes lie."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping

from unionplan.intake.marks import AUTHOR, Mark, Place, cell_name
from unionplan.intake.patched import ExoticError, Patched, appended, edited, outline, prefix_of, quoted

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_EMPTY = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<comments xmlns="{_MAIN}"><authors></authors><commentList></commentList></comments>"""
_NAMES = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
_EMPTY_DRAWING = f"""<xml {" ".join(f'xmlns:{key}="{name}"' for key, name in _NAMES.items())}>\
<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>""".encode()
_SHAPE_TYPE = """<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">\
<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>"""
_SHAPE = """<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;\
width:225pt;height:{points}pt;z-index:{z};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">\
<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>\
<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>\
<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>\
<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"""
_WIDE, _LINE, _CHARACTERS, _ROW, _COLUMN = 300, 18, 22, 20, 64
"""A box's width and one line's height in pixels, how many characters a line holds; a usual row and column in pixels."""


def with_texts(package: Patched, sheet: str, marks: Mapping[Place, Mark]) -> list[tuple[Place, Mark]]:
    """Write the marks into the sheet's comments, behind what a cell's comment already says.

    Returns the marks of the cells that had none and need a box.
    """
    part = next((part for kind, part in package.relations(sheet).values() if kind == "comments"), None)
    if part is None:
        part = package.new_part("xl/comments{}.xml")
        package.write(part, _EMPTY.encode())
        package.declare(part, _COMMENTS)
        package.relate(sheet, "comments", part)
    xml = appended(package.read(part), f"<{{p}}author>{AUTHOR}</{{p}}author>", "authors", 1)
    elements = outline(xml, 3)
    author = sum(one.name == "author" for one in elements) - 1
    prefix = prefix_of(xml[elements[-1].start : elements[-1].inner])
    texts = _texts(xml, elements)
    edits = [(texts[cell], texts[cell], _runs(mark, prefix, "\n")) for place, mark in marks.items() if (cell := cell_name(place)) in texts]  # fmt: skip
    new = [(place, mark) for place, mark in sorted(marks.items()) if cell_name(place) not in texts]
    listed = next(one for one in elements if one.name == "commentList" and one.depth == 1)
    if listed.close == listed.end:
        raise ExoticError("an empty list of comments")
    edits.append((listed.close, listed.close, b"".join(_comment(place, mark, author, prefix) for place, mark in new)))
    package.write(part, edited(xml, edits))
    return new


def _texts(xml: bytes, elements: list) -> dict[str, int]:  # type: ignore[type-arg]
    """Cell → where the text of its comment ends."""
    ends = [one for one in elements if one.name == "text" and one.depth == 3]
    comments = [one for one in elements if one.name == "comment" and one.depth == 2]
    inside = {}
    for comment, text in zip(comments, ends, strict=True):
        if text.close == text.end or b"phoneticPr" in xml[text.start : text.end]:
            raise ExoticError("a comment without text, or with readings")
        inside[comment.attributes.get("ref", "")] = text.close
    return inside


def _comment(place: Place, mark: Mark, author: int, prefix: str) -> bytes:
    inner = _runs(mark, prefix).decode()
    return f'<{prefix}comment ref="{cell_name(place)}" authorId="{author}"><{prefix}text>{inner}</{prefix}text></{prefix}comment>'.encode()


def _runs(mark: Mark, prefix: str, before: str = "") -> bytes:
    """The mark's words, each level in bold."""
    pieces = []
    for level, words in mark.says:
        pieces += [_run(before + level + "\n", prefix, bold=True), _run(words, prefix)] if level else [_run(before + words, prefix)]  # fmt: skip
        before = "\n"
    return "".join(pieces).encode()


def _run(text: str, prefix: str, bold: bool = False) -> str:
    look = f'<{prefix}sz val="9"/><{prefix}color indexed="81"/><{prefix}rFont val="微软雅黑"/><{prefix}family val="2"/>'
    look = (f"<{prefix}b/>" if bold else "") + look
    return f'<{prefix}r><{prefix}rPr>{look}</{prefix}rPr><{prefix}t xml:space="preserve">{quoted(text)}</{prefix}t></{prefix}r>'


def declare_drawings(package: Patched) -> None:
    """Say in the package's list of contents what the old drawings are."""
    package.declare_extension("vml", _VML)


def with_boxes(drawing: bytes | None, marks: Iterable[tuple[Place, Mark]], widths: Mapping[int, int]) -> bytes:
    """Return the drawing, or a new one, with a hidden box beside each marked cell.

    `widths`: column from 1 → pixels, where it is not the usual one.
    """
    xml = _EMPTY_DRAWING if drawing is None else drawing
    end = xml.rfind(b"</xml>")
    if end < 0:
        raise ExoticError("a drawing that is written in an unusual way")
    first = max((int(number) for number in re.findall(rb"_x0000_s(\d{1,9})", xml)), default=1024) + 1
    shapes = "" if b'"_x0000_t202"' in xml else _SHAPE_TYPE
    shapes += "".join(_box(first + n, place, mark, widths) for n, (place, mark) in enumerate(marks))
    missing = "".join(f' xmlns:{key}="{name}"' for key, name in _NAMES.items() if f"xmlns:{key}=".encode() not in xml)
    shapes = re.sub(r"<v:shape(type)?(?= )", rf"<v:shape\1{missing}", shapes)
    return xml[:end] + shapes.encode() + xml[end:]


_SHAPES = re.compile(rb"<(?:\w+:)?shape(?=[\s>]).*?</(?:\w+:)?shape\s*>", re.DOTALL)
_AT = re.compile(rb"<(?:\w+:)?(Row|Column)\s*>\s*(\d+)\s*<")
_ANCHOR = re.compile(rb"(<(?:\w+:)?Anchor\s*>)([\d\s,]+)(<)")


def _cell_of(shape: bytes) -> Place | None:
    """The cell that a box of a comment belongs to; None for a shape that is no such box."""
    at = {name: int(number) + 1 for name, number in _AT.findall(shape)}
    return (at[b"Row"], at[b"Column"]) if b'"Note"' in shape and len(at) == 2 else None


def without_boxes(drawing: bytes, places: Container[Place]) -> bytes:
    """Return the drawing without the boxes of the cells `places`."""
    return _SHAPES.sub(lambda shape: b"" if _cell_of(shape[0]) in places else shape[0], drawing)


def with_longer_boxes(drawing: bytes, marks: Mapping[Place, Mark]) -> bytes:
    """Return the drawing with the boxes of the cells `marks` long enough for what was written behind."""

    def longer(shape: re.Match[bytes]) -> bytes:
        mark = marks.get(_cell_of(shape[0]) or (0, 0))
        found = _ANCHOR.search(shape[0]) if mark else None
        numbers = found[2].split(b",") if found else []
        if not mark or not found or len(numbers) != 8:
            return shape[0]
        numbers[6] = b" %d" % (int(numbers[6]) + -(-box_lines(mark) * _LINE // _ROW) + 1)
        return shape[0][: found.end(1)] + b",".join(numbers) + shape[0][found.end(2) :]

    return _SHAPES.sub(longer, drawing)


def _box(number: int, place: Place, mark: Mark, widths: Mapping[int, int]) -> str:
    height = box_lines(mark) * _LINE + 10
    row, column = place[0] - 1, place[1] - 1
    top = max(0, row - 1)
    right, rest = column + 1, 12 + _WIDE
    while rest > widths.get(right + 1, _COLUMN) and right < 16_380:
        rest -= widths.get(right + 1, _COLUMN)
        right += 1
    rows, left = divmod(height + 4, _ROW)
    anchor = f"{min(column + 1, 16_383)}, 12, {top}, 4, {right}, {rest}, {top + rows}, {left}"
    return _SHAPE.format(
        id=number, points=round(height * 0.75), z=number % 1024 + 1, anchor=anchor, row=row, column=column
    )


def box_lines(mark: Mark) -> int:
    """Return how many lines of a box the mark's words take."""
    return sum(bool(level) + -(-len(words) // _CHARACTERS) for level, words in mark.says)
