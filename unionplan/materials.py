"""会议材料: what somebody orders for a meeting, made in the background, and the finished files on their shelf.

The shelf is a folder of its own under the store's root and no part of the log: whatever lies there can be made again.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from unionplan.access import Person
from unionplan.errors import AccessError, IntakeError, StoreError
from unionplan.export.formats import FORMATS, brief_of, made
from unionplan.export.occasion import LONGEST_NOTE, Occasion
from unionplan.gallery import Gallery
from unionplan.meetings import LONGEST
from unionplan.theme import file_name
from unionplan.uploads import Task

FOLDER, ABOUT, PART = "materials", "about.json", ".part"
KEPT = 20  # packs on the shelf
LARGEST = 1 << 30  # bytes of all packs together; the newest one stays, whatever its size


@dataclass(frozen=True)
class Order:
    """What is to be made: exhibits by id, files by format, and the occasion they are made for."""

    asked: tuple[str, ...]
    formats: tuple[str, ...]
    occasion: Occasion

    @property
    def name(self) -> str:
        """Return what the files are called, without suffix."""
        return file_name(f"{self.occasion.meeting or '会议材料'}_{self.occasion.held_on:%Y%m%d}")


@dataclass(frozen=True)
class File:
    """One finished file: its name, its key of FORMATS, its size in bytes."""

    name: str
    format: str
    size: int


@dataclass(frozen=True)
class Pack:
    """What one order gave: the files, who ordered them and when, and the refresh whose figures they show."""

    id: str
    at: str
    who: str
    meeting: str
    held_on: str
    kind: str
    internal: bool
    commit: int
    exhibits: int
    files: tuple[File, ...]

    @property
    def size(self) -> int:
        """Return the bytes of all its files."""
        return sum(one.size for one in self.files)


def require_order(order: Order, person: Person) -> None:
    """Raise AccessError unless `person` may have papers made, IntakeError where the order lacks something."""
    if not person.may_write:
        raise AccessError("会议材料", "现在没有登录", "登录的经办人、管理员才能生成会议材料", "请先登录")
    where = "会议材料"
    if len(order.occasion.meeting) > LONGEST:
        raise IntakeError(where, f"会议名称有{len(order.occasion.meeting)}个字", f"不超过{LONGEST}个字", "请改短")
    if len(order.occasion.footnote) > LONGEST_NOTE:
        raise IntakeError(where, f"备注有{len(order.occasion.footnote)}个字", f"不超过{LONGEST_NOTE}个字", "请改短")
    if not order.asked:
        raise IntakeError(where, "没有选图表", "至少选一张", "请从目录中加入，或点“选常用的”")
    if not order.formats:
        raise IntakeError(where, "没有选格式", "至少选一种", "请选择要生成的格式")


class Shelf:
    """The finished packs under one store's root; several processes may look at it at once."""

    def __init__(self, root: Path) -> None:
        self.folder = root / FOLDER

    def packs(self) -> list[Pack]:
        """Return the packs, the newest first; one whose record cannot be read is passed over."""
        found = [pack for place in self.folder.glob(f"*/{ABOUT}") if (pack := _pack(place)) is not None]
        return sorted(found, key=lambda one: one.id, reverse=True)

    def read(self, pack: Pack, name: str) -> bytes:
        """Return one file of a pack; raises StoreError where it has been cleared away meanwhile."""
        assert name in {one.name for one in pack.files}
        try:
            return (self.folder / pack.id / name).read_bytes()
        except OSError as error:
            raise StoreError("会议材料", f"“{name}”已不在", "旧的材料会自动清理", "请重新生成") from error

    def put(
        self, order: Order, finished: Sequence[tuple[str, str, bytes]], who: str, commit: int, at: datetime
    ) -> Pack:
        """Lay `finished` files (name, format, bytes) on the shelf as one pack, wholly or not at all, and clear old ones away.

        Raises StoreError where they cannot be written.
        """
        files = tuple(File(name, kind, len(data)) for name, kind, data in finished)
        said = order.occasion
        pack = Pack(
            f"{at:%Y%m%d-%H%M%S-%f}", at.replace(microsecond=0).isoformat(), who, said.meeting, said.held_on.isoformat(),
            said.kind, said.internal, commit, len(order.asked), files,
        )  # fmt: skip
        part = self.folder / f"{pack.id}{PART}"
        try:
            part.mkdir(parents=True)
            for name, _, data in finished:
                (part / name).write_bytes(data)
            (part / ABOUT).write_text(json.dumps(asdict(pack), ensure_ascii=False), encoding="utf-8")
            part.rename(self.folder / pack.id)
        except OSError as error:
            shutil.rmtree(part, ignore_errors=True)
            raise StoreError("会议材料", f"写入失败（{error.strerror}）", "", "请检查磁盘空间和写权限后重试") from error
        self.prune()
        return pack

    def prune(self) -> None:
        """Clear away the oldest packs beyond KEPT or LARGEST, and what a crash has left half written."""
        total = 0
        for number, pack in enumerate(self.packs()):
            total += pack.size
            if number and (number >= KEPT or total > LARGEST):
                shutil.rmtree(self.folder / pack.id, ignore_errors=True)

    def sweep(self) -> None:
        """Clear away what a process that died has left half written; only before anything is made."""
        for place in self.folder.glob(f"*{PART}"):
            shutil.rmtree(place, ignore_errors=True)


def _pack(place: Path) -> Pack | None:
    """The record of a pack, None where it is not whole."""
    try:
        told = json.loads(place.read_text(encoding="utf-8"))
        return Pack(**{**told, "files": tuple(File(**one) for one in told["files"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def may_take(person: Person, pack: Pack, newest: int) -> bool:
    """Return whether somebody may have a pack: whoever makes packs, all; others what is not 内部资料 and shows no
    refresh after `newest`, the last one they may see."""
    return person.may_write or (not pack.internal and pack.commit <= newest)


class Workshop:
    """The orders of one store, made one after the other in the background, whoever placed them."""

    def __init__(self, root: Path) -> None:
        self.shelf = Shelf(root)
        self.shelf.sweep()
        self._turn, self._lock = threading.Lock(), threading.Lock()
        self._orders: list[tuple[Order, str, Task[Pack]]] = []

    def order(self, order: Order, gallery: Gallery, person: Person, at: datetime) -> None:
        """Have an order made; raises as `require_order`. The same order is not taken twice while it is being made."""
        require_order(order, person)
        with self._lock:
            if any(one == order and not task.done for one, _, task in self._orders):
                return
            make = lambda task: self._make(task, order, gallery, person.name, at)  # noqa: E731 - runs in its own thread
            task: Task[Pack] = Task("正在等前一份材料完成", make, self._turn)
            self._orders = [(*_, one) for *_, one in self._orders if not one.done]
            self._orders.append((order, person.name, task))

    def working(self) -> list[Task[Pack]]:
        """Return what is being made or waits."""
        return [task for *_, task in self._orders if not task.done]

    def last(self) -> Task[Pack] | None:
        """Return the order placed last, done or not; None where none was placed since the start."""
        return self._orders[-1][2] if self._orders else None

    def _make(self, task: Task[Pack], order: Order, gallery: Gallery, who: str, at: datetime) -> Pack:
        steps, shown = len(order.asked) + 3 * len(order.formats), []
        for number, asked in enumerate(order.asked):
            task.progress = number / steps
            task.stage = f"正在准备图表（{number + 1}/{len(order.asked)}）：{gallery.entry(asked).name}"
            shown.append(gallery.exhibit(asked))
        told = [one for one in shown if one is not None]
        brief = brief_of(gallery.board, told, order.occasion, gallery.manner.others)
        if not brief.exhibits:
            raise IntakeError("会议材料", "选中的图表都没有数据", "有数据才能生成", "请另选图表，或先上传数据")
        files, coming = [], made(brief, order.formats)
        for number, kind in enumerate(order.formats):
            task.progress = (len(order.asked) + 3 * number) / steps
            task.stage = f"正在生成{FORMATS[kind].word}（{number + 1}/{len(order.formats)}）"
            files.append((f"{order.name}{FORMATS[kind].tail}", kind, next(coming)))
        task.progress, task.stage = 1.0, "正在存放"
        return self.shelf.put(order, files, who, gallery.board.commit, at)
