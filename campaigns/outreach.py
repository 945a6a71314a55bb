"""Figures of outreach: what agencies counted for a campaign, added up. One query per question."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, F, QuerySet, Sum

from campaigns.models import Obligation, OutreachReport, Requirement, RequirementKind
from portal.lib.documents.table import Column, Table
from portal.lib.periods import local_day

NOTES = (
    "Con số do đơn vị tự báo kèm minh chứng; đơn vị được miễn không nằm trong danh sách.",
    "Một người có thể được nhiều đơn vị cùng đếm, nên tổng không phải số người khác nhau.",
)


@dataclass(frozen=True)
class Total:
    """One requirement: the sum, how many agencies reported, of how many that were asked."""

    number: int
    reported: int
    asked: int


def asked_of(duties: QuerySet) -> QuerySet:
    return duties.filter(requirement__kind=RequirementKind.OUTREACH, exempt_at=None)


def totals(duties: QuerySet) -> dict[int, Total]:
    """By requirement, over duties that the reader sees. A duty has one report at most."""
    rows = asked_of(duties).order_by().values("requirement").annotate(
        number=Sum("outreach_reports__number"), reported=Count("outreach_reports"), asked=Count("pk")
    )  # fmt: skip
    return {row["requirement"]: Total(row["number"] or 0, row["reported"], row["asked"]) for row in rows}


def lines_of(requirement: Requirement, duties: QuerySet) -> QuerySet:
    """The duties of a requirement with what was reported, the largest number first; `number` None = nothing yet."""
    rows = asked_of(duties).filter(requirement=requirement).select_related("period")
    rows = rows.annotate(
        number=F("outreach_reports__number"), report=F("outreach_reports"), link=F("outreach_reports__link"),
        picture=F("outreach_reports__picture"), note=F("outreach_reports__note"),
        reported_at=F("outreach_reports__reported_at"),
    )  # fmt: skip
    return rows.order_by(F("number").desc(nulls_last=True), "agency__sort_key", "pk")


def reports_of(duties: Iterable[Obligation]) -> Iterable[OutreachReport]:
    """What was reported for these duties, newest first; no query when none of them asks for a number."""
    asked = [duty.pk for duty in duties if duty.requirement.kind == RequirementKind.OUTREACH]
    rows = OutreachReport.objects.filter(obligation__in=asked).select_related("obligation__requirement__campaign")
    return rows if asked else []


def outreach_table(requirement: Requirement, lines: Iterable[Obligation], total: Total) -> Table:
    columns = [
        Column("name", "Đơn vị", width=44), Column("kind", "Khối", width=26),
        Column("number", f"Số {requirement.measure}", "integer", 18, total.number),
        Column("on", "Ngày báo", "date", 12), Column("link", "Đường link minh chứng", width=44),
        Column("note", "Ghi chú", width=40),
    ]  # fmt: skip
    rows = (
        [row.agency_name, row.get_agency_kind_display(), row.number, row.reported_at and local_day(row.reported_at),
         row.link or "", row.note or ""]
        for row in lines
    )  # fmt: skip
    return Table(requirement.title, columns, rows, subtitle=settings.PROVINCE_NAME, notes=NOTES, sheet="Lan toả")
