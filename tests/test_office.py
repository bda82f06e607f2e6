"""Slides, report and workbook of a meeting: their numbers are the exhibits', their texts are text, their looks hold."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pptx.util import Emu

from unionplan import narrative, theme
from unionplan.charts import SLIDE
from unionplan.coverage_words import composite_sentence
from unionplan.errors import ExportError
from unionplan.exhibits import Exhibit, Rate, exhibits, usual
from unionplan.export.book import book_of
from unionplan.export.cells import printed
from unionplan.export.graphs import graphs, rounded
from unionplan.export.occasion import Occasion, Sentence
from unionplan.export.paper import LINE, MARGINS, Paper
from unionplan.export.report import ROOM, _figures, _Report, report_of
from unionplan.export.slides import deck_of
from unionplan.plan import COVERAGE
from unionplan.standpoint import Standpoint
from unionplan.store import Store

CLOCK = date(2026, 11, 5)
HELD = date(2026, 11, 9)
AUTHOR = "澄澜市总工会办公室"
OCCASION = Occasion(HELD, meeting="市总工会主席会议", author=AUTHOR)
HOSTILE = ("=cmd|'/c calc'!A1", "+1", "@SUM(A1)", "-2+3", "<b>粗</b>&amp;", "{{ 7*7 }}", "http://x/", "123")
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


@pytest.fixture(scope="module")
def board(sample: Path) -> Standpoint:
    """The sample city as it stands."""
    store = Store(sample)
    commit = store.head()
    return Standpoint(store, commit, store.plan(commit), CLOCK, None)


@pytest.fixture(scope="module")
def shown(board: Standpoint) -> list[Exhibit]:
    """What a meeting usually sees."""
    return exhibits(board, usual(board))


@pytest.fixture(scope="module")
def hostile(board: Standpoint) -> tuple[list[Exhibit], Occasion]:
    """Exhibits whose units bear names that would be formulas, links, markup or templates elsewhere."""
    names = {unit.name: HOSTILE[place % len(HOSTILE)] + str(place) * (place >= len(HOSTILE))
             for place, unit in enumerate(board.plan.units)}  # fmt: skip
    gap = next(one for one in usual(board) if one.startswith("gap-"))
    said = (Sentence("=1+1", "@原因", "<i>措施</i>"),)
    return exhibits(board, ["map", gap, "dues"], names), replace(OCCASION, names=names, footnote="=1", sentences=said)


@pytest.fixture(scope="module")
def deck(board: Standpoint, shown: list[Exhibit]):
    return deck_of(board, shown, OCCASION)


@pytest.fixture(scope="module")
def report(board: Standpoint, shown: list[Exhibit]):
    return report_of(board, shown, OCCASION)


@pytest.fixture(scope="module")
def book(board: Standpoint, shown: list[Exhibit]):
    return book_of(board, shown, OCCASION)


def slides_of(data):
    """Title of an exhibit (without which part it is) → its slides, in order."""
    found = {}
    for slide in Presentation(io.BytesIO(data)).slides:
        title = slide.shapes.title.text_frame.text.replace("\v", "")
        found.setdefault(re.sub(r"（\d/\d）$", "", title), []).append(slide)
    return found


def own_slides(data, one):
    return slides_of(data)[one.title.replace("｜", "")]


def charts(slides):
    return [shape.chart for slide in slides for shape in slide.shapes if shape.has_chart]


def cell_texts(slides):
    tables = [shape.table for slide in slides for shape in slide.shapes if shape.has_table]
    return [cell.text.replace("\n", "") for table in tables for row in table.rows for cell in row.cells]


def all_xml(data):
    """Every part of a package that is XML, by its name; workbooks behind charts are opened, too."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for name in packed.namelist():
            if name.endswith(".xlsx"):
                yield from ((f"{name}/{inner}", xml) for inner, xml in all_xml(packed.read(name)))
            elif name.endswith((".xml", ".rels")):
                yield name, packed.read(name).decode("utf-8")


# Slides


def test_every_value_of_a_slides_chart_is_the_exhibits_own(board, shown, deck):
    counted = 0
    for one in shown:
        made = graphs(one, board.plan)
        if not made:
            continue
        drawn = charts(own_slides(deck, one))
        told = [value for graph in made for series in graph.series for value in series.values if value is not None]
        read = [value for chart in drawn for plot in chart.plots for series in plot.series for value in series.values if value is not None]  # fmt: skip
        assert sorted(read) == sorted(float(value) for value in told)
        counted += len(told)
    assert counted > 200


def test_the_workbook_behind_a_chart_holds_the_same_values_by_type(board, shown, deck):
    one = shown[0]
    graph, chart = graphs(one, board.plan)[0], charts(own_slides(deck, one))[0]
    sheet = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == list(graph.categories)
    assert [row[1] for row in rows] == pytest.approx([float(value) for value in graph.series[0].values], rel=1e-14)
    assert [one.name for one in graph.series] == ["完成值", "目标"]


def test_what_stands_beside_the_bars_is_what_the_exhibits_table_says(shown, deck):
    skipped = {"gap": {4}, "breakdown": {1}, "change": {2, 3}, "participation": {0, 2}, "dues": {5}, "bullet": {0, 1, 2, 3},
               "expiry": {3}}  # fmt: skip
    looked = 0
    for one in (one for one in shown if one.kind in skipped):
        told = cell_texts(own_slides(deck, one))
        for row in one.table.rows:
            for column, value in enumerate(row):
                if column not in skipped[one.kind]:
                    looked += 1
                    words = printed(value).replace("·", "")
                    assert words in told or f"{words}%" in told or theme.light("below").replace("·", "") in told
    assert looked > 200


def test_a_heat_map_of_many_long_names_stays_on_its_slides(board):
    long = "第{}高新技术产业开发区综合保税物流与先进制造业协同发展示范园区工会联合委员会"
    names = {unit.name: long.format(number) for number, unit in enumerate(board.plan.units)}
    made = Presentation(io.BytesIO(deck_of(board, exhibits(board, ["map"], names), OCCASION)))
    tables = [shape for slide in made.slides for shape in slide.shapes if shape.has_table][1:]  # after the contents
    assert sum(len(one.table.rows) - 2 for one in tables) == len(names)
    for one in tables:
        assert one.top + one.height < made.slide_height * 0.965
        for row in list(one.table.rows)[2:]:
            lines = len(row.cells[0].text_frame.paragraphs)
            assert Emu(row.height).pt >= lines * SLIDE.head / 2 * 1.25


def test_every_cell_of_the_heat_map_has_its_glyph_and_its_rate(shown, deck):
    one = next(one for one in shown if one.kind == "heatmap")
    told = cell_texts(own_slides(deck, one))
    for cell in one.facts.cells:
        rate = f"{theme.percent(cell.numerator, cell.denominator, cell.target_bp)}" if cell.numerator is not None and cell.denominator else theme.STATUS[cell.status].word  # fmt: skip
        assert f"{theme.STATUS[cell.status].glyph} {rate}" in told


def test_a_rate_short_of_its_target_is_labelled_by_hand(board, shown):
    one = next(one for one in shown if one.kind == "bullet")
    row = replace(one.facts[0], numerator=188, denominator=209, target_bp=9000, need=189, gap=1, attained=False)
    rows = list(one.table.rows)
    rows[0] = (*rows[0][:2], Rate(188, 209, 9000), Rate(9000, 10000), 188, 209, 1, "▲ 偏慢")
    near = replace(one, facts=[row, *one.facts[1:]], table=replace(one.table, rows=rows))
    assert rounded(Fraction(188, 209)) == "90.0%"
    xml = etree.tostring(charts(own_slides(deck_of(board, [near], OCCASION), near))[0]._chartSpace, encoding="unicode")
    label = re.search(r"<c:dLbl><c:idx val=\"0\"/>.*?</c:dLbl>", xml)
    assert label
    assert "89.9%" in label.group()
    sheet = openpyxl.load_workbook(io.BytesIO(book_of(board, [near], OCCASION)))["覆盖目标完成情况"]
    cells = [
        cell
        for line in sheet.iter_rows()
        for cell in line
        if isinstance(cell.value, float) and cell.value == pytest.approx(188 / 209)
    ]
    assert [cell.number_format for cell in cells] == ['"89.9%"']


def test_fonts_and_palette_stand_in_the_theme_and_every_run_is_chinese(deck):
    looked = 0
    for name, xml in all_xml(deck):
        if name.startswith("ppt/theme/"):
            assert xml.count('<a:latin typeface="Microsoft YaHei"/><a:ea typeface="微软雅黑"/>') == 2
            assert theme.FOCUS.lstrip("#") in xml
        if name.startswith(("ppt/slides/slide", "ppt/charts/chart", "ppt/slideLayouts/", "ppt/notesSlides/notes")):
            assert re.findall(r'<a:(?:latin|ea) typeface="(?!\+m)[^"]*"', xml) == []
            runs = re.findall(r"<a:rPr([^>]*)>", xml)
            assert [run for run in runs if 'lang="zh-CN"' not in run] == []
            looked += len(runs)
    assert looked > 500


def test_no_text_of_a_slide_is_below_nine_points(deck):
    sizes = [int(size) for name, xml in all_xml(deck) if name.startswith(("ppt/slides/slide", "ppt/charts/chart", "ppt/slideLayouts"))
             for size in re.findall(r'sz="(\d+)"', xml)]  # fmt: skip
    assert len(sizes) > 500
    assert min(sizes) >= 900


def test_every_graphic_has_an_alternative_text_and_every_shape_its_own_id(deck, report):
    looked = 0
    for slide in Presentation(io.BytesIO(deck)).slides:
        ids = [element.get("id") for element in slide.shapes._spTree.iter() if element.tag.endswith("}cNvPr")]
        assert len(set(ids)) == len(ids)
        for shape in slide.shapes:
            if shape.has_chart or shape.has_table or shape.shape_type in (MSO_SHAPE_TYPE.GROUP, MSO_SHAPE_TYPE.PICTURE):
                looked += 1
                assert len(shape._element.xpath("./*[1]/p:cNvPr")[0].get("descr")) > 5
    assert looked > 20
    pictures = Document(io.BytesIO(report)).element.body.findall(f".//{qn('wp:docPr')}")
    assert len(pictures) == 12
    assert all(len(one.get("descr")) > 10 for one in pictures)


def test_shapes_stand_on_the_slide_and_above_its_foot(deck):
    made = Presentation(io.BytesIO(deck))
    for number, slide in enumerate(made.slides):
        foot = min((s.top for s in slide.placeholders if s.placeholder_format.type == 15), default=made.slide_height)
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= made.slide_width + 40_000
            if number and (shape.has_chart or shape.has_table):
                assert shape.top + shape.height <= foot + 6350
                assert shape.top >= slide.shapes.title.top + slide.shapes.title.height


def test_a_table_and_the_chart_over_it_are_lined_up(shown, deck):
    one = next(one for one in shown if one.kind == "gap")
    slide = own_slides(deck, one)[0]
    table = next(shape for shape in slide.shapes if shape.has_table)
    chart = next(shape for shape in slide.shapes if shape.has_chart)
    heights = [row.height for row in table.table.rows]
    assert chart.top == pytest.approx(table.top + heights[0], abs=6350 * 2)
    assert chart.height == pytest.approx(sum(heights[1:]), abs=6350 * 2)


def test_each_slide_says_source_day_and_definition_below_and_in_its_notes(shown, deck):
    for one in shown:
        for slide in own_slides(deck, one):
            texts = "".join(s.text_frame.text.replace("\v", "") for s in slide.shapes if s.has_text_frame)
            assert one.source.replace("｜", "") in texts.replace("｜", "")
            assert one.note.replace(" ", "") in texts.replace("\n", "").replace(" ", "")
            notes = slide.notes_slide.notes_text_frame.text
            assert one.source in notes
            assert one.title in notes


def test_the_cover_tells_meeting_and_author_and_the_contents_lead_to_their_slides(shown, deck):
    made = list(Presentation(io.BytesIO(deck)).slides)
    texts = [shape.text_frame.text for shape in made[0].shapes if shape.has_text_frame]
    assert "市总工会主席会议" in texts
    assert f"{AUTHOR}\n2026年11月9日（数据截至2026年10月31日）" in texts
    rows = [
        cell.text.replace("\n", "")
        for cell in (c for s in made[1].shapes if s.has_table for r in s.table.rows for c in r.cells)
    ]
    assert rows[1::2] == [one.title.replace("｜", "") for one in shown]
    for number, one in zip(rows[::2], shown, strict=True):
        assert (
            made[int(number) - 1].shapes.title.text_frame.text.replace("\v", "").startswith(one.title.replace("｜", ""))
        )


def test_reasons_and_measures_are_printed_as_typed_and_not_at_all_where_nobody_typed(board, shown, deck, report):
    assert not {"原因分析", "下一步措施"} & set(slides_of(deck))
    texts = [one.text for one in Document(io.BytesIO(report)).paragraphs]
    assert not [text for text in texts if "原因" in text or "措施" in text]
    said = replace(OCCASION, sentences=(Sentence("职代会", "基础薄弱", ""), Sentence("", "", "逐户走访！")))
    own = slides_of(deck_of(board, shown[:1], said))
    assert [s.text_frame.text for s in own["原因分析"][0].shapes if s.name.startswith("文字")] == ["职代会：基础薄弱。"]
    assert [s.text_frame.text for s in own["下一步措施"][0].shapes if s.name.startswith("文字")] == ["逐户走访！"]
    written = [one.text for one in Document(io.BytesIO(report_of(board, shown[:1], said))).paragraphs]
    assert written[written.index("三、原因分析") + 1] == "职代会：基础薄弱。"
    assert written[written.index("四、下一步措施") + 1] == "逐户走访！"


# Pages


def test_no_page_of_the_report_is_left_half_empty(board, shown, monkeypatch):
    left, go_on = [], _Report.turn

    def turn(report):
        first, before = report.left, [report.framed[number][0].height for number in report.on_page]
        on_page = list(report.on_page)
        go_on(report)
        grown = sum(report.framed[number][0].height for number in on_page) - sum(before)
        assert grown >= 0
        left.append((first - grown) / ROOM)

    monkeypatch.setattr(_Report, "turn", turn)
    report_of(board, shown, OCCASION)
    assert len(left) > 8
    assert max(left) < 0.25


def test_a_row_higher_than_a_page_is_counted_as_a_page(board):
    report = _Report(Paper(HELD), board, OCCASION)
    report.fill([2 * ROOM])
    assert report.left == 0
    report.fill([LINE, 2 * ROOM, LINE])
    assert report.left <= ROOM - LINE


def test_who_signs_never_stands_alone_on_a_page(board, shown, monkeypatch):
    reports, leave = [], _Report.leave

    def kept(report, room, least=None):
        leave(report, room, least)
        reports.append(report)

    monkeypatch.setattr(_Report, "leave", kept)
    for last in ("timeline", "wall", "dues", "participation"):
        report_of(board, [one for one in shown if one.kind == last], OCCASION)
        assert reports[-1].left > 2 * LINE, last


def test_a_figure_is_drawn_lower_or_higher_only_where_it_says_the_same(shown):
    for one in _figures(shown):
        for share in (0.75, 0.9, 1.15):
            other = one.fitted(share * one.height)
            if other is None:
                continue
            assert other.height <= share * one.height + 1
            assert set(one.drawn.text.split()) <= set(other.drawn.text.split())
            assert other.drawn.hidden == one.drawn.hidden
    kinds = {one.one.kind for one in _figures(shown) if one.fitted(0.85 * one.height)}
    assert {"trend", "gap", "change", "dues", "wall"} <= kinds
    assert "heatmap" not in kinds  # it would leave out a unit


# Hostile text


def test_hostile_names_are_plain_text_in_all_three_formats(board, hostile):
    shown, occasion = hostile
    names = set(occasion.names.values())
    slides = cell_texts(Presentation(io.BytesIO(deck_of(board, shown, occasion))).slides)
    assert names <= set(slides)
    made = openpyxl.load_workbook(io.BytesIO(book_of(board, shown, occasion)))
    cells = {cell.value for sheet in made for row in sheet.iter_rows() for cell in row}
    assert names <= cells
    report = Document(io.BytesIO(report_of(board, shown, occasion)))
    texts = [one.text for one in report.paragraphs]
    assert "=1+1：@原因。" in texts
    assert "=1+1：<i>措施</i>。" in texts
    assert "备注：=1" in texts


def test_no_cell_of_any_workbook_becomes_a_formula_or_a_link(board, hostile):
    shown, occasion = hostile
    looked = 0
    for data in (book_of(board, shown, occasion), deck_of(board, shown, occasion)):
        for name, xml in all_xml(data):
            if "worksheets/sheet" in name and name.endswith(".xml"):
                looked += 1
                assert not re.search(r"<f[ >/]", xml)
            if "worksheets/_rels" in name:
                assert "hyperlink" not in xml
    assert looked >= 8


@pytest.mark.parametrize("make", [deck_of, report_of, book_of])
def test_no_file_names_a_person_a_machine_or_a_path(make, board, shown):
    data = make(board, shown[:1], OCCASION)
    xml = dict(all_xml(data))
    core = xml["docProps/core.xml"]
    assert re.search(r"<dc:creator>[^<]+", core) is None
    assert re.search(r"<cp:lastModifiedBy>[^<]+", core) is None
    assert re.findall(r"<dcterms:created[^>]*>([^<]+)", core) == ["2026-11-09T00:00:00Z"]
    assert [
        name for name, text in xml.items() if str(Path.home()) in text or "/tmp/" in text or "python" in text.lower()
    ] == []


@pytest.mark.parametrize("make", [deck_of, report_of, book_of])
def test_without_data_or_without_a_choice_nothing_is_made(make, board, shown):
    with pytest.raises(ExportError) as nothing:
        make(board, [], OCCASION)
    assert str(nothing.value) == "导出材料：没有选中任何图表。请至少选一张图。"
    with pytest.raises(ExportError) as empty:
        make(board, [replace(shown[0], as_of=None)], OCCASION)
    assert str(empty.value) == ("导出材料：看板上还没有数据。有数据才能导出。请先在“数据更新”上传台账或汇总表。")


# Report


def test_the_report_says_every_target_in_the_boards_own_sentence(board, report):
    text = "".join(one.text for one in Document(io.BytesIO(report)).paragraphs)
    for row in board.rows():
        sentence = narrative.sentence(row, board.plan.indicators[row.indicator], units=False)
        assert sentence in text or sentence.partition("，")[2] in text
    assert narrative.due_items(board.states(), CLOCK) in text
    assert f"{narrative.overview_title(board.rows())}。" in text


def test_the_reports_table_has_covered_and_base_and_repeats_its_head(shown, report):
    table = Document(io.BytesIO(report)).tables[0]
    assert [cell.text for cell in table.rows[0].cells] == list(shown[0].table.headers)
    assert [[cell.text for cell in row.cells] for row in table.rows[1:]] == [
        [printed(value) for value in row] for row in shown[0].table.rows
    ]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_every_exhibit_is_a_figure_with_its_conclusion_source_and_day(shown, report):
    texts = [one.text for one in Document(io.BytesIO(report)).paragraphs]
    captions = [text for text in texts if re.match(r"图\d+　", text)]
    assert [int(re.match(r"图(\d+)", text).group(1)) for text in captions] == list(range(1, len(shown) + 1))
    assert {text.partition("　")[2] for text in captions} == {one.title.replace("｜", "") for one in shown}
    for one in shown:
        place = next(n for n, text in enumerate(texts) if text.endswith(f"　{one.title.replace('｜', '')}"))
        assert one.source in texts[place + 1]
        assert one.note in texts[place + 1]


def test_the_report_keeps_the_form_of_an_official_paper(report):
    made = Document(io.BytesIO(report))
    section = made.sections[0]
    sides = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert tuple(round(side.mm) for side in sides) == MARGINS == (37, 35, 28, 26)
    assert made.element.body.findall(f".//{qn('w:docGrid')}") == []
    for name, font, size in (("公文标题", "方正小标宋简体", 22), ("公文正文", "仿宋_GB2312", 16), ("公文一级标题", "黑体", 16),
                             ("公文二级标题", "楷体_GB2312", 16)):  # fmt: skip
        style = made.styles[name]
        assert style.element.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")) == font
        assert style.font.size.pt == size
    body = made.styles["公文正文"]
    assert body.paragraph_format.line_spacing.pt == 28
    assert body.element.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"
    assert min(one.style.font.size.pt for one in made.paragraphs) == 9
    signed = [one for one in made.paragraphs if one.style.name == "公文落款"]
    assert [one.text for one in signed] == [AUTHOR, "2026年11月9日"]
    before = made.paragraphs[[one.text for one in made.paragraphs].index(AUTHOR) - 1]
    assert before.paragraph_format.keep_with_next
    for heading, after in pairwise(made.paragraphs):
        if heading.style.name in ("公文一级标题", "公文二级标题"):
            assert heading.paragraph_format.keep_with_next
            assert after.text


def test_a_paper_upwards_has_its_own_head_and_end(board, shown):
    upwards = Occasion(HELD, kind="报告", to="中共澄澜市委", author="澄澜市总工会", internal=True)
    texts = [one.text for one in Document(io.BytesIO(report_of(board, shown[:1], upwards))).paragraphs]
    assert texts[:4] == [
        "内部资料",
        "澄澜市总工会",
        "〔　　　　〕　　号\t签发人：　　　　",
        "关于澄澜市工会2026年下半年\n目标任务推进情况的报告",
    ]
    assert "中共澄澜市委：" in texts
    assert texts[-3:] == ["特此报告。", "澄澜市总工会", "2026年11月9日"]


def test_a_paper_to_the_own_meeting_says_so(report):
    texts = [one.text for one in Document(io.BytesIO(report)).paragraphs]
    assert texts[:2] == ["关于澄澜市工会2026年下半年\n目标任务推进情况的汇报", "（2026年11月9日）"]
    assert "市总工会主席会议：" in texts
    assert "特此报告。" not in texts


# Workbook


def shown_as(cell):
    """What a cell of a rate prints: its own words, or 0.0% rounded half up."""
    return (
        cell.number_format.strip('"')
        if '"' in cell.number_format
        else rounded(Fraction(cell.value).limit_denominator(10**6))
    )


def test_every_number_of_the_workbook_is_the_exhibits_and_typed(shown, book):
    made = openpyxl.load_workbook(io.BytesIO(book))
    titles = {sheet["A1"].value: sheet for sheet in made}
    looked = 0
    for one in shown:
        sheet = titles[one.title.replace("｜", "")]
        head = sheet.freeze_panes
        first = int(re.sub(r"\D", "", head))
        shift = 1 if one.kind == "bullet" else 0
        for number, row in enumerate(one.table.rows):
            for column, value in enumerate(row):
                cell = sheet.cell(first + number, column + 1 + shift)
                looked += 1
                if isinstance(value, Rate):
                    assert cell.value == pytest.approx(value.numerator / value.denominator, rel=1e-14)
                    assert shown_as(cell) == f"{value.shown}%"
                elif isinstance(value, date):
                    assert cell.value.date() == value
                elif isinstance(value, int | Fraction):
                    assert cell.value == float(value)
                else:
                    assert (cell.value or theme.NONE) == printed(value)
    assert looked > 600


def test_every_sheet_tells_source_day_and_definition_and_prints_on_its_page(shown, book):
    made = openpyxl.load_workbook(io.BytesIO(book))
    titles = {sheet["A1"].value: sheet for sheet in made}
    for one in shown:
        sheet = titles[one.title.replace("｜", "")]
        told = [sheet.cell(row, 1).value for row in range(2, 7)]
        assert one.source in told
        assert not one.note or f"口径：{one.note}" in told
        assert sheet.auto_filter.ref
        assert sheet.print_title_rows
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert [len(titles[one.title.replace("｜", "")]._charts) > 0 for one in shown] == [
        one.kind not in ("wall", "heatmap", "timeline") for one in shown
    ]


def test_the_workbook_begins_with_contents_the_form_of_four_columns_and_composites(board, book):
    made = openpyxl.load_workbook(io.BytesIO(book))
    assert made.sheetnames[:3] == ["目录", "完成情况表", "综合完成程度"]
    form = made["完成情况表"]
    first = int(re.sub(r"\D", "", form.freeze_panes))
    assert [form.cell(first - 1, column).value for column in range(1, 5)] == [
        "目标名称",
        "考核内容及指标",
        "累计完成情况",
        "完成度",
    ]
    items = [one.item for one in board.states() if one.item.plan == narrative.CITY_PLAN]
    assert [form.cell(first + n, 2).value for n in range(len(items))] == [item.quote for item in items]
    whole = made["综合完成程度"]
    told = {whole.cell(row, 1).value for row in range(1, 10)}
    said = [composite_sentence([row for row in board.rows() if row.indicator == name and row.target_bp is not None],
                               board.plan.indicators[name]) for name in COVERAGE if name in board.plan.indicators]  # fmt: skip
    assert {one for one in said if one} <= told
    sums = [row for row in whole.iter_rows(values_only=True) if row[1] == "合计"]
    assert len(sums) == len([one for one in said if one])
    for name, _, _, _, _, due, have, share in sums:
        assert share == pytest.approx(have / due, rel=1e-14)
        assert any(one.startswith(f"{name}综合完成程度{theme.percent(have, due)}%") for one in said)


# Command line


@pytest.mark.parametrize(("kind", "start"), [("pptx", b"PK"), ("docx", b"PK"), ("xlsx", b"PK")])
def test_export_writes_one_page_of_the_board(kind, start, cli, sample, tmp_path):
    path = tmp_path / f"材料.{kind}"
    answer = cli("export", kind, "--store", sample, "--page", "training", "-o", path)
    assert (answer.code, answer.out, answer.err) == (0, f"已写到 {path}\n", "")
    assert path.read_bytes().startswith(start)
