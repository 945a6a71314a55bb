"""One table of a Word file, written as XML at once: cell by cell through the library takes a minute for a large one."""

import re
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Length

DENSE_FROM = 9
"""Tables of so many columns are set in a smaller size."""
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
Lines = Sequence[dict[str, str]]


def printable(text: str) -> str:
    """The text without what no XML may hold."""
    return NOT_IN_XML.sub("", text)


def add_table(document: Document, part: dict[str, Any], width: Length) -> None:
    """The table at the end of the document: heading rows repeat, no row is torn apart."""
    columns = part["columns"]
    dense = len(columns) >= DENSE_FROM
    whole = sum(column["width"] for column in columns)
    widths = [int(width.twips * column["width"] / whole) for column in columns]
    sizes, sides = (18 if dense else 24), ["right" if column["is_number"] else "left" for column in columns]
    head = _row([[{"text": column["label"]}] for column in columns], widths, ["center"] * len(columns), sizes, "head")
    rows = [_row(row, widths, sides, sizes) for row in part["rows"]]
    rows += [_row(part["total"], widths, sides, sizes, "total")] if part["total"] else []
    margin = 45 if dense else 85
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    table = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{BORDERS}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="{margin}" w:type="dxa"/>'
        f'<w:right w:w="{margin}" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"{head}{''.join(rows)}</w:tbl>"
    )
    document.element.body.insert_element_before(table, "w:sectPr")


def _row(cells: Sequence[Lines], widths: Sequence[int], sides: Sequence[str], size: int, kind: str = "") -> str:
    header = "<w:tblHeader/>" if kind == "head" else ""
    inside = "".join(
        _cell(lines, width, side, size, kind) for lines, width, side in zip(cells, widths, sides, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{header}</w:trPr>{inside}</w:tr>"


def _cell(lines: Lines, width: int, side: str, size: int, kind: str) -> str:
    bold = "<w:b/>" if kind else ""
    middle = '<w:vAlign w:val="center"/>' if kind == "head" else ""
    words = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(printable(line["text"]))}</w:t>' for line in lines)
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{middle}</w:tcPr><w:p><w:pPr>'
        f'<w:spacing w:before="30" w:after="30"/><w:jc w:val="{side}"/></w:pPr>'
        f'<w:r><w:rPr>{bold}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>{words}</w:r></w:p></w:tc>'
    )
