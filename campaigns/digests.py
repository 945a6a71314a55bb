"""Bản tóm tắt mỗi sáng: what waits at the province, what falls due, who is late, whom no message reaches.

On working days, once per person and day: the message's key follows from both. Whoever switched it off gets none; reviewers
also see among their notices that something has waited too long.
"""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse

from campaigns.group_text import title_of
from campaigns.links import absolute
from campaigns.models import Appeal, ContentItem, ExtensionRequest, Obligation
from campaigns.reachable import unreachable
from campaigns.review import Queue, queues
from portal.lib.periods import local_day, start_of_day
from portal.lib.wording import day_words, days_left_words, moment_words
from portal.lib.workdays import add_working_days
from registry.media.lines import media_at_work
from registry.models import OutgoingMessage, User
from registry.outbox import bodies, exceptions_around, is_silent, sending_time, tell
from registry.unsubscribing import PURPOSE, stop_link

KEYS = uuid.UUID("0c5f4a52-7f0e-4f3a-9d8a-5f3b7c1e2d61")
WEEK = timedelta(days=6)
LAST_STEP = 5
"""T+5: nobody is reminded any more, the province acts."""
OLDEST = timedelta(days=40)
NAMES_SHOWN = 8


@dataclass(frozen=True)
class Owed:
    """One requirement in one period: by when, and who still owes it."""

    title: str
    day: str
    left: str
    agencies: list[str]
    more: int
    count: int


@dataclass(frozen=True)
class Digest:
    """Everything that the letter tells; the same for all of the staff."""

    queues: list[Queue]
    slow: list[ContentItem]
    requests: int
    due: list[Owed]
    overdue: list[Owed]
    to_act: list[Obligation]
    silent: int
    undecided: int

    def __bool__(self):
        return any(vars(self).values())


def write(now) -> int:
    """Write the digests of this morning that are not written yet. Gives how many."""
    if is_silent():
        return 0
    today, exceptions = local_day(now), exceptions_around(now)
    remind_reviewers(today, now, exceptions)
    people = User.objects.province_staff().filter(gets_digest=True, email_failed_at=None).exclude(email="")
    keys = {key_of(person, today): person for person in people}
    known = set(OutgoingMessage.objects.filter(key__in=keys).values_list("key", flat=True))
    waiting = {key: person for key, person in keys.items() if key not in known}
    digest = collect(next(iter(waiting.values())), today, exceptions, media_at_work(now)) if waiting else None
    if not digest:
        return 0
    rows = [letter(person, key, digest, now, exceptions) for key, person in waiting.items()]
    OutgoingMessage.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def key_of(person, day: date) -> uuid.UUID:
    """The one key of a person's digest of a day: a second one can't be written."""
    return uuid.uuid5(KEYS, f"{person.pk}:{day:%Y-%m-%d}")


def letter(person, key, digest, now, exceptions) -> OutgoingMessage:
    today = local_day(now)
    context = {
        "recipient": person,
        "digest": digest,
        "today": day_words(today),
        "patience": settings.REVIEW_WITHIN_WORKING_DAYS,
        "desk_url": absolute(reverse("desk")),
        "review_url": absolute(reverse("review_queue")),
        "unreachable_url": absolute(reverse("unreachable")),
        "messages_url": absolute(reverse("messages") + "?can_xem=1"),
        "stop_url": stop_link(person),
    }
    return OutgoingMessage(
        recipient=person,
        address=person.email,
        purpose=PURPOSE,
        key=key,
        subject=f"Tóm tắt sáng {day_words(today)}: {headline(digest)}"[:250],
        **bodies("digest", context),
        created_at=now,
        next_at=sending_time(now, exceptions, PURPOSE),
        not_after=start_of_day(today + timedelta(days=1)),
    )


def headline(digest) -> str:
    """The subject's numbers, the most pressing first."""
    parts = [
        (sum(queue.count for queue in digest.queues), "mục chờ duyệt"),
        (sum(owed.count for owed in digest.overdue), "việc quá hạn"),
        (sum(owed.count for owed in digest.due), "việc đến hạn trong tuần"),
    ]
    return ", ".join(f"{count} {words}" for count, words in parts if count) or "việc cần xem"


def collect(person, today, exceptions, at_work) -> Digest:
    """What the morning brings, as a member of the staff sees it (a dozen queries, however much there is)."""
    rows = Obligation.objects.visible_to(person).to_remind(today)
    rows = list(rows.select_related("requirement__campaign", "period", "agency"))
    requests = [model.objects.visible_to(person).waiting().count() for model in (ExtensionRequest, Appeal)]
    return Digest(
        queues=[queue for queue in queues(person) if queue.count],
        slow=list(slow_items(today, exceptions).select_related("agency")),
        requests=sum(requests),
        due=owed([row for row in rows if today <= row.last_day <= today + WEEK], today, exceptions),
        overdue=owed([row for row in rows if row.last_day < today], today, exceptions),
        to_act=last_steps(person, today, exceptions),
        silent=len(unreachable(today, at_work)),
        undecided=OutgoingMessage.objects.to_decide().count(),
    )


def owed(rows, today, exceptions) -> list[Owed]:
    """Duties by requirement, period and last day."""
    groups = defaultdict(list)
    for row in rows:
        groups[row.last_day, row.requirement_id, row.period_id].append(row)
    return [
        Owed(
            title=title_of(duties[0]),
            day=day_words(day),
            left=days_left_words(day, today, exceptions),
            agencies=[row.agency.name for row in duties[:NAMES_SHOWN]],
            more=max(0, len(duties) - NAMES_SHOWN),
            count=len(duties),
        )
        for (day, *_), duties in sorted(groups.items())
    ]


def last_steps(person, today, exceptions) -> list[Obligation]:
    """Duties whose T+5 came since the last working morning, locked or not."""
    yesterday = add_working_days(today, -1, exceptions)
    rows = Obligation.objects.visible_to(person).overdue(today).filter(due_on__gt=today - OLDEST)
    rows = rows.filter(requirement__campaign__status="issued", agency__status="active")
    rows = rows.select_related("requirement", "period", "agency").order_by("agency__sort_key", "pk")
    return [row for row in rows if yesterday < add_working_days(row.last_day, LAST_STEP, exceptions) <= today]


def slow_items(today, exceptions):
    """Products that wait for review longer than the office allows itself, longest first; not those set aside."""
    day = add_working_days(today, -settings.REVIEW_WITHIN_WORKING_DAYS, exceptions)
    rows = ContentItem.objects.awaiting_review().filter(held_at=None, submitted_at__lt=start_of_day(day))
    return rows.order_by("submitted_at", "pk")


def remind_reviewers(today, now, exceptions):
    """One notice a day to each reviewer while anything has waited too long."""
    slow = list(slow_items(today, exceptions)[:100])
    if slow:
        tell(
            recipients=User.objects.reviewers(),
            text=f"{len(slow)} sản phẩm chờ duyệt quá {settings.REVIEW_WITHIN_WORKING_DAYS} ngày làm việc, "
            f"lâu nhất từ {moment_words(slow[0].submitted_at)}.",
            url=reverse("review_queue"),
            key=f"slow:{today:%Y-%m-%d}",
            now=now,
        )
