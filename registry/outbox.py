"""Put a message into the outbox or a notice on somebody's page. Rows only: sending them is the work of `delivery`."""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from portal.lib.periods import local_day
from portal.lib.quiet import next_allowed
from registry.models import Medium, Notice, OutgoingMessage, working_day_exceptions

# Somebody waits in front of the screen for these; all other e-mails keep quiet hours and days off.
AT_ONCE = ("invitation", "account", "trial")
IS_SILENT = ContextVar("messages are not written", default=False)


@contextmanager
def silence():
    """While history is loaded (demo, old data): nobody is told now of what happened long ago."""
    token = IS_SILENT.set(True)
    try:
        yield
    finally:
        IS_SILENT.reset(token)


def is_silent() -> bool:
    """Whether history is being loaded, so that words need not even be composed."""
    return IS_SILENT.get()


def exceptions_around(now) -> dict:
    """Days off and worked weekend days near `now` (one query)."""
    day = local_day(now)
    return working_day_exceptions(day - timedelta(days=40), day + timedelta(days=40))


def sending_time(now, exceptions, purpose=""):
    """The first moment from `now` at which an e-mail of this purpose may leave."""
    return now if purpose in AT_ONCE else next_allowed(now, exceptions, settings.QUIET_HOURS)


def queue_email(*, recipient, subject, template, context, purpose, now, exceptions=None, not_after=None):
    """Write one e-mail into the outbox; None when the person has no address (they appear in `unreachable`)."""
    if is_silent() or not recipient.email or not recipient.is_active:
        return None
    exceptions = exceptions_around(now) if exceptions is None else exceptions
    return OutgoingMessage.objects.create(
        recipient=recipient,
        address=recipient.email,
        purpose=purpose,
        subject=subject[:250],
        **bodies(template, {**context, "recipient": recipient}),
        created_at=now,
        next_at=sending_time(now, exceptions, purpose),
        not_after=not_after,
    )


def queue_text(*, recipient, medium, subject, text, purpose, now, data=None):
    """Write one message by phone into the outbox; None when the person has no number."""
    if is_silent() or not recipient.phone or not recipient.is_active:
        return None
    return OutgoingMessage.objects.create(
        recipient=recipient,
        medium=medium,
        address=recipient.phone,
        purpose=purpose,
        subject=subject[:250],
        text=text,
        data=data or {},
        created_at=now,
        next_at=sending_time(now, exceptions_around(now), purpose),
    )


def bodies(template: str, context: dict) -> dict:
    """Plain text and HTML of `templates/emails/<template>.txt|.html`."""
    context = {
        **context,
        "portal_name": settings.PORTAL_NAME,
        "province_name": settings.PROVINCE_NAME,
        "province_office": settings.PROVINCE_OFFICE,
        "hotline": settings.HOTLINE,
        "site_url": settings.SITE_URL,
        "site_host": urlsplit(settings.SITE_URL).netloc,
    }
    return {
        "text": render_to_string(f"emails/{template}.txt", context),
        "html": render_to_string(f"emails/{template}.html", context),
    }


def tell(*, recipients, text, url, key, now) -> int:
    """Put a notice on the page of each person, once per `key`. Gives how many were asked for."""
    if is_silent():
        return 0
    notices = [
        Notice(recipient=person, text=text[:300], url=url[:300], key=key[:120], created_at=now) for person in recipients
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    return len(notices)


def ask_for_address(message, now):
    """Nothing arrives at an address of the person: their page on the portal says so, once for each address."""
    what = "Thư điện tử" if message.medium == Medium.EMAIL else "Số điện thoại"
    tell(
        recipients=[message.recipient],
        text=f"{what} của bạn không nhận được tin của cổng. Hãy cập nhật ở trang Tài khoản.",
        url=reverse("account_settings"),
        key=f"address:{message.medium}:{message.address}",
        now=now,
    )
