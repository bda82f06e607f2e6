"""Where the command line writes receipts: never over a file that was handed in, nor over another file's receipt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from unionplan.errors import UsageError
from unionplan.intake.readings import FileReading
from unionplan.intake.receipt import receipt

_ENDINGS = (".xlsx", ".xlsm")
RECEIPT_HELP = (
    "写出回执：原表标出有问题的单元格，附问题清单。路径以 .xlsx 结尾的是文件名，只用于检查一个文件；"
    "否则是文件夹，没有就新建，每个文件一份，名为“回执_原文件名.xlsx”。返回码不变"
)


def require_place(path: str, files: Sequence[str]) -> None:
    """Raise UsageError unless receipts of `files` can be written to `path` without losing anything."""
    place = Path(path)
    where = f"回执 {path}"
    if _is_file_name(place) and len(files) > 1:
        raise UsageError(
            where, f"检查的是 {len(files)} 个文件", "几个文件的回执须写到文件夹", "请把 --receipt 改成文件夹"
        )
    if _is_file_name(place) and any(_same(place, Path(file)) for file in files):
        raise UsageError(where, "就是被检查的文件", "回执不覆盖原文件", "请换一个文件名")
    if not _is_file_name(place) and place.exists() and not place.is_dir():
        raise UsageError(where, "是已有的文件", "须是文件夹，或以 .xlsx 结尾的文件名", "请换一个路径")


def write_receipts(path: str, files: Sequence[FileReading], sources: Sequence[str]) -> Iterator[Path]:
    """Write one receipt per file and yield where it was written. OSError where the disk or the rights do not allow it.

    A single .xlsx `path` is the file's name, and ends in .xlsm where the clerk's workbook has macros.
    """
    place = Path(path)
    alone = _is_file_name(place)
    folder = place.parent if alone else place
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        name, data = receipt(file)
        target = place.with_suffix(Path(name).suffix) if alone else _unused(folder, name)
        if alone and any(_same(target, Path(source)) for source in sources):
            target = _unused(folder, target.name)
        target.write_bytes(data)
        yield target


def _is_file_name(place: Path) -> bool:
    return place.suffix.lower() in _ENDINGS and not place.is_dir()


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def _unused(folder: Path, name: str) -> Path:
    """The file of that name in the folder, numbered where there is one already."""
    wanted = folder / name
    names = (wanted, *(wanted.with_stem(f"{wanted.stem}_{n}") for n in range(2, 10_000)))
    return next(place for place in names if not place.exists())
