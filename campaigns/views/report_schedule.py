"""Báo cáo gửi hằng tháng: reviewers set day and formats; every member of the province's staff decides to get it or not."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render

from campaigns.forms.papers import ScheduleForm
from campaigns.models import ReportMailing, ReportReader, ReportSchedule
from campaigns.views.acting import carried_out, desk_page
from registry.models import User
from registry.permissions import can_review

MONTHS = 12


@desk_page
def report_schedule(request):
    """GET says when and to whom; POST `act`: arrange, join, leave."""
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if act in ("join", "leave"):
        return choose(request, act)
    schedule = ReportSchedule.current()
    values = {"is_on": schedule.is_on, "day": schedule.day, "formats": schedule.formats}
    form = ScheduleForm(request.POST if act else None, initial=values)
    if act and not can_review(request.user):
        raise PermissionDenied
    if act and form.is_valid() and carried_out(form, lambda: arrange(request, form)):
        messages.success(request, "Đã lưu lịch gửi báo cáo.")
        return redirect("report_schedule")
    readers = User.objects.province_staff().exclude(report_reader=None).order_by("sort_key", "pk")
    context = {
        "schedule": schedule, "form": form, "can_act": can_review(request.user), "readers": readers,
        "is_reader": request.user in readers, "mailings": ReportMailing.objects.all()[:MONTHS],
    }  # fmt: skip
    return render(request, "campaigns/desk/report_schedule.html", context)


def arrange(request, form):
    ReportSchedule.arrange(actor=request.user, **form.cleaned_data)


def choose(request, act):
    """To get the report from now on, or not any more."""
    if act == "join":
        ReportReader.join(request.user)
        messages.success(request, "Bạn sẽ nhận báo cáo hằng tháng.")
    else:
        ReportReader.leave(request.user)
        messages.success(request, "Bạn thôi nhận báo cáo hằng tháng.")
    return redirect("report_schedule")
