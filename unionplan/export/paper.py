"""An official paper in Word: A4 with the margins, type sizes and line distance of a federation's documents.

Fonts are named, never shipped: 方正小标宋 for the title, 仿宋 for the text, 黑体 for headings; a PC without them shows
its own. Sizes are points, widths millimetres. What is written is text as it stands: nothing in it becomes a field.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from unionplan.theme import chinese_date, plain

SONG, FANG, HEI, KAI = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
BODY, TITLE, TABLE, LINE = 16, 22, 10.5, 28  # points: text, title, tables, the exact distance of lines
MARGINS = (37, 35, 28, 26)  # top, bottom, left, right
WIDTH = 210 - MARGINS[2] - MARGINS[3]
_STYLES = (
    ("公文标题", SONG, TITLE, 34, WD_ALIGN_PARAGRAPH.CENTER, 0),
    ("公文副标题", KAI, BODY, LINE, WD_ALIGN_PARAGRAPH.CENTER, 0),
    ("公文称谓", FANG, BODY, LINE, WD_ALIGN_PARAGRAPH.LEFT, 0),
    ("公文正文", FANG, BODY, LINE, WD_ALIGN_PARAGRAPH.JUSTIFY, 2),
    ("公文一级标题", HEI, BODY, LINE, WD_ALIGN_PARAGRAPH.LEFT, 2),
    ("公文二级标题", KAI, BODY, LINE, WD_ALIGN_PARAGRAPH.LEFT, 2),
    ("公文标志", SONG, 32, 44, WD_ALIGN_PARAGRAPH.CENTER, 0),
    ("公文字号", FANG, BODY, LINE, WD_ALIGN_PARAGRAPH.LEFT, 0),
    ("公文标记", HEI, BODY, LINE, WD_ALIGN_PARAGRAPH.LEFT, 0),
    ("图", FANG, TABLE, 0, WD_ALIGN_PARAGRAPH.CENTER, 0),
    ("图表题", HEI, TABLE, 16, WD_ALIGN_PARAGRAPH.CENTER, 0),
    ("图表注", FANG, 9, 14, WD_ALIGN_PARAGRAPH.LEFT, 0),
    ("公文落款", FANG, BODY, LINE, WD_ALIGN_PARAGRAPH.RIGHT, 0),
    ("表头", HEI, TABLE, 16, WD_ALIGN_PARAGRAPH.CENTER, 0),
    ("表文", FANG, TABLE, 16, WD_ALIGN_PARAGRAPH.LEFT, 0),
    ("单头", HEI, 14, 22, WD_ALIGN_PARAGRAPH.CENTER, 0),
    ("单文", FANG, 14, 22, WD_ALIGN_PARAGRAPH.LEFT, 0),
)
"""Name, font, size, line distance (0: as high as what stands in it), alignment, characters of first-line indent."""
RED = RGBColor(0xC0, 0x00, 0x00)


class Paper:
    """One document in the making; `data` gives it as bytes of a .docx file."""

    def __init__(self, day: date) -> None:
        self._document = Document()
        self._day = day
        self._fresh, self._name = True, ""
        _page(self._document)
        _styles(self._document)
        _numbers(self._document)

    def title(self, text: str, under: str = "") -> None:
        """Write a title, on a new page where something stands already; `under` is a line below it."""
        self._write(text, "公文标题").paragraph_format.page_break_before = not self._fresh
        self._fresh, self._name = False, self._name or text.replace("\n", "")
        if under:
            self._write(under, "公文副标题")
        self._write("", "公文正文")

    def address(self, text: str) -> None:
        """Write whom the paper is for."""
        self._write(text, "公文称谓")

    def text(self, text: str, style: str = "公文正文") -> None:
        """Write a paragraph in one of the paper's styles."""
        self._write(text, style)

    def heading(self, text: str) -> None:
        """Write a heading; it stays with what follows."""
        self._write(text, "公文一级标题").paragraph_format.keep_with_next = True

    def second(self, text: str) -> None:
        """Write a heading of the second level; it stays with what follows."""
        self._write(text, "公文二级标题").paragraph_format.keep_with_next = True

    def mark(self, text: str) -> None:
        """Write a mark at the top left of the first page (内部资料)."""
        self._write(text, "公文标记")
        self._fresh = True

    def letterhead(self, who: str) -> None:
        """Write the head of a paper that goes upwards: who sends it in red, number and signer to be filled in, a red line."""
        for run in self._write(who, "公文标志").runs:
            run.font.color.rgb = RED
        self._fresh = True
        line = self._write("〔　　　　〕　　号", "公文字号")
        line.add_run("\t签发人：　　　　")
        line.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
        line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(12), Pt(12)
        _under(line, "C00000", 18)

    def caption(self, text: str) -> None:
        """Write a table's title; it stays with the table."""
        self._write(text, "图表题").paragraph_format.keep_with_next = True

    def remark(self, lines: Sequence[str]) -> None:
        """Write lines of small print below a table."""
        for line in lines:
            self._write(line, "图表注")

    def frame(self, told: str, caption: str, notes: Sequence[str]) -> Callable[[bytes], None]:
        """Keep a place for a picture, its caption and notes below it; return what puts it there, as wide as the text.

        `told` is its alternative text.
        """
        place = self._document.add_paragraph(style="图")
        place.paragraph_format.keep_with_next = True
        place.paragraph_format.space_before = Pt(6)
        run = place.add_run()

        def put(png: bytes) -> None:
            about = run.add_picture(io.BytesIO(png), width=Mm(WIDTH))._inline.docPr
            about.set("descr", plain(told))
            about.set("name", plain(caption).partition("　")[0])

        lines = [self._write(caption, "图表题"), *(self._write(note, "图表注") for note in notes)]
        for line in lines[:-1]:
            line.paragraph_format.keep_with_next = True
        lines[-1].paragraph_format.space_after = Pt(8)
        return put

    def sign(self, who: str, day: str = "") -> None:
        """Write who signs, and the day (the paper's own, or these words); both stay with the paragraph before them."""
        last = self._document.paragraphs[-1]
        last.paragraph_format.keep_with_next = True
        for text, right in ((who, 2), (day or chinese_date(self._day), 2)):
            written = self._write(text, "公文落款")
            written.paragraph_format.right_indent = Pt(right * BODY)
            written.paragraph_format.keep_with_next = True
        self._document.paragraphs[-1].paragraph_format.keep_with_next = False

    def table(
        self, headers: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float], centred: Collection[int] = (),
        kept: bool = True,
    ) -> None:  # fmt: skip
        """Write a list under a head that is repeated on every page; `centred` are columns, `widths` their millimetres.

        `kept`: its last rows stay with what follows.
        """
        made = self._grid(len(headers), widths)
        _fill(made.add_row(), headers, "表头", range(len(headers)))
        _repeat(made.rows[0])
        for row in rows:
            _fill(made.add_row(), row, "表文", centred)
        _whole_rows(made)
        for cell in [
            cell for row in made.rows[-2:] for cell in row.cells if kept
        ]:  # who signs never stands alone on a page
            cell.paragraphs[0].paragraph_format.keep_with_next = True

    def form(self, rows: Sequence[tuple[str, str, float]], by_hand: Collection[str] = (), head: float = 34) -> None:
        """Write a form of two columns: a label, its text ("" to be filled in by hand), the least height in millimetres.

        The texts of the labels `by_hand` stand at the right, room to sign before them.
        """
        made = self._grid(2, (head, WIDTH - head))
        for label, text, height in rows:
            row = made.add_row()
            _fill(row, ("", ""), "单文", ())
            _cell_text(row.cells[0], label, "单头")
            _cell_text(row.cells[1], text, "单文")
            row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
            if label in by_hand:
                row.cells[1].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _whole_rows(made)

    def data(self) -> bytes:
        """Return the document as the bytes of a .docx file."""
        about = self._document.core_properties
        about.author = about.last_modified_by = about.comments = ""
        about.title = plain(self._name) or self._document.paragraphs[0].text
        about.created = about.modified = datetime.combine(self._day, datetime.min.time())
        out = io.BytesIO()
        self._document.save(out)
        return out.getvalue()

    def _write(self, text: str, style: str) -> Any:
        written = self._document.add_paragraph(style=style)
        for number, line in enumerate(text.split("\n")):
            if number:
                written.add_run().add_break(WD_BREAK.LINE)
            written.add_run(_kept(line))
        return written

    def _grid(self, columns: int, widths: Sequence[float]) -> Any:
        made = self._document.add_table(0, columns, style="Table Grid")
        made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        _narrow_edges(made)
        for column, width in zip(made.columns, widths, strict=True):
            column.width = Mm(width)
        return made


def _kept(text: str) -> str:
    """One line without control characters; the blanks to write into stay as they are."""
    return text if not text.strip() else plain(text) if text == text.strip() else text


def _under(paragraph: Any, colour: str, eighths: int) -> None:
    """Draw a line below a paragraph; `eighths` of a point thick."""
    border, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "4"), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    border.append(line)
    paragraph._p.get_or_add_pPr().append(border)


def _page(document: Any) -> None:
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
    top, bottom, left, right = (Mm(size) for size in MARGINS)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = top, bottom, left, right
    section.footer_distance = Mm(25)
    for grid in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(grid)
    document.settings.odd_and_even_pages_header_footer = True


def _styles(document: Any) -> None:
    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    defaults.clear()
    _fonts(defaults, FANG)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")  # a number marked as Chinese would be broken anywhere
    language.set(qn("w:eastAsia"), "zh-CN")
    defaults.append(language)
    _style(document.styles["Normal"], FANG, BODY, LINE)
    for name in ("autoSpaceDE", "autoSpaceDN"):  # figures stand as close to words as words to each other
        tight = OxmlElement(f"w:{name}")
        tight.set(qn("w:val"), "0")
        document.styles["Normal"].element.get_or_add_pPr().append(tight)
    for name, font, size, line, align, indent in _STYLES:
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        _style(style, font, size, line)
        style.paragraph_format.alignment = align
        if name == "单文":
            style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(3)
            style.paragraph_format.left_indent = style.paragraph_format.right_indent = Pt(4)
        if indent:
            place = style.element.get_or_add_pPr().get_or_add_ind()
            place.set(qn("w:firstLineChars"), str(indent * 100))
            place.set(qn("w:firstLine"), str(int(indent * size * 20)))


def _style(style: Any, font: str, size: float, line: float) -> None:
    _fonts(style.element.get_or_add_rPr(), font)
    style.font.size = Pt(size)
    form = style.paragraph_format
    if line:
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    else:
        form.line_spacing_rule = WD_LINE_SPACING.SINGLE
    form.space_before = form.space_after = Pt(0)


def _fonts(properties: Any, font: str) -> None:
    found = properties.find(qn("w:rFonts"))
    if found is None:
        found = OxmlElement("w:rFonts")
        properties.insert(0, found)
    for name in ("ascii", "hAnsi", "eastAsia", "cs"):
        found.set(qn(f"w:{name}"), font)


def _numbers(document: Any) -> None:
    """— 1 — at the outer edge: right on odd pages, left on even ones."""
    section = document.sections[0]
    for footer, align in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        line = footer.paragraphs[0]
        line.alignment = align
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(14)
        for part in ("— ", "PAGE", " —"):
            run = line.add_run("" if part == "PAGE" else part)
            run.font.size = Pt(14)
            _fonts(run._r.get_or_add_rPr(), "宋体")
            if part == "PAGE":
                _field(run, part)


def _field(run: Any, code: str) -> None:
    for kind in ("begin", "instr", "end"):
        part = OxmlElement("w:instrText" if kind == "instr" else "w:fldChar")
        if kind == "instr":
            part.text = code
        else:
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)


def _fill(row: Any, texts: Sequence[str], style: str, centred: Collection[int]) -> None:
    for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        _cell_text(cell, text, style)
        if place in centred:
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER


def _cell_text(cell: Any, text: str, style: str) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for number, line in enumerate(text.split("\n")):
        written = cell.paragraphs[0] if not number else cell.add_paragraph()
        written.style = style
        for run in list(written.runs):
            run._r.getparent().remove(run._r)
        written.add_run(_kept(line))


def _narrow_edges(made: Any) -> None:
    """Leave one millimetre at both sides of a cell, so that a date stays on one line."""
    edges = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), "57")
        edge.set(qn("w:type"), "dxa")
        edges.append(edge)
    made._tbl.tblPr.append(edges)


def _repeat(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _whole_rows(made: Any) -> None:
    for row in made.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, column in zip(row.cells, made.columns, strict=True):
            cell.width = column.width
