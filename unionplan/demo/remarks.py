"""Notes to the sample city's items, as somebody would have written them on the page: data/sample/notes.csv."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

from unionplan.notes import Note
from unionplan.observations import NOTE_KINDS

TABLE = Path(__file__).resolve().parents[2] / "data" / "sample" / "notes.csv"


def remarks() -> list[tuple[Note, datetime]]:
    """Return every note with the moment at which it was written, oldest first."""
    kinds = {word: kind for kind, word in NOTE_KINDS.items()}
    with TABLE.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [
        (Note(row["条目编号"], kinds[row["类别"]], date.fromisoformat(row["日期"]), row["内容"]),
         datetime.fromisoformat(row["填写时间"]))
        for row in rows
    ]  # fmt: skip
