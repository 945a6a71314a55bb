"""Figures of scans: how often the codes of channels were opened, by month and in a span. One query per question."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth

from campaigns.publication_figures import Grouping
from campaigns.spans import Span
from portal.lib.documents.table import Column, Table
from portal.lib.periods import next_month
from registry.models import AgencyKind, Channel
from registry.scans import RULE

FOLLOWS = "Mã đi theo kênh: kênh chuyển về đơn vị nào thì mọi lượt quét của kênh tính cho đơn vị ấy."
GROUPINGS = (
    Grouping(
        "kenh", "Kênh", "Đơn vị", "channel", "channel__name", "channel__agency__name", "channel__sort_key", str
    ),
    Grouping(
        "don-vi", "Đơn vị", "Khối", "channel__agency", "channel__agency__name", "channel__agency__kind",
        "channel__agency__sort_key", lambda kind: AgencyKind(kind).label,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class ChannelScans:
    """One channel over some months: its scans in each, and at how many places its code hangs today."""

    pk: int
    name: str
    counts: Sequence[int]
    places: int

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class ScanLine:
    """Scans of a channel or agency in a span, and in the span of the same length before it."""

    key: int
    label: str
    about: str
    scans: int
    before: int


def last_day(month: date) -> date:
    return next_month(month) - timedelta(days=1)


def by_channel(
    rows: QuerySet, codes: QuerySet, channels: Iterable[Channel], months: Sequence[date]
) -> list[ChannelScans]:
    """The channels, official ones and those that were scanned, with their months (two queries)."""
    channels = list(channels)
    found = rows.filter(channel__in=channels).within(months[0], last_day(months[-1])).order_by()
    found = found.values_list("channel", TruncMonth("day")).annotate(Sum("count"))
    scans = {(channel, month): count for channel, month, count in found}
    hanging = codes.hanging().filter(channel__in=channels).order_by()
    places = dict(hanging.values_list("channel").annotate(Count("pk")))
    lines = [
        ChannelScans(one.pk, one.name, [scans.get((one.pk, month), 0) for month in months], places.get(one.pk, 0))
        for one in channels
    ]
    kept = {one.pk for one in channels if one.is_live}
    return [line for line in lines if line.pk in kept or line.total or line.places]


def by_month(lines: Iterable[ChannelScans]) -> list[int]:
    """The months of all lines together."""
    return [sum(counts) for counts in zip(*(line.counts for line in lines), strict=True)]


def lines_by(rows: QuerySet, grouping: Grouping, span: Span) -> list[ScanLine]:
    """Channels or agencies with a scan in the span or the one before, the most scanned first: one query."""
    rows = rows.within(span.before().first, last_day(span.last)).order_by()
    found = rows.values(key=F(grouping.key), label=F(grouping.label), word=F(grouping.word)).annotate(
        scans=Coalesce(Sum("count", filter=Q(day__gte=span.first)), 0),
        earlier=Coalesce(Sum("count", filter=Q(day__lt=span.first)), 0),
    )
    return [
        ScanLine(row["key"], row["label"], grouping.show(row["word"]), row["scans"], row["earlier"])
        for row in found.order_by("-scans", grouping.order, grouping.key)
    ]


def unused(codes: QuerySet, rows: QuerySet, span: Span) -> QuerySet:
    """Codes that hang somewhere since before the span ended and were not scanned in it."""
    scanned = rows.within(span.first, last_day(span.last)).values("channel")
    rows = codes.hanging().filter(posted_on__lte=last_day(span.last)).exclude(channel__in=scanned)
    return rows.order_by("channel__sort_key", "channel", "posted_on", "pk")


def scans_table(lines: Sequence[ScanLine], whole: Sequence[ScanLine], grouping: Grouping, span: Span) -> Table:
    """The lines for screen and file; the totals are those of `whole`, also when the lines are one page of it."""
    sums = Counter()
    for line in whole:
        sums.update(scans=line.scans, before=line.before)
    columns = [
        Column("label", grouping.heading, width=44),
        Column("about", grouping.about, width=40),
        Column("scans", span.words.capitalize(), "integer", 16, sums["scans"]),
        Column("before", span.before().words.capitalize(), "integer", 16, sums["before"]),
    ]
    rows = ([getattr(line, column.key) for column in columns] for line in lines)
    return Table(
        f"Lượt quét mã QR {span.words}, theo {grouping.heading.lower()}", columns, rows,
        subtitle=settings.PROVINCE_NAME, notes=[RULE, FOLLOWS], sheet="Lượt quét",
    )  # fmt: skip


def year_table(title: str, lines: Sequence[ChannelScans]) -> Table:
    """A year of an agency's channels for its paper: one column a month."""
    columns = [
        Column("name", "Kênh", width=34),
        *(Column(f"m{number}", f"T{number}", "integer", 7, total) for number, total in enumerate(by_month(lines), 1)),
        Column("total", "Cộng", "integer", 9, sum(line.total for line in lines)),
    ]
    return Table(title, columns, [[line.name, *line.counts, line.total] for line in lines], notes=[RULE])
