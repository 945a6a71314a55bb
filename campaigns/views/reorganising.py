"""Sắp xếp tổ chức at the desk: list, plan, read the consequences, do it, undo it while nothing new was written."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns import reorganising
from campaigns.forms.reorganising import ReorganisationForm, SeenForm
from campaigns.views.acting import desk_act, page_of, put_into
from portal.lib.periods import local_day
from registry.models import Reorganisation, ReorganisationState
from registry.plan_file import read_request


def own_rows(request):
    return Reorganisation.objects.visible_to(request.user).select_related("planned_by", "done_by", "undone_by")


@desk_act
def reorganisation_list(request):
    """Everything planned, done and undone; the newest day first."""
    rows = own_rows(request).defer("request", "report", "changes")
    return render(request, "campaigns/desk/reorganisation_list.html", {"page": page_of(request, rows)})


@desk_act
def reorganisation_new(request):
    """What is to be done; nothing happens before the next page is confirmed."""
    form = ReorganisationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        row = reorganising.prepare(form.request, actor=request.user, now=timezone.now())
        return redirect("reorganisation", row.pk)
    return render(request, "campaigns/desk/reorganisation_new.html", {"form": form})


@desk_act
def reorganisation(request, pk):
    """A plan with its consequences and the button; or what was done, and whether it can be undone."""
    row = get_object_or_404(own_rows(request), pk=pk)
    if row.state != ReorganisationState.PLANNED:
        return render(request, "campaigns/desk/reorganisation_done.html", done_context(row))
    now = timezone.now()
    form = SeenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            ended = reorganising.run(row, actor=request.user, now=now, seen=form.cleaned_data["seen"])
        except ValidationError as error:
            put_into(form, error)
        else:
            messages.success(request, ended.sentence)
            return redirect("reorganisation", ended.reorganisation.pk)
    plan = reorganising.plan_of(read_request(row.request), local_day(now))
    context = {"row": row, "plan": plan, "form": form}
    return render(request, "campaigns/desk/reorganisation.html", context, status=409 if form.errors else 200)


def done_context(row):
    is_done = row.state == ReorganisationState.DONE
    return {"row": row, "is_done": is_done, "obstacles": reorganising.obstacles_to_undo(row) if is_done else []}


@desk_act
@require_POST
def reorganisation_undo(request, pk):
    """Put everything back; refused with the sentence that names what was written since."""
    row = get_object_or_404(own_rows(request), pk=pk)
    try:
        ended = reorganising.undo(row, actor=request.user, now=timezone.now())
    except ValidationError as error:
        for sentence in error.messages[:10]:
            messages.error(request, sentence)
    else:
        messages.success(request, ended.sentence)
    return redirect("reorganisation", pk)


@desk_act
@require_POST
def reorganisation_drop(request, pk):
    """Throw away a plan that was not carried out."""
    row = get_object_or_404(own_rows(request), pk=pk)
    try:
        row.drop()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("reorganisation", pk)
    messages.success(request, f"Đã bỏ kế hoạch: {row.title}.")
    return redirect("reorganisation_list")
