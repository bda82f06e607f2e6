"""Who exists: the enterprises of 澄澜市, what never changes about them, and the months in which they live.

Months are places in MONTHS, from 0. Everything is drawn from one seed in one order, so the same units and
number of enterprises give the same city every time; nothing here knows a file or the store.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from random import Random

from unionplan.demo.names import Names, credit_code, streets
from unionplan.plan import Unit

MONTHS = (
    date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31),
    date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31),
)  # fmt: skip
LAST = len(MONTHS) - 1
ENTERPRISES = 6_000
SILENT, SILENT_FROM = "交通产业工会", 8
"""This unit has sent nothing since its July ledger, so that the board has a missing unit to name."""
SUMMARISED = "建设产业工会"
"""This unit sends a summary table every month and never a ledger."""
MEASURES = ("contract", "wage", "women", "congress", "disclosure", "harmony")

_SEED = 2026
_SHARES = {
    "文澜区": 150, "朝晖区": 130, "锦澜区": 103, "青禾区": 87, "丰澜市": 117, "临禾县": 63, "白禾县": 57, "石棠县": 43,
    "高新区": 80, "经开区": 93, "建设产业工会": 40, "交通产业工会": 37,
}  # fmt: skip
_URBAN = ("文澜区", "朝晖区", "锦澜区", "青禾区")
_ATOMS = {"state": 90, "collective": 50, "private": 690, "hmt": 70, "foreign": 80, "unclassified": 6, "other": 5}
_CONTROLS = {
    "state": ("国有控股", "国有控股", "国有绝对控股", "国有相对控股"), "collective": ("集体控股",), "private": ("私人控股",),
    "hmt": ("港澳台商控股",), "foreign": ("外商控股",),
}  # fmt: skip
_REGISTRATIONS = {
    "state": ("国有企业", "国有独资公司"), "collective": ("集体企业", "股份合作企业"),
    "private": ("私营有限责任公司", "个人独资企业"), "hmt": ("港澳台商投资企业", "港澳台商独资经营企业"),
    "foreign": ("外商投资企业", "中外合资经营企业"), "unclassified": ("其他有限责任公司", "其他股份有限公司"),
    "other": ("个体工商户", "民办非企业"),
}  # fmt: skip
_OPEN = "其他有限责任公司"
_UNTOLD = 0.06
"""Share of enterprises whose 控股情况 is blank while the registration type tells it."""


@dataclass(frozen=True)
class Enterprise:
    """One enterprise of one unit. `atom` is who controls it, `other` when it is no enterprise at all.

    `born`: the month it is first listed; `left`: the month from which it is `left_as` (注销, 迁出); `paused`:
    the months (from, up to) of 停业. `luck`, by measure and a few traits, from 0 to 1: the smaller, the sooner.
    """

    unit: str
    name: str
    code: str
    credit: str
    district: str
    street: str
    industry: str
    atom: str
    control: str | None
    registration: str
    workers: int
    women: int
    migrants: int
    luck: dict[str, float]
    born: int = 0
    left: int = LAST + 1
    left_as: str = "注销"
    paused: tuple[int, int] = (0, 0)

    def state(self, month: int) -> str:
        """Return 企业状态 in a month in which it is listed."""
        if month >= self.left:
            return self.left_as
        return "停业" if self.paused[0] <= month < self.paused[1] else "存续"

    def active(self, month: int) -> bool:
        """Return whether it counts in that month: listed, 存续, and an enterprise."""
        return self.born <= month and self.state(month) == "存续" and self.atom != "other"


def city(units: tuple[Unit, ...], enterprises: int = ENTERPRISES) -> tuple[Enterprise, ...]:
    """Return about as many enterprises as asked for, in the order of `units`."""
    return _city(tuple(unit.name for unit in units), enterprises)


@cache
def _city(units: tuple[str, ...], enterprises: int) -> tuple[Enterprise, ...]:
    chance = Random(_SEED)  # noqa: S311 - a reproducible sample, no secret
    maker = _Maker(chance, units)
    total = sum(_SHARES.get(unit, 50) for unit in units)
    sizes = {unit: max(8, enterprises * _SHARES.get(unit, 50) // total) for unit in units}
    settled = [maker.enterprise(unit) for unit, size in sizes.items() for _ in range(size)]
    return tuple(sorted([*settled, *_moved(chance, settled, maker)], key=lambda one: units.index(one.unit)))


class _Maker:
    """Draws enterprises one after the other; holds what must not be drawn twice."""

    def __init__(self, chance: Random, units: tuple[str, ...]) -> None:
        self.chance, self.units, self.number = chance, units, 0
        self.names = Names(chance, "澄澜")
        self.streets = streets(chance, units)

    def enterprise(self, unit: str) -> Enterprise:
        """Return one more enterprise of `unit`."""
        chance = self.chance
        self.number += 1
        atom = chance.choices(tuple(_ATOMS), tuple(_ATOMS.values()))[0]
        district = unit if unit[-1] != "会" and unit not in ("高新区", "经开区") else chance.choice(_URBAN)
        name, industry = self.names.next(atom, district[:2])
        control, registration = _told(chance, atom)
        workers = int(chance.lognormvariate(4.6 if atom == "state" else 3.9, 0.9)) + 8
        women = 0 if chance.random() < 0.03 else int(workers * chance.uniform(0.15, 0.6)) + 1
        place = self.units.index(unit) + 1
        one = Enterprise(
            unit, name, f"90{place:02d}{self.number:05d}", credit_code(chance, place), district,
            chance.choice(self.streets.get(district, ("",))), industry, atom, control, registration, workers, women,
            int(workers * chance.uniform(0, 0.4)), _luck(chance),
        )  # fmt: skip
        return _lived(chance, one)


def _told(chance: Random, atom: str) -> tuple[str | None, str]:
    """(控股情况, 单位类别) as a clerk fills them: control nearly always, the registration form that hides it often."""
    registration = chance.choice(_REGISTRATIONS[atom])
    if atom not in _CONTROLS or chance.random() < _UNTOLD:
        return None, registration
    return chance.choice(_CONTROLS[atom]), registration if chance.random() < 0.6 else _OPEN


def _luck(chance: Random) -> dict[str, float]:
    return {name: chance.random() for name in (*MEASURES, "union", "form", "lapse", "blank", "drift", "level")}


def _lived(chance: Random, one: Enterprise) -> Enterprise:
    """Of a hundred enterprises four register in the course of the months, four leave and one pauses."""
    lot = chance.random()
    month = chance.randint(1, LAST)
    if lot < 0.04:
        return replace(one, born=month)
    if lot < 0.08:
        return replace(one, left=month, left_as="注销" if lot < 0.07 else "迁出")
    return replace(one, paused=(month, month + chance.randint(2, 6))) if lot < 0.09 else one


def _moved(chance: Random, settled: list[Enterprise], maker: _Maker) -> Iterator[Enterprise]:
    """The new entries of enterprises that 迁出 from one unit and are listed by another from the same month on."""
    hosts = [unit for unit in maker.units if unit not in (SILENT, SUMMARISED)]
    for one in settled:
        if one.left_as == "迁出" and one.left <= LAST and one.unit in hosts and chance.random() < 0.4:
            unit = chance.choice([host for host in hosts if host != one.unit])
            yield replace(one, unit=unit, born=one.left, left=LAST + 1, left_as="注销")
