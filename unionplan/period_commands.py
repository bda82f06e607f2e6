"""`period` of the command line: list the plan periods, or begin a new one."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

from unionplan.access import Person
from unionplan.errors import UsageError
from unionplan.periods import Period, Turn, periods, start_period
from unionplan.store import Store

Command = Callable[..., argparse.ArgumentParser]
"""(commands, name, run, words, as_json) → the parser of one command, its --store included."""
NEEDED = {"name": "--name", "start": "--start", "end": "--end", "by": "--by", "note": "--note"}


def plug(commands: Any, command: Command, opened: Callable[[argparse.Namespace], Store]) -> None:
    """Add the command to argparse's `commands`; `opened` gives the store that the arguments mean."""

    def run(arguments: argparse.Namespace) -> int:
        told = _started(opened(arguments), arguments) if arguments.name else _listed(opened(arguments))
        document, words = told
        sys.stdout.write((json.dumps(document, ensure_ascii=False, indent=1) if arguments.json else words) + "\n")
        return 0

    parser = command(commands, "period", run, "列出计划期；写明 --name 的，开始新的计划期", as_json=True)
    parser.add_argument("--name", help="新计划期的名称，如 2027年上半年")
    parser.add_argument("--start", default="", help="起始日")
    parser.add_argument("--end", default="", help="截止日")
    parser.add_argument("--by", default="", help="经办人")
    parser.add_argument("--note", default="", help="理由")


def _started(store: Store, arguments: argparse.Namespace) -> tuple[dict[str, Any], str]:
    missing = [word for name, word in NEEDED.items() if not getattr(arguments, name).strip()]
    if missing:
        raise UsageError("命令 period", f"缺少参数 {'、'.join(missing)}", "", "如 --start 2027-01-01 --end 2027-06-30")
    commit, turn = start_period(
        store, store.head(), arguments.name, arguments.start, arguments.end, arguments.note, Person(arguments.by)
    )
    document = {
        "commit": commit, "carried": list(turn.carried), "running": list(turn.running), "finished": list(turn.finished),
        "periods": [_entry(one) for one in periods(store, commit)],
    }  # fmt: skip
    return document, turn_words(arguments.name, commit, turn)


def turn_words(name: str, commit: int, turn: Turn) -> str:
    """Return what a new period took over, in one line."""
    counts = f"结转{len(turn.carried)}项，继续{len(turn.running)}项，已完成不结转{len(turn.finished)}项"
    return f"已开始{name}（第 {commit} 次更新）：{counts}"


def _listed(store: Store) -> tuple[dict[str, Any], str]:
    found = periods(store, store.head())
    words = [f"{one.name}　{one.start} 至 {one.end}　第 {one.first} 至 {one.last} 次更新" for one in found]
    return {"periods": [_entry(one) for one in found]}, "\n".join(words)


def _entry(one: Period) -> dict[str, Any]:
    return {"name": one.name, "start": str(one.start), "end": str(one.end), "first": one.first, "last": one.last}
