"""The door of the workspace: who is sent on, and how a view finds the duty or item it may work on."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect

from campaigns import permissions
from campaigns.models import ContentItem, Obligation


def focal_points_only(view):
    """The workspace is the agencies'. Province staff who open it are sent to their desk."""

    @wraps(view)
    def send_staff_on(request, *args, **kwargs):
        if request.user.is_province_staff:
            return redirect("desk")
        return view(request, *args, **kwargs)

    return send_staff_on


def duty_or_404(request, pk):
    """A duty of the person's agencies, with everything that its pages name."""
    rows = Obligation.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("requirement__campaign", "period", "agency"), pk=pk)


def own_duty(request, pk, kind=None):
    """A duty that the person may answer; 404 when it isn't theirs or of another kind, 403 when the act isn't theirs."""
    duty = duty_or_404(request, pk)
    if kind and duty.requirement.kind != kind:
        raise Http404
    if not permissions.can_answer(request.user, duty):
        raise PermissionDenied
    return duty


def item_or_404(request, pk):
    """An item of the person's agencies, with its duty."""
    rows = ContentItem.objects.visible_to(request.user)
    related = ("obligation__requirement__campaign", "obligation__period", "obligation__agency", "agency", "topic")
    return get_object_or_404(rows.select_related(*related), pk=pk)


def own_item(request, pk):
    """An item that the person may change."""
    item = item_or_404(request, pk)
    if not permissions.can_submit(request.user, item):
        raise PermissionDenied
    return item
