"""One question for page and command alike: what happens to a file that somebody sends into a slot?"""

import hashlib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from PIL import Image

from portal.lib.uploads.finding import Finding, Refused
from portal.lib.uploads.heic import check_heic
from portal.lib.uploads.media import check_mp3, check_mp4
from portal.lib.uploads.names import display_name, extension_of
from portal.lib.uploads.office import check_office
from portal.lib.uploads.pdf import check_pdf
from portal.lib.uploads.pictures import check_picture
from portal.lib.uploads.text_sheets import check_csv

MEGABYTE = 1024 * 1024
PIECE = 1024 * 1024


class Slot(StrEnum):
    """Where on a form the file was put."""

    IMAGE = "image"
    DOCUMENT = "document"
    VIDEO = "video"
    AUDIO = "audio"
    SHEET = "sheet"


class Outcome(StrEnum):
    """What the sender's file gets."""

    ACCEPT = "accept"
    ACCEPT_SANITIZED = "accept_sanitized"
    WARN = "warn"
    REJECT = "reject"


@dataclass(frozen=True)
class FileType:
    """One permitted extension: the slot it fits, the type it is served as, and who opens it."""

    slot: Slot
    content_type: str
    check: Callable[[BinaryIO, str], Finding]


@dataclass(frozen=True)
class Checked:
    """The answer. content is the file to store, at its start; sha256 and size are of that content, not of what came.

    preview: a picture's pixels, few of them, for whoever makes it small.
    """

    outcome: Outcome
    message: str
    name: str = ""
    extension: str = ""
    content_type: str = ""
    content: BinaryIO | None = None
    size: int = 0
    sha256: str = ""
    preview: Image.Image | None = None

    @property
    def is_accepted(self) -> bool:
        return self.outcome != Outcome.REJECT


TYPES = {
    "jpg": FileType(Slot.IMAGE, "image/jpeg", check_picture),
    "jpeg": FileType(Slot.IMAGE, "image/jpeg", check_picture),
    "png": FileType(Slot.IMAGE, "image/png", check_picture),
    "webp": FileType(Slot.IMAGE, "image/webp", check_picture),
    "heic": FileType(Slot.IMAGE, "image/heic", check_heic),
    "heif": FileType(Slot.IMAGE, "image/heif", check_heic),
    "pdf": FileType(Slot.DOCUMENT, "application/pdf", check_pdf),
    "docx": FileType(
        Slot.DOCUMENT, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", check_office
    ),
    "mp4": FileType(Slot.VIDEO, "video/mp4", check_mp4),
    "mp3": FileType(Slot.AUDIO, "audio/mpeg", check_mp3),
    "xlsx": FileType(Slot.SHEET, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", check_office),
    "csv": FileType(Slot.SHEET, "text/csv", check_csv),
}
LIMITS = {Slot.IMAGE: 20, Slot.DOCUMENT: 20, Slot.VIDEO: 200, Slot.AUDIO: 50, Slot.SHEET: 10}

EMPTY = "Tệp trống. Hãy kiểm tra rồi tải lên lại."
ACCEPTED = "Đã nhận tệp."
NAME_CHANGED = "Tên tệp đã được làm gọn."


def check_file(file: BinaryIO, slot: Slot | str, name: str) -> Checked:
    """What an upload of the (seekable, binary) file into the slot gets; bad content is an answer, not an error."""
    try:
        return _checked(file, Slot(slot), name)
    except Refused as refusal:
        return Checked(Outcome.REJECT, str(refusal))


def accepted_types(slot: Slot | str) -> str:
    """For the accept attribute of a file field: ".jpg,.jpeg,.png,.webp,.heic,.heif"."""
    return ",".join(f".{extension}" for extension, kind in TYPES.items() if kind.slot == slot)


def slot_for(name: str) -> Slot:
    """The slot that a name's extension fits; document when nothing fits, so that the refusal names what to send."""
    kind = TYPES.get(name.rpartition(".")[2].strip().lower())
    return kind.slot if kind else Slot.DOCUMENT


def _checked(file: BinaryIO, slot: Slot, name: str) -> Checked:
    shown = display_name(name)
    extension = extension_of(shown)
    kind = TYPES.get(extension)
    if kind is None or kind.slot != slot:
        raise Refused(f"Ô này chỉ nhận tệp {_spoken_types(slot)}. Hãy chọn tệp khác.")
    _check_size(file, slot)
    finding = kind.check(file, extension)
    content = finding.content or file
    size, digest = _measured(content)
    outcome, message = _outcome(finding, name_changed=not _is_same_name(name, shown))
    if finding.extension:
        extension, kind = finding.extension, TYPES[finding.extension]
        shown = f"{shown.rpartition('.')[0]}.{extension}"
    return Checked(outcome, message, shown, extension, kind.content_type, content, size, digest, finding.preview)


def _check_size(file: BinaryIO, slot: Slot) -> None:
    size = file.seek(0, 2)
    file.seek(0)
    if size == 0:
        raise Refused(EMPTY)
    if size > LIMITS[slot] * MEGABYTE:
        raise Refused(f"Tệp quá lớn (tối đa {LIMITS[slot]} MB). Hãy giảm dung lượng rồi tải lên lại.")


def _outcome(finding: Finding, *, name_changed: bool) -> tuple[Outcome, str]:
    removed = (*finding.removed, *(NAME_CHANGED,) * name_changed)
    if finding.warnings:
        return Outcome.WARN, " ".join((ACCEPTED, *finding.warnings, *removed))
    if removed:
        return Outcome.ACCEPT_SANITIZED, " ".join((ACCEPTED, *removed))
    return Outcome.ACCEPT, ACCEPTED


def _measured(content: BinaryIO) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    while piece := content.read(PIECE):
        digest.update(piece)
        size += len(piece)
    content.seek(0)
    return size, digest.hexdigest()


def _is_same_name(name: str, shown: str) -> bool:
    return unicodedata.normalize("NFC", name) == shown


def _spoken_types(slot: Slot) -> str:
    *first, last = [extension.upper() for extension, kind in TYPES.items() if kind.slot == slot]
    return f"{', '.join(first)} hoặc {last}" if first else last
