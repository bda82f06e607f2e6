"""Handing in as a clerk does it: a new form confirmed once, the receipt, cancelling, quick clicks, hostile words."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from board import PHONE, Server, Watched, settled, visible_text
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

UPLOADER = "[data-testid='stFileUploaderDropzoneInput']"
BAR = "[data-testid='stProgress']"
SERVICE = 60_000
ODD = ("序号", "企业名称", "县市区", "控股类型", "职工总数", "厂务公开")
OURS = ("统计编码", "单位名称", "填报单位", "企业状态", "控股情况", "职工人数", "是否建会", "厂务公开")


def book(
    folder: Path, name: str, title: str, header: tuple[str, ...], rows: list[list[object]], sheet: str = "表"
) -> Path:
    """Write a workbook and return its place."""
    workbook = openpyxl.Workbook()
    page = workbook.active
    assert page is not None
    page.title = sheet
    for row in ([title], list(header), *rows):
        page.append(row)
    workbook.save(folder / name)
    return folder / name


def ledger(folder: Path, unit: str, name: str, workers: object = 30, title: str = "企业台账（2026年10月31日）") -> Path:
    """A ledger of one enterprise under our own headers."""
    row = [f"00{len(name)}", f"{unit}甲厂", unit, "存续", "私人控股", workers, "是", "是"]
    return book(folder, name, title, OURS, [row])


def opened(page: Watched, server: Server) -> Page:
    """The refresh page with the clerk's name in it."""
    found = page.open(f"{server.url}refresh")
    found.get_by_label("经办人").fill("王芳")
    found.keyboard.press("Enter")
    settled(found)
    return found


def test_a_new_form_is_confirmed_once_and_the_second_file_of_it_asks_nothing(
    cold_server: Server, new_page: Callable[..., Watched], tmp_path: Path
) -> None:
    watched = new_page()
    page = opened(watched, cold_server)
    rows = [[1, "甲厂", "文澜区", "私人控股", 30, "是"]]
    page.set_input_files(UPLOADER, book(tmp_path, "一览2026年10月.xlsx", "一览（2026年10月）", ODD, rows))
    page.get_by_text("这种表样第一次见").wait_for(timeout=SERVICE)
    page.get_by_role("button", name="识别无误，记住表样").click()
    page.get_by_text("涉及“文澜区”：新增 1 家。").wait_for(timeout=SERVICE)
    second = [[1, "乙厂", "朝晖区", "私人控股", 20, "否"]]
    page.set_input_files(UPLOADER, book(tmp_path, "又一张2026年10月.xlsx", "一览（2026年10月）", ODD, second))
    page.get_by_text("共 2 个文件").wait_for(timeout=SERVICE)
    page.get_by_text("正在读取").first.wait_for(state="detached", timeout=SERVICE)
    expect(page.get_by_text("这种表样第一次见")).to_have_count(0)
    expect(page.get_by_text("表样待确认")).to_have_count(0)
    assert watched.complaints == []


def test_the_receipt_comes_back_with_the_faulty_cell_marked(
    cold_server: Server, new_page: Callable[..., Watched], tmp_path: Path
) -> None:
    page = opened(new_page(), cold_server)
    page.set_input_files(UPLOADER, ledger(tmp_path, "文澜区", "有错.xlsx", "三十"))
    page.get_by_text("这个文件还不能入库").wait_for(timeout=SERVICE)
    with page.expect_download(timeout=SERVICE) as download:
        page.get_by_role("button", name="下载回执").click()
    assert download.value.suggested_filename == "回执_有错.xlsx"
    back = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert "不是整数" in str(back["表"]["F3"].comment.text)


def test_a_long_reading_can_be_cancelled_and_taken_up_again(
    cold_server: Server, new_page: Callable[..., Watched], tmp_path: Path
) -> None:
    page = opened(new_page(), cold_server)
    rows = "\n".join(f"'{n:07d},厂{n},文澜区,存续,私人控股,30,是,是" for n in range(200_000))
    place = tmp_path / "大表2026年10月.csv"
    place.write_text(f"{','.join(OURS)}\n{rows}".replace("'", ""), encoding="utf-8")
    page.set_input_files(UPLOADER, place)
    page.locator(BAR).first.wait_for(timeout=SERVICE)
    page.get_by_text("下载模板").click()  # the page stays usable
    page.get_by_role("button", name="取消").click()
    page.get_by_text("已取消，没有读完。数据没有改动。").wait_for(timeout=SERVICE)
    page.get_by_role("button", name="重新读取").click()
    page.locator(BAR).first.wait_for(timeout=SERVICE)


def test_two_quick_clicks_commit_one_file_once_and_leave_the_other(
    cold_server: Server, new_page: Callable[..., Watched], tmp_path: Path
) -> None:
    page = opened(new_page(), cold_server)
    page.set_input_files(UPLOADER, [ledger(tmp_path, "文澜区", "一.xlsx"), ledger(tmp_path, "朝晖区", "之二.xlsx")])
    page.get_by_text("共 2 个文件：可以入库 2 个。").wait_for(timeout=SERVICE)
    page.get_by_text("查看和处理").first.click()
    confirm = page.get_by_role("button", name="确认入库")
    confirm.wait_for(timeout=SERVICE)
    settled(page)
    confirm.dblclick()
    page.get_by_text("已入库：第 2 次更新。").wait_for(timeout=SERVICE)
    settled(page)
    assert "第 3 次更新" not in page.inner_text("body")
    page.get_by_role("button", name="全部入库（1 个合格文件）").click()
    page.get_by_text("已入库：第 3 次更新。").wait_for(timeout=SERVICE)


def test_hostile_words_stand_as_they_are_and_nothing_is_english_at_desk_and_phone(
    cold_server: Server, new_page: Callable[..., Watched], tmp_path: Path
) -> None:
    words = "**粗** $x^2$ :material:home: :red[红] <b>b</b>"
    header = (*ODD[1:5], words)
    rows = [[f"<img src=x onerror=alert(1)> {words}", "文澜区", "私人控股", 30, words]]
    place = book(
        tmp_path, "坏 $y$ :smile: **粗**.xlsx", f"一览（2026年10月）{words}", header, rows, "__s__ $z$ <b>页<b>"
    )
    for size in ((1440, 900), PHONE):
        watched = new_page(size)
        page = opened(watched, cold_server)
        page.set_input_files(UPLOADER, place)
        page.get_by_text("这种表样第一次见").wait_for(timeout=SERVICE)
        page.get_by_text("改其他列").click()
        page.locator("[data-testid='stWidgetLabel']").filter(has_text="E2").wait_for(timeout=SERVICE)
        settled(page)
        text = visible_text(page).replace("\u2060", "")
        assert "坏 $y$ :smile: **粗**.xlsx" in text
        assert "__s__ $z$ <b>页<b>" in text
        labels = "".join(page.locator("[data-testid='stWidgetLabel']").all_inner_texts()).replace("\u2060", "")
        assert f"E2 “{words.replace(' ', '')}”，如 {words}" in labels
        assert page.locator("[data-testid='stMain'] :is(img, .katex, b)").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert watched.complaints == []
