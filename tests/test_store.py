"""The store: one atomic commit a refresh, nothing ever lost or changed, every earlier view still there."""

import json
import shutil
import sqlite3
import subprocess
import sys
import threading
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unionplan.access import Person
from unionplan.errors import AccessError, PlanError, StalePreviewError, StoreError, UndoRefusedError, UnknownCommitError
from unionplan.observations import FIELDS, classified
from unionplan.store import Change, Slot, Store, snapshots

CLERK = Person("王经办")
DAYS = {"2026-09": date(2026, 9, 30), "2026-10": date(2026, 10, 31)}
AT = datetime(2026, 11, 5, 9, 30)


def ledger(unit, period, covered, total):
    """A unit's ledger of `total` unionised enterprises, `covered` of which disclose."""
    rows = [
        {
            "union_code": f"0{number:03}", "org_name": f"厂{number}", "reporting_unit": unit, "registration": "国有企业",
            "enterprise_state": "存续", "unionised": "是", "disclosure": "是" if number < covered else "否",
        }
        for number in range(total)
    ]  # fmt: skip
    counts = [field.id for field in FIELDS.values() if field.kind == "count"]
    frame = pd.DataFrame(rows, columns=list(FIELDS)).astype("string").astype(dict.fromkeys(counts, "Int64"))
    keys = pd.Series([f"code:{row['union_code']}" for row in rows], dtype="string")
    return DAYS[period], classified(frame).assign(key=keys, as_of=DAYS[period])


def change(contents, uploads=(), expects=None, note=""):
    """(unit, period) → (covered, total) as a change."""
    ledgers = {Slot("ledger", *slot): ledger(*slot, *sizes) for slot, sizes in contents.items()}
    return Change("submit", note, ledgers, {}, tuple(uploads), expects or {})


def put(store, unit="文澜区", period="2026-10", covered=1, total=2, **more):
    return store.append(change({(unit, period): (covered, total)}, **more), CLERK, AT)


def sizes(store, commit):
    """(unit, period) → (covered, total) as of a commit, counted from the snapshots themselves."""
    held = {}
    for slot, entry in store.heads(commit).items():
        if slot.dataset == "ledger":
            frame = store.frame(entry)
            held[slot.unit, slot.period] = (int((frame["disclosure"] == "是").sum()), len(frame))
    return held


def cube_sizes(store, commit):
    """The same from the cube."""
    rows = store.cube(commit)
    rows = rows[rows["indicator"] == "disclosure"].groupby(["reporting_unit", "period"])[["numerator", "denominator"]]
    return {slot: (int(a), int(n)) for slot, (a, n) in zip(rows.sum().index, rows.sum().to_numpy(), strict=True)}


# ------------------------------------------------------------------ seed, append, as of


def test_an_empty_store_is_seeded_once_with_the_plan(store, plan_tables):
    assert store.head() == 1
    assert (store.history()[0].action, store.history()[0].who) == ("seed", "王经办")
    assert store.tables(1) == plan_tables
    again = Store.opened(store.root, plan_tables, Person("别人"))
    assert (again.head(), again.history()[0].who) == (1, "王经办")


def test_a_commit_records_who_when_why_and_which_files(store):
    done = put(store, uploads=[("台账.xlsx", b"abc")], note="十月报表")
    commit = store.history()[-1]
    assert (commit.id, commit.at, commit.who, commit.action, commit.note, commit.refers) == (
        done, "2026-11-05T09:30:00", "王经办", "submit", "十月报表", None)  # fmt: skip
    assert [(file.name, file.bytes) for file in commit.files] == [("台账.xlsx", 3)]
    assert [(entry.slot, entry.as_of, entry.rows) for entry in commit.entries] == [
        (Slot("ledger", "文澜区", "2026-10"), date(2026, 10, 31), 2)
    ]


def test_an_earlier_commit_still_shows_what_was_known_then(store):
    put(store, covered=1)
    put(store, covered=2)
    put(store, unit="朝晖区", covered=3, total=4)
    assert [sizes(store, commit) for commit in (1, 2, 3, 4)] == [
        {},
        {("文澜区", "2026-10"): (1, 2)},
        {("文澜区", "2026-10"): (2, 2)},
        {("文澜区", "2026-10"): (2, 2), ("朝晖区", "2026-10"): (3, 4)},
    ]
    assert [cube_sizes(store, commit) for commit in (1, 2, 3, 4)] == [sizes(store, commit) for commit in (1, 2, 3, 4)]


@pytest.mark.parametrize("commit", [0, -1, 3, 99])
def test_a_commit_that_does_not_exist_is_named(store, commit):
    put(store)
    with pytest.raises(UnknownCommitError) as refusal:
        store.known(commit)
    assert str(refusal.value) == f"第{commit}次更新：没有这次更新。现有第 1 至 2 次。请在更新记录中选择。"


def test_an_upload_comes_back_byte_for_byte(store):
    data = bytes(range(256)) * 40 + "汉字".encode("gb18030")
    put(store, uploads=[("原件.csv", data)])
    assert store.upload(store.history()[-1].files[0].sha256) == data


def test_the_same_content_again_makes_no_commit(store):
    assert put(store, uploads=[("a.xlsx", b"1")]) == 2
    assert put(store, uploads=[("b.xlsx", b"2")]) is None
    assert store.head() == 2


def test_a_change_that_fails_half_way_leaves_nothing_in_the_log(store, monkeypatch):
    put(store)
    before = (store.history(), store.heads(2))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshots.os, "fsync", full)
    with pytest.raises(StoreError) as failure:
        put(store, covered=2)
    assert failure.value.exit_code == 3
    assert "写入失败" in str(failure.value)
    assert "本次提交没有生效" in str(failure.value)
    monkeypatch.undo()
    assert (store.history(), store.heads(2)) == before
    assert not list(store.root.rglob("*.part"))
    assert store.verify() == []


def test_a_guard_that_refuses_leaves_nothing_in_the_log(store):
    wrong = {**store.tables(1), "units": [{**row, "顺序": "甲"} for row in store.tables(1)["units"]]}
    with pytest.raises(PlanError):
        store.append(Change("submit", tables={"units": wrong["units"]}), CLERK, AT)
    assert store.head() == 1


def test_a_nameless_person_may_not_write(store):
    with pytest.raises(AccessError) as refusal:
        store.append(change({("文澜区", "2026-10"): (1, 1)}), Person("  "), AT)
    assert str(refusal.value) == "经办人：没有填写姓名。每次更新都要记下是谁办的。请填写经办人姓名。"
    assert store.head() == 1


def test_a_sample_store_refuses_uploads_and_undo(today, plan_tables, tmp_path):
    sample = {**plan_tables, "settings": [
        {**row, "value": "true"} if row["key"] == "sample" else row for row in plan_tables["settings"]]}  # fmt: skip
    store = Store.opened(tmp_path / "sample", sample, CLERK)
    assert store.append(change({("文澜区", "2026-10"): (1, 2)}), Person("制作者", "demo"), AT) == 2
    for write in (lambda: put(store, covered=2), lambda: store.undo(2, CLERK, "误报")):
        with pytest.raises(AccessError) as refusal:
            write()
        assert str(refusal.value) == (
            "示例数据：当前看板用的是示例数据。示例数据只供查看，不接收上传、撤销。请先点“开始使用”，换到自己的空数据库。"
        )
    assert store.head() == 2


# ------------------------------------------------------------------ stale previews


def test_a_preview_overtaken_by_another_commit_is_refused(store):
    slot = Slot("ledger", "文澜区", "2026-10")
    put(store)
    put(store, covered=2)
    with pytest.raises(StalePreviewError) as refusal:
        put(store, covered=0, expects={slot: store.heads(2)[slot].snapshot})
    assert str(refusal.value) == (
        "文澜区2026-10：预览之后，第3次更新已改动同一批数据。确认的内容须与预览时一致。请重新预览后再确认。"
    )
    assert store.head() == 3


def test_a_preview_of_an_empty_slot_is_refused_once_it_is_filled(store):
    put(store)
    with pytest.raises(StalePreviewError, match="第2次更新已改动同一批数据"):
        put(store, covered=2, expects={Slot("ledger", "文澜区", "2026-10"): None})


def test_a_preview_is_not_overtaken_by_another_units_commit(store):
    slot = Slot("ledger", "文澜区", "2026-10")
    put(store)
    put(store, unit="朝晖区")
    assert put(store, covered=2, expects={slot: store.heads(2)[slot].snapshot}) == 4


def test_a_stale_preview_of_a_file_is_refused_end_to_end(store, look, workbook):
    from unionplan.intake.preview import submit

    head = "统计编码 | 单位名称 | 填报单位 | 企业状态 | 单位类别 | 职工人数"
    first = look(store, workbook(f"{head}\n001 | 甲厂 | 文澜区 | 存续 | 国有企业 | 5"))
    second = look(store, workbook(f"{head}\n002 | 乙厂 | 文澜区 | 存续 | 国有企业 | 6"))
    assert submit(store, first, CLERK, "") == 2
    with pytest.raises(StalePreviewError) as refusal:
        submit(store, second, CLERK, "")
    assert str(refusal.value) == (
        "文澜区2026-10：预览之后，第2次更新已改动同一批数据。确认的内容须与预览时一致。请重新预览后再确认。"
    )


# ------------------------------------------------------------------ undo


def test_undo_puts_back_what_was_there_before_and_deletes_nothing(store):
    put(store, covered=1)
    put(store, covered=2)
    assert store.undo(3, CLERK, "误报", AT) == 4
    assert sizes(store, 4) == sizes(store, 2)
    assert sizes(store, 3) == {("文澜区", "2026-10"): (2, 2)}
    undone = store.history()[-1]
    assert (undone.action, undone.refers, undone.note) == ("undo", 3, "误报")


def test_undo_of_the_first_filling_empties_the_slot(store):
    put(store)
    store.undo(2, CLERK, "误报", AT)
    assert sizes(store, 3) == {}
    assert store.cube(3).empty


def test_undo_of_an_undo_brings_it_back(store):
    put(store, covered=1)
    put(store, covered=2)
    store.undo(3, CLERK, "误报", AT)
    assert store.undo(4, CLERK, "其实没错", AT) == 5
    assert sizes(store, 5) == {("文澜区", "2026-10"): (2, 2)}
    assert cube_sizes(store, 5) == sizes(store, 5)


def test_undo_under_later_commits_is_refused_with_their_numbers(store):
    for covered in (0, 1, 2):
        put(store, covered=covered)
    put(store, unit="朝晖区")
    with pytest.raises(UndoRefusedError) as refusal:
        store.undo(2, CLERK, "误报", AT)
    assert str(refusal.value) == ("第2次更新：之后的第4次更新已改动同一批数据。只能撤销最新的一次。请先撤销第4次更新。")
    both = change({("文澜区", "2026-09"): (1, 1), ("朝晖区", "2026-09"): (1, 1)})
    store.append(both, CLERK, AT)
    put(store, "文澜区", "2026-09", 0, 1)
    put(store, "朝晖区", "2026-09", 0, 1)
    with pytest.raises(UndoRefusedError) as refusal:
        store.undo(6, CLERK, "误报", AT)
    assert str(refusal.value) == (
        "第6次更新：之后的第7次、第8次更新已改动同一批数据。只能撤销最新的一次。请先撤销第7次、第8次更新。"
    )
    assert store.head() == 8


def test_a_commit_is_undone_once(store):
    put(store)
    store.undo(2, CLERK, "误报", AT)
    with pytest.raises(UndoRefusedError, match="之后的第3次更新已改动同一批数据"):
        store.undo(2, CLERK, "误报", AT)


def test_the_seed_cannot_be_undone(store):
    with pytest.raises(UndoRefusedError) as refusal:
        store.undo(1, CLERK, "重来", AT)
    assert str(refusal.value) == "第1次更新：这是建库。建库不能撤销。如需重来请换一个空的数据目录。"


# ------------------------------------------------------------------ verify, cubes, copies of the log


@pytest.fixture(scope="module")
def filled_once(seeded, tmp_path_factory):
    """Six commits over two units and two months, the last an undo; copied, never used itself."""
    store = Store(Path(shutil.copytree(seeded, tmp_path_factory.mktemp("filled") / "data")))
    put(store, covered=1, total=3, uploads=[("一.xlsx", b"first")])
    put(store, unit="朝晖区", covered=2, total=3, uploads=[("二.xlsx", b"second")])
    put(store, period="2026-09", covered=0, total=2)
    put(store, covered=2, total=3)
    store.undo(5, CLERK, "误报", AT)
    store.log.close()
    return store.root


@pytest.fixture
def filled(filled_once, tmp_path):
    return Store(Path(shutil.copytree(filled_once, tmp_path / "data")))


def reopened(store, plan_tables):
    return Store.opened(store.root, plan_tables, CLERK)


def test_verify_of_a_sound_store_finds_nothing(filled):
    assert filled.verify() == []


def test_verify_names_a_snapshot_with_one_flipped_bit(filled):
    place = filled.place(filled.heads(6)[Slot("ledger", "朝晖区", "2026-10")])
    data = bytearray(place.read_bytes())
    data[len(data) // 2] ^= 1
    place.write_bytes(data)
    assert filled.verify() == [
        f"数据文件 {place.name}：内容已被改动。文件须与登记的校验值一致。请信息员运行 verify 核对并从备份恢复。"
    ]


def test_verify_names_a_deleted_snapshot_even_of_an_earlier_commit(filled):
    place = filled.place(filled.heads(5)[Slot("ledger", "文澜区", "2026-10")])
    place.unlink()
    assert filled.verify() == [
        f"数据文件 {place.name}：读不到（No such file or directory）。请信息员运行 verify 核对并从备份恢复。"
    ]


def test_verify_names_a_deleted_and_an_altered_upload(filled):
    first, second = (filled.history()[number].files[0].sha256 for number in (1, 2))
    (filled.root / "files" / first).unlink()
    (filled.root / "files" / second).write_bytes(b"Second")
    found = filled.verify()
    assert len(found) == 2
    assert {name for name in (first, second) for text in found if name in text} == {first, second}


def test_a_damaged_snapshot_leaves_the_other_slots_readable(filled):
    broken = Slot("ledger", "朝晖区", "2026-10")
    filled.place(filled.heads(6)[broken]).write_bytes(b"rubbish")
    with pytest.raises(StoreError, match="内容已被改动"):
        filled.frame(filled.heads(6)[broken])
    assert len(filled.frame(filled.heads(6)[Slot("ledger", "文澜区", "2026-10")])) == 3


def test_verify_names_an_altered_copy_of_the_log(filled):
    copy = filled.root / "commits" / "000003.json"
    copy.write_text(copy.read_text(encoding="utf-8").replace("王经办", "李经办"), encoding="utf-8")
    assert filled.verify() == [
        "提交副本 000003.json：缺失或与提交记录不符。重新打开看板会补写；若内容不符请联系信息员。"
    ]


def test_verify_names_a_copy_of_the_log_that_is_cut_short(filled):
    (filled.root / "commits" / "000003.json").write_bytes(b'{"id": 3, "at"')
    assert [text.split("：")[0] for text in filled.verify()] == ["提交副本 000003.json"]


def test_a_lost_copy_of_the_log_is_written_again_on_opening(filled, plan_tables):
    (filled.root / "commits" / "000003.json").unlink()
    assert reopened(filled, plan_tables).verify() == []


def test_verify_names_a_damaged_cube(filled, plan_tables):
    (filled.root / "cubes" / "000006.parquet").write_bytes(b"rubbish")
    assert ["000006" in text for text in reopened(filled, plan_tables).verify()] == [True]


def test_verify_names_a_cube_that_counts_something_else(filled, plan_tables):
    (filled.root / "cubes" / "000006.parquet").write_bytes((filled.root / "cubes" / "000003.parquet").read_bytes())
    assert reopened(filled, plan_tables).verify() == [
        "汇总 000006.parquet：与台账重新计算的结果不符。请删除 cubes 目录，系统会重新生成。"
    ]


def test_every_log_entry_has_its_copy_in_json(filled):
    for commit in filled.history():
        copy = json.loads((filled.root / "commits" / f"{commit.id:06}.json").read_text(encoding="utf-8"))
        assert copy == json.loads(json.dumps(asdict(commit), default=str))


def test_deleted_cubes_are_made_again_and_equal(filled, plan_tables):
    before = {commit: filled.cube(commit) for commit in range(1, 7)}
    for place in (filled.root / "cubes").iterdir():
        place.unlink()
    (filled.root / "cubes").rmdir()
    again = reopened(filled, plan_tables)
    for commit in (6, 1, 2, 3, 4, 5):
        pd.testing.assert_frame_equal(again.cube(commit), before[commit])
    assert (filled.root / "cubes" / "000006.parquet").exists()


def test_the_incremental_cube_equals_a_full_recount(filled):
    for commit in range(1, filled.head() + 1):
        pd.testing.assert_frame_equal(filled.cube(commit), filled._made_cube(commit))


def test_a_changed_definition_recounts_everything(filled):
    wider = [{**row, "base": "active"} if row["id"] == "disclosure" else row for row in filled.tables(6)["indicators"]]
    done = filled.append(Change("submit", tables={"indicators": wider}), CLERK, AT)
    assert done == 7
    pd.testing.assert_frame_equal(filled.cube(7), filled._made_cube(7))


@pytest.mark.parametrize("statement", ["UPDATE {} SET rowid = rowid", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["commits", "files", "items"])
def test_the_log_refuses_to_be_changed(filled, statement, table):
    with (
        sqlite3.connect(filled.root / "log.sqlite") as direct,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        direct.execute(statement.format(table))
    direct.close()
    assert filled.verify() == []


# ------------------------------------------------------------------ at the same time


def test_threads_that_commit_at_once_lose_nothing(store):
    failures = []

    def work(unit):
        try:
            for covered in range(5):
                put(store, unit, covered=covered, total=9)
            store.log.close()
        except Exception as error:  # whatever it is, it must reach the test
            failures.append(error)

    threads = [threading.Thread(target=work, args=(unit,)) for unit in ("文澜区", "朝晖区", "锦澜区")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [commit.id for commit in store.history()] == list(range(1, 17))
    assert sizes(store, 16) == {(unit, "2026-10"): (4, 9) for unit in ("文澜区", "朝晖区", "锦澜区")}
    assert cube_sizes(store, 16) == sizes(store, 16)


PROCESS = """
import sys
sys.path[:0] = sys.argv[1:3]
from pathlib import Path
import test_store
from unionplan.plan import read_tables
from unionplan.store import Store
store = Store.opened(Path(sys.argv[3]), read_tables(Path(sys.argv[1]) / "data" / "plan"), test_store.CLERK)
for covered in range(8):
    test_store.put(store, sys.argv[4], covered=covered, total=9)
"""


def test_processes_that_open_and_commit_at_once_lose_nothing(today, plan_tables, tmp_path):
    here = Path(__file__).resolve().parent
    root, units = tmp_path / "shared", ("文澜区", "朝晖区")
    words = [sys.executable, "-c", PROCESS, str(here.parent), str(here), str(root)]
    workers = [subprocess.Popen([*words, unit], stderr=subprocess.PIPE) for unit in units]
    outcomes = [(worker.communicate(timeout=60)[1].decode(), worker.returncode) for worker in workers]
    assert outcomes == [("", 0)] * 2
    store = Store.opened(root, plan_tables, CLERK)
    assert [commit.id for commit in store.history()] == list(range(1, 18))
    for unit in units:
        held = [
            sizes(store, commit.id)[unit, "2026-10"]
            for commit in store.history()
            if commit.entries[0].slot.unit == unit
        ]
        assert held == [(covered, 9) for covered in range(8)]
    assert store.verify() == []


def test_two_threads_can_write_the_same_content_at_once(tmp_path, monkeypatch):
    both, failures, real = threading.Barrier(2, timeout=5), [], snapshots.os.fsync
    waited = threading.local()

    def together(handle):
        real(handle)
        if not getattr(waited, "once", False):
            waited.once = True
            both.wait()

    def write():
        try:
            snapshots.write_bytes(tmp_path / "files", b"the same file, twice")
        except StoreError as error:
            failures.append(str(error))

    monkeypatch.setattr(snapshots.os, "fsync", together)
    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


# ------------------------------------------------------------------ a naive model

SLOTS = [(unit, period) for unit in ("文澜区", "朝晖区") for period in DAYS]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.dictionaries(st.sampled_from(SLOTS), st.tuples(st.integers(0, 2), st.just(2)), min_size=1, max_size=3)),
        st.tuples(st.just("undo"), st.integers(1, 8)),
    ),
    min_size=1, max_size=7,
)  # fmt: skip


class Model:
    """What every commit held, kept as plain dicts: `views[n]` after commit n + 1, `touched[n]` its slots."""

    def __init__(self):
        self.views, self.touched = [{}], [set()]

    def put(self, contents):
        now = self.views[-1]
        if all(now.get(slot) == size for slot, size in contents.items()):
            return None
        return self._commit({**now, **contents}, set(contents))

    def undo(self, commit):
        if not 2 <= commit <= len(self.views) or any(
            self.touched[commit - 1] & later for later in self.touched[commit:]
        ):
            return "refused"
        before = self.views[commit - 2]
        after = {slot: size for slot, size in self.views[-1].items() if slot not in self.touched[commit - 1]}
        return self._commit(after | {slot: before[slot] for slot in self.touched[commit - 1] if slot in before}, self.touched[commit - 1])  # fmt: skip

    def _commit(self, view, touched):
        self.views.append(view)
        self.touched.append(touched)
        return len(self.views)


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_sequence_of_commits_and_undos_shows_what_a_naive_model_shows(new_store, steps):
    store, model = new_store(), Model()
    for action, what in steps:
        if action == "put":
            assert store.append(change(what), CLERK, AT) == model.put(what)
            continue
        expected = model.undo(what)
        if expected == "refused":
            with pytest.raises((UndoRefusedError, UnknownCommitError)):
                store.undo(what, CLERK, "误报", AT)
        else:
            assert store.undo(what, CLERK, "误报", AT) == expected
    assert store.head() == len(model.views)
    for commit, view in enumerate(model.views, start=1):
        assert sizes(store, commit) == view
        assert cube_sizes(store, commit) == view
    assert store.verify() == []
    store.log.close()
