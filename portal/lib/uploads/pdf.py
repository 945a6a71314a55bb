"""PDF files: whole, not locked, and without anything that runs or carries other files."""

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from portal.lib.uploads.finding import Finding, Refused

INFLATED_LIMIT = 50_000_000
OBJECT_STREAMS = 2_000
LONGEST_STREAM = 4_000_000
STREAM_START = re.compile(rb"stream\r?\n")
END_OF_STREAM = b"endstream"


def names(*words: str) -> re.Pattern[bytes]:
    """Any of the PDF names, each letter plain or escaped as in /J#61vaScript (ISO 32000-1, 7.3.5)."""
    spelled = ("".join(f"(?:{letter}|#{ord(letter):02x}|#{ord(letter):02X})" for letter in word) for word in words)
    return re.compile(f"/(?:{'|'.join(spelled)})\\b".encode())


LOCKED = names("Encrypt")
ACTIVE = names(
    *("JavaScript", "Launch", "EmbeddedFile", "EmbeddedFiles", "RichMedia"),
    *("XFA", "SubmitForm", "ImportData", "GoToE"),
)
OBJECT_STREAM = names("ObjStm")

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
        if LOCKED.search(part):
            raise Refused(PASSWORD)
        if ACTIVE.search(part):
            raise Refused(RUNS)
    return Finding()


def _object_streams(data: bytes) -> Iterator[bytes]:
    """Objects may hide in compressed streams: inflate those, within a bound for the whole file."""
    left = INFLATED_LIMIT
    for number, place in enumerate(OBJECT_STREAM.finditer(data)):
        start = STREAM_START.search(data, place.end(), place.end() + 2000)
        if number > OBJECT_STREAMS or left <= 0:
            raise Refused(BROKEN)
        if start is None:
            continue
        end = data.find(END_OF_STREAM, start.end(), start.end() + LONGEST_STREAM)
        if end < 0:
            raise Refused(BROKEN)
        try:
            inflated = zlib.decompressobj().decompress(data[start.end() : end], left)
        except zlib.error:
            continue
        left -= len(inflated)
        yield inflated
