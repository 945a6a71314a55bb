"""The same Table on paper and in files: real types, no live formulas, nothing lost on the way back."""

import csv
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from python_calamine import CalamineWorkbook

from portal.lib.documents.csv import BOM, csv_lines, neutral_text, restore_text, write_csv
from portal.lib.documents.table import SUM, Column, Heading, Table, show
from portal.lib.documents.xlsx import xlsx_bytes

COLUMNS = (
    Column("agency", "Đơn vị", width=40),
    Column("count", "Số sản phẩm", "integer", total=SUM),
    Column("share", "Tỷ lệ", "percent", total=0.5),
    Column("mean", "Trung bình", "decimal"),
    Column("on", "Ngày", "date"),
    Column("at", "Lúc", "datetime"),
)
ROWS = (
    {
        "agency": "Sở Y tế",
        "count": 1234,
        "share": 0.875,
        "mean": Decimal("12.5"),
        "on": date(2026, 10, 5),
        "at": datetime(2026, 10, 5, 10, tzinfo=UTC),
    },
    {"agency": "Xã Mẫu", "count": 0, "share": "–", "mean": None, "on": None, "at": None},
)
RISKY = [
    '=HYPERLINK("http://xau.example","x")',
    "@SUM(1)",
    "+84 912 345 678",
    "-",
    "-5",
    "\t=1",
    "\r=1",
    "  =1",
    "＝1+1",
    "'=1",
    "''=1",
    'a","=1+1',
    "dòng một\n=1+1",
    "tên;=1",
    "tên; '@x",
    "- gạch đầu dòng\n- tiếp theo",
    "'chỉ là dấu nháy'",
    "Sở Văn hóa, Thể thao và Du lịch",
    "",
]


def report(rows=ROWS, **changes):
    heading = Heading("UBND TỈNH", "SỞ KHOA HỌC VÀ CÔNG NGHỆ", "(Kèm theo Báo cáo số      /BC-SKHCN)")
    return Table("Bảng tổng hợp", COLUMNS, rows, **({"heading": heading, "sheet": "2026-11"} | changes))


def sheet_rows(data, sheet=0):
    return CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(sheet).to_python()


def parts(data):
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")}


def risky_table(rows=RISKY):
    return Table("Chữ", (Column("text", "Chữ"),), [[text] for text in rows])


def test_cells_keep_their_types():
    rows = sheet_rows(xlsx_bytes(report()))
    header = next(index for index, row in enumerate(rows) if row[0] == "Đơn vị")
    assert rows[header + 1] == [
        "Sở Y tế",
        1234,
        0.875,
        12.5,
        date(2026, 10, 5),
        datetime(2026, 10, 5, 17, tzinfo=UTC).replace(tzinfo=None),
    ]
    assert rows[header + 2] == ["Xã Mẫu", 0, "–", "", "", ""]
    assert rows[header + 3][:4] == ["Tổng cộng", 1234, 0.5, ""]


def test_the_sheet_opens_as_an_annex_with_the_national_title():
    texts = [[cell for cell in row if cell != ""] for row in sheet_rows(xlsx_bytes(report(subtitle="Tháng 11/2026")))]
    assert texts[:6] == [
        ["UBND TỈNH", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["SỞ KHOA HỌC VÀ CÔNG NGHỆ", "Độc lập - Tự do - Hạnh phúc"],
        [],
        ["BẢNG TỔNG HỢP"],
        ["Tháng 11/2026"],
        ["(Kèm theo Báo cáo số      /BC-SKHCN)"],
    ]


def test_the_page_prints_on_a4_landscape_with_a_repeated_and_frozen_header():
    sheet = parts(xlsx_bytes(report()))["xl/worksheets/sheet1.xml"]
    book = parts(xlsx_bytes(report()))["xl/workbook.xml"]
    assert 'paperSize="9"' in sheet and 'orientation="landscape"' in sheet and 'fitToHeight="0"' in sheet
    assert '<pane ySplit="7" topLeftCell="A8" activePane="bottomLeft" state="frozen"/>' in sheet
    assert '<autoFilter ref="A7:F9"/>' in sheet
    assert "'2026-11'!$7:$7" in book


def test_text_never_becomes_a_formula_and_risky_text_is_quoted():
    data = xlsx_bytes(risky_table())
    sheet = parts(data)["xl/worksheets/sheet1.xml"]
    assert "<f>" not in sheet and "<hyperlink" not in sheet
    assert 'quotePrefix="1"' in parts(data)["xl/styles.xml"]
    read = [row[0] for row in sheet_rows(data)]
    assert read[read.index("Chữ") + 1 :][: len(RISKY)] == RISKY


def test_a_text_longer_than_a_cell_is_cut_instead_of_lost():
    assert sheet_rows(xlsx_bytes(risky_table(["x" * 40_000])))[-1] == ["x" * 32_767]


def test_a_narrow_or_empty_table_still_opens():
    narrow = Table("Hẹp", (Column("a", "A"),), [], heading=Heading("UBND TỈNH", "SỞ"), notes=("Ghi chú",))
    assert [row[0] for row in sheet_rows(xlsx_bytes(narrow)) if row[0]] == [
        "UBND TỈNH",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "SỞ",
        "Độc lập - Tự do - Hạnh phúc",
        "HẸP",
        "A",
        "Ghi chú",
    ]


def test_several_tables_make_several_sheets():
    data = xlsx_bytes(report(sheet="Tổng hợp"), report(sheet="Chi tiết: [1/2]", rows=iter(ROWS)))
    assert CalamineWorkbook.from_filelike(BytesIO(data)).sheet_names == ["Tổng hợp", "Chi tiết- -1-2-"]
    assert sheet_rows(data, 0)[7:9] == sheet_rows(data, 1)[7:9]


def test_csv_prints_what_readers_expect():
    stream = StringIO()
    write_csv(report(), stream)
    assert stream.getvalue() == (
        BOM + "Đơn vị,Số sản phẩm,Tỷ lệ,Trung bình,Ngày,Lúc\r\n"
        'Sở Y tế,1234,"87,5 %","12,5",05/10/2026,17:00 05/10/2026\r\n'
        "Xã Mẫu,0,–,,,\r\n"
        "Tổng cộng,1234,50 %,,,\r\n"
    )


def test_csv_streams_in_pieces_and_reads_its_rows_once():
    rows = ([f"Đơn vị {number}"] for number in range(1200))
    assert len(list(csv_lines(Table("Dài", (Column("name", "Tên"),), rows)))) == 4


@pytest.mark.parametrize("text", RISKY)
def test_csv_text_cannot_start_a_formula_and_comes_back_the_same(text):
    stream = StringIO(newline="")
    write_csv(risky_table([text]), stream)
    field = list(csv.reader(StringIO(stream.getvalue().removeprefix(BOM), newline="")))[1:] or [[""]]
    written = field[0][0] if field[0] else ""
    assert not written.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "＝"))
    assert ";=" not in written and "\n=" not in written
    assert restore_text(written) == text


@pytest.mark.parametrize("risky", ["=1+1", "a\n=1", "x;@y", "\t=1", " +1", "'=1", "ba; -2"])
@pytest.mark.parametrize("place", [0, 7, 499])
def test_one_risky_text_is_seen_among_the_plain_ones_of_its_column(risky, place):
    texts = ["", "nguoi@tinh.example", "0912•••678", "a=b", "Sở Y tế"] * 100
    texts[place] = risky
    rows = list(csv.reader(StringIO("".join(csv_lines(Table("", [Column("a", "A")], [[text] for text in texts]))))))
    assert [text for row in rows[1:] for text in row or [""]] == list(map(neutral_text, texts))
    assert rows[1 + place] == [neutral_text(risky)] != [risky]


def test_csv_numbers_of_a_column_of_shares_print_as_shares():
    columns = [Column("n", "Số", "integer"), Column("r", "Tỷ lệ", "percent")]
    assert "".join(csv_lines(Table("", columns, [[1, 1], [2, 0]]))) == f"{BOM}Số,Tỷ lệ\r\n1,100 %\r\n2,0 %\r\n"


@pytest.mark.parametrize("text", ["Sở Y tế", "0912 345 678", "a=b", "ghi chú; xem thêm", "'thường'", "1+1"])
def test_ordinary_text_is_not_touched(text):
    assert neutral_text(text) == text and restore_text(text) == text


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (1234567, "integer", "1.234.567"),
        (Decimal("1234.50"), "decimal", "1.234,5"),
        (3.0, "decimal", "3"),
        (0.875, "percent", "87,5 %"),
        (1, "percent", "100 %"),
        (0, "percent", "0 %"),
        (None, "percent", "–"),
        (None, "text", ""),
        (date(2026, 10, 5), "date", "05/10/2026"),
        (datetime(2026, 10, 4, 17, 30, tzinfo=UTC), "datetime", "00:30 05/10/2026"),
        (datetime(2026, 10, 4, 17, 30, tzinfo=UTC), "date", "05/10/2026"),
    ],
)
def test_values_are_shown_as_vietnamese_readers_write_them(value, kind, shown):
    assert show(value, kind) == shown


def test_rows_are_as_high_as_their_text_takes():
    """Programs do not agree on heights left open: the header and long texts get theirs, the others one line."""
    columns = (Column("name", "Đơn vị", width=10), Column("count", "Trong đó chưa đến hạn", "integer", 8))
    table = Table(
        "Bảng", columns, [("Sở Y tế", 1), ("Ban Quản lý khu kinh tế cửa khẩu", 2), ("a\nb\nc\nd\ne\nf\ng\nh", 3)]
    )
    sheet = parts(xlsx_bytes(table))["xl/worksheets/sheet1.xml"]
    assert 'defaultRowHeight="16.5" customHeight="1"' in sheet
    heights = dict(re.findall(r'<row r="(\d+)"[^>]*? ht="([\d.]+)"', sheet))
    assert [heights.get(str(row)) for row in (3, 4, 5, 6)] == ["53.25", "16.5", "49.5", "132"]
