"""零报告: 本月无 is a report, in a file and by word; it is not 未报, and data of the same month beat it."""

import pytest

from unionplan import flows
from unionplan.access import Person
from unionplan.intake.nil_reports import nil_report
from unionplan.intake.preview import submit
from unionplan.store import Slot

CLERK = Person("王经办")
HEAD = "填报单位 | 企业类型 | 培训方式 | 等级 | 期数 | 人数 | 人次 | 统计时点"
MIXED = f"""
{HEAD}
文澜区 | 全部 | 自培 | | 2 | 9 | 10 | 2026-10-31
朝晖区 | | | | | 本月无 | | 2026-10-31"""


def told(seen, *rules):
    return [(one.severity, one.cell, one.message) for one in seen.problems if one.rule in rules or not rules]


def said(store):
    rows = store.nil_reports(store.head())
    return rows[["reporting_unit", "dataset", "period"]].to_numpy().tolist()


def test_a_unit_that_says_nothing_was_trained_has_reported(store, take, workbook):
    seen, commit = take(store, workbook({"培训": MIXED}), "培训.xlsx", "已核对")
    assert (commit, seen.added, seen.units) == (2, 2, ("文澜区", "朝晖区"))
    assert told(seen) == [("fixed", "A3", "本月无，按零报告记录（朝晖区 技术工人培训 2026-10）")]
    assert said(store) == [["朝晖区", "training", "2026-10"]]
    training, plan = store.training(2), store.plan(2)
    month = flows.flow(training, plan, store.today(2)).months[-1]
    assert (month.persons, month.person_times) == (9, 10)
    assert not {"文澜区", "朝晖区"} & set(month.missing)
    assert "锦澜区" in month.missing
    units = {one.unit: one.newest for one in flows.unit_flows(training, plan)}
    assert (units["文澜区"], units["朝晖区"], units["锦澜区"]) == (9, 0, None)
    for by in flows.BY:
        if by != "reporting_unit":
            assert all(part.persons for part in flows.parts(training, plan, by))


@pytest.mark.parametrize(
    ("name", "table", "dataset"),
    [
        ("花名册2026年10月.xlsx", "姓名 | 证件号 | 工种\n本月无 | |", "training"),
        ("活动2026年10月.xlsx", "活动编号 | 活动名称 | 完成时间\n| 本月无 |", "activities"),
        ("经费2026年10月.xlsx", "填报单位 | 年度任务数(万元) | 累计收缴\n文澜区 | 120 | 零报告", "funds"),
        (
            "汇总2026年10月.xlsx",
            "填报单位 | 企业类型 | 企业总数 | 集体合同覆盖企业数\n文澜区 | 全部 | 本期无 |",
            "summary",
        ),
    ],
)
def test_every_return_can_say_that_there_was_nothing(store, take, workbook, name, table, dataset):
    seen, commit = take(store, workbook({"表": table}), name, "已核对", unit="文澜区")
    assert (commit, seen.added) == (2, 1)
    assert said(store) == [["文澜区", dataset, "2026-10"]]
    assert [one[0] for one in told(seen)] == ["fixed", "fixed"]
    assert take(store, workbook({"表": table}), name, "已核对", unit="文澜区")[1] is None


def test_it_can_be_said_without_a_file_and_taken_back(store):
    seen = nil_report(store, "文澜区总工会", "W3b", store.today(1).replace(day=1))
    assert (seen.added, told(seen)) == (1, [("fixed", "", "本月无，按零报告记录（文澜区 技术工人培训 2026-11）")])
    assert submit(store, seen, CLERK, "") == 2
    done = store.history()[-1]
    assert (done.action, done.note, done.files) == ("nil", "本月无：技术工人培训 2026-11", ())
    assert [entry.slot for entry in done.entries] == [Slot("nil", "文澜区", "2026-11")]
    again = nil_report(store, "文澜区", "training", store.today(1).replace(day=1))
    assert (again.added, again.unchanged, submit(store, again, CLERK, "")) == (0, 1, None)
    submit(store, nil_report(store, "文澜区", "funds", store.today(1)), CLERK, "")
    assert len(said(store)) == 2
    store.undo(3, CLERK, "报错了")
    assert said(store) == [["文澜区", "training", "2026-11"]]


def test_data_of_the_month_beat_the_word_and_the_word_cannot_stand_against_data(store, take, workbook, today):
    day = today.replace(month=10, day=31)
    submit(store, nil_report(store, "文澜区", "training", day), CLERK, "")
    table = f"{HEAD}\n文澜区 | 全部 | 自培 | | 2 | 9 | 10 | 2026-10-31"
    seen, _ = take(store, workbook({"培训": table}), "培训.xlsx", "已核对")
    assert told(seen) == [("fixed", "", "该单位本月曾报“本月无”，以本次数据为准（文澜区 技术工人培训 2026-10）")]
    assert (said(store), store.training(3)["persons"].tolist()) == ([], [9])
    against = nil_report(store, "文澜区", "training", day)
    assert told(against) == [("reject", "", "报了“本月无”，但该单位本月已有数据（文澜区 技术工人培训 2026-10）")]
    assert against.change is None
    store.undo(3, CLERK, "报错了")
    assert (said(store), store.training(4)["persons"].tolist()) == ([["文澜区", "training", "2026-10"]], [0])


def test_a_word_without_a_unit_or_a_day_is_refused(store, look, workbook, today):
    seen = look(store, workbook({"表": "姓名 | 证件号 | 工种\n本月无 | |"}), "花名册.xlsx")
    assert told(seen) == [("reject", "A2", "没有填报单位")]
    seen = look(store, workbook({"表": "姓名 | 证件号 | 工种\n本月无 | |"}), "花名册.xlsx", unit="文澜区")
    assert told(seen) == [("reject", "", "没有统计时点")]
    seen = look(store, workbook({"培训": MIXED.replace("朝晖区", "长洲区")}), "培训.xlsx")
    assert told(seen) == [("reject", "A3", "不在填报单位表中（“长洲区”）")]
    assert told(nil_report(store, "长洲区", "funds", today)) == [("reject", "", "不在填报单位表中（“长洲区”）")]
    with pytest.raises(KeyError):
        nil_report(store, "文澜区", "ledger", today)


def test_the_command_line_says_it_too(cli, tmp_path):
    root = tmp_path / "data"
    words = ("submit", "--nil", "W3b", "--unit", "文澜区", "--as-of", "2026-10-31", "--by", "王经办", "--store", root)
    answer = cli(*words)
    assert (answer.code, answer.out.splitlines()[-1]) == (0, "  第 2 次更新：新增 1，变更 0，未变 0，移除 0，退回 0")
    assert cli(*words, "--json").json["files"][0]["commit"] is None
    [entry] = cli("history", "--store", root, "--json").json[-1]["slots"]
    assert (entry["dataset"], entry["reporting_unit"], entry["period"]) == ("nil", "文澜区", "2026-10")
    assert "零报告\t\t本月无：技术工人培训 2026-10" in cli("history", "--store", root).out


WRONG = {
    ("--nil", "W1", "--unit", "文澜区"): "零报告 W1：这种表格没有零报告。W2、W3a、W3b、W4、W6。请改成其中之一。",
    ("--nil", "W3b"): "命令 submit：零报告缺少 --unit 或 --as-of。如 --nil W3b --unit 文澜区 --as-of 2026-10-31。",
    (
        "x.csv",
        "--nil",
        "W3b",
    ): "命令 submit：零报告不带文件。文件和 --nil 只能有一样。用法见 python -m unionplan --help。",
    (): "命令 submit：缺少参数 文件。文件和 --nil 只能有一样。用法见 python -m unionplan --help。",
}


@pytest.mark.parametrize(("words", "message"), WRONG.items())
def test_half_a_word_is_wrong_usage(cli, tmp_path, words, message):
    answer = cli("submit", *words, "--by", "王", "--store", tmp_path / "data")
    assert (answer.code, answer.err.strip()) == (2, message)
