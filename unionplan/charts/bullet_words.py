"""What the bullet chart says: every row in words, its hover text, the remarks under the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unionplan import theme
from unionplan.attainment import Attainment
from unionplan.charts.parts import rate as rate_of
from unionplan.charts.parts import shown
from unionplan.charts.profile import text_width
from unionplan.plan import CITY_OWN, Indicator, Target


@dataclass(frozen=True)
class Cells:
    """One row in words: what the columns say. Empty text where nothing is to be said."""

    row: Attainment
    indicator: Indicator
    unit: str
    label: str
    value: str
    spread: str
    target: str
    promise: str
    covered: str
    base: str
    gap: str
    status: str
    remark: str

    @property
    def pledge(self) -> str:
        """Return the promise if it is short and whole: with … in it, it would look cut; the hover text has it."""
        return self.promise if text_width(self.promise, 1) <= 6 and "…" not in self.promise else ""

    @property
    def role(self) -> theme.Role:
        """Return the colours of the row's status; without a target there is nothing to light."""
        return theme.role(self.row.status) if self.row.target_bp is not None else theme.ROLES["neutral"]


def cells_of(row: Attainment, indicator: Indicator, targets: Sequence[Target]) -> Cells:
    """Return one row in words; `targets` tell the plan's commitment words."""
    unit = "人" if indicator.base == "workers" else "家"  # of enterprises, or of workers
    known = rate_of(row) is not None
    bounds = [bound for bound in (row.low, row.high) if bound is not None]
    return Cells(
        row=row,
        indicator=indicator,
        unit=unit,
        label=_label(row),
        value=shown(rate_of(row), row.target_bp) if known else theme.NONE,
        spread="–".join(shown(bound, row.target_bp) for bound in bounds) if known else "",
        target=theme.NONE if row.target_bp is None else theme.target_percent(row.target_bp),
        promise=_promise(row, targets),
        covered=theme.NONE if row.numerator is None else theme.count(row.numerator),
        base=theme.NONE if row.denominator is None else theme.count(row.denominator),
        gap=f"{theme.count(row.gap)} {unit}" if row.gap and known else theme.NONE,
        status=_status(row),
        remark=_remark(row),
    )


def _label(row: Attainment) -> str:
    scope = theme.SCOPE_SHORT.get(row.scope) or theme.ATOM_WORDS[row.scope]
    return scope if row.reporting_unit is None else f"{row.reporting_unit} {scope}"


def _promise(row: Attainment, targets: Sequence[Target]) -> str:
    if row.target_bp is None:
        return ""
    if row.item is None:
        return CITY_OWN
    key = (row.item, row.indicator, row.scope)
    return next((one.commitment for one in targets if (one.item, one.indicator, one.scope) == key), "")


def _status(row: Attainment) -> str:
    signs = "".join(f" {theme.MARKS[mark].sign}" for mark in row.marks if mark in theme.MARKS)
    return theme.light(row.status).partition("·")[0] + signs


def _remark(row: Attainment) -> str:
    """Return the second line of the status: the word's second half, or the date of a figure that is stale."""
    if row.status == "stale" and row.as_of:
        return f"截至{theme.month_day(row.as_of)}"
    return theme.light(row.status).partition("·")[2]


def remarks(rows: Sequence[Attainment], spreads: bool = True) -> list[str]:
    """Return what stands under the picture: its signs, the ranges where it shows them, who did not report."""
    marks = {mark for row in rows for mark in row.marks}
    said = [f"{mark.sign} {mark.meaning}" for key, mark in theme.MARKS.items() if key in marks]
    if spreads and any(row.low is not None and row.high is not None for row in rows):
        said.append("区间：待认定、空缺的企业按全未覆盖和全覆盖分别计算")
    missing = list(dict.fromkeys(unit for row in rows for unit in row.missing if unit not in row.apart))
    apart = list(dict.fromkeys(unit for row in rows for unit in row.apart))
    partly = [unit for unit in missing if not all(unit in row.missing for row in rows)]
    silent = [unit for unit in missing if unit not in partly]
    for units, word in (
        (silent, "未报送、未计入"),
        (partly, "部分指标未报、未计入该指标"),
        (apart, "口径不同、未计入"),
    ):
        if units:
            said.append(f"{len(units)}个单位{word}：{'、'.join(units)}")
    return said


def hover_of(cells: Cells) -> str:
    """Return what a row says when touched, escaped for Plotly."""
    row = cells.row
    scope = theme.SCOPE_WORDS.get(row.scope) or theme.ATOM_WORDS[row.scope]
    signs = "、".join(theme.MARKS[mark].meaning for mark in row.marks if mark in theme.MARKS)
    name = " ".join(part for part in (row.reporting_unit, cells.indicator.name, scope) if part)
    said = [
        *_hover_figures(cells),
        f"还差 {cells.gap}" if cells.gap != theme.NONE else "",
        f"状态 {theme.light(row.status)}{_aside(signs)}",
        f"截止 {theme.chinese_date(row.end)}" if row.end else "",
        f"数据截至 {theme.chinese_date(row.as_of)}" if row.as_of else "",
    ]
    return "<br>".join([f"<b>{theme.escape(name)}</b>", *(theme.escape(line) for line in said if line)])


def _hover_figures(cells: Cells) -> list[str]:
    row, indicator = cells.row, cells.indicator
    counts = f"{indicator.covered_word} {cells.covered} / {indicator.base_word} {cells.base} {cells.unit}"
    due = "" if row.due is None else f"{theme.count(row.due)} {cells.unit}"
    return [
        f"完成值 {cells.value}%{_aside(counts)}" if rate_of(row) is not None else "",
        f"区间 {cells.spread}%" if cells.spread else "",
        f"目标 {cells.target}%{_aside(cells.promise)}" if row.target_bp is not None else "",
        f"序时应达 {shown(row.due_rate)}%{_aside(due)}" if row.due_rate is not None else "",
        f"期初 {shown(row.baseline)}%" if row.baseline is not None else "",
    ]


def _aside(words: str) -> str:
    return f"（{words}）" if words else ""
