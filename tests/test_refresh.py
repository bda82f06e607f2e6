"""The refresh page: several files at once, each its own commit, forms and names remembered, every word checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from unionplan import uploads
from unionplan.intake.memory import forms
from unionplan.store import Store

ROOT = Path(__file__).parent.parent
LEDGER = """
企业台账（2026年10月31日）
统计编码 | 单位名称 | 填报单位 | 企业状态 | 单位类别 | 控股情况 | 职工人数 | 是否建会 | 厂务公开
'0001 | 甲厂 | 文澜区 | 存续 | 私营企业 | 私人控股 | 30 | 是 | 是
'0002 | 乙厂 | 文澜区 | 存续 | 私营企业 | 私人控股 | 20 | 是 | 否
"""


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[AppTest]:
    """The refresh page over an empty store, patient enough to wait for every reading."""
    monkeypatch.setenv("UNIONPLAN_TODAY", "2026-11-05")
    monkeypatch.setenv("UNIONPLAN_STORE", str(tmp_path / "store"))
    monkeypatch.setattr(uploads, "PATIENCE", 120)
    st.cache_resource.clear()
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    page.run().switch_page("pages/refresh.py").run()
    page.text_input(key="who").set_value("王芳")
    yield page
    st.cache_resource.clear()


@pytest.fixture
def store(app: AppTest, tmp_path: Path) -> Store:
    """The store behind the page."""
    return Store(tmp_path / "store")


def shown(app: AppTest) -> str:
    """All that the page says, tags taken out."""
    assert not app.exception
    html = "\n".join(block.proto.body for block in app.get("html") if "<style" not in block.proto.body)
    text = re.sub(r"<[^>]+>", " ", re.sub(r"<script>.*?</script>", "", html, flags=re.S))
    assert "本页出错了" not in text
    return re.sub(r"[ \t]+", " ", text)


def drop(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    """Drop files and wait for the page."""
    app.get("file_uploader")[0].set_value([(name, data, "") for name, data in files])
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    """Press the one button with this label."""
    [button] = [button for button in app.button if button.label == label]
    assert not button.disabled
    button.click()
    app.run()
    return app.run()


def unfold(app: AppTest, key: str) -> AppTest:
    """Open a part of the page that is folded away."""
    app.session_state[key] = True
    return app.run()


def test_a_file_is_looked_at_confirmed_and_in(app: AppTest, store: Store, workbook: Callable[[str], bytes]) -> None:
    drop(app, ("企业台账2026年10月.xlsx", workbook(LEDGER)))
    text = shown(app)
    assert "本表识别为企业台账" in text or "识别为企业台账" in text
    assert "统计时点 2026年10月31日，涉及“文澜区”：新增 2 家。" in text
    press(app, "确认入库")
    assert "已入库：第 2 次更新。" in shown(app)
    assert store.head() == 2


def test_a_file_of_months_says_which_and_asks_for_the_year_that_nobody_wrote(
    app: AppTest, store: Store, workbook: Callable[[str], bytes]
) -> None:
    drop(app, ("培训.xlsx", workbook("技术工人培训人数\n填报单位 | 8月 | 9月 | 10月\n文澜区 | 3 | 5 | 4")))
    press(app, "识别无误，记住表样")
    assert "还差一步：请在上面填写统计时点" in shown(app)
    [day] = [text for text in app.text_input if text.label == "统计时点"]
    day.set_value("2026-10-31")
    app.run()
    assert "共 3 个月（2026年8月、2026年9月、2026年10月），每月各为一期，涉及“文澜区”：新增 3 条。" in shown(app.run())


HEADER = "统计编码 | 单位名称 | 填报单位 | 企业状态 | 单位类别 | 控股情况 | 职工人数 | 是否建会 | 厂务公开"


def ledger(unit: str, *rows: str) -> str:
    """A ledger of October: rows as 编码 | 名称 | 职工人数 | 厂务公开."""
    lines = [row.split("|") for row in rows]
    body = [f"{code} | {name} | {unit} | 存续 | 私营企业 | 私人控股 | {workers} | 是 | {open_}"
            for code, name, workers, open_ in lines]  # fmt: skip
    return "\n".join(["企业台账（2026年10月31日）", HEADER, *body])


def test_sound_files_go_in_together_and_bad_ones_stay_with_their_list(
    app: AppTest, store: Store, workbook: Callable[[str], bytes]
) -> None:
    drop(
        app,
        ("文澜.xlsx", workbook(ledger("文澜区", "'1|甲厂|30|是"))),
        ("坏.xlsx", workbook(ledger("朝晖区", "'2|乙厂|三十|是"))),
        ("锦澜.xlsx", workbook(ledger("锦澜区", "'3|丙厂|10|否"))),
    )
    text = shown(app)
    assert "共 3 个文件：须改正 1 个，可以入库 2 个。" in text
    press(app, "全部入库（2 个合格文件）")
    text = shown(app)
    assert "已入库：第 2 次更新。" in text
    assert "已入库：第 3 次更新。" in text
    assert "共 3 个文件：须改正 1 个，已入库 2 个。" in text
    assert [commit.files[0].name for commit in store.history()[1:]] == ["文澜.xlsx", "锦澜.xlsx"]
    assert "企业台账，须改正 1 处，已处理 1 处" in text
    assert not [button for button in app.button if button.label.startswith("全部入库")]


def test_files_stand_and_go_in_by_date_and_then_by_name(
    app: AppTest, store: Store, workbook: Callable[[str], bytes]
) -> None:
    def month(number: int, unit: str) -> bytes:
        return workbook(ledger(unit, f"'{number}|{unit}甲厂|30|是").replace("10月31日", f"{number}月30日"))

    files = [("乙11.xlsx", month(11, "锦澜区")), ("乙9.xlsx", month(9, "朝晖区")), ("甲9.xlsx", month(9, "文澜区"))]
    inorder = [name for name, _ in (files[1], files[2], files[0])]
    drop(app, *files)
    titles = re.findall(r"(\S+\.xlsx) (?:可以入库|请核对)", shown(app))
    assert titles == inorder


def test_the_same_bytes_twice_in_one_drop_are_one_file(
    app: AppTest, store: Store, workbook: Callable[[str], bytes]
) -> None:
    data = workbook(ledger("文澜区", "'1|甲厂|30|是"))
    drop(app, ("文澜.xlsx", data), ("文澜 (1).xlsx", data))
    text = shown(app)
    assert "共 2 个文件：重复 1 个，可以入库 1 个。" in text
    assert "与“文澜.xlsx”相同，只收一份。" in text
    press(app, "全部入库（1 个合格文件）")
    assert store.head() == 2
    assert "共 2 个文件：重复 1 个，已入库 1 个。" in shown(app)


def test_what_several_files_do_together_is_said_before_they_go_in(
    app: AppTest, workbook: Callable[[str], bytes]
) -> None:
    drop(
        app,
        ("文澜.xlsx", workbook(ledger("文澜区", "'1|甲厂|30|是"))),
        ("锦澜.xlsx", workbook(ledger("锦澜区", "'3|丙厂|10|否"))),
    )
    text = shown(app)
    assert "全部入库后 2 项主要指标有变化，其余 8 项不变" in text
    assert "非公有制企业厂务公开建制率 未报 → 50.0%，达标（1/2）" in text


def test_the_button_stands_by_the_verdict_and_every_detail_below_it(
    app: AppTest, workbook: Callable[[str], bytes]
) -> None:
    drop(app, ("文澜.xlsx", workbook(ledger("文澜区", "'1|甲厂|30|是").replace("存续", ""))))
    press(app, "确认入库")
    text = shown(app)
    assert "· 企业状态空白，将按存续计入" in text
    places = [text.index(words) for words in ("新增 1 家", "处请核对", "请填写核对理由。", "问题清单")]
    assert places == sorted(places)


def test_two_files_on_one_unit_and_month_both_go_in(
    app: AppTest, store: Store, workbook: Callable[[str], bytes]
) -> None:
    first = ledger("文澜区", *(f"'{number}|厂{number}|30|是" for number in range(1, 11)))
    second = ledger("文澜区", "'11|新厂|20|否")
    drop(app, ("一.xlsx", workbook(first)), ("二.xlsx", workbook(second)))
    press(app, "全部入库（2 个合格文件）")
    assert store.head() == 3
    frame = store.newest_ledger(3, "文澜区")
    assert frame is not None
    assert len(frame) == 11
    assert "新厂" in set(frame["org_name"])


def test_a_file_whose_ground_moved_under_it_is_compared_anew_and_asked_about(
    app: AppTest, store: Store, workbook: Callable[[str], bytes]
) -> None:
    first, second = ledger("文澜区", "'1|甲厂|30|是"), ledger("文澜区", "'2|乙厂|20|否")
    drop(app, ("一.xlsx", workbook(first)), ("二.xlsx", workbook(second)))
    press(app, "全部入库（2 个合格文件）")
    assert store.head() == 2
    text = shown(app)
    assert "共 2 个文件：请核对 1 个，已入库 1 个。" in text


def test_a_second_press_commits_nothing_twice(app: AppTest, store: Store, workbook: Callable[[str], bytes]) -> None:
    drop(app, ("文澜.xlsx", workbook(ledger("文澜区", "'1|甲厂|30|是"))))
    [button] = [button for button in app.button if button.label == "确认入库"]
    button.click()
    app.run()
    button.click()
    app.run()
    assert "已入库：第 2 次更新。" in shown(app)
    assert store.head() == 2


def test_the_second_half_of_a_double_click_does_not_commit_the_next_file(tmp_path: Path) -> None:
    desk = uploads.Uploads(tmp_path)
    assert desk.pressed("一")
    assert desk.pressed("一")
    assert not desk.pressed("二")
    assert desk.pressed("二", apart=0)


def test_the_same_file_again_is_said_to_change_nothing(
    app: AppTest, store: Store, workbook: Callable[[str], bytes]
) -> None:
    data = workbook(ledger("文澜区", "'1|甲厂|30|是"))
    drop(app, ("文澜.xlsx", data))
    press(app, "确认入库")
    drop(app, ("文澜又一次.xlsx", data))
    text = shown(app)
    assert "内容与现有数据完全相同：未变，不需要入库。" in text
    assert "涉及“文澜区”：未变 1 家。" in text
    assert not [button for button in app.button if button.label == "确认入库"]
    assert store.head() == 2


def test_a_preview_tells_sheet_by_sheet_what_is_new_changed_kept_and_refused(
    app: AppTest, store: Store, workbook: Callable[[object], bytes]
) -> None:
    drop(app, ("旧.xlsx", workbook(ledger("文澜区", "'1|甲厂|30|是", "'2|乙厂|20|否", "'3|丙厂|10|否"))))
    press(app, "确认入库")
    sheets = {
        "文澜": ledger("文澜区", "'1|甲厂|35|是", "'2|乙厂|20|否", "'9|新厂|5|是"),
        "朝晖": ledger("朝晖区", "'4|丁厂|8|是"),
    }
    drop(app, ("新.xlsx", workbook(sheets)))
    text = shown(app)
    assert (
        "工作表“文澜”：统计时点 2026年10月31日，涉及“文澜区”：新增 1 家，变更 1 家，未变 1 家，保留 1 家（本次文件没有，不会删除）。"
        in text
    )
    assert "工作表“朝晖”：统计时点 2026年10月31日，涉及“朝晖区”：新增 1 家。" in text
    assert "确认后 1 项主要指标有变化，其余 9 项不变" in text
    assert "国有、集体及其控股企业厂务公开" not in text.split("确认后")[1]
    assert re.search(r"非公有制企业厂务公开建制率 33.3% → 60.0%，截止年份未设定 → 达标（1/3 → 3/5）", text)


def test_replacing_a_month_says_what_goes(app: AppTest, store: Store, workbook: Callable[[str], bytes]) -> None:
    rows = [f"'{number}|厂{number}|30|是" for number in range(1, 11)]
    drop(app, ("旧.xlsx", workbook(ledger("文澜区", *rows))))
    press(app, "确认入库")
    drop(app, ("新.xlsx", workbook(ledger("文澜区", *rows[1:]))))
    assert "未变 9 家，保留 1 家（本次文件没有，不会删除）。" in shown(app)
    [mode] = [box for box in app.get("button_group") if box.label == "方式"]
    mode.set_value("replace")
    app.run()
    assert "涉及“文澜区”：未变 9 家，移除 1 家。" in shown(app)
    press(app, "确认入库")
    frame = store.newest_ledger(3, "文澜区")
    assert frame is not None
    assert "厂1" not in set(frame["org_name"])


def test_what_is_asked_goes_in_only_with_a_reason_that_is_kept(
    app: AppTest, store: Store, workbook: Callable[[str], bytes]
) -> None:
    drop(app, ("文澜.xlsx", workbook(ledger("文澜区", "'1|甲厂|30|是").replace("存续", ""))))
    press(app, "确认入库")
    assert "请填写核对理由。" in shown(app)
    assert store.head() == 1
    [reason] = [box for box in app.text_input if box.label == "核对理由"]
    reason.set_value("已电话核实")
    press(app, "确认入库")
    assert "核对理由：已电话核实" in store.history()[-1].note


def test_without_a_name_nothing_goes_in(app: AppTest, store: Store, workbook: Callable[[str], bytes]) -> None:
    drop(app, ("文澜.xlsx", workbook(ledger("文澜区", "'1|甲厂|30|是"))))
    app.text_input(key="who").set_value(" ")
    press(app, "确认入库")
    assert "请先在上面填写经办人。" in shown(app)
    assert store.head() == 1


def test_only_sound_rows_go_in_on_request(app: AppTest, store: Store, workbook: Callable[[str], bytes]) -> None:
    drop(app, ("文澜.xlsx", workbook(ledger("文澜区", "'1|甲厂|30|是", "'2|乙厂|几个|是"))))
    assert "这个文件还不能入库：请按下面的清单改正，保存后重新拖进来。数据没有改动。" in shown(app)
    app.checkbox[0].check()
    app.run()
    assert "涉及“文澜区”：新增 1 家，退回 1 行。" in shown(app)
    press(app, "确认入库")
    assert store.history()[-1].note == "只收合格行，退回 1 行"


def test_many_problems_are_gathered_by_kind_and_listed_on_demand(
    app: AppTest, workbook: Callable[[str], bytes]
) -> None:
    rows = [f"'{number}|厂{number}|几个|是" for number in range(1, 2001)]
    drop(app, ("两千.xlsx", workbook(ledger("文澜区", *rows))))
    text = shown(app)
    assert "问题清单：须改正 2,000 处，已处理 1 处" in text
    assert "G3、G4、G5 等 2,000 处" in text
    assert "厂1999" not in text


def test_an_unknown_unit_becomes_an_alias_in_one_click_and_the_file_is_read_again(
    app: AppTest, store: Store, workbook: Callable[[str], bytes]
) -> None:
    drop(app, ("新区.xlsx", workbook(ledger("文澜新城", "'1|甲厂|30|是"))))
    assert "不在填报单位表中" in shown(app)
    [near] = [button for button in app.button if button.label.startswith("“文澜新城”记为“")]
    assert near.label == "“文澜新城”记为“文澜区”的别名"
    near.click()
    app.run()
    app.run()
    assert store.history()[-1].note == "填报单位：“文澜新城”即“文澜区”"
    assert "涉及“文澜区”：新增 1 家。" in shown(app)
    press(app, "确认入库")
    assert store.newest_ledger(3, "文澜区") is not None


def test_a_hostile_file_is_shown_as_it_stands(app: AppTest, workbook: Callable[[object], bytes]) -> None:
    name = "<b>坏</b> :material_home: **粗** $x$.xlsx"
    table = ledger("文澜区", "'1|<img src=x> **厂** $a$|几个|是")
    drop(app, (name, workbook({"__粗__ $x^2$ <b>页<b>": table})))
    html = "\n".join(block.proto.body for block in app.get("html"))
    assert "&lt;b&gt;坏&lt;/b&gt; :material_home: **粗** $x$.xlsx" in html
    assert "__粗__ $x^2$ &lt;b&gt;页&lt;b&gt;" in html
    assert "<img" not in html
    assert not [note for note in [*app.markdown, *app.caption] if "粗" in note.value]


def test_an_unreadable_file_leaves_the_others_alone(
    app: AppTest, store: Store, workbook: Callable[[str], bytes]
) -> None:
    drop(app, ("坏.xlsx", b"PK\x03\x04" + b"\x00" * 500), ("好.xlsx", workbook(ledger("文澜区", "'1|甲厂|30|是"))))
    assert "共 2 个文件：读不了 1 个，可以入库 1 个。" in shown(app)
    press(app, "全部入库（1 个合格文件）")
    assert store.head() == 2


ODD = """
{unit}基层工会一览（2026年10月）
序号 | 工会统计编号 | 企业(单位)全称 | 县区 | 控股情况（类型） | 在册职工总人数 | 厂务公开 | 工会主席
1 | '0001 | 甲厂 | {unit} | 私人控股 | 30 | 是 | 张三
2 | '0002 | 乙厂 | {unit} | 私人控股 | 20 | 否 | 李四
"""


MEANT = {
    "工会统计编号": "union_code", "企业(单位)全称": "org_name", "县区": "reporting_unit", "控股情况（类型）": "control",
    "在册职工总人数": "workers",
}  # fmt: skip


def choose(app: AppTest, label: str, option: str) -> None:
    """Set the one choice whose label holds these words."""
    [box] = [box for box in app.selectbox if label in box.label]
    box.set_value(option)


def confirmed(app: AppTest) -> None:
    """Say what the columns mean of which the reading is not sure, and have the form remembered."""
    for box in app.selectbox:
        meant = next((field for label, field in MEANT.items() if f"“{label}”" in box.label), None)
        if meant:
            box.set_value(meant)
    press(app, "识别无误，记住表样")


def test_a_form_seen_for_the_first_time_is_confirmed_once_and_the_next_file_of_it_asks_nothing(
    app: AppTest, store: Store, workbook: Callable[[object], bytes]
) -> None:
    drop(app, ("文澜区一览2026年10月.xlsx", workbook({"一览": ODD.format(unit="文澜区")})))
    text = shown(app)
    assert "这种表样第一次见。请核对各列认得对不对，确认一次，以后同样的表不再问。" in text
    assert "工作表“一览”，企业台账，表头在第 2 行，共 8 列" in text
    assert "单位名称" in text  # as a ledger calls it, not as a roster does
    assert "G2 厂务公开 是、否 厂务公开 确定" in re.sub(r"\s+", " ", text)
    confirmed(app)
    commit = store.history()[-1]
    assert (commit.action, commit.note, commit.who) == ("remember_form", "企业台账表样“文澜区一览”，共 8 列", "王芳")
    assert "涉及“文澜区”：新增 2 家。" in shown(app)
    drop(app, ("朝晖区一览2026年11月.xlsx", workbook({"一览": ODD.format(unit="朝晖区").replace("10月", "9月")})))
    text = shown(app)
    assert "第一次见" not in text
    assert "涉及“朝晖区”：新增 2 家。" in text


def test_a_form_taken_for_the_wrong_kind_is_read_anew_as_what_it_is_said_to_be(
    app: AppTest, store: Store, workbook: Callable[[object], bytes]
) -> None:
    table = "区县名 | 企业总数 | 已签企业数 | 备注说明\n文澜区 | 30 | 20 | 无\n朝晖区 | 40 | 10 | 无"
    drop(app, ("一览2026年10月.xlsx", workbook({"一览": f"一览（2026年10月）\n{table}"})))
    assert "工作表“一览”，汇总表，表头在第 2 行，共 4 列" in shown(app)
    choose(app, "这张表是", "W6")
    app.run()
    assert "工作表“一览”，经费收缴表，表头在第 2 行，共 4 列" in shown(app)
    choose(app, "区县名", "reporting_unit")
    for box in app.selectbox:
        if "“企业总数”" in box.label or "“已签企业数”" in box.label or "“备注说明”" in box.label:
            box.set_value("")
    press(app, "识别无误，记住表样")
    assert [(form.kind, form.name) for form in forms(store, store.head())] == [("W6", "一览")]
    assert "识别为经费收缴表" in shown(app)


def test_a_table_that_is_none_to_read_is_left_out_now_and_later(
    app: AppTest, store: Store, workbook: Callable[[object], bytes]
) -> None:
    drop(app, ("一览2026年10月.xlsx", workbook({"一览": ODD.format(unit="文澜区")})))
    choose(app, "这张表是", "none")
    app.run()
    assert "这张表不读，其中的内容不入库；记住以后，同样的表也不再读。" in shown(app)
    press(app, "确认不读，记住表样")
    assert store.history()[-1].note == "不读表样“一览”，共 8 列"
    text = shown(app)
    assert "这个文件里没有要读的表，不需要入库。" in text
    assert "一览2026年10月.xlsx 不读 其中没有要读的表" in re.sub(r"\s+", " ", text)
    assert store.head() == 2
    unfold(app, "memory")
    app.selectbox(key="form").set_value(forms(store, 2)[0].fingerprint)
    app.run()
    press(app, "删去这种表样（下次再问）")
    assert "这种表样第一次见" in shown(app)


def test_a_form_is_not_remembered_while_a_column_is_open(
    app: AppTest, store: Store, workbook: Callable[[object], bytes]
) -> None:
    drop(app, ("一览.xlsx", workbook({"一览": ODD.format(unit="文澜区")})))
    press(app, "识别无误，记住表样")
    assert "列没有选定：" in shown(app)
    assert "不需要的请选“不采用这一列”。" in shown(app)
    assert store.head() == 1


def test_two_columns_of_a_form_cannot_mean_the_same(
    app: AppTest, store: Store, workbook: Callable[[object], bytes]
) -> None:
    drop(app, ("一览.xlsx", workbook({"一览": ODD.format(unit="文澜区")})))
    choose(app, "工会统计编号", "org_name")
    choose(app, "在册职工总人数", "workers")
    press(app, "识别无误，记住表样")
    assert "“工会统计编号”和“企业(单位)全称”选成了同一项内容。" in shown(app)
    assert store.head() == 1


def test_what_is_remembered_can_be_seen_edited_and_forgotten(
    app: AppTest, store: Store, workbook: Callable[[object], bytes]
) -> None:
    drop(app, ("一览.xlsx", workbook({"一览": ODD.format(unit="文澜区")})))
    confirmed(app)
    unfold(app, "memory")
    assert "一览 企业台账 8 王芳 2026-11-05" in re.sub(r"\s+", " ", shown(app))
    [form] = forms(store, store.head())
    app.selectbox(key="form").set_value(form.fingerprint)
    app.run()
    [box] = [box for box in app.selectbox if box.label == "工会主席"]
    box.set_value("note")
    press(app, "保存修改")
    assert dict(forms(store, store.head())[0].columns)["工会主席"] == "note"
    press(app, "删去这种表样（下次再问）")
    assert forms(store, store.head()) == []
    assert "这种表样第一次见" in shown(app)


def test_an_empty_memory_says_what_will_stand_there(app: AppTest) -> None:
    unfold(app, "memory")
    assert "还没有记住表样。第一次上传一种表样时会请您确认一次" in shown(app)


def workers_of_one(app: AppTest, workbook: Callable[[str], bytes]) -> Any:
    """Commit a ledger, look up one enterprise of it and return the box of its 职工人数."""
    drop(app, ("文澜.xlsx", workbook(ledger("文澜区", "'0001|甲兴机械厂|30|是", "'0002|乙厂|20|否"))))
    press(app, "确认入库")
    unfold(app, "fix")
    app.text_input(key="find").set_value("机械")
    app.run()
    [workers] = [box for box in app.text_input if box.label == "职工人数"]
    return workers


def test_one_enterprise_is_corrected_on_the_page(app: AppTest, store: Store, workbook: Callable[[str], bytes]) -> None:
    workers = workers_of_one(app, workbook)
    assert workers.value == "30"
    workers.set_value("35")
    press(app, "查看改动")
    assert "职工人数 30 35" in re.sub(r"\s+", " ", shown(app))
    press(app, "确认更正")
    assert "请填写更正原因，再点“查看改动”。" in shown(app)
    [reason] = [box for box in app.text_input if box.label == "更正原因"]
    reason.set_value("来电更正")
    press(app, "查看改动")
    press(app, "确认更正")
    assert "已更正：第 3 次更新。" in shown(app)
    commit = store.history()[-1]
    assert (commit.action, commit.note) == ("correct", "更正原因：来电更正")


def test_a_wrong_correction_is_told_and_changes_nothing(
    app: AppTest, store: Store, workbook: Callable[[str], bytes]
) -> None:
    workers = workers_of_one(app, workbook)
    workers.set_value("三十")
    press(app, "查看改动")
    assert "还不能入库：请按上面的清单改正。数据没有改动。" in shown(app)
    assert store.head() == 2


def test_a_unit_without_anything_to_report_says_so_once(app: AppTest, store: Store) -> None:
    unfold(app, "nothing")
    assert app.selectbox(key="nil-month").value == date(2026, 10, 31)
    app.selectbox(key="nil-unit").set_value("文澜区")
    app.run()
    press(app, "登记零报告")
    assert "已登记“文澜区”2026年10月技术工人培训本月无：第 2 次更新。" in shown(app)
    commit = store.history()[-1]
    assert (commit.action, commit.note) == ("nil", "本月无：技术工人培训 2026-10")
    assert "“文澜区”2026年10月已登记过本月无：未变，不需要再登记。" in shown(app)


def test_work_that_ends_while_the_page_is_drawn_is_not_missed(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, workbook: Callable[[str], bytes]
) -> None:
    looks, calls = uploads.Uploads.looks, list[int]()

    def late(self: uploads.Uploads, asked: Any, *rest: Any) -> list[uploads.Look]:
        found = looks(self, asked, *rest)
        calls.append(len(asked))
        first = asked and sum(map(bool, calls)) == 1
        return [replace(look, stage="working") for look in found] if first else found

    monkeypatch.setattr(uploads.Uploads, "looks", late)
    drop(app, ("文澜.xlsx", workbook(ledger("文澜区", "'1|甲厂|30|是"))))
    assert "涉及“文澜区”：新增 1 家。" in shown(app)
