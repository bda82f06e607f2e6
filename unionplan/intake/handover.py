"""The rows of a table as the reading process hands them to the board: one Arrow file of codes and distinct values.

The board reads the file where it lies and makes a text of a code only where it needs one; before that, every code
and every text is checked to be one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.ipc

from unionplan.intake.findings import Rows
from unionplan.intake.texts import Texts
from unionplan.intake.typed import Typed, positions

_TYPES = {"date": pa.date32(), "as_of": pa.date32(), "count": pa.int64()}
"""Kind of field → the type of its column; all others are texts."""
_FEW = 100
"""Distinct values whose codes fit in one byte, with room for those that mean none."""


def write_table(place: Path, found: Rows, kinds: Mapping[str, str]) -> None:
    """Write `found` to `place`: the columns that `kinds` names, each row's number from 1 as `row`, and `rejected`."""
    size = len(found.places)
    columns = {name: _array(found.columns.get(name), size, _type(kind)) for name, kind in kinds.items()}
    fields = [pa.field(name, column.type, metadata={"kind": kinds[name]}) for name, column in columns.items()]
    rejected = np.zeros(size, bool)
    rejected[list(found.rejected)] = True
    row = pa.array(positions(found.places) + 1)
    schema = pa.schema([*fields, pa.field("row", row.type), pa.field("rejected", pa.bool_())])
    table = pa.Table.from_arrays([*columns.values(), row, pa.array(rejected)], schema=schema)
    with pa.OSFile(str(place), "wb") as out, pa.ipc.new_file(out, schema) as writer:
        writer.write_table(table)


def read_table(place: Path) -> Any:
    """Return what was written to `place` as an Arrow table; texts may be dictionaries, columns not given are of null.

    Raises ArrowInvalid where the file does not hold together.
    """
    source = pa.memory_map(str(place)) if os.name != "nt" else pa.OSFile(str(place))  # a file in use cannot go there
    with pa.ipc.open_file(source) as reader:
        table = reader.read_all()
    table.validate(full=True)
    return table.combine_chunks()


def plain_table(table: Any) -> Any:
    """Return the table with every column as what its kind says: text, whole number or day."""
    kinds = {field.name: (field.metadata or {}).get(b"kind") for field in table.schema}
    columns = {
        name: table[name] if kind is None else table[name].cast(_type(kind.decode())) for name, kind in kinds.items()
    }
    return pa.table(columns)


def _type(kind: str) -> Any:
    return _TYPES.get(kind, pa.string())


def _array(values: Sequence[Any] | None, size: int, kind: Any) -> Any:
    if values is None:
        return pa.nulls(size)
    if not isinstance(values, Typed):
        return pa.array(values, kind)
    if kind != pa.string():
        return values.arrow(kind)
    distinct = values.values.array if isinstance(values.values, Texts) else pa.array(values.values, kind)
    codes = pa.array(values.codes.astype(np.int8) if len(distinct) < _FEW else values.codes, mask=values.codes < 0)
    return pa.DictionaryArray.from_arrays(codes, distinct)
