"""Further figures of the desk: the leader's page, quality of agencies, two spans side by side. Staff only, leaders too."""

from dataclasses import dataclass
from io import BytesIO

from django.core.paginator import Paginator
from django.http import FileResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns import figures, quality, spans
from campaigns.figures import Figures
from campaigns.models import MonthClosing, Obligation, RequirementKind
from campaigns.narrowing import Narrowing
from campaigns.overview import is_due, months_known, people_to_phone, trend_of
from campaigns.views.acting import PER_PAGE, desk_page, page_of
from campaigns.views.desk import month_asked, months_context
from portal.lib.documents.xlsx import XLSX_TYPE, write_xlsx
from portal.lib.periods import months_back
from registry.models import Agency, AgencyKind

WORST_SHOWN = 10


@desk_page
@require_safe
def leader_page(request):
    """One screen, one sheet of paper: how the month stands, against last month and last year, and who holds it up."""
    today = timezone.localdate()
    month = month_asked(request, today)
    rows = Obligation.objects.visible_to(request.user).quota()
    first = months_back(month, 12)
    year = rows.filter(period__month__gte=first, period__month__lte=month)
    months = figures.by_month(year, today)
    line, kinds, _ = figures.summary(rows.for_month(month), today)
    is_over = not line.not_due or is_due(month, RequirementKind.SUBMIT_CONTENT, today)
    context = {
        "line": line,
        "kinds": kinds,
        "is_over": is_over,
        "trends": [
            trend_of("tháng trước", line, months, months_back(month, 1), is_due=is_over),
            trend_of("cùng kỳ năm trước", line, months, first, is_due=is_over),
        ],
        "bars": [months.get(one, Figures(f"{one:%m/%Y}")) for one in figures.months_of_grid(month)],
        "worst": figures.most_owing(year, today, WORST_SHOWN),
        "closing": MonthClosing.objects.visible_to(request.user).live().filter(month=month).first(),
        **months_context(request.user, month),
    }
    return render(request, "campaigns/desk/leader_page.html", context)


@desk_page
@require_safe
def agency_quality(request):
    """Living agencies by points, the reasons beside them, and whom to phone; `?dang=xlsx` as a file."""
    today, narrowing = timezone.localdate(), Narrowing.of(request)
    sort = request.GET.get("sap", "diem")
    rows = quality.scored(narrowing.agencies(Agency.objects.visible_to(request.user).active()), today)
    rows = quality.sorted_by(rows, sort)
    if request.GET.get("dang") == "xlsx":
        return workbook(quality.quality_table(rows), "chat-luong-don-vi.xlsx")
    page = page_of(request, rows)
    people = people_to_phone([row.pk for row in page])
    context = {
        "page": page,
        "rows": [(quality.score_of(row), people.get(row.pk)) for row in page],
        "questions": quality.QUESTIONS,
        "sorts": quality.SORTS.items(),
        "sort": sort if sort in quality.SORTS else "diem",
        "narrowing": narrowing,
        "kinds": AgencyKind.choices,
    }
    return render(request, "campaigns/desk/agency_quality.html", context)


@dataclass(frozen=True)
class Asked:
    """Which two spans, and by which agencies."""

    one: spans.Span
    other: spans.Span
    by: str

    @classmethod
    def of(cls, request, today) -> "Asked":
        """What the address says; what it doesn't say, or says wrongly, is the running quarter and the one before."""
        one = readable(request.GET.get("ky", "")) or spans.around(today)[1]
        other = readable(request.GET.get("voi", "")) or one.before()
        return cls(one, other, spans.NOW if request.GET.get("theo") == spans.NOW else spans.THEN)


@desk_page
@require_safe
def comparison(request):
    """Any two spans: totals, kinds, and agency by agency as they were then or under those that follow them."""
    today = timezone.localdate()
    asked, narrowing = Asked.of(request, today), Narrowing.of(request)
    rows = narrowing.duties(Obligation.objects.visible_to(request.user)).quota()
    pairs = spans.compare(rows, asked.one, asked.other, today, asked.by)
    if request.GET.get("dang") == "xlsx":
        table = spans.comparison_table(pairs, asked.one, asked.other)
        return workbook(table, f"so-sanh-{asked.one.label}-{asked.other.label}.xlsx")
    page = Paginator(pairs, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "spans": choices(asked, months_known(request.user)),
        "totals": [(span, figures.total(span.rows(rows), today)) for span in (asked.one, asked.other)],
        "page": page,
        "narrowing": narrowing,
        "kinds": AgencyKind.choices,
        "report_url": reverse("month_report"),
    }
    return render(request, "campaigns/desk/comparison.html", context)


def choices(asked, months) -> list[spans.Span]:
    known = spans.spans_of(months)
    return known + [span for span in dict.fromkeys((asked.one, asked.other)) if span not in known]


def readable(label):
    try:
        return spans.parse_span(label)
    except ValueError:
        return None


def workbook(table, name):
    """A table as a download that no cache keeps."""
    stream = BytesIO()
    write_xlsx(stream, table)
    stream.seek(0)
    response = FileResponse(stream, as_attachment=True, filename=name, content_type=XLSX_TYPE)
    response["Cache-Control"] = "private, no-store"
    return response
