"""Figures become pictures without a browser: only what is known is drawn, texts stay texts, our fonts suffice."""

import hashlib
import importlib.util
import io
import re
import struct
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from unionplan import theme
from unionplan.charts import PHONE, SCREEN
from unionplan.charts.parts import hover_trace
from unionplan.charts.profile import Sheet
from unionplan.exhibits import exhibits, usual
from unionplan.export.marks import Box, Dot, Line, Polygon, UnknownMarkError, Words, drawing
from unionplan.export.pictures import FONTS, has_glyphs, lacking, pdf, png, pngs
from unionplan.export.svg import svg
from unionplan.standpoint import Standpoint
from unionplan.store import Store

FACES = ("NotoSansSC-Regular.otf", "NotoSansSC-Bold.otf")
HOSTILE = [
    "<b>x</b>", "&lt;", "a & b", "]]>", '#panic("x")', "*粗* _斜_ $x^2$ @引用", '"引号"', "'单引号'", "</text><script>1</script>",
    "\\u{41} \\", "{{ 7*7 }}", "<!-- x -->", "&#36;&amp;", "#import \"@preview/x:1.0.0\"", "//注释", "`#raw`", "%PDF-1.7",
]  # fmt: skip
NAMESPACE = "{http://www.w3.org/2000/svg}"


def sheet() -> Sheet:
    return Sheet(SCREEN)


def written(text: str) -> go.Figure:
    one = sheet()
    one.text("name", 40, 40, text, 20, theme.INK)
    return one.figure(100)


def size(picture: bytes) -> tuple[int, int]:
    assert picture.startswith(b"\x89PNG")
    return struct.unpack(">II", picture[16:24])


def lines(document: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)


# What is drawn


def test_every_mark_of_a_sheet_is_drawn_where_it_stands() -> None:
    one = sheet()
    one.box("bar", 10, 20, 110, 40, theme.FOCUS)
    one.line("grid", 0, 50, 1120, 50, theme.GRID, 1)
    one.polygon("arrow", [(1, 2), (3, 4), (5, 2)], theme.INK)
    one.text("value", 60, 30, "98.4%", 16, theme.INK, True, "center")
    found = drawing(one.figure(200))
    assert (found.width, found.height) == (1120, 200)
    bar, grid, arrow, value = found.marks
    assert bar == Box("bar", 10, 20, 100, 20, theme.FOCUS)
    assert isinstance(grid, Line)
    assert grid.points == ((0, 50), (1120, 50))
    assert isinstance(arrow, Polygon)
    assert arrow.corners == ((1, 2), (3, 4), (5, 2))
    assert isinstance(value, Words)
    assert (value.text, value.bold, value.at, value.x) == ("98.4%", True, "center", 60)


def test_numbers_of_numpy_are_numbers() -> None:
    one = sheet()
    one.box("bar", np.int64(10), np.float64(20), np.int32(110), np.float32(40), theme.FOCUS)
    trace = go.Scatter(
        x=np.array([1, 2, 3]),
        y=np.array([4.0, np.nan, 6.0]),
        mode="markers",
        marker={"size": np.int64(8), "color": theme.INK},
    )
    found = drawing(one.figure(100, trace))
    assert found.named("bar") == [Box("bar", 10, 20, 100, 20, theme.FOCUS)]
    assert [(mark.x, mark.y) for mark in found.marks if isinstance(mark, Dot)] == [(1, 4), (3, 6)]


def test_a_line_is_broken_where_a_value_is_missing() -> None:
    style = {"color": theme.INK, "width": 2, "dash": "dot"}
    trace = go.Scatter(name="rate", x=[0, 1, 2, 3, 4], y=[9, 8, None, 7, 6], mode="lines", line=style)
    pieces = drawing(sheet().figure(100, trace)).named("rate")
    assert [[(round(x), round(y)) for x, y in mark.points] for mark in pieces] == [[(0, 9), (1, 8)], [(3, 7), (4, 6)]]
    assert pieces[0].pen.dashes == (3, 3)


def test_shapes_below_come_before_lines_and_shapes_above_after_them() -> None:
    one = sheet()
    one.box("below", 0, 0, 9, 9, theme.GRID)
    one.shapes[-1]["layer"] = "below"
    one.box("above", 0, 0, 9, 9, theme.INK)
    style = {"color": theme.INK, "width": 2}
    found = drawing(one.figure(100, go.Scatter(name="rate", x=[0, 1], y=[1, 2], mode="lines", line=style)))
    assert [mark.name for mark in found.marks] == ["below", "rate", "above"]


def test_hover_areas_are_counted_and_left_out() -> None:
    found = drawing(sheet().figure(100, hover_trace([(0, 0, 9, 9), (9, 0, 18, 9)], ["a", "b"])))
    assert (found.marks, found.hidden) == ((), 2)


def test_lines_and_bold_of_a_text_are_kept() -> None:
    one = sheet()
    one.text("name", 40, 40, "x", 20, theme.INK)
    one.texts[-1]["text"] = "<b>甲</b><br>乙 &lt;1"
    first, second = drawing(one.figure(100)).marks
    assert (first.text, first.bold, second.text, second.bold) == ("甲", True, "乙 <1", False)
    assert second.y - first.y == pytest.approx(26)


UNKNOWN = {
    "a pie": (lambda: go.Figure(go.Pie(values=[1])), "layout: margins must be 0 and the size given"),
    "a bar that is seen": (lambda: sheet().figure(90, go.Bar(x=[1], y=[1])), "bar None that is not invisible"),
    "a heat map": (lambda: sheet().figure(90, go.Heatmap(z=[[1]])), "trace of type 'heatmap'"),
    "words on points": (lambda: sheet().figure(90, go.Scatter(x=[1], y=[1], mode="text", text=["a"])), "scatter: text"),
    "no mode": (lambda: sheet().figure(90, go.Scatter(x=[1], y=[1])), "scatter of mode None"),
    "a fill": (lambda: sheet().figure(90, go.Scatter(x=[1], y=[1], mode="lines", fill="tozeroy")), "scatter: fill"),
    "a diamond": (
        lambda: sheet().figure(
            90, go.Scatter(x=[1], y=[1], mode="markers", marker={"symbol": "diamond", "size": 9, "color": theme.INK})
        ),
        "marker: symbol",
    ),
    "a circle": (lambda: _with_shape(type="circle"), "shape 'bar': type 'circle'"),
    "paper": (lambda: _with_shape(xref="paper"), "'bar' does not stand on the axes"),
    "see-through": (lambda: _with_shape(opacity=0.5), "shape: opacity"),
    "a colour by name": (lambda: _with_shape(fillcolor="red"), "colour 'red'"),
    "a curve": (lambda: _with_shape(type="path", path="M0,0C1,1 2,2 3,3Z"), "path 'M0,0C1,1 2,2 3,3Z'"),
    "a long dash": (lambda: _with_shape(line={"dash": "longdash", "width": 2, "color": "#000000"}), "line: dash 'longdash'"),
    "a turned text": (lambda: _with_note(textangle=90), "annotation: textangle"),
    "an arrow": (lambda: _with_note(showarrow=True), "annotation '甲': an arrow, a border or another anchor"),
    "a link": (lambda: _with_note(text="<a href='http://x'>x</a>"), """annotation "<a href='http://x'>x</a>": a tag"""),
    "half bold": (lambda: _with_note(text="<b>甲</b>乙"), "annotation '<b>甲</b>乙': a tag"),
    "nowhere": (lambda: _with_shape(x0=None), "None is not a number"),
    "an image": (lambda: sheet().figure(90).add_layout_image({"source": "x"}), "layout: images"),
    "an axis": (lambda: sheet().figure(90).update_xaxes(visible=True), "xaxis: must be invisible"),
}  # fmt: skip


def _with_shape(**changed: object) -> go.Figure:
    one = sheet()
    one.box("bar", 0, 0, 9, 9, theme.INK)
    one.shapes[-1].update(changed)
    return one.figure(90)


def _with_note(**changed: object) -> go.Figure:
    one = sheet()
    one.text("name", 0, 0, "甲", 9, theme.INK)
    one.texts[-1].update(changed)
    return one.figure(90)


@pytest.mark.parametrize("what", UNKNOWN)
def test_what_the_pictures_do_not_know_stops_them(what: str) -> None:
    make, words = UNKNOWN[what]
    with pytest.raises(UnknownMarkError) as caught:
        drawing(make())
    assert str(caught.value) == words


# Pictures and PDF


def test_a_picture_is_the_figure_times_its_scale() -> None:
    assert size(png(written("工会"), 2)) == (2240, 200)
    assert size(png(written("工会"), 3)) == (3360, 300)


def test_pictures_made_together_are_those_made_alone() -> None:
    figures = [written("甲"), written("乙"), written("丙")]
    together = pngs([drawing(figure) for figure in figures])
    assert together == [png(figure) for figure in figures]
    assert len(set(together)) == 3
    assert pngs([]) == []


def test_a_pdf_has_a_page_for_every_figure_and_words_that_can_be_searched() -> None:
    made = pdf(written("非公有制企业建会率 85.3%"), written("第二页"), title="标题“甲”")
    document = PdfReader(io.BytesIO(made))
    assert [page.extract_text() for page in document.pages] == ["非公有制企业建会率 85.3%", "第二页"]
    assert [float(page.mediabox.width) for page in document.pages] == [840, 840]
    assert document.metadata is not None
    assert document.metadata.title == "标题“甲”"


def test_the_same_figure_gives_the_same_bytes() -> None:
    assert pdf(written("甲"), title="t") == pdf(written("甲"), title="t")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_drawn_as_it_stands(name: str) -> None:
    figure = written(name)
    root = ET.fromstring(svg(drawing(figure)))
    assert [text.text for text in root.iter(f"{NAMESPACE}text")] == [name]
    assert {child.tag.removeprefix(NAMESPACE) for child in root.iter()} == {"svg", "rect", "text"}
    assert lines(pdf(figure)) == name
    assert size(png(figure, 1)) == (1120, 100)


def test_marks_of_direction_control_characters_and_line_breaks_do_not_reach_a_picture() -> None:
    raw = "甲\u202e乙\u0007\n丙\u200f丁\ufeff"
    one = sheet()
    one.text("name", 40, 40, "x", 20, theme.INK)
    one.texts[-1]["text"] = raw  # past the sheet, which cleans it too
    assert drawing(one.figure(100)).text == "甲乙 丙丁"
    assert drawing(written(raw)).text == "甲乙 丙丁"


def test_a_character_that_our_fonts_lack_is_looked_for_on_the_machine() -> None:
    assert lacking("工会𠮷A") == "𠮷"
    assert not has_glyphs("𠮷")
    assert size(png(written("𠮷林工会"), 1)) == (1120, 100)
    assert "林工会" in lines(pdf(written("𠮷林工会")))


# Fonts


def test_the_fonts_have_every_character_that_their_list_names() -> None:
    listed = set((FONTS / "characters.txt").read_text(encoding="utf-8").replace("\n", ""))
    for face in FACES:
        assert set(map(chr, TTFont(FONTS / face).getBestCmap())) >= listed
    gb2312 = bytes(code for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF) for code in (high, low))
    assert set(gb2312.decode("gb2312", "ignore")) <= listed
    assert set("●◆▲■◇○↑↓—…％‰·–−“”‘’《》【】、。，；：？！（）％＝＋～￥㎡℃№①⑩") <= listed
    assert set(map(chr, range(0x20, 0x7F))) <= listed


def test_the_fonts_are_the_ones_that_their_readme_names_and_small() -> None:
    told = (FONTS / "README.md").read_text(encoding="utf-8")
    for face in FACES:
        data = (FONTS / face).read_bytes()
        assert f"| {face} | {hashlib.sha256(data).hexdigest()} |" in told
        assert len(data) < 3_500_000
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "OFL.txt").read_text(encoding="utf-8")


def test_the_list_of_characters_is_the_builders() -> None:
    spec = importlib.util.spec_from_file_location("build", FONTS / "build.py")
    assert spec
    assert spec.loader
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    assert (FONTS / "characters.txt").read_text(encoding="utf-8") == build.listed()


@pytest.fixture(scope="module")
def board(sample: Path) -> Standpoint:
    """The sample city as it stands."""
    store = Store(sample)
    commit = store.head()
    return Standpoint(store, commit, store.plan(commit), store.today(commit), None)


def test_our_fonts_have_every_character_of_every_chart_of_the_sample(board: Standpoint) -> None:
    found = exhibits(board, usual(board))
    assert len(found) > 10
    texts = {one.id: drawing(one.draw(PHONE)).text for one in found}
    assert {name: lacking(text) for name, text in texts.items() if lacking(text)} == {}


def test_every_word_that_the_product_draws_is_in_our_fonts() -> None:
    """The words that the charts' code holds, drawn in the sample or not."""
    root = FONTS.parent.parent / "unionplan"
    sources = [
        *root.glob("charts/*.py"),
        *root.glob("exhibits/*.py"),
        *root.glob("*words.py"),
        root / "theme.py",
        root / "narrative.py",
    ]
    strings = "".join(text for path in sources for text in re.findall(r'"([^"\n]*)"', path.read_text(encoding="utf-8")))
    assert lacking("".join(char for char in strings if ord(char) > 0x7F)) == ""
