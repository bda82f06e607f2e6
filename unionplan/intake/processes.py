"""Reading processes as their parent sees them: started, given one job, watched, ended; a few kept warm.

A process that has parsed one file never parses another: whatever a hostile file did to it dies with it. A
warm spare has loaded the libraries and waits for its only job, so a small file need not wait for a start.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from unionplan.errors import StoreError
from unionplan.intake import limits
from unionplan.intake.problems import Problem, problem
from unionplan.intake.stages import OPENING, QUEUED, Listener

AT_ONCE = max(2, min(4, os.cpu_count() or 2))
"""How many files are read at the same time; each may take 2 GiB. The others queue, and their time does not run."""
TICK = 0.1
_STARTING_SECONDS = 30
_CHILD = ("-m", "unionplan.intake.entry")
_ROOT = Path(__file__).resolve().parent.parent.parent
_REUSED = {"MALLOC_MMAP_THRESHOLD_": "67108864", "MALLOC_TRIM_THRESHOLD_": "1073741824", "MALLOC_TOP_PAD_": "16777216"}
"""Memory that was given back is used again instead of being fetched anew from the system, page by page (glibc)."""
_LOG = logging.getLogger(__name__)
_places = threading.BoundedSemaphore(AT_ONCE)
_alive: set[ReadingProcess] = set()


class ReadingProcess:
    """One fresh interpreter for one job. `stage`: (share done, words); `over` is set once it has ended."""

    def __init__(self, spare: bool = False) -> None:
        self.stage = (0.0, OPENING)
        self.accepted = False
        self.over = threading.Event()
        self._moved = threading.Event()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-P", *_CHILD, *(["--spare"] if spare else [])],
                bufsize=0, env=_environment(), cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )  # fmt: skip
        except OSError as error:
            raise _not_started(error.strerror or "") from error
        _alive.add(self)
        self._follower = threading.Thread(target=self._follow, name="reading-process", daemon=True)
        self._follower.start()

    @property
    def pid(self) -> int:
        """The system's number of the process."""
        return self._process.pid

    @property
    def code(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._process.returncode

    def give(self, folder: Path) -> bool:
        """Hand over the job in `folder`; returns whether the process took it."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.write(json.dumps(str(folder.resolve())).encode("ascii") + b"\n")
        self._moved.wait(_STARTING_SECONDS)
        return self.accepted

    def end(self) -> None:
        """Kill the process if it still runs, and leave nothing of it behind."""
        with contextlib.suppress(OSError):
            self._process.kill()
        self._follower.join(5)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        _alive.discard(self)

    def _follow(self) -> None:
        """Take down what the process says of its progress until it ends, then reap it."""
        assert self._process.stdout is not None
        rest = b""
        with contextlib.suppress(OSError, ValueError):
            while said := self._process.stdout.read(4096):
                *lines, rest = (rest[-4096:] + said).split(b"\n")
                for line in lines:
                    self._note(line.decode("utf-8", "replace"))
        self._process.wait()
        _alive.discard(self)
        self.over.set()
        self._moved.set()

    def _note(self, line: str) -> None:
        share, _, words = line.partition(" ")
        with contextlib.suppress(ValueError):
            self.stage = (float(share), words)
            self.accepted = True
            self._moved.set()


def _environment() -> dict[str, str]:
    """This process's own, where found modules are ours, and libraries reserve no memory that they do not use."""
    return {
        **os.environ, "PYTHONPATH": str(_ROOT), "PYTHONIOENCODING": "utf-8", "ARROW_DEFAULT_MEMORY_POOL": "system",
        "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2", "RUST_BACKTRACE": "0",
        **_REUSED,
    }  # fmt: skip


def _not_started(why: str) -> StoreError:
    found = f"启动失败（{why}）" if why else "启动失败"
    return StoreError("读取进程", found, "", "请信息员检查内存、磁盘空间和安装是否完整")


class Spares:
    """Warm processes, each waiting for its only job; none unless `keep` asks for them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[ReadingProcess] = []
        self._wanted = 0

    def keep(self, count: int) -> None:
        """Keep `count` processes warm from now on; those that ended meanwhile are replaced."""
        with self._lock:
            self._wanted = count
            self._fill()

    def taken(self) -> ReadingProcess | None:
        """Return a warm process for the caller's job, None when none waits; another is started in its place."""
        with self._lock:
            self._drop_ended()
            process = self._waiting.pop(0) if self._waiting else None
            self._fill()
        return process

    def _drop_ended(self) -> None:
        for process in [one for one in self._waiting if one.over.is_set()]:
            self._waiting.remove(process)
            process.end()

    def _fill(self) -> None:
        self._drop_ended()
        while len(self._waiting) > self._wanted:
            self._waiting.pop().end()
        with contextlib.suppress(StoreError):  # a file that comes will say so
            while len(self._waiting) < self._wanted:
                self._waiting.append(ReadingProcess(spare=True))


SPARES = Spares()


@atexit.register
def _end_all() -> None:
    for process in [*_alive]:
        process.end()


def finished(
    folder: Path, seconds: int, progress: Listener | None = None, cancelled: Callable[[], bool] | None = None
) -> Problem | None:
    """Have the job in `folder` done by a process of its own; returns why it was not done, None when it was.

    Raises StoreError when no process can be started. `progress` is called with (share, words) while it runs,
    `cancelled` is asked several times a second; true ends the process.
    """
    while not _places.acquire(timeout=TICK):
        if cancelled and cancelled():
            return problem("cancelled")
        if progress:
            progress(0.0, QUEUED)
    try:
        process = _working(folder)
        try:
            return _watched(process, seconds, progress, cancelled) or _why(process.code, folder, seconds)
        finally:
            process.end()
    finally:
        _places.release()


def _working(folder: Path) -> ReadingProcess:
    """A process that has accepted the job: a spare, or a fresh one where a spare is missing or died waiting."""
    spare = SPARES.taken()
    if spare:
        if spare.give(folder):
            return spare
        spare.end()
    process = ReadingProcess()
    if process.give(folder):
        return process
    process.end()
    raise _not_started("")


def _watched(
    process: ReadingProcess, seconds: int, progress: Listener | None, cancelled: Callable[[], bool] | None
) -> Problem | None:
    """Wait for the end of a process; returns why it had to be ended before, None when it ended by itself."""
    deadline = time.monotonic() + seconds
    while not process.over.wait(TICK):
        if cancelled and cancelled():
            return problem("cancelled")
        if time.monotonic() > deadline:
            return problem("too_slow", detail=f"{seconds} 秒")
        if (limits.memory_of(process.pid) or 0) > limits.MEMORY:
            return problem("out_of_memory")
        if progress:
            progress(*process.stage)
    return None


def _why(code: int | None, folder: Path, seconds: int) -> Problem | None:
    """What a process's end means; None when it left a result."""
    if code == 0 and (folder / "result.json").exists():
        return None
    said = _said(folder)
    _LOG.info("reading process ended with %s: %s", code, said)
    if code in limits.ENDINGS:
        return problem(limits.ENDINGS[code])
    if "memory allocation" in said:
        return problem("out_of_memory")
    if code == -getattr(signal, "SIGXCPU", 0):
        return problem("too_slow", detail=f"{seconds} 秒")
    return problem("killed" if code == -getattr(signal, "SIGKILL", 0) else "crashed")


def _said(folder: Path) -> str:
    """The end of what the process wrote to its error stream: for the log, never for the clerk."""
    try:
        return (folder / "errors").read_text(encoding="utf-8", errors="replace")[-4000:]
    except OSError:
        return ""
