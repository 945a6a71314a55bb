"""The whole way from bytes to clean rows. Never raises for a bad file: the Sheet says what is wrong and where."""

import re
from collections.abc import Iterable

from portal.lib.text import clean_line, fold
from registry.sheets import values
from registry.sheets.cells import doubt_about, target_of
from registry.sheets.container import DAMAGED, sort_of
from registry.sheets.delimited import read_text
from registry.sheets.grid import MAX_ROWS, TOO_MANY_ROWS, Cell, Grid, column_name, is_blank
from registry.sheets.headings import (
    Heading,
    check_heading,
    find_heading,
    ignored_columns,
    is_heading_again,
    is_numbering,
)
from registry.sheets.old_excel import read_xls
from registry.sheets.schema import KIND_LABELS, KINDS, Column, columns_of
from registry.sheets.sheet import Row, Sheet, SheetRefused
from registry.sheets.xlsx import read_xlsx

SIGNED = re.compile(
    r"ngay [\d .…]+ thang [\d .…]+ nam [\d .…]+$|^\W*(?:da ky|ky, |ky ten|ky va|thu truong|tl\. |kt\. |tm\. )"
)
GROUP_NUMBER = re.compile(r"[IVXL]+\.?|[A-Z]\.?")
FOOTERS = ("tong cong", "tong so", "tong", "cong", "ghi chu", "nguoi lap", "noi nhan", "luu y", "(danh sach")
NO_ROWS = "Bảng chỉ có dòng tiêu đề, chưa có dòng dữ liệu nào."
NO_HEADING = "Không tìm thấy dòng tiêu đề của bảng “{kind}”. Cần có các cột: {columns}."


def read_sheet(content: bytes, *, kind: str, name: str = "") -> Sheet:
    """Read an uploaded file or a pasted table. `kind` is a key of `KINDS`; `name` the uploaded file name, if any."""
    sheet = Sheet(kind)
    try:
        grids, notes = _grids(content, name)
        grid, heading = _chosen(grids, kind)
        check_heading(heading, kind)
        sheet.warnings += notes
        _fill(sheet, grid, heading)
    except SheetRefused as refusal:
        return Sheet(kind, errors=[str(refusal)])
    except (MemoryError, RecursionError, OverflowError):
        return Sheet(kind, errors=[DAMAGED])
    return sheet


def guess_kind(content: bytes, name: str = "") -> str:
    """The kind whose required columns are all there and of which most columns are; "registrations" when unsure.

    A sheet with people and channels is a registration even where a required column is missing: read as anything else,
    it would lose half of its columns.
    """
    try:
        grids = list(_grids(content, name)[0])
    except (SheetRefused, MemoryError, RecursionError, OverflowError):
        return "registrations"
    scores = {kind: max((_fitness(grid, kind) for grid in grids), default=(False, 0)) for kind in KINDS}
    best = max(scores, key=lambda kind: scores[kind])
    is_wider = scores["registrations"][1] >= scores[best][1] + 2
    return best if scores[best] > (False, 0) and not is_wider else "registrations"


def _fitness(grid: Grid, kind: str) -> tuple[bool, int]:
    heading = find_heading(grid, kind)
    if heading is None:
        return False, 0
    return is_complete(heading, kind), len(heading.columns)


def _grids(content: bytes, name: str) -> tuple[Iterable[Grid], list[str]]:
    match sort_of(content, name):
        case "xlsx":
            return read_xlsx(content)
        case "xls":
            return read_xls(content)
    return read_text(content), []


def _chosen(grids: Iterable[Grid], kind: str) -> tuple[Grid, Heading]:
    """The grid whose heading is recognised best; other visible sheets with content are named."""
    found: list[tuple[Grid, Heading | None]] = []
    for grid in grids:
        found.append((grid, find_heading(grid, kind)))
        if not isinstance(grids, list) and is_complete(found[-1][1], kind):
            break
    known = [(grid, heading) for grid, heading in found if heading]
    if not known:
        columns = ", ".join(f"“{column.label}”" for column in columns_of(kind) if column.is_required)
        raise SheetRefused(NO_HEADING.format(kind=KIND_LABELS[kind], columns=columns))
    grid, heading = max(known, key=lambda pair: pair[1].score)
    others = [other.name for other, _ in found if other is not grid and other.name]
    if others:
        listed = ", ".join(f"“{title}”" for title in others[:5])
        grid.warnings.append(f"Chỉ nhập trang tính “{grid.name}”; không nhập {listed}.")
    return grid, heading


def is_complete(heading: Heading | None, kind: str) -> bool:
    """Every required column is there: no other reading of the same text can be better."""
    required = sum(column.is_required for column in columns_of(kind))
    return heading is not None and heading.required_found == required


def _fill(sheet: Sheet, grid: Grid, heading: Heading) -> None:
    data = grid.lines[heading.data_from :]
    if data and is_numbering(data[0][1]):
        data = data[1:]
    if len(data) > MAX_ROWS:
        raise SheetRefused(TOO_MANY_ROWS)
    sheet.columns = [column.key for column in heading.columns.values()]
    sheet.is_normalised = grid.is_normalised or not heading.is_exact or heading.data_from > 1
    sheet.warnings += grid.warnings
    cleaner = Cleaner()
    for line, cells in data:
        _take_row(sheet, grid, heading, line, cells, cleaner)
    if not sheet.rows:
        raise SheetRefused(NO_ROWS)
    _warn(sheet, grid, heading, data)


class Cleaner:
    """Cleans each distinct value of a column once: codes, names and kinds come again on every second row."""

    def __init__(self) -> None:
        self.known: dict[tuple, tuple[values.Value, bool] | str] = {}

    def __call__(self, column: Column, cell: Cell) -> tuple[values.Value, bool]:
        """As `values.clean`. ValueError = the cell is refused."""
        key = (column.key, type(cell), cell)
        found = self.known.get(key)
        if found is None:
            try:
                found = values.clean(column, cell)
            except ValueError as error:
                found = str(error)
            self.known[key] = found
        if isinstance(found, str):
            raise ValueError(found)
        return found


def _take_row(sheet: Sheet, grid: Grid, heading: Heading, line: int, cells: list[Cell], cleaner: Cleaner) -> None:
    if not _holds_data(heading, cells) or is_heading_again(cells, heading, grid):
        sheet.is_normalised = True
        return
    if _is_footer(heading, cells):
        sheet.warnings.append(f"Dòng {line} của tệp không phải dữ liệu nên được bỏ qua: “{_first(cells)[:60]}”.")
        return
    row = Row(len(sheet.rows) + 1, line, {})
    sheet.rows.append(row)
    for index, column in heading.columns.items():
        cell = target = cells[index] if index < len(cells) else ""
        place = (line - 1, index)
        if place in grid.formulas or place in grid.links:
            if doubt := doubt_about(grid, column, place, cell):
                row.refuse(column.label, doubt)
                row.refused_cells[column.key] = cell
                continue
            target = target_of(grid, column, place, cell)
        _take_cell(sheet, row, column, cell, target, cleaner)


def _take_cell(sheet: Sheet, row: Row, column: Column, cell: Cell, target: Cell, cleaner: Cleaner) -> None:
    """`target` is what the cell means: another thing than `cell` when it is a link."""
    if is_blank(target):
        row.values[column.key] = ""
        if sentence := values.missing(column):
            row.refuse(column.label, sentence)
        return
    try:
        row.values[column.key], differs = cleaner(column, target)
    except ValueError as error:
        row.refuse(column.label, str(error))
        row.refused_cells[column.key] = cell
        return
    sheet.is_normalised |= differs or target != cell


def _warn(sheet: Sheet, grid: Grid, heading: Heading, data: list[tuple[int, list[Cell]]]) -> None:
    if ignored := ignored_columns(grid, heading):
        sheet.warnings.append(f"Không nhập các cột lạ: {', '.join(ignored)}.")
    last_line = data[-1][0] if data else 0
    first_line = data[0][0] if data else 0
    filled = sorted(
        place for place in grid.filled if first_line <= place[0] + 1 <= last_line and place[1] in heading.columns
    )
    if filled:
        cells = ", ".join(f"{column_name(column)}{row + 1}" for row, column in filled[:6])
        more = f" và {len(filled) - 6} ô khác" if len(filled) > 6 else ""
        sheet.warnings.append(f"Ô gộp: đã chép giá trị của ô gộp vào {cells}{more}. Hãy kiểm tra lại.")
    hidden = sorted(line for line, _ in data if line - 1 in grid.hidden_rows)
    if hidden:
        sheet.warnings.append(f"Có {len(hidden)} dòng đang bị ẩn trong tệp vẫn được nhập (dòng {hidden[0]}).")
    computed = [
        place for place in grid.formulas if place[1] in heading.columns and first_line <= place[0] + 1 <= last_line
    ]
    if computed:
        row, column = min(computed)
        sheet.warnings.append(
            f"Có {len(computed)} ô là công thức (như {column_name(column)}{row + 1}): lấy kết quả đang hiển thị."
        )


def _holds_data(heading: Heading, cells: list[Cell]) -> bool:
    """A row with only its number, or with nothing in known columns, is blank paper."""
    return any(
        not is_blank(cells[index])
        for index, column in heading.columns.items()
        if index < len(cells) and column.key != "stt"
    )


def _is_footer(heading: Heading, cells: list[Cell]) -> bool:
    """Totals, signatures, "…, ngày 20 tháng 11 năm 2026", and the line "I. Các sở" over a group of rows."""
    written = [cell for cell in cells if not is_blank(cell)]
    if len(written) > 2:
        return False
    texts = [fold(str(cell)) for cell in written]
    if texts[0].startswith(FOOTERS) or any(SIGNED.search(text) for text in texts):
        return True
    numbers = {cells[i] for i, column in heading.columns.items() if column.key == "stt" and i < len(cells)}
    return len(texts) == 2 and any(GROUP_NUMBER.fullmatch(str(number).strip()) for number in numbers)


def _first(cells: list[Cell]) -> str:
    return next((clean_line(str(cell)) for cell in cells if not is_blank(cell)), "")
