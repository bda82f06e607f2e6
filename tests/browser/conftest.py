"""One Chromium, servers, and pages for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from board import CHROMIUM, CHROMIUM_ARGS, DESKTOP, Server, Watched, started, watched
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from unionplan.ui import PAGES


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield chromium
        chromium.close()


@pytest.fixture
def cold_server(tmp_path: Path) -> Iterator[Server]:
    """A server nobody has visited yet."""
    server = started(tmp_path)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Iterator[Server]:
    """One server over the sample, for all tests that only look."""
    running = started(tmp_path_factory.mktemp("board"), sample)
    yield running
    running.stop()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[[tuple[int, int]], Watched]]:
    """Return a function that opens a page of a given size in a context of its own."""
    contexts: list[BrowserContext] = []

    def opened(size: tuple[int, int] = DESKTOP) -> Watched:
        width, height = size
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN"))
        return watched(contexts[-1])

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Watched]) -> Watched:
    """A watched page of desktop size."""
    return new_page()


@pytest.fixture(scope="session", params=PAGES, ids=lambda entry: Path(entry.path).stem)
def entry(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Each line of the menu in turn: script and title."""
    script, title = request.param
    return script, title


@pytest.fixture(scope="session")
def visited(browser: Browser, server: Server, entry: tuple[str, str]) -> Iterator[Watched]:
    """A page of the menu at a desk, opened once for all tests that only look at it."""
    context = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, locale="zh-CN")
    seen = watched(context)
    seen.open(server.address(entry[0])).wait_for_timeout(1500)
    yield seen
    context.close()
