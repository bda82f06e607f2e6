"""The gate before the board: sign-in and sign-out, who may come in from where, and the page that Streamlit serves first.

Streamlit's own server knows no accounts, so `serve_app.py` puts these routes and this middleware around it (`st.App`).
Without any account the gate lets in only this PC. With accounts everybody may look, and what changes something needs
the session cookie: HttpOnly, same site, ended on the server at sign-out. The pages ask `person` who is looking; the
store's door asks again. Nothing here trusts a page to have hidden a button.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import secrets
from base64 import b64encode
from collections.abc import Callable, Iterable
from functools import cache
from html import escape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import streamlit as st
from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit import file_util

from unionplan.access import LOOPBACK, Person
from unionplan.accounts import LONGEST, LONGEST_NAME, ROLES, Account, Accounts
from unionplan.errors import AccessError, UnionplanError

Root = Callable[[], Path]
"""Says which store the board shows now; a sample that has been left points to its successor."""

PRODUCT = "工会目标任务看板"
HERE = Path(__file__).parent
FAVICON = HERE.parent / "assets" / "favicon.png"
UPLOADS, MACHINES = "/_stcore/upload_file", ("/_stcore/agent/", "/_stcore/metrics")
LARGEST_FORM = 8192  # bytes
SCRIPTS = ("shell.js", "copy.js", "present.js")  # what our pages do in the browser
AT_ONCE = 2  # passwords reckoned side by side; each takes 32 MiB and a core
_STALE = "这一页放得太久了，或者浏览器不允许 Cookie。请再填一次"
_WRONG = "姓名或密码不对，请再试一次"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
}


class Refusal(NamedTuple):
    """What somebody at the gate is told, and as which HTTP status."""

    status: int
    text: str


@cache
def accounts_of(root: Path) -> Accounts:
    """Return the accounts of the store at `root`, one object per process."""
    return Accounts(root)


def person(root: Path) -> Person:
    """Return who looks at the page that is being run: name and role as of this very run.

    Role `clerk` or `administrator` under the account's name; `viewer` without a name when nobody is signed in; `local`
    without a name where there are no accounts and the board listens on this PC only: there the name is typed.
    """
    accounts = accounts_of(root)
    if not accounts.any():
        return Person("", "local" if _this_pc() else "viewer")
    account = accounts.account_of(st.context.cookies.get(cookie_name(accounts), ""))
    return Person(account.name, account.role) if account else Person("", "viewer")


def door_html(root: Path, somebody: Person, page: str = "/") -> str:
    """Return what stands in the menu, for `st.html`: a link to sign in and come back to `page`, or name and sign-out.

    Empty where there is nothing to sign in to; a sentence where the board was started without its gate.
    """
    accounts = accounts_of(root)
    if somebody.role == "local" or not accounts.any():
        return ""
    if not Gate.standing:
        return '<div class="up-door">要登录，请用 python -m unionplan serve 打开看板</div>'
    if somebody.role not in ROLES:
        return f'<div class="up-door"><a href="/login?next={escape(_way_back(page))}">登录</a></div>'
    seal = accounts.sealed("form", st.context.cookies.get(cookie_name(accounts), ""))
    return f'<div class="up-door">{_sign_out_form(Person(somebody.name, somebody.role), seal)}</div>'


def _this_pc() -> bool:
    """Whether the board listens on this PC only and was asked for by a name of this PC."""
    host = st.context.headers.get("Host") or LOOPBACK[0]  # nobody asks by name in a test of a page
    return st.get_option("server.address") in LOOPBACK and _host(host) in LOOPBACK


def cookie_name(accounts: Accounts) -> str:
    """Return the session cookie's name: cookies know no ports, and two boards on one PC shall not sign each other out."""
    return f"unionplan_{accounts.sealed('cookie', '')[:8]}"


def middleware(root: Root) -> list[Middleware]:
    """Return what `st.App` takes as `middleware`."""
    Gate.standing = True
    return [Middleware(Gate, root=root)]


def routes(root: Root, pages: Iterable[str]) -> list[Route]:
    """Return what `st.App` takes as `routes`; `pages` are the addresses of the board's pages besides `/`."""
    desk = _Desk(root)
    return [
        Route("/login", desk.show, methods=["GET"]),
        Route("/login", desk.sign_in, methods=["POST"]),
        Route("/logout", desk.sign_out, methods=["POST"]),
        Route("/favicon.png", _favicon, methods=["GET"]),
        *(Route(f"/{page}", _index, methods=["GET"]) for page in ("", *pages)),
    ]


class Gate:
    """ASGI middleware: turns away who may not come in, and adds headers to what goes out."""

    standing = False  # whether this process has been started with the gate

    def __init__(self, app: ASGIApp, root: Root) -> None:
        self.app, self.root = app, root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through or answer it here; a websocket that is turned away is never accepted."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = await self._refusal(HTTPConnection(scope))
        if refusal is None:
            await self.app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await WebSocketClose(1008, refusal.text)(scope, receive, send)
        else:
            await _page("打不开", f'<p class="error" role="alert">{escape(refusal.text)}</p>', refusal.status)(
                scope, receive, _with_headers(send)
            )

    async def _refusal(self, asked: HTTPConnection) -> Refusal | None:
        path = asked.scope["path"]
        if path.startswith("/static/"):  # Streamlit's own scripts: the same for everybody, and many
            return None
        if path.startswith(MACHINES):
            return Refusal(404, "没有这个页面。")
        if asked.scope["type"] == "websocket" and not _same_origin(asked):
            return Refusal(403, "不接受别的网站发来的连接。")
        try:
            return await run_in_threadpool(_turned_away, accounts_of(self.root()), asked)
        except UnionplanError as error:
            return Refusal(503, str(error))


class _Desk:
    """The routes of signing in and out."""

    def __init__(self, root: Root) -> None:
        self.root = root
        self._limit: CapacityLimiter | None = None

    async def show(self, request: Request) -> Response:
        """The sign-in page; for whoever is signed in, the way out."""
        accounts = accounts_of(self.root())
        if not await run_in_threadpool(accounts.any):
            return RedirectResponse("/", 303)
        token = request.cookies.get(cookie_name(accounts), "")
        account = await run_in_threadpool(accounts.account_of, token)
        if account is not None:
            return _page("已登录", _signed_in_html(account, accounts.sealed("form", token)))
        return _form(request, accounts, _way_back(request.query_params.get("next", "")))

    async def sign_in(self, request: Request) -> Response:
        """Compare name and password; on success set the cookie and go back to where the visitor came from."""
        accounts, said = accounts_of(self.root()), await _fields(request)
        if not await run_in_threadpool(accounts.any):
            return RedirectResponse("/", 303)
        back, name = _way_back(said.get("next", "")), said.get("name", "")[:LONGEST_NAME]
        if not _genuine(request, accounts, said, _ticket_name(accounts)):
            return _form(request, accounts, back, name, Refusal(400, f"{_STALE}。"))
        self._limit = self._limit or CapacityLimiter(AT_ONCE)
        try:
            account = await to_thread.run_sync(
                accounts.signed_in, name, said.get("password", ""), _address(request), limiter=self._limit
            )
        except AccessError as error:
            return _form(request, accounts, back, name, Refusal(429, str(error)))
        if account is None:
            return _form(request, accounts, back, name, Refusal(401, f"{_WRONG}。"))
        answer = RedirectResponse(back, 303)
        _set_cookie(answer, request, cookie_name(accounts), accounts.token_for(account))
        answer.delete_cookie(_ticket_name(accounts), path="/login")
        return answer

    async def sign_out(self, request: Request) -> Response:
        """End the session here and in every other tab, and go to the overview."""
        accounts, said = accounts_of(self.root()), await _fields(request)
        answer = RedirectResponse("/", 303)
        if not await run_in_threadpool(accounts.any):
            return answer
        name = cookie_name(accounts)
        if name in request.cookies and not _genuine(request, accounts, said, name):
            return _page("退出", f'<p class="error" role="alert">没有退出：{_STALE}。</p>', 400)
        await run_in_threadpool(accounts.end, request.cookies.get(name, ""), _address(request))
        answer.delete_cookie(name, path="/")
        return answer


def _turned_away(accounts: Accounts, asked: HTTPConnection) -> Refusal | None:
    """Why this visitor may not come in, None when they may."""
    if not accounts.any():
        if _loopback(asked):
            return None
        return Refusal(403, "看板还没有设置账号，只能在装有看板的电脑上打开。请信息员用 account add 建立账号。")
    changes = asked.scope["type"] == "http" and asked.scope["method"] not in ("GET", "HEAD", "OPTIONS")
    if not (changes and asked.scope["path"].startswith(UPLOADS)):
        return None
    account = accounts.account_of(asked.cookies.get(cookie_name(accounts), ""))
    return None if account else Refusal(403, "没有登录，不能上传。请先登录。")


def _loopback(asked: HTTPConnection) -> bool:
    """Whether somebody at this PC asks, under a name of this PC: a foreign name that leads here is a trap."""
    host = _host(asked.headers.get("host", ""))
    try:
        near = asked.client is not None and ipaddress.ip_address(asked.client.host).is_loopback
    except ValueError:
        return False
    return near and host in LOOPBACK


def _host(text: str) -> str:
    """The name in a Host header, without its port."""
    try:
        return urlsplit(f"//{text}").hostname or ""
    except ValueError:
        return ""


def _same_origin(asked: HTTPConnection) -> bool:
    """Whether the page that asks was served here; what is no browser names no origin."""
    origin = asked.headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == asked.headers.get("host", "").lower()


def _genuine(request: Request, accounts: Accounts, said: dict[str, str], cookie: str) -> bool:
    """Whether a form was drawn here, for this very browser: its hidden field seals the cookie of that name."""
    ticket = request.cookies.get(cookie, "")
    sealed = accounts.sealed("form", ticket)
    return bool(ticket) and _same_origin(request) and secrets.compare_digest(
        said.get("seal", "").encode("utf-8", "replace"), sealed.encode()
    )  # fmt: skip


def _ticket_name(accounts: Accounts) -> str:
    return f"{cookie_name(accounts)}_form"


def _way_back(address: str) -> str:
    """The page to return to: one of the board's own, never another site."""
    return address if re.fullmatch(r"/[a-z_]{0,40}", address) else "/"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


async def _fields(request: Request) -> dict[str, str]:
    """The fields of a form, each once; nothing of a body that no form of ours could have."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            return {}
    try:
        found = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=10)
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items()}


def _set_cookie(answer: Response, request: Request, name: str, value: str, path: str = "/") -> None:
    """A cookie that scripts cannot read and other sites cannot send; gone when the browser closes."""
    answer.set_cookie(
        name, value, path=path, httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )  # fmt: skip


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sent


async def _favicon(_: Request) -> Response:
    return FileResponse(FAVICON, headers={"Cache-Control": "max-age=86400"})


async def _index(request: Request) -> Response:
    """The page that every address of the board begins with."""
    page, mark = index_page()
    headers = {"Cache-Control": "no-cache", "ETag": mark}
    if request.headers.get("if-none-match") == mark:
        return Response(status_code=304, headers=headers)
    return Response(page, headers=headers, media_type="text/html")


@cache
def index_page() -> tuple[bytes, str]:
    """Return Streamlit's first page in our language and its ETag.

    Language, title and style stand before the first message arrives, and our script translates Streamlit's own words
    from the beginning.
    """
    page = (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")
    style = (HERE / "shell.css").read_text(encoding="utf-8")
    script = "\n".join((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS)
    for pattern, ours in (
        (r"<!--(?!\s*Copyright).*?-->", ""),
        (r'<html lang="en">', '<html lang="zh-CN">'),
        (r"<title>.*?</title>", f"<title>{PRODUCT}</title>"),
        (r'<link\s[^>]*rel="service-desc"[^>]*>', ""),
        (r"<noscript>.*?</noscript>", "<noscript><p>请在浏览器中启用 JavaScript，再打开看板。</p></noscript>"),
        (r"</head>", f'<style id="unionplan-style">{style}</style></head>'),
        (r"</body>", f"<script>{script}</script></body>"),
    ):
        page = re.sub(pattern, lambda _, ours=ours: ours, page, flags=re.DOTALL)  # type: ignore[misc]
    data = page.encode()
    return data, f'"{hashlib.sha256(data).hexdigest()[:16]}"'


def _form(
    request: Request, accounts: Accounts, back: str, name: str = "", refusal: Refusal | None = None
) -> Response:  # fmt: skip
    """The sign-in form, sealed for this browser by a cookie of its own."""
    ticket = request.cookies.get(_ticket_name(accounts)) or secrets.token_urlsafe(18)
    said = f'<p class="error" role="alert">{escape(refusal.text)}</p>' if refusal else ""
    focus = ("", " autofocus") if name else (" autofocus", "")
    body = (
        f'{said}<form method="post" action="/login">'
        f'<input type="hidden" name="seal" value="{accounts.sealed("form", ticket)}">'
        f'<input type="hidden" name="next" value="{escape(back)}">'
        f'<label for="name">姓名</label><input id="name" name="name" value="{escape(name)}" required'
        f' maxlength="{LONGEST_NAME}" autocomplete="username" autocapitalize="none" spellcheck="false"{focus[0]}>'
        f'<label for="password">密码</label><input id="password" name="password" type="password" required'
        f' maxlength="{LONGEST}" autocomplete="current-password"{focus[1]}>'
        f'<button type="submit">登录</button></form>'
        f'<p class="note">查看看板不用登录，更新数据、撤销更新才需要。<br>忘记密码请找管理员重新设置。</p>'
        f'<p class="back"><a href="{escape(back)}">返回看板</a></p>'
    )
    answer = _page("登录", body, refusal.status if refusal else 200)
    _set_cookie(answer, request, _ticket_name(accounts), ticket, path="/login")
    return answer


def _signed_in_html(account: Account, seal: str) -> str:
    form = _sign_out_form(Person(account.name, account.role), seal)
    return f'{form}<p class="back"><a href="/">返回看板</a></p>'


def _sign_out_form(somebody: Person, seal: str) -> str:
    return (
        f'<form method="post" action="/logout"><input type="hidden" name="seal" value="{seal}">'
        f'<span>{escape(somebody.name)}（{ROLES[somebody.role]}）</span><button type="submit">退出登录</button></form>'
    )


def _page(title: str, body: str, status: int = 200) -> Response:
    """One plain page in the board's colours, which asks for nothing but itself and may do nothing else."""
    page = (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title} · {PRODUCT}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="/favicon.png">'
        f"<style>{_STYLE}</style></head><body><main><strong>{PRODUCT}</strong><h1>{title}</h1>{body}</main></body></html>"
    )
    mark = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{mark}'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": policy, "X-Frame-Options": "DENY"}
    return Response(page, status, headers, "text/html")


_STYLE = """
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; background: #f5f6f8; color: #1f2933; line-height: 1.6; font-size: 15px;
  font-family: "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", sans-serif; }
main { width: 23rem; max-width: 100%; margin: 0 auto; padding: 14vh 0 3rem; }
main::before { content: ""; display: block; width: 1.5rem; height: 4px; margin-bottom: 0.6rem; background: #b01e23;
  border-bottom: 1px solid #c9a24b; }
strong { font-size: 1.07rem; }
h1 { margin: 1.75rem 0 0.75rem; font-size: 1.5rem; line-height: 1.4; }
label { display: block; margin: 0 0 0.25rem; color: #4a5560; }
input { display: block; width: 100%; height: 2.75rem; margin: 0 0 1rem; padding: 0 0.75rem; border: 1px solid #8592a0;
  border-radius: 4px; background: #fff; color: inherit; font: inherit; font-size: 16px; }
button { width: 100%; height: 2.75rem; margin: 0.5rem 0 0; border: 0; border-radius: 4px; background: #274c6b; color: #fff;
  font: inherit; font-size: 16px; cursor: pointer; }
:is(a, button, input):focus-visible { outline: 2px solid #274c6b; outline-offset: 2px; }
a { color: #274c6b; text-underline-offset: 0.2em; }
p { margin: 1.25rem 0 0; }
.note { color: #65707b; font-size: 0.93rem; }
.error { margin: 0 0 1.25rem; padding: 0.6rem 1rem; border-left: 3px solid #a8201a; background: #fbf1f0; color: #a8201a; }
@media (max-width: 640px) { main { padding: 2.5rem 1.25rem 2rem; } }
"""
