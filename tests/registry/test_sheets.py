"""Messy spreadsheets: what is read, what is mended, what is refused and in which words."""

import io
import time
import unicodedata
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.sheets import KINDS, guess_kind, read_sheet
from registry.sheets.container import (
    ARCHIVE,
    BINARY_SHEET,
    BOMB,
    DAMAGED,
    EMPTY,
    ENCRYPTED,
    MACROS,
    NOT_A_SHEET,
    NOT_EXCEL,
    NUMBERS_FILE,
    OPEN_DOCUMENT,
    TOO_BIG,
    WEB_PAGE,
    WORD_FILE,
)
from registry.sheets.delimited import TOO_MANY_COLUMNS
from registry.sheets.encodings import TCVN3, VNI
from registry.sheets.values import BAD_DAY, BAD_EMAIL, BROKEN, EXCEL_ERROR, FOREIGN_LETTERS, FORMULA_TEXT, MARKUP_TEXT
from registry.sheets.xlsx import _plain_facts, _scanned
from tests.registry.sheet_files import FIRST, HEADINGS, SECOND, cells_xml, csv, package, row, sheet_xml, xlsx

LOCKED_XLS = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + bytes(400)
    + b"\x09\x08\x10\x00\x00\x06\x05\x00" + bytes(12) + b"\x86\x00\x00\x00" + b"\x2f\x00\x36\x00" + bytes(54)
)  # fmt: skip
"""Beginning of a workbook of Excel 97–2003 with a password: BOF, WRITEPROTECT, FILEPASS."""


def zipped(*names):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return stream.getvalue()


def read(content, name="", kind="registrations"):
    return read_sheet(content, kind=kind, name=name)


def problems(sheet):
    return [(line.number, problem.column, problem.message) for line in sheet.rows for problem in line.problems]


def values(sheet, key):
    return [line.values[key] for line in sheet.rows]


def test_a_clean_sheet_is_accepted_as_it_is():
    sheet = read(xlsx(HEADINGS, FIRST, SECOND), "bang.xlsx")
    assert (sheet.outcome, sheet.warnings, problems(sheet)) == ("accept", [], [])
    assert sheet.rows[0].values == {
        "stt": "1", "ma_don_vi": "SYT", "ten_don_vi": "Sở Y tế", "ho_ten": "Vi Thị Thử", "chuc_vu": "Chuyên viên",
        "dien_thoai": "0912000111", "email": "thu.vi@yte.example", "loai_kenh": "facebook_page",
        "duong_dan": "https://www.facebook.com/soytethu", "ngay": date(2026, 11, 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "delimiter", "line_end", "outcome"),
    [
        ("utf-8-sig", ",", "\r\n", "accept"),
        ("utf-8", ",", "\n", "accept"),
        ("utf-8", "\t", "\n", "accept"),
        ("utf-8", ";", "\r\n", "accept_normalized"),
        ("utf-8", "|", "\r\n", "accept_normalized"),
        ("utf-8", ",", "\r", "accept_normalized"),
        ("utf-16", "\t", "\r\n", "accept_normalized"),
        ("utf-16-le", "\t", "\r\n", "accept_normalized"),
        ("utf-16-be", ",", "\r\n", "accept_normalized"),
    ],
)
def test_text_files_of_every_make(encoding, delimiter, line_end, outcome):
    sheet = read(csv(HEADINGS, FIRST, SECOND, encoding=encoding, delimiter=delimiter, line_end=line_end), "b.csv")
    assert sheet.outcome == outcome
    assert values(sheet, "ten_don_vi") == ["Sở Y tế", "Ủy ban nhân dân xã Suối Mơ"]


def old_bytes(text, table):
    """Text in an old one-byte encoding; `table` maps what stands in the file to the letter."""
    back = {letter: code for code, letter in table.items()}
    return b"".join(bytes([back[c]]) if isinstance(back.get(c), int) else back.get(c, c).encode("cp1252") for c in text)


def test_tcvn3_is_converted_letter_by_letter():
    text = csv(HEADINGS, row(c2="Sở Nội vụ", c1="", c3="Đặng Văn Thuỷ")).decode("utf-8-sig")
    sheet = read(old_bytes(text, TCVN3), "b.csv")
    assert (sheet.outcome, values(sheet, "ho_ten")) == ("accept_normalized", ["Đặng Văn Thuỷ"])


def test_vni_is_converted_letter_by_letter():
    text = csv(HEADINGS, row(c3="Nguyễn Thị Hường")).decode("utf-8-sig")
    sheet = read(old_bytes(text, VNI), "b.csv")
    assert (sheet.outcome, values(sheet, "ho_ten")) == ("accept_normalized", ["Nguyễn Thị Hường"])


def test_windows_1258_is_composed():
    text = csv(HEADINGS, FIRST).decode("utf-8-sig")
    sheet = read("".join(map(split_tone, text)).encode("cp1258"), "b.csv")
    assert (sheet.outcome, values(sheet, "ten_don_vi")) == ("accept_normalized", ["Sở Y tế"])


def split_tone(letter):
    """ở → ơ and a tone mark, as Windows-1258 writes it; letters that it has whole stay."""
    try:
        letter.encode("cp1258")
    except UnicodeEncodeError:
        marks = unicodedata.normalize("NFD", letter)
        tone = next(mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323")
        return unicodedata.normalize("NFC", marks.replace(tone, "")) + tone
    return letter


def test_text_broken_once_is_mended():
    broken = csv(HEADINGS, FIRST, encoding="utf-8").decode("latin-1").encode("utf-8")
    sheet = read(broken, "b.csv")
    assert (sheet.outcome, values(sheet, "ten_don_vi")) == ("accept_normalized", ["Sở Y tế"])


def test_headings_stand_anywhere_in_any_order_and_case():
    titles = [["SỞ KHOA HỌC VÀ CÔNG NGHỆ"], [], ["DANH SÁCH ĐẦU MỐI"], ["(kèm theo Công văn số 1)"], []]
    heading = ["Link kênh", " EMAIL\n", "Số ĐT (*)", "Họ tên", "đơn  vị", "NỀN TẢNG", "Từ ngày"]
    data = [FIRST[8], FIRST[6], FIRST[5], FIRST[3], FIRST[2], FIRST[7], FIRST[9]]
    sheet = read(xlsx(*titles, heading, ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"], data), "b.xlsx")
    assert (sheet.outcome, problems(sheet)) == ("accept_normalized", [])
    assert (sheet.rows[0].number, sheet.rows[0].line, sheet.rows[0].values["ho_ten"]) == (1, 8, "Vi Thị Thử")


def test_two_storey_headings_with_merged_cells():
    upper = ["STT", "Cơ quan", "Đầu mối", "Đầu mối", "Đầu mối", "Kênh", "Kênh", "Ngày hiệu lực"]
    lower = ["STT", "Cơ quan", "Họ tên", "Điện thoại", "Email", "Nền tảng", "Địa chỉ", "Ngày hiệu lực"]
    data = [1, FIRST[2], FIRST[3], FIRST[5], FIRST[6], FIRST[7], FIRST[8], FIRST[9]]
    merges = [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 4), (0, 5, 0, 6), (0, 7, 1, 7)]
    sheet = read(xlsx(upper, lower, data, merges=merges), "b.xlsx")
    assert (sheet.outcome, problems(sheet), sheet.warnings) == ("accept_normalized", [], [])
    assert sheet.rows[0].values["dien_thoai"] == "0912000111"


def test_missing_required_columns_are_named():
    heading = [label for label in HEADINGS if label not in ("Số điện thoại", "Email")]
    sheet = read(xlsx(heading, FIRST[:5] + FIRST[7:]), "b.xlsx")
    assert sheet.errors == ["Thiếu cột bắt buộc: “Số điện thoại”, “Email”. Hãy thêm cột hoặc dùng tệp mẫu."]


def test_the_same_heading_twice_is_refused():
    heading = ["Email" if label == "Chức vụ" else label for label in HEADINGS]
    sheet = read(xlsx(heading, FIRST), "b.xlsx")
    assert sheet.errors == ["Cột “Email” xuất hiện hai lần. Hãy giữ lại một cột và ghi đúng tên cột còn lại."]


def test_unknown_columns_are_ignored_and_named():
    sheet = read(xlsx([*HEADINGS, "Ghi chú nội bộ", ""], [*FIRST, "x", "lạc"]), "b.xlsx")
    assert (sheet.outcome, sheet.warnings) == ("warn", ["Không nhập các cột lạ: “Ghi chú nội bộ”, L."])


def test_only_merged_ranges_are_filled_down():
    rows = [HEADINGS, FIRST, row(c0=2, c1="", c2="", c8="https://www.facebook.com/hai")]
    merged = read(xlsx(*rows, merges=[(1, 1, 2, 1), (1, 2, 2, 2)]), "b.xlsx")
    assert (merged.outcome, values(merged, "ten_don_vi")) == ("warn", ["Sở Y tế", "Sở Y tế"])
    assert merged.warnings == ["Ô gộp: đã chép giá trị của ô gộp vào B3, C3. Hãy kiểm tra lại."]
    assert problems(read(xlsx(*rows), "b.xlsx")) == [(2, "Tên đơn vị", "Thiếu “Tên đơn vị”. Hãy điền ô này.")]


def test_hidden_sheets_are_not_read_and_named():
    sheet = read(xlsx(HEADINGS, FIRST, hidden_sheet="Nháp"), "b.xlsx")
    assert sheet.warnings == ["Trang tính ẩn “Nháp” không được nhập."]


def test_a_footer_is_no_row():
    sheet = read(xlsx(HEADINGS, FIRST, ["Tổng cộng: 1"], ["", "", "Người lập biểu"]), "b.xlsx")
    assert (len(sheet.rows), sheet.outcome) == (1, "warn")


def test_days_in_every_spelling():
    written = ["1/11/2026", "01-11-2026", "01.11.2026", "2026-11-01", "ngày 01 tháng 11 năm 2026", "1/11/26",
               "2026-10-31T17:30:00Z", "01/11/2026 08:30"]  # fmt: skip
    rows = [row(c9=day, c8=f"https://www.facebook.com/kenh{n}") for n, day in enumerate(written)]
    typed = [row(c9=date(2026, 11, 1)), row(c9=datetime(2026, 11, 1, 23, 30)), row(c9=46327)]  # noqa: DTZ001 - Excel has no zones
    sheet = read(xlsx(HEADINGS, *rows, *typed), "b.xlsx")
    assert problems(sheet) == []
    assert set(values(sheet, "ngay")) == {date(2026, 11, 1)}


def test_the_1904_calendar_does_not_shift():
    sheet = read(xlsx(HEADINGS, row(c9=date(2026, 11, 1)), epoch_1904=True), "b.xlsx")
    assert (sheet.outcome, values(sheet, "ngay")) == ("accept", [date(2026, 11, 1)])


@pytest.mark.parametrize("day", ["31/02/2026", "11/13/2026", "hôm nay", "00/00/0000", "9" * 40, "2026"])
def test_impossible_days(day):
    assert problems(read(xlsx(HEADINGS, row(c9=day)), "b.xlsx")) == [(1, "Ngày hiệu lực", BAD_DAY)]


@pytest.mark.parametrize(
    ("written", "kept"),
    [(912000111, "0912000111"), ("84912000111", "0912000111"), ("+84 912 000 111", "0912000111"),
     ("０９１２０００１１１", "0912000111"), ("0912.000.111", "0912000111"), ("0205 3812 345", "02053812345"),
     ("01652000111", "0352000111")],
)  # fmt: skip
def test_phones_are_normalised(written, kept):
    sheet = read(xlsx(HEADINGS, row(c5=written)), "b.xlsx")
    assert (sheet.outcome, values(sheet, "dien_thoai")) == ("accept_normalized", [kept])


@pytest.mark.parametrize("written", ["9,12E+08", "9.12E+08", "0912", "không nhớ", "0912000111; 0912000222"])
def test_phones_that_cannot_be_kept(written):
    assert [found[:2] for found in problems(read(xlsx(HEADINGS, row(c5=written)), "b.xlsx"))] == [(1, "Số điện thoại")]


@pytest.mark.parametrize(
    ("column", "written", "message"),
    [
        (6, "a@b.example\r\nBcc: c@d.example", BAD_EMAIL),
        (6, "a@b.example, c@d.example", BAD_EMAIL),
        (6, "Vi Thị <a@b.example>", BAD_EMAIL),
        (3, "=cmd|' /C calc'!A0", FORMULA_TEXT),
        (3, "@SUM(1+1)", FORMULA_TEXT),
        (3, "<img src=x onerror=alert(1)>", MARKUP_TEXT),
        (2, "Sở Nộі vụ", FOREIGN_LETTERS),
        (2, "Sá»Ÿ Ná»™i vá»¥", BROKEN),
        (3, "#REF!", EXCEL_ERROR),
        (4, "A" * 200, "Dài 200 ký tự, tối đa 120. Hãy viết ngắn lại."),
    ],
)
def test_cells_that_are_refused(column, written, message):
    sheet = read(xlsx(HEADINGS, row(**{f"c{column}": written})), "b.xlsx")
    assert problems(sheet) == [(1, HEADINGS[column], message)]


@pytest.mark.parametrize("written", ["-", "không có", "…", "\u200b", "   "])
def test_words_for_nothing_are_nothing(written):
    assert problems(read(xlsx(HEADINGS, row(c4=written)), "b.xlsx")) == []
    assert problems(read(xlsx(HEADINGS, row(c6=written)), "b.xlsx")) == [(1, "Email", "Thiếu “Email”. Hãy điền ô này.")]


def test_old_fonts_inside_unicode_cells_are_refused():
    sheet = read(xlsx(HEADINGS, row(c2="Së Néi vô ®¬n")), "b.xlsx")
    assert "TCVN3" in problems(sheet)[0][2]


def test_decomposed_letters_and_invisible_signs_are_mended():
    sheet = read(xlsx(HEADINGS, row(c2="Sơ\u0309 Y tê\u0301", c3="Vi\u200b Thị\u00a0Thử_x000D_\n")), "b.xlsx")
    assert sheet.outcome == "accept_normalized"
    assert (sheet.rows[0].values["ten_don_vi"], sheet.rows[0].values["ho_ten"]) == ("Sở Y tế", "Vi Thị Thử")


def test_a_link_that_shows_another_address_is_refused():
    deceit = 'HYPERLINK("https://gia.example/","https://soyte.tinh.example")'
    sheet = read(xlsx(HEADINGS, FIRST, formulas=[(1, 8, f"={deceit}", "https://soyte.tinh.example")]), "b.xlsx")
    assert [found[:2] for found in problems(sheet)] == [(1, "Đường dẫn")]
    assert "https://gia.example/" in problems(sheet)[0][2]


def test_computed_cells_are_taken_with_a_warning_and_outside_calls_are_not():
    plain = read(xlsx(HEADINGS, FIRST, formulas=[(1, 4, '=UPPER("a")', "Chuyên viên")]), "b.xlsx")
    assert (plain.outcome, plain.rows[0].values["chuc_vu"]) == ("warn", "Chuyên viên")
    outside = read(xlsx(HEADINGS, FIRST, formulas=[(1, 4, '=WEBSERVICE("http://a.example")', "x")]), "b.xlsx")
    assert [found[:2] for found in problems(outside)] == [(1, "Chức vụ")]


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "b.xlsx", EMPTY),
        (b"\xef\xbb\xbf  \r\n", "b.csv", EMPTY),
        (b"x" * (10 * 1024 * 1024 + 1), "b.csv", TOO_BIG),
        (b"<html><table></table>", "b.xls", WEB_PAGE),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "b.xls", WEB_PAGE),
        (csv(HEADINGS, FIRST), "b.xlsx", NOT_EXCEL),
        (b"%PDF-1.7", "b.pdf", NOT_A_SHEET),
        (b"MZ\x90\x00", "b.csv", NOT_A_SHEET),
        (b"a,b\x00c" * 9, "b.csv", NOT_A_SHEET),
        (b"PK\x03\x04 hong", "b.xlsx", DAMAGED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "b.xlsx", ENCRYPTED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + b"\xff" * 2000, "b.xls", DAMAGED),
        (package("", **{"word/document.xml": "<a/>"}), "b.xlsx", WORD_FILE),
        (package("", **{"content.xml": "<a/>"}), "b.ods", OPEN_DOCUMENT),
        (package("", **{"xl/workbook.bin": "x"}), "b.xlsb", BINARY_SHEET),
        (package("", **{"Index/Document.iwa": "x"}), "b.numbers", NUMBERS_FILE),
        (zipped("danh-sach.xlsx"), "b.zip", ARCHIVE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "b.doc", WORD_FILE),
        (LOCKED_XLS, "b.xls", ENCRYPTED),
        (package("", **{"xl/vbaProject.bin": "x"}), "b.xlsx", MACROS),
        (package("", types_extra="<a ContentType='application/vnd.ms-excel.sheet.macroEnabled.main+xml'/>"), "b.xlsx", MACROS),
        (package("", **{"xl/worksheets/sheet2.xml": "<a>" + "x" * 9_000_000}), "b.xlsx", BOMB),
    ],
)  # fmt: skip
def test_files_that_are_refused_whole(content, name, sentence):
    sheet = read(content, name)
    assert (sheet.outcome, sheet.errors, sheet.rows) == ("reject_file", [sentence], [])


def test_no_document_type_is_ever_read():
    doctype = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>'
    assert read(package(sheet_xml(cells_xml(HEADINGS, FIRST)), prologue=doctype), "b.xlsx").errors == [DAMAGED]


def test_a_value_at_the_end_of_the_sheet_costs_no_memory():
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    sheet = read(package(sheet_xml(cells_xml(HEADINGS, FIRST) + far)), "b.xlsx")
    assert "XFD1048576" in sheet.errors[0]


def test_a_hundred_thousand_blank_rows_are_quick():
    blank = "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(3, 100_000))
    started = time.monotonic()
    sheet = read(package(sheet_xml(cells_xml(HEADINGS, FIRST) + blank)), "b.xlsx")
    assert (sheet.outcome, len(sheet.rows)) == ("accept", 1)
    assert time.monotonic() - started < 10


def test_a_line_of_a_million_cells_is_quick():
    started = time.monotonic()
    assert read(b"a,b;c|" * 1_000_000, "b.csv").errors == [TOO_MANY_COLUMNS]
    assert time.monotonic() - started < 5


def test_too_many_rows_are_refused():
    rows = [row(c8=f"https://www.facebook.com/k{n}") for n in range(20_001)]
    assert read(csv(HEADINGS, *rows), "b.csv").errors == ["Bảng có hơn 20.000 dòng. Hãy chia thành nhiều tệp."]


def test_kinds_are_guessed_from_the_headings():
    assert guess_kind(xlsx(HEADINGS, FIRST), "b.xlsx") == "registrations"
    assert guess_kind(b"type,name,short,gso_code\nso,S\xe1\xbb\x9f Y t\xe1\xba\xbf,SYT,\n", "b.csv") == "agencies"
    assert guess_kind("Đơn vị,Họ tên,SĐT,Vai trò\n".encode(), "b.csv") == "contacts"
    assert guess_kind("Đơn vị\tLoại kênh\tTên kênh\tLink\n".encode()) == "channels"
    assert guess_kind(b"\x00\x01\x02", "b.xlsx") == "registrations"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=st.binary(max_size=400), head=st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"STT,Email\n", b"\xef\xbb\xbf"]),
       kind=st.sampled_from(sorted(KINDS)), name=st.sampled_from(["", "a.csv", "a.xlsx", "a.xls"]))  # fmt: skip
def test_reading_bytes_never_raises(content, head, kind, name):
    assert read_sheet(head + content, kind=kind, name=name).outcome


cell = st.one_of(st.text(max_size=30), st.sampled_from([*map(str, FIRST), "=1+1", "-", "#N/A", "9,1E+08"]))


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.lists(cell, min_size=10, max_size=10), min_size=1, max_size=5))
def test_reading_rows_never_raises_and_says_what_is_wrong(rows):
    sheet = read(package(sheet_xml(cells_xml(HEADINGS, *[[xml_text(c) for c in cells] for cells in rows]))), "b.xlsx")
    assert sheet.errors or all(line.is_good or line.problems for line in sheet.rows)


def xml_text(text):
    return "".join(char for char in text if char.isprintable())


@pytest.mark.parametrize("extra", ["", '<mergeCells><mergeCell ref="A1:A1"/></mergeCells>', "<!-- bảng -->"])
def test_the_quick_look_at_a_plain_sheet_tells_what_the_scan_tells(extra):
    """Formulas, merges, links and hidden rows need the scan; a sheet of plain values reads the same without it."""
    xml = f'<worksheet><sheetData><row r="2"><c r="B2"><v>1</v></c><c r="AA2"><v>2</v></c></row></sheetData>{extra}</worksheet>'
    quick, scanned = _plain_facts(xml.encode()), _scanned(xml.encode())
    assert (quick is None) == bool(extra)
    assert quick in (None, scanned)


@pytest.mark.parametrize(
    "cell",
    ['<c r="A1"><f>1+1</f></c>', '<x:c r="A1"/>', "<c r='A1'><v>1</v></c>", "<c><v>1</v></c>", '<c r="XFD1048576"/>'],
)
def test_whatever_is_not_plain_is_scanned(cell):
    assert _plain_facts(f"<sheetData><row>{cell}</row></sheetData>".encode()) is None


@pytest.mark.parametrize(
    ("column", "heading"),
    [(2, "Tên cơ quan, đơn vị, địa phương"), (3, "Họ tên cán bộ đầu mối"), (3, "Họ & tên"), (5, "ĐT liên hệ"),
     (5, "Số điện thoại/Zalo"), (5, "ĐTDĐ (*)"), (6, "Email liên hệ"), (8, "Đường dẫn truy cập")],
)  # fmt: skip
def test_headings_with_words_that_only_qualify(column, heading):
    titles = [heading if index == column else label for index, label in enumerate(HEADINGS)]
    assert read(xlsx(titles, FIRST), "b.xlsx").outcome == "accept_normalized"


@pytest.mark.parametrize(
    "line",
    [["", "", "", "", "Thủ trưởng đơn vị"], ["", "", "", "Tỉnh Thử, ngày 20 tháng 11 năm 2026"], ["", "(Ký, ghi rõ họ tên)"],
     ["", "(Đã ký)"], ["II", "", "UBND các xã, phường"], ["B.", "", "Khối xã"]],
)  # fmt: skip
def test_signatures_and_lines_over_a_group_are_named_and_left_out(line):
    sheet = read(xlsx(HEADINGS, FIRST, line), "b.xlsx")
    assert (sheet.outcome, len(sheet.rows), len(sheet.warnings)) == ("warn", 1, 1)


def test_the_heading_of_the_next_page_is_no_row():
    sheet = read(xlsx(HEADINGS, FIRST, HEADINGS, SECOND), "b.xlsx")
    assert (sheet.outcome, len(sheet.rows)) == ("accept_normalized", 2)


def test_two_phones_with_a_dash_between_are_two():
    found = problems(read(xlsx(HEADINGS, row(c5="0912000111 - 0912000222")), "b.xlsx"))
    assert [line[:2] for line in found] == [(1, "Số điện thoại")]
    assert values(read(xlsx(HEADINGS, row(c5="0912 000 111 - Chị B")), "b.xlsx"), "dien_thoai") == ["0912000111"]


def test_people_and_channels_are_a_registration_even_without_a_required_column():
    headings = ["Tên đơn vị", "Họ và tên", "Email", "Loại kênh", "Đường dẫn"]
    values = ["Sở Y tế", "Vi Thị Thử", "thu@yte.example", "Facebook", "https://www.facebook.com/thu"]
    content = ("\n".join(",".join(line) for line in (headings, values))).encode()
    assert guess_kind(content, "bang.csv") == "registrations"
