"""What the cells of an .xlsx mean: number formats, dates under either calendar, shared and inline strings.

One place decides it for both readers (xlsx_cells, xlsx_exact), so that they cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.parsers import expat

from unionplan.intake.cells import Cell, Unreadable, plain_cell

PLAIN, MOMENT, LASTING = 0, 1, 2
"""How a number is shown: as itself, as a date or time of day, as hours that run on."""
BUILT_IN = {**dict.fromkeys((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)), MOMENT), 46: LASTING}
"""Number formats that every program knows by number; 27–36 and 50–58 are the Chinese dates."""
_QUIET = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_LONGEST_FORMAT = 1_000
"""Excel keeps 255 characters; a format of megabytes is no format."""
_ESCAPED = re.compile("_x((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})_")
_PLAIN_STRING = re.compile(r'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>')
_NO_RESULT = "公式没有结果"
_LAST = {False: 2_958_466, True: 2_957_004}
"""1904 calendar or not → the first serial after the year 9999."""


@dataclass(frozen=True)
class Meanings:
    """A workbook's shared strings, what each cell style shows, and whether its calendar begins in 1904."""

    shared: Sequence[str] = ()
    shown: Sequence[int] = (PLAIN,)
    from_1904: bool = False
    _moments: dict[tuple[float, int], Cell] = field(default_factory=dict)

    def cell(self, kind: str, text: str | None, style: int, formula: bool) -> Cell:
        """Return the cell of type `kind` (the t attribute) with value `text`; None: it has no value.

        Raises IndexError for a shared string that does not exist, ValueError for a number that is none.
        """
        if kind == "e":
            return Unreadable((text or "").strip() or "错误值")
        if kind in ("str", "inlineStr"):
            return plain_cell(unescaped(text or ""))
        bare = (text or "").strip()
        if not bare:
            return Unreadable(_NO_RESULT) if formula else None
        if kind == "s":
            return plain_cell(self.shared[_index(bare)])
        if kind == "b":
            return bare in ("1", "true")
        return _iso(bare) if kind == "d" else self.number(float(bare), style)

    def number(self, value: float, style: int) -> Cell:
        """Return a number as its style shows it; one outside the calendar stays the number that it is."""
        shown = self.shown[style] if style < len(self.shown) else PLAIN
        if shown == PLAIN:
            return plain_cell(value)
        key = (value, shown)
        if key not in self._moments:
            self._moments[key] = (
                timedelta(days=value) if shown == LASTING and abs(value) < 10**6 else self._moment(value)
            )
        return self._moments[key]

    def _moment(self, serial: float) -> Cell:
        if not 0 <= serial < _LAST[self.from_1904] or (not self.from_1904 and 60 <= serial < 61):
            return plain_cell(serial)
        milliseconds = round(serial * 86_400_000)
        if milliseconds < 86_400_000 and not (self.from_1904 and milliseconds == 0):
            return (datetime.min + timedelta(milliseconds=milliseconds)).time()
        first = date(1904, 1, 1) if self.from_1904 else date(1899, 12, 31 if serial < 60 else 30)
        moment = datetime.combine(first, time()) + timedelta(milliseconds=milliseconds)
        return moment.date() if moment.time() == time() else moment


def _index(text: str) -> int:
    number = int(text)
    if number < 0:
        raise IndexError(number)
    return number


def _iso(text: str) -> Cell:
    """A date as strict workbooks write it; what is none stays the text that it is."""
    try:
        moment = datetime.fromisoformat(text.rstrip("Z"))
    except ValueError:
        return plain_cell(text)
    return moment.date() if moment.time() == time() else moment


def unescaped(text: str) -> str:
    """Return text with `_xHHHH_` escapes resolved and line ends as \\n."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def shown_as(code: str) -> int:
    """Return how a number format shows a number: PLAIN, MOMENT or LASTING."""
    bare = _QUIET.sub("", code.split(";")[0][:_LONGEST_FORMAT]).lower()
    if re.search(r"\[(h+|m+|s+)\]", bare):
        return LASTING
    return MOMENT if re.search(r"[ymdhs]|aaa", bare.replace("general", "")) else PLAIN


def styles_of(xml: bytes) -> list[int]:
    """Return what each cell style shows, by the style's number."""
    formats, styles, inside = dict[int, int](), list[int](), [False]

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "cellXfs":
            inside[0] = True
        elif name == "numFmt":
            formats[int(attributes["numFmtId"])] = shown_as(attributes.get("formatCode", ""))
        elif name == "xf" and inside[0]:
            number = int(attributes.get("numFmtId", 0))
            styles.append(formats[number] if number in formats else BUILT_IN.get(number, PLAIN))

    def end(tag: str) -> None:
        if tag.rpartition(":")[2] == "cellXfs":
            inside[0] = False

    parse(xml, start, end)
    return styles or [PLAIN]


def strings_of(xml: bytes) -> list[str]:
    """Return the shared strings in their order; readings printed above Chinese characters are left out."""
    plain = _plain_strings(xml)
    if plain is not None:
        return plain
    strings, texts, depth = list[str](), list[str](), {"t": 0, "rPh": 0}

    def start(tag: str, _: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name in depth:
            depth[name] += 1
        elif name == "si":
            texts.clear()

    def end(tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in depth:
            depth[name] -= 1
        elif name == "si":
            strings.append(unescaped("".join(texts)))

    def data(text: str) -> None:
        if depth["t"] and not depth["rPh"]:
            texts.append(text)

    parse(xml, start, end, data)
    return strings


_ENTITY = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#(\d+)|(\w+));")
_NO_LETTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


def decoded(raw: bytes) -> str:
    """Return a stretch of XML text as a string; raises ValueError where it is not plain UTF-8."""
    text = raw.decode()
    return _ENTITY.sub(_entity, text) if "&" in text else text


def _entity(found: re.Match[str]) -> str:
    if found[3]:
        if found[3] not in _NAMED:
            raise ValueError(found[0])
        return _NAMED[found[3]]
    letter = chr(int(found[1], 16) if found[1] else int(found[2]))
    if _NO_LETTER.match(letter):
        raise ValueError(found[0])
    return letter


def _plain_strings(xml: bytes) -> list[str] | None:
    """The shared strings where each is one plain text, as nearly all programs write them; else None."""
    if not xml.startswith((b"<?xml", b"<sst")) or b"<!" in xml[:4096]:
        return None
    try:
        found: list[str] = _PLAIN_STRING.findall(xml.decode())
    except UnicodeDecodeError:
        return None
    if len(found) != xml.count(b"<si"):
        return None
    if b"&" in xml or b"_x" in xml or b"\r" in xml:
        return [unescaped(_ENTITY.sub(_entity, text) if "&" in text else text) for text in found]
    return found


def parse(
    xml: bytes, start: Callable[[str, dict[str, str]], None], end: Callable[[str], None] | None = None,
    data: Callable[[str], None] | None = None,
) -> None:  # fmt: skip
    """Walk a part's XML; raises expat.ExpatError where it is none."""
    parser: Any = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.Parse(xml, True)


def refuse_doctype(*_: object) -> None:
    """Raise ValueError: no spreadsheet has a document type, and one can make a small file endless."""
    raise ValueError("DOCTYPE")
