"""What only a real browser shows: a file goes in, and the chart on a board that is open elsewhere changes by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from board import PATIENCE, PHONE, Server, Watched, settled
from playwright.sync_api import Page

from unionplan.demo import workbook
from unionplan.plan import plan_of, read_tables

pytestmark = pytest.mark.browser

UPLOADER = "[data-testid='stFileUploaderDropzoneInput']"
CHART = "[class*='st-key-up-wide-targets'] .js-plotly-plot"


def test_a_workbook_goes_in_and_the_open_overview_changes_by_itself(
    cold_server: Server, new_page: Callable[..., Watched], tmp_path: Path
) -> None:
    overview, desk = new_page(), new_page()
    board = overview.open(cold_server.url)
    assert "8项计划目标均未报送" in _drawn(board)
    _hand_in(desk.open(f"{cold_server.url}refresh"), _ledger(tmp_path, date(2026, 10, 31)))
    board.wait_for_function(
        "selector => /达标/.test(document.querySelector(selector)?.textContent || '')", arg=CHART, timeout=PATIENCE
    )
    assert "数据截至2026年10月31日" in _drawn(board)
    assert "均未报送" not in _drawn(board)
    assert overview.complaints == []
    assert desk.complaints == []


def test_a_refresh_can_be_undone_from_the_history_page(
    cold_server: Server, new_page: Callable[..., Watched], tmp_path: Path
) -> None:
    page = new_page()
    _hand_in(page.open(f"{cold_server.url}refresh"), _ledger(tmp_path, date(2026, 10, 31)))
    history = page.open(f"{cold_server.url}history")
    history.get_by_text("撤销第2次更新").click()
    history.get_by_label("经办人").fill("王芳")
    history.get_by_label("撤销原因").fill("传错了月份")
    history.get_by_role("button", name="确认撤销").click()
    history.get_by_text("撤销第2次", exact=True).wait_for(timeout=PATIENCE)
    assert "8项计划目标均未报送" in _drawn(page.open(cold_server.url))
    assert "达标" in _drawn(page.open(f"{cold_server.url}?commit=2"))


def test_the_uploaded_file_comes_back_byte_for_byte(
    cold_server: Server, new_page: Callable[..., Watched], tmp_path: Path
) -> None:
    page, ledger = new_page(), _ledger(tmp_path, date(2026, 6, 30))
    _hand_in(page.open(f"{cold_server.url}refresh"), ledger)
    history = page.open(f"{cold_server.url}history")
    with history.expect_download() as download:
        history.get_by_role("button", name=f"下载原文件：{ledger.name}").click()
    assert Path(download.value.path()).read_bytes() == ledger.read_bytes()


def test_a_filter_lives_in_the_address_and_a_link_opens_it(server: Server, page: Watched) -> None:
    board = page.open(server.url)
    board.get_by_role("radio", name="非公有制").or_(board.get_by_role("button", name="非公有制")).first.click()
    board.wait_for_function("() => location.search.includes('type=')", timeout=PATIENCE)
    settled(board)
    link = board.url
    assert "国有及控股" not in _drawn(board)
    assert "国有及控股" not in _drawn(page.open(link))
    assert "国有及控股" in _drawn(page.open(server.url))


def test_an_unknown_filter_in_the_address_falls_back(server: Server, page: Watched) -> None:
    assert "国有及控股" in _drawn(page.open(f"{server.url}?type=nonsense&commit=99999"))


def test_the_sample_is_left_in_one_click_and_nothing_of_it_is_lost(
    new_page: Callable[..., Watched], tmp_path: Path, sample: Path
) -> None:
    import shutil

    from board import started

    shutil.copytree(sample, tmp_path / "demo")
    own = started(tmp_path, tmp_path / "demo")
    try:
        board = new_page().open(own.url)
        assert "示例数据" in board.inner_text("body")
        board.get_by_role("button", name="开始使用").click()
        board.wait_for_function(
            "selector => /均未报送/.test(document.querySelector(selector)?.textContent || '')",
            arg=CHART,
            timeout=PATIENCE,
        )
        assert "示例数据" not in board.inner_text("body")
    finally:
        own.stop()
    assert (tmp_path / "demo" / "log.sqlite").exists()


def test_a_phone_gets_the_narrow_chart_and_a_desk_the_wide_one(
    server: Server, new_page: Callable[..., Watched]
) -> None:
    narrow = "[class*='st-key-up-narrow-targets'] .js-plotly-plot"
    phone, desk = new_page(PHONE).open(server.url), new_page().open(server.url)
    phone.locator(narrow).first.wait_for(state="visible", timeout=PATIENCE)
    desk.locator(CHART).first.wait_for(state="visible", timeout=PATIENCE)
    assert not phone.locator(CHART).first.is_visible()
    assert not desk.locator(narrow).first.is_visible()


def test_an_unreadable_file_gets_a_sentence_on_the_page_and_changes_nothing(
    cold_server: Server, new_page: Callable[..., Watched], tmp_path: Path
) -> None:
    broken = tmp_path / "坏文件.xlsx"
    broken.write_bytes(b"PK\x03\x04" + b"\x00" * 500)
    page = new_page().open(f"{cold_server.url}refresh")
    page.set_input_files(UPLOADER, broken)
    page.get_by_text("这个文件还不能入库").wait_for(timeout=PATIENCE)
    assert "文件已损坏，打不开" in page.inner_text("body")
    assert page.get_by_role("button", name="确认入库").count() == 0


def _ledger(folder: Path, month: date) -> Path:
    units = plan_of(read_tables(Path(__file__).parents[2] / "data" / "plan")).units
    place = folder / f"企业台账{month.year}年{month.month}月.xlsx"
    place.write_bytes(workbook(units, month))
    return place


def _hand_in(page: Page, ledger: Path) -> None:
    page.set_input_files(UPLOADER, ledger)
    page.get_by_text("项主要指标有变化").wait_for(timeout=PATIENCE)
    page.get_by_label("经办人").fill("王芳")
    page.keyboard.press("Enter")
    confirm = page.get_by_role("button", name="确认入库")
    page.wait_for_function(
        "() => [...document.querySelectorAll('button')].some(b => b.textContent.includes('确认入库') && !b.disabled)",
        timeout=PATIENCE,
    )
    confirm.click()
    page.get_by_text("已入库：第 2 次更新").wait_for(timeout=PATIENCE)


def _drawn(page: Page) -> str:
    page.wait_for_selector(f"{CHART} .infolayer", state="attached", timeout=PATIENCE)
    return page.locator(CHART).first.text_content() or ""
