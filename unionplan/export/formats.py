"""Every kind of file that a meeting can take along: its name, its ending, and who makes it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from unionplan.exhibits import Exhibit
from unionplan.export.occasion import Occasion
from unionplan.export.pack import fitted, pack_pdf
from unionplan.export.pictures import pngs
from unionplan.standpoint import Standpoint
from unionplan.theme import file_name

SHARP = 1.5  # of a slide's 1920 pixels


@dataclass(frozen=True)
class Brief:
    """What a writer is given: the standpoint, the exhibits in their order, and the occasion."""

    board: Standpoint
    exhibits: Sequence[Exhibit]
    occasion: Occasion


@dataclass(frozen=True)
class Format:
    """One kind of file: what it is called, how its file's name ends, its type on the web, and its writer."""

    word: str
    tail: str
    mime: str
    make: Callable[[Brief], bytes]


def pictures(brief: Brief) -> bytes:
    """Return every exhibit as a PNG in the shape of a slide, in one zip."""
    drawn = pngs([fitted(one) for one in brief.exhibits], SHARP)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as held:
        for number, (one, data) in enumerate(zip(brief.exhibits, drawn, strict=True), 1):
            name = file_name(f"{number:02d}_{one.name}_{brief.board.today:%Y%m%d}")
            held.writestr(f"{name}.png", data)
    return out.getvalue()


FORMATS: Mapping[str, Format] = {
    "pdf": Format("PDF", ".pdf", "application/pdf", lambda brief: pack_pdf(brief.board, brief.exhibits)),
    "png": Format("图片（PNG）", "_图片.zip", "application/zip", pictures),
}
