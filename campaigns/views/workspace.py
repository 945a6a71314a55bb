"""The focal points' workspace: what is owed, one duty with its answers, and the notices."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from campaigns import permissions
from campaigns.answering import manner_of
from campaigns.forms.workspace import NothingForm, tell
from campaigns.models import RequirementKind
from campaigns.my_work import Card, work_of
from campaigns.views.doorway import duty_or_404, focal_points_only, own_duty
from portal.middleware import open_to_signed_link
from registry.confirming import asks_on
from registry.models import ChannelStatus, Notice

NOTICES_PER_PAGE = 30
NOTHING_KINDS = (RequirementKind.SUBMIT_CONTENT, RequirementKind.REGISTER_CHANNEL)
NOTHING_DONE = {
    RequirementKind.SUBMIT_CONTENT: "Đã ghi nhận không phát sinh. Đơn vị vẫn có thể nộp sản phẩm trước ngày khoá kỳ.",
    RequirementKind.REGISTER_CHANNEL: "Đã ghi nhận đơn vị không có kênh loại này. Khi có kênh, hãy khai báo.",
}


@focal_points_only
def my_work(request):
    today = timezone.localdate()
    work = work_of(request.user, today)
    confirmed = [channel for channel in work.channels if channel.status == ChannelStatus.CONFIRMED]
    to_reconfirm = [channel.pk for channel in confirmed if asks_on(channel) <= today]
    context = {"work": work, "today": today, "to_reconfirm": to_reconfirm}
    return render(request, "campaigns/workspace/my_work.html", context)


@open_to_signed_link
@focal_points_only
def obligation(request, pk):
    """One duty: what is asked, by when, what was answered, and the acts."""
    duty = duty_or_404(request, pk)
    today = timezone.localdate()
    card = Card(duty, today, manner_of(duty).handed_in(duty))
    can_answer = permissions.can_answer(request.user, duty)
    asked_for = list(duty.extension_requests.select_related("answered_by"))
    context = {
        "duty": duty,
        "card": card,
        "today": today,
        "can_answer": can_answer,
        "act": card.page_act if can_answer else None,
        "asked_for": asked_for,
        "may_ask": can_answer and card.may_ask_for_time and not any(asked.is_waiting for asked in asked_for),
        "dispatches": duty.requirement.campaign.dispatches.all(),
        "happened": duty.history.select_related("history_user"),
    }
    return render(request, "campaigns/workspace/obligation.html", context)


@open_to_signed_link
@focal_points_only
@require_http_methods(["GET", "HEAD", "POST"])
def report_nothing(request, pk):
    """Say that the period brought nothing, or take that back."""
    duty = own_duty(request, pk)
    if duty.requirement.kind not in NOTHING_KINDS:
        raise Http404
    now = timezone.now()
    form = NothingForm(request.POST or None)
    if request.POST.get("take_back"):
        return take_back_nothing(request, duty, now)
    if form.is_valid():
        try:
            duty.report_nothing(actor=request.user, reason=form.cleaned_data["reason"], now=now)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, NOTHING_DONE[duty.requirement.kind])
            return redirect("obligation", pk)
    return render(request, "campaigns/workspace/report_nothing.html", {"duty": duty, "form": form})


def take_back_nothing(request, duty, now):
    try:
        duty.refuse_when_locked(timezone.localdate(now))
        duty.take_back_nothing(actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "Đã rút báo không phát sinh. Đầu việc lại chờ đơn vị.")
    return redirect("obligation", duty.pk)


def notices(request):
    """The person's notices. Opening one marks it as read; so does the button for all."""
    mine = Notice.objects.visible_to(request.user)
    if request.method == "POST":
        return open_notice(request, mine)
    page = Paginator(mine, NOTICES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "campaigns/workspace/notices.html", {"page": page})


def open_notice(request, mine):
    """Mark one notice (`open`) or all as read, then go where it leads, inside the portal only."""
    chosen = request.POST.get("open", "")
    if not chosen:
        mine.unread().update(read_at=timezone.now())
        return redirect("notices")
    notice = get_object_or_404(mine, pk=chosen if chosen.isdecimal() and len(chosen) < 19 else 0)
    mine.unread().filter(pk=notice.pk).update(read_at=timezone.now())
    is_ours = url_has_allowed_host_and_scheme(notice.url, {request.get_host()}, require_https=request.is_secure())
    return redirect(notice.url if is_ours else "notices")
