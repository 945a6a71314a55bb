"""Chốt kỳ at the desk: which months are closed, the preview before closing, the closing itself with its amendments."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns import closing as closings
from campaigns.forms.desk import ReasonForm
from campaigns.models import MonthClosing
from campaigns.views.acting import ask, desk_act, desk_page, page_of
from portal.lib.periods import month_label, parse_month
from portal.lib.wording import month_words
from registry.permissions import can_review


@desk_page
@require_safe
def closing_list(request):
    """Months with duties: closed or not, since when, by whom."""
    today = timezone.localdate()
    page = page_of(request, closings.months(request.user), 24)
    rows = [(state, state.is_ripe(today), month_label(state.month)) for state in page]
    context = {"page": page, "rows": rows, "today": today, "can_act": can_review(request.user)}
    return render(request, "campaigns/desk/closing_list.html", context)


@desk_act
def month_close(request, month):
    """What is still open in the month; POST closes it."""
    first_on = month_of(month)
    today, refusal = timezone.localdate(), ""
    if request.method == "POST":
        try:
            made = MonthClosing.close(actor=request.user, month=first_on, now=timezone.now())
        except ValidationError as error:
            refusal = " ".join(error.messages)
        else:
            messages.success(request, f"Đã chốt số liệu {month_words(first_on)}.")
            return redirect("closing", pk=made.pk)
    known = MonthClosing.objects.visible_to(request.user).live().filter(month=first_on).first()
    preview = closings.preview(request.user, first_on, today)
    context = {
        "preview": preview,
        "known": known,
        "refusal": refusal,
        "is_early": preview.is_early(today),
        "has_begun": preview.has_begun(today),
        "month_label": month,
        "report_url": reverse("month_report", args=[month]),
    }
    return render(request, "campaigns/desk/month_close.html", context, status=409 if refusal else 200)


@desk_page
@require_safe
def closing(request, pk):
    """One closing: its figures' checksum, and every duty that is different now."""
    row = get_object_or_404(MonthClosing.objects.visible_to(request.user).select_related("closed_by"), pk=pk)
    page = page_of(request, row.amended())
    others = (
        MonthClosing.objects.visible_to(request.user).filter(month=row.month).exclude(pk=pk).select_related("closed_by")
    )
    can_act, is_closed = can_review(request.user), row.is_live or any(other.is_live for other in others)
    context = {
        "closing": row,
        "page": page,
        "amendments": closings.amendments(row, list(page)),
        "added": row.added(),
        "is_intact": row.is_intact(),
        "others": others,
        "can_act": can_act and row.is_live,
        "can_close": can_act and not is_closed,
        "month_label": month_label(row.month),
    }
    return render(request, "campaigns/desk/closing.html", context)


@desk_act
def closing_reopen(request, pk):
    """Open a closed month again, with a reason."""
    row = get_object_or_404(MonthClosing.objects.visible_to(request.user), pk=pk)
    words = month_words(row.month)
    return ask(
        request, ReasonForm, verb=lambda reason: row.reopen(actor=request.user, reason=reason, now=timezone.now()),
        done=f"Đã mở lại {words}.", back=reverse("closing", args=[pk]),
        title=f"Mở lại {words} đã chốt", eyebrow=f"Chốt {words}", button="Mở lại", is_grave=True,
        consequences=["Báo cáo của tháng lại theo số liệu hiện nay cho đến khi chốt lần nữa.",
                      "Lần chốt này vẫn được giữ để đối chiếu. Chỉ cho một đơn vị nộp bổ sung thì mở lại kỳ ở đầu việc "
                      "của đơn vị đó, không cần mở lại cả tháng."],
    )  # fmt: skip


def month_of(label):
    try:
        return parse_month(label)
    except ValueError as error:
        raise Http404(str(error)) from error
