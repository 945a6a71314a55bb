"""Carry out the outbox: claim rows with a lease, send outside any transaction, write down how it ended.

Never silently lost; a second copy only when the machine died between the server's acceptance and our note of it,
and then with the same Message-ID. PostgreSQL workers share the rows by SKIP LOCKED, SQLite by the conditional UPDATE.
"""

import logging
import random
import time
import uuid
from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.db.models import Count, F, Q

from portal.lib.quiet import is_quiet
from registry.media.endings import (
    ACCEPTED,
    BROKEN,
    CANCELLED,
    PERMANENT,
    RELEASED,
    TEMPORARY,
    UNKNOWN,
    Ending,
    describe,
)
from registry.media.lines import EMAIL, KEYED, open_lines
from registry.models import DeliveryAttempt, Medium, MessageState, OutgoingMessage, SendingSwitch
from registry.outbox import AT_ONCE, exceptions_around, sending_time

__all__ = ["ACCEPTED", "BROKEN", "CANCELLED", "PERMANENT", "RELEASED", "TEMPORARY", "UNKNOWN", "Ending", "send_due"]

logger = logging.getLogger(__name__)

BATCH = 50
LEASE = timedelta(seconds=180)
UNKNOWN_REST = timedelta(minutes=10)
RETRY_MINUTES = (1, 5, 15, 30, 60)
JITTER = 0.2
GIVE_UP_AFTER = timedelta(hours=24)
FAILURES_THAT_END_A_BATCH = 2

WORKER_DIED = "Tiến trình gửi dừng giữa chừng."
NO_ANSWER = "Máy chủ gửi tin chưa trả lời, chuyển sang lượt sau."


def send_due(now, *, prepare=None, exceptions=None, seconds=45.0) -> Counter | None:
    """Send what is due, in batches, for at most `seconds`. Gives how many tries ended how; None while paused.

    `prepare(batch, now)` looks at claimed messages once more: it may rewrite texts, and gives an ending for each message
    that must not go (pk → Ending).
    """
    if SendingSwitch.is_paused():
        return None
    endings, started = Counter(), time.monotonic()
    if not OutgoingMessage.objects.to_look_after(now).exists():
        return endings
    exceptions = exceptions_around(now) if exceptions is None else exceptions
    reap(now)
    lines = open_lines(now)
    while lines and (passed := time.monotonic() - started) < seconds:
        moment, line = now + timedelta(seconds=passed), lines.pop(0)
        batch = claim(moment, only_urgent=is_quiet(moment, exceptions, settings.QUIET_HOURS), line=line)
        if batch:
            endings += send_batch(batch, moment, exceptions, prepare, line)
            lines.append(line)
    return endings


def reap(now):
    """Leases that ran out become `unknown`; after ten minutes' rest an unknown e-mail goes once more, as itself.

    A provider that knows our key is asked again at once; any other message by phone waits for a receipt or a person.
    """
    lost = Q(state=MessageState.SENDING, lease_until__lt=now)
    rested = Q(state=MessageState.UNKNOWN, next_at__lte=now)
    found = dict(OutgoingMessage.objects.filter(lost | rested).values_list("pk", "state"))
    if dropped := [pk for pk, state in found.items() if state == MessageState.SENDING]:
        with transaction.atomic():
            DeliveryAttempt.objects.filter(message__in=dropped, outcome="").update(
                outcome=UNKNOWN, ended_at=now, detail=WORKER_DIED
            )
            OutgoingMessage.objects.filter(lost, pk__in=dropped, provider__in=KEYED).update(
                state=MessageState.RETRY, lease_token=None, next_at=now, last_error=WORKER_DIED
            )
            OutgoingMessage.objects.filter(lost, pk__in=dropped).update(
                state=MessageState.UNKNOWN, lease_token=None, next_at=now + UNKNOWN_REST, last_error=WORKER_DIED
            )
    if doubtful := [pk for pk, state in found.items() if state == MessageState.UNKNOWN]:
        doubts = Count("attempts", filter=Q(attempts__outcome=UNKNOWN))
        mails = OutgoingMessage.objects.filter(rested, pk__in=doubtful, medium=Medium.EMAIL)
        once = mails.annotate(doubts=doubts).filter(doubts=1)
        OutgoingMessage.objects.filter(rested, pk__in=list(once.values_list("pk", flat=True))).update(
            state=MessageState.RETRY
        )


def claim(now, *, limit=BATCH, only_urgent=False, line=EMAIL) -> list:
    """Take rows of a line for ourselves and commit before the network is touched. Nobody else sends them meanwhile."""
    token = uuid.uuid4()
    due, limit = OutgoingMessage.objects.due(now).filter(line.rows), min(limit, line.batch)
    if only_urgent:
        due = due.filter(purpose__in=AT_ONCE)
    if not due.exists():
        return []
    with transaction.atomic(durable=True):
        chosen = due.order_by("next_at", "pk")
        if database.features.has_select_for_update_skip_locked:
            chosen = chosen.select_for_update(skip_locked=True)
        ids = list(chosen.values_list("pk", flat=True)[:limit])
        if not ids:
            return []
        due.filter(pk__in=ids).update(
            state=MessageState.SENDING,
            attempt=F("attempt") + 1,
            lease_token=token,
            lease_until=now + LEASE,
            provider=line.provider,
        )
        mine = list(
            OutgoingMessage.objects.filter(lease_token=token).select_related("recipient").order_by("next_at", "pk")
        )
        DeliveryAttempt.objects.bulk_create(
            DeliveryAttempt(message=message, number=message.attempt, started_at=now) for message in mine
        )
    return mine


def send_batch(batch, now, exceptions, prepare, line=EMAIL) -> Counter:
    """Send claimed rows over one connection. A server that is down ends the batch; a bad address doesn't."""
    endings, failures, started = Counter(), 0, time.monotonic()
    held_back = look_again(batch, now, prepare)
    carrier = line.carrier()
    for message in batch:
        passed = time.monotonic() - started
        if message.pk in held_back:
            ending = held_back[message.pk]
        elif carrier.is_stopped or failures >= FAILURES_THAT_END_A_BATCH or passed > LEASE.total_seconds() / 2:
            ending = Ending(RELEASED, NO_ANSWER)
        else:
            ending = carrier.send(message, now + timedelta(seconds=passed))
            failures = failures + 1 if ending.network else 0
        finish(message, ending, now + timedelta(seconds=time.monotonic() - started), exceptions)
        endings[ending.outcome] += 1
    carrier.close()
    return endings


def look_again(batch, now, prepare) -> dict:
    """Messages of the batch that must not go now, with the reason."""
    late = [message for message in batch if message.not_after and now > message.not_after]
    endings = {message.pk: Ending(CANCELLED, "Đã quá thời hạn có nghĩa của tin.") for message in late}
    if prepare:
        try:
            endings |= prepare([message for message in batch if message.pk not in endings], now)
        except Exception as fault:  # the rows are claimed: give them back rather than leave them to the lease
            logger.exception("a batch cannot be looked at again before sending")
            return {message.pk: Ending(TEMPORARY, describe(fault)) for message in batch} | endings
    return endings


def finish(message, ending: Ending, now, exceptions):
    """Write down how a try ended, if the lease is still ours; a late worker changes nothing."""
    changes = {"lease_token": None, "last_error": ending.detail[:300], **next_state(message, ending, now, exceptions)}
    changes |= trace(message, ending)
    held = OutgoingMessage.objects.filter(pk=message.pk, lease_token=message.lease_token, state=MessageState.SENDING)
    with transaction.atomic():
        if not held.update(**changes):
            logger.warning("message %s: lease lost before its try ended (%s)", message.pk, ending.outcome)
            return
        message.attempts.filter(number=message.attempt).update(
            ended_at=now, outcome=ending.outcome, detail=ending.detail[:300]
        )
        if ending.bad_address:
            message.note_bad_address(now)


def next_state(message, ending, now, exceptions) -> dict:
    """Columns of the row after a try."""
    if ending.outcome == ACCEPTED:
        return {"state": MessageState.ACCEPTED, "accepted_at": now}
    is_young = now - message.created_at < GIVE_UP_AFTER
    if ending.outcome == UNKNOWN and not (ending.again and is_young):
        return {"state": MessageState.UNKNOWN, "next_at": now + UNKNOWN_REST}
    if ending.outcome == RELEASED:
        return {"state": MessageState.RETRY, "next_at": now + timedelta(minutes=1)}
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
    minutes = RETRY_MINUTES[min(attempt, len(RETRY_MINUTES)) - 1]
    return timedelta(minutes=minutes * random.uniform(1 - JITTER, 1 + JITTER))
