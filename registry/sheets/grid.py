"""One sheet as rows of raw cells, with what the file says about cells: merges, formulas, links, hidden rows."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

MAX_COLUMNS_SHOWN = 60
MAX_ROWS = 20_000
ROWS_ABOVE_DATA = 20  # titles and headings above the data
TOO_MANY_ROWS = "Bảng có hơn 20.000 dòng. Hãy chia thành nhiều tệp."
MAX_BOX = 3_000_000  # cells of the rectangle that the reader would have to hold

Cell = str | float | int | bool | date | datetime | time | timedelta
Place = tuple[int, int]


@dataclass
class Grid:
    """`lines` are (row number in the file, cells); places are (row, column) counted from 0."""

    name: str
    lines: list[tuple[int, list[Cell]]]
    filled: set[Place] = field(default_factory=set)
    merges: list[str] = field(default_factory=list)
    formulas: dict[Place, str] = field(default_factory=dict)
    links: dict[Place, str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)
    is_normalised: bool = False


def is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip("\u200b\ufeff\u00a0 \t\r\n"))


def column_name(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    name, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def fill_merges(lines: list[tuple[int, list[Cell]]], ranges: list[tuple[Place, Place]]) -> set[Place]:
    """Copy the top-left value over each merged range that holds data; return the places that were filled."""
    by_row = {line - 1: cells for line, cells in lines}
    filled: set[Place] = set()
    for (top, left), (bottom, right) in ranges:
        first = by_row.get(top)
        if first is None or left >= len(first) or is_blank(first[left]):
            continue
        for row in range(top, min(bottom, max(by_row, default=0)) + 1):
            cells = by_row.get(row, [])
            for column in range(left, min(right + 1, len(cells))):
                if (row, column) != (top, left) and is_blank(cells[column]):
                    cells[column] = first[left]
                    filled.add((row, column))
    return filled
