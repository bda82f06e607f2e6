"""A unit's own Word template, filled with the board's figures: known variables, rows that repeat, conditions, nothing else.

A template is a file from outside. Every piece of it is parsed and checked against a short list of what may stand in it
before anything is rendered, and is rendered in a sandbox with everything escaped: it can call nothing, reach into
nothing, read no file and repeat nothing without end.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from unionplan import narrative, theme
from unionplan.charts.wall_titles import progress
from unionplan.errors import ExportError
from unionplan.exhibits import Exhibit
from unionplan.export.cells import printed
from unionplan.export.marks import drawing
from unionplan.export.occasion import INTERNAL, Occasion
from unionplan.export.paper import WIDTH, Paper
from unionplan.export.pictures import pngs
from unionplan.export.report import PROFILE, SHARP
from unionplan.export.slides import require_data, subject
from unionplan.standpoint import Standpoint

WHERE = "自备模板"
MEGABYTES, UNPACKED = 10, 100
WORDS: Mapping[str, str] = {
    "标题": "材料的标题", "会议名称": "会议的名称", "会议日期": "会议的日期，2026年11月9日", "主送": "主送机关或会议",
    "落款": "落款单位", "数据截至": "数据截至2026年10月31日", "总体情况": "各项目标达标、按进度、滞后的项数",
    "到期任务": "到期任务应完成、已完成的项数", "填报情况": "已报送和未报送的单位", "备注": "备注，没有的为空", "密级标记": "内部资料，没有的为空",
}  # fmt: skip
LISTS: Mapping[str, Mapping[str, str]] = {
    "目标": {"指标": "指标名称", "企业类型": "企业类型", "完成值": "完成值，42.6%", "目标值": "目标，50%", "已达": "已达家数",
             "应建": "应建家数", "还差": "还差家数", "状态": "■ 滞后", "句子": "一句话的结论"},
    "任务": {"名称": "任务名称", "原句": "计划原句", "责任部门": "责任部门", "状态": "■ 滞后", "进展": "完成情况",
             "截止日": "截止日期"},
    "图表": {"标题": "图的结论", "说明": "量的是什么", "来源": "数据来源和数据截至", "口径": "口径", "图": "图本身，与正文同宽"},
    "原因": {}, "措施": {},
}  # fmt: skip
"""What may be repeated, with the fields of a row; 原因 and 措施 are lists of sentences."""
_PLAIN = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Not, nodes.And, nodes.Or, nodes.If)


class _Checked(SandboxedEnvironment):
    """An environment that compiles only what the list allows; `pictures` tells whether any was asked for."""

    def __init__(self) -> None:
        super().__init__(autoescape=True)
        self.globals.clear()
        self.filters.clear()
        self.tests.clear()
        self.pictures = False

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _check(tree)
        self.pictures |= any(one.attr == "图" for one in tree.find_all(nodes.Getattr))
        return tree


def filled(template: bytes, board: Standpoint, shown: Sequence[Exhibit], occasion: Occasion) -> bytes:
    """Return a unit's template with the board's figures, as the bytes of a .docx file.

    Raises ExportError where the template is broken or holds what is not allowed, and where there is nothing to show.
    """
    require_data(shown)
    document, environment = opened(template)
    context = _context(board, occasion)
    context["图表"] = _with_pictures(document, shown) if environment.pictures else _exhibits(shown)
    document.render(context, environment)
    out = io.BytesIO()
    about = document.docx.core_properties
    about.author = about.last_modified_by = about.comments = ""
    document.save(out)
    return out.getvalue()


def opened(template: bytes) -> tuple[DocxTemplate, _Checked]:
    """Return a template that has been checked, with the environment to render it in; raises ExportError."""
    _require_document(template)
    environment = _Checked()
    try:
        document = DocxTemplate(io.BytesIO(template))
        document.init_docx()
        for xml in _parts(document):
            environment.parse(xml)
    except TemplateSyntaxError as error:
        raise ExportError(
            WHERE, f"写法有误{_near(error)}", "变量写成 {{ 标题 }}，重复和条件要有 endfor、endif", "请改正模板后再上传"
        ) from error
    except (KeyError, ValueError, zipfile.BadZipFile, SyntaxError) as error:
        raise _broken() from error
    return document, environment


def _require_document(template: bytes) -> None:
    """Raise ExportError for what is no .docx, is too large, or carries a program."""
    if len(template) > MEGABYTES * 2**20:
        raise ExportError(
            WHERE, f"文件有{len(template) / 2**20:.1f} MB", f"不超过{MEGABYTES} MB", "请删去模板里的图片后再上传"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as packed:
            names, size = packed.namelist(), sum(one.file_size for one in packed.infolist())
    except zipfile.BadZipFile as error:
        raise _broken() from error
    if "word/document.xml" not in names or size > UNPACKED * 2**20:
        raise _broken()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise ExportError(WHERE, "文件带有宏", "只收不带宏的 .docx", "请另存为不带宏的 .docx 后再上传")


def _broken() -> ExportError:
    return ExportError(WHERE, "不是 Word 文档（.docx），或者文件已损坏", "", "请用 Word 或 WPS 另存为 .docx 后再上传")


def _parts(document: DocxTemplate) -> Iterator[str]:
    """Every text of a template that is rendered: body, headers and footers, footnotes, properties."""
    yield document.patch_xml(document.get_xml())
    for kind in (document.HEADER_URI, document.FOOTER_URI):
        for _, part in document.get_headers_footers(kind):
            yield document.patch_xml(document.get_part_xml(part))
    for part in document.docx.part.package.parts:
        if str(part.partname).endswith("/footnotes.xml"):
            yield document.patch_xml(part.blob.decode("utf-8"))
    about = document.docx.core_properties
    yield "\n".join(
        str(getattr(about, name) or "") for name in ("author", "comments", "title", "subject", "keywords", "category")
    )


# What may stand in a template


def _check(tree: nodes.Template) -> None:
    rows = _rows(tree)
    unknown = sorted({one.name for one in tree.find_all(nodes.Name)} - {*WORDS, *LISTS, *rows})
    if unknown:
        raise ExportError(
            WHERE,
            f"用了没有的变量 {'、'.join(unknown)}",
            f"可用的变量：{'、'.join([*WORDS, *LISTS])}",
            "请改正模板后再上传",
        )
    _walk(tree, rows)


def _rows(tree: nodes.Template) -> dict[str, str]:
    """Return the name of a repeated row → the list that it is of."""
    found = {}
    for loop in tree.find_all(nodes.For):
        simple = isinstance(loop.iter, nodes.Name) and isinstance(loop.target, nodes.Name)
        if simple and not loop.recursive and loop.test is None and not loop.else_ and not list(_inner(loop)):
            found[loop.target.name] = loop.iter.name  # type: ignore[attr-defined]
        else:
            raise _refused("这样的重复")
    if wrong := sorted(set(found.values()) - set(LISTS)):
        raise ExportError(
            WHERE, f"不能逐行重复 {'、'.join(wrong)}", f"可以重复的：{'、'.join(LISTS)}", "请改正模板后再上传"
        )
    return found


def _inner(loop: nodes.For) -> Iterator[nodes.For]:
    return (one for part in loop.body for one in ([part] if isinstance(part, nodes.For) else part.find_all(nodes.For)))


def _walk(node: nodes.Node, rows: Mapping[str, str]) -> None:
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Getattr):
            _field(child, rows)
        elif isinstance(node, nodes.Output) and isinstance(child, nodes.Name) and _many(child.name, rows):
            raise _refused(f"把 {child.name} 整个写出来")
        elif isinstance(child, (*_PLAIN, nodes.For)):
            _walk(child, rows)
        else:
            raise _refused(_NAMES.get(type(child).__name__, "这样的写法"))


def _many(name: str, rows: Mapping[str, str]) -> bool:
    """Whether a name is a list, or a row that has fields."""
    return name in LISTS or bool(LISTS.get(rows.get(name, ""), {}))


def _field(one: nodes.Getattr, rows: Mapping[str, str]) -> None:
    """Allow a field of a row that is repeated."""
    source = rows.get(one.node.name) if isinstance(one.node, nodes.Name) else None
    if source is None:
        raise _refused("取内部属性")
    if one.attr not in LISTS[source]:
        fields = "、".join(LISTS[source]) or "没有，直接写这一行的名字"
        raise ExportError(WHERE, f"“{source}”没有 {one.attr} 这一项", f"可用的项：{fields}", "请改正模板后再上传")


_NAMES = {
    "Call": "调用", "Filter": "过滤器", "Getitem": "取下标", "Const": "写死的值", "Import": "引入文件", "FromImport": "引入文件",
    "Include": "引入文件", "Extends": "引入文件", "Assign": "赋值", "Macro": "宏", "Test": "测试", "Compare": "比较",
}  # fmt: skip


def _refused(what: str) -> ExportError:
    return ExportError(
        WHERE, f"含有不允许的写法：{what}", "只能写变量、逐行重复（for，不能套用）和条件（if）", "请改正模板后再上传"
    )


def _near(error: TemplateSyntaxError) -> str:
    """The words around a slip, without markup."""
    lines = (error.source or "").splitlines()
    line = lines[error.lineno - 1] if 0 < error.lineno <= len(lines) else ""
    words = theme.plain(re.sub(r"<[^>]+>", "", line)).strip()
    found = re.search(r"\{[{%].{0,30}", words)
    return f"（在“{found.group()}”附近）" if found else ""


# What it is filled with


def _context(board: Standpoint, occasion: Occasion) -> dict[str, Any]:
    rows = narrative.renamed(board.rows(), occasion.names)
    words = {
        "标题": subject(board, occasion), "会议名称": occasion.meeting, "会议日期": theme.chinese_date(occasion.held_on),
        "主送": occasion.to, "落款": occasion.author, "数据截至": narrative.as_of_words(rows),
        "总体情况": f"{narrative.overview_title(rows)}。", "到期任务": narrative.due_items(board.states(), board.today),
        "填报情况": f"{narrative.units_counted(rows, len(board.plan.units))}。", "备注": occasion.footnote,
        "密级标记": INTERNAL if occasion.internal else "",
    }  # fmt: skip
    return {
        **{name: theme.plain(text) for name, text in words.items()}, "目标": _targets(board, occasion), "任务": _items(board),
        "原因": [theme.plain(one) for one in occasion.reasons], "措施": [theme.plain(one) for one in occasion.measures],
    }  # fmt: skip


def _targets(board: Standpoint, occasion: Occasion) -> list[dict[str, str]]:
    found = []
    for row in narrative.renamed(board.rows(), occasion.names):
        indicator = board.plan.indicators[row.indicator]
        known = row.numerator is not None and row.denominator
        rate = f"{theme.percent(row.numerator or 0, row.denominator or 1, row.target_bp)}%" if known else theme.NONE
        goal = theme.NONE if row.target_bp is None else f"{theme.target_percent(row.target_bp)}%"
        counts = [printed(value) for value in (row.numerator, row.denominator, row.gap)]
        found.append(dict(zip(LISTS["目标"], (
            indicator.name, theme.SCOPE_WORDS[row.scope], rate, goal, *counts, theme.light(row.status),
            narrative.sentence(row, indicator)), strict=True)))  # fmt: skip
    return found


def _items(board: Standpoint) -> list[dict[str, str]]:
    return [
        dict(zip(LISTS["任务"], (theme.plain(one.item.name), theme.plain(one.item.quote), theme.plain(one.item.department),
                                theme.light(one.status), progress(one) or theme.NONE, printed(one.item.end)), strict=True))
        for one in board.states() if one.item.plan == narrative.CITY_PLAN
    ]  # fmt: skip


def _exhibits(shown: Sequence[Exhibit]) -> list[dict[str, Any]]:
    return [
        {"标题": theme.plain(one.title.replace("｜", "")), "说明": theme.plain(one.subtitle), "来源": theme.plain(one.source),
         "口径": theme.plain(one.note), "图": ""}
        for one in shown
    ]  # fmt: skip


def _with_pictures(document: DocxTemplate, shown: Sequence[Exhibit]) -> list[dict[str, Any]]:
    made = pngs([drawing(one.draw(PROFILE)) for one in shown], SHARP)
    return [
        {**words, "图": InlineImage(document, io.BytesIO(png), width=Mm(WIDTH))}
        for words, png in zip(_exhibits(shown), made, strict=True)
    ]


def sample_template(occasion: Occasion) -> bytes:
    """Return a template to begin with, as the bytes of a .docx file: every variable where it might stand."""
    paper = Paper(occasion.held_on)
    paper.title("{{ 标题 }}", "（{{ 会议日期 }}）")
    paper.address("{{ 主送 }}：")
    paper.text("现将有关情况汇报如下（{{ 数据截至 }}）。")
    paper.heading("一、总体情况")
    paper.text("{{ 总体情况 }}{{ 到期任务 }}{{ 填报情况 }}")
    paper.heading("二、目标完成情况")
    fields = ("指标", "企业类型", "完成值", "目标值", "已达", "应建", "还差", "状态")
    blank = [""] * (len(fields) - 1)
    rows = [["{%tr for 行 in 目标 %}", *blank], [f"{{{{ 行.{name} }}}}" for name in fields], ["{%tr endfor %}", *blank]]
    paper.table(fields, rows, (28, 30, 16, 14, 16, 16, 15, 21), centred=range(2, 8), kept=False)
    for lines in (("三、图表", "{%p for 一图 in 图表 %}", "{{ 一图.标题 }}", "{{ 一图.图 }}", "{{ 一图.来源 }}", "{%p endfor %}"),
                  ("四、措施", "{%p for 一条 in 措施 %}", "{{ 一条 }}", "{%p endfor %}")):  # fmt: skip
        paper.heading(lines[0])
        for line in lines[1:]:
            paper.text(line, "图" if line == "{{ 一图.图 }}" else "公文正文")
    paper.text("{%p if 备注 %}")
    paper.text("备注：{{ 备注 }}")
    paper.text("{%p endif %}")
    paper.sign("{{ 落款 }}", "{{ 会议日期 }}")
    return paper.data()
