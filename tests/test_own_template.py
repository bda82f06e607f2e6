"""A unit's own Word template: filled with the board's figures, and refused for whatever else stands in it."""

import io
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest
from docx import Document

from unionplan import narrative, theme
from unionplan.errors import ExportError
from unionplan.exhibits import Exhibit, exhibits
from unionplan.export.occasion import Occasion, Sentence
from unionplan.export.own_template import LISTS, WORDS, filled, sample_template
from unionplan.export.paper import Paper
from unionplan.standpoint import Standpoint
from unionplan.store import Store

OCCASION = Occasion(
    date(2026, 11, 9), to="主席会议", author="澄澜市总工会办公室", sentences=(Sentence("", "", "{{ 7*7 }}<b>&"),)
)
ONLY = "只能写变量、逐行重复（for，不能套用）和条件（if）。请改正模板后再上传。"
NAMES = f"可用的变量：{'、'.join([*WORDS, *LISTS])}。请改正模板后再上传。"
BROKEN = "自备模板：不是 Word 文档（.docx），或者文件已损坏。请用 Word 或 WPS 另存为 .docx 后再上传。"


@pytest.fixture(scope="module")
def board(sample: Path) -> Standpoint:
    """The sample city as it stands."""
    store = Store(sample)
    commit = store.head()
    return Standpoint(store, commit, store.plan(commit), date(2026, 11, 5), None)


@pytest.fixture(scope="module")
def shown(board: Standpoint) -> list[Exhibit]:
    """Two exhibits."""
    return exhibits(board, ["targets", "dues"])


def template(*lines):
    paper = Paper(OCCASION.held_on)
    paper.title("模板")
    for line in lines:
        paper.text(line)
    return paper.data()


def texts(data):
    return [one.text for one in Document(io.BytesIO(data)).paragraphs]


def test_the_sample_template_is_filled_with_the_boards_own_words_and_numbers(board, shown):
    made = filled(sample_template(OCCASION), board, shown, OCCASION)
    written = texts(made)
    assert written[0] == "澄澜市工会2026年下半年目标任务推进情况"
    assert "主席会议：" in written
    assert any(text.startswith(f"{narrative.overview_title(board.rows())}。") for text in written)
    rows = [[cell.text for cell in row.cells] for row in Document(io.BytesIO(made)).tables[0].rows]
    assert [row[2:] for row in rows[1:]] == [
        [f"{theme.percent(row.numerator, row.denominator, row.target_bp)}%", f"{theme.target_percent(row.target_bp)}%",
         theme.count(row.numerator), theme.count(row.denominator), theme.count(row.gap), theme.light(row.status)]
        for row in board.rows()
    ]  # fmt: skip
    assert [text for text in written if text in {one.title for one in shown}] == [one.title for one in shown]
    assert len(Document(io.BytesIO(made)).inline_shapes) == len(shown)
    assert [text for text in written if "备注" in text or "{%" in text] == []


def test_what_people_typed_is_text_and_is_rendered_once(board, shown):
    assert "{{ 7*7 }}<b>&。" in texts(
        filled(template("{%p for 一条 in 措施 %}", "{{ 一条 }}", "{%p endfor %}"), board, shown, OCCASION)
    )


def test_a_condition_prints_only_what_is_there(board, shown):
    lines = ("{%p if 备注 %}", "备注：{{ 备注 }}", "{%p else %}", "没有备注", "{%p endif %}")
    assert texts(filled(template(*lines), board, shown, OCCASION))[-1] == "没有备注"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("{{ ''.__class__.__mro__ }}", "取内部属性"),
        ("{{ 标题.__class__ }}", "取内部属性"),
        ("{% for x in range(9999999999) %}{{ x }}{% endfor %}", "这样的重复"),
        ("{% for a in 目标 %}{% for b in 目标 %}{{ b.指标 }}{% endfor %}{% endfor %}", "这样的重复"),
        ("{% for a in 目标 if a.指标 %}{{ a.指标 }}{% endfor %}", "这样的重复"),
        ("{% include '/etc/passwd' %}", "引入文件"),
        ("{% import '/etc/passwd' as 标题 %}", "引入文件"),
        ("{{ 标题|upper }}", "过滤器"),
        ("{{ 标题() }}", "调用"),
        ("{{ 目标[0] }}", "取下标"),
        ("{{ 目标 }}", "把 目标 整个写出来"),
        ("{{ 7*7 }}", "这样的写法"),
        ("{{ '%s' % 标题 }}", "这样的写法"),
        ("{{ 'a' }}", "写死的值"),
        ("{% macro 标题() %}{% endmacro %}", "宏"),
        ("{% set 标题 = 1 %}", "赋值"),
    ],
)
def test_whatever_computes_reaches_in_or_repeats_without_end_is_refused(board, shown, line, found):
    with pytest.raises(ExportError) as refused:
        filled(template(line), board, shown, OCCASION)
    assert str(refused.value) == f"自备模板：含有不允许的写法：{found}。{ONLY}"


def test_an_unknown_variable_is_named_with_those_that_are_known(board, shown):
    with pytest.raises(ExportError) as refused:
        filled(template("{{ 完成率 }}和{{ lipsum.__globals__ }}"), board, shown, OCCASION)
    assert str(refused.value) == f"自备模板：用了没有的变量 lipsum、完成率。{NAMES}"


def test_an_unknown_field_of_a_row_is_named_with_those_that_are_known(board, shown):
    with pytest.raises(ExportError) as refused:
        filled(template("{% for 行 in 任务 %}{{ 行.分管领导 }}{% endfor %}"), board, shown, OCCASION)
    assert str(refused.value) == (
        "自备模板：“任务”没有 分管领导 这一项。可用的项：名称、原句、责任部门、状态、进展、截止日。请改正模板后再上传。"
    )


def test_only_lists_can_be_repeated(board, shown):
    with pytest.raises(ExportError) as refused:
        filled(template("{% for 字 in 标题 %}{{ 字 }}{% endfor %}"), board, shown, OCCASION)
    assert (
        str(refused.value)
        == "自备模板：不能逐行重复 标题。可以重复的：目标、任务、图表、原因、措施。请改正模板后再上传。"
    )


@pytest.mark.parametrize("line", ["{{ 标题", "{% if 标题 %}"])
def test_braces_that_do_not_close_are_shown(board, shown, line):
    with pytest.raises(ExportError) as refused:
        filled(template(line), board, shown, OCCASION)
    assert str(refused.value) == (
        f"自备模板：写法有误（在“{line}”附近）。变量写成 {{{{ 标题 }}}}，重复和条件要有 endfor、endif。请改正模板后再上传。"
    )


def repacked(data, change):
    """A package with other parts: change(name, bytes) → bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out


def test_what_stands_in_a_footer_or_in_the_properties_is_checked_too(board, shown):
    for part, old, new in (
        ("word/footer1.xml", b"\xe2\x80\x94 ", b"{{ ''.__class__ }}"),
        ("docProps/core.xml", "模板".encode(), b"{{ ''.__class__ }}"),
    ):
        data = repacked(
            template("正文"), lambda name, blob, p=part, a=old, b=new: blob.replace(a, b) if name == p else blob
        )
        with pytest.raises(ExportError) as refused:
            filled(data.getvalue(), board, shown, OCCASION)
        assert str(refused.value) == f"自备模板：含有不允许的写法：取内部属性。{ONLY}"


@pytest.mark.parametrize("data", [b"", b"PK", b"%PDF-1.7", template("正文")[:2000]])
def test_broken_files_are_refused(board, shown, data):
    with pytest.raises(ExportError) as refused:
        filled(data, board, shown, OCCASION)
    assert str(refused.value) == BROKEN


def test_a_document_without_its_body_or_with_a_broken_one_is_refused(board, shown):
    cut = repacked(template("正文"), lambda name, blob: blob[:500] if name == "word/document.xml" else blob)
    with pytest.raises(ExportError) as refused:
        filled(cut.getvalue(), board, shown, OCCASION)
    assert str(refused.value) == BROKEN


def test_macros_and_large_files_are_refused(board, shown):
    made = repacked(template("正文"), lambda _, blob: blob)
    with zipfile.ZipFile(made, "a") as packed:
        packed.writestr("word/vbaProject.bin", b"")
    with pytest.raises(ExportError) as refused:
        filled(made.getvalue(), board, shown, OCCASION)
    assert str(refused.value) == "自备模板：文件带有宏。只收不带宏的 .docx。请另存为不带宏的 .docx 后再上传。"
    with pytest.raises(ExportError) as refused:
        filled(bytes(11 * 2**20), board, shown, OCCASION)
    assert str(refused.value) == "自备模板：文件有11.0 MB。不超过10 MB。请删去模板里的图片后再上传。"


def test_the_manual_lists_every_variable_and_field():
    text = (Path(__file__).parent.parent / "docs" / "自备模板.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"^\| (\S+) \| ([^|]+) \|$", text, re.M))
    for name, meaning in WORDS.items():
        assert f"| {name} | {meaning} |" in text
    for name, fields in LISTS.items():
        assert f"| {name} |" in text
        for field, meaning in fields.items():
            assert f"| {name} | {field} | {meaning} |" in text
