"""会议材料 in a real browser: files are made and listed, the screen obeys its keys, tables can be copied, a print has no controls."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import pytest
from board import PATIENCE, PHONE, Server, Watched, settled, visible_text
from playwright.sync_api import Page
from pypdf import PdfReader
from test_shell import english

pytestmark = pytest.mark.browser

COUNTER = ".up-deck-bar output"
SEEN = """() => [...document.querySelectorAll('.up-slide')]
  .filter((one) => getComputedStyle(one).visibility === 'visible').map((one) => one.dataset.number)"""
LISTEN = """() => window.addEventListener('copy', (event) => {
  const { setData } = event.clipboardData;
  event.clipboardData.setData = (kind, text) => {
    window.copied = { ...window.copied, [kind]: text };
    setData.call(event.clipboardData, kind, text);
  };
}, true)"""


def _screen(page: Watched, server: Server) -> Page:
    shown = page.open(f"{server.url}meeting?present=1&show=targets.wall.map")
    shown.wait_for_function("document.querySelectorAll('.up-slide').length === 3", timeout=PATIENCE)
    return shown


def test_what_is_chosen_is_made_and_can_be_taken_along(cold_server: Server, page: Watched) -> None:
    shown = page.open(f"{cold_server.url}meeting?show=targets.wall&formats=图册（PDF）&name=第十次主席会议")
    shown.get_by_label("经办人").fill("王芳")
    shown.get_by_label("经办人").press("Enter")
    settled(shown)
    shown.get_by_role("button", name="生成材料").click()
    taken = shown.locator("[class*='st-key-up-pack-'] [data-testid='stDownloadButton'] button")
    taken.wait_for(timeout=PATIENCE)
    assert "王芳" in shown.locator("[class*='st-key-up-pack-']").inner_text()
    with shown.expect_download() as download:
        taken.click()
    assert download.value.suggested_filename == "第十次主席会议_20261105.pdf"
    assert len(PdfReader(download.value.path()).pages) == 2
    assert page.outside == []
    assert page.complaints == []


def test_keys_turn_the_pages_of_the_screen_and_nothing_else_is_seen(server: Server, page: Watched) -> None:
    shown = _screen(page, server)
    for keys, number in (("ArrowRight", 2), ("PageDown", 3), ("Space", 3), ("Home", 1), ("End", 3), ("PageUp", 2)):
        shown.keyboard.press(keys)
        assert shown.evaluate(SEEN) == [str(number)]
        assert shown.locator(COUNTER).inner_text() == f"{number} / 3"
    assert "commit=" in shown.url
    assert "day=2026-11-05" in shown.url
    for part in ("stSidebar", "stHeader"):
        assert not shown.get_by_test_id(part).is_visible()
    assert not shown.locator(".modebar").first.is_visible()
    shown.reload()
    settled(shown)
    assert shown.evaluate(SEEN) == ["2"]
    shown.keyboard.press("Escape")
    settled(shown)
    assert "present" not in shown.url
    assert shown.get_by_test_id("stSidebar").is_visible()
    assert page.outside == []


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768), (1024, 768), PHONE])
def test_a_slide_is_wholly_on_every_screen(
    server: Server, new_page: Callable[..., Watched], size: tuple[int, int]
) -> None:
    page = new_page(size)
    shown = _screen(page, server)
    box = shown.locator(".up-slide[data-number='1'] img").bounding_box()
    assert box is not None
    assert (box["x"] >= -1, box["y"] >= -1) == (True, True)
    assert (box["x"] + box["width"] <= size[0] + 1, box["y"] + box["height"] <= size[1] + 1) == (True, True)
    assert english(shown.inner_text("body")) == []
    assert shown.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_a_table_is_copied_and_a_picture_says_what_to_do_where_the_browser_forbids_it(
    server: Server, page: Watched
) -> None:
    page.page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    shown = page.open(server.url)
    tools = shown.locator("[class*='st-key-up-shown-targets'] .up-tools")
    shown.evaluate(LISTEN)
    tools.get_by_role("button", name="复制表格").click()
    copied = shown.evaluate("window.copied")
    lines = copied["text/plain"].split("\r\n")
    assert lines[0] == "指标\t企业类型\t完成值（%）\t目标（%）\t已达（家）\t应建（家）\t还差（家）\t状态"
    assert len(lines) == copied["text/html"].count("<tr>") == 11
    assert tools.locator("output").inner_text() == "表格已复制（10行），可以粘贴到 WPS 表格里。"
    tools.get_by_role("button", name="复制图片").click()
    assert "请点“下载图片”，再插入文档。" in tools.locator("output").inner_text()
    with shown.expect_download() as download:
        tools.get_by_role("button", name="下载图片").click()
    assert download.value.suggested_filename == "覆盖目标完成情况_20261105.png"


def test_a_print_has_no_controls_and_says_what_and_when(server: Server, page: Watched, tmp_path: Path) -> None:
    shown = page.open(f"{server.url}training")
    shown.wait_for_timeout(500)
    shown.pdf(path=tmp_path / "print.pdf", prefer_css_page_size=True)
    pages = [normalize("NFKC", one.extract_text()) for one in PdfReader(tmp_path / "print.pdf").pages]
    assert "数据截至2026年10月31日" in pages[0]
    assert [word for word in ("数据更新", "更新记录", "复制表格", "按数值", "不点名") if word in "".join(pages)] == []
    counted = [re.findall(r"第(\d+)..共(\d+).", text) for text in pages]  # 页 comes out as a radical, the comma narrow
    assert counted == [[(str(number), str(len(pages)))] for number in range(1, len(pages) + 1)]


def test_the_page_fits_a_phone_and_is_wholly_chinese(server: Server, new_page: Callable[..., Watched]) -> None:
    page = new_page(PHONE)
    shown = page.open(f"{server.url}meeting?catalogue=true")
    assert shown.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= PHONE[0]
    assert english(visible_text(shown)) == []
