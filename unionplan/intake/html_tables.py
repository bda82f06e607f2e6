"""Web pages with tables, which many systems export under the name .xls → one sheet per table.

The hints of Excel's own web pages (x:num, x:str, x:err, mso-number-format) are followed; without them a cell is
the text that it shows. Broken markup is read as a browser reads it: what is not closed is closed in time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape

from unionplan.errors import IntakeError
from unionplan.intake.bounds import require_few_sheets
from unionplan.intake.cells import Cell, Sheet, Unreadable, plain_cell
from unionplan.intake.decoding import decoded
from unionplan.intake.delimited import text_cell
from unionplan.intake.grid import MAX_COLUMNS, MAX_ROWS, Grid, shown
from unionplan.intake.html_tokens import walk
from unionplan.intake.moments import meanings
from unionplan.intake.refusals import ALLOWED, SAVE_AS
from unionplan.intake.xlsx_styles import PLAIN, Meanings, shown_as

_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_SHEET_NAME = re.compile(r"<x:Name>(.*?)</x:Name>", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^}]*)\}")
_NUMBER_FORMAT = re.compile(r"""mso-number-format\s*:\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^;]+))""", re.IGNORECASE)
_MEANT = "\ufdd0"
"""Stands for a space that is content: one that Excel marks as meant."""
_BLANKS = re.compile("[ \t\r\n\f]+")
_BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "center", "caption", "dt", "dd", "pre", "hr"}
_UNSHOWN = {"style", "script", "title", "head", "noscript", "template", "select", "textarea", "comment"}
_CSS_NAMES = {
    "general": "General", "short date": "yyyy/m/d", "medium date": "d-mmm-yy", "long date": "yyyy/m/d",
    "short time": "h:mm", "medium time": "h:mm AM/PM", "long time": "h:mm:ss", "general date": "yyyy/m/d h:mm",
}  # fmt: skip
_TROUBLE = re.compile(
    r"登录|登陆|log\s?in|sign\s?in|密码|超时|错误|error|not found|forbidden|exception|\b[45]0\d\b", re.I
)


def html_sheets(data: bytes, name: str) -> list[Sheet]:
    """Return the tables of a web page as sheets; raises IntakeError for a page without any."""
    declared = _CHARSET.search(data[:4096].replace(b"\x00", b""))
    return page_sheets(decoded(data, name, declared[1].decode() if declared else ""), name)


def page_sheets(text: str, name: str, titles: list[str] | None = None) -> list[Sheet]:
    """Return the tables of a page's text as sheets, called `titles` if there are as many."""
    page = _Page()
    walk(text, page)
    page.finish()
    if page.password or not page.tables:
        raise _no_table(page, name)
    require_few_sheets(len(page.tables), name)
    named = titles if titles is not None else [unescape(title).strip() for title in _SHEET_NAME.findall(text)]
    if len(named) != len(page.tables):
        named = [""] if len(page.tables) == 1 else [f"表{number}" for number, _ in enumerate(page.tables, 1)]
    known = meanings()
    sheets = [
        _sheet(table, page.formats, known, (title, name)) for table, title in zip(page.tables, named, strict=True)
    ]
    return [sheet for sheet in sheets if sheet.rows] or sheets


def _no_table(page: _Page, name: str) -> IntakeError:
    if page.frames:
        return IntakeError(
            name, "这是多个工作表另存的网页，表格在旁边的文件夹里", ALLOWED, "请打开原来的表格，另存为 .xlsx 后上传"
        )
    shown_text = " ".join(page.loose)[:2000]
    if page.password or _TROUBLE.search(shown_text):
        return IntakeError(
            name, "这是网站的登录或出错页面，不是导出的表格", ALLOWED, "请重新登录原来的系统，再导出一次"
        )
    return IntakeError(name, "这是网页，里面没有表格", ALLOWED, SAVE_AS)


@dataclass
class _Box:
    """One table cell as marked up."""

    attributes: dict[str, str]
    parts: list[str] = field(default_factory=list)


@dataclass
class _Table:
    """One table as marked up; `before` and `after` are the lines of text around it."""

    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    rows: list[list[_Box]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    columns: int = 0
    box: _Box | None = None
    in_row: bool = False


class _Page:
    """Gathers the tables of a page, innermost first closed, and the text between them."""

    def __init__(self) -> None:
        self.tables: list[_Table] = []
        self.formats: dict[str, str] = {}
        self.loose: list[str] = []
        self.password = self.frames = False
        self._open: list[_Table] = []
        self._unshown = ""
        self._notes = self._spaces = False
        self._line: list[str] = []

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element; a cell or row that is still open ends where the next begins."""
        table = self._open[-1] if self._open else None
        if tag == "table":
            self._begin_table()
        elif tag in _UNSHOWN:
            self._unshown = tag if tag != "head" else self._unshown
        elif tag == "br":
            self._text("\n")
        elif tag in _BLOCKS:
            self._notes |= "mso-element:comment-list" in attributes.get("style", "").replace(" ", "")
            self._break_line()
        elif tag == "input":
            self.password |= attributes.get("type", "").lower() == "password"
        elif tag == "span":
            self._spaces = "mso-spacerun" in attributes.get("style", "")
        elif tag == "frameset":
            self.frames = True
        elif table is not None:
            self._begin_in_table(table, tag, attributes)

    def _begin_in_table(self, table: _Table, tag: str, attributes: dict[str, str]) -> None:
        if tag == "tr":
            table.box = None
            table.rows.append([])
            table.in_row = True
            if _is_hidden(attributes):
                table.hidden_rows.add(len(table.rows) - 1)
        elif tag in ("td", "th"):
            if not table.in_row:
                table.rows.append([])
                table.in_row = True
            table.box = _Box(attributes)
            table.rows[-1].append(table.box)
        elif tag == "col":
            first, table.columns = table.columns, table.columns + _span(attributes, "span", MAX_COLUMNS)
            if _is_hidden(attributes):
                table.hidden_columns.update(range(first, table.columns))

    def _begin_table(self) -> None:
        if not self._open:
            self._end_line()
        self._open.append(_Table())

    def end(self, tag: str) -> None:
        """End an element; ends of what was never begun are passed over."""
        if tag == self._unshown:
            self._unshown = ""
        elif tag == "span":
            self._spaces = False
        elif tag in _BLOCKS:
            self._break_line()
        elif self._open and tag in ("td", "th", "tr", "table"):
            table = self._open[-1]
            table.box = None
            table.in_row = table.in_row and tag in ("td", "th")
            if tag == "table":
                self._end_table(self._open.pop())

    def _end_table(self, table: _Table) -> None:
        """A table of one cell inside another is that cell's text; a larger one is a table of its own."""
        boxes = [box for row in table.rows for box in row]
        outer = self._open[-1].box if self._open else None
        if outer is not None and len(boxes) <= 1:
            outer.parts += [part for box in boxes for part in box.parts]
        elif boxes:
            if not self._open:
                table.before, self.loose = self.loose, []
            self.tables.append(table)

    def text(self, text: str) -> None:
        """Text: of the innermost cell, else between the tables."""
        if self._unshown == "style":
            self._note_formats(text)
        elif not self._unshown:
            text = _BLANKS.sub(" ", text)
            self._text(re.sub("[ \u00a0]", _MEANT, text) if self._spaces else text)

    def _text(self, text: str) -> None:
        box = self._open[-1].box if self._open else None
        if box is not None:
            box.parts.append(text)
        elif not self._notes:  # what Excel lists below its tables are the notes on cells
            self._line.append(text)

    def _break_line(self) -> None:
        box = self._open[-1].box if self._open else None
        if box is None:
            self._end_line()
        elif box.parts and not box.parts[-1].endswith("\n"):
            box.parts.append("\n")

    def _end_line(self) -> None:
        self.loose += [line for line in _shown_text(self._line).split("\n") if line]
        self._line = []

    def comment(self, text: str) -> None:
        """Styles stand in a comment in pages of Excel's own."""
        if self._unshown == "style" or "mso-number-format" in text:
            self._note_formats(text)

    def _note_formats(self, css: str) -> None:
        for selectors, rules in _RULE.findall(css):
            if found := _NUMBER_FORMAT.search(rules):
                for selector in selectors.split(","):
                    self.formats[selector.strip().rpartition(".")[2]] = next(filter(None, found.groups()), "")

    def finish(self) -> None:
        """Close what the page left open; text below the last table becomes its last rows."""
        while self._open:
            self._end_table(self._open.pop())
        self._end_line()
        if self.tables:
            self.tables[-1].after, self.loose = self.loose, []


def _is_hidden(attributes: dict[str, str]) -> bool:
    style = attributes.get("style", "").replace(" ", "").lower()
    return "display:none" in style or "visibility:collapse" in style or "hidden" in attributes


def _span(attributes: dict[str, str], key: str, most: int) -> int:
    if key not in attributes:
        return 1
    said = re.match(r"\s*(\d{1,9})", attributes[key])
    return min(max(int(said[1]), 1), most) if said else 1


def _sheet(table: _Table, formats: dict[str, str], known: Meanings, named: tuple[str, str]) -> Sheet:
    """The table's boxes laid on a grid, with the lines of text around it as rows of their own."""
    title, file = named
    grid, merged, above = Grid(file, title), [], len(table.before)
    for place, line in enumerate(table.before):
        grid.put(place, 0, line)
    taken: dict[int, int] = {}  # column → row from which it is free again
    for row, boxes in enumerate(table.rows, above):
        column = 0
        for box in boxes:
            while taken.get(column, 0) > row:
                column += 1
            right = _span(box.attributes, "colspan", MAX_COLUMNS)
            down = _span(box.attributes, "rowspan", 65_534)
            down = min(down, above + len(table.rows) - row)
            grid.put(row, column, _value(box, formats, known))
            if right > 1 or down > 1:
                merged.append((row, column, row + down - 1, column + right - 1))
            if down > 1:
                taken.update(dict.fromkeys(range(column, column + right), row + down))
            column += right
    for place, line in enumerate(table.after, above + len(table.rows)):
        grid.put(place, 0, line)
    rows = grid.trimmed()
    width = max((len(row) for row in rows), default=0)
    return Sheet(
        title, rows, tuple(sorted(merged)), False,
        shown({above + place for place in table.hidden_rows}, min(len(rows), MAX_ROWS)),
        shown(table.hidden_columns, width),
    )  # fmt: skip


def _shown_text(parts: list[str]) -> str:
    """The text without the blanks of the markup: those around it, beside line ends, and doubled ones."""
    text = "".join(parts)
    if " " in text or "\n" in text:
        text = re.sub(" *\n *", "\n", re.sub(" +", " ", text))
    return text.strip(" \n\t\u00a0").replace(_MEANT, " ")


def _value(box: _Box, formats: dict[str, str], known: Meanings) -> Cell:
    text, hints = _shown_text(box.parts), box.attributes
    if "x:err" in hints:
        return Unreadable(hints["x:err"] or text or "错误值")
    if "x:bool" in hints:
        return (hints["x:bool"] or text).strip().upper() in ("TRUE", "1")
    if "x:num" in hints:
        return _number(hints["x:num"] or text, _shown(hints, formats), text, known)
    if "sdval" in hints and not isinstance(
        text_cell(text), Unreadable
    ):  # LibreOffice; its format follows two language numbers
        return _number(hints["sdval"], shown_as(hints.get("sdnum", "").split(";", 2)[-1]), text, known)
    if "x:fmla" in hints and not text and "x:str" not in hints:
        return Unreadable("公式没有结果")
    if hints.get("x:str"):
        return plain_cell(hints["x:str"])
    return text if "x:str" in hints and text.strip() else text_cell(text)


def _number(stored: str, shown_by: int, text: str, known: Meanings) -> Cell:
    try:
        value = float(stored.replace(",", "").strip())
    except ValueError:
        return text_cell(text)
    return known.number(value, shown_by)


def _shown(hints: dict[str, str], formats: dict[str, str]) -> int:
    """How a cell shows its number, by its own format or that of its class."""
    own = _NUMBER_FORMAT.search(hints["style"]) if "style" in hints else None
    said = next(filter(None, own.groups()), "") if own else ""
    for name in hints.get("class", "").split():
        said = said or formats.get(name, "")
    return _shown_by(said) if said else PLAIN


@lru_cache(1000)
def _shown_by(css: str) -> int:
    """How a number format, as CSS writes it, shows a number."""
    plain = re.sub(r"\\([0-9A-Fa-f]{4})", lambda code: chr(int(code[1], 16)), css).strip("\"' ")
    return shown_as(_CSS_NAMES.get(plain.lower(), plain.replace("\\", "")))
