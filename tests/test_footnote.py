"""备注 travels with every picture and paper of a meeting, at whatever size, and changes no figure that it stands below."""

import io
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from figures import assert_legible
from pptx import Presentation
from pypdf import PdfReader

from unionplan.charts import PHONE, SCREEN, SLIDE
from unionplan.exhibits import exhibit
from unionplan.export.footnote import footed, noted
from unionplan.export.formats import FORMATS, Brief, brief_of
from unionplan.export.occasion import Occasion
from unionplan.standpoint import Standpoint
from unionplan.store import Store

SAID = "白禾县10月数据为初报数，<b>以年报为准</b>"


@pytest.fixture(scope="module")
def board(sample: Path) -> Standpoint:
    store = Store(sample)
    return Standpoint(store, store.head(), store.plan(store.head()), store.today(store.head()), None)


@pytest.fixture(scope="module")
def brief(board: Standpoint) -> Brief:
    told = [exhibit(board, one) for one in ("targets", "training-method", "timeline")]
    return brief_of(board, [one for one in told if one], Occasion(date(2026, 11, 9), footnote=SAID), False)


def joined(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("format", ["pdf", "onepage", "poster"])
def test_a_pdf_prints_the_footnote_on_its_pages(brief, format):
    pages = [joined(page.extract_text()) for page in PdfReader(io.BytesIO(FORMATS[format].make(brief))).pages]
    assert [f"备注：{SAID}" in page for page in pages] == [True] * len(pages)


def test_the_report_the_workbook_the_offline_page_and_the_slides_say_it_too(brief):
    report = Document(io.BytesIO(FORMATS["docx"].make(brief)))
    assert any(SAID in one.text for one in report.paragraphs)
    book = zipfile.ZipFile(io.BytesIO(FORMATS["xlsx"].make(brief)))
    assert "以年报为准" in book.read("xl/sharedStrings.xml").decode()
    assert FORMATS["html"].make(brief).decode().count("以年报为准") >= len(brief.exhibits)
    deck = Presentation(io.BytesIO(FORMATS["pptx"].make(brief)))
    notes = [slide.notes_slide.notes_text_frame.text for slide in deck.slides if slide.has_notes_slide]
    assert sum(SAID in one for one in notes) >= len(brief.exhibits)


@pytest.mark.parametrize("profile", [SCREEN, PHONE, SLIDE], ids=lambda one: one.kind)
@pytest.mark.parametrize("footnote", [SAID, "长" * 400])
def test_a_footed_picture_is_legible_and_a_slide_stays_a_slide(brief, profile, footnote):
    for one in brief.exhibits:
        figure = footed(one, footnote).draw(profile)
        assert_legible(figure, profile)
        assert "备注：" in "".join(text.text for text in figure.layout.annotations)
    if profile.height and footnote == SAID:
        assert footed(brief.exhibits[0], footnote).draw(profile).layout.height == profile.height


def test_without_a_footnote_nothing_is_drawn_and_nothing_said(brief):
    one = brief.exhibits[0]
    assert footed(one, " ") is one
    assert noted(one, "") is one


def test_drawing_a_footnote_leaves_the_shared_figure_as_it_was(brief):
    one = brief.exhibits[1]
    before = one.draw(SCREEN).to_json()
    footed(one, SAID).draw(SCREEN)
    assert one.draw(SCREEN).to_json() == before
