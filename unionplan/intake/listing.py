"""The 问题清单 as a sheet: level, place with a link to it, what was found and what to do; printable on A4 across."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from unionplan.intake.marks import (
    FILLS,
    GLYPHS,
    INK,
    LIST_HEADER,
    LIST_SHEET,
    WORDS,
    Line,
    plain,
)

FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter", "font_color": f"#{INK}"}
_BAND, GRID, _PAPER = "#274C6B", "#BFC7CF", "#FFFFFF"
_WIDTHS = (11, 16, 12, 18, 24, 46, 42)
_MOST_LINKS = 60_000
OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_USUAL = "可以直接在本工作簿里改正，保存后上传。"
_ADVICE = (
    "“须改正”的改好后重新上传；“请核对”的核实无误、写明理由后可以入库；“已处理”的无需再动。"
    "点“单元格”一列可跳到表中的位置，表中有底色的单元格带有批注。"
)
_NOTHING = Line("fixed", ("—", "—", "—", "—", "—", "没有发现问题。", "—"), None)


def list_bytes(
    title: str, found: Sequence[Line], name: str, left: Mapping[str, int], remark: str = _USUAL
) -> tuple[bytes, int]:
    """Return a workbook that holds nothing but the list, and the list's last row from 1; arguments as in write_list."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {**OPTIONS, "constant_memory": True}) as book:
        last = write_list(book, title, found, name, left, remark)
    return out.getvalue(), last


def write_list(
    book: Workbook, title: str, found: Sequence[Line], name: str, left: Mapping[str, int], remark: str = _USUAL
) -> int:
    """Add the list to a workbook as the sheet that is shown first, and return its last row from 1.

    `name`: the file's; `left`: sheet → how many cells were left unmarked; `remark`: what is said of the workbook.
    """
    sheet = book.add_worksheet(title)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    _write_head(book, sheet, f"{plain(name)}：{_counts(found)}", remark + _unmarked(left) + _ADVICE)
    _write_lines(book, sheet, found)
    last = 4 + max(1, len(found))
    sheet.autofilter(3, 0, last - 1, len(LIST_HEADER) - 1)
    sheet.freeze_panes(4, 0)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(3)
    sheet.set_margins(0.4, 0.4, 0.5, 0.6)
    sheet.set_footer("&C&9第 &P 页，共 &N 页")
    sheet.activate()
    return last


def _write_head(book: Workbook, sheet: Worksheet, counts: str, advice: str) -> None:
    title = book.add_format({**FONT, "bold": True, "font_size": 16, "font_color": _BAND})
    soft = book.add_format({**FONT, "text_wrap": True})
    band = {"bold": True, "bg_color": _BAND, "font_color": _PAPER, "border": 1, "border_color": _BAND}
    head = book.add_format({**FONT, **band})
    sheet.set_row(0, 34)
    sheet.write_string(0, 0, LIST_SHEET, title)
    sheet.set_row(1, 20)
    sheet.write_string(1, 0, counts, book.add_format(FONT))
    sheet.set_row(2, 6 + 15 * -(-breadth(advice) // (sum(_WIDTHS) - 12)))
    sheet.merge_range(2, 0, 2, len(LIST_HEADER) - 1, advice, soft)
    sheet.set_row(3, 24)
    for column, words in enumerate(LIST_HEADER):
        sheet.write_string(3, column, words, head)


def _unmarked(left: Mapping[str, int]) -> str:
    return "".join(
        f"工作表“{plain(title)}”要标的单元格较多，只标出前面的，另有 {count:,} 处只列在下表。"
        for title, count in left.items()
    )


def _counts(found: Sequence[Line]) -> str:
    counts = {severity: sum(line.severity == severity for line in found) for severity in WORDS}
    words = "　".join(
        f"{GLYPHS[severity]} {WORDS[severity]} {count:,} 处" for severity, count in counts.items() if count
    )
    return words or "没有发现问题"


def _write_lines(book: Workbook, sheet: Worksheet, found: Sequence[Line]) -> None:
    look = {**FONT, "border": 1, "border_color": GRID, "text_wrap": True}
    text = book.add_format(look)
    link = book.add_format({**look, "font_color": _BAND, "underline": 1})
    levels = {
        severity: book.add_format({**look, "bold": True, "bg_color": f"#{fill}"}) for severity, fill in FILLS.items()
    }
    for row, line in enumerate(found or (_NOTHING,), start=4):
        sheet.set_row(row, _height(line.texts))
        for column, words in enumerate(line.texts):
            if column == 2 and line.link and row < _MOST_LINKS:
                sheet.write_url(row, column, f"internal:{line.link}", link, string=words)
            else:
                sheet.write_string(row, column, words, levels[line.severity] if found and column == 0 else text)


def _height(texts: Sequence[str]) -> float:
    """A row's height in points that shows every text, wrapped to its column."""
    deepest = max(-(-breadth(words) // (width - 1)) for words, width in zip(texts, _WIDTHS, strict=True))
    return min(8 + 15 * max(1, deepest), 400)


def breadth(text: str) -> int:
    """How many digits' width a text takes; a Chinese character is as wide as two."""
    return sum(1 if char.isascii() else 2 for char in text)
