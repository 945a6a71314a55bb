"""Publishing by hand: what to post, and where it was posted. And a channel's pauses and end."""

from django.contrib import messages
from django.db.models import Exists, F, OuterRef, Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from campaigns.filters import ItemFilter
from campaigns.forms.connectors import PlanForm
from campaigns.forms.desk import NoReasonForm, PublishForm, ReasonForm
from campaigns.models import ContentItem, ContentVersion, PublicationJob
from campaigns.views.acting import ask, carried_out, desk_act, desk_page, page_of
from registry.models import Channel
from registry.permissions import can_review

SHOWN = ("title", "kind", "body", "link", "status", "decided_at", "agency__name")
PER_PAGE = 20
"""Cards, each with its words."""


@desk_page
def publish_list(request):
    """Approved items that nobody published yet, with caption and files to copy."""
    planned = Exists(PublicationJob.objects.open().filter(item=OuterRef("pk")))
    rows = ContentItem.objects.visible_to(request.user).to_publish()
    found = ItemFilter(request.GET, rows.annotate(is_planned=planned, month=F("obligation__period__month")))
    accepted = ContentVersion.objects.filter(is_accepted=True).only("item").prefetch_related("files")
    waiting = found.qs.select_related("agency").only(*SHOWN).order_by("decided_at", "pk")
    waiting = waiting.prefetch_related(Prefetch("versions", accepted, to_attr="accepted"))
    context = {
        "filter": found,
        "page": page_of(request, waiting, PER_PAGE, keys_first=True),
        "can_act": can_review(request.user),
    }
    return render(request, "campaigns/desk/publish_list.html", context)


@desk_act
def publish_item(request, pk):
    """Mark an approved item as published: channel, link, time."""
    item = get_object_or_404(
        ContentItem.objects.visible_to(request.user).select_related("agency", "obligation__requirement"), pk=pk
    )
    form = PublishForm(request.POST or None, item=item)
    if request.method == "POST" and form.is_valid() and carried_out(form, lambda: publish(item, form, request.user)):
        messages.success(request, f"Đã ghi nhận đăng “{item.title}”.")
        return redirect("review_item", pk)
    item = get_object_or_404(ContentItem.objects.visible_to(request.user).select_related("agency"), pk=pk)
    return publish_page(request, item, form, PlanForm(item=item, prefix="lich"))


def publish_page(request, item, form, plan_form):
    """Both ways of publishing: through a connector, and by hand."""
    context = {
        "item": item,
        "form": form,
        "plan_form": plan_form,
        "publications": item.publications.select_related("channel"),
        "jobs": item.jobs.select_related("channel"),
    }
    return render(request, "campaigns/desk/publish_item.html", context)


def publish(item, form, actor):
    values = form.cleaned_data
    item.publish(
        actor=actor,
        channel=values["channel"],
        url=values["url"],
        published_at=values["published_at"],
        now=timezone.now(),
    )


@desk_act
def channel_suspend(request, pk):
    channel = get_object_or_404(channels(request.user), pk=pk)
    return ask_about(
        request, channel, ReasonForm, lambda reason: channel.suspend(actor=request.user, reason=reason),
        title="Tạm dừng kênh", button="Tạm dừng", done=f"Kênh “{channel.name}” đã tạm dừng.", is_grave=True,
        consequences=["Trang công khai và mã QR ghi rõ kênh đang tạm dừng.", "Địa chỉ vẫn thuộc kênh này."],
    )  # fmt: skip


@desk_act
def channel_resume(request, pk):
    channel = get_object_or_404(channels(request.user), pk=pk)
    return ask_about(
        request, channel, NoReasonForm, lambda: channel.resume(actor=request.user),
        title="Cho kênh hoạt động lại", button="Hoạt động lại", done=f"Kênh “{channel.name}” đã hoạt động lại.",
        consequences=["Kênh lại là kênh chính thống trên trang công khai."],
    )  # fmt: skip


@desk_act
def channel_reconfirm(request, pk):
    """The province asked the agency by phone: the channel is still right."""
    channel = get_object_or_404(channels(request.user), pk=pk)
    return ask_about(
        request, channel, NoReasonForm, lambda: channel.reconfirm(actor=request.user, on=timezone.localdate()),
        title="Xác nhận lại kênh", button="Vẫn đúng", done=f"Đã xác nhận lại kênh “{channel.name}”.",
        consequences=["Trang công khai ghi kênh được xác nhận gần nhất hôm nay."],
    )  # fmt: skip


@desk_act
def channel_close(request, pk):
    channel = get_object_or_404(channels(request.user), pk=pk)
    return ask_about(
        request, channel, ReasonForm, lambda reason: channel.close(actor=request.user, reason=reason),
        title="Đóng kênh", button="Đóng kênh", done=f"Kênh “{channel.name}” đã đóng.", is_grave=True,
        consequences=["Không mở lại được: muốn dùng lại thì đăng ký kênh mới.",
                      "Trang công khai và mã QR trả lời kênh từng là chính thống đến hôm nay."],
    )  # fmt: skip


def ask_about(request, channel, form_class, verb, **words):
    """The page of one act on a channel."""
    back = reverse("review_channel", args=[channel.pk])
    return ask(request, form_class, verb=verb, back=back, eyebrow=f"{channel.name}, {channel.agency.name}", **words)


def channels(user):
    return Channel.objects.visible_to(user).select_related("agency")
