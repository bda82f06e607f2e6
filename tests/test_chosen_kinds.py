"""What a table is, said on the form screen against the reading: read by that kind, remembered with it, never unsafe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from unionplan.intake import worker
from unionplan.intake.known_forms import NOT_READ
from unionplan.intake.readings import NAMES

TABLES = {
    "summary": "区县 | 企业总数 | 签约情况 | 排名\n文澜区 | 3 | 2 | 1",
    "ledger": "序号 | 企业全称 | 县市区 | 控股类型 | 在册职工总数\n1 | 甲厂 | 文澜区 | 私人控股 | 30",
    "roster": "序号 | 姓名 | 身份证号码 | 所在单位 | 培训工种\n1 | 张三 | 11010519491231002X | 甲厂 | 焊工",
    "events": "序号 | 活动名称 | 计划时间 | 完成情况 | 地点\n1 | 演讲赛 | 2026年9月 | 已完成 | 会堂",
    "plan": "条目编号 | 责任部门 | 完成时限 | 说明\nA1-2 | 经济工作部 | 2026-12-31 | 无",
}


@pytest.fixture
def read(tmp_path: Path, workbook: Callable[[str], bytes]) -> Callable[..., dict[str, Any]]:
    """Read a text table as the reading process does, under the forms that are known."""

    def reading(table: str, forms: Mapping[str, Any] | None = None) -> dict[str, Any]:
        (tmp_path / "upload").write_bytes(workbook(table))
        job = {"name": "表2026年10月.xlsx", "units": {"文澜区": "文澜区"}, "unit": None, "as_of": None, "forms": forms or {},
               "choices": {}, "words": {}}  # fmt: skip
        return worker.read(job, tmp_path)

    return reading


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_any_table_can_be_read_as_any_kind_and_only_that(table: str, read: Callable[..., dict[str, Any]]) -> None:
    form = read(table)["sheets"][0]["fingerprint"]
    for kind in NAMES:
        for is_open in (True, False):
            [sheet] = read(table, {form: {"kind": kind, "columns": {}, "open": is_open}})["sheets"]
            assert (sheet["kind"], sheet["form"], sheet["fingerprint"]) == (
                kind,
                "new" if is_open else "remembered",
                form,
            )


def test_a_table_that_is_not_to_be_read_is_told_and_never_read(read: Callable[..., dict[str, Any]]) -> None:
    form = read(TABLES["summary"])["sheets"][0]["fingerprint"]
    for is_open, word in ((True, "leaving"), (False, "left_out")):
        [sheet] = read(TABLES["summary"], {form: {"kind": NOT_READ, "columns": {}, "open": is_open}})["sheets"]
        assert (sheet["kind"], sheet["form"], sheet["table"]) == (None, word, None)
        assert [(one["rule"], one["severity"]) for one in sheet["problems"]] == [("sheet_left_out", "fixed")]


@pytest.mark.parametrize("kind", [*NAMES, NOT_READ])
def test_a_roster_is_kept_masked_whatever_it_is_said_to_be(kind: str, read: Callable[..., dict[str, Any]]) -> None:
    form = read(TABLES["roster"])["sheets"][0]["fingerprint"]
    assert read(TABLES["roster"], {form: {"kind": kind, "columns": {}}})["masked"]
