"""Where one item stands by its events, and its progress in a few words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from unionplan.events.ledger import Event, in_order
from unionplan.events.noted import measured
from unionplan.notes import Note
from unionplan.plan import Item

SILENT_DAYS = 60  # a work without figures moves only if something was entered within so many days
OUTSIDE, NO_PERIOD = "不在起止日期内", "所属期对不上应完成的期次"
NO_STEP, TOO_EARLY = "步骤与计划所列不符", "早于前置任务完成"


@dataclass(frozen=True)
class Period:
    """One period of a recurring duty, cut to the item's window.

    `state`: done · made_up (only by events after its last day) · missed · due_now (running) · future. A period is due
    when it has ended by the day judged; a running one may be done already. `reason`: why nothing took place in it.
    """

    key: str
    label: str
    first: date
    last: date
    due: bool
    state: str
    events: tuple[Event, ...]
    reason: str = ""


@dataclass(frozen=True)
class Step:
    """One step of a milestone: the event that did it, None while it is open, and the day it was planned for."""

    name: str
    event: Event | None
    planned_on: date | None


@dataclass(frozen=True)
class Standing:
    """Where one plan item stands by its events.

    `form`: periods (a duty with a frequency), cases (应访即访), count, steps (a milestone), notes (no figure). `due`,
    `done` and `total` are periods, cases, events or steps: `due` what should be done by now (None where the form has
    only a final day), `done` how much of that is done, `total` how much there will be (None: open). `made_up` are the
    counted events that came late; `uncounted` are events with the reason why they do not count; `waiting` have not
    taken place. `late_since` is the day that passed without it. `tallies` are the notes whose counts rule (events.noted).
    """

    item: Item
    form: str
    status: str
    due: int | None
    done: int
    total: int | None
    periods: tuple[Period, ...]
    steps: tuple[Step, ...]
    counted: tuple[Event, ...]
    made_up: tuple[Event, ...]
    uncounted: tuple[tuple[Event, str], ...]
    waiting: tuple[Event, ...]
    late_since: date | None
    today: date
    tallies: tuple[Note, ...] = ()

    @property
    def late_days(self) -> int:
        """Return how many days it is late, 0 when it is not."""
        return (self.today - self.late_since).days if self.late_since else 0

    @property
    def last_done(self) -> date | None:
        """Return the newest day of what counts, events and tallies, None where there is none."""
        days = [event.done_on for event in self.counted] + [note.on for note in self.tallies if note.moves]
        return max((day for day in days if day), default=None)

    @property
    def evidence(self) -> tuple[str, ...]:
        """Return what is there to prove what counts, oldest first, each once."""
        told = [event.evidence for event in self.counted] + [note.proof for note in self.tallies]
        return tuple(dict.fromkeys(filter(None, told)))

    @property
    def silent_days(self) -> int:
        """Return how many days ago the newest event that counts took place, 0 where there is none."""
        return (self.today - self.last_done).days if self.last_done else 0

    @property
    def silent(self) -> bool:
        """Whether nothing was entered for so long that "推进中" would say too much."""
        return self.silent_days > SILENT_DAYS

    @property
    def marks(self) -> tuple[str, ...]:
        """Return the ids of the marks beside the light."""
        return ("made_up",) if self.made_up else ()

    @property
    def events(self) -> tuple[Event, ...]:
        """Return all its events, by date."""
        return in_order([*self.counted, *(event for event, _ in self.uncounted), *self.waiting])

    @property
    def progress(self) -> str:
        """Return in a few words what is due and what is done."""
        return _PROGRESS[self.form](self)


# Progress in a few words


def _in_periods(one: Standing) -> str:
    early = [period.label for period in one.periods if not period.due and period.state == "done"]
    ahead = f"；{'、'.join(early)}已完成" if early else ""
    if not one.due:
        return ahead.removeprefix("；") or f"共{one.total}期，均未到期"
    missed = [period.label for period in one.periods if period.state == "missed"]
    late = sum(period.state == "made_up" for period in one.periods)
    parts = [f"应完成{one.due}期", f"已完成{one.done}期"]
    parts += [f"其中补{late}期"] if late else []
    parts += [f"未完成{'、'.join(missed)}"] if missed else []
    return "，".join(parts) + ahead


def _in_cases(one: Standing) -> str:
    if not one.due:
        return f"应访0户（零报告，截至{_day(one.tallies[-1].on)}）" if one.tallies else "尚无应访登记"
    told = f"（截至{_day(one.tallies[-1].on)}）" if one.tallies else ""
    return f"应访{one.due}户，已访{one.done}户{told}"


def _in_count(one: Standing) -> str:
    days = "、".join(_month_day(event) for event in one.counted)
    held = f"已完成{one.done}{one.item.unit}" + (f"（{days}）" if days else "")
    late = f"，其中补{len(one.made_up)}{one.item.unit}" if one.made_up else ""
    outside = f"；起止日期外另有{len(one.uncounted)}{one.item.unit}" if one.uncounted else ""
    return f"应完成{one.total}{one.item.unit}，{held}{late}{outside}"


def _in_steps(one: Standing) -> str:
    if one.item.settled:
        return "计划已载明完成"
    days = "、".join(f"{step.name}{_month_day(step.event)}" for step in one.steps if step.event)
    rest = "、".join(step.name for step in one.steps if not step.event)
    early = any(reason == TOO_EARLY for _, reason in one.uncounted)
    return "".join(
        (
            f"共{one.total}步，已完成{one.done}步",
            f"（{days}）" if days else "",
            f"，待完成{rest}" if rest else "",
            "；有登记早于前置任务完成，未计入" if early else "",
            *(f"；应建档{note.total}份，已建档{note.done}份（截至{_day(note.on)}）" for note in one.tallies),
        )
    )


def _in_notes(one: Standing) -> str:
    last = one.last_done
    if last is None:
        return "尚无进展登记"
    sums = "".join(f"{_tallied(one.item, note)}（截至{_day(note.on)}）；" for note in one.tallies)
    return f"{sums}已登记{one.done}次，最近登记{_day(last)}，连续未更新{one.silent_days}天"


def _tallied(item: Item, note: Note) -> str:
    unit = measured(item, note)
    return f"累计{note.done:,}{unit}" if unit else f"已办数{note.done:,}"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _month_day(event: Event | None) -> str:
    return _day(event.done_on) if event and event.done_on else ""


_PROGRESS = {
    "periods": _in_periods, "cases": _in_cases, "count": _in_count, "steps": _in_steps, "notes": _in_notes,
}  # fmt: skip
