"""Bàn giao: the page that says what goes over and to whom, for the agency and for the desk; and the person's answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns import handing_over
from campaigns.forms.handing_over import HandOverForm
from campaigns.forms.workspace import tell
from campaigns.views.acting import desk_act
from campaigns.views.doorway import focal_points_only
from registry import appointments
from registry.models import ContactPoint
from registry.permissions import can_act_for

PROPOSED = "Đã gửi đề nghị bàn giao cho {}. Khi cán bộ tỉnh xác nhận, người mới nhận thư và người cũ thôi việc này."
DONE = "Đã bàn giao cho {}. Thư mời nhận việc đang được gửi."


@focal_points_only
def contact_hand_over(request, pk):
    """The agency's own people: what goes over, to whom; nobody shuts themselves out before the new one is there."""
    contact = current_contact(request, pk)
    if not can_act_for(request.user, contact.agency):
        raise PermissionDenied
    is_self = contact.user_id == request.user.pk
    return page(
        request, contact, can_leave=not is_self, back=reverse("my_work"), done=PROPOSED,
        template="campaigns/workspace/contact_hand_over.html",
    )  # fmt: skip


@desk_act
def hand_over(request, pk):
    """The desk on an agency's behalf: entered and confirmed in one act."""
    contact = current_contact(request, pk)
    return page(
        request, contact, can_leave=True, back=reverse("review_contact", args=[pk]), done=DONE,
        template="campaigns/desk/hand_over.html",
    )  # fmt: skip


def current_contact(request, pk):
    """A confirmed person; 404 for those whom this reader can't see."""
    rows = ContactPoint.objects.visible_to(request.user).confirmed()
    return get_object_or_404(rows.select_related("agency", "user"), pk=pk)


def page(request, contact, *, can_leave, back, done, template):
    form = HandOverForm(request.POST or None, old=contact, can_leave=can_leave)
    if form.is_valid():
        try:
            handing_over.hand_over(contact, request.user, timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, done.format(form.cleaned_data["full_name"]))
            return redirect(back)
    goods = handing_over.goods_of(contact, timezone.localdate())
    return render(request, template, {"form": form, "contact": contact, "goods": goods, "back": back})


@require_POST
@focal_points_only
def contact_answer(request, pk):
    """The signed-in person's own answer to a nomination: one tap to take it on; declining asks why on its own page."""
    contact = ContactPoint.objects.unaccepted().filter(pk=pk, user=request.user.pk).first()
    if contact is None or request.user.scope:
        raise Http404
    if request.POST.get("act") != "accept":
        return redirect("appointment", appointments.make_token(contact))
    appointments.accept(contact, now=timezone.now())
    messages.success(request, "Cảm ơn ông/bà đã nhận việc.")
    return redirect("my_work")
