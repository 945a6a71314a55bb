"""What the sinks saw against what the rows say."""

import json
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q

from campaigns.models import Reminder
from campaigns.nothing_lost import findings
from campaigns.reminders import PURPOSE
from portal.lib.clock import database_now
from registry.models import DeliveryAttempt, Medium, OutgoingMessage
from tests.chaos.expected import expected_keys, expected_messages


@dataclass
class Sinks:
    """How often each message arrived, by its key."""

    mails: Counter
    texts: Counter
    faults: list


def arrived(services) -> Sinks:
    mails, addressed, faults = Counter(), {}, []
    for row in services.mail.accepted:
        key = row["message_id"].strip("<>").partition("@")[0]
        mails[key] += 1
        if addressed.setdefault(key, (row["to"], row["text"])) != (row["to"], row["text"]):
            faults.append(f"{key}: a copy differs from the first")
    texts = Counter(json.loads(line)["key"] for line in services.texts.read_text().splitlines())
    return Sinks(mails, texts, faults)


def of(medium):
    return OutgoingMessage.objects.filter(medium=medium, purpose=PURPOSE)


def copies(seen: Counter) -> int:
    return seen.total() - len(seen)


def figures(services) -> dict:
    """The numbers of the verdict."""
    sinks = arrived(services)
    mails = {str(key): state for key, state in of(Medium.EMAIL).values_list("key", "state")}
    texts = {str(key): state for key, state in of(Medium.SMS).values_list("key", "state")}
    return {
        "mails": len(mails),
        "mail_copies": copies(sinks.mails),
        "mails_recorded_but_never_left": sum(s == "accepted" and key not in sinks.mails for key, s in mails.items()),
        "mails_unknown_tries": tries_in_doubt(Medium.EMAIL).count(),
        "texts": len(texts),
        "text_copies": copies(sinks.texts),
        "texts_recorded_but_never_left": sum(s == "accepted" and key not in sinks.texts for key, s in texts.items()),
        "texts_unknown_tries": tries_in_doubt(Medium.SMS).count(),
        "tries": DeliveryAttempt.objects.count(),
        "open": OutgoingMessage.objects.filter(state__in=("pending", "sending", "retry")).count(),
        "unknown": OutgoingMessage.objects.filter(state="unknown").count(),
    }


def tries_in_doubt(medium):
    return DeliveryAttempt.objects.filter(message__medium=medium, outcome="unknown")


def to_go_once_more():
    """Mails in doubt for the first time: after their rest they leave without a person."""
    doubts = Count("attempts", filter=Q(attempts__outcome="unknown"))
    return of(Medium.EMAIL).filter(state="unknown").annotate(doubts=doubts).filter(doubts=1)


def ledger() -> set:
    rows = Reminder.objects.values_list(
        "obligation__requirement__campaign__title", "obligation__agency__code", "step", "person__email", "medium"
    )
    return {(int(title.split()[-1]), *rest) for title, *rest in rows}


def faults_before_a_person(services, sheet) -> list[str]:
    """What breaks the promise while unknown messages still wait for a person."""
    found, sinks = figures(services), arrived(services)
    faults = list(sinks.faults)
    if found["open"]:
        faults.append(f"{found['open']} messages neither left nor are shown to anybody")
    shown = OutgoingMessage.objects.to_decide().filter(state="unknown").count()
    if shown != found["unknown"]:
        faults.append(f"{found['unknown'] - shown} unknown messages are not on the screen")
    faults += too_many_copies(sinks)
    expected, rows = expected_keys(sheet), ledger()
    if rows != expected or Reminder.objects.count() != len(expected):
        faults.append(f"ledger: {len(expected - rows)} keys missing, {len(rows - expected)} too many")
    for name, medium in (("mails", "email"), ("texts", "sms")):
        if found[name] != expected_messages(sheet, medium):
            faults.append(f"{found[name]} {name}, expected {expected_messages(sheet, medium)}")
    wrong = {name: count for name, count in findings(database_now()).items() if count}
    return faults + ([f"invariants: {wrong}"] if wrong else [])


def too_many_copies(sinks) -> list[str]:
    """A mail may arrive once more for each try that is recorded as unknown; a text with our key never."""
    doubts = Count("attempts", filter=Q(attempts__outcome="unknown"))
    known = {str(key): number for key, number in of(Medium.EMAIL).annotate(n=doubts).values_list("key", "n")}
    faults = [
        f"mail {key}: {n} copies, {known.get(key)} doubts"
        for key, n in sinks.mails.items()
        if n - 1 > known.get(key, -1)
    ]
    return faults + [f"text {key}: {count} times" for key, count in sinks.texts.items() if count > 1]


def faults_at_the_end(services) -> list[str]:
    """After a person decided about what was unknown: everything arrived."""
    sinks, found = arrived(services), figures(services)
    lost = {medium: of(medium).exclude(state="accepted").count() for medium in (Medium.EMAIL, Medium.SMS)}
    faults = [f"{count} of {medium} lost" for medium, count in lost.items() if count]
    for name in ("mails_recorded_but_never_left", "texts_recorded_but_never_left"):
        if found[name]:
            faults.append(f"{name}: {found[name]}")
    if (len(sinks.mails), len(sinks.texts)) != (found["mails"], found["texts"]):
        faults.append(f"{len(sinks.mails)} mails and {len(sinks.texts)} texts arrived")
    return faults + too_many_copies(sinks)
