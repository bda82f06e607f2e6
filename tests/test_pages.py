"""Every page, run as Streamlit runs it but without a browser: what it says, and how little it works on a rerun."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from html import unescape
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs

import duckdb
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from unionplan import narrative
from unionplan.access import Person
from unionplan.attainment import Attainment, ItemState, Outlook, attainments
from unionplan.observations import CONTRACTS, FIELDS, classified
from unionplan.plan import SCOPES, plan_of, read_tables
from unionplan.store import Change, Slot, Store, snapshots
from unionplan.store.lists import Ledgers
from unionplan.ui import PAGES, Card, Cell, Fold, _card, _fold

ROOT = Path(__file__).parent.parent
PLAN = plan_of(read_tables(ROOT / "data" / "plan"))
WAGE, MEMBER, HARMONY = (PLAN.indicators[name] for name in ("wage", "member", "harmony"))
NON_PUBLIC = {"indicator": "工资集体协商推行面", "scope": "非公有制"}


MONTHS = (date(2026, 6, 30), date(2026, 9, 30), date(2026, 10, 31))
FILES = tuple(f"澄澜市企业台账2026年{month.month}月.xlsx" for month in MONTHS)
SILENT = "交通产业工会"  # has sent nothing since June
EACH = 40  # enterprises of a unit


def _firm(unit: str, number: int, step: int) -> dict[str, Any]:
    """One enterprise at one of MONTHS: the later, the more are covered; a few contracts have run out."""
    kind, luck = ("国有控股", "私人控股", "私人控股", "外商控股")[number % 4], (number * 37 + len(unit) * 11) % 100
    signed, ended = luck < 36 + 7 * step, luck % 17 == 0
    contract = {
        "form": "单独" if signed else "未签", "start": date(2025, 1, 1) if signed else None,
        "end": (date(2026, 5, 31) if ended else date(2027, 12, 31)) if signed else None,
    }  # fmt: skip
    return {
        "union_code": f"{number:09}", "org_name": f"{unit[0]}兴{number}号有限公司", "reporting_unit": unit, "control": kind,
        "enterprise_state": "存续", "unionised": "否" if number % 9 == 0 else "是", "workers": 20 + luck, "women_workers": luck,
        "members": luck, "congress": "单独" if luck < 50 + 5 * step else "未建", "disclosure": "是" if luck < 60 else "否",
        "harmony": "开展" if luck < ((70, 80, 88) if kind == "国有控股" else (70, 73, 76))[step] else "未开展",
        **{f"{name}_{edge}": value for name in CONTRACTS for edge, value in contract.items()},
    }  # fmt: skip


def _ledger(units: Sequence[str], step: int) -> dict[Slot, tuple[date, pd.DataFrame]]:
    """One month of the city as the store keeps it."""
    day, frames = MONTHS[step], {}
    for place, unit in enumerate(units):
        rows = [_firm(unit, place * EACH + number, step) for number in range(EACH)]
        counts = [field.id for field in FIELDS.values() if field.kind == "count"]
        frame = pd.DataFrame(rows, columns=list(FIELDS)).astype(object).astype(dict.fromkeys(counts, "Int64"))
        keys = [f"code:{row['union_code']}" for row in rows]
        frames[Slot("ledger", unit, f"{day:%Y-%m}")] = (day, classified(frame).assign(key=keys, as_of=day))
    return frames


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with the shipped plan and three months of ledgers, commits 2 to 4."""
    root, clerk = tmp_path_factory.mktemp("pages") / "city", Person("王经办")
    store = Store.opened(root, read_tables(ROOT / "data" / "plan"), clerk, datetime(2026, 7, 1, 8, 30))
    for step, (month, name) in enumerate(zip(MONTHS, FILES, strict=True)):
        units = [unit.name for unit in PLAN.units if step == 0 or unit.name != SILENT]
        at = datetime(month.year, month.month, 28, 9, 12) + timedelta(days=8)
        store.append(Change("submit", "", _ledger(units, step), {}, ((name, name.encode()),), {}), clerk, at)
    return root


@pytest.fixture(scope="module")
def own_sample(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample city in a place of its own, for a page may leave it for a new store."""
    return Path(shutil.copytree(sample, tmp_path_factory.mktemp("pages") / "demo"))


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, city: Path) -> Iterator[AppTest]:
    monkeypatch.setenv("UNIONPLAN_TODAY", "2026-11-05")
    yield from _app(monkeypatch, city)


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch, own_sample: Path) -> Iterator[AppTest]:
    monkeypatch.delenv("UNIONPLAN_TODAY", raising=False)
    yield from _app(monkeypatch, own_sample)


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[AppTest]:
    monkeypatch.setenv("UNIONPLAN_TODAY", "2026-11-05")
    yield from _app(monkeypatch, tmp_path / "store")


def _app(monkeypatch: pytest.MonkeyPatch, root: Path) -> Iterator[AppTest]:
    monkeypatch.setenv("UNIONPLAN_STORE", str(root))
    st.cache_resource.clear()
    yield _session()
    st.cache_resource.clear()


def _session() -> AppTest:
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)


def _html(app: AppTest) -> str:
    return "\n".join(block.proto.body for block in app.get("html"))


def _shown(app: AppTest) -> str:
    """All that a reader can see: text, pictures, what can be chosen."""
    pictures = [json.dumps(json.loads(picture.proto.spec), ensure_ascii=False) for picture in app.get("plotly_chart")]
    options = [option for box in app.selectbox for option in box.options]
    return "\n".join([_html(app), *pictures, *options])


def _coverage(**asked: str) -> AppTest:
    """The page as a reader sees it who follows a link."""
    app = _session()
    for name, value in (NON_PUBLIC | asked).items():
        app.query_params[name] = value
    app.switch_page("pages/coverage.py").run()
    assert not app.exception
    assert "本页出错了" not in _html(app)
    return app


def _known(city: Path) -> tuple[Store, Outlook]:
    store = Store(city)
    head = store.head()
    return store, Outlook(store.cube(head), store.plan(head), store.today(head))


def _tables(app: AppTest, caption: str) -> list[list[str]]:
    """The rows of the table with this heading, cell by cell."""
    [html] = [block.proto.body for block in app.get("html") if f'aria-label="{caption}' in block.proto.body]
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.S)
    return [[re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]


def test_the_sample_is_marked_as_one_and_stands_on_both_pages(demo: AppTest) -> None:
    demo.run()
    assert not demo.exception
    assert "示例数据" in _html(demo)
    assert "本页出错了" not in _html(demo)
    text = _html(_coverage(show="未覆盖", q="有限公司"))
    assert "个填报单位未推行" in text
    assert "，只显示前 20 家，请再多写几个字。" in text


def test_the_overview_draws_the_targets_with_its_conclusion_and_every_sentence_of_the_plan(app: AppTest) -> None:
    app.run()
    text = _html(app)
    assert not app.exception
    assert "截至10月31日，" in text
    assert "1个单位未报送（交通产业工会），按11个单位汇总" in text
    assert "国有及其控股企业推行面达90%上" in text
    assert len(app.get("plotly_chart")) == 4  # the targets and the plan wall, each for desks and for phones


def test_the_overview_of_an_empty_store_says_what_to_do(empty: AppTest) -> None:
    empty.run()
    assert not empty.exception
    assert "还没有数据，请先在“数据更新”上传填报单位表和企业台账" in _html(empty)
    assert "填报单位 12 个，均未报送" in _html(empty)
    assert "12个单位" in _html(empty)
    assert "需要关注" not in _html(empty)


def test_an_earlier_commit_shows_what_was_known_then(app: AppTest) -> None:
    app.query_params["commit"] = "2"
    app.run()
    assert "正在回看第2次更新（2026年7月6日 09:12）之后的看板。" in _html(app)
    assert "截至6月30日" in _html(app)
    assert "尚无上期数据" in _html(app)


def test_the_refresh_page_offers_templates_and_takes_nothing_while_looking_back(app: AppTest) -> None:
    app.query_params["commit"] = "2"
    app.run().switch_page("pages/refresh.py").run()
    assert not app.exception
    assert "正在回看以前的数据，不能更新。请先点上面的“回到最新”。" in _html(app)


def test_the_refresh_page_asks_for_name_and_files(empty: AppTest) -> None:
    empty.run().switch_page("pages/refresh.py").run()
    assert not empty.exception
    assert empty.text_input(key="who").label == "经办人"
    labels = [button.proto.label for button in empty.get("download_button")]
    assert any("企业台账" in label for label in labels)
    assert any("填报单位表" in label for label in labels)


def test_the_history_page_lists_every_refresh_and_offers_the_file_back(app: AppTest) -> None:
    app.run().switch_page("pages/history.py").run()
    assert not app.exception
    assert "澄澜市企业台账2026年10月.xlsx" in _html(app)
    assert any("下载原文件：澄澜市企业台账2026年10月.xlsx" in b.proto.label for b in app.get("download_button"))


UPLOADED = """
企业台账（2026年10月31日）
统计编码 | 单位名称 | 填报单位 | 企业状态 | 单位类别 | 控股情况 | 职工人数 | 是否建会 | 厂务公开
'0001 | 甲厂 | 文澜区 | 存续 | 私营企业 | 私人控股 | 30 | 是 | 是
'0002 | 乙厂 | 文澜区 | 存续 | 私营企业 | 私人控股 | 20 | 是 | 否
"""


def test_a_file_is_previewed_and_confirmed_on_the_pages(
    empty: AppTest, tmp_path: Path, workbook: Callable[[str], bytes]
) -> None:
    empty.run().switch_page("pages/refresh.py").run()
    empty.get("file_uploader")[0].set_value(("企业台账2026年10月.xlsx", workbook(UPLOADED), ""))
    empty.text_input(key="who").set_value("王芳")
    empty.run()
    assert "没有发现问题" in _html(empty) or "已处理" in _html(empty)
    [confirm] = [button for button in empty.button if button.label == "确认入库"]
    assert not confirm.disabled
    confirm.click().run()
    assert "已入库：第 2 次更新。" in _html(empty)
    assert Store(tmp_path / "store").head() == 2


def test_the_coverage_page_shows_one_indicator_over_time_by_unit_and_its_definition(app: AppTest) -> None:
    app = _coverage()
    text = _html(app)
    assert "非公有制企业工资集体协商推行面" in text
    assert "口径卡：工资集体协商推行面" in text
    assert "交通产业工会" in text
    assert len(app.get("plotly_chart")) == 12


def test_a_rerun_parses_nothing_and_scans_nothing_again(app: AppTest) -> None:
    app.run()
    connect, parquet = duckdb.connect, snapshots.pq.read_table
    with (
        patch.object(duckdb, "connect", side_effect=connect) as scans,
        patch.object(snapshots.pq, "read_table", side_effect=parquet) as parses,
    ):
        app.query_params["type"] = "非公有制"
        app.run()
    assert not app.exception
    assert scans.call_count == 0
    assert parses.call_count == 0


def test_a_store_that_cannot_be_opened_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for app in _app(monkeypatch, tmp_path / "file"):
        app.run()
        assert not app.exception
        assert "打不开" in _html(app)


# ------------------------------------------------------------------ the overview in full


def test_the_overview_heads_with_four_figures_and_how_each_moved(app: AppTest, city: Path) -> None:
    app.run()
    text, (_, look) = _html(app), _known(city)
    assert text.count('<section class="up-card">') == 4
    wage = next(row for row in attainments(look, "scope", "wage") if row.scope == "non_public")
    assert wage.previous is not None
    assert f"已推行\N{NO-BREAK SPACE}{wage.numerator:,} / 应推行\N{NO-BREAK SPACE}{wage.denominator:,}" in text
    assert "较9月30日提高" in text
    assert "个百分点</p>" in text
    plan = [row for row in attainments(look) if row.item]
    assert (
        f'<p class="up-card-value">{sum(row.status == "attained" for row in plan)}<small>/{len(plan)} 项</small></p>'
        in text
    )
    assert '<p class="up-card-value">1<small>/12 个</small></p>' in text
    assert "市总计划应完成" not in text  # nobody has sent an activity ledger: nothing is said about tasks


def test_the_overview_lists_what_is_behind_before_what_is_slow_before_who_has_not_reported(
    app: AppTest, city: Path
) -> None:
    app.run()
    rows = _tables(app, "需要关注")[1:]
    order = ["■ 滞后", "▲ 偏慢", "○ 未报"]
    lights = [row[1] for row in rows if row[1] in order]
    assert set(lights) == set(order)
    assert lights == sorted(lights, key=order.index)
    store, look = _known(city)
    days = (look.today - date(2026, 6, 30)).days
    assert [row for row in rows if row[0] == SILENT] == [
        [SILENT, "○ 未报", f"最近统计时点2026年6月30日，连续未更新{days}天", "", ""]
    ]
    assert store.head() > 1


def test_contracts_that_run_out_are_those_of_the_units_that_the_figure_stands_on(app: AppTest, city: Path) -> None:
    app.run()
    assert [row for row in _tables(app, "需要关注") if row[1] == "▲ 合同临期"] == []
    app.query_params["commit"] = "2"
    with patch.object(Ledgers, "expiring", return_value={30: 1, 60: 5, 90: 14}) as asked:
        app.run()
    assert "统计时点后到期：30天内1家、60天内5家、90天内14家；若不续签，90天后" in _html(app)
    assert {len(call.args[2]) for call in asked.call_args_list} == {12}
    st.cache_resource.clear()
    later = _session()
    with patch.object(Ledgers, "expiring", return_value={}) as asked:
        later.run()
    assert {SILENT in call.args[2] for call in asked.call_args_list} == {False}
    assert {len(call.args[2]) for call in asked.call_args_list} == {11}


def test_no_page_names_a_unit_where_names_are_hidden(app: AppTest) -> None:
    app.query_params["hide"] = "true"
    app.run()
    assert "1个单位未报送（单位" in _html(app)
    seen = [_shown(app)]
    for order in ("按数值", "行政区划顺序"):
        seen.append(_shown(_coverage(hide="true", order=order, show="未覆盖", q="机械")))
    assert [unit.name for unit in PLAN.units if any(unit.name in text for text in seen)] == []
    assert all("单位12" in text for text in seen[1:])


def test_the_menu_carries_hidden_names_from_page_to_page(app: AppTest) -> None:
    app.query_params["hide"] = "true"
    app.run()
    assert all("hide=true" in str(link.proto) for link in app.get("page_link"))
    assert len(app.get("page_link")) == len(PAGES) == 8


# ------------------------------------------------------------------ one indicator in full


def test_an_indicator_stands_in_all_four_types_with_its_own_targets_and_in_two_weights(
    app: AppTest, city: Path
) -> None:
    text, (_, look) = _html(_coverage()), _known(city)
    row = next(row for row in attainments(look, "scope", "wage") if row.scope == "non_public")
    assert row.workers
    assert f"已推行企业职工 {row.covered_workers:,}人 / 应推行企业职工 {row.workers:,}人" in text
    assert "两个口径分母不同，只并列，不相加、不平均；目标按家数口径判断。" in text


def test_the_definition_tells_the_base_in_force_and_the_rate_over_all_enterprises(app: AppTest, city: Path) -> None:
    card = dict(_tables(_coverage(), "口径卡")[1:])
    store, _ = _known(city)
    heads = store.heads(store.head())
    last = {slot.unit: entry for slot, entry in sorted(heads.items(), key=lambda pair: pair[0].period) if slot.dataset == "ledger"}  # fmt: skip
    whole = [store.frame(entry) for unit, entry in last.items() if unit != SILENT]
    firms = [one for frame in whole for one in frame.to_dict("records") if one["active"] and one["enterprise_type"] in SCOPES["non_public"]]  # fmt: skip
    covered = [
        one for one in firms if one["wage_form"] != "未签" and one["wage_start"] <= one["as_of"] <= one["wage_end"]
    ]
    assert card["底数"] == "动态底数：分母为统计时点的实有数，随台账变化，不固定在某一天"
    assert f"（{len(covered)}/{len(firms)}）：分母为非公有制企业中存续的全部企业" in card["按全部企业计"]


def test_the_units_stand_by_value_or_in_their_official_order(app: AppTest, city: Path) -> None:
    _, look = _known(city)
    official = [row[0] for row in _tables(_coverage(order="行政区划顺序"), "各填报单位")[1:]]
    assert official == [unit.name for unit in look.plan.units]
    by_value = [row[0] for row in _tables(_coverage(order="按数值"), "各填报单位")[1:]]
    gaps = {row.reporting_unit: row.gap or 0 for row in attainments(look, "reporting_unit", "wage") if row.scope == "non_public"}  # fmt: skip
    fresh = [unit for unit in by_value if unit != SILENT]
    assert [gaps[unit] for unit in fresh] == sorted((gaps[unit] for unit in fresh), reverse=True)
    assert by_value[-1] == SILENT


def test_the_missing_enterprises_are_listed_on_request_and_are_as_many_as_the_figure_says(
    app: AppTest, city: Path
) -> None:
    assert "个填报单位未推行" not in _html(_coverage())
    text, (_, look) = _html(page := _coverage(show="未覆盖")), _known(city)
    row = next(one for one in attainments(look, "scope", "wage") if one.scope == "non_public")
    short = (row.denominator or 0) - (row.numerator or 0)
    assert f"11个填报单位未推行{short}家，只显示前100家，全部见下载" in text
    assert f"数据过期，未计入，可单独查看：{SILENT}。" in text
    rows = _tables(page, "11个填报单位未推行")
    assert rows[0] == ["填报单位", "单位名称", "统计编码", "企业类型", "行业门类", "职工人数", "情况", "统计时点"]
    assert len(rows) == 101
    assert [int(row[5]) for row in rows[1:10]] == sorted((int(row[5]) for row in rows[1:10]), reverse=True)


def test_the_list_of_one_unit_is_a_link(app: AppTest, city: Path) -> None:
    text, (_, look) = _html(_coverage(show="未覆盖", unit="高新区")), _known(city)
    row = next(r for r in attainments(look, "reporting_unit", "wage") if (r.scope, r.reporting_unit) == ("non_public", "高新区"))  # fmt: skip
    assert f"高新区未推行{(row.denominator or 0) - (row.numerator or 0)}家" in text


def test_without_any_data_the_page_says_what_to_do_and_draws_nothing(empty: AppTest) -> None:
    page = _coverage(show="未覆盖", q="机械")
    assert "工资集体协商推行面：还没有数据" in _html(page)
    assert "请先在“数据更新”上传填报单位表，再上传企业台账或汇总表。" in _html(page)
    assert not page.get("plotly_chart")


def test_an_enterprise_that_nobody_has_is_told(app: AppTest) -> None:
    told = "没有找到“龘龘”。请至少写两个字，可以写单位名称的一部分、统计编码或统一社会信用代码。"
    assert told in _html(_coverage(q="龘龘"))


def test_without_names_of_units_no_enterprise_is_named_either(app: AppTest) -> None:
    page = _coverage(show="未覆盖", q="兴", hide="true")
    assert "已选“不点名”，不列企业名单，也不查企业。" in _html(page)
    assert "有限公司" not in _html(page)


def test_one_enterprise_is_found_with_what_it_signed_and_who_said_so(app: AppTest, city: Path) -> None:
    store, _ = _known(city)
    entry = next(entry for slot, entry in store.heads(4).items() if (slot.unit, slot.period) == ("文澜区", "2026-10"))
    firm = store.frame(entry).iloc[0]
    text = _html(_coverage(q=firm["union_code"]))
    assert "找到 1 家。" in text
    assert f"<strong>{firm['org_name']}</strong>" in text
    assert '<details class="up-fold" open>' in text
    assert re.search(
        r"本行内容出自第[234]次更新（2026年\d+月\d+日 \d+:\d+，澄澜市企业台账2026年\d+月.xlsx，经办人 王经办）。",
        text,
    )


def test_a_search_tells_how_many_more_there_are(app: AppTest) -> None:
    text = _html(_coverage(q="有限公司"))
    assert "找到 480 家，只显示前 20 家，请再多写几个字。" in text
    assert text.count('<details class="up-fold">') == 20


def test_ledgers_are_read_only_when_they_are_asked_for(app: AppTest) -> None:
    app.run()
    connect = duckdb.connect
    with patch.object(duckdb, "connect", side_effect=connect) as scans:
        _coverage()
        shown = scans.call_count
        _coverage()
        assert scans.call_count == shown <= 2  # what happened to the enterprises, what runs out
        _coverage(show="未覆盖")
        assert scans.call_count == shown + 2
        _coverage(show="未覆盖")
        assert scans.call_count == shown + 2


def _linked(app: AppTest, caption: str, unit: str) -> list[tuple[str, dict[str, list[str]]]]:
    """The numbers of a unit's line that lead somewhere, and where."""
    [html] = [block.proto.body for block in app.get("html") if f'aria-label="{caption}' in block.proto.body]
    [line] = [row for row in re.findall(r"<tr>(.*?)</tr>", html, re.S) if f">{unit}<" in row]
    found = re.findall(r'<a href="[?]([^"]*)">(?:<span[^>]*>)?([\d,]+)', line)
    return [(number, parse_qs(unescape(query))) for query, number in found]


def test_every_count_of_a_unit_leads_to_as_many_enterprises_and_to_the_file_they_are_from(app: AppTest) -> None:
    links = _linked(_coverage(), "各填报单位", "高新区")
    assert [asked["show"] for _, asked in links] == [["已覆盖"], ["应覆盖"], ["未覆盖"]]
    for number, asked in links:
        page = _coverage(**{name: values[0] for name, values in asked.items()})
        [title] = re.findall(r">(高新区(?:非公有制企业)?(?:未推行|已覆盖|应覆盖)[^<]*家)<", _html(page))
        assert title.endswith(f"{number}家")
        assert len(_tables(page, title)) == int(number) + 1
        assert f"高新区的数出自第4次更新（2026年11月5日 09:12，{FILES[-1]}，经办人 王经办）。" in _html(page)


def test_every_count_of_a_type_leads_to_as_many_enterprises(app: AppTest) -> None:
    page = _coverage()
    [html] = [b.proto.body for b in page.get("html") if "未覆盖</th></tr>" in b.proto.body and "国有及控股企业" in b.proto.body]  # fmt: skip
    found = [(number, parse_qs(unescape(query))) for query, number in re.findall(r'<a href="[?]([^"]*)">(?:<span[^>]*>)?([\d,]+)', html)]  # fmt: skip
    assert len(found) == 12
    for number, asked in found[:3]:
        said = _html(_coverage(**{name: values[0] for name, values in asked.items()}))
        assert f"{int(number):,}家" in said


def test_the_list_can_stand_by_workers_and_the_address_says_so(app: AppTest) -> None:
    rows = _tables(_coverage(show="未覆盖", by="按职工人数"), "11个填报单位未推行")[1:]
    workers = [int(row[5]) for row in rows]
    assert workers == sorted(workers, reverse=True)
    assert len({row[0] for row in rows[:12]}) > 1


def test_what_is_not_counted_says_why(app: AppTest) -> None:
    rows = _tables(_coverage(show="不计入", unit="高新区"), "高新区")[1:]
    assert {row[6] for row in rows} == {"不计入：未建会"}


def test_why_it_moved_stands_against_the_month_before_or_the_windows_start(app: AppTest) -> None:
    assert "较9月30日提高" in str(json.loads(_coverage().get("plotly_chart")[4].proto.spec))
    page = _coverage(since="较期初")
    assert "较6月30日提高" in str(json.loads(page.get("plotly_chart")[4].proto.spec))
    assert re.search(r"已推行由\d+家到\d+家，净增\d+家（新覆盖\+\d+", _html(page))


# ------------------------------------------------------------------ what the pages say


def _row(**words: Any) -> Attainment:
    base = Attainment(
        item="A", anchor="A", indicator="wage", scope="non_public", reporting_unit=None, as_of=date(2026, 10, 31),
        numerator=1278, denominator=3000, covered_workers=50, workers=200, active=3500, target_bp=5000, need=1500, gap=222,
        surplus=0, attained=False, start=None, end=None, baseline=None, due=None, due_rate=Fraction(4437, 10_000),
        slow_rate=None, low=None, high=None, previous=Fraction(411, 1000), status="behind", marks=(), missing=(),
    )  # fmt: skip
    return replace(base, **words)


def test_a_change_is_taken_between_the_printed_figures() -> None:
    prior = _row(as_of=date(2026, 9, 30))
    assert narrative.change(_row(), prior) == "较9月30日提高1.5个百分点"
    assert narrative.change(_row(previous=Fraction(43, 100)), prior) == "较9月30日下降0.4个百分点"
    assert narrative.change(_row(previous=Fraction(1278, 3000)), None) == "较上期持平"


def test_a_change_on_other_units_is_said_to_be_on_the_same_ones_and_without_them_is_not_compared() -> None:
    prior = _row(as_of=date(2026, 9, 30), missing=("甲县",))
    assert narrative.change(_row(), prior) == "较9月30日提高1.5个百分点（可比口径）"
    assert narrative.change(_row(previous=None), prior) == "口径不同，不作比较"
    assert narrative.change(_row(previous=None), None) == "尚无上期数据"
    assert narrative.change(_row(previous=None), _row(numerator=None)) == "尚无上期数据"
    assert narrative.change(_row(numerator=None, denominator=None), prior) == ""
    assert narrative.change(_row(status="stale"), prior) == ""


def test_targets_reached_are_compared_with_those_reached_by_the_same_units() -> None:
    reached = _row(numerator=1600, attained=True, previous=Fraction(4999, 10_000))
    prior = _row(as_of=date(2026, 9, 30))
    assert narrative.reached_change([reached, _row()], [prior, prior]) == "较9月30日增加1项"
    assert narrative.reached_change([_row(previous=Fraction(1, 2))], [prior]) == "较9月30日减少1项"
    assert narrative.reached_change([_row()], [replace(prior, missing=("甲县",))]) == "较9月30日持平（可比口径）"
    assert narrative.reached_change([_row(previous=None)], [prior]) == "口径不同，不作比较"
    assert narrative.reached_change([_row(previous=None)], [None]) == "尚无上期数据"
    assert narrative.reached_change([_row(numerator=None)], [None]) == ""


def test_units_that_sent_nothing_stand_apart_from_those_that_sent_a_part() -> None:
    rows = [_row(missing=("甲", "乙")), _row(missing=("乙", "丙"))]
    assert narrative.silent_units(rows) == (["乙"], ["甲", "丙"])
    assert narrative.names(["甲", "乙"]) == "甲、乙"
    assert narrative.names(list("甲乙丙丁戊己庚")) == "7个单位"
    assert narrative.silence(None, date(2026, 11, 5)) == "还没有报送过"


def test_what_is_short_says_by_how_much_and_what_the_pace_asks_for() -> None:
    text = "42.6%（1,278/3,000），距50%目标还差7.4个百分点、222家"
    assert narrative.shortfall(_row(), WAGE) == f"{text}；序时应达44.4%"
    assert narrative.shortfall(_row(due_rate=None), WAGE) == text
    assert (
        narrative.shortfall(_row(status="stale"), WAGE)
        == "42.6%（1,278/3,000），统计时点2026年10月31日，超过报送周期和宽限期"
    )
    assert narrative.shortfall(_row(target_bp=None), WAGE) == "42.6%（1,278/3,000）"


def test_tasks_that_came_due_are_counted_over_the_city_plan_only() -> None:
    day, item = date(2026, 11, 5), PLAN.items[0]
    ended = replace(item, plan="市总计划", end=date(2026, 10, 7), short="职工演讲赛")
    open_, own = replace(ended, end=day), replace(ended, plan="机关工会计划")
    states = [ItemState(ended, "not_started"), ItemState(ended, "done"), ItemState(open_, "moving"), ItemState(own, "moving"),
              ItemState(ended, "out_of_plan")]  # fmt: skip
    assert (
        narrative.due_items(states, day) == "按2026年11月5日判断，市总计划应完成2项，已完成1项；未完成的是职工演讲赛。"
    )
    assert narrative.due_items(states[1:2], day) == "按2026年11月5日判断，市总计划应完成1项，已完成1项。"
    assert narrative.due_items(states[2:], day) == "按2026年11月5日判断，市总计划没有到期的任务。"


def test_an_indicator_is_summed_up_over_the_types_that_have_a_target() -> None:
    state = _row(scope="state", numerator=95, denominator=105, target_bp=9000, attained=True, status="attained")
    every = _row(scope="all", target_bp=None, gap=None, attained=None, status="no_target")
    title = "工资集体协商推行面：国有及控股90.4%达标，非公有制42.6%还差222家"
    assert narrative.scopes_title([state, _row(), every], WAGE) == title.replace("90.4", "90.5")
    assert (
        narrative.scopes_title([_row(status="stale"), every], WAGE) == "工资集体协商推行面：非公有制42.6%（数据过期）"
    )
    assert narrative.scopes_title([every], WAGE) == "全部企业工资集体协商推行面42.6%，未设目标"
    assert narrative.scopes_title([_row(numerator=None)], WAGE) == "工资集体协商推行面均未报送"


def test_two_weights_are_told_side_by_side() -> None:
    assert narrative.two_weights(_row(), WAGE) == (
        "家数口径42.6%（1,278/3,000），职工口径25.0%（50/200人）："
        "两个口径分母不同，只并列，不相加、不平均；目标按家数口径判断。"
    )
    assert "职工人数未报全时，职工口径不列" in narrative.two_weights(_row(workers=None), WAGE)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("blank", "未填"), ("unsigned", "未签"), ("expired", "已到期 2026年9月30日"), ("early", "未到起始日 2026年9月30日"),
        ("no_dates", "起止日未填"), ("no_start", "起始日未填"), ("no_end", "截止日未填"), ("not_done", "未推行"),
    ],
)  # fmt: skip
def test_each_reason_has_its_word(reason: str, words: str) -> None:
    day = date(2026, 9, 30) if reason in ("expired", "early") else None
    assert narrative.why(reason, day, 1, WAGE) == words


def test_for_membership_the_words_are_about_workers() -> None:
    assert narrative.why("not_joined", None, 1234, MEMBER) == "未入会1,234人"
    assert narrative.why("blank", None, 12, MEMBER) == "会员人数未填（职工12人）"
    assert narrative.why("too_many", None, -3, MEMBER) == "会员比职工多3人，请核对"
    assert narrative.still_missing(MEMBER, 3, 14) == "共3家企业的会员与职工人数不等，合计差14人"
    assert narrative.still_missing(HARMONY, 3, 3) == "未创建3家"


def test_hidden_names_are_numbers_without_gaps_that_stay_the_same_and_do_not_follow_the_list() -> None:
    units = [unit.name for unit in PLAN.units]
    called: Mapping[str, str] = narrative.aliases(units)
    assert sorted(called.values(), key=lambda name: int(name[2:])) == [f"单位{n}" for n in range(1, 13)]
    assert called == narrative.aliases(units[::-1])
    assert [called[unit] for unit in units] != [f"单位{n}" for n in range(1, 13)]
    row = _row(reporting_unit=units[0], missing=(units[1], "别处"))
    [hidden] = narrative.renamed([row], called)
    assert (hidden.reporting_unit, hidden.missing) == (called[units[0]], (called[units[1]], "别处"))
    assert narrative.renamed([_row()], called) == [_row()]


def test_cards_and_folds_escape_what_they_show() -> None:
    nasty = "<img src=x onerror=alert(1)>"
    card = _card(Card(nasty, nasty, nasty, Cell(nasty, nasty), [nasty, Cell(nasty, "behind")], nasty))
    part = _fold(Fold(nasty, nasty, [(nasty, Cell(nasty))], nasty), [nasty])
    assert "<img" not in card + part
    assert card.count("&lt;img") == 8
    assert part.count("&lt;img") == 7
