"""打包下发: every unit gets its own figures and its own names, as many as its figures say, and no cell of it runs."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from unionplan.attainment import Outlook, attainments
from unionplan.export import workbook as written
from unionplan.packing import file_name, packed, zip_name, zipped
from unionplan.store import Store

DAY = date(2026, 11, 5)
LEDGER = """
统计编码 | 单位名称 | 填报单位 | 企业状态 | 单位类别 | 控股情况 | 职工人数 | 是否建会 | 工资专项签订方式 | 工资专项起始日 | 工资专项截止日 | 厂务公开
'001 | @甲厂 | 文澜区 | 存续 | 私营企业 | 私人控股 | 90 | 是 | 单独 | 2026-01-01 | 2026-12-31 | 是
'002 | 乙厂 | 文澜区 | 存续 | 私营企业 | 私人控股 | 50 | 是 | 单独 | 2025-01-01 | 2026-09-30 | 否
'003 | 丙厂 | 文澜区 | 存续 | 私营企业 | 私人控股 |  | 是 | 未签 |  |  | 否
'004 | 丁厂 | 朝晖区 | 存续 | 私营企业 | 私人控股 | 70 | 是 | 单独 | 2026-01-01 | 2027-12-31 | 是
"""


@pytest.fixture(scope="module")
def files(new_city: Store) -> dict[str, Any]:
    """unit → its workbook as openpyxl reads it."""
    head = new_city.head()
    outlook = Outlook(new_city.cube(head), new_city.plan(head), DAY)
    steps = list(packed(new_city, head, outlook))
    assert [step.done for step in steps if step.name] == list(range(steps[-1].total - 11, steps[-1].total + 1))
    return {step.words: openpyxl.load_workbook(io.BytesIO(step.data)) for step in steps if step.name}


@pytest.fixture(scope="module")
def new_city(seeded: Path, take: Callable[..., Any], workbook: Callable[[str], bytes], tmp_path_factory: pytest.TempPathFactory) -> Store:  # fmt: skip
    store = Store(Path(shutil.copytree(seeded, tmp_path_factory.mktemp("packing") / "data")))
    take(store, workbook(LEDGER), "台账2026年10月.xlsx", "已核对", accept_mapping=True)
    return store


def rows(book: Any, sheet: str) -> list[list[Any]]:
    """The rows under the head; dates as days."""
    found = [[cell.value for cell in row] for row in book[sheet].iter_rows()]
    head = next((place for place, row in enumerate(found) if row[0] in ("指标", "合同", "报送内容", "条目")), None)
    return [] if head is None else found[head + 1 :]


def test_every_unit_gets_its_own_workbook_and_only_its_own_names(files: dict[str, Any], new_city: Store) -> None:
    assert list(files) == [unit.name for unit in new_city.plan(new_city.head()).units]
    text = "\n".join(str(cell.value) for sheet in files["朝晖区"] for row in sheet.iter_rows() for cell in row)
    assert "乙厂" not in text
    assert files["文澜区"].sheetnames == ["完成情况", "分解任务", "未覆盖企业", "将到期合同", "报送情况"]


def test_the_list_of_the_missing_is_as_long_as_the_figure_says(files: dict[str, Any], new_city: Store) -> None:
    head = new_city.head()
    units = attainments(Outlook(new_city.cube(head), new_city.plan(head), DAY), "reporting_unit")
    for row in units:
        if row.target_bp is None or row.numerator is None or row.reporting_unit not in ("文澜区", "朝晖区"):
            continue
        listed = [line for line in rows(files[row.reporting_unit], "未覆盖企业")
                  if line[0] == new_city.plan(head).indicators[row.indicator].name and row.scope == "non_public" and line[1] == "非公有制企业"]  # fmt: skip
        if row.scope == "non_public":
            assert len(listed) == (row.denominator or 0) - row.numerator


def test_a_missing_enterprise_stands_with_its_reason_and_what_is_blank_stays_blank(files: dict[str, Any]) -> None:
    wage = [row for row in rows(files["文澜区"], "未覆盖企业") if row[0] == "工资集体协商推行面"]
    assert [(row[2], row[3], row[4], row[5]) for row in wage] == [
        ("乙厂", "002", 50, "已到期 2026年9月30日"), ("丙厂", "003", None, "未签"),
    ]  # fmt: skip


def test_a_contract_that_ends_soon_stands_with_its_day(files: dict[str, Any]) -> None:
    [row] = rows(files["文澜区"], "将到期合同")
    assert row[:3] == ["工资集体协商", "@甲厂", "001"]
    assert (row[5].date(), row[6]) == (date(2026, 12, 31), "61天")
    assert rows(files["朝晖区"], "将到期合同") == []


def test_a_unit_without_a_ledger_is_told_that_there_are_no_names(files: dict[str, Any]) -> None:
    cells = [cell.value for row in files["锦澜区"]["未覆盖企业"].iter_rows() for cell in row if cell.value]
    assert cells[-1] == "本单位没有报企业台账，没有企业名单"
    figures = rows(files["锦澜区"], "完成情况")
    assert {row[5] for row in figures} == {"未报"}
    assert {row[8] for row in figures} == {"○ 未报"}


def test_figures_are_whole_numbers_with_the_citys_light(files: dict[str, Any]) -> None:
    wage = next(row for row in rows(files["文澜区"], "完成情况") if row[0] == "工资集体协商推行面" and row[1] == "非公有制企业")  # fmt: skip
    assert wage[2].date() == date(2026, 10, 31)
    assert wage[3:8] == [1, 3, "33.3%", "50%", 1]
    assert isinstance(wage[3], int)


def test_what_was_reported_and_what_is_owed_stand_month_by_month(files: dict[str, Any]) -> None:
    [row] = rows(files["文澜区"], "报送情况")
    assert (row[0], row[1], row[2], row[5]) == ("台账、汇总表", "2026年10月", "● 按时", "王经办")
    [owed] = rows(files["锦澜区"], "报送情况")
    assert (owed[2], owed[4], owed[5]) == ("○ 未到期", None, None)


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@SUM(A1)", "http://a.cn", "{=1}", "00123", "1e5"])
def test_no_text_becomes_a_formula_a_link_or_a_number(text: str) -> None:
    data = workbook_of(text)
    cell = openpyxl.load_workbook(io.BytesIO(data))["表"]["A3"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")


def workbook_of(text: str) -> bytes:
    return written.workbook([written.Sheet("表", text, (), ("列",), [(text,)])], DAY)


def test_the_zip_holds_every_file_by_its_chinese_name() -> None:
    archive = zipfile.ZipFile(io.BytesIO(zipped([("文澜区.xlsx", b"1"), ("朝晖区.xlsx", b"22")], DAY)))
    assert archive.namelist() == ["文澜区.xlsx", "朝晖区.xlsx"]
    assert archive.testzip() is None
    assert all(info.flag_bits & 0x800 for info in archive.infolist())
    assert zip_name(DAY) == "下发材料_20261105.zip"


@pytest.mark.parametrize(("unit", "name"), [("产业/系统:工会", "产业_系统_工会"), (" 甲 ", "甲"), ("..", "单位")])
def test_a_units_name_makes_a_file_name_everywhere(unit: str, name: str) -> None:
    assert file_name(unit) == name


def test_the_command_writes_a_file_for_every_unit_and_the_zip(cli: Callable[..., Any], new_city: Store, tmp_path: Path) -> None:  # fmt: skip
    answer = cli("pack", "--store", new_city.root, "--out", tmp_path / "下发 材料")
    assert answer.code == 0
    made = {place.name for place in (tmp_path / "下发 材料").iterdir()}
    assert made == {*(f"{unit.name}.xlsx" for unit in new_city.plan(new_city.head()).units), "下发材料_20261105.zip"}
    assert answer.out.startswith("12个单位的材料已写到 ")
    assert cli("pack", "--store", new_city.root).code == 2
