"""Long imports: the page leaves a row, a tick imports it and tells the person. Sheets that nobody imported are removed."""

from django.core.exceptions import ValidationError
from django.urls import reverse

from portal.lib.advisory import only_one
from registry.importing.planning import plan_import
from registry.models import StagedImport
from registry.outbox import tell
from registry.sheets import read_sheet

AT_ONCE = 1_000
"""Rows that a page imports while the person waits; more of them go to the background."""


def import_queued(now) -> int:
    """Import what waits, remove what is too old; safe to run twice and in parallel. Returns how many were imported."""
    waiting = list(StagedImport.objects.to_look_after(now).order_by("queued_at"))
    if not waiting:
        return 0
    with only_one("import") as mine:
        if not mine:
            return 0
        StagedImport.objects.stale(now).filter(queued_at=None).delete()
        return sum(import_one(staged, now) for staged in waiting if staged.queued_at)


def import_one(staged, now) -> bool:
    """Run one sheet as the person who sent it; False and a sentence on the row when it can't be done."""
    plan = plan_import(read_sheet(bytes(staged.content), kind=staged.kind, name=staged.original_name))
    try:
        staged.apply(actor=staged.uploaded_by, plan=plan, now=now)
    except ValidationError as refusal:
        staged.give_back(" ".join(refusal.messages[:5]))
        sentence = f"Chưa nhập được bảng “{staged}”. Hãy mở để xem lý do."
    else:
        sentence = f"Đã nhập bảng “{staged}”. {staged.summary}"
    tell(
        recipients=[staged.uploaded_by],
        text=sentence,
        url=reverse("import_preview", args=[staged.pk]),
        key=f"import-{staged.pk}-{now:%Y%m%d%H%M%S}",
        now=now,
    )
    return bool(staged.applied_at)
