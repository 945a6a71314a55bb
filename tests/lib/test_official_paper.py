"""Official papers beside the table of decree 30/2020/NĐ-CP, element by element: sizes, style, margins, rules, numbers.

The same paper as PDF and as Word; each test names the box of the decree.
"""

import time
from datetime import date
from io import BytesIO
from itertools import pairwise

import pytest
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from PIL import ImageFont

from portal.lib.documents import paper as papers
from portal.lib.documents.docx import FONTS, write_docx
from portal.lib.documents.paper import Annex, Paper, Title, blank_number
from portal.lib.documents.pdf import write_pdf
from portal.lib.documents.table import SUM, Column, Heading, Table
from tests.papers import MM, borders_of, paragraphs_of, pdf_of, pieces_of, rules_of, runs_of, word_of

BODY = "Sở Khoa học và Công nghệ báo cáo kết quả xây dựng sản phẩm truyền thông trên kênh chính thống của các đơn vị như sau: "
COLUMNS = (Column("name", "Đơn vị", width=30), Column("count", "Số lượng", "integer", 10, SUM))
SMALL = Table("", COLUMNS, [("Sở Y tế", 1200), ("Sở Tư pháp", 34)], notes=["Ghi chú."])
LONG = Table("", COLUMNS, [(f"Đơn vị {number}", 1) for number in range(90)])
HEAD = Heading("UBND TỈNH NÚI XANH", "SỞ KHOA HỌC VÀ CÔNG NGHỆ")
REPORT = Paper(
    "BÁO CÁO", [BODY * 2, Title("I. KẾT QUẢ CHUNG"), *[BODY * 3] * 9, "Trên đây là báo cáo./."],
    summary="Kết quả sản phẩm truyền thông tháng 10/2026", heading=HEAD, number=blank_number("BC-SKHCN"), place="Núi Xanh",
    drafted_on=date(2026, 2, 5), addressees=["Ủy ban nhân dân tỉnh Núi Xanh"], signer=["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"],
    signer_name="Nông Văn Ký", recipients=["Như trên;", "Lãnh đạo Sở", "Lưu: VT, CĐS."],
    annexes=[
        Annex("KẾT QUẢ THEO KHỐI", [SMALL], "(Kèm theo Báo cáo số /BC-SKHCN)"),
        Annex("KẾT QUẢ CỦA TỪNG ĐƠN VỊ", [LONG], is_landscape=True),
    ],
)  # fmt: skip
LETTER = Paper(
    "", [BODY], heading=HEAD, number=blank_number("SKHCN-CĐS"), about="V/v đôn đốc sản phẩm truyền thông tháng 10/2026",
    place="Núi Xanh", on=date(2026, 6, 5), addressees=["Sở Y tế;", "Sở Tư pháp", "Ủy ban nhân dân xã Suối Mơ."],
    signer=["GIÁM ĐỐC"],
)  # fmt: skip
LOOKS = {
    "UBND TỈNH NÚI XANH": (12, False, False),
    "SỞ KHOA HỌC VÀ CÔNG NGHỆ": (12, True, False),
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM": (12, True, False),
    "Độc lập - Tự do - Hạnh phúc": (13, True, False),
    "BÁO CÁO": (14, True, False),
    "Kết quả sản phẩm truyền thông tháng 10/2026": (14, True, False),
    "Kính gửi: Ủy ban nhân dân tỉnh Núi Xanh.": (14, False, False),
    "I. KẾT QUẢ CHUNG": (14, True, False),
    "Trên đây là báo cáo./.": (14, False, False),
    "Nơi nhận:": (12, True, True),
    "- Như trên;": (11, False, False),
    "- Lãnh đạo Sở;": (11, False, False),
    "- Lưu: VT, CĐS.": (11, False, False),
    "KT. GIÁM ĐỐC": (14, True, False),
    "PHÓ GIÁM ĐỐC": (14, True, False),
    "Nông Văn Ký": (14, True, False),
    "Phụ lục I": (14, True, False),
    "KẾT QUẢ THEO KHỐI": (14, True, False),
    "(Kèm theo Báo cáo số /BC-SKHCN)": (14, False, True),
}
"""Size, bold, italic of every box (decree 30/2020, Phụ lục I): 1, 2, 5a, 9a, 6, 9b, 7a, 7b, appendix."""
A4 = (210, 297)


def wide(words, size, weight="Bold"):
    return ImageFont.truetype(FONTS / f"Tinos-{weight}.ttf", 1000).getlength(words) * size / 1000


@pytest.fixture(scope="module")
def pdf():
    return pdf_of(REPORT)


@pytest.fixture(scope="module")
def pieces(pdf):
    return pieces_of(pdf)


@pytest.fixture(scope="module")
def word():
    return word_of(REPORT)


@pytest.fixture(scope="module")
def letter():
    return pdf_of(LETTER), word_of(LETTER)


@pytest.mark.parametrize("words", LOOKS)
def test_every_box_has_its_size_and_style(pieces, word, words):
    assert [piece.look for piece in pieces if piece.text == words] == [LOOKS[words]]
    assert [piece.look for piece in runs_of(word) if piece.text == words] == [LOOKS[words]]


def test_box_3_and_4_leave_number_and_day_to_the_clerk(pieces, word):
    number, day = "Số:\xa0\xa0\xa0\xa0\xa0\xa0/BC-SKHCN", "Núi Xanh, ngày\xa0\xa0\xa0\xa0\xa0\xa0tháng 02 năm 2026"
    looks = {piece.text: piece.look for piece in runs_of(word)}
    assert looks[number] == (13, False, False) and looks[day] == (13, False, True)
    looks = {piece.text: piece.look for piece in pieces}
    assert looks["Số:"] == looks["/BC-SKHCN"] == (13, False, False)
    assert looks["Núi Xanh, ngày"] == looks["tháng 02 năm 2026"] == (13, False, True)


def test_box_3_stands_level_with_box_4_and_5b_six_points_below(letter):
    reader, document = letter
    lines = {piece.text: piece for piece in pieces_of(reader)}
    assert lines["Số:"].y == lines["Núi Xanh, ngày 05 tháng 6 năm 2026"].y
    about = next(piece for piece in lines.values() if piece.text.startswith("V/v đôn đốc"))
    assert about.look == (12, False, False) and 6 <= lines["Số:"].y - about.y - 12 <= 9
    line = next(line for line in paragraphs_of(document) if line.text.startswith("V/v"))
    assert line.runs[0].font.size.pt == 12 and not line.runs[0].bold and line.paragraph_format.space_before.pt == 6


def test_a_dispatch_has_no_type_name(letter):
    reader, document = letter
    assert "BÁO CÁO" not in [piece.text for piece in pieces_of(reader) + runs_of(document)]


def test_box_9a_lists_several_addressees_with_dashes_under_the_colon(letter):
    reader, document = letter
    wanted = ["Kính gửi:", "- Sở Y tế;", "- Sở Tư pháp;", "- Ủy ban nhân dân xã Suối Mơ."]
    lines = {piece.text: piece for piece in pieces_of(reader) if piece.text in wanted}
    assert list(lines) == wanted and {piece.look for piece in lines.values()} == {(14, False, False)}
    colon = lines["Kính gửi:"].x + wide("Kính gửi", 14, "Regular")
    assert {abs(lines[words].x - colon) < 3 for words in wanted[1:]} == {True}
    to, *rest = (line for line in paragraphs_of(document) if line.text in wanted)
    dash = rest[0].paragraph_format.left_indent.pt + rest[0].paragraph_format.first_line_indent.pt
    assert abs(dash - to.paragraph_format.left_indent.pt - wide("Kính gửi", 14, "Regular")) < 3


def test_the_page_is_a4_with_the_margins_of_the_decree(pdf, pieces, word):
    assert [round(float(side) / MM) for side in pdf.pages[0].mediabox[2:]] == list(A4)
    section = word.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == A4
    assert (round(section.top_margin.mm), round(section.bottom_margin.mm)) == (20, 20)
    assert (round(section.left_margin.mm), round(section.right_margin.mm)) == (30, 15)
    body = [piece for piece in pieces if piece.text.startswith(("Sở Khoa học và", "kết quả", "thông"))]
    assert {round(piece.x / MM, 1) for piece in body} <= {30.0, 42.7}
    assert min(piece.y for piece in pieces) / MM >= 20
    first = max(piece.y for piece in pieces if piece.page == 0)
    assert 297 - 20 - 6 < first / MM < 297 - 20


def test_box_6_is_justified_with_a_first_line_of_12_7_mm_and_6_points_between(pieces, word):
    lines = [line for line in word.paragraphs if line.text.startswith("Sở Khoa học")]
    assert len(lines) == 10
    for line in lines:
        shape = line.paragraph_format
        assert line.alignment == WD_ALIGN_PARAGRAPH.JUSTIFY and round(shape.first_line_indent.mm, 1) == 12.7
        assert shape.space_after.pt == 6 and line.runs[0].font.size.pt == 14
    firsts = [piece for piece in pieces if piece.text.startswith("Sở Khoa học") and piece.page == 0]
    assert {round(piece.x / MM, 1) for piece in firsts} == {42.7}
    lines = sorted({round(piece.y, 1) for piece in pieces if piece.page == 1 and piece.y < 265 * MM}, reverse=True)[:8]
    steps = sorted({round(above - below, 1) for above, below in pairwise(lines)})
    assert round(steps[-1] - steps[0]) == 6 and {round(step, 0) for step in steps} == {18, 24}


def test_rules_are_drawn_as_long_as_the_decree_wants_them(pdf, pieces, word):
    """Under the office and the title 1/3 to 1/2 of the line, under the motto as long as the line; each centred below."""
    rules = [rule for rule in rules_of(pdf) if rule.page == 0]
    shares = [("SỞ KHOA HỌC VÀ CÔNG NGHỆ", 12, 1 / 3, 1 / 2), ("Độc lập - Tự do - Hạnh phúc", 13, 0.99, 1.01)]
    shares += [("Kết quả sản phẩm truyền thông tháng 10/2026", 14, 1 / 3, 1 / 2)]
    assert len(rules) == len(shares)
    for rule, (words, size, least, most) in zip(rules, shares, strict=True):
        line = next(piece for piece in pieces if piece.text == words)
        assert least <= rule.length / wide(words, size) <= most
        assert 2 < line.y - rule.y < 12
        assert abs(rule.x + rule.length / 2 - line.x - wide(words, size) / 2) < 1
    section = word.sections[0]
    room = (section.page_width - section.left_margin - section.right_margin) / 12700
    rooms = {shares[0][0]: room * 0.42, shares[1][0]: room * 0.58, shares[2][0]: room}
    drawn = {words: line.paragraph_format for words, line in borders_of(word)[:3]}
    for words, size, least, most in shares:
        assert drawn[words].left_indent == drawn[words].right_indent
        length = rooms[words] - drawn[words].left_indent.pt * 2
        assert least - 0.01 <= length / wide(words, size) <= most + 0.01


def test_nothing_is_underlined(word):
    assert not [run for line in paragraphs_of(word) for run in line.runs if run.underline]


def test_boxes_of_the_head_stand_side_by_side_without_borders(word):
    head, closing = word.tables[0], word.tables[1]
    left, right = head.rows[0].cells
    assert left.text.splitlines()[:2] == ["UBND TỈNH NÚI XANH", "SỞ KHOA HỌC VÀ CÔNG NGHỆ"]
    assert right.text.splitlines()[:2] == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
    assert closing.rows[0].cells[0].text.splitlines() == [
        "Nơi nhận:",
        "- Như trên;",
        "- Lãnh đạo Sở;",
        "- Lưu: VT, CĐS.",
    ]
    assert closing.rows[0].cells[1].text.split("\n") == ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "", "", "", "", "Nông Văn Ký"]
    for table in (head, closing):
        assert table._tbl.tblPr.find(qn("w:tblBorders")) is None and not table._tbl.findall(".//" + qn("w:tcBorders"))
        for cell in (cell for row in table.rows for cell in row.cells):
            lined = [line for line in cell.paragraphs if line.text and not line.text.startswith(("-", "Nơi nhận"))]
            assert {line.alignment for line in lined} <= {WD_ALIGN_PARAGRAPH.CENTER}


def test_box_9b_is_level_with_the_signer_at_the_left_margin(pieces):
    lines = {piece.text: piece for piece in pieces}
    assert round(lines["Nơi nhận:"].x / MM) == 30 and abs(lines["Nơi nhận:"].y - lines["KT. GIÁM ĐỐC"].y) < 4


def test_pages_are_numbered_in_the_top_margin_from_the_second_and_annexes_by_themselves(pdf, pieces):
    numbers = [
        [p for p in pieces if p.page == page and p.text.isdecimal() and p.size == 14] for page in range(len(pdf.pages))
    ]
    starts = [next(p.page for p in pieces if p.text == words) for words in ("Phụ lục I", "Phụ lục II")]
    assert starts == [2, 3] and len(pdf.pages) == 7
    assert [[p.text for p in found] for found in numbers] == [[], ["2"], [], [], ["2"], ["3"], ["4"]]
    number = numbers[1][0]
    assert number.look == (14, False, False) and 297 - 20 < number.y / MM < 297 - 5
    assert abs(number.x + 3.5 - (30 + 165 / 2) * MM) < 2


def test_the_page_number_of_the_word_file_is_a_field_that_the_first_page_of_each_part_lacks(word):
    assert len(word.sections) == 3
    for section in word.sections:
        line = section.header.paragraphs[0]
        assert line.alignment == WD_ALIGN_PARAGRAPH.CENTER and {run.font.size.pt for run in line.runs} == {14}
        assert [code.text for code in line._p.iter(qn("w:instrText"))] == ["PAGE"]
        assert section.different_first_page_header_footer and not section.first_page_header.paragraphs[0].text
        assert [node.get(qn("w:start")) for node in section._sectPr.iter(qn("w:pgNumType"))] == ["1"]
        assert section.header_distance.mm < section.top_margin.mm
    assert [section.orientation for section in word.sections] == [WD_ORIENT.PORTRAIT] * 2 + [WD_ORIENT.LANDSCAPE]


def test_a_wide_annex_lies_across_and_its_heading_rows_repeat(pdf, word):
    assert [round(float(side) / MM) for side in pdf.pages[3].mediabox[2:]] == [297, 210]
    texts = [page.extract_text() for page in pdf.pages[3:]]
    assert all("Đơn vị" in text and "Số lượng" in text for text in texts)
    for table in word.tables[2:]:
        assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows][:2] == [True, False]
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_tables_say_the_same_in_both(pdf, word):
    rows = [[cell.text for cell in row.cells] for row in word.tables[2].rows]
    assert rows == [["Đơn vị", "Số lượng"], ["Sở Y tế", "1.200"], ["Sở Tư pháp", "34"], ["Tổng cộng", "1.234"]]
    assert "Sở Y tế 1.200 Sở Tư pháp 34 Tổng cộng 1.234 Ghi chú." in " ".join(pdf.pages[2].extract_text().split())
    assert len(word.tables[3].rows) == 92


def test_times_new_roman_is_named_for_every_script_and_vietnamese_is_the_language(word):
    normal = word.styles["Normal"].element.rPr
    fonts = [normal.rFonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs")]
    assert fonts == ["Times New Roman"] * 4
    assert not list(word.element.body.iter(qn("w:rFonts")))
    assert [node.get(qn("w:val")) for node in normal.iter(qn("w:lang"))] == ["vi-VN"]
    assert (word.core_properties.title, word.core_properties.author) == ("BÁO CÁO", "SỞ KHOA HỌC VÀ CÔNG NGHỆ")


def test_children_stand_in_the_order_that_word_demands(word):
    """Word calls a file damaged where a reader in Python sees nothing wrong."""
    order = {
        "sectPr": ["headerReference", "type", "pgSz", "pgMar", "pgNumType", "cols", "titlePg", "docGrid"],
        "tblPr": ["tblStyle", "tblW", "jc", "tblInd", "tblBorders", "tblLayout", "tblCellMar", "tblLook"],
        "pPr": ["pStyle", "keepNext", "pBdr", "spacing", "ind", "jc", "sectPr"],
        "rPr": ["rFonts", "b", "i", "sz", "szCs", "lang"],
        "trPr": ["cantSplit", "tblHeader"],
    }
    for kind, wanted in order.items():
        for node in word.element.body.iter(qn(f"w:{kind}")):
            found = [wanted.index(child.tag.rpartition("}")[2]) for child in node]
            assert found == sorted(found), kind
    assert word.element.body[-2].tag == qn("w:p"), "no document ends with a table"
    modes = [node.get(qn("w:val")) for node in word.settings.element.iter(qn("w:compatSetting"))]
    assert modes == ["15"]


def test_every_font_of_the_pdf_is_embedded(pdf):
    fonts = [font.get_object() for page in pdf.pages for font in page["/Resources"]["/Font"].values()]
    assert {font["/BaseFont"].split("+")[1].split("-")[0] for font in fonts} == {"Tinos"}
    kinds = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for font in fonts]
    assert all("/FontFile2" in kind for kind in kinds)


def test_the_pdf_declares_itself_fit_for_archives(pdf):
    """PDF/A-2b: typst refuses to write what breaks the standard; the colours have their profile, nothing is run."""
    metadata = pdf.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata and "<pdfaid:conformance>B</pdfaid:conformance>" in metadata
    assert pdf.trailer["/Root"]["/OutputIntents"] and "/AcroForm" not in pdf.trailer["/Root"]


@pytest.mark.parametrize("write", [write_pdf, write_docx])
def test_the_same_paper_gives_the_same_bytes(write, monkeypatch):
    streams = BytesIO(), BytesIO()
    for stream, now in zip(streams, (1_700_000_000, 1_800_000_000), strict=True):
        monkeypatch.setattr(time, "time", lambda now=now: now)
        write(stream, LETTER)
    assert streams[0].getvalue() == streams[1].getvalue()


def test_what_people_typed_is_never_markup_nor_a_broken_file():
    nasty = "<w:p/> & \x00\x0b\ud800]]> #panic() {x}"
    document = word_of(Paper(nasty, [nasty, Table(nasty, COLUMNS, [(nasty, 1)])], heading=Heading("A", nasty)))
    texts = [line.text for line in paragraphs_of(document)]
    assert texts.count("<w:p/> & ]]> #panic() {x}") >= 4


def test_a_long_table_of_a_word_file_is_cut_and_says_so(monkeypatch):
    monkeypatch.setattr(papers, "MOST_ROWS", 3)
    document = word_of(Paper("A", [Table("", COLUMNS, [(f"Đơn vị {n}", 1) for n in range(5)])]))
    assert [row.cells[0].text for row in document.tables[0].rows] == [
        "Đơn vị",
        "Đơn vị 0",
        "Đơn vị 1",
        "Đơn vị 2",
        "Tổng cộng",
    ]
    assert document.tables[0].rows[-1].cells[1].text == "5"
    assert "Bảng in 3 dòng đầu trong 5 dòng; xem đủ ở tệp Excel." in [line.text for line in document.paragraphs]
