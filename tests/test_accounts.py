"""Accounts, their command line and the gate, without a browser: what is kept, who has to wait, who is turned away."""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import os
import re
import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from unionplan import account_commands, gate
from unionplan.accounts import SESSION, Account, Accounts, Cost
from unionplan.errors import AccessError, StoreError, UnionplanError, UsageError

CHEAP = Cost(4, 8, 1)
PASSWORD = "四月的雨-1958"
HERE, THERE = "10.0.0.1", "10.0.0.2"
RULE = "密码至少 8 个字符，不能与姓名相同，不能是容易猜到的。请换一个密码。"


def _run(work):
    """Await `work` in a thread of its own: a browser test before this one may have left its loop running here."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock) -> Accounts:
    made = Accounts(tmp_path / "store", clock, CHEAP)
    made.add("王芳", "clerk", PASSWORD, "命令行 root")
    return made


def sign_in(accounts: Accounts, name: str = "王芳", password: str = PASSWORD, address: str = HERE) -> Account:
    account = accounts.signed_in(name, password, address)
    assert account is not None
    return account


def wrong(accounts: Accounts, times: int, name: str = "王芳", address: str = HERE) -> None:
    for _ in range(times):
        assert accounts.signed_in(name, "不是这个密码", address) is None


def refusal(act: Any, *values: Any) -> str:
    with pytest.raises(UnionplanError) as caught:
        act(*values)
    return str(caught.value)


# What is kept


def test_looking_makes_no_file(tmp_path: Path) -> None:
    empty = Accounts(tmp_path / "store", cost=CHEAP)
    assert (empty.any(), empty.listed(), empty.events(), empty.account_of("a.1.b.c")) == (False, [], [], None)
    assert empty.signed_in("王芳", PASSWORD, HERE) is None
    assert list(tmp_path.iterdir()) == []


def test_the_password_stands_nowhere_in_the_store(accounts: Accounts) -> None:
    wrong(accounts, 1)
    sign_in(accounts)
    for place in accounts.root.iterdir():
        data = place.read_bytes()
        assert PASSWORD.encode() not in data
        assert "不是这个密码".encode() not in data


def test_equal_passwords_have_different_hashes_with_their_parameters(accounts: Accounts) -> None:
    accounts.add("李强", "clerk", PASSWORD, "x")
    with sqlite3.connect(accounts.path) as db:
        kept = [row[0] for row in db.execute("SELECT password FROM accounts")]
    assert len(set(kept)) == 2
    assert all(re.fullmatch(r"scrypt\$4\$8\$1\$[\w-]{22}==\$[\w-]{43}=", text) for text in kept)


def test_the_default_cost_is_32_mebibytes_three_times_over() -> None:
    cost = Cost()
    assert (128 * cost.r * 2**cost.log_n, cost.p) == (32 * 2**20, 3)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_database_and_secret_are_readable_by_their_owner_only(accounts: Accounts) -> None:
    accounts.token_for(sign_in(accounts))
    for place in accounts.root.iterdir():
        place.chmod(0o644)
    again = Accounts(accounts.root, cost=CHEAP)
    again.token_for(again.listed()[0])
    assert {p.name: stat.S_IMODE(p.stat().st_mode) for p in accounts.root.iterdir()} == {
        "accounts.sqlite": 0o600,
        "accounts.secret": 0o600,
    }


def test_the_record_says_who_did_what_when_and_from_where(accounts: Accounts) -> None:
    wrong(accounts, 1)
    wrong(accounts, 1, name=PASSWORD)  # the password typed where the name belongs
    token = accounts.token_for(sign_in(accounts))
    accounts.end(token, HERE)
    accounts.change_password("王芳", "五月的风-1959", "命令行 root")
    accounts.remove("王芳", "命令行 root")
    assert [(e.who, e.what, e.name, e.address) for e in accounts.events()] == [
        ("命令行 root", "added", "王芳", ""),
        ("王芳", "refused", "王芳", HERE),
        ("", "refused", "", HERE),
        ("王芳", "signed_in", "王芳", HERE),
        ("王芳", "signed_out", "王芳", HERE),
        ("命令行 root", "password_changed", "王芳", ""),
        ("命令行 root", "removed", "王芳", ""),
    ]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", event.at) for event in accounts.events())


@pytest.mark.parametrize("words", ["UPDATE events SET who = 'x'", "DELETE FROM events"])
def test_the_record_is_never_changed(accounts: Accounts, words: str) -> None:
    with sqlite3.connect(accounts.path) as db, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(words)


def test_full_width_letters_and_spaces_are_the_same_as_narrow_ones(accounts: Accounts) -> None:
    accounts.add("Ｗang  Fang", "administrator", "ｑ１-安全-密码", "x")
    assert sign_in(accounts, "wang　FANG", "q1-安全-密码").name == "Wang Fang"


# What will not do


@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("四月的雨", "只有 4 个字符"),
        ("王芳工会干部一二", "与姓名相同"),
        ("11112222", "太容易猜到"),
        ("12345678", "太容易猜到"),
        ("PassWord", "太容易猜到"),
        ("长" * 129, "有 129 个字符，最多 128 个"),
    ],
)
def test_a_poor_password_is_refused(accounts: Accounts, password: str, found: str) -> None:
    expected = f"密码：{found}。{RULE}"
    assert refusal(accounts.add, "王芳工会干部一二", "clerk", password, "x") == expected
    if found != "与姓名相同":
        assert refusal(accounts.change_password, "王芳", password, "x") == expected


def test_what_else_is_refused_is_said_in_four_parts(accounts: Accounts) -> None:
    assert refusal(accounts.add, " 王芳", "clerk", PASSWORD, "x") == (
        "账号 王芳：已经有了。一个姓名一个账号。改密码请用 account password，改角色请先移除再添加。"
    )
    assert refusal(accounts.add, "李强", "root", PASSWORD, "x") == (
        "角色 root：没有这个角色。clerk、administrator。请改成其中之一。"
    )
    assert refusal(accounts.add, " ", "clerk", PASSWORD, "x") == "姓名：是空的。1 至 30 个字。请写本人姓名。"
    assert refusal(accounts.add, "系统", "clerk", PASSWORD, "x") == (
        "姓名：“系统”是系统自用的。1 至 30 个字。请写本人姓名。"
    )
    assert refusal(accounts.remove, "李强", "x") == "账号 李强：没有这个账号。王芳。请核对姓名。"
    assert refusal(Accounts(accounts.root / "none").remove, "李强", "x") == (
        "账号 李强：没有这个账号。现在一个账号也没有。请核对姓名。"
    )


# Waiting


def test_after_five_failures_a_name_waits_and_each_further_failure_doubles_the_wait(
    accounts: Accounts, clock: Clock
) -> None:
    wrong(accounts, 5)
    for wait, words in ((30, "30 秒"), (60, "60 秒"), (120, "2 分钟"), (240, "4 分钟"), (480, "8 分钟")):
        assert refusal(accounts.signed_in, "王芳", PASSWORD, HERE) == (
            f"登录：输错的次数太多。请等 {words}再试。忘记密码请找管理员重新设置。"
        )
        clock.now += wait
        wrong(accounts, 1)
    for _ in range(2):  # and never longer than a quarter of an hour
        assert "请等 15 分钟再试" in refusal(accounts.signed_in, "王芳", PASSWORD, HERE)
        clock.now += 900
        wrong(accounts, 1)


def test_asking_while_waiting_does_not_lengthen_the_wait(accounts: Accounts, clock: Clock) -> None:
    wrong(accounts, 5)
    for _ in range(20):
        refusal(accounts.signed_in, "王芳", PASSWORD, THERE)
    clock.now += 30
    assert sign_in(accounts).name == "王芳"
    wrong(accounts, 5)  # a success forgets the failures


def test_a_name_that_nobody_has_waits_like_one_that_somebody_has(accounts: Accounts) -> None:
    wrong(accounts, 5, "赵六")
    assert "请等 30 秒再试" in refusal(accounts.signed_in, "赵六", PASSWORD, HERE)
    assert sign_in(accounts).name == "王芳"


def test_an_address_waits_after_twenty_failures_over_many_names(accounts: Accounts, clock: Clock) -> None:
    for number in range(20):
        wrong(accounts, 1, f"甲{number}")
    assert "请等 30 秒再试" in refusal(accounts.signed_in, "王芳", PASSWORD, HERE)
    assert sign_in(accounts, address=THERE).name == "王芳"
    assert "再试" in refusal(accounts.signed_in, "王芳", PASSWORD, HERE)  # one's own success frees nobody else
    clock.now += 30
    assert sign_in(accounts).name == "王芳"


def test_the_addresses_of_one_ipv6_network_count_as_one(accounts: Accounts) -> None:
    for number in range(20):
        wrong(accounts, 1, f"甲{number}", f"2001:db8::{number:x}")
    assert "再试" in refusal(accounts.signed_in, "王芳", PASSWORD, "2001:db8::ffff")
    assert sign_in(accounts, address="2001:db8:0:1::1").name == "王芳"


def test_failures_side_by_side_are_all_counted(accounts: Accounts, clock: Clock) -> None:
    def guess(number: int) -> str:
        try:  # every thread through an object of its own, as another process would
            return str(Accounts(accounts.root, clock, CHEAP).signed_in("王芳", f"猜测的密码{number}", HERE))
        except AccessError:
            return "waits"

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(guess, range(24)))
    assert (said.count("None"), said.count("waits")) == (5, 19)


def test_another_password_lifts_the_wait_and_a_day_forgets_it(accounts: Accounts, clock: Clock) -> None:
    wrong(accounts, 5)
    accounts.change_password("王芳", "五月的风-1959", "x")
    assert sign_in(accounts, password="五月的风-1959")
    wrong(accounts, 5)
    clock.now += 24 * 3600 + 1
    wrong(accounts, 5)


def test_a_clock_set_back_makes_nobody_wait_longer(accounts: Accounts, clock: Clock) -> None:
    wrong(accounts, 5)
    clock.now -= 7200
    assert "请等 30 秒再试" in refusal(accounts.signed_in, "王芳", PASSWORD, HERE)


def test_a_name_that_nobody_has_costs_a_whole_hash(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    costs: list[Cost] = []
    import unionplan.accounts as module

    original = module._hashed
    monkeypatch.setattr(
        module, "_hashed", lambda text, cost, salt=None: costs.append(cost) or original(text, cost, salt)
    )  # type: ignore[func-returns-value]
    accounts.signed_in("赵六", "x", HERE)
    accounts.signed_in("王芳", "x", HERE)
    assert costs == [CHEAP, CHEAP]


# Sessions


def test_a_token_lasts_twelve_hours(accounts: Accounts, clock: Clock) -> None:
    token = accounts.token_for(sign_in(accounts))
    clock.now += SESSION - 1
    assert accounts.account_of(token) == accounts.listed()[0]
    clock.now += 1
    assert accounts.account_of(token) is None
    assert SESSION == 12 * 3600


def test_a_token_changed_anywhere_is_worth_nothing(accounts: Accounts) -> None:
    token = accounts.token_for(sign_in(accounts))
    for at in range(len(token)):
        other = "A" if token[at] != "A" else "B"
        changed = token[:at] + other + token[at + 1 :]
        # the last letter of a signature carries bits that base64 does not use: the text must match all the same
        assert accounts.account_of(changed) is None
    for text in ("", ".", "...", "a.b.c.d", token[:-1], f"{token}.", "王芳", "\udcff.1.2.3", token * 100):
        assert accounts.account_of(text) is None


def test_a_seal_for_a_form_is_no_session(accounts: Accounts) -> None:
    account = sign_in(accounts)
    body = f"{account.credential}.1790000000.abc"
    assert accounts.account_of(f"{body}.{accounts.sealed('form', body)}") is None
    assert accounts.account_of(f"{body}.{accounts.sealed('session', body)}") is not None


def test_whoever_is_removed_or_gets_another_password_is_out_at_once(accounts: Accounts) -> None:
    token = accounts.token_for(sign_in(accounts))
    accounts.change_password("王芳", "五月的风-1959", "x")
    assert accounts.account_of(token) is None
    token = accounts.token_for(sign_in(accounts, password="五月的风-1959"))
    accounts.remove("王芳", "x")
    accounts.add("王芳", "clerk", "五月的风-1959", "x")
    assert accounts.account_of(token) is None


def test_a_sign_out_ends_this_session_and_no_other(accounts: Accounts) -> None:
    account = sign_in(accounts)
    first, second = accounts.token_for(account), accounts.token_for(account)
    accounts.end(first, HERE)
    accounts.end("forged", HERE)
    assert accounts.account_of(first) is None
    assert accounts.account_of(second) is not None


def test_tokens_of_another_store_are_worth_nothing(accounts: Accounts, tmp_path: Path) -> None:
    other = Accounts(tmp_path / "other", cost=CHEAP)
    other.add("王芳", "administrator", PASSWORD, "x")
    assert accounts.account_of(other.token_for(sign_in(other))) is None


def test_the_secret_is_drawn_once_and_a_broken_one_is_said(accounts: Accounts) -> None:
    token = accounts.token_for(sign_in(accounts))
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: Accounts(accounts.root).sealed("x", "y"), range(8))) == {
            accounts.sealed("x", "y")
        }
    (accounts.root / "accounts.secret").write_bytes(b"short")
    with pytest.raises(StoreError) as caught:
        Accounts(accounts.root).account_of(token)
    assert str(caught.value) == "密钥 accounts.secret：内容不完整。请删除该文件，系统会重新生成，各人重新登录即可。"


def test_secrets_drawn_side_by_side_are_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: Accounts(tmp_path).sealed("x", "y"), range(16)))) == 1
    assert [place.name for place in tmp_path.iterdir()] == ["accounts.secret"]


def test_a_broken_file_is_said_and_opens_nothing(accounts: Accounts) -> None:
    accounts.path.write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match=r"账号 accounts\.sqlite：读写失败"):
        accounts.any()


# The command line


def run(root: Path, *words: str) -> int:
    parser = argparse.ArgumentParser()

    def command(commands: Any, name: str, run: Any, words: str, as_json: bool = False) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = commands.add_parser(name, help=words)
        made.add_argument("--store")
        if as_json:
            made.add_argument("--json", action="store_true")
        made.set_defaults(run=run)
        return made

    account_commands.plug(parser.add_subparsers(), command, lambda arguments: Path(arguments.store))
    arguments = parser.parse_args([*words, "--store", str(root)])
    return int(arguments.run(arguments))


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is typed unseen at a terminal."""
    words: list[str] = []
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdin", terminal)
    monkeypatch.setattr("getpass.getpass", lambda prompt: words.pop(0))
    return words  # type: ignore[return-value]


def test_accounts_are_added_listed_changed_and_removed(
    tmp_path: Path, typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    typed += [PASSWORD, PASSWORD, "五月的风-1959", "五月的风-1959"]
    assert run(tmp_path, "list") == 0
    assert run(tmp_path, "add", "王芳", "--role", "administrator") == 0
    assert run(tmp_path, "password", "王芳") == 0
    assert run(tmp_path, "remove", "王芳") == 0
    assert capsys.readouterr().out.splitlines() == [
        "没有账号：看板只能在本机打开",
        "已添加账号：王芳（管理员）",
        "已更换密码：王芳。已登录的须重新登录",
        "已移除账号：王芳。现在一个账号也没有，看板只能在本机打开",
    ]


def test_the_list_as_json(accounts: Accounts, capsys: pytest.CaptureFixture[str]) -> None:
    sign_in(accounts)
    assert run(accounts.root, "list", "--json") == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert list(listed) == ["name", "role", "added", "by", "last_sign_in"]
    assert (listed["name"], listed["role"], listed["by"]) == ("王芳", "clerk", "命令行 root")
    assert listed["last_sign_in"] == accounts.events()[-1].at


def test_a_password_from_a_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\r\nmore"))
    assert run(tmp_path, "add", "王芳", "--role", "clerk", "--password-stdin") == 0
    assert Accounts(tmp_path).signed_in("王芳", PASSWORD, HERE) is not None


def test_passwords_that_differ_or_cannot_be_typed_change_nothing(
    tmp_path: Path, typed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed += [PASSWORD, "别的密码一二三四", "短"]
    assert refusal(run, tmp_path, "add", "王芳", "--role", "clerk") == "密码：两次输入不一样。请重新运行。"
    assert refusal(run, tmp_path, "add", "王芳", "--role", "clerk") == f"密码：只有 1 个字符。{RULE}"
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(UsageError) as caught:
        run(tmp_path, "add", "王芳", "--role", "clerk")
    assert str(caught.value) == ("密码：这里不能输入密码。请在终端里运行，或加 --password-stdin 从标准输入读取。")
    assert list(tmp_path.iterdir()) == []


# The gate


class Answer(dict[str, str]):
    """Headers of an answer, with its status and text."""

    status = 0
    text = ""
    cookies: tuple[str, ...] = ()


def ask(
    root: Path, path: str = "/", method: str = "GET", kind: str = "http", client: str = "127.0.0.1",
    scheme: str = "http", said: dict[str, str] | None = None, **headers: str,
) -> Answer:  # fmt: skip
    """Ask the gate and what stands behind it, as an ASGI server would."""

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        for route in gate.routes(lambda: root, ["refresh"]):
            if route.path == scope["path"] and scope.get("method") in (route.methods or ()):
                await route.app(scope, receive, send)
                return
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"behind"})

    sent: list[Any] = []
    raw = [(b"host", headers.pop("host", "127.0.0.1:8501").encode())]
    raw += [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": kind, "path": path, "method": method, "headers": raw, "query_string": b"", "client": (client, 5),
        "scheme": scheme, "server": ("127.0.0.1", 8501), "extensions": {},
    }  # fmt: skip

    async def receive() -> Any:
        return {"type": f"{kind}.request", "body": urlencode(said or {}).encode()}

    async def send(message: Any) -> None:
        sent.append(message)

    _run(gate.Gate(behind, lambda: root)(scope, receive, send))
    answer = Answer((k.decode(), v.decode()) for k, v in sent[0].get("headers", []))
    answer.status = sent[0].get("status", 101 if sent[0]["type"] == "websocket.accept" else 403)
    answer.cookies = tuple(v.decode() for k, v in sent[0].get("headers", []) if k == b"set-cookie")
    answer.text = "".join(part.get("body", b"").decode() for part in sent)
    return answer


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Path]:
    """A store with one account, known to the gate."""
    gate.accounts_of.cache_clear()
    root = tmp_path / "guarded"
    gate.accounts_of(root)._cost = CHEAP
    gate.accounts_of(root).add("王芳", "clerk", PASSWORD, "x")
    yield root
    gate.accounts_of.cache_clear()


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_without_accounts_only_this_pc_comes_in_by_a_name_of_this_pc(tmp_path: Path, kind: str) -> None:
    into = 200 if kind == "http" else 101
    for host in ("127.0.0.1:8501", "localhost:8501", "[::1]:8501"):
        assert ask(tmp_path, "/x", kind=kind, host=host).status == into
    assert ask(tmp_path, "/x", kind=kind, client="10.0.0.7").status == 403
    assert ask(tmp_path, "/x", kind=kind, host="evil.example:8501").status == 403  # a name that was led here
    assert ask(tmp_path, "/x", kind=kind, host="[").status == 403
    assert list(tmp_path.iterdir()) == []


def test_whoever_is_turned_away_is_told_why(tmp_path: Path) -> None:
    answer = ask(tmp_path, "/x", client="10.0.0.7")
    assert "看板还没有设置账号，只能在装有看板的电脑上打开。请信息员用 account add 建立账号。" in answer.text


def test_with_accounts_everybody_may_look_and_nobody_may_upload(guarded: Path) -> None:
    assert ask(guarded, "/x", client="10.0.0.7", host="board:8501").status == 200
    assert ask(guarded, "/_stcore/stream", kind="websocket", client="10.0.0.7", host="board:8501").status == 101
    for method in ("PUT", "DELETE", "POST"):
        assert ask(guarded, "/_stcore/upload_file/a/b", method).status == 403
    accounts = gate.accounts_of(guarded)
    token = accounts.token_for(accounts.listed()[0])
    cookie = f"{gate.cookie_name(accounts)}={token}"
    assert ask(guarded, "/_stcore/upload_file/a/b", "PUT", cookie=cookie).status == 200
    accounts.remove("王芳", "x")
    accounts.add("李强", "clerk", PASSWORD, "x")
    assert ask(guarded, "/_stcore/upload_file/a/b", "PUT", cookie=cookie).status == 403


def test_connections_from_other_sites_and_machine_interfaces_are_turned_away(guarded: Path) -> None:
    for origin, status in (
        ("http://board:8501", 101),
        ("http://localhost:8501", 403),
        ("http://evil.example", 403),
        ("null", 403),
    ):
        got = ask(guarded, "/_stcore/stream", kind="websocket", host="board:8501", origin=origin)
        assert got.status == status
    assert ask(guarded, "/_stcore/agent/interact", "POST").status == 404
    assert ask(guarded, "/_stcore/metrics").status == 404


def test_every_answer_forbids_being_framed_by_other_sites(guarded: Path) -> None:
    for path in ("/", "/login", "/static/x.js"):
        assert ask(guarded, path)["x-frame-options"] in ("SAMEORIGIN", "DENY")
        assert ask(guarded, path)["x-content-type-options"] == "nosniff"


def form_of(root: Path, path: str = "/login") -> tuple[str, str]:
    """The ticket cookie and the seal of a fresh form."""
    answer = ask(root, path)
    seal = re.search(r'name="seal" value="([^"]+)"', answer.text)
    assert seal
    return answer["set-cookie"].split(";")[0], seal[1]


def test_signing_in_sets_a_cookie_that_scripts_cannot_read(guarded: Path) -> None:
    ticket, seal = form_of(guarded)
    said = {"seal": seal, "name": "王芳", "password": PASSWORD, "next": "/refresh"}
    answer = ask(guarded, "/login", "POST", said=said, cookie=ticket)
    assert (answer.status, answer["location"]) == (303, "/refresh")
    accounts = gate.accounts_of(guarded)
    kept, dropped = answer.cookies
    assert re.fullmatch(rf"{gate.cookie_name(accounts)}=[\w.-]+; HttpOnly; Path=/; SameSite=lax", kept)
    assert accounts.account_of(kept.partition("=")[2].partition(";")[0]) == accounts.listed()[0]
    assert "Max-Age=0" in dropped
    assert accounts.events()[-1][1:] == ("王芳", "signed_in", "王芳", "127.0.0.1")


@pytest.mark.parametrize(
    "change",
    [
        {"seal": ""},
        {"seal": "王芳"},
        {"cookie": ""},
        {"cookie": "unionplan_x=y"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
    ],
    ids=str,
)
def test_a_form_that_was_not_drawn_for_this_browser_signs_nobody_in(guarded: Path, change: dict[str, str]) -> None:
    ticket, seal = form_of(guarded)
    said = {"seal": change.pop("seal", seal), "name": "王芳", "password": PASSWORD}
    answer = ask(guarded, "/login", "POST", said=said, **{"cookie": ticket, **change})
    assert answer.status == 400
    assert "这一页放得太久了，或者浏览器不允许 Cookie。请再填一次。" in answer.text
    assert [event.what for event in gate.accounts_of(guarded).events()] == ["added"]


def test_wrong_words_and_waits_are_said_in_chinese_and_escaped(guarded: Path) -> None:
    ticket, seal = form_of(guarded)
    for _ in range(5):
        said = {"seal": seal, "name": '<b>"王芳', "password": "x"}
        answer = ask(guarded, "/login", "POST", said=said, cookie=ticket)
        assert answer.status == 401
        assert "姓名或密码不对，请再试一次。" in answer.text
        assert 'value="&lt;b&gt;&quot;王芳"' in answer.text
    answer = ask(guarded, "/login", "POST", said=said, cookie=ticket)
    assert answer.status == 429
    assert "登录：输错的次数太多。请等 30 秒再试。忘记密码请找管理员重新设置。" in answer.text


def test_after_signing_in_nobody_is_sent_to_another_site(guarded: Path) -> None:
    ticket, seal = form_of(guarded)
    for back in ("//evil.example", "https://evil.example", "/\\evil", "/x?y", "/a/b", "", "/refresh\r\nX: y"):
        said = {"seal": seal, "name": "王芳", "password": PASSWORD, "next": back}
        assert ask(guarded, "/login", "POST", said=said, cookie=ticket)["location"] == "/"


def test_a_body_that_no_form_of_ours_has_is_not_read(guarded: Path) -> None:
    ticket, seal = form_of(guarded)
    said = {"seal": seal, "name": "王芳", "password": "x" * 9000}
    assert ask(guarded, "/login", "POST", said=said, cookie=ticket).status == 400


def test_signing_out_needs_the_seal_and_ends_the_session(guarded: Path) -> None:
    accounts = gate.accounts_of(guarded)
    token = accounts.token_for(accounts.listed()[0])
    cookie = f"{gate.cookie_name(accounts)}={token}"
    assert ask(guarded, "/logout", "POST", said={"seal": "x"}, cookie=cookie).status == 400
    assert accounts.account_of(token) is not None
    answer = ask(guarded, "/logout", "POST", said={"seal": accounts.sealed("form", token)}, cookie=cookie)
    assert (answer.status, answer["location"]) == (303, "/")
    assert "Max-Age=0" in answer["set-cookie"]
    assert accounts.account_of(token) is None
    assert ask(guarded, "/logout", "POST").status == 303  # nobody to sign out


def test_behind_https_the_cookie_travels_by_https_only(guarded: Path) -> None:
    for scheme, last in (("http", "SameSite=lax"), ("https", "SameSite=lax; Secure")):
        (cookie,) = ask(guarded, "/login", scheme=scheme).cookies
        assert re.fullmatch(rf"unionplan_[\w-]{{8}}_form=[\w-]{{24}}; HttpOnly; Path=/login; {last}", cookie)


def test_without_accounts_there_is_no_sign_in_page(tmp_path: Path) -> None:
    assert ask(tmp_path, "/login")["location"] == "/"


def test_the_first_page_speaks_chinese_and_wears_the_boards_style() -> None:
    page, mark = gate.index_page()
    text = page.decode()
    assert '<html lang="zh-CN">' in text
    assert "<title>工会目标任务看板</title>" in text
    assert "请在浏览器中启用 JavaScript，再打开看板。" in text
    assert "window.unionplanShell" in text
    assert "unionplan shell" in text
    for gone in ("You need to enable", "Reading this without", "service-desc", "<title>Streamlit"):
        assert gone not in text
    assert re.search(r'src="\./static/js/index\.[\w-]+\.js"', text)  # Streamlit's own scripts stand untouched
    assert re.fullmatch(r'"[0-9a-f]{16}"', mark)


def test_an_unchanged_first_page_is_not_sent_again(guarded: Path) -> None:
    answer = ask(guarded, "/refresh")
    again = ask(guarded, "/refresh", **{"if-none-match": answer["etag"]})
    assert (answer.status, again.status, again.text) == (200, 304, "")


def test_the_sign_in_page_has_no_colour_of_its_own() -> None:
    shell = (Path(gate.__file__).parent / "shell.css").read_text(encoding="utf-8").lower()
    used = set(re.findall(r"#[0-9a-f]{3,6}\b", gate._STYLE))
    assert used
    assert {colour for colour in used if colour not in shell} == set()
