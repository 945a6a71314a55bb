"""Hồ sơ đơn vị: one agency on one page of the desk. Staff only, leaders too."""

from django.db.models import F
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from campaigns import agency_file, figures, month_grid, outreach, quality, scan_figures
from campaigns.models import ContentItem, MonthClosing, Obligation
from campaigns.views.acting import desk_page
from campaigns.views.figures import month_of
from portal.lib.periods import month_label, months_back
from registry.models import Agency, Channel, ContactPoint, PrintedCode, ScanDay
from registry.permissions import can_review
from registry.scans import RULE

LATEST_ITEMS = 5
CONTACT_LINE = (
    "role", "is_deputy", "full_name", "position", "phone", "email", "status", "user", "accepted_at", "confirmed_at",
)  # fmt: skip
OPEN_LINE = (
    "pk", "requirement__kind", "requirement__title", "period__month", "required_count", "accepted_count", "due_on",
    "extended_to",
)  # fmt: skip
OWN_LINE = ("name", "kind", "code", "status")
"""What the page shows of people, of open duties and of the agency itself."""


@desk_page
def agency_year(request, pk):
    """Its twelve months, what it still owes, points with reasons, people to phone, channels and latest products."""
    today = timezone.localdate()
    agency = get_object_or_404(Agency.objects.visible_to(request.user).only(*OWN_LINE), pk=pk)
    months = figures.months_of_grid(month_of(request.GET.get("thang") or month_label(today)))
    rows = Obligation.objects.visible_to(request.user)
    duties = list(figures.duties_of(agency, rows, {*months, *quality.months_asked(today)}))
    now = now_context(request.user, agency, today)
    channels = agency_file.channel_lines(now["channels"], today)
    scans = scans_context(request.user, [line.channel for line in channels], months)
    hanging = {line.pk for line in scans["scan_lines"] if line.places}
    score = quality.score(agency, quality.answers(now["channels"], hanging, now["contacts"], duties, today))
    context = {
        "agency": agency,
        "today": today,
        "score": score if agency.status == "active" else None,
        "can_act": can_review(request.user),
        "address": request.get_full_path(),
        **now,
        "channels": channels,
        **year_context(request.user, agency, [duty for duty in duties if duty.period.month in months], months, today),
        **scans,
    }
    return render(request, "campaigns/desk/agency_year.html", context)


def year_context(user, agency, duties, months, today):
    """The twelve months that end with the month in the address: per product month, per requirement, duty by duty."""
    last = months[-1]
    closed = MonthClosing.objects.visible_to(user).live().filter(month__gte=months[0], month__lte=last)
    closed = set(closed.order_by().values_list("month", flat=True))
    quota = [duty for duty in duties if quality.is_quota(duty)]
    later = months_back(last, -figures.MONTHS_IN_GRID)
    return {
        "row": month_grid.line_of(agency, quota, months, closed, today),
        "requirements": agency_file.by_requirement(duties, months, today),
        "duties": [
            (duty, figures.as_counted(duty), figures.cell_outcome(figures.as_counted(duty), today)) for duty in duties
        ],
        "outreach": outreach.reports_of(duties),
        "first": months[0],
        "last": last,
        "earlier": month_label(months_back(last, figures.MONTHS_IN_GRID)),
        "later": month_label(later) if last < today.replace(day=1) else "",
    }


def now_context(user, agency, today):
    """How things stand today, whatever months are looked at."""
    duties = Obligation.objects.visible_to(user).filter(agency=agency).to_remind(today)
    channels = Channel.objects.visible_to(user).filter(agency=agency).order_by("sort_key", "pk")
    items = ContentItem.objects.visible_to(user).filter(agency=agency)
    items = items.annotate(month=F("obligation__period__month")).only("kind", "title", "status", "submitted_at")
    contacts = ContactPoint.objects.visible_to(user).filter(agency=agency).current().order_by("sort_key", "pk")
    return {
        "open_duties": list(duties.values_list(*OPEN_LINE, named=True)),
        "contacts": list(contacts.only(*CONTACT_LINE)),
        "channels": list(channels.only("kind", "name", "status", "reconfirmed_on")),
        "items": list(items.order_by("-submitted_at", "-pk")[:LATEST_ITEMS]),
    }


def scans_context(user, channels, months):
    """The same twelve months of the codes of its channels, and at how many places they hang."""
    lines = scan_figures.by_channel(
        ScanDay.objects.visible_to(user), PrintedCode.objects.visible_to(user), channels, months
    )
    return {
        "scan_lines": lines,
        "scan_months": months,
        "scan_totals": scan_figures.by_month(lines),
        "scan_total": sum(line.total for line in lines),
        "scan_rule": RULE,
    }
