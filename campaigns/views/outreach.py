"""Báo kết quả lan toả: the agency's number with its evidence, and the sum at the desk."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns import outreach as figures
from campaigns.forms.outreach import OutreachForm
from campaigns.forms.workspace import tell
from campaigns.models import Campaign, Obligation, OutreachReport, Requirement, RequirementKind
from campaigns.views.acting import desk_page, page_of
from campaigns.views.desk_figures import workbook
from campaigns.views.doorway import focal_points_only, own_duty
from campaigns.views.items import private_file
from portal.middleware import open_to_signed_link

NOBODY = figures.Total(0, 0, 0)


@open_to_signed_link
@focal_points_only
def outreach_report(request, pk):
    """One number and its proof; the same page corrects what was reported."""
    duty, now = own_duty(request, pk, RequirementKind.OUTREACH), timezone.now()
    known = duty.outreach_reports.first()
    form = OutreachForm(request.POST or None, request.FILES or None, measure=duty.requirement.measure, report=known)
    if form.is_valid():
        try:
            row = OutreachReport.report(actor=request.user, obligation=duty, now=now, **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, f"Đã ghi nhận {row.words}. Sửa được đến hết ngày khoá kỳ.")
            return redirect("obligation", pk)
    context = {"duty": duty, "form": form, "known": known, "locked": duty.is_locked(timezone.localdate(now))}
    return render(request, "campaigns/workspace/outreach_report.html", context)


@open_to_signed_link
@require_safe
def outreach_picture(request, pk):
    """The picture that proves a number: drawn anew when it was taken in, shown to those who see the duty."""
    row = get_object_or_404(OutreachReport.objects.visible_to(request.user).exclude(picture=""), pk=pk)
    return private_file(row.picture, row.picture_name, row.picture_type, as_attachment=False)


@desk_page
@require_safe
def outreach(request, pk):
    """One requirement: who reported which number, and the sum; `?dang=xlsx` as a file."""
    rows = Requirement.objects.filter(campaign__in=Campaign.objects.visible_to(request.user))
    requirement = get_object_or_404(rows.select_related("campaign"), pk=pk, kind=RequirementKind.OUTREACH)
    duties = Obligation.objects.visible_to(request.user).filter(requirement=requirement)
    lines, total = figures.lines_of(requirement, duties), figures.totals(duties).get(pk, NOBODY)
    if request.GET.get("dang") == "xlsx":
        return workbook(figures.outreach_table(requirement, lines, total), f"lan-toa-{pk}.xlsx")
    context = {"requirement": requirement, "total": total, "page": page_of(request, lines), "notes": figures.NOTES}
    return render(request, "campaigns/desk/outreach.html", context)
