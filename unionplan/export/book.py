"""The meeting's workbook: contents, the form of four columns, how far whole indicators are, then a sheet for every exhibit.

Cells are written by type: a text is never a formula, a link or a number. A rate stands as its exact fraction; where the
usual format would print it as reaching its target, the cell's own format prints what the board prints.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

import xlsxwriter

from unionplan import narrative, theme
from unionplan.attainment import Attainment, ItemState, composite, need
from unionplan.charts.wall_titles import progress, standing_words
from unionplan.coverage_words import composite_sentence
from unionplan.exhibits import Exhibit, Rate, Value
from unionplan.export.book_charts import Place, chart
from unionplan.export.cells import printed, role_of
from unionplan.export.graphs import PERCENT, Graph, graphs, rounded
from unionplan.export.occasion import INTERNAL, Occasion
from unionplan.export.slides import require_data, subject
from unionplan.export.workbook import CELL, looks, opened, write_cell
from unionplan.plan import COVERAGE
from unionplan.standpoint import Standpoint
from unionplan.theme import plain

FORM, WHOLE = "完成情况表", "综合完成程度"
FORM_HEADS = ("目标名称", "考核内容及指标", "累计完成情况", "完成度")
WHOLE_HEADS = ("指标", "企业类型", "已达（家）", "应建（家）", "目标", "应达（家）", "计入（家）", "完成程度")
PAGE = 128  # letters that a printed line of A4 across holds at a size that can be read
LETTER = 7.4  # pixels
LINE = 16  # points: a line of a cell
ONE_PAGE = 30  # rows that stand on one printed page together with their chart
Cell = Value


@dataclass
class _Book:
    """The workbook in the making: its formats, and the sheets with what the contents say of each."""

    file: xlsxwriter.Workbook
    occasion: Occasion
    sample: bool
    formats: dict[str, Any]
    told: list[tuple[str, str, date | None]] = field(default_factory=list)

    def format(self, key: str, **more: Any) -> Any:
        """Return a format of a cell, made once."""
        if key not in self.formats:
            self.formats[key] = self.file.add_format({**CELL, **more})
        return self.formats[key]

    def sheet(self, name: str) -> Any:
        """Return a new sheet of this name, shortened and made unlike the others as Excel asks."""
        plain_name = re.sub(r"[\[\]:*?/\\'：]", "", theme.plain(name))[:26] or "表"
        taken = {one.get_name() for one in self.file.worksheets()}
        names = (plain_name, *(f"{plain_name}（{n}）" for n in range(2, 99)))
        return self.file.add_worksheet(next(one for one in names if one not in taken))


@dataclass(frozen=True)
class _Table:
    """A sheet's words and its table; `roles` colours cells, (row, column) → role."""

    title: str
    lines: Sequence[str]
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    roles: dict[tuple[int, int], theme.Role] = field(default_factory=dict)
    most: int = 30


def book_of(board: Standpoint, shown: Sequence[Exhibit], occasion: Occasion) -> bytes:
    """Return the workbook as the bytes of an .xlsx file; raises ExportError where there is nothing to show."""
    require_data(shown)
    out = io.BytesIO()
    file = opened(out, occasion.held_on)
    book = _Book(file, occasion, board.plan.settings.sample, looks(file))
    contents = book.sheet("目录")
    _form(book, board)
    _whole(book, board)
    for one in shown:
        _exhibit(book, one, graphs(one, board.plan))
    _contents(book, contents, board)
    file.set_properties(
        {"title": subject(board, occasion), "author": "", "comments": "", "created": file.doc_properties["created"]}
    )
    file.close()
    return out.getvalue()


def _contents(book: _Book, sheet: Any, board: Standpoint) -> None:
    rows: list[list[Cell]] = [
        [number, name, title, day] for number, (name, title, day) in enumerate(book.told, start=1)
    ]
    occasion = book.occasion
    lines = [occasion.meeting, occasion.author, f"备注：{occasion.footnote}" if occasion.footnote.strip() else "",
             narrative.as_of_words(board.rows())]  # fmt: skip
    head = _written(
        book, sheet, _Table(subject(board, occasion), lines, ("序号", "工作表", "内容", "数据截至"), rows, most=60)
    )
    link = book.format("link", font_color=theme.FOCUS, underline=1)
    for number, (name, _, _) in enumerate(book.told, start=1):
        sheet.write_url(head + number, 1, f"internal:'{name}'!A1", link, name)


# The form, and whole indicators


def _form(book: _Book, board: Standpoint) -> None:
    states = [one for one in board.states() if one.item.plan == narrative.CITY_PLAN]
    own = [row for row in board.rows() if row.item is None and row.target_bp is not None]
    rows: list[list[Cell]] = [_item(one, board.today) for one in states] + [_own(row, board) for row in own]
    roles = {
        (n, 3): theme.role(status) for n, status in enumerate([*(s.status for s in states), *(r.status for r in own)])
    }
    title = f"{narrative.CITY_PLAN}{len(states)}项" + (f"、本市补充{len(own)}项" if own else "") + "完成情况"
    lines = [narrative.overview_title(board.rows()), "完成度：比率类为完成值和状态，其余为状态和进度；考核内容为计划原句",
             narrative.source(narrative.renamed(board.rows(), book.occasion.names))]  # fmt: skip
    _put(book, FORM, _Table(title, lines, FORM_HEADS, rows, roles, 36), narrative.as_of_words(board.rows()), board)


def _item(one: ItemState, today: date) -> list[Cell]:
    words = f"{theme.STATUS[one.status].glyph} {standing_words(one, today)}"
    return [one.item.name, one.item.quote, progress(one) or theme.NONE, words]


def _own(row: Attainment, board: Standpoint) -> list[Cell]:
    indicator = board.plan.indicators[row.indicator]
    asked = f"{narrative.subject(row, indicator)}达到{theme.target_percent(row.target_bp or 0)}%（本市补充目标）"
    rate = (
        ""
        if row.numerator is None or not row.denominator
        else f" {theme.percent(row.numerator, row.denominator, row.target_bp)}%"
    )
    return [
        narrative.subject(row, indicator),
        asked,
        narrative.figure(row, indicator),
        f"{theme.light(row.status)}{rate}",
    ]


def _whole(book: _Book, board: Standpoint) -> None:
    rows: list[list[Cell]] = []
    lines = []
    for name in COVERAGE:
        own = [row for row in board.rows() if row.indicator == name and row.target_bp is not None]
        indicator = board.plan.indicators.get(name)
        if indicator is not None and (said := composite_sentence(own, indicator)):
            lines.append(said)
            rows += _parts(own, indicator.name)
    if rows:
        note = "计入＝已达与应达中较小的一数；完成程度＝计入÷应达，未报和数据过期的不计入"
        lines += [note, narrative.source(narrative.renamed(board.rows(), book.occasion.names))]
        _put(book, WHOLE, _Table("各指标综合完成程度", lines, WHOLE_HEADS, rows), "各指标综合完成程度", board)


def _parts(rows: Sequence[Attainment], name: str) -> list[list[Cell]]:
    """A line for every type that counts, and the indicator's own below them."""
    told = [(row, row.numerator, row.denominator, row.target_bp) for row in rows if row.status != "stale"]
    cells = [(row, a, n, bp) for row, a, n, bp in told if a is not None and n and bp is not None]
    lines: list[list[Cell]] = [_part(name, *one) for one in cells]
    whole = composite([(a, n, bp) for _, a, n, bp in cells])
    due = sum(need(n, bp) for _, _, n, bp in cells)
    have = sum(min(a, need(n, bp)) for _, a, n, bp in cells)
    share = None if whole is None else Rate(whole.numerator, whole.denominator)
    return [*lines, [name, "合计", None, None, None, due, have, share]]


def _part(name: str, row: Attainment, covered: int, base: int, bp: int) -> list[Cell]:
    due = need(base, bp)
    share = Rate(min(covered, due), due) if due else None
    return [name, theme.SCOPE_WORDS[row.scope], covered, base, Rate(bp, 10_000), due, min(covered, due), share]


def _put(book: _Book, name: str, table: _Table, said: str, board: Standpoint) -> None:
    sheet = book.sheet(name)
    _written(book, sheet, table)
    days = [row.as_of for row in board.rows() if row.as_of]
    book.told.append(
        (
            sheet.get_name(),
            said if said != narrative.as_of_words(board.rows()) else table.title,
            max(days, default=None),
        )
    )


# An exhibit


def _exhibit(book: _Book, one: Exhibit, found: Sequence[Graph]) -> None:
    sheet, made = book.sheet(one.name.replace("_", "·")), [_printed_graph(graph) for graph in found]
    table, places, names = _data(one, made)
    head = _written(book, sheet, table)
    _charts(book, sheet, one, made, [Place(sheet.get_name(), head, names, columns) for columns in places], table)
    book.told.append((sheet.get_name(), table.title, one.as_of))


def _data(one: Exhibit, made: Sequence[Graph]) -> tuple[_Table, list[list[int]], int]:
    """An exhibit's table with what its charts need besides, each chart's columns, and the column of the names.

    Where two columns name a target, one more before them has both in short, for the chart.
    """
    first = 1 if one.kind == "bullet" and made else 0
    names = 1 if one.kind == "participation" else 0
    extra = [series for graph in made for series in graph.series if series.column is None]
    rows = _rows(one, made, extra, names)
    headers = [head.replace("（%）", "") for head in one.table.headers] + [series.name for series in extra]
    own = {id(series): len(one.table.headers) + number for number, series in enumerate(extra)}
    places = [[own.get(id(series), series.column or 0) + first for series in graph.series] for graph in made]
    roles = {(row, column + first): role for (row, column), role in _roles(one).items()}
    if first:
        headers = ["项目", *headers]
        rows = [[str(name), *row] for name, row in zip(made[0].categories, rows, strict=True)]
    lines = [one.subtitle, f"口径：{one.note}" if one.note else "", one.source]
    return _Table(one.title.replace("｜", ""), lines, headers, rows, roles), places, names


def _charts(
    book: _Book, sheet: Any, one: Exhibit, made: Sequence[Graph], places: Sequence[Place], table: _Table
) -> None:
    """Put the charts beside the table, or below it where that is wide."""
    across = sum(_widths(table))
    beside = across <= 0.5 * PAGE
    row, column = (places[0].head, len(table.headers) + 1) if beside and places else (0, 0)
    if places and not beside:
        row = places[0].head + len(table.rows) + 2
    width = round((PAGE - across - 4) * LETTER if beside else max(PAGE, across) * LETTER * 0.97)
    for graph, at in zip(made, places, strict=True):
        each = 21 if len(graph.series) == 1 or graph.stacked else 32
        height = max(220, each * len(graph.categories) + 60) if graph.across else 320
        sheet.insert_chart(row, column, chart(book.file, graph, at, width, height),
                           {"description": plain(one.title), "object_position": 2})  # fmt: skip
        row += height // 20 + 2
    if made:
        sheet.set_landscape()
        sheet.fit_to_pages(1, 1 if len(table.rows) <= ONE_PAGE else 0)


def _printed_graph(graph: Graph) -> Graph:
    """A chart without what only lies behind its bars, targets as bars beside theirs, bars without the months ahead."""
    graph = replace(graph, series=[one for one in graph.series if not one.quiet])
    if any(one.look == "mark" for one in graph.series):  # from left to right every name has room on one line
        series = [replace(one, look="bar") for one in graph.series]
        return replace(graph, series=series, across=True)
    bars = all(one.look == "bar" for one in graph.series)
    return graph.part(0, max(one.last for one in graph.series) + 1) if graph.dated and bars else graph


def _rows(one: Exhibit, made: Sequence[Graph], extra: Sequence[Any], names: int) -> list[list[Cell]]:
    """The exhibit's table with the series that it lacks, and the categories that lie ahead of it."""
    rows: list[list[Cell]] = [[*row] for row in one.table.rows]
    ahead = list(made[0].categories[len(rows) :]) if made else []
    blank: list[Cell] = [None] * len(one.table.headers)
    rows += [[*blank[:names], day if isinstance(day, date) else str(day), *blank[names + 1 :]] for day in ahead]
    for graph in made:
        for series in graph.series:
            for place in range(len(one.table.rows), len(series.values)):
                if series.column is not None:
                    rows[place][series.column] = _cell(series, place, graph)
    return [[*row, *(_cell(series, place, made[0]) for series in extra)] for place, row in enumerate(rows)]


def _cell(series: Any, place: int, graph: Graph) -> Cell:
    """A value of a series as a cell: a rate with the words that are printed for it."""
    value = series.values[place] if place < len(series.values) else None
    if value is None or not graph.percent:
        return None if value is None else value if isinstance(value, int) else Fraction(value)
    shown = series.shown[place] if place < len(series.shown) else ""
    return _Shown(value.numerator, value.denominator, None, shown)


@dataclass(frozen=True)
class _Shown(Rate):
    """A rate whose printed words are known."""

    words: str = ""

    @property
    def shown(self) -> str:
        """Return it as printed, without the sign."""
        return self.words.removesuffix("%") or super().shown


def _roles(one: Exhibit) -> dict[tuple[int, int], theme.Role]:
    if one.kind == "heatmap":
        columns = list(dict.fromkeys((cell.indicator, cell.scope) for cell in one.facts.cells))
        rows = {unit: place for place, unit in enumerate(one.facts.units)}
        return {(rows[cell.reporting_unit], 1 + columns.index((cell.indicator, cell.scope))): theme.role(cell.status)
                for cell in one.facts.cells}  # fmt: skip
    return {(place, column): role for place, row in enumerate(one.table.rows) for column, value in enumerate(row)
            if isinstance(value, str) and (role := role_of(value))}  # fmt: skip


# Writing


def _written(book: _Book, sheet: Any, table: _Table) -> int:
    """Write words and table, set the page for print, and return the head's row."""
    widths = _widths(table)
    across = sum(widths)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    marks = [INTERNAL if book.occasion.internal else "", "示例数据" if book.sample else ""]
    lines = [theme.plain(line) for line in (*table.lines, "　".join(filter(None, marks))) if line]
    for row, (line, look) in enumerate(((table.title, "title"), *((line, "line") for line in lines))):
        _merged(book, sheet, row, len(table.headers), line, look, across)
    head = len(lines) + 2
    for column, words in enumerate(table.headers):
        sheet.write_string(head, column, plain(words), book.formats["head"])
    for number, cells in enumerate(table.rows):
        for column, value in enumerate(cells):
            _one(book, sheet, head + 1 + number, column, value, table.roles.get((number, column)))
        _high(sheet, head + 1 + number, cells, widths)
    _high(sheet, head, table.headers, widths)
    sheet.autofilter(head, 0, head + len(table.rows), len(table.headers) - 1)
    sheet.freeze_panes(head + 1, 1)
    _page(sheet, head, across)
    return head


def _high(sheet: Any, row: int, cells: Sequence[Cell], widths: Sequence[int]) -> None:
    """Make a row as high as its longest text needs."""
    lines = [-(-_letters(value) // max(1, width - 2)) for value, width in zip(cells, widths, strict=True)]
    sheet.set_row(row, LINE * max(1, *lines) + 2)


def _page(sheet: Any, head: int, across: int) -> None:
    sheet.set_landscape() if across > 90 else sheet.set_portrait()
    sheet.set_paper(9)
    sheet.set_margins(0.5, 0.5, 0.6, 0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
    sheet.set_footer("&L&A&R第 &P 页，共 &N 页")


def _merged(book: _Book, sheet: Any, row: int, columns: int, words: str, look: str, across: int) -> None:
    """A line over all columns, as high as it needs."""
    size = 14 if look == "title" else 11
    form = book.format(f"{look}-wide", border=0, text_wrap=True, font_size=size, bold=look == "title",
                       font_color=theme.INK if look == "title" else theme.INK_SOFT)  # fmt: skip
    if columns > 1:
        sheet.merge_range(row, 0, row, columns - 1, "", form)
    sheet.write_string(row, 0, plain(words), form)
    lines = -(-sum(2 if ord(letter) > 255 else 1 for letter in words) * size / 11 // (across * 0.95))
    sheet.set_row(row, max(1, lines) * size * 1.45)


def _one(book: _Book, sheet: Any, row: int, column: int, value: Cell, role: theme.Role | None) -> None:
    colours = {"bg_color": role.cell, "font_color": role.ink} if role else {}
    key = role.cell if role else ""
    if isinstance(value, Rate):
        exact = Fraction(value.numerator, value.denominator)
        words = f"{value.shown}%"
        shape = PERCENT if rounded(exact) == words else f'"{words}"'
        sheet.write_number(row, column, float(exact), book.format(f"{shape}{key}", num_format=shape, **colours))
    elif isinstance(value, Fraction):
        sheet.write_number(row, column, float(value), _amount(book, value))
    elif isinstance(value, str) and role:
        sheet.write_string(row, column, plain(value), book.format(f"text{key}", text_wrap=True, indent=1, **colours))
    else:
        write_cell(sheet, row, column, value, book.formats)


def _amount(book: _Book, value: Fraction) -> Any:
    """The format that prints an amount with the decimals that it has, two at most."""
    decimals = len(printed(value).partition(".")[2])
    shape = "#,##0" + ("." + "0" * decimals if decimals else "")
    return book.format(shape, num_format=shape)


def _widths(table: _Table) -> list[int]:
    """Letters a column: as wide as its longest cell, a Chinese letter counted twice, at least half its head."""
    found = []
    for column, head in enumerate(table.headers):
        cells = [_letters(row[column]) for row in table.rows[:300]]
        found.append(min(table.most, max(-(-_letters(head) // 2) + 2, 7, *cells) + 2))
    return found


def _letters(value: Cell) -> int:
    text = "" if value is None else printed(value)
    return sum(2 if ord(letter) > 255 else 1 for letter in text)
