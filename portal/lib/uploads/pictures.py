"""Pictures: decoded and written anew, so that nothing but pixels is kept (no place, no owner, no hidden script)."""

import warnings
from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from portal.lib.uploads.finding import Finding, Refused

FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
PIXEL_LIMITS = {"JPEG": 60_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
LONGEST_SIDE = 16_000
# A JPEG above this is decoded at half size or less: the screen never needs more, memory stays small.
WORKING_SIZE = (4096, 4096)
PREVIEW_SIDE = 960
# What an ordinary picture carries in `info`; anything else is worth telling the sender about.
ORDINARY_INFO = frozenset(
    "jfif jfif_version jfif_unit jfif_density dpi progressive progression adobe adobe_transform gamma srgb "
    "transparency loop background timestamp duration interlace aspect chromaticity".split()
)

NOT_THIS_PICTURE = (
    "Nội dung tệp không phải ảnh {format}. Hãy chụp hoặc xuất lại ảnh dạng JPG, PNG hoặc WEBP rồi tải lên."
)
BROKEN = "Ảnh bị hỏng hoặc tải lên chưa trọn vẹn. Hãy tải lên lại từ ảnh gốc."
TOO_MANY_PIXELS = "Ảnh có quá nhiều điểm ảnh. Hãy thu nhỏ ảnh rồi tải lên lại."
METADATA_REMOVED = "Đã bỏ thông tin ẩn trong ảnh (người chụp, vị trí, ghi chú)."
TAIL_REMOVED = "Đã bỏ dữ liệu lạ ở cuối tệp ảnh."


def check_picture(file: BinaryIO, extension: str) -> Finding:
    """The picture as new bytes; Refused when the content is another type, broken or a pixel flood."""
    expected = FORMATS[extension]
    data = file.read()
    if not _has_signature(data, expected):
        raise Refused(NOT_THIS_PICTURE.format(format=expected))
    picture = _open(data, expected)
    removed = (METADATA_REMOVED,) * _has_metadata(picture) + (TAIL_REMOVED,) * _has_tail(data, expected)
    pixels = _pixels_only(picture, expected)
    return Finding(content=_written(pixels, expected), removed=removed, preview=_preview(pixels))


def _has_signature(data: bytes, expected: str) -> bool:
    if expected == "JPEG":
        return data.startswith(b"\xff\xd8\xff")
    if expected == "PNG":
        return data.startswith(b"\x89PNG\r\n\x1a\n")
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def _open(data: bytes, expected: str) -> Image.Image:
    """Header first, size second, pixels last."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(data), formats=[expected])
        width, height = picture.size
        if width * height > PIXEL_LIMITS[expected] or max(width, height) > LONGEST_SIDE:
            raise Refused(TOO_MANY_PIXELS)
        if expected == "JPEG" and max(width, height) > max(WORKING_SIZE):
            picture.draft(None, WORKING_SIZE)
        picture.load()
    except Image.DecompressionBombError as error:
        raise Refused(TOO_MANY_PIXELS) from error
    except UnidentifiedImageError as error:
        raise Refused(NOT_THIS_PICTURE.format(format=expected)) from error
    except Refused:
        raise
    except Exception as error:  # A decoder may fail in any way on a hostile file; every failure is the same answer.
        raise Refused(BROKEN) from error
    return picture


def _has_metadata(picture: Image.Image) -> bool:
    return bool({str(key).lower() for key in picture.info} - ORDINARY_INFO)


def _has_tail(data: bytes, expected: str) -> bool:
    if expected == "JPEG":
        return not data.rstrip(b"\x00").endswith(b"\xff\xd9")
    if expected == "PNG":
        return not data.endswith(b"IEND\xaeB`\x82")
    return int.from_bytes(data[4:8], "little") + 8 < len(data)


def _pixels_only(picture: Image.Image, expected: str) -> Image.Image:
    """Turned upright, then only pixels: `info` is cleared because Pillow writes a JPEG comment back."""
    upright = _upright(picture)
    if expected == "JPEG" and upright.mode not in ("RGB", "L"):
        upright = upright.convert("RGB")
    if expected != "JPEG" and upright.mode not in ("RGB", "RGBA", "L"):
        upright = upright.convert("RGBA" if "transparency" in picture.info or "A" in upright.mode else "RGB")
    upright.info.clear()
    return upright


def _written(pixels: Image.Image, expected: str) -> BytesIO:
    content = BytesIO()
    pixels.save(content, format=expected, **({} if expected == "PNG" else {"quality": 88}))
    content.seek(0)
    return content


def _preview(pixels: Image.Image) -> Image.Image:
    """At most about a thousand pixels a side: what is made for the screen needn't decode the picture once more."""
    return pixels.reduce(max(1, max(pixels.size) // PREVIEW_SIDE))


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as the camera noted it; a broken note turns nothing."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # EXIF of old phones is often damaged, and the picture is still fine.
        return picture
