"""Whatever is dropped on the board: the board lives, answers in time in its own words, and takes nothing in."""

import re
import resource
import time
import warnings

import pytest

from tests.hostile import FILES
from unionplan.access import Person
from unionplan.errors import IntakeError
from unionplan.intake import limits
from unionplan.intake.desk import read_file, unit_names
from unionplan.intake.preview import Options, preview, submit
from unionplan.intake.processes import SPARES
from unionplan.intake.readings import NAMES

GRACE = 5
LONGEST = 500
MACHINE_WORDS = re.compile(r"Traceback|Error\b|Exception|panick|\.py\b|\bNone\b|\bline \d|0x[0-9a-f]{4}|/tmp/|Errno")
SEVERITIES = {"reject", "ask", "fixed"}


@pytest.fixture(scope="module", autouse=True)
def _warm():
    """Processes start while the next file is made."""
    SPARES.keep(1)
    yield
    SPARES.keep(0)


@pytest.fixture(scope="module")
def board(seeded, tmp_path_factory):
    """A store that no hostile file may change, and its units."""
    import shutil

    from unionplan.store import Store

    store = Store(shutil.copytree(seeded, tmp_path_factory.mktemp("store") / "data"))
    return store, unit_names(store.plan(1).units)


def everything_in(store):
    """Names and sizes of all that the store keeps."""
    return sorted((str(path), path.stat().st_size) for path in store.root.rglob("*") if path.is_file())


def made(name):
    """The file's bytes; that a zip holds one name twice is the point of some."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return FILES[name][1]()


def test_the_corpus_is_large_and_the_same_each_time():
    assert len(FILES) > 400
    for name in ("xls: bits turned, 3", "overlapping entries of 3 GB", "ods: laughs"):
        assert FILES[name][1]() == FILES[name][1]()


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_answered_in_time_in_words_and_changes_nothing(name, board, tmp_path):
    store, units = board
    data, before, began = made(name), everything_in(store), time.monotonic()
    file = read_file(FILES[name][0], data, tmp_path, units)
    assert time.monotonic() - began < limits.allowed_seconds(len(data)) + GRACE
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 < 1.1 * limits.MEMORY
    require_plain_words(file)
    seen = preview(store, file, Options())
    if file.refused or not file.sheets:
        assert file.problems or any(sheet.problems for sheet in file.sheets)
        assert seen.change is None
        with pytest.raises(IntakeError):
            submit(store, seen, Person("王经办"), "已核实")
    assert everything_in(store) == before


def require_plain_words(file):
    """Every sentence is short, Chinese and free of what machines say; every sheet is of a known kind."""
    for found in file.all_problems():
        assert found.severity in SEVERITIES
        for words in (found.message, found.fix):
            assert re.search(r"[\u4e00-\u9fff]", words)
            assert not MACHINE_WORDS.search(words)
        assert max(len(words) for words in vars(found).values() if isinstance(words, str)) <= LONGEST
    for sheet in file.sheets:
        assert sheet.kind is None or sheet.kind in NAMES
        assert len(sheet.sheet) <= LONGEST
        assert all(len(label) <= LONGEST for _, label, _ in sheet.columns)
