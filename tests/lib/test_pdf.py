"""Papers as PDF: the text comes out as it went in, fonts are inside, pages are numbered, nothing is run."""

import unicodedata
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from portal.lib.documents import paper as papers
from portal.lib.documents.paper import Paper, Title
from portal.lib.documents.pdf import write_pdf
from portal.lib.documents.table import SUM, Column, Heading, Table

EVERY_LETTER = "Ăn ấy ắt ẵm Đĩa ếch ễ ghềnh ọc ốm ồn ổ ỗ ợ ở ỡ ứng ửng ữ ỳ ỵ ỷ ỹ Thuận Hoà Thuận Hòa"
COLUMNS = (Column("name", "Đơn vị", width=30), Column("count", "Số lượng", "integer", 10, SUM))


def printed(paper):
    stream = BytesIO()
    write_pdf(stream, paper)
    return PdfReader(stream)


def words_of(reader):
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def table(rows, **about):
    return Table("I. Số liệu", COLUMNS, rows, **about)


def test_vietnamese_text_comes_out_in_nfc_whatever_form_it_had():
    text = words_of(printed(Paper("BÁO CÁO", [EVERY_LETTER, unicodedata.normalize("NFD", "Tiếng Việt đủ dấu")])))
    assert EVERY_LETTER in text and "Tiếng Việt đủ dấu" in text
    assert text == unicodedata.normalize("NFC", text)


def test_every_font_is_tinos_and_embedded():
    reader = printed(Paper("BÁO CÁO", ["Thân bài"], heading=Heading("UBND TỈNH", "SỞ Y TẾ"), recipients=["Lưu: VT."]))
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert {font["/BaseFont"].split("+")[1].split("-")[0] for font in fonts} == {"Tinos"}
    kinds = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for font in fonts]
    assert all("/FontFile2" in kind for kind in kinds)


def test_the_letterhead_and_the_signature_follow_the_decree():
    paper = Paper(
        "BÁO CÁO", ["Thân bài."], summary="Kết quả tháng 9", heading=Heading("UBND TỈNH LẠNG SƠN", "SỞ Y TẾ"),
        number="Số: 05/BC-SYT", place="Lạng Sơn", on=date(2026, 2, 3), signer=["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"],
        signer_name="Nông Văn Ký", recipients=["Như trên;", "Lưu: VT."],
    )  # fmt: skip
    text = words_of(printed(paper))
    for words in (
        "UBND TỈNH LẠNG SƠN SỞ Y TẾ CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc",
        "Số: 05/BC-SYT Lạng Sơn, ngày 03 tháng 02 năm 2026 BÁO CÁO Kết quả tháng 9",
        "Nơi nhận: - Như trên; - Lưu: VT. KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC Nông Văn Ký",
    ):
        assert words in text


def test_a_paper_without_a_day_leaves_it_to_the_office():
    assert "ngày …… tháng …… năm 2026" in words_of(printed(Paper("A", [], heading=Heading("B", "C"), year=2026)))


def test_pages_are_numbered_from_the_second_and_headings_repeat():
    reader = printed(Paper("BÁO CÁO", [table([(f"Đơn vị {n}", n) for n in range(90)])], is_landscape=True))
    pages = [page.extract_text().split() for page in reader.pages]
    assert len(pages) > 2 and pages[0][0] == "BÁO"
    assert [page[0] for page in pages[1:]] == [str(number) for number in range(2, len(pages) + 1)]
    assert all("Đơn vị Số lượng" in " ".join(page) for page in pages)


def test_what_people_typed_is_never_run():
    nasty = '#panic("x") *đậm* $x^2$ <b> #read("/etc/passwd") \\ " // `'
    text = words_of(printed(Paper("BÁO CÁO", [nasty, Title(nasty), table([(nasty, 1)])])))
    assert text.count("#panic") == 3 and text.count("*đậm* $x^2$ <b>") == 3 and "root:" not in text


def test_only_web_addresses_become_links():
    rows = [("https://tinh.example/bai-1\njavascript:alert(1)\nhttpx", 1)]
    reader = printed(Paper("A", [table(rows)]))
    links = [note.get_object()["/A"]["/URI"] for page in reader.pages for note in page.get("/Annots", [])]
    assert links == ["https://tinh.example/bai-1"]


def test_numbers_and_totals_are_those_of_every_other_writer():
    text = words_of(printed(Paper("A", [table([("Một", 1200), ("Hai", None), ("Ba", 34)], notes=["Ghi chú cuối."])])))
    assert "Một 1.200 Hai – Ba 34 Tổng cộng 1.234 Ghi chú cuối." in text


def test_a_long_table_is_cut_and_says_so(monkeypatch):
    monkeypatch.setattr(papers, "MOST_ROWS", 3)
    text = words_of(printed(Paper("A", [table([(f"Đơn vị {n}", 1) for n in range(5)])])))
    assert "Đơn vị 2" in text and "Đơn vị 3" not in text and "Tổng cộng 5" in text
    assert "Bảng in 3 dòng đầu trong 5 dòng" in text


@pytest.mark.parametrize("parts", [[], [table([])]])
def test_an_empty_paper_is_a_paper(parts):
    assert len(printed(Paper("A", parts)).pages) == 1
