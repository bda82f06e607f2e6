"""What an earlier receipt left in a workbook that is handed in again: comments, fills and the list, taken out.

A clerk corrects in the receipt and sends that; a cell that is right now must not come back marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape, unescape

from unionplan.intake.marks import FILLS, GLYPHS, Place, level, place_of
from unionplan.intake.notes import without_boxes
from unionplan.intake.patched import Element, Patched, attribute, edited, outline, with_attribute

LIST_NAME = "_unionplan.list"
"""The hidden name that says which sheet of a workbook is the list of an earlier receipt."""
_OURS = re.compile(r"(?:\n|\A)(?:" + "|".join(re.escape(level(severity)) for severity in GLYPHS) + r")\r?\n")


def clear_marks(package: Patched, styles_part: str, sheets: Iterable[str]) -> None:
    """Take an earlier receipt's comments and fills out of the worksheet parts `sheets`."""
    cleared = _clear_formats(package, styles_part)
    for sheet in sheets:
        relations = package.relations(sheet)
        comments = next((part for kind, part in relations.values() if kind == "comments"), None)
        gone = _clear_comments(package, comments) if comments else set()
        for kind, drawing in relations.values() if gone else ():
            if kind == "vmlDrawing":
                package.write(drawing, without_boxes(package.read(drawing), gone))
        if cleared:
            package.write(sheet, _with_formats(package.read(sheet), cleared))


def _clear_formats(package: Patched, styles_part: str) -> dict[int, int]:
    """Add to the styles a copy without fill of every cell format that has a fill of ours: its number → the copy's."""
    xml = package.read(styles_part)
    parts = sorted(outline(xml, 2), key=lambda one: one.start)
    fills = [one for one in parts if one.depth == 2 and one.name == "fill"]
    ours = {
        str(n)
        for n, one in enumerate(fills)
        if any(f'"FF{c}"'.encode() in xml[one.start : one.end].upper() for c in FILLS.values())
    }
    within = next((one for one in parts if one.name == "cellXfs"), None)
    if not ours or within is None:
        return {}
    formats = [one for one in parts if one.depth == 2 and within.inner <= one.start < within.close]
    faulty = [n for n, one in enumerate(formats) if one.attributes.get("fillId") in ours]
    copies = b"".join(with_attribute(xml[one.start : one.inner], "fillId", "0") + xml[one.inner : one.end] for one in (formats[n] for n in faulty))  # fmt: skip
    tag = with_attribute(xml[within.start : within.inner], "count", str(len(formats) + len(faulty)))
    package.write(styles_part, edited(xml, [(within.start, within.inner, tag), (within.close, within.close, copies)]))
    return {old: len(formats) + n for n, old in enumerate(faulty)}


def _with_formats(xml: bytes, numbers: dict[int, int]) -> bytes:
    wanted = b"|".join(str(number).encode() for number in numbers)
    pattern = re.compile(rb"""<(?:\w+:)?c(?=\s)[^<>]*?\ss\s*=\s*["'](?:""" + wanted + rb""")["'][^<>]*>""")
    return pattern.sub(lambda tag: with_attribute(tag[0], "s", str(numbers[int(attribute(tag[0], "s") or 0)])), xml)


def _clear_comments(package: Patched, part: str) -> set[Place]:
    """Take our words out of the comments; return the cells that have no comment left."""
    xml, edits, gone = package.read(part), [], set[Place]()
    elements = sorted(outline(xml, 5), key=lambda one: one.start)
    texts = [one for one in elements if one.name == "t"]
    for comment in (one for one in elements if one.name == "comment" and one.depth == 2):
        own = [one for one in texts if comment.start <= one.start < comment.close]
        first = _OURS.search("".join(_words(xml, one) for one in own))
        place = place_of(comment.attributes.get("ref", ""))
        if first and place and not first.start():
            edits.append((comment.start, comment.end, b""))
            gone.add(place)
        elif first:
            edits += _shortened(xml, own, first.start())
    package.write(part, edited(xml, edits))
    return gone


def _shortened(xml: bytes, texts: Sequence[Element], length: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield the edits that leave the first `length` characters of a comment's texts."""
    for one in texts:
        words = _words(xml, one)
        if len(words) > length:
            yield one.inner, one.close, escape(words[:length]).encode()
        length = max(0, length - len(words))


def _words(xml: bytes, text: Element) -> str:
    return unescape(xml[text.inner : text.close].decode())


def earlier_list(book: bytes, titles: Sequence[str]) -> int | None:
    """Return the position of the sheet that is an earlier receipt's list, None where there is none."""
    for one in outline(book, 2):
        if one.name == "definedName" and one.attributes.get("name") == LIST_NAME:
            title = book[one.inner : one.close].decode().rpartition("!")[0].strip("'")
            return titles.index(title) if title in titles else None
    return None


def without_names(book: bytes, index: int) -> bytes:
    """Return the book part without the names that belong to an earlier list, the sheet at `index`."""
    gone = [
        one for one in outline(book, 2)
        if one.name == "definedName" and (one.attributes.get("name") == LIST_NAME or one.attributes.get("localSheetId") == str(index))
    ]  # fmt: skip
    return edited(book, [(one.start, one.end, b"") for one in gone])
