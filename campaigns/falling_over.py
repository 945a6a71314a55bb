"""A reminder that cannot arrive by one medium goes by the person's next one.

Two cases: it was refused for good, or it waits for a provider that has stopped for long. The ledger's key (duty, step,
person, medium) keeps this from happening twice; a message that somebody may already have stays where it is.
"""

import logging
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from campaigns.models import Reminder
from campaigns.models.reminder import ReminderState
from campaigns.reachable import people_of, ways_to
from campaigns.reminders import PURPOSE, Letter, calendar_around, message_by, remindable
from portal.lib.periods import local_day
from registry.media.lines import media_at_work
from registry.models import BY_PHONE, Medium, MessageState, OutgoingMessage
from registry.models.message import WAITING

logger = logging.getLogger(__name__)

LOOK_BACK = timedelta(hours=48)
AT_ONCE = 200
MOVED = "Đã chuyển sang {}."


def fall_over(now, exceptions=None) -> int:
    """Write the next message for reminders whose medium failed. Gives how many."""
    at_work = media_at_work(now)
    stuck = list(stuck_messages(now, at_work)[:AT_ONCE])
    if not stuck:
        return 0
    exceptions = calendar_around(now) if exceptions is None else exceptions
    rows = Reminder.objects.filter(message__in=stuck, state=ReminderState.QUEUED)
    told = {message.pk: [] for message in stuck}
    for row in rows:
        told[row.message_id].append(row)
    duties = {row.pk: row for row in remindable(local_day(now)).filter(pk__in={row.obligation_id for row in rows})}
    people = people_of({row.agency_id for row in duties.values()})
    return sum(move(message, told[message.pk], duties, people, at_work, now, exceptions) for message in stuck)


def stuck_messages(now, at_work):
    """Reminders that were refused, and those that wait for a medium that takes none, unless somebody may have them."""
    stopped = [medium for medium in BY_PHONE if medium not in at_work]
    refused = Q(state=MessageState.FAILED, created_at__gte=now - LOOK_BACK)
    waiting = Q(state__in=WAITING, medium__in=stopped, next_at__lte=now, provider="")
    rows = OutgoingMessage.objects.filter(refused | waiting, purpose=PURPOSE, reminders__state=ReminderState.QUEUED)
    return rows.select_related("recipient").distinct().order_by("pk")


def move(message, rows, duties, people, at_work, now, exceptions) -> int:
    """One message to the next medium: 1 when it was written. A run that was faster makes us skip it."""
    standing = [row for row in rows if row.obligation_id in duties]
    message.recipient = as_contact(message.recipient, people)
    medium = next_medium(message, at_work)
    try:
        with transaction.atomic():
            if not standing:
                settle(rows, ReminderState.MET)
            elif medium is None:
                settle(rows if message.state == MessageState.FAILED else [], ReminderState.UNREACHED)
            elif leave_old(message, medium):
                write_next(message, medium, standing, duties, people, now, exceptions)
                settle(rows, ReminderState.FELL)
                return 1
    except IntegrityError:
        logger.info("message %s was moved to another medium by another run", message.pk)
    return 0


def as_contact(person, people):
    """The person as the agencies know them: with the phone of their post when the account has none."""
    known = (one for agency in people.values() for one in agency.focal + agency.heads)
    return next((one for one in known if one == person), person)


def next_medium(message, at_work) -> Medium | None:
    """The medium after this one in the person's order that can reach them."""
    order = message.recipient.media_in_order
    behind = order[order.index(message.medium) + 1 :] if message.medium in order else order
    reaching = (Medium(medium) for medium in ways_to(message.recipient, at_work))
    return next((medium for medium in reaching if medium in behind), None)


def leave_old(message, medium) -> bool:
    """End the old message; False when it has moved on since we looked."""
    why = f"{message.last_error} {MOVED.format(medium.label)}".strip()
    same = OutgoingMessage.objects.filter(pk=message.pk, state=message.state, attempt=message.attempt)
    return bool(same.update(state=MessageState.CANCELLED, last_error=why[-300:]))


def write_next(message, medium, standing, duties, people, now, exceptions):
    """The message by the next medium, with its rows in the ledger."""
    told = sorted((duties[row.obligation_id] for row in standing), key=lambda duty: duty.last_day)
    as_head = not any(message.recipient in people[duty.agency_id].focal for duty in told)
    letter = Letter(message.recipient, [], list(dict.fromkeys(told)), as_head)
    successor = message_by(medium, letter, now, exceptions)
    successor.save()
    Reminder.objects.bulk_create(
        Reminder(
            obligation_id=row.obligation_id,
            step=row.step,
            person_id=row.person_id,
            medium=medium,
            due_at=row.due_at,
            state=ReminderState.QUEUED,
            planned_at=now,
            message=successor,
        )
        for row in standing
    )


def settle(rows, state):
    Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(state=state)
