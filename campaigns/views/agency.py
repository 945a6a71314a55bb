"""Hồ sơ đơn vị: one agency on one page of the desk. Staff only, leaders too."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from campaigns import agency_file, figures, month_grid, quality, scan_figures
from campaigns.models import ContentItem, Obligation
from campaigns.views.acting import desk_page
from campaigns.views.figures import month_of
from portal.lib.periods import month_label, months_back
from registry.models import Agency, Channel, ContactPoint, PrintedCode, ScanDay
from registry.permissions import can_review
from registry.scans import RULE

LATEST_ITEMS = 5


@desk_page
def agency_year(request, pk):
    """Its twelve months, what it still owes, points with reasons, people to phone, channels and latest products."""
    today = timezone.localdate()
    asked = quality.questions(today)
    agency = get_object_or_404(quality.scored(Agency.objects.visible_to(request.user), asked), pk=pk)
    now = now_context(request.user, agency, today)
    year = year_context(request, agency, today)
    context = {
        "agency": agency,
        "today": today,
        "score": quality.score_of(agency, asked) if agency.status == "active" else None,
        "can_act": can_review(request.user),
        "address": request.get_full_path(),
        **year,
        **now,
        **scans_context(request.user, [line.channel for line in now["channels"]], year["last"]),
    }
    return render(request, "campaigns/desk/agency_year.html", context)


def year_context(request, agency, today):
    """The twelve months that end with the month in the address: per product month, per requirement, duty by duty."""
    last = month_of(request.GET.get("thang") or month_label(today))
    months = figures.months_of_grid(last)
    rows = Obligation.objects.visible_to(request.user)
    duties = list(figures.duties_of(agency, rows, months))
    later = months_back(last, -figures.MONTHS_IN_GRID)
    return {
        "row": month_grid.lines_of([agency], rows.quota(), months, today)[0],
        "requirements": agency_file.by_requirement(duties, months, today),
        "duties": [
            (duty, figures.as_counted(duty), figures.cell_outcome(figures.as_counted(duty), today)) for duty in duties
        ],
        "first": months[0],
        "last": last,
        "earlier": month_label(months_back(last, figures.MONTHS_IN_GRID)),
        "later": month_label(later) if last < today.replace(day=1) else "",
    }


def now_context(user, agency, today):
    """How things stand today, whatever months are looked at."""
    duties = Obligation.objects.visible_to(user).filter(agency=agency).to_remind(today)
    channels = Channel.objects.visible_to(user).filter(agency=agency).order_by("sort_key", "pk")
    items = ContentItem.objects.visible_to(user).filter(agency=agency).select_related("obligation__period")
    return {
        "open_duties": duties.select_related("requirement", "period"),
        "contacts": ContactPoint.objects.visible_to(user).filter(agency=agency).current().order_by("sort_key", "pk"),
        "channels": agency_file.channel_lines(channels, today),
        "items": items.order_by("-submitted_at", "-pk")[:LATEST_ITEMS],
    }


def scans_context(user, channels, last):
    """The same twelve months of the codes of its channels, and at how many places they hang."""
    months = figures.months_of_grid(last)
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
