"""How results look and read: role → colour, status → glyph and word, scopes in words, figures as text.

Colours are named by what they say, never by hue, and every status has a glyph and a word, so that nothing is
told by colour alone. Percent signs and rounding live here only, in exact integers: a rate that is short of
its target is never printed as the target (docs/rules.md, section 3).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape as html_escape
from types import MappingProxyType

import plotly.graph_objects as go

FONTS = (
    '"Microsoft YaHei","PingFang SC","Noto Sans CJK SC","Source Han Sans SC","WenQuanYi Micro Hei",'
    '"Noto Sans SC",sans-serif'
)

PAPER = "#FFFFFF"
INK = "#1F2933"
INK_SOFT = "#4A5560"
INK_FAINT = "#65707B"
RULE = "#8592A0"
MARK = "#8794A1"
GRID = "#E3E7EB"
TRACK = "#EDF0F3"
FOCUS = "#274C6B"
BAND = "#DCE6EE"  # where a figure may come to lie
BRAND = "#B01E23"  # outside plots only: inside a plot this hue means behind
ORNAMENT = "#C9A24B"
ORNAMENT_TEXT = "#8A6414"

NONE = "—"


@dataclass(frozen=True)
class Role:
    """The colours of one meaning: `mark` for bars and points, `text` on paper, `cell` with `ink` on it."""

    mark: str
    text: str
    cell: str
    ink: str


@dataclass(frozen=True)
class Light:
    """One letter of the status alphabet; `role` is a key of ROLES."""

    glyph: str
    word: str
    role: str


@dataclass(frozen=True)
class Mark:
    """A sign that stands after a light, and what it says when written out."""

    sign: str
    meaning: str


ROLES: Mapping[str, Role] = MappingProxyType(
    {
        "attained": Role("#1C7F7F", "#14686B", "#DDEFEC", INK),
        "on_pace": Role("#5B86A8", "#2F5F82", "#C9DAEA", INK),
        "slow": Role("#C77700", "#8A5200", "#EDB347", INK),
        "behind": Role("#A8201A", "#A8201A", "#A8201A", PAPER),
        "neutral": Role(MARK, INK_FAINT, TRACK, INK_SOFT),
        "unreported": Role(MARK, INK_FAINT, "#F4F5F7", INK_FAINT),
    }
)

STATUS: Mapping[str, Light] = MappingProxyType(
    {
        "attained": Light("●", "达标", "attained"),
        "done": Light("●", "已完成", "attained"),
        "on_pace": Light("◆", "按进度", "on_pace"),
        "moving": Light("◆", "推进中", "on_pace"),
        "slow": Light("▲", "偏慢", "slow"),
        "due_soon": Light("▲", "临期", "slow"),
        "behind": Light("■", "滞后", "behind"),
        "overdue": Light("■", "逾期", "behind"),
        "below": Light("◇", "未达标·不计进度", "neutral"),
        "stale": Light("◇", "数据过期", "neutral"),
        "out_of_plan": Light("◇", "计划期外", "neutral"),
        "no_target": Light("◇", "未设目标", "neutral"),
        "no_base": Light("◇", "无应建单位", "neutral"),
        "no_deadline": Light("◇", "截止年份未设定", "neutral"),
        "unreported": Light("○", "未报", "unreported"),
        "not_started": Light("○", "未开始", "unreported"),
    }
)

MARKS: Mapping[str, Mark] = MappingProxyType(
    {
        "fell": Mark("↓", "较上期下降"),
        "made_up": Mark("补", "逾期后补完成"),
        "at_risk": Mark("预", "按近期进度难以如期达标"),
    }
)

SCOPE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "state": "国有及控股企业",
        "public": "国有、集体及其控股企业",
        "non_public": "非公有制企业",
        "all": "全部企业",
    }
)
SCOPE_SHORT: Mapping[str, str] = MappingProxyType(
    {"state": "国有及控股", "public": "国有、集体及其控股", "non_public": "非公有制", "all": "全部"}
)
ATOM_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "state": "国有控股",
        "collective": "集体控股",
        "private": "私人控股",
        "hmt": "港澳台商控股",
        "foreign": "外商控股",
        "unclassified": "待认定",
        "public_mixed": "国有、集体及其控股（未细分）",
        "non_public": "非公（未细分）",
        "untyped": "未分类型",
    }
)


SEVERITY_WORDS: Mapping[str, str] = MappingProxyType({"reject": "须改正", "ask": "请核对", "fixed": "已处理"})
ACTION_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "seed": "建库",
        "submit": "入库",
        "correct": "更正",
        "nil": "零报告",
        "note": "任务记录",
        "undo": "撤销",
        "freeze": "定稿",
        "remark": "会议说明",
        "release": "发布",
        "remember_form": "记住表样",
        "forget_form": "删去表样",
        "remember_word": "记住别名",
        "forget_word": "删去别名",
        "revise": "修订",
        "period": "新计划期",
        "reunite": "单位合并更名",
    }
)


def role(status: str) -> Role:
    """Return the colours of a status id."""
    return ROLES[STATUS[status].role]


def light(status: str) -> str:
    """Return a status as it is written everywhere: glyph, space, word."""
    return f"{STATUS[status].glyph} {STATUS[status].word}"


def percent(numerator: int, denominator: int, target_bp: int | None = None) -> str:
    """Return numerator/denominator in percent with one decimal, without the sign.

    Rounded half up, except that a rate short of its target (basis points), or of 100, is cut rather than
    printed as reaching it: 188/209 against 9000 is "89.9".
    """
    assert denominator > 0, "no base: there is no rate to print"
    tenths = (2000 * numerator + denominator) // (2 * denominator)
    for goal in (10000, target_bp):
        if goal is not None and numerator * 10000 < goal * denominator and tenths * 10 >= goal:
            tenths = 1000 * numerator // denominator
    return f"{tenths // 10}.{tenths % 10}"


def target_percent(bp: int) -> str:
    """Return basis points in percent, without needless decimals and without the sign: "90", "62.5"."""
    whole, rest = divmod(bp, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)


def points(shown_a: str, shown_b: str) -> str:
    """Return a − b in 百分点, taken between the figures as they are printed: "50", "42.6" → "7.4"."""
    return str(Decimal(shown_a) - Decimal(shown_b))


def count(n: int) -> str:
    """Return a whole number with thousands separators."""
    return f"{n:,}"


def chinese_date(day: date) -> str:
    """Return 2026年10月31日."""
    return f"{day.year}年{day.month}月{day.day}日"


def month_day(day: date) -> str:
    """Return 10月31日."""
    return f"{day.month}月{day.day}日"


def overdue(days: int) -> str:
    """Return by how many days something is late, 逾期16天; "" where it is not."""
    return f"逾期{days}天" if days > 0 else ""


def plain(text: str) -> str:
    """Return the text on one line, without control, format or surrogate characters."""
    line = re.sub(r"[^\S\u3000]+", " ", text)
    return "".join(char for char in line if unicodedata.category(char) not in ("Cc", "Cf", "Cs")).strip()


def file_name(text: str, other: str = "未命名") -> str:
    """Return text as a file's name that Windows takes: no path, no sign it forbids, no blank or dot at its ends; `other`
    where nothing is left."""
    return re.sub(r'[\\/:*?"<>|]', "_", plain(text)).strip(" .") or other


def escape(text: str) -> str:
    """Return text that Plotly shows as it stands: no tag, no entity, no TeX, one line."""
    return html_escape(plain(text), quote=False).replace("$", "&#36;")


def template() -> go.layout.Template:
    """Return the look that every figure shares; sizes belong to the profile of the picture."""
    return go.layout.Template(
        layout={
            "font": {"family": FONTS, "color": INK},
            "paper_bgcolor": PAPER,
            "plot_bgcolor": PAPER,
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0, "autoexpand": False},
            "showlegend": False,
            "dragmode": False,
            "hovermode": "closest",
            "hoverlabel": {
                "align": "left",
                "bgcolor": PAPER,
                "bordercolor": RULE,
                "font": {"family": FONTS, "color": INK},
                "namelength": 0,
            },
        }
    )
