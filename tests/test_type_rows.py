"""What stands in the tab, in lines of units and in rows of 其中 belongs to the figures below it."""

from datetime import date

import pytest
from tables import CLERK

from unionplan.intake.preview import Options, preview, submit
from unionplan.store import Store


@pytest.fixture
def submitted(store, read):
    """Take a workbook in as of the end of October 2026; the store, and what was previewed."""

    def take_in(data):
        options = Options(as_of=date(2026, 10, 31))
        seen = preview(store, read(data, "签订情况.xlsx", None, options.as_of), options)
        assert submit(store, seen, CLERK, "已核对") == 2
        return store, seen

    return take_in


SIGNED = "县市区 | 企业总数 | 已签订企业数\n文澜区 | {} | {}\n朝晖区 | {} | {}"


def told(store: Store):
    """(unit, type as told, indicator) → (covered, base) of every summary in the store."""
    found = {}
    for slot, entry in store.heads(store.head()).items():
        if slot.dataset == "summary":
            for row in store.frame(entry).to_dict("records"):
                if row["indicator"]:
                    key = (row["reporting_unit"], row["told"], row["indicator"])
                    found[key] = (row["numerator"], row["denominator"])
    return found


def test_a_tab_names_the_type_where_no_title_does(workbook, submitted):
    store, _ = submitted(
        workbook(
            {
                "国有及控股企业": "工资集体协商\n" + SIGNED.format(10, 9, 20, 18),
                "非公有制企业": "工资集体协商\n" + SIGNED.format(100, 40, 200, 90),
            }
        )
    )
    assert told(store) == {
        ("文澜区", "state", "wage"): (9, 10), ("朝晖区", "state", "wage"): (18, 20),
        ("文澜区", "non_public", "wage"): (40, 100), ("朝晖区", "non_public", "wage"): (90, 200),
    }  # fmt: skip


def test_a_tab_names_the_indicator_where_no_title_does(workbook, submitted):
    store, _ = submitted(
        workbook({"集体合同": SIGNED.format(10, 9, 20, 18), "工资集体协商": SIGNED.format(10, 4, 20, 9)})
    )
    assert told(store) == {
        ("文澜区", "all", "contract"): (9, 10), ("朝晖区", "all", "contract"): (18, 20),
        ("文澜区", "all", "wage"): (4, 10), ("朝晖区", "all", "wage"): (9, 20),
    }  # fmt: skip


def test_a_title_goes_before_the_tab(workbook, submitted):
    store, _ = submitted(workbook({"集体合同": "工资集体协商情况\n" + SIGNED.format(10, 9, 20, 18)}))
    assert {indicator for _, _, indicator in told(store)} == {"wage"}


def test_types_below_a_unit_are_parts_of_its_sum(workbook, submitted):
    table = (
        "工资集体协商\n县市区 | 企业总数 | 已签订企业数\n文澜区 | 110 | 49\n其中：国有及控股企业 | 10 | 9\n非公有制企业 | 100 | 40\n"
        "朝晖区 | 220 | 108\n其中：国有及控股企业 | 20 | 18\n非公有制企业 | 200 | 90"
    )
    store, seen = submitted(workbook({"表": table}))
    assert [found.rule for found in seen.problems] == ["base_stated"]
    assert told(store) == {
        ("文澜区", "all", "wage"): (49, 110), ("文澜区", "state", "wage"): (9, 10), ("文澜区", "non_public", "wage"): (40, 100),
        ("朝晖区", "all", "wage"): (108, 220), ("朝晖区", "state", "wage"): (18, 20), ("朝晖区", "non_public", "wage"): (90, 200),
    }  # fmt: skip


def test_a_column_of_percents_is_a_rate_that_is_checked(workbook, read):
    table = "工资集体协商\n县市区 | 企业总数 | 已签订企业数 | 签订率%\n文澜区 | 10 | 9 | 90\n朝晖区 | 20 | 18 | 71"
    file = read(workbook({"表": table}), "签订2026年10月.xlsx")
    assert [(cell, field) for cell, _, field in file.sheets[0].columns][-1] == ("D2", "rate")
    assert [(found.rule, found.cell) for found in file.all_problems() if found.severity == "ask"] == [
        ("rate_differs", "D4")
    ]


def test_enterprises_belong_to_the_unit_in_the_line_above_them(workbook, read):
    table = (
        "单位名称 | 企业状态 | 职工人数 | 是否建会\n文澜区\n文澜机械 | 存续 | 10 | 是\n文澜纺织 | 存续 | 20 | 否\n"
        "朝 晖 区\n朝晖化工 | 存续 | 30 | 是"
    )
    from unionplan.intake.handover import plain_table, read_table

    file = read(workbook({"台账": table}), "台账2026年10月.xlsx")
    rows = plain_table(read_table(file.sheets[0].table)).select(["org_name", "reporting_unit"]).to_pylist()
    assert [(row["org_name"], row["reporting_unit"]) for row in rows] == [
        ("文澜机械", "文澜区"), ("文澜纺织", "文澜区"), ("朝晖化工", "朝晖区"),
    ]  # fmt: skip
    assert not [found for found in file.all_problems() if found.severity == "reject"]
