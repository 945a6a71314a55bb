"""Two answers of a focal point: "Tôi đã tham gia" a network group, and a channel that a duty asks for."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from campaigns import joining, registering
from campaigns.forms.workspace import ChannelForm, tell
from campaigns.models import RequirementKind
from campaigns.views.doorway import focal_points_only, own_duty
from campaigns.views.people import WILL_CONFIRM
from portal.middleware import open_to_signed_link
from registry import qr
from registry.models import Agency, ChannelStatus


@open_to_signed_link
@focal_points_only
def join_group(request, pk):
    """The group, its link and QR code; POST says "Tôi đã tham gia"."""
    duty = own_duty(request, pk, RequirementKind.JOIN_GROUP)
    group, now = duty.requirement.group, timezone.now()
    if request.method == "POST":
        try:
            joining.join(request.user, duty, now)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("join_group", pk)
        messages.success(request, f"Đã ghi nhận bạn tham gia nhóm “{group.name}”.")
        return redirect("obligation", pk)
    members = group.memberships.inside().filter(agency=duty.agency_id).select_related("contact")
    context = {
        "duty": duty,
        "group": group,
        "members": members,
        "has_joined": any(row.contact.user_id == request.user.pk for row in members),
        "qr": qr.picture(group.url, f"Mã QR mở nhóm {group.name}"),
        "locked": duty.is_locked(timezone.localdate(now)),
    }
    return render(request, "campaigns/workspace/join_group.html", context)


@open_to_signed_link
@focal_points_only
def register_channel(request, pk):
    """Declare a channel of the asked kind, or name the one that the province has confirmed already."""
    duty = own_duty(request, pk, RequirementKind.REGISTER_CHANNEL)
    known = list(registering.published_of(duty))
    if request.POST.get("known"):
        return name_known(request, duty)
    form = declaration_form(request, duty)
    if form.is_valid():
        try:
            channel = registering.declare(request.user, duty, timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, f"Đã khai báo {channel.get_kind_display()} “{channel.name}”. {WILL_CONFIRM}")
            return redirect("obligation", pk)
    mine = duty.agency.channels.filter(status__in=(ChannelStatus.PROPOSED, ChannelStatus.RETURNED))
    context = {
        "duty": duty,
        "form": form,
        "known": [] if request.method == "POST" else known,
        "waiting": [row for row in mine if row.status == ChannelStatus.PROPOSED],
        "returned": [row for row in mine if row.status == ChannelStatus.RETURNED],
        "locked": duty.is_locked(timezone.localdate()),
    }
    return render(request, "campaigns/workspace/register_channel.html", context)


def declaration_form(request, duty):
    """What was typed, else blank; the kind is that of the duty where it names one."""
    kind = duty.requirement.channel_kind
    agencies = Agency.objects.filter(pk=duty.agency_id)
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and kind:
        data["kind"] = kind
    form = ChannelForm(data, agencies=agencies)
    if kind:
        form.fields["kind"].widget = form.fields["kind"].hidden_widget()
    return form


def name_known(request, duty):
    """One tap: "Đã có: …"."""
    channel = get_object_or_404(registering.published_of(duty), pk=number_of(request.POST["known"]))
    try:
        registering.name_known(request.user, duty, channel, timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("register_channel", duty.pk)
    messages.success(request, f"Đã ghi nhận: đơn vị đã có {channel.get_kind_display()} “{channel.name}”.")
    return redirect("obligation", duty.pk)


def number_of(text):
    """A row's number as it came in a form; 0, which no row has, for anything else."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0
