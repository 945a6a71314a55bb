"""CSV files: plain text with rows, whatever encoding Excel chose."""

import csv
from io import StringIO
from typing import BinaryIO

from portal.lib.uploads.finding import Finding, Refused

ENCODINGS = ("utf-8-sig", "cp1258", "cp1252")
ROW_LIMIT = 100_000
NOT_A_CSV = "Nội dung tệp không phải bảng CSV. Hãy lưu lại từ Excel dạng XLSX hoặc CSV UTF-8 rồi tải lên."


def check_csv(file: BinaryIO, _extension: str) -> Finding:
    """Nothing is changed: what stands in the cells is the importer's business."""
    data = file.read()
    text = _decoded(data)
    if text.lstrip().startswith(("<", "%PDF", "{\\rtf", "#!", "MZ")) or "\x00" in text:
        raise Refused(NOT_A_CSV)
    try:
        rows = sum(1 for _ in csv.reader(StringIO(text, newline="")))
    except csv.Error as error:
        raise Refused(NOT_A_CSV) from error
    if rows > ROW_LIMIT:
        raise Refused(
            f"Bảng có quá nhiều dòng (tối đa {ROW_LIMIT:,} dòng). Hãy chia thành nhiều tệp.".replace(",", ".")
        )
    return Finding()


def _decoded(data: bytes) -> str:
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ENCODINGS
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(NOT_A_CSV)
