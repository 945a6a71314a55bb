"""Beside the công văn đôn đốc: periods opened again for those it asks, and the numbers to phone them."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns import reporting, urging
from campaigns.forms.desk import ReopenForm
from campaigns.models import MonthClosing, Obligation
from campaigns.narrowing import Narrowing
from campaigns.views.acting import ask, desk_act
from campaigns.views.figures import month_of
from campaigns.views.papers import download, proposed_day
from portal.lib.documents.xlsx import xlsx_bytes
from portal.lib.periods import local_day, month_label
from portal.lib.wording import month_words


def asked_duties(request, month, today):
    """What the dispatch would be about: the filter and `?about=` of its page."""
    rows = Narrowing.of(request).duties(Obligation.objects.visible_to(request.user))
    return reporting.urging_duties(rows, month, today, everything=request.GET.get("about") == "all")


def page_address(request, month) -> str:
    """The dispatch's page with the filter that it had."""
    narrowing = Narrowing.of(request)
    query = f"?{urlencode({'q': narrowing.words, 'loai': narrowing.kind})}" if narrowing else ""
    return reverse("urging", args=[month_label(month)]) + query


@desk_act
def urging_reopen(request, month):
    """Let all of them hand in until the new due date: a dispatch asks for nothing that the portal refuses."""
    first_on, now = month_of(month), timezone.now()
    today, words = local_day(now), month_words(first_on)
    duties = urging.locked(asked_duties(request, first_on, today), today)
    count, agencies = duties.count(), duties.values("agency").distinct().count()
    back = page_address(request, first_on)
    if not count and request.method != "POST":
        messages.info(request, "Không còn đầu việc nào bị khoá kỳ, không cần mở lại.")
        return redirect(back)
    initial = {"until": proposed_day(today), "reason": f"Theo công văn đôn đốc {words}"}
    return ask(
        request, lambda data: ReopenForm(data, initial=initial),
        verb=lambda until, reason: urging.reopen_all(
            actor=request.user, duties=duties, until=until, reason=reason, now=now
        ),
        done=f"Đã mở lại kỳ cho {count} đầu việc của {agencies} đơn vị.", back=back,
        title=f"Mở lại kỳ cho {agencies} đơn vị", eyebrow=f"Công văn đôn đốc {words}",
        button=f"Mở lại {count} đầu việc",
        consequences=[f"{count} đầu việc đã khoá kỳ lại nộp được trên cổng đến hết ngày ghi dưới đây; nộp là trễ.",
                      "Việc mở lại ghi vào nhật ký của từng đầu việc.", *told_if_closed(duties)],
    )  # fmt: skip


def told_if_closed(duties) -> list[str]:
    closed = MonthClosing.objects.live().filter(month__in=duties.values("period__month")).order_by("month")
    months = ", ".join(month_words(row.month) for row in closed)
    return [f"Đã chốt {months}: những gì nộp thêm hiện thành sửa đổi sau chốt, số đã chốt không đổi."] if months else []


@require_POST
@desk_act
def urging_phones(request, month):
    """The late agencies with what they owe and whom to ring, as XLSX; who took the numbers is written down."""
    first_on = month_of(month)
    duties = asked_duties(request, first_on, local_day(timezone.now()))
    table = urging.phone_table(duties, f"Danh sách gọi điện đôn đốc {month_words(first_on)}")
    urging.note_phones_taken(actor=request.user, table=table, count=len(table.rows))
    return download(xlsx_bytes(table), f"goi-dien-don-doc-{month_label(first_on)}.xlsx", "xlsx")
