"""Tables as XLSX: real dates and numbers, text that stays text, a page that prints as an annex (A4, decree 30/2020).

Rows go to disk as they come, so memory does not grow with the table.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from textwrap import wrap
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from portal.lib.documents.table import NATIONAL_MOTTO, NATIONAL_TITLE, Column, Table, Totals, is_risky, show
from portal.lib.periods import OFFICE_ZONE

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
A4 = 9
LINE, MOST_LINES = 16.5, 24
"""Height of one line in points, and of how many a row shows at most: programs do not agree on heights left open."""
LETTERS_IN_A_WIDTH = 1.15
"""Letters of Times New Roman 12 in the room of one of the letters that Excel measures columns by."""
LONGEST_CELL = 32_767
FIRST_EXCEL_DAY = date(1900, 3, 1)
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
NUMBER_FORMATS = {
    "integer": "#,##0",
    "decimal": "#,##0.##",
    "percent": "0.0%",
    "date": "dd/mm/yyyy",
    "datetime": "hh:mm dd/mm/yyyy",
}
Cell = Callable[[int, int, Any], object]


def write_xlsx(stream: BinaryIO, *tables: Table) -> None:
    """One workbook, one sheet for each table, into an open binary file."""
    book = xlsxwriter.Workbook(stream, OPTIONS)
    book.set_properties({"title": tables[0].title})
    for table in tables:
        _Sheet(book, table).write()
    book.close()


def xlsx_bytes(*tables: Table) -> bytes:
    """The workbook in memory, for a download of modest size."""
    stream = BytesIO()
    write_xlsx(stream, *tables)
    return stream.getvalue()


class _Sheet:
    """Writes one table from the top row down: letterhead, title, header, rows, totals, notes."""

    def __init__(self, book: Workbook, table: Table):
        self.book, self.table = book, table
        self.page: Worksheet = book.add_worksheet(_sheet_name(table.sheet))
        self.last = max(len(table.columns) - 1, 0)
        self.row = 0

    def write(self) -> None:
        self._set_up_page()
        if self.table.heading:
            self._write_heading()
        self._write_title()
        header = self.row
        self._write_header()
        totals = self._write_rows()
        self.page.autofilter(header, 0, max(self.row - 1, header), self.last)
        if totals:
            self._write_cells(totals.row(), self._cells(bold=True))
        for note in self.table.notes:
            self._line(note, self._format(italic=True, border=0))

    def _set_up_page(self) -> None:
        self.page.set_landscape()
        self.page.set_paper(A4)
        self.page.set_margins(left=0.79, right=0.59, top=0.79, bottom=0.79)
        self.page.set_header("&C&P")
        self.page.fit_to_pages(1, 0)
        self.page.set_default_row(LINE)
        for index, column in enumerate(self.table.columns):
            self.page.set_column(index, index, column.width)

    def _write_heading(self) -> None:
        heading = self.table.heading
        self._pair(heading.governing_body, NATIONAL_TITLE, left_bold=False)
        self._pair(heading.office, NATIONAL_MOTTO, left_bold=True)
        self.row += 1

    def _pair(self, left: str, right: str, *, left_bold: bool) -> None:
        """Office on the left half, Quốc hiệu and tiêu ngữ on the right; below each other when the table is narrow."""
        middle = self.last // 2
        if not 0 < middle < self.last:
            self._line(left, self._format(bold=left_bold, align="center", border=0))
            return self._line(right, self._format(bold=True, align="center", border=0))
        self._span(0, middle, left, self._format(bold=left_bold, align="center", border=0))
        self._span(middle + 1, self.last, right, self._format(bold=True, align="center", border=0))
        self.row += 1

    def _write_title(self) -> None:
        self._line(self.table.title.upper(), self._format(bold=True, align="center", border=0, font_size=14))
        if self.table.subtitle:
            self._line(self.table.subtitle, self._format(align="center", border=0))
        if self.table.heading and self.table.heading.attached_to:
            self._line(self.table.heading.attached_to, self._format(italic=True, align="center", border=0))
        self.row += 1

    def _write_header(self) -> None:
        style = self._format(bold=True, align="center", bg_color="#E9ECEF")
        self.page.set_row(
            self.row, LINE * max((_lines(c.label, c.width - 1) for c in self.table.columns), default=1) + 4
        )
        for index, column in enumerate(self.table.columns):
            self.page.write_string(self.row, index, column.label, style)
        self.page.repeat_rows(self.row)
        self.row += 1
        self.page.freeze_panes(self.row, 0)

    def _write_rows(self) -> Totals:
        totals, cells = Totals(self.table.columns), self._cells()
        texts = [
            (index, int(column.width * LETTERS_IN_A_WIDTH))
            for index, column in enumerate(self.table.columns)
            if column.kind == "text"
        ]
        for row in self.table.values():
            totals.add(row)
            if long := [_lines(row[at], width) for at, width in texts if type(row[at]) is str and len(row[at]) > width]:
                self.page.set_row(self.row, LINE * min(max(long), MOST_LINES))
            self._write_cells(row, cells)
        return totals

    def _write_cells(self, row: Sequence[Any], cells: Sequence[Cell]) -> None:
        for index, value in enumerate(row):
            cells[index](self.row, index, value)
        self.row += 1

    def _cells(self, **style: Any) -> list[Cell]:
        return [self._cell(column, **style) for column in self.table.columns]

    def _cell(self, column: Column, **style: Any) -> Cell:
        """A function that writes one value of the column with its true type."""
        page, kind = self.page, column.kind
        text, guarded = self._format(**style), self._format(quote_prefix=True, **style)
        typed = self._format(num_format=NUMBER_FORMATS[kind], **style) if kind in NUMBER_FORMATS else text

        def write(row: int, index: int, value: Any) -> None:
            if value is None:
                page.write_blank(row, index, None, text)
            elif isinstance(value, (int, float, Decimal)) and kind != "text":
                page.write_number(row, index, value, typed)
            elif isinstance(value, date) and kind in ("date", "datetime") and _day(value) >= FIRST_EXCEL_DAY:
                page.write_datetime(row, index, _naive(value), typed)
            else:
                written = value if isinstance(value, str) else show(value, kind)
                page.write_string(row, index, written[:LONGEST_CELL], guarded if is_risky(written) else text)

        return write

    def _line(self, text: str, style: Format) -> None:
        self._span(0, self.last, text, style)
        self.row += 1

    def _span(self, first: int, last: int, text: str, style: Format) -> None:
        """One text over several columns; the text is written as text, whatever it looks like."""
        if last > first:
            self.page.merge_range(self.row, first, self.row, last, "", style)
        self.page.write_string(self.row, first, text[:LONGEST_CELL], style)

    def _format(self, **style: Any) -> Format:
        base = {"font_name": "Times New Roman", "font_size": 12, "border": 1, "valign": "vcenter", "text_wrap": True}
        return self.book.add_format(base | style)


def _lines(text: str, width: int) -> int:
    """How many lines the text takes in a column of so many characters, at a guess that errs upwards."""
    return sum(len(wrap(line, max(width, 4))) or 1 for line in text[:LONGEST_CELL].splitlines()) or 1


def _sheet_name(text: str) -> str:
    """Excel allows 31 characters and none of []:*?/\\."""
    return "".join("-" if char in "[]:*?/\\" else char for char in text)[:31].strip("'") or "Sheet1"


def _naive(value: date) -> date:
    """Excel knows no time zones: an aware moment is written in office time."""
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(OFFICE_ZONE).replace(tzinfo=None)
    return value


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value
