"""Campaigns: drafting them with their dispatches and requirements, issuing and closing them."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns import issuing, outreach
from campaigns.forms.campaigns import (
    FORM_OF_KIND,
    CampaignChannelsForm,
    CampaignForm,
    DispatchForm,
    GuidanceForm,
    IssuedDispatchForm,
    StandingForm,
)
from campaigns.forms.desk import NoReasonForm, ReasonForm
from campaigns.models import Campaign, Dispatch, Obligation, Period, Requirement
from campaigns.overview import counted_for_campaign, duties_counted
from campaigns.views.acting import ask, carried_out, desk_act, desk_page, page_of
from registry.permissions import can_review

ISSUER = "Sở Khoa học và Công nghệ"


@desk_page
def campaign_list(request):
    """All campaigns, drafts first to mind."""
    rows = Campaign.objects.visible_to(request.user).annotate(
        requirement_count=counted_for_campaign(Requirement.objects.all(), "campaign"),
        duties=duties_counted(Obligation.objects.all()),
    )
    context = {"page": page_of(request, rows.order_by("-starts_on", "-pk")), "can_act": can_review(request.user)}
    return render(request, "campaigns/desk/campaign_list.html", context)


@desk_act
def campaign_new(request):
    form = CampaignForm(request.POST or None, initial={"starts_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        form.instance.created_by = request.user
        campaign = form.save()
        messages.success(request, "Đã lưu bản nháp. Hãy thêm công văn và yêu cầu.")
        return redirect("campaign", campaign.pk)
    context = {"form": form, "title": "Lập đợt truyền thông", "back": reverse("campaign_list")}
    return render(request, "campaigns/desk/campaign_edit.html", context)


@desk_page
def campaign(request, pk):
    """One campaign: its mandate, what it asks, what issuing would do or has done."""
    found = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
    today = timezone.localdate()
    planned = issuing.plan(found, today) if found.is_draft else []
    duties = Obligation.objects.visible_to(request.user).filter(requirement__campaign=found)
    sums = {} if found.is_draft else outreach.totals(duties)
    return render(
        request,
        "campaigns/desk/campaign.html",
        {
            "campaign": found,
            "today": today,
            "dispatches": found.dispatches.all(),
            "requirements": [
                (row, [one for one in planned if one.requirement == row], sums.get(row.pk))
                for row in found.requirements.all()
            ],
            "periods": periods_of(found),
            "channels": found.channels.select_related("agency"),
            "history": found.history.select_related("history_user").order_by("-history_date", "-history_id"),
            "can_act": can_review(request.user),
        },
    )


@desk_act
def campaign_edit(request, pk):
    """A draft whole; of an issued one the words and the channels to promote."""
    found = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
    form_class = CampaignForm if found.is_draft else CampaignChannelsForm
    form = form_class(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Đã lưu.")
        return redirect("campaign", pk)
    context = {"form": form, "title": f"Sửa: {found.title}", "back": reverse("campaign", args=[pk])}
    return render(request, "campaigns/desk/campaign_edit.html", context)


@desk_act
def campaign_issue(request, pk):
    """Say who will owe what by when, then make it binding."""
    found = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
    now = timezone.now()
    form = NoReasonForm(request.POST if request.method == "POST" else None)
    done = []
    if form.is_valid() and carried_out(form, lambda: done.append(issuing.issue(found, actor=request.user, now=now))):
        messages.success(request, f"Đã ban hành: {done[0].periods} kỳ, {done[0].obligations} đầu việc.")
        return redirect("campaign", pk)
    found.refresh_from_db()
    planned = issuing.plan(found, timezone.localdate())
    duties = sum(row.agencies for row in planned if row.opens_now)
    context = {
        "form": form,
        "campaign": found,
        "planned": planned,
        "duties": duties,
        "dispatches": found.dispatches.all(),
    }
    return render(request, "campaigns/desk/campaign_issue.html", context)


@desk_act
def campaign_close(request, pk):
    found = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
    return ask(
        request, ReasonForm, verb=lambda reason: found.close(actor=request.user, reason=reason, now=timezone.now()),
        done="Đã kết thúc đợt.", back=reverse("campaign", args=[pk]),
        title="Kết thúc đợt", eyebrow=found.title, button="Kết thúc đợt", is_grave=True,
        consequences=["Không mở kỳ mới nào nữa.", "Đầu việc đã giao vẫn còn, số liệu các tháng giữ nguyên."],
    )  # fmt: skip


@desk_act
def dispatch_new(request, pk):
    found = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
    refuse_unless_draft(found)
    return edit_dispatch(request, Dispatch(campaign=found, issuer=ISSUER), DispatchForm, "Thêm công văn")


@desk_act
def dispatch_edit(request, pk):
    """A draft's dispatch whole; after issuing the number, day, signatory and file that the clerk adds."""
    row = get_object_or_404(Dispatch.objects.visible_to(request.user).select_related("campaign"), pk=pk)
    return edit_dispatch(request, row, DispatchForm if row.campaign.is_draft else IssuedDispatchForm, "Sửa công văn")


def edit_dispatch(request, row, form_class, title):
    form = form_class(request.POST or None, request.FILES or None, instance=row)
    back = reverse("campaign", args=[row.campaign_id])
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Đã lưu công văn.")
        return redirect(back)
    context = {"form": form, "title": title, "campaign": row.campaign, "back": back}
    return render(request, "campaigns/desk/dispatch_edit.html", context)


@desk_act
def requirement_new(request, pk, kind):
    """A new requirement of a kind in the draft of a campaign."""
    found = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
    if kind not in FORM_OF_KIND:
        raise Http404
    refuse_unless_draft(found)
    starts_on = {"starts_on": found.starts_on, "ends_on": found.ends_on}
    return edit_requirement(request, Requirement(campaign=found, **starts_on), FORM_OF_KIND[kind])


@desk_act
def requirement_edit(request, pk):
    """A draft's requirement whole; of an issued one only the guidance, of a standing one the reminders too."""
    row = get_object_or_404(requirements(request.user), pk=pk)
    issued_form = StandingForm if row.campaign.standing else GuidanceForm
    return edit_requirement(request, row, FORM_OF_KIND[row.kind] if row.campaign.is_draft else issued_form)


def edit_requirement(request, row, form_class):
    form = form_class(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        row = form.save()
        messages.success(request, f"Đã lưu yêu cầu, {row.due_words}.")
        return redirect("campaign", row.campaign_id)
    context = {"form": form, "requirement": row, "campaign": row.campaign, "is_whole": row.campaign.is_draft}
    return render(request, "campaigns/desk/requirement_edit.html", context)


@require_POST
@desk_act
def requirement_remove(request, pk):
    """Take a requirement out of a draft."""
    row = get_object_or_404(requirements(request.user), pk=pk)
    if row.campaign.is_draft:
        row.delete()
        messages.success(request, "Đã bỏ yêu cầu.")
    else:
        messages.error(request, "Đợt đã ban hành nên không bỏ yêu cầu được. Hãy kết thúc đợt hoặc miễn từng đầu việc.")
    return redirect("campaign", row.campaign_id)


def requirements(user):
    return Requirement.objects.filter(campaign__in=Campaign.objects.visible_to(user)).select_related("campaign")


def refuse_unless_draft(found):
    """Requirements and dispatches are added to drafts only: what was issued stays what was issued."""
    if not found.is_draft:
        raise Http404


def periods_of(found):
    """The opened periods with how many duties each has and how many of those are still open."""
    is_open = Q(obligations__met_at=None, obligations__nothing_at=None) & Q(
        obligations__exempt_at=None, obligations__open_submission_at=None, obligations__isnull=False
    )
    rows = Period.objects.filter(requirement__campaign=found).select_related("requirement")
    return rows.annotate(duties=Count("obligations"), open_duties=Count("obligations", filter=is_open)).order_by(
        "-month", "requirement", "-pk"
    )
