"""What reading a spreadsheet gives back: rows with their problems, sentences about the file, one outcome."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

Value = str | date


class SheetRefused(ValueError):
    """The whole file is refused; the message is the Vietnamese sentence for the person who sent it."""


class Outcome(StrEnum):
    """From best to worst. `warn` imports, after the person has read the warnings."""

    ACCEPT = "accept"
    ACCEPT_NORMALIZED = "accept_normalized"
    WARN = "warn"
    REJECT_ROWS = "reject_rows"
    REJECT_FILE = "reject_file"


@dataclass(frozen=True)
class Problem:
    """One cell that can't be taken as it is; `column` is the label that stands in the heading."""

    column: str
    message: str


@dataclass
class Row:
    """One data row. `number` counts data rows from 1; `line` is the row number that Excel shows.

    `refused_cells`: what stood in cells of which no value could be made, by column key.
    """

    number: int
    line: int
    values: dict[str, Value]
    problems: list[Problem] = field(default_factory=list)
    skipped: str = ""
    refused_cells: dict[str, object] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        return not self.problems and not self.skipped

    def refuse(self, column: str, message: str) -> None:
        self.problems.append(Problem(column, message))


@dataclass
class Sheet:
    """A read file. `columns` are the keys found, in the order of the sheet."""

    kind: str
    columns: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    is_normalised: bool = False

    @property
    def good_rows(self) -> list[Row]:
        return [row for row in self.rows if row.is_good]

    @property
    def bad_rows(self) -> list[Row]:
        return [row for row in self.rows if not row.is_good]

    @property
    def outcome(self) -> Outcome:
        if self.errors:
            return Outcome.REJECT_FILE
        if any(row.problems for row in self.rows):
            return Outcome.REJECT_ROWS
        if self.warnings:
            return Outcome.WARN
        return Outcome.ACCEPT_NORMALIZED if self.is_normalised else Outcome.ACCEPT
