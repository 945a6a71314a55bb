"""Official papers as Word files: the same `Paper` as the PDF, laid out by decree 30/2020/NĐ-CP, to be edited by a clerk.

Times New Roman is named, not embedded. Rules are drawn as borders as long as the decree wants them, which needs the width
of the words above: Tinos, as wide as Times New Roman, stands beside this module.
"""

import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Length, Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.parfmt import ParagraphFormat
from PIL import ImageFont

from portal.lib.documents.paper import MARGINS, Paper, content_of
from portal.lib.documents.word_table import add_table, printable

FONT = "Times New Roman"
FONTS = Path(__file__).resolve().parent / "fonts"
A4 = Mm(210), Mm(297)
LEFT_SHARE = 0.42
"""How much of the width the agency's half of the letterhead takes."""
FIRST_LINE, AFTER = Mm(12.7), Pt(6)
CENTER, LEFT, JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.JUSTIFY
LONG_AGO = (1980, 1, 1, 0, 0, 0)
SIGNATURE_LINES = 4
LONGEST_PROPERTY = 255
"""Characters that Word takes as title or author of a file."""
TO_COLUMN, TO_DASH = Mm(25), Mm(17.6)
"""Where "Kính gửi:" begins when there are several, and how far right of it the colon stands, the dashes below."""


def write_docx(stream: BinaryIO, paper: Paper) -> None:
    """Write the paper as a Word file."""
    _Word(content_of(paper)).save(stream)


def _element(tag: str, **attributes: str) -> Any:
    """An element of Word's own XML."""
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element


@cache
def _font(weight: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"Tinos-{weight}.ttf", 1000)


def text_width(text: str, size: float, weight: str = "Bold") -> Length:
    """How wide the words are on one line."""
    return Pt(_font(weight).getlength(text) * size / 1000)


class _Word:
    """Writes one paper from the top down."""

    def __init__(self, content: dict[str, Any]):
        self.content = content
        self.document: Document = docx.Document()
        self._set_up_styles()
        self._set_up_page(self.document.sections[0], content["is_landscape"])

    def save(self, stream: BinaryIO) -> None:
        if self.content["letterhead"]:
            self._letterhead(self.content["letterhead"])
        self._title()
        self._addressees(self.content["addressees"])
        last = None
        for part in self.content["parts"]:
            last = self._part(part)
        if self.content["signer"]:
            self._closing(last)
        for annex in self.content["annexes"]:
            self._annex(annex)
        self._pack(stream)

    def _pack(self, stream: BinaryIO) -> None:
        """The same paper gives the same bytes: the parts of the file carry no time."""
        loose = BytesIO()
        self.document.save(loose)
        with zipfile.ZipFile(loose) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
            for name in source.namelist():
                packed.writestr(zipfile.ZipInfo(name, LONG_AGO), source.read(name), zipfile.ZIP_DEFLATED)

    # --- The page ---------------------------------------------------------------------------------------------------

    def _set_up_styles(self) -> None:
        properties = self.document.core_properties
        properties.title = printable(self.content["title"] or self.content["about"])[:LONGEST_PROPERTY]
        properties.author = printable(self.content["author"])[:LONGEST_PROPERTY]
        properties.comments, properties.language = "", "vi-VN"
        normal = self.document.styles["Normal"]
        normal.font.name, normal.font.size = FONT, Pt(14)
        fonts = normal.element.rPr.rFonts
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(script), FONT)
        for old in normal.element.rPr.findall(qn("w:lang")):
            normal.element.rPr.remove(old)
        normal.element.rPr.append(_element("w:lang", val="vi-VN"))
        shape = normal.paragraph_format
        shape.space_before = shape.space_after = Pt(0)
        shape.line_spacing_rule = WD_LINE_SPACING.SINGLE
        self._be_a_file_of_today()

    def _be_a_file_of_today(self) -> None:
        """Without this word Word opens the file in its compatibility mode, where tables stick out of the margins."""
        settings = self.document.settings.element
        for old in settings.findall(qn("w:compat")):
            settings.remove(old)
        compatible = OxmlElement("w:compat")
        word = "http://schemas.microsoft.com/office/word"
        compatible.append(_element("w:compatSetting", name="compatibilityMode", uri=word, val="15"))
        settings.insert_element_before(
            compatible, "w:rsids", "m:mathPr", "w:themeFontLang", "w:clrSchemeMapping", "w:shapeDefaults",
            "w:decimalSymbol", "w:listSeparator",
        )  # fmt: skip

    def _set_up_page(self, section: Section, is_landscape: bool) -> None:
        """A4 with the decree's margins; the number of each page but the first stands centred in the top margin."""
        width, height = A4
        section.orientation = WD_ORIENT.LANDSCAPE if is_landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (height, width) if is_landscape else (width, height)
        for side, millimetres in MARGINS.items():
            setattr(section, f"{side}_margin", Mm(millimetres))
        section.header_distance = section.footer_distance = Mm(10)
        section.different_first_page_header_footer = True
        section.header.is_linked_to_previous = section.first_page_header.is_linked_to_previous = False
        for old in section._sectPr.findall(qn("w:pgNumType")):
            section._sectPr.remove(old)
        section._sectPr.insert_element_before(_element("w:pgNumType", start="1"), "w:cols", "w:titlePg", "w:docGrid")
        line = section.header.paragraphs[0]
        line.alignment = CENTER
        self._page_number(line)
        self.width = Length(section.page_width - section.left_margin - section.right_margin)

    def _page_number(self, line: Paragraph) -> None:
        for kind, text in (("begin", ""), ("", "PAGE"), ("separate", ""), ("text", "2"), ("end", "")):
            run = line.add_run(text if kind == "text" else "")
            run.font.size = Pt(14)
            if kind == "":
                code = OxmlElement("w:instrText")
                code.text = text
                run._r.append(code)
            elif kind != "text":
                run._r.append(_element("w:fldChar", fldCharType=kind))

    # --- Pieces -----------------------------------------------------------------------------------------------------

    def _line(self, home: Any, text: str, size: float, align=CENTER, **style: bool) -> Paragraph:
        """One paragraph of one style in the document or a cell; an empty first paragraph of a cell is used up."""
        empty = isinstance(home, _Cell) and len(home.paragraphs) == 1 and not home.paragraphs[0].runs
        line = home.paragraphs[0] if empty else home.add_paragraph()
        line.alignment = align
        run = line.add_run(printable(text))
        run.font.size, run.bold, run.italic = Pt(size), style.get("bold", False), style.get("italic", False)
        return line

    def _rule(self, home: Any, length: Length, room: Length) -> None:
        """A solid rule, centred: the upper border of a low paragraph between two indents."""
        line = home.add_paragraph()
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = Length(max(room - length, 0) // 2)
        line.paragraph_format.line_spacing_rule, line.paragraph_format.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(4)
        line.paragraph_format.space_before = Pt(4)
        borders = OxmlElement("w:pBdr")
        borders.append(_element("w:top", val="single", sz="6", space="0", color="000000"))
        properties = line._p.get_or_add_pPr()
        properties.insert_element_before(
            borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
        )

    def _halves(self, rows: int, share: float = LEFT_SHARE) -> tuple[Any, tuple[Length, Length]]:
        """A table of two columns without borders, as wide as the text, and the widths of its columns."""
        table = self.document.add_table(rows, 2)
        table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
        bare = OxmlElement("w:tblCellMar")
        for side in ("left", "right"):
            bare.append(_element(f"w:{side}", w="0", type="dxa"))
        table._tbl.tblPr.insert_element_before(bare, "w:tblLook")
        widths = Length(int(self.width * share)), Length(int(self.width * (1 - share)))
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for row in table.rows:
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = width
        return table, widths

    # --- The paper --------------------------------------------------------------------------------------------------

    def _letterhead(self, it: dict[str, str]) -> None:
        """Boxes 2 and 1, below them 3 (with 5b) and 4."""
        table, (left, right) = self._halves(2)
        office, nation = table.rows[0].cells
        if it["governing_body"]:
            self._line(office, it["governing_body"], 12)
        self._line(office, it["office"], 12, bold=True)
        self._rule(office, Length(int(min(text_width(it["office"], 12), left) * 0.4)), left)
        self._line(nation, it["national_title"], 12, bold=True)
        self._line(nation, it["motto"], 13, bold=True)
        self._rule(nation, text_width(it["motto"], 13), right)
        number, day = table.rows[1].cells
        self._line(number, it["number"], 13).paragraph_format.space_before = AFTER
        if self.content["about"]:
            self._line(number, self.content["about"], 12).paragraph_format.space_before = AFTER
        self._line(day, it["place_and_day"], 13, italic=True).paragraph_format.space_before = AFTER

    def _title(self) -> None:
        """Type of paper and what it is about, with a rule below; a công văn has neither."""
        if not self.content["title"]:
            return
        self._line(self.document, self.content["title"], 14, bold=True).paragraph_format.space_before = Pt(14)
        last = self.content["title"]
        if self.content["summary"]:
            last = self.content["summary"]
            self._line(self.document, last, 14, bold=True)
        self._rule(self.document, Length(int(min(text_width(last, 14), self.width) * 0.4)), self.width)

    def _addressees(self, lines: list[str]) -> None:
        """Kính gửi: one on the same line; several below it, with dashes under the colon."""
        if not lines:
            return
        if len(lines) == 1:
            to = self._line(self.document, f"Kính gửi: {lines[0]}", 14)
            to.paragraph_format.space_before = to.paragraph_format.space_after = Pt(12)
            return
        first = self._line(self.document, "Kính gửi:", 14, LEFT)
        first.paragraph_format.space_before, first.paragraph_format.left_indent = Pt(12), TO_COLUMN
        for text in lines:
            line = self._line(self.document, f"- {text}", 14, LEFT).paragraph_format
            line.left_indent, line.first_line_indent = Length(TO_COLUMN + TO_DASH + Mm(3)), Mm(-3)
        line.space_after = Pt(12)

    def _part(self, part: dict[str, Any]) -> ParagraphFormat | None:
        """Write one part; the paragraph, for the signature never stands on a page without words of the paper."""
        if part["kind"] == "table":
            return self._table(part)
        is_heading = part["kind"] == "heading"
        line = self._line(self.document, part["text"], 14, JUSTIFY, bold=is_heading).paragraph_format
        line.first_line_indent, line.space_before, line.space_after = FIRST_LINE, Pt(0), AFTER
        line.keep_with_next = is_heading or None
        return line

    def _table(self, part: dict[str, Any]) -> None:
        if part["title"]:
            title = self._line(self.document, part["title"], 13, LEFT, bold=True).paragraph_format
            title.space_before, title.space_after, title.keep_with_next = AFTER, AFTER, True
        add_table(self.document, part, self.width)
        for note in part["notes"]:
            self._line(self.document, note, 11, LEFT, italic=True).paragraph_format.space_before = Pt(4)
        self._gap()

    def _gap(self) -> ParagraphFormat:
        """A low empty paragraph: two tables never touch, and no document ends with one."""
        gap = self.document.add_paragraph().paragraph_format
        gap.line_spacing_rule, gap.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(8)
        return gap

    def _closing(self, last: ParagraphFormat | None) -> None:
        """Nơi nhận on the left, level with the signer on the right; never torn apart, nor from the last paragraph."""
        if last:
            last.keep_with_next = True
        self._gap().keep_with_next = True
        table, _ = self._halves(1, 0.5)
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        left, right = table.rows[0].cells
        if self.content["recipients"]:
            self._line(left, "Nơi nhận:", 12, LEFT, bold=True, italic=True)
            for text in self.content["recipients"]:
                self._line(left, f"- {text}", 11, LEFT)
        for text in self.content["signer"]:
            self._line(right, text, 14, bold=True)
        for _ in range(SIGNATURE_LINES):
            self._line(right, "", 14)
        self._line(right, self.content["signer_name"], 14, bold=True)

    def _annex(self, annex: dict[str, Any]) -> None:
        """A section of its own, its pages counted from 1."""
        self._set_up_page(self.document.add_section(WD_SECTION.NEW_PAGE), annex["is_landscape"])
        self._line(self.document, annex["label"], 14, bold=True)
        self._line(self.document, annex["title"], 14, bold=True)
        if annex["attached_to"]:
            self._line(self.document, annex["attached_to"], 14, italic=True)
        self._rule(self.document, Mm(40), self.width)
        self._gap()
        for table in annex["tables"]:
            self._table(table)
