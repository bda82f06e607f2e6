"""The ledger row of every enterprise in every month: what is true of it, field by field, as a clerk would know it.

A contract's dates follow from the months in which it covers: it runs out inside the first month that it does
not cover any more, and is renewed without a gap inside a spell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from unionplan.demo.city import ENTERPRISES, LAST, MONTHS, Enterprise, city
from unionplan.demo.coverage import blank, covered, unionised
from unionplan.demo.institutions import Institution, institutions
from unionplan.plan import Unit

Record = dict[str, Any]
Agreement = tuple[str, date | None, date | None]
_TERMS = {"contract": 1_096, "wage": 365, "women": 730}
_FORMS = ("单独", "单独", "单独", "区域性", "行业性")
_NONE: Agreement = ("未签", None, None)
_RESTRUCTURED = 0.06
"""Share of private enterprises that came from a state or collective one."""
_REVISED = 6
"""The month of the half-year ledger, for which every enterprise's workers are counted anew."""


@dataclass(frozen=True)
class Chronicle:
    """The whole city over the months; `agreements`: measure → per enterprise one agreement for every month."""

    city: tuple[Enterprise, ...]
    institutions: tuple[Institution, ...]
    covered: dict[str, list[frozenset[int]]]
    agreements: dict[str, list[list[Agreement]]]

    def records(self, month: int, unit: str | None = None) -> Iterator[Record]:
        """Yield the true rows of one month, field → value, of one unit or of all: enterprises, then 事业单位."""
        for place, one in enumerate(self.city):
            if one.born <= month and unit in (None, one.unit):
                yield self._record(place, one, month)
        yield from (one.record(month) for one in self.institutions if unit in (None, one.unit))

    def _record(self, place: int, one: Enterprise, month: int) -> Record:
        last = min(month, max(one.left - 1, one.born))
        joined = unionised(one, last)
        workers, women, members = _people(one, last, joined)
        record: Record = {
            "union_code": one.code, "uscc": one.credit, "org_name": one.name, "reporting_unit": one.unit,
            "district": one.district, "street": one.street, "enterprise_state": one.state(month),
            "changed_on": _changed_on(one, month), "registration": one.registration, "control": one.control,
            "above_scale": "是" if one.workers > 60 else "否", "size_class": _size(one.workers), "industry": one.industry,
            "workers": workers, "women_workers": women, "migrant_workers": one.migrants, "unionised": "是" if joined else "否",
            "union_form": _union_form(one, joined), "members": members, "congress": self._congress(place, one, last),
            "disclosure": self._disclosed(place, one, last), "harmony": self._harmony(place, one, last),
            "restructured": _restructured(one),
        }  # fmt: skip
        for measure in _TERMS:
            edges = zip(("form", "start", "end"), self.agreements[measure][place][last], strict=True)
            record |= {f"{measure}_{edge}": value for edge, value in edges}
        return record

    def _congress(self, place: int, one: Enterprise, month: int) -> str:
        return _FORMS[int(one.luck["form"] * 5)] if place in self.covered["congress"][month] else "未建"

    def _disclosed(self, place: int, one: Enterprise, month: int) -> str | None:
        if blank(one, "disclosure"):
            return None
        return "是" if place in self.covered["disclosure"][month] else "否"

    def _harmony(self, place: int, one: Enterprise, month: int) -> str:
        if place not in self.covered["harmony"][month]:
            return "未开展"
        level = one.luck["level"] - 0.01 * month
        return "AAA" if level < 0.03 else "达标AA" if level < 0.15 else "开展"


@cache
def chronicle(units: tuple[Unit, ...], enterprises: int = ENTERPRISES) -> Chronicle:
    """Return the city of about `enterprises` over all months."""
    people = city(units, enterprises)
    reached = covered(people)
    agreements = {measure: [_agreements(one, measure, [place in now for now in reached[measure]])
                            for place, one in enumerate(people)] for measure in _TERMS}  # fmt: skip
    return Chronicle(people, institutions(tuple(unit.name for unit in units)), reached, agreements)


def _agreements(one: Enterprise, measure: str, covers: list[bool]) -> list[Agreement]:
    """One agreement per month: the one in force, the last that ran out, or none."""
    lot = one.luck[measure]
    form = _FORMS[int(lot * 1_000) % len(_FORMS)]
    told = _before(one, measure, form, lot)
    months = []
    for month, covering in enumerate(covers):
        if covering:
            told = (form, *_dates(lot, _TERMS[measure], *_spell(covers, month), MONTHS[month]))
        months.append(told)
    return months


def _before(one: Enterprise, measure: str, form: str, lot: float) -> Agreement:
    """What stands there before anything covers: nothing, a contract that ran out, or one whose end is not told."""
    if blank(one, measure):
        return form, MONTHS[0] - timedelta(days=40 + int(lot * 300)), None
    if one.atom != "other" and not unionised(one, LAST):
        outside = one.luck["level"] < 0.05  # an area's contract reaches firms without a union, too
        return ("区域性", MONTHS[0] - timedelta(days=90), MONTHS[LAST] + timedelta(days=200)) if outside else _NONE
    if lot * 1_000 % 10 < 1:
        end = MONTHS[0] - timedelta(days=20 + int(lot * 200))
        return form, end - timedelta(days=_TERMS[measure] - 1), end
    return _NONE


def _spell(covers: list[bool], month: int) -> tuple[int, int]:
    """The first and last month of the unbroken cover around `month`."""
    first = last = month
    while first and covers[first - 1]:
        first -= 1
    while last < LAST and covers[last + 1]:
        last += 1
    return first, last


def _dates(lot: float, term: int, first: int, last: int, day: date) -> tuple[date, date]:
    """Start and end of the contract in force on `day`, inside a spell of cover from month `first` to `last`."""
    if first:
        signed = MONTHS[first - 1] + timedelta(days=1 + int(lot * 997) % 27)
        if last < LAST:
            return signed, _run_out(lot, last)
        start = signed + timedelta(days=(day - signed).days // term * term)
        return start, start + timedelta(days=term - 1)
    final = _run_out(lot, last) if last < LAST else MONTHS[LAST] + timedelta(days=int(lot * 7_919) % term)
    end = final - timedelta(days=(final - day).days // term * term)
    return end - timedelta(days=term - 1), end


def _run_out(lot: float, last: int) -> date:
    return MONTHS[last] + timedelta(days=1 + int(lot * 991) % 26)


def _people(one: Enterprise, month: int, joined: bool) -> tuple[int, int, int]:
    """(职工, 女职工, 会员): counted anew for the half-year ledger."""
    drift = 0.94 + 0.12 * one.luck["drift"] if month >= _REVISED else 1.0
    workers, women = max(5, round(one.workers * drift)), round(one.women * drift)
    return workers, min(women, workers), int(workers * (0.8 + 0.19 * one.luck["drift"])) if joined else 0


def _changed_on(one: Enterprise, month: int) -> date | None:
    """变动日期: the day of the newest change of state, which lies inside its month."""
    changes = (one.born, *one.paused, one.left)
    newest = max((change for change in changes if 0 < change <= month), default=0)
    return MONTHS[newest - 1] + timedelta(days=1 + int(one.luck["drift"] * 26)) if newest else None


def _restructured(one: Enterprise) -> str | None:
    """是否改制: some private enterprises were state or collective ones once; what is no enterprise is not asked."""
    if one.atom == "other":
        return None
    return "是" if one.atom == "private" and one.luck["form"] < _RESTRUCTURED else "否"


def _size(workers: int) -> str:
    return "大型" if workers >= 1_000 else "中型" if workers >= 300 else "小型" if workers >= 20 else "微型"


def _union_form(one: Enterprise, joined: bool) -> str:
    if not joined:
        return "未建"
    return "联合" if one.workers < 25 and one.luck["level"] < 0.5 else "单独"
