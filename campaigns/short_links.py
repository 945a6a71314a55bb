"""The short links of text messages: made, read, removed when they have ended."""

from datetime import timedelta

from django.core import signing
from django.urls import reverse

from campaigns import links
from campaigns.models import ShortLink
from portal.lib.periods import start_of_day


def new_code(person, obligation, now) -> str:
    """A new code that opens one person's duty from a text message: one row."""
    link = ShortLink.objects.create(
        person=person, obligation=obligation, mark=links.fingerprint(person), created_at=now
    )
    return link.code


def address(code) -> str:
    return links.absolute(reverse("short_link", args=[code]))


def read_code(code, now) -> tuple[links.Link, str]:
    """As `read_token`, for the code of a text message."""
    link = ShortLink.objects.filter(code=code).first()
    if link is None:
        raise signing.BadSignature("unknown code")
    if now - link.created_at > timedelta(seconds=links.MAX_AGE):
        raise signing.SignatureExpired("too old")
    return links.Link(link.person_id, link.obligation_id), link.mark


def sweep(today) -> int:
    """Remove codes that have ended. Gives how many."""
    last = start_of_day(today) - timedelta(seconds=links.MAX_AGE)
    return ShortLink.objects.filter(created_at__lt=last).delete()[0]
