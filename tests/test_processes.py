"""Reading processes: how each death is told, who watches, what is kept warm, and that nothing is left behind."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tables import csv_bytes

from unionplan.errors import StoreError
from unionplan.intake import desk, limits, processes, stages, worker
from unionplan.intake.desk import Reading, read_file
from unionplan.intake.processes import ReadingProcess, Spares

ROOT = Path(__file__).resolve().parent.parent
UNITS = {"文澜区": "文澜区"}
GOOD = csv_bytes(
    "统计编码 | 单位名称 | 填报单位 | 企业状态 | 职工人数 | 是否建会\n001 | 文澜第一针织厂 | 文澜区 | 存续 | 50 | 是"
)
SLOW = csv_bytes(
    "统计编码 | 单位名称 | 填报单位 | 企业状态 | 职工人数 | 是否建会\n"
    + "001 | 文澜第一针织厂 | 文澜区 | 存续 | 50 | 是\n" * 60_000
)
OPEN_IN_EXCEL = "请用 WPS 或 Excel 打开，另存为 .xlsx 后重新上传"
SMALLER = "请删去无关的工作表，或拆成几个文件后重新上传"
OUT_OF_MEMORY = (
    "out_of_memory", "读取时用完了 2 GB 内存，没有读完", "请删去无关的工作表和空白行列，或拆成几个文件后重新上传",
)  # fmt: skip
CANCELLED = ("cancelled", "已取消，数据没有改动", "如仍需更新，请重新上传")
DEATHS = {
    "SIGABRT": ("crashed", "读取程序中途崩溃，文件可能已损坏或异常地大", OPEN_IN_EXCEL),
    "SIGSEGV": ("crashed", "读取程序中途崩溃，文件可能已损坏或异常地大", OPEN_IN_EXCEL),
    "SIGKILL": ("killed", "读取被这台电脑中止，多半是内存不足", "请关闭其他程序后重新上传；仍不行的请联系信息员"),
    "SIGXCPU": ("too_slow", "读取超过了时限，没有读完（30 秒）", SMALLER),
}  # fmt: skip


def told(file):
    """The only problem of a file that was not read: rule, message, advice."""
    assert (file.sheets, file.refused, len(file.problems)) == ((), True, 1)
    assert file.problems[0].sheet == file.problems[0].cell == ""
    return file.problems[0].rule, file.problems[0].message, file.problems[0].fix


def works(folder):
    """Whether a good file is read now as it should be."""
    file = read_file("台账2026年10月.csv", GOOD, folder / "good", UNITS)
    return (file.problems, [(sheet.kind, sheet.rows, sheet.problems) for sheet in file.sheets]) == ((), [("W1", 1, ())])


def exists(pid):
    """Whether a process of this number runs, or lies unreaped."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(autouse=True)
def _nothing_left_behind():
    """No process of these tests outlives its test; those that other tests keep warm are let go first."""
    processes.SPARES.keep(0)
    others = {process.pid for process in processes._alive}
    yield
    assert {process.pid for process in processes._alive} - others == set()


@pytest.fixture
def spares(monkeypatch):
    """A pool of this test's own in place of the program's."""
    pool = Spares()
    monkeypatch.setattr(processes, "SPARES", pool)
    monkeypatch.setattr(desk, "SPARES", pool)
    yield pool
    pool.keep(0)


# ------------------------------------------------------------------ deaths


@pytest.mark.parametrize("name", DEATHS)
def test_each_death_is_a_sentence_of_its_own_and_the_next_file_is_read(name, tmp_path):
    killed = []

    def kill(_share, _words):
        killed.extend(process.pid for process in processes._alive)
        os.kill(killed[-1], getattr(signal, name))

    assert told(read_file("台账.csv", SLOW, tmp_path, UNITS, progress=kill)) == DEATHS[name]
    assert not exists(killed[0])
    assert works(tmp_path)


def test_a_process_that_holds_too_much_memory_is_ended_by_its_parent(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MEMORY", 2**20)  # the child's own cap stays: only the watch can end it here
    assert told(read_file("台账.csv", SLOW, tmp_path, UNITS)) == OUT_OF_MEMORY
    monkeypatch.undo()
    assert works(tmp_path)


FAILING = """
import errno, sys, types
from unionplan.intake import entry

class PanicException(BaseException):
    pass

def deep(job, folder):
    return deep(job, folder)

def gobble(job, folder):
    return bytearray(3 * 2**30)

def raising(error):
    def fail(job, folder):
        raise error
    return fail

module = types.ModuleType("failing")
module.deep, module.gobble = deep, gobble
module.memory, module.panic = raising(MemoryError()), raising(PanicException("index out of bounds"))
module.disk, module.bug = raising(OSError(errno.ENOSPC, "No space left on device")), raising(KeyError("bug"))
sys.modules["failing"] = module
entry.JOBS["read"] = "failing:" + {kind!r}
entry.main()
"""
BROKEN_OFF = ("broken_off", "文件内容异常，读到一半无法继续", f"{OPEN_IN_EXCEL}；仍不行的请把文件交给信息员")
FAILURES = {
    "gobble": OUT_OF_MEMORY, "memory": OUT_OF_MEMORY, "panic": BROKEN_OFF, "deep": BROKEN_OFF, "bug": BROKEN_OFF,
    "disk": ("no_space", "磁盘空间不足，没有读完", "请信息员清理磁盘后重新上传"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FAILURES)
def test_whatever_the_reading_itself_fails_with_is_one_sentence(kind, tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "_CHILD", ("-c", FAILING.replace("{kind!r}", repr(kind))))
    assert told(read_file("台账.csv", GOOD, tmp_path, UNITS)) == FAILURES[kind]
    monkeypatch.undo()
    assert works(tmp_path)


def test_a_file_that_takes_too_long_is_told_its_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(desk, "allowed_seconds", lambda size: 1)
    assert told(read_file("台账.csv", SLOW, tmp_path, UNITS)) == (
        "too_slow",
        "读取超过了时限，没有读完（1 秒）",
        SMALLER,
    )


@pytest.mark.parametrize(("megabytes", "seconds"), [(0, 25), (1, 27), (2.4, 29), (10, 45), (50, 125)])
def test_the_time_allowed_grows_with_the_file(megabytes, seconds):
    assert limits.allowed_seconds(int(megabytes * 2**20)) == seconds


def test_what_failed_stands_in_the_log_and_never_in_the_sentence(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(processes, "_CHILD", ("-c", FAILING.replace("{kind!r}", "'bug'")))
    with caplog.at_level("INFO", "unionplan.intake.processes"):
        read_file("台账.csv", GOOD, tmp_path, UNITS)
    assert "KeyError: 'bug'" in caplog.text


def test_a_machine_that_cannot_start_a_process_is_told_as_its_failure(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(StoreError) as failure:
        read_file("台账.csv", GOOD, tmp_path, UNITS)
    assert str(failure.value) == (
        "读取进程：启动失败（No such file or directory）。请信息员检查内存、磁盘空间和安装是否完整。"
    )


def test_an_installation_that_is_not_whole_is_not_blamed_on_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "_ROOT", tmp_path)
    with pytest.raises(StoreError) as failure:
        read_file("台账.csv", GOOD, tmp_path, UNITS)
    assert str(failure.value) == "读取进程：启动失败。请信息员检查内存、磁盘空间和安装是否完整。"


def test_a_module_that_lies_beside_the_upload_is_never_loaded(tmp_path, monkeypatch):
    for name in ("json", "csv", "zipfile"):
        (tmp_path / f"{name}.py").write_text("import os; os._exit(3)")
    monkeypatch.chdir(tmp_path)
    file = read_file("台账2026年10月.csv", GOOD, tmp_path, UNITS)
    assert [sheet.kind for sheet in file.sheets] == ["W1"]


def test_an_old_answer_in_the_folder_is_not_taken_for_the_new_one(tmp_path, monkeypatch):
    read_file("台账2026年10月.csv", GOOD, tmp_path, UNITS)
    monkeypatch.setattr(desk, "allowed_seconds", lambda size: 0)
    assert told(read_file("台账.csv", SLOW, tmp_path, UNITS))[0] == "too_slow"


def test_memory_is_that_of_the_process_asked_about():
    assert 2**20 < limits.memory_of(os.getpid()) < 2**36
    assert limits.memory_of(2**22 + 1) is None


# ------------------------------------------------------------------ progress, cancel, queue


def test_the_stages_of_a_workbook_are_told_in_order(tmp_path, monkeypatch, workbook):
    heard = []
    monkeypatch.setattr(stages, "_listeners", [lambda share, words: heard.append((round(share, 3), words))])
    table = "统计编码 | 单位名称 | 填报单位 | 企业状态 | 职工人数 | 是否建会\n001 | 文澜第一针织厂 | 文澜区 | 存续 | 50 | 是"
    read_file("台账.xlsx", workbook({"甲": table, "乙": table}), tmp_path, UNITS)
    worker.read(json.loads((tmp_path / "job.json").read_text(encoding="utf-8")), tmp_path)
    assert heard == [
        (0.05, "正在读取工作表 1/2"), (0.325, "正在读取工作表 2/2"),
        (0.6, "正在核对工作表 1/2"), (0.775, "正在核对工作表 2/2"),
    ]  # fmt: skip


def test_progress_never_goes_back_and_ends_below_one(tmp_path):
    heard = []
    file = read_file("台账2026年10月.csv", SLOW, tmp_path, UNITS, progress=lambda *said: heard.append(said))
    assert file.sheets
    shares = [share for share, _ in heard]
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] < 1
    assert {words for _, words in heard} <= {"正在打开", "正在核对工作表 1/1", "正在整理结果"}


def test_a_cancelled_reading_says_so_and_ends_its_process(tmp_path):
    began = time.monotonic()
    assert told(read_file("台账.csv", SLOW, tmp_path, UNITS, cancelled=lambda: True)) == CANCELLED
    assert time.monotonic() - began < 20
    assert works(tmp_path)


def test_a_file_waits_for_its_turn_and_can_be_cancelled_there(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "_places", threading.BoundedSemaphore(1))
    heard = []
    with processes._places:
        file = read_file(
            "台账.csv", GOOD, tmp_path, UNITS, progress=lambda *said: heard.append(said), cancelled=lambda: bool(heard)
        )
    assert told(file) == CANCELLED
    assert heard == [(0.0, "前面还有文件在读，正在排队")]
    assert works(tmp_path)


def test_what_the_page_does_with_progress_may_fail_without_leaving_a_process(tmp_path):
    def fail(_share, _words):
        raise KeyError("page")

    with pytest.raises(KeyError):
        read_file("台账.csv", SLOW, tmp_path, UNITS, progress=fail)
    assert works(tmp_path)


def test_a_reading_in_the_background_can_be_looked_at_until_it_is_done(tmp_path):
    reading = Reading("台账2026年10月.csv", SLOW, tmp_path, UNITS)
    seen = {(reading.progress, reading.stage)}
    while not reading.done:
        seen.add((reading.progress, reading.stage))
        time.sleep(0.02)
    assert (0.0, "正在打开") in seen
    assert (0.6, "正在核对工作表 1/1") in seen
    assert (reading.progress, [sheet.kind for sheet in reading.result().sheets]) == (1.0, ["W1"])


def test_a_reading_in_the_background_can_be_cancelled(tmp_path):
    reading = Reading("台账.csv", SLOW, tmp_path, UNITS)
    with pytest.raises(TimeoutError):
        reading.result(timeout=0.01)
    reading.cancel()
    assert told(reading.result(timeout=20)) == CANCELLED
    reading.cancel()
    assert reading.done


def test_a_reading_in_the_background_hands_on_what_failed(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(StoreError):
        Reading("台账.csv", GOOD, tmp_path, UNITS).result(timeout=20)


# ------------------------------------------------------------------ warm spares


def test_no_process_parses_two_files(spares, tmp_path):
    spares.keep(1)
    used = []
    for _ in range(3):
        (waiting,) = spares._waiting
        used.append(waiting.pid)
        assert works(tmp_path)
        assert not exists(waiting.pid)
    assert len(set(used)) == 3


def test_a_spare_that_died_waiting_costs_the_clerk_nothing(spares, tmp_path):
    spares.keep(1)
    os.kill(spares._waiting[0].pid, signal.SIGKILL)
    assert works(tmp_path)
    assert spares._waiting[0].over.wait(0.5) is False  # a live one stands in its place


def test_a_spare_that_dies_on_being_asked_is_replaced_by_a_fresh_process(spares, tmp_path, monkeypatch):
    spares.keep(1)
    dying = spares._waiting[0]
    monkeypatch.setattr(spares, "_drop_ended", lambda: None)  # as if it died between the look and the job
    os.kill(dying.pid, signal.SIGKILL)
    assert works(tmp_path)


def test_fewer_spares_can_be_asked_for_again(spares):
    spares.keep(2)
    assert len(spares._waiting) == 2
    spares.keep(0)
    assert (spares._waiting, spares.taken()) == ([], None)


def test_a_spare_that_nobody_needs_ends_by_itself(spares):
    process = ReadingProcess(spare=True)
    assert process._process.stdin is not None
    process._process.stdin.close()
    assert process.over.wait(20)
    assert process.code == 0
    process.end()


PARENT = """
import sys, time
from unionplan.intake import desk
from unionplan.intake.processes import SPARES
desk.keep_ready()
print(*(process.pid for process in SPARES._waiting), flush=True)
"""


@pytest.mark.parametrize("end", ["by itself", "killed"])
def test_spares_end_with_their_parent(end):
    code = PARENT + ("time.sleep(60)" if end == "killed" else "")
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    pids = [int(word) for word in parent.stdout.readline().split()]
    assert len(pids) == desk.WARM
    if end == "killed":
        parent.kill()
    parent.wait(20)
    parent.stdout.close()
    deadline = time.monotonic() + 20
    while any(exists(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.05)
