"""Finding the heading among titles, mottos and merged cells, and saying which column holds what."""

from dataclasses import dataclass, field

from portal.lib.text import clean_line
from registry.sheets.grid import Cell, Grid, column_name, is_blank
from registry.sheets.schema import Column, bare_heading, columns_of, heading_form, headings_of
from registry.sheets.sheet import SheetRefused

LOOK_IN_FIRST = 15
LISTED_IN_WARNING = 8
LONGEST_HEADING = 150
MAX_COLUMNS = 300  # a heading further right is not looked for


@dataclass
class Heading:
    """Where the data starts (index into `grid.lines`) and which column of the sheet holds which column of the schema."""

    data_from: int
    columns: dict[int, Column] = field(default_factory=dict)
    repeated: list[Column] = field(default_factory=list)
    is_exact: bool = True

    @property
    def required_found(self) -> int:
        return sum(column.is_required for column in self.columns.values())

    @property
    def score(self) -> tuple[int, int]:
        return len(self.columns) + len(self.repeated), self.required_found


def find_heading(grid: Grid, kind: str) -> Heading | None:
    """The likeliest heading row, or pair of rows, of the first fifteen; None when nothing looks like one."""
    best: Heading | None = None
    for index in range(min(LOOK_IN_FIRST, len(grid.lines))):
        for candidate in (_one_storey(grid, kind, index), _two_storeys(grid, kind, index)):
            if candidate and (best is None or candidate.score > best.score):
                best = candidate
    return best if best and best.score[0] >= min(2, len(columns_of(kind))) else None


def check_heading(heading: Heading, kind: str) -> None:
    """Refuse the file when a required column is missing or a heading stands twice; the sentence names it."""
    if heading.repeated:
        names = ", ".join(f"“{column.label}”" for column in heading.repeated)
        raise SheetRefused(f"Cột {names} xuất hiện hai lần. Hãy giữ lại một cột và ghi đúng tên cột còn lại.")
    found = {column.key for column in heading.columns.values()}
    missing = [column.label for column in columns_of(kind) if column.is_required and column.key not in found]
    if missing:
        names = ", ".join(f"“{label}”" for label in missing)
        raise SheetRefused(f"Thiếu cột bắt buộc: {names}. Hãy thêm cột hoặc dùng tệp mẫu.")


def ignored_columns(grid: Grid, heading: Heading) -> list[str]:
    """Columns that hold something but are not of this kind of sheet, by heading or by letter."""
    top = grid.lines[heading.data_from - 1][1]
    used: dict[int, str] = {}
    for _, cells in [(0, top), *grid.lines[heading.data_from :]]:
        for index, cell in enumerate(cells):
            if index not in heading.columns and index not in used and not is_blank(cell):
                title = clean_line(str(top[index])) if index < len(top) and not is_blank(top[index]) else ""
                used[index] = f"“{title[:60]}”" if title else column_name(index)
    names = [used[index] for index in sorted(used)]
    return names[:LISTED_IN_WARNING] + (["…"] if len(names) > LISTED_IN_WARNING else [])


def is_numbering(cells: list[Cell]) -> bool:
    """The row "(1) (2) (3)" that forms put under their heading."""
    texts = [str(cell).strip(" ()").removesuffix(".0") for cell in cells if not is_blank(cell)]
    return len(texts) >= 3 and texts == [str(number) for number in range(1, len(texts) + 1)]


def _one_storey(grid: Grid, kind: str, index: int) -> Heading | None:
    return _matched(kind, index + 1, [[cell] for cell in grid.lines[index][1][:MAX_COLUMNS]])


def _two_storeys(grid: Grid, kind: str, index: int) -> Heading | None:
    if index + 1 >= len(grid.lines):
        return None
    upper, lower = grid.lines[index][1], grid.lines[index + 1][1]
    width = min(max(len(upper), len(lower)), MAX_COLUMNS)
    pairs = [_storeys(_at(upper, i), _at(lower, i)) for i in range(width)]
    found = _matched(kind, index + 2, pairs)
    taken_below = sum(1 for i in found.columns if not is_blank(_at(lower, i))) if found else 0
    return found if taken_below and all(_is_heading_text(cell) for cell in lower) else None


def _storeys(upper: Cell, lower: Cell) -> list[Cell]:
    """Both together ("Quyết định" over "Số"), then the lower one; the upper one only where nothing is under it."""
    return [upper] if is_blank(lower) else [f"{upper} {lower}", lower]


def _matched(kind: str, data_from: int, candidates: list[list[Cell]]) -> Heading:
    """The same words twice are ambiguous; of two different headings for one column the label, else the first, counts."""
    known = headings_of(kind)
    heading = Heading(data_from)
    places: dict[Column, tuple[int, str]] = {}
    for index, texts in enumerate(candidates):
        form = next(
            (found for text in texts if _may_be_heading(text) and (found := _known_form(str(text), known))), None
        )
        if form is None:
            continue
        column = known[form]
        before = places.get(column)
        if before and before[1] == form:
            heading.repeated.append(column)
        if before is None or (form == heading_form(column.label) != before[1]):
            places[column] = (index, form)
            heading.is_exact &= any(str(text) == column.label for text in texts)
    heading.columns = {index: column for column, (index, _) in sorted(places.items(), key=lambda item: item[1][0])}
    return heading


def _known_form(text: str, known: dict[str, Column]) -> str:
    """The form under which the schema knows this heading, or ''."""
    form = heading_form(text)
    return next((found for found in (form, bare_heading(form)) if found in known), "")


def is_heading_again(cells: list[Cell], heading: Heading, grid: Grid) -> bool:
    """The heading printed once more on the next page."""
    top = grid.lines[heading.data_from - 1][1]
    same = sum(_at(cells, index) == _at(top, index) for index in heading.columns)
    return same >= max(2, len(heading.columns) - 1)


def _may_be_heading(cell: Cell) -> bool:
    return not is_blank(cell) and len(str(cell)) <= LONGEST_HEADING


def _at(cells: list[Cell], index: int) -> Cell:
    return cells[index] if index < len(cells) else ""


def _is_heading_text(cell: Cell) -> bool:
    return isinstance(cell, str) and len(cell) < 80 and "@" not in cell and "://" not in cell
