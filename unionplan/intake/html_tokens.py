"""A page's text as tags, text and comments, in one pass; what is no tag is text, as a browser takes it."""

from __future__ import annotations

import re
from html import unescape
from typing import Protocol

_TOKEN = re.compile(
    r"""<!--(?P<comment>.*?)(?:-->|\Z)"""
    r"""|<(?P<end>/?)(?P<tag>[a-zA-Z][^\s/<>"']*)(?P<said>(?:"[^"]*"|'[^']*'|[^"'<>])*)>"""
    r"""|<[!?/][^<>]*>"""
    r"""|(?P<text>[^<]+|<)""",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([^\s=/"'<>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>]*))?""")
_RAW = ("script", "style", "textarea", "title")
"""Elements in which tags are text."""


class Listener(Protocol):
    """What is told of a page, in its order; names are in small letters."""

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Text stands here."""

    def comment(self, text: str) -> None:
        """A comment stands here."""


def walk(page: str, listener: Listener) -> None:
    """Tell `listener` what `page` holds."""
    place = 0
    while place < len(page):
        place = _walk_to_raw(page, place, listener)


def _walk_to_raw(page: str, place: int, listener: Listener) -> int:
    """Walk up to the end of an element whose content is no markup, or of the page; returns where that is."""
    for found in _TOKEN.finditer(page, place):
        kind = found.lastgroup
        if kind == "text":
            text = found["text"]
            listener.text(unescape(text) if "&" in text else text)
        elif kind == "said":
            tag = found["tag"].lower()
            if found["end"]:
                listener.end(tag)
                continue
            listener.begin(tag, _attributes(found["said"]) if found["said"] else {})
            if tag in _RAW:
                return _raw(page, found.end(), tag, listener)
        elif kind == "comment":
            listener.comment(found["comment"])
    return len(page)


def _attributes(said: str) -> dict[str, str]:
    """The attributes of a tag; of one that stands twice, the first counts."""
    found: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(said):
        bare = value[1:-1] if value[:1] in ("'", '"') else value
        found.setdefault(name.lower(), unescape(bare) if "&" in bare else bare)
    return found


def _raw(page: str, place: int, tag: str, listener: Listener) -> int:
    end = re.compile(f"</{tag}", re.IGNORECASE).search(page, place)
    listener.text(page[place : end.start() if end else len(page)])
    return end.start() if end else len(page)
