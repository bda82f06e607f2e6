"""Templates filled in from the store: the unit's own names, the plan in force, last figures noted beside the cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from unionplan.intake.headers import SHORT
from unionplan.intake.templates import Notes, template
from unionplan.observations import SUMMARY, SUMMARY_COUNTS, TOLD_LABELS
from unionplan.store import Slot, Store

_MEASURES = {"contracts": "contracts", "covered": "numerator", "covered_workers": "covered_workers"}
_INDICATORS = {word: name for name, word in SHORT.items()}


def prefilled(store: Store, commit: int, kind: str, unit: str | None = None) -> bytes:
    """Return the template of `kind` as .xlsx bytes, filled in as of `commit`; raises UsageError as `template` does.

    `unit`: a reporting unit, for W7 a 责任部门. Figures of an earlier month stand only in the notes beside the cells.
    """
    plan = store.plan(commit)
    return template(
        kind, plan.units, None if kind == "units" else unit, plan.items,
        store.newest_ledger(commit, unit) if kind == "W1" else None,
        promises=store.tables(commit)["plan"] if kind == "W5" else (),
        tasks=_tasks(store, commit) if kind == "W6" else None,
        notes=_NOTES[kind](store, commit) if kind in _NOTES else None,
    )  # fmt: skip


def _newest(store: Store, commit: int, dataset: str) -> dict[str, pd.DataFrame]:
    """unit → its newest month's snapshot."""
    heads = store.heads(commit)
    newest: dict[str, Slot] = {}
    for slot in sorted((slot for slot in heads if slot.dataset == dataset), key=lambda slot: slot.period):
        newest[slot.unit] = slot
    return {unit: store.frame(heads[slot]) for unit, slot in newest.items()}


def _summary_notes(store: Store, commit: int) -> Notes:
    notes: dict[tuple[object, ...], Mapping[str, str]] = {}
    for unit, frame in _newest(store, commit, "summary").items():
        for told, rows in frame.groupby("told"):
            figures = {
                (str(row["indicator"]), name): row[name] for _, row in rows.iterrows() for name in SUMMARY_COUNTS
            }
            day = rows["as_of"].max()
            said = {field.id: figures.get(_measured(field.id)) for field in SUMMARY if field.kind == "count"}
            notes[unit, TOLD_LABELS[str(told)]] = _said(said, day)
    return notes


def _measured(field: str) -> tuple[str, str]:
    """(indicator, column) of a summary's field; what all indicators share stands under no indicator."""
    measure, _, word = field.partition("@")
    return _INDICATORS.get(word, ""), _MEASURES.get(measure, measure) if word else measure


def _training_notes(store: Store, commit: int) -> Notes:
    notes: dict[tuple[object, ...], Mapping[str, str]] = {}
    for unit, frame in _newest(store, commit, "training").items():
        counts = ["classes", "persons", "person_times"]
        for (kind, method), rows in frame.groupby(["enterprise_type", "method"]):
            sums = rows[counts].sum(min_count=1)
            notes[unit, TOLD_LABELS.get(str(kind)), str(method)] = _said(dict(sums), rows["as_of"].max())
    return notes


def _funds_notes(store: Store, commit: int) -> Notes:
    fields = ("current", "funds", "last_year", "audited", "published")
    return {
        (unit,): _said({name: frame[name].iloc[0] for name in fields}, frame["as_of"].iloc[0])
        for unit, frame in _newest(store, commit, "funds").items()
    }


def _tasks(store: Store, commit: int) -> dict[str, str]:
    """unit → 年度任务数 as last told in the year of the clock."""
    year = str(store.today(commit).year)
    told = {unit: frame.iloc[0] for unit, frame in _newest(store, commit, "funds").items()}
    return {unit: str(row["task"]) for unit, row in told.items()
            if pd.notna(row["task"]) and str(row["as_of"].year) == year}  # fmt: skip


def _progress_notes(store: Store, commit: int) -> Notes:
    fields = ("progress", "problems", "next_steps", "done_on", "target", "done_count", "evidence")
    notes: dict[tuple[object, ...], Mapping[str, str]] = {}
    for _, row in store.progress(commit).iterrows():  # oldest first: the last one stays
        said = {name: row[name].date() if isinstance(row[name], pd.Timestamp) else row[name] for name in fields}
        key = (row["item"], None if pd.isna(row["step"]) else row["step"])
        notes[key] = _said(said, row["as_of"], "上次")
    return notes


def _said(values: Mapping[str, object], day: pd.Timestamp, word: str = "上期") -> dict[str, str]:
    return dict(_words(values, f"{word}（{day.year}年{day.month}月{day.day}日）："))


def _words(values: Mapping[str, object], before: str) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if value is not None and not pd.isna(value):  # type: ignore[call-overload]
            yield name, f"{before}{value}"


_NOTES = {"W2": _summary_notes, "W3b": _training_notes, "W6": _funds_notes, "W7": _progress_notes}
