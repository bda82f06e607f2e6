"""`export` of the command line: the board as files for a meeting, by kind and page."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from unionplan.errors import UsageError
from unionplan.exhibits import PAGES, Exhibit, catalogue, exhibits, usual
from unionplan.export.book import book_of
from unionplan.export.occasion import plain_occasion
from unionplan.export.offline import offline_html
from unionplan.export.one_page import one_page_pdf
from unionplan.export.pack import pack_pdf
from unionplan.export.poster import poster_pdf
from unionplan.export.report import report_of
from unionplan.export.slides import deck_of
from unionplan.export.tall_picture import tall_png
from unionplan.standpoint import Standpoint

Command = Callable[..., argparse.ArgumentParser]
"""(commands, name, run, words) → the parser of one command, its --store included."""
Maker = Callable[[Standpoint, Sequence[Exhibit]], bytes]
"""What is shown, and the exhibits asked for → the file."""

KINDS: Mapping[str, Maker] = {
    "docx": lambda board, shown: report_of(board, shown, plain_occasion(board)),
    "xlsx": lambda board, shown: book_of(board, shown, plain_occasion(board)),
    "pptx": lambda board, shown: deck_of(board, shown, plain_occasion(board)),
    "pdf": pack_pdf,
    "png": tall_png,
    "html": offline_html,
}
SHEETS: Mapping[str, Callable[[Standpoint], bytes]] = {"onepage": one_page_pdf, "poster": poster_pdf}
"""What `--page` names besides the pages of the board: single sheets, PDF only."""
SHEET_WORDS = "onepage（一页通）、poster（A3 挂图）"


def plug(commands: Any, command: Command, seen: Callable[[argparse.Namespace], Standpoint]) -> None:
    """Add the command to argparse's `commands`; `seen` gives the standpoint that the arguments mean."""

    def run(arguments: argparse.Namespace) -> int:
        make = _maker(arguments.kind)
        sheet = _sheet(arguments.kind, arguments.page)
        board = seen(arguments)
        made = sheet(board) if sheet else make(board, _asked(board, arguments.page))
        Path(arguments.output).write_bytes(made)
        sys.stdout.write(f"已写到 {arguments.output}\n")
        return 0

    parser = command(commands, "export", run, "导出材料")
    parser.add_argument("kind", metavar="格式", help="、".join(KINDS))
    parser.add_argument("-o", "--output", required=True, help="写到哪个文件")
    parser.add_argument(
        "--page", default="", help=f"只要一页：{'、'.join(PAGES)}；pdf 还有 {SHEET_WORDS}；不写的，全部"
    )
    parser.add_argument("--commit", type=int, help="看第几次更新之后的样子")


def _maker(kind: str) -> Maker:
    if kind not in KINDS:
        raise UsageError(f"导出 {kind}", "没有这种格式", f"目前有 {'、'.join(KINDS)}", "请改成其中之一")
    return KINDS[kind]


def _sheet(kind: str, page: str) -> Callable[[Standpoint], bytes] | None:
    if page in SHEETS and kind != "pdf":
        raise UsageError(
            f"导出 {kind}",
            f"{page} 只有 PDF",
            f"{kind} 的页面有 {'、'.join(PAGES)}",
            f"请改为 export pdf --page {page}",
        )
    return SHEETS.get(page)


def _asked(board: Standpoint, page: str) -> list[Exhibit]:
    """The exhibits of one page, by its id or its title, or all that a meeting usually sees."""
    ids = {**{title: name for name, title in PAGES.items()}, **{name: name for name in PAGES}}
    if page and page not in ids:
        raise UsageError(f"页面 {page}", "没有这一页", f"{'、'.join(PAGES)}；pdf 还有 {SHEET_WORDS}", "请改成其中之一")
    places = {entry.id: entry.page for entry in catalogue(board)}
    found = exhibits(board, [one for one in usual(board) if not page or places[one] == ids[page]])
    if not found:
        raise UsageError("导出", "还没有可以导出的图", "", "请先在“数据更新”上传数据")
    return found
