"""CSV, tab-separated text and tables pasted from Word or Excel → grids, one for each plausible reading."""

import csv
import io
from collections.abc import Iterator

from registry.sheets.encodings import readings
from registry.sheets.grid import MAX_ROWS, ROWS_ABOVE_DATA, TOO_MANY_ROWS, Grid, is_blank
from registry.sheets.sheet import SheetRefused

DELIMITERS = ",;\t|"
MAX_CELLS_OF_A_LINE = 2_000
TOO_MANY_COLUMNS = "Tệp có dòng chứa quá nhiều cột. Hãy chép riêng bảng cần nhập sang tệp mới rồi gửi lại."
TOO_LONG_CELL = "Có ô dài quá mức cho phép hoặc dấu nháy không đóng. Hãy kiểm tra lại tệp CSV."


def read_text(content: bytes) -> Iterator[Grid]:
    """Each encoding × delimiter that gives a table, likeliest first; the caller keeps the one with headings."""
    for text, is_converted in readings(content):
        unified = text.replace("\r\n", "\n")
        old_line_ends = "\r" in unified and "\n" not in unified
        unified = unified.replace("\r", "\n").replace("\x00", "")
        for delimiter in _delimiters(unified):
            if grid := _grid(unified, delimiter):
                grid.is_normalised = is_converted or old_line_ends or delimiter not in ",\t"
                yield grid


def _delimiters(text: str) -> str:
    """Those that occur near the top, most frequent first; "sep=;" on the first line decides."""
    first, _, _ = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return first.strip()[-1]
    head = text[:20_000]
    return "".join(sorted((sign for sign in DELIMITERS if sign in head), key=head.count, reverse=True)) or ","


def _grid(text: str, delimiter: str) -> Grid | None:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines, before = [], 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            if len(cells) > MAX_CELLS_OF_A_LINE:
                raise SheetRefused(TOO_MANY_COLUMNS)
            if not all(map(is_blank, cells)):
                lines.append((line, list(cells)))
            if len(lines) > MAX_ROWS + ROWS_ABOVE_DATA:
                raise SheetRefused(TOO_MANY_ROWS)
    except csv.Error as error:
        raise SheetRefused(TOO_LONG_CELL) from error
    return Grid(name="", lines=lines) if lines else None
