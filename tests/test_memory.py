"""What clerks teach the reading: forms and words are kept in the log, dated, undone like everything else."""

from __future__ import annotations

from datetime import datetime

import pytest

from unionplan.access import Person
from unionplan.errors import AccessError, IntakeError, PlanError
from unionplan.intake.memory import (
    Alias,
    aliases,
    forget_form,
    forget_word,
    forms,
    given_forms,
    given_words,
    remember_form,
    remember_word,
)

CLERK = Person("王经办")
AT = datetime(2026, 11, 5, 9, 30)
COLUMNS = {"户名": "org_name", "编码": "union_code", "说明": ""}


def taught(store, columns=COLUMNS, name="文澜区台账", person=CLERK):
    return remember_form(store, person, AT, "f0e1d2c3b4a59687", "W1", name, columns)


def test_a_form_is_remembered_with_who_and_when_and_handed_to_the_reading(store):
    assert taught(store) == 2
    [form] = forms(store, 2)
    assert (form.name, form.kind, form.who, form.at) == ("文澜区台账", "W1", "王经办", "2026-11-05T09:30:00")
    assert given_forms([form]) == {"f0e1d2c3b4a59687": {"kind": "W1", "columns": COLUMNS}}
    commit = store.history()[-1]
    assert (commit.action, commit.note) == ("remember_form", "企业台账表样“文澜区台账”，共 3 列")
    assert forms(store, 1) == []


def test_the_same_lesson_again_is_no_commit_and_another_takes_its_place(store):
    taught(store)
    assert taught(store) is None
    assert taught(store, {**COLUMNS, "说明": "note"}) == 3
    [form] = forms(store, 3)
    assert dict(form.columns)["说明"] == "note"


def test_a_form_can_be_forgotten_and_the_forgetting_undone(store):
    taught(store)
    assert forget_form(store, CLERK, AT, "f0e1d2c3b4a59687") == 3
    assert forms(store, store.head()) == []
    assert forget_form(store, CLERK, AT, "f0e1d2c3b4a59687") is None
    store.undo(3, CLERK, "删错了")
    assert [form.name for form in forms(store, store.head())] == ["文澜区台账"]
    store.undo(4, CLERK, "还是删去")
    assert store.verify() == []


def test_the_first_lesson_of_all_can_be_undone(store):
    taught(store)
    store.undo(2, CLERK, "认错了")
    assert forms(store, store.head()) == []
    assert taught(store) == 4


def test_two_columns_cannot_mean_the_same(store):
    with pytest.raises(IntakeError) as error:
        taught(store, {"户名": "org_name", "企业": "org_name"})
    assert str(error.value) == ("表样“文澜区台账”：“户名”和“企业”选成了同一项内容。每项内容只能有一列。请改其中一列。")
    assert store.head() == 1


def test_a_units_other_name_stands_in_the_units_table(store):
    assert remember_word(store, CLERK, AT, "unit", "文澜区 工会", "文澜区") == 2
    unit = next(unit for unit in store.plan(2).units if unit.name == "文澜区")
    assert "文澜区工会" in unit.aliases
    assert Alias("unit", "文澜区工会", "文澜区") in aliases(store, 2)
    assert store.history()[-1].note == "填报单位：“文澜区工会”即“文澜区”"
    assert forget_word(store, CLERK, AT, Alias("unit", "文澜区工会", "文澜区")) == 3
    assert store.tables(3)["units"] == store.tables(1)["units"]


def test_a_name_cannot_mean_two_units(store):
    with pytest.raises(PlanError, match="“朝晖区”"):
        remember_word(store, CLERK, AT, "unit", "朝晖区", "文澜区")
    with pytest.raises(IntakeError, match="没有填报单位“乌有区”"):
        remember_word(store, CLERK, AT, "unit", "乌有", "乌有区")
    assert store.head() == 1


def test_a_type_word_is_remembered_for_its_kind_of_field(store):
    remember_word(store, CLERK, AT, "control", "私控", "私人控股")
    remember_word(store, CLERK, AT, "told", "民营", "非公有制企业")
    remember_word(store, CLERK, AT, "control", "私控", "外商控股")
    words = given_words(aliases(store, store.head()))
    assert words == {"control": {"私控": "外商控股"}, "told": {"民营": "非公有制企业"}}
    forget_word(store, CLERK, AT, Alias("told", "民营", "非公有制企业"))
    assert given_words(aliases(store, store.head())) == {"control": {"私控": "外商控股"}}


@pytest.mark.parametrize("word", ["", "  ", "甲；乙"])
def test_a_word_that_is_none_is_refused(store, word):
    with pytest.raises(IntakeError, match="不能作别名"):
        remember_word(store, CLERK, AT, "unit", word, "文澜区")


def test_whoever_may_not_write_teaches_nothing(store):
    with pytest.raises(AccessError):
        taught(store, person=Person("过路人", "viewer"))
    with pytest.raises(AccessError):
        remember_word(store, Person("过路人", "viewer"), AT, "unit", "文澜", "文澜区")
    assert store.head() == 1
