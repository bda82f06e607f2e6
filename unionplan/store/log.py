"""The commit log: three append-only SQLite tables, whose COMMIT is the only moment a refresh happens.

commits (id, at, who, action, note, refers) · files (commit, name, sha256) · items (commit, slot,
snapshot, rows, bytes). A slot is dataset × reporting unit × period; its newest item is its head. An item
without a snapshot empties its slot. Nothing is ever updated or deleted.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from unionplan.errors import StoreError

T = TypeVar("T")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS commits (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, note TEXT NOT NULL,
  refers INTEGER REFERENCES commits (id));
CREATE TABLE IF NOT EXISTS files (
  commit_id INTEGER NOT NULL REFERENCES commits (id), name TEXT NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS items (
  id INTEGER PRIMARY KEY, commit_id INTEGER NOT NULL REFERENCES commits (id), dataset TEXT NOT NULL,
  unit TEXT NOT NULL, period TEXT NOT NULL, as_of TEXT NOT NULL, snapshot TEXT, rows INTEGER NOT NULL,
  bytes INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS items_by_slot ON items (dataset, unit, period, commit_id);
""" + "".join(
    f"CREATE TRIGGER IF NOT EXISTS {table}_{verb} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, 'append-only'); END;\n"
    for table in ("commits", "files", "items") for verb in ("UPDATE", "DELETE")
)  # fmt: skip


@dataclass(frozen=True)
class Slot:
    """What a commit replaces: a dataset, and for ledgers the reporting unit and the month (2026-10)."""

    dataset: str
    unit: str = ""
    period: str = ""


@dataclass(frozen=True)
class Entry:
    """One item of the log: the slot's snapshot from `commit` on; `snapshot` None leaves the slot empty."""

    slot: Slot
    as_of: date | None
    snapshot: str | None
    rows: int
    bytes: int
    commit: int = 0


@dataclass(frozen=True)
class Upload:
    """A file as it was handed in."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Commit:
    """One refresh: who, when, why, which files, which slots."""

    id: int
    at: str
    who: str
    action: str
    note: str
    refers: int | None
    files: tuple[Upload, ...]
    entries: tuple[Entry, ...]


class Log:
    """The SQLite file at `path`; one connection per thread, kept open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._threads = threading.local()
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._guarded() as connection:
            connection.executescript(_SCHEMA)

    def head(self) -> int:
        """Return the newest commit's id, 0 in an empty log."""
        with self._guarded() as connection:
            return int(connection.execute("SELECT COALESCE(MAX(id), 0) FROM commits").fetchone()[0])

    def commits(self) -> list[Commit]:
        """Return every commit, oldest first, with its files and entries."""
        with self._guarded() as connection:
            files = _grouped(connection.execute("SELECT commit_id, name, sha256, bytes FROM files"), Upload)
            entries = _grouped(connection.execute(_ALL_ENTRIES), _entry)
            rows = connection.execute("SELECT id, at, who, action, note, refers FROM commits ORDER BY id").fetchall()
        return [
            Commit(number, at, who, action, note, refers, tuple(files.get(number, ())), tuple(entries.get(number, ())))
            for number, at, who, action, note, refers in rows
        ]

    def heads(self, commit: int) -> dict[Slot, Entry]:
        """Return each slot's newest entry among the commits ≤ `commit`, emptied slots included."""
        with self._guarded() as connection:
            entries = [_entry(*row) for row in connection.execute(_HEADS, (commit,))]
        return {entry.slot: entry for entry in entries}

    def append(
        self, at: str, who: str, action: str, note: str, refers: int | None,
        files: Iterable[Upload], entries: Iterable[Entry], guard: Callable[[int], None],
    ) -> int:  # fmt: skip
        """Add one commit in one transaction and return its id; `guard` sees the head inside it and may raise."""
        with self._guarded() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                head = int(connection.execute("SELECT COALESCE(MAX(id), 0) FROM commits").fetchone()[0])
                guard(head)
                connection.execute(
                    "INSERT INTO commits VALUES (?, ?, ?, ?, ?, ?)", (head + 1, at, who, action, note, refers)
                )
                connection.executemany(
                    "INSERT INTO files VALUES (?, ?, ?, ?)", [(head + 1, f.name, f.sha256, f.bytes) for f in files])  # fmt: skip
                connection.executemany(
                    "INSERT INTO items (commit_id, dataset, unit, period, as_of, snapshot, rows, bytes) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [(head + 1, *_values(entry)) for entry in entries])  # fmt: skip
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            return head + 1

    def problems(self) -> list[str]:
        """Return what SQLite's own integrity check finds, nothing when it is sound."""
        with self._guarded() as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
        return [] if found == ["ok"] else found

    def close(self) -> None:
        """Close this thread's connection."""
        connection = getattr(self._threads, "connection", None)
        if connection is not None:
            connection.close()
            del self._threads.connection

    def _guarded(self) -> _Guarded:
        return _Guarded(self)

    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection, opened on first use: WAL, and a COMMIT reaches the disk."""
        kept: sqlite3.Connection | None = getattr(self._threads, "connection", None)
        if kept is None:
            kept = sqlite3.connect(self.path, isolation_level=None, timeout=30)
            _switch_to_wal(kept)
            kept.execute("PRAGMA synchronous=FULL")
            self._threads.connection = kept
        return kept


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """The first two openers of a new log meet here, and SQLite does not wait for this lock by itself."""
    for wait in (*[0.05] * 200, None):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if wait is None or "locked" not in str(error):
                raise
            time.sleep(wait)


class _Guarded:
    """Hands out the connection and turns SQLite's failures into ours."""

    def __init__(self, log: Log) -> None:
        self.log = log

    def __enter__(self) -> sqlite3.Connection:
        try:
            return self.log.connection()
        except sqlite3.Error as error:
            raise self._failure(error) from error

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if isinstance(error, sqlite3.Error):
            raise self._failure(error) from error

    def _failure(self, error: sqlite3.Error) -> StoreError:
        busy = "locked" in str(error) or "busy" in str(error)
        found = "正被另一个程序占用" if busy else f"读写失败（{error}）"
        return StoreError(f"提交记录 {self.log.path.name}", found, "", "请稍候重试；仍不行请信息员运行 verify 核对")


_ALL_ENTRIES = """
SELECT commit_id, dataset, unit, period, as_of, snapshot, rows, bytes, commit_id FROM items ORDER BY id
"""
_HEADS = """
SELECT dataset, unit, period, as_of, snapshot, rows, bytes, commit_id FROM items WHERE id IN (
  SELECT MAX(id) FROM items WHERE commit_id <= ? GROUP BY dataset, unit, period) ORDER BY id
"""


def _entry(
    dataset: str, unit: str, period: str, as_of: str, snapshot: str | None, rows: int, size: int, commit: int
) -> Entry:
    day = date.fromisoformat(as_of) if as_of else None
    return Entry(Slot(dataset, unit, period), day, snapshot, rows, size, commit)


def _values(entry: Entry) -> tuple[object, ...]:
    as_of = entry.as_of.isoformat() if entry.as_of else ""
    return entry.slot.dataset, entry.slot.unit, entry.slot.period, as_of, entry.snapshot, entry.rows, entry.bytes


def _grouped(rows: Iterable[tuple[object, ...]], make: Callable[..., T]) -> dict[object, list[T]]:
    groups: dict[object, list[T]] = {}
    for commit, *rest in rows:
        groups.setdefault(commit, []).append(make(*rest))
    return groups
