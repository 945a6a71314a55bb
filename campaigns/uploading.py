"""Files in pieces: begun, taken up where a cut connection left them, checked and attached like any other upload."""

import hashlib
import logging
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction

from campaigns.attaching import MEGABYTE, WRONG_TYPE, attach_one, is_accepted_name, no_room
from campaigns.models import Upload
from portal.lib.periods import start_of_day
from portal.lib.uploads import slot_for
from portal.lib.uploads.checking import EMPTY, LIMITS

logger = logging.getLogger(__name__)

PIECE = 512 * 1024
LARGEST_PIECE = 2 * PIECE
RESTS = timedelta(hours=12)
"""How long before midnight an upload may have rested and still go on the next day."""


@transaction.atomic
def start(item, person, name, size, mark, now) -> Upload:
    """Begin an upload, or find the one that was begun; ValidationError with the sentence that says why not."""
    item.lock()
    if not item.is_editable:
        state = item.get_status_display()
        raise ValidationError(f"Sản phẩm đang ở tình trạng “{state}” nên không thêm tệp được.")
    digest = hashlib.sha256(f"{name}|{size}|{mark}".encode()).hexdigest()
    known = Upload.objects.filter(item=item, person=person.pk, mark=digest).first()
    if known is not None:
        return known if is_good(known) else begin_again(known, now)
    refuse_too_much(item, name, size)
    return Upload.objects.create(item=item, person_id=person.pk, mark=digest, name=name, size=size, touched_at=now)


def is_good(upload) -> bool:
    """Whether what came can still be used: the finished file is attached, or the pieces are there."""
    if upload.file is not None:
        return upload.file.removed_at is None
    return not upload.received or upload.path.exists() and upload.path.stat().st_size >= upload.received


def begin_again(upload, now):
    upload.begin_again(now)
    return upload


def refuse_too_much(item, name, size):
    """The limits that can be said before a single byte comes."""
    limit = LIMITS[slot_for(name)]
    if not is_accepted_name(name):
        raise ValidationError(WRONG_TYPE[:1].upper() + WRONG_TYPE[1:])
    if not size:
        raise ValidationError(EMPTY)
    if size > limit * MEGABYTE:
        raise ValidationError(f"Tệp quá lớn (tối đa {limit} MB). Hãy giảm dung lượng, hoặc đăng rồi dán đường link.")
    if refusal := no_room(item, size + Upload.bytes_begun_by(item.agency_id)):
        raise ValidationError(refusal[:1].upper() + refusal[1:])


def finish(upload, now):
    """Check the whole file and attach it: its row, or None and the sentence that says why not. Twice changes nothing."""
    if upload.file is not None:
        return upload.file, ""
    try:
        with upload.path.open("rb") as whole:
            row, refusal = attach_one(upload.item, File(whole, name=upload.name), upload.person, now)
    except FileNotFoundError:
        upload.refresh_from_db()
        return upload.file, "" if upload.file else "Tệp tải lên dở đã bị xoá. Hãy chọn lại tệp."
    if row is None:
        upload.drop()
        return None, refusal
    upload.file = row
    upload.save(update_fields=["file"])
    upload.path.unlink(missing_ok=True)
    return row, ""


def sweep(today) -> int:
    """Remove uploads that nobody went on with since yesterday noon, and pieces without a row."""
    since = start_of_day(today) - RESTS
    count = 0
    for upload in Upload.objects.filter(touched_at__lt=since):
        upload.drop()
        count += 1
    folder = Path(settings.MEDIA_ROOT) / "dang-tai"
    old = [path for path in folder.glob("*") if path.stat().st_mtime < since.timestamp()]
    known = {key.hex for key in Upload.objects.values_list("key", flat=True)} if old else set()
    for path in old:
        if path.name not in known:
            path.unlink(missing_ok=True)
    return count
