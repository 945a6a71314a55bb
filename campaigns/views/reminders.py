"""Reminders on the desk: what was sent to whom and how it ended, whom to phone, and reminding at once."""

from django.contrib import messages as notes
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns import reminders
from campaigns.filters import MessageFilter
from campaigns.models import Obligation
from campaigns.reachable import unreachable as find_unreachable
from campaigns.views.acting import desk_act, desk_page, page_of, way_back
from portal.lib.periods import local_day
from portal.lib.text import clean_line
from registry.models import OutgoingMessage, SendingSwitch
from registry.permissions import can_review


@desk_page
def messages(request):
    """Every message: to whom, when, how it ended. Those that need a person's decision have its two buttons."""
    found = MessageFilter(request.GET, OutgoingMessage.objects.select_related("recipient"))
    page = page_of(request, found.qs)
    return render(
        request,
        "campaigns/desk/messages.html",
        {
            "filter": found,
            "page": page,
            "to_decide": OutgoingMessage.objects.to_decide().count(),
            "is_paused": SendingSwitch.is_paused(),
            "can_act": can_review(request.user),
            "address": request.get_full_path(),
        },
    )


@require_POST
@desk_act
def message_decide(request, pk):
    """A message that did not arrive goes once more, or is dropped; both need a reason."""
    message = get_object_or_404(OutgoingMessage.objects.select_related("recipient"), pk=pk)
    verb = message.drop if request.POST.get("act") == "drop" else message.send_again
    try:
        verb(actor=request.user, reason=clean_line(request.POST.get("reason", "")), now=timezone.now())
    except ValidationError as refusal:
        notes.error(request, " ".join(refusal.messages))
    else:
        notes.success(request, f"Đã ghi nhận quyết định về tin gửi {message.recipient}.")
    return redirect(way_back(request, "messages"))


@desk_page
def unreachable(request):
    """Agencies with open work that no e-mail reaches: the list to phone."""
    return render(
        request,
        "campaigns/desk/unreachable.html",
        {
            "today": timezone.localdate(),
            "rows": find_unreachable(timezone.localdate()),
            "can_act": can_review(request.user),
            "address": request.get_full_path(),
        },
    )


@require_POST
@desk_act
def remind_now(request):
    """Remind the focal points of the ticked duties at once."""
    now = timezone.now()
    asked = [pk for pk in request.POST.getlist("obligation") if pk.isdecimal() and len(pk) < 19][:1000]
    duties = Obligation.objects.visible_to(request.user).filter(pk__in=asked)
    told = reminders.remind_now(actor=request.user, obligations=duties, now=now)
    if not asked:
        notes.error(request, "Hãy chọn ít nhất một đầu việc để nhắc.")
    elif told:
        notes.success(request, told_words(told, now))
    else:
        notes.warning(
            request, "Không có ai được nhắc: việc đã xong, đã nhắc hôm nay, hoặc đơn vị chưa có đầu mối có tài khoản."
        )
    return redirect(way_back(request, "desk"))


def told_words(told, now) -> str:
    """How many people are told, and when their e-mail leaves if not now."""
    at = reminders.leaves_at(now)
    later = "" if at == now else f" Đang là giờ nghỉ nên thư sẽ đi lúc {timezone.localtime(at):%H:%M %d/%m/%Y}."
    return f"Đã nhắc {told} người ngày {local_day(now):%d/%m/%Y}.{later}"
