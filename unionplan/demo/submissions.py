"""Who handed in what and when: every file of the sample city in the order in which it arrived.

Full ledgers come in for December and June, otherwise only the rows that differ from what the board holds. Late
units hand in a file of their own; cells filled in wrongly are put right by a later file that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from unionplan.demo.activities import activities
from unionplan.demo.city import ENTERPRISES, MONTHS, SILENT, SILENT_FROM, SUMMARISED
from unionplan.demo.dues import FUNDS_DAY, funds
from unionplan.demo.handed_down import COLUMNS, HANDED_DOWN_ON, shares
from unionplan.demo.ledger import Chronicle, Record, chronicle
from unionplan.demo.progress import PROGRESS_DAY, progress
from unionplan.demo.summary import summary
from unionplan.demo.training import PERSONS, training
from unionplan.demo.workbooks import Table, workbook_bytes
from unionplan.intake.preview import Options
from unionplan.observations import ACTIVITIES, CLEAR, FUNDS, LEDGER, OPTIONAL, PROGRESS, SUMMARY, TRAINING
from unionplan.plan import Unit

CHECKED = "已与填报单位核对"
_FULL = (0, 6)
_COARSE_BEFORE = 4
"""Until then the summary table tells 非公有制 in one row."""
_TWICE, _TWICE_IN = "朝晖区", 9
"""This unit sends a summary table beside its ledger once, and the two differ a little."""
_ARRIVALS = (
    datetime(2026, 1, 8, 9, 20), datetime(2026, 2, 6, 15, 5), datetime(2026, 3, 5, 10, 40), datetime(2026, 4, 7, 9, 15),
    datetime(2026, 5, 8, 14, 30), datetime(2026, 6, 4, 11, 5), datetime(2026, 7, 6, 9, 12), datetime(2026, 8, 5, 16, 20),
    datetime(2026, 9, 4, 9, 50), datetime(2026, 10, 9, 10, 5), datetime(2026, 11, 3, 15, 40),
)  # fmt: skip
_LATE = {
    ("白禾县", 1): datetime(2026, 3, 19, 10, 25), ("石棠县", 4): datetime(2026, 5, 21, 16, 10),
    ("丰澜市", 7): datetime(2026, 8, 24, 9, 35), ("石棠县", 8): datetime(2026, 10, 15, 14, 45),
    ("青禾区", 10): datetime(2026, 11, 5, 8, 55),
}  # fmt: skip
_GRACE = 10
"""Days after the month's end within which a ledger is in time."""
_ACTIVITIES_TOLD = (
    (date(2026, 7, 31), datetime(2026, 8, 4, 10, 30)), (date(2026, 8, 31), datetime(2026, 9, 2, 15, 15)),
    (date(2026, 9, 30), datetime(2026, 10, 10, 9, 30)), (date(2026, 10, 31), datetime(2026, 11, 2, 16, 5)),
    (date(2026, 11, 4), datetime(2026, 11, 5, 9, 40)),
)  # fmt: skip


@dataclass(frozen=True)
class Submission:
    """One file as handed in: `at` that moment by `who`, with what was said about it.

    The rows of `tables` are what its cells hold (field → value), for whoever counts without opening the file.
    """

    at: datetime
    name: str
    who: str
    tables: tuple[Table, ...]
    as_of: date
    options: Options = field(default_factory=Options)
    reason: str = CHECKED
    note: str = ""
    dates: str = "yyyy-mm-dd"

    def data(self) -> bytes:
        """Return the file's bytes, the same every time."""
        return workbook_bytes(self.tables, self.at, self.dates)


@dataclass(frozen=True)
class _Mistake:
    """Cells that one unit filled in wrongly for one month, and the file that puts them right."""

    spoiled: Callable[[Record], Record]
    mended: datetime
    note: str


def _members_cut(record: Record) -> Record:
    return {**record, "members": (record["members"] or 0) // 10} if record["workers"] > 200 else record


def _ended_early(record: Record) -> Record:
    start, end = record["contract_start"], record["contract_end"]
    wrong = end is not None and end.month == 4 and end.year > 2026 and start < date(2026, 4, 1)
    return {**record, "contract_end": end.replace(year=2026)} if wrong else record


def _undisclosed(record: Record) -> Record:
    return {**record, "disclosure": "否"} if record["industry"] == "建筑业" and record["disclosure"] else record


_MISTAKES = {
    ("青禾区", 3): _Mistake(_members_cut, datetime(2026, 4, 16, 9, 30), "会员人数填错，更正"),
    ("经开区", 7): _Mistake(_ended_early, datetime(2026, 8, 19, 15, 50), "集体合同截止日年份填错，更正"),
    ("锦澜区", 9): _Mistake(_undisclosed, datetime(2026, 10, 16, 11, 20), "厂务公开一栏填错，更正"),
}


def submissions(units: tuple[Unit, ...], enterprises: int = ENTERPRISES) -> list[Submission]:
    """Return every file in the order of arrival; moments differ."""
    truth = chronicle(units, enterprises)
    files = [
        *_ledgers(units, truth), _summary_beside(truth), *_trainings(units), *_activities(), _funds(), _progress(),
        _shares(),
    ]  # fmt: skip
    return sorted(files, key=lambda one: one.at)


@dataclass(frozen=True)
class _Arrival:
    """Ledger rows of some units for one month that come in together."""

    at: datetime
    month: int
    units: tuple[str, ...]
    note: str = ""
    mends: bool = False
    late: bool = False


def _ledgers(units: tuple[Unit, ...], truth: Chronicle) -> Iterator[Submission]:
    """The ledgers, each with the rows that differ from what the board holds when it arrives."""
    held: dict[str, dict[int, dict[str, Record]]] = {unit.name: {} for unit in units}
    for arrival in sorted(_arrivals([unit.name for unit in units]), key=lambda one: one.at):
        rows = [row for unit in arrival.units for row in _rows(truth, unit, arrival, held[unit])]
        if rows:  # in a very small city a mistake may have met no enterprise, and nothing is to be put right
            yield _ledger_file(arrival, rows, truth)


def _arrivals(units: list[str]) -> Iterator[_Arrival]:
    own = [unit for unit in units if unit != SUMMARISED]
    for month, at in enumerate(_ARRIVALS):
        silent = {SILENT} if month >= SILENT_FROM else set()
        punctual = (unit for unit in own if (unit, month) not in _LATE and unit not in silent)
        yield _Arrival(at, month, tuple(punctual))
    for (unit, month), at in _LATE.items():
        overdue = (at.date() - MONTHS[month]).days > _GRACE
        yield _Arrival(at, month, (unit,), "逾期补报" if overdue else "", late=True)
    for (unit, month), mistake in _MISTAKES.items():
        yield _Arrival(mistake.mended, month, (unit,), mistake.note, mends=True)


def _rows(truth: Chronicle, unit: str, arrival: _Arrival, held: dict[int, dict[str, Record]]) -> list[Record]:
    """What a unit sends for a month; `held`, its ledgers by month as the board has them, grows by it.

    A unit in which nothing changed sends one row as it is, so that the board knows the month.
    """
    month = arrival.month
    base = held.get(max((other for other in held if other <= month), default=-1), {})
    now = {record["union_code"]: record for record in _written(truth, unit, arrival)}
    sent = [code for code, record in now.items() if record != base.get(code)]
    if not arrival.mends:
        listed = [code for code, record in now.items() if record["enterprise_state"] in ("存续", "停业")]
        sent = list(dict.fromkeys([*(listed if month in _FULL else ()), *sent])) or listed[:1]
    held[month] = base | {code: now[code] for code in sent}
    return [_cells(now[code], base.get(code, {})) for code in sent]


def _written(truth: Chronicle, unit: str, arrival: _Arrival) -> Iterator[Record]:
    """The unit's rows of the month as its clerk wrote them down, with her mistakes until they are mended."""
    mistake = None if arrival.mends else _MISTAKES.get((unit, arrival.month))
    for record in truth.records(arrival.month, unit):
        yield mistake.spoiled(record) if mistake else record


def _cells(record: Record, before: Record) -> Record:
    """A row's cells: a blank says nothing, so a cell to be emptied says 清空."""
    return {name: CLEAR if value is None and before.get(name) is not None else value for name, value in record.items()}


def _ledger_file(arrival: _Arrival, rows: list[Record], truth: Chronicle) -> Submission:
    day = MONTHS[arrival.month]
    month = f"{day.year}年{day.month}月"
    alone = arrival.late or arrival.mends
    owner = arrival.units[0] if alone else "澄澜市"
    title = f"{owner}企业台账（{month}）"
    tables: tuple[Table, ...] = (Table("企业台账", title, "单位：家、人", (*LEDGER, *OPTIONAL), rows),)
    if not alone:
        tables = (*tables, _summary_table(SUMMARISED, arrival.month, _counting(truth, SUMMARISED, arrival.month)))
    name = f"{owner}企业台账{month}{'（更正）' if arrival.mends else ''}.xlsx"
    who = f"{owner}示例经办人" if alone else "示例经办人"
    dates = "yyyy/m/d" if arrival.late else "yyyy-mm-dd"
    return Submission(arrival.at, name, who, tables, day, note=arrival.note, dates=dates)


def _counting(truth: Chronicle, unit: str, month: int) -> list[tuple[str, Record]]:
    """(atom, row) of the unit's enterprises that count in a month."""
    counts = [one for one in truth.city if one.unit == unit and one.active(month)]
    rows = {record["union_code"]: record for record in truth.records(month, unit)}
    return [(one.atom, rows[one.code]) for one in counts]


def _summary_table(unit: str, month: int, counting: list[tuple[str, Record]]) -> Table:
    day = MONTHS[month]
    rows = summary(counting, unit, day, coarse=month < _COARSE_BEFORE)
    return Table("汇总表", f"{unit}汇总表（{day.year}年{day.month}月）", "单位：家、份、人", SUMMARY, rows)


def _summary_beside(truth: Chronicle) -> Submission:
    """The summary table that one unit sends beside its ledger, made some days earlier and therefore a little off."""
    counting = _counting(truth, _TWICE, _TWICE_IN)
    table = _summary_table(_TWICE, _TWICE_IN, counting[: -max(1, len(counting) // 100)])
    return Submission(
        datetime(2026, 10, 12, 14, 20),
        f"{_TWICE}汇总表2026年9月.xlsx",
        f"{_TWICE}示例经办人",
        (table,),
        MONTHS[_TWICE_IN],
    )


def _trainings(units: tuple[Unit, ...]) -> Iterator[Submission]:
    names = tuple(unit.name for unit in units)
    for month in range(1, len(PERSONS) + 1):
        day, arrival = MONTHS[month], _ARRIVALS[month]
        title = f"澄澜市技术工人培训统计表（{day.year}年{day.month}月）"
        table = Table("培训统计表", title, "单位：期、人、人次（本期数）", TRAINING, training(names, month))
        at = arrival.replace(hour=arrival.hour + 1, minute=10)
        yield Submission(at, f"澄澜市技术工人培训统计表{day.year}年{day.month}月.xlsx", "示例经办人", (table,), day)


def _activities() -> Iterator[Submission]:
    told: date | None = None
    for until, at in _ACTIVITIES_TOLD:
        said = f"截至{until.year}年{until.month}月{until.day}日"
        table = Table(
            "活动台账", f"澄澜市总工会活动台账（{said}）", "单位：家、人次、万元", ACTIVITIES, activities(told, until)
        )
        name = f"澄澜市总工会活动台账（{said}）.xlsx"
        yield Submission(at, name, "示例经办人", (table,), until)
        told = until


def _funds() -> Submission:
    """The dues of the year so far, after the activities."""
    said = f"{FUNDS_DAY.year}年{FUNDS_DAY.month}月"
    table = Table("经费收缴表", f"澄澜市工会经费收缴与审计情况（{said}）", "单位：万元、家", FUNDS, funds())
    return Submission(
        datetime(2026, 11, 5, 10, 10), f"澄澜市工会经费收缴与审计情况{said}.xlsx", "示例经办人", (table,), FUNDS_DAY
    )


def _shares() -> Submission:
    """What was handed down to the units."""
    table = Table("目标任务分解", "澄澜市总工会目标任务分解表", "单位：人、%", COLUMNS, shares())
    return Submission(
        datetime(2026, 11, 5, 10, 30), "澄澜市总工会目标任务分解表.xlsx", "示例经办人", (table,), HANDED_DOWN_ON,
        note="任务分解到各填报单位",
    )  # fmt: skip


def _progress() -> Submission:
    """What the departments report of their items, the last file of all."""
    said = f"{PROGRESS_DAY.year}年{PROGRESS_DAY.month}月"
    table = Table("任务进展表", f"澄澜市总工会任务进展表（{said}）", "应办、已办为累计数", PROGRESS, progress())
    return Submission(
        datetime(2026, 11, 5, 10, 40), f"澄澜市总工会任务进展表{said}.xlsx", "示例经办人", (table,), PROGRESS_DAY
    )
