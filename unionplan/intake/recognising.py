"""One header column → what it means, how that was told and how sure it is.

Words that are known to the letter are taken as they stand. Everything else is a guess by known parts, by likeness
or by the values below; a guess has a confidence below 1 and is asked about, and where words say another thing
(未签 beside 已签, 上年 beside 本年) nothing is guessed at all.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from unionplan.intake.cells import Cell
from unionplan.intake.headers import (
    SHORT,
    bare_label,
    changes,
    indicator_words,
    indicators_named,
    named_field,
    plain,
    shipped_labels,
    synonyms,
    unit_of,
)
from unionplan.observations import TOLD_LABELS, told_words

ADOPTED = 0.75
"""From this likeness on a guess is read in (and asked about); below it the column is left out (and asked about)."""
_HINTED = 0.55
_EXACT = ("template", "remembered", "chosen", "synonym", "unit")
_QUALIFIERS = (
    "新增", "新建", "上年", "去年", "同期", "上月", "上期", "本月", "本期", "当月", "当年", "累计", "计划", "目标", "任务", "同比", "环比",
    "增减", "增长", "增幅", "排名", "名次", "占", "率", "面", "女", "农民", "退休", "离岗", "党员", "未", "不", "无", "应", "已", "非",
    "拟", "待", "其中", "失效", "到期", "起", "止", "始", "开", "职工", "人次", "份", "企业", "单位", "日", "时间", "编", "码", "号", "电话",
    "人数", "以上", "以下", "以内", "区域", "行业", "单独", "独立", "委员会", "负责人", "联系", "国有", "集体企业", "私营", "外商", "港澳台", "机关", "事业", "小微", "规模以上", "规上", "法定代表人", "续", "备", "金额",
)  # fmt: skip
"""Words that change what a column means: a guess must share all of them."""


@dataclass(frozen=True)
class Meaning:
    """A column's field or None, how it was told (known_forms.Recognition), how sure, and what else it may be."""

    field: str | None = None
    how: str = "unknown"
    confidence: float = 0.0
    candidates: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether nothing is left to ask about this column."""
        return self.how in _EXACT


_MONTH = re.compile(r"(20\d\d年?)?(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(份|末)?")


@cache
def meaning(levels: tuple[str, ...], kind: str, guess: bool = True) -> Meaning:
    """Return what a column's header cells (upper first) mean on a sheet of this kind, by their words alone.

    Without `guess` likeness is left out, which alone takes time.
    """
    found, to_the_letter = named_field(levels, kind)
    if found and to_the_letter:
        return Meaning(found, *_how_exact(levels, kind), candidates=(found,))
    if found:
        return Meaning(found, "parts", 0.8, (found,))
    if _MONTH.fullmatch(plain(levels[-1])):
        return Meaning(how="month", confidence=0.5)
    if kind == "W2" and (put_together := _parts(levels)):
        return Meaning(put_together, "parts", 0.85, (put_together,))
    return _similar(levels, kind) if guess else Meaning()


def named(text: str) -> set[str]:
    """Return the indicators or the type that a group header names."""
    return indicators_named([text]) or ({bare_label(text)} & set(told_words()))


def _how_exact(levels: tuple[str, ...], kind: str) -> tuple[str, float]:
    if len(levels) == 1 and plain(levels[0]) in shipped_labels(kind):
        return "template", 1.0
    return ("unit", 0.98) if unit_of(levels[-1]) else ("synonym", 1.0)


_MEASURES = (
    ("covered_workers", re.compile(r"(已?覆盖|涵盖|涉及|惠及)的?(职工|员工|人员)总?(人数|数)?")),
    ("contracts", re.compile(r"(已?签订?)?的?(合同|协议)?(文本)?(总?份数|总?件数)")),
    ("should_unionise", re.compile(r"应(建会|建立?工会|组建工会)的?(企业|单位)?(总数|户数|家数|个数|数)?")),
    ("unionised", re.compile(r"(已|现)?(建会|建立?工会|组建工会)的?(企业|单位)?(总数|户数|家数|个数|数)")),
    ("total", re.compile(r"应(签订?|签约|建立?|建制|推行|创建|覆盖|开展)的?(企业|单位)?(总数|户数|家数|个数|数)?")),
    ("covered", re.compile(r"(已|实际|现)?(签订?|签约|建立?|建制|推行|创建|覆盖|涵盖|开展|实行)了?的?(企业|单位|法人单位)?(总数|户数|家数|个数|数)")),
    ("covered", re.compile(r"已(签订?|签约|建立?|建制|推行|创建|覆盖|涵盖|开展|实行)的?(企业|单位|法人单位)?")),
    ("total", re.compile(r"(企业|单位|法人单位)(总户数|总家数|总数|户数|家数|个数|总量|数量|数)")),
    ("rate", re.compile(r"(已?签订?|签约|建立?|建制|推行|创建|覆盖|达标|完成|建会)(率|面|比例)")),
    ("workers", re.compile(r"(全部|在职|在岗|现有)?(职工|员工)总?(人数|数)")),
    ("members", re.compile(r"(工会)?会员总?(人数|数)")),
)  # fmt: skip


def _parts(levels: Sequence[str]) -> str | None:
    """国有企业已签订集体合同的企业数 → covered@国有及控股企业@集体合同: type, indicator and measure, nothing left over."""
    texts = [bare_label(level) for level in levels]
    if any(changes(text) for text in texts[:-1] if text not in told_words()):
        return None
    told, texts = _taken_out(texts, {word: TOLD_LABELS[kind] for word, kind in told_words().items() if len(word) > 1})
    leaf = texts[-1]
    named = sorted(indicators_named(texts))
    if len(told) > 1 or len(named) > 1:
        return None
    measure = _measured(leaf, named[0] if named else "")
    if measure is None:
        return None
    return "@".join((measure, *told, *(SHORT[name] for name in named)))


def _taken_out(texts: list[str], words: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The labels of the words that stand in the texts, longest first, and the texts without them."""
    found: list[str] = []
    for word in sorted(words, key=len, reverse=True):
        if any(word in text for text in texts) and word not in ("集体", "集体企业"):
            found += [] if words[word] in found else [words[word]]
            texts = [text.replace(word, "企业" if word.endswith("企业") else "") for text in texts]
    return found, texts


def _measured(leaf: str, indicator: str) -> str | None:
    rest = leaf
    for word in _words_of(indicator):
        rest = rest.replace(word, "")
    tries = dict.fromkeys(
        (leaf, rest, rest.removeprefix("企业"), rest.removesuffix("企业"), rest.replace("企业企业", "企业"))
    )
    return next((name for text in tries for name, pattern in _MEASURES if pattern.fullmatch(text)), None)


@cache
def _words_of(indicator: str) -> tuple[str, ...]:
    return tuple(word for word, name in indicator_words() if name == indicator)


def _similar(levels: Sequence[str], kind: str) -> Meaning:
    """The known word most like the column's own, as far as both say the same of 应 and 已, 新增, 上年 and the like."""
    if kind == "W2" and any(bare_label(level) for level in levels[:-1]):
        under = synonyms(kind).get(bare_label(levels[-1]))  # what a group changes is no longer that count: asked
        return Meaning(candidates=(under,), confidence=0.5) if under else Meaning()
    label = re.sub(r"^20\d\d年度?末?", "", bare_label(levels[-1]))
    ranked: dict[str, float] = {}
    for word, field in synonyms(kind).items():
        likeness = _likeness(label, word)
        if likeness > ranked.get(field, 0):
            ranked[field] = likeness
    best = sorted(((score, field) for field, score in ranked.items() if score >= _HINTED), reverse=True)[:3]
    if not best:
        return Meaning()
    score, field = best[0]
    close = score >= ADOPTED and (len(best) == 1 or score - best[1][0] > 0.05)
    return Meaning(field if close else None, "similar" if close else "unknown", round(min(score, 0.9), 2),
                   tuple(name for _, name in best))  # fmt: skip


def _likeness(label: str, word: str) -> float:
    """0–1; 0 where one of the two says something that the other does not."""
    if len(label) < 2 or len(word) < 2:
        return 0.0
    if 2 * len(set(label) & set(word)) < min(len(label), len(word)):  # far cheaper than to count what they share
        return 0.0
    if any((mark in label) != (mark in word) for mark in _QUALIFIERS):
        return 0.0
    if label in word or word in label:
        return 0.45 + 0.5 * min(len(label), len(word)) / max(len(label), len(word))
    return difflib.SequenceMatcher(None, label, word).ratio()


_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")
_FIRM = re.compile(r".{2,}(公司|厂|集团|合作社|商行|事务所|门市部|酒店|医院|学校)(\(.*\))?(工会(委员会)?)?")


def field_by_values(cells: Sequence[Cell], kind: str, units: frozenset[str], header: Sequence[str] = ()) -> str | None:
    """Return the field that nearly all of these cells can only belong to, None when they could be anything.

    Totals, column letters and the repeated `header` are no values.
    """
    texts = [plain(cell) for cell in cells if isinstance(cell, str) and plain(cell)]
    heads = {plain(text) for text in header}
    texts = [text for text in texts
             if (not text.rstrip(":").endswith(("合计", "总计", "小计")) and text not in heads and len(text) > 1 and not text.isascii())
             or _CODE.fullmatch(text)]  # fmt: skip
    if len(texts) < 2 or len(texts) < 0.6 * len([cell for cell in cells if cell is not None]):
        return None
    types = [re.sub(r"^(其中|#)[::]?", "", text) in told_words() for text in texts]
    tests = {
        "reporting_unit": [text in units for text in texts],
        "enterprise_type": types if kind != "W1" else [],
        "control": types if kind == "W1" else [],
        "uscc": [bool(_CODE.fullmatch(text)) for text in texts] if kind == "W1" else [],
        "org_name": [bool(_FIRM.fullmatch(text)) for text in texts] if kind == "W1" else [],
    }
    return next((field for field, hits in tests.items() if hits and sum(hits) >= 0.8 * len(texts)), None)
