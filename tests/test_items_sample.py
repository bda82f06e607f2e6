"""The sample city's items counted a second time: plain arithmetic over its files as handed in, none of it our code.

Workbooks are read back from the store's folder by their digests, events and notes from their CSV files.
"""

import csv
import json
import os
import re
import sqlite3
import subprocess
import sys
from calendar import monthrange
from datetime import date, datetime
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

DATA = Path(__file__).resolve().parent.parent / "data"
CLOCK = date(2026, 11, 5)
SILENT_AFTER = date(2026, 9, 20)  # a ledger of July is a month and ten days old before October ends
STATE, COLLECTIVE, PRIVATE = {"国有"}, {"国有", "集体"}, {"私人", "港澳台", "外商", "非公"}
RATES = {
    "A3-2a": ("和谐企业创建", STATE, 100), "A3-2b": ("和谐企业创建", PRIVATE, 80), "A4-3b": ("工资", STATE, 90),
    "A4-3c": ("工资", PRIVATE, 50), "A5-6a": ("厂务公开", COLLECTIVE, 80), "A5-6b": ("职代会建制", COLLECTIVE, 80),
    "A5-6c": ("厂务公开", PRIVATE, 50), "A5-6d": ("职代会建制", PRIVATE, 50),
}  # fmt: skip
TOLD = {
    "和谐企业创建": "和谐创建企业数",
    "工资": "工资专项覆盖企业数",
    "厂务公开": "厂务公开建制企业数",
    "职代会建制": "职代会建制企业数",
}


@pytest.fixture(scope="module")
def city(sample):
    """The sample's files as handed in: (name, sheet name → rows of header → cell)."""
    with sqlite3.connect(sample / "log.sqlite") as log:
        named = log.execute("SELECT name, sha256 FROM files ORDER BY commit_id").fetchall()
    return [(name, sheets((sample / "files" / digest).read_bytes())) for name, digest in named]


@pytest.fixture(scope="module")
def items(sample):
    """What the command says of the same city."""
    environment = {name: value for name, value in os.environ.items() if name != "UNIONPLAN_TODAY"}
    command = [sys.executable, "-m", "unionplan", "items", "--json", "--store", str(sample)]
    answer = subprocess.run(command, env=environment, cwd=DATA.parent, capture_output=True, check=True)
    return {item["item"]: item for item in json.loads(answer.stdout)}


def sheets(data):
    found = {}
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    for name in book.sheet_names:
        header, *rows = book.get_sheet_by_name(name).to_python()[2:]
        whole = [dict(zip(header, row, strict=False)) for row in rows if any(cell != "" for cell in row[1:])]
        found[name] = whole
    return found


def month_end(name):
    year, month = (int(part) for part in re.search(r"(\d{4})年(\d{1,2})月", name).groups())
    return date(year, month, monthrange(year, month)[1])


def ledgers(city):
    """unit → 统计时点 → 统计编码 → row, every file laid over the unit's last one."""
    held = {}
    for name, tables in city:
        by_unit = {}
        for row in tables.get("企业台账", ()):
            by_unit.setdefault(row["填报单位"], []).append(row)
        for unit, rows in by_unit.items():
            day, own = month_end(name), held.setdefault(unit, {})
            before = max((one for one in own if one <= day), default=None)
            now = dict(own.get(before, {}))
            for row in rows:
                told = {key: cell for key, cell in row.items() if cell != ""}
                now[row["统计编码"]] = {**now.get(row["统计编码"], {}), **told}
            own[day] = now
    return held


def controlled(row):
    if row["单位类别"] in ("个体工商户", "民办非企业", "事业单位"):
        return None
    for word in (
        row.get("控股情况"),
        row["单位类别"].replace("股份合作", "集体").replace("私营", "私人").replace("个人独资", "私人"),
    ):
        for kind in ("国有", "集体", "私人", "港澳台", "外商"):
            if word and word.startswith(kind):
                return kind
    return "外商" if row["单位类别"].startswith("中外") else "待认定"


def covered(row, column, day):
    cell = row.get(column if column != "工资" else "工资专项签订方式", "")
    if column == "厂务公开":
        return cell == "是"
    if column == "和谐企业创建":
        return cell in ("开展", "达标AA", "AAA")
    if cell not in ("单独", "区域性", "行业性"):
        return False
    start, end = (row.get(f"工资专项{edge}") for edge in ("起始日", "截止日"))
    return column != "工资" or bool(start and end and as_day(start) <= day <= as_day(end))


def as_day(cell):
    return cell.date() if isinstance(cell, datetime) else cell


def counted(city, column, kinds, until):
    """(covered, base) over the units that reported lately enough by `until`."""
    done = base = 0
    for own in ledgers(city).values():
        days = [day for day in own if day <= until]
        if not days or (until == date(2026, 10, 31) and max(days) < SILENT_AFTER):
            continue
        day = max(days)
        inside = [
            row
            for row in own[day].values()
            if row["企业状态"] == "存续" and row["是否建会"] == "是" and controlled(row) in kinds
        ]
        done, base = done + sum(covered(row, column, day) for row in inside), base + len(inside)
    told = {month_end(name): tables["汇总表"] for name, tables in city
            if "汇总表" in tables and {row["填报单位"] for row in tables["汇总表"] if row["填报单位"]} == {"建设产业工会"}}  # fmt: skip
    last = told[max(day for day in told if day <= until)]
    own = [row for row in last if word_of(row["企业类型"]) in kinds]
    return done + sum(int(row[TOLD[column]]) for row in own), base + sum(int(row["已建会企业数"]) for row in own)


def word_of(kind):
    return next(
        (word for word in ("国有", "集体", "私营", "港澳台", "外商", "非公") if kind.startswith(word)), ""
    ).replace("私营", "私人")


@pytest.mark.parametrize("item", RATES)
def test_every_rate_is_what_a_plain_count_of_the_rows_finds(city, items, item):
    column, kinds, goal = RATES[item]
    done, base = counted(city, column, kinds, date(2026, 10, 31))
    assert items[item]["progress"] == {"numerator": done, "denominator": base}
    assert (items[item]["status"] == "attained") == (done * 100 >= goal * base)


@pytest.mark.parametrize("item", RATES)
def test_every_rate_is_judged_by_the_way_from_its_base_to_its_target(city, items, item):
    column, kinds, goal = RATES[item]
    now, then = (Fraction(*counted_alike(city, column, kinds, day)) for day in (date(2026, 10, 31), date(2026, 6, 30)))
    whole = 549 if item.startswith("A5-6") else 184  # days to 2027-12-31, to 2026-12-31
    due = then + (Fraction(goal, 100) - then) * Fraction(123, whole)
    slow = then + (due - then) * Fraction(85, 100)
    paced = "on_pace" if now >= due else "slow" if now >= slow else "behind"
    assert items[item]["status"] == ("attained" if now >= Fraction(goal, 100) else paced)


def counted_alike(city, column, kinds, until):
    """The count of `until` by the units that October counts."""
    october = {unit for unit, own in ledgers(city).items() if max(own) >= SILENT_AFTER}
    some = [(name, {sheet: [row for row in rows if sheet != "企业台账" or row["填报单位"] in october] for sheet, rows in tables.items()})
            for name, tables in city]  # fmt: skip
    return counted(some, column, kinds, until)


def test_training_is_the_sum_of_all_months(city, items):
    persons = sum(int(row["人数"]) for _, tables in city for row in tables.get("培训统计表", ()) if row["填报单位"])
    assert items["A2-3c"]["progress"] == {"numerator": persons, "denominator": 50_000}
    due = Fraction(50_000 * 304, 1096)  # 2026-01-01 to 2026-10-31 of three years
    assert (items["A2-3c"]["status"], Fraction(85, 100) * due <= persons < due) == ("slow", True)


def table(name, folder="sample"):
    with (DATA / folder / name).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def plan(kind):
    own = {row["条目编号"]: row for row in table("plan.csv", "plan")} | {
        row["条目编号"]: row for row in table("plan.csv")
    }
    return {number: row for number, row in own.items() if row["类型"] == kind and row["任务来源"] != "本市补充目标"}


def happened(item):
    """(day, 所属期, 步骤) of everything done by the clock, from the activity ledger and the progress report."""
    events = [
        (row["完成时间"], row["所属期"], row["步骤"]) for row in table("activities.csv") if row["对应任务"] == item
    ]
    events += [(row["完成日期"], "", row["步骤"]) for row in table("progress.csv") if row["序号"] == item]
    return [
        (date.fromisoformat(day), period, step)
        for day, period, step in events
        if day and date.fromisoformat(day) <= CLOCK
    ]


def period_of(day, said, frequency):
    if said and frequency == "每月":
        return said
    quarter = int(said[-1]) if said and "Q" in said else (day.month + 2) // 3
    half = 1 if day.month <= 6 else 2
    return {
        "每月": f"{day:%Y-%m}",
        "每季": f"{day.year}Q{quarter}",
        "每半年": f"{day.year}H{half}",
        "每年": f"{day.year}",
    }[frequency]


ENDED = {
    "每月": ["2026-07", "2026-08", "2026-09", "2026-10"], "每季": ["2026Q3"], "每半年": [], "每年": [],
}  # fmt: skip
"""The periods of the half-year that are over on 2026-11-05."""


def test_every_duty_counts_the_periods_that_have_ended_and_those_done(items):
    duties = {number: row["频次"] for number, row in plan("周期").items() if row["频次"] in ENDED}
    assert set(duties) == {"B5b", "B7a", "B7b", "B8b", "B9"}
    for item, frequency in duties.items():
        done = {period_of(day, said, frequency) for day, said, _ in happened(item)}
        ended = ENDED[frequency]
        assert items[item]["progress"] == {"numerator": len(done & set(ended)), "denominator": len(ended)}, item
        assert items[item]["late_days"] == 0
    assert (items["B7a"]["marks"], items["B7b"]["marks"]) == (["made_up"], [])


def test_visits_are_what_the_progress_report_counts(items):
    [told] = [row for row in table("progress.csv") if row["序号"] == "B4a"]
    assert items["B4a"]["progress"] == {"numerator": int(told["已办数"]), "denominator": int(told["应办数"])}


def test_every_count_counts_the_events_inside_its_window(items):
    counts = {number: row for number, row in plan("计数").items() if not row["指标"]}
    assert len(counts) == 6
    for item, row in counts.items():
        first, last = (date.fromisoformat(row[name]) for name in ("起始日", "截止日"))
        done = sum(first <= day <= last for day, _, _ in happened(item))
        assert items[item]["progress"] == {"numerator": done, "denominator": int(row["目标值"])}
        assert (items[item]["status"] == "done") == (done >= int(row["目标值"]))
        assert (items[item]["status"] == "out_of_plan") == (last < date(2026, 7, 1))


def test_every_milestone_counts_its_steps(items):
    milestones = plan("里程碑")
    assert len(milestones) == 12
    for item, row in milestones.items():
        steps = row["步骤"].split("；")
        done = {step for _, _, step in happened(item)} & set(steps)
        settled = row["累计方式"] == "已完成"
        assert items[item]["progress"] == {
            "numerator": len(steps) if settled else len(done),
            "denominator": len(steps),
        }, item
        assert (items[item]["status"] == "done") == (settled or len(done) == len(steps))


def test_work_without_figures_moved_on_the_newest_day_that_anyone_told(items):
    told = {}
    for row in table("activities.csv"):
        if row["完成时间"]:
            told.setdefault(row["对应任务"], []).append(date.fromisoformat(row["完成时间"]))
    for row in table("progress.csv"):
        if row["进展情况"] or row["已办数"]:
            told.setdefault(row["序号"], []).append(date(2026, 10, 31))
    loose = [*plan("定性"), "A3-1b"]
    assert len(loose) == 34
    for item in loose:
        newest = max(told.get(item, []), default=None)
        assert items[item]["moved_on"] == (newest.isoformat() if newest else None), item
        assert items[item]["idle_days"] == ((CLOCK - newest).days if newest else None)
        assert (items[item]["status"], items[item]["progress"]) == ("moving" if newest else "not_started", None)
