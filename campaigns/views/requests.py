"""Requests of agencies: more time for a duty, a second look at a refused product; and the province's answers."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from campaigns.forms.requests import AnswerForm, AppealForm, ExtensionAnswerForm, ExtensionForm
from campaigns.forms.workspace import tell
from campaigns.models import Appeal, ContentStatus, ExtensionRequest
from campaigns.views.acting import carried_out, desk_act, desk_page, page_of
from campaigns.views.doorway import focal_points_only, own_duty, own_item
from campaigns.wording import duty_words
from portal.middleware import open_to_signed_link

SENT = "Đã gửi tỉnh. Câu trả lời sẽ hiện ở đây và trong mục Thông báo."
ABOUT_DUTY = (
    "obligation__requirement__campaign",
    "obligation__period",
    "obligation__agency",
    "asked_by",
    "answered_by",
)
ABOUT_ITEM = ("item__agency", "item__obligation", "decision__actor", "asked_by", "answered_by")


@open_to_signed_link
@focal_points_only
def extension_ask(request, pk):
    """The agency asks for a later last day."""
    duty = own_duty(request, pk)
    form = ExtensionForm(request.POST or None)
    if form.is_valid():
        try:
            ExtensionRequest.ask(actor=request.user, obligation=duty, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, SENT)
            return redirect("obligation", pk)
    return render(request, "campaigns/workspace/extension_ask.html", {"duty": duty, "form": form})


@open_to_signed_link
@focal_points_only
def item_appeal(request, pk):
    """The agency asks for a second look at a refused product."""
    item = own_item(request, pk)
    if item.status != ContentStatus.REJECTED:
        return redirect("item", pk)
    form = AppealForm(request.POST or None)
    if form.is_valid():
        try:
            Appeal.file(actor=request.user, item=item, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, SENT)
            return redirect("item", pk)
    context = {"item": item, "decision": item.last_decision, "form": form}
    return render(request, "campaigns/workspace/item_appeal.html", context)


@desk_page
def request_list(request):
    """What waits for an answer, oldest first; below it what was answered lately."""
    extensions = ExtensionRequest.objects.visible_to(request.user).select_related(*ABOUT_DUTY)
    appeals = Appeal.objects.visible_to(request.user).select_related(*ABOUT_ITEM)
    context = {
        "today": timezone.localdate(),
        "extensions": extensions.waiting().order_by("asked_at", "pk"),
        "appeals": appeals.waiting().order_by("asked_at", "pk"),
        "answered": page_of(request, extensions.exclude(state="waiting").order_by("-answered_at", "-pk")),
        "answered_appeals": appeals.exclude(state="waiting").order_by("-answered_at", "-pk")[:20],
    }
    return render(request, "campaigns/desk/request_list.html", context)


@desk_act
def extension_decide(request, pk):
    """Grant or refuse more time."""
    asked = get_object_or_404(ExtensionRequest.objects.visible_to(request.user).select_related(*ABOUT_DUTY), pk=pk)
    form = ExtensionAnswerForm(request.POST or None, initial={"until": asked.until})
    duty = asked.obligation
    return answer(
        request, asked, form,
        back=reverse("obligation_desk", args=[duty.pk]), eyebrow=f"{duty.agency_name}: {duty_words(duty)}",
        title="Trả lời đề nghị gia hạn", yes="Gia hạn",
    )  # fmt: skip


@desk_act
def appeal_decide(request, pk):
    """Let a refusal stand, or put the product back into the queue."""
    asked = get_object_or_404(Appeal.objects.visible_to(request.user).select_related(*ABOUT_ITEM), pk=pk)
    return answer(
        request, asked, AnswerForm(request.POST or None),
        back=reverse("review_item", args=[asked.item_id]), eyebrow=f"{asked.item.agency.name}: {asked.item.title}",
        title="Trả lời đề nghị xem lại", yes="Đồng ý xem lại",
    )  # fmt: skip


def answer(request, asked, form, **words):
    """One page for both kinds: what was asked, the answer's form, two buttons."""
    if request.method == "POST" and form.is_valid():
        is_yes = request.POST.get("act") == "grant"
        values = form.cleaned_data if is_yes else {"answer": form.cleaned_data["answer"]}
        verb = asked.grant if is_yes else asked.refuse
        if carried_out(form, lambda: verb(actor=request.user, now=timezone.now(), **values)):
            messages.success(request, "Đã trả lời đơn vị.")
            return redirect("request_list")
    return render(request, "campaigns/desk/request_decide.html", {"asked": asked, "form": form, **words})
