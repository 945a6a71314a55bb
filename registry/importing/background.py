"""Long imports: the page leaves a row, a worker takes it up and tells the person. Sheets that nobody imported go.

Not a part of the minute: `portal.tasks.imports` runs beside it, `manage.py tick` comes to it after everything else.
"""

import logging
import time
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.urls import reverse

from registry.importing.planning import plan_import
from registry.models import StagedImport
from registry.models.staging import TRIES
from registry.outbox import tell
from registry.sheets import read_sheet

logger = logging.getLogger(__name__)

AT_ONCE = 1_000
"""Rows that a page imports while the person waits; more of them go to the background."""
GAVE_UP = (
    f"Cổng đã thử {TRIES} lần nhưng tiến trình đều dừng giữa chừng; chưa ghi gì vào danh bạ. "
    "Hãy chia bảng thành các phần nhỏ hơn, hoặc báo quản trị."
)


def import_queued(now, *, seconds=240.0) -> int:
    """Import what waits, remove what is too old; safe to run twice and in parallel. Returns how many were imported.

    After `seconds` no further sheet is begun. One query when there is nothing to do.
    """
    if not StagedImport.objects.to_look_after(now).exists():
        return 0
    StagedImport.objects.stale(now).delete()
    started, done = time.monotonic(), 0
    while (passed := time.monotonic() - started) < seconds:
        staged = StagedImport.claim_next(now + timedelta(seconds=passed))
        if staged is None:
            break
        done += import_one(staged, now + timedelta(seconds=passed))
    return done


def import_one(staged, now) -> bool:
    """Run one sheet as the person who sent it; False and a sentence on the row when it can't be done.

    A fault of ours leaves the row to its lease: it is taken up again, `TRIES` times in all.
    """
    if staged.attempt > TRIES:
        return staged.give_back(GAVE_UP) and answer(staged, now)
    try:
        run(staged, now)
    except ValidationError as refusal:
        return staged.give_back(" ".join(refusal.messages[:5])) and answer(staged, now)
    except Exception:
        logger.exception("import of sheet %s failed, try %s", staged.pk, staged.attempt)
        return False
    return answer(staged, now)


def run(staged, now):
    """Read, plan, write; only the writing is in a transaction."""
    staged.note_progress(0)
    started = time.monotonic()
    plan = plan_import(read_sheet(bytes(staged.content), kind=staged.kind, name=staged.original_name))
    if not staged.renew(now + timedelta(seconds=time.monotonic() - started)):
        raise ValidationError("Tiến trình khác đã nhận bảng này.")
    staged.apply(actor=staged.uploaded_by, plan=plan, now=now, progress=staged.note_progress)


def answer(staged, now) -> bool:
    """Tell the person how it ended; whether it was imported."""
    sentence = f"Chưa nhập được bảng “{staged}”. Hãy mở để xem lý do."
    if staged.applied_at:
        sentence = f"Đã nhập bảng “{staged}”. {staged.summary}"
    tell(
        recipients=[staged.uploaded_by],
        text=sentence,
        url=reverse("import_preview", args=[staged.pk]),
        key=f"import-{staged.pk}-{now:%Y%m%d%H%M%S}",
        now=now,
    )
    return bool(staged.applied_at)
