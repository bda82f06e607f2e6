"""The frame around every page: there from the first visit, wholly Chinese, quiet, and fit for a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from board import (
    CHROMIUM,
    CHROMIUM_ARGS,
    DESKTOP,
    LINK,
    PHONE,
    Server,
    Watched,
    icon_font_is_drawn,
    menu,
    settled,
    visible_text,
)
from playwright.sync_api import Page, sync_playwright

from unionplan.ui import PAGES, PRODUCT

pytestmark = pytest.mark.browser

TITLES = [title for _, title in PAGES]

# Latin letters a Chinese office writes itself: kinds of files, the program that makes them, sizes of files, kinds
# of documents the board hands out, the cells of a sheet (C7, AB12), and the grades AA and AAA of 和谐企业创建.
ALLOWED = re.compile(
    r"(?<![a-z])(?:xlsx?|xlsm|xlsb|et|ods|csv|zip|pptx?|docx?|pdf|png|jpe?g|ofd|wps|excel|word|[kmg]b|aaa?|[a-z]{1,3}\d+)"
    r"(?![a-z])",
    re.IGNORECASE,
)
ENGLISH = re.compile(r"[A-Za-z]{2,}")
MISSING = "\uffff"  # no character, so every font draws its sign for a missing glyph
UPLOADER = "[data-testid='stFileUploaderDropzoneInput']"
SELECTBOX = "[data-testid='stSelectbox'] input"


def english(text: str) -> list[str]:
    return ENGLISH.findall(ALLOWED.sub("", text))


def test_an_english_word_would_be_noticed() -> None:
    assert english("选择文件 Upload") == ["Upload"]
    assert english("每个文件不超过 50MB • XLSX, CSV，见 C7") == []


def test_a_deep_link_that_is_the_first_visit_shows_frame_and_menu(
    cold_server: Server, page: Watched, entry: tuple[str, str]
) -> None:
    script, title = entry
    shown = page.open(cold_server.address(script))
    assert menu(shown) == TITLES
    assert shown.title() == f"{title} · {PRODUCT}"
    assert shown.locator(f"{LINK}[aria-current='page']").inner_text().strip() == title
    assert shown.locator(".up-brand").is_visible()
    assert shown.locator("[data-testid='stSidebarNav']").count() == 0


def test_eight_first_visits_at_once_all_get_frame_and_menu(cold_server: Server) -> None:
    addresses = [cold_server.address(PAGES[i % len(PAGES)].path) for i in range(8)]
    with ThreadPoolExecutor(len(addresses)) as pool:
        menus = list(pool.map(_menu_in_a_browser_of_its_own, addresses))
    assert menus == [TITLES] * len(addresses)


def _menu_in_a_browser_of_its_own(address: str) -> list[str]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        page = browser.new_page()
        page.goto(address)
        settled(page)
        found = menu(page)
        browser.close()
    return found


def test_no_page_shows_an_english_word(visited: Watched) -> None:
    shown = visited.page
    assert shown.evaluate("document.documentElement.lang") == "zh-CN"
    assert ENGLISH.search(shown.title()) is None
    assert icon_font_is_drawn(shown)
    assert english(visible_text(shown)) == []


def test_the_uploader_refuses_a_huge_file_in_chinese(server: Server, page: Watched, tmp_path: Path) -> None:
    large = tmp_path / "表.csv"
    large.write_bytes(b"0" * (51 * 1024 * 1024))
    shown = _page_with(page, server, UPLOADER)
    shown.set_input_files(UPLOADER, large)
    shown.wait_for_selector("[data-testid='stFileChip'] [role='alert']", state="attached")
    text = visible_text(shown)
    assert "文件超过 50" in text
    assert english(text) == []


def test_a_lost_connection_is_told_in_chinese(cold_server: Server, page: Watched) -> None:
    shown = page.open(cold_server.url)
    cold_server.stop()
    shown.wait_for_selector("[role='dialog']", timeout=60_000)
    shown.wait_for_timeout(300)
    assert "看板服务已断开" in visible_text(shown)
    assert english(visible_text(shown)) == []


def test_an_address_that_is_no_page_is_told_in_chinese(server: Server, page: Watched) -> None:
    shown = page.open(f"{server.url}nosuchpage")
    shown.wait_for_selector("[role='dialog']")
    shown.wait_for_timeout(300)
    assert "没有这个页面" in visible_text(shown)
    assert english(visible_text(shown)) == []


def test_nothing_is_asked_of_another_machine_and_nothing_complains(visited: Watched) -> None:
    assert any(url.startswith("ws://127.0.0.1") for url in visited.requests), "requests are not being recorded"
    assert visited.outside == []
    assert visited.complaints == []


def test_the_back_button_goes_back(server: Server, page: Watched) -> None:
    shown = page.open(server.url)
    _follow(shown, TITLES[1])
    assert shown.title() == f"{TITLES[1]} · {PRODUCT}"
    shown.go_back()
    shown.wait_for_function(f"document.title.startsWith('{TITLES[0]}')")
    settled(shown)
    assert shown.locator(f"{LINK}[aria-current='page']").inner_text().strip() == TITLES[0]


def test_looking_back_is_kept_from_page_to_page(server: Server, page: Watched) -> None:
    shown = page.open(f"{server.url}?commit=1")
    _follow(shown, TITLES[1])
    assert shown.url.endswith("?commit=1")


def _follow(page: Page, title: str) -> None:
    page.locator("[data-testid='stSidebar']").get_by_role("link", name=title).click()
    page.wait_for_function(f"document.title.startsWith('{title}')")
    settled(page)


def test_chinese_characters_are_really_drawn(server: Server, page: Watched) -> None:
    shown = page.open(server.url)
    drawn = {text: _pixels(shown, text) for text in ("国", "区", MISSING)}
    assert sum(drawn["国"]) > 0
    assert drawn["国"] != drawn["区"]
    assert MISSING not in (text for text in drawn if drawn[text] == drawn["国"])


def _pixels(page: Page, text: str) -> list[int]:
    """Return the darkness of each pixel of `text` drawn in the page's own font."""
    found = page.evaluate(
        """(text) => {
          const canvas = Object.assign(document.createElement('canvas'), {width: 48, height: 48});
          const pen = canvas.getContext('2d');
          pen.font = `40px ${getComputedStyle(document.querySelector('.up-brand')).fontFamily}`;
          pen.fillText(text, 2, 40);
          return [...pen.getImageData(0, 0, 48, 48).data].filter((_, i) => i % 4 === 3);
        }""",
        text,
    )
    return [int(value) for value in found]


def test_no_page_scrolls_sideways(visited: Watched) -> None:
    _as_wide_as(visited.page, DESKTOP)


def test_no_page_scrolls_sideways_on_a_phone(
    server: Server, new_page: Callable[..., Watched], entry: tuple[str, str]
) -> None:
    shown = new_page(PHONE).open(server.address(entry[0]))
    shown.wait_for_timeout(700)
    _as_wide_as(shown, PHONE)


def _as_wide_as(shown: Page, size: tuple[int, int]) -> None:
    """Nothing on the page is wider than the screen."""
    widest = shown.evaluate(
        "Math.max(...['html', '[data-testid=\"stMain\"]'].map((s) => {"
        " const box = document.querySelector(s); return box.scrollWidth - box.clientWidth; }))"
    )
    assert widest <= 0
    assert shown.evaluate(STICKING_OUT, size[0]) == []


STICKING_OUT = """(width) => [...document.querySelectorAll("[data-testid='stMain'] *")]
  .filter((box) => box.checkVisibility() && !box.closest('.up-scroll, [class*="st-key-up-pan-"], svg'))
  .filter((box) => box.getBoundingClientRect().right > width + 1)
  .map((box) => `${box.tagName} ${box.dataset.testid ?? box.className}`)"""


def test_on_a_phone_the_menu_is_shut_opens_and_shuts_again(server: Server, new_page: Callable[..., Watched]) -> None:
    shown = new_page(PHONE).open(server.url)
    side = shown.locator("[data-testid='stSidebar']")
    assert side.get_attribute("aria-expanded") == "false" or side.get_attribute("data-collapsed") == "true"
    shown.click("[data-testid='stExpandSidebarButton']")
    shown.wait_for_selector("[data-testid='stSidebar'][data-collapsed='false']")
    shown.locator(LINK).nth(1).click()
    shown.wait_for_selector("[data-testid='stSidebar'][data-collapsed='true']", state="attached")


def test_a_print_has_the_page_and_not_its_frame(visited: Watched) -> None:
    shown = visited.page
    shown.emulate_media(media="print")
    assert shown.locator(".up-print").is_visible()
    for hidden in ("stSidebar", "stHeader", "stButton", "stDownloadButton", "stFileUploader"):
        for box in shown.get_by_test_id(hidden).all():
            assert not box.is_visible(), f"{hidden} is printed"
    shown.emulate_media(media="screen")


def test_nothing_opened_on_a_page_shows_an_english_word(visited: Watched) -> None:
    shown = visited.page
    for head in shown.locator("details > summary").all():  # one that is opened stays in its place of this list
        if head.is_visible() and not head.evaluate("one => one.parentElement.open"):
            head.click()
    shown.wait_for_timeout(500)
    for field in shown.locator(SELECTBOX).all():
        field.scroll_into_view_if_needed()
        shown.wait_for_timeout(300)  # a page that scrolls shuts an open list
        field.click()
        shown.wait_for_selector("[role='option']")
        assert english(visible_text(shown)) == []
        field.fill("龘龘")
        shown.wait_for_timeout(300)
        assert "没有匹配的选项" in visible_text(shown)
        assert english(visible_text(shown)) == []
        shown.keyboard.press("Escape")
    for button in shown.locator(".modebar-btn").all():
        assert english(button.get_attribute("data-title") or "") == []


def _page_with(page: Watched, server: Server, selector: str) -> Page:
    """Return the first page that has `selector`."""
    for script, _ in PAGES:
        shown = page.open(server.address(script))
        if shown.locator(selector).count():
            return shown
    raise AssertionError(f"no page has {selector}")
