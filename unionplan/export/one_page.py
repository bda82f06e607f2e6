"""一页通: one page of A4 that says it all: the conclusion, four figures, the targets, the plan, what is behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unionplan import attention, narrative, theme
from unionplan.attainment import ItemState, existing_units
from unionplan.attention import Concern
from unionplan.charts.profile import Profile, Sheet, leading, widest, wrap
from unionplan.charts.wall_titles import NOTE, Part, by_plan, done, parts_of
from unionplan.exhibits import exhibit
from unionplan.export.arranging import clauses, placed, without
from unionplan.export.footnote import words
from unionplan.export.marks import Drawing, Mark, drawing
from unionplan.export.pack import document_title, sample_mark
from unionplan.export.pictures import typeset
from unionplan.export.svg import svg
from unionplan.standpoint import Standpoint

POINTS = 0.5  # two pixels a point: A4 is 1190 × 1684
WIDTH, HEIGHT, MARGIN = 1190, 1684, 53
SMALL, NAME, TITLE, LARGE = 18.0, 20.0, 30.0, 46.0  # px; nothing is smaller than 9 pt
A4 = Profile("screen", WIDTH, HEIGHT, 17.5, TITLE, NAME, SMALL, NAME, SMALL, SMALL, MARGIN, SMALL)
CHART = Profile("screen", WIDTH - 2 * MARGIN, None, 17.5, 24, SMALL, SMALL, NAME, SMALL, SMALL, 0, SMALL)
_URGENT = ("overdue", "behind", "due_soon", "slow")
GAP, TILE, STATE = 22, 34, 86
LOWER = 480  # px that plan and concerns need
_PAPER = '#set page(paper: "a4", margin: 0pt)'
_PAGE = '#image(bytes(sys.inputs.page{number}), format: "svg", width: 210mm, height: 297mm, alt: sys.inputs.title)'


@dataclass(frozen=True)
class Headline:
    """One of the four figures: a title, a large value with what stands behind it, a light, its role, one line more."""

    title: str
    value: str
    small: str
    light: str
    role: str
    line: str


def one_page_pdf(board: Standpoint) -> bytes:
    """Return the page as PDF; a plan with very many targets takes a second one."""
    drawn = one_page(board)
    inputs = {"title": document_title(board), **{f"page{number}": svg(one) for number, one in enumerate(drawn)}}
    source = "\n".join([_PAPER, *(_PAGE.format(number=number) for number in range(len(drawn)))])
    return typeset(source, inputs, "".join([inputs["title"], *(one.text for one in drawn)]))


def one_page(board: Standpoint) -> list[Drawing]:
    """Return the page as marks; two of them where the targets leave no room for the rest."""
    sheet = Sheet(A4)
    y = _head(sheet, board)
    y = _headlines(sheet, headlines(board), y + GAP)
    targets = exhibit(board, "targets")
    assert targets is not None, "the targets are always there"
    chart = without(drawing(targets.draw(CHART)), "tag", "tag_line")
    chart_top, y = y + 4, y + chart.height
    first = placed(chart, MARGIN, chart_top)
    if y + LOWER <= HEIGHT:
        _lower(sheet, board, y)
        return [_page(sheet, board, first)]
    second = Sheet(A4)
    _lower(second, board, MARGIN)
    return [_page(sheet, board, first), _page(second, board, [])]


def _lower(sheet: Sheet, board: Standpoint, y: float) -> None:
    """The plan on the left, what is behind on the right."""
    half = (WIDTH - 2 * MARGIN - 2 * GAP) / 2
    sheet.line("rule", MARGIN, y, WIDTH - MARGIN, y, theme.GRID, 2)
    _plan(sheet, board, MARGIN, half, y + GAP)
    _behind(sheet, behind(board), WIDTH - MARGIN - half, half, y + GAP, _floor(board))


def _page(sheet: Sheet, board: Standpoint, more: Sequence[Mark]) -> Drawing:
    _foot(sheet, board)
    return Drawing(WIDTH, HEIGHT, (*drawing(sheet.figure(HEIGHT)).marks, *more))


def headlines(board: Standpoint) -> list[Headline]:
    """Return the four figures that the overview begins with."""
    return [_reached(board), _figure(board, "wage", "non_public"), _figure(board, "contract", "all"), _silent(board)]


def _reached(board: Standpoint) -> Headline:
    plan = [row for row in board.rows() if row.item]
    counts = {status: sum(row.status == status for row in plan) for status in theme.STATUS}
    reached = counts.pop("attained")
    words = [(status, f"{theme.light(status)} {count}项") for status, count in counts.items() if count]
    words.sort(key=lambda one: _URGENT.index(one[0]) if one[0] in _URGENT else len(_URGENT))
    first, light = words[0] if words else ("attained", theme.light("attained"))
    line = "　".join(word for _, word in words[1:])
    return Headline("计划覆盖目标已达标", str(reached), f"/{len(plan)} 项", light, theme.STATUS[first].role, line)


def _silent(board: Standpoint) -> Headline:
    silent, _ = narrative.silent_units(board.rows())
    light, role = (theme.light("unreported"), "unreported") if silent else ("● 均已报送", "attained")
    line = narrative.names(silent) if silent else ""
    return Headline("未报送单位", str(len(silent)), f"/{len(existing_units(board.outlook()))} 个", light, role, line)


def _figure(board: Standpoint, name: str, scope: str) -> Headline:
    row = next(one for one in [*board.rows(), *board.scopes(name)] if (one.indicator, one.scope) == (name, scope))
    indicator, light = board.plan.indicators[name], theme.light(row.status)
    title, role = narrative.subject(row, indicator), theme.STATUS[row.status].role
    if row.numerator is None or not row.denominator:
        return Headline(title, theme.NONE, "", light, role, "")
    counts = f"{theme.count(row.numerator)} / {theme.count(row.denominator)}家"
    gap = f"，还差{theme.count(row.gap)}家" if row.gap else ""
    return Headline(title, theme.percent(row.numerator, row.denominator, row.target_bp), "%", light, role, counts + gap)


def behind(board: Standpoint) -> list[Concern]:
    """Return what is late or slow in the plan and among the city's own targets, the most urgent first."""
    found = [
        *attention.of_items(board.states(), board.plan, board.notes(), board.today),
        *attention.of_own_targets(board.rows(), board.plan),
    ]
    return [one for one in attention.in_order(found) if one.kind in attention.LATE]


def _head(sheet: Sheet, board: Standpoint) -> float:
    settings, right = board.plan.settings, WIDTH - MARGIN
    sheet.box("tag", MARGIN, 0, MARGIN + 46, 9, theme.BRAND)
    sheet.box("tag_line", MARGIN, 9, MARGIN + 46, 11, theme.ORNAMENT)
    sheet.text("city", MARGIN, 44, f"{settings.city}工会目标任务　{settings.period_name}", NAME, theme.INK_SOFT)
    days = "　".join(filter(None, [narrative.as_of_words(board.rows()), sample_mark(board)]))
    sheet.text("as_of", right, 44, days, SMALL, theme.INK_FAINT, at="right")
    said = clauses(narrative.conclusion(board.rows(), board.plan.indicators), "：", TITLE, A4.inner)
    y = sheet.lines("conclusion", MARGIN, 66, said, TITLE, theme.INK, True)
    more = [
        narrative.units_counted(board.rows(), len(existing_units(board.outlook()))),
        attention.others_late(board.states()),
    ]
    return sheet.lines(
        "more", MARGIN, y + 4, wrap("。".join(filter(None, more)), SMALL, A4.inner), SMALL, theme.INK_SOFT
    )


def _headlines(sheet: Sheet, four: Sequence[Headline], top: float) -> float:
    width = (WIDTH - 2 * MARGIN - 3 * GAP) / 4
    titles, lines = (
        [wrap(text, SMALL, width) for text in texts]
        for texts in zip(*((one.title, one.line) for one in four), strict=True)
    )
    value = top + 10 + max(map(len, titles)) * leading(SMALL)
    for place, one in enumerate(four):
        left, role = MARGIN + place * (width + GAP), theme.ROLES[one.role]
        sheet.box("card", left, top, left + width, top + 3, role.mark)
        sheet.lines("card", left, top + 10, titles[place], SMALL, theme.INK_SOFT)
        sheet.text("value", left, value + 30, one.value, LARGE, theme.INK, True)
        sheet.text("value", left + _width(one.value), value + 37, one.small, NAME, theme.INK_SOFT)
        sheet.text("state", left + width, value + 37, one.light, SMALL, role.text, True, "right")
        sheet.lines("line", left, value + 62, lines[place], SMALL, theme.INK_SOFT)
    return value + 62 + max(map(len, lines)) * leading(SMALL) + 10


def _width(value: str) -> float:
    """How far a large value reaches; figures are a little over half as wide as high."""
    return sum(0.3 if char in ".," else 1.0 if ord(char) > 0x7F else 0.585 for char in value) * LARGE + 6


def _plan(sheet: Sheet, board: Standpoint, left: float, width: float, top: float) -> None:
    """The plan as rows of glyphs: a row for every section of the city's plan, the others side by side."""
    y = top
    for plan, parts in by_plan(parts_of(board.states(), board.plan.sections)):
        states = [state for part in parts for state in part.states]
        title = f"{plan}{len(states)}项，完成{done(states)}项"
        y = sheet.lines("plan", left, y, [title], NAME, theme.INK, True) + 4
        y = (
            _named_rows(sheet, parts, left, y)
            if plan == narrative.CITY_PLAN
            else _flowing(sheet, states, left, width, y)
        )
        y += 14


def _named_rows(sheet: Sheet, parts: Sequence[Part], left: float, top: float) -> float:
    room = widest([part.name for part in parts], SMALL) + 12
    for number, part in enumerate(parts):
        y = top + number * TILE
        sheet.text("section", left, y + TILE / 2 - 1, part.name, SMALL, theme.INK_SOFT)
        for place, state in enumerate(part.states):
            _tile(sheet, left + room + place * TILE, y, state.status)
    return top + len(parts) * TILE


def _flowing(sheet: Sheet, states: Sequence[ItemState], left: float, width: float, top: float) -> float:
    columns = int(width // TILE)
    for place, state in enumerate(states):
        _tile(sheet, left + place % columns * TILE, top + place // columns * TILE, state.status)
    return top + (len(states) - 1) // columns * TILE + TILE


def _tile(sheet: Sheet, x: float, y: float, status: str) -> None:
    role = theme.role(status)
    sheet.box("tile", x, y, x + TILE - 3, y + TILE - 3, role.cell)
    sheet.text(
        "glyph", x + (TILE - 3) / 2, y + (TILE - 3) / 2, theme.STATUS[status].glyph, SMALL, role.ink, at="center"
    )


def _behind(
    sheet: Sheet, concerns: Sequence[Concern], left: float, width: float, top: float, bottom: float
) -> None:  # fmt: skip
    title = attention.title(concerns) if concerns else "没有滞后、偏慢、逾期、临期的任务"
    y = sheet.lines("behind", left, top, wrap(title, NAME, width, True), NAME, theme.INK, True) + 4
    for place, one in enumerate(concerns):
        said = wrap(f"{one.subject}：{one.words}", SMALL, width - STATE)
        if y + len(said) * leading(SMALL) > bottom:
            sheet.lines("more", left, y, [f"另有{len(concerns) - place}项，见看板“需要关注”"], SMALL, theme.INK_SOFT)
            return
        sheet.text(
            "state", left, y + leading(SMALL) / 2, theme.light(one.status), SMALL, theme.role(one.status).text, True
        )
        y = sheet.lines("concern", left + STATE, y, said, SMALL, theme.INK) + 6


def _foot(sheet: Sheet, board: Standpoint) -> None:
    y = HEIGHT - 40
    sheet.lines("footnote", MARGIN, _floor(board) + 12, _footnote(board), SMALL, theme.INK_SOFT)
    sheet.text("foot", MARGIN, y, f"工会目标任务看板　第{board.commit}次更新", SMALL, theme.INK_FAINT)
    note = NOTE
    sheet.text("foot", WIDTH - MARGIN, y, note, SMALL, theme.INK_FAINT, at="right")


def _footnote(board: Standpoint) -> list[str]:
    said = words(board.footnote)
    return wrap(said, SMALL, A4.inner) if said else []


def _floor(board: Standpoint) -> float:
    """Where the foot of the page begins."""
    return HEIGHT - 70 - len(_footnote(board)) * leading(SMALL)
