"""Tải về: the files that the background wrote for this person, and how far those are that wait."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.views.acting import desk_page, page_of
from campaigns.views.items import private_file
from registry.models import Download


@desk_page
@require_safe
def download_list(request):
    """Own files, newest first; the browser looks again by itself while one of them waits, also without JavaScript."""
    found = Download.objects.visible_to(request.user).filter(asked_at__gt=timezone.now() - Download.KEPT_FOR)
    page = page_of(request, found)
    waiting = [row for row in page if not row.made_at and row.queued_at]
    answer = render(request, "campaigns/desk/download_list.html", {"page": page, "waiting": waiting})
    if waiting:
        answer.headers["Refresh"] = "5"
    return answer


@desk_page
@require_safe
def download_file(request, pk):
    """The file itself, to its owner alone and only as long as it is kept."""
    rows = Download.objects.visible_to(request.user).filter(asked_at__gt=timezone.now() - Download.KEPT_FOR)
    row = get_object_or_404(rows.exclude(made_at=None), pk=pk)
    answer = private_file(row.file, row.name, row.media_type)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@desk_page
def download_remove(request, pk):
    """Not needed any more; one that is being written is left to its worker."""
    row = get_object_or_404(Download.objects.visible_to(request.user), pk=pk)
    if row.is_running:
        messages.error(request, "Tệp đang được lập. Hãy đợi xong rồi bỏ.")
    else:
        row.remove()
        messages.success(request, f"Đã bỏ tệp “{row}”.")
    return redirect("download_list")
