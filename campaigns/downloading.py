"""Files that take longer than a page may: what the background writes for whoever asked, and tells them when it is there.

Not a part of the minute: `portal.tasks.downloads` runs beside it, `manage.py tick` comes to it after everything else.
"""

import tempfile
import time
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.urls import reverse

from campaigns import reporting
from campaigns.models import Obligation
from campaigns.narrowing import BY_PARENT, Narrowing
from portal.lib.documents.xlsx import write_xlsx
from portal.lib.periods import local_day, parse_month, start_of_day
from registry.exports import export_table
from registry.leasing import work_off
from registry.models import Download
from registry.models.leased import TRIES
from registry.outbox import tell
from registry.permissions import can_read_desk

EVERY = 200
"""Rows between two words about how far the file is."""
GAVE_UP = f"Cổng đã thử {TRIES} lần nhưng tiến trình đều dừng giữa chừng. Hãy lọc ít dòng hơn, hoặc báo quản trị."
NOT_ALLOWED = "Tài khoản không còn quyền lấy tệp này."
TAKEN_ELSEWHERE = "Tiến trình khác đã nhận việc này."


def make_queued(now, *, seconds=240.0) -> int:
    """Write what waits; returns how many files were written. One query when there is nothing to do."""
    if not Download.objects.waiting().exists():
        return 0
    return work_off(Download, make, answer, now, gave_up=GAVE_UP, seconds=seconds)


def make(job: Download, now):
    """One file, first on a disk of ours, then where every server finds it."""
    if not (job.owner.is_active and can_read_desk(job.owner)):
        raise ValidationError(NOT_ALLOWED)
    job.note_progress(0)
    clock = partial(moment_since, now, time.monotonic())
    with tempfile.TemporaryFile() as stream:
        MAKERS[job.kind](job, stream, now, partial(noted, job, clock))
        stream.seek(0)
        if not job.finish(File(stream), clock()):
            raise ValidationError(TAKEN_ELSEWHERE)


def moment_since(now, started):
    """The moment it is, for work that began at `now` when the machine's own clock said `started`."""
    return now + timedelta(seconds=time.monotonic() - started)


def noted(job, clock, rows):
    """The rows, while they pass by: how far we are, and the lease held on."""
    for number, row in enumerate(rows, start=1):
        if number % EVERY == 0:
            job.note_progress(number)
            if not job.renew(clock()):
                raise ValidationError(TAKEN_ELSEWHERE)
        yield row


def make_month(job, stream, now, watched):
    """The month's report: `month`, `format`, the filter of the page and its grouping."""
    asked = job.request
    narrowing = Narrowing(asked.get("q", ""), asked.get("loai", ""))
    rows = narrowing.duties(Obligation.objects.visible_to(job.owner))
    month, by_parent = parse_month(asked["month"]), asked.get("theo") == BY_PARENT
    scope = narrowing.words_of_scope
    reporting.write_month(stream, asked["format"], rows, month, local_day(now), scope, by_parent=by_parent)


def make_registry(job, stream, now, watched):
    """A list of the registry, with the columns that import reads."""
    asked = job.request
    table = export_table(asked["kind"], user=job.owner, params=asked["params"], reveal=asked["reveal"])
    write_xlsx(stream, replace(table, rows=watched(table.rows)))


MAKERS = {"month": make_month, "registry": make_registry}


def answer(job: Download, now) -> bool:
    """Tell the person how it ended; whether the file is there."""
    words = f"Tệp “{job}” đã sẵn sàng để tải." if job.made_at else f"Chưa lập được tệp “{job}”. Hãy mở để xem lý do."
    tell(
        recipients=[job.owner],
        text=words,
        url=reverse("download_list"),
        key=f"download-{job.pk}-{job.attempt}",
        now=now,
    )
    return bool(job.made_at)


def sweep(today: date) -> int:
    """Files whose days are over go; how many went."""
    old = list(Download.objects.expired(start_of_day(today))[:500])
    for job in old:
        job.remove()
    return len(old)
