"""A slide deck in the making: theme, one layout, and the pieces that slides are made of, as native shapes.

Places and sizes are pixels of a slide 1920 wide, two to a point. Fonts and palette stand in the theme, so that an office
changes them in one place; every run is marked as Chinese. Whatever is written is text: it becomes no markup.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml import parse_xml
from pptx.util import Emu

from unionplan import theme
from unionplan.charts.profile import SLIDE, leading, wrap

PX = 6350  # EMU in a pixel
WIDTH, HEIGHT = 1920, 1080
NS = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
LATIN, CHINESE = "Microsoft YaHei", "微软雅黑"
SCHEME = {
    "dk1": theme.INK, "lt1": theme.PAPER, "dk2": theme.INK_SOFT, "lt2": theme.TRACK, "accent1": theme.FOCUS,
    "accent2": theme.ROLES["attained"].mark, "accent3": theme.ROLES["on_pace"].mark,
    "accent4": theme.ROLES["slow"].mark, "accent5": theme.ROLES["behind"].mark, "accent6": theme.MARK,
    "hlink": theme.FOCUS, "folHlink": theme.INK_FAINT,
}  # fmt: skip
"""The theme's colours by their place; texts and paper are called tx and bg where they are used."""
_PLACES = {
    colour: {"dk1": "tx1", "lt1": "bg1", "dk2": "tx2", "lt2": "bg2"}.get(name, name)
    for name, colour in reversed(SCHEME.items())
}
ALIGN = {"left": "l", "center": "ctr", "right": "r"}
FOOT = HEIGHT - 0.9 * SLIDE.u  # where the foot's last line ends
NUMBER = 90  # width kept for the slide's number
SLACK = 0.9  # of the room: a PC without the theme's font shows wider figures


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its lines, how they look, how many columns it spans."""

    text: str = ""
    size: float = SLIDE.label
    color: str = theme.INK
    bold: bool = False
    fill: str = ""
    align: str = "left"
    span: int = 1
    link: str = ""


@dataclass
class Page:
    """One slide and the next free id on it."""

    slide: Any
    top: float = 0
    bottom: float = 0
    _next: int = 100

    def add(self, xml: str) -> Any:
        """Add a shape given as XML, with `{id}` where its own id belongs; return it."""
        self._next += 1
        made = parse_xml(xml.replace("{id}", str(self._next)))
        self.slide.shapes._spTree.append(made)
        return made

    def fresh(self) -> int:
        """Return an id that no other shape of this slide has."""
        self._next += 1
        return self._next


@dataclass
class Deck:
    """A presentation; `data` gives it as the bytes of a .pptx file."""

    title: str
    day: date
    mark: str = ""
    _file: Any = field(default=None)
    pages: list[Page] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._file = _empty()

    def page(self, title: str, subtitle: str = "", source: str = "", note: str = "") -> Page:
        """Add a slide with its title, a second line, and its foot: source left, definition right."""
        page = self._blank()
        p = SLIDE
        lines = title_lines(title)
        top = 1.25 * p.u
        _place(page.slide.shapes.title, p.margin, top, p.inner, len(lines) * leading(p.title))
        _write(page.slide.shapes.title, lines, p.title, theme.INK, True)
        y = top + len(lines) * leading(p.title) + 0.25 * p.u
        second = packed(subtitle, p.subtitle, SLACK * p.inner)
        page.add(text(second, p.margin, y, p.inner, p.subtitle, theme.INK_SOFT, name="副标题"))
        page.top = y + len(second) * leading(p.subtitle) + 0.6 * p.u
        page.bottom = self._foot(page, source, note)
        return page

    def cover(self, title: str, subtitle: Sequence[str], below: Sequence[str]) -> None:
        """Add the cover: a band with title and lines, more lines below it."""
        page, p = self._blank(theme.PAPER), SLIDE
        band = 620
        page.slide.shapes._spTree.insert(
            2, parse_xml(box("底色", 0, 0, WIDTH, band, theme.BRAND).replace("{id}", "90"))
        )
        page.add(box("金线", 0, band, WIDTH, band + 8, theme.ORNAMENT))
        lines, size = wrap(title, 2.6 * p.u, SLACK * p.inner, True), 2.6 * p.u
        top = band / 2 - len(lines) * leading(size) / 2 - 0.8 * p.u
        _place(page.slide.shapes.title, p.margin, top, p.inner, len(lines) * leading(size))
        _write(page.slide.shapes.title, lines, size, theme.PAPER, True)
        y = top + len(lines) * leading(size) + 0.6 * p.u
        told = [line for one in subtitle for line in wrap(one, 1.3 * p.u, SLACK * p.inner)]
        page.add(text(told, p.margin, y, p.inner, 1.3 * p.u, theme.PAPER, name="副标题"))
        rest = [line for one in below for line in wrap(one, 1.3 * p.u, SLACK * p.inner)]
        page.add(text(rest, p.margin, band + 2 * p.u, p.inner, 1.3 * p.u, theme.INK_SOFT, name="落款"))

    def notes(self, page: Page, lines: Sequence[str]) -> None:
        """Write a slide's speaker notes."""
        frame = page.slide.notes_slide.notes_text_frame
        frame.text = "\n".join(theme.plain(line) for line in lines if line)
        for run in frame._txBody.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}r"):
            run.get_or_add_rPr().set("lang", "zh-CN")

    def data(self) -> bytes:
        """Return the presentation as the bytes of a .pptx file."""
        about = self._file.core_properties
        about.author = about.last_modified_by = about.comments = about.keywords = about.subject = about.category = ""
        about.title, about.revision, about.language = theme.plain(self.title), 1, "zh-CN"
        about.created = about.modified = about.last_printed = datetime.combine(self.day, datetime.min.time())
        out = io.BytesIO()
        self._file.save(out)
        return out.getvalue()

    def _blank(self, ink: str = theme.INK_FAINT) -> Page:
        slide = self._file.slides.add_slide(self._file.slide_layouts[0])
        page = Page(slide)
        self.pages.append(page)
        for shape in self._file.slide_layouts[0].placeholders:
            if shape.placeholder_format.type in (13, 15):  # slide number, footer
                own = deepcopy(shape._element)
                own.nvSpPr.cNvPr.set("id", str(page.fresh()))
                slide.shapes._spTree.append(own)
        if self.mark:
            p = SLIDE
            page.add(text([self.mark], p.right - 400, 0.35 * p.u, 400, p.source, ink, at="right", name="标记"))
        return page

    def _foot(self, page: Page, source: str, note: str) -> float:
        """Write the foot and return the y above it: one line where both fit, else the note's lines above."""
        p, size = SLIDE, SLIDE.source
        room = p.inner - NUMBER
        beside = bool(note) and (len(source) + len(note) + 2) * size <= room
        upper = [] if beside or not note else wrap(note, size, SLACK * room)
        footer = next(shape for shape in page.slide.placeholders if shape.placeholder_format.type == 15)
        lower = wrap(source, size, SLACK * room)
        y = FOOT - len(lower) * leading(size)
        _place(footer, p.margin, y, room, len(lower) * leading(size))
        _write(footer, lower, size, theme.INK_FAINT, False)
        if beside:
            page.add(text([note], p.margin, y, room, size, theme.INK_FAINT, at="right", name="口径"))
        elif upper:
            y -= len(upper) * leading(size)
            page.add(text(upper, p.margin, y, room, size, theme.INK_FAINT, name="口径"))
        return y - 0.5 * p.u


def title_lines(title: str) -> list[str]:
    """Return a title in the lines that it takes on a slide."""
    return wrap(title.replace("｜", ""), SLIDE.title, SLACK * SLIDE.inner, True)


def packed(words: str, size: float, width: float) -> list[str]:
    """Return a subtitle in lines: its parts between ｜ side by side as far as they fit."""
    lines: list[str] = []
    for part in re.split(r"\s*｜\s*", theme.plain(words)):
        joined = f"{lines[-1]}　｜　{part}" if lines else part
        if lines and len(wrap(joined.replace("｜", "|"), size, width)) == 1:
            lines[-1] = joined
        else:
            lines.append(part)
    return [line for one in lines for line in ([one] if "｜" in one else wrap(one, size, width))]


# Pieces


def paint(colour: str) -> str:
    """Return a solid fill: the theme's colour where it has it."""
    if colour in _PLACES:
        return f'<a:solidFill><a:schemeClr val="{_PLACES[colour]}"/></a:solidFill>'
    return f'<a:solidFill><a:srgbClr val="{colour.lstrip("#")}"/></a:solidFill>'


def run(words: str, size: float, color: str, bold: bool = False, link: str = "") -> str:
    """Return one run of text, `size` in pixels."""
    jump = f'<a:hlinkClick r:id="{link}" action="ppaction://hlinksldjump"/>' if link else ""
    return (
        f'<a:r><a:rPr lang="zh-CN" altLang="en-US" sz="{points(size)}" b="{int(bold)}" dirty="0">{paint(color)}{jump}</a:rPr>'
        f"<a:t>{escape(theme.plain(words))}</a:t></a:r>"
    )


def points(size: float) -> int:
    """Return pixels as hundredths of a point, never below nine points."""
    return max(900, round(size * 50))


def paragraph(words: str, size: float, color: str, bold: bool = False, at: str = "left", link: str = "") -> str:
    """Return one paragraph; an empty one keeps its size small."""
    body = run(words, size, color, bold, link) if words else f'<a:endParaRPr lang="zh-CN" sz="{points(size)}"/>'
    return f'<a:p><a:pPr algn="{ALIGN[at]}"/>{body}</a:p>'


def text(
    lines: Sequence[str], x: float, y: float, width: float, size: float, color: str, bold: bool = False,
    at: str = "left", name: str = "文字", middle: bool = False,
) -> str:  # fmt: skip
    """Return a text box of lines from `y` on, or around it where `middle`; its texts never wrap."""
    height = max(1, len(lines)) * leading(size)
    top = y - height / 2 if middle else y
    body = "".join(paragraph(line, size, color, bold, at) for line in (lines or [""]))
    return (
        f'<p:sp {NS}><p:nvSpPr><p:cNvPr id="{{id}}" name="{name} {{id}}"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr>'
        f'<p:spPr>{_frame(x, top, width, height)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr>'
        f'<p:txBody><a:bodyPr wrap="none" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"><a:noAutofit/></a:bodyPr>'
        f"<a:lstStyle/>{body}</p:txBody></p:sp>"
    )


def box(name: str, x0: float, y0: float, x1: float, y1: float, fill: str, edge: str = "", kind: str = "rect") -> str:
    """Return a filled shape without text; `edge` is the colour of a thin line around it."""
    line = f'<a:ln w="9525">{paint(edge)}</a:ln>' if edge else "<a:ln><a:noFill/></a:ln>"
    return (
        f'<p:sp {NS}><p:nvSpPr><p:cNvPr id="{{id}}" name={quoteattr(name)}/><p:cNvSpPr/><p:nvPr/></p:nvSpPr>'
        f'<p:spPr>{_frame(x0, y0, x1 - x0, y1 - y0)}<a:prstGeom prst="{kind}"><a:avLst/></a:prstGeom>'
        f"{paint(fill) if fill else '<a:noFill/>'}{line}</p:spPr></p:sp>"
    )


def path(name: str, corners: Sequence[tuple[float, float]], fill: str, line: str = "", width: float = 0, dash: str = "", closed: bool = True) -> str:  # fmt: skip
    """Return a polygon or, not closed, a line through points."""
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    wide, high = max(x for x, _ in corners) - left, max(y for _, y in corners) - top
    steps = [f'<a:pt x="{emu(x - left)}" y="{emu(y - top)}"/>' for x, y in corners]
    way = f"<a:moveTo>{steps[0]}</a:moveTo>" + "".join(f"<a:lnTo>{step}</a:lnTo>" for step in steps[1:])
    dashed = f'<a:prstDash val="{dash}"/>' if dash else ""
    pen = f'<a:ln w="{emu(width)}">{paint(line)}{dashed}</a:ln>' if line else "<a:ln><a:noFill/></a:ln>"
    return (
        f'<p:sp {NS}><p:nvSpPr><p:cNvPr id="{{id}}" name={quoteattr(name)}/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>'
        f"{_frame(left, top, wide, high)}<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/>"
        f'<a:rect l="0" t="0" r="r" b="b"/><a:pathLst><a:path w="{emu(wide)}" h="{emu(high)}"'
        f"{'' if closed else ' fill=' + quoteattr('none')}>{way}{'<a:close/>' if closed else ''}</a:path></a:pathLst></a:custGeom>"
        f"{paint(fill) if fill else '<a:noFill/>'}{pen}</p:spPr></p:sp>"
    )


def group(name: str, told: str, shapes: Sequence[str], page: Page) -> None:
    """Add shapes as one group with an alternative text."""
    inside = "".join(shape.replace("{id}", str(page.fresh())) for shape in shapes)
    whole = _frame(0, 0, WIDTH, HEIGHT).replace("</a:xfrm>", f'<a:chOff x="0" y="0"/><a:chExt cx="{WIDTH * PX}" cy="{HEIGHT * PX}"/></a:xfrm>')  # fmt: skip
    page.add(
        f'<p:grpSp {NS}><p:nvGrpSpPr><p:cNvPr id="{{id}}" name={quoteattr(name)} descr={attribute(told)}/>'
        f"<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr>{whole}</p:grpSpPr>{inside}</p:grpSp>"
    )


def table(
    page: Page, name: str, told: str, x: float, y: float, widths: Sequence[float], rows: Sequence[Sequence[Cell]],
    heights: Sequence[float], grid: str = theme.GRID,
) -> None:  # fmt: skip
    """Add a native table; `grid` is the colour of the lines under its rows, "" for none."""
    columns = "".join(f'<a:gridCol w="{emu(width)}"/>' for width in widths)
    body = "".join(
        f'<a:tr h="{emu(height)}">{"".join(_cell(cell, grid) for cell in row)}</a:tr>'
        for row, height in zip(rows, heights, strict=True)
    )
    page.add(
        f'<p:graphicFrame {NS}><p:nvGraphicFramePr><p:cNvPr id="{{id}}" name={quoteattr(name)} descr={attribute(told)}/>'
        f'<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>'
        f'<p:xfrm><a:off x="{emu(x)}" y="{emu(y)}"/><a:ext cx="{emu(sum(widths))}" cy="{emu(sum(heights))}"/></p:xfrm>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl>'
        f'<a:tblPr firstRow="1"/><a:tblGrid>{columns}</a:tblGrid>{body}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>'
    )


def attribute(words: str) -> str:
    """Return words quoted as an attribute, without what XML forbids; `{id}` in them is no place for an id."""
    return quoteattr(theme.plain(words).replace("{id}", "{ id }"))


def emu(pixels: float) -> int:
    """Return pixels as EMU."""
    return round(pixels * PX)


def _frame(x: float, y: float, width: float, height: float) -> str:
    return f'<a:xfrm><a:off x="{emu(x)}" y="{emu(y)}"/><a:ext cx="{emu(width)}" cy="{emu(height)}"/></a:xfrm>'


def _cell(cell: Cell, grid: str) -> str:
    lines = cell.text.split("\n")
    body = "".join(paragraph(line, cell.size, cell.color, cell.bold, cell.align, cell.link) for line in lines)
    none = "".join(f'<a:{side} w="0"><a:noFill/></a:{side}>' for side in ("lnL", "lnR", "lnT"))
    under = f'<a:lnB w="6350">{paint(grid)}</a:lnB>' if grid else '<a:lnB w="0"><a:noFill/></a:lnB>'
    edges = none + under
    if cell.fill:  # cells with a colour stand apart by white lines
        edges = "".join(f'<a:{side} w="19050">{paint(theme.PAPER)}</a:{side}>' for side in ("lnL", "lnR", "lnT", "lnB"))
    fill = paint(cell.fill) if cell.fill else "<a:noFill/>"
    spans = f' gridSpan="{cell.span}"' if cell.span > 1 else ""
    merged = '<a:tc hMerge="1"><a:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr lang="zh-CN" sz="900"/></a:p></a:txBody><a:tcPr/></a:tc>'
    return (
        f"<a:tc{spans}><a:txBody><a:bodyPr/><a:lstStyle/>{body}</a:txBody>"
        f'<a:tcPr marL="38100" marR="38100" marT="12700" marB="12700" anchor="ctr">{edges}{fill}</a:tcPr></a:tc>'
        + merged
        * (cell.span - 1)
    )


def _place(shape: Any, x: float, y: float, width: float, height: float) -> None:
    shape.left, shape.top, shape.width, shape.height = (Emu(emu(value)) for value in (x, y, width, height))


def _write(shape: Any, lines: Sequence[str], size: float, color: str, bold: bool) -> None:
    """Write lines into a placeholder, as one paragraph with line breaks."""
    body = shape._element.txBody
    for old in body.findall("{http://schemas.openxmlformats.org/drawingml/2006/main}p"):
        body.remove(old)
    whole = f'<a:br><a:rPr lang="zh-CN" sz="{points(size)}"/></a:br>'.join(
        run(line, size, color, bold) for line in lines
    )
    body.append(parse_xml(f"<a:p {NS}>{whole}</a:p>"))


# The empty file


def _empty() -> Any:
    """A presentation of this theme with one layout and no slide."""
    made = Presentation()
    made.slide_width, made.slide_height = Emu(WIDTH * PX), Emu(HEIGHT * PX)
    master = made.slide_master
    for layout in list(made.slide_layouts):
        if layout.name != "Title Only":
            made.slide_layouts.remove(layout)
    made.slide_layouts[0].name = "图表"
    _drop_preview(made.part.package)
    _theme(master.part.part_related_by(RT.THEME))
    _theme(made.notes_master.part.part_related_by(RT.THEME))
    _master(master)
    _layout(made.slide_layouts[0])
    return made


def _drop_preview(package: Any) -> None:
    """Take out the picture of the library's own empty file."""
    for key, relation in list(package._rels.items()):
        if relation.reltype == RT.THUMBNAIL:
            package._rels.pop(key)


def _theme(part: Any) -> None:
    """Put our palette and fonts into a theme."""
    xml = part.blob.decode("utf-8")
    colours = "".join(f'<a:{name}><a:srgbClr val="{value.lstrip("#")}"/></a:{name}>' for name, value in SCHEME.items())
    fonts = "".join(
        f'<a:{kind}Font><a:latin typeface="{LATIN}"/><a:ea typeface="{CHINESE}"/><a:cs typeface=""/>'
        f'<a:font script="Hans" typeface="{CHINESE}"/></a:{kind}Font>' for kind in ("major", "minor")
    )  # fmt: skip
    xml = re.sub(
        r"<a:clrScheme .*?</a:clrScheme>", f'<a:clrScheme name="看板">{colours}</a:clrScheme>', xml, flags=re.S
    )
    xml = re.sub(
        r"<a:fontScheme .*?</a:fontScheme>", f'<a:fontScheme name="看板">{fonts}</a:fontScheme>', xml, flags=re.S
    )
    if hasattr(part, "_element"):  # the notes' theme is kept parsed, the slides' as bytes
        part._element = parse_xml(xml.encode("utf-8"))
    else:
        part._blob = xml.encode("utf-8")


def _master(master: Any) -> None:
    for shape in list(master.placeholders):
        if shape.placeholder_format.type in (2, 16):  # body, date
            shape._element.getparent().remove(shape._element)
    _standard(master)


def _layout(layout: Any) -> None:
    p = SLIDE
    for shape in list(layout.placeholders):
        if shape.placeholder_format.type == 16:
            shape._element.getparent().remove(shape._element)
    _standard(layout)
    tree = layout.shapes._spTree
    for number, shape in enumerate((
        box("红标", p.margin, 0, p.margin + 2.6 * p.u, 0.5 * p.u, theme.BRAND),
        box("金线", p.margin, 0.5 * p.u, p.margin + 2.6 * p.u, 0.6 * p.u, theme.ORNAMENT),
    )):  # fmt: skip
        tree.insert(2 + number, parse_xml(shape.replace("{id}", str(50 + number))))


def _standard(holder: Any) -> None:
    """Put title, footer and number of a master or layout where they belong."""
    p = SLIDE
    places = {
        1: (p.margin, 1.25 * p.u, p.inner, leading(p.title), "标题"),
        15: (p.margin, FOOT - leading(p.source), p.inner - NUMBER, leading(p.source), "来源"),
        13: (p.right - NUMBER, FOOT - leading(p.source), NUMBER, leading(p.source), "页码"),
    }
    for shape in holder.placeholders:
        x, y, width, height, name = places[int(shape.placeholder_format.type)]
        _place(shape, x, y, width, height)
        shape.name = name
        body = shape._element.txBody
        for old in list(body):
            body.remove(old)
        kind = int(shape.placeholder_format.type)
        size, color, at = (
            (p.title, theme.INK, "l") if kind == 1 else (p.source, theme.INK_FAINT, "l" if kind == 15 else "r")
        )
        inner = f'<a:fld id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum"><a:rPr lang="zh-CN" sz="{points(size)}">{paint(color)}</a:rPr><a:t>‹#›</a:t></a:fld>' if kind == 13 else ""  # fmt: skip
        told = run("单击编辑标题", size, color, True) if kind == 1 else inner
        for part in (
            f'<a:bodyPr {NS} wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="{"t" if kind == 1 else "ctr"}"><a:noAutofit/></a:bodyPr>',
            f'<a:lstStyle {NS}><a:lvl1pPr algn="{at}"><a:spcBef><a:spcPts val="0"/></a:spcBef><a:defRPr lang="zh-CN" sz="{points(size)}" b="{int(kind == 1)}">{paint(color)}<a:latin typeface="+mj-lt"/><a:ea typeface="+mj-ea"/></a:defRPr></a:lvl1pPr></a:lstStyle>',
            f'<a:p {NS}>{told}<a:endParaRPr lang="zh-CN" sz="{points(size)}"/></a:p>',
        ):  # fmt: skip
            body.append(parse_xml(part))
