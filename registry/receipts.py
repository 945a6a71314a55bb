"""Receipts of the providers: taken from their calls, stored at once, applied to their messages when these are at rest."""

import json
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from registry.models import OutgoingMessage, ProviderName, Receipt, ReceiptState, Stage

RETRIED_FOR = timedelta(minutes=5)
"""A receipt may come before our own note of the message; one that names nothing we know after that is left alone."""
KEPT = timedelta(days=90)
AT_ONCE = 500
LONGEST_BODY = 16_000
SENT_TO_ALL, REFUSED = "5", "4"


def take(events, now):
    """Store receipts, each event once, and apply them as far as possible. Receipts that came before change nothing."""
    Receipt.objects.bulk_create(events, ignore_conflicts=True)
    mine = Receipt.objects.filter(event_id__in=[event.event_id for event in events], state=ReceiptState.NEW)
    for receipt in mine:
        settle(receipt, now)


def apply_new(now) -> int:
    """Receipts whose message was not at rest, or not there, when they came. Gives how many (one query when none)."""
    waiting = list(Receipt.objects.filter(state=ReceiptState.NEW).order_by("received_at", "pk")[:AT_ONCE])
    return sum(settle(receipt, now) for receipt in waiting)


def settle(receipt, now) -> bool:
    """Apply one receipt if its message can be found and nobody is sending it; an old stray one is kept and ignored."""
    message = message_of(receipt)
    if message is not None and receipt.stage != Stage.OTHER:
        if not message.note_receipt(receipt.stage, receipt.received_at):
            return False
        state = ReceiptState.APPLIED
    elif receipt.stage == Stage.OTHER or now - receipt.received_at > RETRIED_FOR:
        state = ReceiptState.IGNORED
    else:
        return False
    return bool(Receipt.objects.filter(pk=receipt.pk, state=ReceiptState.NEW).update(state=state))


def message_of(receipt):
    """The message of a receipt: by our key, else by the provider's number."""
    if receipt.key:
        return OutgoingMessage.objects.filter(key=receipt.key).first()
    known = OutgoingMessage.objects.filter(provider=receipt.provider, provider_ref=receipt.reference)
    return known.order_by("pk").first() if receipt.reference else None


def of_zalo(raw: bytes, now) -> list[Receipt]:
    """Receipts in one signed event of Zalo: arrived (with our tracking_id) or seen. Other events are kept as they are."""
    event = json.loads(raw)
    message = event.get("message") if isinstance(event.get("message"), dict) else {}
    name = event.get("event_name")
    stages = {"user_received_message": Stage.DELIVERED, "user_seen_message": Stage.READ}
    numbers = message.get("msg_ids") if isinstance(message.get("msg_ids"), list) else [message.get("msg_id")]
    mark = sha256(raw).hexdigest()
    return [
        Receipt(
            provider=ProviderName.ZBS,
            event_id=f"{mark}:{place}",
            received_at=now,
            body=raw.decode("utf-8", "replace")[:LONGEST_BODY],
            key=uuid_or_none(message.get("tracking_id")),
            reference=str(number or "")[:80],
            stage=stages.get(name, Stage.OTHER),
        )
        for place, number in enumerate(numbers[:50])
    ]


def of_esms(query: dict, now) -> Receipt:
    """The receipt in one call of eSMS."""
    written = json.dumps(query, sort_keys=True, ensure_ascii=False)
    if query.get("SendStatus") == SENT_TO_ALL and query.get("SendSuccess", "0") != "0":
        stage = Stage.DELIVERED
    elif query.get("SendStatus") in (SENT_TO_ALL, REFUSED):
        stage = Stage.FAILED
    else:
        stage = Stage.OTHER
    return Receipt(
        provider=ProviderName.ESMS,
        event_id=sha256(written.encode()).hexdigest(),
        received_at=now,
        body=written[:LONGEST_BODY],
        key=uuid_or_none(query.get("RequestId")),
        reference=str(query.get("SMSID") or "")[:80],
        stage=stage,
    )


def uuid_or_none(text):
    try:
        return UUID(str(text))
    except ValueError:
        return None


def sweep(today) -> int:
    """Remove receipts after some months: they hold phone numbers. Gives how many."""
    return Receipt.objects.filter(received_at__date__lt=today - KEPT).delete()[0]
