"""What a paper is made for: which meeting, on which day, from whom to whom, and what people have typed for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from unionplan.standpoint import Standpoint

KINDS = ("汇报", "报告")
INTERNAL = "内部资料"
LONGEST_NOTE = 400  # characters of a 备注: more would leave no room for the chart above it


@dataclass(frozen=True)
class Sentence:
    """What somebody typed about one matter: why, and what will be done; either may be ""."""

    about: str = ""
    reason: str = ""
    measure: str = ""


@dataclass(frozen=True)
class Occasion:
    """A meeting's frame for slides, report and workbook; nothing of it is computed, "" prints nothing.

    `kind`: 汇报 to the own chairs' meeting, or 报告 upwards, with a head of its own. `meeting` is its name, `to` whom the
    paper is addressed to (without colon), `author` who signs, `subject` what it is about; "" takes the plan period's
    name. `internal` prints 内部资料, `footnote` is printed as 备注. `sentences` are typed by people: where there are
    none, no heading for them is printed either. `names`: unit → what it is called instead (不点名); the exhibits are made
    with the same names.
    """

    held_on: date
    kind: str = "汇报"
    meeting: str = ""
    to: str = ""
    author: str = ""
    subject: str = ""
    internal: bool = False
    footnote: str = ""
    sentences: tuple[Sentence, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert self.kind in KINDS, f"{self.kind} is no kind of paper"

    @property
    def reasons(self) -> list[str]:
        """Return the reasons that were typed, each with what it is about."""
        return [_about(one.about, one.reason) for one in self.sentences if one.reason.strip()]

    @property
    def measures(self) -> list[str]:
        """Return the measures that were typed, each with what it is about."""
        return [_about(one.about, one.measure) for one in self.sentences if one.measure.strip()]


def _about(matter: str, text: str) -> str:
    said = text.strip()
    whole = f"{matter.strip()}：{said}" if matter.strip() else said
    return whole if whole[-1] in "。！？；" else f"{whole}。"


def plain_occasion(board: Standpoint) -> Occasion:
    """Return the frame of a paper that no meeting was named for: of today, by the office, to the own chairs' meeting."""
    return Occasion(board.clock, author=f"{board.plan.settings.city}总工会办公室")
