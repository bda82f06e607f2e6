"""催报单: who has not reported, what, since when and by when; as a paper and as text to be copied.

Everything in it is on the board already; the day to report by is the office's to choose, and left blank where it has
chosen none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from unionplan.export.paper import Paper
from unionplan.reporting import CITY, Report, last_told
from unionplan.reporting_words import SUBJECT_WORDS, bearers, month
from unionplan.theme import NONE, chinese_date, month_day

HEADERS = ("序号", "报送单位", "未报月份", "最早截止", "逾期", "最近报送", "联系人、电话")
WIDTHS = (10, 33, 32, 21, 15, 18, 27)
BLANK = "　　月　　日"


@dataclass(frozen=True)
class Urging:
    """What is asked for: `rows` have not come; `every` are all reports of the subject, told when a unit last reported.

    `contacts`: unit → (contact, phone), both may be blank. `by`: the day to report by, None: to be filled in by hand.
    `sender` is the office's name, `day` the day on the paper.
    """

    subject: str
    rows: Sequence[Report]
    every: Sequence[Report]
    contacts: Mapping[str, tuple[str, str]]
    by: date | None
    sender: str
    day: date

    @property
    def units(self) -> list[str]:
        """Return who is asked, in the order of the list of units."""
        return list(dict.fromkeys(row.unit for row in self.rows))


def urging_text(urging: Urging) -> str:
    """Return one message to every unit, one under the other, ready to be copied."""
    rows = sorted(urging.rows, key=lambda row: urging.units.index(row.unit))
    return "\n\n".join(_message(urging, unit, list(own)) for unit, own in groupby(rows, key=lambda row: row.unit))


def _message(urging: Urging, unit: str, own: Sequence[Report]) -> str:
    you, last = "你部门" if urging.subject == "progress" else "你单位", last_told(urging.every, unit)
    told = f"最近一次报送的是{month(last)}。" if last else "此前没有报送过。"
    lines = [
        f"{unit}：",
        f"　　截至{chinese_date(urging.day)}，{you}{_owed(own)}。{told}{_ask(urging)}",
        urging.sender,
        chinese_date(urging.day),
    ]
    return "\n".join(lines)


def _owed(own: Sequence[Report]) -> str:
    """What a unit owes: 2026年8月（截止2026年9月10日，已逾期56天）、… 台账、汇总表尚未报送."""
    months = "、".join(f"{month(row.period)}（{_when(row)}）" for row in sorted(own, key=lambda row: row.period))
    return f"{SUBJECT_WORDS[own[0].subject]}尚未报送：{months}"


def _when(row: Report) -> str:
    return f"报送截止{chinese_date(row.due)}" + (f"，已逾期{row.late}天" if row.late else "，未到期")


def _ask(urging: Urging) -> str:
    nil = "" if urging.subject == "progress" else "当月确无数据的，请报零报告。"
    day = chinese_date(urging.by) if urging.by else BLANK
    return f"请于{day}前报送。{nil}"


def urging_paper(urging: Urging) -> bytes:
    """Return the list of all who have not reported as an official paper (.docx)."""
    paper, what = Paper(urging.day), SUBJECT_WORDS[urging.subject]
    paper.title(f"{what}催报单")
    paper.address("各有关部门：" if urging.subject == "progress" else "各有关单位：")
    paper.text(f"截至{chinese_date(urging.day)}，{_counted(urging)}。{_ask(urging)}名单如下：")
    lines = [_line(urging, number, unit) for number, unit in enumerate(urging.units, start=1)]
    paper.table(HEADERS, lines, WIDTHS, centred=(0, 3, 4, 5))
    paper.text("")
    paper.sign(urging.sender)
    return paper.data()


def _counted(urging: Urging) -> str:
    what, units = SUBJECT_WORDS[urging.subject], len(urging.units)
    late = sum(row.late > 0 for row in urging.rows)
    head = f"{months(urging.rows)}{what}尚有{bearers(urging.subject, units)}、{len(urging.rows)}份未报送"
    return head + (f"，其中逾期{late}份" if late else "，均未到期")


def _line(urging: Urging, number: int, unit: str) -> tuple[str, ...]:
    own = sorted((row for row in urging.rows if row.unit == unit), key=lambda row: row.period)
    contact, last = urging.contacts.get(unit, ("", "")), last_told(urging.every, unit)
    return (
        str(number), unit, months(own, urging.day.year), _short(own[0].due, urging.day),
        f"{own[0].late}天" if own[0].late else "未到期", month(last, urging.day.year) if last else NONE, "\n".join(filter(None, contact)),
    )  # fmt: skip


def _short(day: date, today: date) -> str:
    return month_day(day) if day.year == today.year else chinese_date(day)


def months(rows: Sequence[Report], year: int = 0) -> str:
    """Return the months of some reports, the year where it changes from `year` on: 2025年12月、2026年1月、2月."""
    found = []
    for period in sorted({row.period for row in rows}):
        found.append(month(period, year))
        year = int(period[:4])
    return "、".join(found)


def office(city: str) -> str:
    """Return the federation's name: 澄澜市总工会, where no city is set 市总工会."""
    return CITY if city in ("", "本市") else f"{city.removesuffix('总工会')}总工会"
