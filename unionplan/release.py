"""Which refresh a reader sees: where what comes in is reviewed first (待审核 → 已发布), the one that was released last.

Releasing is a refresh of its own that names another; data are never touched by it. Until something is released, readers
keep the board as it was when the review was switched on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from unionplan import clock
from unionplan.access import Person
from unionplan.errors import AccessError, IntakeError
from unionplan.store import Change, Slot, Store

TABLE = "release"


@dataclass(frozen=True)
class Seen:
    """What is shown: the board after `commit`, judged by `clock`; `back`: an earlier one than this reader's newest.

    `notice` says to who may write that something is not released yet, "" where there is nothing to say.
    """

    commit: int
    back: bool
    clock: date
    notice: str = ""


def seen_by(store: Store, person: Person, asked: str = "", on_day: date | None = None) -> Seen:
    """Return what `person` sees who asks for the refresh `asked` (words of the address; none, or wrong: the newest).

    `on_day` asks for the board as it stood at the end of that day: its last refresh, judged by that day. With both, the
    refresh is judged by that day, whatever came in since: so a presentation stays as it began.
    """
    head, public = store.head(), released(store)
    newest = head if public is None or person.may_write else public
    notice = _notice(store, public) if person.may_write else ""
    if on_day is not None and not asked:
        wanted = last_of(store, on_day, newest)
        day = clock.today(store.plan(wanted).settings.clock)
        return Seen(wanted, wanted != newest or on_day < day, min(day, on_day), notice)
    if on_day is not None and asked:
        return _pinned(store, asked, on_day, newest, notice)
    wanted = _number(asked, newest)
    day = clock.today(store.plan(wanted).settings.clock) if wanted == newest else store.today(wanted)
    return Seen(wanted, wanted != newest, day, notice)


def _pinned(store: Store, asked: str, on_day: date, newest: int, notice: str) -> Seen:
    """One refresh as it was judged on one day."""
    wanted = _number(asked, newest)
    day = clock.today(store.plan(wanted).settings.clock)
    return Seen(wanted, wanted != newest or on_day < day, min(day, on_day), notice)


def _number(asked: str, newest: int) -> int:
    """The refresh that the address names, the newest one where it names none."""
    return int(asked) if asked.isascii() and asked.isdecimal() and 1 <= int(asked) <= newest else newest


def last_of(store: Store, day: date, newest: int) -> int:
    """Return the last refresh up to `newest` that was made by the end of `day`; the first one where none was."""
    known = store.history()[:newest]
    return max((one.id for one in known if datetime.fromisoformat(one.at).date() <= day), default=1)


def _notice(store: Store, public: int | None) -> str:
    count = 0 if public is None else len(waiting(store, public))
    if not count:
        return ""
    return f"待审核：有{count}次更新尚未发布，查看者看到的仍是第{public}次更新之后的看板。请管理员在“更新记录”里发布。"


def waiting(store: Store, public: int) -> list[int]:
    """Return the refreshes after the released one that changed something."""
    return [commit.id for commit in store.history()[public:] if commit.action != "release"]


def released(store: Store) -> int | None:
    """Return the refresh that readers see, None where nothing has to be released."""
    return _released(store, store.head())


@lru_cache(maxsize=32)
def _released(store: Store, head: int) -> int | None:
    if not store.plan(head).settings.release:
        return None
    since = _switched_on(store, head)
    rows = store.rows(TABLE, head)
    last = int(rows[-1]["commit"]) if rows else 0
    return max(since, last)


def _switched_on(store: Store, head: int) -> int:
    """The refresh since which the review has been on without a break."""
    since = head
    touching = [one.id for one in store.history()[:head] if any(e.slot == Slot("settings") for e in one.entries)]
    for commit in reversed(touching):
        if not store.plan(commit).settings.release:
            break
        since = commit
    return since


def release(store: Store, commit: int, person: Person, note: str = "", at: datetime | None = None) -> int:
    """Let readers see the board after `commit` and return the refresh that says so.

    Raises AccessError for who is no administrator, IntakeError where nothing has to be released, the refresh is the
    one that is released already, or is older than the review; UnknownCommitError for one that does not exist.
    """
    store.known(commit)
    where = f"发布第{commit}次更新"
    if not person.may_release:
        raise AccessError(where, "您不是管理员", "发布由管理员办理", "请管理员登录后发布")
    public = released(store)
    if public is None:
        raise IntakeError(where, "没有启用发布审核", "入库即公开，不需要发布", "需要审核的，请先在设置中启用")
    if commit == public:
        raise IntakeError(where, "查看者现在看到的就是它", "同一次更新不重复发布", "请选择另一次更新")
    since = _switched_on(store, store.head())
    if commit < since:
        raise IntakeError(where, "早于启用发布审核的时候", f"可以发布第{since}次及以后的更新", "请选择另一次更新")
    done = store.append(Change("release", note, tables={TABLE: [{"commit": str(commit)}]}, refers=commit), person, at)
    assert done is not None
    return done
