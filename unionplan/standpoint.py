"""Where a reader stands: one store as of one commit, with the plan and the days that judge it, and what follows from them.

Whatever a page or a paper shows is computed from here, so both show the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from unionplan.attainment import Attainment, ItemState, Outlook, attainments, headline, over_time
from unionplan.notes import Notes, notes_of
from unionplan.plan import Plan
from unionplan.states import plan_states
from unionplan.store import Store
from unionplan.store.lists import Ledgers, newest

T = TypeVar("T")


@dataclass(frozen=True)
class Standpoint:
    """A store as of `commit`, the plan and the clock that go with it.

    `on` cuts the data at a day, on which windows end too; staleness is always judged by `clock`. `mark` stands on every
    page of a paper and `footnote` (备注) below its pictures, "" on none.
    """

    store: Store
    commit: int
    plan: Plan
    clock: date
    on: date | None
    mark: str = field(default="", kw_only=True)
    footnote: str = field(default="", kw_only=True)
    _made: dict[tuple[str, ...], Any] = field(default_factory=dict, compare=False, repr=False, kw_only=True)

    @property
    def today(self) -> date:
        """The day by which windows, steps and duties are judged."""
        return self.on or self.clock

    def outlook(self) -> Outlook:
        """Return the data and the dates that judge it; shared like `rows`, with every day that was counted."""
        make = lambda: Outlook(self.store.cube(self.commit), self.plan, self.clock, self.on)  # noqa: E731 - made once
        return self.shared(("outlook",), make)

    def states(self) -> list[ItemState]:
        """Return where the plan's items stand; shared like `rows`."""
        store, commit = self.store, self.commit
        return self.shared(
            ("states",),
            lambda: plan_states(self.outlook(), store.training(commit), store.activities(commit), self.notes()),
        )

    def notes(self) -> Notes:
        """Return every plan item's notes, oldest first; shared like `rows`."""
        store, commit = self.store, self.commit
        return self.shared(("notes",), lambda: notes_of(store.progress(commit), store.notes(commit), self.on))

    def rows(self) -> list[Attainment]:
        """Return the headline figures, computed once per commit and day and shared by all who look."""
        return self.shared(("headline",), lambda: headline(self.outlook()))

    def scopes(self, indicator: str) -> list[Attainment]:
        """Return an indicator's city figures, one per scope; shared like `rows`."""
        return self.shared(("scopes", indicator), lambda: attainments(self.outlook(), "scope", indicator))

    def past(self, indicator: str, scope: str) -> list[Attainment]:
        """Return the city's figure at the end of every period, oldest first; shared like `rows`."""
        return self.shared(("past", indicator, scope), lambda: over_time(self.outlook(), indicator, scope))

    def units(self) -> list[Attainment]:
        """Return every indicator × scope × reporting unit; shared like `rows`."""
        return self.shared(("units",), lambda: attainments(self.outlook(), "reporting_unit"))

    def ledgers(self) -> Ledgers:
        """Return every unit's last ledger, to be asked for enterprises by name; shared like `rows`."""
        return self.shared(("ledgers",), self._ledgers)

    def _ledgers(self) -> Ledgers:
        entries = newest(self.store.heads(self.commit))
        return Ledgers(entries, self.store.place, self.store.history()[: self.commit])

    def shared(self, what: tuple[str, ...], make: Callable[[], T]) -> T:
        """Return what `make` gives, made once per standpoint and `what`; never to be changed by whoever gets it."""
        if what not in self._made:
            self._made[what] = make()
        found: T = self._made[what]
        return found
