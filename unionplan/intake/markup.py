"""A walk over XML that refuses every document type, and with it every entity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from unionplan.intake.refusals import defined_outside


def walker(
    file: str, start: Callable[[str, dict[str, str]], None], end: Callable[[str], None], data: Callable[[str], None],
    encoding: str | None = None,
) -> expat.XMLParserType:  # fmt: skip
    """Return a parser that tells of every element and text of `file`; it raises IntakeError at a document type."""

    def refuse(*_: Any) -> None:
        raise defined_outside(file)

    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = data, refuse
    return parser
