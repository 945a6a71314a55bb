"""What the file really is, before any parser opens it: limits, passwords, macros, bombs, pages renamed to .xlsx."""

import io
import struct
import zipfile
import zlib

from registry.sheets.sheet import SheetRefused

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_PARTS = 2_000
MAX_RATIO = 400  # 100,000 blank formatted rows pack about 10:1; a bomb packs 1,000:1
BOMB_FLOOR = 2 * 1024 * 1024

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BOOK_BEGINS, FILEPASS = b"\x09\x08\x10\x00\x00\x06\x05\x00", 0x2F
READ_PARTS = (
    "[content_types].xml",
    "_rels/",
    "xl/workbook.xml",
    "xl/_rels/",
    "xl/worksheets/",
    "xl/sharedstrings",
    "xl/styles",
)
TEXT_NAMES = (".csv", ".txt", ".tsv", "")
SAVE_AS_XLSX = "Hãy mở tệp bằng Excel, chọn Lưu thành, kiểu Excel Workbook (.xlsx), rồi gửi lại."

EMPTY = "Tệp rỗng. Hãy chọn lại tệp."
TOO_BIG = f"Tệp lớn hơn {MAX_BYTES // 1024 // 1024} MB. Hãy xoá các trang tính, hình ảnh không cần rồi gửi lại."
ENCRYPTED = "Tệp có mật khẩu nên không đọc được. Hãy bỏ mật khẩu (Tệp, Thông tin, Bảo vệ sổ) rồi gửi lại."
MACROS = f"Tệp chứa macro nên không được nhận. {SAVE_AS_XLSX}"
DAMAGED = f"Tệp Excel bị hỏng hoặc không đúng chuẩn. {SAVE_AS_XLSX}"
BOMB = "Tệp giải nén ra quá lớn nên không được nhận. Hãy chép riêng bảng cần nhập sang tệp mới rồi gửi lại."
NOT_EXCEL = f"Tệp mang đuôi Excel nhưng bên trong không phải Excel. {SAVE_AS_XLSX}"
WEB_PAGE = f"Tệp là trang web (HTML, XML) đổi đuôi, không phải bảng tính. {SAVE_AS_XLSX}"
NOT_A_SHEET = f"Tệp không phải bảng tính. Chỉ nhận .xlsx, .xls và .csv. {SAVE_AS_XLSX}"
OPEN_DOCUMENT = f"Chưa nhận tệp OpenDocument (.ods). {SAVE_AS_XLSX}"
BINARY_SHEET = f"Chưa nhận tệp .xlsb. {SAVE_AS_XLSX}"
NUMBERS_FILE = "Chưa nhận tệp Numbers của máy Mac. Hãy mở bằng Numbers, chọn Tệp, Xuất ra, Excel, rồi gửi tệp .xlsx."
ARCHIVE = "Tệp là tệp nén, không phải bảng tính. Hãy giải nén rồi gửi từng tệp .xlsx, .xls hoặc .csv."
WORD_FILE = "Tệp là văn bản Word. Hãy chép bảng trong văn bản và dán vào ô “Dán bảng”, hoặc gửi tệp Excel."


def sort_of(content: bytes, name: str = "") -> str:
    """Which reader may open the file: "xlsx", "xls" or "text". Raises SheetRefused for everything else."""
    if not content.strip(b"\x00 \r\n\t\xef\xbb\xbf"):
        raise SheetRefused(EMPTY)
    if len(content) > MAX_BYTES:
        raise SheetRefused(TOO_BIG)
    extension = _extension(name)
    if content.startswith(ZIP_MAGIC):
        if extension in (".csv", ".txt", ".tsv"):
            raise SheetRefused(f"Tệp mang đuôi {extension} nhưng bên trong là tệp nén. {SAVE_AS_XLSX}")
        return "xlsx"
    if content.startswith(OLE_MAGIC):
        return _sort_of_ole(content)
    _check_text(content, extension)
    return "text"


def _extension(name: str) -> str:
    base = name.replace("\\", "/").rsplit("/", 1)[-1].strip().lower()
    return "." + base.rsplit(".", 1)[1] if "." in base else ""


def _sort_of_ole(content: bytes) -> str:
    streams = content.replace(b"\x00", b"")
    if b"EncryptedPackage" in streams or b"EncryptionInfo" in streams:
        raise SheetRefused(ENCRYPTED)
    if b"_VBA_PROJECT" in streams:
        raise SheetRefused(MACROS)
    if "Workbook".encode("utf-16-le") in content or "Book".encode("utf-16-le") in content:
        if _is_locked_book(content):
            raise SheetRefused(ENCRYPTED)
        return "xls"
    raise SheetRefused(WORD_FILE if "WordDocument".encode("utf-16-le") in content else NOT_A_SHEET)


def _is_locked_book(content: bytes) -> bool:
    """Whether an old workbook is encrypted: its records begin with BOF, and FILEPASS is among the next few."""
    place = content.find(BOOK_BEGINS)
    for _ in range(6):
        if not 0 <= place <= len(content) - 4:
            return False
        record, size = struct.unpack_from("<HH", content, place)
        if record == FILEPASS:
            return True
        place += 4 + size
    return False


def _check_text(content: bytes, extension: str) -> None:
    head = content[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith((b"<!doctype", b"<html", b"<?xml", b"<table", b"<meta", b"<script", b"<svg", b"mime-version:")):
        raise SheetRefused(WEB_PAGE)
    if head.startswith(
        (b"%pdf", b"{\\rtf", b"\x89png", b"\xff\xd8\xff", b"gif8", b"mz", b"\x7felf", b"rar!", b"7z\xbc")
    ):
        raise SheetRefused(NOT_A_SHEET)
    if extension.startswith(".xl"):
        raise SheetRefused(NOT_EXCEL)
    if extension not in TEXT_NAMES:
        raise SheetRefused(NOT_A_SHEET)
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff")) or head.count(b"\x00") > len(head) // 5
    if not wide and b"\x00" in content:
        raise SheetRefused(NOT_A_SHEET)


def open_package(content: bytes) -> dict[str, bytes]:
    """The XML parts of an .xlsx by name, really unpacked and counted: sizes written in the file may lie."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            _check_parts(parts, content)
            unpacked = {part.filename: package.read(part) for part in parts if _is_read(part.filename)}
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        RuntimeError,
        NotImplementedError,
        EOFError,
        struct.error,
    ) as error:
        raise SheetRefused(DAMAGED) from error
    _check_types(unpacked)
    for xml in unpacked.values():
        _check_xml(xml)
    return unpacked


def _is_read(name: str) -> bool:
    """Only these parts are looked at; comments, drawings, external links and printer settings are never opened."""
    lowered = name.lower()
    return lowered.endswith((".xml", ".rels")) and lowered.startswith(READ_PARTS)


def _check_types(parts: dict[str, bytes]) -> None:
    types = parts.get("[Content_Types].xml", b"").lower()
    if b"macroenabled" in types or b"vbaproject" in types:
        raise SheetRefused(MACROS)
    if b"spreadsheetml.sheet.main" not in types or "xl/workbook.xml" not in parts:
        raise SheetRefused(DAMAGED)


def _check_xml(xml: bytes) -> None:
    """No document type, so no entity: nothing can grow and nothing can be fetched. UTF-16 would hide it."""
    if xml.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in xml[:200] or b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise SheetRefused(DAMAGED)


def _check_parts(parts: list[zipfile.ZipInfo], content: bytes) -> None:
    names = [part.filename for part in parts]
    if "content.xml" in names:
        raise SheetRefused(OPEN_DOCUMENT)
    if any(name.startswith("word/") for name in names):
        raise SheetRefused(WORD_FILE)
    if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
        raise SheetRefused(MACROS)
    if any(name.endswith("workbook.bin") for name in names):
        raise SheetRefused(BINARY_SHEET)
    if any(name.startswith("Index/") or name.endswith((".iwa", "index.apxl")) or name == "Index.zip" for name in names):
        raise SheetRefused(NUMBERS_FILE)
    if "[Content_Types].xml" not in names and not any(name.startswith("xl/") for name in names):
        raise SheetRefused(ARCHIVE)
    if any(part.flag_bits & 0x1 for part in parts):
        raise SheetRefused(ENCRYPTED)
    if len(set(names)) != len(names) or any(".." in name.split("/") or name.startswith("/") for name in names):
        raise SheetRefused(DAMAGED)
    total = sum(part.file_size for part in parts)
    swollen = any(part.file_size > BOMB_FLOOR and part.file_size > MAX_RATIO * part.compress_size for part in parts)
    overlapping = sum(part.compress_size for part in parts) > len(content)
    if len(parts) > MAX_PARTS or total > MAX_UNPACKED or swollen or overlapping:
        raise SheetRefused(BOMB)
