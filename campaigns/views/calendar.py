"""The calendar of posts: a month or a week, made and planned, with its gaps."""

import re
from datetime import date, timedelta

from django.shortcuts import render
from django.utils import timezone

from campaigns import posting_calendar
from campaigns.forms.calendar import CalendarForm
from campaigns.posting_calendar import UNSCHEDULED_SHOWN, week_of
from campaigns.views.acting import desk_page
from portal.lib.periods import (
    FIRST_MONTH,
    LAST_MONTH,
    Window,
    month_label,
    month_window,
    months_back,
    next_month,
    parse_month,
)
from registry.permissions import can_review

SHOWN_A_DAY = 3
"""Entries of a day in the month view; the week shows many more."""


@desk_page
def posting(request):
    """`?thang=2026-11` or `?tuan=2026-W47`; this month when neither can be read."""
    today = timezone.localdate()
    week = week_asked(request.GET.get("tuan", ""))
    month = month_of(week) if week else month_asked(request.GET.get("thang", ""), today)
    span = week or month_window(month.year, month.month)
    form = CalendarForm(request.GET, month=month)
    wanted = form.wanted
    waiting = posting_calendar.with_agencies(posting_calendar.unscheduled(request.user, wanted))
    waiting = list(waiting[:UNSCHEDULED_SHOWN])
    context = {
        "today": today,
        "form": form,
        "week": week,
        "rest": rest_of(request.GET),
        "month": month,
        "span": span,
        "days": [(day, week_label(day.day)) for day in days_shown(request.user, span, wanted, week)],
        "waiting": waiting,
        "waiting_count": waiting[0].in_all if waiting else 0,
        "gaps": posting_calendar.gaps_of(request.user, month),
        "can_act": can_review(request.user),
        **steps(week, month, today),
    }
    return render(request, "campaigns/desk/posting.html", context)


def days_shown(user, span, wanted, week):
    most = posting_calendar.SHOWN_A_DAY if week else SHOWN_A_DAY
    return posting_calendar.days_of(user, span, wanted, most)


def steps(week, month, today):
    """Where the buttons lead: before, after, the other view."""
    if week:
        before, after = week.first_on - timedelta(days=1), week.last_on + timedelta(days=1)
        return {"before": week_label(before), "after": week_label(after), "other": month_label(month)}
    first_week = week_of(today if today.replace(day=1) == month else month)
    return {
        "before": month_label(months_back(month, 1)),
        "after": month_label(next_month(month)),
        "other": week_label(first_week.first_on),
    }


def rest_of(query) -> str:
    """What stands in the address beside the span: "&kenh=tinh"."""
    kept = query.copy()
    for name in ("thang", "tuan"):
        kept.pop(name, None)
    return f"&{kept.urlencode()}" if kept else ""


def week_label(day: date) -> str:
    """2026-W47."""
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def week_asked(label: str) -> Window | None:
    """The week of "2026-W47"; None when it can't be read or lies outside the years of the portal."""
    found = re.fullmatch(r"([0-9]{4})-W([0-9]{2})", label)
    if not found or not FIRST_MONTH.year < int(found[1]) < LAST_MONTH.year:
        return None
    try:
        return week_of(date.fromisocalendar(int(found[1]), int(found[2]), 1))
    except ValueError:
        return None


def month_of(week: Window) -> date:
    """The month in which most of the week lies."""
    return (week.first_on + timedelta(days=3)).replace(day=1)


def month_asked(label: str, today: date) -> date:
    try:
        month = parse_month(label)
    except ValueError:
        return today.replace(day=1)
    return min(max(month, next_month(FIRST_MONTH)), months_back(LAST_MONTH, 1))
