"""The sample city 澄澜市: invented enterprises, seeded, written as clerks' workbooks and taken in like any other.

Every place and enterprise is invented. The store that it fills is marked 示例数据 and takes in nothing else.
"""

from __future__ import annotations

import io
import random
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter
from stdnum.cn import uscc

from unionplan.access import Person
from unionplan.intake.preview import Options, preview, submit
from unionplan.intake.worker import read_file, unit_names
from unionplan.observations import LEDGER
from unionplan.plan import Unit, read_tables, with_overlay
from unionplan.store import Store

DATA = Path(__file__).resolve().parent.parent / "data"
DEMO_STORE = "data/demo"
MONTHS = (date(2026, 6, 30), date(2026, 9, 30), date(2026, 10, 31))
TAKEN_IN = (datetime(2026, 7, 6, 9, 12), datetime(2026, 10, 9, 10, 5), datetime(2026, 11, 3, 15, 40))
SILENT = "交通产业工会"
"""This unit has sent nothing since June, so that the board has a missing unit to name."""
_PERSON = Person("示例经办人", "demo")
_ENTERPRISES = 1_200

_CONTROLS = (("国有控股", 110), ("集体控股", 60), ("私人控股", 680), ("港澳台商控股", 70), ("外商控股", 75), ("", 5))
_REGISTRATIONS = {
    "国有控股": ("国有企业", "国有独资公司"), "集体控股": ("集体企业", "股份合作企业"), "私人控股": ("私营有限责任公司", "个人独资企业"),
    "港澳台商控股": ("其他有限责任公司",), "外商控股": ("其他有限责任公司",), "": ("其他有限责任公司", "其他股份有限公司"),
}  # fmt: skip
_WORDS = "安邦博成达恩丰广恒宏华吉嘉金景康联隆茂铭宁启庆瑞盛泰同万祥新兴旭亿永裕源远泽振正中卓"
_TRADES = ("机械", "电子", "纺织", "食品", "建材", "化工", "商贸", "物流", "家具", "印务", "环保", "医药")
_RATES: dict[str, dict[str, tuple[float, float, float]]] = {
    "contract": {"state": (0.90, 0.935, 0.945), "other": (0.74, 0.772, 0.789)},
    "wage": {"state": (0.84, 0.90, 0.94), "other": (0.335, 0.392, 0.408)},
    "women": {"state": (0.80, 0.84, 0.86), "other": (0.52, 0.57, 0.59)},
    "congress": {"state": (0.775, 0.80, 0.832), "other": (0.386, 0.43, 0.442)},
    "disclosure": {"state": (0.79, 0.85, 0.872), "other": (0.44, 0.452, 0.458)},
    "harmony": {"state": (0.93, 0.962, 0.985), "other": (0.585, 0.675, 0.706)},
}


@dataclass(frozen=True)
class _Enterprise:
    """What stays the same over the months; `luck` decides from which rate on it is covered."""

    unit: str
    name: str
    code: str
    credit: str
    control: str
    registration: str
    workers: int
    women: int
    unionised: bool
    luck: dict[str, float]


def build(root: Path, say: Callable[[str], None]) -> str:
    """Fill the sample store at `root` unless it stands already; returns one sentence about it."""
    seed = with_overlay(read_tables(DATA / "plan"), DATA / "sample")
    store = Store.opened(root, seed, _PERSON, datetime(2026, 7, 1, 8, 30))
    if not store.plan(store.head()).settings.sample:
        return f"{root} 里已有自己的数据，没有改动"
    done = store.head() - 1
    if done >= len(MONTHS):
        return f"示例数据已在 {root}，共 {store.head()} 次更新"
    units = store.plan(1).units
    for month, moment in list(zip(MONTHS, TAKEN_IN, strict=True))[done:]:  # a build that was cut off goes on
        name, data = f"澄澜市企业台账{month.year}年{month.month}月.xlsx", workbook(units, month)
        with tempfile.TemporaryDirectory(prefix="unionplan-") as folder:
            file = read_file(name, data, Path(folder), unit_names(units))
            seen = preview(store, file, Options())
            commit = submit(store, seen, _PERSON, "已与填报单位核对", at=moment)
        say(f"第 {commit} 次更新：{name}，新增 {seen.added} 家，变更 {seen.changed} 家")
    return f"示例数据已建在 {root}"


def workbook(units: tuple[Unit, ...], month: date) -> bytes:
    """Return the city's ledger of one month as a clerk would send it: title, unit line, header in row 3."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("企业台账")
        sheet.merge_range(0, 0, 0, len(LEDGER) - 1, f"澄澜市企业台账（{month.year}年{month.month}月）")
        sheet.write(1, 0, "单位：家、人")
        sheet.write_row(2, 0, [field.label for field in LEDGER])
        for row, record in enumerate(records(units, month), start=3):
            for column, field in enumerate(LEDGER):
                value = record.get(field.id)
                if isinstance(value, date):
                    sheet.write_datetime(row, column, datetime.combine(value, datetime.min.time()), day)
                elif value is not None:
                    sheet.write(row, column, value)
    return out.getvalue()


def records(units: tuple[Unit, ...], month: date) -> Iterator[dict[str, Any]]:
    """Yield the rows of one month, field → value; the same seed gives the same city every time."""
    step = MONTHS.index(month)
    for enterprise in _enterprises(units):
        if enterprise.unit != SILENT or step == 0:
            yield _record(enterprise, month, step)


def _enterprises(units: tuple[Unit, ...]) -> Iterator[_Enterprise]:
    chance = random.Random(2026)  # noqa: S311 - a reproducible sample, no secret
    names: set[str] = set()
    words, weights = zip(*_CONTROLS, strict=True)
    while len(names) < _ENTERPRISES:
        unit = units[len(names) * 7 % len(units)].name
        name = f"澄澜{''.join(chance.sample(_WORDS, 2))}{chance.choice(_TRADES)}有限公司"
        if name in names:
            continue
        names.add(name)
        control = chance.choices(words, weights)[0]
        workers = int(chance.lognormvariate(3.9, 0.9)) + 8
        luck = {measure: chance.random() for measure in _RATES}
        yield _Enterprise(
            unit, name, f"{len(names):09d}", _credit(chance), control, chance.choice(_REGISTRATIONS[control]), workers,
            int(workers * chance.uniform(0.2, 0.6)), chance.random() < 0.86, luck)  # fmt: skip


def _credit(chance: random.Random) -> str:
    body = "91360" + "".join(chance.choice("0123456789") for _ in range(12))
    return body + str(uscc.calc_check_digit(body))


def _record(enterprise: _Enterprise, month: date, step: int) -> dict[str, Any]:
    kind = "state" if enterprise.control in ("国有控股", "集体控股") else "other"
    covered = {name: enterprise.unionised and enterprise.luck[name] < _RATES[name][kind][step] for name in _RATES}
    record: dict[str, Any] = {
        "union_code": enterprise.code, "uscc": enterprise.credit, "org_name": enterprise.name,
        "reporting_unit": enterprise.unit, "enterprise_state": "存续", "registration": enterprise.registration,
        "control": enterprise.control or None, "above_scale": "是" if enterprise.workers > 60 else "否",
        "workers": enterprise.workers, "women_workers": enterprise.women,
        "unionised": "是" if enterprise.unionised else "否", "union_form": "单独" if enterprise.unionised else "未建",
        "members": int(enterprise.workers * 0.9) if enterprise.unionised else 0,
        "congress": "单独" if covered["congress"] else "未建", "disclosure": "是" if covered["disclosure"] else "否",
        "harmony": "开展" if covered["harmony"] else "未开展",
    }  # fmt: skip
    for name in ("contract", "wage", "women"):
        record |= _signed(name, covered[name], enterprise.luck[name], month)
    return record


def _signed(name: str, covered: bool, luck: float, month: date) -> dict[str, Any]:
    """A contract in force, one that has run out, or none."""
    form = ("单独", "区域性", "行业性")[int(luck * 1000) % 3]
    if covered:
        start = MONTHS[0] - timedelta(days=30 + int(luck * 300))
        return {f"{name}_form": form, f"{name}_start": start, f"{name}_end": start + timedelta(days=730)}
    if luck > 0.97:
        end = month - timedelta(days=20 + int(luck * 100))
        return {f"{name}_form": form, f"{name}_start": end - timedelta(days=729), f"{name}_end": end}
    return {f"{name}_form": "未签"}
