"""Twenty readers at once on a server that nobody has visited yet: everyone gets the frame, and the figures."""

from __future__ import annotations

from pathlib import Path

import pytest
from board import DESKTOP, LINK, PATIENCE, Watched, menu, started, watched
from playwright.sync_api import Browser

from unionplan.ui import PAGES

pytestmark = pytest.mark.browser

READERS = 20
LONG = 3 * PATIENCE  # twenty pages are drawn by two processors


def test_twenty_readers_on_a_cold_server_all_get_their_page_whole(
    browser: Browser, tmp_path: Path, sample: Path
) -> None:
    server = started(tmp_path, sample)
    width, height = DESKTOP
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    try:
        readers = [(PAGES[number % len(PAGES)], watched(context)) for number in range(READERS)]
        for entry, reader in readers:  # nobody waits for the one before
            reader.page.goto(server.address(entry.path), wait_until="commit", timeout=LONG)
        found = [(entry.title, *_seen(reader)) for entry, reader in readers]
        assert found == [(entry.title, [page.title for page in PAGES], entry.title, 0, False) for entry, _ in readers]
        assert [reader.outside for _, reader in readers] == [[]] * READERS
        assert "Traceback" not in server.log.read_text(errors="replace")
    finally:
        context.close()
        server.stop()


def _seen(reader: Watched) -> tuple[list[str], str, int, bool]:
    """The menu, which line of it is current, how many exceptions are shown, whether the page says that it failed."""
    page = reader.page
    page.wait_for_selector(LINK, state="attached", timeout=LONG)
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']", timeout=LONG)
    page.wait_for_selector(".up-heading h1", timeout=LONG)
    current = page.locator(f"{LINK}[aria-current='page']").inner_text().strip()
    exceptions = page.locator("[data-testid='stException']").count()
    return menu(page), current, exceptions, "本页出错了" in page.inner_text("body")
