"""PDF files: whole, not locked, and without anything that runs or carries other files."""

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from portal.lib.uploads.finding import Finding, Refused

INFLATED_LIMIT = 50_000_000
NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
LOCKED = re.compile(rb"/Encrypt\b")
ACTIVE = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE)\b")

NOT_A_PDF = "Nội dung tệp không phải PDF. Hãy xuất lại tệp PDF rồi tải lên."
BROKEN = "Tệp PDF bị cắt hoặc hỏng. Hãy xuất lại tệp PDF rồi tải lên."
PASSWORD = "Tệp PDF đang đặt mật khẩu hoặc bị khóa. Hãy bỏ khóa rồi tải lên lại."  # noqa: S105
RUNS = "Tệp PDF có mã chạy, biểu mẫu động hoặc tệp đính kèm bên trong. Hãy in lại thành PDF thường rồi tải lên."


def check_pdf(file: BinaryIO, _extension: str) -> Finding:
    """Nothing is changed; Refused when the file is not whole or not plain."""
    data = file.read()
    if not data.startswith(b"%PDF-"):
        raise Refused(NOT_A_PDF)
    if (
        b"%%EOF" not in data[-1024:]
        or b"startxref" not in data[-2048:]
        or b"/Root" not in data
        and b"/XRef" not in data
    ):
        raise Refused(BROKEN)
    for part in (data, *_object_streams(data)):
        plain = NAME_ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), part)
        if LOCKED.search(plain):
            raise Refused(PASSWORD)
        if ACTIVE.search(plain):
            raise Refused(RUNS)
    return Finding()


def _object_streams(data: bytes) -> Iterator[bytes]:
    """Objects may hide in compressed streams: inflate those, within a bound for the whole file."""
    left = INFLATED_LIMIT
    for place in re.finditer(rb"/ObjStm\b", data):
        start = re.compile(rb"stream\r?\n").search(data, place.end(), place.end() + 2000)
        if start is None:
            continue
        try:
            inflated = zlib.decompressobj().decompress(data[start.end() :], left)
        except zlib.error:
            continue
        left -= len(inflated)
        if left <= 0:
            raise Refused(BROKEN)
        yield inflated
