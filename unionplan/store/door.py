"""The store's door: every read as of a commit, every write checked, atomic and recorded.

A store is a folder: `log.sqlite`, `snapshots/` (Parquet), `files/` (uploads byte for byte), `commits/`
(a JSON copy of every log entry) and `cubes/` (the ready counts of a commit, which can be made again).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from unionplan import clock
from unionplan.access import Person, require_switch, require_write
from unionplan.errors import StalePreviewError, StoreError, UndoRefusedError, UnionplanError, UnknownCommitError
from unionplan.observations import CUBE_COLUMNS, CUBE_COUNTS, CUBE_WORDS
from unionplan.plan import TABLES, Indicator, Plan, Tables, plan_of
from unionplan.store import snapshots
from unionplan.store.counts import counted, counted_together
from unionplan.store.log import Commit, Entry, Log, Slot, Upload
from unionplan.store.summed import summed
from unionplan.store.trained import trained

SPEAKING = {"training": ("training", "roster"), "summary": ("summary", "ledger"), "funds": ("funds",), "activities": ()}
"""dataset of a 零报告 → the datasets whose data of the same unit and month speak against it."""
_LASTING = {
    "freeze": ("这是上会定稿", "上会的数定稿后不再改动，也不撤销", "数据有更正的，更正后在“上会定稿”里对照列出"),
    "release": ("这是发布", "发布不能撤销", "需要换回的，请由管理员发布另一次更新"),
}
"""Action → why it is never undone."""
K = TypeVar("K")
V = TypeVar("V")
_KEPT = 8
_CUBE_SCHEMA = pa.schema(
    [(name, pa.string()) for name in CUBE_WORDS]
    + [("as_of", pa.timestamp("us"))]
    + [(name, pa.int64()) for name in CUBE_COUNTS]
)


@dataclass(frozen=True)
class Change:
    """What is to be committed together: new snapshots of slots, new tables, the files they came in.

    `frames`: slot → (统计时点, its whole new content as a frame, a ledger also as an Arrow table); the slot's dataset names the columns (snapshots.SCHEMAS).
    `expects`: slot → the snapshot that the preview was drawn on (None: empty); the commit is refused
    when one of them has changed since. `encoded`: snapshots of `frames` whose bytes are already there; `counted`: a commit, and
    the cube as it is when this change comes right after it. `refers`: the commit that this one speaks of.
    """

    action: str
    note: str = ""
    frames: Mapping[Slot, tuple[date, Any]] = field(default_factory=dict)
    tables: Mapping[str, snapshots.Rows] = field(default_factory=dict)
    uploads: tuple[tuple[str, bytes], ...] = ()
    expects: Mapping[Slot, str | None] = field(default_factory=dict)
    encoded: Mapping[Slot, bytes] = field(default_factory=dict, repr=False)
    counted: tuple[int, pd.DataFrame] | None = field(default=None, repr=False)
    refers: int | None = None

    def snapshot_bytes(self, slot: Slot) -> bytes:
        """Return the new content of a slot as the bytes of its snapshot."""
        return self.encoded.get(slot) or snapshots.frame_bytes(slot.dataset, self.frames[slot][1])


class _UnchangedError(Exception):
    """Every slot already holds exactly this; the transaction is left without a commit."""


class Store:
    """One store folder; safe to share between threads, and between processes on one machine."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.log = Log(root / "log.sqlite")
        self._lock = threading.Lock()
        self._plans: dict[int, Plan] = {}
        self._history: list[Commit] = []
        self._cubes: dict[int, pd.DataFrame] = {}
        self._frames: dict[tuple[str, int], pd.DataFrame] = {}

    @classmethod
    def opened(cls, root: Path, seed: Tables, person: Person, at: datetime | None = None) -> Store:
        """Return the store at `root`; an empty one gets commit 1, the plan tables of `seed`."""
        try:
            store = cls(root)
        except OSError as error:
            raise StoreError(f"数据目录 {root}", f"打不开（{error.strerror}）", "", "请检查路径和读写权限") from error
        if store.head() == 0:
            plan_of(seed)
            change = Change(
                "seed", "建库：载入计划、指标定义、填报单位和设置", tables={name: seed[name] for name in TABLES}
            )
            store._commit(change, person.name, at or clock.now(), only_first=True)
        store._copy_log()
        return store

    def head(self) -> int:
        """Return the newest commit's id: the version that caches and open pages compare."""
        return self.log.head()

    def history(self) -> list[Commit]:
        """Return every commit, oldest first; read again only when there is a newer one."""
        head = self.head()
        if len(self._history) != head:
            self._history = self.log.commits()
        return self._history[:head]

    def known(self, commit: int | None = None) -> int:
        """Return `commit`, or the head; raises UnknownCommitError for one that does not exist."""
        head = self.head()
        if commit is None:
            return head
        if not 1 <= commit <= head:
            raise UnknownCommitError(
                f"第{commit}次更新", "没有这次更新", f"现有第 1 至 {head} 次", "请在更新记录中选择"
            )
        return commit

    def heads(self, commit: int) -> dict[Slot, Entry]:
        """Return what every slot holds as of `commit`."""
        return {slot: entry for slot, entry in self.log.heads(commit).items() if entry.snapshot is not None}

    def tables(self, commit: int) -> Tables:
        """Return the plan tables in force at `commit`."""
        heads = self.heads(commit)
        return {name: snapshots.read_rows(self.place(heads[Slot(name)])) for name in TABLES}

    def rows(self, name: str, commit: int) -> snapshots.Rows:
        """Return a table of text rows as of `commit`, empty where there is none yet."""
        entry = self.heads(commit).get(Slot(name))
        return snapshots.read_rows(self.place(entry)) if entry else []

    def rows_of(self, entry: Entry) -> snapshots.Rows:
        """Return the table of text rows that an entry names."""
        return snapshots.read_rows(self.place(entry))

    def holds(self, change: Change) -> bool:
        """Return whether every slot of `change` already holds exactly that, so that committing it does nothing."""
        heads = self.heads(self.head())
        return all(slot in heads and heads[slot].snapshot == name for slot, name in self._digests(change))

    def _digests(self, change: Change) -> Iterator[tuple[Slot, str]]:
        for name, rows in change.tables.items():
            yield Slot(name), snapshots.digest(snapshots.rows_bytes(rows))
        for slot in change.frames:
            yield slot, snapshots.digest(change.snapshot_bytes(slot))

    def plan(self, commit: int) -> Plan:
        """Return the plan in force at `commit`, read once."""
        if commit not in self._plans:
            _keep(self._plans, commit, plan_of(self.tables(commit)))
        return self._plans[commit]

    def today(self, commit: int) -> date:
        """Return the clock for a view of `commit`: an earlier commit is judged at its own day."""
        day = clock.today(self.plan(commit).settings.clock)
        if clock.pinned() or commit == self.head():
            return day
        return min(day, datetime.fromisoformat(self.history()[commit - 1].at).date())

    def frame(self, entry: Entry) -> pd.DataFrame:
        """Return the snapshot that an entry names (snapshots.SCHEMAS)."""
        return snapshots.read_frame(self.place(entry))

    def training(self, commit: int) -> pd.DataFrame:
        """Return all that was trained as of `commit`: observations.TRAINING and `period`, one row each.

        `enterprise_type` is an atom or leaf; figures are those of the month of `as_of` alone. A unit's roster of a
        month beats its return; 本月无 stands as a row of zeros without type, method and level.
        """
        with self._lock:
            if ("trained", commit) not in self._frames:
                told = {name: self._by_unit(name, commit) for name in ("training", "roster")}
                nils = self.nil_reports(commit)
                nils = nils[nils["dataset"] == "training"]
                _keep(self._frames, ("trained", commit), trained(told["training"], told["roster"], nils))
            return self._frames["trained", commit]

    def _by_unit(self, dataset: str, commit: int) -> dict[tuple[str, str], pd.DataFrame]:
        return {(slot.unit, slot.period): self.frame(entry) for slot, entry in self._of(dataset, commit)}

    def rosters(self, commit: int) -> pd.DataFrame:
        """Return all training rosters in force at `commit`: observations.ROSTERED and `period`, a row per person-course.

        `person` numbers the people of one unit and month; `name` is null unless the settings keep names.
        """
        return self._returns("roster", commit).rename(columns={"slot_period": "period"})

    def funds(self, commit: int) -> pd.DataFrame:
        """Return all fee returns in force at `commit`: observations.FUNDS but the rate, and `period`, a row per unit and month.

        Amounts are exact decimal text in 万元, null where not told.
        """
        return self._returns("funds", commit).rename(columns={"slot_period": "period"})

    def progress(self, commit: int) -> pd.DataFrame:
        """Return all progress reports in force at `commit` (observations.PROGRESSED), oldest first, then in the plan's order.

        One row per plan item (`item`), step (null: the item as a whole) and 统计时点 (`as_of`).
        """
        rows = self._returns("progress", commit).drop(columns="slot_period")
        items = self.plan(commit).items
        order = {
            (item.id, step): place for place, (item, step) in enumerate((i, s) for i in items for s in ("", *i.steps))
        }
        places = [order.get((str(item), "" if pd.isna(step) else str(step)), len(order))
                  for item, step in rows[["item", "step"]].to_numpy().tolist()]  # fmt: skip
        return rows.assign(place=places).sort_values(["as_of", "place"], ignore_index=True).drop(columns="place")

    def notes(self, commit: int) -> pd.DataFrame:
        """Return all notes that were written on the page as of `commit` (observations.NOTED), one row each.

        A plan item has a slot of its own: Slot("notes", item id).
        """
        return self._returns("notes", commit).drop(columns="slot_period")

    def meetings(self, commit: int) -> pd.DataFrame:
        """Return all that was told to meetings as of `commit` (observations.MEETING), a row per figure and plan item.

        A meeting has a slot of its own, Slot("meeting", its name), which is filled once.
        """
        return self._returns("meeting", commit).drop(columns="slot_period")

    def remarks(self, commit: int) -> pd.DataFrame:
        """Return what people wrote about meetings' figures as of `commit` (observations.REMARKS), one row each."""
        return self._returns("remarks", commit).drop(columns="slot_period")

    def nil_reports(self, commit: int) -> pd.DataFrame:
        """Return who says 本月无 (零报告) as of `commit`: reporting_unit, as_of, dataset, period, a row each.

        `dataset` is one of observations.NIL_DATASETS. A word that data of the same unit and month stand against is
        left out: the data win.
        """
        heads = self.heads(commit)
        parts = [self.frame(e).assign(period=s.period) for s, e in heads.items() if s.dataset == "nil"]
        rows = pd.concat(parts, ignore_index=True) if parts else _empty("nil").assign(period=pd.Series(dtype="string"))
        told = rows[["reporting_unit", "dataset", "period"]].astype(str).to_numpy().tolist()
        stands = [
            not any(Slot(name, unit, period) in heads for name in SPEAKING[dataset]) for unit, dataset, period in told
        ]
        return rows[pd.Series(stands, index=rows.index, dtype=bool)].reset_index(drop=True)

    def activities(self, commit: int) -> pd.DataFrame:
        """Return all events in force at `commit` (observations.ACTIVITIES), one row each."""
        return self._returns("activities", commit).drop(columns=["key", "slot_period"])

    def activities_as_of(self, commit: int) -> date | None:
        """Return the 统计时点 of the activity ledger in force at `commit`, None where there is none."""
        return next((entry.as_of for _, entry in self._of("activities", commit)), None)

    def _returns(self, dataset: str, commit: int) -> pd.DataFrame:
        """All snapshots of a dataset in one frame with their `period`, read once per commit."""
        with self._lock:
            if (dataset, commit) not in self._frames:
                parts = [self.frame(e).assign(slot_period=s.period) for s, e in self._of(dataset, commit)]
                frame = pd.concat(parts, ignore_index=True) if parts else _empty(dataset).assign(slot_period="")
                _keep(self._frames, (dataset, commit), frame)
            return self._frames[dataset, commit]

    def newest_ledger(self, commit: int, unit: str | None) -> pd.DataFrame | None:
        """Return the unit's ledger of its last period as of `commit`, None where it has none."""
        known = [(slot, entry) for slot, entry in self._of("ledger", commit) if slot.unit == unit]
        return self.frame(max(known, key=lambda pair: pair[0].period)[1]) if known else None

    def _of(self, dataset: str, commit: int) -> list[tuple[Slot, Entry]]:
        return [(slot, entry) for slot, entry in self.heads(commit).items() if slot.dataset == dataset]

    def upload(self, sha256: str) -> bytes:
        """Return a file byte for byte as it was handed in."""
        return snapshots.read_bytes(self.root / "files" / sha256)

    def cube(self, commit: int) -> pd.DataFrame:
        """Return the counts of every ledger in force at `commit` (observations.CUBE_COLUMNS), read once."""
        with self._lock:
            if commit not in self._cubes:
                _keep(self._cubes, commit, self._ready_cube(commit))
            return self._cubes[commit]

    def append(self, change: Change, person: Person, at: datetime | None = None) -> int | None:
        """Commit `change` and return its id, None when every slot already held exactly that.

        Raises AccessError (also for the switch of the review), StalePreviewError, PlanError (the tables do not hold together) or StoreError;
        then nothing has changed.
        """
        plan = self.plan(self.head())
        require_write(person, plan.settings.sample)
        if change.tables:
            after = plan_of({**self.tables(self.head()), **change.tables})
            require_switch(person, plan.settings.release, after.settings.release)
        return self._commit(change, person.name, at or clock.now(plan.settings.clock))

    def undo(self, commit: int, person: Person, note: str, at: datetime | None = None) -> int:
        """Put every slot of `commit` back to what it held before, as a new commit, and return its id.

        Raises AccessError; UndoRefusedError when it is the first commit or a later one stands on its slots.
        """
        plan = self.plan(self.head())
        require_write(person, plan.settings.sample)
        target = self.history()[self.known(commit) - 1]
        moment = at or clock.now(plan.settings.clock)
        before = self.log.heads(commit - 1)
        if any(entry.slot == Slot("settings") for entry in target.entries):
            require_switch(person, plan.settings.release, self.plan(max(1, commit - 1)).settings.release)

        def newest_everywhere(head: int) -> None:
            _require_undoable(target, self.log.heads(head))

        entries = [_restored(entry, before.get(entry.slot)) for entry in target.entries]
        done = self.log.append(_stamp(moment), person.name, "undo", note, commit, (), entries, newest_everywhere)
        self._settle(done)
        return done

    def verify(self) -> list[str]:
        """Return one sentence per file that is missing or altered, nothing when all is well."""
        found = [f"提交记录 log.sqlite：{text}" for text in self.log.problems()]
        commits = self.log.commits()
        names = {f"snapshots/{e.snapshot}.parquet" for c in commits for e in c.entries if e.snapshot}
        names |= {f"files/{upload.sha256}" for commit in commits for upload in commit.files}
        for name in sorted(names):
            try:
                snapshots.read_bytes(self.root / name)
            except StoreError as error:
                found.append(str(error))
        return found or self._derived_problems(commits)

    def _derived_problems(self, commits: list[Commit]) -> list[str]:
        """Compare what can be made again: the JSON copies of the log and the newest cube."""
        found = []
        for commit in commits:
            place = self._sidecar(commit.id)
            if _json_at(place) != _as_json(commit):
                found.append(
                    f"提交副本 {place.name}：缺失或与提交记录不符。重新打开看板会补写；若内容不符请联系信息员。"
                )
        head = self.head()
        try:
            ready = self._ready_cube(head)
        except (pa.ArrowException, OSError, KeyError):
            ready = None
        if ready is None or not self._made_cube(head).equals(ready):
            found.append(f"汇总 {head:06d}.parquet：与台账重新计算的结果不符。请删除 cubes 目录，系统会重新生成。")
        return found

    def _commit(self, change: Change, who: str, at: datetime, only_first: bool = False) -> int | None:
        entries = [self._kept(slot, as_of, change.snapshot_bytes(slot), len(frame))
                   for slot, (as_of, frame) in change.frames.items()]  # fmt: skip
        entries += [self._kept_rows(Slot(name), rows) for name, rows in change.tables.items()]
        files = [
            Upload(name, snapshots.write_bytes(self.root / "files", data), len(data)) for name, data in change.uploads
        ]

        def fresh(head: int) -> None:
            heads = self.log.heads(head)
            _require_fresh(change.expects, heads)
            if (only_first and head) or all(_same(entry, heads.get(entry.slot)) for entry in entries):
                raise _UnchangedError

        try:
            done = self.log.append(_stamp(at), who, change.action, change.note, change.refers, files, entries, fresh)
        except _UnchangedError:
            return None
        self._settle(done, change.counted if not change.tables else None)
        return done

    def _settle(self, commit: int, counted: tuple[int, pd.DataFrame] | None = None) -> None:
        """Write what follows from a commit; if the machine stops here, it is made again when missed."""
        try:
            self._copy_log()
            if counted and counted[0] == commit - 1:
                self._write_cube(commit, _sorted_cube([counted[1]]))
            self.cube(commit)
        except UnionplanError:  # the commit itself stands; both are written again on the next occasion
            return

    def _copy_log(self) -> None:
        """Write the JSON copies that are not there yet, so that the log can be rebuilt from files alone."""
        known = {place.stem for place in (self.root / "commits").glob("*.json")}
        if len(known) < self.head():
            for commit in self.history():
                if f"{commit.id:06d}" not in known:
                    text = json.dumps(_as_json(commit), ensure_ascii=False, indent=1)
                    snapshots.write_at(self._sidecar(commit.id), text.encode())

    def _kept_rows(self, slot: Slot, rows: snapshots.Rows) -> Entry:
        return self._kept(slot, None, snapshots.rows_bytes(rows), len(rows))

    def _kept(self, slot: Slot, as_of: date | None, data: bytes, rows: int) -> Entry:
        name = snapshots.write_bytes(self.root / "snapshots", data, ".parquet")
        return Entry(slot, as_of, name, rows, len(data))

    def place(self, entry: Entry) -> Path:
        """Return the Parquet file that an entry names."""
        return self.root / "snapshots" / f"{entry.snapshot}.parquet"

    def _sidecar(self, commit: int) -> Path:
        return self.root / "commits" / f"{commit:06d}.json"

    def _ready_cube(self, commit: int) -> pd.DataFrame:
        place = self._cube_place(commit)
        if not place.exists():
            self._write_cube(commit, self._next_cube(commit))
        frame: pd.DataFrame = pq.read_table(place).to_pandas(types_mapper=snapshots.PANDAS_TYPES.get)[
            list(CUBE_COLUMNS)
        ]
        return frame

    def _cube_place(self, commit: int) -> Path:
        return self.root / "cubes" / f"{commit:06d}.parquet"

    def _write_cube(self, commit: int, cube: pd.DataFrame) -> None:
        out = pa.BufferOutputStream()
        pq.write_table(pa.Table.from_pandas(cube, schema=_CUBE_SCHEMA, preserve_index=False), out, compression="zstd")
        snapshots.write_at(self._cube_place(commit), out.getvalue().to_pybytes())

    def _next_cube(self, commit: int) -> pd.DataFrame:
        """The cube before, without the slots that the commit touched, plus their new counts."""
        before = self._cube_place(commit - 1)
        touched = [entry.slot for entry in self.history()[commit - 1].entries]
        if not before.exists() or Slot("indicators") in touched:
            return self._made_cube(commit)
        heads = self.heads(commit)
        old = self._ready_cube(commit - 1)
        stays = untouched(old, touched)
        new = self._counted({slot: heads[slot] for slot in touched if slot in heads}, commit)
        return _sorted_cube([old[stays], new])

    def _made_cube(self, commit: int) -> pd.DataFrame:
        return _sorted_cube([self._counted(self.heads(commit), commit)])

    def _counted(self, heads: Mapping[Slot, Entry], commit: int) -> pd.DataFrame:
        paths = {(s.unit, s.period): self.place(e) for s, e in heads.items() if s.dataset == "ledger"}
        returns = {(s.unit, s.period): self.frame(e) for s, e in heads.items() if s.dataset == "summary"}
        return made_cube(paths, returns, self.plan(commit).indicators)


def made_cube(
    ledgers: Mapping[tuple[str, str], Path], returns: Mapping[tuple[str, str], pd.DataFrame],
    indicators: Mapping[str, Indicator],
) -> pd.DataFrame:  # fmt: skip
    """Return the cube rows of ledger snapshots (files) and summary snapshots (frames), keyed (unit, period)."""
    return _sorted_cube([counted(ledgers, indicators), summed(returns, indicators)])


def drafted_cube(
    ledgers: Mapping[tuple[str, str], pa.Table], returns: Mapping[tuple[str, str], pd.DataFrame],
    indicators: Mapping[str, Indicator],
) -> pd.DataFrame:  # fmt: skip
    """Return the same of ledgers that are not written yet (snapshots.ledger_table)."""
    return _sorted_cube([counted_together(ledgers, indicators), summed(returns, indicators)])


def untouched(cube: pd.DataFrame, slots: Iterable[Slot]) -> pd.Series[bool]:
    """Return which cube rows stay when these slots change."""
    held = pd.MultiIndex.from_frame(cube[["source", "reporting_unit", "period"]])
    return pd.Series(~held.isin([(slot.dataset, slot.unit, slot.period) for slot in slots]), index=cube.index)


def _empty(dataset: str) -> pd.DataFrame:
    schema, _ = snapshots.SCHEMAS[dataset]
    frame: pd.DataFrame = schema.empty_table().to_pandas(
        types_mapper=snapshots.PANDAS_TYPES.get, date_as_object=False
    )  # fmt: skip
    return frame


_OWN, _NEXT = "store", "下一个数据库.txt"


def successor(root: Path) -> Path:
    """Return the store that stands in for `root`: the sample's own successor once it has been left."""
    pointer = root / _NEXT
    return root.parent / pointer.read_text(encoding="utf-8").strip() if pointer.exists() else root


def leave_sample(root: Path) -> None:
    """Let the sample at `root` point to an office's own store beside it; nothing of the sample is deleted."""
    snapshots.write_at(root / _NEXT, _OWN.encode())


def _sorted_cube(parts: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    cube = pd.concat(filled) if filled else pd.DataFrame(columns=list(CUBE_COLUMNS))
    cube = cube.sort_values(["source", "reporting_unit", "period", "indicator", "enterprise_type"], ignore_index=True)
    numbers, words = dict.fromkeys(CUBE_COUNTS, "Int64"), dict.fromkeys(CUBE_WORDS, "string")
    return cube.astype({**words, **numbers, "as_of": "datetime64[us]"})[list(CUBE_COLUMNS)]


def _require_fresh(expects: Mapping[Slot, str | None], heads: Mapping[Slot, Entry]) -> None:
    for slot, expected in expects.items():
        actual = heads.get(slot)
        if (actual.snapshot if actual else None) != expected:
            later = f"第{actual.commit}次更新" if actual else "另一次更新"
            raise StalePreviewError(
                f"{slot.unit or slot.dataset}{slot.period}", f"预览之后，{later}已改动同一批数据",
                "确认的内容须与预览时一致", "请重新预览后再确认")  # fmt: skip


def _require_undoable(target: Commit, heads: Mapping[Slot, Entry]) -> None:
    where = f"第{target.id}次更新"
    if target.id == 1:
        raise UndoRefusedError(where, "这是建库", "建库不能撤销", "如需重来请换一个空的数据目录")
    if target.action in _LASTING:
        raise UndoRefusedError(where, *_LASTING[target.action])
    later = sorted({heads[e.slot].commit for e in target.entries if heads[e.slot].commit != target.id})
    if later:
        names = "、".join(f"第{number}次" for number in later)
        raise UndoRefusedError(
            where, f"之后的{names}更新已改动同一批数据", "只能撤销最新的一次", f"请先撤销{names}更新"
        )


def _restored(entry: Entry, before: Entry | None) -> Entry:
    if before is None or before.snapshot is None:
        return Entry(entry.slot, entry.as_of, None, 0, 0)
    return Entry(entry.slot, before.as_of, before.snapshot, before.rows, before.bytes)


def _same(entry: Entry, head: Entry | None) -> bool:
    return head is not None and head.snapshot == entry.snapshot


def _stamp(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat()


def _json_at(place: Path) -> object:
    try:
        return json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _as_json(commit: Commit) -> object:
    return json.loads(json.dumps(asdict(commit), ensure_ascii=False, default=str))


def _keep(kept: dict[K, V], key: K, value: V) -> None:
    while len(kept) >= _KEPT:
        kept.pop(next(iter(kept)), None)
    kept[key] = value
