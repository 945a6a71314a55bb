"""Official papers as PDF: letterhead, title, paragraphs, tables and signature by decree 30/2020/NĐ-CP.

The layout stands in official.typ. What is printed travels as JSON, so that no text is ever read as markup. The fonts
(Tinos, as wide as Times New Roman, with all Vietnamese letters) stand beside it and are embedded.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import typst

from portal.lib.documents.table import NATIONAL_MOTTO, NATIONAL_TITLE, Heading, Table, Totals, show
from portal.lib.text import nfc

PDF_TYPE = "application/pdf"
HERE = Path(__file__).resolve().parent
LAYOUT, FONTS = HERE / "official.typ", HERE / "fonts"
MOST_ROWS = 1000
"""Rows of one table that are printed: laying out 5,000 takes half a gigabyte. A note says what was left out."""
NUMBERS = ("integer", "decimal", "percent")
BLANK_DAY = "…………, ngày …… tháng …… năm {year}"


@dataclass(frozen=True)
class Title:
    """A heading between the parts of a paper."""

    text: str


@dataclass(frozen=True)
class Paper:
    """What a paper says. Parts are paragraphs (text), `Title`s and `Table`s, in reading order.

    number: e.g. "Số: 12/BC-SKHCN", "" for none; on: None leaves place and day blank, for the office to fill in;
    signer: lines above the signature ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), () for no signature block.
    """

    title: str
    parts: Sequence[str | Title | Table]
    summary: str = ""
    heading: Heading | None = None
    number: str = ""
    place: str = ""
    on: date | None = None
    year: int | None = None
    signer: Sequence[str] = field(default_factory=tuple)
    signer_name: str = ""
    recipients: Sequence[str] = field(default_factory=tuple)
    is_landscape: bool = False


def write_pdf(stream: BinaryIO, paper: Paper) -> None:
    """Lay the paper out and write it. About 0.1 s for six pages; keep large ones out of requests."""
    content = json.dumps(_paper(paper), ensure_ascii=False)
    stream.write(
        typst.compile(
            LAYOUT,
            root=HERE,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"paper": nfc(content)},
        )
    )


def _paper(paper: Paper) -> dict[str, Any]:
    return {
        "title": paper.title,
        "summary": paper.summary,
        "author": paper.heading.office if paper.heading else "",
        "letterhead": _letterhead(paper, paper.heading) if paper.heading else None,
        "parts": [_part(part) for part in paper.parts],
        "signer": list(paper.signer),
        "signer_name": paper.signer_name,
        "recipients": list(paper.recipients),
        "is_landscape": paper.is_landscape,
    }


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
    if paper.on is None:
        return BLANK_DAY.format(year=paper.year or "………")
    month = f"{paper.on.month:02d}" if paper.on.month < 3 else str(paper.on.month)
    return f"{paper.place}, ngày {paper.on.day:02d} tháng {month} năm {paper.on.year}".removeprefix(", ")


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
            {"label": column.label, "width": column.width, "is_number": column.kind in NUMBERS}
            for column in table.columns
        ],
        "rows": rows,
        "total": _total(totals, kinds) if totals else [],
        "notes": [*table.notes, *(cut if count > MOST_ROWS else [])],
    }


def _total(totals: Totals, kinds: Sequence[str]) -> list[list[dict[str, str]]]:
    """The last row; columns that are not added up stay empty in it."""
    return [_cell("" if value is None else value, kind) for value, kind in zip(totals.row(), kinds, strict=True)]


def _cell(value: Any, kind: str) -> list[dict[str, str]]:
    """The lines of a cell; a web address becomes a link, and may be broken over lines."""
    lines = show(value, kind).splitlines() or [""]
    return [{"text": line, "url": line if line.startswith(("https://", "http://")) else ""} for line in lines]
