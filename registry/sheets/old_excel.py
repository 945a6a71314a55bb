"""A real .xls (Excel 97–2003) → grids. The old format is easy to poison, so a child process with hard limits opens it."""

import json
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

from registry.sheets.container import DAMAGED
from registry.sheets.grid import Cell, Grid, fill_merges, is_blank
from registry.sheets.sheet import SheetRefused

CHILD = Path(__file__).with_name("old_excel_child.py")
TIMEOUT = 30


def read_xls(content: bytes) -> tuple[list[Grid], list[str]]:
    """Visible sheets, and warnings about hidden ones. Formulas and links of this format are not looked at."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(CHILD)], input=content, capture_output=True, timeout=TIMEOUT, check=True
        )
        sheets = json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        raise SheetRefused(DAMAGED) from error
    warnings = [f"Trang tính ẩn “{sheet['name']}” không được nhập." for sheet in sheets if not sheet["visible"]]
    return [_grid(sheet) for sheet in sheets if sheet["visible"] and sheet["rows"]], warnings


def _grid(sheet: dict) -> Grid:
    rows = [[_cell(*pair) for pair in row] for row in sheet["rows"]]
    lines = [(number, cells) for number, cells in enumerate(rows, start=1) if not all(map(is_blank, cells))]
    ranges = [((top, left), (bottom, right)) for (top, left), (bottom, right) in sheet["merges"]]
    filled = fill_merges(lines, ranges)
    return Grid(name=sheet["name"], lines=lines, filled=filled, is_normalised=True)


def _cell(kind: str, value: Cell) -> Cell:
    if kind == "date":
        return date.fromisoformat(str(value))
    return datetime.fromisoformat(str(value)) if kind == "datetime" else value
