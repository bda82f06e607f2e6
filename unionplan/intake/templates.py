"""Empty workbooks for clerks: the exact header, drop-down lists, an explanation, a hidden schema id."""

from __future__ import annotations

import io

import xlsxwriter

from unionplan.errors import UsageError
from unionplan.observations import CLEAR, LEDGER, Field
from unionplan.plan import GROUPS, UNIT_COLUMNS, Unit

KINDS = ("W1", "units")
LATER = ("W2", "W3a", "W3b", "W4", "W5", "W6", "W7")
_ROWS = 5_000
_HINTS = {
    "code": "文本格式，保留前面的零", "uscc": "18 位，文本格式", "text": "文字", "unit": "填报单位表中的名称",
    "registration": "登记注册类型名称，如 私营有限责任公司", "control": "国有控股、集体控股、私人控股、港澳台商控股、外商控股、待认定",
    "date": "日期，如 2026-10-31", "count": "不小于 0 的整数，不带单位",
}  # fmt: skip


def template(kind: str, units: tuple[Unit, ...], unit: str | None = None) -> bytes:
    """Return the template workbook of `kind` as .xlsx bytes, prefilled with `unit` where it is given.

    Raises UsageError for a kind that does not exist, or not yet, or a unit that is not in the list.
    """
    if kind in LATER:
        raise UsageError(f"模板 {kind}", "这种模板尚未提供", "目前有 " + "、".join(KINDS), "请先使用企业台账 W1")
    if kind not in KINDS:
        raise UsageError(f"模板 {kind}", "没有这种模板", "目前有 " + "、".join(KINDS), "请改成其中之一")
    if unit is not None and unit not in {known.name for known in units}:
        raise UsageError(f"填报单位 {unit}", "不在填报单位表中", "、".join(known.name for known in units), "请核对名称")
    return _ledger(units, unit) if kind == "W1" else _units(units)


def _workbook(out: io.BytesIO) -> xlsxwriter.Workbook:
    return xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})


def _ledger(units: tuple[Unit, ...], unit: str | None) -> bytes:
    out = io.BytesIO()
    with _workbook(out) as book:
        formats = _formats(book)
        sheet = book.add_worksheet("企业台账")
        sheet.freeze_panes(1, 3)
        for column, field in enumerate(LEDGER):
            kind = "date" if field.kind == "date" else "text" if field.kind in ("code", "uscc") else "cell"
            sheet.set_column(column, column, max(10, 2 * len(field.label) + 2), formats[kind])
            sheet.write_string(0, column, field.label, formats["head"])
            _restrict(sheet, column, _listed(field, units, unit))
        if unit is not None:
            sheet.write_string(1, [field.id for field in LEDGER].index("reporting_unit"), unit, formats["cell"])
        _explain(book, formats, [(field.label, "、".join(field.values) or _HINTS[field.kind]) for field in LEDGER])
        _mark(book, "W1")
    return out.getvalue()


def _units(units: tuple[Unit, ...]) -> bytes:
    out = io.BytesIO()
    with _workbook(out) as book:
        formats = _formats(book)
        sheet = book.add_worksheet("填报单位")
        sheet.freeze_panes(1, 1)
        for column, title in enumerate(UNIT_COLUMNS):
            sheet.set_column(column, column, 16, formats["text"])
            sheet.write_string(0, column, title, formats["head"])
        for row, unit in enumerate(units, start=1):
            days = [day.isoformat() if day else "" for day in (unit.start, unit.end)]
            values = (unit.name, unit.group, str(unit.order), "；".join(unit.aliases), unit.contact, unit.phone, *days)
            for column, value in enumerate(values):
                sheet.write_string(row, column, value, formats["text"])
        _restrict(sheet, 1, GROUPS)
        _explain(
            book, formats, [("填报单位", "名称，不能重复"), ("分组", "、".join(GROUPS)), ("别名", "几个别名用；隔开")]
        )
        _mark(book, "units")
    return out.getvalue()


def _formats(book: xlsxwriter.Workbook) -> dict[str, xlsxwriter.format.Format]:
    font = {"font_name": "微软雅黑", "font_size": 10}
    return {
        "head": book.add_format({**font, "bold": True, "bg_color": "#EDF0F3", "bottom": 1, "text_wrap": True, "valign": "vcenter"}),
        "cell": book.add_format(font),
        "text": book.add_format({**font, "num_format": "@"}),
        "date": book.add_format({**font, "num_format": "yyyy-mm-dd"}),
    }  # fmt: skip


def _listed(field: Field, units: tuple[Unit, ...], unit: str | None) -> tuple[str, ...]:
    if field.id == "reporting_unit":
        return (unit,) if unit else tuple(known.name for known in units)
    if field.id == "control":
        return ("国有控股", "集体控股", "私人控股", "港澳台商控股", "外商控股", "待认定")
    return field.values


def _restrict(sheet: xlsxwriter.worksheet.Worksheet, column: int, values: tuple[str, ...]) -> None:
    """A drop-down list; Excel takes at most 255 characters of it, so a longer one is left open."""
    if values and len(",".join(values)) <= 255:
        sheet.data_validation(1, column, _ROWS, column, {
            "validate": "list", "source": list(values), "error_title": "请从列表中选择", "error_message": "可填：" + "、".join(values)[:200],
        })  # fmt: skip


def _explain(
    book: xlsxwriter.Workbook, formats: dict[str, xlsxwriter.format.Format], lines: list[tuple[str, str]]
) -> None:
    sheet = book.add_worksheet("填写说明")
    sheet.set_column(0, 0, 22, formats["cell"])
    sheet.set_column(1, 1, 70, formats["cell"])
    general = [
        ("空白单元格", f"表示未报，不改动原有内容；要清除原有内容请填“{CLEAR}”"),
        ("统计时点", "上传时填写，如 2026-10-31"),
    ]
    sheet.write_row(0, 0, ["列名", "填写内容"], formats["head"])
    for row, line in enumerate([*lines, *general], start=1):
        sheet.write_row(row, 0, line, formats["cell"])


def _mark(book: xlsxwriter.Workbook, kind: str) -> None:
    """The schema id by which a filled-in template is known again."""
    sheet = book.add_worksheet("_unionplan")
    sheet.write_string(0, 0, f"unionplan/{kind}/1")
    sheet.very_hidden()
