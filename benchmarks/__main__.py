"""`make bench`: each piece of work and its yardstick in turn, several rounds, medians and spread.

CPU seconds of this process and its children are compared, because the wall clock of a shared machine lies.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.parsers import expat

import xlsxwriter

from unionplan.access import Person
from unionplan.attainment import Outlook, headline
from unionplan.demo import DATA, records
from unionplan.intake.desk import read_file, unit_names
from unionplan.intake.preview import Options, preview, submit
from unionplan.observations import LEDGER
from unionplan.plan import plan_of, read_tables
from unionplan.store import Store


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--rows", type=int, default=10_000, help="enterprises in the ledger")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="unionplan-bench-") as folder:
        ledger = _ledger(Path(folder), options.rows)
        print(f"台账 {options.rows:,} 行，{ledger.stat().st_size / 2**20:.1f} MB，{options.rounds} 轮")
        works = _refresh_works(ledger, Path(folder))
        _report("更新：文件 → 已入库（含全部检查）", *_measured(works, options.rounds))
        store = _filled(ledger, Path(folder) / "view")
        _report("查看：现成汇总 → 全部目标", *_measured(_view_works(store), options.rounds))


def _ledger(folder: Path, rows: int) -> Path:
    """A ledger of `rows` enterprises: the sample city's, repeated under new codes and names."""
    units = plan_of(read_tables(DATA / "plan")).units
    base = list(records(units, date(2026, 10, 31)))
    place = folder / "企业台账2026年10月.xlsx"
    with xlsxwriter.Workbook(str(place), {"constant_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("企业台账")
        sheet.write_row(0, 0, [field.label for field in LEDGER])
        for number in range(rows):
            record = {**base[number % len(base)], "union_code": f"{number + 1:09d}", "uscc": None}
            record["org_name"] = f"{record['org_name']}{number}"
            for column, field in enumerate(LEDGER):
                value = record.get(field.id)
                if isinstance(value, date):
                    sheet.write_datetime(number + 1, column, value, day)
                elif value is not None:
                    sheet.write(number + 1, column, value)
    return place


def _refresh_works(ledger: Path, folder: Path) -> tuple[Callable[[], object], Callable[[], object]]:
    with zipfile.ZipFile(ledger) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    rounds = iter(range(10_000))
    return (lambda: _filled(ledger, folder / f"refresh{next(rounds)}")), lambda: expat.ParserCreate().Parse(xml, True)


def _filled(ledger: Path, root: Path) -> Store:
    store = Store.opened(root, read_tables(DATA / "plan"), Person("bench"))
    with tempfile.TemporaryDirectory() as folder:
        names = unit_names(store.plan(1).units)
        seen = preview(store, read_file(ledger.name, ledger.read_bytes(), Path(folder), names), Options())
        assert submit(store, seen, Person("bench"), "bench") == 2
    headline(Outlook(store.cube(2), store.plan(2), date(2026, 11, 5)))
    return store


def _view_works(store: Store) -> tuple[Callable[[], object], Callable[[], object]]:
    """All headline figures from the ready cube, against one pandas group-by of the same cube."""
    cube, plan = store.cube(2), store.plan(2)
    group = ["indicator", "enterprise_type"]
    return (
        lambda: [headline(Outlook(cube, plan, date(2026, 11, 5))) for _ in range(20)],
        lambda: [cube.groupby(group)[["numerator", "denominator"]].sum() for _ in range(20)],
    )


def _measured(works: tuple[Callable[[], object], Callable[[], object]], rounds: int) -> tuple[list[float], list[float]]:
    """CPU seconds of the work and of its yardstick, interleaved so that both meet the same machine."""
    spent: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + 1):
        for work, seconds in zip(works, spent, strict=True):
            start = _cpu()
            work()
            if number:
                seconds.append(_cpu() - start)
    return spent


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _report(words: str, work: list[float], yardstick: list[float]) -> None:
    ratios = [a / b for a, b in zip(work, yardstick, strict=True)]
    print(f"{words}：{statistics.median(work):.3f} s CPU，是对照的 {statistics.median(ratios):.1f} 倍"
          f"（{min(ratios):.1f}–{max(ratios):.1f}）")  # fmt: skip


if __name__ == "__main__":
    main()
