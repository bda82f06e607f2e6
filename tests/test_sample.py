"""The sample city: its files are taken in whole, and an independent count over their rows finds what the board shows."""

from __future__ import annotations

import calendar
import io
import shutil
from collections import Counter
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from stdnum.cn import uscc

from unionplan import demo
from unionplan.attainment import Outlook, attainments, headline
from unionplan.demo import MONTHS, SILENT, SUMMARISED, build, submissions
from unionplan.demo.remarks import remarks
from unionplan.errors import IntakeError
from unionplan.plan import plan_of, read_tables, with_overlay
from unionplan.store import Store
from unionplan.theme import percent

SMALL = 300
PLAN = plan_of(with_overlay(read_tables(demo.DATA / "plan"), demo.DATA / "sample"))
CLOCK = date(2026, 11, 5)
SCOPES = {
    "state": {"国有"},
    "public": {"国有", "集体"},
    "non_public": {"私人", "港澳台", "外商", "非公"},
    "all": {"国有", "集体", "私人", "港澳台", "外商", "非公", "待认定"},
}


@cache
def files(size=demo.ENTERPRISES):
    return submissions(PLAN.units, size)


@pytest.fixture(scope="module")
def readings():
    """What the reading process answered, filled while the store is built."""
    return []


@pytest.fixture(scope="module")
def store(tmp_path_factory, readings):
    """The full sample city, built once."""
    root, said, read = tmp_path_factory.mktemp("sample") / "demo", [], demo.building.read_file
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo.building, "submissions", submissions)
        patch.setattr(demo.building, "read_file", lambda *given: readings.append(read(*given)) or readings[-1])
        assert build(root, said.append) == f"示例数据已建在 {root}"
    assert len(said) == len(files()) + len(demo.building.remarks())
    return Store(root)


@pytest.fixture(scope="module")
def few():
    """A small city of which only the first four files are handed in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo.building, "submissions", lambda units, size: submissions(units, size)[:4])
        patch.setattr(demo.building, "remarks", list)
        yield


@pytest.fixture(scope="module")
def whole(few, tmp_path_factory):
    """The few files of the small city, handed in without a break."""
    root = tmp_path_factory.mktemp("whole") / "demo"
    build(root, print, SMALL)
    return root


# ------------------------------------------------------------------ the independent count (docs/rules.md 1, 2, 11)


@cache
def held(arrived):
    """unit → 统计时点 → 统计编码 → row, as the ledgers in the first `arrived` files leave it."""
    ledgers = {unit.name: {} for unit in PLAN.units}
    for file in files()[:arrived]:
        parts = {}
        for row in sheet(file, "企业台账"):
            parts.setdefault(row["reporting_unit"], []).append(row)
        for unit, rows in parts.items():
            start = max((day for day in ledgers[unit] if day <= file.as_of), default=None)
            now = dict(ledgers[unit].get(start, {}))
            for row in rows:
                told = {name: value for name, value in row.items() if value is not None}
                now[row["union_code"]] = {**now.get(row["union_code"], {}), **told}
            ledgers[unit][file.as_of] = now
    return ledgers


def returned(arrived, unit):
    """统计时点 → the rows of the unit's summary table."""
    tables = [(file.as_of, sheet(file, "汇总表")) for file in files()[:arrived]]
    return {day: rows for day, rows in tables if rows and rows[0]["reporting_unit"] == unit}


def sheet(file, name):
    return next((table.rows for table in file.tables if table.sheet == name), [])


def group(row):
    """Who controls an enterprise, None when it is none: 控股情况 first, then the name of the registration type."""
    if row["registration"] in ("个体工商户", "民办非企业", "事业单位"):
        return None
    control, registered = row.get("control"), row["registration"]
    if control:
        return next(word for word in ("国有", "集体", "私人", "港澳台", "外商") if control.startswith(word))
    named = {"国有": "国有", "集体": "集体", "股份合作": "集体", "私营": "私人", "个人独资": "私人", "港澳台": "港澳台",
             "外商": "外商", "中外": "外商", "其他": "待认定"}  # fmt: skip
    return next(kind for start, kind in named.items() if registered.startswith(start))


def is_covered(row, indicator, day):
    if indicator in ("contract", "wage", "women"):
        form, start, end = (row.get(f"{indicator}_{edge}") for edge in ("form", "start", "end"))
        return form in ("单独", "区域性", "行业性") and bool(start and end) and start <= day <= end
    if indicator == "congress":
        return row.get("congress") in ("单独", "区域性", "行业性")
    if indicator == "harmony":
        return row.get("harmony") in ("开展", "达标AA", "AAA")
    return row.get({"disclosure": "disclosure", "union": "unionised"}[indicator]) == "是"


def count(rows, indicator, scope, day):
    """(A, N) of a ledger's rows, one by one."""
    inside = [row for row in rows if group(row) in SCOPES[scope] and row["enterprise_state"] == "存续"]
    if indicator == "member":
        return sum(row["members"] for row in inside), sum(row["workers"] for row in inside)
    if indicator != "union":
        inside = [row for row in inside if row["unionised"] == "是"]
    if indicator == "women":
        inside = [row for row in inside if row["women_workers"] > 0]
    return sum(is_covered(row, indicator, day) for row in inside), len(inside)


def count_told(rows, indicator, scope):
    """(A, N) of a summary table's rows."""
    words = {"国有及控股企业": "国有", "集体企业": "集体", "私营企业": "私人", "港澳台商企业": "港澳台", "外商企业": "外商",
             "非公有制企业": "非公", "待认定": "待认定"}  # fmt: skip
    columns = {
        "contract": "集体合同",
        "wage": "工资集体协商",
        "congress": "职代会",
        "disclosure": "厂务公开",
        "harmony": "和谐创建",
    }
    pairs = {"member": ("members", "workers"), "union": ("unionised", "should_unionise")}
    top, base = pairs.get(indicator) or (f"covered@{columns[indicator]}", "unionised")
    inside = [row for row in rows if words[row["enterprise_type"]] in SCOPES[scope]]
    return sum(row[top] for row in inside), sum(row[base] for row in inside)


@cache
def expected(arrived, day):
    """(indicator, scope, unit) → (A, N) of the unit's last snapshot on or before `day`, and unit → its date."""
    ledgers, summaries = held(arrived), returned(arrived, SUMMARISED)
    found, dates = {}, {}
    for unit, ledger in {**ledgers, SUMMARISED: summaries}.items():
        last = max((when for when in ledger if when <= day), default=None)
        if last is None:
            continue
        dates[unit] = last
        for indicator in INDICATORS:
            for scope in SCOPES:
                if unit != SUMMARISED:
                    found[indicator, scope, unit] = count(ledger[last].values(), indicator, scope, last)
                elif indicator != "women":  # a summary has no count of enterprises with women workers
                    found[indicator, scope, unit] = count_told(ledger[last], indicator, scope)
    return found, dates


INDICATORS = ("contract", "wage", "women", "congress", "disclosure", "harmony", "union", "member")


def shown(store, commit, day):
    """The board's own figures of the units, without the one that has another base."""
    rows = attainments(Outlook(store.cube(commit), store.plan(commit), day, day), "reporting_unit")
    return {
        (row.indicator, row.scope, row.reporting_unit): (row.numerator, row.denominator)
        for row in rows
        if row.numerator is not None and (row.indicator, row.reporting_unit) != ("women", SUMMARISED)
    }


@pytest.mark.parametrize("day", MONTHS, ids=str)
def test_the_board_shows_of_every_unit_what_a_plain_count_of_its_rows_finds(store, day):
    found, _ = expected(len(files()), day)
    assert len(found) == 8 * 4 * 12 - 4
    assert shown(store, store.head(), day) == found


@pytest.mark.parametrize("day", MONTHS, ids=str)
def test_the_citys_figure_is_the_sum_of_the_units_that_are_not_too_old(store, day):
    found, dates = expected(len(files()), day)
    newest = max(dates.values())
    counted = [unit for unit, when in dates.items() if fresh_until(when) >= newest]
    for row in attainments(Outlook(store.cube(store.head()), store.plan(store.head()), day, day), "scope"):
        if row.indicator != "women":
            pairs = [found[row.indicator, row.scope, unit] for unit in counted]
            assert (row.numerator, row.denominator) == tuple(map(sum, zip(*pairs, strict=True)))
            assert set(row.missing) == set(dates) - set(counted)


def fresh_until(day):
    """One month and ten days later."""
    year, month = divmod(day.year * 12 + day.month, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1])) + timedelta(days=10)


@pytest.mark.parametrize(
    "name", ["2026年3月.xlsx", "企业台账2026年3月（更正）", "澄澜市企业台账2026年9月", "石棠县企业台账2026年8月"]
)
def test_after_any_file_the_board_shows_what_was_handed_in_by_then(store, name):
    place = next(number for number, file in enumerate(files()) if name in file.name)
    for day in {files()[place].as_of, MONTHS[-1]}:
        assert shown(store, place + 2, day) == expected(place + 1, day)[0]


# ------------------------------------------------------------------ what the files are


def test_every_file_is_read_without_a_rejection(store, readings):
    assert [reading.name for reading in readings] == [file.name for file in files()]
    found = [found for reading in readings for found in reading.all_problems()]
    assert {problem.severity for problem in found} <= {"ask", "fixed"}
    assert {sheet.kind for reading in readings for sheet in reading.sheets} == {
        "W1",
        "W2",
        "W3b",
        "W4",
        "W5",
        "W6",
        "W7",
    }


def test_every_row_of_a_ledger_belongs_to_a_unit_of_the_list_and_has_codes_with_a_right_check_digit():
    rows = [row for file in files() for row in sheet(file, "企业台账")]
    assert {row["reporting_unit"] for row in rows} == {unit.name for unit in PLAN.units} - {SUMMARISED}
    assert all(uscc.is_valid(code) for code in {row["uscc"] for row in rows})
    assert len({row["org_name"] for row in rows}) > 5_500


def test_the_cells_of_a_file_are_the_rows_that_the_count_used():
    for file in files(SMALL):
        book = CalamineWorkbook.from_filelike(io.BytesIO(file.data()))
        for table in file.tables:
            header, *cells = book.get_sheet_by_name(table.sheet).to_python()[2:]
            assert header == [field.label for field in table.fields]
            for row, written in zip(table.rows, cells, strict=False):
                assert written == [plain(row.get(field.id)) for field in table.fields]


def plain(value):
    if value is None or isinstance(value, str | date):
        return value or ""
    return float(value)


def test_the_same_seed_gives_the_same_bytes():
    first = [file.data() for file in files(SMALL)]
    for cached in (demo.city._city, demo.ledger.chronicle, demo.activities.events, demo.coverage._leaning):
        cached.cache_clear()
    assert [file.data() for file in submissions(PLAN.units, SMALL)] == first


def test_nothing_arrives_after_the_clock_or_before_what_it_tells():
    assert PLAN.settings.clock == CLOCK
    moments = [file.at for file in files()]
    assert moments == sorted(set(moments))
    assert moments[-1].date() <= CLOCK
    assert all(file.at.date() >= file.as_of for file in files())


def test_only_december_and_june_are_told_in_full():
    sizes = {file.name: len(sheet(file, "企业台账")) for file in files() if file.name.startswith("澄澜市企业台账")}
    assert len(sizes) == 11
    full = {name for name, size in sizes.items() if size > 5_000}
    assert full == {"澄澜市企业台账2025年12月.xlsx", "澄澜市企业台账2026年6月.xlsx"}
    assert all(300 < size < 1_000 for name, size in sizes.items() if name not in full)


def test_the_silent_unit_has_sent_nothing_since_its_ledger_of_july():
    told = [file.as_of for file in files() for table in file.tables
            if any(row.get("reporting_unit") == SILENT for row in table.rows)]  # fmt: skip
    assert max(told) == date(2026, 7, 31)


def test_late_units_catch_up_and_wrong_cells_are_put_right_with_the_reason(store):
    notes = {commit.files[0].name: commit.note for commit in store.history() if commit.files}
    assert "会员人数填错，更正" in notes["青禾区企业台账2026年3月（更正）.xlsx"]
    assert "集体合同截止日年份填错，更正" in notes["经开区企业台账2026年7月（更正）.xlsx"]
    assert "厂务公开一栏填错，更正" in notes["锦澜区企业台账2026年9月（更正）.xlsx"]
    periods = {(e.slot.dataset, e.slot.period) for e in store.heads(store.head()).values() if e.slot.unit == "石棠县"}
    assert {("ledger", f"{day:%Y-%m}") for day in MONTHS} <= periods


# ------------------------------------------------------------------ the life of the city


def test_contracts_run_out_and_some_are_renewed_late_or_not_at_all():
    truth = demo.ledger.chronicle(PLAN.units)
    reached = truth.covered["wage"]
    lapsed = [place for place in reached[0] if any(place not in now for now in reached)]
    back = [place for place in lapsed if place in reached[-1]]
    assert len(lapsed) > 60
    assert 20 < len(back) < len(lapsed) - 20


def test_a_contract_covers_on_the_day_exactly_when_the_city_says_so():
    truth = demo.ledger.chronicle(PLAN.units, SMALL)
    for month, day in enumerate(MONTHS):
        rows = [row for row in truth.records(month) if row["registration"] != "事业单位"]
        for row, place in zip(rows, listed(truth, month), strict=True):
            one = truth.city[place]
            if one.active(month) and row["unionised"] == "是":
                for measure in ("contract", "wage"):
                    assert is_covered(row, measure, day) == (place in truth.covered[measure][month])


def listed(truth, month):
    return [place for place, one in enumerate(truth.city) if one.born <= month]


def test_enterprises_register_leave_pause_and_move():
    rows = list(demo.records(PLAN.units, MONTHS[-1], demo.ENTERPRISES))
    states = Counter(row["enterprise_state"] for row in rows)
    assert min(states["注销"], states["迁出"], states["停业"]) >= 10
    assert len(rows) - len(list(demo.records(PLAN.units, MONTHS[0], demo.ENTERPRISES))) > 150
    assert len({row["union_code"] for row in rows}) < len(rows)


@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_an_enterprise_that_moved_is_in_force_with_one_unit_only(month):
    rows = demo.records(PLAN.units, month, demo.ENTERPRISES)
    claimed = Counter(row["union_code"] for row in rows if row["enterprise_state"] == "存续")
    assert max(claimed.values()) == 1


def test_some_cells_are_blank_and_some_enterprises_nobody_can_place():
    rows = list(demo.records(PLAN.units, MONTHS[-1], demo.ENTERPRISES))
    assert 0 < sum(row["disclosure"] is None for row in rows) < 60
    assert 0 < sum(row["wage_form"] != "未签" and row["wage_end"] is None for row in rows) < 60
    assert 10 < sum(group(row) == "待认定" for row in rows) < 100


def test_training_adds_up_to_what_the_months_are_to_reach():
    rows = [row for file in files() for row in sheet(file, "培训统计表")]
    assert sum(row["persons"] for row in rows) == 12_600
    assert all(row["person_times"] >= row["persons"] >= row["classes"] >= 1 for row in rows)
    assert {row["method"] for row in rows} == {"自培", "委培", "联办"}


def test_activities_stand_on_items_of_the_plan_and_tell_nothing_ahead_of_its_day():
    known = {item.id: item for item in PLAN.items}
    for file in files():
        for row in sheet(file, "活动台账"):
            item = known[row["item"]]
            assert row["step"] is None or row["step"] in item.steps
            assert row["done_on"] is None or row["done_on"] <= file.as_of
            assert (row["done_on"] is None) == (row["progress"] is None)
            parts = [row[name] or 0 for name in ("joined_state", "joined_collective", "joined_non_public")]
            assert sum(parts) <= (row["joined"] or 0)


def test_the_chairs_meeting_of_august_was_made_up_and_october_had_two():
    held_on = {row["activity_no"]: row for file in files() for row in sheet(file, "活动台账") if row["item"] == "B7a"}
    done = [(row["period"], f"{row['done_on']:%Y-%m}") for row in held_on.values() if row["done_on"]]
    assert sorted(done) == [
        ("2026-07", "2026-07"), ("2026-08", "2026-09"), ("2026-09", "2026-09"), ("2026-10", "2026-10"), ("2026-10", "2026-10"),
    ]  # fmt: skip


# ------------------------------------------------------------------ the store


def test_the_headline_tells_a_story_of_reached_and_missed(store):
    rows = headline(Outlook(store.cube(store.head()), store.plan(store.head()), CLOCK))
    assert {(row.indicator, row.scope): percent(row.numerator, row.denominator, row.target_bp) for row in rows} == {
        ("harmony", "state"): "98.4", ("harmony", "non_public"): "70.6", ("wage", "state"): "91.1",
        ("wage", "non_public"): "42.6", ("disclosure", "public"): "82.3", ("disclosure", "non_public"): "50.6",
        ("congress", "public"): "79.9", ("congress", "non_public"): "44.2", ("contract", "state"): "94.7",
        ("contract", "non_public"): "78.9",
    }  # fmt: skip
    assert {row.status for row in rows} == {"attained", "on_pace", "slow", "behind"}
    wage = next(row for row in rows if (row.indicator, row.scope) == ("wage", "non_public"))
    assert round(float(wage.baseline) * 100, 1) == 33.1
    assert {row.missing for row in rows} == {(SILENT,)}


def test_a_build_that_was_cut_off_goes_on_to_the_same_store(whole, tmp_path):
    def interrupt(words):
        if words.startswith("第 3 次更新，共 6 次："):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(tmp_path / "demo", interrupt, SMALL)
    assert Store(tmp_path / "demo").head() == 3
    build(tmp_path / "demo", print, SMALL)
    at_once, resumed = Store(whole).history(), Store(tmp_path / "demo").history()
    assert len(at_once) == 6
    assert [(one.at, one.files, one.entries) for one in resumed] == [
        (one.at, one.files, one.entries) for one in at_once
    ]


def test_notes_that_a_cut_off_build_left_out_are_written_by_the_next(whole, tmp_path, monkeypatch):
    root = Path(shutil.copytree(whole, tmp_path / "demo"))
    notes = remarks()
    monkeypatch.setattr(demo.building, "remarks", lambda: notes[:2])
    build(root, print, SMALL)
    monkeypatch.setattr(demo.building, "remarks", lambda: notes)
    assert build(root, print, SMALL) == f"示例数据已建在 {root}"
    told = Store(root).notes(Store(root).head())
    assert sorted(told["text"]) == sorted(note.text for note, _ in notes)
    assert [commit.action for commit in Store(root).history()[5:]] == ["freeze"] + ["note"] * len(notes)
    assert build(root, print, SMALL) == f"示例数据已在 {root}，共 {6 + len(notes)} 次更新"


def test_a_second_build_changes_nothing_and_another_sample_is_left_alone(whole):
    assert build(whole, print, SMALL) == f"示例数据已在 {whole}，共 6 次更新"
    other = build(whole, print, SMALL + 60)
    assert other == f"{whole} 里是另一份示例数据，没有改动。如需重建，请先移走这个目录。"
    assert Store(whole).head() == 6
    assert Store(whole).verify() == []


def test_a_file_that_the_intake_would_refuse_stops_the_build_with_its_problem(tmp_path, monkeypatch):
    whole = demo.building.submissions

    def spoiled(units, enterprises):
        first, *rest = whole(units, enterprises)
        first.tables[0].rows[0]["workers"] = -1
        return [first, *rest]

    monkeypatch.setattr(demo.building, "submissions", spoiled)
    with pytest.raises(IntakeError, match=r"澄澜市企业台账2025年12月\.xlsx：1 处不被接受：企业台账N4.*是负数"):
        build(tmp_path / "demo", print, 120)
    assert Store(tmp_path / "demo").head() == 1


def test_what_was_handed_down_to_the_units_is_the_whole_task(store):
    plan = store.plan(store.head())
    for item in ("A2-3c", "A4-3c"):
        assert [share.reporting_unit for share in plan.shares if share.item == item] == [
            unit.name for unit in plan.units
        ]
    task = next(item for item in plan.items if item.id == "A2-3c")
    assert sum(share.target for share in plan.shares if share.item == task.id) == task.target
