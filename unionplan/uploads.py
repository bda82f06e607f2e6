"""The files on one clerk's desk: each from its bytes to its commit, in the background, none holding up another.

A page only looks: it says what it wants of a file and gets back how far that has come. What was read or compared
once under the same words is not done again, and a commit is asked for once however often the button is pressed.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar
from weakref import WeakKeyDictionary

from unionplan.access import Person
from unionplan.attainment import Attainment
from unionplan.errors import StalePreviewError, UnionplanError
from unionplan.intake.desk import Reading, unit_names
from unionplan.intake.memory import aliases, forms, given_forms, given_words
from unionplan.intake.preview import Options, Preview, preview, submit, together
from unionplan.intake.readings import FileReading, SheetReading
from unionplan.store import Slot, Store

T = TypeVar("T")
Made = TypeVar("Made", covariant=True)
Effects = tuple[tuple[Attainment, Attainment], ...]
PATIENCE = 0.8  # seconds that a page waits for new work before it shows a bar instead
MOVED = "刚刚有另一次更新改动了同一批数据。下面已按最新的数据重新比较，请再核对一次。"


@dataclass(frozen=True)
class Handed:
    """One file as it was dropped."""

    id: str
    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Wanted:
    """What the clerk says about one file; `again` counts fresh attempts, `kinds`: (fingerprint, kind) of every new form
    that was taken for something else (known_forms.NOT_READ: for no table)."""

    options: Options = field(default_factory=Options)
    reason: str = ""
    again: int = 0
    kinds: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Look:
    """How far a file has come.

    `stage`: working (see `share`, `words`), twice (the same bytes as another file of the drop), cancelled, unread, form (a sheet's form is seen for the first time), blocked, ask,
    nothing (no table in it is to be read), same (nothing would change), ready, committing, done. `words`: what to say beside it.
    """

    handed: Handed
    stage: str
    words: str = ""
    share: float = 0.0
    file: FileReading | None = None
    seen: Preview | None = None
    options: Options = field(default_factory=Options)

    @property
    def as_of(self) -> date | None:
        """The newest 统计时点 that it speaks of, as far as that is known."""
        days = [sheet.as_of for sheet in self.file.sheets if sheet.as_of] if self.file else []
        return self.options.as_of or (self.seen and self.seen.as_of) or max(days, default=None)


class Work(Protocol[Made]):
    """Something done in the background; `intake.desk.Reading` is one."""

    progress: float
    stage: str

    @property
    def done(self) -> bool:
        """Whether `result` answers at once."""

    def cancel(self) -> None:
        """Stop it where that can be done."""

    def result(self) -> Made:
        """Return what was made; raises what making it raised."""


class Task(Generic[T]):
    """A function run in a thread of its own, one after the other where they share a `turn`."""

    def __init__(self, stage: str, make: Callable[[Task[T]], T], turn: threading.Lock) -> None:
        self.progress, self.stage, self.cancelled = 0.0, stage, False
        self._made: list[T] = []
        self._failure: BaseException | None = None
        self._turn, self._finished = turn, threading.Event()
        threading.Thread(target=self._run, args=(make,), daemon=True).start()

    @property
    def done(self) -> bool:
        """Whether `result` answers at once."""
        return self._finished.is_set()

    @property
    def failure(self) -> BaseException | None:
        """What making it raised, None while nothing did."""
        return self._failure

    def cancel(self) -> None:
        """Ask it to stop at the next step."""
        self.cancelled = True

    def result(self) -> T:
        """Return what was made, waiting for it; raises what making it raised."""
        self._finished.wait()
        if self._failure:
            raise self._failure
        return self._made[0]

    def _run(self, make: Callable[[Task[T]], T]) -> None:
        try:
            with self._turn:
                self._made.append(make(self))
        except BaseException as error:  # handed on to whoever asks for the result
            self._failure = error
        finally:
            self._finished.set()


@dataclass(frozen=True)
class Lexicon:
    """What the reading is told besides the file: the store's names, forms and words as of a commit."""

    mark: tuple[str | None, ...]
    units: Mapping[str, str]
    forms: Mapping[str, Any]
    words: Mapping[str, Mapping[str, str]]


def lexicon(store: Store, commit: int) -> Lexicon:
    """Return the lexicon of the store as of `commit`; `mark` is another whenever anything in it is."""
    heads = store.heads(commit)
    mark = tuple(heads[Slot(name)].snapshot if Slot(name) in heads else None for name in ("units", "forms", "aliases"))
    known = forms(store, commit)
    return Lexicon(mark, unit_names(store.plan(commit).units), given_forms(known), given_words(aliases(store, commit)))


class Uploads:
    """The works of one session: each file's reading and preview under what is wanted now, and the commits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.outcomes: dict[str, Look] = {}
        self.failures: dict[str, str] = {}
        self._readings: dict[str, tuple[object, Work[FileReading]]] = {}
        self._previews: dict[str, tuple[object, Task[Preview]]] = {}
        self._commits: Task[None] | None = None
        self._committing: set[str] = set()
        self._compare, self._write = threading.Lock(), threading.Lock()
        self._begun: WeakKeyDictionary[Any, float] = WeakKeyDictionary()
        self._stopped: dict[str, object] = {}
        self._pressed = ("", 0.0)
        self._lexicon: tuple[int, Lexicon] | None = None
        self._digests: dict[str, bytes] = {}
        self._together: tuple[object, Task[Effects]] | None = None

    # Looking

    def looks(self, asked: Sequence[tuple[Handed, Wanted]], store: Store, patience: float | None = None) -> list[Look]:
        """Return how far every file has come, in the order in which they go in (`place_of`).

        Waits for work that has just begun, by default PATIENCE seconds. Of files with the same bytes only the first
        that was dropped is read.
        """
        first: dict[bytes, Handed] = {}
        for handed, _ in asked:
            first.setdefault(self._digest(handed), handed)
        while True:
            found = [self._look_once(handed, wanted, store, first) for handed, wanted in asked]
            if not self._waits(patience):
                return sorted(found, key=place_of)
            time.sleep(0.02)

    def together(self, looks: Sequence[Look], store: Store) -> Effects | None:
        """Return what all these do to the headline figures when they go in one after the other, None until it is known."""
        files = [(look.seen, look.options) for look in looks if look.seen]
        key = [(look.handed.id, look.options, look.seen and look.seen.commit) for look in looks]
        if self._together is None or self._together[0] != key:
            task = Task("正在合计各文件的影响", lambda _: together(store, files), self._compare)
            self._together = (key, task)
        while self._waits(None):
            time.sleep(0.02)
        return self._together[1].result() if self._together[1].done else None

    def _digest(self, handed: Handed) -> bytes:
        if handed.id not in self._digests:
            self._digests[handed.id] = hashlib.sha256(handed.data).digest()
        return self._digests[handed.id]

    def _waits(self, patience: float | None) -> bool:
        patience = PATIENCE if patience is None else patience
        return any(self._young(work, patience) for work in self.running())

    def _look_once(self, handed: Handed, wanted: Wanted, store: Store, first: Mapping[bytes, Handed]) -> Look:
        same = first[self._digest(handed)]
        if same.id != handed.id:
            return Look(handed, "twice", f"与“{same.name}”相同，只收一份。")
        return self._look(handed, wanted, store)

    def running(self) -> list[Work[Any]]:
        """Return the works that are not done."""
        works: list[Work[Any]] = [work for _, work in self._readings.values()]
        works += [work for _, work in self._previews.values()]
        works += [self._commits] if self._commits else []
        works += [self._together[1]] if self._together else []
        return [work for work in works if not work.done]

    @property
    def adding(self) -> bool:
        """Whether it is still being worked out what several files do together."""
        return self._together is not None and not self._together[1].done

    @property
    def committing(self) -> Work[None] | None:
        """What is being committed, None when nothing is."""
        return self._commits if self._commits and not self._commits.done else None

    def cancel(self, name: str) -> None:
        """Stop reading and comparing one file; what is on its way into the store goes on."""
        if name in self._readings and name not in self._committing | set(self.outcomes):
            self._readings[name][1].cancel()
            self._stopped[name] = self._readings[name][0]

    def forget(self, names: Iterable[str]) -> None:
        """Let go of every file but these."""
        for name in set(self._readings) - set(names):
            self.cancel(name)
            self._readings.pop(name)
            self._previews.pop(name, None)

    def _young(self, work: Work[Any], patience: float) -> bool:
        begun = self._begun.setdefault(work, time.monotonic())
        return time.monotonic() - begun < patience

    def _look(self, handed: Handed, wanted: Wanted, store: Store) -> Look:
        if handed.id in self.outcomes:
            return replace(self.outcomes[handed.id], handed=handed)
        words = self._words(store)
        if self._stopped.get(handed.id) == self._asked(handed, wanted, words):
            return Look(handed, "cancelled")
        reading = self._reading(handed, wanted, words)
        if not reading.done:
            return Look(handed, "working", reading.stage, reading.progress)
        file = reading.result()
        if not file.sheets:
            return Look(handed, "unread", file=file)
        if unconfirmed(file):
            return Look(handed, "form", file=file)
        task = self._preview(handed, wanted, file, store, words)
        if not task.done:
            return Look(handed, "working", task.stage, 0.95, file)
        seen = task.result()
        stage = "committing" if handed.id in self._committing else stage_of(seen)
        return Look(handed, stage, self.failures.get(handed.id, ""), 1.0, file, seen, wanted.options)

    def _words(self, store: Store) -> Lexicon:
        head = store.head()
        if self._lexicon is None or self._lexicon[0] != head:
            self._lexicon = (head, lexicon(store, head))
        return self._lexicon[1]

    def _asked(self, handed: Handed, wanted: Wanted, words: Lexicon) -> object:
        """What a reading depends on."""
        return handed.id, wanted.options.unit, wanted.options.as_of, wanted.again, wanted.kinds, words.mark

    def _reading(self, handed: Handed, wanted: Wanted, words: Lexicon) -> Work[FileReading]:
        options, key = wanted.options, self._asked(handed, wanted, words)
        known = self._readings.get(handed.id)
        if known and known[0] == key:
            return known[1]
        if known:
            known[1].cancel()
        folder = self.folder / hashlib.sha256(repr(key).encode()).hexdigest()[:16]
        work = Reading(
            handed.name,
            handed.data,
            folder,
            words.units,
            options.unit,
            options.as_of,
            forms={**_open_forms(wanted.kinds), **words.forms},
            words=words.words,
        )
        self._readings[handed.id] = (key, work)
        return work

    def _preview(
        self, handed: Handed, wanted: Wanted, file: FileReading, store: Store, words: Lexicon
    ) -> Task[Preview]:
        head = store.head()
        key = (wanted.options, wanted.again, words.mark, head, store.today(head))
        known = self._previews.get(handed.id)
        if known and (known[0] == key or handed.id in self._committing):
            return known[1]
        task = Task("正在与现有数据比较", lambda _: preview(store, file, wanted.options), self._compare)
        self._previews[handed.id] = (key, task)
        return task

    # Committing

    def commit(self, looks: Iterable[tuple[Look, str]], store: Store, person: Person) -> None:
        """Commit previews with the reason given for each, one after the other, in the background.

        What is committed already or on its way is left out, so that a second click does nothing twice.
        """
        chosen = [
            (look, reason) for look, reason in looks
            if look.seen and look.handed.id not in self.outcomes and look.handed.id not in self._committing
        ]  # fmt: skip
        if chosen:
            self._committing |= {look.handed.id for look, _ in chosen}
            self._commits = Task("正在入库", lambda task: self._commit(task, chosen, store, person), self._write)

    def pressed(self, name: str, apart: float = 0.5) -> bool:
        """Return whether a press on `name` counts: the second half of a double click on another one does not."""
        before, at = self._pressed
        now = time.monotonic()
        self._pressed = (name, now)
        return before == name or now - at >= apart

    def _commit(self, task: Task[None], chosen: Sequence[tuple[Look, str]], store: Store, person: Person) -> None:
        for number, (look, reason) in enumerate(chosen):
            task.progress, task.stage = number / len(chosen), f"正在入库 {number + 1}/{len(chosen)}"
            name = look.handed.id
            try:
                if not task.cancelled:
                    words = _outcome(_submitted(look, store, person, reason))
                    self.outcomes[name] = replace(look, stage="done", words=words)
                    self.failures.pop(name, None)
            except StalePreviewError:
                self.failures[name] = MOVED
            except UnionplanError as error:
                self.failures[name] = str(error)
            finally:
                self._committing.discard(name)


def place_of(look: Look) -> tuple[int, date, list[str | int]]:
    """Return what files are ordered by: lists of units first, then by 统计时点, then by name; unread ones come last."""
    kinds = {sheet.kind for sheet in look.file.sheets} if look.file else set()
    rank = 3 if look.stage == "twice" else 2 if not kinds else 0 if "units" in kinds else 1
    name = [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", look.handed.name)]
    return rank, look.as_of or date.max, name


def unconfirmed(file: FileReading) -> list[SheetReading]:
    """Return the sheets whose form is seen for the first time and has to be confirmed once."""
    new = [sheet for sheet in file.sheets if (sheet.form == "new" and sheet.kind) or sheet.form == "leaving"]
    return [sheet for sheet in new if sheet.fingerprint]


def _open_forms(kinds: Iterable[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """Forms whose kind was chosen on the page, as the reading takes them."""
    return {fingerprint: {"kind": kind, "columns": {}, "open": True} for fingerprint, kind in kinds}


def stage_of(seen: Preview) -> str:
    """Return what a preview waits for: blocked, nothing (no table in it is to be read), same, ask, ready."""
    if seen.change is None:
        return "blocked" if any(one.severity == "reject" for one in seen.problems) else "nothing"
    if seen.same:
        return "same"
    return "ask" if seen.asks else "ready"


def _submitted(look: Look, store: Store, person: Person, reason: str) -> int | None:
    """Commit a preview; where another file of the same drop moved its ground, look anew and go on if it is sound."""
    assert look.seen is not None
    try:
        return submit(store, look.seen, person, reason)
    except StalePreviewError:
        assert look.file is not None
        again = preview(store, look.file, look.options)
        if set(again.asks) - set(look.seen.asks) or again.change is None:
            raise
        return submit(store, again, person, reason)


def _outcome(commit: int | None) -> str:
    return f"已入库：第 {commit} 次更新。" if commit else "内容与现有数据完全相同，未变，没有新的更新。"
