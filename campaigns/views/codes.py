"""Mã QR của kênh: where it hangs and how often it is scanned, for the agency's own people and for the desk."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns import figures, scan_figures
from campaigns.forms.codes import PrintedCodeForm
from campaigns.forms.desk import NoReasonForm
from campaigns.forms.workspace import tell
from campaigns.narrowing import Narrowing
from campaigns.overview import months_known
from campaigns.spans import spans_of
from campaigns.views.acting import PER_PAGE, ask, desk_act, desk_page
from campaigns.views.channels import own_channel
from campaigns.views.desk_figures import workbook
from campaigns.views.doorway import focal_points_only
from campaigns.views.figures import shown_table
from campaigns.views.publication_figures import span_asked
from portal.lib.text import slugify_vi
from registry.models import Agency, AgencyKind, Channel, PrintedCode, ScanDay
from registry.permissions import can_act_for
from registry.scans import RULE

PAGES_OF_KEYS = {"kenh": "review_channel", "don-vi": "agency_year"}
UNUSED_SHOWN = 20


def use_of(user, channel, today):
    """What both pages of a channel's code show: twelve months of scans, and the places (three queries)."""
    months = figures.months_of_grid(today.replace(day=1))
    rows, codes = ScanDay.objects.visible_to(user), PrintedCode.objects.visible_to(user)
    lines = scan_figures.by_channel(rows, codes, [channel], months)
    counts = scan_figures.by_month(lines) or [0] * len(months)
    return {
        "scan_months": list(zip(months, counts, strict=True))[::-1],
        "scans_now": counts[-1],
        "scans_total": sum(counts),
        "scan_rule": RULE,
        "codes": codes.filter(channel=channel).select_related("posted_by", "removed_by"),
    }


@focal_points_only
def channel_code(request, pk):
    """The code to print, how often it is scanned, where it hangs; POST notes another place."""
    channel, now = own_channel(request, pk), timezone.now()
    form = PrintedCodeForm(request.POST or None)
    if form.is_valid():
        try:
            PrintedCode.put_up(actor=request.user, channel=channel, now=now, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, f"Đã ghi: mã QR treo ở {form.cleaned_data['place']}.")
            return redirect("channel_code", pk)
    context = {"channel": channel, "form": form, **use_of(request.user, channel, timezone.localdate(now))}
    return render(request, "campaigns/workspace/channel_code.html", context)


@require_POST
@focal_points_only
def printed_code_gone(request, pk):
    """One tap: the code does not hang there any more."""
    rows = PrintedCode.objects.visible_to(request.user).select_related("channel__agency")
    code = get_object_or_404(rows, pk=pk)
    if not can_act_for(request.user, code.channel.agency):
        raise PermissionDenied
    try:
        code.take_down(actor=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"Đã ghi: mã QR ở {code.place} đã gỡ.")
    return redirect("channel_code", code.channel_id)


@desk_act
def printed_code_note(request, pk):
    """The desk notes a place that it saw or was told of."""
    channel = get_object_or_404(Channel.objects.visible_to(request.user).select_related("agency"), pk=pk)
    return ask(
        request, PrintedCodeForm,
        verb=lambda **values: PrintedCode.put_up(
            actor=request.user, channel=channel, now=timezone.now(), **values
        ),
        title="Ghi nơi đã in và treo mã QR", button="Ghi nơi treo", done="Đã ghi nơi treo mã QR.",
        back=reverse("review_channel", args=[pk]), eyebrow=f"{channel.name}, {channel.agency.name}",
    )  # fmt: skip


@desk_act
def printed_code_end(request, pk):
    code = get_object_or_404(PrintedCode.objects.visible_to(request.user).select_related("channel__agency"), pk=pk)
    return ask(
        request, NoReasonForm, verb=lambda: code.take_down(actor=request.user, now=timezone.now()),
        title=f"Mã QR ở {code.place} đã gỡ?", button="Ghi đã gỡ", done=f"Đã ghi: mã QR ở {code.place} đã gỡ.",
        back=reverse("review_channel", args=[code.channel_id]),
        eyebrow=f"{code.channel.name}, {code.channel.agency.name}",
        consequences=["Nơi này vẫn còn trong danh sách, ghi là đã gỡ hôm nay."],
    )  # fmt: skip


@desk_page
@require_safe
def scan_list(request):
    """`?ky=2026-11|2026-Q4|2026-H2|2026&theo=kenh|don-vi`; `?dang=xlsx` the same rows as a file."""
    span, theo = span_asked(request, timezone.localdate()), request.GET.get("theo", "")
    grouping = next((one for one in scan_figures.GROUPINGS if one.name == theo), scan_figures.GROUPINGS[0])
    narrowing = Narrowing.of(request)
    rows, codes = ScanDay.objects.visible_to(request.user), PrintedCode.objects.visible_to(request.user)
    if narrowing:
        agencies = narrowing.agencies(Agency.objects.all())
        rows, codes = (found.filter(channel__agency__in=agencies) for found in (rows, codes))
    lines = scan_figures.lines_by(rows, grouping, span)
    if request.GET.get("dang") == "xlsx":
        table = scan_figures.scans_table(lines, lines, grouping, span)
        return workbook(table, f"luot-quet-{span.label}-{slugify_vi(grouping.heading)}.xlsx")
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    known = spans_of(months_known(request.user))
    context = {
        "span": span, "spans": known if span in known else [*known, span],
        "grouping": grouping, "groupings": scan_figures.GROUPINGS, "page": page,
        **shown_page(page, lines, grouping, span),
        "unused": scan_figures.unused(codes, rows, span).select_related("channel__agency")[:UNUSED_SHOWN],
        "notes": [RULE, scan_figures.FOLLOWS], "narrowing": narrowing, "kinds": AgencyKind.choices,
    }  # fmt: skip
    return render(request, "campaigns/desk/scan_list.html", context)


def shown_page(page, lines, grouping, span):
    """One page of the table in words, each line with where it leads; the totals are those of all lines."""
    urls = [reverse(PAGES_OF_KEYS[grouping.name], args=[line.key]) for line in page]
    table = shown_table(scan_figures.scans_table(page.object_list, lines, grouping, span), urls)
    labels = [column.label for column in table["columns"][1:]]
    return {
        "columns": table["columns"],
        "rows": [(url, heading, list(zip(labels, cells, strict=True))) for url, heading, cells in table["rows"]],
        "total": list(zip(labels, table["total"], strict=True)),
    }
