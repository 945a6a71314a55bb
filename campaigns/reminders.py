"""Nhắc hạn: which reminders are due, one message per person and run, and a last look before each goes.

A ledger, not cron luck: what is due is worked out from the duties each time, the unique key (duty, step, person, medium)
keeps a step from being told twice, and only rows that were inserted become messages.
"""

import logging
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse

from campaigns import short_links, wording
from campaigns.models import Obligation, Reminder
from campaigns.models.reminder import ReminderState
from campaigns.reachable import people_of, ways_to
from campaigns.reminder_texts import words_in_force
from campaigns.steps import HEAD_FROM, Step, newest_due_step, patterns_of_duties
from portal.lib.periods import local_day
from registry import delivery
from registry.media.lines import media_at_work
from registry.models import (
    BY_PHONE,
    ContactPoint,
    Medium,
    MessageState,
    Notice,
    OutgoingMessage,
    User,
    working_day_exceptions,
)
from registry.outbox import sending_time

logger = logging.getLogger(__name__)

PURPOSE = "reminder"
CHUNK = 100
CALENDAR_MARGIN = timedelta(days=90)


@dataclass
class Letter:
    """What one person is told in one run: the steps that have come, and everything they still owe."""

    person: User
    steps: list[tuple[Obligation, Step]]
    duties: list[Obligation]
    as_head: bool = False


def plan(now, *, exceptions=None, seconds=30.0) -> int:
    """Write ledger rows, notices and messages for every step that has come. Gives how many people are told.

    After `seconds` the rest waits for the next run: it is still due then.
    """
    started, told = time.monotonic(), 0
    exceptions = calendar_around(now) if exceptions is None else exceptions
    letters = due_letters(now, exceptions)
    for start in range(0, len(letters), CHUNK):
        if time.monotonic() - started > seconds:
            break
        told += write(letters[start : start + CHUNK], now, exceptions)
    return told


def remind_now(*, actor, obligations, now) -> int:
    """Remind the focal points of these duties at once; each duty once per day. Gives how many people are told."""
    today = local_day(now)
    exceptions = calendar_around(now)
    step = Step(now, f"nhac-{today:%Y-%m-%d}")
    asked = {row.pk for row in obligations}
    duties = [row for row in remindable(today) if row.pk in asked]
    logger.info("%s reminds now: %s duties", actor.pk, len(duties))
    return write(letters_for([(row, step) for row in duties], today), now, exceptions)


def leaves_at(now):
    """When an e-mail reminder written now may leave."""
    return sending_time(now, calendar_around(now), PURPOSE)


def calendar_around(now) -> dict:
    day = local_day(now)
    return working_day_exceptions(day - CALENDAR_MARGIN, day + CALENDAR_MARGIN)


def remindable(today):
    """Open duties with everything that a message says about them."""
    return Obligation.objects.to_remind(today).select_related("requirement__campaign", "period", "agency")


def due_letters(now, exceptions) -> list[Letter]:
    """Letters for steps that have come and are not in the ledger yet (six queries, two when nothing is due)."""
    if not any(newest_due_step(row, now, exceptions) for row in patterns_of_duties(local_day(now))):
        return []
    return letters_of_all(now, exceptions)


def letters_of_all(now, exceptions) -> list[Letter]:
    """The same by looking at every open duty, without the quick look before it: what `nothing_lost` asks."""
    today = local_day(now)
    duties = list(remindable(today))
    steps = [(row, step) for row in duties if (step := newest_due_step(row, now, exceptions))]
    return letters_for(steps, today, duties) if steps else []


def letters_for(steps, today, duties=None) -> list[Letter]:
    """One letter per person from (duty, step) pairs, without those that the ledger already has."""
    duties = list(remindable(today)) if duties is None else duties
    people = people_of({row.agency_id for row in duties})
    known = set(
        Reminder.objects.filter(obligation__in=[row.pk for row, _ in steps], medium=Medium.IN_APP).values_list(
            "obligation_id", "step", "person_id"
        )
    )
    owed = owed_by_person(duties, people)
    letters: dict[tuple, Letter] = {}
    for row, step in steps:
        for person, as_head in audience_of(row, step, people[row.agency_id], known):
            if (row.pk, step.key, person.pk) not in known:
                letter = letters.setdefault((person, as_head), Letter(person, [], owed[person], as_head))
                letter.steps.append((row, step))
    for letter in letters.values():
        if letter.as_head:
            letter.duties = [row for row, _ in letter.steps]
    return list(letters.values())


def audience_of(row, step, people, known) -> list[tuple[User, bool]]:
    """Whom a step is for, and whether as the head: the head hears of one deadline once, at the first step from T+3 on."""
    audience = [(person, False) for person in people.focal]
    if step.to_head:
        keys = [f"T{offset:+d}" for offset in row.requirement.reminder_steps if offset >= HEAD_FROM]
        name, blank, mark = step.key.partition(" ")
        before = [f"{key}{blank}{mark}" for key in keys if key != name]
        heads = [person for person in people.heads if person not in people.focal]
        audience += [(head, True) for head in heads if not any((row.pk, key, head.pk) in known for key in before)]
    return audience


def owed_by_person(duties, people) -> dict:
    """All open duties of each focal point over all their agencies, nearest deadline first."""
    owed = defaultdict(list)
    for row in duties:
        for person in people[row.agency_id].focal:
            owed[person].append(row)
    return owed


def write(letters, now, exceptions) -> int:
    """Compose, then insert in one short transaction; a run that was faster with a person's rows makes us skip them."""
    at_work, said = media_at_work(now), words_in_force()
    messages = [message_for(letter, now, exceptions, at_work, said) for letter in letters]
    return insert_or_skip(list(zip(letters, messages, strict=True)), now, exceptions)


def insert_or_skip(pairs, now, exceptions) -> int:
    """Insert all letters, or one by one those that nobody else inserted. Gives how many."""
    try:
        with transaction.atomic():
            insert(pairs, now, exceptions)
        return len(pairs)
    except IntegrityError:
        if len(pairs) == 1:
            return 0
        return sum(insert_or_skip([renewed(*pair)], now, exceptions) for pair in pairs)


def renewed(letter, message):
    """A pair whose message was rolled back, ready to be inserted again."""
    if message:
        message.pk, message._state.adding = None, True
    return letter, message


def insert(pairs, now, exceptions):
    """Rows of all letters. The ledger's unique key is what stops a second message."""
    OutgoingMessage.objects.bulk_create(message for _, message in pairs if message)
    rows, notices = [], []
    for letter, message in pairs:
        for row, step in letter.steps:
            key = {"obligation": row, "step": step.key, "person": letter.person, "due_at": step.due_at}
            key |= {"planned_at": now, "state": ReminderState.QUEUED}
            rows.append(Reminder(**key, medium=Medium.IN_APP))
            if message:
                rows.append(Reminder(**key, medium=message.medium, message=message))
            notices.append(notice_for(letter.person, row, step, now, exceptions))
    Reminder.objects.bulk_create(rows, batch_size=500)
    Notice.objects.bulk_create(notices, batch_size=500, ignore_conflicts=True)


def notice_for(person, row, step, now, exceptions) -> Notice:
    return Notice(
        recipient=person,
        text=wording.notice(row, local_day(now), exceptions),
        url=reverse("obligation", args=[row.pk]),
        key=f"reminder:{row.pk}:{step.key}",
        created_at=now,
    )


def message_for(letter, now, exceptions, at_work, said) -> OutgoingMessage | None:
    """The outbox row of a letter by the first medium of the person's order that reaches them; None when none does.

    Words that cannot be composed make a dead row, which staff see; the others go on.
    """
    if not (media := ways_to(letter.person, at_work)):
        return None
    return message_by(media[0], letter, now, exceptions, said)


def message_by(medium, letter, now, exceptions, said=None) -> OutgoingMessage:
    message = OutgoingMessage(
        recipient=letter.person,
        medium=medium,
        address=letter.person.address_by(medium),
        purpose=PURPOSE,
        created_at=now,
        next_at=sending_time(now, exceptions, PURPOSE),
    )
    try:
        compose(message, letter.duties, now, exceptions, said, as_head=letter.as_head)
    except Exception as fault:
        logger.exception("a reminder to user %s cannot be composed", letter.person.pk)
        message.subject = "Nhắc hạn (chưa soạn được)"
        message.state, message.last_error = MessageState.DEAD, f"{type(fault).__name__}: {fault}"[:300]
    return message


def compose(message, duties, now, exceptions, said=None, *, as_head=False):
    """Write subject and bodies for these duties as of `now`, in the office's own words (`said`)."""
    today, said = local_day(now), words_in_force() if said is None else said
    if message.medium in BY_PHONE:
        code = short_links.new_code(message.recipient, duties[0], now)
        words = wording.by_phone(message.recipient, duties, today, exceptions, code, said)
    else:
        words = {"data": {}} | wording.letter(message.recipient, duties, today, exceptions, said, as_head=as_head)
    message.subject, message.text, message.html = words["subject"][:250], words["text"], words["html"]
    message.data = words["data"]


# --- A last look before sending --------------------------------------------------------------------------------------


def prepare(batch, now) -> dict:
    """Endings for claimed reminders that must not go: the work is done, a newer step was written, the person left.

    A message of which only a part still stands, or which was written on an earlier day, gets its words anew, but only
    before its first try: every later copy is word for word the same.
    """
    batch = [message for message in batch if message.purpose == PURPOSE]
    if not batch:
        return {}
    today, exceptions = local_day(now), calendar_around(now)
    duties = {row.pk: row for row in remindable(today).filter(agency__in=agencies_of(batch))}
    people = people_of({row.agency_id for row in duties.values()})
    owed, rows = owed_by_person(duties.values(), people), ledger_of(batch)
    newest, said = newest_steps(rows), words_in_force()
    endings = {}
    for message in batch:
        standing = [row for row in rows[message.pk] if stands(row, duties, people, newest)]
        if not standing:
            endings[message.pk] = delivery.Ending(delivery.CANCELLED, "Việc đã xong hoặc đã có lần nhắc mới hơn.")
        elif needs_new_words(message, standing, rows[message.pk], today):
            fault = recompose(message, standing, duties, people, owed, now, exceptions, said)
            if fault:
                endings[message.pk] = fault
    settle_ledger(batch, rows, today, endings)
    return endings


def agencies_of(batch):
    """Agencies for which the recipients of the batch speak; only their duties are looked at."""
    return ContactPoint.objects.confirmed().filter(user__in={row.recipient_id for row in batch}).values("agency_id")


def needs_new_words(message, standing, rows, today) -> bool:
    """Before its first try: when a part fell away or the day is another. A message that never had words: always."""
    is_stale = len(standing) < len(rows) or local_day(message.created_at) != today
    return not message.text or (message.attempt == 0 and is_stale)


def ledger_of(batch) -> dict:
    """Rows of the ledger by message (one query)."""
    rows = defaultdict(list)
    for row in Reminder.objects.filter(message__in=batch):
        rows[row.message_id].append(row)
    return rows


def newest_steps(rows) -> dict:
    """Latest `due_at` told to each person about each duty (one query)."""
    listed = [row for group in rows.values() for row in group]
    told = Reminder.objects.filter(
        obligation__in={row.obligation_id for row in listed}, person__in={row.person_id for row in listed}
    ).exclude(medium=Medium.IN_APP)
    newest = {}
    for duty, person, due_at in told.values_list("obligation_id", "person_id", "due_at"):
        newest[duty, person] = max(due_at, newest.get((duty, person), due_at))
    return newest


def stands(row, duties, people, newest) -> bool:
    """Whether a ledger row is still worth telling: open, the newest, and its person still belongs to the agency."""
    duty = duties.get(row.obligation_id)
    if duty is None or newest[row.obligation_id, row.person_id] > row.due_at:
        return False
    in_charge = people[duty.agency_id].focal + people[duty.agency_id].heads
    return row.person_id in {person.pk for person in in_charge}


def recompose(message, standing, duties, people, owed, now, exceptions, said):
    """Write the words anew; an `Ending` when that fails."""
    told = [duties[row.obligation_id] for row in standing]
    as_head = not any(message.recipient in people[row.agency_id].focal for row in told)
    try:
        compose(message, told if as_head else owed[message.recipient], now, exceptions, said, as_head=as_head)
    except Exception as fault:
        logger.exception("reminder message %s cannot be composed", message.pk)
        return delivery.Ending(delivery.BROKEN, f"{type(fault).__name__}: {fault}")
    message.save(update_fields=["subject", "text", "html", "data"])
    return None


def settle_ledger(batch, rows, today, endings):
    """Say in the ledger why a reminder did not go: the work is done, or it gave way (a newer step, the person left)."""
    gone = [row for message in batch if message.pk in endings for row in rows[message.pk]]
    if not gone:
        return
    asked = Obligation.objects.filter(pk__in={row.obligation_id for row in gone})
    still_open = set(asked.to_remind(today).values_list("pk", flat=True))
    met = [row.pk for row in gone if row.obligation_id not in still_open]
    Reminder.objects.filter(pk__in=met).update(state=ReminderState.MET)
    given_way = [row.pk for row in gone if row.obligation_id in still_open]
    Reminder.objects.filter(pk__in=given_way).update(state=ReminderState.SUPERSEDED)
