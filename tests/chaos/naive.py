"""Negative controls: two senders as they are often written, run by the same workers under the same kills.

`select_send_mark` reads what is due, sends, then writes down: whoever dies in between sends again, two at once both send.
`mark_send` writes down first: whoever dies in between never sends. A harness that doesn't see this proves nothing.
"""

import os
from collections import Counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from portal.celery import app  # noqa: E402
from registry import delivery  # noqa: E402
from registry.media.lines import open_lines  # noqa: E402
from registry.models import OutgoingMessage  # noqa: E402

__all__ = ["app"]
FEW = 10


def due_of(line, now, count):
    due = OutgoingMessage.objects.due(now).filter(line.rows).select_related("recipient")
    return list(due.order_by("next_at", "pk")[:count])


def mark(messages, now):
    pks = [message.pk for message in messages]
    OutgoingMessage.objects.filter(pk__in=pks).update(state="accepted", accepted_at=now)


def select_send_mark(now, **more):
    for line in open_lines(now):
        carrier = line.carrier()
        for message in due_of(line, now, 100):
            if carrier.send(message, now).outcome == "accepted":
                mark([message], now)
        carrier.close()
    return Counter()


def mark_send(now, **more):
    for line in open_lines(now):
        carrier = line.carrier()
        while few := due_of(line, now, FEW):
            mark(few, now)
            for message in few:
                carrier.send(message, now)
        carrier.close()
    return Counter()


CONTROLS = {"select_send_mark": select_send_mark, "mark_send": mark_send}
delivery.send_due = CONTROLS[os.environ["CHAOS_CONTROL"]]
