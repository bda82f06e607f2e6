"""What several tests share: a day, a seeded store, readers and submitters of files, the command line.

Nothing is imported from here: another folder's conftest has the same name.
"""

import contextlib
import io
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from tables import CLERK, PLAN_FOLDER, csv_bytes, xlsx_bytes

from unionplan.__main__ import main
from unionplan.demo import build
from unionplan.intake.desk import read_file, unit_names
from unionplan.intake.preview import Options, Preview, preview, submit
from unionplan.intake.readings import FileReading
from unionplan.plan import Tables, plan_of, read_tables
from unionplan.store import Store

# The same examples on every run, so that a change is judged by itself; HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("steady", derandomize=True, database=None)
settings.register_profile("explore", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

TODAY = date(2026, 11, 5)


@dataclass(frozen=True)
class Answer:
    """What a command left behind: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """stdout as one JSON document."""
        return json.loads(self.out)


@pytest.fixture(scope="module")
def today() -> Iterator[date]:
    """The clock stands at 2026-11-05, and no store comes from the environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNIONPLAN_TODAY", TODAY.isoformat())
        patch.delenv("UNIONPLAN_STORE", raising=False)
        yield TODAY


@pytest.fixture(scope="session")
def plan_tables() -> Tables:
    """The shipped plan tables."""
    return read_tables(PLAN_FOLDER)


@pytest.fixture(scope="module")
def seeded(today: date, plan_tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with nothing but the shipped plan; copied, never used itself."""
    root = tmp_path_factory.mktemp("seeded") / "data"
    Store.opened(root, plan_tables, CLERK).log.close()
    return root


@pytest.fixture
def new_store(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Store]:
    """A maker of empty stores, each seeded with the shipped plan as commit 1."""
    return lambda: Store(Path(shutil.copytree(seeded, tmp_path_factory.mktemp("store") / "data")))


@pytest.fixture
def store(new_store: Callable[[], Store]) -> Store:
    """An empty store, seeded with the shipped plan as commit 1."""
    return new_store()


@pytest.fixture(scope="session")
def workbook() -> Callable[[str | dict[str, str]], bytes]:
    """Text table, or sheet name → text table, as .xlsx bytes."""
    return xlsx_bytes


@pytest.fixture(scope="session")
def csv_file() -> Callable[..., bytes]:
    """Text table as .csv bytes in an encoding, with a separator."""
    return csv_bytes


@pytest.fixture(scope="session")
def read(plan_tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., FileReading]:
    """Bytes → FileReading, through the reading process, with the shipped units unless others are given.

    A process costs a third of a second, so what was read once under the same words is not read again.
    """
    known_readings: dict[Any, FileReading] = {}

    def reading(
        data: bytes,
        name: str = "台账2026年10月.xlsx",
        unit: str | None = None,
        as_of: date | None = None,
        units: Any = None,
    ) -> FileReading:
        known = unit_names(plan_of(plan_tables).units) if units is None else units
        asked = (name, data, unit, as_of, tuple(known.items()))
        if asked not in known_readings:
            folder = tmp_path_factory.mktemp("reading")
            known_readings[asked] = read_file(name, data, folder, known, unit, as_of)
        return known_readings[asked]

    return reading


@pytest.fixture(scope="session")
def look(read: Callable[..., FileReading]) -> Callable[..., Preview]:
    """Store and bytes → Preview; further words are Options."""

    def looked(store: Store, data: bytes, name: str = "台账2026年10月.xlsx", **options: Any) -> Preview:
        wanted = Options(**options)
        units = unit_names(store.plan(store.head()).units)
        return preview(store, read(data, name, wanted.unit, wanted.as_of, units), wanted)

    return looked


@pytest.fixture(scope="session")
def take(look: Callable[..., Preview]) -> Callable[..., tuple[Preview, int | None]]:
    """Store and bytes → (Preview, commit): read, look, submit; raises what submit raises."""

    def taken(
        store: Store, data: bytes, name: str = "台账2026年10月.xlsx", reason: str = "", **options: Any
    ) -> tuple[Preview, int | None]:
        seen = look(store, data, name, **options)
        return seen, submit(store, seen, CLERK, reason)

    return taken


@pytest.fixture(scope="module")
def cli(today: date) -> Callable[..., Answer]:
    """Run one command in this process; returns its exit code and what it wrote."""

    def run(*words: object) -> Answer:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([str(word) for word in words])
        return Answer(code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample city's store, made once for all test processes; copied by whoever changes it."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "sample-city"
    try:
        shared.mkdir()
    except FileExistsError:
        while not (shared / "built").exists():  # another process is at it
            time.sleep(0.2)
    else:
        build(shared / "demo", print)
        (shared / "built").touch()
    return shared / "demo"
