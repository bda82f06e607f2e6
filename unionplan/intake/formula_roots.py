"""Binary formulas: whether what a formula gives can be an empty text at all.

An empty text is also what a program stores that never calculated. Only what the last operation of a formula is
tells the two apart: a sum or a difference is never an empty text.
"""

from __future__ import annotations

_OPERATORS = {*range(0x03, 0x08), *range(0x09, 0x0F), 0x12, 0x13, 0x14}
"""+ − × ÷ ^, comparisons, signs, %."""
_CONSTANTS = {0x1D, 0x1E, 0x1F}
_FUNCTIONS = {
    0,
    2,
    3,
    4,
    5,
    6,
    7,
    24,
    25,
    26,
    27,
    36,
    37,
    38,
    39,
    169,
    197,
    228,
    345,
    346,
    347,
    65,
    66,
    67,
    68,
    69,
    221,
}
"""COUNT ISNA ISERROR SUM AVERAGE MIN MAX ABS INT SIGN ROUND AND OR NOT MOD COUNTA TRUNC SUMPRODUCT SUMIF COUNTIF
COUNTBLANK DATE TIME DAY MONTH YEAR TODAY."""
_FIXED = {
    **dict.fromkeys((*range(0x03, 0x17),), 1), 0x1C: 2, 0x1D: 2, 0x1E: 3, 0x1F: 9,
}  # fmt: skip
_BY_CLASS = {
    0x20: (8, 15), 0x21: (3, 3), 0x22: (4, 4), 0x23: (5, 5), 0x24: (5, 7), 0x25: (9, 13), 0x26: (7, 7), 0x27: (7, 7),
    0x28: (7, 7), 0x29: (3, 3), 0x2A: (5, 7), 0x2B: (9, 13), 0x2C: (5, 7), 0x2D: (9, 13), 0x39: (7, 7), 0x3A: (7, 9),
    0x3B: (11, 15), 0x3C: (7, 9), 0x3D: (11, 15),
}  # fmt: skip
"""Token, its class taken off → its length in BIFF8 and in BIFF12."""


def gives_no_text(tokens: bytes, wide: bool) -> bool:
    """Whether the formula whose tokens these are ends in an operation that never gives a text.

    `wide`: BIFF12 (.xlsb), else BIFF8. A token that is not known ends the search: then nothing is said.
    """
    place, last = 0, b""
    while place < len(tokens):
        length = _length(tokens, place, wide)
        if not length:
            return False
        token = tokens[place : place + length]
        if token[0] != 0x15 and not (token[0] == 0x19 and not token[1] & 0x10):  # parentheses and blanks say nothing
            last = token
        place += length
    return bool(last) and _is_number(last)


def _is_number(token: bytes) -> bool:
    if token[0] in _OPERATORS or token[0] in _CONSTANTS or token[0] == 0x19:
        return True
    kind = token[0] & 0x1F | 0x20
    if kind == 0x21:
        return int.from_bytes(token[1:3], "little") in _FUNCTIONS
    return kind == 0x22 and int.from_bytes(token[2:4], "little") & 0x7FFF in _FUNCTIONS


def _length(tokens: bytes, place: int, wide: bool) -> int:
    """How long the token at `place` is, 0 when it is not known."""
    number, rest = tokens[place], tokens[place + 1 : place + 4]
    if number == 0x17 and rest:  # a text
        if wide:
            return 3 + 2 * int.from_bytes(rest[:2], "little")
        return 3 + rest[0] * (2 if len(rest) > 1 and rest[1] & 1 else 1)
    if number == 0x19 and len(rest) == 3:  # an attribute; a choice carries its table of jumps
        return 4 + (2 * (int.from_bytes(rest[1:3], "little") + 1) if rest[0] & 0x04 else 0)
    if number in _FIXED:
        return _FIXED[number]
    if number < 0x20:
        return 0
    return _BY_CLASS.get(number & 0x1F | 0x20, (0, 0))[wide]
