"""Files of an item: each is checked before it is kept, and kept under a random private name."""

import logging

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from campaigns.models import ContentFile, ContentItem
from portal.lib.uploads import Slot, check_file, slot_for
from portal.lib.uploads import accepted_types as types_of
from portal.lib.uploads.small import poster_of, small_picture

logger = logging.getLogger(__name__)

MOST_FILES = 10
MEGABYTE = 1024 * 1024
NO_ROOM = (
    "đơn vị đã dùng hết {megabytes} MB được cấp. Hãy dán đường link bài đã đăng thay cho tệp, hoặc báo cán bộ tỉnh."
)
SLOTS = (Slot.IMAGE, Slot.DOCUMENT, Slot.VIDEO, Slot.AUDIO)
ACCEPTED_TYPES = ",".join(types_of(slot) for slot in SLOTS)
WRONG_TYPE = "chỉ nhận ảnh (JPG, PNG, WEBP, HEIC), PDF, DOCX, MP4 hoặc MP3. Hãy chọn tệp khác."


def attach(item, files, actor, now=None) -> list[str]:
    """Keep the good ones of these uploads on a draft; answers one sentence for each that was refused."""
    return [sentence for file in files if (sentence := attach_one(item, file, actor, now or timezone.now())[1])]


def attach_one(item, file, actor, now) -> tuple[ContentFile | None, str]:
    """Keep one upload: its row, or the sentence that says why not. A file that the item has is not kept twice."""
    name = str(file.name)[-120:]
    if not is_accepted_name(name):
        return None, f"“{name}”: {WRONG_TYPE}"
    checked = check_file(file, slot_for(name), name)
    if not checked.is_accepted:
        return None, f"“{name}”: {checked.message}"
    try:
        return keep(item, checked, actor, now)
    except OSError:
        logger.exception("a file could not be stored")
        return None, f"“{checked.name}”: máy chủ chưa lưu được tệp. Bản nháp vẫn được giữ; hãy thử lại sau ít phút."


def is_accepted_name(name) -> bool:
    return f".{name.rpartition('.')[2].lower()}" in ACCEPTED_TYPES.split(",")


@transaction.atomic
def keep(item, checked, actor, now) -> tuple[ContentFile | None, str]:
    """Write row and file together, the item locked so that two parallel uploads count right."""
    item = ContentItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if not item.is_editable:
        state = item.get_status_display()
        return None, f"“{checked.name}”: sản phẩm đang ở tình trạng “{state}” nên không thêm tệp được."
    if row := item.current_files.filter(sha256=checked.sha256).first():
        return row, ""
    if refusal := no_room(item, checked.size):
        return None, f"“{checked.name}”: {refusal}"
    row = ContentFile(
        item=item,
        name=checked.name,
        media_type=checked.content_type,
        size=checked.size,
        sha256=checked.sha256,
        added_at=now,
        added_by=actor,
    )
    row.file = File(checked.content, name=checked.name)
    picture, picture_mark = for_the_screen(checked)
    if picture:
        row.thumbnail, row.picture_hash = File(picture, name="anh-nho.jpg"), picture_mark
    row.save()
    if picture_mark is not None:
        row.mark(picture_mark)
    return row, ""


def no_room(item, size) -> str:
    """Why this many bytes more can't be attached: the agency's room, the number of files. "" when they can."""
    if ContentFile.stored_by(item.agency_id) + size > settings.AGENCY_STORAGE_MB * MEGABYTE:
        return NO_ROOM.format(megabytes=settings.AGENCY_STORAGE_MB)
    if item.current_files.count() >= MOST_FILES:
        return f"mỗi sản phẩm đính kèm tối đa {MOST_FILES} tệp. Hãy gỡ bớt tệp cũ."
    return ""


def for_the_screen(checked):
    """The small picture of an image or video and the image's mark; None for what has none."""
    if checked.content_type.startswith("image/"):
        return small_picture(checked.content, checked.preview)
    return (poster_of(checked.content) if checked.content_type.startswith("video/") else None), None


@transaction.atomic
def detach(item, file_pk, now=None):
    """Take a file off a draft. What was submitted before keeps it."""
    item = ContentItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if not item.is_editable:
        raise ValidationError(f"Sản phẩm đang ở tình trạng “{item.get_status_display()}” nên không gỡ tệp được.")
    item.current_files.filter(pk=file_pk).update(removed_at=now or timezone.now())
