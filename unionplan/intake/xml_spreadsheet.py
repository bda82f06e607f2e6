"""XML Spreadsheet 2003, which many systems export under the name .xls → sheets."""

from __future__ import annotations

from datetime import datetime, timedelta
from xml.parsers import expat

from unionplan.intake.cells import Cell, Sheet, Unreadable, plain_cell
from unionplan.intake.grid import MAX_COLUMNS, MAX_ROWS, Grid
from unionplan.intake.markup import walker
from unionplan.intake.moments import day_or_moment, written_moment
from unionplan.intake.refusals import damaged
from unionplan.intake.xlsx_styles import LASTING, shown_as

_DAY_ZERO, _MARCH_1900, _AFTER = datetime(1899, 12, 31), datetime(1900, 3, 1), datetime(1899, 12, 30)
_DAY_ZERO_1904 = datetime(1904, 1, 1)


def xml_sheets(text: str, name: str) -> list[Sheet]:
    """Return the sheets, hidden ones too, of an XML Spreadsheet 2003; raises IntakeError for a damaged one."""
    reader = _Reader(name)
    parser = walker(name, reader.start, reader.end, reader.data, "utf-8")
    try:
        parser.Parse(text.encode("utf-8", "surrogatepass"), True)
    except (expat.ExpatError, ValueError) as error:
        raise damaged(name) from error
    return reader.sheets


class _Reader:
    """Walks the workbook; the names of elements and attributes are read without their prefixes."""

    def __init__(self, name: str) -> None:
        self.sheets: list[Sheet] = []
        self._name = name
        self._path: list[str] = []
        self._style = ""
        self._lasting: set[str] = set()
        self._since_1904 = False
        self._sheet: _SheetWalk | None = None
        self._text: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        name, said = _bare(tag), {_bare(key): value for key, value in attributes.items()}
        self._path.append(name)
        if name == "Worksheet":
            self._sheet = _SheetWalk(self._name, said.get("Name", ""))
        elif name == "Style":
            self._style = said.get("ID", "")
        elif name == "NumberFormat" and shown_as(said.get("Format", "General")) == LASTING:
            self._lasting.add(self._style)
        elif self._sheet is not None:
            self._start_in_sheet(self._sheet, name, said)
        elif name == "Date1904":
            self._since_1904 = True

    def _start_in_sheet(self, sheet: _SheetWalk, name: str, said: dict[str, str]) -> None:
        if name == "Column":
            sheet.column(said)
        elif name == "Row":
            sheet.begin_row(said)
        elif name == "Cell":
            sheet.begin_cell(said)
        elif name == "Visible" or (name == "Data" and "Comment" not in self._path and "Cell" in self._path):
            self._text = []
            sheet.kind = said.get("Type", "String") if name == "Data" else sheet.kind

    def data(self, text: str) -> None:
        """Gather text that belongs to a cell."""
        if self._text is not None:
            self._text.append(text)

    def end(self, _: str) -> None:
        """End an element."""
        name = self._path.pop()
        sheet = self._sheet
        if sheet is None:
            return
        if name == "Visible" and self._text is not None:
            sheet.hidden, self._text = "".join(self._text).strip() in ("SheetHidden", "SheetVeryHidden"), None
        elif name == "Data" and self._text is not None and "Comment" not in self._path:
            sheet.value = self._value(sheet.kind, "".join(self._text), sheet.style() in self._lasting)
            sheet.stored, self._text = True, None
        elif name == "Cell":
            sheet.end_cell()
        elif name == "Worksheet":
            self.sheets.append(sheet.sheet())
            self._sheet = None

    def _value(self, kind: str, text: str, lasts: bool) -> Cell:
        if kind == "Number":
            return plain_cell(float(text)) if text.strip() else None
        if kind == "Boolean":
            return text.strip() in ("1", "true", "True")
        if kind == "Error":
            return Unreadable(text.strip() or "错误值")
        if kind == "DateTime":
            return self._moment(text.strip(), lasts)
        return plain_cell(text)

    def _moment(self, text: str, lasts: bool) -> Cell:
        """A day, a time of day (on day 0) or, where the format runs on, the time since day 0."""
        moment = written_moment(text)
        if moment is None:
            return Unreadable(text or "错误值")
        zero = _DAY_ZERO_1904 if self._since_1904 else _DAY_ZERO
        if lasts:
            return moment - (_AFTER if moment >= _MARCH_1900 and not self._since_1904 else zero)
        if zero <= moment < zero + timedelta(days=1):
            return moment.time()
        return day_or_moment(moment)


def _bare(name: str) -> str:
    return name.rpartition(":")[2]


class _SheetWalk:
    """One worksheet as its columns, rows and cells come."""

    def __init__(self, file: str, title: str) -> None:
        self.kind, self.stored, self.hidden = "", False, False
        self.value: Cell = None
        self._file, self._title, self._grid = file, title, Grid(file, title)
        self._row = self._column = self._next_column = -1
        self._next_row = 0
        self._row_style = self._cell_style = ""
        self._column_styles: dict[int, str] = {}
        self._right = self._down = self._index = 0
        self._formula = False
        self._merged: list[tuple[int, int, int, int]] = []
        self._hidden_rows: set[int] = set()
        self._hidden_columns: set[int] = set()

    def column(self, said: dict[str, str]) -> None:
        """Note a run of columns: its style, and whether it is hidden."""
        first = int(said["Index"]) - 1 if "Index" in said else self._next_column + 1
        last = min(first + int(said.get("Span", "0")), MAX_COLUMNS)
        self._next_column = last
        for place in range(first, last + 1) if said.get("Hidden") == "1" else ():
            self._hidden_columns.add(place)
        for place in range(first, last + 1) if "StyleID" in said else ():
            self._column_styles[place] = said["StyleID"]

    def begin_row(self, said: dict[str, str]) -> None:
        """Begin a row; a span repeats its look, never its cells."""
        self._row = int(said["Index"]) - 1 if "Index" in said else self._next_row
        span = int(said.get("Span", "0"))
        self._next_row, self._index = self._row + 1 + span, 0
        self._row_style = said.get("StyleID", "")
        if said.get("Hidden") == "1":
            self._hidden_rows.update(range(self._row, min(self._row + span, MAX_ROWS) + 1))

    def begin_cell(self, said: dict[str, str]) -> None:
        """Begin a cell where its index or its place says."""
        self._column = int(said["Index"]) - 1 if "Index" in said else self._index
        self._right, self._down = int(said.get("MergeAcross", "0")), int(said.get("MergeDown", "0"))
        self._index = self._column + 1 + self._right
        self._cell_style = said.get("StyleID", "")
        self._formula, self.stored, self.value = "Formula" in said, False, None

    def style(self) -> str:
        """Return the style that rules the present cell."""
        return self._cell_style or self._row_style or self._column_styles.get(self._column, "Default")

    def end_cell(self) -> None:
        """Put the cell where it belongs."""
        if self._row < 0 or self._column < 0:
            raise ValueError("a cell before the first row or column")
        value = Unreadable("公式没有结果") if self._formula and not self.stored else self.value
        self._grid.put(self._row, self._column, value)
        if self._right or self._down:
            self._merged.append((self._row, self._column, self._row + self._down, self._column + self._right))

    def sheet(self) -> Sheet:
        """Return what was gathered."""
        return self._grid.sheet(self.hidden, self._hidden_rows, self._hidden_columns, self._merged)
