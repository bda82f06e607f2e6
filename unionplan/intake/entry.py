"""A reading process from its start to its end: it waits for one job, does it under the limits, and is gone.

A legal spreadsheet can abort its parser; here that ends one process, and the clerk gets a sentence.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import json
import os
import signal
import sys
import threading
import time
import traceback
from dataclasses import asdict
from pathlib import Path

from unionplan.errors import IntakeError
from unionplan.intake import limits
from unionplan.intake.problems import Problem, rules
from unionplan.intake.stages import OPENING, WRITING, announce, listen

JOBS = {"read": "unionplan.intake.worker:read", "receipt": "unionplan.intake.receipt:write_receipt"}
"""What can be asked of this process → module:function of (job, folder) giving the answer as JSON; loaded when asked."""
_USED = ("unionplan.intake.worker", "unionplan.intake.xlsx", "unionplan.intake.xls", "numpy",
         "pyarrow.ipc", "pyarrow.compute")  # fmt: skip
_REPORT_SECONDS = 0.1
_IDLE_SECONDS = 900


def main(spare: bool = False) -> None:
    """Wait for one job, do it under the limits, leave `result.json` in its folder; the entry of the reading process.

    The folder comes as one line of JSON on stdin, progress goes as lines to stdout. Ends with 0, or with the
    code in `limits.ENDINGS` that says why there is no result; also when the parent ends.
    """
    _report_to(_own_channel())
    sys.meta_path.insert(0, _WithoutPandas())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends this process
    limits.cap_memory()
    if spare:
        _warm_up()
    folder = _given_folder(spare)
    announce(0.0, OPENING)
    os._exit(_done(folder))  # nothing is left to tidy up, and tidying would take longer than a small file


class _WithoutPandas:
    """Arrow would load pandas at its first array, for a fifth of a second and 40 MB; nothing here needs it."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas":
            raise ImportError(name)


def _own_channel() -> int:
    """The parent's pipe; whatever a library prints goes nowhere instead of into it."""
    channel, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return channel


def _report_to(channel: int) -> None:
    last = -1.0

    def report(share: float, words: str) -> None:
        nonlocal last
        if time.monotonic() - last > _REPORT_SECONDS:
            last = time.monotonic()
            with contextlib.suppress(OSError):  # the parent has stopped listening, and is about to end this
                os.write(channel, f"{share:.3f} {words}\n".encode())

    listen(report)


def _warm_up() -> None:
    """Load what most files need, before any file is here."""
    for name in _USED:
        importlib.import_module(name)
    rules()


def _given_folder(spare: bool) -> Path:
    """The folder of the job; a spare that nobody needs ends after a while, like one whose parent is gone."""
    idle = threading.Timer(_IDLE_SECONDS, os._exit, (0,))
    idle.daemon = True
    if spare:
        idle.start()
    line = b""
    while not line.endswith(b"\n"):
        said = os.read(0, 4096)
        if not said:
            os._exit(0)
        line += said
    idle.cancel()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    return Path(json.loads(line))


def _end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


def _done(folder: Path) -> int:
    """Do the job in `folder`; returns the exit code. Parsers fail with anything, panics of Rust included."""
    try:
        errors = os.open(folder / "errors", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(errors, 2)
        os.chdir(folder)
        _answer(folder)
    except MemoryError:
        return limits.OUT_OF_MEMORY
    except BaseException as error:
        traceback.print_exc()
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        return limits.NO_SPACE if full else limits.BROKEN_OFF
    return 0


def _answer(folder: Path) -> None:
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    limits.cap_seconds(job["seconds"])
    module, _, function = JOBS[job["do"]].partition(":")
    try:
        answer = getattr(importlib.import_module(module), function)(job, folder)
    except IntakeError as error:
        found = "。".join(filter(None, (error.found, error.allowed)))
        answer = {"error": asdict(Problem("", "", "", "", "reject", "unreadable_file", found, error.remedy))}
    announce(0.97, WRITING)
    (folder / "result.json").write_text(json.dumps(answer, ensure_ascii=False, default=str), encoding="utf-8")


if __name__ == "__main__":
    main("--spare" in sys.argv)
