"""`make bench`: each piece of work and its yardstick in turn, several rounds, medians and spread.

CPU seconds of this process and its children are compared, because the wall clock of a shared machine lies.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.parsers import expat

import pyarrow as pa
import pyarrow.compute as compute
import xlsxwriter
from pyarrow import csv as arrow_csv
from pyarrow import parquet
from stdnum.cn import uscc

from unionplan.access import Person
from unionplan.attainment import Outlook, headline
from unionplan.demo import DATA, build, records
from unionplan.exhibits import exhibits, usual
from unionplan.export.formats import brief_of, made
from unionplan.export.occasion import plain_occasion
from unionplan.intake.desk import read_file, unit_names
from unionplan.intake.preview import Options, preview, submit
from unionplan.observations import LEDGER
from unionplan.plan import plan_of, read_tables
from unionplan.standpoint import Standpoint
from unionplan.store import Store


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--rows", type=int, default=100_000, help="enterprises in the .xlsx ledger")
    parser.add_argument("--csv-rows", type=int, default=1_000_000, help="enterprises in the GBK .csv ledger, 0: none")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    os.environ["UNIONPLAN_UPLOAD_MB"] = "500"
    with tempfile.TemporaryDirectory(prefix="unionplan-bench-") as folder:
        _bench(Path(folder), options)


def _bench(folder: Path, options: argparse.Namespace) -> None:
    ledger = _written(folder, options.rows)
    print(f"台账 {options.rows:,} 行，{ledger.stat().st_size / 2**20:.1f} MB，{options.rounds} 轮")
    works = _works(ledger, folder, lambda: _tokenised(ledger))
    _report(
        "更新 .xlsx：文件 → 已入库、汇总就绪（含全部检查），对照：解压并用 expat 过一遍",
        *_measured(works, options.rounds),
    )
    works = _works(ledger, folder, lambda: _tokenised(ledger), second=True)
    _report("下个月再更新一次（逐户比较），同一对照", *_measured(works, options.rounds))
    small = _written(folder / "small", 50)
    _report("50 行的台账，单位秒，对照：空的 Python 进程", *_measured(_small_works(small, folder), options.rounds))
    store = _filled(ledger, folder / "view")
    _report("查看：现成汇总 → 全部目标，对照：pandas 分组一次", *_measured(_view_works(store), options.rounds))
    _meeting(folder / "sample", options.rounds)
    if options.csv_rows:
        text = _csv(folder, options.csv_rows)
        print(f"GBK 文本 {options.csv_rows:,} 行，{text.stat().st_size / 2**20:.1f} MB")
        works = _works(text, folder, lambda: len(text.read_bytes().decode("gb18030")))
        _report(
            "更新 .csv：文件 → 已入库、汇总就绪（含全部检查），对照：读入并解码",
            *_measured(works, min(options.rounds, 3)),
        )
        _report(
            "其中绕不过的几步，只用 Arrow、不做检查，同一对照", *_measured((lambda: _bare(text, folder), works[1]), 3)
        )


def _meeting(root: Path, rounds: int) -> None:
    """Say what the papers of a meeting take from nothing computed: twelve charts as slides, report, workbook, twelve pictures."""
    build(root, lambda _: None)
    spent = []
    for _ in range(rounds + 1):
        store, start, cpu = Store(root), time.perf_counter(), _cpu()
        commit = store.head()
        board = Standpoint(store, commit, store.plan(commit), store.today(commit), None)
        shown = exhibits(board, usual(board))
        brief = brief_of(board, shown, plain_occasion(board), False)
        assert min(map(len, made(brief, ("docx", "png", "pptx", "xlsx")))) > 10_000
        spent.append((_cpu() - cpu, time.perf_counter() - start))
    works, clocks = zip(*spent[1:], strict=True)
    print(f"会议材料：{len(shown)} 张图的幻灯片、文稿、工作簿和同样多的图片：{statistics.median(works):.2f} s CPU，"
          f"{statistics.median(clocks):.2f} s（钟表时间）")  # fmt: skip


def _bare(text: Path, folder: Path) -> None:
    """What no refresh of a text can leave out, and no check: hash, original kept, UTF-8, split, twins, counts, Parquet."""
    data = text.read_bytes()
    hashlib.sha256(data).hexdigest()
    (folder / "original").write_bytes(data)
    kinds = {name: pa.string() for name in ("统计编码", "单位名称")}
    table = arrow_csv.read_csv(
        pa.BufferReader(data.decode("gb18030").encode()), arrow_csv.ReadOptions(use_threads=False),
        convert_options=arrow_csv.ConvertOptions(column_types=kinds),
    )  # fmt: skip
    for name in table.column_names:
        if name in kinds:
            compute.value_counts(table[name])
        elif pa.types.is_string(table[name].type):
            table = table.set_column(table.column_names.index(name), name, table[name].dictionary_encode())
    table.group_by(["填报单位", "企业状态", "控股情况", "是否建会"]).aggregate(
        [("职工人数", "sum"), ("会员人数", "sum")]
    )
    parquet.write_table(table, folder / "bare.parquet", compression="zstd")


def _records(rows: int) -> Iterator[dict[str, Any]]:
    """Enterprises without end: the sample city's, repeated under codes, credit codes and names of their own."""
    units = plan_of(read_tables(DATA / "plan")).units
    base = list(records(units, date(2026, 10, 31)))
    for number in range(rows):
        body = f"91360100MA{number:07d}"
        yield {**base[number % len(base)], "union_code": f"{number + 1:09d}", "uscc": body + uscc.calc_check_digit(body),
               "org_name": f"{base[number % len(base)]['org_name']}{number}"}  # fmt: skip


def _written(folder: Path, rows: int) -> Path:
    """A ledger of `rows` enterprises as Excel stores it, its texts shared."""
    folder.mkdir(exist_ok=True)
    place = folder / "企业台账2026年10月.xlsx"
    with xlsxwriter.Workbook(str(place)) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("企业台账")
        sheet.write_row(0, 0, [field.label for field in LEDGER])
        for number, record in enumerate(_records(rows)):
            for column, field in enumerate(LEDGER):
                value = record.get(field.id)
                if isinstance(value, date):
                    sheet.write_datetime(number + 1, column, value, day)
                elif value is not None:
                    sheet.write(number + 1, column, value)
    return place


_CSV_COLUMNS = ("union_code", "org_name", "reporting_unit", "enterprise_state", "control", "workers", "unionised",
                "members", "contract_form", "contract_start", "contract_end", "disclosure")  # fmt: skip


def _csv(folder: Path, rows: int) -> Path:
    place = folder / "企业台账2026年10月.csv"
    fields = [field for field in LEDGER if field.id in _CSV_COLUMNS]
    with place.open("w", encoding="gb18030", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([field.label for field in fields])
        writer.writerows([record.get(field.id) for field in fields] for record in _records(rows))
    return place


def _tokenised(ledger: Path) -> None:
    with zipfile.ZipFile(ledger) as archive:
        for part in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
            expat.ParserCreate().Parse(archive.read(part), True)


Works = tuple[Callable[[], object], Callable[[], object]]


def _works(ledger: Path, folder: Path, yardstick: Callable[[], object], second: bool = False) -> Works:
    """Taking the ledger into a new store, and the yardstick; `second`: into one that holds the month before."""
    rounds = iter(range(10_000))
    name = hashlib.sha256(f"{ledger}{second}".encode()).hexdigest()[:8]
    if not second:
        return (lambda: _filled(ledger, folder / f"{name}{next(rounds)}")), yardstick
    before = folder / f"{name}before"
    _filled(ledger, before, date(2026, 9, 30))

    def again() -> None:
        store = folder / f"{name}{next(rounds)}"
        shutil.copytree(before, store)
        _filled(ledger, store, date(2026, 10, 31))

    return again, yardstick


def _filled(ledger: Path, root: Path, as_of: date | None = None) -> Store:
    store = Store.opened(root, read_tables(DATA / "plan"), Person("bench"))
    options = Options(as_of=as_of)
    with tempfile.TemporaryDirectory() as folder:
        names = unit_names(store.plan(1).units)
        seen = preview(store, read_file(ledger.name, ledger.read_bytes(), Path(folder), names, None, as_of), options)
        assert submit(store, seen, Person("bench"), "bench"), [one.message for one in seen.problems]
    headline(Outlook(store.cube(store.head()), store.plan(store.head()), date(2026, 11, 5)))
    return store


def _small_works(ledger: Path, folder: Path) -> Works:
    works = _works(ledger, folder, lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))
    _clock(works[0])
    return works


def _clock(work: Callable[[], object]) -> None:
    """Say how long the clerk waits; the wall clock of a shared machine lies, so it is only printed."""
    work()
    start = time.perf_counter()
    work()
    print(f"50 行的台账从文件到入库 {time.perf_counter() - start:.2f} s（钟表时间）")


def _view_works(store: Store) -> Works:
    """All headline figures from the ready cube, against one pandas group-by of the same cube."""
    cube, plan = store.cube(2), store.plan(2)
    group = ["indicator", "enterprise_type"]
    return (
        lambda: [headline(Outlook(cube, plan, date(2026, 11, 5))) for _ in range(20)],
        lambda: [cube.groupby(group)[["numerator", "denominator"]].sum() for _ in range(20)],
    )


def _measured(works: Works, rounds: int) -> tuple[list[float], list[float]]:
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
