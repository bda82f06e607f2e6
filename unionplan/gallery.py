"""The exhibits of one standpoint as pictures for the browser: thumbnails to choose from, slides for the screen, each made once.

Thumbnails are drawn by a thread of their own, so that a page need not wait for sixty of them.
"""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from unionplan.charts import SLIDE
from unionplan.exhibits import Entry, Exhibit, catalogue, exhibit, names_for
from unionplan.export.footnote import footed
from unionplan.export.pack import fitted
from unionplan.export.pictures import pngs
from unionplan.export.svg import svg
from unionplan.standpoint import Standpoint

THUMBNAIL = 240  # px wide
AT_ONCE = 6  # thumbnails that are set together
FONTS = "Microsoft YaHei, PingFang SC, Noto Sans CJK SC, Source Han Sans SC, WenQuanYi Micro Hei, sans-serif"
T = TypeVar("T")


@dataclass(frozen=True)
class Manner:
    """How exhibits are to be shown: units without their names, by value or in the plan's order, with 机关工会 or without."""

    hidden: bool = False
    order: str = "value"
    others: bool = False


class Gallery:
    """Exhibits of one standpoint in one manner; a standpoint's commit never changes, so nothing here grows stale."""

    def __init__(self, board: Standpoint, manner: Manner) -> None:
        self.board, self.manner = board, manner
        self.entries = catalogue(board)
        self._names = names_for(board, manner.hidden)
        self._exhibits: dict[str, Exhibit | None] = {}
        self._slides: dict[str, str] = {}
        self._thumbnails: dict[str, str] = {}
        self._lock, self._start = threading.RLock(), threading.Lock()
        self._wanted: list[str] = []
        self._thread: threading.Thread | None = None

    def entry(self, asked: str) -> Entry:
        """Return an exhibit's line in the catalogue; it must be there."""
        return next(one for one in self.entries if one.id == asked)

    def known(self, asked: Sequence[str]) -> list[str]:
        """Return those of the ids that the catalogue has, each once, in their order."""
        ids = {one.id for one in self.entries}
        return [one for one in dict.fromkeys(asked) if one in ids]

    def exhibit(self, asked: str) -> Exhibit | None:
        """Return an exhibit, None where it has nothing to show."""
        return self._once(self._exhibits, asked, self._make)

    def exhibits(self, asked: Sequence[str]) -> list[Exhibit]:
        """Return the exhibits asked for, without those that have nothing to show."""
        return [one for one in map(self.exhibit, asked) if one is not None]

    def _make(self, asked: str) -> Exhibit | None:
        return exhibit(self.board, asked, self._names, self.manner.order, self.manner.others)

    def slide(self, asked: str, footnote: str = "") -> str:
        """Return an exhibit's slide as the address of a picture (data:), "" where it has nothing to show.

        Slides with a footnote are not kept: anybody can write one into an address.
        """
        return self._slide(asked, footnote) if footnote else self._once(self._slides, asked, self._slide)

    def _slide(self, asked: str, footnote: str = "") -> str:
        shown = self.exhibit(asked)
        if shown is None:
            return ""
        return _address("image/svg+xml", svg(fitted(footed(shown, footnote)), FONTS).encode())

    def _once(self, made: dict[str, T], asked: str, make: Callable[[str], T]) -> T:
        if asked not in made:
            with self._lock:
                if asked not in made:
                    made[asked] = make(asked)
        return made[asked]

    # Thumbnails

    def thumbnail(self, asked: str) -> str | None:
        """Return a thumbnail as the address of a picture, "" where there is nothing to show, None until it is drawn."""
        return self._thumbnails.get(asked)

    @property
    def drawn(self) -> int:
        """Return how many thumbnails there are."""
        return len(self._thumbnails)

    def draw(self, asked: Sequence[str]) -> bool:
        """See to it that these thumbnails are drawn; return whether all of them are there."""
        missing = [one for one in asked if one not in self._thumbnails]
        with self._start:
            self._wanted = missing
            if missing and (self._thread is None or not self._thread.is_alive()):
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
        return not missing

    def _run(self) -> None:
        while batch := [one for one in self._wanted if one not in self._thumbnails][:AT_ONCE]:
            try:
                self._thumbnails |= self._drawn(batch)
            except Exception:  # one that cannot be drawn is told when it is asked for; the page goes on without it
                self._thumbnails |= dict.fromkeys(batch, "")

    def _drawn(self, batch: Sequence[str]) -> dict[str, str]:
        """The thumbnails of a batch, "" for what has nothing to show."""
        shown = {one: found for one in batch if (found := self.exhibit(one)) is not None}
        scale = THUMBNAIL / SLIDE.width
        made = pngs([fitted(one) for one in shown.values()], scale)
        addresses = (_address("image/png", data) for data in made)
        return dict.fromkeys(batch, "") | dict(zip(shown, addresses, strict=True))


def _address(mime: str, data: bytes) -> str:
    return f"data:{mime};base64,{b64encode(data).decode()}"
