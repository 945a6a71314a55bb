"""The desk's figures: the grid agency × month, and the report of a month. Staff only, leaders too."""

from datetime import date
from functools import partial
from io import BytesIO

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from campaigns import closing as closings
from campaigns import exports, figures, month_grid
from campaigns.models import MonthClosing, Obligation
from campaigns.narrowing import BY_PARENT, Narrowing, is_by_parent
from campaigns.overview import people_to_phone
from campaigns.reporting import REPORT_FORMATS, write_workbook
from portal.lib.documents.table import Table, show
from portal.lib.documents.xlsx import XLSX_TYPE
from portal.lib.paging import LongPaginator
from portal.lib.periods import FIRST_MONTH, local_day, month_label, months_back, next_month, parse_month
from portal.lib.wording import month_words
from registry.models import Agency, AgencyKind
from registry.permissions import can_read_desk, can_review

PAGE = 50
BY_DEBT = "no"
"""`?sap=no` on the grid: who owes most stands first, and nobody else stands there."""
NOTHING_ASKED = "Tháng này chưa có việc phải nộp."


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
        "lines": [
            (line, people.get(line.agency.pk)) for line in month_grid.lines_of(page.object_list, rows, months, today)
        ],
        "is_by_debt": sort == BY_DEBT,
        "kept": {"thang": month_label(last)} | ({"sap": BY_DEBT} if sort == BY_DEBT else {}),
        "narrowing": narrowing,
        "kinds": AgencyKind.choices,
        "legend": month_grid.WORST_FIRST,
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
    """The quota report of a month: the whole, by kind or by the agency above, and agency by agency."""
    _refuse_others(request.user)
    report, narrowing, today = _report(request, month)
    context = {
        "report": report,
        "month_label": month_label(report.month),
        "earlier": month_label(months_back(report.month, 1)) if report.month > FIRST_MONTH else "",
        "later": month_label(next_month(report.month)) if report.month < today.replace(day=1) else "",
        "narrowing": narrowing,
        "kinds": AgencyKind.choices,
        "kept": {"theo": BY_PARENT} if is_by_parent(request) else {},
        "is_by_parent": is_by_parent(request),
        "amendments": report.closing.amendment_count() if report.closing else 0,
        "is_ripe": can_review(request.user) and closings.is_ripe(report.month, report.closing, today),
        **(empty_context(request, report, narrowing) if report.is_empty else tables_context(request, report)),
    }
    return render(request, "campaigns/desk/month_report.html", context)


def tables_context(request, report):
    """The figures and the page of agencies."""
    page = Paginator(report.agencies, PAGE).get_page(request.GET.get("page"))
    lines = list(page.object_list)
    address = partial(reverse, "agency_year")
    return {
        "page": page,
        "rate": show(report.total.rate, "percent"),
        "notes": report.notes,
        "by_group": shown_table(exports.group_table(report)),
        "by_requirement": shown_table(exports.requirements_table(report)),
        "by_agency": shown_table(
            exports.monthly_report_table(report, lines), [address(args=[line.agency]) for line in lines]
        ),
        "formats": REPORT_FORMATS,
    }


def empty_context(request, report, narrowing):
    """Why there is nothing to report, and where to go on."""
    last = figures.last_month_asked(Obligation.objects.visible_to(request.user))
    if last and report.month > last:
        words = f"Chưa có việc phải nộp nào cho {month_words(report.month)}."
        known, url = f"Việc đã giao mới đến {month_words(last)}.", reverse("month_report", args=[month_label(last)])
        return {"empty": {"title": words, "text": known, "url": url, "act": f"Xem báo cáo {month_words(last)}"}}
    if narrowing:
        words = {"title": "Không có đơn vị nào khớp.", "text": "Hãy đổi từ tìm hoặc bỏ lọc."}
        return {"empty": {**words, "url": "?", "act": "Bỏ lọc"}}
    why = "Việc có sau khi một đợt truyền thông có yêu cầu hằng tháng được ban hành."
    url = reverse("campaign_list")
    return {"empty": {"title": NOTHING_ASKED, "text": why, "url": url, "act": "Xem các đợt truyền thông"}}


def month_report_xlsx(request, month):
    """The same figures, filtered and grouped the same way, as a workbook."""
    _refuse_others(request.user)
    report, _, _ = _report(request, month)
    if report.is_empty:
        return nothing_to_write(request, report.month)
    stream = BytesIO()
    write_workbook(stream, report)
    stream.seek(0)
    name = exports.file_name(report.month, "xlsx", by_parent=is_by_parent(request))
    response = FileResponse(stream, as_attachment=True, filename=name, content_type=XLSX_TYPE)
    response["Cache-Control"] = "private, no-store"
    return response


def nothing_to_write(request, month):
    """A report without a single duty is no file: back to the page, which says why."""
    messages.error(request, f"Không có việc phải nộp nào để lập báo cáo {month_words(month)}.")
    return redirect(f"{reverse('month_report', args=[month_label(month)])}?{request.GET.urlencode()}")


def _report(request, month) -> tuple[exports.MonthReport, Narrowing, date]:
    today, narrowing = local_day(timezone.now()), Narrowing.of(request)
    first_on = month_of(month or month_label(today))
    rows = narrowing.duties(Obligation.objects.visible_to(request.user))
    return exports.month_report(rows, first_on, today, by_parent=is_by_parent(request)), narrowing, today


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
