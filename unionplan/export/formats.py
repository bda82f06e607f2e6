"""Every kind of file that a meeting can take along: its name, its ending, and who makes it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache

from unionplan import narrative
from unionplan.attainment import Attainment, ItemState
from unionplan.exhibits import CITY, Exhibit
from unionplan.export.book import book_of
from unionplan.export.footnote import footed, noted
from unionplan.export.occasion import INTERNAL, Occasion
from unionplan.export.offline import offline_html
from unionplan.export.one_page import one_page_pdf
from unionplan.export.pack import fitted, pack_pdf
from unionplan.export.pictures import pngs
from unionplan.export.poster import poster_pdf
from unionplan.export.report import report_of
from unionplan.export.slides import deck_of
from unionplan.export.tall_picture import tall_png
from unionplan.standpoint import Standpoint, T
from unionplan.theme import file_name

SHARP, SHARPEST = 1.0, 1.5  # of a slide's 1920 pixels, which are two a point: twice and three times a point
PDF, ZIP, PNG = "application/pdf", "application/zip", "image/png"
OFFICE = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True)
class PaperBoard(Standpoint):
    """The standpoint `seen` as a paper tells it: units by other names where these are hidden, 机关工会 only with `others`.

    What is computed is shared with the standpoint it is made from.
    """

    seen: Standpoint
    names: Mapping[str, str] = field(default_factory=dict)
    others: bool = False

    def rows(self) -> list[Attainment]:
        """Return the headline figures, units by the names of this paper."""
        return narrative.renamed(super().rows(), self.names)

    def states(self) -> list[ItemState]:
        """Return where the items stand that this paper tells of."""
        return [one for one in super().states() if self.others or one.item.plan == CITY]

    def shared(self, what: tuple[str, ...], make: Callable[[], T]) -> T:
        """Return what the standpoint seen has made."""
        return self.seen.shared(what, make)


@dataclass(frozen=True)
class Brief:
    """What a writer is given: the standpoint, the exhibits in their order, and the occasion."""

    board: Standpoint
    exhibits: Sequence[Exhibit]
    occasion: Occasion

    @property
    def drawn(self) -> list[Exhibit]:
        """The exhibits as pictures, the occasion's footnote below each."""
        return [footed(one, self.occasion.footnote) for one in self.exhibits]

    @property
    def told(self) -> list[Exhibit]:
        """The exhibits for papers that write definitions themselves, the occasion's footnote among them."""
        return [noted(one, self.occasion.footnote) for one in self.exhibits]


def brief_of(seen: Standpoint, exhibits: Sequence[Exhibit], occasion: Occasion, others: bool) -> Brief:
    """Return a brief whose standpoint tells what this occasion's paper may tell."""
    mark = INTERNAL if occasion.internal else ""
    board = PaperBoard(
        seen.store, seen.commit, seen.plan, seen.clock, seen.on, seen, occasion.names, others, mark=mark,
        footnote=occasion.footnote,
    )  # fmt: skip
    drawn_once = [
        replace(one, draw=cache(one.draw)) for one in exhibits
    ]  # several kinds of files draw the same figures
    return Brief(board, drawn_once, occasion)


@dataclass(frozen=True)
class Format:
    """One kind of file: what it is called, how its file's name ends, its type on the web, and its writer."""

    word: str
    tail: str
    mime: str
    make: Callable[[Brief], bytes]


def pictures(brief: Brief, sharp: float = SHARP) -> bytes:
    """Return every exhibit as a PNG in the shape of a slide, `sharp` times its size, in one zip."""
    drawn = pngs([fitted(one) for one in brief.drawn], sharp)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as held:
        for number, (one, data) in enumerate(zip(brief.exhibits, drawn, strict=True), 1):
            name = file_name(f"{number:02d}_{one.name}_{brief.board.today:%Y%m%d}")
            held.writestr(f"{name}.png", data)
    return out.getvalue()


def _office(make: Callable[[Standpoint, Sequence[Exhibit], Occasion], bytes]) -> Callable[[Brief], bytes]:
    return lambda brief: make(brief.board, brief.told, brief.occasion)


def _drawn(make: Callable[[Standpoint, Sequence[Exhibit]], bytes]) -> Callable[[Brief], bytes]:
    return lambda brief: make(brief.board, brief.drawn)


FORMATS: Mapping[str, Format] = {
    "pptx": Format("幻灯片（PPTX）", ".pptx", f"{OFFICE}presentationml.presentation", _office(deck_of)),
    "docx": Format("文稿（DOCX）", ".docx", f"{OFFICE}wordprocessingml.document", _office(report_of)),
    "xlsx": Format("工作簿（XLSX）", ".xlsx", f"{OFFICE}spreadsheetml.sheet", _office(book_of)),
    "pdf": Format("图册（PDF）", ".pdf", PDF, _drawn(pack_pdf)),
    "png": Format("图片（PNG，两倍）", "_图片.zip", ZIP, pictures),
    "png3": Format("图片（PNG，三倍）", "_图片_三倍.zip", ZIP, lambda brief: pictures(brief, SHARPEST)),
    "onepage": Format("一页通", "_一页通.pdf", PDF, lambda brief: one_page_pdf(brief.board)),
    "tall": Format("手机长图", "_手机长图.png", PNG, _drawn(tall_png)),
    "poster": Format("A3 挂图", "_挂图.pdf", PDF, lambda brief: poster_pdf(brief.board)),
    "html": Format("离线网页", ".html", "text/html", _drawn(offline_html)),
}


def made(brief: Brief, kinds: Sequence[str]) -> Iterator[bytes]:
    """Yield the files of a brief in the order of `kinds`, two in the making at a time; raises as their writers do.

    Setting pictures is typst's work and leaves Python's lock alone, so the next file is drawn meanwhile.
    """
    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(lambda kind: FORMATS[kind].make(brief), kinds)
