"""The meeting's slides: a cover, what is on them, then one slide or more for every exhibit, as native charts and tables.

A chart that is drawn freely (plan wall, timeline, calendar) becomes native shapes. What one slide cannot hold goes on to
the next; nothing is cut or left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import pairwise

from pptx.opc.constants import RELATIONSHIP_TYPE as RT

from unionplan import narrative, theme
from unionplan.attainment import Attainment
from unionplan.charts.profile import SLIDE, leading, text_width, widest, wrap
from unionplan.charts.trend_forecast import METHOD
from unionplan.errors import ExportError
from unionplan.exhibits import Exhibit, Rate, Value
from unionplan.export.cells import printed, role_of
from unionplan.export.deck import SLACK, Cell, Deck, Page, table, text
from unionplan.export.drawn import drawn_pages, part_of, told
from unionplan.export.graphs import TYPE_COLOURS, Graph, graphs, shown
from unionplan.export.occasion import INTERNAL, Occasion
from unionplan.export.slide_charts import Look, add_chart
from unionplan.plan import Plan
from unionplan.standpoint import Standpoint

COLUMNS, ROWS = 12, 14
"""The most targets side by side, and the most rows under each other, that one slide shows."""
HEAT_ROOM = 732  # pixels for the rows of a heat map, below its heads
SMALL = 19.0  # pixels: 9.5 points
Slides = list[Page]


@dataclass(frozen=True)
class Job:
    """One exhibit to be put on slides, with its charts."""

    deck: Deck
    one: Exhibit
    made: Sequence[Graph]
    plan: Plan


def deck_of(board: Standpoint, shown_: Sequence[Exhibit], occasion: Occasion) -> bytes:
    """Return the slides as the bytes of a .pptx file; raises ExportError where there is nothing to show."""
    require_data(shown_)
    marks = [INTERNAL if occasion.internal else "", "示例数据" if board.plan.settings.sample else ""]
    title = subject(board, occasion)
    deck = Deck(title, occasion.held_on, "　".join(filter(None, marks)))
    deck.cover(title, [occasion.meeting], _below(board, occasion))
    contents = _contents(deck)
    places = [(one, _slides(deck, one, board)) for one in shown_]
    _listed(deck, contents, places)
    if occasion.sentences:
        _typed(deck, occasion)
    return deck.data()


def require_data(shown_: Sequence[Exhibit]) -> None:
    """Raise ExportError where nothing was chosen or nothing has come in yet."""
    if not shown_:
        raise ExportError("导出材料", "没有选中任何图表", "", "请至少选一张图")
    if not any(one.as_of for one in shown_):
        raise ExportError("导出材料", "看板上还没有数据", "有数据才能导出", "请先在“数据更新”上传台账或汇总表")


def subject(board: Standpoint, occasion: Occasion) -> str:
    """Return what the material is about: the occasion's own words, else the plan period's."""
    return titled(board, occasion).replace("｜", "")


def titled(board: Standpoint, occasion: Occasion) -> str:
    """Return the subject with ｜ where its line may be broken."""
    settings = board.plan.settings
    return theme.plain(occasion.subject) or f"{settings.city}工会{settings.period_name}｜目标任务推进情况"


def _below(board: Standpoint, occasion: Occasion) -> list[str]:
    footnote = f"备注：{occasion.footnote}" if occasion.footnote.strip() else ""
    day = f"{theme.chinese_date(occasion.held_on)}（{narrative.as_of_words(board.rows())}）"
    return [line for one in (occasion.author, day, footnote) if (line := theme.plain(one))]


def _slides(deck: Deck, one: Exhibit, board: Standpoint) -> Slides:
    """Make an exhibit's slides and write what stands behind them into the notes."""
    plan = board.plan
    made = graphs(one, plan)
    make = _MAKERS.get(one.kind) if made or one.kind == "heatmap" else None
    pages = (
        make(Job(deck, one, made, plan)) if make else drawn_pages(deck, one, plan, board.today) or _listing(deck, one)
    )
    for page in pages:
        deck.notes(page, [one.title, one.subtitle, f"口径：{one.note}" if one.note else "", one.source])
    return pages


def page_of(deck: Deck, one: Exhibit, number: int = 1, of: int = 1, more: str = "") -> Page:
    """Add a slide with an exhibit's words; `more` is a further sentence of definition."""
    note = "；".join(filter(None, (one.note, more)))
    return deck.page(one.title + part_of(number, of), one.subtitle, one.source, note)


# Contents, and what people typed


def _contents(deck: Deck) -> Page:
    return deck.page("目录", "点击标题可到那一页")


def _listed(deck: Deck, page: Page, places: Sequence[tuple[Exhibit, Slides]]) -> None:
    p = SLIDE
    rows: list[list[Cell]] = []
    room = p.inner - 120
    for one, slides in places:
        link = page.slide.part.relate_to(slides[0].slide.part, RT.SLIDE)
        number = deck.pages.index(slides[0]) + 1
        lines = wrap(one.title.replace("｜", ""), p.label, room - 20)
        rows.append([Cell(str(number), p.label, theme.INK_FAINT), Cell("\n".join(lines), p.label, link=link)])
    heights = [max(52.0, (row[1].text.count("\n") + 1) * leading(p.label) + 10) for row in rows]
    table(page, "目录", "本材料各页的标题和页码", p.margin, page.top, [120, room], rows, heights)


def _typed(deck: Deck, occasion: Occasion) -> None:
    """What people wrote as reasons and measures, as they wrote it."""
    for title, told_ in (("原因分析", occasion.reasons), ("下一步措施", occasion.measures)):
        lines = [line for one in told_ for line in wrap(one, 1.2 * SLIDE.u, SLIDE.inner)]
        for start in range(0, len(lines), 18):
            page = deck.page(title)
            page.add(text(lines[start : start + 18], SLIDE.margin, page.top, SLIDE.inner, 1.2 * SLIDE.u, theme.INK))


# Columns over a table: targets, contracts that run out


def _columns(job: Job) -> Slides:
    deck, one, made, plan = job.deck, job.one, job.made, job.plan
    graph, lines = made[0], _below_columns(one, plan)
    goals = "短横线为目标" if len(graph.series) > 1 else ""
    pages = _chunks(len(graph.categories), COLUMNS)
    return [
        _columns_page(page_of(deck, one, number, len(pages), goals), one, graph.part(start, stop),
                      [row[start:stop] for row in lines], deck.day)
        for number, (start, stop) in enumerate(pages, start=1)
    ]  # fmt: skip


def _chunks(count: int, most: int) -> list[tuple[int, int]]:
    """Even parts of at most so many."""
    pages = -(-count // most)
    ends = [count * number // pages for number in range(pages + 1)]
    return list(pairwise(ends))


def _below_columns(one: Exhibit, plan: Plan) -> list[list[str]]:
    """The table's lines under the columns: names first, then a line each for what the exhibit's table tells."""
    if one.kind == "expiry":
        return [[printed(row[place]) for row in one.table.rows] for place in (0, 1, 2)]
    rows: Sequence[Attainment] = one.facts
    names = [f"{plan.indicators[row.indicator].short}\n{theme.SCOPE_SHORT[row.scope]}" for row in rows]
    goals = ["—" if row.target_bp is None else f"{theme.target_percent(row.target_bp)}%" for row in rows]
    counts = [[printed(row[place]) for row in one.table.rows] for place in (4, 5, 6)]
    return [names, goals, *counts, [theme.light(row.status).replace("·", "\n") for row in rows]]


def _heads(one: Exhibit) -> list[str]:
    if one.kind == "expiry":
        return ["", "到期（家）", "仍覆盖（家）"]
    return ["", "目标", *one.table.headers[4:7], "状态"]


def _columns_page(page: Page, one: Exhibit, graph: Graph, lines: Sequence[Sequence[str]], day: date) -> Page:
    p, heads = SLIDE, _heads(one)
    first = max(text_width("100%", p.head) + 0.6 * p.u, widest(heads, p.head) + 0.6 * p.u)
    wide = min((p.inner - first) / len(graph.categories), 14 * p.u)
    cells = [_column_row(head, words, wide) for head, words in zip(heads, lines, strict=True)]
    heights = [max(cell.text.count("\n") + 1 for cell in row) * leading(p.head) + 0.35 * p.u for row in cells]
    top = page.bottom - sum(heights)
    frame = (p.margin, page.top, first + wide * len(graph.categories), top - page.top)
    look = Look((first, 0.6 * p.u, frame[2], frame[3] - 2), labels="inBase", label_colour=theme.PAPER, gap=55)
    graph = replace(graph, high=max(1.0, graph.high or graph.top))
    add_chart(page, graph, f"图 {one.name}", told(one), frame, look, day)
    widths = [first, *[wide] * len(graph.categories)]
    table(page, f"表 {one.name}", told(one), p.margin, top, widths, cells, heights)
    return page


def _column_row(head: str, words: Sequence[str], wide: float) -> list[Cell]:
    p, name = SLIDE, head == ""
    cells = [Cell(head, p.head, theme.INK_FAINT, align="left")]
    for one in words:
        lines = [line for part in one.split("\n") for line in wrap(part, p.head, SLACK * wide - 12)]
        role = role_of(one.replace("\n", "·"))
        if role is not None:
            cells.append(Cell("\n".join(lines), p.head, role.ink, True, role.cell, "center"))
        else:
            cells.append(Cell("\n".join(lines), p.head, theme.INK, name, align="center"))
    return cells


# Bars beside a table: gaps, breakdowns, dues, who took part, what changed


def _rows(job: Job) -> Slides:
    deck, one, made = job.deck, job.one, job.made
    graph = made[0]
    high = graph.high or graph.top
    low = min((float(value) for series in graph.series for value in series.values if value is not None), default=0)
    room = 1.0 if graph.stacked else 1.18
    graph = replace(graph, high=(high or 1) * room, low=min(0.0, low) * 1.6)
    pages = _chunks(len(graph.categories), 10 if _paired(graph) else ROWS)
    return [
        _rows_page(page_of(deck, one, number, len(pages)), one, graph.part(start, stop),
                   _beside(one, made[0], start, stop), deck.day)
        for number, (start, stop) in enumerate(pages, start=1)
    ]  # fmt: skip


def _paired(graph: Graph) -> bool:
    """Whether every row has two bars, one under the other."""
    return len(graph.series) == 2 and not (graph.stacked or graph.overlaid)


def _beside(one: Exhibit, graph: Graph, start: int, stop: int) -> list[tuple[str, list[str], str]]:
    """The columns right of the bars: head, cells, colour of the head."""
    drawn = {series.column for series in graph.series}
    names = 1 if one.kind == "participation" else 0
    skip = {names, *drawn, *((0,) if one.kind == "participation" else ())}
    rows = one.table.rows[start:stop]
    columns = [
        (head, _told([row[place] for row in rows]), "")
        for place, head in enumerate(one.table.headers) if place not in skip
    ]  # fmt: skip
    if one.kind == "participation":
        colours = dict(zip(("国", "集", "非", "未"), TYPE_COLOURS, strict=True))
        parts = [(series.name, [printed(value) for value in series.values[start:stop]], colours[series.name[0]])
                 for series in graph.series]  # fmt: skip
        columns[1:1] = parts
    if one.kind == "breakdown":
        columns.insert(0, ("占比", _shares(graph)[start:stop], ""))
    return [(head.replace("（%）", ""), cells, colour) for head, cells, colour in columns]


def _told(values: Sequence[Value]) -> list[str]:
    """A column's cells; days of one year without it."""
    days = [value for value in values if isinstance(value, date)]
    if len({day.year for day in days}) == 1:
        return [theme.month_day(value) if isinstance(value, date) else printed(value) for value in values]
    return [_with_sign(value) for value in values]


def _with_sign(value: Value) -> str:
    return f"{value.shown}%" if isinstance(value, Rate) else printed(value)


def _shares(graph: Graph) -> list[str]:
    values = graph.series[0].values
    total = sum(int(value) for value in values if value is not None)
    return [shown(Fraction(int(value), total), None) if value is not None and total else "—" for value in values]


def _rows_page(page: Page, one: Exhibit, graph: Graph, beside: Sequence[tuple[str, list[str], str]], day: date) -> Page:
    p = SLIDE
    size = p.head if len(graph.categories) > 11 else p.label
    names = [str(name) for name in graph.categories]
    first = min(max(widest(names, size, True) / SLACK, 5 * p.u) + 0.8 * p.u, 21 * p.u)
    widths = [_wide(head, cells, size) for head, cells, _ in beside]
    bars = max(p.inner - first - sum(widths), 8 * p.u)
    head = (
        leading(p.source) * max(2 if "（" in one_head else 1 for one_head, _, _ in [*beside, ("", [], "")]) + 0.5 * p.u
    )
    height = min(4.0 * p.u, (page.bottom - page.top - head) / len(names))
    rows = [_bar_heads(one, graph, beside)]
    rows += [_bar_row(name, [cells[place] for _, cells, _ in beside], size, first) for place, name in enumerate(names)]
    heights = [head, *[height] * len(names)]
    table(page, f"表 {one.name}", told(one), p.margin, page.top, [first, bars, *widths], rows, heights)
    frame = (p.margin + first, page.top + head, bars, height * len(names))
    look = Look((4, 0, bars - 12, frame[3]), values=False, gap=30 if _paired(graph) else 45)
    add_chart(page, graph, f"图 {one.name}", told(one), frame, look, day)
    return page


def _wide(head: str, cells: Sequence[str], size: float) -> float:
    words = f"■ {head}".replace("（", "\n（").split("\n")
    return max(widest(words, SLIDE.source), widest(cells, size, True)) / 0.84 + 0.8 * SLIDE.u


def _bar_heads(one: Exhibit, graph: Graph, beside: Sequence[tuple[str, list[str], str]]) -> list[Cell]:
    p = SLIDE
    said = "参与单位（家）" if graph.stacked else graph.series[-1].name
    if _paired(graph):
        said = f"深色 {graph.series[0].name}　浅色 {graph.series[1].name}"
    first = one.table.headers[1 if one.kind == "participation" else 0]
    heads = [Cell(first, p.source, theme.INK_FAINT), Cell(said, p.source, theme.INK_FAINT)]
    for head, _, colour in beside:
        words = f"■ {head}" if colour else head
        ink = colour if colour and colour != theme.BAND else theme.INK_FAINT
        at = "center" if head == "状态" else "left" if head in ("审计与公布",) else "right"
        heads.append(Cell(words.replace("（", "\n（"), p.source, ink, align=at))
    return heads


def _bar_row(name: str, cells: Sequence[str], size: float, first: float) -> list[Cell]:
    lines = wrap(name, size, SLACK * first - 12)
    small = size if len(lines) < 2 else SMALL
    row = [Cell("\n".join(wrap(name, small, SLACK * first - 12)), small, theme.INK, True), Cell("", SMALL)]
    for words in cells:
        role = role_of(words)
        if role is not None:
            row.append(Cell(words, size, role.ink, True, role.cell, "center"))
        else:
            text_cell = not any(char.isdigit() for char in words[:1]) and words != "—"
            row.append(Cell(words, size, theme.INK_SOFT, align="left" if text_cell or "审计" in words else "right"))
    return row


# A line over time


def _trend(job: Job) -> Slides:
    deck, one, made = job.deck, job.one, job.made
    p, ahead = SLIDE, one.facts.ahead
    method = METHOD.format(periods=ahead.periods) if ahead else ""
    graph = _clear(made[0])
    floor = f"纵轴从{round((graph.low or 0) * 100)}%起" if graph.low else ""
    page = page_of(deck, one, more="；".join(filter(None, (floor, method))))
    frame = (p.margin, page.top, p.inner, page.bottom - page.top)
    look = Look((3.0 * p.u, 0.8 * p.u, p.inner - 5.5 * p.u, frame[3] - 1.8 * p.u), categories=True)
    add_chart(page, graph, f"图 {one.name}", told(one), frame, look, deck.day)
    return [page]


def _clear(graph: Graph) -> Graph:
    """Put the figure's own label on the side that is free, the forecast's beside its end."""
    due = next((one for one in graph.series if one.name == "序时应达"), None)
    own = graph.series[0]
    above = due is not None and own.last >= 0 and (due.values[own.last] or 0) < (own.values[own.last] or 0)
    sides = {"完成值": "t" if above else "b", "序时应达": "b" if above else "t", "预测（仅供参考）": "r", "目标": "t"}
    return replace(graph, series=[replace(one, side=sides.get(one.name, one.side)) for one in graph.series])


def _progress(job: Job) -> Slides:
    deck, one, made = job.deck, job.one, job.made
    p, page = SLIDE, page_of(deck, one)
    total, monthly = made
    upper = 0.62 * (page.bottom - page.top)
    left, right = 4.2 * p.u, p.inner - 1.0 * p.u
    due = next((series for series in total.series if series.name == "序时应达"), None)
    above = due is not None and (due.values[total.series[0].last] or 0) < (
        total.series[0].values[total.series[0].last] or 0
    )
    sides = {"累计人数": "t" if above else "r", "序时应达": "r" if above else "t", "任务": "t"}
    total = replace(total, high=_round_up(total.top), series=[replace(s, side=sides[s.name]) for s in total.series])
    add_chart(page, total, "图 累计人数", told(one), (p.margin, page.top, p.inner, upper),
              Look((left, 1.4 * p.u, right, upper - 1.6 * p.u), categories=True), deck.day)  # fmt: skip
    y = page.top + upper
    page.add(text(["当月人数，人"], p.margin, y + 0.2 * p.u, 600, p.head, theme.INK_SOFT, True, name="小标题"))
    lower = page.bottom - y - 1.4 * p.u
    last = monthly.part(0, monthly.series[0].last + 1) if monthly.series[0].last >= 0 else monthly
    add_chart(page, replace(last, high=last.top * 1.25 or None), "图 当月人数", told(one), (p.margin, y + 1.4 * p.u, p.inner, lower),
              Look((left, 0.3 * p.u, right, lower - 1.5 * p.u), categories=True, values=False, gap=80), deck.day)  # fmt: skip
    return [page]


def _round_up(value: float) -> float:
    step = 10 ** max(0, len(str(int(value))) - 1)
    return float((int(value * 1.1) // step + 1) * step)


# Unit by unit


def _heat(job: Job) -> Slides:
    deck, one = job.deck, job.one
    columns = list(dict.fromkeys((c.indicator, c.scope) for c in one.facts.cells))
    if not columns:
        return _listing(deck, one)
    most = max(11 * SLIDE.u, min(20 * SLIDE.u, SLIDE.inner - len(columns) * 5 * SLIDE.u))
    first = min(max((widest([*one.facts.units], SLIDE.head, True) + 14) / SLACK, 5 * SLIDE.u), most)
    lines = [wrap(unit, SLIDE.head, SLACK * first - 12) for unit in one.facts.units]
    high = max(map(len, lines), default=1) * leading(SLIDE.head) + 8
    pages = _chunks(len(lines), 16 if high < 40 else max(1, int(HEAT_ROOM // high)))
    return [
        _heat_page(job, page_of(deck, one, number, len(pages), _key(one)), columns, first, lines, range(start, stop))
        for number, (start, stop) in enumerate(pages, start=1)
    ]


def _heat_page(
    job: Job, page: Page, columns: Sequence[tuple[str, str]], first: float, names: Sequence[Sequence[str]], own: range
) -> Page:  # fmt: skip
    p, one = SLIDE, job.one
    cells = {(c.reporting_unit, c.indicator, c.scope): c for c in one.facts.cells}
    widths = [first, *[(p.inner - first) / len(columns)] * len(columns)]
    heads = _heat_heads(columns, one.facts.cells, job.plan, SLACK * widths[-1] - 12)
    high = max(cell.text.count("\n") + 1 for cell in heads[1]) * leading(p.source) + 12
    rows = [[Cell("\n".join(names[place]), p.head, bold=True),
             *(_heat_cell(cells.get((one.facts.units[place], *key))) for key in columns)] for place in own]  # fmt: skip
    upper = leading(p.head) + 8
    least = max(len(names[place]) for place in own) * leading(p.head) + 8
    height = max(least, min(70.0, (page.bottom - page.top - upper - high) / len(own)))
    heights = [upper, high, *[height] * len(own)]
    table(page, f"表 {one.name}", told(one), p.margin, page.top, widths, [*heads, *rows], heights)
    return page


def _key(one: Exhibit) -> str:
    """What the glyphs in the cells say."""
    found = {cell.status for cell in one.facts.cells}
    return "　".join(dict.fromkeys(theme.light(status) for status in theme.STATUS if status in found))


def _heat_heads(
    columns: Sequence[tuple[str, str]], cells: Sequence[Attainment], plan: Plan, wide: float
) -> list[list[Cell]]:
    p = SLIDE
    upper = [Cell("", p.head)]
    for name in dict.fromkeys(name for name, _ in columns):
        count = sum(own == name for own, _ in columns)
        upper.append(Cell(plan.indicators[name].short, p.head, bold=True, align="center", span=count))
    goals = {(c.indicator, c.scope): c.target_bp for c in cells}
    lower = [Cell("", p.source)]
    for name, scope in columns:
        bp = goals[name, scope]
        target = f"目标{theme.target_percent(bp)}%" if bp is not None else ""
        lower.append(
            Cell(
                "\n".join([*wrap(theme.SCOPE_SHORT[scope], p.source, wide), target]),
                p.source,
                theme.INK_FAINT,
                align="center",
            )
        )
    return [upper, lower]


def _heat_cell(row: Attainment | None) -> Cell:
    if row is None:
        return Cell("—", SLIDE.head, theme.INK_FAINT, align="center")
    light, role = theme.STATUS[row.status], theme.role(row.status)
    rate = shown(Fraction(row.numerator, row.denominator), row.target_bp) if row.numerator is not None and row.denominator else light.word  # fmt: skip
    return Cell(f"{light.glyph} {rate.removesuffix('%')}", SLIDE.head, role.ink, False, role.cell, "center")


# A plain list


def _listing(deck: Deck, one: Exhibit) -> Slides:
    """The exhibit's table as it is, for what fits neither a chart nor a picture of shapes."""
    p = SLIDE
    found: Slides = []
    widths = _list_widths(one)
    rows = [[Cell("\n".join(wrap(printed(value), SMALL, width - 14)), SMALL) for value, width in zip(row, widths, strict=True)]
            for row in one.table.rows]  # fmt: skip
    heights = [max(cell.text.count("\n") + 1 for cell in row) * leading(SMALL) + 8 for row in rows]
    start = 0
    while start < len(rows) or not found:
        page = page_of(deck, one)
        stop, room = start, page.bottom - page.top - 46
        while stop < len(rows) and (stop == start or sum(heights[start : stop + 1]) <= room):
            stop += 1
        head = [Cell(words, SMALL, theme.INK_FAINT, True) for words in one.table.headers]
        table(
            page,
            f"表 {one.name}",
            told(one),
            p.margin,
            page.top,
            widths,
            [head, *rows[start:stop]],
            [46, *heights[start:stop]],
        )
        found.append(page)
        start = stop
    return found


def _list_widths(one: Exhibit) -> list[float]:
    columns = zip(one.table.headers, *([printed(value) for value in row] for row in one.table.rows), strict=True)
    wants = [min(widest([*column], SMALL), 30 * SLIDE.u) + 24 for column in columns]
    return [want * SLIDE.inner / sum(wants) for want in wants]


_MAKERS: Mapping[str, Callable[[Job], Slides]] = {
    "bullet": _columns, "expiry": _columns, "gap": _rows, "breakdown": _rows, "participation": _rows, "dues": _rows,
    "change": _rows, "trend": _trend, "progress": _progress, "heatmap": _heat,
}  # fmt: skip
