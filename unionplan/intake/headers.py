"""Header cells → fields: synonyms, unit words, and the group headers that name an enterprise type or an indicator.

A field of a grouped column carries them as suffixes in the plan's wording, type first whatever the sheet's
order: `covered@非公有制企业`, `total@国有及控股企业@集体合同`.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

from unionplan.intake.problems import TABLES
from unionplan.observations import (
    ACTIVITIES,
    FIELDS,
    FUNDS,
    PROGRESS,
    PROMISES,
    ROSTER,
    SUMMARY,
    TOLD_LABELS,
    TRAINING,
    told_words,
)

SHORT = {
    "contract": "集体合同", "wage": "工资集体协商", "women": "女职工专项", "congress": "职代会", "disclosure": "厂务公开",
    "harmony": "和谐创建", "union": "建会", "member": "入会",
}  # fmt: skip
"""indicator → how a field names it."""
RETURNS = ("W2", "W3a", "W3b", "W4", "W5", "W6", "W7")
GROUPED = ("total", "should_unionise", "unionised", "workers", "members", "covered", "contracts", "covered_workers",
           "rate")  # fmt: skip
_SHIPPED = {
    "W2": SUMMARY, "W3a": ROSTER, "W3b": TRAINING, "W4": ACTIVITIES, "W5": PROMISES, "W6": FUNDS, "W7": PROGRESS,
}  # fmt: skip
_UNIT_WORDS = re.compile(r"\((家|户|个|人|人次|份|期|次|%)\)$")


def plain(text: object) -> str:
    """Return text for comparing: NFKC, without any spaces or line breaks, required-stars or a final colon."""
    folded = unicodedata.normalize("NFKC", str(text))
    return re.sub(r"[\s*＊★_]+|x000D", "", folded).rstrip(":")


@cache
def synonyms(workbook: str) -> dict[str, str]:
    """Return header words → field for one workbook; '' gives all words that are not W1's or of the units sheet.

    A return (RETURNS) shares the words for 填报单位, 序号 and 备注 with the ledger, and those that belong to no
    workbook alone.
    """
    rows = _rows()
    if not workbook:
        return {plain(word): field.split("@")[0] for field, word, book in rows if book not in ("W1", "units")}
    if workbook not in RETURNS:
        return {plain(word): field for field, word, book in rows if book == workbook}
    common = {plain(word): field for field, word, book in rows
              if not book or (book == "W1" and field in ("reporting_unit", "seq", "note", "workers", "members"))}  # fmt: skip
    own = {plain(word): field for field, word, book in rows if book == workbook}
    return common | own | {plain(field.label): field.id for field in _SHIPPED[workbook]}


@cache
def _rows() -> list[tuple[str, str, str]]:
    with (TABLES / "synonyms.csv").open(encoding="utf-8-sig", newline="") as lines:
        return [(row["字段"], row["名称"], row["工作簿"]) for row in csv.DictReader(lines)]


@cache
def _indicator_words() -> list[tuple[str, str]]:
    """(word, indicator), longest first, so that 工资专项集体合同 is not taken for 集体合同."""
    with (TABLES / "indicators.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = [(plain(row["名称"]), row["指标"]) for row in csv.DictReader(lines)]
    return sorted(rows, key=lambda row: -len(row[0]))


def indicators_named(texts: Iterable[object]) -> set[str]:
    """Return the indicators that these titles name."""
    found = set()
    for text in texts:
        rest = plain(text)
        for word, indicator in _indicator_words():
            if word in rest:
                found.add(indicator)
                rest = rest.replace(word, "　")
    return found


def types_named(texts: Iterable[object]) -> set[str]:
    """Return what these titles tell together (observations.TOLD); only words that are plainly of enterprises count."""
    words = sorted((word for word in told_words() if len(word) > 3 or word.endswith("企业")), key=len, reverse=True)
    found = set()
    for text in texts:
        rest = plain(text)
        for word in words:
            if word in rest:
                found.add(told_words()[word])
                rest = rest.replace(word, "　")
    return found


def field_of(levels: Sequence[str], workbook: str) -> str | None:
    """Return the field that a column's header cells (upper first) mean, None when nobody knows.

    Only the counts of a summary can stand under a group; a group that is neither a type nor an indicator
    is a caption and says nothing.
    """
    known = synonyms(workbook)
    leaf = _UNIT_WORDS.sub("", plain(levels[-1]))
    groups = [group for level in levels[:-1] if (group := _UNIT_WORDS.sub("", plain(level)))]
    if workbook == "W2" and leaf not in known:
        groups, leaf = _prefixed(groups, leaf, known)
    field = known.get(leaf)
    if field is None or workbook != "W2" or not groups:
        return field
    field, _, own = field.partition("@")
    kinds = [TOLD_LABELS[told_words()[group]] for group in groups if group in told_words()]
    named = [SHORT[name] for group in groups for name in sorted(indicators_named([group]))[:1]
             if group not in told_words()]  # fmt: skip
    named = [own, *named] if own else named
    if field not in GROUPED:
        return field if not (kinds or named) else None
    return "@".join((field, *kinds[:1], *named[:1]))


def _prefixed(groups: list[str], leaf: str, known: dict[str, str]) -> tuple[list[str], str]:
    """国有及控股企业总数 → the type as a group, and the rest as the column's own word."""
    for word in sorted(told_words(), key=len, reverse=True):
        for rest in (leaf.removeprefix(word), f"企业{leaf.removeprefix(word)}"):
            if leaf.startswith(word) and rest in known:
                return [*groups, word], rest
    for word, _ in _indicator_words():
        if leaf.startswith(word) and leaf.removeprefix(word) in known:
            return [*groups, word], leaf.removeprefix(word)
    return groups, leaf


def parts_of(field: str) -> tuple[str, str | None, str | None]:
    """Return (measure, type as told or None, indicator or None) of a summary's field."""
    measure, *suffixes = field.split("@")
    kinds = {label: told for told, label in TOLD_LABELS.items()}
    names = {word: indicator for indicator, word in SHORT.items()}
    told = next((kinds[suffix] for suffix in suffixes if suffix in kinds), None)
    return measure, told, next((names[suffix] for suffix in suffixes if suffix in names), None)


_MEASURES = {
    "seq": "序号", "note": "备注", "total": "总数", "covered": "已覆盖家数", "rate": "比率（只作核对）", "contracts": "合同份数",
    "covered_workers": "覆盖职工数", "cumulative": "累计数（只作核对）", "target": "任务数（不采用）",
}  # fmt: skip


def field_label(field: str) -> str:
    """Return what a reader calls a recognised column: 已覆盖家数（非公有制企业，集体合同）."""
    labels = {listed.id: listed.label for fields in (FIELDS.values(), *_SHIPPED.values()) for listed in fields}
    measure, *suffixes = field.split("@")
    word = labels.get(field) or _MEASURES.get(measure) or labels.get(measure) or field
    return word if field in labels or not suffixes else f"{word}（{'，'.join(suffixes)}）"
