"""`account add|remove|password|list` of the command line. Who may write in the store's folder may manage its accounts."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from unionplan.accounts import ROLES, Account, Accounts, require_password
from unionplan.errors import UsageError

Command = Callable[..., argparse.ArgumentParser]
"""(commands, name, run, words, as_json) → the parser of one command, its --store included."""


def plug(commands: Any, command: Command, root: Callable[[argparse.Namespace], Path]) -> None:
    """Add the four commands to argparse's `commands`; `root` says which store the arguments mean."""

    def run(act: Callable[[Accounts, argparse.Namespace], str]) -> Callable[[argparse.Namespace], int]:
        def act_and_tell(arguments: argparse.Namespace) -> int:
            sys.stdout.write(act(Accounts(root(arguments)), arguments) + "\n")
            return 0

        return act_and_tell

    add = command(commands, "add", run(_add), "添加账号，密码输入两遍")
    add.add_argument("name", metavar="姓名")
    add.add_argument("--role", required=True, choices=tuple(ROLES), help="clerk 经办人，administrator 管理员")
    password = command(commands, "password", run(_password), "更换密码，已登录的须重新登录")
    password.add_argument("name", metavar="姓名")
    for parser in (add, password):
        parser.add_argument("--password-stdin", action="store_true", help="从标准输入读一行作为密码")
    command(commands, "remove", run(_remove), "移除账号，已登录的立即退出").add_argument("name", metavar="姓名")
    command(commands, "list", run(_list), "列出账号", as_json=True)


def _add(accounts: Accounts, arguments: argparse.Namespace) -> str:
    password = _asked(arguments)
    account = accounts.add(arguments.name, arguments.role, password, _operator())
    return f"已添加账号：{account.name}（{ROLES[account.role]}）"


def _password(accounts: Accounts, arguments: argparse.Namespace) -> str:
    accounts.change_password(arguments.name, _asked(arguments), _operator())
    return f"已更换密码：{arguments.name}。已登录的须重新登录"


def _remove(accounts: Accounts, arguments: argparse.Namespace) -> str:
    accounts.remove(arguments.name, _operator())
    left = "" if accounts.any() else "。现在一个账号也没有，看板只能在本机打开"
    return f"已移除账号：{arguments.name}{left}"


def _list(accounts: Accounts, arguments: argparse.Namespace) -> str:
    listed = accounts.listed()
    if arguments.json:
        return json.dumps([_as_json(account) for account in listed], ensure_ascii=False, indent=1)
    lines = [f"{a.name}\t{ROLES[a.role]}\t{a.added} 由 {a.by} 添加\t最近登录 {a.last or '—'}" for a in listed]
    return "\n".join(lines) or "没有账号：看板只能在本机打开"


def _as_json(account: Account) -> dict[str, str | None]:
    return {
        "name": account.name, "role": account.role, "added": account.added, "by": account.by,
        "last_sign_in": account.last,
    }  # fmt: skip


def _asked(arguments: argparse.Namespace) -> str:
    """The password, typed twice unseen or read from a pipe; what will not do is said before the second time."""
    if arguments.password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
        require_password(arguments.name, password)
        return password
    if not sys.stdin.isatty():
        raise UsageError("密码", "这里不能输入密码", "", "请在终端里运行，或加 --password-stdin 从标准输入读取")
    password = getpass.getpass("密码：")
    require_password(arguments.name, password)
    if getpass.getpass("再输一遍：") != password:
        raise UsageError("密码", "两次输入不一样", "", "请重新运行")
    return password


def _operator() -> str:
    """Who runs the command, as the machine knows them."""
    try:
        return f"命令行 {getpass.getuser()}"
    except (OSError, KeyError):  # a machine without a list of users
        return "命令行"
