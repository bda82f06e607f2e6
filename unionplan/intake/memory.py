"""What clerks have taught the reading: forms by their fingerprint, and words that mean a unit or a type.

Forms and type words stand in two tables of the store that are empty until somebody adds to them; a unit's other
names stand in the units table. Every lesson is a commit of its own, so it is recorded, dated and can be undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from unionplan.access import Person
from unionplan.errors import IntakeError
from unionplan.intake.fields import folded
from unionplan.intake.known_forms import NOT_READ
from unionplan.intake.layout import label_path
from unionplan.intake.readings import NAMES
from unionplan.store import Change, Slot, Store

FORMS, ALIASES = "forms", "aliases"
FORM_COLUMNS = ("fingerprint", "kind", "name", "label", "field", "who", "at")
ALIAS_COLUMNS = ("kind", "word", "means", "who", "at")
WORD_KINDS = {"unit": "填报单位", "told": "企业类型", "control": "控股情况", "registration": "登记注册类型"}
"""Which words can be taught: the kind of field that they are read by → what a reader calls it."""
KIND_WORDS = {**NAMES, NOT_READ: "不读"}
"""What a remembered form may be → what a reader calls it."""
_SEPARATOR = "；"


@dataclass(frozen=True)
class Form:
    """One remembered form: `kind` of KIND_WORDS; `columns` are (label, field), field "" where the column is left out."""

    fingerprint: str
    kind: str
    name: str
    columns: tuple[tuple[str, str], ...]
    who: str
    at: str


@dataclass(frozen=True)
class Alias:
    """One remembered word: in a field of `kind` it means `means`; `who` and `at` are empty for a unit's names."""

    kind: str
    word: str
    means: str
    who: str = ""
    at: str = ""


def forms(store: Store, commit: int) -> list[Form]:
    """Return the forms remembered as of `commit`, the newest first."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in store.rows(FORMS, commit):
        found.setdefault(row["fingerprint"], []).append(row)
    known = [_form(rows) for rows in found.values()]
    return sorted(known, key=lambda form: form.at, reverse=True)


def given_forms(known: Iterable[Form]) -> dict[str, dict[str, Any]]:
    """Return the forms as `read_file` takes them: fingerprint → kind and label → field."""
    return {form.fingerprint: {"kind": form.kind, "columns": dict(form.columns)} for form in known}


def aliases(store: Store, commit: int) -> list[Alias]:
    """Return every word that was taught as of `commit`: the units' other names, then the types'."""
    names = [Alias("unit", word, unit.name) for unit in store.plan(commit).units for word in unit.aliases]
    return names + [Alias(**row) for row in store.rows(ALIASES, commit)]


def given_words(known: Iterable[Alias]) -> dict[str, dict[str, str]]:
    """Return the taught type words as the reading takes them: kind of field → word → what it means."""
    words: dict[str, dict[str, str]] = {}
    for alias in known:
        if alias.kind != "unit":
            words.setdefault(alias.kind, {})[alias.word] = alias.means
    return words


def remember_form(
    store: Store, person: Person, at: datetime, fingerprint: str, kind: str, name: str, columns: Mapping[str, str]
) -> int | None:
    """Remember what each column of a form means (label → field, "" left out), in place of what was known of it.

    Labels are kept as the reading looks them up: without spaces, stars, widths and years.
    Returns the commit, None when it was known just so. Raises IntakeError when two columns would mean one thing,
    and whatever the store's door raises.
    """
    _require_apart(name, columns)
    columns = _by_path(columns)
    others = [row for row in store.rows(FORMS, store.head()) if row["fingerprint"] != fingerprint]
    known = next((form for form in forms(store, store.head()) if form.fingerprint == fingerprint), None)
    if known and (known.kind, known.name, dict(known.columns)) == (kind, name, dict(columns)):
        return None
    words = (fingerprint, kind, name)
    rows = [
        dict(zip(FORM_COLUMNS, (*words, label, field, person.name, _stamp(at)), strict=True))
        for label, field in columns.items()
    ]
    note = f"{KIND_WORDS[kind]}表样“{name}”，共 {len(columns)} 列"
    return _kept(store, person, at, "remember_form", note, FORMS, [*others, *rows])


def forget_form(store: Store, person: Person, at: datetime, fingerprint: str) -> int | None:
    """Forget a form: the next file of it is asked about again. Returns the commit, None when it was not known."""
    rows = store.rows(FORMS, store.head())
    known = next((row for row in rows if row["fingerprint"] == fingerprint), None)
    if known is None:
        return None
    note = f"{KIND_WORDS[known['kind']]}表样“{known['name']}”"
    left = [row for row in rows if row["fingerprint"] != fingerprint]
    return _kept(store, person, at, "forget_form", note, FORMS, left)


def remember_word(store: Store, person: Person, at: datetime, kind: str, word: str, means: str) -> int | None:
    """Remember that `word`, in a field of `kind` (WORD_KINDS), means a unit or a type; returns as `remember_form`.

    Raises PlanError where the word is already another unit's name.
    """
    word = "".join(str(folded(word)).split())
    if not word or set(word) & set(";；,，、"):
        raise IntakeError("别名", f"“{word}”不能作别名", "别名不能空白，也不能带逗号、顿号和分号", "请在原表中改正")
    note = f"{WORD_KINDS[kind]}：“{word}”即“{means}”"
    if kind == "unit":
        return _kept(store, person, at, "remember_word", note, "units", _with_alias(store, means, word))
    rows = [row for row in store.rows(ALIASES, store.head()) if (row["kind"], row["word"]) != (kind, word)]
    new = dict(zip(ALIAS_COLUMNS, (kind, word, means, person.name, _stamp(at)), strict=True))
    return _kept(store, person, at, "remember_word", note, ALIASES, [*rows, new])


def forget_word(store: Store, person: Person, at: datetime, alias: Alias) -> int | None:
    """Forget a taught word; files that hold it are asked about again. Returns as `forget_form`."""
    note = f"{WORD_KINDS[alias.kind]}：“{alias.word}”不再作“{alias.means}”"
    if alias.kind == "unit":
        rows = _without_alias(store, alias)
        return _kept(store, person, at, "forget_word", note, "units", rows)
    known = store.rows(ALIASES, store.head())
    left = [row for row in known if (row["kind"], row["word"]) != (alias.kind, alias.word)]
    return _kept(store, person, at, "forget_word", note, ALIASES, left) if len(left) < len(known) else None


def _form(rows: list[dict[str, str]]) -> Form:
    first = rows[0]
    columns = tuple((row["label"], row["field"]) for row in rows)
    return Form(first["fingerprint"], first["kind"], first["name"], columns, first["who"], first["at"])


def _by_path(columns: Mapping[str, str]) -> dict[str, str]:
    """The columns by the key that the reading looks up; of two with one key, the one that means something."""
    found: dict[str, str] = {}
    for label, field in columns.items():
        found[label_path(label)] = found.get(label_path(label)) or field
    return found


def _require_apart(name: str, columns: Mapping[str, str]) -> None:
    taken: dict[str, str] = {}
    for label, field in columns.items():
        other = taken.setdefault(field, label) if field else label
        if other != label:
            raise IntakeError(
                f"表样“{name}”", f"“{other}”和“{label}”选成了同一项内容", "每项内容只能有一列", "请改其中一列"
            )


def _with_alias(store: Store, unit: str, word: str) -> list[dict[str, str]]:
    rows = store.rows("units", store.head())
    if unit not in {row["填报单位"] for row in rows}:
        raise IntakeError("别名", f"没有填报单位“{unit}”", "只能记为现有填报单位的别名", "请另选一个填报单位")
    return [{**row, "别名": _joined([*_names(row), word])} if row["填报单位"] == unit else row for row in rows]


def _without_alias(store: Store, alias: Alias) -> list[dict[str, str]]:
    rows = store.rows("units", store.head())
    return [{**row, "别名": _joined(name for name in _names(row) if name != alias.word)}
            if row["填报单位"] == alias.means else row for row in rows]  # fmt: skip


def _names(row: Mapping[str, str]) -> list[str]:
    return [name for name in row["别名"].split(_SEPARATOR) if name]


def _joined(names: Iterable[str]) -> str:
    return _SEPARATOR.join(dict.fromkeys(names))


def _stamp(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat()


def _kept(
    store: Store, person: Person, at: datetime, action: str, note: str, table: str, rows: list[dict[str, str]]
) -> int | None:
    """Commit one table whole; refused when somebody else changed it in between."""
    head = store.heads(store.head()).get(Slot(table))
    change = Change(action, note, tables={table: rows}, expects={Slot(table): head.snapshot if head else None})
    return store.append(change, person, at)
