"""The calendar for the phone: its page, and the file behind a secret address."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.feeds import calendar_of
from campaigns.links import absolute
from campaigns.models import CalendarFeed


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_settings(request):
    """How to add the calendar to a phone; POST makes, renews or ends its address."""
    if request.method == "POST":
        if request.POST.get("act") == "end":
            CalendarFeed.revoke(request.user)
            messages.success(request, "Đã thôi dùng lịch. Đường link cũ không mở được nữa.")
        else:
            CalendarFeed.renew(request.user, timezone.now())
            messages.success(request, "Đã tạo đường link mới. Đường link trước đó, nếu có, không mở được nữa.")
        return redirect("calendar_settings")
    feed = CalendarFeed.objects.filter(person=request.user).first()
    url = absolute(reverse("calendar_feed", args=[feed.token])) if feed else ""
    context = {"feed": feed, "url": url, "webcal": urlsplit(url)._replace(scheme="webcal").geturl() if url else ""}
    return render(request, "campaigns/workspace/calendar_settings.html", context)


@login_not_required
@require_safe
def calendar_feed(request, token):
    """The file. Whoever has the address reads deadlines, and nothing else."""
    feed = CalendarFeed.objects.opened_by(token)
    if feed is None:
        raise Http404
    text = calendar_of(feed.person, timezone.now(), timezone.localdate())
    headers = {"Content-Disposition": 'inline; filename="han-viec.ics"', "Cache-Control": "private, max-age=900"}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)
