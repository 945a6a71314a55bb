"""What a worker writes down while it sends: what is about to leave, and how it ended, always fenced by its lease.

A crash leaves in doubt only what was begun and not yet noted: a few mails (`at_risk` of the carrier), or half a second.
"""

import logging
import math
import random
import time
from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from registry.media.endings import ACCEPTED, BROKEN, CANCELLED, RELEASED, TEMPORARY, UNKNOWN, Ending
from registry.models import DeliveryAttempt, MessageState, OutgoingMessage
from registry.outbox import ask_for_address, sending_time

logger = logging.getLogger(__name__)

LONGEST_FEW = 15.0
"""Seconds for which the few in hand are still sent when the time for the batch is over."""
NOTED_AFTER = 0.5
"""Seconds after which what was accepted is written down, be it ever so little."""
LEASE = timedelta(seconds=settings.SENDING_LEASE_SECONDS)
UNKNOWN_REST = timedelta(seconds=settings.SENDING_REST_SECONDS)
RETRY_MINUTES = (1, 5, 15, 30, 60)
JITTER = 0.2
GIVE_UP_AFTER = timedelta(hours=24)
PLAINLY_ACCEPTED = Ending(ACCEPTED)


class Hand:
    """What one worker holds: which of its messages are on their way, how they ended, what is not yet written down."""

    def __init__(self, now, exceptions, provider="", seconds=45.0):
        self.now, self.exceptions, self.started = now, exceptions, time.monotonic()
        self.provider, self.until = provider, self.started + seconds
        self.done, self.endings, self.failures = [], Counter(), 0
        self.begun_at, self.noted_at = math.inf, self.started

    @property
    def moment(self):
        return self.now + timedelta(seconds=time.monotonic() - self.started)

    @property
    def is_late(self) -> bool:
        """Whether not even the few in hand may be finished: their lease is in danger, or the time long over."""
        return time.monotonic() > min(self.begun_at + LEASE.total_seconds() / 2, self.until + LONGEST_FEW)

    @property
    def is_over(self) -> bool:
        """Whether the time for the batch is over: no more are begun."""
        return time.monotonic() > self.until

    def begin(self, few) -> list:
        """Write that these are about to leave, with a lease of their own, and before that how the last ones ended.

        Committed before the network is touched: only what was begun can be in doubt after a crash. Gives those that are
        still ours.
        """
        self.write_down_others()
        with transaction.atomic():
            self.write_down_accepted()
            held = held_by_us(few)
            lease = {"lease_until": self.moment + LEASE, "provider": self.provider}
            if held.update(attempt=F("attempt") + 1, **lease) < len(few):
                ours = set(held.values_list("pk", flat=True))
                few = [message for message in few if message.pk in ours]
            for message in few:
                message.attempt, message.provider = message.attempt + 1, self.provider
            tries = [DeliveryAttempt(message=row, number=row.attempt, started_at=self.moment) for row in few]
            for row, one_try in zip(few, DeliveryAttempt.objects.bulk_create(tries), strict=True):
                row.this_try = one_try
        self.begun_at = self.noted_at = time.monotonic()
        return few

    def note(self, message, ending):
        """Remember how a try ended; write it down when it should not wait longer."""
        self.done.append((message, ending))
        self.endings[ending.outcome] += 1
        if ending.outcome != RELEASED:
            self.failures = self.failures + 1 if ending.network else 0
        if time.monotonic() - self.noted_at > NOTED_AFTER:
            self.write_down()

    def write_down(self):
        self.write_down_others()
        with transaction.atomic():
            self.write_down_accepted()
        self.noted_at = time.monotonic()

    def write_down_accepted(self):
        """E-mails that the server accepted, in two statements, as far as the lease is still ours."""
        done, self.done = [message for message, _ in self.done], []
        if not done:
            return
        changes = next_state(done[0], PLAINLY_ACCEPTED, self.moment, self.exceptions)
        kept = held_by_us(done).update(lease_token=None, last_error="", **changes)
        if kept < len(done):
            logger.warning("%s messages: lease lost before their tries ended (accepted)", len(done) - kept)
        tries = DeliveryAttempt.objects.filter(pk__in=[message.this_try.pk for message in done], outcome="")
        tries.update(outcome=ACCEPTED, ended_at=self.moment)

    def write_down_others(self):
        """Each of the other endings by itself: it has a reason, a flag or a reference of its own."""
        for message, ending in self.done:
            if ending != PLAINLY_ACCEPTED:
                finish(message, ending, self.moment, self.exceptions)
        self.done = [(message, ending) for message, ending in self.done if ending == PLAINLY_ACCEPTED]


def held_by_us(few):
    """Rows of one claim that nobody took from us."""
    pks, token = [message.pk for message in few], few[0].lease_token
    return OutgoingMessage.objects.filter(pk__in=pks, lease_token=token, state=MessageState.SENDING)


def finish(message, ending: Ending, now, exceptions):
    """Write down how a try ended, if the lease is still ours; a late worker changes nothing."""
    changes = {"lease_token": None, "last_error": ending.detail[:300], **next_state(message, ending, now, exceptions)}
    changes |= trace(message, ending)
    held = OutgoingMessage.objects.filter(pk=message.pk, lease_token=message.lease_token, state=MessageState.SENDING)
    with transaction.atomic():
        if not held.update(**changes):
            logger.warning("message %s: lease lost before its try ended (%s)", message.pk, ending.outcome)
            return
        if message.this_try:
            this_try = DeliveryAttempt.objects.filter(pk=message.this_try.pk)
            this_try.update(ended_at=now, outcome=ending.outcome, detail=ending.detail[:300])
        if ending.bad_address:
            message.note_bad_address(now)
            ask_for_address(message, now)


def next_state(message, ending, now, exceptions) -> dict:
    """Columns of the row after a try."""
    if ending.outcome == ACCEPTED:
        return {"state": MessageState.ACCEPTED, "accepted_at": now}
    is_young = now - message.created_at < GIVE_UP_AFTER
    if ending.outcome == UNKNOWN and not (ending.again and is_young):
        return {"state": MessageState.UNKNOWN, "next_at": now + UNKNOWN_REST}
    if ending.outcome == RELEASED:
        wait = {} if ending.again else {"next_at": now + timedelta(minutes=1)}
        return {"state": MessageState.RETRY, **wait}
    if ending.outcome in (TEMPORARY, UNKNOWN) and is_young:
        wait = retry_wait(message.attempt)
        return {"state": MessageState.RETRY, "next_at": sending_time(now + wait, exceptions, message.purpose)}
    states = {CANCELLED: MessageState.CANCELLED, BROKEN: MessageState.DEAD}
    return {"state": states.get(ending.outcome, MessageState.FAILED)}


def trace(message, ending) -> dict:
    """With whom a message by phone is: whoever may have it keeps it; one that surely has it not lets it go."""
    if ending.outcome in (ACCEPTED, UNKNOWN) or not message.provider:
        return {"provider_ref": ending.reference} if ending.reference else {}
    return {} if message.attempts.filter(outcome=UNKNOWN).exists() else {"provider": ""}


def retry_wait(attempt: int) -> timedelta:
    """1, 5, 15, 30, 60 minutes, then hourly, each up to a fifth shorter or longer."""
    minutes = RETRY_MINUTES[min(max(attempt, 1), len(RETRY_MINUTES)) - 1]
    return timedelta(minutes=minutes * random.uniform(1 - JITTER, 1 + JITTER))
