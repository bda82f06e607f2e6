"""Native charts of a workbook: every series points at the cells beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import xlsxwriter

from unionplan import theme
from unionplan.export.graphs import Graph, Series, rounded

FONT = {"name": "微软雅黑", "size": 9, "color": theme.INK_SOFT}
DASHES = {"": "solid", "sysDot": "round_dot", "sysDash": "dash"}


@dataclass(frozen=True)
class Place:
    """Where a chart's numbers stand: the sheet, the head's row, the column of the names, each series' own."""

    sheet: str
    head: int
    names: int
    columns: Sequence[int]


def chart(book: xlsxwriter.Workbook, graph: Graph, at: Place, width: int, height: int) -> Any:
    """Return a chart of these pixels, to be put on a sheet; it has no title, for its cells say it above."""
    bars = [(one, column) for one, column in zip(graph.series, at.columns, strict=True) if one.look == "bar"]
    lines = [(one, column) for one, column in zip(graph.series, at.columns, strict=True) if one.look != "bar"]
    made = _bars(book, graph, bars, at) if bars else None
    if lines:
        over = book.add_chart({"type": "line"})
        for one, column in lines:
            over.add_series(_line(graph, one, column, at))
        if made is not None:
            made.combine(over)
        made = made or over
    assert made is not None, "a graph has a series"
    _frame(made, graph, width, height)
    return made


def _bars(book: xlsxwriter.Workbook, graph: Graph, series: Sequence[tuple[Series, int]], at: Place) -> Any:
    made = book.add_chart(
        {"type": "bar" if graph.across else "column", **({"subtype": "stacked"} if graph.stacked else {})}
    )
    for one, column in series:
        made.add_series(_bar(graph, one, column, at))
    return made


def _cells(graph: Graph, column: int, at: Place) -> dict[str, Any]:
    last = at.head + len(graph.categories)
    return {
        "name": [at.sheet, at.head, column],
        "categories": [at.sheet, at.head + 1, at.names, last, at.names],
        "values": [at.sheet, at.head + 1, column, last, column],
    }


def _bar(graph: Graph, one: Series, column: int, at: Place) -> dict[str, Any]:
    points = [{"fill": {"color": colour}} for colour in one.colours]
    inside = not graph.across and graph.percent
    font = {**FONT, "bold": True, "color": theme.PAPER if inside else theme.INK}
    labels = {"value": True, "num_format": graph.number_format, "custom": _custom(one), "font": font,
              "position": "inside_base" if inside else "outside_end"}  # fmt: skip
    quiet = graph.stacked or one.quiet
    return {
        **_cells(graph, column, at), "fill": {"color": one.colour}, "points": points or None, "gap": 50,
        "overlap": 100 if graph.overlaid or graph.stacked else 0, "data_labels": {} if quiet else labels,
    }  # fmt: skip


def _custom(one: Series) -> list[dict[str, str] | None]:
    """The words of rates that the number format would print as reaching their target."""
    pairs = zip(one.values, one.shown, strict=False)
    return [
        {"value": words} if isinstance(value, Fraction) and rounded(value) != words else None for value, words in pairs
    ]


def _line(graph: Graph, one: Series, column: int, at: Place) -> dict[str, Any]:
    labels = [{"value": one.labels[n]} if n in one.labels else {"delete": True} for n in range(len(one.values))]
    shown = {"value": True, "custom": labels, "position": _SIDES[one.side], "font": {**FONT, "color": one.colour, "bold": True}}  # fmt: skip
    own: dict[str, Any] = {**_cells(graph, column, at), "data_labels": shown if one.labels else {}}
    if one.look == "mark":
        fill = {"color": one.colour}
        return own | {"line": {"none": True}, "marker": {"type": "long_dash", "size": 14, "fill": fill, "border": fill}}
    width = 1.25 if one.dash or one.name in ("目标", "任务") else 2.5
    return own | {
        "line": {"color": one.colour, "width": width, "dash_type": DASHES[one.dash]},
        "marker": {"type": "none"},
    }


_SIDES = {"t": "above", "b": "below", "l": "left", "r": "right"}


def _frame(made: Any, graph: Graph, width: int, height: int) -> None:
    legend = len(graph.series) > 1 and not all(one.labels for one in graph.series)
    made.set_size({"width": width, "height": height})
    made.set_title({"none": True})
    made.set_legend({"position": "top", "font": FONT} if legend else {"none": True})
    names: dict[str, Any] = {
        "num_font": {**FONT, "rotation": 360},
        "line": {"color": theme.RULE},
        "label_position": "low",
    }
    if graph.dated:
        names |= {
            "date_axis": True,
            "num_format": 'yyyy"年"m"月"',
            "major_unit": _months(graph),
            "major_unit_type": "months",
        }
    if graph.across:
        names["reverse"] = True
    high = max(1.0, graph.top) if graph.percent and graph.high is None else graph.high
    ends = {"min": graph.low, "max": high}
    values = {
        "num_font": FONT, "num_format": "0%" if graph.percent else "#,##0", "line": {"none": True},
        "major_gridlines": {"visible": True, "line": {"color": theme.GRID}}, **{k: v for k, v in ends.items() if v is not None},
    }  # fmt: skip
    if graph.across:  # every bar has its number
        values |= {"visible": False, "major_gridlines": {"visible": False}}
    made.set_x_axis(values if graph.across else names)
    made.set_y_axis(names if graph.across else values)
    made.set_chartarea({"border": {"none": True}})
    made.show_blanks_as("gap")


def _months(graph: Graph) -> int:
    first, last = graph.categories[0], graph.categories[-1]
    months = (last.year - first.year) * 12 + last.month - first.month + 1  # type: ignore[union-attr]
    return next(step for step in (1, 2, 3, 6, 12, 24, 60, 600) if months / step <= 7)
