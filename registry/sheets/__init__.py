"""Messy spreadsheets → clean rows. Pure code: no database, no network, nothing in a file is ever run or fetched."""

from registry.sheets.container import MAX_BYTES
from registry.sheets.reading import guess_kind, read_sheet
from registry.sheets.schema import KINDS, Column, columns_of
from registry.sheets.sheet import Outcome, Problem, Row, Sheet, SheetRefused

__all__ = [
    "KINDS",
    "MAX_BYTES",
    "Column",
    "Outcome",
    "Problem",
    "Row",
    "Sheet",
    "SheetRefused",
    "columns_of",
    "guess_kind",
    "read_sheet",
]
