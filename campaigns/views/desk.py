"""The province's desk: the month at a glance, who owes what, and one duty with what may be done about it."""

from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.figures import parts_of_month, total
from campaigns.filters import ObligationFilter
from campaigns.forms.desk import ExemptForm, ExtendForm, ReasonForm, ReopenForm
from campaigns.models import MonthClosing, Obligation, RequirementKind
from campaigns.models.entry import declared_channels
from campaigns.overview import (
    coming_dates,
    further_work,
    months_known,
    nearest_month,
    people_to_phone,
    running_campaigns,
    stalled_items,
    tiles,
)
from campaigns.review import queues
from campaigns.views.acting import PER_PAGE, ask, desk_act, desk_page, page_of, way_back
from campaigns.wording import duty_words
from portal.lib import periods, wording
from registry.media.lines import halted_providers
from registry.models import ContactPoint, PersonalDataAccess, SendingSwitch, working_day_exceptions
from registry.permissions import can_review

STALLED_SHOWN = 8
OWED_SHOWN = 20
OWED_LINE = (
    "agency_name", "agency", "requirement__title", "due_on", "extended_to", "required_count", "accepted_count", "met_at",
    "met_on", "nothing_at", "exempt_at", "open_submission_at",
)  # fmt: skip
"""What a line of a list of duties shows."""
BY_DEADLINE = (Coalesce("extended_to", "due_on"), "agency__sort_key", "pk")


@desk_page
def desk(request):
    """The month at a glance."""
    today = timezone.localdate()
    month = month_asked(request, today)
    rows = duties(request.user).for_month(month)
    closing = MonthClosing.objects.visible_to(request.user).live().filter(month=month).first()
    figures = total(parts_of_month(rows, closing), today, days=())
    return render(
        request,
        "campaigns/desk/desk.html",
        {
            "today": today,
            "is_paused": SendingSwitch.is_paused(),
            "stopped": halted_providers(),
            "figures": figures,
            "tiles": tiles(figures),
            "queues": queues(request.user),
            "further": further_work(today),
            "stalled": stalled_items(request.user, today, calendar_around(today))[:STALLED_SHOWN],
            "campaigns": running_campaigns(request.user, today),
            "coming": coming_dates(today),
            **months_context(request.user, month),
            **owed_context(
                request,
                rows.with_outcome().open_work().order_by(*BY_DEADLINE),
                OWED_SHOWN,
                count=None if closing else figures.missing,
            ),
        },
    )


@desk_page
def obligation_list(request):
    """The duties behind a tile: any month, any outcome."""
    today = timezone.localdate()
    month = month_asked(request, today)
    found = ObligationFilter(request.GET, rows_asked(request, month).with_outcome(), today=today)
    return render(
        request,
        "campaigns/desk/obligation_list.html",
        {
            "today": today,
            "filter": found,
            **months_context(request.user, month),
            **owed_context(request, found.qs.order_by(*BY_DEADLINE)),
        },
    )


def rows_asked(request, month):
    """The duties of a month; rounds of re-confirmation only when somebody asks for them."""
    rows = duties(request.user)
    if request.GET.get("loai") == RequirementKind.RECONFIRM_CHANNELS or request.GET.get("yeu_cau"):
        return rows.filter(period__month=month)
    return rows.for_month(month)


@desk_page
def obligation_desk(request, pk):
    """One duty with everything that was handed in for it and everything that happened to it."""
    duty = get_object_or_404(duties(request.user).with_outcome(), pk=pk)
    return render(
        request,
        "campaigns/desk/obligation_desk.html",
        {
            "today": timezone.localdate(),
            "duty": duty,
            "is_locked": duty.is_locked(timezone.localdate()),
            "items": duty.items.visible_to(request.user).order_by("-submitted_at", "-pk"),
            "round_channels": duty.round_channels.select_related("channel") if duty.is_round else [],
            "nominated": duty.nominated_contacts() if duty.requirement.kind == "nominate_contact" else [],
            "reports": duty.outreach_reports.select_related("obligation__requirement", "reported_by")
            if duty.requirement.kind == RequirementKind.OUTREACH
            else [],
            "declared": declared_channels(duty) if duty.requirement.kind == "register_channel" else [],
            "history": duty.history.select_related("history_user").order_by("-history_date", "-history_id"),
            "contact": people_to_phone([duty.agency_id]).get(duty.agency_id),
            "can_act": can_review(request.user),
        },
    )


def named(duty):
    """Whose duty, which, of which month."""
    return f"{duty.agency_name}: {duty_words(duty)}"


@desk_act
def obligation_exempt(request, pk):
    """Excuse the agency from this duty."""
    duty = get_object_or_404(duties(request.user), pk=pk)
    return ask(
        request, ExemptForm, verb=lambda reason: duty.exempt(actor=request.user, reason=reason, now=timezone.now()),
        done=f"Đã miễn đầu việc cho {duty.agency_name}.", back=reverse("obligation_desk", args=[pk]),
        title="Miễn đầu việc", eyebrow=named(duty), button="Miễn", is_grave=True,
        consequences=["Đầu việc không tính vào tỷ lệ, đơn vị không còn được nhắc.",
                      "Nếu nhầm, có thể thu hồi việc miễn; nhật ký giữ cả hai lần.",
                      *told_if_closed(duty, "việc miễn")],
    )  # fmt: skip


@desk_act
def obligation_unexempt(request, pk):
    """Take a mistaken exemption back."""
    duty = get_object_or_404(duties(request.user), pk=pk)
    return ask(
        request, ReasonForm, verb=lambda reason: duty.take_back_exemption(actor=request.user, reason=reason),
        done=f"Đã thu hồi việc miễn của {duty.agency_name}.", back=reverse("obligation_desk", args=[pk]),
        title="Thu hồi việc miễn", eyebrow=named(duty), button="Thu hồi",
        consequences=["Đầu việc tính lại vào tỷ lệ và được nhắc như trước khi miễn.",
                      *told_if_closed(duty, "việc thu hồi")],
    )  # fmt: skip


@desk_act
def obligation_extend(request, pk):
    """Grant the agency a later last day: until then it is on time."""
    duty = get_object_or_404(duties(request.user), pk=pk)
    return ask(
        request, ExtendForm, verb=lambda until, reason: duty.extend(actor=request.user, until=until, reason=reason),
        done=f"Đã gia hạn cho {duty.agency_name}.", back=reverse("obligation_desk", args=[pk]),
        title="Gia hạn", eyebrow=named(duty), button="Gia hạn",
        consequences=[f"Hạn hiện nay: {duty.last_day:%d/%m/%Y}, khoá kỳ: {duty.lock_day:%d/%m/%Y}.",
                      "Nộp đến hết ngày gia hạn được tính là đúng hạn."],
    )  # fmt: skip


@desk_act
def obligation_reopen(request, pk):
    """Let one agency hand in after the lock, or after the month was closed."""
    duty = get_object_or_404(duties(request.user), pk=pk)
    return ask(
        request, ReopenForm,
        verb=lambda until, reason: duty.reopen(actor=request.user, until=until, reason=reason, now=timezone.now()),
        done=f"Đã mở lại kỳ cho {duty.agency_name}.", back=reverse("obligation_desk", args=[pk]),
        title="Mở lại kỳ cho đơn vị", eyebrow=named(duty), button="Mở lại kỳ",
        consequences=[f"Kỳ khoá từ hết ngày {duty.lock_day:%d/%m/%Y}. Chỉ đơn vị này nộp được, và tính là trễ.",
                      *told_if_closed(duty, "những gì nộp thêm")],
    )  # fmt: skip


def told_if_closed(duty, what) -> list[str]:
    """What an act on a duty of a closed month comes to."""
    if not MonthClosing.objects.live().filter(month=duty.period.month).exists():
        return []
    return [f"Tháng này đã chốt: {what} hiện thành sửa đổi sau chốt, số đã chốt không đổi."]


@require_POST
@desk_act
def contact_reveal(request, pk):
    """Show one person's phone and e-mail in full, and write down who looked."""
    contact = get_object_or_404(ContactPoint.objects.visible_to(request.user).select_related("agency"), pk=pk)
    PersonalDataAccess.objects.create(
        actor=request.user, act="Xem số điện thoại đầu mối", subject=f"{contact.full_name}, {contact.agency.name}"
    )
    context = {"contact": contact, "back": way_back(request, "desk")}
    return render(request, "campaigns/desk/contact_reveal.html", context)


def duties(user):
    """Duties with what every list shows of them."""
    return Obligation.objects.visible_to(user).select_related("requirement__campaign", "period", "agency")


def month_asked(request, today):
    """The month of ?thang=2026-11, else the one whose due day is nearest."""
    try:
        return periods.parse_month(request.GET.get("thang", ""))
    except ValueError:
        return nearest_month(today)


def months_context(user, month):
    months = sorted({month, *months_known(user)}, reverse=True)
    return {
        "month": month,
        "month_label": periods.month_label(month),
        "months": [(periods.month_label(one), wording.month_words(one)) for one in months],
        "month_before": periods.month_label(periods.months_back(month, 1)),
        "month_after": periods.month_label(periods.next_month(month)),
    }


def owed_context(request, rows, per_page=PER_PAGE, *, count=None):
    """A page of duties with the person to phone for each agency. `count`: how many there are, when that is known."""
    rows = rows.select_related(None).select_related("requirement").only(*OWED_LINE)
    page = page_of(request, rows, per_page, count=count)
    people = people_to_phone([row.agency_id for row in page])
    return {
        "page": page,
        "rows": [(row, people.get(row.agency_id)) for row in page],
        "can_act": can_review(request.user),
        "address": request.get_full_path(),
    }


def calendar_around(day):
    """Working-day exceptions of the years around a day."""
    return working_day_exceptions(day.replace(month=1, day=1), day.replace(month=12, day=31))
