"""The first letter to a person whom the province confirmed: what was given to them, and the link with their answer."""

from campaigns.models import Obligation
from campaigns.wording import duty_words
from portal.lib.periods import local_day
from portal.lib.wording import day_words
from registry.appointments import appointment_url
from registry.models import User
from registry.outbox import is_silent, queue_email

LISTED = 10


def send_first_letter(contacts, now):
    """One letter about all roles that were confirmed together; None when the person has no account or took it on."""
    first = contacts[0]
    if is_silent() or first.user is None or first.accepted_at:
        return None
    duties = open_duties(first, local_day(now))
    User.objects.filter(pk=first.user_id, invited_at=None).update(invited_at=now)
    return queue_email(
        recipient=first.user,
        subject=f"Mời ông/bà nhận việc đầu mối của {first.agency.name}",
        template="appointment",
        context={
            "contact": first,
            "roles": ", ".join(row.get_role_display().lower() for row in contacts),
            "starts_on": day_words(first.starts_on) if first.starts_on else "",
            "url": appointment_url(first),
            "duties": [{"words": duty_words(row), "day": day_words(row.last_day)} for row in duties[:LISTED]],
            "more": max(len(duties) - LISTED, 0),
        },
        purpose="invitation",
        now=now,
    )


def open_duties(contact, today):
    """What waits for the agency, nearest deadline first."""
    duties = Obligation.objects.to_remind(today).filter(agency=contact.agency_id)
    return list(duties.select_related("requirement", "period"))
