"""The frame of every page, and what is drawn inside it: the only module besides app.py and pages/ that knows Streamlit.

There is no `st.navigation`: a deep link that is the first visit after a start would run the page without it. So every
page begins with `frame("pages/x.py")`, and the menu comes from one table. Text that came from a spreadsheet is escaped
here; nothing else may pass it to `st.html`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from unionplan import gate
from unionplan.access import Person
from unionplan.charts import PHONE, SCREEN
from unionplan.charts.camera import plot_config
from unionplan.errors import UnionplanError
from unionplan.exhibits import Exhibit, Table
from unionplan.exhibits.exhibit import shown
from unionplan.export.csv_lists import csv_bytes
from unionplan.narrative import as_of_words
from unionplan.plan import read_tables
from unionplan.release import seen_by
from unionplan.standpoint import Standpoint
from unionplan.store import Store, leave_sample, successor
from unionplan.theme import chinese_date
from unionplan.ui_periods import offer_periods

_LOG = logging.getLogger(__name__)
T = TypeVar("T")


class Page(NamedTuple):
    """One line of the menu: the script Streamlit runs, and what a reader calls it."""

    path: str
    title: str


PAGES = (
    Page("app.py", "目标总览"),
    Page("pages/coverage.py", "覆盖指标"),
    Page("pages/training.py", "技术工人培训"),
    Page("pages/activities.py", "活动与例会"),
    Page("pages/plan.py", "计划与口径"),
    Page("pages/refresh.py", "数据更新"),
    Page("pages/history.py", "更新记录"),
    Page("pages/meeting.py", "会议材料"),
)

PRODUCT = "工会目标任务看板"
ROOT = Path(__file__).resolve().parent.parent
FAVICON = ROOT / "assets" / "favicon.png"
SIDEBAR_WIDTH = 240  # px
KEPT = (
    "commit",
    "day",
    "on",
    "hide",
)  # what a link of the menu carries along: looking back stays so, and so do hidden names
SHORT = 11  # a date, a unit's name, 第12次: never broken over two lines
LONG = 18  # a heading with more letters is broken over lines
SEGMENTS = 5  # up to so many options stand side by side, more go into a list


@dataclass(frozen=True)
class Cell:
    """One cell of a table; `role` is a key of theme.ROLES and colours the text, or `moment`, which is never broken;
    `link` is an address that the text leads to."""

    text: str
    role: str = ""
    link: str = ""


@dataclass(frozen=True)
class Card:
    """One headline figure: a title, a large value (`small` behind it), a light, then lines; empty parts are left out."""

    title: str
    value: str
    small: str = ""
    light: Cell | None = None
    lines: Sequence[str | Cell] = ()
    foot: str = ""


@dataclass(frozen=True)
class Fold:
    """A table behind a heading: `title` and `note` are always seen, `rows` and `foot` when it is opened."""

    title: str
    note: str
    rows: Sequence[Sequence[str | Cell]]
    foot: str


def frame(
    page: str, *, period: str = "", banner: Sequence[str] = (), foot: Sequence[str] = (), door: str = ""
) -> None:  # fmt: skip
    """Draw what surrounds `page`: title, style, menu, banners. The first call of every page.

    `period` stands under the product's name and `foot` (as-of date, commit) at the foot of the menu; both are
    repeated at the head of a print. `door` is the HTML of signing in or out. A banner that begins with 正在回看 is drawn as a look back, which gets a link to the present when the address names a commit.
    """
    title = _title(page)
    st.set_page_config(
        page_title=f"{title} · {PRODUCT}",
        page_icon=str(FAVICON),  # a local file: a `:material/` icon is fetched from the internet
        layout="wide",
        initial_sidebar_state=SIDEBAR_WIDTH,
    )
    _dress()
    with st.sidebar:
        _menu(page, period, foot, door)
    st.html(_print_head(title, period, foot))
    for text in banner:
        _banner(page, text)


def heading(text: str, note: str = "") -> None:
    """Draw the page's one heading, and under it a line of explanation."""
    under = f"<p>{escape(note)}</p>" if note else ""
    st.html(f'<div class="up-heading"><h1>{escape(text)}</h1>{under}</div>')


def note_line(text: str) -> None:
    """Say a fact in one quiet line of its own."""
    st.html(f'<p class="up-line">{escape(text)}</p>')


def message(kind: Literal["note", "ask", "error", "ok"], text: str) -> None:
    """Say one thing to the reader: for information, to decide, what is wrong, what succeeded. Line breaks are kept."""
    role = "alert" if kind == "error" else "status"
    st.html(f'<div class="up-{kind}" role="{role}">{escape(text)}</div>')


def chart(
    figure: go.Figure, name: str, *, phone: go.Figure | None = None, key: str | None = None, data: Table | None = None
) -> None:
    """Draw a figure at its own size; where the page is narrower it is shown smaller as a whole, never rearranged.

    Below half its size it is no longer made smaller but scrolls in its own box.
    `name` is the file name of the picture behind the camera button, without suffix. `phone` takes its place on a
    narrow screen. `data` is what it draws, to be copied as a table.
    """
    base = key or f"chart-{name}"
    with st.container(key=f"up-shown-{base}"):
        if phone is None:
            _plot(figure, name, base)
        else:
            with st.container(key=f"up-wide-{base}"):
                _plot(figure, name, base)
            with st.container(key=f"up-narrow-{base}"):
                _plot(phone, name, f"{base}-narrow")
        st.html(_tools(data))


def show(board: Standpoint, exhibit: Exhibit, key: str, shared: tuple[str, ...] = ()) -> None:
    """Draw an exhibit, once for desks and once for phones; under the key `shared` both are drawn once for all readers."""

    def drawn() -> tuple[go.Figure, go.Figure]:
        return exhibit.draw(SCREEN), exhibit.draw(PHONE)

    wide, narrow = board.shared(shared, drawn) if shared else drawn()
    chart(wide, f"{exhibit.name}_{board.today:%Y%m%d}", phone=narrow, key=key, data=exhibit.table)


def table(
    headers: Sequence[str],
    rows: Sequence[Sequence[str | Cell]],
    *,
    numeric: Collection[int] = (),
    key: str | None = None,
    caption: str = "",
) -> None:
    """Draw a table that scrolls in its own box; columns whose index is in `numeric` are right-aligned.

    The first column names the row. `caption` is what a screen reader calls the table. Every text is escaped.
    """
    with st.container(key=key):
        st.html(table_html(headers, rows, numeric=numeric, caption=caption))


def table_html(
    headers: Sequence[str],
    rows: Sequence[Sequence[str | Cell]],
    *,
    numeric: Collection[int] = (),
    caption: str = "",
    stacked: bool = False,
) -> str:
    """Return the HTML of `table`, every text escaped; `stacked`: on a phone every row stands as a list of its fields."""
    head = "".join(f'<th scope="col"{_head(text, i, numeric)}>{escape(text)}</th>' for i, text in enumerate(headers))
    names = headers if stacked else ()
    body = "".join(f"<tr>{_row(row, numeric, names)}</tr>" for row in rows)
    label = f' aria-label="{escape(caption)}"' if caption else ""
    html = (
        f'<div class="up-scroll" role="region" tabindex="0"{label}><table class="up-table">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    html = f'<div class="up-tabled">{html}{_TABLE_TOOLS}</div>'
    return f'<div class="up-stacked">{html}</div>' if stacked else html


_COPY_TABLE = '<button type="button" data-copy="table">复制表格</button>'
_TABLE_TOOLS = f'<div class="up-tools">{_COPY_TABLE}<output></output></div>'
_PICTURE_TOOLS = '<button type="button" data-copy="save">下载图片</button><button type="button" data-copy="picture">复制图片</button>'


def _tools(data: Table | None) -> str:
    """What a reader can take along of a chart; its table is there to be copied, not to be seen."""
    copied = _COPY_TABLE if data else ""
    hidden = f"<table hidden>{_rows_html(data)}</table>" if data else ""
    return f'<div class="up-tools">{_PICTURE_TOOLS}{copied}<output></output>{hidden}</div>'


def _rows_html(data: Table) -> str:
    rows = [data.headers, *(map(shown, row) for row in data.rows)]
    return "".join(f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in rows)


def cards(figures: Sequence[Card], caption: str, *, pair: bool = False) -> None:
    """Draw headline figures side by side, two by two on a phone; `caption` is what a screen reader calls them.

    `pair`: two figures that share the whole width.
    """
    inner, kind = "".join(_card(card) for card in figures), "up-cards up-pair" if pair else "up-cards"
    st.html(f'<div class="{kind}" role="group" aria-label="{escape(caption)}">{inner}</div>')


def folds(parts: Sequence[Fold], headers: Sequence[str]) -> None:
    """Draw tables one under the other, each behind its own heading, to be opened by the reader; one alone is open."""
    state = " open" if len(parts) == 1 else ""
    st.html("".join(f'<details class="up-fold"{state}>{_fold(part, headers)}</details>' for part in parts))


def download(
    label: str, data: bytes | Callable[[], bytes], file_name: str, mime: str, *, key: str | None = None
) -> None:
    """Draw a button that saves `data` under `file_name`; the page does not run again.

    Data given as a function is made when the button is pressed.
    """
    st.download_button(label, data, file_name, mime, key=key, on_click="ignore")


def choice(label: str, options: Sequence[T], key: str, format: Callable[[T], str] = str) -> T:
    """Return the option chosen by the reader or by the address (`?key=文字`); the first one where neither says.

    The address carries the option's words, and only when it is not the first. Words that are no option are dropped
    from the address.
    """
    assert options, "a choice needs options"
    if len(options) <= SEGMENTS:
        chosen = st.segmented_control(
            label,
            options,
            default=options[0],
            required=True,
            format_func=format,
            key=key,
            bind="query-params",
            wrap=True,
        )
    else:
        chosen = st.selectbox(label, options, format_func=format, key=key, bind="query-params")
    return options[0] if chosen is None else chosen


def renewed(key: str, words: Mapping[str, str], *, once: str = "") -> None:
    """Put what an older link says (`?key=…`, or of old `?once=…`) into the words that the options have now.

    Called before the `choice` that reads the address.
    """
    said = st.query_params.get(once or key, "")
    if said in words and key not in st.session_state:
        st.session_state[key] = words[said]


def switch(label: str, key: str) -> bool:
    """Return whether the reader or the address (`?key=true`) has switched something on."""
    return st.toggle(label, key=key, bind="query-params")


def part() -> DeltaGenerator:
    """Return a part of the page to be filled later, by `with`, when what stands below it has been chosen."""
    return st.container()


def section(name: str) -> DeltaGenerator:
    """Return a row of its own for controls that belong together; used as `with section(…)`."""
    return st.container(key=f"up-{name}", horizontal=True, vertical_alignment="bottom")


def subtitle(text: str) -> None:
    """Draw the heading of a part of the page."""
    st.html(f'<h2 class="up-title">{escape(text)}</h2>')


def open_section(title: str, label: str, key: str) -> bool:
    """Draw a part's heading and the switch that opens it; return whether it is open."""
    subtitle(title)
    return switch(label, key)


def searched(label: str, key: str, placeholder: str) -> str:
    """Return the words that the reader or the address (`?key=…`) searches for, without spaces at the ends."""
    said = st.text_input(label, key=key, placeholder=placeholder, bind="query-params")
    return (said or "").strip()


def follow(version: Callable[[], object], seconds: float = 3, name: str = "board") -> None:
    """Run the page again as soon as `version()` is no longer what it is now, so that an open board follows a refresh.

    Asks every `seconds` over the open connection; draws nothing. `name` tells what is followed.
    """
    seen = version()

    @st.fragment(run_every=seconds)
    def watch() -> None:
        if version() != seen:
            st.rerun()

    with st.container(key=f"up-follow-{name}"):
        watch()


@cache
def _asset(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def _title(page: str) -> str:
    titles = dict(PAGES)
    assert page in titles, f"{page} is not in PAGES"
    return titles[page]


def _dress() -> None:
    st.html(f"<style>{_asset('shell.css')}</style>")
    with st.container(key="up-shell"):
        for script in gate.SCRIPTS:
            st.html(f"<script>{_asset(script)}</script>", unsafe_allow_javascript=True)


def _menu(page: str, period: str, foot: Sequence[str], door: str) -> None:
    under = f"<small>{escape(period)}</small>" if period else ""
    st.html(f'<div class="up-brand"><strong>{PRODUCT}</strong>{under}</div>')
    with st.container(key="up-menu"):
        for entry in PAGES:
            _link(entry, current=entry.path == page)
    if door:
        st.html(door)
    if foot:
        lines = "".join(f"<span>{escape(line)}</span>" for line in foot)
        st.html(f'<div class="up-foot">{lines}</div>')


def _link(entry: Page, *, current: bool) -> None:
    with st.container(key="up-current" if current else None):
        st.page_link(entry.path, label=entry.title, query_params=_kept())


def _kept() -> dict[str, str]:
    return {name: st.query_params[name] for name in KEPT if name in st.query_params}


def _banner(page: str, text: str) -> None:
    kind = "asof" if text.startswith("正在回看") else "note"
    body = f'<div class="up-{kind}" role="note">{escape(text)}</div>'
    if kind == "asof" and _kept():
        with st.container(key="up-back", horizontal=True):
            st.html(body)
            st.page_link(page, label="回到最新")
    else:
        st.html(body)


def _print_head(title: str, period: str, foot: Sequence[str]) -> str:
    words = " · ".join(escape(text) for text in (PRODUCT, title, period, *foot) if text)
    return f'<div class="up-print">{words}</div>'


def _align(column: int, numeric: Collection[int]) -> str:
    return ' class="up-number"' if column in numeric else ""


def _head(text: str, column: int, numeric: Collection[int]) -> str:
    """A heading's class: a long one may take several lines, so that the columns stay on the screen."""
    return ' class="up-wrap"' if len(text) > LONG and column not in numeric else _align(column, numeric)


def _row(row: Sequence[str | Cell], numeric: Collection[int], names: Sequence[str] = ()) -> str:
    return "".join(_cell(i, value, numeric, names[i] if names else "") for i, value in enumerate(row))


def _cell(column: int, value: str | Cell, numeric: Collection[int], name: str = "") -> str:
    cell = value if isinstance(value, Cell) else Cell(value)
    text = escape(cell.text)
    kind = f"up-role-{escape(cell.role)}" if cell.role else "up-short" if len(cell.text) <= SHORT else ""
    inner = f'<span class="{kind}">{text}</span>' if kind else text
    inner = f'<a href="{escape(cell.link)}">{inner}</a>' if cell.link else inner
    looks = _align(column, numeric) + (f' data-label="{escape(name)}"' if name else "")
    return f'<th scope="row"{looks}>{inner}</th>' if column == 0 else f"<td{looks}>{inner}</td>"


def _card(card: Card) -> str:
    light = _words(card.light, "up-card-light") if card.light else ""
    small = f"<small>{escape(card.small)}</small>" if card.small else ""
    lines = "".join(_words(line, "up-card-line") for line in card.lines)
    foot = _words(card.foot, "up-card-foot") if card.foot else ""
    value = f'<p class="up-card-value">{escape(card.value)}{small}</p>'
    return f'<section class="up-card"><h2>{escape(card.title)}</h2>{value}{light}{lines}{foot}</section>'


def _words(text: str | Cell, kind: str) -> str:
    cell = text if isinstance(text, Cell) else Cell(text)
    role = f" up-role-{escape(cell.role)}" if cell.role else ""
    return f'<p class="{kind}{role}">{escape(cell.text)}</p>'


def _fold(part: Fold, headers: Sequence[str]) -> str:
    head = f"<summary><strong>{escape(part.title)}</strong><span>{escape(part.note)}</span></summary>"
    return f'{head}{table_html(headers, part.rows, caption=part.title)}<p class="up-line">{escape(part.foot)}</p>'


def _plot(figure: go.Figure, name: str, key: str) -> None:
    width, height = int(figure.layout.width or 1120), int(figure.layout.height or 560)
    with st.container(key=f"up-pan-{key}"), st.container(key=f"up-chart-{width}x{height}-{key}"):
        st.plotly_chart(
            figure, theme=None, width=width, height=height, key=key, alt=name, config=plot_config(name, width, height)
        )


@dataclass(frozen=True)
class Board(Standpoint):
    """What a page shows: a standpoint, who looks, and what is to be said of it at the head of the page."""

    looking_back: bool
    person: Person
    notice: str = ""

    def shared(self, what: tuple[str, ...], make: Callable[[], T]) -> T:
        """Return what `make` gives, made once per commit, day and `what`, and shared by all who look; never to be
        changed by whoever gets it."""
        found: T = _computed(str(self.store.root), self.commit, (self.clock, self.on), what, make)
        return found


@contextmanager
def page(path: str) -> Iterator[Board]:
    """Open a page: its frame, then its board; what users can cause is said in a sentence, never a traceback."""
    try:
        board = _board()
    except UnionplanError as error:
        frame(path)
        message("error", str(error))
        st.stop()
    _framed(path, board)
    try:
        yield board
    except UnionplanError as error:
        message("error", str(error))
    except Exception:  # whatever else goes wrong is ours to mend; the reader gets a sentence, the log the trace
        _LOG.exception("page %s failed", path)
        message("error", "本页出错了。数据没有改动。请刷新重试；仍不行请把操作步骤告诉信息员。")


def _board() -> Board:
    store = _opened(str(store_root()))
    who, on = gate.person(store.root), _day_asked("on")
    seen = seen_by(store, who, st.query_params.get("commit", ""), _day_asked("day"))
    back, plan = seen.back or on is not None, store.plan(seen.commit)
    return Board(store, seen.commit, plan, seen.clock, on, back, who, seen.notice)


def _day_asked(name: str) -> date | None:
    """A day in the address (`?on=2026-09-30`); words that are no day ask for nothing."""
    try:
        return date.fromisoformat(st.query_params.get(name, ""))
    except ValueError:
        return None


def _framed(path: str, board: Board) -> None:
    rows, settings = board.rows(), board.plan.settings
    banner = [board.notice] if board.notice else []
    last = board.store.history()[board.commit - 1]
    if board.looking_back:
        data = f"，数据截至{chinese_date(board.on)}" if board.on else ""
        banner.append(f"正在回看第{board.commit}次更新（{moment(last.at)}）之后的看板{data}。")
    foot = [as_of_words(rows), f"第{board.commit}次更新　{moment(last.at)}"]
    frame(
        path, period=f"{settings.city}　{settings.period_name}", banner=banner, foot=foot, door=_door(path, board)
    )  # fmt: skip
    if presenting():
        return
    offer_periods(path, board.store, board.commit)
    if settings.sample:
        _offer_start(board)
    follow(board.store.head)


def presenting() -> bool:
    """Return whether the address asks for the screen of a meeting (`?present=1`): nothing of the frame is seen there."""
    return st.query_params.get("present", "") == "1"


def may_write(path: str, board: Board, doing: str) -> bool:
    """Return whether the reader may change data here; where not, offer to sign in for `doing`."""
    if not board.person.may_write:
        message("note", f"{doing}需要登录。")
        if door := _door(path, board):
            st.html(door)
    return board.person.may_write


def _door(path: str, board: Board) -> str:
    return gate.door_html(board.store.root, board.person, "/" if path == "app.py" else f"/{Path(path).stem}")


def _offer_start(board: Board) -> None:
    """One click from the sample to an empty store of one's own; nothing of the sample is deleted."""
    with st.container(key="up-start", horizontal=True):
        st.html('<div class="up-sample" role="note">示例数据：城市、单位和企业均为虚构，计划文字照录。</div>')
        if board.person.role in ("local", "administrator") and st.button("开始使用", key="start"):
            leave_sample(board.store.root)
            st.query_params.clear()
            st.rerun()


def store_root() -> Path:
    """Return the store that the board shows; a sample that has been left points to its successor."""
    return successor(Path(os.environ.get("UNIONPLAN_STORE") or ROOT / "data" / "store"))


@st.cache_resource(show_spinner=False)
def _opened(root: str) -> Store:
    return Store.opened(Path(root), read_tables(ROOT / "data" / "plan"), Person("系统"))


@st.cache_resource(show_spinner=False, max_entries=256)
def _computed(
    root: str, commit: int, days: tuple[date, date | None], what: tuple[str, ...], _make: Callable[[], Any]
) -> Any:
    """Shared by every session; a commit never changes, so what is cached under its number never goes stale."""
    assert root
    assert commit
    assert days
    assert what
    return _make()


def moment(at: str) -> str:
    """Return a commit's time as 11月3日 15:40, with the year when it is another."""
    then = datetime.fromisoformat(at)
    return f"{then.year}年{then.month}月{then.day}日 {then:%H:%M}"


def listing(
    title: str, headers: Sequence[str], rows: Sequence[Sequence[str | Cell]], name: str, *,
    numeric: Collection[int] = (), shown: int | None = None,
    whole: Callable[[], Sequence[Sequence[str | Cell]]] | None = None,
) -> None:  # fmt: skip
    """Draw a list under its title, the first `shown` rows of it, with a button that saves all of it as CSV.

    `whole` gives all rows where `rows` are only the first of them; it is called when the button is pressed.
    """
    subtitle(title)
    table(headers, rows[:shown], numeric=numeric, caption=title)
    if whole is None:
        download_list("下载本表", headers, rows, name)
    else:
        every = whole
        data = lambda: csv_bytes(headers, _plain(every()))  # noqa: E731 - made when the button is pressed
        download("下载本表", data, f"{name}.csv", "text/csv", key=f"save-{name}")


def download_list(label: str, headers: Sequence[str], rows: Sequence[Sequence[str | Cell]], name: str) -> None:
    """Draw a button that saves a list as CSV."""
    download(label, csv_bytes(headers, _plain(rows)), f"{name}.csv", "text/csv", key=f"save-{name}")


def _plain(rows: Sequence[Sequence[str | Cell]]) -> list[list[str]]:
    return [[cell.text if isinstance(cell, Cell) else cell for cell in row] for row in rows]
