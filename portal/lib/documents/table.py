"""What a report says, once: title, columns and rows. Screen, XLSX and CSV print the same Table."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from portal.lib.periods import OFFICE_ZONE

Kind = Literal["text", "integer", "decimal", "date", "datetime", "percent"]
NOTHING = "–"
SUM = "sum"
NATIONAL_TITLE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
NATIONAL_MOTTO = "Độc lập - Tự do - Hạnh phúc"
# A spreadsheet would run a cell that begins like this; full-width forms are folded by some of them.
RISKY_START = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")


@dataclass(frozen=True)
class Column:
    """One column. total: None, SUM (added up while writing) or a value known beforehand. width: in characters."""

    key: str
    label: str
    kind: Kind = "text"
    width: int = 16
    total: Any = None


@dataclass(frozen=True)
class Heading:
    """Letterhead of an annex by decree 30/2020: governing body, issuing office, and "(Kèm theo …)" below the title."""

    governing_body: str = ""
    office: str = ""
    attached_to: str = ""


@dataclass(frozen=True)
class Table:
    """Rows are mappings by column key or sequences in column order; an iterator is read once."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Mapping[str, Any] | Sequence[Any]]
    subtitle: str = ""
    heading: Heading | None = None
    notes: Sequence[str] = field(default_factory=tuple)
    sheet: str = "Sheet1"

    def values(self) -> Iterator[Sequence[Any]]:
        """Each row as values in column order."""
        keys = [column.key for column in self.columns]
        for row in self.rows:
            if not isinstance(row, list | tuple) and isinstance(row, Mapping):  # the second look is slow
                row = [row[key] for key in keys]
            yield row


class Totals:
    """Adds up the SUM columns while rows pass by, so that no writer needs the rows twice."""

    def __init__(self, columns: Sequence[Column]):
        self.columns = columns
        self.summed = [index for index, column in enumerate(columns) if column.total == SUM]
        self.sums: dict[int, Any] = dict.fromkeys(self.summed, 0)

    def __bool__(self) -> bool:
        return any(column.total is not None for column in self.columns)

    def add(self, row: Sequence[Any]) -> None:
        for index in self.summed:
            if isinstance(row[index], (int, float, Decimal)):
                self.sums[index] += row[index]

    def row(self) -> list[Any]:
        """The totals in column order; "Tổng cộng" stands in the first free text column."""
        values = [self.sums.get(index, column.total) for index, column in enumerate(self.columns)]
        label = next((i for i, c in enumerate(self.columns) if c.kind == "text" and values[i] is None), None)
        if label is not None:
            values[label] = "Tổng cộng"
        return values


def is_risky(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula or a command."""
    return RISKY_START.match(text) is not None


def show(value: Any, kind: Kind = "text") -> str:
    """A value as Vietnamese readers write it: 1.234 · 12,5 · 87,5 % · 05/10/2026 · 17:00 05/10/2026 · "–" for none."""
    if value is None:
        return "" if kind == "text" else NOTHING
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        local = value.astimezone(OFFICE_ZONE) if value.tzinfo else value
        return _day(local) if kind == "date" else f"{local:%H:%M} {_day(local)}"
    if isinstance(value, date):
        return _day(value)
    if kind == "percent":
        return f"{_decimal(float(value) * 100, 1)} %"
    return (
        _decimal(value, 2) if kind == "decimal" else f"{value:,}".replace(",", ".") if kind == "integer" else str(value)
    )


def _day(value: date) -> str:
    return f"{value.day:02d}/{value.month:02d}/{value.year}"


def _decimal(value: float | Decimal, places: int) -> str:
    text = f"{value:,.{places}f}".translate(str.maketrans(",.", ".,"))
    return text.rstrip("0").rstrip(",") if "," in text else text
