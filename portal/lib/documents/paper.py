"""An official paper by decree 30/2020/NĐ-CP: what it says, once. PDF (official.typ) and Word (docx.py) print the same.

`content_of(paper)` is the paper as plain data, every value already in the words that readers see.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.lib.documents.table import NATIONAL_MOTTO, NATIONAL_TITLE, Column, Heading, Table, Totals, show

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_ROWS = 1000
"""Rows of one table that are printed: laying out 5,000 takes half a gigabyte. A note says what was left out."""
MARGINS = {"top": 20, "bottom": 20, "left": 30, "right": 15}
"""Millimetres: the decree allows 20–25, 20–25, 30–35 and 15–20."""
LEAST_WIDTH = {"date": 16, "datetime": 16}
NUMBERS = ("integer", "decimal", "percent")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
BLANK_DAY = "…………, ngày …… tháng …… năm {year}"
GAP = "\u00a0" * 6
"""Room that the clerk fills in by hand or in the file."""


@dataclass(frozen=True)
class Title:
    """A heading between the parts of a paper."""

    text: str


@dataclass(frozen=True)
class Annex:
    """Phụ lục: pages of its own after the signature, numbered separately; wide tables lie across."""

    title: str
    tables: Sequence[Table]
    attached_to: str = ""
    is_landscape: bool = False


@dataclass(frozen=True)
class Paper:
    """What a paper says. Parts are paragraphs (text), `Title`s and `Table`s, in reading order.

    title: type of paper in capitals ("BÁO CÁO"), "" for a công văn, which has `about` ("V/v …") below its number;
    number: e.g. "Số: 12/BC-SKHCN", "" for none; on: the day; without it the day stays blank, for the office to fill in:
    beside place, month and year of `drafted_on` where given; addressees: Kính gửi; signer: lines above the signature
    ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), () for no signature block.
    """

    title: str
    parts: Sequence[str | Title | Table]
    summary: str = ""
    heading: Heading | None = None
    number: str = ""
    about: str = ""
    place: str = ""
    on: date | None = None
    drafted_on: date | None = None
    year: int | None = None
    addressees: Sequence[str] = field(default_factory=tuple)
    signer: Sequence[str] = field(default_factory=tuple)
    signer_name: str = ""
    recipients: Sequence[str] = field(default_factory=tuple)
    annexes: Sequence[Annex] = field(default_factory=tuple)
    is_landscape: bool = False


def blank_number(symbol: str) -> str:
    """The number's line with room for the number: "Số:      /BC-SKHCN"."""
    return f"Số:{GAP}/{symbol}"


def content_of(paper: Paper) -> dict[str, Any]:
    """The paper as plain data, tables read once."""
    return {
        "margins": MARGINS,
        "title": paper.title,
        "summary": paper.summary,
        "about": paper.about,
        "day": _plain_day(paper.on or paper.drafted_on),
        "author": paper.heading.office if paper.heading else "",
        "letterhead": _letterhead(paper, paper.heading) if paper.heading else None,
        "addressees": _listed(paper.addressees),
        "parts": [_part(part) for part in paper.parts],
        "signer": list(paper.signer),
        "signer_name": paper.signer_name,
        "recipients": _listed(paper.recipients),
        "annexes": [_annex(annex, number, len(paper.annexes)) for number, annex in enumerate(paper.annexes)],
        "is_landscape": paper.is_landscape,
    }


def _plain_day(day: date | None) -> list[int] | None:
    return [day.year, day.month, day.day] if day else None


def _letterhead(paper: Paper, heading: Heading) -> dict[str, str]:
    return {
        "governing_body": heading.governing_body,
        "office": heading.office,
        "national_title": NATIONAL_TITLE,
        "motto": NATIONAL_MOTTO,
        "number": paper.number,
        "place_and_day": _place_and_day(paper),
    }


def _place_and_day(paper: Paper) -> str:
    """Days below 10 and the months 1 and 2 get a leading 0, as the decree wants."""
    if paper.on:
        words = f"ngày {paper.on.day:02d} tháng {_month(paper.on)} năm {paper.on.year}"
    elif paper.drafted_on:
        words = f"ngày{GAP}tháng {_month(paper.drafted_on)} năm {paper.drafted_on.year}"
    else:
        return BLANK_DAY.format(year=paper.year or "………")
    return f"{paper.place}, {words}".removeprefix(", ")


def _month(day: date) -> str:
    return f"{day.month:02d}" if day.month < 3 else str(day.month)


def _listed(lines: Sequence[str]) -> list[str]:
    """Lines of a list as the decree wants them: ";" after each, "." after the last."""
    bare = [line.strip().rstrip(";.").strip() for line in lines if line.strip()]
    return [f"{line};" for line in bare[:-1]] + [f"{line}." for line in bare[-1:]]


def _annex(annex: Annex, number: int, count: int) -> dict[str, Any]:
    return {
        "label": f"Phụ lục {ROMAN[number]}" if count > 1 else "Phụ lục",
        "title": annex.title,
        "attached_to": annex.attached_to,
        "tables": [_table(table) for table in annex.tables],
        "is_landscape": annex.is_landscape,
    }


def _part(part: str | Title | Table) -> dict[str, Any]:
    if isinstance(part, Table):
        return _table(part)
    if isinstance(part, Title):
        return {"kind": "heading", "text": part.text}
    return {"kind": "text", "text": part}


def _table(table: Table) -> dict[str, Any]:
    """Columns share the width in proportion; long tables are cut with a note, totals count every row all the same."""
    kinds = [column.kind for column in table.columns]
    totals, rows, count = Totals(table.columns), [], 0
    for row in table.values():
        totals.add(row)
        count += 1
        if count <= MOST_ROWS:
            rows.append([_cell(value, kind) for value, kind in zip(row, kinds, strict=True)])
    cut = [f"Bảng in {show(MOST_ROWS, 'integer')} dòng đầu trong {show(count, 'integer')} dòng; xem đủ ở tệp Excel."]
    return {
        "kind": "table",
        "title": table.title,
        "columns": [
            {"label": column.label, "width": _width(column), "is_number": column.kind in NUMBERS}
            for column in table.columns
        ],
        "rows": rows,
        "total": _total(totals, kinds) if totals else [],
        "notes": [*table.notes, *(cut if count > MOST_ROWS else [])],
    }


def _width(column: Column) -> int:
    """Room for a day and for the longest word of the heading, in whatever font stands in for the right one."""
    return max(column.width, LEAST_WIDTH.get(column.kind, 7), *(2 * len(word) for word in column.label.split()))


def _total(totals: Totals, kinds: Sequence[str]) -> list[list[dict[str, str]]]:
    """The last row; columns that are not added up stay empty in it."""
    return [_cell("" if value is None else value, kind) for value, kind in zip(totals.row(), kinds, strict=True)]


def _cell(value: Any, kind: str) -> list[dict[str, str]]:
    """The lines of a cell; a web address becomes a link, and may be broken over lines."""
    lines = show(value, kind).splitlines() or [""]
    return [{"text": line, "url": line if line.startswith(("https://", "http://")) else ""} for line in lines]
