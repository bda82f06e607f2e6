"""Cells → tables: which rows are the header, which column is which field, which rows are data.

The header is found by the names in it, not by its position; it may have up to four levels, the upper ones
naming an enterprise type or an indicator over merged cells. A sheet may hold several tables, one below or beside
the other. Totals, notes and signatures are recognised and counted, never taken for data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from unionplan.intake.body import NIL, Body, Shape, body_of
from unionplan.intake.cells import Cell, Sheet, address
from unionplan.intake.header_blocks import ALL, Span, depths, is_heading, levels, within
from unionplan.intake.headers import (
    RETURNS,
    bare_label,
    header_words,
    indicators_named,
    plain,
    scale_of,
    synonyms,
    types_named,
    unit_of,
)
from unionplan.intake.known_forms import NOT_READ, Known, Recognition, fingerprint
from unionplan.intake.months import (
    Across,
    MonthColumn,
    across,
    is_of_months,
    is_training,
    measures_beside,
    stand_across,
)
from unionplan.intake.recognising import Meaning, field_by_values, meaning, named

_SEARCHED_ROWS = 40
_SAMPLED_ROWS = 40
_SAMPLES = 3
_VALUED = 60
"""Headers up to so many columns are also read by the values below them."""
_GUESSED = 6
"""Blocks of rows that are compared with known words by likeness, which takes time."""
_MANY = 10_000
_NAMING = ("seq", "union_code", "uscc", "org_name", "reporting_unit", "district", "enterprise_type", "activity")
_KEYS = {"reporting_unit", "org_name", "activity", "enterprise_type"}
_MEASURES = {"covered", "contracts", "covered_workers", "total", "unionised", "should_unionise"}
_ROSTER = {"name", "identity", "trade", "course", "hours", "certificate", "institution"}
_OTHER_KINDS = {
    "W2": {"total", "covered", "rate", "contracts", "covered_workers", "should_unionise"},
    "W3b": {"method", "classes", "persons", "person_times"},
    "W4": {"activity", "planned_on", "done_on", "participants"},
    "W5": {"item", "owner", "target"},
    "W6": {"funds"},
    "W7": {"progress", "step"},
}


@dataclass(frozen=True)
class Column:
    """One header column: its position and its lowest header row (from 0), its text, the field it means or None.

    `scale`: how many single ones its numbers count (万人: 10000).
    """

    index: int
    label: str
    field: str | None
    row: int = 0
    scale: int = 1


@dataclass(frozen=True)
class Layout:
    """How a table is laid out; rows are positions from 0. `kind` None: the header was not recognised.

    `indicator` is the one that the title names; None where it names none or several. `types`: the enterprise
    types that it names (observations.TOLD). `recognition` stands beside `columns`, `fingerprint` is the form's,
    `form` says whether it is our template, remembered, new, remembered as no table to read (left_out), or said on the
    page to be none, which is still to be confirmed (leaving). `nil`: it says that there is nothing to report. `partial`:
    it lacks columns that its kind needs, and can only be refused by its name.
    `start`: the first row that belongs to it; `span`: its columns where another table stands beside it.
    `groups`: rows between the data that name what follows. `end`, `heading`: the first row of the next table's
    title and the row that begins its header. `single`: its title says that it counts contracts
    signed by one enterprise each. `across`: its months or quarters where they stand across, every one a column.
    """

    kind: str | None
    header: int | None
    depth: int
    columns: tuple[Column, ...]
    rows: Sequence[int]
    totals: tuple[int, ...]
    clashes: tuple[Column, ...] = ()
    indicator: str | None = None
    types: tuple[str, ...] = ()
    recognition: tuple[Recognition, ...] = ()
    fingerprint: str = ""
    form: str = ""
    nil: bool = False
    start: int = 0
    span: Span = ALL
    groups: tuple[tuple[int, str], ...] = ()
    single: bool = False
    end: int | None = None
    heading: int | None = None
    partial: bool = False
    across: Across | None = None


@dataclass(frozen=True)
class _Header:
    """Header rows taken for a kind, with what each of their columns means."""

    kind: str
    top: int
    depth: int
    columns: tuple[tuple[int, int, tuple[str, ...]], ...]
    meanings: tuple[Meaning, ...]
    form: str = "new"
    partial: bool = False

    @property
    def fields(self) -> set[str]:
        return {meant.field for meant in self.meanings if meant.field}

    @property
    def months(self) -> bool:
        """Whether months stand across: every one a column."""
        return sum(meant.how == "month" for meant in self.meanings) >= 2

    @property
    def score(self) -> float:
        """How much of it is understood: every field once, by how sure it is."""
        sure: dict[str, float] = {}
        for meant in self.meanings:
            if meant.field:
                sure[meant.field] = max(sure.get(meant.field, 0), meant.confidence)
        beside = {name for (_, _, texts), meant in zip(self.columns, self.meanings, strict=True)
                  if meant.how == "month" for name in measures_beside(texts)}  # fmt: skip
        return sum(1 if value >= 0.95 else value for value in sure.values()) + len(beside) + self.months


def tables(sheet: Sheet, known: Known | None = None) -> list[Layout]:
    """Return the layout of every table on `sheet`, from the top and from the left; at least one."""
    known = known or Known()
    found = [laid_out(sheet, known)]
    while (end := found[-1].end) is not None:
        following = laid_out(sheet, known, end, last=found[-1].heading)
        if following.kind is None or following.header is None:  # no table after all: its rows stay with the one above
            found[-1] = laid_out(sheet, known, found[-1].start, to_the_end=True)
            break
        found.append(following)
    return [part for layout in found for part in _side_by_side(sheet, layout, known)]


def laid_out(
    sheet: Sheet, known: Known | None = None, start: int = 0, to_the_end: bool = False, last: int | None = None
) -> Layout:
    """Return the layout of the first table from row `start` on; a table whose header nobody knows has kind None and
    no rows. `to_the_end`: nothing below it is another table. `last`: its header begins no further down."""
    known = known or Known()
    header = _found(sheet, known, start, ALL, last=last)
    if header is None:
        return Layout(None, None, 0, (), (), (), nil=_is_nil(sheet, start), start=start)
    return _layout(sheet, known, header, start, ALL, to_the_end)


def _side_by_side(sheet: Sheet, layout: Layout, known: Known) -> Iterator[Layout]:
    """Yield the table, or the two that stand side by side where each half of its header heads a table of its own."""
    top = layout.header
    for cut in _cuts(layout) if top is not None else ():
        spans = ((0, cut - 1), (cut, ALL[1]))
        headers = [_found(sheet, known, top or 0, span, top) for span in spans]
        if all(header and header.kind and header.fields & _KEYS for header in headers):
            for header, span in zip(headers, spans, strict=True):
                assert header is not None
                yield replace(_layout(sheet, known, header, layout.start, span), end=layout.end)
            return
    yield layout


def _cuts(layout: Layout) -> Iterator[int]:
    """Columns at which a second table may begin: where the labels begin anew, or behind an empty column."""
    labels = [plain(column.label) for column in layout.columns]
    half = len(labels) // 2
    if half >= 2 and not len(labels) % 2 and labels[:half] == labels[half:] and layout.clashes:
        yield layout.columns[half].index
    for before, column in zip(layout.columns[1:], layout.columns[2:], strict=False):
        if column.index > before.index + 1 and layout.clashes:
            yield column.index


def _is_nil(sheet: Sheet, start: int) -> bool:
    """A sheet without a table that says, in few words, that there is nothing to report."""
    texts = []
    for row in sheet.rows[start : start + _SEARCHED_ROWS]:
        texts += [plain(cell) for cell in row if cell is not None]
    return len(texts) <= 8 and any(NIL.fullmatch(text) or "零报告" in text for text in texts)


# ------------------------------------------------------------------ which rows are the header


def _found(
    sheet: Sheet, known: Known, start: int, span: Span, only: int | None = None, last: int | None = None
) -> _Header | None:
    """The header rows that say most, the upper ones first; guesses count only where nothing is known to the letter."""
    places = (
        [only]
        if only is not None
        else range(start, min(start + _SEARCHED_ROWS, len(sheet.rows), (last or len(sheet.rows)) + 1))
    )
    tops = [top for top in places if _may_head(sheet, top, span)]
    blocks = [_Block(sheet, top, depth, span) for top in tops for depth in depths(sheet, top, span)]
    if known.forms and (remembered := _remembered(known, blocks)):
        return _valued(sheet, remembered, span, known) if remembered.form == "chosen" else remembered
    for guess, tried in ((False, [block for block in blocks if block.is_known]), (True, blocks[:_GUESSED])):
        found = [_tried(sheet, block, kind, known, guess) for block in tried for kind in _kinds()]
        best = _best([header for header in found if header])
        if best is not None:
            block = _Block(sheet, best.top, best.depth, span)
            return best if guess else _tried(sheet, block, best.kind, known, True)
    return _other(sheet, blocks)


class _Block:
    """Rows that may be a header, and their columns: (position, lowest row, texts from the top)."""

    def __init__(self, sheet: Sheet, top: int, depth: int, span: Span) -> None:
        self.top, self.depth, self.span = top, depth, span
        self.columns = tuple((index, row, tuple(texts)) for index, row, texts in levels(sheet, top, depth, span))

    @property
    def is_known(self) -> bool:
        """Whether any of its words heads columns somewhere; cheap, and few rows of a sheet pass it."""
        return any(bare_label(text) in header_words() for _, _, texts in self.columns for text in texts)


def _best(headers: Sequence[_Header]) -> _Header | None:
    """The one that says most; where its words stand again further up, as on every printed page, the first of them."""
    best = max(headers, key=lambda header: header.score, default=None)
    if best is None:
        return None
    words = [texts for _, _, texts in best.columns]
    return next(one for one in headers if one.kind == best.kind and [texts for _, _, texts in one.columns] == words)


def _may_head(sheet: Sheet, top: int, span: Span) -> bool:
    """A row of words; or one word over part of a table whose own words stand below it."""
    row = sheet.rows[top]
    if is_heading(row, span):
        return True
    cells = within(row, span)
    if len(cells) != 1 or top + 1 >= len(sheet.rows) or not is_heading(sheet.rows[top + 1], span, 3):
        return False
    column, cell = cells[0]
    lower = within(sheet.rows[top + 1], span)
    return column > lower[0][0] and isinstance(cell, str) and bool(named(cell))


def _kinds() -> tuple[str, ...]:
    return ("units", "W1", *RETURNS)


def _tried(sheet: Sheet, block: _Block, kind: str, known: Known, guess: bool) -> _Header | None:
    """These rows as a header of this kind, None when they cannot be."""
    top, depth, columns = block.top, block.depth, block.columns
    months = kind in _BY_MONTH and stand_across(texts for _, _, texts in columns)
    meanings = [_meant(texts, kind, guess, months) for _, _, texts in columns]
    if len(columns) <= _VALUED and sum(meant.field is not None for meant in meanings) >= (1 if guess else 2):
        columns, meanings = _by_values(sheet, block, kind, known, meanings)
    header = _Header(kind, top, depth, columns, tuple(meanings))
    grouped = any("@" in field for field in header.fields)
    if depth > 1 and kind == "W2" and not grouped and not months and not sheet.merged:
        return None
    told = {field.split("@")[0] for field in header.fields} | ({"months"} if header.months else set())
    return header if _fits(kind, told, grouped) else None


_BY_MONTH = ("W2", "W3b")
"""The kinds of table whose months may stand across."""
_MONTH = Meaning(how="month", confidence=0.5)


def _meant(texts: tuple[str, ...], kind: str, guess: bool, months: bool) -> Meaning:
    """What one column means; `months`: they stand across, so that a month, or their sum, is no count of its own."""
    return _MONTH if months and is_of_months(texts) else meaning(texts, kind, guess)


def _fits(kind: str, fields: set[str], grouped: bool) -> bool:
    """Whether a table with these fields can be of this kind."""
    own = fields - {"seq", "note", "reporting_unit", "org_name", "registration"}
    fits = {
        "units": "reporting_unit" in fields and bool(fields & {"group", "order", "aliases"}),
        "W1": bool(fields & {"org_name", "union_code", "uscc"}) and len(own) >= 2,
        "W2": ((bool(fields & _MEASURES) and len(fields) >= 2) or ("months" in fields and not fields & {"method", "level", "classes"}))
        and (grouped or bool({"reporting_unit", "enterprise_type"} & fields) or len(fields & (_MEASURES | {"rate"})) >= 2)
        ,
        "W3b": bool({"persons", "person_times", "months"} & fields) and bool({"method", "level", "classes"} & fields),
        "W4": "activity" in fields and bool({"planned_on", "done_on", "participants", "progress", "owner"} & fields),
        "W3a": bool({"name", "identity", "certificate"} & fields) and len(_ROSTER & fields) >= 2,
        "W5": "item" in fields and bool({"target", "quote", "kind", "end"} & fields),
        "W6": "funds" in fields and bool({"reporting_unit", "task"} & fields),
        "W7": bool({"seq", "item"} & fields) and bool({"problems", "next_steps"} & fields or {"progress", "owner"} <= fields),
    }  # fmt: skip
    return fits[kind]


def _by_values(
    sheet: Sheet, block: _Block, kind: str, known: Known, meanings: list[Meaning]
) -> tuple[tuple[tuple[int, int, tuple[str, ...]], ...], list[Meaning]]:
    """The same columns, those without a known name read by their values; a column of units or types needs no name."""
    top, depth, span, columns = block.top, block.depth, block.span, block.columns
    taken = {meant.field for meant in meanings}
    found = dict(zip((index for index, _, _ in columns), zip(columns, meanings, strict=True), strict=True))
    below = sheet.rows[top + depth : top + depth + _SAMPLED_ROWS]
    filled = {index for row in below for index, _ in within(row, span)}
    for index in sorted(filled | set(found)):
        column, meant = found.get(index, ((index, top + depth - 1, ("",)), Meaning()))
        if meant.exact or meant.how == "parts":
            continue
        cells = [row[index] for row in below if index < len(row) and row[index] is not None]
        field = field_by_values(cells, kind, known.units, column[2])
        if field and field not in taken:
            found[index] = column, Meaning(field, "values", 0.7, (field, *meant.candidates))
            taken.add(field)
    return tuple(column for _, (column, _) in sorted(found.items())), [meant for _, (_, meant) in sorted(found.items())]


def _other(sheet: Sheet, blocks: Sequence[_Block]) -> _Header | None:
    """Recognise another workbook by its header, so that it can be refused by its own name."""
    vocabulary = synonyms("")
    best: tuple[int, _Block] | None = None
    for block in blocks:
        cells = within(sheet.rows[block.top], block.span)
        said = sum(isinstance(cell, str) and plain(cell) in vocabulary for _, cell in cells)
        if block.depth == 1 and said >= 2 and (best is None or said > best[0]):
            best = (said, block)
    if best is None:
        return None
    block = best[1]
    meanings = tuple(meaning(texts, "", False) for _, _, texts in block.columns)
    fields = {meant.field for meant in meanings}
    kind = max(_OTHER_KINDS, key=lambda name: len(_OTHER_KINDS[name] & fields))
    return _Header(kind if _OTHER_KINDS[kind] & fields else "", block.top, 1, block.columns, meanings, partial=True)


def _remembered(known: Known, blocks: Sequence[_Block]) -> _Header | None:
    """The header that a remembered form describes, its columns taken exactly as they were confirmed."""
    for block in sorted(blocks, key=lambda block: -block.depth):
        form = known.forms.get(fingerprint(_label(texts) for _, _, texts in block.columns))
        if form:
            fields: Mapping[str, str] = form.get("columns", {})
            months = form["kind"] in _BY_MONTH and stand_across(texts for _, _, texts in block.columns)
            meanings = tuple(
                Meaning(said or None, "remembered", 1.0) if (said := fields.get(_label(texts))) is not None
                and not (months and not said and is_of_months(texts))
                else _meant(texts, str(form["kind"]), True, months)
                for _, _, texts in block.columns
            )  # fmt: skip
            # what months count, their title says anew
            kind, still_open = "W2" if months else str(form["kind"]), bool(form.get("open"))
            how = _FORM_WORDS[kind == NOT_READ, still_open]
            return _Header("" if kind == NOT_READ else kind, block.top, block.depth, block.columns, meanings, how)
    return None


_FORM_WORDS = {
    (False, False): "remembered", (False, True): "chosen", (True, False): "left_out", (True, True): "leaving",
}  # fmt: skip
"""(it is no table to read, that is still to be confirmed) → the header's form."""


def _valued(sheet: Sheet, header: _Header, span: Span, known: Known) -> _Header:
    """A header whose kind was chosen on the page, its unnamed columns read by their values."""
    block = _Block(sheet, header.top, header.depth, span)
    columns, meanings = _by_values(sheet, block, header.kind, known, list(header.meanings))
    return replace(header, columns=columns, meanings=tuple(meanings))


# ------------------------------------------------------------------ header and rows together


_SINGLE = re.compile(r"单独签订|独立签订|单独建制|独立合同|单独合同")


def _layout(sheet: Sheet, known: Known, header: _Header, start: int, span: Span, to_the_end: bool = False) -> Layout:
    title = _texts(sheet.rows[start : header.top], span) or _texts(sheet.rows[start : header.top], ALL)
    header = _chosen(sheet, known, _of_training(header, title, sheet.name))
    below = sheet.rows[header.top + header.depth : header.top + header.depth + _SAMPLED_ROWS]
    columns, clashes, meanings = _columns(header)
    columns = _scaled(sheet, header, columns, start)
    body = body_of(sheet, header.top + header.depth, _shape(sheet, header, columns, span), title, to_the_end)
    named_, types = _named_above(title, sheet.name) if header.kind == "W2" else (set(), set())
    return Layout(
        header.kind or None, header.top, header.depth, columns, _run(body.rows), tuple(body.totals), clashes,
        next(iter(named_)) if len(named_) == 1 else None,
        tuple(sorted(types)),
        tuple(_recognised(column, meant, below) for column, meant in zip(columns, meanings, strict=True)),
        fingerprint(_label(texts) for _, _, texts in header.columns if texts != ("",)),
        _form(known, header, meanings), _nothing(sheet, body), start, span, tuple(body.groups),
        any(_SINGLE.search(plain(text)) for text in title), _end(body, header), body.end, header.partial,
        _across(sheet, header, title, start),
    )  # fmt: skip


def _run(places: list[int]) -> Sequence[int]:
    """The same positions; many that leave none out between them as a range, which takes no room."""
    if len(places) > _MANY and places[-1] - places[0] + 1 == len(places):
        return range(places[0], places[-1] + 1)
    return tuple(places)


_COUNTING = {"covered", "contracts", "covered_workers", "persons", "person_times", "as_of", "classes"}


def _of_training(header: _Header, title: Sequence[str], tab: str) -> _Header:
    """A header of months, which any count may stand in, as a training return's where its words say so."""
    texts = [texts for _, _, texts in header.columns]
    if not (header.kind == "W2" and header.months and is_training(texts, title, tab)):
        return header
    told = [_meant(texts, "W3b", True, True) for _, _, texts in header.columns]
    shared = ("reporting_unit", "enterprise_type", "seq", "note", "as_of")
    meanings = (old if old.field in shared else new for old, new in zip(header.meanings, told, strict=True))
    return replace(header, kind="W3b", meanings=tuple(meanings))


def _across(sheet: Sheet, header: _Header, title: Sequence[str], start: int) -> Across | None:
    """The months that stand across; None where counts or a 统计时点 beside them have columns of their own."""
    own = {field.split("@")[0] for field in header.fields}
    if header.kind not in _BY_MONTH or not header.months or own & _COUNTING:
        return None
    found = across(header.columns, header.kind, title, sheet.name)

    def scaled(ones: Sequence[MonthColumn]) -> tuple[MonthColumn, ...]:
        columns = tuple(Column(one.index, one.label, one.field or "covered", one.row) for one in ones)
        scales = (column.scale for column in _scaled(sheet, header, columns, start))
        return tuple(replace(one, scale=one.scale or scale) for one, scale in zip(ones, scales, strict=True))

    return replace(found, months=scaled(found.months), sums=scaled(found.sums))


def _named_above(title: Sequence[str], tab: str) -> tuple[set[str], set[str]]:
    """The indicators and the types that the title names; where it names none, those that the sheet's tab names."""
    return indicators_named(title) or indicators_named([tab]), types_named(title) or types_named([tab])


def _chosen(sheet: Sheet, known: Known, header: _Header) -> _Header:
    """The header with what was chosen on the page for this very sheet."""
    chosen = known.choices.get(sheet.name, {})
    cells = [address(row, index) for index, row, _ in header.columns]
    return replace(header, meanings=tuple(
        Meaning(chosen[cell] or None, "chosen", 1.0) if cell in chosen else meant
        for cell, meant in zip(cells, header.meanings, strict=True)))  # fmt: skip


def _columns(header: _Header) -> tuple[tuple[Column, ...], tuple[Column, ...], list[Meaning]]:
    """The columns; those that name a field a second time, less surely or later (their field is left out); meanings."""
    order = sorted(range(len(header.columns)), key=lambda place: (-_rank(header.meanings[place]), place))
    first: dict[str, int] = {}
    for place in order:
        if field := header.meanings[place].field:
            first.setdefault(field, place)
    columns, clashes, meanings = [], [], []
    for place, ((index, row, texts), meant) in enumerate(zip(header.columns, header.meanings, strict=True)):
        label = _shown(texts)
        if meant.field and first[meant.field] != place:
            clashes.append(Column(index, label, meant.field, row))
            meant = Meaning(None, "repeated", 0.5, (meant.field,))
        columns.append(Column(index, label, meant.field, row))
        meanings.append(meant)
    return tuple(columns), tuple(clashes), meanings


def _rank(meant: Meaning) -> int:
    """Words known to the letter come before guesses; among them the first column comes first."""
    return 2 if meant.how in ("chosen", "remembered") else 1 if meant.exact else 0


def _shown(texts: Sequence[str]) -> str:
    return "/".join(re.sub(r"\s+", "", text) for text in texts)


def _label(texts: Sequence[str]) -> str:
    """A column's levels as a form is remembered by them: no spaces, stars or widths, no year."""
    return "/".join(re.sub(r"20\d\d(?=年)", "#", plain(text)) for text in texts)


def label_path(label: str) -> str:
    """Return a column's label, as it is shown, as the key by which a remembered form knows the column."""
    return _label(label.split("/"))


_PERSONS = ("workers", "members", "covered_workers", "women_workers", "migrant_workers", "persons", "person_times",
            "participants", "target", "cumulative")  # fmt: skip
_STATED_UNIT = re.compile(r"(?:单位|单位为|计量单位)[:：]?.*?([万千百亿])(人|家|户|个|名)")


def _scaled(sheet: Sheet, header: _Header, columns: tuple[Column, ...], start: int) -> tuple[Column, ...]:
    """The columns with what their numbers count: by their own unit, the row of units below, else the line above."""
    above = [plain(text) for text in _texts(sheet.rows[start : header.top], ALL)]
    lines = [found for text in above if (found := _STATED_UNIT.search(text))]
    units = sheet.rows[header.top + header.depth] if header.top + header.depth < len(sheet.rows) else []
    own = {index: unit_of(texts[-1]) or unit_of(f"({plain(units[index])})") if index < len(units)
           and isinstance(units[index], str) else unit_of(texts[-1]) for index, _, texts in header.columns}  # fmt: skip
    scaled = []
    for column in columns:
        bare = (column.field or "").split("@")[0]
        unit = own.get(column.index, "")
        if not unit and lines and bare:
            unit = next((f"{mark}{word}" for mark, word in (line.groups() for line in lines)
                         if (word in ("人", "名")) == (bare in _PERSONS)), "")  # fmt: skip
        scaled.append(replace(column, scale=scale_of(unit)) if bare else column)
    return tuple(scaled)


def _texts(rows: Sequence[Sequence[Cell]], span: Span) -> list[str]:
    return [cell for row in rows for _, cell in within(row, span) if isinstance(cell, str)]


def _shape(sheet: Sheet, header: _Header, columns: tuple[Column, ...], span: Span) -> Shape:
    used = tuple(column.index for column in columns)
    titles = tuple(
        tuple(plain(row[i]) for i in used if i < len(row) and row[i] is not None)
        for row in sheet.rows[header.top : header.top + header.depth]
    )
    units = [column.index for column in columns if column.field == "reporting_unit"]
    wide = frozenset(first for first, left, _, right in sheet.merged if right > left)
    naming = tuple(column.index for column in columns if column.field in _NAMING)
    return Shape(used, naming, units[0] if units else None, titles, span, wide)


def _recognised(column: Column, meant: Meaning, below: Sequence[Sequence[Cell]]) -> Recognition:
    cells = (row[column.index] for row in below if column.index < len(row) and row[column.index] is not None)
    samples = tuple(str(cell) for cell, _ in zip(cells, range(_SAMPLES), strict=False))
    return Recognition(address(column.row, column.index), column.label, column.field, meant.how, meant.confidence,
                       samples, meant.candidates, column.scale)  # fmt: skip


def _form(known: Known, header: _Header, meanings: Sequence[Meaning]) -> str:
    if header.form != "new":
        return "new" if header.form == "chosen" else header.form
    ours = all(meant.how == "template" for meant in meanings)
    return "template" if ours or (known.template == header.kind and all(m.exact for m in meanings)) else "new"


def _nothing(sheet: Sheet, body: Body) -> bool:
    """A table without a row that says so; a lone 无 below prefilled rows says nothing about them."""
    if len(body.rows) > 3:
        return False
    if body.rows:
        cells = [cell for place in body.rows[:3] for cell in sheet.rows[place] if isinstance(cell, str)]
        numbers = any(
            not isinstance(cell, str) for place in body.rows for cell in sheet.rows[place] if cell is not None
        )
        return not numbers and any("零报告" in plain(cell) for cell in cells)
    return body.nil


def _end(body: Body, header: _Header) -> int | None:
    """Where the next table's title begins: below this one's last data or total row."""
    if body.end is None:
        return None
    last = max(body.rows[-1:] + body.totals[-1:], default=header.top + header.depth - 1)
    return min(last + 1, body.end)
