"""Reads official papers back, PDF and Word, into the same plain facts: words, size, style, place, drawn rules."""

from dataclasses import dataclass
from io import BytesIO

import docx
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from pypdf import PdfReader

from portal.lib.documents.docx import write_docx
from portal.lib.documents.pdf import write_pdf

MM = 72 / 25.4
STYLES = {"Regular": (False, False), "Bold": (True, False), "Italic": (False, True), "BoldItalic": (True, True)}


@dataclass(frozen=True)
class Piece:
    """Words of one look. x, y: points from the left and the bottom of the page (PDF only)."""

    text: str
    size: float
    bold: bool
    italic: bool
    page: int = 0
    x: float = 0
    y: float = 0

    @property
    def look(self):
        return self.size, self.bold, self.italic


@dataclass(frozen=True)
class Rule:
    """A drawn horizontal line."""

    page: int
    x: float
    y: float
    length: float


def pdf_of(paper) -> PdfReader:
    stream = BytesIO()
    write_pdf(stream, paper)
    return PdfReader(stream)


def pieces_of(reader: PdfReader) -> list[Piece]:
    """Every run of words in the PDF with its size, style and place."""
    found = []
    for number, page in enumerate(reader.pages):

        def note(text, cm, tm, font, size, number=number):
            words = " ".join(text.split())
            if words:
                bold, italic = STYLES[font["/BaseFont"].rpartition("-")[2]]
                found.append(Piece(words, size, bold, italic, number, cm[4] + tm[4], cm[5] - tm[5]))

        page.extract_text(visitor_text=note)
    return found


def rules_of(reader: PdfReader) -> list[Rule]:
    """Horizontal lines of the PDF outside tables (those have the thinner pen)."""
    found = []
    for number, page in enumerate(reader.pages):
        pen = {"w": 0.0, "at": (0.0, 0.0)}

        def note(operator, operands, cm, tm, number=number, pen=pen):
            if operator == b"w":
                pen["w"] = float(operands[0])
            elif operator == b"m":
                pen["at"] = float(operands[0]), float(operands[1])
            elif operator == b"l" and pen["w"] == 0.75 and float(operands[1]) == pen["at"][1]:
                length = float(operands[0]) - pen["at"][0]
                found.append(Rule(number, cm[4] + pen["at"][0], cm[5], length))

        page.extract_text(visitor_operand_before=note)
    return found


def word_of(paper):
    stream = BytesIO()
    write_docx(stream, paper)
    stream.seek(0)
    return docx.Document(stream)


def paragraphs_of(document) -> list[Paragraph]:
    """All paragraphs in reading order, those in tables too."""
    return [Paragraph(element, document._body) for element in document.element.body.iter(qn("w:p"))]


def runs_of(document) -> list[Piece]:
    """Each paragraph with words as one piece; sizes that a run does not say come from the style."""
    normal = document.styles["Normal"].font.size.pt
    return [
        Piece(line.text, (run.font.size.pt if run.font.size else normal), bool(run.bold), bool(run.italic))
        for line in paragraphs_of(document)
        if line.text.strip()
        for run in line.runs[:1]
    ]


def borders_of(document) -> list[tuple[str, Paragraph]]:
    """Paragraphs that are drawn rules, with the words above each."""
    found, above = [], ""
    for line in paragraphs_of(document):
        if line._p.pPr is not None and line._p.pPr.find(qn("w:pBdr")) is not None:
            found.append((above, line))
        above = line.text or above
    return found
