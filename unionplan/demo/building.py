"""The sample store: every file of the city goes through the real intake, one commit each, and may be resumed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from unionplan.access import Person
from unionplan.demo.city import ENTERPRISES
from unionplan.demo.leaders import with_leaders
from unionplan.demo.meeting import told
from unionplan.demo.remarks import remarks
from unionplan.demo.submissions import Submission, submissions
from unionplan.errors import IntakeError
from unionplan.intake.desk import read_file, unit_names
from unionplan.intake.preview import Preview, preview, submit
from unionplan.intake.readings import FileReading
from unionplan.plan import read_tables, with_overlay
from unionplan.remarks import write
from unionplan.store import Store
from unionplan.store.snapshots import digest

DATA = Path(__file__).resolve().parents[2] / "data"
DEMO_STORE = "data/demo"
_MAKER = Person("示例经办人", "demo")
_FOUNDED = datetime(2026, 1, 4, 8, 30)
_SKIPPING = ("kind_skipped", "kind_later", "sheet_skipped", "header_missing")


def build(root: Path, say: Callable[[str], None], enterprises: int = ENTERPRISES) -> str:
    """Fill the sample store at `root` unless it stands already, files first, then notes; returns one sentence about it.

    A build that was cut off goes on where it stopped. Raises IntakeError naming the problems when the intake
    refuses a file of ours.
    """
    seed = with_leaders(with_overlay(read_tables(DATA / "plan"), DATA / "sample"), DATA / "sample" / "leaders.csv")
    store = Store.opened(root, seed, _MAKER, _FOUNDED)
    if not store.plan(store.head()).settings.sample:
        return f"{root} 里已有自己的数据，没有改动"
    files = submissions(store.plan(1).units, enterprises)
    if not _begun(store, files):
        return f"{root} 里是另一份示例数据，没有改动。如需重建，请先移走这个目录。"
    notes, done = remarks(), [commit.action for commit in store.history()]
    left, unsaid = files[done.count("submit") :], notes[done.count("note") :]
    total = 2 + len(files) + len(notes)
    if not left and not unsaid and told(store, _MAKER) is None:
        return f"示例数据已在 {root}，共 {store.head()} 次更新"
    with _read_ahead(left, unit_names(store.plan(1).units)) as readings:
        for file, reading in zip(left, readings, strict=True):
            say(_taken_in(store, file, reading, total))
    for note, at in unsaid:
        written = write(store, _MAKER, at, note)
        say(f"第 {written.commit} 次更新，共 {total} 次：任务记录 {note.item}")
    told(store, _MAKER)
    return f"示例数据已建在 {root}"


def _begun(store: Store, files: list[Submission]) -> bool:
    """Whether what stands there is the beginning of exactly these files."""
    uploads = [commit.files for commit in store.history()[1 : 1 + len(files)]]
    names = [uploaded[0].name if uploaded else "" for uploaded in uploads]
    if names != [file.name for file in files[: len(names)]]:
        return False
    return not names or uploads[0][0].sha256 == digest(files[0].data())


@contextmanager
def _read_ahead(files: list[Submission], names: Mapping[str, str]) -> Iterator[Iterator[FileReading]]:
    """Give the files as read, in order: while one is taken in, the reading process already works on the next."""
    with tempfile.TemporaryDirectory(prefix="unionplan-") as folder:

        def read(numbered: tuple[int, Submission]) -> FileReading:
            number, file = numbered
            own = Path(folder) / str(number)
            return read_file(file.name, file.data(), own, names, file.options.unit, file.options.as_of)

        pool = ThreadPoolExecutor(1)
        try:
            yield pool.map(read, enumerate(files))
        finally:
            pool.shutdown(cancel_futures=True)


def _taken_in(store: Store, file: Submission, reading: FileReading, total: int) -> str:
    """Commit one file and return what is said about it."""
    seen = preview(store, reading, file.options)
    _require_whole(file, seen)
    commit = submit(store, seen, Person(file.who, _MAKER.role), file.reason, file.note, at=file.at)
    if commit is None:
        raise IntakeError(file.name, "没有带来任何变化", "示例数据的每个文件都应有变化", "请报告这个问题")
    return f"第 {commit} 次更新，共 {total} 次：{file.name}，新增 {seen.added} 条，变更 {seen.changed} 条"


def _require_whole(file: Submission, seen: Preview) -> None:
    """Raise IntakeError when the intake refuses a row or passes over a sheet of the sample."""
    wrong = [found for found in seen.problems if found.severity == "reject" or found.rule in _SKIPPING]
    if wrong:
        shown = "；".join(f"{found.sheet}{found.cell}{found.message}" for found in wrong[:3])
        raise IntakeError(file.name, f"{len(wrong)} 处不被接受：{shown}", "示例数据须全部入库", "请报告这个问题")
