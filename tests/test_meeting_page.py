"""The page 会议材料: what is chosen stands in the address, what is ordered is made in the background and kept on a shelf."""

from __future__ import annotations

import re
import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import streamlit as st
from returned import summary
from streamlit.testing.v1 import AppTest

from unionplan import gate
from unionplan.access import Person
from unionplan.attainment import Outlook
from unionplan.errors import AccessError, IntakeError, StoreError
from unionplan.exhibits import catalogue, exhibit, usual
from unionplan.export.formats import FORMATS, brief_of
from unionplan.export.occasion import Occasion
from unionplan.gallery import Gallery, Manner
from unionplan.materials import KEPT, Order, Shelf, Workshop, may_take, require_order
from unionplan.meetings import freeze, meetings_of, remark
from unionplan.release import seen_by
from unionplan.standpoint import Standpoint
from unionplan.states import plan_states
from unionplan.store import Change, Store
from unionplan.theme import file_name
from unionplan.ui_meeting_files import size_words

ROOT = Path(__file__).resolve().parent.parent
LOCAL, VIEWER, CLERK = Person("", "local"), Person("", "viewer"), Person("王芳", "clerk")
HELD, NOW = date(2026, 11, 6), datetime(2026, 11, 5, 9)
OCCASION = Occasion(HELD, "汇报", "第十次主席会议")
Opened = Callable[..., AppTest]


@pytest.fixture
def city(store: Store) -> Store:
    """Two months of one indicator from two units."""
    for unit, month, covered in (("文澜区", 9, 40), ("朝晖区", 9, 30), ("文澜区", 10, 42)):
        day = date(2026, month, 30 if month == 9 else 31)
        store.append(Change("submit", "", summary(unit, day, covered)), CLERK, datetime(2026, month + 1, 3, 9))
    return store


@pytest.fixture
def board(city: Store) -> Standpoint:
    return Standpoint(city, city.head(), city.plan(city.head()), date(2026, 11, 5), None)


@pytest.fixture
def meeting(city: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """The page as somebody sees it: meeting(person, address)."""
    monkeypatch.setenv("UNIONPLAN_STORE", str(city.root))
    monkeypatch.setenv("UNIONPLAN_TODAY", "2026-11-05")
    st.cache_resource.clear()

    def opened(person: Person = LOCAL, **asked: str) -> AppTest:
        monkeypatch.setattr(gate, "person", lambda _: person)
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for name, value in asked.items():
            app.query_params[name] = value
        app.switch_page("pages/meeting.py").run()
        assert not app.exception
        assert "本页出错了" not in text(app)
        return app

    yield opened
    st.cache_resource.clear()


def text(app: AppTest) -> str:
    return "\n".join(block.proto.body for block in app.get("html"))


def chosen(app: AppTest) -> list[str]:
    """The names of the chosen charts, in their order."""
    return re.findall(r"<strong>\d+\. (.*?)</strong>", text(app))


def address(app: AppTest, name: str) -> str:
    """What the address says under a name, "" for nothing."""
    said = app.query_params.get(name, "")
    return str(said[0] if isinstance(said, list) else said)


def press(app: AppTest, key: str) -> AppTest:
    [button] = [one for one in app.button if one.key == key]
    return button.click().run()


def screen(app: AppTest) -> dict[str, list[str]]:
    """What the link to the screen carries."""
    [link] = re.findall(r'class="up-go" href="(.*?)"', text(app))
    return parse_qs(urlsplit(link.replace("&amp;", "&")).query)


# The page


def test_charts_are_moved_left_out_and_taken_in_and_the_address_says_so(meeting: Opened) -> None:
    app = meeting(show="targets.wall.training")
    assert chosen(app) == ["覆盖目标完成情况", "计划任务", "技术工人培训·累计"]
    press(app, "下移-targets")
    assert address(app, "show") == "wall.targets.training"
    assert chosen(press(app, "移除-targets")) == ["计划任务", "技术工人培训·累计"]
    assert chosen(press(app, "上移-training")) == ["技术工人培训·累计", "计划任务"]
    assert chosen(press(app, "set-清空")) == []
    assert address(app, "show") == "-"
    assert "还没有选图表" in text(app)
    press(app, "set-选常用的")
    assert address(app, "show") == ""
    assert len(chosen(app)) > 5


def test_a_link_opens_the_same_choice_and_strange_words_in_it_are_passed_over(meeting: Opened) -> None:
    assert chosen(meeting(show="wall.nonsense.targets.wall")) == ["计划任务", "覆盖目标完成情况"]
    app = meeting(show="targets", catalogue="true", part="目标总览")
    assert [one.label for one in app.button if str(one.key).startswith("offer-")] == ["移除", "加入"]
    press(app, "offer-wall")
    assert address(app, "show") == "targets.wall"


def test_the_way_to_the_screen_is_pinned_to_refresh_and_day(meeting: Opened) -> None:
    app = meeting(show="targets.wall", hide="true", inner="true")
    assert screen(app) == {
        "present": ["1"], "commit": ["4"], "day": ["2026-11-05"], "hide": ["true"], "inner": ["true"],
        "show": ["targets.wall"],
    }  # fmt: skip


def test_the_screen_shows_one_chart_after_the_other_and_pins_itself(meeting: Opened) -> None:
    app = meeting(present="1", show="targets.wall", inner="true")
    assert re.findall(r'class="up-slide" data-number="(\d)"', text(app)) == ["1", "2"]
    assert text(app).count("data:image/svg+xml;base64,") == 2
    assert 'data-mark="内部资料"' in text(app)
    assert (address(app, "commit"), address(app, "day")) == ("4", "2026-11-05")
    assert "没有可以演示的图表" in text(meeting(present="1", show="-"))


def test_the_screen_prints_the_footnote_below_every_chart(meeting: Opened) -> None:
    said = "白禾县10月数据为初报数"
    assert screen(meeting(show="targets.wall", remark=said))["remark"] == [said]
    slides = re.findall(
        r"data:image/svg\+xml;base64,([^\s\"]+)", text(meeting(present="1", show="targets.wall", remark=said))
    )
    assert [said in b64decode(one).decode() for one in slides] == [True, True]
    assert "备注有401个字，不能超过400个字。请改短。" in text(meeting(remark="注" * 401))
    assert text(meeting(present="1", show="targets", remark="注" * 9999)).count("data:image/svg+xml;base64,") == 1


def test_a_refresh_in_the_middle_changes_nothing_on_a_pinned_screen(meeting: Opened, city: Store) -> None:
    asked = {"present": "1", "show": "scopes-wage", "commit": "4", "day": "2026-11-05"}
    before = text(meeting(**asked))
    city.append(Change("submit", "", summary("文澜区", date(2026, 10, 31), 99)), CLERK, NOW)
    st.cache_resource.clear()
    slides = r"data:image/svg\+xml;base64,\S+"
    assert re.findall(slides, text(meeting(**asked))) == re.findall(slides, before) != []
    assert re.findall(slides, text(meeting(present="1", show="scopes-wage"))) != re.findall(slides, before)


def test_a_reader_who_may_not_write_sees_the_screen_but_no_button_to_make_files(meeting: Opened) -> None:
    app = meeting(VIEWER, show="targets")
    assert "生成会议材料需要登录" in text(app)
    assert [one for one in app.button if one.key == "make-materials"] == []
    assert screen(app)["show"] == ["targets"]


def test_files_are_made_when_asked_for_and_listed_with_who_when_and_from_which_refresh(meeting: Opened) -> None:
    app = meeting(show="scopes-wage", formats="图册（PDF）", name="第十次<主席>会议")
    press(app, "make-materials")
    assert "请先填写经办人" in text(app)
    app.text_input("who-makes").set_value("王芳").run()
    press(app, "make-materials")
    for _ in range(200):
        if "张图表" in text(app.run()):
            break
        time.sleep(0.1)
    assert "第十次&lt;主席&gt;会议　2026年11月5日　汇报" in text(app)
    assert "王芳　2026年11月5日" in text(app)
    assert "第4次更新的数　1张图表" in text(app)
    assert sum(one.key.startswith("take-") for one in app.get("download_button")) == 1


def test_a_name_that_is_too_long_is_refused_in_words(meeting: Opened) -> None:
    assert "会议名称有61个字，不能超过60个字。请改短。" in text(meeting(name="会" * 61))
    assert "不能超过60个字" not in text(meeting(name="会" * 60))


def test_what_people_wrote_to_a_frozen_meeting_goes_into_its_papers_and_nothing_else(
    meeting: Opened, city: Store
) -> None:
    head = city.head()
    outlook = Outlook(city.cube(head), city.plan(head), date(2026, 11, 5))
    states = plan_states(outlook, city.training(head), city.activities(head), {})
    done = freeze(city, "三季度调度会", HELD, head, outlook, states, CLERK, "", NOW)
    app = meeting(meeting="三季度调度会", show="targets")
    assert "还没有填写。" in text(app)
    assert screen(app)["commit"] == [str(head)]
    [held] = meetings_of(city.meetings(done), city.history())
    remark(city, held, "整体情况", "部分县区起步晚", "", CLERK, NOW)
    st.cache_resource.clear()
    assert "部分县区起步晚" in text(meeting(meeting="三季度调度会", show="targets"))


# What may be asked for


def test_machine_trade_union_tasks_come_in_only_when_chosen(board: Standpoint) -> None:
    plans = [{one.item.plan for one in exhibit(board, "wall", others=others).facts} for others in (False, True)]  # type: ignore[union-attr]
    assert plans == [{"市总计划"}, {"市总计划", "机关工会计划"}]


def test_a_chart_without_any_row_is_in_no_paper(board: Standpoint) -> None:
    assert exhibit(board, "training") is None  # nobody has told of any training
    gallery = Gallery(board, Manner())
    assert [one.id for one in gallery.exhibits(["training", "targets", "participation"])] == ["targets"]
    assert gallery.slide("training") == ""


@pytest.mark.parametrize(
    ("order", "person", "said"),
    [
        (Order(("targets",), ("pdf",), OCCASION), VIEWER, "会议材料：现在没有登录。登录的经办人、管理员才能生成会议材料。请先登录。"),
        (Order((), ("pdf",), OCCASION), CLERK, "会议材料：没有选图表。至少选一张。请从目录中加入，或点“选常用的”。"),
        (Order(("targets",), (), OCCASION), CLERK, "会议材料：没有选格式。至少选一种。请选择要生成的格式。"),
        (Order(("targets",), ("pdf",), replace(OCCASION, footnote="注" * 401)), CLERK, "会议材料：备注有401个字。不超过400个字。请改短。"),
        (Order(("targets",), ("pdf",), replace(OCCASION, meeting="会" * 61)), CLERK, "会议材料：会议名称有61个字。不超过60个字。请改短。"),
    ],
)  # fmt: skip
def test_an_order_that_cannot_be_filled_is_refused_in_a_sentence(order: Order, person: Person, said: str) -> None:
    with pytest.raises((AccessError, IntakeError)) as refused:
        require_order(order, person)
    assert str(refused.value) == said


def test_every_format_gives_a_file_of_its_kind_without_hidden_names(board: Standpoint) -> None:
    occasion = replace(OCCASION, internal=True, names={"文澜区": "单位1", "朝晖区": "单位2"})
    gallery = Gallery(board, Manner(hidden=True))
    brief = brief_of(board, gallery.exhibits(["scopes-wage", "gap-wage-non_public"]), occasion, others=False)
    starts = {
        "pptx": b"PK", "docx": b"PK", "xlsx": b"PK", "pdf": b"%PDF", "png": b"PK", "png3": b"PK", "onepage": b"%PDF",
        "tall": b"\x89PNG", "poster": b"%PDF", "html": b"<!doctype html>",
    }  # fmt: skip
    made = {name: one.make(brief) for name, one in FORMATS.items()}
    assert {name: made[name].startswith(start) for name, start in starts.items()} == dict.fromkeys(FORMATS, True)
    page = made["html"].decode()
    assert "内部资料" in page
    assert "文澜区" not in page
    assert {one.item.plan for one in brief.board.states()} == {"市总计划"}


# The gallery


def test_thumbnails_come_by_themselves_and_what_is_empty_has_none(board: Standpoint) -> None:
    gallery = Gallery(board, Manner())
    asked = ["targets", "change-wage-state-previous"]
    assert gallery.thumbnail("targets") is None
    deadline = time.monotonic() + 30
    while not gallery.draw(asked) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (gallery.thumbnail("targets") or "").startswith("data:image/png;base64,")
    assert gallery.thumbnail("change-wage-state-previous") == ""
    assert gallery.slide("change-wage-state-previous") == ""
    assert set(usual(board)) <= {one.id for one in catalogue(board)}


# The shelf


def _pack(
    shelf: Shelf, number: int, occasion: Occasion = OCCASION, made: Sequence[bytes] = (b"%PDF",), commit: int = 4
):  # type: ignore[no-untyped-def]
    files = [(f"{place}.pdf", "pdf", data) for place, data in enumerate(made)]
    return shelf.put(Order(("targets",), ("pdf",), occasion), files, "王芳", commit, datetime(2026, 11, 5, 9, number))


def test_a_pack_survives_a_restart_and_comes_back_byte_for_byte(tmp_path: Path) -> None:
    pack = _pack(Shelf(tmp_path), 1, made=(b"one", b"two"))
    [again] = Shelf(tmp_path).packs()
    assert again == pack
    assert [Shelf(tmp_path).read(again, one.name) for one in again.files] == [b"one", b"two"]
    assert again.size == 6


def test_old_packs_are_cleared_away_and_one_that_is_gone_is_told(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    packs = [_pack(shelf, number) for number in range(KEPT + 3)]
    assert shelf.packs() == packs[:2:-1]
    with pytest.raises(StoreError, match=r"会议材料：“0\.pdf”已不在。旧的材料会自动清理。请重新生成。"):
        shelf.read(packs[0], "0.pdf")


def test_what_a_crash_left_half_written_is_no_pack_and_is_swept(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    (shelf.folder / "20261105-090000-000000.part").mkdir(parents=True)
    (shelf.folder / "20261105-090000-000000.part" / "about.json").write_text("{", encoding="utf-8")
    assert shelf.packs() == []
    Workshop(tmp_path)
    assert list(shelf.folder.iterdir()) == []


def test_readers_take_what_is_released_and_not_internal(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    plain, inner = _pack(shelf, 1), _pack(shelf, 2, replace(OCCASION, internal=True))
    assert [may_take(VIEWER, plain, newest) for newest in (3, 4)] == [False, True]
    assert [may_take(person, inner, 9) for person in (VIEWER, CLERK, LOCAL)] == [False, True, True]


def test_an_order_is_made_once_however_often_it_is_placed(board: Standpoint, tmp_path: Path) -> None:
    bench, gallery = Workshop(tmp_path), Gallery(board, Manner())
    for _ in range(3):
        bench.order(Order(("scopes-wage",), ("onepage",), OCCASION), gallery, CLERK, NOW)
    task = bench.last()
    assert task is not None
    assert [one.name for one in task.result().files] == ["第十次主席会议_20261106_一页通.pdf"]
    assert len(bench.shelf.packs()) == 1


def test_charts_without_data_make_no_file_and_the_reason_is_told(board: Standpoint, tmp_path: Path) -> None:
    bench = Workshop(tmp_path)
    bench.order(Order(("change-wage-state-previous",), ("pdf",), OCCASION), Gallery(board, Manner()), CLERK, NOW)
    task = bench.last()
    assert task is not None
    with pytest.raises(
        IntakeError, match=r"会议材料：选中的图表都没有数据。有数据才能生成。请另选图表，或先上传数据。"
    ):
        task.result()


# Names, sizes, and the day of a pinned refresh


@pytest.mark.parametrize(
    ("said", "name"),
    [("甲/乙:丙", "甲_乙_丙"), ('a\\b*c?"<d>|', "a_b_c___d__"), (" . ", "未命名"), ("会议. ", "会议"), ("甲\n乙", "甲 乙")],
)  # fmt: skip
def test_a_file_name_is_one_that_windows_takes(said: str, name: str) -> None:
    assert file_name(said) == name


def test_sizes_are_said_as_an_office_reads_them() -> None:
    assert [size_words(size) for size in (1, 348_160, 1_258_291)] == ["1 KB", "340 KB", "1.2 MB"]


def test_a_refresh_and_a_day_together_are_judged_by_that_day(city: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNIONPLAN_TODAY", "2026-11-20")
    seen = seen_by(city, VIEWER, "3", date(2026, 11, 5))
    assert (seen.commit, seen.clock, seen.back) == (3, date(2026, 11, 5), True)
    assert not seen_by(city, VIEWER, "4", date(2026, 11, 20)).back
