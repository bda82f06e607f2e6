"""Enterprises by name: a list is as long as its figure says, in the order it promises, with the reason of each."""

from datetime import date, datetime
from functools import cache
from itertools import count
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unionplan.access import Person
from unionplan.attainment import Outlook, attainments
from unionplan.observations import CONTRACTS, FIELDS, classified
from unionplan.plan import COVERAGE, SCOPES, plan_of, read_tables
from unionplan.store import Change, Slot
from unionplan.store.counts import counted
from unionplan.store.door import made_cube
from unionplan.store.lists import (
    MISSING,
    REASONS,
    Ledgers,
    expiring,
    like,
    lineage,
    matching,
    missing,
    missing_counts,
    newest,
    search_text,
    telling,
    unchanged_since,
)
from unionplan.store.snapshots import LEDGER_SCHEMA, PANDAS_TYPES, frame_bytes

PLAN = plan_of(read_tables(Path(__file__).resolve().parent.parent / "data" / "plan"))
WAGE, MEMBER = PLAN.indicators["wage"], PLAN.indicators["member"]
DAY = date(2026, 10, 31)
UNITS = ("文澜区", "朝晖区", "锦澜区")
CLERK = Person("王经办")
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@cache
def types():
    return {field.name: PANDAS_TYPES.get(field.type) for field in LEDGER_SCHEMA}


def snapshot(records, day=DAY):
    """Records (field → value) as the store keeps a ledger."""
    whole = [dict.fromkeys(FIELDS) | {"enterprise_state": "存续"} | record for record in records]
    frame = pd.DataFrame(whole, columns=list(FIELDS)).astype(object)
    frame = frame.astype({name: kind for name, kind in types().items() if kind is not None and name in frame})
    return classified(frame).assign(key=[f"code:{row['union_code']}" for row in whole], as_of=day)


def keep(folder, records, name="a", day=DAY):
    place = folder / f"{name}.parquet"
    place.write_bytes(frame_bytes("ledger", snapshot(records, day)))
    return place


def firms(*lines, unit="文澜区"):
    """A text line a firm: name, 职工, 方式, 起始日, 截止日; unionised, private; `-` is blank."""
    records = []
    for number, line in enumerate(lines):
        name, workers, form, start, end = (None if word == "-" else word for word in line.split())
        days = {"wage_start": start and date.fromisoformat(start), "wage_end": end and date.fromisoformat(end)}
        records.append({
            "union_code": f"{number:04}", "org_name": name, "reporting_unit": unit, "control": "私人控股",
            "unionised": "是", "workers": workers and int(workers), "wage_form": form, **days,
        })  # fmt: skip
    return records


def reasons(frame):
    return [(row.org_name, row.reason, None if pd.isna(row.day) else row.day.date().isoformat())
            for row in frame.itertuples()]  # fmt: skip


# ------------------------------------------------------------------ the law: as long as the figure says


blank_or = {
    "control": ["国有控股", "集体控股", "私人控股", "外商控股", "待认定", None], "registration": ["国有企业", "事业单位", None],
    "enterprise_state": ["存续", "存续", "存续", "注销", None], "unionised": ["是", "是", "否", None],
    "congress": ["单独", "未建", None], "disclosure": ["是", "否", None],
    "harmony": ["开展", "达标AA", "AAA", "未开展", None], "workers": [None, 0, 3, 40], "women_workers": [None, 0, 2],
    "members": [None, 0, 3, 40],
}  # fmt: skip
dates = st.sampled_from([None, date(2025, 1, 1), date(2026, 10, 30), DAY, date(2026, 11, 1), date(2027, 1, 29)])
contracts = {f"{name}_{edge}": dates for name in CONTRACTS for edge in ("start", "end")} | {
    f"{name}_form": st.sampled_from(["单独", "区域性", "行业性", "未签", None]) for name in CONTRACTS
}
enterprises = st.fixed_dictionaries(
    {**{name: st.sampled_from(values) for name, values in blank_or.items()}, **contracts}
)


@few
@given(
    st.lists(st.lists(enterprises, min_size=1, max_size=12), min_size=1, max_size=3),
    st.sampled_from([name for name in COVERAGE if name in PLAN.indicators]),
)
def test_what_is_listed_as_missing_is_the_denominator_less_the_numerator(tmp_path_factory, cities, name):
    folder, number = tmp_path_factory.mktemp("law"), count()
    paths = {}
    for unit, records in zip(UNITS, cities, strict=False):
        named = [
            {**one, "union_code": f"{next(number):05}", "org_name": "厂", "reporting_unit": unit} for one in records
        ]
        paths[unit, "2026-10"] = keep(folder, named, unit)
    look = Outlook(made_cube(paths, {}, PLAN.indicators), PLAN, date(2026, 11, 5))
    files = list(paths.values())
    rows = attainments(look, "reporting_unit", name)
    told = telling(paths, PLAN.indicators[name])
    for scope in SCOPES:
        counts, listed = missing_counts(files, PLAN.indicators[name], scope), missing(files, PLAN.indicators[name], scope)  # fmt: skip
        assert set(listed["reason"]) <= set(REASONS)
        for row in (row for row in rows if row.scope == scope and row.numerator is not None):
            assert row.reporting_unit in told
            here = listed[listed["reporting_unit"] == row.reporting_unit]
            short = row.denominator - row.numerator
            assert counts.get(row.reporting_unit, (0, 0)) == (len(here), int(here["short"].sum()))
            assert int(here["short"].sum()) == short
            assert name == "member" or len(here) == short


# ------------------------------------------------------------------ the list of those still missing


def test_each_missing_enterprise_says_why(tmp_path):
    paths = [keep(tmp_path, firms(
        "未签厂 9 未签 - -", "过期厂 8 单独 2024-01-01 2026-09-30", "未来厂 7 单独 2026-11-01 2028-01-01",
        "空白厂 6 - - -", "缺止厂 5 单独 2026-01-01 -", "缺起厂 4 行业性 - 2027-01-01", "全缺厂 3 区域性 - -",
        "有效厂 99 单独 2026-01-01 2026-10-31", "未签有日期厂 2 未签 2024-01-01 2025-01-01",
    ))]  # fmt: skip
    assert reasons(missing(paths, WAGE, "non_public")) == [
        ("未签厂", "unsigned", None), ("过期厂", "expired", "2026-09-30"), ("未来厂", "early", "2026-11-01"),
        ("空白厂", "blank", None), ("缺止厂", "no_end", None), ("缺起厂", "no_start", None), ("全缺厂", "no_dates", None),
        ("未签有日期厂", "unsigned", None),
    ]  # fmt: skip


def test_units_stand_in_the_order_given_and_the_largest_enterprises_first(tmp_path):
    paths = [
        keep(tmp_path, firms("小 5 未签 - -", "大 50 未签 - -", "没填 - 未签 - -", unit="朝晖区"), "a"),
        keep(tmp_path, firms("中 20 未签 - -", "乙 7 未签 - -", "甲 7 未签 - -", unit="文澜区"), "b"),
    ]
    found = missing(paths, WAGE, "non_public", ["文澜区", "朝晖区"])
    assert list(found["org_name"]) == ["中", "乙", "甲", "大", "小", "没填"]
    assert list(missing(paths, WAGE, "non_public", ["朝晖区", "文澜区"], limit=2)["org_name"]) == ["大", "小"]
    assert tuple(found.columns) == MISSING


def test_only_the_scope_asked_for_is_listed(tmp_path):
    records = firms("私 5 未签 - -", "国 6 未签 - -")
    records[1]["control"] = "国有控股"
    path = keep(tmp_path, records)
    assert {scope: list(missing([path], WAGE, scope)["org_name"]) for scope in SCOPES} == {
        "state": ["国"], "public": ["国"], "non_public": ["私"], "all": ["国", "私"],
    }  # fmt: skip


def test_for_membership_the_workers_who_have_not_joined_are_told(tmp_path):
    records = firms("甲 10 - - -", "乙 10 - - -", "丙 10 - - -", "丁 - - - -", "戊 10 - - -")
    for record, members in zip(records, (4, None, 10, 3, 12), strict=True):
        record["members"] = members
    path = keep(tmp_path, records)
    found = missing([path], MEMBER, "all")
    assert [(row.org_name, row.reason, row.short) for row in found.itertuples()] == [
        ("乙", "blank", 10), ("戊", "too_many", -2), ("甲", "not_joined", 6),
    ]  # fmt: skip
    assert missing_counts([path], MEMBER, "all") == {"文澜区": (3, 14)}


def test_without_a_ledger_nothing_is_listed():
    assert missing([], WAGE, "all").empty
    assert missing_counts([], WAGE, "all") == {}
    assert expiring([], [(WAGE, "all")]) == {}
    assert matching([], "机械", 20)[0] == 0
    assert unchanged_since([], ["x"]) == {}


def test_a_ledger_whose_column_is_blank_throughout_tells_nothing(tmp_path):
    paths = {
        ("文澜区", "2026-10"): keep(tmp_path, firms("甲 5 - - -"), "a"),
        ("朝晖区", "2026-10"): keep(tmp_path, firms("乙 5 未签 - -", unit="朝晖区"), "b"),
    }
    assert telling(paths, WAGE) == {"朝晖区"}


# ------------------------------------------------------------------ contracts that run out


def test_contracts_that_end_soon_are_counted_from_the_day_of_the_snapshot(tmp_path):
    paths = [keep(tmp_path, firms(
        "今天 5 单独 2025-01-01 2026-10-31", "卅天 5 单独 2025-01-01 2026-11-30", "过卅天 5 单独 2025-01-01 2026-12-01",
        "九十天 5 单独 2025-01-01 2027-01-29", "其后 5 单独 2025-01-01 2027-01-30", "已过 5 单独 2025-01-01 2026-10-30",
    ))]  # fmt: skip
    contract, harmony = PLAN.indicators["contract"], PLAN.indicators["harmony"]
    assert expiring(paths, [(WAGE, "non_public"), (WAGE, "state"), (harmony, "all"), (contract, "all")]) == {
        ("wage", "non_public"): {30: 2, 60: 3, 90: 4},
        ("wage", "state"): {30: 0, 60: 0, 90: 0},
        ("contract", "all"): {30: 0, 60: 0, 90: 0},
    }


def test_an_enterprise_outside_the_base_has_no_contract_to_lose(tmp_path):
    records = firms("甲 5 单独 2025-01-01 2026-11-01", "乙 5 单独 2025-01-01 2026-11-01")
    records[0]["unionised"] = "否"
    assert expiring([keep(tmp_path, records)], [(WAGE, "all")], (30,)) == {("wage", "all"): {30: 1}}


# ------------------------------------------------------------------ searching


@pytest.fixture
def searched(tmp_path):
    records = firms(
        "澄澜华光机械有限公司 5 单独 2026-01-01 2027-01-01", "华光（澄澜）电子有限公司 6 未签 - -", "百分之100%有限公司 7 - - -",
        "下划_线有限公司 8 - - -", "惊叹!有限公司 9 - - -",
    )  # fmt: skip
    records[0]["uscc"] = "91360100MA35ABCD1X"
    return [keep(tmp_path, records)]


def names(answer):
    return list(answer[1]["org_name"]) if answer[0] else []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("华光", ["华光（澄澜）电子有限公司", "澄澜华光机械有限公司"]),
        ("华光(澄澜)", ["华光（澄澜）电子有限公司"]),
        ("华光（澄澜）", ["华光（澄澜）电子有限公司"]),
        (" ma35abcd ", ["澄澜华光机械有限公司"]),
        ("９１３６０１００", ["澄澜华光机械有限公司"]),
        ("0001", ["华光（澄澜）电子有限公司"]),
        ("100%", ["百分之100%有限公司"]),
        ("0%", ["百分之100%有限公司"]),
        ("划_线", ["下划_线有限公司"]),
        ("叹!", ["惊叹!有限公司"]),
        ("划%线", []),
        ("%%", []),
        ("__", []),
        ("华", []),
        ("' OR '1'='1", []),
    ],
)
def test_a_search_finds_parts_of_names_and_codes_as_they_stand(searched, text, found):
    assert names(matching(searched, text, 20)) == found


def test_a_whole_code_comes_first_and_all_matches_are_counted(tmp_path):
    records = [
        {"union_code": code, "org_name": f"厂{code}", "reporting_unit": "文澜区"} for code in ("1200", "0120", "12")
    ]
    many, found = matching([keep(tmp_path, records)], "12", 2)
    assert (many, list(found["org_name"])) == (3, ["厂12", "厂0120"])


def test_a_match_says_which_contracts_are_in_force_at_its_snapshot(searched):
    found = matching(searched, "有限公司", 20)[1].set_index("org_name")["wage_in_force"]
    assert found["澄澜华光机械有限公司"]
    assert not found.drop("澄澜华光机械有限公司").any()


def test_patterns_are_plain_text():
    assert like("50%_!") == "%50!%!_!!%"
    assert search_text("　ａｂ（1）") == "AB(1)"


# ------------------------------------------------------------------ where a row comes from


@pytest.fixture
def kept(store):
    """A maker of commits: (period, firms) → commit id; day by day, for 文澜区."""
    number = count(1)

    def put(period, *lines):
        day = date(2026, int(period[-2:]), 30)
        records = firms(*lines)
        change = Change("submit", "", {Slot("ledger", "文澜区", period): (day, snapshot(records, day))}, {}, (), {})
        return store.append(change, CLERK, datetime(2026, 11, 5, 9, next(number)))

    return put


def origins(store, *codes):
    commit = store.head()
    ledgers = Ledgers(newest(store.heads(commit)), store.place, store.history()[:commit])
    found = ledgers.origins("文澜区", [f"code:{code}" for code in codes])
    return [found[f"code:{code}"].id for code in codes]


def test_a_row_comes_from_the_refresh_that_last_changed_it(store, kept):
    kept("2026-09", "甲 5 未签 - -", "乙 5 未签 - -")
    kept("2026-10", "甲 5 未签 - -", "乙 6 未签 - -")
    kept("2026-10", "甲 5 未签 - -", "乙 6 未签 - -", "丙 1 未签 - -")
    assert origins(store, "0000", "0001", "0002") == [2, 3, 4]


def test_a_later_correction_of_an_older_month_is_not_what_a_newer_month_was_built_on(store, kept):
    kept("2026-09", "甲 5 未签 - -")
    kept("2026-10", "甲 6 未签 - -")
    kept("2026-09", "甲 6 未签 - -")
    assert origins(store, "0000") == [3]
    slot = Slot("ledger", "文澜区", "2026-10")
    assert [entry.commit for entry in lineage(store.history(), slot)] == [3, 2]


def test_what_an_undo_put_back_comes_from_the_refresh_that_brought_it(store, kept):
    kept("2026-10", "甲 5 未签 - -")
    done = kept("2026-10", "甲 7 未签 - -")
    store.undo(done, CLERK, "录入有误")
    assert origins(store, "0000") == [2]


def test_a_month_that_was_undone_and_sent_again_builds_on_the_month_before(store, kept):
    kept("2026-09", "甲 5 未签 - -")
    done = kept("2026-10", "甲 7 未签 - -")
    store.undo(done, CLERK, "录入有误")
    kept("2026-10", "甲 5 未签 - -", "乙 1 未签 - -")
    assert origins(store, "0000", "0001") == [2, 5]


def test_only_the_last_month_of_each_unit_is_looked_at(store, kept):
    kept("2026-10", "甲 5 未签 - -")
    kept("2026-09", "甲 5 未签 - -")
    assert [entry.slot.period for entry in newest(store.heads(store.head())).values()] == ["2026-10"]


def test_the_same_question_is_answered_without_looking_again(store, kept, monkeypatch):
    kept("2026-10", "甲 5 未签 - -")
    ledgers = Ledgers(newest(store.heads(store.head())), store.place, store.history())
    asked = [lambda: ledgers.counts(WAGE, "all"), lambda: ledgers.missing(WAGE, "all", ["文澜区"], 100),
             lambda: ledgers.telling(WAGE), lambda: ledgers.matching("甲甲", 20), lambda: ledgers.expiring(WAGE, "all", ["文澜区"]),
             lambda: ledgers.origins("文澜区", ["code:0000"])]  # fmt: skip
    first = [ask() for ask in asked]
    monkeypatch.setattr("unionplan.store.lists.duckdb.connect", None)
    assert all(again is answer for again, answer in zip([ask() for ask in asked], first, strict=True))


def test_a_counted_ledger_and_a_listed_one_are_the_same_file(tmp_path):
    place = keep(tmp_path, firms("甲 5 未签 - -", "乙 5 单独 2026-01-01 2027-01-01"))
    cube = counted({("文澜区", "2026-10"): place}, {"wage": WAGE})
    assert (int(cube["numerator"].sum()), int(cube["denominator"].sum())) == (1, 2)
    assert missing_counts([place], WAGE, "all") == {"文澜区": (1, 1)}


def test_an_earlier_month_is_never_built_on_a_later_one_that_came_first(store, kept):
    kept("2026-10", "甲 5 未签 - -")
    kept("2026-09", "甲 5 未签 - -")
    assert [entry.commit for entry in lineage(store.history(), Slot("ledger", "文澜区", "2026-09"))] == [3]


def test_a_figure_comes_from_the_ledger_of_its_own_month_only(store, kept):
    kept("2026-10", "甲 5 单独 2026-01-01 2026-11-20")
    ledgers = Ledgers(newest(store.heads(store.head())), store.place, store.history())
    dates = {"文澜区": date(2026, 10, 31), "朝晖区": date(2026, 10, 31)}
    assert ledgers.behind(dates) == ["文澜区"]
    assert ledgers.behind({"文澜区": date(2026, 11, 30)}) == ledgers.behind({"文澜区": None}) == []
    assert ledgers.expiring(WAGE, "all", ["文澜区"]) == {30: 1, 60: 1, 90: 1}
    assert ledgers.expiring(WAGE, "all", []) == {}
