"""Signing in and out before a real server: who sees what, what the browser keeps, and that nothing outside is asked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from board import DESKTOP, PHONE, ROOT, Server, Watched, _wait_for_health, free_port, settled, visible_text
from playwright.sync_api import Page, expect

from unionplan import gate
from unionplan.accounts import Accounts

PASSWORD = "四月的雨-1958"
LATIN = re.compile(r"[A-Za-z]{3,}")

TINY = """
import os
from pathlib import Path
import streamlit as st
from unionplan import gate

def show(page):
    root = Path(os.environ["UNIONPLAN_STORE"])
    who = gate.person(root)
    with st.sidebar:
        st.page_link("board.py", label="总览")
        if door := gate.door_html(root, who, page):
            st.html(door)
    st.html(f'<p id="who">{who.role}：{who.name}</p>')
    return who
"""
SERVED = """
import os
from pathlib import Path
import streamlit as st
from unionplan import gate

root = lambda: Path(os.environ["UNIONPLAN_STORE"])
app = st.App("board.py", routes=gate.routes(root, ["refresh"]), middleware=gate.middleware(root))
"""


@dataclass
class Guarded:
    """A server with its gate, and its accounts."""

    server: Server
    accounts: Accounts

    def at(self, page: str) -> str:
        """Return the address of a page."""
        return self.server.url + page


def started(folder: Path, script: Path, store: Path, *options: str) -> Server:
    """Start `script` as `serve` does and return when it is healthy."""
    port, log = free_port(), folder / "server.log"
    variables = {"UNIONPLAN_STORE": str(store), "UNIONPLAN_TODAY": "2026-11-05", "PYTHONPATH": str(ROOT)}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}", *options],
            cwd=script.parent,
            env={**os.environ, **variables},
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


def tiny(folder: Path) -> Path:
    """Write a board of two pages that asks who is looking, and return the script that serves it."""
    (folder / "pages").mkdir(parents=True)
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "config.toml").write_bytes((ROOT / ".streamlit" / "config.toml").read_bytes())
    (folder / "tiny.py").write_text(TINY, encoding="utf-8")
    (folder / "board.py").write_text("from tiny import show\nshow('/')\n", encoding="utf-8")
    (folder / "pages" / "refresh.py").write_text(
        "import streamlit as st\nfrom tiny import show\n"
        "if show('/refresh').role in ('local', 'clerk', 'administrator'):\n    st.file_uploader('表格', key='files')\n",
        encoding="utf-8",
    )
    (folder / "serve_tiny.py").write_text(SERVED, encoding="utf-8")
    return folder / "serve_tiny.py"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """The tiny board with a clerk and an administrator."""
    folder = tmp_path_factory.mktemp("guarded")
    accounts = Accounts(folder / "store")
    accounts.add("王芳", "clerk", PASSWORD, "test")
    accounts.add("李强", "administrator", PASSWORD, "test")
    server = started(folder, tiny(folder / "board"), accounts.root, "--server.address=127.0.0.1")
    yield Guarded(server, accounts)
    server.stop()


def sign_in(page: Page, name: str = "王芳", password: str = PASSWORD) -> None:
    page.get_by_label("姓名").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


def who(page: Page) -> str:
    settled(page)
    return page.locator("#who").inner_text()


def test_a_viewer_looks_without_signing_in_and_is_offered_to(page: Watched, guarded: Guarded) -> None:
    page.open(guarded.at(""))
    assert who(page.page) == "viewer："
    page.open(guarded.at("refresh"))
    assert page.page.locator("[data-testid='stFileUploader']").count() == 0
    page.page.get_by_role("link", name="登录").click()
    expect(page.page).to_have_url(guarded.at("login?next=/refresh"))
    assert page.complaints == []


def test_signing_in_leads_back_and_signing_out_ends_it_in_every_tab(page: Watched, guarded: Guarded) -> None:
    page.page.goto(guarded.at("login?next=/refresh"))
    sign_in(page.page)
    assert who(page.page) == "clerk：王芳"
    assert page.page.url == guarded.at("refresh")
    assert page.page.locator("[data-testid='stFileUploader']").count() == 1

    (cookie,) = [kept for kept in page.page.context.cookies() if kept["name"] == gate.cookie_name(guarded.accounts)]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["secure"]) == (True, "Lax", False)
    assert cookie["expires"] == -1  # gone with the browser
    assert cookie["name"] not in page.page.evaluate("document.cookie")

    other = page.page.context.new_page()
    other.goto(guarded.at(""))
    assert who(other) == "clerk：王芳"
    other.get_by_role("button", name="退出登录").click()
    assert who(other) == "viewer："
    page.page.reload()
    assert who(page.page) == "viewer："
    assert guarded.accounts.account_of(cookie["value"]) is None
    assert page.complaints == []
    assert page.outside == []


def test_an_open_page_loses_its_rights_when_the_account_is_removed(page: Watched, guarded: Guarded) -> None:
    guarded.accounts.add("赵六", "clerk", PASSWORD, "test")
    page.page.goto(guarded.at("login?next=/refresh"))
    sign_in(page.page, "赵六")
    assert who(page.page) == "clerk：赵六"
    guarded.accounts.remove("赵六", "test")
    page.page.locator("[data-testid='stFileUploader'] input").set_input_files(
        [{"name": "a.csv", "mimeType": "text/csv", "buffer": b"a"}]
    )  # turned away at the gate, over the connection that was opened while signed in
    page.page.get_by_text("未收下").wait_for()
    page.page.reload()
    assert who(page.page) == "viewer："


def test_a_wrong_password_is_told_and_the_name_stays(page: Watched, guarded: Guarded) -> None:
    page.page.goto(guarded.at("login"))
    sign_in(page.page, password="别的密码")
    assert page.page.get_by_role("alert").inner_text() == "姓名或密码不对，请再试一次。"
    assert page.page.get_by_label("姓名").input_value() == "王芳"
    assert page.page.get_by_label("密码").input_value() == ""
    assert page.page.evaluate("document.activeElement.id") == "password"
    sign_in(page.page, "李强")
    assert who(page.page) == "administrator：李强"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_the_sign_in_page_is_chinese_fits_and_asks_nothing_outside(
    new_page: Callable[..., Watched], guarded: Guarded, size: tuple[int, int]
) -> None:
    seen = new_page(size)
    seen.page.goto(guarded.at("login"))
    assert LATIN.findall(visible_text(seen.page)) == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") == size[0]
    assert seen.page.evaluate("document.documentElement.lang") == "zh-CN"
    assert seen.page.locator("button").bounding_box()["height"] >= 44  # type: ignore[index]
    assert seen.outside == []
    assert seen.complaints == []


def test_without_scripts_the_sign_in_page_works_all_the_same(
    new_page: Callable[..., Watched], guarded: Guarded
) -> None:
    browser = new_page().page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(guarded.at("login"))
    sign_in(page)
    page.goto(guarded.at("login"))
    assert "王芳（经办人）" in page.inner_text("main")
    context.close()


def test_nobody_uploads_without_signing_in(guarded: Guarded) -> None:
    asked = urllib.request.Request(guarded.at("_stcore/upload_file/a/b"), b"x", method="PUT")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(asked, timeout=5)
    assert caught.value.code == 403
    assert "没有登录，不能上传。请先登录。" in caught.value.read().decode()


def test_before_the_first_message_the_page_is_ours(new_page: Callable[..., Watched], guarded: Guarded) -> None:
    seen = new_page()
    seen.page.route_web_socket("**/_stcore/stream", lambda socket: None)  # a server that never says anything
    seen.page.goto(guarded.at("refresh"))
    seen.page.wait_for_selector("[data-testid='stApp']", timeout=120_000)
    seen.page.wait_for_timeout(1000)
    assert seen.page.title() == "工会目标任务看板"
    assert seen.page.evaluate("document.documentElement.lang") == "zh-CN"
    assert LATIN.findall(visible_text(seen.page)) == []


def test_without_accounts_this_pc_may_do_everything(page: Watched, tmp_path: Path) -> None:
    server = started(tmp_path, tiny(tmp_path / "board"), tmp_path / "store", "--server.address=127.0.0.1")
    try:
        page.open(f"{server.url}refresh")
        assert who(page.page) == "local："
        assert page.page.locator("[data-testid='stFileUploader']").count() == 1
        assert page.page.locator(".up-door").count() == 0
    finally:
        server.stop()


def test_the_real_board_is_served_behind_the_gate(page: Watched, tmp_path: Path, sample: Path) -> None:
    own = Path(shutil.copytree(sample, tmp_path / "demo"))  # the others' sample has no accounts
    Accounts(own).add("王芳", "clerk", PASSWORD, "test")
    server = started(tmp_path, ROOT / "serve_app.py", own)
    try:
        page.open(server.url)
        assert "还差291家" in page.page.inner_text("h1")
        assert page.outside == []
        assert page.complaints == []
    finally:
        server.stop()


def test_the_real_refresh_page_offers_to_sign_in_instead_of_the_uploader(page: Watched, tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "store")
    accounts.add("王芳", "clerk", PASSWORD, "test")
    server = started(tmp_path, ROOT / "serve_app.py", accounts.root)
    try:
        page.open(f"{server.url}refresh")
        assert page.page.locator("[data-testid='stFileUploader']").count() == 0
        assert "更新数据需要登录" in page.page.inner_text("[data-testid='stMain']")
        page.page.locator("[data-testid='stMain']").get_by_role("link", name="登录").click()
        sign_in(page.page)
        settled(page.page)
        assert page.page.url == f"{server.url}refresh"
        assert page.page.locator("[data-testid='stFileUploader']").count() == 1
        assert page.page.get_by_label("经办人").count() == 0  # the name is known
    finally:
        server.stop()
