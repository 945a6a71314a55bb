"""Taking a list out: XLSX or CSV, phones and e-mails masked; in full only with a reason, which is logged."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from portal.lib.documents.csv import csv_lines
from portal.lib.documents.xlsx import XLSX_TYPE, xlsx_bytes
from registry.desk_forms import RevealForm
from registry.exports import FILTERS, count_rows, export_table, log_export
from registry.models import Download
from registry.permissions import can_read_desk, can_see_personal_data
from registry.sheets import KINDS
from registry.sheets.schema import KIND_LABELS

AT_ONCE = 5_000
"""Rows of a workbook that a page writes while the person waits; CSV goes out piece by piece, however long."""
PERSONAL = ("contacts", "registrations")


def export_registry(request, kind):
    """GET with ?dang=xlsx|csv downloads, masked; GET without shows the choice; POST with a reason downloads in full."""
    if kind not in KINDS:
        raise Http404
    if not can_read_desk(request.user):
        raise PermissionDenied
    params = {key: request.GET.get(key, "") for key in FILTERS}
    may_reveal = kind in PERSONAL and can_see_personal_data(request.user)
    form = RevealForm(request.POST if request.method == "POST" else None) if may_reveal else None
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if form.is_valid():
            log_export(actor=request.user, kind=kind, reason=form.cleaned_data["reason"], params=params)
            return given(request, kind, request.POST.get("dang"), params, reveal=True)
    elif wanted := request.GET.get("dang"):
        return given(request, kind, wanted, params, reveal=kind not in PERSONAL)
    context = {"kind": kind, "label": KIND_LABELS[kind], "form": form, "is_personal": kind in PERSONAL}
    return render(request, "registry/desk/export_registry.html", context)


def given(request, kind, wanted, params, *, reveal):
    """The file at once; a long workbook is left to the background, and the person goes to where it will lie."""
    if wanted != "csv" and (count := count_rows(kind, user=request.user, params=params)) > AT_ONCE:
        label = f"{KIND_LABELS[kind]}, {count} dòng"
        Download.ask(
            owner=request.user, kind="registry", request={"kind": kind, "params": params, "reveal": reveal},
            title=label, name=f"{kind}-{timezone.localdate():%Y%m%d}.xlsx", media_type=XLSX_TYPE, row_count=count,
        )  # fmt: skip
        messages.success(request, "Danh sách dài nên cổng lập ở nền. Tệp hiện ở đây khi xong, cổng cũng báo cho bạn.")
        return redirect("download_list")
    return download(kind, wanted, export_table(kind, user=request.user, params=params, reveal=reveal))


def download(kind, wanted, table):
    """The file, named after the list and the day; CSV goes out piece by piece."""
    name = f"{kind}-{timezone.localdate():%Y%m%d}"
    if wanted == "csv":
        answer = StreamingHttpResponse(csv_lines(table), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return answer
    answer = HttpResponse(xlsx_bytes(table), content_type=XLSX_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer
