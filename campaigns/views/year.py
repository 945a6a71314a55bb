"""Sản phẩm của đơn vị trong năm: for the focal point's own agency, and for the desk; the same as PDF."""

from io import BytesIO

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns import scan_figures
from campaigns.models import ContentItem, Obligation
from campaigns.views.acting import desk_page
from campaigns.views.doorway import focal_points_only
from campaigns.year import Year, paper_of, summary_words, with_scans, words_of, year_of
from portal.lib.documents.pdf import PDF_TYPE, write_pdf
from portal.lib.periods import FIRST_MONTH, LAST_MONTH
from portal.lib.text import slugify_vi
from registry.models import Agency, Channel
from registry.scans import RULE


@focal_points_only
@require_safe
def my_year(request, year):
    """The year of the person's own agency; `?don_vi=` one of several."""
    agencies = list(Agency.objects.editable_by(request.user).select_related("parent").order_by("sort_key", "pk"))
    agency = own_agency(request, agencies)
    others = agencies if len(agencies) > 1 else []
    return show(request, agency, year, "campaigns/workspace/my_year.html", "my_year", {"year": year}, others)


@focal_points_only
@require_safe
def my_year_pdf(request, year):
    agencies = list(Agency.objects.editable_by(request.user).select_related("parent").order_by("sort_key", "pk"))
    return paper(report_of(request, own_agency(request, agencies), year))


@desk_page
@require_safe
def agency_products(request, pk, year):
    agency = get_object_or_404(Agency.objects.visible_to(request.user), pk=pk)
    return show(
        request, agency, year, "campaigns/desk/agency_products.html", "agency_products", {"pk": pk, "year": year}, []
    )


@desk_page
@require_safe
def agency_products_pdf(request, pk, year):
    agency = get_object_or_404(Agency.objects.visible_to(request.user).select_related("parent"), pk=pk)
    return paper(report_of(request, agency, year))


def own_agency(request, agencies):
    """The agency asked for, else the first; 404 when it isn't the person's, or there is none."""
    asked = request.GET.get("don_vi", "")
    agency = next((agency for agency in agencies if not asked or str(agency.pk) == asked), None)
    if agency is None:
        raise Http404
    return agency


def report_of(request, agency, year) -> Year:
    if not FIRST_MONTH.year <= year <= LAST_MONTH.year:
        raise Http404
    duties, items = Obligation.objects.visible_to(request.user), ContentItem.objects.visible_to(request.user)
    report = year_of(agency, year, duties, items, timezone.localdate())
    channels = Channel.objects.visible_to(request.user).filter(agency=agency).only("name", "status")
    return with_scans(report, channels, request.user)


def show(request, agency, year, template, name, kwargs, agencies):
    """The page; links to the years before and after and to the PDF keep the agency."""
    report = report_of(request, agency, year)
    tail = f"?don_vi={agency.pk}" if agencies else ""
    context = {
        "report": report,
        "summary": summary_words(report),
        "months": [(row, [(outcome, words_of(outcome)) for outcome in row.outcomes]) for row in report.months],
        "agencies": agencies,
        "scan_lines": report.scans,
        "scan_months": [row.month for row in report.months],
        "scan_totals": scan_figures.by_month(report.scans),
        "scan_total": sum(line.total for line in report.scans),
        "scan_rule": RULE,
        "pdf_url": reverse(f"{name}_pdf", kwargs=kwargs) + tail,
        "before_url": reverse(name, kwargs=kwargs | {"year": year - 1}) + tail if year > FIRST_MONTH.year else "",
        "after_url": reverse(name, kwargs=kwargs | {"year": year + 1}) + tail
        if year < timezone.localdate().year
        else "",
    }
    return render(request, template, context)


def paper(report: Year):
    """The official paper as a download, never kept by a cache."""
    stream = BytesIO()
    write_pdf(stream, paper_of(report))
    stream.seek(0)
    name = f"san-pham-{report.year}-{slugify_vi(report.agency.short_name or report.agency.name)[:60]}.pdf"
    response = FileResponse(stream, as_attachment=True, filename=name, content_type=PDF_TYPE)
    response["Cache-Control"] = "private, no-store"
    return response
