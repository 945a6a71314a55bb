"""Báo cáo gửi hằng tháng: reviewers set day, formats and readers; every member of the staff may join and leave."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from campaigns import month_mail
from campaigns.forms.papers import ScheduleForm
from campaigns.models import ReportMailing, ReportReader, ReportSchedule
from campaigns.views.acting import carried_out, desk_page
from portal.lib.fields import numbers_of
from portal.lib.periods import months_back
from registry.models import User
from registry.permissions import can_review

MONTHS = 12


@desk_page
def report_schedule(request):
    """GET says when and to whom; POST `act`: arrange, join, leave; a reviewer's add and remove of another person."""
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if act in ("join", "leave"):
        return choose(request, act)
    if act and not can_review(request.user):
        raise PermissionDenied
    if act in ("add", "remove"):
        return list_person(request, act)
    schedule = ReportSchedule.current()
    values = {"is_on": schedule.is_on, "day": schedule.day, "formats": schedule.formats}
    form = ScheduleForm(request.POST if act else None, initial=values)
    if act and form.is_valid() and carried_out(form, lambda: arrange(request, form)):
        messages.success(request, "Đã lưu lịch gửi báo cáo.")
        return redirect("report_schedule")
    return render(request, "campaigns/desk/report_schedule.html", {"form": form, **standing_of(request, schedule)})


def standing_of(request, schedule):
    """The arrangement as it is: the next day and its month, who gets it, who else could, what went."""
    today = timezone.localdate()
    staff = list(User.objects.province_staff().select_related("report_reader").order_by("sort_key", "pk"))
    readers = [person for person in staff if hasattr(person, "report_reader")]
    mailings = list(ReportMailing.objects.all()[:MONTHS])
    is_sent = any(one.month == months_back(today.replace(day=1), 1) for one in mailings)
    next_on = schedule.next_on(today, is_sent=is_sent)
    return {
        "schedule": schedule, "can_act": can_review(request.user), "readers": readers, "mailings": mailings,
        "others": [person for person in staff if person not in readers], "is_reader": request.user in readers,
        "next_on": next_on, "next_month": next_on and months_back(next_on.replace(day=1), 1),
    }  # fmt: skip


def arrange(request, form):
    ReportSchedule.arrange(actor=request.user, **form.cleaned_data)


def list_person(request, act):
    """A reviewer puts a member of the staff on the list, or takes one off."""
    asked = next(iter(numbers_of([request.POST.get("person", "")])), 0)
    person = get_object_or_404(User.objects.province_staff(), pk=asked)
    if act == "add":
        month_mail.put_on_list(actor=request.user, person=person, now=timezone.now())
        messages.success(request, f"{person} sẽ nhận báo cáo hằng tháng; cổng đã báo cho người đó.")
    else:
        ReportReader.leave(person)
        messages.success(request, f"{person} thôi nhận báo cáo hằng tháng.")
    return redirect("report_schedule")


def choose(request, act):
    """To get the report from now on, or not any more."""
    if act == "join":
        ReportReader.join(request.user)
        messages.success(request, "Bạn sẽ nhận báo cáo hằng tháng.")
    else:
        ReportReader.leave(request.user)
        messages.success(request, "Bạn thôi nhận báo cáo hằng tháng.")
    return redirect("report_schedule")
