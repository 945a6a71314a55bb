"""Số liệu lượt đăng: posts of a span by channel, topic or agency, on the screen and as a workbook. Staff only."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns import publication_figures as posts
from campaigns.models import Publication
from campaigns.narrowing import Narrowing
from campaigns.overview import months_known
from campaigns.spans import Span, around, parse_span, spans_of
from campaigns.views.acting import PER_PAGE, desk_page
from campaigns.views.desk_figures import workbook
from campaigns.views.figures import shown_table
from portal.lib.text import slugify_vi
from registry.models import Agency, AgencyKind

PAGES_OF_KEYS = {"kenh": "review_channel", "don-vi": "agency_year"}


@desk_page
@require_safe
def publication_figures(request):
    """`?ky=2026-11|2026-Q4|2026-H2|2026&theo=kenh|noi-dung|don-vi`; `?dang=xlsx` the same rows as a file."""
    span, grouping = span_asked(request, timezone.localdate()), posts.grouping_of(request.GET.get("theo", ""))
    narrowing = Narrowing.of(request)
    lines = posts.lines_by(posts.posted_in(rows_asked(request.user, narrowing), span), grouping)
    whole = posts.total(lines)
    if request.GET.get("dang") == "xlsx":
        table = posts.posts_table(lines, whole, grouping, span, narrowing.words_of_scope)
        return workbook(table, f"luot-dang-{span.label}-{slugify_vi(grouping.heading)}.xlsx")
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    table = shown_table(posts.posts_table(page.object_list, whole, grouping, span), addresses(page, grouping))
    labels = [column.label for column in table["columns"][1:]]
    known = spans_of(months_known(request.user))
    context = {
        "span": span,
        "spans": known if span in known else [*known, span],
        "grouping": grouping,
        "groupings": posts.GROUPINGS,
        "page": page,
        "columns": table["columns"],
        "rows": [(url, heading, list(zip(labels, cells, strict=True))) for url, heading, cells in table["rows"]],
        "total": list(zip(labels, table["total"], strict=True)),
        "notes": posts.NOTES,
        "narrowing": narrowing,
        "kinds": AgencyKind.choices,
        "report_url": reverse("month_report"),
    }
    return render(request, "campaigns/desk/publication_figures.html", context)


def span_asked(request, today) -> Span:
    """The span of ?ky= (also ?thang= and ?quy=); the running month when there is none or it cannot be read."""
    label = next(filter(None, (request.GET.get(name) for name in ("ky", "thang", "quy"))), "")
    try:
        return parse_span(label)
    except ValueError:
        return around(today)[0]


def rows_asked(user, narrowing):
    rows = Publication.objects.visible_to(user)
    return rows.filter(item__agency__in=narrowing.agencies(Agency.objects.all())) if narrowing else rows


def addresses(page, grouping) -> list[str]:
    """Where each line of the page leads; a topic has no page of its own."""
    name = PAGES_OF_KEYS.get(grouping.name)
    return [reverse(name, args=[line.key]) if name else "" for line in page]
