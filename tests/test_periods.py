"""A new plan period: what is unfinished goes on, what is done stays behind, and the old period does not change."""

from datetime import date

import pytest

from tests.test_terms import CLERK, JUNE, OCTOBER, ONE, told, wage
from unionplan.errors import UnionplanError
from unionplan.periods import periods, start_period, turned
from unionplan.store import Change
from unionplan.terms import revise_settings

NEXT = ("2027年上半年", "2027-01-01", "2027-06-30")


def begun(store, *words, reason="新的计划"):
    return start_period(store, store.head(), *(words or NEXT), reason, CLERK)


def row(store, item, commit=None):
    return next(one for one in store.tables(commit or store.head())["plan"] if one["条目编号"] == item)


def test_a_new_period_is_one_commit_and_the_old_one_stays_as_it_was(store):
    told(store, ONE, JUNE, 30, 100)
    before = store.tables(2)
    done, turn = begun(store)
    assert (done, store.history()[-1].note, store.history()[-1].who) == (3, "新的计划", "王经办")
    assert store.tables(2) == before
    assert [(one.name, one.first, one.last) for one in periods(store, done)] == [
        ("2026年下半年", 1, 2),
        ("2027年上半年", 3, 3),
    ]
    settings = store.plan(done).settings
    assert (settings.period_start, settings.period_end) == (date(2027, 1, 1), date(2027, 6, 30))
    assert "A4-3c" in turn.carried


def test_what_is_unfinished_has_the_new_window_and_tells_the_old_one(store):
    begun(store)
    now = row(store, "A4-3c")
    assert (now["起始日"], now["截止日"], now["目标值"]) == ("2027-01-01", "2027-06-30", "50%")
    assert now["备注"].startswith("结转自2026年下半年，原窗口 2026-07-01 至 2026-12-31；")
    assert now["计划原句"] == row(store, "A4-3c", 1)["计划原句"]


def test_what_is_done_or_reached_is_left_behind(store):
    told(store, ONE, OCTOBER, 60, 100)
    assert wage(store).status == "attained"
    _, turn = begun(store)
    assert "A4-3c" in turn.finished
    assert "B0-1" in turn.finished
    left = {one["条目编号"] for one in store.tables(store.head())["plan"]}
    assert left & set(turn.finished) == set()
    assert left == {*turn.carried, *turn.running}


def test_what_has_no_end_or_an_end_in_the_new_period_runs_on_unchanged(store):
    before = row(store, "A5-6a")
    _, turn = begun(store)
    assert "A5-6a" in turn.running
    assert row(store, "A5-6a") == before


def test_an_item_waits_no_longer_for_one_that_is_finished_and_gone(store):
    rows = [{**one, "累计方式": "已完成"} if one["条目编号"] == "B8b" else one for one in store.tables(1)["plan"]]

    store.append(Change("submit", tables={"plan": rows}), CLERK)
    begun(store)
    assert row(store, "B8c")["前置条目"] == ""


def test_history_of_the_old_period_can_still_come_in(store):
    told(store, ONE, OCTOBER, 30, 100)
    begun(store)
    told(store, ONE, JUNE, 20, 100)
    assert wage(store, on=JUNE).numerator == 20
    assert wage(store).numerator == 30


def test_a_period_that_is_only_renamed_is_one_period(store):
    revise_settings(store, 1, {"period_name": "2026下半年"}, "改名", CLERK)
    assert [(one.name, one.first, one.last) for one in periods(store, 2)] == [("2026下半年", 1, 2)]


@pytest.mark.parametrize(
    ("words", "reason", "said"),
    [
        (("2026年下半年", "2027-01-01", "2027-06-30"), "x", "新计划期：名称“2026年下半年”与本期相同。须另起名称。请改正，如 2027年上半年。"),
        (("", "2027-01-01", "2027-06-30"), "x", "设置“计划期”：“”。须是 1 至 30 个字。请改正。"),
        (("新", "2026-07-01", "2027-06-30"), "x", "新计划期：起始日 2026-07-01。须晚于本期的起始日 2026-07-01。请改正日期。"),
        (("新", "2027-07-01", "2027-06-30"), "x", "计划期：2027-07-01 至 2027-06-30。起始日不晚于截止日，最长五年。请改正。"),
        (("新", "明年", "2027-06-30"), "x", "计划期：“明年”至“2027-06-30”。日期写作 2026-12-31。请改正。"),
        (NEXT, " ", "新计划期：没有写明理由。每次修订都要写明理由。请填写理由。"),
    ],
)  # fmt: skip
def test_a_period_that_makes_no_sense_is_refused(store, words, reason, said):
    with pytest.raises(UnionplanError) as refused:
        begun(store, *words, reason=reason)
    assert str(refused.value) == said
    assert store.head() == 1


def test_looking_at_what_would_be_carried_changes_nothing(store):
    turn = turned(store, 1, date(2027, 1, 1), date(2027, 6, 30))
    assert len(turn.carried) + len(turn.running) + len(turn.finished) == 67
    assert store.head() == 1


def test_the_command_begins_a_period_and_lists_them(cli, store):
    where = ("--store", store.root)
    name, start, end = NEXT
    answer = cli(
        "period",
        "--name",
        name,
        "--start",
        start,
        "--end",
        end,
        "--by",
        "王经办",
        "--note",
        "新的计划",
        "--json",
        *where,
    )
    assert (answer.code, answer.json["commit"]) == (0, 2)
    assert [one["name"] for one in answer.json["periods"]] == ["2026年下半年", "2027年上半年"]
    assert "A4-3c" in answer.json["carried"]
    assert cli("period", *where).out == (
        "2026年下半年　2026-07-01 至 2026-12-31　第 1 至 1 次更新\n2027年上半年　2027-01-01 至 2027-06-30　第 2 至 2 次更新\n"
    )


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--name", "新"), 2, "命令 period：缺少参数 --start、--end、--by、--note。如 --start 2027-01-01 --end 2027-06-30。"),
        (
            ("--name", "新", "--start", "x", "--end", "y", "--by", "王", "--note", "z"), 1,
            "计划期：“x”至“y”。日期写作 2026-12-31。请改正。",
        ),
    ],
)  # fmt: skip
def test_the_command_says_what_is_missing_or_wrong(cli, store, words, code, said):
    answer = cli("period", *words, "--store", store.root)
    assert (answer.code, answer.out, answer.err) == (code, "", said + "\n")
    assert store.head() == 1
