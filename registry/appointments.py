"""The person who was put forward answers for themselves: "Tôi nhận việc" or "Không phải tôi", by a link of their own.

The link only asks these two questions. It ends when the nomination changes, or after some days.
"""

from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.urls import reverse

from registry.accounts import full_address
from registry.models import ContactPoint, User
from registry.outbox import tell

SALT = "registry.appointments"
DAYS = timedelta(days=30)


def make_token(contact) -> str:
    """It names the row, its person and the moment of confirmation: a second confirmation makes another link."""
    return signing.dumps([contact.pk, contact.user_id, stamp(contact)], salt=SALT, compress=True)


def stamp(contact) -> int:
    return int(contact.confirmed_at.timestamp())


def appointment_url(contact) -> str:
    """The full address of the page that asks."""
    return full_address(reverse("appointment", args=[make_token(contact)]))


def appointed(token):
    """The confirmed contact point of a link that is still good, or None (one query)."""
    try:
        pk, person, confirmed = signing.loads(token, salt=SALT, max_age=DAYS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    rows = ContactPoint.objects.confirmed().filter(pk=pk, user=person, user__is_active=True)
    contact = rows.select_related("agency", "user", "replaces").first()
    return contact if contact and stamp(contact) == confirmed else None


def posts_of(contact) -> list[ContactPoint]:
    """Every role that the person was given in this agency and has not answered yet, and the one asked about."""
    rows = ContactPoint.objects.confirmed().filter(agency=contact.agency_id, user=contact.user_id, accepted_at=None)
    return [contact, *rows.exclude(pk=contact.pk).select_related("agency", "user", "replaces")]


def unanswered(user) -> list[ContactPoint]:
    """One row per agency that waits for this person's answer (one query)."""
    rows = ContactPoint.objects.unaccepted().filter(user=user).select_related("agency").order_by("confirmed_at", "pk")
    return list({row.agency_id: row for row in rows}.values())


@transaction.atomic
def accept(contact, *, now):
    """The person takes on all their roles in the agency."""
    for row in posts_of(contact):
        row.accept(actor=contact.user, now=now)


@transaction.atomic
def accept_all(user, *, now):
    """Whoever sets the first password from the invitation takes on everything that it names."""
    for row in ContactPoint.objects.unaccepted().filter(user=user):
        row.accept(actor=user, now=now)


@transaction.atomic
def decline(contact, *, reason, now):
    """Back to the province with the reason; the reviewers see it among their notices and in the queue."""
    person = contact.user
    for row in posts_of(contact):
        row.decline(actor=person, reason=reason)
    tell(
        recipients=User.objects.reviewers(),
        text=f"{contact.full_name} ({contact.agency.name}) báo không nhận việc đầu mối: {reason}",
        url=reverse("people"),
        key=f"declined:{contact.pk}:{now:%Y-%m-%dT%H:%M}",
        now=now,
    )
