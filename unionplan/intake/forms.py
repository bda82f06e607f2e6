"""One form → an .xlsx workbook: the sheet to fill in, its explanation, a hidden sheet with schema id and lists.

Row 1 is the header and nothing else, in the very words the reader knows. What is prefilled is written by
type: text is never a formula or a link, a code never a number.
"""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from unionplan.intake.column_notes import column_notes, general_notes
from unionplan.observations import CLEAR, Field

_INLINE = 255
"""Excel keeps a drop-down list in the cell's rule up to this many characters; a longer one needs cells of its own."""
_A3, _A4 = 8, 9
_FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
_LINE, _HEAD, _KEY = "#BFC7CF", "#E6EBF0", "#F5F7F9"
_NUMBER_FORMATS = {"code": "@", "uscc": "@", "text": "@", "day": "@", "period": "@", "span": "@", "date": "yyyy-mm-dd",
                   "count": "#,##0", "decimal": "#,##0.00"}  # fmt: skip
_WIDTHS = {"org_name": 32, "activity": 30, "progress": 30, "evidence": 24, "note": 24, "aliases": 52, "reporting_unit": 18,
           "uscc": 22, "union_code": 16, "registration": 24, "enterprise_type": 16, "owner": 18, "place": 18, "district": 16,
           "trade": 14, "institution": 20, "course": 25, "certificate": 20}  # fmt: skip
_WRAPPED: dict[str, dict[str, float]] = {
    "W5": {"item": 9, "plan": 9, "section": 18, "seq": 7, "name": 26, "short": 16, "kind": 8, "commitment": 9, "quote": 36,
           "frequency": 8, "steps": 20, "after": 9, "indicator": 11, "scope": 16, "basis": 26, "target": 9, "measure": 9,
           "direction": 7, "nodes": 14, "source": 18, "leader": 10, "department": 13, "owner": 13, "person": 10, "level": 8,
           "cumulation": 9, "note": 28},
    "W7": {"seq": 8, "item": 24, "owner": 13, "step": 20, "progress": 34, "problems": 24, "next_steps": 24, "target": 8,
           "done_count": 8, "evidence": 22},
}  # fmt: skip
"""Forms of sentences: their columns are this wide, and what is longer goes on in the next line of its cell."""
_LINE_HEIGHT = 15
_NOTE_WIDTHS = (22, 62, 36)
_WIDEST = 48
_TAILS = ("签订方式", "企业数", "职工数", "起始日", "截止日", "份数", "控股")
_DARK = "#5B6670"


@dataclass(frozen=True)
class Form:
    """A template before it is written.

    `rows`: field → value, what is prefilled. `lists`: field → what its drop-down offers in place of the field's
    own values. `keys`: fields that say what a row is about, never cleared. `frozen`: columns that stay in view. `open_rows`:
    how many empty rows below are ready to be filled in; 0 makes a closed form with lines and a foot to sign.
    `tasks`: (id, name, steps) listed below the explanations. `owner`: whose form it is, also told on the hidden sheet.
    `notes`: a row's key (its values of `note_keys`) → field → what is noted beside the cell: last figures are seen there
    and never stand in a cell, so that an unchanged form repeats nothing.
    """

    kind: str
    title: str
    fields: tuple[Field, ...]
    rows: Sequence[Mapping[str, object]] = ()
    lists: Mapping[str, tuple[str, ...]] | None = None
    keys: tuple[str, ...] = ()
    frozen: int = 1
    open_rows: int = 0
    owner: str = ""
    tasks: tuple[tuple[str, str, str], ...] = ()
    notes: Mapping[tuple[object, ...], Mapping[str, str]] = dataclasses.field(default_factory=dict)

    @property
    def note_keys(self) -> tuple[str, ...]:
        """The fields that name a row in `notes`."""
        return {"W7": ("seq", "step")}.get(self.kind, self.keys)

    @property
    def last_row(self) -> int:
        """The last row, from 0, that holds or may hold data."""
        return max(1, len(self.rows) + self.open_rows)


class _Book:
    """The workbook with its sheets and its formats, each made once."""

    def __init__(self, book: Workbook, form: Form) -> None:
        self.book, self.form = book, form
        self.sheet = book.add_worksheet(form.title)
        self.notes = book.add_worksheet("填写说明")
        self.hidden = book.add_worksheet("_unionplan")
        self.style, self.cell = cache(self._style), cache(self._cell)
        self._lists = 0

    def _style(self, **words: object) -> Format:
        return self.book.add_format({**_FONT, **words})

    def _cell(self, column: int, begins: bool, ends: bool) -> Format:
        """The format of a prefilled cell; in a closed form its row `begins` or `ends` the rows of one unit or item."""
        form, field = self.form, self.form.fields[column]
        return self.style(**_looks(form, field) if form.open_rows else _lined(form, field, begins, ends))

    def listed(self, values: tuple[str, ...]) -> list[str] | str:
        """Return a drop-down's source: the values, or where they stand on the hidden sheet."""
        if len(",".join(values)) <= _INLINE and not any("," in value for value in values):
            return list(values)
        self._lists += 1
        self.hidden.write_column(0, self._lists, values)
        column = xl_col_to_name(self._lists, col_abs=True)
        return f"='_unionplan'!{column}$1:{column}${len(values)}"


def form_bytes(form: Form) -> bytes:
    """Return the form as the bytes of an .xlsx workbook."""
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, options) as workbook:
        book = _Book(workbook, form)
        _draw_header(book)
        _fill(book)
        for column, field in enumerate(form.fields):
            _restrict(book, column, field)
        if not form.open_rows:
            _draw_foot(book)
        _set_page(book.sheet, form)
        _explain(book)
        book.hidden.write_string(0, 0, f"unionplan/{form.kind}/1")
        if form.owner:
            book.hidden.write_string(1, 0, form.owner)
        book.hidden.very_hidden()
    return out.getvalue()


def _draw_header(book: _Book) -> None:
    form, sheet = book.form, book.sheet
    style = book.style(
        bold=True, bg_color=_HEAD, border=1, border_color=_LINE, bottom_color=_DARK, text_wrap=True, align="center"
    )
    sheet.set_row(0, 34)
    for column, field in enumerate(form.fields):
        sheet.set_column(
            column, column, _width(form, field), book.style(**_looks(form, field)) if form.open_rows else None
        )
        sheet.write_string(0, column, field.label, style)
    sheet.set_default_row(18)
    sheet.freeze_panes(1, form.frozen)
    if form.open_rows:
        sheet.autofilter(0, 0, form.last_row, len(form.fields) - 1)


def _width(form: Form, field: Field) -> float:
    """Wide enough for the longest text below, within reason, and for the header: on one line, or broken before
    its last word."""
    if field.id in _WRAPPED.get(form.kind, {}):
        return _WRAPPED[form.kind][field.id]
    label = field.label
    tail = next((tail for tail in _TAILS if label.endswith(tail)), "") if len(label) > 7 else ""
    header = 1.9 * (len(label) - len(tail)) + 1
    words = (row.get(field.id) for row in form.rows)
    longest = max((len(word.encode("gb18030")) for word in words if isinstance(word, str)), default=0)
    usual = _WIDTHS.get(field.id, 11 if field.kind in ("date", "day") else 8 if tail else 10)
    return max(usual, header, min(0.95 * longest + 1, _WIDEST))


def _looks(form: Form, field: Field) -> dict[str, object]:
    known = _NUMBER_FORMATS.get(field.kind)
    return {**({"num_format": known} if known else {}), **({"text_wrap": True} if form.kind in _WRAPPED else {})}


def _fill(book: _Book) -> None:
    rows, fields = book.form.rows, book.form.fields
    whose = "seq" if book.form.kind == "W7" else "reporting_unit"
    units = [None, *(row.get(whose) for row in rows), None]
    for place, row in enumerate(rows, start=1):
        edges = (units[place - 1] != units[place], units[place] != units[place + 1])
        if book.form.kind in _WRAPPED:
            book.sheet.set_row(place, _height([(row.get(f.id), _width(book.form, f)) for f in fields]))
        notes = book.form.notes.get(tuple(row.get(name) for name in book.form.note_keys), {})
        for column, listed in enumerate(fields):
            _write(book.sheet, place, column, row.get(listed.id), book.cell(column, *edges))
            if listed.id in notes:
                _note(book.sheet, place, column, notes[listed.id])


def _height(cells: Sequence[tuple[object, float]]) -> float:
    """The height of a row whose texts are broken into lines at the width of their columns."""
    lines = (
        -(-len(text.encode("gb18030")) // max(1, int(width) - 1)) for text, width in cells if isinstance(text, str)
    )
    return max(18, _LINE_HEIGHT * max(lines, default=1) + 3)


def _note(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """What is noted beside a cell, in a box as high as its text."""
    lines = sum(-(-max(1, len(line)) // 20) for line in text.split("\n"))
    sheet.write_comment(
        row,
        column,
        text,
        {"font_name": "微软雅黑", "font_size": 9, "width": 260, "height": 18 * lines + 8, "author": ""},
    )


def _lined(form: Form, field: Field, begins: bool, ends: bool) -> dict[str, object]:
    """The look of a closed form's cell; the rows of one unit lie between darker lines."""
    look = {**_looks(form, field), "border": 1, "border_color": _LINE}
    look |= {"bg_color": _KEY} if field.id in form.keys else {}
    look |= {"top_color": _DARK} if begins else {}
    return look | ({"bottom_color": _DARK} if ends else {})


def _write(sheet: Worksheet, row: int, column: int, value: object, style: Format) -> None:
    if value is None:
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, date) and value.year >= 1900:  # Excel's calendar begins there
        sheet.write_datetime(row, column, value, style)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, style)
    else:
        sheet.write_string(row, column, str(value), style)


def _restrict(book: _Book, column: int, field: Field) -> None:
    """Let the column take what the reader takes; a word of an open list is only warned about."""
    values = (book.form.lists or {}).get(field.id, field.values)
    clears = field.id not in book.form.keys and book.form.kind != "units"
    if values:
        rule: dict[str, object] = {
            "validate": "list", "source": book.listed((*values, CLEAR) if clears else values),
            "error_title": "请从列表中选择", "error_message": "列表里没有这一项，请核对。",
            "error_type": "warning" if field.kind in ("told", "registration", "control") else "stop",
        }  # fmt: skip
    else:
        rule = _number_rule(field, f"{xl_col_to_name(column)}2")
    if rule:
        book.sheet.data_validation(1, column, book.form.last_row, column, rule)


def _number_rule(field: Field, cell: str) -> dict[str, object]:
    tests = {"count": f"AND({cell}>=0,{cell}=INT({cell}))", "decimal": f"{cell}>=0", "date": f"{cell}>=1"}
    says = {"count": "请填不小于 0 的整数，不带单位。", "decimal": "请填不小于 0 的数，不带单位。",
            "date": "请填日期，如 2026-10-31。"}  # fmt: skip
    if field.kind not in tests:
        return {}
    # IF, not OR: a test on a number fails on a text before the text is looked at
    return {
        "validate": "custom", "value": f'=IF(ISNUMBER({cell}),{tests[field.kind]},{cell}="{CLEAR}")',
        "error_title": f"{field.label}填写有误"[:32], "error_message": says[field.kind] + f"要清除原有内容，请填“{CLEAR}”。",
    }  # fmt: skip


def _draw_foot(book: _Book) -> None:
    """Places for the names below the table, across its width, so that nobody signs in a cell of data."""
    form = book.form
    row, width = form.last_row + 2, len(form.fields)
    starts = [0, width // 3, 2 * width // 3, width]
    book.sheet.set_row(row, 26)
    for words, start, end in zip(("填报人：", "审核人：", "填报日期："), starts, starts[1:], strict=False):
        book.sheet.merge_range(row, start, row, end - 1, words, book.style(align="left"))


def _set_page(sheet: Worksheet, form: Form) -> None:
    sheet.set_landscape()
    sheet.set_paper(_A3 if len(form.fields) > 12 else _A4)
    sheet.fit_to_pages(2 if form.kind == "W5" else 1, 0)
    sheet.repeat_rows(0)
    if form.kind == "W5":
        sheet.repeat_columns(0)
    sheet.set_margins(left=0.5, right=0.5, top=0.9, bottom=0.6)
    title = f"{form.owner}{form.title}".replace("&", "&&")
    sheet.set_header(f'&C&"微软雅黑,Bold"&16 {title}')
    sheet.set_footer("&C第 &P 页，共 &N 页")


def _explain(book: _Book) -> None:
    form, sheet = book.form, book.notes
    for column, width in enumerate(_NOTE_WIDTHS):
        sheet.set_column(column, column, width)
    listed = {name for name, values in (form.lists or {}).items() if values}
    row = _draw_block(book, 0, ("列名", "填写内容", "写法"), column_notes(form.kind, form.fields, listed))
    row = _draw_block(book, row, ("填写须知",), general_notes(form.kind))
    if form.tasks:
        _draw_block(book, row, ("任务编号", "任务", "步骤"), form.tasks)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)


def _draw_block(book: _Book, row: int, head: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> int:
    """Write one table of the explanation from `row` on; returns where the next one begins, a row below it."""
    title = book.style(bold=True, bg_color=_HEAD, border=1, border_color=_LINE)
    plain = book.style(text_wrap=True, border=1, border_color=_LINE, num_format="@")
    for place, line in enumerate((head, *lines), start=row):
        style = title if place == row else plain
        widths = (*_NOTE_WIDTHS[: len(line) - 1], sum(_NOTE_WIDTHS[len(line) - 1 :]))
        book.notes.set_row(place, _height(list(zip(line, widths, strict=True))))
        for column, text in enumerate(line):
            book.notes.write_string(place, column, text, style)
        if len(line) < len(_NOTE_WIDTHS):
            book.notes.merge_range(place, len(line) - 1, place, len(_NOTE_WIDTHS) - 1, line[-1], style)
    return row + len(lines) + 2
