"""The list of problems as a clerk works through it: gravest first, by level, gathered by kind where there are many."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from html import escape
from pathlib import Path

import streamlit as st

from unionplan import theme
from unionplan.export.csv_lists import csv_bytes
from unionplan.intake.problems import Problem
from unionplan.intake.readings import FileReading
from unionplan.intake.receipt import receipt, receipt_stem
from unionplan.intake.sheet_changes import rows_of
from unionplan.ui import Cell, download, subtitle, table_html
from unionplan.ui_controls import keep

SHOWN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FEW = 12  # so many problems are listed one by one at once; more are gathered by kind first
ROLE_OF = {"reject": "behind", "ask": "slow", "fixed": "neutral"}
PROBLEM_HEADERS = ("级别", "位置", "列", "原内容", "问题", "怎么办")
GROUP_HEADERS = ("级别", "问题", "处数", "位置", "怎么办")


def severities(problems: Iterable[Problem]) -> str:
    """Return how many problems there are of each level, 须改正 2 处，已处理 1 处."""
    levels = Counter[str]()
    for found in problems:
        levels[found.severity] += cells_told(found)
    return "，".join(f"{word} {levels[level]:,} 处" for level, word in theme.SEVERITY_WORDS.items() if levels[level])


def cells_told(found: Problem) -> int:
    """Return how many cells a line of the list tells of: one, or all those that were gathered in it."""
    return max(1, len(rows_of(found))) if found.cells else 1


def show_problems(problems: Sequence[Problem], file: FileReading, name: str, only_valid: bool = False) -> None:
    """The list of problems, gravest first, by level where there are several, gathered by kind where there are many.

    Beside it the list as a file and the receipt; `only_valid`: whether only sound rows are taken.
    """
    rank = {"reject": 0, "ask": 1, "fixed": 2}
    found = sorted(problems, key=lambda problem: rank[problem.severity])
    several = len({problem.sheet for problem in found if problem.sheet}) > 1
    if all(problem.severity == "fixed" for problem in found):
        _fold_problems(found, several, name, file)
        return
    subtitle(f"问题清单：{severities(found)}")
    shown = _of_level(found, name) if len(found) > FEW else found
    if len(found) > FEW:
        st.html(table_html(GROUP_HEADERS, _grouped(shown, several), numeric=(2,), caption="问题分类", stacked=True))
        part = st.expander(f"逐条查看（{len(shown):,} 条）", key=f"each-{name}", on_change="rerun")
        with part:
            if part.open:
                _list_problems(shown, several)
    else:
        _list_problems(shown, several)
    for number, one in enumerate(one for one in found if one.parts):
        _fold_parts(one, f"{name}-{number}")
    _take_along(found, several, name, file, only_valid)


def _fold_parts(found: Problem, name: str) -> None:
    """The single findings that one line of the list was gathered from."""
    part = st.expander(f"逐项查看：{bare(found)}（{len(found.parts):,} 项）", key=f"parts-{name}", on_change="rerun")
    with part:
        if part.open:
            items = "".join(f"<li>{escape(one)}</li>" for one in found.parts)
            st.html(f'<ul class="up-parts">{items}</ul>')


def _fold_problems(found: Sequence[Problem], several: bool, name: str, file: FileReading) -> None:
    """What was only put right by itself is told in one line and listed behind a click."""
    part = st.expander(f"没有须改正的问题，{severities(found)}", key=f"fixed-{name}", on_change="rerun")
    with part:
        if part.open:
            _list_problems(found, several)
            _take_along(found, several, name, file)


def _take_along(
    found: Sequence[Problem], several: bool, name: str, file: FileReading, only_valid: bool = False
) -> None:
    """The clerk's own workbook back with the cells marked, and the list as a file."""
    with st.container(horizontal=True):
        if file.data:
            _offer_receipt(found, name, file, only_valid)
        lines = [_problem_line(one, several) for each in found for one in each.singles()]
        data = partial(csv_bytes, PROBLEM_HEADERS, [[_text(cell) for cell in line] for line in lines])
        download("下载问题清单", data, f"问题清单_{Path(file.name).stem}.csv", "text/csv", key=f"problems-{name}")


def _offer_receipt(found: Sequence[Problem], name: str, file: FileReading, only_valid: bool) -> None:
    """The receipt, made when it is asked for; only with macros its name is not known before it is made."""
    make = partial(receipt, file, found, only_valid)
    if not file.name.lower().endswith(".xlsm"):
        called, data = f"回执_{receipt_stem(file.name)}.xlsx", lambda: make()[1]
        download("下载回执（原表标出问题）", data, called, XLSX, key=f"receipt-{name}")
        return
    kept = st.session_state.setdefault("receipts", {})
    key = (name, only_valid, hash(tuple(found)))
    if key not in kept:
        with st.spinner("正在制作回执"):
            kept[key] = make()
    download("下载回执（原表标出问题）", kept[key][1], kept[key][0], XLSX, key=f"receipt-{name}")


def _text(cell: str | Cell) -> str:
    return cell.text if isinstance(cell, Cell) else cell


def _list_problems(shown: Sequence[Problem], several: bool) -> None:
    lines = [_problem_line(one, several) for one in shown[:SHOWN]]
    st.html(table_html(PROBLEM_HEADERS, lines, caption="问题清单", stacked=True))
    if len(shown) > SHOWN:
        st.caption(f"只显示前 {SHOWN} 条，全部见下载的清单。")


def _of_level(found: Sequence[Problem], name: str) -> list[Problem]:
    """Those of the level that the reader picks."""
    levels = [level for level in theme.SEVERITY_WORDS if any(one.severity == level for one in found)]
    if len(levels) < 2:
        return list(found)
    key = keep(f"level-{name}")
    chosen = st.segmented_control(
        "级别", ["", *levels], default=None if key in st.session_state else "", required=True, key=key, wrap=True,
        label_visibility="collapsed", format_func=lambda level: theme.SEVERITY_WORDS.get(level, "全部"))  # fmt: skip
    return [one for one in found if not chosen or one.severity == chosen]


def _grouped(found: Sequence[Problem], several: bool) -> list[tuple[str | Cell, ...]]:
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for one in found:
        groups.setdefault((one.severity, one.rule, one.fix), []).append(one)
    return [_group_line(ones, several) for ones in groups.values()]


def _group_line(ones: Sequence[Problem], several: bool) -> tuple[str | Cell, ...]:
    first = ones[0]
    level = Cell(theme.SEVERITY_WORDS[first.severity], ROLE_OF[first.severity])
    says = first.message if len(ones) == 1 else bare(first)
    places = list(dict.fromkeys(place_of(one, several) for one in ones))
    told = sum(map(cells_told, ones))
    where = "、".join(places[:3]) + (f" 等 {told:,} 处" if len(places) > 3 else "")
    return level, f"{says}。", f"{told:,}", where, f"{first.fix}。"


def bare(found: Problem) -> str:
    """Return what a problem says of every such case, without the particulars of this one."""
    return re.sub(r"（.*）$", "", found.message, flags=re.S)


def _problem_line(found: Problem, several: bool) -> tuple[str | Cell, ...]:
    level = Cell(theme.SEVERITY_WORDS[found.severity], ROLE_OF[found.severity])
    return (
        level,
        place_of(found, several),
        found.column or "—",
        found.value or "—",
        f"{found.message}。",
        f"{found.fix}。",
    )


def place_of(found: Problem, several: bool = True) -> str:
    """Return where a problem is as a clerk would say it: the cell, before it the sheet where there are several."""
    if not found.cell:
        return f"工作表“{found.sheet}”" if found.sheet and several else "整张表" if found.sheet else "整个文件"
    return f"{found.sheet} {found.cell}" if found.sheet and several else found.cell
