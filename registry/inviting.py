"""Bringing people in: an account, the agencies they speak for, and the letter with the link to the first password."""

from django.db import transaction

from registry.accounts import full_address
from registry.invitations import invitation_path
from registry.models import ContactPoint, Role, User
from registry.outbox import exceptions_around, queue_email

MOST_AT_ONCE = 500


@transaction.atomic
def invite(*, actor, email, full_name, role, phone="", agencies=(), contact_role="", now):
    """Create the account, make a focal point a confirmed contact point of each agency, and queue the letter.

    Raises ValidationError when the e-mail has an account or a person already holds that role in an agency.
    """
    person = User.invite(actor=actor, email=email, full_name=full_name, role=role, phone=phone, now=now)
    if role == Role.FOCAL_POINT:
        for agency in agencies:
            contact = ContactPoint.propose(
                actor=actor, agency=agency, role=contact_role, full_name=full_name, phone=phone, email=email, now=now
            )
            contact.confirm(actor=actor, now=now)
    send_invitation(person, now=now)
    return person


@transaction.atomic
def invite_waiting(*, actor, now) -> int:
    """Send the letter to everybody whose account was made without one, once each. Returns how many."""
    people = list(User.objects.select_for_update().never_invited().order_by("pk")[:MOST_AT_ONCE])
    exceptions = exceptions_around(now)
    for person in people:
        send_invitation(person, now=now, exceptions=exceptions)
    User.objects.filter(pk__in=[person.pk for person in people]).update(invited_at=now, invited_by=actor)
    return len(people)


def send_invitation(person, *, now, exceptions=None) -> str:
    """Queue the letter with a fresh link; the link itself, to copy, is returned."""
    url = full_address(invitation_path(person))
    queue_email(
        recipient=person,
        subject="Mời ông/bà dùng Cổng Kênh Chính thống",
        template="invitation",
        context={"url": url},
        purpose="invitation",
        now=now,
        exceptions=exceptions,
    )
    return url
