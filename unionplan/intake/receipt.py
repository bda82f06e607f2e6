"""The receipt (回执): the clerk's own workbook back with marked cells and a 问题清单, or a fresh one in its place.

The clerk's file may be hostile, so it is opened in a process of its own under the same limits as reading; if that
process dies, the receipt is the list alone. The file that was handed in is never altered.
"""

from __future__ import annotations

import re
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from unionplan.errors import IntakeError
from unionplan.intake.desk import answered
from unionplan.intake.marks import LIST_SHEET, is_list, lines, place_of, rows_left_out
from unionplan.intake.patched import ExoticError
from unionplan.intake.problems import Problem, problem_of
from unionplan.intake.readings import FileReading

_MOST_ALONE = 20_000
_COMPARED = 2 * 2**20
"""Up to this size an annotated workbook is read once more before it is handed back."""
_LEFT_ALONE = (ExoticError, zipfile.BadZipFile, zlib.error, ValueError, LookupError, EOFError, RuntimeError)


def receipt(
    file: FileReading, problems: Sequence[Problem] | None = None, only_valid: bool = False
) -> tuple[str, bytes]:
    """Return (file name, bytes) of the workbook that goes back to the clerk; nothing is raised for what a file holds.

    `problems`: everything found, the preview's too; without them those of the reading. `only_valid`: only sound rows
    were taken, so every row with a rejecting problem is marked as not taken.
    """
    found = [one for each in (file.all_problems() if problems is None else problems) for one in each.singles()]
    heads = _heads(file)
    if only_valid:
        found += rows_left_out(
            found, {sheet: (head["row"] + head["depth"] - 1, head["first"]) for sheet, head in heads.items()}
        )
    ending, data = _from_process(file, found, heads) if file.format else ("", b"")
    ending, data = (ending, data) if ending else (".xlsx", _list_alone(file.name, found))
    return f"回执_{receipt_stem(file.name)}{ending}", data


def receipt_stem(name: str) -> str:
    """Return what stands between 回执_ and the ending in the name of a file's receipt."""
    return _stem(name).removeprefix("回执_")


def _from_process(
    file: FileReading, problems: Sequence[Problem], heads: Mapping[str, dict[str, Any]]
) -> tuple[str, bytes]:
    """(ending, bytes) of the workbook that a process of its own wrote, both empty if it died or took too long."""
    job = {"name": file.name, "format": file.format, "heads": heads, "problems": [asdict(one) for one in problems]}
    with tempfile.TemporaryDirectory(prefix="unionplan-receipt-") as folder:
        answer = answered("receipt", job, file.data, Path(folder))
        if "ending" not in answer:
            return "", b""
        return answer["ending"], (Path(folder) / f"receipt{answer['ending']}").read_bytes()


def _heads(file: FileReading) -> dict[str, dict[str, Any]]:
    """Sheet → where its first header stands: row, depth, the letters of its first column."""
    heads: dict[str, dict[str, Any]] = {}
    for sheet in file.sheets:
        if sheet.header_row is not None and sheet.columns:
            cells = [cell for cell, _, _ in sheet.columns]
            first = min(cells, key=lambda cell: (place_of(cell) or (0, 0))[1])
            head = {"row": sheet.header_row, "depth": sheet.header_depth, "first": first.rstrip("0123456789")}
            heads.setdefault(sheet.sheet, head)
    return heads


def _list_alone(name: str, problems: Sequence[Problem]) -> bytes:
    """The list without the table, as far as it is safe to write it here."""
    from unionplan.intake.listing import list_bytes

    found = lines(problems, {})
    remark = "原表没有附在这里，请在原表上改正后上传。"
    remark += f"问题共 {len(found):,} 个，只列出前 {_MOST_ALONE:,} 个。" if len(found) > _MOST_ALONE else ""
    return list_bytes(LIST_SHEET, found[:_MOST_ALONE], name, {}, remark)[0]


def _stem(name: str) -> str:
    """The file's name without its ending and without what a file's name cannot hold anywhere."""
    stem = Path(name.replace("\\", "/")).name
    stem = stem.rpartition(".")[0] or stem
    clean = "".join("_" if c in '<>:"/|?*' or unicodedata.category(c) in ("Cc", "Cf", "Cs", "Cn") else c for c in stem)
    return re.sub(r"\s+", " ", clean).strip(" .")[:70] or "表格"


def write_receipt(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Write the receipt of the file `upload` in `folder` beside it, and return its ending.

    Runs in the process that may open the clerk's file.
    """
    problems = [problem_of(entry) for entry in job["problems"]]
    draft = folder / "draft"
    ending = _annotated(folder / "upload", draft, problems, job) or _fresh(folder / "upload", draft, problems, job)
    draft.replace(folder / f"receipt{ending}")
    return {"ending": ending}


def _annotated(upload: Path, draft: Path, problems: Sequence[Problem], job: Mapping[str, Any]) -> str:
    """The ending of the clerk's own workbook, marked; empty where it is better left alone."""
    from unionplan.intake.annotated import annotate

    if job["format"] != "xlsx":
        return ""
    try:
        ending = annotate(upload, draft, problems, job["name"])
    except _LEFT_ALONE:
        return ""
    return ending if upload.stat().st_size > _COMPARED or _reads_alike(upload, draft, job["name"]) else ""


def _reads_alike(upload: Path, draft: Path, name: str) -> bool:
    """Whether every table of the file is found again, cell for cell, in what is handed back."""
    from unionplan.intake.reading import read_book

    before, after = (
        {sheet.name: list(sheet.rows) for sheet in read_book(place, name).sheets} for place in (upload, draft)
    )
    return all(after.get(title) == rows or is_list(rows) for title, rows in before.items())


def _fresh(upload: Path, draft: Path, problems: Sequence[Problem], job: Mapping[str, Any]) -> str:
    from unionplan.intake.fresh import Head, write_fresh
    from unionplan.intake.reading import read_book

    try:
        sheets = read_book(upload, job["name"]).sheets
    except IntakeError:
        sheets = []
    heads = {sheet: Head(head["row"], head["depth"]) for sheet, head in job["heads"].items()}
    write_fresh(draft, sheets, problems, job["name"], heads)
    return ".xlsx"
