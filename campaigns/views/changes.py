"""The province and published channels: changes that agencies ask for, its own changes, further addresses."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from campaigns import declaring
from campaigns.comparing import Difference, compare_letters, compare_texts
from campaigns.forms.channels import ChangeForm, EndAddressForm, FurtherAddressForm
from campaigns.forms.desk import ReasonForm
from campaigns.views.acting import ask, carried_out, desk_act, desk_page
from campaigns.views.review import TOO_LATE, to_next_channel
from registry.addresses.parser import read_address
from registry.models import Channel, ChannelChange, ChannelKey, KnownFake
from registry.permissions import can_review


@desk_page
def review_change(request, pk):
    """One change: before and after letter by letter, who else claims the new address, and the decision."""
    change = get_object_or_404(changes(request.user), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and change_decided(request, change, form):
        return to_next_channel(request.user)
    change = get_object_or_404(changes(request.user), pk=pk)
    channel = change.channel
    context = {
        "change": change,
        "channel": channel,
        "form": form,
        "differences": differences(change) if change.status in ("proposed", "returned") else [],
        "address": read_address(change.url) if change.key else None,
        "rivals": declaring.rivals_of(channel, [change.key]) if change.key else [],
        "fakes": KnownFake.objects.listed().filter(key=change.key) if change.key else [],
        "history": channel.history.select_related("history_user").order_by("-history_date", "-history_id"),
        "can_act": can_review(request.user),
    }
    status = TOO_LATE if form.non_field_errors() else 200
    return render(request, "campaigns/desk/review_change.html", context, status=status)


@desk_act
def change_decided(request, change, form):
    """Accept without a reason, return with one; False leaves the refusal in the form."""
    now = timezone.now()
    if request.POST.get("act") == "confirm":
        form.fields["reason"].required = False
        form.full_clean()
        done = carried_out(form, lambda: declaring.accept_change(change, request.user, now))
        words = f"Đã xác nhận thay đổi của kênh “{change.name}”."
    else:
        done = form.is_valid() and carried_out(
            form, lambda: declaring.return_change(change, request.user, form.cleaned_data["reason"], now)
        )
        words = f"Đã trả lại thay đổi của kênh “{change.channel.name}”."
    if done:
        messages.success(request, words)
    return done


def differences(change) -> list[Difference]:
    """What would change, each from what to what; addresses letter by letter."""
    channel, found = change.channel, []
    if change.key:
        found.append(Difference("Đường link", compare_letters(channel.url, change.url)))
    if change.name != channel.name:
        found.append(Difference("Tên kênh", compare_texts(channel.name, change.name)))
    if change.description != channel.description:
        found.append(Difference("Giới thiệu", compare_texts(channel.description, change.description)))
    return found


def changes(user):
    related = ("channel__agency", "proposed_by", "decided_by")
    return ChannelChange.objects.visible_to(user).select_related(*related).prefetch_related("channel__keys")


@desk_act
def channel_change_now(request, pk):
    """The province changes name or address by its own decision, with a reason."""
    channel = get_object_or_404(channels(request.user), pk=pk)
    form = ChangeForm(request.POST or None, channel=channel)
    if form.is_valid() and carried_out(form, lambda: make(channel, request.user, form.cleaned_data)):
        messages.success(request, f"Đã thay đổi kênh “{channel.name}”.")
        return redirect("review_channel", pk)
    channel = get_object_or_404(channels(request.user), pk=pk)
    return render(request, "campaigns/desk/channel_change_now.html", {"channel": channel, "form": form})


def make(channel, actor, facts):
    reason = facts.pop("note")
    ChannelChange.make(actor=actor, channel=channel, reason=reason, now=timezone.now(), **facts)


@desk_act
def channel_add_address(request, pk):
    """“Cũng là địa chỉ này”: one more address by which the channel is recognised."""
    channel = get_object_or_404(channels(request.user), pk=pk)
    return ask(
        request, FurtherAddressForm,
        verb=lambda url, reason: ChannelKey.add(
            actor=request.user, channel=channel, url=url, reason=reason, now=timezone.now()
        ),
        title="Thêm địa chỉ của kênh", button="Thêm địa chỉ", done="Đã thêm địa chỉ.", back=page_of(channel),
        eyebrow=f"{channel.name}, {channel.agency.name}",
        consequences=["Người dân dán địa chỉ này cũng được trả lời là kênh chính thống.",
                      "Địa chỉ chính và mã QR của kênh không đổi."],
    )  # fmt: skip


@desk_act
def channel_end_address(request, pk, key_pk):
    """One of several addresses is no more the channel's."""
    channel = get_object_or_404(channels(request.user), pk=pk)
    row = get_object_or_404(channel.keys, pk=key_pk)
    return ask(
        request, EndAddressForm,
        verb=lambda on, reason: row.end(actor=request.user, on=on, reason=reason, now=timezone.now()),
        title="Thôi dùng một địa chỉ", button="Thôi dùng", done="Đã ghi nhận thôi dùng địa chỉ.", back=page_of(channel),
        eyebrow=f"{channel.name}, {channel.agency.name}", is_grave=True,
        consequences=[f"Địa chỉ {row.url or row.key} không còn là của kênh này; trang công khai ghi rõ đến ngày nào.",
                      "Cơ quan khác có thể khai báo địa chỉ này."],
    )  # fmt: skip


def page_of(channel):
    return reverse("review_channel", args=[channel.pk])


def channels(user):
    return Channel.objects.visible_to(user).select_related("agency")
