"""Spreadsheets for tests, written byte by byte where a library would be too polite. All people are invented."""

import io
import zipfile
from xml.sax.saxutils import escape

import xlsxwriter

HEADINGS = [
    "STT", "Mã đơn vị", "Tên đơn vị", "Họ và tên đầu mối", "Chức vụ", "Số điện thoại", "Email", "Loại kênh", "Đường dẫn",
    "Ngày hiệu lực",
]  # fmt: skip
FIRST = [
    1, "SYT", "Sở Y tế", "Vi Thị Thử", "Chuyên viên", "0912000111", "thu.vi@yte.example", "Facebook",
    "https://www.facebook.com/soytethu", "01/11/2026",
]  # fmt: skip
SECOND = [
    2, "XSM", "Ủy ban nhân dân xã Suối Mơ", "Lương Văn Mẫu", "Công chức", "0912000222", "mau.luong@xa.example",
    "YouTube", "https://www.youtube.com/@suoimothu", "02/11/2026",
]  # fmt: skip


def row(**changes):
    """The first row with other values, by column index `c3="…"`."""
    cells = list(FIRST)
    for key, value in changes.items():
        cells[int(key[1:])] = value
    return cells


def xlsx(*rows, merges=(), formulas=(), hidden_sheet="", epoch_1904=False, name="Danh sách"):
    """A workbook of plain values; `merges` are (first row, first column, last row, last column)."""
    stream = io.BytesIO()
    options = {"in_memory": True, "date_1904": epoch_1904, "strings_to_urls": False, "strings_to_formulas": False}
    book = xlsxwriter.Workbook(stream, options)
    page = book.add_worksheet(name)
    days = book.add_format({"num_format": "dd/mm/yyyy"})
    for number, cells in enumerate(rows):
        for index, value in enumerate(cells):
            if hasattr(value, "strftime"):
                page.write_datetime(number, index, value, days)
            else:
                page.write(number, index, value)
    for first, left, last, right in merges:
        page.merge_range(first, left, last, right, rows[first][left])
    for number, index, formula, value in formulas:
        page.write_formula(number, index, formula, None, value)
    if hidden_sheet:
        other = book.add_worksheet(hidden_sheet)
        other.write(0, 0, "bí mật")
        other.hide()
    book.close()
    return stream.getvalue()


def csv(*rows, delimiter=",", encoding="utf-8-sig", line_end="\r\n"):
    lines = [delimiter.join(f'"{cell}"' if delimiter in str(cell) else str(cell) for cell in cells) for cells in rows]
    return line_end.join([*lines, ""]).encode(encoding)


def sheet_xml(body):
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{body}</sheetData></worksheet>'


def cells_xml(*rows):
    """Rows of inline strings, so that nothing else is needed."""
    return "".join(
        f'<row r="{n}">'
        + "".join(f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>' for value in cells)
        + "</row>"
        for n, cells in enumerate(rows, start=1)
    )


def package(sheet, *, prologue="", types_extra="", **extra):
    """A hand-made .xlsx: `sheet` is the XML of its one sheet; `extra` adds parts."""
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{main}"/>{types_extra}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{rels}"><Relationship Id="rId1" Type="{office}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        f'xmlns:r="{office}"><sheets><sheet name="Bảng" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{rels}"><Relationship Id="rId1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": prologue + sheet,
    } | extra
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in parts.items():
            bundle.writestr(name, content)
    return stream.getvalue()
