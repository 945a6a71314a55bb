"""Carry out the outbox: claim rows with a lease, send outside any transaction, write down how it ended.

Never silently lost; a second copy only when the machine died between the server's acceptance and our note of it,
and then with the same Message-ID. PostgreSQL workers share the rows by SKIP LOCKED, SQLite by the conditional UPDATE.
"""

import logging
import random
import smtplib
import time
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection as database
from django.db import transaction
from django.db.models import Count, F, Q

from portal.lib.quiet import is_quiet
from registry.models import DeliveryAttempt, Medium, MessageState, OutgoingMessage, SendingSwitch, User
from registry.outbox import AT_ONCE, exceptions_around, sending_time
from registry.smtp import ReusedConnection

logger = logging.getLogger(__name__)

BATCH = 50
LEASE = timedelta(seconds=180)
UNKNOWN_REST = timedelta(minutes=10)
RETRY_MINUTES = (1, 5, 15, 30, 60)
JITTER = 0.2
GIVE_UP_AFTER = timedelta(hours=24)
FAILURES_THAT_END_A_BATCH = 2

ACCEPTED, TEMPORARY, PERMANENT, UNKNOWN, BROKEN = "accepted", "temporary", "permanent", "unknown", "broken"
CANCELLED, RELEASED = "cancelled", "released"
WORKER_DIED = "Tiến trình gửi dừng giữa chừng."


@dataclass(frozen=True)
class Ending:
    """How one try ended. `network` = the connection itself failed; `bad_address` = the server knows no such mailbox."""

    outcome: str
    detail: str = ""
    network: bool = False
    bad_address: bool = False


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
    while (passed := time.monotonic() - started) < seconds:
        moment = now + timedelta(seconds=passed)
        batch = claim(moment, only_urgent=is_quiet(moment, exceptions, settings.QUIET_HOURS))
        if not batch:
            break
        endings += send_batch(batch, moment, exceptions, prepare)
    return endings


def reap(now):
    """Leases that ran out become `unknown`; after ten minutes' rest an unknown message goes once more, as itself."""
    lost = Q(state=MessageState.SENDING, lease_until__lt=now)
    rested = Q(state=MessageState.UNKNOWN, next_at__lte=now)
    found = dict(OutgoingMessage.objects.filter(lost | rested).values_list("pk", "state"))
    if dropped := [pk for pk, state in found.items() if state == MessageState.SENDING]:
        with transaction.atomic():
            DeliveryAttempt.objects.filter(message__in=dropped, outcome="").update(
                outcome=UNKNOWN, ended_at=now, detail=WORKER_DIED
            )
            OutgoingMessage.objects.filter(lost, pk__in=dropped).update(
                state=MessageState.UNKNOWN, lease_token=None, next_at=now + UNKNOWN_REST, last_error=WORKER_DIED
            )
    if doubtful := [pk for pk, state in found.items() if state == MessageState.UNKNOWN]:
        doubts = Count("attempts", filter=Q(attempts__outcome=UNKNOWN))
        once = OutgoingMessage.objects.filter(rested, pk__in=doubtful).annotate(doubts=doubts).filter(doubts=1)
        OutgoingMessage.objects.filter(rested, pk__in=list(once.values_list("pk", flat=True))).update(
            state=MessageState.RETRY
        )


def claim(now, *, limit=BATCH, only_urgent=False) -> list:
    """Take rows for ourselves and commit before the network is touched. Nobody else sends them during the lease."""
    token = uuid.uuid4()
    due = OutgoingMessage.objects.due(now).filter(medium=Medium.EMAIL)
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
            state=MessageState.SENDING, attempt=F("attempt") + 1, lease_token=token, lease_until=now + LEASE
        )
        mine = list(
            OutgoingMessage.objects.filter(lease_token=token).select_related("recipient").order_by("next_at", "pk")
        )
        DeliveryAttempt.objects.bulk_create(
            DeliveryAttempt(message=message, number=message.attempt, started_at=now) for message in mine
        )
    return mine


def send_batch(batch, now, exceptions, prepare) -> Counter:
    """Send claimed rows over one connection. A server that is down ends the batch; a bad address doesn't."""
    endings, failures, started = Counter(), 0, time.monotonic()
    held_back = look_again(batch, now, prepare)
    backend = open_backend()
    for message in batch:
        passed = time.monotonic() - started
        if message.pk in held_back:
            ending = held_back[message.pk]
        elif failures >= FAILURES_THAT_END_A_BATCH or passed > LEASE.total_seconds() / 2:
            ending = Ending(RELEASED, "Máy chủ thư chưa trả lời, chuyển sang lượt sau.")
        else:
            ending = send_one(message, backend)
            failures = failures + 1 if ending.network else 0
        finish(message, ending, now + timedelta(seconds=time.monotonic() - started), exceptions)
        endings[ending.outcome] += 1
    close_backend(backend)
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


def send_one(message, backend) -> Ending:
    """One try of one message: every way it can end, as a value."""
    try:
        backend.open()
    except (OSError, smtplib.SMTPException) as fault:
        drop(backend)
        return Ending(TEMPORARY, describe(fault), network=True)
    try:
        backend.send_messages([as_email(message)])
    except (OSError, smtplib.SMTPException) as fault:
        text_was_sent = getattr(backend, "text_was_sent", False)
        if not isinstance(fault, smtplib.SMTPRecipientsRefused):
            drop(backend)
        return judge(fault, text_was_sent)
    except Exception as fault:  # our own mistake in one message, found before it left, must not stop the others
        logger.exception("message %s cannot be sent as it is", message.pk)
        drop(backend)
        return Ending(BROKEN, describe(fault))
    return Ending(ACCEPTED)


def judge(fault, text_was_sent: bool) -> Ending:
    """What a failure of the mail server means for the message."""
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(fault.recipients.values()))
        permanent = 500 <= code < 600
        return Ending(PERMANENT if permanent else TEMPORARY, describe_answer(code, answer), bad_address=permanent)
    if isinstance(fault, smtplib.SMTPDataError):
        permanent = 500 <= fault.smtp_code < 600
        return Ending(PERMANENT if permanent else TEMPORARY, describe_answer(fault.smtp_code, fault.smtp_error))
    if isinstance(fault, smtplib.SMTPResponseException):  # the server refuses us, not this message: wait and try again
        return Ending(TEMPORARY, describe_answer(fault.smtp_code, fault.smtp_error), network=True)
    if isinstance(fault, (OSError, smtplib.SMTPServerDisconnected)):
        return Ending(UNKNOWN if text_was_sent else TEMPORARY, describe(fault), network=True)
    return Ending(BROKEN, describe(fault))


def finish(message, ending: Ending, now, exceptions):
    """Write down how a try ended, if the lease is still ours; a late worker changes nothing."""
    changes = {"lease_token": None, "last_error": ending.detail[:300], **next_state(message, ending, now, exceptions)}
    held = OutgoingMessage.objects.filter(pk=message.pk, lease_token=message.lease_token, state=MessageState.SENDING)
    with transaction.atomic():
        if not held.update(**changes):
            logger.warning("message %s: lease lost before its try ended (%s)", message.pk, ending.outcome)
            return
        message.attempts.filter(number=message.attempt).update(
            ended_at=now, outcome=ending.outcome, detail=ending.detail[:300]
        )
        if ending.bad_address:
            User.objects.filter(pk=message.recipient_id, email=message.address).update(email_failed_at=now)


def next_state(message, ending, now, exceptions) -> dict:
    """Columns of the row after a try."""
    if ending.outcome == ACCEPTED:
        return {"state": MessageState.ACCEPTED, "accepted_at": now}
    if ending.outcome == UNKNOWN:
        return {"state": MessageState.UNKNOWN, "next_at": now + UNKNOWN_REST}
    if ending.outcome == RELEASED:
        return {"state": MessageState.RETRY, "next_at": now + timedelta(minutes=1)}
    if ending.outcome == TEMPORARY and now - message.created_at < GIVE_UP_AFTER:
        wait = retry_wait(message.attempt)
        return {"state": MessageState.RETRY, "next_at": sending_time(now + wait, exceptions, message.purpose)}
    states = {CANCELLED: MessageState.CANCELLED, BROKEN: MessageState.DEAD}
    return {"state": states.get(ending.outcome, MessageState.FAILED)}


def retry_wait(attempt: int) -> timedelta:
    """1, 5, 15, 30, 60 minutes, then hourly, each up to a fifth shorter or longer."""
    minutes = RETRY_MINUTES[min(attempt, len(RETRY_MINUTES)) - 1]
    return timedelta(minutes=minutes * random.uniform(1 - JITTER, 1 + JITTER))


def as_email(message) -> EmailMultiAlternatives:
    """The e-mail of a row; its Message-ID is the row's key in every try."""
    host = urlsplit(settings.SITE_URL).hostname
    mail = EmailMultiAlternatives(
        message.subject,
        message.text,
        to=[message.address],
        headers={"Message-ID": f"<{message.key}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    return mail


def open_backend():
    """The configured mail backend; for SMTP our own, which knows how far a message got."""
    backend = get_connection()
    return ReusedConnection() if type(backend) is EmailBackend else backend


def drop(backend):
    if isinstance(backend, ReusedConnection):
        backend.drop()


def close_backend(backend):
    """Say goodbye; what was accepted stays accepted even when the goodbye fails."""
    try:
        backend.close()
    except (OSError, smtplib.SMTPException):
        drop(backend)


def describe(fault) -> str:
    return f"{type(fault).__name__}: {fault}"


def describe_answer(code, answer) -> str:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return f"{code} {words}"
