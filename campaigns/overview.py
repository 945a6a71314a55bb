"""The month at a glance: six outcomes, what stalls, what comes next. One query per question."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from campaigns.models import (
    Appeal,
    Campaign,
    ContentItem,
    ExtensionRequest,
    Obligation,
    Outcome,
    Period,
    Recurrence,
    Requirement,
)
from campaigns.models.obligation import OPEN_WORK
from campaigns.reconfirming import neglected_channels
from portal.lib import periods
from portal.lib.asking import answers, worded
from portal.lib.workdays import add_working_days
from registry.models import Channel, ContactPoint, ContactRole

STALLED_AFTER = 3
"""Working days after which a returned or approved item counts as stalled."""
PHONE_FIRST = (ContactRole.POLICY, ContactRole.CHANNEL_ADMIN, ContactRole.SPOKESPERSON, ContactRole.HEAD)
TO_PHONE = ("agency", "role", "is_deputy", "sort_key", "full_name", "position", "phone", "email")
"""What pages show of a person to ring."""
FURTHER = ("to_publish", "neglected", "extensions", "appeals")


@dataclass(frozen=True)
class Tile:
    """One outcome with its number of duties and their share of all, None when there are none."""

    outcome: str
    count: int
    share: float | None


@dataclass(frozen=True)
class Coming:
    """A date that comes: what happens to which requirement on it."""

    day: date
    words: str
    requirement: Requirement


@dataclass(frozen=True)
class Trend:
    """The rate against that of another month, in percentage points; None where one has no rate or the month still runs."""

    words: str
    rate: float | None
    points: float | None


def trend_of(words, line, months, other, *, is_due) -> Trend:
    """How a line of figures stands against another month of `by_month`. A month that is not due yet would seem to fall."""
    before = months.get(other)
    rate = before.rate if before else None
    is_known = is_due and rate is not None and line.rate is not None
    return Trend(words, rate, round((line.rate - rate) * 100, 1) if is_known else None)


def is_due(month, kind, today) -> bool:
    """Whether the common last day of that kind of duty has passed in a month; extensions of single agencies aside."""
    return not Period.objects.filter(month=month, requirement__kind=kind, due_on__gte=today).exists()


def tiles(figures) -> list[Tile]:
    """The six outcomes of a month."""
    counts = {outcome: getattr(figures, outcome) for outcome in Outcome.values}
    whole = sum(counts.values())
    return [Tile(outcome, count, count / whole if whole else None) for outcome, count in counts.items()]


def months_known(user) -> list[date]:
    """First days of the months that have duties, newest first."""
    duties = Obligation.objects.visible_to(user).filter(period=OuterRef("pk"))
    rows = Period.objects.exclude(requirement__recurrence=Recurrence.ROLLING).filter(Exists(duties))
    return list(rows.order_by("-month").values_list("month", flat=True).distinct())


def nearest_month(today) -> date:
    """The month of the period whose due day lies nearest to today; this month while there is none (two queries)."""
    known = Period.objects.exclude(requirement__recurrence=Recurrence.ROLLING)
    ahead = known.filter(due_on__gte=today).order_by("due_on").first()
    behind = known.filter(due_on__lt=today).order_by("-due_on").first()
    near = [row for row in (ahead, behind) if row]
    return min(near, key=lambda row: abs(row.due_on - today)).month if near else today.replace(day=1)


def people_to_phone(agencies) -> dict[int, ContactPoint]:
    """For each agency the confirmed contact point to ring first (one query)."""
    contacts = ContactPoint.objects.confirmed().filter(agency__in=agencies).exclude(phone="").only(*TO_PHONE)
    found = {}
    for contact in sorted(contacts, key=lambda row: (PHONE_FIRST.index(row.role), row.is_deputy, row.sort_key)):
        found.setdefault(contact.agency_id, contact)
    return found


def stalled_items(user, today, exceptions):
    """Returned items that nobody mended and approved ones that nobody published, for some working days."""
    day = add_working_days(today, -STALLED_AFTER, exceptions)
    return (
        ContentItem.objects.visible_to(user)
        .filter(status__in=("changes", "approved"), decided_at__lt=periods.start_of_day(day))
        .select_related("agency")
        .only("title", "status", "decided_at", "agency__name")
        .order_by("decided_at", "pk")
    )


def running_campaigns(user, today) -> list[Campaign]:
    """Issued campaigns that still run, with how many duties their unlocked periods have and how many are still open."""
    rows = list(
        Campaign.objects.visible_to(user).issued().filter(Q(ends_on=None) | Q(ends_on__gte=today)).only("title")
    )
    duties = Obligation.objects.filter(period__locks_on__gte=today, requirement__campaign__in=rows).order_by()
    counted = duties.values_list("requirement__campaign").annotate(
        every=Count("pk"), still_open=Count("pk", filter=OPEN_WORK)
    )
    found = {campaign: counts for campaign, *counts in counted}
    for row in rows:
        row.duties, row.open_duties = found.get(row.pk, (0, 0))
    return rows


def duties_counted(duties):
    """How many of these duties a campaign has."""
    return counted_for_campaign(duties, "requirement__campaign")


def counted_for_campaign(rows, way):
    """How many rows lead to a campaign by that way: a subquery, so that a list counts for its page only."""
    found = rows.filter(**{way: OuterRef("pk")}).order_by().values(way)
    return Coalesce(Subquery(found.annotate(number=Count("*")).values("number")), 0)


def coming_dates(today, limit=6) -> list[Coming]:
    """The next due days, locks and openings of issued campaigns (two queries)."""
    known = Period.objects.filter(locks_on__gte=today, requirement__campaign__status="issued")
    known = known.exclude(requirement__recurrence=Recurrence.ROLLING)
    found = []
    shown = ("month", "due_on", "locks_on", "requirement__title")
    for row in known.select_related("requirement").only(*shown).order_by("due_on"):
        if row.due_on >= today:
            found.append(Coming(row.due_on, f"hạn nộp kỳ tháng {row.month:%m/%Y}", row.requirement))
        found.append(Coming(row.locks_on, f"khoá kỳ tháng {row.month:%m/%Y}", row.requirement))
    monthly = Requirement.objects.filter(campaign__status="issued", recurrence="monthly")
    for row in monthly.only("title", "starts_on", "ends_on", "window_start_day").order_by("pk"):
        window = next_window(row, today)
        if window:
            found.append(Coming(window.first_on, f"mở kỳ tháng {window.last_on:%m/%Y}", row))
    return sorted(found, key=lambda one: (one.day, one.requirement.pk))[:limit]


def next_window(requirement, today):
    """The first window of a monthly requirement that begins after today, None when it has ended by then."""
    month = max(requirement.starts_on, today).replace(day=1)
    while True:
        window = periods.month_window(month.year, month.month, requirement.window_start_day)
        if window.first_on > today and window.last_on >= requirement.starts_on:
            ended = requirement.ends_on and window.first_on > requirement.ends_on
            return None if ended else window
        month = periods.next_month(month)


def further_work(today) -> dict[str, int]:
    """How much waits for the staff besides the three queues, by kind: one query.

    `to_publish`: accepted products; `neglected`: channels that nobody confirmed; `requests`: agencies that asked for something.
    """
    found = dict.fromkeys(FURTHER, 0) | dict(answers(*further_question(today)))
    found["requests"] = found.pop("extensions") + found.pop("appeals")
    return found


@lru_cache(maxsize=2)
def further_question(today) -> tuple[str, tuple]:
    """Its words stay the same all day. Staff see every row, so nobody's name is in it."""
    waiting = (
        ContentItem.objects.to_publish(),
        neglected_channels(Channel.objects.all(), today),
        ExtensionRequest.objects.waiting(),
        Appeal.objects.waiting(),
    )
    first, *others = [counted(rows, kind) for kind, rows in zip(FURTHER, waiting, strict=True)]
    return worded(first.union(*others, all=True))


def counted(rows, kind):
    """(kind, number of rows) as a query; no row when there are none."""
    return (
        rows.order_by()
        .annotate(waiting_kind=Value(kind))
        .values("waiting_kind")
        .annotate(Count("pk"))
        .values_list("waiting_kind", "pk__count")
    )
