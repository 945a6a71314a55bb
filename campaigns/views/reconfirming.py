"""Rounds of re-confirmation: the agency's one tap and its two other answers, and the province's list after 60 days."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns import reconfirming
from campaigns.forms.channels import ChangeForm, GiveUpForm
from campaigns.forms.reconfirming import NeglectedForm
from campaigns.forms.workspace import tell
from campaigns.models import RequirementKind
from campaigns.overview import people_to_phone
from campaigns.views.acting import desk_act, desk_page, page_of
from campaigns.views.doorway import focal_points_only, own_duty
from portal.middleware import open_to_signed_link
from registry.models import Channel, ChannelChange
from registry.permissions import can_review


def own_round(request, pk):
    return own_duty(request, pk, RequirementKind.RECONFIRM_CHANNELS)


def channel_of(duty, pk):
    """A channel of the agency that the page of the round shows; 404 for any other."""
    asked = Channel.objects.filter(rounds__obligation=duty, agency=duty.agency_id)
    further = reconfirming.further_channels(duty, timezone.localdate())
    channel = asked.filter(pk=pk).first() or further.filter(pk=pk).first()
    if channel is None:
        raise Http404
    return channel


@require_POST
@open_to_signed_link
@focal_points_only
def round_right(request, pk):
    """One tap: all channels that still ask, or the one whose button it was, are still right."""
    duty, now = own_round(request, pk), timezone.now()
    chosen = request.POST.get("channel", "")
    only = channel_of(duty, int(chosen)) if chosen.isdecimal() and len(chosen) < 19 else None
    kept = reconfirming.still_right(duty, actor=request.user, now=now, only=only)
    if kept:
        messages.success(request, f"Đã ghi nhận: {len(kept)} kênh vẫn đúng.")
    else:
        messages.info(request, "Các kênh này đã được trả lời trước đó.")
    return redirect("obligation", pk)


@open_to_signed_link
@focal_points_only
def round_change(request, pk, channel_pk):
    """“Đã đổi”: the new address or name, put before the province; the duty counts it as answered."""
    duty = own_round(request, pk)
    channel = channel_of(duty, channel_pk)
    form = ChangeForm(request.POST or None, channel=channel)

    def verb():
        ChannelChange.propose(actor=request.user, channel=channel, now=timezone.now(), **form.cleaned_data)

    words = {"title": "Kênh đã đổi", "button": "Gửi thay đổi", "is_grave": False, "lead": CHANGE_LEAD}
    return answer(request, duty, channel, form, verb, words, "Đã gửi. Kênh giữ nguyên đến khi cán bộ tỉnh xác nhận.")


@open_to_signed_link
@focal_points_only
def round_drop(request, pk, channel_pk):
    """“Đã bỏ”: the public reads at once that the channel is paused, the province closes it."""
    duty = own_round(request, pk)
    channel = channel_of(duty, channel_pk)
    form = GiveUpForm(request.POST or None)

    def verb():
        channel.give_up(actor=request.user, reason=form.cleaned_data["reason"], now=timezone.now())

    words = {"title": "Đơn vị đã bỏ kênh này", "button": "Báo đã bỏ", "is_grave": True, "lead": DROP_LEAD}
    return answer(request, duty, channel, form, verb, words, f"Đã ghi nhận: đơn vị bỏ kênh “{channel.name}”.")


CHANGE_LEAD = "Trang công khai giữ kênh như cũ cho đến khi cán bộ tỉnh xác nhận thay đổi."
DROP_LEAD = "Trang công khai và mã QR ghi ngay rằng kênh tạm dừng; cán bộ tỉnh sẽ đóng kênh."


def answer(request, duty, channel, form, verb, words, done):
    """One answer about one channel of a round: the form, the verb, and the duty that follows."""
    if request.method == "POST" and form.is_valid():
        try:
            verb()
        except ValidationError as error:
            tell(form, error)
        else:
            reconfirming.settle_round(duty.pk, timezone.now(), request.user)
            messages.success(request, done)
            return redirect("obligation", duty.pk)
    context = {"form": form, "duty": duty, "channel": channel, **words}
    return render(request, "campaigns/workspace/round_answer.html", context)


@desk_page
def channels_neglected(request):
    """Channels that nobody confirmed for 60 days after they asked: whom to ring, and one act for the ticked ones."""
    today = timezone.localdate()
    rows = reconfirming.neglected_channels(Channel.objects.visible_to(request.user), today)
    form = NeglectedForm(request.POST if request.method == "POST" else None, channels=rows)
    if request.method == "POST" and form.is_valid():
        return neglected_act(request, form)
    page = page_of(request, rows.select_related("agency"))
    people = people_to_phone([row.agency_id for row in page])
    context = {
        "form": form,
        "page": page,
        "lines": reconfirming.neglected_lines(page, people, today),
        "ticked": request.POST.getlist("chon"),
        "can_act": can_review(request.user),
        "address": request.get_full_path(),
    }
    return render(request, "campaigns/desk/channels_neglected.html", context)


@desk_act
def neglected_act(request, form):
    """Carry the act out; a result for each channel."""
    values = form.cleaned_data
    results = reconfirming.act_on_many(
        values["chon"].select_related("agency"), request.user, values["act"], values["note"], timezone.now()
    )
    refused = sum(bool(result.refusal) for result in results)
    words = dict(form.fields["act"].choices)[values["act"]]
    context = {"results": results, "done": len(results) - refused, "refused": refused, "words": words}
    return render(request, "campaigns/desk/channels_neglected_done.html", context)
