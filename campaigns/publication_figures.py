"""Figures of posts: how many appeared in a span, on which channel, about what, of whom, and how they did.

A query counts posts, another adds up what was noted last of each, as the list of posts shows it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Sum

from campaigns.models import PublicationMetric
from campaigns.spans import Span
from portal.lib.documents.table import NOTHING, Column, Table
from portal.lib.periods import next_month, start_of_day
from registry.models import AgencyKind, ChannelKind

MEASURED = ("views", "likes", "comments", "shares")
NOBODY_NOTED = {"measured": 0} | {f"{name}_sum": None for name in MEASURED}
NO_TOPIC = "Ngoài nội dung trọng tâm"
NOTES = (
    "Mỗi bài trên một kênh là một lượt đăng, tính theo ngày đăng; sản phẩm đăng trên hai kênh là hai lượt.",
    "Lượt xem, thích, bình luận, chia sẻ cộng từ lần ghi gần nhất của từng bài; bài chưa ghi số liệu không cộng được.",
)


@dataclass(frozen=True)
class Grouping:
    """One way to group posts: where the key, the label and a word about it stand, and how the word is shown."""

    name: str
    heading: str
    about: str
    key: str
    label: str
    word: str
    order: str
    show: Callable[[Any], str]


GROUPINGS = (
    Grouping(
        "kenh", "Kênh", "Loại kênh", "channel", "channel__name", "channel__kind", "channel__sort_key",
        lambda kind: ChannelKind(kind).label,
    ),
    Grouping(
        "noi-dung", "Nội dung trọng tâm", "Tháng", "item__topic", "item__topic__title", "item__topic__month",
        "item__topic__month", lambda month: f"{month:%m/%Y}",
    ),
    Grouping(
        "don-vi", "Đơn vị", "Khối", "item__agency", "item__agency__name", "item__agency__kind",
        "item__agency__sort_key", lambda kind: AgencyKind(kind).label,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class PostFigures:
    """One line: posts, how many of them have figures, and the sums; None where nobody noted that number."""

    label: str
    about: str
    key: int | None
    posts: int
    measured: int
    views: int | None
    likes: int | None
    comments: int | None
    shares: int | None


def grouping_of(name: str) -> Grouping:
    """The grouping that an address names; the first for any other word."""
    return next((one for one in GROUPINGS if one.name == name), GROUPINGS[0])


def posted_in(posts: QuerySet, span: Span) -> QuerySet:
    """Posts of the months of the span, by the day on which they appeared."""
    first, after = start_of_day(span.first), start_of_day(next_month(span.last))
    return posts.filter(published_at__gte=first, published_at__lt=after)


def lines_by(posts: QuerySet, grouping: Grouping) -> list[PostFigures]:
    """The posts grouped and counted, and the newest figures of each added up: one query for either."""
    named = (grouping.key, grouping.label, grouping.word)
    rows = posts.order_by().values(*named).annotate(posts=Count("pk"))
    sums = {row["group"]: row for row in _sums_by(posts, f"publication__{grouping.key}")}
    lines = [
        _line(row, grouping, sums.get(row[grouping.key], NOBODY_NOTED))
        for row in rows.order_by(grouping.order, grouping.label, grouping.key)
    ]
    return sorted(lines, key=lambda line: line.key is None)


def _sums_by(posts: QuerySet, key: str) -> QuerySet:
    """The last figures of each of the posts, added up by group."""
    newer = PublicationMetric.objects.filter(
        publication=OuterRef("publication"), measured_on__gt=OuterRef("measured_on")
    )
    last = PublicationMetric.objects.filter(~Exists(newer), publication__in=posts.order_by().values("pk"))
    sums = {f"{name}_sum": Sum(name) for name in MEASURED}
    return last.order_by().values(group=F(key)).annotate(measured=Count("pk"), **sums)


def _line(row: dict[str, Any], grouping: Grouping, sums: dict[str, Any]) -> PostFigures:
    key = row[grouping.key]
    about = grouping.show(row[grouping.word]) if key else ""
    numbers = {name: sums[f"{name}_sum"] for name in MEASURED}
    return PostFigures(row[grouping.label] or NO_TOPIC, about, key, row["posts"], sums["measured"], **numbers)


def total(lines: Sequence[PostFigures]) -> PostFigures:
    """All lines together."""
    known = {name: [v for line in lines if (v := getattr(line, name)) is not None] for name in MEASURED}
    sums = {name: sum(values) if values else None for name, values in known.items()}
    posts, measured = sum(line.posts for line in lines), sum(line.measured for line in lines)
    return PostFigures("Tổng cộng", "", None, posts, measured, **sums)


def posts_table(
    lines: Sequence[PostFigures], whole: PostFigures, grouping: Grouping, span: Span, scope: str = ""
) -> Table:
    """The lines for screen and file; the total is that of everything, also when the lines are one page of it."""
    numbers = (
        ("posts", "Lượt đăng"), ("measured", "Đã ghi số liệu"), ("views", "Lượt xem"), ("likes", "Lượt thích"),
        ("comments", "Bình luận"), ("shares", "Chia sẻ"),
    )  # fmt: skip
    columns = [
        Column("label", grouping.heading, width=44),
        Column("about", grouping.about, width=26),
        *(Column(name, words, "integer", 12, _shown(getattr(whole, name))) for name, words in numbers),
    ]
    rows = ([_shown(getattr(line, column.key)) for column in columns] for line in lines)
    return Table(
        f"Lượt đăng {span.words}, theo {grouping.heading.lower()}", columns, rows,
        subtitle=", ".join(filter(None, [settings.PROVINCE_NAME, scope])), notes=NOTES, sheet="Lượt đăng",
    )  # fmt: skip


def _shown(value: Any) -> Any:
    return NOTHING if value is None else value
