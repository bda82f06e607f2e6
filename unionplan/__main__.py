"""The command line: the same rooms as the board, for scripts. Results on stdout, messages on stderr.

Exit 0 good, 1 the data has problems and that file changed nothing, 2 wrong usage, 3 the store or the
machine failed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

from unionplan import __version__, account_commands, export_commands, period_commands
from unionplan.access import LOOPBACK, Person, require_listen
from unionplan.accounts import Accounts
from unionplan.attainment import Attainment, ItemState, Outlook, attainments
from unionplan.change import change_since, previous_day
from unionplan.demo import DEMO_STORE, build
from unionplan.errors import AccessError, IntakeError, StoreError, UnionplanError, UsageError
from unionplan.forecast import forecast, past, speed
from unionplan.intake.desk import read_file, unit_names
from unionplan.intake.limits import upload_megabytes
from unionplan.intake.nil_reports import nil_report
from unionplan.intake.nils import DATASET as NIL_OF
from unionplan.intake.prefill import prefilled
from unionplan.intake.preview import Options, Preview, preview, submit
from unionplan.intake.problems import Problem
from unionplan.intake.readings import FileReading
from unionplan.intake.receipt_files import RECEIPT_HELP, require_place, write_receipts
from unionplan.intake.templates import template
from unionplan.narrative import figure
from unionplan.notes import Notes, notes_of
from unionplan.observations import NIL_DATASETS
from unionplan.packing import packed, zip_name, zipped
from unionplan.plan import COVERAGE, Unit, plan_of, read_tables
from unionplan.standpoint import Standpoint
from unionplan.states import plan_states
from unionplan.store import Commit, Store, successor
from unionplan.theme import ACTION_WORDS, ATOM_WORDS, NONE, SCOPE_SHORT, SEVERITY_WORDS, light

ROOT = Path(__file__).resolve().parent.parent
PLAN_FOLDER = ROOT / "data" / "plan"
DEFAULT_STORE = "data/store"
_LATER_COMMANDS = {
    "backup": "备份", "restore": "恢复", "publish-delta": "发布 Delta 表",
}  # fmt: skip


_PROGRAM = "python -m unionplan"
_SEE = f"用法见 {_PROGRAM} --help"
_PARSER_WORDS = (
    (r"the following arguments are required: (.+)", r"缺少参数 \1"),
    (r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)", r"参数 \1 不能是 \2，可选 \3"),
    (r"argument (.+?): invalid int value: (.+)", r"参数 \1 须是整数，写的是 \2"),
    (r"argument (.+?): expected (at least )?one argument", r"参数 \1 后面缺少内容"),
    (r"argument (.+?): (.+)", r"参数 \1：\2"),
)


class _Parser(argparse.ArgumentParser):
    """Says in Chinese what is wrong with the words, and ends with 2."""

    def error(self, message: str) -> NoReturn:
        for english, chinese in _PARSER_WORDS:
            message = re.sub(english, chinese, message)
        raise UsageError(f"命令 {self.prog.removeprefix(_PROGRAM).strip() or 'unionplan'}", message, "", _SEE)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; never raises for what users cause."""
    try:
        arguments, unknown = _parser().parse_known_args(words)
        if arguments.command in _LATER_COMMANDS:
            raise UsageError(
                f"命令 {arguments.command}", f"“{_LATER_COMMANDS[arguments.command]}”尚未提供", "", "请等待后续版本"
            )
        if unknown:
            raise UsageError(f"命令 {arguments.command}", f"不认识 {' '.join(unknown)}", "", _SEE)
        run: Callable[[argparse.Namespace], int] = arguments.run
        return run(arguments)
    except UnionplanError as error:
        _say(str(error))
        return error.exit_code
    except BrokenPipeError:
        return 0
    except OSError as error:
        _say(f"本机：{error.strerror or error}。请检查文件、磁盘和权限。")
        return 3


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog=_PROGRAM, description="工会目标任务看板的命令行")
    parser.add_argument("--version", action="version", version=f"unionplan {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser, metavar="命令")
    _add_intake(commands)
    _add_reading(commands)
    for name, words in _LATER_COMMANDS.items():
        commands.add_parser(name, help=f"{words}（尚未提供）")
    template = _command(commands, "template", _template, "空白模板")
    template.add_argument("kind", metavar="类型")
    template.add_argument("--unit", help="填报单位")
    template.add_argument("-o", "--output", required=True, help="写到哪个文件")
    _command(commands, "demo", _demo, "建一个装有示例数据的数据库")
    account = commands.add_parser("account", help="账号管理", description="账号管理")
    kinds = account.add_subparsers(dest="account", required=True, parser_class=_Parser, metavar="操作")
    account_commands.plug(kinds, _command, lambda words: successor(_root(words)))
    period_commands.plug(commands, _command, _store)
    export_commands.plug(commands, _command, _standpoint)
    serve = _command(commands, "serve", _serve, "打开看板")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8501)
    return parser


def _command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], words: str, as_json: bool = False
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=words, description=words)
    parser.add_argument("--store", help=f"数据库目录（默认取 UNIONPLAN_STORE，否则 {DEFAULT_STORE}）")
    if as_json:
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 文档")
    parser.set_defaults(run=run)
    return parser


def _add_intake(commands: Any) -> None:
    check = _command(commands, "check", _check, "检查表格，不入库", as_json=True)
    check.add_argument("files", nargs="+", metavar="文件")
    check.add_argument("--receipt", metavar="路径", help=RECEIPT_HELP)
    submit = _command(commands, "submit", _submit, "表格入库，一个文件一次提交", as_json=True)
    submit.add_argument("files", nargs="*", metavar="文件")
    submit.add_argument("--by", required=True, help="经办人")
    nil = "、".join(f"{kind}（{NIL_DATASETS[name]}）" for kind, name in NIL_OF.items() if kind != "W3a")
    submit.add_argument("--nil", metavar="类型", help=f"零报告：该单位本月无，须同时写 --unit 和 --as-of；{nil}")
    submit.add_argument("--unit", help="填报单位")
    submit.add_argument("--as-of", type=_day, help="统计时点")
    submit.add_argument("--note", default="", help="说明")
    submit.add_argument("--mode", choices=("upsert", "replace"), default="upsert", help="更新，或替换本单位本期")
    submit.add_argument("--indicator", help="表上没有写明时，这张汇总表是哪项指标")
    submit.add_argument("--accept-mapping", action="store_true", help="确认列的识别结果")
    submit.add_argument("--accept-warnings", metavar="理由", default="", help="确认需核对的问题，并写明理由")
    submit.add_argument("--only-valid", action="store_true", help="只收合格行")
    undo = _command(commands, "undo", _undo, "撤销一次更新", as_json=True)
    undo.add_argument("commit", type=int, metavar="第几次")
    undo.add_argument("--by", required=True, help="经办人")
    undo.add_argument("--note", required=True, help="原因")


def _add_reading(commands: Any) -> None:
    attainment = _command(commands, "attainment", _attainment, "目标完成情况", as_json=True)
    attainment.add_argument("--by", choices=("scope", "enterprise_type", "reporting_unit"))
    attainment.add_argument("--indicator", help="只看一个指标")
    items = _command(commands, "items", _items, "计划条目", as_json=True)
    pack = _command(commands, "pack", _pack, "打包下发：每个填报单位一个工作簿")
    pack.add_argument("--out", required=True, metavar="目录", help="写到哪个目录")
    for parser in (attainment, items, pack):
        parser.add_argument("--commit", type=int, help="看第几次更新之后的样子")
        parser.add_argument("--on", type=_day, help="只看这一天以前的数据")
    _command(commands, "history", _history, "更新记录", as_json=True)
    _command(commands, "verify", _verify, "核对全部数据文件", as_json=True)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，日期写作 2026-10-31") from None


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _print(document: Any) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=1))


def _root(arguments: argparse.Namespace, default: str = DEFAULT_STORE) -> Path:
    return Path(arguments.store or os.environ.get("UNIONPLAN_STORE") or default)


def _store(arguments: argparse.Namespace) -> Store:
    return Store.opened(_root(arguments), read_tables(PLAN_FOLDER), Person("系统"))


def _plan_units(arguments: argparse.Namespace) -> tuple[Unit, ...]:
    """The units of the store if there is one, else the shipped ones; `check` makes no store."""
    if not (_root(arguments) / "log.sqlite").exists():
        return plan_of(read_tables(PLAN_FOLDER)).units
    store = _store(arguments)
    return store.plan(store.head()).units


def _read(path: str, units: tuple[Unit, ...], folder: Path, options: Options) -> FileReading:
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"文件 {path}", f"打不开（{error.strerror}）", "", "请检查文件名") from error
    return read_file(Path(path).name, data, folder, unit_names(units), options.unit, options.as_of)


def _check(arguments: argparse.Namespace) -> int:
    if arguments.receipt:
        require_place(arguments.receipt, arguments.files)
    units = _plan_units(arguments)
    with tempfile.TemporaryDirectory(prefix="unionplan-") as folder:
        files = [_read(path, units, Path(folder) / str(n), Options()) for n, path in enumerate(arguments.files)]
    for place in write_receipts(arguments.receipt, files, arguments.files) if arguments.receipt else []:
        _say(f"回执已写到 {place}")
    if arguments.json:
        _print({"files": [file.as_json() for file in files]})
    for file in [] if arguments.json else files:
        _list(file.name, file.all_problems())
    return int(any(found.severity != "fixed" for file in files for found in file.all_problems()))


def _list(name: str, problems: Sequence[Problem]) -> None:
    print(f"{name}：{len(problems)} 个问题" if problems else f"{name}：没有问题")
    for found in problems:
        where = "".join(filter(None, (found.sheet, found.cell, found.column and f"“{found.column}”"))) or "整个文件"
        print(f"  {SEVERITY_WORDS[found.severity]} {where}：{found.message}。{found.fix}。")


def _submit(arguments: argparse.Namespace) -> int:
    if bool(arguments.files) == bool(arguments.nil):
        found = "零报告不带文件" if arguments.nil else "缺少参数 文件"
        raise UsageError("命令 submit", found, "文件和 --nil 只能有一样", _SEE)
    missing = [path for path in arguments.files if not Path(path).is_file()]
    if missing:
        raise UsageError(f"文件 {missing[0]}", "打不开", "须是本机上的文件", "请检查文件名")
    store = _store(arguments)
    known = {unit.name for unit in store.plan(store.head()).units}
    if arguments.unit and arguments.unit not in known:
        raise UsageError(f"填报单位 {arguments.unit}", "不在填报单位表中", "、".join(sorted(known)), "请核对名称")
    options = Options(
        arguments.unit, arguments.as_of, arguments.mode, arguments.only_valid, arguments.accept_mapping,
        _known_indicator(store, arguments.indicator),
    )  # fmt: skip
    if arguments.nil:
        done = [_committed(store, _nil(store, arguments), arguments)]
    else:
        done = [_submitted(store, path, options, arguments) for path in arguments.files]
    if arguments.json:
        _print({"files": [entry for entry, _ in done]})
    return int(any(refused for _, refused in done))


def _nil(store: Store, arguments: argparse.Namespace) -> Preview:
    """The word 本月无 of one unit for one month; raises UsageError where one of the three is missing or unknown."""
    if arguments.nil not in (*NIL_OF, *NIL_DATASETS):
        raise UsageError(f"零报告 {arguments.nil}", "这种表格没有零报告", "、".join(NIL_OF), "请改成其中之一")
    if not (arguments.unit and arguments.as_of):
        raise UsageError(
            "命令 submit", "零报告缺少 --unit 或 --as-of", "", "如 --nil W3b --unit 文澜区 --as-of 2026-10-31"
        )
    return nil_report(store, arguments.unit, arguments.nil, arguments.as_of)


def _known_indicator(store: Store, word: str | None) -> str | None:
    """The indicator that the word names, by id or by name; raises UsageError for one that does not exist."""
    known = {name: found for name, found in store.plan(store.head()).indicators.items() if name in COVERAGE}
    words = {word: name for name, found in known.items() for word in (name, found.name, found.short)}
    if word and word not in words:
        listed = "、".join(f"{name}（{found.short}）" for name, found in known.items())
        raise UsageError(f"指标 {word}", "没有这项指标", listed, "请改成其中之一")
    return words[word] if word else None


def _submitted(store: Store, path: str, options: Options, arguments: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    """One file's own commit, or its refusal; a bad file never holds up the next."""
    with tempfile.TemporaryDirectory(prefix="unionplan-") as folder:
        seen = preview(store, _read(path, store.plan(store.head()).units, Path(folder), options), options)
    return _committed(store, seen, arguments)


def _committed(store: Store, seen: Preview, arguments: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    """A preview's commit, or its refusal, told in words or as an entry of the JSON document."""
    commit, refusal = None, ""
    try:
        commit = submit(store, seen, Person(arguments.by), arguments.accept_warnings, arguments.note)
    except IntakeError as error:
        refusal = str(error)
    entry = {
        "name": seen.file.name, "commit": commit, "unchanged": seen.unchanged, "added": seen.added,
        "changed": seen.changed, "removed": seen.removed, "rejected": seen.rejected,
        "problems": [found.as_json() for found in seen.problems],
    }  # fmt: skip
    if not arguments.json:
        _list(seen.file.name, seen.problems)
        outcome = f"第 {commit} 次更新" if commit else "未变，没有新的更新"
        counts = (
            f"新增 {seen.added}，变更 {seen.changed}，未变 {seen.unchanged}，移除 {seen.removed}，退回 {seen.rejected}"
        )
        print(refusal or f"  {outcome}：{counts}")
    elif refusal:
        _say(refusal)
    if any(found.rule == "indicator_missing" for found in seen.problems):
        _say("请加 --indicator 指定，如 --indicator contract；可用 " + "、".join(COVERAGE) + "，也可用中文名称。")
    return entry, bool(refusal)


def _undo(arguments: argparse.Namespace) -> int:
    store = _store(arguments)
    done = store.undo(arguments.commit, Person(arguments.by), arguments.note)
    if arguments.json:
        _print({"commit": done, "undone": arguments.commit})
    else:
        print(f"已撤销第 {arguments.commit} 次更新（第 {done} 次更新）")
    return 0


def _outlook(arguments: argparse.Namespace) -> Outlook:
    store = _store(arguments)
    commit = store.known(arguments.commit)
    return Outlook(store.cube(commit), store.plan(commit), store.today(commit), arguments.on)


def _standpoint(arguments: argparse.Namespace) -> Standpoint:
    store = _store(arguments)
    commit = store.known(arguments.commit)
    return Standpoint(store, commit, store.plan(commit), store.today(commit), None)


def _attainment(arguments: argparse.Namespace) -> int:
    outlook = _outlook(arguments)
    if arguments.indicator and arguments.indicator not in COVERAGE:
        raise UsageError(f"指标 {arguments.indicator}", "没有这个指标", "、".join(COVERAGE), "请改成其中之一")
    rows = attainments(outlook, arguments.by, arguments.indicator)
    if arguments.json:
        judged = arguments.by != "enterprise_type"  # a target names a scope; an atom has no light of its own
        _print([_attainment_json(row, judged, outlook) for row in rows])
        return 0
    for row in rows:
        indicator = outlook.plan.indicators[row.indicator]
        kind = ATOM_WORDS if arguments.by == "enterprise_type" else SCOPE_SHORT
        words = (kind[row.scope], row.reporting_unit or "全市")
        print(f"{indicator.name} {' '.join(words)}：{figure(row, indicator)} {light(row.status)}")
    return 0


def _attainment_json(row: Attainment, judged: bool, outlook: Outlook) -> dict[str, Any]:
    known = row.numerator is not None and row.denominator
    return {
        "item": row.item, "indicator": row.indicator, "scope": row.scope, "reporting_unit": row.reporting_unit,
        "as_of": row.as_of.isoformat() if row.as_of else None, "numerator": row.numerator,
        "denominator": row.denominator, "coverage": (row.numerator or 0) / (row.denominator or 1) if known else None,
        "target": None if row.target_bp is None else row.target_bp / 10_000, "need": row.need, "gap": row.gap,
        "attained": row.attained, "due": row.due, "status": row.status if judged else None, "marks": list(row.marks),
        **(_outlook_json(row, outlook) if judged else {}),
    }  # fmt: skip


def _outlook_json(row: Attainment, outlook: Outlook) -> dict[str, Any]:
    """What came before and what lies ahead; counts as they are, rates as numbers."""
    moved = change_since(outlook, row, previous_day(row))
    points = past(outlook, row) if row.target_bp is not None else []
    ahead, pace = forecast(row, points), speed(row, points)
    low, line, high = ahead.counts if ahead else (None, None, None)
    change = moved and {
        "since": moved.since.isoformat(), "numerator": moved.covered1 - moved.covered0,
        "denominator": moved.base1 - moved.base0, "effort": float(moved.effort), "shift": float(moved.shift),
    }  # fmt: skip
    return {
        "previous": _number(row.previous), "low": _number(row.low), "high": _number(row.high), "change": change,
        "pace": {"required": _number(pace.required), "recent": _number(pace.recent), "best": _number(pace.best)},
        "forecast": ahead and {
            "on": ahead.end.day.isoformat(), "numerator": line, "low": low, "high": high, "denominator": ahead.base,
            "periods": ahead.periods,
        },
    }  # fmt: skip


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _items(arguments: argparse.Namespace) -> int:
    outlook, notes = _outlook(arguments), _notes(arguments)
    states = _states(arguments, outlook, notes)
    if arguments.json:
        _print([_item_json(state, outlook.today, len(notes.get(state.item.id, ()))) for state in states])
        return 0
    for state in states:
        print(f"{state.item.id}\t{state.item.short}\t{light(state.status)}\t{state.said or NONE}\t{state.rule}")
    return 0


def _notes(arguments: argparse.Namespace) -> Notes:
    store = _store(arguments)
    commit = store.known(arguments.commit)
    return notes_of(store.progress(commit), store.notes(commit), arguments.on)


def _states(arguments: argparse.Namespace, outlook: Outlook, notes: Notes) -> list[ItemState]:
    store = _store(arguments)
    commit = store.known(arguments.commit)
    return plan_states(outlook, store.training(commit), store.activities(commit), notes)


def _item_json(state: ItemState, today: date, notes: int) -> dict[str, Any]:
    item, row = state.item, state.row
    rate = item.target is not None and item.unit == "%"
    target = None if item.target is None else float(item.target) if rate else int(item.target)
    progress = {"numerator": state.counts[0], "denominator": state.counts[1]} if state.counts else None
    return {
        "item": item.id, "plan": item.plan, "section": item.section, "name": item.name, "quote": item.quote,
        "kind": item.kind, "commitment": item.commitment or None, "scope": row.scope if row else None,
        "start": _iso(item.start), "end": _iso(item.end), "target": target, "unit": item.unit or None,
        "department": item.department or None, "leader": item.leader or None, "status": state.status,
        "rule": state.rule, "progress": progress, "said": state.said or None, "evidence": list(state.evidence),
        "marks": list(state.marks), "moved_on": _iso(state.moved_on), "idle_days": state.idle_days(today),
        "late_days": state.late_days(today), "notes": notes,
    }  # fmt: skip


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _pack(arguments: argparse.Namespace) -> int:
    store, folder = _store(arguments), Path(arguments.out)
    outlook, files = _outlook(arguments), []
    folder.mkdir(parents=True, exist_ok=True)
    for step in packed(store, store.known(arguments.commit), outlook):
        _say(f"{step.done}/{step.total} {step.words}")
        if step.name:
            (folder / step.name).write_bytes(step.data)
            files.append((step.name, step.data))
    whole = folder / zip_name(outlook.today)
    whole.write_bytes(zipped(files, outlook.today))
    print(f"{len(files)}个单位的材料已写到 {folder}，压缩包 {whole.name}")
    return 0


def _history(arguments: argparse.Namespace) -> int:
    commits = _store(arguments).history()
    if arguments.json:
        _print([_commit_json(commit) for commit in commits])
        return 0
    for commit in commits:
        files = "、".join(upload.name for upload in commit.files)
        print(f"{commit.id}\t{commit.at}\t{commit.who}\t{ACTION_WORDS[commit.action]}\t{files}\t{commit.note}")
    return 0


def _commit_json(commit: Commit) -> dict[str, Any]:
    return {
        "commit": commit.id, "at": commit.at, "who": commit.who, "action": commit.action, "note": commit.note,
        "refers": commit.refers, "files": [{"name": f.name, "sha256": f.sha256} for f in commit.files],
        "slots": [{"dataset": e.slot.dataset, "reporting_unit": e.slot.unit or None, "period": e.slot.period or None,
                   "as_of": e.as_of.isoformat() if e.as_of else None, "rows": e.rows} for e in commit.entries],
    }  # fmt: skip


def _verify(arguments: argparse.Namespace) -> int:
    store = _store(arguments)
    problems = store.verify()
    if arguments.json:
        _print({"commits": store.head(), "problems": problems})
    else:
        print("\n".join(problems) or f"已核对 {store.head()} 次更新的全部文件，没有问题")
    return 3 if problems else 0


def _template(arguments: argparse.Namespace) -> int:
    """A form from the store if there is one, else from the shipped plan; `template` makes no store."""
    if (_root(arguments) / "log.sqlite").exists():
        store = _store(arguments)
        data = prefilled(store, store.head(), arguments.kind, arguments.unit)
    else:
        tables = read_tables(PLAN_FOLDER)
        plan = plan_of(tables)
        data = template(arguments.kind, plan.units, arguments.unit, plan.items, promises=tables["plan"])
    Path(arguments.output).write_bytes(data)
    print(f"已写到 {arguments.output}")
    return 0


def _demo(arguments: argparse.Namespace) -> int:
    root = Path(arguments.store or DEMO_STORE)
    print(build(root, _say))
    return 0


def _serve(arguments: argparse.Namespace) -> int:
    try:
        require_listen(arguments.host, Accounts(successor(_root(arguments))).any())
    except AccessError as error:
        raise UsageError(error.where, error.found, error.allowed, error.remedy) from None
    near = "127.0.0.1" if arguments.host in ("0.0.0.0", "::") else arguments.host  # noqa: S104 - compared, not bound
    address = f"http://[{near}]:{arguments.port}" if ":" in near else f"http://{near}:{arguments.port}"
    if _taken(near, arguments.port):
        if _healthy(address):
            print(f"看板已在运行：{address}")
            return 0
        raise StoreError(f"端口 {arguments.port}", "已被别的程序占用", "", "请用 --port 换一个端口")
    store = _store(arguments)
    store.cube(store.head())
    return _run_server(arguments, address, store.root)


def _run_server(arguments: argparse.Namespace, address: str, root: Path) -> int:
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "serve_app.py"),
               "--server.address", arguments.host, "--server.port", str(arguments.port),
               "--server.maxUploadSize", str(upload_megabytes()), "--logger.hideWelcomeMessage", "true"]  # fmt: skip
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "UNIONPLAN_STORE": str(root.resolve())})  # noqa: S603 - our own interpreter and app
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # ended from outside, the server ends too
    try:
        while server.poll() is None and not _healthy(address):
            time.sleep(0.2)
        if server.poll() is None:
            print(f"看板已就绪，请在浏览器打开 {address}（按 Ctrl+C 结束）{_from_other_desks(arguments)}", flush=True)
        return 0 if server.wait() == 0 else 3
    except KeyboardInterrupt:
        return 0
    finally:
        server.terminate()
        server.wait()


def _from_other_desks(arguments: argparse.Namespace) -> str:
    """What other desks type into their browsers; nothing where only this PC is served."""
    if arguments.host in LOOPBACK:
        return ""
    host = socket.gethostname() if arguments.host in ("0.0.0.0", "::") else arguments.host  # noqa: S104 - compared, not bound
    return f"\n其他电脑请打开 http://{host}:{arguments.port}"


def _taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def _healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1) as answer:  # noqa: S310 - always http on this machine
            return bool(answer.read() == b"ok")
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
