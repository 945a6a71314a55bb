"""Sản phẩm của đơn vị trong một năm: the proof for thi đua, month by month and product by product.

The same Tables stand on the page and in the PDF; the months count as every other figure of duties does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Prefetch

from campaigns import figures, scan_figures
from campaigns.figures import NOT_DUE, Figures
from campaigns.models import (
    ClosedDuty,
    ContentItem,
    ContentVersion,
    Obligation,
    Outcome,
    Publication,
    PublicationMetric,
)
from campaigns.models.obligation import ObligationQuerySet
from campaigns.scan_figures import ChannelScans
from portal.lib.documents.paper import Paper
from portal.lib.documents.table import NOTHING, SUM, Column, Heading, Table
from portal.lib.periods import local_day
from portal.lib.wording import month_words
from registry.models import Agency, AgencyKind, Channel, PrintedCode, ScanDay

MEASURES = (("views", "Lượt xem"), ("likes", "Lượt thích"), ("comments", "Bình luận"), ("shares", "Chia sẻ"))
MONTHS = (
    Column("month", "Tháng", width=14),
    Column("required", "Phải nộp", "integer", 9, SUM),
    Column("accepted", "Được duyệt", "integer", 10, SUM),
    Column("extra", "Vượt", "integer", 7, SUM),
    Column("result", "Kết quả", width=24),
)
ITEMS = (
    Column("number", "TT", "integer", 5),
    Column("on", "Ngày nộp", "date", 12),
    Column("title", "Sản phẩm", width=30),
    Column("links", "Đường link", width=36),
    *(Column(name, words, "integer", 9) for name, words in MEASURES),
)
NOTES = (
    "Ngày tính là ngày nộp của bản được duyệt. Sản phẩm vượt số lượng ghi riêng.",
    "Số liệu lượt đăng là lần ghi gần nhất trên cổng; dấu – là chưa ghi.",
)

OF_DUTIES = (
    "period__month", "required_count", "accepted_count", "due_on", "extended_to", "met_at", "met_on", "nothing_at",
    "exempt_at", "open_submission_at",
)  # fmt: skip
OF_ITEMS = (
    Prefetch("versions", ContentVersion.objects.filter(is_accepted=True).only("item", "is_accepted", "submitted_at")),
    Prefetch(
        "publications",
        Publication.objects.select_related("channel").only("item", "url", "published_at", "channel__name"),
    ),
    Prefetch("publications__metrics", PublicationMetric.objects.only("publication", *(name for name, _ in MEASURES))),
)
"""What is read of duties and products."""

Counted = Obligation | ClosedDuty


@dataclass(frozen=True)
class Month:
    """One month: what was asked (None = nothing, or all of it exempt), accepted, beyond the quota, and the outcomes."""

    month: date
    required: int | None
    accepted: int
    extra: int
    outcomes: Sequence[str]

    @property
    def result(self) -> str:
        return ", ".join(words_of(outcome) for outcome in self.outcomes) or NOTHING


@dataclass(frozen=True)
class Line:
    """One accepted product with the day that counts, where it appeared and how it did (None = nobody noted it)."""

    item: ContentItem
    number: int
    on: date
    links: Sequence[str]
    views: int | None
    likes: int | None
    comments: int | None
    shares: int | None


@dataclass(frozen=True)
class Year:
    agency: Agency
    year: int
    total: Figures
    months: Sequence[Month]
    lines: Sequence[Line]
    scans: Sequence[ChannelScans] = ()

    @property
    def measures(self) -> list[tuple[str, int | None]]:
        """The figures of all posts together."""
        return [(words, added([getattr(line, name) for line in self.lines])) for name, words in MEASURES]


def year_of(agency: Agency, year: int, duties: ObligationQuerySet, items, today: date) -> Year:
    """The agency's year out of the duties and products that the reader may see (six queries); scans come by `with_scans`."""
    rows = duties.quota().filter(agency=agency, period__month__year=year)
    found = items.accepted().filter(agency=agency, obligation__period__month__year=year)
    found = found.order_by().only("kind", "title", "link", "submitted_at").prefetch_related(*OF_ITEMS)
    lines = sorted((_line(item) for item in found), key=lambda line: (line.on, line.item.pk))
    asked = figures.counting(rows).select_related("period").order_by("due_on", "pk")
    counted = [(duty.period.month, figures.as_counted(duty)) for duty in asked.only(*OF_DUTIES)]
    numbered = [replace(line, number=number) for number, line in enumerate(lines, 1)]
    return Year(agency, year, _total([duty for _, duty in counted], today), _months(counted, year, today), numbered)


def with_scans(report: Year, channels: Iterable[Channel], user) -> Year:
    """The same year with the scans of these channels, as far as the reader may see them (two queries)."""
    months = [date(report.year, number, 1) for number in range(1, 13)]
    rows, codes = ScanDay.objects.visible_to(user), PrintedCode.objects.visible_to(user)
    return replace(report, scans=scan_figures.by_channel(rows, codes, channels, months))


def _total(duties: Iterable[Counted], today: date) -> Figures:
    """The duties together, out of rows that are here already; how long they took is not asked."""
    return figures.fold(
        [
            {
                "result": duty.outcome(), "count_sum": 1, "not_due_sum": int(duty.is_not_due(today)),
                "accepted_sum": duty.accepted_count, "extra_sum": duty.extra_count,
            }
            for duty in duties
        ]
    )  # fmt: skip


def _months(duties: Iterable[tuple[date, Counted]], year: int, today: date) -> list[Month]:
    owed: dict[date, list[Counted]] = {date(year, number, 1): [] for number in range(1, 13)}
    for month, duty in duties:
        owed[month].append(duty)
    return [_month(month, rows, today) for month, rows in owed.items()]


def _month(month: date, duties: list[Counted], today: date) -> Month:
    asked = [duty.required_count for duty in duties if duty.outcome() != Outcome.EXEMPT]
    return Month(
        month, sum(asked) if asked else None, sum(duty.accepted_count for duty in duties),
        sum(duty.extra_count for duty in duties), [figures.cell_outcome(duty, today) for duty in duties],
    )  # fmt: skip


def _line(item: ContentItem) -> Line:
    """The accepted version says when it was handed in; posts come first, else the agency's own link."""
    version = next((row for row in item.versions.all() if row.is_accepted), None)
    posts = list(item.publications.all())
    noted = [figures_of_post for post in posts if (figures_of_post := post.latest_figures)]
    sums = {name: added([getattr(row, name) for row in noted]) for name, _ in MEASURES}
    links = [post.url for post in posts] or [link for link in [item.link] if link]
    return Line(item, 0, local_day(version.submitted_at if version else item.submitted_at), links, **sums)


def added(numbers: list[int | None]) -> int | None:
    """The sum of what is known; None when nothing is."""
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def words_of(outcome: str) -> str:
    return "chưa đến hạn" if outcome == NOT_DUE else Outcome(outcome).label


def months_table(report: Year) -> Table:
    rows = [
        [month_words(row.month).capitalize(), row.required, row.accepted, row.extra, row.result]
        for row in report.months
    ]
    return Table("I. Kết quả từng tháng", MONTHS, rows, notes=NOTES[:1])


def items_table(report: Year) -> Table:
    rows: list[list[Any]] = [
        [line.number, line.on, f"{line.item.title} ({line.item.get_kind_display()})", "\n".join(line.links),
         *(getattr(line, name) for name, _ in MEASURES)]
        for line in report.lines
    ]  # fmt: skip
    totals = {words: NOTHING if number is None else number for words, number in report.measures}
    columns = [replace(column, total=totals.get(column.label)) for column in ITEMS]
    return Table("II. Sản phẩm được duyệt", columns, rows, notes=NOTES[1:])


def summary_words(report: Year) -> str:
    """The year in one sentence."""
    total = report.total
    rate = f" ({total.rate * 100:.0f} %)" if total.rate is not None else ""
    ahead = f", trong đó {total.not_due} kỳ chưa đến hạn" if total.not_due else ""
    parts = [
        f"hoàn thành {total.done}/{total.expected} kỳ phải nộp{rate}{ahead}",
        f"đúng hạn {total.on_time}, trễ {total.late}, không phát sinh {total.nothing}, được miễn {total.exempt}",
        f"{len(report.lines)} sản phẩm được duyệt, vượt {total.extra}",
    ]
    return f"Năm {report.year}: {'; '.join(parts)}."


def governing_body_of(agency: Agency) -> str:
    """The line above the agency's name in its letterhead; "" where the decree has none or we don't know it."""
    if agency.parent:
        return agency.parent.name
    return f"UBND {settings.PROVINCE_NAME}" if agency.kind == AgencyKind.DEPARTMENT else ""


def paper_of(report: Year) -> Paper:
    """The page as an official paper, to be numbered, dated and signed by the agency."""
    parts = [summary_words(report), months_table(report)]
    products = items_table(report) if report.lines else "Chưa có sản phẩm nào được duyệt trong năm."
    scanned = [line for line in report.scans if line.total]
    scans = [scan_figures.year_table("III. Lượt quét mã QR của kênh", scanned)] if scanned else []
    return Paper(
        title="DANH SÁCH SẢN PHẨM TRUYỀN THÔNG",
        summary=f"của {report.agency.name} năm {report.year}",
        heading=Heading(governing_body_of(report.agency).upper(), report.agency.name.upper()),
        parts=[*parts, products, *scans],
        number="Số:          ",
        year=report.year,
        signer=("THỦ TRƯỞNG ĐƠN VỊ",),
        is_landscape=True,
    )
