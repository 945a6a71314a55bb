"""Bringing a spreadsheet in: upload or paste, look at what would happen, confirm, go on."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from portal.lib.documents.xlsx import XLSX_TYPE, xlsx_bytes
from registry.desk_forms import SheetForm
from registry.exports import template_table
from registry.importing import plan_import
from registry.importing.background import AT_ONCE
from registry.importing.plan import STATE_LABELS, State
from registry.importing.refusals import refused_table
from registry.models import ImportKind, StagedImport
from registry.permissions import can_review
from registry.sheets import KINDS, columns_of, read_sheet

ROWS_ON_PAGE = 100
FIRST_TO_LOOK_AT = (State.REFUSED, State.NEW, State.CHANGED, State.UNCHANGED)


def import_registry(request):
    """GET the form, `?bang=` with a table pasted before; POST keeps the sheet and goes to its preview."""
    if not can_review(request.user):
        raise PermissionDenied
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else first_form(request)
    if form.is_valid():
        data = form.cleaned_data
        staged = StagedImport.stage(
            actor=request.user, kind=data["kind"], content=data["content"], original_name=data["name"]
        )
        return redirect("import_preview", pk=staged.pk)
    recent = StagedImport.objects.visible_to(request.user).exclude(applied_at=None).defer("content")[:5]
    kinds = [
        {"value": kind, "label": label, "columns": [c for c in columns_of(kind) if c.key != "stt"]}
        for kind, label in ImportKind.choices
    ]
    return render(request, "registry/desk/import_registry.html", {"form": form, "kinds": kinds, "recent": recent})


def first_form(request):
    """The empty form, or the one that holds the person's own pasted table again."""
    wanted = request.GET.get("bang", "")
    if not wanted.isdecimal():
        return SheetForm()
    waiting = StagedImport.objects.visible_to(request.user).filter(applied_at=None, queued_at=None, original_name="")
    return SheetForm.to_mend(get_object_or_404(waiting, pk=int(wanted)))


def import_preview(request, pk):
    """GET shows what would happen; POST does it, all or nothing. Afterwards the same page says what was done."""
    staged = get_object_or_404(StagedImport.objects.visible_to(request.user), pk=pk)
    if not can_review(request.user):
        raise PermissionDenied
    if staged.applied_at:
        return render(request, "registry/desk/import_done.html", {"staged": staged, "next_steps": NEXT[staged.kind]})
    if staged.queued_at:
        return waiting(request, staged)
    plan = plan_of(staged)
    if request.method == "POST" and apply(request, staged, plan):
        return redirect("import_preview", pk=pk)
    return render(request, "registry/desk/import_preview.html", preview(request, staged, plan))


def waiting(request, staged):
    """How far the background is; the browser looks again by itself, also without JavaScript."""
    page = render(request, "registry/desk/import_waiting.html", {"staged": staged, "rows_done": staged.rows_done})
    page.headers["Refresh"] = "5"
    return page


def plan_of(staged):
    sheet = read_sheet(bytes(staged.content), kind=staged.kind, name=staged.original_name)
    return plan_import(sheet)


def apply(request, staged, plan) -> bool:
    """Run the plan, or leave a long one to the background; False and a sentence when it could not be done."""
    if plan.is_runnable and len(plan.rows) > AT_ONCE:
        staged.queue(now=timezone.now(), row_count=len(plan.rows))
        return True
    try:
        staged.apply(actor=request.user, plan=plan, now=timezone.now())
    except ValidationError as error:
        for sentence in error.messages[:10]:
            messages.error(request, sentence)
        return False
    messages.success(request, f"Đã nhập. {plan.sentence}")
    return True


def preview(request, staged, plan):
    """Tabs by state, the first one that holds something open; a page of rows."""
    counts = plan.counts
    wanted = request.GET.get("nhom", "")
    first = next((state for state in FIRST_TO_LOOK_AT if counts[state]), State.NEW)
    state = State(wanted) if wanted in list(State) else first
    page = Paginator(plan.in_state(state), ROWS_ON_PAGE).get_page(request.GET.get("page"))
    tabs = [{"state": s.value, "label": STATE_LABELS[s], "count": counts[s]} for s in FIRST_TO_LOOK_AT]
    return {"staged": staged, "plan": plan, "tabs": tabs, "state": state.value, "page": page}


def import_refused(request, pk):
    """The refused rows as XLSX, for whoever made the sheet to mend."""
    staged = get_object_or_404(StagedImport.objects.visible_to(request.user).filter(applied_at=None), pk=pk)
    if not can_review(request.user):
        raise PermissionDenied
    return xlsx_answer(refused_table(plan_of(staged)), "dong-bi-tu-choi.xlsx")


def xlsx_answer(table, name):
    answer = HttpResponse(xlsx_bytes(table), content_type=XLSX_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def import_template(request, kind):
    """The empty form of one kind, to fill in."""
    if not can_review(request.user):
        raise PermissionDenied
    if kind not in KINDS:
        raise Http404
    return xlsx_answer(template_table(kind), f"mau-{kind}.xlsx")


NEXT = {
    "agencies": [("agency_list", "Xem danh sách cơ quan"), ("import_registry", "Nhập tiếp đầu mối và kênh")],
    "registrations": [("channel_list", "Xem danh sách kênh"), ("people", "Gửi thư mời cho đầu mối")],
    "contacts": [("people", "Gửi thư mời cho đầu mối"), ("campaign_list", "Giao việc trong đợt truyền thông")],
    "channels": [("channel_list", "Xem danh sách kênh"), ("import_registry", "Nhập tiếp bảng khác")],
}
"""Where an office goes after each kind of sheet: URL name and words."""
