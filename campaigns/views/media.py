"""Providers of messages by phone on the desk: which are at work, what they sent today, stopping and resuming them."""

from django.contrib import messages as notes
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.views.acting import desk_act, desk_page
from portal.lib.periods import local_day
from portal.lib.text import clean_line
from registry.media.lines import providers
from registry.models import MessageProvider, ProviderName
from registry.permissions import can_review


@desk_page
def media_list(request):
    """Every provider: its state and why, how much of today's limit is used."""
    now = timezone.now()
    rows = [
        {"row": row, "medium": carrier.medium, "state": state, "used": row.used_on(local_day(now)), **carrier.limits()}
        for carrier, row, state in providers(now)
    ]
    context = {"rows": rows, "now": now, "can_act": can_review(request.user)}
    return render(request, "campaigns/desk/media_list.html", context)


@require_POST
@desk_act
def media_act(request, name):
    """Stop a provider with a reason, or let it go on."""
    if name not in ProviderName.values:
        raise Http404
    provider, now = MessageProvider.of(name), timezone.now()
    reason = clean_line(request.POST.get("reason", ""))
    if request.POST.get("act") == "resume":
        provider.resume(actor=request.user, now=now)
        notes.success(request, f"{provider} chạy lại. Tin đang chờ sẽ đi trong vài phút.")
    elif not reason:
        notes.error(request, "Hãy ghi lý do tạm dừng.")
    elif provider.halt(reason=reason, now=now, actor=request.user):
        notes.success(request, f"Đã dừng {provider}. Lời nhắc đang chờ sẽ đi bằng cách kế tiếp của từng người.")
    else:
        notes.warning(request, f"{provider} đã dừng từ trước.")
    return redirect("media_list")
