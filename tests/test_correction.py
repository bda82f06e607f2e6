"""改这一户: one enterprise corrected by hand, judged as a row of a file is, committed as one row with its reason."""

import pytest

from unionplan.access import Person
from unionplan.errors import IntakeError
from unionplan.intake.correction import correction
from unionplan.intake.preview import submit
from unionplan.store import Slot

CLERK = Person("王经办")
LEDGER = """
统计编码 | 统一社会信用代码 | 单位名称 | 填报单位 | 企业状态 | 单位类别 | 职工人数 | 是否建会 | 会员人数 | 工资专项签订方式 | 工资专项起始日 | 工资专项截止日 | 备注
001 | | 甲厂 | 文澜区 | 存续 | 国有企业 | 120 | 是 | 100 | 未签 | | | 老厂
002 | | 乙厂 | 文澜区 | 存续 | 集体企业 | 80 | 是 | 60 | 单独 | 2026-01-01 | 2026-12-31 |
 | | 丙店 | 文澜区 | 存续 | 私营企业 | 9 | 否 | | | | |"""
SLOT = Slot("ledger", "文澜区", "2026-10")


@pytest.fixture
def kept(store, workbook, take):
    """A store with one ledger of three enterprises as commit 2."""
    _, commit = take(store, workbook(LEDGER), reason="已核对", as_of=None)
    assert commit == 2
    return store


def row_of(store, key):
    frame = store.frame(store.heads(store.head())[SLOT])
    return frame[frame["key"] == key].iloc[0]


def words(seen):
    return [(found.severity, found.column, found.message) for found in seen.problems]


def test_one_cell_is_corrected_as_one_commit_with_its_reason(kept):
    seen = correction(kept, "文澜区", "code:001", {"workers": "130"}, "统计时漏了分厂")
    assert (seen.added, seen.changed, seen.unchanged, seen.kept, words(seen)) == (0, 1, 0, (), [])
    assert seen.details.to_numpy().tolist() == [["甲厂", "职工人数", "120", "130"]]
    assert submit(kept, seen, CLERK, "") == 3
    assert row_of(kept, "code:001")["workers"] == 130
    done = kept.history()[-1]
    assert (done.action, done.who, done.note, done.files) == ("correct", "王经办", "更正原因：统计时漏了分厂", ())
    assert [(entry.slot, entry.rows) for entry in done.entries] == [(SLOT, 3)]


def test_a_correction_can_be_undone(kept):
    before = kept.heads(2)[SLOT].snapshot
    submit(kept, correction(kept, "文澜区", "code:001", {"workers": "130"}, "更正"), CLERK, "")
    kept.undo(3, CLERK, "改错了")
    assert kept.heads(4)[SLOT].snapshot == before


def test_its_effect_on_the_headline_figures_is_shown(kept):
    seen = correction(
        kept, "文澜区", "code:001",
        {"wage_form": "单独签订", "wage_start": "2026.10.1", "wage_end": "2027年9月30日"}, "新签")  # fmt: skip
    effect = {(after.indicator, after.scope): (before.numerator, after.numerator) for before, after in seen.effects}
    assert effect["wage", "state"] == (0, 1)
    assert words(seen) == [
        ("fixed", "工资专项起始日", "已按规范写法读入（“2026.10.1” → 2026-10-01）"),
        ("fixed", "工资专项截止日", "已按规范写法读入（“2027年9月30日” → 2027-09-30）"),
        ("ask", "", "与上一期相比变动超过三成（文澜区工资集体协商，2026年10月 1 → 2）"),
    ]


WRONG = {
    ("workers", "约百人"): ("reject", "职工人数", "不是整数（“约百人”是约数，不是准确的数）"),
    ("workers", "-3"): ("reject", "职工人数", "是负数（-3）"),
    ("workers", "50"): ("reject", "会员人数", "会员人数多于职工人数（100 > 50）"),
    ("contract_end", "2026年13月1日"): ("reject", "集体合同截止日", "日期认不出来（“2026年13月1日”）"),
    ("union_code", "002"): ("reject", "统计编码", "同一填报单位内重复（与“乙厂”相同）"),
    ("reporting_unit", "朝晖区"): ("reject", "填报单位", "不是本次指定的填报单位（“朝晖区”，本次为“文澜区”）"),
    ("org_name", "清空"): ("reject", "单位名称", "这一项不能清空"),
    ("wage_end", "2027-12-31"): ("ask", "工资专项签订方式", "签订方式是“未签”，合同却在有效期内（截止日 2027-12-31）"),
}


@pytest.mark.parametrize(("typed", "said"), WRONG.items(), ids=str)
def test_a_wrong_value_is_a_problem_with_the_fields_label(kept, typed, said):
    seen = correction(kept, "文澜区", "code:001", dict([typed]), "更正")
    assert words(seen) == [said]
    assert {(found.sheet, found.cell) for found in seen.problems} == {("", "")}
    assert (seen.change is None) == (said[0] == "reject")


@pytest.mark.parametrize(
    ("unit", "key", "said"),
    [
        ("文澜区", "code:999", "该单位的台账里没有这家企业（文澜区 2026-10）"),
        ("朝晖区", "code:001", "该单位的台账里没有这家企业（朝晖区还没有企业台账）"),
    ],
)
def test_an_enterprise_that_is_not_there_is_a_problem(kept, unit, key, said):
    seen = correction(kept, unit, key, {"workers": "1"}, "更正")
    assert (words(seen), seen.change) == ([("reject", "", said)], None)


def test_a_blank_changes_nothing_and_a_marked_cell_is_emptied(kept):
    seen = correction(kept, "文澜区", "code:001", {"note": "清空", "workers": "  "}, "更正")
    assert seen.details.to_numpy().tolist() == [["甲厂", "备注", "老厂", "（空）"]]
    nothing = correction(kept, "文澜区", "code:001", {"workers": "120"}, "更正")
    assert (nothing.changed, nothing.unchanged) == (0, 1)
    assert submit(kept, nothing, CLERK, "") is None


def test_even_the_code_of_an_enterprise_can_be_corrected(kept):
    submit(kept, correction(kept, "文澜区", "code:001", {"union_code": "009"}, "编码抄错"), CLERK, "")
    frame = kept.frame(kept.heads(3)[SLOT])
    assert sorted(frame["key"]) == ["code:002", "code:009", "name:丙店"]


def test_a_shop_without_a_code_is_found_by_its_name_and_may_not_take_anothers(kept):
    seen = correction(kept, "文澜区", "name:丙店", {"uscc": "91360100158286349A"}, "补代码")
    assert words(seen) == [("reject", "统一社会信用代码", "统一社会信用代码的校验码不对")]
    submit(kept, correction(kept, "文澜区", "name:丙店", {"union_code": "003"}, "补编码"), CLERK, "")
    assert row_of(kept, "code:003")["org_name"] == "丙店"


def test_without_a_reason_nothing_is_committed(kept):
    seen = correction(kept, "文澜区", "code:001", {"workers": "130"})
    with pytest.raises(IntakeError) as refused:
        submit(kept, seen, CLERK, "")
    assert str(refused.value) == "改这一户：甲厂：没有写明更正的原因。每次更正都要写明原因。请填写原因。"
    assert kept.head() == 2


def test_what_the_row_said_before_is_not_asked_again(store, workbook, take):
    doubtful = LEDGER.replace("2026-01-01 | 2026-12-31", "2027-01-01 | 2026-12-31")
    take(store, workbook(doubtful), reason="已核对")
    seen = correction(store, "文澜区", "code:002", {"workers": "81"}, "更正")
    assert words(seen) == []


def test_a_field_that_does_not_exist_is_the_callers_mistake(kept):
    with pytest.raises(KeyError):
        correction(kept, "文澜区", "code:001", {"phone": "1"}, "更正")
