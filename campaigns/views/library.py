"""Thư viện dùng chung: accepted products that any agency may use again, and what the province lets into it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.filters import LibraryFilter
from campaigns.forms.desk import NoReasonForm, ReasonForm
from campaigns.forms.library import ShareForm
from campaigns.models import ContentItem, Obligation
from campaigns.views.acting import ask, carried_out, desk_act, page_of
from registry.models import Agency, Channel
from registry.permissions import can_review


@require_safe
def library(request):
    """Products that other agencies may use, newest first."""
    found = LibraryFilter(request.GET, ContentItem.objects.in_library(request.user))
    rows = found.qs.select_related("agency", "topic").order_by("-decided_at", "-pk")
    return render(request, "campaigns/workspace/library.html", {"filter": found, "page": page_of(request, rows, 20)})


@require_http_methods(["GET", "HEAD", "POST"])
def library_item(request, pk):
    """One product of the library; a focal point begins a copy for a duty of their own agency."""
    rows = ContentItem.objects.in_library(request.user).select_related("agency", "topic")
    item = get_object_or_404(rows, pk=pk)
    form = ShareForm(request.POST or None, duties=duties_to_share_for(request.user, item, timezone.localdate()))
    if request.method == "POST":
        if request.user.is_province_staff:
            raise PermissionDenied
        if form.is_valid() and carried_out(form, lambda: begin_copy(request, item, form)):
            messages.success(request, "Đã chép nội dung. Hãy đăng lại trên kênh của đơn vị rồi dán đường link bài đó.")
            return redirect("item_edit", form.copy.pk)
    context = {
        "item": item,
        "form": form,
        "files": item.accepted_files,
        "publications": item.publications.filter(channel__in=Channel.objects.published()).select_related("channel"),
        "can_act": can_review(request.user),
    }
    return render(request, "campaigns/workspace/library_item.html", context)


def begin_copy(request, item, form):
    values = form.cleaned_data
    form.copy = item.share(
        actor=request.user, obligation=values["duty"], idempotency_key=values["key"], now=timezone.now()
    )


def duties_to_share_for(user, item, today):
    """Monthly duties of the person's living agencies that still take products, not those of the product's own agency."""
    is_open = Q(locks_on__gte=today) | Q(extended_to__gte=today) | Q(reopened_until__gte=today)
    rows = Obligation.objects.visible_to(user).quota().filter(is_open, exempt_at=None)
    rows = rows.filter(agency__in=Agency.objects.editable_by(user), requirement__campaign__status="issued")
    related = ("requirement__campaign", "period", "agency")
    return rows.exclude(agency=item.agency_id).select_related(*related).order_by("due_on", "pk")


@desk_act
def item_into_library(request, pk):
    """Let other agencies use the product."""
    item = accepted_item(request, pk)
    return ask(
        request, NoReasonForm, verb=lambda: item.put_in_library(actor=request.user),
        done=f"“{item.title}” đã vào thư viện dùng chung.", back=reverse("review_item", args=[pk]),
        title="Đưa vào thư viện dùng chung", eyebrow=f"{item.title}, {item.agency.name}", button="Đưa vào thư viện",
        consequences=["Đầu mối của mọi đơn vị đọc và dùng lại được, có ghi nguồn là đơn vị này."],
    )  # fmt: skip


@desk_act
def item_out_of_library(request, pk):
    """Nobody uses the product again from now on."""
    item = accepted_item(request, pk)
    return ask(
        request, ReasonForm, verb=lambda reason: item.take_out_of_library(actor=request.user, reason=reason),
        done=f"“{item.title}” đã ra khỏi thư viện.", back=reverse("review_item", args=[pk]),
        title="Đưa ra khỏi thư viện", eyebrow=f"{item.title}, {item.agency.name}", button="Đưa ra khỏi thư viện",
        consequences=["Đơn vị khác không thấy và không dùng lại được nữa. Bản đã chép trước đó vẫn còn."],
    )  # fmt: skip


def accepted_item(request, pk):
    rows = ContentItem.objects.visible_to(request.user).accepted().select_related("agency")
    return get_object_or_404(rows, pk=pk)
