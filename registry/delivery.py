"""Carry out the outbox: claim rows with a lease, send outside any transaction, write down how it ended.

Never silently lost; a second copy only when the machine died between the server's acceptance and our note of it,
and then with the same Message-ID. PostgreSQL workers share the rows by SKIP LOCKED, SQLite by the conditional UPDATE.
"""

import logging
import time
import uuid
from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.db.models import Count, Q

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
from registry.noting import LEASE, UNKNOWN_REST, Hand
from registry.outbox import AT_ONCE, exceptions_around

__all__ = ["ACCEPTED", "BROKEN", "CANCELLED", "PERMANENT", "RELEASED", "TEMPORARY", "UNKNOWN", "Ending", "send_due"]

logger = logging.getLogger(__name__)

BATCH = 100
FAILURES_THAT_END_A_BATCH = 2

WORKER_DIED = "Tiến trình gửi dừng giữa chừng."
NO_ANSWER = "Máy chủ gửi tin chưa trả lời, chuyển sang lượt sau."
TIME_IS_UP = "Hết giờ của lượt này, lượt sau gửi tiếp."


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
            endings += send_batch(batch, moment, exceptions, prepare, line, seconds=seconds - passed)
            lines.append(line)
    return endings


def reap(now):
    """Leases that ran out: what had been begun becomes `unknown`, the rest waits again as if nothing had been.

    After its rest an unknown e-mail goes once more, as itself. A provider that knows our key is asked again at once; any
    other message by phone waits for a receipt or a person.
    """
    lost = Q(state=MessageState.SENDING, lease_until__lt=now)
    rested = Q(state=MessageState.UNKNOWN, next_at__lte=now)
    found = dict(OutgoingMessage.objects.filter(lost | rested).values_list("pk", "state"))
    if dropped := [pk for pk, state in found.items() if state == MessageState.SENDING]:
        let_go(OutgoingMessage.objects.filter(lost, pk__in=dropped), now)
    if doubtful := [pk for pk, state in found.items() if state == MessageState.UNKNOWN]:
        doubts = Count("attempts", filter=Q(attempts__outcome=UNKNOWN))
        mails = OutgoingMessage.objects.filter(rested, pk__in=doubtful, medium=Medium.EMAIL)
        once = mails.annotate(doubts=doubts).filter(doubts=1)
        OutgoingMessage.objects.filter(rested, pk__in=list(once.values_list("pk", flat=True))).update(
            state=MessageState.RETRY
        )


@transaction.atomic
def let_go(lost, now):
    """Take messages from a worker that is gone; one that is merely slow finds its lease lost."""
    if database.features.has_select_for_update_skip_locked:
        lost = lost.select_for_update(skip_locked=True)
    pks = set(lost.values_list("pk", flat=True))
    open_tries = DeliveryAttempt.objects.filter(message__in=pks, outcome="")
    begun = set(open_tries.values_list("message_id", flat=True))
    open_tries.update(outcome=UNKNOWN, ended_at=now, detail=WORKER_DIED)
    in_doubt = OutgoingMessage.objects.filter(pk__in=begun)
    in_doubt.filter(provider__in=KEYED).update(
        state=MessageState.RETRY, lease_token=None, next_at=now, last_error=WORKER_DIED
    )
    in_doubt.filter(state=MessageState.SENDING).update(
        state=MessageState.UNKNOWN, lease_token=None, next_at=now + UNKNOWN_REST, last_error=WORKER_DIED
    )
    OutgoingMessage.objects.filter(pk__in=pks - begun).update(state=MessageState.RETRY, lease_token=None, next_at=now)


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
        due.filter(pk__in=ids).update(state=MessageState.SENDING, lease_token=token, lease_until=now + LEASE)
        mine = OutgoingMessage.objects.filter(lease_token=token)
        return list(mine.select_related("recipient").order_by("next_at", "pk"))


def send_batch(batch, now, exceptions, prepare, line=EMAIL, seconds=45.0) -> Counter:
    """Send claimed rows over one connection, for about `seconds`. A server that is down ends the batch; a bad address doesn't."""
    hand = Hand(now, exceptions, line.provider, seconds)
    held_back = look_again(batch, now, prepare)
    carrier = line.carrier()
    for start in range(0, len(batch), carrier.at_risk):
        few = batch[start : start + carrier.at_risk]
        may_begin = not (has_stopped(carrier, hand) or hand.is_over or hand.is_late)
        for message in hand.begin(few) if may_begin else few:
            if message.pk in held_back:
                ending = held_back[message.pk]
            elif has_stopped(carrier, hand):
                ending = Ending(RELEASED, NO_ANSWER)
            elif not may_begin or hand.is_late:
                ending = Ending(RELEASED, TIME_IS_UP, again=True)
            else:
                ending = carrier.send(message, hand.moment)
            hand.note(message, ending)
    hand.write_down()
    carrier.close()
    return hand.endings


def has_stopped(carrier, hand) -> bool:
    """Whether nothing leaves for a while: the provider said so, or the server is down."""
    return carrier.is_stopped or hand.failures >= FAILURES_THAT_END_A_BATCH


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
