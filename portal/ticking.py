"""One pass of everything that is due. It remembers nothing between passes: what a missed night left undone is still due."""

import logging
from dataclasses import dataclass, field
from functools import partial

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings

from campaigns import (
    catching_up,
    closing,
    digests,
    downloading,
    falling_over,
    handing_over,
    month_mail,
    reminders,
    short_links,
    uploading,
)
from campaigns.opening import open_periods
from campaigns.publishing.jobs import publish_due
from portal.lib.advisory import only_one
from portal.lib.periods import local_day
from portal.lib.quiet import is_quiet
from registry import delivery, receipts, retention, scans
from registry.media.lines import configured
from registry.models import Heartbeat

logger = logging.getLogger(__name__)

DAILY = {
    "handing_over": handing_over.finish,
    "retention": retention.erase_left,
    "uploads": uploading.sweep,
    "short_links": short_links.sweep,
    "receipts": receipts.sweep,
    "downloads": downloading.sweep,
    "scans": scans.sweep,
    "closing": closing.remind,
    "month_mail": month_mail.send_due,
}
"""What a new day brings: name of its heartbeat, `part(today)` with the number of rows it changed."""
MORNING = {"digests": digests.write}
"""The same for a working day, not before the night's quiet hours end: `part(now)`."""


@dataclass
class TickResult:
    """What one pass did. `planned_elsewhere`: another pass was planning at this moment, so this one only sent.

    `imported`, `downloads`: long sheets and files, which only `manage.py tick` takes up, after the pass.
    """

    at: str
    opened: int = 0
    reminded: int = 0
    imported: int = 0
    downloads: int = 0
    published: dict = field(default_factory=dict)
    sent: dict = field(default_factory=dict)
    sending_paused: bool = False
    planned_elsewhere: bool = False
    faults: list = field(default_factory=list)

    def __str__(self):
        sent = ", ".join(f"{outcome} {count}" for outcome, count in self.sent.items()) or "không có"
        lines = [f"Mở {self.opened} đầu việc · lập {self.reminded} lời nhắc · gửi: {sent}"]
        if self.published:
            lines.append("Đăng bài: " + ", ".join(f"{state} {count}" for state, count in self.published.items()))
        if self.sending_paused:
            lines.append("Việc gửi tin đang tạm dừng.")
        return "\n".join(lines + self.faults)


def tick(now) -> TickResult:
    """Open periods, plan reminders, send, note the heartbeat. Safe to run twice, in parallel, or after a long silence."""
    result, exceptions = TickResult(at=now.isoformat()), reminders.calendar_around(now)
    with only_one("tick") as mine:
        result.planned_elsewhere = not mine
        if mine:
            opened = attempt(result, lambda: open_periods(local_day(now), now=now))
            result.opened = opened.obligations if opened else 0
            catch_up(result, now)
            once_a_day(result, now, exceptions)
            result.reminded = attempt(result, lambda: reminders.plan(now, exceptions=exceptions)) or 0
    sent = attempt(result, lambda: send(now, exceptions))
    result.sent, result.sending_paused = dict(sent or {}), sent is None and not result.faults
    result.published = dict(attempt(result, lambda: publish_due(now)) or {})
    if not Heartbeat.objects.filter(name="tick").update(at=now):
        Heartbeat.objects.update_or_create(name="tick", defaults={"at": now})
    return result


def catch_up(result, now):
    """Let duties follow what happened elsewhere; a round of re-confirmation that begins is a duty opened."""
    for kind, pks in (attempt(result, lambda: catching_up.behind(now)) or {}).items():
        changed = attempt(result, partial(catching_up.catch_up, kind, pks, now)) or 0
        result.opened += changed if kind == catching_up.ASK else 0


def once_a_day(result, now, exceptions):
    """Parts that a new day gives work: each runs until it finds nothing left, then rests until the day is another.

    A missed night heals, and a repair on the same day waits until tomorrow at the latest. One query when all rest.
    """
    today = local_day(now)
    parts = {name: partial(part, today) for name, part in DAILY.items()}
    if not is_quiet(now, exceptions, settings.QUIET_HOURS):
        parts |= {name: partial(part, now) for name, part in MORNING.items()}
    done = {row.name: local_day(row.at) for row in Heartbeat.objects.filter(name__in=parts)}
    for name, part in parts.items():
        if done.get(name) != today and attempt(result, part) == 0:
            Heartbeat.objects.update_or_create(name=name, defaults={"at": now})


def send(now, exceptions=None):
    """Send what is due; a reminder is looked at once more just before it goes. None while sending is paused.

    What could not arrive by one medium goes by the person's next one first.
    """
    if configured():
        receipts.apply_new(now)
        falling_over.fall_over(now, exceptions)
    return delivery.send_due(now, prepare=reminders.prepare, exceptions=exceptions)


def attempt(result, work):
    """Run one part; its fault is logged and reported, and the other parts still run."""
    try:
        return work()
    except SoftTimeLimitExceeded:  # Celery ends the task: no other part begins
        raise
    except Exception as fault:
        logger.exception("a part of the tick failed")
        result.faults.append(f"{type(fault).__name__}: {fault}")
        return None
