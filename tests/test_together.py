"""What several files do together is what they do one after the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from unionplan.access import Person
from unionplan.attainment import Outlook, headline
from unionplan.intake.desk import read_file, unit_names
from unionplan.intake.preview import Options, Preview, preview, submit, together
from unionplan.store import Store

HEAD = "统计编码 | 单位名称 | 填报单位 | 企业状态 | 单位类别 | 控股情况 | 职工人数 | 是否建会 | 厂务公开"
CLERK = Person("王芳")


def ledger(unit: str, *open_: str, first: int = 0) -> str:
    """Enterprises of one unit, all organised, one per word for 厂务公开."""
    lines = [f"'0{number} | {unit}厂{number} | {unit} | 存续 | 私营企业 | 私人控股 | 30 | 是 | {word}"
             for number, word in enumerate(open_, first)]  # fmt: skip
    return "\n".join([HEAD, *lines])


def looked_at(store: Store, folder: Path, name: str, data: bytes, mode: str) -> tuple[Preview, Options]:
    """A file as it is compared with the store as it stands."""
    options = Options(mode=mode)
    file = read_file(name, data, folder / name, unit_names(store.plan(store.head()).units))
    return preview(store, file, options), options


def test_files_together_do_what_they_do_one_after_the_other(
    store: Store, workbook: Callable[[str], bytes], tmp_path: Path
) -> None:
    drop = [
        ("甲2026年9月.xlsx", ledger("文澜区", "是", "是", "否"), "upsert"),
        ("乙2026年10月.xlsx", ledger("文澜区", "否", first=1), "upsert"),  # starts from what the first leaves
        ("丙2026年10月.xlsx", ledger("朝晖区", "是", "否"), "upsert"),
        ("丁2026年10月.xlsx", ledger("朝晖区", "否", "否", "否", first=2), "upsert"),  # the same slot once more
        ("戊2026年10月.xlsx", "填报单位 | 企业类型 | 企业总数 | 已建会企业数 | 厂务公开覆盖企业数\n锦澜区 | 非公有制企业 | 30 | 20 | 11", "upsert"),
    ]  # fmt: skip
    files = [(name, workbook(table), mode) for name, table, mode in drop]
    seen = [looked_at(store, tmp_path, *file) for file in files]
    assert all(one.change for one, _ in seen)
    told = [after for _, after in together(store, seen)]
    for file in files:
        one, _ = looked_at(store, tmp_path, *file)
        assert submit(store, one, CLERK, "核对过")
    head = store.head()
    assert told == headline(Outlook(store.cube(head), store.plan(head), store.today(head)))
    assert any(row.numerator for row in told)
