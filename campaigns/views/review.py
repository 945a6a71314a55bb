"""Reviewing: the queues, one item with its two clicks, nominations and channels to confirm."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.contrib import messages
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns import declaring, nominating, review
from campaigns.comparing import compare_versions
from campaigns.duplicates import twins_of
from campaigns.filters import ChannelFilter, ContactFilter, WaitingItemFilter
from campaigns.forms.desk import TICKED_ROW, AssignForm, BulkDecisionForm, DecisionForm, LeaveForm, NoteForm, ReasonForm
from campaigns.models import ContentItem, DecisionAct, Obligation, ReasonCode
from campaigns.models.sharing import whose_post
from campaigns.views.acting import ask, carried_out, desk_act, desk_page, page_of
from campaigns.views.codes import use_of
from registry.addresses.parser import read_address
from registry.models import Channel, ContactPoint, KnownFake
from registry.permissions import can_review

TOO_LATE = 409
TURNAROUND = timedelta(days=30)
FILTER_OF_QUEUE = {review.ITEMS: WaitingItemFilter, review.CONTACTS: ContactFilter, review.CHANNELS: ChannelFilter}
SHOWN_OF_ITEM = (
    "title", "version", "kind", "submitted_at", "held_at", "agency__name", "submitted_by__full_name",
    "reviewer__full_name",
)  # fmt: skip
SHOWN_OF_PAGE = (
    "status", "version", "submitted_at", "late_reason", "held_at", "held_by", "held_reason", "reviewer",
    "is_shareable", "shared_from", "agency__name", "topic__title", "obligation__agency", "obligation__due_on",
    "obligation__extended_to", "obligation__period__month", "obligation__requirement__title",
    "obligation__requirement__campaign__title",
)  # fmt: skip
SHOWN_OF_VERSION = (
    "item", "number", "kind", "title", "body", "link", "responsible", "submitted_at", "decided_at", "is_declared",
    "link_key", "body_hash", "submitted_by__full_name",
)  # fmt: skip
DONE = {
    DecisionAct.APPROVE: "Đã duyệt “{}”.",
    DecisionAct.RETURN: "Đã trả lại “{}” để đơn vị sửa.",
    DecisionAct.REJECT: "Đã từ chối “{}”.",
}


@desk_page
def review_queue(request):
    """What waits for the province, in three tabs."""
    lengths, kind = review.lengths(request.user), request.GET.get("loai")
    kind = kind if kind in lengths else review.ITEMS
    found = FILTER_OF_QUEUE[kind](request.GET, queue_rows(kind, request.user), request=request)
    rows = found.qs
    count = None if any(found.form.cleaned_data.values()) else lengths[kind]
    context = {
        "tabs": [(one, words, lengths[one]) for one, words in review.WORDS.items()],
        "kind": kind,
        "filter": found,
        "page": page_of(request, rows, keys_first=kind == review.ITEMS, count=count),
        "today": timezone.localdate(),
        "reasons": [(code.value, code.label) for code in ReasonCode if code.draft],
        "turnaround": review.turnaround(request.user, timezone.now() - TURNAROUND) if "xu_ly" in request.GET else None,
        "ticked": {
            int(value.partition(":")[0]) for value in request.GET.getlist("chon") if TICKED_ROW.fullmatch(value)
        },
        "can_act": can_review(request.user),
    }
    return render(request, "campaigns/desk/review_queue.html", context)


def queue_rows(kind, user):
    """The rows of a tab with all that its table shows."""
    if kind == review.ITEMS:
        rows = review.items_waiting(user).annotate(month=F("obligation__period__month"))
        return rows.select_related("agency", "submitted_by", "reviewer").only(*SHOWN_OF_ITEM)
    if kind == review.CONTACTS:
        return review.contacts_waiting(user).select_related("agency", "proposed_by")
    channels = review.channels_waiting(user).select_related("agency", "proposed_by", "given_up_by")
    return declaring.with_open_changes(channels).prefetch_related("keys")


@require_POST
@desk_act
def review_bulk(request):
    """Approve or return the ticked items; a result for each of them."""
    form = BulkDecisionForm(request.POST, user=request.user)
    if not form.is_valid():
        messages.error(request, " ".join(sum(form.errors.values(), [])))
        return redirect(f"{reverse('review_queue')}?{with_ticks(request)}")
    results = review.decide_many(form.cleaned_data["chon"], form.decision(request.user, timezone.now()))
    refused = sum(bool(result.refusal) for result in results)
    words = "trả lại" if form.cleaned_data["act"] == "return" else "duyệt"
    context = {"results": results, "done": len(results) - refused, "refused": refused, "words": words}
    return render(request, "campaigns/desk/review_bulk.html", context)


def with_ticks(request):
    """The query of the queue as it was, with what was ticked: nobody ticks twenty rows again for a missing reason."""
    query = request.GET.copy()
    query.setlist("chon", [value for value in request.POST.getlist("chon") if TICKED_ROW.fullmatch(value)])
    return query.urlencode()


@desk_page
def review_item(request, pk):
    """The version to decide, what changed since the last decision, and the decision itself."""
    item = get_object_or_404(items(request.user).only(*SHOWN_OF_PAGE), pk=pk)
    return show_item(request, item, DecisionForm(initial={"version": item.version}))


def show_item(request, item, form, status=200, refusal=""):
    versions = list(versions_of(item))
    version = versions[0]
    reviewed = next((row for row in versions[1:] if row.decided_at), None)
    is_decided = any(row.decided_at for row in versions)  # before that there is neither a decision nor a post
    previous, following = review.neighbours(item, request.user)
    waits, can_act = item.status == "submitted", can_review(request.user)
    context = {
        "item": item,
        "version": version,
        "link_host": host_of(version.link),
        "reviewed": reviewed,
        "differences": compare_versions(reviewed, version) if reviewed else [],
        "assign_form": AssignForm(initial={"reviewer": item.reviewer_id}) if waits and can_act else None,
        "note_form": NoteForm(),
        "notes": item.internal_notes.select_related("author").only("item", "text", "at", "author__full_name"),
        "twins": twins_of(version, request.user),
        "whose": whose_post(version.link, item.agency) if item.shared_from_id else "",
        "decisions": item.decisions.select_related("actor", "version").order_by("-at", "-pk") if is_decided else [],
        "publications": item.publications.select_related("channel", "recorded_by") if is_decided else [],
        "record": review.record_of(item.obligation, Obligation.objects.visible_to(request.user)),
        "previous": previous,
        "following": following,
        "form": form,
        "refusal": refusal,
        "today": timezone.localdate(),
        "waits": waits,
        "can_act": can_act,
    }
    return render(request, "campaigns/desk/review_item.html", context, status=status)


@require_POST
@desk_act
def item_decide(request, pk):
    """One decision on one version, then on to the next item. Whoever is slower reads who was faster."""
    item = get_object_or_404(items(request.user), pk=pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return show_item(request, item, form)
    following = review.next_waiting(item, request.user)
    if not carried_out(form, lambda: form.carry_out(item, request.user, timezone.now())):
        fresh = get_object_or_404(items(request.user), pk=pk)
        again = DecisionForm(initial={"version": fresh.version, **form.cleaned_data})
        again.initial["version"] = fresh.version
        return show_item(request, fresh, again, TOO_LATE, " ".join(form.non_field_errors()))
    messages.success(request, DONE[form.cleaned_data["act"]].format(item.title))
    return redirect("review_item", following.pk) if following else redirect("review_queue")


def host_of(link) -> str:
    """The host of a web address; "" for anything that must not become a link."""
    parts = urlsplit(link)
    return parts.hostname or "" if parts.scheme in ("http", "https") else ""


def items(user):
    """What the page tells of an item. Who reviews or holds it and whose copy it is, only few have: asked when shown."""
    related = ("agency", "obligation__period", "obligation__requirement__campaign", "topic")
    return ContentItem.objects.visible_to(user).exclude(version=0).select_related(*related)


def versions_of(item):
    """Newest first, with files and the person who handed each in."""
    rows = item.versions.select_related("submitted_by").only(*SHOWN_OF_VERSION)
    return rows.prefetch_related("files").order_by("-number")


@desk_page
def review_contact(request, pk):
    """One nomination: confirm it, or return it with a reason."""
    contact = get_object_or_404(contacts(request.user), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and contact_decided(request, contact, form):
        following = review.contacts_waiting(request.user).first()
        return redirect("review_contact", following.pk) if following else to_queue(review.CONTACTS)
    contact.refresh_from_db()
    context = {
        "contact": contact,
        "form": form,
        "others": contacts(request.user).filter(agency=contact.agency).current().exclude(pk=contact.pk),
        "history": contact.history.select_related("history_user").order_by("-history_date", "-history_id"),
        "today": timezone.localdate(),
        "can_act": can_review(request.user),
    }
    return render(
        request, "campaigns/desk/review_contact.html", context, status=TOO_LATE if form.non_field_errors() else 200
    )


@desk_act
def contact_decided(request, contact, form):
    """Confirm without a reason, return with one; False leaves the refusal in the form."""
    now = timezone.now()
    if request.POST.get("act") == "confirm":
        form.fields["reason"].required = False
        form.full_clean()
        done = carried_out(form, lambda: nominating.confirm_contact(contact, request.user, now))
        words = f"Đã xác nhận {contact.full_name}."
    else:
        done = form.is_valid() and carried_out(
            form, lambda: nominating.return_contact(contact, request.user, form.cleaned_data["reason"], now)
        )
        words = f"Đã trả lại đề cử {contact.full_name}."
    if done:
        messages.success(request, words)
    return done


@desk_act
def contact_leave(request, pk):
    """The person no longer answers for the agency: access ends at once."""
    contact = get_object_or_404(contacts(request.user), pk=pk)
    return ask(
        request, LeaveForm, verb=lambda on, reason: nominating.release_contact(contact, request.user, on, reason),
        done=f"{contact.full_name} đã thôi làm đầu mối.", back=reverse("review_contact", args=[pk]),
        title="Thôi làm đầu mối", eyebrow=f"{contact.full_name}, {contact.agency.name}", button="Ghi nhận đã thôi",
        is_grave=True,
        consequences=["Người này không vào được việc của cơ quan nữa, kể cả bằng đường link đã gửi.",
                      "Tên còn trong nhật ký. Muốn làm lại thì cơ quan cử mới."],
    )  # fmt: skip


def contacts(user):
    return ContactPoint.objects.visible_to(user).select_related(
        "agency", "proposed_by", "confirmed_by", "user", "replaces"
    )


@desk_page
def review_channel(request, pk):
    """One channel: how it would look in public, who else claims its address, and the decision."""
    channel = get_object_or_404(channels(request.user), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and channel_decided(request, channel, form):
        return to_next_channel(request.user)
    channel = get_object_or_404(channels(request.user), pk=pk)
    context = {
        "channel": channel,
        "form": form,
        "address": read_address(channel.url) if channel.url else None,
        "rivals": declaring.rivals_of(channel, [row.key for row in channel.keys.all()]),
        "fakes": KnownFake.objects.listed().filter(key__in=[row.key for row in channel.keys.all()]),
        "waiting_change": channel.changes.awaiting_review().select_related("proposed_by").first(),
        "history": channel.history.select_related("history_user").order_by("-history_date", "-history_id"),
        "today": timezone.localdate(),
        "can_act": can_review(request.user),
        **(use_of(request.user, channel, timezone.localdate()) if channel.confirmed_at else {}),
    }
    return render(
        request, "campaigns/desk/review_channel.html", context, status=TOO_LATE if form.non_field_errors() else 200
    )


@desk_act
def channel_decided(request, channel, form):
    """Confirm without a reason, return with one; False leaves the refusal in the form."""
    if request.POST.get("act") == "confirm":
        form.fields["reason"].required = False
        form.full_clean()
        done = carried_out(form, lambda: declaring.confirm_channel(channel, request.user, timezone.now()))
        words = f"Đã xác nhận kênh “{channel.name}”."
    else:
        done = form.is_valid() and carried_out(
            form,
            lambda: declaring.return_channel(channel, request.user, form.cleaned_data["reason"], timezone.now()),
        )
        words = f"Đã trả lại kênh “{channel.name}”."
    if done:
        messages.success(request, words)
    return done


def channels(user):
    related = Channel.objects.visible_to(user).select_related("agency", "proposed_by", "confirmed_by", "given_up_by")
    return related.prefetch_related("keys")


def to_next_channel(user):
    """On to the channel or change that waits longest, else back to the queue."""
    following = review.channels_waiting(user).first()
    return redirect(review.decision_page(following)) if following else to_queue(review.CHANNELS)


def to_queue(kind):
    return redirect(f"{reverse('review_queue')}?loai={kind}")
