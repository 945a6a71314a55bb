"""Reminders on the desk: who comes next, what was sent to whom and how it ended, whom to phone, and reminding at once."""

from datetime import timedelta

from django.contrib import messages as notes
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns import reminders
from campaigns.filters import MessageFilter
from campaigns.forms.reminders import DayForm
from campaigns.group_text import pending
from campaigns.models import Campaign, Obligation
from campaigns.reachable import unreachable as find_unreachable
from campaigns.upcoming import LONGEST_LOOK, look_at
from campaigns.urging import locked
from campaigns.views.acting import desk_act, desk_page, page_of, way_back
from portal.lib.fields import numbers_of
from portal.lib.periods import local_day
from registry.media.lines import halted_providers, media_at_work
from registry.models import OutgoingMessage, SendingSwitch
from registry.permissions import can_review

SHUT_WORDS = (
    "{} đầu việc đã khoá kỳ nên không nhắc: đơn vị không nộp được nữa. Muốn đơn vị nộp, hãy mở lại kỳ ở từng đầu việc, "
    "hoặc cho cả danh sách ở trang Công văn đôn đốc của tháng (từ Báo cáo)."
)


@desk_page
def messages(request):
    """Every message: to whom, when, how it ended. Those that need a person's decision have its two buttons."""
    found = MessageFilter(request.GET, OutgoingMessage.objects.select_related("recipient").prefetch_related("attempts"))
    page = page_of(request, found.qs)
    return render(
        request,
        "campaigns/desk/messages.html",
        {
            "filter": found,
            "page": page,
            "to_decide": OutgoingMessage.objects.to_decide().count(),
            "is_paused": SendingSwitch.is_paused(),
            "stopped": halted_providers(),
            "decidable": can_review(request.user) and any(message.is_decidable for message in page),
            "address": request.get_full_path(),
        },
    )


@desk_page
def upcoming(request):
    """Who will be reminded tomorrow, or on any of the next days: worked out by what plans, changing nothing."""
    now = timezone.now()
    today = local_day(now)
    form = DayForm(request.GET or None, today=today)
    day = form.day_or(today + timedelta(days=1))
    return render(
        request,
        "campaigns/desk/reminders_upcoming.html",
        {
            "form": form,
            "today": today,
            "look": look_at(day, now),
            "queued": OutgoingMessage.objects.waiting().leaving_on(day).count(),
            "before": day - timedelta(days=1) if day > today else None,
            "after": day + timedelta(days=1) if day < today + LONGEST_LOOK else None,
            "is_paused": SendingSwitch.is_paused(),
            "stopped": halted_providers(),
        },
    )


@desk_page
def unreachable(request):
    """Agencies with open work that no message reaches: the list to phone."""
    now = timezone.now()
    return render(
        request,
        "campaigns/desk/unreachable.html",
        {
            "today": local_day(now),
            "rows": find_unreachable(local_day(now), media_at_work(now)),
            "can_act": can_review(request.user),
            "address": request.get_full_path(),
        },
    )


@require_POST
@desk_act
def remind_now(request):
    """Remind the focal points of the ticked duties at once."""
    now = timezone.now()
    asked = numbers_of(request.POST.getlist("obligation"))
    duties = Obligation.objects.visible_to(request.user).filter(pk__in=asked)
    told = reminders.remind_now(actor=request.user, obligations=duties, now=now)
    shut = locked(duties.open_work(), local_day(now)).count()
    if not asked:
        notes.error(request, "Hãy chọn ít nhất một đầu việc để nhắc.")
    elif told:
        notes.success(request, told_words(told, now))
    elif not shut:
        notes.warning(
            request, "Không có ai được nhắc: việc đã xong, đã nhắc hôm nay, hoặc đơn vị chưa có đầu mối có tài khoản."
        )
    if shut:
        notes.warning(request, SHUT_WORDS.format(shut))
    return redirect(way_back(request, "desk"))


def told_words(told, now) -> str:
    """How many people are told, and when their e-mail leaves if not now."""
    at = reminders.leaves_at(now)
    later = "" if at == now else f" Đang là giờ nghỉ nên thư sẽ đi lúc {timezone.localtime(at):%H:%M %d/%m/%Y}."
    return f"Đã nhắc {told} người ngày {local_day(now):%d/%m/%Y}.{later}"


@desk_page
def group_text(request):
    """Text to paste into the Zalo group for each requirement that somebody still owes, of one campaign or of all."""
    today = timezone.localdate()
    asked = request.GET.get("dot", "")
    campaign = None
    if asked:
        rows = Campaign.objects.visible_to(request.user)
        campaign = get_object_or_404(rows, pk=next(iter(numbers_of([asked])), 0))
    groups = pending(request.user, today, reminders.calendar_around(timezone.now()), campaign)
    context = {"groups": groups, "campaign": campaign, "today": today}
    return render(request, "campaigns/desk/group_text.html", context)
