"""The month's report as files, with the filter of the screen, and the công văn to those who are late."""

from datetime import timedelta
from io import BytesIO

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from campaigns import exports, reporting
from campaigns.forms.papers import UrgingForm
from campaigns.models import Obligation
from campaigns.narrowing import Narrowing, is_by_parent
from campaigns.urging import locked
from campaigns.views.acting import desk_page
from campaigns.views.figures import month_of, nothing_to_write
from portal.lib.periods import local_day, month_label
from portal.lib.workdays import add_working_days
from registry.models import Download, working_day_exceptions
from registry.permissions import can_review

AT_ONCE = 1_000
"""Agencies of a report that a page writes while the person waits; a CSV of any length."""
WORKING_DAYS = 3
"""From today to the new due date that the form proposes."""


@desk_page
def month_report_file(request, month):
    """`?dang=xlsx|csv|docx|pdf`, the filter and the grouping of the page."""
    kind, first_on = request.GET.get("dang", ""), month_of(month)
    if kind not in dict(reporting.REPORT_FORMATS):
        raise Http404
    narrowing, by_parent = Narrowing.of(request), is_by_parent(request)
    rows = narrowing.duties(Obligation.objects.visible_to(request.user))
    count = rows.quota().for_month(first_on).values("agency").distinct().count()
    if not count:
        return nothing_to_write(request, first_on)
    if count > AT_ONCE and kind != "csv":
        asked = reporting.month_download(kind, first_on, narrowing, by_parent=by_parent)
        return in_the_background(request, asked, count)
    today, scope, stream = local_day(timezone.now()), narrowing.words_of_scope, BytesIO()
    reporting.write_month(stream, kind, rows, first_on, today, scope, by_parent=by_parent)
    return download(stream.getvalue(), exports.file_name(first_on, kind, by_parent=by_parent), kind)


def in_the_background(request, asked, count):
    """A long report is written beside the pages; the person goes to where it will lie."""
    Download.ask(row_count=count, owner=request.user, **asked)
    messages.success(request, "Báo cáo dài nên cổng lập ở nền. Tệp hiện ở đây khi xong, cổng cũng báo cho bạn.")
    return redirect("download_list")


@desk_page
def urging(request, month):
    """GET asks for the new due date; with a full form in the address the file comes."""
    first_on, today, narrowing = month_of(month), local_day(timezone.now()), Narrowing.of(request)
    rows = narrowing.duties(Obligation.objects.visible_to(request.user))
    is_asked = "new_due" in request.GET
    form = UrgingForm(request.GET if is_asked else None, today=today, initial={"new_due": proposed_day(today)})
    duties = reporting.urging_duties(rows, first_on, today, everything=request.GET.get("about") == "all")
    if is_asked and form.is_valid():
        if duties.exists():
            kind, stream = form.cleaned_data["kind"], BytesIO()
            reporting.write_urging(stream, kind, duties, first_on, today, form.cleaned_data["new_due"])
            return download(stream.getvalue(), reporting.urging_name(first_on, kind), kind)
        form.add_error("about", "Không có đơn vị nào quá hạn như vậy, không cần công văn đôn đốc.")
    late = reporting.urging_duties(rows, first_on, today)
    owing = reporting.urging_duties(rows, first_on, today, everything=True)
    context = {
        "form": form, "month": first_on, "month_label": month_label(first_on), "narrowing": narrowing,
        "scope": narrowing.words_of_scope, "can_act": can_review(request.user),
        "late": late.values("agency").distinct().count(), "late_locked": locked(late, today).count(),
        "owing": owing.values("agency").distinct().count(), "owing_locked": locked(owing, today).count(),
    }  # fmt: skip
    return render(request, "campaigns/desk/urging.html", context)


def proposed_day(today):
    return add_working_days(today, WORKING_DAYS, working_day_exceptions(today, today + timedelta(days=60)))


def download(content: bytes, name: str, kind: str):
    """A private file, never kept by a cache."""
    response = FileResponse(
        BytesIO(content), as_attachment=True, filename=name, content_type=reporting.MEDIA_TYPES[kind]
    )
    response["Cache-Control"] = "private, no-store"
    return response
