"""Posting through connectors: put an item onto the schedule, see what became of it, decide where a machine can't."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from campaigns.forms.connectors import ByHandForm, PlanForm
from campaigns.forms.desk import PublishForm
from campaigns.models import ContentItem, JobState, PublicationJob
from campaigns.permissions import can_manage_connectors
from campaigns.publishing import composing
from campaigns.views.acting import carried_out, desk_act, desk_page, page_of, put_into
from campaigns.views.publishing import publish_page
from registry.permissions import can_review

GROUPS = (
    ("sap-dang", "Sắp đăng", lambda rows: rows.open().order_by("wanted_at", "pk")),
    ("can-xem", "Cần xem", lambda rows: rows.to_decide().order_by("-ended_at", "-pk")),
    ("da-xong", "Đã xong", lambda rows: rows.exclude(settled_at=None).order_by("-ended_at", "-pk")),
)
DONE_WORDS = {
    "cancel": "Đã huỷ lịch đăng.",
    "retry": "Sẽ đối chiếu với nền tảng rồi đăng lại nếu chưa có bài.",
    "give_up": "Đã ghi nhận: không đăng nữa.",
    "by_hand": "Đã ghi đường link bài đăng.",
}


@desk_page
def job_list(request):
    """The schedule in three groups: what comes, what waits for a person, what is over."""
    wanted = request.GET.get("nhom", GROUPS[0][0])
    name, words, rows = next((group for group in GROUPS if group[0] == wanted), GROUPS[0])
    related = ("channel__agency", "channel__connector", "item__agency", "publication")
    found = rows(PublicationJob.objects.visible_to(request.user)).select_related(*related)
    context = {
        "groups": [(group[0], group[1]) for group in GROUPS],
        "group": name,
        "words": words,
        "page": page_of(request, found),
        "to_decide": PublicationJob.objects.visible_to(request.user).to_decide().count(),
        "can_manage": can_manage_connectors(request.user),
    }
    return render(request, "campaigns/desk/job_list.html", context)


@desk_page
def job(request, pk):
    """One job: its state in words, what happened, and what a person may do."""
    return job_page(request, found_job(request, pk))


def job_page(request, found, *, form=None, refusal="", status=200):
    context = {
        "job": found,
        "notes": found.notes.select_related("actor"),
        "form": form or ByHandForm(channel=found.channel),
        "refusal": refusal,
        "can_act": can_review(request.user),
        "now": timezone.now(),
    }
    return render(request, "campaigns/desk/job.html", context, status=status)


def found_job(request, pk):
    related = ("channel__agency", "channel__connector", "item__agency", "publication", "created_by")
    return get_object_or_404(PublicationJob.objects.visible_to(request.user).select_related(*related), pk=pk)


@require_POST
@desk_act
def job_plan(request, pk):
    """An approved item goes onto the schedule of a connected channel."""
    visible = ContentItem.objects.visible_to(request.user)
    item = get_object_or_404(visible.select_related("agency", "obligation__requirement"), pk=pk)
    form = PlanForm(request.POST, item=item, prefix="lich")
    if form.is_valid() and carried_out(form, lambda: plan(item, form, request.user)):
        messages.success(request, f"Đã đặt lịch đăng “{item.title}”. Kết quả hiện ở trang Đăng qua kết nối.")
        return redirect("job_list")
    return publish_page(request, item, PublishForm(item=item), form)


def plan(item, form, actor):
    values = form.cleaned_data
    version = item.versions.filter(is_accepted=True).order_by("-number").first()
    if version is None:
        raise ValidationError("Chỉ đăng sản phẩm đã duyệt.")
    PublicationJob.plan(
        actor=actor,
        item=item,
        channel=values["channel"],
        title=version.title,
        text=composing.caption(item, version),
        wanted_at=values["wanted_at"],
        is_broadcast=values.get("is_broadcast", False),
        now=timezone.now(),
    )


@require_POST
@desk_act
def job_act(request, pk):
    """Cancel, try again, let it be, or write down the address of the post."""
    found, act, now = found_job(request, pk), request.POST.get("act", ""), timezone.now()
    form = ByHandForm(request.POST if act == "by_hand" else None, channel=found.channel)
    if act == "by_hand" and not form.is_valid():
        return job_page(request, found, form=form)
    try:
        carry_out(found, act, form, request.user, now)
    except ValidationError as refusal:
        found = found_job(request, pk)
        if act == "by_hand" and hasattr(refusal, "message_dict"):
            put_into(form, refusal)
            return job_page(request, found, form=form)
        return job_page(request, found, refusal=" ".join(refusal.messages), status=409)
    messages.success(request, DONE_WORDS[act])
    return redirect("job", pk)


def carry_out(found, act, form, actor, now):
    if act == "by_hand":
        found.posted_by_hand(actor=actor, url=form.cleaned_data["url"], now=now)
    elif act in DONE_WORDS:
        getattr(found, act)(actor=actor, now=now)
    else:
        raise ValidationError("Hãy bấm một nút trên trang.")


@login_not_required
@never_cache
@require_safe
def job_picture(request, key, number):
    """A picture of a post, for the platform that fetches it: only while its job is open, under an unguessable key."""
    open_states = (JobState.PLANNED, JobState.PUBLISHING, JobState.CHECKING, JobState.UNKNOWN)
    found = get_object_or_404(PublicationJob.objects.select_related("version"), key=key, state__in=open_states)
    pictures = composing.pictures_of(found.version)
    if number >= len(pictures) or found.next_at > timezone.now() and found.attempt == 0:
        raise Http404
    return HttpResponse(composing.small_jpeg(pictures[number]), content_type="image/jpeg")
