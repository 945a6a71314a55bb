"""The desk's figures: the grid agency × month, and the report of a month. Staff only, leaders too."""

from datetime import date
from functools import partial
from io import BytesIO

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import FileResponse, Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from campaigns import closing as closings
from campaigns import exports, figures
from campaigns.models import MonthClosing, Obligation
from campaigns.narrowing import Narrowing
from campaigns.overview import people_to_phone
from campaigns.reporting import REPORT_FORMATS, write_workbook
from portal.lib.documents.table import Table, show
from portal.lib.documents.xlsx import XLSX_TYPE
from portal.lib.paging import LongPaginator
from portal.lib.periods import FIRST_MONTH, local_day, month_label, months_back, next_month, parse_month
from registry.models import Agency, AgencyKind
from registry.permissions import can_read_desk, can_review

PAGE = 50
BY_PARENT = "truc-thuoc"
"""`?theo=truc-thuoc` on the report: grouped by the agency above instead of by kind."""
BY_DEBT = "no"
"""`?sap=no` on the grid: who owes most stands first, and nobody else stands there."""


def grid(request):
    """Agency × twelve months, ending with the month in the address."""
    _refuse_others(request.user)
    today = local_day(timezone.now())
    last, narrowing = month_of(request.GET.get("thang") or month_label(today)), Narrowing.of(request)
    rows = Obligation.objects.visible_to(request.user).quota()
    months = figures.months_of_grid(last)
    asked = rows.filter(agency=OuterRef("pk"), period__month__gte=months[0], period__month__lte=last)
    agencies = narrowing.agencies(Agency.objects.visible_to(request.user).filter(Q(status="active") | Exists(asked)))
    agencies = agencies.only("name", "sort_key")
    sort = request.GET.get("sap", "")
    found = by_debt(agencies, rows, months, today) if sort == BY_DEBT else agencies.order_by("sort_key", "pk")
    page = LongPaginator(found, PAGE).get_page(request.GET.get("page"))
    people = people_to_phone([agency.pk for agency in page.object_list])
    closed = MonthClosing.objects.visible_to(request.user).live().filter(month__gte=months[0], month__lte=last)
    closed = set(closed.values_list("month", flat=True))
    context = {
        "page": page,
        "months": [(month, month_label(month), month in closed) for month in months],
        "first": months[0],
        "lines": [(line, people.get(line.agency.pk)) for line in figures.grid(page.object_list, rows, months, today)],
        "is_by_debt": sort == BY_DEBT,
        "narrowing": narrowing,
        "kinds": AgencyKind.choices,
        "legend": figures.WORST_FIRST,
        "last_label": month_label(last),
        "earlier": month_label(months_back(last, figures.MONTHS_IN_GRID)),
        "later": month_label(months_back(last, -figures.MONTHS_IN_GRID)) if last < today.replace(day=1) else "",
        "report_url": reverse("month_report", args=[month_label(last)]),
    }
    return render(request, "campaigns/desk/grid.html", context)


def by_debt(agencies, rows, months, today):
    """Those of the agencies that left something undone in these months, the most first."""
    within = rows.filter(agency__in=agencies, period__month__gte=months[0], period__month__lte=months[-1])
    order = [line.agency for line in figures.most_owing(within, today)]
    known = Agency.objects.in_bulk(order)
    return [known[pk] for pk in order]


def month_report(request, month=None):
    """The quota report of a month: the whole, by kind, and agency by agency."""
    _refuse_others(request.user)
    report, narrowing, today = _report(request, month)
    is_by_parent = request.GET.get("theo") == BY_PARENT
    pages = Paginator(report.agencies, PAGE)
    page = pages.get_page(request.GET.get("page"))
    lines = list(page.object_list)
    agency_url = partial(reverse, "agency_year")
    context = {
        "report": report,
        "month_label": month_label(report.month),
        "earlier": month_label(months_back(report.month, 1)) if report.month > FIRST_MONTH else "",
        "later": month_label(next_month(report.month)) if report.month < today.replace(day=1) else "",
        "narrowing": narrowing,
        "kinds": AgencyKind.choices,
        "page": page,
        "rate": show(report.total.rate, "percent"),
        "notes": report.notes,
        "amendments": report.closing.amendment_count() if report.closing else 0,
        "is_ripe": can_review(request.user) and closings.is_ripe(report.month, report.closing, today),
        "by_group": shown_table(grouped(report, is_by_parent, today)),
        "is_by_parent": is_by_parent,
        "by_requirement": shown_table(exports.requirements_table(report)),
        "by_agency": shown_table(
            exports.monthly_report_table(report, lines), [agency_url(args=[line.agency]) for line in lines]
        ),
        "formats": REPORT_FORMATS,
    }
    return render(request, "campaigns/desk/month_report.html", context)


def grouped(report, is_by_parent, today) -> Table:
    """By kind of agency, or by the agency above."""
    if is_by_parent:
        return exports.parents_table(report, figures.by_parent(report.agencies.parts, today))
    return exports.kinds_table(report)


def month_report_xlsx(request, month):
    """The same figures, filtered the same way, as a workbook."""
    _refuse_others(request.user)
    report, _, _ = _report(request, month)
    stream = BytesIO()
    write_workbook(stream, report)
    stream.seek(0)
    name = exports.file_name(report.month, "xlsx")
    response = FileResponse(stream, as_attachment=True, filename=name, content_type=XLSX_TYPE)
    response["Cache-Control"] = "private, no-store"
    return response


def _report(request, month) -> tuple[exports.MonthReport, Narrowing, date]:
    today, narrowing = local_day(timezone.now()), Narrowing.of(request)
    first_on = month_of(month or month_label(today))
    rows = narrowing.duties(Obligation.objects.visible_to(request.user))
    return exports.month_report(rows, first_on, today), narrowing, today


def shown_table(table: Table, urls: list[str] | None = None) -> dict:
    """A Table as the template prints it: for each row its address, its heading and the words of the other cells."""
    kinds = [column.kind for column in table.columns]
    rows = [
        [(show(value, kind), kind != "text") for value, kind in zip(row, kinds, strict=True)] for row in table.values()
    ]
    return {
        "columns": table.columns,
        "rows": [(url, row[0][0], row[1:]) for url, row in zip(urls or [""] * len(rows), rows, strict=True)],
        "total": [(show(column.total, column.kind), column.kind != "text") for column in table.columns[1:]],
    }


def month_of(label: str) -> date:
    try:
        return parse_month(label)
    except ValueError as error:
        raise Http404(str(error)) from error


def _refuse_others(user) -> None:
    if not can_read_desk(user):
        raise PermissionDenied
