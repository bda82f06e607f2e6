"""Zip packages (.xlsx, .xlsb, .ods): opened under caps, their parts found whatever a program calls them."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from unionplan.errors import IntakeError
from unionplan.intake.refusals import defined_outside
from unionplan.intake.xlsx_styles import parse

MAX_ENTRIES = 5_000
MAX_UNZIPPED = 2**30
MAX_RATIO, RATIO_FROM = 150, 64 * 2**20


class Package:
    """An opened package; its parts are found without regard to case or to the slant of slashes."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {_plain(entry.filename): entry for entry in reversed(archive.infolist())}

    def __contains__(self, part: str) -> bool:
        return _plain(part) in self._names

    def names(self) -> list[str]:
        """Return every part's name in small letters, with plain slashes."""
        return list(self._names)

    def open(self, part: str) -> IO[bytes]:
        """Open a part; raises KeyError where there is none."""
        return self._archive.open(self._names[_plain(part)])

    def read(self, part: str) -> bytes:
        """Return a part's bytes; raises KeyError where there is none."""
        with self.open(part) as opened:
            return opened.read()

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """Return what a part refers to: id → (last word of the relation's type, part)."""
        folder, file = posixpath.split(part)
        place = posixpath.join(folder, "_rels", f"{file}.rels")
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag.rpartition(":")[2] == "Relationship" and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(
                    posixpath.join("/", folder, attributes.get("Target", "").replace("\\", "/"))
                )
                found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], target.lstrip("/"))

        if place in self:
            parse(self.read(place), start)
        return found


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


@contextmanager
def opened(path: Path, name: str) -> Iterator[Package]:
    """Open the package at `path`, called `name`; raises IntakeError when it would grow beyond the caps."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        unzipped, packed = sum(e.file_size for e in entries), max(1, sum(e.compress_size for e in entries))
        bloated = unzipped > RATIO_FROM and unzipped / packed > MAX_RATIO
        if len(entries) > MAX_ENTRIES or unzipped > MAX_UNZIPPED or bloated:
            raise IntakeError(name, "压缩包展开后异常地大", "展开后不超过 1 GB", "请另存为新的 .xlsx，只留需要的工作表")
        package = Package(archive)
        for part in package.names():
            if part.endswith((".xml", ".rels")) and b"<!DOCTYPE" in _beginning(package, part):
                raise defined_outside(name)
        yield package


def _beginning(package: Package, part: str) -> bytes:
    """The first kilobytes of a part, where a document type usually stands, whatever their encoding."""
    with package.open(part) as opened:
        return opened.read(4096).replace(b"\x00", b"").upper()
