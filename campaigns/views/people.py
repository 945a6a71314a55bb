"""Contact points and channels of the agency: nominate, keep, correct, declare."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from campaigns import nominating, registering
from campaigns.forms.workspace import ChannelCorrectionForm, ChannelForm, ContactForm, tell
from campaigns.models import RequirementKind
from campaigns.views.doorway import focal_points_only, own_duty
from portal.middleware import open_to_signed_link
from registry.models import Agency, Channel, ChannelStatus, ContactPoint, ContactStatus
from registry.permissions import can_act_for

WILL_CONFIRM = "Cán bộ tỉnh sẽ xác nhận; kết quả hiện ở trang Việc của tôi."
SENT = f"Đã gửi. {WILL_CONFIRM}"


@open_to_signed_link
@focal_points_only
def nominate(request, pk):
    """Answer a duty with a person: the one confirmed already, a returned one corrected, or somebody new."""
    duty = own_duty(request, pk, RequirementKind.NOMINATE_CONTACT)
    people = list(duty.agency.contact_points.current().filter(role=duty.requirement.contact_role))
    confirmed = [person for person in people if person.status == ContactStatus.CONFIRMED]
    returned = next((person for person in people if person.status == ContactStatus.RETURNED), None)
    if request.POST.get("keep"):
        return keep(request, duty, confirmed)
    form = nomination_form(request, returned)
    if request.method == "POST" and form.is_valid() and send_nomination(request, duty, form, returned):
        messages.success(request, SENT)
        return redirect("obligation", pk)
    context = {
        "duty": duty,
        "form": form,
        "confirmed": [] if request.method == "POST" else confirmed,
        "returned": returned,
        "waiting": [person for person in people if person.status == ContactStatus.PROPOSED],
        "locked": duty.is_locked(timezone.localdate()),
    }
    return render(request, "campaigns/workspace/nominate.html", context)


def nomination_form(request, returned):
    """What was typed; else the returned person to correct; else a blank form."""
    if request.method == "POST":
        return ContactForm(request.POST)
    return ContactForm.of(returned, with_numbers=not request.user.scope) if returned else ContactForm()


def send_nomination(request, duty, form, returned):
    """Whether the person was put before the province; otherwise the form says why not."""
    try:
        if returned:
            nominating.renominate(request.user, duty, returned, timezone.now(), **form.cleaned_data)
        else:
            nominating.nominate(request.user, duty, timezone.now(), **form.cleaned_data)
    except ValidationError as error:
        tell(form, error)
        return False
    return True


def keep(request, duty, confirmed):
    """One tap: the confirmed person still answers for the agency."""
    person = next((row for row in confirmed if str(row.pk) == request.POST["keep"]), None)
    if person is None:
        raise PermissionDenied
    try:
        nominating.keep(request.user, duty, person, timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("nominate", duty.pk)
    messages.success(request, f"Đã ghi nhận: vẫn là {person.full_name}.")
    return redirect("obligation", duty.pk)


def own_contact(request, pk):
    contact = get_object_or_404(ContactPoint.objects.visible_to(request.user).select_related("agency"), pk=pk)
    if not can_act_for(request.user, contact.agency):
        raise PermissionDenied
    return contact


@focal_points_only
def contact_correct(request, pk):
    """Correct a nomination that the province returned."""
    contact = own_contact(request, pk)
    form = ContactForm(request.POST) if request.method == "POST" else ContactForm.of(contact)
    if request.method == "POST" and form.is_valid():
        try:
            nominating.correct_contact(contact, request.user, timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, SENT)
            return redirect("my_work")
    return render(request, "campaigns/workspace/contact_correct.html", {"form": form, "contact": contact})


@focal_points_only
def channel_propose(request):
    """Declare a channel: paste the address, the kind is recognised."""
    agencies = Agency.objects.editable_by(request.user)
    if not agencies.exists():
        raise PermissionDenied
    form = ChannelForm(request.POST or None, agencies=agencies)
    if form.is_valid():
        try:
            channel = registering.propose(request.user, timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, f"Đã khai báo {channel.get_kind_display()} “{channel.name}”. {WILL_CONFIRM}")
            return redirect("my_work")
    return render(request, "campaigns/workspace/channel_propose.html", {"form": form})


@focal_points_only
def channel_correct(request, pk):
    """Correct a channel that the province returned."""
    channel = get_object_or_404(Channel.objects.visible_to(request.user).select_related("agency"), pk=pk)
    if not can_act_for(request.user, channel.agency):
        raise PermissionDenied
    form = ChannelCorrectionForm(request.POST or None, channel=channel)
    if form.is_valid():
        try:
            registering.correct(channel, request.user, timezone.now(), **form.facts)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, SENT)
            return redirect("my_work")
    is_returned = channel.status == ChannelStatus.RETURNED
    context = {"form": form, "channel": channel, "is_returned": is_returned}
    return render(request, "campaigns/workspace/channel_correct.html", context)
