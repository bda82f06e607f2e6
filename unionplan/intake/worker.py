"""The reading process: a fresh interpreter with limits that turns one file into tables on disk.

A legal spreadsheet can abort its parser; here that ends one process, and the clerk gets a sentence. The
parent writes a job (JSON), the child writes `result.json` and one Parquet file per ledger beside it; only
these come back, so nothing that a file contains is ever executed or unpickled.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from unionplan.errors import IntakeError, StoreError
from unionplan.intake import checks, kinds, masking, nils
from unionplan.intake.fields import folded
from unionplan.intake.findings import Rows
from unionplan.intake.layout import Layout, laid_out, stated_as_of
from unionplan.intake.problems import Problem, problem
from unionplan.intake.reading import Book, Sheet, address, read_book
from unionplan.intake.readings import NAMES, FileReading, SheetReading
from unionplan.observations import FIELDS

SECONDS = 60
MEMORY = 2 * 2**30
USABLE = ("W1", *kinds.COLUMNS, "units")
_OWN_SHEETS = ("填写说明", "_unionplan")
_ROOT = Path(__file__).resolve().parent.parent.parent


def read_file(
    name: str, data: bytes, folder: Path, units: Mapping[str, str], unit: str | None = None, as_of: date | None = None
) -> FileReading:
    """Return the file as read by a reading process that works in `folder`.

    `units`: every name and alias → reporting unit; `unit`, `as_of`: given for the whole file. A file that
    cannot be read comes back with its reason and no sheets; nothing is raised for what a file contains.
    """
    import hashlib

    digest = hashlib.sha256(data).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "upload").write_bytes(data)
    job = {"name": name, "units": dict(units), "unit": unit, "as_of": as_of.isoformat() if as_of else None}
    (folder / "job.json").write_text(json.dumps(job, ensure_ascii=False), encoding="utf-8")
    try:
        answer = _answer(folder, name)
    except IntakeError as error:
        return FileReading(name, digest, "", (_unreadable(error),), data=data)
    if "error" in answer:
        return FileReading(name, digest, "", (Problem(**answer["error"]),), data=data)
    sheets = tuple(_sheet(entry, folder) for entry in answer["sheets"])
    masked = (folder / "masked.xlsx").read_bytes() if answer["masked"] else None
    return FileReading(
        name, digest, answer["format"], tuple(Problem(**p) for p in answer["problems"]), sheets, data, masked
    )


def _answer(folder: Path, name: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "unionplan.intake.worker", str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), "PYTHONIOENCODING": "utf-8"}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module, a path of ours
            command, env=environment, cwd=folder, timeout=SECONDS, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    except subprocess.TimeoutExpired:
        raise IntakeError(
            name, f"{SECONDS} 秒内没有读完", "表格须能在一分钟内读完", "请拆成几个文件，或删去无关的工作表后重新上传"
        ) from None
    except OSError as error:
        raise StoreError("读取进程", f"启动失败（{error.strerror}）", "", "请信息员检查内存和磁盘空间") from error
    result = folder / "result.json"
    if done.returncode != 0 or not result.exists():
        raise IntakeError(
            name,
            "读取时中断，文件可能已损坏或异常地大",
            "须是正常保存的表格",
            "请用 WPS 或 Excel 打开，另存为 .xlsx 后重新上传",
        )
    answer: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return answer


def _unreadable(error: IntakeError) -> Problem:
    return Problem(
        "", "", "", "", "reject", "unreadable_file", "。".join(filter(None, (error.found, error.allowed))), error.remedy
    )


def _sheet(entry: dict[str, Any], folder: Path) -> SheetReading:
    return SheetReading(**{
        **entry,
        "columns": tuple((cell, label, name) for cell, label, name in entry["columns"]),
        "problems": tuple(Problem(**found) for found in entry["problems"]),
        "as_of": date.fromisoformat(entry["as_of"]) if entry["as_of"] else None,
        "table": folder / entry["table"] if entry["table"] else None,
        "clears": tuple((row, name) for row, name in entry["clears"]),
        "units": tuple(entry["units"]),
        "nils": tuple((unit, row, day and date.fromisoformat(day)) for unit, row, day in entry["nils"]),
    })  # fmt: skip


def main(folder: Path) -> None:
    """Read the job in `folder` and write its result there; the entry of the reading process."""
    _limit()
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    try:
        book = read_book(folder / "upload", job["name"])
        answer = _book_answer(book, job, folder)
    except IntakeError as error:
        answer = {"error": asdict(_unreadable(error))}
    (folder / "result.json").write_text(json.dumps(answer, ensure_ascii=False, default=str), encoding="utf-8")


def _limit() -> None:
    """Cap this process; on Windows, where `resource` does not exist, the parent's time limit remains."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _book_answer(book: Book, job: dict[str, Any], folder: Path) -> dict[str, Any]:
    laid = [(sheet, laid_out(sheet)) for sheet in book.sheets if sheet.name not in _OWN_SHEETS]
    filled = [(sheet, layout) for sheet, layout in laid if any(any(c is not None for c in row) for row in sheet.rows)]
    usable = any(layout.kind in USABLE for _, layout in filled)
    problems = [] if filled else [problem("no_rows", detail="没有任何内容")]
    units = {folded_name(name): unit for name, unit in job["units"].items()}
    for sheet, layout in filled:
        if layout.kind == "units":
            listed, _ = checks.unit_rows(sheet, layout)
            names = ((name, row["填报单位"]) for row in listed for name in (row["填报单位"], *row["别名"].split("；")))
            units = {folded_name(name): unit for name, unit in names if name}
    job = {**job, "units": units, "text_file": book.format == "csv", "owner": _owner(book, units), "people": {}}
    sheets = [_entry(n, sheet, layout, job, folder, usable) for n, (sheet, layout) in enumerate(filled)]
    masked = masking.masked(filled, folder / "masked.xlsx")
    found = [asdict(one) for one in problems]
    return {"format": book.format, "problems": found, "sheets": sheets, "masked": masked}


def _owner(book: Book, units: Mapping[str, str]) -> str | None:
    """The unit for which a form was made, as its hidden sheet says."""
    marks = next((sheet.rows for sheet in book.sheets if sheet.name == "_unionplan"), [])
    word = marks[1][0] if len(marks) > 1 and marks[1] else None
    return units.get(folded_name(word)) if isinstance(word, str) else None


def _entry(
    number: int, sheet: Sheet, layout: Layout, job: dict[str, Any], folder: Path, usable: bool
) -> dict[str, Any]:
    given = date.fromisoformat(job["as_of"]) if job["as_of"] else None
    stated = stated_as_of(sheet, layout, job["name"]) if layout.kind in ("W1", *kinds.COLUMNS) else None
    entry: dict[str, Any] = {
        "sheet": sheet.name, "kind": layout.kind, "header_depth": layout.depth,
        "header_row": None if layout.header is None else layout.header + 1,
        "columns": [(address(c.row, c.index), c.label, c.field) for c in layout.columns],
        "rows": len(layout.rows), "totals": len(layout.totals), "problems": [], "table": None, "clears": [],
        "units": [], "as_of": stated[0] if stated else None, "as_of_from": stated[1] if stated else "",
        "as_of_named": bool(stated and stated[2]), "nameless": False, "nils": [],
    }  # fmt: skip
    if layout.kind == "W1":
        _fill_ledger(entry, number, sheet, layout, job, given or (stated[0] if stated else None), folder)
    elif layout.kind in kinds.COLUMNS:
        _fill_return(entry, number, sheet, layout, job, folder)
    elif layout.kind == "units":
        entry["units"], found = checks.unit_rows(sheet, layout)
        entry["problems"] = [asdict(one) for one in found]
    else:
        entry["problems"] = [asdict(_unusable(sheet, layout, usable))]
    return entry


def _fill_ledger(
    entry: dict[str, Any],
    number: int,
    sheet: Sheet,
    layout: Layout,
    job: dict[str, Any],
    as_of: date | None,
    folder: Path,
) -> None:
    found = checks.ledger(sheet, layout, job["units"], job["unit"], as_of, job["text_file"])
    entry["rows"] = len(found.places)
    entry["problems"] = [asdict(one) for one in found.problems]
    entry["clears"] = found.clears
    entry["problems"] += _scale_problems(sheet, layout)
    entry["table"] = f"sheet{number}.parquet"
    _write_table(folder / entry["table"], found, {name: field.kind for name, field in FIELDS.items()})


def _fill_return(
    entry: dict[str, Any], number: int, sheet: Sheet, layout: Layout, job: dict[str, Any], folder: Path
) -> None:
    kind = str(layout.kind)
    layout, said = _nils(kind, sheet, layout, job)
    found = kinds.returned(kind, sheet, layout, job)
    entry["rows"] = len(set(found.places)) + len(said.said)
    entry["nils"] = said.said
    entry["clears"] = found.clears
    entry["nameless"] = None in found.columns.get("indicator", ())
    told = [*said.problems, *(one for one in found.problems if one.rule != "no_rows" or said == nils.Nils((), ()))]
    entry["problems"] = [asdict(one) for one in told] + _scale_problems(sheet, layout)
    entry["table"] = f"sheet{number}.parquet"
    _write_table(folder / entry["table"], found, dict(kinds.COLUMNS[kind]))


def _nils(kind: str, sheet: Sheet, layout: Layout, job: dict[str, Any]) -> tuple[Layout, nils.Nils]:
    if kind not in nils.DATASET:
        return layout, nils.Nils((), ())
    return nils.nils_of(sheet, layout, job["units"], job["unit"] or job["owner"])


_SCALED = re.compile(r"[万百千亿](人|家|户|个)")
_TEN_THOUSANDS = re.compile(r"单位[:：][^,，;；]{0,6}万(人|家|户|个)")


def _scale_problems(sheet: Sheet, layout: Layout) -> list[dict[str, Any]]:
    """A note above the header that persons are given in ten thousands: reading them as persons would be wrong."""
    above = enumerate(sheet.rows[: layout.header or 0])
    noted = [(place, index, cell) for place, row in above for index, cell in enumerate(row)
             if isinstance(cell, str) and _TEN_THOUSANDS.search("".join(str(folded(cell)).split()))]  # fmt: skip
    body = (layout.header or 0) + layout.depth
    first = min((*layout.rows, *layout.totals), default=body)
    noted += [(place, index, cell) for place in range(body, first) for index, cell in enumerate(sheet.rows[place])
              if isinstance(cell, str) and _SCALED.fullmatch("".join(str(folded(cell)).split()))]  # fmt: skip
    return [asdict(problem("unit_scale", sheet.name, address(place, index), "", cell)) for place, index, cell in noted]


def _write_table(place: Path, found: Rows, fields: dict[str, str]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"date": pa.date32(), "as_of": pa.date32(), "count": pa.int64()}
    size = len(found.places)
    columns = {
        name: pa.array(found.columns.get(name, [None] * size), kinds.get(kind, pa.string()))
        for name, kind in fields.items()
    }
    columns["row"] = pa.array([place_ + 1 for place_ in found.places], pa.int64())
    columns["rejected"] = pa.array([row in found.rejected for row in range(size)], pa.bool_())
    pq.write_table(pa.table(columns), place)


def _unusable(sheet: Sheet, layout: Layout, usable: bool) -> Problem:
    if layout.kind is None:
        return problem("sheet_skipped" if usable else "header_missing", sheet.name)
    name = f"看起来是{NAMES[layout.kind]}"
    return problem("kind_skipped" if usable else "kind_later", sheet.name, detail=name)


def folded_name(name: str) -> str:
    """Return a unit's name as it is compared: one width of letters and brackets, no spaces."""
    return "".join(str(folded(name)).split())


def unit_names(units: Iterator[Any] | tuple[Any, ...]) -> dict[str, str]:
    """Return every name and alias → reporting unit, for `read_file`."""
    return {name: unit.name for unit in units for name in (unit.name, *unit.aliases)}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
