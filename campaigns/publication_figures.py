"""Figures of posts: how many appeared in a span, on which channel, about what, of whom, and how they did.

A query counts posts, another adds up what was noted last of each, as the list of posts shows it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Sum

from campaigns.models import PublicationMetric, Topic
from campaigns.spans import Span
from portal.lib.documents.table import NOTHING, Column, Table
from portal.lib.periods import next_month, start_of_day
from registry.models import Agency, AgencyKind, Channel, ChannelKind

MEASURED = ("views", "likes", "comments", "shares")
NOBODY_NOTED = {"measured": 0} | {f"{name}_sum": None for name in MEASURED}
FEW = 500
"""Keys that a query may be given as a list."""
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
        "kenh", "Kênh", "Loại kênh", "channel", "name", "kind", "sort_key", lambda kind: ChannelKind(kind).label
    ),
    Grouping(
        "noi-dung", "Nội dung trọng tâm", "Tháng", "item__topic", "title", "month", "month",
        lambda month: f"{month:%m/%Y}",
    ),
    Grouping(
        "don-vi", "Đơn vị", "Khối", "item__agency", "name", "kind", "sort_key", lambda kind: AgencyKind(kind).label
    ),
)  # fmt: skip
ROWS = {"kenh": Channel, "noi-dung": Topic, "don-vi": Agency}
"""Whose label, word and order a grouping shows."""


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


class GroupedPosts(Sequence):
    """The posts grouped and counted, and the newest figures of each added up; a slice names its own lines only."""

    def __init__(self, posts: QuerySet, grouping: Grouping):
        self.grouping = grouping
        self.counts = dict(posts.order_by().values_list(grouping.key).annotate(posts=Count("*")))
        self.sums = {row["group"]: row for row in _sums_by(posts, f"publication__{grouping.key}")}
        self.keys = [*self._named_keys(), *([None] if None in self.counts else [])]

    def _named_keys(self) -> list[int]:
        """Keys in the order of their rows: of few those alone are read, of many all, without a list of thousands."""
        rows = ROWS[self.grouping.name].objects.order_by(self.grouping.order, self.grouping.label, "pk")
        rows = rows.filter(pk__in=list(filter(None, self.counts))) if len(self.counts) <= FEW else rows
        return [pk for pk in rows.values_list("pk", flat=True) if pk in self.counts]

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[PostFigures]:
        return iter(self[:])

    def __getitem__(self, part: slice) -> list[PostFigures]:
        keys = self.keys[part]
        rows = ROWS[self.grouping.name].objects.all()
        rows = rows.filter(pk__in=list(filter(None, keys))) if len(keys) <= FEW else rows
        named = {pk: words for pk, *words in rows.values_list("pk", self.grouping.label, self.grouping.word)}
        return [self._line(key, *named.get(key, (NO_TOPIC, None))) for key in keys]

    def _line(self, key: int | None, label: str, word: Any) -> PostFigures:
        sums = self.sums.get(key, NOBODY_NOTED)
        numbers = {name: sums[f"{name}_sum"] for name in MEASURED}
        about = self.grouping.show(word) if key else ""
        return PostFigures(label, about, key, self.counts[key], sums["measured"], **numbers)


def lines_by(posts: QuerySet, grouping: Grouping) -> GroupedPosts:
    """One line for each key (three queries, one more for what is looked at)."""
    return GroupedPosts(posts, grouping)


def _sums_by(posts: QuerySet, key: str) -> QuerySet:
    """The last figures of each of the posts, added up by group."""
    newer = PublicationMetric.objects.filter(
        publication=OuterRef("publication"), measured_on__gt=OuterRef("measured_on")
    )
    last = PublicationMetric.objects.filter(~Exists(newer), publication__in=posts.order_by().values("pk"))
    sums = {f"{name}_sum": Sum(name) for name in MEASURED}
    return last.order_by().values(group=F(key)).annotate(measured=Count("pk"), **sums)


def total(lines: GroupedPosts) -> PostFigures:
    """All lines together."""
    sums = {}
    for name in MEASURED:
        known = [row[f"{name}_sum"] for row in lines.sums.values() if row[f"{name}_sum"] is not None]
        sums[name] = sum(known) if known else None
    measured = sum(row["measured"] for row in lines.sums.values())
    return PostFigures("Tổng cộng", "", None, sum(lines.counts.values()), measured, **sums)


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
