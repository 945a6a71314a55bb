"""Tables as CSV for Excel: UTF-8 with BOM, RFC 4180, piece by piece, and no text that a spreadsheet would run.

A risky text gets one apostrophe in front; `restore_text` takes exactly that one away when the file comes in again.
"""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from io import StringIO
from itertools import islice
from typing import Any, TextIO

from portal.lib.documents.table import Kind, Table, Totals, show

BOM = "\ufeff"
ROWS_IN_A_PIECE = 500
RISKY = r"[=+\-@＝＋－＠]"
RISKY_FIELD = re.compile(rf"'*(?:[\t\r\n]|\s*{RISKY})")
# Excel with Vietnamese settings splits at ";" whatever the quotes say, so the inside of a text matters too.
RISKY_INSIDE = re.compile(r"([;\n\r\t][ \t]*)('*(?:[=@＝＠]|[+\-＋－](?!\s)))")
GUARDED_INSIDE = re.compile(r"([;\n\r\t][ \t]*)'('*(?:[=@＝＠]|[+\-＋－](?!\s)))")
# Without these letters no text is changed.
SUSPECT = re.compile(r"[=+\-@＝＋－＠;\n\r\t']")
# The quick look that most texts pass: nothing risky begins with a letter or a digit and holds no separator.
PLAIN_TEXT = re.compile(r"\w[^;\n\r\t]*")
NUL = "\x00"
# The same look at many texts with a NUL before each: one of them is neither empty nor plain.
NOT_ALL_PLAIN = re.compile(r"\x00[^\w\x00]|[;\n\r\t]")


def csv_lines(table: Table) -> Iterator[str]:
    """The file in pieces for a streaming answer: BOM and header, rows, totals."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow([neutral_text(column.label) for column in table.columns])
    kinds = [column.kind for column in table.columns]
    writers = list(map(_field_writer, kinds))
    totals = Totals(table.columns)
    rows = (_added(totals, row) for row in table.values()) if totals.summed else table.values()
    while piece := list(islice(rows, ROWS_IN_A_PIECE)):
        columns = zip(*piece, strict=True)
        writer.writerows(zip(*map(_written, kinds, writers, columns), strict=True))
        yield _taken(buffer)
    if totals:
        writer.writerow([write(value) for write, value in zip(writers, totals.row(), strict=True)])
    yield _taken(buffer)


def write_csv(table: Table, stream: TextIO) -> None:
    """The whole table into an open text file (newline="")."""
    for piece in csv_lines(table):
        stream.write(piece)


def neutral_text(text: str) -> str:
    """The text with an apostrophe wherever a spreadsheet would start a formula."""
    if PLAIN_TEXT.fullmatch(text):
        return text
    text = RISKY_INSIDE.sub(r"\1'\2", text)
    return "'" + text if RISKY_FIELD.match(text) else text


def restore_text(text: str) -> str:
    """What the text was before `neutral_text`; other texts stay as they are."""
    if text.startswith("'") and RISKY_FIELD.match(text):
        text = text[1:]
    return GUARDED_INSIDE.sub(r"\1\2", text) if "'" in text else text


def _field_writer(kind: Kind) -> Callable[[Any], Any]:
    """How one column prints: texts neutral, days, rates and fractions as Vietnamese write them, numbers as they are.

    Excel with Vietnamese settings takes "4.1" for a day of January.
    """

    def write(value: Any) -> Any:
        if isinstance(value, str):
            return neutral_text(value)
        if value is None:
            return ""
        if kind == "decimal":
            return str(value).replace(".", ",")
        return show(value, kind) if kind == "percent" or isinstance(value, date) else value

    return write


def _written(kind: Kind, write: Callable[[Any], Any], column: Sequence[Any]) -> Sequence[Any]:
    """One column of a piece as it prints; most columns hold nothing that could begin a formula: one look for all."""
    types = set(map(type, column))
    if types == {int} and kind != "percent":
        return column
    if types == {str} and not (SUSPECT.search("".join(column)) and NOT_ALL_PLAIN.search(NUL + NUL.join(column))):
        return column
    return [write(value) for value in column]


def _added(totals: Totals, row: Any) -> Any:
    totals.add(row)
    return row


def _taken(buffer: StringIO) -> str:
    """What the buffer holds; it is empty afterwards."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
