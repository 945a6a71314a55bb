"""What reviewers do with a waiting product besides deciding: give it to somebody, set it aside, write a note."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.forms.desk import AssignForm, NoReasonForm, NoteForm, ReasonForm
from campaigns.models import ContentItem
from campaigns.views.acting import ask, carried_out, desk_act


def waiting_item(request, pk):
    return get_object_or_404(ContentItem.objects.visible_to(request.user).select_related("agency"), pk=pk)


@require_POST
@desk_act
def item_assign(request, pk):
    """Give the product to one reviewer."""
    item, form = waiting_item(request, pk), AssignForm(request.POST)
    if form.is_valid() and carried_out(form, lambda: item.assign(actor=request.user, **form.cleaned_data)):
        messages.success(request, f"Đã giao cho {item.reviewer.full_name}." if item.reviewer else "Đã thôi giao riêng.")
    else:
        messages.error(request, " ".join(sum(form.errors.values(), [])))
    return redirect("review_item", pk)


@desk_act
def item_hold(request, pk):
    """Set the product aside, with the reason for colleagues."""
    item = waiting_item(request, pk)
    return ask(
        request, ReasonForm, verb=lambda reason: item.hold(actor=request.user, reason=reason, now=timezone.now()),
        done=f"Đã tạm giữ “{item.title}”.", back=reverse("review_item", args=[pk]),
        title="Tạm giữ sản phẩm", eyebrow=f"{item.agency.name}: {item.title}", button="Tạm giữ",
        consequences=["Sản phẩm xuống cuối danh sách chờ duyệt cho đến khi thôi giữ hoặc có quyết định.",
                      "Đơn vị không thấy việc tạm giữ và không bị tính trễ."],
    )  # fmt: skip


@desk_act
def item_release(request, pk):
    item = waiting_item(request, pk)
    return ask(
        request, NoReasonForm, verb=lambda: item.release(actor=request.user),
        done=f"“{item.title}” đã trở lại danh sách chờ duyệt.", back=reverse("review_item", args=[pk]),
        title="Thôi tạm giữ", eyebrow=f"{item.agency.name}: {item.title}", button="Thôi tạm giữ",
    )  # fmt: skip


@require_POST
@desk_act
def item_note(request, pk):
    """A note that only the province's staff read."""
    item, form = waiting_item(request, pk), NoteForm(request.POST)
    if form.is_valid():
        item.internal_notes.create(author=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, "Đã ghi chú.")
    else:
        messages.error(request, "Ghi chú còn trống hoặc quá dài. Hãy viết tối đa 1.000 ký tự.")
    return redirect("review_item", pk)
