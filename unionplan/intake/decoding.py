"""Bytes → text: the encoding is proved, never guessed from how often which byte occurs.

A mark at the beginning decides; then what the file itself declares, if it fits; then strict UTF-8, strict
GB18030, and UTF-16 without a mark where every character is one and the line ends stand where they belong.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator

from unionplan.errors import IntakeError
from unionplan.intake.refusals import ALLOWED, SAVE_AS

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHINESE = {"gb2312", "gbk", "gb18030", "cp936", "x-gbk", "gb_2312-80", "936", "ms936"}
_CJK = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
_PROBED = 65_536


def decoded(data: bytes, name: str, declared: str = "") -> str:
    """Return the file's text without a byte order mark; raises IntakeError when it is in no known encoding."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding, name)
    if b"\x00" in data[:_PROBED]:
        return _without_mark(data, name)
    for encoding in _candidates(data, declared):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _undecodable(data, name)


def looks_like_text(text: str) -> bool:
    """Whether a text holds no more control characters than slip into tables."""
    return sum(ord(char) < 32 and char not in "\t\r\n" for char in text[:4096]) <= 8


def _candidates(data: bytes, declared: str) -> Iterator[str]:
    if declared:
        known = "gb18030" if declared.lower() in _CHINESE else declared
        try:
            codecs.lookup(known)
        except LookupError:
            known = ""
        if known.lower() not in ("", "iso-8859-1", "windows-1252", "us-ascii", "ascii", "utf-16", "unicode"):
            yield known
    if _short_gbk(data):
        yield "gb18030"
    yield from ("utf-8", "gb18030")


def _short_gbk(data: bytes) -> bool:
    """Whether bytes that happen to be valid UTF-8 give Greek or accents there, but Chinese in GB18030."""
    if data.isascii() or len(data) > _PROBED:
        return False
    try:
        western, chinese = data.decode("utf-8"), data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    others = [char for char in western if not char.isascii()]
    return all("\u0080" < char < "\u0800" for char in others) and all(
        char.isascii() or "\u4e00" <= char <= "\u9fa5" or _CJK.match(char) for char in chinese
    )


def _without_mark(data: bytes, name: str) -> str:
    """Text with zero bytes: UTF-16 without a mark, or a text into which a few have slipped."""
    fitting = [text for encoding in ("utf-16-le", "utf-16-be") if (text := _plausible(data, encoding)) is not None]
    if len(fitting) == 1:
        return fitting[0]
    if data.count(0) * 100 < len(data):
        for encoding in ("utf-8", "gb18030"):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise IntakeError(name, "不是表格，也不是文本，无法识别", ALLOWED, SAVE_AS)


def _plausible(data: bytes, encoding: str) -> str | None:
    """The text, if it is one in this byte order: separators or line ends in it, every character assigned."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    assigned = not any(
        unicodedata.category(char) in ("Cn", "Co", "Cs") or (ord(char) < 32 and char not in "\t\r\n\x0b\x0c")
        for char in set(text)
    )
    return text if assigned and any(mark in text for mark in "\n\r,\t") else None


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _broken_character(data[: error.start].decode(encoding, "replace"), name) from error


def _undecodable(data: bytes, name: str) -> IntakeError:
    """What a text is told that is damaged in a few places, or in no encoding that is known."""
    for encoding in ("utf-8", "gb18030"):
        text = data.decode(encoding, "replace")
        bad, good = text.count("\ufffd"), len(_CJK.findall(text))
        if good > 20 * bad and looks_like_text(text):
            return _broken_character(text[: text.index("\ufffd")], name)
    return IntakeError(name, "不是表格，也不是文本，无法识别", ALLOWED, SAVE_AS)


def _broken_character(before: str, name: str) -> IntakeError:
    line = len(re.findall(r"\r\n|\r|\n", before)) + 1
    return IntakeError(name, f"第 {line} 行有损坏的字符，读不出来", ALLOWED, SAVE_AS)
