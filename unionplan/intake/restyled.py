"""The styles part of a clerk's workbook with ours added: marked copies of its cell formats, and whole foreign ones.

A cell's format is a number into a list; a mark is a copy of that format with another fill, added at the list's end.
"""

from __future__ import annotations

import re

from unionplan.intake.marks import FILLS, INK
from unionplan.intake.patched import Element, ExoticError, attribute, edited, outline, prefix_of, with_attribute

_MOST_FORMATS = 60_000
_DARK = {"theme": "1", "indexed": "8", "auto": "1"}
"""Colours of a font that stay as they are on a mark: the theme's text, black, automatic."""


class Styles:
    """A styles part that grows; `whole()` gives it as it stands."""

    def __init__(self, xml: bytes) -> None:
        parts = outline(xml, 2)
        self.xml, self.prefix = xml, prefix_of(xml[parts[-1].start : parts[-1].inner])
        self.lists = {one.name: one for one in parts if one.depth == 1}
        self.own: dict[str, list[Element]] = {name: [] for name in ("fonts", "fills", "borders", "cellXfs")}
        for name, members in self.own.items():
            if name not in self.lists or self.lists[name].close == self.lists[name].end:
                raise ExoticError(f"styles without {name}")
            within = self.lists[name]
            members += [one for one in parts if one.depth == 2 and within.inner <= one.start < within.close]
        self.added: dict[str, list[bytes]] = {name: [] for name in self.own}
        self._marked: dict[tuple[int, str], int] = {}
        self._fonts: dict[int, int] = {}
        self._fills = {level: self._add("fills", self._fill(colour)) for level, colour in FILLS.items()}

    def marked(self, base: int, severity: str) -> int:
        """Return the number of the format `base` with the severity's fill and a font that can be read on it."""
        if (base, severity) not in self._marked:
            members = self.own["cellXfs"]
            if base >= len(members):
                raise ExoticError("a cell format that is not there")
            raw = self.xml[members[base].start : members[base].end]
            size = members[base].inner - members[base].start
            tag = with_attribute(raw[:size], "fillId", str(self._fills[severity]))
            tag = with_attribute(with_attribute(tag, "applyFill", "1"), "fontId", str(self._font(tag)))
            self._marked[base, severity] = self._add("cellXfs", tag + raw[size:])
        return self._marked[base, severity]

    def adopt(self, foreign: Styles) -> int:
        """Add all formats of another styles part; return what its format numbers have to be raised by."""
        by = {name: len(self.own[name]) + len(self.added[name]) for name in self.own}
        for name in ("fonts", "fills", "borders"):
            for one in foreign.own[name]:
                self._add(name, self._renamed(foreign.xml[one.start : one.end]))
        for one in foreign.own["cellXfs"]:
            raw, size = foreign.xml[one.start : one.end], one.inner - one.start
            tag = raw[:size]
            for key, name in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
                tag = with_attribute(tag, key, str(int(attribute(tag, key) or 0) + by[name]))
            self._add("cellXfs", self._renamed(tag + raw[size:]))
        return by["cellXfs"]

    def whole(self) -> bytes:
        """Return the part with everything added."""
        edits = []
        for name, new in self.added.items():
            within = self.lists[name]
            tag = with_attribute(self.xml[within.start : within.inner], "count", str(len(self.own[name]) + len(new)))
            edits += [(within.start, within.inner, tag), (within.close, within.close, b"".join(new))]
        return edited(self.xml, edits)

    def _add(self, name: str, raw: bytes) -> int:
        self.added[name].append(raw)
        number = len(self.own[name]) + len(self.added[name]) - 1
        if number > _MOST_FORMATS:
            raise ExoticError("too many formats")
        return number

    def _fill(self, colour: str) -> bytes:
        return self._renamed(
            f'<fill><patternFill patternType="solid"><fgColor rgb="FF{colour}"/><bgColor indexed="64"/></patternFill></fill>'.encode()
        )

    def _font(self, tag: bytes) -> int:
        """The format's font, or a copy of it in dark ink where it may be too light for the fill."""
        number = int(attribute(tag, "fontId") or 0)
        if number not in self._fonts:
            if number >= len(self.own["fonts"]):
                raise ExoticError("a font that is not there")
            raw = self.xml[self.own["fonts"][number].start : self.own["fonts"][number].end]
            colour = re.search(rb"<(?:\w+:)?color\b[^>]*?(?:/>|>\s*</(?:\w+:)?color\s*>)", raw)
            dark = colour is None or any(attribute(colour[0], key) == value for key, value in _DARK.items())
            if dark or colour is None:
                self._fonts[number] = number
            else:
                ink = self._renamed(f'<color rgb="FF{INK}"/>'.encode())
                self._fonts[number] = self._add("fonts", raw[: colour.start()] + ink + raw[colour.end() :])
        return self._fonts[number]

    def _renamed(self, raw: bytes) -> bytes:
        """A fragment of elements without prefix as this part names them."""
        return re.sub(rb"<(/?)(?=\w)", rb"<\1" + self.prefix.encode(), raw) if self.prefix else raw
