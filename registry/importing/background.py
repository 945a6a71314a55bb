"""Long imports: the page leaves a row, a worker takes it up and tells the person. Sheets that nobody imported go.

Not a part of the minute: `portal.tasks.imports` runs beside it, `manage.py tick` comes to it after everything else.
"""

import time
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.urls import reverse

from registry.importing.planning import plan_import
from registry.leasing import work_off
from registry.models import StagedImport
from registry.models.leased import TRIES
from registry.outbox import tell
from registry.sheets import read_sheet

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
    return work_off(StagedImport, run, answer, now, gave_up=GAVE_UP, seconds=seconds)


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
