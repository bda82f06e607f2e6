"""Papers made of pictures: a page for every chart, one page for all, a wall poster, a tall picture, a file for a USB stick."""

import io
import re
import shutil
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import plotly.graph_objects as go
import pytest
from PIL import Image
from pypdf import PdfReader

from unionplan import export_commands, narrative, theme
from unionplan.charts import PHONE, Profile
from unionplan.charts.profile import Sheet
from unionplan.errors import ExportError
from unionplan.exhibits import CITY, Exhibit, Table, exhibits, usual
from unionplan.exhibits.tasks import plan_wall
from unionplan.export.arranging import placed, stacked
from unionplan.export.formats import brief_of, made
from unionplan.export.marks import Box, Drawing, Line, Pen, Words, drawing
from unionplan.export.occasion import plain_occasion
from unionplan.export.offline import offline_html
from unionplan.export.one_page import SMALL, headlines, one_page, one_page_pdf
from unionplan.export.pack import pack_pdf
from unionplan.export.poster import SIZES, a3, largest, poster_pdf
from unionplan.export.tall_picture import HIGHEST, WIDTH, tall_drawing, tall_png
from unionplan.selection import Selection
from unionplan.standpoint import Standpoint
from unionplan.store import Store

HOSTILE = '<b>甲</b>&lt;]]>#panic("x")\''


@pytest.fixture(scope="module")
def board(sample: Path) -> Standpoint:
    """The sample city as it stands."""
    store = Store(sample)
    commit = store.head()
    return Standpoint(store, commit, store.plan(commit), store.today(commit), None)


@pytest.fixture
def empty(store: Store) -> Standpoint:
    """A board before anything came in."""
    commit = store.head()
    return Standpoint(store, commit, store.plan(commit), store.today(commit), None)


@pytest.fixture(scope="module")
def shown(board: Standpoint) -> list[Exhibit]:
    """What a meeting usually sees."""
    return exhibits(board, usual(board))


def pages(document: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(document)).pages]


def packed(text: str) -> str:
    return re.sub(r"[\s｜]", "", text)


def hostile(one: Exhibit) -> Exhibit:
    """The exhibit with a hostile text wherever a paper writes words of its own."""
    return replace(one, name=HOSTILE, title=HOSTILE, table=Table((HOSTILE,), [(HOSTILE,)]))


# Marks on one sheet


def test_a_drawing_that_is_placed_keeps_its_proportions() -> None:
    box = Box("bar", 10, 20, 30, 40, "#000000", Pen("#000000", 2, (4, 4)))
    line = Line("grid", ((0, 0), (5, 5)), Pen("#000000", 1))
    words = Words("name", 1, 2, "甲", 16, "#000000", False, "left")
    found = placed(Drawing(100, 100, (box, line, words)), 100, 200, 0.5)
    assert found[0] == Box("bar", 105, 210, 15, 20, "#000000", Pen("#000000", 1, (2, 2)))
    assert found[1] == Line("grid", ((100, 200), (102.5, 202.5)), Pen("#000000", 0.5))
    assert (found[2].x, found[2].y, found[2].size) == (100.5, 201, 8)


def test_drawings_stand_one_under_the_other() -> None:
    one = Drawing(50, 30, (Box("bar", 0, 0, 5, 5, "#000000"),))
    found = stacked([one, replace(one, width=80)], 4)
    assert (found.width, found.height) == (80, 64)
    assert [mark.y for mark in found.marks] == [0, 34]


# The pack


def test_the_pack_has_a_page_for_every_exhibit_with_its_title_as_bookmark(
    board: Standpoint, shown: list[Exhibit]
) -> None:
    made = pack_pdf(board, shown)
    document, told = PdfReader(io.BytesIO(made)), pages(made)
    assert len(told) == len(shown) > 10
    assert [entry.title for entry in document.outline] == [one.title.replace("｜", "") for one in shown]
    for number, (page, one) in enumerate(zip(told, shown, strict=True), 1):
        assert packed(one.title) in packed(page)
        assert f"示例数据 {number}/{len(shown)}" in page
    assert {float(page.mediabox.width) for page in document.pages} == {960}
    assert min(float(page.mediabox.height) for page in document.pages) == 540


def test_hostile_words_stand_in_the_pack_as_they_are(board: Standpoint, shown: list[Exhibit]) -> None:
    document = PdfReader(io.BytesIO(pack_pdf(board, [hostile(shown[0])])))
    assert [entry.title for entry in document.outline] == [HOSTILE]


# One page, the poster


def test_one_page_says_it_all_and_nothing_is_smaller_than_nine_points(board: Standpoint) -> None:
    (drawn,) = one_page(board)
    assert min(mark.size for mark in drawn.marks if isinstance(mark, Words)) * 0.5 >= 9
    assert SMALL * 0.5 == 9
    assert all(0 <= mark.y <= drawn.height for mark in drawn.marks if isinstance(mark, Words))
    assert len(drawn.named("tile")) == len(board.states()) == 67
    assert len(drawn.named("measure")) == len([row for row in board.rows() if row.denominator])
    (told,) = pages(one_page_pdf(board))
    said = packed(told)
    assert packed(narrative.conclusion(board.rows(), board.plan.indicators)) in said
    assert "示例数据" in said
    assert "需要关注：" in said


def test_the_four_figures_are_those_of_the_rows(board: Standpoint) -> None:
    reached, wage, contract, silent = headlines(board)
    plan = [row for row in board.rows() if row.item]
    assert (reached.value, reached.small) == (str(sum(row.status == "attained" for row in plan)), f"/{len(plan)} 项")
    row = next(row for row in board.rows() if (row.indicator, row.scope) == ("wage", "non_public"))
    assert row.numerator is not None
    assert wage.value == theme.percent(row.numerator, row.denominator or 0, row.target_bp)
    assert wage.line == f"{theme.count(row.numerator)} / {theme.count(row.denominator or 0)}家，还差{row.gap}家"
    pooled = next(row for row in board.scopes("contract") if row.scope == "all")
    assert contract.value == theme.percent(pooled.numerator or 0, pooled.denominator or 0)
    assert silent.value == str(len(narrative.silent_units(board.rows())[0]))


def test_texts_of_the_one_page_keep_to_their_columns(board: Standpoint) -> None:
    (drawn,) = one_page(board)
    for mark in drawn.marks:
        if isinstance(mark, Words) and mark.at == "left" and mark.name in ("card", "line", "concern"):
            assert mark.x + sum(1 if ord(char) > 0x7F else 0.6 for char in mark.text) * mark.size <= drawn.width - 30


def test_the_poster_names_every_item_of_the_plan_on_one_a3_page(board: Standpoint) -> None:
    made = poster_pdf(board)
    (page,) = PdfReader(io.BytesIO(made)).pages
    assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == (1191, 842)
    said = packed(page.extract_text())
    shorts = [item.short for item in board.plan.items]
    assert len(shorts) == 67
    assert [short for short in shorts if packed(short) not in said] == []


def test_the_poster_is_set_as_large_as_says_everything(board: Standpoint) -> None:
    drawn = {body: largest(plan_wall(board, Selection(plan=body))) for body in (CITY, "")}
    sizes = {body: min(one.size for one in large.marks if isinstance(one, Words)) / 2 for body, large in drawn.items()}
    assert sizes[CITY] > sizes[""] >= 9  # points
    for body, large in drawn.items():
        least = drawing(plan_wall(board, Selection(plan=body)).draw(a3(SIZES[-1])))
        assert sorted(set(packed(least.text)) - set(packed(large.text))) == []
        assert large.hidden == least.hidden == sum(body in ("", one.plan) for one in board.plan.items)
        assert (large.width, large.height) == (2381, 1684)


# The tall picture


def test_the_tall_picture_is_as_wide_as_a_phone_and_names_what_it_leaves_out(
    board: Standpoint, shown: list[Exhibit]
) -> None:
    drawn = tall_drawing(board, shown)
    assert drawn.height * WIDTH / PHONE.width <= HIGHEST * 1.05
    assert "另有3张图较长" in drawn.text
    assert all(
        one.name in drawn.text.replace("\n", "") for one in shown if one.id in ("map", "participation", "timeline")
    )
    picture = Image.open(io.BytesIO(tall_png(board, shown[:1])))
    assert picture.size[0] == WIDTH


def test_one_chart_is_drawn_however_tall_it_is(board: Standpoint, shown: list[Exhibit]) -> None:
    tall = [one for one in shown if one.id == "timeline"]
    assert "较长" not in tall_drawing(board, tall).text
    assert len(tall_drawing(board, tall).named("window")) == len(drawing(tall[0].draw(PHONE)).named("window"))


# The file for a USB stick


class Found(HTMLParser):
    """Tags, addresses and texts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [
            value or "" for name, value in attrs if name in ("href", "src", "xlink:href", "srcset", "action")
        ]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def found(page: bytes) -> Found:
    parser = Found()
    parser.feed(page.decode())
    return parser


def test_the_offline_file_fetches_nothing_and_holds_every_chart_and_table(
    board: Standpoint, shown: list[Exhibit]
) -> None:
    made = offline_html(board, shown)
    page = found(made)
    assert page.tags.count("section") == page.tags.count("table") == len(shown)
    assert page.tags.count("svg") == 2 * len(shown)
    assert {address for address in page.addresses if not address.startswith("#")} == set()
    assert re.findall(rb"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", made) == []
    assert b"default-src 'none'" in made
    assert page.tags.count("tr") == sum(len(one.table.rows) + 1 for one in shown)
    assert len(made) < 2_000_000


def test_hostile_words_are_words_in_the_offline_file(board: Standpoint, shown: list[Exhibit]) -> None:
    plain, bad = (
        found(offline_html(board, [one]))
        for one in (replace(shown[0], table=Table(("a",), [("b",)])), hostile(shown[0]))
    )
    assert plain.tags == bad.tags
    assert bad.texts.count(HOSTILE) == 3  # contents, table's head and cell


# Nothing there yet, and the command line


def test_an_empty_board_makes_every_paper(empty: Standpoint) -> None:
    few = exhibits(empty, usual(empty))
    assert "还没有数据" in packed("".join(pages(one_page_pdf(empty))))
    assert len(pages(pack_pdf(empty, few))) == len(few) > 0
    assert poster_pdf(empty).startswith(b"%PDF")
    assert tall_png(empty, few).startswith(b"\x89PNG")
    assert offline_html(empty, few).startswith(b"<!doctype html>")


@pytest.fixture(scope="module")
def root(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample's store."""
    return Path(shutil.copytree(sample, tmp_path_factory.mktemp("export") / "demo"))


def test_export_writes_the_kind_that_is_asked_for(cli, root: Path, tmp_path: Path) -> None:
    kinds = {"pdf": (b"%PDF", "overview"), "png": (b"\x89PNG", "training"), "html": (b"<!doctype", "目标总览")}
    for kind, (start, page) in kinds.items():
        path = tmp_path / f"x.{kind}"
        answer = cli("export", kind, "-o", path, "--page", page, "--store", root)
        assert (answer.code, answer.out, answer.err) == (0, f"已写到 {path}\n", "")
        assert path.read_bytes().startswith(start)
    assert cli("export", "pdf", "-o", tmp_path / "a.pdf", "--page", "poster", "--store", root).code == 0
    assert len(pages((tmp_path / "a.pdf").read_bytes())) == 1


def test_a_page_without_anything_to_show_is_not_exported(cli, store: Store, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(export_commands, "exhibits", lambda *_: [])
    answer = cli("export", "pdf", "-o", tmp_path / "x.pdf", "--store", store.root)
    assert (answer.code, answer.err) == (2, "导出：还没有可以导出的图。请先在“数据更新”上传数据。\n")


def test_export_of_an_earlier_refresh_shows_that_refresh(cli, root: Path, tmp_path: Path) -> None:
    assert (
        cli("export", "html", "-o", tmp_path / "x.html", "--page", "overview", "--commit", 5, "--store", root).code == 0
    )
    assert "第5次更新" in (tmp_path / "x.html").read_text(encoding="utf-8")


WRONG = {
    ("ppt", ""): "导出 ppt：没有这种格式。",
    ("pdf", "首页"): "页面 首页：没有这一页。overview、coverage、training、activities；pdf 还有 onepage（一页通）、poster（A3 挂图）。请改成其中之一。",
    ("png", "poster"): "导出 png：poster 只有 PDF。png 的页面有 overview、coverage、training、activities。请改为 export pdf --page poster。",
}  # fmt: skip


@pytest.mark.parametrize("words", WRONG, ids="-".join)
def test_export_of_what_is_not_there_ends_with_two_and_a_sentence(
    cli, root: Path, tmp_path: Path, words: tuple[str, str]
) -> None:
    kind, page = words
    answer = cli("export", kind, "-o", tmp_path / "x", "--page", page, "--store", root)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(WRONG[words])
    assert not (tmp_path / "x").exists()


def test_a_chart_that_does_not_fit_a_slide_gets_a_higher_page(board: Standpoint, shown: list[Exhibit]) -> None:
    def draw(profile: Profile) -> go.Figure:
        if profile.height is not None:
            raise ValueError("40 rows need 2000 px and have 800: draw several pictures")
        return Sheet(profile).figure(2000)

    (page,) = PdfReader(io.BytesIO(pack_pdf(board, [replace(shown[0], draw=draw)]))).pages
    assert (float(page.mediabox.width), float(page.mediabox.height)) == (960, 1000)


# Several files at once


def test_files_made_side_by_side_come_in_the_order_asked_and_are_whole(board, shown):
    brief = brief_of(board, shown[:3], plain_occasion(board), False)
    book, deck, pdf = made(brief, ("xlsx", "pptx", "pdf"))
    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(book)).namelist()
    assert "ppt/presentation.xml" in zipfile.ZipFile(io.BytesIO(deck)).namelist()
    assert len(pages(pdf)) == 3


def test_what_a_writer_cannot_make_is_said_though_the_other_files_are_made(empty):
    brief = brief_of(empty, [], plain_occasion(empty), False)
    with pytest.raises(ExportError):
        list(made(brief, ("png", "docx")))
