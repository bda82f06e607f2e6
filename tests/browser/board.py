"""A real server, a real Chromium, and what a reader sees of both."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("UNIONPLAN_CHROMIUM", "/usr/bin/chromium")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP, PHONE = (1366, 768), (390, 844)
PATIENCE = 120_000  # ms; a page that never comes fails all the same, a loaded machine does not
LINK = "[data-testid='stPageLink-NavLink']"

# A deep link makes Streamlit ask for its service below the page's own path first; the two answers "not there" are
# its way of finding the root, and Chromium logs them as errors.
PROBES = re.compile(r"/[a-z]+/_stcore/(health|host-config)$")

SEEN = """() => {
  const out = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const box = node.parentElement;
    if (box.closest('script, style, noscript, [data-testid="stIconMaterial"]') || !box.checkVisibility()) continue;
    if (node.nodeValue.trim()) out.push(node.nodeValue);
  }
  return out.join('\\n');
}"""

SAID = """() => ['title', 'aria-label', 'placeholder', 'data-title', 'alt'].flatMap(
  (name) => [...document.querySelectorAll(`[${name}]`)]
    .filter((element) => element.checkVisibility()).map((element) => element.getAttribute(name)))"""


@dataclass
class Server:
    """A running board and where it answers."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def address(self, script: str) -> str:
        """Return the deep link of a page, given its script."""
        return self.url if script == "app.py" else f"{self.url}{Path(script).stem}"

    def stop(self) -> None:
        """End the server; nothing of it is left behind."""
        self.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(5)


@dataclass
class Watched:
    """A browser page with everything it asked for and complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def outside(self) -> list[str]:
        """Return the addresses asked for, in vain or not, that are not this machine's."""
        return [url for url in self.requests if urlsplit(url).hostname not in (None, "", "127.0.0.1")]

    def open(self, url: str) -> Page:
        """Go to `url` and wait until the frame stands and the run has ended."""
        self.page.goto(url)
        settled(self.page)
        return self.page


def settled(page: Page) -> None:
    """Wait until the menu stands and the script has run to its end."""
    page.wait_for_selector(LINK, state="attached", timeout=PATIENCE)
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']", timeout=PATIENCE)
    page.wait_for_timeout(300)  # the last draw follows the end of the run


def visible_text(page: Page) -> str:
    """Return every text a reader or a screen reader meets on the page, attributes included, icons left out.

    Icons are drawn by a font from words such as `upload`; `icon_font_is_drawn` proves that these are not words on
    the screen.
    """
    return "\n".join([page.evaluate(SEEN), *page.evaluate(SAID)])


def icon_font_is_drawn(page: Page) -> bool:
    """Return whether the icons' font has arrived."""
    return bool(page.evaluate("document.fonts.check('20px \"Material Symbols Rounded\"')"))


def menu(page: Page) -> list[str]:
    """Return the words of the menu in their order."""
    return [link.inner_text().strip() for link in page.locator(f"[data-testid='stSidebar'] {LINK}").all()]


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def started(folder: Path, store: Path | None = None) -> Server:
    """Start the board over `store` (by default an empty one in `folder`) and return when it is healthy."""
    port, log = free_port(), folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"],
            cwd=ROOT,
            env={**os.environ, "UNIONPLAN_STORE": str(store or folder / "store"), "UNIONPLAN_TODAY": "2026-11-05"},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    server = Server(f"http://127.0.0.1:{port}/", process, log)
    try:
        _wait_for_health(server)
    except BaseException:
        server.stop()
        raise
    return server


def _wait_for_health(server: Server, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            urllib.request.urlopen(f"{server.url}_stcore/health", timeout=1).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the board did not start:\n{server.log.read_text(errors='replace')}")


def watched(context: BrowserContext) -> Watched:
    """Return a page of `context` whose requests and complaints are noted."""
    context.set_default_timeout(PATIENCE)
    seen = Watched(context.new_page())

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not PROBES.search(message.location.get("url", "")):
            seen.complaints.append(message.text)

    def asked(request: Request) -> None:
        seen.requests.append(request.url)

    seen.page.on("console", note)
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    context.on("request", asked)
    context.on("requestfailed", asked)
    seen.page.on("websocket", lambda socket: seen.requests.append(socket.url))
    return seen
