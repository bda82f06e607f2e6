"""Who may sign in: named accounts beside the commit log, their passwords hashed, every change and attempt recorded.

`accounts.sqlite` and `accounts.secret` lie in the store's folder and can be read by their owner only. `events` is
append-only. An account's `credential` is drawn anew with every password, and session tokens name the credential: what
was signed in before is out as soon as the account is removed or its password changes. A failed attempt is written down
before the password is looked at, so that processes and threads guessing side by side are counted like one.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
import os
import secrets
import sqlite3
import time
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from unionplan.errors import AccessError, StoreError, UsageError

ROLES: Mapping[str, str] = MappingProxyType({"clerk": "经办人", "administrator": "管理员"})
FILE, SECRET = "accounts.sqlite", "accounts.secret"
SESSION = 12 * 3600  # seconds that a sign-in lasts
SHORTEST, LONGEST, LONGEST_NAME = 8, 128, 30  # characters
FREE_BY_NAME, FREE_BY_ADDRESS = 5, 20  # failures without a wait; many desks may share one address
FIRST_WAIT, LONGEST_WAIT = 30, 900  # seconds; doubled with every further failure
REMEMBERED = 24 * 3600  # seconds after which a failure no longer counts
RESERVED = ("系统",)  # signs what the program itself commits
_RULE = f"密码至少 {SHORTEST} 个字符，不能与姓名相同，不能是容易猜到的"
_COMMON = ("password", "qwertyui", "1q2w3e4r", "abcd1234", "abc12345", "a1234567", "admin123", "woaini1314")
_RUNS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")

_SCHEMA = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS accounts (
  key TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, password TEXT NOT NULL,
  credential TEXT NOT NULL UNIQUE, at TEXT NOT NULL, by TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS events (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, name TEXT NOT NULL,
  address TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tries (id INTEGER PRIMARY KEY, at REAL NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ended (session TEXT PRIMARY KEY, at REAL NOT NULL);
CREATE TRIGGER IF NOT EXISTS events_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS events_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'append-only'); END;
PRAGMA user_version = 1;
COMMIT;
"""


class Cost(NamedTuple):
    """The work of one scrypt: 2**log_n blocks of r·128 bytes (32 MiB), p times over."""

    log_n: int = 15
    r: int = 8
    p: int = 3


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in: the name that goes into the log, a role of ROLES, since when, by whom."""

    name: str
    role: str
    added: str
    by: str
    last: str | None = None  # the newest sign-in
    credential: str = field(default="", repr=False)


class Event(NamedTuple):
    """One row of the record: at that time `who` did `what` to the account `name`, from that address.

    `what`: added, removed, password_changed, signed_in, refused, signed_out. `name` is empty where nobody is called
    that: a password typed into the wrong field shall not be kept.
    """

    at: str
    who: str
    what: str
    name: str
    address: str


class Accounts:
    """The accounts of the store at `root`; safe between threads and processes. Looking makes no file."""

    def __init__(self, root: Path, now: Callable[[], float] = time.time, cost: Cost | None = None) -> None:
        self.root, self.path = root, root / FILE
        self._now, self._cost = now, cost or Cost()
        self._secret = b""

    def any(self) -> bool:
        """Return whether there is an account at all; without one the board serves this PC only."""
        if not self.path.exists():
            return False
        with self._opened() as db:
            return bool(db.execute("SELECT EXISTS (SELECT 1 FROM accounts)").fetchone()[0])

    def listed(self) -> list[Account]:
        """Return every account in the order they were added."""
        if not self.path.exists():
            return []
        with self._opened() as db:
            return [Account(*row) for row in db.execute(_LISTED)]

    def events(self) -> list[Event]:
        """Return the whole record, oldest first."""
        if not self.path.exists():
            return []
        with self._opened() as db:
            return [Event(*row) for row in db.execute("SELECT at, who, what, name, address FROM events ORDER BY id")]

    def add(self, name: str, role: str, password: str, by: str) -> Account:
        """Add an account and return it; raises UsageError when the name, the role or the password will not do."""
        name = _fit_name(name)
        if role not in ROLES:
            raise UsageError(f"角色 {role}", "没有这个角色", "、".join(ROLES), "请改成其中之一")
        require_password(name, password)
        values = (_key(name), name, role, _hashed(password, self._cost), _credential(), self._stamp(), by)
        with self._opened() as db, _writing(db):
            if db.execute("SELECT 1 FROM accounts WHERE key = ?", (_key(name),)).fetchone():
                raise UsageError(
                    f"账号 {name}", "已经有了", "一个姓名一个账号", "改密码请用 account password，改角色请先移除再添加"
                )
            db.execute("INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            self._note(db, by, "added", name)
        return Account(name, role, values[5], by, None, values[4])

    def remove(self, name: str, by: str) -> None:
        """Remove an account; whoever is signed in by it is out. Raises UsageError when there is none of that name."""
        with self._opened(needed=name) as db, _writing(db):
            known = _known(db, name)
            db.execute("DELETE FROM accounts WHERE key = ?", (_key(name),))
            self._note(db, by, "removed", known)

    def change_password(self, name: str, password: str, by: str) -> None:
        """Give an account another password; signed-in browsers are out, waits after failures are lifted."""
        require_password(name, password)
        hashed = _hashed(password, self._cost)
        with self._opened(needed=name) as db, _writing(db):
            known = _known(db, name)
            db.execute(
                "UPDATE accounts SET password = ?, credential = ? WHERE key = ?", (hashed, _credential(), _key(name))
            )
            db.execute("DELETE FROM tries WHERE name = ?", (self.sealed("name", _key(name)),))
            self._note(db, by, "password_changed", known)

    def signed_in(self, name: str, password: str, address: str) -> Account | None:
        """Return the account whose name and password these are, None when they are not.

        Raises AccessError, without looking at the password, while the name or the address has to wait. A name that
        nobody has costs the same time as a wrong password.
        """
        if not self.any():
            return None
        mark = self._tried(name, address)
        with self._opened() as db:
            row = db.execute(_BY_KEY, (_key(name),)).fetchone()
        right = _matches(password, row[-1] if row else _decoy(self._cost)) and row is not None
        with self._opened() as db, _writing(db):
            # the account may have changed while its password was being reckoned
            here = right and db.execute("SELECT 1 FROM accounts WHERE credential = ?", (row[5],)).fetchone()
            known = row[0] if row else ""
            if here:
                db.execute("DELETE FROM tries WHERE name = ?", (mark,))
            self._note(db, known, "signed_in" if here else "refused", known, address)
        return Account(*row[:-1]) if here else None

    def token_for(self, account: Account) -> str:
        """Return a signed token of a new session, good for SESSION seconds; characters that a cookie may hold."""
        body = f"{account.credential}.{int(self._now())}.{secrets.token_urlsafe(12)}"
        return f"{body}.{self.sealed('session', body)}"

    def account_of(self, token: str) -> Account | None:
        """Return whose token this is; None when it is forged, expired, signed out, or its account has changed."""
        parts = self._parts(token)
        if parts is None:
            return None
        credential, session = parts
        with self._opened() as db:
            if db.execute("SELECT 1 FROM ended WHERE session = ?", (session,)).fetchone():
                return None
            row = db.execute(_BY_CREDENTIAL, (credential,)).fetchone()
        return Account(*row) if row else None

    def end(self, token: str, address: str) -> None:
        """End the session of `token` in every tab and for every copy of the token; a dead token is let be."""
        account, parts = self.account_of(token), self._parts(token)
        if account is None or parts is None:
            return
        with self._opened() as db, _writing(db):
            db.execute("DELETE FROM ended WHERE at < ?", (self._now() - SESSION - 60,))
            db.execute("INSERT OR IGNORE INTO ended VALUES (?, ?)", (parts[1], self._now()))
            self._note(db, account.name, "signed_out", account.name, address)

    def sealed(self, purpose: str, text: str) -> str:
        """Return the store's own signature under `text`; what is signed for one purpose is worth nothing for another."""
        digest = hmac.digest(self._key_of_store(), f"{purpose}:{text}".encode("utf-8", "replace"), "sha256")
        return urlsafe_b64encode(digest).rstrip(b"=").decode()

    def _parts(self, token: str) -> tuple[str, str] | None:
        """The credential and the session that a genuine, living token names."""
        body, _, signature = token.rpartition(".")
        fields = body.split(".")
        if len(fields) != 3 or not self.path.exists() or not _same(signature, self.sealed("session", body)):
            return None
        age = self._now() - int(fields[1])
        return (fields[0], fields[2]) if -60 < age < SESSION else None

    def _tried(self, name: str, address: str) -> str:
        """Write the attempt down as failed and return its name's mark; raises AccessError when it comes too early."""
        mark, place, now = self.sealed("name", _key(name)), _place(address), self._now()
        with self._opened() as db, _writing(db):
            db.execute("DELETE FROM tries WHERE at < ?", (now - REMEMBERED,))
            wait = max(
                _wait(db, "name", mark, FREE_BY_NAME, now), _wait(db, "address", place, FREE_BY_ADDRESS, now)
            )  # fmt: skip
            if wait:
                raise AccessError("登录", "输错的次数太多", f"请等{_length(wait)}再试", "忘记密码请找管理员重新设置")
            db.execute("INSERT INTO tries (at, name, address) VALUES (?, ?, ?)", (now, mark, place))
        return mark

    def _note(self, db: sqlite3.Connection, who: str, what: str, name: str, address: str = "") -> None:
        db.execute(
            "INSERT INTO events (at, who, what, name, address) VALUES (?, ?, ?, ?, ?)",
            (self._stamp(), who, what, name, address),
        )

    def _stamp(self) -> str:
        return datetime.fromtimestamp(self._now()).isoformat(timespec="seconds")

    @contextmanager
    def _opened(self, needed: str | None = None) -> Iterator[sqlite3.Connection]:
        """A connection of one's own; `needed` names the account without which no file shall be made."""
        if needed is not None and not self.path.exists():
            raise _unknown(needed, [])
        try:
            if not self.path.exists():
                self.root.mkdir(parents=True, exist_ok=True)
                os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600))
            _private(self.path)
            with closing(sqlite3.connect(self.path, isolation_level=None, timeout=10)) as db:
                db.execute("PRAGMA synchronous = FULL")
                if not db.execute("PRAGMA user_version").fetchone()[0]:
                    db.executescript(_SCHEMA)
                yield db
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"账号 {FILE}", f"读写失败（{error}）", "", "请稍候重试；仍不行请信息员检查数据目录的读写权限"
            ) from error

    def _key_of_store(self) -> bytes:
        """The store's secret, drawn once; where two processes come together the first one's stands."""
        if not self._secret:
            place = self.root / SECRET
            try:
                if not place.exists():
                    _write_once(place, secrets.token_bytes(32))
                _private(place)
                kept = place.read_bytes()
            except OSError as error:
                raise StoreError(
                    f"密钥 {SECRET}", f"读写失败（{error.strerror}）", "", "请信息员检查数据目录的读写权限"
                ) from error
            if len(kept) != 32:
                raise StoreError(f"密钥 {SECRET}", "内容不完整", "", "请删除该文件，系统会重新生成，各人重新登录即可")
            self._secret = kept
        return self._secret


def require_password(name: str, password: str) -> None:
    """Raise UsageError unless `password` will do for `name`: long enough, not the name, not easily guessed."""
    text = _plain(password)
    found = ""
    if len(text) < SHORTEST:
        found = f"只有 {len(text)} 个字符"
    elif len(text) > LONGEST:
        found = f"有 {len(text)} 个字符，最多 {LONGEST} 个"
    elif _key(text) == _key(name):
        found = "与姓名相同"
    elif len(set(text)) < 4 or text.lower() in _COMMON or any(text.lower() in run for run in _RUNS):
        found = "太容易猜到"
    if found:
        raise UsageError("密码", found, _RULE, "请换一个密码")


_SELECTED = """
SELECT a.name, a.role, a.at, a.by,
  (SELECT MAX(e.at) FROM events e WHERE e.what = 'signed_in' AND e.name = a.name AND e.at >= a.at), a.credential
"""
_LISTED = _SELECTED + "FROM accounts a ORDER BY a.rowid"
_BY_CREDENTIAL = _SELECTED + "FROM accounts a WHERE a.credential = ?"
_BY_KEY = _SELECTED + ", a.password FROM accounts a WHERE a.key = ?"
_LATEST = {
    "name": "SELECT COUNT(*), MAX(at) FROM tries WHERE name = ?",
    "address": "SELECT COUNT(*), MAX(at) FROM tries WHERE address = ?",
}


@contextmanager
def _writing(db: sqlite3.Connection) -> Iterator[None]:
    """One transaction, alone in the file from its first word to its last."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def _known(db: sqlite3.Connection, name: str) -> str:
    """The name as it was added."""
    row = db.execute("SELECT name FROM accounts WHERE key = ?", (_key(name),)).fetchone()
    if row is None:
        raise _unknown(name, [str(other) for (other,) in db.execute("SELECT name FROM accounts ORDER BY rowid")])
    return str(row[0])


def _unknown(name: str, others: list[str]) -> UsageError:
    return UsageError(f"账号 {name}", "没有这个账号", "、".join(others) or "现在一个账号也没有", "请核对姓名")


def _wait(db: sqlite3.Connection, kind: str, mark: str, free: int, now: float) -> float:
    """How long `mark` still has to wait, 0 when it may try."""
    count, last = db.execute(_LATEST[kind], (mark,)).fetchone()
    if count < free:
        return 0
    whole: float = min(FIRST_WAIT * 2.0 ** min(count - free, 10), LONGEST_WAIT)
    return max(0.0, min(whole, float(last) + whole - now))  # a clock set back makes nobody wait longer


def _length(seconds: float) -> str:
    whole = max(1, math.ceil(seconds))
    return f" {whole} 秒" if whole <= 60 else f" {math.ceil(whole / 60)} 分钟"


def _place(address: str) -> str:
    """The address that is counted: of IPv6 the network, because a machine has as many addresses there as it likes."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(known, ipaddress.IPv6Address):
        mapped = known.ipv4_mapped
        return str(mapped or ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def _fit_name(name: str) -> str:
    """The name as it is kept; raises UsageError when it will not do."""
    text = " ".join(_plain(name).split())
    found = ""
    if not text:
        found = "是空的"
    elif len(text) > LONGEST_NAME:
        found = f"有 {len(text)} 个字"
    elif not text.isprintable():
        found = "含有看不见的字符"
    elif text in RESERVED:
        found = f"“{text}”是系统自用的"
    if found:
        raise UsageError("姓名", found, f"1 至 {LONGEST_NAME} 个字", "请写本人姓名")
    return text


def _plain(text: str) -> str:
    """Full-width characters of a Chinese keyboard are the same as the narrow ones."""
    return unicodedata.normalize("NFKC", text)


def _key(name: str) -> str:
    return " ".join(_plain(name).split()).casefold()


def _credential() -> str:
    return secrets.token_urlsafe(12)


def _hashed(password: str, cost: Cost, salt: bytes | None = None) -> str:
    """scrypt$log_n$r$p$salt$hash: the parameters stand with the hash, so that they may grow."""
    salt = salt or secrets.token_bytes(16)
    block = 128 * cost.r * 2**cost.log_n
    digest = hashlib.scrypt(
        _plain(password).encode("utf-8", "replace"), salt=salt, n=2**cost.log_n, r=cost.r, p=cost.p,
        maxmem=2 * block + 2**20, dklen=32,
    )  # fmt: skip
    return "$".join(["scrypt", *map(str, cost), urlsafe_b64encode(salt).decode(), urlsafe_b64encode(digest).decode()])


def _decoy(cost: Cost) -> str:
    """A hash that no password has: what a name nobody has is compared with."""
    parts = (urlsafe_b64encode(secrets.token_bytes(size)).decode() for size in (16, 32))
    return "$".join(["scrypt", *map(str, cost), *parts])


def _matches(password: str, kept: str) -> bool:
    _, log_n, r, p, salt, _ = kept.split("$")
    return _same(_hashed(password[:LONGEST], Cost(int(log_n), int(r), int(p)), urlsafe_b64decode(salt)), kept)


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode("utf-8", "replace"), right.encode("utf-8", "replace"))


def _private(place: Path) -> None:
    """Take a file out of other people's reach; on Windows the folder's own rights decide."""
    if os.name == "posix" and place.stat().st_mode & 0o077:
        place.chmod(0o600)


def _write_once(place: Path, data: bytes) -> None:
    """Write a whole file that only its owner can read, unless there is one already."""
    draft = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    with suppress(FileExistsError):
        os.link(draft, place)
    draft.unlink()
