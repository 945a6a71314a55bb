"""The agency's answers about its published channels: still right, changed, given up."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns import declaring, reconfirming
from campaigns.forms.channels import ChangeForm, GiveUpForm
from campaigns.forms.workspace import tell
from campaigns.views.doorway import focal_points_only
from registry.models import Agency, Channel, ChannelChange, ChannelStatus
from registry.permissions import can_act_for

SENT = "Đã gửi. Kênh giữ nguyên đến khi cán bộ tỉnh xác nhận; kết quả hiện ở trang Việc của tôi."


def own_channel(request, pk):
    channel = get_object_or_404(Channel.objects.visible_to(request.user).select_related("agency"), pk=pk)
    if not can_act_for(request.user, channel.agency):
        raise PermissionDenied
    return channel


def own_change(request, pk):
    rows = ChannelChange.objects.visible_to(request.user).select_related("channel__agency", "decided_by")
    change = get_object_or_404(rows, pk=pk)
    if not can_act_for(request.user, change.channel.agency):
        raise PermissionDenied
    return change


@require_POST
@focal_points_only
def channel_still_right(request, pk):
    """One tap: the agency still runs this channel."""
    channel = own_channel(request, pk)
    now = timezone.now()
    try:
        channel.reconfirm(actor=request.user, on=timezone.localdate(now), now=now)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        reconfirming.settle_agencies([channel.agency_id], now, request.user)
        messages.success(request, f"Đã ghi nhận: kênh “{channel.name}” vẫn đúng.")
    return redirect("my_work")


@require_POST
@focal_points_only
def channels_still_right(request):
    """One tap for all channels of one agency (`agency`: its pk)."""
    sent = request.POST.get("agency", "")
    pk = int(sent) if sent.isdecimal() and len(sent) < 10 else 0
    agency = get_object_or_404(Agency.objects.editable_by(request.user), pk=pk)
    kept = declaring.all_still_right(agency, request.user, timezone.now())
    reconfirming.settle_agencies([agency.pk], timezone.now(), request.user)
    if kept:
        messages.success(request, f"Đã ghi nhận: {len(kept)} kênh của {agency.name} vẫn đúng.")
    else:
        messages.info(request, f"{agency.name} không có kênh nào cần xác nhận.")
    return redirect("my_work")


@focal_points_only
def channel_change(request, pk):
    """“Đã đổi”: another address or name, put before the province."""
    channel = own_channel(request, pk)
    returned = channel.changes.filter(status="returned").first()
    if returned and request.method != "POST":
        return redirect("channel_change_correct", returned.pk)
    form = ChangeForm(request.POST or None, channel=channel)
    if form.is_valid():
        try:
            ChannelChange.propose(actor=request.user, channel=channel, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            reconfirming.settle_agencies([channel.agency_id], timezone.now(), request.user)
            messages.success(request, SENT)
            return redirect("my_work")
    context = {
        "form": form,
        "channel": channel,
        "waiting": channel.changes.awaiting_review().first(),
        "is_open": channel.status == ChannelStatus.CONFIRMED,
    }
    return render(request, "campaigns/workspace/channel_change.html", context)


@focal_points_only
def channel_change_correct(request, pk):
    """Mend a change that the province returned."""
    change = own_change(request, pk)
    form = ChangeForm(request.POST or None, channel=change.channel, change=change)
    is_returned = change.status == "returned"
    if form.is_valid():
        try:
            change.correct(actor=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, SENT)
            return redirect("my_work")
    context = {"form": form, "channel": change.channel, "change": change, "is_returned": is_returned}
    return render(request, "campaigns/workspace/channel_change_correct.html", context)


@require_POST
@focal_points_only
def channel_change_withdraw(request, pk):
    """Take a waiting or returned change back; the channel stays as it is."""
    change = own_change(request, pk)
    try:
        change.withdraw(actor=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"Đã rút đề xuất. Kênh “{change.channel.name}” giữ nguyên như trước.")
    return redirect("my_work")


@focal_points_only
def channel_give_up(request, pk):
    """“Đã bỏ”: a page with what follows, then the channel is paused until the province closes it."""
    channel = own_channel(request, pk)
    form = GiveUpForm(request.POST or None)
    if request.method == "POST" and channel.given_up_at:
        return redirect("my_work")  # a second tap: it is given up already
    if form.is_valid():
        try:
            channel.give_up(actor=request.user, reason=form.cleaned_data["reason"], now=timezone.now())
        except ValidationError as error:
            tell(form, error)
        else:
            reconfirming.settle_agencies([channel.agency_id], timezone.now(), request.user)
            messages.success(request, f"Đã ghi nhận: đơn vị bỏ kênh “{channel.name}”. Cán bộ tỉnh sẽ đóng kênh.")
            return redirect("my_work")
    is_open = channel.status == ChannelStatus.CONFIRMED or form.is_bound
    context = {"form": form, "channel": channel, "is_open": is_open}
    return render(request, "campaigns/workspace/channel_give_up.html", context)


@require_POST
@focal_points_only
def channel_keep(request, pk):
    """The agency uses the channel after all, before the province closed it."""
    channel = own_channel(request, pk)
    try:
        channel.keep_after_all(actor=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"Đã rút lời báo bỏ: kênh “{channel.name}” lại là kênh chính thống.")
    return redirect("my_work")
