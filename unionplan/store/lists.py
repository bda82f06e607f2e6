"""Enterprises by name, from ledger snapshots: who is still missing, who matches a search, whose contract runs out.

Base and coverage are the conditions of counts.py, so a list is always as long as its figure says. Filtering,
ordering and cutting happen in the SQL; how many there are in all is counted apart. Words are the caller's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pandas as pd

from unionplan.observations import CONTRACTS, FIELDS
from unionplan.plan import SCOPES, Indicator
from unionplan.store.counts import BASES, CELLS, COVERED, FORMS, counted
from unionplan.store.log import Commit, Entry, Slot

MISSING = (
    "reporting_unit", "org_name", "union_code", "enterprise_type", "workers", "reason", "day", "short", "as_of",
)  # fmt: skip
"""One enterprise in the base and not covered at its snapshot. `reason` is one of REASONS, `day` the day on which its
contract ended or will begin, else null; `short` is 1, for `member` the workers who have not joined."""
REASONS = (
    "blank", "unsigned", "expired", "early", "no_dates", "no_start", "no_end", "not_done", "not_joined", "too_many",
)  # fmt: skip
LEAST = 2  # so many characters a search needs
_KEPT = 64
V = TypeVar("V")


@dataclass(frozen=True)
class Ledgers:
    """Every unit's last ledger at one commit, with what has been asked of them; short answers are kept.

    `entries`: reporting unit → what the log says of its ledger; `place`: entry → its Parquet file; `commits`: all
    refreshes up to this one, oldest first.
    """

    entries: Mapping[str, Entry]
    place: Callable[[Entry], Path]
    commits: Sequence[Commit]
    answers: dict[tuple[object, ...], Any] = field(default_factory=dict, compare=False, repr=False)

    def telling(self, indicator: Indicator) -> frozenset[str]:
        """Return the units whose ledgers tell the indicator."""
        paths = {(unit, entry.slot.period): self.place(entry) for unit, entry in self.entries.items()}
        return self._kept(("telling", indicator.id), lambda: telling(paths, indicator))

    def counts(self, indicator: Indicator, scope: str) -> dict[str, tuple[int, int]]:
        """Return unit → (enterprises still missing, what they are short of); see `missing_counts`."""
        paths = self._paths(self.entries)
        return self._kept(("counts", indicator.id, scope), lambda: missing_counts(paths, indicator, scope))

    def missing(
        self, indicator: Indicator, scope: str, units: Sequence[str], limit: int | None = None
    ) -> pd.DataFrame:  # fmt: skip
        """Return the enterprises of `units` that the indicator still misses (MISSING), the first `limit` of them."""
        paths = self._paths(units)
        if limit is None:  # the whole list may be long and is asked for once: it is not kept
            return missing(paths, indicator, scope, units)
        key = ("missing", indicator.id, scope, tuple(units), limit)
        return self._kept(key, lambda: missing(paths, indicator, scope, units, limit))

    def behind(self, dates: Mapping[str, date | None]) -> list[str]:
        """Return the units whose figure of this date (unit → 统计时点) can come from their ledger, in its order."""
        return [
            unit for unit, day in dates.items()
            if day and unit in self.entries and self.entries[unit].slot.period == f"{day:%Y-%m}"
        ]  # fmt: skip

    def expiring(self, indicator: Indicator, scope: str, units: Sequence[str]) -> dict[int, int]:
        """Return days → how many of the covered of `units` have a contract that ends within so many days."""
        key = ("expiring", indicator.id, scope, *units)
        found = self._kept(key, lambda: expiring(self._paths(units), [(indicator, scope)]))
        return found.get((indicator.id, scope), {})

    def matching(self, text: str, limit: int) -> tuple[int, pd.DataFrame]:
        """Return how many enterprises match a search, and the first `limit` of them."""
        key = ("matching", search_text(text), limit)
        return self._kept(key, lambda: matching(self._paths(self.entries), text, limit))

    def origins(self, unit: str, keys: Sequence[str]) -> dict[str, Commit]:
        """Return key → the refresh that brought an enterprise's present row into the unit's ledger."""
        return self._kept(("origins", unit, *keys), lambda: self._origins(unit, keys))

    def _origins(self, unit: str, keys: Sequence[str]) -> dict[str, Commit]:
        chain = lineage(self.commits, self.entries[unit].slot)
        places = unchanged_since([self.place(entry) for entry in chain], keys)
        return {key: self.commits[chain[place].commit - 1] for key, place in places.items()}

    def _paths(self, units: Sequence[str] | Mapping[str, Entry]) -> list[Path]:
        return [self.place(self.entries[unit]) for unit in units if unit in self.entries]

    def _kept(self, key: tuple[object, ...], make: Callable[[], V]) -> V:
        if key not in self.answers:
            if len(self.answers) >= _KEPT:
                self.answers.clear()
            self.answers[key] = make()
        answer: V = self.answers[key]
        return answer


def newest(heads: Mapping[Slot, Entry]) -> dict[str, Entry]:
    """Return every unit's last ledger among `heads` (Store.heads), by reporting unit."""
    ledgers = sorted((entry for slot, entry in heads.items() if slot.dataset == "ledger"), key=lambda e: e.slot.period)
    return {entry.slot.unit: entry for entry in ledgers}


def telling(paths: Mapping[tuple[str, str], Path], indicator: Indicator) -> frozenset[str]:
    """Return the units whose ledgers at `paths`, keyed (unit, period), tell the indicator: its column is not blank
    throughout (rules 2)."""
    cube = counted(paths, {indicator.id: indicator})
    return frozenset(cube.loc[cube["numerator"].notna(), "reporting_unit"])


def missing(
    paths: Sequence[Path], indicator: Indicator, scope: str, units: Sequence[str] = (), limit: int | None = None
) -> pd.DataFrame:
    """Return the enterprises (MISSING) of a scope that are in the indicator's base and not covered.

    In the order of `units`, within a unit by workers, most first; `limit` cuts the list after its order.
    """
    if not paths:
        return pd.DataFrame(columns=list(MISSING))
    where, reason, day, short = missing_sql(indicator)
    query = f"""
      SELECT reporting_unit, org_name, union_code, enterprise_type, workers, {reason} AS reason, {day} AS day,
        {short} AS short, as_of
      FROM read_parquet($files)
      WHERE {where} AND enterprise_type IN (SELECT UNNEST($atoms))
      ORDER BY COALESCE(LIST_POSITION($units, reporting_unit), 1000000), workers DESC NULLS LAST, org_name, key
      LIMIT {"NULL" if limit is None else int(limit)}"""  # noqa: S608 - our own conditions, values are parameters
    return _frame(query, files=_texts(paths), atoms=sorted(SCOPES[scope]), units=[*units, ""])


def missing_counts(paths: Sequence[Path], indicator: Indicator, scope: str) -> dict[str, tuple[int, int]]:
    """Return reporting unit → (enterprises that `missing` lists, sum of their `short`), without those that have none.

    The sum is the figure's denominator − numerator (rules 2).
    """
    if not paths:
        return {}
    where, _, _, short = missing_sql(indicator)
    query = f"""
      SELECT reporting_unit, COUNT(*) AS rows, CAST(SUM({short}) AS BIGINT) AS short
      FROM read_parquet($files)
      WHERE {where} AND enterprise_type IN (SELECT UNNEST($atoms))
      GROUP BY reporting_unit"""  # noqa: S608 - our own conditions, values are parameters
    found = _frame(query, files=_texts(paths), atoms=sorted(SCOPES[scope]))
    return {str(unit): (int(rows), int(persons)) for unit, rows, persons in found.to_numpy()}


def expiring(
    paths: Sequence[Path], wanted: Sequence[tuple[Indicator, str]], days: Sequence[int] = (30, 60, 90)
) -> dict[tuple[str, str], dict[int, int]]:
    """Return (indicator, scope) → days → how many of the covered have a contract that ends within so many days.

    Days count from each snapshot's own date; indicators that are no contracts are left out (rules 7).
    """
    asked = [(indicator, scope) for indicator, scope in wanted if indicator.id in CONTRACTS]
    if not paths or not asked:
        return {}
    columns = [_expiring_sql(*one, within, place) for place, one in enumerate(asked) for within in days]
    query = f"SELECT {', '.join(columns)} FROM read_parquet($files)"  # noqa: S608 - our own conditions
    found = _frame(query, files=_texts(paths)).iloc[0]
    return {(indicator.id, scope): {within: int(found[f"c{place}_{within}"]) for within in days}
            for place, (indicator, scope) in enumerate(asked)}  # fmt: skip


def matching(paths: Sequence[Path], text: str, limit: int) -> tuple[int, pd.DataFrame]:
    """Return how many enterprises match a search, and the first `limit` of them with all their ledger columns.

    A part of the name, of 统计编码 or of the credit code matches, however its brackets and letters are written;
    each row also says per contract whether it is in force (`<contract>_in_force`) at its snapshot. A text of fewer
    than LEAST characters matches nothing.
    """
    asked = search_text(text)
    if not paths or len(asked) < LEAST:
        return 0, pd.DataFrame()
    names = "REPLACE(REPLACE(org_name, '（', '('), '）', ')')"
    force = ", ".join(f"COALESCE({COVERED[name][0]}, FALSE) AS {name}_in_force" for name in CONTRACTS)
    query = f"""
      SELECT *, {force}, COUNT(*) OVER () AS matches
      FROM read_parquet($files, union_by_name = true)
      WHERE {names} ILIKE $like ESCAPE '!' OR union_code ILIKE $like ESCAPE '!' OR uscc ILIKE $like ESCAPE '!'
      ORDER BY {names} <> $asked AND COALESCE(union_code, '') <> $asked AND COALESCE(uscc, '') <> $asked, org_name, key
      LIMIT {int(limit)}"""  # noqa: S608 - our own conditions, what is searched for is a parameter
    found = _frame(query, files=_texts(paths), like=like(asked), asked=asked)
    return (int(found["matches"].iloc[0]) if len(found) else 0), found


def search_text(text: str) -> str:
    """Return what a search looks for: half-width letters, digits and brackets, capitals, no space at the ends."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def like(text: str) -> str:
    """Return the LIKE pattern of everything that contains `text`, with `!` as its escape character."""
    plain = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{plain}%"


def lineage(commits: Sequence[Commit], slot: Slot) -> list[Entry]:
    """Return what a ledger slot holds after `commits` and what that was built on, newest first.

    A refresh builds on the same month's snapshot, the first of a month on the month before (rules 11). What an undo
    put back is named by the refresh that brought it in.
    """
    entries = [e for c in commits for e in c.entries if (e.slot.dataset, e.slot.unit) == ("ledger", slot.unit)]
    chain: list[Entry] = []
    now = _held(entries, slot, len(commits) + 1)
    while now is not None:
        first = next(e for e in entries if (e.slot, e.snapshot) == (now.slot, now.snapshot))
        chain.append(first)
        now = _held(entries, first.slot, first.commit) or _month_before(entries, first)
    return chain


def unchanged_since(chain: Sequence[Path], keys: Sequence[str]) -> dict[str, int]:
    """Return key → place in `chain` (snapshots, newest first) from which on its row has stayed as it is now."""
    if not chain or not keys:
        return {}
    columns = ", ".join(FIELDS)
    query = f"""
      SELECT filename, key, HASH(ROW({columns})) AS content
      FROM read_parquet($files, union_by_name = true, filename = true) WHERE key IN (SELECT UNNEST($keys))"""  # noqa: S608 - our own columns, keys are a parameter
    found = _frame(query, files=list(dict.fromkeys(_texts(chain))), keys=list(keys))
    content = {(row.filename, row.key): row.content for row in found.itertuples()}
    return {key: _same_from([content.get((name, key)) for name in _texts(chain)]) for key in keys}


def _same_from(contents: Sequence[object]) -> int:
    changed = (place for place, content in enumerate(contents) if content != contents[0])
    return next(changed, len(contents)) - 1


def _held(entries: Sequence[Entry], slot: Slot, before: int) -> Entry | None:
    found = [entry for entry in entries if entry.slot == slot and entry.commit < before]
    return found[-1] if found and found[-1].snapshot else None


def _month_before(entries: Sequence[Entry], entry: Entry) -> Entry | None:
    slots = sorted({e.slot for e in entries if e.slot.period < entry.slot.period}, key=lambda slot: slot.period)
    held = (_held(entries, slot, entry.commit) for slot in reversed(slots))
    return next((found for found in held if found is not None), None)


def missing_sql(indicator: Indicator) -> tuple[str, str, str, str]:
    """Return (condition, reason, day, short) of an enterprise that an indicator still misses, as SQL."""
    name = indicator.id
    if name == "member":
        reason = "CASE WHEN members IS NULL THEN 'blank' WHEN members > workers THEN 'too_many' ELSE 'not_joined' END"
        short = "workers - COALESCE(members, 0)"
        return f"active AND workers IS NOT NULL AND {short} <> 0", reason, "CAST(NULL AS DATE)", short
    where = f"({BASES[indicator.base]}) AND NOT COALESCE({COVERED[name][0]}, FALSE)"
    if name in CONTRACTS:
        return where, *_contract_reason(name), "1"
    return where, f"CASE WHEN {CELLS[name]} IS NULL THEN 'blank' ELSE 'not_done' END", "CAST(NULL AS DATE)", "1"


def _contract_reason(name: str) -> tuple[str, str]:
    form, start, end = f"{name}_form", f"{name}_start", f"{name}_end"
    reason = f"""CASE WHEN {form} IS NULL THEN 'blank' WHEN {form} NOT IN {FORMS} THEN 'unsigned'
      WHEN {end} < as_of THEN 'expired' WHEN {start} > as_of THEN 'early'
      WHEN {start} IS NULL AND {end} IS NULL THEN 'no_dates' WHEN {start} IS NULL THEN 'no_start' ELSE 'no_end' END"""
    day = (
        f"CASE WHEN {form} NOT IN {FORMS} THEN NULL WHEN {end} < as_of THEN {end} WHEN {start} > as_of THEN {start} END"
    )
    return reason, day


def _expiring_sql(indicator: Indicator, scope: str, within: int, place: int) -> str:
    atoms = ", ".join(f"'{atom}'" for atom in sorted(SCOPES[scope]))
    inside = f"({BASES[indicator.base]}) AND {COVERED[indicator.id][0]} AND enterprise_type IN ({atoms})"
    return f"COUNT(*) FILTER (WHERE {inside} AND {indicator.id}_end <= as_of + {int(within)}) AS c{place}_{int(within)}"


def _texts(paths: Sequence[Path]) -> list[str]:
    return [str(path) for path in paths]


def _frame(query: str, **values: Any) -> pd.DataFrame:
    with duckdb.connect(config={"threads": 2}) as engine:
        return engine.execute(query, values).df()
