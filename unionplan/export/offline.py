"""The charts of a meeting as one HTML file for a USB stick: nothing is fetched, keys turn the pages, it prints page by page.

Charts are inline SVG in the reader's own Chinese font; a phone gets the charts drawn for phones. Every text is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

from unionplan import narrative, theme
from unionplan.charts import PHONE
from unionplan.exhibits import Exhibit
from unionplan.export.cells import printed
from unionplan.export.marks import drawing
from unionplan.export.pack import document_title, fitted, sample_mark
from unionplan.export.svg import svg
from unionplan.standpoint import Standpoint

HIGHEST = 1080  # px: what is higher scrolls instead of being made smaller
SHORT = 14  # letters that are not broken over lines
_FENCE = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{fence}"><title>{title}</title><style>{style}</style></head>
<body><header><strong>{city}</strong><span>{days}</span><nav aria-label="目录"><ol>{entries}</ol></nav>
<p class="keys">按 ← → 键或上下翻页键翻页，行首键回到第一页，T 键展开表格，P 键打印</p></header>
<main><h1>{conclusion}</h1>{sections}</main><script>{script}</script></body></html>
"""


def offline_html(board: Standpoint, shown: Sequence[Exhibit]) -> bytes:
    """Return the exhibits with their tables as one HTML file, UTF-8."""
    title = document_title(board)
    settings = board.plan.settings
    entries = "".join(f'<li><a href="#p{n}">{escape(_called(one))}</a></li>' for n, one in enumerate(shown, 1))
    sections = "".join(_section(number, len(shown), one) for number, one in enumerate(shown, 1))
    days = [narrative.as_of_words(board.rows()), f"第{board.commit}次更新", sample_mark(board)]
    return _PAGE.format(
        fence=_FENCE, title=escape(title), style=_asset("offline.css").replace("FONTS", theme.FONTS),
        city=escape(f"{settings.city}工会目标任务　{settings.period_name}"), days=escape("　".join(filter(None, days))),
        entries=entries, sections=sections, script=_asset("offline.js"),
        conclusion=escape(narrative.conclusion(board.rows(), board.plan.indicators)),
    ).encode()  # fmt: skip


def _section(number: int, count: int, one: Exhibit) -> str:
    wide, narrow = fitted(one), drawing(one.draw(PHONE))
    pictures = "".join(
        f'<div class="{name}">{svg(drawn, theme.FONTS, one.title)}</div>'
        for name, drawn in (("wide" if wide.height <= HIGHEST else "wide tall", wide), ("narrow", narrow))
    )
    table = (
        f"<details><summary>表格：{escape(_called(one))}（{len(one.table.rows)}行）</summary>{_table(one)}</details>"
    )
    foot = f'<p class="place">{number} / {count}</p>'
    return f'<section id="p{number}" tabindex="-1">{pictures}{table}{foot}</section>'


def _called(one: Exhibit) -> str:
    """The exhibit's name to be read; a file's has no spaces."""
    return one.name.replace("_", " · ")


def _table(one: Exhibit) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in one.table.headers)
    body = "".join(
        "<tr>" + "".join(f"<td{_kind(value)}>{escape(printed(value))}</td>" for value in row) + "</tr>"
        for row in one.table.rows
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _kind(value: object) -> str:
    if isinstance(value, str):
        return ' class="short"' if len(value) <= SHORT else ""
    return "" if value is None else ' class="number"'


@cache
def _asset(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
