"""Zip containers (docx, xlsx): counted and measured from the directory before a single byte is inflated."""

import stat
import struct
import zipfile
from typing import BinaryIO

from portal.lib.uploads.finding import Refused

ENTRY_LIMIT = 2_000
TOTAL_LIMIT = 150_000_000
RATIO_LIMIT = 150
SMALL_ENTRY = 2_000_000
LOCAL_HEADER = 30
END_RECORD = b"PK\x05\x06"
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

PASSWORD = "Tệp đang đặt mật khẩu. Hãy bỏ mật khẩu rồi tải lên lại."  # noqa: S105
OLD_FORMAT = "Tệp ở dạng cũ hoặc không đúng loại. Hãy mở bằng Word hoặc Excel, chọn Lưu thành .{extension} rồi tải lên."
NOT_OFFICE = "Nội dung tệp không phải .{extension}. Hãy lưu lại đúng dạng rồi tải lên."
BROKEN = "Tệp bị hỏng hoặc được nén bất thường. Hãy mở, lưu lại rồi tải lên."
TOO_BIG_INSIDE = "Tệp quá lớn sau khi giải nén. Hãy giảm ảnh hoặc tách tệp rồi tải lên."


def open_archive(file: BinaryIO, extension: str) -> zipfile.ZipFile:
    """The archive, safe to inflate; Refused for locked, foreign, overlapping or exploding ones."""
    file.seek(0)
    head = file.read(8)
    if head == OLE_SIGNATURE:
        file.seek(0)
        locked = "EncryptedPackage".encode("utf-16-le") in file.read()
        raise Refused(PASSWORD if locked else OLD_FORMAT.format(extension=extension))
    if not head.startswith(b"PK\x03\x04"):
        raise Refused(NOT_OFFICE.format(extension=extension))
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error) as error:
        raise Refused(BROKEN) from error
    _check_directory(archive)
    _check_ends(file, archive)
    return archive


def read_entry(archive: zipfile.ZipFile, name: str) -> bytes:
    """One entry with its checksum verified, never more than its declared size; Refused when it is damaged."""
    try:
        return archive.read(name)
    except Exception as error:  # zlib, CRC, local header: whatever is wrong, the file is not one Office wrote.
        raise Refused(BROKEN) from error


def _check_directory(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > ENTRY_LIMIT or sum(entry.file_size for entry in entries) > TOTAL_LIMIT:
        raise Refused(TOO_BIG_INSIDE)
    if len({entry.filename.casefold() for entry in entries}) < len(entries):
        raise Refused(BROKEN)
    for entry in entries:
        _check_entry(entry)
    _check_overlap(archive)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    parts = entry.filename.replace("\\", "/").split("/")
    if entry.filename.startswith("/") or ".." in parts or ":" in parts[0] or stat.S_ISLNK(entry.external_attr >> 16):
        raise Refused(BROKEN)
    if entry.flag_bits & 0x1:
        raise Refused(PASSWORD)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused(BROKEN)
    if entry.file_size > SMALL_ENTRY and entry.file_size > RATIO_LIMIT * max(entry.compress_size, 1):
        raise Refused(TOO_BIG_INSIDE)


def _check_overlap(archive: zipfile.ZipFile) -> None:
    """Two entries that share bytes are how a small file inflates to terabytes."""
    taken = 0
    for entry in sorted(archive.infolist(), key=lambda entry: entry.header_offset):
        if entry.header_offset < taken:
            raise Refused(BROKEN)
        taken = entry.header_offset + LOCAL_HEADER + len(entry.orig_filename.encode()) + entry.compress_size
    if taken > archive.start_dir:
        raise Refused(BROKEN)


def _check_ends(file: BinaryIO, archive: zipfile.ZipFile) -> None:
    """Nothing before the first entry and nothing after the directory: a second format could live there."""
    file.seek(-22, 2)
    tail = file.read()
    if (
        archive.comment
        or tail[-22:-18] != END_RECORD
        or min((e.header_offset for e in archive.infolist()), default=1) != 0
    ):
        raise Refused(BROKEN)
