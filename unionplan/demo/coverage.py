"""Which enterprises are unionised and covered in which month: shares that the city reaches, filled by luck.

The share of a group of enterprises is met to the nearest whole enterprise every month. Who was covered stays
covered unless an agreement lapses; unit leanings make some units visibly better than others.
"""

from __future__ import annotations

from functools import cache
from random import Random

from unionplan.demo.city import LAST, MEASURES, MONTHS, SILENT, Enterprise

Shares = tuple[float, float, float]
_UNION: dict[str, Shares] = {
    "state": (0.965, 0.970, 0.975), "collective": (0.92, 0.93, 0.94), "non_public": (0.800, 0.822, 0.845),
    "unclassified": (0.70, 0.72, 0.74),
}  # fmt: skip
_RATES: dict[str, dict[str, Shares]] = {
    "contract": {"state": (0.905, 0.930, 0.947), "collective": (0.85, 0.88, 0.90), "non_public": (0.722, 0.758, 0.789)},
    "wage": {"state": (0.865, 0.893, 0.912), "collective": (0.62, 0.66, 0.70), "non_public": (0.268, 0.331, 0.426)},
    "women": {"state": (0.80, 0.83, 0.86), "collective": (0.70, 0.73, 0.76), "non_public": (0.520, 0.556, 0.590)},
    "congress": {"public": (0.756, 0.776, 0.7995), "non_public": (0.386, 0.418, 0.442)},
    "disclosure": {"public": (0.776, 0.797, 0.823), "non_public": (0.438, 0.468, 0.506)},
    "harmony": {"state": (0.930, 0.958, 0.985), "collective": (0.72, 0.76, 0.80), "non_public": (0.585, 0.638, 0.706)},
}  # fmt: skip
_OPEN: Shares = (0.40, 0.42, 0.44)
"""The shares of enterprises whose control nobody knows yet."""
_PATH = (0, 0.08, 0.15, 0.34, 0.55, 0.80, 1, 1.18, 1.42, 1.66, 2)
"""How far the months have come from the first share (0) to the second (1) and the third (2)."""
_LEANINGS = {
    "文澜区": 0.10, "朝晖区": 0.02, "锦澜区": 0.06, "青禾区": -0.05, "丰澜市": -0.02, "临禾县": -0.12, "白禾县": -0.06,
    "石棠县": -0.17, "高新区": 0.08, "经开区": 0.12, "建设产业工会": -0.03, "交通产业工会": -0.10,
}  # fmt: skip
_LAPSING, _BLANK = 0.20, 0.012
_AGREED = ("contract", "wage", "women")


def share(shares: Shares, month: int) -> float:
    """Return what a month is to reach between three shares: December, June, October."""
    low, middle, high = shares
    way = _PATH[month]
    return low + (middle - low) * way if way <= 1 else middle + (high - middle) * (way - 1)


def unionised(one: Enterprise, month: int) -> bool:
    """Return whether the enterprise has a union in that month; once it has one, it keeps it."""
    reached = share(_UNION[_group("union", one.atom)], month) + 0.3 * _LEANINGS.get(one.unit, 0)
    return one.atom != "other" and one.luck["union"] < reached


def blank(one: Enterprise, measure: str) -> bool:
    """Return whether the clerk left this measure's deciding cell empty (厂务公开, or a 截止日)."""
    return one.luck["blank"] < _BLANK and measure == ("disclosure", "contract", "wage")[int(one.luck["form"] * 3)]


def covered(city: tuple[Enterprise, ...]) -> dict[str, list[frozenset[int]]]:
    """Return measure → for every month the places in `city` that it covers; those who left keep what they had."""
    return {measure: _covered(city, measure) for measure in MEASURES}


def _covered(city: tuple[Enterprise, ...], measure: str) -> list[frozenset[int]]:
    scores = [one.luck[measure] - _leaning(one.unit, measure) for one in city]
    months: list[frozenset[int]] = []
    for month in range(len(MONTHS)):
        before = months[-1] if months else frozenset()
        groups: dict[tuple[bool, str], list[int]] = {}
        inside = [place for place, one in enumerate(city) if _in_base(one, measure, month)]
        for place in inside:
            groups.setdefault((city[place].unit == SILENT, _group(measure, city[place].atom)), []).append(place)
        now = {place for key, places in groups.items()
               for place in _chosen(city, places, measure, key[1], month, before, scores)}  # fmt: skip
        months.append(frozenset(now | (before - set(inside))))
    return months


def _chosen(
    city: tuple[Enterprise, ...], places: list[int], measure: str, group: str, month: int, before: frozenset[int],
    scores: list[float],
) -> list[int]:  # fmt: skip
    """As many of `places` as the share asks for: first those covered before, then by score."""
    wanted = round(len(places) * share(_RATES[measure].get(group, _OPEN), month))
    able = [place for place in places if not blank(city[place], measure) and not _lapsing(city[place], measure, month)]
    return sorted(able, key=lambda place: (place not in before, scores[place]))[:wanted]


def _in_base(one: Enterprise, measure: str, month: int) -> bool:
    return one.active(month) and unionised(one, month) and (measure != "women" or one.women > 0)


def _lapsing(one: Enterprise, measure: str, month: int) -> bool:
    """Whether an agreement has run out and is not renewed yet: a few months, or for good."""
    if measure not in _AGREED or one.luck["lapse"] >= _LAPSING:
        return False
    lot = int(one.luck["lapse"] / _LAPSING * 1_000)
    start, length = 1 + lot % LAST, (1, 2, 3, LAST)[lot // 10 % 4]
    return measure == _AGREED[lot % 3] and start <= month < start + length


def _group(measure: str, atom: str) -> str:
    if atom in ("state", "collective"):
        return "public" if measure in ("congress", "disclosure") else atom
    return "unclassified" if atom in ("unclassified", "other") else "non_public"


@cache
def _leaning(unit: str, measure: str) -> float:
    own = Random(f"{unit}{measure}").uniform(-0.06, 0.06)  # noqa: S311 - a reproducible sample, no secret
    return _LEANINGS.get(unit, 0) + own
