"""The 事业单位 of 澄澜市: schools, hospitals and offices that ledgers list and no denominator of enterprises counts.

Drawn from a seed of their own, so that the enterprises are the same with them and without.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from unionplan.demo.city import LAST, SILENT, SUMMARISED
from unionplan.demo.names import SYLLABLES, credit_code

_SEED = 20_261
_KINDS = (
    ("学校", "教育"), ("实验小学", "教育"), ("中学", "教育"), ("医院", "卫生和社会工作"), ("卫生院", "卫生和社会工作"),
    ("图书馆", "文化、体育和娱乐业"), ("水利管理站", "水利、环境和公共设施管理业"),
)  # fmt: skip
_LEAST, _MOST = 7, 14  # of one unit
_CONGRESS, _DISCLOSURE = (0.80, 0.92), (0.84, 0.95)  # shares in the first and in the last month


@dataclass(frozen=True)
class Institution:
    """One 事业单位 of one unit; `luck` from 0 to 1: the smaller, the sooner it has what is asked for."""

    unit: str
    name: str
    code: str
    credit: str
    industry: str
    workers: int
    women: int
    luck: float

    def record(self, month: int) -> dict[str, Any]:
        """Return its row of a month as a clerk would write it, field → value."""
        joined = self.luck < 0.97
        congress, disclosed = (joined and self.luck < _share(ends, month) for ends in (_CONGRESS, _DISCLOSURE))
        unsigned: dict[str, str | date | None] = {}
        for measure in ("contract", "wage", "women"):
            unsigned |= {f"{measure}_form": "未签", f"{measure}_start": None, f"{measure}_end": None}
        return {
            "union_code": self.code, "uscc": self.credit, "org_name": self.name, "reporting_unit": self.unit,
            "district": self.unit, "street": "", "enterprise_state": "存续", "changed_on": None,
            "registration": "事业单位", "control": None, "above_scale": None, "size_class": None,
            "industry": self.industry, "workers": self.workers, "women_workers": self.women, "migrant_workers": 0,
            "unionised": "是" if joined else "否", "union_form": "单独" if joined else "未建",
            "members": round(self.workers * 0.9) if joined else 0, "congress": "单独" if congress else "未建",
            "disclosure": "是" if disclosed else "否", "harmony": "未开展", "restructured": None, **unsigned,
        }  # fmt: skip


def _share(ends: tuple[float, float], month: int) -> float:
    first, last = ends
    return first + (last - first) * month / LAST


def institutions(units: tuple[str, ...]) -> tuple[Institution, ...]:
    """Return the institutions of every unit that sends a ledger all year and stands for a place."""
    chance = Random(_SEED)  # noqa: S311 - a reproducible sample, no secret
    hosts = [unit for unit in units if unit not in (SILENT, SUMMARISED)]
    return tuple(_drawn(chance, unit, place, number) for place, unit in enumerate(hosts, 1)
                 for number in range(1, chance.randint(_LEAST, _MOST) + 1))  # fmt: skip


def _drawn(chance: Random, unit: str, place: int, number: int) -> Institution:
    kind, industry = chance.choice(_KINDS)
    name = f"{unit}{''.join(chance.sample(SYLLABLES, 2))}{kind}"
    workers = chance.randint(20, 180)
    women = int(workers * chance.uniform(0.4, 0.7))
    return Institution(
        unit, name, f"91{place:02d}{number:05d}", credit_code(chance, 50 + place), industry, workers, women, chance.random()
    )  # fmt: skip
