"""Where files are handed in: each is read by a process of its own, at once or in the background.

The parent writes a job (JSON), the child writes `result.json` and one Arrow file per table beside it; only
these come back, so nothing that a file contains is ever executed or unpickled.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from unionplan.intake.known_forms import Recognition
from unionplan.intake.limits import allowed_seconds
from unionplan.intake.masking import NAME as MASKED
from unionplan.intake.problems import problem_of
from unionplan.intake.processes import SPARES, finished
from unionplan.intake.readings import FileReading, SheetReading
from unionplan.intake.stages import OPENING, Listener

WARM = 2


def keep_ready() -> None:
    """Have warm processes wait for the next files, so that a small one is read in a fraction of a second.

    For programs that stay, such as a page that expects uploads; call it as often as you like. Unused ones
    end by themselves after a quarter of an hour, all of them with this program.
    """
    SPARES.keep(WARM)


def read_file(
    name: str, data: bytes, folder: Path, units: Mapping[str, str], unit: str | None = None, as_of: date | None = None,
    forms: Mapping[str, Any] | None = None, choices: Mapping[str, Mapping[str, str]] | None = None,
    words: Mapping[str, Mapping[str, str]] | None = None, *, progress: Listener | None = None, cancelled: Callable[[], bool] | None = None,
) -> FileReading:  # fmt: skip
    """Return the file as read by a reading process that works in `folder`.

    `units`: every name and alias → reporting unit; `unit`, `as_of`: given for the whole file; `forms`, `choices`:
    as in known_forms.Known; `words`: as in fields.teach. `progress` is called in this thread with (share from 0 to 1, what is being done, in Chinese); once `cancelled` answers
    true, the process ends. A file that cannot be read, or whose reading was cancelled, comes back with its
    reason and no sheets; nothing is raised for what a file contains.
    """
    digest = hashlib.sha256(data).hexdigest()
    job = {"name": name, "units": dict(units), "unit": unit, "as_of": as_of.isoformat() if as_of else None,
           "forms": dict(forms or {}), "choices": {sheet: dict(cells) for sheet, cells in (choices or {}).items()},
           "words": {kind: dict(meant) for kind, meant in (words or {}).items()}}  # fmt: skip
    answer = answered("read", job, data, folder, progress, cancelled)
    if "error" in answer:
        return FileReading(name, digest, "", (problem_of(answer["error"]),), data=data)
    sheets = tuple(_sheet(entry, folder) for entry in answer["sheets"])
    masked = (folder / MASKED).read_bytes() if answer["masked"] else None
    return FileReading(name, digest, answer["format"], tuple(map(problem_of, answer["problems"])), sheets, data, masked)


def answered(
    do: str, job: Mapping[str, Any], data: bytes, folder: Path,
    progress: Listener | None = None, cancelled: Callable[[], bool] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return what a process of its own answers to one job about `data`, under the limits of reading.

    `do` names the job in `entry.JOBS`; `job` is what it needs, as JSON. The bytes stand as `upload` in
    `folder`, where the job may leave files beside its answer. The key `error` of the answer is a Problem as a
    dictionary: why there is none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "result.json").unlink(missing_ok=True)
    (folder / "upload").write_bytes(data)
    seconds = allowed_seconds(len(data))
    written = json.dumps({**job, "do": do, "seconds": seconds}, ensure_ascii=False)
    (folder / "job.json").write_text(written, encoding="utf-8")
    stopped = finished(folder, seconds, progress, cancelled)
    if stopped:
        return {"error": asdict(stopped)}
    answer: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return answer


class Reading:
    """A file being read in the background, to be looked at from any thread; the arguments are `read_file`'s.

    `progress`: the share done, 0 to 1; `stage`: what is being done, in Chinese. A page starts it once, keeps
    it in its session, looks at it again every fraction of a second while not `done`, then takes `result()`.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self.progress, self.stage = 0.0, OPENING
        self._cancelled, self._done = threading.Event(), threading.Event()
        self._file: FileReading | None = None
        self._failure: BaseException | None = None
        threading.Thread(target=self._read, args=(arguments, named), name="reading", daemon=True).start()

    @property
    def done(self) -> bool:
        """Whether `result` answers at once: read, refused, cancelled or failed."""
        return self._done.is_set()

    def cancel(self) -> None:
        """End the reading; its result then says that it was cancelled, unless it was done already."""
        self._cancelled.set()

    def result(self, timeout: float | None = None) -> FileReading:
        """Return the file as read, waiting for it; raises what `read_file` raises, TimeoutError after `timeout` seconds."""
        if not self._done.wait(timeout):
            raise TimeoutError
        if self._failure:
            raise self._failure
        assert self._file is not None
        return self._file

    def _read(self, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
        try:
            self._file = read_file(*arguments, **named, progress=self._note, cancelled=self._cancelled.is_set)
            self.progress = 1.0
        except BaseException as error:
            self._failure = error
        finally:
            self._done.set()

    def _note(self, share: float, words: str) -> None:
        self.progress, self.stage = share, words


def unit_names(units: Iterable[Any]) -> dict[str, str]:
    """Return every name and alias → reporting unit, for `read_file`."""
    return {name: unit.name for unit in units for name in (unit.name, *unit.aliases)}


def _sheet(entry: dict[str, Any], folder: Path) -> SheetReading:
    return SheetReading(**{
        **entry,
        "columns": tuple((cell, label, name) for cell, label, name in entry["columns"]),
        "problems": tuple(map(problem_of, entry["problems"])),
        "as_of": date.fromisoformat(entry["as_of"]) if entry["as_of"] else None,
        "table": folder / entry["table"] if entry["table"] else None,
        "clears": tuple((row, name) for row, name in entry["clears"]),
        "units": tuple(entry["units"]),
        "nils": tuple((unit, row, day and date.fromisoformat(day)) for unit, row, day in entry["nils"]),
        "row_cells": {int(row): cell for row, cell in entry["row_cells"].items()},
        "recognition": tuple(_recognition(one) for one in entry["recognition"]),
    })  # fmt: skip


def _recognition(entry: dict[str, Any]) -> Recognition:
    return Recognition(**{**entry, "samples": tuple(entry["samples"]), "candidates": tuple(entry["candidates"])})
