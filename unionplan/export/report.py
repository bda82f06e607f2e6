"""The meeting's report in Word: sentences from computed numbers, one table of the targets, every exhibit as a figure.

Reasons and measures are people's: they are printed as they were typed, and where none were there is no heading either.
A figure stands where the page has room for it, the text going on meanwhile, so that no page is left half empty.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, groupby

from unionplan import narrative, theme
from unionplan.attainment import Attainment, ItemState
from unionplan.charts import DOCUMENT
from unionplan.charts.profile import wrap
from unionplan.charts.wall_titles import DONE, RED, progress
from unionplan.coverage_words import composite_sentence
from unionplan.exhibits import Exhibit
from unionplan.export.cells import printed
from unionplan.export.drawn import told
from unionplan.export.marks import Drawing, drawing
from unionplan.export.occasion import INTERNAL, Occasion
from unionplan.export.paper import BODY, LINE, MARGINS, TABLE, TITLE, WIDTH, Paper
from unionplan.export.pictures import pngs
from unionplan.export.slides import require_data, titled
from unionplan.standpoint import Standpoint

NUMERALS = "一二三四五六七八九十"
ROOM = (297 - MARGINS[0] - MARGINS[1]) * 72 / 25.4
"""Points between the margins of a page."""
SLACK = 2 * LINE  # kept free below figures that are fitted: where a program breaks lines otherwise, nothing spills over
SHARP = 1.5  # of the pictures: 244 dots an inch
POINT = 72 / 25.4  # points in a millimetre
LOWEST, HIGHEST = 0.7, 1.2  # how much lower or higher than by itself a figure may be drawn to fill a page
SPARE, LITTLE = 6, 0.2  # points kept free below a figure; the share of a page that may stay blank before one
WIDTHS = (28, 30, 16, 14, 16, 16, 15, 21)
_PIECES = re.compile(r"（*(?:[!-~]+|.)[，。；：、）]*", re.DOTALL)  # what stays on one line
OMITTED = "未画出"  # in the foot of every picture that leaves rows out
PROFILE = replace(DOCUMENT, tallest=1230)  # with title and source below it, a page
SECTIONS = {
    "bullet": "覆盖目标完成情况", "heatmap": "覆盖目标完成情况", "trend": "覆盖目标完成情况", "gap": "覆盖目标完成情况",
    "change": "覆盖目标完成情况", "expiry": "覆盖目标完成情况", "wall": "计划任务推进情况", "progress": "技术工人培训情况",
    "breakdown": "技术工人培训情况", "participation": "活动和例会开展情况", "timeline": "活动和例会开展情况",
    "calendar": "活动和例会开展情况", "dues": "工会经费收缴情况",
}  # fmt: skip
_FACTS = ("trend", "gap", "change", "progress", "breakdown", "participation", "timeline", "calendar", "wall")
"""Kinds whose subtitle goes on in facts, not in words about the picture."""


@dataclass(frozen=True)
class Figure:
    """A figure that waits for its place: the picture, what its caption and notes take in points, its words."""

    one: Exhibit
    drawn: Drawing
    about: float
    notes: tuple[str, ...]

    @property
    def height(self) -> float:
        """Return what it takes of a page, in points."""
        return self.drawn.height * WIDTH / self.drawn.width * POINT + self.about

    def fitted(self, room: float, counted: bool = False) -> Figure | None:
        """Return it drawn as high as `room` points; None where that is too far from its own height or would say less.

        With `counted` it may say less, and leave out rows where it does so already and says how many.
        """
        height = round((room - self.about) * self.drawn.width / WIDTH / POINT)
        if not LOWEST <= height / self.drawn.height <= HIGHEST:
            return None
        drawn = drawing(self.one.draw(replace(PROFILE, height=height, tallest=None)))
        lost = Counter(self.drawn.text.split()) - Counter(drawn.text.split())
        every = drawn.hidden == self.drawn.hidden
        whole = (every and (counted or not lost)) or (counted and OMITTED in self.drawn.text)
        return replace(self, drawn=drawn) if whole and drawn.height <= height else None


@dataclass
class _Report:
    """The report in the making: how far the page is filled (points), and the figures that wait."""

    paper: Paper
    board: Standpoint
    occasion: Occasion
    used: float = 0
    waiting: list[Figure] = field(default_factory=list)
    figures: int = 0
    tables: int = 0
    headings: int = 0
    framed: list[tuple[Figure, Callable[[bytes], None]]] = field(default_factory=list)
    on_page: list[int] = field(default_factory=list)
    """Which of `framed` stand on the page."""

    @property
    def left(self) -> float:
        """Return what is left of the page, in points."""
        return ROOM - self.used

    def text(self, words: str) -> None:
        """Write a paragraph, then the figures that have room."""
        self.paper.text(words)
        self.fill([LINE] * len(_lines("　　" + words, BODY, WIDTH)))
        self.place()

    def heading(self, words: str) -> None:
        """Write a numbered heading."""
        self.paper.heading(f"{_numeral(self.headings)}、{words}")
        self.headings += 1
        self._keep(LINE)

    def second(self, number: int, words: str) -> None:
        """Write a heading of the second level."""
        self.paper.second(f"（{_numeral(number)}）{words}")
        self._keep(LINE)

    def _keep(self, height: float) -> None:
        """Count a line that stays with the two after it."""
        if self.left < height + 2 * LINE:
            self.turn()
        self.used += height

    def fill(self, heights: Sequence[float]) -> None:
        """Count lines or rows one under the other; what the page has no room for stands on the next, never one line alone."""
        rest = [min(height, ROOM) for height in heights]  # a row may be higher than a page
        while rest:
            count = sum(height <= self.left for height in accumulate(rest))
            if count < len(rest):
                count -= len(rest) - count == 1
                count = count if count > 1 else 0
                count = count if self.used else max(count, 1)  # an empty page takes what comes, however high
            self.used += sum(rest[:count])
            rest = rest[count:]
            if rest:
                self.turn()

    def turn(self) -> None:
        """Go on to the next page; what this one leaves free, its figures take, the last first."""
        for number in reversed(self.on_page):
            figure, put = self.framed[number]
            free = self.left - SPARE - SLACK
            highest = figure.about + HIGHEST * (figure.height - figure.about)
            grown = figure.fitted(min(figure.height + free, highest)) if free > LINE else None
            if grown is not None:
                self.framed[number] = (grown, put)
                self.used += grown.height - figure.height
        self.used, self.on_page = 0.0, []

    def leave(self, room: float, least: float | None = None) -> None:
        """Draw the page's last figure lower where less than `room` points are left below it.

        With `least`, it may say less for it, and where it cannot leave `room`, it leaves `least`.
        """
        for wanted in (room, room if least is None else least):
            lacks = wanted + SPARE - self.left
            if lacks <= 0 or not self.on_page:
                return
            figure, put = self.framed[self.on_page[-1]]
            lower = figure.fitted(figure.height - lacks, counted=least is not None)
            if lower is not None:
                self.framed[self.on_page[-1]] = (lower, put)
                self.used += lower.height - figure.height

    def place(self, all_of_them: bool = False) -> None:
        """Put the figures that the page has room for, in their order; where little is left of it, one on the next page.

        With `all_of_them`, go on until none waits.
        """
        while self.waiting:
            found = self._fitting()
            if found is None:
                if self.left > LITTLE * ROOM and not all_of_them:
                    return
                self.leave(SLACK)
                if self.left < SLACK and not all_of_them:
                    return
                self.turn()
                found = 0, self.waiting[0]
            place, figure = found
            del self.waiting[place]
            self._put(figure)

    def _fitting(self) -> tuple[int, Figure] | None:
        """The first figure that the page has room for, or else that has once it is drawn lower, and its place in the row."""
        for place, one in enumerate(self.waiting):
            if one.height <= self.left - SPARE:
                return place, one
        for place, one in enumerate(self.waiting):
            lower = one.fitted(self.left - SPARE - SLACK)
            if lower is not None:
                return place, lower
        return None

    def _put(self, figure: Figure) -> None:
        self.figures += 1
        caption = f"图{self.figures}　{figure.one.title.replace('｜', '')}"
        self.on_page.append(len(self.framed))
        self.framed.append((figure, self.paper.frame(told(figure.one), caption, figure.notes)))
        self.used = min(ROOM, self.used + figure.height)


def report_of(board: Standpoint, shown: Sequence[Exhibit], occasion: Occasion) -> bytes:
    """Return the report as the bytes of a .docx file; raises ExportError where there is nothing to show."""
    require_data(shown)
    report = _Report(Paper(occasion.held_on), board, occasion)
    figures = {id(one.one): one for one in _figures(shown)}
    _head(report)
    _summary(report)
    for section, own in groupby(sorted(shown, key=_place), key=lambda one: SECTIONS[one.kind]):
        report.heading(section)
        _section(report, list(own), figures)
    report.place(all_of_them=True)
    _typed(report)
    report.leave(4 * LINE, 2.3 * LINE)  # who signs and the day, and some for programs that break lines differently
    report.paper.sign(occasion.author)
    for (_, put), png in zip(report.framed, pngs([one.drawn for one, _ in report.framed], SHARP), strict=True):
        put(png)
    return report.paper.data()


def _place(one: Exhibit) -> int:
    return list(dict.fromkeys(SECTIONS.values())).index(SECTIONS[one.kind])


def _numeral(number: int) -> str:
    return NUMERALS[number] if number < len(NUMERALS) else f"十{NUMERALS[number - len(NUMERALS)]}"


# Head and summary


def _head(report: _Report) -> None:
    occasion, paper = report.occasion, report.paper
    about, day = titled(report.board, occasion), theme.chinese_date(occasion.held_on)
    if occasion.internal:
        paper.mark(INTERNAL)
        report.fill([LINE])
    if occasion.kind == "报告":
        paper.letterhead(occasion.author)
        report.fill([44, LINE + 24])
        title, under = f"关于{about}的报告", ""
    else:
        title, under = f"关于{about}的汇报", f"（{day}）"
    lines = wrap(title, TITLE, 0.95 * WIDTH * POINT)
    paper.title("\n".join(lines), under)
    report.fill([34] * len(lines) + [LINE] * (2 if under else 1))
    whom = theme.plain(occasion.to or (occasion.meeting if occasion.kind == "汇报" else ""))
    if whom:
        paper.address(f"{whom}：")
        report.fill([LINE])
    words = narrative.as_of_words(report.board.rows())
    report.text(f"现将{about.replace('｜', '')}{occasion.kind}如下（{words}）。")


def _summary(report: _Report) -> None:
    board, rows = report.board, narrative.renamed(report.board.rows(), report.occasion.names)
    report.heading("总体情况")
    gaps = narrative.widest_gaps(rows, board.plan.indicators)
    counted = narrative.units_counted(rows, len(board.plan.units))
    report.text("。".join(filter(None, (narrative.overview_title(rows), gaps, counted))) + "。")
    report.text(narrative.due_items(board.states(), board.today))
    if report.occasion.footnote.strip():
        report.text(f"备注：{report.occasion.footnote.strip()}")


# Sections


def _section(report: _Report, shown: Sequence[Exhibit], figures: dict[int, Figure]) -> None:
    number = 0
    for one in shown:
        if one.kind == "bullet":
            number = _targets(report, one, number)
        else:
            report.text(_said(one))
            if one.kind == "wall":
                _late(report, one.facts)
        report.waiting.append(figures[id(one)])
        report.place()


def _said(one: Exhibit) -> str:
    """An exhibit's conclusion, and what its subtitle adds in facts."""
    parts = [part.strip() for part in one.subtitle.split("｜")]
    facts = parts[1:] if one.kind in _FACTS else parts[1:2] if one.kind == "heatmap" else []
    more = "；".join(part.rstrip("。") for part in facts if part)
    return f"{one.title.replace('｜', '')}。" + (f"{more}。" if more else "")


def _targets(report: _Report, one: Exhibit, number: int) -> int:
    """The targets in sentences, indicator by indicator, and as a table; return the number of the next heading."""
    rows: Sequence[Attainment] = one.facts
    for name, own in groupby(rows, key=lambda row: row.indicator):
        indicator, group = report.board.plan.indicators[name], list(own)
        report.second(number, indicator.name)
        number += 1
        report.text(_sentences(group, report) + composite_sentence(group, indicator))
    report.tables += 1
    report.paper.caption(f"表{report.tables}　{one.name.replace('_', '·')}（{narrative.as_of_words(rows)}）")
    lines = [[printed(value) for value in row] for row in one.table.rows]
    report.paper.table(one.table.headers, lines, WIDTHS, centred=range(2, 8))
    note = f"注：{one.note}。{one.source}。"
    report.paper.remark([note])
    report.fill([16, *(_row_height(row) for row in (one.table.headers, *lines)), *[14] * len(_lines(note, 9, WIDTH))])
    return number


def _row_height(cells: Sequence[str]) -> float:
    lines = [len(_lines(text, TABLE, width - 3)) for text, width in zip(cells, WIDTHS, strict=True)]
    return 16 * max(lines) + 0.8


def _lines(text: str, size: float, width: float) -> list[str]:
    """A text in the lines that it takes, `width` in millimetres: a number is not broken, no line begins with a stop.

    Figures are counted a little wider than half a Chinese letter, as most fonts have them.
    """
    room, lines, taken = width * POINT, [""], 0.0
    for piece in _PIECES.findall(text):
        if lines[-1] and taken + _wide(piece.rstrip("，。；：、）"), size) > room + 0.01:
            lines.append("")
            taken = 0.0
        lines[-1] += piece
        taken += _wide(piece, size)
    return lines


def _wide(text: str, size: float) -> float:
    return size * sum(1 if ord(letter) > 255 else 0.55 for letter in text)


def _sentences(rows: Iterable[Attainment], report: _Report) -> str:
    """One sentence a figure; a date that was said is not said again."""
    said, last = [], ""
    for row in rows:
        words = narrative.sentence(row, report.board.plan.indicators[row.indicator], units=False)
        start = words.partition("，")[0]
        said.append(words.removeprefix(f"{last}，") if last else words)
        last = start if start.startswith("截至") else last
    return "".join(said)


def _late(report: _Report, states: Sequence[ItemState]) -> None:
    """What is overdue or behind, item by item, with who is responsible."""
    late = [one for status in RED for one in states if one.status == status]
    for place, one in enumerate(late):
        who = f"（{one.item.department}）" if one.item.department else ""
        facts = progress(one)
        start = f"{_numeral(place)}是" if len(late) <= 20 and len(late) > 1 else ""
        report.text(
            f"{start}{one.item.name}{who}：{theme.STATUS[one.status].word}" + (f"，{facts}。" if facts else "。")
        )
    done = sum(one.status in DONE for one in states)
    if not late and states:
        report.text(f"没有逾期、滞后的任务，已完成和达标{done}项。")


def _typed(report: _Report) -> None:
    occasion = report.occasion
    for heading, told_ in (("原因分析", occasion.reasons), ("下一步措施", occasion.measures)):
        if told_:
            report.heading(heading)
        for words in told_:
            report.text(words)
    if occasion.kind == "报告":
        report.text("特此报告。")


# Figures


def _figures(shown: Sequence[Exhibit]) -> list[Figure]:
    return [_figure(one, drawing(one.draw(PROFILE))) for one in shown]


def _figure(one: Exhibit, drawn: Drawing) -> Figure:
    notes = (f"口径：{one.note}。{one.source}。" if one.note else f"{one.source}。",)
    lines = 16 * len(_lines(f"图10　{one.title}", TABLE, WIDTH)) + sum(
        14 * len(_lines(note, 9, WIDTH)) for note in notes
    )
    return Figure(one, drawn, lines + 18, notes)
