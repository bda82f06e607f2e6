"""Invented names and codes: syllables drawn by lot, so that no enterprise, street or code of a real place appears.

Credit codes stand under administrative division 99, which no city has, and carry a right check digit.
"""

from __future__ import annotations

from random import Random

from stdnum.cn import uscc

SYLLABLES = "澜沐岚汀珩昱翎晟芷朔栎槿霁屿峤茗砚珞绮煦璟骁衍芃湜禾"
TRADES = (
    ("机械", "制造业"), ("电子", "制造业"), ("纺织", "制造业"), ("食品", "制造业"), ("建材", "制造业"), ("家具", "制造业"),
    ("印务", "制造业"), ("化工", "制造业"), ("商贸", "批发和零售业"), ("物流", "交通运输、仓储和邮政业"), ("建筑", "建筑业"),
    ("酒店", "住宿和餐饮业"), ("软件", "信息传输、软件和信息技术服务业"), ("环保", "水利、环境和公共设施管理业"), ("农业", "农、林、牧、渔业"),
)  # fmt: skip
_PATTERNS: dict[str, tuple[str, ...]] = {
    "state": ("{city}{word}{trade}集团有限公司", "{city}市{trade}投资发展集团股份有限公司", "{place}{word}{trade}总公司"),
    "collective": ("{place}{word}{trade}厂", "{city}{word}{trade}供销合作有限责任公司", "{place}{word}{trade}股份合作公司"),
    "private": (
        "{city}{word}{trade}有限公司", "{city}{word}{trade}有限公司", "{place}{word}{trade}有限公司", "{place}{word}{trade}公司",
        "{place}{word}{trade}有限公司", "{city}市{word}{trade}有限责任公司", "{city}{word}{trade}科技发展股份有限公司{place}分公司",
    ),
    "hmt": ("{word}（{city}）{trade}有限公司", "{city}{word}{trade}实业有限公司"),
    "foreign": ("{word}国际（{city}）{trade}有限公司", "{city}{word}{trade}制品有限公司"),
    "unclassified": ("{city}{word}{trade}有限公司", "{city}{word}{trade}投资管理股份有限公司"),
    "other": ("{place}{word}{trade}服务中心", "{place}{word}{trade}经营部"),
}  # fmt: skip
_RARE = 12


class Names:
    """Draws enterprise names, none of them twice; `city` is the city's name without 市."""

    def __init__(self, chance: Random, city: str) -> None:
        self._chance, self._city = chance, city
        self._taken: set[str] = set()

    def next(self, atom: str, place: str) -> tuple[str, str]:
        """Return one more name and its 行业门类, for an enterprise of that kind in that place."""
        name, industry = _name(self._chance, self._city, atom, place)
        while name in self._taken:
            name, industry = _name(self._chance, self._city, atom, place)
        self._taken.add(name)
        return name, industry


def _name(chance: Random, city: str, atom: str, place: str) -> tuple[str, str]:
    trade, industry = chance.choice(TRADES)
    word = "".join(chance.sample(SYLLABLES, 2 if chance.random() < 0.8 else 3))
    name = chance.choice(_PATTERNS[atom]).format(city=city, place=place, word=word, trade=trade)
    if chance.randrange(_RARE) == 0 and name.endswith("公司") and not name.endswith("分公司"):
        name = f"{name}第{chance.choice('一二三四五')}{trade}分公司"
    return name, industry


def streets(chance: Random, places: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return place → six invented streets and towns."""
    ends = ("街道", "街道", "街道", "镇", "镇", "乡")
    return {place: tuple("".join(chance.sample(SYLLABLES, 2)) + end for end in ends) for place in places}


def credit_code(chance: Random, place: int) -> str:
    """Return a 统一社会信用代码 with a right check digit, in the invented division 99 of `place`."""
    body = f"919901{place:02d}" + "".join(chance.choice("0123456789") for _ in range(9))
    return body + str(uscc.calc_check_digit(body))
