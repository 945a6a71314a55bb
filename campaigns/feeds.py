"""What stands in a person's calendar: a focal point's open duties, for the province's staff the days of all campaigns.

Addresses inside ask for a sign-in: calendars are read by other companies' servers, so no signed link ever stands in one.
"""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse

from campaigns.links import absolute
from campaigns.models import Obligation, Period, Recurrence
from campaigns.wording import duty_words
from portal.lib.ics import Event, calendar
from portal.lib.wording import day_words, month_words

KEPT = timedelta(days=60)
"""Past days of campaigns that stay in the staff's calendar."""


def calendar_of(person, now, today) -> str:
    """The file that the phone reads."""
    name = f"{settings.PORTAL_NAME}: hạn việc"
    events = staff_events(person, today) if person.is_province_staff else duty_events(person, today)
    return calendar(name, events, now)


def duty_events(person, today) -> list[Event]:
    """One event for each duty that is still open (one query)."""
    rows = Obligation.objects.visible_to(person).to_remind(today)
    return [duty_event(row) for row in rows.select_related("requirement__campaign", "period", "agency")]


def duty_event(row) -> Event:
    words = [row.requirement.campaign.title, f"Hạn {day_words(row.last_day)}, khoá kỳ {day_words(row.lock_day)}."]
    return Event(
        uid=uid("viec", row.pk),
        day=row.last_day,
        summary=f"Hạn: {duty_words(row)} – {row.agency.name}",
        description="\n".join([*words, row.requirement.guidance]).strip(),
        url=absolute(reverse("obligation", args=[row.pk])),
        sequence=(row.last_day - row.due_on).days,
    )


def staff_events(person, today) -> list[Event]:
    """Two events for each period: when it is due and when it locks, with how many agencies still owe it (one query)."""
    owed = Count("obligations", filter=Q(obligations__in=Obligation.objects.visible_to(person).open_work()))
    rows = Period.objects.filter(requirement__campaign__status="issued", locks_on__gte=today - KEPT)
    rows = rows.exclude(requirement__recurrence=Recurrence.ROLLING).select_related("requirement__campaign")
    events = []
    for row in rows.annotate(owed=owed).order_by("due_on", "pk"):
        url = absolute(reverse("campaign", args=[row.requirement.campaign_id]))
        title = f"{row.requirement.title} ({month_words(row.month)})"
        told = f"{row.requirement.campaign.title}\nCòn {row.owed} đơn vị chưa xong."
        events.append(Event(uid("han", row.pk), row.due_on, f"Hạn: {title}", told, url))
        events.append(Event(uid("khoa", row.pk), row.locks_on, f"Khoá kỳ: {title}", told, url))
    return events


def uid(kind, pk) -> str:
    return f"{kind}-{pk}@{urlsplit(settings.SITE_URL).hostname}"
