"""Header cells → fields: synonyms, unit words, and the group headers that name an enterprise type or an indicator.

A field of a grouped column carries them as suffixes in the plan's wording, type first whatever the sheet's
order: `covered@非公有制企业`, `total@国有及控股企业@集体合同`.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from unionplan.intake.problems import TABLES
from unionplan.observations import FIELDS, SHIPPED, TOLD_LABELS, told_words

SHORT = {
    "contract": "集体合同", "wage": "工资集体协商", "women": "女职工专项", "congress": "职代会", "disclosure": "厂务公开",
    "harmony": "和谐创建", "union": "建会", "member": "入会",
}  # fmt: skip
"""indicator → how a field names it."""
RETURNS = ("W2", "W3a", "W3b", "W4", "W5", "W6", "W7")
GROUPED = ("total", "should_unionise", "unionised", "workers", "members", "covered", "contracts", "covered_workers",
           "rate")  # fmt: skip
_UNIT_WORDS = re.compile(
    r"(\(|\[|【|/|,|、|:|单位:?)+(单位:?)?([万百千亿]?)(家|户|个|人|名|人次|份|期|次|场|项|件|%)(\)|\]|】)*$"
)
_MARKS = re.compile(r"^(其中[::,]?|#|[一二三四五六七八九十]+、|\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}[.、](?!\d))+")
_FOOTNOTE = re.compile(r"([①-⑨]|\[?注\d?\]?|\*+)$")
_LATIN = re.compile(r"[A-Za-z][A-Za-z.,'&()-]*")
_TIMES = {"万": 10_000, "百": 100, "千": 1_000, "亿": 100_000_000}


def plain(text: object) -> str:
    """Return text for comparing: NFKC, without any spaces or line breaks, required-stars or a final colon."""
    folded = unicodedata.normalize("NFKC", str(text))
    return re.sub(r"[\s*＊★※☆_]+|x000D", "", folded).rstrip(":")


def bare_label(text: str) -> str:
    """Return a header cell for comparing without what only adorns it: 其中, 一、, (1), (家), ①, English beside Chinese."""
    label = _FOOTNOTE.sub("", _MARKS.sub("", plain(text)))
    label = _UNIT_WORDS.sub("", label)
    label = label[:-1] if len(label) > 1 and label.endswith("%") else label
    without = _LATIN.sub("", label)
    return without if re.search(r"[\u4e00-\u9fff]", without) else label


def unit_of(text: str) -> str:
    """Return the unit that a header cell states behind its name: 家, 万人; "" without one."""
    found = _UNIT_WORDS.search(plain(text))
    return f"{found[3]}{found[4]}" if found else ""


def scale_of(unit: str) -> int:
    """Return how many single ones a unit counts: 万人 → 10000, 家 → 1."""
    return _TIMES.get(unit[:1], 1)


@cache
def shipped_labels(workbook: str) -> dict[str, str]:
    """Return our own template's header words → field for one workbook."""
    fields = FIELDS.values() if workbook == "W1" else SHIPPED.get(workbook, ())
    return {plain(field.label): field.id for field in fields}


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
    return common | own | {plain(field.label): field.id for field in SHIPPED[workbook]}


@cache
def header_words() -> frozenset[str]:
    """Return every word that can head a column of some workbook, a type or an indicator over several."""
    words = {bare_label(word) for _, word, _ in _rows()} | set(told_words()) | {word for word, _ in indicator_words()}
    return frozenset(words - {""})


@cache
def _rows() -> list[tuple[str, str, str]]:
    with (TABLES / "synonyms.csv").open(encoding="utf-8-sig", newline="") as lines:
        return [(row["字段"], row["名称"], row["工作簿"]) for row in csv.DictReader(lines)]


@cache
def indicator_words() -> list[tuple[str, str]]:
    """(word, indicator), longest first, so that 工资专项集体合同 is not taken for 集体合同."""
    with (TABLES / "indicators.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = [(plain(row["名称"]), row["指标"]) for row in csv.DictReader(lines)]
    return sorted(rows, key=lambda row: -len(row[0]))


def indicators_named(texts: Iterable[object]) -> set[str]:
    """Return the indicators that these titles name."""
    found = set()
    for text in texts:
        rest = plain(text)
        for word, indicator in indicator_words():
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
    """Return the field that a column's header cells (upper first) name to the letter, None when they do not."""
    field, to_the_letter = named_field(levels, workbook)
    return field if to_the_letter else None


def named_field(levels: Sequence[str], workbook: str) -> tuple[str | None, bool]:
    """Return the field that a column's header cells (upper first) mean, None when nobody knows; and whether the
    words say so to the letter, or something beside them is left open.

    Only the counts of a summary can stand under a group; a group that is neither a type nor an indicator
    is a caption and says nothing, unless its words change what stands below it (上年同期, 未签).
    """
    texts = [text for text in dict.fromkeys(bare_label(level) for level in levels) if text]
    if not texts:
        return None, False
    known, word = synonyms(workbook), plain(levels[-1])
    if len(texts) == 1 and word in known:
        return known[word], True
    return _grouped(texts, known) if workbook == "W2" else _joined(texts, known, workbook)


def _grouped(texts: list[str], known: Mapping[str, str]) -> tuple[str | None, bool]:
    """A summary's column: a measure, with the type and the indicator that stand above it or before it."""
    groups, leaf = texts[:-1], texts[-1]
    if leaf not in known:
        groups, leaf = _prefixed(groups, leaf, known)
    field = known.get(leaf)
    if field is None or not groups:
        return field, True
    field, _, own = field.partition("@")
    kinds = [TOLD_LABELS[told_words()[group]] for group in groups if group in told_words()]
    named = [SHORT[name] for group in groups for name in sorted(indicators_named([group]))[:1]
             if group not in told_words()]  # fmt: skip
    named = [own, *named] if own else named
    rest = [_left_over(group) for group in groups if group not in told_words()]
    if any(changes(text) for text in rest):
        return None, False
    if field not in GROUPED:
        return (field if not (kinds or named) else None), not any(rest)
    return "@".join((field, *kinds[:1], *named[:1])), not any(rest) and len(set(named)) < 2


_CAPTION = re.compile(
    r"(主要|总体|基本|信息|资料|概况|情况|签订|签约|建制|推行|创建|建立|工作|开展|实行|制度|建设|组建|统计|数据|指标|企业|单位|户数|家数|数量|合计|总计|小计|"
    r"其中|覆盖|职工|会员|工会|建会|培训|活动|人数|\(|\)|、|和|及|的|年末|期末)"
)
_CHANGING = re.compile(
    r"上年|去年|同期|上月|上期|计划|目标|任务|未|不|无|新增|新签|到期|失效|增减|增长|同比|环比|退休|拟|待|小微|规模以上|规上|排名|"
    r"单独|独立|区域性|行业性|以上|以下"
)


def changes(group: str) -> bool:
    """Whether a group's words change what stands below it, so that it is no longer the plain count: 未签, 上年同期."""
    return bool(_CHANGING.search(group))


def _left_over(group: str) -> str:
    """What a group says beside an indicator and words that only caption; "" when it says nothing more."""
    for word, _ in indicator_words():
        group = group.replace(word, "")
    return _CAPTION.sub("", group)


_GENERIC = ("合计", "总计", "小计", "总数", "人数", "数量", "计", "数")
_EDGES = {
    "form": ("签订方式", "签订形式", "方式", "形式", "签订情况", "是否签订"),
    "start": ("起始日", "起始日期", "起始时间", "生效日期", "生效日", "生效时间", "开始日期", "开始时间", "起"),
    "end": ("截止日", "截止日期", "截止时间", "到期日", "到期日期", "到期时间", "终止日期", "期满日期", "有效期至", "止"),
}  # fmt: skip


def _joined(texts: list[str], known: Mapping[str, str], workbook: str) -> tuple[str | None, bool]:
    """Any other column: its levels together (集体合同/起始日), or its lowest below captions that say nothing."""
    groups, leaf = texts[:-1], texts[-1]
    upper = groups[-1] if groups else ""
    tries = (
        [leaf] if not groups else ["".join(texts), upper + leaf, leaf + upper, *([upper] if leaf in _GENERIC else [])]
    )
    field = next((known[text] for text in tries if text in known), None)
    field = field or (_edge("".join(texts)) if workbook == "W1" else None)
    if field or not groups:
        return field, True
    rest = [_CAPTION.sub("", group) for group in groups]
    if leaf not in known or any(changes(text) for text in rest):
        return None, False
    return known[leaf], not any(rest)


def _edge(text: str) -> str | None:
    """工资专项集体合同起始日期 → wage_start."""
    for word, indicator in indicator_words():
        if text.startswith(word) and indicator in ("contract", "wage", "women"):
            edges = (edge for edge, words in _EDGES.items() if text.removeprefix(word) in words)
            return next((f"{indicator}_{edge}" for edge in edges), None)
    return None


def _prefixed(groups: list[str], leaf: str, known: Mapping[str, str]) -> tuple[list[str], str]:
    """国有及控股企业总数 → the type as a group, and the rest as the column's own word."""
    for word in sorted(told_words(), key=len, reverse=True):
        for rest in (leaf.removeprefix(word), f"企业{leaf.removeprefix(word)}"):
            if leaf.startswith(word) and rest in known:
                return [*groups, word], rest
    for word, _ in indicator_words():
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
    labels = {listed.id: listed.label for fields in (FIELDS.values(), *SHIPPED.values()) for listed in fields}
    measure, *suffixes = field.split("@")
    if measure == "rate":  # whatever one workbook calls it, it is a check
        labels = {}
    word = labels.get(field) or _MEASURES.get(measure) or labels.get(measure) or field
    return word if field in labels or not suffixes else f"{word}（{'，'.join(suffixes)}）"
