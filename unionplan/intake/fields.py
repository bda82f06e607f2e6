"""Cells → values of our fields. A safe repair is made and listed; what cannot be read is reported, never guessed.

Each reader takes one cell and returns what it means: a value, or None for blank, with the rule that was
touched on the way. Readings are remembered per column, since offices repeat few words many times.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from stdnum.cn import uscc as uscc_number

from unionplan.intake.credit_codes import plainly_valid
from unionplan.intake.reading import Cell, Unreadable
from unionplan.intake.texts import Mask, Texts
from unionplan.observations import (
    CLEAR,
    UNCLASSIFIED,
    Field,
    control_codes,
    registration_codes,
    registration_of,
    told_words,
)

BLANK = {"", "/", "\\", "-", "--", "—", "——", "…", "……", "***", "空"}
_UNDECIDED = {"在建", "续签中", "筹建", "筹建中", "在谈", "协商中"}
_YES = {"是", "√", "✓", "✔", "有", "已建", "已签", "1", "Y", "y", "建", "已建会", "已公开", "TRUE"}
_NO = {"否", "×", "✕", "✗", "x", "X", "无", "未建", "未签", "0", "N", "n", "未建会", "未公开", "FALSE"}
_FORM_WORDS = {
    "单独": "单独", "单独签订": "单独", "独立": "单独", "独立合同": "单独", "单独建制": "单独", "单独建会": "单独",
    "区域": "区域性", "区域性合同": "区域性", "行业": "行业性", "行业性合同": "行业性", "联合建会": "联合",
}  # fmt: skip
_CHOICE_WORDS: dict[str, dict[str, str]] = {
    "enterprise_state": {"正常": "存续", "在营": "存续", "在业": "存续", "开业": "存续", "歇业": "停业", "停产": "停业"},
    "size_class": {"大": "大型", "中": "中型", "小": "小型", "微": "微型"},
    "harmony": {"AA": "达标AA", "达标aa": "达标AA", "达标AAA": "AAA", "已开展": "开展", "未创建": "未开展", "否": "未开展", "无": "未开展"},
    "method": {"自主培训": "自培", "企业自训": "自培", "委托培训": "委培", "联合办班": "联办", "联合办学": "联办"},
    "level": {
        "初级": "初级工", "五级": "初级工", "五级工": "初级工", "中级": "中级工", "四级": "中级工", "四级工": "中级工", "高级": "高级工",
        "三级": "高级工", "三级工": "高级工", "二级": "技师", "一级": "高级技师",
    },
    "union_form": {**_FORM_WORDS, **dict.fromkeys(_NO, "未建")},
    "congress": {**_FORM_WORDS, **dict.fromkeys(_NO, "未建")},
    **{f"{name}_form": {**_FORM_WORDS, **dict.fromkeys(_NO | {"未签订"}, "未签")} for name in ("contract", "wage", "women")},
}  # fmt: skip


_taught: dict[str, dict[str, str]] = {}
"""What clerks have taught: kind of field → word → the known word it stands for. A reading process reads one file."""


class Value(NamedTuple):
    """What a cell means; `rule` empty when there is nothing to say, `clear` when the clerk empties the cell,
    `suggestion` the known word nearest to an unknown one."""

    value: Any = None
    rule: str = ""
    detail: str = ""
    fix: str = ""
    clear: bool = False
    suggestion: str = ""


def teach(words: Mapping[str, Mapping[str, str]]) -> None:
    """Have `control`, `registration` and `told` fields take these words too, in place of those taught before."""
    _taught.clear()
    _taught.update({kind: dict(meant) for kind, meant in words.items()})


def readings(
    field: Field, cells: Iterable[Cell], units: Mapping[str, str], text_file: bool = False, scale: int = 1
) -> list[Value]:
    """Return one Value per cell of a column.

    `units` maps every name and alias, folded, to its reporting unit. In a `text_file` every cell is text, so
    a plain number is read as one without a word. `scale`: how many single ones a count's number stands for.
    """
    read = _reader(field, units, text_file, scale)
    known: dict[tuple[type, Cell], Value] = {}
    found = []
    for cell in cells:
        key = (type(cell), cell)
        if key not in known:
            known[key] = _value(cell, read)
        found.append(known[key])
    return found


_LONGEST_BLANK = max(map(len, (*BLANK, CLEAR)))


def plainly_meant(field: Field, cells: Sequence[Cell]) -> Mask:
    """Return for each cell whether it surely means itself, as most names and codes of a large ledger do.

    `readings` gives those the same value and says nothing about them.
    """
    if isinstance(cells, Texts) and field.kind == "code":
        return cells.are_digits & (cells.lengths > _LONGEST_BLANK)
    if isinstance(cells, Texts) and field.kind == "text" and cells.are_printable and " " not in cells.characters:
        return cells.lengths > _LONGEST_BLANK
    return np.array(_plainly_meant(field, cells), bool)


def _plainly_meant(field: Field, cells: Sequence[Cell]) -> list[bool]:
    if field.kind == "uscc":
        return plainly_valid([cell if isinstance(cell, str) else "" for cell in cells])
    if field.kind == "code":
        return [
            type(cell) is str and len(cell) > _LONGEST_BLANK and cell.isascii() and cell.isdecimal() for cell in cells
        ]
    if field.kind == "text":
        return [type(cell) is str and len(cell) > _LONGEST_BLANK and " ".join(cell.split()) == cell for cell in cells]
    return [False] * len(cells)


def _value(cell: Cell, read: Callable[[Cell], Value]) -> Value:
    if isinstance(cell, Unreadable):
        return Value(None, "unreadable", cell.text)
    if cell is None:
        return Value()
    text = folded(cell)
    if text in BLANK:
        return Value()
    return Value(clear=True) if text == CLEAR else read(cell)


_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))


def folded(cell: Cell) -> str:
    """Return a cell's text with full-width letters and digits made plain and outer spaces removed."""
    return (
        unicodedata.normalize("NFKC", str(cell)).translate(_INVISIBLE).strip()
        if not isinstance(cell, str) or not cell.isascii()
        else cell.strip()
    )


def _reader(field: Field, units: Mapping[str, str], text_file: bool, scale: int) -> Callable[[Cell], Value]:
    readers: dict[str, Callable[[Cell], Value]] = {
        "text": _words,
        "code": _code,
        "uscc": _uscc,
        "date": lambda cell: _date(cell, field.id.endswith("_end")),
        "count": lambda cell: _count(
            int(cell) if text_file and isinstance(cell, str) and _DIGITS.fullmatch(cell) else cell, field, scale
        ),
        "unit": lambda cell: _unit(cell, units),
        "control": _control,
        "registration": _registration,
        "told": _told,
        "decimal": _decimal,
        "period": _period,
        "as_of": lambda cell: _as_of(cell, _date),
        "span": _span,
        "yes_no": lambda cell: _yes_no(cell, field),
        "choice": lambda cell: _choice(cell, field),
    }
    return readers[field.kind]


def _words(cell: Cell) -> Value:
    """A text with plain single spaces; one that had others inside is told."""
    text = " ".join(str(_day(cell) or cell).split())
    return _repaired(text, cell) if isinstance(cell, str) else Value(text)


def _code(cell: Cell) -> Value:
    if not isinstance(cell, str):
        return Value(None, "code_number", _number_text(cell))
    text = folded(cell).replace(" ", "").lstrip("'")
    if re.fullmatch(r"\d+(\.\d+)?[eE]\+?\d+", text):
        return Value(None, "code_number", text)
    return _repaired(text, cell)


def _uscc(cell: Cell) -> Value:
    read = _code(cell)
    if read.rule == "code_number" or read.value is None:
        return read
    text = str(read.value).upper().replace("-", "")
    if len(text) == 9:
        return Value(text, "repaired", f"“{cell}”是 9 位组织机构代码") if text != cell else Value(text)
    if not uscc_number.is_valid(text):
        return Value(None, "uscc_wrong", f"{len(text)} 位" if len(text) != 18 else "")
    return _repaired(text, cell)


_DIGITS = re.compile(r"\d{1,12}", re.ASCII)


_GROUPED_DIGITS = re.compile(r"(-?(?:\d{1,12}|\d{1,3}(?:,\d{3}){1,3}|\d{1,3}(?: \d{3}){1,3}))(?:\.0+)?([^\d\s.,].*)?")
_TENS_OF_THOUSANDS = re.compile(r"(\d{1,8}(?:\.\d{1,6})?)([万千百])(.*)")
_ABOUT = re.compile(r"[约近超逾余多几上]|左右|以上|以内|不足|大概|将近")
_PERSONS, _FIRMS = ("人", "名", "位"), ("家", "户", "个", "家企业", "户企业", "个企业", "家单位")
_SUFFIXES = {
    "contracts": ("份", "件", "个"), "classes": ("期", "班", "次", "个班"), "person_times": ("人次", "人"), "participants": ("人次", "人", "名"),
    "joined": ("家", "个", "家单位"), "audited": ("家", "个"),
    **dict.fromkeys(("workers", "members", "women_workers", "migrant_workers", "covered_workers", "persons"), _PERSONS),
    **dict.fromkeys(("total", "should_unionise", "unionised", "covered"), _FIRMS),
}  # fmt: skip
"""Measure → the words that may stand behind its number."""


def _count(cell: Cell, field: Field, scale: int = 1) -> Value:
    """A whole number; one stated in ten thousands is multiplied exactly, or refused where nothing whole comes out."""
    if isinstance(cell, bool | date | time | timedelta):
        return Value(None, "not_integer", str(cell))
    if isinstance(cell, str):
        return _count_in_words(cell, field, scale)
    if isinstance(cell, float) or scale > 1:
        return _scaled(f"{cell:.15g}", cell, scale)
    assert isinstance(cell, int)
    if not 0 <= cell <= _MOST:
        return _scaled(str(cell), cell, 1)
    return Value(cell)


def stated_count(cell: Cell, name: str, scale: int = 1) -> int | None:
    """Return the whole number that a total states in a column of counts called `name`, None when it states none."""
    if cell is None or isinstance(cell, Unreadable) or folded(cell) in BLANK:
        return None
    value: int | None = _count(cell, Field(name, "", "count"), scale).value
    return value


_MOST = 10**12
"""No count of anything here comes near it; what lies beyond is a slip of the program that wrote it."""


def _scaled(number: str, cell: Cell, scale: int) -> Value:
    try:
        value = Fraction(number) * scale
    except ValueError:
        return Value(None, "not_integer", f"“{cell}”")
    if value < 0:
        return Value(None, "negative", str(cell))
    if value > _MOST:
        return Value(None, "not_integer", f"“{cell}”异常地大")
    if value.denominator > 1:
        return Value(None, "not_integer", f"{cell} × {scale} 不是整数" if scale > 1 else str(cell))
    return Value(int(value))


def _count_in_words(cell: str, field: Field, scale: int) -> Value:
    text = str(folded(cell))
    if found := _GROUPED_DIGITS.fullmatch(text):
        suffix = (found[2] or "").replace(" ", "")
        if not suffix or suffix in _SUFFIXES.get(field.id.split("@")[0], ()):
            number = int(found[1].replace(",", "").replace(" ", ""))
            value = _scaled(str(number), cell, scale)
            return value if value.rule else Value(value.value, "repaired", f"“{cell}” → {value.value}")
    if scale > 1 and re.fullmatch(r"-?\d{1,12}\.\d{1,8}", text):
        value = _scaled(text, cell, scale)
        return value if value.rule else Value(value.value, "repaired", f"“{cell}” → {value.value}")
    if (found := _TENS_OF_THOUSANDS.fullmatch(text)) and (
        not found[3] or found[3] in _SUFFIXES.get(field.id.split("@")[0], ())
    ):
        times = {"万": 10_000, "千": 1_000, "百": 100}[found[2]]
        value = _scaled(found[1], cell, times)
        return value if value.rule else Value(value.value, "unit_scale", f"“{cell}”按 {value.value:,} 读入")
    if _ABOUT.search(text) and re.search(r"[\d一二三四五六七八九十百千万两]", text):
        return Value(None, "not_integer", f"“{cell.strip()}”是约数，不是准确的数")
    return Value(None, "not_integer", cell.strip())


_EPOCH = date(1899, 12, 30)
_SPELLED = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(\s+[\d:]+)?")


FOREVER = date(9999, 12, 31)
"""The last day of a contract that has none."""
_ENDLESS = ("长期", "长期有效", "无固定期限", "无期限", "永久", "至今有效")
_NUMERAL = "[一二三四五六七八九十]{1,3}"
_TO_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")


def in_digits(text: str) -> str:
    """Return a text with full-width characters made plain and the years, months and days in it in digits:
    二〇二六年十月三十一日 → 2026年10月31日."""
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub("[〇零○一二三四五六七八九]{4}(?=年)", lambda found: found[0].translate(_TO_DIGITS), plain)
    plain = re.sub(f"(?<![一二三四五六七八九十]){_NUMERAL}(?=月)", lambda found: str(_tens(found[0])), plain)
    return re.sub(f"(?<=月){_NUMERAL}(?=[日号])", lambda found: str(_tens(found[0])), plain)


def _tens(text: str) -> int:
    """十 → 10, 三十一 → 31."""
    if "十" not in text:
        return int(text.translate(_TO_DIGITS))
    tens, _, ones = text.partition("十")
    return int(tens.translate(_TO_DIGITS) or 1) * 10 + int(ones.translate(_TO_DIGITS) or 0)


def _date(cell: Cell, endless: bool = False) -> Value:
    """A day; `endless`: it may also be said that there is none. A year of another century is asked about."""
    read = _dated(cell, endless)
    if read.value and read.value != FOREVER and not 1949 <= read.value.year <= 2100:
        return Value(read.value, "year_odd", f"“{cell}”" if isinstance(cell, str) else str(read.value))
    return read


def _dated(cell: Cell, endless: bool) -> Value:
    day = _day(cell)
    if day is not None:
        return Value(day)
    text = in_digits(str(folded(cell))).replace("号", "日")
    if text == "无":
        return Value()
    if endless and text.replace(" ", "") in _ENDLESS:
        return Value(FOREVER, "repaired", f"“{cell}” → 无固定期限")
    try:
        if spelled := _SPELLED.fullmatch(text):
            day = date(int(spelled[1]), int(spelled[2]), int(spelled[3]))
            return Value(day) if text == day.isoformat() else Value(day, "repaired", f"“{cell}” → {day}")
        if re.fullmatch(r"(19|20)\d{6}", text):
            day = date(int(text[:4]), int(text[4:6]), int(text[6:]))
            return Value(day, "repaired", f"“{cell}” → {day}")
        if isinstance(cell, int | float) and not isinstance(cell, bool) and 20_000 <= cell < 80_000:
            day = _EPOCH + timedelta(days=int(cell))
            return Value(day, "repaired", f"序列值 {cell} → {day}")
    except ValueError:
        pass
    only_month = bool(re.fullmatch(r"\d{4}[-./年]\d{1,2}月?", text))
    return Value(None, "date_unreadable", f"“{cell}”" + ("只写到月" if only_month else ""))


_UP_TO = r"\s*(?:至|到|~|-|—|–)+\s*"
_SPANS = tuple(
    re.compile(first + _UP_TO + second)
    for first, second in (
        (r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?",
         r"(?:(?:(\d{4})\s*[-./年]\s*)?(\d{1,2})\s*[-./月]\s*)?(\d{1,2})\s*日?"),
        (r"(20\d\d)(\d\d)(\d\d)", r"(20\d\d)(\d\d)(\d\d)"),
    )
)  # fmt: skip


def _span(cell: Cell) -> Value:
    """起止日期 as (first day, last day): 2026-10-01至2026-10-15, 2026.10.1-10.15; one day alone is both."""
    text = folded(cell)
    found = next(filter(None, (pattern.fullmatch(text) for pattern in _SPANS)), None)
    if found is None:
        one = _date(cell)
        return one if one.value is None else Value((one.value, one.value), one.rule, one.detail)
    year, month, day, until_year, until_month, until_day = (int(part) if part else 0 for part in found.groups())
    try:
        first = date(year, month, day)
        last = date(until_year or year, until_month or month, until_day)
    except ValueError:
        return Value(None, "date_unreadable", f"“{cell}”")
    if first > last:
        return Value((first, last), "dates_reversed", f"{first} 晚于 {last}")
    plain = text == f"{first}至{last}"
    return Value((first, last)) if plain else Value((first, last), "repaired", f"“{cell}” → {first}至{last}")


def _day(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else None


def _unit(cell: Cell, units: Mapping[str, str]) -> Value:
    text = str(folded(cell)).replace(" ", "")
    if text in units:
        return Value(units[text])
    return _unknown("unit_unknown", cell, text, units)


_UNCLASSIFIED_WORD = "待认定"


def _control(cell: Cell) -> Value:
    text = _bare(cell)
    if text in control_codes():
        vague = control_codes()[text] == UNCLASSIFIED and text != _UNCLASSIFIED_WORD
        return Value(text, "repaired", f"“{cell}”按待认定计入") if vague else Value(text)
    if meant := _taught.get("control", {}).get(text):
        return _repaired(meant, cell)
    return _unknown("type_unknown", cell, text, control_codes())


def _registration(cell: Cell) -> Value:
    text = _bare(cell)
    if registration_of(text):
        return Value(text)
    if meant := _taught.get("registration", {}).get(text):
        return _repaired(meant, cell)
    return _unknown("type_unknown", cell, text, registration_codes(), "请按登记注册类型名录填写")


_LIST_MARKS = re.compile(r"^(其中[::,]?|#|[一二三四五六七八九十]+、|\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}[.、])+")


def told_of(cell: Cell) -> str | None:
    """Return what a cell tells together as an enterprise type (observations.TOLD), None when it names none."""
    return told_words().get(_LIST_MARKS.sub("", _bare(cell)))


def _told(cell: Cell) -> Value:
    text = _LIST_MARKS.sub("", _bare(cell))
    if text in told_words():
        return Value(told_words()[text])
    if meant := _taught.get("told", {}).get(text):
        return Value(told_words()[meant], "repaired", f"“{cell}” → {meant}")
    return _unknown("type_unknown", cell, text, told_words(), "请按企业类型名录填写")


_AMOUNT = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)


def _decimal(cell: Cell) -> Value:
    """An amount as its exact decimal text."""
    text = folded(cell).replace(",", "") if isinstance(cell, str) else str(cell)
    if isinstance(cell, bool) or not _AMOUNT.fullmatch(text):
        return Value(None, "not_number", f"“{cell}”")
    return Value(None, "negative", text) if text.startswith("-") else Value(text)


_NUMERALS = {"一": "1", "二": "2", "三": "3", "四": "4", "上": "1", "下": "2"}
_PERIODS = {
    "month": re.compile(r"(20\d\d)[年\-/.](0?[1-9]|1[0-2])月?(?:份)?"),
    "quarter": re.compile(r"(20\d\d)(?:年?第?([一二三四1-4])季度?|[Qq]([1-4]))"),
    "half": re.compile(r"(20\d\d)(?:年?([上下])半年|[Hh]([12]))"),
    "year": re.compile(r"(20\d\d)年?度?()"),
}  # fmt: skip


def period_of(text: str) -> str | None:
    """Return the key of a named period (2026-07, 2026Q3, 2026H2, 2026), None when it is not one."""
    for kind, pattern in _PERIODS.items():
        if found := pattern.fullmatch(text):
            number = next(filter(None, found.groups()[1:]), "")
            number = _NUMERALS.get(number, number)
            mark = {"month": "-", "quarter": "Q", "half": "H", "year": ""}[kind]
            return f"{found[1]}{mark}{number.zfill(2) if kind == 'month' else number}"
    return None


def _period(cell: Cell) -> Value:
    """所属期; a day stands for its month."""
    day = _day(cell)
    if day is not None:
        return Value(f"{day:%Y-%m}")
    key = period_of(_bare(cell))
    return Value(key) if key else Value(None, "period_unreadable", f"“{cell}”")


_ENDS = {"H1": "06-30", "H2": "12-31", "Q1": "03-31", "Q2": "06-30", "Q3": "09-30", "Q4": "12-31", "": "12-31"}


def _as_of(cell: Cell, read: Callable[[Cell], Value]) -> Value:
    """统计时点: a day, or a named month, quarter or half-year, which means its last day."""
    key = period_of(_bare(cell)) if _day(cell) is None else None
    if key is None:
        return read(cell)
    year, rest = int(key[:4]), key[4:]
    if rest.startswith("-"):
        month = int(rest[1:])
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    else:
        last = date.fromisoformat(f"{year}-{_ENDS[rest]}")
    return Value(last, "repaired", f"“{cell}” → {last}")


def rate_of(cell: Cell) -> list[tuple[Fraction, Fraction]]:
    """Return what a stated rate may mean, each with the size of its last digit: 0.866, 86.6 and 86.6% are usual."""
    text = folded(cell).replace(" ", "") if isinstance(cell, str) else str(cell)
    percent = text.endswith("%")
    number = text.removesuffix("%")
    if isinstance(cell, bool) or cell is None or not re.fullmatch(r"\d{1,4}(\.\d{1,17})?", number):
        return []
    value, step = Fraction(number), Fraction(1, 10 ** len(number.partition(".")[2]))
    hundredth = (value / 100, step / 100)
    if percent:
        return [hundredth]
    return [(value, min(step, Fraction(1, 100))), hundredth] if value <= 1 else [hundredth]


def _yes_no(cell: Cell, field: Field) -> Value:
    text = ("是" if cell else "否") if isinstance(cell, bool) else folded(cell)
    if text in _YES | _NO:
        return Value("是" if text in _YES else "否")
    return _third(cell, text) or _off_list(cell, text, field)


def _choice(cell: Cell, field: Field) -> Value:
    text = str(cell).upper() if isinstance(cell, bool) else folded(cell).replace(" ", "")
    if text in field.values:
        return Value(text)
    word = _CHOICE_WORDS.get(field.id, {}).get(text)
    if word:
        return Value(word)
    return _third(cell, text) or _off_list(cell, text, field)


def _off_list(cell: Cell, text: str, field: Field) -> Value:
    near = next(iter(difflib.get_close_matches(text, field.values, n=1, cutoff=0.5)), "")
    return Value(None, "choice", f"“{cell}”，可填：{'、'.join(field.values)}", suggestion=near)


def _third(cell: Cell, text: str) -> Value | None:
    return Value(None, "third_state", f"“{cell}”") if text in _UNDECIDED else None


def _bare(cell: Cell) -> str:
    return folded(cell).replace(" ", "")


def _repaired(text: str, cell: Cell) -> Value:
    return Value(text) if text == str(cell).strip() else Value(text, "repaired", f"“{cell}” → {text}")


def _unknown(rule: str, cell: Cell, text: str, known: Iterable[str], fix: str = "") -> Value:
    """A word that no list has, with the nearest that one has; never taken for it."""
    near = next(iter(difflib.get_close_matches(text, list(known), n=1, cutoff=0.4)), "")
    return Value(None, rule, f"“{cell}”" + (f"，是否为“{near}”" if near else ""), fix, suggestion=near)


def _number_text(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**20:
        return f"{cell:.0f}"
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell)
