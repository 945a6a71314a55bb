"""Không mất, không trùng: what can never be in the ledger and the outbox, counted. All zero, or something is wrong.

Asked by `manage.py health`, and after every fault in the tests and in `make chaos`.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Exists, OuterRef

from campaigns import reminders
from portal.lib.quiet import is_quiet
from registry.media.endings import ACCEPTED
from registry.models import DeliveryAttempt, MessageState, OutgoingMessage, SendingSwitch
from registry.outbox import AT_ONCE, exceptions_around

FORGOTTEN = timedelta(minutes=15)
ORPHAN = timedelta(minutes=5)
OLD_DOUBT = timedelta(days=1)
LOOKED_BACK = timedelta(days=40)


def findings(now) -> dict[str, int]:
    """How many of each kind of fault there are (a dozen queries)."""
    recent = OutgoingMessage.objects.filter(created_at__gte=now - LOOKED_BACK)
    accepted = DeliveryAttempt.objects.filter(outcome=ACCEPTED)
    untold = Exists(accepted.filter(message=OuterRef("pk")))
    twice = accepted.filter(message__in=recent).values("message").annotate(tries=Count("pk")).filter(tries__gt=1)
    return {
        "reminders_missing": reminders_missing(now),
        "orphan_leases": recent.filter(state=MessageState.SENDING, lease_until__lt=now - ORPHAN).count(),
        "forgotten": forgotten(now).count(),
        "accepted_without_attempt": recent.filter(~untold, state=MessageState.ACCEPTED, delivered_at=None).count(),
        "accepted_twice": twice.count(),
        "old_unknown": recent.filter(state=MessageState.UNKNOWN, next_at__lt=now - OLD_DOUBT).count(),
    }


def reminders_missing(now) -> int:
    """Steps that came over a quarter of an hour ago and have no row in the ledger, by a look at every duty."""
    letters = reminders.letters_of_all(now, reminders.calendar_around(now))
    return sum(step.due_at < now - FORGOTTEN for letter in letters for _, step in letter.steps)


def forgotten(now):
    """Messages that should have left a quarter of an hour ago; none while sending is paused."""
    waiting = OutgoingMessage.objects.due(now - FORGOTTEN)
    if SendingSwitch.is_paused():
        return waiting.none()
    if is_quiet(now, exceptions_around(now), settings.QUIET_HOURS):
        return waiting.filter(purpose__in=AT_ONCE)
    return waiting
