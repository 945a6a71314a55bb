"""A new e-mail of an account counts once its mailbox answered. The address decides which agencies an account may join:
whoever could simply type somebody else's would receive that person's agency when the province confirms them."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from registry.accounts import full_address, tell_owner
from registry.models import User
from registry.outbox import queue_email

SALT = "registry.email_change"
HOURS = 24


def ask_mailbox(person, email, now):
    """Send the link to the new address, and tell the old one what was asked."""
    url = full_address(reverse("email_change", args=[make_token(person, email)]))
    reader = User.objects.get(pk=person.pk)
    reader.email = email
    queue_email(
        recipient=reader,
        subject="Xác nhận thư điện tử mới",
        template="email_change",
        context={"url": url, "hours": HOURS},
        purpose="account",
        now=now,
    )
    tell_owner(person, f"Có yêu cầu đổi thư điện tử của tài khoản thành {email}.", now)


def make_token(person, email) -> str:
    """It dies with the password, with another change of e-mail, or after `HOURS`."""
    return signing.dumps([person.pk, email, fingerprint(person)], salt=SALT)


def asked_email(person, token) -> str:
    """The address that this person asked for by this token; "" when the token is not theirs or has ended."""
    try:
        pk, email, mark = signing.loads(token, salt=SALT, max_age=timedelta(hours=HOURS))
    except signing.BadSignature:
        return ""
    is_theirs = pk == person.pk and constant_time_compare(mark, fingerprint(person))
    return email if is_theirs else ""


def fingerprint(person) -> str:
    return signing.Signer(salt=SALT).signature(f"{person.get_session_auth_hash()} {person.email}")


@transaction.atomic
def change_email(person, email, now):
    """Take the new address; the old one is told. ValidationError when somebody else has it by now."""
    tell_owner(person, f"Thư điện tử của tài khoản vừa đổi thành {email}.", now)
    person.take_email(email)
    EmailAddress.objects.filter(user=person).exclude(email__iexact=email).delete()
