"""A maker of forms as offices draw them, each with the truth about it: header, depth, fields, data and total rows.

Everything comes from one seed. Units and words are invented; labels are drawn from what offices write, known to the
synonym table or not.
"""

import random
from dataclasses import dataclass, field
from typing import Any

from unionplan.intake.cells import Sheet

UNITS = ("文澜区", "朝晖区", "锦澜区", "青禾区", "望舒县", "云岫县")
STATE, NON_PUBLIC, COLLECTIVE = "国有及控股企业", "非公有制企业", "集体企业"
TYPES = {
    STATE: ("国有及控股企业", "国有及国有控股企业", "国有及控股"), NON_PUBLIC: ("非公有制企业", "非公企业", "非公有制"),
    COLLECTIVE: ("集体企业",),
}  # fmt: skip
INDICATORS = {
    "集体合同": ("集体合同", "综合集体合同"), "工资集体协商": ("工资集体协商", "工资专项集体合同", "工资协议"),
    "女职工专项": ("女职工专项集体合同", "女职工权益保护专项集体合同"), "职代会": ("职代会", "职工代表大会"), "厂务公开": ("厂务公开",),
}  # fmt: skip
LABELS = {
    "seq": ("序号", "编号", "No."),
    "reporting_unit": ("区县", "县(市、区)", "地区", "填报单位", "报送单位", "行政区划", "县市区", "各县区", "区（县）", "单位"),
    "enterprise_type": ("企业类型", "单位性质", "所有制类型", "经济类型", "企业类别", "企业性质"),
    "total": ("企业总数", "企业户数", "应签企业数", "应签数", "应推行企业数", "应签订企业数", "企业总户数", "应建制企业数", "应建数"),
    "covered": ("已签订企业数", "已签数", "覆盖企业数", "涵盖企业", "已推行企业数", "已签订数", "已建制企业数", "已签订户数", "签约企业数"),
    "contracts": ("合同份数", "签订份数", "份数", "签订合同份数"),
    "covered_workers": ("覆盖职工数", "涉及职工", "覆盖职工人数", "惠及职工数", "涵盖职工人数"),
    "rate": ("覆盖率", "签订率", "建制率", "推行面", "覆盖面", "占比"),
    "workers": ("职工人数", "职工数", "员工人数", "职工总数"),
    "members": ("会员人数", "会员数", "工会会员数"),
    "note": ("备注",),
    "": ("同比增减", "环比", "排名", "联系人", "上年同期", "增幅"),
    "method": ("培训方式",), "level": ("技能等级", "等级"), "classes": ("期数", "培训期数"),
    "persons": ("培训人数", "本月培训人数", "人数", "本期培训人数"), "person_times": ("人次", "培训人次"),
    "activity": ("活动名称",), "owner": ("牵头部门", "责任部门", "主办/承办"), "planned_on": ("计划时间", "计划完成时间"),
    "done_on": ("完成时间",), "progress": ("完成情况",), "participants": ("参与人次", "参加人数"), "evidence": ("佐证材料",),
    "union_code": ("统计编码", "基层工会统计编码", "工会编码"), "uscc": ("统一社会信用代码", "社会信用代码", "信用代码"),
    "org_name": ("单位名称", "企业名称", "单位详细名称", "企业(单位)名称", "企业全称"),
    "registration": ("单位类别", "登记注册类型", "单位性质", "注册类型"), "control": ("控股情况", "企业控股情况"),
    "enterprise_state": ("企业状态", "经营状态"), "women_workers": ("女职工人数", "女职工数"), "unionised": ("是否建会", "建会情况"),
    "contract_form": ("集体合同签订方式", "集体合同签订形式"), "contract_start": ("集体合同起始日", "集体合同起始日期", "集体合同生效日期"),
    "contract_end": ("集体合同截止日", "集体合同到期日", "集体合同截止日期"), "wage_form": ("工资专项签订方式", "工资集体协商签订方式"),
    "wage_end": ("工资专项截止日", "工资集体协商截止日期"), "congress": ("职代会建制", "职代会", "是否建立职代会"), "disclosure": ("厂务公开", "厂务公开情况"),
}  # fmt: skip
TITLES = ("{0}情况统计表", "2026年第三季度{0}情况汇总表", "全市{0}推行情况一览表", "{0}工作进展表（2026年10月）")


@dataclass
class Form:
    """A drawn sheet and the truth: header row and depth, field by column ("" for none), data and total rows."""

    sheet: Sheet
    kind: str
    top: int
    depth: int
    fields: dict[int, str]
    rows: tuple[int, ...]
    totals: tuple[int, ...]
    said: tuple[str, ...] = field(default=())


class Drawer:
    """Draws one form from a seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.grid: list[list[Any]] = []
        self.merged: list[tuple[int, int, int, int]] = []
        self.said: list[str] = []

    def one(self, words: Any) -> Any:
        return self.chance.choice(list(words))

    def maybe(self, share: float, what: str = "") -> bool:
        hit = self.chance.random() < share
        if hit and what:
            self.said.append(what)
        return hit

    def put(self, cells: list[Any]) -> int:
        self.grid.append(list(cells))
        return len(self.grid) - 1

    def dressed(self, label: str) -> str:
        """A label as a typist leaves it: stars, breaks, full-width letters, a unit behind it."""
        if not label or label in ("No.", "/"):
            return label
        if self.maybe(0.1):
            label = label[: len(label) // 2] + self.one(("\n", " ", "　", "\r\n")) + label[len(label) // 2 :]
        if self.maybe(0.08):
            label = self.one(("*", "※", "★")) + label
        if self.maybe(0.05):
            label = label.replace("(", "（").replace(")", "）")
        return f" {label} " if self.maybe(0.05) else label


def _with_unit(draw: Drawer, label: str, name: str) -> str:
    units = {"total": "家", "covered": "户", "contracts": "份", "covered_workers": "人", "workers": "人", "members": "人", "rate": "%",
             "persons": "人", "person_times": "人次"}  # fmt: skip
    unit = units.get(name.split("@")[0])
    if not unit or not draw.maybe(0.3):
        return label
    return label + draw.one((f"（{unit}）", f"({unit})", f"\n（{unit}）", f"[{unit}]"))


def drawn(seed: int) -> Form:
    """Return the form of this seed."""
    draw = Drawer(seed)
    kind, keys, columns, indicator = _content(draw)
    offset = draw.one((0, 0, 0, 1, 2))
    paths = [path for path, _ in columns]
    width = offset + len(columns)
    depth = max(map(len, paths))
    top = _head(draw, offset, width, indicator if kind == "W2" else "")
    _header(draw, offset, paths, depth)
    _asides(draw, offset, [name for _, name in columns], depth)
    rows, totals = _body(draw, offset, kind, [name for _, name in columns], keys, top, depth)
    _foot(draw, offset, width)
    sheet = Sheet("表", draw.grid, tuple(draw.merged))
    fields = {offset + place: name for place, (_, name) in enumerate(columns)}
    return Form(sheet, kind, top, depth, fields, tuple(rows), tuple(totals), tuple(draw.said))


def _content(draw: Drawer) -> tuple[str, list[str], list[tuple[list[str], str]], str]:
    """Kind, key fields, (label path, field) of every column, and the indicator that the title names."""
    shape = draw.one(
        ("flat", "flat", "types", "indicators", "three", "prefixed", "training", "events", "ledger", "ledger2")
    )
    draw.said.append(shape)
    named = draw.one(INDICATORS)
    seq = [("seq",)] if draw.maybe(0.6) else []
    simple = lambda *names: [([_label(draw, name)], name) for name in names]  # noqa: E731
    measures = [
        m
        for m in ("total", "covered", "contracts", "covered_workers", "rate")
        if m in ("total", "covered") or draw.maybe(0.4)
    ]
    unit = simple(*(["seq"] if seq else []), "reporting_unit")
    tail = simple(*(name for name in ("note",) if draw.maybe(0.3)))
    if shape == "flat":
        extra = simple(*[""] * draw.one((0, 0, 1, 2)))
        return (
            "W2",
            ["reporting_unit", "enterprise_type"],
            [*unit, *simple("enterprise_type", *measures), *_unlike(extra), *tail],
            named,
        )
    if shape == "types":
        told = draw.chance.sample(list(TYPES), draw.one((2, 3)))
        words = {kind: draw.one(TYPES[kind]) for kind in told}
        leaf = {m: _label(draw, m) for m in measures}
        return (
            "W2",
            ["reporting_unit"],
            [*unit, *(([words[k], leaf[m]], f"{m}@{k}") for k in told for m in measures), *tail],
            named,
        )
    if shape == "indicators":
        told = draw.chance.sample(list(INDICATORS), draw.one((2, 3)))
        words = {kind: draw.one(INDICATORS[kind]) for kind in told}
        leaf = {m: _label(draw, m) for m in measures}
        return "W2", ["reporting_unit", "enterprise_type"], [
            *unit, *simple("enterprise_type"), *(([words[k], leaf[m]], f"{m}@{k}") for k in told for m in measures), *tail], ""  # fmt: skip
    if shape == "three":
        kinds, told = draw.chance.sample(list(TYPES), 2), draw.chance.sample(list(INDICATORS), 2)
        measures = ["total", "covered"]
        leaf = {m: _label(draw, m) for m in measures}
        names = {k: draw.one(TYPES[k]) for k in kinds} | {k: draw.one(INDICATORS[k]) for k in told}
        return "W2", ["reporting_unit"], [
            *unit, *(([names[i], names[k], leaf[m]], f"{m}@{k}@{i}") for i in told for k in kinds for m in measures)], ""  # fmt: skip
    if shape == "prefixed":
        told = draw.chance.sample(list(TYPES), 2)
        leaf = {
            "total": draw.one(("企业总数", "总数")),
            "covered": draw.one(("已签订企业数", "已建数", "已签数")),
            "rate": "覆盖率",
        }
        return "W2", ["reporting_unit"], [
            *unit, *(([f"{k}{leaf[m].removeprefix('企业')}"], f"{m}@{k}") for k in told for m in ("total", "covered", "rate"))], named  # fmt: skip
    if shape == "training":
        names = ["reporting_unit", "method", *(["level"] if draw.maybe(0.5) else []), *(["classes"] if draw.maybe(0.5) else []), "persons",
                 *(["person_times"] if draw.maybe(0.5) else [])]  # fmt: skip
        return "W3b", ["reporting_unit", "method"], simple(*(["seq"] if seq else []), *names), ""
    if shape == "events":
        names = ["activity", "owner", "planned_on", *(["done_on"] if draw.maybe(0.5) else []), "progress", "participants",
                 *(["evidence"] if draw.maybe(0.5) else [])]  # fmt: skip
        return "W4", ["activity"], simple(*(["seq"] if seq else []), *names), ""
    names = ["union_code", *(["uscc"] if draw.maybe(0.5) else []), "org_name", *(["reporting_unit"] if draw.maybe(0.8) else []),
             "registration", *(["enterprise_state"] if draw.maybe(0.5) else []), "workers", *(["women_workers"] if draw.maybe(0.5) else []),
             "unionised", "members"]  # fmt: skip
    head = [
        ([LABELS["union_code"][0] if name == "union_code" else _label(draw, name, ledger=True)], name) for name in names
    ]
    if shape == "ledger":
        return "W1", ["org_name"], [*simple(*(["seq"] if seq else [])), *head,
                                    *simple("contract_form", "contract_start", "contract_end", "wage_form", "wage_end", "congress", "disclosure"), *tail], ""  # fmt: skip
    groups = [(["集体合同", draw.one(("签订方式", "签订形式"))], "contract_form"), (["集体合同", draw.one(("起始日", "起始日期"))], "contract_start"),
              (["集体合同", draw.one(("截止日", "截止日期"))], "contract_end"), (["工资集体协商", "签订方式"], "wage_form"),
              (["工资集体协商", "截止日期"], "wage_end")]  # fmt: skip
    return "W1", ["org_name"], [*simple(*(["seq"] if seq else [])), *head, *groups, *tail], ""


def _unlike(columns: list[tuple[list[str], str]]) -> list[tuple[list[str], str]]:
    """Columns of different labels."""
    return list({path[0]: (path, name) for path, name in columns}.values())


def _label(draw: Drawer, name: str, ledger: bool = False) -> str:
    words = [w for w in LABELS[name] if not (ledger and w in ("单位", "行政区划"))]
    return _with_unit(draw, draw.one(words), name)


def _head(draw: Drawer, offset: int, width: int, indicator: str) -> int:
    """Everything above the header; returns the header's first row."""
    pad: list[Any] = [None] * offset
    if draw.maybe(0.2, "letter"):
        draw.put([*pad, "各区县总工会："])
        draw.put([*pad, "请于11月10日前将下表报市总工会办公室，逾期不报的将予以通报，请认真核对数据后上报。"])
    if draw.maybe(0.2, "annex"):
        draw.put([*pad, "附件2"])
    if indicator or draw.maybe(0.5):
        place = draw.put([*pad, draw.one(TITLES).format(draw.one(INDICATORS[indicator]) if indicator else "工会")])
        if draw.maybe(0.6):
            draw.merged.append((place, offset, place, width - 1))
    if draw.maybe(0.3, "unit line"):
        draw.put([*pad, "填报单位（盖章）：文澜区总工会", None, "填报日期：2026年11月3日", "单位：家"])
    elif draw.maybe(0.2, "unit note"):
        draw.put([*pad, *[None] * (width - offset - 1), "单位：家、人"])
    if draw.maybe(0.2):
        draw.put([])
    return len(draw.grid)


def _header(draw: Drawer, offset: int, paths: list[list[str]], depth: int) -> None:
    """Draw the levels; short columns hang from the top, merged downwards or not."""
    top, merging = len(draw.grid), draw.maybe(0.7, "merged")
    dressed: dict[tuple[str, ...], str] = {}
    for level in range(depth):
        row: list[Any] = [None] * (offset + len(paths))
        for place, path in enumerate(paths):
            left = paths[place - 1][: level + 1] if place else None
            if level < len(path) and (level == len(path) - 1 or path[: level + 1] != left):
                key = tuple(path[: level + 1]) if level < len(path) - 1 else (*path, str(place))
                row[offset + place] = dressed.setdefault(key, draw.dressed(path[level]))
        draw.put(row)
    if merging and depth > 1:
        _merge_header(draw, offset, paths, depth, top)


def _merge_header(draw: Drawer, offset: int, paths: list[list[str]], depth: int, top: int) -> None:
    for place, path in enumerate(paths):
        if len(path) < depth:
            draw.merged.append((top + len(path) - 1, offset + place, top + depth - 1, offset + place))
    for level in range(depth - 1):
        place = 0
        while place < len(paths):
            end = place
            if level < len(paths[place]) - 1:
                while (
                    end + 1 < len(paths)
                    and paths[end + 1][: level + 1] == paths[place][: level + 1]
                    and level < len(paths[end + 1]) - 1
                ):
                    end += 1
                if end > place:
                    draw.merged.append((top + level, offset + place, top + level, offset + end))
            place = end + 1


def _asides(draw: Drawer, offset: int, names: list[str], depth: int) -> None:
    pad: list[Any] = [None] * offset
    if draw.maybe(0.12, "english"):
        words = {"seq": "No.", "reporting_unit": "District", "enterprise_type": "Type", "rate": "Rate"}
        draw.put([*pad, *(words.get(name, "Number") for name in names)])
    if draw.maybe(0.12, "units row") and any(name.split("@")[0] in ("total", "covered") for name in names):
        word = {"total": "家", "covered": "家", "contracts": "份", "covered_workers": "人", "rate": "%"}
        draw.put([*pad, *(word.get(name.split("@")[0]) for name in names)])
    if draw.maybe(0.15, "column numbers"):
        letters = [
            name.split("@")[0] in ("seq", "reporting_unit", "enterprise_type", "activity", "org_name") for name in names
        ]
        count = iter(range(1, 99))
        marks = iter("甲乙丙丁")
        draw.put([*pad, *(next(marks) if letter else next(count) for letter in letters)])


def _body(
    draw: Drawer, offset: int, kind: str, names: list[str], keys: list[str], top: int, depth: int
) -> tuple[list[int], list[int]]:
    rows: list[int] = []
    totals: list[int] = []
    header = [list(row) for row in draw.grid[top : top + depth]]
    total = draw.one(("none", "last", "first")) if kind in ("W2", "W3b") else "none"
    if total == "first":
        totals.append(_total(draw, offset, names, "合计"))
    blocks = "enterprise_type" in names and draw.maybe(0.25, "subtotals")
    groups = kind == "W2" and not blocks and draw.maybe(0.15, "groups")
    units = [u for u in UNITS for _ in range(2 if "enterprise_type" in names else 1)]
    for number, unit in enumerate(units):
        if groups and number in (0, len(units) // 2):
            place = draw.put([*[None] * offset, "一、国有及控股企业" if not number else "二、非公有制企业"])
            if draw.maybe(0.5):
                draw.merged.append((place, offset, place, offset + len(names) - 1))
        if number and number == len(units) // 2 and not groups and draw.maybe(0.25, "repeated header"):
            for row in header:
                draw.put(row)
        rows.append(_row(draw, offset, kind, names, number, unit))
        if blocks and number % 2:
            totals.append(_total(draw, offset, names, f"{unit}小计"))
        if draw.maybe(0.05):
            draw.put([])
    if total == "last":
        totals.append(_total(draw, offset, names, draw.one(("合计", "总 计", "合　计", "合计：", "全市合计"))))
    return rows, sorted(totals)


def _total(draw: Drawer, offset: int, names: list[str], word: str) -> int:
    place = names.index("reporting_unit")
    if "seq" in names and draw.maybe(0.5):
        place = names.index("seq")
    cells: list[Any] = [None] * offset + [None if i != place else word for i in range(len(names))]
    for i, name in enumerate(names):
        if name.split("@")[0] in ("total", "covered", "persons", "classes", "person_times"):
            cells[offset + i] = 1000 + i
    return draw.put(cells)


def _row(draw: Drawer, offset: int, kind: str, names: list[str], number: int, unit: str) -> int:
    values: dict[str, Any] = {
        "seq": number + 1, "reporting_unit": unit, "enterprise_type": (STATE, NON_PUBLIC)[number % 2], "note": None, "": 0.03,
        "method": ("自培", "委培", "联办")[number % 3], "level": "中级工", "classes": 2, "persons": 40 + number, "person_times": 60 + number,
        "activity": f"第{number + 1}届职工技能比武", "owner": "宣教部", "planned_on": "2026-09-01", "done_on": "2026-09-03", "progress": "已完成",
        "participants": 300, "evidence": "照片", "union_code": f"36{number:06d}", "uscc": "91360100MA35K0000X", "org_name": f"第{number + 1}纺织有限公司",
        "registration": "私营有限责任公司", "control": "私人控股", "enterprise_state": "存续", "workers": 100 + number, "women_workers": 30, "unionised": "是",
        "members": 80 + number, "contract_form": "单独", "contract_start": "2026-01-01", "contract_end": "2027-12-31", "wage_form": "单独",
        "wage_end": "2026-12-31", "congress": "单独", "disclosure": "是",
    }  # fmt: skip
    counts = {"total": 300 + number, "covered": 200 + number, "contracts": 90, "covered_workers": 9000, "rate": 0.66}
    cells = [values.get(name) if name in values else counts[name.split("@")[0]] for name in names]
    return draw.put([*[None] * offset, *cells])


def _foot(draw: Drawer, offset: int, width: int) -> None:
    pad: list[Any] = [None] * offset
    if draw.maybe(0.3, "note"):
        draw.put([*pad, "注：本表不含个体工商户。"])
    if draw.maybe(0.3, "signatures"):
        draw.put([*pad, "单位负责人：某某", None, "审核人：某某", "填表人：某某"])
