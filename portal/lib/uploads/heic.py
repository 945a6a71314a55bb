"""Pictures of iPhones and some Android phones (HEIC): drawn anew as JPEG by a child process that may crash alone."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from portal.lib.uploads.finding import Finding, Refused
from portal.lib.uploads.pictures import BROKEN, TOO_MANY_PIXELS

CHILD = Path(__file__).with_name("heic_child.py")
SECONDS, PROCESSOR_SECONDS = 40, 20
BRANDS = (b"heic", b"heix", b"heim", b"heis")
GENERAL_BRAND = b"mif1"
LONGEST_HEAD = 256
FLOOD = 3
"""How the child ends when the picture has too many pixels."""

NOT_HEIC = "Nội dung tệp không phải ảnh HEIC. Hãy chụp hoặc xuất lại ảnh dạng JPG rồi tải lên."
DRAWN_ANEW = "Đã đổi ảnh HEIC sang JPG và bỏ thông tin ẩn (người chụp, vị trí)."


def check_heic(file: BinaryIO, _extension: str) -> Finding:
    """The picture as a JPEG; Refused when the content is another type, broken or a pixel flood."""
    data = file.read()
    if not _has_signature(data):
        raise Refused(NOT_HEIC)
    command = [sys.executable, "-I", str(CHILD), str(PROCESSOR_SECONDS)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=False, env={})
    except (subprocess.SubprocessError, OSError) as error:
        raise Refused(BROKEN) from error
    if done.returncode == FLOOD:
        raise Refused(TOO_MANY_PIXELS)
    if done.returncode or not done.stdout.startswith(b"\xff\xd8\xff"):
        raise Refused(BROKEN)
    return Finding(content=BytesIO(done.stdout), removed=(DRAWN_ANEW,), extension="jpg")


def _has_signature(data: bytes) -> bool:
    """A HEIC file by its first brand, or a general one that names HEIC among what it can be read as."""
    if data[4:8] != b"ftyp":
        return False
    others = data[16 : min(int.from_bytes(data[:4], "big"), LONGEST_HEAD)]
    return data[8:12] in BRANDS or data[8:12] == GENERAL_BRAND and any(brand in others for brand in BRANDS)
