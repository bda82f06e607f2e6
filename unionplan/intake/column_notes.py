"""What a clerk is told about each column of a template: one line of meaning, and how the cell is written."""

from __future__ import annotations

from collections.abc import Container

from unionplan.observations import CLEAR, Field

_UNIT = "负责报送的工会，名称与填报单位表一致"
_TYPE = "按由谁控股分类；不清楚的列入待认定企业"
_OF_CONTRACT = {"集体合同": "", "工资集体协商": "工资专项", "女职工专项": "女职工专项"}
_LEDGER = {
    "union_code": "基层工会统计编码", "uscc": "营业执照上的统一社会信用代码", "org_name": "营业执照上的全称",
    "reporting_unit": _UNIT, "district": "企业所在的县（市、区）", "street": "企业所在的乡镇（街道）",
    "enterprise_state": "统计时点的状态；只有存续的企业计入底数", "changed_on": "企业状态变动的日期",
    "registration": "登记注册类型", "control": "由谁控股；空白时按单位类别推定",
    "above_scale": "是否规模以上企业", "size_class": "企业划型", "industry": "国民经济行业门类，如 制造业",
    "workers": "统计时点的职工人数", "women_workers": "其中女职工，不多于职工人数",
    "migrant_workers": "其中农民工，不多于职工人数", "unionised": "是否已建立工会组织",
    "union_form": "单独建会还是联合建会", "members": "工会会员人数，不多于职工人数",
    "contract_form": "集体合同的签订方式；兼有几种的填一种，只计一家",
    "contract_start": "集体合同有效期的第一天", "contract_end": "集体合同有效期的最后一天",
    "wage_form": "工资专项集体合同的签订方式", "wage_start": "工资专项集体合同有效期的第一天",
    "wage_end": "工资专项集体合同有效期的最后一天", "women_form": "女职工专项集体合同的签订方式",
    "women_start": "女职工专项集体合同有效期的第一天", "women_end": "女职工专项集体合同有效期的最后一天",
    "congress": "职工代表大会建制方式", "disclosure": "是否已建立厂务公开制度",
    "harmony": "和谐劳动关系企业创建情况", "note": "需要说明的事项", "restructured": "是否改制企业",
}  # fmt: skip
_SUMMARY = {
    "reporting_unit": _UNIT, "enterprise_type": _TYPE, "total": "统计时点处于存续状态的企业数",
    "should_unionise": "应建立工会组织的企业数", "unionised": "已单独或联合建立工会组织的企业数",
    "workers": "存续企业的职工人数合计", "members": "存续企业的工会会员人数合计",
    "covered@职代会": "已建立职代会制度或由区域性、行业性职代会覆盖的已建会企业数",
    "covered@厂务公开": "已建立厂务公开制度的已建会企业数",
    "covered@和谐创建": "开展和谐劳动关系创建的已建会企业数，含达标AA和AAA",
    "as_of": "数据截至的日期，同一份表填同一天",
    **{f"contracts@{name}": f"有效期内的{word}集体合同份数，区域性、行业性的一份计一份" for name, word in _OF_CONTRACT.items()},
    **{f"covered@{name}": f"有效期内的{word}集体合同覆盖的已建会企业数，一家只计一次" for name, word in _OF_CONTRACT.items()},
    **{f"covered_workers@{name}": f"有效期内的{word}集体合同覆盖的职工人数" for name, word in _OF_CONTRACT.items()},
}  # fmt: skip
_TRAINING = {
    "reporting_unit": _UNIT, "enterprise_type": _TYPE, "method": "自主培训、委托培训或联合办班",
    "level": "培训对应的技能等级，不分等级的留空", "classes": "本期举办的培训班期数",
    "persons": "本期培训的技术工人人数，一人只计一次；填本期数，不填累计数",
    "person_times": "本期培训人次，一人参加几次计几次；与人数分别统计，不相加", "as_of": "本期的截止日期",
}  # fmt: skip
_ACTIVITIES = {
    "activity_no": "自行编号，一项活动一个，不重复", "item": "任务编号，见本页下方的任务表", "activity": "活动全称",
    "category": "活动类别，如 会议、竞赛、培训", "owner": "主办、承办的部门或单位", "planned_on": "计划开展的日期",
    "done_on": "实际完成的日期，没有完成的留空", "place": "活动地点", "joined": "参加活动的单位数",
    "joined_state": "参加单位中的国有及控股企业数", "joined_collective": "参加单位中的集体企业数",
    "joined_non_public": "参加单位中的非公有制企业数", "participants": "参加活动的人次", "funds": "本项活动的经费，以万元计",
    "period": "活动属于哪个月、季度或半年", "step": "属于任务的哪一步，见本页下方的任务表",
    "progress": "完成情况，一两句话", "evidence": "通知、照片等材料的名称",
}  # fmt: skip
_ROSTER = {
    "name": "学员姓名；默认不入库，只用来分清是不是同一人", "identity": "证件号后四位即可；不入库，只用来分清是不是同一人",
    "org_name": "学员所在企业的全称", "enterprise_type": _TYPE, "trade": "培训的职业（工种）",
    "method": "自主培训、委托培训或联合办班", "institution": "承担培训的学校、机构或企业",
    "course": "培训班开始和结束的日期", "hours": "培训学时", "level": "培训对应的技能等级，不分等级的留空",
    "certificate": "技能等级（职业资格）证书编号，没有的留空",
}  # fmt: skip
_PROMISES = {
    "item": "条目的编号，改动按它对应；本市自设的条目另编新号", "plan": "市总或机关工会", "section": "计划的部分",
    "seq": "条目在该部分中的序号", "name": "任务的全称", "short": "图表上用的短名", "kind": "条目的类型",
    "commitment": "计划里的承诺用语，如 确保、力争", "quote": "计划的原句，不得改动；可留空", "frequency": "如 每月、每季、每半年、每年、一次性",
    "steps": "里程碑的步骤，几步用；隔开", "after": "须先完成的条目编号，几个用；隔开",
    "indicator": "指标的代号，如 wage（工资集体协商）", "scope": "适用的企业范围", "basis": "指标的分子和分母，只作核对，不采用",
    "target": "目标值；比率写成 90%，计数写成整数", "measure": "目标值的单位，如 %、人、次", "direction": "目标的方向，一般为 ≥",
    "start": "条目的第一天", "end": "条目的最后一天", "nodes": "分月或分季的节点目标", "source": "任务从哪里来；自设的写“本市补充目标”",
    "leader": "分管的领导", "department": "负责的部门", "owner": "分解到哪个填报单位；空白的一行是全市的",
    "person": "责任人姓名", "level": "市级或机关", "cumulation": "存量、流量、事件或已完成", "note": "需要说明的事项",
}  # fmt: skip
_FUNDS = {
    "reporting_unit": _UNIT, "as_of": "数据截至的日期，同一份表填同一天", "task": "本年度收缴任务，以万元计",
    "current": "本期收缴的金额，以万元计", "funds": "年初至本期累计收缴的金额，以万元计", "rate": "累计收缴占年度任务的比率，只作核对，可不填",
    "last_year": "上年同期累计收缴的金额，以万元计", "audited": "年初至本期已审计的单位数", "published": "审计结果是否已公布",
}  # fmt: skip
_PROGRESS = {
    "seq": "计划的条目编号，不要改动", "item": "任务名称", "owner": "责任部门", "step": "里程碑的步骤，没有步骤的空着",
    "progress": "截至统计时点的进展，一两句话", "problems": "存在的问题，没有的留空", "next_steps": "下一步打算",
    "done_on": "实际完成的日期，没有完成的留空", "planned_on": "计划的截止日，不在这里改", "target": "按件、按户办理的，从起始日累计应办多少",
    "done_count": "从起始日累计已办多少，不多于应办数", "evidence": "通知、照片等材料的名称",
}  # fmt: skip
_UNITS = {
    "reporting_unit": "名称，不重复", "group": "属于哪一组", "order": "在各表中的先后，从 1 起",
    "aliases": "表格里常见的其他写法，几个别名用；隔开", "contact": "联系人姓名", "phone": "联系电话",
    "start": "从哪一天起报送，可留空", "end": "到哪一天为止报送，可留空",
}  # fmt: skip
_NOTES = {
    "W1": _LEDGER, "W2": _SUMMARY, "W3a": _ROSTER, "W3b": _TRAINING, "W4": _ACTIVITIES, "W5": _PROMISES, "W6": _FUNDS,
    "W7": _PROGRESS, "units": _UNITS,
}  # fmt: skip
_WRITTEN = {
    "code": "文本，前面的零保留", "uscc": "18 位文本", "text": "文字", "unit": "从列表中选", "told": "从列表中选",
    "registration": "从列表中选，如 私营有限责任公司", "control": "从列表中选，如 私人控股", "date": "日期，如 2026-10-31", "count": "整数，不带单位",
    "decimal": "数字，可带小数", "period": "如 2026-07、2026Q3、2026H2", "day": "文本，如 2026-10-31",
    "span": "如 2026-10-01至2026-10-15", "yes_no": "是、否", "choice": "从列表中选",
}  # fmt: skip
_HEADER = ("列名", "不要改动；列的先后可以调整")
_BLANK = ("空白单元格", "表示未报，不改动原有内容，也不当作 0")
_CLEARED = (CLEAR, f"要清除原有内容，在单元格里填“{CLEAR}”")
_AS_OF = ("统计时点", "写在“统计时点”一列，如 2026-10-31")
_FOOT = ("合计、填报人、审核人", "合计不必填；填报人、审核人写在表尾，不计入数据")
_NIL = ("本月无", "本月确实没有的，在该单位一行任一数字格里写“本月无”；与不报不同")
_LAST = ("上期数", "单元格右上角有批注的，批注里是上期数，仅供参考")
_OUTSIDE = ("统计时点", "表内不填：上传时填写，或写进文件名")
_GENERAL = {
    "W1": (_HEADER, _BLANK, _CLEARED, ("统计时点", "表内不填：上传时填写，或写进文件名，如 企业台账2026-10-31.xlsx")),
    "W2": (_HEADER, _BLANK, _CLEARED, _AS_OF, _NIL, _LAST, _FOOT),
    "W3a": (
        _HEADER,
        _OUTSIDE,
        ("一人一班一行", "一人参加几次培训写几行；人数按人去重，人次按行计"),
        ("整份报送", "一个单位一个月的花名册要报全，再次上传时整份替换"),
        ("个人信息", "证件号不入库；姓名默认不入库；上传的原表只保存去除姓名和证件号的副本"),
        ("本月无", "本月没有培训的，只在第一列写“本月无”"),
    ),
    "W3b": (_HEADER, _BLANK, _CLEARED, _AS_OF, _NIL, _LAST, _FOOT),
    "W5": (
        _HEADER,
        ("空白单元格", "不改动原有内容"),
        _CLEARED,
        ("没有列出的条目", "保留不变；可以只留下要改的几行"),
        ("任务分解", "责任单位填了填报单位的一行，是该单位分解的任务；空白的一行是全市的"),
        ("改动理由", "上传时写明理由，记入更新记录"),
    ),
    "W6": (_HEADER, _BLANK, _CLEARED, _AS_OF, ("金额", "一律以万元计，可带小数"), _NIL, _LAST, _FOOT),
    "W7": (
        _HEADER,
        _BLANK,
        _CLEARED,
        _OUTSIDE,
        ("没有进展的行", "留空，不必删去"),
        ("上次进展", "单元格右上角有批注的，批注里是上次报的内容，仅供参考"),
        _FOOT,
    ),
    "W4": (_HEADER, _BLANK, _CLEARED, ("统计时点", "表内不填：上传时填写，如 2026-10-31")),
    "units": (_HEADER, ("整张表", "上传后替换原有的填报单位表，不再报送的单位填截止日，不要删去")),
}


def column_notes(kind: str, fields: tuple[Field, ...], listed: Container[str]) -> list[tuple[str, ...]]:
    """Return (column, what it means, how it is written) for a template's columns; `listed` have a drop-down."""
    return [(field.label, _NOTES[kind][field.id], _written(field, field.id in listed)) for field in fields]


def _written(field: Field, listed: bool) -> str:
    if field.values:
        return "、".join(field.values)
    return "从列表中选" if listed and field.kind == "text" else _WRITTEN[field.kind]


def general_notes(kind: str) -> tuple[tuple[str, str], ...]:
    """Return (what, what to do) for a whole template: blank cells, clearing, where the 统计时点 is written."""
    return _GENERAL[kind]
