"""What comes in: the enterprise ledger's fields and values, and the counts that are made of it.

A ledger row is one enterprise of one reporting unit at one 统计时点. Its stored values are the clerk's
own words brought to one spelling; what is derived from them (who controls it, whether it counts) is
computed here and nowhere else. Blank means 未报: it is never zero and never "no".
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the reading process uses these fields too and must start without pandas
    import pandas as pd

CODES = Path(__file__).resolve().parent.parent / "data" / "codes"
COVERED_FORMS = ("单独", "区域性", "行业性")
CONTRACTS = ("contract", "wage", "women")
ACTIVE = "存续"
ENTERPRISE = "企业"
UNCLASSIFIED = "unclassified"
CLEAR = "清空"
"""A clerk writes this into a cell to empty what was there; a blank cell changes nothing."""


@dataclass(frozen=True)
class Field:
    """One column of the ledger: id, header in the template, how its cells are read, values allowed."""

    id: str
    label: str
    kind: str
    values: tuple[str, ...] = ()


LEDGER: tuple[Field, ...] = (
    Field("union_code", "统计编码", "code"),
    Field("uscc", "统一社会信用代码", "uscc"),
    Field("org_name", "单位名称", "text"),
    Field("reporting_unit", "填报单位", "unit"),
    Field("district", "所属县(市、区)", "text"),
    Field("street", "乡镇(街道)", "text"),
    Field("enterprise_state", "企业状态", "choice", ("存续", "停业", "注销", "迁出")),
    Field("changed_on", "变动日期", "date"),
    Field("registration", "单位类别", "registration"),
    Field("control", "控股情况", "control"),
    Field("above_scale", "是否规模以上", "yes_no", ("是", "否")),
    Field("size_class", "企业规模", "choice", ("大型", "中型", "小型", "微型")),
    Field("industry", "行业门类", "text"),
    Field("workers", "职工人数", "count"),
    Field("women_workers", "女职工人数", "count"),
    Field("migrant_workers", "农民工人数", "count"),
    Field("unionised", "是否建会", "yes_no", ("是", "否")),
    Field("union_form", "建会形式", "choice", ("单独", "联合", "未建")),
    Field("members", "会员人数", "count"),
    Field("contract_form", "集体合同签订方式", "choice", (*COVERED_FORMS, "未签")),
    Field("contract_start", "集体合同起始日", "date"),
    Field("contract_end", "集体合同截止日", "date"),
    Field("wage_form", "工资专项签订方式", "choice", (*COVERED_FORMS, "未签")),
    Field("wage_start", "工资专项起始日", "date"),
    Field("wage_end", "工资专项截止日", "date"),
    Field("women_form", "女职工专项签订方式", "choice", (*COVERED_FORMS, "未签")),
    Field("women_start", "女职工专项起始日", "date"),
    Field("women_end", "女职工专项截止日", "date"),
    Field("congress", "职代会建制", "choice", (*COVERED_FORMS, "未建")),
    Field("disclosure", "厂务公开", "yes_no", ("是", "否")),
    Field("harmony", "和谐企业创建", "choice", ("未开展", "开展", "达标AA", "AAA")),
    Field("note", "备注", "text"),
)
OPTIONAL = (Field("restructured", "改制企业", "yes_no", ("是", "否")),)
FIELDS = {field.id: field for field in (*LEDGER, *OPTIONAL)}
TOLD = (
    "state",
    "collective",
    "public",
    "private",
    "hmt",
    "foreign",
    "hmt_foreign",
    "non_public",
    "all",
    "unclassified",
)
"""What a return can name as one enterprise type: an atom, or several together as the sheet words them."""
SUMMARY: tuple[Field, ...] = (
    Field("reporting_unit", "填报单位", "unit"),
    Field("enterprise_type", "企业类型", "told"),
    Field("total", "企业总数", "count"),
    Field("should_unionise", "应建会企业数", "count"),
    Field("unionised", "已建会企业数", "count"),
    Field("workers", "职工人数", "count"),
    Field("members", "会员人数", "count"),
    Field("contracts@集体合同", "集体合同份数", "count"),
    Field("covered@集体合同", "集体合同覆盖企业数", "count"),
    Field("covered_workers@集体合同", "集体合同覆盖职工数", "count"),
    Field("contracts@工资集体协商", "工资专项份数", "count"),
    Field("covered@工资集体协商", "工资专项覆盖企业数", "count"),
    Field("covered_workers@工资集体协商", "工资专项覆盖职工数", "count"),
    Field("contracts@女职工专项", "女职工专项份数", "count"),
    Field("covered@女职工专项", "女职工专项覆盖企业数", "count"),
    Field("covered_workers@女职工专项", "女职工专项覆盖职工数", "count"),
    Field("covered@职代会", "职代会建制企业数", "count"),
    Field("covered@厂务公开", "厂务公开建制企业数", "count"),
    Field("covered@和谐创建", "和谐创建企业数", "count"),
    Field("as_of", "统计时点", "date"),
)
SUMMARY_COUNTS = (
    "numerator", "denominator", "contracts", "covered_workers", "total", "should_unionise", "unionised", "workers",
    "members",
)  # fmt: skip
METHODS = ("自培", "委培", "联办")
LEVELS = ("学徒工", "初级工", "中级工", "高级工", "技师", "高级技师", "特级技师", "首席技师")
TRAINING: tuple[Field, ...] = (
    Field("reporting_unit", "填报单位", "unit"),
    Field("enterprise_type", "企业类型", "told"),
    Field("method", "培训方式", "choice", METHODS),
    Field("level", "等级", "choice", LEVELS),
    Field("classes", "期数", "count"),
    Field("persons", "人数", "count"),
    Field("person_times", "人次", "count"),
    Field("as_of", "统计时点", "date"),
)
"""One row: what one unit trained in the month of its 统计时点 (本期, not accumulated); 人 and 人次 are never added."""
ACTIVITIES: tuple[Field, ...] = (
    Field("activity_no", "活动编号", "text"),
    Field("item", "对应任务", "text"),
    Field("activity", "活动名称", "text"),
    Field("category", "活动类别", "text"),
    Field("owner", "主办/承办", "text"),
    Field("planned_on", "计划时间", "date"),
    Field("done_on", "完成时间", "date"),
    Field("place", "地点", "text"),
    Field("joined", "参与单位数", "count"),
    Field("joined_state", "其中国有及控股", "count"),
    Field("joined_collective", "其中集体", "count"),
    Field("joined_non_public", "其中非公有制", "count"),
    Field("participants", "参与人次", "count"),
    Field("funds", "经费(万元)", "decimal"),
    Field("period", "所属期", "period"),
    Field("step", "步骤", "text"),
    Field("progress", "完成情况", "text"),
    Field("evidence", "佐证材料", "text"),
)
"""One row: one event. `item` is a plan item's id; `period` the key of the period it belongs to (2026-07, 2026Q3, 2026H2)."""
ROSTER: tuple[Field, ...] = (
    Field("name", "姓名", "text"),
    Field("identity", "证件号(脱敏或后四位)", "text"),
    Field("org_name", "单位", "text"),
    Field("enterprise_type", "企业类型", "told"),
    Field("trade", "工种", "text"),
    Field("method", "培训方式", "choice", METHODS),
    Field("institution", "培训机构", "text"),
    Field("course", "起止日期", "span"),
    Field("hours", "学时", "decimal"),
    Field("level", "技能等级", "choice", LEVELS),
    Field("certificate", "证书编号", "text"),
)
"""One row: one person in one course. Neither identity numbers nor (unless the settings keep them) names are stored."""
FUNDS: tuple[Field, ...] = (
    Field("reporting_unit", "填报单位", "unit"),
    Field("as_of", "统计时点", "date"),
    Field("task", "年度任务数(万元)", "decimal"),
    Field("current", "本期收缴", "decimal"),
    Field("funds", "累计收缴", "decimal"),
    Field("rate", "完成率", "text"),
    Field("last_year", "上年同期", "decimal"),
    Field("audited", "审计单位数", "count"),
    Field("published", "已公布", "yes_no", ("是", "否")),
)
"""One row: one unit at one 统计时点, amounts in 万元 as exact decimal text. 完成率 is a check, never stored."""
PROGRESS: tuple[Field, ...] = (
    Field("seq", "序号", "text"),
    Field("item", "任务", "text"),
    Field("owner", "责任部门", "text"),
    Field("step", "步骤", "text"),
    Field("progress", "进展情况", "text"),
    Field("problems", "存在问题", "text"),
    Field("next_steps", "下步打算", "text"),
    Field("done_on", "完成日期", "date"),
    Field("planned_on", "完成时限", "date"),
    Field("target", "应办数", "count"),
    Field("done_count", "已办数", "count"),
    Field("evidence", "佐证材料", "text"),
)
"""One row: one plan item, or one of its steps, at one 统计时点; `seq` is the item's id."""
PROMISES: tuple[Field, ...] = (
    Field("item", "条目编号", "text"),
    Field("plan", "计划", "text"),
    Field("section", "部分", "text"),
    Field("seq", "序号", "text"),
    Field("name", "任务", "text"),
    Field("short", "简称", "text"),
    Field("kind", "类型", "choice", ("比率", "计数", "里程碑", "周期", "定性")),
    Field("commitment", "承诺用语", "text"),
    Field("quote", "计划原句", "text"),
    Field("frequency", "频次", "text"),
    Field("steps", "步骤", "text"),
    Field("after", "前置条目", "text"),
    Field("indicator", "指标", "text"),
    Field("scope", "适用范围", "text"),
    Field("basis", "口径", "text"),
    Field("target", "目标值", "text"),
    Field("measure", "计量单位", "text"),
    Field("direction", "方向", "choice", ("≥", "≤", "=")),
    Field("start", "起始日", "date"),
    Field("end", "截止日", "date"),
    Field("nodes", "节点目标", "text"),
    Field("source", "任务来源", "text"),
    Field("leader", "分管领导", "text"),
    Field("department", "责任部门", "text"),
    Field("owner", "责任单位", "unit"),
    Field("person", "责任人", "text"),
    Field("level", "级别", "text"),
    Field("cumulation", "累计方式", "text"),
    Field("note", "备注", "text"),
)
"""The columns of the plan table (plan.PLAN_COLUMNS), as a W5 sheet has them; a blank 责任单位 is the whole city."""
PROGRESSED: tuple[Field, ...] = (
    Field("item", "条目编号", "text"),
    Field("department", "责任部门", "text"),
    *(field for field in PROGRESS if field.id not in ("seq", "item", "owner")),
    Field("as_of", "统计时点", "date"),
)
"""What is stored of a progress row: `item` is the plan item's id, `department` the plan's."""
NILS: tuple[Field, ...] = (
    Field("reporting_unit", "填报单位", "unit"),
    Field("as_of", "统计时点", "date"),
    Field("dataset", "数据", "text"),
)
"""One row: one unit says 本月无 for one dataset (NIL_DATASETS) of the month of `as_of` (零报告)."""
NIL_DATASETS = {"training": "技术工人培训", "activities": "活动", "funds": "经费收缴", "summary": "汇总表"}
SHIPPED: Mapping[str, tuple[Field, ...]] = {
    "W1": LEDGER, "W2": SUMMARY, "W3a": ROSTER, "W3b": TRAINING, "W4": ACTIVITIES, "W5": PROMISES, "W6": FUNDS,
    "W7": PROGRESS,
}  # fmt: skip
"""workbook → the columns of its template."""
ROSTERED: tuple[Field, ...] = (
    Field("reporting_unit", "填报单位", "unit"),
    Field("as_of", "统计时点", "date"),
    Field("person", "第几人", "count"),
    *(field for field in ROSTER if field.id not in ("identity", "course")),
    Field("course_start", "起始日", "date"),
    Field("course_end", "截止日", "date"),
)
"""What is stored of a roster's row: `person` numbers the people of one unit and month, null where none is told."""
NOTED: tuple[Field, ...] = (
    Field("item", "条目编号", "text"),
    Field("kind", "类别", "text"),
    Field("noted_on", "日期", "date"),
    Field("text", "内容", "text"),
    Field("problems", "存在问题", "text"),
    Field("next_steps", "下步打算", "text"),
    Field("step", "步骤", "text"),
    Field("done_on", "完成日期", "date"),
    Field("planned_on", "完成时限", "date"),
    Field("total", "应办数", "count"),
    Field("done", "已办数", "count"),
    Field("measure", "计量单位", "text"),
    Field("department", "责任部门", "text"),
    Field("who", "填写人", "text"),
    Field("at", "填写时间", "text"),
    Field("evidence", "佐证材料", "text"),
    Field("files", "佐证文件", "text"),
)
"""What is stored of a note that was written on the page; `kind` is a key of NOTE_KINDS.

A skipped period stands in `step` by its key (2026-08). `files` are the evidence as `sha256 name`, one a line.
"""
NOTE_KINDS = {
    "progress": "进展情况", "step": "步骤完成", "cases": "应办已办", "tally": "累计数量", "explanation": "情况说明",
    "instruction": "领导批示", "decision": "议定事项", "skip": "未开展说明",
}  # fmt: skip
MEETING: tuple[Field, ...] = (
    Field("meeting", "会议", "text"),
    Field("held_on", "会议日期", "date"),
    Field("seen_commit", "看板", "count"),
    Field("seen_on", "数据截至", "date"),
    Field("clock", "判断过期的日期", "date"),
    Field("judged_on", "判断期限的日期", "date"),
    Field("kind", "类别", "text"),
    Field("place", "顺序", "count"),
    Field("item", "条目编号", "text"),
    Field("label", "名称", "text"),
    Field("indicator", "指标", "text"),
    Field("scope", "适用范围", "text"),
    Field("measure", "计量单位", "text"),
    Field("as_of", "统计时点", "date"),
    Field("numerator", "分子", "count"),
    Field("denominator", "分母", "count"),
    Field("shown", "完成值", "text"),
    Field("target_bp", "目标", "count"),
    Field("gap", "还差", "count"),
    Field("status", "状态", "text"),
    Field("said", "进展", "text"),
)
"""One row: one figure (`kind` figure) or plan item (item) as it was told to a meeting; it is never changed afterwards.

The board was seen as of `seen_commit`, its data up to `seen_on` (null: all); `shown` is the percentage as printed.
"""
REMARKS: tuple[Field, ...] = (
    Field("meeting", "会议", "text"),
    Field("about", "事项", "text"),
    Field("reason", "原因", "text"),
    Field("measures", "措施", "text"),
    Field("who", "填写人", "text"),
    Field("at", "填写时间", "text"),
)
"""One row: what people wrote about a meeting's figures; nothing here is made by the board."""
IDENTITY = ("union_code", "uscc", "org_name", "reporting_unit")
DERIVED = ("entity", "enterprise_type", "type_basis", "active")

CUBE_COLUMNS = (
    "reporting_unit", "period", "source", "base", "as_of", "indicator", "enterprise_type", "numerator", "denominator",
    "covered_workers", "workers", "unknown", "outside", "active",
)  # fmt: skip
CUBE_WORDS = ("reporting_unit", "period", "source", "base", "indicator", "enterprise_type")
CUBE_COUNTS = CUBE_COLUMNS[7:]
"""One row: source × indicator × reporting unit × period × enterprise atom or leaf. `source` is ledger or summary;
`base` the denominator's kind where it is not the indicator's own, else "". `numerator` null: 未报. `unknown` are
in the denominator with a blank cell; `outside` are covered but not in the base; `active` are all that count."""


@cache
def control_codes() -> dict[str, str]:
    """Return 控股情况 words → atom or leaf id, from data/codes/control.csv."""
    return {row["名称"]: row["分类"] for row in _rows("control.csv")}


_TOLD_OF = {"public_mixed": "public"}
_TOLD_WORDS = {
    "三资": "hmt_foreign", "三资企业": "hmt_foreign", "港澳台及外商": "hmt_foreign", "全部": "all", "全部企业": "all",
    "所有企业": "all", "各类企业": "all",
}  # fmt: skip
TOLD_LABELS = {
    "state": "国有及控股企业", "collective": "集体企业", "public": "国有、集体及其控股企业", "private": "私营企业",
    "hmt": "港澳台商企业", "foreign": "外商企业", "hmt_foreign": "三资企业", "non_public": "非公有制企业",
    "all": "全部企业", "unclassified": "待认定企业",
}  # fmt: skip


PARTS = {
    "all": ("public", "non_public", "unclassified"), "public": ("state", "collective"),
    "non_public": ("private", "hmt_foreign"), "hmt_foreign": ("hmt", "foreign"),
}  # fmt: skip
"""What is told together → what it is made of."""


def parts_told(whole: str, told: Collection[str]) -> list[str]:
    """Return the largest parts of `whole` that are told too, none inside another."""
    found = [[part] if part in told else parts_told(part, told) for part in PARTS.get(whole, ())]
    return [part for parts in found for part in parts]


@cache
def told_words() -> dict[str, str]:
    """Return the words of an 企业类型 column → what they tell together (TOLD)."""
    words = {word: _TOLD_OF.get(leaf, leaf) for word, leaf in control_codes().items()}
    words |= {label: told for told, label in TOLD_LABELS.items()} | _TOLD_WORDS
    longer = {f"{word}企业": told for word, told in words.items() if not word.endswith("企业")}
    return longer | words


def leaf_of(told: str) -> str:
    """Return the atom or leaf that holds what a return tells together, where parts of it are not told apart."""
    return {"public": "public_mixed", "hmt_foreign": "non_public", "all": "untyped"}.get(told, told)


@cache
def registration_codes() -> dict[str, tuple[str, str]]:
    """Return registration types by name → (entity kind, atom), from data/codes/registration.csv."""
    return {row["名称"]: (row["单位类别"], row["分类"] or UNCLASSIFIED) for row in _rows("registration.csv")}


def registration_of(word: str | None) -> tuple[str, str] | None:
    """Return (entity kind, atom) for a registration type; a control word in that column tells the atom too."""
    if not isinstance(word, str):
        return None
    atom = control_codes().get(word)
    return registration_codes().get(word) or ((ENTERPRISE, atom) if atom else None)


def classified(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return `ledger` with its derived columns: entity, enterprise_type (atom), type_basis, active.

    The atom comes from 控股情况 (reported), else from the registration type by name (inferred), else it
    is unclassified (rules 1). A row counts when it is an enterprise that is 存续; a blank 企业状态 was
    asked about on the way in and counts as 存续, a blank 单位类别 as an enterprise.
    """
    by_control = _looked_up(ledger["control"], control_codes().get)
    entity = _looked_up(ledger["registration"], lambda word: (registration_of(word) or (None,))[0]).fillna(ENTERPRISE)
    inferred = _looked_up(ledger["registration"], lambda word: (registration_of(word) or (None, None))[1])
    atom = by_control.fillna(inferred).fillna(UNCLASSIFIED)
    told = by_control.notna() & (by_control != UNCLASSIFIED)
    basis = atom.where(atom == UNCLASSIFIED, "推定").where(atom != UNCLASSIFIED, "待认定").mask(told, "填报")
    active = (entity == ENTERPRISE) & ledger["enterprise_state"].fillna(ACTIVE).eq(ACTIVE)
    return ledger.assign(
        entity=entity.astype("string"), enterprise_type=atom.astype("string"), type_basis=basis.astype("string"),
        active=active.astype("bool"),
    )  # fmt: skip


def _looked_up(words: pd.Series[str], meaning: Callable[[str], str | None]) -> pd.Series[Any]:
    """Each word's meaning, looked up once per distinct word; missing for a blank or where there is none."""
    import numpy as np

    codes, distinct = words.factorize()
    meanings = np.array([*(meaning(str(word)) for word in distinct), None], dtype=object)
    return words.__class__(meanings[codes], index=words.index)


def _rows(name: str) -> list[dict[str, str]]:
    with (CODES / name).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def told_text(value: Any) -> str:
    """Return a frame's cell as text without spaces at its ends, "" where nothing was told."""
    return "" if _untold(value) else str(value).strip()


def told_count(value: Any) -> int | None:
    """Return a frame's cell as a whole number, None where nothing was told."""
    return None if _untold(value) else int(value)


def told_day(value: Any) -> date | None:
    """Return a frame's cell as a day, None where nothing was told."""
    import pandas as pd

    return None if _untold(value) else pd.Timestamp(value).date()


def _untold(value: Any) -> bool:
    import pandas as pd

    return value is None or bool(pd.isna(value))
