"""Lịch đăng: what was posted and what is planned, day by day, and where nothing is: days, weeks, agencies, topics."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models import Window as Over
from django.db.models.functions import RowNumber, TruncDate

from campaigns.models import ContentItem, JobState, Publication, PublicationJob, Topic
from portal.lib.periods import OFFICE_ZONE, Window, end_of_day, local_day, month_window, start_of_day
from registry.models import Agency, Channel

WEEK = 7
UNSCHEDULED_SHOWN = 20
SILENT_SHOWN = 40
SHOWN_A_DAY = 100
OF_ENTRY = ("item", "item__title", "item__agency__short_name", "item__agency__name", "channel__name")
OF_KIND = {"published_at": ("url",), "wanted_at": ("state", "pk")}
"""What an entry shows; of a post its address, of a job how it stands and its key."""
EXPECTED = Q(state__in=(JobState.PLANNED, JobState.PUBLISHING, JobState.CHECKING, JobState.UNKNOWN)) | Q(
    state=JobState.FAILED, settled_at=None
)
"""Jobs that stand in the calendar: open ones, and failed ones with which nobody dealt yet."""


@dataclass(frozen=True)
class Entry:
    """A post that is there (`url`), or one that is to be (`job`, its key). `item`: the key of the product."""

    at: datetime
    item: int
    title: str
    agency_short_name: str
    agency_name: str
    channel: str
    url: str = ""
    state: str = "published"
    job: int | None = None


@dataclass(frozen=True)
class Day:
    """A day with the first of its entries. `is_outside`: of the first or last week, but of another month."""

    day: date
    entries: Sequence[Entry]
    count: int
    is_outside: bool

    @property
    def more(self) -> int:
        """Entries of the day beyond those shown."""
        return self.count - len(self.entries)


@dataclass(frozen=True)
class Rhythm:
    """One channel of the province in a month: how many posts there are or are planned, and when none is."""

    channel: Channel
    count: int
    silent_days: int
    silent_weeks: Sequence[Window]


@dataclass(frozen=True)
class Gaps:
    """Where nothing appears in a month. `days` have no post on any channel of the province."""

    days: Sequence[Window]
    rhythms: Sequence[Rhythm]
    silent_agencies: Sequence[Agency]
    silent_count: int
    silent_topics: Sequence[Topic]

    @property
    def silent_more(self) -> int:
        """Silent agencies beyond those that are named."""
        return self.silent_count - len(self.silent_agencies)


@dataclass(frozen=True)
class Wanted:
    """What the reader wants to see: conditions on the product and on the channel."""

    of_item: dict = field(default_factory=dict)
    of_channel: dict = field(default_factory=dict)

    def on(self, rows):
        """The rows of posts or jobs that match."""
        conditions = {f"item__{name}": value for name, value in self.of_item.items()}
        return rows.filter(**conditions, **{f"channel__{name}": value for name, value in self.of_channel.items()})


def within(field_name: str, span: Window) -> dict:
    return {f"{field_name}__range": (start_of_day(span.first_on), end_of_day(span.last_on))}


def week_of(day: date) -> Window:
    """Monday to Sunday."""
    first = day - timedelta(days=day.weekday())
    return Window(first, first + timedelta(days=WEEK - 1))


def days_in(span: Window) -> list[date]:
    return [span.first_on + timedelta(days=number) for number in range((span.last_on - span.first_on).days + 1)]


def days_of(user, span: Window, wanted: Wanted, most: int = SHOWN_A_DAY) -> list[Day]:
    """Whole weeks around the span with the first entries of its days (four queries, however much was posted)."""
    found: dict[date, list[Entry]] = defaultdict(list)
    counts: Counter[date] = Counter()
    for rows, moment, entry_of in kinds_of(user, span, wanted):
        chosen = firsts_of(rows, moment, most)
        counts.update({day: count for _, day, count in chosen})
        shown = rows.filter(pk__in=[pk for pk, *_ in chosen]).order_by()
        for row in shown.values_list(moment, *OF_ENTRY, *OF_KIND[moment]):
            found[local_day(row[0])].append(entry_of(*row))
    whole = Window(week_of(span.first_on).first_on, week_of(span.last_on).last_on)
    return [Day(day, sorted(found[day], key=in_order)[:most], counts[day], day not in span) for day in days_in(whole)]


def in_order(entry: Entry):
    return entry.at, entry.item


def kinds_of(user, span: Window, wanted: Wanted) -> Iterable[tuple[QuerySet, str, Callable]]:
    """Posts and jobs of the span: their rows, the moment that counts, and how one becomes an entry."""
    posts = Publication.objects.visible_to(user).filter(**within("published_at", span))
    jobs = PublicationJob.objects.visible_to(user).filter(EXPECTED, **within("wanted_at", span))
    yield wanted.on(posts), "published_at", Entry
    yield wanted.on(jobs), "wanted_at", planned


def planned(*row) -> Entry:
    *of_entry, state, job = row
    return Entry(*of_entry, state=state, job=job)


def firsts_of(rows: QuerySet, moment: str, most: int) -> list[tuple[int, date, int]]:
    """The first rows of each office day: (key, day, how many there are on that day). The index of posts knows it all."""
    day = TruncDate(moment, tzinfo=OFFICE_ZONE)
    place = Over(RowNumber(), partition_by=day, order_by=[moment, "pk"])
    counted = rows.order_by().annotate(day=day, place=place, in_day=Over(Count("pk"), partition_by=day))
    return list(counted.filter(place__lte=most).values_list("pk", "day", "in_day"))


def unscheduled(user, wanted: Wanted):
    """Accepted products that stand nowhere and for which nothing is planned, longest waiting first."""
    planned = PublicationJob.objects.filter(EXPECTED, item=OuterRef("pk"))
    rows = ContentItem.objects.visible_to(user).to_publish().filter(~Exists(planned), **wanted.of_item)
    return rows.order_by("decided_at", "pk")


def with_agencies(items):
    """Products with what their lines show, and how many there are (`in_all`); agencies are read for these few alone."""
    name = Subquery(Agency.objects.filter(pk=OuterRef("agency")).values("name"))
    return items.annotate(in_all=Over(Count("pk")), named=name).only("title", "kind", "decided_at")


def gaps_of(user, month: date) -> Gaps:
    """Where nothing appears in the month (five queries)."""
    span = month_window(month.year, month.month)
    posted = Publication.objects.visible_to(user).filter(**within("published_at", span))
    silent = Agency.objects.active().filter(~Exists(posted.filter(item__agency=OuterRef("pk"))))
    named = silent.annotate(in_all=Over(Count("pk"))).order_by("sort_key", "pk")
    named = list(named.only("name", "short_name", "sort_key")[:SILENT_SHOWN])
    first_post = Subquery(posted.filter(item__topic=OuterRef("pk")).order_by().values("pk")[:1])
    topics = Topic.objects.filter(month=month).alias(post=first_post).filter(post=None).only("title")
    busy = busy_days(user, posted, span)
    days = days_in(span)
    return Gaps(
        days=runs_of([day for day in days if not any(day in found for found in busy.values())]) if busy else [],
        rhythms=[rhythm_of(channel, found, days) for channel, found in busy.items()],
        silent_agencies=named,
        silent_count=named[0].in_all if named else 0,
        silent_topics=list(topics),
    )


def busy_days(user, posted, span: Window) -> dict[Channel, list[date]]:
    """For each featured channel the days of its posts, made or planned (three queries)."""
    featured = Channel.objects.published().filter(is_featured=True).order_by("sort_key", "pk")
    channels = {row.pk: row for row in featured.only("name")}
    jobs = PublicationJob.objects.visible_to(user).filter(EXPECTED, **within("wanted_at", span))
    found: dict[Channel, list[date]] = {channel: [] for channel in channels.values()}
    for rows, moment in ((posted, "published_at"), (jobs, "wanted_at")):
        for pk, at in rows.filter(channel__in=channels).order_by().values_list("channel_id", moment):
            found[channels[pk]].append(local_day(at))
    return found


def rhythm_of(channel: Channel, found: list[date], days: list[date]) -> Rhythm:
    first, last = days[0], days[-1]
    mondays = sorted({week_of(day).first_on for day in days})
    weeks = [Window(max(monday, first), min(week_of(monday).last_on, last)) for monday in mondays]
    silent = [week for week in weeks if not any(day in week for day in found)]
    return Rhythm(channel, len(found), len(days) - len(set(found)), silent)


def runs_of(days: list[date]) -> list[Window]:
    """Days that follow each other, as spans: 01, 02, 03, 07 → 01–03, 07–07."""
    runs: list[Window] = []
    for day in days:
        if runs and day - runs[-1].last_on == timedelta(days=1):
            runs[-1] = Window(runs[-1].first_on, day)
        else:
            runs.append(Window(day, day))
    return runs
