"""Lists as CSV that WPS and Excel open in Chinese."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence


def csv_bytes(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return a list as CSV that WPS and Excel open in Chinese, with nothing in it that they would run."""
    out = io.StringIO()
    csv.writer(out).writerows([list(headers), *([_harmless(text) for text in row] for row in rows)])
    return out.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    if re.fullmatch(r"[+-][\d,]+(\.\d+)?", text):  # a number does nothing
        return text
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
