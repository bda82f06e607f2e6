"""Which of many 统一社会信用代码 are plainly valid (GB 32100), at once; about all others the library decides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_LENGTH = 18
_VALUES = np.full(128, 99, np.int64)
_VALUES[[ord(letter) for letter in _ALPHABET]] = range(len(_ALPHABET))
_WEIGHTS = np.array([*(pow(3, place, 31) for place in range(_LENGTH - 1)), 1])


def plainly_valid(codes: Sequence[str]) -> list[bool]:
    """Return for each text whether it is a valid code written plainly: 18 capitals and digits, check digit right."""
    valid = np.zeros(len(codes), bool)
    places = [place for place, code in enumerate(codes) if len(code) == _LENGTH and code.isascii()]
    letters = np.frombuffer("".join(codes[place] for place in places).encode(), np.uint8).reshape(-1, _LENGTH)
    values = _VALUES[letters]
    right = (values < 99).all(axis=1) & (values[:, :8] < 10).all(axis=1) & (values @ _WEIGHTS % 31 == 0)
    valid[places] = right
    kept: list[bool] = valid.tolist()
    return kept
