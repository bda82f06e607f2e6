"""The rows below a header: which are data, which are totals, and which only speak about the table.

One row is judged by its own cells (`row_kind`); what depends on the rows above it — parts of a total, group rows,
where another table begins — is told in the one pass of `body_of`.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from unionplan.intake.cells import Cell, Sheet, Table
from unionplan.intake.header_blocks import Span, is_heading, within
from unionplan.intake.headers import bare_label, header_words, indicators_named, plain, types_named
from unionplan.observations import told_words

_TOTAL = re.compile(
    r"^([^:：]{0,12}(合计|总计|小计|共计)|累计|总数|全市(平均)?|平均|本页计|(grand)?total)(\((家|户|个|人|人次)\))?[:：]?$",
    re.IGNORECASE,
)
NOTE = re.compile(
    r"^[(（*※]*(注|备注|说明|填表说明|填报说明|数据来源|资料来源|填表人|填报人|经办人|制表人|制表|审核人|审核|审批|复核|负责人|单位负责人|分管领导|签字|"
    r"主管领导|联系人|联系电话|电话|填报日期|填表日期|制表日期|上报日期|报送日期|报出日期|填报单位\(盖章\)|单位\(盖章\)|盖章|公章|单位公章)\d?\s*([:(.、,)]|\s|$)"
)
_CAPTION_UNIT = re.compile(r"[(\[]?(单位:)?(万|百|千|亿)?(家|户|个|人|名|人次|元|%|份|期|次|场|项|件|—+|-+)[)\]]?")
_CAPTIONS = ("栏次", "计量单位", "栏号", "行次")
_LETTERS = tuple("甲乙丙丁戊己庚辛壬癸")
_PART = re.compile(r"^(其中|#)")
_GROUP = re.compile(r"^([一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|第[一二三四五六七八九十]+(部分|类))")
_PAGE = re.compile(r"^(第\d+页.*|共\d+页|续表\d*|\(?接上表\)?|\(?续表?\)?)$")
NIL = re.compile(
    r"((本|该)?(月|季度|季|期|年|年度|单位|区|县|市|地区)*)?(零报告|(暂?无|没有)(可?(上报|填报|报送|需要填报|发生))?的?"
    r"(内容|数据|情况|活动|培训|变动|新增|事项|任务)*|此表为?(空|零报告))[。.!！]?"
)


@dataclass(frozen=True)
class Shape:
    """What of a table a row is judged by: its headed columns, those that can name a total, and the header's texts."""

    used: tuple[int, ...]
    naming: tuple[int, ...]
    unit: int | None
    titles: tuple[tuple[str, ...], ...]
    span: Span
    merged: frozenset[int] = frozenset()


@dataclass
class Body:
    """Positions of data and total rows; `groups`: group rows and what they say; `end`: where another table begins."""

    rows: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    groups: list[tuple[int, str]] = field(default_factory=list)
    end: int | None = None
    nil: bool = False


def row_kind(row: Sequence[Cell], shape: Shape, merged: bool = False) -> str:
    """Return what one row is: blank, repeat, aside (note, unit, column numbers), total, part, title, group, nil, lone
    (one text, data unless a header follows), heading or data. `merged`: one of its cells is merged across columns."""
    cells = [row[index] for index in shape.used if index < len(row) and row[index] is not None]
    texts = [plain(cell) for cell in cells]
    if not cells:
        return _outside(row, shape)
    if tuple(texts) in shape.titles:
        return "repeat"
    if _is_note(row, cells) or _is_caption(texts, cells):
        return "aside"
    named = [row[index] for index in shape.naming if index < len(row)]
    if any(isinstance(cell, str) and _TOTAL.match(plain(cell)) for cell in (*named, cells[0])):
        return "total"
    if _says_nothing(cells, texts):
        return "nil"
    if len(cells) == 1 and isinstance(cells[0], str):
        return _lone(texts[0], cells[0], merged)
    if isinstance(cells[0], str) and _is_other_header(row, shape):
        return "heading"
    return "part" if any(isinstance(cell, str) and _PART.match(plain(cell)) for cell in named or cells[:1]) else "data"


def _outside(row: Sequence[Cell], shape: Shape) -> str:
    """A row that is empty under the headed columns may still head another table or say a word about this one."""
    return "heading" if within(row, shape.span) and _is_other_header(row, shape) else "blank"


def _lone(flat: str, cell: str, merged: bool) -> str:
    """The one text of a row: a page mark, the name of a group, a title, else an unfilled row or a title yet (lone)."""
    if _PAGE.match(flat):
        return "aside"
    if _GROUP.match(flat) or bare_label(cell) in told_words():
        return "group"
    if merged or re.search(
        r"(表|情况|统计|台账|汇总)([\d一二三四五六七八九十]*|\(.*\))$|^附件|^表[\d一二三四五六七八九十]", flat
    ):
        return "title"
    return "lone"


def _says_nothing(cells: Sequence[Cell], texts: Sequence[str]) -> bool:
    """Nothing but words for nothing, behind a row number at most: 1 | 无."""
    words = [text for cell, text in zip(cells, texts, strict=True) if isinstance(cell, str) and not text.isdecimal()]
    return bool(words) and len(cells) - len(words) <= 1 and all(NIL.fullmatch(text) for text in words)


def _is_other_header(row: Sequence[Cell], shape: Shape) -> bool:
    """Words that head columns somewhere, half of the row and at least two."""
    if not is_heading(row, shape.span):
        return False
    texts = [cell for _, cell in within(row, shape.span) if isinstance(cell, str)]
    known = sum(bare_label(text) in header_words() for text in texts)
    return known >= 2 and 2 * known >= len(texts)


def _is_note(row: Sequence[Cell], cells: Sequence[Cell]) -> bool:
    first = next((cell for cell in row if cell is not None), None)
    if not isinstance(first, str) or not NOTE.match(unicodedata.normalize("NFKC", first).strip()):
        return False
    return len(cells) <= 3 or all(isinstance(cell, str) and not plain(cell).isdecimal() for cell in cells)


def _is_caption(texts: Sequence[str], cells: Sequence[Cell]) -> bool:
    """A row of units (家, 万人), of column numbers (甲, 乙, 1, 2 …) or of translations under the header."""
    if texts[0] in _CAPTIONS or all(_CAPTION_UNIT.fullmatch(text) for text in texts):
        return True
    if len(texts) > 1 and all(isinstance(cell, str) and re.fullmatch(r"[A-Za-z][A-Za-z.,'&()%/-]*", text)
                              for cell, text in zip(cells, texts, strict=True)):  # fmt: skip
        return not all(len(text) == 1 for text in texts)
    numbers = [int(text) for text in texts if text.isdecimal() and len(text) <= 2]
    letters = [text for text in texts if text in _LETTERS]
    counted = bool(numbers) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    marked = len(numbers) >= 3 or (numbers[:1] == [1] and len(letters) + len(numbers) >= 3)
    everything = len(numbers) + len(letters) == len(texts)
    return counted and marked and everything and bool(letters or len(numbers) == len(texts) > 3)


def body_of(sheet: Sheet, first: int, shape: Shape, title: Sequence[str] = (), to_the_end: bool = False) -> Body:
    """Return the rows of the table whose header ends above row `first`; one pass, to its end or to the next table."""
    body, said, titles = Body(), _said(title), {plain(text) for text in title}
    words: list[str] = []
    lone: list[int] = []
    summed = False
    for place, passed in _looked_at(sheet, first, shape, body):
        row = sheet.rows[place]
        if passed:
            summed, words, lone = False, [], []
        kind = row_kind(row, shape, place in shape.merged)
        if kind == "lone" and plain(within(row, shape.span)[0][1]) in titles:
            kind = "title"  # printed again at the head of a page
        if not to_the_end and (kind == "heading" or (kind == "repeat" and words and _said(words) - said)):
            body.end = place
            break
        texts = [str(cell) for _, cell in within(row, shape.span)]
        words = [*words, *texts] if kind in _NAMING_KINDS else words if kind in ("blank", "repeat") else []
        lone = [*lone, place] if kind == "lone" else lone if kind in ("blank", "title", "group") else []
        summed = _take(body, place, kind, row, shape, summed)
    if body.end is not None and lone:
        body.rows = [place for place in body.rows if place not in lone]
    return body


_NAMING_KINDS = ("title", "group", "lone")


def _take(body: Body, place: int, kind: str, row: Sequence[Cell], shape: Shape, summed: bool) -> bool:
    """Note one row in the body; says whether 其中 below it would be parts of a total."""
    if kind == "total" or (kind == "part" and summed and _belongs(row, shape)):
        body.totals.append(place)
        return kind == "part" or _whole(row, shape)
    if kind == "group":
        body.groups.append((place, next(str(cell) for _, cell in within(row, shape.span))))
    body.nil = body.nil or kind == "nil"
    if kind in ("data", "part", "lone"):
        body.rows.append(place)
        return False
    return summed


def _looked_at(sheet: Sheet, first: int, shape: Shape, body: Body) -> Iterator[tuple[int, bool]]:
    """Every row; of a large sheet only those that may be no data, the others go straight to the body's rows.

    With each, whether data was passed over since the one before.
    """
    if not isinstance(sheet.rows, Table):
        yield from ((place, False) for place in range(first, len(sheet.rows)))
        return
    from unionplan.intake.body_scan import rows_to_look_at

    looked_at, plain_rows = rows_to_look_at(sheet.rows, first, shape, _telling)
    done = 0
    for place in looked_at:
        passed = bisect_left(plain_rows, place, done)
        body.rows.extend(plain_rows[done:passed])
        yield place, passed > done
        done = passed
    body.rows.extend(plain_rows[done:])


def _telling(text: str) -> bool:
    """Whether a text can make its row a total, a part of one or a note."""
    flat = plain(text)
    return flat in _CAPTIONS or bool(
        _TOTAL.match(flat) or _PART.match(flat) or NOTE.match(unicodedata.normalize("NFKC", text).strip())
    )


def _said(texts: Sequence[str]) -> set[str]:
    return indicators_named(texts) | types_named(texts)


def _whole(row: Sequence[Cell], shape: Shape) -> bool:
    """Whether what follows a total as “其中” is part of it: a total over all units, not one unit's own row of 合计."""
    first = next((plain(cell) for _, cell in within(row, shape.span) if isinstance(cell, str)), "")
    return shape.unit is not None or first.startswith(("全市", "全省", "全国", "总计"))


def _belongs(row: Sequence[Cell], shape: Shape) -> bool:
    """A row of 其中 below a total that names no unit of its own."""
    if shape.unit is None:
        return True
    cell = row[shape.unit] if shape.unit < len(row) else None
    return cell is None or bool(isinstance(cell, str) and _PART.match(plain(cell)))
