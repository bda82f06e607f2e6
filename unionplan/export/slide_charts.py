"""Native charts for slides: series of numbers as bars, lines and target dashes, with the workbook behind them.

The chart's XML is written here, because a presentation library draws no column chart with a line in it. The workbook
is written by type, so that no text in it becomes a formula.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Emu

from unionplan import theme
from unionplan.charts.profile import SLIDE
from unionplan.export.deck import Page, emu, paint, points
from unionplan.export.graphs import Graph, Series, rounded
from unionplan.export.workbook import PLAIN
from unionplan.theme import plain

_SPACES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
DAY = 'yyyy"年"m"月"'
_NO_LEADERS = (
    '<c:extLst><c:ext uri="{CE6537A1-D6FC-4f65-9D91-7224C49458BB}" xmlns:c15="http://schemas.microsoft.com/office/drawing/'
    '2012/chart"><c15:showLeaderLines val="0"/></c:ext></c:extLst>'
)
_FLAGS = "".join(f'<c:{name} val="0"/>' for name in ("showCatName", "showSerName", "showPercent", "showBubbleSize"))


@dataclass(frozen=True)
class Look:
    """How a chart stands on a slide: the plot's (left, top, right, bottom) in pixels inside the frame, which axes are
    seen, how wide bars are apart, where values stand at bars ("" nowhere)."""

    plot: tuple[float, float, float, float]
    categories: bool = False
    values: bool = True
    gap: int = 60
    labels: str = "outEnd"
    label_colour: str = theme.INK


@dataclass(frozen=True)
class _Chart:
    """What the library asks of a chart's data: its XML and its workbook."""

    graph: Graph
    look: Look
    width: float
    height: float
    made_on: date

    def xml_bytes(self, chart_type: Any) -> bytes:
        """Return the chart's XML, which is of our own kind whatever the library asks for."""
        del chart_type
        return _chart(self).encode("utf-8")

    @property
    def xlsx_blob(self) -> bytes:
        """Return the workbook behind the chart."""
        return _workbook(self.graph, self.made_on)


def add_chart(
    page: Page, graph: Graph, name: str, told: str, frame: tuple[float, float, float, float], look: Look, made_on: date
) -> Any:
    """Add a native chart at (x, y, width, height) in pixels with an alternative text; return its frame."""
    x, y, width, height = frame
    data = _Chart(graph, look, width, height, made_on)
    made = page.slide.shapes.add_chart(
        XL_CHART_TYPE.COLUMN_CLUSTERED, *(Emu(emu(value)) for value in (x, y, width, height)), data
    )
    about = made._element.nvGraphicFramePr.cNvPr
    about.set("id", str(page.fresh()))
    about.set("name", name)
    about.set("descr", plain(told))
    return made


# The workbook


def _workbook(graph: Graph, day: date) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, PLAIN)
    book.set_properties({"author": "", "comments": "", "created": day})
    sheet = book.add_worksheet("Sheet1")
    number, when = book.add_format({"num_format": graph.number_format}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.set_column(0, 0, 24)
    for row, category in enumerate(graph.categories, start=1):
        if isinstance(category, date):
            sheet.write_datetime(row, 0, category, when)
        else:
            sheet.write_string(row, 0, plain(str(category)))
    for column, series in enumerate(graph.series, start=1):
        sheet.write_string(0, column, plain(series.name))
        for row, value in enumerate(series.values, start=1):
            if value is not None:
                sheet.write_number(row, column, float(value), number)
    book.close()
    return out.getvalue()


# The chart


def _chart(one: _Chart) -> str:
    graph, look = one.graph, one.look
    bars = [(place, series) for place, series in enumerate(graph.series) if series.look == "bar"]
    lines = [(place, series) for place, series in enumerate(graph.series) if series.look != "bar"]
    drawn = (_bars(graph, look, bars) if bars else "") + (_lines(graph, lines) if lines else "")
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><c:chartSpace {_SPACES}><c:date1904 val="0"/>'
        f'<c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea>{_layout(one)}{drawn}'
        f"{_category_axis(graph, look)}{_value_axis(graph, look)}<c:spPr><a:noFill/></c:spPr></c:plotArea>"
        f'<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>'
        f"{_text(SLIDE.head, theme.INK_SOFT)}</c:chartSpace>"
    )


def _layout(one: _Chart) -> str:
    left, top, right, bottom = one.look.plot
    parts = {
        "x": left / one.width,
        "y": top / one.height,
        "w": (right - left) / one.width,
        "h": (bottom - top) / one.height,
    }
    modes = '<c:xMode val="edge"/><c:yMode val="edge"/>'
    values = "".join(f'<c:{name} val="{value:.5f}"/>' for name, value in parts.items())
    return f'<c:layout><c:manualLayout><c:layoutTarget val="inner"/>{modes}{values}</c:manualLayout></c:layout>'


def _text(size: float, color: str, bold: bool = False) -> str:
    return (
        f'<c:txPr><a:bodyPr rot="0" wrap="none"/><a:lstStyle/><a:p><a:pPr><a:defRPr lang="zh-CN" sz="{points(size)}" b="{int(bold)}">'
        f'{paint(color)}<a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/></a:defRPr></a:pPr><a:endParaRPr lang="zh-CN" sz="{points(size)}"/></a:p></c:txPr>'
    )


def _bars(graph: Graph, look: Look, series: Sequence[tuple[int, Series]]) -> str:
    body = "".join(_series(graph, place, one, _bar(graph, look, one)) for place, one in series)
    overlap = 100 if graph.stacked or graph.overlaid else 0
    return (
        f'<c:barChart><c:barDir val="{"bar" if graph.across else "col"}"/><c:grouping val="{"stacked" if graph.stacked else "clustered"}"/>'
        f'<c:varyColors val="0"/>{body}<c:gapWidth val="{look.gap}"/><c:overlap val="{overlap}"/><c:axId val="1001"/><c:axId val="1002"/></c:barChart>'
    )


def _bar(graph: Graph, look: Look, one: Series) -> str:
    points_ = "".join(
        f'<c:dPt><c:idx val="{place}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/><c:spPr>{paint(colour)}</c:spPr></c:dPt>'
        for place, colour in enumerate(one.colours) if colour != one.colour
    )  # fmt: skip
    labels = "" if graph.stacked or one.quiet or not look.labels else _bar_labels(graph, look, one)
    return f'<c:spPr>{paint(one.colour)}</c:spPr><c:invertIfNegative val="0"/>{points_}{labels}'


def _bar_labels(graph: Graph, look: Look, one: Series) -> str:
    own = "".join(
        _label(place, words, look.labels, look.label_colour)
        for place, (value, words) in enumerate(zip(one.values, one.shown, strict=False))
        if isinstance(value, Fraction) and rounded(value) != words
    )
    outside = [place for place, value in enumerate(one.values) if value is not None and look.labels == "inBase" and abs(float(value)) < 0.12]  # fmt: skip
    own += "".join(_label(place, one.shown[place], "outEnd", theme.INK) for place in outside)
    return (
        f'<c:dLbls>{own}<c:numFmt formatCode="{escape(graph.number_format)}" sourceLinked="0"/><c:spPr><a:noFill/></c:spPr>{_text(SLIDE.label, look.label_colour, True)}'
        f'<c:dLblPos val="{look.labels}"/><c:showLegendKey val="0"/><c:showVal val="1"/>{_FLAGS}</c:dLbls>'
    )


def _label(place: int, words: str, at: str, colour: str, away: tuple[float, float] = (0, 0)) -> str:
    """One point's label; `away` moves it by shares of the chart's width and height."""
    x, y = away
    layout = f'<c:layout><c:manualLayout><c:x val="{x}"/><c:y val="{y}"/></c:manualLayout></c:layout>' if x or y else ""
    rich = f'<a:r><a:rPr lang="zh-CN" sz="{points(SLIDE.label)}" b="1">{paint(colour)}</a:rPr><a:t>{escape(words)}</a:t></a:r>'
    return (
        f'<c:dLbl><c:idx val="{place}"/>{layout}<c:tx><c:rich><a:bodyPr wrap="none"/><a:lstStyle/><a:p>{rich}</a:p></c:rich></c:tx><c:dLblPos val="{at}"/>'
        f'<c:showLegendKey val="0"/><c:showVal val="1"/>{_FLAGS}</c:dLbl>'
    )


def _lines(graph: Graph, series: Sequence[tuple[int, Series]]) -> str:
    body = "".join(_series(graph, place, one, _line(one), '<c:smooth val="0"/>') for place, one in series)
    return (
        f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{body}<c:marker val="1"/>'
        '<c:axId val="1001"/><c:axId val="1002"/></c:lineChart>'
    )


def _line(one: Series) -> str:
    if one.look == "mark":  # a short thick dash, no line between
        pen = "<a:ln><a:noFill/></a:ln>"
        marker = f'<c:marker><c:symbol val="dash"/><c:size val="24"/><c:spPr>{paint(one.colour)}<a:ln w="9525">{paint(one.colour)}</a:ln></c:spPr></c:marker>'
    else:
        width = 34925 if not one.dash and one.labels and one.name not in ("目标", "任务") else 19050
        dash = f'<a:prstDash val="{one.dash}"/>' if one.dash else ""
        pen = f'<a:ln w="{width}" cap="rnd">{paint(one.colour)}{dash}<a:round/></a:ln>'
        marker = '<c:marker><c:symbol val="none"/></c:marker>'
    labels = "".join(
        _label(place, words, one.side, one.colour, _away(one)) for place, words in sorted(one.labels.items())
    )
    off = f'<c:showLegendKey val="0"/><c:showVal val="0"/>{_FLAGS}'
    return f"<c:spPr>{pen}</c:spPr>{marker}" + (f"<c:dLbls>{labels}{off}{_NO_LEADERS}</c:dLbls>" if labels else "")


def _away(one: Series) -> tuple[float, float]:
    """How far a label keeps from a line that rises to the right: below it to the right, above it to the left."""
    if one.side == "b":
        return 0.045, 0.015
    return (-0.045, -0.01) if one.side == "t" and one.dash else (0, 0)


def _series(graph: Graph, place: int, one: Series, look: str, after: str = "") -> str:
    column, count = chr(ord("B") + place), len(graph.categories)
    return (
        f'<c:ser><c:idx val="{place}"/><c:order val="{place}"/><c:tx><c:strRef><c:f>Sheet1!${column}$1</c:f><c:strCache><c:ptCount val="1"/>'
        f'<c:pt idx="0"><c:v>{escape(plain(one.name))}</c:v></c:pt></c:strCache></c:strRef></c:tx>{look}{_categories(graph, count)}'
        f"<c:val><c:numRef><c:f>Sheet1!${column}$2:${column}${count + 1}</c:f><c:numCache><c:formatCode>{escape(graph.number_format)}</c:formatCode>"
        f'<c:ptCount val="{count}"/>{_values(one)}</c:numCache></c:numRef></c:val>{after}</c:ser>'
    )


def _values(one: Series) -> str:
    known = [(place, value) for place, value in enumerate(one.values) if value is not None]
    return "".join(f'<c:pt idx="{place}"><c:v>{_number(value)}</c:v></c:pt>' for place, value in known)


def _number(value: Fraction | int) -> str:
    return str(value) if isinstance(value, int) else repr(float(value))


def _categories(graph: Graph, count: int) -> str:
    reference = f"<c:f>Sheet1!$A$2:$A${count + 1}</c:f>"
    cells = "".join(f'<c:pt idx="{n}"><c:v>{_category(one)}</c:v></c:pt>' for n, one in enumerate(graph.categories))
    if graph.dated:
        return f'<c:cat><c:numRef>{reference}<c:numCache><c:formatCode>yyyy-mm-dd</c:formatCode><c:ptCount val="{count}"/>{cells}</c:numCache></c:numRef></c:cat>'
    return f'<c:cat><c:strRef>{reference}<c:strCache><c:ptCount val="{count}"/>{cells}</c:strCache></c:strRef></c:cat>'


def _category(one: object) -> str:
    return str((one - date(1899, 12, 30)).days) if isinstance(one, date) else escape(plain(str(one)))


def _category_axis(graph: Graph, look: Look) -> str:
    kind, position = ("dateAx" if graph.dated else "catAx"), ("l" if graph.across else "b")
    order = "maxMin" if graph.across else "minMax"
    shape = f'<c:spPr><a:ln w="9525">{paint(theme.RULE)}</a:ln></c:spPr>'
    ticks = "low" if look.categories else "none"
    form = f'<c:numFmt formatCode="{escape(DAY, {chr(34): "&quot;"})}" sourceLinked="0"/>' if graph.dated else ""
    extra = f'<c:auto val="0"/><c:lblOffset val="100"/><c:baseTimeUnit val="months"/>{_months(graph)}' if graph.dated else '<c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/><c:noMultiLvlLbl val="1"/>'  # fmt: skip
    return (
        f'<c:{kind}><c:axId val="1001"/><c:scaling><c:orientation val="{order}"/></c:scaling><c:delete val="0"/><c:axPos val="{position}"/>{form}'
        f'<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="{ticks}"/>{shape}{_text(SLIDE.head, theme.INK_FAINT)}'
        f'<c:crossAx val="1002"/><c:crosses val="autoZero"/>{extra}</c:{kind}>'
    )


def _months(graph: Graph) -> str:
    first, last = graph.categories[0], graph.categories[-1]
    assert isinstance(first, date)
    assert isinstance(last, date)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    unit = next(step for step in (1, 2, 3, 6, 12, 24, 60, 600) if months / step <= 9)
    return f'<c:majorUnit val="{unit}"/><c:majorTimeUnit val="months"/>'


def _value_axis(graph: Graph, look: Look) -> str:
    low, high = graph.low, graph.high
    ends = (f'<c:max val="{high:.6g}"/>' if high is not None else "") + (
        f'<c:min val="{low:.6g}"/>' if low is not None else ""
    )
    grid = (
        f'<c:majorGridlines><c:spPr><a:ln w="6350">{paint(theme.GRID)}</a:ln></c:spPr></c:majorGridlines>'
        if look.values
        else ""
    )
    form = "0%" if graph.percent else "#,##0"
    unit = f'<c:majorUnit val="{_step(graph):.6g}"/>' if graph.percent and look.values else ""
    position = "t" if graph.across else "l"
    return (
        f'<c:valAx><c:axId val="1002"/><c:scaling><c:orientation val="minMax"/>{ends}</c:scaling><c:delete val="{int(not look.values)}"/>'
        f'<c:axPos val="{position}"/>{grid}<c:numFmt formatCode="{form}" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        f'<c:tickLblPos val="nextTo"/><c:spPr><a:ln><a:noFill/></a:ln></c:spPr>{_text(SLIDE.head, theme.INK_FAINT)}<c:crossAx val="1001"/>'
        f'<c:crosses val="autoZero"/><c:crossBetween val="{_between(graph)}"/>{unit}</c:valAx>'
    )


def _between(graph: Graph) -> str:
    return "midCat" if graph.dated and all(one.look == "line" for one in graph.series) else "between"


def _step(graph: Graph) -> float:
    span = (graph.high if graph.high is not None else 1.0) - (graph.low or 0.0)
    return 0.05 if span <= 0.31 else 0.1 if span <= 0.5 else 0.2
