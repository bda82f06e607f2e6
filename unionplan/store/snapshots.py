"""Immutable files: Parquet snapshots and uploads, each named by the SHA-256 of its bytes.

A file is written beside its place, synced, renamed, and its folder synced, before any log entry may name
it. A file that already stands there is the same bytes and is left alone; nothing is changed or deleted.
"""

from __future__ import annotations

import hashlib
import io
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from unionplan.errors import StoreError
from unionplan.observations import (
    ACTIVITIES,
    DERIVED,
    FIELDS,
    FUNDS,
    MEETING,
    NILS,
    NOTED,
    PROGRESSED,
    REMARKS,
    ROSTERED,
    SUMMARY_COUNTS,
    TRAINING,
    Field,
)

Rows = list[dict[str, str]]


def digest(data: bytes) -> str:
    """Return the SHA-256 of `data` as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def write_bytes(folder: Path, data: bytes, suffix: str = "") -> str:
    """Keep `data` durably in `folder` under its digest and return the digest; raises StoreError."""
    name = digest(data)
    place = folder / f"{name}{suffix}"
    if not place.exists():
        write_at(place, data)
    return name


def write_at(place: Path, data: bytes) -> None:
    """Write `data` at `place` so that it is wholly there after a crash, or not at all."""
    part = place.with_name(f".{place.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        part.replace(place)
        _sync_folder(place.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StoreError(
            f"数据目录 {place.parent.name}",
            f"写入失败（{error.strerror}）",
            "本次提交没有生效",
            "请检查磁盘空间和写权限后重试",
        ) from error


def read_bytes(place: Path) -> bytes:
    """Return the bytes at `place`; raises StoreError when the file is gone or its digest is another."""
    try:
        data = place.read_bytes()
    except OSError as error:
        raise StoreError(
            f"数据文件 {place.name}", f"读不到（{error.strerror}）", "", "请信息员运行 verify 核对并从备份恢复"
        ) from error
    if digest(data) != place.stem:
        raise StoreError(
            f"数据文件 {place.name}", "内容已被改动", "文件须与登记的校验值一致", "请信息员运行 verify 核对并从备份恢复"
        )
    return data


def frame_bytes(dataset: str, frame: pd.DataFrame | pa.Table) -> bytes:
    """Return a snapshot of `dataset` (SCHEMAS) as Parquet bytes, rows in the order of its key columns.

    The same rows give the same bytes, whether they come as a frame or, of a ledger, as an Arrow table.
    """
    if dataset == "ledger":
        return ledger_bytes(ledger_table(frame))
    schema, keys = SCHEMAS[dataset]
    assert isinstance(frame, pd.DataFrame)
    return _parquet(pa.Table.from_pandas(frame.sort_values(list(keys)), schema=schema, preserve_index=False))


def ledger_table(ledger: pd.DataFrame | pa.Table) -> pa.Table:
    """Return a ledger in the order of its keys, its words (LEDGER_WORDS) as codes in the order of their first use."""
    if isinstance(ledger, pd.DataFrame):
        ledger = pa.Table.from_pandas(ledger, schema=LEDGER_SCHEMA, preserve_index=False)
    keys = ledger["key"].combine_chunks()
    if len(keys) > 1 and not pc.all(pc.less(keys[:-1], keys[1:])).as_py():
        ledger = ledger.take(pc.sort_indices(keys))
    columns = {field.name: _settled(ledger[field.name].combine_chunks(), field) for field in LEDGER_SCHEMA}
    return pa.table(columns)


def ledger_frame(ledger: pa.Table) -> pd.DataFrame:
    """Return a ledger that comes as an Arrow table as its snapshot is read (read_frame)."""
    plain = pa.table(
        {
            field.name: column.cast(field.type)
            for field, column in zip(LEDGER_SCHEMA, ledger_table(ledger).columns, strict=True)
        }
    )
    frame: pd.DataFrame = plain.to_pandas(types_mapper=PANDAS_TYPES.get, date_as_object=False)
    return frame


def _settled(column: Any, field: Any) -> Any:
    if field.name not in LEDGER_WORDS:
        return column.cast(field.type)
    if pa.types.is_null(column.type):
        column = column.cast(field.type)
    return _in_order_of_use(column) if pa.types.is_dictionary(column.type) else column.dictionary_encode()


def _in_order_of_use(column: Any) -> Any:
    """A dictionary as dictionary_encode makes it of the same texts: no word unused, the first used word first."""
    words, size = len(column.dictionary), len(column)
    codes = column.indices.cast(pa.int32()).fill_null(words).to_numpy(zero_copy_only=False)
    first = np.full(words + 1, size)
    first[codes[::-1]] = np.arange(size)[::-1]
    used = np.argsort(first[:words], kind="stable")[: int((first[:words] < size).sum())]
    new = np.zeros(words + 1, np.int32)
    new[used] = np.arange(len(used), dtype=np.int32)
    taken = new[codes]
    return pa.DictionaryArray.from_arrays(pa.array(taken, mask=codes == words), column.dictionary.take(pa.array(used)))


def ledger_bytes(table: pa.Table) -> bytes:
    """Return a `ledger_table` as the bytes of its snapshot.

    Names and codes are all different: a dictionary of them, or their smallest and largest, would only cost time.
    """
    out = io.BytesIO()
    pq.write_table(
        table, out, compression="zstd", use_dictionary=[name for name in table.column_names if name not in _DISTINCT],
        column_encoding=dict.fromkeys(("key", "union_code", "uscc"), "DELTA_BYTE_ARRAY"),
        write_statistics=False, store_schema=False,
    )  # fmt: skip
    return out.getvalue()


def rows_bytes(rows: Rows) -> bytes:
    """Return a table of text rows (plan, units, settings …) as Parquet bytes."""
    columns = list(rows[0]) if rows else []
    return _parquet(pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in columns}))


def read_frame(place: Path) -> pd.DataFrame:
    """Return a snapshot: text as string, counts as Int64, dates as datetime64, blanks as missing."""
    table = pq.read_table(io.BytesIO(read_bytes(place)))
    frame: pd.DataFrame = table.to_pandas(types_mapper=PANDAS_TYPES.get, date_as_object=False)
    return frame


def read_rows(place: Path) -> Rows:
    """Return a table of text rows."""
    return [{k: v or "" for k, v in row.items()} for row in pq.read_table(io.BytesIO(read_bytes(place))).to_pylist()]


def _parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # a directory cannot be opened there; NTFS journals the rename itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _arrow_type(field: Field) -> Any:
    return {"date": pa.date32(), "count": pa.int64()}.get(field.kind, pa.string())


PANDAS_TYPES: dict[Any, Any] = {pa.string(): pd.StringDtype(), pa.int64(): pd.Int64Dtype()}
LEDGER_SCHEMA = pa.schema(
    [("key", pa.string()), ("as_of", pa.date32())]
    + [(field.id, _arrow_type(field)) for field in FIELDS.values()]
    + [(name, pa.bool_() if name == "active" else pa.string()) for name in DERIVED]
)
_DISTINCT = ("key", "union_code", "uscc", "org_name", "note")
LEDGER_WORDS = frozenset(
    field.name for field in LEDGER_SCHEMA if field.type == pa.string() and field.name not in _DISTINCT
)
"""The columns in which few words stand many times."""
SUMMARY_SCHEMA = pa.schema(
    [("reporting_unit", pa.string()), ("as_of", pa.date32()), ("told", pa.string()), ("indicator", pa.string())]
    + [(name, pa.int64()) for name in SUMMARY_COUNTS]
)
TRAINING_SCHEMA = pa.schema([(field.id, _arrow_type(field)) for field in TRAINING])
ACTIVITIES_SCHEMA = pa.schema([("key", pa.string()), *((field.id, _arrow_type(field)) for field in ACTIVITIES)])
ROSTER_SCHEMA = pa.schema([(field.id, _arrow_type(field)) for field in ROSTERED])
FUNDS_SCHEMA = pa.schema([(field.id, _arrow_type(field)) for field in FUNDS if field.id != "rate"])
PROGRESS_SCHEMA = pa.schema([(field.id, _arrow_type(field)) for field in PROGRESSED])
NOTES_SCHEMA = pa.schema([(field.id, _arrow_type(field)) for field in NOTED])
MEETING_SCHEMA = pa.schema([(field.id, _arrow_type(field)) for field in MEETING])
REMARKS_SCHEMA = pa.schema([(field.id, _arrow_type(field)) for field in REMARKS])
NIL_SCHEMA = pa.schema([(field.id, _arrow_type(field)) for field in NILS])
SCHEMAS: dict[str, tuple[pa.Schema, tuple[str, ...]]] = {
    "ledger": (LEDGER_SCHEMA, ("key",)),
    "summary": (SUMMARY_SCHEMA, ("told", "indicator")),
    "training": (TRAINING_SCHEMA, ("enterprise_type", "method", "level")),
    "roster": (ROSTER_SCHEMA, tuple(field.id for field in ROSTERED)),
    "activities": (ACTIVITIES_SCHEMA, ("key",)),
    "funds": (FUNDS_SCHEMA, ("reporting_unit",)),
    "progress": (PROGRESS_SCHEMA, ("item", "step", "as_of")),
    "notes": (NOTES_SCHEMA, ("at", "noted_on")),
    "nil": (NIL_SCHEMA, ("dataset",)),
    "meeting": (MEETING_SCHEMA, ("kind", "place")),
    "remarks": (REMARKS_SCHEMA, ("at", "about")),
}
"""dataset → (columns, key columns). A summary row without an indicator holds the counts that all indicators share."""
