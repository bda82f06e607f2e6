"""The parts of an .xlsx package as bytes: where elements stand, and edits that leave every other byte as it is.

A part is never parsed into a tree and written anew: that loses what the tree does not know. `ExoticError` is raised for
whatever is not written as usual; the caller then makes a workbook of its own.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from xml.parsers import expat

MAX_ENTRIES, MAX_PART, MAX_UNZIPPED = 5_000, 256 * 2**20, 512 * 2**20
_LARGE = 8 * 2**20
_ATTRIBUTES = rb"""(?:\s+[^\s=>/]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*"""
_START = re.compile(rb"<[^\s/>!?]+" + _ATTRIBUTES + rb"/?>")
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NO_RELATIONS = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>"""


class ExoticError(Exception):
    """A package that is not written as usual, so that nothing is to be changed in it."""


@dataclass(frozen=True)
class Element:
    """An element of a part: its local name, attributes, and the offsets of its start, its content and its end.

    An empty one, `<x/>`, has `close` equal to `inner`: both after its only tag.
    """

    name: str
    attributes: dict[str, str]
    depth: int
    start: int
    inner: int
    close: int
    end: int


def outline(xml: bytes, deepest: int) -> list[Element]:
    """Return the elements down to a depth, the root being 0, in the order in which they end."""
    parser = expat.ParserCreate()
    found: list[Element] = []
    above: list[tuple[str, dict[str, str], int] | None] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        shallow = len(above) <= deepest
        above.append((name, attributes, parser.CurrentByteIndex) if shallow else None)

    def end(_: str) -> None:
        entry = above.pop()
        if entry:
            name, attributes, start = entry
            tag = _START.match(xml, start)
            if tag is None:
                raise ExoticError("a tag that is written in an unusual way")
            inner, close = tag.end(), parser.CurrentByteIndex
            empty = tag[0].endswith(b"/>")
            close, stop = (inner, inner) if empty else (close, xml.index(b">", close) + 1)
            found.append(Element(name.rpartition(":")[2], attributes, len(above), start, inner, close, stop))

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    try:
        parser.Parse(_checked(xml), True)
    except expat.ExpatError as error:
        raise ExoticError(str(error)) from error
    return found


def _checked(xml: bytes) -> bytes:
    """The part, if it is UTF-8 without a document type."""
    head = xml[:4096]
    declared = re.search(rb"""encoding\s*=\s*["']([\w.-]+)["']""", head[:200])
    if b"<!DOCTYPE" in head.upper() or (declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii")):
        raise ExoticError("another encoding, or a document type")
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00")):
        raise ExoticError("another encoding")
    return xml


def edited(xml: bytes, edits: Iterable[tuple[int, int, bytes]]) -> bytes:
    """Return the bytes with each (from, to, new) put in place; of two at one offset the first stays first."""
    pieces, at = [], 0
    for begin, end, new in sorted(edits, key=lambda edit: edit[:2]):
        assert begin >= at, "two edits of one place"
        pieces += [xml[at:begin], new]
        at = end
    return b"".join((*pieces, xml[at:]))


@cache
def _named(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"(\s" + name.encode() + rb"""\s*=\s*)(?:"([^"]*)"|'([^']*)')""")


def attribute(tag: bytes, name: str) -> str | None:
    """Return an attribute of a start tag, None without it."""
    found = _named(name).search(tag)
    if not found:
        return None
    return (found[2] if found[2] is not None else found[3]).decode()


def with_attribute(tag: bytes, name: str, value: str) -> bytes:
    """Return a start tag with the attribute set."""
    found = _named(name).search(tag)
    if found:
        return tag[: found.end(1)] + f'"{value}"'.encode() + tag[found.end() :]
    stop = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:stop].rstrip() + f' {name}="{value}"'.encode() + tag[stop:]


def prefix_of(tag: bytes) -> str:
    """Return the namespace prefix of a tag with its colon, empty without one."""
    name = re.split(rb"[\s/>]", tag[1:], maxsplit=1)[0]
    return name.rpartition(b":")[0].decode() + ":" if b":" in name else ""


def appended(xml: bytes, fragment: str, into: str = "", depth: int = 0) -> bytes:
    """Return the part with a fragment as the last child of its root, or of the first element called `into`.

    `{p}` in the fragment stands for the root's namespace prefix.
    """
    parts = outline(xml, depth)
    root = parts[-1]
    target = next((one for one in parts if one.name == into and one.depth == depth), None) if into else root
    if target is None:
        raise ExoticError(f"no {into} to add to")
    new = fragment.replace("{p}", prefix_of(xml[root.start : root.inner])).encode()
    tag = xml[target.start : target.inner]
    if tag.endswith(b"/>"):
        name = re.split(rb"[\s/>]", tag[1:], maxsplit=1)[0]
        return edited(xml, [(target.start, target.end, tag[:-2].rstrip() + b">" + new + b"</" + name + b">")])
    return edited(xml, [(target.close, target.close, new)])


def quoted(text: str) -> str:
    """Return text for an element or an attribute; `_x0041_` and the like stay what they say."""
    return escape(re.sub(r"_(?=x[0-9a-fA-F]{4}_)", "_x005F_", text))


@dataclass
class Patched:
    """An .xlsx file: its parts as they are, and those that were changed or added."""

    archive: zipfile.ZipFile
    changed: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        entries = self.archive.infolist()
        self.sizes = {entry.filename: entry.file_size for entry in entries}
        if len(self.sizes) != len(entries) or len(entries) > MAX_ENTRIES or sum(self.sizes.values()) > MAX_UNZIPPED:
            raise ExoticError("too many parts, or too large")

    def has(self, part: str) -> bool:
        """Return whether there is such a part."""
        return part in self.sizes or part in self.changed

    def read(self, part: str) -> bytes:
        """Return a part's bytes as they stand now."""
        if part in self.changed:
            return self.changed[part]
        if self.sizes.get(part, MAX_PART) >= MAX_PART:
            raise ExoticError(f"no part {part}, or too large")
        return self.archive.read(part)

    def write(self, part: str, data: bytes) -> None:
        """Put a part in place of what was there."""
        self.changed[part] = data

    def new_part(self, pattern: str) -> str:
        """Return the first free name, `{}` in the pattern being its number."""
        return next(name for n in range(1, 100_000) if not self.has(name := pattern.format(n)))

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Return relation id → (last word of its type, the part that it leads to) of a part."""
        links = _relations_of(part)
        if not self.has(links):
            return {}
        found = (one.attributes for one in outline(self.read(links), 1) if one.name == "Relationship")
        return {
            a.get("Id", ""): (a.get("Type", "").rsplit("/", 1)[-1], _resolved(part, a.get("Target", "")))
            for a in found if a.get("TargetMode") != "External"
        }  # fmt: skip

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a relation from a part to another and return its id."""
        links = _relations_of(part)
        if not self.has(links):
            self.write(links, _NO_RELATIONS)
        known = {one.attributes.get("Id") for one in outline(self.read(links), 1)}
        own = next(name for n in range(1, 100_000) if (name := f"rIdReceipt{n}") not in known)
        entry = f'<{{p}}Relationship Id="{own}" Type="{_RELATIONS}/{kind}" Target="/{quoted(target)}"/>'
        self.write(links, appended(self.read(links), entry))
        return own

    def drop_relations(self, part: str) -> None:
        """Forget what a part refers to."""
        if self.has(_relations_of(part)):
            self.write(_relations_of(part), _NO_RELATIONS)

    def declare(self, part: str, content: str) -> None:
        """Say in the list of contents what a new part is."""
        entry = f'<{{p}}Override PartName="/{quoted(part)}" ContentType="{content}"/>'
        self.write(_CONTENTS, appended(self.read(_CONTENTS), entry))

    def declare_extension(self, extension: str, content: str) -> None:
        """Say what parts with an ending are, unless it is said."""
        parts = outline(self.read(_CONTENTS), 1)
        if not any(one.attributes.get("Extension", "").lower() == extension for one in parts):
            root = parts[-1]
            prefix = prefix_of(self.read(_CONTENTS)[root.start : root.inner])
            entry = f'<{prefix}Default Extension="{extension}" ContentType="{content}"/>'.encode()
            self.write(_CONTENTS, edited(self.read(_CONTENTS), [(root.inner, root.inner, entry)]))

    def save(self, place: Path) -> None:
        """Write the package with its changes; what was not changed is the same byte for byte once unpacked."""
        with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as out:
            for entry in self.archive.infolist():
                self._copy(out, zipfile.ZipInfo(entry.filename, entry.date_time))
            for part in self.changed.keys() - self.sizes.keys():
                self._copy(out, zipfile.ZipInfo(part, (1980, 1, 1, 0, 0, 0)))

    def _copy(self, out: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        data = self.changed.get(entry.filename)
        data = self.archive.read(entry.filename) if data is None else data
        entry.compress_type = zipfile.ZIP_DEFLATED
        out.writestr(entry, data, compresslevel=1 if len(data) > _LARGE else 6)


_CONTENTS = "[Content_Types].xml"


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels"


def _resolved(part: str, target: str) -> str:
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))


def content_types(package: Patched) -> Mapping[str, str]:
    """Return part → its declared content, for the parts declared one by one."""
    found = (one.attributes for one in outline(package.read(_CONTENTS), 1) if one.name == "Override")
    return {entry.get("PartName", "").lstrip("/"): entry.get("ContentType", "") for entry in found}
