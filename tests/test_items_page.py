"""The plan's items on their page: all of them with their sentences, filters in the address, one item, and its form."""

import re
from datetime import date, datetime
from html import unescape
from pathlib import Path

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from unionplan.access import Person
from unionplan.notes import Note, notes_of
from unionplan.remarks import write
from unionplan.store import Store

ROOT = Path(__file__).parent.parent
CLERK, NOON, DAY = Person("王经办"), datetime(2026, 11, 5, 12, 0), date(2026, 11, 5)


@pytest.fixture
def board(store, monkeypatch, today):
    """An empty store on a board at 2026-11-05."""
    monkeypatch.setenv("UNIONPLAN_STORE", str(store.root))
    streamlit.cache_resource.clear()
    yield store
    streamlit.cache_resource.clear()


def page(**asked):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).switch_page("pages/plan.py")
    for name, value in asked.items():
        app.query_params[name] = value
    return app.run()


def html(app):
    return "\n".join(block.proto.body for block in app.get("html"))


def listed(app):
    """The ids of the items in the list, in its order."""
    return re.findall(r'<details class="up-item" id="([^"]+)">', html(app))


def words(app):
    return unescape(re.sub(r"<[^>]+>", " ", html(app)))


def put(store, item, kind, text="", **more):
    return write(store, CLERK, NOON, Note(item=item, kind=kind, on=more.pop("on", DAY), text=text, **more))


# The list


def test_every_item_stands_in_its_group_beside_its_own_sentence(board):
    app, plan = page(), board.plan(1)
    assert listed(app) == [item.id for item in plan.items]
    shown = html(app)
    headings = [unescape(text) for text in re.findall(r'<section class="up-group"><h2>(.*?)</h2>', shown)]
    assert headings == [part.heading for part in plan.sections]
    quotes = [unescape(text) for text in re.findall(r"<blockquote>(.*?)</blockquote>", shown)]
    assert quotes == [item.quote for item in plan.items]


def test_the_head_counts_each_plan_alone(board):
    said = words(page())
    assert "市总计划46项：计划期外3项，未报9项，未开始34项" in said
    assert "按2026年11月5日判断；机关工会计划21项：已完成1项，未开始20项" in said


@pytest.mark.parametrize(
    ("asked", "first", "count"),
    [
        ({"plan": "机关工会"}, "B0-1", 21),
        ({"plan": "市总", "part": "民主建设"}, "A5-1", 9),
        ({"part": "民心工程"}, "B4a", 4),
        ({"dept": "经审办"}, "B8b", 2),
        ({"status": "计划期外"}, "A2-2c", 3),
        ({"dept": "宣传教育部", "status": "计划期外", "plan": "市总"}, "A2-2c", 3),
        ({"plan": "没有的计划"}, "A1-1a", 67),
    ],
)
def test_the_address_filters_the_list(board, asked, first, count):
    found = listed(page(**asked))
    assert (found[0], len(found)) == (first, count)


def test_a_filter_that_leaves_nothing_says_so(board):
    app = page(dept="经审办", status="计划期外")
    assert (listed(app), "没有符合条件的任务" in words(app)) == ([], True)


def test_what_is_open_by_instruction_stands_on_top_until_something_was_done(board):
    put(board, "A1-3b", "instruction", "请抓紧组织", on=date(2026, 10, 20))
    put(board, "A1-2", "decision", "下月通报进度", on=date(2026, 10, 22))
    assert re.search(
        r"待落实2件.*岗位练兵技术协作.*领导批示　2026年10月20日.*请抓紧组织.*主力军主题竞赛", words(page()), re.S
    )
    put(board, "A1-3b", "explanation", "正在商量")
    assert "待落实2件" in words(page())
    put(board, "A1-3b", "progress", "已组织练兵", on=date(2026, 11, 1))
    said = words(page())
    assert "待落实1件" in said
    assert "请抓紧组织" not in re.search(r"待落实1件(.*?)一、推动", said, re.S)[1]


def test_text_of_a_note_is_never_markup(board):
    put(board, "A1-2", "instruction", '<img src=x onerror="alert(1)">')
    shown = html(page()) + html(page(item="A1-2"))
    assert "<img" not in shown
    assert "&lt;img src=x" in shown


# One item


def test_the_address_opens_one_item_with_its_sentence_rule_and_form(board):
    app = page(item="A3-2a")
    said = words(app)
    assert listed(app) == []
    assert "A3-2a　和谐劳动关系创建面—国有及控股企业" in said
    assert "市总计划　三、促进社会和谐,大力发展和谐劳动关系" in said
    for text in (
        "全市国有及控股企业100%",
        "○ 未报",
        "还没有收到这项指标的数",
        "力争",
        "权益保障部",
        "2026年7月1日至2026年12月31日",
    ):
        assert text in said
    links = {link.proto.label for link in app.get("page_link")}
    assert {"全部任务", "上一项 A3-1c", "下一项 A3-2b", "看这项指标：趋势、各单位和还差的企业"} <= links


def test_an_item_that_does_not_exist_is_said_and_the_list_stands(board):
    app = page(item="X9")
    assert "计划里没有条目“X9”，下面是全部任务。" in words(app)
    assert len(listed(app)) == 67


def test_a_step_says_what_it_waits_for(board):
    assert "公布审计结果须在工会经费审计之后；前置任务还没有完成。" in words(page(item="B8c"))


def test_a_skipped_period_shows_its_reason(board):
    put(board, "B7a", "skip", "因会期冲突", step="2026-08", on=date(2026, 9, 1))
    said = words(page(item="B7a"))
    assert "未开展：因会期冲突" in said
    assert said.count("未开展，尚未说明原因") == 3  # 7月, 9月, 10月
    assert "7月、8月、9月、10月未完成，已过97天" in said


def test_notes_stand_newest_first_with_their_files(board):
    put(board, "A1-6", "tally", done=318, measure="条", on=date(2026, 8, 21))
    done = write(
        board, CLERK, NOON, Note("A1-6", "tally", date(2026, 10, 30), done=402, measure="条"), [("汇总.pdf", b"%PDF-1")]
    )
    app = page(item="A1-6")
    said = words(app)
    assert said.index("累计402条") < said.index("2026年10月30日　累计数量") < said.index("2026年8月21日　累计数量")
    assert "累计402条（截至10月30日）；已登记2次，最近登记10月30日，连续未更新6天" in said
    assert [button.label for button in app.get("download_button")] == ["汇总.pdf", "下载记录"]
    assert done.note.files[0][1] == "汇总.pdf"


def test_while_looking_back_nothing_can_be_written(board):
    put(board, "A1-2", "progress", "第一条")
    put(board, "A1-2", "progress", "第二条")
    app = page(item="A1-2", commit="2")
    assert "第一条" in words(app)
    assert "第二条" not in words(app)
    assert app.get("text_area") == []


# The form


def submit(app):
    button = next(button for button in app.button if button.label == "登记")
    return button.click().run()


def field(kinds, label):
    return next(one for one in kinds if one.label == label)


def test_a_note_is_written_on_the_page(board):
    app = page(item="A1-2")
    field(app.text_input, "填写人").set_value("李芳")
    field(app.text_area, "进展情况").set_value("已开幕")
    field(app.text_input, "佐证材料名称（可不填）").set_value("通知")
    app.get("file_uploader")[0].set_value(("照片.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"))
    app = submit(app)
    assert "已登记：第 2 次更新。写错的可在“更新记录”里撤销。" in words(app)
    [note] = notes_of(board.progress(2), board.notes(2))["A1-2"]
    assert (note.text, note.who, note.evidence, note.department) == ("已开幕", "李芳", "通知", "经济工作部")
    assert [name for _, name in note.files] == ["照片.jpg"]
    assert "记录1条" in words(app)


def test_what_is_wrong_is_said_and_what_was_typed_stays(board):
    app = page(item="B4a")
    field(app.text_input, "填写人").set_value("李芳")
    field(app.number_input, "应办（户）").set_value(3)
    field(app.number_input, "已办（户）").set_value(5)
    app = submit(app)
    assert "“五必访”应办已办：已办 5 多于应办 3。已办数不能多于应办数。请核对两个数。" in words(app)
    assert field(app.number_input, "已办（户）").value == 5
    field(app.number_input, "已办（户）").set_value(3)
    app = submit(app)
    assert "应访3户，已访3户（截至11月5日）" in words(app)


def test_a_day_that_cannot_be_read_is_said(board):
    app = page(item="A1-2")
    field(app.text_input, "日期").set_value("下周一")
    assert "日期：“下周一”认不出来。日期写作 2026-11-05。请改正后再登记。" in words(submit(app))


def test_what_is_asked_can_be_confirmed(board):
    app = page(item="B8c")
    field(app.text_input, "填写人").set_value("李芳")
    field(app.text_input, "完成日期").set_value("2026年9月1日")
    app = submit(app)
    assert "前置任务还没有完成或晚于 2026-09-01，不会计入" in words(app)
    field(app.checkbox, "已核对").set_value(True)
    app = submit(app)
    assert "已登记：第 2 次更新" in words(app)
    assert "未计入：2026年9月1日 公布审计结果，早于前置任务完成。" in words(app)


def test_the_sample_takes_no_notes(sample, monkeypatch):
    monkeypatch.delenv("UNIONPLAN_TODAY", raising=False)
    monkeypatch.setenv("UNIONPLAN_STORE", str(sample))
    streamlit.cache_resource.clear()
    app = page(item="A1-2")
    assert "示例数据只供查看，不接收登记。" in words(app)
    assert next(button for button in app.button if button.label == "登记").disabled
    assert Store(sample).plan(1).settings.sample
