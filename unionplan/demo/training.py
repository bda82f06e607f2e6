"""技术工人培训: what each unit trained in each month of 2026, in whole persons that add up to the month's figure."""

from __future__ import annotations

from random import Random

from unionplan.demo.city import MONTHS, SILENT, SILENT_FROM
from unionplan.demo.ledger import Record

PERSONS = (600, 500, 1_150, 1_300, 1_350, 1_450, 1_250, 1_200, 1_700, 2_100)
"""Persons trained in January … October 2026: 12,600 of the 50,000 that three years ask for."""
_METHODS = ("自培", "自培", "委培", "联办")
_LEVELS = ("初级工", "初级工", "初级工", "中级工", "中级工", "高级工", "高级工", "技师", "高级技师")
_TYPES = (
    ("国有及控股企业", "集体企业", "非公有制企业", "非公有制企业"),
    ("国有及控股企业", "集体企业", "私营企业", "私营企业", "港澳台商企业", "外商企业"),
)
_CLASS = 40
_WEIGHTS = (16, 13, 11, 8, 12, 5, 4, 3, 10, 11, 4, 3)


def training(units: tuple[str, ...], month: int) -> list[Record]:
    """Return the rows of one month (a place in MONTHS, from 1): unit × type × method × level."""
    chance = Random(f"training{month}")  # noqa: S311 - a reproducible sample, no secret
    cells: dict[tuple[str, str, str, str], float] = {}
    for place, unit in enumerate(units):
        if unit == SILENT and month >= SILENT_FROM:
            continue
        for _ in range(6):
            cell = (unit, chance.choice(_TYPES[place % 2]), chance.choice(_METHODS), chance.choice(_LEVELS))
            cells[cell] = cells.get(cell, 0) + _WEIGHTS[place % len(_WEIGHTS)] * chance.uniform(0.5, 1.5)
    return [_row(cell, persons, month, chance) for cell, persons in _parts(PERSONS[month - 1], cells).items()]


def _parts(total: int, cells: dict[tuple[str, str, str, str], float]) -> dict[tuple[str, str, str, str], int]:
    """`total` split by weight into whole persons, the remainder to the largest fractions."""
    exact = {cell: total * weight / sum(cells.values()) for cell, weight in cells.items()}
    parts = {cell: int(part) for cell, part in exact.items()}
    by_rest = sorted(cells, key=lambda cell: parts[cell] - exact[cell])
    for cell in by_rest[: total - sum(parts.values())]:
        parts[cell] += 1
    return dict(sorted((cell, part) for cell, part in parts.items() if part))


def _row(cell: tuple[str, str, str, str], persons: int, month: int, chance: Random) -> Record:
    unit, word, method, level = cell
    times = persons + int(persons * chance.uniform(0, 0.35))
    return {
        "reporting_unit": unit, "enterprise_type": word, "method": method, "level": level,
        "classes": -(-persons // _CLASS), "persons": persons, "person_times": times, "as_of": MONTHS[month],
    }  # fmt: skip
