"""The province's queues: what waits for a decision, for how long, and which comes next."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Min, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from campaigns.models import ContentItem, Decision
from registry.models import Channel, ContactPoint

ITEMS, CONTACTS, CHANNELS = "san-pham", "dau-moi", "kenh"
WORDS = {ITEMS: "Sản phẩm", CONTACTS: "Đầu mối", CHANNELS: "Kênh"}
LAST_DAY = Coalesce("obligation__extended_to", "obligation__due_on")


@dataclass(frozen=True)
class Queue:
    """One tab of the review page."""

    kind: str
    words: str
    count: int
    since: datetime | None


@dataclass(frozen=True)
class BulkResult:
    """What became of one item of a bulk decision; `refusal` is "" when it was carried out."""

    item: ContentItem
    refusal: str = ""


def items_waiting(user):
    """Items to decide, nearest deadline first, then longest waiting; those set aside come last."""
    return (
        ContentItem.objects.visible_to(user)
        .awaiting_review()
        .annotate(last_day=LAST_DAY, is_held=Q(held_at__isnull=False))
        .order_by("is_held", "last_day", "submitted_at", "pk")
    )


def contacts_waiting(user):
    """Nominations to confirm, longest waiting first."""
    return ContactPoint.objects.visible_to(user).awaiting_review().order_by("proposed_at", "pk")


def channels_waiting(user):
    """Channels to confirm, to change or to close, longest waiting first."""
    return Channel.objects.visible_to(user).to_decide().order_by("waits_since", "pk")


def decision_page(channel):
    """Where a waiting channel is decided on: its change when one waits, else the channel itself."""
    if channel.waiting_change:
        return reverse("review_change", args=[channel.waiting_change])
    return reverse("review_channel", args=[channel.pk])


def queues(user):
    """The three queues with their length and the moment since which the oldest waits (one query)."""
    waiting = [
        (ITEMS, ContentItem.objects.visible_to(user).awaiting_review(), "submitted_at"),
        (CONTACTS, contacts_waiting(user), "proposed_at"),
        *((CHANNELS, *part) for part in Channel.objects.visible_to(user).parts_to_decide()),
    ]
    first, *others = [measured(kind, rows, moment) for kind, rows, moment in waiting]
    found = defaultdict(list)
    for kind, count, since in first.union(*others, all=True):
        found[kind].append((count, since))
    return [queue_of(kind, words, found[kind]) for kind, words in WORDS.items()]


def queue_of(kind, words, parts):
    """A queue out of (length, since when) of its parts."""
    oldest = min((since for _, since in parts if since), default=None)
    return Queue(kind, words, sum(count for count, _ in parts), oldest)


def lengths(user):
    """How long each queue is, for a member of the staff (three queries that read no more than they count)."""
    return {
        ITEMS: ContentItem.objects.visible_to(user).awaiting_review().count(),
        CONTACTS: ContactPoint.objects.visible_to(user).awaiting_review().count(),
        CHANNELS: Channel.objects.keys_to_decide().count(),
    }


def measured(kind, rows, moment):
    """(kind, length, since when) as a query; no row when nothing waits."""
    rows = rows.order_by().annotate(queue=Value(kind)).values("queue")
    return rows.annotate(length=Count("pk"), since=Min(moment)).values_list("queue", "length", "since")


def neighbours(item, user):
    """The items before and after this one in the queue, None at its ends; it need not wait itself any more."""
    day = item.obligation.last_day
    later = Q(submitted_at__gt=item.submitted_at) | Q(submitted_at=item.submitted_at, pk__gt=item.pk)
    earlier = Q(submitted_at__lt=item.submitted_at) | Q(submitted_at=item.submitted_at, pk__lt=item.pk)
    rows = ContentItem.objects.visible_to(user).awaiting_review().filter(held_at=None).only("pk")
    rows = rows.alias(last_day=LAST_DAY).order_by("last_day", "submitted_at", "pk")
    previous = rows.filter(Q(last_day__lt=day) | Q(last_day=day) & earlier)
    following = rows.filter(Q(last_day__gt=day) | Q(last_day=day) & later)
    return previous.reverse().first(), following.first()


def next_waiting(item, user):
    """Where the reviewer goes on after this item: the one behind it, else the first that still waits."""
    return neighbours(item, user)[1] or items_waiting(user).filter(held_at=None).exclude(pk=item.pk).first()


def decide_many(chosen, act):
    """Carry out `act(item, version)` for each; one that is refused doesn't stop the others."""
    return [BulkResult(item, refusal_of(act, item, version)) for item, version in chosen]


def refusal_of(act, item, version):
    """The sentence of the refusal, or ""."""
    try:
        act(item, version)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def turnaround(user, since):
    """How long each reviewer's decisions took since that moment: [(name, decisions, mean time)], slowest first."""
    waited = ExpressionWrapper(F("at") - F("version__submitted_at"), output_field=DurationField())
    rows = Decision.objects.filter(at__gte=since)
    if not user.is_province_staff:  # staff see every product that was decided on
        rows = rows.filter(item__in=ContentItem.objects.visible_to(user))
    found = rows.values("actor__full_name").annotate(count=Count("pk"), mean=Avg(waited)).order_by("-mean")
    return [(row["actor__full_name"], row["count"], row["mean"]) for row in found]


def record_of(duty, obligations, periods=6):
    """How the agency did the same work in the last periods, newest first (one query); each knows its `outcome`."""
    same = obligations.filter(agency=duty.agency_id, requirement=duty.requirement_id).select_related("period")
    facts = ("due_on", "extended_to", "met_at", "met_on", "nothing_at", "exempt_at", "open_submission_at")
    return same.only(*facts, "period__month").order_by(F("period__month").desc(), "-pk")[:periods]
