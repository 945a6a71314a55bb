"""Signed links: a reminder carries one straight to the work, for one person and one duty, for a limited time."""

from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.urls import reverse

SALT = "campaigns.links"
MAX_AGE = settings.SIGNED_LINK_DAYS * 24 * 3600


class Link(NamedTuple):
    """What a valid token says."""

    person: int
    obligation: int


def make_token(person, obligation) -> str:
    """Token for a person's duty; it dies with the person's password or after `SIGNED_LINK_DAYS`."""
    return signing.dumps([person.pk, obligation.pk, fingerprint(person)], salt=SALT, compress=True)


def read_token(token) -> tuple[Link, str]:
    """The link and the person's fingerprint when it was made. Raises `signing.BadSignature`, `SignatureExpired`."""
    person, obligation, mark = signing.loads(token, salt=SALT, max_age=MAX_AGE)
    return Link(person, obligation), mark


def fingerprint(person) -> str:
    """Short mark of the person's sign-in state: changes with the password, so that old links end."""
    return person.get_session_auth_hash()[:12]


def absolute(path) -> str:
    """The full address of a path of the portal, on the configured host only."""
    return f"{settings.SITE_URL}{path}"


def work_link(person, obligation) -> str:
    """The full address that opens one person's duty from a message."""
    return absolute(reverse("signed_link", args=[make_token(person, obligation)]))
